# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E501
"""Queries against the table of shapes: typos are refused, what is newer passes, every place that names something is known."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec, read_object
from ansible_collections.community.posthog.plugins.module_utils._resources.common import LATE_REFS
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.references import walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import table

GENERATOR = Path(__file__).parents[3] / "bin" / "query_shapes.py"

SERIES = "series: [{kind: EventsNode, event: x}]"


def read(type_: str, **options: Any) -> ObjectSpec:
    """A declaration of one object of a type."""
    resource: Resource = RESOURCES[type_]
    return read_object(resource, options)


def insight(text: str) -> ObjectSpec:
    """A declared insight with a query."""
    return read("insight", name="n", query=yaml.safe_load(text))


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (
            "{kind: TrendsQuery, series: [{kind: EventsNode, evnt: x}]}",
            "query.series[0].evnt: no such key of EventsNode; did you mean event?",
        ),
        (
            f"{{kind: TrendsQuery, {SERIES}, trendFilter: {{}}}}",
            "query.trendFilter: no such key of TrendsQuery; did you mean trendsFilter?",
        ),
        (f"{{kind: TrendsQuery, {SERIES}, intervall: day}}", "did you mean interval?"),
        (f"{{kind: TrendsQuery, {SERIES}, date_range: {{}}}}", "did you mean dateRange?"),
        (
            f"{{kind: TrendsQuery, {SERIES}, interval: weekly}}",
            "query.interval: 'weekly' is none of PostHog's choices of interval; did you mean week?",
        ),
        (
            f"{{kind: InsightVizNode, source: {{kind: TrendsQuery, {SERIES}, interval: dai}}}}",
            "query.source.interval: 'dai'",
        ),
        (
            "{kind: TrendsQuery, series: [{kind: EventsNode, event: x, math: sums}]}",
            "query.series[0].math: 'sums' is none of PostHog's choices of math; did you mean sum?",
        ),
        ("{kind: TrendsQuery, series: [{kind: EventNode, event: x}]}", "did you mean EventsNode?"),
        ("{kind: TrendQuery, series: []}", "did you mean TrendsQuery?"),
        (
            f"{{kind: TrendsQuery, {SERIES}, properties: [{{type: event, key: a, value: b, operator: equals}}]}}",
            "query.properties[0].operator: 'equals' is none of PostHog's choices of operator; did you mean exact?",
        ),
        (
            f"{{kind: TrendsQuery, {SERIES}, dateRange: {{date_from: last week}}}}",
            "query.dateRange.date_from: 'last week' is no date; did you mean -7d?",
        ),
        (
            f"{{kind: TrendsQuery, {SERIES}, dateRange: {{date_to: 7 days}}}}",
            "it takes a date such as 2026-03-01, or -7d",
        ),
        (
            f"{{kind: TrendsQuery, {SERIES}, filterTestAccounts: perhaps}}",
            "query.filterTestAccounts: takes true or false, not 'perhaps'",
        ),
        ("{kind: TrendsQuery, series: {kind: EventsNode}}", "query.series: takes a list, not a dictionary"),
        ("{kind: TrendsQuery}", "query.series: is missing"),
        ("{kind: RetentionQuery, retentionFilter: {period: Weekly}}", "did you mean Week?"),
        ("{}", "query.kind: is missing"),
    ],
)
def test_a_typo_is_refused_with_the_right_word(query: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        insight(query)
    assert problem in "; ".join(f"{path}: {text}" for path, text in caught.value.problems)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("{kind: FutureQuery, anything: 1}", "query.kind"),
        (f"{{kind: TrendsQuery, {SERIES}, somethingElseEntirely: 1}}", "query.somethingElseEntirely"),
        ("{kind: TrendsQuery, series: [{kind: EventsNode, event: x, math: geometric}]}", "query.series[0].math"),
        ("{kind: TrendsQuery, series: [{kind: EventsNode, event: x, math: p42}]}", "query.series[0].math"),
        (f"{{kind: TrendsQuery, {SERIES}, properties: [{{type: dream, key: a}}]}}", "query.properties[0].type"),
        (
            f"{{kind: TrendsQuery, {SERIES}, properties: [{{key: a, operator: starts_with, value: b}}]}}",
            "query.properties[0].operator",
        ),
    ],
)
def test_what_may_be_newer_passes_as_it_is_with_a_remark(query: str, where: str) -> None:
    declared = insight(query)
    assert [path for path, _text in declared.remarks] == [where]
    stored = declared.values["query"]
    assert stored.get("source", stored) == yaml.safe_load(query)


@pytest.mark.parametrize(
    ("kind", "more", "drawn"),
    [
        ("TrendsQuery", SERIES, "InsightVizNode"),
        ("CalendarHeatmapQuery", SERIES, "InsightVizNode"),
        ("WebOverviewQuery", "properties: []", "InsightVizNode"),
        ("HogQLQuery", "query: select 1", "DataVisualizationNode"),
        ("EventsQuery", "select: ['*']", "DataTableNode"),
    ],
)
def test_a_query_alone_is_put_into_what_draws_it(kind: str, more: str, drawn: str) -> None:
    declared = insight(f"{{kind: {kind}, {more}}}")
    assert (declared.values["query"]["kind"], declared.values["query"]["source"]["kind"]) == (drawn, kind)
    assert declared.remarks == []


def test_numbers_and_booleans_that_came_as_text_are_what_posthog_stores() -> None:
    source = insight(f"{{kind: TrendsQuery, {SERIES}, samplingFactor: '0.5', filterTestAccounts: 'yes'}}").values[
        "query"
    ]["source"]
    assert (source["samplingFactor"], source["filterTestAccounts"]) == (0.5, True)


def test_variables_are_written_by_name_alone() -> None:
    source = insight("{kind: HogQLQuery, query: q, variables: {my_country: DE}}").values["query"]["source"]
    assert source["variables"] == {"my_country": {"variableId": "my_country", "code_name": "my_country", "value": "DE"}}


@pytest.mark.parametrize(
    ("type_", "options", "path"),
    [
        ("dashboard", {"name": "d", "filters": {"date_from": "last week"}}, "filters.date_from"),
        ("dashboard", {"name": "d", "filters": {"propertys": []}}, "filters.propertys"),
        (
            "dashboard_template",
            {
                "template_name": "d",
                "tiles": [{"type": "INSIGHT", "query": {"kind": "TrendsQuery", "series": ["{X}"], "intervall": "day"}}],
            },
            "tiles[0].query.intervall",
        ),
        (
            "notebook",
            {
                "title": "n",
                "content": {
                    "content": [{"attrs": {"query": {"kind": "TrendsQuery", "series": [], "interval": "weekly"}}}]
                },
            },
            "content.content[0].attrs.query.interval",
        ),
        ("endpoint", {"name": "e", "query": {"kind": "HogQLQuery", "quary": "select 1", "query": "q"}}, "query.quary"),
        (
            "session_recording_playlist",
            {
                "name": "p",
                "type": "filters",
                "filters": {"filter_group": {"values": [{"key": "a", "operator": "equals"}]}},
            },
            "filters.filter_group.values[0].operator",
        ),
        (
            "feature_flag",
            {
                "key": "f",
                "filters": {
                    "groups": [{"properties": [{"key": "a", "type": "person", "operator": "equals", "value": "b"}]}]
                },
            },
            "filters.groups[0].properties[0].operator",
        ),
        (
            "cohort",
            {
                "name": "c",
                "filters": {
                    "properties": {
                        "type": "AND",
                        "values": [{"type": "person", "key": "a", "operator": "contains", "value": "b"}],
                    }
                },
            },
            "filters.properties.values[0].operator",
        ),
        (
            "experiment_saved_metric",
            {"name": "m", "query": {"metric_type": "mean", "source": {"kind": "EventsNode", "evnt": "x"}}},
            "query.source.evnt",
        ),
        ("survey", {"name": "s", "appearance": {"alowGoBack": True}}, "appearance.alowGoBack"),
    ],
)
def test_queries_and_filters_are_checked_wherever_they_stand(type_: str, options: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(type_, **options)
    assert path in [where for where, _text in caught.value.problems]


def test_a_key_that_a_document_does_not_know_is_compared_and_sent() -> None:
    declared = read("survey", name="s", appearance={"brandNewGlow": 3, "textColor": "#fff"})
    assert [path for path, _text in declared.remarks] == ["appearance.brandNewGlow"]
    field = RESOURCES["survey"].field("appearance")
    assert field is not None
    wanted, stored = declared.values["appearance"], {"brandNewGlow": 2, "textColor": "#fff", "other": 1}
    assert not field.same(wanted, stored)
    assert field.same(wanted, {**stored, "brandNewGlow": 3})
    assert compose(field, wanted, stored) == {"brandNewGlow": 3, "textColor": "#fff", "other": 1}


#: Keys that look as if they named something, and why no rule carries them over.
CARRIED_AS_THEY_ARE = {
    "cohort_name": "what the browser shows beside the cohort's id",
    "sharedMetricId": "what PostHog notes itself",
    "dataColorTheme": "PostHog's own themes have the same number in every project, and are in no list of the project's own",
    "featureFlagKey": "flags are known by their keys",
    "actions": "filters of recordings; what stands inside is {type: actions}",
    "actionSteps": "steps, written out",
    "cohort": "a funnel's group of people by when they began, not a cohort of people",
    "showActions": "true or false",
    "inCohortVia": "how PostHog computes",
    "inlineCohortCalculation": "how PostHog computes",
    "ActionsPie": "the options of a kind of chart",
    "conversion_goal_id": "a text of the goal's own",
}
SUSPECT = re.compile(
    r"cohort|action(?!able)|variable|shortId|experiment_id|flag|group_?type_?index|theme|goal_id|MetricId", re.I
)


def places() -> list[tuple[str, str]]:
    """Every key of every shape that may name a cohort, an action, a flag, a variable, a group type or an insight."""
    return [(name, key) for name in table().names for key in table().shape(name).keys if SUSPECT.search(key)]


def document(name: str, **more: Any) -> dict[str, Any]:
    """A document of a shape, with what tells it from others."""
    return {**{key: texts[0] for key, texts in table().shape(name).tags.items()}, **more}


def resolved(value: Any) -> list[tuple[str, Any]]:
    """The references that are found in a document: type and value."""
    found: list[tuple[str, Any]] = []

    def note(rule: Any, item: Any, _where: str) -> Any:
        found.append((rule.ref.type, item))
        return 42

    walk(value, LATE_REFS, note)
    return found


@pytest.mark.parametrize(("name", "key"), places())
def test_every_place_of_the_schema_that_names_something_is_resolved(name: str, key: str) -> None:
    if key in CARRIED_AS_THEY_ARE:
        assert resolved(document(name, **{key: "a name"})) == []
        return
    value = {"a name": {}} if key == "variables" else "a name"
    assert [item for _type, item in resolved(document(name, **{key: value}))] == ["a name"]


@pytest.mark.parametrize(
    "name", [name for name in table().names if "ActionsNode" in table().shape(name).tags.get("kind", ())]
)
def test_every_node_of_an_action_is_resolved(name: str) -> None:
    assert resolved({"kind": "ActionsNode", "id": "a name"}) == [("action", "a name")], name


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"breakdown_type": "cohort", "breakdown": ["all", "one", 7]}, [("cohort", "one"), ("cohort", 7)]),
        ({"breakdown_type": "cohort", "breakdown": "all"}, []),
        ({"breakdowns": [{"type": "cohort", "property": "one"}]}, [("cohort", "one")]),
        ({"breakdown_type": "event", "breakdown": "$feature/one"}, []),
        ({"targetEntity": {"type": "actions", "id": "one"}}, [("action", "one")]),
        ({"targetEntity": {"type": "events", "id": "one"}}, []),
        ({"type": "cohort", "key": "id", "value": "one"}, [("cohort", "one")]),
        ({"kind": "SavedInsightNode", "shortId": "one"}, [("insight", "one")]),
    ],
)
def test_what_only_its_neighbours_tell_is_resolved(value: Any, found: Any) -> None:
    assert resolved(value) == found


def test_the_generator_takes_over_keys_types_and_choices() -> None:
    spec = importlib.util.spec_from_file_location("query_shapes", GENERATOR)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    schema = {
        "definitions": {
            "NodeKind": {"enum": ["ANode", "OtherNode"], "type": "string"},
            "Interval": {"enum": ["day", "week"], "type": "string"},
            "ANode": {
                "additionalProperties": False,
                "properties": {
                    "kind": {"const": "ANode", "type": "string"},
                    "interval": {"$ref": "#/definitions/Interval", "description": "not taken over"},
                    "series": {
                        "type": "array",
                        "items": {"anyOf": [{"$ref": "#/definitions/ANode"}, {"type": "null"}]},
                    },
                    "values": {"type": "object", "additionalProperties": {"type": "number"}},
                    "response": {"type": "object"},
                },
                "required": ["kind", "series"],
            },
        }
    }
    names: dict[str, Any] = {}
    exec(module.made(schema, "2026-09"), names)
    assert names["SHAPES"] == {"ANode": "interval:#Interval kind!:=ANode response:any series!:[@ANode] values:{num}"}
    assert names["CHOICES"] == {"Interval": "day | week"}
    assert sorted(names["KINDS"]) == ["ANode", "OtherNode"]
    assert "not taken over" not in module.made(schema, "2026-09")
