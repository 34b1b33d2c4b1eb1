# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Cohorts and actions: who did what.

Private to this collection: it may change without notice. Facts: API.md chapter 5, cohort and action.
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
    NestedRef,
    Open,
    Tags,
    Text,
    Time,
)
from ansible_collections.community.posthog.plugins.module_utils._resource import Delete, Identity, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    ACTION,
    PROPERTY_REFS,
    QUERY_REFS,
)

EVENT_FILTER = Document(
    "event_filter",
    [
        Choice("type", ["event", "element", "hogql"], required=True),
        Text("key", required=True),
        Anything("value"),
        Text("operator", nullable=True),
    ],
)

#: What a condition may say besides type and, for a group, values.
_CONDITION = (
    Anything("key"),
    Anything("value"),
    Text("operator", nullable=True),
    Bool("negation", nullable=True, null_as=False, default=False),
    Choice("event_type", ["events", "actions"], nullable=True),
    Int("time_value", nullable=True),
    Text("time_interval", nullable=True),
    Int("operator_value", nullable=True),
    Text("seq_time_interval", nullable=True),
    Int("seq_time_value", nullable=True),
    Anything("seq_event"),
    Text("seq_event_type", nullable=True),
    Int("total_periods", nullable=True),
    Int("min_periods", nullable=True),
    ListOf("event_filters", EVENT_FILTER, nullable=True),
    Text("explicit_datetime", nullable=True),
    Text("explicit_datetime_to", nullable=True),
    Anything("bytecode", computed=True),
    Anything("bytecode_error", computed=True),
    Anything("conditionHash", computed=True),
)

_TYPES = ("AND", "OR", "behavioral", "cohort", "person", "person_metadata")


def _group(depth: int) -> Field:
    """A group of conditions that may hold groups, down to a depth that nobody reaches."""
    inner = _CONDITION if depth == 0 else (*_CONDITION, ListOf("values", _group(depth - 1)))
    return Document("condition", (Choice("type", _TYPES, required=True), *inner))


FILTERS = Document(
    "filters",
    [
        Document(
            "properties",
            [Choice("type", ["AND", "OR"], required=True), ListOf("values", _group(3), required=True)],
            required=True,
        )
    ],
    nullable=True,
    # A behavioural condition on an action has the action's id as its key.
    refs=(
        *PROPERTY_REFS,
        NestedRef({"type": "behavioral", "event_type": "actions"}, "key", ACTION),
        NestedRef({"type": "behavioral", "seq_event_type": "actions"}, "seq_event", ACTION),
    ),
)


def _one_source(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("filters") and values.get("query"):
        yield "query", "a cohort is made of filters or of a query, not of both"


def _conditions(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """What PostHog asks of a condition, told with the path where it is missing."""
    filters = values.get("filters")
    if isinstance(filters, dict):
        yield from _inner_conditions(filters["properties"], "filters.properties")


def _inner_conditions(group: t.Mapping[str, t.Any], path: str) -> t.Iterator[tuple[str, str]]:
    for index, item in enumerate(group.get("values") or []):
        where = f"{path}.values[{index}]"
        kind = item["type"]
        if kind in ("AND", "OR"):
            yield from _inner_conditions(item, where)
            continue
        if item.get("key") is None:
            yield f"{where}.key", "is missing"
        if kind in ("person", "person_metadata") and not item.get("operator"):
            yield f"{where}.operator", f"is missing; a condition of type {kind} needs one, such as exact or is_set"
        if kind == "behavioral" and not item.get("event_type"):
            yield f"{where}.event_type", "is missing; it is events or actions"


COHORT = Resource(
    type="cohort",
    plural="cohorts",
    scope=Scope.PROJECT,
    path="cohorts/",
    identity=Identity("name", ("name",)),
    scopes=("cohort:read", "cohort:write"),
    delete=Delete.SOFT,
    order=12,
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", null_as="", max_length=1000),
        FILTERS,
        Open("query", nullable=True, refs=QUERY_REFS),
        Bool("is_static", default=False),
        Choice(
            "cohort_type",
            ["static", "person_property", "behavioral", "realtime", "analytical"],
            nullable=True,
            since="2026",
        ),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    checks=(_one_source, _conditions),
)

_MATCHING = ("contains", "regex", "exact")

STEP = Document(
    "step",
    [
        Text("event", nullable=True),
        ListOf("properties", Open("property"), nullable=True, null_as=[], default=[]),
        Text("selector", nullable=True),
        Text("tag_name", nullable=True),
        Text("text", nullable=True),
        Choice("text_matching", _MATCHING, nullable=True),
        Text("href", nullable=True),
        Choice("href_matching", _MATCHING, nullable=True),
        Text("url", nullable=True),
        Choice("url_matching", _MATCHING, nullable=True, null_as="contains", default="contains"),
        Anything("selector_regex", computed=True),
    ],
)

ACTION_TABLE = Resource(
    type="action",
    plural="actions",
    scope=Scope.PROJECT,
    path="actions/",
    identity=Identity("name", ("name",), unique=True),
    scopes=("action:read", "action:write"),
    delete=Delete.SOFT,
    order=11,
    # Servers of 2024 answer 500 to a PATCH without the name.
    echo=("name",),
    marker="tags",
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", null_as=""),
        Tags(),
        ListOf("steps", STEP, null_as=[], refs=PROPERTY_REFS),
        Bool("post_to_slack", null_as=False),
        Text("slack_message_format", null_as="", max_length=1200),
        Time("pinned_at", nullable=True),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
)
