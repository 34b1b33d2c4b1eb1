# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sharing of dashboards, insights and recordings: one object per shared thing."""

from __future__ import annotations

import secrets
from typing import Any

from ..errors import ApiError, forbidden, invalid, method_not_allowed, not_found
from ..fields import check_body
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now

PARENTS = {"dashboards": "dashboard", "insights": "insight"}


@behaviour("sharing_configuration")
class Sharing(Resource):
    """GET shows what would be; only a write stores it."""

    extras = (
        Extra("refresh", "refresh", ("POST",), detail=False, scope="sharing_configuration:write", new=True),
        Extra("passwords", "add_password", ("POST",), detail=False, scope="sharing_configuration:write", new=True),
        Extra(
            "passwords",
            "remove_password",
            ("DELETE",),
            detail=False,
            scope="sharing_configuration:write",
            item="password",
            new=True,
        ),
    )

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return [
            f"projects/{{project_id}}/{name}/{{shared_id}}/sharing"
            for name in ("dashboards", "insights", "session_recordings")
        ]

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else ["GET", "PATCH"]

    def target(self, ctx: Context) -> tuple[dict[str, Any], Row | None]:
        """The stored sharing of the thing in the path, and the thing."""
        parts = ctx.path.strip("/").split("/")
        kind = parts[3]
        if kind not in PARENTS:
            shared = ctx.project.hidden.setdefault("recordings", {})
            return shared.setdefault(ctx.params["shared_id"], {}), None
        try:
            resource = self.app.resources[PARENTS[kind]]
            row = ctx.store.find(PARENTS[kind], resource.parse_pk(ctx, ctx.params["shared_id"]))
        except ApiError:
            row = None
        if row is None or row.scope != ctx.project.pk or row.get("deleted"):
            raise not_found(f"{PARENTS[kind].capitalize()} not found.")
        return row.hidden.setdefault("sharing", {}), row

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method not in self.methods(False):
            raise method_not_allowed(ctx.method)
        stored, row = self.target(ctx)
        if ctx.method == "PATCH":
            self.change(ctx, stored, row)
        return Answer(self.document(ctx, stored))

    def change(self, ctx: Context, stored: dict[str, Any], row: Row | None) -> None:
        """Apply a PATCH."""
        data = check_body(self.table.fields, self.require_body(ctx), partial=True, create=False)
        self.may_edit(ctx, row)
        if data.get("enabled") and ctx.organization.get("allow_publicly_shared_resources") is False:
            raise forbidden("Public sharing is disabled for this organization.")
        if data.get("password_required"):
            self.need_passwords(ctx)
        if isinstance(data.get("settings"), dict):
            data["settings"] = {k: v for k, v in data["settings"].items() if v is not None}
        stored.setdefault("created_at", now())
        stored.setdefault("access_token", secrets.token_urlsafe(22))
        stored.update(data)
        ctx.store.touch()

    def may_edit(self, ctx: Context, row: Row | None) -> None:
        """Who may not edit the thing may not share it."""
        if row is not None and row.type == "dashboard":
            boards = self.app.resources["dashboard"]
            if not boards.may_edit(ctx, row):  # type: ignore[attr-defined]
                raise forbidden("You don't have edit permissions for this dashboard.")

    @staticmethod
    def need_passwords(ctx: Context) -> None:
        """Passwords are part of a plan; the refusal is outside the envelope."""
        if not ctx.store.has_feature(ctx.organization.pk, "advanced_permissions"):
            raise ApiError(403, "", "", "", raw={"error": "Password protection is not available on this plan."})

    def document(self, ctx: Context, stored: dict[str, Any]) -> dict[str, Any]:
        """The sharing as shown; a token that is not stored is another one each time."""
        out = {
            "created_at": stored.get("created_at"),
            "enabled": stored.get("enabled", False),
            "access_token": stored.get("access_token") or secrets.token_urlsafe(22),
        }
        if not ctx.legacy:
            out.update(
                settings=stored.get("settings"),
                password_required=stored.get("password_required", False),
                share_passwords=stored.get("share_passwords", []),
            )
        return {name: value for name, value in out.items() if name not in self.table.lacks}

    def refresh(self, ctx: Context) -> Answer:
        """A new token."""
        stored, _row = self.target(ctx)
        stored.update(access_token=secrets.token_urlsafe(22), created_at=stored.get("created_at") or now())
        return Answer(self.document(ctx, stored))

    def add_password(self, ctx: Context) -> Answer:
        """A password for the share; shown once."""
        stored, row = self.target(ctx)
        self.may_edit(ctx, row)
        self.need_passwords(ctx)
        body = self.require_body(ctx)
        word = body.get("raw_password") or secrets.token_urlsafe(12)
        if not isinstance(word, str) or len(word) < 8:
            raise invalid("Password must be at least 8 characters.", "raw_password")
        entry = {"id": new_uuid(), "created_at": now(), "note": body.get("note"), "is_active": True}
        stored.setdefault("share_passwords", []).append(entry)
        return Answer({**entry, "password": word}, 201)

    def remove_password(self, ctx: Context, password: str) -> Answer:
        """Take one password away."""
        stored, row = self.target(ctx)
        self.may_edit(ctx, row)
        entries = stored.get("share_passwords", [])
        if not any(entry["id"] == password for entry in entries):
            raise not_found()
        stored["share_passwords"] = [entry for entry in entries if entry["id"] != password]
        ctx.store.touch()
        return Answer(None, 204)
