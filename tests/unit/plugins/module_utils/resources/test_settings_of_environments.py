# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers between two generations: settings that only environments have, and routes that have another name."""

from __future__ import annotations

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.environments import OF_ENVIRONMENTS
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, api_error, make_world

PROJECT, ENVIRONMENT = "/api/projects/1/", "/api/environments/1/"
SETTINGS = RESOURCES["project_settings"]
OWN: Obj = {"id": 1, "name": "Shop", "anonymize_ips": False}
THEIRS: Obj = dict.fromkeys(OF_ENVIRONMENTS)


def world_of(project: Obj, environment: Obj | None) -> World:
    """A project, and its environment where the server has one."""
    memory = Memory()
    memory.lists["/api/projects/"] = [dict(project)]
    if environment is not None:
        memory.lists["/api/environments/"] = [dict(environment)]
    return make_world(memory, tables=[SETTINGS])


def settings(world: World, **options: object) -> Outcome:
    """Declare settings."""
    return Reconciler(world.session, SETTINGS).present(read_object(SETTINGS, options))


def test_each_setting_is_written_where_it_is() -> None:
    world = world_of(OWN, {"id": 1, **THEIRS, "capture_dead_clicks": False})
    outcome = settings(world, capture_dead_clicks=True, anonymize_ips=True)
    assert outcome.changed and not world.warnings
    assert world.memory.writes == [
        ("PATCH", PROJECT, {"anonymize_ips": True}),
        ("PATCH", ENVIRONMENT, {"capture_dead_clicks": True}),
    ]
    assert outcome.obj is not None and outcome.obj["capture_dead_clicks"] is True and outcome.obj["name"] == "Shop"
    assert not settings(world, capture_dead_clicks=True, anonymize_ips=True).changed


@pytest.mark.parametrize("environment", [None, {"id": 1, **THEIRS}])
def test_a_project_that_shows_all_is_asked_alone(environment: Obj | None) -> None:
    world = world_of({**OWN, **THEIRS, "capture_dead_clicks": False}, environment)
    assert settings(world, capture_dead_clicks=True).changed
    assert world.memory.writes == [("PATCH", PROJECT, {"capture_dead_clicks": True})]
    assert not [call for call in world.memory.calls if call[1] == ENVIRONMENT]


def test_a_server_without_environments_is_asked_once() -> None:
    world = world_of(OWN, None)
    for _again in range(2):
        settings(world, anonymize_ips=True, capture_dead_clicks=True)
        world.session.stale()
    assert [call[1] for call in world.memory.calls].count(ENVIRONMENT) == 1
    assert "does not show capture_dead_clicks" in world.warnings[0]


ACCESS = RESOURCES["access_control"]
NEW, OLD = f"{PROJECT}resource_access_controls/", f"{PROJECT}global_access_controls/"


def test_rules_of_kinds_under_their_older_name() -> None:
    memory = Memory()
    memory.errors[("GET", NEW)] = api_error(404, "Endpoint not found.", "GET", NEW)
    memory.singles[OLD] = {"access_controls": [{"resource": "dashboard", "access_level": "viewer"}]}
    world = make_world(memory, tables=[ACCESS])

    def rule(level: str) -> Outcome:
        options = {"resource": "dashboard", "access_level": level}
        return Reconciler(world.session, ACCESS).present(read_object(ACCESS, options))

    assert not rule("viewer").changed
    assert world.session.traits
    memory.errors[("PUT", NEW)] = ApiError("never")
    memory.errors[("PUT", OLD)] = api_error(400, "reached", "PUT", OLD)
    with pytest.raises(ApiError, match="reached"):
        rule("editor")
    assert [call[1] for call in memory.calls].count(NEW) == 1
