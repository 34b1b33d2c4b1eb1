# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Objects that exist, are not declared, and are to be deleted.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._bulk.hints import nearest_type
from ansible_collections.community.posthog.plugins.module_utils._bulk.lifecycles import FormerNames
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node, PurgeTarget, Target
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import Source
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import TargetKey, Targets
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask, TaskSpec, flattened
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import MARK
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.routes import read_those_there
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


@dataclass
class Purge:
    """What may be deleted because it is not declared.

    :param types: plural names.
    :param everything: also delete objects without the collection's mark.
    :param limit: how many deletions are allowed; with C(percent), of a hundred existing objects.
    :param percent: whether C(limit) is a percentage.
    :param allow_empty: a type of which nothing is declared may be purged.
    """

    types: tuple[str, ...] = ()
    everything: bool = False
    limit: int = 10
    percent: bool = False
    allow_empty: bool = False


class Purger:
    """Finds the objects to purge.

    :param purge: what may be deleted.
    :param tasks: the tasks of each type, by its plural name.
    :param nodes: the declared objects, with the outcomes of a plan.
    :param targets: their targets.
    :param listed: the types that the documents of each target list, empty lists included.
    :param delete: deletes the object of a node, or predicts that.
    """

    def __init__(
        self,
        purge: Purge,
        tasks: t.Mapping[str, ResourceTask],
        nodes: t.Sequence[Node],
        targets: Targets,
        listed: t.Mapping[Target, t.Collection[str]],
        delete: t.Callable[[Node], None],
    ) -> None:
        self._purge = purge
        self._tasks = tasks
        self._nodes = nodes
        self._targets = targets
        self._listed = listed
        self._delete = delete
        self.problems: Problems = []
        #: The types that may be purged, each with the path of the option that says so.
        self._allowed: list[tuple[ResourceTask, str]] = []

    def refused(self, faulty: t.Collection[str] = ()) -> Problems:
        """What is wrong with the types to purge, as far as that is known before anything is compared.

        :param faulty: types of which an item has mistakes.
        :returns: positions and sentences.
        """
        found: Problems = []
        for index, plural in enumerate(self._purge.types):
            where = f"purge[{index}]"
            task = self._tasks.get(plural)
            if task is None:
                found.append((where, f"{plural!r} is no type{nearest_type(plural, self._tasks)}"))
                continue
            table = task.table
            declared = any(node.table.type == table.type and not node.spec.absent for node in self._nodes)
            if table.delete is Delete.NONE or not table.purging.allowed or table.singleton:
                found.append((where, f"{plural} cannot be purged"))
            elif not self._purge.everything and table.purging.marker is None:
                text = f"{plural} cannot carry the collection's mark; purge_scope: all is needed to purge them"
                found.append((where, text))
            elif not self._purge.allow_empty and not declared and table.type not in faulty:
                text = f"no {table.plural} are declared, so all of them would go; allow_empty: true allows that"
                found.append((where, text))
            else:
                self._allowed.append((task, where))
        return found

    def find(self) -> list[Node]:
        """Find the objects to purge; reasons why they may not be are added to C(problems).

        :returns: a node for each of them, in the order of deletion.
        """
        purge = self._purge
        nodes = [node for task, where in self._allowed for node in self._of_type(task, where)]
        if not purge.percent and len(nodes) > purge.limit:
            names = ", ".join(repr(node.name) for node in nodes[:10]) + (" …" if len(nodes) > 10 else "")
            text = (
                f"{counted(len(nodes), 'object')} would be deleted ({names}), more than max_deletions allows "
                f"({purge.limit}); raise it if that is what is meant"
            )
            self.problems.append(("purge", text))
        return sorted(nodes, key=lambda node: -node.table.order)

    def _of_type(self, task: ResourceTask, where: str) -> list[Node]:
        table, purge = task.table, self._purge
        declared = [node for node in self._nodes if node.table.type == table.type and not node.spec.absent]
        declared_in = {self._targets.key(table, node.target) for node in declared}
        handled = self._handled_ids(table)
        former = FormerNames(declared, self._targets)
        found: list[Node] = []
        existing = 0
        for target in self._targets_of(table):
            session = self._targets.session_of(target)
            here: list[Node] = []
            for collection, objects in _read_lists(session, table, where):
                for obj in objects:
                    object_id = table.object_id(obj)
                    if object_id is None:
                        continue
                    existing += 1
                    if str(object_id) in handled or _is_never_purged(session, table, obj):
                        continue
                    if former.spares(table, self._targets.key(table, target), obj):
                        continue
                    if purge.everything or _is_marked(table, obj):
                        node = _purge_node(task, target, where, PurgeTarget(collection, obj))
                        self._delete(node)
                        here.append(node)
            if here and not purge.allow_empty and self._targets.key(table, target) not in declared_in:
                named = " / ".join(name for name in target if name) or "the task's own place"
                text = (
                    f"no {table.plural} are declared for {named}, so all of them would go there; "
                    "allow_empty: true allows that"
                )
                self.problems.append((where, text))
            found += here
        if purge.percent and len(found) * 100 > existing * purge.limit:
            text = (
                f"{len(found)} of {existing} {table.plural} would be deleted, more than max_deletions allows "
                f"({purge.limit} %); raise it if that is what is meant"
            )
            self.problems.append((where, text))
        return found

    def _handled_ids(self, table: Resource) -> set[str]:
        """The ids of the objects that the plan keeps or deletes; those that it handles with others count too."""
        outcomes = [item for node in self._nodes for item in flattened(node.outcomes) if item.resource is table]
        kept = {str(table.object_id(outcome.obj)) for outcome in outcomes if outcome.obj is not None}
        return kept | {str(outcome.before.get("id")) for outcome in outcomes if outcome.action == "deleted"}

    def _targets_of(self, table: Resource) -> list[Target]:
        """Where objects of a type are purged: in the targets that a document names or lists objects of."""
        found: dict[TargetKey, Target] = {}
        for target, plurals in self._listed.items():
            scopes = {task.table.scope for plural, task in self._tasks.items() if plural in plurals}
            named = target[1] is not None if table.scope is Scope.PROJECT else target[0] is not None
            if table.plural in plurals or named or table.scope in scopes:
                found.setdefault(self._targets.key(table, target), target)
        return list(found.values())


def _read_lists(session: Session, table: Resource, where: str) -> list[tuple[Collection, list[dict[str, t.Any]]]]:
    """Every list of a type in a target, with its objects."""
    parents = [None] if table.parent is None else table.parent.everywhere(session)
    lists = [session.collection(table, parent) for parent in parents]
    return read_those_there(session, where, [functools.partial(_with_objects, collection) for collection in lists])


def _with_objects(collection: Collection) -> tuple[Collection, list[dict[str, t.Any]]]:
    return collection, collection.all()


def _is_never_purged(session: Session, table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether PostHog creates an object itself, so that nobody can declare it."""
    if table.generated is not None and table.generated(session, obj):
        return True
    return table.purging.never is not None and table.purging.never(session, obj)


def _is_marked(table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether an object has the collection's mark."""
    field = table.field(table.purging.marker) if table.purging.marker else None
    return field is not None and MARK in (field.value_in(obj) or [])


def _purge_node(task: ResourceTask, target: Target, where: str, purge_target: PurgeTarget) -> Node:
    spec = TaskSpec(task.table, {}, absent=True)
    name = task.table.identity.shown(purge_target.obj)
    return Node(-1, task, spec, target, where, Source(), name, purge_target=purge_target)
