# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards, their tiles and their collaborators."""

from __future__ import annotations

import copy
from typing import Any

from ..errors import ApiError, forbidden, invalid, method_not_allowed, not_found
from ..fields import check
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now
from .organizations import ADMIN

EVERYBODY, COLLABORATORS = 21, 37
TEXT_MAX = 4000
TILE_VALUES = ("layouts", "color", "show_description", "transparent_background", "filters_overrides")


@behaviour("dashboard")
class Dashboard(Resource):
    """Filters, variables and tiles are read from the raw body, as the server does."""

    fuzzy = True
    search_fields = ("name", "description", "tags")
    extras = (
        Extra("move_tile", "move_tile", ("PATCH", "POST"), scope="dashboard:write"),
        Extra("reorder_tiles", "reorder_tiles", ("POST",), scope="dashboard:write", new=True),
        Extra("create_text_tile", "create_text_tile", ("POST",), scope="dashboard:write", new=True),
        Extra("update_text_tile", "update_text_tile", ("POST",), scope="dashboard:write", new=True),
        Extra("delete_tile", "delete_tile", ("POST",), scope="dashboard:write", new=True),
        Extra("copy_tile", "copy_tile", ("POST",), scope="dashboard:write", new=True),
        Extra("create_from_template_json", "closed", ("POST",), detail=False),
    )

    # ---- reading

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: (not row["pinned"], (row["name"] or "").lower(), row.pk))

    def listed(self, ctx: Context, row: Row) -> bool:
        return row["creation_mode"] != "unlisted"

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.legacy:
            return rows
        if ctx.flag("exclude_generated"):
            rows = [row for row in rows if not (row["name"] or "").startswith("Generated Dashboard")]
        for tag in ctx.query.get("tags", []):
            rows = [row for row in rows if tag in row["tags"]]
        if ctx.arg("creation_mode"):
            rows = [row for row in rows if row["creation_mode"] == ctx.arg("creation_mode")]
        return rows

    def variant(self, ctx: Context) -> str:
        return f"list {ctx.arg('search')}"

    def retrieve(self, ctx: Context, row: Row) -> Answer:
        answer = super().retrieve(ctx, row)
        if "last_accessed_at" in self.table.keys:
            row.data["last_accessed_at"] = now()
            row.cache = None
        return answer

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        restricted = row["restriction_level"] == COLLABORATORS
        out["effective_restriction_level"] = row["restriction_level"]
        out["effective_privilege_level"] = 37 if not restricted or self.may_edit(ctx, row) else 21
        out["is_shared"] = bool((row.hidden.get("sharing") or {}).get("enabled"))
        if ctx.arg("search") and listing and not ctx.legacy:
            out["search_match_type"] = self.match(row, ctx.arg("search"))
        else:
            out.pop("search_match_type", None)
        if listing:
            return out
        if not ctx.legacy:
            out["filters"] = row.get("persisted_filters") or {}
            out["variables"] = row.get("persisted_variables") or {}
        out["tiles"] = [self.present_tile(ctx, tile) for tile in self.tiles(ctx, row)]
        return out

    def tiles(self, ctx: Context, row: Row) -> list[Row]:
        """The live tiles, as they lie in the wide layout: top to bottom, left to right."""
        live = []
        for tile in row.hidden.get("tiles", []):
            insight = ctx.store.find("insight", tile["insight"]) if tile["insight"] else None
            if not tile["deleted"] and not (insight and insight.get("deleted")):
                live.append(tile)

        def place(tile: Row) -> tuple[float, float]:
            box = (tile["layouts"] or {}).get("sm") or {}
            return box.get("y", 1000), box.get("x", 1000)

        return live if ctx.legacy else sorted(live, key=place)

    def present_tile(self, ctx: Context, tile: Row) -> dict[str, Any]:
        """One tile with all that it shows."""
        insight = ctx.store.find("insight", tile["insight"]) if tile["insight"] else None
        text = tile["text"]
        out: dict[str, Any] = {
            "id": tile.pk,
            "insight": self.app.resources["insight"].present(ctx, insight) if insight else None,
            "text": None,
            "layouts": tile["layouts"],
            "color": tile["color"],
            "last_refresh": None,
            "is_cached": False,
        }
        if text:
            out["text"] = {**text, "team": tile.scope}
        if not ctx.legacy:
            out.update(
                button_tile=tile["button_tile"],
                widget=tile["widget"],
                order=0,
                deleted=False,
                **{name: tile[name] for name in TILE_VALUES[2:]},
            )
        return out

    # ---- rights

    def may_edit(self, ctx: Context, row: Row) -> bool:
        """A restricted dashboard is for its creator, admins and collaborators."""
        if row["restriction_level"] != COLLABORATORS or self.owns(ctx, row):
            return True
        return any(c.hidden["user"] == ctx.user.pk for c in ctx.store.all("dashboard_collaborator", None, row.pk))

    @staticmethod
    def owns(ctx: Context, row: Row) -> bool:
        """The creator and the project's admins."""
        return (row["created_by"] or {}).get("id") == ctx.user.pk or ctx.store.level(
            ctx.user.pk, ctx.organization.pk
        ) >= ADMIN

    # ---- writing

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) and not ctx.seeding else {}
        if row is not None:
            if not self.may_edit(ctx, row):
                raise forbidden("You don't have edit permissions for this dashboard.")
            if data.get("restriction_level", row["restriction_level"]) != row["restriction_level"] and not self.owns(
                ctx, row
            ):
                raise forbidden(
                    "Only the dashboard owner and project admins have the restriction rights required "
                    "to change the dashboard's restriction level."
                )
        if (
            data.get("description")
            and not ctx.seeding
            and not ctx.store.has_feature(
                ctx.organization.pk, "team_collaboration" if not ctx.legacy else "dashboard_collaboration"
            )
        ):
            if ctx.legacy:
                raise forbidden("You must upgrade your PostHog plan to be able to describe dashboards.")
        for name in ("filters", "variables"):
            data.pop(name, None)
            if body.get(name):
                if not isinstance(body[name], dict):
                    raise invalid(f"{name.capitalize()} must be a dictionary", name)
                if ctx.legacy:
                    if name == "filters":
                        data["filters"] = body[name]
                else:
                    data[f"persisted_{name}"] = body[name]
        if "quick_filter_ids" in data:
            data["quick_filter_ids"] = data["quick_filter_ids"] or []
            for item in data["quick_filter_ids"]:
                found = ctx.store.find("quick_filter", item)
                if found is None or found.scope != ctx.project.pk:
                    raise invalid("Quick filter does not exist.", "quick_filter_ids")
        data.pop("tiles", None)
        return data

    def check_source(self, ctx: Context, data: dict[str, Any]) -> Row | None:
        """The dashboard to copy, when one is named."""
        if data.get("use_template") and data["use_template"] != "DEFAULT_APP":
            raise invalid(f"Invalid template provided: {data['use_template']}", "use_template")
        if data.get("use_template") and data.get("use_dashboard") and not ctx.legacy:
            raise invalid("`use_dashboard` and `use_template` cannot be used together")
        if not data.get("use_dashboard"):
            return None
        source = ctx.store.find("dashboard", data["use_dashboard"])
        if source is None or source.scope != ctx.project.pk:
            raise invalid("Invalid value provided", "use_dashboard")
        return source

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        source = self.check_source(ctx, data)
        row = super().build(ctx, data, body)
        if not row.get("quick_filter_ids") and "quick_filter_ids" in self.table.keys:
            row.data["quick_filter_ids"] = []
        if source is not None:
            row.data["creation_mode"] = "duplicate"
            for tile in self.tiles(ctx, source):
                values = {k: copy.deepcopy(v) for k, v in tile.data.items() if k not in ("id", "deleted")}
                self.new_tile(ctx, row, **values)
        elif data.get("use_template"):
            row.data["creation_mode"] = "template"
            for number in range(6):
                self.template_insight(ctx, row, f"Insight {number + 1}")
        return row

    def template_insight(self, ctx: Context, board: Row, name: str) -> None:
        """An insight that a template brings along."""
        query = {
            "kind": "InsightVizNode",
            "source": {
                "kind": "TrendsQuery",
                "series": [{"kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": "dau"}],
            },
        }
        data = {"name": name, "query": query, "dashboards": [board.pk], "saved": True}
        quiet = Context(
            self.app,
            "POST",
            ctx.path,
            ctx.host,
            {},
            user=ctx.user,
            organization=ctx.organization,
            project=ctx.project,
            key=ctx.key,
        )
        self.app.resources["insight"].build(quiet, data, data)

    def usage_dashboard(self, ctx: Context, flag: Row) -> Row:
        """The dashboard with two insights that comes with a new flag."""
        data = {
            "name": f"Generated Dashboard: {flag['key']} Usage",
            "description": f"This dashboard was generated by the feature flag with key ({flag['key']})",
            "tags": ["feature flags"],
        }
        quiet = Context(
            self.app,
            "POST",
            ctx.path,
            ctx.host,
            {},
            user=ctx.user,
            organization=ctx.organization,
            project=ctx.project,
            key=ctx.key,
            seeding=True,
        )
        board = super().build(quiet, dict(data), data)
        board.data["creation_mode"] = "template"
        if "quick_filter_ids" in self.table.keys:
            board.data["quick_filter_ids"] = []
        for name in ("Feature Flag Called Total Volume", "Feature Flag calls made by unique users per variant"):
            self.template_insight(quiet, board, name)
        return board

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        body = self.require_body(ctx)
        if row.get("deleted") and ctx.legacy and body != {"deleted": False}:
            raise not_found()
        answer_tiles = body.get("tiles")
        if answer_tiles is not None and not isinstance(answer_tiles, list):
            raise invalid('Expected a list of items but got type "str".', "tiles", "not_a_list")
        if answer_tiles and self.may_edit(ctx, row):
            self.check_tiles(answer_tiles)
        super().update(ctx, row, partial)
        for item in answer_tiles or []:
            self.change_tile(ctx, row, item)
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if row["deleted"] and not before["deleted"]:
            for tile in row.hidden.get("tiles", []):
                if not tile["deleted"]:
                    tile.data["deleted"] = True
                    tile.hidden["with_dashboard"] = True
                    insight = ctx.store.find("insight", tile["insight"]) if tile["insight"] else None
                    if insight is not None and data.get("delete_insights"):
                        insights = self.app.resources["insight"]
                        if not insights.boards(ctx, insight):  # type: ignore[attr-defined]
                            insight.data["deleted"] = True
                            insight.hidden["with_dashboard"] = row.pk
            for project in ctx.store.all("project"):
                if project.get("primary_dashboard") == row.pk:
                    project.data["primary_dashboard"] = None
            for group in ctx.store.all("group_type", row.scope):
                if group.get("detail_dashboard") == row.pk:
                    group.data["detail_dashboard"] = None
        elif before["deleted"] and not row["deleted"]:
            for tile in row.hidden.get("tiles", []):
                if tile.hidden.pop("with_dashboard", False):
                    tile.data["deleted"] = False
                insight = ctx.store.find("insight", tile["insight"]) if tile["insight"] else None
                if insight is not None and insight.hidden.pop("with_dashboard", None) == row.pk:
                    insight.data["deleted"] = False

    # ---- tiles

    def new_tile(self, ctx: Context, board: Row, **values: Any) -> Row:
        """Store a tile."""
        pk = ctx.store.number("tile")
        data: dict[str, Any] = {
            "id": pk,
            "insight": None,
            "text": None,
            "button_tile": None,
            "widget": None,
            "layouts": {},
            "color": None,
            "show_description": None,
            "transparent_background": None,
            "filters_overrides": {},
            "deleted": False,
        }
        data.update({k: v for k, v in values.items() if k in data})
        tile = ctx.store.add(Row("tile", pk, board.scope, data, parent=board.pk))
        # Kept on both sides, since a look through all tiles is slow when there are thousands.
        board.hidden.setdefault("tiles", []).append(tile)
        insight = ctx.store.find("insight", data["insight"]) if data["insight"] else None
        if insight is not None:
            insight.hidden.setdefault("tiles", []).append(tile)
        return tile

    def check_tiles(self, items: list[Any]) -> None:
        """The types inside tiles; what an unknown key does is unverified, so it is ignored."""
        field = self.table.fields.get("tiles")
        known = {f.name: f for f in field.fields} if field else {}
        for index, item in enumerate(items):
            if not isinstance(item, dict):
                raise invalid("Expected a dictionary of items.", f"tiles__{index}", "not_a_dict")
            for name in (*TILE_VALUES, "text", "button_tile"):
                if item.get(name) is not None and name in known:
                    try:
                        check(known[name], item[name])
                    except ApiError as exc:
                        raise exc.under("tiles", str(index), name) from None
            body = (item.get("text") or {}).get("body")
            if isinstance(body, str) and len(body) > TEXT_MAX:
                raise invalid(
                    f"Ensure this field has no more than {TEXT_MAX} characters.",
                    f"tiles__{index}__text__body",
                    "max_length",
                )

    def change_tile(self, ctx: Context, board: Row, item: dict[str, Any]) -> None:
        """One entry of a PATCH: a new text, button or widget tile, or a change of a tile of this dashboard."""
        tile = ctx.store.find("tile", item.get("id"))
        here = tile is not None and tile.parent == board.pk
        values = {name: item[name] for name in TILE_VALUES if name in item}
        if item.get("text") and not item.get("deleted"):
            text = item["text"]
            # By the tile's id alone the text is another one, on the same tile.
            if here and tile["text"] and not ctx.legacy and text.get("id") != tile["text"]["id"]:
                tile.data["text"] = self.new_text(ctx, text.get("body"))
                tile.data.update(values)
                return
            if here and tile["text"] and text.get("id") == tile["text"]["id"]:
                tile["text"].update(
                    body=text.get("body", tile["text"]["body"]),
                    last_modified_at=now(),
                    last_modified_by=basic_user(ctx.user, ctx.legacy),
                )
                tile.data.update(values)
                return
            self.new_tile(ctx, board, text=self.new_text(ctx, text.get("body")), **values)
            return
        if item.get("button_tile") and not item.get("deleted"):
            button = item["button_tile"]
            if here and tile["button_tile"] and button.get("id") == tile["button_tile"]["id"]:
                tile["button_tile"].update({k: v for k, v in button.items() if k != "id"})
                tile.data.update(values)
                return
            self.new_tile(ctx, board, button_tile={"placement": "left", **button, "id": new_uuid()}, **values)
            return
        if item.get("widget") and not here and not item.get("deleted"):
            widget = {"name": None, "description": "", **item["widget"], "id": new_uuid()}
            self.new_tile(ctx, board, widget=widget, **values)
            return
        if not here:
            return
        tile.data.update(values)
        if item.get("deleted") is not None:
            tile.data["deleted"] = bool(item["deleted"])

    @staticmethod
    def new_text(ctx: Context, body: Any) -> dict[str, Any]:
        """The text of a text tile."""
        return {
            "id": ctx.store.number("text"),
            "created_by": basic_user(ctx.user, ctx.legacy),
            "last_modified_by": None,
            "body": body,
            "last_modified_at": now(),
        }

    def live_tile(self, ctx: Context, board: Row, number: Any) -> Row:
        """A live tile of a dashboard, else 404."""
        tile = ctx.store.find("tile", number)
        if tile is None or tile.parent != board.pk or tile["deleted"]:
            raise not_found("Tile not found.")
        return tile

    def editable(self, ctx: Context, pk: str) -> tuple[Row, dict[str, Any]]:
        """The dashboard that a tile route is about, and the body."""
        row = self.row(ctx, pk)
        if not self.may_edit(ctx, row):
            raise forbidden("You don't have edit permissions for this dashboard.")
        ctx.store.touch()
        return row, self.require_body(ctx)

    def create_text_tile(self, ctx: Context, pk: str) -> Answer:
        """A text tile; placed below the others when no layout is sent."""
        row, body = self.editable(ctx, pk)
        if not body.get("body"):
            raise invalid("This field is required.", "body", "required")
        if len(body["body"]) > TEXT_MAX:
            raise invalid(f"Ensure this field has no more than {TEXT_MAX} characters.", "body", "max_length")
        layouts = body.get("layouts")
        if not layouts:
            boxes = [(t["layouts"] or {}).get("sm") or {} for t in self.tiles(ctx, row)]
            bottom = max((b.get("y", 0) + b.get("h", 0) for b in boxes), default=0)
            layouts = {"sm": {"x": 0, "y": bottom, "w": 6, "h": 2}}
        tile = self.new_tile(ctx, row, text=self.new_text(ctx, body["body"]), layouts=layouts, color=body.get("color"))
        return Answer(self.present_tile(ctx, tile), 201)

    def update_text_tile(self, ctx: Context, pk: str) -> Answer:
        """Change what is sent of a text tile."""
        row, body = self.editable(ctx, pk)
        tile = self.live_tile(ctx, row, body.get("tile_id"))
        if "body" in body and tile["text"]:
            tile["text"]["body"] = body["body"]
        tile.data.update({k: body[k] for k in ("layouts", "color") if k in body})
        return Answer(self.present_tile(ctx, tile))

    def delete_tile(self, ctx: Context, pk: str) -> Answer:
        """Remove a tile."""
        row, body = self.editable(ctx, pk)
        self.live_tile(ctx, row, body.get("tile_id")).data["deleted"] = True
        return Answer(self.present(ctx, row))

    def copy_tile(self, ctx: Context, pk: str) -> Answer:
        """Copy a tile from another dashboard."""
        row, body = self.editable(ctx, pk)
        source = self.row(ctx, str(body.get("fromDashboardId")))
        tile = self.live_tile(ctx, source, body.get("tileId"))
        self.new_tile(ctx, row, **{k: copy.deepcopy(v) for k, v in tile.data.items() if k != "id"})
        return Answer(self.present(ctx, row))

    def move_tile(self, ctx: Context, pk: str) -> Answer:
        """Move a tile to another dashboard."""
        row, body = self.editable(ctx, pk)
        target = self.row(ctx, str(body.get("to_dashboard") or body.get("toDashboard")))
        tile = self.live_tile(ctx, row, (body.get("tile") or {}).get("id"))
        tile.parent = target.pk
        row.hidden["tiles"].remove(tile)
        target.hidden.setdefault("tiles", []).append(tile)
        return Answer(self.present(ctx, row))

    def reorder_tiles(self, ctx: Context, pk: str) -> Answer:
        """Lay tiles out in an order."""
        row, body = self.editable(ctx, pk)
        wide = 12 if body.get("layout") == "full_width" else 6
        top = left = 0
        for number in body.get("tile_order") or []:
            tile = self.live_tile(ctx, row, number)
            height = ((tile["layouts"] or {}).get("sm") or {}).get("h", 5)
            tile.data["layouts"] = {"sm": {"x": left, "y": top, "w": wide, "h": height}}
            left += wide
            if left >= 12:
                left, top = 0, top + height
        return Answer(self.present(ctx, row))

    def closed(self, ctx: Context) -> Answer:
        """Open to a browser session only; the dispatcher has refused it."""
        raise not_found()


@behaviour("dashboard_collaborator")
class Collaborator(Resource):
    """Under a dashboard; found by the user's uuid."""

    def methods(self, detail: bool) -> list[str]:
        return ["DELETE"] if detail else ["GET", "POST"]

    def parent_of(self, ctx: Context) -> Any:
        text = ctx.params.get("dashboard_id") or ctx.params.get("parent") or ""
        return self.app.resources["dashboard"].row(ctx, str(text)).pk

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if pk is not None and ctx.method == "GET":
            raise method_not_allowed("GET")
        return super().handle(ctx, pk)

    def lookup(self, ctx: Context, pk: Any) -> Row | None:
        for row in ctx.store.all("dashboard_collaborator", ctx.project.pk, self.parent_of(ctx)):
            if ctx.store.find("user", row.hidden["user"])["uuid"] == pk:
                return row
        return None

    def guard(self, ctx: Context) -> None:
        boards = self.app.resources["dashboard"]
        board = ctx.store.find("dashboard", self.parent_of(ctx))
        if not boards.may_edit(ctx, board):  # type: ignore[attr-defined]
            raise forbidden("You don't have edit permissions for this dashboard.")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        board = ctx.store.find("dashboard", self.parent_of(ctx))
        user = next((u for u in ctx.store.all("user") if u["uuid"] == data["user_uuid"]), None)
        level = ctx.store.level(user.pk, ctx.organization.pk) if user else 0
        if user is None or not level:
            raise invalid("User does not exist.")
        if data.get("level") != COLLABORATORS:
            raise invalid("Only edit access can be explicitly specified currently.")
        if level >= ADMIN or (board["created_by"] or {}).get("id") == user.pk:
            raise invalid(
                "Cannot add collaborators that already have inherent access (the dashboard owner or a project admins)."
            )
        for other in ctx.store.all("dashboard_collaborator", ctx.project.pk, board.pk):
            if other.hidden["user"] == user.pk:
                raise invalid("User already is a collaborator.")
        return {**data, "user": user.pk}

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.hidden["user"] = row.data.pop("user")
        row.data.update(dashboard_id=row.parent, added_at=now())

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["user"] = basic_user(ctx.store.find("user", row.hidden["user"]), ctx.legacy)
        return out
