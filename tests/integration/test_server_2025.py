# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of August 2025: settings that only the environment knows, former names of routes, types closed to keys."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness
from harness.extras import COHORT_FILTERS, TRENDS, all_ok, task

#: Modules of what that server lets keys manage, in an order in which each finds what it names.
EVERYTHING: list[dict[str, t.Any]] = [
    task("Project", "project", {"name": "Default project", "timezone": "Europe/Berlin", "anonymize_ips": True}),
    task(
        "Settings",
        "project_settings",
        {
            "capture_dead_clicks": True,
            "human_friendly_comparison_periods": True,
            "base_currency": "EUR",
            "session_recording_opt_in": True,
        },
    ),
    task("Roles", "role", {"name": "{{ item }}"}, loop=["Engineering", "Support"]),
    task("Membership", "role_membership", {"role": "Engineering", "organization_member": "member@acme.test"}),
    task("Cohort", "cohort", {"name": "Testers", "filters": COHORT_FILTERS}),
    task("Flag", "feature_flag", {"key": "one", "rollout_percentage": 10, "tags": ["a"]}),
    task(
        "Targeted flag",
        "feature_flag",
        {
            "key": "two",
            "filters": {
                "groups": [
                    {
                        "properties": [{"type": "cohort", "key": "id", "operator": "in", "value": "Testers"}],
                        "rollout_percentage": 20,
                    }
                ]
            },
        },
    ),
    task("Action", "action", {"name": "Clicked", "steps": [{"event": "click"}]}),
    task("Insight", "insight", {"name": "Visitors", "query": TRENDS}),
    task(
        "Dashboard",
        "dashboard",
        {
            "name": "Growth",
            "tiles": [
                {"text": "# Growth", "layouts": {"sm": {"x": 0, "y": 0, "w": 12, "h": 1}}},
                {"insight": "Visitors", "layouts": {"sm": {"x": 0, "y": 1, "w": 6, "h": 5}}, "color": "blue"},
            ],
            "exclusive": True,
        },
    ),
    task("Annotation", "annotation", {"content": "Launch", "date_marker": "2026-01-01T00:00:00Z"}),
    task("Survey", "survey", {"name": "Why", "type": "popover", "questions": [{"type": "open", "question": "Why?"}]}),
    task("Notebook", "notebook", {"title": "Notes"}),
    task("Hook", "hog_function", {"name": "Hook", "type": "destination", "hog": "print('x')"}),
    task("View", "warehouse_saved_query", {"name": "seen", "query": {"query": "SELECT event FROM events"}}),
    task(
        "Rule",
        "access_control",
        {"resource": "dashboard", "role": "Engineering", "access_level": "viewer"},
    ),
]


@pytest.mark.matrix
def test_everything_twice(posthog_2025: Harness) -> None:
    """All of it, applied twice: the second time nothing changes and nothing is written."""
    again = [{**item, "name": f"{item['name']} again"} for item in EVERYTHING]
    run = all_ok(posthog_2025.run([*EVERYTHING, *again], in_process=True, diff=True))
    for item in run.tasks:
        wanted = not item.name.endswith(" again")
        assert item.changed == wanted, str(item)
        if not wanted:
            assert item.writes == [], str(item)


def test_settings_of_the_environment(posthog_2025: Harness) -> None:
    """What only the environment's route knows is read and written there, and what the project has is not."""
    wanted = {"capture_dead_clicks": True, "human_friendly_comparison_periods": True, "base_currency": "EUR"}
    run = all_ok(
        posthog_2025.run(
            [
                task("Check", "project_settings", {**wanted, "anonymize_ips": True}, check_mode=True),
                task("Settings", "project_settings", {**wanted, "anonymize_ips": True}),
                task("Again", "project_settings", {**wanted, "anonymize_ips": True}),
                task("Project", "project", {"name": "Default project", "base_currency": "SEK"}),
                task("Info", "info", {"types": ["project_settings"]}),
            ],
            in_process=True,
        )
    )
    assert [item.changed for item in run.tasks] == [True, True, False, True, False]
    project = posthog_2025.server.project
    written = [(entry["path"], entry["body"]) for entry in run.requests if entry["method"] == "PATCH"]
    assert written == [
        (f"/api/projects/{project}/", {"anonymize_ips": True}),
        (f"/api/environments/{project}/", wanted),
        (f"/api/environments/{project}/", {"base_currency": "SEK"}),
    ]
    (shown,) = run["Info"].result["objects"]["project_settings"]
    assert (shown["base_currency"], shown["capture_dead_clicks"]) == ("SEK", True)


def test_a_missing_route_takes_only_itself_away(posthog_2025: Harness) -> None:
    """Rules of resources have their former name; of the four kinds of error tracking rules one is not there."""
    server = posthog_2025.server
    server.seed("access_control", {"resource": "dashboard", "access_level": "viewer"})
    filters = {
        "type": "AND",
        "values": [{"key": "$exception_types", "type": "event", "value": ["E"], "operator": "exact"}],
    }
    server.seed("error_tracking_suppression_rule", {"filters": filters})
    asked = {"types": ["access_control", "error_tracking_rule", "feature_flag"]}
    purge = {
        "config": {"error_tracking_rules": []},
        "purge": ["error_tracking_rules"],
        "purge_scope": "all",
        "allow_empty": True,
    }
    run = posthog_2025.run(
        [
            task("Info", "info", asked),
            task("Absent", "info", {"types": ["endpoint"]}, ignore_errors=True),
            task("Purge", "config", purge),
        ],
        in_process=True,
    )
    assert run["Info"].ok and run["Purge"].ok and run["Purge"].changed, run.output
    assert "has no endpoints" in run["Absent"].result["msg"]
    assert [entry["method"] for entry in run["Purge"].writes] == ["DELETE"]
    objects = run["Info"].result["objects"]
    assert [rule["access_level"] for rule in objects["access_control"] if rule["resource"] == "dashboard"] == ["viewer"]
    assert len(objects["error_tracking_rule"]) == 1 and objects["feature_flag"] == []


def test_export_and_apply(posthog_2025: Harness) -> None:
    """An export of such a server, applied to it, changes nothing."""
    all_ok(posthog_2025.run(EVERYTHING, in_process=True))
    exported = all_ok(
        posthog_2025.run([task("Export", "export", {"dest": str(posthog_2025.directory / "export")})], in_process=True)
    )
    counts = exported["Export"].result
    assert counts["changed"], counts
    run = all_ok(
        posthog_2025.run(
            [task("Apply", "config", {"src": [str(posthog_2025.directory / "export")]})], in_process=True, diff=True
        )
    )
    assert not run["Apply"].changed, run["Apply"].result
    assert run["Apply"].writes == []
