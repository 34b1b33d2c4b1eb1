# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ingestion brings: event and property definitions, group types, tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import invalid, not_found, payment_required, server_error
from ..fields import check
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, now
from ..tables import Field, Table
from .linked import within

if TYPE_CHECKING:
    from ..app import App

MAX_GROUP_TYPES = 5
TAGGED = ("feature_flag", "dashboard", "insight", "action", "event_definition", "property_definition")


class Definition(Resource):
    """What event and property definitions share."""

    search_fields = ("name",)

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: row["name"])

    def row(self, ctx: Context, text: str) -> Row:
        if ctx.legacy:
            # A bug of that server: an id that is none, or unknown, is an unhandled exception.
            found = ctx.store.find(self.table.type, text)
            if found is None or found.scope != ctx.project.pk:
                raise server_error()
        return super().row(ctx, text)

    def paid(self, ctx: Context) -> bool:
        """Whether the plan has descriptions, tags and verification."""
        return ctx.store.has_feature(ctx.organization.pk, "ingestion_taxonomy")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and not self.paid(ctx):
            raise payment_required()
        if data.get("verified") and data.get("hidden"):
            raise invalid("An event cannot be both hidden and verified.")
        if row is None:
            return self.named_owner(ctx, data)
        if data.get("verified") and not row.get("verified"):
            row.data.update(verified_at=now(), verified_by=basic_user(ctx.user, ctx.legacy))
            if "hidden" in self.table.keys:
                data["hidden"] = False
        elif data.get("verified") is False or data.get("hidden"):
            row.data.update(verified_at=None, verified_by=None)
            data["verified"] = False
        return self.named_owner(ctx, data)

    @staticmethod
    def named_owner(ctx: Context, data: dict[str, Any]) -> dict[str, Any]:
        """The owner is written by id and read as a person."""
        owner = data.get("owner")
        if owner is not None:
            user = ctx.store.find("user", owner)
            if user is None:
                raise invalid(f'Invalid pk "{owner}" - object does not exist.', "owner", "does_not_exist")
            data["owner"] = basic_user(user, ctx.legacy)
        return data

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        row.data["updated_by"] = basic_user(ctx.user, ctx.legacy)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        for name in ("updated_at", "updated_by"):
            if name in row.data:
                row.data[name] = None
        if row.get("verified") and not row.get("verified_at"):
            row.data.update(verified_at=now(), verified_by=basic_user(ctx.user, ctx.legacy))

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.legacy:
            return rows
        if ctx.flag("exclude_hidden"):
            rows = [row for row in rows if not row.get("hidden")]
        if ctx.arg("verified"):
            rows = [row for row in rows if bool(row.get("verified")) == ctx.flag("verified")]
        for tag in ctx.query.get("tags", []):
            rows = [row for row in rows if tag.strip('[]" ') in row["tags"]]
        return rows


@behaviour("event_definition")
class EventDefinition(Definition):
    """Can be created on newer servers; otherwise comes with the first event."""

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        answer = super().update(ctx, row, partial)
        if ctx.legacy and partial:
            answer.body.pop("post_to_slack", None)
        return answer

    def methods(self, detail: bool) -> list[str]:
        out = super().methods(detail)
        return [m for m in out if m != "POST"] if self.app.profile == "2024" else out

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        if row is None and any(
            other["name"] == data.get("name") for other in ctx.store.all("event_definition", ctx.project.pk)
        ):
            raise invalid("Event definition with this name already exists.", "name", "unique")

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        kind = "" if ctx.legacy else ctx.arg("event_type")
        if kind in ("event_custom", "event_posthog"):
            rows = [row for row in rows if row["name"].startswith("$") == (kind == "event_posthog")]
        order = ctx.arg("ordering")
        if order.lstrip("-") in ("name", "last_seen_at") and not ctx.legacy:
            rows.sort(key=lambda row: str(row.get(order.lstrip("-")) or ""), reverse=order.startswith("-"))
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if not self.paid(ctx):
            basic = ("id", "name", "created_at", "last_seen_at", "is_action", "post_to_slack", "tags")
            out = {k: v for k, v in out.items() if k in basic}
        return out


@behaviour("property_definition")
class PropertyDefinition(Definition):
    """Comes by ingestion only; of events, persons or groups."""

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        row = super().seed(ctx, item)
        row.hidden["type"] = item.get("type", "event")
        row.hidden["group_type_index"] = item.get("group_type_index")
        row.data["name"] = item["name"]
        return row

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if data.get("property_type") == "Numeric" and not ctx.legacy:
            data["is_numerical"] = True
        return super().clean(ctx, data, row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("is_numerical") and not ctx.legacy:
            rows = [row for row in rows if bool(row.get("is_numerical")) == ctx.flag("is_numerical")]
        kind = ctx.arg("type", "event")
        if kind not in ("event", "person", "group", "session"):
            raise invalid(f'"{kind}" is not a valid choice.', "type", "invalid_choice")
        if kind == "group" and not ctx.arg("group_type_index"):
            raise invalid("`group_type_index` must be set for `group` type")
        rows = [row for row in rows if row.hidden.get("type", "event") == kind]
        if kind == "group":
            rows = [r for r in rows if str(r.hidden.get("group_type_index")) == ctx.arg("group_type_index")]
        if ctx.arg("properties"):
            wanted = set(ctx.arg("properties").split(","))
            rows = [row for row in rows if row["name"] in wanted]
        return rows


@behaviour("group_type")
class GroupType(Resource):
    """A bare array; changed together by one PATCH, which is closed to keys on newer servers."""

    def __init__(self, table: Table, app: App) -> None:
        old = app.profile == "2024"
        self.extras = (
            Extra("update_metadata", "update_metadata", ("PATCH",), detail=False, scope="" if old else None),
            Extra("set_default_columns", "set_columns", ("PUT",), detail=False, scope=None, new=True),
            Extra("create_detail_dashboard", "detail_dashboard", ("PUT",), detail=False, scope=None, new=True),
        )
        super().__init__(table, app)
        if old:
            table.paging = "none"
            table.keys = ["group_type", "group_type_index", "name_singular", "name_plural"]
            table.path = table.path or "projects/{project_id}/groups_types"

    def methods(self, detail: bool) -> list[str]:
        if detail:
            return [] if self.app.profile == "2024" else ["DELETE"]
        return ["GET"]

    def fresh_pk(self, ctx: Context, data: dict[str, Any]) -> Any:
        taken = {row.pk[1] for row in ctx.store.all("group_type", ctx.project.pk)}
        free = next((index for index in range(MAX_GROUP_TYPES) if index not in taken), None)
        if free is None:
            raise invalid("A project can have at most five group types.")
        return (ctx.project.pk, free)

    def parse_pk(self, ctx: Context, text: str) -> Any:
        return (ctx.project.pk, int(text)) if text.isdigit() else None

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        row = super().seed(ctx, item)
        row.data.update(group_type=item["group_type"], group_type_index=row.pk[1])
        row.data.setdefault("name_singular", None)
        row.data.setdefault("name_plural", None)
        return row

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def update_metadata(self, ctx: Context) -> Answer:
        """[{group_type_index, name_singular, name_plural}]; gives the whole list."""
        if not isinstance(ctx.body, list) and not ctx.legacy:
            raise invalid('Expected a list of items but got type "dict".', code="not_a_list")
        for item in ctx.body if isinstance(ctx.body, list) else []:
            row = ctx.store.find("group_type", (ctx.project.pk, item.get("group_type_index")))
            if row is None:
                raise server_error() if ctx.legacy else not_found()
            row.data.update(
                {
                    name: check(Field(name, "string", nullable=True, max_length=400), item[name])
                    for name in ("name_singular", "name_plural")
                    if name in item
                }
            )
        ctx.store.touch()
        return self.show_list(ctx)

    def one(self, ctx: Context) -> Row:
        """The group type that a body names by its index."""
        number = self.require_body(ctx).get("group_type_index")
        row: Row | None = ctx.store.find("group_type", (ctx.project.pk, number))
        if row is None:
            raise not_found()
        return row

    def set_columns(self, ctx: Context) -> Answer:
        """{group_type_index, default_columns}."""
        row = self.one(ctx)
        columns = check(Field("default_columns", "list<string>", nullable=True), ctx.body.get("default_columns"))
        row.data["default_columns"] = columns
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def detail_dashboard(self, ctx: Context) -> Answer:
        """{group_type_index}: a new dashboard, where there is none yet."""
        row = self.one(ctx)
        if row.get("detail_dashboard"):
            raise invalid("A detail dashboard exists already.")
        data = {"name": f"Template dashboard for {row['group_type']}"}
        row.data["detail_dashboard"] = self.app.resources["dashboard"].build(within(ctx, data), data, data).pk
        ctx.store.touch()
        return Answer(self.present(ctx, row))


@behaviour("tag")
class Tag(Resource):
    """The names in use; closed to keys on newer servers."""

    def __init__(self, table: Table, app: App) -> None:
        super().__init__(table, app)
        if app.profile == "2024":
            table.path, table.paging, table.verbs = "projects/{project_id}/tags", "none", ["list"]

    def show_list(self, ctx: Context) -> Answer:
        self.need_feature(ctx, "tagging")
        names = {
            tag
            for kind in TAGGED
            for row in ctx.store.all(kind, ctx.project.pk)
            if not row.get("deleted")
            for tag in row.get("tags") or []
        }
        return Answer(sorted(names))
