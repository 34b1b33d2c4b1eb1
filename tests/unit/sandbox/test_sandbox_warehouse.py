# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data warehouse, and the taking in of events."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from sandbox_client import Client
from test_sandbox_pipelines import refused

STRIPE = {
    "source_type": "Stripe",
    "payload": {
        "stripe_secret_key": "sk_x",
        "stripe_account_id": "acct",
        "schemas": [{"name": "Customer", "should_sync": True, "sync_type": "full_refresh"}],
    },
}
BUCKET = {
    "name": "orders",
    "format": "CSV",
    "url_pattern": "https://bucket.example/orders/*.csv",
    "credential": {"access_key": "key-1", "access_secret": "secret-1"},
}


def view(text: str, **more: Any) -> dict[str, Any]:
    """A body of a view."""
    return {"query": {"kind": "HogQLQuery", "query": text}, **more}


def test_a_view_and_its_lock(api: Client) -> None:
    made = api.post("P/warehouse_saved_queries/", view("SELECT event, count() AS n FROM events", name="per_event"))
    assert [column["name"] for column in made["columns"]] == ["event", "n"] and made["latest_history_id"]
    assert made["sync_frequency"] is None and made["is_materialized"] is False
    path = f"P/warehouse_saved_queries/{made['id']}/"
    assert "query" not in api.get("P/warehouse_saved_queries/")["results"][0] and api.get(path)["query"]
    api.patch(path, view("SELECT event, count() AS n FROM events", description="d"))
    refused(api, "PATCH", path, view("SELECT 1"), None)
    refused(api, "PATCH", path, view("SELECT 1", edited_history_id=None), None)
    done = api.patch(path, view("SELECT 1", edited_history_id=made["latest_history_id"]))
    assert done["latest_history_id"] != made["latest_history_id"] and "edited_history_id" not in done
    api.patch(path, view("SELECT 2", soft_update=True))
    api.control("edit", {"type": "warehouse_saved_query", "id": made["id"], "set": {"managed_viewset_kind": "x"}})
    latest = api.get(path)["latest_history_id"]
    refused(api, "PATCH", path, view("SELECT 3", edited_history_id=latest), None)
    api.delete(path)
    assert api.call("GET", path).status_code == 404


def test_what_a_view_may_not_be(api: Client) -> None:
    url = "P/warehouse_saved_queries/"
    first = api.post(url, view("SELECT 1 AS a", name="first", sync_frequency="1hour"))
    assert first["sync_frequency"] is None
    api.post(url, view("WITH x AS (SELECT 1) SELECT * FROM first JOIN x ON 1", name="second"))
    for body, attr in (
        (view("SELECT 1", name="2nd"), "name"),
        (view("SELECT 1", name="events"), "name"),
        (view("SELECT 1", name="first"), "name"),
        (view("SELEC 1", name="third"), "query"),
        (view("SELECT (1", name="third"), "query"),
        (view("SELECT * FROM nowhere", name="third"), "query"),
        (view("SELECT * FROM third", name="third"), "query"),
    ):
        refused(api, "POST", url, body, attr)
    path = f"{url}{first['id']}/"
    circle = view("SELECT * FROM second", edited_history_id=first["latest_history_id"])
    refused(api, "PATCH", path, circle, "query")
    assert api.post(f"{path}materialize/", {}, 200)["is_materialized"] is True
    assert api.patch(path, {"sync_frequency": "6hour"})["sync_frequency"] == "6hour"
    refused(api, "PATCH", path, {"sync_frequency": "daily"}, "sync_frequency")
    assert api.post(f"{path}revert_materialization/", {}, 200)["sync_frequency"] is None
    api.control("edit", {"type": "warehouse_saved_query", "id": first["id"], "set": {"no_node": True}})
    refused(api, "PATCH", path, {"sync_frequency": "6hour"}, "sync_frequency")


def test_views_come_in_pages_by_number(api: Client) -> None:
    for number in range(3):
        api.post("P/warehouse_saved_queries/", view("SELECT 1", name=f"v{number}"))
    api.control("settings", {"paging": {"max_page_size": 2}})
    first = api.get("P/warehouse_saved_queries/?limit=1")
    assert first["count"] == 3 and len(first["results"]) == 2 and first["next"].split("?")[1].startswith("page=2")
    assert len(api.get("P/warehouse_saved_queries/?page=2")["results"]) == 1
    assert api.get("P/warehouse_saved_queries/?search=v1")["count"] == 1


def test_a_source_its_schemas_and_tables(api: Client) -> None:
    url = "P/external_data_sources/"
    wizard = api.get(f"{url}wizard/")
    assert {"Stripe", "Postgres", "Hubspot"} <= set(wizard)
    assert [field["name"] for field in wizard["Stripe"]["fields"] if field["secret"]] == ["stripe_secret_key"]
    made = api.post(url, STRIPE)
    assert set(made) == {"id"}
    path = f"{url}{made['id']}/"
    shown = api.get(path)
    assert shown["job_inputs"] == {"stripe_account_id": "acct"} and "payload" not in shown
    # Only what was sent; the others come when the source is looked at again.
    assert [schema["name"] for schema in shown["schemas"]] == ["Customer"]
    api.post(f"{path}refresh_schemas/", {}, 200)
    schemas = {schema["name"]: schema for schema in api.get(path)["schemas"]}
    assert schemas["Customer"]["table"]["name"] == "stripe_customer" and schemas["Charge"]["should_sync"] is False
    assert schemas["Customer"]["sync_frequency"] == "6hour"
    changed = api.patch(path, {"prefix": "x", "description": "d", "job_inputs": {"stripe_account_id": "b"}})
    assert (changed["prefix"], changed["description"], changed["job_inputs"]["stripe_account_id"]) == (None, "d", "b")
    assert api.call("PUT", path, STRIPE).status_code == 403
    charge = f"P/external_data_schemas/{schemas['Charge']['id']}/"
    refused(api, "PATCH", charge, {"should_sync": True}, "sync_type")
    refused(api, "PATCH", charge, {"sync_type": "incremental"}, "incremental_field")
    refused(api, "PATCH", charge, {"sync_frequency": "daily"}, "sync_frequency")
    on = api.patch(charge, {"should_sync": True, "sync_type": "full_refresh", "sync_frequency": "1hour"})
    assert on["table"]["name"] == "stripe_charge" and on["sync_frequency"] == "1hour"
    assert api.get("P/warehouse_tables/")["count"] == 2
    api.post(f"{path}reload/", {}, 200)
    api.delete(path)
    assert api.get("P/external_data_schemas/")["count"] == api.get("P/warehouse_tables/")["count"] == 0


def test_sources_are_refused_outside_the_envelope(api: Client) -> None:
    url = "P/external_data_sources/"
    api.post(url, STRIPE)
    api.post(url, {**STRIPE, "prefix": "eu_"})
    payload = STRIPE["payload"]
    assert isinstance(payload, dict)
    for body in (
        STRIPE,
        {**STRIPE, "prefix": "eu_"},
        {**STRIPE, "prefix": "a-b"},
        {**STRIPE, "prefix": "n", "payload": {"schemas": payload["schemas"]}},
        {**STRIPE, "prefix": "n", "payload": {**payload, "schemas": []}},
        {**STRIPE, "prefix": "n", "payload": {**payload, "stripe_secret_key": "wrong"}},
        {**STRIPE, "prefix": "n", "payload": {**payload, "schemas": [{"name": "None", "should_sync": False}]}},
    ):
        reply = api.call("POST", url, body)
        assert reply.status_code == 400 and set(reply.json()) == {"message"}, reply.text
    refused(api, "POST", url, {**STRIPE, "source_type": "Abacus"}, "source_type")


def test_tables_and_joins(api: Client) -> None:
    made = api.post("P/warehouse_tables/", BUCKET)
    assert set(made["credential"]) == {"id", "created_by", "created_at"} and made["columns"]
    assert "secret-1" not in api.call("GET", "P/warehouse_tables/").text
    refused(api, "POST", "P/warehouse_tables/", BUCKET, "name")
    refused(api, "POST", "P/warehouse_tables/", {**BUCKET, "name": "b", "url_pattern": "bucket"}, "url_pattern")
    wrong = {"access_key": "key-1", "access_secret": "wrong"}
    refused(api, "POST", "P/warehouse_tables/", {**BUCKET, "name": "b", "credential": wrong}, None)
    api.post("P/external_data_sources/", STRIPE)
    join = {
        "source_table_name": "stripe_customer",
        "source_table_key": "id",
        "joining_table_name": "orders",
        "joining_table_key": "customer.id",
        "field_name": "orders",
    }
    link = api.post("P/warehouse_view_links/", join)
    assert link["source_table_name"] == "stripe.customer" and api.get("P/warehouse_view_link/")["count"] == 1
    path = f"P/warehouse_view_links/{link['id']}/"
    assert api.patch(path, join)["id"] == link["id"]
    refused(api, "POST", "P/warehouse_view_links/", join, None)
    refused(api, "POST", "P/warehouse_view_links/", {**join, "field_name": "a.b"}, None)
    refused(
        api, "POST", "P/warehouse_view_links/", {**join, "source_table_name": "events", "field_name": "person"}, None
    )
    refused(api, "POST", "P/warehouse_view_links/", {**join, "joining_table_name": "none"}, "joining_table_name")
    refused(api, "POST", "P/warehouse_view_links/", {**join, "source_table_key": "lower(id)"}, "source_table_key")
    assert api.post("P/warehouse_view_links/validate/", join, 200)["is_valid"] is True
    api.delete(path)


def send(api: Client, path: str, body: Any) -> requests.Response:
    """Send events, without a key."""
    return requests.post(f"{api.sandbox.url}{path}", json=body, timeout=5)


def test_events_are_taken_in_with_the_token_of_the_project(api: Client) -> None:
    token = api.sandbox.banner()["project_token"]
    event = {"event": "paid", "distinct_id": "d", "properties": {"amount": 3, "$set": {"email": "a"}}, "uuid": "u-1"}
    reply = send(api, "/i/v0/e/", {"api_key": token, **event})
    assert (reply.status_code, reply.json()) == (200, {"status": "Ok"})
    assert send(api, "/capture/", {"api_key": token, **event}).status_code == 200
    group = {"$group_type": "company", "$group_key": "k", "$group_set": {"plan": "free"}}
    batch = [{"event": "$groupidentify", "distinct_id": "d", "properties": group}, {"event": "e", "distinct_id": 5}]
    assert send(api, "/batch", {"api_key": token, "batch": batch}).status_code == 200
    rows = api.control("dump?type=event")["rows"]
    assert [row["event"] for row in rows] == ["paid", "$groupidentify", "e"] and rows[2]["distinct_id"] == "5"
    names = {row["name"] for row in api.get("P/event_definitions/")["results"]}
    assert names == {"paid", "$groupidentify", "e"}
    (amount,) = api.get("P/property_definitions/?properties=amount")["results"]
    assert amount["property_type"] == "Numeric"
    assert [row["name"] for row in api.get("P/property_definitions/?type=person")["results"]] == ["email"]
    assert [row["group_type"] for row in api.get("P/groups_types/")] == ["company"]
    plans = api.get("P/property_definitions/?type=group&group_type_index=0")["results"]
    assert [row["name"] for row in plans] == ["plan"]


def test_events_are_refused(api: Client) -> None:
    token = api.sandbox.banner()["project_token"]
    event = {"event": "e", "distinct_id": "d"}
    for body, status in (
        ({"api_key": "phc_wrong", **event}, 401),
        ({"api_key": api.key, **event}, 401),
        (event, 401),
        ({"api_key": token, "distinct_id": "d"}, 400),
        ({"api_key": token, "event": "e"}, 400),
        ({"api_key": token, "batch": [event, {"event": "x"}]}, 400),
    ):
        assert send(api, "/i/v0/e/", body).status_code == status, body
    assert requests.post(f"{api.sandbox.url}/batch/", data=b"{", timeout=5).status_code == 400
    assert api.control("dump?type=event")["rows"] == []
    api.control("settings", {"forbid_writes": True})
    assert send(api, "/i/v0/e/", {"api_key": token, **event}).status_code == 418


@pytest.mark.parametrize(
    "path",
    [
        "hog_functions",
        "hog_function_templates",
        "hog_flows",
        "messaging_templates",
        "alerts",
        "endpoints",
        "logs/views",
        "error_tracking/settings/retrieve_settings",
        "error_tracking/spike_detection_config",
        "external_data_schemas",
        "warehouse_view_links",
    ],
)
def test_what_a_server_of_2024_does_not_have(old: Any, path: str) -> None:
    assert Client(old).call("GET", f"P/{path}/").status_code == 404
