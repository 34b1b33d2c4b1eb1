# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What exported objects need: a dashboard its insights, these their cohorts and actions, and so on.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.export import Exporter
from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._schema.named import named_in
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope

#: Why an object is exported: type, name, and the path where it is named.
_Reason = dict[str, str]


class Dependencies:
    """Exports what exported objects refer to, and what that refers to.

    :param exporter: has exported what was asked for.
    :param scopes: objects of these scopes are followed.
    :param excluded: whether an object is to be left out.
    """

    def __init__(
        self,
        exporter: Exporter,
        scopes: t.Container[Scope],
        excluded: t.Callable[[Resource, t.Mapping[str, t.Any]], bool],
    ) -> None:
        self._exporter = exporter
        self._scopes = scopes
        self._excluded = excluded
        #: By type and name: why it is needed.
        self._needed: dict[tuple[str, str], list[_Reason]] = {}
        self._looked_at = 0

    def follow(self) -> list[dict[str, t.Any]]:
        """Export what is needed.

        :returns: a dictionary for each object that was exported for that: C(type), C(name), C(id), C(needed_by).
        """
        asked = len(self._exporter.made)
        while self._looked_at < len(self._exporter.made):
            for type_, names in sorted(self._more().items(), key=lambda item: self._table(item[0]).order):
                self._read(self._table(type_), names)
        return [
            {
                "type": table.type,
                "name": table.identity.shown(obj),
                "id": table.object_id(obj),
                "needed_by": [reason for key in self._keys(table, obj) for reason in self._needed.get(key, ())],
            }
            for table, obj, _item in self._exporter.made[asked:]
        ]

    def _table(self, type_: str) -> Resource:
        return self._exporter.session.registry(type_)

    def _more(self) -> dict[str, set[str]]:
        """The names that objects use which nobody has looked at, by type."""
        found: dict[str, set[str]] = {}
        while self._looked_at < len(self._exporter.made):
            table, obj, item = self._exporter.made[self._looked_at]
            self._looked_at += 1
            by = {"type": table.type, "name": table.identity.shown(obj)}
            fields = [*table.fields, *(part.field for part in table.parts)]
            named = [name for field in fields for name in named_in(field, item.get(field.name), field.name)]
            named += table.parent.refers(item) if table.parent is not None else []
            for path, ref, name in named:
                target = self._table(ref.type)
                if isinstance(name, bool) or not isinstance(name, (str, int)) or not self._is_followed(target):
                    continue
                key = (target.type, target.identity.normalize(name))
                if key not in self._needed:
                    found.setdefault(target.type, set()).add(key[1])
                self._needed.setdefault(key, []).append({**by, "path": path})
        return found

    def _is_followed(self, table: Resource) -> bool:
        return table.exported and table.module and table.scope in self._scopes and not table.singleton

    def _keys(self, table: Resource, obj: t.Mapping[str, t.Any]) -> list[tuple[str, str]]:
        """What others may call an object: its name as it is written in the files, and its id."""
        name = self._exporter.objects.names.renamed(table.type, table.identity.shown(obj))
        return [(table.type, table.identity.normalize(name)), (table.type, str(table.object_id(obj)))]

    def _read(self, table: Resource, names: set[str]) -> None:
        there = {str(known.object_id(obj)) for known, obj, _item in self._exporter.made if known.type == table.type}

        def wanted(_table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
            if str(table.object_id(obj)) in there or self._excluded(table, obj):
                return False
            return any(name in names for _type, name in self._keys(table, obj))

        try:
            self._exporter.read(table, wanted, named=False)
        except ApiError as exc:
            raise_if_over(exc)
            self._exporter.unfaithful.about(table.type)
            self._exporter.unfaithful.add("", self._exporter.session.explained(exc).message)
