# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of kinds that this release does not know: never taken for others, never rewritten, and named.

The tables say of each union of kinds which key tells the kind. Here each of them gets one that nobody has heard of.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.export import Exporter
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import reset_keys, with_defaults
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import composed, of_unknown_kind
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import spelled_out, unspelled
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems, Remark, remarks_in
from ansible_collections.community.posthog.tests.unit.plugins.module_utils.test_engine_keeping import value_of
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, make_world

#: A kind of which no release has heard, and which is like none.
UNHEARD = "zz_unheard_of_zz"

#: Names of keys that tell the kind of a document in PostHog's API.
TELLING = ("type", "kind", "operation", "metric_type")

Place = tuple[Any, ...]


def unions(known: Field, path: Place = ()) -> Iterator[tuple[Place, Field, Field]]:
    """The unions inside a field: the way there, the document, and the key that tells its kind."""
    if len(path) > 6:
        return
    if known.kind == "document":
        for inner in known.fields:
            if inner.names_kind:
                yield path, known, inner
            yield from unions(inner, (*path, inner.name))
    elif known.kind == "list" and known.items is not None:
        yield from unions(known.items, (*path, 0))
    elif known.kind == "map" and known.items is not None:
        yield from unions(known.items, (*path, "entry1"))


def of_tables() -> list[Any]:
    """The unions of all types."""
    found = []
    for table in RESOURCES.values():
        for known in (*table.fields, *(part.field for part in table.parts)):
            for path, document, tells in unions(known):
                name = ".".join(map(str, (table.type, known.name, *path, tells.name)))
                found.append(pytest.param(known, path, document, tells, id=name))
    return found


def strange(document: Field, tells: Field) -> dict[str, Any]:
    """A document of an unknown kind: a key of its own, and one that other kinds have too, at its default there."""
    value: dict[str, Any] = {tells.name: UNHEARD, "unheardOf": {"of": [1, {"id": 5}]}}
    for inner in document.fields:
        if not inner.names_kind and not inner.computed:
            value[inner.name] = inner.null_as if inner.null_as is not None else value_of(inner, depth=3)
            return value
    return value


def put(value: Any, path: Place, inner: Any) -> Any:
    """A copy with something else at a place."""
    if not path:
        return copy.deepcopy(inner)
    out = copy.deepcopy(value)
    holder = out
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = copy.deepcopy(inner)
    return out


def at(value: Any, path: Place) -> Any:
    """What stands at a place."""
    for step in path:
        value = value[step]
    return value


def whole(known: Field, path: Place, document: Field, tells: Field) -> Any:
    """A value of a field in which one document is of an unknown kind."""
    return put(value_of(known, depth=-3), path, strange(document, tells))


def test_every_union_is_open() -> None:
    """A key that tells a kind is declared as such; what joins conditions tells none."""

    def closed(known: Field, where: str) -> Iterator[str]:
        for inner in (*known.fields, *((known.items,) if known.items is not None else ())):
            path = f"{where}.{inner.name}"
            joins = {str(choice).upper() for choice in inner.choices} <= {"AND", "OR"}
            if inner.name in TELLING and inner.choices and inner.required and not joins and not inner.names_kind:
                yield path
            if where.count(".") < 8:
                yield from closed(inner, path)

    found = []
    for table in RESOURCES.values():
        for known in (*table.fields, *(part.field for part in table.parts)):
            found += list(closed(known, f"{table.type}.{known.name}"))
    assert not found
    assert len(of_tables()) > 20


@pytest.mark.parametrize(("known", "path", "document", "tells"), of_tables())
def test_it_is_passed_on_with_one_remark(known: Field, path: Place, document: Field, tells: Field) -> None:
    """All of it as it is, and one sentence that says so. What is nearly a known kind is a typo."""
    value = strange(document, tells)
    problems: Problems = []
    assert document.parse(value, "here", problems) == value
    assert [where for where, _text in remarks_in(problems)] == [f"here.{tells.name}"]
    assert not problems
    first = max(tells.choices, key=len)
    document.parse({**value, tells.name: f"{first}s"}, "here", problems)
    assert any(where == f"here.{tells.name}" and f"did you mean {first}?" in text for where, text in problems)
    assert not any(isinstance(item, Remark) and item[0] == f"here.{tells.name}" for item in problems)


@pytest.mark.parametrize(("known", "path", "document", "tells"), of_tables())
def test_it_is_compared_and_kept_as_it_is(known: Field, path: Place, document: Field, tells: Field) -> None:
    """Declared as it is stored, it is the same; something beside it is changed, and all of it is sent."""
    stored = whole(known, path, document, tells)
    inner = at(stored, path)
    assert [kind for _path, kind in of_unknown_kind(known, stored)] == [UNHEARD]
    if known.normalize is None:
        assert known.same(stored, stored)
    sent, lost = composed(known, stored, stored)
    assert at(sent, path) == inner and not lost
    # A key less is declared: it stays. What the release knows of other kinds is no default of this one.
    told = {tells.name: UNHEARD}
    declared = put(stored, path, told)
    sent, lost = composed(known, declared, stored)
    assert at(sent, path) == inner and not lost
    assert document.same(told, inner) and not document.same({**told, "unheardOf": 2}, inner)
    assert with_defaults(document, told) == told and not reset_keys(document, told, inner)
    # Where the declaration is the whole truth, what it does not name is to go; nulls are not sent.
    gone = [key for key, item in inner.items() if key != tells.name and item not in (None, "", [], {})]
    assert spelled_out(document, told, inner) == {**told, **dict.fromkeys(gone)}
    assert unspelled(document, {**told, "unheardOf": None}, told) == told


@pytest.mark.parametrize(("known", "path", "document", "tells"), of_tables())
def test_it_is_never_taken_for_another_kind(known: Field, path: Place, document: Field, tells: Field) -> None:
    """A known kind in its place inherits nothing of it, nor the other way round, and a diff shows both whole."""
    unknown = strange(document, tells)
    other = value_of(document, depth=-3)
    assert not document.same(other, unknown) and not document.same(unknown, other)
    sent, lost = composed(document, other, unknown)
    assert "unheardOf" not in sent and (("unheardOf",), unknown["unheardOf"]) in lost
    sent, _lost = composed(document, unknown, {**other, "own": 1})
    assert sent == unknown
    assert document.view(unknown, other) == unknown


@pytest.mark.parametrize(("known", "path", "document", "tells"), of_tables())
def test_an_export_writes_it_whole(known: Field, path: Place, document: Field, tells: Field) -> None:
    """Not without what would be a default of another kind; the same comes in again."""
    exporter = Exporter(make_world(Memory()).session)
    value = strange(document, tells)
    written = exporter.objects.values.value(document, value, "here")
    assert written == value
    exporter.unfaithful.add_unknown(known, whole(known, path, document, tells))
    (entry,) = [entry for entry in exporter.unfaithful.entries if UNHEARD in entry["reason"]]
    assert entry["path"].startswith(known.name) and entry["path"].endswith(tells.name)


QUESTIONS = [
    {"id": "q-1", "type": "open", "question": "Why?"},
    {"id": "q-2", "type": UNHEARD, "question": "What?", "scale": 5, "own": True},
]


def survey(*questions: Any, declared: list[Any]) -> tuple[Any, list[str], Any]:
    """What is written to a survey, what is warned of, and what came of it."""
    memory = Memory()
    row = {"id": "s-1", "name": "S", "type": "popover", "questions": list(questions), "conditions": None}
    memory.lists["/api/projects/1/surveys/"] = [row]
    world = make_world(memory)
    table = RESOURCES["survey"]
    outcome = Reconciler(world.session, table).present(read_object(table, {"name": "S", "questions": declared}))
    return [body for _method, _path, body in memory.writes], world.warnings, outcome


def test_a_question_of_an_unknown_kind_stays_beside_a_change() -> None:
    """In a survey: the question after it is not compared with it, and it is sent as it was."""
    told = [{"type": "open", "question": "Why not?"}, {"type": UNHEARD, "question": "What?"}]
    ((body,), warnings, _outcome) = survey(*QUESTIONS, declared=told)
    assert body["questions"][1] == QUESTIONS[1]
    assert not warnings


def test_what_goes_although_nobody_knows_it_is_named() -> None:
    """Whoever declares the list without it is told what goes."""
    ((_body,), (warning,), outcome) = survey(*QUESTIONS, declared=[{"type": "open", "question": "Why?"}])
    assert warning == (
        f"survey 'S': questions[1].type is {UNHEARD!r}, which this release does not know; the task does not name it, "
        "so the update takes it away"
    )
    assert outcome.before["questions"][1] == QUESTIONS[1]
