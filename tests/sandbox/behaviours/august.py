# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server of August 2025 does differently from today's, bugs included."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from typing import Any

from ..errors import ApiError, forbidden, invalid, not_found, server_error
from ..fields import check, check_body, parse_time
from ..queries import check_query
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now
from ..tables import Field, load_tables
from .access import AccessControl, UsersWithAccess, level_of, levels, object_id
from .actions import Action
from .activity import ActivityLog
from .alerts import Alert, Subscription
from .batch_exports import BatchExport, BatchExport2024
from .cohorts import Cohort, is_behavioural
from .content import Annotation, DashboardTemplate, Notebook
from .dashboards import TEXT_MAX, TILE_VALUES, Dashboard
from .definitions import EventDefinition, GroupType, PropertyDefinition
from .errors_tracking import AssignmentRule, GroupingRule, SuppressionRule
from .experiments import (
    BASELINE,
    MAX_VARIANTS,
    MIN_VARIANTS,
    Experiment,
    Holdout,
    SavedMetric,
    WebExperiment,
    variants_of,
)
from .flags import DEFAULT, RELATIVE, FeatureFlag, _int
from .hog import HogFlow, HogFunction, MessagingTemplate
from .hog_templates import TEMPLATES, HogFunctionTemplate
from .insights import Insight
from .integrations import Integration
from .linked import change_flag, code_of, within
from .organizations import ADMIN, Member, Organization, ProxyRecord, Role, RoleMembership
from .projects import Project
from .replay import Playlist, SessionRecording
from .rollouts import EarlyAccessFeature, ScheduledChange
from .sources import FREQUENCIES, SOURCES, Schema, Source
from .surveys import Survey
from .warehouse import SavedQuery, WarehouseJoin

AUGUST = "2025"
UUID = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
#: The tables of today, for documents whose shape has not changed.
TODAY = load_tables("current")
WRAPPERS = ("InsightVizNode", "DataVisualizationNode", "DataTableNode")
STRING_OPERATORS = ("gt", "gte", "lt", "lte", "regex", "not_regex", "icontains", "not_icontains")


@behaviour("feature_flag", AUGUST)
class FeatureFlag2025(FeatureFlag):
    """Filters are replaced whole and checked by hand: what that code does not expect is a server error."""

    def filters(
        self, ctx: Context, sent: Any, row: Row | None, data: dict[str, Any], body: dict[str, Any]
    ) -> dict[str, Any] | None:
        if row is None and sent is None:
            return copy.deepcopy(DEFAULT)
        if row is not None and "groups" not in sent:
            # A PATCH without groups changes nothing.
            return None
        self.check_filters(ctx, sent, row)
        encrypted = data.get("has_encrypted_payloads", row.get("has_encrypted_payloads") if row else False)
        if encrypted and not all(isinstance(v, str) for v in (sent.get("payloads") or {}).values()):
            raise server_error()
        return sent

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and "key" in data and row["filters"].get("super_groups", ()) is None:
            # The early access of a renamed flag is looked for in its super groups.
            self.check_key(ctx, data, row)
            raise server_error()
        if row is not None and data.get("has_encrypted_payloads") and "filters" not in data:
            raise server_error()
        data = super().clean(ctx, data, row)
        return data

    def check_key(self, ctx: Context, data: dict[str, Any], row: Row) -> None:
        """The checks of a key that come before it is used."""
        if not re.match(r"^[a-zA-Z0-9_-]+$", data["key"]):
            raise invalid("Only letters, numbers, hyphens (-) & underscores (_) are allowed.", "key", "invalid_key")
        self.check_unique(ctx, data, row)

    def check_filters(self, ctx: Context, filters: dict[str, Any], row: Row | None) -> None:
        def bad(detail: str, code: str = "invalid_input") -> ApiError:
            return invalid(detail, "filters", code)

        try:
            groups = filters["groups"]
            variants = [variant["key"] for variant in (filters.get("multivariate") or {}).get("variants") or []]
            index = filters.get("aggregation_group_type_index")
            if not isinstance(groups, list):
                raise TypeError
            for group in groups:
                properties = group.get("properties", [])
                for prop in properties:
                    kind = prop.get("type")
                    if kind not in ("person", "cohort", "flag", "group", "event", None):
                        raise ValueError
                    if index is None and kind not in ("person", "cohort", "flag"):
                        raise bad("Filters are not valid (can only use person, cohort, and flag properties)")
                    if index is not None and (kind != "group" or prop.get("group_type_index") != index):
                        raise bad("Filters are not valid (can only use group properties)")
                    self.check_property(ctx, prop, index, row)
                if group.get("variant") and group["variant"] not in variants:
                    raise bad("Filters are not valid (variant override does not exist)")
            shares = [
                v.get("rollout_percentage") or 0 for v in (filters.get("multivariate") or {}).get("variants") or []
            ]
            if shares and sum(shares) != 100:
                raise bad("Invalid variant definitions: Variant rollout percentages must sum to 100.")
            if "payloads" in filters and not isinstance(filters["payloads"], dict):
                raise bad("Payloads must be passed as a dictionary")
            for name, value in filters.get("payloads", {}).items():
                if not variants and name != "true":
                    raise bad("Payload keys must be 'true' for boolean flags")
                if variants and name not in variants:
                    raise bad("Payload keys must match a variant key for multivariate flags")
                if isinstance(value, str):
                    try:
                        json.loads(value)
                    except ValueError:
                        raise bad("Payload value is not valid JSON") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise server_error() from None

    def check_property(self, ctx: Context, prop: dict[str, Any], index: int | None, row: Row | None) -> None:
        def bad(detail: str, code: str = "invalid_input") -> ApiError:
            return invalid(detail, "filters", code)

        kind, operator = prop.get("type"), prop.get("operator")
        if kind == "flag":
            if operator != "flag_evaluates_to":
                raise bad("Flag properties must use the 'flag_evaluates_to' operator")
            number = _int(prop["key"])
            if number is None:
                raise bad("Flag dependencies must reference flag IDs (integers), not flag keys.")
            found = ctx.store.find("feature_flag", number)
            if found is None or found.scope != ctx.project.pk or found.get("deleted"):
                raise bad(f"Flag dependency references non-existent flag with ID {number}")
            if found is row or (row is not None and row.pk in self.depends_on(found, ctx)):
                raise bad("Circular dependency detected")
            return
        if kind == "cohort":
            number = int(prop["value"])
            found = ctx.store.find("cohort", number)
            if found is None or found.scope != ctx.project.pk or found.get("deleted"):
                raise bad(f"Cohort with id {number} does not exist", "cohort_does_not_exist")
            if is_behavioural(ctx.store, found):
                raise bad(
                    f"Cohort '{found['name']}' with filters on events cannot be used in feature flags.",
                    "behavioral_cohort_found",
                )
            return
        if not isinstance(prop["key"], str):
            raise TypeError
        if operator not in ("is_set", "is_not_set"):
            prop["value"]
        if operator in STRING_OPERATORS and not isinstance(prop["value"], str):
            raise bad(f"Invalid value for operator {operator}: {prop['value']}", "invalid_value")
        if operator in ("is_date_before", "is_date_after", "is_date_exact"):
            if not (parse_time(prop["value"]) or RELATIVE.match(str(prop["value"]))):
                raise bad(f"Invalid date value: {prop['value']}", "invalid_date")

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.arg("created_by_id") and not ctx.arg("created_by_id").isdigit():
            raise server_error()
        if ctx.arg("order") and ctx.arg("order").lstrip("-") not in self.table.keys:
            raise server_error()
        return super().narrow(ctx, rows)

    def rows(self, ctx: Context) -> list[Row]:
        # ?key= is not known yet.
        return Resource.rows(self, ctx)

    def check_deletable(self, ctx: Context, row: Row) -> None:
        live = self.experiments(ctx, row)
        if live:
            numbers = ", ".join(str(e.pk) for e in live)
            raise invalid(
                f"Cannot delete a feature flag that is linked to active experiment(s) with ID(s): {numbers}. Please "
                "delete the experiment(s) before deleting the flag."
            )
        super().check_deletable(ctx, row)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        filters = row["filters"] or {}
        groups = filters.get("groups") or []
        simple = not filters.get("multivariate") and all(not g.get("properties") for g in groups)
        out["is_simple_flag"] = simple and filters.get("aggregation_group_type_index") is None
        out["rollout_percentage"] = (
            groups[0].get("rollout_percentage") if len(groups) == 1 and out["is_simple_flag"] else None
        )
        return out


@behaviour("project", AUGUST)
class Project2025(Project):
    """Newer settings live on the environment, and only its own route knows them."""

    ENVIRONMENT = (
        "project_id",
        "user_access_level",
        "session_recording_url_trigger_config",
        "session_recording_url_blocklist_config",
        "session_recording_event_trigger_config",
        "session_recording_trigger_match_type_config",
        "cookieless_server_hash_mode",
        "human_friendly_comparison_periods",
        "feature_flag_confirmation_enabled",
        "feature_flag_confirmation_message",
        "capture_dead_clicks",
        "default_data_theme",
        "revenue_analytics_config",
        "marketing_analytics_config",
        "onboarding_tasks",
        "base_currency",
    )
    PROJECT = ("product_description",)
    ELSEWHERE = (
        "Environments must be created under a specific project. Send the POST request to "
        "/api/projects/<project_id>/environments/ instead."
    )

    extras = (*Project.extras, Extra("environments", "environment", ("POST",), scope="project"))

    @staticmethod
    def environment_route(ctx: Context) -> bool:
        """Whether the request is one about an environment."""
        return ctx.path.startswith("/api/environments/")

    def hidden_keys(self, ctx: Context) -> tuple[str, ...]:
        """The settings that the route at hand does not know."""
        return self.PROJECT if self.environment_route(ctx) else self.ENVIRONMENT

    def fields(self, ctx: Context, create: bool) -> dict[str, Any]:
        hidden = self.hidden_keys(ctx)
        return {name: field for name, field in self.table.fields.items() if name not in hidden}

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["project_id"] = row.pk
        hidden = self.hidden_keys(ctx)
        return {name: value for name, value in out.items() if name not in hidden}

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "primary_dashboard" in data and data["primary_dashboard"] is None:
            raise server_error()
        goals = (data.get("marketing_analytics_config") or {}).get("conversion_goals") or []
        if not all(isinstance(goal, dict) and "kind" in goal for goal in goals):
            raise server_error()
        config = data.get("session_replay_config")
        if isinstance(config, dict) and row is not None:
            data["session_replay_config"] = {**(row.get("session_replay_config") or {}), **config}
        # Plain members may change settings: what they may do in a project is an admin's by default.
        return super().clean(_as_admin(ctx), data, row)

    def onboarding(self, ctx: Context, pk: str) -> Answer:
        row = self.row(ctx, pk)
        product = self.require_body(ctx).get("product_type")
        intents = row.data["product_intents"] = list(row.get("product_intents") or [])
        found = next((entry for entry in intents if entry["product_type"] == product), None)
        if found is None:
            found = {"product_type": product, "created_at": now(), "onboarding_completed_at": None, "updated_at": now()}
            intents.append(found)
        added = "add_product_intent" in ctx.path
        if not added:
            found["onboarding_completed_at"] = now()
            super().onboarding(ctx, pk)
        # Both answer with the environment, by whichever route they were called.
        return Answer(self.whole(ctx, row), 201 if added else 200)

    def whole(self, ctx: Context, row: Row) -> dict[str, Any]:
        """The environment of a project, with all of its settings."""
        inner = copy.copy(ctx)
        inner.path = f"/api/environments/{row.pk}/"
        return self.present(inner, row)

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if self.environment_route(ctx) and ctx.method == ("POST" if pk is None else "PUT"):
            raise invalid(self.ELSEWHERE)
        return super().handle(ctx, pk)

    def environment(self, ctx: Context, pk: str) -> Answer:
        """A second environment of a project."""
        row = self.seed(ctx, {"name": self.require_body(ctx).get("name", "Default project")})
        return Answer(self.whole(ctx, row), 201)

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """Names may repeat."""

    def delete(self, ctx: Context, row: Row) -> Answer:
        answer = super().delete(ctx, row)
        ctx.store.remove(row)
        return answer


def _as_admin(ctx: Context) -> Context:
    """The same request, with the level of an admin in the organization."""

    class Admin(Context):
        level = ADMIN

    inner = copy.copy(ctx)
    inner.__class__ = Admin
    return inner


@behaviour("organization_member", AUGUST)
class Member2025(Member):
    """An id that is none falls over."""

    def lookup(self, ctx: Context, pk: Any) -> Row | None:
        if pk != "@me" and not UUID.fullmatch(str(pk)):
            raise server_error()
        return super().lookup(ctx, pk)


@behaviour("organization", AUGUST)
class Organization2025(Organization):
    """Shows less of a plan's features; there are no uploaded pictures."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        number = data.get("logo_media_id")
        if number:
            raise invalid(f'Invalid pk "{number}" - object does not exist.', "logo_media_id", "does_not_exist")
        return super().clean(ctx, data, row)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["available_product_features"] = [
            {name: entry[name] for name in ("key", "name")} for entry in out["available_product_features"]
        ]
        return out


@behaviour("role", AUGUST)
class Role2025(Role):
    """Query parameters of a list go to its filter."""

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.query:
            raise server_error()
        return super().narrow(ctx, rows)

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        # The own row is not left out.
        super().check_unique(ctx, data, None)


@behaviour("role_membership", AUGUST)
class RoleMembership2025(RoleMembership):
    """No GET of one; the list of an unknown role is empty."""

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method == "GET" and pk is None and ctx.store.find("role", ctx.params.get("role_id")) is None:
            return Answer({"count": 0, "next": None, "previous": None, "results": []})
        return super().handle(ctx, pk)


@behaviour("proxy_record", AUGUST)
class ProxyRecord2025(ProxyRecord):
    """A plain list; what goes wrong is a server error."""

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "PATCH", "DELETE"] if detail else ["GET", "POST"]

    def show_list(self, ctx: Context) -> Answer:
        return Answer([self.present(ctx, row) for row in self.rows(ctx)])

    def maximum(self, ctx: Context) -> int:
        return 100

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if any(other["domain"] == data.get("domain") for other in ctx.store.all("proxy_record")):
            raise server_error()
        return data

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if pk is not None and ctx.method in ("GET", "PATCH"):
            raise server_error()
        if ctx.method == "POST" and not self.require_body(ctx).get("domain"):
            raise server_error()
        if ctx.method == "DELETE" and pk is not None and ctx.store.find("proxy_record", pk) is None:
            raise server_error()
        return super().handle(ctx, pk)


# ---- experiments


@behaviour("experiment", AUGUST)
class Experiment2025(Experiment):
    """The flag follows the parameters of a draft; a running one keeps its split whatever is sent."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) else {}
        if ctx.seeding and row is None:
            data.setdefault("feature_flag_key", code_of(data.get("name") or "experiment"))
        if row is not None:
            for name, message in (("feature_flag_key", "get_feature_flag_key"), ("type", "type")):
                if name in body and body[name] != row.get(name):
                    raise invalid(f"Can't update keys: {message} on Experiment")
        else:
            start, end = parse_time(data.get("start_date")), parse_time(data.get("end_date"))
            if start and end and end <= start:
                raise invalid("End date must be after start date")
        for item in data.get("saved_metrics_ids") or []:
            if not isinstance(item, dict):
                raise invalid("Saved metric must be an object", "saved_metrics_ids")
            found = ctx.store.find("experiment_saved_metric", item.get("id"))
            if found is None or found.scope != ctx.project.pk:
                raise invalid("Saved metric does not exist or does not belong to this project", "saved_metrics_ids")
        if data.get("holdout_id") is not None:
            found = ctx.store.find("experiment_holdout", data["holdout_id"])
            if found is None or found.scope != ctx.project.pk:
                raise invalid(
                    f'Invalid pk "{data["holdout_id"]}" - object does not exist.', "holdout_id", "does_not_exist"
                )
        parameters = data.get("parameters")
        if parameters is not None and not isinstance(parameters, dict):
            raise server_error()
        variants = (parameters or {}).get("feature_flag_variants") or []
        if variants:
            keys = [entry.get("key") for entry in variants]
            if len(keys) > MAX_VARIANTS:
                raise invalid("Feature flag variants must be less than 21", "parameters")
            if BASELINE not in keys:
                raise invalid("Feature flag variants must contain a control variant", "parameters")
        if row is None:
            flag = next(
                (
                    f
                    for f in ctx.store.all("feature_flag", ctx.project.pk)
                    if f["key"] == data["feature_flag_key"] and not f.get("deleted")
                ),
                None,
            )
            if flag is not None and (len(variants_of(flag)) < MIN_VARIANTS or variants_of(flag)[0]["key"] != BASELINE):
                raise invalid("Feature flag is not eligible for experiments.")
            return {**data, "wanted_flag": {"multivariate": {"variants": variants}} if variants else {}}
        flag = self.flag_of(ctx, row)
        if row.get("start_date"):
            if "holdout_id" in data and data["holdout_id"] != row.get("holdout_id"):
                raise invalid("Can't update holdout on running Experiment")
            if variants and {e.get("key") for e in variants} != {e["key"] for e in variants_of(flag)}:
                raise invalid("Can't update feature_flag_variants on Experiment")
            return {**data, "wanted_flag": {}}
        return {**data, "wanted_flag": {"multivariate": {"variants": variants}} if variants else {}}

    @staticmethod
    def existing(ctx: Context, key: str) -> Row | None:
        for flag in ctx.store.all("feature_flag", ctx.project.pk):
            if flag["key"] == key and not flag.get("deleted"):
                return flag
        return None

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        super().fill(ctx, row, data)
        if row.get("stats_config") is None:
            row.data["stats_config"] = {"method": ctx.organization.get("default_experiment_stats_method")}

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        wanted = data.get("wanted_flag") or {}
        flag = self.flag_of(ctx, row)
        if flag is not None and wanted:
            # Filters are replaced whole.
            data["wanted_flag"] = {}
            change_flag(ctx, flag, {"filters": {**copy.deepcopy(flag["filters"]), **wanted}})
        super().apply(ctx, row, data)

    def hold_out(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        flag = self.flag_of(ctx, row)
        if flag is not None and ("holdout_id" in data or "holdout_groups" not in flag["filters"]):
            set_holdout_groups(flag, ctx.store.find("experiment_holdout", row.get("holdout_id")))

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        for name in ("metrics", "metrics_secondary"):
            if row.get(name) is None:
                raise server_error()
        out = super().present(ctx, row)
        out["parameters"] = row.get("parameters")
        out["saved_metrics_ids"] = None
        return out

    def readable(self, ctx: Context, row: Row) -> bool:
        return not row.get("deleted")

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.arg("archived"):
            return super().narrow(ctx, rows)
        return [*super().narrow(ctx, rows), *(row for row in rows if row.get("archived"))]

    def cohort(self, ctx: Context, pk: str) -> Answer:
        """A cohort of those who saw the experiment."""
        row = self.row(ctx, pk)
        if not row.get("start_date"):
            raise invalid("Experiment does not have a start date")
        raise not_found()

    extras = (
        *Experiment.extras,
        Extra("create_exposure_cohort_for_experiment", "cohort", ("POST",), scope="experiment:write"),
    )


def set_holdout_groups(flag: Row, holdout: Row | None) -> None:
    """Copy the sets of a holdout into a flag, or take them out."""
    groups = copy.deepcopy(holdout["filters"]) if holdout is not None else None
    flag.data["filters"] = {**flag["filters"], "holdout_groups": groups}


@behaviour("experiment_holdout", AUGUST)
class Holdout2025(Holdout):
    """Any share is taken."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "filters" in data and data["filters"] is None:
            raise invalid("This field may not be null.", "filters", "null")
        if (row is None or "filters" in data) and not data.get("filters"):
            raise invalid("Filters are required to create an holdout group")
        if row is not None and "filters" in data:
            data["filters"] = self.named(row.pk, data["filters"])
        return data


@behaviour("experiment_saved_metric", AUGUST)
class SavedMetric2025(SavedMetric):
    """Names may repeat; a query is checked strictly and stored as it was sent."""

    NEEDED = {"mean": "source", "funnel": "series"}
    KNOWN = {"kind", "metric_type", "name", "uuid", "source", "series", "goal", "conversion_window", "version",
             "conversion_window_unit", "response", "isSharedMetric", "sharedMetricId", "funnel_order_type"}  # fmt: skip

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """Names may repeat."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "query" in data:
            query = data["query"]
            if not query:
                raise invalid("Query is required to create a saved metric", "query")
            kind, metric = query.get("kind"), query.get("metric_type")
            if kind not in ("ExperimentMetric", "ExperimentTrendsQuery", "ExperimentFunnelsQuery"):
                raise invalid("Metric query kind must be 'ExperimentMetric'", "query")
            if kind == "ExperimentMetric":
                if metric not in self.NEEDED:
                    raise invalid("ExperimentMetric metric_type must be 'mean' or 'funnel'", "query")
                if self.NEEDED[metric] not in query:
                    raise invalid(f"[{{'type': 'missing', 'loc': ('{self.NEEDED[metric]}',)}}]", "query")
                for name in set(query) - self.KNOWN:
                    raise invalid(f"[{{'type': 'extra_forbidden', 'loc': ('{name}',)}}]", "query")
        return data


@behaviour("web_experiment", AUGUST)
class WebExperiment2025(WebExperiment):
    """Errors name no attribute; the variants are those of the flag."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        try:
            return super().clean(ctx, data, row)
        except ApiError as exc:
            exc.attr = None
            raise

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        data = self.clean(ctx, data, None)
        key = f"{code_of(data['name'])}-web-experiment-feature"
        inner = {
            "name": data["name"],
            "type": "web",
            "feature_flag_key": key,
            "parameters": {"feature_flag_variants": self.shares(data["variants"])},
        }
        row = self.app.resources["experiment"].build(within(ctx, inner), dict(inner), inner)
        row.hidden["variants"] = data["variants"]
        return row

    def rows(self, ctx: Context) -> list[Row]:
        # Those that the toolbar made; experiments of type web are others.
        return [row for row in super().rows(ctx) if row.hidden.get("variants") is not None]

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        flag = ctx.store.find("feature_flag", row.hidden.get("flag"))
        if "variants" in data and flag is not None:
            filters = {**copy.deepcopy(flag["filters"]), "multivariate": {"variants": self.shares(data["variants"])}}
            change_flag(ctx, flag, {"filters": filters})
            row.hidden["variants"] = data.pop("variants")
        super().apply(ctx, row, data)


@behaviour("early_access_feature", AUGUST)
class EarlyAccessFeature2025(EarlyAccessFeature):
    """The flag of a released one has super groups."""

    def enrol(self, ctx: Context, row: Row) -> None:
        flag = ctx.store.find("feature_flag", row.hidden["flag"])
        if flag is None:
            return
        released = row["stage"] in self.RELEASED
        group = {
            "properties": [
                {"key": f"$feature_enrollment/{flag['key']}", "type": "person", "value": ["true"], "operator": "exact"}
            ],
            "rollout_percentage": 100,
        }
        if released or flag["filters"].get("super_groups"):
            flag.data["filters"] = {**flag["filters"], "super_groups": [group] if released else None}

    def deleting(self, ctx: Context, row: Row) -> None:
        flag = ctx.store.find("feature_flag", row.hidden["flag"])
        super().deleting(ctx, row)
        if flag is not None:
            flag.data["filters"]["super_groups"] = None


# ---- dashboards and insights


@behaviour("dashboard", AUGUST)
class Dashboard2025(Dashboard):
    """Tiles are not checked: what cannot be stored or shown is a server error."""

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        for tile in row.hidden.get("tiles", []) if not listing else ():
            if not isinstance(tile["layouts"], dict):
                raise server_error()
        out = super().present(ctx, row, listing)
        out.pop("search_match_type", None)
        return {k: v for k, v in out.items() if k != "last_accessed_at" or listing}

    def present_tile(self, ctx: Context, tile: Row) -> dict[str, Any]:
        out = super().present_tile(ctx, tile)
        for name in ("button_tile", "widget", "deleted", *TILE_VALUES[2:]):
            out.pop(name, None)
        return out

    def parse_pk(self, ctx: Context, text: str) -> Any:
        if not text.isdigit():
            raise server_error()
        return super().parse_pk(ctx, text)

    def readable(self, ctx: Context, row: Row) -> bool:
        if not row.get("deleted"):
            return True
        # Undeleting is all that can be done with one, and goes alone.
        return ctx.method == "PATCH" and ctx.body in ({"deleted": False}, {"deleted": True})

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) and not ctx.seeding else {}
        for name in ("filters", "variables"):
            if body.get(name) is not None and not isinstance(body[name], dict):
                raise invalid("Filters must be a dictionary")
        theme = data.get("data_color_theme_id")
        if theme is not None and not ctx.seeding:
            self.app.resources["data_color_theme"].globals(ctx)  # type: ignore[attr-defined]
            if ctx.store.find("data_color_theme", theme) is None:
                raise server_error()
        return super().clean(ctx, data, row)

    def check_source(self, ctx: Context, data: dict[str, Any]) -> Row | None:
        if data.get("use_template") and data.get("use_dashboard"):
            raise invalid("`use_dashboard` and `use_template` cannot be used together")
        return super().check_source(ctx, data)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        items = self.require_body(ctx).get("tiles", [])
        if not isinstance(items, list):
            raise server_error()
        mine = {tile.pk for tile in row.hidden.get("tiles", [])}
        for item in items:
            known = item.get("id") in mine
            text = item.get("text")
            if (text is None and not known) or item.get("layouts", {}) is None:
                raise server_error()
            if text is not None and len(text.get("body") or "") > TEXT_MAX:
                raise server_error()
            if not isinstance(item.get("layouts", {}), dict):
                # It is stored; then the answer cannot be made of it.
                ctx.store.find("tile", item["id"]).data["layouts"] = item["layouts"]
                raise server_error()
        return super().update(ctx, row, partial)

    def check_tiles(self, items: list[Any]) -> None:
        """Nothing in them is checked."""


@behaviour("insight", AUGUST)
class Insight2025(Insight):
    """The old filters still exist; a lone query of any kind is taken."""

    def parse_pk(self, ctx: Context, text: str) -> Any:
        return int(text) if text.isdigit() else None

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        query = data.get("query")
        if isinstance(query, list):
            raise invalid("Query must be a valid JSON object", "query")
        if isinstance(query, str):
            raise ApiError(400, "invalid_request", "parse_error", "1 validation error for QuerySchemaRoot")
        filters = data.pop("filters", None)
        if query and query.get("kind") not in WRAPPERS:
            # A bare source is checked as one inside its node.
            check_query({"kind": "InsightVizNode", "source": query})
            data["query"] = None
            data = super().clean(ctx, data, row)
            data["query"] = query
        else:
            data = super().clean(ctx, data, row)
        if filters is not None:
            data["filters"] = filters
        return data

    def readable(self, ctx: Context, row: Row) -> bool:
        return not row.get("deleted") or ctx.method in ("PATCH", "PUT")

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["filters"] = row.get("filters") or ({} if row.get("query") else {"insight": "TRENDS"})
        digest = hashlib.md5(json.dumps([out["query"], out["filters"]], default=str).encode(), usedforsecurity=False)
        out["filters_hash"] = f"cache_{digest.hexdigest()}"
        if listing and ctx.flag("basic"):
            for name in ("deleted", "last_modified_by"):
                out.pop(name, None)
            out.update(last_refresh=None, refreshing=False)
            out.pop("filters_hash", None)
        return out


@behaviour("dashboard_template", AUGUST)
class DashboardTemplate2025(DashboardTemplate):
    """Only staff writes."""

    extras = (Extra("json_schema", "schema", detail=False),)

    def guard(self, ctx: Context) -> None:
        raise forbidden("You don't have edit permissions for this dashboard template.")

    def schema(self, ctx: Context) -> Answer:
        """The JSON schema of templates; closed to keys."""
        return Answer({})


# ---- access rules


@behaviour("access_control", AUGUST)
class AccessControl2025(AccessControl):
    """What a body says of the resource gives way to the path; only levels are checked."""

    WIDE = ("global_access_controls",)

    def document(self, ctx: Context, resource: str, row: Row | None, wide: bool) -> dict[str, Any]:
        out = super().document(ctx, resource, row, wide)
        return {
            k: v
            for k, v in out.items()
            if k not in ("minimum_access_level", "maximum_access_level", "inherited_access")
        }

    def paths(self) -> list[str]:
        return [path for path in super().paths() if "/cohorts/" not in path]

    def put(self, ctx: Context, resource: str, row: Row | None, wide: bool) -> Answer:
        body = dict(self.require_body(ctx))
        if wide:
            if "resource" not in body:
                raise server_error()
            if body["resource"] not in RESOURCES:
                raise invalid(f"Invalid resource. Must be one of: {RESOURCES}", "resource")
            body.pop("resource_id", None)
        else:
            assert row is not None
            if "access_level" in body and body.get("resource", resource) != resource:
                raise invalid(f"Invalid access level. Must be one of: {', '.join(levels(resource))}", "access_level")
            body.update(resource=resource, resource_id=object_id(row))
        fields = {k: v for k, v in self.table.fields.items() if k != "resource"}
        data = {**check_body(fields, body, partial=False, create=True), "resource": body["resource"]}
        if not self.may_edit(ctx, "project" if wide else resource, row):
            what = "project-wide" if wide else resource
            raise forbidden(f"Must be admin to modify {what} permissions.")
        member, role, level = data.get("organization_member"), data.get("role"), data["access_level"]
        if member and role:
            raise invalid("You can not scope an access control to both a member and a role.")
        order = levels(data["resource"] if data["resource"] == "project" else "any")
        if level is not None and level not in order and data["resource"] not in ("project", "organization"):
            raise invalid(f"Invalid access level. Must be one of: {', '.join(order)}", "access_level")
        if level is not None and level not in PROJECT_ORDER and data["resource"] in ("project", "organization"):
            raise invalid(f"Invalid access level. Must be one of: {', '.join(PROJECT_ORDER)}", "access_level")
        for name, number, kind in (("organization_member", member, "organization_member"), ("role", role, "role")):
            # Those of other organizations are taken.
            if number and ctx.store.find(kind, number) is None:
                raise invalid(f'Invalid pk "{number}" - object does not exist.', name, "does_not_exist")
        return self.upsert(ctx, data)


PROJECT_ORDER = ("none", "member", "admin")


@behaviour("users_with_access", AUGUST)
class UsersWithAccess2025(UsersWithAccess):
    """Also of the project itself."""

    def paths(self) -> list[str]:
        return [*super().paths(), "projects/{project_id}/users_with_access"]

    def document(self, ctx: Context) -> Any:
        if "object_id" in ctx.params:
            return super().document(ctx)
        users = []
        for member in ctx.store.all("organization_member", ctx.organization.pk):
            user = ctx.store.find("user", member.hidden["user"])
            level, source = level_of(ctx, user, ctx.project, "project")
            if level != "none":
                users.append(
                    {
                        "user_id": user["uuid"],
                        "access_level": level,
                        "access_source": source,
                        "organization_membership_id": member.pk,
                        "organization_membership_level": member["level"],
                    }
                )
        return {"users": users, "total_count": len(users)}


# ---- cohorts, actions, annotations, notebooks


@behaviour("cohort", AUGUST)
class Cohort2025(Cohort):
    """Errors inside the filters name the filters as a whole."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        self.table.fields["filters"].fields = TODAY["cohort"].fields["filters"].fields
        if "filters" in data:
            filters = data["filters"]
            properties = filters.get("properties") if isinstance(filters, dict) else None
            if not isinstance(properties, dict) or not {"type", "values"} <= set(properties):
                raise invalid("Must contain a 'properties' key with type and values", "filters__detail")
            try:
                data["filters"] = check(TODAY["cohort"].fields["filters"], filters)
                return super().clean(ctx, data, row)
            except ApiError as exc:
                if exc.detail.startswith("Cohorts cannot"):
                    raise invalid(exc.detail) from None
                if (exc.attr or "").startswith("filters"):
                    raise invalid(exc.detail, "filters") from None
                if exc.attr and exc.attr.split("__")[0] == "properties":
                    raise invalid(exc.detail, "filters") from None
                raise
        return super().clean(ctx, data, row)

    def check_leaf(self, ctx: Context, leaf: dict[str, Any], where: str, row: Row | None) -> None:
        if leaf["type"] == "cohort":
            number = _int(leaf.get("value"))
            if number is None:
                raise invalid("Input should be a valid integer", where)
            if ctx.store.find("cohort", number) is None:
                return
        super().check_leaf(ctx, leaf, where, row)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        for name in ("filters", "groups", "query"):
            out.setdefault(name, row.get(name) if name != "filters" or row.get(name) else {"properties": {}})
        out["groups"] = [{**OLD_GROUP, **group} for group in out["groups"] or []]
        out.pop("search_match_type", None)
        return out


OLD_GROUP = dict.fromkeys(
    ("action_id", "count", "count_operator", "days", "end_date", "event_id", "label", "start_date")
)


STEP = (
    "event",
    "properties",
    "selector",
    "tag_name",
    "text",
    "text_matching",
    "href",
    "href_matching",
    "url",
    "url_matching",
)


@behaviour("action", AUGUST)
class Action2025(Action):
    """Every write needs the name; a list has no count."""

    MATCHING = ("contains", "regex", "exact")

    def create(self, ctx: Context) -> Answer:
        self.need_name(ctx)
        return super().create(ctx)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        self.need_name(ctx)
        answer = super().update(ctx, row, partial)
        if partial:
            answer.body.pop("is_action")
        return answer

    @staticmethod
    def need_name(ctx: Context) -> None:
        """Without the name that server falls over."""
        body = ctx.body if isinstance(ctx.body, dict) else {}
        nulls = [name for name in ("description", "steps", "post_to_slack", "tags") if body.get(name, ...) is None]
        if nulls and ctx.method == "PATCH":
            raise invalid("This field may not be null.", nulls[0], "null")
        if "name" not in body or (body["name"] is None and ctx.method == "POST"):
            raise server_error()

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        steps = data.get("steps", [])
        if steps is None:
            raise invalid("This field may not be null.", "steps", "null")
        if not isinstance(steps, list):
            kind = type(steps).__name__
            detail = f'Expected a list of items but got type "{kind}".'
            raise invalid(detail, "steps__non_field_errors", "not_a_list")
        if row is not None and data.get("name", ...) is None:
            self.check_unique(ctx, data, row)
        return super().clean(ctx, data, row)

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        for name in ("text_matching", "href_matching", "url_matching"):
            if step.get(name) is not None and step[name] not in self.MATCHING:
                raise ApiError(
                    400,
                    "validation_error",
                    str({name: ["invalid_choice"]}),
                    str({name: [f'"{step[name]}" is not a valid choice.']}),
                    "steps",
                )
        known = dict.fromkeys(STEP)
        return {**known, **{name: value for name, value in step.items() if name in known}}

    def show_list(self, ctx: Context) -> Answer:
        return Answer({"results": [self.present(ctx, row, True) for row in self.narrow(ctx, self.rows(ctx))]})

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        name = data.get("name")
        for other in ctx.store.all("action", ctx.project.pk):
            if other is not row and other["name"] == name and not other.get("deleted"):
                detail = f"This project already has an action with this name, ID {other.pk}"
                raise invalid(detail, "name", "unique")


@behaviour("annotation", AUGUST)
class Annotation2025(Annotation):
    """An unknown dashboard is a server error."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if data.get("dashboard_id") is not None and ctx.store.find("dashboard", data["dashboard_id"]) is None:
            raise server_error()
        insight = ctx.store.find("insight", data.get("dashboard_item"))
        if insight is not None and insight.get("deleted"):
            number = data["dashboard_item"]
            raise invalid(f'Invalid pk "{number}" - object does not exist.', "dashboard_item", "does_not_exist")
        return super().clean(ctx, data, row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.arg("is_emoji"):
            raise server_error()
        rows = super().narrow(ctx, rows)
        return [row for row in rows if not ctx.arg("scope") or row["scope"] == ctx.arg("scope")]


@behaviour("notebook", AUGUST)
class Notebook2025(Notebook):
    """The content is not looked at; a PATCH that changes nothing is a server error."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and not data:
            raise server_error()
        if row is not None and data.get("content", ...) is None and data.get("version") is None:
            # Emptying asks for no version.
            data["version"] = row["version"]
        return super().clean(ctx, data, row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        return [] if ctx.arg("contains") else rows


# ---- surveys, playlists, subscriptions


@behaviour("survey", AUGUST)
class Survey2025(Survey):
    """Questions are hardly checked; every survey has an internal flag."""

    extras = (
        *(extra for extra in Survey.extras if extra.name not in ("launch", "stop")),
        Extra("responses_count", "counts", detail=False, scope="survey:read"),
        Extra("stats", "all_stats", detail=False, scope="survey:read"),
        Extra("summarize_responses", "summarize", ("POST",), scope="survey:write"),
    )

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        for question in data.get("questions") or []:
            self.check_question(question)
        for name, low, high in (
            ("responses_limit", 0, None),
            ("iteration_count", 0, 500),
            ("iteration_frequency_days", 0, None),
        ):
            value = data.get(name)
            if value is not None and value < low:
                raise invalid(f"Ensure this value is greater than or equal to {low}.", name, "min_value")
            if value is not None and high is not None and value > high:
                raise invalid(f"Ensure this value is less than or equal to {high}.", name, "max_value")
        if data.get("response_sampling_interval_type"):
            if (data.get("response_sampling_interval") or 0) <= 0:
                raise invalid("Response sampling interval must be greater than 0.", "response_sampling_interval")
            if not data.get("response_sampling_start_date"):
                raise invalid(
                    "Response sampling start date should be set if response_sampling_start_date is not zero.",
                    "response_sampling_start_date",
                )
        data = super().clean(ctx, data, row)
        return data

    def check_question(self, question: Any) -> None:
        """The few checks of that time."""

        def bad(detail: str) -> ApiError:
            return invalid(detail, "questions")

        if not isinstance(question, dict):
            raise bad("Questions must be a list of objects")
        if not question.get("question"):
            raise bad("Question text is required")
        if question.get("descriptionContentType") not in (None, "text", "html"):
            raise bad("Question descriptionContentType must be one of ['text', 'html']")
        choices = question.get("choices")
        if choices:
            if not isinstance(choices, list):
                raise bad("Question choices must be a list of strings")
            if any(not str(choice).strip() for choice in choices):
                raise bad("Question choices cannot be empty")

    def question(self, question: dict[str, Any], index: int, questions: list[Any]) -> dict[str, Any]:
        out = {**question, "id": question.get("id") or new_uuid()}
        link = out.get("link")
        if out.get("type") == "link" and link and not re.match(r"^(https://|mailto:)\S+", link):
            raise invalid("Link must be a URL to resource with one of these schemes [https, mailto]", "questions")
        return out

    def conditions(self, ctx: Context, data: dict[str, Any]) -> None:
        actions = ((data.get("conditions") or {}).get("actions") or {}).get("values") or []
        known = [item for item in actions if ctx.store.find("action", item.get("id")) is not None]
        if actions and len(known) != len(actions):
            data["conditions"] = {**data["conditions"], "actions": {"values": known}}
        if (data.get("conditions") or {}).get("linkedFlagVariant"):
            data = {**data, "conditions": {k: v for k, v in data["conditions"].items() if k != "linkedFlagVariant"}}
        super().conditions(ctx, data)

    def appearance(self, ctx: Context, data: dict[str, Any], row: Row | None, value: Any) -> None:
        sent = data.get("appearance") or {}
        if sent.get("thankYouMessageDescriptionContentType") not in (None, "text", "html"):
            raise invalid("thankYouMessageDescriptionContentType must be one of ['text', 'html']", "appearance")
        if not isinstance(sent.get("whiteLabel", False), (bool, type(None))):
            raise invalid("whiteLabel must be a boolean", "appearance")
        super().appearance(ctx, data, row, value)

    @staticmethod
    def external(data: dict[str, Any], value: Any, row: Row | None) -> None:
        """Not looked at."""

    @staticmethod
    def iterations(data: dict[str, Any], row: Row | None) -> None:
        if "iteration_count" in data:
            data.setdefault("iteration_frequency_days", None)

    def internal(self, ctx: Context, row: Row) -> None:
        kept = row.data["type"], row.data.get("schedule")
        row.data.update(type="popover", schedule="once")
        try:
            super().internal(ctx, row)
        finally:
            row.data.update(type=kept[0], schedule=kept[1])

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if not listing and ctx.method != "GET":
            # The answer to a write is of another serializer.
            for name in ("feature_flag_keys", "linked_flag_id"):
                out.pop(name, None)
        return out

    def deleting(self, ctx: Context, row: Row) -> None:
        targeting = row.hidden.get("targeting")
        if any(e.hidden.get("flag") == targeting for e in ctx.store.all("early_access_feature", ctx.project.pk)):
            detail = "Requested operation cannot be completed because a related object is protected."
            raise ApiError(409, "invalid_request", "protected_error", detail)
        super().deleting(ctx, row)

    def stats(self, ctx: Context, pk: str) -> Answer:
        answer = super().stats(ctx, pk)
        events = {"survey shown": None, "survey dismissed": None, "survey sent": None}
        return Answer({**answer.body, "stats": events, "rates": {}})

    def counts(self, ctx: Context) -> Answer:
        """Answers by survey: none."""
        return Answer({})

    def all_stats(self, ctx: Context) -> Answer:
        """Answers of all surveys: none."""
        return Answer({"stats": {}, "rates": {}})

    def summarize(self, ctx: Context, pk: str) -> Answer:
        """Only on PostHog Cloud."""
        raise invalid("session summary is only supported in PostHog Cloud")


@behaviour("session_recording_playlist", AUGUST)
class Playlist2025(Playlist):
    """The type is asked for before all else; no lists of the server's own."""

    def synthetic(self, ctx: Context) -> list[Row]:
        return []

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        if body.get("type") not in ("filters", "collection"):
            check_body({"name": self.table.fields["name"]}, {"name": body.get("name") or ""}, True, True)
            raise invalid("Must provide a valid playlist type: either filters or collection")
        return super().create(ctx)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and row["type"] == "collection" and isinstance(ctx.body, dict):
            ctx.body.pop("type", None)
            data.pop("type", None)
        return super().clean(ctx, data, row)

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("type"):
            rows = [row for row in rows if row["type"] == ctx.arg("type")]
        if ctx.arg("pinned"):
            rows = [row for row in rows if row["pinned"]]
        if ctx.arg("order").lstrip("-") == "name":
            rows = sorted(rows, key=lambda row: row["name"] or "", reverse=ctx.arg("order").startswith("-"))
        return rows


@behaviour("session_recording", AUGUST)
class SessionRecording2025(SessionRecording):
    """A list says only whether there is more; deleting one that is unknown succeeds."""

    def show_list(self, ctx: Context) -> Answer:
        rows = [self.present(ctx, row, True) for row in self.narrow(ctx, self.rows(ctx))]
        return Answer({"results": rows, "has_next": False, "version": 4})

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method == "DELETE" and pk is not None and ctx.store.find(self.table.type, pk) is None:
            return Answer(None, 204)
        return super().handle(ctx, pk)


@behaviour("subscription", AUGUST)
class Subscription2025(Subscription):
    """Targets are not checked; nothing needs to be chosen."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if data.get("interval") == 0:
            raise server_error()
        for name in ("insight", "dashboard"):
            if data.get(name) is not None:
                found = ctx.store.find(name, data[name])
                if found is None:
                    detail = f'Invalid pk "{data[name]}" - object does not exist.'
                    raise invalid(detail, name, "does_not_exist")
                if found.scope != ctx.project.pk:
                    raise invalid(f"This {name} does not belong to your team.", name)
        return data

    def admit(self, ctx: Context) -> None:
        if ctx.project is not None and not ctx.store.level(ctx.user.pk, ctx.project.scope):
            raise forbidden("You don't have access to the project.")
        super().admit(ctx)


# ---- error tracking


class Rule2025:
    """A mistake in the filters is answered outside of the envelope, or not at all."""

    NEEDED: tuple[str, ...] = ("filters",)

    def create(self: Any, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        for name in self.NEEDED:
            if not body.get(name):
                raise ApiError(400, "", "", "", raw={"error": f"{name.capitalize()} are required"})
        filters = body["filters"]
        if self.STRICT and (not isinstance(filters, dict) or filters.get("type") not in ("AND", "OR")):
            raise server_error()
        if self.STRICT and any(
            value.get("type") not in ("AND", "OR", *PROPERTY_TYPES) for value in filters.get("values", [])
        ):
            raise server_error()
        assignee = body.get("assignee")
        if assignee is not None and "assignee" in self.NEEDED:
            kind, number = assignee.get("type"), assignee.get("id")
            if kind not in ("user", "role") or ctx.store.find(kind, number) is None:
                raise server_error()
        return super().create(ctx)  # type: ignore[misc]

    STRICT = True


PROPERTY_TYPES = (
    "event",
    "person",
    "session",
    "cohort",
    "element",
    "group",
    "hogql",
    "feature",
    "error_tracking_issue",
)


@behaviour("error_tracking_assignment_rule", AUGUST)
class AssignmentRule2025(Rule2025, AssignmentRule):
    """Needs both."""

    NEEDED = ("filters", "assignee")


@behaviour("error_tracking_grouping_rule", AUGUST)
class GroupingRule2025(Rule2025, GroupingRule):
    """Compiled as the others."""


@behaviour("error_tracking_suppression_rule", AUGUST)
class SuppressionRule2025(Rule2025, SuppressionRule):
    """Not compiled on that server."""

    STRICT = False

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        filters = data.get("filters")
        if filters is not None and (not isinstance(filters, dict) or filters.get("type") not in ("AND", "OR")):
            return data
        return super().clean(ctx, data, row)


# ---- definitions and groups


class Definition2025:
    """An id that is none, or unknown, is an unhandled exception."""

    def row(self: Any, ctx: Context, text: str) -> Row:
        found = ctx.store.find(self.table.type, text)
        if not UUID.fullmatch(text) or (self.HARD and (found is None or found.scope != ctx.project.pk)):
            raise server_error()
        return super().row(ctx, text)  # type: ignore[misc]

    HARD = False


@behaviour("event_definition", AUGUST)
class EventDefinition2025(Definition2025, EventDefinition):
    """Comes with the first event only."""

    HARD = True

    def methods(self, detail: bool) -> list[str]:
        return [method for method in super().methods(detail) if method != "POST"]

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        if ctx.arg("event_type") not in (
            "",
            "all",
            "event",
            "event_custom",
            "event_posthog",
            "action_event",
            "all_events",
        ):
            raise server_error()
        return super().narrow(ctx, rows)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        answer = super().update(ctx, row, partial)
        answer.body.pop("post_to_slack", None)
        return answer


@behaviour("property_definition", AUGUST)
class PropertyDefinition2025(Definition2025, PropertyDefinition):
    """Only a malformed id falls over."""


@behaviour("group_type", AUGUST)
class GroupType2025(GroupType):
    """No detail route."""

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else ["GET"]


@behaviour("scheduled_change", AUGUST)
class ScheduledChange2025(ScheduledChange):
    """Nothing in it is checked."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        return data


@behaviour("alert", AUGUST)
class Alert2025(Alert):
    """Conditions and configurations are taken as they come; bounds are looked at."""

    #: What the insight of an alert shows.
    BASIC = (
        "id",
        "short_id",
        "name",
        "derived_name",
        "filters",
        "query",
        "dashboards",
        "dashboard_tiles",
        "description",
        "last_refresh",
        "saved",
        "updated_at",
        "created_by",
        "created_at",
        "last_modified_at",
        "favorited",
        "user_access_level",
        "tags",
    )

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if out["insight"] is not None:
            out["insight"] = {name: out["insight"].get(name) for name in self.BASIC} | {"refreshing": False}
        if listing or ctx.method != "GET":
            out.pop("checks", None)
        return out

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is None and data.get("snoozed_until") and not ctx.seeding:
            raise server_error()
        return super().clean(ctx, data, row)

    @staticmethod
    def check_kind(ctx: Context, kind: str, config: Any, insight: Row | None, condition: Any) -> None:
        if insight is not None and kind != "TrendsQuery":
            raise invalid("Alerts are not supported for this insight.", "insight")

    @staticmethod
    def check_threshold(threshold: dict[str, Any], detector: Any, seeding: bool) -> None:
        configuration = threshold.get("configuration") or {}
        where = "threshold__non_field_errors"
        if threshold and configuration.get("type") not in ("absolute", "percentage"):
            raise invalid("Invalid threshold configuration", where)
        bounds = configuration.get("bounds") or {}
        low, high = bounds.get("lower"), bounds.get("upper")
        if low is not None and high is not None and low > high:
            raise invalid("Lower threshold must be less than upper threshold", where)


#: What rules can be about on that server.
RESOURCES = (
    "action", "access_control", "activity_log", "annotation", "batch_export", "batch_import", "cohort", "dashboard",
    "dashboard_template", "early_access_feature", "event_definition", "error_tracking", "evaluation", "experiment",
    "export", "feature_flag", "group", "hog_function", "insight", "link", "notebook", "organization",
    "organization_member", "persisted_folder", "person", "plugin", "project", "property_definition", "query",
    "session_recording", "session_recording_playlist", "sharing_configuration", "subscription", "survey", "task",
    "user", "user_interview", "webhook", "warehouse_view", "warehouse_table",
)  # fmt: skip


# ---- pipelines


@behaviour("hog_function", AUGUST)
class HogFunction2025(HogFunction):
    """Inputs without a value read back as null; secrets stay whether or not they are sent."""

    extras = (
        *(extra for extra in HogFunction.extras if extra.name not in ("logs", "metrics", "metrics/totals")),
        Extra("logs", "history"),
        Extra("metrics", "metrics"),
        Extra("metrics/totals", "metrics"),
    )

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        wanted = ctx.arg("type")
        rows = Resource.narrow(self, ctx, rows)
        if wanted:
            rows = [row for row in rows if row["type"] in wanted.split(",")]
        if ctx.arg("enabled"):
            rows = [row for row in rows if row["enabled"] is ctx.flag("enabled")]
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if out.get("status"):
            out["status"] = {"state": 0, "rating": 0.0, "tokens": 0}
        return out

    def create(self, ctx: Context) -> Answer:
        self.precheck(ctx)
        return super().create(ctx)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        self.precheck(ctx)
        return super().update(ctx, row, partial)

    def precheck(self, ctx: Context) -> None:
        """Mistakes of form that fall over, or are those of a document as a whole."""
        body = self.require_body(ctx)
        for entry in body.get("inputs_schema") or []:
            if isinstance(entry, dict) and "key" not in entry:
                raise server_error()
        if body.get("filters") is not None and not isinstance(body["filters"], dict):
            kind = type(body["filters"]).__name__
            raise invalid(f"Invalid data. Expected a dictionary, but got {kind}.", "filters__non_field_errors")

    def inputs(self, ctx: Context, data: dict[str, Any], row: Row | None, kind: str) -> None:
        if data.get("inputs_schema", ...) is None:
            if row is not None:
                raise server_error()
            data["inputs_schema"] = []
        sent = data.get("inputs")
        if isinstance(sent, dict):
            for name, value in sent.items():
                if not isinstance(value, dict) and value is not None:
                    kind_name = type(value).__name__
                    detail = f"Invalid data. Expected a dictionary, but got {kind_name}."
                    raise invalid(detail, f"inputs__{name}__non_field_errors")
            if row is not None:
                kept = {key: {"secret": True} for key in row.hidden.get("secrets", {})}
                data["inputs"] = {**kept, **sent}
        try:
            super().inputs(ctx, data, row, kind)
        except ApiError as exc:
            if exc.code == "required":
                raise invalid(exc.detail, exc.attr) from None
            raise
        schema = data.get("inputs_schema") or (row["inputs_schema"] if row is not None else [])
        if "inputs" in data and isinstance(data["inputs"], dict) and sent:
            for item in schema:
                if item["key"] not in data["inputs"] and not item.get("secret"):
                    data["inputs"][item["key"]] = None


@behaviour("hog_function_template", AUGUST)
class HogFunctionTemplate2025(HogFunctionTemplate):
    """Open to everybody, also without an organization."""

    def __init__(self, table: Any, app: Any) -> None:
        super().__init__(table, app)
        table.read_scope = table.write_scope = ""

    @staticmethod
    def paths() -> list[str]:
        return ["projects/{project_id}/hog_function_templates", "public_hog_function_templates"]


@behaviour("hog_flow", AUGUST)
class HogFlow2025(HogFlow):
    """The trigger is written by itself."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        trigger = data.get("trigger")
        if trigger is not None and trigger.get("type") not in ("event", "webhook", "manual"):
            raise invalid(f'"{trigger.get("type")}" is not a valid choice.', "trigger__type", "invalid_choice")
        for index, step in enumerate(data.get("actions") or []):
            if isinstance(step, dict) and step.get("type") in self.FUNCTIONS:
                if (step.get("config") or {}).get("template_id") not in TEMPLATES:
                    raise invalid("Template not found", f"actions__{index}__template_id")
        return super().clean(ctx, data, row)

    def steps(
        self, ctx: Context, steps: list[Any], row: Row | None, strict: bool
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        if not steps:
            return [], {}
        return super().steps(ctx, steps, row, strict)

    def derive(self, row: Row, data: dict[str, Any]) -> None:
        kept = row.data.get("trigger")
        super().derive(row, data)
        row.data["trigger"] = data.get("trigger", kept)


@behaviour("messaging_template", AUGUST)
class MessagingTemplate2025(MessagingTemplate):
    """The content may be left out."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        content = data.get("content")
        if content is not None and not isinstance(content, dict):
            kind = type(content).__name__
            raise invalid(f"Invalid data. Expected a dictionary, but got {kind}.", "content__non_field_errors")
        number = data.get("message_category")
        if number and ctx.store.find("messaging_category", number) is None:
            detail = f'Invalid pk "{number}" - object does not exist.'
            raise invalid(detail, "message_category", "does_not_exist")
        if content is not None and content.get("templating") in (None, "hog", "liquid"):
            return data
        return super().clean(ctx, data, row)


@behaviour("integration", AUGUST)
class Integration2025(Integration):
    """Fewer kinds, each with what it needs."""

    NEEDED = {
        "email": ((("domain",), "Domain is required for email integration"),),
        "google-pubsub": ((("key_file",), "Key file not provided"),),
        "google-cloud-storage": ((("key_file",), "Key file not provided"),),
    }

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        config = data.get("config") or {}
        if data["kind"] == "email" and bool(config.get("api_key")) != bool(config.get("secret_key")):
            raise invalid("Both api_key and secret_key are required for Mail integration")
        for names, message in self.NEEDED.get(data["kind"], ()):
            if not all(config.get(name) for name in names):
                raise invalid(message)
        return super().clean(ctx, data, row)


@behaviour("batch_export", AUGUST)
class BatchExport2025(BatchExport2024):
    """Types without integrations; numbers and booleans read back as text from the first GET on."""

    TYPES = ("S3", "Snowflake", "Postgres", "Redshift", "BigQuery", "HTTP", "NoOp")
    NEEDED = {
        "S3": ("bucket_name", "region", "prefix"),
        "BigQuery": ("project_id", "dataset_id", "private_key", "private_key_id", "token_uri", "client_email"),
        "HTTP": ("url", "token"),
    }
    COMPRESSIONS = {"Parquet": ("zstd", "lz4", "snappy", "gzip", "brotli"), "JSONLines": ("gzip", "brotli")}
    extras = BatchExport.extras

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        destination = data.get("destination")
        if destination is not None:
            kind = destination.get("type")
            if kind is None:
                raise server_error()
            if kind in self.TYPES:
                config = destination.get("config")
                if not isinstance(config, dict):
                    raise server_error()
                if row is None and not set(self.NEEDED.get(kind, ())) <= set(config):
                    raise server_error()
                self.check_config(kind, config)
        if data.get("model") == "sessions":
            raise forbidden("Sessions batch exports are not enabled for this team.")
        if data.get("hogql_query") and not re.match(r"\s*select\s", data["hogql_query"], re.IGNORECASE):
            raise invalid("Failed to parse query", "hogql_query")
        data = super().clean(ctx, data, row)
        self.query(data)
        if "destination" in data and row is None:
            row_type = data["destination"]["type"]
            data["destination"] = {"type": row_type, "config": data["destination"]["config"]}
        return data

    def check_config(self, kind: str, config: dict[str, Any]) -> None:
        """Formats and ways to log in."""
        if kind == "S3":
            form = config.get("file_format", "JSONLines")
            if form not in self.COMPRESSIONS:
                raise invalid(f"File format {form} is not supported.", "destination")
            if config.get("compression") and config["compression"] not in self.COMPRESSIONS[form]:
                detail = f"Compression {config['compression']} is not supported for file format {form}."
                raise invalid(detail, "destination")
        if kind == "Snowflake" and config.get("authentication_type") == "keypair" and not config.get("private_key"):
            raise invalid("Private key is required if authentication type is key pair", "destination")

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if ctx.method != "POST":
            config = out["destination"]["config"]
            out["destination"]["config"] = {k: _as_text(v) for k, v in config.items()}
        return out


def _as_text(value: Any) -> Any:
    """Numbers and booleans as the encrypted store gives them back."""
    return str(value) if isinstance(value, (bool, int, float)) else value


@behaviour("warehouse_saved_query", AUGUST)
class SavedQuery2025(SavedQuery):
    """What cannot be read as a query is a server error; a taken name looks like a change by somebody else."""

    COLUMNS = ("uuid", "event", "timestamp", "distinct_id", "properties", "person", "elements_chain", "created_at")

    def fields(self, ctx: Context, create: bool) -> dict[str, Any]:
        fields = dict(self.table.fields)
        fields["query"] = Field("query", "any", nullable=True)
        return fields

    def readable(self, ctx: Context, row: Row) -> bool:
        return not row.get("deleted")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if ctx.seeding:
            return super().clean(ctx, data, row)
        if "query" in data and not isinstance(data["query"], dict):
            raise server_error()
        if row is None and "query" not in data:
            raise invalid("Failed to retrieve types for view")
        query = data.get("query") or {}
        if query.get("kind", "HogQLQuery") != "HogQLQuery":
            raise invalid("Failed to retrieve types for view")
        text = query.get("query") or ""
        if "query" in data and not re.match(r"\s*(select|with)\b", text, re.IGNORECASE):
            raise server_error()
        match = re.fullmatch(r"\s*select\s+(\w+)\s+from\s+events\s*", text, re.IGNORECASE)
        if match and match[1] not in self.COLUMNS:
            raise invalid(f"Invalid query: Unable to resolve field: {match[1]}", "query")
        live = [o for o in ctx.store.all(self.table.type, ctx.project.pk) if not o.get("deleted") and o is not row]
        if data.get("name") in [other["name"] for other in live]:
            if row is not None:
                raise server_error()
            raise invalid("The query was modified by someone else.")
        if row is not None and ctx.method == "PUT" and data.get("edited_history_id") != row["latest_history_id"]:
            raise invalid("The query was modified by someone else.")
        return super().clean(ctx, data, row)

    @staticmethod
    def columns(text: str) -> list[dict[str, Any]]:
        return [{**column, "chain": None} for column in SavedQuery.columns(text)]


@behaviour("warehouse_join", AUGUST)
class WarehouseJoin2025(WarehouseJoin):
    """An unknown table names no attribute; a key that does not parse is a server error."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        try:
            return super().clean(ctx, data, row)
        except ApiError as exc:
            if exc.detail.startswith("Join key"):
                raise server_error() from None
            raise invalid(exc.detail) from None


@behaviour("external_data_source", AUGUST)
class Source2025(Source):
    """What the payload lacks is a server error."""

    extras = (*Source.extras, Extra("jobs", "jobs"), Extra("source_prefix", "source_prefix", ("POST",), detail=False))

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        if body.get("source_type") not in SOURCES or not isinstance(body.get("payload"), dict):
            raise server_error()
        return super().create(ctx)

    #: What of the inputs of a type may be read; shown once they were looked at.
    READABLE = {"Stripe": ("stripe_account_id",)}

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None and data.get("job_inputs", ...) is None:
            raise server_error()
        if row is not None:
            # A change of the inputs is not tried.
            readable = dict.fromkeys(self.READABLE.get(row["source_type"], ()))
            row.hidden["inputs"] = {**readable, **row.hidden["inputs"]}
            return data
        return super().clean(ctx, data, row)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        lacks = self.app.resources["external_data_schema"].table.lacks
        out["schemas"] = [{k: v for k, v in schema.items() if k not in lacks} for schema in out["schemas"]]
        inputs = row.hidden["inputs"]
        out["job_inputs"] = {n: inputs[n] for n in self.READABLE.get(row["source_type"], ()) if n in inputs}
        return out

    def jobs(self, ctx: Context, pk: str) -> Answer:
        """Runs: none."""
        self.row(ctx, pk)
        return Answer([])

    def source_prefix(self, ctx: Context) -> Answer:
        """Whether a prefix is free."""
        body = self.require_body(ctx)
        self.check_prefix(ctx, str(body.get("source_type")), body.get("prefix") or "")
        return Answer({"success": True})


@behaviour("external_data_schema", AUGUST)
class Schema2025(Schema):
    """Can be deleted; mistakes name no attribute."""

    KINDS = ("full_refresh", "incremental", "append")

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "PATCH", "PUT", "DELETE"] if detail else ["GET", "POST"]

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method == "POST" and pk is None:
            raise server_error()
        return super().handle(ctx, pk)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        assert row is not None
        if data.get("sync_type") not in (None, *self.KINDS):
            raise invalid("Invalid sync type")
        frequency = data.get("sync_frequency")
        if frequency is not None and frequency not in FREQUENCIES:
            raise server_error()
        time_of_day = data.get("sync_time_of_day")
        if time_of_day is not None and not re.fullmatch(r"\d\d:\d\d(:\d\d)?", time_of_day):
            raise invalid("Invalid sync time of day")
        if data.get("should_sync") and not (data.get("sync_type") or row.get("sync_type")):
            raise invalid("Sync type must be set up first before enabling schema")
        return data


@behaviour("group", AUGUST)
class Group2025(Resource):
    """Groups come by events; the list needs the type's index."""

    def __init__(self, table: Any, app: Any) -> None:
        super().__init__(table, app)
        table.read_scope, table.write_scope = "group:read", "group:write"

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["projects/{project_id}/groups"]

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else ["GET", "POST"]

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method == "POST":
            detail = "Failed to submit group create event."
            raise ApiError(
                400, "", "", detail, raw={"type": "capture_error", "code": detail, "attr": None, "detail": None}
            )
        if not ctx.arg("group_type_index"):
            raise invalid("You must pass ?group_type_index= in this URL.", "group_type_index")
        return Answer({"next": None, "previous": None, "results": []})


@behaviour("activity_log", AUGUST)
class ActivityLog2025(ActivityLog):
    """The user is a number in the query."""

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.arg("user") and not ctx.arg("user").isdigit():
            raise server_error()
        return super().handle(ctx, pk)
