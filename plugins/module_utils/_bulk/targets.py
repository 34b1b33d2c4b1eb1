# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The organizations and projects of a configuration: which names mean the same one, and a session for each.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node, Target
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED

#: Identifies an organization or a project; equal for all ways to name the same one.
TargetKey = tuple[t.Optional[str], t.Optional[str]]


class Targets:
    """The targets of a configuration's objects.

    :param session: the task's session.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        #: Targets whose project the configuration itself declares, so that it may not exist yet.
        self.planned: set[Target] = set()
        self._sessions: dict[Target, Session] = {}
        self._keys: dict[tuple[Scope, Target], TargetKey] = {}

    def key(self, table: Resource, target: Target) -> TargetKey:
        """The key by which the objects of a type in different targets differ.

        :param table: the type.
        :param target: as a document names it.
        :returns: a key; the organization's for types of an organization.
        """
        if table.scope is Scope.INSTANCE:
            return (None, None)
        known = self._keys.get((table.scope, target))
        return known or ((target[0], None) if table.scope is Scope.ORGANIZATION else (target[0], target[1]))

    def resolve(self, nodes: t.Sequence[Node]) -> bool:
        """Find out which targets are the same: a project may be named, given by its id, or left to the task.

        :param nodes: all declared objects.
        :returns: whether keys changed, so that what was stored by key is out of date.
        """
        for scope in (Scope.ORGANIZATION, Scope.PROJECT):
            targets = list(dict.fromkeys(node.target for node in nodes if node.table.scope is scope))
            for target in targets if len(targets) > 1 else ():
                self._keys[scope, target] = self._resolved(scope, target)
        return bool(self._keys)

    def _resolved(self, scope: Scope, target: Target) -> TargetKey:
        session = self.session.beside(*target)
        key: TargetKey = (target[0], target[1] and target[1].strip().casefold())
        try:
            if scope is Scope.ORGANIZATION:
                return ("", session.organization_id())
            project = session.project_id()
            return key if project == PLANNED else ("", project)
        except PostHogFailure as exc:
            # It does not exist yet, or the plan will report the error.
            raise_if_over(exc)
            return key

    def ids(self, nodes: t.Iterable[Node]) -> list[str]:
        """The organizations and projects in which something is declared, as far as they exist.

        :param nodes: the declared objects.
        :returns: their ids.
        """
        found: list[str] = []
        for scope, target in dict.fromkeys((node.table.scope, node.target) for node in nodes):
            session = self.session.beside(*target)
            try:
                found.append(session.project_id() if scope is Scope.PROJECT else session.organization_id())
            except PostHogFailure:
                # The plan will report the error.
                continue
        return [target_id for target_id in dict.fromkeys(found) if target_id != PLANNED]

    def session_of(self, target: Target) -> Session:
        """The session for the objects of a target.

        :param target: as a document names it.
        :returns: one session for all ways to name the same target. In a plan, a project that is still to be created
            has a session in which nothing exists yet.
        """
        if target in self._sessions:
            return self._sessions[target]
        key = self._keys.get((Scope.PROJECT, target))
        if key is not None:
            for other, session in self._sessions.items():
                if self._keys.get((Scope.PROJECT, other)) == key:
                    self._sessions[target] = session
                    return session
        session = self.session.beside(*target)
        if target in self.planned and not self.session.check_mode:
            # The plan's session does not know the project that was created since.
            session = self.session.afresh(*target)
        self._sessions[target] = session
        return session

    def forget_sessions(self) -> None:
        """Make new sessions from now on: those of the plan hold predicted objects."""
        self._sessions.clear()
