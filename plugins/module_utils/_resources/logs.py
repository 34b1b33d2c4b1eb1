# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Views and alerts of logs, and rules that keep or drop lines.

Private to this collection: it may change without notice. Facts: API.md chapter 5, logs_view, logs_alert.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._resources.common import Filters
from ansible_collections.community.posthog.plugins.module_utils._resources.quiet_hours import (
    quiet_hours,
    windows_are_long_enough,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import Checker
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Open,
    Text,
    Time,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup

#: Which lines are meant: of these severities, of these services, with these attributes.
_LINES = (
    ListOf("severityLevels", Text("level"), unordered=True, nullable=True),
    ListOf("serviceNames", Text("service"), unordered=True, nullable=True),
    Filters("filterGroup", nullable=True),
)


def _columns_are_whole(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    for index, column in enumerate(values.get("columns") or []):
        if column.get("type") == "custom" and not column.get("expression"):
            yield f"columns[{index}].expression", "is missing; a column of the type custom needs one"


LOGS_VIEW = Resource(
    type="logs_view",
    plural="logs_views",
    scope=Scope.PROJECT,
    path="logs/views/",
    identity=Identity("name", ("name",)),
    scopes=("logs:read", "logs:write"),
    order=49,
    id_path="short_id",
    # The list tells everything, and takes either of the two ids.
    other_ids=("id",),
    retrievable=False,
    since="2026",
    checks=(_columns_are_whole,),
    fields=(
        Text("name", required=True, max_length=400),
        Document(
            "filters",
            [
                *_LINES,
                Text("searchTerm", nullable=True, null_as="", default=""),
                Open("dateRange", nullable=True, checked=Checker().document("DateRange")),
            ],
            null_as={},
            default={},
            whole=True,
        ),
        ListOf(
            "columns",
            Document(
                "column",
                [
                    # PostHog gives a column an id where it has none.
                    Text("id", nullable=True, preserved=True),
                    Text("type", nullable=True),
                    Text("name", nullable=True),
                    Text("expression", nullable=True),
                    Int("width", nullable=True, minimum=1, maximum=2000),
                ],
            ),
            nullable=True,
        ),
        Bool("pinned", default=False),
    ),
)


# -- alerts ----------------------------------------------------------------------------------------------------------


def _periods_fit(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """An alarm cannot take more periods than are looked at."""
    now = current or {}
    points = values.get("datapoints_to_alarm", now.get("datapoints_to_alarm", 1))
    periods = values.get("evaluation_periods", now.get("evaluation_periods", 1))
    option = next((name for name in ("datapoints_to_alarm", "evaluation_periods") if name in values), None)
    if option and points > periods:
        yield (
            option,
            f"leaves datapoints_to_alarm ({points}) above evaluation_periods ({periods}), which can never come about",
        )


def _watches_something(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """An alert that is on needs to know which lines it counts."""
    if current is not None and "filters" not in values and "enabled" not in values:
        return
    now = current or {}
    filters = values.get("filters", now.get("filters")) or {}
    if values.get("enabled", now.get("enabled", True)) and not any(filters.values()):
        yield (
            "filters",
            "needs at least one of severityLevels, serviceNames and filterGroup, unless enabled is false",
        )


LOGS_ALERT = Resource(
    type="logs_alert",
    plural="logs_alerts",
    scope=Scope.PROJECT,
    path="logs/alerts/",
    identity=Identity("name", ("name",)),
    scopes=("logs:read", "logs:write"),
    order=50,
    since="2026",
    checks=(windows_are_long_enough,),
    guards=(_periods_fit, _watches_something),
    fields=(
        Text("name", required=True, max_length=255),
        Bool("enabled", default=True),
        Document("filters", _LINES, null_as={}, default={}, whole=True),
        # No matching line at all, with above: any line makes the alert fire.
        Int("threshold_count", default=100, minimum=0),
        Choice("threshold_operator", ["above", "below"], default="above"),
        Int("window_minutes", default=5, choices=(5, 10, 15, 30, 60)),
        Int("evaluation_periods", default=1, minimum=1),
        Int("datapoints_to_alarm", default=1, minimum=1),
        Int("cooldown_minutes", default=0, minimum=0),
        Time("snooze_until", nullable=True, relative=True),
        quiet_hours(),
    ),
)

# -- rules that keep or drop lines -----------------------------------------------------------------------------------


def _sampling_fits(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """What each kind of rule needs, and PostHog refuses the rule without."""
    kind, config = values.get("rule_type"), values.get("config")
    if not isinstance(config, dict):
        return
    if kind == "severity_sampling" and not config.get("actions"):
        yield "config.actions", "is missing; severity_sampling says for each level what happens"
    if kind == "path_drop" and not (config.get("filter_group") or config.get("patterns")):
        yield "config", "needs a filter_group or patterns; path_drop would drop nothing"
    if kind == "path_drop" and config.get("patterns") and not config.get("match_attribute_key"):
        yield "config.match_attribute_key", "is missing; patterns are compared with an attribute"
    if kind == "rate_limit":
        limits = [name for name in ("logs_per_second", "kb_per_second") if config.get(name) is not None]
        if len(limits) != 1:
            yield "config", "needs logs_per_second or kb_per_second, one of the two"
        for name, burst in (("logs_per_second", "burst_logs"), ("kb_per_second", "burst_kb")):
            limit, most = config.get(name), config.get(burst)
            if isinstance(limit, (int, float)) and isinstance(most, (int, float)) and most < limit:
                yield f"config.{burst}", f"is below {name} ({limit:g}); a burst is not smaller than what is usual"


LOGS_SAMPLING_RULE = Resource(
    type="logs_sampling_rule",
    plural="logs_sampling_rules",
    scope=Scope.PROJECT,
    path="logs/sampling_rules/",
    title="sampling rule of logs",
    identity=Identity("name", ("name",)),
    scopes=("logs:read", "logs:write"),
    order=49,
    since="2026",
    checks=(_sampling_fits,),
    fields=(
        Text("name", required=True, max_length=255),
        Choice("rule_type", ["severity_sampling", "path_drop", "rate_limit"], required=True, newer=True),
        Filters("config", required=True),
        Bool("enabled", default=False),
        # A rule without one comes after all others.
        Int("priority", minimum=0, unsettled=True),
        Text("scope_service", nullable=True),
        Text("scope_path_pattern", nullable=True),
        ListOf(
            "scope_attribute_filters",
            Document(
                "filter",
                [Text("key", required=True), Text("op", required=True), Anything("value")],
                match_keys=("key",),
            ),
            default=[],
            null_as=[],
        ),
    ),
)

LOGS_RETENTION_RULE = Resource(
    type="logs_retention_rule",
    plural="logs_retention_rules",
    scope=Scope.PROJECT,
    path="logs/retention_rules/",
    title="retention rule of logs",
    identity=Identity("name", ("name",)),
    scopes=("logs:read", "logs:write"),
    order=49,
    since="2026",
    fields=(
        Text("name", required=True, max_length=255),
        Document(
            "config",
            [
                # How many there may be goes by the plan.
                Int("retention_days", required=True, minimum=1),
                Filters("filter_group", required=True),
            ],
            required=True,
        ),
        Bool("enabled", default=False),
        Int("priority", minimum=0, unsettled=True),
    ),
)
