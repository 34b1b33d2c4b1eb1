# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data warehouse: views, tables and joins, and which names there are to select from."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import invalid, not_found
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now
from .hog import balanced

NAME = re.compile(r"^[A-Za-z_$][A-Za-z0-9_.$]*$")
CHAIN = re.compile(r"^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$")
FROM = re.compile(r"\b(?:from|join)\s+([A-Za-z_$][\w$.]*)(?!\s*\()", re.IGNORECASE)
CTE = re.compile(r"(?:\bwith|,)\s+([A-Za-z_]\w*)\s+as\s*\(", re.IGNORECASE)
#: What every project can select from, and the columns of one of them that a join must not take.
BUILT_IN = {
    "events",
    "persons",
    "groups",
    "sessions",
    "person_distinct_ids",
    "person_distinct_id_overrides",
    "cohort_people",
    "static_cohort_people",
    "session_replay_events",
    "console_logs_log_entries",
    "log_entries",
    "logs",
    "query_log",
    "app_metrics",
    "heatmaps",
    "numbers",
}
COLUMNS = {
    "events": {"uuid", "event", "properties", "timestamp", "distinct_id", "elements_chain", "created_at", "person"},
    "persons": {"id", "created_at", "properties", "is_identified", "pdi"},
    "groups": {"index", "key", "created_at", "properties"},
    "sessions": {"session_id", "distinct_id"},
}
FREQUENCIES = ("never", "5min", "15min", "30min", "1hour", "6hour", "12hour", "24hour", "7day", "30day")
PAGE = 1000


def table_names(ctx: Context) -> dict[str, str]:
    """Every name of a table, with the form in which it is printed."""
    out = {name: name for name in BUILT_IN}
    for row in ctx.store.all("warehouse_table", ctx.project.pk):
        if not row.get("deleted"):
            dotted = row.hidden.get("dotted") or row["name"]
            out[row["name"]] = out[dotted] = dotted
    for row in ctx.store.all("warehouse_saved_query", ctx.project.pk):
        if not row.get("deleted"):
            out[row["name"]] = row["name"]
    return out


def selected(text: str) -> list[str]:
    """The names that a query selects from, without those it defines itself."""
    own = {name.lower() for name in CTE.findall(text)}
    return [name for name in FROM.findall(text) if name.lower() not in own]


def known(names: dict[str, str], name: str) -> bool:
    """Whether a name can be selected from."""
    return name in names or name.startswith(("system.", "information_schema.", "raw_", "postgres."))


@behaviour("warehouse_saved_query", "current")
class SavedQuery(Resource):
    """A view. Changing its query needs the id of the change before."""

    search_fields = ("name",)
    extras = (
        Extra("materialize", "materialize", ("POST",), scope="warehouse_view:write"),
        Extra("revert_materialization", "revert", ("POST",), scope="warehouse_view:write"),
        Extra("run", "run", ("POST",), scope="warehouse_view:write"),
        Extra("cancel", "run", ("POST",), scope="warehouse_view:write"),
        Extra("run_history", "history", scope="warehouse_view:read"),
        Extra("ancestors", "ancestors", ("POST",), scope="warehouse_view:read"),
        Extra("descendants", "descendants", ("POST",), scope="warehouse_view:read"),
        Extra("activity", "activity", scope="activity_log:read"),
    )

    # ---- pages by number

    def window(self, ctx: Context) -> tuple[int, int]:
        size = min(PAGE, int(self.app.control.paging.get("max_page_size") or PAGE))
        text = ctx.arg("page", "1")
        if not text.isdigit() or int(text) < 1:
            raise not_found("Invalid page.")
        return size, (int(text) - 1) * size

    def link(self, ctx: Context, limit: int, offset: int) -> str:
        query = "&".join(f"{k}={v[-1]}" for k, v in ctx.query.items() if k not in ("page", "personal_api_key"))
        return f"http://{ctx.host}{ctx.path}?page={offset // limit + 1}{'&' if query else ''}{query}"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        folder = ctx.store.find("warehouse_saved_query_folder", row["folder_id"]) if row.get("folder_id") else None
        shown = super().present(ctx, row, listing)
        return (
            {**shown, "folder_name": folder["name"] if folder is not None else None}
            if "folder_name" in shown
            else shown
        )

    # ---- writing

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "name" in data and (row is None or data["name"] != row["name"]):
            if not NAME.match(data["name"]):
                raise invalid(
                    f"{data['name']} is not a valid view name. View names can only contain letters, numbers, '_', '.', "
                    "or '$' and cannot start with a number",
                    "name",
                )
            if data["name"] in table_names(ctx) and not ctx.seeding:
                raise invalid("A table or view with this name already exists.", "name")
        if data.get("folder_id") is not None and not ctx.seeding:
            folder = ctx.store.find("warehouse_saved_query_folder", data["folder_id"])
            if folder is None or folder.scope != ctx.project.pk:
                raise invalid("Folder not found.", "folder_id")
        if row is None:
            data.pop("sync_frequency", None)
        elif data.get("sync_frequency") is not None:
            self.frequency(data, row)
        changed = "query" in data and (row is None or data["query"] != row["query"])
        if changed and not ctx.seeding:
            self.query(ctx, data, row)
            if row is not None:
                self.lock(data, row)
        if changed:
            data["latest_history_id"] = new_uuid()
            data["columns"] = self.columns((data.get("query") or {}).get("query") or "")
        return data

    @staticmethod
    def frequency(data: dict[str, Any], row: Row) -> None:
        """How often it runs."""
        if data["sync_frequency"] not in FREQUENCIES:
            raise invalid(f'"{data["sync_frequency"]}" is not a valid choice.', "sync_frequency", "invalid_choice")
        if row.get("no_node"):
            raise invalid("The view is not part of the model graph yet.", "sync_frequency")
        if data["sync_frequency"] == "never":
            data["sync_frequency"] = None

    @staticmethod
    def lock(data: dict[str, Any], row: Row) -> None:
        """Refuse to overwrite a change that the caller has not seen."""
        if row.get("managed_viewset_kind"):
            raise invalid("Cannot modify the query of a managed viewset.")
        if not data.get("soft_update") and data.get("edited_history_id") != row["latest_history_id"]:
            raise invalid("The query was modified by someone else.")

    @staticmethod
    def query(ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """A query must compile and must not lead back to itself."""
        query = data.get("query") or {}
        if query.get("kind", "HogQLQuery") != "HogQLQuery":
            raise invalid(f'"{query["kind"]}" is not a valid choice.', "query__kind", "invalid_choice")
        text = query.get("query") or ""
        if not re.match(r"\s*(select|with)\b", text, re.IGNORECASE) or not balanced(text):
            raise invalid("Invalid query: it does not parse.", "query")
        if re.search(r"\{\w+\}", text):
            raise invalid("Filters and placeholder expressions are not allowed in views", "query")
        name = data.get("name") or (row["name"] if row is not None else "")
        names = table_names(ctx)
        views = {
            other["name"]: other
            for other in ctx.store.all("warehouse_saved_query", ctx.project.pk)
            if other is not row and not other.get("deleted")
        }
        seen: set[str] = set()
        queue = selected(text)
        for used in queue:
            if used != name and not known(names, used):
                raise invalid(f"Invalid query: Unknown table `{used}`.", "query")
        while queue:
            used = queue.pop()
            if used == name:
                raise invalid("The query must not lead back to its own view.", "query")
            if used in views and used not in seen:
                seen.add(used)
                queue += selected((views[used]["query"] or {}).get("query") or "")

    @staticmethod
    def columns(text: str) -> list[dict[str, Any]]:
        """The columns of the outermost select, all of one type."""
        match = re.search(r"\bselect\s+(?:distinct\s+)?(.+?)(?:\sfrom\s|$)", text, re.IGNORECASE | re.DOTALL)
        out = []
        for part in re.split(r",(?![^(]*\))", match[1]) if match else []:
            name = re.split(r"\s+as\s+|\.", part.strip(), flags=re.IGNORECASE)[-1].strip(" `\n;")
            out.append(
                {"key": name, "name": name, "type": "string", "schema_valid": True, "fields": None, "table": None}
            )
        return out

    # ---- further routes

    def change(self, ctx: Context, pk: str, **values: Any) -> Answer:
        """Set values that only the server sets."""
        row = self.row(ctx, pk)
        row.data.update(values)
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def materialize(self, ctx: Context, pk: str) -> Answer:
        """Keep the results, anew each day."""
        return self.change(
            ctx, pk, is_materialized=True, sync_frequency="24hour", status="Completed", last_run_at=now()
        )

    def revert(self, ctx: Context, pk: str) -> Answer:
        """Keep them no longer."""
        return self.change(ctx, pk, is_materialized=False, sync_frequency=None, status=None, last_run_at=None)

    def run(self, ctx: Context, pk: str) -> Answer:
        """Run it now, or stop that."""
        self.row(ctx, pk)
        return Answer({})

    def history(self, ctx: Context, pk: str) -> Answer:
        """The last run."""
        row = self.row(ctx, pk)
        return Answer({"run_history": [row["last_run_at"]] if row["last_run_at"] else []})

    def ancestors(self, ctx: Context, pk: str) -> Answer:
        """What it selects from."""
        return Answer({"ancestors": selected((self.row(ctx, pk)["query"] or {}).get("query") or "")})

    def descendants(self, ctx: Context, pk: str) -> Answer:
        """What selects from it."""
        name = self.row(ctx, pk)["name"]
        rows = ctx.store.all("warehouse_saved_query", ctx.project.pk)
        return Answer(
            {"descendants": [r["name"] for r in rows if name in selected((r["query"] or {}).get("query") or "")]}
        )

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The history; the sandbox keeps none."""
        self.row(ctx, pk)
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})


@behaviour("warehouse_saved_query_folder", "current")
class WarehouseSavedQueryFolder(Resource):
    """A folder of views. Deleting it deletes the views in it."""

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        """By name."""
        return sorted(rows, key=lambda row: str(row["name"]))

    def views(self, ctx: Context, row: Row) -> list[Row]:
        """What is in a folder."""
        rows = ctx.store.all("warehouse_saved_query", ctx.project.pk)
        return [view for view in rows if view.get("folder_id") == row["id"] and not view.get("deleted")]

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        return {**super().present(ctx, row, listing), "view_count": len(self.views(ctx, row))}

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "name" in data:
            data["name"] = data["name"].strip()
            if not data["name"]:
                raise invalid("Folder name cannot be empty.", "name")
        return data

    def deleting(self, ctx: Context, row: Row) -> None:
        """Views elsewhere that select from one inside keep the folder; else all that is inside goes with it."""
        inside = self.views(ctx, row)
        names = {view["name"] for view in inside}
        for view in ctx.store.all("warehouse_saved_query", ctx.project.pk):
            if view in inside or view.get("deleted"):
                continue
            if names & set(selected((view["query"] or {}).get("query") or "")):
                raise invalid("Other views depend on views in this folder.")
        for view in inside:
            ctx.store.remove(view)


@behaviour("warehouse_table", "current")
class WarehouseTable(Resource):
    """Files in a bucket, or what a source brought. A secret of ``wrong`` is one that does not work."""

    search_fields = ("name",)
    extras = (
        Extra("refresh_schema", "refresh", ("POST",), scope="warehouse_table:write"),
        Extra("update_schema", "update_schema", ("POST",), scope="warehouse_table:write"),
    )

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "name" in data and (row is None or data["name"] != row["name"]) and not ctx.seeding:
            if not NAME.match(data["name"]):
                raise invalid(f"{data['name']} is not a valid table name.", "name")
            if data["name"] in table_names(ctx):
                raise invalid("A table or view with this name already exists.", "name")
        if "url_pattern" in data and not re.match(r"^https?://[^/\s]+/\S*$", data["url_pattern"]) and not ctx.seeding:
            raise invalid("Invalid URL pattern.", "url_pattern")
        if (data.get("credential") or {}).get("access_secret") == "wrong":
            raise invalid("Could not read the bucket with these credentials.")
        return data

    def keep(self, row: Row, data: dict[str, Any]) -> None:
        """The credential is another object, of which only the id shows."""
        if data.get("credential"):
            row.hidden["credential"] = data["credential"]
            row.data["credential"] = {"id": new_uuid(), "created_by": row.get("created_by"), "created_at": now()}

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["credential"] = None
        row.data["columns"] = [{"key": "id", "name": "id", "type": "string", "schema_valid": True}]
        self.keep(row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.keep(row, data)

    def refresh(self, ctx: Context, pk: str) -> Answer:
        """Look for columns again."""
        self.row(ctx, pk)
        return Answer(None, 200)

    def update_schema(self, ctx: Context, pk: str) -> Answer:
        """{"updates": {column: type}}."""
        row = self.row(ctx, pk)
        updates = self.require_body(ctx).get("updates") or {}
        for column in row["columns"]:
            column["type"] = updates.get(column["key"], column["type"])
        ctx.store.touch()
        return Answer(None, 200)


@behaviour("warehouse_join", "current")
class WarehouseJoin(Resource):
    """A field of one table that leads to another."""

    extras = (Extra("validate", "validate", ("POST",), detail=False, scope="warehouse_view:read"),)

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return [f"projects/{{project_id}}/{name}" for name in ("warehouse_view_links", "warehouse_view_link")]

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if ctx.seeding:
            return data

        def value(name: str) -> Any:
            return data[name] if name in data else row[name] if row is not None else None

        names = table_names(ctx)
        for name in ("source_table_name", "joining_table_name"):
            if name in data:
                if not known(names, data[name]):
                    raise invalid(f"Unknown table `{data[name]}`.", name)
                data[name] = names.get(data[name], data[name])
        for name in ("source_table_key", "joining_table_key"):
            if name in data and not CHAIN.match(data[name]):
                raise invalid("Join key must be a field chain.", name)
        field, source = value("field_name"), value("source_table_name")
        if "." in field:
            raise invalid(f'Field name: "{field}" must not contain a period: "."')
        taken = field in COLUMNS.get(source, ()) or any(
            other is not row
            and not other.get("deleted")
            and (other["source_table_name"], other["field_name"]) == (source, field)
            for other in ctx.store.all("warehouse_join", ctx.project.pk)
        )
        if taken and not (data.get("deleted") or (row is not None and row.get("deleted") and "deleted" not in data)):
            raise invalid(f'Field name: "{field}" already exists on table: "{source}"')
        return data

    def validate(self, ctx: Context) -> Answer:
        """Whether a join would work."""
        body = self.require_body(ctx)
        names = table_names(ctx)
        wrong = [body.get(n) for n in ("source_table_name", "joining_table_name") if not known(names, str(body.get(n)))]
        if wrong:
            return Answer({"is_valid": False, "msg": f"Unknown table `{wrong[0]}`.", "hogql": None, "results": []})
        return Answer({"is_valid": True, "msg": None, "hogql": "SELECT 1", "results": copy.deepcopy([[1]])})
