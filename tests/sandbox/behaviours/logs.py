# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs: saved views and alerts."""

from __future__ import annotations

from typing import Any

from ..errors import forbidden, invalid
from ..resource import Answer, Context, Resource, behaviour
from ..store import Row, now

MAX_ALERTS = 20


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
