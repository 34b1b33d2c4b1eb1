# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that wait for each other, so that one of them can read for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.meeting import PARKED, Ready
from ansible_collections.community.posthog.plugins.module_utils._bulk.parallel import ClientThreads
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Threads

#: Seconds after which a test has hung.
LONG = 20


class FakeClient:
    """Has threads, and nothing else."""

    def __init__(self) -> None:
        self.threads = Threads()


class World:
    """Items that are texts; those of one first letter meet."""

    def __init__(self, concurrency: int = 4) -> None:
        self.client = FakeClient()
        self.concurrency = concurrency
        self.log: list[str] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        self.stopped = False
        self.ready: Ready[str] = Ready(lambda item: item[0])

    def network(self) -> None:
        """Wait as for an answer."""
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        with self.client.threads.aside():
            time.sleep(0.002)
        with self.lock:
            self.at_once -= 1

    def run(self, work: Callable[[str], Any], finish: Callable[[str], None] = lambda item: None) -> None:
        """Run in a thread of its own, so that a test that hangs fails."""
        found: list[BaseException] = []

        def all_of_it() -> None:
            try:
                with ClientThreads(cast(Client, self.client), self.concurrency) as threads:
                    threads.run(self.ready, work, finish, lambda: self.stopped)
            except BaseException as exc:
                found.append(exc)

        thread = threading.Thread(target=all_of_it, daemon=True)
        thread.start()
        thread.join(LONG)
        assert not thread.is_alive(), "it hangs"
        if found:
            raise found[0]

    def meeting(self, item: str) -> None:
        """Write, meet, and go on."""
        self.network()
        self.log.append(f"before {item[0]}")
        self.client.threads.meet()
        self.log.append(f"after {item[0]}")
        self.network()


@pytest.fixture(params=[1, 4])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(request.param)
    yield made
    assert made.client.threads.park is None and made.client.threads.turns is None


def test_all_of_a_kind_meet(world: World) -> None:
    """However few may work at once, and no more of them than that, before or after."""
    for number in range(40):
        world.ready.add(f"a{number}")
    world.run(world.meeting)
    assert world.log == ["before a"] * 40 + ["after a"] * 40
    assert world.most_at_once == world.concurrency


def test_a_kind_does_not_wait_for_another(world: World) -> None:
    for number in range(12):
        world.ready.add(f"a{number}")
    for number in range(200):
        world.ready.add(f"b{number}")
    done: list[str] = []

    def work(item: str) -> None:
        if item[0] == "a":
            world.meeting(item)
        else:
            world.network()
            world.log.append("b")
        done.append(item)

    world.run(work)
    assert len(done) == 212 and world.log.index("after a") < world.log.index("b") + 60
    assert world.log.index("after a") > max(i for i, line in enumerate(world.log) if line == "before a")


def test_what_becomes_ready_later_is_started_while_others_wait(world: World) -> None:
    world.ready.add("a0")
    world.ready.add("b0")

    def finish(item: str) -> None:
        if item == "b0":
            world.ready.add("a1")

    def work(item: str) -> None:
        if item[0] == "a":
            world.meeting(item)
        else:
            time.sleep(0.02)

    world.run(work, finish)
    assert world.log.count("after a") == 2


def test_no_more_are_parked_than_there_are_threads(world: World) -> None:
    number = PARKED + 50
    for index in range(number):
        world.ready.add(f"a{index}")
    world.run(world.meeting)
    assert world.log.count("after a") == number
    assert world.log.index("after a") >= PARKED


def test_two_kinds_at_once_both_end(world: World) -> None:
    for number in range(30):
        world.ready.add(f"a{number}")
        world.ready.add(f"b{number}")
    world.run(world.meeting)
    assert world.log.count("after a") == world.log.count("after b") == 30


def test_who_keeps_others_out_does_not_wait(world: World) -> None:
    """Otherwise those that it keeps out could never come as far."""
    lock = threading.Lock()
    for number in range(10):
        world.ready.add(f"a{number}")

    def work(item: str) -> None:
        world.network()
        with world.client.threads.alone(lock):
            world.meeting(item)

    world.run(work)
    assert world.log == ["before a", "after a"] * 10


def test_where_nobody_starts_further_threads_nobody_waits() -> None:
    world = World()
    with ClientThreads(cast(Client, world.client), 4) as threads:
        threads.map(world.meeting, ["a1", "a2"])
    world.meeting("a3")
    assert world.log.count("after a") == 3


def test_a_failure_ends_those_that_wait(world: World) -> None:
    for number in range(6):
        world.ready.add(f"a{number}")
    world.ready.add("b")

    def work(item: str) -> None:
        if item == "b":
            raise KeyError("broken")
        world.meeting(item)

    with pytest.raises(KeyError, match="broken"):
        world.run(work)


def test_after_a_stop_nothing_is_started_and_nobody_waits_any_longer(world: World) -> None:
    for number in range(400):
        world.ready.add(f"a{number}")

    def work(item: str) -> None:
        if item == "a3":
            world.stopped = True
        world.meeting(item)

    world.run(work)
    begun = world.log.count("before a")
    assert begun == world.log.count("after a") and 4 <= begun <= 4 + world.concurrency
