# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Alerts and subscriptions.

Private to this collection: it may change without notice. Facts: API.md chapter 5, alert, subscription.
"""

from __future__ import annotations

import datetime
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import ids_of
from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now, instant
from ansible_collections.community.posthog.plugins.module_utils._resources.common import INSIGHT
from ansible_collections.community.posthog.plugins.module_utils._resources.quiet_hours import (
    quiet_hours,
    windows_are_long_enough,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import SwitchedOff
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Number,
    Open,
    Reference,
    References,
    Text,
    Time,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup

# -- alerts ----------------------------------------------------------------------------------------------------------

THRESHOLD = Document(
    "threshold",
    [
        Text("name", nullable=True, preserved=True),
        Document(
            "configuration",
            [
                KindOf("type", ["absolute", "percentage"]),
                Document("bounds", [Number("lower", nullable=True), Number("upper", nullable=True)], nullable=True),
            ],
            required=True,
        ),
        Text("id", computed=True),
        Text("created_at", computed=True),
    ],
    whole=True,
    # PostHog wants one even where a detector does the work.
    initial={"configuration": {"type": "absolute"}},
)

#: What only one kind of config has; PostHog refuses it in the others.
_CONFIG_KEYS = {
    "TrendsAlertConfig": ("series_index", "check_ongoing_interval"),
    "HogQLAlertConfig": ("column", "evaluation", "label_column"),
    "FunnelsAlertConfig": ("funnel_step", "metric", "check_ongoing_interval"),
}

CONFIG = Document(
    "config",
    [
        KindOf("type", list(_CONFIG_KEYS)),
        # PostHog may fill in what is left out.
        Int("series_index", minimum=0, preserved=True),
        Bool("check_ongoing_interval", nullable=True, preserved=True),
        Text("column", nullable=True, preserved=True),
        Choice("evaluation", ["last_row", "first_row", "any_row"], preserved=True),
        Text("label_column", nullable=True, preserved=True),
        Int("funnel_step", nullable=True, preserved=True),
        Choice("metric", ["conversion_from_start", "conversion_from_previous"], preserved=True),
    ],
    nullable=True,
    whole=True,
)

_DETECTORS = (
    "zscore", "mad", "iqr", "threshold", "ecod", "copod", "isolation_forest", "knn", "hbos", "lof", "ocsvm", "pca",
    "ensemble",
)  # fmt: skip

#: What only one kind of detector has.
_DETECTOR_KEYS = {
    "multiplier": "iqr",
    "method": "knn",
    "kernel": "ocsvm",
    "nu": "ocsvm",
    "operator": "ensemble",
    "detectors": "ensemble",
}

#: The settings of a detector. PostHog writes its defaults into what it stores, so other keys are not checked.
_DETECTOR = (
    Number("threshold", nullable=True, minimum=0, maximum=1, preserved=True),
    Int("window", nullable=True, minimum=5, maximum=1000, preserved=True),
    Number("multiplier", nullable=True, minimum=0.5, maximum=10, preserved=True),
    Number("lower_bound", nullable=True, preserved=True),
    Number("upper_bound", nullable=True, preserved=True),
    Int("n_estimators", nullable=True, minimum=10, maximum=500, preserved=True),
    Int("n_neighbors", nullable=True, minimum=1, maximum=50, preserved=True),
    Choice("method", ["largest", "mean", "median"], nullable=True, preserved=True),
    Int("n_bins", nullable=True, minimum=5, maximum=50, preserved=True),
    Text("kernel", nullable=True, preserved=True),
    Number("nu", nullable=True, preserved=True),
    Document(
        "preprocessing",
        [
            Int("diffs_n", nullable=True, minimum=0, preserved=True),
            Int("lags_n", nullable=True, minimum=0, maximum=10, preserved=True),
            Int("smooth_n", nullable=True, minimum=0, maximum=30, preserved=True),
        ],
        nullable=True,
        preserved=True,
    ),
)

DETECTOR = Document(
    "detector_config",
    [
        KindOf("type", _DETECTORS),
        *_DETECTOR,
        Choice("operator", ["and", "or"], preserved=True),
        ListOf(
            "detectors",
            Document("detector", [KindOf("type", _DETECTORS[:-1]), *_DETECTOR]),
            preserved=True,
        ),
    ],
    nullable=True,
    whole=True,
    since="2026",
)

#: A time of the day, with the seconds that PostHog may add.
_CLOCK_WITH_SECONDS = (r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", "a time of the day such as 09:30")


def _config_fits(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    config = values.get("config")
    if not isinstance(config, dict) or config["type"] not in _CONFIG_KEYS:
        return
    known = _CONFIG_KEYS[config["type"]]
    for key in config:
        if key != "type" and key not in known:
            yield f"config.{key}", f"is no key of a {config['type']}; known are {', '.join(known)}"


def _detector_fits(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    config = values.get("detector_config")
    if not isinstance(config, dict) or DETECTOR.unknown_kind(config) is not None:
        return
    yield from _keys_fit(config, "detector_config")
    inner = config.get("detectors") or []
    if config["type"] == "ensemble" and "detectors" in config and len(inner) < 2:
        yield "detector_config.detectors", "needs two detectors or more"
    for index, detector in enumerate(inner):
        yield from _keys_fit(detector, f"detector_config.detectors[{index}]")


def _keys_fit(detector: t.Mapping[str, t.Any], path: str) -> t.Iterator[tuple[str, str]]:
    for key, kind in _DETECTOR_KEYS.items() if detector["type"] in _DETECTORS else ():
        if detector.get(key) is not None and detector["type"] != kind:
            yield f"{path}.{key}", f"belongs to a detector of the type {kind}, not {detector['type']}"


def _bounds(threshold: t.Any) -> tuple[t.Any, t.Any]:
    bounds = ((threshold or {}).get("configuration") or {}).get("bounds") or {}
    return bounds.get("lower"), bounds.get("upper")


def _bounds_in_order(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    lower, upper = _bounds(values.get("threshold"))
    if lower is not None and upper is not None and lower > upper:
        yield "threshold.configuration.bounds", f"the lower bound ({lower:g}) is above the upper one ({upper:g})"


def _something_to_watch(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """An alert fires at a bound or because of a detector (API.md 5, alert, gotchas)."""
    now = current or {}
    detector = values.get("detector_config", now.get("detector_config"))
    declared_now = "threshold" in values or (
        values.get("detector_config", detector) is None and "detector_config" in values
    )
    threshold = values.get("threshold", now.get("threshold"))
    if not detector and (current is None or declared_now) and _bounds(threshold) == (None, None):
        yield (
            "threshold",
            "needs a bound: threshold.configuration.bounds with lower or upper, or a detector_config in its place",
        )
    for name in ("investigation_agent_enabled", "investigation_gates_notifications"):
        if values.get(name) and not detector:
            yield name, "needs a detector_config; PostHog only investigates what a detector found"


#: A length of time as PostHog takes it.
_LENGTH = re.compile(r"\+?(\d{1,4})([a-zA-Z])")


class Snooze(Part):
    """Until when an alert keeps quiet: written as a length of time, shown as a moment.

    An alert that keeps quiet already is left alone, since nobody can tell when its time began to run.
    """

    field = Text(
        "snoozed_until",
        nullable=True,
        exported=False,
        pattern=(_LENGTH.pattern, "a length of time such as 2h, or null to wake it"),
    )

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        wanted, now = declared["snoozed_until"], (current or {}).get("snoozed_until")
        until = instant(now)
        asleep = now is not None and (until is None or until > datetime.datetime.now(datetime.timezone.utc))
        if asleep == (wanted is not None):
            # A time that has passed is as good as none.
            return PartPlan(now, now, False, now)
        length = None if wanted is None else str(wanted).lstrip("+")
        predicted = None if length is None else from_now(f"+{length}") or length
        return PartPlan(now, predicted and wanted, True, predicted, length)

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`: to keep quiet for a while is nothing to take elsewhere."""
        return None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        path = session.collection(resource).object_path(resource.object_id(current))
        answer = session.write("PATCH", path, {"snoozed_until": plan.work})
        return answer if isinstance(answer, dict) else {**current, "snoozed_until": plan.predicted}


ALERT = Resource(
    type="alert",
    plural="alerts",
    scope=Scope.PROJECT,
    path=("alerts/", "/api/environments/{project}/alerts/"),
    identity=Identity("name", ("name",), within=("insight",), nameless=True),
    scopes=("alert:read", "alert:write"),
    order=50,
    hazards=(SwitchedOff("enabled"),),
    since="2025",
    checks=(_bounds_in_order, _config_fits, _detector_fits, windows_are_long_enough),
    guards=(_something_to_watch,),
    fields=(
        Text("name", required=True, null_as=""),
        Reference("insight", Ref("insight", name_at="insight.name"), required=True, read=("insight.id",)),
        References("subscribed_users", Ref("member", value="user.id"), null_as=[], initial=[], reading=ids_of("id")),
        THRESHOLD,
        Document(
            "condition",
            [KindOf("type", ["absolute_value", "relative_increase", "relative_decrease"])],
            nullable=True,
            whole=True,
        ),
        CONFIG,
        DETECTOR,
        Choice(
            "calculation_interval",
            ["real_time", "every_15_minutes", "hourly", "daily", "weekly", "monthly"],
            default="daily",
        ),
        Bool("enabled", default=True),
        Bool("skip_weekend", nullable=True, null_as=False),
        quiet_hours(),
        Text("schedule_start_time", nullable=True, pattern=_CLOCK_WITH_SECONDS, since="2026"),
        Bool("investigation_agent_enabled", since="2026"),
        Bool("investigation_gates_notifications", since="2026"),
        Choice("investigation_inconclusive_action", ["notify", "suppress"], since="2026"),
    ),
    parts=(Snooze(),),
)

# -- subscriptions ---------------------------------------------------------------------------------------------------

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

#: Insights of a dashboard that one message can hold.
_EXPORTS: t.Final = 25


def _one_thing_is_sent(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("insight") is not None and values.get("dashboard") is not None:
        yield "insight", "a subscription sends an insight or a dashboard, not both"
    exports = values.get("dashboard_export_insights") or []
    if len(exports) > _EXPORTS:
        yield "dashboard_export_insights", f"has {len(exports)} insights, {_EXPORTS} are allowed"
    if exports and values.get("insight") is not None:
        yield "dashboard_export_insights", "belongs to the subscription of a dashboard, not of an insight"


def _something_is_sent(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    if current is not None:
        return
    if values.get("insight") is None and values.get("dashboard") is None and not values.get("prompt"):
        yield "insight", "one of insight and dashboard is needed, to say what is sent"
    if values.get("target_type") == "slack" and values.get("integration") is None:
        yield "integration", "is needed to send to Slack: the display_name of the connected workspace"


SUBSCRIPTION = Resource(
    type="subscription",
    plural="subscriptions",
    scope=Scope.PROJECT,
    path="subscriptions/",
    identity=Identity("title", ("title",), within=("insight", "dashboard", "target_value"), nameless=True),
    scopes=("subscription:read", "subscription:write"),
    delete=Delete.SOFT,
    order=51,
    checks=(_one_thing_is_sent,),
    guards=(_something_is_sent,),
    fields=(
        Text("title", required=True, null_as="", max_length=100),
        Reference("insight", INSIGHT, nullable=True),
        Reference("dashboard", Ref("dashboard"), nullable=True),
        References("dashboard_export_insights", INSIGHT, null_as=[], reading=ids_of("id"), since="2026"),
        Choice("content_type", ["insight", "dashboard", "ai_prompt"], create_only=True, since="2026"),
        Text("prompt", nullable=True, since="2026"),
        Open("ai_config", nullable=True, since="2026"),
        Document(
            "ai_prompt_config",
            [
                Document(
                    "window",
                    [
                        Choice("mode", ["since_last_sent", "last_n_days", "days_ago_range"]),
                        Int("start_days_ago", nullable=True, minimum=0, maximum=365),
                        Int("end_days_ago", nullable=True, minimum=0, maximum=365),
                    ],
                ),
            ],
            nullable=True,
            since="2026",
        ),
        Document(
            "delivery_config",
            [
                Bool("include_feedback"),
                Bool("include_images"),
                Bool("include_manage_link"),
                Bool("include_posthog_hint"),
                Bool("post_all_insights_in_main_message"),
            ],
            since="2026",
        ),
        Choice("target_type", ["email", "slack", "teams", "webhook"], required=True),
        Text("target_value", required=True),
        Reference("integration", Ref("integration"), nullable=True, api="integration_id", aliases=("integration_id",)),
        Choice("frequency", ["daily", "weekly", "monthly", "yearly"], required=True),
        # PostHog of 2026 demands it of a new subscription.
        Int("interval", default=1, initial=1, minimum=1),
        ListOf("byweekday", Choice("day", _WEEKDAYS), unordered=True, nullable=True),
        Int("bysetpos", nullable=True),
        Int("count", nullable=True),
        Time("start_date", required=True, relative=True),
        Time("until_date", nullable=True, relative=True),
        Bool("enabled", default=True, since="2026"),
        Text("invite_message", nullable=True, write_only=True),
        Bool("summary_enabled", since="2026"),
        Text("summary_prompt_guide", null_as="", since="2026"),
        # PostHog's own default sends a message to everybody whenever a subscription is made.
        Bool("send_test_now", write_only=True, initial=False),
    ),
)
