# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of traffic against PostHog's published contract: it finds what does not conform, and nothing else."""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from contract.check import FLOORS, Check, Exception_, read_exceptions  # noqa: E402  sys.path comes first
from contract.facts import Facts, placeholders  # noqa: E402  sys.path comes first
from contract.reduce import Shared, packed_facts, reduced, unpacked_facts  # noqa: E402  sys.path comes first
from contract.traffic import Traffic  # noqa: E402  sys.path comes first

BODY = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "What it is called."},
        "level": {"type": "number", "enum": [1, 8], "nullable": True},
        "steps": {"type": "array", "items": {"type": "object", "properties": {"event": {"type": "string"}}}},
        "free": {"type": "object", "additionalProperties": {}},
    },
    "required": ["name"],
}


@pytest.fixture(name="facts")
def _facts() -> Facts:
    operations = {
        "POST /api/projects/{}/things/": {
            "body": reduced(BODY),
            "answers": {"201": reduced({**BODY, "required": ["name", "level"]})},
            "from": {},
        },
        "GET /api/projects/{}/things/": {"query": {"limit": {"type": "number"}}, "needs": ["limit"], "from": {}},
        "GET /api/projects/{}/things/best/": {"from": {}},
    }
    return Facts(packed_facts(["somewhere"], operations))


def exchange(**changes: t.Any) -> dict[str, t.Any]:
    """Return an exchange that conforms, with changes."""
    return {
        "method": "POST",
        "path": "/api/projects/1/things/",
        "query": {},
        "body": {"name": "a", "level": None, "steps": [{"event": "x"}], "free": {"any": 1}},
        "status": 201,
        "answer": {"name": "a", "level": 8},
        **changes,
    }


def judged(facts: Facts, found: dict[str, t.Any], *exceptions: Exception_) -> tuple[list[str], list[str]]:
    """Return what is wrong with a request and with an answer."""
    check = Check(facts, exceptions)
    check.look(found)
    return list(check.requests.wrong), list(check.answers.wrong)


def test_what_conforms_is_right(facts: Facts) -> None:
    check = Check(facts)
    check.look(exchange())
    assert (check.requests.right, check.answers.right) == (1, 1)
    assert check.requests.percent == 100


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"level": 1}, "body : required 'name' is a required property"),
        ({"name": 1}, "body name: type"),
        ({"name": "a", "level": 2}, "body level: anyOf"),
        ({"name": "a", "other": 1}, "body other: no such key"),
        ({"name": "a", "steps": [{"evnt": 1}]}, "body steps.[].evnt: no such key"),
    ],
)
def test_a_request_that_does_not_conform(facts: Facts, body: dict[str, t.Any], problem: str) -> None:
    requests, _answers = judged(facts, exchange(body=body))
    assert requests == [f"POST /api/projects/{{}}/things/: {problem}"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"path": "/api/projects/1/thing/"}, "POST /api/projects/1/thing/: no such operation"),
        ({"method": "PUT"}, "PUT /api/projects/{}/things/: no such operation"),
        ({"method": "GET", "body": None}, "GET /api/projects/{}/things/: query limit: is required"),
        (
            {"method": "GET", "body": None, "query": {"limit": "1", "wrong": "x"}},
            "GET /api/projects/{}/things/: query wrong: no such parameter",
        ),
    ],
)
def test_an_operation_or_a_parameter_that_is_not_there(facts: Facts, changes: dict[str, t.Any], problem: str) -> None:
    requests, _answers = judged(facts, exchange(status=200, answer=None, **changes))
    assert requests == [problem]


def test_an_answer_that_does_not_conform(facts: Facts) -> None:
    _requests, answers = judged(facts, exchange(answer={"name": "a"}))
    assert answers == ["POST /api/projects/{}/things/: answer : required 'level' is a required property"]


def test_a_request_that_posthog_refuses_is_not_judged(facts: Facts) -> None:
    assert judged(facts, exchange(body={"nonsense": 1}, status=400, answer={"detail": "no"})) == ([], [])


def test_an_exception_names_what_it_covers(facts: Facts) -> None:
    covering = Exception_("POST */things/", "body other: *", "An older generation takes it.")
    assert judged(facts, exchange(body={"name": "a", "other": 1}), covering) == ([], [])
    requests, _answers = judged(facts, exchange(body={"name": "a", "another": 1}), covering)
    assert requests


def test_both_routers_have_the_same_routes(facts: Facts) -> None:
    assert facts.route("/api/environments/7/things/") == facts.route("/api/projects/7/things/")
    assert placeholders("/api/environments/{environment_id}/things/{id}/") == "/api/projects/{}/things/{}/"


def test_a_word_goes_before_an_id(facts: Facts) -> None:
    assert facts.route("/api/projects/7/things/best/") == "/api/projects/{}/things/best/"
    assert facts.route("/api/projects/7/things/8/") is None


def test_facts_hold_no_text_of_the_contract() -> None:
    assert "What it is called." not in json.dumps(reduced(BODY))


def test_a_large_schema_in_several_places_stands_once() -> None:
    large = reduced({"type": "object", "properties": {f"a_long_name_{n}": {"type": "string"} for n in range(20)}})
    operations: dict[str, dict[str, t.Any]] = {
        f"POST /api/{n}/": {"body": {"type": "object", "properties": {"inner": large}}, "from": {}} for n in range(3)
    }
    data = packed_facts([], operations)
    assert json.dumps(data).count("a_long_name_7") == 1
    again, shared = unpacked_facts(data)
    assert packed_facts([], again, shared) == data


def test_the_same_schema_has_the_same_name() -> None:
    shared = Shared()
    first = shared.add({"type": "object", "properties": {"a": {"type": "string"}}})
    assert shared.add({"properties": {"a": {"type": "string"}}, "type": "object"}) == first
    assert shared.add({"$shape": first}) == first
    assert shared.add({"type": "object", "properties": {"a": {"type": "number"}}}) != first


def test_traffic_keeps_each_form_of_the_collections_requests_once(tmp_path: Path) -> None:
    traffic = Traffic(tmp_path)
    entry = {
        "method": "POST",
        "path": "/api/projects/1/things/5/",
        "query": {"a": ["1"]},
        "headers": {"User-Agent": "community.posthog/1.0.0"},
        "body": {"name": "A name"},
        "status": 200,
    }
    traffic.observe(entry, b'{"id": 1}')
    traffic.observe({**entry, "body": {"name": "Another"}, "path": "/api/projects/2/things/6/"}, b'{"id": 2}')
    traffic.observe({**entry, "headers": {"User-Agent": "python-requests"}, "body": {"x": 1}}, b'{"id": 3}')
    traffic.observe({**entry, "fault": "html", "body": {"x": 1}}, b"{}")
    traffic.observe({**entry, "body": {"name": "A name", "more": 1}}, b'{"id": 2}')
    (file,) = tmp_path.iterdir()
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_the_committed_facts_are_sound() -> None:
    facts = Facts.read()
    assert len(facts.data["operations"]) > 600
    for entry in facts.data["operations"].values():
        assert set(entry["from"].values()) <= set(range(len(facts.data["sources"])))
    again, shared = unpacked_facts(facts.data)
    assert packed_facts(facts.data["sources"], again, shared)["operations"].keys() == facts.data["operations"].keys()


def test_each_exception_has_a_reason_and_the_floors_are_shares() -> None:
    for known in read_exceptions():
        assert len(known.reason.split()) > 3
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert floors.keys() == {"requests", "answers"} and all(0 <= share <= 100 for share in floors.values())
