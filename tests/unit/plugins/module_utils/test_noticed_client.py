# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user reads when a request fails, word for word, and how long is waited before it is sent again."""

from __future__ import annotations

import email.utils
import ssl
import time
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3.exceptions

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    TimeLimit,
    UnknownOutcome,
    answered,
    as_object,
    objects_in,
    option_path,
)
from ansible_collections.community.posthog.plugins.module_utils._data.version import COLLECTION_VERSION
from ansible_collections.community.posthog.plugins.module_utils._http import delivery as _delivery
from ansible_collections.community.posthog.plugins.module_utils._http.budget import SharedLimiter, shared_limiter
from ansible_collections.community.posthog.plugins.module_utils._http.pace import Pause, RateLimiter, private
from ansible_collections.community.posthog.plugins.module_utils._http.paging import Reading
from ansible_collections.community.posthog.plugins.module_utils._http.transport import Transport
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    Clock,
    Reply,
    Reset,
    Seen,
    Server,
    html,
    make_client,
    refusal,
)

PATH = "/api/projects/1/feature_flags/"
NOT_KNOWN = " (whether it took place is not known)"


def failure(server: Server, *answers: Any, method: str = "PATCH", **options: Any) -> ApiError:
    """The error that answers become."""
    server.script(*answers)
    with pytest.raises(ApiError) as caught:
        made = make_client(server.url, **{"retries": 0, **options})
        made.client.request(method, PATH, json=None if method == "GET" else {})
    return caught.value


#: What an answer becomes: the method, the answer, and the sentence; HOST stands for the server.
SENTENCES: list[tuple[str, Reply, str]] = [
    ("POST", refusal(400, " Too long. ", "x", "name"), f"PostHog refused POST {PATH} (400): name: Too long."),
    ("PATCH", refusal(400, "Too long.", "x"), f"PostHog refused PATCH {PATH} (400): Too long."),
    ("PATCH", refusal(400, ""), f"PostHog refused PATCH {PATH} (400): status 400 without a reason"),
    ("DELETE", Reply(405), f"PostHog refused DELETE {PATH} (405): status 405 without a reason"),
    ("PATCH", Reply(400, {"detail": ["a", 1]}), f'PostHog refused PATCH {PATH} (400): ["a", 1]'),
    ("PATCH", Reply(400, {"name": ["a"]}), f'PostHog refused PATCH {PATH} (400): {{"name": ["a"]}}'),
    ("PATCH", Reply(400, ["a", "b"]), f'PostHog refused PATCH {PATH} (400): ["a", "b"]'),
    ("PATCH", Reply(400, "a text"), f"PostHog refused PATCH {PATH} (400): a text"),
    ("PATCH", Reply(400, {"error": "E."}), f"PostHog refused PATCH {PATH} (400): E."),
    ("PATCH", Reply(400, {"message": "M."}), f"PostHog refused PATCH {PATH} (400): M."),
    (
        "PATCH",
        Reply(400, {"code": "c", "error": "One.", "message": "Two.", "guidance": "Three."}),
        f"PostHog refused PATCH {PATH} (400): One. Two. Three.",
    ),
    ("PATCH", Reply(400, "x" * 600), f"PostHog refused PATCH {PATH} (400): {'x' * 500}"),
    ("PATCH", Reply(400, ["x" * 600]), f'PostHog refused PATCH {PATH} (400): ["{"x" * 498}'),
    ("PATCH", Reply(400, {"name": "x" * 600}), f'PostHog refused PATCH {PATH} (400): {{"name": "{"x" * 490}'),
    (
        "PATCH",
        refusal(401, "Invalid key."),
        (
            f"PostHog refused PATCH {PATH} (401): Invalid key. - HOST does not know this api_key. Keys belong to one "
            "region or installation and are shown only once, so check that it is whole and still exists."
        ),
    ),
    (
        "PATCH",
        refusal(402, "Not yours."),
        f"PostHog refused PATCH {PATH} (402): Not yours. - the plan of this organization does not include the feature.",
    ),
    (
        "PATCH",
        refusal(403, "API key missing required scope 'survey:write' or 'feature_flag:write' or 'survey:write'"),
        (
            f"PostHog refused PATCH {PATH} (403): API key missing required scope 'survey:write' or "
            "'feature_flag:write' or 'survey:write' - add the scopes feature_flag:write, survey:write to the key "
            "(Settings, Personal API keys)."
        ),
    ),
    (
        "PATCH",
        refusal(403, "This action does not support Personal API Key access"),
        (
            f"PostHog refused PATCH {PATH} (403): This action does not support Personal API Key access - PostHog "
            "allows this only to a person who is logged in with a browser, and to no key that has scopes."
        ),
    ),
    ("PATCH", refusal(403, "You are no admin."), f"PostHog refused PATCH {PATH} (403): You are no admin."),
    (
        "PATCH",
        Reply(409, {"code": "approval_required", "detail": "Wait.", "change_request_id": "c-7"}),
        (
            f"PostHog refused PATCH {PATH} (409): Wait. - nothing was changed: change request c-7 waits for approval "
            "in PostHog; run the task again after that."
        ),
    ),
    (
        "PATCH",
        Reply(409, {"code": "approval_required", "detail": "Wait."}),
        (
            f"PostHog refused PATCH {PATH} (409): Wait. - nothing was changed: a change request waits for approval "
            "in PostHog; run the task again after that."
        ),
    ),
    ("GET", html(404), f"GET {PATH}: HOST answered 404 with an HTML page instead of PostHog's error message"),
    (
        "GET",
        html(200),
        (
            f"GET {PATH}: HOST answered with an HTML page, which is no answer of PostHog's API; check host, and any "
            "proxy on the way"
        ),
    ),
    (
        "GET",
        Reply(200, b'{"id": 1, "na'),
        (
            f"GET {PATH}: HOST answered with something that is not JSON, which is no answer of PostHog's API; check "
            "host, and any proxy on the way"
        ),
    ),
    (
        "GET",
        Reply(200, b""),
        (
            f"GET {PATH}: HOST answered with an empty body, which is no answer of PostHog's API; check host, and any "
            "proxy on the way"
        ),
    ),
    (
        "GET",
        Reply(502, b"[" * 100_000),
        (
            f"GET {PATH}: HOST answered 502 with JSON that is nested more deeply than anything of PostHog instead of "
            "PostHog's error message"
        ),
    ),
    (
        "GET",
        Reply(302, None, {"Location": "https://elsewhere.test/"}),
        (
            f"GET {PATH}: HOST redirects to https://elsewhere.test/, which is not followed; set host to the address "
            "where the API itself answers"
        ),
    ),
    (
        "GET",
        Reply(399),
        (
            f"GET {PATH}: HOST redirects to another address, which is not followed; set host to the address where "
            "the API itself answers"
        ),
    ),
    ("POST", refusal(500, "Broken."), f"PostHog refused POST {PATH} (500): Broken.{NOT_KNOWN}"),
    (
        "POST",
        html(200),
        (
            f"POST {PATH}: HOST answered with an HTML page, which is no answer of PostHog's API; check host, and any "
            f"proxy on the way{NOT_KNOWN}"
        ),
    ),
]


@pytest.mark.parametrize(("method", "answer", "sentence"), SENTENCES)
def test_sentences(server: Server, method: str, answer: Reply, sentence: str) -> None:
    error = failure(server, answer, method=method)
    assert error.message == sentence.replace("HOST", server.url)
    assert (error.status, error.method, error.path) == (answer.status, method, PATH)
    assert isinstance(error, UnknownOutcome) is sentence.endswith(NOT_KNOWN)


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Amzn-Trace-Id", "CF-Ray"])
@pytest.mark.parametrize(
    ("method", "answer"),
    [("PATCH", refusal(400, "No.")), ("POST", refusal(500, "No.")), ("GET", html(404)), ("PATCH", Reply(301))],
)
def test_all_that_a_failed_task_returns(server: Server, name: str, method: str, answer: Reply) -> None:
    error = failure(server, Reply(answer.status, answer.body, {name: "r-7"}, answer.content_type), method=method)
    envelope = {"error": answer.body} if isinstance(answer.body, dict) else {}
    assert error.result() == {"msg": error.message, "status_code": answer.status, "request_id": "r-7", **envelope}


def test_a_list_of_words_in_place_of_an_envelope(server: Server) -> None:
    envelope = {"type": None, "code": None, "attr": None}
    for body, detail in (
        ({"error": "E."}, "E."),
        ({"x": 1}, '{"x": 1}'),
        (["a"], '["a"]'),
        ("a", "a"),
        ([], ""),
        (None, ""),
    ):
        assert failure(server, Reply(400, body)).envelope == {**envelope, "detail": detail}
    assert failure(server, Reply(400, {"code": "c", "error": "E."})).envelope == {
        "code": "c",
        "error": "E.",
        "detail": "E.",
    }


@pytest.mark.parametrize(("here", "other"), [("us", "eu"), ("eu", "us")])
def test_a_key_of_the_other_region(here: str, other: str) -> None:
    host = f"https://{here}.posthog.com"
    assert make_client(host).client._errors.remedy(401, {}) == (
        f" - {host} does not know this api_key. Keys belong to one region or installation and are shown only once, "
        f"so check that it is whole and still exists. If the key was made on https://{other}.posthog.com, set region "
        f"to {other}."
    )


def test_what_is_sent(server: Server) -> None:
    made = make_client(server.url)
    server.script(Reply(200, {"a": 1}))
    assert made.client.request("PATCH", PATH, params={"a": 1, "b": None}, json={"c": 2}) == {"a": 1}
    (seen,) = server.seen
    assert (seen.method, seen.target, seen.json) == ("PATCH", f"{PATH}?a=1", {"c": 2})
    headers = {name.lower(): value for name, value in seen.headers.items()}
    assert headers["accept"] == "application/json"
    assert headers["user-agent"] == f"community.posthog/{COLLECTION_VERSION} (Ansible collection)"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "gzip" in headers["accept-encoding"]
    assert made.client.status == 200 and len(server.seen) == 1
    assert len(made.notes) == 1 and made.notes[0].startswith(f"PATCH {PATH} -> 200 in ")


def test_repeats_wait_longer_each_time(server: Server) -> None:
    """Doubling from half a second to 30, of which half is chance."""
    made = make_client(server.url, retries=8, max_wait=1000.0)
    server.script(refusal(503))
    with pytest.raises(ApiError) as caught:
        made.client.get(PATH)
    assert made.clock.slept == [0.375, 0.75, 1.5, 3.0, 6.0, 12.0, 22.5, 22.5]
    assert len(server.seen) == 9 and not isinstance(caught.value, TimeLimit)
    waits = [note for note in made.notes if note.startswith("waiting")]
    assert waits[0] == f"waiting 0.4 s before GET {PATH} is sent again"


def test_the_jitter_is_half_of_the_wait(server: Server) -> None:
    waits = make_client(server.url).client._waits
    for number, expected in ((0.0, 0.25), (1.0, 0.5)):
        waits._random = lambda number=number: number
        assert waits._backoff(1) == expected
        assert waits._backoff_of_limit(3) == 8 * (0.5 + number / 2)
    assert waits._backoff_of_limit(1) == 2.0
    assert waits._backoff_of_limit(6) == waits._backoff_of_limit(60) == 60.0


def test_a_defect_of_the_server_gets_one_repeat(server: Server) -> None:
    for retries, sent in ((0, 1), (1, 2), (5, 2)):
        server.seen.clear()
        failure(server, refusal(500), method="GET", retries=retries)
        assert len(server.seen) == sent


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_refusal_is_not_sent_again(server: Server, status: int) -> None:
    failure(server, refusal(status), retries=5)
    assert len(server.seen) == 1


def test_a_wait_that_is_longer_than_allowed(server: Server) -> None:
    made = make_client(server.url, max_wait=15.0)
    server.script(Reply(429, {"detail": "Slow down."}, {"Retry-After": "30"}))
    with pytest.raises(TimeLimit) as caught:
        made.client.get(PATH)
    assert caught.value.message == (
        f"GET {PATH}: PostHog's rate limit asks to wait 30 s, more than max_wait (15 s) allows; raise max_wait or "
        "run less at once"
    )
    assert caught.value.ends_all and caught.value.status == 429 and made.clock.slept == []
    assert caught.value.envelope == {"detail": "Slow down."}


def test_a_second_wait_that_no_time_is_left_for(server: Server) -> None:
    made = make_client(server.url, max_wait=15.0)
    server.script(Reply(429, {"detail": "Slow down."}, {"Retry-After": "10"}))
    with pytest.raises(TimeLimit) as caught:
        made.client.get(PATH)
    assert caught.value.message == (
        f"GET {PATH}: PostHog's rate limit asks to wait 10 s, and of max_wait (15 s) only 5 s are left; raise "
        "max_wait or run less at once"
    )
    assert made.clock.slept == [10.0]
    assert f"waiting 10.0 s before GET {PATH} is sent, as PostHog asks" in made.notes


def test_a_server_that_is_down_for_longer_than_allowed(server: Server) -> None:
    made = make_client(server.url, max_wait=15.0)
    server.script(Reply(503, {"detail": "Down."}, {"Retry-After": "30", "X-Request-Id": "r-1"}))
    with pytest.raises(TimeLimit) as caught:
        made.client.get(PATH)
    assert caught.value.result() == {
        "msg": f"GET {PATH}: PostHog asks to wait 30 s, more than max_wait (15 s) allows; raise max_wait or run less "
        "at once",
        "status_code": 503,
        "error": {"detail": "Down."},
        "request_id": "r-1",
    }


def test_no_time_for_another_repeat(server: Server) -> None:
    made = make_client(server.url, max_wait=1.0, retries=9)
    server.script(refusal(503, "Down."))
    with pytest.raises(TimeLimit) as caught:
        made.client.get(PATH)
    assert caught.value.message == f"PostHog refused GET {PATH} (503): Down.; gave up after max_wait (1 s)"
    assert (caught.value.status, caught.value.method, caught.value.path) == (503, "GET", PATH)
    assert caught.value.detail == "Down." and made.clock.slept == [0.375]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("2.5", 2.5), ("0", 0.375), ("soon", None), ("", None), ("-3", None), ("9" * 10, None)],
)
def test_retry_after(server: Server, value: str, seconds: float | None) -> None:
    made = make_client(server.url, max_wait=1000.0)
    server.script(Reply(429, {}, {"Retry-After": value}), Reply(200, {}))
    made.client.get(PATH)
    # Without a number, it waits as for a limit that does not say how long.
    assert sum(made.clock.slept) == pytest.approx(1.5 if seconds is None else seconds)


def test_retry_after_as_a_date(server: Server) -> None:
    made = make_client(server.url)
    later = email.utils.formatdate(time.time() + 100, usegmt=True)
    server.script(Reply(429, {}, {"Retry-After": later}), Reply(200, {}))
    made.client.get(PATH)
    assert 90 < sum(made.clock.slept) <= 100
    made = make_client(server.url)
    server.script(Reply(429, {}, {"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}), Reply(200, {}))
    made.client.get(PATH)
    assert sum(made.clock.slept) == pytest.approx(0.375)


def test_no_answer(server: Server) -> None:
    error = failure(server, Reset(), method="GET")
    assert error.message.startswith(f"No answer from {server.url} to GET {PATH}: ")
    assert (error.status, error.method, error.path) == (None, "GET", PATH)
    error = failure(server, Reset(), method="POST")
    assert isinstance(error, UnknownOutcome) and not error.slow and error.message.endswith(NOT_KNOWN)


def test_a_failure_of_the_connection_ends_everything(server: Server) -> None:
    """Only a failure that every other call would meet too."""
    assert failure(server, refusal(401), method="GET").ends_all
    assert failure(server, html(502), method="GET").ends_all
    assert not failure(server, refusal(404), method="GET").ends_all
    assert not failure(server, refusal(500), method="GET").ends_all
    # PostHog answered before: the first time, it may be a matter of the one request.
    made = make_client(server.url, retries=0)
    server.script(Reply(200, {}), refusal(503), refusal(503), Reply(200, {}), refusal(503), refusal(404), refusal(503))
    ends = []
    for _turn in range(7):
        try:
            made.client.get(PATH)
            ends.append(None)
        except ApiError as exc:
            ends.append(exc.ends_all)
    assert ends == [None, False, True, None, False, False, False]
    nobody = make_client("http://127.0.0.1:1", retries=0)
    with pytest.raises(ApiError) as caught:
        nobody.client.get(PATH)
    assert caught.value.ends_all


def test_nothing_is_sent_after_the_end(server: Server) -> None:
    made = make_client(server.url)
    made.client.threads.ended = ApiError("It is over.", status=401)
    with pytest.raises(ApiError, match=r"^It is over\.$") as caught:
        made.client.get(PATH)
    assert caught.value.status == 401 and caught.value is not made.client.threads.ended and server.seen == []


def test_writes_of_an_orphan_are_not_sent(server: Server) -> None:
    made = make_client(server.url)
    made.client._parent = -1
    for method in ("POST", "PATCH", "PUT", "DELETE"):
        with pytest.raises(ApiError) as caught:
            made.client.request(method, PATH, json={})
        assert caught.value.message == f"{method} {PATH} was not sent: the process that started this task is gone"
        assert caught.value.ends_all and (caught.value.method, caught.value.path) == (method, PATH)
    made.client.get(PATH)
    assert [seen.method for seen in server.seen] == ["GET"]


def test_another_host_gets_no_key(server: Server) -> None:
    made = make_client("https://posthog.test")
    other = made.client.keyless(server.url)
    assert other is made.client.keyless(server.url) and other.connection.host == server.url
    other.request("POST", "/batch/", json={})
    assert "authorization" not in {name.lower() for name in server.seen[0].headers}
    assert KEY not in str(server.seen[0])


# -- lists -----------------------------------------------------------------------------------------------------------


def pages(server: Server, *pages_: dict[str, Any], **options: Any) -> list[Any]:
    """Read a list of pages; those with C(next) name the following one."""

    def answer(seen: Seen) -> Reply:
        number = int(dict(seen.query).get("page", 0))
        page = dict(pages_[min(number, len(pages_) - 1)])
        if page.get("next") is True:
            page["next"] = f"{server.url}{PATH}?page={number + 1}&limit=7"
        return Reply(200, page)

    server.script(answer)
    return make_client(server.url).client.objects(PATH, **options)


def test_sizes_of_pages(server: Server) -> None:
    for options, limit in (
        ({}, "500"),
        ({"page_size": 50}, "50"),
        ({"page_size": None}, None),
        ({"limit": 3}, "3"),
        ({"limit": 0}, "1"),
        ({"limit": 900}, "500"),
    ):
        server.seen.clear()
        pages(server, {"results": []}, **options)
        assert dict(server.seen[0].query).get("limit") == limit


def test_a_list_is_read_until_nothing_follows(server: Server) -> None:
    found = pages(
        server,
        {"count": 3, "next": True, "results": [{"id": 1}, {"id": 2}]},
        {"count": 3, "next": True, "results": []},
        {"count": 3, "next": None, "results": [{"id": 2}, {"id": 3}]},
    )
    assert [item["id"] for item in found] == [1, 2, 3]
    assert [dict(seen.query) for seen in server.seen] == [
        {"limit": "500"},
        {"page": "1", "limit": "7"},
        {"page": "2", "limit": "7"},
    ]


def test_as_many_as_are_wanted(server: Server) -> None:
    page = {"count": 9, "next": True, "results": [{"id": 1}, {"id": 2}]}
    assert pages(server, page, limit=2) == [{"id": 1}, {"id": 2}]
    assert pages(server, page, limit=1) == [{"id": 1}]
    assert len(server.seen) == 2


def test_a_list_that_lacks_something(server: Server) -> None:
    with pytest.raises(ApiError) as caught:
        pages(server, {"count": 3, "next": None, "results": [{"id": 1}, {"id": 2}]})
    assert caught.value.message == (
        f"GET {PATH}: the list says that it has 3 objects, but shows 2; what is missing cannot be told, so nothing "
        "is done about the others"
    )
    assert (caught.value.method, caught.value.path) == ("GET", PATH)


def test_a_list_without_end(server: Server) -> None:
    with pytest.raises(ApiError) as caught:
        pages(server, {"next": True, "results": []})
    assert caught.value.message.startswith(f"GET {PATH}: the list has no end after ")
    assert (caught.value.method, caught.value.path) == ("GET", PATH)


@pytest.mark.parametrize("answer", [{"results": {}}, {"results": None}, {"results": [], "next": 5}, "text", 7])
def test_what_is_no_list(server: Server, answer: Any) -> None:
    server.script(Reply(200, answer))
    with pytest.raises(ApiError) as caught:
        make_client(server.url).client.objects(PATH)
    assert caught.value.message == f"GET {PATH} did not answer with a list; check host"
    assert (caught.value.method, caught.value.path) == ("GET", PATH)


def test_a_list_that_takes_no_query(server: Server) -> None:
    def answer(seen: Seen) -> Reply:
        return refusal(500) if seen.query else Reply(200, {"results": [{"id": 1}]})

    server.script(answer)
    assert make_client(server.url).client.objects(PATH) == [{"id": 1}]
    with pytest.raises(ApiError, match="500"):
        make_client(server.url).client.objects(PATH, {"search": "x"})


def test_what_one_reading_brings() -> None:
    read = Reading()
    assert read.take([{"id": 1}, {"id": 1}, {"a": 1}], 4) == 2
    assert (read.shown, read.count, read.missing, read.stable) == (3, 4, True, False)
    assert read.take([{"id": 1}, {"id": 2}], True) == 1
    assert (read.shown, read.count, read.missing, read.stable) == (4, 4, False, True)
    assert read.take([], 5) == 0
    assert (read.missing, read.stable) == (True, False)
    assert Reading([1, 2]).shown == 2 and Reading([1, 2]).stable


# -- certificates and addresses --------------------------------------------------------------------------------------


def certificate(code: int | None, text: str = "verify failed") -> BaseException:
    """A certificate that OpenSSL did not accept."""
    error = ssl.SSLCertVerificationError(text)
    if code is not None:
        error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (
            certificate(9),
            "it is not valid yet, so it has to be renewed there, or the clock of this machine is wrong",
        ),
        (certificate(10), "it has expired, so it has to be renewed there, or the clock of this machine is wrong"),
        (certificate(62), "it is for another host, so set host to the name that the certificate is for"),
        (certificate(64), "it is for another host, so set host to the name that the certificate is for"),
        (
            certificate(None, "Hostname mismatch"),
            "it is for another host, so set host to the name that the certificate is for",
        ),
        (certificate(None, "other"), "give ca_path the bundle that signs it"),
        (certificate(2), "give ca_path the bundle that signs it"),
        (certificate(18), "give ca_path the bundle that signs it"),
        (certificate(19), "give ca_path the bundle that signs it"),
        (certificate(20), "give ca_path the bundle that signs it"),
        (certificate(21), "give ca_path the bundle that signs it"),
        (certificate(27), "give ca_path the bundle that signs it"),
        (certificate(23), "it has to be replaced there"),
    ],
)
def test_advice_about_certificates(error: BaseException, advice: str) -> None:
    assert _delivery.certificate_advice(error) == advice
    sender = make_client("https://posthog.test").client._transport
    outcome = sender._unreachable("POST", PATH, requests.exceptions.SSLError(error), unsent=True, passes=True)
    assert outcome.error.message == f"The certificate of https://posthog.test was not accepted ({error}); {advice}"
    assert outcome.never_sent and not outcome.transient and not outcome.slow


@pytest.mark.parametrize(
    ("error", "none"),
    [
        (requests.exceptions.InvalidURL(), True),
        (requests.exceptions.InvalidSchema(), True),
        (requests.exceptions.MissingSchema(), True),
        (requests.exceptions.InvalidHeader(), True),
        (requests.exceptions.ConnectionError(), False),
        (urllib3.exceptions.LocationValueError(), True),
        (urllib3.exceptions.ProxySchemeUnknown("ftp"), True),
        (urllib3.exceptions.ProtocolError("x"), False),
        (OSError("no bundle"), True),
        (ConnectionResetError("x"), False),
    ],
)
def test_addresses_that_are_none(error: Exception, none: bool) -> None:
    assert _delivery.no_address(error) is none
    assert _delivery.never_sent(error) is none


def test_the_innermost_reason_without_addresses() -> None:
    inner = OSError("<urllib3.connection.HTTPSConnection object at 0x7f00ab>: Failed, see https://x.test/?a=secret now")
    outer = requests.exceptions.ConnectionError("outside", inner)
    assert _delivery.innermost(outer) == "Failed, see https://x.test/ now"
    pool = OSError("HTTPSConnectionPool(host='x', port=1): Failed to establish a new connection: Refused")
    assert _delivery.innermost(pool) == "Refused"
    assert _delivery.innermost(TimeoutError()) == "TimeoutError"
    assert _delivery.innermost(OSError("y" * 400)) == "y" * 300
    wrapped = urllib3.exceptions.MaxRetryError(None, "/", reason=OSError("the reason"))  # type: ignore[arg-type]
    assert _delivery.innermost(wrapped) == "the reason"
    assert [str(link) for link in _delivery.chain(outer)] == [str(outer), str(inner)]


def test_a_tunnel_that_was_refused_was_never_sent() -> None:
    assert _delivery.never_sent(OSError("Tunnel connection failed: 403 Forbidden"))
    assert _delivery.never_sent(requests.exceptions.ProxyError(OSError("Tunnel connection failed: 502")))
    assert not _delivery.never_sent(requests.exceptions.ProxyError(ConnectionResetError("Connection reset by peer")))
    assert not _delivery.never_sent(ValueError("Tunnel connection failed"))


@pytest.mark.parametrize(
    ("bundle", "own", "verify", "used"),
    [
        ("/b.pem", {}, True, "/b.pem"),
        ("/b.pem", {"REQUESTS_CA_BUNDLE": "/r.pem"}, True, True),
        ("/b.pem", {"CURL_CA_BUNDLE": "/c.pem"}, True, True),
        ("/b.pem", {}, False, False),
        ("/b.pem", {}, "/own.pem", "/own.pem"),
        (None, {}, True, True),
    ],
)
def test_bundles_of_certificates(
    monkeypatch: pytest.MonkeyPatch, bundle: str | None, own: dict[str, str], verify: bool | str, used: bool | str
) -> None:
    for name, value in {"SSL_CERT_FILE": bundle, **own}.items():
        if value:
            monkeypatch.setenv(name, value)
    assert Transport._trust(verify) == used


# -- pace ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("per_minute", "at_once"), [(10, 9), (2, 1), (1, 1)])
def test_one_request_below_the_limit(per_minute: int, at_once: int) -> None:
    clock = Clock()
    limiter = RateLimiter(per_minute, clock, clock.sleep)
    assert [limiter.wait() for _turn in range(at_once)] == [0.0] * at_once
    clock.now += 20
    assert limiter.wait() == 40.0 and clock.slept == [40.0]
    # The minute slides: what was sent a minute ago does not count.
    clock.now += 60
    assert limiter.wait() == 0.0


def test_without_a_limit_nothing_waits() -> None:
    clock = Clock()
    limiter = RateLimiter(0, clock, clock.sleep)
    assert [limiter.wait() for _turn in range(1000)] == [0.0] * 1000


def private_directory(tmp_path: Path) -> str:
    """A directory that nobody else may enter."""
    tmp_path.chmod(0o700)
    return str(tmp_path)


def test_a_pause_is_for_all_processes(tmp_path: Path) -> None:
    place = private_directory(tmp_path)
    clock = Clock()
    wall = [2_000_000.0]
    options: dict[str, Any] = {"clock": clock, "wall": lambda: wall[0], "directory": place}
    one, two = Pause("https://a", KEY, **options), Pause("https://a", KEY, **options)
    stranger = Pause("https://b", KEY, **options)
    one.ask(30.0)
    assert one.left() == two.left() == 30.0 and stranger.left() == 0.0
    two.ask(10.0)
    assert one.left() == two.left() == 30.0
    clock.now += 20
    wall[0] += 20
    assert one.left() == two.left() == 10.0
    wall[0] += 11
    clock.now += 11
    assert one.left() == two.left() == 0.0
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("posthog-pause-") and len(file.name) == len("posthog-pause-") + 32
    assert file.stat().st_size == 0 and file.stat().st_mode & 0o777 == 0o600
    assert KEY not in file.name
    # A clock that was wrong by years must not stop everybody for as long.
    one.ask(86_500.0)
    assert two.left() == 0.0


def test_a_directory_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    place = private_directory(tmp_path)
    assert private(place) and shared_limiter(place, "https://a", KEY, 10) is not None
    for mode in (0o755, 0o770, 0o701, 0o710, 0o702):
        tmp_path.chmod(mode)
        assert not private(place) and shared_limiter(place, "https://a", KEY, 10) is None
        Pause("https://a", KEY, directory=place).ask(5.0)
        assert list(tmp_path.iterdir()) == []
    tmp_path.chmod(0o700)
    file = tmp_path / "file"
    file.touch(0o600)
    assert not private(str(file)) and not private(str(tmp_path / "missing"))
    assert shared_limiter(None, "https://a", KEY, 10) is None
    assert shared_limiter(place, "https://a", KEY, 0) is None
    assert shared_limiter(place, "https://a", KEY, 1) is not None


def test_processes_share_the_requests_of_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    monkeypatch.setattr(time, "sleep", clock.sleep)
    place = private_directory(tmp_path)
    one, two = (shared_limiter(place, "https://a", KEY, 4) for _turn in range(2))
    other = shared_limiter(place, "https://b", KEY, 4)
    assert one is not None and two is not None and other is not None
    assert [one.wait(), two.wait(), one.wait()] == [0.0, 0.0, 0.0]
    assert other.wait() == 0.0
    clock.now += 20
    assert two.wait() == pytest.approx(40.5)
    assert clock.slept == [pytest.approx(40.5)]
    assert sorted(path.name[:15] for path in tmp_path.iterdir()) == ["posthog-budget-"] * 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())


def test_what_is_no_count_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    monkeypatch.setattr(time, "sleep", clock.sleep)
    file = tmp_path / "count"
    file.write_bytes(b"abc")
    limiter = SharedLimiter(str(file), 2)
    assert limiter.wait() == 0.0
    assert limiter.wait() == pytest.approx(60.5)
    missing = SharedLimiter(str(tmp_path / "no" / "count"), 2)
    assert [missing.wait(), missing.wait()] == [0.0, 0.0]


# -- errors ----------------------------------------------------------------------------------------------------------


def test_several_mistakes_are_one_sentence() -> None:
    problems = [("name", "must not be empty"), ("", "nothing is declared")]
    assert InvalidInput(problems).message == "name: must not be empty; nothing is declared"
    assert InvalidInput(problems, "Short.").message == "Short."
    assert InvalidInput(problems, "").message == ""
    assert PostHogFailure("Why.").result() == {"msg": "Why."}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(None, "nothing"), ([], "a list"), ("x", "a text"), (True, "a boolean"), (1, "a number"), (1.5, "a number")],
)
def test_what_is_no_object(answer: Any, kind: str) -> None:
    with pytest.raises(ApiError) as caught:
        as_object(answer, "/api/x/")
    assert caught.value.message == (
        f"GET /api/x/ answered with {kind} in place of an object, so whether it is there is not known"
    )
    assert (caught.value.method, caught.value.path, caught.value.status) == ("GET", "/api/x/", None)
    assert as_object({"a": 1}, "/api/x/") == {"a": 1}


def test_objects_inside_of_objects() -> None:
    assert objects_in(None, "tiles") == objects_in({}, "tiles") == objects_in({"tiles": None}, "tiles") == []
    assert objects_in({"tiles": [{"id": 1}]}, "tiles", "id") == [{"id": 1}]
    for wrong in ({}, "x", [1]):
        with pytest.raises(ApiError) as caught:
            objects_in({"tiles": wrong}, "tiles")
        assert (
            caught.value.message == "an answer of PostHog is of another form than ever: 'tiles' is no list of objects"
        )
    for wrong in ({}, {"id": True}, {"id": None}, {"id": []}):
        with pytest.raises(ApiError) as caught:
            objects_in({"tiles": [{"id": 1}, wrong]}, "tiles", "id")
        assert caught.value.message == (
            "an answer of PostHog is of another form than ever: 'tiles.id' is no text and no number"
        )
    with pytest.raises(ApiError, match=r"than ever: 'id' is no text and no number$"):
        answered({}, "id")
    assert answered({"id": "x"}, "id") == "x" and answered({"id": 0}, "id") == 0


@pytest.mark.parametrize(
    ("attr", "path"),
    [
        ("filters__groups__0__rollout_percentage", "filters.groups[0].rollout_percentage"),
        ("name", "name"),
        ("0__name", "0.name"),
        ("a__10", "a[10]"),
        ("a__1b", "a.1b"),
        (None, ""),
        ("", ""),
        (5, ""),
        (["a"], ""),
    ],
)
def test_paths_of_options(attr: Any, path: str) -> None:
    assert option_path(attr) == path


def test_what_an_error_says_of_itself() -> None:
    error = ApiError("x", status=410, envelope={"code": "gone", "detail": "Away."})
    assert error.gone and error.code == "gone" and error.detail == "Away." and not error.ends_all
    assert ApiError("x", status=404).gone and not ApiError("x", status=400).gone and not ApiError("x").gone
    assert ApiError("x").code is None and ApiError("x").detail == "" and ApiError("x").result() == {"msg": "x"}
    odd = ApiError("x", envelope={"code": 5, "detail": ["x"]})
    assert odd.code is None and odd.detail == ""
    assert not UnknownOutcome("x").slow
