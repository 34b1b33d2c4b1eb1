# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents that are written whole, items that keep what is theirs, and fields that are said together."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous
from ansible_collections.community.posthog.plugins.module_utils._data.paths import ids_of
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Choice,
    Document,
    Int,
    ListOf,
    Map,
    Reference,
    Text,
    Time,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

WHOLE = Document("look", [Text("colour", nullable=True), Int("size", nullable=True)], whole=True, nullable=True)

QUESTION = Document(
    "question",
    [Text("id", preserved=True), Choice("type", ["open", "rating"], required=True), Text("question", required=True)],
    item_keys=("type", "question"),
    match_keys=("type",),
)
QUESTIONS = ListOf("questions", QUESTION)


def asked(text: str, number: int = 0, kind: str = "open") -> Obj:
    """A question, with an id where it has one."""
    return {**({"id": str(number)} if number else {}), "type": kind, "question": text}


THING = Resource(
    type="thing",
    plural="things",
    scope=Scope.PROJECT,
    path="things/",
    identity=Identity("name", ("name",)),
    scopes=("thing:read", "thing:write"),
    order=50,
    fields=(
        Text("name", required=True),
        WHOLE,
        Int("count", nullable=True),
        Int("days", nullable=True),
        Reference("flag", Ref("feature_flag"), api="flag_id", read=("flag",), reading=ids_of(), nullable=True),
    ),
    always_send=(("flag_id", "flag"),),
    send_together=(("count", "days"),),
)
THINGS = "/api/projects/1/things/"


def world_of(table: Resource, *objects: Obj, check_mode: bool = False) -> World:
    """A project with these things."""
    memory = Memory()
    memory.lists[THINGS] = [dict(obj) for obj in objects]
    return make_world(memory, tables=[table], check_mode=check_mode)


def present(world: World, table: Resource, **options: Any) -> Outcome:
    """Declare one object."""
    return Reconciler(world.session, table).present(read_object(table, options))


def test_a_whole_document_is_sent_as_declared() -> None:
    assert compose(WHOLE, {"colour": "red"}, {"colour": "blue", "size": 3}) == {"colour": "red"}
    assert not WHOLE.same({"colour": "red"}, {"colour": "red", "size": 3})
    world = world_of(THING, {"id": 1, "name": "a", "look": {"colour": "blue", "size": 3}})
    outcome = present(world, THING, name="a", look={"colour": "red"})
    assert world.memory.writes[0][2] == {"look": {"colour": "red"}}
    assert outcome.obj is not None and outcome.obj["look"] == {"colour": "red"}
    world = world_of(THING, {"id": 1, "name": "a", "look": {"colour": "blue", "size": 3}}, check_mode=True)
    outcome = present(world, THING, name="a", look={"colour": "red"})
    assert outcome.obj is not None and outcome.obj["look"] == {"colour": "red"}


@pytest.mark.parametrize(
    ("declared", "ids"),
    [
        ([asked("one"), asked("two"), asked("three")], ["1", "2", "3"]),
        # Another order.
        ([asked("three"), asked("one"), asked("two")], ["3", "1", "2"]),
        # The first one is gone.
        ([asked("two"), asked("three")], ["2", "3"]),
        # Other words, in the same place.
        ([asked("one"), asked("second"), asked("three")], ["1", "2", "3"]),
        # A new one in between.
        ([asked("one"), asked("new"), asked("two"), asked("three")], ["1", None, "2", "3"]),
        # Another type is another question.
        ([asked("one", kind="rating"), asked("two"), asked("three")], [None, "2", "3"]),
        # Told by its id.
        ([asked("other", 3), asked("two"), asked("one")], ["3", "2", "1"]),
    ],
)
def test_a_question_keeps_its_id(declared: list[Obj], ids: list[str | None]) -> None:
    current = [asked("one", 1), asked("two", 2), asked("three", 3)]
    sent = compose(QUESTIONS, declared, current)
    assert [item.get("id") for item in sent] == ids


@pytest.mark.parametrize(
    ("declared", "current", "equal"),
    [
        ('<a href="/x">x</a>', '<a href="/x" rel="noopener noreferrer">x</a>', True),
        ("<b>Q & A</b>", "<b>Q &amp; A</b>", True),
        ("a<br/>b", "a<br>b", True),
        ("<b>x</b>", "<i>x</i>", False),
        ("a", "b", False),
    ],
)
def test_cleaned_up_markup_is_no_change(declared: str, current: str, equal: bool) -> None:
    assert Text("text", html=True).same(declared, current) is equal


def test_what_is_understood_together_is_said_together() -> None:
    world = world_of(THING, {"id": 1, "name": "a", "count": 3, "days": 7, "look": None, "flag": {"id": 5}})
    present(world, THING, name="a", count=4)
    present(world, THING, name="a", look={"size": 2})
    assert [body for _method, _path, body in world.memory.writes] == [
        {"count": 4, "days": 7, "flag_id": 5},
        {"look": {"size": 2}, "flag_id": 5},
    ]


CHANGE = dataclasses.replace(
    THING,
    identity=Identity("at", by_value=True, within=("what.operation",)),
    always_send=(),
    send_together=(),
    fields=(
        Time("at", required=True, relative=True),
        Document("what", [Text("operation", required=True), Anything("value")]),
    ),
)


def test_a_key_of_a_document_tells_objects_apart() -> None:
    time = "2026-03-01T09:00:00Z"
    rows = [
        {"id": 1, "at": time, "what": {"operation": "on", "value": 1}},
        {"id": 2, "at": time, "what": {"operation": "off", "value": 1}},
    ]
    world = world_of(CHANGE, *rows)
    outcome = present(world, CHANGE, at="2026-03-01T10:00:00+01:00", what={"operation": "off", "value": 2})
    assert outcome.action == "updated" and outcome.obj is not None and outcome.obj["id"] == 2
    assert present(world, CHANGE, at=time, what={"operation": "other"}).action == "created"
    with pytest.raises(Ambiguous, match=r"are like that .*give what.operation too"):
        present(world, CHANGE, at=time)


class Stage(Part):
    """Started or not, told by a date."""

    field = Choice("stage", ["draft", "running"])

    def plan(self, session: Any, resource: Any, declared: Any, current: Any) -> PartPlan:
        """See :meth:`Part.plan`."""
        started = bool(declared.get("count") or (current or {}).get("count"))
        now = "running" if started else "draft"
        return PartPlan(now, declared["stage"], now != declared["stage"])

    def predict(self, obj: dict[str, Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`."""
        if plan.changed:
            obj["count"] = 1


def test_a_part_sees_the_fields_and_predicts_others() -> None:
    table = dataclasses.replace(THING, parts=(Stage(),))
    world = world_of(table, check_mode=True)
    obj = present(world, table, name="a", stage="running").obj
    assert obj is not None and obj["count"] == 1 and "stage" not in obj
    obj = present(world, table, name="b", count=5, stage="running").obj
    assert obj is not None and obj["count"] == 5


TARGETING = Document(
    "targeting", [Int("share", nullable=True)], read=("flag.filters", "targeting"), sparse=True, nullable=True
)


def test_the_way_to_a_value_may_end_early() -> None:
    assert not TARGETING.shown_by({"id": 1})
    assert TARGETING.shown_by({"flag": None}) and TARGETING.value_in({"flag": None}) is None
    assert TARGETING.value_in({"flag": {"id": 2, "filters": {"share": 3}}}) == {"share": 3}
    assert TARGETING.value_in({"targeting": {"share": 4}}) == {"share": 4}
    table = dataclasses.replace(THING, fields=(*THING.fields[:1], TARGETING), always_send=(), send_together=())
    rows = [{"id": 1, "name": "a", "flag": None}, {"id": 2, "name": "b", "flag": {"id": 7, "filters": {"share": 3}}}]
    world = world_of(table, *rows, check_mode=True)
    obj = present(world, table, name="a", targeting={"share": 5}).obj
    assert obj is not None and obj["flag"] == {"filters": {"share": 5}}
    obj = present(world, table, name="b", targeting=None).obj
    assert obj is not None and obj["flag"] is None
    assert present(world, table, name="c", targeting=None).obj == {"name": "c", "flag": None}


def test_keys_of_a_map_in_the_servers_form() -> None:
    known = Map("texts", Document("text", [Text("title")]), keys=str.upper)
    problems: list[tuple[str, str]] = []
    assert known.parse({"de": {"title": "x"}}, "texts", problems) == {"DE": {"title": "x"}} and not problems
    known.parse({"de": {"titel": "x"}}, "texts", problems)
    assert problems[0][0] == "texts.de.titel"
