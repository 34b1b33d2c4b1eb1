# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of February 2024: projects elsewhere, filters of lists ignored, no counts, quirks of roles and actions."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness
from harness.extras import COHORT_FILTERS, TRENDS, all_ok, task

#: Every module, in an order in which each finds what it names.
EVERYTHING: list[dict[str, t.Any]] = [
    task("Project", "project", {"name": "Default project", "timezone": "Europe/Berlin", "anonymize_ips": True}),
    task("Roles", "role", {"name": "{{ item }}"}, loop=["Engineering", "Support"]),
    task("Membership", "role_membership", {"role": "Engineering", "organization_member": "member@acme.test"}),
    task(
        "Memberships",
        "role_membership",
        {"role": "Support", "organization_members": ["admin@acme.test", "member2@acme.test"], "exclusive": True},
    ),
    task("Level", "member", {"email": "member2@acme.test", "level": "admin"}),
    task("Invite", "member", {"email": "ada@example.com", "level": "admin"}),
    task("Cohorts", "cohort", {"name": "{{ item }}", "filters": COHORT_FILTERS}, loop=["Own people", "Testers"]),
    task(
        "Flags",
        "feature_flag",
        {"key": "{{ item }}", "rollout_percentage": 10, "tags": ["a"], "payloads": {"true": {"a": 1}}},
        loop=["one", "two", "three"],
    ),
    task(
        "Variants",
        "feature_flag",
        {
            "key": "variants",
            "variants": [{"key": "a", "rollout_percentage": 50}, {"key": "b", "rollout_percentage": 50}],
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
    task("Insights", "insight", {"name": "{{ item }}", "query": TRENDS}, loop=["Visitors", "Sign-ups"]),
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
]

#: What can be deleted, with its module's state.
DELETIONS: list[dict[str, t.Any]] = [
    task("Delete the dashboard", "dashboard", {"name": "Growth", "state": "absent"}),
    task("Delete an insight", "insight", {"name": "Visitors", "state": "absent"}),
    task("Delete a flag", "feature_flag", {"key": "variants", "state": "absent"}),
    task("Delete a cohort", "cohort", {"name": "Testers", "state": "absent"}),
    task("Withdraw", "member", {"email": "ada@example.com", "state": "absent"}),
    task(
        "Remove",
        "role_membership",
        {"role": "Engineering", "organization_member": "member@acme.test", "state": "absent"},
    ),
    task("Delete a role", "role", {"name": "Support", "state": "absent"}),
]


@pytest.mark.matrix
def test_everything_twice(posthog_2024: Harness) -> None:
    """All modules, applied twice: the second time nothing changes. Deleted twice: the same."""
    posthog_2024.server.seed("cohort", {"name": "There already", "filters": COHORT_FILTERS})
    again = [{**item, "name": f"{item['name']} again"} for item in EVERYTHING]
    gone = [{**item, "name": f"{item['name']} again"} for item in DELETIONS]
    run = all_ok(posthog_2024.run([*EVERYTHING, *again, *DELETIONS, *gone], in_process=True, diff=True))
    for item in run.tasks:
        wanted = not item.name.endswith(" again")
        assert item.changed == wanted, str(item)
        if not wanted:
            assert item.writes == [], str(item)
    # Whether there are environments is found out by asking, once in the worker of a play's settings.
    asked = [entry for entry in run.requests if entry["path"].startswith("/api/environments")]
    assert all(entry["method"] == "GET" and entry["status"] == 404 for entry in asked), asked
    # A deletion also looks for users of what goes, in lists that this server does not have.
    names = {item["name"] for item in DELETIONS}
    of_deletions = [entry for item in run.tasks if item.name in names for entry in item.requests]
    others = [entry for entry in asked if entry not in of_deletions]
    assert len(others) <= len([item for item in run.tasks if "project" in item.action]), others
    assert len(asked) - len(others) <= 2 * len(DELETIONS), asked


def test_check_mode(posthog_2024: Harness) -> None:
    """Predicted in check mode on an empty server and on a full one; nothing is written."""
    first = all_ok(posthog_2024.run(EVERYTHING[1:2] + EVERYTHING[4:9], in_process=True, check=True, diff=True))
    assert all(item.changed for item in first.tasks), [item.name for item in first.tasks if not item.changed]
    assert not [entry for entry in first.requests if entry["method"] != "GET"]
    all_ok(posthog_2024.run(EVERYTHING, in_process=True))
    second = all_ok(posthog_2024.run(EVERYTHING, in_process=True, check=True, diff=True))
    assert second.changed == 0, [str(item) for item in second.tasks if item.changed]


def test_reading(posthog_2024: Harness, in_process: bool) -> None:
    """C(posthog_info) filters what the server does not; the connection is described as far as it tells."""
    server = posthog_2024.server
    server.seed("feature_flag", *({"key": f"flag-{number}"} for number in range(5)))
    server.seed("cohort", {"name": "Testers", "filters": COHORT_FILTERS}, {"name": "Other", "filters": COHORT_FILTERS})
    run = all_ok(
        posthog_2024.run(
            [
                task("Types", "info", {"types": ["feature_flag", "cohort", "role", "member", "project", "dashboard"]}),
                task("Name", "info", {"types": ["feature_flag"], "names": ["flag-3"]}),
                task("Search", "info", {"types": ["cohort"], "search": "test"}),
                task("Connection", "connection_info"),
                task("By name", "feature_flag", {"key": "x", "project": "Default project"}),
                task("Organization", "role", {"name": "x", "organization": "Acme"}),
            ],
            in_process=in_process,
        )
    )
    assert len(run["Types"].result["objects"]["feature_flag"]) == 5
    assert [item["key"] for item in run["Name"].result["objects"]["feature_flag"]] == ["flag-3"]
    assert [item["name"] for item in run["Search"].result["objects"]["cohort"]] == ["Testers"]
    assert run["Connection"].result["user"]["email"] == "owner@acme.test"
    assert run["Connection"].result["current_project"] == str(server.project)


def test_plan_gates(posthog_2024: Harness) -> None:
    """Tags that the plan does not include: a warning that names field and feature, and no change for ever."""
    labs = {"project": str(posthog_2024.server.facts["basic_project_id"])}
    flag = {"key": "tagged", "tags": ["a"], **labs}
    run = all_ok(
        posthog_2024.run([task("Flag", "feature_flag", flag), task("Again", "feature_flag", flag)], in_process=True)
    )
    for item in run.tasks:
        warnings = " ".join(map(str, item.result.get("warnings") or []))
        assert "tags" in warnings and "tagging" in warnings, str(item)
    assert run["Flag"].changed and not run["Again"].changed


def test_project_of_another_organization(posthog_2024: Harness) -> None:
    """Organizations cannot be listed; the one that the task names tells its projects all the same."""
    facts = posthog_2024.server.facts
    asked = {"types": ["feature_flag"], "project": "Labs project"}
    run = posthog_2024.run(
        [
            task("By name", "info", {**asked, "organization": facts["basic_organization_id"]}),
            task("By id", "info", {"types": ["feature_flag"], "project": str(facts["basic_project_id"])}),
        ],
        in_process=True,
        env={"POSTHOG_ORGANIZATION_ID": None, "POSTHOG_PROJECT_ID": None},
    )
    assert run["By id"].ok, str(run["By id"])
    assert run["By name"].ok, str(run["By name"])
