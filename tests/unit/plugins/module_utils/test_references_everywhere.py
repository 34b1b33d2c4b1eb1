# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every place of the tables that names something: a name in, its id to PostHog, the name out again; typos refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.export import Exporter
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, walk
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, World, make_world

NAME = "known-thing"

#: The value that PostHog wants, where it is not the id.
NUMBER = 7


def rules(known: Field) -> Iterator[tuple[Field, NestedRef]]:
    """The rules of a field and of what is in it."""
    for rule in known.refs:
        yield known, rule
    for inner in (*known.fields, *((known.items,) if known.items is not None else ())):
        yield from rules(inner)


def of_tables() -> list[Any]:
    """Each rule of each field once."""
    found: dict[str, Any] = {}
    for table in RESOURCES.values():
        for known in (*table.fields, *(part.field for part in table.parts)):
            for holder, rule in rules(known):
                told = ",".join(f"{key}={value}" for key, value in rule.when.items())
                found[f"{table.type}.{known.name}.{holder.name}[{told}].{rule.within}.{rule.key}"] = (holder, rule)
    return [pytest.param(holder, rule, id=name) for name, (holder, rule) in found.items()]


def put(obj: dict[str, Any], path: str, value: Any) -> None:
    """Set a value at a dotted path."""
    *steps, last = path.split(".")
    for step in steps:
        obj = obj.setdefault(step, {})
    obj[last] = value


def holding(rule: NestedRef) -> World:
    """A project with the one thing that a rule can name."""
    world = make_world(Memory())
    table = RESOURCES[rule.ref.type]
    thing: dict[str, Any] = {}
    put(thing, table.id_path, NUMBER)
    put(thing, rule.ref.value, NUMBER)
    put(thing, table.identity.read[0] if table.identity.read else table.identity.option, NAME)
    for path, value in rule.ref.where:
        put(thing, path, value)
    collection = world.session.collection(table)
    world.memory.lists[collection.path] = [thing]
    return world


def document(rule: NestedRef, value: Any) -> Any:
    """The smallest document of which a rule speaks, where it speaks of it."""
    inner: Any = {**rule.when, rule.key: {value: {"x": 1}} if rule.keyed else value}
    for key in reversed(rule.within.split(".")) if rule.within else ():
        inner = {key: inner}
    return inner


@pytest.mark.parametrize(("known", "rule"), of_tables())
def test_a_name_is_resolved_and_written_again(known: Field, rule: NestedRef) -> None:
    """In a list and alone."""
    world = holding(rule)
    number = str(NUMBER) if rule.ref.as_string else NUMBER
    for written, wanted in ((NAME, number), ([NAME], [number])):
        if rule.keyed and isinstance(written, list):
            continue
        problems: Problems = []
        sent = world.session.resolve_field(known, document(rule, written), known.name, problems)
        assert not problems
        assert sent == document(rule, wanted)
        assert exported(world, known, sent) == document(rule, written)


def exported(world: World, known: Field, stored: Any) -> Any:
    """What an export writes for a stored document."""
    exporter = Exporter(world.session)
    written = walk(stored, known.refs, lambda rule, item, where: exporter.objects.names.name_of(rule.ref, item, where))
    assert not exporter.unfaithful.entries
    return written


@pytest.mark.parametrize(("known", "rule"), of_tables())
def test_a_typo_is_refused_with_the_nearest_name(known: Field, rule: NestedRef) -> None:
    """With the path of the place."""
    world = holding(rule)
    problems: Problems = []
    world.session.resolve_field(known, document(rule, "known-thign"), known.name, problems)
    ((path, text),) = problems
    assert path.startswith(known.name) and rule.key in path
    assert NAME in text, text


def flags(index: Any, stored: Any) -> tuple[World, Any]:
    """A project with a flag about groups, and what a declaration with a group type in its three places does to it."""
    world = make_world(Memory())
    table = RESOURCES["group_type"]
    world.memory.lists[world.session.collection(table).path] = [
        {"group_type": "organization", "group_type_index": 0, "name_singular": None},
        {"group_type": "team", "group_type_index": 1, "name_singular": None},
    ]
    condition = {"key": "plan", "type": "group", "operator": "exact", "value": ["x"]}

    def filters(number: Any) -> dict[str, Any]:
        return {
            "aggregation_group_type_index": number,
            "groups": [
                {
                    "aggregation_group_type_index": number,
                    "rollout_percentage": 5,
                    "properties": [{**condition, "group_type_index": number}],
                }
            ],
        }

    world.memory.lists["/api/projects/1/feature_flags/"] = [{"id": 1, "key": "f", "filters": filters(stored)}]
    flag = RESOURCES["feature_flag"]
    outcome = Reconciler(world.session, flag).present(read_object(flag, {"key": "f", "filters": filters(index)}))
    return world, outcome


def test_the_type_of_a_group_by_its_name() -> None:
    """In a flag's filters, its sets and their properties."""
    world, outcome = flags("team", 0)
    ((_method, _path, body),) = world.memory.writes
    assert body["filters"]["aggregation_group_type_index"] == 1
    assert body["filters"]["groups"][0]["aggregation_group_type_index"] == 1
    assert body["filters"]["groups"][0]["properties"][0]["group_type_index"] == 1
    assert outcome.changed
    assert not flags("team", 1)[1].changed and not flags(1, 1)[1].changed
    with pytest.raises(InvalidInput, match=r"teem.*team"):
        flags("teem", 1)


def test_an_export_writes_the_name_of_the_type() -> None:
    """So that the file means the same in a project that has the types in another order."""
    world, _outcome = flags(1, 1)
    flag = RESOURCES["feature_flag"]
    stored = world.memory.lists["/api/projects/1/feature_flags/"][0]
    item = Exporter(world.session).objects.declaration(flag, stored, {})
    assert item is not None
    assert item["filters"]["aggregation_group_type_index"] == "team"
    assert item["filters"]["groups"][0]["aggregation_group_type_index"] == "team"
    assert item["filters"]["groups"][0]["properties"][0]["group_type_index"] == "team"


def fields_at_every_depth(fields: Any, path: str = "") -> Any:
    """All fields of a table, those of documents and of their lists too, with their paths."""
    for field in fields:
        yield f"{path}{field.name}", field
        yield from fields_at_every_depth(field.fields, f"{path}{field.name}.")


@pytest.mark.parametrize("type_", sorted(RESOURCES))
def test_no_option_takes_a_bare_index(type_: str) -> None:
    """Wherever PostHog wants the index of a group type, a person writes the type's name."""
    for path, field in fields_at_every_depth(RESOURCES[type_].fields):
        if field.name.endswith("group_type_index"):
            assert field.ref is not None and field.ref.type == "group_type", path
