# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fields make of what a user wrote."""

from __future__ import annotations

import datetime
import json
from collections import UserDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, has
from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant, plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Map,
    Number,
    Open,
    Reference,
    References,
    Tags,
    Text,
    Time,
    Word,
)


def read(field: Field, value: Any) -> Any:
    """The value that a declaration means; it must be right."""
    problems: Problems = []
    parsed = field.parse(value, "x", problems)
    assert problems == []
    return parsed


def wrong(field: Field, value: Any) -> Problems:
    """What is wrong with a declaration; something must be."""
    problems: Problems = []
    field.parse(value, "x", problems)
    assert problems, f"{value!r} was taken"
    assert all(path.startswith("x") and text and "\n" not in text for path, text in problems)
    return problems


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (Text("a"), "b", "b"),
        (Text("a"), 7, "7"),
        (Text("a"), 7.5, "7.5"),
        (Reference("a", Ref("cohort")), " Beta\n", "Beta"),
        (Choice("a", ["off", "all"]), False, "off"),
        (Text("a"), "", ""),
        (Text("a", lower=True), "  ÄB ", "äb"),
        (Text("a", null_as=""), None, ""),
        (Text("a", nullable=True), None, None),
        (Text("a", max_length=3), "abc", "abc"),
        (Int("a"), 5, 5),
        (Int("a"), "5", 5),
        (Int("a"), 5.0, 5),
        (Int("a"), "5.0", 5),
        (Int("a"), "-3", -3),
        (Number("a"), 0.5, 0.5),
        (Number("a"), "0.5", 0.5),
        (Number("a"), "1e2", 100.0),
        (Number("a"), 5, 5),
        (Number("a", minimum=0, maximum=100), 0, 0),
        (Number("a", minimum=0, maximum=100), 100.0, 100.0),
        (Bool("a"), True, True),
        (Bool("a"), "yes", True),
        (Bool("a"), "Off", False),
        (Time("a"), "2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"),
        (Time("a"), "2026-03-01", "2026-03-01"),
        (Field("a", "decimal", minimum=0, maximum=1), 0.5, "0.5"),
        (Field("a", "decimal"), "0.50", "0.5"),
        (Choice("a", ["b", "c"]), "b", "b"),
        (Choice("a", ["b"], nullable=True, null_as="b"), None, "b"),
        (Word("a", {"member": 1, "admin": 8}), "admin", 8),
        (Word("a", {"member": 1, "admin": 8}), 8, 8),
        (Word("a", {"member": 1, "admin": 8}), "8", 8),
        (Word("a", {"sunday": 0, "monday": 1}), 0, 0),
        (Word("a", {"sunday": 0}, nullable=True), None, None),
        (Anything("a"), {"b": [1]}, {"b": [1]}),
        (Open("a"), {"b": [1, None]}, {"b": [1, None]}),
        (Open("a"), [], []),
        (Tags(), ["B ", "a", "b", "A"], ["b", "a"]),
        (Tags(), None, []),
        (ListOf("a", Text("b")), ["x", "x"], ["x", "x"]),
        (Map("a", Int("b")), {"x": "1"}, {"x": 1}),
        (Document("a", [Text("b"), Text("c", computed=True)]), {"b": 1, "c": "server"}, {"b": "1"}),
        (Document("a", [Text("b", nullable=True)]), {"b": None}, {"b": None}),
        (Document("a", [Text("b", nullable=True)]), {}, {}),
        (Reference("a", Ref("cohort")), "Beta", "Beta"),
        (Reference("a", Ref("cohort")), 5, 5),
        (References("a", Ref("dashboard")), ["Beta", 5], ["Beta", 5]),
    ],
)
def test_read(field: Field, value: Any, expected: Any) -> None:
    found = read(field, value)
    assert found == expected
    assert found.__class__ is type(expected)


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        (Text("a"), True, "x"),
        (ListOf("a", Text("b")), ["SE", False], "x[1]"),
        (Choice("a", ["b", "c"]), True, "x"),
        (Choice("a", ["on", "yes"]), True, "x"),
        (Reference("a", Ref("cohort")), False, "x"),
        (References("a", Ref("cohort")), ["Beta", False], "x[1]"),
        (Tags(), [True], "x[0]"),
        (Map("a", Text("b")), {"k": False}, "x.k"),
        (Anything("a"), ["SE", False], "x[1]"),
        (Open("a"), {"b": [{"value": ["SE", False]}]}, "x.b[0].value[1]"),
    ],
)
def test_words_that_yaml_takes_for_booleans(field: Field, value: Any, path: str) -> None:
    """They are refused wherever text is meant, with what to do about it."""
    problems: Problems = []
    field.parse(value, "x", problems)
    assert [where for where, text in problems if "put the word in quotes" in text] == [path]


@pytest.mark.parametrize("value", [{"level": 37}, [37]], ids=["dictionary", "list"])
@pytest.mark.parametrize(
    ("field", "problem"),
    [
        (Word("level", {"everyone": 21, "editors": 37}), "is none of everyone, editors"),
        (Anything("templating", choices=(True, "hog")), "takes True, hog, not "),
    ],
    ids=["word", "choice"],
)
def test_a_document_in_place_of_a_word_is_refused(field: Field, problem: str, value: Any) -> None:
    problems: Problems = []
    field.parse(value, "x", problems)
    assert len(problems) == 1 and problems[0][0] == "x" and problem in problems[0][1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, True), (0, False), ("1", True), ("0", False), ("y", True), ("n", False), ("t", True), ("f", False)],
)
def test_booleans_as_ansible_takes_them(value: Any, expected: bool) -> None:
    """The options are documented as C(bool), and C(extra-vars) are texts."""
    assert read(Bool("a"), value) is expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (Text("a"), ["b"], "takes text, not a list"),
        (Text("a"), {"b": 1}, "takes text, not a dictionary"),
        (Text("a", max_length=3), "abcd", "is 4 characters long, 3 are allowed"),
        (Text("a", required=True), "", "must not be empty"),
        (Text("a", required=True), None, "cannot be null"),
        (Text("a", pattern=(r"[a-z]+", "letters")), "a b", "letters"),
        (Text("a", pattern=(r"[a-z]+", "letters")), "ab\n", "letters"),
        (Int("a"), 5.5, "whole number"),
        (Int("a"), "five", "takes a number"),
        (Int("a"), True, "takes a number"),
        (Int("a"), [], "takes a number"),
        (Number("a"), float("nan"), "takes a number"),
        (Number("a"), "nan", "takes a number"),
        (Number("a"), float("inf"), "number"),
        (Number("a", minimum=0, maximum=100), 150, "between 0 and 100, not 150"),
        (Number("a", minimum=0, maximum=100), -0.1, "between 0 and 100, not -0.1"),
        (Number("a", minimum=1), 0, "at least 1"),
        (Number("a", maximum=1), 2, "at most 1"),
        (Number("a", minimum=0, maximum=100), "150", "between 0 and 100"),
        (Bool("a"), "maybe", "true or false"),
        (Bool("a"), 2, "true or false"),
        (Time("a"), "tomorrow", "ISO 8601"),
        (Time("a"), 5, "ISO 8601"),
        (Field("a", "decimal", maximum=1), "2", "at most 1"),
        (Choice("a", ["server", "client"]), "servr", "did you mean server?"),
        (Choice("a", ["server", "client"]), "x", "none of server, client"),
        (Word("a", {"member": 1, "admin": 8}), "admn", "did you mean admin?"),
        (Word("a", {"member": 1, "admin": 8}), 2, "none of member, admin"),
        (Word("a", {"member": 1, "admin": 8}), True, "none of member, admin"),
        (Open("a"), "text", "takes a dictionary"),
        (ListOf("a", Text("b")), "text", "takes a list"),
        (ListOf("a", Text("b")), {"x": 1}, "takes a list"),
        (Map("a", Text("b")), ["x"], "takes a dictionary"),
        (Document("a", []), "text", "takes a dictionary"),
        (Reference("a", Ref("insight")), True, "the name or the id of an insight"),
        (Reference("a", Ref("cohort")), "", "the name or the id of a cohort"),
        (Reference("a", Ref("cohort")), {"id": 1}, "the name or the id of a cohort"),
        (References("a", Ref("cohort")), "Beta", "takes a list"),
        (Field("a", "json"), float("nan"), "NaN"),
        (Tags(), [{"a": 1}], "takes text, not a dictionary"),
        (Tags(), [["a"]], "takes text, not a list"),
    ],
)
def test_wrong(field: Field, value: Any, expected: str) -> None:
    assert expected in wrong(field, value)[0][1]


FILTERS = Document(
    "filters",
    [
        ListOf(
            "groups", Document("group", [Number("rollout_percentage", maximum=100), Text("variant", required=True)])
        ),
        Document("multivariate", [ListOf("variants", Text("v"), required=True)], nullable=True),
        Map("payloads", Int("p")),
    ],
)


def test_paths_of_problems_and_all_at_once() -> None:
    problems: Problems = []
    FILTERS.parse(
        {
            "groups": [{"variant": "a"}, {"rollout_percentage": 101, "varient": "b"}],
            "multivariate": {},
            "payloads": {"true": "x"},
            "grups": [],
        },
        "filters",
        problems,
    )
    told = dict(problems)
    assert list(told) == [
        "filters.groups[1].rollout_percentage",
        "filters.groups[1].varient",
        "filters.groups[1].variant",
        "filters.multivariate.variants",
        "filters.payloads.true",
        "filters.grups",
    ]
    assert told["filters.groups[1].varient"].endswith("did you mean variant?")
    assert told["filters.groups[1].variant"] == "is missing"
    assert told["filters.grups"].endswith("did you mean groups?")


def test_an_unknown_key_like_nothing_lists_the_known_ones() -> None:
    assert "known are groups, multivariate, payloads" in wrong(FILTERS, {"zzz": 1})[0][1]


def test_null_and_nothing_are_not_the_same() -> None:
    document = Document("a", [Text("b", nullable=True), Text("c", null_as="")])
    assert read(document, {"b": None, "c": None}) == {"b": None, "c": ""}
    assert read(document, {}) == {}


def test_what_was_written_is_not_changed() -> None:
    value = {"groups": [{"variant": 5, "rollout_percentage": "50"}]}
    before = json.dumps(value)
    read(FILTERS, value)
    assert json.dumps(value) == before


# -- JSON kept as text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ("hello", "hello"),
        ('"hello"', "hello"),
        ("NaN", "NaN"),
        (True, True),
        ("true", True),
        (5, 5),
        ([1, None], [1, None]),
        ("", ""),
        ("ä", "ä"),
        ("{broken", "{broken"),
    ],
)
def test_json(value: Any, meant: Any) -> None:
    assert json.loads(read(Field("a", "json"), value)) == meant


def test_json_text_is_taken_letter_by_letter() -> None:
    assert read(Field("a", "json"), '{"a":1 }') == '{"a":1 }'


# -- plain -----------------------------------------------------------------------------------------------------------


class Texty(str):
    """A text with a memory, as Ansible's tagged texts are."""


class Whole(int):
    """The same for numbers."""


def test_plain() -> None:
    value = {
        Texty("a"): Texty("b"),
        True: [Whole(1), (2.5, None)],
        None: datetime.date(2026, 3, 1),
        5: datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC),
        datetime.date(2026, 3, 1): UserDict({"x": {"y"}}),
        "bytes": b"abc",
    }
    found = plain(value)
    assert found == {
        "a": "b",
        "true": [1, [2.5, None]],
        "null": "2026-03-01",
        "5": "2026-03-01T09:00:00Z",
        "2026-03-01": {"x": ["y"]},
        "bytes": "abc",
    }
    assert found["a"].__class__ is str
    assert all(key.__class__ is str for key in found)
    assert found["true"][0].__class__ is int


def test_plain_of_tagged_values() -> None:
    """What an action plugin gets from ansible-core 2.19 and newer."""
    datatag = pytest.importorskip("ansible.module_utils._internal._datatag", reason="ansible-core before 2.19")
    from ansible._internal._datatag._tags import Origin

    origin = Origin(description="a playbook")
    tagged = origin.tag({origin.tag("a"): origin.tag("b"), "n": origin.tag([origin.tag(5)])})
    found = plain(tagged)
    assert found == {"a": "b", "n": [5]}
    assert found.__class__ is dict
    assert found["a"].__class__ is str
    assert not isinstance(found["n"][0], datatag.AnsibleTaggedObject)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
        max_leaves=20,
    )
)
def test_plain_leaves_json_as_it_is(value: Any) -> None:
    assert plain(value) == value
    assert json.dumps(plain(value)) == json.dumps(value)


# -- small helpers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01T10:00:00+01:00"),
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00.000000Z"),
        ("2026-03-01T09:00:00", "2026-03-01T09:00:00Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026-03-01T09:00:00.5Z", "2026-03-01T09:00:00.500Z"),
        ("2026-03-01 09:00:00", "2026-03-01T09:00:00z"),
    ],
)
def test_instants(one: str, other: str) -> None:
    assert instant(one) is not None
    assert instant(one) == instant(other)


@given(st.datetimes(min_value=datetime.datetime(1970, 1, 1), max_value=datetime.datetime(2100, 1, 1)))
def test_instants_of_any_time(moment: datetime.datetime) -> None:
    aware = moment.replace(tzinfo=datetime.UTC)
    assert instant(aware.isoformat()) == aware


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01", None, 5, "2026-03-01T25:00:00Z"])
def test_no_instants(value: Any) -> None:
    assert instant(value) is None


def test_dig_and_has() -> None:
    value = {"user": {"email": None}, "n": 1}
    assert dig(value, "user.email") is None
    assert has(value, "user.email")
    assert not has(value, "user.name")
    assert not has(value, "n.x")
    assert not has(None, "n")
    assert dig({"a": [1]}, "a.b") is None


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("Weekly Signup", ["Weekly signups", "Revenue"], "Weekly signups"),
        ("rollout", ["rollout_percentage", "variant"], "rollout_percentage"),
        ("REVENUE", ["Weekly signups", "Revenue"], "Revenue"),
        ("checkout-new", ["new-checkout", "new-check-in"], "new-checkout"),
        ("Babage", ["Acme", "Babbage & Co"], "Babbage & Co"),
        ("exclude_project", ["projects", "exclude_projects"], "exclude_projects"),
        ("membr", ["member", "number"], "member"),
    ],
)
def test_nearest(name: str, known: list[str], expected: str) -> None:
    assert nearest(name, known) == f"; did you mean {expected}?"


def test_nearest_of_nothing() -> None:
    assert nearest("xyz", ["Weekly signups"]) == ""
    assert nearest("xyz", []) == ""


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Marketing", ["Market research", "Training"]),
        ("Default project", ["Demo project", "Test project"]),
        ("plan", ["name", "lane"]),
        ("age", ["percentage", "language"]),
        ("signup_page", ["pageview", "login_rage"]),
        ("", ["a"]),
    ],
)
def test_names_that_are_not_near(name: str, known: list[str]) -> None:
    """Another name is no hint, but leads somebody astray."""
    assert nearest(name, known) == ""


def test_one_sentence_for_an_empty_text() -> None:
    """Not one more that it does not fit a pattern."""
    problems: list[tuple[str, str]] = []
    Text("key", required=True, pattern=("[a-z]+", "letters")).parse("", "key", problems)
    assert problems == [("key", "must not be empty")]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        (ListOf("tiles", Text("tile")), "takes a list, not text"),
        (Document("a", []), "takes a dictionary, not text"),
        (Open("a"), "takes a dictionary, not text"),
        (Map("a", Text("b")), "takes a dictionary, not text"),
    ],
)
def test_what_stands_in_place_of_a_document_is_not_repeated(field: Any, wanted: str) -> None:
    """It may be a secret of the document, and a mask in its place says nothing."""
    problems: list[tuple[str, str]] = []
    field.parse("sk-live-0123", "x", problems)
    assert problems == [("x", wanted)]
