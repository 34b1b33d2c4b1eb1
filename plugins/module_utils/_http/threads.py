# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The threads that share one client.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError


class Turns:
    """Lets one thread run at a time, so that several threads can share objects that have no locks.

    A thread steps aside while it waits for the network. That is where the time goes, so little is lost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc: object) -> None:
        self._lock.release()

    @contextlib.contextmanager
    def aside(self) -> t.Iterator[None]:
        """Let other threads run meanwhile."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()


class Exclusive(t.Protocol):
    """A lock that is held by one thread at a time; it may let the same thread in again."""

    def acquire(self) -> bool:
        """Wait for the lock."""

    def release(self) -> None:
        """Give it back."""


class _Own(threading.local):
    """What each thread knows of itself."""

    #: How many locks it holds.
    held = 0


class Threads:
    """What the threads that use one client share."""

    def __init__(self) -> None:
        #: Set while several threads use the client; None while there is only one.
        self.turns: Turns | None = None
        #: The failure that ended the work at hand. While it is set, no thread sends a request.
        self.ended: ApiError | None = None
        #: Parks this thread, whose turn it is, until those that do the same kind of work have come as far. None where
        #: nobody would start further work meanwhile.
        self.park: t.Callable[[], None] | None = None
        self._own = _Own()

    def meet(self) -> None:
        """Wait for the other threads that do the same kind of work, so that one of them can read for all.

        While a thread waits here, another one starts on a further piece of work. A thread that keeps others out of
        something does not wait, since those that it keeps out could not come.
        """
        if self.park is not None and not self._own.held:
            self.park()

    def aside(self) -> t.ContextManager[None]:
        """Let other threads run while this one waits."""
        return contextlib.nullcontext() if self.turns is None else self.turns.aside()

    @contextlib.contextmanager
    def alone(self, lock: Exclusive) -> t.Iterator[None]:
        """Keep other threads out of a piece of work that waits for the network in between.

        :param lock: the same for all pieces of work that exclude each other.
        """
        if self.turns is None:
            yield
            return
        with self.turns.aside():
            lock.acquire()
        self._own.held += 1
        try:
            yield
        finally:
            self._own.held -= 1
            lock.release()
