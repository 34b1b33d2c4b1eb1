# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets that are written whole: nothing that somebody else put there is lost."""

from __future__ import annotations

import concurrent.futures
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Turns
from ansible_collections.community.posthog.plugins.module_utils._state.shared_set import SharedSet
from ansible_collections.community.posthog.tests.unit.plugins.projects import Busy
from ansible_collections.community.posthog.tests.unit.plugins.utils import make_world


def shared(stored: list[Any], **replaced: Any) -> SharedSet:
    """A set that is kept in a list."""

    def write(wanted: list[Any]) -> list[Any]:
        stored[:] = wanted
        return list(stored)

    calls = {"read": lambda: list(stored), "write": write, **replaced}
    return SharedSet(make_world().session, "/set/", "the boards of 'x'", **calls)


def test_what_is_there_stays() -> None:
    stored = [1, 2]
    shared(stored).add(3)
    assert stored == [1, 2, 3]


def test_what_is_in_it_already_is_not_written() -> None:
    def write(wanted: list[Any]) -> Any:
        raise AssertionError("a write")

    shared([1, 2], write=write).add(2)


@pytest.mark.parametrize("shown", [None, {}, "1,2"])
def test_a_set_that_does_not_show_is_not_written(shown: Any) -> None:
    def write(wanted: list[Any]) -> Any:
        raise AssertionError("a write")

    with pytest.raises(PostHogFailure, match="the boards of 'x' only as a whole"):
        shared([], read=lambda: shown, write=write).add(1)


def test_an_answer_that_tells_nothing_is_looked_up() -> None:
    stored: list[Any] = [1]
    shared(stored, write=lambda wanted: stored.__setitem__(slice(None), wanted)).add(2)
    assert stored == [1, 2]


def test_a_set_that_does_not_keep_what_is_written_is_an_error() -> None:
    stored: list[Any] = [1]
    written: list[Any] = []
    with pytest.raises(PostHogFailure, match="did not keep"):
        shared(stored, write=written.append).add(2)
    assert written == [[1, 2]] * 3


def test_eight_threads_lose_nothing() -> None:
    """Each reads, lets the others run, and writes: without the lock, almost all would be lost."""
    memory = Busy(0.001)
    session = make_world(memory).session
    stored: list[Any] = []

    def read() -> list[Any]:
        memory._pause()
        return list(stored)

    def write(wanted: list[Any]) -> list[Any]:
        memory._pause()
        stored[:] = wanted
        return list(stored)

    turns = memory.threads.turns = Turns()

    def add(member: int) -> None:
        with turns:
            SharedSet(session, "/set/", "the set", read, write).add(member)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert sorted(stored) == list(range(40))
