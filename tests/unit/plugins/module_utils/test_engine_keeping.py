# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody declared stays in what is sent: every document of every type, at every depth."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.paths import written_path
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose, composed, unknown_keys
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Choice,
    Document,
    Int,
    ListOf,
    Map,
    Open,
    Text,
)

#: Of deeper documents the tables repeat what stands above.
DEPTH = 4


def value_of(known: Field, depth: int = 0, number: int = 1) -> Any:
    """Some value of a field: every known key, two items in every list."""
    if depth > DEPTH:
        return None
    if known.choices or known.words:
        return next(iter(known.choices or known.words.values()))
    if known.kind == "document":
        keys = (key for key in known.fields if not key.computed)
        return {key.name: value_of(key, depth + 1, number) for key in keys}
    if known.kind == "list" and known.items is not None:
        return [value_of(known.items, depth + 1, index) for index in (1, 2)]
    if known.kind == "map" and known.items is not None:
        return {f"entry{index}": value_of(known.items, depth + 1, index) for index in (1, 2)}
    if known.kind == "open":
        return {"kind": "Thing", "inner": {"value": number}, "items": [{"id": 1, "value": 1}, {"id": 2, "value": 2}]}
    plain = {"bool": True, "int": number, "num": number, "decimal": "0.5", "time": f"2031-01-0{number}T00:00:00Z"}
    return plain.get(known.kind, f"text {number}")


def with_strangers(known: Field | None, value: Any) -> Any:
    """A copy of a stored value with an unknown key in each dictionary."""
    if isinstance(value, list):
        inner = known.items if known is not None and known.kind == "list" else known
        return [with_strangers(inner, item) for item in value]
    if not isinstance(value, dict):
        return value
    is_map = known is not None and known.kind == "map"
    out = {}
    for key, item in value.items():
        inner = known
        if known is not None and known.kind == "document":
            inner = known.key(key)
        elif is_map and known is not None:
            inner = known.items
        out[key] = with_strangers(inner, item)
    return out if is_map else {**out, "unheardOf": {"of": ["this", 1]}}


def documents() -> list[Any]:
    """Every document of every type, fields and parts."""
    found = []
    for table in RESOURCES.values():
        for known in (*table.fields, *(part.field for part in table.parts)):
            items = known.items if known.kind in ("list", "map") and known.items is not None else known
            if items.kind in ("document", "open") and not known.secret and not known.patched:
                found.append(pytest.param(known, id=f"{table.type}.{known.name}"))
    return found


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the unknown keys are."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key == "unheardOf":
            yield path
        else:
            yield from places(inner, (*path, key))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of the values that are no dictionaries and no lists."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    elif value is not None:
        yield path


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """A copy with another value at the end of a path."""
    out = copy.deepcopy(value)
    holder = out
    for key in path[:-1]:
        holder = holder[key]
    now = holder[path[-1]]
    holder[path[-1]] = (not now) if isinstance(now, bool) else now + 1 if isinstance(now, (int, float)) else f"{now}, x"
    return out


def tells(known: Field, path: tuple[Any, ...]) -> bool:
    """Whether a value tells of which kind something is, or which one of several."""
    inner: Field | None = known
    for key in path:
        if inner is None or inner.kind in ("open", "json", "any"):
            return key in ("kind", "id") or tells_open(path)
        if inner.kind == "document":
            document, inner = inner, inner.key(key)
            if inner is not None and (
                inner.choices
                or key in (*document.item_keys, *document.match_keys)
                or (inner.required and not document.match_keys)
            ):
                if inner.kind not in ("document", "list", "map"):
                    return True
        else:
            inner = inner.items
    return False


def tells_open(path: tuple[Any, ...]) -> bool:
    """The same, inside an open document."""
    return path[-1] in ("kind", "id")


@pytest.mark.parametrize("known", documents())
def test_an_unknown_key_stays_beside_a_change(known: Field) -> None:
    """Whatever else of a document is declared anew, what no table knows is sent as it was read."""
    declared = value_of(known)
    stored = with_strangers(known, declared)
    expected = sorted(map(str, places(stored)))
    assert expected, "the document has no dictionaries"
    tried = 0
    for path in leaves(declared):
        if tells(known, path):
            continue
        tried += 1
        wanted = changed(declared, path)
        sent, lost = composed(known, wanted, stored)
        assert sorted(map(str, places(sent))) == expected, written_path(path)
        assert not lost
    # Where everything tells something, as declared is what there is to try.
    sent, lost = composed(known, declared, stored)
    assert tried or sorted(map(str, places(sent))) == expected
    assert not lost


@pytest.mark.parametrize("known", documents())
def test_an_unknown_key_is_no_difference(known: Field) -> None:
    """What nobody knows is compared with nothing, and an export finds it."""
    # Two values that are compared in a form of their own have to mean something.
    known = dataclasses.replace(known, normalize=None)
    declared = value_of(known)
    stored = with_strangers(known, declared)
    assert known.same(declared, stored)
    assert not list(unknown_keys(known, declared))
    if known.kind == "document":
        assert [path for path, _value in unknown_keys(known, stored)][-1] == ("unheardOf",)


VARIANTS = ListOf(
    "variants", Document("variant", [Text("key", required=True), Int("share")], item_keys=("key",), match_keys=("key",))
)
CONFIG = Document(
    "config",
    [Choice("type", ["a", "b"], required=True), Int("size", nullable=True), Document("more", [Int("x")], null_as={})],
    whole=True,
)


def test_items_are_known_by_what_tells_them_apart() -> None:
    """What an item has goes where the item goes, and not to another one."""
    stored = [{"key": "one", "share": 1, "colour": "red"}, {"key": "two", "share": 2, "colour": "blue"}]
    sent, lost = composed(VARIANTS, [{"key": "two", "share": 3}, {"key": "three", "share": 1}], stored)
    assert sent == [{"key": "two", "share": 3, "colour": "blue"}, {"key": "three", "share": 1}]
    assert lost == [((0, "colour"), "red")]


def test_another_kind_keeps_nothing() -> None:
    """What belongs to one kind means nothing in another; what goes is told."""
    stored = {"type": "a", "size": 1, "extra": 2, "more": {"x": 1, "y": 2}}
    assert composed(CONFIG, {"type": "b"}, stored) == ({"type": "b"}, [(("more", "y"), 2), (("extra",), 2)])
    # A key that is back to its default leaves behind what the release does not know of it.
    assert compose(CONFIG, {"type": "a"}, stored) == {"type": "a", "more": {"y": 2}, "extra": 2}


def test_how_conditions_are_joined_is_no_kind() -> None:
    """AND becomes OR, and all else stays."""
    joined = Document("group", [Choice("type", ["AND", "OR"], required=True)])
    assert compose(joined, {"type": "OR"}, {"type": "AND", "extra": 1}) == {"type": "OR", "extra": 1}
    assert compose(Open("group"), {"type": "OR"}, {"type": "AND", "extra": 1}) == {"type": "OR", "extra": 1}


QUERY = Open("query", server_added=("version",))


@pytest.mark.parametrize(
    ("declared", "stored", "sent"),
    [
        # What is not declared stays, at every depth; null takes away.
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}, "d": 4}, {"a": {"b": 1, "c": 3}, "d": 4}),
        ({"a": {"c": None}}, {"a": {"b": 2, "c": 3}}, {"a": {"b": 2, "c": None}}),
        # What the server adds is not sent back.
        ({"a": 1}, {"a": 2, "version": 3, "b": {"version": 1, "c": 1}}, {"a": 1, "b": {"c": 1}}),
        # Another kind of node is another node.
        ({"kind": "B", "x": 1}, {"kind": "A", "y": 2}, {"kind": "B", "x": 1}),
        # Items: the equal one, the one about the same, the one in its place.
        (
            [{"event": "b", "n": 1}, {"event": "a", "n": 9}],
            [{"event": "a", "n": 1, "own": "a"}, {"event": "b", "n": 1, "own": "b"}],
            [{"event": "b", "n": 1, "own": "b"}, {"event": "a", "n": 9, "own": "a"}],
        ),
        ([{"n": 2}], [{"n": 1, "own": 1}], [{"n": 2, "own": 1}]),
        ([{"event": "c"}], [{"event": "a", "name": "A"}], [{"event": "c"}]),
        ([1, {"a": 1}], {"not": "a list"}, [1, {"a": 1}]),
        ({"a": 1}, ["no dictionary"], {"a": 1}),
    ],
)
def test_open_documents_keep_what_is_not_declared(declared: Any, stored: Any, sent: Any) -> None:
    """An open document is compared by what is declared, so that is all that a write changes."""
    assert compose(QUERY, declared, stored) == sent


def test_what_posthog_lays_over_is_not_repeated() -> None:
    """Where a write changes nothing but what it names, somebody else's change in between survives."""
    assert compose(Open("settings", patched=True), {"a": {"b": 1}}, {"a": {"c": 1}, "d": 1}) == {"a": {"b": 1, "c": 1}}


def test_what_stands_for_a_secret_is_never_repeated() -> None:
    """A mask that is sent back would become the secret."""
    assert compose(Open("config", secret=True), {"a": 1}, {"password": "********"}) == {"a": 1}


def test_maps_lose_what_is_not_declared_and_tell_it() -> None:
    """An entry that goes takes its unknown keys along."""
    texts = Map("texts", Document("text", [Text("name")]))
    stored = {"de": {"name": "x", "own": 1}, "fr": {"name": "y", "own": 2}}
    assert composed(texts, {"de": {"name": "z"}}, stored) == (
        {"de": {"name": "z", "own": 1}},
        [(("fr", "own"), 2)],
    )
