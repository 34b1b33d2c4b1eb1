# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The sessions of one task: one for each key, organization and project that its items use.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.offline import NOWHERE, OfflineClient
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES, resource
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


class Sessions:
    """The sessions of one task: one for each key, organization and project that its items use.

    :param check_mode: nothing may be written.
    :param warn: shows the user a warning.
    :param note: shows a line at C(-v).
    :param many: the task is a loop.
    :param hidden: Ansible prints nothing of the task's result.
    :param shared: a private directory that all processes of one controller use to share the waits of a key.
    """

    def __init__(
        self,
        *,
        check_mode: bool,
        warn: t.Callable[[str], None],
        note: t.Callable[[str], None] | None = None,
        many: bool = False,
        hidden: bool = False,
        shared: str | None = None,
    ) -> None:
        self._shared = shared
        self._hidden = hidden
        self.check_mode = check_mode
        self.many = many
        self.warn = warn
        self.note = note or (lambda line: None)
        #: Called with a line about each changed object, where a task changes many.
        self.report: t.Callable[[str], None] = lambda line: None
        self._clients: dict[Connection, Client] = {}
        self._sessions: dict[tuple[Connection, t.Any, t.Any], Session] = {}

    def get(
        self,
        raw: t.Mapping[str, t.Any],
        params: t.Mapping[str, t.Any],
        *,
        needs_key: bool = True,
        offline: bool = False,
    ) -> Session:
        """The session that a set of options asks for.

        :param raw: the options that the task itself gave.
        :param params: the validated options.
        :param needs_key: whether nothing can be done without a key.
        :param offline: whether nothing may be sent, so that it does not matter where PostHog is.
        :returns: the session, made at the first call.
        :raises PostHogFailure: the options do not say where PostHog is.
        """
        where = NOWHERE if offline else connection(raw, params, needs_key=needs_key)
        key = (where, params.get("organization") or None, params.get("project") or None)
        if key not in self._sessions:
            client = self._clients.get(where)
            if client is None:
                client = self._clients[where] = self._client(where)
            self._sessions[key] = Session(
                client,
                resource,
                types=RESOURCES,
                organization=key[1],
                project=key[2],
                named_organization=bool(raw.get("organization")),
                named_project=bool(raw.get("project")),
                policy=RunPolicy(check_mode=self.check_mode, hidden=self._hidden),
                many=self.many,
                warn=self._warn,
                warn_quietly=self._note,
                report=self._report,
            )
        return self._sessions[key]

    def _client(self, where: Connection) -> Client:
        if where is NOWHERE:
            return OfflineClient()
        return Client(where, note=self._note, tell=self._report, shared=self._shared)

    def _note(self, text: str) -> None:
        """Call the current item's C(note), which is replaced from one item of a loop to the next."""
        self.note(text)

    def _report(self, line: str) -> None:
        """Call the current item's C(report)."""
        self.report(line)

    def _warn(self, text: str) -> None:
        """Call the current item's C(warn)."""
        self.warn(text)

    @property
    def secrets(self) -> set[str]:
        """The secrets that the sessions have seen."""
        return {text for session in self._sessions.values() for text in session.secrets}

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()
