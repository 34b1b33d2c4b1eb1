# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views with their lock and their schedule, tables of the project's own, joins, endpoints."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import HANDLERS
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resources.warehouse import canonical
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

VIEW, TABLE = RESOURCES["warehouse_saved_query"], RESOURCES["warehouse_table"]
JOIN, ENDPOINT = RESOURCES["warehouse_join"], RESOURCES["endpoint"]
VIEWS, TABLES = "/api/projects/1/warehouse_saved_queries/", "/api/projects/1/warehouse_tables/"
JOINS, ENDPOINTS = "/api/projects/1/warehouse_view_links/", "/api/projects/1/endpoints/"

STORED: Obj = {
    "id": "v-1",
    "name": "signups",
    "query": {"kind": "HogQLQuery", "query": "select 1"},
    "latest_history_id": "h-1",
    "is_materialized": False,
    "sync_frequency": None,
    "managed_viewset_kind": None,
}


class Warehouse(Memory):
    """PostHog's way with views: the list is short, the query is locked, materializing brings a schedule."""

    def __init__(self) -> None:
        super().__init__()
        #: What somebody else did to the lock, when a query is written.
        self.others: list[str] = []

    def objects(self, path: str, params: Any = None, *, page_size: int | None = 500) -> list[Obj]:
        found = super().objects(path, params, page_size=page_size)
        return [{key: value for key, value in row.items() if key != "query"} for row in found]

    def _write(self, method: str, path: str, body: Any) -> Any:
        for route, wanted in (("materialize/", True), ("revert_materialization/", False)):
            if path.endswith(f"/{route}"):
                row = self._object(path.removesuffix(route), method)
                row.update(is_materialized=wanted, sync_frequency="24hour" if wanted else None)
                return None
        if method == "PATCH" and "query" in body:
            row = self._object(path, method)
            if self.others:
                row["latest_history_id"] = self.others.pop(0)
            if body.pop("edited_history_id", None) != row["latest_history_id"]:
                envelope = {"type": "validation_error", "code": "invalid_input", "detail": "Modified.", "attr": None}
                raise ApiError("400: Modified.", status=400, envelope=envelope, method=method, path=path)
        if method == "POST":
            body = {**STORED, **body, "id": "v-new"}
            body.pop("edited_history_id", None)
            self.lists.setdefault(path, []).append(body)
            return body
        return super()._write(method, path, body)


def world_of(path: str, *rows: Obj, check_mode: bool = False) -> World:
    memory = Warehouse() if path == VIEWS else Memory()
    memory.lists = {path: [dict(row) for row in rows]}
    return make_world(memory, check_mode=check_mode)


def present(world: World, table: Any = VIEW, object_id: Any = None, /, **options: Any) -> Outcome:
    return Reconciler(world.session, table).present(read_object(table, options), object_id)


def select(text: str) -> Obj:
    return {"query": f"select {text}"}


# -- views -----------------------------------------------------------------------------------------------------------


def test_the_change_before_is_named() -> None:
    world = world_of(VIEWS, STORED)
    assert present(world, name="signups", query=select("1")).action == "unchanged"
    assert present(world, name="signups", query=select("2")).action == "updated"
    body = {"query": {"kind": "HogQLQuery", "query": "select 2"}, "edited_history_id": "h-1"}
    assert world.memory.writes == [("PATCH", f"{VIEWS}v-1/", body)]
    assert present(world, name="signups", description="Shown").action == "unchanged"  # this server does not show it
    assert len(world.memory.writes) == 1


def test_somebody_else_was_faster_once() -> None:
    world = world_of(VIEWS, STORED)
    assert isinstance(world.memory, Warehouse)
    world.memory.others = ["h-2"]
    assert present(world, name="signups", query=select("2")).action == "updated"
    assert [call[2]["edited_history_id"] for call in world.memory.writes] == ["h-1", "h-2"]


def test_somebody_else_was_faster_twice() -> None:
    world = world_of(VIEWS, STORED)
    assert isinstance(world.memory, Warehouse)
    world.memory.others = ["h-2", "h-3"]
    with pytest.raises(ApiError, match="Modified"):
        present(world, name="signups", query=select("2"))


def test_a_query_that_is_wrong_is_not_sent_twice() -> None:
    world = world_of(VIEWS, STORED)
    envelope = {"type": "validation_error", "code": "invalid_input", "detail": "Unknown table.", "attr": None}
    error = ApiError("400: Unknown table.", status=400, envelope=envelope, method="PATCH", path=f"{VIEWS}v-1/")
    world.memory.errors[("PATCH", f"{VIEWS}v-1/")] = error
    with pytest.raises(ApiError, match="Unknown table"):
        present(world, name="signups", query=select("a from nowhere"))
    assert len(world.memory.writes) == 1


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"kind": "TrendsQuery"}, "a view is made of a HogQLQuery"),
        ({}, "query.query: is missing"),
        ({"query": "  "}, "query.query: is missing"),
    ],
)
def test_a_view_is_sql(query: Obj, text: str) -> None:
    with pytest.raises(InvalidInput, match=text):
        read_object(VIEW, {"name": "signups", "query": query})


def test_views_that_posthog_manages() -> None:
    world = world_of(VIEWS, {**STORED, "managed_viewset_kind": "revenue_analytics"})
    assert present(world, name="signups", query=select("1")).action == "unchanged"
    with pytest.raises(InvalidInput, match="manages this view as one of its revenue_analytics views"):
        present(world, name="signups", query=select("2"))
    assert world.memory.writes == []


def test_a_new_view_is_materialized_and_then_gets_its_schedule() -> None:
    options: Obj = {"name": "new", "query": select("1"), "is_materialized": True, "sync_frequency": "1hour"}
    checked = world_of(VIEWS, check_mode=True)
    outcome = present(checked, **options)
    assert outcome.obj is not None
    assert (outcome.obj["is_materialized"], outcome.obj["sync_frequency"]) == (True, "1hour")
    world = world_of(VIEWS)
    outcome = present(world, **options)
    assert outcome.action == "created" and outcome.obj is not None
    assert (outcome.obj["is_materialized"], outcome.obj["sync_frequency"]) == (True, "1hour")
    assert [call[:2] for call in world.memory.writes] == [
        ("POST", VIEWS),
        ("POST", f"{VIEWS}v-new/materialize/"),
        ("PATCH", f"{VIEWS}v-new/"),
    ]
    assert "is_materialized" not in world.memory.writes[0][2]
    assert present(world, **options).action == "unchanged"


def test_a_view_that_is_kept_but_not_on_a_schedule() -> None:
    """Materializing sets a schedule, so that never has to be said after it."""
    world = world_of(VIEWS, STORED)
    options: Obj = {"name": "signups", "is_materialized": True, "sync_frequency": "never"}
    assert present(world, **options).action == "updated"
    assert present(world, **options).action == "unchanged"


def test_what_is_kept_already_is_not_kept_again() -> None:
    world = world_of(VIEWS, {**STORED, "is_materialized": True, "sync_frequency": "24hour"})
    assert present(world, name="signups", is_materialized=True).action == "unchanged"
    assert present(world, name="signups", is_materialized=False).action == "updated"
    assert world.memory.writes == [("POST", f"{VIEWS}v-1/revert_materialization/", None)]
    assert present(world, name="signups", sync_frequency=None).action == "unchanged"
    new = world_of(VIEWS)
    present(new, name="plain", query=select("1"), is_materialized=False)
    assert [call[:2] for call in new.memory.writes] == [("POST", VIEWS)]


def test_a_server_that_keeps_the_schedule_to_itself() -> None:
    shown = {key: value for key, value in STORED.items() if key != "sync_frequency"}
    world = world_of(VIEWS, shown)
    assert present(world, name="signups", sync_frequency="1hour").action == "unchanged"
    assert any("does not show sync_frequency" in text for text in world.warnings)
    stubborn = world_of(VIEWS, STORED)
    stubborn.memory.storing = lambda obj: {**obj, "sync_frequency": None}
    present(stubborn, name="signups", sync_frequency="1hour")
    assert any("did not keep it" in text for text in stubborn.warnings)


# -- tables ----------------------------------------------------------------------------------------------------------

KEYS = {"access_key": "my-bucket-key", "access_secret": "my-bucket-secret"}

ORDERS: Obj = {
    "id": "t-1",
    "name": "orders",
    "format": "CSV",
    "url_pattern": "https://a.example.com/*.csv",
    "credential": {"id": "c-1", "created_at": "2026-01-01T00:00:00Z"},
    "external_data_source": None,
}


def test_tables_of_a_source_are_not_taken_for_ones_own() -> None:
    world = world_of(TABLES, {**ORDERS, "external_data_source": {"id": "s-1"}})
    outcome = Reconciler(world.session, TABLE).absent(read_object(TABLE, {"name": "orders"}))
    assert outcome.action == "unchanged" and world.memory.writes == []


def test_keys_of_a_bucket_are_no_change_and_appear_nowhere() -> None:
    world = world_of(TABLES, ORDERS)
    outcome = present(world, TABLE, name="orders", credential=KEYS)
    assert outcome.action == "unchanged"
    outcome = present(world, TABLE, name="orders", credential=KEYS, format="Parquet")
    assert world.memory.writes == [("PATCH", f"{TABLES}t-1/", {"format": "Parquet"})]
    always = Reconciler(world.session, TABLE, update_secret="always")
    outcome = always.present(read_object(TABLE, {"name": "orders", "credential": KEYS}))
    assert outcome.action == "updated" and world.memory.writes[1][2] == {"credential": KEYS}
    checked = world_of(TABLES, check_mode=True)
    new: Obj = {"name": "new", "format": "CSV", "url_pattern": "https://a.example.com/*.csv", "credential": KEYS}
    planned = present(checked, TABLE, **new)
    for shown in (outcome.before, outcome.after, planned.after, masked(TABLE, planned.obj)):
        assert "my-bucket" not in str(shown)


def test_what_stands_under_a_mistyped_key_is_secret_too() -> None:
    """The message names the key, and what Ansible prints of the task must not hold its value."""
    typo = {"access_key": "my-bucket-key", "acces_secret": "my-bucket-secret"}
    assert {"my-bucket-key", "my-bucket-secret"} <= HANDLERS["posthog_warehouse_table"].secrets({"credential": typo})


# -- joins -----------------------------------------------------------------------------------------------------------

LINK: Obj = {
    "id": "j-1",
    "field_name": "customer",
    "source_table_name": "stripe.prod.charge",
    "source_table_key": "id",
    "joining_table_name": "customers",
    "joining_table_key": "id",
    "configuration": None,
}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("stripe_charge", "stripe.charge", True),
        ("`Persons`", "persons", True),
        ('"persons"', "persons", True),
        ("persons", "person", False),
        (None, "persons", False),
    ],
)
def test_names_of_tables_are_compared_as_posthog_prints_them(one: Any, other: Any, same: bool) -> None:
    assert (canonical(one) == canonical(other)) is same


def test_the_same_field_of_another_table_is_another_join() -> None:
    world = world_of(JOINS, LINK)
    declared: Obj = {"field_name": "customer", "source_table_name": "stripe_prod_charge"}
    assert present(world, JOIN, **declared, joining_table_name="Customers").action == "unchanged"
    other: Obj = {**{key: value for key, value in LINK.items() if key != "id"}, "source_table_name": "persons"}
    assert present(world, JOIN, **other).action == "created"
    with pytest.raises(Ambiguous, match="give source_table_name too"):
        present(world, JOIN, field_name="customer")
    with pytest.raises(InvalidInput, match="a name without dots"):
        read_object(JOIN, {"field_name": "a.b"})


# -- endpoints -------------------------------------------------------------------------------------------------------

ROUTE: Obj = {
    "id": "e-1",
    "name": "signups",
    "query": {"kind": "HogQLQuery", "query": "select 1", "version": 2},
    "description": "",
    "is_active": True,
    "cache_age_seconds": None,
}


def test_an_endpoint_is_addressed_by_its_name() -> None:
    world = world_of(ENDPOINTS, ROUTE)
    world.memory._object = lambda path, method: world.memory.lists[ENDPOINTS][0]  # type: ignore[method-assign]
    assert present(world, ENDPOINT, name="signups", query={"kind": "HogQLQuery", "query": "select 1"}).action == (
        "unchanged"
    )
    assert present(world, ENDPOINT, name="signups", is_active=False).action == "updated"
    assert world.memory.writes == [("PATCH", f"{ENDPOINTS}signups/", {"is_active": False})]
    with pytest.raises(InvalidInput, match="name: cannot be changed after creation"):
        present(world, ENDPOINT, "signups", name="other")
    with pytest.raises(InvalidInput, match="a letter, and then letters"):
        read_object(ENDPOINT, {"name": "2fast"})


def test_a_server_that_has_the_other_name_for_it() -> None:
    world = world_of(ENDPOINTS, ROUTE)
    world.memory._object = lambda path, method: world.memory.lists[ENDPOINTS][0]  # type: ignore[method-assign]
    assert present(world, ENDPOINT, name="signups", data_freshness_seconds=60).action == "unchanged"
    assert any("does not show data_freshness_seconds" in text for text in world.warnings)
    assert present(world, ENDPOINT, name="signups", cache_age_seconds=60).action == "updated"
