# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that create the same object: one of the two stays, the older one, and never none."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import threading
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._engine.apply import Applier
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource
from ansible_collections.community.posthog.plugins.module_utils._state.twins import (
    Superseded,
    can_have_twins,
    older,
)
from ansible_collections.community.posthog.tests.unit.plugins.projects import THING
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, api_error, make_world

THINGS = "/api/projects/1/things/"


class Meanwhile(Memory):
    """Another run creates the same while our own POST is on its way."""

    def __init__(self, *others: Obj) -> None:
        super().__init__()
        self.others = list(others)

    def _write(self, method: str, path: str, body: Any) -> Any:
        answer = super()._write(method, path, body)
        if method == "POST":
            self.lists[path] += self.others
            self.others = []
        return answer


def present(memory: Memory, *, table: Resource = THING, **options: Any) -> tuple[Outcome, World]:
    """Declare a thing."""
    world = make_world(memory, tables=[table])
    return Reconciler(world.session, table).present(read_object(table, {"name": "a", **options})), world


def names(memory: Memory) -> list[tuple[int, str]]:
    """What there is."""
    return [(obj["id"], obj["name"]) for obj in memory.lists.get(THINGS, [])]


def test_the_older_one_stays() -> None:
    """The own one is taken away, and the other one is brought to what is declared."""
    memory = Meanwhile({"id": 7, "name": "a", "note": "theirs"})
    outcome, world = present(memory, note="ours")
    assert names(memory) == [(7, "a")]
    assert memory.lists[THINGS][0]["note"] == "ours"
    assert outcome.action == "updated" and outcome.obj is not None and outcome.obj["id"] == 7
    assert len(world.warnings) == 1 and "7" in world.warnings[0] and "101" in world.warnings[0]


def test_nothing_is_left_to_do() -> None:
    memory = Meanwhile({"id": 7, "name": "a", "note": "same"})
    outcome, _world = present(memory, note="same")
    assert names(memory) == [(7, "a")] and outcome.action == "unchanged"


def test_a_younger_one_is_the_other_runs_business() -> None:
    memory = Meanwhile({"id": 700, "name": "a"})
    outcome, world = present(memory)
    assert names(memory) == [(101, "a"), (700, "a")]
    assert outcome.action == "created" and world.warnings == []
    assert [call[0] for call in memory.writes] == ["POST"]


def test_others_are_no_twins() -> None:
    memory = Meanwhile({"id": 7, "name": "b"}, {"id": 8, "name": "A"})
    outcome, _world = present(memory)
    assert outcome.action == "created" and len(names(memory)) == 3


def test_where_nobody_can_tell_nothing_is_deleted() -> None:
    memory = Meanwhile({"id": "x-1", "name": "a"})
    outcome, _world = present(memory)
    assert outcome.action == "created" and len(names(memory)) == 2


def test_what_brings_more_along_is_not_taken_away() -> None:
    """A project, for one: the user is told."""
    memory = Meanwhile({"id": 7, "name": "a"})
    outcome, world = present(memory, table=dataclasses.replace(THING, purging=Purging(allowed=False)))
    assert outcome.action == "created" and len(names(memory)) == 2
    assert len(world.warnings) == 1 and "delete one of them" in world.warnings[0]


def test_unique_names_cost_no_second_look() -> None:
    table = dataclasses.replace(THING, identity=dataclasses.replace(THING.identity, unique=True))
    memory = Memory()
    present(memory, table=table)
    assert [path for _method, path, _query in memory.reads].count("/api/projects/1/things/") == 1
    again = Memory()
    present(again)
    assert len(again.reads) == len(memory.reads) + 1


def test_a_look_that_fails_is_no_failure() -> None:
    class Closed(Memory):
        def _refuse(self, method: str, path: str) -> None:
            if method == "GET" and any(call[0] == "POST" for call in self.calls):
                raise api_error(500, "Sorry.", method, path)

    memory = Closed()
    outcome, _world = present(memory)
    assert outcome.action == "created" and len(names(memory)) == 1


def test_a_check_run_looks_once() -> None:
    memory = Meanwhile({"id": 7, "name": "a"})
    world = make_world(memory, tables=[THING], check_mode=True)
    assert Reconciler(world.session, THING).present(read_object(THING, {"name": "a"})).action == "created"
    assert memory.writes == []


def test_a_twin_each_time_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_way(self: Applier, collection: Any, _declared: Any, obj: Obj) -> None:
        self._remove(collection, obj)
        raise Superseded("another one was there")

    monkeypatch.setattr(Applier, "_look_after", give_way)
    memory = Memory()
    with pytest.raises(PostHogFailure, match="another one was there; that happened 6 times"):
        present(memory)
    assert names(memory) == [] and [call[0] for call in memory.writes] == ["POST", "DELETE"] * 6


@pytest.mark.parametrize(
    ("own", "others", "wanted"),
    [
        ({"id": 5}, [{"id": 4}], 4),
        ({"id": 5}, [{"id": 6}], None),
        ({"id": 5}, [{"id": 6}, {"id": 3}, {"id": 4}], 3),
        ({"id": "b", "created_at": "2026-01-01T00:00:01Z"}, [{"id": "a", "created_at": "2026-01-01T00:00:00Z"}], "a"),
        ({"id": "b", "created_at": "2026-01-01T00:00:00Z"}, [{"id": "a", "created_at": "2026-01-01T00:00:01Z"}], None),
        ({"id": "b", "created_at": "2026-01-01T00:00:00Z"}, [{"id": "a", "created_at": "2026-01-01T00:00:00Z"}], "a"),
        ({"id": "a", "created_at": "2026-01-01T00:00:00Z"}, [{"id": "b", "created_at": "2026-01-01T00:00:00Z"}], None),
        ({"id": "b"}, [{"id": "a"}], None),
        ({"id": 5}, [{"id": "a", "created_at": "2020-01-01T00:00:00Z"}], None),
    ],
)
def test_which_one_is_older(own: Obj, others: list[Obj], wanted: Any) -> None:
    """Of two objects, each side takes the same one for the older: never do both go."""
    found = older(THING, own, others)
    assert (found or {}).get("id") == wanted
    if len(others) == 1 and wanted is not None:
        assert older(THING, others[0], [own]) is None


def test_no_place_of_one_object_has_twins() -> None:
    assert can_have_twins(THING)
    assert not can_have_twins(dataclasses.replace(THING, creatable=False))
    assert not can_have_twins(dataclasses.replace(THING, key_paths=("name",)))


@pytest.mark.parametrize("_repeat", range(10))
def test_two_runs_at_once_leave_one(_repeat: int) -> None:
    """Both have looked before either has created: the worst that can happen."""
    memory = Memory()
    both = threading.Barrier(2)
    lock = threading.Lock()
    request, listed = memory.request, memory.objects

    def slow(method: str, path: str, **more: Any) -> Any:
        if method == "POST":
            both.wait(10)
        with lock:
            return request(method, path, **more)

    def locked(*args: Any, **more: Any) -> Any:
        with lock:
            return listed(*args, **more)

    memory.request, memory.objects = slow, locked  # type: ignore[method-assign]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda note: present(memory, note=note)[0], ["same", "same"]))
    assert len(names(memory)) == 1
    assert sorted(outcome.action for outcome in outcomes) == ["created", "unchanged"]
