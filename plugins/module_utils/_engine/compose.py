# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What to send so that the server ends up with what is declared, and keeps everything that nobody declared.

Private to this collection: it may change without notice.

PostHog replaces most documents whole. So a body repeats what the server stored and the task does not name: the keys
that this release does not know, at every depth, and the undeclared keys of open documents. Items of lists are matched
by their identity, else by their index. What cannot be kept, because it belongs to something that goes away or changes
its kind, is returned beside the value, so that a diff shows it. Each class in C(_schema/kinds) composes its kind.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import Lost


def compose(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> t.Any:
    """The value to send so that the server ends up with the declared one.

    A server that merges a document (flags' filters, 2026) keeps what is not sent, one that replaces it (2024) drops
    it. So the body says what is declared, gives the default of an undeclared key that has another value now, and
    repeats what somebody else owns and what this release does not know. Then both end up with the same.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value, or None on creation.
    :param partial: see :func:`same`; undeclared keys are then repeated as they are.
    :returns: the value for the body.
    """
    return composed(field, desired, current, partial=partial)[0]


def composed(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> tuple[t.Any, Lost]:
    """See :func:`compose`, and what goes away although nobody named it.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value, or None on creation.
    :param partial: see :func:`same`.
    :returns: the value for the body, and what the write takes away without the task having named it.
    """
    lost: Lost = []
    # What stands in the place of a secret is not the secret.
    stored = None if field.secret else current
    return field.of_kind.compose(field, desired, stored, (), lost, partial=partial, top=True), lost


def unknown_keys(field: Field, value: t.Any, path: Path = ()) -> t.Iterator[tuple[Path, t.Any]]:
    """What a document of the server's holds under keys that this release does not know.

    :param field: the field.
    :param value: the server's value.
    :param path: where the value stands.
    :returns: paths and values. Keys without a value, which newer servers add to everything, are left out.
    """
    return field.of_kind.unknown_keys(field, value, path)


def of_unknown_kind(field: Field, value: t.Any, path: Path = ()) -> t.Iterator[tuple[Path, str]]:
    """The documents in a value that are of a kind that this release does not know.

    :param field: the field.
    :param value: a value, as it was written or as the server shows it.
    :param path: where the value stands.
    :returns: where each of them names its kind, and the kind.
    """
    naming = field.unknown_kind(value)
    if naming is not None:
        yield (*path, naming.name), str(value[naming.name])
    else:
        for step, inner, item in field.children(value):
            if not inner.computed:
                yield from of_unknown_kind(inner, item, (*path, step))
