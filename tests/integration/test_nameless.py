# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects without a name, and several of one name: exported, applied where they are from, and elsewhere."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness
from harness.engine import Engine
from harness.extras import COHORT_FILTERS, TRENDS
from test_round_trip import applied, exported, good

from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

VIZ = {"kind": "InsightVizNode", "source": TRENDS}
TRIGGER = {"type": "event", "filters": {"events": [{"id": "a", "type": "events"}]}}
THRESHOLD = {"configuration": {"type": "absolute", "bounds": {"upper": 5}}}

#: A body for each type of which PostHog takes objects without a name, and another field that tells two of them apart.
BODIES: dict[str, tuple[dict[str, t.Any], str]] = {
    "cohort": ({"filters": COHORT_FILTERS}, "description"),
    "dashboard": ({}, "description"),
    "insight": ({"query": VIZ, "saved": True}, "description"),
    "session_recording_playlist": ({"type": "collection"}, "description"),
    "alert": ({"threshold": THRESHOLD, "subscribed_users": [], "condition": {"type": "absolute_value"}}, ""),
    "subscription": (
        {
            "target_type": "email",
            "interval": 1,
            "target_value": "a@acme.test",
            "frequency": "weekly",
            "start_date": "2026-01-05T00:00:00Z",
        },
        "",
    ),
    "annotation": ({"date_marker": "2026-01-01T00:00:00Z", "scope": "project"}, ""),
    "hog_function": ({"type": "destination", "hog": "return event"}, "description"),
    "hog_flow": (
        {
            "actions": [
                {"id": "t", "type": "trigger", "name": "t", "config": TRIGGER},
                {"id": "e", "type": "exit", "name": "e", "config": {}},
            ],
            "edges": [{"from": "t", "to": "e", "type": "continue"}],
        },
        "description",
    ),
    "notebook": ({}, "text_content"),
}

#: Their names may be empty, but not null.
NEVER_NULL = ("alert",)

#: What belongs to an insight.
OF_AN_INSIGHT = ("alert", "subscription")


def nameless() -> list[str]:
    """The types that do without a name."""
    return [name for name in RESOURCES if RESOURCES[name].identity.nameless]


def make(posthog: Harness, kind: str, name: str | None, text: str = "") -> t.Any:
    """Make an object as the browser would."""
    table, (body, field) = RESOURCES[kind], BODIES[kind]
    more: dict[str, t.Any] = {field: text} if field and text else {}
    if kind in OF_AN_INSIGHT:
        insight = posthog.server.api("POST", "insights/", {"name": "Own", "query": VIZ, "saved": True})
        more["insight"] = insight["id"]
    return posthog.server.api("POST", str(table.paths[0]), {table.identity.option: name, **body, **more})


def without_ids(config: t.Any) -> t.Any:
    """An exported configuration without what differs from project to project."""
    return {
        key: [{name: value for name, value in item.items() if name != "id"} for item in items]
        if isinstance(items, list)
        else items
        for key, items in config.items()
    }


def test_all_types_are_here() -> None:
    assert set(BODIES) == set(nameless())


@pytest.mark.parametrize("name", ["", None], ids=["empty", "null"])
@pytest.mark.parametrize("kind", sorted(BODIES))
def test_without_a_name(posthog: Harness, kind: str, name: str | None) -> None:
    """It is told by its id where it is from; elsewhere it is made once, and found again."""
    table = RESOURCES[kind]
    if name is None and kind in NEVER_NULL:
        pytest.skip("PostHog refuses null as the name of such an object")
    make(posthog, kind, name)
    engine = Engine(posthog.server)
    plurals = [table.plural, *(["insights"] if kind in OF_AN_INSIGHT else [])]
    first = exported(engine, plurals)
    (item,) = first["config"][table.plural]
    assert item["id"] and item[table.identity.option] == "" and first["config"]["unknown_ids"] == "create"
    assert [entry["path"] for entry in first["unfaithful"] if entry["type"] == kind] == ["id"], first["unfaithful"]
    again = applied(engine, first["config"])
    assert not again.changed and not again.writes, (again.msg, again.result["objects"])
    copy = posthog.server.api(
        "POST", f"/api/organizations/{posthog.server.organization}/projects/", {"name": "The copy"}
    )["id"]
    assert applied(engine, first["config"], project=str(copy)).result["counts"]["created"] == len(plurals)
    elsewhere = applied(engine, first["config"], project=str(copy))
    assert not elsewhere.changed and not elsewhere.writes, (elsewhere.msg, elsewhere.result["objects"])
    assert without_ids(exported(engine, plurals, project=str(copy))["config"]) == without_ids(first["config"])


@pytest.mark.parametrize("kind", sorted(kind for kind, (_body, field) in BODIES.items() if field))
def test_of_one_name(posthog: Harness, kind: str) -> None:
    """Two of one name stay two, each what it is, in their project and elsewhere; a third one joins them."""
    table, field = RESOURCES[kind], BODIES[kind][1]
    if table.field(field) is None:
        field = "text_content"
    for text in ("one", "two"):
        make(posthog, kind, "Twin", text)
    engine = Engine(posthog.server)
    first = exported(engine, [table.plural])
    assert len(first["config"][table.plural]) == 2
    assert not applied(engine, first["config"]).changed
    copy = posthog.server.api(
        "POST", f"/api/organizations/{posthog.server.organization}/projects/", {"name": "The copy"}
    )["id"]
    assert applied(engine, first["config"], project=str(copy)).result["counts"]["created"] == 2
    elsewhere = applied(engine, first["config"], project=str(copy))
    assert not elsewhere.changed and not elsewhere.writes, (elsewhere.msg, elsewhere.result["objects"])
    make(posthog, kind, "Twin", "three")
    more = exported(engine, [table.plural])["config"]
    assert applied(engine, more, project=str(copy)).result["counts"]["created"] == 1
    assert not applied(engine, more, project=str(copy)).changed
    texts = [item[field] for item in exported(engine, [table.plural], project=str(copy))["config"][table.plural]]
    assert sorted(map(str, texts)) == ["one", "three", "two"]


def test_what_refers_to_them(posthog: Harness) -> None:
    """Tiles, alerts and annotations of nameless insights: ids where they are from, the right ones elsewhere."""
    server = posthog.server
    boards = [server.api("POST", "dashboards/", {"name": name})["id"] for name in ("A", "B")]
    made = [
        server.api(
            "POST", "insights/", {"name": None, "query": VIZ, "saved": True, "description": text, "dashboards": [board]}
        )
        for text, board in (("one", boards[0]), ("two", boards[1]))
    ]
    server.api("POST", "annotations/", {"content": "x", "scope": "dashboard_item", "dashboard_item": made[1]["id"]})
    note = {"kind": "SavedInsightNode", "shortId": made[0]["short_id"]}
    content = {"type": "doc", "content": [{"attrs": {"query": note}}]}
    server.api("POST", "notebooks/", {"title": "N", "content": content})
    engine = Engine(server)
    plurals = ["insights", "dashboards", "annotations", "notebooks"]
    first = exported(engine, plurals)
    assert not applied(engine, first["config"]).changed
    copy = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "The copy"})["id"]
    options = {"config": first["config"], "project": str(copy)}
    checked = good(engine.run([{"name": "Check", "community.posthog.posthog_config": options, "check_mode": True}]))[0]
    assert checked.result["counts"]["created"] == 6 and not checked.writes
    applied(engine, first["config"], project=str(copy))
    elsewhere = applied(engine, first["config"], project=str(copy))
    assert not elsewhere.changed and not elsewhere.writes, (elsewhere.msg, elsewhere.result["objects"])
    there = {insight["id"]: insight for insight in server.api("GET", f"/api/projects/{copy}/insights/")["results"]}
    assert {insight["description"] for insight in there.values()} == {"one", "two"}
    for board in server.api("GET", f"/api/projects/{copy}/dashboards/")["results"]:
        tiles = server.api("GET", f"/api/projects/{copy}/dashboards/{board['id']}/")["tiles"]
        on_it = [there[tile["insight"]["id"]]["description"] for tile in tiles]
        assert on_it == [{"A": "one", "B": "two"}[board["name"]]]
    (annotation,) = server.api("GET", f"/api/projects/{copy}/annotations/")["results"]
    assert there[annotation["dashboard_item"]]["description"] == "two"


def test_one_of_them_refers_to_another(posthog: Harness) -> None:
    """Whichever stands first in the file, the one that is needed comes first, each time."""
    server = posthog.server
    first = server.api("POST", "cohorts/", {"name": "", "filters": COHORT_FILTERS})["id"]
    second = server.api("POST", "cohorts/", {"name": "", "filters": COHORT_FILTERS, "description": "inner"})["id"]
    condition = {"type": "cohort", "key": "id", "value": second}
    outer = {"properties": {"type": "AND", "values": [{"type": "AND", "values": [condition]}]}}
    server.api("PATCH", f"cohorts/{first}/", {"filters": outer})
    engine = Engine(server)
    config = exported(engine, ["cohorts"])["config"]
    assert not applied(engine, config).changed
    copy = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "The copy"})["id"]
    applied(engine, config, project=str(copy))
    assert not applied(engine, config, project=str(copy)).changed
    there = server.api("GET", f"/api/projects/{copy}/cohorts/")["results"]
    (inner,) = [cohort["id"] for cohort in there if cohort["description"] == "inner"]
    (named,) = [cohort for cohort in there if cohort["description"] != "inner"]
    assert named["filters"]["properties"]["values"][0]["values"][0]["value"] == inner


def test_an_unknown_id_is_a_mistake_where_nobody_says_otherwise(posthog: Harness) -> None:
    engine = Engine(posthog.server)
    config = {"insights": [{"id": 987654, "name": "x", "query": VIZ}]}
    run = engine.run([{"name": "Apply", "community.posthog.posthog_config": {"config": config}}])
    assert run[0].status == "failed" and "there is no insight with the id 987654" in run[0].msg and not run[0].writes
    wrong = {"unknown_ids": "creat", **config}
    run = engine.run([{"name": "Apply", "community.posthog.posthog_config": {"config": wrong}}])
    assert "unknown_ids: takes error or create, not 'creat'; did you mean create?" in run[0].msg


def test_an_id_of_another_object_is_not_taken_for_it(posthog: Harness) -> None:
    """Numbers begin anew on each server, so that an id may be there and mean something else."""
    server = posthog.server
    other = server.api("POST", "insights/", {"name": "Precious", "query": VIZ, "saved": True})
    engine = Engine(server)
    config = {
        "undeclared": "default",
        "unknown_ids": "create",
        "insights": [{"id": other["id"], "name": "", "query": VIZ, "description": "new"}],
    }
    made = applied(engine, config)
    assert made.result["counts"]["created"] == 1
    names = {item["id"]: item["name"] for item in server.api("GET", "insights/")["results"]}
    assert names[other["id"]] == "Precious" and len(names) == 2
    assert not applied(engine, config).changed


def test_an_empty_name_in_a_task(posthog: Harness) -> None:
    """It means the object without a name; what is deleted has to be named."""
    tasks = [
        {"name": name, "community.posthog.posthog_insight": {"name": "", "query": VIZ, **more}}
        for name, more in (("Make", {}), ("Again", {}), ("Gone", {"state": "absent"}), ("Null", {"name": None}))
    ]
    run = Engine(posthog.server).run(tasks)
    assert run["Make"].changed and run["Make"].result["insight"]["name"] == ""
    assert run["Again"].status == "ok" and not run["Again"].changed
    told = {
        "Gone": "is empty; give the insight's name, or its id",
        "Null": "one of the following is required: name, id",
    }
    for name, text in told.items():
        assert run[name].status == "failed" and text in run[name].msg, (name, run[name].msg)
        assert not run[name].writes
