# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""PostHog's REST API, as the rest of the collection calls it.

Private to this collection: it may change without notice.

Nothing here knows of a resource type. The client puts together what its neighbours do: C(transport) sends a request
once, C(waits) waits for rate limits and before repeats, C(retries) judges failures, C(remedies) makes the errors, and
C(paging) follows lists to their end. A repeat is sent only where it is harmless: a write whose outcome is unknown is
never repeated here, and the caller gets :class:`UnknownOutcome`.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import random as randomlib
import time
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, TimeLimit
from ansible_collections.community.posthog.plugins.module_utils._http.answers import READS, Answer
from ansible_collections.community.posthog.plugins.module_utils._http.budget import key_file
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.pace import private
from ansible_collections.community.posthog.plugins.module_utils._http.paging import PAGE_SIZE, read_list
from ansible_collections.community.posthog.plugins.module_utils._http.remedies import ErrorTexts
from ansible_collections.community.posthog.plugins.module_utils._http.retries import ConnectionHealth, fault_of
from ansible_collections.community.posthog.plugins.module_utils._http.run import is_orphan
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Threads
from ansible_collections.community.posthog.plugins.module_utils._http.transport import Transport
from ansible_collections.community.posthog.plugins.module_utils._http.waits import Waits


class Client:
    """One PostHog host, one key, one HTTP session.

    :param connection: where and how.
    :param clock: monotonic seconds; tests replace it.
    :param sleep: waits; tests replace it.
    :param random: a number in [0, 1); tests replace it.
    :param note: called with a line about each request and each wait, for C(-vvv).
    :param tell: called with a line about what holds for the whole task, for C(-v).
    :param shared: a private directory of the processes that use this key together; they count their requests in it, and
        share waits (see :class:`Pause`).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
        random: t.Callable[[], float] = randomlib.random,
        note: t.Callable[[str], None] | None = None,
        tell: t.Callable[[str], None] | None = None,
        shared: str | None = None,
    ) -> None:
        self.connection = connection
        self._shared = shared
        #: The status of the last answer that was a success.
        self.status: int | None = None
        #: The threads that share this client.
        self.threads = Threads()
        self._clock = clock
        self._note = note or (lambda line: None)
        self._errors = ErrorTexts(connection)
        self._waits = Waits(
            connection,
            self._errors,
            self.threads,
            clock=clock,
            sleep=sleep,
            random=random,
            note=self._note,
            tell=tell or (lambda line: None),
            shared=shared,
        )
        self._transport = Transport(connection, self._errors, clock=clock, note=self._note)
        self._health = ConnectionHealth()
        self._keyless: dict[str, Client] = {}
        # Whoever started this process. When that is gone, another process is the parent.
        self._parent = os.getppid()

    @property
    def rate_limit(self) -> int:
        """Requests a minute that are not exceeded; 0 where there is no limit."""
        return self._waits.rate_limit

    def shared_file(self, kind: str) -> str | None:
        """The path of a file that the processes of a run share.

        :param kind: what the file is about.
        :returns: a path that belongs to this host and this key; None where they share nothing.
        """
        if self._shared is None or not private(self._shared):
            return None
        return key_file(self._shared, kind, self.connection.host, self.connection.api_key)

    def close(self) -> None:
        """Close the kept connections."""
        self._transport.close()
        for other in self._keyless.values():
            other.close()

    def keyless(self, host: str) -> Client:
        """A client for another host, which the key does not go to.

        :param host: base URL without a trailing slash.
        :returns: the same client each time.
        """
        if host not in self._keyless:
            where = dataclasses.replace(self.connection, host=host, api_key="")
            self._keyless[host] = Client(where, note=self._note)
        return self._keyless[host]

    def get(self, path: str, params: t.Mapping[str, t.Any] | None = None) -> t.Any:
        """GET a path.

        :param path: below the host, with its leading slash.
        :param params: the query.
        :returns: the decoded JSON.
        :raises ApiError: see :meth:`request`.
        """
        return self.request("GET", path, params=params)

    def objects(
        self,
        path: str,
        params: t.Mapping[str, t.Any] | None = None,
        *,
        page_size: int | None = PAGE_SIZE,
        limit: int | None = None,
    ) -> list[t.Any]:
        """Read a list to its end.

        :param path: below the host, with its leading slash.
        :param params: the query, without paging.
        :param page_size: objects a page; None asks without C(limit).
        :param limit: as many objects are enough.
        :returns: the objects in the server's order.
        :raises ApiError: see :meth:`request` and :func:`read_list`.
        """
        return read_list(self.get, path, params, page_size=page_size, limit=limit)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: t.Mapping[str, t.Any] | None = None,
        json: t.Any = None,
        repeatable: bool | None = None,
    ) -> t.Any:
        """Make one call, with the repeats that are harmless.

        :param method: HTTP method in capitals.
        :param path: below the host, with its leading slash.
        :param params: the query; None values are left out.
        :param json: the body.
        :param repeatable: whether sending it twice does no harm. Default: all but POST.
        :returns: the decoded JSON, or None for an empty answer.
        :raises UnknownOutcome: a write that must not be repeated got no usable answer.
        :raises TimeLimit: O(max_wait) is used up.
        :raises ApiError: PostHog refused, or the answer is none of its API.
        """
        harmless = method != "POST" if repeatable is None else repeatable
        deadline = self._clock() + self.connection.max_wait
        query = {key: value for key, value in (params or {}).items() if value is not None}
        repeats = 0
        limited = 0
        while True:
            deadline = self._waits.before_request(method, path, deadline)
            self._refuse_if_over(method, path)
            with self.threads.aside():
                outcome = self._transport.send(method, path, query, json, deadline)
            if isinstance(outcome, Answer):
                if outcome.status == 429:
                    limited += 1
                    self._waits.rate_limited(outcome, limited, deadline)
                    continue
                if outcome.good:
                    self.status = outcome.status
                    self._health.answered()
                    return outcome.data
            fault = fault_of(method, path, outcome, self._errors, self.connection.retries)
            # A server that is down for a while may say for how long; that holds for all its requests.
            asked = self._waits.asked(outcome) if isinstance(outcome, Answer) and outcome.transient else None
            if fault.done_perhaps and not harmless:
                if asked is not None:
                    self._waits.ask_all(asked)
                raise self._errors.unknown_outcome(method, path, fault.error, outcome)
            if repeats >= fault.repeats:
                fault.error.ends_all = self._health.is_broken_by(outcome)
                raise fault.error
            repeats += 1
            if asked is not None and isinstance(outcome, Answer):
                self._waits.rest_all(asked, deadline, outcome)
                continue
            try:
                self._waits.before_repeat(repeats, deadline, method, path, fault.error)
            except TimeLimit as exc:
                exc.ends_all = self._health.is_broken_by(outcome)
                raise

    def _refuse_if_over(self, method: str, path: str) -> None:
        """Send nothing more where the work at hand has ended.

        :raises ApiError: another thread failed in a way that ends all; or a write that nobody would learn of.
        """
        if self.threads.ended is not None:
            raise copy.copy(self.threads.ended)
        if method not in READS and (os.getppid() != self._parent or is_orphan()):
            # The process that started this one was killed, or crashed.
            gone = ApiError(
                f"{method} {path} was not sent: the process that started this task is gone", method=method, path=path
            )
            gone.ends_all = True
            raise gone

    def rest(self, repeat: int, *, slow: bool = False) -> None:
        """Wait before something is planned anew after a write of unknown outcome.

        :param repeat: how often it failed, from 1.
        :param slow: the server ran out of time, and may need as much again to finish.
        """
        self._waits.before_new_plan(repeat, slow=slow)

    def scrub(self, text: str) -> str:
        """Take the key out of a text of foreign origin.

        :param text: the text.
        :returns: the text with asterisks in place of the key.
        """
        return self._errors.scrub(text)
