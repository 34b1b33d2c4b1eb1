# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peculiarities of types beyond the first modules, as far as they are known; the rest is generic."""

from __future__ import annotations

from typing import Any

from ..errors import conflict, forbidden, invalid, payment_required, server_error
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row
from .linked import make_flag, minimal_flag
from .organizations import slugify


@behaviour("early_access_feature")
class EarlyAccessFeature(Resource):
    """Brings a flag along, or takes one over."""

    RELEASED = ("alpha", "beta", "general-availability")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None or data.get("feature_flag_id") is None:
            data.pop("feature_flag_id", None)
            return data
        flag = ctx.store.find("feature_flag", data["feature_flag_id"])
        if flag is None or flag.scope != ctx.project.pk or flag.get("deleted"):
            raise invalid("Feature Flag with this ID does not exist")
        if any(e.hidden.get("flag") == flag.pk for e in ctx.store.all("early_access_feature", ctx.project.pk)):
            raise invalid(f"Linked feature flag {flag['key']} already has a feature attached to it.")
        if flag["filters"].get("aggregation_group_type_index") is not None:
            raise invalid("Group-based feature flags are not supported for Early Access Features.")
        if (flag["filters"].get("multivariate") or {}).get("variants"):
            raise invalid("Multivariate feature flags are not supported for Early Access Features.")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        number = data.get("feature_flag_id")
        if number is None:
            key = slugify(data["name"])
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
        """A released stage opens the flag to those who enrol."""
        flag = ctx.store.find("feature_flag", row.hidden["flag"])
        if flag is not None and not ctx.legacy:
            flag.data["filters"]["feature_enrollment"] = row["stage"] in self.RELEASED or None

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if "stage" in data:
            self.enrol(ctx, row)

    def deleting(self, ctx: Context, row: Row) -> None:
        flag = ctx.store.find("feature_flag", row.hidden["flag"])
        if flag is not None:
            flag.data["filters"].pop("feature_enrollment", None)
            if ctx.legacy:
                flag.data["filters"]["super_groups"] = None

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["feature_flag"] = minimal_flag(ctx, ctx.store.find("feature_flag", row.hidden["flag"]))
        return out


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
