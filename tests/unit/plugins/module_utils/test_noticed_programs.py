# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules without a type of their own return and refuse, in full; and the connection that all of them have."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._handlers.api import ApiHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.connection_info import ConnectionInfoHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.event import EventHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.info import InfoHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.options import (
    connection,
    connection_spec,
    env_fallback,
    without_empty,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    ORGANIZATION,
    Memory,
    Obj,
    Reply,
    Server,
    World,
    api_error,
    make_world,
    refusal,
)

USUAL: Obj = {"validate_certs": True, "timeout": 5.0, "retries": 0, "max_wait": 10.0, "rate_limit": 0}


def run(handler: ModuleHandler, host: str, check_mode: bool = False, /, **options: Any) -> tuple[bool, Obj]:
    """Run a handler as a task would."""
    raw = {"host": host, "project": "1", "api_key": KEY, **options}
    warnings: list[str] = []
    sessions = Sessions(check_mode=check_mode, warn=warnings.append)
    try:
        good, result = perform(handler, sessions, raw, {**USUAL, **raw})
        return good, {**result, **({"warnings": warnings} if warnings else {})}
    finally:
        sessions.close()


# -- the connection --------------------------------------------------------------------------------------------------

PARAMS: Obj = {"timeout": 30.0, "max_wait": 300.0, "retries": 5, "rate_limit": 480}


def connected(raw: Obj | None = None, **params: Any) -> Connection:
    """A connection out of validated options; those in C(raw) came from the task itself."""
    return connection(raw or {}, {**PARAMS, "api_key": KEY, **params})


@pytest.mark.parametrize(
    ("raw", "params", "sentence"),
    [
        (
            {},
            {"api_key": " "},
            (
                "api_key: no API key was given; set api_key or the environment variable POSTHOG_API_KEY (a module "
                "that runs on another host, or with become, does not see the controller's environment)"
            ),
        ),
        (
            {},
            {"api_key": "phc_x"},
            (
                "api_key: this is a project token (phc_...), which only takes events in; the API needs a personal "
                "API key (phx_...), made under Settings, Personal API keys"
            ),
        ),
        (
            {},
            {"api_key": "phs_x"},
            (
                "api_key: this is a project secret key (phs_...), which cannot configure anything; the API needs a "
                "personal API key (phx_...), made under Settings, Personal API keys"
            ),
        ),
        *(
            (
                {},
                {"api_key": key},
                "api_key: the key holds spaces or characters that no key has; was it pasted whole?",
            )
            for key in ("phx a", "phx\x7fa", "phxé", "phx\x00a")
        ),
        (
            {"region": "eu", "host": "https://p.test"},
            {"region": "eu", "host": "https://p.test"},
            "region, host: both are given; a region is PostHog Cloud, a host is your own, so give one of them",
        ),
        (
            {},
            {"region": "eu", "host": "https://p.test"},
            (
                "region, host: POSTHOG_REGION and POSTHOG_HOST are both set; a region is PostHog Cloud, a host is "
                "your own, so give one of them"
            ),
        ),
        ({}, {"timeout": 0}, "timeout: must be more than 0 seconds, not 0"),
        ({}, {"timeout": -1.5}, "timeout: must be more than 0 seconds, not -1.5"),
        ({}, {"max_wait": 0}, "max_wait: must be more than 0 seconds, not 0"),
        ({}, {"retries": -1}, "retries: must not be negative"),
        ({}, {"rate_limit": -1}, "rate_limit: must not be negative"),
        ({}, {"ca_path": "/no/such/bundle"}, "ca_path: /no/such/bundle does not exist"),
        (
            {},
            {"host": "https://u:p@p.test"},
            (
                "host: give only scheme, name and port (https://posthog.example.com); credentials and queries do not "
                "belong there"
            ),
        ),
        (
            {},
            {"host": "https://p.test/?a=b"},
            (
                "host: give only scheme, name and port (https://posthog.example.com); credentials and queries do not "
                "belong there"
            ),
        ),
        (
            {},
            {"host": "https://p.test/#a"},
            (
                "host: give only scheme, name and port (https://posthog.example.com); credentials and queries do not "
                "belong there"
            ),
        ),
        *(
            (
                {},
                {"host": host},
                f"host: {host!r} is no base URL; write it with its scheme, for example https://posthog.example.com",
            )
            for host in ("p.test", "ftp://p.test", "https://", "https://p.test:0", "https://p.test:x", "https://[::1")
        ),
        (
            {},
            {"host": "http://p.test"},
            (
                "host: http://p.test is plain http, and the key would cross the network unencrypted; use https (http "
                "is taken for loopback only)"
            ),
        ),
        (
            {},
            {"host": "https://us.i.posthog.com"},
            "host: us.i.posthog.com takes events only; the API is at https://us.posthog.com (region: us)",
        ),
        (
            {},
            {"host": "https://eu.i.posthog.com"},
            "host: eu.i.posthog.com takes events only; the API is at https://eu.posthog.com (region: eu)",
        ),
    ],
)
def test_connections_that_are_refused(raw: Obj, params: Obj, sentence: str) -> None:
    with pytest.raises(PostHogFailure) as caught:
        connected(raw, **params)
    assert caught.value.message == sentence


def test_connections(tmp_path: Path) -> None:
    bundle = str(tmp_path)
    assert connected() == Connection("https://us.posthog.com", KEY, True, 30.0, 5, 300.0, 480)
    assert connected(region="eu").host == "https://eu.posthog.com"
    assert connected(host="https://p.test/").host == "https://p.test"
    assert connected(host="https://eu.posthog.com/", region="eu").host == "https://eu.posthog.com"
    # What the task itself says beats the environment.
    both = {"region": "eu", "host": "https://p.test"}
    assert connected({"region": "eu"}, **both).host == "https://eu.posthog.com"
    assert connected({"host": "https://p.test"}, **both).host == "https://p.test"
    assert connected(validate_certs=False, ca_path=bundle).verify is False
    assert connected(ca_path=bundle).verify == bundle and connected(ca_path="").verify is True
    assert connected(api_key=f" {KEY}\n").api_key == KEY
    assert connection({}, {**PARAMS, "api_key": None}, needs_key=False).api_key == ""
    assert connected(retries=0, rate_limit=0, timeout=0.5).retries == 0
    assert KEY not in repr(connected())


def test_the_environment_stands_in_for_options(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        "api_key": "POSTHOG_API_KEY",
        "organization": "POSTHOG_ORGANIZATION_ID",
        "project": "POSTHOG_PROJECT_ID",
        **{
            name: f"POSTHOG_{name.upper()}"
            for name in ("region", "host", "validate_certs", "ca_path", "timeout", "retries", "max_wait", "rate_limit")
        },
    }
    spec = connection_spec()
    assert {name: option["fallback"] for name, option in spec.items()} == {
        name: (env_fallback, [variable]) for name, variable in names.items()
    }
    assert [name for name, option in spec.items() if option.get("no_log")] == ["api_key"]
    monkeypatch.setenv("POSTHOG_ONE", " ")
    monkeypatch.setenv("POSTHOG_TWO", " two\n")
    monkeypatch.setenv("POSTHOG_THREE", "three")
    assert env_fallback("POSTHOG_ONE", "POSTHOG_TWO", "POSTHOG_THREE") == "two"


def test_empty_options_of_the_connection_count_as_not_given() -> None:
    given = {
        "host": " https://p.test\n",
        "region": "",
        "project": None,
        "retries": 0,
        "name": " a ",
        "note": "",
        "x": None,
    }
    assert without_empty(given) == {"host": "https://p.test", "retries": 0, "name": " a ", "note": "", "x": None}


# -- posthog_api -----------------------------------------------------------------------------------------------------

HOST = "names a host; give only what comes after it, and the host as host or region"
BELOW = "is no path below /api/, such as projects/{project}/feature_flags/"
CHARACTERS = "holds characters that no path of PostHog's API has"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("https://evil.test/api/", HOST),
        ("//evil.test/", HOST),
        ("\\evil", HOST),
        ("projects/1/?a=b", "holds a query; give that as query"),
        ("projects/1/#a", "holds a query; give that as query"),
        ("projects/a b/", CHARACTERS),
        ("projects/\x01/", CHARACTERS),
        ("projects/%41/", CHARACTERS),
        ("/api/", BELOW),
        ("/", BELOW),
        ("projects//x/", BELOW),
        ("projects/./x/", BELOW),
        ("projects/../x/", BELOW),
        (
            "projects/{organisation}/",
            "holds {organisation}, and only {project} and {organization} are filled in; did you mean organization?",
        ),
        ("projects/{zzz}/", "holds {zzz}, and only {project} and {organization} are filled in"),
    ],
)
def test_paths_that_are_refused(server: Server, path: str, reason: str) -> None:
    assert run(ApiHandler(), server.url, path=path) == (False, {"msg": f"path: {path!r} {reason}"})
    assert server.seen == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"body": {}}, "body: has no meaning with method: GET; use query"),
        ({"method": "GET", "body": False}, "body: has no meaning with method: GET; use query"),
        ({"method": "POST", "all": True}, "all: reads a list to its end, which method: POST does not"),
        *(
            (
                {"method": method, "read_only": True},
                f"read_only: is for requests that change nothing, and method: {method} does",
            )
            for method in ("PATCH", "PUT", "DELETE")
        ),
        ({"only_if_differs": True}, "only_if_differs: needs method: PATCH or PUT"),
        ({"method": "POST", "only_if_differs": True}, "only_if_differs: needs method: PATCH or PUT"),
        ({"method": "PUT", "only_if_differs": True}, "only_if_differs: needs a body that is a dictionary"),
        (
            {"method": "DELETE", "all": True, "read_only": True},
            (
                "all: reads a list to its end, which method: DELETE does not; read_only: is for requests that change "
                "nothing, and method: DELETE does"
            ),
        ),
    ],
)
def test_options_that_make_no_sense_together(server: Server, options: Obj, sentence: str) -> None:
    assert run(ApiHandler(), server.url, path="projects/1/", **options) == (False, {"msg": sentence})
    assert server.seen == []


def test_paths_are_filled_in(server: Server) -> None:
    server.script(Reply(200, {"a": 1}))
    answer = {"changed": False, "status": 200, "json": {"a": 1}}
    given = {"organization": ORGANIZATION}
    for path, target in (
        ("projects/{project}/actions", "/api/projects/1/actions/"),
        ("/api/organizations/{organization}/projects/{project}/", f"/api/organizations/{ORGANIZATION}/projects/1/"),
        ("users/@me/", "/api/users/@me/"),
    ):
        server.seen.clear()
        assert run(ApiHandler(), server.url, path=path, **given) == (True, answer)
        assert server.seen[-1].target == target


def test_queries_as_posthog_reads_them(server: Server) -> None:
    server.script(Reply(200, []))
    query = {"a": True, "b": False, "c": {"d": 1}, "e": ["x", False], "f": None, "g": 5}
    assert run(ApiHandler(), server.url, path="x/", query=query)[0]
    assert server.seen[0].query == [
        ("a", "true"),
        ("b", "false"),
        ("c", '{"d": 1}'),
        ("e", "x"),
        ("e", "false"),
        ("g", "5"),
    ]


def test_whole_lists(server: Server) -> None:
    server.script(Reply(200, {"results": [{"id": 1}], "next": None}))
    expected = (True, {"changed": False, "status": 200, "json": [{"id": 1}]})
    assert run(ApiHandler(), server.url, path="x/", all=True) == expected
    assert run(ApiHandler(), server.url, path="x/", all=True, query={"limit": 5, "a": "b"}) == expected
    assert [seen.query for seen in server.seen] == [[("limit", "500")], [("limit", "5"), ("a", "b")]]


def test_writes(server: Server) -> None:
    server.script(Reply(202, {"id": 1}))
    options = {"path": "x/", "query": {"q": "1"}}
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        result = {"changed": True, "status": 202, "json": {"id": 1}}
        assert run(ApiHandler(), server.url, method=method, body={"b": 2}, **options) == (True, result)
        assert (server.seen[-1].method, server.seen[-1].target, server.seen[-1].json) == (
            method,
            "/api/x/?q=1",
            {"b": 2},
        )
        server.seen.clear()
        foretold = {"changed": True, "status": None, "json": None}
        assert run(ApiHandler(), server.url, True, method=method, body={"b": 2}, **options) == (True, foretold)
        assert [seen.method for seen in server.seen] == (["GET"] if method == "DELETE" else [])
        assert all(seen.target == "/api/x/?q=1" for seen in server.seen)


def test_a_deletion_of_nothing_is_foretold(server: Server) -> None:
    server.script(refusal(404, "Not found."))
    good, result = run(ApiHandler(), server.url, True, method="DELETE", path="x/")
    assert not good and result["status_code"] == 404
    result = {"changed": False, "status": 404, "json": refusal(404, "Not found.").body}
    assert run(ApiHandler(), server.url, True, method="DELETE", path="x/", status=[404]) == (True, result)
    assert run(ApiHandler(), server.url, method="GET", path="x/", status=[404, 410]) == (True, result)
    good, result = run(ApiHandler(), server.url, method="GET", path="x/", status=[410])
    assert not good
    # No route to read it by says nothing about it.
    server.script(refusal(405))
    assert run(ApiHandler(), server.url, True, method="DELETE", path="x/")[1]["changed"] is True


def test_a_failure_without_an_answer_is_no_status(server: Server) -> None:
    good, result = run(ApiHandler(), "http://127.0.0.1:1", path="x/", status=[404])
    assert not good and "status_code" not in result


def test_what_differs(server: Server) -> None:
    current = {"a": 1, "b": {"c": 2, "d": 3}}
    options: Obj = {"path": "x/", "method": "PATCH", "only_if_differs": True, "query": {"q": "1"}}
    server.script(Reply(200, current))
    same = {"changed": False, "status": 200, "json": current}
    assert run(ApiHandler(), server.url, body={"b": {"c": 2}}, **options) == (True, same)
    header = {"before_header": "PATCH /api/x/", "after_header": "PATCH /api/x/"}
    diff = {"before": {"a": 1, "b": {"c": 2}}, "after": {"a": 2, "b": {"c": 5}, "e": 1}, **header}
    foretold = {"changed": True, "status": None, "json": None, "diff": diff}
    assert run(ApiHandler(), server.url, True, body=diff["after"], **options) == (True, foretold)
    assert {(seen.method, seen.target) for seen in server.seen} == {("GET", "/api/x/?q=1")}
    good, result = run(ApiHandler(), server.url, body=diff["after"], **options)
    lost = "PATCH /api/x/: PostHog accepted a, b without an error but did not keep it"
    assert good and result == {**foretold, "status": 200, "json": current, "warnings": [lost]}
    server.script(Reply(200, current), Reply(200, {"a": 2}))
    assert "warnings" not in run(ApiHandler(), server.url, body={"a": 2}, **options)[1]


def test_bodies_that_are_secret() -> None:
    body = {"name": "x", "list": ["a-long-secret"]}
    for yes in (True, "yes", "on", 1, "whatever"):
        assert ApiHandler().secrets({"body": body, "no_log_body": yes}) == {"a-long-secret"}
    for no in (False, "no", "False", " off ", "0", "n", "f", None, ""):
        assert ApiHandler().secrets({"body": body, "no_log_body": no}) == set()


def planned(handler: ModuleHandler, params: Obj) -> Obj:
    """What a handler foretells where its project is still to be made."""
    world = make_world(Memory(), check_mode=True)
    world.session.project_id = lambda: PLANNED  # type: ignore[method-assign]
    return handler.run(world.session, params, params)


def test_requests_to_a_project_that_is_still_to_be_made() -> None:
    path = {"path": "projects/{project}/x/"}
    assert planned(ApiHandler(), path) == {"changed": False, "status": None, "json": None}
    assert planned(ApiHandler(), {**path, "method": "POST", "read_only": True})["changed"] is False
    assert planned(ApiHandler(), {**path, "method": "POST"}) == {"changed": True, "status": None, "json": None}


# -- posthog_event ---------------------------------------------------------------------------------------------------

EVENT: Obj = {"event": "deployed", "distinct_id": "pipeline", "token": "phc_x"}
NUMBER = "01890000-0000-0000-0000-000000000001"


def test_a_whole_event(server: Server) -> None:
    server.script(Reply(200, {"status": 1}))
    options = {"uuid": NUMBER, "timestamp": "2026-03-01T09:00:00Z", "properties": {"v": 1}, "groups": {"company": "a"}}
    good, result = run(EventHandler(), server.url, **EVENT, **options)
    event = {
        "event": "deployed",
        "distinct_id": "pipeline",
        "properties": {"v": 1, "$groups": {"company": "a"}},
        "timestamp": "2026-03-01T09:00:00Z",
        "uuid": NUMBER,
    }
    diff = {"before": {}, "after": event, "before_header": "event", "after_header": "event deployed"}
    assert (good, result) == (True, {"changed": True, "event": event, "diff": diff})
    (seen,) = server.seen
    assert (seen.method, seen.target) == ("POST", "/batch/")
    assert seen.json == {"api_key": "phc_x", "batch": [event]}
    for value in (True, False):
        run(EventHandler(), server.url, **EVENT, historical_migration=value)
        assert server.seen[-1].json["historical_migration"] is value


def test_an_event_that_says_nothing_of_its_time(server: Server) -> None:
    server.script(Reply(200, {"status": 1}))
    good, result = run(EventHandler(), server.url, **EVENT)
    event = result["event"]
    assert good and event["properties"] == {} and uuid.UUID(event["uuid"]).version == 4
    moment = datetime.datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))
    assert abs((datetime.datetime.now(datetime.UTC) - moment).total_seconds()) < 60
    assert event["timestamp"].endswith("Z") and len(event["timestamp"]) == len("2026-03-01T09:00:00.000Z")
    earlier = run(EventHandler(), server.url, **EVENT, timestamp="-2h")[1]["event"]["timestamp"]
    moment = datetime.datetime.fromisoformat(earlier.replace("Z", "+00:00"))
    assert 7100 < (datetime.datetime.now(datetime.UTC) - moment).total_seconds() < 7300


OTHER_KEY = (
    "token: this is no project token but a key ({}...), which must not be in an event; the token of a project begins "
    "with phc_ and is shown in the project's settings"
)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"timestamp": "soon"},
            "timestamp: 'soon' is no ISO 8601 time, such as 2026-03-01T09:00:00Z, or relative to now, such as -2h",
        ),
        ({"uuid": "1"}, "uuid: '1' is no UUID"),
        ({"event": " "}, "event: must not be empty"),
        ({"distinct_id": ""}, "distinct_id: must not be empty"),
        ({"event": None, "distinct_id": None}, "event: must not be empty; distinct_id: must not be empty"),
        (
            {"groups": {"a": "b"}, "properties": {"$groups": {}}},
            "groups: is a short form of properties.$groups, which is given too; give one of them",
        ),
        ({"properties": {"a": [f"x{KEY}"]}}, "properties: must not hold the API key: events can be read by many"),
        ({"event": KEY}, "properties: must not hold the API key: events can be read by many"),
        ({"distinct_id": KEY}, "properties: must not hold the API key: events can be read by many"),
        *(({"token": f"{kind}_x"}, OTHER_KEY.format(f"{kind}_")) for kind in ("phx", "phs", "pha", "phr")),
    ],
)
def test_events_that_are_refused(server: Server, options: Obj, sentence: str) -> None:
    assert run(EventHandler(), server.url, **{**EVENT, **options}) == (False, {"msg": sentence})
    assert server.seen == []


def test_tokens(server: Server) -> None:
    project = {"id": 1, "name": "Default", "api_token": "phc_own"}
    server.script(Reply(200, project), Reply(200, {"status": 1}))
    assert run(EventHandler(), server.url, **{**EVENT, "token": " "})[0]
    assert server.seen[-1].json["api_key"] == "phc_own"
    server.script(Reply(200, {**project, "api_token": None}))
    assert run(EventHandler(), server.url, **{**EVENT, "token": None}) == (
        False,
        {
            "msg": "token: this key may not read the project's token; give token, which is shown in the project's "
            "settings, or add the scope project:read to the key"
        },
    )
    for reason, said in (("Invalid token.", "Invalid token."), ("", "no reason given")):
        answer = refusal(401, reason)
        answer.headers["X-Request-Id"] = "r-1"
        server.script(answer)
        assert run(EventHandler(), server.url, **EVENT) == (
            False,
            {
                "msg": f"token: PostHog does not know this project token ({said}); it belongs to one project in one "
                "region, and is shown in the project's settings",
                "status_code": 401,
                "error": answer.body,
                "request_id": "r-1",
            },
        )
    server.script(refusal(400, "No."))
    assert run(EventHandler(), server.url, **EVENT)[1]["msg"] == "PostHog refused POST /batch/ (400): No."


def test_events_that_need_no_key_and_wait_for_their_project() -> None:
    assert not EventHandler().needs_key({"token": "phc_x"})
    assert EventHandler().needs_key({"token": ""}) and EventHandler().needs_key({})
    assert planned(EventHandler(), {"event": "a", "distinct_id": "b"})["changed"] is True


# -- posthog_info ----------------------------------------------------------------------------------------------------

FLAGS = "/api/projects/1/feature_flags/"


def info_world() -> World:
    """A project with three flags and two cohorts."""
    memory = Memory()
    memory.lists[FLAGS] = [
        {"id": 1, "key": "a-flag", "name": "First", "active": True, "filters": {}},
        {"id": 2, "key": "b-flag", "name": "Second", "active": False, "filters": {}},
        {"id": 3, "key": "c-flag", "name": "", "active": True, "filters": {}},
    ]
    memory.lists["/api/projects/1/cohorts/"] = [
        {"id": 5, "name": "Beta", "description": "Early", "filters": {}},
        {"id": 6, "name": "Other", "description": None, "filters": {}},
    ]
    return make_world(memory)


def ids(types: str | list[str], **asked: Any) -> list[Any]:
    """The ids that a question brings."""
    names = types if isinstance(types, list) else [types]
    result = InfoHandler().run(info_world().session, {}, {"types": names, **asked})
    assert result["changed"] is False and list(result["objects"]) == names
    return [obj["id"] for name in names for obj in result["objects"][name]]


def test_questions() -> None:
    assert ids("feature_flag") == [1, 2, 3]
    assert ids(["cohort", "feature_flag"]) == [5, 6, 1, 2, 3]
    assert ids("feature_flag", limit=2) == [1, 2]
    assert ids("feature_flag", ids=[3, 1, 9]) == [3, 1]
    assert ids("feature_flag", ids=[]) == []
    assert ids("feature_flag", names=["b-flag"]) == [2]
    assert ids("feature_flag", names=["c-flag", "a-flag", "zzz"]) == [1, 3]
    assert ids("feature_flag", names=[]) == []
    assert ids("feature_flag", search="SECOND") == [2]
    assert ids("feature_flag", search="-flag", names=["c-flag"]) == [3]
    assert ids("cohort", search="early") == [5]
    assert ids("cohort", search="nothing") == []
    assert ids("feature_flag", names=["a-flag"], details=True) == [1]


def test_questions_to_the_server() -> None:
    world = info_world()
    asked = {
        "types": ["feature_flag"],
        "search": "x",
        "filters": {"active": True, "archived": False, "type": "boolean"},
    }
    InfoHandler().run(world.session, {}, asked)
    (call,) = [call for call in world.memory.reads if call[1] == FLAGS]
    assert {key: call[2][key] for key in ("search", "active", "archived", "type")} == {
        "search": "x",
        "active": "true",
        "archived": "false",
        "type": "boolean",
    }


def test_a_server_that_searched_is_believed() -> None:
    world = info_world()
    world.memory.lists[FLAGS][2]["search_match_type"] = "similar"
    result = InfoHandler().run(world.session, {}, {"types": ["feature_flag"], "search": "first"})
    assert [obj["id"] for obj in result["objects"]["feature_flag"]] == [1, 3]


KNOWN = ", ".join(sorted(RESOURCES))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"types": []}, "types: names no type"),
        ({"types": None}, "types: names no type"),
        ({"types": ["feature_flg"]}, "types[0]: 'feature_flg' is no type; did you mean feature_flag?"),
        ({"types": ["cohort", "zzzzz"]}, f"types[1]: 'zzzzz' is no type; known are {KNOWN}"),
        ({"types": ["cohort"], "limit": 0}, "limit: must be at least 1, not 0"),
        ({"types": ["cohort"], "within": {"x": 1}}, "within.x: says nothing of where objects of these types are"),
        (
            {"types": ["role_membership"], "within": {"zzz": 1}},
            "within.zzz: says nothing of where objects of these types are; known are role",
        ),
        (
            {"types": ["role_membership"], "within": {"rolle": 1}},
            "within.rolle: says nothing of where objects of these types are; did you mean role?",
        ),
    ],
)
def test_questions_that_are_refused(asked: Obj, sentence: str) -> None:
    world = info_world()
    with pytest.raises(PostHogFailure) as caught:
        InfoHandler().run(world.session, {}, asked)
    assert caught.value.message == sentence and world.memory.calls == []


def test_places_of_several_types_are_offered_together() -> None:
    placed = [table for table in RESOURCES.values() if table.parent is not None and not table.singleton]
    parents = [table.parent for table in placed if table.parent is not None]
    options = sorted({option for parent in parents for option in (*parent.options, *parent.reads)})
    assert len(options) > 1
    with pytest.raises(PostHogFailure) as caught:
        InfoHandler().run(info_world().session, {}, {"types": [table.type for table in placed], "within": {"qqqq": 1}})
    assert caught.value.message == (
        f"within.qqqq: says nothing of where objects of these types are; known are {', '.join(options)}"
    )


@pytest.mark.parametrize("option", ["ids", "names", "search"])
def test_there_is_one_only(option: str) -> None:
    single = next(table.type for table in RESOURCES.values() if table.singleton and table.parent is None)
    with pytest.raises(PostHogFailure) as caught:
        InfoHandler().run(info_world().session, {}, {"types": ["cohort", single], option: []})
    assert caught.value.message == f"{option}: there is nothing to choose from of the type {single}; read it by itself"


# -- posthog_connection_info -----------------------------------------------------------------------------------------

ME: Obj = {
    "uuid": "u-1",
    "email": "ada@example.com",
    "first_name": "Ada",
    "is_staff": False,
    "secret_thing": "hidden",
    "organization": {"id": ORGANIZATION},
    "team": {"id": 1, "organization": ORGANIZATION},
}


def info_session(key: Any = None, **organization: Any) -> Session:
    """A session of a key that knows this much of itself."""
    memory = Memory()
    inside = {"id": ORGANIZATION, "name": "Acme", "slug": "acme", "membership_level": 15, **organization}
    projects = [{"id": 1, "name": "Main", "timezone": "UTC", "organization": ORGANIZATION, "api_token": "phc_x"}]
    memory.singles["/api/users/@me/"] = ME
    if isinstance(key, ApiError):
        memory.errors["GET", "/api/personal_api_keys/@current/"] = key
    else:
        memory.singles["/api/personal_api_keys/@current/"] = key
    memory.lists["/api/organizations/"] = [{**inside, "projects": projects}]
    memory.lists[f"/api/organizations/{ORGANIZATION}/projects/"] = projects
    memory.singles[f"/api/organizations/{ORGANIZATION}/"] = {**inside, "projects": projects}
    memory.singles["/api/projects/1/"] = projects[0]
    return make_world(memory).session


def told(session: Session, **params: Any) -> Obj:
    """What is told of a key."""
    return ConnectionInfoHandler().run(session, {}, params)


def test_all_that_is_told_of_a_key() -> None:
    key = {"id": "k-1", "label": "CI", "scopes": ["*"], "created_at": "2026-01-01", "value": "phx_secret"}
    features = [{"key": "tagging"}, "odd", {"key": "alerts"}]
    result = told(info_session(key, available_product_features=features))
    projects = result.pop("projects")
    assert result == {
        "changed": False,
        "host": "http://127.0.0.1:1",
        "region": None,
        "user": {"uuid": "u-1", "email": "ada@example.com", "first_name": "Ada", "is_staff": False},
        "key": {"id": "k-1", "label": "CI", "scopes": ["*"], "created_at": "2026-01-01"},
        "organizations": [
            {
                "id": ORGANIZATION,
                "name": "Acme",
                "slug": "acme",
                "membership_level": 15,
                "features": ["alerts", "tagging"],
            }
        ],
        "current_organization": ORGANIZATION,
        "current_project": "1",
        "scopes_known": True,
        "missing_scopes": [],
    }
    assert projects == [{"id": 1, "name": "Main", "timezone": "UTC", "organization": ORGANIZATION}]


def test_features_of_older_servers() -> None:
    assert told(info_session({}, available_features=["b", "a"]))["organizations"][0]["features"] == ["a", "b"]
    assert told(info_session({}))["organizations"][0]["features"] is None


@pytest.mark.parametrize("status", [403, 404, 405, 500])
def test_a_key_that_may_not_read_itself(status: int) -> None:
    result = told(info_session(api_error(status, "No.")))
    assert (result["key"], result["scopes_known"], result["missing_scopes"]) == ({}, False, [])


def test_a_key_that_is_not_known_is_a_failure() -> None:
    with pytest.raises(ApiError, match="401"):
        told(info_session(api_error(401, "No.")))
    assert told(info_session(["odd"]))["key"] == {}


def test_missing_scopes() -> None:
    result = told(info_session({"scopes": ["feature_flag:write", "cohort:read"]}), types=["feature_flag", "cohort"])
    assert {"scope": "cohort:write", "types": ["cohort"], "access": "write"} in result["missing_scopes"]
    missing = [item["scope"] for item in result["missing_scopes"]]
    assert missing == sorted(missing) and not {"feature_flag:read", "feature_flag:write", "cohort:read"} & set(missing)
    everything = told(info_session({"scopes": ["other:read"]}))["missing_scopes"]
    wanted = {scope for table in RESOURCES.values() for scope in table.scopes if scope}
    assert {item["scope"] for item in everything} == wanted
    for item in everything:
        # Each type once, also where it needs the same scope to read and to write.
        assert item["types"] == sorted(table.type for table in RESOURCES.values() if item["scope"] in table.scopes)
        assert item["access"] == item["scope"].rsplit(":", 1)[-1]
