# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Same or not the same, and what is sent where it is not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal, leaves, narrowed
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import with_defaults
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._resources.feature_flags import FILTERS
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
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


@pytest.mark.parametrize(
    ("field", "desired", "current", "expected"),
    [
        (Text("a"), "x", "x", True),
        (Text("a"), "x", "X", False),
        (Text("a", lower=True), "x", " X ", True),
        (Text("a"), "", None, False),
        (Text("a", null_as=""), "", None, True),
        (Text("a", null_as=""), None, "", True),
        (Text("a", nullable=True), None, "x", False),
        (Text("a", nullable=True), None, None, True),
        (Bool("a"), True, 1, False),
        (Bool("a"), False, None, False),
        (Bool("a", null_as=False), False, None, True),
        (Bool("a", null_as=False), None, True, False),
        (Int("a"), 0, None, False),
        (Int("a"), 0, False, False),
        (Number("a"), 100, 100.0, True),
        (Number("a", null_as=100), 100, None, True),
        (Number("a", null_as=100), None, 100.0, True),
        (Number("a", null_as=100), None, 50, False),
        (Time("a"), "2026-03-01T09:00:00Z", "2026-03-01T10:00:00.000000+01:00", True),
        (Time("a"), "2026-03-01T09:00:00Z", "2026-03-01T09:00:01Z", False),
        (Time("a"), "2026-03-01T09:00:00Z", None, False),
        (Field("a", "decimal"), "0.5", "0.50", True),
        (Field("a", "decimal"), "0.5", 0.5, True),
        (Field("a", "decimal"), "0.5", "0.51", False),
        (Field("a", "json"), '{"a": 1}', '{"a":1.0}', True),
        (Field("a", "json"), '{"a": 1}', {"a": 1}, True),
        (Field("a", "json"), "true", "1", False),
        (Field("a", "json"), '"x"', '"y"', False),
        (Word("a", {"member": 1}), 1, 1, True),
        (Tags(), ["a", "b"], ["B", "a "], True),
        (Tags(), ["a"], ["a", "b"], False),
        (Tags(), [], None, True),
        (Tags(), ["a", "a"], ["a", "b"], False),
        (References("a", Ref("x")), [1, 2], ["2", 1], True),
        (Reference("a", Ref("x")), "7", 7, True),
        (Reference("a", Ref("x"), nullable=True), None, 7, False),
        (ListOf("a", Text("b")), ["x", "y"], ["y", "x"], False),
        (ListOf("a", Text("b"), null_as=[]), [], None, True),
        (Map("a", Int("b")), {"x": 1}, {"x": 1.0}, True),
        (Map("a", Int("b")), {"x": 1}, {"x": 1, "y": 2}, False),
        (Map("a", Int("b")), {"x": 1, "y": None}, {"x": 1}, True),
        (Map("a", Int("b"), null_as={}), {}, None, True),
        (Open("a"), {"x": 1}, {"x": 1, "added": 2}, True),
        (Open("a"), {"x": {"y": 1}}, {"x": {"y": 1, "z": 2}}, True),
        (Open("a"), {"x": None}, {}, True),
        (Open("a"), {"x": None}, {"x": 1}, False),
        (Open("a"), {"x": [{"y": 1}]}, {"x": [{"y": 1, "z": 2}]}, True),
        (Open("a"), {"x": [1]}, {"x": [1, 2]}, False),
        (Open("a"), [], [1], False),
        (Open("a", nullable=True), None, {"x": None}, True),
        (Open("a", nullable=True), None, {"x": 1}, False),
        (Open("a", nullable=True), None, {}, True),
        (Document("a", [Text("b")]), {"b": "x"}, None, False),
        (Document("a", [Text("b")], nullable=True), None, {"b": "x"}, False),
        (Document("a", [Text("b"), Text("c", computed=True)]), {"b": "x"}, {"b": "x", "c": "s", "unknown": 1}, True),
        (Document("a", [Text("b"), Text("c", preserved=True)]), {"b": "x"}, {"b": "x", "c": "other"}, True),
        (Document("a", [Text("b"), Text("c", preserved=True)]), {"b": "x", "c": "y"}, {"b": "x", "c": "other"}, False),
        (Document("a", [Text("b"), Int("c", default=5)]), {"b": "x"}, {"b": "x", "c": 5}, True),
        (Document("a", [Text("b"), Int("c", default=5)]), {"b": "x"}, {"b": "x", "c": 6}, False),
        (Document("a", [Text("b"), Int("c", default=5)]), {"b": "x", "c": 5}, {"b": "x"}, True),
        (Document("a", [Choice("b", ["x", "y"], default="x", null_as="x")]), {}, {"b": None}, True),
    ],
)
def test_same(field: Field, desired: Any, current: Any, expected: bool) -> None:
    assert field.same(desired, current) is expected


def test_partial_looks_at_the_declared_keys_only() -> None:
    field = Document("a", [Text("b"), Text("c")])
    assert field.same({"b": "x"}, {"b": "x", "c": "y"}, partial=True)
    assert not field.same({"b": "x"}, {"b": "x", "c": "y"})
    assert not field.same({"b": "x"}, {"b": "z", "c": "y"}, partial=True)


def test_order_matters_not_for_duplicates_of_an_unordered_list() -> None:
    field = ListOf("a", Document("b", [Int("c")]), unordered=True)
    assert field.same([{"c": 1}, {"c": 2}, {"c": 1}], [{"c": 1}, {"c": 1}, {"c": 2}])
    assert not field.same([{"c": 1}, {"c": 2}, {"c": 2}], [{"c": 1}, {"c": 1}, {"c": 2}])


# -- flag filters: the document with most rules ----------------------------------------------------------------------

KEYS = st.sampled_from(["email", "country", "plan"])
VALUES = st.one_of(st.text(max_size=4), st.integers(-5, 5), st.lists(st.text(max_size=3), max_size=2), st.booleans())


def some(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Dictionaries with all of the one keys and any of the others."""
    return st.fixed_dictionaries(required, optional=optional)


PROPERTIES = some(
    {"key": KEYS, "type": st.sampled_from(["person", "group"])},
    {
        "value": VALUES,
        "operator": st.sampled_from([None, "exact", "is_not", "gt"]),
        "negation": st.sampled_from([None, False, True]),
        "group_type_index": st.sampled_from([None, 0, 1]),
        "label": st.sampled_from([None, "l"]),
        "cohort_name": st.just("added by the server"),
    },
)
GROUPS = some(
    {},
    {
        "properties": st.lists(PROPERTIES, max_size=2),
        "rollout_percentage": st.sampled_from([0, 50, 100, 100.0, "25"]),
        "variant": st.sampled_from([None, "a", "b"]),
        "aggregation_group_type_index": st.sampled_from([None, 0, 1]),
        "description": st.sampled_from([None, "d"]),
        "sort_key": st.sampled_from([None, "s1"]),
    },
)
VARIANTS = st.lists(
    some(
        {"key": st.sampled_from(["a", "b"]), "rollout_percentage": st.sampled_from([0, 50, 100.0])},
        {"name": st.sampled_from([None, "", "n"]), "description": st.sampled_from([None, "d"])},
    ),
    max_size=2,
)
DECLARED = some(
    {},
    {
        "groups": st.lists(GROUPS, max_size=3),
        "multivariate": st.one_of(st.none(), st.fixed_dictionaries({"variants": VARIANTS})),
        "payloads": st.one_of(
            st.none(),
            st.dictionaries(
                st.sampled_from(["true", "a"]), st.one_of(st.text(max_size=4), st.integers(), st.just({"a": [1]}))
            ),
        ),
        "aggregation_group_type_index": st.none(),
        "feature_enrollment": st.sampled_from([None, True]),
        "holdout": st.one_of(st.none(), st.just({"id": 1, "exclusion_percentage": 10})),
        "early_exit": st.sampled_from([None, True, False]),
        "super_groups": st.one_of(st.none(), st.just([{"properties": []}])),
    },
)


def parsed(value: dict[str, Any]) -> dict[str, Any]:
    """A declaration of filters as the engine reads it."""
    problems: Problems = []
    found = FILTERS.parse(copy.deepcopy(value), "filters", problems)
    assert problems == []
    return dict(found)


def stored(filters: dict[str, Any]) -> dict[str, Any]:
    """Filters as PostHog stores and shows them: with keys of its own."""
    out = copy.deepcopy(filters)
    for group in out.get("groups") or []:
        group.setdefault("aggregation_group_type_index", None)
        for item in group.get("properties") or []:
            item["cohort_name"] = "Beta"
            item["group_key_names"] = {}
    out["aggregation_group_type_index"] = None
    return out


MERGES = st.booleans()


def patched(server_merges: bool, before: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """What a server makes of a PATCH: the top-level keys replace the stored ones, or the document does."""
    return stored({**before, **body} if server_merges else body)


@given(DECLARED)
def test_filters_are_the_same_as_themselves(value: dict[str, Any]) -> None:
    desired = parsed(value)
    assert FILTERS.same(desired, desired)
    assert FILTERS.same(desired, stored(desired))
    assert FILTERS.same(desired, with_defaults(FILTERS, desired))


@given(DECLARED)
def test_a_creation_settles(value: dict[str, Any]) -> None:
    desired = parsed(value)
    body = with_defaults(FILTERS, compose(FILTERS, desired, None))
    assert FILTERS.same(desired, stored(body))
    assert body["groups"] is not None


@given(DECLARED, DECLARED, MERGES)
def test_an_update_settles_on_both_kinds_of_servers(
    value: dict[str, Any], before: dict[str, Any], server_merges: bool
) -> None:
    desired, current = parsed(value), stored(parsed(before))
    after = patched(server_merges, current, compose(FILTERS, desired, current))
    assert FILTERS.same(desired, after)


@given(DECLARED, DECLARED, MERGES)
def test_a_partial_update_settles_and_leaves_the_rest(
    value: dict[str, Any], before: dict[str, Any], server_merges: bool
) -> None:
    short = {key: inner for key, inner in parsed(value).items() if key in ("groups", "multivariate", "payloads")}
    current = stored(parsed(before))
    after = patched(server_merges, current, compose(FILTERS, short, current, partial=True))
    assert FILTERS.same(short, after, partial=True)
    for key, inner in current.items():
        if key not in short and key != "aggregation_group_type_index":
            assert after.get(key) == inner


@given(DECLARED, DECLARED, MERGES)
def test_what_somebody_else_owns_survives(value: dict[str, Any], before: dict[str, Any], server_merges: bool) -> None:
    owned = ("feature_enrollment", "holdout", "super_groups", "early_exit")
    desired = {key: inner for key, inner in parsed(value).items() if key not in owned}
    current = stored(parsed(before))
    after = patched(server_merges, current, compose(FILTERS, desired, current))
    assert {key: after.get(key) for key in owned} == {key: current.get(key) for key in owned}


@given(DECLARED, DECLARED)
def test_what_is_sent_has_nothing_of_the_servers_own(value: dict[str, Any], before: dict[str, Any]) -> None:
    body = compose(FILTERS, parsed(value), stored(parsed(before)))
    for group in body.get("groups") or []:
        assert not {"exposure_frozen", "exposure_frozen_cohort"} & group.keys()
        for condition in group.get("properties") or []:
            assert not {"cohort_name", "group_key_names"} & condition.keys()
    assert "cohort_name" not in str([group.get("properties") for group in body.get("groups") or []])


@given(DECLARED, DECLARED)
def test_a_diff_is_empty_exactly_where_nothing_differs(value: dict[str, Any], before: dict[str, Any]) -> None:
    desired, current = parsed(value), stored(parsed(before))
    shown = leaves(FILTERS.view(current, desired), FILTERS.view(desired, desired))
    if not FILTERS.same(desired, current):
        assert shown
    if desired == current:
        assert shown == []


@given(DECLARED, DECLARED)
def test_comparing_changes_nothing(value: dict[str, Any], before: dict[str, Any]) -> None:
    desired, current = parsed(value), stored(parsed(before))
    copies = copy.deepcopy((desired, current))
    FILTERS.same(desired, current)
    body = compose(FILTERS, desired, current)
    FILTERS.view(current, desired)
    with_defaults(FILTERS, body)
    assert (desired, current) == copies


def test_a_kept_key_in_a_list_is_repeated_with_its_item() -> None:
    current = {"groups": [{"properties": [], "rollout_percentage": 10, "sort_key": "s1"}]}
    body = compose(FILTERS, parsed({"groups": [{"rollout_percentage": 20}]}), current)
    assert body["groups"][0]["sort_key"] == "s1"
    assert body["groups"][0]["rollout_percentage"] == 20


def test_an_undeclared_key_with_another_value_is_set_back() -> None:
    current = {"groups": [], "multivariate": {"variants": []}, "payloads": {"true": "1"}}
    body = compose(FILTERS, {"groups": []}, current)
    assert body == {"groups": [], "multivariate": None, "payloads": {}}


def test_clearing_the_members_of_a_document_that_ignores_an_empty_one() -> None:
    field = Open("filters", nullable=True, clear_members=True)
    assert compose(field, None, {"a": 1, "b": 2}) == {"a": None, "b": None}
    assert field.same(None, {"a": None, "b": None})


# -- open documents --------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=2)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3)
    ),
    max_leaves=12,
)


def without_null(value: Any) -> Any:
    """A document as a server stores it that drops what is null."""
    if isinstance(value, dict):
        return {key: without_null(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_null(inner) for inner in value]
    return value


def embellished(value: Any) -> Any:
    """A document with what servers add."""
    if isinstance(value, dict):
        return {"version": 2, "added": {"x": None}, **{key: embellished(inner) for key, inner in value.items()}}
    if isinstance(value, list):
        return [embellished(inner) for inner in value]
    return value


@given(JSON)
def test_covers(value: Any) -> None:
    assert covers(value, value)
    assert covers(value, embellished(value))
    assert covers(value, without_null(value))


def test_null_is_absent_at_every_depth() -> None:
    """C({a: {b: null}}) says that there is no C(a.b), which is true where there is no C(a) at all."""
    assert covers({"a": None}, {})
    assert covers({"a": {}}, {})
    assert covers({"a": {"b": None}}, {})
    assert not covers({"a": {"b": None, "c": 1}}, {})
    assert not covers({"a": {"b": None}}, {"a": 5})


@given(JSON, JSON)
def test_covers_and_narrowed_agree(desired: Any, current: Any) -> None:
    if covers(desired, current):
        assert covers(desired, narrowed(current, desired))
        assert narrowed(narrowed(current, desired), desired) == narrowed(current, desired)


@given(JSON, JSON)
def test_equal(left: Any, right: Any) -> None:
    assert equal(left, left)
    assert equal(left, right) == equal(right, left)
    assert equal({"x": left}, {"x": right}) == equal(left, right)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(True, 1, False), (0, False, False), (100, 100.0, True), ("1", 1, False), (None, 0, False), ([True], [1], False)],
)
def test_equal_of_likes(one: Any, other: Any, expected: bool) -> None:
    assert equal(one, other) is expected


# -- leaves ----------------------------------------------------------------------------------------------------------


def test_leaves() -> None:
    before = {"a": 1, "b": {"c": [1, {"d": 2}], "e": "x"}, "gone": True, "list": [1]}
    after = {"b": {"c": [1, {"d": 3}], "e": "x"}, "a": 1, "new": None, "list": [1, 2], "added": 5}
    assert leaves(before, after) == [
        {"path": "b.c[1].d", "before": 2, "after": 3},
        {"path": "list", "before": [1], "after": [1, 2]},
        {"path": "added", "before": None, "after": 5},
        {"path": "gone", "before": True, "after": None},
    ]


@given(JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert leaves(value, copy.deepcopy(value)) == []


@given(JSON, JSON)
def test_what_differs_has_leaves_both_ways(one: Any, other: Any) -> None:
    assert bool(leaves(one, other)) == bool(leaves(other, one))
    for leaf in leaves(one, other):
        assert not equal(leaf["before"], leaf["after"])


def test_view_shows_words_and_hides_what_the_server_adds() -> None:
    assert Word("level", {"member": 1, "admin": 8}).view(8, "admin") == "admin"
    assert Open("q").view({"a": 1, "version": 2}, {"a": 0}) == {"a": 1}
    assert Tags().view(["b", "a"], ["a"]) == ["a", "b"]
    assert Anything("x").view({"a": 1}, None) == {"a": 1}


# -- of which only the declared keys count ---------------------------------------------------------------------------

INPUTS = Map(
    "inputs",
    Document(
        "input",
        [Anything("value"), Text("templating", preserved=True), Anything("order", computed=True)],
        nullable=True,
    ),
    merged=True,
)


def test_a_merged_map_is_about_its_declared_keys() -> None:
    now = {"url": {"value": "a", "order": 0}, "body": {"value": {"x": 1}, "templating": "liquid", "order": 1}}
    assert INPUTS.same({"url": {"value": "a"}}, now)
    assert INPUTS.same({}, now) and INPUTS.same({"gone": None}, now)
    assert not INPUTS.same({"url": {"value": "b"}}, now) and not INPUTS.same({"body": None}, now)
    assert not INPUTS.same({"new": {"value": 1}}, now)
    # A value is compared whole: nobody adds to it.
    assert not INPUTS.same({"body": {"value": {}}}, now)
    assert compose(INPUTS, {"url": {"value": "b"}, "gone": None}, now) == {
        "url": {"value": "b"},
        "body": {"value": {"x": 1}, "templating": "liquid"},
    }
    assert compose(INPUTS, {"body": {"value": 2}, "url": None}, now) == {"body": {"value": 2, "templating": "liquid"}}
    assert compose(INPUTS, {"url": {"value": "b"}}, None) == {"url": {"value": "b"}}
    assert INPUTS.view(now, {"url": {"value": "b"}, "gone": None}) == {"url": {"value": "a"}}


def test_a_merged_document_keeps_what_is_not_declared() -> None:
    field = Open("content", merged=True)
    now = {"templating": "hog", "email": {"subject": "Hi", "html": "<p>", "text": "x"}}
    assert compose(field, {"email": {"subject": "Hello", "text": None}}, now) == {
        "templating": "hog",
        "email": {"subject": "Hello", "html": "<p>"},
    }
    assert compose(field, {"email": {"subject": "Hello"}}, None) == {"email": {"subject": "Hello"}}


def test_ids_inside_documents_may_be_text() -> None:
    field = Open("filters", refs=(NestedRef({"type": "actions"}, "id", Ref("action")),))
    assert field.same({"actions": [{"id": 7, "type": "actions"}]}, {"actions": [{"id": "7", "type": "actions"}]})
    assert not field.same({"actions": [{"id": 7, "type": "actions"}]}, {"actions": [{"id": "8", "type": "actions"}]})
    assert not field.same({"events": [{"id": 7}]}, {"events": [{"id": "7"}]})
