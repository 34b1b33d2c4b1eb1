# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The tables of all resource types, by type.

A table is loaded when it is asked for: a module on a remote host compiles everything that it imports each time it is
run, and needs but one table and those of the types that it refers to.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import importlib
import types
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._resources.type_index import AREAS, all_areas
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource

_PACKAGE: t.Final = "ansible_collections.community.posthog.plugins.module_utils._resources"


def tables_in(area: types.ModuleType) -> dict[str, Resource]:
    """The tables that a module defines or knows.

    :param area: a module of C(_resources).
    :returns: the tables by type.
    """
    return {value.type: value for value in vars(area).values() if isinstance(value, Resource)}


class Registry(t.Mapping[str, Resource]):
    """Every type; to go through them is to load all, in the order in which objects are applied."""

    def __init__(self) -> None:
        self._area_of = {name: area for area, names in AREAS.items() for name in names}
        self._loaded: dict[str, Resource] = {}
        self._ordered: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Resource:
        if name not in self._loaded:
            area = importlib.import_module(f"{_PACKAGE}.{self._area_of[name]}")
            self._loaded.update(tables_in(area))
        return self._loaded[name]

    def __iter__(self) -> t.Iterator[str]:
        if not self._ordered:
            for area in all_areas():
                self._loaded.update(tables_in(area))
            self._ordered = tuple(sorted(self._loaded, key=lambda name: (self._loaded[name].order, name)))
        return iter(self._ordered)

    def __len__(self) -> int:
        return len(self._area_of)

    def __contains__(self, name: object) -> bool:
        return name in self._area_of


#: Every type, in the order in which objects are applied.
RESOURCES: t.Final = Registry()


def resource(type_name: str) -> Resource:
    """The table of a type.

    :param type_name: for example C(feature_flag).
    :returns: the table.
    :raises KeyError: there is no such type; a defect of a table that refers to it.
    """
    return RESOURCES[type_name]
