# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: reading documents, all mistakes at once, and the order of application."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY, Source
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._handlers.config import ConfigHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import other_words
from ansible_collections.community.posthog.tests.unit.plugins.projects import BOX, TABLES, THING, Universe, universe


def mistakes(*documents: Any, world: Universe | None = None) -> list[str]:
    """What a plan refuses, line by line; nothing was written."""
    world = world or universe()
    with pytest.raises(InvalidInput) as caught:
        world.plan(*documents)
    assert not world.memory.writes
    found = [f"{path}: {text}" if path else text for path, text in caught.value.problems]
    if len(found) > 1:
        assert caught.value.message.startswith(f"{len(found)} mistakes in the configuration; nothing was written.\n- ")
    else:
        assert caught.value.message == found[0]
    return found


def document(lines: dict[str, int], **content: Any) -> dict[str, Any]:
    """A document that is from a file."""
    return {**content, SOURCE_KEY: {"file": "a.yml", "lines": lines}}


# -- documents -------------------------------------------------------------------------------------------------------


def test_where_something_stands() -> None:
    source = Source("a.yml", {"things": 1, "things[2]": 7, "things[2].note": 9})
    assert source.of("things[2].note") == "a.yml:9: things[2].note"
    assert source.of("things[2].note.deep[0]") == "a.yml:9: things[2].note.deep[0]"
    assert source.of("things[2].name") == "a.yml:7: things[2].name"
    assert source.of("things[11]") == "a.yml:1: things[11]"
    assert source.of("boxes") == "a.yml: boxes"
    assert Source().of("boxes") == "boxes"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("text", "config: takes a dictionary of lists by type, such as feature_flags"),
        ([["nested"]], "config: takes a dictionary of lists by type, such as feature_flags"),
        ({"thing": []}, "thing: is no type; a list of them is called things"),
        ({"thigns": []}, "thigns: is no type; did you mean things?"),
        ({"xyzzy": []}, "xyzzy: is no type; known are boxes, labels, projects, teams, things"),
        ({"things": {"name": "a"}}, "things: takes a list"),
        ({"things": "a"}, "things: takes a list"),
        ({"things": ["a"]}, "things[0]: takes the options of posthog_thing, not 'a'"),
        ({"things": [None]}, "things[0]: takes the options of posthog_thing, not null"),
        ({"things": [{}]}, "things[0].name: is missing"),
        ({"things": [{"name": ""}]}, "things[0].name: must not be empty"),
        ({"things": [{"name": None}]}, "things[0].name: cannot be null: it always has a value; leave it out"),
        ({"things": [{"name": "a", "nots": 1}]}, "things[0].nots: is no option of posthog_thing; did you mean note"),
        ({"things": [{"name": "a", "state": "gone"}]}, "things[0].state: 'gone' is none of present, absent"),
        ({"things": [{"name": "a", "state": None}]}, "things[0].state: cannot be null"),
        ({"things": [{"name": "a", "api_key": "x"}]}, "things[0].api_key: is no option of posthog_thing"),
        ({"things": [{"name": "a", "project": "x"}]}, "things[0].project: is no option of posthog_thing"),
        ({"things": [{"name": "a", "tags": {"a": 1}}]}, "things[0].tags: takes a list, not a dictionary"),
        ({"things": [{"id": 99, "note": "x"}]}, "things[0]: id: there is no thing with the id 99"),
        ({"project": "", "things": []}, "project: takes a name or an id, not ''"),
        ({"project": ["a"], "things": []}, "project: takes a name or an id, not ['a']"),
        ({"organization": True}, "organization: takes a name or an id, not True"),
        ({"project": "Nowhere", "things": [{"name": "a"}]}, "things[0]: project: this key sees no project 'Nowhere'"),
        ({"organization": "Else", "teams": [{"name": "a"}]}, "this key sees no organization 'Else'"),
        ({"boxes": [{"name": "b", "lid": "x"}]}, "boxes[0].lid: there is no thing 'x'; there is no thing at all"),
        ({"labels": [{"name": "b"}]}, "labels[0].box: is needed to create the label, which does not exist yet"),
    ],
)
def test_mistakes(content: Any, wanted: str) -> None:
    found = mistakes(content)
    assert len(found) == 1 and wanted in found[0], found


def test_all_mistakes_together_with_lines() -> None:
    found = mistakes(
        document(
            {"things": 1, "things[0]": 2, "things[0].nots": 3, "things[1]": 5, "boxes[0].lid": 9},
            things=[{"name": "a", "nots": 1}, {"note": "x"}],
            boxes=[{"name": "b", "lid": "nothing"}],
        ),
        {"thigns": []},
    )
    assert [line.partition(";")[0] for line in found] == [
        "a.yml:3: things[0].nots: is no option of posthog_thing",
        "a.yml:5: things[1].name: is missing",
        "config[1].thigns: is no type",
        "a.yml:9: boxes[0].lid: there is no thing 'nothing'",
    ]


def test_who_refers_to_something_broken_makes_no_mistake() -> None:
    found = mistakes({"things": [{"name": "a", "nots": 1}], "boxes": [{"name": "b", "lid": "a"}]})
    assert len(found) == 1 and "nots" in found[0]
    # The name may have been given by another name.
    found = mistakes({"things": [{"title": "a", "nots": 1}], "boxes": [{"name": "b", "lid": "a"}]})
    assert len(found) == 1 and "nots" in found[0]


def test_nothing_and_empty_lists_are_no_mistakes() -> None:
    for documents in ([], [{}], [{"things": []}], [{"things": None}], [{"project": "Staging"}]):
        world = universe()
        assert world.plan(*documents).summary == "nothing declared"
        assert not world.memory.writes


def test_aliases_are_options() -> None:
    world = universe()
    world.apply({"things": [{"title": "a", "note": "x"}]})
    assert world.names() == ["a"]
    assert "declared twice" in mistakes({"things": [{"title": "a"}, {"name": "a"}]})[0]


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_declared_twice_whatever_else_is_wrong(broken: int) -> None:
    items: list[dict[str, Any]] = [{"name": "a"}, {"name": "a"}, {"name": "b"}]
    for item in items[: 2 if broken == 2 else 1] if broken != 1 else items[1:2]:
        item["nonsense"] = 1
    found = mistakes({"things": items})
    twice = [text for text in found if "declared twice" in text]
    assert twice == ["things[1]: thing 'a' is declared twice; the other one is at things[0]"], found
    assert len(found) == (3 if broken == 2 else 2), found


# -- twice -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "documents",
    [
        [{"things": [{"name": "a"}, {"name": "a"}]}],
        [{"things": [{"name": "a"}]}, {"things": [{"name": "a", "state": "absent"}]}],
        [{"boxes": [{"name": "Beta "}, {"name": " beta"}]}],
        [{"teams": [{"name": "a"}]}, {"organization": "Acme", "teams": [{"name": "a"}]}],
        [{"teams": [{"name": "a"}]}, {"project": "Staging", "teams": [{"name": "a"}]}],
        [{"things": [{"name": "a"}]}, {"project": 1, "things": [{"name": "a"}]}],
        [{"project": "Main", "things": [{"name": "a"}]}, {"project": "1", "things": [{"name": "a"}]}],
        [{"project": "Main", "things": [{"name": "a"}]}, {"project": "MAIN ", "things": [{"name": "a"}]}],
        [{"things": [{"id": 5, "name": "a"}, {"id": "5", "name": "b"}]}],
    ],
)
def test_declared_twice(documents: list[Any]) -> None:
    world = universe()
    world.put("things", {"name": "five"})
    world.memory.lists["/api/projects/1/things/"][0]["id"] = 5
    found = mistakes(*documents, world=world)
    assert len(found) == 1 and "is declared twice; the other one is at " in found[0], found


def test_declared_twice_under_two_names_of_a_project_that_is_to_be_made() -> None:
    found = mistakes(
        {"projects": [{"name": "New"}]},
        {"project": "New", "things": [{"name": "a"}]},
        {"project": "new", "things": [{"name": "a"}]},
    )
    assert found == ["config[2].things[0]: thing 'a' is declared twice; the other one is at config[1].things[0]"]


def test_the_same_name_elsewhere_is_another_object() -> None:
    world = universe()
    run = world.apply(
        {"things": [{"name": "a"}, {"name": "A"}], "boxes": [{"name": "a"}]},
        {"project": "Staging", "things": [{"name": "a"}]},
    )
    assert run.counts["created"] == 4
    assert world.names() == ["A", "a"] and world.names(project=2) == ["a"]


def test_names_of_one_project_reach_over_its_documents() -> None:
    """A document that gives the project's name refers to what one declares that gives its id, and may come first."""
    world = universe()
    documents = [
        {"project": "Main", "boxes": [{"name": "b", "lid": "t"}]},
        {"project": 1, "things": [{"name": "t"}]},
    ]
    for _again in range(2):
        run = world.apply(*documents)
    assert run.counts["unchanged"] == 2
    assert (
        world.memory.lists["/api/projects/1/boxes/"][0]["lid"] == world.memory.lists["/api/projects/1/things/"][0]["id"]
    )


def test_a_name_of_another_project_is_not_meant() -> None:
    found = mistakes({"things": [{"name": "t"}]}, {"project": "Staging", "boxes": [{"name": "b", "lid": "t"}]})
    assert len(found) == 1 and "there is no thing 't'" in found[0]


def test_projects_of_the_same_name_and_names_of_digits() -> None:
    world = universe(projects=((1, "Main"), (2, "Twin"), (3, "twin"), (4, "Twin"), (5, "77")))
    found = mistakes({"project": "Twin", "things": [{"name": "a"}]}, world=world)
    assert "project: 2 projects are called 'Twin' (ids 2, 4); give the id" in found[0]
    world.apply({"project": "twin", "things": [{"name": "a"}]})
    assert world.names(project=3) == ["a"]
    # Digits are an id.
    world.apply({"project": "4", "things": [{"name": "a"}]}, {"project": 5, "things": [{"name": "b"}]})
    assert world.names(project=4) == ["a"] and world.names(project=5) == ["b"]


def test_a_project_that_the_configuration_makes() -> None:
    for project in ("New", None):
        world = universe(project=project if project else "1")
        content = {"things": [{"name": "t"}], "boxes": [{"name": "b", "lid": "t"}]}
        where = {} if project else {"project": "new"}
        documents = [{**where, **content}, {"projects": [{"name": "New"}]}]
        plan = world.plan(*documents)
        assert plan.counts["created"] == 3 and not world.memory.writes
        world.memory.storing = lambda obj, world=world: _made(world, obj)
        run = world.apply(*documents)
        assert run.counts == plan.counts
        number = next(item["id"] for item in world.memory.lists["/api/organizations/"][0]["projects"][2:])
        assert world.names(project=number) == ["t"] and world.names("boxes", number) == ["b"]


def _made(world: Universe, obj: dict[str, Any]) -> dict[str, Any]:
    """Whoever makes a project finds it in the organization."""
    if obj["name"] == "New":
        obj["organization"] = "01890000-0000-0000-0000-0000000000aa"
        world.memory.singles[f"/api/projects/{obj['id']}/"] = obj
    return obj


# -- order -----------------------------------------------------------------------------------------------------------


def posted(world: Universe) -> list[str]:
    """The names of what was made, in order."""
    return [body["name"] for method, _path, body in world.memory.writes if method == "POST"]


def thing(name: str, *needed: str) -> dict[str, Any]:
    """A thing that names others inside its settings."""
    return {"name": name, "settings": {"all": [{"kind": "thing", "id": other} for other in needed]}}


def test_needed_first_whatever_the_order_of_the_file() -> None:
    world = universe()
    names = [f"t{number:02}" for number in range(30)]
    chain = [thing(name, *names[index + 1 : index + 3]) for index, name in enumerate(names)]
    run = world.apply({"boxes": [{"name": "first", "things": ["t00", "t29"]}], "things": chain})
    assert run.counts["created"] == 31
    assert posted(world) == [*reversed(names), "first"]
    assert world.apply({"things": chain}).counts["unchanged"] == 30


@pytest.mark.parametrize("concurrency", [1, 8])
def test_what_texts_may_name_comes_first(concurrency: int) -> None:
    """A join names a view by a text: the view has to be there before, whatever runs side by side."""
    boxes = dataclasses.replace(BOX, order=THING.order - 1, after=("thing",))
    world = universe(seconds=0.002, tables=(THING, boxes))
    things = [{"name": f"t{number}"} for number in range(6)]
    run = world.apply({"boxes": [{"name": "named by a text"}], "things": things}, concurrency=concurrency)
    assert run.counts["created"] == 7
    assert posted(world)[-1] == "named by a text"


def test_what_texts_mention_comes_first() -> None:
    """SQL names views: those come first, also among objects of one type; a mention never makes a circle."""
    things = dataclasses.replace(THING, named_in_texts=("thing",))
    world = universe(tables=(things, BOX))

    def ordered(**notes: str) -> list[str]:
        world.memory.writes.clear()
        before = len(posted(world))
        world.apply({"things": [{"name": name, "note": note} for name, note in notes.items()]})
        return posted(world)[before:]

    assert ordered(c1="SELECT 1 FROM b1", b1="from a1, b12", a1="") == ["a1", "b1", "c1"]
    assert ordered(c2="SELECT b2.x", b2="of c2, d2", d2="") == ["d2", "b2", "c2"]
    # Parts of words are no mention, and neither are fields of another table.
    assert ordered(c3="xb3 b3x t.b3", b3="c3") == ["c3", "b3"]


def test_a_circle_of_two_types_is_made_in_two_steps() -> None:
    world = universe()
    world.memory.storing = lambda obj: {"boxes": [], **obj}
    config = {"things": [{"name": "t", "note": "x", "boxes": ["b"]}], "boxes": [{"name": "b", "things": ["t"]}]}
    plan = world.plan(config)
    run = world.apply(config)
    assert plan.counts == run.counts and run.counts["created"] == 2
    wanted = [
        ("t", {"name": "t", "note": "x", "tags": ["managed-by-ansible"], "boxes": ["b"]}),
        ("b", {"name": "b", "things": ["t"]}),
    ]
    for result in (plan, run):
        assert [(entry["name"], entry["fields"]) for entry in result.entries] == wanted
    things = {obj["name"]: obj for obj in world.memory.lists["/api/projects/1/things/"]}
    boxes = {obj["name"]: obj for obj in world.memory.lists["/api/projects/1/boxes/"]}
    assert things["t"]["boxes"] == [boxes["b"]["id"]] and boxes["b"]["things"] == [things["t"]["id"]]
    assert not world.warnings
    assert world.apply(config).counts["unchanged"] == 2


@pytest.mark.parametrize("concurrency", [1, 8])
def test_who_needs_an_object_of_a_circle_waits_until_it_is_whole(concurrency: int) -> None:
    """The first of the two steps makes an object that lacks what the circle gives it."""
    world = universe(seconds=0.002)
    world.memory.storing = lambda obj: {"boxes": [], **obj}
    config = {
        "things": [{"name": "t", "boxes": ["b"]}, {"name": "u", "settings": {"kind": "thing", "id": "t"}}],
        "boxes": [{"name": "b", "things": ["t"]}, {"name": "c", "lid": "t"}, {"name": "d", "lid": "u"}],
        "labels": [{"name": "l", "box": "c"}],
    }
    world.apply(config, concurrency=concurrency)
    steps = [body.get("name") or "t, completed" for _method, _path, body in world.memory.writes]
    whole = steps.index("t, completed")
    assert steps.index("t") < steps.index("b") < whole
    for outsider in ("u", "c", "d", "l"):
        assert steps.index(outsider) > whole, steps
    assert world.apply(config).counts["unchanged"] == 6


def test_only_what_may_be_missing_is_left_for_later() -> None:
    """A label needs its box from the beginning, so it is the box, or what the box needs, that is done in two steps."""
    fields = tuple(
        dataclasses.replace(known, ref=Ref("label")) if known.name == "lid" else known for known in TABLES[1].fields
    )
    box = dataclasses.replace(TABLES[1], fields=fields)
    world = universe(tables=[TABLES[0], box, TABLES[2], TABLES[3]])
    world.memory.storing = lambda obj: {"lid": None, **obj}
    config = {"labels": [{"name": "l", "box": "b"}], "boxes": [{"name": "b", "lid": "l"}]}
    assert world.apply(config).counts["created"] == 2
    assert posted(world) == ["b", "l"]
    assert world.apply(config).counts["unchanged"] == 2


def test_a_circle_within_one_type_is_refused() -> None:
    found = mistakes({"things": [thing("a", "b"), thing("b", "c"), thing("c", "a"), thing("d", "a")]})
    assert found == [
        "things[0]: cannot be made, since each needs the next: thing 'a' -> thing 'b' -> thing 'c' -> thing 'a'"
    ]


def test_every_circle_is_told() -> None:
    found = mistakes({"things": [thing("a", "b"), thing("b", "a"), thing("c", "d"), thing("d", "c")]})
    assert len([line for line in found if "cannot be made" in line]) == 2


def test_itself_is_no_circle_of_ours() -> None:
    """PostHog has its own opinion of an object that names itself; a name that is not there yet cannot be resolved."""
    found = mistakes({"things": [thing("a", "a")]})
    assert "there is no thing 'a'" in found[0]


def test_very_many_circles_and_very_long_chains() -> None:
    world = universe()
    number = 700
    config = {
        "things": [{"name": f"t{i}", "boxes": [f"b{i}"]} for i in range(number)],
        "boxes": [{"name": f"b{i}", "things": [f"t{i}"]} for i in range(number)],
    }
    assert world.plan(config).counts["created"] == 2 * number
    number = 1500
    chain = {"things": [thing(f"t{i}", f"t{i - 1}") if i else thing("t0") for i in range(number)]}
    assert world.plan(chain).counts["created"] == number


def test_one_big_circle_with_several_rings() -> None:
    world = universe()
    world.memory.storing = lambda obj: {"boxes": [], "things": [], **obj}
    config = {
        "things": [{"name": f"t{i}", "boxes": [f"b{i}", f"b{(i + 1) % 9}"]} for i in range(9)],
        "boxes": [{"name": f"b{i}", "things": [f"t{i}", f"t{(i + 4) % 9}"]} for i in range(9)],
    }
    assert world.apply(config).counts["created"] == 18
    assert world.apply(config).counts["unchanged"] == 18


# -- secrets ---------------------------------------------------------------------------------------------------------


def test_every_secret_of_every_type_is_known_or_suspected() -> None:
    """What an argument spec or a table calls secret in a module is secret in a configuration."""
    handler = ConfigHandler(ResourceHandler(table) for table in RESOURCES.values() if table.module)
    for table in RESOURCES.values():
        partly = {rule.field for rule in table.secret_parts}
        for known in (*table.fields, *(part.field for part in table.parts)):
            if table.module and known.secret and known.name not in partly:
                for name in (known.name, *known.aliases):
                    item = {"name": "x", name: "canary-of-a-secret"}
                    for value in ([item], item):
                        assert "canary-of-a-secret" in handler.secrets({"config": {table.plural: value}}), name


def test_what_only_posthog_could_tell_to_be_secret_is_suspected_where_nothing_was_asked() -> None:
    alone = ResourceHandler(RESOURCES["hog_function"])
    item = {"name": "x", "template_id": "template-slack", "inputs": {"token": {"value": "canary-of-a-secret"}}}
    assert "canary-of-a-secret" in alone.suspected(item)
    handler = ConfigHandler([alone])
    for config in ({"hog_functions": [item]}, [{"hog_functions": [item]}, {"project": "x"}]):
        assert "canary-of-a-secret" in handler.suspected({"config": config})
    assert handler.suspected({"config": "nonsense"}) == handler.suspected({}) == set()


def test_text_in_place_of_what_may_be_secret_is_in_no_mistake() -> None:
    """Somebody forgot to read the JSON of a variable."""
    handler = ConfigHandler(ResourceHandler(table) for table in RESOURCES.values() if table.module)
    text = 'conf "canary\n of a secret"'
    for item in (
        {"name": "x", "interval": "day", "destination": {"type": "S3", "config": text}},
        {"name": "x", "interval": "day", "destination": text},
        text,
    ):
        world = universe(tables=[*TABLES, RESOURCES["batch_export"]])
        found = mistakes({"batch_exports": [item]}, world=world)
        assert len(found) == 1 and ", not text" in found[0] and "canary" not in found[0], found
        assert item is text or text in handler.suspected({"config": {"batch_exports": [item]}})
    assert handler.suspected({"config": {"batch_exports": [text * 9]}}) == {text * 9}


# -- options ---------------------------------------------------------------------------------------------------------


def test_no_option_of_a_type_is_called_as_one_of_the_connection() -> None:
    """In a configuration, an item could not give it."""
    from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec

    for table in RESOURCES.values():
        names = {known.name for known in table.fields} | {part.field.name for part in table.parts}
        assert not names & set(connection_spec()), table.type


@pytest.mark.parametrize(
    ("kind", "steps", "text", "value", "wanted"),
    [
        ("bool", ["note"], "no", "false", "no without quotes is false to YAML; put it in quotes, or write false"),
        ("int", ["name"], "0123", "83", "0123 without quotes is 83 to YAML"),
        ("float", ["name"], "1.10", "1.1", "1.10 without quotes is 1.1 to YAML"),
        ("bool", ["extra_fields", "x", 1], "no", "false", "no without quotes is false to YAML"),
        ("int", ["extra_fields", "at"], "22:00", "1320", "22:00 without quotes is 1320 to YAML"),
        ("float", ["extra_fields", "at"], "1.10", "1.1", None),
    ],
)
def test_words_of_a_file(kind: str, steps: list[Any], text: str, value: str, wanted: str | None) -> None:
    """What YAML made something else of is refused where text may be meant, with the file's line."""
    fields = RESOURCES["cohort"].fields
    entry = {"steps": ["cohorts", 0, *steps], "kind": kind, "text": text, "value": value}
    inside = [{**entry, "steps": steps}]
    found = other_words(fields, inside, "cohorts[0]")
    assert bool(found) is (wanted is not None)
    assert all(wanted and wanted in said and path.startswith("cohorts[0].") for path, said in found)


def test_switches_and_numbers_may_be_written_in_any_way() -> None:
    fields = RESOURCES["feature_flag"].fields
    steps = ["filters", "groups", 0, "rollout_percentage"]
    inside = [
        {"steps": ["active"], "kind": "bool", "text": "yes", "value": "true"},
        {"steps": steps, "kind": "float", "text": "12.50", "value": "12.5"},
        {"steps": steps, "kind": "int", "text": "0x10", "value": "16"},
    ]
    assert not other_words(fields, inside, "feature_flags[0]")
