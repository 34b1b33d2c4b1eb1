# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint: latency, limits, faults, forbidden writes, paging tricks, seeding, the log."""

from __future__ import annotations

import socket
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from sandbox_client import Client


def test_latency(api: Client) -> None:
    api.control("settings", {"latency_ms": 60})
    started = time.monotonic()
    api.get("P/dashboards/")
    assert time.monotonic() - started >= 0.06


def test_rate_limit_per_key(sandbox: Any, api: Client) -> None:
    api.control("settings", {"rate_limit": 2})
    codes = [api.call("GET", "P/dashboards/").status_code for _dummy in range(3)]
    assert codes == [200, 200, 429]
    refused = api.call("GET", "P/dashboards/")
    assert refused.json()["code"] == "throttled" and refused.json()["type"] == "throttled_error"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert Client(sandbox, "admin").call("GET", "P/dashboards/").status_code == 200


def test_retry_after_in_its_three_forms(api: Client) -> None:
    for kind in ("429", "429_date", "429_bare"):
        api.control("faults", {"rules": [{"kind": kind, "times": 1, "seconds": 7}]})
        reply = api.call("GET", "P/dashboards/")
        assert reply.status_code == 429
        value = reply.headers.get("Retry-After")
        if kind == "429":
            assert value == "7"
        elif kind == "429_date":
            assert value and parsedate_to_datetime(value)
        else:
            assert value is None
        assert api.call("GET", "P/dashboards/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "written"), [("5xx_before", 0), ("5xx_after", 1), ("reset_before", 0), ("reset_after", 1), ("html", 0)]
)
def test_faults_before_and_after_the_write(api: Client, kind: str, written: int) -> None:
    api.control("faults", {"rules": [{"kind": kind, "times": 1, "method": "POST", "path": "roles"}]})
    if kind.startswith("reset"):
        with pytest.raises(requests.ConnectionError):
            api.call("POST", "O/roles/", {"name": "Engineering"})
    else:
        reply = api.call("POST", "O/roles/", {"name": "Engineering"})
        assert reply.status_code >= 500
        assert (kind == "html") == reply.headers["Content-Type"].startswith("text/html")
    assert api.get("O/roles/")["count"] == written
    assert api.control("counters")["faults"] == 1


@pytest.mark.parametrize(("kind", "body"), [("null", "null"), ("empty", "")])
def test_a_success_without_an_object(api: Client, kind: str, body: str) -> None:
    api.control("faults", {"rules": [{"kind": kind, "times": 1}]})
    reply = api.call("GET", "P/")
    assert (reply.status_code, reply.text) == (200, body)
    assert api.get("P/")["id"]


def test_a_page_after_the_write(api: Client) -> None:
    api.control("faults", {"rules": [{"kind": "html_after", "times": 1, "method": "POST"}]})
    reply = api.call("POST", "O/roles/", {"name": "Engineering"})
    assert reply.status_code == 200 and reply.headers["Content-Type"].startswith("text/html")
    assert api.get("O/roles/")["count"] == 1


def test_a_page_of_a_list_without_its_objects(api: Client) -> None:
    api.call("POST", "O/roles/", {"name": "Engineering"})
    api.control("faults", {"rules": [{"kind": "short", "times": 1}]})
    page = api.get("O/roles/")
    assert page["count"] == 1 and page["results"] == []
    assert len(api.get("O/roles/")["results"]) == 1


def test_a_503_that_says_when_to_come_back(api: Client) -> None:
    api.control("faults", {"rules": [{"kind": "503_later", "times": 1, "seconds": 4}]})
    reply = api.call("GET", "P/")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "4")


def test_a_truncated_body(api: Client) -> None:
    api.control("faults", {"rules": [{"kind": "truncate", "times": 1}]})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api.call("GET", "P/")
    assert api.call("GET", "P/").status_code == 200


def test_a_stall(api: Client) -> None:
    api.control("faults", {"rules": [{"kind": "stall", "times": 1, "seconds": 1}]})
    with pytest.raises(requests.exceptions.ReadTimeout):
        api.session.get(api.path("P/"), headers={"Authorization": f"Bearer {api.key}"}, timeout=0.2)


def test_a_mix_is_repeatable(api: Client) -> None:
    def run() -> list[int]:
        api.control("faults", {"mix": 0.5, "seed": 7, "kinds": ["429", "5xx_before"]})
        return [api.call("GET", "P/dashboards/").status_code for _dummy in range(30)]

    first = run()
    assert first == run()
    assert 200 in first and 429 in first


def test_forbidden_writes_are_refused_and_counted(api: Client) -> None:
    api.control("settings", {"forbid_writes": True})
    reply = api.call("POST", "O/roles/", {"name": "R"})
    assert reply.status_code == 418
    assert api.call("GET", "O/roles/").json()["count"] == 0
    assert api.control("counters")["forbidden_writes"] == 1


def test_the_log_names_the_key_and_never_shows_it(api: Client) -> None:
    api.control("log", method="DELETE")
    api.call("POST", "P/dashboards/?a=1", {"name": "D"}, headers={"User-Agent": "test/1"})
    log = api.control("log")
    (entry,) = log["requests"]
    assert entry["method"] == "POST" and entry["status"] == 201 and entry["key"] == "full"
    assert entry["body"] == {"name": "D"} and entry["query"] == {"a": ["1"]}
    assert entry["headers"]["User-Agent"] == "test/1"
    assert api.key not in str(log)
    assert log["counters"]["by_method"] == {"POST": 1}


def test_reset_keeps_keys_and_ids(api: Client) -> None:
    before = api.get("O/")
    api.post("O/roles/", {"name": "R"})
    api.control("reset", {})
    after = api.get("O/")
    assert (before["id"], before["projects"]) == (after["id"], after["projects"])
    assert api.get("O/roles/")["count"] == 0


def test_seeding_thousands_and_paging_through_them(api: Client) -> None:
    flag = {"key": "flag-{n}", "filters": {"groups": [{"properties": [], "rollout_percentage": 5}]}}
    assert api.control("seed", {"type": "feature_flag", "count": 2000, "template": flag})["count"] == 2000
    seen, url = [], "P/feature_flags/?limit=500"
    while url:
        started = time.monotonic()
        page = api.get(url)
        assert time.monotonic() - started < 2
        assert page["count"] == 2000
        seen += [item["key"] for item in page["results"]]
        url = (page["next"] or "").replace(api.sandbox.url, "")
    assert len(set(seen)) == len(seen) == 2000


def test_paging_tricks(api: Client) -> None:
    api.control("seed", {"type": "role", "count": 25, "template": {"name": "Role {n}"}})
    api.control("settings", {"paging": {"max_page_size": 10}})
    page = api.get("O/roles/?limit=500")
    assert len(page["results"]) == 10 and "limit=10&offset=10" in page["next"]
    api.control("settings", {"paging": {"max_page_size": 10, "trick": "repeat"}})
    assert "offset" not in api.get("O/roles/")["next"]
    api.control("settings", {"paging": {"trick": "endless"}})
    assert api.get("O/roles/?offset=5000")["next"]
    api.control("settings", {"paging": {"max_page_size": 10, "trick": "foreign", "foreign_host": "evil.test"}})
    assert api.get("O/roles/")["next"].startswith("http://evil.test/")


def test_plan_features_can_be_taken_away(api: Client) -> None:
    api.control("features", {"remove": ["tagging"]})
    made = api.post("P/dashboards/", {"name": "D", "tags": ["x"]})
    assert made["tags"] == []
    names = [entry["key"] for entry in api.get("O/")["available_product_features"]]
    assert "tagging" not in names


def test_a_value_changed_out_of_band(api: Client) -> None:
    made = api.post("P/dashboards/", {"name": "D"})
    api.control("edit", {"type": "dashboard", "id": made["id"], "set": {"description": "drifted"}})
    assert api.get(f"P/dashboards/{made['id']}/")["description"] == "drifted"


def test_a_wrong_control_is_refused(api: Client) -> None:
    reply = api.session.post(f"{api.sandbox.url}/__control__/settings", json={"latencyms": 1}, timeout=5)
    assert reply.status_code == 400


def test_a_keep_alive_request_is_quick(api: Client) -> None:
    api.get("P/dashboards/")
    seconds = []
    for _dummy in range(50):
        started = time.monotonic()
        api.get("P/dashboards/")
        seconds.append(time.monotonic() - started)
    # A delayed acknowledgement would cost each of them 40 ms. On a busy machine some are slow, but not all.
    assert min(seconds) < 0.03


def test_half_a_request_is_none(sandbox: Any, api: Client) -> None:
    """A client that goes away in the middle of a body has asked for nothing."""
    before = len(api.get("P/cohorts/")["results"])
    place = urlsplit(sandbox.url)
    head = (
        f"POST /api/projects/{sandbox.project_id}/cohorts/ HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {api.key}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
    )
    for body in ("", '{"name": '):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as connection:
            connection.sendall((head + body).encode())
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    assert len(api.get("P/cohorts/")["results"]) == before
