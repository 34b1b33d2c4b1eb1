# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings, which have no list to be found in, and collections of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.replay import (
    SESSION_RECORDING,
    SESSION_RECORDING_PLAYLIST,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

RECORDINGS = "/api/projects/1/session_recordings/"
PLAYLISTS = "/api/projects/1/session_recording_playlists/"
IN_IT = f"{PLAYLISTS}abc/recordings/"


class Replay(Memory):
    """Keeps what is in a collection, a page at a time; a change of a recording answers with its success alone."""

    page = 100

    def __init__(self) -> None:
        super().__init__()
        self.held: list[str] = []
        self.lists[RECORDINGS] = [{"id": "one", "viewed": False}]
        self.lists[PLAYLISTS] = []
        self.identify = lambda obj, number: {"short_id": "abc", **obj}

    def _object(self, path: str, method: str) -> Obj:
        if path == f"{PLAYLISTS}abc/":
            return self.lists[PLAYLISTS][0]
        return super()._object(path, method)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        repeatable: bool | None = None,
    ) -> Any:
        if not path.startswith(IN_IT):
            answer = super().request(method, path, params=params, json=json, repeatable=repeatable)
            return {"success": True} if (method, path) == ("PATCH", f"{RECORDINGS}one/") else answer
        self.calls.append((method, path.removeprefix(IN_IT), None))
        self._refuse(method, path)
        item = path.removeprefix(IN_IT).rstrip("/")
        if method == "POST":
            self.held.append(item)
        elif method == "DELETE":
            self.held.remove(item)
        else:
            start = (params or {})["offset"]
            shown = self.held[start : start + self.page]
            return {"results": [{"id": one} for one in shown], "has_next": start + self.page < len(self.held)}
        return {"success": True}


def world_of(*held: str, check_mode: bool = False, **playlist: Any) -> World:
    """A world with a collection."""
    memory = Replay()
    memory.held = list(held)
    memory.lists[PLAYLISTS] = [{"id": 1, "short_id": "abc", "name": "Bugs", "type": "collection", **playlist}]
    return make_world(memory, check_mode=check_mode)


def present(world: World, table: Resource, exclusive: bool = False, **options: Any) -> Outcome:
    """Bring an object to what is declared."""
    declared = read_object(table, options)
    declared.switches["exclusive"] = exclusive
    return Reconciler(world.session, table).present(declared)


# -- recordings ------------------------------------------------------------------------------------------------------


def test_a_recording_is_read_by_its_id() -> None:
    world = make_world(Replay())
    assert present(world, SESSION_RECORDING, session_id="one").action == "unchanged"
    assert [call[1] for call in world.memory.calls] == [f"{RECORDINGS}one/"]
    outcome = present(world, SESSION_RECORDING, session_id="one", viewed=True)
    assert outcome.action == "updated"
    assert outcome.obj == {"id": "one", "viewed": True}
    with pytest.raises(InvalidInput, match="viewed: "):
        present(world, SESSION_RECORDING, session_id="one", viewed=False)


def test_a_recording_that_is_not_there() -> None:
    world = make_world(Replay())
    with pytest.raises(PostHogFailure, match="'two' does not exist; recordings come from"):
        present(world, SESSION_RECORDING, session_id="two")
    declared = read_object(SESSION_RECORDING, {"session_id": "two"})
    assert not Reconciler(world.session, SESSION_RECORDING).absent(declared).changed
    assert {call[1] for call in world.memory.calls} == {f"{RECORDINGS}two/"}


@pytest.mark.parametrize("status", [403, 404])
def test_other_reasons_why_a_recording_cannot_be_read(status: int) -> None:
    memory = Replay()
    path = f"{RECORDINGS}one/"
    memory.errors[("GET", path)] = api_error(status, "Endpoint not found.", "GET", path)
    with pytest.raises(ApiError):
        present(make_world(memory), SESSION_RECORDING, session_id="one")


# -- collections -----------------------------------------------------------------------------------------------------


def test_recordings_come_and_go() -> None:
    world = world_of("a", "b")
    assert present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", recordings=["b", "a"]).action == "unchanged"
    outcome = present(world, SESSION_RECORDING_PLAYLIST, exclusive=True, name="Bugs", recordings=["b", "c"])
    assert (outcome.before["recordings"], outcome.after["recordings"]) == (["a", "b"], ["b", "c"])
    assert [(method, path) for method, path, _body in world.memory.writes] == [("POST", "c/"), ("DELETE", "a/")]
    assert "recordings" not in (outcome.obj or {})


def test_a_long_collection_is_read_to_its_end() -> None:
    world = world_of("a", "b", "c", "d", "e")
    world.memory.page = 2  # type: ignore[attr-defined]
    assert present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", recordings=["e"]).action == "unchanged"


def test_a_new_collection() -> None:
    world = world_of()
    world.memory.lists[PLAYLISTS] = []
    assert present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", recordings=["a"]).action == "created"
    assert world.memory.writes[0][2] == {"name": "Bugs", "type": "collection"}
    assert world.memory.writes[1][:2] == ("POST", "a/")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_routes_that_are_closed_to_keys(method: str) -> None:
    world = world_of()
    path = IN_IT if method == "GET" else f"{IN_IT}a/"
    world.memory.errors[(method, path)] = api_error(403, "does not support Personal API Key access", method, path)
    with pytest.raises(ApiError) as caught:
        present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", recordings=["a"])
    assert "to a person who is logged in with a browser, and to no key that has scopes" in caught.value.message


# -- filters ---------------------------------------------------------------------------------------------------------

FILTERS = {"date_from": "-7d"}


@pytest.mark.parametrize("field", ["description", "deleted"])
def test_a_change_of_a_saved_filter_repeats_its_filters(field: str) -> None:
    world = world_of(type="filters", filters=FILTERS, description="")
    if field == "deleted":
        declared = read_object(SESSION_RECORDING_PLAYLIST, {"name": "Bugs"})
        Reconciler(world.session, SESSION_RECORDING_PLAYLIST).absent(declared)
    else:
        present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", description="x")
    assert world.memory.writes[0][2] == {"filters": FILTERS, field: "x" if field == "description" else True}


def test_a_change_of_a_collection_sends_no_filters() -> None:
    world = world_of(filters=None, description="")
    present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", description="x")
    assert world.memory.writes[0][2] == {"description": "x"}


@pytest.mark.parametrize(
    ("current", "options", "says"),
    [
        (None, {"filters": FILTERS, "type": "collection"}, "filters: a collection has none"),
        (None, {"filters": FILTERS, "recordings": ["a"]}, "filters: a collection has none"),
        (None, {"type": "filters"}, "filters: are needed"),
        (None, {"type": "filters", "filters": None}, "filters: must hold at least one"),
        (None, {"type": "filters", "recordings": ["a"]}, "recordings: are for collections"),
        ({"type": "collection"}, {"filters": FILTERS}, "filters: this is a collection"),
        ({"type": "collection"}, {"type": "filters"}, "type: cannot be changed"),
        ({"type": "filters", "filters": FILTERS}, {"filters": None}, "filters: must hold at least one"),
        ({"type": "filters", "filters": FILTERS}, {"recordings": ["a"]}, "recordings: the .* has filters"),
    ],
)
def test_a_list_has_filters_or_is_a_collection(current: Obj | None, options: Obj, says: str) -> None:
    world = world_of(**{"filters": None, **(current or {})})
    if current is None:
        world.memory.lists[PLAYLISTS] = []
    with pytest.raises(InvalidInput, match=says):
        present(world, SESSION_RECORDING_PLAYLIST, name="Bugs", **options)
    assert not world.memory.writes


def test_lists_of_posthog_are_no_lists_of_the_project() -> None:
    world = world_of(is_synthetic=True)
    assert present(world, SESSION_RECORDING_PLAYLIST, name="Bugs").action == "created"
