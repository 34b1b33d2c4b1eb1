# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The declared objects of a configuration by target, type and name: finds duplicates, and what references mean.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import collections
import json as jsonlib
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node, Target
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource

_Key = tuple[t.Any, ...]


class DeclaredIndex:
    """Finds declared objects.

    :param targets: knows which targets are the same.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        #: By all that identifies an object.
        self._by_identity: dict[_Key, Node] = {}
        #: By the name under which others refer to it; only objects that are to be present.
        self._by_name: dict[_Key, list[Node]] = collections.defaultdict(list)
        #: Positions of invalid declarations, by name: a reference to one of them is no mistake.
        self._invalid: dict[_Key, str] = {}
        #: Objects that are declared by an id, which may be one of another project.
        self._by_id: dict[_Key, Node] = {}

    def add(self, node: Node) -> Problems:
        """Add a declared object.

        :param node: the object.
        :returns: mistakes: it is declared twice.
        """
        problems: Problems = []
        spec, table = node.spec, node.table
        for item in spec.items:
            identity = identity_key(table, item) if spec.object_id is None else ("id", str(spec.object_id))
            key = (*self._targets.key(table, node.target), table.type, *identity)
            other = self._by_identity.get(key)
            if other is not None:
                problems.append(_twice(node.position, node.label, other.position))
                continue
            self._by_identity[key] = node
            invalid = self._invalid.get(self._name_key(table, node.target, self._name_of(table, item)))
            if invalid is not None and _is_identified_by_name(table) and spec.object_id is None:
                problems.append(_twice(node.position, node.label, invalid))
            if not spec.absent:
                for name in self._names_of(table, item):
                    self._by_name[self._name_key(table, node.target, name)].append(node)
        return problems

    def add_invalid(self, table: Resource, item: t.Mapping[str, t.Any], target: Target, position: str) -> Problems:
        """Add the name of an item with mistakes.

        :param table: its type.
        :param item: the item as it was written.
        :param target: its target.
        :param position: where it was written.
        :returns: mistakes: it is declared twice.
        """
        problems: Problems = []
        field = table.field(table.identity.option) if table.identity.option else None
        for option in (field.name, *field.aliases) if field is not None else ():
            name = item.get(option)
            if not isinstance(name, (str, int)) or not table.identity.normalize(name):
                continue
            key = self._name_key(table, target, name)
            if _is_identified_by_name(table) and item.get("id") is None:
                same = [node.position for node in self._by_name.get(key, ()) if node.spec.object_id is None]
                for other in [self._invalid[key]] if key in self._invalid else same[:1]:
                    problems.append(_twice(position, table.label(str(name)), other))
            self._invalid.setdefault(key, position)
        return problems

    def rebuild(self, nodes: t.Iterable[Node]) -> Problems:
        """Add all objects again, after targets turned out to be the same.

        :param nodes: all declared objects.
        :returns: mistakes: objects that are declared twice.
        """
        self._by_identity.clear()
        self._by_name.clear()
        return [problem for node in nodes for problem in self.add(node)]

    def index_ids(self, nodes: t.Iterable[Node]) -> None:
        """Index the objects whose ids may be those of another project.

        :param nodes: all declared objects.
        """
        for node in nodes:
            if may_be_foreign(node) and not node.spec.absent:
                key = (*self._targets.key(node.table, node.target), node.table.type)
                self._by_id[(*key, str(node.spec.object_id))] = node

    @property
    def foreign_ids(self) -> frozenset[tuple[str, str]]:
        """Types and ids of the objects whose ids may be those of another project."""
        return frozenset((key[-2], key[-1]) for key in self._by_id)

    def told_apart_by_id(self) -> list[list[Node]]:
        """Groups of objects that are equal in target, type and identity, and differ in their ids only."""
        groups: dict[_Key, list[Node]] = collections.defaultdict(list)
        for key, node in self._by_id.items():
            groups[(*key[:-1], *identity_key(node.table, node.spec.items[0]))].append(node)
        return list(groups.values())

    def by_name(self, table: Resource, target: Target, name: t.Any) -> t.Sequence[Node]:
        """The declared objects of a name.

        :param table: their type.
        :param target: where the reference is.
        :param name: the name.
        :returns: the objects that are to be present.
        """
        return self._by_name.get(self._name_key(table, target, name), ())

    def by_id(self, table: Resource, target: Target, object_id: t.Any) -> Node | None:
        """The object that is declared by an id, which may be one of another project.

        :param table: its type.
        :param target: where the reference is.
        :param object_id: the id.
        :returns: the object, or None.
        """
        if not self._by_id:
            return None
        return self._by_id.get((*self._targets.key(table, target), table.type, str(object_id)))

    @property
    def has_invalid(self) -> bool:
        """Whether any item has mistakes."""
        return bool(self._invalid)

    def is_invalid(self, table: Resource, target: Target, name: t.Any) -> bool:
        """Whether an object of a name is declared with mistakes.

        :param table: its type.
        :param target: where the reference is.
        :param name: the name.
        """
        return self._name_key(table, target, name) in self._invalid

    def _name_key(self, table: Resource, target: Target, name: t.Any) -> _Key:
        return (*self._targets.key(table, target), table.type, table.identity.normalize(name))

    @staticmethod
    def _name_of(table: Resource, item: ObjectSpec) -> str | int:
        name = item.values.get(table.identity.option)
        return name if isinstance(name, (str, int)) else ""

    def _names_of(self, table: Resource, item: ObjectSpec) -> list[str | int]:
        """The names by which others refer to an object: its own, and what PostHog makes of it."""
        name = self._name_of(table, item)
        if table.identity.also is None or name == "":
            return [name]
        also = table.identity.also(str(name))
        same = table.identity.normalize(also) == table.identity.normalize(name)
        return [name] if same else [name, also]


def may_be_foreign(node: Node) -> bool:
    """Whether an object is declared by an id that may be one of another project.

    :param node: the declared object.
    """
    return node.spec.object_id is not None and node.spec.policy.anywhere


def identity_key(table: Resource, item: ObjectSpec) -> _Key:
    """What makes two declarations of a type be about the same object, apart from ids.

    :param table: the type.
    :param item: a declaration.
    :returns: the values of the options that identify it, as names are compared.
    """
    key: list[t.Any] = []
    for option in (*table.location_options, *table.identity.options):
        value = item.values.get(option)
        if option == table.identity.option and isinstance(value, str):
            value = table.identity.normalize(value)
        key.append(jsonlib.dumps(value, sort_keys=True, default=str))
    return tuple(key)


def _is_identified_by_name(table: Resource) -> bool:
    """Whether the name alone identifies an object of a type."""
    return len(table.identity.options) == 1 and table.parent is None and table.several is None


def _twice(position: str, label: str, other: str) -> tuple[str, str]:
    return (position, f"{label} is declared twice; the other one is at {other}")
