# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terraform states: real ones of all 18 resources, in both forms, and which objects they manage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.terraform import Managed, Takeover, read_state
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

PLACE = Path(__file__).with_name("terraform")


def state(name: str) -> list[Managed]:
    """The resources of a real state."""
    return read_state(json.loads((PLACE / name).read_text(encoding="utf-8")), RESOURCES.values())


def test_both_forms_say_the_same() -> None:
    shown, raw = state("state.json"), state("raw.tfstate.json")
    assert len(shown) == 35 and len({item.type for item in shown}) == 18
    assert {item.address for item in shown} == {item.address for item in raw}
    assert 'module.team["Data"].posthog_role.this' in {item.address for item in raw}
    assert "posthog_feature_flag.old[2]" in {item.address for item in raw}
    ids = {item.address: item.values.get("id") for item in shown}
    assert ids == {item.address: item.values.get("id") for item in raw}
    assert all(item.table is not None for item in shown)
    types = {item.type: item.table.type for item in shown if item.table is not None}
    assert types["posthog_dashboard_layout"] == "dashboard" and types["posthog_organization_member"] == "member"
    assert types["posthog_project_member"] == types["posthog_project_default_access"] == "access_control"


def test_objects_are_known_by_their_ids_or_by_what_they_are_about() -> None:
    managed = state("state.json")
    takeover = Takeover(managed, 1)
    flag, rule = RESOURCES["feature_flag"], RESOURCES["access_control"]
    assert takeover.wanted(flag, {"id": 3, "key": "whatever"}) and not takeover.wanted(flag, {"id": 33})
    growth = "01a22321-9a8b-76a2-80e2-f12a97cf66c3"
    assert takeover.wanted(rule, {"resource": "project", "role": growth, "organization_member": None})
    assert takeover.wanted(rule, {"resource": "project", "role": None, "organization_member": None})
    assert takeover.wanted(rule, {"resource": "dashboard", "resource_id": 3, "role": growth})
    assert not takeover.wanted(rule, {"resource": "dashboard", "resource_id": 4, "role": growth})
    assert takeover.wanted(RESOURCES["project_settings"], {"id": 1})
    result = takeover.result()
    assert "terraform state rm posthog_feature_flag.checkout" in result["state_rm"] and len(result["state_rm"]) == 5
    assert "role" in {table.type for table in takeover.tables}
    left = {item["address"]: item["reason"] for item in result["left"]}
    assert len(left) == 30 and left["posthog_survey.nps"].startswith("PostHog has no such object")
    elsewhere = Takeover(state("state.json"), 2)
    assert not elsewhere.wanted(flag, {"id": 3})
    assert {table.type for table in elsewhere.tables} == {
        "member",
        "project",
        "proxy_record",
        "role",
        "role_membership",
    }
    reasons = {item["address"]: item["reason"] for item in elsewhere.result()["left"]}
    assert reasons["posthog_survey.nps"] == "it is in project 1, and this is an export of project 2"


def test_addresses_are_safe_in_a_shell() -> None:
    item = Managed('posthog_role.x["a\'; rm -rf b"]', "posthog_role", {"id": 1}, RESOURCES["role"], True)
    quoted = "'posthog_role.x[\"a'\"'\"'; rm -rf b\"]'"
    assert Takeover([item], 1).result()["state_rm"] == [f"terraform state rm {quoted}"]


def test_what_is_not_posthogs_is_left_out() -> None:
    resources: list[dict[str, Any]] = [
        {"mode": "managed", "address": "aws_s3_bucket.x", "type": "aws_s3_bucket", "values": {"id": "x"}},
        {"mode": "managed", "address": "posthog_new.x", "type": "posthog_new", "values": {"id": "x"}},
        {"mode": "data", "address": "data.posthog_role.x", "type": "posthog_role", "values": {"id": "x"}},
    ]
    managed = read_state({"values": {"root_module": {"resources": resources}}}, RESOURCES.values())
    assert [item.address for item in managed] == ["posthog_new.x"]
    assert Takeover(managed, 1).result()["left"][0]["reason"] == "this collection has no such type"
    assert read_state({"format_version": "1.0"}, []) == []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], "is no Terraform state"),
        ({"feature_flags": []}, "is no Terraform state"),
        ({"version": 3, "resources": []}, "is a state of version 3; give what terraform show -json prints"),
    ],
)
def test_what_is_no_state(given: Any, wanted: str) -> None:
    with pytest.raises(InvalidInput, match=f"from_terraform: {wanted}"):
        read_state(given, RESOURCES.values())
