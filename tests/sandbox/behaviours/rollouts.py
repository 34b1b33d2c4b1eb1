# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Early access features and scheduled changes: both change a flag by themselves."""

from __future__ import annotations

import re
from typing import Any

from ..errors import invalid
from ..fields import parse_time
from ..resource import Context, Resource, behaviour
from ..store import Row
from .linked import code_of, make_flag, minimal_flag, need_flag_scope, own_flag


@behaviour("early_access_feature")
class EarlyAccessFeature(Resource):
    """Brings a flag along, or takes one over."""

    RELEASED = ("alpha", "beta", "general-availability")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is None or "stage" in data:
            need_flag_scope(ctx)
        if row is not None or data.get("feature_flag_id") is None:
            data.pop("feature_flag_id", None)
            return data
        flag = own_flag(ctx, data["feature_flag_id"])
        if any(e.hidden.get("flag") == flag.pk for e in ctx.store.all("early_access_feature", ctx.project.pk)):
            raise invalid(f"Linked feature flag {flag['key']} already has a feature attached to it.")
        filters = flag["filters"]
        sets = [filters, *(filters.get("groups") or [])]
        if any(item.get("aggregation_group_type_index") is not None for item in sets):
            raise invalid("Group-based feature flags are not supported for Early Access Features.")
        if (filters.get("multivariate") or {}).get("variants"):
            raise invalid("Multivariate feature flags are not supported for Early Access Features.")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        number = data.get("feature_flag_id")
        if number is None:
            key = code_of(data["name"])
            if not ctx.seeding:
                self.app.resources["feature_flag"].check_unique(ctx, {"key": key}, None)
            number = make_flag(
                ctx,
                {
                    "key": key,
                    "name": f"Feature Flag for Feature {data['name']}",
                    "filters": {"groups": [{"properties": [], "rollout_percentage": 0}]},
                },
                "early_access_features",
            ).pk
        row.hidden["flag"] = number
        self.enrol(ctx, row)

    def enrol(self, ctx: Context, row: Row) -> None:
        """A released stage opens the flag to those who enrol; another one closes it again."""
        flag = ctx.store.find("feature_flag", row.hidden["flag"])
        if flag is None or ctx.legacy:
            return
        wanted = row["stage"] in self.RELEASED or None
        if flag["filters"].get("feature_enrollment") != wanted:
            flag.data["filters"] = {**flag["filters"], "feature_enrollment": wanted}
            flag.data["version"] = (flag.get("version") or 0) + 1

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if "stage" in data:
            self.enrol(ctx, row)

    def deleting(self, ctx: Context, row: Row) -> None:
        need_flag_scope(ctx)
        flag = ctx.store.find("feature_flag", row.hidden["flag"])
        if flag is not None:
            flag.data["filters"].pop("feature_enrollment", None)
            if ctx.legacy:
                flag.data["filters"]["super_groups"] = None

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["feature_flag"] = minimal_flag(ctx, ctx.store.find("feature_flag", row.hidden["flag"]))
        return out


CRON = re.compile(r"^\S+( \S+){4}$")


@behaviour("scheduled_change", "current")
class ScheduledChange(Resource):
    """A change of a flag at a time, once or again and again; nothing carries it out here."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else None)

        if row is not None and row.get("executed_at") and not row.get("is_recurring"):
            raise invalid("A scheduled change that was executed cannot be changed.")
        number = value("record_id")
        if not ctx.seeding:
            if not str(number).isdigit():
                raise invalid("Feature flag not found.", "record_id")
            own_flag(ctx, int(number), "Feature flag not found.")
        if "payload" in data:
            self.payload(data["payload"])
        self.recurrence(data, row, value)
        end, start = parse_time(value("end_date")), parse_time(value("scheduled_at"))
        if end and start and end <= start:
            raise invalid("end_date must be after scheduled_at.", "end_date")
        return data

    @staticmethod
    def payload(payload: dict[str, Any]) -> None:
        """The value has the form that the operation needs."""
        operation, value = payload["operation"], payload["value"]
        if operation == "update_status":
            if not isinstance(value, bool):
                raise invalid("update_status needs a boolean value.", "payload")
            return
        if not isinstance(value, dict):
            raise invalid(f"{operation} needs an object as value.", "payload")
        name = "groups" if operation == "add_release_condition" else "variants"
        if not isinstance(value.get(name), list) or not value[name]:
            raise invalid(f"{operation} needs {name}.", "payload")

    @staticmethod
    def recurrence(data: dict[str, Any], row: Row | None, value: Any) -> None:
        """Either an interval or a cron expression, and only on what recurs."""
        interval, cron = value("recurrence_interval"), value("cron_expression")
        if interval and cron:
            raise invalid("Set either recurrence_interval or cron_expression, not both.", "cron_expression")
        if cron and not CRON.match(" ".join(cron.split())):
            raise invalid("A cron expression has five fields.", "cron_expression")
        if value("is_recurring"):
            if not interval and not cron:
                raise invalid(
                    "recurrence_interval or cron_expression is required when is_recurring is true.",
                    "recurrence_interval",
                )
            if (value("payload") or {}).get("operation") == "add_release_condition":
                raise invalid("Recurring schedules are not supported for add_release_condition.", "is_recurring")
        elif row is None and (interval or cron):
            raise invalid(
                "Only a recurring change has a recurrence.", "recurrence_interval" if interval else "cron_expression"
            )

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["timezone"] = ctx.project.get("timezone") or "UTC"

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        for name in ("model_name", "record_id"):
            if ctx.arg(name):
                rows = [row for row in rows if str(row[name]) == ctx.arg(name)]
        return rows
