# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of PostHog about a plan: where SQL, Hog and conditions stand, and where an error is in a file."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.review import Guard
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Risk
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import Code, Condition
from ansible_collections.community.posthog.plugins.plugin_utils._config_files import _blocks
from ansible_collections.community.posthog.plugins.plugin_utils._yaml import read_yaml


def code(kind: str, **values: Any) -> list[Code]:
    """The texts that a type finds."""
    finder = RESOURCES[kind].code
    assert finder is not None
    return list(finder(values))


def test_sql_in_queries_filters_series_and_breakdowns() -> None:
    source = {
        "kind": "TrendsQuery",
        "series": [{"kind": "EventsNode", "math": "hogql", "math_hogql": "sum(1)", "properties": []}],
        "properties": [{"type": "hogql", "key": "a = 1"}, {"type": "event", "key": "no sql"}],
        "breakdownFilter": {
            "breakdown_type": "hogql",
            "breakdown": "b",
            "breakdowns": [{"type": "hogql", "property": "c"}],
        },
    }
    assert code("insight", query={"kind": "InsightVizNode", "source": source}, name="select 1") == [
        Code("query.source.series[0].math_hogql", "hogQLExpr", "sum(1)"),
        Code("query.source.properties[0].key", "hogQLExpr", "a = 1"),
        Code("query.source.breakdownFilter.breakdown", "hogQLExpr", "b"),
        Code("query.source.breakdownFilter.breakdowns[0].property", "hogQLExpr", "c"),
    ]
    sql = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}}
    assert code("insight", query=sql) == [Code("query.source.query", "hogQL", "select 1")]
    assert code("warehouse_saved_query", query={"kind": "HogQLQuery", "query": "q"}) == [
        Code("query.query", "hogQL", "q")
    ]
    assert code("endpoint", query={"kind": "HogQLQuery", "query": "q"}) == [Code("query.query", "hogQL", "q")]
    assert code("cohort", filters=None, query=None) == []


def test_hog_and_templates() -> None:
    inputs = {
        "url": {"value": "https://example.com/{event.uuid}"},
        "plain": {"value": "no template"},
        "escaped": {"value": "\\{no template}"},
        "liquid": {"value": "{{ event.uuid }}", "templating": "liquid"},
        "body": {"value": {"a": ["{person.id}"], "n": 1}},
    }
    found = code("hog_function", hog="return 1", inputs=inputs, mappings=[{"inputs": {"x": {"value": "{y}"}}}])
    assert found == [
        Code("hog", "hog", "return 1"),
        Code("inputs.url.value", "hogTemplate", "https://example.com/{event.uuid}"),
        Code("inputs.body.value.a[0]", "hogTemplate", "{person.id}"),
        Code("mappings[0].inputs.x.value", "hogTemplate", "{y}"),
    ]
    assert code("hog_flow", actions=[{"config": {"inputs": {"x": {"value": "{y}"}}}}]) == [
        Code("actions[0].config.inputs.x.value", "hogTemplate", "{y}")
    ]


def test_conditions_of_a_flag() -> None:
    reach = RESOURCES["feature_flag"].reach
    assert reach is not None
    groups: list[Any] = [
        {"properties": [{"key": "a", "value": 1, "label": None}], "rollout_percentage": 20},
        {"properties": None, "rollout_percentage": None, "aggregation_group_type_index": 1},
    ]
    assert reach.conditions({"active": True, "filters": {"groups": groups}}) == {
        "filters.groups[0]": Condition({"properties": [{"key": "a", "value": 1}]}, None, 20),
        "filters.groups[1]": Condition({"properties": []}, 1, 100),
    }
    assert reach.conditions({"active": False, "filters": {"groups": groups}}) == {}
    assert reach.conditions({}) == {}


@pytest.mark.parametrize(("percent", "size"), [(frozenset({"reach"}), 24.8), (frozenset(), 12400)])
def test_a_guard_limits_a_number_or_a_share(percent: frozenset[str], size: float) -> None:
    assert Guard({"reach": 1}, percent=percent).size(Risk("reach", "x", 12400, 24.8)) == size


def test_where_blocks_begin() -> None:
    text = (
        "insights:\n"
        "  - name: a\n"
        "    query:\n"
        "      query: |  # SQL\n"
        "          select 1\n"
        "          from x\n"
        "  - query: |-\n"
        "      select 2\n"
        "    name: 'b: |'\n"
        "    other: >\n"
        "      folded\n"
    )
    lines = read_yaml(text)[0][0].lines
    assert _blocks(text, lines) == {"insights[0].query.query": [5, 11], "insights[1].query": [8, 7]}
    assert _blocks("a: 1\n", {"a": 1}) == {}
