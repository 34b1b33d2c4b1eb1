# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Session recordings and the lists of them."""

from __future__ import annotations

from typing import Any

from ..errors import invalid
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row

ATTACH = ("POST", "DELETE")
FOR_ALL = "synthetic"
SYNTHETIC = (("Watch history", "synthetic-watch-history"), ("Recordings with comments", "synthetic-commented"))


@behaviour("session_recording", "current")
class SessionRecording(Resource):
    """Data, not configuration: comes by seeding; a PATCH marks it as seen."""

    def fresh_pk(self, ctx: Context, data: dict[str, Any]) -> Any:
        return data.get("id") or super().fresh_pk(ctx, data)

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        """A recording under the id that is given."""
        row = self.build(ctx, {"id": item["id"]} if item.get("id") else {}, item)
        row.data.update({k: v for k, v in item.items() if k in self.table.keys})
        return row

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if data.get("viewed") and ctx.user["email"] not in row["viewers"]:
            row.data["viewers"] = [*row["viewers"], ctx.user["email"]]
        data.pop("person", None)
        super().apply(ctx, row, data)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        wanted = ctx.arg("session_ids")
        return [row for row in rows if not wanted or f'"{row.pk}"' in wanted or row.pk in wanted.split(",")]


@behaviour("session_recording_playlist", "2024")
class Playlist2024(Resource):
    """Recordings are added and removed by id."""

    extras: tuple[Extra, ...] = (
        Extra("recordings", "recordings", scope="session_recording_playlist:read"),
        Extra("recordings", "attach", ATTACH, scope="session_recording_playlist:write", item="recording"),
    )

    def recordings(self, ctx: Context, pk: str) -> Answer:
        """What is in the list: nothing that can be played."""
        self.row(ctx, pk)
        return Answer({"results": [], "has_next": False, "version": 3})

    def attach(self, ctx: Context, pk: str, recording: str) -> Answer:
        """Add or remove a recording."""
        self.row(ctx, pk)
        return Answer({"success": True})


@behaviour("session_recording_playlist", "current")
class Playlist(Playlist2024):
    """Saved filters or a collection, for good; the server shows a few lists of its own."""

    search_fields = ("name", "derived_name")
    extras = (
        Extra("recordings", "recordings", scope="session_recording_playlist:read"),
        Extra("recordings", "attach", ATTACH, item="recording"),
    )

    def synthetic(self, ctx: Context) -> list[Row]:
        """The server's own lists, made when they are first asked for."""
        if next(ctx.store.all(self.table.type, FOR_ALL), None) is None:
            for number, (name, short) in enumerate(SYNTHETIC, 1):
                data = {**self.table.read, **{n: f.default for n, f in self.table.fields.items() if not f.write_only}}
                data.update(id=-number, short_id=short, name=name, type="collection", is_synthetic=True)
                ctx.store.add(Row(self.table.type, short, FOR_ALL, data))
        return list(ctx.store.all(self.table.type, FOR_ALL))

    def rows(self, ctx: Context) -> list[Row]:
        return [*self.synthetic(ctx), *super().rows(ctx)]

    def row(self, ctx: Context, text: str) -> Row:
        return next((row for row in self.synthetic(ctx) if row.pk == text), None) or super().row(ctx, text)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) else {}
        if row is not None:
            if row["is_synthetic"]:
                raise invalid("Synthetic playlists cannot be changed.")
            if body.get("type", row["type"]) != row["type"]:
                raise invalid("The type of a playlist cannot be changed.", "type")
        kind = row["type"] if row is not None else data.get("type", "filters")
        if kind == "collection" and data.get("filters"):
            raise invalid("Collections cannot have filters.")
        if kind == "filters" and not data.get("filters") and not ctx.seeding:
            raise invalid("A playlist of filters needs at least one filter.")
        return data

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("short_id"):
            rows = [row for row in rows if row["short_id"] == ctx.arg("short_id")]
        if ctx.arg("created_by"):
            rows = [row for row in rows if str((row["created_by"] or {}).get("id")) == ctx.arg("created_by")]
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        held = len(row.hidden.get("recordings", []))
        out["recordings_counts"] = {
            "saved_filters": {"count": None, "has_more": None, "watched_count": None},
            "collection": {"count": held if row["type"] == "collection" else None, "watched_count": 0},
        }
        return out

    def recordings(self, ctx: Context, pk: str) -> Answer:
        """The recordings of a collection that exist."""
        row = self.row(ctx, pk)
        kind = self.app.resources["session_recording"]
        found = [ctx.store.find("session_recording", number) for number in row.hidden.get("recordings", [])]
        shown = [kind.present(ctx, recording) for recording in found if recording is not None]
        return Answer({"results": shown, "has_next": False, "version": 4})

    def attach(self, ctx: Context, pk: str, recording: str) -> Answer:
        """Add or remove a recording; closed to keys."""
        row = self.row(ctx, pk)
        if row["type"] != "collection" or row["is_synthetic"]:
            raise invalid("Recordings can only be added to collections.")
        held = row.hidden.setdefault("recordings", [])
        if ctx.method == "POST" and recording not in held:
            held.append(recording)
        elif ctx.method == "DELETE" and recording in held:
            held.remove(recording)
        row.data["last_modified_by"] = basic_user(ctx.user)
        ctx.store.touch()
        return Answer({"success": True})
