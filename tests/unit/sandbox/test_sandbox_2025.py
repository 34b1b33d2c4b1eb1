# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the profile of August 2025 is known for, beside what the replay shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox import Sandbox
from sandbox_client import Client

ENVIRONMENT = ("capture_dead_clicks", "human_friendly_comparison_periods", "base_currency", "onboarding_tasks")


@pytest.fixture(scope="module")
def api() -> Iterator[Client]:
    with Sandbox(profile="2025") as running:
        yield Client(running)


def environment(api: Client) -> str:
    return f"/api/environments/{api.sandbox.project_id}/"


def test_settings_of_the_environment_are_known_to_its_route_alone(api: Client) -> None:
    assert not set(ENVIRONMENT) & set(api.get("P/")) and set(ENVIRONMENT) <= set(api.get(environment(api)))
    body = {"capture_dead_clicks": True, "timezone": "Europe/Berlin"}
    shown = api.patch("P/", body)
    assert shown["timezone"] == "Europe/Berlin" and "capture_dead_clicks" not in shown
    assert api.get(environment(api))["capture_dead_clicks"] in (None, False)
    assert api.patch(environment(api), body)["capture_dead_clicks"] is True
    assert "product_description" in api.get("P/") and "product_description" not in api.get(environment(api))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("P/resource_access_controls/", 404),
        ("P/global_access_controls/", 200),
        ("P/error_tracking/suppression_rules/", 404),
        ("E/error_tracking/suppression_rules/", 200),
        ("E/error_tracking/bypass_rules/", 404),
        ("E/feature_flags/", 404),
        ("P/endpoints/", 404),
        ("P/logs/views/", 404),
        ("P/schema_property_groups/", 404),
        ("P/product_tours/", 404),
        ("P/alerts/", 403),
        ("P/integrations/", 403),
        ("P/hog_flows/", 403),
        ("P/event_definitions/", 200),
    ],
)
def test_what_is_where(api: Client, path: str, status: int) -> None:
    path = path.replace("E/", environment(api), 1) if path.startswith("E/") else path
    assert api.call("GET", path).status_code == status


@pytest.mark.parametrize("route", ["launch", "end", "pause", "archive", "ship_variant"])
def test_experiments_have_no_routes_of_their_own(api: Client, route: str) -> None:
    made = api.post("P/experiments/", {"name": route, "feature_flag_key": f"e-{route}"})
    assert made["saved_metrics_ids"] is None and made["deleted"] is False
    assert api.call("POST", f"P/experiments/{made['id']}/{route}/", {}).status_code == 404


def test_a_flag_needs_no_groups(api: Client) -> None:
    assert api.post("P/feature_flags/", {"key": "empty", "filters": {"groups": []}})["filters"] == {"groups": []}
    assert api.call("POST", "P/feature_flags/", {"key": "none", "filters": {}}).status_code == 500


def test_an_action_is_changed_with_its_name_only(api: Client) -> None:
    made = api.post("P/actions/", {"name": "A", "steps": [{"event": "x"}]})
    path = f"P/actions/{made['id']}/"
    assert api.call("PATCH", path, {"description": "d"}).status_code == 500
    assert api.patch(path, {"name": "A", "description": "d"})["description"] == "d"
    assert set(api.get("P/actions/")) == {"results"}
