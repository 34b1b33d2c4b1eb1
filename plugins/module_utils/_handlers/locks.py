# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Locks between runs on one machine that work in the same project or organization.

Private to this collection: it may change without notice.

Two runs that look for an object at the same time, and do not find it, would both create it: for some types PostHog
accepts a second object of the same name. So a run that may create an object of such a type holds a lock while it looks
and creates. Duplicates of runs on other machines are found after creating (C(_state.twins)).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
import time
import typing as t
import uuid

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

try:
    import fcntl
except ImportError:  # no POSIX system
    fcntl = None  # type: ignore[assignment]

#: Seconds between two tries to get a lock.
_PAUSE: t.Final = 0.2

#: A wait of at least so many seconds is reported.
_REPORTED: t.Final = 1.0


def directory() -> str | None:
    """The directory of this user's locks.

    :returns: a directory that nobody else can write to; None where none can be made.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and _private(runtime):
        path = os.path.join(runtime, "ansible-community.posthog")
    else:
        path = os.path.join(tempfile.gettempdir(), f"ansible-community.posthog-{os.getuid()}")
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    return path if _private(path) else None


def _private(path: str) -> bool:
    """Whether a path is a directory that only this user can enter."""
    try:
        there = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISDIR(there.st_mode) and there.st_uid == os.getuid() and not there.st_mode & 0o077


@contextlib.contextmanager
def alone_in(session: Session, places: t.Iterable[str]) -> t.Iterator[None]:
    """Lock projects or organizations against other runs on this machine.

    If another run had the lock in between, everything that the session has read is forgotten.

    :param session: the run's session; its C(max_wait) limits the wait.
    :param places: ids of projects or organizations.
    """
    with contextlib.ExitStack() as stack:
        # All runs lock in the same order, so that no two wait for each other.
        for place in sorted(set(places)):
            stack.enter_context(_locked_place(session, place))
        yield


@contextlib.contextmanager
def _locked_place(session: Session, place: str) -> t.Iterator[None]:
    descriptor = _opened(session, place)
    if descriptor is None:
        yield
        return
    try:
        if _locked(session, descriptor):
            _sign(session, place, descriptor)
        yield
    finally:
        os.close(descriptor)


def _opened(session: Session, place: str) -> int | None:
    """Open the file of a lock; None where that is not possible."""
    name = hashlib.sha256(f"{session.client.connection.host}\n{place}".encode()).hexdigest()[:32]
    try:
        where = directory() if fcntl is not None else None
        if where is None:
            session.warn_quietly("no lock keeps other runs on this machine apart: there is no private directory for it")
            return None
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.open(os.path.join(where, name), flags, 0o600)
    except OSError as exc:
        session.warn_quietly(f"no lock keeps other runs on this machine apart: {exc}")
        return None


def _locked(session: Session, descriptor: int) -> bool:
    """Wait for a lock, at most as long as for a request."""
    begun = time.monotonic()
    while True:
        waited = time.monotonic() - begun
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if waited >= session.client.connection.max_wait:
                session.warn(
                    f"another run on this machine works in the same place and was not done after {waited:.0f} s "
                    "(max_wait), so this one goes on beside it"
                )
                return False
            time.sleep(_PAUSE)
            continue
        if waited >= _REPORTED:
            session.warn(f"waited {waited:.0f} s for another run on this machine that worked in the same place")
        return True


def _sign(session: Session, place: str, descriptor: int) -> None:
    """Store that this run had the lock, and forget what another run may have changed since."""
    last = os.pread(descriptor, 64, 0).decode("ascii", "replace")
    if session.shared.visited.get(place, last) != last:
        session.stale()
    session.shared.visited[place] = uuid.uuid4().hex
    os.pwrite(descriptor, session.shared.visited[place].encode("ascii"), 0)
