# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Threads that share one HTTP client.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import concurrent.futures
import threading
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.meeting import PARKED, Meeting, Ready
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Turns

_T = t.TypeVar("_T")
_R = t.TypeVar("_R")


class ClientThreads:
    """A pool of threads that share a client, as a context manager.

    Only one thread computes at a time: the client lets the next one run while a request waits for the network.

    :param client: the client.
    :param concurrency: how many threads work at once.
    """

    def __init__(self, client: Client, concurrency: int) -> None:
        self._client = client
        self._concurrency = concurrency
        self._turns = Turns()
        # Threads are started when there is work for them, so those that nobody needs cost nothing.
        self._pool = concurrent.futures.ThreadPoolExecutor(concurrency + PARKED)
        self._slots = threading.Semaphore(concurrency)

    def __enter__(self) -> ClientThreads:
        self._client.threads.turns = self._turns
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._pool.shutdown()
        self._client.threads.turns = None

    def map(self, work: t.Callable[[_T], _R], items: t.Iterable[_T]) -> list[_R]:
        """Work on several items, and wait for all of them.

        :param work: the work.
        :param items: its arguments.
        :returns: the results in the order of the items.
        """
        futures = [self._pool.submit(self._in_turn, work, item) for item in items]
        try:
            return [future.result() for future in futures]
        finally:
            # After an error the rest is not started any more.
            for future in futures:
                future.cancel()

    def run(
        self,
        ready: Ready[_T],
        work: t.Callable[[_T], t.Any],
        finish: t.Callable[[_T], None],
        stopped: t.Callable[[], bool],
    ) -> None:
        """Work on items that become ready one after another, and wait for all of them.

        Where the work calls :meth:`Threads.meet`, the thread is parked, and another item is started in its place.

        :param ready: the items that can be started.
        :param work: the work; what it raises ends everything.
        :param finish: called in the caller's thread with each item that is done; it may add to C(ready).
        :param stopped: whether no further item is to be started.
        """
        meeting: Meeting[_T] = Meeting(ready.kind, self._slots)
        self._client.threads.park = meeting.park

        def carry_out(item: _T) -> None:
            meeting.enter(item)
            work(item)

        try:
            while True:
                while ready and not stopped() and meeting.room(self._concurrency):
                    item = ready.take()
                    future = self._pool.submit(self._in_turn, carry_out, item)
                    meeting.start(item, future)
                meeting.release(ready)
                if not meeting.running:
                    return
                done = meeting.wait()
                if done is not None:
                    finish(done)
        finally:
            self._client.threads.park = None
            meeting.end()

    def _in_turn(self, work: t.Callable[[_T], _R], item: _T) -> _R:
        with self._slots, self._turns:
            return work(item)
