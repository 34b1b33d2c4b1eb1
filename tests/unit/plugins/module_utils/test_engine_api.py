# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any request (posthog_api), and events (posthog_event)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._handlers import event as _event
from ansible_collections.community.posthog.plugins.module_utils._handlers.api import ApiHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.event import EventHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.tests.unit.plugins.utils import KEY, Reply, Seen, Server

USUAL: dict[str, Any] = {"validate_certs": True, "timeout": 5.0, "retries": 2, "max_wait": 10.0, "rate_limit": 0}
PROJECT = {"id": 1, "name": "Default project", "api_token": "phc_token"}


def run(
    handler: ModuleHandler, server: Server, options: dict[str, Any], check_mode: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Run a handler against a server that follows its script."""
    raw = {"host": server.url, "project": "1", "api_key": KEY, **options}
    raw = {key: value for key, value in raw.items() if value is not None}
    warnings: list[str] = []
    sessions = Sessions(check_mode=check_mode, warn=warnings.append)
    try:
        good, result = perform(handler, sessions, raw, {**USUAL, **raw})
        return good, {**result, **({"warnings": warnings} if warnings else {})}
    finally:
        sessions.close()


def api(server: Server, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """A request that has to succeed."""
    good, result = run(ApiHandler(), server, options, check_mode)
    assert good, result
    return result


def refused(server: Server, **options: Any) -> str:
    """What is said against a request that is never sent."""
    good, result = run(ApiHandler(), server, options)
    assert not good and server.seen == [], result
    return str(result["msg"])


def requests(server: Server) -> list[tuple[str, str]]:
    """What was asked for."""
    return [(seen.method, seen.target) for seen in server.seen]


# -- any request -----------------------------------------------------------------------------------------------------


def test_a_read_changes_nothing_and_fills_the_path_in(server: Server) -> None:
    server.script(Reply(200, {"count": 0}))
    for path in ("projects/{project}/actions/", "/api/projects/{project}/actions", "api/projects/1/actions/"):
        result = api(server, check_mode=True, path=path, query={"a": True, "b": {"c": 1}, "d": None, "e": [1, False]})
        assert result == {"changed": False, "status": 200, "json": {"count": 0}}
    assert {target.partition("?")[0] for _method, target in requests(server)} == {"/api/projects/1/actions/"}
    assert server.seen[0].target.partition("?")[2] == "a=true&b=%7B%22c%22%3A+1%7D&e=1&e=false"


def test_a_list_is_read_to_its_end(server: Server) -> None:
    def answer(seen: Seen) -> Reply:
        second = "offset=1" in seen.target
        following = None if second else f"{server.url}/api/projects/1/actions/?limit=500&offset=1"
        return Reply(200, {"count": 2, "next": following, "results": [{"id": 2 if second else 1}]})

    server.script(answer)
    assert api(server, path="projects/{project}/actions/", all=True)["json"] == [{"id": 1}, {"id": 2}]


def test_writes_are_foretold_and_reported(server: Server) -> None:
    server.script(Reply(201, {"id": 5}))
    options = {"method": "POST", "path": "projects/{project}/actions/", "body": {"name": "x"}}
    assert api(server, check_mode=True, **options) == {"changed": True, "status": None, "json": None}
    assert server.seen == []
    assert api(server, **options) == {"changed": True, "status": 201, "json": {"id": 5}}
    assert json.loads(server.seen[0].body) == {"name": "x"}


def test_a_post_that_only_reads_is_sent_in_check_mode_and_again(server: Server) -> None:
    server.script(Reply(502, None), Reply(200, {"results": []}))
    options = {"method": "POST", "path": "projects/{project}/query/", "body": {"query": {}}, "read_only": True}
    assert api(server, check_mode=True, **options)["changed"] is False
    assert len(server.seen) == 2


def test_a_post_that_got_no_answer_is_not_sent_again(server: Server) -> None:
    server.script(Reply(502, None))
    good, result = run(ApiHandler(), server, {"method": "POST", "path": "projects/{project}/x/", "body": {}})
    assert not good and "whether it took place is not known" in result["msg"] and len(server.seen) == 1


def test_a_patch_is_sent_where_something_differs(server: Server) -> None:
    server.script(Reply(200, {"timezone": "UTC", "filters": [1], "more": 1}))
    options = {"method": "PATCH", "path": "projects/{project}/", "only_if_differs": True}
    assert api(server, **options, body={"timezone": "UTC", "gone": None})["changed"] is False
    assert api(server, **options, body={"filters": [1]}, check_mode=True)["changed"] is False
    foretold = api(server, **options, body={"timezone": "CET"}, check_mode=True)
    assert foretold["changed"] and {seen.method for seen in server.seen} == {"GET"}
    assert (foretold["diff"]["before"], foretold["diff"]["after"]) == ({"timezone": "UTC"}, {"timezone": "CET"})
    result = api(server, **options, body={"timezone": "CET"})
    assert result["changed"] and server.seen[-1].method == "PATCH"
    assert "accepted timezone without an error but did not keep it" in result["warnings"][0]


def test_a_status_that_is_no_failure(server: Server) -> None:
    server.script(Reply(404, {"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": None}))
    options: dict[str, Any] = {"method": "DELETE", "path": "projects/{project}/actions/5/"}
    for check_mode in (False, True):
        result = api(server, check_mode, **options, status=[404])
        assert (result["changed"], result["status"], result["json"]["code"]) == (False, 404, "not_found")
    good, result = run(ApiHandler(), server, options)
    assert not good and result["status_code"] == 404
    server.script(Reply(405, {"detail": "Method not allowed"}))
    assert api(server, True, **options, status=[404])["changed"] is True


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"path": "https://evil.test/api/projects/"}, "names a host"),
        ({"path": "//evil.test/api/"}, "names a host"),
        ({"path": "\\\\evil.test"}, "names a host"),
        ({"path": "projects/1/../../admin/"}, "is no path below /api/"),
        ({"path": "/"}, "is no path below /api/"),
        ({"path": "projects//x/"}, "is no path below /api/"),
        ({"path": "projects/%2e%2e/"}, "holds characters"),
        ({"path": "projects/1/x y/"}, "holds characters"),
        ({"path": "projects/1/actions/?limit=1"}, "give that as query"),
        ({"path": "projects/{projekt}/actions/"}, "did you mean project?"),
        ({"path": "projects/1/", "body": {"a": 1}}, "has no meaning with method: GET"),
        ({"path": "projects/1/", "method": "PATCH", "all": True}, "reads a list to its end"),
        ({"path": "projects/1/", "method": "DELETE", "read_only": True}, "change nothing"),
        ({"path": "projects/1/", "method": "POST", "only_if_differs": True}, "needs method: PATCH or PUT"),
        ({"path": "projects/1/", "method": "PUT", "only_if_differs": True, "body": [1]}, "is a dictionary"),
    ],
)
def test_requests_that_are_never_sent(server: Server, options: dict[str, Any], said: str) -> None:
    assert said in refused(server, **options)


def test_a_body_can_be_secret() -> None:
    body = {"name": "x", "config": {"password": "not-a-real-password"}}
    assert ApiHandler().secrets({"body": body, "no_log_body": True}) == {"not-a-real-password"}
    assert ApiHandler().secrets({"body": body, "no_log_body": "yes"}) == {"not-a-real-password"}
    assert ApiHandler().secrets({"body": body, "no_log_body": False}) == ApiHandler().secrets({"body": body}) == set()


# -- events ----------------------------------------------------------------------------------------------------------

EVENT: dict[str, Any] = {"event": "deployed", "distinct_id": "pipeline"}
NUMBER = "01890000-0000-0000-0000-000000000001"


def test_an_event_goes_with_the_token_and_without_the_key(server: Server) -> None:
    server.script(Reply(200, PROJECT), Reply(502, None), Reply(200, {"status": 1}))
    good, result = run(EventHandler(), server, {**EVENT, "groups": {"company": "acme"}, "properties": {"v": 1}})
    assert good and result["changed"] and result["event"] == result["diff"]["after"]
    assert requests(server) == [("GET", "/api/projects/1/"), ("POST", "/batch/"), ("POST", "/batch/")]
    first, second = (json.loads(seen.body) for seen in server.seen[1:])
    # Sent twice, it is the same event.
    assert first == second == {"api_key": "phc_token", "batch": [result["event"]]}
    assert result["event"]["properties"] == {"v": 1, "$groups": {"company": "acme"}}
    assert all("authorization" not in seen.headers for seen in server.seen[1:])
    assert KEY not in str([(seen.body, seen.headers) for seen in server.seen[1:]])


def test_with_a_token_no_key_is_needed(server: Server) -> None:
    server.script(Reply(200, {"status": "Ok"}))
    options = {**EVENT, "api_key": None, "token": "phc_other", "uuid": NUMBER, "timestamp": "2026-03-01T09:00:00Z"}
    good, result = run(EventHandler(), server, options)
    assert good and requests(server) == [("POST", "/batch/")]
    assert (result["event"]["uuid"], result["event"]["timestamp"]) == (NUMBER, "2026-03-01T09:00:00Z")
    good, result = run(EventHandler(), server, {**EVENT, "api_key": None})
    assert not good and "no API key was given" in result["msg"]


def test_check_mode_sends_no_event(server: Server) -> None:
    server.script(Reply(200, PROJECT))
    good, result = run(EventHandler(), server, {**EVENT, "timestamp": "-2h", "historical_migration": True}, True)
    assert good and result["changed"] and requests(server) == [("GET", "/api/projects/1/")]
    assert result["event"]["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timestamp": "yesterday"}, "timestamp: 'yesterday' is no ISO 8601 time"),
        ({"uuid": "1"}, "uuid: '1' is no UUID"),
        ({"distinct_id": " "}, "distinct_id: must not be empty"),
        ({"groups": {"a": "b"}, "properties": {"$groups": {}}}, "groups: is a short form"),
        ({"token": "phx_abc"}, "token: this is no project token but a key"),
        ({"properties": {"a": [f"x{KEY}"]}}, "properties: must not hold the API key"),
    ],
)
def test_events_that_are_never_sent(server: Server, options: dict[str, Any], said: str) -> None:
    good, result = run(EventHandler(), server, {**EVENT, **options})
    assert not good and said in result["msg"] and KEY not in result["msg"]
    assert [seen for seen in server.seen if seen.method == "POST"] == []


def test_a_token_that_nobody_knows(server: Server) -> None:
    server.script(Reply(401, {"type": "authentication_error", "code": "invalid_api_key", "detail": "Invalid token."}))
    good, result = run(EventHandler(), server, {**EVENT, "token": "phc_gone"})
    assert not good and result["msg"].startswith("token: PostHog does not know this project token (Invalid token.)")
    assert result["status_code"] == 401


def test_a_key_that_may_not_read_the_token(server: Server) -> None:
    server.script(Reply(200, {"id": 1, "name": "Default project"}))
    good, result = run(EventHandler(), server, EVENT)
    assert not good and "give token" in result["msg"]


def test_regions_take_events_on_hosts_of_their_own() -> None:
    assert _event.INGESTION == {
        "https://us.posthog.com": "https://us.i.posthog.com",
        "https://eu.posthog.com": "https://eu.i.posthog.com",
    }
