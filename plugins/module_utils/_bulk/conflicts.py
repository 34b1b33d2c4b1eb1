# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A plan that deletes what other declared objects need: found before the first write.

Private to this collection: it may change without notice.

PostHog accepts both requests: it deletes the cohort, and the flag that is declared beside it refers to nothing. So
every reference of a declared object is compared, by name and by id, with all objects that the plan deletes. The project
or organization of an object counts as a reference.
"""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import all_references
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._engine.task import flattened
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


@dataclass(frozen=True)
class _Deletion:
    """An object that does not exist after the plan.

    :param table: its type.
    :param node: declares it absent, or purges it.
    :param obj: the object; None where it does not exist before, either.
    :param names: its names, as names are compared.
    :param ids: its ids, where only the declaration has them.
    :param target_id: the id of its project or organization.
    """

    table: Resource
    node: Node
    obj: t.Mapping[str, t.Any] | None
    names: frozenset[str]
    ids: frozenset[str]
    target_id: str

    @property
    def label(self) -> str:
        """Type and name, for messages."""
        return self.table.label(self.obj) if self.obj is not None else self.node.label

    def has_id(self, ref: Ref, value: t.Any) -> bool:
        """Whether an id is that of the object.

        :param ref: the reference.
        :param value: the name or id in the reference.
        """
        text = str(value)
        if self.obj is None:
            return text in self.ids
        paths = (ref.value, self.table.id_path, *self.table.other_ids)
        return any(str(found) == text for found in (dig(self.obj, path) for path in paths) if found is not None)


class Conflicts:
    """Finds declared objects that need an object which the same plan deletes.

    :param session: the task's session.
    :param nodes: the declared objects, with the outcomes of a plan.
    :param index: finds declared objects.
    :param targets: their targets.
    """

    def __init__(self, session: Session, nodes: t.Sequence[Node], index: DeclaredIndex, targets: Targets) -> None:
        self._session = session
        self._nodes = nodes
        self._index = index
        self._targets = targets
        #: Numbers of nodes, with the option paths where they refer to an object that is deleted.
        self.paths: set[tuple[int, str]] = set()

    def problems(self, deleting: t.Iterable[Node]) -> Problems:
        """Find conflicts.

        :param deleting: the nodes that delete something.
        :returns: positions and sentences.
        """
        deletions = [item for node in deleting for item in self._deletions(node)]
        if not deletions:
            return []
        by_type: dict[str, list[_Deletion]] = collections.defaultdict(list)
        by_name: dict[tuple[str, str], list[_Deletion]] = collections.defaultdict(list)
        for item in deletions:
            by_type[item.table.type].append(item)
            for name in item.names:
                by_name[item.table.type, name].append(item)
        found: Problems = []
        for node in self._nodes:
            if node.spec.absent:
                continue
            for path, ref, value in all_references(self._session, node):
                if ref.type not in by_type or isinstance(value, bool) or not isinstance(value, (str, int)):
                    continue
                found += self._of_reference(node, path, ref, value, by_type[ref.type], by_name)
            found += self._of_target(node, deletions)
        return found

    def _deletions(self, node: Node) -> t.Iterator[_Deletion]:
        """What a node deletes, or would delete if it existed."""
        gone = [outcome for outcome in flattened(node.outcomes) if outcome.gone is not None]
        for outcome in gone:
            table, obj = outcome.resource, outcome.gone
            purged = node.purge_target
            session = purged.collection.session if purged is not None else self._targets.session_of(node.target)
            names = frozenset(table.identity.names(obj or {}))
            yield _Deletion(table, node, obj, names, frozenset(), session.place_of(table))
        if gone or node.purge_target is not None or node.error:
            return
        table = node.table
        try:
            target_id = self._targets.session_of(node.target).place_of(table)
        except PostHogFailure as exc:
            raise_if_over(exc)
            return
        if node.spec.object_id is not None:
            yield _Deletion(table, node, None, frozenset(), frozenset({str(node.spec.object_id)}), target_id)
            return
        for item in node.spec.items:
            name = item.values.get(table.identity.option)
            if isinstance(name, (str, int)):
                also = () if table.identity.also is None else (table.identity.also(str(name)),)
                normal = frozenset(table.identity.normalize(one) for one in (str(name), *also))
                yield _Deletion(table, node, None, normal, frozenset(), target_id)

    def _of_reference(
        self,
        node: Node,
        path: str,
        ref: Ref,
        value: t.Any,
        of_type: t.Sequence[_Deletion],
        by_name: t.Mapping[tuple[str, str], t.Sequence[_Deletion]],
    ) -> Problems:
        """What is wrong with a reference."""
        table = of_type[0].table
        named = by_name.get((ref.type, table.identity.normalize(value)), ())
        meant = [*named, *(item for item in of_type if item not in named and item.has_id(ref, value))]
        if not meant:
            return []
        target_id = self._target_id(node, table)
        meant = [item for item in meant if item.target_id == target_id]
        if not meant or (meant[0] in named and self._is_there(node, table, ref, value)):
            return []
        self.paths.add((node.number, path))
        where = node.source.of(f"{node.where}.{path}")
        other = meant[0]
        if other.node.purge_target is not None:
            text = f"{other.label} would be deleted, but {node.label} names it in {where}; declare it too"
            return [(other.node.where, text)]
        at = other.node.position
        return [(where, f"names the {other.label}, which is declared absent at {at}; take one of the two out")]

    def _target_id(self, node: Node, table: Resource) -> str | None:
        """The id of the project or organization in which a node's references are looked up."""
        inside = node.table.references_inside
        try:
            if inside and inside == table.scope.name.lower():
                objects = [outcome.obj for outcome in node.outcomes if outcome.obj is not None]
                return str(node.table.object_id(objects[0])) if objects else None
            return self._targets.session_of(node.target).place_of(table)
        except PostHogFailure as exc:
            raise_if_over(exc)
            return None

    def _is_there(self, node: Node, table: Resource, ref: Ref, name: t.Any) -> bool:
        """Whether another object of that name exists after the plan."""
        if self._index.by_name(table, node.target, name):
            return True
        if node.table.references_inside or table.parent is not None:
            return False
        try:
            found = self._targets.session_of(node.target).collection(table).find(name)
        except PostHogFailure as exc:
            raise_if_over(exc)
            return False
        return any(all(dig(obj, key) == wanted for key, wanted in ref.where) for obj in found)

    def _of_target(self, node: Node, deletions: t.Iterable[_Deletion]) -> t.Iterator[tuple[str, str]]:
        """What is wrong with a node whose project or organization is deleted."""
        for item in deletions:
            inside = item.table.references_inside
            within = {"project": (Scope.PROJECT,), "organization": (Scope.PROJECT, Scope.ORGANIZATION)}.get(inside, ())
            if item.obj is None or node.table.scope not in within:
                continue
            session = self._targets.session_of(node.target)
            here = session.project_id() if inside == "project" else session.organization_id()
            if here == str(item.table.object_id(item.obj)):
                at = item.node.position
                text = f"is in the {item.label}, which is declared absent at {at}; take one of the two out"
                yield node.position, text
