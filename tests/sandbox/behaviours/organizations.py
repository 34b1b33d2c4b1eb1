# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, their members, invites, roles, role memberships and domains."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, forbidden, invalid, method_not_allowed, not_found
from ..fields import check_body, parse_time
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now

if TYPE_CHECKING:
    from ..app import App
    from ..store import Store

ADMIN, OWNER = 8, 15
#: What an invite gives in a project; servers before access rules wrote numbers.
PROJECT_LEVELS = ("none", "member", "admin", 1, 8, "1", "8")
INVITE_DAYS = 3


def remember(app: App, name: str, make: Any) -> Any:
    """A generated value that stays the same over resets of one sandbox."""
    if name not in app.secrets:
        app.secrets[name] = make()
    return app.secrets[name]


def slugify(text: str) -> str:
    """Lower-case words with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def new_organization(app: App, name: str, features: list[str], fixed: bool = True) -> Row:
    """Store an organization."""
    table = app.tables["organization"]
    pk = remember(app, f"organization {name}", new_uuid) if fixed else new_uuid()
    data: dict[str, Any] = dict(table.read)
    data.update({n: f.default for n, f in table.fields.items()})
    taken = {row["slug"] for row in app.store.all("organization")}
    slug = base = slugify(name) or "organization"
    number = 0
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    data.update(id=pk, name=name, slug=slug, created_at=now(), updated_at=now())
    app.store.features[pk] = list(features)
    return app.store.add(Row("organization", pk, None, data))


def new_member(app: App, organization: Row, user: Row, level: int) -> Row:
    """Store a membership."""
    pk = remember(app, f"membership {organization.pk} {user.pk}", new_uuid)
    data = {
        "id": pk,
        "level": level,
        "joined_at": now(),
        "updated_at": now(),
        "is_2fa_enabled": False,
        "has_social_auth": False,
        "last_login": None,
    }
    return app.store.add(Row("organization_member", pk, organization.pk, data, hidden={"user": user.pk}))


def forget(store: Store, name: str, pk: Any) -> None:
    """Drop the access rules of a role or a membership that goes away."""
    for rule in list(store.all("access_control")):
        if rule[name] == pk:
            store.remove(rule)


def feature_entry(name: str) -> dict[str, Any]:
    """A plan feature as organizations show it."""
    return {
        "key": name,
        "name": name.replace("_", " ").title(),
        "description": "",
        "unit": None,
        "limit": None,
        "note": None,
    }


@behaviour("organization")
class Organization(Resource):
    """Keyed by its own id; shows what it contains and the caller's level."""

    extras = (Extra("batch_exports", "batch_exports", scope="batch_export"),)

    def scope_of(self, ctx: Context) -> Any:
        return None

    def row(self, ctx: Context, text: str) -> Row:
        return ctx.organization

    def guard(self, ctx: Context) -> None:
        if ctx.method == "POST":
            mine = [row.pk for row in ctx.store.all("organization") if ctx.store.level(ctx.user.pk, row.pk)]
            if self.app.profile == "2025":
                # The plan of the organization at hand decides; a new one becomes that, and has no plan yet.
                mine = [pk for pk in mine if pk == ctx.user.hidden.get("current_organization")]
            paid = any(ctx.store.has_feature(pk, "organizations_projects") for pk in mine)
            if mine and not paid and not ctx.legacy:
                raise forbidden("You must upgrade your PostHog plan to be able to create more organizations.")
            return
        needed = OWNER if ctx.method == "DELETE" else ADMIN
        if ctx.level < needed:
            raise forbidden(self.level_message)

    def rows(self, ctx: Context) -> list[Row]:
        allowed = ctx.key.organizations if ctx.key else []
        return [
            row
            for row in ctx.store.all("organization")
            if ctx.store.level(ctx.user.pk, row.pk) and (not allowed or row.pk in allowed)
        ]

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        role = data.get("default_role_id")
        if role and row is not None:
            found = ctx.store.find("role", role)
            if found is None or found.scope != row.pk:
                raise invalid("Role does not exist in this organization.", "default_role_id")
        return data

    def create(self, ctx: Context) -> Answer:
        data = check_body(self.table.fields, self.require_body(ctx), partial=False, create=True)
        features = ctx.store.features[ctx.organization.pk] if ctx.organization and ctx.legacy else []
        row = new_organization(self.app, data["name"], features, fixed=False)
        row.data.update(data)
        new_member(self.app, row, ctx.user, OWNER)
        from .projects import new_project

        project = new_project(self.app, row, "Default Project" if ctx.legacy else "Default project", fixed=False)
        ctx.user.hidden.update(current_organization=row.pk, current_team=project.pk)
        return Answer(self.present(ctx, row), 201)

    def delete(self, ctx: Context, row: Row) -> Answer:
        store = ctx.store
        for project in list(store.all("project", row.pk)):
            store.remove(project)
        for kind in ("organization_member", "role", "organization_invite", "organization_domain"):
            for child in list(store.all(kind, row.pk)):
                store.remove(child)
        store.remove(row)
        for user in store.all("user"):
            if user.hidden.get("current_organization") == row.pk:
                leave(self.app, user)
        return Answer(None, 204)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        from .projects import project_brief, team_brief

        out = super().present(ctx, row, listing)
        projects = [p for p in ctx.store.all("project", row.pk) if self.app.visible(ctx.user, p)]
        features = ctx.store.features.get(row.pk, [])
        out.update(
            membership_level=ctx.store.level(ctx.user.pk, row.pk) or None,
            teams=[team_brief(p, ctx.legacy) for p in projects],
            available_product_features=[feature_entry(name) for name in features],
            metadata={"instance_tag": "none"},
        )
        if ctx.legacy:
            out["available_features"] = features
        else:
            out["projects"] = [project_brief(p) for p in projects]
            out["member_count"] = sum(1 for _dummy in ctx.store.all("organization_member", row.pk))
        return out

    def batch_exports(self, ctx: Context, pk: str) -> Answer:
        """The batch exports of all projects of the organization."""
        resource = self.app.resources["batch_export"]
        rows = [
            row
            for project in ctx.store.all("project", ctx.organization.pk)
            for row in ctx.store.all("batch_export", project.pk)
        ]
        return resource.page(ctx, rows, lambda row: resource.text(ctx, row, "list"))


def leave(app: App, user: Row) -> None:
    """Move a user who lost the current organization to another one, or to none."""
    for member in app.store.all("organization_member"):
        if member.hidden["user"] == user.pk:
            team = next((p.pk for p in app.store.all("project", member.scope)), None)
            user.hidden.update(current_organization=member.scope, current_team=team)
            return
    user.hidden.update(current_organization=None, current_team=None)


@behaviour("organization_member")
class Member(Resource):
    """Keyed by the user's uuid; there is no GET of one."""

    def methods(self, detail: bool) -> list[str]:
        return ["PUT", "PATCH", "DELETE"] if detail else ["GET"]

    def lookup(self, ctx: Context, pk: Any) -> Row | None:
        if pk == "@me":
            pk = ctx.user["uuid"]
        elif ctx.legacy and not re.fullmatch(r"[0-9a-f-]{36}", pk):
            from ..errors import server_error

            raise server_error()
        for row in ctx.store.all("organization_member", ctx.organization.pk):
            if ctx.store.find("user", row.hidden["user"])["uuid"] == pk:
                return row
        return None

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: ctx.store.find("user", row.hidden["user"])["first_name"])

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["user"] = basic_user(ctx.store.find("user", row.hidden["user"]), ctx.legacy)
        return out

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        """Make a person (by email) if need be, and a member of the organization."""
        from .users import new_user

        user = next((u for u in ctx.store.all("user") if u["email"] == item["email"]), None)
        if user is None:
            user = new_user(self.app, item["email"], item.get("first_name", item["email"].split("@")[0].title()))
            team = next((p.pk for p in ctx.store.all("project", ctx.organization.pk)), None)
            user.hidden.update(current_organization=ctx.organization.pk, current_team=team)
        return new_member(self.app, ctx.organization, user, int(item.get("level", 1)))

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        own = ctx.level
        data = check_body(self.table.fields, self.require_body(ctx), partial, create=False)
        if row.hidden["user"] == ctx.user.pk:
            raise forbidden("You can't change your own access level.")
        if own < ADMIN:
            raise forbidden("You can only edit others if you are an admin.")
        if row["level"] > own:
            raise forbidden("You can only edit others with level lower or equal to you.")
        level = data.get("level", row["level"])
        if level == OWNER:
            if own < OWNER:
                raise forbidden("You can only pass on organization ownership if you're its owner.")
            # There is one owner: passing it on takes it from the caller in the same request.
            mine = ctx.store.membership(ctx.user.pk, ctx.organization.pk)
            mine.data.update(level=ADMIN, updated_at=now())
        elif level > own:
            raise forbidden("You can only change access level of others to lower or equal to your current one.")
        row.data.update(level=level, updated_at=now())
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def delete(self, ctx: Context, row: Row) -> Answer:
        own = ctx.level
        if row.hidden["user"] == ctx.user.pk:
            if row["level"] == OWNER:
                raise invalid("Cannot leave the organization as its owner!")
        elif own < ADMIN:
            raise forbidden("You can only edit others if you are an admin.")
        elif row["level"] > own:
            raise forbidden("You can only edit others with level lower or equal to you.")
        elif row["level"] == OWNER:
            raise invalid("Cannot leave the organization as its owner!")
        for role in ctx.store.all("role", ctx.organization.pk):
            for entry in list(ctx.store.all("role_membership", ctx.organization.pk, role.pk)):
                if entry.hidden["user"] == row.hidden["user"]:
                    ctx.store.remove(entry)
        forget(ctx.store, "organization_member", row.pk)
        ctx.store.remove(row)
        user = ctx.store.find("user", row.hidden["user"])
        if user.hidden.get("current_organization") == ctx.organization.pk and not ctx.legacy:
            leave(self.app, user)
        return Answer(None, 204)


@behaviour("organization_invite")
class Invite(Resource):
    """List, create and delete; a new invite replaces older ones for the same address."""

    public_create = True
    extras = (Extra("bulk", "bulk", ("POST",), detail=False, scope="organization_member"),)

    def methods(self, detail: bool) -> list[str]:
        return ["DELETE"] if detail else ["GET", "POST"]

    def guard(self, ctx: Context) -> None:
        if ctx.method == "POST" and ctx.level < ADMIN:
            allowed = ctx.organization.get("members_can_invite")
            if allowed is False or (allowed is None and not ctx.legacy):
                raise forbidden()
        if ctx.method == "DELETE" and ctx.level < ADMIN and not ctx.legacy:
            raise forbidden()

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "target_email" in data:
            local, _dummy, domain = data["target_email"].rpartition("@")
            data["target_email"] = f"{local}@{domain.lower()}"
        for member in ctx.store.all("organization_member", ctx.organization.pk):
            user = ctx.store.find("user", member.hidden["user"])
            if user["email"].lower() == data["target_email"].lower() and not ctx.seeding:
                raise invalid("A user with this email address already belongs to the organization.")
        if data.get("level", 1) > ctx.level and not ctx.seeding:
            if not ctx.legacy:
                raise forbidden("You cannot invite a user with a higher permission level than your own.")
            raise invalid("You cannot invite to a higher permission level than your own.", "level")
        for item in data.get("private_project_access") or []:
            project = ctx.store.find("project", item.get("id") if isinstance(item, dict) else None)
            if project is None or project.scope != ctx.organization.pk:
                raise invalid("Project does not exist on this organization.", "private_project_access")
            if not ctx.legacy and item.get("level") not in PROJECT_LEVELS:
                raise invalid('The "level" field must be a valid access level.', "private_project_access")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if ctx.legacy:
            return
        for older in list(ctx.store.all("organization_invite", ctx.organization.pk)):
            if older["target_email"].lower() == row["target_email"].lower():
                ctx.store.remove(older)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        made = parse_time(row["created_at"]) or datetime.now(UTC)
        out["is_expired"] = made < datetime.now(UTC) - timedelta(days=INVITE_DAYS)
        return out

    def bulk(self, ctx: Context) -> Answer:
        """Up to twenty at once, all or none."""
        if not isinstance(ctx.body, list):
            if not ctx.legacy:
                raise invalid("This endpoint needs an array of data for bulk invite creation.")
            raise invalid('Expected a list of items but got type "dict".', code="not_a_list")
        if len(ctx.body) > 20:
            raise invalid("A maximum of 20 invites can be sent in a single request.", code="max_length")
        self.guard(ctx)
        bodies = [check_body(self.table.fields, item, partial=False, create=True) for item in ctx.body]
        rows = [self.build(ctx, data, data) for data in bodies]
        return Answer([self.present(ctx, row) for row in rows], 201)


@behaviour("role")
class Role(Resource):
    """Embeds its memberships."""

    write_level = ADMIN
    level_message = "You need to have admin level or higher."

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: row["name"].lower())

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        # The own row counts: its own name, in any case, is refused too.
        super().check_unique(ctx, data, None)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if not ctx.legacy:
            row.data["created_by"] = None

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        memberships = self.app.resources["role_membership"]
        out["members"] = [
            memberships.present(ctx, entry) for entry in ctx.store.all("role_membership", row.scope, row.pk)
        ]
        if "is_default" in out:
            organization = ctx.store.find("organization", row.scope)
            out["is_default"] = bool(organization and organization.get("default_role_id") == row.pk)
        return out

    def deleting(self, ctx: Context, row: Row) -> None:
        for entry in list(ctx.store.all("role_membership", row.scope, row.pk)):
            ctx.store.remove(entry)
        forget(ctx.store, "role", row.pk)
        if ctx.organization.get("default_role_id") == row.pk:
            ctx.organization.data["default_role_id"] = None


@behaviour("role_membership")
class RoleMembership(Resource):
    """Under a role; made from a user uuid."""

    write_level = ADMIN
    level_message = "You need to have admin level or higher."

    def parent_of(self, ctx: Context) -> Any:
        role = ctx.store.find("role", ctx.params.get("role_id") or ctx.params.get("parent"))
        if role is None or (role.scope != ctx.organization.pk and not ctx.legacy):
            raise not_found("Role not found.")
        return role.pk

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        self.parent_of(ctx)
        if pk is not None and ctx.legacy and ctx.method == "GET":
            raise method_not_allowed("GET")
        return super().handle(ctx, pk)

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        user = next((u for u in ctx.store.all("user") if u["uuid"] == data["user_uuid"]), None)
        if user is None or (not ctx.legacy and not ctx.store.membership(user.pk, ctx.organization.pk)):
            raise invalid("User does not exist.")
        for entry in ctx.store.all("role_membership", None, self.parent_of(ctx)):
            if entry.hidden["user"] == user.pk:
                raise invalid("User is already part of the role.")
        return {**data, "user": user.pk}

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.hidden["user"] = row.data.pop("user")
        row.data.update(role_id=row.parent, joined_at=now())
        row.scope = ctx.store.find("role", row.parent).scope

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["user"] = basic_user(ctx.store.find("user", row.hidden["user"]), ctx.legacy)
        if "organization_member" in self.table.keys:
            member = ctx.store.membership(row.hidden["user"], row.scope)
            out["organization_member"] = (
                self.app.resources["organization_member"].present(ctx, member) if member else None
            )
        return out


@behaviour("organization_domain")
class Domain(Resource):
    """Unverified at first; two settings only once verified."""

    write_level = ADMIN
    extras = (Extra("verify", "verify", ("POST",), scope=None),)
    GUARDED = ("jit_provisioning_enabled", "sso_enforcement")

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return super().sort(ctx, rows) if ctx.legacy else sorted(rows, key=lambda row: row["domain"])

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "domain" in data:
            name = data["domain"] = data["domain"].lower() if ctx.legacy else data["domain"]
            if not re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", name):
                raise invalid("Please enter a valid domain or subdomain name.", "domain")
            for other in ctx.store.all("organization_domain"):
                if other["domain"] == name and other is not row:
                    raise invalid("domain with this domain already exists.", "domain", "unique")
        if row is None:
            if not ctx.legacy and not ctx.store.has_feature(ctx.organization.pk, "automatic_provisioning"):
                raise forbidden("You need to upgrade your plan to use automatic provisioning.")
            for name in self.GUARDED:
                data.pop(name, None)
        elif not ctx.legacy:
            for name in self.GUARDED:
                if name in data and not row["is_verified"]:
                    raise invalid(
                        "This attribute cannot be updated until the domain is verified.", name, "verification_required"
                    )
            name = "jit_provisioning_enabled"
            if data.get(name) and not ctx.store.has_feature(ctx.organization.pk, "automatic_provisioning"):
                raise invalid("Automatic provisioning is not part of your plan.", name, "feature_not_available")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["verification_challenge"] = "" if ctx.legacy else new_uuid().replace("-", "")
        if ctx.legacy:
            row.data.update(is_verified=True, verified_at=now())

    def verify(self, ctx: Context, pk: str) -> Answer:
        """The DNS check; on loopback it never finds the record."""
        row = self.row(ctx, pk)
        if row["is_verified"]:
            raise invalid("This domain has already been verified.", None, "already_verified")
        return Answer(self.present(ctx, row))


@behaviour("proxy_record", "current")
class ProxyRecord(Resource):
    """A domain of one's own in front of PostHog; made with 200, and deleted in the background once it is live."""

    write_level = ADMIN
    create_status = 200
    extras = (Extra("retry", "retry", ("POST",)),)
    MAXIMUM, PAID_MAXIMUM = 2, 10
    #: Nothing stands behind a record in these states.
    IDLE = ("waiting", "erroring", "timed_out")

    def maximum(self, ctx: Context) -> int:
        """How many records the plan allows."""
        paid = ctx.store.has_feature(ctx.organization.pk, "managed_reverse_proxy")
        return self.PAID_MAXIMUM if paid else self.MAXIMUM

    def show_list(self, ctx: Context) -> Answer:
        rows = [self.present(ctx, row) for row in self.rows(ctx)]
        return Answer({"results": rows, "max_proxy_records": self.maximum(ctx)})

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        name = data["domain"]
        if not re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}\.?", name):
            raise invalid("Please enter a valid domain or subdomain name.", "domain")
        if any(other["domain"] == name for other in ctx.store.all("proxy_record")):
            raise invalid("proxy record with this domain already exists.", "domain", "unique")
        count = sum(1 for _dummy in ctx.store.all("proxy_record", ctx.organization.pk))
        if count >= self.maximum(ctx) and not ctx.seeding:
            detail = "Maximum number of proxy records reached."
            raise ApiError(400, "validation_error", "invalid_input", detail, raw={"detail": detail})
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        digest = hashlib.sha256(f"{ctx.organization.pk} {row['domain']}".encode()).hexdigest()
        row.data.update(
            target_cname=f"{digest[:20]}.proxy.posthog.test",
            status="waiting",
            message="Waiting for DNS records to be created",
            created_by=ctx.user.pk,
        )

    def delete(self, ctx: Context, row: Row) -> Answer:
        if row["status"] in self.IDLE:
            ctx.store.remove(row)
        else:
            row.data["status"] = "deleting"
            ctx.store.touch()
        return Answer({"success": True})

    def retry(self, ctx: Context, pk: str) -> Answer:
        """Try again; closed to keys."""
        row = self.row(ctx, pk)
        if row["status"] not in ("erroring", "timed_out", "issuing"):
            raise invalid("Cannot retry this record.")
        row.data["status"] = "waiting"
        ctx.store.touch()
        return Answer(self.present(ctx, row))
