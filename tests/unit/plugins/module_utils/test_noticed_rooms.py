# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small rooms of the engine, each with a table: paths, references, secrets, words of YAML, defaults, shapes."""

from __future__ import annotations

import dataclasses
import gzip
import json
import zlib
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data import paths as _paths
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._engine import secrets as _secrets
from ansible_collections.community.posthog.plugins.module_utils._engine import undeclared as _undeclared
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import (
    KEEP,
    Policy,
    policy_of,
    wrong_policy,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import HIDDEN, MASK
from ansible_collections.community.posthog.plugins.module_utils._http import bodies as _bodies
from ansible_collections.community.posthog.plugins.module_utils._schema import shape_table as _shape_table
from ansible_collections.community.posthog.plugins.module_utils._schema import shapes as _shapes
from ansible_collections.community.posthog.plugins.module_utils._schema import yaml_words as _words
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import PathChoice
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import secret_when, whole
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems, Remark
from ansible_collections.community.posthog.plugins.module_utils._schema.references import (
    NestedRef,
    Ref,
    applies,
    is_reference,
    walk,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Document,
    Int,
    ListOf,
    Map,
    Open,
    Tags,
    Text,
    Time,
    Word,
)
from ansible_collections.community.posthog.plugins.module_utils._state import twins as _twins
from ansible_collections.community.posthog.plugins.module_utils._state.shared_set import SharedSet
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, make_world

TABLE = Resource(
    type="widget",
    plural="widgets",
    scope=Scope.PROJECT,
    path="widgets/",
    identity=Identity("name", ("name",)),
    scopes=("widget:read", "widget:write"),
    order=1,
    fields=(
        Text("name", required=True),
        Text("note", null_as=""),
        Int("size", nullable=True),
        Bool("active", default=True),
        Text("secret", secret=True),
        Open("settings", nullable=True),
    ),
)

# -- paths -----------------------------------------------------------------------------------------------------------

TREE: Obj = {"a": [{"n": "x", "v": 1}, {"n": "y", "v": None}], "b": {"c": 2}, "z": None}


@pytest.mark.parametrize(
    ("path", "place", "value"),
    [
        ((), (), TREE),
        (("b", "c"), ("b", "c"), 2),
        (("a", 0, "v"), ("a", 0, "v"), 1),
        (("a", ("n", "y"), "v"), ("a", 1, "v"), None),
        (("a", ("n", "q")), None, None),
        (("a", ("q", "x")), None, None),
        (("a", 2), None, None),
        (("a", -1), None, None),
        (("a", "0"), None, None),
        (("b", 0), None, None),
        (("b", "c", "d"), None, None),
        (("z",), ("z",), None),
        (("q",), None, None),
    ],
)
def test_paths(path: Any, place: Any, value: Any) -> None:
    assert _paths.places(TREE, path) == place and _paths.reach(TREE, path) == value


def test_copies_with_other_things_in_them() -> None:
    before = json.dumps(TREE)
    changed = _paths.replaced(TREE, ("a", ("n", "y"), "v"), 5)
    assert changed["a"] == [{"n": "x", "v": 1}, {"n": "y", "v": 5}] and changed["b"] is TREE["b"]
    assert _paths.replaced(TREE, ("b", "new"), 1)["b"] == {"c": 2, "new": 1}
    assert _paths.replaced(TREE, ("a", 0), 1)["a"] == [1, TREE["a"][1]]
    assert _paths.replaced(TREE, (), 1) == 1
    assert _paths.replaced(TREE, ("q", "r"), 1) is TREE and _paths.replaced(TREE, ("a", 9), 1) is TREE
    assert _paths.without(TREE, [("b", "c"), ("a", 0, "v")]) == {**TREE, "b": {}, "a": [{"n": "x"}, TREE["a"][1]]}
    assert _paths.without(TREE, [("z",)]) == {"a": TREE["a"], "b": TREE["b"]}
    assert _paths.without(TREE, [("q",), ("b", "q"), ("q", "c")]) is TREE
    assert json.dumps(TREE) == before
    assert _paths.written_path(("a", 0, ("n", "x"), "v")) == "a[0].x.v" and _paths.written_path((0, "a")) == "[0].a"


# -- references ------------------------------------------------------------------------------------------------------

COHORT = NestedRef({"type": "cohort"}, "value", Ref("cohort"), not_references=("all", 0))
KEYED = NestedRef({"kind": "map"}, "of", Ref("action"), keyed=True)


def test_references_in_documents() -> None:
    found: list[tuple[str, Any, str]] = []

    def change(rule: NestedRef, item: Any, where: str) -> str:
        found.append((rule.ref.type, item, where))
        return f"<{item}>"

    document = {
        "deep": [{"type": "cohort", "value": "a"}, {"type": "person", "value": "b"}],
        "list": {"type": "cohort", "value": ["c", "all", None, 0, "d"]},
        "none": {"type": "cohort", "value": None},
        "kind": "map",
        "of": {"x": 1, "y": {"type": "cohort", "value": "e"}},
    }
    assert walk(document, [COHORT, KEYED], change, "q") == {
        "deep": [{"type": "cohort", "value": "<a>"}, {"type": "person", "value": "b"}],
        "list": {"type": "cohort", "value": ["<c>", "all", None, 0, "<d>"]},
        "none": {"type": "cohort", "value": None},
        "kind": "map",
        "of": {"<x>": 1, "<y>": {"type": "cohort", "value": "<e>"}},
    }
    assert found == [
        ("cohort", "a", "q.deep[0].value"),
        ("cohort", "c", "q.list.value[0]"),
        ("cohort", "d", "q.list.value[4]"),
        ("cohort", "e", "q.of.y.value"),
        ("action", "x", "q.of.x"),
        ("action", "y", "q.of.y"),
    ]
    assert walk({"type": "cohort", "value": "a"}, [COHORT], lambda rule, item, where: where) == {
        "type": "cohort",
        "value": "value",
    }
    assert walk("text", [COHORT], change) == "text" and walk([{"a": {"b": 1}}], [], change) == [{"a": {"b": 1}}]
    assert walk({"kind": "map", "of": [1]}, [KEYED], change) == {"kind": "map", "of": [1]}
    assert applies(COHORT, {"type": "cohort", "value": None}) and not applies(COHORT, {"type": "cohort"})
    assert not applies(COHORT, {"type": "x", "value": 1})
    assert [is_reference(COHORT, item) for item in (None, "all", 0, "x", 1)] == [False, False, False, True, True]


# -- secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "secrets", "shown"),
    [
        ("the-secret", ["the-secret"], HIDDEN),
        ("a the-secret b", ["the-secret"], f"a {MASK} b"),
        ("xthe-secretx", ["the-secret"], f"x{MASK}x"),
        ("app and apple", ["app"], f"{MASK} and apple"),
        ("app", ["app"], HIDDEN),
        (
            "my-app app-x a/app app/x app.x x.app app: app.",
            ["app"],
            f"my-app app-x a/app app/x app.x x.app {MASK}: {MASK}.",
        ),
        ("12345 and 123456", ["12345"], f"{MASK} and 123456"),
        ("abcdef abcdefghi", ["abcdef", "abcdefghi"], f"{MASK} {MASK}"),
        (123456, ["123456"], HIDDEN),
        (12345, ["12345"], 12345),
        (True, ["True"], True),
        (b"the-secret", ["the-secret"], HIDDEN),
        ({"k": ["the-secret", ("x the-secret",)]}, ["the-secret"], {"k": [HIDDEN, [f"x {MASK}"]]}),
        ("the-secret", ["", "other-one"], "the-secret"),
        ("x", [], "x"),
    ],
)
def test_secrets_are_taken_out(value: Any, secrets: list[str], shown: Any) -> None:
    assert _secrets.without_secrets(value, secrets) == shown


SPEC: Obj = {
    "api_key": {"no_log": True},
    "pin": {"no_log": True, "aliases": ["code"]},
    "name": {"aliases": ["title"]},
    "no": {"no_log": False},
}


def test_options_that_are_secret() -> None:
    assert _secrets.short_options(SPEC, {"pin": "1234", "code": 5, "api_key": "long enough", "name": "x"}) == {
        "pin": "1234",
        "code": "5",
    }
    assert _secrets.short_options(SPEC, {"pin": "", "api_key": None, "code": [1]}) == {}
    assert (
        _secrets.short_options(SPEC, {"pin": "123456"}) == {} and _secrets.short_options(SPEC, {"pin": "12345"}) != {}
    )
    assert _secrets.guarded(SPEC, {"code": "1"}) == {**SPEC, "pin": {"no_log": False, "aliases": ["code"]}}
    assert _secrets.lasting(["123456", "12345"]) == {"123456"}
    given = {"apikey": "one-secret", "pasword": ["two-secret", "short"], "titel": "three-text", "code": "four-secret"}
    assert _secrets.mistyped(SPEC, given) == {"one-secret", "two-secret"}
    params = {"api_key": "k", "code": 5, "name": "x the-secret", "odd": 1, "pin": None, "no": "y", "_ansible_x": 1}
    assert _secrets.invocation(SPEC, params, ["the-secret"]) == {
        "module_args": {"api_key": HIDDEN, "code": HIDDEN, "name": f"x {MASK}", "odd": HIDDEN, "pin": None, "no": "y"}
    }
    assert list(_secrets.texts({"a": ["x", ("y", 1)], "b": {"c": "z"}, "d": None})) == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("api_key", True),
        ("API-Key", True),
        ("apikey", True),
        ("my_token", True),
        ("pasword", True),
        ("passphrase", True),
        ("privatekey", True),
        ("acces_key", True),
        ("secrets", True),
        ("name", False),
        ("description", False),
        ("key", False),
    ],
)
def test_names_that_say_secret(name: str, secret: bool) -> None:
    assert _secrets.looks_secret(name) is secret


def test_secret_parts() -> None:
    find = secret_when("value", "is_secret")
    assert find(None, {"is_secret": True}, None) == [("value",)] == find(None, {}, {"is_secret": True})
    assert find(None, {"is_secret": False}, {"is_secret": True}) == [] == find(None, {}, None)
    part = whole("url")
    assert part.field == "url" and part.find(None, {}, None) == [()]


# -- words of YAML ---------------------------------------------------------------------------------------------------


def test_keys_and_booleans_of_yaml() -> None:
    value = {True: 1, "a": {False: [{None: 1}]}, "b": ({"c": 1},)}
    assert _words.keys_that_are_none(value) == [
        ("", f"has the key true, which is no text; {QUOTE}"),
        ("a", f"has the key false, which is no text; {QUOTE}"),
        ("a.False[0]", f"has the key null, which is no text; {QUOTE}"),
    ]
    assert _words.keys_that_are_none({"x": {True: 1}}, "top") == [
        ("top.x", f"has the key true, which is no text; {QUOTE}")
    ]
    spec: Obj = {
        "name": {"type": "str", "aliases": ["title"]},
        "place": {"type": "path"},
        "words": {"type": "list", "elements": "str"},
        "raws": {"type": "list", "elements": "raw"},
        "choice": {"type": "str", "choices": ["on", "off"]},
        "switch": {"type": "bool"},
        "plain": {},
    }
    raw = {
        "title": True,
        "place": False,
        "words": ["a", True],
        "raws": [True],
        "choice": True,
        "switch": True,
        "plain": False,
        "unknown": True,
        "name": "x",
    }
    assert _words.booleans_for_texts(spec, raw) == [
        ("title", f"takes text, not true; {QUOTE}"),
        ("place", f"takes text, not false; {QUOTE}"),
        ("words[1]", f"takes text, not true; {QUOTE}"),
        ("plain", f"takes text, not false; {QUOTE}"),
        ("unknown", f"takes text, not true; {QUOTE}"),
    ]


FIELDS = (
    Text("name"),
    Int("size"),
    Bool("active"),
    Time("at"),
    Open("open"),
    Word("level", {"low": 1}),
    ListOf("list", Text("item")),
    Map("map", Text("value")),
    Document("doc", [Text("inner")]),
    Field("dec", "decimal"),
)


@pytest.mark.parametrize(
    ("steps", "kind", "text", "value", "refused"),
    [
        (["name"], "int", "0123", "83", True),
        (["name"], "bool", "yes", "true", True),
        (["size"], "int", "0123", "83", False),
        (["size"], "float", "1e3", "1000.0", False),
        (["size"], "bool", "yes", "true", True),
        (["active"], "bool", "yes", "true", False),
        (["active"], "int", "0x1", "1", True),
        (["at"], "timestamp", "2026-01-01", "2026-01-01T00:00:00", False),
        (["name"], "timestamp", "2026-01-01", "2026-01-01T00:00:00", True),
        (["dec"], "float", "1_0.5", "10.5", False),
        (["level"], "int", "01", "1", False),
        (["open", "x"], "bool", "yes", "true", True),
        (["open", "x"], "int", "22:00", "1320", True),
        (["open", "x"], "int", "0123", "83", True),
        (["open", "x"], "int", "1_000", "1000", True),
        (["open", "x"], "int", "0x1F", "31", True),
        (["open", "x"], "float", "1.50", "1.5", False),
        (["open", "x"], "timestamp", "2026-01-01", "x", False),
        (["unknown"], "int", "+12", "12", False),
        (["list", 0], "int", "0123", "83", True),
        (["map", "k"], "bool", "no", "false", True),
        (["doc", "inner"], "int", "0123", "83", True),
        (["doc", "other"], "int", "012", "10", True),
    ],
)
def test_what_yaml_made_of_values(steps: list[Any], kind: str, text: str, value: str, refused: bool) -> None:
    entry = {"steps": steps, "kind": kind, "text": text, "value": value}
    path = "items[0]" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    sentence = f"{text} without quotes is {value} to YAML; put it in quotes, or write {value}"
    assert _words.other_words(FIELDS, [entry], "items[0]") == ([(path, sentence)] if refused else [])


# -- undeclared fields -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "rests"),
    [
        (Bool("a", default=True), True, True),
        (Bool("a", default=True), 1, False),
        (Bool("a", default=True), False, False),
        (Int("a", default=5), 5, True),
        (Int("a", default=5), 5.0, False),
        (Int("a", default=0), False, False),
        (Int("a", default=0), 0, True),
        (Text("a", default="x", null_as="x"), None, True),
        (Text("a", null_as=""), None, True),
        (Text("a", null_as=""), " ", False),
        (Text("a", nullable=True), "", True),
        (Text("a", nullable=True), "x", False),
        (Tags(), [], True),
        (Tags(), None, True),
        (Tags(), ["a"], False),
        (Text("a"), None, False),
        (Text("a", required=True, default="x"), "x", False),
        (Open("a", nullable=True), {}, True),
        (Open("a", nullable=True), {"b": 1}, False),
        (Int("a", nullable=True), 0, False),
        (Document("a", [Bool("b", default=False)], default={}), {"b": False}, True),
        (Document("a", [Bool("b", default=False)], default={}), {"c": None}, True),
        (Document("a", [Bool("b", default=False)], default={}), {"b": False, "c": 1}, False),
        (Document("a", [Document("b", [Text("c")])], default={"b": {}}), {"b": {"d": 1}}, False),
        (Open("a", default={}), {}, True),
        (Open("a", default={}), {"b": 1}, False),
    ],
)
def test_fields_at_rest(field: Field, value: Any, rests: bool) -> None:
    assert _undeclared.at_rest(field, value) is rests


def test_declarations_are_completed_and_settled() -> None:
    declared = _undeclared.completed(
        TABLE, ObjectSpec({"name": "a", "size": 3}, partial={"settings"}, extra={"note": 1})
    )
    assert declared.values == {"name": "a", "size": 3, "active": True, "settings": None}
    assert declared.undeclared == {"active", "settings"} and declared.partial == set()
    new = _undeclared.settled(declared, TABLE, None)
    assert new.values == {"name": "a", "size": 3} and new.undeclared == frozenset()
    changed = _undeclared.settled(declared, TABLE, {"active": False, "settings": {}})
    assert changed.values == {"name": "a", "size": 3, "active": True} and changed.undeclared == {"active"}
    unseen = _undeclared.settled(declared, TABLE, {"settings": {"a": 1}})
    assert unseen.undeclared == {"settings"}
    plain = ObjectSpec({"name": "a"})
    assert _undeclared.settled(plain, TABLE, {}) is plain


OPEN = Open("o", server_added=("made",))
MAPPED = Map("m", Open("v"), merged=True)
NESTED = Document("d", [OPEN, Open("merged", merged=True), Text("t", computed=True), ListOf("l", Open("i"))])


@pytest.mark.parametrize(
    ("field", "desired", "current", "spelled"),
    [
        (OPEN, {"a": 1}, {"a": 2, "b": 3, "made": 4, "none": None}, {"a": 1, "b": None}),
        (OPEN, {"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": None}}),
        (OPEN, [{"a": 1}], [{"b": 2}], [{"a": 1, "b": None}]),
        (OPEN, [{"a": 1}], [{"b": 2}, {}], [{"a": 1}]),
        (OPEN, {"a": 1}, None, {"a": 1}),
        (Open("o", merged=True), {"a": 1}, {"b": 2}, {"a": 1}),
        (Open("o", patched=True), {"a": 1}, {"b": 2}, {"a": 1}),
        (
            NESTED,
            {"o": {}, "merged": {}},
            {"o": {"b": 1}, "merged": {"b": 1}, "new": 1},
            {"o": {"b": None}, "merged": {}},
        ),
        (NESTED, {"l": [{"a": 1}]}, {"l": [{"b": 2}]}, {"l": [{"a": 1, "b": None}]}),
        (NESTED, {"l": [{"a": 1}]}, {"l": []}, {"l": [{"a": 1}]}),
        (MAPPED, {"k": {"a": 1}}, {"k": {"b": 1}, "l": {"c": 1}, "e": {}}, {"k": {"a": 1, "b": None}, "l": None}),
        (Map("m", Open("v")), {"k": {"a": 1}}, {"k": {"b": 1}, "l": {"c": 1}}, {"k": {"a": 1, "b": None}}),
        (Text("t"), "a", "b", "a"),
    ],
)
def test_what_is_not_named_is_spelled_out_and_back(field: Field, desired: Any, current: Any, spelled: Any) -> None:
    before = json.dumps(desired)
    found = _undeclared.spelled_out(field, desired, current)
    assert found == spelled and json.dumps(desired) == before
    if not field.merged:
        assert _undeclared.unspelled(field, found, desired) == desired


def test_nulls_that_were_declared_stay() -> None:
    assert _undeclared.unspelled(OPEN, {"a": None, "b": None}, {"a": None}) == {"a": None}
    assert _undeclared.unspelled(OPEN, {"k": [{"a": None}]}, {"k": [{}]}) == {"k": [{}]}
    kept = Open("o", clear_members=True)
    assert _undeclared.unspelled(kept, {"a": None}, {}) == {"a": None}
    assert _undeclared.unspelled(MAPPED, {"k": {"a": None}, "l": None}, {"k": {}}) == {"k": {}, "l": None}
    assert _undeclared.unspelled(NESTED, {"o": {"a": None}, "new": None}, {"o": {}}) == {"o": {}, "new": None}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("a", True),
        ("a.b", True),
        ("a.c", False),
        ("z", False),
        ("l[0].x", True),
        ("l[0].y", False),
        ("l[5].y", True),
        ("a.b.deep", True),
        ("d.o.t", True),
        ("d.o.x", False),
        ("l", True),
    ],
)
def test_places_that_a_declaration_names(path: str, named: bool) -> None:
    values = {"a": {"b": 1}, "l": [{"x": 1}], "d.o": {"t": 1}}
    assert _undeclared.names(values, path) is named


def test_policies() -> None:
    assert policy_of("keep") == KEEP == Policy() and not KEEP.whole
    assert policy_of("default") == Policy("default") and Policy("default").whole
    assert policy_of("other") is None and policy_of(None) is None and policy_of(["keep"]) is None
    assert wrong_policy("defualt") == "takes keep or default, not 'defualt'; did you mean default?"
    assert wrong_policy(5) == "takes keep or default, not 5"


# -- shapes of queries -----------------------------------------------------------------------------------------------


def checked(value: Any, **options: Any) -> tuple[Any, Problems]:
    """A query as PostHog takes it, and what is wrong with it."""
    problems: Problems = []
    return _shapes.Checker(**options).query(value, "q", problems), problems


EVENTS: Obj = {"kind": "EventsNode", "event": "x"}


def trends(**more: Any) -> Obj:
    """A query that is right."""
    return {"kind": "TrendsQuery", "series": [dict(EVENTS)], **more}


NEWER = f"not known to this release (PostHog's schema of {_shapes.table().since}); PostHog gets it as it is"


@pytest.mark.parametrize(
    ("query", "problems", "remarks"),
    [
        (trends(), [], 0),
        ({}, [("q.kind", "is missing")], 0),
        ({"kind": 5}, [("q.kind", "takes text, not 5")], 0),
        ({"kind": "TrendQuery"}, [("q.kind", "'TrendQuery' is no kind of query; did you mean TrendsQuery?")], 0),
        ({"kind": "SomethingQuiteNew"}, [("q.kind", f"the kind 'SomethingQuiteNew' is {NEWER}")], 1),
        ({"kind": "TrendsQuery"}, [("q.series", "is missing")], 0),
        (trends(intervall="day"), [("q.intervall", "no such key of TrendsQuery; did you mean interval?")], 0),
        (trends(colour=1), [("q.colour", f"the key 'colour' of TrendsQuery is {NEWER}")], 1),
        (
            trends(interval="weekly"),
            [("q.interval", "'weekly' is none of PostHog's choices of interval; did you mean week?")],
            0,
        ),
        (trends(interval="fortnightish"), [("q.interval", f"'fortnightish' is {NEWER}")], 1),
        (trends(series="x"), [("q.series", "takes a list, not 'x'")], 0),
        (trends(series=[5]), [("q.series[0]", "takes a dictionary, not 5")], 0),
        (trends(samplingFactor="many"), [("q.samplingFactor", "takes a number, not 'many'")], 0),
        (trends(filterTestAccounts="maybe"), [("q.filterTestAccounts", "takes true or false, not 'maybe'")], 0),
        (
            trends(dateRange={"date_from": "last week"}),
            [("q.dateRange.date_from", "'last week' is no date; did you mean -7d?")],
            0,
        ),
        (
            trends(dateRange={"date_to": "someday"}),
            [("q.dateRange.date_to", "'someday' is no date; it takes a date such as 2026-03-01, or -7d, dStart, all")],
            0,
        ),
        (
            trends(series=[{"kind": "EventNode"}]),
            [("q.series[0].kind", "'EventNode' is none of PostHog's choices of kind; did you mean EventsNode?")],
            0,
        ),
        (trends(series=[{"kind": ["x"]}]), [("q.series[0].kind", "takes text, not a list")], 0),
        (trends(series=[{"kind": "QuiteNewThing"}]), [("q.series[0].kind", f"'QuiteNewThing' is {NEWER}")], 1),
    ],
)
def test_what_is_said_of_queries(query: Obj, problems: list[tuple[str, str]], remarks: int) -> None:
    _value, found = checked(query)
    assert found == problems
    assert sum(isinstance(item, Remark) for item in found) == remarks


@pytest.mark.parametrize(
    "value",
    ["", "all", "-7d", "dStart", "-1mEnd", "-30M", "2026-03-01", "2026-3", "2026-03-01T09:00:00Z", "{date}", None, 5],
)
def test_dates_that_are_right(value: Any) -> None:
    query = trends(dateRange={"date_from": value})
    assert checked(query)[0] == query and [path for path, _text in checked(query)[1] if "date_from" in path] == []


def test_numbers_and_booleans_as_text() -> None:
    given = trends(samplingFactor="0.5", filterTestAccounts="yes")
    assert checked(given) == (trends(samplingFactor=0.5, filterTestAccounts=True), [])
    assert checked(trends(samplingFactor="2"))[0]["samplingFactor"] == 2
    assert isinstance(checked(trends(samplingFactor="2"))[0]["samplingFactor"], int)
    assert checked(trends(samplingFactor="-2.5"))[0]["samplingFactor"] == -2.5
    assert checked(trends(filterTestAccounts="OFF"))[0]["filterTestAccounts"] is False
    assert checked(trends(series=[{**EVENTS, "event": 5}]))[0]["series"][0]["event"] == "5"


def test_what_stands_in_other_documents() -> None:
    problems: Problems = []
    document = {
        "tiles": [{"query": trends(intervall="day")}, {"kind": "BrandNewQuery"}, {"kind": "other"}],
        "date_from": "yesterday",
        "filter": {"key": "a", "operator": "equals", "value": 1},
        "odd": {"key": "a", "operator": 5},
        "same": 1,
    }
    assert _shapes.Checker().anywhere(document, "", problems) == document
    assert problems == [
        ("tiles[0].query.intervall", "no such key of TrendsQuery; did you mean interval?"),
        ("tiles[1].kind", f"the kind 'BrandNewQuery' is {NEWER}"),
        (".date_from", "'yesterday' is no date; did you mean -1dStart?"),
        ("filter.operator", "'equals' is none of PostHog's choices of operator; did you mean exact?"),
    ]


def test_placeholders_of_templates() -> None:
    query = trends(interval="{INTERVAL}")
    assert checked(query, placeholders=True) == (query, []) and checked(query)[1] != []


def test_the_table_of_shapes() -> None:
    table = _shapes.table()
    assert table is _shapes.table() and set(table.by_kind) and "TrendsQuery" in table.by_kind
    assert table.by_kind["TrendsQuery"][0] == "TrendsQuery" and "EventsNode" in table.names
    shape = table.shape("TrendsQuery")
    assert shape is table.shape("TrendsQuery") and "series" in shape.needed and shape.tags["kind"] == ("TrendsQuery",)
    assert "InsightVizNode" in table.holders("source", "TrendsQuery") and table.holders("nokey", "TrendsQuery") == ()
    assert list(_shape_table._split("str|[num|@A]|{str}")) == ["str", "[num|@A]", "{str}"]
    kinds = table.types("str|[num]|{bool}|=one")
    assert [kind.sort for kind in kinds] == ["str", "list", "map", "choice"]
    assert kinds[1].inner == (_shapes.Kind("num"),) and kinds[3].choices == ("one",)
    assert _shapes._wanted(kinds) == "text or a list or a dictionary or one"
    four = _shapes.Kind("choice", choices=("a", "b", "c", "d"))
    assert (
        _shapes._wanted([four]) == "text"
        and _shapes._wanted([dataclasses.replace(four, choices=("a", "b"))]) == "a or b"
    )
    assert _shapes._wanted([_shapes.Kind("num"), _shapes.Kind("shape", "X"), _shapes.Kind("bool")]) == (
        "a number or a dictionary or true or false"
    )


# -- answers ---------------------------------------------------------------------------------------------------------


def body(data: bytes, encoding: str, most: int = 1000) -> bytes:
    """A body that came in pieces of seven bytes."""
    pieces = [data[at : at + 7] for at in range(0, len(data), 7)]
    return _bodies.read_body(lambda size: pieces.pop(0) if pieces else b"", encoding, lambda: None, most)


TEXT = b"0123456789" * 20


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        (" X-GZIP ", gzip.compress(TEXT, mtime=0)),
        ("gzip", gzip.compress(TEXT[:50], mtime=0) + gzip.compress(TEXT[50:], mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("Deflate", zlib.compress(TEXT)[2:-4]),
    ],
)
def test_bodies(encoding: str, data: bytes) -> None:
    assert body(data, encoding) == TEXT
    assert body(data, encoding, most=200) == TEXT
    with pytest.raises(_bodies.TooLong):
        body(data, encoding, most=199)


def test_bodies_that_cannot_be_read() -> None:
    for encoding in ("br", "gzip, br"):
        with pytest.raises(_bodies.Undecodable) as caught:
            body(TEXT, encoding)
        assert str(caught.value) == f"the answer is encoded as {encoding!r}, which was not asked for"
    with pytest.raises(_bodies.Undecodable, match=r"^the answer cannot be unpacked \("):
        body(TEXT, "gzip")
    assert body(zlib.compress(TEXT) + b"more", "deflate") == TEXT and body(b"", "deflate") == b""


def test_json_that_is_nested() -> None:
    def nested(levels: int, text: str = "") -> bytes:
        return b"[" * levels + json.dumps(text).encode() + b"]" * levels

    assert _bodies.decoded(nested(100)) is not None and _bodies.decoded(b'{"a": [1, {}]}') == {"a": [1, {}]}
    with pytest.raises(RecursionError):
        _bodies.decoded(nested(102))
    assert _bodies.decoded(nested(1, "[" * 500)) == ["[" * 500]
    with pytest.raises(ValueError):
        _bodies.decoded(b"{")


# -- twins -----------------------------------------------------------------------------------------------------------


def test_which_of_two_is_older() -> None:
    one, two = {"id": 1}, {"id": 2}
    early, late = {"id": "b", "created_at": "2026-01-01"}, {"id": "a", "created_at": "2026-01-02"}
    assert _twins.older(TABLE, two, [one]) is one and _twins.older(TABLE, one, [two]) is None
    assert _twins.older(TABLE, {"id": 3}, [two, one]) is one and _twins.older(TABLE, one, []) is None
    assert _twins.older(TABLE, late, [early]) is early and _twins.older(TABLE, early, [late]) is None
    assert _twins.older(TABLE, two, [early]) is None and _twins.older(TABLE, two, [{"id": "x"}]) is None
    assert _twins.older(TABLE, {"id": "x"}, [one]) is None
    assert _twins.age(TABLE, {"id": True}) is None and _twins.age(TABLE, one) == ("number", 1)
    same = {"id": "c", "created_at": "2026-01-01"}
    assert _twins.older(TABLE, same, [early]) is early and _twins.older(TABLE, early, [same]) is None
    assert _twins.others_like(TABLE, one, [one, two, {"id": "1"}]) == [two]
    other = dataclasses.replace(TABLE, other_ids=("uuid",))
    assert _twins.others_like(other, {"id": 1, "uuid": "2"}, [one, two, {"id": 3}]) == [{"id": 3}]


def test_types_that_can_have_twins() -> None:
    unique = dataclasses.replace(TABLE, identity=Identity("name", ("name",), unique=True))
    assert _twins.can_have_twins(TABLE) and not _twins.can_have_twins(unique)
    assert not _twins.can_have_twins(dataclasses.replace(TABLE, creatable=False))
    assert _twins.removable(TABLE) and not _twins.removable(dataclasses.replace(TABLE, delete=Delete.NONE))
    assert not _twins.removable(dataclasses.replace(TABLE, purging=Purging(allowed=False)))
    assert not _twins.removable(dataclasses.replace(TABLE, create_warning="look after it"))


# -- sets that are written whole -------------------------------------------------------------------------------------


def test_sets_that_are_shared() -> None:
    stored: list[Any] = [1]
    writes: list[list[Any]] = []

    def write(members: list[Any]) -> Any:
        writes.append(members)
        stored[:] = members
        return list(stored)

    session = make_world(Memory()).session
    made = SharedSet(session, "path", "the boards of an insight", lambda: list(stored), write)
    made.add(2)
    made.add(2)
    assert writes == [[1, 2]] and stored == [1, 2]
    with pytest.raises(PostHogFailure) as caught:
        dataclasses.replace(made, read=lambda: None).add(3)
    assert caught.value.message == (
        "this PostHog takes the boards of an insight only as a whole and does not show them, so nothing was written"
    )
    writes.clear()
    with pytest.raises(PostHogFailure) as caught:
        dataclasses.replace(made, write=writes.append).add(3)
    assert caught.value.message == (
        "PostHog accepted the boards of an insight without an error and did not keep them; somebody else may be at "
        "them too"
    )
    assert writes == [[1, 2, 3]] * 3


# -- names and places of the tables ----------------------------------------------------------------------------------


def test_identities() -> None:
    identity = Identity("name", ("name", "old.name"), casefold=True, within=("kind", "doc.key"))
    assert identity.options == ("name", "kind", "doc") and Identity().options == ()
    assert (
        identity.normalize(" Äb ") == "äb" and Identity("n").normalize(" A ") == " A " and identity.normalize(5) == "5"
    )
    assert identity.names({"name": "A", "old": {"name": "B"}}) == ["a", "b"] and identity.names({"name": None}) == []
    assert identity.shown({"name": "A"}) == "A" and identity.shown({"name": None}) == "" == identity.shown({"name": {}})
    assert (
        Identity().shown({"name": "A"}) == ""
        and identity.shown({"name": 5}) == "5"
        and identity.shown({"name": []}) == ""
    )


def test_lists_that_a_word_chooses() -> None:
    kinds = PathChoice("kind", {"event": "events/", "property": "props/"})
    session = make_world(Memory()).session
    assert kinds.options == kinds.required == ("kind",)
    assert kinds.find(session, TABLE, {"kind": "event"}, []) == {"kind": "event"}
    assert kinds.path(session, {"kind": "property"}) == "props/" and kinds.options_for(session, {"kind": "event"}) == {
        "kind": "event"
    }
    assert kinds.everywhere(session) == [{"kind": "event"}, {"kind": "property"}]
    assert kinds.affordable(session) == (kinds.everywhere(session), "") and kinds.holder(session, {}) is None
    assert kinds.planned(session, {}) == "" and kinds.params({}) == {} and list(kinds.refers({})) == []
    assert kinds.shows(session, {}) == {}


def test_anything_is_a_value() -> None:
    assert Anything("a").parse({"b": [1, None]}, "x", []) == {"b": [1, None]}
