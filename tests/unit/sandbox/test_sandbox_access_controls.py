# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on the project, on resources and on objects, and what they do to members."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client


def membership(api: Client, name: str) -> str:
    found: str = next(m["id"] for m in api.get("O/members/")["results"] if m["user"]["email"] == f"{name}@acme.test")
    return found


def put(api: Client, path: str, body: dict[str, Any], status: int = 200) -> Any:
    reply = api.call("PUT", path, body)
    assert reply.status_code == status, reply.text
    return reply.json() if reply.content else None


def test_the_three_levels(api: Client) -> None:
    project = api.get("P/access_controls/")
    assert project["access_controls"] == [] and project["available_access_levels"] == ["none", "member", "admin"]
    assert project["default_access_level"] == "admin"
    made = put(api, "P/access_controls/", {"access_level": "member"})
    assert "id" not in made and (made["resource"], made["resource_id"]) == ("project", "1")
    role = api.post("O/roles/", {"name": "R"})["id"]
    put(api, "P/resource_access_controls/", {"resource": "dashboard", "access_level": "viewer", "role": role})
    put(api, "P/global_access_controls/", {"resource": "insight", "access_level": "none"})
    wide = api.get("P/resource_access_controls/")
    assert [(r["resource"], r["resource_id"], r["role"]) for r in wide["access_controls"]] == [
        ("dashboard", None, role),
        ("insight", None, None),
    ]
    board = api.post("P/dashboards/", {"name": "D"})["id"]
    one = f"P/dashboards/{board}/access_controls/"
    put(api, one, {"access_level": "editor", "organization_member": membership(api, "member")})
    shown = api.get(one)
    assert [r["resource_id"] for r in shown["access_controls"]] == [str(board)]
    assert shown["maximum_access_level"] == "manager" and shown["inherited_access"]["access_level"] == "manager"
    assert api.get(one.replace("/projects/", "/environments/"))["access_controls"]


def test_put_is_an_upsert_and_null_removes(api: Client) -> None:
    path, body = "P/resource_access_controls/", {"resource": "survey", "access_level": "viewer"}
    first = put(api, path, body)
    second = put(api, path, {**body, "access_level": "none"})
    assert len(api.get(path)["access_controls"]) == 1 and second["created_at"] == first["created_at"]
    for _dummy in range(2):
        put(api, path, {**body, "access_level": None}, 204)
    assert api.get(path)["access_controls"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "attr"),
    [
        ("P/access_controls/", {}, 400, "access_level"),
        ("P/access_controls/", {"access_level": "viewer"}, 400, "access_level"),
        ("P/resource_access_controls/", {"access_level": "viewer"}, 400, "resource"),
        ("P/resource_access_controls/", {"access_level": "viewer", "resource": "nonsense"}, 400, "resource"),
        ("P/resource_access_controls/", {"access_level": "member", "resource": "survey"}, 400, "access_level"),
        ("P/resource_access_controls/", {"access_level": "none", "resource": "action"}, 400, None),
        ("P/resource_access_controls/", {"access_level": "editor", "resource": "activity_log"}, 400, None),
        (
            "P/resource_access_controls/",
            {"access_level": "viewer", "resource": "survey", "resource_id": "1"},
            403,
            None,
        ),
        ("P/resource_access_controls/", {"access_level": "viewer", "resource": "cohort"}, 200, None),
        # What a key can have a scope for may be named, though it is of no effect.
        (
            "P/resource_access_controls/",
            {"access_level": "viewer", "resource": "session_recording_playlist"},
            200,
            None,
        ),
        ("P/resource_access_controls/", {"access_level": "viewer", "resource": "webhook"}, 200, None),
        ("P/actions/1/access_controls/", {"access_level": "editor", "resource_id": "2"}, 403, None),
        ("P/actions/1/access_controls/", {"access_level": "editor", "resource_id": "1"}, 200, None),
        ("P/actions/1/access_controls/", {"access_level": "none"}, 400, None),
        ("P/actions/1/resource_access_controls/", {"access_level": "editor", "resource": "action"}, 400, None),
        ("P/actions/9/access_controls/", {"access_level": "editor"}, 404, None),
        ("P/annotations/1/access_controls/", {"access_level": "editor"}, 404, None),
    ],
)
def test_what_a_rule_may_say(api: Client, path: str, body: dict[str, Any], status: int, attr: str | None) -> None:
    api.post("P/actions/", {"name": "A"})
    reply = api.call("PUT", path, body)
    assert reply.status_code == status, reply.text
    if status >= 400:
        assert reply.json()["attr"] == attr


def test_whom_a_rule_may_name(sandbox: Any, api: Client) -> None:
    path, body = "P/resource_access_controls/", {"resource": "survey", "access_level": "viewer"}
    role, member = api.post("O/roles/", {"name": "R"})["id"], membership(api, "member")
    assert api.call("PUT", path, {**body, "role": role, "organization_member": member}).json()["attr"] is None
    user = sandbox.banner()["users"]["member"]["uuid"]
    wrong = api.call("PUT", path, {**body, "organization_member": user})
    assert wrong.status_code == 400 and "membership" in wrong.json()["detail"]
    other = f"/api/organizations/{sandbox.banner()['basic_organization_id']}/roles/"
    foreign = api.post(other, {"name": "R"})["id"]
    assert api.call("PUT", path, {**body, "role": foreign}).json()["attr"] == "role"
    api.control("features", {"remove": ["role_based_access"]})
    assert api.call("PUT", path, {**body, "role": role}).status_code == 403
    put(api, "P/access_controls/", {"access_level": "member", "role": role})
    api.delete(f"O/roles/{role}/")
    assert api.get("P/access_controls/")["access_controls"] == []


def test_rules_bind_members_and_not_admins(sandbox: Any, api: Client) -> None:
    member = Client(sandbox, "member")
    body = {"resource": "dashboard", "access_level": "viewer"}
    assert member.call("PUT", "P/resource_access_controls/", body).status_code == 403
    put(api, "P/resource_access_controls/", body)
    assert member.call("GET", "P/dashboards/").status_code == 200
    assert member.call("POST", "P/dashboards/", {"name": "D"}).status_code == 403
    assert Client(sandbox, "admin").call("POST", "P/dashboards/", {"name": "D"}).status_code == 201
    put(api, "P/access_controls/", {"access_level": "none"})
    assert member.call("GET", "P/dashboards/").status_code == 403
    assert member.call("GET", "P/").status_code == 404
    put(api, "P/access_controls/", {"access_level": "admin", "organization_member": membership(api, "member")})
    put(member, "P/resource_access_controls/", {**body, "access_level": "editor"})


def test_overviews(api: Client) -> None:
    role = api.post("O/roles/", {"name": "R"})["id"]
    put(api, "P/resource_access_controls/", {"resource": "survey", "access_level": "viewer"})
    put(api, "P/resource_access_controls/", {"resource": "survey", "access_level": "manager", "role": role})
    defaults = api.get("P/access_control_defaults/")
    assert defaults["resources"]["survey"]["access_level"] == "viewer"
    assert defaults["resources"]["action"]["minimum"] == "viewer"
    assert defaults["project"]["inherited_access_level"] == "admin"
    (by_role,) = api.get("P/access_control_roles/")["results"]
    assert by_role["role_id"] == role
    survey = by_role["resources"]["survey"]
    assert (survey["access_level"], survey["inherited_access_level"], survey["effective_access_level"]) == (
        "manager",
        "viewer",
        "manager",
    )
    assert len(api.get("P/access_control_members/")["results"]) == 4
    board = api.post("P/dashboards/", {"name": "D"})["id"]
    who = api.get(f"P/dashboards/{board}/users_with_access/")
    assert who["total_count"] == 4 and {u["access_source"] for u in who["users"]} == {"organization_admin", "default"}


def test_the_server_of_2024_has_none(old: Any) -> None:
    reply = Client(old).call("GET", "P/access_controls/")
    assert (reply.status_code, reply.json()["detail"]) == (404, "Endpoint not found.")
