# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Carry out nodes in the order of their needs, several at once.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import collections
import contextlib
import copy
import graphlib
import traceback
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex, may_be_foreign
from ansible_collections.community.posthog.plugins.module_utils._bulk.meeting import Ready
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node, Target
from ansible_collections.community.posthog.plugins.module_utils._bulk.parallel import ClientThreads
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import references
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import Source
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    raise_if_over,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask, flattened
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: Stands for the failed node where the connection failed, so that nothing else was tried.
_CONNECTION: t.Final = "the connection"


class Placed(t.Protocol):
    """A declared object, with or without mistakes."""

    @property
    def task(self) -> ResourceTask:
        """Its type."""

    @property
    def target(self) -> Target:
        """Organization and project."""

    @property
    def where(self) -> str:
        """Its path."""

    @property
    def source(self) -> Source:
        """Where its document was read."""


class Runner:
    """Carries out nodes; failures are stored on them.

    :param session: the task's session.
    :param index: the declared objects.
    :param targets: their targets.
    :param concurrency: how many nodes are carried out at once.
    :param progress: called with a line about each object that was changed.
    """

    def __init__(
        self,
        session: Session,
        index: DeclaredIndex,
        targets: Targets,
        *,
        concurrency: int,
        progress: t.Callable[[str], None],
    ) -> None:
        self._session = session
        self._index = index
        self._targets = targets
        self._concurrency = concurrency
        self._progress = progress
        #: The failure after which nothing is sent any more, since every request would meet it.
        self.ended: ApiError | None = None

    def prefetch(self, items: t.Sequence[Placed]) -> dict[Target, tuple[str, str]]:
        """Read the lists that all declared objects need, several at once.

        :param items: the declared objects.
        :returns: the targets that cannot be used; for each the place of its first object, and the reason.
        :raises ApiError: an error that every request would meet.
        """
        unusable: dict[Target, tuple[str, str]] = {}
        for target in dict.fromkeys(item.target for item in items):
            # Look up each target before several threads need it.
            session = self._targets.session_of(target)
            here = [item for item in items if item.target == target]
            try:
                if any(item.task.table.scope is Scope.PROJECT for item in here):
                    session.project_id()
                else:
                    session.organization_id()
            except PostHogFailure as exc:
                raise_if_over(exc)
                unusable[target] = (here[0].source.of(here[0].where), exc.message)
        wanted: dict[int, Collection] = {}
        for node in items:
            if node.target in unusable or not isinstance(node, Node):
                continue
            tables = [node.table] if node.table.parent is None else []
            for item in node.spec.items:
                found = references(node.table, item)
                tables += [self._session.registry(ref.type) for _option, ref, _value in found if not ref.made]
            for table in tables:
                if table.parent is None and not table.singleton and not table.identity.large:
                    collection = self._targets.session_of(node.target).collection(table)
                    wanted[id(collection)] = collection
        with ClientThreads(self._session.client, self._concurrency) as threads:
            threads.map(self._load, wanted.values())
        if self.ended is not None:
            raise self.ended
        return unusable

    def _load(self, collection: Collection) -> None:
        try:
            collection.all()
        except PostHogFailure as exc:
            # The first node that needs the list meets the error again, and reports it with its own position.
            if isinstance(exc, ApiError) and exc.ends_all:
                self._end(exc)

    def run(self, nodes: t.Sequence[Node], work: t.Callable[[Node], None]) -> None:
        """Carry out nodes, each after those that it needs; nodes that need a failed one are skipped.

        :param nodes: the nodes; needs of others are ignored.
        :param work: carries out one of them.
        """
        waiting = {node.number: node for node in nodes}
        dependents: dict[int, list[Node]] = collections.defaultdict(list)
        sorter: graphlib.TopologicalSorter[int] = graphlib.TopologicalSorter()
        for node in sorted(nodes, key=lambda node: (node.table.order, node.number)):
            # Nodes without needs become ready in the order in which they are added.
            sorter.add(node.number)
        for node in nodes:
            needs = [number for number in node.needs if number in waiting]
            sorter.add(node.number, *needs)
            for number in needs:
                dependents[number].append(node)
        with contextlib.suppress(graphlib.CycleError):
            # Cycles were reported before; everything outside of them is still carried out.
            sorter.prepare()
        ready = Ready[Node](lambda node: (node.target, node.table.type))
        tried: set[int] = set()

        def finish(node: Node) -> None:
            sorter.done(node.number)
            for other in dependents[node.number] if node.error or node.blocked else ():
                if not other.error and not other.blocked:
                    other.blocked = node.label

        def find_ready() -> None:
            numbers = sorter.get_ready()
            while numbers:
                for number in numbers:
                    if waiting[number].blocked:
                        finish(waiting[number])
                    else:
                        ready.add(waiting[number])
                numbers = sorter.get_ready()

        def carry_out(node: Node) -> None:
            tried.add(node.number)
            work(node)

        def go_on(node: Node) -> None:
            finish(node)
            find_ready()

        find_ready()
        with ClientThreads(self._session.client, self._concurrency) as threads:
            threads.run(ready, carry_out, go_on, lambda: self.ended is not None)
        for node in nodes if self.ended is not None else ():
            if not (node.outcomes or node.error or node.number in tried):
                node.blocked = node.blocked or _CONNECTION

    def delete_all(self, nodes: t.Sequence[Node], work: t.Callable[[Node], None]) -> None:
        """Delete objects, again as long as PostHog refuses some of them because of others that were in use.

        :param nodes: the nodes, in the order to try.
        :param work: deletes the object of one of them.
        """
        left = list(nodes)
        while left:
            for node in left:
                node.outcomes, node.problems = [], []
                if self.ended is not None:
                    node.blocked = node.blocked or _CONNECTION
                    continue
                work(node)
                self._report(node)
            refused = [node for node in left if node.error]
            if len(refused) == len(left) or self.ended is not None:
                return
            left = refused

    def attempt(self, node: Node) -> None:
        """Carry out a node.

        :param node: the node; a failure is stored on it.
        """
        session = self._targets.session_of(node.target)
        session.origins.declared = self._index.foreign_ids
        try:
            node.outcomes = node.task.carry_out(session, node.spec)
            self.settle(node)
        except InvalidInput as exc:
            node.problems = exc.problems
        except PostHogFailure as exc:
            self._note_failure(node, exc, self._explained(node, exc).message)
        except Exception as exc:  # a defect of this collection, which must not stop the other nodes
            node.problems = [("", f"community.posthog has a defect: {type(exc).__name__}: {exc}. Please report it.")]
            self._session.warn_quietly(traceback.format_exc())

    def attempt_and_report(self, node: Node) -> None:
        """Carry out a node, and report what was changed.

        :param node: the node; a failure is stored on it.
        """
        self.attempt(node)
        self._report(node)

    def purge(self, node: Node) -> None:
        """Delete an object that is not declared; in a plan, predict that.

        :param node: has a C(purge_target); a failure is stored on it.
        """
        if node.purge_target is None:
            raise LookupError("no object to delete")
        collection, obj = node.purge_target
        try:
            node.outcomes = [node.task.reconciler(collection.session).remove(collection, obj)]
        except PostHogFailure as exc:
            self._note_failure(node, exc, exc.message)

    def settle(self, node: Node) -> None:
        """Note which object an id stands for, where ids may be those of another project.

        :param node: a node that was planned or carried out.
        """
        obj = node.outcomes[0].obj if node.outcomes else None
        if may_be_foreign(node) and obj is not None:
            self._targets.session_of(node.target).origins.settle(node.table.type, node.spec.object_id, obj)

    def _report(self, node: Node) -> None:
        for outcome in flattened(node.outcomes):
            if outcome.changed and outcome.action != "unchanged":
                self._progress(f"{outcome.action}: {outcome.label or node.label}")

    def _note_failure(self, node: Node, error: PostHogFailure, text: str) -> None:
        """Store a failure; one that every request would meet is stored once, and ends everything."""
        if isinstance(error, ApiError) and error.ends_all:
            if self.ended is not None and error.message == self.ended.message:
                node.blocked = _CONNECTION
                return
            self._end(error)
        node.problems = [("", text)]

    def _end(self, error: ApiError) -> None:
        """Send nothing more."""
        if self.ended is None:
            self.ended = copy.copy(error)
            self._session.client.threads.ended = self.ended

    def _explained(self, node: Node, error: PostHogFailure) -> PostHogFailure:
        """The error with the explanation that further requests find, as far as those succeed."""
        try:
            session = self._targets.session_of(node.target)
            return session.explained(error) if isinstance(error, ApiError) else error
        except PostHogFailure:
            return error
