# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, scopes, routing and the error envelope."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client


def error(reply: Any) -> tuple[int, str, str, str | None]:
    document = reply.json()
    assert set(document) == {"type", "code", "detail", "attr"}
    return reply.status_code, document["type"], document["code"], document["attr"]


@pytest.mark.parametrize(
    ("key", "method", "path", "status", "words"),
    [
        ("phx_nobody", "GET", "P/feature_flags/", 401, "invalid"),
        ("feature_flag_only", "GET", "P/feature_flags/", 200, ""),
        ("feature_flag_only", "GET", "P/dashboards/", 403, "dashboard:read"),
        ("read_only", "GET", "P/dashboards/", 200, ""),
        ("read_only", "POST", "P/dashboards/", 403, "dashboard:write"),
        ("project_only", "GET", "P/dashboards/", 200, ""),
        ("project_only", "GET", "O/roles/", 403, "project-based views"),
        ("project_only", "GET", "/api/users/@me/", 200, ""),
        ("other_project_only", "GET", "P/dashboards/", 403, "requested project: ID 1"),
        ("other_organization_only", "GET", "P/dashboards/", 403, "requested organization"),
        ("outsider", "GET", "P/dashboards/", 403, "access to the project"),
        ("outsider", "GET", "P/", 404, "Not found"),
        ("full", "GET", "/api/projects/999/", 404, "Not found"),
        ("full", "GET", "/api/projects/999/dashboards/", 404, "Project not found"),
        ("full", "GET", "P/nothing/", 404, "Endpoint not found"),
        ("full", "GET", "P/tags/", 403, "Personal API Key"),
        ("full", "PATCH", "P/reset_token/", 403, "Personal API Key"),
        ("full", "PUT", "P/dashboards/", 403, "Personal API Key"),
        ("member", "POST", "O/roles/", 403, "admin"),
        ("member", "PATCH", "O/", 403, "insufficient"),
    ],
)
def test_what_a_key_may(sandbox: Any, key: str, method: str, path: str, status: int, words: str) -> None:
    reply = Client(sandbox, key).call(method, path, {} if method != "GET" else None)
    assert reply.status_code == status, reply.text
    if status >= 400:
        assert words in reply.json()["detail"]
        error(reply)


def test_no_key_and_a_project_token(sandbox: Any, api: Client) -> None:
    bare = api.session.get(api.path("P/feature_flags/"), timeout=5)
    assert error(bare) == (401, "authentication_error", "not_authenticated", None)
    token = Client(sandbox, sandbox.banner()["project_token"]).call("GET", "P/feature_flags/")
    assert error(token) == (401, "authentication_error", "authentication_failed", None)


def test_the_key_may_stand_in_the_query_or_in_the_body(api: Client) -> None:
    assert api.session.get(api.path(f"P/dashboards/?personal_api_key={api.key}"), timeout=5).status_code == 200
    body = {"name": "D", "personal_api_key": api.key}
    assert api.session.post(api.path("P/dashboards/"), json=body, timeout=5).status_code == 201
    assert api.key not in str(api.sandbox.control.log)


def test_a_key_sees_itself_and_no_other(api: Client) -> None:
    current = api.get("/api/personal_api_keys/@current/")
    assert current["scopes"] == ["*"] and current["value"] is None
    assert api.call("GET", "/api/personal_api_keys/").status_code == 403


def test_the_trailing_slash_is_optional_and_both_routers_serve(api: Client) -> None:
    assert api.get("P/dashboards") == api.get("P/dashboards/") == api.get("/api/environments/1/dashboards/")


def test_current_follows_what_the_caller_makes(api: Client) -> None:
    made = api.post("O/projects/", {"name": "New"})
    assert api.get("/api/projects/@current/")["id"] == made["id"]
    organization = api.post("/api/organizations/", {"name": "Another"})
    assert organization["membership_level"] == 15
    assert api.get("/api/organizations/@current/")["id"] == organization["id"]
    api.patch("/api/users/@me/", {"set_current_team": 1})
    assert api.get("/api/projects/@current/")["id"] == 1


def test_a_refused_body_does_not_break_the_connection(api: Client) -> None:
    for _dummy in range(3):
        wrong = api.session.post(
            api.path("P/feature_flags/"), data=b"x" * 50000, headers={"Authorization": "Bearer no"}, timeout=5
        )
        assert wrong.status_code == 401
        assert api.call("GET", "P/feature_flags/").status_code == 200


def test_broken_json_and_another_content_type(api: Client) -> None:
    headers = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    broken = api.session.post(api.path("P/dashboards/"), data="{", headers=headers, timeout=5)
    assert error(broken)[:3] == (400, "invalid_request", "parse_error")
    plain = api.session.post(
        api.path("P/dashboards/"), data="x", headers={**headers, "Content-Type": "text/plain"}, timeout=5
    )
    assert error(plain)[:3] == (415, "invalid_request", "unsupported_media_type")


def test_soft_delete_types_answer_405_without_a_body(api: Client) -> None:
    made = api.post("P/dashboards/", {"name": "D"})
    reply = api.call("DELETE", f"P/dashboards/{made['id']}/")
    assert (reply.status_code, reply.content) == (405, b"")
