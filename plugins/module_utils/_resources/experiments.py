# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Experiments and what belongs to them; early access features and scheduled changes of flags.

Private to this collection: it may change without notice. Facts: API.md chapter 5, experiment, experiment_holdout,
experiment_saved_metric, web_experiment, early_access_feature, scheduled_change.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._fields import (
    Anything,
    Bool,
    Choice,
    Document,
    Field,
    Int,
    ListOf,
    Number,
    Open,
    Problems,
    Tags,
    Text,
)
from ansible_collections.community.posthog.plugins.module_utils._resource import Identity, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._resources.common import PROPERTY_REFS, QUERY_REFS
from ansible_collections.community.posthog.plugins.module_utils._resources.feature_flags import PROPERTY

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
                    ListOf("properties", PROPERTY, null_as=[], default=[]),
                    Number("rollout_percentage", required=True, minimum=0, maximum=100),
                    Int("aggregation_group_type_index", nullable=True),
                    Text("description", nullable=True),
                    Anything("sort_key", kept=True),
                    # PostHog makes it of the holdout's id.
                    Text("variant", computed=True),
                ],
            ),
            required=True,
            # Flags are applied after holdouts, and refer to them.
            refs=PROPERTY_REFS[:1],
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

METRIC_KEYS: tuple[Field, ...] = (
    Choice("kind", ["ExperimentMetric", "ExperimentTrendsQuery", "ExperimentFunnelsQuery"], required=True),
    Choice("metric_type", list(_METRIC_NEEDS), nullable=True),
    # Results are kept under it, so it stays with the metric that it belongs to.
    Text("uuid", kept=True),
    Text("name", nullable=True),
    Choice("goal", ["increase", "decrease"], nullable=True),
    Int("conversion_window", nullable=True),
    Choice("conversion_window_unit", _UNITS, nullable=True),
    Open("source", nullable=True),
    Open("series", nullable=True),
    Choice("funnel_order_type", ["ordered", "unordered", "strict"], nullable=True),
    Open("numerator", nullable=True),
    Open("denominator", nullable=True),
    Open("start_event", nullable=True),
    Open("completion_event", nullable=True),
    Int("retention_window_start", nullable=True),
    Int("retention_window_end", nullable=True),
    Choice("retention_window_unit", _UNITS, nullable=True),
    Choice("start_handling", ["first_seen", "last_seen"], nullable=True),
    Number("lower_bound_percentile", nullable=True),
    Number("upper_bound_percentile", nullable=True),
    Bool("ignore_zeros", nullable=True, null_as=False),
    Open("breakdownFilter", nullable=True),
    # Of the metrics made before 2025.
    Open("count_query", nullable=True),
    Open("exposure_query", nullable=True),
    Open("funnels_query", nullable=True),
    Int("experiment_id", kept=True),
    Int("version", kept=True),
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
    marker="tags",
    prepare=_saved_metric_read,
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", nullable=True, max_length=400),
        Document("query", METRIC_KEYS, required=True, whole=True, refs=QUERY_REFS),
        Tags(),
    ),
    checks=(_saved_metric_complete,),
)
