# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An export with all that the chosen objects need, and a promotion that leaves the target what it keeps."""

from __future__ import annotations

import typing as t
from pathlib import Path

from harness import Harness
from harness.extras import COHORT_FILTERS, all_ok

CONFIG = "community.posthog.posthog_config"
EXPORT = "community.posthog.posthog_export"


def viz(*properties: t.Any, event: str = "$pageview", action: str = "") -> dict[str, t.Any]:
    """A query of an insight."""
    node = {"kind": "ActionsNode", "id": action} if action else {"kind": "EventsNode", "event": event}
    source = {"kind": "TrendsQuery", "series": [node], "properties": list(properties)}
    return {"kind": "InsightVizNode", "source": source}


def of_cohort(name: str) -> dict[str, t.Any]:
    """A condition."""
    return {"type": "cohort", "key": "id", "value": name, "operator": "in"}


THERE = {
    "cohorts": [
        {"name": "Beta", "filters": COHORT_FILTERS},
        {"name": "Others", "filters": COHORT_FILTERS},
    ],
    "actions": [{"name": "Checked out", "steps": [{"event": "$pageview", "url": "/checkout"}]}],
    "insights": [
        {"name": "Checkouts", "query": viz(of_cohort("Beta"), action="Checked out")},
        {"name": "Visits", "query": viz()},
    ],
    "dashboards": [{"name": "Checkout", "tiles": [{"insight": "Checkouts"}]}, {"name": "Other"}],
    "feature_flags": [
        {"key": "one", "filters": {"groups": [{"properties": [of_cohort("Beta")], "rollout_percentage": 5}]}},
        {"key": "two", "rollout_percentage": 100},
    ],
}


def names(config: t.Mapping[str, t.Any]) -> dict[str, list[str]]:
    """What is declared, by type."""
    return {
        plural: [item.get("key") or item["name"] for item in items]
        for plural, items in config.items()
        if isinstance(items, list)
    }


def test_a_dashboard_with_all_that_it_needs(posthog: Harness, in_process: bool) -> None:
    """Insights, and what they need; each with its reason, nothing else, and nothing that is to be left out."""
    all_ok(posthog.run([{CONFIG: {"config": THERE}, "name": "Make"}]))
    options = {"types": ["dashboards"], "names": ["Checkout"]}
    alone = all_ok(posthog.run([{EXPORT: options, "name": "Alone"}], in_process=in_process))[0]
    assert names(alone.result["config"]) == {"dashboards": ["Checkout"]} and "dependencies" not in alone.result
    tasks = [
        {EXPORT: {**options, "with_dependencies": True}, "name": "All"},
        {EXPORT: {**options, "with_dependencies": True, "exclude": ["Beta"]}, "name": "Less"},
    ]
    run = all_ok(posthog.run(tasks, in_process=in_process))
    found = run["All"].result
    assert names(found["config"]) == {
        "dashboards": ["Checkout"],
        "insights": ["Checkouts"],
        "cohorts": ["Beta"],
        "actions": ["Checked out"],
    }
    why = {(item["type"], item["name"]): item["needed_by"] for item in found["dependencies"]}
    assert set(why) == {("insight", "Checkouts"), ("cohort", "Beta"), ("action", "Checked out")}
    assert why["insight", "Checkouts"] == [{"type": "dashboard", "name": "Checkout", "path": "tiles[0].insight"}]
    assert why["cohort", "Beta"] == [
        {"type": "insight", "name": "Checkouts", "path": "query.source.properties[0].value"}
    ]
    assert "cohorts" not in run["Less"].result["config"]
    # Applied to an empty project, it is whole.
    server = posthog.server
    copy = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Copy"})["id"]
    task = {CONFIG: {"project": str(copy), "config": found["config"], "unknown_names": "ignore"}, "name": "Apply"}
    done = all_ok(posthog.run([task], in_process=in_process))[0]
    assert done.result["counts"]["created"] == 4 and done.result["counts"]["failed"] == 0


def test_promotion_keeps_what_the_target_steers(posthog: Harness) -> None:
    """Percentages and switches of production stay; what is new comes as it is, with what it needs."""
    server = posthog.server
    all_ok(posthog.run([{CONFIG: {"config": THERE}, "name": "Make"}]))
    made = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Production"})["id"]
    own = {"key": "one", "name": "old", "active": False}
    groups = [{"properties": [], "rollout_percentage": 80}]
    server.api("POST", f"/api/projects/{made}/feature_flags/", {**own, "filters": {"groups": groups}})
    keep = '{"posthog_promote_except": {"feature_flags": ["active", "filters.groups[].rollout_percentage"]}}'
    arguments = [
        *("-e", f"posthog_project={made}", "-e", f"posthog_promote_source_project={server.project}"),
        *("-e", "posthog_promote_types=feature_flags", "-e", "posthog_promote_with_dependencies=true", "-e", keep),
    ]
    for _again in range(2):
        run = posthog.run(path=Path("community.posthog.promote"), arguments=arguments, env={"POSTHOG_PROJECT_ID": None})
        assert run.returncode == 0, run.output
    flags = {item["key"]: item for item in server.api("GET", f"/api/projects/{made}/feature_flags/")["results"]}
    one = flags["one"]
    assert (one["name"], one["active"], one["filters"]["groups"][0]["rollout_percentage"]) == ("", False, 80)
    assert one["filters"]["groups"][0]["properties"][0]["type"] == "cohort"
    assert flags["two"]["filters"]["groups"][0]["rollout_percentage"] == 100
    cohorts = server.api("GET", f"/api/projects/{made}/cohorts/")["results"]
    assert [item["name"] for item in cohorts] == ["Beta"]
    assert not [task for task in run.tasks if task.action == CONFIG and task.changed]


def test_what_cannot_be_kept_is_named(posthog: Harness) -> None:
    """Types and paths that do not exist, before anything is compared."""
    given: dict[str, t.Any] = {"feature_flag": ["active"], "feature_flags": ["activ", "key"], "cohorts": ["name", {}]}
    given["role_memberships"] = ["x"]
    task = {CONFIG: {"config": {"feature_flags": [{"key": "a"}]}, "ignore_changes": given}, "name": "Wrong"}
    wrong = posthog.run([task], check=True)[0]
    assert wrong.failed
    for text in (
        "ignore_changes.feature_flag: is no type; a list of them is called feature_flags",
        "ignore_changes.feature_flags[0]: 'activ' is no option of posthog_feature_flag; did you mean active?",
        "ignore_changes.feature_flags[1]: the feature flag is found by its key, which cannot be ignored",
        "ignore_changes.role_memberships: role_memberships have nothing that could be ignored",
        "ignore_changes.cohorts[1]: takes a text, or a list of texts",
    ):
        assert text in wrong.msg, wrong.msg
