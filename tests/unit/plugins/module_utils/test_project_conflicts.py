# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: a plan that deletes what it needs is refused; deleting what others use is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import References, Text
from ansible_collections.community.posthog.plugins.module_utils._state.uses import LOOKED_AT
from ansible_collections.community.posthog.tests.unit.plugins.projects import (
    BOX,
    TABLES,
    THING,
    Universe,
    marked,
    universe,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import api_error

GONE = {"name": "gone", "state": "absent"}


def refused(world: Universe, *documents: Any, **purge: Any) -> str:
    """What a plan says that is refused; nothing was written."""
    with pytest.raises(InvalidInput) as caught:
        world.plan(*documents, **purge)
    assert not world.memory.writes
    return caught.value.message


@pytest.mark.parametrize(
    ("needing", "path"),
    [
        ({"boxes": [{"name": "b", "lid": "gone"}]}, "boxes[0].lid"),
        ({"boxes": [{"name": "b", "lid": 1060}]}, "boxes[0].lid"),
        ({"boxes": [{"name": "b", "things": ["kept", "gone"]}]}, "boxes[0].things[1]"),
        ({"boxes": [{"name": "b", "things": ["kept", 1060]}]}, "boxes[0].things[1]"),
        (
            {"things": [{"name": "kept", "settings": {"deep": [{"kind": "thing", "id": "gone"}]}}]},
            "things[0].settings.deep[0].id",
        ),
    ],
)
@pytest.mark.parametrize("absent", [GONE, {"id": 1060, "state": "absent"}])
def test_both_places_are_named(needing: dict[str, Any], path: str, absent: dict[str, Any]) -> None:
    """By name and by id, at the top, in lists and inside documents; from one file or from two."""
    world = universe()
    world.put("things", marked("gone"), marked("kept"))
    first = {SOURCE_KEY: {"file": "a.yml", "lines": {path: 7, path.partition("[")[0]: 3}}, **needing}
    second = {SOURCE_KEY: {"file": "b.yml", "lines": {"things[0]": 2}}, "things": [absent]}
    text = refused(world, first, second)
    assert text == (
        f"a.yml:7: {path}: names the thing 'gone', which is declared absent at b.yml:2: things[0]; "
        "take one of the two out"
    )
    assert refused(world, second, first) == text


def test_what_is_not_there_anyway_is_the_same_mistake() -> None:
    """The second run of such a plan must not say something else than the first."""
    text = refused(universe(), {"things": [GONE], "boxes": [{"name": "b", "lid": "gone"}]})
    assert text.startswith("boxes[0].lid: names the thing 'gone', which is declared absent at things[0]")


def test_all_mistakes_are_told_at_once() -> None:
    world = universe()
    world.put("things", marked("gone"))
    text = refused(world, {"things": [GONE], "boxes": [{"name": "b", "lid": "gone"}, {"name": "c", "lid": "nowhere"}]})
    assert text.startswith("2 mistakes") and "boxes[0].lid: names the thing" in text
    assert "boxes[1].lid: there is no thing 'nowhere'" in text


def test_the_same_name_elsewhere_is_another_object() -> None:
    world = universe()
    world.put("things", marked("gone"), project=1)
    world.put("things", marked("gone"), project=2)
    documents = [
        {"project": 1, "things": [GONE]},
        {"project": 2, "boxes": [{"name": "b", "lid": "gone"}]},
    ]
    run = world.apply(*documents)
    assert run.counts["deleted"] == run.counts["created"] == 1
    # By another name the same project is the same.
    documents = [{"project": "Staging", "things": [GONE]}, documents[1]]
    assert "names the thing 'gone'" in refused(world_of_two(), *documents)


def world_of_two() -> Universe:
    """Two projects with an object of the same name."""
    world = universe()
    for project in (1, 2):
        world.put("things", marked("gone"), project=project)
    return world


def test_one_of_two_namesakes_may_go() -> None:
    """What the name means afterwards is the other one."""
    table = dataclasses.replace(
        THING, identity=Identity("name", ("name",), within=("note",)), fields=(*THING.fields, Text("sort"))
    )
    box = dataclasses.replace(
        BOX,
        fields=(*BOX.fields, dataclasses.replace(BOX.fields[3], name="top", ref=Ref("thing", where=(("note", "b"),)))),
    )
    world = universe(tables=[table, box, *TABLES[2:]])
    world.put("things", {"name": "x", "note": "a"}, {"name": "x", "note": "b"})
    documents = {"things": [{"name": "x", "note": "a", "state": "absent"}], "boxes": [{"name": "box", "top": "x"}]}
    assert world.plan(documents).counts["deleted"] == 1
    documents["things"][0]["note"] = "b"
    assert "boxes[0].top: names the thing 'x'" in refused(world, documents)


def test_what_only_a_text_names() -> None:
    """An experiment names its flag by a text, and PostHog would make another flag of that name."""
    maker = dataclasses.replace(
        BOX, fields=(*BOX.fields, Text("made_for", names=Ref("thing", value="name", made=True)))
    )
    world = universe(tables=[THING, maker, *TABLES[2:]])
    world.put("things", marked("gone"))
    needing = {"boxes": [{"name": "b", "made_for": "gone"}]}
    assert "boxes[0].made_for: names the thing 'gone'" in refused(world, {"things": [GONE], **needing})
    assert world.plan(needing).counts["created"] == 1
    # Without the flag, PostHog makes it, so that is no mistake.
    assert world.plan({"boxes": [{"name": "b", "made_for": "new"}]}).counts["created"] == 1


def test_what_is_in_a_project_that_goes() -> None:
    world = universe()
    documents = [
        {"projects": [{"name": "Staging", "state": "absent"}]},
        {"project": 2, "things": [{"name": "a"}]},
    ]
    text = refused(world, *documents)
    assert "things[0]: is in the project 'Staging', which is declared absent at config[0].projects[0]" in text
    # What goes with it, or is elsewhere, does not hold it.
    documents[1] = {"project": 2, "things": [{"name": "a", "state": "absent"}]}
    assert world.plan(*documents, {"project": 1, "things": [{"name": "a"}]}).counts["deleted"] == 1


def test_purge_of_what_is_needed_by_its_id() -> None:
    world = universe()
    world.put("things", marked("kept"), marked("needed"))
    text = refused(world, {"things": [{"name": "kept"}], "boxes": [{"name": "b", "lid": 1061}]}, purge=["things"])
    assert text == "purge[0]: thing 'needed' would be deleted, but box 'b' names it in boxes[0].lid; declare it too"


# -- what others use -------------------------------------------------------------------------------------------------


def used() -> Universe:
    """Things, of which one is used by two boxes and another thing."""
    world = universe()
    world.put("things", {"name": "gone"}, {"name": "x", "settings": {"list": [{"kind": "thing", "id": 1060}]}})
    world.put("boxes", {"name": "a", "lid": 1060}, {"name": "b", "things": [5, 1060]}, {"name": "c", "lid": 1061})
    return world


TOLD = "the thing 'gone' is used by the thing x and the boxes a, b"


def test_users_are_told_once_and_in_the_plan() -> None:
    world = used()
    world.plan({"things": [GONE]})
    assert world.warnings == [TOLD] and not world.memory.writes
    world = used()
    world.apply({"things": [GONE]})
    assert world.warnings == [TOLD] and world.names() == ["x"]
    gets = [path for method, path, _body in world.memory.calls if method == "GET" and path.endswith("/boxes/")]
    assert len(gets) == 1


def test_who_uses_it_no_more_after_the_plan_is_not_told() -> None:
    world = used()
    boxes = [{"name": "a", "state": "absent"}, {"name": "b", "things": []}, {"name": "c", "lid": None}]
    world.plan({"things": [GONE, {"name": "x", "settings": {}, "state": "absent"}], "boxes": boxes})
    assert world.warnings == []


def test_users_of_what_is_purged() -> None:
    world = used()
    world.plan({"things": [{"name": "x", "settings": {"other": 1}}], "boxes": []}, purge=["things"], everything=True)
    assert world.warnings == ["the thing 'gone' is used by the thing x and the boxes a, b"]


def test_nothing_is_asked_where_nothing_is_deleted() -> None:
    world = used()
    world.plan({"things": [{"name": "never there", "state": "absent"}, {"name": "new"}]})
    assert not [path for _method, path, _body in world.memory.calls if path.endswith("/boxes/")]


def test_a_list_that_is_closed_to_the_key_tells_nothing() -> None:
    world = used()
    world.memory.errors["GET", "/api/projects/1/boxes/"] = api_error(403)
    world.apply({"things": [GONE]})
    assert world.warnings == ["the thing 'gone' is used by the thing x"] and world.names() == ["x"]


def test_no_more_than_a_page_is_looked_at() -> None:
    world = universe()
    world.put("things", {"name": "gone"})
    world.put("boxes", *({"name": f"b{number}", "lid": 1060} for number in range(LOOKED_AT + 5)))
    world.plan({"things": [GONE]})
    (told,) = world.warnings
    assert told.startswith(f"the thing 'gone' is used by the boxes b0, b1, b10, b100, b101 and {LOOKED_AT - 5} more ")
    assert told.endswith(f"(only the first {LOOKED_AT} of the boxes were looked at)")


def test_what_holds_it_and_what_it_holds() -> None:
    """An insight says on which dashboards it is: they lose it, but it does not need them."""
    held = dataclasses.replace(THING, fields=(*THING.fields[:5], References("boxes", Ref("box", holds=True))))
    world = universe(tables=[held, *TABLES[1:]])
    world.put("boxes", {"name": "board"})
    number = world.memory.lists["/api/projects/1/boxes/"][0]["id"]
    world.put("things", {"name": "gone", "boxes": [number]})
    world.plan({"things": [GONE]})
    assert world.warnings == ["the thing 'gone' is used by the box board"]
    del world.warnings[:]
    world.plan({"boxes": [{"name": "board", "state": "absent"}]})
    assert world.warnings == []
