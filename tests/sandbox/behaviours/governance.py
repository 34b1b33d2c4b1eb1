# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys of projects."""

from __future__ import annotations

import secrets
from typing import Any

from ..errors import invalid
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, now

#: Level in the organization from which on one may administrate a project.
ADMIN = 8

#: What such a key may be for.
SCOPES = ("endpoint:read", "feature_flag:read", "account:read", "loop:write", "experiment:read", "llm_gateway:read")
MAX_KEYS = 50


@behaviour("project_secret_api_key", "current")
class ProjectSecretApiKey(Resource):
    """Its value is in the answers to its creation and to a roll, and nowhere else."""

    write_level = ADMIN
    extras = (Extra("roll", "roll", ("POST",), scope="project:write"),)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "scopes" in data:
            if not data["scopes"]:
                raise invalid("This list may not be empty.", "scopes", "empty")
            wrong = next((scope for scope in data["scopes"] if scope not in SCOPES), None)
            if wrong is not None:
                raise invalid(f"Invalid scope: {wrong}", "scopes")
        keys = list(ctx.store.all("project_secret_api_key", ctx.project.pk))
        if row is None and len(keys) >= MAX_KEYS and not ctx.seeding:
            raise invalid(f"A project can have at most {MAX_KEYS} secret API keys.")
        return data

    @staticmethod
    def _fresh(row: Row) -> str:
        value = "phs_" + secrets.token_urlsafe(32)
        row.data["mask_value"] = f"{value[:4]}...{value[-4:]}"
        return value

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        value = self._fresh(row)
        if not ctx.seeding:
            row.hidden["shown_once"] = value

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        return {**super().present(ctx, row, listing), "value": row.hidden.pop("shown_once", None)}

    def roll(self, ctx: Context, pk: str) -> Answer:
        """Another value; the old one stops working."""
        self.guard(ctx)
        row = self.row(ctx, pk)
        row.data["last_rolled_at"] = now()
        row.hidden["shown_once"] = self._fresh(row)
        ctx.store.touch()
        return Answer(self.present(ctx, row))
