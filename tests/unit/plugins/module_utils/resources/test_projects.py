# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about projects and their settings: steps, products that are set up, documents with routes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import BROWSER_ONLY
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resources.projects import PROJECT, PROJECT_SETTINGS
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, api_error, make_world

ACME = "01890000-0000-0000-0000-0000000000aa"
LABS = "01890000-0000-0000-0000-0000000000bb"
SHOP = "/api/projects/4/"
OWNED = f"/api/organizations/{ACME}/projects/"

CLOSED = "This action does not support Personal API Key access"


class Server(Memory):
    """Has the routes of a project that are no list."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        if path.endswith("/default_evaluation_contexts/"):
            entries = self.singles[path]["default_evaluation_contexts"]
            name = body["context_name"]
            kept = [item for item in entries if item["name"] != name]
            self.singles[path]["default_evaluation_contexts"] = kept + ([{"name": name}] if method == "POST" else [])
            return {"name": name}
        if path.endswith("/complete_product_onboarding/"):
            shop = self.singles[SHOP]
            shop["has_completed_onboarding_for"] = {**shop["has_completed_onboarding_for"], body["product_type"]: True}
            return shop
        if path.endswith(("/reset_token/", "/rotate_secret_token/", "/delete_secret_token_backup/")):
            return {**self.singles[SHOP], "api_token": "phc_new"}
        if path.endswith("/change_organization/"):
            return {**self.singles[SHOP], "organization": body["organization_id"]}
        if path in self.singles:
            self.singles[path] = {**self.singles[path], **body}
            return self.singles[path]
        return super()._write(method, path, body)


def shop(check_mode: bool = False) -> World:
    """A project."""
    memory = Server()
    known = {"id": 4, "name": "Shop", "organization": ACME, "has_completed_onboarding_for": {"surveys": True}}
    memory.singles[SHOP] = {**known, "timezone": "UTC"}
    memory.singles[f"{OWNED}4/"] = memory.singles[SHOP]
    memory.lists[OWNED] = [dict(known)]
    memory.lists[f"/api/organizations/{LABS}/projects/"] = [{"id": 5, "name": "Moved", "organization": LABS}]
    memory.lists["/api/organizations/"] = [{"id": ACME, "name": "Acme"}, {"id": LABS, "name": "Labs"}]
    memory.lists[f"{SHOP}cohorts/"] = [{"id": 90210, "name": "Staff"}]
    memory.singles[f"{SHOP}default_release_conditions/"] = {"enabled": False, "default_groups": []}
    memory.singles[f"{SHOP}experiments_config/"] = {
        "default_cuped_enabled": None,
        "default_experiment_confidence_level": "0.95",
    }
    memory.singles[f"{SHOP}logs_config/"] = {"logs_session_id_attribute_keys": ["sessionId"]}
    memory.singles[f"{SHOP}default_evaluation_contexts/"] = {
        "default_evaluation_contexts": [{"id": 1, "name": "app"}, {"id": 2, "name": "docs"}],
        "enabled": True,
    }
    return make_world(memory, organization=ACME, project="4", check_mode=check_mode)


def project(world: World, name: str = "Shop", object_id: Any = None, **options: Any) -> Outcome:
    """Declare a project."""
    return Reconciler(world.session, PROJECT).present(read_object(PROJECT, {"name": name, **options}), object_id)


def settings(world: World, **options: Any) -> Outcome:
    """Declare settings."""
    return Reconciler(world.session, PROJECT_SETTINGS).present(read_object(PROJECT_SETTINGS, options))


CONDITIONS = [{"properties": [{"type": "cohort", "key": "id", "value": "Staff"}], "rollout_percentage": 10}]

#: An option, what it is declared to be, the same in another form, and the writes.
CONFIGS: list[tuple[str, Any, Any, list[tuple[str, str, Any]]]] = [
    (
        "default_release_conditions",
        {"enabled": True, "default_groups": CONDITIONS},
        {"enabled": True},
        [
            (
                "PUT",
                f"{SHOP}default_release_conditions/",
                {
                    "enabled": True,
                    "default_groups": [
                        {"properties": [{"type": "cohort", "key": "id", "value": 90210}], "rollout_percentage": 10}
                    ],
                },
            )
        ],
    ),
    (
        "default_evaluation_contexts",
        ["App ", "shop"],
        ["shop", "app"],
        [
            ("DELETE", f"{SHOP}default_evaluation_contexts/", {"context_name": "docs"}),
            ("POST", f"{SHOP}default_evaluation_contexts/", {"context_name": "shop"}),
        ],
    ),
    (
        "experiments_config",
        {"default_cuped_enabled": True, "default_experiment_confidence_level": 0.9},
        {"default_experiment_confidence_level": "0.90"},
        [
            (
                "PATCH",
                f"{SHOP}experiments_config/",
                {"default_cuped_enabled": True, "default_experiment_confidence_level": "0.9"},
            )
        ],
    ),
    (
        "logs_config",
        {"logs_session_id_attribute_keys": ["sid", "sessionId"]},
        {},
        [("PATCH", f"{SHOP}logs_config/", {"logs_session_id_attribute_keys": ["sid", "sessionId"]})],
    ),
    (
        "completed_onboarding",
        ["surveys", "session_replay"],
        ["session_replay"],
        [("PATCH", f"{OWNED}4/complete_product_onboarding/", {"product_type": "session_replay"})],
    ),
]


@pytest.mark.parametrize("declare", [project, settings])
@pytest.mark.parametrize(("option", "value", "same", "writes"), CONFIGS)
def test_documents_with_routes(declare: Any, option: str, value: Any, same: Any, writes: Any) -> None:
    world, check = shop(), shop(check_mode=True)
    foretold = declare(check, **{option: value})
    outcome = declare(world, **{option: value})
    assert world.memory.writes == writes and check.memory.writes == []
    assert outcome.action == foretold.action == "updated"
    assert (outcome.before, outcome.after) == (foretold.before, foretold.after)
    assert outcome.before[option] != outcome.after[option]
    assert "90210" not in str(outcome.after[option])
    assert not declare(world, **{option: value}).changed
    assert not declare(world, **{option: same}).changed
    assert len(world.memory.writes) == len(writes) and world.warnings == []


def test_new_projects_get_all_of_it() -> None:
    check = shop(check_mode=True)
    options = {option: value for option, value, _same, _writes in CONFIGS if option != "default_release_conditions"}
    outcome = project(check, "New", **options, default_release_conditions={"enabled": True})
    assert outcome.action == "created" and check.memory.writes == []
    assert outcome.after["logs_config"] == {"logs_session_id_attribute_keys": ["sid", "sessionId"]}
    with pytest.raises(InvalidInput, match="there is no cohort 'Staff'"):
        project(shop(), "New", default_release_conditions={"default_groups": CONDITIONS})


def test_posthog_may_not_keep_it() -> None:
    world = shop()
    world.memory.singles[f"{SHOP}logs_config/"] = {}
    path = f"{SHOP}logs_config/"
    write = world.memory._write
    world.memory._write = lambda method, at, body: {} if at == path else write(method, at, body)  # type: ignore[method-assign]
    settings(world, logs_config={"logs_pattern_message_keys": ["msg"]})
    assert world.warnings == ["logs_config: PostHog accepted this without an error but did not keep all of it"]


@pytest.mark.parametrize("step", ["reset_token", "rotate_secret_token", "delete_secret_token_backup"])
def test_steps_are_done_each_time(step: str) -> None:
    world, check = shop(), shop(check_mode=True)
    for _again in range(2):
        assert project(world, **{step: True}).changed and project(check, **{step: True}).changed
    assert world.memory.writes == [("PATCH", f"{SHOP}{step}/", {})] * 2 and check.memory.writes == []
    assert not project(world, **{step: False}).changed


def test_what_only_a_browser_may_is_told() -> None:
    world = shop()
    closed = api_error(403, CLOSED, "PATCH")
    for method, path in (
        ("PATCH", f"{SHOP}reset_token/"),
        ("GET", f"{SHOP}logs_config/"),
        ("POST", f"{OWNED}4/change_organization/"),
    ):
        world.memory.errors[method, path] = closed
    for options in (
        {"reset_token": True},
        {"logs_config": {"logs_pattern_message_keys": []}},
        {"move_to_organization": "Labs"},
    ):
        with pytest.raises(ApiError) as refused:
            project(world, **options)
        (option,) = options
        assert refused.value.message.startswith(f"{option}: {BROWSER_ONLY}")
    assert {method for method, _path, _body in world.memory.writes} == {"PATCH", "POST"}


def test_a_missing_scope_is_something_else() -> None:
    world = shop()
    world.memory.errors["GET", f"{SHOP}logs_config/"] = api_error(403, "API key missing required scope 'project:read'")
    with pytest.raises(ApiError) as refused:
        settings(world, logs_config={"logs_pattern_message_keys": []})
    assert "browser" not in refused.value.message


def test_older_servers_have_no_such_routes() -> None:
    world = shop()
    del world.memory.singles[f"{SHOP}experiments_config/"]
    with pytest.raises(ApiError) as refused:
        settings(world, experiments_config={"default_cuped_enabled": True})
    assert "this PostHog cannot do it (introduced in 2026)" in refused.value.message


# -- another organization --------------------------------------------------------------------------------------------


def test_a_project_is_moved_once() -> None:
    world, check = shop(), shop(check_mode=True)
    outcome = project(world, move_to_organization="Labs")
    assert world.memory.writes == [("POST", f"{OWNED}4/change_organization/", {"organization_id": LABS})]
    assert (outcome.before["move_to_organization"], outcome.after["move_to_organization"]) == (ACME, LABS)
    foretold = project(check, move_to_organization=LABS)
    assert foretold.obj is not None and outcome.obj is not None
    assert foretold.obj["organization"] == outcome.obj["organization"] == LABS


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_project_that_was_moved_is_looked_after_there(check_mode: bool) -> None:
    world = shop(check_mode)
    outcome = project(world, "Moved", move_to_organization="labs")
    assert not outcome.changed and outcome.obj is not None and outcome.obj["id"] == 5
    assert world.memory.writes == []
    with pytest.raises(InvalidInput, match="no project 'Nowhere' to move, and none in the other organization"):
        project(world, "Nowhere", move_to_organization="labs")


def test_a_project_stays_where_it_is() -> None:
    assert not project(shop(), move_to_organization="Acme").changed


# -- exports ---------------------------------------------------------------------------------------------------------


def test_parts_tell_what_a_task_would_declare() -> None:
    world = shop()
    world.memory.singles[f"{SHOP}default_release_conditions/"] = {
        "enabled": True,
        "default_groups": [{"properties": [{"type": "cohort", "key": "id", "value": 90210}]}],
    }
    world.session.collection(RESOURCES["cohort"]).all()
    world.memory.errors["GET", f"{SHOP}logs_config/"] = api_error(403, CLOSED)
    obj: Obj = world.memory.singles[SHOP]
    told = {part.field.name: part.export(world.session, PROJECT, obj) for part in PROJECT.parts}
    # What is left alone where it is not declared is said where it is empty, too.
    assert told["experiments_config"].pop("default_cuped_enabled") is None
    assert told["experiments_config"].pop("flag_cleanup_repository") is None
    told["experiments_config"] = {key: value for key, value in told["experiments_config"].items() if value is not None}
    assert {name: value for name, value in told.items() if value is not None} == {
        "default_release_conditions": {
            "enabled": True,
            "default_groups": [{"properties": [{"type": "cohort", "key": "id", "value": "Staff"}]}],
        },
        "default_evaluation_contexts": ["app", "docs"],
        "experiments_config": {"default_experiment_confidence_level": "0.95"},
    }
