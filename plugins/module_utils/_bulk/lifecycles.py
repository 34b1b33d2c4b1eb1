# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the items of a configuration say of former names and of deletions, held against each other and against a plan.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import references
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import TargetKey, Targets
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import PREVENT_DESTROY, RENAMED_FROM
from ansible_collections.community.posthog.plugins.module_utils._engine.task import flattened
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: Target, type and name, as names are compared.
_Key = tuple[TargetKey, str, str]


class FormerNames:
    """The former names that items give.

    :param nodes: the declared objects.
    :param targets: their targets.
    """

    def __init__(self, nodes: t.Sequence[Node], targets: Targets) -> None:
        self._nodes = nodes
        self._targets = targets
        self._new: dict[_Key, Node] = {}
        self._twice: list[tuple[Node, str, Node]] = []
        for node in nodes:
            for old in _old_names(node):
                other = self._new.setdefault(self._key(node.table, node, old), node)
                if other is not node:
                    self._twice.append((node, old, other))

    def problems(self, session: Session) -> Problems:
        """Names that are former ones and are used all the same.

        :param session: knows the tables.
        :returns: positions and sentences.
        """
        found: Problems = []
        for node, old, other in self._twice:
            text = f"the {node.table.label(old)} cannot become two objects; the other one is at {other.position}"
            found.append((_place(node, RENAMED_FROM), text))
        for node in self._nodes if self._new else ():
            for item in node.spec.items if node.completes is None and node.spec.object_id is None else ():
                name = item.values.get(node.table.identity.option)
                new = self._new.get(self._key(node.table, node, name)) if isinstance(name, (str, int)) else None
                if new is not None and new is not node:
                    text = f"the {node.label} is declared too, at {node.position}; take one of the two out"
                    found.append((_place(new, RENAMED_FROM), text))
            if not node.spec.absent and node.completes is None and not node.table.references_inside:
                found += self._outdated(session, node)
        return list(dict.fromkeys(found))

    def _outdated(self, session: Session, node: Node) -> t.Iterator[tuple[str, str]]:
        """References of a node to former names."""
        for item in node.spec.items:
            for path, ref, value in references(node.table, item, whole_paths=True):
                table = session.registry(ref.type)
                new = self._new.get(self._key(table, node, value)) if isinstance(value, (str, int)) else None
                if new is None or new.spec.absent or not isinstance(value, str):
                    continue
                text = f"the {table.label(value)} is called {new.name!r} now, as {new.position} says; use that name"
                yield node.source.of(f"{node.where}.{path}"), text

    def spares(self, table: Resource, target: TargetKey, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether an object has a former name of a declared one, so that no purge may delete it.

        :param table: its type.
        :param target: where it is.
        :param obj: the object.
        """
        return any((target, table.type, name) in self._new for name in table.identity.names(obj))

    def leftovers(self) -> list[str]:
        """Objects that have a former name of another object that exists.

        :returns: warnings. Only lists that were read whole are looked at.
        """
        found: list[str] = []
        for node in {node.number: node for node in self._new.values()}.values():
            table, own = node.table, [outcome.obj for outcome in node.outcomes if outcome.obj is not None]
            if table.identity.large or table.parent is not None or node.spec.absent or not own:
                continue
            try:
                collection = self._targets.session_of(node.target).collection(table)
                others = [obj for old in _old_names(node) for obj in collection.find(old)]
            except PostHogFailure as exc:
                raise_if_over(exc)
                continue
            ids = [table.object_id(obj) for obj in others if table.object_id(obj) != table.object_id(own[0])]
            if ids:
                named = ", ".join(repr(name) for name in _old_names(node))
                text = (
                    f"the {node.label} exists, and so does one called {named} (id {', '.join(map(str, ids))}), which "
                )
                found.append(f"{_place(node, RENAMED_FROM)}: {text}is left alone; delete one of the two")
        return found

    def _key(self, table: Resource, node: Node, name: t.Any) -> _Key:
        return self._targets.key(table, node.target), table.type, table.identity.normalize(name)


def protected(nodes: t.Sequence[Node], purged: t.Sequence[Node]) -> Problems:
    """Objects that a plan deletes although an item says that they must not be deleted.

    :param nodes: the declared objects, with the outcomes of a plan.
    :param purged: what nobody declared, with the same.
    :returns: positions and sentences.
    """
    kept: dict[tuple[str, str], Node] = {}
    for node in nodes:
        for item, outcome in zip(node.spec.items, node.outcomes):
            if item.lifecycle.protected and outcome.obj is not None:
                kept[outcome.resource.type, str(outcome.resource.object_id(outcome.obj))] = node
    found: Problems = []
    for node in (*nodes, *purged) if kept else ():
        for outcome in flattened(node.outcomes):
            if outcome.gone is None:
                continue
            keeper = kept.get((outcome.resource.type, str(outcome.resource.object_id(outcome.gone))))
            if keeper is not None:
                at = node.where if node.purge_target is not None else node.position
                found.append((_place(keeper, PREVENT_DESTROY), f"is true, and {at} deletes the {keeper.label}"))
    return found


def _old_names(node: Node) -> tuple[str, ...]:
    return tuple(old for item in node.spec.items for old in item.lifecycle.old_names)


def _place(node: Node, option: str) -> str:
    return node.source.of(f"{node.where}.{option}")
