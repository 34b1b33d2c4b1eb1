# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts and subscriptions."""

from __future__ import annotations

from typing import Any

from sandbox_client import Client
from test_sandbox_pipelines import refused

TRENDS = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode"}]}}
PATHS = {"kind": "InsightVizNode", "source": {"kind": "PathsQuery", "pathsFilter": {}}}
FUNNEL = {"kind": "InsightVizNode", "source": {"kind": "FunnelsQuery", "series": [{"kind": "EventsNode"}]}}
UPPER = {"configuration": {"type": "absolute", "bounds": {"upper": 10}}}


def insight(api: Client, query: Any = None) -> int:
    return int(api.post("P/insights/", {"name": "I", "query": query or TRENDS, "saved": True})["id"])


def test_an_alert_is_read_otherwise_than_written(api: Client) -> None:
    number = insight(api)
    body = {"name": "A", "insight": number, "subscribed_users": [1, 1], "threshold": UPPER, "snoozed_until": "2h"}
    made = api.post("P/alerts/", body)
    assert made["insight"]["id"] == number and made["insight"]["query"]["kind"] == "InsightVizNode"
    assert [user["id"] for user in made["subscribed_users"]] == [1] and made["subscribed_users"][0]["email"]
    assert made["threshold"]["id"] and made["threshold"]["name"] == "" and made["snoozed_until"] is None
    path = f"P/alerts/{made['id']}/"
    assert api.patch(path, {"snoozed_until": "2h"})["snoozed_until"].endswith("Z")
    assert api.get(path)["state"] == "Snoozed" and api.patch(path, {"snoozed_until": None})["state"] == "Not firing"
    api.control("edit", {"type": "alert", "id": made["id"], "set": {"state": "Firing"}})
    assert api.patch(path, {"name": "B"})["state"] == "Firing"
    lower = {"configuration": {"type": "absolute", "bounds": {"lower": 1}}}
    changed = api.patch(path, {"threshold": lower})
    assert changed["state"] == "Not firing" and changed["threshold"]["id"] == made["threshold"]["id"]
    assert api.get(f"P/alerts/?insight_id={number}")["count"] == 1 and api.get("P/alerts/?insight=999")["count"] == 0
    api.patch(f"P/insights/{number}/", {"deleted": True})
    assert api.call("GET", path).status_code == 404 and api.control("dump?type=alert")["rows"] == []


def test_what_an_alert_may_not_be(api: Client) -> None:
    body = {"insight": insight(api), "subscribed_users": [], "threshold": UPPER}
    for change, attr in (
        ({"insight": 999}, "insight"),
        ({"insight": insight(api, PATHS)}, "insight"),
        ({"threshold": {"configuration": {"type": "absolute"}}}, "threshold"),
        ({"threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 2, "upper": 1}}}}, "threshold"),
        (
            {"threshold": {"configuration": {"type": "absolute", "bounds": {"max": 1}}}},
            "threshold__configuration__bounds__max",
        ),
        ({"condition": {"type": "absolute_value", "x": 1}}, "condition__x"),
        ({"config": {"type": "HogQLAlertConfig"}}, "config"),
        ({"config": {"type": "TrendsAlertConfig", "metric": "conversion_from_start"}}, "config__metric"),
        ({"subscribed_users": [999]}, "subscribed_users"),
        ({"subscribed_users": [5]}, "subscribed_users"),
        ({"investigation_agent_enabled": True}, "investigation_agent_enabled"),
        ({"detector_config": {"type": "knn", "n_neighbors": 51}}, "detector_config__n_neighbors"),
        ({"detector_config": {"type": "ensemble", "detectors": []}}, "detector_config__detectors"),
        ({"schedule_restriction": {"blocked_windows": [{"start": "10:00", "end": "10:10"}]}},
         "schedule_restriction__blocked_windows__0"),
    ):  # fmt: skip
        refused(api, "POST", "P/alerts/", {**body, **change}, attr)
    steps = {"insight": insight(api, FUNNEL), "condition": {"type": "relative_increase"}}
    refused(api, "POST", "P/alerts/", {**body, **steps}, "condition")
    api.control("features", {"remove": ["alerts", "real_time_alerts", "funnel_alerts"]})
    refused(api, "POST", "P/alerts/", {**body, "calculation_interval": "real_time"}, "calculation_interval")
    refused(api, "POST", "P/alerts/", {**body, "insight": steps["insight"]}, "insight")
    for _dummy in range(5):
        api.post("P/alerts/", body)
    refused(api, "POST", "P/alerts/", body, "alert")


def test_detectors_and_schedules_gain_a_form(api: Client) -> None:
    detector = {"type": "zscore", "window": 30}
    none = {"configuration": {"type": "absolute"}}
    body = {"insight": insight(api), "subscribed_users": [], "threshold": none, "detector_config": detector}
    windows = [
        {"start": "22:00", "end": "06:00"},
        {"start": "09:00", "end": "10:00"},
        {"start": "09:30", "end": "12:00"},
    ]
    made = api.post("P/alerts/", {**body, "schedule_restriction": {"blocked_windows": windows}})
    assert made["detector_config"] == {"type": "zscore", "window": 30, "threshold": 0.9, "preprocessing": None}
    assert made["schedule_restriction"]["blocked_windows"] == [{"start": "09:00", "end": "12:00"}, windows[0]]
    path = f"P/alerts/{made['id']}/"
    assert api.patch(path, {"schedule_restriction": []})["schedule_restriction"] is None
    refused(api, "PATCH", path, {"detector_config": None}, "threshold")


def test_a_subscription_sends_at_once_unless_told_not_to(api: Client) -> None:
    body = {
        "insight": insight(api),
        "target_type": "email",
        "target_value": "a@x.example, b@x.example",
        "frequency": "weekly",
        "interval": 2,
        "byweekday": ["monday"],
        "start_date": "2030-01-01T00:00:00Z",
        "title": "T",
    }
    loud = api.post("P/subscriptions/", body)
    quiet = api.post("P/subscriptions/", {**body, "send_test_now": False})
    assert loud["summary"] == "sent every 2 weeks on Monday" and loud["content_type"] == "insight"
    assert loud["resource_name"] == "I" and len(loud["insight_short_id"]) == 8 and "test_messages" not in loud
    assert [row["test_messages"] for row in api.control("dump?type=subscription")["rows"]] == [1, 0]
    path = f"P/subscriptions/{quiet['id']}/"
    api.patch(path, {"title": "U"})
    assert api.get(f"{path}deliveries/")["results"] == []
    api.post(f"{path}test-delivery/", {}, 202)
    assert len(api.get(f"{path}deliveries/")["results"]) == 1
    for change, attr in (
        ({"insight": None}, None),
        ({"dashboard": 1}, None),
        ({"target_value": "nobody"}, "target_value"),
        ({"target_type": "slack"}, "integration_id"),
        ({"target_type": "webhook"}, "target_type"),
        ({"interval": None}, "interval"),
        ({"byweekday": ["mon"]}, "byweekday__0"),
        ({"content_type": "dashboard"}, "content_type"),
    ):
        refused(api, "POST", "P/subscriptions/", {**body, **change}, attr)
    refused(api, "PATCH", path, {"content_type": "dashboard"}, "content_type")
    api.delete(path, 405)
    assert api.patch(path, {"deleted": True})["deleted"] is True and api.get("P/subscriptions/")["count"] == 1
    api.control("features", {"remove": ["subscriptions"]})
    assert api.call("GET", "P/subscriptions/").status_code == 402


def test_a_subscription_of_a_dashboard_names_insights(api: Client) -> None:
    board = api.post("P/dashboards/", {"name": "D"})["id"]
    inside = api.post("P/insights/", {"query": TRENDS, "dashboards": [board]})["id"]
    body = {
        "dashboard": board,
        "target_type": "email",
        "target_value": "a@x.example",
        "frequency": "daily",
        "interval": 1,
    }
    body["start_date"] = "2030-01-01T00:00:00Z"
    refused(api, "POST", "P/subscriptions/", body, "dashboard_export_insights")
    outside = {**body, "dashboard_export_insights": [insight(api)]}
    refused(api, "POST", "P/subscriptions/", outside, "dashboard_export_insights")
    made = api.post("P/subscriptions/", {**body, "dashboard_export_insights": [inside]})
    assert (made["content_type"], made["resource_name"], made["insight_short_id"]) == ("dashboard", "D", None)


def test_what_cannot_be_seeded_is_told(api: Client) -> None:
    reply = api.call("POST", "/__control__/seed", {"type": "alert", "objects": [{"insight": 99}]})
    assert reply.status_code == 400 and "does not exist" in reply.json()["error"]
    slack = api.control("seed", {"type": "integration", "objects": [{"kind": "slack", "config": {"team": "T"}}]})
    assert api.get(f"P/integrations/{slack['ids'][0]}/")["display_name"] == "T"
