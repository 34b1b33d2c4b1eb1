# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts and subscriptions: what an insight or a dashboard tells of by itself."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import ApiError, invalid, payment_required
from ..fields import EMAIL, parse_time
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now

RELATIVE = re.compile(r"^\+?(\d+)([mhdw])$")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
FREE_ALERTS = 5
#: By type of config: its keys, the query it watches and the plan feature that opens it.
CONFIGS = {
    "TrendsAlertConfig": ("TrendsQuery", {"series_index", "check_ongoing_interval"}, None),
    "HogQLAlertConfig": ("HogQLQuery", {"column", "evaluation", "label_column"}, "sql_alerts"),
    "FunnelsAlertConfig": (
        "FunnelsQuery",
        {"funnel_step", "metric", "check_ongoing_interval"},
        "funnel_alerts",
    ),
}
GATED_INTERVALS = {"real_time": "real_time_alerts", "every_15_minutes": "high_frequency_alerts"}
#: The range of a detector's number.
RANGES: dict[str, tuple[float, float]] = {
    "threshold": (0, 1),
    "window": (5, 1000),
    "multiplier": (0.5, 10),
    "n_estimators": (10, 500),
    "n_neighbors": (1, 50),
    "n_bins": (5, 50),
}
SMOOTHING: dict[str, tuple[float, float]] = {"lags_n": (0, 10), "smooth_n": (0, 30)}
WITH_DETECTOR = ("investigation_agent_enabled", "investigation_gates_notifications")
SUMMARIES = 20
EXPORTS = 25


def source_kind(insight: Row) -> str:
    """The kind of an insight's inner query."""
    query = insight.get("query") or {}
    return str((query.get("source") or query).get("kind", ""))


def insight_of(ctx: Context, number: Any, name: str) -> Row:
    """The live insight with an id, else 400."""
    row = ctx.store.find("insight", number)
    if row is None or row.scope != ctx.project.pk or row.get("deleted"):
        raise invalid(f'Invalid pk "{number}" - object does not exist.', name, "does_not_exist")
    return row


def within(value: Any, low: float, high: float, name: str) -> None:
    """400 for a number out of its range."""
    if value is not None and not low <= value <= high:
        under = value < low
        bound = f"{'greater' if under else 'less'} than or equal to {low if under else high}"
        raise invalid(f"Input should be {bound}", name)


@behaviour("alert", "current")
class Alert(Resource):
    """Written with ids, read with whole objects."""

    search_fields = ("name",)
    extras = (Extra("simulate", "simulate", ("POST",), detail=False, scope="alert:read"),)

    # ---- reading

    def alive(self, ctx: Context, row: Row) -> bool:
        """An alert goes with its insight."""
        insight = ctx.store.find("insight", row["insight"])
        if insight is None or insight.get("deleted"):
            ctx.store.remove(row)
            return False
        return True

    def readable(self, ctx: Context, row: Row) -> bool:
        return self.alive(ctx, row)

    def listed(self, ctx: Context, row: Row) -> bool:
        return self.alive(ctx, row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        for name in ("insight", "insight_id"):
            if ctx.arg(name):
                rows = [row for row in rows if str(row["insight"]) == ctx.arg(name)]
        if ctx.arg("created_by"):
            rows = [row for row in rows if (row["created_by"] or {}).get("uuid") == ctx.arg("created_by")]
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        insight = ctx.store.find("insight", row["insight"])
        out["insight"] = self.app.resources["insight"].present(ctx, insight) if insight else None
        users = (ctx.store.find("user", number) for number in row["subscribed_users"])
        out["subscribed_users"] = [basic_user(user) for user in users if user is not None]
        return out

    # ---- writing

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else self.table.fields[name].default)

        insight = None
        if "insight" in data:
            insight = insight_of(ctx, data["insight"], "insight")
        elif row is not None:
            insight = ctx.store.find("insight", row["insight"])
        kind = source_kind(insight) if insight is not None else ""
        self.check_kind(ctx, kind, value("config"), insight, value("condition"))
        self.limits(ctx, data, row)
        if "subscribed_users" in data:
            data["subscribed_users"] = self.subscribers(ctx, data["subscribed_users"])
        if data.get("detector_config") is not None:
            data["detector_config"] = self.detector(data["detector_config"], "detector_config")
        detector = value("detector_config")
        if "threshold" in data or "detector_config" in data or row is None:
            self.check_threshold(value("threshold") or {}, detector, ctx.seeding)
        for name in WITH_DETECTOR:
            if data.get(name) and not detector:
                raise invalid("This needs a detector.", name)
        if "schedule_restriction" in data:
            data["schedule_restriction"] = self.schedule(data["schedule_restriction"])
        if "snoozed_until" in data:
            if row is None and not ctx.seeding:
                data["snoozed_until"] = None
            else:
                data["snoozed_until"] = self.until(data["snoozed_until"])
        if "threshold" in data:
            before = row["threshold"] if row is not None else {}
            data["threshold"] = {
                "id": before.get("id") or new_uuid(),
                "created_at": before.get("created_at") or now(),
                "name": data["threshold"].get("name", before.get("name", "")),
                "configuration": data["threshold"].get("configuration", {}),
            }
        return data

    @staticmethod
    def check_kind(ctx: Context, kind: str, config: Any, insight: Row | None, condition: Any) -> None:
        """Only some insights can be watched, each with a config of its own."""
        if insight is None:
            return
        found = next((name for name, entry in CONFIGS.items() if entry[0] == kind), None)
        feature = CONFIGS[found][2] if found else None
        if found is None or (feature and not ctx.store.has_feature(ctx.organization.pk, feature)):
            raise invalid("Alerts are not supported for this insight.", "insight")
        if config is not None:
            if config["type"] != found:
                raise invalid(f"{config['type']} does not fit an insight of the kind {kind}.", "config")
            extra = sorted(set(config) - CONFIGS[found][1] - {"type"})
            if extra:
                raise invalid(f"Extra inputs are not permitted: {extra[0]}", f"config__{extra[0]}")
        if kind == "FunnelsQuery" and condition is not None and condition["type"] != "absolute_value":
            raise invalid("Funnels can only be watched for absolute values.", "condition")

    @staticmethod
    def limits(ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """What the plan does not cover is refused."""
        if ctx.seeding:
            return
        feature = GATED_INTERVALS.get(data.get("calculation_interval", ""))
        if feature and not ctx.store.has_feature(ctx.organization.pk, feature):
            raise invalid("This interval is not part of your plan.", "calculation_interval")
        if row is None and not ctx.store.has_feature(ctx.organization.pk, "alerts"):
            if len(list(ctx.store.all("alert", ctx.project.pk))) >= FREE_ALERTS:
                raise invalid(f"Your plan is limited to {FREE_ALERTS} alerts", "alert")

    @staticmethod
    def subscribers(ctx: Context, numbers: list[int]) -> list[int]:
        """Each one must be able to enter the project."""
        for number in numbers:
            user = ctx.store.find("user", number)
            if user is None:
                raise invalid(f'Invalid pk "{number}" - object does not exist.', "subscribed_users", "does_not_exist")
            if not ctx.app.visible(user, ctx.project):
                raise invalid("User does not belong to the same organization as the alert's team.", "subscribed_users")
        return list(dict.fromkeys(numbers))

    @staticmethod
    def check_threshold(threshold: dict[str, Any], detector: Any, seeding: bool) -> None:
        """At least one bound, and the lower one below."""
        configuration = threshold.get("configuration") or {}
        bounds = configuration.get("bounds") or {}
        low, high = bounds.get("lower"), bounds.get("upper")
        if low is None and high is None and not detector and not seeding:
            raise invalid("At least one bound is needed.", "threshold")
        if low is not None and high is not None and low > high:
            raise invalid("Lower threshold must be less than upper threshold", "threshold")

    def detector(self, sent: dict[str, Any], name: str) -> dict[str, Any]:
        """A detector with its defaults."""
        out = copy.deepcopy(sent)
        if out["type"] == "ensemble":
            inner = out.get("detectors")
            if not isinstance(inner, list) or len(inner) < 2:
                raise invalid("An ensemble needs two detectors or more.", f"{name}__detectors")
            field = self.table.fields["detector_config"]
            out["detectors"] = []
            for index, entry in enumerate(inner):
                path = f"{name}__detectors__{index}"
                if not isinstance(entry, dict) or entry.get("type") in (None, "ensemble"):
                    raise invalid("Not a valid detector.", path)
                unknown = sorted(set(entry) - {f.name for f in field.fields} | ({"detectors"} & set(entry)))
                if unknown:
                    raise invalid(f"Extra inputs are not permitted: {unknown[0]}", f"{path}__{unknown[0]}")
                out["detectors"].append(self.detector(entry, path))
            out.setdefault("operator", "and")
            return out
        for key, (low, high) in RANGES.items():
            within(out.get(key), low, high, f"{name}__{key}")
        for key, (low, high) in SMOOTHING.items():
            within((out.get("preprocessing") or {}).get(key), low, high, f"{name}__preprocessing__{key}")
        if out["type"] not in ("threshold", "iqr"):
            out.setdefault("threshold", 0.9)
        if out["type"] == "iqr":
            out.setdefault("multiplier", 1.5)
        out.setdefault("preprocessing", None)
        return out

    @staticmethod
    def schedule(value: Any) -> Any:
        """Blocked windows, merged where they overlap; none of them is null."""
        if not value:
            return None
        if not isinstance(value, dict) or not isinstance(value.get("blocked_windows", []), list):
            raise invalid("Not a valid schedule.", "schedule_restriction")
        spans: list[tuple[int, int]] = []
        over: list[tuple[int, int]] = []
        for index, window in enumerate(value.get("blocked_windows") or []):
            path = f"schedule_restriction__blocked_windows__{index}"
            start, end = (minutes(window.get(key)) if isinstance(window, dict) else None for key in ("start", "end"))
            if start is None or end is None:
                raise invalid("Times are written HH:MM.", path)
            if (end - start) % 1440 < 30:
                raise invalid("A window is at least 30 minutes long.", path)
            (spans if start < end else over).append((start, end))
        if len(spans) + len(over) > 5:
            raise invalid("At most 5 windows.", "schedule_restriction")
        merged: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        windows = [{"start": clock(start), "end": clock(end)} for start, end in [*merged, *over]]
        return {"blocked_windows": windows} if windows else None

    @staticmethod
    def until(value: Any) -> str | None:
        """A moment, from a length of time or as it is."""
        if not value:
            return None
        match = RELATIVE.match(str(value))
        if match:
            moment = datetime.now(UTC) + timedelta(**{UNITS[match[2]]: int(match[1])})
        else:
            moment = parse_time(value)  # type: ignore[assignment]
            if moment is None:
                raise invalid("Not a valid time.", "snoozed_until")
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        changed = any(
            name in data and data[name] != before.get(name) for name in ("threshold", "condition", "detector_config")
        )
        if changed:
            row.data["state"] = "Not firing"
        if "calculation_interval" in data and data["calculation_interval"] != before["calculation_interval"]:
            row.data["next_check_at"] = None
        if "snoozed_until" in data:
            row.data["state"] = "Snoozed" if data["snoozed_until"] else "Not firing"

    def simulate(self, ctx: Context) -> Answer:
        """A detector tried on nothing."""
        return Answer({"data": [], "dates": [], "scores": [], "triggered_indices": [], "anomaly_count": 0})


def minutes(text: Any) -> int | None:
    """HH:MM as minutes of a day."""
    match = re.fullmatch(r"(\d\d):(\d\d)", text) if isinstance(text, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return int(match[1]) * 60 + int(match[2])


def clock(value: int) -> str:
    """Minutes of a day as HH:MM."""
    return f"{value // 60:02d}:{value % 60:02d}"


class PaidSubscription(Resource):
    """Not there at all without the plan feature."""

    def admit(self, ctx: Context) -> None:
        # The caller's own organization counts, before it is known whether the project may be entered.
        if not ctx.store.has_feature(ctx.user.hidden.get("current_organization"), "subscriptions"):
            raise payment_required()


@behaviour("subscription", "2024")
class Subscription2024(PaidSubscription):
    """Of a dashboard or an insight."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and not ctx.body:
            raise invalid("Either dashboard or insight is required for an export.")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["summary"] = f"sent every {str(row.get('frequency')).removesuffix('ly')}"
        row.data["next_delivery_date"] = row.get("start_date")


@behaviour("subscription")
class Subscription(PaidSubscription):
    """A new one sends a message at once unless the body forbids it. ``test_messages`` counts them for the dump."""

    search_fields = ("title",)
    extras = (
        Extra("test-delivery", "test_delivery", ("POST",), scope="subscription:write"),
        Extra("deliveries", "deliveries", scope="subscription:read"),
    )

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) else {}

        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else self.table.fields[name].default)

        if row is not None and body.get("content_type", row["content_type"]) != row["content_type"]:
            raise invalid("The content type cannot be changed.", "content_type")
        content = self.content(data, row, value)
        self.check_target(ctx, data, value)
        if data.get("insight") is not None:
            insight_of(ctx, data["insight"], "insight")
        if content == "dashboard" and ("dashboard" in data or "dashboard_export_insights" in data):
            self.check_dashboard(ctx, value("dashboard"), value("dashboard_export_insights") or [], ctx.seeding)
        if data.get("summary_enabled") and not (row and row["summary_enabled"]):
            active = [
                other
                for other in ctx.store.all("subscription")
                if other.get("summary_enabled")
                and not other.get("deleted")
                and self.owner(ctx, other) is ctx.organization
            ]
            if len(active) >= SUMMARIES:
                raise invalid(f"At most {SUMMARIES} subscriptions may have a summary.", "summary_enabled")
        if row is None:
            data["content_type"] = content
        return data

    @staticmethod
    def owner(ctx: Context, row: Row) -> Row | None:
        """The organization whose project a subscription is in."""
        project = ctx.store.find("project", row.scope)
        return ctx.store.find("organization", project.scope) if project is not None else None

    @staticmethod
    def content(data: dict[str, Any], row: Row | None, value: Any) -> str:
        """What is sent: exactly one of the three."""
        insight, dashboard = value("insight"), value("dashboard")
        if insight is not None and dashboard is not None:
            raise invalid("Only one of dashboard and insight can be given.")
        wanted = data.get("content_type") if row is None else row["content_type"]
        if insight is None and dashboard is None:
            if wanted != "ai_prompt" or not value("prompt"):
                raise invalid("Either dashboard or insight is required for an export.")
            return "ai_prompt"
        found = "insight" if insight is not None else "dashboard"
        if wanted and wanted != found:
            raise invalid(f"A subscription of the type {wanted} cannot send a {found}.", "content_type")
        return found

    @staticmethod
    def check_target(ctx: Context, data: dict[str, Any], value: Any) -> None:
        """Where it goes."""
        kind, target = value("target_type"), value("target_value") or ""
        if kind == "slack":
            number = value("integration_id")
            if number is None and not ctx.seeding:
                raise invalid("A Slack integration is needed.", "integration_id")
            found = ctx.store.find("integration", number)
            if number is not None and (found is None or found.scope != ctx.project.pk or found["kind"] != "slack"):
                raise invalid("This is no Slack integration of the project.", "integration_id")
        elif "target_value" in data or "target_type" in data:
            if kind == "email" and not all(EMAIL.match(part.strip()) for part in target.split(",")):
                raise invalid("Enter a valid email address.", "target_value")
            if kind == "webhook" and not re.match(r"^https?://\S+$", target):
                raise invalid("Enter a valid URL.", "target_value")

    @staticmethod
    def check_dashboard(ctx: Context, number: Any, exports: list[int], seeding: bool) -> None:
        """The insights to send are named, and on the dashboard."""
        board = ctx.store.find("dashboard", number)
        if board is None or board.scope != ctx.project.pk or board.get("deleted"):
            raise invalid(f'Invalid pk "{number}" - object does not exist.', "dashboard", "does_not_exist")
        if not exports and not seeding:
            raise invalid("Select at least one insight to send.", "dashboard_export_insights", "required")
        if len(exports) > EXPORTS:
            raise invalid(f"At most {EXPORTS} insights can be sent.", "dashboard_export_insights")
        for insight in exports:
            row = ctx.store.find("insight", insight)
            boards = ctx.app.resources["insight"].boards(ctx, row) if row else []  # type: ignore[attr-defined]
            if number not in boards:
                raise invalid(f"Insight {insight} is not on the dashboard.", "dashboard_export_insights")

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.derive(row)
        row.data["test_messages"] = 0
        if data.get("send_test_now", True) and not ctx.seeding:
            self.send(row)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.derive(row)
        if data.get("send_test_now"):
            self.send(row)

    @staticmethod
    def send(row: Row) -> None:
        """A message goes out."""
        row.data["test_messages"] = row.data.get("test_messages", 0) + 1
        row.hidden.setdefault("deliveries", []).append(
            {"id": new_uuid(), "created_at": now(), "status": "completed", "trigger_type": "manual"}
        )

    @staticmethod
    def derive(row: Row) -> None:
        """What follows from the rhythm."""
        unit = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}.get(row["frequency"], "")
        every = f"{row['interval']} {unit}s" if (row["interval"] or 1) > 1 else unit
        days = ", ".join(name.capitalize() for name in row["byweekday"] or [])
        row.data["summary"] = f"sent every {every}" + (f" on {days}" if days and unit == "week" else "")
        row.data["next_delivery_date"] = row.get("start_date") if row["enabled"] else None

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        insight = ctx.store.find("insight", row["insight"]) if row["insight"] is not None else None
        board = ctx.store.find("dashboard", row["dashboard"]) if row["dashboard"] is not None else None
        out["insight_short_id"] = insight["short_id"] if insight is not None else None
        thing = insight or board
        out["resource_name"] = thing.get("name") if thing is not None else None
        return out

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        for name in ("insight", "dashboard", "target_type"):
            if ctx.arg(name):
                rows = [row for row in rows if str(row[name]) == ctx.arg(name)]
        if ctx.arg("resource_type"):
            rows = [row for row in rows if row["content_type"] == ctx.arg("resource_type")]
        if ctx.arg("created_by"):
            rows = [row for row in rows if (row["created_by"] or {}).get("uuid") == ctx.arg("created_by")]
        return rows

    def test_delivery(self, ctx: Context, pk: str) -> Answer:
        """One more message."""
        row = self.row(ctx, pk)
        if row.get("deleted"):
            raise ApiError(400, "validation_error", "invalid_input", "The subscription is deleted.")
        self.send(row)
        ctx.store.touch()
        return Answer(None, 202)

    def deliveries(self, ctx: Context, pk: str) -> Answer:
        """What was sent, newest first."""
        row = self.row(ctx, pk)
        return Answer({"next": None, "previous": None, "results": row.hidden.get("deliveries", [])[::-1]})
