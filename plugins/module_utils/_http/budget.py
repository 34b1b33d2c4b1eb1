# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Keeps all processes of one run together below the rate limit of a key.

Ansible works on each task of each host in a process of its own. None of them sends many requests, so a limit that each
keeps by itself is never reached, while PostHog counts what all of them send. They count together in a file of the run's
temporary directory, which Ansible makes before it starts them and removes in the end.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import time
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._http.pace import private

try:
    import fcntl
except ImportError:  # no such locks, so every process counts for itself
    fcntl = None  # type: ignore[assignment]

#: Seconds that PostHog counts over, and a little more: requests take different times to get there.
WINDOW: t.Final = 60.5

#: Seconds for which it is remembered that a server limits requests.
_REMEMBERED: t.Final = 3600.0

_FORM: t.Final = struct.Struct("d")


def shared_limiter(directory: str | None, host: str, api_key: str, per_minute: int) -> SharedLimiter | None:
    """The limiter that all processes of a run have for a key.

    :param directory: the run's own temporary directory; None where processes do not count together.
    :param host: base URL of PostHog.
    :param api_key: the key; only a digest of it becomes a part of the file's name.
    :param per_minute: requests a minute that are not exceeded.
    :returns: None where the processes cannot count together, or there is no limit.
    """
    if fcntl is None or per_minute <= 0 or directory is None or not private(directory):
        return None
    return SharedLimiter(key_file(directory, "budget", host, api_key), per_minute)


def note_limit(directory: str | None, host: str, api_key: str) -> None:
    """Let all processes of a run know that a server limits the requests of a key.

    :param directory: see :func:`shared_limiter`.
    :param host: see :func:`shared_limiter`.
    :param api_key: see :func:`shared_limiter`.
    """
    if directory is None or not private(directory):
        return
    path = key_file(directory, "limit", host, api_key)
    # Without the file the others learn it as this one did.
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600))
        os.utime(path)


def has_limit(directory: str | None, host: str, api_key: str) -> bool:
    """Whether any process of a run found that a server limits the requests of a key.

    :param directory: see :func:`shared_limiter`.
    :param host: see :func:`shared_limiter`.
    :param api_key: see :func:`shared_limiter`.
    :returns: whether that was noted in the last hour; a directory may be that of many runs.
    """
    if directory is None:
        return False
    try:
        return os.lstat(key_file(directory, "limit", host, api_key)).st_mtime > time.time() - _REMEMBERED
    except OSError:
        return False


def key_file(directory: str, kind: str, host: str, api_key: str) -> str:
    """The path of a file about a key.

    :param directory: see :func:`shared_limiter`.
    :param kind: what the file is about.
    :param host: see :func:`shared_limiter`.
    :param api_key: see :func:`shared_limiter`.
    """
    name = hashlib.sha256(f"{host}\n{api_key}".encode()).hexdigest()[:32]
    return os.path.join(directory, f"posthog-{kind}-{name}")


class SharedLimiter:
    """Keeps a sliding minute below a number of requests, together with all processes that have the same file.

    :param path: the file; it is made where it is missing.
    :param per_minute: the number.
    :param window: seconds that are counted over.
    """

    def __init__(self, path: str, per_minute: int, window: float = WINDOW) -> None:
        # One below the limit: PostHog refuses the request that reaches the number.
        self._limit = max(1, per_minute - 1)
        self._path = path
        self._window = window

    def wait(self) -> float:
        """Return when one more request may be sent, and count it.

        :returns: seconds that it took; 0 where nothing had to be waited for.
        """
        waited = 0.0
        while True:
            pause = self._taken()
            if pause <= 0:
                return waited
            time.sleep(pause)
            waited += pause

    def _taken(self) -> float:
        """Count one more request if it may be sent now: 0, or the seconds until it may be."""
        try:
            number = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError:
            # Without the file (a full disk, a directory that was taken away) PostHog itself says when it is too much.
            return 0.0
        with os.fdopen(number, "r+b") as file:
            # The lock is released when the file is closed, or its owner dies.
            fcntl.flock(file, fcntl.LOCK_EX)
            now = time.monotonic()
            content = file.read()
            sent = [when for (when,) in _FORM.iter_unpack(content[: len(content) // _FORM.size * _FORM.size])]
            recent = sorted(when for when in sent if now - self._window < when <= now)
            if len(recent) >= self._limit:
                return recent[-self._limit] + self._window - now
            file.seek(0)
            file.truncate()
            file.write(b"".join(map(_FORM.pack, [*recent, now])))
        return 0.0
