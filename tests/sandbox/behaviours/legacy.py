# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server of February 2024 does differently, bugs included."""

from __future__ import annotations

import copy
from typing import Any

from ..errors import ApiError, forbidden, invalid, server_error
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now
from ..tables import Table
from .actions import Action
from .cohorts import Cohort
from .content import Comment, activity_entry
from .flags import DEFAULT, FeatureFlag, _int
from .insights import Insight
from .organizations import ADMIN, Organization, Role
from .projects import Project, project_token

OLD = "2024"


@behaviour("feature_flag", OLD)
class FeatureFlag2024(FeatureFlag):
    """Filters are replaced whole and hardly checked."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        filters = data.get("filters")
        if filters is None or (row is not None and "groups" not in filters):
            # A PATCH without groups changes nothing.
            data.pop("filters", None)
            if row is None:
                data["filters"] = copy.deepcopy(DEFAULT)
        else:
            self.check_old(ctx, filters)
        data.pop("version", None)
        if data.get("deleted") and row is not None and not row["deleted"] and self.early_access(ctx, row):
            raise invalid(
                "Cannot delete a feature flag that is in use with early access features. Please delete "
                "the early access feature before deleting the flag."
            )
        return data

    def check_old(self, ctx: Context, filters: dict[str, Any]) -> None:
        """The few checks of that time."""
        if not isinstance(filters.get("groups"), list):
            raise server_error()
        variants = [v.get("key") for v in (filters.get("multivariate") or {}).get("variants") or []]
        index = filters.get("aggregation_group_type_index")
        for group in filters["groups"]:
            for prop in group.get("properties") or []:
                if index is None and prop.get("type") not in ("person", "cohort"):
                    raise invalid("Filters are not valid (can only use person and cohort properties)", "filters")
                if index is not None and (prop.get("type") != "group" or prop.get("group_type_index") != index):
                    raise invalid("Filters are not valid (can only use group properties)", "filters")
                if prop.get("type") == "cohort":
                    found = ctx.store.find("cohort", _int(prop.get("value")))
                    if found is None or found.scope != ctx.project.pk:
                        raise invalid(
                            f"Cohort with id {prop.get('value')} does not exist", "filters", "cohort_does_not_exist"
                        )
            if group.get("variant") and group["variant"] not in variants:
                raise invalid("Filters are not valid (variant override does not exist)", "filters")
        for name in filters.get("payloads") or {}:
            if not variants and name != "true":
                raise invalid("Payload keys must be 'true' for boolean flags", "filters")
            if variants and name not in variants:
                raise invalid("Payload keys must match a variant key for multivariate flags", "filters")
        if variants and sum(v.get("rollout_percentage") or 0 for v in filters["multivariate"]["variants"]) != 100:
            raise invalid("Invalid variant definitions: Variant rollout percentages must sum to 100.")

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        for other in list(ctx.store.all("feature_flag", ctx.project.pk)):
            if other is row or other["key"] != data.get("key"):
                continue
            held = any(e.hidden.get("flag") == other.pk for e in ctx.store.all("experiment", ctx.project.pk))
            if not other.get("deleted") or held:
                raise invalid("There is already a feature flag with this key.", "key", "unique")
            if row is None and ctx.method == "POST":
                ctx.store.remove(other)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        """No versions, no renaming."""

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = Resource.present(self, ctx, row, listing)
        groups = (row["filters"] or {}).get("groups") or []
        out["is_simple_flag"] = not (row["filters"] or {}).get("multivariate") and all(
            not g.get("properties") for g in groups
        )
        out["rollout_percentage"] = (
            groups[0].get("rollout_percentage") if len(groups) == 1 and out["is_simple_flag"] else None
        )
        feature = self.early_access(ctx, row)
        out["features"] = [] if feature is None else [{"id": feature.pk, "name": feature["name"]}]
        return out

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The flag's history: its creation."""
        row = self.row(ctx, pk)
        return Answer({"results": [activity_entry(row)], "next": None, "previous": None, "total_count": 1})

    def activity_all(self, ctx: Context) -> Answer:
        """The history of all flags: their creation."""
        rows = list(ctx.store.all("feature_flag", ctx.project.pk))
        return Answer(
            {"results": [activity_entry(row) for row in rows], "next": None, "previous": None, "total_count": len(rows)}
        )


@behaviour("insight", OLD)
class Insight2024(Insight):
    """Filters beside queries; a list hides what has only a query; ids are numbers."""

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        super().fill(ctx, row, data)
        if not row["query"]:
            row.data["filters"] = {"insight": "TRENDS", "date_from": "-7d", **(row["filters"] or {})}

    def listed(self, ctx: Context, row: Row) -> bool:
        return bool(row.get("filters")) or ctx.flag("include_query_insights")

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        text = ctx.arg("search").lower()
        return [r for r in rows if text in f"{r['name'] or ''} {r['derived_name'] or ''}".lower()] if text else rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if listing and ctx.flag("basic"):
            for name in (
                "order",
                "deleted",
                "next_allowed_client_refresh",
                "result",
                "last_modified_by",
                "is_sample",
                "effective_restriction_level",
                "effective_privilege_level",
                "timezone",
                "is_cached",
                "filters_hash",
            ):
                out.pop(name, None)
            out["refreshing"] = False
        return out

    def activity(self, ctx: Context, pk: str) -> Answer:
        row = self.row(ctx, pk)
        return Answer({"results": [activity_entry(row)], "next": None, "previous": None, "total_count": 1})


@behaviour("action", OLD)
class Action2024(Action):
    """Every write needs the name; steps are rows with ids; a list has no count."""

    STEP = (
        "event",
        "tag_name",
        "text",
        "text_matching",
        "href",
        "href_matching",
        "selector",
        "url",
        "name",
        "url_matching",
    )
    MATCHING = ("contains", "regex", "exact")

    def create(self, ctx: Context) -> Answer:
        self.need_name(ctx)
        return super().create(ctx)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        self.need_name(ctx)
        answer = super().update(ctx, row, partial)
        # The key comes from the query of the list and the detail, which a write does not run.
        if partial:
            answer.body.pop("is_action")
        return answer

    @staticmethod
    def need_name(ctx: Context) -> None:
        """Without the name that server falls over."""
        if not isinstance(ctx.body, dict) or "name" not in ctx.body:
            raise server_error()

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        for name in ("text_matching", "href_matching", "url_matching"):
            if step.get(name) is not None and step[name] not in self.MATCHING:
                # That server puts a Python dictionary where the code belongs.
                raise ApiError(
                    400,
                    "validation_error",
                    str({name: ["invalid_choice"]}),
                    str({name: [f'"{step[name]}" is not a valid choice.']}),
                    "steps",
                )
        return {
            "id": str(self.app.store.number("action step")),
            **dict.fromkeys(self.STEP),
            **step,
            "properties": step.get("properties", []),
        }

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        if row is None or data.get("name") != row["name"]:
            super().check_unique(ctx, data, row)

    def show_list(self, ctx: Context) -> Answer:
        rows = self.rows(ctx)
        return Answer(text='{{"results":[{}]}}'.format(",".join(self.text(ctx, row, "list") for row in rows)))


@behaviour("cohort", OLD)
class Cohort2024(Cohort):
    """Only the outermost key of the filters is looked at; old groups are filled up."""

    GROUP = ("days", "action_id", "event_id", "count", "count_operator", "start_date", "end_date", "label")

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        super().fill(ctx, row, data)
        row.data["groups"] = [{**dict.fromkeys(self.GROUP), **group} for group in row["groups"] or []]

    def check_filters(self, ctx: Context, filters: dict[str, Any], row: Row | None) -> None:
        if "properties" not in filters:
            raise invalid("Filters must be a dictionary with a 'properties' key.", "filters")


@behaviour("comment", OLD)
class Comment2024(Comment):
    """Readable by everybody who is logged in (a bug of that server)."""

    open_to_all = True


@behaviour("scheduled_change", OLD)
class ScheduledChange2024(Resource):
    """The project in the path is ignored by the list (a bug of that server)."""

    def rows(self, ctx: Context) -> list[Row]:
        return list(ctx.store.all("scheduled_change"))


@behaviour("role", OLD)
class Role2024(Role):
    """Works on the caller's current organization, whatever the path says."""

    PARAMETERS = {"name", "id", "organization_id"}

    def show_list(self, ctx: Context) -> Answer:
        # Query parameters go straight into the database filter.
        if set(ctx.query) - self.PARAMETERS:
            raise server_error()
        return super().show_list(ctx)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return [row for row in rows if not ctx.arg("name") or row["name"] == ctx.arg("name")]

    def current(self, ctx: Context) -> Row:
        """The organization that the caller works in."""
        return ctx.store.find("organization", ctx.user.hidden.get("current_organization"))

    def guard(self, ctx: Context) -> None:
        organization = self.current(ctx)
        if organization is None or ctx.store.level(ctx.user.pk, organization.pk) < ADMIN:
            raise forbidden(self.level_message)

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        ctx.organization = self.current(ctx)
        data.pop("feature_flags_access_level", None)
        return super().build(ctx, data, body)

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        # A row is compared with itself too: its own unchanged name is taken.
        super().check_unique(ctx, data, None)


@behaviour("organization", OLD)
class Organization2024(Organization):
    """Lists fail; slugs get random endings."""

    def show_list(self, ctx: Context) -> Answer:
        raise server_error()


@behaviour("project", OLD)
class Project2024(Project):
    """Made in the caller's current organization; names are free; brings a dashboard."""

    extras = (
        Extra("activity", "activity", scope=""),
        Extra("is_generating_demo_data", "demo", scope=""),
        Extra("reset_token", "reset_token", ("PATCH",), scope=""),
    )

    @staticmethod
    def paths() -> list[str]:
        """Nothing below the organization."""
        return []

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        return super().handle(ctx, pk)

    def create(self, ctx: Context) -> Answer:
        answer = super().create(ctx)
        row = ctx.store.find("project", answer.body["id"])
        default_dashboard(ctx, row)
        return Answer(self.present(ctx, row), 201)

    def reset_token(self, ctx: Context, pk: str) -> Answer:
        """A new ingestion token."""
        row = self.row(ctx, pk)
        row.data["api_token"] = project_token()
        return Answer(self.present(ctx, row))


def default_dashboard(ctx: Context, project: Row) -> None:
    """The dashboard with six insights that a new project had."""
    boards = ctx.app.resources["dashboard"]
    inner = Context(
        ctx.app,
        "POST",
        ctx.path,
        ctx.host,
        {},
        key=ctx.key,
        user=ctx.user,
        organization=ctx.store.find("organization", project.scope),
        project=project,
        seeding=True,
    )
    board = boards.build(inner, {"name": "My App Dashboard", "pinned": True}, {})
    insights = ctx.app.resources["insight"]
    for name in (
        "Daily active users (DAUs)",
        "Weekly active users (WAUs)",
        "Retention",
        "Growth accounting",
        "Referring domain (last 14 days)",
        "Pageview funnel, by browser",
    ):
        data = {
            "name": name,
            "filters": {
                "insight": "TRENDS",
                "events": [{"id": "$pageview", "math": "dau", "type": "events"}],
                "display": "ActionsLineGraph",
                "interval": "day",
                "date_from": "-30d",
                "filter_test_accounts": True,
            },
            "dashboards": [board.pk],
        }
        insights.build(inner, data, data)
    project.data["primary_dashboard"] = board.pk


class Small(Resource):
    """A small type that has no table of the current kind; subclasses say where it is and what it needs."""

    where = ""
    shape: dict[str, Any] = {}

    def __init__(self, table: Table, app: Any) -> None:
        for name, value in self.shape.items():
            setattr(table, name, value)
        super().__init__(table, app)

    def paths(self) -> list[str]:
        """Where this is served."""
        return [self.where]


@behaviour("explicit_member", OLD)
class ExplicitMember(Small):
    """Who may enter a private project."""

    where = "projects/{project_id}/explicit_members"
    shape = {
        "scope": "project",
        "paging": "none",
        "verbs": ["list", "create", "retrieve", "update", "delete"],
        "id_kind": "uuid",
    }

    def lookup(self, ctx: Context, pk: Any) -> Row | None:
        return next(
            (
                r
                for r in ctx.store.all("explicit_member", ctx.project.pk)
                if ctx.store.find("user", r.hidden["user"])["uuid"] == pk
            ),
            None,
        )

    def guard(self, ctx: Context) -> None:
        if not ctx.project.get("access_control"):
            raise invalid(
                "Explicit members can only be accessed for projects with project-based permissioning enabled."
            )

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        self.check_level(body)
        user = next((u for u in ctx.store.all("user") if u["uuid"] == body.get("user_uuid")), None)
        if user is ctx.user:
            raise forbidden("You can't explicitly add yourself to projects.")
        member = ctx.store.membership(user.pk, ctx.organization.pk) if user else None
        if user is None or member is None:
            raise forbidden("You both need to belong to the same organization.")
        if self.lookup(ctx, user["uuid"]):
            raise invalid("This user likely already is an explicit member of the project.")
        level = body.get("level", 1)
        data = {
            "id": new_uuid(),
            "level": level,
            "parent_level": member["level"],
            "parent_membership_id": member.pk,
            "joined_at": now(),
            "updated_at": now(),
            "user": basic_user(user, True),
            "effective_level": max(level, member["level"]),
        }
        row = ctx.store.add(Row("explicit_member", data["id"], ctx.project.pk, data, hidden={"user": user.pk}))
        return Answer(row.data, 201)

    @staticmethod
    def check_level(body: dict[str, Any]) -> None:
        """1 or 8."""
        if body.get("level", 1) not in (1, 8):
            raise invalid(f'"{body["level"]}" is not a valid choice.', "level", "invalid_choice")

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        body = self.require_body(ctx)
        self.check_level(body)
        row.data.update(level=body.get("level", row["level"]), updated_at=now())
        return Answer(row.data)


@behaviour("resource_access", OLD)
class ResourceAccess(Small):
    """The organization's default level for flags."""

    where = "organizations/{organization_id}/resource_access"
    shape = {
        "scope": "organization",
        "verbs": ["list", "create", "retrieve", "update", "replace", "delete"],
        "id_kind": "int",
    }

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        name = body.get("resource")
        if name not in ("feature flags", "experiments", "cohorts", "data management", "session recordings", "insights"):
            raise invalid(f'"{name}" is not a valid choice.', "resource", "invalid_choice")
        if any(r["resource"] == name for r in ctx.store.all("resource_access", ctx.organization.pk)):
            raise invalid("This resource access already exists.", "resource", "unique")
        row = self.build(ctx, {"resource": name, "access_level": body.get("access_level", 37)}, body)
        return Answer(self.present(ctx, row), 201)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        row.data["access_level"] = self.require_body(ctx).get("access_level", row["access_level"])
        return Answer(self.present(ctx, row))


@behaviour("flag_role_access", OLD)
class FlagRoleAccess(Small):
    """Roles that may edit one flag."""

    where = "projects/{project_id}/feature_flags/{flag_id}/role_access"
    shape = {"scope": "project", "verbs": ["list", "create", "retrieve", "delete"], "id_kind": "int"}

    def parent_of(self, ctx: Context) -> Any:
        return self.app.resources["feature_flag"].row(ctx, ctx.params["flag_id"]).pk

    def create(self, ctx: Context) -> Answer:
        number = self.require_body(ctx).get("role_id")
        if any(r["role"]["id"] == number for r in ctx.store.all("flag_role_access", None, self.parent_of(ctx))):
            raise server_error()
        role = ctx.store.find("role", number)
        if role is None:
            raise invalid(f'Invalid pk "{number}" - object does not exist.', "role_id", "does_not_exist")
        flag = ctx.store.find("feature_flag", self.parent_of(ctx))
        data = {
            "feature_flag": self.app.resources["feature_flag"].present(ctx, flag),
            "role": self.app.resources["role"].present(ctx, role),
            "added_at": now(),
        }
        row = self.build(ctx, data, data)
        return Answer(self.present(ctx, row), 201)


@behaviour("hook", OLD)
class Hook(Small):
    """Zapier's web hooks."""

    where = "projects/{project_id}/hooks"
    shape = {"scope": "project", "verbs": ["list", "create", "retrieve", "delete"], "id_kind": "uuid"}

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        data = {
            "event": body.get("event"),
            "target": body.get("target"),
            "resource_id": body.get("resource_id"),
            "created": now(),
            "updated": now(),
        }
        return Answer(self.present(ctx, self.build(ctx, data, data)), 201)


@behaviour("plugin", OLD)
class Plugin(Small):
    """Apps of an organization."""

    where = "organizations/{organization_id}/plugins"
    shape = {"scope": "organization", "verbs": ["list", "create", "retrieve", "update", "delete"], "id_kind": "int"}

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        data = {k: body.get(k) for k in ("plugin_type", "name")}
        row = self.build(ctx, {**data, "organization_name": ctx.organization["name"]}, data)
        return Answer(self.present(ctx, row), 201)


class Empty(Small):
    """A list that is always empty here."""

    shape = {"scope": "project", "verbs": ["list"]}


@behaviour("plugin_config", OLD)
class PluginConfig(Empty):
    """Apps of a project: none."""

    where = "projects/{project_id}/plugin_configs"


@behaviour("external_data_source", OLD)
class ExternalDataSource2024(Empty):
    """Sources: none."""

    where = "projects/{project_id}/external_data_sources"


@behaviour("integration", OLD)
class Integration2024(Empty):
    """Integrations: none, and making one without a code fails."""

    where = "projects/{project_id}/integrations"
    shape = {"scope": "project", "verbs": ["list", "create"]}

    def create(self, ctx: Context) -> Answer:
        raise server_error()


@behaviour("dashboard_template", OLD)
class Template2024(Small):
    """PostHog's own templates; only staff may add to them."""

    where = "projects/{project_id}/dashboard_templates"
    shape = {"scope": "project", "verbs": ["list", "create", "retrieve"]}
    KEYS = (
        "template_name",
        "dashboard_description",
        "dashboard_filters",
        "tags",
        "tiles",
        "variables",
        "deleted",
        "created_at",
        "created_by",
        "image_url",
        "team_id",
        "scope",
    )

    def show_list(self, ctx: Context) -> Answer:
        item = {"id": "0", **dict.fromkeys(self.KEYS), "template_name": "Product analytics", "scope": "global"}
        return Answer({"count": 1, "next": None, "previous": None, "results": [item]})

    def create(self, ctx: Context) -> Answer:
        raise forbidden("You don't have edit permissions for this dashboard template.")


@behaviour("group", OLD)
class Group(Empty):
    """Groups by type: none."""

    where = "projects/{project_id}/groups"

    def show_list(self, ctx: Context) -> Answer:
        if not ctx.arg("group_type_index"):
            raise invalid(
                "You must pass ?group_type_index= in this URL. To get a list of valid group types, call "
                "/api/:project_id/groups_types/.",
                "group_type_index",
            )
        return Answer({"next": None, "previous": None, "results": []})


@behaviour("query", OLD)
class Query(Small):
    """Answers every query with nothing."""

    where = "projects/{project_id}/query"
    shape = {"scope": "project", "verbs": ["create"]}
    KEYS = (
        "clickhouse",
        "columns",
        "error",
        "explain",
        "hasMore",
        "hogql",
        "limit",
        "metadata",
        "modifiers",
        "offset",
        "query",
        "results",
        "timings",
        "types",
    )

    def create(self, ctx: Context) -> Answer:
        return Answer({**dict.fromkeys(self.KEYS), "columns": [], "hasMore": False, "results": [], "types": []})


@behaviour("activity_log", OLD)
class ActivityLog2024(Small):
    """Readable by everybody who is logged in (a bug of that server); one entry for each flag."""

    where = "projects/{project_id}/activity_log"
    shape = {"scope": "project", "verbs": ["list"], "paging": "cursor"}
    extras = (Extra("important_changes", "important", detail=False, scope=""),)
    open_to_all = True

    def entries(self, ctx: Context) -> list[dict[str, Any]]:
        """What happened, newest first."""
        out = []
        for row in ctx.store.all("feature_flag"):
            entry = activity_entry(row)
            entry.update(
                id=new_uuid(),
                user=row["created_by"],
                unread=False,
                is_system=False,
                organization_id=ctx.organization.pk,
                was_impersonated=False,
            )
            if not ctx.arg("item_id") or entry["item_id"] == ctx.arg("item_id"):
                out.append(entry)
        return out[::-1]

    def show_list(self, ctx: Context) -> Answer:
        return Answer({"next": None, "previous": None, "results": self.entries(ctx)})

    def important(self, ctx: Context) -> Answer:
        """The same, for the bell."""
        return Answer({"results": self.entries(ctx), "last_read": None})
