# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Insights and their variables."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from typing import Any

from ..errors import forbidden, invalid
from ..queries import check_query
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row

#: What is added to a source on read; recorded in 2025: nothing else is.
SOURCE_DEFAULTS: dict[str, dict[str, Any]] = {"RetentionQuery": {"version": 2}}
NOT_BASIC = (
    "result",
    "hasMore",
    "columns",
    "is_cached",
    "timezone",
    "query_status",
    "hogql",
    "types",
    "cache_target_age",
    "next_allowed_client_refresh",
    "last_refresh",
    "resolved_date_range",
    "alerts",
    "order",
    "is_sample",
    "effective_privilege_level",
    "effective_restriction_level",
)


def upgraded(query: Any) -> Any:
    """A query as it reads back: as it was sent, but for the version of a kind that has had two."""
    if not isinstance(query, dict):
        return query
    out = copy.deepcopy(query)
    source = out.get("source")
    if isinstance(source, dict):
        for name, value in SOURCE_DEFAULTS.get(source.get("kind", ""), {}).items():
            source.setdefault(name, copy.deepcopy(value))
    return out


@behaviour("insight")
class Insight(Resource):
    """Found by number or by short id; its dashboards are its tiles."""

    fuzzy = True
    search_fields = ("name", "derived_name", "description", "tags")
    extras = (
        Extra("activity", "activity_all", detail=False, scope="activity_log:read"),
        Extra("activity", "activity", scope="activity_log:read"),
        Extra("viewed", "viewed", ("POST",), detail=False, scope="insight:read"),
        Extra("viewed", "viewed", ("POST",), scope="insight:read"),
        Extra("my_last_viewed", "last_viewed", detail=False, scope="insight:read", new=True),
        Extra("cancel", "viewed", ("POST",), detail=False, scope="insight:read"),
    )

    def parse_pk(self, ctx: Context, text: str) -> Any:
        if not text.isdigit() and not ctx.legacy:
            return next((r.pk for r in ctx.store.all("insight", ctx.project.pk) if r["short_id"] == text), None)
        return super().parse_pk(ctx, text)

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if data.get("query"):
            check_query(data["query"], deep=not ctx.legacy)
        if data.get("filters") and not ctx.legacy:
            raise forbidden("Legacy filters can no longer be used for insights: use query.")
        if not ctx.legacy and isinstance(ctx.body, dict) and row is not None:
            data["saved"] = True
            row.data["is_sample"] = False
        boards = self.app.resources["dashboard"]
        before = set(self.boards(ctx, row)) if row is not None else set()
        for number in data.get("dashboards") or []:
            board = ctx.store.find("dashboard", number)
            if board is None:
                raise invalid(f'Invalid pk "{number}" - object does not exist.', "dashboards", "does_not_exist")
            if board.scope != ctx.project.pk or board.get("deleted"):
                raise invalid("Dashboard not found")
            if number not in before and not boards.may_edit(ctx, board):  # type: ignore[attr-defined]
                raise forbidden(f"You don't have permission to add insights to dashboard: {number}")
        return data

    @staticmethod
    def tiles(row: Row, live: bool = True) -> list[Row]:
        """The tiles that show an insight."""
        return [tile for tile in row.hidden.get("tiles", []) if not (live and tile["deleted"])]

    def boards(self, ctx: Context, row: Row) -> list[int]:
        """The dashboards with a live tile of an insight."""
        out = []
        for tile in self.tiles(row):
            board = ctx.store.find("dashboard", tile.parent)
            if board is not None and not board.get("deleted"):
                out.append(board.pk)
        return out

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.hidden["dashboards"] = row.data.pop("dashboards", [])
        if "filters_hash" in self.table.keys:
            row.data["filters_hash"] = (
                "cache_" + hashlib.md5(json.dumps(data, default=str).encode(), usedforsecurity=False).hexdigest()
            )

    def created(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        for number in row.hidden.pop("dashboards", []):
            self.join(ctx, row, number)

    def join(self, ctx: Context, row: Row, number: int) -> None:
        """Put an insight on a dashboard: a tile removed before comes back."""
        boards = self.app.resources["dashboard"]
        for tile in self.tiles(row, live=False):
            if tile.parent == number:
                tile.data["deleted"] = False
                return
        boards.new_tile(ctx, ctx.store.find("dashboard", number), insight=row.pk)  # type: ignore[attr-defined]

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        wanted = data.pop("dashboards", None)
        if wanted is not None:
            for tile in self.tiles(row):
                if tile.parent not in wanted:
                    tile.data["deleted"] = True
            have = {tile.parent for tile in self.tiles(row)}
            for number in wanted:
                if number not in have:
                    self.join(ctx, row, number)
        super().apply(ctx, row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if row["deleted"] and not before["deleted"]:
            for tile in self.tiles(row):
                tile.data["deleted"] = True
            for alert in list(ctx.store.all("alert", row.scope)):
                if alert.get("insight") == row.pk:
                    ctx.store.remove(alert)

    def listed(self, ctx: Context, row: Row) -> bool:
        return True

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("short_id"):
            rows = [row for row in rows if row["short_id"] == ctx.arg("short_id")]
        if ctx.arg("saved"):
            wanted = ctx.flag("saved")
            rows = [
                row for row in rows if bool(row["saved"]) == wanted or (wanted and ctx.legacy and self.boards(ctx, row))
            ]
        if ctx.arg("favorited"):
            rows = [row for row in rows if row["favorited"]]
        if ctx.arg("user"):
            rows = [row for row in rows if (row["created_by"] or {}).get("id") == ctx.user.pk]
        if ctx.arg("created_by"):
            rows = [row for row in rows if str((row["created_by"] or {}).get("id")) == ctx.arg("created_by")]
        for name in ("dashboards", "tags"):
            if ctx.arg(name):
                try:
                    wanted_set = set(json.loads(ctx.arg(name)))
                except (ValueError, TypeError):
                    raise invalid("Expected a JSON list.", name) from None
                rows = [
                    row
                    for row in rows
                    if wanted_set <= set(self.boards(ctx, row) if name == "dashboards" else row["tags"])
                ]
        kind = ctx.arg("insight")
        if kind:
            rows = [row for row in rows if kind.lower() in json.dumps(row.get("query") or row.get("filters")).lower()]
        return rows

    def variant(self, ctx: Context) -> str:
        return f"list {ctx.flag('basic')} {ctx.arg('search')} {ctx.flag('include_dashboards')}"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["query"] = row["query"] if ctx.legacy else upgraded(row["query"])
        out["dashboards"] = self.boards(ctx, row)
        if self.app.control.insight_dashboards_opt_in and not ctx.legacy and not ctx.flag("include_dashboards"):
            # The field is deprecated; dashboard_tiles stay.
            del out["dashboards"]
        out["dashboard_tiles"] = [{"id": t.pk, "dashboard_id": t.parent, "deleted": False} for t in self.tiles(row)]
        if not ctx.legacy:
            out["filters"] = {}
            out.pop("folder", None)
            if listing and ctx.arg("search"):
                out["search_match_type"] = self.match(row, ctx.arg("search"))
            if listing and ctx.flag("basic"):
                for name in NOT_BASIC:
                    out.pop(name, None)
        return out

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The history; the sandbox keeps none."""
        self.row(ctx, pk)
        return self.activity_all(ctx)

    def activity_all(self, ctx: Context) -> Answer:
        """The history; the sandbox keeps none."""
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})

    def viewed(self, ctx: Context, pk: str | None = None) -> Answer:
        """Note that somebody looked."""
        return Answer(None, 201)

    def last_viewed(self, ctx: Context) -> Answer:
        """What the caller looked at lately: nothing."""
        return Answer([])


@behaviour("insight_variable")
class InsightVariable(Resource):
    """Known by the code name that is made of the first name and stays."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is None:
            data["code_name"] = re.sub(r"\s+", "_", re.sub(r"[^a-zA-Z0-9\s]", "", data["name"])).lower()
            if not ctx.seeding:
                for other in ctx.store.all("insight_variable", ctx.project.pk):
                    if other["code_name"] == data["code_name"]:
                        raise invalid("Variable with this name already exists")
        return data
