# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Every wait of a client: for PostHog's rate limit (429), for C(Retry-After), and before a repeat.

Private to this collection: it may change without notice.

A 429 is no failure. The key rests as long as C(Retry-After) says, for all requests of all threads and processes that
share it, and then the request is sent again.
"""

from __future__ import annotations

import email.utils
import random as randomlib
import re
import time
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._http.answers import Answer
from ansible_collections.community.posthog.plugins.module_utils._http.budget import (
    SharedLimiter,
    has_limit,
    note_limit,
    shared_limiter,
)
from ansible_collections.community.posthog.plugins.module_utils._http.connection import A_MINUTE, Connection
from ansible_collections.community.posthog.plugins.module_utils._http.pace import Pause, RateLimiter
from ansible_collections.community.posthog.plugins.module_utils._http.remedies import ErrorTexts
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Threads


class Waits:
    """Waits for one connection.

    :param connection: its limits.
    :param errors: makes the errors of this connection.
    :param threads: let run while this one waits.
    :param clock: monotonic seconds.
    :param sleep: waits.
    :param random: a number in [0, 1).
    :param note: called with a line about each wait.
    :param tell: called with a line about the limit of requests that holds from now on.
    :param shared: a private directory of the processes that use this key together; None where there is none.
    """

    def __init__(
        self,
        connection: Connection,
        errors: ErrorTexts,
        threads: Threads,
        *,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
        random: t.Callable[[], float] = randomlib.random,
        note: t.Callable[[str], None] = lambda line: None,
        tell: t.Callable[[str], None] = lambda line: None,
        shared: str | None = None,
    ) -> None:
        self._connection = connection
        self._errors = errors
        self._threads = threads
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._note = note
        self._tell = tell
        self._shared = shared
        #: Requests a minute that are not exceeded; 0 where there is no limit.
        self.rate_limit = connection.rate_limit
        self.limiter = self._limiter_of(connection.rate_limit)
        self._resting = Pause(connection.host, connection.api_key, clock=clock, directory=shared)
        if connection.learns_limit:
            tell(f"{connection.host}: no limit of requests until it answers 429 (option rate_limit)")

    # -- the limit of requests a minute ---------------------------------------------------------------------------

    def _limiter_of(self, per_minute: int) -> SharedLimiter | RateLimiter:
        """What keeps below a number of requests a minute, with all processes of the run where that can be."""
        where = self._connection
        return shared_limiter(self._shared, where.host, where.api_key, per_minute) or RateLimiter(
            per_minute, self._clock, self._sleep
        )

    def _learn_limit(self) -> None:
        """Keep to PostHog's limit from now on: this server turned out to have one."""
        if not self._connection.learns_limit or self.rate_limit:
            return
        self.rate_limit = A_MINUTE
        self.limiter = self._limiter_of(A_MINUTE)
        note_limit(self._shared, self._connection.host, self._connection.api_key)
        self._tell(f"{self._connection.host} limits requests; from now on {A_MINUTE} a minute are not exceeded")

    def before_request(self, method: str, path: str, deadline: float) -> float:
        """Return when a request may be sent.

        :param method: HTTP method.
        :param path: below the host.
        :param deadline: when the time of the call is up.
        :returns: the deadline, later by what the own limit of requests a minute cost: that is no fault of the server.
        :raises TimeLimit: PostHog asks to wait longer than the call may take.
        """
        self._await_rest(method, path, deadline)
        where = self._connection
        if where.learns_limit and has_limit(self._shared, where.host, where.api_key):
            # Another process of the run was answered 429.
            self._learn_limit()
        with self._threads.aside():
            waited = self.limiter.wait()
        if waited:
            deadline += waited
            self._await_rest(method, path, deadline)
        return deadline

    # -- waits that PostHog asks for ------------------------------------------------------------------------------

    def rate_limited(self, answer: Answer, times: int, deadline: float) -> None:
        """Wait for the rate limit: let the key rest after a 429.

        The wait itself takes place in :meth:`before_request`, where each request of this key waits for the same rest.

        :param answer: the 429.
        :param times: how often this call got one, from 1.
        :param deadline: when the time of the call is up.
        :raises TimeLimit: the wait is longer than the call may take.
        """
        self._learn_limit()
        asked = self.asked(answer)
        self.rest_all(self._backoff_of_limit(times) if asked is None else asked, deadline, answer)

    def asked(self, answer: Answer) -> float | None:
        """Seconds that C(Retry-After) asks for, as a number or as a date.

        :param answer: any answer.
        :returns: seconds; None where the header is missing or says nothing.
        """
        value = answer.header("Retry-After").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value) or self._backoff(1)
        if value:
            try:
                when = email.utils.parsedate_to_datetime(value).timestamp()
            except (TypeError, ValueError, OverflowError):
                return None
            return max(self._backoff(1), when - time.time())
        return None

    def ask_all(self, seconds: float) -> None:
        """Let the key rest before the next request of anybody.

        :param seconds: how long from now.
        """
        self._resting.ask(seconds)

    def rest_all(self, seconds: float, deadline: float, answer: Answer) -> None:
        """Let the key rest, for this call and all others.

        :param seconds: how long from now.
        :param deadline: when the time of the call is up.
        :param answer: the answer that asks for it.
        :raises TimeLimit: the rest is longer than the call may take.
        """
        self._resting.ask(seconds)
        left = deadline - self._clock()
        if seconds > left:
            raise self._errors.wait_too_long(answer.method, answer.path, seconds, left, answer)

    def _await_rest(self, method: str, path: str, deadline: float) -> None:
        """Wait as long as the key is to rest, whichever request PostHog asked it at."""
        while self._threads.ended is None:
            seconds = self._resting.left()
            if not seconds:
                return
            left = deadline - self._clock()
            if seconds > left:
                raise self._errors.wait_too_long(method, path, seconds, left, None)
            self._note(f"waiting {seconds:.1f} s before {method} {path} is sent, as PostHog asks")
            with self._threads.aside():
                self._sleep(seconds)

    # -- waits before a repeat ------------------------------------------------------------------------------------

    def _backoff(self, repeat: int) -> float:
        """Seconds before repeat number C(repeat): doubling from 0.5 s to 30 s, of which half is jitter."""
        ceiling = min(30.0, 0.5 * 2.0 ** (repeat - 1))
        return ceiling / 2 + self._random() * ceiling / 2

    def _backoff_of_limit(self, times: int) -> float:
        """Seconds to wait for a rate limit that does not say how long."""
        return min(60.0, 2.0 ** min(times, 6)) * (0.5 + self._random() / 2)

    def before_repeat(self, repeat: int, deadline: float, method: str, path: str, error: ApiError) -> None:
        """Wait before a request is sent again after a fault.

        :param repeat: how often it is repeated, from 1.
        :param deadline: when the time of the call is up.
        :param method: HTTP method.
        :param path: below the host.
        :param error: the fault.
        :raises TimeLimit: the time would be up meanwhile.
        """
        seconds = self._backoff(repeat)
        if self._clock() + seconds > deadline:
            raise self._errors.gave_up(method, path, error)
        self._note(f"waiting {seconds:.1f} s before {method} {path} is sent again")
        with self._threads.aside():
            self._sleep(seconds)

    def before_new_plan(self, repeat: int, *, slow: bool = False) -> None:
        """Wait before something is planned anew after a write of unknown outcome.

        :param repeat: how often it failed, from 1.
        :param slow: the server ran out of time, and may need as much again to finish.
        """
        with self._threads.aside():
            self._sleep(max(self._backoff(repeat), self._connection.timeout if slow else 0.0))
