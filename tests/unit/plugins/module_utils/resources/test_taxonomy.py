# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions of events, properties and groups: what their routes and rules have that no others have."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.taxonomy import (
    EVENT_DEFINITION,
    GROUP_TYPE_METRIC,
    GROUP_TYPE_TABLE,
    PROPERTY_DEFINITION,
    PROPERTY_GROUP,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

PROJECT = "/api/projects/1/"
GROUP_TYPES = f"{PROJECT}groups_types/"
LINKS = f"{PROJECT}event_schemas/"


def uuid(number: int) -> str:
    """A UUID."""
    return f"0197e000-0000-7000-8000-{number:012d}"


def present(world: World, table: Resource, exclusive: bool = False, **options: Any) -> Outcome:
    """Bring an object to what is declared."""
    declared = read_object(table, options)
    declared.switches["exclusive"] = exclusive
    return Reconciler(world.session, table).present(declared)


def problems_of(table: Resource, **options: Any) -> str:
    """What is wrong with a declaration."""
    with pytest.raises(InvalidInput) as caught:
        read_object(table, options)
    return caught.value.message


# -- events ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_makes_no_event_definitions(status: int) -> None:
    memory = Memory()
    path = f"{PROJECT}event_definitions/"
    memory.errors[("POST", path)] = api_error(status, "", "POST", path)
    with pytest.raises(PostHogFailure, match=r"'signed up' does not exist, .*introduced in 2026.*first event"):
        present(make_world(memory), EVENT_DEFINITION, name="signed up")


def test_other_refusals_of_event_definitions_are_told_as_they_are() -> None:
    memory = Memory()
    path = f"{PROJECT}event_definitions/"
    memory.errors[("POST", path)] = api_error(400, "too long", "POST", path)
    with pytest.raises(ApiError) as caught:
        present(make_world(memory), EVENT_DEFINITION, name="signed up")
    assert caught.value.message == "400: too long"


@pytest.mark.parametrize("table", [EVENT_DEFINITION, PROPERTY_DEFINITION])
def test_what_is_verified_is_not_hidden(table: Resource) -> None:
    assert problems_of(table, name="a", verified=True, hidden=True).startswith("hidden: ")
    for more in ({"verified": False, "hidden": True}, {"verified": True, "hidden": False}):
        read_object(table, {"name": "a", **more})


def test_actions_are_no_events() -> None:
    memory = Memory()
    memory.lists[f"{PROJECT}event_definitions/"] = [{"id": uuid(1), "name": "a", "action_id": 5}]
    assert present(make_world(memory), EVENT_DEFINITION, name="a").action == "created"


# -- properties ------------------------------------------------------------------------------------------------------


def properties() -> World:
    """Properties of one name, of all that can have them."""
    memory = Memory()
    memory.lists[GROUP_TYPES] = [{"group_type": "company", "group_type_index": 0}]
    rows: list[Obj] = [
        {"id": uuid(1), "name": "size", "of": {"type": "event"}},
        {"id": uuid(2), "name": "size", "of": {"type": "person"}},
        {"id": uuid(3), "name": "size", "of": {"type": "group", "group_type_index": 0}},
    ]
    path = f"{PROJECT}property_definitions/"
    memory.lists[path] = rows
    # How many there are.
    memory.singles[path] = {"count": 3, "results": []}

    def listing(objects: list[Obj], params: Mapping[str, Any]) -> list[Obj]:
        place = {key: value for key, value in params.items() if key in ("type", "group_type_index")}
        return [item for item in objects if item.get("of", place) == place]

    memory.listing = listing
    return make_world(memory)


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ({}, 1),
        ({"type": "event"}, 1),
        ({"type": "person"}, 2),
        ({"type": "group", "group_type": "company"}, 3),
        ({"type": "group", "group_type": 0}, 3),
    ],
)
def test_a_property_is_found_where_it_belongs(place: Obj, number: int) -> None:
    outcome = present(properties(), PROPERTY_DEFINITION, name="size", **place)
    assert outcome.obj is not None and outcome.obj["id"] == uuid(number)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ({"type": "group"}, "group_type: is needed with type: group"),
        ({"type": "person", "group_type": "company"}, "group_type: has no meaning with type: person"),
        (
            {"type": "group", "group_type": "compny"},
            "group_type: there is no group type 'compny'; did you mean company",
        ),
    ],
)
def test_where_a_property_belongs_must_be_clear(place: Obj, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        present(properties(), PROPERTY_DEFINITION, name="size", **place)


def test_a_property_that_was_never_seen() -> None:
    with pytest.raises(PostHogFailure, match=r"'sise' does not exist; .*first event comes in"):
        present(properties(), PROPERTY_DEFINITION, name="sise", type="session")


def test_all_places_of_properties() -> None:
    session = properties().session
    place = PROPERTY_DEFINITION.parent
    assert place is not None
    places = place.everywhere(session)
    assert [place.options_for(session, item) for item in places] == [
        {"type": "event"},
        {"type": "person"},
        {"type": "session"},
        {"type": "group", "group_type": "company"},
    ]
    assert len({place.path(session, item) for item in places}) == 4


# -- groups of properties ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({"property_type": "String", "validation_rules": {"minimum": 1}}, "validation_rules.minimum: is for the type"),
        ({"property_type": "Numeric", "validation_rules": {"enum": ["a"]}}, "validation_rules.enum: is for the type"),
        ({"property_type": "Numeric", "validation_rules": {"not": {"enum": ["a"]}}}, "validation_rules.not: is for"),
        ({"property_type": "Boolean", "validation_rules": {"enum": ["a"]}}, "validation_rules: a property of the type"),
        ({"property_type": "String", "validation_rules": {"enum": []}}, "validation_rules.enum: takes 1 to 1000"),
        (
            {"property_type": "String", "validation_rules": {"not": {"enum": ["a"] * 1001}}},
            "validation_rules.not.enum: takes 1 to 1000 words, not 1001",
        ),
        (
            {"property_type": "String", "validation_rules": {"enum": ["a"], "not": {"enum": ["b"]}}},
            "validation_rules.not: excludes enum",
        ),
        ({"property_type": "String", "validation_rules": {"minmum": 1}}, "validation_rules.minmum: is no known key"),
    ],
)
def test_rules_that_posthog_refuses(item: Obj, says: str) -> None:
    assert f"properties[0].{says}" in problems_of(PROPERTY_GROUP, name="a", properties=[{"name": "x", **item}])


def test_a_property_stands_once_in_a_group() -> None:
    twice = [{"name": "x", "property_type": "String"}] * 2
    assert "properties[1].name: the property 'x'" in problems_of(PROPERTY_GROUP, name="a", properties=twice)


class Linked(Memory):
    """Keeps the links of events to groups, and shows them with the groups."""

    def objects(
        self, path: str, params: Mapping[str, Any] | None = None, *, page_size: int | None = 500, **more: Any
    ) -> list[Obj]:
        found = super().objects(path, params, page_size=page_size, **more)
        if path != LINKS:
            return found
        wanted = (params or {}).get("event_definition")
        return [
            {
                "id": item["id"],
                "event_definition": item["event_definition"],
                "property_group": {"id": item["property_group_id"]},
            }
            for item in found
            if item["event_definition"] == wanted
        ]


def linked(*names: str) -> World:
    """A group with links to events, among two others."""
    memory = Linked()
    events = {name: uuid(number) for number, name in enumerate(("placed", "returned", "paid"), 1)}
    memory.lists[f"{PROJECT}event_definitions/"] = [{"id": number, "name": name} for name, number in events.items()]
    memory.singles[f"{PROJECT}event_definitions/"] = {"count": 3, "results": []}
    memory.lists[f"{PROJECT}schema_property_groups/"] = [
        {"id": uuid(9), "name": "Order", "events": [{"id": events[name], "name": name} for name in names]}
    ]
    memory.lists[LINKS] = [
        {"id": number, "event_definition": events[name], "property_group_id": group}
        for group in (uuid(8), uuid(9))
        for number, name in enumerate(names, 100 if group == uuid(8) else 200)
    ]
    return make_world(memory)


def test_events_are_linked_to_a_group() -> None:
    world = linked("placed")
    assert present(world, PROPERTY_GROUP, name="Order", events=["placed"]).action == "unchanged"
    assert len(world.memory.calls) == 1
    outcome = present(world, PROPERTY_GROUP, name="Order", events=["returned"])
    assert (outcome.before["events"], outcome.after["events"]) == (["placed"], ["placed", "returned"])
    assert world.memory.writes == [
        ("POST", LINKS, {"event_definition": uuid(2), "property_group_id": uuid(9)}),
    ]


def test_other_events_are_unlinked_where_the_list_is_the_whole_truth() -> None:
    world = linked("placed", "returned")
    outcome = present(world, PROPERTY_GROUP, name="Order", events=["paid", uuid(1)], exclusive=True)
    assert outcome.after["events"] == ["paid", "placed"]
    assert outcome.obj is not None
    assert outcome.obj["events"] == [{"id": uuid(1), "name": "placed"}, {"id": uuid(3), "name": "paid"}]
    assert [(method, path) for method, path, _body in world.memory.writes] == [
        ("POST", LINKS),
        ("DELETE", f"{LINKS}201/"),
    ]


def test_an_event_that_is_not_there_is_no_part_of_a_group() -> None:
    world = linked()
    with pytest.raises(InvalidInput, match=r"events\[1\]: there is no event definition 'lost'"):
        present(world, PROPERTY_GROUP, name="Order", events=["paid", "lost"])
    assert not world.memory.writes


# -- types of groups --------------------------------------------------------------------------------------------------


class Groups(Memory):
    """Takes the writes of group types."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        for item in body if isinstance(body, list) else [body]:
            row = next(row for row in self.lists[GROUP_TYPES] if row["group_type_index"] == item["group_type_index"])
            row.update(item)
            if path.endswith("create_detail_dashboard/"):
                row["detail_dashboard"] = 7
        return copy.deepcopy(self.lists[GROUP_TYPES]) if isinstance(body, list) else {}


def groups(**company: Any) -> World:
    """Two group types."""
    memory = Groups()
    row = {"name_singular": None, "name_plural": "Companies", "default_columns": None, "detail_dashboard": None}
    memory.lists[GROUP_TYPES] = [
        {"group_type": "team", "group_type_index": 0, **row},
        {"group_type": "company", "group_type_index": 1, **row, **company},
    ]
    return make_world(memory)


def test_each_field_of_a_group_type_has_its_route() -> None:
    world = groups()
    options = {"name_singular": "Company", "default_columns": ["name"], "detail_dashboard": True}
    outcome = present(world, GROUP_TYPE_TABLE, group_type="company", **options)
    assert outcome.action == "updated"
    assert outcome.obj is not None and outcome.obj["detail_dashboard"] == 7
    index = {"group_type_index": 1}
    assert world.memory.writes == [
        # The name that nobody declared is repeated, since the list takes both.
        (
            "PATCH",
            f"{GROUP_TYPES}update_metadata/",
            [{**index, "name_singular": "Company", "name_plural": "Companies"}],
        ),
        ("PUT", f"{GROUP_TYPES}set_default_columns/", {**index, "default_columns": ["name"]}),
        ("PUT", f"{GROUP_TYPES}create_detail_dashboard/", index),
    ]
    assert present(world, GROUP_TYPE_TABLE, group_type="company", **options).action == "unchanged"


@pytest.mark.parametrize("value", [False, None])
def test_a_dashboard_of_groups_stays(value: bool | None) -> None:
    with pytest.raises(InvalidInput, match=r"detail_dashboard: .*delete the dashboard"):
        present(groups(detail_dashboard=7), GROUP_TYPE_TABLE, group_type="company", detail_dashboard=value)
    assert present(groups(), GROUP_TYPE_TABLE, group_type="company", detail_dashboard=value).action == "unchanged"


@pytest.mark.parametrize(
    ("detail", "told"),
    [("This action does not support Personal API Key access", True), ("missing required scope 'group:write'", False)],
)
def test_routes_that_are_closed_to_keys(detail: str, told: bool) -> None:
    world = groups()
    path = f"{GROUP_TYPES}update_metadata/"
    world.memory.errors[("PATCH", path)] = api_error(403, detail, "PATCH", path)
    with pytest.raises(ApiError) as caught:
        present(world, GROUP_TYPE_TABLE, group_type="company", name_singular="Company")
    assert ("and to no key that has scopes" in caught.value.message) is told


# -- metrics of groups ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"table_name": "orders"}, "filters.table_name: has no meaning with source: events"),
        ({"source": "data_warehouse"}, "filters.key_field: is missing"),
        (
            {
                "source": "data_warehouse",
                "table_name": "a",
                "timestamp_field": "b",
                "key_field": "c",
                "events": [{"id": "x"}],
            },
            "filters.events: has no meaning with source: data_warehouse",
        ),
    ],
)
def test_filters_of_a_metric_have_one_shape(filters: Obj, says: str) -> None:
    assert says in problems_of(GROUP_TYPE_METRIC, group_type="company", name="a", filters=filters)


@pytest.mark.parametrize(
    ("options", "current", "says"),
    [
        ({"math": "sum"}, None, "math_property: is needed with math: sum"),
        ({"math_property": "x"}, None, "math_property: has no meaning with math: count"),
        ({"math": "count"}, {"math": "sum", "math_property": "x"}, "set it to null"),
        ({"math_property": None}, {"math": "sum", "math_property": "x"}, "is needed with math: sum"),
        ({"math": "sum", "math_property": "x"}, None, ""),
        ({"math": "sum"}, {"math": "count", "math_property": None}, "is needed"),
        ({"math_property": "y"}, {"math": "sum", "math_property": "x"}, ""),
    ],
)
def test_a_sum_is_one_of_a_property(options: Obj, current: Obj | None, says: str) -> None:
    memory = Memory()
    memory.lists[GROUP_TYPES] = [{"group_type": "company", "group_type_index": 0}]
    if current is not None:
        memory.lists[f"{GROUP_TYPES}0/metrics/"] = [{"id": uuid(1), "name": "a", **current}]
    task = {"group_type": "company", "name": "a", "filters": {}, **options}
    if says:
        with pytest.raises(InvalidInput, match=says):
            present(make_world(memory), GROUP_TYPE_METRIC, **task)
        assert not memory.writes
    else:
        assert present(make_world(memory), GROUP_TYPE_METRIC, **task).changed
