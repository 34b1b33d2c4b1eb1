# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys of projects, approval policies and identity providers."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
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


DURATION = re.compile(r"(?:(\d+) )?(\d{1,2}):(\d\d):(\d\d)(?:\.\d+)?|P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
LEVELS = (1, 8, 15)


@behaviour("approval_policy", "current")
class ApprovalPolicy(Resource):
    """One for each action; who approves is known to the organization."""

    write_level = ADMIN

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "approver_config" in data:
            config = data["approver_config"]
            quorum = config.get("quorum")
            if isinstance(quorum, bool) or not isinstance(quorum, int) or quorum < 1:
                raise invalid("Quorum must be at least 1.", "approver_config")
            users = {member.hidden["user"] for member in ctx.store.all("organization_member", ctx.organization.pk)}
            if not set(config.get("users") or []) <= users:
                raise invalid("Approvers must be members of the organization.", "approver_config")
            self._roles(ctx, config.get("roles") or [], "approver_config")
        self._roles(ctx, data.get("bypass_roles", []), "bypass_roles")
        if not set(data.get("bypass_org_membership_levels", [])) <= set(LEVELS):
            raise invalid("Unknown membership level.", "bypass_org_membership_levels")
        if "expires_after" in data:
            found = DURATION.fullmatch(data["expires_after"])
            if found is None:
                text = "Duration has wrong format. Use one of these formats instead: [DD] [HH:[MM:]]ss[.uuuuuu]."
                raise invalid(text, "expires_after")
            days, hours, minutes, seconds, iso_days, iso_hours, iso_minutes = (
                int(part or 0) for part in found.groups()
            )
            total = timedelta(
                days=days + iso_days, hours=hours + iso_hours, minutes=minutes + iso_minutes, seconds=seconds
            )
            clock = f"{total.seconds // 3600:02}:{total.seconds // 60 % 60:02}:{total.seconds % 60:02}"
            data["expires_after"] = f"{total.days} {clock}" if total.days else clock
        return data

    @staticmethod
    def _roles(ctx: Context, wanted: list[Any], name: str) -> None:
        if not set(wanted) <= {role.pk for role in ctx.store.all("role", ctx.organization.pk)}:
            raise invalid("Roles must belong to the organization.", name)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.arg("action_key"):
            rows = [row for row in rows if row["action_key"] == ctx.arg("action_key")]
        if ctx.arg("enabled"):
            rows = [row for row in rows if row["enabled"] == ctx.flag("enabled")]
        return rows


@behaviour("change_request", "current")
class ChangeRequest(Resource):
    """What waits for approval. People approve it; here it comes by the control endpoint only."""

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        for name in ("state", "action_key", "resource_type", "resource_id"):
            if ctx.arg(name):
                rows = [row for row in rows if row[name] == ctx.arg(name)]
        return rows


@behaviour("identity_provider_config", "current")
class IdentityProviderConfig(Resource):
    """SAML, OIDC, SCIM and ID-JAG of some domains; the plan has to cover the first and the third."""

    write_level = ADMIN
    extras = (Extra("scim/token", "scim_token", ("POST",), scope="organization:write"),)

    SAML = ("saml_entity_id", "saml_acs_url", "saml_x509_cert")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        for feature, names in (("saml", self.SAML), ("scim", ("scim_enabled",))):
            wanted = next((name for name in names if data.get(name)), None)
            if wanted and not ctx.seeding and not ctx.store.has_feature(ctx.organization.pk, feature):
                raise invalid(f"{feature.upper()} is not part of your plan.", wanted, "feature_not_available")
        domains = {domain.pk for domain in ctx.store.all("organization_domain", ctx.organization.pk)}
        if not set(data.get("organization_domain_ids", [])) <= domains:
            raise invalid("Domains must belong to the organization.", "organization_domain_ids")
        for name in ("id_jag_issuer_url", "id_jag_jwks_url"):
            if data.get(name):
                if re.match(r"https?://(localhost|127\.|10\.|192\.168\.)", data[name]):
                    raise invalid("Private addresses are not allowed.", name)
                data[name] = data[name].rstrip("/")
        return data

    def _state(self, row: Row, data: dict[str, Any], was: bool) -> None:
        if data.get("oidc_client_secret"):
            row.hidden["oidc_client_secret"] = data["oidc_client_secret"]
        if row["scim_enabled"] and not was:
            row.hidden["shown_once"] = secrets.token_urlsafe(32)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self._state(row, data, False)
        if ctx.seeding:
            row.hidden.pop("shown_once", None)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self._state(row, data, bool(before.get("scim_enabled")))
        if "organization_domain_ids" in data:
            # A domain has one configuration.
            for other in ctx.store.all("identity_provider_config", row.scope):
                if other is not row:
                    left = [
                        one for one in other["organization_domain_ids"] if one not in row["organization_domain_ids"]
                    ]
                    other.data["organization_domain_ids"] = left

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        oidc = bool(row.hidden.get("oidc_client_secret"))
        return {
            **super().present(ctx, row, listing),
            "has_saml": all(row.get(name) for name in self.SAML),
            "has_oidc": bool(row.get("oidc_issuer_url") and row.get("oidc_client_id") and oidc),
            "has_oidc_client_secret": oidc,
            "has_scim": row["scim_enabled"],
            "has_id_jag": bool(row.get("id_jag_issuer_url")),
            "saml_relay_state": row.pk,
            "scim_base_url": f"http://{ctx.host}/scim/v2/{row.pk}",
            "scim_bearer_token": row.hidden.pop("shown_once", None),
        }

    def scim_token(self, ctx: Context, pk: str) -> Answer:
        """Another token; the old one stops working."""
        self.guard(ctx)
        row = self.row(ctx, pk)
        if not row["scim_enabled"]:
            raise invalid("SCIM is not enabled.")
        return Answer({"scim_enabled": True, "scim_bearer_token": secrets.token_urlsafe(32)})
