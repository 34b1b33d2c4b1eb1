# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error tracking: rules in an order, whose updates answer with nothing, and two kinds of settings."""

from __future__ import annotations

from typing import Any

from ..errors import forbidden, invalid, not_found
from ..fields import check_body
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, now
from ..tables import Field, Table

CLOSED = "This action does not support Personal API Key access"


def check_group(filters: Any, name: str, top: bool = True) -> None:
    """A property group: AND or OR of properties and of further groups."""
    if not isinstance(filters, dict):
        raise invalid("Filters must be a property group.", name)
    if filters.get("type") not in ("AND", "OR"):
        raise invalid("The type of a property group is AND or OR.", name)
    if not isinstance(filters.get("values"), list):
        raise invalid("A property group needs a list of values.", name)
    for value in filters["values"]:
        if isinstance(value, dict) and value.get("type") in ("AND", "OR"):
            check_group(value, name, top=False)
        elif not isinstance(value, dict) or not value.get("key") or not value.get("type"):
            raise invalid("A property needs a key and a type.", name)


def leaves(filters: Any) -> list[Any]:
    """The properties in a property group."""
    if not isinstance(filters, dict):
        return []
    values = filters.get("values") or []
    return [leaf for value in values for leaf in (leaves(value) if "values" in value else [value])]


class Rule(Resource):
    """First match wins, so the order counts; it is not part of an update."""

    extras = (Extra("reorder", "reorder", ("PATCH",), detail=False, scope="error_tracking:write"),)

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: row["order_key"] or 0)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None:
            data.pop("order_key", None)
            # A null here means: as it is.
            data = {k: v for k, v in data.items() if v is not None or k not in ("filters", "assignee")}
        if "filters" in data and not ctx.seeding:
            check_group(data["filters"], "filters")
            self.check_filters(data["filters"])
        if data.get("assignee") is not None:
            data["assignee"] = self.assignee(ctx, data["assignee"])
        return data

    def check_filters(self, filters: dict[str, Any]) -> None:
        """What one kind of rule asks of its filters."""

    @staticmethod
    def assignee(ctx: Context, sent: dict[str, Any]) -> dict[str, Any]:
        """A user by number or a role by uuid, of the organization."""
        kind, number = sent.get("type"), sent.get("id")
        if kind not in ("user", "role"):
            raise invalid(f'"{kind}" is not a valid choice.', "assignee__type", "invalid_choice")
        if kind == "user":
            if isinstance(number, bool) or not isinstance(number, int):
                raise invalid("User assignee IDs must be integers.", "assignee__id")
            if ctx.store.find("user", number) is None or not ctx.store.level(number, ctx.organization.pk):
                raise invalid("The user is no member of the organization.", "assignee__id")
        else:
            role = ctx.store.find("role", number) if isinstance(number, str) else None
            if role is None or role.scope != ctx.organization.pk:
                raise invalid("Role assignee IDs must be UUIDs of roles.", "assignee__id")
        return {"type": kind, "id": number}

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        # PUT takes a part as well, and neither answers with the rule.
        super().update(ctx, row, partial=True)
        return Answer(None, 204)

    def fields(self, ctx: Context, create: bool) -> dict[str, Any]:
        if create:
            return self.table.fields
        fields = {name: field for name, field in self.table.fields.items() if name != "order_key"}
        for name in ("filters", "assignee"):
            if name in fields:
                fields[name] = Field(name, fields[name].type, nullable=True)
        return fields

    def reorder(self, ctx: Context) -> Answer:
        """{"orders": {id: n}}; unknown ids are left out. Closed to keys on servers before 2026."""
        if not ctx.store.has_feature(ctx.organization.pk, "error_tracking_reorder"):
            raise forbidden(CLOSED)
        orders = self.require_body(ctx).get("orders") or {}
        if not isinstance(orders, dict):
            raise invalid("Expected a dictionary of items.", "orders", "not_a_dict")
        for row in ctx.store.all(self.table.type, ctx.project.pk):
            if row.pk in orders:
                order = orders[row.pk]
                if isinstance(order, bool) or not isinstance(order, int):
                    raise invalid("A valid integer is required.", "orders")
                row.data["order_key"] = order
        ctx.store.touch()
        return Answer(None, 204)


@behaviour("error_tracking_assignment_rule", "current")
class AssignmentRule(Rule):
    """Gives issues to a user or a role."""


@behaviour("error_tracking_grouping_rule", "current")
class GroupingRule(Rule):
    """Puts exceptions into one issue."""


@behaviour("error_tracking_suppression_rule", "current")
class SuppressionRule(Rule):
    """Drops exceptions, or keeps a share of them."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        rate = data.get("sampling_rate")
        if rate is not None and not 0 <= rate <= 1:
            low = rate < 0
            bound = "greater than or equal to 0" if low else "less than or equal to 1"
            raise invalid(f"Ensure this value is {bound}.", "sampling_rate", "min_value" if low else "max_value")
        return super().clean(ctx, data, row)


@behaviour("error_tracking_bypass_rule", "current")
class BypassRule(Rule):
    """Lets exceptions past the rate limits: the body has to name them."""

    def check_filters(self, filters: dict[str, Any]) -> None:
        if not leaves(filters):
            raise invalid("Filters must not be empty.", "filters")


class Singleton(Resource):
    """One object of a project, behind two routes."""

    defaults: dict[str, Any] = {}

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        raise not_found("Endpoint not found.")

    def methods(self, detail: bool) -> list[str]:
        return []

    def fresh_pk(self, ctx: Context, data: dict[str, Any]) -> Any:
        return ctx.project.pk

    def stored(self, ctx: Context) -> Row | None:
        """The object, if it was ever written."""
        row: Row | None = ctx.store.find(self.table.type, ctx.project.pk)
        return row

    def write(self, ctx: Context) -> Answer:
        """Change what is named."""
        data = check_body(self.table.fields, self.require_body(ctx), partial=True, create=False)
        for name, value in data.items():
            if value is not None and value < 1:
                raise invalid("Ensure this value is greater than or equal to 1.", name, "min_value")
        row = self.stored(ctx)
        if row is None:
            row = ctx.store.add(Row(self.table.type, ctx.project.pk, ctx.project.pk, dict(self.defaults)))
        row.data.update(data)
        ctx.store.touch()
        return Answer(self.shown(ctx))

    def shown(self, ctx: Context) -> dict[str, Any]:
        """All fields, null where nothing was set."""
        row = self.stored(ctx)
        return {name: row.get(name) if row is not None else None for name in self.table.fields}


@behaviour("error_tracking_settings", "current")
class Settings(Singleton):
    """Rate limits."""

    extras = (
        Extra("retrieve_settings", "read", detail=False, scope="error_tracking:read"),
        Extra("update_settings", "write", ("PATCH",), detail=False, scope="error_tracking:write"),
        Extra("setup_status", "status", detail=False, scope="error_tracking:read"),
    )

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["projects/{project_id}/error_tracking/settings"]

    def read(self, ctx: Context) -> Answer:
        """What is set."""
        return Answer(self.shown(ctx))

    def status(self, ctx: Context) -> Answer:
        """Whether exceptions come in."""
        return Answer({"has_exceptions": False, "checked_at": now()})


@behaviour("error_tracking_spike_detection", "current")
class SpikeDetection(Singleton):
    """When many exceptions are too many. Null until it is set."""

    defaults = {"snooze_duration_minutes": 10, "multiplier": 10, "threshold": 500}
    extras = (Extra("update_config", "write", ("PATCH",), detail=False, scope="error_tracking:write"),)

    def __init__(self, table: Table, app: Any) -> None:
        super().__init__(table, app)
        table.read_scope = "error_tracking:read"
        table.fields = {name: Field(name, "int") for name in self.defaults}
        table.keys = list(self.defaults)

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["projects/{project_id}/error_tracking/spike_detection_config"]

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else ["GET"]

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if pk is not None or ctx.method != "GET":
            return super().handle(ctx, pk)
        return Answer(self.shown(ctx)) if self.stored(ctx) is not None else Answer(text="null")
