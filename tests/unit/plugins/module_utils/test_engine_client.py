# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against a scripted server: keep-alive, credentials, repeats, waits, broken answers, errors."""

from __future__ import annotations

import datetime
import email.utils
import gzip
import json
import random
import socket
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, TimeLimit, UnknownOutcome
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    Answer,
    Raw,
    Reply,
    Reset,
    Server,
    Stall,
    Trickle,
    html,
    make_client,
    refusal,
)

GALAXY = Path(__file__).resolve().parents[4] / "galaxy.yml"

TRUNCATED = Raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id": 1, "na')
TRUNCATED_UNANNOUNCED = Raw(
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"id": 1, "na'
)
LIMITED = Reply(429, {"type": "throttled_error", "code": "throttled", "detail": "Request was throttled.", "attr": None})


def limited(retry_after: str) -> Reply:
    """A 429 that says when to come back."""
    return Reply(429, LIMITED.body, {"Retry-After": retry_after})


def unused_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_one_connection_for_many_requests(server: Server) -> None:
    made = make_client(server.url)
    server.script(Reply(200, {"id": 1}), Reply(204), refusal(400), Reply(405), html(404), Reply(201, {"id": 2}))
    for method in ("GET", "DELETE", "PATCH", "DELETE", "GET", "POST"):
        try:
            made.client.request(method, "/api/x/", json={} if method in ("PATCH", "POST") else None)
        except ApiError:
            pass
    assert [request.method for request in server.seen] == ["GET", "DELETE", "PATCH", "DELETE", "GET", "POST"]
    assert {request.connection for request in server.seen} == {1}


def test_user_agent_has_the_version_of_galaxy_yml(server: Server) -> None:
    make_client(server.url).client.get("/api/x/")
    version = yaml.safe_load(GALAXY.read_text(encoding="utf-8"))["version"]
    assert server.seen[0].headers["user-agent"].startswith(f"community.posthog/{version} ")


def test_key_travels_in_the_header_only(server: Server) -> None:
    make_client(server.url).client.request("POST", "/api/x/", params={"a": 1}, json={"name": "x"})
    request = server.seen[0]
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in request.target
    assert KEY.encode() not in request.body
    assert [name for name, value in request.headers.items() if KEY in value] == ["authorization"]


@pytest.mark.parametrize("named", [True, False])
def test_netrc_does_not_replace_the_key(
    server: Server, surroundings: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    netrc = surroundings / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login a password b\n", encoding="utf-8")
    netrc.chmod(0o600)
    if named:
        monkeypatch.setenv("NETRC", str(netrc))
    make_client(server.url).client.get("/api/x/")
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_query_leaves_out_none_and_keeps_the_rest(server: Server) -> None:
    make_client(server.url).client.get("/api/x/", {"a": None, "b": "ä &=", "c": ["1", "2"]})
    assert server.seen[0].query == [("b", "ä &="), ("c", "1"), ("c", "2")]


def test_bodies_are_json(server: Server) -> None:
    make_client(server.url).client.request("PATCH", "/api/x/1/", json={"name": None, "tags": []})
    assert server.seen[0].json == {"name": None, "tags": []}
    assert server.seen[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 204, 202])
def test_empty_success(server: Server, status: int) -> None:
    server.script(Reply(status))
    assert make_client(server.url).client.request("DELETE", "/api/x/1/") is None


def test_host_below_a_path(server: Server) -> None:
    make_client(f"{server.url}/posthog").client.get("/api/x/")
    assert server.seen[0].target == "/posthog/api/x/"


# -- rate limits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_retry_after_is_waited_for(server: Server, method: str) -> None:
    server.script(limited("7"), Reply(200, {"id": 1}))
    made = make_client(server.url)
    assert made.client.request(method, "/api/x/") == {"id": 1}
    assert made.clock.slept == [7.0]
    assert len(server.seen) == 2


def test_retry_after_as_a_date(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    when = datetime.datetime.fromtimestamp(now + 42, tz=datetime.UTC)
    server.script(limited(email.utils.format_datetime(when, usegmt=True)), Reply(200, {"id": 1}))
    made = make_client(server.url)
    made.client.get("/api/x/")
    assert made.clock.slept == [pytest.approx(42.0)]


@pytest.mark.parametrize("answer", [LIMITED, limited("soon"), limited("")])
def test_429_without_a_usable_retry_after_backs_off(server: Server, answer: Reply) -> None:
    server.script(answer, answer, answer, Reply(200, {"id": 1}))
    made = make_client(server.url)
    assert made.client.get("/api/x/") == {"id": 1}
    assert len(made.clock.slept) == 3
    assert 0 < made.clock.slept[0] < made.clock.slept[1] < made.clock.slept[2] <= 60


def test_429_is_no_repeat(server: Server) -> None:
    """The limit of repeats is 1, and 429 does not use it up."""
    server.script(*[limited("1")] * 10, html(502), *[limited("1")] * 10, Reply(200, {"id": 1}))
    made = make_client(server.url, retries=1)
    assert made.client.get("/api/x/") == {"id": 1}
    assert len(server.seen) == 22


def test_a_wait_beyond_max_wait_is_not_begun(server: Server) -> None:
    server.script(limited("400"))
    made = make_client(server.url, max_wait=300.0)
    with pytest.raises(TimeLimit) as caught:
        made.client.get("/api/x/")
    assert made.clock.slept == []
    assert caught.value.status == 429
    assert caught.value.result()["status_code"] == 429
    for part in ("400 s", "max_wait", "300 s", "rate limit"):
        assert part in caught.value.message


def test_many_short_waits_end_at_max_wait(server: Server) -> None:
    server.script(limited("40"))
    made = make_client(server.url, max_wait=100.0)
    with pytest.raises(TimeLimit, match="max_wait"):
        made.client.request("POST", "/api/x/", json={})
    assert made.clock.slept == [40.0, 40.0]


# -- repeats ---------------------------------------------------------------------------------------------------------

BROKEN: list[Any] = [
    pytest.param(html(502), id="502"),
    pytest.param(html(503), id="503"),
    pytest.param(html(504), id="504"),
    pytest.param(refusal(503, "busy"), id="503-json"),
    pytest.param(Reset(), id="reset"),
    pytest.param(Raw(b""), id="closed"),
    pytest.param(Raw(b"HTTP/1.1 200 OK\r\nContent-Le"), id="half-a-header"),
    pytest.param(TRUNCATED, id="truncated"),
    pytest.param(TRUNCATED_UNANNOUNCED, id="truncated-unannounced"),
    pytest.param(Reply(200, b'{"id": 1, "na', content_type="application/json"), id="broken-json"),
    pytest.param(
        Reply(200, b"\x00garbage", {"Content-Encoding": "gzip"}, content_type="application/json"), id="broken-gzip"
    ),
]


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_harmless_calls_are_repeated(server: Server, method: str, fault: Answer) -> None:
    server.script(fault, fault, Reply(200, {"id": 1}))
    made = make_client(server.url)
    assert made.client.request(method, "/api/x/1/") == {"id": 1}
    assert [request.method for request in server.seen] == [method] * 3
    assert made.clock.slept == [pytest.approx(0.375), pytest.approx(0.75)]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_post_is_never_repeated(server: Server, fault: Answer) -> None:
    server.script(fault, Reply(201, {"id": 1}))
    made = make_client(server.url)
    with pytest.raises(UnknownOutcome, match="not known") as caught:
        made.client.request("POST", "/api/x/", json={"name": "n"})
    assert len(server.seen) == 1
    assert caught.value.method == "POST"
    assert caught.value.path == "/api/x/"


def test_a_patch_that_must_not_be_repeated(server: Server) -> None:
    server.script(Reset(), Reply(200, {}))
    with pytest.raises(UnknownOutcome):
        make_client(server.url).client.request("PATCH", "/api/x/1/", json={}, repeatable=False)
    assert len(server.seen) == 1


def test_repeats_are_limited(server: Server) -> None:
    server.script(html(502))
    made = make_client(server.url, retries=3)
    with pytest.raises(ApiError) as caught:
        made.client.get("/api/x/")
    assert len(server.seen) == 4
    assert not isinstance(caught.value, UnknownOutcome)
    assert caught.value.status == 502
    assert "502 with an HTML page" in caught.value.message
    assert made.clock.slept == [pytest.approx(0.375), pytest.approx(0.75), pytest.approx(1.5)]


def test_backoff_has_jitter_and_a_ceiling(server: Server) -> None:
    server.script(html(502))
    made = make_client(server.url, retries=12, max_wait=10_000.0)
    with pytest.raises(ApiError):
        made.client.get("/api/x/")
    assert max(made.clock.slept) == pytest.approx(22.5)


def test_no_repeats_asked_for(server: Server) -> None:
    server.script(html(503))
    with pytest.raises(ApiError):
        make_client(server.url, retries=0).client.get("/api/x/")
    assert len(server.seen) == 1


def test_repeats_end_at_max_wait(server: Server) -> None:
    server.script(html(502))
    made = make_client(server.url, retries=1000, max_wait=20.0)
    with pytest.raises(TimeLimit, match="gave up after max_wait"):
        made.client.get("/api/x/")
    assert sum(made.clock.slept) <= 20.0


def test_500_gets_one_repeat(server: Server) -> None:
    server.script(refusal(500, "A server error occurred.", "error"))
    with pytest.raises(ApiError, match="A server error occurred"):
        make_client(server.url).client.get("/api/x/")
    assert len(server.seen) == 2


def test_500_to_a_post_is_of_unknown_outcome(server: Server) -> None:
    server.script(refusal(500, "A server error occurred.", "error"))
    with pytest.raises(UnknownOutcome):
        make_client(server.url).client.request("POST", "/api/x/", json={})
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 422])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refusals_are_final(server: Server, method: str, status: int) -> None:
    server.script(refusal(status))
    made = make_client(server.url)
    with pytest.raises(ApiError) as caught:
        made.client.request(method, "/api/x/")
    assert len(server.seen) == 1
    assert made.clock.slept == []
    assert caught.value.status == status
    assert not isinstance(caught.value, UnknownOutcome)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_a_refused_connection_is_tried_again_even_for_a_post(server: Server, method: str) -> None:
    made = make_client(f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(ApiError) as caught:
        made.client.request(method, "/api/x/")
    assert not isinstance(caught.value, UnknownOutcome)
    assert len(made.clock.slept) == 3
    assert "Connection refused" in caught.value.message
    assert "object at 0x" not in caught.value.message


def test_an_unknown_host_name_is_tried_again_even_for_a_post() -> None:
    made = make_client("http://nowhere.invalid")
    with pytest.raises(ApiError) as caught:
        made.client.request("POST", "/api/x/", json={})
    assert not isinstance(caught.value, UnknownOutcome)
    assert "nowhere.invalid" in caught.value.message


def test_a_kept_connection_that_the_server_closed_is_opened_anew(server: Server) -> None:
    server.script(Reply(200, {"id": 1}, {"Connection": "close"}), Reply(201, {"id": 2}))
    made = make_client(server.url)
    made.client.get("/api/x/")
    assert made.client.request("POST", "/api/x/", json={}) == {"id": 2}


def test_a_server_that_stalls(server: Server) -> None:
    server.script(Stall())
    made = make_client(server.url, timeout=0.4, retries=1)
    with pytest.raises(ApiError) as caught:
        made.client.get("/api/x/")
    assert "did not answer GET /api/x/ within 0.4 s" in caught.value.message
    assert len(server.seen) == 2


def test_a_post_to_a_server_that_stalls(server: Server) -> None:
    server.script(Stall())
    with pytest.raises(UnknownOutcome, match=r"within 0\.4 s"):
        make_client(server.url, timeout=0.4).client.request("POST", "/api/x/", json={})


def test_a_body_that_trickles_ends_at_the_time_limit(server: Server) -> None:
    """C(timeout) is how long one answer may take, not how long one byte may take."""
    server.script(Trickle())
    client = Client(Connection(server.url, KEY, timeout=0.5, retries=0, max_wait=1.0))
    started = time.monotonic()
    with pytest.raises(ApiError, match=r"within 0\.5 s"):
        client.get("/api/x/")
    assert time.monotonic() - started < 4.0
    with pytest.raises(UnknownOutcome):
        client.request("POST", "/api/x/", json={})
    server.script(Reply(200, {"id": 1}))
    assert client.get("/api/x/") == {"id": 1}


LARGE = [{"id": number, "text": "".join(random.Random(number).choices("abcdefghij", k=40))} for number in range(5000)]


def chunked(content: bytes, size: int) -> bytes:
    """A body in chunks of one size."""
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
@pytest.mark.parametrize("size", [0, 61, 5000])
def test_large_bodies_arrive_whole(server: Server, encoding: str, size: int) -> None:
    content = json.dumps(LARGE).encode()
    if encoding == "gzip":
        content = gzip.compress(content)
    elif encoding == "deflate":
        content = zlib.compress(content)
    headers = {"Content-Encoding": encoding} if encoding != "identity" else {}
    if size:
        start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        start += b"".join(b"%s: %s\r\n" % (name.encode(), value.encode()) for name, value in headers.items())
        server.script(Raw(start + b"\r\n" + chunked(content, size)))
    else:
        server.script(Reply(200, content, headers))
    made = make_client(server.url, retries=0)
    assert made.client.get("/api/x/") == LARGE


def test_chunks_that_break_off(server: Server) -> None:
    whole = chunked(json.dumps(LARGE).encode(), 5000)
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.script(Raw(start + whole[:20_000]), Raw(start + whole))
    assert make_client(server.url).client.get("/api/x/") == LARGE


# -- answers that are none of PostHog's API --------------------------------------------------------------------------


def test_an_html_page_with_200(server: Server) -> None:
    server.script(html(200))
    with pytest.raises(ApiError) as caught:
        make_client(server.url).client.get("/api/x/")
    assert len(server.seen) == 1
    assert "an HTML page" in caught.value.message
    assert "check host" in caught.value.message
    assert "<html>" not in caught.value.message


def test_broken_json_to_the_end(server: Server) -> None:
    server.script(Reply(200, b'{"id": 1, "na'))
    with pytest.raises(ApiError, match="something that is not JSON"):
        make_client(server.url).client.get("/api/x/")


def test_an_html_page_with_404(server: Server) -> None:
    server.script(html(404))
    with pytest.raises(ApiError) as caught:
        make_client(server.url).client.get("/api/x/")
    assert caught.value.status == 404
    assert "an HTML page instead of PostHog's error message" in caught.value.message


def test_405_without_a_body(server: Server) -> None:
    server.script(Reply(405))
    with pytest.raises(ApiError) as caught:
        make_client(server.url).client.request("DELETE", "/api/x/1/")
    assert caught.value.status == 405
    assert "DELETE /api/x/1/ (405)" in caught.value.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", [None, b"<html>Moved</html>", {"detail": "Moved."}])
def test_redirects_are_named_and_not_followed(server: Server, status: int, body: Any) -> None:
    with Server() as other:
        target = f"{other.url}/api/x/"
        kind = "text/html" if isinstance(body, bytes) else "application/json"
        server.script(Reply(status, body, {"Location": target}, content_type=kind))
        with pytest.raises(ApiError) as caught:
            make_client(server.url).client.get("/api/x/")
        assert other.seen == []
    assert len(server.seen) == 1
    assert f"redirects to {target}" in caught.value.message
    assert "not followed" in caught.value.message


# -- errors ----------------------------------------------------------------------------------------------------------


def refused_with(server: Server, answer: Reply, method: str = "POST") -> ApiError:
    """The error that an answer becomes."""
    server.script(answer)
    with pytest.raises(ApiError) as caught:
        make_client(server.url).client.request(method, "/api/projects/1/feature_flags/", json={})
    return caught.value


def test_the_envelope_becomes_a_sentence(server: Server) -> None:
    error = refused_with(
        server,
        refusal(400, "Must be below 100.", "invalid_input", "filters__groups__0__rollout_percentage"),
    )
    assert "filters.groups[0].rollout_percentage: Must be below 100." in error.message
    assert "(400)" in error.message
    assert error.code == "invalid_input"
    assert error.detail == "Must be below 100."
    assert error.result()["error"]["attr"] == "filters__groups__0__rollout_percentage"
    assert "\n" not in error.message


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "What it is about."},
        {"error": "What it is about."},
        {"message": "What it is about."},
        ["What it is about."],
        "What it is about.",
        {"name": ["What it is about."]},
        {"detail": ["What it is about."]},
    ],
)
def test_other_error_bodies(server: Server, body: Any) -> None:
    error = refused_with(server, Reply(400, body))
    assert "What it is about." in error.message
    assert error.status == 400


def test_a_code_without_detail_keeps_the_other_words(server: Server) -> None:
    """API.md chapter 1: a policy conflict answers {code, error, conflicting_policies, guidance}."""
    error = refused_with(
        server,
        Reply(
            400,
            {
                "code": "policy_conflict",
                "error": "This change falls under two approval policies.",
                "conflicting_policies": [1, 2],
                "guidance": "Split the change.",
            },
        ),
    )
    assert "This change falls under two approval policies." in error.message
    assert error.code == "policy_conflict"


def test_request_id_is_handed_on(server: Server) -> None:
    answer = refusal(400)
    answer.headers["X-Request-Id"] = "req-7"
    assert refused_with(server, answer).result()["request_id"] == "req-7"


def test_401_speaks_of_key_and_region(server: Server) -> None:
    error = refused_with(server, refusal(401, "Invalid personal API key.", "authentication_failed"))
    assert "Invalid personal API key." in error.message
    assert "api_key" in error.message
    assert server.url in error.message
    assert KEY not in error.message


@pytest.mark.parametrize(("here", "other"), [("us", "eu"), ("eu", "us")])
def test_401_of_a_region_names_the_other_one(here: str, other: str) -> None:
    made = make_client(f"https://{here}.posthog.com")
    remedy = made.client._errors.remedy(401, {"detail": "Invalid personal API key."})
    assert f"set region to {other}" in remedy


def test_402_speaks_of_the_plan(server: Server) -> None:
    assert "plan" in refused_with(server, refusal(402, "Not included.", "payment_required")).message


@pytest.mark.parametrize(
    ("detail", "meaning"),
    [
        (
            "API keys with scoped projects are only supported on project-based views.",
            "this key is limited to projects, and this belongs to the organization",
        ),
        ("API key does not have access to the requested project: ID 7.", "this key is limited to other projects"),
        (
            "API keys with scoped organizations are only supported on organization-based views.",
            "this key is limited to organizations, and this belongs to none",
        ),
        ("API key does not have access to the requested organization: ID 7.", "limited to other organizations"),
        ("You don't have sufficient permissions in the project.", "a key may do what its owner may"),
        ("Your organization access level is insufficient.", "let an administrator raise the owner's level"),
        ("This action does not support Personal API Key access", "and to no key that has scopes."),
        ("API key missing required scopes 'role:read' and 'role:write'", "add the scopes role:read, role:write to"),
        ("API key missing required scope 'role:read'", "add the scope role:read to the key"),
    ],
)
def test_403_says_what_it_means(server: Server, detail: str, meaning: str) -> None:
    """PostHog's sentence speaks of views and actions, of which the user has never heard."""
    error = refused_with(server, refusal(403, detail, "permission_denied"))
    assert detail in error.message and meaning in error.message


def test_403_names_the_missing_scope(server: Server) -> None:
    error = refused_with(
        server, refusal(403, "API key missing required scope 'feature_flag:write'", "permission_denied")
    )
    assert "add the scope feature_flag:write to the key" in error.message


def test_403_of_another_kind(server: Server) -> None:
    error = refused_with(server, refusal(403, "Rules have no such kind.", "permission_denied"))
    assert error.message.endswith("Rules have no such kind.")


# -- the key leaks nowhere -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        refusal(401, f"Key {KEY} is invalid.", "authentication_failed"),
        Reply(400, {"error": f"Bearer {KEY}"}),
        Reply(400, [f"Bearer {KEY}"]),
        Reply(400, {"headers": {"Authorization": f"Bearer {KEY}"}}),
        Reply(400, {"detail": [f"Bearer {KEY}"]}),
        Reply(400, {"detail": "No.", "extra": {"key": KEY}}),
        Reply(301, None, {"Location": f"https://elsewhere.example/?personal_api_key={KEY}"}),
        Reply(200, f"<html>{KEY}".encode(), content_type="text/html"),
        html(502),
        Reset(),
        TRUNCATED,
        limited("9999"),
    ],
)
def test_the_key_is_in_no_text(server: Server, answer: Answer) -> None:
    server.script(answer)
    made = make_client(server.url, retries=1)
    with pytest.raises(ApiError) as caught:
        made.client.get("/api/x/")
    texts = [caught.value.message, str(caught.value), repr(caught.value), repr(caught.value.result()), *made.notes]
    assert [text for text in texts if KEY in text] == []


def test_a_connection_does_not_show_its_key() -> None:
    """A traceback, a debugger or an assertion prints what repr() gives."""
    made = make_client("http://127.0.0.1:1")
    assert KEY not in repr(made.client.connection)


def test_scrub() -> None:
    made = make_client("http://127.0.0.1:1")
    assert made.client.scrub(f"a {KEY} b {KEY}") == "a ******** b ********"
