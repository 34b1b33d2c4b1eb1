# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about external sources of the data warehouse."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.warehouse import EXTERNAL_DATA_SOURCE
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

PROJECT = "/api/projects/1/"
SOURCES = f"{PROJECT}external_data_sources/"
SCHEMAS = f"{PROJECT}external_data_schemas/"

INPUTS: Obj = {"host": "db.test", "port": "5432", "password": "s3cret-one", "ssh_tunnel": {"enabled": True, "key": "k"}}
TABLES: list[Obj] = [
    {"id": "t1", "name": "orders", "should_sync": True, "sync_type": "full_refresh", "sync_frequency": "6hour"},
    {"id": "t2", "name": "users", "should_sync": False, "sync_type": None, "sync_frequency": "6hour"},
]
SHOWN: Obj = {"host": "db.test", "port": 5432, "password": "********", "ssh_tunnel": {"enabled": True}}
THERE: Obj = {"id": "s1", "source_type": "Postgres", "prefix": "shop_", "job_inputs": SHOWN, "schemas": TABLES}


class Warehouse(Memory):
    """Answers a POST with the id alone, and keeps each table by itself."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        if method == "POST":
            obj = {"id": "new", **body, "job_inputs": {"host": body["payload"]["host"]}, "schemas": TABLES}
            del obj["payload"]
            self.lists.setdefault(path, []).append(copy.deepcopy(obj))
            return {"id": "new"}
        if "job_inputs" in (body or {}):
            shown = {key: value for key, value in body["job_inputs"].items() if key != "password"}
            body = {**body, "job_inputs": {**SHOWN, **shown}}
        answer = super()._write(method, path, body)
        for source in self.lists[SOURCES]:
            if path.startswith(SCHEMAS):
                source["schemas"] = [answer if item["id"] == answer["id"] else item for item in source["schemas"]]
        return answer


def warehouse(*sources: Obj, check_mode: bool = False) -> World:
    """A project with sources."""
    memory = Warehouse()
    memory.lists[SOURCES] = copy.deepcopy(list(sources))
    memory.lists[SCHEMAS] = copy.deepcopy(TABLES)
    memory.lists[f"{PROJECT}integrations/"] = [{"id": 5, "kind": "hubspot", "display_name": "Acme"}]
    memory.singles[f"{SOURCES}wizard/"] = {"Postgres": {"fields": []}, "Stripe": {"fields": []}}
    return make_world(memory, check_mode=check_mode)


def declare(world: World, update_secret: str = "on_create", **options: Any) -> Outcome:
    """Declare a source."""
    options = {"source_type": "Postgres", "prefix": "shop_", **options}
    reconciler = Reconciler(world.session, EXTERNAL_DATA_SOURCE, update_secret=update_secret)
    return reconciler.present(read_object(EXTERNAL_DATA_SOURCE, options))


def test_a_source_is_made_of_a_payload() -> None:
    world = warehouse()
    tables = [{"name": "orders", "should_sync": True, "sync_type": "full_refresh", "sync_frequency": "1hour"}]
    outcome = declare(world, job_inputs=INPUTS, schemas=tables)
    assert outcome.action == "created" and outcome.obj is not None
    assert world.memory.writes == [
        (
            "POST",
            SOURCES,
            {
                "source_type": "Postgres",
                "prefix": "shop_",
                "payload": {
                    **INPUTS,
                    "schemas": [{"name": "orders", "should_sync": True, "sync_type": "full_refresh"}],
                },
            },
        ),
        # A new source has its own idea of how often.
        ("PATCH", f"{SCHEMAS}t1/", {"sync_frequency": "1hour"}),
    ]
    assert outcome.obj["schemas"][0]["sync_frequency"] == "1hour"
    assert "s3cret-one" not in str(outcome.after)
    assert not declare(world, job_inputs=INPUTS, schemas=tables).changed


def test_making_one_writes_its_secrets_once() -> None:
    world = warehouse()
    declare(world, "always", job_inputs=INPUTS)
    assert [call[0] for call in world.memory.writes] == ["POST"]


def test_what_posthog_shows_of_the_connection_is_compared() -> None:
    world = warehouse(THERE)
    assert not declare(world, job_inputs={**INPUTS, "password": "s3cret-two"}).changed
    outcome = declare(world, job_inputs={**INPUTS, "host": "db2.test", "password": "s3cret-two"})
    assert outcome.changed and world.memory.writes[0][2]["job_inputs"]["password"] == "s3cret-two"
    assert outcome.before["job_inputs"]["host"] == "db.test" and outcome.after["job_inputs"]["host"] == "db2.test"
    assert "s3cret-two" not in str(outcome.after)
    assert not declare(world, job_inputs={**INPUTS, "host": "db2.test"}).changed
    again = declare(world, "always", job_inputs={**INPUTS, "host": "db2.test"})
    assert again.changed and "written" in str(again.after) and "s3cret" not in str(again.after)


def test_tables_are_patched_one_by_one() -> None:
    world = warehouse(THERE)
    tables: list[Obj] = [
        {"name": "users", "should_sync": True, "sync_type": "incremental", "incremental_field": "updated_at"},
        {"name": "orders", "should_sync": True},
    ]
    outcome = declare(world, schemas=tables)
    assert world.memory.writes == [
        (
            "PATCH",
            f"{SCHEMAS}t2/",
            {"should_sync": True, "sync_type": "incremental", "incremental_field": "updated_at"},
        )
    ]
    assert outcome.before["schemas"][1] == outcome.after["schemas"][1] == {"name": "orders", "should_sync": True}
    assert not declare(world, schemas=tables).changed


def test_check_mode_foretells_tables() -> None:
    world = warehouse(THERE, check_mode=True)
    outcome = declare(world, schemas=[{"name": "users", "should_sync": True, "sync_type": "append"}])
    assert world.memory.writes == [] and outcome.obj is not None
    assert outcome.obj["schemas"][1]["sync_type"] == "append"


def test_a_server_that_tells_little_of_tables_within_their_source_is_asked_for_them() -> None:
    short = {**THERE, "schemas": [{"id": item["id"], "name": item["name"]} for item in TABLES]}
    world = warehouse(short)
    assert not declare(world, schemas=[{"name": "orders", "should_sync": True, "sync_type": "full_refresh"}]).changed
    assert [call[1] for call in world.memory.reads] == [SOURCES, SCHEMAS]


@pytest.mark.parametrize(
    ("options", "path", "said"),
    [
        ({"schemas": [{"name": "order", "should_sync": True}]}, "schemas[0].name", "did you mean orders?"),
        ({"schemas": [{"name": "x", "should_sync": True}]}, "schemas[0].name", "it has orders, users"),
        ({"schemas": [{"name": "users", "should_sync": True}] * 2}, "schemas[1].name", "is named twice"),
        ({"schemas": [{"name": "users"}]}, "schemas[0].should_sync", "is missing"),
        ({"schemas": [{"name": "users", "should_sink": True}]}, "schemas[0].should_sink", "mean should_sync?"),
        ({"source_type": "Postgress", "job_inputs": INPUTS}, "source_type", "did you mean Postgres?"),
        ({"prefix": "new_"}, "job_inputs", "is needed to create the external data source"),
        ({"prefix": "a b"}, "prefix", "letters, digits and _"),
        ({"job_inputs": {"hubspot_integration_id": "Acmee"}}, "job_inputs.hubspot_integration_id", "mean Acme?"),
    ],
)
def test_what_is_refused(options: Obj, path: str, said: str) -> None:
    world = warehouse(THERE)
    with pytest.raises(InvalidInput) as caught:
        declare(world, **options)
    assert any(where == path and said in text for where, text in caught.value.problems), caught.value.problems
    assert world.memory.writes == []


def test_accounts_are_named() -> None:
    world = warehouse()
    declare(world, source_type="Stripe", job_inputs={"host": "x", "hubspot_integration_id": "Acme"})
    assert world.memory.writes[0][2]["payload"]["hubspot_integration_id"] == 5


def test_no_prefix_is_a_prefix() -> None:
    world = warehouse(THERE)
    assert declare(world, prefix=None, job_inputs=INPUTS).action == "created"
    assert declare(world, prefix="", job_inputs=INPUTS).action == "unchanged"
    table = ResourceHandler(EXTERNAL_DATA_SOURCE)
    assert table.spec()["argument_spec"]["job_inputs"]["no_log"] is False
    assert table.spec()["argument_spec"]["job_inputs"]["aliases"] == ["payload"]
