# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PostHog stores in other words than it was given is no difference."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import required
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

PROJECT = "/api/projects/1/"


def world_of(kind: str, *objects: Obj) -> World:
    """A project with objects of a type."""
    memory = Memory()
    path = RESOURCES[kind].paths[0]
    memory.lists[PROJECT + path] = [dict(obj) for obj in objects]
    return make_world(memory, tables=[RESOURCES[kind]])


def present(world: World, kind: str, **options: Any) -> Outcome:
    """Declare one object."""
    return Reconciler(world.session, RESOURCES[kind]).present(read_object(RESOURCES[kind], options))


SETS = [{"properties": [], "rollout_percentage": 50}]


@pytest.mark.parametrize(
    "stored",
    [
        # The server of 2026 tells it of each set, the browser of years before of the flag alone.
        {"aggregation_group_type_index": 0, "groups": [{**SETS[0], "aggregation_group_type_index": 0}]},
        {"aggregation_group_type_index": 0, "groups": SETS},
    ],
)
@pytest.mark.parametrize(
    "declared",
    [
        {"aggregation_group_type_index": 0, "groups": SETS},
        {"groups": [{**SETS[0], "aggregation_group_type_index": 0}]},
    ],
)
def test_a_set_without_a_word_counts_what_its_flag_does(declared: Obj, stored: Obj) -> None:
    flag = {"id": 1, "key": "a", "filters": {**stored, "multivariate": None, "payloads": {}}}
    world = world_of("feature_flag", flag)
    assert not present(world, "feature_flag", key="a", filters=declared).changed
    assert not world.memory.writes


def test_a_set_that_counts_persons_is_another_one() -> None:
    stored = {"aggregation_group_type_index": 0, "groups": [{**SETS[0], "aggregation_group_type_index": None}]}
    world = world_of("feature_flag", {"id": 1, "key": "a", "filters": stored})
    declared = {"aggregation_group_type_index": 0, "groups": SETS}
    assert present(world, "feature_flag", key="a", filters=declared).changed
    assert world.memory.writes[0][2]["filters"]["groups"][0]["aggregation_group_type_index"] == 0


@pytest.mark.parametrize("stored", ["pt-br", "pt-BR", "pt_BR", " PT-br"])
def test_languages_are_compared_without_case(stored: str) -> None:
    table = RESOURCES["survey"]
    known = required(table.field("translations"))
    declared = known.parse({"pt_br": {"name": "Oi"}}, "translations", [])
    assert known.same(declared, {stored: {"name": "Oi"}})
    assert not known.same(declared, {stored: {"name": "Ola"}})
    assert known.view({stored: {"name": "Oi"}}, declared) == known.view(declared, declared)
    # Its unknown keys are found under the other spelling, too.
    assert compose(known, declared, {stored: {"name": "Ola", "own": 1}}) == {"pt-BR": {"name": "Oi", "own": 1}}
    assert required(table.field("base_language")).same("pt-BR", stored)


def test_blanks_around_nested_texts_are_no_difference() -> None:
    known = required(RESOURCES["survey"].field("questions"))
    assert known.same(
        [{"type": "open", "question": "Why?\n", "buttonText": " Go "}],
        [{"type": "open", "question": "Why?", "buttonText": "Go"}],
    )


def test_numbers_that_read_back_as_text_are_no_difference() -> None:
    known = required(required(RESOURCES["batch_export"].field("destination")).key("config"))
    declared = {"max_file_size_mb": 100, "use_virtual_style_addressing": True, "port": 5432}
    stored = {"max_file_size_mb": "100", "use_virtual_style_addressing": "True", "port": "5432"}
    assert known.same(declared, stored)
    assert not known.same(declared, {**stored, "max_file_size_mb": "101"})
    assert known.view(stored, declared) == declared


NO_FILTERS: list[Any] = [None, {}, {"properties": {}}, {"properties": None}]


@pytest.mark.parametrize("declared", NO_FILTERS)
def test_a_cohort_without_filters_is_one(declared: Any) -> None:
    cohort = {"id": 1, "name": "Static", "is_static": True, "filters": {"properties": {}}}
    world = world_of("cohort", cohort)
    assert not present(world, "cohort", name="Static", is_static=True, filters=declared).changed
    assert not world.memory.writes
    present(world, "cohort", name="Other", is_static=True, filters=declared)
    assert world.memory.writes == [("POST", f"{PROJECT}cohorts/", {"name": "Other", "is_static": True})]


VIRTUAL = {"id": "$builtin_virt_initial_channel_type", "name": "$virt_initial_channel_type", "description": None}


@pytest.mark.parametrize("obj", [VIRTUAL, {**VIRTUAL, "id": "0190"}, {**VIRTUAL, "name": "channel"}])
def test_what_posthog_computes_is_never_written(obj: Obj) -> None:
    world = world_of("property_definition", obj)
    options = {"name": obj["name"], "type": "person"}
    assert not present(world, "property_definition", **options).changed
    with pytest.raises(PostHogFailure, match=r"virtual.*nobody can change or delete; leave it out"):
        present(world, "property_definition", description="Mine", **options)
    table = RESOURCES["property_definition"]
    with pytest.raises(PostHogFailure, match="nobody can change or delete"):
        Reconciler(world.session, table).absent(read_object(table, options))
    assert not world.memory.writes


def test_a_web_experiment_is_whole() -> None:
    """PostHog looks for the variants in each PATCH, and keeps of each variant what the toolbar wrote there."""
    variants = {"control": {"rollout_percentage": 50}, "test": {"rollout_percentage": 50, "transforms": [], "css": "b"}}
    world = world_of("web_experiment", {"id": 1, "name": "Web", "variants": variants, "created_at": "2026-01-01"})
    assert present(world, "web_experiment", name="Web", created_at="2026-02-01T00:00:00Z").changed
    assert world.memory.writes[0][2] == {"created_at": "2026-02-01T00:00:00Z", "variants": variants}
    shares = {"control": {"rollout_percentage": 40}, "test": {"rollout_percentage": 60}}
    present(world, "web_experiment", name="Web", variants=shares)
    assert world.memory.writes[1][2]["variants"]["test"] == {"rollout_percentage": 60, "css": "b"}
