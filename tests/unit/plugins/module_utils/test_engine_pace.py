# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pause that PostHog asks for is the key's: all threads and all forks keep it, and it survives nobody."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, TimeLimit, UnknownOutcome
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.pace import Pause
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    Clock,
    Reply,
    Server,
    html,
    make_client,
    refusal,
)

HOST = "https://posthog.example.com"


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A directory that nobody else may enter."""
    made = tmp_path / "private"
    made.mkdir(mode=0o700)
    return made


def paused(status: int, seconds: str) -> Reply:
    """An answer that asks to wait."""
    return Reply(status, {"detail": "Later."}, {"Retry-After": seconds})


def pause(directory: Path | None, clock: Clock, host: str = HOST, key: str = KEY) -> Pause:
    """One process's side of a pause; the processes agree on the time."""
    return Pause(host, key, clock=clock, wall=clock, directory=None if directory is None else str(directory))


# -- one client ------------------------------------------------------------------------------------------------------


def test_the_next_call_waits_too(server: Server) -> None:
    """The call that got the 429 gave up; the key rests all the same."""
    server.script(paused(429, "18"), paused(429, "20"), Reply(200, {"id": 1}))
    made = make_client(server.url, max_wait=25.0)
    with pytest.raises(TimeLimit):
        made.client.get("/api/x/")
    assert made.clock.slept == [18.0]
    assert made.client.get("/api/y/") == {"id": 1}
    assert made.clock.slept == [18.0, 20.0]


def test_threads_wait_together(server: Server) -> None:
    """Eight threads, one 429: nobody sends anything before the time that PostHog gave."""
    moments: list[float] = []
    first = threading.Event()

    def answer(_request: object) -> Reply:
        moments.append(time.monotonic())
        if len(moments) == 1:
            first.set()
            return paused(429, "1")
        return Reply(200, {})

    server.script(answer)
    client = Client(Connection(host=server.url, api_key=KEY, rate_limit=0))

    def ask() -> None:
        client.get("/api/x/")

    threads = [threading.Thread(target=ask) for _number in range(8)]
    threads[0].start()
    assert first.wait(5)
    time.sleep(0.3)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(moments) == 9
    assert min(moments[1:]) - moments[0] >= 0.95


@pytest.mark.parametrize("status", [502, 503, 504])
def test_retry_after_counts_on_other_statuses(server: Server, status: int) -> None:
    server.script(paused(status, "12"), Reply(200, {"id": 1}))
    made = make_client(server.url)
    assert made.client.get("/api/x/") == {"id": 1}
    assert made.clock.slept == [12.0]


def test_a_503_is_repeated_as_often_as_allowed(server: Server) -> None:
    """Unlike a 429 it is a failure, however politely it is put."""
    server.script(paused(503, "2"))
    made = make_client(server.url, retries=2)
    with pytest.raises(ApiError, match="503"):
        made.client.get("/api/x/")
    assert made.clock.slept == [2.0, 2.0]


def test_a_503_to_a_post_is_waited_for_before_the_look(server: Server) -> None:
    server.script(paused(503, "12"), Reply(200, []))
    made = make_client(server.url)
    with pytest.raises(UnknownOutcome):
        made.client.request("POST", "/api/x/", json={})
    assert made.client.objects("/api/x/") == []
    assert made.clock.slept == [12.0]


def test_a_503_longer_than_max_wait(server: Server) -> None:
    server.script(paused(503, "400"))
    made = make_client(server.url)
    with pytest.raises(TimeLimit, match=r"PostHog asks to wait 400 s, more than max_wait \(300 s\) allows") as caught:
        made.client.get("/api/x/")
    assert caught.value.status == 503 and caught.value.ends_all
    assert made.clock.slept == []


def test_what_is_left_of_max_wait_is_said(server: Server) -> None:
    """Less than max_wait is not "more than max_wait"."""
    server.script(paused(429, "10"))
    made = make_client(server.url, max_wait=15.0)
    with pytest.raises(TimeLimit) as caught:
        made.client.get("/api/x/")
    assert "asks to wait 10 s, and of max_wait (15 s) only 5 s are left" in caught.value.message
    assert "more than" not in caught.value.message


@pytest.mark.parametrize("value", ["soon", "-5", "99999999999999999999", "Wed, 99 Foo 2026", "1e9"])
def test_a_retry_after_that_is_none(server: Server, value: str) -> None:
    server.script(paused(429, value), Reply(200, {"id": 1}))
    made = make_client(server.url)
    assert made.client.get("/api/x/") == {"id": 1}
    assert 0 < sum(made.clock.slept) <= 60


def test_one_request_a_minute(server: Server) -> None:
    """Waiting for the own limit uses up no max_wait: a slow pace was asked for."""
    made = make_client(server.url, rate_limit=1, max_wait=10.0, timeout=5.0)
    for _number in range(4):
        made.client.get("/api/x/")
    assert made.clock.slept == [60.0, 60.0, 60.0]


def test_one_request_a_minute_with_a_fault(server: Server) -> None:
    server.script(Reply(200, {}), html(502), Reply(200, {"id": 1}))
    made = make_client(server.url, rate_limit=1, max_wait=10.0)
    made.client.get("/api/x/")
    assert made.client.get("/api/x/") == {"id": 1}


# -- several processes -----------------------------------------------------------------------------------------------


def test_another_process_waits_too(private: Path) -> None:
    clock = Clock()
    one, other = pause(private, clock), pause(private, clock)
    assert other.left() == 0
    one.ask(30)
    assert other.left() == pytest.approx(30, abs=0.01)
    clock.now += 20
    assert other.left() == pytest.approx(10, abs=0.01)
    clock.now += 10.1
    assert other.left() == 0


def test_a_shorter_pause_does_not_end_a_longer_one(private: Path) -> None:
    clock = Clock()
    one, other = pause(private, clock), pause(private, clock)
    one.ask(30)
    other.ask(5)
    assert one.left() == pytest.approx(30, abs=0.01)
    assert other.left() == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize(("host", "key"), [("https://eu.posthog.com", KEY), (HOST, "phx_another")])
def test_another_key_does_not_wait(private: Path, host: str, key: str) -> None:
    clock = Clock()
    pause(private, clock).ask(30)
    assert pause(private, clock, host, key).left() == 0


def test_the_key_is_in_no_file(private: Path) -> None:
    pause(private, Clock()).ask(30)
    (found,) = private.iterdir()
    assert KEY not in found.name and HOST not in found.name
    assert found.read_bytes() == b""
    assert found.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_a_directory_that_others_may_enter_is_not_used(private: Path, mode: int) -> None:
    private.chmod(mode)
    pause(private, Clock()).ask(30)
    assert list(private.iterdir()) == []


def test_a_link_to_a_directory_is_not_used(private: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(private)
    pause(link, Clock()).ask(30)
    assert list(private.iterdir()) == []


def test_a_link_in_place_of_the_file_is_not_followed(private: Path, tmp_path: Path) -> None:
    clock = Clock()
    pause(private, clock).ask(30)
    (file,) = private.iterdir()
    file.unlink()
    victim = tmp_path / "victim"
    victim.touch()
    before = victim.stat().st_mtime
    file.symlink_to(victim)
    pause(private, clock).ask(60)
    assert victim.stat().st_mtime == before


def test_without_the_directory_the_own_pause_holds(private: Path) -> None:
    clock = Clock()
    made = pause(private, clock)
    private.rmdir()
    made.ask(30)
    assert made.left() == 30


def test_a_date_far_away_is_an_error_and_no_pause(private: Path) -> None:
    clock = Clock()
    pause(private, clock).ask(30)
    (file,) = private.iterdir()
    os.utime(file, (clock.now + 10**7, clock.now + 10**7))
    assert pause(private, clock).left() == 0


def test_two_clients_of_one_key(server: Server, private: Path) -> None:
    """As two forks of a controller are: the second one sends nothing while the first one was told to wait."""
    server.script(paused(429, "1"), Reply(200, {"id": 1}))
    where = Connection(host=server.url, api_key=KEY, rate_limit=0, max_wait=0.5)
    one, other = (Client(where, shared=str(private)) for _number in range(2))
    with pytest.raises(TimeLimit):
        one.get("/api/x/")
    with pytest.raises(TimeLimit, match="rate limit asks to wait 1 s") as caught:
        other.get("/api/x/")
    assert caught.value.status == 429
    assert len(server.seen) == 1
    time.sleep(1.05)
    assert other.get("/api/x/") == {"id": 1}


# -- what every call would meet --------------------------------------------------------------------------------------


def failure(made: Client, method: str = "GET", path: str = "/api/x/") -> ApiError:
    """The error of a call."""
    with pytest.raises(ApiError) as caught:
        made.request(method, path)
    return caught.value


def test_a_server_that_is_not_there_ends_all() -> None:
    assert failure(make_client("http://127.0.0.1:9", retries=0).client).ends_all


def test_a_wrong_key_ends_all(server: Server) -> None:
    server.script(refusal(401))
    assert failure(make_client(server.url).client).ends_all


@pytest.mark.parametrize("answer", [refusal(401), html(502), html(200), Reply(302, None, {"Location": "/login"})])
def test_one_request_of_many_does_not(server: Server, answer: Reply) -> None:
    """A route that takes no key, or a list that takes too long, is no reason to stop; two in a row are."""
    server.script(Reply(200, {}), answer, Reply(200, {}), answer)
    client = make_client(server.url, retries=0).client
    client.get("/api/x/")
    assert not failure(client).ends_all
    client.get("/api/x/")
    assert not failure(client).ends_all
    assert failure(client).ends_all


@pytest.mark.parametrize("status", [400, 402, 403, 404, 405, 409, 500])
def test_a_refusal_is_an_answer(server: Server, status: int) -> None:
    server.script(refusal(status))
    client = make_client(server.url).client
    assert [failure(client).ends_all for _number in range(3)] == [False] * 3


def test_nothing_is_sent_once_it_ended(server: Server) -> None:
    client = make_client(server.url).client
    client.threads.ended = ApiError("over")
    assert failure(client).message == "over"
    assert failure(client) is not client.threads.ended
    assert server.seen == []


# -- the controller is gone ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_nothing_is_written_once_the_parent_is_gone(
    server: Server, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    client = make_client(server.url).client
    client.request(method, "/api/x/")
    monkeypatch.setattr(os, "getppid", lambda: 1)
    client.get("/api/x/")
    error = failure(client, method)
    assert error.ends_all and "the process that started this task is gone" in error.message
    assert [request.method for request in server.seen] == [method, "GET"]


def test_a_repeat_is_a_write_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client(server.url).client

    def dying(_request: object) -> Reply:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        return html(502)

    server.script(dying)
    assert "is gone" in failure(client, "PATCH").message
    assert len(server.seen) == 1
