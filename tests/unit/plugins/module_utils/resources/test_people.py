# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in a static cohort, and what an action's pin takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.people import (
    ACTION_TABLE,
    COHORT,
    CohortPersons,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

COHORTS = "/api/projects/1/cohorts/"
PERSONS = f"{COHORTS}1/persons/"


def person(number: int) -> str:
    """A UUID."""
    return f"0197e000-0000-7000-8000-{number:012d}"


class People(Memory):
    """Keeps who is in a cohort, as PostHog does."""

    #: How a person is shown: newer servers have a uuid, in some lists it is the id.
    key = "uuid"

    def _write(self, method: str, path: str, body: Any) -> Any:
        members = self.lists.setdefault(PERSONS, [])
        if path.endswith("add_persons_to_static_cohort/"):
            members += [{self.key: uuid} for uuid in body["person_ids"]]
            return None
        if path.endswith("remove_person_from_static_cohort/"):
            members.remove({self.key: body["person_id"]})
            return None
        return super()._write(method, path, body)


def world_of(*numbers: int, key: str = "uuid", check_mode: bool = False, **cohort: Any) -> World:
    """A world with a cohort and the persons in it."""
    memory = People()
    memory.key = key
    memory.lists[COHORTS] = [{"id": 1, "name": "Partners", "is_static": True, **cohort}]
    memory.lists[PERSONS] = [{key: person(number)} for number in numbers]
    return make_world(memory, check_mode=check_mode)


def present(world: World, *numbers: int, exclusive: bool = False, **options: Any) -> Outcome:
    """Bring the cohort to what is declared."""
    declared = read_object(COHORT, {"name": "Partners", "persons": [person(number) for number in numbers], **options})
    declared.switches["exclusive"] = exclusive
    return Reconciler(world.session, COHORT).present(declared)


@pytest.mark.parametrize("key", ["uuid", "id"])
def test_persons_are_added_and_only_where_they_are_the_whole_truth_taken_away(key: str) -> None:
    world = world_of(1, 2, key=key)
    assert present(world, 2, 1).action == "unchanged"
    assert [call[1] for call in world.memory.calls] == [COHORTS, PERSONS]
    outcome = present(world, 3)
    assert outcome.action == "updated"
    assert outcome.before["persons"] == [person(1), person(2)]
    assert outcome.after["persons"] == [person(1), person(2), person(3)]
    assert "persons" not in (outcome.obj or {})
    assert present(world, 3, exclusive=True).after["persons"] == [person(3)]
    assert [(path.split("/")[-2], body) for _method, path, body in world.memory.writes] == [
        ("add_persons_to_static_cohort", {"person_ids": [person(3)]}),
        ("remove_person_from_static_cohort", {"person_id": person(1)}),
        ("remove_person_from_static_cohort", {"person_id": person(2)}),
    ]
    assert present(world, 3, exclusive=True).action == "unchanged"


def test_many_persons_are_added_in_batches() -> None:
    world = world_of()
    size = CohortPersons.BATCH
    present(world, *range(2 * size + 1))
    assert [len(body["person_ids"]) for _method, _path, body in world.memory.writes] == [size, size, 1]


def test_a_new_cohort_is_created_with_its_persons() -> None:
    world = world_of()
    world.memory.lists[COHORTS] = []
    # A server that does not take them at once gets them afterwards.
    world.memory.identify = lambda obj, number: {"id": 1, **obj}
    outcome = present(world, 1, is_static=True)
    assert outcome.action == "created"
    assert [body for _method, _path, body in world.memory.writes] == [
        {"name": "Partners", "is_static": True, "_create_static_person_ids": [person(1)]},
        {"person_ids": [person(1)]},
    ]


def test_check_mode_writes_nothing() -> None:
    world = world_of(1, check_mode=True)
    assert present(world, 2).after["persons"] == [person(1), person(2)]
    world = world_of(check_mode=True)
    world.memory.lists[COHORTS] = []
    assert present(world, 2, is_static=True).action == "created"
    assert present(world, 2, 3, is_static=True).after["persons"] == [person(2), person(3)]
    assert not world.memory.writes


@pytest.mark.parametrize(
    ("cohort", "options", "says"),
    [
        ({"is_static": False}, {}, "'Partners' is not static"),
        ({"is_static": True}, {"is_static": False}, "needs is_static: true"),
        (None, {}, "needs is_static: true"),
    ],
)
def test_only_static_cohorts_have_persons_of_their_own(cohort: Obj | None, options: Obj, says: str) -> None:
    world = world_of(**(cohort or {}))
    if cohort is None:
        world.memory.lists[COHORTS] = []
    with pytest.raises(InvalidInput, match=f"persons: .*{says}"):
        present(world, 1, **options)
    assert not world.memory.writes


ACTIONS = "/api/projects/1/actions/"


@pytest.mark.parametrize("value", ["now", "2026-01-01", "+1d"])
@pytest.mark.parametrize("stored", [None, "2025-05-05T05:05:05Z"])
def test_an_action_is_pinned_or_not(value: str, stored: str | None) -> None:
    """Whatever time is declared, PostHog keeps its own."""
    memory = Memory()
    memory.lists[ACTIONS] = [{"id": 1, "name": "a", "pinned_at": stored}]
    memory.storing = lambda obj: {**obj, "pinned_at": "2026-06-06T06:06:06Z" if obj["pinned_at"] else None}
    world = make_world(memory)
    for action in ("unchanged" if stored else "updated", "unchanged"):
        outcome = Reconciler(world.session, ACTION_TABLE).present(
            read_object(ACTION_TABLE, {"name": "a", "pinned_at": value})
        )
        assert outcome.action == action
    assert world.warnings == []
    outcome = Reconciler(world.session, ACTION_TABLE).present(
        read_object(ACTION_TABLE, {"name": "a", "pinned_at": None})
    )
    assert outcome.action == "updated" and outcome.obj is not None and outcome.obj["pinned_at"] is None
