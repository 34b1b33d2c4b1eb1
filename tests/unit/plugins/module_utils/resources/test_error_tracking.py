# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of error tracking, which have no names, and settings that are in two places."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, api_error, make_world

RULE, SETTINGS = RESOURCES["error_tracking_rule"], RESOURCES["error_tracking_settings"]
NEW, OLD = "/api/projects/1/error_tracking/", "/api/environments/1/error_tracking/"


def about(text: str, **more: Any) -> Obj:
    return {"type": "AND", "values": [{"key": "$exception_types", "type": "event", "value": text, **more}]}


class ErrorTracking(Memory):
    """PostHog's way: updates answer with nothing, and the order has a route of its own."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        if path.endswith("/reorder/"):
            for row in self.lists[path.removesuffix("reorder/")]:
                row["order_key"] = body["orders"].get(row["id"], row["order_key"])
            return None
        if method == "PATCH" and path.endswith(("update_settings/", "update_config/")):
            read = path.replace("update_settings/", "retrieve_settings/").replace("update_config/", "")
            self.singles[read] = {**(self.singles[read] or {}), **body}
            return self.singles[read]
        answer = super()._write(method, path, {key: value for key, value in (body or {}).items() if key != "order_key"})
        if method == "POST":
            answer["id"] = str(answer["id"])
            # Servers of 2025 put every new rule at the top.
            answer["order_key"] = 0
            return answer
        return None


def world_of(*rows: Obj, kind: str = "assignment_rules", base: str = NEW) -> World:
    memory = ErrorTracking()
    memory.lists = {f"{base}{kind}/": [dict(row) for row in rows]}
    memory.lists["/api/organizations/01890000-0000-0000-0000-0000000000aa/members/"] = [
        {"id": "m", "user": {"id": 7, "uuid": "u-7", "email": "ada@example.com"}}
    ]
    memory.lists["/api/organizations/01890000-0000-0000-0000-0000000000aa/roles/"] = [{"id": "r-1", "name": "Checkout"}]
    return make_world(memory)


def present(world: World, table: Any = RULE, object_id: Any = None, /, **options: Any) -> Outcome:
    return Reconciler(world.session, table).present(read_object(table, options), object_id)


ASSIGNED: Obj = {"id": "1", "filters": about("A"), "assignee": {"type": "user", "id": 7}, "order_key": 3}


def test_assignees_are_named() -> None:
    world = world_of(ASSIGNED)
    ada, checkout = {"type": "user", "id": "ada@example.com"}, {"type": "role", "id": "Checkout"}
    assert present(world, rule_type="assignment", filters=about("A"), assignee=ada).action == "unchanged"
    assert present(world, rule_type="assignment", filters=about("A"), assignee=checkout).action == "updated"
    assert world.memory.writes == [
        ("PATCH", f"{NEW}assignment_rules/1/", {"assignee": {"type": "role", "id": "r-1"}}),
    ]
    assert present(world, rule_type="assignment", filters=about("A"), assignee=checkout).action == "unchanged"


def test_what_posthog_adds_to_a_condition_is_no_other_rule() -> None:
    world = world_of({**ASSIGNED, "filters": about("A", operator="exact", label=None)})
    assert present(world, rule_type="assignment", filters=about("A")).action == "unchanged"


def test_two_rules_of_the_same_filters() -> None:
    world = world_of(ASSIGNED, {**ASSIGNED, "id": "2"})
    with pytest.raises(Ambiguous, match=r"filters: 2 objects of type error_tracking_rule are like that \(ids 1, 2\)"):
        present(world, rule_type="assignment", filters=about("A"))
    assert present(world, RULE, "2", rule_type="assignment", filters=about("B")).action == "updated"


def test_a_place_that_the_creation_ignores_is_taken_afterwards() -> None:
    world = world_of()
    outcome = present(world, rule_type="assignment", filters=about("A"), assignee=ASSIGNED["assignee"], order_key=4)
    assert outcome.action == "created" and outcome.obj is not None and outcome.obj["order_key"] == 4
    assert [call[:2] for call in world.memory.writes] == [
        ("POST", f"{NEW}assignment_rules/"),
        ("PATCH", f"{NEW}assignment_rules/reorder/"),
    ]
    assert world.warnings == []


def test_the_place_is_tried_first() -> None:
    world = world_of(ASSIGNED)
    error = api_error(403, "This action does not support Personal API Key access", "PATCH")
    world.memory.errors[("PATCH", f"{NEW}assignment_rules/reorder/")] = error
    with pytest.raises(type(error)) as caught:
        present(
            world, rule_type="assignment", filters=about("A"), assignee={"type": "role", "id": "Checkout"}, order_key=1
        )
    assert "leave order_key out" in caught.value.message
    assert [call[1] for call in world.memory.writes] == [f"{NEW}assignment_rules/reorder/"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"rule_type": "assignment", "sampling_rate": 0.5}, "no field of a rule of the type assignment.*suppression"),
        ({"rule_type": "bypass", "assignee": ASSIGNED["assignee"]}, "belongs to assignment and grouping"),
        ({"rule_type": "bypass", "filters": {"type": "AND", "values": []}}, "must not be empty"),
        ({"rule_type": "suppression", "sampling_rate": 2}, "between 0 and 1"),
        ({"rule_type": "grouping", "assignee": None}, "assignee: cannot be null"),
        ({"rule_type": "grouping", "assignee": {"type": "user"}}, "assignee.id: is missing"),
    ],
)
def test_what_no_rule_can_be(options: Obj, text: str) -> None:
    with pytest.raises(InvalidInput, match=text):
        read_object(RULE, {"filters": about("A"), **options})


def test_servers_that_have_rules_in_environments_only() -> None:
    world = world_of({**ASSIGNED, "id": "9"}, base=OLD)
    world.memory.errors[("GET", f"{NEW}assignment_rules/")] = api_error(404, "Endpoint not found.")
    assert present(world, rule_type="assignment", filters=about("A"), order_key=8).action == "updated"
    assert world.memory.writes[0][1] == f"{OLD}assignment_rules/reorder/"
    assert world.memory.calls[-1][1] == f"{OLD}assignment_rules/9/"


# -- settings --------------------------------------------------------------------------------------------------------


def settings_of(spikes: Any, base: str = NEW, **limits: Any) -> World:
    memory = ErrorTracking()
    memory.singles = {f"{base}settings/retrieve_settings/": limits, f"{base}spike_detection_config/": spikes}
    return make_world(memory)


def test_both_halves_are_one() -> None:
    world = settings_of({"multiplier": 10, "threshold": 500}, project_rate_limit_value=5)
    assert (
        present(world, SETTINGS, project_rate_limit_value=5, spike_detection={"multiplier": 10}).action == "unchanged"
    )
    outcome = present(world, SETTINGS, project_rate_limit_value=None, spike_detection={"multiplier": 4})
    assert outcome.action == "updated"
    assert world.memory.writes == [
        ("PATCH", f"{NEW}settings/update_settings/", {"project_rate_limit_value": None}),
        ("PATCH", f"{NEW}spike_detection_config/update_config/", {"multiplier": 4, "threshold": 500}),
    ]
    assert outcome.obj == {"project_rate_limit_value": None, "spike_detection": {"multiplier": 4, "threshold": 500}}


def test_spikes_that_nobody_set() -> None:
    world = settings_of(None, project_rate_limit_value=None)
    assert present(world, SETTINGS, spike_detection={"threshold": 4}).action == "updated"
    assert present(world, SETTINGS, spike_detection={"threshold": 4}).action == "unchanged"


def test_a_server_without_spikes() -> None:
    world = settings_of(None, project_rate_limit_value=None)
    del world.memory.singles[f"{NEW}spike_detection_config/"]
    assert present(world, SETTINGS, project_rate_limit_value=3, spike_detection={"threshold": 4}).action == "updated"
    assert any("does not show spike_detection" in text for text in world.warnings)
    assert len(world.memory.writes) == 1


def test_settings_in_environments_only() -> None:
    world = settings_of(None, OLD, project_rate_limit_value=None)
    world.memory.errors[("GET", f"{NEW}settings/retrieve_settings/")] = api_error(404, "Endpoint not found.")
    assert present(world, SETTINGS, project_rate_limit_value=3).action == "updated"
    assert world.memory.writes[0][1] == f"{OLD}settings/update_settings/"


def test_settings_of_a_project_that_is_still_to_be_made() -> None:
    """In check mode they come with the project."""
    memory = ErrorTracking()
    world = make_world(memory, project="Shop", check_mode=True)
    outcome = present(world, SETTINGS, project_rate_limit_value=3)
    assert outcome.action == "updated" and outcome.obj is not None and outcome.obj["project_rate_limit_value"] == 3
    assert memory.writes == []
