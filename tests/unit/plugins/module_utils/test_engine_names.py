# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding objects of large lists, of made-up names, of several lists on one path; what a PATCH repeats."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import PathChoice
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Choice, Text
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

THING = Resource(
    type="thing",
    plural="things",
    scope=Scope.PROJECT,
    path="things/",
    identity=Identity("name", ("name",), unique=True),
    scopes=("thing:read", "thing:write"),
    order=50,
    fields=(Text("name", required=True), Text("note", null_as=""), Text("area", nullable=True)),
)
THINGS = "/api/projects/1/things/"


def world_of(table: Resource, *objects: Obj, check_mode: bool = False) -> World:
    """A world with objects in it."""
    memory = Memory()
    memory.lists[THINGS] = list(objects)
    return make_world(memory, tables=[table], check_mode=check_mode)


LARGE = dataclasses.replace(THING, identity=Identity("name", ("name",), unique=True, filter="q", large=True))


def world_of_many(count: int) -> World:
    """A world with nine objects that says that it has so many."""
    world = world_of(LARGE, *({"id": number, "name": f"n{number}"} for number in range(9)))
    world.memory.listing = lambda objects, params: [
        item for item in objects if item["name"] == params.get("q", item["name"])
    ]
    world.memory.singles[THINGS] = {"count": count, "results": []}
    return world


@pytest.mark.parametrize("many", [False, True])
def test_a_list_that_is_too_long_is_never_read_for_names(many: bool) -> None:
    world = world_of_many(5001)
    world.session.many = many
    collection = world.session.collection(LARGE)
    for number in range(4):
        assert [item["id"] for item in collection.find(f"n{number}")] == [number]
    assert not collection.find("n99")
    # Nor to be sure, nor to offer the names that there are.
    assert not collection.find("n99", sure=True)
    assert collection.offered("n99") == ""
    asked = [{"q": name} for name in ("n0", "n1", "n2", "n3", "n99")]
    asked.insert(0 if many else 1, {"limit": 1})
    assert [call[2] for call in world.memory.reads] == asked


def test_a_list_that_shows_only_some_is_asked_for_each_name() -> None:
    world = world_of_many(9)
    some = dataclasses.replace(LARGE, identity=Identity("name", ("name",), unique=True, filter="q", partial=True))
    world.session.many = True
    collection = world.session.collection(some)
    assert collection.find("n0") and not collection.find("n99") and not collection.find("n99", sure=True)
    assert collection.offered("n99") == ""
    assert [call[2] for call in world.memory.reads] == [{"q": "n0"}, {"q": "n99"}]


def test_a_list_that_may_be_long_and_is_not_is_read_like_any_other() -> None:
    world = world_of_many(9)
    collection = world.session.collection(LARGE)
    for number in range(4):
        assert [item["id"] for item in collection.find(f"n{number}")] == [number]
    assert collection.offered("n99") != ""
    assert [call[2] for call in world.memory.reads] == [{"q": "n0"}, {"limit": 1}, {}]


def test_what_cannot_be_created_says_where_it_comes_from() -> None:
    table = dataclasses.replace(THING, creatable=False, origin="it comes with the rain")
    world = world_of(table)
    with pytest.raises(PostHogFailure, match=r"thing .a. does not exist; .*; it comes with the rain"):
        Reconciler(world.session, table).present(read_object(table, {"name": "a"}))
    assert not world.memory.writes


CODED = dataclasses.replace(
    THING,
    identity=Identity("name", ("code", "name"), unique=True, also=lambda name: name.lower().replace(" ", "_")),
)


@pytest.mark.parametrize("name", ["Wage slip", "wage_slip", "Pay slip", "WAGE SLIP"])
def test_an_object_answers_to_the_name_that_is_made_of_its_name(name: str) -> None:
    world = world_of(CODED, {"id": 1, "code": "wage_slip", "name": "Pay slip", "note": ""})
    assert Reconciler(world.session, CODED).present(read_object(CODED, {"name": name})).action == (
        "unchanged" if name == "Pay slip" else "updated"
    )


def test_the_made_name_is_foretold() -> None:
    world = world_of(CODED, check_mode=True)
    outcome = Reconciler(world.session, CODED).present(read_object(CODED, {"name": "Wage slip"}))
    assert outcome.obj is not None and outcome.obj["code"] == "wage_slip"


class Side(PathChoice):
    """Lists that differ by a parameter."""

    def params(self, place: Mapping[str, Any]) -> dict[str, Any]:
        return {"side": self.words[place["kind"]]}


def test_lists_that_differ_by_a_parameter() -> None:
    table = dataclasses.replace(
        THING,
        parent=Side("side", {"left": "L", "right": "R"}),
        fields=(*THING.fields, Choice("side", ["left", "right"])),
    )
    world = world_of(table, {"id": 1, "name": "a", "side": "L"}, {"id": 2, "name": "a", "side": "R"})
    world.memory.listing = lambda objects, params: [item for item in objects if item["side"] == params["side"]]
    for side, number in (("left", 1), ("right", 2)):
        outcome = Reconciler(world.session, table).present(read_object(table, {"name": "a", "side": side}))
        assert outcome.obj is not None and outcome.obj["id"] == number
    assert [call[2] for call in world.memory.reads] == [{"side": "L"}, {"side": "R"}]


def test_what_a_server_does_not_show_tells_nothing_apart() -> None:
    table = dataclasses.replace(THING, identity=Identity("name", ("name",), within=("area",)))
    declared = read_object(table, {"name": "a", "area": "north"})
    for known, action in (({}, "unchanged"), ({"area": "north"}, "unchanged"), ({"area": "south"}, "created")):
        world = world_of(table, {"id": 1, "name": "a", **known})
        assert Reconciler(world.session, table).present(declared).action == action


@pytest.mark.parametrize(("shown", "repeated"), [({"version": 3}, {"version": 3}), ({}, {})])
def test_a_patch_repeats_what_the_object_shows(shown: Obj, repeated: Obj) -> None:
    table = dataclasses.replace(THING, delete=Delete.SOFT, always_send=("version",))
    world = world_of(table, {"id": 1, "name": "a", "note": "", **shown})
    Reconciler(world.session, table).present(read_object(table, {"name": "a", "note": "new"}))
    Reconciler(world.session, table).absent(read_object(table, {"name": "a"}))
    assert world.memory.writes == [
        ("PATCH", f"{THINGS}1/", {"note": "new", **repeated}),
        ("PATCH", f"{THINGS}1/", {"deleted": True, **repeated}),
    ]


class Sticker(Part):
    """A part of which nothing is read but the object."""

    field = Text("sticker")

    def plan(
        self, session: Session, resource: Resource, declared: Mapping[str, Any], current: Mapping[str, Any] | None
    ) -> PartPlan:
        return PartPlan(None, None, False)


class Listed(Sticker):
    """The same, with a list that tells enough."""

    in_list = True


@pytest.mark.parametrize(("part", "paths"), [(Sticker, [THINGS, f"{THINGS}1/"]), (Listed, [THINGS])])
def test_an_object_is_read_by_itself_only_for_parts_of_which_a_list_tells_too_little(
    part: type[Part], paths: list[str]
) -> None:
    table = dataclasses.replace(THING, parts=(part(),))
    world = world_of(table, {"id": 1, "name": "a"})
    assert table.list_is_complete is part.in_list
    outcome = Reconciler(world.session, table).present(read_object(table, {"name": "a", "sticker": "x"}))
    assert outcome.action == "unchanged"
    assert [call[1] for call in world.memory.reads] == paths


PLANNED = dataclasses.replace(THING, plan_feature="things_at_all")


@pytest.mark.parametrize("known", [{"note": "old"}, {}])
@pytest.mark.parametrize("check_mode", [False, True])
def test_what_the_plan_does_not_let_change_is_refused_before_it_is_tried(known: Obj, check_mode: bool) -> None:
    world = world_of(PLANNED, {"id": 1, "name": "a", **known}, check_mode=check_mode)
    organization = f"/api/organizations/{ORGANIZATION}/"
    world.memory.singles[organization] = {"id": ORGANIZATION, "available_product_features": [{"key": "other"}]}
    with pytest.raises(InvalidInput, match="note: the plan of this organization lacks the feature 'things_at_all'"):
        Reconciler(world.session, PLANNED).present(read_object(PLANNED, {"name": "a", "note": "new"}))
    assert not world.memory.writes
    # What is as declared needs no plan.
    declared = read_object(PLANNED, {"name": "a"})
    assert Reconciler(world.session, PLANNED).present(declared).action == "unchanged"


def test_a_refusal_for_the_plan_names_the_feature() -> None:
    world = world_of(PLANNED, {"id": 1, "name": "a", "note": "old"})
    world.memory.singles[f"/api/organizations/{ORGANIZATION}/"] = {"id": ORGANIZATION}
    world.memory.errors[("PATCH", f"{THINGS}1/")] = api_error(402, "Payment required.", "PATCH", f"{THINGS}1/")
    with pytest.raises(ApiError) as caught:
        Reconciler(world.session, PLANNED).present(read_object(PLANNED, {"name": "a", "note": "new"}))
    assert caught.value.message.endswith("It is called 'things_at_all'.")
