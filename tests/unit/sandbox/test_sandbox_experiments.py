# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments, their flags, states, holdouts and saved metrics."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client

METRIC = {"kind": "ExperimentMetric", "metric_type": "mean", "source": {"kind": "EventsNode", "event": "paid"}}
VARIANTS = [{"key": "control", "rollout_percentage": 40}, {"key": "new", "rollout_percentage": 60}]
SPLIT = {"multivariate": {"variants": VARIANTS}, "groups": [{"rollout_percentage": 80}]}


def make(api: Client, **more: Any) -> Any:
    return api.post("P/experiments/", {"name": "E", "feature_flag_key": "e", **more})


def flag(api: Client, made: Any) -> Any:
    return api.get(f"P/feature_flags/{made['feature_flag']['id']}/")


def test_a_missing_flag_is_made_and_parameters_show_the_live_one(api: Client) -> None:
    made = make(api, feature_flag={"filters": SPLIT}, metrics=[METRIC])
    assert made["status"] == "draft" and flag(api, made)["active"] is False
    assert made["metrics"][0]["uuid"] and made["metrics"][0]["fingerprint"]
    assert made["parameters"]["rollout_percentage"] == 80
    path = f"P/experiments/{made['id']}/"
    api.patch(path, {"parameters": {"feature_flag_variants": [{**v, "rollout_percentage": 50} for v in VARIANTS]}})
    assert [v["rollout_percentage"] for v in flag(api, made)["filters"]["multivariate"]["variants"]] == [50, 50]
    version = flag(api, made)["version"]
    api.patch(path, {"feature_flag": {"filters": {"groups": [{"rollout_percentage": 10}]}}})
    assert api.get(path)["parameters"]["rollout_percentage"] == 10 and flag(api, made)["version"] == version + 1
    shown = api.get(path)
    assert shown["saved_metrics_ids"] is None and shown["deleted"] is False
    assert api.call("PATCH", path, {"feature_flag_key": "other"}).status_code == 400
    assert api.patch(path, {"feature_flag_key": "e", "description": "d"})["description"] == "d"


def test_an_existing_flag_is_reused_as_it_is(api: Client) -> None:
    groups = [{"properties": [], "rollout_percentage": 5}]
    key = api.post(
        "P/feature_flags/", {"key": "e", "filters": {"groups": groups, "multivariate": {"variants": VARIANTS}}}
    )
    made = make(api, feature_flag={"filters": {**SPLIT}})
    assert made["feature_flag"]["id"] == key["id"] and made["parameters"]["rollout_percentage"] == 5
    api.post("P/feature_flags/", {"key": "plain", "filters": {"groups": groups}})
    wrong = api.call("POST", "P/experiments/", {"name": "E", "feature_flag_key": "plain"})
    assert (wrong.status_code, wrong.json()["attr"]) == (400, "feature_flag_key")


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"parameters": {"feature_flag_variants": VARIANTS[:1]}}, "parameters"),
        ({"parameters": {"feature_flag_variants": [{**v, "key": v["key"] + "x"} for v in VARIANTS]}}, "parameters"),
        ({"parameters": {"running_time_calculation": {"typo": 1}}}, "parameters__typo"),
        ({"parameters": {"excluded_variants": ["new"]}}, "parameters"),
        ({"parameters": {"feature_flag_variants": VARIANTS, "excluded_variants": ["control"]}}, "parameters"),
        ({"excluded_variants": ["test"]}, "excluded_variants"),
        ({"running_time_calculation": {"typo": 1}}, "running_time_calculation__typo"),
        ({"exposure_criteria": {"exposure_config": {"typo": 1}}}, "exposure_criteria__exposure_config__typo"),
        ({"feature_flag": {"filters": {"groups": [{}, {}]}}}, "feature_flag__filters__groups"),
        (
            {"feature_flag": {"filters": {"groups": [{"properties": [{"key": "a"}]}]}}},
            "feature_flag__filters__groups__0__properties",
        ),
        ({"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "end_date"),
        ({"saved_metrics_ids": [{"id": 99}]}, "saved_metrics_ids"),
        ({"holdout_id": 99}, "holdout_id"),
        ({"conclusion": "great"}, "conclusion"),
        ({"metrics": [{"kind": "Nonsense"}]}, "metrics"),
    ],
)
def test_what_is_refused(api: Client, body: dict[str, Any], attr: str) -> None:
    reply = api.call("POST", "P/experiments/", {"name": "E", "feature_flag_key": "e", **body})
    assert (reply.status_code, reply.json()["attr"]) == (400, attr), reply.text


def test_the_life_cycle(api: Client) -> None:
    made = make(api)
    path = f"P/experiments/{made['id']}/"

    def refused(*routes: str) -> None:
        for route in routes:
            reply = api.call("POST", f"{path}{route}/", {"variant_key": "test"})
            assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input"), route

    refused("pause", "resume", "end", "archive", "unarchive", "reset", "ship_variant")
    assert api.post(f"{path}launch/", status=200)["status"] == "running" and flag(api, made)["active"] is True
    refused("launch", "resume", "archive")
    held = api.call("PATCH", f"P/feature_flags/{made['feature_flag']['id']}/", {"deleted": True})
    assert held.status_code == 400 and "running experiment" in held.json()["detail"]
    assert api.post(f"{path}pause/", status=200)["status"] == "paused" and flag(api, made)["active"] is False
    assert api.post(f"{path}resume/", status=200)["status"] == "running"
    ended = api.post(f"{path}end/", {"conclusion": "won"}, 200)
    assert (ended["status"], ended["conclusion"]) == ("stopped", "won") and flag(api, made)["active"] is True
    refused("end", "pause", "unarchive")
    shipped = api.post(f"{path}ship_variant/", {"variant_key": "test"}, 200)
    assert shipped["feature_flag"]["filters"]["groups"][0]["variant"] == "test"
    assert shipped["end_date"] == ended["end_date"]
    assert api.post(f"{path}archive/", status=200)["archived"] is True
    refused("archive")
    assert api.get("P/experiments/")["count"] == 0 and api.get("P/experiments/?archived=true")["count"] == 1
    api.post(f"{path}unarchive/", status=200)
    again = api.post(f"{path}reset/", status=200)
    assert (again["status"], again["conclusion"], again["end_date"]) == ("draft", None, None)
    copy = api.post(f"{path}duplicate/", {"name": "F"})
    assert copy["name"] == "F" and copy["feature_flag"]["id"] == made["feature_flag"]["id"]


def test_lists_are_reduced_and_deletion_is_soft(api: Client) -> None:
    made = make(api, metrics=[METRIC])
    make(api, name="Second")
    (row,) = api.get("P/experiments/?search=second&status=draft")["results"]
    assert not {"metrics", "metrics_secondary", "saved_metrics", "parameters"} & set(row)
    assert row["feature_flag_key"] == "e"
    path = f"P/experiments/{made['id']}/"
    assert (api.call("DELETE", path).status_code, api.call("DELETE", path).content) == (405, b"")
    api.patch(path, {"deleted": True})
    assert api.call("GET", path).status_code == 404 and api.get("P/experiments/")["count"] == 1
    api.patch(path, {"deleted": False})
    assert api.get("P/experiments/")["count"] == 2


def test_holdouts_are_copied_into_flags(api: Client) -> None:
    hold = api.post("P/experiment_holdouts/", {"name": "H", "filters": [{"properties": [], "rollout_percentage": 10}]})
    assert hold["filters"][0]["variant"] == f"holdout-{hold['id']}"
    path = f"P/experiment_holdouts/{hold['id']}/"
    made = make(api, holdout_id=hold["id"])
    assert made["holdout"]["id"] == hold["id"]
    assert flag(api, made)["filters"]["holdout"] == {"id": hold["id"], "exclusion_percentage": 10}
    changed = api.patch(path, {"filters": [{"rollout_percentage": 20, "variant": "mine"}]})
    assert changed["filters"][0]["variant"] == f"holdout-{hold['id']}"
    assert flag(api, made)["filters"]["holdout"]["exclusion_percentage"] == 20
    assert api.call("PATCH", path, {"filters": []}).json()["attr"] == "filters"
    api.delete(path)
    assert "holdout" not in flag(api, made)["filters"] and api.get(f"P/experiments/{made['id']}/")["holdout_id"] is None


def test_saved_metrics(api: Client) -> None:
    saved = api.post("P/experiment_saved_metrics/", {"name": "Paid", "query": METRIC, "tags": ["Core"]})
    assert saved["query"]["uuid"] and saved["tags"] == ["core"]
    again = api.call("POST", "P/experiment_saved_metrics/", {"name": "PAID", "query": METRIC})
    assert (again.status_code, again.json()["code"], again.json()["attr"]) == (400, "invalid_input", "name")
    made = make(api, saved_metrics_ids=[{"id": saved["id"], "metadata": {"type": "secondary"}}])
    (link,) = made["saved_metrics"]
    assert (link["saved_metric"], link["metadata"], link["name"]) == (saved["id"], {"type": "secondary"}, "Paid")
    api.delete(f"P/experiment_saved_metrics/{saved['id']}/")
    assert api.get(f"P/experiments/{made['id']}/")["saved_metrics"] == []


@pytest.mark.parametrize(
    "change",
    [{"source": None}, {"nope": 1}, {"metric_type": "sums"}, {"conversion_window_unit": "fortnight"}, {"goal": "up"}],
)
def test_a_saved_metric_is_checked_strictly(api: Client, change: dict[str, Any]) -> None:
    """A key too many, one that is missing, or another choice (recorded in 2025)."""
    query = {key: value for key, value in {**METRIC, **change}.items() if value is not None}
    answer = api.call("POST", "P/experiment_saved_metrics/", {"name": "Paid", "query": query})
    assert answer.status_code == 400 and answer.json()["attr"] == "query", answer.text
    saved = api.post("P/experiment_saved_metrics/", {"name": "Paid", "query": METRIC})
    path = f"P/experiment_saved_metrics/{saved['id']}/"
    assert api.call("PATCH", path, {"query": query}).status_code == 400


def test_web_experiments(api: Client) -> None:
    transform = {"selector": "h1", "text": "Hi"}
    good = {
        "control": {"rollout_percentage": 50},
        "new": {"rollout_percentage": 50, "transforms": [transform]},
    }
    made = api.post("P/web_experiments/", {"name": "Big Button", "variants": good})
    assert made["feature_flag_key"].startswith("big-button-") and made["feature_flag_key"] != "big-button-"
    (row,) = api.get("P/experiments/")["results"]
    assert (row["id"], row["type"], row["feature_flag"]["active"]) == (made["id"], "web", False)
    for wrong in (
        {"new": good["new"]},
        {**good, "new": {"transforms": [transform]}},
        {**good, "new": {"rollout_percentage": 50, "transforms": [{"text": "Hi"}]}},
    ):
        assert api.call("POST", "P/web_experiments/", {"name": "W", "variants": wrong}).status_code == 400
    api.delete(f"P/web_experiments/{made['id']}/")
    assert api.get("P/web_experiments/")["count"] == api.get("P/experiments/")["count"] == 0


def test_a_guarded_flag_waits_for_approval(api: Client) -> None:
    made = make(api, start_date="2026-01-01T00:00:00Z")
    api.control("settings", {"guarded_flags": ["e"]})
    path = f"P/experiments/{made['id']}/"
    for method, where, body in (
        ("PATCH", f"P/feature_flags/{made['feature_flag']['id']}/", {"active": False}),
        ("POST", f"{path}ship_variant/", {"variant_key": "test"}),
    ):
        reply = api.call(method, where, body)
        assert reply.status_code == 409 and reply.json()["code"] == "approval_required" and "type" not in reply.json()
    assert api.get(path)["status"] == "running"


def test_a_copy_in_another_project(sandbox: Any, api: Client) -> None:
    made = make(api, metrics=[METRIC])
    other = api.post("O/projects/", {"name": "Two"})["id"]
    path = f"P/experiments/{made['id']}/copy_to_project/"
    copy = api.post(path, {"target_team_id": other})
    assert copy["feature_flag"]["team_id"] == other and copy["metrics"][0]["uuid"] != made["metrics"][0]["uuid"]
    assert api.call("POST", path, {"target_team_id": 999}).status_code == 404
    legacy = make(api, name="Old", metrics=[{"kind": "ExperimentTrendsQuery"}])
    refused = api.call("POST", f"P/experiments/{legacy['id']}/duplicate/")
    assert refused.status_code == 400 and set(refused.json()) == {"detail"}


def test_older_servers_have_no_life_cycle_routes(old: Any) -> None:
    api = Client(old)
    made = api.post(
        "P/experiments/", {"name": "E", "feature_flag_key": "e", "parameters": {}, "filters": {"events": [{"id": "a"}]}}
    )
    reply = api.call("POST", f"P/experiments/{made['id']}/launch/")
    assert (reply.status_code, reply.json()["detail"]) == (404, "Endpoint not found.")
    assert api.call("GET", "P/experiment_holdouts/").json()["detail"] == "Endpoint not found."
