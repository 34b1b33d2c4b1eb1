# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peculiarities of types beyond the first modules, as far as they are known; the rest is generic."""

from __future__ import annotations

from typing import Any

from ..errors import conflict, forbidden, payment_required, server_error
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row


class Gated(Resource):
    """A type that is not there at all without a plan feature."""

    feature = ""

    def admit(self, ctx: Context) -> None:
        # The caller's own organization counts, before it is known whether the project may be entered.
        mine = ctx.user.hidden.get("current_organization")
        if not ctx.store.has_feature(mine, self.feature):
            raise payment_required()


@behaviour("annotation")
class Annotation(Resource):
    """An organization-wide one shows in all its projects."""


@behaviour("notebook")
class Notebook(Resource):
    """A change of the content needs the stored version."""

    extras = (Extra("activity", "activity", detail=False, scope="activity_log:read"),)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["version"] = 0

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


@behaviour("session_recording_playlist")
class Playlist(Resource):
    """Recordings are added and removed by id."""

    extras = (
        Extra("recordings", "recordings", scope="session_recording_playlist:read"),
        Extra("recordings", "attach", ("POST", "DELETE"), scope="session_recording_playlist:write", item="recording"),
    )

    def recordings(self, ctx: Context, pk: str) -> Answer:
        """What is in the list: nothing that can be played."""
        self.row(ctx, pk)
        return Answer({"results": [], "has_next": False, "version": 3})

    def attach(self, ctx: Context, pk: str, recording: str) -> Answer:
        """Add or remove a recording."""
        self.row(ctx, pk)
        return Answer({"success": True})
