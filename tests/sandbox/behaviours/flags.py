# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feature flags: strict filters, checks across their keys, merging, the usage dashboard, soft deletion."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from ..errors import conflict, invalid, not_found
from ..fields import parse_time
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row
from .cohorts import is_behavioural
from .linked import need_approval

REDACTED = '"********* (encrypted)"'
KEY = re.compile(r"^[a-zA-Z0-9_-]+$")
VARIANT_KEY = re.compile(r"^[a-zA-Z0-9_./-]+$")
SEMVER = re.compile(r"^v?\d+(\.\d+){0,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")
RELATIVE = re.compile(r"^-?\d+[hdwmy]$")
ALIASES = {"min": "gte", "max": "lte"}
NEEDS_STRING = {"regex", "not_regex", "icontains", "not_icontains", "gt", "gte", "lt", "lte"}
DEFAULT: dict[str, Any] = {"groups": [{"properties": [], "rollout_percentage": None}]}
#: Kept on old objects, taken out without a word when they are sent.
STRIPPED = ("super_groups", "holdout_groups")


def bad(detail: str, code: str = "invalid_input") -> Exception:
    """An error about the filters as a whole."""
    return invalid(detail, "filters", code)


@behaviour("feature_flag")
class FeatureFlag(Resource):
    """The type with the most rules of its own."""

    search_fields = ("key", "name")
    extras = (
        Extra("activity", "activity_all", detail=False, scope="activity_log:read"),
        Extra("activity", "activity", scope="activity_log:read"),
        Extra("local_evaluation", "local_evaluation", detail=False, scope="feature_flag:read"),
        Extra("user_blast_radius", "blast_radius", ("POST",), detail=False, scope="feature_flag:read"),
        Extra("bulk_keys", "bulk_keys", ("POST",), detail=False, scope="feature_flag:read", new=True),
        Extra("my_flags", "local_evaluation", detail=False, scope="feature_flag:read"),
        Extra("status", "status", scope="feature_flag:read", new=True),
        Extra("dependent_flags", "dependents_route", scope="feature_flag:read", new=True),
        Extra("remote_config", "remote_config", scope="feature_flag:read", new=True),
        Extra("dashboard", "closed", ("POST",)),
        Extra("enrich_usage_dashboard", "closed", ("POST",)),
    )

    # ---- filters

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        key = data.get("key")
        if key is not None and not KEY.match(key):
            raise invalid("Only letters, numbers, hyphens (-) & underscores (_) are allowed.", "key", "invalid_key")
        body = ctx.body if isinstance(ctx.body, dict) else {}
        if row is None or "filters" in data:
            data["filters"] = self.filters(ctx, data.get("filters"), row, data, body)
            if data["filters"] is None:
                del data["filters"]
        elif data.get("is_remote_configuration"):
            data["filters"] = self.remote(copy.deepcopy(row["filters"]))
        self.whole(ctx, data, row)
        self.version_check(data, row, body)
        data.pop("version", None)
        return data

    def filters(
        self,
        ctx: Context,
        sent: Any,
        row: Row | None,
        data: dict[str, Any],
        body: dict[str, Any],
    ) -> dict[str, Any] | None:
        """The filters to store, or None when nothing changes."""
        if isinstance(body.get("filters"), dict) and "version" in body["filters"]:
            raise bad("The key 'version' is reserved.", "reserved_config_version")
        sent = {k: v for k, v in (sent or {}).items() if k not in STRIPPED}
        if row is None:
            if not sent.get("groups"):
                if not ctx.seeding:
                    raise bad("Feature flag filters must contain at least one group.")
                sent["groups"] = copy.deepcopy(DEFAULT["groups"])
            stored: dict[str, Any] = {}
        else:
            if not sent:
                return None
            stored = copy.deepcopy(row["filters"])
        self.keep_redacted(sent, stored, row)
        merged = {**stored, **sent}
        self.check_filters(ctx, merged, row)
        self.normalise(merged, sent, stored)
        remote = data.get("is_remote_configuration", row.get("is_remote_configuration") if row else None)
        return self.remote(merged) if remote else merged

    @staticmethod
    def keep_redacted(sent: dict[str, Any], stored: dict[str, Any], row: Row | None) -> None:
        """The sentinel sent back means: leave the stored payload."""
        old = stored.get("payloads") or {}
        for name, value in list((sent.get("payloads") or {}).items()):
            if value == REDACTED and name in old:
                sent["payloads"][name] = old[name]

    def check_filters(self, ctx: Context, filters: dict[str, Any], row: Row | None) -> None:
        """Everything that one key of the filters says about another."""
        multivariate = filters.get("multivariate")
        variants = None
        if multivariate is not None:
            entries = multivariate.get("variants")
            if not isinstance(entries, list):
                raise bad("multivariate.variants must be a list.")
            if not entries:
                raise bad("multivariate.variants must not be empty.")
            variants = [entry["key"] for entry in entries]
            for name in variants:
                if not VARIANT_KEY.match(name):
                    raise bad(f"Variant key '{name}' is not valid.")
            if len(set(variants)) != len(variants):
                raise bad("Variant keys must be unique.")
            for entry in entries:
                if not 0 <= entry["rollout_percentage"] <= 100:
                    raise bad("Variant rollout percentages must be between 0 and 100.")
            if abs(sum(entry["rollout_percentage"] for entry in entries) - 100) > 0.001:
                raise bad("Invalid variant definitions: Variant rollout percentages must sum to 100.")
        flag_level = filters.get("aggregation_group_type_index")
        for group in filters.get("groups") or []:
            rollout = group.get("rollout_percentage")
            if rollout is not None and not 0 <= rollout <= 100:
                raise bad("Rollout percentage must be between 0 and 100.")
            if group.get("variant") and group["variant"] not in (variants or []):
                raise bad("Filters are not valid (variant override does not exist)")
            index = group.get("aggregation_group_type_index", flag_level)
            for prop in group.get("properties") or []:
                self.check_property(ctx, prop, index, row)
        payloads = filters.get("payloads")
        if payloads:
            for name, value in payloads.items():
                if variants is None and name != "true":
                    raise bad("Payload keys must be 'true' for boolean flags")
                if variants is not None and name not in variants:
                    raise bad("Payload keys must match a variant key for multivariate flags")
                if isinstance(value, str):
                    try:
                        json.loads(value, parse_constant=_refuse)
                    except ValueError:
                        raise bad(f"Payload for '{name}' is not valid JSON.", "invalid_payload_json") from None
        if filters.get("early_exit") and not ctx.store.has_feature(ctx.organization.pk, "early_exit"):
            filters["early_exit"] = None

    def check_property(self, ctx: Context, prop: dict[str, Any], index: int | None, row: Row | None) -> None:
        """One property of a condition."""
        kind, value = prop["type"], prop.get("value")
        operator = ALIASES.get(prop.get("operator") or "", prop.get("operator")) or "exact"
        if index is None and kind not in ("person", "cohort", "flag"):
            raise bad("Filters are not valid (can only use person and cohort properties)")
        if index is not None and kind != "flag" and (kind != "group" or prop.get("group_type_index") != index):
            raise bad("Filters are not valid (can only use group properties)")
        if (kind == "flag") != (operator == "flag_evaluates_to"):
            raise bad("Flag properties need the operator flag_evaluates_to.")
        if operator in ("in", "not_in") and kind != "cohort":
            raise bad(f"The operator {operator} can only be used with cohorts.")
        if kind == "cohort":
            found = ctx.store.find("cohort", _int(value))
            if found is None or found.scope != ctx.project.pk or found.get("deleted"):
                raise bad(f"Cohort with id {value} does not exist", "cohort_does_not_exist")
            if is_behavioural(ctx.store, found):
                raise bad(
                    f"Cohort '{found['name']}' with filters on events cannot be used in feature flags.",
                    "behavioral_cohort_found",
                )
        elif kind == "flag":
            found = ctx.store.find("feature_flag", _int(prop["key"]))
            if found is None or found.scope != ctx.project.pk or found.get("deleted"):
                raise bad(f"Flag with id {prop['key']} does not exist")
            if found is row or (row is not None and row.pk in self.depends_on(found, ctx)):
                raise bad("Flag dependencies must not form a circle.")
        elif operator.startswith("is_date"):
            if not isinstance(value, str) or not (parse_time(value) or RELATIVE.match(value)):
                raise bad(f"Invalid date value: {value}", "invalid_date")
        elif operator.endswith("_multi"):
            if not isinstance(value, list):
                raise bad(f"Invalid value for operator {operator}: a list is needed")
        elif operator in NEEDS_STRING:
            if not isinstance(value, str):
                raise bad(f"Invalid value for operator {operator}: {value}", "invalid_value")
        elif operator.startswith("semver_") and not (
            isinstance(value, str)
            and (SEMVER.match(value) or operator in ("semver_wildcard", "semver_tilde", "semver_caret"))
        ):
            raise bad(f"Invalid value for operator {operator}: {value}")

    def depends_on(self, row: Row, ctx: Context, seen: set[int] | None = None) -> set[int]:
        """The ids of the flags that a flag's conditions name, directly or not."""
        seen = seen if seen is not None else set()
        for number in flags_named(row["filters"]):
            if number not in seen:
                seen.add(number)
                other = ctx.store.find("feature_flag", number)
                if other is not None:
                    self.depends_on(other, ctx, seen)
        return seen

    @staticmethod
    def normalise(filters: dict[str, Any], sent: dict[str, Any], stored: dict[str, Any]) -> None:
        """The stored form: explicit aggregation per set, strings for keys, payloads as JSON text."""
        level = sent.get("aggregation_group_type_index")
        if level is None and "groups" not in sent:
            level = stored.get("aggregation_group_type_index")
        groups = filters.get("groups") or []
        for group in groups:
            group.setdefault("properties", [])
            if group["properties"] is None:
                group["properties"] = []
            group.setdefault("aggregation_group_type_index", level)
            for prop in group["properties"]:
                prop["key"] = str(prop["key"])
                prop.pop("cohort_name", None)
                prop.pop("group_key_names", None)
                if prop.get("operator") in ALIASES:
                    prop["operator"] = ALIASES[prop["operator"]]
        filters["groups"] = groups
        indexes = {group["aggregation_group_type_index"] for group in groups}
        filters["aggregation_group_type_index"] = indexes.pop() if len(indexes) == 1 else None
        if filters.get("payloads"):
            filters["payloads"] = {
                name: value if isinstance(value, str) else json.dumps(value)
                for name, value in filters["payloads"].items()
            }
        for name in STRIPPED:
            filters.pop(name, None)

    @staticmethod
    def remote(filters: dict[str, Any]) -> dict[str, Any]:
        """Remote configuration reaches everybody."""
        groups = filters.get("groups") or [
            {"properties": [], "rollout_percentage": 100, "aggregation_group_type_index": None}
        ]
        for group in groups:
            if not group.get("rollout_percentage"):
                group["rollout_percentage"] = 100
        filters["groups"] = groups
        return filters

    # ---- the flag as a whole

    def whole(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """Checks across the fields of a flag."""

        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else self.table.fields[name].default)

        if value("archived") and value("active"):
            raise invalid("Archived flags cannot be active.", "archived")
        if value("bucketing_identifier") == "device_id" and value("ensure_experience_continuity"):
            raise invalid("Bucketing by device cannot be combined with experience continuity.", "bucketing_identifier")
        if value("has_encrypted_payloads") and not value("is_remote_configuration"):
            raise invalid("Encrypted payloads need remote configuration.", "has_encrypted_payloads")
        contexts = data.get("evaluation_contexts")
        if contexts is not None:
            if len(contexts) > 50:
                raise invalid("At most 50 evaluation contexts are allowed.", "evaluation_contexts")
            allowed = ctx.store.has_feature(ctx.organization.pk, "flag-evaluation-tags")
            data["evaluation_contexts"] = sorted({str(c).strip().lower() for c in contexts}) if allowed else []
        for number in data.get("analytics_dashboards") or []:
            board = ctx.store.find("dashboard", number)
            if board is None or board.scope != ctx.project.pk:
                raise invalid(
                    f'Invalid pk "{number}" - object does not exist.', "analytics_dashboards", "does_not_exist"
                )
        policy = ctx.project.get("feature_flag_policy_config") or {}
        exempt = data.get("creation_context") not in (None, "", "feature_flags")
        if policy.get("require_tags") and not exempt and not ctx.seeding:
            if row is None and not data.get("tags"):
                raise invalid("This project requires at least one tag on a feature flag.", "tags")
            if row is not None and "tags" in data and not data["tags"]:
                raise invalid("This project requires at least one tag on a feature flag.", "tags")
        if row is None:
            return
        if data.get("deleted") and not row.get("deleted"):
            self.check_deletable(ctx, row)
        if data.get("active") is False and row["active"] and self.dependents(ctx, row):
            raise invalid("This flag cannot be disabled because other flags depend on it.", "active")
        if data.get("active") and not row["active"]:
            for number in flags_named(data.get("filters", row["filters"])):
                other = ctx.store.find("feature_flag", number)
                if other is not None and not other["active"]:
                    raise invalid("This flag depends on disabled flags.", "active")
        feature = self.early_access(ctx, row)
        filters = data.get("filters")
        if filters and any(self.running(e) for e in self.experiments(ctx, row)):
            kept = {v["key"] for v in (filters.get("multivariate") or {}).get("variants") or []}
            for variant in (row["filters"].get("multivariate") or {}).get("variants") or []:
                if variant["key"] not in kept:
                    raise bad(f"Variant '{variant['key']}' is used by a running experiment and cannot be removed.")
        if feature and filters and filters.get("aggregation_group_type_index") is not None:
            raise invalid("Cannot change this flag to a group-based when linked to an Early Access Feature.")

    @staticmethod
    def version_check(data: dict[str, Any], row: Row | None, body: dict[str, Any]) -> None:
        """Only with original_flag a differing version is looked at."""
        sent, original = body.get("version"), body.get("original_flag")
        if row is None or sent in (None, -1) or not isinstance(original, dict) or sent == row["version"]:
            return
        for name, value in data.items():
            if name in original and original[name] != row.get(name) and value != row.get(name):
                raise conflict(f"The feature flag was updated by another user since you started editing: {name}")

    def early_access(self, ctx: Context, row: Row) -> Row | None:
        """The early access feature of a flag."""
        for feature in ctx.store.all("early_access_feature", row.scope):
            if feature.hidden.get("flag") == row.pk:
                return feature
        return None

    def dependents(self, ctx: Context, row: Row) -> list[Row]:
        """The live flags whose conditions name this one."""
        return [
            other
            for other in ctx.store.all("feature_flag", row.scope)
            if other is not row and not other.get("deleted") and row.pk in flags_named(other["filters"])
        ]

    def check_deletable(self, ctx: Context, row: Row) -> None:
        """What holds a flag."""
        if self.early_access(ctx, row):
            raise invalid(
                "Cannot delete a feature flag that is in use with early access features. Please delete the early "
                "access feature before deleting the flag."
            )
        others = self.dependents(ctx, row)
        if others:
            names = ", ".join(f"{o['key']} (ID: {o.pk})" for o in others[:5])
            raise invalid(f"Cannot delete this feature flag because other flags depend on it: {names}")
        linked = (ctx.project.get("session_recording_linked_flag") or {}).get("id")
        if linked == row.pk:
            raise invalid("Cannot delete this feature flag because it is used in session replay settings.")
        if any(self.running(experiment) for experiment in self.experiments(ctx, row)):
            raise invalid("Cannot delete a feature flag that is linked to a running experiment.")

    @staticmethod
    def experiments(ctx: Context, row: Row) -> list[Row]:
        """The live experiments that use a flag."""
        rows = ctx.store.all("experiment", row.scope)
        return [e for e in rows if e.hidden.get("flag") == row.pk and not e.get("deleted")]

    @staticmethod
    def running(experiment: Row) -> bool:
        """Whether an experiment was started and not ended."""
        return bool(experiment.get("start_date")) and not experiment.get("end_date")

    # ---- hooks

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["version"] = 1
        row.hidden["context"] = data.get("creation_context")

    def created(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        wanted = True
        if isinstance(ctx.body, dict) and not ctx.legacy:
            wanted = ctx.body.get("_should_create_usage_dashboard", True) is not False
        if wanted and not ctx.seeding:
            boards = self.app.resources["dashboard"]
            row.data["usage_dashboard"] = boards.usage_dashboard(ctx, row).pk  # type: ignore[attr-defined]

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        row.data["version"] = (before.get("version") or 0) + 1
        if before.get("deleted") and not row["deleted"]:
            self.restore_key(ctx, row)
        if (
            not before.get("deleted")
            and row["deleted"]
            and any(e.hidden.get("flag") == row.pk for e in ctx.store.all("experiment", row.scope))
        ):
            row.data["key"] = f"{row['key']}:deleted:{row.pk}"
        if "key" in data:
            for board in (ctx.store.find("dashboard", row.get("usage_dashboard")),):
                if board is not None:
                    board.data["name"] = f"Generated Dashboard: {row['key']} Usage"

    def restore_key(self, ctx: Context, row: Row) -> None:
        """An old key that was taken meanwhile gets a number."""
        taken = {o["key"] for o in ctx.store.all("feature_flag", row.scope) if o is not row and not o.get("deleted")}
        base, number = row["key"], 1
        while row["key"] in taken:
            number += 1
            row.data["key"] = f"{base}-{number}"

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        need_approval(ctx, row)
        return super().update(ctx, row, partial)

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        if row is not None and row.get("deleted"):
            return
        super().check_unique(ctx, data, row)

    def rows(self, ctx: Context) -> list[Row]:
        key = "" if ctx.legacy else ctx.arg("key").lower()
        if not key:
            return super().rows(ctx)
        # By key is how a client looks up one flag of thousands.
        found = (row for row in ctx.store.all("feature_flag", ctx.project.pk) if row.data["key"].lower() == key)
        return [row for row in found if not row["deleted"] and self.listed(ctx, row)]

    def listed(self, ctx: Context, row: Row) -> bool:
        if row.hidden.get("internal"):
            return False
        return ctx.legacy or not row.get("archived") or bool(ctx.arg("archived"))

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.legacy or not ctx.query:
            return rows
        archived = ctx.arg("archived").lower()
        if archived:
            rows = [row for row in rows if bool(row.get("archived")) == (archived == "true")]
        active = ctx.arg("active").lower()
        if active == "stale":
            rows = []
        elif active:
            rows = [row for row in rows if row["active"] == (active == "true")]
        kind = ctx.arg("type")
        if kind:
            rows = [row for row in rows if self.kind(ctx, row) == kind]
        for name, keep in (("tags", True), ("excluded_tags", False)):
            if ctx.arg(name):
                wanted = set(_json_list(ctx.arg(name)))
                rows = [row for row in rows if bool(wanted & set(row["tags"])) == keep]
        if ctx.arg("evaluation_runtime"):
            rows = [row for row in rows if row["evaluation_runtime"] == ctx.arg("evaluation_runtime")]
        if ctx.arg("created_by_id"):
            rows = [row for row in rows if str((row["created_by"] or {}).get("id")) == ctx.arg("created_by_id")]
        return rows

    @staticmethod
    def kind(ctx: Context, row: Row) -> str:
        """boolean, multivariant, experiment or remote_config."""
        if row.get("is_remote_configuration"):
            return "remote_config"
        if any(e.hidden.get("flag") == row.pk for e in ctx.store.all("experiment", row.scope)):
            return "experiment"
        return "multivariant" if (row["filters"] or {}).get("multivariate") else "boolean"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        filters = out["filters"]
        added = any(
            prop.get("type") == "cohort" or prop.get("key") == "$group_key"
            for group in filters.get("groups") or []
            for prop in group.get("properties") or []
        )
        if added:
            filters = copy.deepcopy(filters)
            self.add_names(ctx, filters)
        if row.get("has_encrypted_payloads") and filters.get("payloads"):
            filters = {**filters, "payloads": dict.fromkeys(filters["payloads"], REDACTED)}
        out["filters"] = filters
        if not ctx.store.has_feature(ctx.organization.pk, "flag-evaluation-tags"):
            out["evaluation_contexts"] = []
        else:
            out["evaluation_contexts"] = row.get("evaluation_contexts") or row.hidden.get("contexts") or []
        experiments = self.experiments(ctx, row)
        out["experiment_set"] = [e.pk for e in experiments]
        out["experiment_set_metadata"] = [{"id": e.pk, "name": e["name"]} for e in experiments]
        feature = self.early_access(ctx, row)
        out["features"] = (
            []
            if feature is None
            else [{name: feature.get(name) for name in ("id", "name", "description", "stage", "documentation_url")}]
        )
        linked = (ctx.project.get("session_recording_linked_flag") or {}) if ctx.project else {}
        out["is_used_in_replay_settings"] = linked.get("id") == row.pk
        if row.get("deleted"):
            out["status"] = "DELETED"
        return out

    @staticmethod
    def add_names(ctx: Context, filters: dict[str, Any]) -> None:
        """What reads add to conditions: the cohort's name, the names of groups."""
        for group in filters.get("groups") or []:
            for prop in group.get("properties") or []:
                if prop.get("type") == "cohort":
                    cohort = ctx.store.find("cohort", _int(prop.get("value")))
                    prop["cohort_name"] = cohort["name"] if cohort else None
                elif prop.get("key") == "$group_key":
                    prop["group_key_names"] = {}

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if "evaluation_contexts" in data:
            row.hidden["contexts"] = data["evaluation_contexts"]
        super().apply(ctx, row, data)

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        row = super().build(ctx, data, body)
        row.hidden["contexts"] = data.get("evaluation_contexts") or []
        return row

    # ---- other routes

    def status(self, ctx: Context, pk: str) -> Answer:
        """Whether the flag is in use."""
        row = self.row(ctx, pk)
        status = "deleted" if row.get("deleted") else "active"
        return Answer({"status": status, "reason": f"Flag is {status}"})

    def dependents_route(self, ctx: Context, pk: str) -> Answer:
        """The flags that depend on this one."""
        row = self.row(ctx, pk)
        return Answer([{"id": o.pk, "key": o["key"], "name": o["name"]} for o in self.dependents(ctx, row)])

    def remote_config(self, ctx: Context, pk: str) -> Answer:
        """The payload, by id or by key."""
        if pk.isdigit():
            row = self.row(ctx, pk)
        else:
            found = [
                r for r in ctx.store.all("feature_flag", ctx.project.pk) if r["key"] == pk and not r.get("deleted")
            ]
            if not found:
                raise not_found()
            row = found[0]
        payload = (row["filters"].get("payloads") or {}).get("true")
        return Answer(json.loads(payload) if payload else None)

    def local_evaluation(self, ctx: Context) -> Answer:
        """All live flags, as a server-side library loads them."""
        rows = [r for r in ctx.store.all("feature_flag", ctx.project.pk) if not r.get("deleted")]
        shown = ("id", "name", "key", "filters", "deleted", "active", "ensure_experience_continuity")
        return Answer(
            {
                "flags": [{"team_id": ctx.project.pk, **{k: r[k] for k in shown}} for r in rows],
                "group_type_mapping": {
                    str(g["group_type_index"]): g["group_type"] for g in ctx.store.all("group_type", ctx.project.pk)
                },
                "cohorts": {},
            }
        )

    def blast_radius(self, ctx: Context) -> Answer:
        """How many people a condition reaches: of 50,000, half as many with each property."""
        if not isinstance(ctx.body, dict) or "condition" not in ctx.body:
            raise invalid("Missing condition for which to get blast radius", None)
        if ctx.legacy:
            # Recorded in an empty project.
            return Answer({"users_affected": 0, "total_users": 0})
        properties = (ctx.body["condition"] or {}).get("properties") or []
        total = 50000 if ctx.body.get("group_type_index") is None else 400
        return Answer({"affected": total // 2 ** len(properties), "total": total})

    def bulk_keys(self, ctx: Context) -> Answer:
        """Keys by id."""
        ids = ctx.body.get("ids", []) if isinstance(ctx.body, dict) else []
        rows = (ctx.store.find("feature_flag", _int(i)) for i in ids)
        return Answer({"keys": {str(r.pk): r["key"] for r in rows if r and r.scope == ctx.project.pk}})

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The flag's history; the sandbox keeps none."""
        self.row(ctx, pk)
        return self.activity_all(ctx)

    def activity_all(self, ctx: Context) -> Answer:
        """The history of all flags; the sandbox keeps none."""
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})

    def closed(self, ctx: Context, pk: str) -> Answer:
        """Open to a browser session only; the dispatcher has refused it."""
        raise not_found()


@behaviour("organization_feature_flag")
class OrganizationFlags(Resource):
    """Flags across the projects of an organization: by key, and copying."""

    extras = (Extra("copy_flags", "copy", ("POST",), detail=False, scope="feature_flag"),)

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["organizations/{organization_id}/feature_flags"]

    def __init__(self, table: Any, app: Any) -> None:
        super().__init__(table, app)
        table.read_scope = table.write_scope = "feature_flag:read"
        table.scope = "organization"

    def methods(self, detail: bool) -> list[str]:
        return ["GET"] if detail else []

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        found = [
            row
            for project in ctx.store.all("project", ctx.organization.pk)
            for row in ctx.store.all("feature_flag", project.pk)
            if row["key"] == pk and not row.get("deleted")
        ]
        if not found:
            raise not_found()
        return Answer(
            [
                {
                    "flag_id": r.pk,
                    "team_id": r.scope,
                    "created_by": r["created_by"],
                    "filters": r["filters"],
                    "created_at": r["created_at"],
                    "active": r["active"],
                }
                for r in found
            ]
        )

    def copy(self, ctx: Context) -> Answer:
        """Copy one flag to other projects."""
        body = ctx.body if isinstance(ctx.body, dict) else {}
        for name in ("feature_flag_key", "from_project", "target_project_ids"):
            if not body.get(name):
                raise invalid("Invalid payload", name, "required")
        flags = self.app.resources["feature_flag"]
        source = next(
            (
                r
                for r in ctx.store.all("feature_flag", body["from_project"])
                if r["key"] == body["feature_flag_key"] and not r.get("deleted")
            ),
            None,
        )
        if source is None:
            raise not_found("Feature flag to copy does not exist.")
        done, failed = [], []
        for number in body["target_project_ids"]:
            project = ctx.store.find("project", number)
            if project is None or project.scope != ctx.organization.pk:
                failed.append({"project_id": number, "errors": "Project not found."})
                continue
            ctx.project = project
            target = next(
                (
                    r
                    for r in ctx.store.all("feature_flag", number)
                    if r["key"] == source["key"] and not r.get("deleted")
                ),
                None,
            )
            data = {n: copy.deepcopy(source[n]) for n in ("key", "name", "filters", "active")}
            ctx.body = {**data, "_should_create_usage_dashboard": True}
            if target is None:
                target = flags.build(ctx, data, data)
            else:
                flags.apply(ctx, target, flags.clean(ctx, data, target))
            done.append(flags.present(ctx, target))
        return Answer({"success": done, "failed": failed})


def _refuse(name: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def _int(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _json_list(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return [text]
    return value if isinstance(value, list) else [value]


def flags_named(filters: dict[str, Any] | None) -> set[int]:
    """The ids of the flags in the conditions of some filters."""
    return {
        number
        for group in (filters or {}).get("groups") or []
        for prop in group.get("properties") or []
        if prop.get("type") == "flag" and (number := _int(prop.get("key"))) is not None
    }
