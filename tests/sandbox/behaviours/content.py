# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates, colours, annotations, notebooks, variables, comments and quick filters."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import conflict, forbidden, invalid, server_error
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now
from .organizations import remember

if TYPE_CHECKING:
    from ..app import App
    from ..store import Store

FOR_ALL = "global"
TEMPLATES = ("Product analytics", "Website traffic")
THEMES = (("Default Theme", ["#1d4aff", "#621da6", "#42827e", "#ce0e74", "#f14f58"]),)
CONTEXTS = ("dashboards", "logs-filters", "error-tracking-issue-filters")


# ---- what PostHog itself brings


class WithGlobals(Resource):
    """A type of which every project shows some rows that nobody may change."""

    def make_globals(self, store: Store) -> None:
        """Store the global rows."""
        raise NotImplementedError

    def globals(self, ctx: Context) -> list[Row]:
        """The rows of PostHog itself, made when they are first asked for."""
        if next(ctx.store.all(self.table.type, FOR_ALL), None) is None:
            self.make_globals(ctx.store)
        return list(ctx.store.all(self.table.type, FOR_ALL))

    def rows(self, ctx: Context) -> list[Row]:
        return [*self.globals(ctx), *super().rows(ctx)]

    def row(self, ctx: Context, text: str) -> Row:
        self.globals(ctx)
        found: Row | None = self.lookup(ctx, self.parse_pk(ctx, text))
        return found if found is not None and found.scope == FOR_ALL else super().row(ctx, text)

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        self.globals(ctx)
        return super().build(ctx, data, body)


@behaviour("dashboard_template", "current")
class DashboardTemplate(WithGlobals):
    """DELETE is answered and does nothing: a template goes by PATCH."""

    search_fields = ("template_name", "dashboard_description", "tags")

    def make_globals(self, store: Store) -> None:
        for name in TEMPLATES:
            pk = remember(self.app, f"template {name}", new_uuid)
            tile = {"type": "INSIGHT", "name": name, "layouts": {}, "query": {"kind": "InsightVizNode"}}
            data = {**self.table.read, **{n: f.default for n, f in self.table.fields.items()}}
            data.update(id=pk, template_name=name, scope="global", tiles=[tile], tags=[], created_at=now())
            store.add(Row(self.table.type, pk, FOR_ALL, data))

    def rows(self, ctx: Context) -> list[Row]:
        shared = [
            row
            for project in ctx.store.all("project", ctx.organization.pk)
            if project.pk != ctx.project.pk
            for row in ctx.store.all(self.table.type, project.pk)
            if row["scope"] == "organization" and not row.get("deleted")
        ]
        return [*super().rows(ctx), *shared]

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and row.scope == FOR_ALL:
            raise forbidden("You don't have edit permissions for this dashboard template.")
        if data.get("scope") == "global" and not ctx.user.get("is_staff"):
            raise forbidden("You don't have edit permissions for this dashboard template.")
        if "tiles" in data and not data["tiles"]:
            raise invalid("You need to provide tiles for the template.", "tiles")
        if data.get("scope", "team") is None:
            data["scope"] = "team"
        return data

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        return [row for row in rows if not ctx.arg("scope") or row["scope"] == ctx.arg("scope")]

    def delete(self, ctx: Context, row: Row) -> Answer:
        return Answer(None, 204)


@behaviour("data_color_theme", "current")
class DataColorTheme(WithGlobals):
    """A bare list with the global theme in it; changing one is part of a plan, making one is not."""

    def make_globals(self, store: Store) -> None:
        for name, colors in THEMES:
            pk = store.number(self.table.type)
            data = {"id": pk, "name": name, "colors": list(colors), "is_global": True}
            data.update(created_at=None, created_by=None)
            store.add(Row(self.table.type, pk, FOR_ALL, data))

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["is_global"] = False

    def may_change(self, ctx: Context, row: Row) -> None:
        """Refuse what the plan does not cover, and changes of global themes."""
        if not ctx.store.has_feature(ctx.organization.pk, "data_color_themes"):
            raise forbidden("You need a paid plan to change color themes.")
        if row.scope == FOR_ALL:
            raise forbidden("Global themes cannot be changed.")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None:
            self.may_change(ctx, row)
        return data

    def deleting(self, ctx: Context, row: Row) -> None:
        self.may_change(ctx, row)


# ---- annotations and notebooks


@behaviour("annotation", "current")
class Annotation(Resource):
    """An organization-wide one shows in all its projects."""

    search_fields = ("content",)

    def foreign(self, ctx: Context) -> list[Row]:
        """The organization-wide ones of the other projects."""
        return [
            row
            for project in ctx.store.all("project", ctx.organization.pk)
            if project.pk != ctx.project.pk
            for row in ctx.store.all(self.table.type, project.pk)
            if row["scope"] == "organization" and not row.get("deleted")
        ]

    def rows(self, ctx: Context) -> list[Row]:
        return [*super().rows(ctx), *self.foreign(ctx)]

    def row(self, ctx: Context, text: str) -> Row:
        number = self.parse_pk(ctx, text)
        return next((row for row in self.foreign(ctx) if row.pk == number), None) or super().row(ctx, text)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        for name, kind in (("dashboard_item", "insight"), ("dashboard_id", "dashboard")):
            if data.get(name) is not None:
                found = ctx.store.find(kind, data[name])
                if found is None or found.scope != ctx.project.pk:
                    raise invalid(f'Invalid pk "{data[name]}" - object does not exist.', name, "does_not_exist")
        if data.get("scope") == "recording":
            raise invalid("Recording scope is deprecated")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if not row["scope"]:
            row.data["scope"] = "dashboard_item"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        board = ctx.store.find("dashboard", row.get("dashboard_id"))
        insight = ctx.store.find("insight", row.get("dashboard_item"))
        out["dashboard_name"] = board["name"] if board else None
        for name in ("short_id", "name", "derived_name"):
            out[f"insight_{name}"] = insight.get(name) if insight else None
        return out


@behaviour("notebook")
class Notebook(Resource):
    """A change of the content needs the stored version."""

    search_fields = ("title", "text_content")
    extras = (Extra("activity", "activity", detail=False, scope="activity_log:read"),)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["version"] = 0 if ctx.legacy else data.get("version") or 0

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is None:
            return data
        if not data and ctx.legacy:
            raise server_error()
        if "content" in data:
            if data.get("version") != row["version"]:
                raise conflict("Someone else edited the Notebook")
            data["version"] = row["version"] + 1
        else:
            data.pop("version", None)
        return data

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        wanted = "" if ctx.legacy else ctx.arg("created_by")
        return [row for row in rows if not wanted or (row["created_by"] or {}).get("uuid") == wanted]

    def activity(self, ctx: Context) -> Answer:
        """The history, as one entry for each notebook."""
        rows = ctx.store.all("notebook", ctx.project.pk)
        return Answer(
            {"results": [activity_entry(row) for row in rows], "next": None, "previous": None, "total_count": 0}
        )


def activity_entry(row: Row) -> dict[str, Any]:
    """An entry of the short history of one type."""
    user = row.get("created_by") or {}
    return {
        "user": {"first_name": user.get("first_name"), "email": user.get("email")},
        "activity": "created",
        "scope": row.type.title().replace("_", ""),
        "item_id": str(row.pk),
        "detail": {"changes": None, "trigger": None, "name": row.get("name"), "short_id": None, "type": None},
        "created_at": row.get("created_at"),
    }


# ---- variables


@behaviour("insight_variable", "current")
class InsightVariable(Resource):
    """Known by the code name, which is made from the first name and stays."""

    search_fields = ("name", "code_name")

    @staticmethod
    def code_name(name: str) -> str:
        """The name with nothing but letters, digits and underscores."""
        return re.sub(r"[^a-zA-Z0-9 ]", "", name).replace(" ", "_").lower()

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is None and not ctx.seeding:
            code = self.code_name(data["name"])
            if any(other["code_name"] == code for other in ctx.store.all(self.table.type, ctx.project.pk)):
                raise invalid(f"Variable with code_name '{code}' already exists.")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["code_name"] = self.code_name(row["name"])


# ---- comments


@behaviour("comment")
class Comment(Resource):
    """Only the author may change one; on old servers everybody may read all."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None:
            if (row["created_by"] or {}).get("id") != ctx.user.pk:
                raise forbidden("You can only modify your own comments")
            row.data["version"] = (row.get("version") or 0) + 1
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["version"] = 0


@behaviour("comment", "current")
class CommentNow(Comment):
    """A reply takes the place of its thread; a task can be completed."""

    search_fields = ("content",)
    extras = (
        Extra("complete", "complete", ("POST",), scope="comment:write"),
        Extra("reopen", "reopen", ("POST",), scope="comment:write"),
        Extra("thread", "thread", scope="comment:read"),
    )

    def fields(self, ctx: Context, create: bool) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) else {}
        if body.get("source_comment"):
            return {**self.table.fields, "scope": replace(self.table.fields["scope"], required=False)}
        return self.table.fields

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        parent = data.get("source_comment")
        if parent is not None:
            found = ctx.store.find(self.table.type, parent)
            if found is None or found.scope != ctx.project.pk:
                raise invalid(f'Invalid pk "{parent}" - object does not exist.', "source_comment", "does_not_exist")
            if data.get("is_task"):
                raise invalid("A reply cannot be a task.", "is_task")
            data.update(scope=found["scope"], item_id=found["item_id"])
        return super().clean(ctx, data, row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        for name in ("scope", "item_id", "source_comment"):
            if ctx.arg(name):
                rows = [row for row in rows if str(row.get(name)) == ctx.arg(name)]
        return rows

    def finish(self, ctx: Context, pk: str, done: bool) -> Answer:
        """Complete a task or open it again."""
        row = self.row(ctx, pk)
        if not row.get("is_task"):
            raise invalid("Only tasks can be completed.")
        row.data["completed_at"] = now() if done else None
        row.data["completed_by"] = basic_user(ctx.user) if done else None
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def complete(self, ctx: Context, pk: str) -> Answer:
        """The task is done."""
        return self.finish(ctx, pk, True)

    def reopen(self, ctx: Context, pk: str) -> Answer:
        """The task is not done."""
        return self.finish(ctx, pk, False)

    def thread(self, ctx: Context, pk: str) -> Answer:
        """The replies."""
        row = self.row(ctx, pk)
        found = [other for other in self.rows(ctx) if other.get("source_comment") == row.pk]
        return Answer({"next": None, "previous": None, "results": [self.present(ctx, other) for other in found]})


# ---- quick filters


@behaviour("quick_filter", "current")
class QuickFilter(Resource):
    """Closed to keys; where the control opens it, options and contexts are checked."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "options" in data and not data["options"]:
            raise invalid("This list may not be empty.", "options", "empty")
        contexts = data.get("contexts")
        if contexts is not None:
            if not contexts:
                raise invalid("This list may not be empty.", "contexts", "empty")
            for name in contexts:
                if name not in CONTEXTS:
                    raise invalid(f"Invalid context '{name}'. Valid are: {', '.join(CONTEXTS)}", "contexts")
            data["contexts"] = sorted(set(contexts))
        return data

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        return [row for row in rows if not ctx.arg("context") or ctx.arg("context") in row["contexts"]]

    def deleting(self, ctx: Context, row: Row) -> None:
        for board in ctx.store.all("dashboard", row.scope):
            if row.pk in (board.get("quick_filter_ids") or []):
                board.data["quick_filter_ids"] = [pk for pk in board["quick_filter_ids"] if pk != row.pk]


# ---- people


@behaviour("person", "current")
class Person(Resource):
    """Comes by events; here by seeding. Static cohorts hold people."""

    def __init__(self, table: Any, app: App) -> None:
        super().__init__(table, app)
        table.read_scope, table.write_scope, table.id_kind = "person:read", "person:write", "uuid"

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["projects/{project_id}/persons"]

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "DELETE"] if detail else ["GET"]

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        """A person: {"uuid", "distinct_ids", "properties"}, all optional."""
        pk = item.get("uuid") or new_uuid()
        data = {
            "id": pk,
            "uuid": pk,
            "name": item.get("name") or (item.get("distinct_ids") or [pk])[0],
            "distinct_ids": item.get("distinct_ids") or [pk],
            "properties": item.get("properties") or {},
            "created_at": now(),
        }
        row: Row = ctx.store.add(Row("person", pk, ctx.project.pk, data))
        return row

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        return dict(row.data)

    def show_list(self, ctx: Context) -> Answer:
        rows = [self.present(ctx, row) for row in self.rows(ctx)]
        return Answer({"results": rows, "next": None, "previous": None})


def people(ctx: Context, numbers: Any, name: str) -> list[Any]:
    """The uuids of people that exist in the project, else 400."""
    if not isinstance(numbers, list) or not numbers:
        raise invalid("This field is required.", name, "required")
    for number in numbers:
        found = ctx.store.find("person", number if isinstance(number, str) else None)
        if found is None or found.scope != ctx.project.pk:
            raise invalid(f"Person with uuid {number} does not exist.", name)
    return numbers
