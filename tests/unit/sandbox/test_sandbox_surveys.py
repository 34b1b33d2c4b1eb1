# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surveys and product tours: their texts, rules, plan gates and hidden flags."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client

OPEN = {"type": "open", "question": "Why?"}
CHOICES = {"type": "single_choice", "question": "Which?", "choices": ["a", "b"]}
FILTERS = {"groups": [{"properties": [{"key": "email", "type": "person", "operator": "exact", "value": "x"}]}]}
FUTURE = "2100-01-01T00:00:00Z"


def make(api: Client, **more: Any) -> Any:
    return api.post("P/surveys/", {"name": "S", "type": "popover", "questions": [OPEN], **more})


def test_questions_get_ids_and_lose_scripts(api: Client) -> None:
    made = make(api, questions=[{**OPEN, "question": "Why<script>x()</script>?", "custom": 1}])
    (question,) = made["questions"]
    assert question["question"] == "Why?" and question["custom"] == 1
    path = f"P/surveys/{made['id']}/"
    kept = api.patch(path, {"questions": [{**OPEN, "id": question["id"]}]})
    assert kept["questions"][0]["id"] == question["id"]
    assert api.patch(path, {"questions": [OPEN]})["questions"][0]["id"] != question["id"]


def test_translations(api: Client) -> None:
    german = {"question": "Welches?", "choices": ["x", "y"], "unknown": 1}
    made = make(
        api,
        questions=[{**CHOICES, "translations": {"de-at": german, "fr": {}}}],
        translations={"de-at": {"name": "Umfrage", "typo": "x"}, "FR": {"name": ""}},
    )
    assert made["questions"][0]["translations"] == {"de-AT": {"question": "Welches?", "choices": ["x", "y"]}}
    assert made["translations"] == {"de-AT": {"name": "Umfrage"}} and made["base_language"] == "en"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"questions": [{"type": "open"}]}, "questions__0__question"),
        ({"questions": [{"type": "essay", "question": "?"}]}, "questions__0__type"),
        ({"questions": [{"type": "link", "question": "?", "link": "http://a.test"}]}, "questions"),
        ({"questions": [{**CHOICES, "choices": ["a"]}]}, "questions"),
        ({"questions": [{**CHOICES, "choices": ["a", " "]}]}, "questions__0__choices__1"),
        ({"questions": [{**OPEN, "branching": {"type": "response_based", "responseValues": {}}}]}, "questions"),
        ({"questions": [{**CHOICES, "translations": {"de": {"choices": ["x"]}}}]}, "questions"),
        ({"questions": [{**OPEN, "validation": [{"type": "min_length", "value": 0}]}]}, "questions"),
        (
            {"questions": [{**CHOICES, "branching": {"type": "end"}}], "appearance": {"shuffleQuestions": True}},
            "appearance",
        ),
        ({"conditions": {"seenSurveyWaitPeriodInDays": -1}}, "conditions"),
        ({"conditions": {"linkedFlagVariant": "any"}}, "conditions"),
        ({"conditions": {"actions": {"values": [{"id": 99}]}}}, "conditions"),
        ({"conditions": {"deviceTypes": ["Fridge"]}}, "conditions__deviceTypes__0"),
        ({"type": "external_survey", "conditions": {"url": "x"}}, "conditions"),
        ({"type": "external_survey", "targeting_flag_filters": FILTERS}, "targeting_flag_filters"),
        ({"targeting_flag_filters": {"groups": [{"properties": [], "rollout_percentage": 100}]}}, None),
        ({"linked_flag_id": 99}, None),
        ({"iteration_count": 501}, "iteration_count"),
        ({"iteration_frequency_days": 0}, "iteration_frequency_days"),
        ({"response_sampling_limit": 5}, None),
        ({"response_sampling_start_date": "2020-01-01T00:00:00Z"}, None),
        ({"schedule": "sometimes"}, "schedule"),
    ],
)
def test_what_is_refused(api: Client, body: dict[str, Any], attr: str | None) -> None:
    reply = api.call("POST", "P/surveys/", {"name": "S", "type": "popover", "questions": [OPEN], **body})
    assert (reply.status_code, reply.json()["attr"]) == (400, attr), reply.text


def test_sampling_without_an_interval_is_a_server_error(api: Client) -> None:
    body = {"response_sampling_limit": 5, "response_sampling_start_date": FUTURE}
    reply = api.call("POST", "P/surveys/", {"name": "S", "type": "popover", **body})
    assert reply.status_code == 500 and reply.json()["type"] == "server_error"
    whole = {**body, "response_sampling_interval": 2, "response_sampling_interval_type": "week"}
    assert make(api, **whole)["response_sampling_limit"] == 5


def test_actions_are_expanded_and_lost_by_a_patch_without_conditions(api: Client) -> None:
    action = api.post("P/actions/", {"name": "A", "steps": []})
    made = make(api, conditions={"url": "x", "actions": {"values": [{"id": action["id"]}]}})
    assert made["conditions"]["actions"]["values"][0]["name"] == "A"
    changed = api.patch(f"P/surveys/{made['id']}/", {"description": "d"})
    assert changed["conditions"] == {"url": "x", "actions": {"values": []}}


def test_targeting(api: Client) -> None:
    made = make(api, targeting_flag_filters=FILTERS)
    path = f"P/surveys/{made['id']}/"
    number = made["targeting_flag"]["id"]
    assert "targeting_flag_filters" not in made
    assert made["targeting_flag"]["filters"]["groups"][0]["aggregation_group_type_index"] is None
    assert api.patch(path, {"targeting_flag_filters": {}})["targeting_flag"]["id"] == number
    other = {"groups": [{"properties": FILTERS["groups"][0]["properties"], "rollout_percentage": 7}]}
    changed = api.patch(path, {"targeting_flag_filters": other})["targeting_flag"]
    assert changed["id"] == number and changed["filters"]["groups"][0]["rollout_percentage"] == 7
    assert api.patch(path, {"remove_targeting_flag": True})["targeting_flag"] is None
    assert api.call("GET", f"P/feature_flags/{number}/").status_code == 404


def test_the_internal_flag_follows_the_survey(api: Client) -> None:
    made = make(api)
    inner = made["internal_targeting_flag"]
    assert inner["active"] is False and api.get("P/feature_flags/")["count"] == 0
    path = f"P/surveys/{made['id']}/"
    assert api.post(f"{path}launch/", status=200)["internal_targeting_flag"]["active"] is True
    assert api.call("POST", f"{path}launch/").status_code == 400
    stopped = api.post(f"{path}stop/", status=200)
    assert stopped["end_date"] and stopped["internal_targeting_flag"]["active"] is False
    assert api.call("POST", f"{path}stop/").status_code == 400
    assert api.patch(path, {"end_date": None})["internal_targeting_flag"]["active"] is True
    assert api.patch(path, {"schedule": "always"})["internal_targeting_flag"] is None
    api.delete(path)
    assert api.call("GET", f"P/feature_flags/{inner['id']}/").status_code == 404


def test_iterations(api: Client) -> None:
    made = make(api, start_date="2026-01-01T00:00:00Z", iteration_count=3, iteration_frequency_days=10)
    assert made["iteration_start_dates"][1] == "2026-01-11T00:00:00Z" and made["current_iteration"] == 1
    path = f"P/surveys/{made['id']}/"
    api.control("edit", {"type": "survey", "id": made["id"], "set": {"current_iteration": 2}})
    assert api.call("PATCH", path, {"iteration_count": 1, "iteration_frequency_days": 10}).status_code == 400
    assert api.patch(path, {"iteration_count": 2})["iteration_frequency_days"] is None


def test_styling_is_part_of_a_plan(api: Client) -> None:
    look = {"backgroundColor": "#fff", "whiteLabel": True, "submitButtonText": "Go"}
    made = make(api, appearance=look)
    api.control("features", {"remove": ["surveys_styling", "white_labelling"]})
    path = f"P/surveys/{made['id']}/"
    assert api.patch(path, {"appearance": {**look, "submitButtonText": "Send"}})["appearance"]["whiteLabel"] is True
    assert api.call("PATCH", path, {"appearance": {**look, "backgroundColor": "#000"}}).json()["attr"] == "appearance"
    for refused in ({"whiteLabel": True}, {"position": "left"}):
        body = {"name": "T", "type": "popover", "appearance": refused}
        assert api.call("POST", "P/surveys/", body).status_code == 400


def test_targeting_needs_the_flags_scope_too(sandbox: Any, api: Client) -> None:
    api.control("keys", {"name": "surveys", "value": "phx_surveys", "user": 1, "scopes": ["survey:write"]})
    limited = Client(sandbox, "phx_surveys")
    body = {"name": "S", "type": "popover", "questions": [OPEN]}
    refused = limited.call("POST", "P/surveys/", {**body, "targeting_flag_filters": FILTERS})
    assert refused.status_code == 403 and "feature_flag:write" in refused.json()["detail"]
    assert limited.call("POST", "P/surveys/", body).status_code == 201


def test_archived_surveys_and_names(api: Client) -> None:
    made = make(api)
    again = api.call("POST", "P/surveys/", {"name": "S", "type": "api"})
    assert (again.json()["code"], again.json()["attr"]) == ("unique", None)
    api.patch(f"P/surveys/{made['id']}/", {"archived": True})
    assert api.get("P/surveys/?archived=false")["count"] == 0 and api.get("P/surveys/?archived=true")["count"] == 1


def test_product_tours(api: Client) -> None:
    made = api.post("P/product_tours/", {"name": "T", "content": {"steps": []}, "targeting_flag_filters": FILTERS})
    inner = made["internal_targeting_flag"]
    keys = [prop["key"] for prop in inner["filters"]["groups"][0]["properties"]]
    assert keys[0] == "email" and len(keys) == 4 and inner["active"] is False
    assert len(made["targeting_flag_filters"]["groups"][0]["properties"]) == 1
    path = f"P/product_tours/{made['id']}/"
    assert api.patch(path, {"start_date": "2026-01-01T00:00:00Z"})["internal_targeting_flag"]["active"] is True
    assert api.get("P/feature_flags/")["count"] == api.get("P/surveys/")["count"] == 0
    api.delete(path)
    assert api.call("GET", f"P/feature_flags/{inner['id']}/").status_code == 404


def test_older_servers(old: Any) -> None:
    api = Client(old)
    made = api.post("P/surveys/", {"name": "S", "type": "popover"})
    for method, path in (("POST", f"P/surveys/{made['id']}/launch/"), ("GET", "P/product_tours/")):
        reply = api.call(method, path)
        assert (reply.status_code, reply.json()["detail"]) == (404, "Endpoint not found.")
