# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a type does that no other does, and what its sample leaves out for that reason."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run, Task
from harness.steps import (
    Check,
    Findings,
    Steps,
    changed,
    no_warnings,
    refused,
    requests_at_most,
    silent,
    unchanged,
)

PREFIX = "community.posthog.posthog_"


def body(**wanted: t.Any) -> Check:
    """The last write has these values, at least."""

    def check(found: Findings, task: Task, run: Run) -> None:
        sent = (task.writes[-1].get("body") or {}) if task.writes else {}
        for key, value in wanted.items():
            found.equal(sent.get(key), value, f"{key} in the body")

    return check


def result(type_name: str, **wanted: t.Any) -> Check:
    """The returned object has these values."""

    def check(found: Findings, task: Task, run: Run) -> None:
        obj = task.result.get(type_name) or {}
        for key, value in wanted.items():
            found.equal(obj.get(key), value, f"{key} of the returned {type_name}")

    return check


def test_static_cohort(posthog: Harness) -> None:
    """A cohort made of a query, which only a static one can be."""
    steps = Steps(PREFIX + "cohort")

    def people(event: str) -> dict[str, t.Any]:
        return {
            "kind": "ActorsQuery",
            "source": {"kind": "HogQLQuery", "query": f"select person_id from events where event = '{event}'"},
        }

    cohort = {"name": "Buyers", "is_static": True, "cohort_type": "static", "query": people("purchase")}
    filters = {"properties": {"type": "AND", "values": []}}
    steps.add("both", {**cohort, "filters": filters}, refused("query", "filters"), silent)
    steps.add("check create", cohort, changed, silent, check_mode=True)
    steps.add("create", cohort, changed, result("cohort", is_static=True, query=people("purchase")), no_warnings)
    steps.add("again", cohort, unchanged, requests_at_most(2))
    other = {**cohort, "query": people("signup")}
    steps.add("another query", other, changed, body(query=people("signup")), result("cohort", query=people("signup")))
    steps.add("another query again", other, unchanged)
    steps.run(posthog)


def test_insight_that_is_not_saved(posthog: Harness) -> None:
    """A draft can be made, and stays one as long as nobody touches it."""
    steps = Steps(PREFIX + "insight")
    query = {"kind": "HogQLQuery", "query": "select 1"}
    draft = {"name": "Draft", "query": query, "saved": False}
    steps.add("check create", draft, changed, silent, check_mode=True)
    steps.add("create", draft, changed, result("insight", saved=False), no_warnings)
    steps.add("again", draft, unchanged)
    steps.add("saved unless told", {"name": "Kept", "query": query}, changed, result("insight", saved=True))
    saved = {**draft, "saved": True}
    steps.add("save", saved, changed, result("insight", saved=True), body(saved=True))
    steps.add("save again", saved, unchanged)
    steps.add("saved, not declared", {"name": "Draft", "query": query}, unchanged)
    steps.run(posthog)


@pytest.mark.parametrize("where", ["other_organization_id", "unknown"])
def test_project_lands_in_no_other_organization(posthog: Harness, where: str) -> None:
    """A wrong organization is an error; the project must not be made in the one that happens to be current."""
    steps = Steps(PREFIX + "project")
    wrong = posthog.server.facts.get(where, "01900000-dead-7000-8000-000000000000")
    task = {"name": "Shop", "organization": wrong, "timezone": "Europe/Amsterdam"}
    steps.add("check create", task, refused("organization"), silent, check_mode=True)
    steps.add("create", task, refused("organization", "Acme"), silent)
    # One that bears the name of a project of the current organization must not be taken for it.
    default = {**task, "name": "Default project"}
    steps.add("change", default, refused("organization"), silent)
    steps.add("delete", {"name": "Default project", "organization": wrong, "state": "absent"}, refused("organization"))
    steps.run(posthog)


def test_names_in_settings_are_those_of_the_project(posthog: Harness) -> None:
    """A dashboard or a flag that a project's settings name belongs to that project, not to the task's."""
    steps = Steps(PREFIX + "project")
    server = posthog.server
    ids: dict[str, t.Any] = {}

    def ready() -> None:
        projects = f"/api/organizations/{server.organization}/projects/"
        ids["project"] = server.api("POST", projects, {"name": "Shop"})["id"]
        filters = {"groups": [{"properties": [], "rollout_percentage": 100}]}
        for key, project in (("own", ids["project"]), ("foreign", server.project)):
            place = f"/api/projects/{project}/"
            ids[f"{key} board"] = server.api("POST", place + "dashboards/", {"name": "Sales"})["id"]
            ids[f"{key} flag"] = server.api("POST", place + "feature_flags/", {"key": "replay", "filters": filters})[
                "id"
            ]
        server.api("POST", f"/api/projects/{server.project}/dashboards/", {"name": "Only elsewhere"})

    def linked(found: Findings, task: Task, run: Run) -> None:
        obj = task.result.get("project") or {}
        found.equal(obj.get("primary_dashboard"), ids["own board"], "primary_dashboard")
        found.equal((obj.get("session_recording_linked_flag") or {}).get("id"), ids["own flag"], "the flag's id")

    shop = {
        "name": "Shop",
        "primary_dashboard": "Sales",
        "session_recording_linked_flag": {"id": "replay", "key": "replay"},
    }
    steps.add("check set", shop, changed, silent, check_mode=True)
    steps.add("set", shop, changed, linked, no_warnings)
    steps.add("set again", shop, unchanged)
    elsewhere = {"name": "Shop", "primary_dashboard": "Only elsewhere"}
    steps.add("one of another project", elsewhere, refused("primary_dashboard", "Only elsewhere"), silent)
    steps.add("none", {"name": "Shop", "primary_dashboard": None}, changed, result("project", primary_dashboard=None))
    steps.run(posthog, ready)


def test_conditions_that_were_exchanged(posthog: Harness) -> None:
    """What somebody else said of a condition does not pass to another condition that takes its place."""
    steps = Steps(PREFIX + "feature_flag")

    def flag(*properties: dict[str, t.Any]) -> dict[str, t.Any]:
        groups = [{"properties": [item], "rollout_percentage": 10} for item in properties]
        return {"key": "beta", "filters": {"groups": groups}}

    mail = {"key": "email", "type": "person", "operator": "icontains", "value": "@acme.test"}
    plan = {"key": "plan", "type": "person", "operator": "exact", "value": ["pro"]}

    def labels(*wanted: t.Any) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            groups = task.result["feature_flag"]["filters"]["groups"]
            there = [item.get("label") for group in groups for item in group["properties"]]
            found.equal(there, list(wanted), "the labels of the conditions")

        return check

    steps.add("create", flag({**mail, "label": "E-mail"}), changed, labels("E-mail"), register="made")
    steps.add("kept", flag(mail), unchanged, labels("E-mail"))
    steps.add("exchanged", flag(plan), changed, labels(None))
    steps.add("exchanged again", flag(plan), unchanged)
    steps.run(posthog)


def test_short_forms(posthog: Harness) -> None:
    """The short forms of a flag say no more than they say."""
    steps = Steps(PREFIX + "feature_flag")
    variants = [{"key": "a", "rollout_percentage": 50}, {"key": "b", "rollout_percentage": 50}]

    def stored(key: str, value: t.Any) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            filters = task.result["feature_flag"]["filters"]
            actual = filters.get(key)
            if key == "groups":
                actual = [group["rollout_percentage"] for group in actual]
            elif key == "multivariate" and actual:
                actual = [item["key"] for item in actual["variants"]]
            found.equal(actual, value, f"filters.{key}")

        return check

    most = requests_at_most(2)
    steps.add("too much", {"key": "f", "rollout_percentage": 150}, refused("rollout_percentage", "100"), silent)
    steps.add("check", {"key": "f", "rollout_percentage": 20}, changed, silent, check_mode=True)
    steps.add("create", {"key": "f", "rollout_percentage": 20}, changed, stored("groups", [20]), no_warnings)
    steps.add("again", {"key": "f", "rollout_percentage": 20}, unchanged, most)
    steps.add("variants", {"key": "f", "variants": variants}, changed, stored("groups", [20]))
    steps.add("variants again", {"key": "f", "variants": variants}, unchanged, most, stored("multivariate", ["a", "b"]))
    paid = {"key": "f", "payloads": {"a": {"n": 1}}}
    steps.add("payload", paid, changed, stored("payloads", {"a": '{"n": 1}'}), stored("multivariate", ["a", "b"]))
    steps.add("payload again", paid, unchanged, most)
    steps.add("payload as text", {"key": "f", "payloads": {"a": '{"n":1}'}}, unchanged, most)
    steps.add("wider", {"key": "f", "rollout_percentage": 60}, changed, stored("groups", [60]))
    steps.add("still variants", {"key": "f"}, unchanged, most, stored("multivariate", ["a", "b"]))
    both = {"key": "f", "rollout_percentage": 5, "filters": {"groups": []}}
    steps.add("both forms", both, refused("rollout_percentage", "filters.groups"), silent)
    plain = {"key": "f", "payloads": {}, "variants": []}
    steps.add("boolean", plain, changed, stored("multivariate", None), stored("payloads", {}))
    steps.add("boolean again", plain, unchanged, most)
    steps.run(posthog)


@pytest.mark.parametrize("type_name", ["feature_flag", "dashboard"])
def test_tags_that_the_plan_lacks(posthog: Harness, type_name: str) -> None:
    """Tags that PostHog would drop silently are left out, with a warning that names them and the feature."""
    server = posthog.server
    steps = Steps(PREFIX + type_name)
    key = "key" if type_name == "feature_flag" else "name"
    options = {key: "beta", "tags": ["one"]}

    def ready() -> None:
        server.control("features", {"remove": ["tagging"]})

    def warned(found: Findings, task: Task, run: Run) -> None:
        texts = " ".join(task.result.get("warnings") or [])
        found.true("tags" in texts and "tagging" in texts, f"must warn of tags and tagging, warns {texts!r}")

    steps.add("check create", options, changed, warned, silent, result(type_name, tags=[]), check_mode=True)
    steps.add("create", options, changed, warned, result(type_name, tags=[]))
    steps.add("again", options, unchanged, warned)
    steps.add("check again", options, unchanged, warned, check_mode=True)
    steps.add("none wanted", {key: "beta", "tags": []}, unchanged, no_warnings)
    steps.run(posthog, ready)
