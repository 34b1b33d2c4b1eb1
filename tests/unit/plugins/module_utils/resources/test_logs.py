# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of views and alerts of logs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

VIEW, ALERT = RESOURCES["logs_view"], RESOURCES["logs_alert"]
VIEWS, ALERTS = "/api/projects/1/logs/views/", "/api/projects/1/logs/alerts/"

STORED: Obj = {
    "id": "a-1",
    "name": "Errors",
    "enabled": True,
    "filters": {"serviceNames": ["shop"]},
    "evaluation_periods": 2,
    "datapoints_to_alarm": 1,
    "snooze_until": None,
}


def world_of(path: str, *rows: Obj, check_mode: bool = False) -> World:
    memory = Memory()
    memory.lists = {path: [dict(row) for row in rows]}
    return make_world(memory, check_mode=check_mode)


def present(world: World, table: Any, object_id: Any = None, /, **options: Any) -> Outcome:
    return Reconciler(world.session, table).present(read_object(table, options), object_id)


def test_a_custom_column_says_what_it_shows() -> None:
    columns = [{"type": "body"}, {"type": "custom", "name": "Code"}]
    with pytest.raises(InvalidInput, match=r"columns\[1\].expression.*is missing"):
        read_object(VIEW, {"name": "v", "columns": columns})


def test_either_id_of_a_view_will_do() -> None:
    row = {"id": "u-1", "short_id": "abc", "name": "v", "filters": {}, "columns": None, "pinned": False}
    for number in ("abc", "u-1"):
        world = world_of(VIEWS, row)
        assert present(world, VIEW, number, name="v").action == "unchanged"


def test_what_is_not_declared_of_filters_is_not_sent() -> None:
    """The document is replaced whole, so a key that goes needs no null."""
    row = {"id": "u-1", "short_id": "u-1", "name": "v", "filters": {"searchTerm": "x", "serviceNames": ["a"]}}
    world = world_of(VIEWS, {**row, "columns": None, "pinned": False})
    outcome = present(world, VIEW, name="v", filters={"serviceNames": ["b"]})
    assert outcome.action == "updated"
    assert world.memory.writes == [("PATCH", f"{VIEWS}u-1/", {"filters": {"serviceNames": ["b"]}})]


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({}, True),
        ({"filters": {}}, True),
        ({"filters": None}, True),
        ({"enabled": False}, False),
        ({"filters": {"serviceNames": ["shop"]}}, False),
        ({"filters": {"filterGroup": {"type": "AND", "values": []}}}, False),
    ],
)
def test_an_alert_that_is_on_watches_something(options: Obj, refused: bool) -> None:
    world = world_of(ALERTS)
    if refused:
        with pytest.raises(InvalidInput, match="at least one of severityLevels"):
            present(world, ALERT, name="Errors", **options)
        assert world.memory.writes == []
    else:
        assert present(world, ALERT, name="Errors", **options).action == "created"


def test_an_alert_may_not_be_switched_on_with_nothing_to_watch() -> None:
    row = {**STORED, "enabled": False, "filters": {}}
    with pytest.raises(InvalidInput, match="unless enabled is false"):
        present(world_of(ALERTS, row), ALERT, name="Errors", enabled=True)
    assert present(world_of(ALERTS, row), ALERT, name="Errors", evaluation_periods=3).action == "updated"


def test_periods_are_compared_with_those_that_are_stored() -> None:
    with pytest.raises(InvalidInput, match=r"datapoints_to_alarm \(3\) above evaluation_periods \(2\)"):
        present(world_of(ALERTS, STORED), ALERT, name="Errors", datapoints_to_alarm=3)
    outcome = present(world_of(ALERTS, STORED), ALERT, name="Errors", datapoints_to_alarm=3, evaluation_periods=3)
    assert outcome.action == "updated"


def test_a_relative_time_stands_as_it_came_out() -> None:
    world = world_of(ALERTS, STORED)
    assert present(world, ALERT, name="Errors", snooze_until="+2h").action == "updated"
    assert present(world, ALERT, name="Errors", snooze_until="+2h").action == "unchanged"
    assert present(world, ALERT, name="Errors", snooze_until=None).action == "updated"
