# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config, purge: never more than was asked for, never anywhere else."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing, Purging
from ansible_collections.community.posthog.tests.unit.plugins.projects import (
    TABLES,
    THING,
    Universe,
    marked,
    universe,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import api_error

THINGS = ["things"]


def deleted(result: Any) -> list[str]:
    """The names of what went, or would."""
    return [entry["name"] for entry in result.entries if entry["action"] == "deleted"]


def refused(world: Universe, *documents: Any, **purge: Any) -> str:
    """What a plan says that is refused; nothing was written."""
    with pytest.raises(InvalidInput) as caught:
        world.plan(*documents, **{"purge": THINGS, **purge})
    assert not world.memory.writes
    return caught.value.message


def test_only_the_marked_and_undeclared_go() -> None:
    world = universe()
    world.put("things", marked("kept"), marked("old"), {"name": "by hand", "tags": ["x"]})
    plan = world.plan({"things": [{"name": "kept"}]}, purge=THINGS)
    assert deleted(plan) == ["old"] and world.names() == ["by hand", "kept", "old"]
    run = world.apply({"things": [{"name": "kept"}]}, purge=THINGS)
    assert deleted(run) == ["old"] and world.names() == ["by hand", "kept"]
    assert run.counts == plan.counts
    everything = world.apply({"things": [{"name": "kept"}]}, purge=THINGS, everything=True)
    assert deleted(everything) == ["by hand"] and world.names() == ["kept"]


def test_nothing_is_purged_where_no_document_is_about() -> None:
    """What belongs to the organization says nothing of the task's own project."""
    world = universe()
    world.put("things", marked("mine"), project=1)
    world.put("things", marked("old"), project=2)
    documents = [{"teams": [{"name": "T"}]}, {"project": "Staging", "things": [{"name": "new"}]}]
    run = world.apply(*documents, purge=THINGS)
    assert deleted(run) == ["old"]
    assert world.names(project=1) == ["mine"] and world.names(project=2) == ["new"]


def test_an_empty_list_is_about_its_own_project() -> None:
    world = universe()
    world.put("things", marked("mine"), project=1)
    world.put("things", marked("old"), project=2)
    world.apply({"project": "Staging", "things": []}, purge=THINGS, allow_empty=True)
    assert world.names(project=1) == ["mine"] and world.names(project=2) == []


def test_each_project_needs_something_that_is_declared() -> None:
    world = universe()
    world.put("things", marked("mine"), project=1)
    world.put("things", marked("theirs"), project=2)
    documents = [{"project": "Main", "things": [{"name": "mine"}]}, {"project": "Staging", "boxes": [{"name": "b"}]}]
    text = refused(world, *documents)
    assert text == (
        "purge[0]: no things are declared for Staging, so all of them would go there; allow_empty: true allows that"
    )
    assert deleted(world.plan(*documents, purge=THINGS, allow_empty=True)) == ["theirs"]


def test_what_is_declared_to_be_absent_is_not_declared_to_be_there() -> None:
    world = universe()
    world.put("things", marked("one"), marked("two"))
    assert "allow_empty: true allows that" in refused(world, {"things": [{"name": "gone", "state": "absent"}]})
    assert "allow_empty: true allows that" in refused(world, {"things": []})
    assert "allow_empty: true allows that" in refused(world, {"boxes": [{"name": "b"}]})


def test_no_document_at_all_purges_nothing() -> None:
    world = universe()
    world.put("things", marked("one"))
    assert deleted(world.plan(purge=THINGS, allow_empty=True)) == []


def test_deleted_once_although_declared_absent_too() -> None:
    """Whether the list was read before the deletion was predicted or after it."""
    for table in (THING, dataclasses.replace(THING, identity=dataclasses.replace(THING.identity, large=True))):
        world = universe(tables=[table])
        world.put("things", marked("kept"), marked("old"))
        items = [{"name": "kept"}, {"name": "old", "state": "absent"}]
        run = world.apply({"things": items}, purge=THINGS)
        assert deleted(run) == ["old"] and run.counts["deleted"] == 1 and run.counts["failed"] == 0


def test_the_same_project_under_two_names_is_purged_once() -> None:
    world = universe()
    world.put("things", marked("one"), marked("two"), marked("old"))
    documents = [{"things": [{"name": "one"}]}, {"project": "main", "things": [{"name": "two"}]}]
    run = world.apply(*documents, {"project": 1, "boxes": [{"name": "b"}]}, purge=THINGS)
    assert deleted(run) == ["old"] and world.names() == ["one", "two"]


def test_renamed_objects_are_declared() -> None:
    world = universe()
    world.put("things", marked("old name"))
    world.memory.lists["/api/projects/1/things/"][0]["id"] = 7
    run = world.apply({"things": [{"id": 7, "name": "new name"}]}, purge=THINGS)
    assert not deleted(run) and world.names() == ["new name"]


def test_names_that_differ_by_case_only() -> None:
    """Where PostHog tells them apart they are two; where it does not they are one."""
    world = universe()
    world.put("things", marked("Beta"), marked("beta"))
    assert deleted(world.plan({"things": [{"name": "beta"}]}, purge=THINGS)) == ["Beta"]
    world.put("boxes", {"name": "Large"}, {"name": "small"})
    plan = world.plan({"boxes": [{"name": "LARGE"}]}, purge=["boxes"], everything=True)
    assert deleted(plan) == ["small"]


def test_limits() -> None:
    world = universe()
    world.put("things", *(marked(f"t{number}") for number in range(20)))
    kept = {"things": [{"name": f"t{number}"} for number in range(9)]}
    text = refused(world, kept)
    assert text.startswith("purge: 11 objects would be deleted ('t")
    assert "…" in text and text.endswith("more than max_deletions allows (10); raise it if that is what is meant")
    assert len(deleted(world.plan(kept, purge=THINGS, limit=11))) == 11
    text = refused(world, kept, limit=54, percent=True)
    assert "purge[0]: 11 of 20 things would be deleted, more than max_deletions allows (54 %)" in text
    assert len(deleted(world.plan(kept, purge=THINGS, limit=55, percent=True))) == 11
    assert "0" in refused(world, kept, limit=0)


def test_the_limit_counts_all_types_and_projects() -> None:
    world = universe()
    for project in (1, 2):
        world.put("things", marked("kept"), marked("a"), marked("b"), project=project)
    documents = [{"project": number, "things": [{"name": "kept"}]} for number in (1, 2)]
    assert "4 objects would be deleted" in refused(world, *documents, limit=3)
    run = world.apply(*documents, purge=THINGS, limit=4)
    assert sorted(deleted(run)) == ["a", "a", "b", "b"] and world.names() == world.names(project=2) == ["kept"]


@pytest.mark.parametrize(
    ("types", "wanted"),
    [
        (["thing"], "purge[0]: 'thing' is no type; a list of them is called things"),
        (["thigns"], "purge[0]: 'thigns' is no type; did you mean things?"),
        (["boxes"], "purge[0]: boxes cannot carry the collection's mark; purge_scope: all is needed to purge them"),
        (["labels"], "purge[0]: labels cannot be purged"),
    ],
)
def test_types_that_cannot_be_purged(types: list[str], wanted: str) -> None:
    assert refused(universe(), {"things": [{"name": "a"}]}, purge=types) == wanted


def test_what_must_not_be_purged_by_nature() -> None:
    """No list of objects is worth an organization or a project with all that is in it."""
    for name in ("organization", "project"):
        table = RESOURCES[name]
        assert table.delete is Delete.NONE or not table.purging.allowed, name


def test_spared_and_generated() -> None:
    """What PostHog made by itself cannot be declared, so it does not go for not being declared."""
    table = dataclasses.replace(
        THING,
        purging=Purging(never=lambda session, obj: obj["name"] == "me"),
        generated=lambda session, obj: obj["name"] == "automatic",
    )
    world = universe(tables=[table])
    world.put("things", {"name": "me"}, {"name": "automatic"}, {"name": "other"})
    plan = world.plan({"things": [{"name": "new"}]}, purge=THINGS, everything=True)
    assert deleted(plan) == ["other"]


def test_what_another_declared_object_needs_is_not_deleted() -> None:
    """It was forgotten: without it the next run would fail."""
    world = universe()
    world.put("things", marked("kept"), marked("needed"), marked("inside"))
    text = refused(
        world,
        {
            "things": [{"name": "kept", "settings": {"deep": [{"kind": "thing", "id": "inside"}]}}],
            "boxes": [{"name": "b", "lid": "needed"}],
        },
    )
    assert "thing 'needed' would be deleted, but box 'b' names it in boxes[0].lid; declare it too" in text
    where = "things[0].settings.deep[0].id"
    assert f"thing 'inside' would be deleted, but thing 'kept' names it in {where}; declare it too" in text


def test_what_is_needed_in_another_project_is_another_object() -> None:
    world = universe()
    world.put("things", marked("x"), project=1)
    world.put("things", marked("x"), marked("kept"), project=2)
    documents = [
        {"project": 1, "things": [{"name": "x"}], "boxes": [{"name": "b", "lid": "x"}]},
        {"project": 2, "things": [{"name": "kept"}]},
    ]
    assert deleted(world.plan(*documents, purge=THINGS)) == ["x"]


def test_nothing_is_purged_after_a_failure() -> None:
    world = universe()
    world.put("things", marked("old"))
    world.memory.errors["POST", "/api/projects/1/boxes/"] = api_error(400, "No.")
    run = world.apply({"things": [{"name": "kept"}], "boxes": [{"name": "b"}]}, purge=THINGS)
    assert run.counts["failed"] == 1 and run.counts["skipped"] == 1 and run.counts["created"] == 1
    assert "old" in world.names()
    assert [entry["msg"] for entry in run.entries if entry["action"] == "skipped"] == ["another object failed"]


@pytest.mark.parametrize("way", ["purged", "absent"])
def test_objects_that_need_each_other_go_in_the_right_order(way: str) -> None:
    """PostHog refuses to delete what another object needs; the other one may be about to go too."""
    world = universe()
    names = ["a", "b", "c", "d"]
    world.put("things", *(marked(name) for name in names))

    def refuse(method: str, path: str, body: Any) -> None:
        there = world.names()
        if method == "DELETE":
            obj = next(obj for obj in world.memory.lists["/api/projects/1/things/"] if path.endswith(f"/{obj['id']}/"))
            later = [name for name in there if name in names and name > obj["name"]]
            if later:
                raise api_error(400, f"{later[0]} depends on it", "DELETE", path)

    world.memory.before = refuse
    items: list[dict[str, Any]] = [{"name": "kept"}]
    if way == "purged":
        run = world.apply({"things": items}, purge=THINGS)
    else:
        run = world.apply({"things": items + [{"name": name, "state": "absent"} for name in names]})
    assert run.counts["deleted"] == 4 and run.counts["failed"] == 0 and world.names() == ["kept"]


def test_what_cannot_be_deleted_is_told_once() -> None:
    world = universe()
    world.put("things", marked("a"), marked("b"))
    error = api_error(400, "Never.")
    for obj in world.memory.lists["/api/projects/1/things/"]:
        world.memory.errors["DELETE", f"/api/projects/1/things/{obj['id']}/"] = error
        world.memory.errors["GET", f"/api/projects/1/things/{obj['id']}/"] = ApiError("400", status=500)
    run = world.apply({"things": [{"name": "kept"}]}, purge=THINGS)
    assert run.counts["failed"] == 2 and run.counts["created"] == 1
    assert sum(1 for entry in run.entries if entry["action"] == "failed") == 2


def test_declared_in_the_stead_of_another_type() -> None:
    """An invite that a member's declaration made is declared, although no list of invites has it."""
    member, invite = RESOURCES["member"], RESOURCES["invite"]
    world = universe(tables=[*TABLES, member, invite])
    organization = "/api/organizations/01890000-0000-0000-0000-0000000000aa/"
    world.memory.lists[f"{organization}invites/"] = [
        {"id": "01890000-0000-0000-0000-000000000001", "target_email": "ada@example.com", "level": 1},
        {"id": "01890000-0000-0000-0000-000000000002", "target_email": "eve@example.com", "level": 1},
    ]
    world.memory.lists[f"{organization}members/"] = []
    plan = world.plan(
        {"members": [{"email": "ada@example.com"}], "invites": []},
        purge=["invites"],
        everything=True,
        allow_empty=True,
    )
    assert deleted(plan) == ["eve@example.com"]


def test_a_hidden_object_is_not_purged_whatever_else_was_looked_for() -> None:
    """What the list does not show, because it was archived, stays, also where a missing name made us look for it."""
    table = dataclasses.replace(THING, listing=Listing(hidden_params={"archived": "true"}))
    world = universe(tables=[table])
    world.put("things", marked("kept"), marked("put away", archived=True))
    world.memory.listing = lambda objects, params: [
        obj for obj in objects if bool(obj.get("archived")) == (params.get("archived") == "true")
    ]
    plan = world.plan({"things": [{"name": "kept"}, {"name": "new"}]}, purge=THINGS)
    assert plan.counts["created"] == 1 and deleted(plan) == []
