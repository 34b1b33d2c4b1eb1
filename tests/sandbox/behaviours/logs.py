# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs: saved views, alerts, and rules that keep or drop lines."""

from __future__ import annotations

from typing import Any

from ..errors import forbidden, invalid
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, now

MAX_ALERTS = 20
#: How deep a group of conditions may be, and how many lines a second a rule may let through.
MAX_DEPTH = 16
MAX_RATE = 1_000_000


def at_least(value: Any, low: int, name: str) -> None:
    """400 for a number below its bound."""
    if value is not None and value < low:
        raise invalid(f"Ensure this value is greater than or equal to {low}.", name, "min_value")


@behaviour("logs_view", "current")
class LogsView(Resource):
    """Switched on for each account; here it goes by a feature named logs."""

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        # The router has checked the project already, as for every type.
        if not ctx.store.has_feature(ctx.organization.pk, "logs"):
            raise forbidden()
        return super().handle(ctx, pk)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        for index, column in enumerate(data.get("columns") or []):
            if column.get("type") == "custom" and not column.get("expression"):
                raise invalid("A custom column needs an expression.", f"columns__{index}__expression", "required")
            width = column.get("width")
            at_least(width, 1, f"columns__{index}__width")
            if width is not None and width > 2000:
                raise invalid(
                    "Ensure this value is less than or equal to 2000.", f"columns__{index}__width", "max_value"
                )
        return data


@behaviour("logs_alert", "current")
class LogsAlert(Resource):
    """Needs something to look for, as long as it is enabled."""

    KEYS = ("severityLevels", "serviceNames", "filterGroup")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else self.table.fields[name].default)

        for name in ("threshold_count", "evaluation_periods", "datapoints_to_alarm"):
            at_least(data.get(name), 1, name)
        at_least(data.get("cooldown_minutes"), 0, "cooldown_minutes")
        if value("datapoints_to_alarm") > value("evaluation_periods"):
            raise invalid("Must not be more than the evaluation periods.", "datapoints_to_alarm")
        if value("enabled") and not any((value("filters") or {}).get(name) for name in self.KEYS) and not ctx.seeding:
            raise invalid("At least one filter is needed.", "filters")
        if row is None and len(list(ctx.store.all("logs_alert", ctx.project.pk))) >= MAX_ALERTS and not ctx.seeding:
            raise invalid(f"A project can have at most {MAX_ALERTS} alerts.")
        return data

    def state(self, row: Row, data: dict[str, Any]) -> None:
        """What follows from being enabled and from snoozing."""
        if row["enabled"] and not row.get("first_enabled_at"):
            row.data["first_enabled_at"] = now()
        if "snooze_until" in data:
            row.data["state"] = "snoozed" if data["snooze_until"] else "not_firing"

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.state(row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.state(row, data)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        kinds = set()
        for function in ctx.store.all("hog_function", row.scope):
            named = any(
                isinstance(prop, dict) and prop.get("key") == "alert_id" and prop.get("value") in (row.pk, [row.pk])
                for prop in (function["filters"] or {}).get("properties") or []
            )
            if named and not function.get("deleted"):
                kinds.add(str(function.hidden.get("template") or "").removeprefix("template-"))
        out["destination_types"] = sorted(kinds & {"slack", "webhook"})
        return out


def check_group(group: Any, attr: str, depth: int = 1) -> None:
    """400 for a group of conditions that is empty or too deep."""
    if (
        not isinstance(group, dict)
        or group.get("type") not in ("AND", "OR")
        or not isinstance(group.get("values"), list)
    ):
        raise invalid("Not a valid filter group.", attr)
    if not group["values"]:
        raise invalid("Filter groups must not be empty.", attr)
    if depth > MAX_DEPTH:
        raise invalid(f"Filter groups can be nested {MAX_DEPTH} deep.", attr)
    for value in group["values"]:
        if isinstance(value, dict) and "values" in value:
            check_group(value, attr, depth + 1)


class Ordered(Resource):
    """Rules with a place in a row; a new one without goes to its end."""

    extras = (Extra("reorder", "reorder", ("POST",), detail=False, scope="logs:write"),)

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: row["priority"])

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if data.get("priority") is None:
            others = ctx.store.all(self.table.type, row.scope)
            row.data["priority"] = max((other["priority"] for other in others), default=-1) + 1

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if row["priority"] is None:
            row.data["priority"] = before["priority"]
        row.data["version"] += 1

    def reorder(self, ctx: Context) -> Answer:
        """The order that the ids have."""
        ids = self.require_body(ctx).get("ordered_ids")
        rows = {row.pk: row for row in ctx.store.all(self.table.type, ctx.project.pk)}
        if not isinstance(ids, list) or sorted(ids) != sorted(rows):
            raise invalid("Every rule has to be named once.", "ordered_ids")
        for place, number in enumerate(ids):
            rows[number].data["priority"] = place
        ctx.store.touch()
        return self.show_list(ctx)


@behaviour("logs_sampling_rule", "current")
class SamplingRule(Ordered):
    """Each kind has a configuration of its own."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        at_least(data.get("priority"), 0, "priority")
        kind = data.get("rule_type", row["rule_type"] if row else None)
        config = data.get("config")
        if config is None:
            return data
        if kind == "severity_sampling" and not config.get("actions"):
            raise invalid("actions is required.", "config")
        if kind == "path_drop":
            if not (config.get("filter_group") or config.get("patterns")):
                raise invalid("A filter group or patterns are required.", "config")
            if config.get("patterns") and not config.get("match_attribute_key"):
                raise invalid("match_attribute_key is required.", "config")
        if kind == "rate_limit":
            for name, burst in (("logs_per_second", "burst_logs"), ("kb_per_second", "burst_kb")):
                if config.get(burst) is not None and config[burst] < config.get(name, 0):
                    raise invalid("The burst must not be below the limit.", "config")
            if config.get("logs_per_second") is None and config.get("kb_per_second") is None:
                raise invalid("A limit is required.", "config")
            if not 1 <= config.get("logs_per_second", 1) <= MAX_RATE:
                raise invalid(f"logs_per_second is between 1 and {MAX_RATE}.", "config")
        if config.get("filter_group"):
            check_group(config["filter_group"], "config")
        return data


@behaviour("logs_retention_rule", "current")
class RetentionRule(Ordered):
    """How long matching lines are kept: 14 days, or 30 with the plan."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        at_least(data.get("priority"), 0, "priority")
        config = data.get("config")
        if config is not None:
            allowed = (14, 30) if ctx.store.has_feature(ctx.organization.pk, "logs") else (14,)
            if config.get("retention_days") not in allowed:
                raise invalid(f"retention_days must be one of {', '.join(map(str, allowed))}.", "config")
            check_group(config.get("filter_group"), "config")
        return data
