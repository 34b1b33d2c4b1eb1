# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests are what PostHog counts: how many a run costs, and what every one of them carries."""

from __future__ import annotations

import collections
import math
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from harness import Harness, Task
from harness.extras import COHORT_FILTERS, ORDER, SAMPLES, TRENDS, all_ok, task
from harness.playbook import ROOT

#: The sizes of loops and pages.
COUNT, PAGE = 40, 10

LOOPS: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "feature_flag": ({"key": "{{ item }}", "active": True}, {"key": "n{n}x"}),
    "cohort": ({"name": "{{ item }}", "filters": COHORT_FILTERS}, {"name": "n{n}x", "filters": COHORT_FILTERS}),
    "dashboard": ({"name": "{{ item }}", "description": ""}, {"name": "n{n}x"}),
    "insight": (
        {"name": "{{ item }}", "query": TRENDS},
        {"name": "n{n}x", "query": {"kind": "InsightVizNode", "source": TRENDS}, "saved": True},
    ),
    "role": ({"name": "{{ item }}"}, {"name": "n{n}x"}),
}


def counted(item: Task) -> list[str]:
    """Requests in a form to read."""
    return [f"{entry['method']} {entry['path']} {entry['query']}" for entry in item.requests]


@pytest.mark.parametrize("module", ORDER)
def test_one_unchanged_object(posthog: Harness, module: str) -> None:
    """Nothing to do for one object, organization and project given by their ids: at most two requests."""
    tasks = [task("Role", "role", SAMPLES["role"]), task("Make", module, SAMPLES[module])]
    run = all_ok(posthog.run([*tasks, task("Again", module, SAMPLES[module])], in_process=True))
    assert not run["Again"].changed
    assert len(run["Again"].requests) <= 2, counted(run["Again"])


@pytest.mark.parametrize("module", LOOPS)
def test_unchanged_loop(posthog: Harness, module: str) -> None:
    """N unchanged objects: one list, in as many pages as the server makes of it, and one request to begin with."""
    options, template = LOOPS[module]
    server = posthog.server
    server.control("seed", {"type": module, "count": COUNT, "template": template})
    server.control("settings", {"paging": {"max_page_size": PAGE}})
    # No name is a part of another one: what a search finds besides is not what is counted here.
    names = [f"n{number}x" for number in range(1, COUNT + 1)]
    run = all_ok(posthog.run([task("Loop", module, options, loop=names)], in_process=True))
    assert not run["Loop"].changed, run["Loop"].items[0]
    assert len(run["Loop"].requests) <= 1 + math.ceil(COUNT / PAGE), counted(run["Loop"])
    pinned = all_ok(
        posthog.run(
            [task("Loop", module, options, loop=names)],
            in_process=True,
            env={"POSTHOG_PROJECT_ID": None, "POSTHOG_ORGANIZATION_ID": None},
        )
    )
    assert len(pinned["Loop"].requests) <= 2 + math.ceil(COUNT / PAGE), counted(pinned["Loop"])


def test_creating_in_a_loop(posthog: Harness) -> None:
    """Fifty new flags cost fifty requests, and a few."""
    names = [f"n{number}" for number in range(50)]
    flag = {"key": "{{ item }}", "rollout_percentage": 10}
    run = all_ok(posthog.run([task("Loop", "feature_flag", flag, loop=names)], in_process=True))
    assert len(run["Loop"].writes) == 50
    assert len(run["Loop"].requests) <= 50 + 5, counted(run["Loop"])[:10]
    checked = all_ok(
        posthog.run(
            [task("Loop", "feature_flag", {**flag, "rollout_percentage": 20}, loop=names)], in_process=True, check=True
        )
    )
    assert checked["Loop"].changed and len(checked["Loop"].requests) <= 5, counted(checked["Loop"])


@pytest.mark.parametrize("concurrency", [1, 8])
def test_creating_what_may_have_twins(posthog: Harness, concurrency: int) -> None:
    """A second object of the same name is looked for once for all of a type, not once for each."""
    count = 60
    content = {
        "cohorts": [{"name": f"Cohort {number}", "is_static": True} for number in range(count)],
        "annotations": [
            {"content": f"Annotation {number}", "date_marker": "2026-01-01T00:00:00Z"} for number in range(count)
        ],
    }
    run = all_ok(
        posthog.run([task("All", "config", {"config": content, "concurrency": concurrency})], in_process=True)
    )["All"]
    assert len(run.writes) == 2 * count
    assert len(run.requests) <= 2 * count + 8, counted(run)[:12]


def test_updating_and_deleting_in_a_loop(posthog: Harness) -> None:
    """One request for each change, after one list."""
    names = [f"n{number}" for number in range(1, 21)]
    posthog.server.control("seed", {"type": "feature_flag", "count": 20, "template": {"key": "n{n}"}})
    run = all_ok(
        posthog.run(
            [
                task("Update", "feature_flag", {"key": "{{ item }}", "active": False}, loop=names),
                task("Delete", "feature_flag", {"key": "{{ item }}", "state": "absent"}, loop=names),
            ],
            in_process=True,
        )
    )
    for item in run.tasks:
        assert item.changed and len(item.writes) == 20, str(item)
    assert len(run["Update"].requests) <= 20 + 5, counted(run["Update"])[:12]
    # What uses a flag is looked for once, with one request for each type that may.
    assert len(run["Delete"].requests) <= 20 + 5 + 17, counted(run["Delete"])
    lists = [entry["path"] for entry in run["Delete"].requests if entry["method"] == "GET"]
    twice = {path for path, count in collections.Counter(lists).items() if count > 1}
    assert twice <= {"/api/projects/1/feature_flags/"}, twice


def test_what_every_request_carries(posthog: Harness) -> None:
    """The User-Agent with the version; lists are asked for in pages of 500; nothing but JSON is wanted."""
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    tasks = [task(name, name, SAMPLES[name]) for name in ORDER]
    tasks += [task("info", "info", {"types": ["role", "cohort", "dashboard"]}), task("connection", "connection_info")]
    run = all_ok(posthog.run(tasks))
    assert len(run.requests) > 15
    for entry in run.requests:
        assert entry["headers"]["User-Agent"].startswith(f"community.posthog/{version} "), entry
        assert entry["headers"]["Accept"] == "application/json"
        if entry["method"] in ("POST", "PATCH"):
            assert entry["headers"]["Content-Type"] == "application/json"
        assert entry["path"].endswith("/"), entry
    lists = [
        entry
        for entry in run.requests
        if entry["method"] == "GET"
        and entry["path"].rstrip("/").rsplit("/", 1)[-1]
        in ("cohorts", "dashboards", "feature_flags", "insights", "members", "invites", "roles")
    ]
    assert len(lists) >= 6
    assert {entry["query"].get("limit", ["none"])[0] for entry in lists} == {"500"}, [
        f"{entry['path']} {entry['query']}" for entry in lists if entry["query"].get("limit") != ["500"]
    ]


#: A project of some size: how many insights, dashboards and roles.
INSIGHTS, BOARDS, ROLES = 24, 6, 5


def large(posthog: Harness) -> list[int]:
    """Insights on dashboards, of which one is shared, and roles; in pages of which all lists need several."""
    server = posthog.server
    boards = [server.api("POST", "dashboards/", {"name": f"b{number}"})["id"] for number in range(BOARDS)]
    for number in range(INSIGHTS):
        insight = {"name": f"i{number}", "query": {"kind": "InsightVizNode", "source": TRENDS}, "saved": True}
        server.api("POST", "insights/", {**insight, "dashboards": [boards[number % BOARDS]]})
    server.api("PATCH", f"dashboards/{boards[0]}/sharing/", {"enabled": True})
    server.control("seed", {"type": "role", "count": ROLES, "template": {"name": "r{n}"}})
    server.control("settings", {"paging": {"max_page_size": PAGE}})
    return boards


def routes(requests: t.Iterable[dict[str, t.Any]]) -> collections.Counter[str]:
    """How often each route was asked for, whatever the ids."""
    return collections.Counter(re.sub(r"/(\d+|[0-9a-f-]{36})/", "/N/", entry["path"]) for entry in requests)


def play(posthog: Harness, name: str, variables: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Run a playbook of the collection; what it asked PostHog for, which is nothing but reading."""
    run = all_ok(posthog.run(path=Path(f"community.posthog.{name}"), variables=variables))
    assert run.requests and all(entry["method"] == "GET" for entry in run.requests)
    return run.requests


def pages(count: int) -> int:
    """Pages of a list."""
    return max(1, math.ceil(count / PAGE))


def test_export_of_a_large_project(posthog: Harness) -> None:
    """One request for each dashboard, whose tiles nothing else shows, and for each that is shared; else lists alone."""
    large(posthog)
    run = all_ok(posthog.run([task("Export", "export", {})], in_process=True))
    export = run["Export"]
    counts = routes(export.requests)
    assert counts["/api/projects/N/insights/N/sharing/"] == 0, counts
    assert counts["/api/projects/N/dashboards/N/"] == BOARDS
    assert counts["/api/projects/N/dashboards/N/sharing/"] == 1
    assert counts["/api/projects/N/insights/"] == pages(INSIGHTS)
    # The lists of all other types, a page or a kind each, do not depend on how much there is.
    assert sum(counts.values()) <= 65 + BOARDS + 1 + pages(INSIGHTS), counts
    assert export.result["config"]["sharings"] == [{"dashboard": "b0", "enabled": True}]
    (told,) = [entry for entry in export.result["unfaithful"] if entry["type"] == "sharing"]
    assert f"{INSIGHTS} insights" in told["reason"] and "sharings in types" in told["reason"]


def test_sharing_of_insights_is_exported_where_it_is_asked_for(posthog: Harness) -> None:
    """By the name of the type, with a request for each insight; then nothing is left to tell."""
    large(posthog)
    first = posthog.server.api("GET", "insights/?search=i7")["results"][0]["id"]
    posthog.server.api("PATCH", f"insights/{first}/sharing/", {"enabled": True})
    run = all_ok(posthog.run([task("Export", "export", {"types": ["sharings"]})], in_process=True))
    counts = routes(run["Export"].requests)
    assert counts["/api/projects/N/insights/N/sharing/"] == INSIGHTS
    assert {"insight": "i7", "enabled": True} in run["Export"].result["config"]["sharings"]
    assert not [entry for entry in run["Export"].result["unfaithful"] if entry["type"] == "sharing"]


def test_drift_of_a_large_project(posthog: Harness) -> None:
    """Dashboards that declare which insights they hold, and which are shared: the lists decide, no detail is read."""
    boards = large(posthog)
    declared: dict[str, t.Any] = {
        "dashboards": [
            {"name": f"b{board}", "tiles": [{"insight": f"i{n}"} for n in range(board, INSIGHTS, BOARDS)]}
            for board in range(BOARDS)
        ],
        "sharings": [{"dashboard": f"b{board}", "enabled": board == 0} for board in range(BOARDS)],
    }
    variables = {"posthog_project_config": declared, "posthog_drift_fail": True}
    requests = play(posthog, "drift", variables)
    counts = routes(requests)
    assert counts["/api/projects/N/dashboards/N/"] == 0 == counts["/api/projects/N/dashboards/N/sharing/"], counts
    assert len(requests) <= 8 + pages(BOARDS) + pages(INSIGHTS), counts

    # What the lists cannot decide has its detail read, and only that.
    declared["dashboards"][1]["tiles"][0]["layouts"] = {"sm": {"x": 6, "y": 0, "w": 6, "h": 5}}
    declared["dashboards"][2]["tiles"].append({"insight": "i0"})
    declared["sharings"][3]["enabled"] = True
    run = all_ok(posthog.run(path=Path("community.posthog.drift"), variables={"posthog_project_config": declared}))
    counts = routes(run.requests)
    details = {entry["path"].split("/")[5] for entry in run.requests if re.search(r"dashboards/\d+/$", entry["path"])}
    assert details == {str(boards[1]), str(boards[2])}, counts
    assert counts["/api/projects/N/dashboards/N/sharing/"] == 1, counts
    assert "3 different" in run.stdout, run.stdout[-2000:]
    first = all_ok(posthog.run([task("Apply", "config", {"config": declared})], in_process=True))["Apply"]
    assert first.changed
    again = all_ok(posthog.run([task("Apply", "config", {"config": declared})], in_process=True))["Apply"]
    assert not again.changed
    tiles = posthog.server.api("GET", f"dashboards/{boards[2]}/")["tiles"]
    assert "i0" in [tile["insight"]["name"] for tile in tiles]


def test_tiles_that_lists_cannot_decide(posthog: Harness) -> None:
    """A tile that somebody took away, one that C(exclusive) does not allow, and a text: each is seen."""
    boards = large(posthog)
    server = posthog.server
    gone = server.api("GET", "insights/?search=i6")["results"][0]
    server.api("PATCH", f"insights/{gone['id']}/", {"dashboards": []})
    wanted = [{"name": "b0", "tiles": [{"insight": "i0"}, {"insight": "i6"}]}]
    wanted.append({"name": "b1", "exclusive": True, "tiles": [{"insight": "i1"}]})
    wanted.append({"name": "b2", "tiles": [{"insight": "i2"}, {"text": "Hello"}]})
    run = all_ok(posthog.run([task("Apply", "config", {"config": {"dashboards": wanted}})], in_process=True))
    assert run["Apply"].result["counts"]["updated"] == 3, run["Apply"].result
    held = [
        {(tile["insight"] or {}).get("name") for tile in server.api("GET", f"dashboards/{board}/")["tiles"]}
        for board in boards
    ]
    assert "i6" in held[0] and held[1] == {"i1"} and None in held[2]


def test_access_report_of_a_large_project(posthog: Harness, tmp_path: Path) -> None:
    """Lists of the organization and two of each project; insights, dashboards and roles cost nothing each."""
    large(posthog)
    organization = posthog.server.organization
    posthog.server.api("POST", f"/api/organizations/{organization}/projects/", {"name": "Second"})
    variables = {"posthog_access_report_html": str(tmp_path / "a.html"), "posthog_access_report_csv": ""}
    requests = play(posthog, "access_report", variables)
    counts = routes(requests)
    assert not [route for route in counts if "insights" in route or "dashboards" in route], counts
    assert len(requests) <= 10 + 2 * 2, counts


def test_lists_alone(posthog: Harness) -> None:
    """C(details: false): what lists show is compared and exported, and nothing that they do not is touched."""
    boards = large(posthog)
    text = {"text": {"body": "Hello"}, "layouts": {"sm": {"x": 0, "y": 9, "w": 3, "h": 2}}}
    posthog.server.api("PATCH", f"dashboards/{boards[0]}/", {"tiles": [text]})
    tasks = [task("Export", "export", {"details": False})]
    refused = task("Refused", "export", {"details": False, "undeclared": "default"})
    run = posthog.run([*tasks, {**refused, "ignore_errors": True}], in_process=True)
    assert run["Refused"].failed and "undeclared: default needs details" in run["Refused"].result["msg"]
    config = run["Export"].result["config"]
    assert config["undeclared"] == "keep"
    exported = next(board for board in config["dashboards"] if board["name"] == "b0")
    assert exported["tiles"] == [{"insight": f"i{number}"} for number in (0, 12, 18, 6)], "in the order of their names"

    def drift(**more: t.Any) -> Task:
        whole = {**config, "undeclared": "default", **more}
        options = {"config": whole, "details": False}
        return all_ok(posthog.run([task("Drift", "config", options, check_mode=True)], in_process=True))["Drift"]

    # The whole truth about a dashboard: its filters and texts are not seen, its insights are.
    item = drift()
    assert not item.changed and routes(item.requests)["/api/projects/N/dashboards/N/"] == 0, item.result
    first = posthog.server.api("GET", "insights/?search=i6")["results"][0]["id"]
    posthog.server.api("PATCH", f"insights/{first}/", {"dashboards": [boards[1]]})
    posthog.server.api("PATCH", f"dashboards/{boards[2]}/", {"pinned": True})
    item = drift()
    assert {entry["name"] for entry in item.result["objects"]} == {"i6", "b0", "b1", "b2"}, item.result["objects"]
    assert routes(item.requests)["/api/projects/N/dashboards/N/"] == 0
    run = posthog.run([task("Apply", "config", {"config": config, "details": False})], in_process=True)
    assert run["Apply"].failed and "details: false is for check mode only" in run["Apply"].result["msg"]
    assert not run["Apply"].writes
