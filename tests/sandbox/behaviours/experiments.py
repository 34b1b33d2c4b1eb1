# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments with their flags, life-cycle routes, holdouts and saved metrics; web experiments."""

from __future__ import annotations

import copy
import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, forbidden, invalid, not_found, server_error
from ..fields import check, check_keys, parse_time
from ..queries import metric_errors
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now
from .linked import change_flag, code_of, make_flag, minimal_flag, need_approval, within
from .others import Gated

if TYPE_CHECKING:
    from ..tables import Field

LEGACY_KINDS = ("ExperimentTrendsQuery", "ExperimentFunnelsQuery")
METRIC_KINDS = ("ExperimentMetric", *LEGACY_KINDS)
BASELINE = "control"
MIN_VARIANTS, MAX_VARIANTS = 2, 20
HALVES = [{"key": BASELINE, "rollout_percentage": 50}, {"key": "test", "rollout_percentage": 50}]
#: What a list leaves out: metrics and all that only matters for writing.
LIST_KEYS = (
    "id",
    "name",
    "description",
    "start_date",
    "end_date",
    "feature_flag_key",
    "feature_flag",
    "holdout",
    "exposure_cohort",
    "type",
    "archived",
    "deleted",
    "status",
    "is_legacy",
    "conclusion",
    "conclusion_comment",
    "created_by",
    "created_at",
    "updated_at",
    "user_access_level",
)
FLAG_KEYS = ("filters", "ensure_experience_continuity")
FILTER_KEYS = ("multivariate", "groups", "aggregation_group_type_index", "payloads")
GROUP_KEYS = ("rollout_percentage", "properties", "variant", "aggregation_group_type_index")


def fingerprint(metric: dict[str, Any]) -> str:
    """A digest of what a metric measures."""
    plain = {k: v for k, v in metric.items() if k not in ("uuid", "fingerprint", "name")}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def complete_metric(metric: dict[str, Any], name: str) -> dict[str, Any]:
    """A metric as it is stored: with an id of its own and a fingerprint."""
    if metric.get("kind") not in METRIC_KINDS:
        raise invalid(f"Metric kind must be one of {', '.join(METRIC_KINDS)}.", name)
    out = {**metric, "uuid": metric.get("uuid") or new_uuid()}
    out["fingerprint"] = fingerprint(out)
    return out


def variants_of(flag: Row | None) -> list[dict[str, Any]]:
    """The variants of a flag."""
    return ((flag["filters"] or {}).get("multivariate") or {}).get("variants") or [] if flag else []


@behaviour("experiment", "current")
class Experiment(Resource):
    """Writes through to its flag; the state follows from dates and from the flag."""

    search_fields = ("name",)
    extras: tuple[Extra, ...] = (
        Extra("eligible_feature_flags", "eligible", detail=False, scope="feature_flag:read"),
        Extra("stats", "stats", detail=False, scope="experiment:read"),
        Extra("launch", "launch", ("POST",), scope="experiment:write"),
        Extra("pause", "pause", ("POST",), scope="experiment:write"),
        Extra("resume", "resume", ("POST",), scope="experiment:write"),
        Extra("end", "end", ("POST",), scope="experiment:write"),
        Extra("ship_variant", "ship", ("POST",), scope="experiment:write"),
        Extra("archive", "archive", ("POST",), scope="experiment:write"),
        Extra("unarchive", "unarchive", ("POST",), scope="experiment:write"),
        Extra("reset", "start_over", ("POST",), scope="experiment:write"),
        Extra("duplicate", "duplicate", ("POST",), scope="experiment:write"),
        Extra("copy_to_project", "copy_to_project", ("POST",), scope="experiment:write"),
        Extra("timeseries_results", "timeseries", scope="experiment:read"),
        Extra("activity", "activity", scope="activity_log:read"),
    )

    # ---- checks

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else None)

        body = ctx.body if isinstance(ctx.body, dict) else {}
        if ctx.seeding and row is None:
            data.setdefault("feature_flag_key", code_of(data.get("name") or "experiment"))
        if row is not None and body.get("feature_flag_key", row["feature_flag_key"]) != row["feature_flag_key"]:
            raise invalid("Can't update keys: feature_flag_key on Experiment")
        start, end = parse_time(value("start_date")), parse_time(value("end_date"))
        if start and end and end <= start:
            raise invalid("End date must be after start date.", "end_date")
        for name in ("metrics", "metrics_secondary"):
            if data.get(name):
                data[name] = [complete_metric(metric, name) for metric in data[name]]
        for item in data.get("saved_metrics_ids") or []:
            found = ctx.store.find("experiment_saved_metric", item["id"])
            if found is None or found.scope != ctx.project.pk:
                raise invalid("Saved metric does not exist or does not belong to this project", "saved_metrics_ids")
        if data.get("holdout_id") is not None:
            found = ctx.store.find("experiment_holdout", data["holdout_id"])
            if found is None or found.scope != ctx.project.pk:
                raise invalid(
                    f'Invalid pk "{data["holdout_id"]}" - object does not exist.', "holdout_id", "does_not_exist"
                )
        if data.get("parameters") is not None:
            data["parameters"] = self.parameters(data["parameters"])
        wanted = self.flag_part(data)
        flag = self.flag_of(ctx, row) if row is not None else self.existing(ctx, data["feature_flag_key"])
        self.excluded(ctx, data, wanted, flag)
        data["wanted_flag"] = wanted
        return data

    def parameters(self, sent: Any) -> dict[str, Any]:
        """The older home of variants and rollout; its own running_time_calculation is checked like the field."""
        field: Field = self.table.fields["parameters"]
        if not isinstance(sent, dict):
            raise invalid('Expected a dictionary of items but got type "list".', "parameters", "not_a_dict")
        try:
            out = check_keys(field.fields, sent, "open")
            if out.get("running_time_calculation") is not None:
                check(self.table.fields["running_time_calculation"], out["running_time_calculation"])
        except ApiError as exc:
            raise exc.under("parameters") from None
        for entry in out.get("feature_flag_variants") or []:
            if {"split_percent", "rollout_percentage"} <= set(entry):
                if entry["split_percent"] != entry["rollout_percentage"]:
                    raise invalid("Give split_percent or rollout_percentage, not both.", "parameters")
            if not {"split_percent", "rollout_percentage"} & set(entry):
                raise invalid("Each variant needs split_percent.", "parameters")
        return out

    def flag_part(self, data: dict[str, Any]) -> dict[str, Any]:
        """What a body says about the flag, in the flag's own words; the write form goes before parameters."""
        out: dict[str, Any] = {}
        parameters = data.get("parameters") or {}
        variants = parameters.get("feature_flag_variants")
        if variants is not None:
            entries = []
            for entry in variants:
                share = entry.get("split_percent", entry.get("rollout_percentage"))
                plain = {k: v for k, v in entry.items() if k != "split_percent"}
                entries.append({**plain, "rollout_percentage": share})
            self.check_variants(entries, "parameters")
            out["multivariate"] = {"variants": entries}
        if parameters.get("rollout_percentage") is not None:
            out["rollout"] = parameters["rollout_percentage"]
        if "aggregation_group_type_index" in parameters:
            out["aggregation_group_type_index"] = parameters["aggregation_group_type_index"]
        flag = data.pop("feature_flag", None) or {}
        self.known(flag, FLAG_KEYS, "feature_flag")
        filters = flag.get("filters") or {}
        if not isinstance(filters, dict):
            raise invalid("Expected a dictionary of items.", "feature_flag__filters", "not_a_dict")
        self.known(filters, FILTER_KEYS, "feature_flag__filters")
        groups = filters.get("groups")
        if groups is not None:
            if not isinstance(groups, list) or len(groups) != 1 or not isinstance(groups[0], dict):
                raise invalid("Exactly one group is allowed.", "feature_flag__filters__groups")
            self.known(groups[0], GROUP_KEYS, "feature_flag__filters__groups__0")
            if groups[0].get("properties") or groups[0].get("variant"):
                raise invalid(
                    "Release conditions cannot be set through an experiment; edit the feature flag.",
                    "feature_flag__filters__groups__0__properties",
                )
            out["rollout"] = groups[0].get("rollout_percentage")
        if filters.get("multivariate"):
            given = filters["multivariate"].get("variants") if isinstance(filters["multivariate"], dict) else None
            self.check_variants(given or [], "feature_flag__filters__multivariate")
            out["multivariate"] = filters["multivariate"]
        for name in ("aggregation_group_type_index", "payloads"):
            if name in filters:
                out[name] = filters[name]
        if "ensure_experience_continuity" in flag:
            out["continuity"] = flag["ensure_experience_continuity"]
        return out

    @staticmethod
    def known(document: dict[str, Any], names: tuple[str, ...], where: str) -> None:
        """Refuse keys that the write form of the flag does not have."""
        for name in document:
            if name not in names:
                raise invalid(f"Extra inputs are not permitted: {name}", f"{where}__{name}")

    @staticmethod
    def check_variants(variants: list[Any], where: str) -> None:
        """2 to 20, one of them the control."""
        keys = [entry.get("key") for entry in variants if isinstance(entry, dict)]
        if len(keys) < MIN_VARIANTS:
            raise invalid("Feature flag must have at least 2 variants.", where)
        if len(keys) > MAX_VARIANTS:
            raise invalid("Feature flag variants must be less than 21.", where)
        if BASELINE not in keys:
            raise invalid("Feature flag variants must contain a control variant.", where)

    @staticmethod
    def excluded(ctx: Context, data: dict[str, Any], wanted: dict[str, Any], flag: Row | None) -> None:
        """Variants left out of the analysis: not the baseline, and not all."""
        parameters = data.get("parameters") or {}
        if parameters.get("excluded_variants") and not parameters.get("feature_flag_variants"):
            raise invalid("excluded_variants must come with feature_flag_variants.", "parameters")
        names = data.get("excluded_variants") or parameters.get("excluded_variants") or []
        where = "excluded_variants" if data.get("excluded_variants") else "parameters"
        entries = (wanted.get("multivariate") or {}).get("variants") or variants_of(flag) or HALVES
        keys = [entry.get("key") for entry in entries]
        if BASELINE in names:
            raise invalid("The baseline variant cannot be excluded.", where)
        if names and not set(keys) - {BASELINE} - set(names):
            raise invalid("At least one test variant must be left.", where)
        for name in names:
            if name not in keys:
                raise invalid(f"Variant '{name}' does not exist.", where)

    @staticmethod
    def existing(ctx: Context, key: str) -> Row | None:
        """The live flag with a key; it must fit an experiment."""
        for flag in ctx.store.all("feature_flag", ctx.project.pk):
            if flag["key"] == key and not flag.get("deleted"):
                count = len(variants_of(flag))
                if not MIN_VARIANTS <= count <= MAX_VARIANTS:
                    raise invalid(
                        "Feature flag is not eligible for experiments: it must be multivariate with 2 to 20 variants.",
                        "feature_flag_key",
                    )
                return flag
        return None

    # ---- writing

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        wanted = row.data.pop("wanted_flag")
        flag = self.existing(ctx, row["feature_flag_key"])
        if flag is None:
            share = wanted.get("rollout")
            filters = {
                "groups": [{"properties": [], "rollout_percentage": 100 if share is None else share}],
                "multivariate": wanted.get("multivariate") or {"variants": copy.deepcopy(HALVES)},
                "aggregation_group_type_index": wanted.get("aggregation_group_type_index"),
            }
            if wanted.get("payloads"):
                filters["payloads"] = wanted["payloads"]
            flag = make_flag(
                ctx,
                {
                    "key": row["feature_flag_key"],
                    "name": f"Feature Flag for Experiment {row['name']}",
                    "active": bool(row.get("start_date")),
                    "filters": filters,
                    "ensure_experience_continuity": wanted.get("continuity"),
                },
                "experiments",
            )
        row.hidden["flag"] = flag.pk
        self.link_metrics(ctx, row, data)
        self.hold_out(ctx, row, data)

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        wanted = data.pop("wanted_flag", {})
        flag = self.flag_of(ctx, row)
        if flag is not None and wanted:
            filters: dict[str, Any] = {
                name: wanted[name] for name in ("multivariate", "payloads") if wanted.get(name) is not None
            }
            if "aggregation_group_type_index" in wanted or wanted.get("rollout") is not None:
                groups = copy.deepcopy(flag["filters"]["groups"]) or [{"properties": []}]
                if wanted.get("rollout") is not None:
                    groups[0]["rollout_percentage"] = wanted["rollout"]
                if "aggregation_group_type_index" in wanted:
                    for group in groups:
                        group["aggregation_group_type_index"] = wanted["aggregation_group_type_index"]
                filters["groups"] = groups
            change: dict[str, Any] = {"filters": filters} if filters else {}
            if "continuity" in wanted:
                change["ensure_experience_continuity"] = wanted["continuity"]
            change_flag(ctx, flag, change)
        if data.get("start_date") and not row.get("start_date") and flag is not None and not flag["active"]:
            change_flag(ctx, flag, {"active": True})
        super().apply(ctx, row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.link_metrics(ctx, row, data)
        self.hold_out(ctx, row, data)

    def link_metrics(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Replace the links to saved metrics by those that were sent."""
        if "saved_metrics_ids" not in data:
            return
        row.hidden["saved"] = [
            {
                "id": ctx.store.number("experiment_to_saved_metric"),
                "saved_metric": item["id"],
                "metadata": item.get("metadata") or {"type": "primary"},
                "created_at": now(),
            }
            for item in data["saved_metrics_ids"] or []
        ]

    def hold_out(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Tell the flag about the holdout."""
        if "holdout_id" not in data:
            return
        holdout = ctx.store.find("experiment_holdout", data["holdout_id"])
        flag = self.flag_of(ctx, row)
        if flag is not None:
            set_holdout(flag, holdout)

    # ---- reading

    @staticmethod
    def flag_of(ctx: Context, row: Row) -> Row | None:
        """The experiment's flag."""
        return ctx.store.find("feature_flag", row.hidden.get("flag"))

    def status(self, ctx: Context, row: Row) -> str:
        """Follows from the dates and from whether the flag is on."""
        if not row.get("start_date"):
            return "draft"
        if row.get("end_date"):
            return "stopped"
        flag = self.flag_of(ctx, row)
        return "running" if flag is None or flag["active"] else "paused"

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        rows = [row for row in rows if bool(row.get("archived")) == ctx.flag("archived")]
        status = ctx.arg("status")
        if status and status != "all":
            wanted = "stopped" if status == "complete" else status
            rows = [row for row in rows if self.status(ctx, row) == wanted]
        for name, value in (
            ("feature_flag_id", lambda row: row.hidden.get("flag")),
            ("created_by_id", lambda row: (row["created_by"] or {}).get("id")),
        ):
            if ctx.arg(name):
                rows = [row for row in rows if str(value(row)) == ctx.arg(name)]
        order = ctx.arg("order")
        if order.lstrip("-") in ("name", "created_at", "start_date", "end_date"):
            rows.sort(key=lambda row: str(row.get(order.lstrip("-")) or ""), reverse=order.startswith("-"))
        return rows

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        flag = self.flag_of(ctx, row)
        metrics = [*(row.get("metrics") or []), *(row.get("metrics_secondary") or [])]
        holdout = ctx.store.find("experiment_holdout", row.get("holdout_id"))
        out.update(
            feature_flag=minimal_flag(ctx, flag),
            status=self.status(ctx, row),
            is_legacy=any(metric.get("kind") in LEGACY_KINDS for metric in metrics),
            holdout=self.app.resources["experiment_holdout"].present(ctx, holdout) if holdout else None,
        )
        out["deleted"] = bool(row.get("deleted"))
        if listing:
            return {name: out[name] for name in LIST_KEYS}
        # Written with ids, read as saved_metrics: the field itself is always null.
        out["saved_metrics_ids"] = None
        out["saved_metrics"] = [
            {**link, "experiment": row.pk, "name": metric["name"], "query": metric["query"]}
            for link in row.hidden.get("saved", [])
            if (metric := ctx.store.find("experiment_saved_metric", link["saved_metric"])) is not None
        ]
        parameters = dict(row.get("parameters") or {})
        groups = (flag["filters"].get("groups") or [{}]) if flag else [{}]
        parameters.update(
            feature_flag_variants=copy.deepcopy(variants_of(flag)),
            rollout_percentage=groups[0].get("rollout_percentage"),
            aggregation_group_type_index=flag["filters"].get("aggregation_group_type_index") if flag else None,
        )
        out["parameters"] = parameters
        return out

    # ---- the life cycle

    def shift(self, ctx: Context, pk: str, states: tuple[str, ...], what: str) -> Row:
        """The experiment, if it is in a state that a route needs."""
        row = self.row(ctx, pk)
        if self.status(ctx, row) not in states:
            raise invalid(f"Experiment cannot be {what}: it is {self.status(ctx, row)}.")
        return row

    def done(self, ctx: Context, row: Row, data: dict[str, Any]) -> Answer:
        """Store a change of state and show the whole experiment."""
        self.apply(ctx, row, data)
        return Answer(self.present(ctx, row))

    def conclusion(self, ctx: Context) -> dict[str, Any]:
        """The conclusion in a body, if there is one."""
        body = ctx.body if isinstance(ctx.body, dict) else {}
        out = {}
        for name in ("conclusion", "conclusion_comment"):
            if name in body:
                try:
                    out[name] = check(self.table.fields[name], body[name])
                except ApiError as exc:
                    raise exc.under(name) from None
        return out

    def launch(self, ctx: Context, pk: str) -> Answer:
        """Start a draft and turn its flag on."""
        row = self.shift(ctx, pk, ("draft",), "launched")
        keys = [entry["key"] for entry in variants_of(self.flag_of(ctx, row))]
        if len(keys) < MIN_VARIANTS or BASELINE not in keys:
            raise invalid("The feature flag needs at least two variants, one of them control.")
        return self.done(ctx, row, {"start_date": now()})

    def switch(self, ctx: Context, row: Row, active: bool) -> Answer:
        """Turn the flag on or off."""
        flag = self.flag_of(ctx, row)
        if flag is not None:
            change_flag(ctx, flag, {"active": active})
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def pause(self, ctx: Context, pk: str) -> Answer:
        """Turn the flag of a running one off."""
        return self.switch(ctx, self.shift(ctx, pk, ("running",), "paused"), False)

    def resume(self, ctx: Context, pk: str) -> Answer:
        """Turn the flag of a paused one on again."""
        return self.switch(ctx, self.shift(ctx, pk, ("paused",), "resumed"), True)

    def end(self, ctx: Context, pk: str) -> Answer:
        """End; the flag stays as it is."""
        row = self.shift(ctx, pk, ("running", "paused"), "ended")
        return self.done(ctx, row, {"end_date": now(), **self.conclusion(ctx)})

    def ship(self, ctx: Context, pk: str) -> Answer:
        """Give one variant to everybody, and end if it still runs."""
        row = self.shift(ctx, pk, ("running", "paused", "stopped"), "shipped")
        body = self.require_body(ctx)
        name = body.get("variant_key")
        if not name:
            raise invalid("This field is required.", "variant_key", "required")
        flag = self.flag_of(ctx, row)
        if flag is None or name not in [entry["key"] for entry in variants_of(flag)]:
            raise invalid(f"Variant '{name}' does not exist.", "variant_key")
        data = self.conclusion(ctx)
        need_approval(ctx, flag)
        groups = [{"properties": [], "rollout_percentage": 100, "variant": name}, *flag["filters"]["groups"]]
        change_flag(ctx, flag, {"filters": {"groups": groups}, "active": True})
        if not row.get("end_date"):
            data["end_date"] = now()
        return self.done(ctx, row, data)

    def archive(self, ctx: Context, pk: str) -> Answer:
        """Put an ended one away."""
        row = self.shift(ctx, pk, ("stopped",), "archived")
        if row.get("archived"):
            raise invalid("Experiment is already archived.")
        return self.done(ctx, row, {"archived": True})

    def unarchive(self, ctx: Context, pk: str) -> Answer:
        """Take it out again."""
        row = self.row(ctx, pk)
        if not row.get("archived"):
            raise invalid("Experiment is not archived.")
        return self.done(ctx, row, {"archived": False})

    def start_over(self, ctx: Context, pk: str) -> Answer:
        """Back to a draft; the flag stays as it is."""
        row = self.shift(ctx, pk, ("running", "paused", "stopped"), "reset")
        empty = dict.fromkeys(("start_date", "end_date", "conclusion", "conclusion_comment"))
        return self.done(ctx, row, {**empty, "archived": False})

    def copied(self, ctx: Context, row: Row, here: bool) -> Answer:
        """A draft with the same content."""
        body = ctx.body if isinstance(ctx.body, dict) else {}
        shown = self.present(ctx, row)
        if shown.get("is_legacy"):
            detail = "Experiments with legacy metrics cannot be duplicated."
            raise ApiError(400, "validation_error", "invalid_input", detail, raw={"detail": detail})
        names = ("description", "type", "metrics", "metrics_secondary", "exposure_criteria", "stats_config")
        data = {name: copy.deepcopy(row.get(name)) for name in names}
        for name in ("metrics", "metrics_secondary"):
            data[name] = [{k: v for k, v in m.items() if k != "uuid"} for m in data[name] or []]
        data["name"] = body.get("name") or f"{row['name']} (Copy)"
        data["feature_flag_key"] = body.get("feature_flag_key") or row["feature_flag_key"]
        data["parameters"] = {"feature_flag_variants": shown["parameters"]["feature_flag_variants"]}
        if here:
            links = row.hidden.get("saved", [])
            data["saved_metrics_ids"] = [{"id": o["saved_metric"], "metadata": o["metadata"]} for o in links]
        made = self.build(within(ctx, data), data, data)
        return Answer(self.present(ctx, made), 201)

    def duplicate(self, ctx: Context, pk: str) -> Answer:
        """Copy within the project, by default with the same flag."""
        return self.copied(ctx, self.row(ctx, pk), here=True)

    def copy_to_project(self, ctx: Context, pk: str) -> Answer:
        """Copy to another project of the organization."""
        row = self.row(ctx, pk)
        number = self.require_body(ctx).get("target_team_id")
        if number is None:
            raise invalid("This field is required.", "target_team_id", "required")
        project = ctx.store.find("project", number)
        if project is None or project.scope != ctx.organization.pk:
            raise not_found("Target project not found.")
        if not self.app.visible(ctx.user, project):
            raise forbidden("You do not have write access to the target project.")
        ctx.project = project
        return self.copied(ctx, row, here=False)

    def eligible(self, ctx: Context) -> Answer:
        """The flags that an experiment can use."""
        flags = self.app.resources["feature_flag"]
        rows = [
            flag
            for flag in ctx.store.all("feature_flag", ctx.project.pk)
            if not flag.get("deleted") and MIN_VARIANTS <= len(variants_of(flag)) <= MAX_VARIANTS
        ]
        limit, offset = self.window(ctx)
        chunk = rows[offset : offset + min(limit, 100)]
        return Answer({"results": [flags.present(ctx, flag, listing=True) for flag in chunk], "count": len(rows)})

    def stats(self, ctx: Context) -> Answer:
        """How many there are, by state."""
        rows = [row for row in ctx.store.all("experiment", ctx.project.pk) if not row.get("deleted")]
        states = [self.status(ctx, row) for row in rows]
        return Answer({"launched_last_30d": 0, "active": states.count("running"), "draft": states.count("draft")})

    def timeseries(self, ctx: Context, pk: str) -> Answer:
        """Results over time: none."""
        self.row(ctx, pk)
        return Answer({"timeseries": {}, "errors": None, "status": "pending", "computed_at": None})

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The history; activity_log has it."""
        self.row(ctx, pk)
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})


def set_holdout(flag: Row, holdout: Row | None) -> None:
    """Copy the first set of a holdout into a flag, or take the holdout out of it."""
    filters = {k: v for k, v in flag["filters"].items() if k != "holdout"}
    if holdout is not None:
        share = holdout["filters"][0].get("rollout_percentage")
        filters["holdout"] = {"id": holdout.pk, "exclusion_percentage": share}
    flag.data.update(filters=filters, version=(flag.get("version") or 0) + 1)


@behaviour("experiment_holdout", "current")
class Holdout(Resource):
    """Keeps people out of experiments; its share is copied into the flags."""

    search_fields = ("name",)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "filters" in data:
            if not data["filters"]:
                raise invalid("Filters are required to create a holdout group.", "filters")
            for index, group in enumerate(data["filters"]):
                share = group.get("rollout_percentage")
                if isinstance(share, bool) or not isinstance(share, (int, float)) or not 0 <= share <= 100:
                    raise invalid(
                        "Rollout percentage must be between 0 and 100.", f"filters__{index}__rollout_percentage"
                    )
            if row is not None:
                data["filters"] = self.named(row.pk, data["filters"])
        return data

    @staticmethod
    def named(pk: Any, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The sets with the holdout's own variant."""
        return [{"properties": [], **group, "variant": f"holdout-{pk}"} for group in filters]

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["filters"] = self.named(row.pk, row["filters"])

    def flags(self, ctx: Context, row: Row) -> list[tuple[Row, Row]]:
        """The experiments with this holdout, and their flags."""
        pairs = [
            (experiment, ctx.store.find("feature_flag", experiment.hidden.get("flag")))
            for experiment in ctx.store.all("experiment", row.scope)
            if experiment.get("holdout_id") == row.pk
        ]
        return [(experiment, flag) for experiment, flag in pairs if flag is not None]

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if "filters" in data:
            for _experiment, flag in self.flags(ctx, row):
                set_holdout(flag, row)

    def deleting(self, ctx: Context, row: Row) -> None:
        for experiment, flag in self.flags(ctx, row):
            set_holdout(flag, None)
            experiment.data["holdout_id"] = None


@behaviour("experiment_saved_metric", "current")
class SavedMetric(Resource):
    """A metric that experiments share."""

    search_fields = ("name",)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "query" in data:
            query = dict(data["query"])
            if row is not None and not query.get("uuid"):
                query["uuid"] = row["query"].get("uuid")
            data["query"] = complete_metric(query, "query")
            if found := metric_errors(data["query"]):
                raise invalid(f"{len(found)} validation errors\n" + "\n".join(found), "query")
        return data

    def deleting(self, ctx: Context, row: Row) -> None:
        for experiment in ctx.store.all("experiment", row.scope):
            links = experiment.hidden.get("saved", [])
            experiment.hidden["saved"] = [link for link in links if link["saved_metric"] != row.pk]


@behaviour("web_experiment", "current")
class WebExperiment(Resource):
    """An experiment of type web, seen from the toolbar: name and variants with their transforms."""

    search_fields = ("name",)

    def rows(self, ctx: Context) -> list[Row]:
        rows = [r for r in ctx.store.all("experiment", ctx.project.pk) if r.get("type") == "web"]
        return self.sort(ctx, [row for row in rows if not row.get("deleted")])

    def lookup(self, ctx: Context, pk: Any) -> Row | None:
        row: Row | None = ctx.store.find("experiment", pk)
        return row if row is not None and row.get("type") == "web" else None

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        variants = data.get("variants")
        if variants is None:
            # Recorded in 2025: each PATCH is looked through for them.
            raise invalid("Experiment does not have any variants")
        if BASELINE not in variants:
            raise invalid("Experiment does not have a control variant", "variants")
        for name, variant in variants.items():
            if not isinstance(variant, dict) or variant.get("rollout_percentage") is None:
                raise invalid(f"Experiment variant '{name}' does not have any rollout percentage", "variants")
            if name == BASELINE:
                continue
            for number, transform in enumerate(variant.get("transforms") or []):
                if not transform.get("selector"):
                    raise invalid(
                        f"Experiment transform [{number}] variant '{name}' does not have a selector", "variants"
                    )
        return data

    @staticmethod
    def shares(variants: dict[str, Any]) -> list[dict[str, Any]]:
        """The variants as a flag has them."""
        return [{"key": key, "rollout_percentage": value["rollout_percentage"]} for key, value in variants.items()]

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        data = self.clean(ctx, data, None)
        inner = {
            "name": data["name"],
            "type": "web",
            "feature_flag_key": f"{code_of(data['name'])}-web-experiment-{secrets.token_hex(3)}",
            "feature_flag": {"filters": {"multivariate": {"variants": self.shares(data["variants"])}}},
        }
        row = self.app.resources["experiment"].build(within(ctx, inner), dict(inner), inner)
        row.hidden["variants"] = data["variants"]
        if data.get("created_at"):
            row.data["created_at"] = data["created_at"]
        return row

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        if "variants" in data:
            flag = ctx.store.find("feature_flag", row.hidden.get("flag"))
            if flag is not None:
                change_flag(ctx, flag, {"filters": {"multivariate": {"variants": self.shares(data["variants"])}}})
            row.hidden["variants"] = data.pop("variants")
        row.data.update(data)
        row.data["updated_at"] = now()
        ctx.store.touch()

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        return {
            "id": row.pk,
            "name": row["name"],
            "created_at": row["created_at"],
            "feature_flag_key": row["feature_flag_key"],
            "variants": row.hidden.get("variants"),
        }

    def text(self, ctx: Context, row: Row, variant: str) -> str:
        # The row's own cache holds the experiment.
        return json.dumps(self.present(ctx, row), separators=(",", ":"), ensure_ascii=False)


@behaviour("experiment", "2024")
class Experiment2024(Gated):
    """With filters and parameters; makes its flag from its variants."""

    feature = "experimentation"

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        variants = (data.get("parameters") or {}).get("feature_flag_variants") or []
        if row is None:
            self.app.resources["feature_flag"].check_unique(ctx, {"key": data["feature_flag_key"]}, None)
            if "parameters" not in data:
                raise server_error()
            if variants and not any(v.get("key") == "control" for v in variants):
                raise invalid("Feature flag variants must contain a control variant", "parameters")
            if not data.get("filters"):
                raise invalid("Filters are required to create an Experiment")
            return data
        if data.get("feature_flag_key", row["feature_flag_key"]) != row["feature_flag_key"]:
            raise invalid("Can't update keys: get_feature_flag_key on Experiment")
        if (
            row.get("start_date")
            and variants
            and variants != (row.get("parameters") or {}).get("feature_flag_variants")
        ):
            raise invalid("Can't update feature_flag_variants on Experiment")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        variants = (data.get("parameters") or {}).get("feature_flag_variants") or [
            {"key": "control", "rollout_percentage": 50},
            {"key": "test", "rollout_percentage": 50},
        ]
        flag = make_flag(
            ctx,
            {
                "key": data["feature_flag_key"],
                "name": f"Feature Flag for Experiment {row['name']}",
                "active": bool(data.get("start_date")),
                "filters": {
                    "groups": [{"properties": [], "rollout_percentage": 100}],
                    "multivariate": {"variants": variants},
                    "aggregation_group_type_index": None,
                },
            },
            "experiments",
        )
        row.hidden["flag"] = flag.pk

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        out["feature_flag"] = minimal_flag(ctx, ctx.store.find("feature_flag", row.hidden.get("flag")))
        return out
