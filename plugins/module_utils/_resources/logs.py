# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Views and alerts of logs.

Private to this collection: it may change without notice. Facts: API.md chapter 5, logs_view, logs_alert.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._resources.common import Filters
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import Checker
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
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
    guards=(_periods_fit, _watches_something),
    fields=(
        Text("name", required=True, max_length=255),
        Bool("enabled", default=True),
        Document("filters", _LINES, null_as={}, default={}, whole=True),
        Int("threshold_count", default=100, minimum=1),
        Choice("threshold_operator", ["above", "below"], default="above"),
        Int("window_minutes", default=5, choices=(5, 10, 15, 30, 60)),
        Int("evaluation_periods", default=1, minimum=1),
        Int("datapoints_to_alarm", default=1, minimum=1),
        Int("cooldown_minutes", default=0, minimum=0),
        Time("snooze_until", nullable=True, relative=True),
    ),
)
