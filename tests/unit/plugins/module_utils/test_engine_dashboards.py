# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiles and variables of dashboards, which are written by calls of their own."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome, changes
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

DASHBOARD = RESOURCES["dashboard"]
DASHBOARDS = "/api/projects/1/dashboards/"
INSIGHTS = "/api/projects/1/insights/"
VARIABLES = "/api/projects/1/insight_variables/"

BOX = {"x": 0, "y": 0, "w": 6, "h": 5}


class Dashboards(Memory):
    """PostHog's way with tiles: API.md 5, dashboard, gotchas."""

    def __init__(self, *tiles: Obj) -> None:
        super().__init__()
        self.board: Obj = {
            "id": 1,
            "name": "Board",
            "tiles": list(tiles),
            "filters": {},
            "persisted_filters": None,
            "variables": {},
            "persisted_variables": None,
        }
        self.insights = [
            {"id": 5, "name": "Signups", "short_id": "aaaaaaaa", "dashboards": []},
            {"id": 6, "name": "Revenue", "short_id": "bbbbbbbb", "dashboards": [9]},
        ]
        for tile in tiles:
            for insight in self.insights:
                if (tile.get("insight") or {}).get("id") == insight["id"]:
                    insight["dashboards"] = [*insight["dashboards"], 1]  # type: ignore[misc]
        self.lists = {DASHBOARDS: [self.board], INSIGHTS: self.insights}
        self.lists[VARIABLES] = [{"id": "v-1", "code_name": "country", "name": "Country"}]
        self._tile = 50

    def _new(self) -> int:
        self._tile += 1
        return self._tile

    def _write(self, method: str, path: str, body: Any) -> Any:
        if method == "PATCH" and path.startswith(INSIGHTS):
            answer = super()._write(method, path, body)
            on_it = 1 in answer["dashboards"]
            there = [tile for tile in self.board["tiles"] if (tile.get("insight") or {}).get("id") == answer["id"]]
            if on_it and not there:
                tile = {"id": self._new(), "insight": dict(answer), "text": None, "layouts": {}, "color": None}
                self.board["tiles"].append(tile)
            return answer
        if method == "PATCH" and "tiles" in body:
            for entry in body["tiles"]:
                if "id" not in entry:
                    text = {"id": self._new(), **entry["text"]} if entry.get("text") else None
                    new = {"id": self._new(), "insight": None, "text": text, "layouts": {}, "color": None}
                    new.update({key: value for key, value in entry.items() if key != "text"})
                    self.board["tiles"].append(new)
                    continue
                tile = next(tile for tile in self.board["tiles"] if tile["id"] == entry["id"])
                if entry.get("deleted"):
                    self.board["tiles"].remove(tile)
                else:
                    tile.update(entry)
            return self.board
        if method == "PATCH" and "variables" in body:
            if body["variables"]:
                kept = {key: value for key, value in body["variables"].items() if value is not None}
                self.board["persisted_variables"] = kept or None
            return self.board
        if method == "PATCH" and "filters" in body:
            if body["filters"]:
                self.board["persisted_filters"] = self.board["filters"] = body["filters"]
            return self.board
        return super()._write(method, path, body)


def text(number: int, body: str, **more: Any) -> Obj:
    """A text tile as PostHog shows it."""
    content = {"id": number + 100, "body": body}
    return {"id": number, "insight": None, "text": content, "layouts": {}, "color": None, **more}


def insight(number: int, of: int, name: str, **more: Any) -> Obj:
    """An insight's tile as PostHog shows it."""
    return {"id": number, "insight": {"id": of, "name": name}, "text": None, "layouts": {}, "color": None, **more}


def board(*tiles: Obj, check_mode: bool = False) -> World:
    """A project with one dashboard."""
    return make_world(Dashboards(*tiles), check_mode=check_mode)


def declare(world: World, **options: Any) -> Outcome:
    """Declare the dashboard."""
    return Reconciler(world.session, DASHBOARD).present(read_object(DASHBOARD, {"name": "Board", **options}))


def shown(world: World) -> list[Any]:
    """What the tiles hold."""
    assert isinstance(world.memory, Dashboards)
    tiles = world.memory.board["tiles"]
    return [tile["insight"]["name"] if tile.get("insight") else tile["text"]["body"] for tile in tiles]


def test_tiles_and_again() -> None:
    world = board()
    tiles = [
        {"insight": "Signups", "layouts": {"sm": BOX}, "color": "blue"},
        {"text": "## Hello", "layouts": {"sm": {**BOX, "x": 6}}},
        {"insight": "bbbbbbbb"},
    ]
    assert declare(world, tiles=tiles).action == "updated"
    assert shown(world) == ["Signups", "Revenue", "## Hello"]
    assert isinstance(world.memory, Dashboards)
    assert world.memory.insights[1]["dashboards"] == [9, 1]
    assert world.memory.board["tiles"][0]["layouts"] == {"sm": BOX}
    assert world.memory.board["tiles"][0]["color"] == "blue"
    before = len(world.memory.writes)
    assert not declare(world, tiles=tiles).changed
    world.session.stale()
    assert not declare(world, tiles=tiles, exclusive=True).changed
    assert len(world.memory.writes) == before


def test_check_mode_writes_nothing() -> None:
    world = board(text(10, "old"), check_mode=True)
    assert declare(world, tiles=[{"text": "new"}, {"insight": "Signups"}], exclusive=True).changed
    assert world.memory.writes == []


def test_other_tiles_are_left_alone_unless_the_list_is_the_whole_truth() -> None:
    tiles = [text(10, "mine"), text(11, "yours"), insight(12, 6, "Revenue")]
    world = board(*tiles)
    assert not declare(world, tiles=[{"text": "mine"}]).changed
    assert declare(world, tiles=[{"text": "mine"}], exclusive=True).changed
    assert shown(world) == ["mine"]
    assert declare(world, tiles=[], exclusive=True).changed
    assert shown(world) == []


def test_a_text_that_was_edited_stays_the_same_tile() -> None:
    world = board(text(10, "old", color="red"), text(11, "other"))
    outcome = declare(world, tiles=[{"text": "new"}, {"text": "other"}], exclusive=True)
    assert outcome.action == "updated"
    assert isinstance(world.memory, Dashboards)
    assert [(tile["id"], tile["text"]["body"]) for tile in world.memory.board["tiles"]] == [(10, "new"), (11, "other")]
    by_id = board(text(10, "old"))
    assert declare(by_id, tiles=[{"id": 10, "text": "new"}]).changed
    assert shown(by_id) == ["new"]


def test_a_box_is_sent_whole() -> None:
    world = board(text(10, "a", layouts={"sm": {**BOX, "minW": 2}, "xs": BOX}))
    assert not declare(world, tiles=[{"text": "a", "layouts": {"sm": {"w": 6}}}]).changed
    outcome = declare(world, tiles=[{"text": "a", "layouts": {"sm": {"w": 8}}}])
    assert world.memory.writes[-1][2]["tiles"] == [{"id": 10, "layouts": {"sm": {**BOX, "minW": 2, "w": 8}, "xs": BOX}}]
    assert changes(outcome) == [{"path": "tiles[0].layouts.sm.w", "before": 6, "after": 8}]


@pytest.mark.parametrize(
    ("tiles", "told"),
    [
        ([{}], r"tiles\[0\]: needs exactly one of insight, text, button_tile"),
        ([{"text": "a", "insight": "Signups"}], r"not insight and text"),
        ([{"insight": "Signupps"}], r"tiles\[0\]\.insight: there is no insight 'Signupps'; did you mean Signups"),
        ([{"insight": "Signups"}, {"insight": 5}], r"tiles\[1\]\.insight: 5 is on the dashboard twice"),
        ([{"text": "a", "layouts": {"md": {}}}], r"tiles\[0\]\.layouts\.md: is no known key"),
        ([{"text": "a", "colour": "red"}], r"tiles\[0\]\.colour: is no known key; did you mean color"),
        ([None], r"tiles\[0\]"),
    ],
)
def test_wrong_tiles(tiles: list[Any], told: str) -> None:
    world = board()
    with pytest.raises(InvalidInput, match=told):
        declare(world, tiles=tiles)
    assert world.memory.writes == []


def test_a_tile_id_that_is_not_on_the_dashboard_is_refused() -> None:
    """PostHog skips it silently with 200 (API.md 5, dashboard), so the declaration would never come true."""
    world = board(text(10, "a"))
    with pytest.raises(InvalidInput, match=r"tiles\[0\]\.id"):
        declare(world, tiles=[{"id": 99, "color": "red"}])
    assert world.memory.writes == []


def test_two_text_tiles_of_the_same_text() -> None:
    world = board()
    tiles = [{"text": "---"}, {"text": "---"}]
    assert declare(world, tiles=tiles).changed
    assert shown(world) == ["---", "---"]
    assert not declare(world, tiles=tiles).changed


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_new_text_whose_answer_is_lost_is_there_once(fault: str) -> None:
    world = board()
    world.memory.faults = [fault]
    outcome = declare(world, tiles=[{"text": "once"}])
    assert outcome.action == "updated"
    assert shown(world) == ["once"]


def test_variables_by_their_code_names() -> None:
    world = board()
    assert declare(world, variables={"country": "IT"}).changed
    assert isinstance(world.memory, Dashboards)
    assert world.memory.board["persisted_variables"] == {
        "v-1": {"code_name": "country", "variableId": "v-1", "value": "IT"}
    }
    assert not declare(world, variables={"country": "IT"}).changed
    assert declare(world, variables={}).changed
    assert world.memory.board["persisted_variables"] is None
    assert not declare(world, variables={}).changed


def test_an_unknown_variable() -> None:
    with pytest.raises(InvalidInput, match=r"variables\.contry: there is no .*did you mean"):
        declare(board(), variables={"contry": "IT"})


def test_clearing_filters_that_an_empty_document_would_not_clear() -> None:
    world = board()
    assert isinstance(world.memory, Dashboards)
    world.memory.board["persisted_filters"] = {"date_from": "-7d"}
    assert declare(world, filters=None).changed
    assert world.memory.writes[-1][2] == {"filters": {"date_from": None}}


def test_a_new_dashboard_with_tiles() -> None:
    world = board()
    world.memory.storing = lambda obj: {"tiles": [], "persisted_variables": None, **obj}
    outcome = Reconciler(world.session, DASHBOARD).present(read_object(DASHBOARD, {"name": "New", "tiles": []}))
    assert outcome.action == "created"
    assert world.memory.writes[0][:2] == ("POST", DASHBOARDS)
    assert "tiles" not in world.memory.writes[0][2]


# -- insights on several dashboards ----------------------------------------------------------------------------------


def test_an_insight_that_was_put_elsewhere_meanwhile_stays_there() -> None:
    """The set of its dashboards is read right before it is written, not when the list was."""
    world = board()
    world.session.collection(RESOURCES["insight"]).all()
    assert isinstance(world.memory, Dashboards)
    world.memory.insights[1]["dashboards"] = [9, 12]
    assert declare(world, tiles=[{"insight": "Revenue"}]).changed
    assert world.memory.insights[1]["dashboards"] == [9, 12, 1]


@pytest.mark.parametrize("more", [{}, {"deleted": True}])
def test_a_server_that_tells_tiles_only(more: Obj) -> None:
    """Since summer 2026 C(dashboards) is left out of answers; C(dashboard_tiles) are not."""
    world = board()
    assert isinstance(world.memory, Dashboards)
    revenue = world.memory.insights[1]
    tile = {"id": 70, "dashboard_id": 9, "deleted": False}

    class Newer(Dashboards):
        def _object(self, path: str, method: str) -> Obj:
            found = super()._object(path, method)
            if method == "GET" and path.startswith(INSIGHTS):
                return {key: value for key, value in found.items() if key != "dashboards"}
            return found

    world.memory.__class__ = Newer
    revenue["dashboard_tiles"] = [tile, {"id": 71, "dashboard_id": 8, **more}]
    declare(world, tiles=[{"insight": "Revenue"}])
    (sent,) = [body for method, path, body in world.memory.writes if path.startswith(INSIGHTS)]
    assert sent == {"dashboards": [9, 1] if more else [9, 8, 1]}


def test_a_server_that_tells_neither_is_not_written_to() -> None:
    world = board()

    class Blind(Dashboards):
        def _object(self, path: str, method: str) -> Obj:
            found = super()._object(path, method)
            if method == "GET" and path.startswith(INSIGHTS):
                return {key: value for key, value in found.items() if key != "dashboards"}
            return found

    world.memory.__class__ = Blind
    with pytest.raises(PostHogFailure, match="the dashboards of the insight 'Revenue' only as a whole"):
        declare(world, tiles=[{"insight": "Revenue"}])
    assert world.memory.writes == []


def test_a_tile_that_does_not_come_about_is_an_error() -> None:
    world = board()

    class Forgetful(Dashboards):
        def _write(self, method: str, path: str, body: Any) -> Any:
            answer = super()._write(method, path, body)
            self.board["tiles"].clear()
            return answer

    world.memory.__class__ = Forgetful
    with pytest.raises(PostHogFailure, match="accepted 'Revenue' on the dashboard 'Board'"):
        declare(world, tiles=[{"insight": "Revenue"}])


# -- tiles of kinds that nobody knows here ---------------------------------------------------------------------------


def unknown(number: int, **held: Any) -> Obj:
    """A tile as a newer server shows it."""
    return {"id": number, "insight": None, "text": None, "button_tile": None, "layouts": {}, "color": None, **held}


WIDGET = {"id": "w-1", "widget_type": "experiments_list", "config": {"limit": 5}, "name": None}


@pytest.mark.parametrize(
    ("tile", "told"),
    [
        (unknown(10, widget=WIDGET), "widget experiments_list"),
        (unknown(10, widget={**WIDGET, "name": "Running"}), "widget Running"),
        (unknown(10, canvas={"id": "c-1"}), "canvas c-1"),
        (unknown(10, canvas={"points": []}), "canvas unnamed"),
        (unknown(10), "unknown unnamed"),
        (unknown(10, filters_overrides={"date_from": "-7d"}), "unknown unnamed"),
        (unknown(10, insight={"id": None}), "unknown unnamed"),
    ],
)
def test_an_unknown_tile_is_left_alone_and_named(tile: Obj, told: str) -> None:
    world = board(dict(tile), text(11, "## Title"))
    outcome = declare(world, tiles=[{"text": "## New"}], exclusive=True)
    assert isinstance(world.memory, Dashboards)
    assert [item["id"] for item in world.memory.board["tiles"]] == [10, 11]
    assert world.memory.board["tiles"][0] == tile and world.memory.board["tiles"][1]["text"]["body"] == "## New"
    kind, name = told.split()
    left = {"id": 10, kind: name}
    assert left in outcome.before["tiles"] and left in outcome.after["tiles"]
    assert world.warnings and all(told in text and "id: 10" in text for text in world.warnings)
    written = len(world.memory.writes)
    assert not declare(world, tiles=[{"text": "## New"}], exclusive=True).changed
    assert len(world.memory.writes) == written


def test_without_exclusive_nothing_is_said_of_other_tiles() -> None:
    world = board(unknown(10, widget=WIDGET), text(11, "a"))
    assert not declare(world, tiles=[{"text": "a"}]).changed
    assert world.warnings == []


def test_an_unknown_tile_can_be_moved_by_its_id() -> None:
    world = board(unknown(10, widget=WIDGET))
    assert declare(world, tiles=[{"id": 10, "layouts": {"sm": BOX}}], exclusive=True).changed
    assert world.memory.writes[-1][2] == {"tiles": [{"id": 10, "layouts": {"sm": BOX}}]}


def test_nothing_is_written_into_a_tile_of_another_kind() -> None:
    world = board(unknown(10, widget=WIDGET), text(11, "a"), insight(12, 6, "Revenue"))
    for number, what in ((10, {"text": "x"}), (11, {"insight": "Revenue"}), (12, {"text": "x"})):
        with pytest.raises(InvalidInput, match=rf"the tile {number} holds an? \w+"):
            declare(world, tiles=[{"id": number, **what}])
    assert world.memory.writes == []


def test_a_tile_goes_by_its_id_when_that_is_declared() -> None:
    """Whatever it holds; and where it is gone, there is nothing to do."""
    world = board(unknown(10, widget=WIDGET), text(11, "a"))
    gone = [{"id": 10, "deleted": True}]
    outcome = declare(world, tiles=gone)
    assert world.memory.writes[-1][2] == {"tiles": [{"id": 10, "deleted": True}]}
    assert {"id": 10, "widget": "experiments_list"} in outcome.before["tiles"] and outcome.after["tiles"] == []
    assert not declare(world, tiles=gone).changed
    assert declare(world, tiles=[{"id": 11, "deleted": True}]).changed
    assert isinstance(world.memory, Dashboards) and world.memory.board["tiles"] == []
    with pytest.raises(InvalidInput, match=r"tiles\[0\]\.id: is needed with deleted"):
        declare(world, tiles=[{"text": "a", "deleted": True}])


def test_an_export_names_unknown_tiles() -> None:
    (part,) = [part for part in DASHBOARD.parts if part.field.name == "tiles"]
    world = board(unknown(10, widget=WIDGET), text(11, "a"))
    assert isinstance(world.memory, Dashboards)
    assert part.export(world.session, DASHBOARD, world.memory.board) == [{"text": "a"}]
    ((path, reason),) = part.left_out(world.session, DASHBOARD, world.memory.board)
    assert path == "tiles" and "10" in reason and "widget experiments_list" in reason


def test_blanks_at_the_ends_of_texts_make_no_other_tile() -> None:
    """PostHog takes them off; the tile is the declared one all the same, exclusive or not."""
    button = {"id": "b-1", "url": "/x", "text": "Go", "placement": "left", "colour": "red", "created_by": {"id": 1}}
    for exclusive in (False, True):
        world = board(text(11, "Hello"), {**text(12, ""), "text": None, "button_tile": button})
        tiles = [{"text": "Hello\n"}, {"button_tile": {"url": "/x ", "text": " Go"}}]
        outcome = declare(world, tiles=tiles, exclusive=exclusive)
        assert outcome.action == "unchanged" and not world.memory.writes


def test_a_button_keeps_what_nobody_declared() -> None:
    """Its id and the keys that this release does not know; not who made it, which PostHog notes itself."""
    button = {"id": "b-1", "url": "/x", "text": "Go", "placement": "right", "colour": "red", "created_by": {"id": 1}}
    world = board({**text(12, ""), "text": None, "button_tile": button})
    outcome = declare(world, tiles=[{"button_tile": {"url": "/x", "text": "Go", "placement": "left"}}])
    ((_method, _path, body),) = world.memory.writes
    sent = {"url": "/x", "text": "Go", "placement": "left", "colour": "red", "id": "b-1"}
    assert body["tiles"] == [{"id": 12, "button_tile": sent}]
    assert outcome.before["tiles"][0]["button_tile"]["colour"] == outcome.after["tiles"][0]["button_tile"]["colour"]
    # What is not named of it is left alone.
    assert declare(world, tiles=[{"button_tile": {"url": "/x", "text": "Go"}}]).action == "unchanged"
