# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects and their settings: one object under two paths."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, forbidden, invalid
from ..fields import check_body
from ..metadata import LANGUAGES, metadata
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now
from .organizations import ADMIN, remember

if TYPE_CHECKING:
    from ..app import App

BASIC = (
    "id",
    "uuid",
    "organization",
    "api_token",
    "name",
    "completed_snippet_onboarding",
    "has_completed_onboarding_for",
    "ingested_event",
    "is_demo",
    "timezone",
    "access_control",
)
#: Settings that a plain member of the project may write.
MEMBER_FIELDS = {
    "completed_snippet_onboarding",
    "has_completed_onboarding_for",
    "onboarding_tasks",
    "session_recording_opt_in",
    "autocapture_exceptions_opt_in",
    "autocapture_web_vitals_opt_in",
    "autocapture_web_vitals_allowed_metrics",
    "surveys_opt_in",
    "primary_dashboard",
}
#: Sub-objects that POST ignores.
SEPARATE = (
    "revenue_analytics_config",
    "marketing_analytics_config",
    "customer_analytics_config",
    "workflows_config",
)
MERGED = ("survey_config", *SEPARATE, "feature_flag_policy_config")
LONGEST_MINIMUM = 30000
#: The keys of settings of recordings; others are refused.
KNOWN_KEYS = {
    "session_recording_network_payload_capture_config": ("recordHeaders", "recordBody"),
    "session_recording_masking_config": ("maskTextSelector", "blockSelector", "maskAllInputs"),
    "session_replay_config": ("record_canvas", "ai_config"),
}
SUMMARY_KEYS = (
    "included_event_properties",
    "opt_in",
    "preferred_events",
    "excluded_events",
    "important_user_properties",
)
RETENTION = {"30d": 0, "90d": 1, "1y": 2, "5y": 3}


def project_token() -> str:
    """A made-up ingestion token."""
    return "phc_" + secrets.token_urlsafe(32).replace("-", "a").replace("_", "b")


def new_project(app: App, organization: Row, name: str, fixed: bool = True) -> Row:
    """Store a project."""
    table = app.tables["project"]
    pk = app.store.number("project")
    token = remember(app, f"token {name}", project_token) if fixed else project_token()
    data: dict[str, Any] = dict(table.read)
    data.update({n: f.default for n, f in table.fields.items()})
    data.update(
        id=pk,
        uuid=remember(app, f"project {name}", new_uuid) if fixed else new_uuid(),
        name=name,
        api_token=token,
        organization=organization.pk,
        created_at=now(),
        updated_at=now(),
    )
    if "is_pending_deletion" in data:
        data["is_pending_deletion"] = False
    if "project_id" in table.keys:
        data["project_id"] = pk
    return app.store.add(Row("project", pk, organization.pk, data))


def team_brief(project: Row, legacy: bool = False) -> dict[str, Any]:
    """A project as embedded in organizations and users under the name team."""
    out = {name: project.get(name) for name in BASIC}
    if not legacy:
        out["project_id"] = project.pk
    return out


def project_brief(project: Row) -> dict[str, Any]:
    """A project as embedded in organizations."""
    return {"id": project.pk, "organization_id": project.scope, "name": project["name"]}


@behaviour("project")
class Project(Resource):
    """Served at /api/projects/ and below the organization."""

    extras: tuple[Extra, ...] = (
        Extra("activity", "activity", scope="activity_log:read"),
        Extra("query", "query", ("POST",), scope="query:read"),
        Extra("is_generating_demo_data", "demo", scope="project"),
        Extra("reset_token", "reset_token", ("PATCH",)),
        Extra("rotate_secret_token", "rotate_secret_token", ("PATCH",)),
        Extra("delete_secret_token_backup", "delete_backup", ("PATCH",)),
        Extra("change_organization", "change_organization", ("POST",)),
        Extra("default_release_conditions", "release_conditions", ("GET", "PUT"), scope="project"),
        Extra("experiments_config", "config", ("GET", "PATCH"), scope="project"),
        Extra("logs_config", "config", ("GET", "PATCH"), scope="project"),
        Extra("default_evaluation_contexts", "evaluation_contexts", ("GET", "POST", "DELETE"), scope="project"),
        Extra("complete_product_onboarding", "onboarding", ("PATCH",), scope="project:read"),
        Extra("add_product_intent", "onboarding", ("PATCH",), scope="project:read"),
    )

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "PUT", "PATCH", "DELETE"] if detail else ["GET", "POST"]

    def scope_of(self, ctx: Context) -> Any:
        return ctx.organization.pk if ctx.organization else None

    def row(self, ctx: Context, text: str) -> Row:
        if ctx.project is not None:
            return ctx.project
        if text == "@current":
            text = str(ctx.user.hidden.get("current_team"))
        row = super().row(ctx, text)
        if not self.app.visible(ctx.user, row):
            from ..errors import not_found

            raise not_found()
        return row

    def rows(self, ctx: Context) -> list[Row]:
        rows = [row for row in ctx.store.all("project", self.scope_of(ctx)) if self.app.visible(ctx.user, row)]
        if ctx.key and ctx.key.teams:
            rows = [row for row in rows if row.pk in ctx.key.teams]
        return sorted(rows, key=lambda row: str(row["name"]))

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        if listing:
            out = {name: row.get(name) for name in BASIC}
            if "is_pending_deletion" in self.table.keys:
                out["is_pending_deletion"] = row.get("is_pending_deletion")
            return out
        out = super().present(ctx, row)
        level = ctx.store.level(ctx.user.pk, row.scope)
        out["effective_membership_level"] = level or None
        groups = list(ctx.store.all("group_type", row.pk))
        out["has_group_types"] = bool(groups)
        if "group_types" in out:
            out["group_types"] = [dict(g.data) for g in groups]
        if "default_data_theme" in out and not ctx.legacy:
            if not ctx.store.has_feature(row.scope, "data_color_themes"):
                themes = self.app.resources["data_color_theme"]
                out["default_data_theme"] = themes.globals(ctx)[0].pk  # type: ignore[attr-defined]
        if "user_access_level" in out:
            out["user_access_level"] = "admin" if level >= ADMIN else "member"
        return out

    def guard(self, ctx: Context) -> None:
        if ctx.method == "POST":
            if ctx.level < ADMIN:
                raise forbidden(self.level_message)
            others = [p for p in ctx.store.all("project", ctx.organization.pk) if not p.get("is_pending_deletion")]
            if others and not ctx.store.has_feature(ctx.organization.pk, "organizations_projects"):
                raise forbidden("You must upgrade your PostHog plan to be able to create and manage multiple projects.")
        elif ctx.method == "DELETE" and ctx.level < ADMIN:
            raise forbidden("You don't have sufficient permissions in the project.")

    def competes(self, other: Row) -> bool:
        return not other.get("is_pending_deletion")

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        if not ctx.legacy:
            super().check_unique(ctx, data, row)

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        row = new_project(self.app, ctx.organization, item["name"], fixed=False)
        row.data.update(item)
        return row

    def create(self, ctx: Context) -> Answer:
        data = check_body(self.table.fields, self.require_body(ctx), partial=False, create=True)
        for name in SEPARATE:
            data.pop(name, None)
        data = self.clean(ctx, data, None)
        self.check_unique(ctx, data, None)
        row = new_project(self.app, ctx.organization, data.get("name", "Default Project"), fixed=False)
        row.data.update(data)
        ctx.user.hidden.update(current_organization=ctx.organization.pk, current_team=row.pk)
        return Answer(self.present(ctx, row), 201)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        ctx.project = row
        return super().update(ctx, row, partial)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if not ctx.legacy and row is not None and ctx.level < ADMIN:
            for name in data:
                if name not in MEMBER_FIELDS:
                    raise forbidden("You need admin access to this project to modify this field: " + name)
        if not ctx.legacy:
            check_recording(data)
        flag = data.get("session_recording_linked_flag")
        if flag is not None:
            keys = set(flag) if isinstance(flag, dict) else set()
            wanted = {"id", "key"}
            if keys != wanted and not (not ctx.legacy and keys == wanted | {"variant"}):
                raise invalid(
                    "Must provide a dictionary with only 'id' and 'key' keys.", "session_recording_linked_flag"
                )
        board = data.get("primary_dashboard")
        if board is not None:
            found = ctx.store.find("dashboard", board)
            if found is None:
                raise invalid(f'Invalid pk "{board}" - object does not exist.', "primary_dashboard", "does_not_exist")
            if row is not None and found.scope != row.pk:
                raise invalid("Dashboard does not belong to this team.", "primary_dashboard")
        period = data.get("session_recording_retention_period")
        if (
            period
            and RETENTION.get(period, 0)
            and not ctx.store.has_feature(ctx.organization.pk, "session_replay_data_retention")
        ):
            raise forbidden("This retention period is not covered by the plan.")
        for name in MERGED:
            if isinstance(data.get(name), dict) and row is not None and isinstance(row.get(name), dict):
                data[name] = {**row[name], **data[name]}
        return data

    def delete(self, ctx: Context, row: Row) -> Answer:
        if ctx.legacy:
            ctx.store.remove(row)
        else:
            # Deleting runs in the background: the row stays, marked, until the workflow has removed it.
            if row.get("is_pending_deletion"):
                raise invalid("Project is already pending deletion.")
            row.data["is_pending_deletion"] = True
        for user in ctx.store.all("user"):
            if user.hidden.get("current_team") == row.pk:
                user.hidden["current_team"] = next(
                    (
                        p.pk
                        for p in ctx.store.all("project", row.scope)
                        if p is not row and not p.get("is_pending_deletion")
                    ),
                    None,
                )
        ctx.store.touch()
        return Answer(None, 204)

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The project's history; the sandbox keeps none."""
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})

    def query(self, ctx: Context, pk: str) -> Answer:
        """Run a query: of all kinds, only the one that looks at a text and runs nothing."""
        sent = ctx.body.get("query") if isinstance(ctx.body, dict) else None
        if not isinstance(sent, dict) or sent.get("kind") != "HogQLMetadata" or sent.get("language") not in LANGUAGES:
            raise ApiError(400, "invalid_request", "parse_error", "The sandbox answers HogQLMetadata only.", None)
        own = {
            str(row["name"])
            for kind in ("warehouse_saved_query", "warehouse_table")
            for row in ctx.store.all(kind, ctx.project.pk)
            if not row.get("deleted")
        }
        return Answer(metadata(sent, own))

    def demo(self, ctx: Context, pk: str) -> Answer:
        """Whether demo data are being made."""
        return Answer({"is_generating_demo_data": False})

    def onboarding(self, ctx: Context, pk: str) -> Answer:
        """Note a product as set up."""
        row = self.row(ctx, pk)
        done = dict(row.get("has_completed_onboarding_for") or {})
        product = self.require_body(ctx).get("product_type")
        if not isinstance(product, str) or not product:
            raise invalid("This field is required.", "product_type", "required")
        done[product] = True
        row.data["has_completed_onboarding_for"] = done
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    # Routes that keys reach only where the control's open_routes names them.

    def admin_only(self, ctx: Context, pk: str) -> Row:
        """The project, for its admins."""
        row = self.row(ctx, pk)
        if ctx.store.level(ctx.user.pk, row.scope) < ADMIN:
            raise forbidden("You don't have sufficient permissions in the project.")
        return row

    def reset_token(self, ctx: Context, pk: str) -> Answer:
        """A new ingestion token."""
        row = self.admin_only(ctx, pk)
        row.data["api_token"] = project_token()
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def rotate_secret_token(self, ctx: Context, pk: str) -> Answer:
        """A new secret token; the old one stays as a backup."""
        row = self.admin_only(ctx, pk)
        row.data["secret_api_token_backup"] = row.get("secret_api_token")
        row.data["secret_api_token"] = "phs_" + project_token()[4:]
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def delete_backup(self, ctx: Context, pk: str) -> Answer:
        """Forget the old secret token."""
        row = self.admin_only(ctx, pk)
        row.data["secret_api_token_backup"] = None
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def change_organization(self, ctx: Context, pk: str) -> Answer:
        """Move a project to another organization that the caller administers."""
        row = self.admin_only(ctx, pk)
        target = self.require_body(ctx).get("organization_id")
        if not target:
            raise invalid("This field is required.", "organization_id", "required")
        if str(target) == row.scope:
            raise invalid("Project is already in the target organization.")
        if ctx.store.level(ctx.user.pk, str(target)) < ADMIN:
            raise invalid("You must be an admin of both the source and target organizations to move a project.")
        ctx.store.remove(row)
        row.scope = row.data["organization"] = str(target)
        ctx.store.add(row)
        return Answer(self.present(ctx, row))

    # Settings with routes of their own

    def manage(self, ctx: Context, pk: str) -> Row:
        """The project, for reading by members and writing by admins."""
        return self.row(ctx, pk) if ctx.method == "GET" else self.admin_only(ctx, pk)

    def release_conditions(self, ctx: Context, pk: str) -> Answer:
        """What a new flag starts with. Errors are outside the envelope."""
        row = self.manage(ctx, pk)
        stored = row.hidden.setdefault("release_conditions", {"enabled": False, "default_groups": []})
        if ctx.method == "PUT":
            body = self.require_body(ctx)
            enabled, groups = body.get("enabled", stored["enabled"]), body.get("default_groups", [])
            if not isinstance(enabled, bool):
                raise plain("enabled must be a boolean")
            if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
                raise plain("default_groups must be a list of objects")
            stored.update(enabled=enabled, default_groups=groups)
        return Answer(dict(stored))

    def config(self, ctx: Context, pk: str) -> Answer:
        """Settings of one product, merged key by key."""
        row = self.manage(ctx, pk)
        stored = row.hidden.setdefault(ctx.path.strip("/").split("/")[-1], {})
        if ctx.method == "PATCH":
            stored.update(self.require_body(ctx))
        return Answer(dict(stored))

    def evaluation_contexts(self, ctx: Context, pk: str) -> Answer:
        """Contexts that new flags get; named in the body, or on DELETE in the query."""
        row = self.manage(ctx, pk)
        stored: list[dict[str, Any]] = row.hidden.setdefault("evaluation_contexts", [])
        if ctx.method == "GET":
            enabled = bool(row.get("default_evaluation_contexts_enabled"))
            return Answer({"default_evaluation_contexts": list(stored), "enabled": enabled})
        body = ctx.body if isinstance(ctx.body, dict) else {}
        name = str(body.get("context_name") or ctx.arg("context_name")).strip().lower()
        if not name:
            raise plain("context_name is required")
        found = next((entry for entry in stored if entry["name"] == name), None)
        if ctx.method == "DELETE":
            if found is not None:
                stored.remove(found)
            return Answer(None, 204)
        if found is None:
            stored.append({"id": new_uuid(), "name": name})
        return Answer({**(found or stored[-1]), "created": found is None}, 200 if found else 201)


def check_recording(data: dict[str, Any]) -> None:
    """The settings of recordings, which are checked by hand."""
    length = data.get("session_recording_minimum_duration_milliseconds")
    if length is not None and not 0 <= length <= LONGEST_MINIMUM:
        low = length < 0
        bound = "greater than or equal to 0" if low else f"less than or equal to {LONGEST_MINIMUM}"
        raise invalid(
            f"Ensure this value is {bound}.",
            "session_recording_minimum_duration_milliseconds",
            "min_value" if low else "max_value",
        )
    if data.get("session_recording_trigger_match_type_config") not in (None, "", "all", "any"):
        raise invalid("Only 'all', 'any' or null are allowed.", "session_recording_trigger_match_type_config")
    for name, known in KNOWN_KEYS.items():
        value = data.get(name)
        if value is None:
            continue
        if not isinstance(value, dict):
            raise invalid("Must provide a dictionary or None.", name)
        if set(value) - set(known):
            raise invalid(f"Must provide a dictionary with only known keys: {', '.join(known)}.", name)
    summaries = (data.get("session_replay_config") or {}).get("ai_config")
    if summaries is not None and (not isinstance(summaries, dict) or set(summaries) - set(SUMMARY_KEYS)):
        raise invalid(
            f"Must provide a dictionary with only allowed keys: {', '.join(SUMMARY_KEYS)}.", "session_replay_config"
        )


def plain(text: str) -> ApiError:
    """400 with nothing but the text, as some views answer."""
    return ApiError(400, "validation_error", "invalid_input", text, raw={"error": text})
