# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Threads that share one HTTP client.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import concurrent.futures
import queue
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
        :param finish: called with each item that is done, while nothing else runs; it may add to C(ready).
        :param stopped: whether no further item is to be started.
        """
        meeting = Meeting(ready, self._concurrency, stopped)
        #: Threads that ended, and None for each time that there is work for one more.
        events: queue.SimpleQueue[concurrent.futures.Future[None] | None] = queue.SimpleQueue()

        def go_on(first: _T) -> None:
            item: _T | None = first
            while item is not None:
                meeting.enter(item)
                work(item)
                meeting.leave(item)
                finish(item)
                item = meeting.take()
                if meeting.more():
                    events.put(None)
                meeting.release()

        def park() -> None:
            wake = meeting.park()
            if meeting.more():
                events.put(None)
            meeting.release()
            with self._turns.aside():
                self._slots.release()
                wake.wait()
                self._slots.acquire()

        threads = 0
        self._client.threads.park = park
        try:
            while True:
                with self._turns:
                    while (item := meeting.take()) is not None:
                        self._pool.submit(self._in_turn, go_on, item).add_done_callback(events.put)
                        threads += 1
                if not threads:
                    return
                ended = events.get()
                if ended is not None:
                    threads -= 1
                    ended.result()
        finally:
            with self._turns:
                self._client.threads.park = None
                meeting.release(everybody=True)

    def _in_turn(self, work: t.Callable[[_T], _R], item: _T) -> _R:
        with self._slots, self._turns:
            return work(item)
