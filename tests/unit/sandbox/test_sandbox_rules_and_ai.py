# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of logs, the filter of events, and evaluations."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client
from test_sandbox_pipelines import refused

GROUP = {"type": "AND", "values": [{"type": "AND", "values": [{"key": "a", "type": "log", "value": "b"}]}]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("P/logs/sampling_rules/", {"rule_type": "path_drop", "config": {"filter_group": GROUP}}),
        ("P/logs/retention_rules/", {"config": {"retention_days": 30, "filter_group": GROUP}}),
    ],
)
def test_rules_stand_in_a_row(api: Client, path: str, body: dict[str, Any]) -> None:
    one, two = (api.post(path, {**body, "name": name}) for name in ("one", "two"))
    assert [one["priority"], two["priority"], one["version"]] == [0, 1, 1]
    assert api.patch(f"{path}{one['id']}/", {"enabled": True})["version"] == 2
    api.post(f"{path}reorder/", {"ordered_ids": [two["id"], one["id"]]}, 200)
    assert [rule["name"] for rule in api.get(path)["results"]] == ["two", "one"]
    refused(api, "POST", f"{path}reorder/", {"ordered_ids": [one["id"]]}, "ordered_ids")
    empty = {"type": "AND", "values": []}
    refused(api, "POST", path, {**body, "name": "x", "config": {**body["config"], "filter_group": empty}}, "config")
    refused(api, "POST", path, {**body, "name": "x", "priority": -1}, "priority")


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("severity_sampling", {}),
        ("path_drop", {}),
        ("path_drop", {"patterns": ["/a"]}),
        ("rate_limit", {}),
        ("rate_limit", {"logs_per_second": 10, "burst_logs": 5}),
        ("rate_limit", {"logs_per_second": 0}),
        ("rate_limit", {"kb_per_second": 10, "burst_kb": 5}),
    ],
)
def test_what_sampling_rules_need(api: Client, kind: str, config: dict[str, Any]) -> None:
    body = {"name": "x", "rule_type": kind, "config": config}
    refused(api, "POST", "P/logs/sampling_rules/", body, "config")


def test_retention(api: Client) -> None:
    body = {"name": "x", "config": {"retention_days": 20, "filter_group": GROUP}}
    refused(api, "POST", "P/logs/retention_rules/", body, "config")


def leaf(value: str, field: str = "event_name", operator: str = "exact") -> dict[str, Any]:
    """A condition."""
    return {"type": "condition", "field": field, "operator": operator, "value": value}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (leaf("a"), {"type": "or", "children": [leaf("a")]}),
        ({"type": "and", "children": [leaf("a")]}, {"type": "or", "children": [leaf("a")]}),
        ({"type": "or", "children": [leaf("a"), {"type": "and", "children": []}]}, None),
        ({"type": "or", "children": []}, "nothing"),
        ({"type": "not", "child": {"type": "or", "children": []}}, "nothing"),
    ],
)
def test_a_tree_is_pruned(api: Client, sent: dict[str, Any], kept: Any) -> None:
    assert api.call("GET", "P/event_filter/").status_code == 204
    shown = api.post("P/event_filter/", {"filter_tree": sent}, 200)
    wanted = {"type": "or", "children": [leaf("a")]} if kept is None else None if kept == "nothing" else kept
    assert (shown["filter_tree"], shown["mode"], shown["test_cases"]) == (wanted, "disabled", [])
    assert api.get("P/event_filter/") == shown


def test_what_a_tree_may_be(api: Client) -> None:
    deep: dict[str, Any] = leaf("a")
    for _level in range(5):
        deep = {"type": "not", "child": deep}
    many = {"type": "or", "children": [leaf(str(number)) for number in range(21)]}
    for tree in (deep, many, leaf(""), leaf("a", "event"), leaf("a", operator="regex"), {"type": "xor"}):
        refused(api, "POST", "P/event_filter/", {"filter_tree": tree}, "filter_tree")
    tree = {"type": "and", "children": [leaf("a"), leaf("u", "distinct_id", "contains")]}
    case = {"event_name": "a", "distinct_id": "user", "expected_result": "ingest"}
    refused(api, "POST", "P/event_filter/", {"filter_tree": tree, "test_cases": [case]}, "test_cases")
    api.post("P/event_filter/", {"filter_tree": tree, "test_cases": [{**case, "expected_result": "drop"}]}, 200)
    refused(api, "POST", "P/event_filter/", {"filter_tree": None}, "test_cases")


KEYS = "P/llm_analytics/provider_keys/"


def test_provider_keys(sandbox: Any, api: Client) -> None:
    body = {"name": "k", "provider": "openai", "api_key": "sk-1234567890"}
    made = api.post(KEYS, body)
    assert made["api_key_masked"] == "sk-...7890" and "api_key" not in made
    refused(api, "POST", KEYS, {"name": "k", "provider": "openai"}, "api_key")
    refused(api, "POST", KEYS, {**body, "api_key": "wrong-key"}, "api_key")
    refused(api, "POST", KEYS, {**body, "provider": "azure_openai"}, "azure_endpoint")
    refused(Client(sandbox, "member"), "POST", KEYS, body, None, 403)


def test_evaluations(api: Client) -> None:
    key = api.post(KEYS, {"name": "k", "provider": "openai", "api_key": "sk-1234567890"})["id"]
    path = "P/evaluations/"
    body = {
        "name": "e",
        "evaluation_type": "hog",
        "evaluation_config": {"source": "return true"},
        "output_type": "boolean",
    }
    model = {"provider": "openai", "model": "gpt-5", "provider_key_id": key}
    made = api.post(path, {**body, "model_configuration": model, "conditions": [{"id": "c"}]})
    assert made["model_configuration"]["provider_key_name"] == "k" and made["status"] == "paused"
    assert made["conditions"] == [{"id": "c", "rollout_percentage": 100, "properties": []}]
    assert api.patch(f"{path}{made['id']}/", {"enabled": True})["status"] == "active"
    refused(api, "POST", path, {**body, "evaluation_type": "llm_judge"}, "evaluation_config")
    refused(api, "POST", path, {**body, "conditions": [{}]}, "conditions")
    refused(
        api, "POST", path, {**body, "model_configuration": {**model, "provider_key_id": "x"}}, "model_configuration"
    )
    assert api.call("DELETE", f"{path}{made['id']}/").status_code == 405
    api.patch(f"{path}{made['id']}/", {"deleted": True})
    assert api.get(path)["count"] == 0
