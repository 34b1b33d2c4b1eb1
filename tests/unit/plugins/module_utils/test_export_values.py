# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_export: what is written down of an object, and what is reported because it cannot be."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._handlers.export import ExportHandler
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Document,
    Int,
    ListOf,
    Open,
    Reference,
    References,
    Tags,
    Text,
    Time,
    Word,
)
from ansible_collections.community.posthog.tests.unit.plugins.projects import Universe, universe
from ansible_collections.community.posthog.tests.unit.plugins.utils import Obj, api_error

PART = Resource(
    type="part",
    plural="parts",
    scope=Scope.PROJECT,
    path="parts/",
    identity=Identity("name", ("name",)),
    scopes=("part:read", "part:write"),
    order=10,
    fields=(Text("name", required=True), Text("note", null_as="")),
)
WHOLE = Resource(
    type="whole",
    plural="wholes",
    scope=Scope.PROJECT,
    path="wholes/",
    identity=Identity("name", ("name",)),
    scopes=("whole:read", "whole:write"),
    order=20,
    fields=(
        Text("name", required=True),
        Text("note", null_as=""),
        Int("size", default=5, nullable=True),
        Bool("active", default=True),
        Tags(),
        Word("level", {"low": 1, "high": 15}, default=1),
        Time("since", nullable=True),
        Text("mine", computed=True),
        Text("token", secret=True),
        Text("file", write_only=True),
        Text("ids", unportable="holds ids of this project"),
        Reference("part", Ref("part"), nullable=True),
        References("parts", Ref("part")),
        Document(
            "shape", [Text("a", required=True), Int("b", default=1), ListOf("c", Text("x")), Text("d", computed=True)]
        ),
        Open("query", refs=(NestedRef({"kind": "part"}, "id", Ref("part")),), server_added=("added",)),
    ),
)
UUID = "01890000-0000-0000-0000-00000000abcd"


def exporting(*wholes: Obj, parts: tuple[Obj, ...] = (), table: Resource = WHOLE, **options: Any) -> Obj:
    """The result of an export of these objects."""
    return export(_world(*wholes, parts=parts, table=table), table, **options)


def _world(*wholes: Obj, parts: tuple[Obj, ...] = (), table: Resource = WHOLE) -> Universe:
    world = universe(tables=[PART, table])
    world.put("parts", *parts)
    world.memory.lists["/api/projects/1/wholes/"] = [{"id": 500 + index, **obj} for index, obj in enumerate(wholes)]
    return world


def export(world: Universe, table: Resource = WHOLE, **options: Any) -> Obj:
    """The result of an export."""
    handler = ExportHandler([PART, table])
    return handler.run(world.session, options, options)


def one(obj: Obj, **options: Any) -> Obj:
    """What is written down of one object, besides its name."""
    config = exporting({"name": "w", **obj}, **options)["config"]
    assert next(iter(config["wholes"][0])) == "name"
    return {key: value for key, value in config["wholes"][0].items() if key != "name"}


@pytest.mark.parametrize(
    ("obj", "wanted"),
    [
        ({"note": "", "size": 5, "active": True, "tags": [], "level": 1, "since": None}, {}),
        # No table knows what stands there where nothing was said, so it is said that there is nothing.
        ({"parts": [], "query": {}}, {"parts": [], "query": {}}),
        ({"note": None, "size": None, "part": None, "shape": None, "query": None}, {"size": None}),
        (
            {"size": 0, "active": False, "level": 15, "note": " "},
            {"size": 0, "active": False, "level": "high", "note": " "},
        ),
        ({"level": 7}, {"level": 7}),
        # Equal to the default for Python, and something else in YAML.
        ({"active": 1, "size": 5.0}, {"active": 1, "size": 5.0}),
        ({"tags": ["b", "managed-by-ansible", "a"]}, {"tags": ["a", "b"]}),
        ({"mine": "x", "file": "x", "unknown": "x", "created_by": {"id": 1}}, {}),
        ({"shape": {"a": "x", "b": 1, "c": [], "d": "y", "other": 2}}, {"shape": {"a": "x"}}),
        ({"shape": {"a": "x", "b": 2, "c": ["1"]}}, {"shape": {"a": "x", "b": 2, "c": ["1"]}}),
        ({"query": {"a": None, "added": 1, "b": [{"added": 2, "c": None, "d": 0}]}}, {"query": {"b": [{"d": 0}]}}),
    ],
)
def test_what_is_left_out(obj: Obj, wanted: Obj) -> None:
    assert one(obj) == wanted


PARTS = ({"id": 7, "name": "Seven"}, {"id": 8, "name": "Eight"}, {"id": 9, "name": "99"}, {"id": 10, "name": UUID})


def test_ids_become_names() -> None:
    query = {"deep": [{"kind": "part", "id": 7}, {"kind": "part", "id": [8, 7]}, {"kind": "else", "id": 7}]}
    assert one({"part": 7, "parts": [8, 7], "query": query}, parts=PARTS) == {
        "part": "Seven",
        "parts": ["Eight", "Seven"],
        "query": {
            "deep": [
                {"kind": "part", "id": "Seven"},
                {"kind": "part", "id": ["Eight", "Seven"]},
                {"kind": "else", "id": 7},
            ]
        },
    }


@pytest.mark.parametrize(
    ("part", "more", "reason"),
    [
        (9, (), "the part 9 has no name of its own, so its id stands here"),
        (10, (), "the part 10 has no name of its own, so its id stands here"),
        (11, (), "there is no part 11 any more, so its id stands here"),
        (7, ({"id": 12, "name": "Seven"},), "the part 7 has no name of its own, so its id stands here"),
        (12, ({"id": 12, "name": ""},), "the part 12 has no name of its own, so its id stands here"),
    ],
)
def test_what_has_no_name_of_its_own_is_told_by_its_id(part: int, more: tuple[Obj, ...], reason: str) -> None:
    result = exporting({"name": "w", "part": part}, parts=(*PARTS, *more), types=["wholes"])
    assert result["config"]["wholes"] == [{"name": "w", "part": part}]
    assert result["unfaithful"] == [{"type": "whole", "name": "w", "path": "part", "reason": reason}]


def test_what_cannot_be_looked_up_is_told_by_its_id() -> None:
    world = _world({"name": "w", "part": 7})
    world.memory.errors["GET", "/api/projects/1/parts/"] = api_error(403, "no part:read")
    result = export(world, types=["wholes"])
    assert result["config"]["wholes"] == [{"name": "w", "part": 7}]
    assert "the part 7 cannot be looked up (403: no part:read)" in result["unfaithful"][0]["reason"]


def test_two_of_one_name_keep_their_ids() -> None:
    result = exporting({"name": "b"}, {"name": "a", "note": "1"}, {"name": "a", "note": "2"})
    assert result["config"]["wholes"] == [
        {"name": "a", "note": "1", "id": 501},
        {"name": "a", "note": "2", "id": 502},
        {"name": "b"},
    ]
    assert [(entry["name"], entry["path"]) for entry in result["unfaithful"]] == [("a", "id")]


def test_the_same_whatever_the_order_of_the_list() -> None:
    objects = [
        {"id": number, "name": name, "tags": tags, "token": "***"}
        for number, (name, tags) in enumerate(
            [("b", ["y", "x"]), ("a", []), ("A", ["z"]), ("é", []), ("a!", []), ("a?", [])], 30
        )
    ]
    texts = [
        json.dumps(exporting(*order, parts=PARTS)["config"])
        for order in (objects, objects[::-1], objects[2:] + objects[:2])
    ]
    assert len(set(texts)) == 1


def test_unportable_and_unread() -> None:
    result = exporting({"name": "w", "ids": "x"}, {"name": "v", "ids": ""}, types=["wholes"])
    assert result["unfaithful"] == [
        {"type": "whole", "name": "w", "path": "ids", "reason": "holds ids of this project"}
    ]
    world = _world({"name": "w"})
    world.memory.errors["GET", "/api/projects/1/wholes/"] = api_error(403, "no whole:read")
    result = export(world)
    assert result["config"] == {} and result["unfaithful"][0]["reason"] == "403: no whole:read"
    with pytest.raises(ApiError, match="no whole:read"):
        export(world, types=["wholes"])
    # An export of nothing at all is none.
    world = _world({"name": "w"})
    world.memory.errors["GET", "/api/projects/1/wholes/"] = api_error(403, "no whole:read")
    world.memory.errors["GET", "/api/projects/1/parts/"] = api_error(403, "no part:read")
    with pytest.raises(ApiError, match="no part:read"):
        export(world)


# -- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_become_variables() -> None:
    result = exporting({"name": "To Slack!", "token": "canary"}, {"name": "none", "token": ""}, types=["wholes"])
    assert result["config"]["wholes"] == [
        {"name": "To Slack!", "token": "{{ posthog_secret_whole_to_slack_token }}"},
        {"name": "none"},
    ]
    assert result["secrets"] == ["posthog_secret_whole_to_slack_token"]
    assert "canary" not in json.dumps(result)


@pytest.mark.parametrize("names", [("A b", "a-b"), ("日本", "中国"), ("same", "same"), ("x", "x token")])
def test_each_secret_has_a_variable_of_its_own(names: tuple[str, str]) -> None:
    """Otherwise what is meant for one server would be sent to another."""
    table = dataclasses.replace(WHOLE, fields=(*WHOLE.fields, Text("token_token", secret=True)))
    objects = [{"name": name, "token": "***", "token_token": "***"} for name in names]
    result = exporting(*objects, types=["wholes"], table=table)
    variables = [item[name] for item in result["config"]["wholes"] for name in ("token", "token_token")]
    assert len(set(variables)) == 4 == len(set(result["secrets"]))
    assert sorted(variables) == sorted("{{ " + name + " }}" for name in result["secrets"])
    told = [entry["reason"] for entry in result["unfaithful"] if "is secret" in entry["reason"]]
    assert len(set(told)) == 4


def test_a_text_that_looks_like_a_variable_is_none() -> None:
    """Whoever may edit a description must not get somebody's secret written into it."""
    variable = "{{ posthog_secret_whole_w_token }}"
    result = exporting(
        {"name": "w", "token": "***"}, {"name": "evil", "note": variable, "query": {"a": [variable]}}, types=["wholes"]
    )
    wholes = {item["name"]: item for item in result["config"]["wholes"]}
    assert wholes["evil"]["note"] == variable == wholes["evil"]["query"]["a"][0]
    assert result["secrets"] == ["posthog_secret_whole_w_token_x"]
    assert wholes["w"]["token"] == "{{ posthog_secret_whole_w_token_x }}"
    assert [entry["reason"] for entry in result["unfaithful"]] == [
        "is secret; the variable posthog_secret_whole_w_token_x stands for it"
    ]
    assert wholes["w"]["token"].__class__ is str


# -- options ---------------------------------------------------------------------------------------------------------


def names(**options: Any) -> list[str]:
    """The names that come of options."""
    objects = [{"name": "checkout-a", "tags": ["team"]}, {"name": "checkout-b", "tags": []}, {"name": "Other[1]"}]
    config = exporting(*objects, types=["wholes"], **options)["config"]
    return [item["name"] for item in config.get("wholes", [])]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, ["Other[1]", "checkout-a", "checkout-b"]),
        ({"names": ["checkout-*"]}, ["checkout-a", "checkout-b"]),
        ({"names": ["CHECKOUT-*"]}, []),
        ({"names": ["checkout-a", "Oth*"]}, ["Other[1]", "checkout-a"]),
        ({"exclude": ["*-a"]}, ["Other[1]", "checkout-b"]),
        ({"names": ["checkout-*"], "exclude": ["*-a"]}, ["checkout-b"]),
        ({"tags": [" Team "]}, ["checkout-a"]),
        ({"tags": ["nobody"]}, []),
    ],
)
def test_filters(options: Obj, wanted: list[str]) -> None:
    assert names(**options) == wanted


def test_types() -> None:
    parts = ({"name": "p"},)
    for types in (["part"], ["parts"]):
        assert list(exporting({"name": "w"}, parts=parts, types=types)["config"]) == ["undeclared", "parts"]
    assert list(exporting({"name": "w"}, parts=parts)["config"]) == ["undeclared", "parts", "wholes"]
    with pytest.raises(InvalidInput, match=r"types\[1\]: 'whols' is no type; did you mean wholes\?"):
        exporting(types=["parts", "whols"])


def test_rename() -> None:
    world = _world({"name": "w", "key": "k", "part": 7}, parts=PARTS)
    handler = ExportHandler([PART, WHOLE])
    for kind in ("cohort", "cohorts"):
        assert handler._rename({"rename": {kind: {"Staff (staging)": "Staff"}}}) == {
            "cohort": {"Staff (staging)": "Staff"}
        }
    with pytest.raises(InvalidInput, match=r"rename\.cohrots: is no type; did you mean cohorts"):
        export(world, rename={"cohrots": {"a": "b"}})
    with pytest.raises(InvalidInput, match=r"rename\.cohort: takes a dictionary of names"):
        export(world, rename={"cohort": "b"})


def test_exported_and_applied_changes_nothing_and_makes_the_same() -> None:
    """What is written down is what a task would have said."""
    world = _world(
        {
            "name": "w",
            "size": 3,
            "level": 15,
            "parts": [7, 8],
            "tags": ["a"],
            "shape": {"a": "x", "b": 2},
            "query": {"kind": "part", "id": 7},
            "note": "x",
            "active": True,
        },
        parts=PARTS[:2],
    )
    first = export(world)["config"]
    run = world.apply(first)
    assert run.counts["unchanged"] == 3 and not world.memory.writes
    made = world.apply({**first, "project": "Staging"})
    assert made.counts["created"] == 3
    world.session._elsewhere.clear()
    there = world.session.beside(None, "Staging")
    handler = ExportHandler([PART, WHOLE])
    assert handler.run(there, {}, {})["config"] == first
