# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, members, invites, roles, projects and users."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client


def uuid_of(sandbox: Any, name: str) -> str:
    return sandbox.banner()["users"][name]["uuid"]


def test_start_data(api: Client) -> None:
    listed = api.get("/api/organizations/")["results"]
    assert [entry["name"] for entry in listed] == ["Acme", "Acme Labs"]
    assert all(entry["membership_level"] == 15 for entry in listed)
    levels = {m["user"]["email"]: m["level"] for m in api.get("O/members/")["results"]}
    assert levels == {"owner@acme.test": 15, "admin@acme.test": 8, "member@acme.test": 1, "member2@acme.test": 1}
    assert [project["name"] for project in api.get("O/projects/")["results"]] == ["Default project"]
    for kind in ("feature_flags", "cohorts", "insights", "dashboards"):
        assert api.get(f"P/{kind}/")["count"] == 0


def test_member_levels(sandbox: Any, api: Client) -> None:
    member = f"O/members/{uuid_of(sandbox, 'member')}/"
    assert api.patch(member, {"level": 8})["level"] == 8
    assert api.call("PATCH", f"O/members/{uuid_of(sandbox, 'owner')}/", {"level": 1}).status_code == 403
    assert api.call("PATCH", member, {"level": 3}).json()["code"] == "invalid_choice"
    api.patch(member, {"level": 15})
    levels = {m["user"]["email"]: m["level"] for m in api.get("O/members/")["results"]}
    assert levels["member@acme.test"] == 15 and levels["owner@acme.test"] == 8
    assert api.call("GET", member).status_code == 403


def test_removing_a_member_takes_the_roles_along(sandbox: Any, api: Client) -> None:
    role = api.post("O/roles/", {"name": "R"})
    api.post(f"O/roles/{role['id']}/role_memberships/", {"user_uuid": uuid_of(sandbox, "member")})
    api.delete(f"O/members/{uuid_of(sandbox, 'member')}/")
    assert api.get(f"O/roles/{role['id']}/")["members"] == []


def test_a_new_invite_replaces_the_older_one(api: Client) -> None:
    first = api.post("O/invites/", {"target_email": "New@EXAMPLE.com"})
    assert first["target_email"] == "New@example.com" and first["level"] == 1
    second = api.post("O/invites/", {"target_email": "new@example.com", "level": 8})
    listed = api.get("O/invites/")["results"]
    assert [(entry["id"], entry["level"]) for entry in listed] == [(second["id"], 8)]
    assert "send_email" not in second
    wrong = api.call("POST", "O/invites/", {"target_email": "member@acme.test"})
    assert wrong.status_code == 400 and "already belongs" in wrong.json()["detail"]


def test_an_expired_invite(api: Client) -> None:
    api.control(
        "seed",
        {"type": "invite", "objects": [{"target_email": "a@b.test", "created_at": "2020-01-01T00:00:00Z"}]},
    )
    assert api.get("O/invites/")["results"][0]["is_expired"] is True


def test_role_names_are_unique_whatever_their_case(api: Client) -> None:
    role = api.post("O/roles/", {"name": "Engineering"})
    again = api.call("POST", "O/roles/", {"name": "ENGINEERING"})
    assert (again.status_code, again.json()["code"], again.json()["attr"]) == (400, "unique", "name")
    # The own row counts too, whatever the case.
    assert api.call("PATCH", f"O/roles/{role['id']}/", {"name": "engineering"}).status_code == 400
    assert role["created_by"] is None


def test_role_memberships(sandbox: Any, api: Client) -> None:
    role = api.post("O/roles/", {"name": "R"})
    path = f"O/roles/{role['id']}/role_memberships/"
    made = api.post(path, {"user_uuid": uuid_of(sandbox, "member")})
    assert made["organization_member"]["user"]["email"] == "member@acme.test"
    assert api.get(f"O/roles/{role['id']}/")["members"][0] == made
    assert api.call("POST", path, {"user_uuid": uuid_of(sandbox, "member")}).status_code == 400
    assert api.call("POST", path, {"user_uuid": uuid_of(sandbox, "outsider")}).status_code == 400
    api.delete(f"{path}{made['id']}/")
    assert api.get(path)["count"] == 0


def test_projects(api: Client) -> None:
    made = api.post("O/projects/", {"name": "  Shop  ", "timezone": "Europe/Berlin"})
    assert made["name"] == "Shop" and made["api_token"].startswith("phc_")
    again = api.call("POST", "O/projects/", {"name": "shop"})
    assert (again.status_code, again.json()["type"], again.json()["code"]) == (409, "server_error", "conflict")
    listed = {p["name"]: p for p in api.get("O/projects/")["results"]}
    assert "app_urls" not in listed["Shop"]
    path = f"O/projects/{made['id']}/"
    api.delete(path)
    assert api.get(path)["is_pending_deletion"] is True
    assert api.call("DELETE", path).status_code == 400
    api.post("O/projects/", {"name": "Shop"})
    api.control("finish-deletions", {})
    assert api.call("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"timezone": "Mars/Base"}, "timezone", "invalid_choice"),
        ({"app_urls": "x"}, "app_urls", "not_a_list"),
        ({"session_recording_linked_flag": {"id": 1}}, "session_recording_linked_flag", "invalid_input"),
        ({"primary_dashboard": 77}, "primary_dashboard", "does_not_exist"),
        ({"session_recording_sample_rate": "2"}, "session_recording_sample_rate", "max_value"),
        ({"week_start_day": 5}, "week_start_day", "invalid_choice"),
        ({"anonymize_ips": None}, "anonymize_ips", "null"),
    ],
)
def test_bad_settings(api: Client, body: dict[str, Any], attr: str, code: str) -> None:
    reply = api.call("PATCH", "P/", body)
    assert (reply.status_code, reply.json()["attr"], reply.json()["code"]) == (400, attr, code)


def test_settings_are_normalised(api: Client) -> None:
    done = api.patch("P/", {"session_recording_sample_rate": 0.5, "survey_config": {"a": 1}, "week_start_day": 1})
    assert done["session_recording_sample_rate"] == "0.50" and done["week_start_day"] == 1
    assert api.patch("P/", {"survey_config": {"b": 2}})["survey_config"] == {"a": 1, "b": 2}
    assert api.get("O/projects/1/") == api.get("P/")


def test_what_a_plain_member_may_set(sandbox: Any) -> None:
    member = Client(sandbox, "member")
    assert member.call("PATCH", "P/", {"name": "Mine"}).status_code == 403
    assert member.call("PATCH", "P/", {"surveys_opt_in": True}).status_code == 200


def test_one_s_own_account(sandbox: Any, api: Client) -> None:
    done = api.patch("/api/users/@me/", {"email": "new@acme.test", "notification_settings": {"plugin_disabled": False}})
    assert done["email"] == "owner@acme.test" and done["pending_email"] == "new@acme.test"
    assert done["notification_settings"]["plugin_disabled"] is False and len(done["notification_settings"]) > 1
    assert api.call("GET", f"/api/users/{uuid_of(sandbox, 'admin')}/").status_code == 403
