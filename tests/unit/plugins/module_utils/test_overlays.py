# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Overlays: documents that are laid over others, and the plan that names them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.projects import Universe, universe


def base(lines: dict[str, int] | None = None, **content: Any) -> dict[str, Any]:
    """A document of the base."""
    return {**content, SOURCE_KEY: {"file": "base/a.yml", "lines": lines or {}}}


def over(layer: str = "prod", lines: dict[str, int] | None = None, **content: Any) -> dict[str, Any]:
    """A document of an overlay."""
    return {**content, SOURCE_KEY: {"file": f"{layer}/b.yml", "lines": lines or {}, "layer": layer}}


def objects(world: Universe, *documents: Any, project: int = 1) -> dict[str, dict[str, Any]]:
    """What there is once they are applied, by name."""
    before = copy.deepcopy(documents)
    world.apply(*documents)
    assert documents == before
    return {obj["name"]: obj for obj in world.memory.lists.get(f"/api/projects/{project}/things/", [])}


def mistakes(*documents: Any) -> list[str]:
    """What a plan refuses."""
    world = universe()
    with pytest.raises(InvalidInput) as caught:
        world.plan(*documents)
    return [f"{path}: {text}" if path else text for path, text in caught.value.problems]


def test_dictionaries_are_merged_and_everything_else_replaced() -> None:
    below = base(
        things=[{"name": "a", "note": "x", "settings": {"one": {"p": 1, "q": [1, 2]}, "two": 2}}, {"name": "b"}]
    )
    above = over(things=[{"name": "a", "settings": {"one": {"q": [3]}}}, {"name": "c", "note": "new"}])
    found = objects(universe(), below, above)
    assert set(found) == {"a", "b", "c"}
    assert (found["a"]["note"], found["a"]["settings"]) == ("x", {"one": {"p": 1, "q": [3]}, "two": 2})
    assert found["c"]["note"] == "new"


def test_null_takes_away() -> None:
    below = base(things=[{"name": "a", "note": "x", "settings": {"one": 1, "two": 2}}])
    above = over(
        things=[{"name": "a", "note": None, "settings": {"one": None, "three": None}}, {"name": "n", "note": None}]
    )
    world = universe()
    world.put("things", {"name": "a", "note": "left alone", "settings": {}})
    found = objects(world, below, above)
    assert found["a"]["note"] == "left alone" and found["a"]["settings"] == {"two": 2}
    deep = over(things=[{"name": "a", "settings": {"new": {"x": None, "y": 1}}}])
    assert objects(universe(), below, deep)["a"]["settings"]["new"] == {"y": 1}


def test_layers_in_their_order() -> None:
    below = base(things=[{"name": "a", "note": "x"}])
    one = over("one", things=[{"name": "a", "note": "y"}, {"name": "b", "note": "y"}])
    two = over("two", things=[{"title": "b", "note": "z"}])
    found = objects(universe(), below, one, two)
    assert (found["a"]["note"], found["b"]["note"]) == ("y", "z")


def test_what_exists_once_and_documents_of_several_projects() -> None:
    main, staging = (
        base(things=[{"name": "a", "note": "x"}]),
        base(project="Staging", things=[{"name": "a", "note": "x"}]),
    )
    world = universe()
    objects(world, main, staging, over(project="Staging", things=[{"name": "a", "note": "y"}]))
    assert world.memory.lists["/api/projects/1/things/"][0]["note"] == "x"
    assert world.memory.lists["/api/projects/2/things/"][0]["note"] == "y"
    found = mistakes(main, staging, over(lines={"things[0]": 3}, things=[{"name": "a", "note": "y"}]))
    places = "(base/a.yml: things[0], base/a.yml: things[0])"
    text = f"is laid over an item, and several could be meant {places}; name more of what tells them apart"
    assert found == [f"prod/b.yml:3: things[0]: {text}"]


def test_messages_name_the_file_that_a_value_is_from() -> None:
    lines = {"things[0]": 2, "things[0].note": 3, "things[0].settings": 4}
    below = base(lines, things=[{"name": "a", "note": "x", "settings": {}}])
    above = over(
        lines={"things[1]": 7, "things[1].note": 9}, things=[{"name": "n"}, {"name": "a", "note": {"no": "text"}}]
    )
    assert mistakes(below, above) == ["prod/b.yml:9: things[1].note: takes text, not a dictionary"]
    wrong = base(lines, things=[{"name": "a", "note": ["x"], "settings": {}}])
    fine = over(things=[{"name": "a", "settings": {"x": 1}}])
    assert mistakes(wrong, fine) == ["base/a.yml:3: things[0].note: takes text, not a list"]
    odd = over(lines={"things[0]": 7}, things=[{"name": "a", "nope": 1}])
    assert mistakes(below, odd)[0].startswith("prod/b.yml:7: things[0].nope: is no option of posthog_thing")


def test_words_of_yaml_are_those_of_the_upper_document() -> None:
    spelled = [{"steps": ["things", 0, "note"], "text": "yes", "kind": "bool", "value": "true"}]
    below = base(things=[{"name": "a", "note": True}])
    below[SOURCE_KEY]["spelled"] = spelled
    fine = over(things=[{"name": "x"}, {"name": "a", "note": "quoted"}])
    assert "yes without quotes is true to YAML" in mistakes(below, over(things=[{"name": "x"}]))[0]
    assert objects(universe(), below, fine)["a"]["note"] == "quoted"
    odd = over(lines={"things[1].note": 5}, things=[{"name": "x"}, {"name": "a", "note": 10}])
    odd[SOURCE_KEY]["spelled"] = [{"steps": ["things", 1, "note"], "text": "1_0", "kind": "int", "value": "10"}]
    assert mistakes(base(things=[{"name": "a"}]), odd)[0].startswith("prod/b.yml:5: things[1].note: 1_0 without quotes")


def test_twice_in_one_layer_is_twice() -> None:
    one, two = over(things=[{"name": "a", "note": "x"}]), over(things=[{"name": "a", "note": "y"}])
    assert "is declared twice" in mistakes(base(things=[]), one, two)[0]


def test_the_plan_names_the_layer() -> None:
    world = universe()
    world.put("things", {"name": "a", "note": "old", "settings": {"p": 0, "q": 0}})
    world.session.policy = RunPolicy(check_mode=True)
    below = base({"things[0]": 2}, things=[{"name": "a", "note": "x", "settings": {"p": 1, "q": 1}}])
    above = over(things=[{"name": "a", "settings": {"q": 2}}, {"name": "new", "note": "n"}])
    result = world.run(config=[below, above], report="markdown")
    plan = {entry["name"]: entry for entry in result["plan"]}
    layers = {change["path"]: change.get("layer") for change in plan["a"]["changes"]}
    assert layers == {"note": None, "settings.p": None, "settings.q": "prod"}
    assert plan["a"]["file"] == "base/a.yml" and plan["a"]["line"] == 2
    assert {change["path"]: change.get("layer") for change in plan["new"]["changes"]}["note"] == "prod"
    text = result["diff"]["prepared"]
    assert (
        "settings.q: 0 -> 2 (from prod)" in text and 'note: "old" -> "x"\n' in text and 'note: "n" (from prod)' in text
    )
    assert "<code>2</code> (from <code>prod</code>)" in result["plan_markdown"]


def test_keys_of_ones_own_are_no_types() -> None:
    shared = {"note": "x"}
    document = {"x-shared": shared, "x-": None, "things": [{"name": "a", **shared}]}
    assert objects(universe(), document)["a"]["note"] == "x"
    assert "y-shared: is no type" in mistakes({"y-shared": 1})[0]


def test_overlays_are_read_on_the_controller() -> None:
    with pytest.raises(InvalidInput, match="overlays: is read on the controller"):
        universe().run(config={"things": []}, overlays=["prod"])
