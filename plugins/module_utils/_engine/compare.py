# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Whether what a task declares is what PostHog has, and how a diff shows the two.

Private to this collection: it may change without notice.

The rules (DESIGN, "Comparing"): only what is declared is compared. A known document is compared over the keys that the
task declares plus the keys that the table knows, an undeclared one meaning its default; what the server computes is
never compared; what somebody else owns is compared only where it is declared. An open document is compared by the
declared keys at every depth, null meaning absent. Lists compare by position unless the table says otherwise.

Every function here takes values whose references are resolved to ids.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


def with_defaults(field: Field, desired: t.Any) -> t.Any:
    """A document as its creation would store it: defaults for what PostHog insists on and nobody declared.

    :param field: the field.
    :param desired: the declared value.
    :returns: the value with the defaults of required keys filled in.
    """
    if field.kind != "document" or not isinstance(desired, dict) or field.unknown_kind(desired) is not None:
        return desired
    out = dict(desired)
    for key_field in field.fields:
        if (
            key_field.name not in out
            and key_field.default is not None
            and not key_field.computed
            and not key_field.left_alone
        ):
            out[key_field.name] = key_field.default
    return out


def reset_keys(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> frozenset[str]:
    """The keys of a document that a declaration puts back to their default by not naming them.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value.
    :param partial: see :func:`same`.
    :returns: names of keys.
    """
    if partial or field.kind != "document" or not isinstance(desired, dict) or not isinstance(current, dict):
        return frozenset()
    if field.unknown_kind(desired) is not None:
        return frozenset()
    return frozenset(
        known.name
        for known in field.fields
        if not known.computed
        and not known.left_alone
        and known.name not in desired
        and known.name in current
        and not known.same(known.default, current[known.name])
    )
