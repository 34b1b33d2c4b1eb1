# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(renamed_from), C(ignore_changes), C(until) and C(prevent_destroy) of items and of single tasks."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY
from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.ignored import EACH, ignoring, read_path
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import (
    IGNORE_CHANGES,
    PREVENT_DESTROY,
    RENAMED_FROM,
    UNTIL,
    lifecycle_fields,
    lifecycle_spec,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.projects import THING, Universe, marked, universe


def day(offset: int) -> str:
    """A date so many days from now, in UTC."""
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=offset)).date().isoformat()


def mistakes(*documents: Any, world: Universe | None = None, **purge: Any) -> list[str]:
    """What a plan refuses; nothing was written."""
    world = world or universe()
    with pytest.raises(InvalidInput) as caught:
        world.plan(*documents, **purge)
    assert not world.memory.writes
    return [f"{path}: {text}" if path else text for path, text in caught.value.problems]


def actions(result: Any) -> list[tuple[str, str]]:
    """What becomes of each object that is not left alone."""
    return [(entry["action"], entry["name"]) for entry in result.entries]


def single(world: Universe, **options: Any) -> dict[str, Any]:
    """A task of the type's own module."""
    handler = ResourceHandler(THING)
    defaults = {name: rules.get("default") for name, rules in handler.spec()["argument_spec"].items()}
    return handler.run(world.session, options, {**defaults, **options})


# -- which types have which options ------------------------------------------------------------------------------------


def test_types_have_what_they_can_do() -> None:
    def names(kind: str) -> list[str]:
        found = [field.name for field in lifecycle_fields(RESOURCES[kind])]
        assert found == list(lifecycle_spec(RESOURCES[kind]))
        assert set(found) <= set(ResourceHandler(RESOURCES[kind]).spec()["argument_spec"])
        return found

    assert names("feature_flag") == [RENAMED_FROM, IGNORE_CHANGES, UNTIL, PREVENT_DESTROY]
    # Fixed after creation, made anew with each change, another object's name, a condition.
    for kind in ("endpoint", "event_definition", "member", "invite", "error_tracking_rule", "access_control"):
        assert names(kind) == [IGNORE_CHANGES, UNTIL, PREVENT_DESTROY], kind
    assert names("role_membership") == [UNTIL, PREVENT_DESTROY]
    assert names("project_settings") == [IGNORE_CHANGES]


def test_no_field_of_a_type_is_called_so() -> None:
    for table in RESOURCES.values():
        fields = {name for field in table.fields for name in (field.name, *field.aliases)}
        assert not fields & {RENAMED_FROM, IGNORE_CHANGES, UNTIL, PREVENT_DESTROY}, table.type


# -- renamed_from ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("former", ["old", ["older", "old"]])
def test_an_object_is_found_under_a_former_name_and_renamed(former: Any) -> None:
    world = universe()
    world.put("things", marked("old", note="x"), marked("other"))
    items = {"things": [{"name": "new", "note": "y", "renamed_from": former}]}
    plan = world.plan(items, purge=["things"], limit=1)
    assert actions(plan) == [("updated", "new"), ("deleted", "other")]
    assert {"path": "name", "before": "old", "after": "new"} in plan.entries[0]["changes"]
    run = world.apply(items, purge=["things"], limit=1)
    assert actions(run) == actions(plan) and world.names() == ["new"]
    assert not [write for write in world.memory.writes if write[0] == "POST"]
    # It may stay in the file.
    again = world.apply(items, purge=["things"])
    assert again.counts["unchanged"] == 1 and actions(again) == []


def test_the_new_name_goes_first_and_no_purge_takes_the_old_one() -> None:
    world = universe()
    world.put("things", marked("old"), marked("new"), marked("other"))
    items = {"things": [{"name": "new", "renamed_from": "old"}]}
    run = world.apply(items, purge=["things"])
    assert actions(run) == [("deleted", "other")] and world.names() == ["new", "old"]
    assert len(world.warnings) == 1
    assert "the thing 'new' exists, and so does one called 'old' (id 1060)" in world.warnings[0]


def test_without_any_of_the_names_it_is_created() -> None:
    world = universe()
    world.apply({"things": [{"name": "new", "renamed_from": ["old", "older"]}]})
    assert world.names() == ["new"]


def test_two_objects_of_the_former_name_are_a_mistake() -> None:
    world = universe()
    world.put("things", {"name": "old"}, {"name": "old"})
    assert mistakes({"things": [{"name": "new", "renamed_from": "old"}]}, world=world) == [
        (
            "things[0]: name: 2 objects of type thing are called 'old' (ids 1060, 1061); give the id of the one "
            "that is meant, or rename the other"
        )
    ]
    world.session.policy = RunPolicy(check_mode=True)
    with pytest.raises(Ambiguous, match="are called 'old'"):
        single(world, name="new", renamed_from="old")


def test_what_is_absent_goes_under_whichever_name_it_has() -> None:
    world = universe()
    world.put("things", {"name": "old"})
    run = world.apply({"things": [{"name": "new", "renamed_from": "old", "state": "absent"}]})
    assert run.counts["deleted"] == 1 and world.names() == []


def test_former_names_are_not_used() -> None:
    world = universe()
    world.put("things", {"name": "old"})
    document = {
        "things": [{"name": "new", "renamed_from": "old"}, {"name": "old"}, {"name": "third", "renamed_from": "old"}],
        "boxes": [{"name": "b", "things": ["new", "old"]}],
    }
    assert mistakes(document, world=world) == [
        "things[2].renamed_from: the thing 'old' cannot become two objects; the other one is at things[0]",
        "things[0].renamed_from: the thing 'old' is declared too, at things[1]; take one of the two out",
        "boxes[0].things[1]: the thing 'old' is called 'new' now, as things[0] says; use that name",
    ]
    # A type of its own has names of its own, and so has another project.
    fine = {"things": [{"name": "new", "renamed_from": "old"}], "boxes": [{"name": "old"}]}
    world.plan(fine, {"project": "Staging", "things": [{"name": "old"}]})


def test_a_single_task_renames_in_check_mode_too() -> None:
    world = universe()
    world.put("things", {"name": "old", "note": "x"})
    world.session.policy = RunPolicy(check_mode=True)
    predicted = single(world, name="new", renamed_from=["old"])
    assert predicted["changed"] and not world.memory.writes
    world.session.policy = RunPolicy()
    world.session.stale()
    done = single(world, name="new", renamed_from=["old"])
    assert done["changes"] == predicted["changes"] == [{"path": "name", "before": "old", "after": "new"}]
    assert world.names() == ["new"] and not single(world, name="new", renamed_from=["old"])["changed"]


@pytest.mark.parametrize("value", [True, {"a": 1}, [""], ["old", ["deep"]]])
def test_former_names_are_texts(value: Any) -> None:
    assert "takes a text, or a list of texts" in mistakes({"things": [{"name": "new", "renamed_from": value}]})[0]


# -- ignore_changes ----------------------------------------------------------------------------------------------------

FLAG = RESOURCES["feature_flag"]


def paths_of(text: str, kind: str = "feature_flag") -> tuple[list[Any], Problems]:
    """What a path means, and what is wrong with it."""
    problems: Problems = []
    return read_path(RESOURCES[kind], text, "here", problems), problems


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("active", ("active",)),
        ("tags[]", ("tags",)),
        ("filters.groups[].rollout_percentage", ("filters", "groups", EACH, "rollout_percentage")),
        ("filters.groups[*].rollout_percentage", ("filters", "groups", EACH, "rollout_percentage")),
        ("filters.groups[2].rollout_percentage", ("filters", "groups", 2, "rollout_percentage")),
        ("rollout_percentage", ("filters", "groups", EACH, "rollout_percentage")),
        ("payloads", ("filters", "payloads")),
    ],
)
def test_paths(text: str, wanted: tuple[Any, ...]) -> None:
    assert paths_of(text) == ([wanted], [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("activ", "'activ' is no option of posthog_feature_flag; did you mean active?"),
        ("key", "the feature flag is found by its key, which cannot be ignored"),
        ("filters.grups", "filters has no key 'grups'; did you mean groups?"),
        ("filters.groups.rollout_percentage", "filters.groups is a list; write filters.groups[].rollout_percentage"),
        ("filters[0]", "filters is a dictionary, which has keys and no items"),
        ("filters..groups", "'filters..groups' is no path, such as filters.groups[].rollout_percentage"),
        ("[0]", "'[0]' is no path"),
        ("", "takes a text, or a list of texts"),
    ],
)
def test_wrong_paths(text: str, wanted: str) -> None:
    if text:
        found, problems = paths_of(text)
        assert len(problems) == 1 and problems[0][1].startswith(wanted), problems
        assert not found or text.startswith("filters")
    table = dataclasses.replace(FLAG, order=1)
    world = universe(tables=[table])
    line = mistakes({"feature_flags": [{"key": "a", "ignore_changes": ["active", text]}]}, world=world)[0]
    assert line.startswith(f"feature_flags[0].ignore_changes[1]: {wanted}")


def test_parts_are_ignored_as_a_whole() -> None:
    assert paths_of("tiles", "dashboard") == ([("tiles",)], [])
    assert paths_of("tiles[].layouts", "dashboard")[1] == [("here", "only all of tiles can be ignored")]


GROUPS = [{"properties": [], "rollout_percentage": 5}, {"properties": [{"key": "a"}], "rollout_percentage": 6}]


def ignored(declared: dict[str, Any], current: dict[str, Any], *texts: str) -> dict[str, Any]:
    """The declared values where something is ignored."""
    return ignoring(FLAG, declared, current, [path for text in texts for path in paths_of(text)[0]])


def test_what_is_ignored_is_what_is_there() -> None:
    current = {"active": False, "filters": {"groups": [{"properties": [], "rollout_percentage": 80}], "more": 1}}
    each = "filters.groups[].rollout_percentage"
    found = ignored({"filters": {"groups": GROUPS}}, current, each)
    # The second group is not there yet.
    assert found == {"filters": {"groups": [{**GROUPS[0], "rollout_percentage": 80}, GROUPS[1]]}}
    assert GROUPS[0]["rollout_percentage"] == 5
    both = {"filters": {"groups": [{"properties": []}, {"properties": []}]}}
    assert ignored({"filters": {"groups": GROUPS}}, both, each) == {
        "filters": {"groups": [{"properties": []}, {"properties": [{"key": "a"}]}]}
    }
    second = ignored({"filters": {"groups": GROUPS}}, both, "filters.groups[1].rollout_percentage")
    assert second["filters"]["groups"][0]["rollout_percentage"] == 5
    assert "rollout_percentage" not in second["filters"]["groups"][1]


def test_what_is_ignored_and_not_declared_stays() -> None:
    variants = {"multivariate": {"variants": [{"key": "a", "rollout_percentage": 100}]}}
    current = {"filters": {"groups": GROUPS, **variants}}
    found = ignored({"filters": {"groups": GROUPS}}, current, "filters.multivariate.variants")
    assert found == {"filters": {"groups": GROUPS, **variants}}
    whole = ignored({"filters": {"groups": GROUPS}}, current, "filters.multivariate")
    assert whole == found
    assert ignored({"filters": {"groups": GROUPS}}, {"filters": None}, "filters.payloads") == {
        "filters": {"groups": GROUPS}
    }


def test_variants_are_matched_by_their_keys() -> None:
    declared = {"filters": {"multivariate": {"variants": [{"key": "b", "rollout_percentage": 1}]}}}
    stored = [{"key": "a", "rollout_percentage": 70}, {"key": "b", "rollout_percentage": 30}]
    current = {"filters": {"multivariate": {"variants": stored}}}
    found = ignored(declared, current, "filters.multivariate.variants[].rollout_percentage")
    assert found["filters"]["multivariate"]["variants"] == [{"key": "b", "rollout_percentage": 30}]


def test_ignored_fields_are_written_once() -> None:
    world = universe()
    item = {"name": "a", "note": "first", "settings": {"x": 1, "y": 1}, "ignore_changes": ["note", "settings.x"]}
    assert world.apply({"things": [item]}).counts["created"] == 1
    there = world.memory.lists["/api/projects/1/things/"][0]
    assert (there["note"], there["settings"]) == ("first", {"x": 1, "y": 1})
    there.update(note="by hand", settings={"x": 7, "y": 1})
    world.session.stale()
    assert actions(world.plan({"things": [item]})) == []
    item["settings"] = {"x": 1, "y": 2}
    run = world.apply({"things": [item]})
    assert run.entries[0]["changes"] == [{"path": "settings.y", "before": 1, "after": 2}]
    assert (there["note"], there["settings"]) == ("by hand", {"x": 7, "y": 2})


def test_ignored_fields_of_an_item_that_is_the_whole_truth() -> None:
    world = universe()
    world.put("things", {"name": "a", "note": "by hand", "tags": []})
    item = {"name": "a", "ignore_changes": ["note"]}
    assert actions(world.plan({"undeclared": "default", "things": [item]})) == []
    item["ignore_changes"] = ["tags"]
    assert actions(world.plan({"undeclared": "default", "things": [item]})) == [("updated", "a")]


def test_an_object_that_is_created_anew_keeps_what_is_ignored() -> None:
    table = dataclasses.replace(THING, replaceable=True)
    world = universe(tables=[table])
    world.put("things", {"name": "a", "note": "by hand", "settings": {"x": 1}})
    item = {"name": "a", "note": "mine", "settings": {"x": 2}, "ignore_changes": ["note"]}
    run = world.apply({"things": [item]})
    assert [change["path"] for change in run.entries[0]["changes"]] == ["settings.x"]
    assert world.memory.lists["/api/projects/1/things/"][0]["note"] == "by hand"


# -- until -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("end", "gone"), [(day(-1), True), (day(0), False), (day(30), False)])
def test_the_day_named_is_the_last_one(end: str, gone: bool) -> None:
    world = universe()
    world.put("things", {"name": "a"})
    run = world.apply({"things": [{"name": "a", "until": end}]})
    assert run.counts["deleted"] == int(gone) and (world.names() == []) is gone
    assert bool(world.warnings) is (end == day(0))


def test_a_point_in_time_is_that_point() -> None:
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=1)
    world = universe()
    world.put("things", {"name": "a"})
    assert world.plan({"things": [{"name": "a", "until": past.isoformat()}]}).counts["deleted"] == 1
    later = (past + datetime.timedelta(minutes=5)).isoformat()
    assert world.plan({"things": [{"name": "a", "until": later}]}).counts["deleted"] == 0


@pytest.mark.parametrize(("offset", "wanted"), [(0, "less than a day"), (1, "1 day"), (6, "6 days"), (7, ""), (40, "")])
def test_the_last_week_is_announced(offset: int, wanted: str) -> None:
    world = universe()
    document = {
        "things": [{"name": "a", "until": day(offset)}],
        SOURCE_KEY: {"file": "a.yml", "lines": {"things[0]": 3}},
    }
    world.plan(document)
    text = f"a.yml:3: things[0].until: ends in {wanted}; after {day(offset)} the thing 'a' is deleted"
    assert world.warnings == ([text] if wanted else [])


def test_what_has_ended_is_absent_everywhere() -> None:
    world = universe()
    world.put("things", marked("a"))
    over = {"name": "a", "until": day(-5), "note": {"no": "text"}}
    assert "declared absent" in mistakes({"things": [over], "boxes": [{"name": "b", "lid": "a"}]}, world=world)[0]
    assert "allow_empty" in mistakes({"things": [over]}, world=world, purge=["things"])[0]
    single(world, name="a", until=day(-5))
    assert world.names() == []


@pytest.mark.parametrize("value", ["soon", "+14d", "2026-13-01", True])
def test_it_takes_dates(value: Any) -> None:
    line = mistakes({"things": [{"name": "a", "until": value}]})[0]
    assert line == f"things[0].until: {value!r} is no date, such as 2026-12-31, and no ISO 8601 time"


# -- prevent_destroy ---------------------------------------------------------------------------------------------------


def test_what_is_protected_is_not_absent() -> None:
    document = {
        "things": [
            {"name": "a", "state": "absent", "prevent_destroy": True},
            {"name": "b", "until": "2020-01-01", "prevent_destroy": "yes"},
        ]
    }
    assert mistakes(document) == [
        "things[0].prevent_destroy: is true, and state: absent deletes the object; take one of the two out",
        "things[1].prevent_destroy: is true, and until is over (2020-01-01); take one of the two out",
    ]
    with pytest.raises(InvalidInput, match="prevent_destroy: is true, and state: absent"):
        single(universe(), name="a", state="absent", prevent_destroy=True)


def test_what_is_protected_is_not_made_anew() -> None:
    world = universe(tables=[dataclasses.replace(THING, replaceable=True)])
    world.put("things", {"name": "a", "note": "x"})
    item = {"name": "a", "note": "x", "prevent_destroy": True}
    assert actions(world.plan({"things": [item]})) == []
    assert mistakes({"things": [{**item, "note": "y"}]}, world=world) == [
        (
            "things[0].prevent_destroy: is true, and a change of note of a thing deletes it and creates it anew; "
            "take one of the two out"
        )
    ]


def test_no_other_item_deletes_what_is_protected() -> None:
    world = universe()
    world.put("things", {"name": "a", "id": 7})
    items = [{"name": "a", "prevent_destroy": True}, {"id": 7, "state": "absent"}]
    assert mistakes({"things": items}, world=world) == [
        "things[0].prevent_destroy: is true, and things[1] deletes the thing 'a'"
    ]
    assert actions(world.plan({"things": items[:1]}, purge=["things"], everything=True)) == []
