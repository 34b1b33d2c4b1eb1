# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feature flags that come with something else: made, changed and shown by experiments, surveys, tours and features."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import ApiError, forbidden, invalid
from ..resource import Context
from ..store import Row, new_uuid

EVERYBODY = (None, 100)


def within(ctx: Context, body: Any) -> Context:
    """The same request as seen by the type of something that it touches on the way."""
    return Context(
        ctx.app,
        "POST",
        ctx.path,
        ctx.host,
        {},
        key=ctx.key,
        user=ctx.user,
        organization=ctx.organization,
        project=ctx.project,
        body=body,
        seeding=ctx.seeding,
    )


def minimal_flag(ctx: Context, row: Row | None) -> dict[str, Any] | None:
    """A flag as embedded in what uses it."""
    if row is None:
        return None
    names = ("name", "key", "filters", "deleted", "active", "ensure_experience_continuity")
    out = {"id": row.pk, "team_id": row.scope, **{name: row.get(name) for name in names}}
    if not ctx.legacy:
        out.update(version=row.get("version"), evaluation_runtime=row.get("evaluation_runtime"))
    if ctx.app.profile == "2025":
        out["has_encrypted_payloads"] = row.get("has_encrypted_payloads")
    return out


def make_flag(ctx: Context, data: dict[str, Any], context: str, quiet: bool = False) -> Row:
    """A flag that comes with something else."""
    flags = ctx.app.resources["feature_flag"]
    if ctx.legacy:
        data.setdefault("filters", {})
    inner = within(ctx, {**data, "_should_create_usage_dashboard": not quiet})
    return flags.build(inner, {**copy.deepcopy(data), "creation_context": context}, inner.body)


def change_flag(ctx: Context, flag: Row, data: dict[str, Any]) -> None:
    """Change a flag with the same checks as a PATCH of it."""
    flags = ctx.app.resources["feature_flag"]
    inner = within(ctx, copy.deepcopy(data))
    inner.method = "PATCH"
    flags.apply(inner, flag, flags.clean(inner, copy.deepcopy(data), flag))


def drop_flag(ctx: Context, number: Any) -> None:
    """Remove a flag for good."""
    flag = ctx.store.find("feature_flag", number)
    if flag is not None:
        ctx.store.remove(flag)


def own_flag(ctx: Context, number: Any, detail: str = "Feature Flag with this ID does not exist") -> Row:
    """The live flag of this project with an id, else 400."""
    flag = ctx.store.find("feature_flag", number)
    if flag is None or flag.scope != ctx.project.pk or flag.get("deleted"):
        raise invalid(detail)
    return flag


def reaches_everybody(filters: dict[str, Any]) -> bool:
    """Whether targeting filters select all people, so that they are none."""
    return any(
        not group.get("properties") and group.get("rollout_percentage") in EVERYBODY
        for group in filters.get("groups") or []
    )


def code_of(text: str) -> str:
    """Lower-case words with hyphens, for a flag's key."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def need_flag_scope(ctx: Context) -> None:
    """Who changes a flag by way of something else needs the flags' scope too."""
    scopes = ctx.key.scopes if ctx.key else ["*"]
    if not ctx.legacy and not {"*", "feature_flag:write"} & set(scopes):
        raise forbidden("API key missing required scope 'feature_flag:write'")


def need_approval(ctx: Context, flag: Row) -> None:
    """409 where an approval policy guards a flag: nothing is changed, a change request waits."""
    if flag["key"] not in ctx.app.control.guarded_flags:
        return
    number = new_uuid()
    detail = "This change requires approval."
    body = {
        "code": "approval_required",
        "status": "approval_required",
        "detail": detail,
        "message": detail,
        "resource_type": "feature_flag",
        "resource_id": str(flag.pk),
        "change_request_id": number,
        "change_request": {"id": number, "state": "pending"},
        "required_approvers": {"users": [], "roles": []},
    }
    raise ApiError(409, "", "approval_required", detail, raw=body)
