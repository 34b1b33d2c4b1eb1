# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conformance tests: the life of an object of every type, generated from the tables and from the types' C(samples).

Each test is a list of tasks, and each task is made together with the checks of its result. Tasks run in the test
process (see C(harness/engine.py)); for a few types they also run as real playbooks, in-process and as modules, and all
ways must return the same. A shorter life of every type as a playbook is in C(test_conformance_playbooks.py).
"""

from __future__ import annotations

import copy
import math
import re
import typing as t
from pathlib import Path

import pytest
from harness import Harness, Run, Task
from harness.compare import dig, equal, means, shown
from harness.conformance import (
    Conformance,
    alive,
    changeable,
    changes_name,
    cleared,
    diff_vanishes,
    most_writes,
    no_requests,
)
from harness.engine import Engine
from harness.playbook import ROOT
from harness.steps import (
    ENGINE,
    EVERY_WAY,
    IN_PROCESS,
    Check,
    Findings,
    changed,
    no_warnings,
    of_failures,
    refused,
    requests_at_most,
    silent,
    unchanged,
)
from samples import OWN_TESTS, SAMPLES, Sample

from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.named import nameable
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope

#: Fields changed in one test; more would make the longest test longer than all others.
FIELDS_AT_ONCE = 12
FIELDS_OF_THE_ENGINE = 40

#: Objects in a loop, and the page size that the sandbox holds to meanwhile.
LOOP = 12
PAGE = 5

#: The types whose whole conformance test also runs as playbooks; those of which a part also runs as modules, and in
#: `make matrix`.
DEEP = ("dashboard", "feature_flag")
QUICK = ("feature_flag",)

UNKNOWN_UUID = "01900000-dead-7000-8000-000000000000"


def types(
    *,
    modules: bool = False,
    repeated: bool = False,
    playbooks: t.Collection[str] = DEEP,
    of: t.Callable[[Sample], t.Any] = bool,
) -> list[t.Any]:
    """The types that have conformance tests, with the ways to run each, as parameters.

    :param modules: of those in C(QUICK), modules run as such, too.
    :param repeated: C(make matrix) repeats those in C(QUICK).
    :param playbooks: types that go as playbooks too.
    :param of: picks types.
    """
    found = []
    for name, sample in SAMPLES.items():
        try:
            if not of(sample):
                continue
        except LookupError:
            # What is wrong with a sample is told by the tests of that type alone.
            pass
        found.append(pytest.param(sample, (ENGINE,), id=name))
        if name in playbooks:
            marks = [pytest.mark.matrix] if repeated and name in QUICK else []
            ways = EVERY_WAY if modules and name in QUICK else (ENGINE, IN_PROCESS)
            found.append(pytest.param(sample, ways, id=f"{name}-playbook", marks=marks))
    return found


every_type = pytest.mark.parametrize(("sample", "ways"), types())


# -- the samples are complete ----------------------------------------------------------------------------------------


def test_every_module_has_a_sample() -> None:
    """A type with a module has conformance tests, or tests of its own."""
    modules = {path.stem.removeprefix("posthog_") for path in (ROOT / "plugins/modules").glob("posthog_*.py")}
    covered = set(SAMPLES) | set(OWN_TESTS)
    assert modules & set(RESOURCES) <= covered, f"no sample: {sorted(modules & set(RESOURCES) - covered)}"
    assert covered <= set(RESOURCES)
    for name in OWN_TESTS.values():
        assert (Path(__file__).parent / name).is_file()


@pytest.mark.parametrize("sample", [pytest.param(sample, id=name) for name, sample in SAMPLES.items()])
def test_sample_names_everything(sample: Sample) -> None:
    """The full declaration names every field, and the two values together every key of every document."""
    full = sample.full(creating=False)
    for known in sample.fields:
        if known.name in sample.left_out:
            assert known.name not in full and sample.left_out[known.name]
            continue
        assert known.name in full, known.name
        if known.name not in sample.fixed and known.name not in sample.minimal and known.kind != "document":
            value = sample.value(known.name)
            if known.create_only or known.name in sample.shows:
                continue
            assert known.write_only or not equal(value.first, value.second), f"{known.name}: twice the same"
    names = {item.name for item in sample.fields}
    told = {*sample.left_out, *sample.later, *sample.fixed, *sample.last, *sample.values, *sample.minimal}
    assert told <= names, f"no such fields: {sorted(told - names)}"
    used = {
        path
        for name in full
        for v in (sample.value(name).first, sample.value(name).second)
        for path in _keys_used(sample.field(name), v, name)
    }
    wanted = {path for name in full for path in _keys_known(sample.field(name), name)}
    unused = {path for path in wanted - used if not any(path.startswith(f"{key}.") for key in sample.unused_keys)}
    assert unused == set(sample.unused_keys), "keys of documents without a value, or no longer without one"


def _keys_known(known: t.Any, path: str, depth: int = 0) -> t.Iterator[str]:
    """Paths of all keys that a document, or a list of documents, may have."""
    if known.items is not None:
        yield from _keys_known(known.items, path, depth)
    for item in known.fields:
        # Groups within groups look the same at every depth.
        if not item.computed and not (depth and item.name in path.split(".")[1:]):
            yield f"{path}.{item.name}"
            yield from _keys_known(item, f"{path}.{item.name}", depth + 1)


def _keys_used(known: t.Any, value: t.Any, path: str) -> t.Iterator[str]:
    """Paths of the keys that a value has."""
    if known.items is not None and isinstance(value, (list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _keys_used(known.items, inner, path)
    if known.fields and isinstance(value, dict):
        for item in known.fields:
            if item.name in value:
                again = item.name in path.split(".")[1:]
                where = path[: path.index(f".{item.name}")] + f".{item.name}" if again else f"{path}.{item.name}"
                yield where
                yield from _keys_used(item, value[item.name], where)


# -- the life of an object -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sample", "ways"), types(modules=True))
def test_life(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """From nothing through creation, a full declaration, a new name and deletion, to life again."""
    life = Conformance(sample, posthog)
    steps, table, key = life.steps, life.table, life.identity
    minimal = life.named(**sample.minimal)
    complete = life.named(**sample.full(creating=False))
    most, most_for_all = requests_at_most(sample.least), requests_at_most(sample.again)
    most_for_some = requests_at_most(max(sample.least, sample.again) if sample.minimal else sample.least)

    if key:
        steps.add("nothing declared", {**sample.place}, refused(key), silent)
        if not sample.table.identity.nameless:
            steps.add("an empty name", {**sample.place, key: ""}, refused(key), silent)
    if sample.can_be_made:
        before_and_creation(life, minimal)
    else:
        if sample.name_of(2) is not None:
            steps.add("what is not there", life.named(sample.name_of(2)), refused("not exist"), silent)
        steps.add("there already", minimal, unchanged, register="created")
    steps.add("again", minimal, unchanged, most_for_some, no_warnings, life.has(minimal))
    steps.add("check again", minimal, unchanged, most_for_some, check_mode=True)
    life.after_creation()

    # Everything that can be declared.
    latest = "create" if sample.can_be_made else "there already"
    if len(complete) > len(minimal):
        latest = "complete"
        steps.add("check complete", complete, changed, silent, check_mode=True)
        steps.add(
            "complete",
            complete,
            changed,
            life.has(complete),
            life.predicted_by("check complete"),
            no_warnings,
            # What cannot be changed is made anew.
            register="created" if table.replaceable else None,
        )
        steps.add("complete again", complete, unchanged, no_warnings, life.has(complete), most_for_all)
        # What the task does not speak of is not read; a list call tells this much.
        listed = {
            name: value
            for name, value in complete.items()
            if name not in life.parts and table.field(name) is not None and table.field(name).in_list
        }
        short = {option: complete.get(option, value) for option, value in minimal.items()}
        steps.add(
            "the minimum again",
            short,
            unchanged,
            life.has({} if table.listing.varies else listed),
            most_for_some,
        )
    if table.has_id:
        by_id = {**sample.place, "id": life.object_id("created")}
        steps.add("by id", by_id, unchanged, most)
        unknown = unknown_id(posthog, sample)
        nobody = {**sample.place, "id": unknown, **({key: sample.name} if sample.plain_name else {})}
        steps.add("an id that is not there", nobody, refused(str(unknown)), silent)
        if sample.new_name is not None:
            renaming(life, by_id, latest)
    if sample.can_be_deleted:
        the_end(life, minimal)
    else:
        steps.add("cannot be deleted", life.named(state="absent"), refused("state"), silent)
    if sample.can_be_made and (sample.can_be_deleted or sample.name_of(3) is not None):
        life_again(life)
    life.run(ways)


def before_and_creation(life: Conformance, minimal: dict[str, t.Any]) -> None:
    """Absent before it was there, foretold, made."""
    steps, sample = life.steps, life.sample
    if sample.can_be_deleted:
        most = requests_at_most(sample.least + (1 if life.table.listing.hidden_params else 0))
        steps.add("absent before it was there", life.named(state="absent"), unchanged, most)
    steps.add("check create", minimal, changed, silent, life.has(minimal), check_mode=True)
    more = any(name in life.parts or sample.field(name).update_only for name in sample.minimal)
    steps.add(
        "create",
        minimal,
        changed,
        life.has(minimal),
        life.predicted_by("check create"),
        life.sent(method=None if more else life.creates),
        life.diff_of(*minimal),
        register="created",
    )


def renaming(life: Conformance, by_id: dict[str, t.Any], latest: str) -> None:
    """A new name, given to the object of an id."""
    steps, sample, key = life.steps, life.sample, life.identity
    other = sample.new_name
    most = requests_at_most(sample.least)
    rename = {**by_id, key: other}
    steps.add("check rename", rename, changed, silent, check_mode=True)
    steps.add(
        "rename",
        rename,
        changed,
        life.has({key: other}),
        life.sent(method=life.updates, only=[key]),
        life.diff_of(*rename),
        life.predicted_by("check rename"),
        life.differs_only_in(latest, key),
    )
    steps.add("rename again", rename, unchanged, most)
    steps.add("by the new name", life.named(other), unchanged, life.has({key: other}))
    if sample.can_be_deleted:
        steps.add("the old name is gone", life.named(state="absent"), unchanged)
    steps.add("rename back", {**by_id, key: sample.name}, changed)


def the_end(life: Conformance, minimal: dict[str, t.Any]) -> None:
    """Deletion, foretold and done."""
    steps, sample, table = life.steps, life.sample, life.table
    gone = life.named(state="absent")
    most = requests_at_most(sample.least + (1 if table.listing.hidden_params else 0))
    steps.add("check delete", gone, changed, silent, check_mode=True)
    steps.add("still there", minimal, unchanged, register="last_seen")
    steps.add("delete", gone, changed, most_writes(1), diff_vanishes)
    steps.api("list", "GET", life.list_path, None, life.is_gone("still there"))
    steps.add("delete again", gone, unchanged, most)
    steps.add("check delete again", gone, unchanged, check_mode=True)
    if table.has_id:
        by_id = {**sample.place, "id": life.object_id("created"), "state": "absent"}
        steps.add("delete the id again", by_id, unchanged, most)


def life_again(life: Conformance) -> None:
    """Everything at once, from nothing."""
    steps, sample, table = life.steps, life.sample, life.table
    name = None if sample.can_be_deleted else sample.name_of(3)
    full = life.named(name, **sample.full())
    steps.add("check re-create", full, changed, silent, life.has(full), check_mode=True)
    steps.add(
        "re-create",
        full,
        changed,
        life.has(full),
        life.predicted_by("check re-create"),
        life.diff_of(*full),
        life.warns_of_creation,
        register="reborn",
    )
    steps.add("re-create again", full, unchanged, no_warnings, life.has(full), requests_at_most(sample.again))
    if sample.can_be_deleted and table.has_id:
        by_id = {**sample.place, "id": life.object_id("reborn"), "state": "absent"}
        steps.add("delete by id", by_id, changed, most_writes(1))
        steps.add("delete by id again", by_id, unchanged)


def unknown_id(posthog: Harness, sample: Sample) -> t.Any:
    """An id that no object has."""
    app = posthog.server.local_control.app
    try:
        kind = app.tables[app.type_name(sample.type)].id_kind
    except LookupError:
        kind = "int"
    return 999999 if kind == "int" else UNKNOWN_UUID


# -- found as somebody else left it ----------------------------------------------------------------------------------


@every_type
def test_adopted_and_drifted(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """What was made by hand is adopted; what was changed by hand is corrected, and nothing else is written."""
    life = Conformance(sample, posthog)
    steps, table = life.steps, life.table
    complete = life.named(**sample.full(creating=False))
    most = requests_at_most(sample.again)
    by_hand = sample.can_be_made and not sample.not_by_hand
    if by_hand:
        life.by_hand("by hand", "made")
        life.after_creation(f"{{{{ made.json.{table.id_path} }}}}")
    else:
        steps.add("first", life.named(**sample.minimal), register="created")
        life.after_creation()

    def adopted(found: Findings, task: Task, run: Run) -> None:
        """No second object; the fields that were right are not sent."""
        before = run["by hand"].result["json"]
        if not table.replaceable:
            found.equal(life.key_of(life.object(task)), life.key_of(before), "the id")
            made = [entry for entry in task.writes if entry["method"] == "POST"]
            found.true(life.creates != "POST" or life.parts or not made, "made another")
        names = life.known_names(run)
        right = {
            str(known.api_name)
            for known in sample.fields
            if known.name in complete
            and not known.write_only
            and not known.secret
            and known.name not in life.parts
            and means(known, sample.value(known.name).stored(complete[known.name]), shown(known, before), names)
        }
        bodies = [entry.get("body") for entry in task.writes]
        sent = {key for body in bodies if isinstance(body, dict) for key in body}
        sent -= {name for name, _source in table.always_sent}
        if not table.replaceable and life.updates == "PATCH":
            found.true(not right & sent, f"sent, although they were right: {sorted(right & sent)}")

    if len(complete) > len(life.named(**sample.minimal)) and by_hand:
        steps.add("check adopt", complete, changed, silent, check_mode=True)
        steps.add("adopt", complete, changed, adopted, life.has(complete), life.predicted_by("check adopt"))
    elif by_hand:
        steps.add("adopt", complete)
    else:
        steps.add("adopt", complete, life.has(complete))
    steps.add("adopt again", complete, unchanged, most, register="adopted")
    drifting(life, complete, most)
    twin = not table.identity.unique and by_hand and not table.identity.casefold and table.has_id
    if twin and not sample.no_twin:
        two_of_a_name(life)
    life.run(ways)


def drifting(life: Conformance, complete: dict[str, t.Any], most: Check) -> None:
    """Somebody changes two fields; the others stay."""
    steps, sample = life.steps, life.sample
    if life.table.replaceable and sample.drift is None:
        return
    given, drift = sample.drifts or ({}, {})
    body = life.body(given)
    if not drift:
        for name in sample.updated:
            known, value = sample.field(name), sample.value(name)
            plain = known.kind in ("bool", "str", "any") and known.ref is None and not known.write_only
            alone = not value.along and not known.secret and name not in sample.last
            if plain and alone and name not in life.parts:
                drift = {**drift, name: known.words.get(value.second, value.second)}
            if len(drift) == 2:
                break
        body = {life._api_name(name): value for name, value in drift.items()}
    if not drift:
        return
    by_hand = sample.can_be_made and not sample.not_by_hand
    life.drifted("drift", body, by_hand=by_hand)
    steps.add("check correct", complete, changed, silent, check_mode=True)
    steps.add(
        "correct",
        complete,
        changed,
        life.sent(method=None if life.parts & set(drift) else life.updates, only=drift),
        life.has(complete),
        life.predicted_by("check correct"),
        changes_name(*drift),
    )
    steps.add("correct again", complete, unchanged, most)
    # Only what is declared counts.
    rest = {option: value for option, value in complete.items() if option not in drift}
    life.drifted("drift of what is not declared", body, by_hand=by_hand)
    steps.add("not declared", rest, unchanged, most)


def two_of_a_name(life: Conformance) -> None:
    """Two objects answer to the name: which is meant must be said by id."""
    steps, sample, table = life.steps, life.sample, life.table
    life.by_hand("a twin by hand", "twin")
    name = str(sample.name) if sample.plain_name else ""

    @of_failures
    def names_both(found: Findings, task: Task, run: Run) -> None:
        for made in ("by hand", "a twin by hand"):
            number = str(dig(run[made].result["json"], table.id_path))
            found.true(number in task.msg, f"the message must name the id {number}")

    steps.add("which of them", life.named(**sample.minimal), refused(name), names_both, silent)
    steps.add("which of them to delete", life.named(state="absent"), refused(name), names_both, silent)
    steps.add("check which of them", life.named(), refused(name), names_both, check_mode=True)
    both = life.named(id=f"{{{{ twin.json.{table.id_path} }}}}")
    steps.add("the twin by id", both, unchanged)
    if sample.can_be_deleted:
        steps.add("delete the twin", {**both, "state": "absent"}, changed)
        steps.add("only one again", life.named(), unchanged)


@pytest.mark.parametrize(("sample", "ways"), types(of=lambda sample: sample.elsewhere, playbooks=()))
def test_another_of_that_name(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """An object of the same name that differs in what else tells objects apart is another one."""
    life = Conformance(sample, posthog)
    steps = life.steps
    one = life.named(**sample.minimal)
    other = {**one, **sample.elsewhere}
    steps.add("one", one, changed, register="one")
    steps.add("check the other", other, changed, silent, check_mode=True)
    steps.add("the other", other, changed, life.has(sample.elsewhere), register="other")

    def apart(found: Findings, task: Task, run: Run) -> None:
        found.true(
            life.key_of(life.object(run["one"])) != life.key_of(life.object(task)),
            "it is the same",
        )

    steps.add("the other again", other, unchanged, apart)
    steps.add("one again", one, unchanged)
    if sample.can_be_deleted:
        gone = {**life.named(state="absent"), **sample.elsewhere}
        steps.add("delete the other", gone, changed)
        steps.add("delete the other again", gone, unchanged)
        steps.add("one is left", one, unchanged)
    life.run(ways)


# -- each field alone ------------------------------------------------------------------------------------------------


def slices() -> list[t.Any]:
    """The fields that can be changed, in handfuls."""
    out = []
    for name, sample in SAMPLES.items():
        deep = [(IN_PROCESS, FIELDS_AT_ONCE, "-playbook")] if name in DEEP else []
        for way, most, mark in [(ENGINE, FIELDS_OF_THE_ENGINE, ""), *deep]:
            updated = sample.updated
            parts = math.ceil(len(updated) / most)
            size = math.ceil(len(updated) / parts) if parts else 0
            for index in range(parts):
                fields = updated[index * size : (index + 1) * size]
                number = f"-{index + 1}" if parts > 1 else ""
                out.append(pytest.param(sample, fields, (way,), id=f"{name}{mark}{number}"))
    return out


@pytest.mark.parametrize(("sample", "fields", "ways"), slices())
def test_fields(posthog: Harness, sample: Sample, fields: list[str], ways: tuple[str, ...]) -> None:
    """Each field is changed alone, and cleared: foretold, done, and nothing to do the second time."""
    life = Conformance(sample, posthog)
    steps = life.steps
    full = life.named(**sample.full())
    steps.add("create", full, changed, life.has(full), register="created")
    life.after_creation()
    before = "create"
    for name in fields:
        if name in sample.later:
            steps.add(f"{name}: first", life.named(**{name: sample.value(name).first}), changed)
            before = f"{name}: first"
    most = requests_at_most(max(sample.again, sample.least))
    for name in fields:
        known, value = sample.field(name), sample.value(name)
        options = life.named(**{name: value.second}, **value.along)
        if known.secret:
            secret_field(life, name, value.second)
            continue
        if value.secret is not None:
            secret_field(life, name, value.secret)
        if known.write_only:
            # What cannot be read back makes no change by itself.
            steps.add(f"{name}: not readable", options, unchanged, most)
            continue
        before = one_field(life, name, before, most)
    life.run(ways)


def one_field(life: Conformance, name: str, before: str, most: Check) -> str:
    """The second value, then null; returns the step after which the object is as it is now."""
    steps, sample = life.steps, life.sample
    value = sample.value(name)
    part = name in life.parts
    options = life.named(**{name: value.second}, **value.along)
    declared = [name, *value.along]
    diff = life.diff_of(*options)
    replaced = life.table.replaceable
    steps.add(f"{name}: check", options, changed, silent, diff, check_mode=True)
    steps.add(
        f"{name}: update",
        options,
        changed,
        *(() if part or replaced else (life.sent(method=life.updates, only=declared),)),
        life.has(options),
        diff,
        life.predicted_by(f"{name}: check", *value.also),
        *(() if replaced else (life.differs_only_in(before, *declared, *value.also),)),
        *(() if value.along else (changes_name(*declared),)),
        no_warnings,
    )
    steps.add(f"{name}: again", options, unchanged, most, no_warnings)
    if not sample.clears(name):
        return f"{name}: update"
    options = life.named(**{name: None}, **value.along)
    if not cleared(sample, name):
        steps.add(f"{name}: null says the same", options, unchanged, most)
        return f"{name}: update"
    steps.add(f"{name}: check null", options, changed, silent, check_mode=True)
    steps.add(
        f"{name}: null",
        options,
        changed,
        life.has(options),
        life.predicted_by(f"{name}: check null", *value.also),
        *(() if replaced else (life.differs_only_in(f"{name}: update", *declared, *value.also),)),
        no_warnings,
    )
    steps.add(f"{name}: null again", options, unchanged, most, no_warnings)
    return f"{name}: null"


def secret_field(life: Conformance, name: str, other: t.Any) -> None:
    """Another secret is no change by itself; it is written when that is asked for, each time."""
    steps, sample = life.steps, life.sample
    along = sample.value(name).along
    options = life.named(**{name: other}, **along)
    always = {**options, "update_secret": "always"}
    steps.add(f"{name}: another secret", options, unchanged, silent)
    steps.add(f"{name}: check another secret, always", always, changed, silent, check_mode=True)

    def written(found: Findings, task: Task, run: Run) -> None:
        bodies = str([entry.get("body") for entry in task.writes])
        texts = [text for text in sample.secret_texts if text in str(other)]
        found.true(texts, "the sample names no secret of the other value")
        for text in texts:
            # The sandbox's log may mask what was sent.
            found.true(text in bodies or "***" in bodies, "the secret was not sent")

    steps.add(f"{name}: another secret, always", always, changed, written)
    steps.add(f"{name}: another secret, always, again", always, changed, written)
    steps.add(f"{name}: the first secret", life.named(**{name: sample.value(name).first}, **along), unchanged)


@pytest.mark.parametrize(("sample", "ways"), types(of=changeable))
def test_all_fields_at_once(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """All second values at once, then all nulls, then an object that never had any."""
    life = Conformance(sample, posthog)
    steps = life.steps
    fields = changeable(sample)
    second: dict[str, t.Any] = {}
    for name in fields:
        second.update({name: sample.value(name).second, **sample.value(name).along})
    nulls = {name: None for name in fields if sample.clears(name) and cleared(sample, name)}
    also = {key for name in fields for key in sample.value(name).also}
    steps.add("create", life.named(**sample.full()), changed, register="created")
    life.after_creation()
    first = life.named(**sample.full(creating=False))
    steps.add("the rest", first, *([changed] if sample.later else [unchanged]), life.has(first))
    for word, options in (("second", life.named(**second)), ("null", life.named(**nulls))):
        if len(options) == len(life.named()):
            continue
        steps.add(f"check {word}", options, changed, silent, check_mode=True)
        steps.add(
            word,
            options,
            changed,
            life.has(options),
            life.diff_of(*options),
            life.predicted_by(f"check {word}", *also),
            no_warnings,
        )
        steps.add(f"{word} again", options, unchanged, no_warnings, requests_at_most(max(sample.again, sample.least)))
    if sample.can_be_made and sample.name_of(90) is not None:
        # Null of what never was.
        empty = life.named(sample.name_of(90), **{**sample.minimal, **dict.fromkeys(nulls)})
        steps.add("check null from the start", empty, changed, silent, check_mode=True)
        steps.add(
            "null from the start",
            empty,
            changed,
            life.has(empty),
            life.predicted_by("check null from the start"),
            life.warns_of_creation,
        )
        steps.add("null from the start again", empty, unchanged, no_warnings)
    life.run(ways)


# -- keys and places -------------------------------------------------------------------------------------------------


def touching(life: Conformance) -> dict[str, t.Any]:
    """A declaration that changes something where nothing was declared yet."""
    sample = life.sample
    return life.named(**(sample.minimal if sample.can_be_made else sample.full()))


@pytest.mark.parametrize(("sample", "ways"), types(playbooks=QUICK))
def test_refused(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """Wrong keys, missing scopes and foreign places: a sentence that tells the remedy, and no write."""
    life = Conformance(sample, posthog)
    steps, table, server = life.steps, life.table, posthog.server
    touch = touching(life)
    facts = server.facts
    reading, writing = table.scopes
    steps.add("unknown key", {**touch, "api_key": facts["unknown_key"]}, refused("key", "region", status=401))
    steps.add("project token", {**touch, "api_key": facts["project_token"]}, refused("phc_", "personal"), no_requests)
    steps.add("mistyped option", {**touch, f"{life.identity}x": 1}, refused("unsupported", life.identity))
    if writing and not sample.unscoped:
        read_only = server.keys["read_only"]
        steps.add("may only read", {**touch, "api_key": read_only}, refused(writing, status=403))
        steps.add("may only read, check", {**touch, "api_key": read_only}, changed, silent, check_mode=True)
    if reading and not sample.unscoped:
        # A key of another type's scope alone. What tells where the object is, or which, may be what it must not see.
        other = "phx_" + "c" * 40
        before = [known for known in table.fields if known.name in (*table.location_options, *table.identity.options)]
        seen = [RESOURCES[known.ref.type].scopes[0] for known in before if known.ref is not None]
        lacks = any_of(reading, *seen)
        steps.add("other scope", {**touch, "api_key": other}, refused(status=403), lacks)
        if sample.can_be_deleted:
            absent = life.named(state="absent", api_key=other)
            steps.add("other scope, absent", absent, refused(status=403), lacks)
    sees = [str(server.project), "Default project"]
    if table.scope is Scope.PROJECT:
        for where in ("other_project_id", "nowhere"):
            number = str(facts.get(where, 424242))
            steps.add(f"project {where}", {**touch, "project": number}, refused(number, *sees), silent)
            if sample.can_be_deleted:
                absent = life.named(state="absent", project=number)
                steps.add(f"project {where}, absent", absent, refused(number, *sees), silent)
        steps.add("project by a wrong name", {**touch, "project": "Nowhere"}, refused("Nowhere", *sees), silent)
        limited = server.keys["other_project_only"]
        steps.add("key of another project", {**touch, "api_key": limited}, refused(str(server.project)), silent)
        most = requests_at_most(1 + max(sample.least, sample.again))
        steps.add("in a project by name", {**touch, "project": "default project"}, changed, life.has(touch))
        steps.add("in the current project", {**touch, "project": "@current"}, unchanged, most)
    elif table.scope is Scope.ORGANIZATION:
        most = requests_at_most(1 + max(sample.least, sample.again))
        for where in ("other_organization_id", "nowhere"):
            number = str(facts.get(where, UNKNOWN_UUID))
            steps.add(f"organization {where}", {**touch, "organization": number}, refused("Acme"), silent)
        steps.add("organization by a wrong name", {**touch, "organization": "Nowhere"}, refused("Nowhere", "Acme"))
        steps.add("in an organization by name", {**touch, "organization": "acme"}, changed, life.has(touch))
        steps.add("in the current organization", {**touch, "organization": "@current"}, unchanged, most)

    def prepare() -> dict[str, t.Any]:
        variables = life.prepare()
        scopes = ["survey:read", "survey:write"]
        if any("survey" in str(scope) for scope in table.scopes):
            scopes = ["cohort:read", "cohort:write"]
        key = {"name": "other_scope", "value": "phx_" + "c" * 40, "user": facts["user_id"], "scopes": scopes}
        server.control("keys", key)
        return variables

    steps.run(posthog, prepare, ways)


def any_of(*texts: str) -> Check:
    """The message has one of these texts."""

    @of_failures
    def check(found: Findings, task: Task, run: Run) -> None:
        found.true(any(text in task.msg for text in texts), f"the message must name one of {sorted(set(texts))}")

    return check


# -- mistakes within documents ---------------------------------------------------------------------------------------

TYPO = "zzz_mistyped"


def mistyped(known: t.Any, value: t.Any, path: str) -> t.Iterator[tuple[str, t.Any]]:
    """A value with an unknown key, once in each document of known keys; with the path that must be told."""
    if known.kind == "document" and isinstance(value, dict):
        # A document that takes keys of newer servers refuses only what is nearly one of its own.
        typo = max((item.name for item in known.fields), key=len) + "x" if known.newer else TYPO
        yield f"{path}.{typo}", {**value, typo: 1}
        for item in known.fields:
            if item.name in value:
                for where, inner in mistyped(item, value[item.name], f"{path}.{item.name}"):
                    yield where, {**value, item.name: inner}
    elif known.kind == "list" and known.items is not None and isinstance(value, list):
        for index, item in enumerate(value):
            for where, inner in mistyped(known.items, item, f"{path}[{index}]"):
                yield where, [*value[:index], inner, *value[index + 1 :]]
    elif known.kind == "map" and known.items is not None and isinstance(value, dict):
        for key, item in value.items():
            for where, inner in mistyped(known.items, item, f"{path}.{key}"):
                yield where, {**value, key: inner}


def typos(sample: Sample) -> list[tuple[str, str, t.Any]]:
    """All of them, each path once: (option, path, value)."""
    found: dict[str, tuple[str, str, t.Any]] = {}
    for known in sample.fields:
        if known.name in sample.left_out:
            continue
        value = sample.value(known.name)
        for one in (value.first, value.second):
            for path, wrong in mistyped(known, one, known.name):
                found.setdefault(path, (known.name, path, wrong))
    return list(found.values())


@pytest.mark.parametrize(("sample", "ways"), types(of=typos, playbooks=()))
def test_mistyped_keys(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """A key that a document does not know is refused with its path, before anything is sent."""
    life = Conformance(sample, posthog)
    for option, path, value in typos(sample):
        options = life.named(**{**sample.minimal, option: copy.deepcopy(value)})
        life.steps.add(f"{path}", options, refused(path), no_requests)
    life.run(ways)


# -- loops -----------------------------------------------------------------------------------------------------------


def looped(sample: Sample) -> bool:
    """Whether many objects can be made."""
    return sample.can_be_made and sample.name_of(1) is not None


@pytest.mark.parametrize(("sample", "ways"), types(modules=True, repeated=True, of=looped))
def test_loop(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """A loop over many objects lists them once, whatever their number."""
    life = Conformance(sample, posthog)
    variables = life.prepare()
    table = life.table
    options = life.named("{{ item }}", **sample.minimal)
    # A loop of projects must not wander: creating one makes it the current one.
    loop = {"name": "make", sample.module: options, "loop": [sample.name_of(n + 10) for n in range(LOOP)]}
    absent = life.named("{{ item }}", state="absent")
    current = "project" if table.scope is Scope.PROJECT else "organization"
    pinned = {**options, current: "@current"}
    tasks = [
        loop,
        {**loop, "name": "again"},
        {**loop, "name": "check", "check_mode": True},
        {**loop, "name": "current", sample.module: pinned},
    ]
    if sample.can_be_deleted:
        tasks += [
            {**loop, "name": "gone", sample.module: absent},
            {**loop, "name": "gone again", sample.module: absent},
            {**loop, "name": "check make", "check_mode": True},
        ]
    posthog.server.control("settings", {"paging": {"max_page_size": PAGE}})
    there = len(life.rows(posthog.server.api("GET", sample.path.format_map(life.filled(life.names)), limit=500)))
    if IN_PROCESS in ways:
        run = posthog.run(tasks, in_process=True, variables=variables)
    else:
        run = Engine(posthog.server).run(tasks, variables=variables)
    found = Findings()
    # A search by name also finds names that are alike, here all of them.
    pages = math.ceil((LOOP + there) / PAGE)
    first = pages if table.identity.fuzzy or sample.least > 2 else 1
    # What is named is looked up once; what no list tells is asked for one by one.
    named = max(sample.least, sample.again) - 2 + (pages if sample.minimal or sample.place else 0)
    singly = LOOP if any(not known.in_list for known in sample.fields if known.name in sample.minimal) else 0
    again = first + pages + named + singly
    # Where PostHog takes a second object of a name, each one that was created is looked for again.
    looks = 0 if table.identity.unique or table.singleton or table.key_paths else LOOP * pages
    # Before the first write, the project is seen to belong to the organization.
    owner = 1
    # Before the first deletion, the users of what goes are looked for, in one list of each type that can name it.
    users = sum(
        any(
            ref.type == table.type
            for known in (*other.fields, *(part.field for part in other.parts))
            for ref in nameable(known)
        )
        or any(table.type in rule.types for rule in other.ref_parts)
        for other in RESOURCES.values()
    )
    for name, wanted, limit in (
        ("make", True, LOOP + 1 + pages + named + looks + owner),
        ("again", False, again),
        ("check", False, again),
        ("current", False, 1 + again),
        ("gone", True, LOOP + first + pages + named + owner + users),
        ("gone again", False, 1 + 2 * pages + named),
        ("check make", True, 1 + 2 * pages + named + owner),
    ):
        if name not in {item["name"] for item in tasks}:
            continue
        task = run[name]
        found.look(name, task)
        found.equal([item["changed"] for item in task.items], [wanted] * LOOP, "changed, item by item,")
        if name == "make" and not any(known.update_only for known in table.fields) and not life.parts:
            found.equal(len(task.writes), LOOP, "the number of writes")
        # Before one is made, or taken for gone, what no list shows is looked through as well.
        hidden = table.listing.hidden_params and name in ("make", "gone again", "check make")
        requests_at_most(limit + (1 + pages if hidden else 0))(found, task, run)
        if not wanted:
            silent(found, task, run)
    found.close()


# -- faults and older servers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sample", "ways"), types(playbooks=()))
def test_lost_answers(posthog: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """Each write is done although its answer is lost: what was done is looked for, and not done twice."""
    del ways
    life = Conformance(sample, posthog)
    found = Findings()
    for kind in ("5xx_before", "5xx_after", "reset_after", "429"):
        posthog.server.reset()
        lost_answers(life, kind, found)
    found.close()


def lost_answers(life: Conformance, kind: str, found: Findings) -> None:
    """The same with one kind of fault."""
    sample, server = life.sample, life.posthog.server
    engine = Engine(server, hurried=True)
    variables = life.prepare()
    full = life.named(**sample.full())

    def step(word: str, options: t.Mapping[str, t.Any], method: str, *checks: Check) -> None:
        server.control("faults", {"rules": [{"kind": kind, "times": 1, "method": method}] if method else []})
        run = engine.run([{"name": word, sample.module: dict(options)}], diff=True, variables=variables)
        found.look(f"{kind}: {word}", run[word])
        for check in checks:
            check(found, run[word], run)

    step("make or change", full, "POST|PUT|PATCH", changed)
    step("again", full, "", unchanged)
    if sample.can_be_made and sample.plain_name and not sample.within:
        path = sample.path.format_map(life.filled(life.names))
        there = [row for row in life.rows(server.api("GET", path)) if alive(life.table, row)]
        identity = life.table.identity
        named = [row for row in there if identity.normalize(sample.name) in identity.names(row)]
        found.true(len(named) <= 1, f"there are {len(named)} of them")
    if sample.can_be_deleted:
        gone = life.named(state="absent")
        step("delete", gone, "DELETE|PATCH|PUT", changed)
        step("delete again", gone, "", unchanged)


@pytest.mark.parametrize(("sample", "ways"), types(playbooks=(), of=lambda sample: sample.old != "-"))
def test_old_server(posthog_2024: Harness, sample: Sample, ways: tuple[str, ...]) -> None:
    """On a server of February 2024 a type works, or the message says that this PostHog does not have it."""
    del ways
    life = Conformance(sample, posthog_2024)
    found = Findings()
    engine = Engine(posthog_2024.server, hurried=True)
    try:
        variables = life.prepare()
    except AssertionError:
        # What it takes to make one is not there either.
        variables = {}
    options = life.named(**sample.minimal)
    run = engine.run(
        [{"name": "there", sample.module: options}, {"name": "again", sample.module: options}], variables=variables
    )
    task = run["there"]
    found.look("there", task)
    if task.failed:
        wanted = re.escape(sample.old) or r"(the PostHog at \S+|this PostHog) has no "
        found.true(re.search(wanted, task.msg), f"must work, or say {wanted!r}")
        found.true("defect" not in task.msg, "the engine broke")
        silent(found, task, run)
    else:
        found.true(not sample.old, f"works, although the sample says that it says {sample.old!r}")
        found.look("again", run["again"])
        unchanged(found, run["again"], run)
        if sample.can_be_deleted:
            gone = life.named(state="absent")
            run = engine.run(
                [{"name": "gone", sample.module: gone}, {"name": "gone again", sample.module: gone}],
                variables=variables,
            )
            found.look("gone", run["gone"])
            changed(found, run["gone"], run)
            found.look("gone again", run["gone again"])
            unchanged(found, run["gone again"], run)
    found.close()
