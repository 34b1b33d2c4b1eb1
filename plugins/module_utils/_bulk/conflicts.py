# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A plan that deletes what it needs: found before the first write.

Private to this collection: it may change without notice.

PostHog would take both orders: it deletes the cohort, and the flag that was declared beside it points nowhere. So
whatever a declared object names is looked for among all that the plan deletes, by name and by id, also where it lives:
a project that is declared absent is needed by everything that is declared in it.
"""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._bulk.project import Node, Project


@dataclass(frozen=True)
class _Doomed:
    """An object that is gone after the plan.

    :param table: its type.
    :param node: says that it is to go.
    :param obj: the object; None where there is none of that name anyway.
    :param names: what it is called, as names are compared.
    :param ids: its ids, where only the declaration tells them.
    :param place: the id of the project or the organization that it is in.
    """

    table: Resource
    node: Node
    obj: t.Mapping[str, t.Any] | None
    names: frozenset[str]
    ids: frozenset[str]
    place: str

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        return self.table.label(self.obj) if self.obj is not None else self.node.label

    def is_meant(self, ref: Ref, value: t.Any) -> bool:
        """Whether an id is that of the object.

        :param ref: the reference.
        :param value: what stands there.
        """
        text = str(value)
        if self.obj is None:
            return text in self.ids
        paths = (ref.value, self.table.id_path, *self.table.other_ids)
        return any(str(found) == text for found in (dig(self.obj, path) for path in paths) if found is not None)


class Conflicts:
    """What is declared, and needs what the same plan deletes.

    :param project: the configuration, with all that is deleted predicted to be gone.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        #: Of each node, the option paths where it names something that goes.
        self.paths: set[tuple[int, str]] = set()

    def problems(self, deleting: t.Iterable[Node]) -> Problems:
        """Find them.

        :param deleting: the nodes that delete something.
        :returns: places and sentences.
        """
        doomed = [item for node in deleting for item in self._doomed(node)]
        if not doomed:
            return []
        by_type: dict[str, list[_Doomed]] = collections.defaultdict(list)
        by_name: dict[tuple[str, str], list[_Doomed]] = collections.defaultdict(list)
        for item in doomed:
            by_type[item.table.type].append(item)
            for name in item.names:
                by_name[item.table.type, name].append(item)
        found: Problems = []
        for node in self._project.nodes:
            if node.declaration.absent:
                continue
            for path, ref, value in self._project.named(node):
                if ref.type not in by_type or isinstance(value, bool) or not isinstance(value, (str, int)):
                    continue
                found += self._named(node, path, ref, value, by_type[ref.type], by_name)
            found += self._homeless(node, doomed)
        return found

    def _doomed(self, node: Node) -> t.Iterator[_Doomed]:
        """What a node deletes, or would if it were there."""
        project = self._project
        gone = [outcome for outcome in project.flat(node.outcomes) if outcome.gone is not None]
        for outcome in gone:
            table, obj = outcome.resource, outcome.gone
            session = node.doomed[0].session if node.doomed is not None else project.home(node.home)
            names = frozenset(table.identity.names(obj or {}))
            yield _Doomed(table, node, obj, names, frozenset(), session.place_of(table))
        if gone or node.doomed is not None or node.error:
            return
        table = node.table
        try:
            place = project.home(node.home).place_of(table)
        except PostHogFailure as exc:
            raise_if_over(exc)
            return
        if node.declaration.object_id is not None:
            yield _Doomed(table, node, None, frozenset(), frozenset({str(node.declaration.object_id)}), place)
            return
        for item in node.declaration.items:
            name = item.values.get(table.identity.option)
            if isinstance(name, (str, int)):
                also = () if table.identity.also is None else (table.identity.also(str(name)),)
                normal = frozenset(table.identity.normal(one) for one in (str(name), *also))
                yield _Doomed(table, node, None, normal, frozenset(), place)

    def _named(
        self,
        node: Node,
        path: str,
        ref: Ref,
        value: t.Any,
        alike: t.Sequence[_Doomed],
        by_name: t.Mapping[tuple[str, str], t.Sequence[_Doomed]],
    ) -> Problems:
        """What is wrong with one reference."""
        table = alike[0].table
        called = by_name.get((ref.type, table.identity.normal(value)), ())
        meant = [*called, *(item for item in alike if item not in called and item.is_meant(ref, value))]
        if not meant:
            return []
        place = self._place(node, table)
        meant = [item for item in meant if item.place == place]
        if not meant or (meant[0] in called and self._is_there(node, table, ref, value)):
            return []
        self.paths.add((node.number, path))
        where = node.source.of(f"{node.where}.{path}")
        other = meant[0]
        if other.node.doomed is not None:
            text = f"{other.label} would be deleted, but {node.label} names it in {where}; declare it too"
            return [(other.node.where, text)]
        at = other.node.source.of(other.node.where)
        return [(where, f"names the {other.label}, which is declared absent at {at}; take one of the two out")]

    def _place(self, node: Node, table: Resource) -> str | None:
        """The project or organization in which a node names things."""
        inside = node.table.references_inside
        try:
            if inside and inside == table.scope.name.lower():
                objects = [outcome.obj for outcome in node.outcomes if outcome.obj is not None]
                return str(node.table.object_id(objects[0])) if objects else None
            return self._project.home(node.home).place_of(table)
        except PostHogFailure as exc:
            raise_if_over(exc)
            return None

    def _is_there(self, node: Node, table: Resource, ref: Ref, name: t.Any) -> bool:
        """Whether something else of that name is there after the plan."""
        if self._project.is_declared(table, node.home, name):
            return True
        if node.table.references_inside or table.parent is not None:
            return False
        try:
            found = self._project.home(node.home).collection(table).find(name)
        except PostHogFailure as exc:
            raise_if_over(exc)
            return False
        return any(all(dig(obj, key) == wanted for key, wanted in ref.where) for obj in found)

    def _homeless(self, node: Node, doomed: t.Iterable[_Doomed]) -> t.Iterator[tuple[str, str]]:
        """What is wrong with a node whose project or organization goes."""
        for item in doomed:
            inside = item.table.references_inside
            within = {"project": (Scope.PROJECT,), "organization": (Scope.PROJECT, Scope.ORGANIZATION)}.get(inside, ())
            if item.obj is None or node.table.scope not in within:
                continue
            session = self._project.home(node.home)
            here = session.project_id() if inside == "project" else session.organization_id()
            if here == str(item.table.object_id(item.obj)):
                at = item.node.source.of(item.node.where)
                text = f"is in the {item.label}, which is declared absent at {at}; take one of the two out"
                yield node.source.of(node.where), text
