# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of one run count their requests together."""

from __future__ import annotations

import multiprocessing
import os
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.community.posthog.plugins.module_utils._http import budget as _budget
from ansible_collections.community.posthog.plugins.module_utils._http.budget import SharedLimiter, shared_limiter
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.pace import RateLimiter
from ansible_collections.community.posthog.tests.unit.plugins.utils import Clock, Reply, Server

HOST, KEY = "https://posthog.example.com", "phx_OnlyTheFilesNameKnowsADigestOfThis"


class _Remembering:
    """A clock that remembers what it last said: the moment that a limiter counted a request at."""

    def __init__(self) -> None:
        self.last = 0.0

    def monotonic(self) -> float:
        self.last = time.monotonic()
        return self.last

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def _send(path: str, number: int, window: float, answers: t.Any) -> None:
    """What a worker does: a few requests, each after waiting. It is a process of its own, hence the assignment."""
    clock = _Remembering()
    _budget.time = clock  # type: ignore[assignment]
    limiter = SharedLimiter(path, 11, window)
    for _request in range(number):
        limiter.wait()
        answers.put(clock.last)


def test_never_more_than_the_limit_whoever_sends(tmp_path: Path) -> None:
    window = 0.5
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    workers = [
        context.Process(target=_send, args=(str(tmp_path / "budget"), 5, window, answers), daemon=True)
        for _dummy in range(6)
    ]
    for worker in workers:
        worker.start()
    sent = sorted(answers.get(timeout=60) for _dummy in range(30))
    for worker in workers:
        worker.join()
    # What was counted, not when a busy machine went on afterwards.
    for start in sent:
        assert sum(start <= moment < start + window for moment in sent) <= 10
    # Three windows of ten: nobody waits longer than that takes.
    assert sent[-1] - sent[0] >= 2 * window


def test_a_worker_that_died_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "budget"
    # Half of a number, as somebody may leave it who was killed while writing.
    path.write_bytes(b"\\0" * 11)
    limiter = SharedLimiter(str(path), 3)
    began = time.monotonic()
    limiter.wait()
    limiter.wait()
    assert time.monotonic() - began < 5
    assert path.stat().st_size == 2 * 8


def test_what_another_boot_left_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = SharedLimiter(str(tmp_path / "budget"), 2)
    monkeypatch.setattr(_budget.time, "monotonic", lambda: 1e9)
    limiter.wait()
    monkeypatch.setattr(_budget.time, "monotonic", lambda: 5.0)
    monkeypatch.setattr(_budget.time, "sleep", lambda seconds: pytest.fail("there is nothing to wait for"))
    limiter.wait()


def test_one_file_for_each_key_and_no_key_in_its_name(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    place = str(tmp_path)
    assert shared_limiter(None, HOST, KEY, 480) is None
    assert shared_limiter(place, HOST, KEY, 0) is None
    assert shared_limiter(str(tmp_path / "gone"), HOST, KEY, 480) is None
    for key in (KEY, KEY, "phx_another"):
        limiter = shared_limiter(place, HOST, key, 480)
        assert limiter is not None
        assert limiter.wait() == 0
    assert isinstance(Client(Connection(HOST, KEY), shared=place)._waits.limiter, SharedLimiter)
    assert isinstance(Client(Connection(HOST, KEY))._waits.limiter, RateLimiter)
    names = os.listdir(tmp_path)
    assert len(names) == 2 and not any("phx" in name for name in names)
    assert {(tmp_path / name).stat().st_mode & 0o077 for name in names} == {0}
    # A directory that others may enter is not used.
    tmp_path.chmod(0o755)
    assert shared_limiter(place, HOST, KEY, 480) is None


def test_without_the_file_nothing_is_counted(tmp_path: Path) -> None:
    limiter = SharedLimiter(str(tmp_path / "gone" / "budget"), 2)
    assert [limiter.wait() for _request in range(5)] == [0.0] * 5


# -- hosts of one's own -----------------------------------------------------------------------------------------------


def own(server: Server, place: str | None = None, **more: t.Any) -> tuple[Client, Clock, list[str]]:
    """A client of a host that may have a limit, with its clock and what it tells."""
    clock, told = Clock(), []
    where = Connection(server.url, KEY, max_wait=1e6, rate_limit=0, learns_limit=True)
    return Client(where, clock=clock, sleep=clock.sleep, tell=told.append, shared=place, **more), clock, told


def test_no_limit_until_the_first_429(server: Server) -> None:
    """A thousand requests in no time; the first 429 is waited for as asked, and then 479 fit into a minute."""
    answers: list[Reply] = [Reply(200, {}) for _turn in range(1000)]
    server.script(*answers, Reply(429, {"detail": "Later."}, {"Retry-After": "7"}), *answers[:600])
    client, clock, told = own(server)
    for _turn in range(1000):
        client.get("/api/x/")
    assert not clock.slept and client.rate_limit == 0
    client.get("/api/x/")
    assert clock.slept == [7.0] and client.rate_limit == 480
    for _turn in range(478):
        client.get("/api/x/")
    assert clock.slept == [7.0]
    client.get("/api/x/")
    assert clock.slept == [7.0, 60.0]
    assert [line.rpartition("; ")[2] for line in told[1:]] == ["from now on 480 a minute are not exceeded"]
    assert "no limit of requests until it answers 429" in told[0]


def test_other_processes_learn_it(server: Server, tmp_path: Path) -> None:
    """A fork that was never answered 429 keeps to the limit that another one met."""
    place = tmp_path / "private"
    place.mkdir(mode=0o700)
    server.script(
        Reply(200, {}), Reply(429, {"detail": "Later."}, {"Retry-After": "0.01"}), Reply(200, {}), Reply(200, {})
    )
    one, _clock, _told = own(server, str(place))
    other, _clock, told = own(server, str(place))
    other.get("/api/x/")
    assert other.rate_limit == 0
    one.get("/api/x/")
    other.get("/api/x/")
    assert other.rate_limit == 480 and isinstance(other._waits.limiter, SharedLimiter) and len(told) == 2
