# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Experiments and what belongs to them; early access features and scheduled changes of flags.

Private to this collection: it may change without notice. Facts: API.md chapter 5, experiment, experiment_holdout,
experiment_saved_metric, web_experiment, early_access_feature, scheduled_change.
"""

from __future__ import annotations

import re
import typing as t
import unicodedata
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    answered,
    raise_if_over,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, ids_of
from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    CONDITION_GROUP_REFS,
    GROUP_TYPE,
    PROPERTY_REFS,
    QUERY_REFS,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.feature_flags import (
    FILTERS,
    PROPERTY,
    VARIANT,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.lifecycle import (
    LifeCycle,
    dates_fit,
    known_collection,
    moment,
    patched,
    routed,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field, required
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Running
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import (
    Listing,
    Purging,
    Resource,
    Scope,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import Checker
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Map,
    Number,
    Open,
    Reference,
    Tags,
    Text,
    Time,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

# -- holdouts --------------------------------------------------------------------------------------------------------


def _some_sets(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("filters") == []:
        yield "filters", "must hold at least one set of conditions"


EXPERIMENT_HOLDOUT = Resource(
    type="experiment_holdout",
    plural="experiment_holdouts",
    scope=Scope.PROJECT,
    path="experiment_holdouts/",
    identity=Identity("name", ("name",)),
    scopes=("experiment:read", "experiment:write"),
    order=19,
    since="2025",
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", nullable=True, max_length=400),
        ListOf(
            "filters",
            Document(
                "group",
                [
                    ListOf("properties", PROPERTY, null_as=[], default=[], null_is="everybody; write [] for that"),
                    Number("rollout_percentage", required=True, minimum=0, maximum=100),
                    Reference("aggregation_group_type_index", GROUP_TYPE, nullable=True),
                    Text("description", nullable=True),
                    Anything("sort_key", preserved=True),
                    # PostHog makes it of the holdout's id.
                    Text("variant", computed=True),
                ],
            ),
            required=True,
            # Flags are applied after holdouts, and refer to them.
            refs=(*PROPERTY_REFS[:1], *CONDITION_GROUP_REFS),
        ),
    ),
    checks=(_some_sets,),
)

# -- metrics ---------------------------------------------------------------------------------------------------------

_UNITS = ("second", "minute", "hour", "day", "week", "month")

#: The keys of a metric that PostHog wants, by its type.
_METRIC_NEEDS = {
    "mean": ("source",),
    "funnel": ("series",),
    "ratio": ("numerator", "denominator"),
    "retention": ("start_event", "completion_event", "retention_window_start", "retention_window_end"),
}

_NODES = Checker(QUERY_REFS)

METRIC_KEYS: tuple[Field, ...] = (
    KindOf("kind", ["ExperimentMetric", "ExperimentTrendsQuery", "ExperimentFunnelsQuery"]),
    KindOf("metric_type", list(_METRIC_NEEDS), required=False, nullable=True),
    # Results are kept under it, so it stays with the metric that it belongs to.
    Text("uuid", preserved=True),
    Text("name", nullable=True),
    Choice("goal", ["increase", "decrease"], nullable=True),
    Int("conversion_window", nullable=True),
    Choice("conversion_window_unit", _UNITS, nullable=True),
    Open("source", nullable=True, checked=_NODES.anywhere),
    Open("series", nullable=True, checked=_NODES.anywhere),
    Choice("funnel_order_type", ["ordered", "unordered", "strict"], nullable=True),
    Open("numerator", nullable=True, checked=_NODES.anywhere),
    Open("denominator", nullable=True, checked=_NODES.anywhere),
    Open("start_event", nullable=True, checked=_NODES.anywhere),
    Open("completion_event", nullable=True, checked=_NODES.anywhere),
    Int("retention_window_start", nullable=True),
    Int("retention_window_end", nullable=True),
    Choice("retention_window_unit", _UNITS, nullable=True),
    Choice("start_handling", ["first_seen", "last_seen"], nullable=True),
    Number("lower_bound_percentile", nullable=True),
    Number("upper_bound_percentile", nullable=True),
    Bool("ignore_zeros", nullable=True, null_as=False),
    Open("breakdownFilter", nullable=True, checked=_NODES.document("BreakdownFilter")),
    # Of the metrics made before 2025.
    Open("count_query", nullable=True, checked=_NODES.anywhere),
    Open("exposure_query", nullable=True, checked=_NODES.anywhere),
    Open("funnels_query", nullable=True, checked=_NODES.anywhere),
    Int("experiment_id", preserved=True),
    Int("version", preserved=True),
    Text("fingerprint", computed=True),
    Bool("isSharedMetric", computed=True),
    Int("sharedMetricId", computed=True),
    Anything("response", computed=True),
)


def _metric_read(metric: t.Any) -> t.Any:
    """A metric as PostHog keeps it: of the current kind, and without the names of actions, which PostHog refreshes."""
    return _nameless({"kind": "ExperimentMetric", **metric}) if isinstance(metric, dict) else metric


def _nameless(value: t.Any) -> t.Any:
    if isinstance(value, list):
        return [_nameless(item) for item in value]
    if not isinstance(value, dict):
        return value
    dropped = ("name",) if value.get("kind") == "ActionsNode" else ()
    return {key: _nameless(inner) for key, inner in value.items() if key not in dropped}


def _metric_complete(metric: t.Any, path: str) -> t.Iterator[tuple[str, str]]:
    """Rules across the keys of a metric."""
    if not isinstance(metric, dict) or metric.get("kind") != "ExperimentMetric":
        return
    kind = metric.get("metric_type")
    if kind is None:
        yield f"{path}.metric_type", f"is missing; it takes one of {', '.join(_METRIC_NEEDS)}"
        return
    for key in _METRIC_NEEDS.get(kind, ()):
        if metric.get(key) is None:
            yield f"{path}.{key}", f"is missing, which a metric of the type {kind} needs"


def _saved_metric_read(options: dict[str, t.Any], problems: Problems) -> None:
    if "query" in options:
        options["query"] = _metric_read(options["query"])


def _saved_metric_complete(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    yield from _metric_complete(values.get("query"), "query")


EXPERIMENT_SAVED_METRIC = Resource(
    type="experiment_saved_metric",
    plural="experiment_saved_metrics",
    scope=Scope.PROJECT,
    path="experiment_saved_metrics/",
    # Upper and lower case are the same since 2026; before, any name could be there twice.
    identity=Identity("name", ("name",), casefold=True),
    scopes=("experiment:read", "experiment:write"),
    order=29,
    since="2025",
    purging=Purging(marker="tags"),
    prepare=_saved_metric_read,
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", nullable=True, max_length=400),
        Document("query", METRIC_KEYS, required=True, whole=True, newer=True, refs=QUERY_REFS),
        Tags(),
    ),
    checks=(_saved_metric_complete,),
)

# -- experiments -----------------------------------------------------------------------------------------------------

#: What an experiment says of its flag. Servers of 2026 take it as the flag's own, older ones among the parameters.
_OF_THE_FLAG = (
    "variants",
    "rollout_percentage",
    "aggregation_group_type_index",
    "payloads",
    "ensure_experience_continuity",
)

#: The parameters of older servers that have fields of their own since 2026.
_RUNNING_TIME = (
    "minimum_detectable_effect",
    "recommended_running_time",
    "recommended_sample_size",
    "exposure_estimate_config",
)

BASELINE = "control"

Values = t.Mapping[str, t.Any]
Found = t.Iterator[tuple[str, str]]


def _shares(variants: t.Any) -> t.Any:
    """Variants with the older name of their share, which a flag has too."""
    if not isinstance(variants, list):
        return variants
    return [
        {"rollout_percentage" if key == "split_percent" else key: value for key, value in item.items()}
        if isinstance(item, dict)
        else item
        for item in variants
    ]


def _links(shown: t.Any) -> t.Any:
    """Links to saved metrics as they are written: PostHog shows its own ids where it takes those of the metrics."""
    if not isinstance(shown, list):
        return shown
    return [
        {"id": item["saved_metric"], "metadata": item.get("metadata") or {}}
        if isinstance(item, dict) and "saved_metric" in item
        else item
        for item in shown
    ]


def _with_type(link: t.Any) -> t.Any:
    """A link to a saved metric that says how the metric is used."""
    metadata = link.get("metadata", {}) if isinstance(link, dict) else None
    return {**link, "metadata": {"type": "primary", **metadata}} if isinstance(metadata, dict) else link


def _experiment_read(options: dict[str, t.Any], problems: Problems) -> None:
    """Take the short ways of saying things."""
    for name in ("metrics", "metrics_secondary"):
        if isinstance(options.get(name), list):
            options[name] = [_metric_read(item) for item in options[name]]
    if isinstance(options.get("saved_metrics"), list):
        options["saved_metrics"] = [_with_type(item) for item in options["saved_metrics"]]
    if "variants" in options:
        options["variants"] = _shares(options["variants"])


def _experiment_complete(values: Values) -> Found:
    """Rules of an experiment that PostHog checks one after the other."""
    for name in ("metrics", "metrics_secondary"):
        for index, metric in enumerate(values.get(name) or []):
            yield from _metric_complete(metric, f"{name}[{index}]")
    started, ended = instant(values.get("start_date")), instant(values.get("end_date"))
    if started and ended and ended <= started:
        yield "end_date", "must be after start_date"
    excluded = values.get("excluded_variants") or []
    if BASELINE in excluded:
        yield "excluded_variants", f"must not name {BASELINE!r}, which the others are compared with"
    variants = values.get("variants")
    if variants is None:
        return
    keys = [item["key"] for item in variants]
    if not 2 <= len(keys) <= 20:
        yield "variants", f"an experiment has 2 to 20 variants, not {len(keys)}"
    elif BASELINE not in keys:
        yield "variants", f"one of them must have the key {BASELINE!r}, which the others are compared with"
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield "variants", f"the variant {key!r} is named twice"
    total = sum(item["rollout_percentage"] for item in variants)
    if abs(total - 100) > 1e-6:
        parts = " + ".join(f"{item['rollout_percentage']:g}" for item in variants)
        yield "variants", f"the percentages of the variants must add up to 100, not {total:g} ({parts})"
    strangers = [key for key in excluded if key not in keys]
    if strangers:
        yield "excluded_variants", f"there is no variant {strangers[0]!r}; known are {', '.join(keys)}"
    elif excluded and not set(keys) - {BASELINE} - set(excluded):
        yield "excluded_variants", "must leave a variant to compare"
    for key in values.get("payloads") or {}:
        if key not in keys:
            yield f"payloads.{key}", f"there is no variant {key!r}; known are {', '.join(keys)}"


def _running_time(shown: t.Any) -> t.Any:
    """What an object holds about its running time; older servers keep the flag's variants there, too."""
    flag = (*_OF_THE_FLAG, "feature_flag_variants", "excluded_variants")
    return {key: value for key, value in shown.items() if key not in flag} if isinstance(shown, dict) else shown


@dataclass(frozen=True)
class ExperimentEndpoint(Endpoint):
    """What an experiment says of its flag, in the words of the server's generation."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        rows = collection.all()
        if rows and not self._new(rows[0]):
            return super().create(collection, self._older(body, {}))
        # Servers of 2024 need the key parameters, even if it is empty. Where there is no experiment to tell the
        # generation by, what this one did not take of the flag is written again when it has answered.
        return super().create(collection, {"parameters": {}, **self._newer(body)} if not rows else self._newer(body))

    def update(self, collection: ObjectList, current: Values, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        if not self._new(current):
            return super().update(collection, current, self._older(body, current))
        if "excluded_variants" in body and "variants" not in body:
            # They are understood only together.
            variants = _shares(dig(current, "parameters.feature_flag_variants"))
            body = {**body, **({"variants": variants} if variants else {})}
        return super().update(collection, current, self._newer(self._with_the_rest(current, body)))

    def delete(self, collection: ObjectList, current: Values, options: Values) -> None:
        """See :meth:`Endpoint.delete`."""
        if not self._new(current):
            try:
                collection.session.write("DELETE", collection.object_path(answered(current, "id")))
                return
            except ApiError as exc:
                # Servers of 2024 delete it for good, and only those.
                if exc.status != 405:
                    raise
        super().delete(collection, current, options)

    @staticmethod
    def _new(obj: Values) -> bool:
        """Whether a server of 2026 or later shows this."""
        return "status" in obj

    @staticmethod
    def _with_the_rest(current: Values, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """A body that says something of the flag, with its variants and its group type.

        PostHog keeps the flag's conditions, and puts these two back to its defaults where they are left out (2026).
        """
        if not any(name in body for name in _OF_THE_FLAG[:4]):
            return body
        filters = dig(current, "feature_flag.filters") or {}
        there = {
            "variants": dig(filters, "multivariate.variants"),
            "aggregation_group_type_index": filters.get("aggregation_group_type_index"),
        }
        return {**{name: value for name, value in there.items() if value is not None}, **body}

    @staticmethod
    def _newer(body: Values) -> dict[str, t.Any]:
        """A body with the flag's own words."""
        out = {key: value for key, value in body.items() if key not in _OF_THE_FLAG}
        filters: dict[str, t.Any] = {}
        if "variants" in body:
            filters["multivariate"] = {"variants": body["variants"]}
        if "rollout_percentage" in body:
            filters["groups"] = [{"rollout_percentage": body["rollout_percentage"]}]
        filters.update({key: body[key] for key in ("aggregation_group_type_index", "payloads") if key in body})
        flag: dict[str, t.Any] = {"filters": filters} if filters else {}
        if "ensure_experience_continuity" in body:
            flag["ensure_experience_continuity"] = body["ensure_experience_continuity"]
        return {**out, "feature_flag": flag} if flag else out

    @staticmethod
    def _older(body: Values, current: Values) -> dict[str, t.Any]:
        """A body with parameters, which are replaced whole."""
        moved = (*_OF_THE_FLAG, "running_time_calculation", "excluded_variants")
        out = {key: value for key, value in body.items() if key not in moved}
        parameters: dict[str, t.Any] = dict(body.get("running_time_calculation") or {})
        parameters.update(
            {key: body[key] for key in ("aggregation_group_type_index", "rollout_percentage") if key in body}
        )
        parameters.update({key: body[key] for key in ("excluded_variants",) if key in body})
        if "variants" in body:
            parameters["feature_flag_variants"] = body["variants"]
        if parameters or not current:
            out["parameters"] = {**(current.get("parameters") or {}), **parameters, **(body.get("parameters") or {})}
        return out


class ExperimentState(LifeCycle):
    """Whether an experiment runs; while it is paused its flag is off."""

    field = Choice("status", ["draft", "running", "paused", "stopped"])

    def state(self, obj: Values) -> str:
        """See :meth:`LifeCycle.state`."""
        status = obj.get("status")
        if status in ("draft", "running", "paused", "stopped"):
            return str(status)
        derived = super().state(obj)
        return "paused" if derived == "running" and dig(obj, "feature_flag.active") is False and not status else derived

    def steps(self, now: str, wanted: str, obj: Values) -> list[str]:
        """See :meth:`LifeCycle.steps`."""
        if now == "stopped":
            raise self.refuse(
                f"the experiment ended on {obj.get('end_date')}, and PostHog starts no experiment a second time; "
                "declare another one, which may use the same flag"
            )
        if wanted == "draft":
            raise self.refuse(
                f"the experiment was started on {obj.get('start_date')}, so it is no draft any more; resetting it in "
                "PostHog makes it one, without its results"
            )
        if wanted == "stopped":
            if now == "draft":
                raise self.refuse("the experiment was never started, so there is nothing to stop")
            return ["end"]
        if now == "draft":
            return ["launch"] if wanted == "running" else ["launch", "pause"]
        return ["resume"] if wanted == "running" else ["pause"]

    def take(
        self, session: Lookup, resource: Resource, step: str, obj: dict[str, t.Any], declared: Values
    ) -> dict[str, t.Any]:
        """See :meth:`LifeCycle.take`."""
        body: dict[str, t.Any] = {}
        if step == "end":
            conclusion = {name: declared.get(name) for name in ("conclusion", "conclusion_comment")}
            body = {name: value for name, value in conclusion.items() if value is not None}
        answer = routed(session, resource, obj, step, body)
        if answer is not None:
            return answer
        if step in ("launch", "end"):
            return patched(session, resource, obj, {"start_date" if step == "launch" else "end_date": moment()})
        flags = known_collection(session, session.registry("feature_flag"))
        session.write("PATCH", flags.object_path(dig(obj, "feature_flag.id")), {"active": step == "resume"})
        return required(known_collection(session, resource).detail(resource.object_id(obj)))

    def foretell(self, step: str, obj: dict[str, t.Any]) -> None:
        """See :meth:`LifeCycle.foretell`."""
        if step == "launch":
            obj["start_date"] = moment()
        if step == "end":
            obj["end_date"] = moment()
        else:
            flag = obj.get("feature_flag")
            if isinstance(flag, dict):
                flag["active"] = step != "pause"
        obj["status"] = {"launch": "running", "pause": "paused", "resume": "running", "end": "stopped"}[step]


class ExperimentArchive(Part):
    """Whether an experiment is archived, which only one that has ended can be."""

    field = Bool("archived")
    in_list = True

    def plan(self, session: Lookup, resource: Resource, declared: Values, current: Values | None) -> PartPlan:
        """See :meth:`Part.plan`."""
        now, wanted = bool((current or {}).get("archived")), bool(declared["archived"])
        ended = declared.get("status") == "stopped" or declared.get("end_date", (current or {}).get("end_date"))
        if wanted and not now and not ended:
            raise InvalidInput([("archived", "needs an experiment that has ended; give status: stopped too")])
        return PartPlan(now if current is not None else None, wanted, now != wanted, wanted)

    def apply(
        self, session: Lookup, resource: Resource, declared: Values, current: Values, plan: PartPlan
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        answer = routed(session, resource, current, "archive" if plan.predicted else "unarchive")
        return answer if answer is not None else patched(session, resource, current, {"archived": plan.predicted})

    def export(self, session: Lookup, resource: Resource, current: Values) -> t.Any:
        """See :meth:`Part.export`."""
        return bool(current.get("archived"))


def _of_the_toolbar(_session: Lookup, obj: Values) -> bool:
    return obj.get("type") == "web"


METRIC = Document("metric", METRIC_KEYS, newer=True, match_keys=("kind", "metric_type"))


def _runs(obj: t.Mapping[str, t.Any]) -> bool:
    """Whether an experiment was started and has not ended."""
    return bool(obj.get("start_date")) and not obj.get("end_date")


EXPERIMENT = Resource(
    type="experiment",
    plural="experiments",
    scope=Scope.PROJECT,
    path="experiments/",
    identity=Identity("name", ("name",), within=("feature_flag_key",)),
    scopes=("experiment:read", "experiment:write"),
    delete=Delete.SOFT,
    order=31,
    endpoint=ExperimentEndpoint(),
    # The list hides archived ones (2026).
    listing=Listing(hidden_params={"archived": "true"}),
    prepare=_experiment_read,
    # Those of the toolbar are web experiments, and declared as such.
    generated=_of_the_toolbar,
    hazards=(Running(_runs),),
    fields=(
        Text("name", required=True, max_length=400),
        # PostHog makes the flag where there is none.
        Text("feature_flag_key", required=True, create_only=True, names=Ref("feature_flag", value="key", made=True)),
        Text("description", nullable=True, max_length=3000),
        Choice("type", ["web", "product"], nullable=True, since="2025"),
        ListOf(
            "variants",
            VARIANT,
            read=("parameters.feature_flag_variants", "feature_flag.filters.multivariate.variants"),
            reading=_shares,
            in_list=False,
        ),
        Number(
            "rollout_percentage",
            minimum=0,
            maximum=100,
            default=100,
            read=("parameters.rollout_percentage",),
            in_list=False,
        ),
        Reference(
            "aggregation_group_type_index",
            GROUP_TYPE,
            nullable=True,
            read=("parameters.aggregation_group_type_index", "feature_flag.filters.aggregation_group_type_index"),
            in_list=False,
        ),
        Map(
            "payloads",
            Field("payload", "json"),
            null_as={},
            read=("feature_flag.filters.payloads",),
            sparse=True,
            since="2026",
        ),
        Bool(
            "ensure_experience_continuity",
            null_as=False,
            nullable=True,
            read=("feature_flag.ensure_experience_continuity",),
            since="2026",
        ),
        Reference(
            "holdout",
            Ref("experiment_holdout", name_at="holdout.name"),
            api="holdout_id",
            read=("holdout", "holdout_id"),
            reading=ids_of(),
            aliases=("holdout_id",),
            nullable=True,
            since="2025",
        ),
        Document(
            "running_time_calculation",
            [
                *(Number(name, nullable=True) for name in _RUNNING_TIME[:3]),
                Open(_RUNNING_TIME[3], nullable=True),
            ],
            nullable=True,
            whole=True,
            read=("running_time_calculation", "parameters"),
            reading=_running_time,
            in_list=False,
        ),
        ListOf(
            "excluded_variants",
            Text("variant"),
            unordered=True,
            null_as=[],
            read=("excluded_variants", "parameters.excluded_variants"),
            in_list=False,
        ),
        ListOf("metrics", METRIC, null_as=[], refs=QUERY_REFS, in_list=False, since="2025"),
        ListOf("metrics_secondary", METRIC, null_as=[], refs=QUERY_REFS, in_list=False, since="2025"),
        ListOf(
            "saved_metrics",
            Document(
                "saved_metric",
                [
                    Anything("id", required=True),
                    Document("metadata", [Choice("type", ["primary", "secondary"], null_as="primary")]),
                ],
                item_keys=("id",),
            ),
            api="saved_metrics_ids",
            read=("saved_metrics",),
            reading=_links,
            aliases=("saved_metrics_ids",),
            unordered=True,
            null_as=[],
            refs=(NestedRef({}, "id", Ref("experiment_saved_metric")),),
            in_list=False,
            since="2025",
        ),
        Document(
            "exposure_criteria",
            [
                Bool("filterTestAccounts", null_as=False),
                Document(
                    "exposure_config",
                    [
                        KindOf(
                            "kind",
                            ["ExperimentEventExposureConfig", "ActionsNode"],
                            required=False,
                            default="ExperimentEventExposureConfig",
                            null_as="ExperimentEventExposureConfig",
                        ),
                        Text("event", nullable=True),
                        Open(
                            "properties",
                            nullable=True,
                            checked=_NODES.anywhere,
                            null_is="every event; write [] for that",
                        ),
                        Anything("id"),
                    ],
                    nullable=True,
                    null_is="everybody who asks for the flag; leave it out for that",
                ),
                Choice("multiple_variant_handling", ["exclude", "first_seen"], nullable=True),
            ],
            nullable=True,
            null_is="everybody who asks for the flag, test accounts included; write {} for that",
            whole=True,
            newer=True,
            refs=QUERY_REFS,
            in_list=False,
            since="2025",
        ),
        Open("stats_config", nullable=True, in_list=False, since="2025"),
        ListOf("primary_metrics_ordered_uuids", Text("uuid"), nullable=True, in_list=False, since="2025"),
        ListOf("secondary_metrics_ordered_uuids", Text("uuid"), nullable=True, in_list=False, since="2025"),
        Time("start_date", nullable=True, relative=True),
        Time("end_date", nullable=True, relative=True),
        Choice("conclusion", ["won", "lost", "inconclusive", "stopped_early", "invalid"], nullable=True, since="2025"),
        Text("conclusion_comment", nullable=True, max_length=4000, since="2025"),
        Bool("allow_unknown_events", write_only=True, since="2026"),
        Open("filters", refs=PROPERTY_REFS, in_list=False),
        ListOf("secondary_metrics", Open("insight"), nullable=True, in_list=False),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    parts=(ExperimentState(), ExperimentArchive()),
    checks=(dates_fit, _experiment_complete),
)

# -- web experiments -------------------------------------------------------------------------------------------------


def _web_variants_fit(values: Values) -> Found:
    """Rules of the variants of a web experiment."""
    variants = values.get("variants")
    if variants is None:
        return
    if BASELINE not in variants:
        yield "variants", f"one of them must have the key {BASELINE!r}, which the others are compared with"
    for key, variant in variants.items():
        if key == BASELINE:
            continue
        for index, transform in enumerate(variant.get("transforms") or []):
            where = f"variants.{key}.transforms[{index}]"
            if not isinstance(transform, dict):
                yield where, f"takes a dictionary, not {kind_of(transform)}"
            elif not transform.get("selector"):
                yield f"{where}.selector", "is missing; it says what is changed"


WEB_EXPERIMENT = Resource(
    type="web_experiment",
    plural="web_experiments",
    scope=Scope.PROJECT,
    path="web_experiments/",
    identity=Identity("name", ("name",)),
    scopes=("experiment:read", "experiment:write"),
    order=33,
    since="2025",
    hazards=(Running(_runs),),
    fields=(
        Text("name", required=True, max_length=400),
        Map(
            "variants",
            Document(
                "variant",
                [
                    Number("rollout_percentage", required=True, minimum=0, maximum=100),
                    ListOf("transforms", Open("transform"), null_as=[]),
                    Open("conditions", nullable=True),
                ],
            ),
            required=True,
        ),
        # The project's own history, which another project does not have.
        Time("created_at", exported=False),
    ),
    checks=(_web_variants_fit,),
    # PostHog looks for them in every PATCH (recorded 2025).
    always_send=("variants",),
)

# -- early access features -------------------------------------------------------------------------------------------


def _slug(name: str) -> str:
    """The key of the flag that PostHog makes for a feature of a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain.lower())).strip("-_")


def _flag_fits(session: Lookup, values: Values, current: Values | None) -> Found:
    """The flag of a new early access feature must be one that people can enrol in, and of no other feature."""
    number, name = values.get("feature_flag"), values.get("name")
    if current is not None or not (number is None or isinstance(number, int)):
        return
    flags = known_collection(session, session.registry("feature_flag"))
    try:
        if number is None:
            made = _slug(str(name))
            if flags.find(made):
                text = f"PostHog would make the flag {made!r}, which is there already; give it, or another one"
                yield "feature_flag", text
            return
        flag = flags.get(number)
    except ApiError as exc:
        raise_if_over(exc)
        # This key may not read flags; PostHog judges.
        return
    if flag is None:
        return
    filters = flag.get("filters") or {}
    key = flag.get("key")
    if dig(filters, "multivariate.variants"):
        yield "feature_flag", f"the flag {key!r} has variants, so nobody can enrol in it"
    if any(item.get("aggregation_group_type_index") is not None for item in (filters, *(filters.get("groups") or []))):
        yield "feature_flag", f"the flag {key!r} is about groups, so nobody can enrol in it"
    for other in known_collection(session, session.registry("early_access_feature")).all():
        if dig(other, "feature_flag.id") == number:
            yield "feature_flag", f"the flag {key!r} is that of the early access feature {other.get('name')!r} already"


EARLY_ACCESS_FEATURE = Resource(
    type="early_access_feature",
    plural="early_access_features",
    scope=Scope.PROJECT,
    path="early_access_feature/",
    identity=Identity("name", ("name",)),
    scopes=("early_access_feature:read", "early_access_feature:write"),
    more_scopes=(("", "feature_flag:write"),),
    order=30,
    fields=(
        Text("name", required=True, max_length=200),
        Text("description", null_as=""),
        Choice("stage", ["draft", "concept", "alpha", "beta", "general-availability", "archived"], required=True),
        Text("documentation_url", null_as="", max_length=800),
        Open("payload", nullable=True, since="2026"),
        Reference(
            "feature_flag",
            Ref("feature_flag", name_at="feature_flag.key"),
            api="feature_flag_id",
            read=("feature_flag",),
            reading=ids_of(),
            aliases=("feature_flag_id",),
            create_only=True,
        ),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    guards=(_flag_fits,),
)

# -- scheduled changes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeValue(Field):
    """What a scheduled change sets; of another form for each operation, and read by :func:`_change_read`."""

    def parse_value(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        return value


_FLAG_PART = {known.name: known for known in FILTERS.fields}

#: The form of the value, by operation.
CHANGES: dict[str, Field] = {
    "update_status": Bool("value"),
    "add_release_condition": Document(
        "value",
        [
            ListOf("groups", required(_FLAG_PART["groups"].items), required=True),
            _FLAG_PART["payloads"],
            _FLAG_PART["multivariate"],
        ],
    ),
    "update_variants": Document("value", [ListOf("variants", VARIANT, required=True), _FLAG_PART["payloads"]]),
}


def _change_read(options: dict[str, t.Any], problems: Problems) -> None:
    """Read the value in the form that its operation has."""
    payload = options.get("payload")
    if not isinstance(payload, dict) or "value" not in payload:
        return
    operation = payload.get("operation")
    if not isinstance(operation, str) or operation not in CHANGES:
        return
    known = CHANGES[operation]
    value = known.parse(payload["value"], "payload.value", problems)
    for name in ("groups", "variants"):
        if isinstance(value, dict) and value.get(name) == []:
            problems.append((f"payload.value.{name}", "must hold at least one"))
    options["payload"] = {**payload, "value": value}


def _recurrence_fits(values: Values) -> Found:
    """What recurs does so by an interval or by a cron expression."""
    interval, cron = values.get("recurrence_interval"), values.get("cron_expression")
    if interval and cron:
        yield "cron_expression", "give it or recurrence_interval, not both"
    if cron and len(cron.split()) != 5:
        yield "cron_expression", f"has five fields, separated by spaces, not {len(cron.split())}"
    recurring = values.get("is_recurring")
    if recurring is False and (interval or cron):
        yield "is_recurring", "must be true where there is a recurrence_interval or a cron_expression"
    if recurring and dig(values.get("payload"), "operation") == "add_release_condition":
        yield "is_recurring", "a change of the operation add_release_condition cannot recur"
    first, last = instant(values.get("scheduled_at")), instant(values.get("end_date"))
    if first and last and last <= first:
        yield "end_date", "must be after scheduled_at"


def _recurrence_complete(session: Lookup, values: Values, current: Values | None) -> Found:
    def value(name: str) -> t.Any:
        return values[name] if name in values else (current or {}).get(name)

    some = value("recurrence_interval") or value("cron_expression")
    if value("is_recurring") and not some:
        yield "is_recurring", "needs a recurrence_interval or a cron_expression"
    if some and not value("is_recurring"):
        yield "is_recurring", "must be true where there is a recurrence_interval or a cron_expression"


def _carried_out(_session: Lookup, obj: Values) -> bool:
    return bool(obj.get("executed_at")) and not obj.get("is_recurring")


def _not_carried_out(session: Lookup, values: Values, current: Values | None) -> Found:
    if current is not None and _carried_out(session, current):
        yield (
            "scheduled_at",
            f"it was carried out on {current['executed_at']}, and PostHog keeps it as it is; declare another time",
        )


@dataclass(frozen=True)
class ScheduledChangeEndpoint(Endpoint):
    """PostHog schedules changes of one kind of object so far, and wants to hear which."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        return super().create(collection, {"model_name": "FeatureFlag", **body})


SCHEDULED_CHANGE = Resource(
    type="scheduled_change",
    plural="scheduled_changes",
    scope=Scope.PROJECT,
    path="scheduled_changes/",
    identity=Identity("scheduled_at", ("scheduled_at",), by_value=True, within=("feature_flag", "payload.operation")),
    scopes=("feature_flag:read", "feature_flag:write"),
    order=40,
    endpoint=ScheduledChangeEndpoint(),
    listing=Listing(params={"model_name": "FeatureFlag"}),
    prepare=_change_read,
    short_forms=("payload",),
    # The ones that were carried out are history: nobody declares them, and nobody deletes them.
    generated=_carried_out,
    purging=Purging(never=_carried_out),
    fields=(
        Reference(
            "feature_flag",
            Ref("feature_flag", as_string=True),
            api="record_id",
            aliases=("record_id",),
            required=True,
            create_only=True,
        ),
        Time("scheduled_at", required=True, relative=True),
        Document(
            "payload",
            [KindOf("operation", list(CHANGES)), ChangeValue("value", "open", required=True)],
            required=True,
            whole=True,
            refs=(*PROPERTY_REFS, *CONDITION_GROUP_REFS),
        ),
        Bool("is_recurring", default=False),
        Choice("recurrence_interval", ["daily", "weekly", "monthly", "yearly"], nullable=True),
        Text("cron_expression", nullable=True, since="2026"),
        Time("end_date", nullable=True, relative=True),
    ),
    checks=(_recurrence_fits,),
    guards=(_recurrence_complete, _not_carried_out),
)
