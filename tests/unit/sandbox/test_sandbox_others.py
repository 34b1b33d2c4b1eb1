# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Early access features, surveys, definitions, tags, and what the 2024 profile does differently."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
from sandbox_client import Client

SERVE = Path(__file__).resolve().parents[2] / "sandbox" / "serve.py"
ONE = {"groups": [{"properties": [], "rollout_percentage": 30}]}


def test_an_early_access_feature_and_its_flag(api: Client) -> None:
    made = api.post("P/early_access_feature/", {"name": "New thing", "stage": "beta"})
    flag = made["feature_flag"]
    assert flag["key"] == "new-thing" and flag["filters"]["feature_enrollment"] is True
    path = f"P/feature_flags/{flag['id']}/"
    assert api.call("PATCH", path, {"deleted": True}).status_code == 400
    assert api.get(path)["features"][0]["id"] == made["id"]
    api.delete(f"P/early_access_feature/{made['id']}/")
    assert "feature_enrollment" not in api.get(path)["filters"]
    api.patch(path, {"deleted": True})


def test_a_survey_with_its_flags(api: Client) -> None:
    linked = api.post("P/feature_flags/", {"key": "f", "filters": ONE})
    body = {
        "name": "S",
        "type": "popover",
        "questions": [{"type": "open", "question": "Why?"}],
        "linked_flag_id": linked["id"],
        "targeting_flag_filters": {
            "groups": [{"properties": [{"key": "email", "type": "person", "operator": "exact", "value": "x"}]}]
        },
    }
    made = api.post("P/surveys/", body)
    assert made["linked_flag"]["id"] == linked["id"] and made["questions"][0]["id"]
    assert made["targeting_flag"]["key"] == "survey-targeting-s"
    assert [flag["key"] for flag in api.get("P/feature_flags/")["results"]] == ["f"]
    assert api.call("POST", "P/surveys/", body).json()["code"] == "unique"
    path = f"P/surveys/{made['id']}/"
    assert api.patch(path, {"linked_flag_id": None})["linked_flag"] is None
    api.delete(path)
    assert api.call("GET", f"P/feature_flags/{made['targeting_flag']['id']}/").status_code == 404


def test_definitions(api: Client) -> None:
    (event,) = api.control("seed", {"type": "event_definition", "objects": [{"name": "signed up"}]})["ids"]
    path = f"P/event_definitions/{event}/"
    done = api.patch(path, {"verified": True, "tags": ["Core"], "owner": 2})
    assert done["verified_at"] and done["tags"] == ["core"] and done["owner"]["id"] == 2
    assert api.call("PATCH", path, {"verified": True, "hidden": True}).status_code == 400
    api.control("features", {"remove": ["ingestion_taxonomy"]})
    refused = api.call("PATCH", path, {"description": "d"})
    assert (refused.status_code, refused.json()["type"]) == (402, "server_error")
    objects = [{"name": "plan"}, {"name": "email", "type": "person"}]
    api.control("seed", {"type": "property_definition", "objects": objects})
    found = api.get("P/property_definitions/?type=person&properties=email,plan")["results"]
    assert [entry["name"] for entry in found] == ["email"]


def test_group_types_are_an_array_and_closed_for_writing(api: Client) -> None:
    api.control("seed", {"type": "group_type", "objects": [{"group_type": "company"}]})
    (group,) = api.get("P/groups_types/")
    assert (group["group_type"], group["group_type_index"]) == ("company", 0)
    assert api.call("PATCH", "P/groups_types/update_metadata/", [{"group_type_index": 0}]).status_code == 403
    assert api.get("P/")["has_group_types"] is True
    prop = {"key": "plan", "type": "group", "group_type_index": 0, "operator": "exact", "value": "x"}
    filters = {"groups": [{"properties": [prop], "aggregation_group_type_index": 0}]}
    assert (
        api.post("P/feature_flags/", {"key": "g", "filters": filters})["filters"]["aggregation_group_type_index"] == 0
    )


def test_the_server_of_2024(old: Any) -> None:
    api = Client(old)
    assert api.call("GET", "O/projects/").status_code == 404
    assert api.call("GET", "/api/environments/1/dashboards/").status_code == 404
    assert api.call("GET", "/api/organizations/").status_code == 500
    made = api.post("P/feature_flags/", {"key": "a b"})
    assert made["filters"] == {"groups": [{"properties": [], "rollout_percentage": None}]}
    api.post("P/feature_flags/", {"key": "x", "filters": {"groups": [{"rollout_percentage": 150}]}})
    assert api.get("P/feature_flags/?key=x&search=x")["count"] == 2
    api.patch(f"P/feature_flags/{made['id']}/", {"deleted": True})
    again = api.post("P/feature_flags/", {"key": "a b"})
    assert again["id"] != made["id"]
    assert api.call("GET", f"P/feature_flags/{made['id']}/").status_code == 404
    api.post("P/actions/", {"name": "A"})
    assert set(api.get("P/actions/")) == {"results"}
    assert api.call("PATCH", "P/actions/1/", {"deleted": True}).status_code == 500
    assert api.call("GET", "O/roles/?limit=1").status_code == 500
    role = api.post("O/roles/", {"name": "R"})
    assert api.call("PATCH", f"O/roles/{role['id']}/", {"name": "R"}).status_code == 400


def test_the_command(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(SERVE), "--token", "phx_given"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert first["api_key"] == first["keys"]["full"] == "phx_given"
        reply = requests.get(
            f"{first['url']}/api/projects/{first['project_id']}/",
            headers={"Authorization": f"Bearer {first['api_key']}"},
            timeout=5,
        )
        assert reply.status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
