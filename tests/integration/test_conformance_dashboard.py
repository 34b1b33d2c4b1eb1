# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tiles and variables of dashboards."""

from __future__ import annotations

import typing as t

from harness import Harness, Run, SandboxServer, Task
from harness.steps import (
    Check,
    Findings,
    Steps,
    changed,
    no_warnings,
    of_failures,
    refused,
    requests_at_most,
    silent,
    unchanged,
)

MODULE = "community.posthog.posthog_dashboard"
NAME = "Company"


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """Insights, one of them on another dashboard already."""
    query = {
        "kind": "InsightVizNode",
        "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
    }
    other = server.api("POST", "dashboards/", {"name": "Other"})["id"]
    for name in ("Signups", "Revenue", "Churn"):
        on = {"dashboards": [other]} if name == "Signups" else {}
        server.api("POST", "insights/", {"name": name, "query": query, **on})
    server.api("POST", "insight_variables/", {"name": "Country", "type": "String", "default_value": "all"})
    server.api("POST", "insight_variables/", {"name": "Plan", "type": "String", "default_value": "all"})
    return {"id_other": other}


def tiles(task: Task) -> list[dict[str, t.Any]]:
    """The tiles of the returned dashboard."""
    return list((task.result.get("dashboard") or {}).get("tiles") or [])


def held(tile: t.Mapping[str, t.Any]) -> str:
    """What a tile holds, as a word."""
    if tile.get("insight"):
        return str(tile["insight"].get("name", tile["insight"].get("id")))
    if tile.get("button_tile"):
        return str(tile["button_tile"]["text"])
    return str(tile["text"]["body"])


def shows(*wanted: str) -> Check:
    """The dashboard holds this, in any order."""

    def check(found: Findings, task: Task, run: Run) -> None:
        found.equal(sorted(held(tile) for tile in tiles(task)), sorted(wanted), "what the tiles hold")

    return check


def tile_has(what: str, **wanted: t.Any) -> Check:
    """The tile that holds this has these values."""

    def check(found: Findings, task: Task, run: Run) -> None:
        hits = [tile for tile in tiles(task) if held(tile) == what]
        if not found.equal(len(hits), 1, f"tiles with {what!r}"):
            return
        for key, value in wanted.items():
            found.equal(hits[0].get(key), value, f"{what}: {key}")

    return check


def same_tile(before: str, old: str, new: str) -> Check:
    """The tile that held the old text holds the new one: it is the same tile."""

    def check(found: Findings, task: Task, run: Run) -> None:
        ids = {held(tile): tile["id"] for tile in tiles(run[before])}
        now = {held(tile): tile["id"] for tile in tiles(task)}
        found.true(ids.get(old) is not None and now.get(new) == ids.get(old), f"{ids} became {now}")

    return check


def wrote(*wanted: str) -> Check:
    """These writes: method and the collection that they go to."""

    def check(found: Findings, task: Task, run: Run) -> None:
        sent = [f"{entry['method']} {entry['path'].split('/')[4]}" for entry in task.writes]
        found.equal(sent, list(wanted), "the writes")

    return check


def test_tiles(posthog: Harness) -> None:
    """Tiles appear, move, change and go, and nothing is there twice."""
    steps = Steps(MODULE)

    def board(*items: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
        return {"name": NAME, "tiles": list(items), **more}

    most = requests_at_most(2)
    hello = {"text": "Hello", "layouts": {"sm": {"x": 0, "y": 0, "w": 12, "h": 1}}}
    signups = {"insight": "Signups", "layouts": {"sm": {"x": 0, "y": 1, "w": 6, "h": 5}}, "color": "blue"}
    revenue = {"insight": "Revenue", "layouts": {"sm": {"x": 6, "y": 1, "w": 6, "h": 5}}}
    button = {"button_tile": {"url": "https://example.com", "text": "Handbook"}}

    steps.add("no such insight", board({"insight": "Signup"}), refused("tiles[0].insight", "Signup", "Signups"), silent)
    steps.add(
        "two contents", board({"insight": "Signups", "text": "x"}), refused("tiles[0]", "insight", "text"), silent
    )
    steps.add("no content", board({"color": "blue"}), refused("tiles[0]"), silent)
    steps.add("twice the insight", board(signups, signups), refused("tiles[1].insight", "Signups"), silent)
    steps.add("an unknown key", board({"insight": "Signups", "colour": "x"}), refused("colour", "color"), silent)
    steps.add("an unknown size", board({**signups, "layouts": {"md": {}}}), refused("layouts.md"), silent)

    steps.add("check create", board(hello, signups), changed, silent, check_mode=True)
    steps.add("create", board(hello, signups), changed, shows("Hello", "Signups"), no_warnings, register="made")
    steps.add("again", board(hello, signups), unchanged, most, no_warnings, shows("Hello", "Signups"))
    steps.add("in another order", board(signups, hello), unchanged, most)
    steps.add("check again", board(hello, signups), unchanged, most, check_mode=True)
    steps.add("without tiles", {"name": NAME}, unchanged)

    def still_on_the_other(found: Findings, task: Task, run: Run) -> None:
        insight = next(item for item in task.result["json"]["results"] if item["name"] == "Signups")
        found.equal(len(insight["dashboards"]), 2, "the number of dashboards of the insight")

    steps.api("insights", "GET", "insights/?basic=true", None, still_on_the_other)

    # More of them.
    steps.add("check add", board(revenue, button), changed, silent, check_mode=True)
    steps.add("add", board(revenue, button), changed, shows("Hello", "Signups", "Revenue", "Handbook"), register="more")
    everything = board(hello, signups, revenue, button)
    steps.add("all again", everything, unchanged, most, no_warnings)
    steps.add("a second text", board({"text": "More"}), changed, wrote("PATCH dashboards"))
    steps.add("a second text again", board({"text": "More"}), unchanged, most)

    # Moved and coloured.
    moved = {"insight": "Signups", "layouts": {"sm": {"x": 6}}, "color": None}
    box = {"sm": {"x": 6, "y": 1, "w": 6, "h": 5}}
    steps.add("check move", board(moved), changed, silent, check_mode=True)
    steps.add("move", board(moved), changed, wrote("PATCH dashboards"), tile_has("Signups", layouts=box, color=None))
    steps.add("move again", board(moved), unchanged, most)
    small = {"insight": "Signups", "layouts": {"xs": {"x": 0, "y": 0, "w": 1, "h": 5}}}
    steps.add("small", board(small), changed, tile_has("Signups", layouts={**box, **small["layouts"]}))
    steps.add("small again", board(small), unchanged, most)
    looks = {
        "insight": "Signups",
        "show_description": True,
        "transparent_background": True,
        "filters_overrides": {"date_from": "-7d"},
    }
    wanted = {key: value for key, value in looks.items() if key != "insight"}
    steps.add("looks", board(looks), changed, wrote("PATCH dashboards"), tile_has("Signups", **wanted))
    steps.add("looks again", board(looks), unchanged, most)
    plain = {"insight": "Signups", "filters_overrides": None}
    steps.add("no override", board(plain), changed, tile_has("Signups", filters_overrides=None))
    steps.add("no override again", board(plain), unchanged, most)
    left = {"button_tile": {"url": "https://example.com", "text": "Handbook", "placement": "right"}}
    steps.add("button moved", board(left), changed)
    steps.add("button moved again", board(left), unchanged, most)

    # Nothing else.
    final = board({"text": "Hello, world"}, {"insight": "Signups"}, exclusive=True)
    steps.add("check only", final, changed, silent, check_mode=True)
    steps.add("only", final, changed, shows("Hello, world", "Signups"), same_tile("move", "Hello", "Hello, world"))
    steps.add("only again", final, unchanged, most, no_warnings)
    swapped = board({"insight": "Signups"}, {"text": "Hello, world"}, authoritative=True)
    steps.add("only, in another order", swapped, unchanged, most)

    # By hand.
    path = "dashboards/{{ made.dashboard.id }}/"
    steps.api("read", "GET", path, register="now")
    gone = [
        {"id": "{{ now.json.tiles[0].id }}", "deleted": True},
        {"id": "{{ now.json.tiles[1].id }}", "deleted": True},
    ]
    steps.api("taken away by hand", "PATCH", path, {"tiles": gone})
    steps.add("put back", final, changed, shows("Hello, world", "Signups"))
    steps.add("put back again", final, unchanged, most)
    steps.api("added by hand", "PATCH", path, {"tiles": [{"text": {"body": "By hand"}}]})
    steps.add("not exclusive", board({"insight": "Signups"}), unchanged, most)
    steps.add("exclusive", final, changed, wrote("PATCH dashboards"), shows("Hello, world", "Signups"))
    steps.api("look", "GET", path, register="now")
    by_id = {"id": "{{ (now.json.tiles | selectattr('text') | first).id }}", "text": "By its id"}
    steps.add("text by the tile's id", board(by_id), changed, shows("By its id", "Signups"))
    steps.add("text by the tile's id again", board(by_id), unchanged, most)
    steps.add("no such tile", board({"id": 999999, "color": "red"}), refused("tiles[0]", "999999"), silent)

    # Nothing at all.
    steps.add("check no tiles", board(exclusive=True), changed, silent, check_mode=True)
    steps.add("no tiles", board(exclusive=True), changed, shows())
    steps.add("no tiles again", board(exclusive=True), unchanged, most)
    steps.run(posthog, lambda: prepare(posthog.server))


def test_variables(posthog: Harness) -> None:
    """The values of variables, by their code names."""
    steps = Steps(MODULE)

    def has(**wanted: t.Any) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            stored = (task.result.get("dashboard") or {}).get("persisted_variables") or {}
            values = {item["code_name"]: item["value"] for item in stored.values() if item}
            found.equal(values, wanted, "the variables")

        return check

    def board(**variables: t.Any) -> dict[str, t.Any]:
        return {"name": NAME, "variables": variables}

    most = requests_at_most(2)
    steps.add("no such variable", board(contry="NL"), refused("variables.contry", "country"), silent)
    steps.add("check create", board(country="NL"), changed, silent, check_mode=True)
    steps.add("create", board(country="NL"), changed, has(country="NL"))
    steps.add("again", board(country="NL"), unchanged, most)
    steps.add("another value", board(country="DE"), changed, has(country="DE"))
    steps.add("one more", board(country="DE", plan=["pro"]), changed, has(country="DE", plan=["pro"]))
    steps.add("one more again", board(country="DE", plan=["pro"]), unchanged, most)
    steps.add("check one less", board(plan=["pro"]), changed, silent, check_mode=True)
    steps.add("one less", board(plan=["pro"]), changed, has(plan=["pro"]))
    steps.add("one less again", board(plan=["pro"]), unchanged, most)
    steps.add("none", board(), changed, has())
    steps.add("none again", board(), unchanged, most)
    steps.run(posthog, lambda: prepare(posthog.server))


def test_delete_with_insights(posthog: Harness) -> None:
    """A dashboard goes with its insights, or without."""
    steps = Steps(MODULE)

    def has_insight(wanted: bool) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            names = {item["name"] for item in task.result["json"]["results"]}
            found.equal("Revenue" in names, wanted, "whether the insight is there")

        return check

    board = {"name": NAME, "tiles": [{"insight": "Revenue"}]}
    steps.add("create", board, changed)
    steps.add("delete", {"name": NAME, "state": "absent"}, changed, wrote("PATCH dashboards"))
    steps.api("kept", "GET", "insights/?basic=true", None, has_insight(True))
    steps.add("create anew", board, changed, shows("Revenue"))
    absent = {"name": NAME, "state": "absent", "delete_insights": True}
    steps.add("check delete all", absent, changed, silent, check_mode=True)
    steps.add("delete all", absent, changed, wrote("PATCH dashboards"))
    steps.add("delete all again", absent, unchanged)
    steps.api("gone", "GET", "insights/?basic=true", None, has_insight(False))
    steps.run(posthog, lambda: prepare(posthog.server))


def test_insights_of_one_name(posthog: Harness) -> None:
    """Two insights of one name: never a guess; what is on the dashboard already needs none."""
    steps = Steps(MODULE)
    ids: list[int] = []

    def ready() -> dict[str, t.Any]:
        prepare(posthog.server)
        ids[:] = [posthog.server.api("POST", "insights/", {"name": "Twin"})["id"] for dummy in range(2)]
        return {"id_twin": ids[1]}

    @of_failures
    def names_both(found: Findings, task: Task, run: Run) -> None:
        found.true(all(str(number) in task.msg for number in ids), f"the message must name the ids {ids}")

    twin = {"name": NAME, "tiles": [{"insight": "Twin"}]}
    steps.add("which", twin, refused("tiles[0].insight", "Twin"), names_both, silent)
    steps.add("this one", {"name": NAME, "tiles": [{"insight": "{{ id_twin }}"}]}, changed)
    steps.add("the one that is there", twin, unchanged)
    steps.add("which, elsewhere", {**twin, "name": "Elsewhere"}, refused("tiles[0].insight"), names_both, silent)
    steps.run(posthog, ready)


def test_fifty_dashboards_share_insights(posthog: Harness) -> None:
    """Each insight is on all dashboards that want it, although eight threads put it there, and none falls off."""
    server = posthog.server
    server.control("settings", {"latency_ms": 5, "insight_dashboards_opt_in": True})
    hand = server.api("POST", "dashboards/", {"name": "By hand"})["id"]
    query = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]}
    insights = [{"name": f"Insight {number}", "query": query} for number in range(5)]
    tiles_of_each = [{"insight": item["name"]} for item in insights]
    boards = [{"name": f"Board {number}", "tiles": tiles_of_each} for number in range(50)]
    first = {"name": "insights", "community.posthog.posthog_config": {"config": {"insights": insights}}}
    run = posthog.run([first], in_process=True)
    assert run["insights"].ok, run["insights"].msg
    for insight in server.api("GET", "insights/?basic=true")["results"]:
        server.api("PATCH", f"insights/{insight['id']}/", {"dashboards": [hand]})
    config = {"community.posthog.posthog_config": {"config": {"insights": insights, "dashboards": boards}}}
    run = posthog.run([{"name": "apply", **config}, {"name": "again", **config}], in_process=True)
    assert run["apply"].ok and run["apply"].changed, run["apply"].msg
    assert not run["again"].changed and run["again"].writes == []
    found = server.api("GET", "insights/?basic=true&include_dashboards=true")["results"]
    assert {len(insight["dashboards"]) for insight in found} == {51}


def test_widgets_are_left_alone(posthog: Harness) -> None:
    """A tile that only a browser makes: kept, named, and taken away only by its id."""
    steps = Steps(MODULE)
    path = "dashboards/{{ made.dashboard.id }}/"
    widget = {"widget": {"widget_type": "experiments_list", "config": {"limit": 5}}}

    @of_failures
    def kept(found: Findings, task: Task, run: Run) -> None:
        held_there = [tile.get("widget") for tile in task.result["json"]["tiles"]]
        found.equal(len([item for item in held_there if item]), 1, "the widgets on the dashboard")

    def named(found: Findings, task: Task, run: Run) -> None:
        said = str(task.result.get("warnings", []))
        found.true("widget experiments_list" in said, f"the widget is not named in {said}")

    final = {"name": NAME, "tiles": [{"text": "New title"}], "exclusive": True}
    steps.add("create", {"name": NAME, "tiles": [{"text": "Title"}]}, changed, register="made")
    steps.api("in the browser", "PATCH", path, {"tiles": [widget]})
    steps.add("check only", final, changed, silent, named, check_mode=True)
    steps.add("only", final, changed, wrote("PATCH dashboards"), named)
    steps.add("only again", final, unchanged, named)
    steps.api("kept", "GET", path, None, kept, register="now")
    gone = {
        "name": NAME,
        "tiles": [{"id": "{{ (now.json.tiles | selectattr('widget') | first).id }}", "deleted": True}],
    }
    steps.add("check gone", gone, changed, silent, no_warnings, check_mode=True)
    steps.add("gone", gone, changed, wrote("PATCH dashboards"), shows("New title"), no_warnings)
    steps.add("gone again", gone, unchanged, no_warnings)
    steps.run(posthog, lambda: prepare(posthog.server))
