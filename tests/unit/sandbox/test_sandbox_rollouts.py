# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Early access features and scheduled changes."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client

ALL = {"groups": [{"properties": [], "rollout_percentage": 30}]}
CHANGE = {
    "model_name": "FeatureFlag",
    "payload": {"operation": "update_status", "value": True},
    "scheduled_at": "2100-01-01T00:00:00Z",
}


def test_the_stage_moves_the_flag(api: Client) -> None:
    made = api.post("P/early_access_feature/", {"name": "New thing", "stage": "draft", "payload": {"a": 1}})
    path, flag = f"P/early_access_feature/{made['id']}/", f"P/feature_flags/{made['feature_flag']['id']}/"
    assert made["feature_flag"]["filters"]["groups"][0]["rollout_percentage"] == 0 and "feature_flag_id" not in made
    assert not api.get(flag)["filters"].get("feature_enrollment")
    version = api.get(flag)["version"]
    assert api.patch(path, {"stage": "beta"})["feature_flag"]["filters"]["feature_enrollment"] is True
    assert api.get(flag)["version"] == version + 1
    assert api.patch(path, {"stage": "archived"})["feature_flag"]["filters"]["feature_enrollment"] is None
    other = api.post("P/feature_flags/", {"key": "other", "filters": ALL})
    assert api.patch(path, {"feature_flag_id": other["id"]})["feature_flag"]["id"] == made["feature_flag"]["id"]
    assert api.get("P/early_access_feature/")["results"] == [api.get(path)]


def test_flags_that_a_feature_cannot_take(api: Client) -> None:
    variants = {"variants": [{"key": "a", "rollout_percentage": 100}]}
    many = api.post("P/feature_flags/", {"key": "many", "filters": {**ALL, "multivariate": variants}})
    group = {"groups": [{"properties": [], "aggregation_group_type_index": 0}]}
    grouped = api.post("P/feature_flags/", {"key": "grouped", "filters": group})
    plain = api.post("P/feature_flags/", {"key": "plain", "filters": ALL})
    body = {"name": "F", "stage": "alpha"}
    assert (
        api.post("P/early_access_feature/", {**body, "feature_flag_id": plain["id"]})["feature_flag"]["key"] == "plain"
    )
    for number in (many["id"], grouped["id"], plain["id"], 99):
        assert api.call("POST", "P/early_access_feature/", {**body, "feature_flag_id": number}).status_code == 400
    taken = api.call("POST", "P/early_access_feature/", {"name": "Many", "stage": "alpha"})
    assert (taken.json()["code"], taken.json()["attr"]) == ("unique", "key")


def schedule(api: Client, **more: Any) -> Any:
    return api.call("POST", "P/scheduled_changes/", {**CHANGE, "record_id": "1", **more})


@pytest.mark.parametrize(
    ("more", "status", "attr"),
    [
        ({}, 201, None),
        ({"record_id": "99"}, 400, None),
        ({"payload": {"operation": "update_status", "value": "on"}}, 400, "payload"),
        ({"payload": {"operation": "explode", "value": 1}}, 400, "payload__operation"),
        ({"payload": {"operation": "update_variants", "value": {}}}, 400, "payload"),
        ({"is_recurring": True}, 400, "recurrence_interval"),
        ({"is_recurring": True, "recurrence_interval": "daily"}, 201, None),
        ({"is_recurring": True, "cron_expression": "0 9 * * 1"}, 201, None),
        ({"is_recurring": True, "cron_expression": "0 9 *"}, 400, "cron_expression"),
        (
            {"is_recurring": True, "cron_expression": "0 9 * * 1", "recurrence_interval": "daily"},
            400,
            "cron_expression",
        ),
        ({"recurrence_interval": "daily"}, 400, "recurrence_interval"),
        (
            {
                "is_recurring": True,
                "recurrence_interval": "daily",
                "payload": {"operation": "add_release_condition", "value": ALL},
            },
            400,
            "is_recurring",
        ),
        ({"end_date": "2099-01-01T00:00:00Z"}, 400, "end_date"),
        ({"model_name": "Insight"}, 400, "model_name"),
    ],
)
def test_what_can_be_scheduled(api: Client, more: dict[str, Any], status: int, attr: str | None) -> None:
    api.post("P/feature_flags/", {"key": "f", "filters": ALL})
    reply = schedule(api, **more)
    assert reply.status_code == status, reply.text
    if status == 400:
        assert reply.json()["attr"] == attr


def test_a_scheduled_change(api: Client) -> None:
    api.patch("P/", {"timezone": "Europe/Berlin"})
    for key in ("a", "b"):
        api.post("P/feature_flags/", {"key": key, "filters": ALL})
    made = schedule(api).json()
    api.patch("P/", {"timezone": "UTC"})
    path = f"P/scheduled_changes/{made['id']}/"
    assert made["timezone"] == api.get(path)["timezone"] == "Europe/Berlin"
    assert api.patch(path, {"record_id": "2"})["record_id"] == "1"
    assert api.get("P/scheduled_changes/?model_name=FeatureFlag&record_id=1")["count"] == 1
    assert api.get("P/scheduled_changes/?record_id=2")["count"] == 0
    api.control("edit", {"type": "scheduled_change", "id": made["id"], "set": {"executed_at": "2026-01-01T00:00:00Z"}})
    assert api.call("PATCH", path, {"scheduled_at": "2101-01-01T00:00:00Z"}).status_code == 400
    api.delete(path)
