# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Threads that wait for each other, so that one of them can read for all.

Private to this collection: it may change without notice.

Whoever has created an object of a name that is not unique reads the list again. The lists of a thousand objects are
long, so the threads that create objects of one type meet after their writes, and share one look.
"""

from __future__ import annotations

import collections
import concurrent.futures
import queue
import threading
import typing as t

_T = t.TypeVar("_T")

#: How many threads may wait for others, besides those that work.
PARKED: t.Final = 256


class Ready(t.Generic[_T]):
    """The items that can be started, in the order in which they became ready.

    :param kind: tells which items meet.
    """

    def __init__(self, kind: t.Callable[[_T], t.Hashable]) -> None:
        self.kind = kind
        self._items: collections.deque[_T] = collections.deque()
        self._kinds: collections.Counter[t.Hashable] = collections.Counter()

    def __bool__(self) -> bool:
        return bool(self._items)

    def add(self, item: _T) -> None:
        """Take an item in.

        :param item: the item.
        """
        self._items.append(item)
        self._kinds[self.kind(item)] += 1

    def take(self) -> _T:
        """Give the first item away.

        :returns: the item.
        """
        item = self._items.popleft()
        self._kinds[self.kind(item)] -= 1
        return item

    def has(self, kind: t.Hashable) -> bool:
        """Tell whether an item of a kind is ready.

        :param kind: the kind.
        """
        return self._kinds[kind] > 0


class _Own(threading.local):
    """What each thread knows of itself: the kind of its item."""

    kind: t.Hashable = None


class Meeting(t.Generic[_T]):
    """The threads at work, of which some are parked until the others of their kind have come as far.

    :param kind: tells which items meet.
    :param slots: what a thread holds while it works.
    """

    def __init__(self, kind: t.Callable[[_T], t.Hashable], slots: threading.Semaphore) -> None:
        self._kind = kind
        self._slots = slots
        #: What the threads report: an item that is done, or the kind of one that is parked, with what wakes it.
        self._events: queue.SimpleQueue[tuple[t.Any, ...]] = queue.SimpleQueue()
        self._running: collections.Counter[t.Hashable] = collections.Counter()
        self._parked: dict[t.Hashable, list[threading.Event]] = {}
        self._own = _Own()
        self._closed = threading.Event()
        self._lock = threading.Lock()

    # -- by the threads at work ---------------------------------------------------------------------------------------

    def enter(self, item: _T) -> None:
        """Note what the current thread works on.

        :param item: its item.
        """
        self._own.kind = self._kind(item)

    def park(self) -> None:
        """Let other threads work until all of the same kind are here, or nothing else goes on."""
        wake = threading.Event()
        with self._lock:
            if self._closed.is_set():
                return
            self._events.put((None, self._own.kind, wake))
        self._slots.release()
        try:
            wake.wait()
        finally:
            self._slots.acquire()

    # -- by the thread that started them ------------------------------------------------------------------------------

    @property
    def running(self) -> int:
        """How many items were started and are not done."""
        return sum(self._running.values())

    @property
    def _waiting(self) -> int:
        return sum(map(len, self._parked.values()))

    def room(self, concurrency: int) -> bool:
        """Tell whether a further item may be started.

        :param concurrency: how many threads work at once.
        """
        return self.running - self._waiting < concurrency and self._waiting < PARKED

    def start(self, item: _T, future: concurrent.futures.Future[t.Any]) -> None:
        """Take in an item that was started.

        :param item: the item.
        :param future: its end.
        """
        self._running[self._kind(item)] += 1
        future.add_done_callback(lambda done: self._events.put((done, item)))

    def wait(self) -> _T | None:
        """Wait until a thread is parked or done.

        :returns: the item that is done; None where a thread was parked.
        """
        first, *rest = self._events.get()
        if first is None:
            kind, wake = rest
            self._parked.setdefault(kind, []).append(wake)
            return None
        item: _T = rest[0]
        self._running[self._kind(item)] -= 1
        first.result()
        return item

    def release(self, ready: Ready[_T]) -> None:
        """Wake the threads of each kind of which all are parked and none is to come; all, where nothing else goes on.

        :param ready: the items that can be started.
        """
        nothing_else = self.running == self._waiting
        for kind, waiting in list(self._parked.items()):
            if nothing_else or (len(waiting) == self._running[kind] and not ready.has(kind)):
                self._wake(kind)

    def _wake(self, kind: t.Hashable) -> None:
        for wake in self._parked.pop(kind):
            wake.set()

    def end(self) -> None:
        """Let everybody go on, also those that are parked later."""
        with self._lock:
            self._closed.set()
        while not self._events.empty():
            first, *rest = self._events.get()
            if first is None:
                rest[1].set()
        for kind in list(self._parked):
            self._wake(kind)
