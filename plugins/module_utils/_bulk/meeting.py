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
    """The items at work, of which some are parked until the others of their kind have come as far.

    Only the thread whose turn it is calls a method.

    :param ready: the items that can be started.
    :param concurrency: how many work at once.
    :param stopped: whether no further item is to be started.
    """

    def __init__(self, ready: Ready[_T], concurrency: int, stopped: t.Callable[[], bool]) -> None:
        self._ready = ready
        self._concurrency = concurrency
        self._stopped = stopped
        self._running: collections.Counter[t.Hashable] = collections.Counter()
        #: How many work, and how many are parked.
        self._working = self._waiting = 0
        self._parked: dict[t.Hashable, list[threading.Event]] = {}
        self._own = _Own()

    def more(self) -> bool:
        """Tell whether a further item may be started."""
        room = self._working < self._concurrency and self._waiting < PARKED
        return room and bool(self._ready) and not self._stopped()

    def take(self) -> _T | None:
        """Start an item.

        :returns: the item; None where none may be started.
        """
        if not self.more():
            return None
        item = self._ready.take()
        self._running[self._ready.kind(item)] += 1
        self._working += 1
        return item

    def enter(self, item: _T) -> None:
        """Note what the current thread works on.

        :param item: its item.
        """
        self._own.kind = self._ready.kind(item)

    def leave(self, item: _T) -> None:
        """Note that an item is done.

        :param item: the item.
        """
        self._running[self._ready.kind(item)] -= 1
        self._working -= 1

    def park(self) -> threading.Event:
        """Note that the current thread waits.

        :returns: what wakes it.
        """
        wake = threading.Event()
        self._parked.setdefault(self._own.kind, []).append(wake)
        self._working -= 1
        self._waiting += 1
        return wake

    def release(self, *, everybody: bool = False) -> None:
        """Wake the threads of each kind of which all are parked and none is to come; all, where nothing else goes on.

        :param everybody: wake all threads in any case.
        """
        if not self._parked:
            return
        everybody = everybody or (not self._working and not self.more())
        for kind, waiting in list(self._parked.items()):
            all_here = len(waiting) == self._running[kind] and not self._ready.has(kind)
            if everybody or all_here:
                del self._parked[kind]
                self._working += len(waiting)
                self._waiting -= len(waiting)
                for wake in waiting:
                    wake.set()
