# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests are what PostHog counts: how many a run costs, and what every one of them carries."""

from __future__ import annotations

import math
import typing as t

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
        assert len(item.requests) <= 20 + 5, counted(item)[:12]


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
