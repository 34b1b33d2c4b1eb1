# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about wrong values, word for word, and at the edges of what is right; equality and diffs of values."""

from __future__ import annotations

import copy
import datetime
from typing import Any, get_args

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data import words as _words
from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal, leaves, narrowed
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, has, ids_of
from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now, instant, plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import reset_keys, with_defaults
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UNKNOWN, Field, Kind, required
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import Kind as BaseKind
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.index import KINDS
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import (
    QUOTE,
    Problems,
    Remark,
    remarks_in,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.spelling import likely
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    MARK,
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

NULL = "cannot be null: it always has a value; leave it out to leave it alone"
DOCUMENT = Document("a", [Text("title", required=True), Int("number"), Text("made", computed=True)])

#: A field, a wrong value, and all that is said about it.
WRONG: list[tuple[Field, Any, list[tuple[str, str]]]] = [
    (Text("a"), None, [("x", NULL)]),
    (Word("a", {"one": 1}), None, [("x", NULL)]),
    (Reference("a", Ref("cohort")), None, [("x", NULL)]),
    (Anything("a", required=True), None, [("x", NULL)]),
    (Text("a"), {"b": 1}, [("x", "takes text, not a dictionary")]),
    (Text("a"), [1], [("x", "takes text, not a list")]),
    (Text("a"), True, [("x", f"takes text, not true; {QUOTE}")]),
    (Text("a"), False, [("x", f"takes text, not false; {QUOTE}")]),
    (Text("a", max_length=3), "abcd", [("x", "is 4 characters long, 3 are allowed")]),
    (Text("a", pattern=("[a-z]+", "small letters")), "A1", [("x", "'A1' is not allowed; it takes small letters")]),
    (Text("a", pattern=("[a-z]+", "small letters")), "a1", [("x", "'a1' is not allowed; it takes small letters")]),
    (Text("a", required=True), "", [("x", "must not be empty")]),
    (Int("a"), "one", [("x", "takes a number, not 'one'")]),
    (Int("a"), True, [("x", "takes a number, not True")]),
    (Int("a"), [1], [("x", "takes a number, not [1]")]),
    (Int("a"), 1.5, [("x", "takes a whole number, not 1.5")]),
    (Int("a"), "1.5", [("x", "takes a whole number, not '1.5'")]),
    (Number("a"), float("inf"), [("x", "takes a number, not inf")]),
    (Number("a"), "nan", [("x", "takes a number, not 'nan'")]),
    (Number("a", minimum=0), -1, [("x", "must be at least 0, not -1")]),
    (Number("a", maximum=10), 10.5, [("x", "must be at most 10, not 10.5")]),
    (Number("a", minimum=0, maximum=100), 101, [("x", "must be between 0 and 100, not 101")]),
    (Number("a", minimum=0, maximum=100), -0.5, [("x", "must be between 0 and 100, not -0.5")]),
    (Bool("a"), "maybe", [("x", "takes true or false, not 'maybe'")]),
    (Bool("a"), 2, [("x", "takes true or false, not 2")]),
    (Time("a"), "soon", [("x", "'soon' is no ISO 8601 time, such as 2026-03-01T09:00:00Z")]),
    (Time("a"), "+14d", [("x", "'+14d' is no ISO 8601 time, such as 2026-03-01T09:00:00Z")]),
    (
        Time("a", relative=True),
        "soon",
        [("x", "'soon' is no ISO 8601 time, such as 2026-03-01T09:00:00Z, or relative to now, such as +14d")],
    ),
    (Field("a", "decimal"), "x", [("x", "takes a number, not 'x'")]),
    (Open("a"), "text", [("x", "takes a dictionary, not text")]),
    (Open("a"), "a longer text", [("x", "takes a dictionary, not text")]),
    (Open("a"), {"b": ["no", False]}, [("x.b[1]", f"is false among texts; {QUOTE}")]),
    (Anything("a"), ["yes", True], [("x[1]", f"is true among texts; {QUOTE}")]),
    (Anything("a"), [{"b": ["c", True]}], [("x[0].b[1]", f"is true among texts; {QUOTE}")]),
    (Field("a", "json"), float("nan"), [("x", "holds a number that JSON does not know (NaN or Infinity)")]),
    (Field("a", "json"), [float("inf")], [("x", "holds a number that JSON does not know (NaN or Infinity)")]),
    (DOCUMENT, [1], [("x", "takes a dictionary, not a list")]),
    (DOCUMENT, {"titel": "a"}, [("x.titel", "is no known key; did you mean title?"), ("x.title", "is missing")]),
    (DOCUMENT, {"title": "b", "zzz": 1}, [("x.zzz", "is no known key; known are title, number")]),
    (
        DOCUMENT,
        {"title": "", "number": "n"},
        [("x.title", "must not be empty"), ("x.number", "takes a number, not 'n'")],
    ),
    (DOCUMENT, {"number": 1, "made": "by PostHog"}, [("x.title", "is missing")]),
    (ListOf("a", Int("b")), {"a": 1}, [("x", "takes a list, not a dictionary")]),
    (ListOf("a", Int("b")), [1, "n"], [("x[1]", "takes a number, not 'n'")]),
    (Map("a", Int("b")), [1], [("x", "takes a dictionary, not a list")]),
    (Map("a", Int("b")), {"k": "n"}, [("x.k", "takes a number, not 'n'")]),
    (Reference("a", Ref("cohort")), True, [("x", f"takes the name or the id of a cohort, not True; {QUOTE}")]),
    (Reference("a", Ref("insight")), "", [("x", "takes the name or the id of an insight, not ''")]),
    (Reference("a", Ref("action")), [1], [("x", "takes the name or the id of an action, not [1]")]),
    (Reference("a", Ref("feature_flag")), 1.5, [("x", "takes the name or the id of a feature flag, not 1.5")]),
    (Choice("a", ["one", "two"]), "tow", [("x", "'tow' is none of one, two; did you mean two?")]),
    (Choice("a", ["one", "two"]), "three", [("x", "'three' is none of one, two")]),
    (
        Choice("a", ["on", "yes"]),
        True,
        [("x", f"takes text, not true; {QUOTE}"), ("x", "True is none of on, yes")],
    ),
    (Choice("a", ["one", "two"], newer=True), "oen", [("x", "'oen' is none of PostHog's choices; did you mean one?")]),
    (Word("a", {"member": 1, "admin": 8}), "memer", [("x", "'memer' is none of member, admin; did you mean member?")]),
    (Word("a", {"member": 1, "admin": 8}), 2, [("x", "2 is none of member, admin")]),
]


@pytest.mark.parametrize(("field", "value", "problems"), WRONG)
def test_what_is_said_about_wrong_values(field: Field, value: Any, problems: list[tuple[str, str]]) -> None:
    found: Problems = []
    field.parse(value, "x", found)
    assert found == problems
    assert not any(isinstance(item, Remark) for item in found)


@pytest.mark.parametrize(
    ("field", "value", "parsed"),
    [
        (Text("a", nullable=True), None, None),
        (Text("a", null_as=""), None, ""),
        (Anything("a"), None, None),
        (Text("a", max_length=3), "abc", "abc"),
        (Text("a", lower=True), " AB ", "ab"),
        (Text("a"), " AB ", " AB "),
        (Choice("a", ["off", "all"]), False, "off"),
        (Choice("a", ["true", "false"]), True, "true"),
        (Choice("a", ["no", "yes"]), False, "no"),
        (Number("a", minimum=0, maximum=100), 0, 0),
        (Number("a", minimum=0, maximum=100), 100, 100),
        (Number("a"), "1e3", 1000.0),
        (Number("a"), "1E3", 1000.0),
        (Number("a"), "2.5", 2.5),
        (Number("a"), "7", 7),
        (Int("a"), "7.0", 7),
        (Int("a"), 7.0, 7),
        (Field("a", "decimal"), "0.5", "0.5"),
        (Field("a", "decimal"), 5, "5"),
        (Bool("a"), "off", False),
        (Time("a", relative=True), "+14d", "+14d"),
        (Time("a"), "2026-03-01", "2026-03-01"),
        (Field("a", "json"), '{"a": 1}', '{"a": 1}'),
        (Field("a", "json"), "plain", '"plain"'),
        (Field("a", "json"), {"ä": 1}, '{"ä": 1}'),
        (Field("a", "json"), "NaN", '"NaN"'),
        (DOCUMENT, {"title": "b", "made": "x"}, {"title": "b"}),
        (ListOf("a", Text("b")), ["x", "x"], ["x", "x"]),
        (ListOf("a", Text("b"), unordered=True), ["x", "y", "x"], ["x", "y"]),
        (ListOf("a", Anything("b"), unordered=True), [1, 1], [1, 1]),
        (Map("a", Text("b")), {"k": 1}, {"k": "1"}),
        (Map("a", Text("b"), keys=str.lower), {"K": "v"}, {"k": "v"}),
        (Reference("a", Ref("cohort")), " Beta\n", "Beta"),
        (Reference("a", Ref("cohort")), 7, 7),
        (Word("a", {"member": 1}), "member", 1),
        (Word("a", {"member": 1}), "1", 1),
        (Open("a"), [1], [1]),
        (Open("a"), {"a": [True, False]}, {"a": [True, False]}),
        (Open("a", checked=lambda value, path, problems: {**value, "path": path}), {"a": 1}, {"a": 1, "path": "x"}),
        (Tags(), [" A ", "b", "a"], ["a", "b"]),
        (Tags(), None, []),
    ],
)
def test_what_values_become(field: Field, value: Any, parsed: Any) -> None:
    found: Problems = []
    result = field.parse(value, "x", found)
    assert (result, found) == (parsed, [])
    assert type(result) is type(parsed)


def test_what_is_newer_than_this_release_passes_with_a_remark() -> None:
    found: Problems = [("y", "a problem")]
    known = Document("a", [Text("title"), Text("made", computed=True)], newer=True)
    assert known.parse({"colour": 1}, "x", found) == {"colour": 1}
    assert Choice("a", ["one", "two"], newer=True).parse("seventeen", "x", found) == "seventeen"
    assert known.parse({"titel": 1}, "x", found) == {}
    assert known.parse({"made": 1, "title": "t"}, "", found) == {"title": "t"}
    assert known.parse({"colour": 1}, "", found) == {"colour": 1}
    remarks = remarks_in(found)
    assert remarks == [
        ("x.colour", "is a key that this release does not know; PostHog gets it as it is"),
        ("x", "'seventeen' is not known to this release; PostHog gets it as it is"),
        ("colour", "is a key that this release does not know; PostHog gets it as it is"),
    ]
    assert found == [("y", "a problem"), ("x.titel", "is no known key; did you mean title?")]


def test_every_kind_has_its_class() -> None:
    assert set(KINDS) == set(get_args(Kind))
    for kind in KINDS.values():
        assert type(kind).parse is not BaseKind.parse, "it reads values in its own way"
        assert (type(kind).__doc__ or "").strip()


def test_paths_without_a_beginning() -> None:
    found: Problems = []
    DOCUMENT.parse({"number": "n"}, "", found)
    assert found == [("number", "takes a number, not 'n'"), ("title", "is missing")]


@pytest.mark.parametrize(
    ("field", "rest"),
    [
        (Text("a"), UNKNOWN),
        (Text("a", nullable=True), None),
        (Text("a", null_as="", nullable=True), ""),
        (Text("a", default="d", null_as=""), "d"),
        (Text("a", initial="i", default="d"), "i"),
        (Int("a", default=0), 0),
        *(
            (Text("a", default="d", **{word: True}), UNKNOWN)
            for word in ("required", "computed", "secret", "write_only", "preserved", "create_only", "unsettled")
        ),
        (Text("a", default="d", exported=False), UNKNOWN),
    ],
)
def test_where_a_field_is_at_rest(field: Field, rest: Any) -> None:
    assert field.undeclared_value is rest or field.undeclared_value == rest
    assert (field.undeclared_value is UNKNOWN) is (rest is UNKNOWN)


def test_where_a_value_stands() -> None:
    old = Text("a", api="b", read=("new.place", "old"))
    assert (Text("a").api_name, old.api_name) == ("a", "b")
    assert Text("a", api="b").path_in({}) == "b"
    assert old.path_in({"new": {"place": 1}}) == "new.place"
    assert old.path_in({"old": 1, "new": {}}) == "old"
    assert old.path_in({}) == "new.place"
    assert old.shown_by({"old": None}) and not old.shown_by({"new": {}}) and not old.shown_by(None)
    sparse = Text("a", read=("deep.down.here",), sparse=True)
    assert sparse.shown_by({"deep": None}) and not sparse.shown_by({})
    obj: dict[str, Any] = {"deep": 5}
    sparse.put_in(obj, "v")
    assert obj == {"deep": {"down": {"here": "v"}}}
    sparse.put_in(obj, None)
    assert obj == {"deep": None}
    obj = {}
    old.put_in(obj, 1)
    old.put_in(obj, 2, "old")
    assert obj == {"new": {"place": 1}, "old": 2} and old.value_in(obj) == 1
    reading = Text("a", reading=lambda value: value * 2)
    assert reading.value_in({"a": 3}) == 6 and reading.value_in({"a": None}) is None and reading.value_in({}) is None
    assert DOCUMENT.key("number") is DOCUMENT.fields[1] and DOCUMENT.key("other") is None


def test_words_of_the_tables() -> None:
    assert [make("n").kind for make in (Text, Bool, Int, Number, Time, Anything, Open)] == [
        "str",
        "bool",
        "int",
        "num",
        "time",
        "any",
        "open",
    ]
    assert Choice("n", ["a"]).choices == ("a",) and Choice("n", ["a"], default="a").default == "a"
    assert Word("n", {"a": 1}).kind == "any" and Document("n", [], newer=True).newer
    assert Map("n", Int("v"), merged=True).merged and ListOf("n", Int("v"), unordered=True).unordered
    tags = Tags(secret=True)
    assert (tags.name, tags.kind, tags.plan_feature, tags.default, tags.null_as) == ("tags", "list", "tagging", [], [])
    assert tags.unordered and tags.ignored == (MARK,) and tags.secret and tags.items is not None and tags.items.lower
    assert Tags("labels", plan_feature=None, default=None).plan_feature is None
    assert Tags("labels", default=None).name == "labels" and Tags("labels", default=None).default is None
    many = References("n", Ref("cohort"), nullable=True)
    assert many.unordered and many.nullable and many.ref == Ref("cohort") and many.items is not None
    assert many.items.ref == Ref("cohort")
    assert Anything("n", nullable=True).nullable and Word("n", {"a": 1}, default=1).default == 1
    assert Time("n", relative=True).relative and Int("n", minimum=1).minimum == 1 and Bool("n", default=True).default
    one = Reference("n", Ref("cohort"), nullable=True)
    assert one.nullable and one.kind == "any" and one.ref == Ref("cohort") and many.items.kind == "any"


# -- small helpers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("intervall", ["interval", "kind"], "interval"),
        ("Interval", ["interval"], "interval"),
        ("date_from", ["dateFrom", "date_to"], "dateFrom"),
        ("p95", ["p99", "p90"], None),
        ("p95", ["P95"], "P95"),
        ("weekly", ["day", "week"], "week"),
        (" Equals ", ["exact", "is_not"], "exact"),
        ("equals", ["is_not"], None),
        ("ab", ["abcd"], None),
        ("abc", ["abd"], "abd"),
        ("abc", ["ade"], None),
        ("abcd", ["abxy"], None),
        ("abcde", ["abxye"], "abxye"),
        ("abcdef", ["abxyzf"], None),
        ("abcdef", ["abdcef"], "abdcef"),
        ("kidn", ["kind"], "kind"),
        ("breakdwon", ["breakdown", "breakdowns"], "breakdown"),
        ("colour", ["title"], None),
        ("filterss", ["filter", "filters"], "filters"),
        ("x", [], None),
    ],
)
def test_likely(name: str, known: list[str], meant: str | None) -> None:
    assert likely(name, known) == meant


@pytest.mark.parametrize(
    ("one", "other", "most", "distance"),
    [
        ("abc", "abc", 0, 0),
        ("abc", "abd", 1, 1),
        ("abc", "abd", 0, None),
        ("abc", "ab", 1, 1),
        ("abc", "abcd", 1, 1),
        ("abc", "abcde", 1, None),
        ("abc", "abcde", 2, 2),
        ("abcd", "acbd", 1, 1),
        ("ab", "ba", 1, 1),
        ("abcd", "badc", 2, 2),
        ("abc", "cab", 2, 2),
        ("", "ab", 2, 2),
        ("kitten", "sitting", 3, 3),
    ],
)
def test_distance(one: str, other: str, most: int, distance: int | None) -> None:
    assert _words.distance(one, other, most) == distance


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("featur_flags", ["feature_flags", "cohorts"], "; did you mean feature_flags?"),
        ("FEATURE_FLAGS", ["Feature_Flags"], "; did you mean Feature_Flags?"),
        ("sign", ["Weekly signups", "Signups", "Other"], "; did you mean Signups or Weekly signups?"),
        ("ups", ["Weekly signups", "Signups", "Other"], ""),
        ("up", ["Weekly signups", "Monthly signups"], ""),
        ("abc", ["xx abc 4", "xx abc 3", "xx abc 2", "xx abc 1"], "; did you mean xx abc 1 or xx abc 2 or xx abc 3?"),
        ("zzz", ["a"], ""),
        ("12", [12], "; did you mean 12?"),
    ],
)
def test_nearest_names(name: str, known: list[Any], hint: str) -> None:
    assert nearest(name, known) == hint


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({}, "a dictionary"),
        ([], "a list"),
        (5, "5"),
        (None, "null"),
        ("twelve chars", "'twelve chars'"),
        ("thirteen char", "text"),
    ],
)
def test_kinds_of_values(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


def test_plain_values() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=1))
    value = {
        True: 1,
        False: (1, 2),
        None: {3},
        2: frozenset([4]),
        "at": datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC),
        "there": datetime.datetime(2026, 3, 1, 9, tzinfo=zone),
        "day": datetime.date(2026, 3, 1),
        "bytes": b"a\xff",
        "other": complex(1, 2),
        "none": None,
        "no": False,
    }
    assert plain(value) == {
        "true": 1,
        "false": [1, 2],
        "null": [3],
        "2": [4],
        "at": "2026-03-01T09:00:00Z",
        "there": "2026-03-01T09:00:00+01:00",
        "day": "2026-03-01",
        "bytes": "a\ufffd",
        "other": "(1+2j)",
        "none": None,
        "no": False,
    }


def test_times_relative_to_now() -> None:
    def seconds(text: str) -> float:
        moment = instant(from_now(text))
        assert moment is not None and moment.microsecond == 0
        return (moment - datetime.datetime.now(datetime.UTC)).total_seconds()

    for text, expected in (
        ("now", 0),
        (" +30m ", 1800),
        ("-2h", -7200),
        ("+14d", 14 * 86400),
        ("+1w", 604800),
        ("+999999m", 999999 * 60),
    ):
        assert abs(seconds(text) - expected) < 30
        assert str(from_now(text)).endswith("Z")
    for text in ("2h", "+2", "+2y", "+1234567d", "nowish", 5, None):
        assert from_now(text) is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-03-01T09:00:00Z", "2026-03-01T09:00:00+00:00"),
        ("2026-03-01T09:00:00z", "2026-03-01T09:00:00+00:00"),
        (" 2026-03-01 ", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T09:00:00.5+01:00", "2026-03-01T09:00:00.500000+01:00"),
        ("2026-03-01T09:00:00.123456789Z", "2026-03-01T09:00:00.123456+00:00"),
    ],
)
def test_points_in_time(text: str, iso: str) -> None:
    found = instant(text)
    assert found is not None and found.isoformat() == iso
    assert instant(5) is None and instant("tomorrow") is None


def test_paths_into_objects() -> None:
    value = {"user": {"email": "e", "none": None}, "n": 1}
    assert dig(value, "user.email") == "e" and dig(value, "n.more") is None and dig(value, "user.none") is None
    assert has(value, "user.none") and not has(value, "user.other") and not has(value, "n.more") and not has(None, "a")
    assert ids_of()([{"id": 1}, 2]) == [1, 2] and ids_of("user.uuid")({"user": {"uuid": "u"}}) == "u"
    assert ids_of()(7) == 7
    with pytest.raises(LookupError, match=r"^a table lacks what its other entries need$"):
        required(None)
    assert required(0) == 0 and repr(UNKNOWN) == "UNKNOWN" and copy.deepcopy(UNKNOWN) is UNKNOWN


# -- equality --------------------------------------------------------------------------------------------------------

COHORT_RULE = NestedRef({"type": "cohort"}, "value", Ref("cohort"))


@pytest.mark.parametrize(
    ("field", "desired", "current", "expected"),
    [
        (Text("a"), " x\n", "x", True),
        (Text("a"), "x", " x ", True),
        (Text("a", html=True), "<a href='x'>B</a>", "<a href='x' rel=\"noopener\" target='_blank'>B</a>", True),
        (Text("a", html=True), "<br>&amp;", "<br />&", True),
        (Text("a", html=True), "<b>x</b>", "<b>y</b>", False),
        (Text("a", lower=True), "x", " X ", True),
        (Text("a", casefold=True), "X", "x", True),
        (Text("a"), "X", "x", False),
        (Anything("a"), " x", "x", False),
        (Reference("a", Ref("cohort")), 5, "5", True),
        (Reference("a", Ref("cohort")), 5, 6, False),
        (Time("a", relative=True), "+14d", "2020-01-01T00:00:00Z", True),
        (Time("a", relative=True), "+14d", None, False),
        (Time("a", relative=True), "2020-01-01", "2020-01-02", False),
        (Time("a"), "+14d", "2020-01-01T00:00:00Z", False),
        (Time("a"), "odd", "odd", True),
        (Field("a", "decimal"), "1.50", 1.5, True),
        (Field("a", "decimal"), "x", "y", True),
        (Field("a", "json"), '{"a": 1}', '{"a":1}', True),
        (Field("a", "json"), "{", "{", True),
        (Field("a", "json"), "1", "true", False),
        (Text("a", normalize=lambda value: str(value).strip("*")), "*x*", "x", True),
        (Text("a", normalize=lambda value: str(value).strip("*")), "*x*", "y", False),
        (Open("a", refs=(COHORT_RULE,)), {"type": "cohort", "value": 5}, {"type": "cohort", "value": "5"}, True),
        (Open("a", refs=(COHORT_RULE,)), {"type": "person", "value": 5}, {"type": "person", "value": "5"}, False),
        (Open("a"), {}, None, True),
        (Open("a"), {"b": None}, None, True),
        (Open("a"), {"b": 1}, None, False),
        (Open("a"), None, {"b": None}, True),
        (Open("a"), None, {"b": 1}, False),
        (ListOf("a", Int("b")), [], None, True),
        (ListOf("a", Int("b")), None, [1], False),
        (Tags(), None, [MARK], True),
        (Tags(), ["a"], [MARK, "A"], True),
        (Tags(), [MARK], [], False),
        (Tags(), ["a", MARK], ["a", MARK], True),
        (ListOf("a", Int("b")), [1, 2], [2, 1], False),
        (ListOf("a", Int("b"), unordered=True), [1, 2], [2, 1], True),
        (ListOf("a", Int("b"), unordered=True), [1, 1], [1, 2], False),
        (ListOf("a", Int("b"), unordered=True), [1, 1], [1], False),
        (ListOf("a", Int("b")), [1], "x", False),
        (ListOf("a", Int("b")), "x", "x", True),
        (Map("a", Int("b")), {"k": 1}, {"k": 1.0}, True),
        (Map("a", Int("b")), {"k": 1}, {"k": 1, "l": 2}, False),
        (Map("a", Int("b")), {"k": 1}, {"k": 1, "l": None}, True),
        (Map("a", Int("b", nullable=True)), {"k": 1, "l": None}, {"k": 1}, True),
        (Map("a", Int("b"), merged=True), {"k": 1}, {"k": 1, "l": 2}, True),
        (Map("a", Int("b"), merged=True), {"k": 1}, {"l": 2}, False),
        (Map("a", Int("b", nullable=True), merged=True), {"l": None}, {"k": 1, "l": 2}, False),
        (Map("a", Int("b"), keys=str.lower), {"K": 1}, {"k": 1}, True),
        (Map("a", Int("b")), {"k": 1}, [1], False),
        (DOCUMENT, {"title": "x"}, {"title": "x", "made": 1}, True),
        (DOCUMENT, {"title": "x"}, {"title": "x", "number": 1}, False),
        (DOCUMENT, {"title": "x"}, {"title": "x", "number": None}, True),
        (DOCUMENT, {"title": "x", "new": 1}, {"title": "x", "new": 1}, True),
        (DOCUMENT, {"title": "x", "new": 1}, {"title": "x", "new": 2}, False),
        (DOCUMENT, {"title": "x"}, [1], False),
        (Document("a", [Int("n", default=5)]), {"n": 5}, {}, True),
        (Document("a", [Int("n", default=5)]), {}, {"n": 5}, True),
        (Document("a", [Int("n", default=5)]), {}, {"n": 6}, False),
        (Document("a", [Int("n", preserved=True)]), {}, {"n": 6}, True),
        (Bool("a"), True, "True", True),
        (Bool("a"), False, "true", False),
        (Int("a"), 100, "100", True),
        (Number("a"), 1.5, " 1.5 ", True),
        (Int("a"), 1, "x", False),
    ],
)
def test_same(field: Field, desired: Any, current: Any, expected: bool) -> None:
    assert field.same(desired, current) is expected


def test_a_short_form_leaves_other_keys_alone() -> None:
    assert DOCUMENT.same({"title": "x"}, {"title": "x", "number": 1}, partial=True)
    assert not DOCUMENT.same({"title": "x"}, {"title": "y", "number": 1}, partial=True)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (True, 1, False),
        (1, True, False),
        (True, True, True),
        (100, 100.0, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ([1, True], [1, 1], False),
        ([1], [1, 2], False),
        ([1], {"a": 1}, False),
        ("a", "a", True),
        (None, None, True),
        (None, False, False),
    ],
)
def test_equal(one: Any, other: Any, expected: bool) -> None:
    assert equal(one, other) is expected


@pytest.mark.parametrize(
    ("desired", "current", "expected"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ({"a": None}, {}, True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": {"b": None}}, {"a": None}, True),
        ({"a": None}, None, True),
        ({"a": 1}, None, False),
        ({}, [], True),
        ({}, "x", False),
        ([], None, True),
        ([1], None, False),
        ([], "x", False),
        ([{"a": 1}], [{"a": 1, "b": 2}], True),
        ([1], [1, 2], False),
        ([1, 2], [2, 1], False),
        (1, 1.0, True),
    ],
)
def test_covers(desired: Any, current: Any, expected: bool) -> None:
    assert covers(desired, current) is expected


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (Bool("a"), " True ", True),
        (Bool("a"), "false", False),
        (Bool("a"), "other", "other"),
        (Int("a"), "100", 100),
        (Number("a"), "1.5", 1.5),
        (Number("a"), "2.0", 2),
        (Int("a"), "x", "x"),
        (Int("a"), 5, 5),
        (Text("a"), "100", "100"),
    ],
)
def test_typed(field: Field, value: Any, expected: Any) -> None:
    assert field.typed(value) == expected and type(field.typed(value)) is type(expected)


def test_keys_as_the_server_keeps_them() -> None:
    assert Map("a", Int("b"), keys=str.lower).by_key({"A": 1, 5: 2}) == {"a": 1, "5": 2}
    assert Map("a", Int("b")).by_key({"A": 1}) == {"A": 1}
    assert Map("a", Int("b"), keys=str.lower).by_key([1]) == [1]


# -- diffs -----------------------------------------------------------------------------------------------------------

WIDE = Document(
    "a",
    [
        Text("title"),
        Int("number", default=5),
        Text("made", computed=True),
        Text("kept", preserved=True),
        Document("inner", [Int("deep", default=1)]),
    ],
)


@pytest.mark.parametrize(
    ("field", "value", "other", "shown"),
    [
        (WIDE, {"title": "x", "number": 5, "made": 1, "kept": "k"}, {"title": "y"}, {"title": "x"}),
        (WIDE, {"title": "x", "number": 6, "kept": "k"}, {"title": "y"}, {"title": "x", "number": 6}),
        (WIDE, {"kept": "k"}, {"kept": "l"}, {"kept": "k"}),
        (WIDE, {}, {"number": 6}, {"number": 5}),
        (WIDE, {"inner": {"deep": 2}}, {"inner": {"deep": 3}}, {"inner": {"deep": 2}}),
        (WIDE, {"inner": {"deep": 2}}, {}, {"inner": {"deep": 2}}),
        (WIDE, {"title": "x"}, None, {"title": "x"}),
        (WIDE, None, {"title": "x"}, None),
        (Tags(), ["b", MARK, "a"], ["c"], ["a", "b"]),
        (Tags(), ["b", MARK], [MARK], ["b", MARK]),
        (Tags(), ["b", MARK], None, ["b"]),
        (
            ListOf("l", WIDE),
            [{"title": "x", "made": 1}, {"title": "y"}],
            [{"title": "z"}],
            [{"title": "x"}, {"title": "y"}],
        ),
        (Field("l", "list"), [{"x": 1}], [{"x": 2}], [{"x": 1}]),
        (Map("m", Int("v")), {"k": "5"}, {}, {"k": 5}),
        (Map("m", Int("v"), merged=True), {"k": 5, "l": 6, "n": None}, {"k": 7, "n": 1}, {"k": 5}),
        (Map("m", Int("v"), merged=True), {"k": 5, "l": 6}, None, {"k": 5, "l": 6}),
        (Map("m", Int("v"), keys=str.lower, merged=True), {"k": 5}, {"K": 7}, {"k": 5}),
        (Open("o"), {"a": 1, "b": 2}, {"a": 3}, {"a": 1}),
        (Field("j", "json"), '{"a": 1}', None, {"a": 1}),
        (Field("j", "json"), "{", None, "{"),
        (Word("w", {"member": 1, "admin": 8}), 8, None, "admin"),
        (Word("w", {"member": 1, "admin": 8}), 3, None, 3),
        (Text("t", null_as=""), None, None, ""),
        (Bool("b"), "True", None, True),
    ],
)
def test_what_a_diff_shows(field: Field, value: Any, other: Any, shown: Any) -> None:
    assert field.view(value, other) == shown


def test_what_a_diff_shows_of_short_forms() -> None:
    value = {"title": "x", "number": 6}
    assert WIDE.view(value, {"title": "y"}, partial=True) == {"title": "x"}
    assert WIDE.view(value, {}, partial=True, always=["number"]) == {"number": 6}
    assert WIDE.view({"inner": {"deep": 2}}, {}, always=["inner"]) == {"inner": {"deep": 2}}


@pytest.mark.parametrize(
    ("current", "declared", "part"),
    [
        ({"a": 1, "b": 2}, {"a": 3, "c": 4}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 0}}, {"a": {"c": 2}}),
        ([{"a": 1, "b": 2}], [{"a": 0}], [{"a": 1}]),
        ([{"a": 1, "b": 2}], [{"a": 0}, {"a": 0}], [{"a": 1, "b": 2}]),
        ({"a": 1}, [1], {"a": 1}),
        (1, {"a": 1}, 1),
    ],
)
def test_narrowed(current: Any, declared: Any, part: Any) -> None:
    assert narrowed(current, declared) == part


def test_leaves() -> None:
    before = {"a": 1, "b": {"c": [1, 2], "d": 4}, "gone": 1, "list": [1], "same": True}
    after = {"a": 2, "b": {"c": [1, 3], "d": 4}, "new": None, "list": [1, 2], "same": True, "one": True}
    assert leaves(before, after) == [
        {"path": "a", "before": 1, "after": 2},
        {"path": "b.c[1]", "before": 2, "after": 3},
        {"path": "list", "before": [1], "after": [1, 2]},
        {"path": "one", "before": None, "after": True},
        {"path": "gone", "before": 1, "after": None},
    ]
    assert leaves(True, 1, "x") == [{"path": "x", "before": True, "after": 1}]
    assert leaves({1: 2}, {1: 3}) == [{"path": "1", "before": 2, "after": 3}]
    assert leaves({"a": 1}, [1], "x") == [{"path": "x", "before": {"a": 1}, "after": [1]}]


def test_defaults_and_resets() -> None:
    assert with_defaults(WIDE, {"title": "x"}) == {"title": "x", "number": 5}
    assert with_defaults(WIDE, {"number": 6}) == {"number": 6}
    assert with_defaults(WIDE, [1]) == [1] and with_defaults(Text("t", default="d"), {"a": 1}) == {"a": 1}
    assert (
        with_defaults(Document("d", [Int("n", default=1, computed=True), Int("k", default=1, preserved=True)]), {})
        == {}
    )
    current = {"title": "x", "number": 6, "made": 1, "kept": "k"}
    assert reset_keys(WIDE, {"title": "x"}, current) == {"number"}
    assert reset_keys(WIDE, {}, {**current, "number": 5}) == {"title"}
    assert reset_keys(WIDE, {}, current, partial=True) == reset_keys(WIDE, [], current) == frozenset()
    assert reset_keys(WIDE, {}, []) == reset_keys(Open("o"), {}, {"number": 6}) == frozenset()
