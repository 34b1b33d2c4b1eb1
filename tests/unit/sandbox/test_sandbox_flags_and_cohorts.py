# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feature flags and cohorts as the newest server treats them."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client

ONE = {"groups": [{"properties": [], "rollout_percentage": 30}]}


def person(**more: Any) -> dict[str, Any]:
    return {"key": "email", "type": "person", "operator": "exact", "value": ["a@b.test"], **more}


def cohort_filters(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"type": "OR", "values": [{"type": "AND", "values": list(leaves)}]}}


def make(api: Client, key: str = "f", **more: Any) -> dict[str, Any]:
    return api.post("P/feature_flags/", {"key": key, "filters": ONE, **more})


def refused(api: Client, filters: Any, code: str = "invalid_input") -> dict[str, Any]:
    reply = api.call("POST", "P/feature_flags/", {"key": "bad", "filters": filters})
    assert reply.status_code == 400, reply.text
    assert reply.json()["code"] == code, reply.text
    return reply.json()


def test_what_the_server_adds(api: Client) -> None:
    made = make(api, tags=["B", " a ", "b", "c"])
    assert made["filters"] == {
        "groups": [{"properties": [], "rollout_percentage": 30, "aggregation_group_type_index": None}],
        "aggregation_group_type_index": None,
    }
    assert sorted(made["tags"]) == ["a", "b", "c"]
    assert made["version"] == 1 and made["active"] is True and made["name"] == ""
    assert api.patch(f"P/feature_flags/{made['id']}/", {})["version"] == 2


def test_a_patch_merges_the_top_level_keys_of_filters(api: Client) -> None:
    variants = {"variants": [{"key": "a", "rollout_percentage": 50}, {"key": "b", "rollout_percentage": 50}]}
    made = make(api, filters={**ONE, "multivariate": variants, "payloads": {"a": {"x": 1}}})
    assert made["filters"]["payloads"] == {"a": '{"x": 1}'}
    path = f"P/feature_flags/{made['id']}/"
    changed = api.patch(path, {"filters": {"groups": [{"rollout_percentage": 5}]}})["filters"]
    assert changed["multivariate"]["variants"] == variants["variants"] and changed["payloads"]
    assert changed["groups"][0]["rollout_percentage"] == 5
    assert api.patch(path, {"filters": {}})["filters"] == changed
    assert api.patch(path, {"filters": {"groups": []}})["filters"]["groups"] == []


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({}, "invalid_input"),
        ({"groups": []}, "invalid_input"),
        ("nope", "not_a_dict"),
        ({"groups": "x"}, "not_a_list"),
        ({**ONE, "version": 2}, "reserved_config_version"),
        ({"groups": [{"rollout_percentage": 101}]}, "invalid_input"),
        ({"groups": [{"rollout_percentage": "50"}]}, "invalid_input"),
        ({"groups": [{"variant": "zz"}]}, "invalid_input"),
        ({**ONE, "payloads": {"x": "1"}}, "invalid_input"),
        ({**ONE, "payloads": {"true": "{"}}, "invalid_payload_json"),
        ({**ONE, "payloads": {"true": "NaN"}}, "invalid_payload_json"),
        ({**ONE, "multivariate": {"variants": [{"key": "a", "rollout_percentage": 10}]}}, "invalid_input"),
        ({"groups": [{"properties": [{"key": "a", "value": "b"}]}]}, "required"),
        ({"groups": [{"properties": [person(type="event")]}]}, "invalid_choice"),
        ({"groups": [{"properties": [person(type="group", group_type_index=0)]}]}, "invalid_input"),
        ({"groups": [{"properties": [person(operator="in")]}]}, "invalid_input"),
        ({"groups": [{"properties": [person(operator="is_date_after", value="soon")]}]}, "invalid_date"),
        ({"groups": [{"properties": [person(operator="regex", value=["x"])]}]}, "invalid_value"),
        ({"groups": [{"properties": [{"key": "id", "type": "cohort", "value": 9}]}]}, "cohort_does_not_exist"),
    ],
)
def test_refused_filters(api: Client, filters: Any, code: str) -> None:
    refused(api, filters, code)


def test_nested_errors_name_their_path(api: Client) -> None:
    wrong = {**ONE, "multivariate": {"variants": [{"key": "a"}]}}
    assert refused(api, wrong, "required")["attr"] == "filters__multivariate__variants__0__rollout_percentage"


def test_unknown_filter_keys_vanish(api: Client) -> None:
    made = make(api, filters={"groups": [{"rollout_percentge": 5}], "typo": 1, "super_groups": []})
    assert set(made["filters"]) == {"groups", "aggregation_group_type_index"}
    assert "rollout_percentge" not in made["filters"]["groups"][0]


def test_keys(api: Client) -> None:
    first = make(api)
    again = api.call("POST", "P/feature_flags/", {"key": "f", "filters": ONE}).json()
    assert (again["code"], again["attr"]) == ("unique", "key")
    wrong = api.call("POST", "P/feature_flags/", {"key": "a b", "filters": ONE}).json()
    assert (wrong["code"], wrong["attr"]) == ("invalid_key", "key")
    path = f"P/feature_flags/{first['id']}/"
    api.patch(path, {"deleted": True})
    assert api.get(path)["deleted"] is True
    assert api.get("P/feature_flags/")["count"] == 0
    second = make(api)
    assert second["id"] != first["id"]
    assert api.patch(path, {"deleted": False})["key"] == "f-2"


def test_archived_flags_are_not_listed(api: Client) -> None:
    made = make(api)
    path = f"P/feature_flags/{made['id']}/"
    assert api.call("PATCH", path, {"archived": True}).status_code == 400
    api.patch(path, {"archived": True, "active": False})
    assert api.get("P/feature_flags/")["count"] == 0
    assert api.get("P/feature_flags/?archived=true")["count"] == 1
    assert api.get("P/feature_flags/?key=F&archived=true")["count"] == 1


def test_a_usage_dashboard_comes_along(api: Client) -> None:
    made = make(api)
    board = api.get(f"P/dashboards/{made['usage_dashboard']}/")
    assert board["name"] == "Generated Dashboard: f Usage" and len(board["tiles"]) == 2
    assert api.get("P/dashboards/?exclude_generated=true")["count"] == 0


def test_encrypted_payloads_are_redacted(api: Client) -> None:
    wrong = api.call("POST", "P/feature_flags/", {"key": "x", "filters": ONE, "has_encrypted_payloads": True})
    assert wrong.status_code == 400
    made = make(
        api,
        filters={**ONE, "payloads": {"true": '"secret"'}},
        is_remote_configuration=True,
        has_encrypted_payloads=True,
    )
    assert "secret" not in str(made)
    path = f"P/feature_flags/{made['id']}/"
    assert api.patch(path, {"filters": made["filters"]})["filters"] == made["filters"]
    assert "secret" in str(api.control("dump?type=feature_flag"))


def test_contexts_and_tags_need_the_plan(api: Client) -> None:
    assert make(api, "a", evaluation_contexts=["Main"], tags=["x"])["evaluation_contexts"] == ["main"]
    api.control("features", {"features": []})
    made = make(api, "b", evaluation_contexts=["main"], tags=["x"])
    assert made["evaluation_contexts"] == [] and made["tags"] == []


def test_flags_that_depend_on_flags(api: Client) -> None:
    base = make(api, "base")
    prop = {"key": base["id"], "type": "flag", "operator": "flag_evaluates_to", "value": True}
    other = make(api, "other", filters={"groups": [{"properties": [prop]}]})
    assert other["filters"]["groups"][0]["properties"][0]["key"] == str(base["id"])
    path = f"P/feature_flags/{base['id']}/"
    assert api.call("PATCH", path, {"deleted": True}).status_code == 400
    assert api.call("PATCH", path, {"active": False}).status_code == 400


def test_version_conflict_only_with_the_original(api: Client) -> None:
    made = make(api)
    path = f"P/feature_flags/{made['id']}/"
    api.patch(path, {"name": "theirs"})
    assert api.call("PATCH", path, {"name": "mine", "version": 1, "original_flag": made}).status_code == 409
    assert api.patch(path, {"name": "mine", "version": 1})["name"] == "mine"


def test_copying_to_another_project(api: Client) -> None:
    make(api)
    other = api.post("O/projects/", {"name": "Two"})["id"]
    body = {"feature_flag_key": "f", "from_project": 1, "target_project_ids": [other, 999]}
    done = api.call("POST", "O/feature_flags/copy_flags/", body).json()
    assert len(done["success"]) == 1 and len(done["failed"]) == 1
    assert api.get(f"/api/projects/{other}/feature_flags/?key=f")["count"] == 1


# ---- cohorts


def test_a_cohort_gains_computed_keys(api: Client) -> None:
    made = api.post("P/cohorts/", {"name": "C", "filters": cohort_filters(person())})
    leaf = made["filters"]["properties"]["values"][0]["values"][0]
    assert {"bytecode", "bytecode_error", "conditionHash"} <= set(leaf)
    assert made["is_calculating"] is True
    read = api.get(f"P/cohorts/{made['id']}/")
    assert read["is_calculating"] is False and read["count"] == 0
    assert api.patch(f"P/cohorts/{made['id']}/", {"filters": made["filters"]})["filters"] == made["filters"]


@pytest.mark.parametrize(
    ("filters", "attr"),
    [
        ({"x": 1}, "filters__x"),
        (cohort_filters(person(typo=1)), "filters__properties__values__0__values__0__typo"),
        (
            cohort_filters({"key": "email", "type": "person", "value": "x"}),
            "filters__properties__values__0__values__0__operator",
        ),
        (
            cohort_filters({"key": "$pageview", "type": "behavioral", "value": "performed_event"}),
            "filters__properties__values__0__values__0__event_type",
        ),
        ({"properties": {"type": "OR", "values": [{"type": "nope"}]}}, "filters__properties__values__0__type"),
    ],
)
def test_refused_cohort_filters(api: Client, filters: Any, attr: str) -> None:
    reply = api.call("POST", "P/cohorts/", {"name": "C", "filters": filters})
    assert (reply.status_code, reply.json()["attr"]) == (400, attr)


def test_cohorts_and_flags(api: Client) -> None:
    plain = api.post("P/cohorts/", {"name": "Plain", "filters": cohort_filters(person())})
    event = {"key": "$pageview", "type": "behavioral", "value": "performed_event", "event_type": "events"}
    behavioural = api.post("P/cohorts/", {"name": "Event", "filters": cohort_filters(event)})
    prop = {"key": "id", "type": "cohort", "operator": "in", "value": plain["id"]}
    made = make(api, filters={"groups": [{"properties": [prop]}]})
    assert made["filters"]["groups"][0]["properties"][0]["cohort_name"] == "Plain"
    back = api.patch(f"P/feature_flags/{made['id']}/", {"filters": made["filters"]})
    assert back["filters"] == made["filters"]
    refused(api, {"groups": [{"properties": [{**prop, "value": behavioural["id"]}]}]}, "behavioral_cohort_found")
    turned = api.call("PATCH", f"P/cohorts/{plain['id']}/", {"filters": cohort_filters(event)})
    assert turned.json()["code"] == "behavioral_cohort_found"


def test_cohorts_do_not_form_a_loop(api: Client) -> None:
    one = api.post("P/cohorts/", {"name": "1", "filters": cohort_filters(person())})
    two = api.post(
        "P/cohorts/", {"name": "2", "filters": cohort_filters({"key": "id", "type": "cohort", "value": one["id"]})}
    )
    loop = cohort_filters({"key": "id", "type": "cohort", "value": two["id"]})
    assert api.call("PATCH", f"P/cohorts/{one['id']}/", {"filters": loop}).status_code == 400


def test_static_cohorts_and_types(api: Client) -> None:
    assert api.post("P/cohorts/", {"name": "S", "is_static": True})["filters"] == {"properties": {}}
    assert api.call("POST", "P/cohorts/", {"name": "Q", "query": {"kind": "ActorsQuery"}}).status_code == 400
    wrong = {"name": "T", "filters": cohort_filters(person()), "cohort_type": "behavioral"}
    assert api.call("POST", "P/cohorts/", wrong).json()["attr"] == "cohort_type"


def test_cohort_search_is_fuzzy(api: Client) -> None:
    api.post("P/cohorts/", {"name": "Beta testers", "filters": cohort_filters(person())})
    (found,) = api.get("P/cohorts/?search=beta tester")["results"]
    assert found["search_match_type"] == "exact"
    (found,) = api.get("P/cohorts/?search=betta testerz&basic=true")["results"]
    assert found["search_match_type"] == "similar" and "filters" not in found
