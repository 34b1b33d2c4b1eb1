# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, domains, proxy records, one's own account, and the project's own routes, as of 2026."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client


def test_a_new_organization_brings_a_project_and_becomes_current(sandbox: Any, api: Client) -> None:
    made = api.post("/api/organizations/", {"name": "Acme"})
    assert made["slug"] == "acme-1" and made["membership_level"] == 15
    (project,) = made["projects"]
    me = api.get("/api/users/@me/")
    assert me["organization"]["id"] == made["id"] and me["team"]["id"] == project["id"]
    path = f"/api/organizations/{made['id']}/"
    assert api.patch(path, {"name": "Renamed", "slug": "other"})["slug"] == "acme-1"
    assert Client(sandbox, "admin").call("PATCH", "O/", {"name": "A"}).status_code == 200
    assert Client(sandbox, "admin").call("DELETE", "O/").status_code == 403
    for organization in api.control("features"):
        api.control("features", {"organization": organization, "remove": ["organizations_projects"]})
    assert api.call("POST", "/api/organizations/", {"name": "Third"}).status_code == 403
    api.delete(path)


def test_domains(sandbox: Any, api: Client) -> None:
    body = {"domain": "b.example.com", "jit_provisioning_enabled": True, "sso_enforcement": "saml"}
    made = api.post("O/domains/", body)
    assert (made["domain"], made["jit_provisioning_enabled"], made["sso_enforcement"]) == ("b.example.com", False, "")
    capitals = api.call("POST", "O/domains/", {"domain": "B.Example.com"})
    assert (capitals.status_code, capitals.json()["attr"]) == (400, "domain")
    api.post("O/domains/", {"domain": "a.example.com"})
    assert [row["domain"] for row in api.get("O/domains/")["results"]] == ["a.example.com", "b.example.com"]
    other = f"/api/organizations/{sandbox.banner()['basic_organization_id']}/domains/"
    assert api.call("POST", other, {"domain": "c.example.com"}).status_code == 403
    path = f"O/domains/{made['id']}/"
    assert api.patch(path, {"domain": "c.example.com"})["domain"] == "b.example.com"
    for name, value in (("jit_provisioning_enabled", False), ("sso_enforcement", "saml")):
        reply = api.call("PATCH", path, {name: value}).json()
        assert (reply["code"], reply["attr"]) == ("verification_required", name)
    closed = api.call("POST", f"{path}verify/")
    assert closed.status_code == 403 and "Personal API Key" in closed.json()["detail"]
    api.control("edit", {"type": "domain", "id": made["id"], "set": {"is_verified": True}})
    assert api.patch(path, {"sso_enforcement": "saml"})["sso_enforcement"] == "saml"
    api.control("settings", {"open_routes": ["verify"]})
    assert api.call("POST", f"{path}verify/").json()["code"] == "already_verified"
    api.control("features", {"remove": ["automatic_provisioning"]})
    assert api.call("PATCH", path, {"jit_provisioning_enabled": True}).json()["code"] == "feature_not_available"


def test_proxy_records(sandbox: Any, api: Client) -> None:
    made = api.post("O/proxy_records/", {"domain": "e.example.com"}, 200)
    assert made["status"] == "waiting" and made["target_cname"] and made["created_by"] == 1
    listed = api.get("O/proxy_records/")
    assert set(listed) == {"results", "max_proxy_records"} and listed["max_proxy_records"] == 2
    assert api.call("POST", "O/proxy_records/", {"domain": "e.example.com"}).json()["code"] == "unique"
    live = api.post("O/proxy_records/", {"domain": "f.example.com"}, 200)
    full = api.call("POST", "O/proxy_records/", {"domain": "g.example.com"})
    assert full.status_code == 400 and set(full.json()) == {"detail"}
    api.control("features", {"add": ["managed_reverse_proxy"]})
    api.post("O/proxy_records/", {"domain": "g.example.com"}, 200)
    path = f"O/proxy_records/{live['id']}/"
    assert api.call("PATCH", path, {"domain": "h.example.com"}).status_code == 403
    assert api.call("POST", f"{path}retry/").status_code == 403
    assert api.delete(f"O/proxy_records/{made['id']}/", 200) == {"success": True}
    assert api.call("GET", f"O/proxy_records/{made['id']}/").status_code == 404
    api.control("edit", {"type": "proxy_record", "id": live["id"], "set": {"status": "valid"}})
    api.delete(path, 200)
    assert api.get(path)["status"] == "deleting"
    api.control("finish-deletions", {})
    assert api.call("GET", path).status_code == 404
    assert Client(sandbox, "member").call("POST", "O/proxy_records/", {"domain": "z.example.com"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"email": "nonsense"}, "email", "invalid_input"),
        ({"email": "admin@acme.test"}, "email", "unique"),
        ({"notification_settings": {"typo": True}}, "notification_settings", "invalid_input"),
        ({"password": "long enough"}, "current_password", "required"),
        ({"password": "long enough", "current_password": "wrong"}, "current_password", "incorrect_password"),
        ({"password": "short", "current_password": "sandbox-password"}, "password", "password_too_short"),
        ({"theme_mode": "pink"}, "theme_mode", "invalid_choice"),
        ({"set_current_team": "77"}, "set_current_team", "does_not_exist"),
    ],
)
def test_what_an_account_refuses(api: Client, body: dict[str, Any], attr: str, code: str) -> None:
    reply = api.call("PATCH", "/api/users/@me/", body)
    assert (reply.status_code, reply.json()["attr"], reply.json()["code"]) == (400, attr, code)


def test_passwords_are_never_shown_and_deletion_is_closed(api: Client) -> None:
    done = api.patch("/api/users/@me/", {"password": "long enough", "current_password": "sandbox-password"})
    assert not {"password", "current_password"} & set(done)
    assert api.call("PATCH", "/api/users/@me/", {"is_staff": True}).status_code == 403
    own = api.get("/api/users/@me/")["uuid"]
    assert api.call("GET", f"/api/users/{own}/").status_code == 403
    closed = api.call("DELETE", "/api/users/@me/")
    assert closed.status_code == 403 and "Personal API Key" in closed.json()["detail"]


def test_routes_of_the_project(sandbox: Any, api: Client) -> None:
    done = api.patch("O/projects/1/complete_product_onboarding/", {"product_type": "surveys"})
    assert done["has_completed_onboarding_for"] == {"surveys": True}
    missing = api.call("PATCH", "O/projects/1/complete_product_onboarding/", {})
    assert (missing.status_code, missing.json()["attr"]) == (400, "product_type")
    target = {"organization_id": sandbox.banner()["basic_organization_id"]}
    token = api.get("P/")["api_token"]
    for method, name, body in (
        ("PATCH", "reset_token", {}),
        ("PATCH", "rotate_secret_token", {}),
        ("POST", "change_organization", target),
    ):
        refused = api.call(method, f"O/projects/1/{name}/", body)
        assert refused.status_code == 403 and "Personal API Key" in refused.json()["detail"], name
    api.control("settings", {"open_routes": ["reset_token", "change_organization"]})
    assert api.patch("P/reset_token/", {})["api_token"] != token
    assert api.post("O/projects/1/change_organization/", target, 200)["organization"] == target["organization_id"]
    assert api.get("O/projects/")["count"] == 0 and api.call("PATCH", "P/rotate_secret_token/", {}).status_code == 403


def test_settings_with_routes_of_their_own(api: Client) -> None:
    wanted = {"enabled": True, "default_groups": [{"properties": [], "rollout_percentage": 0}]}
    assert api.call("PUT", "P/default_release_conditions/", wanted).json() == wanted
    assert api.get("P/default_release_conditions/") == wanted
    wrong = api.call("PUT", "P/default_release_conditions/", {"enabled": "x"})
    assert wrong.status_code == 400 and set(wrong.json()) == {"error"}
    api.patch("P/logs_config/", {"a": 1})
    assert api.patch("P/logs_config/", {"b": 2}) == {"a": 1, "b": 2} and api.get("P/experiments_config/") == {}
    path = "P/default_evaluation_contexts/"
    assert api.post(path, {"context_name": "Web"})["name"] == "web"
    assert api.post(path, {"context_name": "web"}, 200)["created"] is False
    api.call("DELETE", f"{path}?context_name=web")
    assert api.get(path)["default_evaluation_contexts"] == []
