# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: what somebody changes between the plan and a write is not written back as the plan has read it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.purge import Purge
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.projects import THING, Universe, marked, universe

THINGS = "/api/projects/1/things/"


def stored(world: Universe) -> Any:
    """The first thing as it is."""
    return world.memory.lists[THINGS][0]


def applied_after(world: Universe, change: Callable[[], None], *documents: Any) -> tuple[Any, list[tuple[str, str]]]:
    """Plan, let somebody change something, apply; the result, and the reads of single objects."""
    made = world.project(*documents, marks=False)
    made.order()
    try:
        made.plan(Purge())
        world.memory.calls.clear()
        change()
        result = made.apply()
    finally:
        world.session.planning(False)
    reads = [(method, path) for method, path, _body in world.memory.reads if path != THINGS]
    return result, reads


def test_keys_beside_the_declared_ones() -> None:
    """An open document is replaced whole, so it is composed of what is there now."""
    world = universe()
    world.put("things", {"name": "one", "tags": [], "settings": {"a": 1, "b": 1}})

    def change() -> None:
        stored(world)["settings"].update({"b": 2, "new": True})

    result, reads = applied_after(world, change, {"things": [{"name": "one", "settings": {"a": 2}}]})
    assert stored(world)["settings"] == {"a": 2, "b": 2, "new": True}
    assert result.counts["updated"] == 1 and len(reads) == 1


def test_tags_of_the_collection() -> None:
    """The mark is a tag among others, and tags are written whole."""
    world = universe()
    world.put("things", marked("one", tags=["managed-by-ansible", "x"], settings={}))

    def change() -> None:
        stored(world)["tags"] = ["x"]

    _result, reads = applied_after(world, change, {"things": [{"name": "one", "tags": ["y"]}]})
    # The mark was taken away meanwhile, so it is not brought back.
    assert stored(world)["tags"] == ["y"] and len(reads) == 1


def test_somebody_did_it_already() -> None:
    """Then there is nothing left to do, and the result says so."""
    world = universe()
    world.put("things", {"name": "one", "tags": [], "settings": {"a": 1, "b": 1}})

    def change() -> None:
        stored(world)["settings"]["a"] = 2

    result, _reads = applied_after(world, change, {"things": [{"name": "one", "settings": {"a": 2}}]})
    assert result.counts["unchanged"] == 1 and not world.memory.writes


def test_it_is_gone() -> None:
    """The write fails as it always did; nothing is composed of what is no longer there."""
    world = universe()
    world.put("things", {"name": "one", "tags": [], "settings": {"a": 1, "b": 1}})
    result, _reads = applied_after(
        world, world.memory.lists[THINGS].clear, {"things": [{"name": "one", "settings": {"a": 2}}]}
    )
    assert result.counts["failed"] == 1


@pytest.mark.parametrize("settings", [{}, {"settings": {"a": 1}}])
def test_what_repeats_nothing_costs_nothing(settings: dict[str, Any]) -> None:
    """A plain value, or a document of which all is declared, and what is as declared: no further request."""
    world = universe()
    world.put("things", {"name": "one", "tags": [], "note": "old", **settings}, {"name": "two", "tags": [], **settings})
    declared = [{"name": "one", "note": "new", **settings}, {"name": "two", **settings}]
    result, reads = applied_after(world, lambda: None, {"things": declared})
    assert result.counts["updated"] == 1 and result.counts["unchanged"] == 1 and not reads


def test_what_every_patch_repeats_is_the_newest_too() -> None:
    """A survey's conditions go with every PATCH, whatever it changes."""
    table = dataclasses.replace(RESOURCES["survey"], since=None)
    world = universe(tables=(THING, table))
    path = "/api/projects/1/surveys/"
    row = {
        "id": "s-1",
        "name": "S",
        "type": "popover",
        "description": "",
        "conditions": {"url": "/a"},
        "archived": False,
    }
    world.memory.lists[path] = [row]

    def change() -> None:
        world.memory.lists[path][0]["conditions"] = {"url": "/b"}

    applied_after(world, change, {"surveys": [{"name": "S", "description": "new"}]})
    ((_method, _path, body),) = world.memory.writes
    assert body == {"description": "new", "conditions": {"url": "/b"}}
