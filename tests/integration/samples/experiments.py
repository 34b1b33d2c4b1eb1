# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Experiments, holdouts and metrics; early access features, scheduled changes."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def people(server: SandboxServer) -> dict[str, t.Any]:
    """A cohort for conditions."""
    staff = [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}]
    filters = {"properties": {"type": "AND", "values": [{"type": "AND", "values": staff}]}}
    return {"Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": filters})["id"]}


HELD_OUT: list[dict[str, t.Any]] = [
    {
        "properties": [
            {"key": "id", "type": "cohort", "operator": "in", "value": "Staff"},
            {
                "key": "size",
                "type": "group",
                "operator": "gt",
                "value": "10",
                "group_type_index": 0,
                "negation": False,
                "label": "Size",
            },
        ],
        "rollout_percentage": 10,
        "description": "Some of the staff",
        "sort_key": "a",
    },
    {"rollout_percentage": 2.5},
]

HOLDOUT = Sample(
    type="experiment_holdout",
    name="Global holdout",
    path="experiment_holdouts/",
    prepare=people,
    minimal={"filters": HELD_OUT},
    values={
        "filters": Value(
            HELD_OUT,
            [
                {
                    "properties": [{"key": "country", "type": "person", "value": ["AT", "DE"]}],
                    "rollout_percentage": 20,
                    "aggregation_group_type_index": None,
                }
            ],
        ),
    },
    foreign={"description": "Made by hand", "filters": [{"properties": [], "rollout_percentage": 1}]},
)


def actions(server: SandboxServer) -> dict[str, t.Any]:
    """Actions for metrics."""
    return {
        name: server.api("POST", "actions/", {"name": name, "steps": [{"event": name.lower()}]})["id"]
        for name in ("Ordered", "Returned")
    }


def event(name: str) -> dict[str, t.Any]:
    """An event as a metric has it."""
    return {"kind": "EventsNode", "event": name}


MEAN = {
    "kind": "ExperimentMetric",
    "metric_type": "mean",
    "name": "Orders",
    "uuid": "01900000-0000-7000-8000-00000000000a",
    "goal": "increase",
    "conversion_window": 14,
    "conversion_window_unit": "day",
    "source": {"kind": "ActionsNode", "id": "Ordered", "math": "total"},
    "lower_bound_percentile": 0.05,
    "upper_bound_percentile": 0.95,
    "ignore_zeros": True,
    "breakdownFilter": {"breakdowns": [{"property": "$browser", "type": "event"}]},
    "version": 1,
}
FUNNEL = {
    "kind": "ExperimentMetric",
    "metric_type": "funnel",
    "series": [event("viewed"), {"kind": "ActionsNode", "id": "Returned"}],
    "funnel_order_type": "unordered",
}
RATIO = {
    "kind": "ExperimentMetric",
    "metric_type": "ratio",
    "numerator": event("purchase"),
    "denominator": event("visit"),
}
RETENTION = {
    "kind": "ExperimentMetric",
    "metric_type": "retention",
    "start_event": event("signup"),
    "completion_event": event("login"),
    "retention_window_start": 1,
    "retention_window_end": 7,
    "retention_window_unit": "day",
    "start_handling": "first_seen",
}
TRENDS = {
    "kind": "ExperimentTrendsQuery",
    "experiment_id": 7,
    "count_query": {"kind": "TrendsQuery", "series": [event("purchase")]},
    "exposure_query": {"kind": "TrendsQuery", "series": [event("visit")]},
}
FUNNELS = {
    "kind": "ExperimentFunnelsQuery",
    "funnels_query": {"kind": "FunnelsQuery", "series": [event("visit"), event("purchase")]},
}

#: Keys of a metric that one query cannot have together with the others; an experiment's metrics have them all.
OTHER_KINDS = dict.fromkeys(
    (
        "numerator",
        "denominator",
        "start_event",
        "completion_event",
        "retention_window_start",
        "retention_window_end",
        "retention_window_unit",
        "start_handling",
        "experiment_id",
        "count_query",
        "exposure_query",
        "funnels_query",
    ),
    "another type of metric; experiment.metrics",
)

SAVED_METRIC = Sample(
    type="experiment_saved_metric",
    name="Orders for each person",
    path="experiment_saved_metrics/",
    prepare=actions,
    minimal={"query": MEAN},
    values={"query": Value(MEAN, FUNNEL)},
    unused_keys={f"query.{key}": reason for key, reason in OTHER_KINDS.items()},
    foreign={"description": "Made by hand", "query": {**RATIO}},
    no_twin="PostHog refuses a second one of the name",
)

SAMPLES = [HOLDOUT, SAVED_METRIC]
