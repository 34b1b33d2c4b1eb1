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
    return field.of_kind.with_defaults(field, desired)


def reset_keys(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> frozenset[str]:
    """The keys of a document that a declaration puts back to their default by not naming them.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value.
    :param partial: see :func:`same`.
    :returns: names of keys.
    """
    return frozenset() if partial else field.of_kind.reset_keys(field, desired, current)
