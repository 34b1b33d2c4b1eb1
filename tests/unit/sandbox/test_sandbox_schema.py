# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group types and their metrics, definitions of events and properties, property groups."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client


def groups(api: Client, *names: str) -> None:
    api.control("seed", {"type": "group_type", "objects": [{"group_type": name} for name in names]})


def test_group_types_where_keys_may_change_them(api: Client) -> None:
    groups(api, "company", "team")
    names = [{"group_type_index": 1, "name_singular": "Team", "name_plural": "Teams"}]
    for path in ("update_metadata", "set_default_columns", "create_detail_dashboard"):
        method = "PATCH" if path == "update_metadata" else "PUT"
        refused = api.call(method, f"P/groups_types/{path}/", names)
        assert refused.status_code == 403 and "Personal API Key" in refused.json()["detail"]
    api.control("settings", {"open_routes": ["update_metadata", "set_default_columns", "create_detail_dashboard"]})
    whole = api.patch("P/groups_types/update_metadata/", names)
    assert [g["name_plural"] for g in whole] == [None, "Teams"]
    body = {"group_type_index": 0, "default_columns": ["plan"]}
    assert api.call("PUT", "P/groups_types/set_default_columns/", body).json()["default_columns"] == ["plan"]
    made = api.call("PUT", "P/groups_types/create_detail_dashboard/", {"group_type_index": 0})
    assert api.get(f"P/dashboards/{made.json()['detail_dashboard']}/")["name"]
    assert api.call("PUT", "P/groups_types/create_detail_dashboard/", {"group_type_index": 0}).status_code == 400
    api.delete("P/groups_types/0/")
    groups(api, "account")
    assert {g["group_type"]: g["group_type_index"] for g in api.get("P/groups_types/")} == {"team": 1, "account": 0}


def test_metrics_of_a_group_type(api: Client) -> None:
    groups(api, "company", "team")
    path = "P/groups_types/0/metrics/"
    body = {"name": "Usage", "filters": {"events": [{"id": "used"}], "typo": 1, "table_name": "x"}}
    made = api.post(path, body)
    assert (made["format"], made["interval"], made["display"], made["math"]) == ("numeric", 7, "number", "count")
    assert set(made["filters"]) == {"source", "events", "bytecode"}
    again = api.call("POST", path, body)
    assert (again.json()["code"], again.json()["attr"]) == ("unique", "name")
    api.post("P/groups_types/1/metrics/", body)
    assert api.get(path)["count"] == 1
    assert api.call("GET", "P/groups_types/4/metrics/").status_code == 404
    assert api.call("GET", f"P/groups_types/1/metrics/{made['id']}/").status_code == 404
    one = f"{path}{made['id']}/"
    assert api.call("PATCH", one, {"math": "sum"}).json()["attr"] == "math_property"
    assert api.call("PATCH", one, {"math_property": "total"}).status_code == 400
    assert api.patch(one, {"math": "sum", "math_property": "total"})["math"] == "sum"
    source: dict[str, Any] = {"source": "data_warehouse", "table_name": "t", "timestamp_field": "at"}
    assert api.call("PATCH", one, {"filters": source}).json()["attr"] == "filters__key_field"
    source["key_field"] = "id"
    assert api.call("PATCH", one, {"filters": source}).json()["attr"] == "filters__table_name"
    assert api.call("PATCH", one, {"filters": {"source": "elsewhere"}}).json()["attr"] == "filters__source"
    api.delete(one)


def test_event_definitions_can_be_created(api: Client) -> None:
    made = api.post("P/event_definitions/", {"name": "signed up", "verified": True})
    assert made["verified_at"] and made["verified_by"]["id"] == 1 and made["enforcement_mode"] == "allow"
    again = api.call("POST", "P/event_definitions/", {"name": "signed up"})
    assert (again.status_code, again.json()["attr"]) == (400, "name")
    assert api.call("POST", "P/event_definitions/", {"name": "x", "verified": True, "hidden": True}).status_code == 400
    path = f"P/event_definitions/{made['id']}/"
    assert api.patch(path, {"name": "other"})["name"] == "signed up"
    hidden = api.patch(path, {"hidden": True})
    assert hidden["verified"] is False and hidden["verified_by"] is None
    assert api.get("P/event_definitions/?exclude_hidden=true&search=signed")["count"] == 0
    shown = api.patch(path, {"verified": True})
    assert shown["hidden"] is False and shown["updated_by"]["id"] == 1
    assert api.get("P/event_definitions/?event_type=event_posthog")["count"] == 0
    api.delete(path)


def test_property_definitions_come_by_ingestion_only(api: Client) -> None:
    assert api.call("POST", "P/property_definitions/", {"name": "x"}).status_code == 403
    (number,) = api.control("seed", {"type": "property_definition", "objects": [{"name": "price"}]})["ids"]
    path = f"P/property_definitions/{number}/"
    done = api.patch(path, {"property_type": "Numeric", "verified": True, "name": "other"})
    assert done["is_numerical"] is True and done["name"] == "price" and done["verified_at"]
    assert api.patch(path, {"hidden": True})["verified"] is False
    api.control("features", {"remove": ["ingestion_taxonomy"]})
    assert api.call("PATCH", path, {"description": "d"}).status_code == 402


def test_property_groups(api: Client) -> None:
    rows = [{"name": "plan", "property_type": "String", "typo": 1, "validation_rules": {"enum": ["free", "paid"]}}]
    made = api.post("P/schema_property_groups/", {"name": "Account", "properties": rows})
    (row,) = made["properties"]
    assert row["is_required"] is False and "typo" not in row
    again = api.call("POST", "P/schema_property_groups/", {"name": "Account"})
    assert (again.json()["code"], again.json()["attr"]) == ("invalid_input", "name")
    path = f"P/schema_property_groups/{made['id']}/"
    assert api.patch(path, {"properties": made["properties"]})["properties"][0]["id"] != row["id"]
    event = api.post("P/event_definitions/", {"name": "signed up"})["id"]
    link = {"event_definition": event, "property_group_id": made["id"]}
    linked = api.post("P/event_schemas/", link)
    assert api.call("POST", "P/event_schemas/", link).status_code == 400
    assert api.get(path)["events"] == [{"id": event, "name": "signed up"}]
    assert api.get(f"P/event_schemas/?event_definition={event}")["results"][0]["property_group"]["name"] == "Account"
    api.delete(f"P/event_schemas/{linked['id']}/")
    assert api.get(path)["events"] == []


@pytest.mark.parametrize(
    ("item", "attr"),
    [
        ({"property_type": "Colour"}, "properties__0__property_type"),
        ({"property_type": "Boolean", "validation_rules": {"enum": ["a"]}}, "properties__0__validation_rules"),
        ({"property_type": "String", "validation_rules": {"minimum": 1}}, "properties__0__validation_rules"),
        ({"property_type": "String", "validation_rules": {"enum": []}}, "properties__0__validation_rules"),
        (
            {"property_type": "String", "validation_rules": {"enum": ["a"], "not": {"enum": ["b"]}}},
            "properties__0__validation_rules",
        ),
        ({"property_type": "Numeric", "validation_rules": {"enum": ["a"]}}, "properties__0__validation_rules"),
        ({"property_type": "Numeric", "validation_rules": {"max": 1}}, "properties__0__validation_rules__max"),
    ],
)
def test_rules_of_properties(api: Client, item: dict[str, Any], attr: str) -> None:
    reply = api.call("POST", "P/schema_property_groups/", {"name": "G", "properties": [{"name": "p", **item}]})
    assert (reply.status_code, reply.json()["attr"]) == (400, attr), reply.text
