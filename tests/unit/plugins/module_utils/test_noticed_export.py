# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_export: whole results, all that is reported, and what a write keeps of what nobody declared."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.export import Exporter
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_secrets import _dotted, _rebuilt, _Variable
from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose, composed, unknown_keys
from ansible_collections.community.posthog.plugins.module_utils._handlers.export import ExportHandler
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.documents import counterparts
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import (
    is_other,
    partners_of_open,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    MARK,
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Map,
    Open,
    Reference,
    References,
    Tags,
    Text,
    Time,
    Word,
)
from ansible_collections.community.posthog.tests.unit.plugins.projects import Universe, universe
from ansible_collections.community.posthog.tests.unit.plugins.utils import ORGANIZATION, Obj, api_error

HOST = "http://127.0.0.1:1"

PIECE = Resource(
    type="piece",
    plural="pieces",
    scope=Scope.PROJECT,
    path="pieces/",
    identity=Identity("name", ("name",)),
    scopes=("piece:read", "piece:write"),
    order=10,
    fields=(Text("name", required=True), Text("note", null_as="")),
)
SHEET = Resource(
    type="sheet",
    plural="sheets",
    scope=Scope.PROJECT,
    path="sheets/",
    identity=Identity("name", ("name",)),
    scopes=("sheet:read", "sheet:write"),
    order=20,
    fields=(
        Text("name", required=True),
        Text("note", null_as=""),
        Int("size", default=5, nullable=True),
        Bool("active", default=True),
        Tags(),
        Word("level", {"low": 1, "high": 15}, default=1),
        Text("kept", preserved=True),
        Text("fixed", create_only=True, nullable=True),
        Text("mine", computed=True),
        Text("token", secret=True),
        Text("hidden", exported=False),
        Text("ids", unportable="holds ids of this project"),
        Reference("piece", Ref("piece"), nullable=True),
        References("pieces", Ref("piece")),
        ListOf("order", Reference("item", Ref("piece")), nullable=True),
        Map("numbers", Int("number", nullable=True), nullable=True),
        Field("json", "json", nullable=True),
        Document("shape", [Text("a", required=True), Int("b", default=1), Document("c", [Text("d")])], nullable=True),
        Open("query", refs=(NestedRef({"kind": "piece"}, "id", Ref("piece")),), server_added=("added",), nullable=True),
    ),
)
PIECES: tuple[Obj, ...] = ({"id": 7, "name": "Seven"}, {"id": 8, "name": "Eight"})


def world_of(*sheets: Obj, pieces: tuple[Obj, ...] = PIECES, table: Resource = SHEET) -> Universe:
    """A project with these sheets."""
    world = universe(tables=[PIECE, table])
    world.put("pieces", *pieces)
    world.memory.lists["/api/projects/1/sheets/"] = [{"id": 500 + index, **obj} for index, obj in enumerate(sheets)]
    return world


def exported(world: Universe, table: Resource = SHEET, **options: Any) -> Obj:
    """The result of an export."""
    handler = ExportHandler([PIECE, table])
    return handler.run(world.session, options, options)


def one(obj: Obj, **options: Any) -> Obj:
    """What is written down of one sheet, besides its name."""
    (item,) = exported(world_of({"name": "w", **obj}), types=["sheets"], **options)["config"]["sheets"]
    assert next(iter(item)) == "name"
    return {key: value for key, value in item.items() if key != "name"}


# -- exports ---------------------------------------------------------------------------------------------------------


def test_a_whole_export() -> None:
    obj: Obj = {
        "name": "To Slack!",
        "note": "n",
        "size": 5,
        "active": False,
        "tags": ["b", MARK, "a"],
        "level": 15,
        "kept": "k",
        "fixed": "f",
        "mine": "m",
        "token": "********",
        "hidden": "h",
        "ids": "7",
        "piece": 7,
        "pieces": [8, 7],
        "order": [8, 7],
        "numbers": {"z": 1, "a": None},
        "json": '{"b": 1}',
        "shape": {"a": "x", "b": 2, "c": {}, "new": {"deep": 1}, "empty": None},
        "query": {"kind": "piece", "id": 7, "added": 1, "none": None, "list": [{"kind": "piece", "id": [8, 9]}]},
        "unknown": 1,
    }
    result = exported(world_of(obj), types=["sheet"])
    secret = "posthog_secret_sheet_to_slack_token"
    strange = "this release does not know the key, so the export leaves it out; an update keeps it"
    assert result == {
        "changed": False,
        "msg": "1 object of 1 type",
        "config": {
            "undeclared": "default",
            "sheets": [
                {
                    "name": "To Slack!",
                    "note": "n",
                    "active": False,
                    "tags": ["a", "b"],
                    "level": "high",
                    "kept": "k",
                    "fixed": "f",
                    "token": "{{ " + secret + " }}",
                    "ids": "7",
                    "piece": "Seven",
                    "pieces": ["Eight", "Seven"],
                    "order": ["Eight", "Seven"],
                    "numbers": {"a": None, "z": 1},
                    "json": {"b": 1},
                    "shape": {"a": "x", "b": 2},
                    "query": {"kind": "piece", "id": "Seven", "list": [{"kind": "piece", "id": ["Eight", 9]}]},
                }
            ],
        },
        "secrets": [secret],
        "unfaithful": [
            {
                "type": "sheet",
                "name": "To Slack!",
                "path": "token",
                "reason": f"is secret; the variable {secret} stands for it",
            },
            {"type": "sheet", "name": "To Slack!", "path": "ids", "reason": "holds ids of this project"},
            {"type": "sheet", "name": "To Slack!", "path": "shape.new", "reason": strange},
            {
                "type": "sheet",
                "name": "To Slack!",
                "path": "query.list[0].id[1]",
                "reason": "there is no piece 9 any more, so its id stands here",
            },
        ],
        "source": {"host": HOST, "organization_id": ORGANIZATION, "project_id": 1, "project": "Main"},
    }


@pytest.mark.parametrize(
    ("obj", "item"),
    [
        ({"active": True, "size": 5, "level": 1, "tags": [], "note": "", "piece": None}, {}),
        # Equal to the default for Python, and something else for PostHog.
        ({"active": 1}, {"active": 1}),
        ({"size": 5.0}, {"size": 5.0}),
        ({"level": True}, {"level": "low"}),
        ({"active": False, "size": 0, "level": 2}, {"active": False, "size": 0, "level": 2}),
        ({"size": None}, {"size": None}),
        ({"kept": ""}, {}),
        ({"kept": None, "fixed": None}, {}),
        ({"numbers": {}, "order": []}, {}),
        ({"shape": {"a": ""}}, {"shape": {"a": ""}}),
        ({"shape": {"a": "x", "c": {"d": "y"}}}, {"shape": {"a": "x", "c": {"d": "y"}}}),
        ({"json": "{"}, {"json": "{"}),
        ({"hidden": "x", "mine": "x"}, {}),
        ({"token": ""}, {}),
    ],
)
def test_what_is_said_of_an_object(obj: Obj, item: Obj) -> None:
    found = one(obj)
    assert found == item and {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in item.items()
    }


def test_names_and_ids() -> None:
    table = dataclasses.replace(SHEET, key_paths=("name", "note"))
    two = ({"name": "a", "note": "1"}, {"name": "a", "note": "2"})
    result = exported(world_of(*two), types=["sheets"])
    assert [item.get("id") for item in result["config"]["sheets"]] == [500, 501]
    assert result["unfaithful"] == [
        {
            "type": "sheet",
            "name": "a",
            "path": "id",
            "reason": "objects of the same name are told apart by their ids, in another project by their order in time",
        }
    ]
    assert [item.get("id") for item in exported(world_of(*two, table=table), table)["config"]["sheets"]] == [None, None]
    # A name stands where an id is expected; what is no id is one already.
    assert one({"piece": "by name"}) == {"piece": "by name"}
    assert one({"piece": True}) == {"piece": True}
    renamed = {"piece": {"Seven": "7th", "by name": "renamed"}, "sheet": {"w": "v"}}
    world = world_of({"name": "w", "piece": 7, "pieces": [7, 8]}, {"name": "x", "piece": "by name"})
    exporter = Exporter(world.session, rename=renamed)
    exporter.read(SHEET, lambda table, obj: True)
    assert exporter.finish().config["sheets"] == [
        {"name": "v", "piece": "7th", "pieces": ["7th", "Eight"]},
        {"name": "x", "piece": "renamed"},
    ]


def test_what_is_generated_or_fixed_is_nobodys() -> None:
    table = dataclasses.replace(
        SHEET,
        generated=lambda session, obj: obj["name"] == "made",
        fixed=lambda obj: "built in" if obj["name"] == "builtin" else "",
    )
    result = exported(world_of({"name": "made"}, {"name": "builtin"}, {"name": "own"}, table=table), table)
    assert [item["name"] for item in result["config"]["sheets"]] == ["own"]


def test_types_that_cannot_be_read() -> None:
    for status in (402, 403, 404):
        world = world_of({"name": "w"})
        world.memory.errors["GET", "/api/projects/1/sheets/"] = api_error(status, "Closed.")
        result = exported(world)
        assert list(result["config"]) == ["undeclared", "pieces"] and result["msg"] == "2 objects of 1 type"
        assert result["unfaithful"] == [{"type": "sheet", "name": "", "path": "", "reason": f"{status}: Closed."}]
    world = world_of({"name": "w"})
    world.memory.errors["GET", "/api/projects/1/sheets/"] = api_error(500, "Broken.")
    with pytest.raises(ApiError, match=r"Broken\."):
        exported(world)


def test_what_the_files_say_of_undeclared_fields() -> None:
    assert exported(world_of({"name": "w"}), undeclared="keep")["config"]["undeclared"] == "keep"
    empty = exported(world_of(pieces=()))
    assert (empty["config"], empty["msg"]) == ({}, "0 objects of 0 types")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"types": ["sheetz"]}, "types[0]: 'sheetz' is no type; did you mean sheets?"),
        ({"types": ["sheets", "qq"]}, "types[1]: 'qq' is no type"),
        ({"rename": {"cohrots": {}}}, "rename.cohrots: is no type; did you mean cohorts?"),
        ({"rename": {"cohort": "x"}}, "rename.cohort: takes a dictionary of names, each with the one to write for it"),
        ({"concurrency": 0}, "concurrency: must be between 1 and 32, not 0"),
    ],
)
def test_exports_that_are_refused(options: Obj, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        exported(world_of(), **options)
    assert caught.value.message == sentence


def test_scopes_of_exports() -> None:
    tables = [
        PIECE,
        dataclasses.replace(SHEET, exported=False),
        dataclasses.replace(PIECE, type="team", plural="teams", scope=Scope.ORGANIZATION),
        dataclasses.replace(PIECE, type="host", plural="hosts", scope=Scope.INSTANCE),
    ]
    handler = ExportHandler(tables)

    def chosen(named: Any, scope: str) -> list[str]:
        return [item.type for item in handler._chosen(named, scope)]

    assert chosen(None, "project") == ["piece"] and chosen(None, "organization") == ["team"]
    assert chosen([], "all") == ["piece", "team"]
    # In the order in which they are applied, whatever order they are asked for in; asked for, everything is exported.
    assert chosen(["sheets", "pieces"], "organization") == ["piece", "sheet"]


def test_texts_that_look_like_variables() -> None:
    variable = "{{ posthog_secret_sheet_w_token }}"
    world = world_of({"name": "w", "token": "***", "note": variable, "query": {variable: [variable]}})
    result = exported(world, types=["sheets"])
    (item,) = result["config"]["sheets"]
    assert item["token"] == "{{ posthog_secret_sheet_w_token_x }}" and item["note"] == variable
    assert result["secrets"] == ["posthog_secret_sheet_w_token_x"]
    assert result["unfaithful"][0]["reason"] == ("is secret; the variable posthog_secret_sheet_w_token_x stands for it")


def test_rebuilt_texts() -> None:
    value = {"a": ["x", _Variable("v"), 5], "b": None}
    assert _rebuilt(value, str.upper, lambda text: f"<{text}>") == {"a": ["X", "<v>", 5], "b": None}
    assert _dotted(["a", ("name", "b"), 3]) == "a.b.3"


# -- what a write keeps ----------------------------------------------------------------------------------------------

INNER = Document("inner", [Text("x"), Text("kept", preserved=True)], null_as={})
PAPER = Document(
    "paper",
    [
        Text("title", required=True),
        Int("number", default=5),
        Text("made", computed=True),
        Text("kept", preserved=True),
        INNER,
    ],
)
KINDS = Document("k", [Choice("kind", ["a", "b"], required=True), Text("own", preserved=True), Int("n", default=1)])


@pytest.mark.parametrize(
    ("field", "desired", "current", "sent", "lost"),
    [
        (PAPER, {"title": "t"}, None, {"title": "t"}, []),
        (PAPER, {"title": "t"}, {"number": 5, "made": 1}, {"title": "t"}, []),
        (PAPER, {"title": "t"}, {"number": 6}, {"title": "t", "number": 5}, []),
        (PAPER, {"title": "t", "number": 7}, {"number": 6}, {"title": "t", "number": 7}, []),
        (PAPER, {"title": "t"}, {"kept": "k", "new": 1}, {"title": "t", "kept": "k", "new": 1}, []),
        (PAPER, {"title": "t", "new": 2}, {"new": 1}, {"title": "t", "new": 2}, []),
        (
            PAPER,
            {"title": "t"},
            {"inner": {"x": 1, "kept": 2, "new": 3}},
            {"title": "t", "inner": {"kept": 2, "new": 3}},
            [],
        ),
        (PAPER, {"title": "t"}, {"inner": {"x": 1}}, {"title": "t", "inner": None}, []),
        (KINDS, {"kind": "a"}, {"kind": "a", "own": 1, "new": 2}, {"kind": "a", "own": 1, "new": 2}, []),
        (KINDS, {"kind": "b"}, {"kind": "a", "own": 1, "new": 2}, {"kind": "b", "own": None}, [(("new",), 2)]),
        (Open("o"), {"a": 1}, {"b": 2}, {"a": 1, "b": 2}, []),
        (Open("o"), {"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}, []),
        (Open("o"), {"kind": "x"}, {"kind": "y", "b": 2, "c": None}, {"kind": "x"}, [(("b",), 2)]),
        (
            Open("o", server_added=("u",), computed_keys=("c",)),
            {"a": 1},
            {"u": 1, "c": 2, "d": {"u": 3, "e": 4}},
            {"a": 1, "d": {"e": 4}},
            [],
        ),
        (Open("o", merged=True), {"a": None, "b": 1}, {"a": 5, "c": 6}, {"b": 1, "c": 6}, []),
        (Open("o"), {"a": None}, {"a": 5}, {"a": None}, []),
        (Open("o", patched=True), {"a": {"x": 1}}, {"a": {"y": 2}, "b": 3}, {"a": {"x": 1, "y": 2}}, []),
        (Open("o"), [{"id": 2, "a": 1}], [{"id": 1, "b": 1}, {"id": 2, "b": 2}], [{"id": 2, "a": 1, "b": 2}], []),
        (Open("o", clear_members=True), {}, {"a": 1, "b": 2}, {"a": None, "b": None}, []),
        (Tags(), ["a"], ["b", MARK], ["a", MARK], []),
        (Tags(), [MARK, "a"], [MARK], [MARK, "a"], []),
        (
            Map("m", PAPER),
            {"k": {"title": "t"}},
            {"k": {"new": 1}, "l": {"new": 2}},
            {"k": {"title": "t", "new": 1}},
            [(("l", "new"), 2)],
        ),
        (Map("m", Int("v"), merged=True), {"k": 1, "l": None}, {"l": 2, "n": 3}, {"n": 3, "k": 1}, []),
        (Map("m", Int("v"), keys=str.lower, merged=True), {"K": 1}, {"k": 2, "n": 3}, {"K": 1, "n": 3}, []),
        (Text("t"), "x", "y", "x", []),
        (PAPER, None, {"new": 1}, None, [(("new",), 1)]),
        (Text("t", secret=True), "x", "***", "x", []),
        (
            ListOf("l", PAPER),
            [{"title": "b"}, {"title": "a"}],
            [{"title": "a", "new": 1}, {"title": "b", "new": 2}, {"title": "c", "new": 3}],
            [{"title": "b", "new": 2}, {"title": "a", "new": 1}],
            [((2, "new"), 3)],
        ),
        (
            ListOf("l", PAPER, unordered=True),
            [{"title": "b"}],
            [{"title": "a", "new": 1}],
            [{"title": "b"}],
            [],
        ),
    ],
)
def test_what_is_sent(field: Field, desired: Any, current: Any, sent: Any, lost: Any) -> None:
    assert composed(field, desired, current) == (sent, lost)
    assert compose(field, desired, current) == sent


def test_short_forms_repeat_what_they_do_not_name() -> None:
    current = {"title": "t", "number": 6, "made": 1, "new": 2}
    assert compose(PAPER, {"title": "u"}, current, partial=True) == {"title": "u", "number": 6, "new": 2}
    whole = dataclasses.replace(PAPER, whole=True)
    assert compose(whole, {"title": "u"}, current) == {"title": "u", "new": 2}


def test_relative_times_are_sent_as_times() -> None:
    sent = compose(Time("t", relative=True), "+1d", None)
    assert sent.endswith("Z") and compose(Time("t", relative=True), "2026-01-01", None) == "2026-01-01"


def test_keys_that_this_release_does_not_know() -> None:
    value = {"title": "t", "new": 1, "none": None, "empty": {}, "blank": "", "made": {"x": 1}, "inner": {"y": 0}}
    assert list(unknown_keys(PAPER, value, ("p",))) == [(("p", "new"), 1), (("p", "inner", "y"), 0)]
    assert list(unknown_keys(ListOf("l", PAPER), [{}, {"new": 1}])) == [((1, "new"), 1)]
    assert list(unknown_keys(Map("m", PAPER), {"k": {"new": 1}})) == [(("k", "new"), 1)]
    assert list(unknown_keys(Open("o"), {"new": 1})) == [] == list(unknown_keys(PAPER, [1]))


@pytest.mark.parametrize(
    ("one_", "other", "expected"),
    [
        ({"kind": "a"}, {"kind": "b"}, True),
        ({"kind": "a"}, {"kind": "a"}, False),
        ({"id": 1}, {"id": "1"}, False),
        ({"id": 1}, {"id": 2}, True),
        ({"type": "AND"}, {"type": "OR"}, False),
        ({"type": "AND"}, {"type": "person"}, True),
        ({"kind": "a"}, {"type": "b"}, False),
        ({"key": ["a"]}, {"key": "b"}, False),
        ({"key": "a"}, {"key": {"b": 1}}, False),
        ({"name": "a"}, {"name": "b"}, False),
        ({"event": "a"}, {"event": "b"}, True),
        ({"uuid": "a"}, {"uuid": "b"}, True),
        ({"short_id": "a"}, {"short_id": "b"}, True),
    ],
)
def test_documents_about_other_things(one_: Obj, other: Obj, expected: bool) -> None:
    assert is_other(one_, other) is expected


ITEM = Document("i", [Text("name", required=True), Int("n"), Text("also")])
KNOWN_BY = Document("i", [Text("name", required=True), Int("n")], item_keys=("n",))


@pytest.mark.parametrize(
    ("item", "desired", "current", "ordered", "places"),
    [
        (ITEM, [{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], True, [1, 0]),
        (ITEM, [{"name": "a"}, {"name": "a"}], [{"name": "a"}, {"name": "a"}], True, [0, 1]),
        (ITEM, [{"name": "a", "n": 1}], [{"name": "a", "n": 2}], True, [0]),
        (ITEM, [{"name": "a", "n": 1}], [{"name": "a", "n": 2}], False, [None]),
        (ITEM, [{"name": "a", "n": 1}], [{"name": "b"}, {"name": "a", "n": 2}], True, [None]),
        (KNOWN_BY, [{"name": "a", "n": 1}], [{"name": "b", "n": 2}, {"name": "c", "n": 1}], True, [1]),
        (KNOWN_BY, [{"name": "a", "n": 1}], [{"name": "b", "n": 2}, {"name": "c", "n": 1}], False, [1]),
        (ITEM, [{"name": "a"}], [], True, [None]),
        (Document("i", [Int("n")], match_keys=("also",)), [{"n": 1, "also": 1}], [{"n": 2, "also": 1}], True, [0]),
        (Document("i", [Int("n")], match_keys=("also",)), [{"n": 1, "also": 1}], [{"n": 2, "also": 2}], True, [None]),
    ],
)
def test_which_item_is_which(item: Field, desired: Any, current: Any, ordered: bool, places: Any) -> None:
    assert counterparts(item, desired, current, ordered=ordered) == places


@pytest.mark.parametrize(
    ("desired", "current", "places"),
    [
        ([{"id": 2}, {"id": 1}], [{"id": 1, "x": 1}, {"id": 2, "x": 2}], [1, 0]),
        ([{"a": 1}], [{"a": 1}, {"a": 1}], [0]),
        ([{"a": 1}, {"a": 1}], [{"a": 1}, {"a": 1}], [0, 1]),
        ([{"a": 2}], [{"a": 1}], [0]),
        ([{"kind": "x", "a": 2}], [{"kind": "y"}, {"kind": "x", "a": 1}], [1]),
        ([{"kind": "x"}], [{"kind": "y"}], [None]),
        ([5, 6], [6, 5], [1, 0]),
        ([7], [6], [None]),
        ([{"a": 1}], ["x"], [None]),
    ],
)
def test_which_item_of_an_open_list_is_which(desired: Any, current: Any, places: Any) -> None:
    assert partners_of_open(desired, current) == places


def test_what_the_server_computes_is_not_sent_back() -> None:
    assert PAPER.of_kind.as_written(PAPER, {"title": "t", "made": 1, "new": 2}) == {"title": "t", "new": 2}
    assert Anything("a").of_kind.as_written(Anything("a"), {"made": 1}) == {"made": 1}
    merged = Map("m", PAPER, merged=True)
    assert compose(merged, {}, {"k": {"title": "t", "made": 1}}) == {"k": {"title": "t"}}
