# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Null where it would mean everybody or everything: a variable that happens to be empty opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.export import Exporter
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import NOTHING
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, make_world

#: Where a null would open something, as a task would write it. PostHog takes each of them.
OPENING: dict[str, dict[str, Any]] = {
    "feature_flag rollout_percentage": {"key": "f", "rollout_percentage": None},
    "feature_flag variants": {"key": "f", "variants": None},
    "feature_flag filters": {"key": "f", "filters": None},
    "feature_flag filters.groups": {"key": "f", "filters": {"groups": None}},
    "feature_flag filters.groups[0].rollout_percentage": {
        "key": "f",
        "filters": {"groups": [{"rollout_percentage": None}]},
    },
    "feature_flag filters.groups[0].properties": {"key": "f", "filters": {"groups": [{"properties": None}]}},
    "feature_flag filters.multivariate.variants": {"key": "f", "filters": {"multivariate": {"variants": None}}},
    "feature_flag filters.multivariate.variants[0].rollout_percentage": {
        "key": "f",
        "filters": {"multivariate": {"variants": [{"key": "a", "rollout_percentage": None}]}},
    },
    "feature_flag evaluation_contexts": {"key": "f", "evaluation_contexts": None},
    "feature_flag evaluation_runtime": {"key": "f", "evaluation_runtime": None},
    "survey conditions": {"name": "s", "conditions": None},
    "survey conditions.url": {"name": "s", "conditions": {"url": None}},
    "survey conditions.selector": {"name": "s", "conditions": {"selector": None}},
    "survey conditions.events": {"name": "s", "conditions": {"events": None}},
    "survey conditions.actions": {"name": "s", "conditions": {"actions": None}},
    "survey conditions.deviceTypes": {"name": "s", "conditions": {"deviceTypes": None}},
    "survey conditions.linkedFlagVariant": {"name": "s", "conditions": {"linkedFlagVariant": None}},
    "survey targeting_flag_filters": {"name": "s", "targeting_flag_filters": None},
    "survey targeting_flag_filters.groups[0].properties": {
        "name": "s",
        "targeting_flag_filters": {"groups": [{"properties": None}]},
    },
    "product_tour targeting_flag_filters": {"name": "t", "targeting_flag_filters": None},
    "experiment rollout_percentage": {"name": "e", "rollout_percentage": None},
    "experiment variants": {"name": "e", "variants": None},
    "experiment exposure_criteria": {"name": "e", "exposure_criteria": None},
    "experiment exposure_criteria.exposure_config": {"name": "e", "exposure_criteria": {"exposure_config": None}},
    "experiment exposure_criteria.exposure_config.properties": {
        "name": "e",
        "exposure_criteria": {"exposure_config": {"event": "x", "properties": None}},
    },
    "experiment_holdout filters[0].rollout_percentage": {"name": "h", "filters": [{"rollout_percentage": None}]},
    "experiment_holdout filters[0].properties": {
        "name": "h",
        "filters": [{"rollout_percentage": 5, "properties": None}],
    },
    "web_experiment variants.a.rollout_percentage": {"name": "w", "variants": {"a": {"rollout_percentage": None}}},
    "early_access_feature stage": {"name": "e", "stage": None},
    "cohort filters.properties": {"name": "c", "filters": {"properties": None, "x": 1}},
    "cohort filters.properties.values": {"name": "c", "filters": {"properties": {"type": "AND", "values": None}}},
    "cohort filters.properties.values[0].event_filters": {
        "name": "c",
        "filters": {"properties": {"type": "AND", "values": [{"type": "behavioral", "event_filters": None}]}},
    },
    "action steps[0].event": {"name": "a", "steps": [{"event": None}]},
    "action steps[0].properties": {"name": "a", "steps": [{"event": "x", "properties": None}]},
    "hog_function filters": {"name": "h", "filters": None},
    "hog_function filters.events": {"name": "h", "filters": {"events": None}},
    "hog_function filters.actions": {"name": "h", "filters": {"actions": None}},
    "hog_function filters.properties": {"name": "h", "filters": {"properties": None}},
    "hog_function mappings[0].filters": {"name": "h", "mappings": [{"filters": None}]},
    "batch_export filters": {"name": "b", "filters": None},
    "project_settings session_recording_sample_rate": {"session_recording_sample_rate": None},
    "access_control role": {"resource": "project", "role": None},
    "access_control organization_member": {"resource": "project", "organization_member": None},
}


@pytest.mark.parametrize("case", OPENING)
def test_it_is_refused(case: str) -> None:
    """With its path, and with what says the same without a null where something does."""
    name, _blank, path = case.partition(" ")
    with pytest.raises(InvalidInput) as caught:
        read_object(RESOURCES[name], OPENING[case])
    texts = [text for where, text in caught.value.problems if where == path]
    assert any(text.startswith("cannot be null") for text in texts), caught.value.problems


def opening(known: Field, where: str, depth: int = 0) -> Iterator[tuple[str, Field]]:
    """The places in a field of which the table says that a null would open something."""
    if known.null_is:
        yield where, known
    for inner in known.fields if depth < 6 else ():
        yield from opening(inner, f"{where}.{inner.name}", depth + 1)
    if known.items is not None and depth < 6:
        yield from opening(known.items, f"{where}[]", depth + 1)


def of_tables() -> list[Any]:
    """All such places."""
    found: dict[str, Field] = {}
    for table in RESOURCES.values():
        for known in (*table.fields, *(short.field for short in table.shorthands)):
            found.update(opening(known, f"{table.type}.{known.name}"))
    return [pytest.param(known, id=where) for where, known in found.items()]


@pytest.mark.parametrize("known", of_tables())
def test_what_posthog_stores_as_null_stays(known: Field) -> None:
    """It means what the sentence says, so it is no difference, and an export leaves it out."""
    problems: Problems = []
    assert known.parse(None, "here", problems) is None
    ((_where, text),) = problems
    assert re.match(r"cannot be null, which would mean [^;]+; (write .+|leave it out) for that$", text)
    assert Exporter(make_world(Memory()).session).objects.values.value(known, None, "here") is NOTHING
    if known.kind == "document" and known.null_as is None:
        return
    said = known.null_as if known.null_as is not None else [] if known.kind in ("list", "open") else None
    assert known.same(said, None) and known.same(None, said)


def test_an_empty_dictionary_takes_the_targeting_away() -> None:
    """As null did."""
    declared = read_object(RESOURCES["survey"], {"name": "s", "targeting_flag_filters": {}})
    assert declared.values == {"name": "s", "targeting_flag_filters": None}


def test_a_stored_null_comes_out_and_in_again() -> None:
    """The export of a flag whose sets hold nulls declares what is there."""
    table = RESOURCES["feature_flag"]
    stored = {"groups": [{"properties": None, "rollout_percentage": None, "variant": None}], "multivariate": None}
    obj = {
        "id": 1,
        "key": "f",
        "filters": stored,
        "active": True,
        "evaluation_runtime": None,
        "evaluation_contexts": None,
    }
    item = Exporter(make_world(Memory()).session).objects.declaration(table, obj, {})
    assert item is not None
    declared = read_object(table, {key: value for key, value in item.items() if key != "id"})
    for known in table.fields:
        if known.name in declared.values:
            assert known.same(declared.values[known.name], known.value_in(obj)), known.name
