# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What an export cannot reproduce faithfully.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import written_path
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import of_unknown_kind, unknown_keys
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class Unfaithful:
    """Collects what an export cannot reproduce faithfully."""

    def __init__(self) -> None:
        #: Type, name, path and reason of each.
        self.entries: list[dict[str, str]] = []
        self._added: set[tuple[str, str, str, str]] = set()
        self.type = self.name = ""

    def about(self, type_: str, name: str = "") -> None:
        """Set the object that the next entries are about.

        :param type_: its type.
        :param name: its name; empty for all objects of the type.
        """
        self.type, self.name = type_, name

    def add(self, path: str, reason: str) -> None:
        """Add an entry, once.

        :param path: where in the object.
        :param reason: a clause.
        """
        entry = (self.type, self.name, path, reason)
        if entry not in self._added:
            self._added.add(entry)
            self.entries.append(dict(zip(("type", "name", "path", "reason"), entry)))

    def add_unknown(self, field: Field, value: t.Any) -> None:
        """Add the keys and kinds of a document that this release does not know.

        :param field: the document's field.
        :param value: what PostHog stores.
        """
        for path, _value in unknown_keys(field, value, (field.name,)):
            holder = _holder(field, path[1:])
            if holder is not None and holder.takes_newer(str(path[-1])):
                reason = (
                    "this release does not know the key, so it is written as it is; an id in it is this project's own"
                )
            else:
                reason = "this release does not know the key, so the export leaves it out; an update keeps it"
            self.add(written_path(path), reason)
        for path, kind in of_unknown_kind(field, value, (field.name,)):
            reason = f"this release does not know the {path[-1]} {kind!r}, so all of it is written as it is"
            self.add(written_path(path), reason)


def _holder(field: Field, path: t.Sequence[t.Any]) -> Field | None:
    """The document that holds a key; None where the table does not describe it.

    :param field: the outermost field.
    :param path: the path from there to the key.
    """
    holder: Field | None = field
    for step in path[:-1]:
        if holder is None:
            return None
        holder = holder.of_kind.field_at(holder, step)
    return holder
