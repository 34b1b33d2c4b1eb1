# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: whole sentences of refused plans, whole results, and the order in which objects are made."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.order import components
from ansible_collections.community.posthog.plugins.module_utils._bulk.purge import Purge
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import references
from ansible_collections.community.posthog.plugins.module_utils._bulk.result import Result, grouped, merged_steps
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY, Source
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP
from ansible_collections.community.posthog.plugins.module_utils._engine.task import TaskSpec
from ansible_collections.community.posthog.plugins.module_utils._handlers.config import (
    ConfigHandler,
    plan_text,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.named import named_in
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Document,
    ListOf,
    Map,
    Open,
    Reference,
    References,
    Text,
)
from ansible_collections.community.posthog.tests.unit.plugins.projects import (
    BOX,
    LABEL,
    TEAM,
    THING,
    Universe,
    marked,
    universe,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import ORGANIZATION, Obj, api_error

PREFIX = "/api/projects/1/"


def problems_of(*documents: Any, world: Universe | None = None, **purge: Any) -> list[tuple[str, str]]:
    """What is wrong with a plan; nothing was written."""
    world = world or universe()
    with pytest.raises(InvalidInput) as caught:
        world.plan(*documents, **purge)
    assert world.memory.writes == []
    return caught.value.problems


# -- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("x", ("config", "takes a dictionary of lists by type, such as feature_flags")),
        ({"thing": []}, ("thing", "is no type; a list of them is called things")),
        ({"thingz": []}, ("thingz", "is no type; did you mean things?")),
        ({"qqqq": []}, ("qqqq", "is no type; known are boxes, labels, projects, teams, things")),
        ({"things": {}}, ("things", "takes a list")),
        ({"things": ["a long text of one"]}, ("things[0]", "takes the options of posthog_thing, not text")),
        ({"things": [[1]]}, ("things[0]", "takes the options of posthog_thing, not a list")),
        ({"things": [{"name": "a"}, {}]}, ("things[1].name", "is missing")),
        (
            {"things": [{"name": "a", "nots": 1}]},
            ("things[0].nots", "is no option of posthog_thing; did you mean note?"),
        ),
        ({"things": [{"name": "a", "zzzz": 1}]}, ("things[0].zzzz", "is no option of posthog_thing")),
        ({"things": [{"name": "a", "host": "x"}]}, ("things[0].host", "is no option of posthog_thing")),
        ({"project": True}, ("project", f"takes a name or an id, not True; {QUOTE}")),
        ({"project": " "}, ("project", "takes a name or an id, not ''")),
        ({"organization": {"a": 1}}, ("organization", "takes a name or an id, not {'a': 1}")),
        ({"labels": [{"name": "b"}]}, ("labels[0].box", "is needed to create the label, which does not exist yet")),
        (
            {"things": [{"name": "a"}, {"name": "a"}]},
            ("things[1]", "thing 'a' is declared twice; the other one is at things[0]"),
        ),
        (
            {"things": [{"name": "a", "settings": {"kind": "thing", "id": "nowhere"}}]},
            ("things[0].settings.id", "there is no thing 'nowhere'; there is no thing at all"),
        ),
    ],
)
def test_mistakes_in_full(document: Any, problem: tuple[str, str]) -> None:
    assert problems_of(document) == [problem]


def test_the_message_of_many_mistakes() -> None:
    items: list[Any] = [{"name": str(number), "nots": 1} for number in range(6)]
    world = universe()
    with pytest.raises(InvalidInput) as caught:
        world.plan({"things": items, "qqqq": [], "boxes": [{"name": "b", "zzzz": 1}, {"name": "c", "zzzz": 1}]})
    assert caught.value.message == (
        "9 mistakes in the configuration; nothing was written.\n"
        "- things[0].nots (and 5 more like it): is no option of posthog_thing; did you mean note?\n"
        "- qqqq: is no type; known are boxes, labels, projects, teams, things\n"
        "- boxes[0].zzzz: is no option of posthog_box\n"
        "- boxes[1].zzzz: is no option of posthog_box"
    )
    five = [("a", "x")] * 5
    assert list(grouped(five)) == ["- a: x"] * 5
    assert list(grouped([*five, ("b", "x"), ("", "y")])) == ["- a (and 5 more like it): x", "- y"]


def test_words_that_yaml_changed() -> None:
    told = {
        "file": "a.yml",
        "lines": {"project": 1, "things[0].name": 3, "things": 2},
        "spelled": [
            {"steps": ["project"], "text": "0123", "value": 83, "kind": "int"},
            {"steps": ["things", 0, "name"], "text": "22:00", "value": 1320, "kind": "int"},
        ],
    }
    problems = dict(problems_of({"project": 83, "things": [{"name": 1320}], SOURCE_KEY: told}))
    assert problems["a.yml:1: project"] == "0123 without quotes is 83 to YAML; put it in quotes"
    assert "a.yml:3: things[0].name" in problems and "22:00" in problems["a.yml:3: things[0].name"]


def test_where_something_stands() -> None:
    source = Source("a.yml", {"things[0]": 7, "things": 2, "": 1})
    assert [source.of(path) for path in ("things[0].name[1].deep", "things[1].x", "things", "boxes")] == [
        "a.yml:7: things[0].name[1].deep",
        "a.yml:2: things[1].x",
        "a.yml:2: things",
        "a.yml:1: boxes",
    ]
    assert Source("a.yml").of("things") == "a.yml: things" and Source(prefix="config[1].").of("x") == "config[1].x"


def test_what_says_how_undeclared_fields_are_meant() -> None:
    world = universe()
    world.put("things", {"name": "a", "note": "x", "tags": []})
    assert world.plan({"things": [{"name": "a"}]}).counts["unchanged"] == 1
    run = world.apply({"undeclared": "default", "things": [{"name": "a"}]}, {"things": []})
    assert run.counts["updated"] == 1
    assert world.memory.lists[f"{PREFIX}things/"][0]["note"] == ""
    ((path, text),) = problems_of({"undeclared": "sometimes", "things": [{"name": "a"}]})
    assert path == "undeclared" and "sometimes" in text


# -- order -----------------------------------------------------------------------------------------------------------


def order_of(world: Universe) -> list[str]:
    """The names that were created, in order."""
    return [body["name"] for method, _path, body in world.memory.writes if method == "POST"]


def test_what_is_needed_comes_first_whatever_the_order_of_the_file() -> None:
    world = universe()
    world.apply(
        {"labels": [{"name": "l", "box": "b"}], "boxes": [{"name": "b", "lid": "t"}], "things": [{"name": "t"}]}
    )
    assert order_of(world) == ["t", "b", "l"]


@pytest.mark.parametrize("concurrency", [1, 8])
def test_who_stands_outside_of_a_circle_waits_for_the_whole_object(concurrency: int) -> None:
    """A thing and a box name each other, so the thing is made in two steps; another box wants it whole."""
    world = universe()
    world.memory.storing = lambda obj: {"boxes": [], "lid": None, **obj}
    things = [{"name": "t", "boxes": ["b"]}]
    run = world.apply(
        {"boxes": [{"name": "c", "lid": "t"}, {"name": "b", "lid": "t", "note": "n"}], "things": things},
        concurrency=concurrency,
    )
    assert run.counts["created"] == 3
    (thing,), (box, other) = world.memory.lists[f"{PREFIX}things/"], world.memory.lists[f"{PREFIX}boxes/"]
    steps = [(method, path, body.get("name")) for method, path, body in world.memory.writes]
    assert steps == [
        ("POST", f"{PREFIX}things/", "t"),
        ("POST", f"{PREFIX}boxes/", "b"),
        ("PATCH", f"{PREFIX}things/{thing['id']}/", None),
        ("POST", f"{PREFIX}boxes/", "c"),
    ]
    assert thing["boxes"] == [box["id"]] and box["lid"] == other["lid"] == thing["id"] and box["note"] == "n"
    assert world.apply({"boxes": [{"name": "b", "lid": "t"}], "things": things}).counts["unchanged"] == 2


def test_an_outsider_needs_the_completion_too() -> None:
    world = universe()
    made = world.project(
        {"labels": [{"name": "l", "box": "c"}, {"name": "m", "box": "b"}]},
        {"boxes": [{"name": "c", "lid": "t"}, {"name": "b", "lid": "t"}], "things": [{"name": "t", "boxes": ["b"]}]},
    )
    made.order()
    world.session.planning(False)
    (completion,) = [node for node in made.nodes if node.completes is not None]
    split = completion.completes
    assert split is not None and completion.needs >= {split.number} and not split.needs & {completion.number}
    assert split.name == "t"
    needs = {one.name: one.needs for one in made.nodes if one is not completion}
    numbers = {one.name: one.number for one in made.nodes if one is not completion}
    assert needs == {
        "t": set(),
        "b": {split.number},
        "c": {split.number, completion.number},
        "l": {numbers["c"]},
        "m": {numbers["b"]},
    }
    # What the first step leaves out, and nothing else.
    (item,), (whole,) = split.spec.items, completion.spec.items
    assert set(whole.values) - set(item.values) <= {"lid", "boxes"} and set(whole.values) != set(item.values)
    assert split.spec.policy == KEEP


def test_circles_that_cannot_be_made() -> None:
    ((path, text),) = problems_of(
        {
            "things": [
                {"name": "a", "settings": {"kind": "thing", "id": "b"}},
                {"name": "b", "settings": {"kind": "thing", "id": "a"}},
            ]
        }
    )
    assert (path, text) == (
        "things[0]",
        "cannot be made, since each needs the next: thing 'a' -> thing 'b' -> thing 'a'",
    )


def node(number: int, *needs: int) -> Node:
    """A node that needs others."""
    task = universe().handlers["things"].task
    return Node(number, task, TaskSpec(THING, {}), (None, None), "", Source(), str(number), needs=set(needs))


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({}, []),
        ({0: ()}, [[0]]),
        ({0: (1,), 1: (2,), 2: ()}, [[2], [1], [0]]),
        ({0: (1,), 1: (0,)}, [[0, 1]]),
        ({0: (1,), 1: (2,), 2: (0,), 3: (0,)}, [[0, 1, 2], [3]]),
        ({0: (1,), 1: (0,), 2: (3, 0), 3: (2,)}, [[0, 1], [2, 3]]),
        ({0: (0,), 1: (9,)}, [[0], [1]]),
        ({0: (1, 2), 1: (3,), 2: (3,), 3: (1,)}, [[1, 3], [2], [0]]),
    ],
)
def test_circles_are_found(needs: dict[int, tuple[int, ...]], expected: list[list[int]]) -> None:
    found = components([node(number, *others) for number, others in needs.items()])
    assert [sorted(item.number for item in component) for component in found] == expected


# -- results ---------------------------------------------------------------------------------------------------------


def test_a_whole_result() -> None:
    world = universe()
    world.put("things", {"name": "old", "note": "x", "tags": []}, {"name": "gone"}, {"name": "same", "note": ""})
    documents: Obj = {
        "things": [
            {"name": "new", "note": "n", "password": "a-long-secret"},
            {"name": "old", "note": "y"},
            {"name": "gone", "state": "absent"},
            {"name": "same", "note": ""},
        ],
        "teams": [{"name": "team"}],
    }
    plan = world.plan(documents)
    run = world.apply(documents)
    for result, new, team in ((plan, None, None), (run, run.entries[0].get("id"), run.entries[-1].get("id"))):
        assert result.counts == {"created": 2, "updated": 1, "deleted": 1, "unchanged": 1, "failed": 0, "skipped": 0}
        assert result.summary == "2 created, 1 updated, 1 deleted, 1 unchanged"
        fields = {"name": "new", "note": "n", "tags": ["managed-by-ansible"], "password": "******** (written)"}
        by_name = {entry["name"]: entry for entry in result.entries}
        assert by_name["new"]["fields"] == fields and by_name["new"]["changes"] == []
        assert by_name["new"].get("id") == new
        assert by_name["old"] == {
            "type": "thing",
            "name": "old",
            "action": "updated",
            "changes": [{"path": "note", "before": "x", "after": "y"}],
            "id": 1060,
        }
        gone = by_name["gone"]
        assert (gone["type"], gone["action"], gone["changes"]) == ("thing", "deleted", [])
        assert gone["fields"] == {"name": "gone", "id": 1061}
        assert by_name["team"]["type"] == "team" and by_name["team"].get("id") == team
        assert set(by_name) == {"new", "old", "gone", "team"} and not result.begun
    assert plan_text(run) == (
        "+ thing 'new'\n"
        '    name: "new"\n'
        '    note: "n"\n'
        '    tags: ["managed-by-ansible"]\n'
        '    password: "******** (written)"\n'
        "~ thing 'old'\n"
        '    note: "x" -> "y"\n'
        "- thing 'gone'\n"
        "+ team 'team'\n"
        '    name: "team"\n'
        "2 to create, 1 to change, 1 to delete, 1 unchanged.\n"
    )
    assert world.lines and sorted(world.lines) == [
        "created: team 'team'",
        "created: thing 'new'",
        "deleted: thing 'gone'",
        "updated: thing 'old'",
    ]


def test_objects_of_other_places_say_where_they_are() -> None:
    world = universe()
    run = world.apply(
        {"organization": "Acme", "project": "Staging", "things": [{"name": "a"}]},
        {"project": 1, "things": [{"name": "b"}]},
    )
    places = {entry["name"]: {key: entry.get(key) for key in ("organization", "project")} for entry in run.entries}
    assert places == {"a": {"organization": "Acme", "project": "Staging"}, "b": {"organization": None, "project": "1"}}


def test_failures_and_what_they_stop() -> None:
    world = universe()
    world.memory.errors["POST", f"{PREFIX}boxes/"] = api_error(400, "No boxes.")
    run = world.apply(
        {"things": [{"name": "t"}], "boxes": [{"name": "b"}], "labels": [{"name": "l", "box": "b"}]},
    )
    assert run.counts == {"created": 1, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 1, "skipped": 1}
    assert [entry for entry in run.entries if entry["action"] != "created"] == [
        {"type": "box", "name": "b", "action": "failed", "msg": "400: No boxes."},
        {"type": "label", "name": "l", "action": "skipped", "msg": "box 'b' failed"},
    ]
    assert run.summary == "1 created, 1 failed, 1 skipped"
    assert plan_text(run).endswith(
        "! box 'b' failed: 400: No boxes.\n! label 'l' skipped: box 'b' failed\n1 created, 1 failed, 1 skipped\n"
    )
    result = ConfigHandler._result(run, False)
    assert result["failed"] is True and result["changed"] is True
    assert result["msg"] == (
        "1 created, 1 failed, 1 skipped; running it again goes on from here.\n- box 'b': 400: No boxes."
    )
    assert result["diff"] == {"prepared": plan_text(run)}


def test_results_of_the_module() -> None:
    world = universe()
    result = world.run(config={"things": [{"name": "a"}]})
    assert result["changed"] is True and result["msg"] == "1 created" and result["counts"]["created"] == 1
    assert result["objects"][0]["name"] == "a" and "failed" not in result
    again = world.run(config=[{"things": [{"name": "a"}]}])
    assert again["changed"] is False and again["msg"] == "1 unchanged" and again["objects"] == []
    assert again["diff"] == {"prepared": "0 to create, 0 to change, 0 to delete, 1 unchanged.\n"}
    planned = universe(check_mode=True)
    result = planned.run(config={"things": [{"name": "a"}]})
    assert result["msg"] == "Plan: 1 created" and result["changed"] is True and planned.memory.writes == []
    assert planned.session.check_mode is True and world.session.check_mode is False
    assert universe().run(config=None)["msg"] == "nothing declared"


def test_options_of_the_module_reach_the_plan() -> None:
    world = universe()
    world.put("things", {"name": "a", "note": "x", "tags": []})
    assert world.run(config={"things": [{"name": "a"}]})["changed"] is False
    assert world.run(config={"things": [{"name": "a"}]}, undeclared="default")["counts"]["updated"] == 1
    assert world.memory.lists[f"{PREFIX}things/"][0]["note"] == ""
    world = universe()
    world.put("things", marked("a"), marked("b"), marked("c"))
    refused = {"config": {"things": [{"name": "a"}]}, "purge": ["things"], "max_deletions": 1}
    with pytest.raises(InvalidInput, match="2 objects would be deleted"):
        world.run(**refused)
    world = universe()
    world.put("things", marked("a"), marked("b"), marked("c"))
    assert world.run(**{**refused, "max_deletions": 2})["counts"]["deleted"] == 2 and world.names() == ["a"]
    with pytest.raises(InvalidInput, match="concurrency: must be between 1 and 32, not 33"):
        world.run(config=None, concurrency=33)
    # What another run does meanwhile is not this run's business, and the session is as it was.
    assert world.session.check_mode is False and world.session.client.threads.ended is None


def test_begun_and_not_ended_is_a_change() -> None:
    half = dataclasses.replace(node(0), problems=[("", "it broke")], begun=True, name="a")
    blocked = dataclasses.replace(node(1), blocked="box 'b'", begun=True, name="b")
    result = Result()
    result.add(half)
    result.add(blocked)
    assert [entry["msg"] for entry in result.entries] == [
        "it was begun, but it broke",
        "it was begun, but box 'b' failed",
    ]
    assert result.begun and ConfigHandler._result(result, False)["changed"] is True
    named = dataclasses.replace(node(2), problems=[("note", "is odd"), ("", "and broken")])
    assert named.error == "note: is odd; and broken" and named.label == "thing '2'"


def test_two_steps_count_as_one() -> None:
    def step(number: int, action: str, before: Obj, after: Obj) -> Node:
        return dataclasses.replace(node(number), outcomes=[Outcome(THING, action, {"id": number}, before, after)])

    made = merged_steps(step(0, "created", {}, {"a": 1}), step(1, "updated", {"b": 0}, {"b": 2}))
    (outcome,) = made.outcomes
    assert (outcome.action, outcome.before, outcome.after, outcome.obj) == ("created", {}, {"a": 1, "b": 2}, {"id": 1})
    changed = merged_steps(step(0, "updated", {"a": 0}, {"a": 1}), step(1, "updated", {"a": 5, "b": 0}, {"b": 2}))
    (outcome,) = changed.outcomes
    assert (outcome.action, outcome.before, outcome.after) == ("updated", {"a": 0, "b": 0}, {"a": 1, "b": 2})
    second = step(1, "updated", {}, {"b": 2})
    assert merged_steps(step(0, "unchanged", {}, {}), second).outcomes == second.outcomes
    broken = dataclasses.replace(second, problems=[("", "x")])
    merged = merged_steps(step(0, "created", {}, {}), broken)
    assert merged.error == "x" and merged.begun and merged.completes is None
    assert not merged_steps(step(0, "unchanged", {}, {}), broken).begun


def test_long_values_are_cut_in_a_plan() -> None:
    world = universe()
    note = "n" * 300
    text = plan_text(world.apply({"things": [{"name": "a", "note": note, "settings": {"ä": [1]}}]}))
    assert f'    note: "{"n" * 158}… (302 characters)\n' in text and '    settings: {"ä": [1]}\n' in text
    fits = plan_text(world.apply({"things": [{"name": "b", "note": "n" * 158}]}))
    assert f'    note: "{"n" * 158}"\n' in fits
    undeclared = Outcome(THING, "updated", {}, {"note": "x"}, {"note": ""}, named={})
    assert plan_text(Result(outcomes=[("a", undeclared)])).startswith(
        '~ thing \'a\'\n    note: "x" -> "" (not declared, so PostHog\'s default)\n'
    )
    labelled = Outcome(THING, "deleted", None, label="what it is called")
    assert plan_text(Result(outcomes=[("a", labelled), ("b", Outcome(THING, "unchanged", None))])) == (
        "- what it is called\n0 to create, 0 to change, 0 to delete, 0 unchanged.\n"
    )


# -- options of the module -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "purge"),
    [
        ({}, Purge()),
        ({"max_deletions": None}, Purge()),
        ({"max_deletions": "20 %"}, Purge(limit=20, percent=True)),
        ({"max_deletions": "5%"}, Purge(limit=5, percent=True)),
        ({"max_deletions": 0}, Purge(limit=0)),
        (
            {"purge": ["things"], "purge_scope": "all", "allow_empty": True, "max_deletions": " 3 "},
            Purge(("things",), everything=True, limit=3, allow_empty=True),
        ),
        ({"purge_scope": "marked", "allow_empty": False}, Purge()),
    ],
)
def test_what_may_be_deleted(params: Obj, purge: Purge) -> None:
    problems: list[tuple[str, str]] = []
    assert ConfigHandler._purge(params, problems) == purge and not problems


@pytest.mark.parametrize("most", ["many", "-1", "5 percent", "5%%", "", "1.5"])
def test_limits_that_are_none(most: str) -> None:
    problems: list[tuple[str, str]] = []
    ConfigHandler._purge({"max_deletions": most}, problems)
    assert problems == [("max_deletions", f"takes a number or a percentage such as 20%, not {most!r}")]


def test_files_are_read_on_the_controller() -> None:
    with pytest.raises(InvalidInput) as caught:
        ConfigHandler(universe().handlers.values()).run(universe().session, {"src": ["a"]}, {})
    assert caught.value.message == (
        "src: is read on the controller, which this way of execution cannot; use config instead"
    )


def test_secrets_of_a_configuration() -> None:
    handler = ConfigHandler(universe().handlers.values())
    assert handler.suspected({"config": {"things": "t" * 101, "boxes": ["b" * 101, "short"]}}) == {"t" * 101, "b" * 101}
    assert handler.suspected({"config": "c" * 101}) == {"c" * 101} and handler.suspected({"config": "c" * 100}) == set()
    assert handler.suspected({"config": None}) == set() == handler.secrets({"config": [5, {"qqq": 1}]})


# -- purge -----------------------------------------------------------------------------------------------------------


def test_sentences_about_purges() -> None:
    def world(*things: str) -> Universe:
        made = universe()
        made.put("things", *(marked(name) for name in things))
        return made

    declared = {"things": [{"name": "keep"}]}
    assert problems_of(declared, purge=["thingz"]) == [("purge[0]", "'thingz' is no type; did you mean things?")]
    assert problems_of(declared, purge=["things", "labels"]) == [("purge[1]", "labels cannot be purged")]
    assert problems_of(declared, purge=["boxes"]) == [
        ("purge[0]", "boxes cannot carry the collection's mark; purge_scope: all is needed to purge them")
    ]
    assert problems_of({"things": []}, purge=["things"]) == [
        ("purge[0]", "no things are declared, so all of them would go; allow_empty: true allows that")
    ]
    assert problems_of(declared, world=world("a", "b", "c"), purge=["things"], limit=2) == [
        (
            "purge",
            (
                "3 objects would be deleted ('a', 'b', 'c'), more than max_deletions allows (2); raise it if that is "
                "what is meant"
            ),
        )
    ]
    many = problems_of(declared, world=world(*"abcdefghijkl"), purge=["things"], limit=2)[0][1]
    assert many.startswith(
        "12 objects would be deleted ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j' …), more than"
    )
    assert problems_of(declared, world=world("a", "b", "c", "keep"), purge=["things"], limit=50, percent=True) == [
        (
            "purge[0]",
            "3 of 4 things would be deleted, more than max_deletions allows (50 %); raise it if that is what is meant",
        )
    ]
    assert problems_of(
        {"boxes": [{"name": "b", "lid": "a"}]}, declared, world=world("a", "keep"), purge=["things"]
    ) == [("purge[0]", "thing 'a' would be deleted, but box 'b' names it in config[0].boxes[0].lid; declare it too")]
    staging = world("a")
    staging.put("things", marked("b"), project=2)
    assert problems_of(declared, {"project": "Staging", "things": []}, world=staging, purge=["things"]) == [
        ("purge[0]", "no things are declared for Staging, so all of them would go there; allow_empty: true allows that")
    ]


@pytest.mark.parametrize(("percent", "most"), [(False, 3), (True, 75)])
def test_as_many_deletions_as_are_allowed(percent: bool, most: int) -> None:
    world = universe()
    world.put("things", *(marked(name) for name in ("a", "b", "c", "keep")), {"name": "by hand"})
    run = world.apply({"things": [{"name": "keep"}]}, purge=["things"], limit=most, percent=percent)
    assert run.counts["deleted"] == 3 and world.names() == ["by hand", "keep"]
    run = world.apply({"things": [{"name": "keep"}]}, purge=["things"], everything=True)
    assert run.counts["deleted"] == 1 and world.names() == ["keep"]


def test_all_of_a_type_may_go_where_that_is_allowed() -> None:
    world = universe()
    world.put("things", marked("a"))
    assert world.apply({"things": []}, purge=["things"], allow_empty=True).counts["deleted"] == 1


# -- names -----------------------------------------------------------------------------------------------------------


def test_names_of_declared_objects() -> None:
    world = universe()
    world.put("things", {"name": "x"})
    made = world.project({"things": [{"name": "a"}, {"id": 1060, "note": "n"}, {"id": 1060, "name": "b"}]})
    assert [one.name for one in made.nodes] == ["a", "1060", "b"]
    assert made.problems == [("things[2]", "thing 'b' is declared twice; the other one is at things[1]")]


def test_references_of_declared_objects() -> None:
    made = universe().project(
        {
            "things": [{"name": "a", "settings": {"x": [{"kind": "thing", "id": "b"}, {"kind": "box", "id": "c"}]}}],
            "boxes": [{"name": "d", "things": ["a", 5], "lid": "a", "owner": None}],
            "labels": [{"name": "l", "box": "01890000-0000-0000-0000-0000000000aa"}],
        }
    )
    found = {
        one.table.type: [(option, ref.type, name) for option, ref, name in references(one.table, item)]
        for one in made.nodes
        for item in one.spec.items
    }
    assert found == {
        "thing": [("settings", "thing", "b")],
        "box": [("things", "thing", "a"), ("things", "thing", 5), ("lid", "thing", "a")],
        "label": [],
    }


def test_references_inside_of_values() -> None:
    cohort, action = Ref("cohort"), Ref("action")
    field = Document(
        "d",
        [
            Reference("one", cohort),
            ListOf("list", Document("i", [Reference("deep", action)])),
            Map("map", Reference("v", cohort)),
            Open("open", refs=(NestedRef({"type": "cohort"}, "value", cohort),)),
            Text("text"),
        ],
    )
    value = {
        "one": "a",
        "list": [{"deep": "b"}, {"deep": None}, {}],
        "map": {"x": "c", "y": 5},
        "open": [{"type": "cohort", "value": ["d", "e"]}, {"type": "x", "value": "f"}],
        "text": "g",
    }
    assert list(named_in(field, value, "d")) == [
        ("d.one", cohort, "a"),
        ("d.list[0].deep", action, "b"),
        ("d.map.x", cohort, "c"),
        ("d.map.y", cohort, 5),
        ("d.open[0].value[0]", cohort, "d"),
        ("d.open[0].value[1]", cohort, "e"),
    ]
    assert list(named_in(field, "text", "d")) == [] == list(named_in(ListOf("l", field), "text", "l"))
    assert list(named_in(References("n", cohort), ["a", None], "n")) == [("n[0]", cohort, "a")]


def test_a_project_that_nobody_sees_is_named_with_its_item() -> None:
    ((path, text),) = problems_of({"project": "Nowhere", "things": [{"name": "a"}]})
    assert path == "things[0]" and text.startswith("project: this key sees no project 'Nowhere'")


def test_one_failure_of_the_connection_ends_a_plan() -> None:
    world = universe()
    error = api_error(401, "Who are you?")
    error.ends_all = True
    world.memory.errors["GET", f"{PREFIX}things/"] = error
    with pytest.raises(PostHogFailure) as caught:
        world.plan({"things": [{"name": "a"}, {"name": "b"}], "boxes": [{"name": "c"}]})
    assert caught.value.message == "401: Who are you?" and world.memory.writes == []
    assert isinstance(caught.value, ApiError) and caught.value.ends_all


def test_a_connection_that_fails_in_the_middle() -> None:
    world = universe()
    error = api_error(401, "Who are you?")
    error.ends_all = True
    made = world.project({"teams": [{"name": "t"}], "things": [{"name": "a"}], "labels": []}, concurrency=1)
    made.order()
    made.plan(Purge())
    world.memory.errors["POST", f"/api/organizations/{ORGANIZATION}/teams/"] = error
    run = made.apply()
    world.session.planning(False)
    assert [(entry["name"], entry["action"], entry["msg"]) for entry in run.entries] == [
        ("t", "failed", "401: Who are you?"),
        ("a", "skipped", "the connection failed"),
    ]


def test_types_of_the_tests() -> None:
    """The tests above rely on this order."""
    assert [table.order for table in (TEAM, THING, BOX, LABEL)] == [2, 20, 30, 40]
