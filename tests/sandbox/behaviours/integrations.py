# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to other services: made in a browser, or from a key that is never shown again."""

from __future__ import annotations

import json
from typing import Any

from ..errors import forbidden, invalid
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row

BROWSER = (
    "slack",
    "salesforce",
    "hubspot",
    "google-ads",
    "google-analytics",
    "google-search-console",
    "google-sheets",
    "snapchat",
    "linkedin-ads",
    "reddit-ads",
    "tiktok-ads",
    "bing-ads",
    "meta-ads",
    "intercom",
    "linear",
    "clickup",
    "jira",
    "pinterest-ads",
    "stripe",
)
#: What of a configuration is no secret, and so can be read back; the first one that is set names the integration.
PLAIN = (
    "name",
    "email",
    "domain",
    "account_sid",
    "server_hostname",
    "client_email",
    "project_id",
    "account_name",
    "endpoint_url",
    "host",
    "database",
    "account",
    "team",
    "installation_id",
)

#: By kind: what its configuration has to hold; the refusal names no attribute.
NEEDED: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "twilio": ((("account_sid", "auth_token"), "Account SID and auth token must be provided"),),
    "github": ((("installation_id",), "An installation_id must be provided"),),
}


@behaviour("integration", "current")
class Integration(Resource):
    """No update: another configuration of the same thing takes its place."""

    write_message = "Only project admins can connect integrations."
    extras = (
        Extra("authorize", "authorize", detail=False, scope="integration:read"),
        Extra("channels", "closed"),
    )

    def create(self, ctx: Context) -> Answer:
        if ctx.level < 8:
            raise forbidden(self.write_message)
        return super().create(ctx)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if ctx.seeding:
            return data
        if data["kind"] in BROWSER:
            raise invalid(f"The integration {data['kind']} can only be connected in a browser.")
        config = data.get("config") or {}
        for names, message in NEEDED.get(data["kind"], ()):
            if not all(config.get(name) for name in names):
                raise invalid(message)
        if not config:
            raise invalid("A configuration is needed.", "config", "required")
        return data

    @staticmethod
    def external(config: dict[str, Any]) -> str:
        """What tells two connections of one kind apart."""
        found = next((str(config[name]) for name in PLAIN if config.get(name)), None)
        return found if found is not None else json.dumps(config, sort_keys=True)

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        config = data.get("config") or {}
        for row in ctx.store.all("integration", ctx.project.pk):
            if row["kind"] == data.get("kind") and row.hidden["external"] == self.external(config) and not ctx.seeding:
                self.clean(ctx, data, None)
                self.fill(ctx, row, data)
                ctx.store.touch()
                return row
        return super().build(ctx, data, body)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        config = data.get("config") or {}
        row.hidden.update(config=config, external=self.external(config))
        row.data["config"] = {name: config[name] for name in PLAIN if name in config}
        plain = next((str(config[name]) for name in PLAIN if config.get(name)), None)
        row.data.update(errors="", display_name=plain or f"ID: {row.pk}")

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.arg("kind"):
            rows = [row for row in rows if row["kind"] in ctx.arg("kind").split(",")]
        return rows

    def authorize(self, ctx: Context) -> Answer:
        """Where a browser would be sent."""
        if ctx.arg("kind") not in BROWSER:
            raise invalid("Kind not configured", "kind")
        return Answer({"redirect_url": f"https://oauth.example.test/{ctx.arg('kind')}"})
