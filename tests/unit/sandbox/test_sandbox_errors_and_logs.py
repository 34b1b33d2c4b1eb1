# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error tracking, logs, endpoints and integrations."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client
from test_sandbox_pipelines import refused

LEAF = {"key": "$exception_types", "type": "event", "operator": "exact", "value": ["TypeError"]}
GROUP = {"type": "AND", "values": [{"type": "OR", "values": [LEAF]}]}
RULES = ("assignment", "grouping", "suppression", "bypass")


def rule(kind: str, **more: Any) -> dict[str, Any]:
    """A body of a rule."""
    body = {"filters": GROUP, **more}
    return {"assignee": {"type": "user", "id": 1}, **body} if kind == "assignment" else body


@pytest.mark.parametrize("kind", RULES)
def test_rules_have_an_order_and_silent_updates(api: Client, kind: str) -> None:
    path = f"P/error_tracking/{kind}_rules/"
    late = api.post(path, rule(kind, order_key=1))
    early = api.post(path, rule(kind))
    assert early["order_key"] == 0 and "bytecode" not in early and early["disabled_data"] is None
    assert [one["id"] for one in api.get(path)["results"]] == [early["id"], late["id"]]
    wider = {"type": "OR", "values": [LEAF]}
    for method in ("PATCH", "PUT"):
        reply = api.call(method, f"{path}{late['id']}/", {"filters": wider, "order_key": 7})
        assert (reply.status_code, reply.content) == (204, b"")
    shown = api.get(f"{path}{late['id']}/")
    assert (shown["filters"], shown["order_key"]) == (wider, 1)
    api.patch(f"{path}reorder/", {"orders": {late["id"]: 0, early["id"]: 1}}, 204)
    assert [one["id"] for one in api.get(path)["results"]] == [late["id"], early["id"]]
    refused(api, "POST", path, rule(kind, filters={"type": "XOR", "values": []}), "filters")
    refused(api, "POST", path, rule(kind, filters={"type": "AND", "values": [{"key": "x"}]}), "filters")
    api.control("features", {"remove": ["error_tracking_reorder"]})
    refused(api, "PATCH", f"{path}reorder/", {"orders": {}}, None, 403)
    api.delete(f"{path}{late['id']}/")


def test_what_each_rule_asks_for(api: Client) -> None:
    path = "P/error_tracking/assignment_rules/"
    refused(api, "POST", path, {"filters": GROUP}, "assignee")
    for assignee in ({"type": "user", "id": "1"}, {"type": "user", "id": 5}, {"type": "role", "id": "none"}):
        refused(api, "POST", path, {"filters": GROUP, "assignee": assignee}, "assignee__id")
    role = api.post("O/roles/", {"name": "R"})["id"]
    made = api.post(path, {"filters": GROUP, "assignee": {"type": "role", "id": role}})
    assert made["assignee"] == {"type": "role", "id": role}
    assert api.post("P/error_tracking/grouping_rules/", {"filters": GROUP, "description": "d"})["assignee"] is None
    assert api.post("P/error_tracking/suppression_rules/", {"sampling_rate": 0.5})["filters"]["values"] == []
    refused(api, "POST", "P/error_tracking/suppression_rules/", {"sampling_rate": 2}, "sampling_rate")
    empty = {"filters": {"type": "AND", "values": []}}
    refused(api, "POST", "P/error_tracking/bypass_rules/", empty, "filters")


def test_settings_of_error_tracking(api: Client) -> None:
    path = "P/error_tracking/settings/"
    assert set(api.get(f"{path}retrieve_settings/").values()) == {None}
    done = api.patch(f"{path}update_settings/", {"project_rate_limit_value": 5})
    assert done == api.get(f"{path}retrieve_settings/") and done["project_rate_limit_value"] == 5
    refused(api, "PATCH", f"{path}update_settings/", {"project_rate_limit_value": 0}, "project_rate_limit_value")
    assert api.patch(f"{path}update_settings/", {"project_rate_limit_value": None})["project_rate_limit_value"] is None
    assert api.call("GET", path).status_code == 404
    spike = "P/error_tracking/spike_detection_config/"
    assert api.call("GET", spike).json() is None
    assert api.patch(f"{spike}update_config/", {"multiplier": 3})["multiplier"] == 3
    assert api.get(spike)["multiplier"] == 3
    refused(api, "PATCH", f"{spike}update_config/", {"threshold": "x"}, "threshold")


def test_views_and_alerts_of_logs(api: Client) -> None:
    filters = {"severityLevels": ["error"], "own": 1}
    made = api.post("P/logs/views/", {"name": "V", "filters": filters, "columns": [{"type": "body", "x": 1}]})
    assert made["filters"] == filters and made["columns"] == [{"type": "body"}]
    path = f"P/logs/views/{made['short_id']}/"
    assert api.patch(path, {"pinned": True})["columns"] == [{"type": "body"}]
    refused(api, "PATCH", path, {"columns": [{"type": "custom"}]}, "columns__0__expression")
    refused(api, "PATCH", path, {"columns": [{"width": 2001}]}, "columns__0__width")
    api.delete(path)
    refused(api, "POST", "P/logs/alerts/", {"name": "A"}, "filters")
    refused(api, "POST", "P/logs/alerts/", {"enabled": False, "filters": {"levels": []}}, "filters__levels")
    alert = api.post("P/logs/alerts/", {"filters": {"severityLevels": ["error"]}})
    assert (alert["name"], alert["state"], alert["threshold_count"]) == ("Untitled alert", "not_firing", 100)
    path = f"P/logs/alerts/{alert['id']}/"
    refused(api, "PATCH", path, {"datapoints_to_alarm": 2}, "datapoints_to_alarm")
    refused(api, "PATCH", path, {"window_minutes": 7}, "window_minutes")
    assert api.patch(path, {"snooze_until": "2030-01-01T00:00:00Z"})["state"] == "snoozed"
    prop = {"key": "alert_id", "type": "event", "value": alert["id"]}
    target = {"type": "internal_destination", "template_id": "template-webhook", "filters": {"properties": [prop]}}
    api.post("P/hog_functions/", {**target, "inputs": {"url": {"value": "https://x.example"}}})
    assert api.get(path)["destination_types"] == ["webhook"]
    for _dummy in range(19):
        api.post("P/logs/alerts/", {"enabled": False})
    refused(api, "POST", "P/logs/alerts/", {"enabled": False}, None)
    api.control("features", {"remove": ["logs"]})
    assert api.call("GET", "P/logs/views/").status_code == 403


def test_an_endpoint_and_its_versions(api: Client) -> None:
    body = {"name": "top-pages", "query": {"kind": "HogQLQuery", "query": "SELECT 1"}}
    made = api.post("P/endpoints/", body)
    assert made["endpoint_path"].endswith("/endpoints/top-pages/run") and made["current_version"] == 1
    path = "P/endpoints/top-pages/"
    assert api.patch(path, {"query": body["query"], "description": "d"})["versions_count"] == 1
    done = api.patch(path, {"query": {"kind": "HogQLQuery", "query": "SELECT 2"}})
    assert (done["current_version"], done["versions_count"]) == (2, 2)
    assert [one["version"] for one in api.get(f"{path}versions/")] == [2, 1]
    refused(api, "PATCH", path, {"name": "other"}, "name")
    refused(api, "PATCH", path, {"version": 3, "is_active": False}, "version")
    refused(api, "POST", "P/endpoints/", body, "name")
    refused(api, "POST", "P/endpoints/", {**body, "name": "1st"}, "name")
    refused(api, "POST", "P/endpoints/", {"name": "x", "query": {"kind": "EventsNode"}}, "query")
    strange = api.call("POST", "P/endpoints/", {"name": "x", "query": {"kind": "TrendsQuery", "series": [], "nope": 1}})
    assert (strange.status_code, strange.json()["code"]) == (400, "parse_error")
    other = f"/api/projects/{api.sandbox.banner()['basic_project_id']}/endpoints/"
    assert api.post(other, body)["name"] == "top-pages" and api.get("P/endpoints/")["count"] == 1
    api.patch(path, {"is_active": False})
    assert api.call("POST", f"{path}run/", {}).status_code == 404
    api.delete(path)
    assert api.call("GET", path).status_code == 404 and api.get(f"{other}top-pages/")["current_version"] == 1


def test_integrations(api: Client, sandbox: Any) -> None:
    refused(api, "POST", "P/integrations/", {"kind": "slack", "config": {"a": 1}}, None)
    refused(api, "POST", "P/integrations/", {"kind": "twilio", "config": {"account_sid": "AC1"}}, None)
    body = {"kind": "twilio", "config": {"account_sid": "AC1", "auth_token": "s3cret"}}
    made = api.post("P/integrations/", body)
    assert made["display_name"] == "AC1" and made["config"] == {"account_sid": "AC1"}
    assert "s3cret" not in api.call("GET", "P/integrations/").text
    again = api.post("P/integrations/", {**body, "config": {"account_sid": "AC1", "auth_token": "new"}})
    assert again["id"] == made["id"] and api.get("P/integrations/?kind=twilio")["count"] == 1
    path = f"P/integrations/{made['id']}/"
    assert api.call("PATCH", path, {"config": {}}).status_code == 403
    refused(Client(sandbox, "member"), "POST", "P/integrations/", body, None, 403)
    api.delete(path)
