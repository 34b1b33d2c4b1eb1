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


def linked(key: str) -> t.Callable[[t.Any, t.Mapping[str, t.Any], t.Mapping[str, t.Any]], str | None]:
    """An object that is shown whole where its id is written."""

    def check(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
        found = obj.get(key)
        wanted = names.get(value, value)
        # A predicted object has its id alone.
        good = (found["id"] if isinstance(found, dict) else found) == wanted
        return None if good else f"{key} is {found!r}, declared was {value!r}"

    return check


def tested(server: SandboxServer) -> dict[str, t.Any]:
    """What experiments name."""
    holdouts = {
        name: server.api("POST", "experiment_holdouts/", {"name": name, "filters": [{"rollout_percentage": 5}]})["id"]
        for name in ("Global", "Local")
    }
    metrics = {
        name: server.api("POST", "experiment_saved_metrics/", {"name": name, "query": RATIO})["id"]
        for name in ("Revenue", "Visits")
    }
    return {**actions(server), **holdouts, **metrics}


def split(*keys: str) -> list[dict[str, t.Any]]:
    """Variants with equal shares."""
    return [{"key": key, "rollout_percentage": 100 // len(keys)} for key in keys]


def saved(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """Links to saved metrics."""
    wanted = sorted((names.get(item["id"]), item.get("metadata", {}).get("type", "primary")) for item in value or [])
    shown = obj.get("saved_metrics") or []
    # A predicted object has no links yet.
    found = sorted((item.get("saved_metric", item["id"]), item["metadata"]["type"]) for item in shown)
    return None if found == wanted else f"saved_metrics are {found!r}, declared were {wanted!r}"


EXPERIMENT = Sample(
    type="experiment",
    name="Button colour",
    path="experiments/",
    prepare=tested,
    within={"feature_flag_key": "button-colour"},
    elsewhere={"feature_flag_key": "button-size"},
    values={
        "variants": Value(
            [
                {"key": "control", "name": "As it was", "rollout_percentage": 25, "description": "Nothing new"},
                {"key": "green", "rollout_percentage": 50},
                {"key": "red", "rollout_percentage": 25},
            ],
            split("control", "green", "red", "blue"),
            also=("parameters", "feature_flag"),
        ),
        "rollout_percentage": Value(20, 75.5, also=("parameters", "feature_flag")),
        "type": Value("product", "web"),
        "aggregation_group_type_index": Value(0, None, also=("parameters", "feature_flag"), clears=False),
        "payloads": Value({"green": {"hex": "#0f0"}}, {"green": "[1, 2]", "red": 3}, also=("feature_flag",)),
        "ensure_experience_continuity": Value(True, False, also=("feature_flag",)),
        "holdout": Value("Global", "Local", also=("feature_flag", "holdout_id")),
        "running_time_calculation": Value(
            {
                "minimum_detectable_effect": 5,
                "recommended_running_time": 14,
                "recommended_sample_size": 1000,
                "exposure_estimate_config": {"eventFilter": None},
            },
            {"minimum_detectable_effect": 2.5},
        ),
        "excluded_variants": Value(["red"], ["green"]),
        "metrics": Value(
            [MEAN, FUNNEL, RATIO, RETENTION, TRENDS, FUNNELS],
            [{"metric_type": "mean", "source": event("visit")}, RATIO],
            also=("is_legacy",),
        ),
        "metrics_secondary": Value(
            [FUNNELS, TRENDS, RETENTION, RATIO, FUNNEL, MEAN], [FUNNEL, RATIO], also=("is_legacy",)
        ),
        "saved_metrics": Value(
            [{"id": "Revenue", "metadata": {"type": "secondary"}}, {"id": "Visits"}],
            [{"id": "Visits", "metadata": {"type": "secondary"}}],
        ),
        "exposure_criteria": Value(
            {
                "filterTestAccounts": True,
                "exposure_config": {
                    "kind": "ExperimentEventExposureConfig",
                    "event": "$pageview",
                    "properties": [{"key": "plan", "type": "event", "operator": "exact", "value": "free"}],
                },
                "multiple_variant_handling": "exclude",
            },
            {"exposure_config": {"kind": "ActionsNode", "id": "Ordered"}},
        ),
        "stats_config": Value({"method": "bayesian"}, {"method": "frequentist", "version": 2}),
        "primary_metrics_ordered_uuids": Value(["b", "a"], ["a", "b"]),
        "secondary_metrics_ordered_uuids": Value(["d", "c"], ["c", "d"]),
        "start_date": Value("2026-01-05T09:00:00Z", "2026-02-05T10:00:00+01:00", also=("status",)),
        "end_date": Value("2026-06-05T09:00:00Z", "2026-07-05T09:00:00Z", also=("status",)),
        "filters": Value({"events": [{"id": "$pageview"}]}, {"events": [{"id": "signup"}]}),
        "secondary_metrics": Value([{"name": "Old"}], [{"name": "Older"}]),
    },
    minimal={"filters": {"events": [{"id": "$pageview"}]}},
    left_out={
        "status": "follows from the dates, which are declared here; test_states_of_an_experiment",
        "archived": "PostHog hides archived ones from the list; test_states_of_an_experiment",
    },
    fixed={"type": "an experiment of the type web is a web experiment too"},
    foreign={"description": "Made by hand", "feature_flag_key": "button-colour"},
    drifts=({"description": "Altered", "conclusion": "lost"}, {"description": "Altered", "conclusion": "lost"}),
    shows={"holdout": linked("holdout"), "saved_metrics": saved},
    moving=("feature_flag", "parameters", "status", "is_legacy"),
    again=6,
    again_reason="the experiments, this one, the holdout, the metrics and the actions",
)

PAGE: dict[str, t.Any] = {
    "control": {"rollout_percentage": 50},
    "question": {
        "rollout_percentage": 50,
        "transforms": [
            {"selector": "h1", "text": "Looking for something?"},
            {"selector": "#buy", "css": "color: red", "attributes": [{"name": "rel", "value": "next"}]},
        ],
        "conditions": {"url": "/home", "urlMatchType": "icontains"},
    },
}

WEB = Sample(
    type="web_experiment",
    name="Heading",
    path="web_experiments/",
    minimal={"variants": PAGE},
    values={
        "variants": Value(
            PAGE,
            {
                "control": {"rollout_percentage": 20},
                "question": {"rollout_percentage": 40, "transforms": [{"selector": "h1", "html": "<b>Well?</b>"}]},
                "short": {"rollout_percentage": 40, "transforms": [{"selector": "h1", "text": "Hello"}]},
            },
        ),
        "created_at": Value("2026-01-05T09:00:00Z", "2026-02-05T10:00:00+01:00"),
    },
    foreign={"variants": {"control": {"rollout_percentage": 60}, "a": {"rollout_percentage": 40}}},
    # PostHog refuses a PATCH without the variants; here they are what they were.
    drifts=({"created_at": "2020-01-01T00:00:00Z", "variants": PAGE}, {"created_at": "2020-01-01T00:00:00Z"}),
    moving=("feature_flag_key", "created_at"),
)


def shells(server: SandboxServer) -> dict[str, t.Any]:
    """Flags."""
    everybody = {"groups": [{"properties": [], "rollout_percentage": 0}]}
    return {
        key: server.api("POST", "feature_flags/", {"key": key, "filters": everybody})["id"]
        for key in ("new-shell", "old-shell")
    }


EARLY = Sample(
    type="early_access_feature",
    name="New shell",
    path="early_access_feature/",
    prepare=shells,
    minimal={"stage": "draft", "feature_flag": "new-shell"},
    values={
        "stage": Value("draft", "beta", also=("feature_flag",)),
        "documentation_url": Value("https://docs.acme.test/shell", "https://docs.acme.test/new"),
        "payload": Value({"color": "red", "sizes": [1, 2]}, {"color": "blue"}),
        "feature_flag": Value("new-shell", "old-shell"),
    },
    foreign=lambda names: {
        "stage": "concept",
        "description": "Made by hand",
        "feature_flag_id": names["new-shell"],
    },
    no_twin="a flag has one feature",
    shows={"feature_flag": linked("feature_flag")},
    moving=("feature_flag",),
    numbered=None,
    again=2,
)


def scheduled(server: SandboxServer) -> dict[str, t.Any]:
    """Flags and a cohort."""
    return {**people(server), **shells(server)}


OFF = {"operation": "update_status", "value": False}

SCHEDULED = Sample(
    type="scheduled_change",
    name="2030-01-02T08:00:00+01:00",
    path="scheduled_changes/",
    prepare=scheduled,
    within={"feature_flag": "new-shell", "payload": OFF},
    elsewhere={"payload": {"operation": "update_variants", "value": {"variants": split("a", "b")}}},
    values={
        "is_recurring": Value(True, False, along={"recurrence_interval": None, "cron_expression": None}),
        "recurrence_interval": Value("weekly", "monthly", clears=False),
        "end_date": Value("2031-01-01T00:00:00Z", "2032-01-01T00:00:00+02:00"),
    },
    last=("is_recurring",),
    left_out={"cron_expression": "excludes recurrence_interval; test_scheduled_changes"},
    foreign=lambda names: {
        "model_name": "FeatureFlag",
        "record_id": str(names["new-shell"]),
        "scheduled_at": "2030-01-02T07:00:00Z",
        "payload": {"operation": "update_status", "value": False},
    },
    drifts=({"end_date": "2033-01-01T00:00:00Z"}, {"end_date": "2033-01-01T00:00:00Z"}),
    again=3,
    again_reason="the changes and the flag",
    least=3,
)

SAMPLES = [HOLDOUT, SAVED_METRIC, EXPERIMENT, WEB, EARLY, SCHEDULED]
