# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page with the actions of a connector: each action has a task, and every task of it runs."""

from __future__ import annotations

import re

import pytest
import yaml
from harness import Harness
from harness.extras import yaml_blocks
from harness.playbook import ROOT

PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_connector_actions.rst"

#: The connector's own list, word for word and in its order.
ACTIONS = (
    "Change Organization, Create Actions, Create Dashboards, Create Feature Flags, Create Groups Types Metrics, "
    "Create Insights, Create Organizations, Create Projects, Create Role, Create Role Membership, "
    "Delete A Session Recording, Delete An Action, Delete An Insight, Delete Groups Types, "
    "Delete Groups Types Metrics, Delete Members, Delete Organizations, Delete Projects, Delete Role, "
    "Delete Role Membership, Delete Users, List All Actions, List All Activity Log, List All Alerts, "
    "List All Dashboards, List All Feature Flags, List All Groups Types, List All Groups Types Metrics, "
    "List All Insights, List All Integrations, List All Members, List All Role Memberships, List All Roles, "
    "List All Session Recordings, List All Users, Retrieve A Dashboard, Retrieve A Feature Flag, Retrieve An Action, "
    "Retrieve An Insight, Retrieve An Organization, Retrieve An Organization Project, Retrieve Groups Types Metrics, "
    "Retrieve List, Retrieve Organizations, Retrieve Role, Retrieve Role Membership, Retrieve Users, "
    "Update A Dashboard, Update A Feature Flag, Update A Session Recording, Update An Action, Update An Insight, "
    "Update Complete Product Onboarding, Update Groups Types Metrics, Update Groups Types Update Metadata, "
    "Update Members, Update Partial Organization, Update Partial Organization Project, Update Role, Update Users"
).split(", ")

#: What PostHog allows to a person in a browser only; the error says so.
BROWSER = {"Change Organization", "Update Groups Types Update Metadata", "Delete Users"}

#: What a task reads, which has to be found: the action, the type, and how many at least.
FOUND = {
    "List All Feature Flags": ("feature_flag", 1),
    "Retrieve A Feature Flag": ("feature_flag", 1),
    "List All Actions": ("action", 1),
    "Retrieve An Action": ("action", 1),
    "List All Insights": ("insight", 1),
    "Retrieve An Insight": ("insight", 1),
    "List All Dashboards": ("dashboard", 1),
    "Retrieve A Dashboard": ("dashboard", 1),
    "List All Alerts": ("alert", 1),
    "List All Groups Types": ("group_type", 2),
    "List All Groups Types Metrics": ("group_type_metric", 1),
    "Retrieve Groups Types Metrics": ("group_type_metric", 1),
    "Retrieve Organizations": ("organization", 2),
    "Retrieve An Organization": ("organization", 1),
    "Retrieve An Organization Project": ("project", 1),
    "List All Members": ("member", 3),
    "List All Roles": ("role", 1),
    "Retrieve Role": ("role", 1),
    "List All Role Memberships": ("role_membership", 1),
    "Retrieve Role Membership": ("role_membership", 1),
    "List All Users": ("user", 1),
    "Retrieve Users": ("user", 1),
    "List All Session Recordings": ("session_recording", 1),
    "List All Integrations": ("integration", 1),
    "List All Activity Log": ("activity_log", 1),
    "Retrieve List": ("cohort", 1),
}

RECORDING = "01900000-aaaa-7000-8000-000000000001"


def plays() -> list[dict[str, object]]:
    """The plays of the page."""
    return [play for block in yaml_blocks(PAGE) for play in yaml.safe_load(block)]


def test_each_action_has_one_task_and_a_row() -> None:
    """Sixty actions, sixty tasks of their names; and a row in a table, beside the module that the task uses."""
    tasks = {task["name"]: task for play in plays() for task in play["tasks"]}  # type: ignore[attr-defined]
    assert len(ACTIONS) == 60
    assert sorted(tasks) == sorted(ACTIONS)
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"\* - (.+)\n\s+- :ansplugin:`community\.posthog\.(\w+)#module`", text)
    told = {action: module for actions, module in rows for action in actions.split(", ")}
    assert sorted(told) == sorted(ACTIONS)
    for action, module in told.items():
        assert f"community.posthog.{module}" in tasks[action], f"{action}: the table says {module}"


@pytest.mark.parametrize("opened", [False, True], ids=["browser_only", "opened"])
def test_every_task(posthog: Harness, opened: bool) -> None:
    """Run every play of the page."""
    server = posthog.server
    colleague = server.facts["users"]["member2"]["email"]
    server.seed("group_type", {"group_type": "company"}, {"group_type": "compnay"})
    server.seed("session_recording", {"id": RECORDING})
    query = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": []}}
    (insight,) = server.seed("insight", {"name": "Watched", "query": query})
    bounds = {"configuration": {"type": "absolute", "bounds": {"lower": 5}}}
    alert = {"name": "Too few", "insight": insight, "threshold": bounds, "subscribed_users": []}
    server.seed("alert", {**alert, "condition": {"type": "absolute_value"}})
    server.seed("cohort", {"name": "Everybody", "filters": {"properties": {"type": "OR", "values": []}}})
    server.seed("integration", {"kind": "twilio", "config": {"account_sid": "AC1", "auth_token": "t" * 8}})
    if opened:
        server.control("settings", {"open_routes": ["update_metadata", "change_organization"]})
    # The environment names the organization of the project, so that the play that moves the project comes last.
    in_order = sorted(plays(), key=lambda play: play["name"] == "Move a project")
    run = posthog.run(
        plays=[{**play, "hosts": "all", "ignore_errors": True} for play in in_order], variables={"colleague": colleague}
    )
    done = {task.name: task for task in run.tasks}
    assert sorted(done) == sorted(ACTIONS)
    refused = {"Delete Users"} if opened else BROWSER
    for action, task in done.items():
        if action in refused:
            assert task.status == "failed", str(task)
            assert "browser" in task.msg, task.msg
            assert "Traceback" not in task.msg
            continue
        assert task.status == "ok", str(task)
        reads = action.startswith(("List", "Retrieve"))
        assert task.changed is not reads, str(task)
        if reads:
            kind, number = FOUND[action]
            assert len(task.result["objects"][kind]) >= number, str(task)
            assert not task.writes, str(task)
        else:
            assert task.writes, str(task)
