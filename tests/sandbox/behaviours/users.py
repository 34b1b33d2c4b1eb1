# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The caller's own account and key."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from ..errors import forbidden, invalid, method_not_allowed, not_found
from ..fields import check_body
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Key, Row, new_uuid, now
from ..tables import Table
from .organizations import remember

if TYPE_CHECKING:
    from ..app import App

UUID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
#: What everybody's password is at the start.
START_PASSWORD = "sandbox-password"
NOTIFICATIONS = {
    "plugin_disabled": True,
    "all_weekly_digest_disabled": False,
    "project_weekly_digest_disabled": {},
    "error_tracking_issue_assigned": True,
    "discussions_mentioned": True,
}


def new_user(app: App, email: str, first_name: str) -> Row:
    """Store a person."""
    table = app.tables["user"]
    pk = app.store.number("user")
    data: dict[str, Any] = dict(table.read)
    data.update({n: f.default for n, f in table.fields.items() if not f.write_only})
    data.update(
        id=pk,
        uuid=remember(app, f"user {email}", new_uuid),
        distinct_id=f"distinct-{email}",
        email=email,
        first_name=first_name,
        last_name="",
        is_email_verified=True,
        has_password=True,
        is_staff=False,
        date_joined=now(),
        notification_settings={"plugin_disabled": True} if app.profile == "2024" else dict(NOTIFICATIONS),
        is_2fa_enabled=False,
        has_social_auth=False,
        toolbar_mode="toolbar",
        events_column_config={"active": "DEFAULT"},
        scene_personalisation=[],
        role_at_organization=None,
        hedgehog_config=None,
        pending_email=None,
        is_impersonated=False,
    )
    return app.store.add(Row("user", pk, None, data))


@behaviour("user")
class User(Resource):
    """Only oneself can be seen and changed."""

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "PUT", "PATCH"] if detail else ["GET"]

    def scope_of(self, ctx: Context) -> Any:
        return None

    def rows(self, ctx: Context) -> list[Row]:
        return [ctx.user]

    def row(self, ctx: Context, text: str) -> Row:
        if text != "@me" and (text != ctx.user["uuid"] or not ctx.legacy):
            raise forbidden("As a non-staff user you're only allowed to access the `@me` user instance.")
        return ctx.user

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        from .projects import team_brief

        out = super().present(ctx, row, listing)
        organization = ctx.store.find("organization", row.hidden.get("current_organization"))
        team = ctx.store.find("project", row.hidden.get("current_team"))
        out["organization"] = self.app.resources["organization"].present(ctx, organization) if organization else None
        out["team"] = team_brief(team, ctx.legacy) if team else None
        out["organizations"] = []
        for other in ctx.store.all("organization"):
            level = ctx.store.level(row.pk, other.pk)
            if level:
                brief = {"id": other.pk, "name": other["name"], "slug": other["slug"], "membership_level": level}
                if not ctx.legacy:
                    brief.update(logo_media_id=None, members_can_use_personal_api_keys=True)
                out["organizations"].append(brief)
        return out

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        assert row is not None
        if not ctx.legacy and data.get("is_staff") and not row.get("is_staff"):
            raise forbidden("You are not a staff user, contact your instance admin.")
        if isinstance(ctx.body, dict):
            data.update({k: ctx.body[k] for k in ("set_current_organization", "set_current_team") if k in ctx.body})
        organization = data.pop("set_current_organization", None)
        if organization is not None:
            if not ctx.legacy and not UUID.fullmatch(str(organization)):
                raise invalid(f"\u201c{organization}\u201d is not a valid UUID.", "set_current_organization")
            if not ctx.store.level(row.pk, str(organization)):
                raise invalid(
                    f"Object with id={organization} does not exist.", "set_current_organization", "does_not_exist"
                )
            team = next((p.pk for p in ctx.store.all("project", str(organization))), None)
            row.hidden.update(current_organization=str(organization), current_team=team)
        team = data.pop("set_current_team", None)
        if team is not None:
            project = ctx.store.find("project", int(team)) if str(team).isdigit() else None
            if project is None or not self.app.visible(row, project):
                raise invalid(f"Object with id={team} does not exist.", "set_current_team", "does_not_exist")
            row.hidden.update(current_organization=project.scope, current_team=project.pk)
        email = data.pop("email", None)
        if email and email != row["email"]:
            if not ctx.legacy and any(u["email"].lower() == email.lower() for u in ctx.store.all("user")):
                raise invalid("user with this email address already exists.", "email", "unique")
            # The address changes only once the new one is confirmed.
            row.data["pending_email"] = email
        settings = data.get("notification_settings")
        if settings is not None:
            known = dict(row["notification_settings"])
            for name in settings:
                if name not in known:
                    raise invalid(
                        f"Key {name} is not valid as a key for notification settings", "notification_settings"
                    )
            data["notification_settings"] = {**known, **settings}
        if not ctx.legacy:
            self.change_password(row, data.get("password"), data.get("current_password"))
        for name in ("password", "current_password", "is_staff"):
            data.pop(name, None)
        return data

    @staticmethod
    def change_password(row: Row, wanted: str | None, current: str | None) -> None:
        """A new password needs the old one."""
        if not wanted:
            return
        if not current:
            raise invalid("This field is required when updating your password.", "current_password", "required")
        if current != row.hidden.get("password", START_PASSWORD):
            raise invalid("Your current password is incorrect.", "current_password", "incorrect_password")
        if len(wanted) < 8:
            raise invalid(
                "This password is too short. It must contain at least 8 characters.", "password", "password_too_short"
            )
        row.hidden["password"] = wanted

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method == "DELETE" and pk is not None and not ctx.legacy:
            raise forbidden("This action does not support Personal API Key access")
        return super().handle(ctx, pk)


@behaviour("personal_api_key")
class PersonalApiKey(Resource):
    """With a key, only GET of that same key is open; what a browser session may do, as ``open_routes`` says."""

    extras = (Extra("roll", "roll", ("POST",), new=True),)

    def __init__(self, table: Table, app: App) -> None:
        super().__init__(table, app)
        # No scope is asked for: which key it is about decides.
        table.read_scope = table.write_scope = ""

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "PATCH", "DELETE"] if detail else ["GET", "POST"]

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.legacy:
            return self.handle_2024(ctx, pk)
        if self.app.control.opens("personal_api_key"):
            return self.handle_session(ctx, pk)
        assert ctx.key is not None
        if ctx.method != "GET" or pk not in ("@current", ctx.key.id):
            raise forbidden("This action does not support Personal API Key access")
        return Answer(self.document(ctx.key))

    def document(self, key: Key) -> dict[str, Any]:
        """A key without its value."""
        shown = {
            "id": key.id,
            "label": key.label,
            "value": None,
            "mask_value": f"phx_...{key.value[-4:]}",
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
            "last_rolled_at": None,
            "user_id": key.user,
            "scopes": key.scopes or ["*"],
            "scoped_teams": key.teams,
            "scoped_organizations": key.organizations,
        }
        return {name: shown[name] for name in self.table.keys if name in shown}

    def handle_session(self, ctx: Context, pk: str | None) -> Answer:
        """What a browser session may do: everything, with the value shown when a key is made or rolled."""
        keys = ctx.store.keys
        mine = {key.id: key for key in keys.values() if key.user == ctx.user.pk}
        if pk is None and ctx.method == "GET":
            return Answer([self.document(key) for key in mine.values()])
        if pk is None:
            body = self.require_body(ctx)
            if isinstance(body.get("scopes"), list):
                self.check_key(ctx, {"scopes": body["scopes"]})
            if isinstance(body.get("scoped_teams"), list):
                self.check_key(ctx, {"scoped_teams": body["scoped_teams"]})
            data = check_body(self.table.fields, self.require_body(ctx), partial=False, create=True)
            self.check_key(ctx, data)
            value = "phx_" + secrets.token_urlsafe(32)
            key = self.app.add_key(
                f"made {len(keys)}",
                value,
                ctx.user.pk,
                data["scopes"],
                data.get("scoped_teams"),
                data.get("scoped_organizations"),
            )
            key.label = data["label"]
            return Answer({**self.document(key), "value": value}, 201)
        if pk not in mine:
            raise not_found()
        key = mine[pk]
        if ctx.method == "DELETE":
            del keys[key.value]
            return Answer(None, 204)
        if ctx.method == "PATCH":
            data = check_body(self.table.fields, self.require_body(ctx), partial=True, create=False)
            self.check_key(ctx, data)
            key.label = data.get("label", key.label)
            key.scopes = data.get("scopes", key.scopes)
            key.teams = data.get("scoped_teams", key.teams)
            key.organizations = data.get("scoped_organizations", key.organizations)
        return Answer(self.document(key))

    def check_key(self, ctx: Context, data: dict[str, Any]) -> None:
        """Scopes that exist, and places that one is a member of."""
        from ..start import READ_OBJECTS

        known = {*READ_OBJECTS, "webhook", "early_access_feature"}
        for scope in data.get("scopes") or []:
            name, _dummy, action = scope.partition(":")
            if scope != "*" and (name not in known or action not in ("read", "write")):
                raise invalid(f"Invalid scope: {scope}", "scopes")
        for number in data.get("scoped_teams") or []:
            project = ctx.store.find("project", number)
            if project is None or not ctx.store.level(ctx.user.pk, project.scope):
                raise invalid("You must be a member of all teams that you are scoping the key to.", "scoped_teams")
        for number in data.get("scoped_organizations") or []:
            if not ctx.store.level(ctx.user.pk, number):
                raise invalid(
                    "You must be a member of all organizations that you are scoping the key to.",
                    "scoped_organizations",
                )

    def roll(self, ctx: Context, pk: str) -> Answer:
        """A new value for the same key; closed to keys."""
        found = next((k for k in ctx.store.keys.values() if k.id == pk and k.user == ctx.user.pk), None)
        if found is None:
            raise not_found()
        del ctx.store.keys[found.value]
        found.value = "phx_" + secrets.token_urlsafe(32)
        ctx.store.keys[found.value] = found
        return Answer({**self.document(found), "value": found.value})

    def handle_2024(self, ctx: Context, pk: str | None) -> Answer:
        """The server of 2024 let keys manage keys."""
        keys = ctx.store.keys
        mine = {key.id: key for key in keys.values() if key.user == ctx.user.pk}
        if pk is None and ctx.method == "GET":
            shown = [self.document(key) for key in mine.values()]
            return Answer([{k: v for k, v in item.items() if k != "value"} for item in shown])
        if pk is None and ctx.method == "POST":
            label = check_body(
                {n: f for n, f in self.table.fields.items() if n == "label"}, self.require_body(ctx), False, True
            )
            value = "phx_" + secrets.token_urlsafe(32)
            key = self.app.add_key(f"made {len(keys)}", value, ctx.user.pk)
            key.label = label["label"]
            return Answer({**self.document(key), "value": value}, 201)
        if ctx.method not in ("GET", "DELETE") or pk is None:
            raise method_not_allowed(ctx.method)
        if pk not in mine:
            raise not_found()
        if ctx.method == "GET":
            return Answer({k: v for k, v in self.document(mine[pk]).items() if k != "value"})
        del keys[mine[pk].value]
        return Answer(None, 204)
