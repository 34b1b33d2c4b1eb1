# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts on insights, and subscriptions to insights and dashboards."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def query(event: str) -> dict[str, t.Any]:
    """A trend."""
    source = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": event}]}
    return {"kind": "InsightVizNode", "source": source}


def watched(server: SandboxServer) -> dict[str, t.Any]:
    """Two insights, and people to tell."""
    members = server.api("GET", f"/api/organizations/{server.organization}/members/", limit=500)["results"]
    people = {item["user"]["email"]: item["user"]["id"] for item in members}
    made = {
        name: server.api("POST", "insights/", {"name": name, "query": query("signup")})["id"]
        for name in ("Daily signups", "Weekly signups")
    }
    return {**people, **made}


def bounds(kind: str, **more: float | None) -> dict[str, t.Any]:
    """A threshold."""
    return {"name": "Bounds", "configuration": {"type": kind, "bounds": more}}


NUMBERS: dict[str, t.Any] = {
    "threshold": 0.8,
    "window": 30,
    "lower_bound": 1,
    "upper_bound": 9.5,
    "n_estimators": 100,
    "n_neighbors": 5,
    "n_bins": 10,
    "preprocessing": {"diffs_n": 1, "lags_n": 2, "smooth_n": 3},
}

#: Several detectors, with every setting that there is.
ENSEMBLE: dict[str, t.Any] = {
    "type": "ensemble",
    "operator": "or",
    "detectors": [
        {**NUMBERS, "type": "iqr", "multiplier": 2},
        {**NUMBERS, "type": "knn", "method": "mean"},
        {**NUMBERS, "type": "ocsvm", "kernel": "rbf", "nu": 0.1},
    ],
}

NIGHT = {"blocked_windows": [{"start": "22:00", "end": "23:30"}, {"start": "23:00", "end": "23:45"}]}


def minutes(schedule: t.Any) -> set[int]:
    """The minutes that are blocked, since windows that overlap are merged."""
    out: set[int] = set()
    for window in (schedule or {}).get("blocked_windows") or []:
        start, end = (60 * int(window[key][:2]) + int(window[key][3:]) for key in ("start", "end"))
        out |= {minute % 1440 for minute in range(start, end if end > start else end + 1440)}
    return out


def blocked(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """The same minutes."""
    shown = obj.get("schedule_restriction")
    return None if minutes(shown) == minutes(value) else f"schedule_restriction is {shown!r}, declared was {value!r}"


def snoozed(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """A moment where a length of time was declared."""
    shown = obj.get("snoozed_until")
    return None if (shown is None) == (value is None) else f"snoozed_until is {shown!r}, declared was {value!r}"


def ids(people: t.Any) -> set[t.Any]:
    """The ids of people, who are shown as objects."""
    return {item["id"] if isinstance(item, dict) else item for item in people}


def told(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """The same people."""
    shown = obj.get("subscribed_users")
    same = ids(shown) == {names.get(name, name) for name in value or []}
    return None if same else f"subscribed_users is {shown!r}, declared was {value!r}"


ALERT = Sample(
    type="alert",
    name="Few signups",
    path="alerts/",
    prepare=watched,
    within={"insight": "Daily signups"},
    elsewhere={"insight": "Weekly signups"},
    minimal={"threshold": bounds("absolute", lower=50)},
    values={
        "threshold": Value(bounds("absolute", lower=50), bounds("percentage", lower=None, upper=0.5)),
        "subscribed_users": Value(["owner@acme.test", "admin@acme.test"], ["admin@acme.test"]),
        "condition": Value({"type": "absolute_value"}, {"type": "relative_increase"}),
        "config": Value(
            {"type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": True},
            {"type": "TrendsAlertConfig", "series_index": 1, "check_ongoing_interval": False},
        ),
        "detector_config": Value({**NUMBERS, "type": "zscore"}, ENSEMBLE, also=("state",), clears=False),
        "calculation_interval": Value("hourly", "weekly"),
        "schedule_start_time": Value("09:30", "10:00:00"),
        "schedule_restriction": Value(NIGHT, {"blocked_windows": [{"start": "20:00", "end": "06:00"}]}),
        "snoozed_until": Value("2h", None, also=("state",)),
    },
    foreign=lambda names: {
        "insight": names["Daily signups"],
        "subscribed_users": [],
        "skip_weekend": True,
        "threshold": bounds("absolute", upper=7),
    },
    unused_keys={
        "config.column": "only for SQL; test_config_of_each_kind",
        "config.evaluation": "only for SQL; test_config_of_each_kind",
        "config.label_column": "only for SQL; test_config_of_each_kind",
        "config.funnel_step": "only for funnels; test_config_of_each_kind",
        "config.metric": "only for funnels; test_config_of_each_kind",
        "detector_config.multiplier": "only for one type; those of the ensemble",
        "detector_config.method": "only for one type; those of the ensemble",
        "detector_config.kernel": "only for one type; those of the ensemble",
        "detector_config.nu": "only for one type; those of the ensemble",
    },
    shows={"snoozed_until": snoozed, "schedule_restriction": blocked, "subscribed_users": told},
    foretold={
        "insight": lambda foretold, real: foretold["id"] == real["id"],
        "subscribed_users": lambda foretold, real: ids(foretold) == ids(real),
        "schedule_restriction": lambda foretold, real: minutes(foretold) == minutes(real),
        "snoozed_until": lambda foretold, real: (foretold is None) == (real is None),
    },
    moving=("state", "next_check_at"),
    again=3,
    again_reason="the alerts, the alert itself because of its snooze, and the members",
)


#: What a message may hold.
DELIVERY = {
    "include_feedback": False,
    "include_images": True,
    "include_manage_link": True,
    "include_posthog_hint": False,
    "post_all_insights_in_main_message": False,
}


def sent(server: SandboxServer) -> dict[str, t.Any]:
    """Insights on a dashboard, and a connected Slack workspace."""
    board = server.api("POST", "dashboards/", {"name": "Growth"})["id"]
    insights = {
        name: server.api("POST", "insights/", {"name": name, "query": query("signup"), "dashboards": [board]})["id"]
        for name in ("Signups", "Revenue")
    }
    return {"Growth": board, **insights}


SUBSCRIPTION = Sample(
    type="subscription",
    name="Growth of the week",
    path="subscriptions/",
    prepare=sent,
    within={"dashboard": "Growth", "target_value": "ada@example.com"},
    elsewhere={"target_value": "grace@example.com"},
    minimal={
        "dashboard_export_insights": ["Signups"],
        "target_type": "email",
        "frequency": "weekly",
        "start_date": "2031-03-01T09:00:00Z",
    },
    values={
        "dashboard_export_insights": Value(["Signups"], ["Revenue", "Signups"]),
        "content_type": Value("dashboard", "insight"),
        "target_type": Value("email", "teams"),
        "frequency": Value("weekly", "monthly"),
        "start_date": Value("2031-03-01T09:00:00Z", "2031-03-02T09:00:00Z"),
        "delivery_config": Value(DELIVERY, {**DELIVERY, "include_images": False}),
        "ai_prompt_config": Value(
            {"window": {"mode": "last_n_days", "start_days_ago": 7, "end_days_ago": 0}},
            {"window": {"mode": "since_last_sent", "start_days_ago": None, "end_days_ago": None}},
        ),
        "ai_config": Value({"tone": "terse"}, {"tone": "warm"}),
        "byweekday": Value(["tuesday", "monday"], ["friday"]),
    },
    foreign=lambda names: {
        "dashboard": names["Growth"],
        "dashboard_export_insights": [names["Revenue"]],
        "target_type": "email",
        "target_value": "ada@example.com",
        "frequency": "daily",
        "interval": 1,
        "start_date": "2030-01-01T00:00:00Z",
        "send_test_now": False,
    },
    left_out={
        "integration": "only for Slack; test_subscription_to_slack",
    },
    moving=("summary", "next_delivery_date", "test_messages"),
    again=4,
    again_reason="the subscriptions, the dashboard, and the insights by search and as a list",
)

SAMPLES = [ALERT, SUBSCRIPTION]
