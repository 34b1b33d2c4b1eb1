# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peculiarities of types beyond the first modules, as far as they are known; the rest is generic."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import conflict, forbidden, invalid, payment_required, server_error
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now
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


@behaviour("survey")
class Survey(Resource):
    """Has flags of its own; questions get ids."""

    extras = (
        Extra("activity", "activity", scope="activity_log:read"),
        Extra("launch", "launch", ("POST",), scope="survey:write"),
        Extra("stop", "stop", ("POST",), scope="survey:write"),
    )
    HIDDEN = ("linked_flag_id", "targeting_flag_id", "targeting_flag_filters", "remove_targeting_flag")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        for question in data.get("questions") or []:
            if not isinstance(question, dict) or not question.get("question"):
                raise invalid("Question text is required", "questions")
            if not ctx.legacy:
                question.setdefault("id", new_uuid())
        for name in ("linked_flag_id", "targeting_flag_id"):
            if data.get(name) is not None:
                flag = ctx.store.find("feature_flag", data[name])
                if flag is None or flag.scope != ctx.project.pk:
                    raise invalid("Feature Flag with this ID does not exist")
        filters = data.get("targeting_flag_filters")
        if filters and any(
            not g.get("properties") and g.get("rollout_percentage") in (None, 100) for g in filters.get("groups") or []
        ):
            raise invalid(
                "Invalid operation: User targeting rolls out to everyone. If you want to roll out to "
                "everyone, delete this targeting"
            )
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.flags(ctx, row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.flags(ctx, row, data)
        targeting = ctx.store.find("feature_flag", row.hidden.get("targeting"))
        if targeting is not None:
            targeting.data["active"] = bool(row.get("start_date")) and not row.get("end_date")

    def flags(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Link, create, change and drop the survey's flags."""
        if "linked_flag_id" in data:
            row.hidden["linked"] = data["linked_flag_id"]
            row.data.pop("linked_flag_id", None)
        if data.get("targeting_flag_id"):
            row.hidden["targeting"] = data["targeting_flag_id"]
        if data.get("targeting_flag_filters"):
            current = ctx.store.find("feature_flag", row.hidden.get("targeting"))
            if current is not None:
                current.data["filters"] = {**current["filters"], **data["targeting_flag_filters"]}
            else:
                flag = make_flag(
                    ctx,
                    {
                        "key": f"survey-targeting-{slugify(row['name'])}",
                        "name": f"Targeting flag for survey {row['name']}",
                        "active": bool(row.get("start_date")),
                        "filters": data["targeting_flag_filters"],
                    },
                    "surveys",
                    quiet=True,
                )
                flag.hidden["internal"] = True
                row.hidden.update(targeting=flag.pk, own=flag.pk)
        if data.get("remove_targeting_flag"):
            flag = ctx.store.find("feature_flag", row.hidden.pop("targeting", None))
            if flag is not None:
                ctx.store.remove(flag)
        for name in self.HIDDEN:
            row.data.pop(name, None)

    def deleting(self, ctx: Context, row: Row) -> None:
        flag = ctx.store.find("feature_flag", row.hidden.get("own"))
        if flag is not None:
            ctx.store.remove(flag)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        for name, key in (("linked_flag", "linked"), ("targeting_flag", "targeting")):
            if name in self.table.keys:
                out[name] = minimal_flag(ctx, ctx.store.find("feature_flag", row.hidden.get(key)))
        if listing or "linked_flag_id" in self.table.keys:
            out["linked_flag_id"] = row.hidden.get("linked")
        return out

    def retrieve(self, ctx: Context, row: Row) -> Answer:
        return Answer({**self.present(ctx, row), "linked_flag_id": row.hidden.get("linked")})

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The history; the sandbox keeps none."""
        self.row(ctx, pk)
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})

    def launch(self, ctx: Context, pk: str) -> Answer:
        """Start."""
        row = self.row(ctx, pk)
        self.apply(ctx, row, {"start_date": now(), "end_date": None})
        return Answer(self.present(ctx, row))

    def stop(self, ctx: Context, pk: str) -> Answer:
        """End."""
        row = self.row(ctx, pk)
        self.apply(ctx, row, {"end_date": now()})
        return Answer(self.present(ctx, row))


class Gated(Resource):
    """A type that is not there at all without a plan feature."""

    feature = ""

    def admit(self, ctx: Context) -> None:
        # The caller's own organization counts, before it is known whether the project may be entered.
        mine = ctx.user.hidden.get("current_organization")
        if not ctx.store.has_feature(mine, self.feature):
            raise payment_required()


@behaviour("subscription")
class Subscription(Gated):
    """Of a dashboard or an insight."""

    feature = "subscriptions"

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and not ctx.body:
            raise invalid("Either dashboard or insight is required for an export.")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["summary"] = f"sent every {str(row.get('frequency')).removesuffix('ly')}"
        row.data["next_delivery_date"] = row.get("start_date")


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


@behaviour("batch_export")
class BatchExport(Resource):
    """Secrets of the destination are never shown; its configuration is merged."""

    SECRET = re.compile("secret|password|access_key|private_key|token", re.IGNORECASE)
    TYPES = ("S3", "Snowflake", "Postgres", "Redshift", "BigQuery", "Databricks", "AzureBlob", "HTTP", "NoOp")
    extras = (
        Extra("pause", "pause", ("POST",), scope="batch_export:write"),
        Extra("unpause", "unpause", ("POST",), scope="batch_export:write"),
        Extra("backfill", "backfill", ("POST",), scope="batch_export:write"),
        Extra("runs", "runs", scope="batch_export:read"),
    )

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        destination = data.get("destination")
        if destination is not None:
            if ctx.legacy and destination.get("type") not in self.TYPES:
                raise invalid(
                    f'"{destination.get("type")}" is not a valid choice.', "destination__type", "invalid_choice"
                )
            config = destination.get("config") or {}
            if row is not None:
                config = {**row["destination"].get("config", {}), **config}
            elif destination["type"] == "S3" and ctx.legacy and not {"bucket_name", "region", "prefix"} <= set(config):
                raise server_error()
            data["destination"] = {**destination, "config": config}
        if str(data.get("interval", "")).startswith("every") and not ctx.store.has_feature(
            ctx.organization.pk, "high_frequency_batch_exports"
        ):
            raise forbidden("Higher frequency exports are not enabled for this team.")
        return data

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        destination = copy.deepcopy(row["destination"]) or {}
        destination["config"] = {
            k: v for k, v in (destination.get("config") or {}).items() if not self.SECRET.search(k)
        }
        out["destination"] = destination
        return out

    def set_paused(self, ctx: Context, pk: str, paused: bool) -> Answer:
        """Stop or resume."""
        row = self.row(ctx, pk)
        row.data.update(paused=paused, last_paused_at=now() if paused else row.get("last_paused_at"))
        ctx.store.touch()
        return Answer({"paused": paused})

    def pause(self, ctx: Context, pk: str) -> Answer:
        """Stop."""
        return self.set_paused(ctx, pk, True)

    def unpause(self, ctx: Context, pk: str) -> Answer:
        """Resume."""
        return self.set_paused(ctx, pk, False)

    def backfill(self, ctx: Context, pk: str) -> Answer:
        """Name a backfill that does nothing."""
        row = self.row(ctx, pk)
        body = self.require_body(ctx)
        return Answer({"backfill_id": f"{row.pk}-Backfill-{body.get('start_at')}-{body.get('end_at')}"})

    def runs(self, ctx: Context, pk: str) -> Answer:
        """None."""
        self.row(ctx, pk)
        return Answer({"next": None, "previous": None, "results": []})
