# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints: queries under a name, whose every change is a version."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import invalid, not_found
from ..queries import check_node
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now

NAME = re.compile(r"^[a-zA-Z][a-zA-Z0-9_-]{0,127}$")
KINDS = (
    "HogQLQuery",
    "TrendsQuery",
    "FunnelsQuery",
    "RetentionQuery",
    "PathsQuery",
    "StickinessQuery",
    "LifecycleQuery",
)


@behaviour("endpoint", "current")
class Endpoint(Resource):
    """Its name is its id, within the project."""

    search_fields = ("name", "description")
    extras = (
        Extra("last_execution_times", "times", ("POST",), detail=False, scope="endpoint:read"),
        Extra("run", "run", ("GET", "POST"), scope="endpoint:read"),
        Extra("versions", "versions", scope="endpoint:read"),
        Extra("materialization_status", "materialization", scope="endpoint:read"),
        Extra("openapi.json", "openapi", scope="endpoint:read"),
    )

    def parse_pk(self, ctx: Context, text: str) -> Any:
        return f"{ctx.project.pk}/{text}"

    def fresh_pk(self, ctx: Context, data: dict[str, Any]) -> Any:
        return self.parse_pk(ctx, data["name"])

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) else {}
        if row is None:
            if not NAME.match(data["name"]):
                raise invalid("Names start with a letter, and have letters, digits, - and _ only, at most 128.", "name")
            if ctx.store.find("endpoint", self.fresh_pk(ctx, data)) is not None:
                raise invalid("An endpoint with this name already exists.", "name")
        elif body.get("name", row["name"]) != row["name"]:
            raise invalid("The name of an endpoint cannot be changed.", "name")
        version = data.get("version")
        if row is not None and version is not None and not 1 <= version <= row["versions_count"]:
            raise invalid(f"Version {version} does not exist.", "version")
        query = data.get("query")
        if query is not None:
            if query.get("kind") not in KINDS:
                raise invalid("This kind of query cannot be an endpoint.", "query")
            if query["kind"] == "HogQLQuery" and not str(query.get("query") or "").strip():
                raise invalid("The query is empty.", "query")
            check_node(query)
        if data.get("derived_from_insight"):
            found = [
                r for r in ctx.store.all("insight", ctx.project.pk) if r["short_id"] == data["derived_from_insight"]
            ]
            if not found and not ctx.seeding:
                raise invalid("There is no insight with this short id.", "derived_from_insight")
        return data

    def derive(self, row: Row) -> None:
        """What follows from the query."""
        variables = (row["query"] or {}).get("variables") or {}
        entries = variables.values() if isinstance(variables, dict) else variables
        row.data["parameters"] = [
            {"name": entry.get("code_name"), "type": "variable"} for entry in entries if isinstance(entry, dict)
        ]
        row.data["materialization"] = {
            "status": "Completed" if row["is_materialized"] else None,
            "can_materialize": True,
        }

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data.update(
            id=new_uuid(),
            endpoint_path=f"/api/projects/{ctx.project.pk}/endpoints/{row['name']}/run",
            current_version=1,
            versions_count=1,
        )
        row.hidden["versions"] = [{"version": 1, "query": copy.deepcopy(row["query"]), "created_at": now()}]
        self.derive(row)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if "query" in data and data["query"] != before["query"]:
            number = row["versions_count"] + 1
            row.data.update(versions_count=number, current_version=number)
            row.hidden["versions"].append(
                {"version": number, "query": copy.deepcopy(row["query"]), "created_at": now()}
            )
        self.derive(row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("is_active"):
            rows = [row for row in rows if row["is_active"] is ctx.flag("is_active")]
        if ctx.arg("created_by"):
            rows = [row for row in rows if str((row["created_by"] or {}).get("id")) == ctx.arg("created_by")]
        return rows

    def run(self, ctx: Context, pk: str) -> Answer:
        """No results; nothing at all while it is not active."""
        row = self.row(ctx, pk)
        if not row["is_active"]:
            raise not_found()
        return Answer({"name": row["name"], "results": [], "columns": [], "hasMore": False})

    def versions(self, ctx: Context, pk: str) -> Answer:
        """Every query that there was, newest first."""
        return Answer(self.row(ctx, pk).hidden["versions"][::-1])

    def materialization(self, ctx: Context, pk: str) -> Answer:
        """Whether results are kept."""
        return Answer(self.row(ctx, pk)["materialization"])

    def openapi(self, ctx: Context, pk: str) -> Answer:
        """A description of the one route."""
        row = self.row(ctx, pk)
        return Answer({"openapi": "3.0.3", "info": {"title": row["name"], "version": str(row["current_version"])}})

    def times(self, ctx: Context) -> Answer:
        """Nothing ever ran."""
        return Answer({"query_status": None})
