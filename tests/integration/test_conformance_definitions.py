# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions of events, properties and groups: what the samples leave out."""

from __future__ import annotations

import typing as t

from harness import Harness, Run, Task
from harness.steps import Findings, Steps, changed, no_warnings, refused, requests_at_most, silent, unchanged

PREFIX = "community.posthog.posthog_"

ROUTES = ["update_metadata", "set_default_columns", "create_detail_dashboard"]


def with_groups(posthog: Harness, opened: t.Sequence[str] = ()) -> t.Callable[[], dict[str, t.Any]]:
    """Two group types, and the routes that are open to keys."""

    def prepare() -> dict[str, t.Any]:
        posthog.server.seed("group_type", {"group_type": "company"}, {"group_type": "team"})
        posthog.server.control("settings", {"open_routes": list(opened)})
        return {}

    return prepare


def test_detail_dashboard(posthog: Harness) -> None:
    """PostHog makes it once, and nothing but its deletion takes it away."""
    steps = Steps(PREFIX + "group_type")

    def shows(there: bool) -> t.Callable[[Findings, Task, Run], None]:
        def check(found: Findings, task: Task, run: Run) -> None:
            found.equal(bool(task.result["group_type"]["detail_dashboard"]), there, "a dashboard")

        return check

    company = {"group_type": "company"}
    steps.add("none", {**company, "detail_dashboard": False}, unchanged, shows(False))
    steps.add("check make", {**company, "detail_dashboard": True}, changed, silent, shows(True), check_mode=True)
    steps.add("make", {**company, "detail_dashboard": True}, changed, shows(True), no_warnings)
    steps.add("again", {**company, "detail_dashboard": True}, unchanged, shows(True), requests_at_most(1))
    gone = {**company, "detail_dashboard": False}
    steps.add("take away", gone, refused("detail_dashboard", "delete the dashboard"), silent)
    steps.add("check take away", gone, refused("detail_dashboard"), silent, check_mode=True)
    steps.run_here(posthog, with_groups(posthog, ROUTES))


def test_routes_that_are_closed_to_keys(posthog: Harness) -> None:
    """The sentence tells that a key cannot do it; what is as declared needs no route."""
    steps = Steps(PREFIX + "group_type")
    company = {"group_type": "company"}
    for option, value in (("name_singular", "Company"), ("default_columns", ["a"]), ("detail_dashboard", True)):
        steps.add(option, {**company, option: value}, refused("logged in with a browser", "key", status=403))
    steps.add("as it is", {**company, "name_singular": None}, unchanged, no_warnings)
    steps.add("deletion is open", {"group_type": "team", "state": "absent"}, changed)
    steps.run_here(posthog, with_groups(posthog))


def test_metric_of_a_table(posthog: Harness) -> None:
    """The other shape of a metric's filters."""
    steps = Steps(PREFIX + "group_type_metric")
    groups = with_groups(posthog)

    def prepare() -> dict[str, t.Any]:
        posthog.server.seed("warehouse_table", {"name": "orders", "format": "Parquet", "url_pattern": "https://x"})
        return groups()

    metric = {"group_type": "company", "name": "Orders"}
    table = {"table_name": "orders", "timestamp_field": "placed_at", "key_field": "company"}
    filters = {"source": "data_warehouse", **table}
    steps.add("check create", {**metric, "filters": filters}, changed, silent, check_mode=True)
    steps.add("create", {**metric, "filters": filters}, changed, no_warnings)
    steps.add("again", {**metric, "filters": filters}, unchanged, requests_at_most(2))
    other = {**filters, "timestamp_field": "paid_at"}
    steps.add("another column", {**metric, "filters": other}, changed, no_warnings)
    steps.add("another column again", {**metric, "filters": other}, unchanged)
    lost = {**filters, "table_name": "lost"}
    steps.add("no such table", {**metric, "filters": lost}, refused("lost", status=400))
    steps.add(
        "back to events", {**metric, "filters": {"events": [{"id": "a", "type": "events"}]}}, changed, no_warnings
    )
    steps.add("events again", {**metric, "filters": {"events": [{"id": "a", "type": "events"}]}}, unchanged)
    steps.run_here(posthog, prepare)


def test_event_definitions_of_an_older_server(posthog_2024: Harness) -> None:
    """They cannot be made there, and are changed where they are."""
    steps = Steps(PREFIX + "event_definition")

    def prepare() -> dict[str, t.Any]:
        posthog_2024.server.seed("event_definition", {"name": "order placed"})
        return {}

    def after_one_try(found: Findings, task: Task, run: Run) -> None:
        found.equal([entry["method"] for entry in task.writes], ["POST"], "the writes")

    known = {"name": "order placed", "description": "Somebody has paid", "verified": True, "tags": ["shop"]}
    steps.add("one that is not there", {"name": "lost"}, refused("introduced in 2026", "first event"), after_one_try)
    steps.add("check", known, changed, silent, check_mode=True)
    steps.add("change", known, changed, no_warnings)
    steps.add("again", known, unchanged, requests_at_most(1))
    steps.add("delete", {"name": "order placed", "state": "absent"}, changed)
    steps.add("delete again", {"name": "order placed", "state": "absent"}, unchanged)
    steps.run_here(posthog_2024, prepare)


def test_definitions_without_the_plan_feature(posthog: Harness) -> None:
    """The sentence names the feature, before anything is sent."""
    steps = Steps(PREFIX + "event_definition")

    def prepare() -> dict[str, t.Any]:
        posthog.server.seed("event_definition", {"name": "order placed"})
        posthog.server.control("features", {"remove": ["ingestion_taxonomy"]})
        return {}

    for option, value in (("description", "Paid"), ("verified", True), ("tags", ["shop"]), ("post_to_slack", True)):
        task = {"name": "order placed", option: value}
        steps.add(option, task, refused(option, "'ingestion_taxonomy'"), silent)
        steps.add(f"check {option}", task, refused(option, "'ingestion_taxonomy'"), silent, check_mode=True)
    steps.add("as it is", {"name": "order placed"}, unchanged, no_warnings)
    steps.run_here(posthog, prepare)
