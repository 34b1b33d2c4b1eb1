# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A configuration of many objects of many types: read, order, plan, apply, purge.

Private to this collection: it may change without notice.

The plan is a check run over everything, in the order in which objects depend on each other; later objects see the
predicted ones. Only then the objects that the plan changes are written. So every mistake is reported before the first
write, and a run does what its plan predicts.
"""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.ask import Questions
from ansible_collections.community.posthog.plugins.module_utils._bulk.conflicts import Conflicts
from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.faulty import unresolved
from ansible_collections.community.posthog.plugins.module_utils._bulk.lifecycles import FormerNames, protected
from ansible_collections.community.posthog.plugins.module_utils._bulk.names import unknown_names
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node, Target
from ansible_collections.community.posthog.plugins.module_utils._bulk.order import Ordering
from ansible_collections.community.posthog.plugins.module_utils._bulk.purge import Purge, Purger
from ansible_collections.community.posthog.plugins.module_utils._bulk.read import Reader
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import references
from ansible_collections.community.posthog.plugins.module_utils._bulk.result import Result, raise_problems, result_of
from ansible_collections.community.posthog.plugins.module_utils._bulk.run import Runner
from ansible_collections.community.posthog.plugins.module_utils._bulk.scopes import least_scopes
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._bulk.validate import Names
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, Policy
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


class Project:
    """A configuration of one or several projects.

    :param session: the task's session.
    :param tasks: the tasks of each type, by its plural name.
    :param concurrency: how many objects are worked on at once.
    :param policy: how documents treat fields that are not declared, where they do not choose themselves.
    :param progress: called with a line about each object that was changed.
    :param ignored: by plural type, paths that no item is compared by or changed in.
    """

    def __init__(
        self,
        session: Session,
        tasks: t.Mapping[str, ResourceTask],
        *,
        concurrency: int = 8,
        policy: Policy = KEEP,
        progress: t.Callable[[str], None] | None = None,
        ignored: t.Mapping[str, t.Sequence[str]] | None = None,
    ) -> None:
        self.session = session
        self._tasks = tasks
        self._targets = Targets(session)
        self._index = DeclaredIndex(self._targets)
        self._reader = Reader(session, tasks, self._index, policy, ignored or {})
        self._runner = Runner(
            session,
            self._index,
            self._targets,
            concurrency=max(1, concurrency),
            progress=progress or (lambda line: None),
        )
        self.nodes = self._reader.nodes
        self.problems = self._reader.problems
        #: Events and properties that are named and that nobody has seen, as :meth:`plan` found them.
        self.unknown: Problems = []
        self._purged: list[Node] = []

    def read(self, documents: t.Iterable[t.Any]) -> None:
        """Read configuration documents; mistakes are collected.

        :param documents: dictionaries of lists by type.
        """
        self._reader.read(list(documents))

    def order(self) -> None:
        """Find out which objects come before which.

        :raises InvalidInput: something could not be read, so that it is not known what is declared.
        """
        if self._reader.incomplete:
            raise_problems(self.problems)
        self.session.planning(True)
        if self._targets.resolve(self.nodes):
            self.problems += self._index.rebuild(self.nodes)
        self._index.index_ids(self.nodes)
        self.problems += FormerNames(self.nodes, self._targets).problems(self.session)
        self.problems += Ordering(self.session, self.nodes, self._index, self._targets).run()

    def target_ids(self) -> list[str]:
        """The organizations and projects in which something is declared, as far as they exist.

        :returns: their ids.
        """
        return self._targets.ids(self.nodes)

    def validate(self, purge: Purge) -> dict[str, int]:
        """Find out what is wrong as far as that is known without PostHog.

        :param purge: what may be deleted.
        :returns: the number of declared objects by type, in the plural.
        :raises InvalidInput: with everything that is wrong.
        """
        self.problems += self._purger(purge).refused({item.task.table.type for item in self._reader.faulty})
        problems, warnings = Names(self.session, self.nodes, self._index, self._targets).judge()
        self.problems += problems
        raise_problems(self.problems)
        for text in warnings:
            self.session.warn(text)
        declared = [node for node in self.nodes if node.completes is None]
        return dict(collections.Counter(node.table.plural for node in declared))

    def scopes(self) -> dict[str, t.Any]:
        """Find out which scopes a key needs at least, see :func:`least_scopes`."""
        return least_scopes(self.session, self.nodes)

    def _purger(self, purge: Purge) -> Purger:
        return Purger(purge, self._tasks, self.nodes, self._targets, self._reader.listed, self._runner.purge)

    def plan(self, purge: Purge, unknown_names: str = "ignore") -> Result:
        """Find out what is to be done, without a write.

        :param purge: what may be deleted.
        :param unknown_names: whether events and properties that nobody has seen are looked for: C(warn), C(error),
            C(ignore).
        :returns: what a run would do.
        :raises PostHogFailure: with everything that is wrong.
        """
        self.session.planning(True)
        self.session.uses.wait()
        purger = self._purger(purge)
        self.problems += purger.refused({item.task.table.type for item in self._reader.faulty})
        unusable = self._runner.prefetch([*self.nodes, *self._reader.faulty])
        self.problems += unusable.values()
        nodes = self._usable(unusable)
        self._runner.run([node for node in nodes if not node.spec.absent], self._runner.attempt)
        absent = [node for node in nodes if node.spec.absent]
        for node in sorted(absent, key=lambda node: -node.table.order):
            if self._runner.ended is None:
                self._runner.attempt(node)
        self._raise_if_ended()
        conflicts = Conflicts(self.session, nodes, self._index, self._targets)
        self.problems += conflicts.problems(absent)
        known = {str(place) for place, _text in self.problems}
        for node in nodes:
            for path, text in () if self._needs_invalid(node) else node.problems:
                place = node.source.of(f"{node.where}.{path}" if path else node.where)
                # One mistake of each value is enough.
                if (node.number, path) not in conflicts.paths and place not in known:
                    self.problems.append((place, text))
        faulty = [item for item in self._reader.faulty if item.target not in unusable]
        self.problems += unresolved(self.session, faulty, self._index, self._targets)
        if unknown_names == "error" or (unknown_names == "warn" and not self.problems):
            self.unknown = self._unknown_names()
            self.problems += self.unknown if unknown_names == "error" else []
        # What is to be purged is known only where all that is declared is known.
        raise_problems(self.problems)
        self._purged = purger.find()
        self.problems += purger.problems
        self._raise_if_ended()
        self.problems += conflicts.problems(self._purged)
        self.problems += protected(self.nodes, self._purged)
        raise_problems(self.problems)
        for text in FormerNames(self.nodes, self._targets).leftovers():
            self.session.warn(text)
        self.session.uses.warn_of_users()
        return result_of([*self.nodes, *self._purged])

    def ask(self, questions: t.Collection[str]) -> None:
        """Ask PostHog what only PostHog knows of the plan.

        :param questions: of :data:`QUESTIONS`.
        :raises InvalidInput: a text in one of PostHog's languages is wrong.
        """
        asked = Questions(self.session, self.nodes, self._targets)
        if "languages" in questions:
            raise_problems(asked.languages())
        if "reach" in questions:
            asked.reach()

    def _usable(self, unusable: t.Collection[Target]) -> list[Node]:
        """The nodes that can be planned where some targets cannot be used, also not by what a node needs."""
        lost = {node.number for node in self.nodes if node.target in unusable}
        more = lost
        while more:
            more = {node.number for node in self.nodes if node.needs & lost} - lost
            lost |= more
        return [node for node in self.nodes if node.number not in lost]

    def _raise_if_ended(self) -> None:
        """Raise the error that every further request would meet: nothing was written, so it is the only news."""
        if self._runner.ended is not None:
            raise self._runner.ended

    def _needs_invalid(self, node: Node) -> bool:
        """Whether a node refers to an object whose own declaration has mistakes."""
        if not self._index.has_invalid:
            return False
        return any(
            self._index.is_invalid(self.session.registry(ref.type), node.target, value)
            for item in node.spec.items
            for _option, ref, value in references(node.table, item)
        )

    def apply(self) -> Result:
        """Write what the plan found.

        :returns: what became of all objects.
        """
        planned = {node.number for node in self.nodes if node.changed}
        self.session.planning(False)
        self._targets.forget_sessions()
        for node in self.nodes:
            if node.number not in planned and not node.spec.absent:
                # It does not change, but others may refer to it by its id.
                self._runner.settle(node)
        changing = [node for node in self.nodes if node.number in planned and not node.spec.absent]
        for node in changing:
            # The plan's outcomes must not count where a run does not get to a node.
            node.outcomes = []
        self._runner.run(changing, self._runner.attempt_and_report)
        absent = [node for node in self.nodes if node.number in planned and node.spec.absent]
        self._runner.delete_all(sorted(absent, key=lambda node: -node.table.order), self._runner.attempt)
        if any(node.error or node.blocked for node in self.nodes):
            for node in self._purged:
                node.outcomes, node.blocked = [], "another object"
        else:
            self._runner.delete_all(self._purged, self._runner.purge)
        return result_of([*self.nodes, *self._purged])

    def _unknown_names(self) -> Problems:
        """Events and properties that changed objects name, and that their project has never seen."""
        return unknown_names(self.session, self.nodes, self._index, self._targets)
