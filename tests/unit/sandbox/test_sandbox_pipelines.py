# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hog functions, workflows, message templates and batch exports."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sandbox_client import Client

HOOK = {"type": "destination", "template_id": "template-webhook", "inputs": {"url": {"value": "https://x.example"}}}
KEYS = {"api_key": {"value": "a"}, "secret_key": {"value": "b"}}


def refused(api: Client, method: str, path: str, body: Any, attr: str | None, status: int = 400) -> dict[str, Any]:
    """Check that a write is refused, and why."""
    reply = api.call(method, path, body)
    assert reply.status_code == status, reply.text
    found: dict[str, Any] = reply.json()
    assert found["attr"] == attr, found
    return found


def test_a_hog_function_from_a_template(api: Client) -> None:
    made = api.post("P/hog_functions/", HOOK)
    assert (made["name"], made["enabled"], made["template"]["id"]) == ("HTTP Webhook", False, "template-webhook")
    assert made["hog"].startswith("let res") and made["bytecode"] and made["icon_url"]
    assert made["inputs"]["url"]["bytecode"] and made["inputs"]["url"]["order"] == 0
    assert made["filters"]["source"] == "events" and made["filters"]["bytecode"]
    assert "template_id" not in made and "deleted" not in made and made["status"] == {"state": 0, "tokens": 0}
    refused(api, "POST", "P/hog_functions/", {**HOOK, "template_id": "template-none"}, "template_id")
    refused(api, "POST", "P/hog_functions/", {**HOOK, "template_id": "template-retired"}, "template_id")
    refused(api, "POST", "P/hog_functions/", {**HOOK, "inputs": {}}, "inputs__url")
    refused(api, "POST", "P/hog_functions/", {"type": "destination", "name": "x"}, "hog")
    refused(api, "POST", "P/hog_functions/", {"hog": "return ("}, "hog")
    refused(api, "POST", "P/hog_functions/", {"type": "warehouse_source_webhook", "hog": "x"}, "type")
    path = f"P/hog_functions/{made['id']}/"
    refused(api, "PATCH", path, {"type": "transformation"}, "type")
    done = api.patch(path, {"template_id": "template-slack", "filters": None, "type": "destination"})
    assert done["template"]["id"] == "template-webhook" and done["filters"]["source"] == "events"


def test_secrets_of_a_hog_function(api: Client) -> None:
    body = {"type": "destination", "template_id": "template-mailjet-create-contact", "inputs": KEYS}
    made = api.post("P/hog_functions/", body)
    assert made["inputs"]["api_key"] == {"secret": True} and made["inputs"]["email"]["value"].startswith("{person")
    path = f"P/hog_functions/{made['id']}/"
    kept = {"api_key": {"secret": True}, "secret_key": {"value": "new"}, "typo": {"value": 1}}
    assert set(api.patch(path, {"inputs": kept})["inputs"]) == {"api_key", "secret_key", "email"}
    refused(api, "PATCH", path, {"inputs": {"api_key": {"secret": True}}}, "inputs__secret_key")
    assert api.patch(path, {"description": "d"})["inputs"]["secret_key"] == {"secret": True}
    refused(api, "POST", "P/hog_functions/", {**body, "inputs": {"api_key": {"secret": True}}}, "inputs__api_key")
    refused(api, "PATCH", path, {"inputs": {**kept, "attempts": {"value": "2"}}}, "inputs__attempts")
    assert '"a"' not in api.call("GET", path).text
    schema = [{"key": "s", "type": "string", "secret": True, "nonsense": 1}]
    own = api.post("P/hog_functions/", {"hog": "return 1", "inputs_schema": schema, "inputs": {"s": {"value": "v"}}})
    assert own["type"] == "destination" and own["inputs"] == {"s": {"secret": True}}
    assert own["inputs_schema"] == [{"required": False, "secret": True, "hidden": False, "key": "s", "type": "string"}]


def test_filters_masking_and_mappings_of_a_hog_function(api: Client) -> None:
    bad = {"events": [{"id": "x", "type": "events"}], "actions": [{"id": 99}], "typo": 1}
    made = api.post("P/hog_functions/", {"hog": "return 1 \n", "filters": bad})
    assert made["filters"]["bytecode_error"] and "typo" not in made["filters"] and made["hog"] == "return 1"
    path = f"P/hog_functions/{made['id']}/"
    refused(api, "PATCH", path, {"enabled": True}, "filters")
    refused(api, "PATCH", path, {"enabled": True, "filters": bad}, "filters")
    assert "events" not in api.patch(path, {"filters": {"source": "person-updates", "events": []}})["filters"]
    refused(api, "PATCH", path, {"masking": {"ttl": 30, "hash": "{event}"}}, "masking__ttl")
    assert api.patch(path, {"masking": {"ttl": 60, "hash": "{event}", "x": 1}})["masking"]["bytecode"]
    mapping = {"name": "m", "inputs_schema": [{"key": "k", "type": "string"}], "inputs": {"k": {"value": "v"}}, "z": 1}
    done = api.patch(path, {"mappings": [mapping], "filters": {"events": [{"id": "a"}]}})
    assert done["mappings"][0]["inputs"]["k"]["bytecode"] and "z" not in done["mappings"][0]
    assert "events" not in done["filters"]
    refused(api, "POST", "P/hog_functions/", {"type": "transformation", "hog": "x", "mappings": [mapping]}, "mappings")
    alert = {"events": [{"id": "$insight_alert_firing", "type": "events"}]}
    assert (
        api.post("P/hog_functions/", {"type": "internal_destination", "hog": "x", "filters": alert})["enabled"] is False
    )
    for event in ("$logs_alert_firing", "$billing_alert_firing"):
        body = {"type": "internal_destination", "hog": "x", "filters": {"events": [{"id": event, "type": "events"}]}}
        refused(api, "POST", "P/hog_functions/", body, "filters")
    refused(api, "PATCH", path, {"hog": ""}, "hog")
    log = {"type": "transformation_log", "hog": "x", "filters": {"events": [{"id": "e"}]}}
    refused(api, "POST", "P/hog_functions/", log, "filters")
    site = api.post("P/hog_functions/", {"type": "site_app", "template_id": "template-notification-bar"})
    assert site["bytecode"] is None and site["transpiled"] and "bytecode" not in site["filters"]


def test_life_of_a_hog_function(api: Client) -> None:
    made = api.post("P/hog_functions/", HOOK)
    path = f"P/hog_functions/{made['id']}/"
    api.delete(path, 405)
    first = made["updated_at"]
    api.patch(path, {"name": "n"})
    assert refused(api, "PATCH", path, {"name": "o", "base_updated_at": first}, None, 409)["code"] == "stale_update"
    api.patch(path, {"deleted": True})
    assert api.call("GET", path).status_code == 404 and api.get("P/hog_functions/")["count"] == 0
    assert api.patch(path, {"deleted": False})["name"] == "n"
    (listed,) = api.get("P/hog_functions/")["results"]
    assert "inputs" not in listed and "hog" in listed
    assert "inputs" in api.get("P/hog_functions/?full=true")["results"][0]
    assert api.get("P/hog_functions/?type=transformation")["count"] == 0
    assert api.get("P/hog_functions/?types=site_app,destination&search=N&enabled=false")["count"] == 1
    wanted = json.dumps({"source": "events"})
    assert api.get("P/hog_functions/", params={"filters": wanted})["count"] == 1
    assert api.call("GET", "P/hog_functions/?filters=x").status_code == 400
    assert api.get(f"/api/environments/1/hog_functions/{made['id']}/")["id"] == made["id"]


def test_transformations_have_an_order_and_a_limit(api: Client) -> None:
    body = {"type": "transformation", "template_id": "template-geoip", "enabled": True}
    made = [api.post("P/hog_functions/", body) for _dummy in range(20)]
    assert [one["execution_order"] for one in made] == list(range(1, 21))
    refused(api, "POST", "P/hog_functions/", body, "type")
    spare = api.post("P/hog_functions/", {**body, "enabled": False})
    refused(api, "PATCH", f"P/hog_functions/{spare['id']}/", {"enabled": True}, "type")
    api.patch(f"P/hog_functions/{made[0]['id']}/", {"enabled": False})
    assert api.patch(f"P/hog_functions/{made[0]['id']}/", {"enabled": True})["execution_order"] == 22
    order = api.patch("P/hog_functions/rearrange/", {"orders": {spare["id"]: 0}})
    assert order[0]["id"] == spare["id"]
    refused(api, "PATCH", "P/hog_functions/rearrange/", {"orders": {"nobody": 1}}, "orders")


def test_templates_and_the_plan(api: Client) -> None:
    listed = {entry["id"]: entry for entry in api.get("P/hog_function_templates/")["results"]}
    assert {"template-slack", "template-webhook"} <= set(listed) and "template-retired" not in listed
    assert [t["id"] for t in api.get("P/hog_function_templates/?type=site_app")["results"]] == [
        "template-notification-bar"
    ]
    assert api.get("P/hog_function_templates/template-geoip/")["type"] == "transformation"
    assert api.call("GET", "P/hog_function_templates/none/").status_code == 404
    api.control("features", {"remove": ["data_pipelines"]})
    refused(api, "POST", "P/hog_functions/", HOOK, "template_id")
    refused(api, "POST", "P/hog_functions/", {"hog": "return 1"}, "template_id")
    slack = {"slack_workspace": {"value": 1}, "channel": {"value": "C1"}}
    api.post("P/hog_functions/", {"template_id": "template-slack", "inputs": slack})


def test_a_workflow(api: Client) -> None:
    trigger = {"id": "t", "type": "trigger", "config": {"type": "event", "filters": {"events": [{"id": "e"}]}}}
    mail = {
        "id": "m",
        "type": "function",
        "config": {"template_id": "template-mailjet-create-contact", "inputs": KEYS},
    }
    made = api.post("P/hog_flows/", {"name": "W", "actions": [trigger, mail], "edges": [{"from": "t", "to": "gone"}]})
    assert made["trigger"]["filters"]["bytecode"] and made["version"] == 1 and made["status"] == "draft"
    assert made["actions"][1]["config"]["inputs"]["api_key"] == {"secret": True}
    path = f"P/hog_flows/{made['id']}/"
    refused(api, "PATCH", path, {"status": "active"}, "edges__0")
    done = api.patch(path, {"status": "active", "actions": made["actions"], "edges": [{"from": "t", "to": "m"}]})
    assert done["version"] == 2 and done["actions"][1]["config"]["inputs"]["secret_key"] == {"secret": True}
    refused(api, "POST", "P/hog_flows/", {"actions": [mail], "edges": []}, "actions")
    refused(api, "PATCH", path, {"trigger_masking": {"hash": "x", "ttl": 1}}, "trigger_masking__ttl")
    api.delete(path)


def test_a_message_template(api: Client) -> None:
    body = {"name": "Hi", "content": {"templating": "liquid", "email": {"html": "<p>"}}}
    refused(api, "POST", "P/messaging_templates/", body, "content__email__subject")
    body["content"]["email"]["subject"] = "Hello"  # type: ignore[index]
    made = api.post("P/messaging_templates/", body)
    path = f"P/messaging_templates/{made['id']}/"
    reply = api.call("DELETE", path)
    assert (reply.status_code, reply.content) == (405, b"")
    api.patch(path, {"deleted": True})
    assert api.call("GET", path).status_code == 404
    assert api.patch(path, {"deleted": False})["name"] == "Hi"


POSTGRES = {"host": "db", "user": "u", "password": "p", "database": "d", "port": "5433"}


def test_destinations_of_batch_exports(api: Client) -> None:
    def body(kind: str, config: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"name": "B", "interval": "hour", "destination": {"type": kind, "config": config, **more}}

    made = api.post("P/batch_exports/", body("Postgres", POSTGRES))
    config = made["destination"]["config"]
    assert (config["port"], config["schema"], config["table_name"]) == (5433, "public", "events")
    assert not {"user", "password"} & set(config) and made["timezone"] == "UTC" and made["model"] == "events"
    path = f"P/batch_exports/{made['id']}/"
    changed = api.patch(path, {"destination": {"type": "Postgres", "config": {"schema": "other"}}})
    assert (changed["destination"]["config"]["database"], changed["destination"]["config"]["schema"]) == ("d", "other")
    stored = api.control("dump?type=batch_export")["rows"][0]["destination"]["config"]
    assert (stored["user"], stored["password"]) == ("u", "p")
    refused(api, "PATCH", path, {"destination": {"type": "HTTP", "config": {}}}, "destination__type")
    refused(api, "PATCH", path, {"destination": {"type": "Postgres", "config": {"prot": 1}}}, "destination")
    refused(api, "POST", "P/batch_exports/", body("S3", {}), "destination__type")
    refused(api, "POST", "P/batch_exports/", body("HTTP", {"url": "https://us.i.posthog.com/batch/"}), "destination")
    refused(api, "POST", "P/batch_exports/", body("Postgres", {**POSTGRES, "port": "x"}), "destination")
    bucket = {"bucket_name": "b", "region": "eu", "prefix": "p/"}
    refused(api, "POST", "P/batch_exports/", body("AwsS3", bucket), "destination")
    refused(api, "POST", "P/batch_exports/", body("AwsS3", bucket, integration=99), "destination__integration")
    keys = {"type": "integration", "objects": [{"kind": "aws-s3", "config": {"a": "b"}}, {"kind": "databricks"}]}
    right, wrong = api.control("seed", keys)["ids"]
    refused(api, "POST", "P/batch_exports/", body("AwsS3", bucket, integration=wrong), "destination")
    secret = {**bucket, "aws_secret_access_key": "s"}
    refused(api, "POST", "P/batch_exports/", body("AwsS3", secret, integration=right), "destination")
    shown = api.post("P/batch_exports/", body("AwsS3", bucket, integration=right))["destination"]
    assert shown["integration"] == right and shown["config"]["file_format"] == "JSONLines"


def test_rhythm_and_query_of_batch_exports(api: Client) -> None:
    base = {"name": "B", "interval": "week", "destination": {"type": "NoOp", "config": {}}}
    text = "SELECT event, upper(event) AS big FROM events"
    made = api.post("P/batch_exports/", {**base, "offset_day": 2, "timezone": None, "hogql_query": text})
    assert made["timezone"] == "UTC" and made["offset_day"] == 2 and "hogql_query" not in made
    assert [field["alias"] for field in made["schema"]["fields"]] == ["event", "big"]
    path = f"P/batch_exports/{made['id']}/"
    assert api.patch(path, {"offset_day": 5})["offset_day"] == 2
    assert api.patch(path, {"interval": "week", "offset_day": 5})["offset_day"] == 5
    refused(api, "PATCH", path, {"interval": "hour", "offset_hour": 5}, "offset_hour")
    refused(api, "PATCH", path, {"interval": "week", "offset_day": 7}, "offset_day")
    refused(api, "PATCH", path, {"hogql_query": "SELECT 1 FROM persons"}, "hogql_query")
    refused(api, "POST", "P/batch_exports/", {**base, "interval": "every 15 minutes"}, None, 403)
    assert api.patch(path, {"paused": True})["last_paused_at"]
    assert api.post(f"{path}unpause/", {}, 200) == {"paused": False} and api.get(path)["paused"] is False
    api.delete(path)


@pytest.mark.parametrize("kind", ["S3", "Snowflake"])
def test_batch_exports_of_2024_know_no_keys(old: Any, kind: str) -> None:
    api = Client(old)
    config = {"bucket_name": "b", "region": "r", "prefix": "p", "aws_secret_access_key": "s", "anything": 1}
    body = {"name": "B", "interval": "hour", "destination": {"type": kind, "config": config}}
    shown = api.post("P/batch_exports/", body)["destination"]["config"]
    assert shown["anything"] == 1 and "aws_secret_access_key" not in shown
