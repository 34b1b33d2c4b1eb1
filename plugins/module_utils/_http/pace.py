# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How fast a key is used: the limit of requests a minute, and the pauses that PostHog asks for.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import math
import os
import stat
import threading
import time
import typing as t

#: Seconds after which a shared pause counts as an error: a clock that was set, or a proxy that invents dates.
_LONGEST: t.Final = 86_400.0


#: Requests an hour that PostHog Cloud answers, whatever the limit of each minute.
AN_HOUR: t.Final = 4800


def seconds_for(requests: int, per_minute: int) -> int:
    """How long requests take at the limit of a key that is used for nothing else.

    :param requests: how many.
    :param per_minute: the limit of a minute, above 0.
    :returns: seconds.
    """
    hours, rest = divmod(requests, AN_HOUR)
    if hours and not rest:
        hours, rest = hours - 1, AN_HOUR
    return hours * 3600 + math.ceil(rest * 60 / per_minute)


class RateLimiter:
    """Keeps a sliding minute below a number of requests.

    :param per_minute: the number; 0 switches it off.
    :param clock: monotonic seconds.
    :param sleep: waits that many seconds.
    """

    def __init__(
        self,
        per_minute: int,
        clock: t.Callable[[], float] = time.monotonic,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        # One below the limit: PostHog refuses the request that reaches the number, and its minute is not ours.
        self._limit = max(1, per_minute - 1) if per_minute > 0 else 0
        self._clock = clock
        self._sleep = sleep
        self._sent: collections.deque[float] = collections.deque()
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Return when one more request may be sent, and count it.

        :returns: seconds that it took.
        """
        if not self._limit:
            return 0.0
        began = self._clock()
        with self._lock:
            self._wait()
        return self._clock() - began

    def _wait(self) -> None:
        now = self._clock()
        while self._sent and now - self._sent[0] >= 60.0:
            self._sent.popleft()
        if len(self._sent) >= self._limit:
            self._sleep(60.0 - (now - self._sent[0]))
            self._sent.popleft()
            now = self._clock()
        self._sent.append(now)


class Pause:
    """Until when a key is not to be used, because PostHog asked to wait.

    PostHog counts the requests of a key, whichever thread or process sends them. So the pause is one for all threads
    of a client, and with a directory also for all processes that are given the same directory, such as the forks of
    one controller. What they share is the modification time of an empty file: it is read and replaced in one step,
    and it cannot tell anybody the key. The file's name is a hash of host and key.

    :param host: the base URL.
    :param key: the API key.
    :param clock: monotonic seconds.
    :param wall: seconds since 1970, which all processes agree on.
    :param directory: a directory that only this user may enter; any other is not used.
    """

    def __init__(
        self,
        host: str,
        key: str,
        *,
        clock: t.Callable[[], float] = time.monotonic,
        wall: t.Callable[[], float] = time.time,
        directory: str | None = None,
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._until = 0.0
        self._file: str | None = None
        if directory is not None and key and private(directory):
            name = hashlib.sha256(f"{host}\n{key}".encode()).hexdigest()[:32]
            self._file = os.path.join(directory, f"posthog-pause-{name}")

    def ask(self, seconds: float) -> None:
        """Ask everybody to wait.

        :param seconds: how long from now; an earlier pause that is longer stays.
        """
        self._until = max(self._until, self._clock() + seconds)
        if self._file is None or seconds <= self._shared():
            return
        until = self._wall() + seconds
        # Without the file (a full disk, a directory that was taken away) the others learn it from PostHog.
        with contextlib.suppress(OSError):
            os.close(os.open(self._file, os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600))
            os.utime(self._file, (until, until))

    def left(self) -> float:
        """How long the key must still rest.

        :returns: seconds; 0 where it need not.
        """
        return max(0.0, self._until - self._clock(), self._shared())

    def _shared(self) -> float:
        """Seconds of the pause that any process asked for."""
        if self._file is None:
            return 0.0
        try:
            left = os.lstat(self._file).st_mtime - self._wall()
        except OSError:
            return 0.0
        return left if 0.0 < left <= _LONGEST else 0.0


def private(directory: str) -> bool:
    """Whether nobody else can put anything into a directory, or see what is in it."""
    try:
        found = os.lstat(directory)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
