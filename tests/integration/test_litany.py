# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The litany: the life of an object of every type, generated from the tables, in-process and as modules.

Each test is one playbook, run both ways; what each step must have come to stands where the step is made. What the
types declare stands in C(samples).
"""

from __future__ import annotations

import copy
import math
import typing as t
from pathlib import Path

import pytest
from harness import Harness, Run, Task
from harness.compare import differences, dig, equal, means, shown, steady
from harness.playbook import ROOT
from harness.steps import (
    Check,
    Findings,
    Steps,
    changed,
    no_warnings,
    of_failures,
    refused,
    requests_at_most,
    silent,
    unchanged,
)
from samples import OWN_TESTS, SAMPLES, Sample

from ansible_collections.community.posthog.plugins.module_utils._registry import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resource import Resource, Scope

#: Fields changed in one playbook; more would make the longest test longer than all others.
FIELDS_AT_ONCE = 12

#: Objects in a loop, and the page size that the sandbox holds to meanwhile.
LOOP = 12
PAGE = 5

#: The types that `make matrix` repeats.
QUICK = {"feature_flag"}


def types(*, quick: bool = False) -> list[t.Any]:
    """The types of the litany, as parameters."""
    return [
        pytest.param(sample, id=name, marks=[pytest.mark.matrix] if quick and name in QUICK else [])
        for name, sample in SAMPLES.items()
    ]


# -- the samples are complete ----------------------------------------------------------------------------------------


def test_every_module_has_a_sample() -> None:
    """A type with a module goes through the litany, or has tests of its own."""
    modules = {path.stem.removeprefix("posthog_") for path in (ROOT / "plugins/modules").glob("posthog_*.py")}
    covered = set(SAMPLES) | set(OWN_TESTS)
    assert modules & set(RESOURCES) <= covered, f"no sample: {sorted(modules & set(RESOURCES) - covered)}"
    assert covered <= set(RESOURCES)
    for name in OWN_TESTS.values():
        assert (Path(__file__).parent / name).is_file()


@pytest.mark.parametrize("sample", types())
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


# -- the builder -----------------------------------------------------------------------------------------------------


class Litany:
    """The steps of one type, with the checks that the type's table calls for.

    :param sample: what to declare.
    :param posthog: runs playbooks.
    """

    def __init__(self, sample: Sample, posthog: Harness) -> None:
        self.sample = sample
        self.table: Resource = sample.table
        self.posthog = posthog
        self.steps = Steps(sample.module)
        self.names: dict[str, t.Any] = {}
        self.identity = self.table.identity.option
        self.list_path = sample.path.format(organization=posthog.server.organization)
        self._after: list[str] = []

    # -- building ----------------------------------------------------------------------------------------------------

    def prepare(self) -> dict[str, t.Any]:
        """Make what declarations name; returns the ids that they take from variables."""
        self.names = self.sample.prepare(self.posthog.server)
        return {name.strip("{} "): value for name, value in self.names.items() if name.startswith("{{")}

    def run(self, **more: t.Any) -> None:
        """Run and judge."""
        self.steps.run_both_ways(self.posthog, self.prepare, **more)

    def named(self, /, **options: t.Any) -> dict[str, t.Any]:
        """Options that name the object."""
        return {self.identity: self.sample.name, **options}

    def after_creation(self, register: str = "created") -> None:
        """Make the objects that belong to the new one."""
        made = f"{{{{ {register}.{self.table.type}.{self.table.id_path} }}}}"
        for name, method, path, body in self.sample.after_creation:
            self._after.append(name)
            self.steps.api(f"after: {name}", method, path.replace("{created}", made), body)

    def object_id(self, register: str) -> str:
        """A template of the id of an object in a registered result."""
        return f"{{{{ {register}.{self.table.type}.{self.table.id_path} }}}}"

    # -- what came of it ---------------------------------------------------------------------------------------------

    def object(self, task: Task) -> dict[str, t.Any]:
        """The object that a step returned."""
        found = task.result.get(self.table.type)
        return found if isinstance(found, dict) else {}

    def known_names(self, run: Run) -> dict[str, t.Any]:
        """Ids of what references name, with those made in this run."""
        more = {}
        for name in self._after:
            answer = run[f"after: {name}"].result.get("json") or {}
            more[name] = answer.get("id")
        return {**self.names, **more}

    def has(self, options: t.Mapping[str, t.Any]) -> Check:
        """The returned object has the declared values."""

        def check(found: Findings, task: Task, run: Run) -> None:
            obj = self.object(task)
            if not found.true(obj, f"must return the object under {self.table.type!r}"):
                return
            self._has(found, options, obj, self.known_names(run), "the returned object")

        return check

    def _has(
        self, found: Findings, options: t.Mapping[str, t.Any], obj: t.Any, names: t.Mapping[str, t.Any], what: str
    ) -> None:
        for name, value in options.items():
            if name == self.identity:
                actual = dig(obj, self.table.identity.read[0])
                found.equal(actual, value, f"{what}: {name}")
                continue
            known = self.sample.field(name)
            if known.write_only:
                continue
            if any(part.field.name == name for part in self.table.parts):
                self._has_part(found, name, value, obj, names, what)
                continue
            wanted = self.sample.value(name).stored(value)
            actual = shown(known, obj)
            found.true(means(known, wanted, actual, names), f"{what}: {name} is {actual!r}, wanted {wanted!r}"[:2500])

    @staticmethod
    def _has_part(
        found: Findings, name: str, value: t.Any, obj: t.Any, names: t.Mapping[str, t.Any], what: str
    ) -> None:
        """A dashboard's tiles and variables."""
        if name == "tiles":
            for tile in value or []:
                hits = [other for other in obj.get("tiles") or [] if tile_is(tile, other, names)]
                found.equal(len(hits), 1, f"{what}: tiles like {tile!r}, of {obj.get('tiles')!r}, there")
        elif name == "variables":
            stored = obj.get("persisted_variables") or obj.get("variables") or {}
            values = {item["code_name"]: item["value"] for item in stored.values() if item is not None}
            found.equal(values, value or {}, f"{what}: variables")

    def predicted_by(self, prediction: str, *but: str) -> Check:
        """What check mode said the object would be is what it is now.

        :param prediction: the step in check mode.
        :param but: fields that PostHog changes along, which nobody can foretell.
        """

        def check(found: Findings, task: Task, run: Run) -> None:
            foretold, real = self.object(run[prediction]), self.object(task)
            found.true(foretold, f"{prediction!r} must return the object that would be")
            fields = {}
            for known in self.table.fields:
                for path in known.read or (known.api or known.name,):
                    fields.setdefault(path.split(".")[0], (known, path))
            for key, value in foretold.items():
                if key in self.sample.moving or key in but:
                    continue
                known, path = fields.get(key, (None, key))
                actual = real.get(key)
                if key == "tiles":
                    self._foretold_tiles(found, value, actual)
                elif known is not None and "." not in path:
                    found.true(
                        means(known, value, actual), f"check mode foretold {key} {value!r}, it became {actual!r}"[:2500]
                    )
                elif key.endswith("variables") and isinstance(value, dict) and isinstance(actual, dict):
                    # A variable that was taken away stays as null.
                    left = [{name: item for name, item in side.items() if item is not None} for side in (value, actual)]
                    found.true(equal(*left), f"check mode foretold {key} {left[0]}, it became {left[1]}")
                elif not equal(steady(value), steady(actual)):
                    lines = differences(steady(value), steady(actual), key)
                    found.true(False, f"check mode foretold: {'; '.join(lines)}"[:2500])
            found.equal(run[prediction].changed, task.changed, "changed, as check mode foretold,")
            lines = differences(steady(run[prediction].diffs), steady(task.diffs))
            found.true(not lines, f"the diff is not the one of check mode: {'; '.join(lines)}"[:2500])

        return check

    @staticmethod
    def _foretold_tiles(found: Findings, foretold: t.Any, real: t.Any) -> None:
        found.equal(len(foretold or []), len(real or []), "tiles that check mode foretold: their number")
        for tile in foretold or []:
            plain = {key: value for key, value in tile.items() if key not in ("insight", "order")}
            plain["insight"] = {"id": dig(tile, "insight.id")} if tile.get("insight") else None
            hits = [other for other in real or [] if within_tile(plain, other)]
            found.true(hits, f"check mode foretold the tile {plain!r}, there are {real!r}"[:2500])

    def warns_of_creation(self, found: Findings, task: Task, run: Run) -> None:
        """It warns of what the sample says, and of nothing else."""
        told = self.sample.warns
        texts = [text for text in task.result.get("warnings") or [] if not told or told not in text]
        found.true(not texts, f"warns: {texts}")

    def sent(self, *, method: str, only: t.Iterable[str] | None = None) -> Check:
        """One write of that method, and no other; with just these fields.

        :param method: of HTTP.
        :param only: options that may stand in its body.
        """

        def check(found: Findings, task: Task, run: Run) -> None:
            methods = [entry["method"] for entry in task.writes]
            if not found.equal(methods, [method], "the writes"):
                return
            if only is None:
                return
            keys = set(task.writes[0].get("body") or {}) - set(self.table.echo)
            wanted = {self._api_name(name) for name in only}
            found.true(keys <= wanted, f"the body has {sorted(keys - wanted)} besides {sorted(wanted)}")

        return check

    def _api_name(self, option: str) -> str:
        if option == self.identity:
            known: t.Any = self.table.field(option)
        else:
            known = self.sample.field(option)
        return str(known.api or known.name)

    def differs_only_in(self, before: str, *names: str) -> Check:
        """Compared with what an earlier step returned, just these fields are other."""

        def check(found: Findings, task: Task, run: Run) -> None:
            old, new = self.object(run[before]), self.object(task)
            paths = {"persisted_" + name for name in names} | set(names)
            for name in names:
                known = self.sample.field(name) if name != self.identity else self.table.field(name)
                paths |= {path.split(".")[0] for path in (*known.read, known.api or known.name)}
            for key in {**old, **new}:
                if key in self.sample.moving or key in paths:
                    continue
                if key in old and key in new:
                    lines = differences(steady(old[key]), steady(new[key]), key)
                    found.true(not lines, f"changed besides {names}: {'; '.join(lines)}"[:1500])

        return check

    def diff_of(self, *names: str) -> Check:
        """The diff shows just these declared fields, and that something differs."""

        def check(found: Findings, task: Task, run: Run) -> None:
            found.equal(len(task.diffs), 1, "the number of diffs")
            for diff in task.diffs:
                found.true(diff.get("before") != diff.get("after"), "changed, yet the diff shows nothing")
                for side in ("before", "after"):
                    keys = set(diff.get(side) or {})
                    found.true(keys <= set(names), f"the diff's {side} shows {sorted(keys - set(names))}, not declared")
                keys = set(diff.get("after") or {}) | set(diff.get("before") or {})
                wanted = {name for name in names if name == self.identity or not self.sample.field(name).write_only}
                found.true(wanted <= keys, f"the diff lacks {sorted(wanted - keys)}")

        return check

    def is_gone(self, template: str) -> Check:
        """For a step that lists the objects: none has that id."""

        def check(found: Findings, task: Task, run: Run) -> None:
            listed = {str(dig(obj, self.table.id_path)) for obj in rows(task.result["json"]) if alive(self.table, obj)}
            wanted = str(dig(self.object(run[template]), self.table.id_path))
            found.true(wanted not in listed, f"{wanted} is still there")

        return check


def rows(answer: t.Any) -> list[dict[str, t.Any]]:
    """The objects of a list, with or without an envelope."""
    return list(answer["results"] if isinstance(answer, dict) else answer)


def alive(table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether an object counts as existing."""
    return not obj.get("deleted") and (table.alive is None or table.alive(obj))


def tile_is(declared: t.Mapping[str, t.Any], tile: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> bool:
    """Whether a dashboard's tile is the declared one."""
    wanted = copy.deepcopy(dict(declared))
    if "insight" in wanted:
        wanted["insight"] = {"id": names.get(wanted["insight"], wanted["insight"])}
    if "text" in wanted:
        wanted["text"] = {"body": wanted["text"]}
    return within_tile(wanted, tile)


def within_tile(wanted: t.Mapping[str, t.Any], tile: t.Mapping[str, t.Any]) -> bool:
    """Whether a tile has all that is wanted."""
    for key, value in wanted.items():
        actual = tile.get(key)
        if isinstance(value, dict) and isinstance(actual, dict):
            if not within_tile(value, actual):
                return False
        elif not (equal(value, actual) or (value is None and not actual)):
            return False
    return True


# -- the life of an object -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", types(quick=True))
def test_life(posthog: Harness, sample: Sample) -> None:
    """From nothing through creation, a full declaration, a new name and deletion, to life again."""
    litany = Litany(sample, posthog)
    steps, table, key = litany.steps, litany.table, litany.identity
    minimal = litany.named(**sample.minimal)
    full = litany.named(**sample.full())
    complete = litany.named(**sample.full(creating=False))
    most, most_for_all = requests_at_most(2), requests_at_most(sample.again)

    steps.add("nothing declared", {}, refused(key), silent)
    steps.add("an empty name", {key: ""}, refused(key), silent)
    steps.add("absent before it was there", litany.named(state="absent"), unchanged, most)
    steps.add("check create", minimal, changed, silent, litany.has(minimal), check_mode=True)
    steps.add(
        "create",
        minimal,
        changed,
        litany.has(minimal),
        litany.predicted_by("check create"),
        litany.sent(method="POST"),
        litany.diff_of(*minimal),
        register="created",
    )
    steps.add("again", minimal, unchanged, most, no_warnings, litany.has(minimal))
    steps.add("check again", minimal, unchanged, most, check_mode=True)
    litany.after_creation()

    # Everything that can be declared.
    if len(complete) > len(minimal):
        steps.add("check complete", complete, changed, silent, check_mode=True)
        steps.add(
            "complete", complete, changed, litany.has(complete), litany.predicted_by("check complete"), no_warnings
        )
        steps.add("complete again", complete, unchanged, no_warnings, litany.has(complete), most_for_all)
        # What the task does not speak of is not read; a list call tells this much.
        parts = {part.field.name for part in table.parts}
        listed = {name: value for name, value in complete.items() if name not in parts and table.field(name).in_list}
        steps.add("the minimum again", minimal, unchanged, litany.has(listed), most)
    steps.add("by id", {"id": litany.object_id("created")}, unchanged, most)

    # A new name.
    other = f"{sample.name}-2"
    rename = {"id": litany.object_id("created"), key: other}
    steps.add("check rename", rename, changed, silent, check_mode=True)
    steps.add(
        "rename",
        rename,
        changed,
        litany.has({key: other}),
        litany.sent(method="PATCH", only=[key]),
        litany.diff_of(key),
        litany.predicted_by("check rename"),
        litany.differs_only_in("complete" if len(complete) > len(minimal) else "create", key),
    )
    steps.add("rename again", rename, unchanged, most)
    steps.add("by the new name", {key: other}, unchanged, most, litany.has({key: other}))
    steps.add("the old name is gone", litany.named(state="absent"), unchanged)
    steps.add("rename back", {"id": litany.object_id("created"), key: sample.name}, changed)
    steps.add("an id that is not there", {"id": unknown_id(table), key: other}, refused(str(unknown_id(table))), silent)

    # The end.
    gone = litany.named(state="absent")
    steps.add("check delete", gone, changed, silent, check_mode=True)
    steps.add("still there", minimal, unchanged)
    steps.add("delete", gone, changed, most_writes(1), diff_vanishes)
    steps.api("list", "GET", litany.list_path, None, litany.is_gone("create"))
    steps.add("delete again", gone, unchanged, most)
    steps.add("check delete again", gone, unchanged, check_mode=True)
    steps.add("delete the id again", {"id": litany.object_id("created"), "state": "absent"}, unchanged, most)

    # And again, all at once.
    steps.add("check re-create", full, changed, silent, litany.has(full), check_mode=True)
    steps.add(
        "re-create",
        full,
        changed,
        litany.has(full),
        litany.predicted_by("check re-create"),
        litany.diff_of(*full),
        litany.warns_of_creation,
        register="reborn",
    )
    steps.add("re-create again", full, unchanged, no_warnings, litany.has(full), most_for_all)
    steps.add("delete by id", {"id": litany.object_id("reborn"), "state": "absent"}, changed, most_writes(1))
    steps.add("delete by id again", {"id": litany.object_id("reborn"), "state": "absent"}, unchanged)
    litany.run()


def unknown_id(table: Resource) -> t.Any:
    """An id that no object has."""
    return "01900000-dead-7000-8000-000000000000" if table.type == "role" else 999999


def most_writes(limit: int) -> Check:
    """No more writes than this."""

    def check(found: Findings, task: Task, run: Run) -> None:
        found.true(len(task.writes) <= limit, f"{len(task.writes)} writes")

    return check


def diff_vanishes(found: Findings, task: Task, run: Run) -> None:
    """The diff of a deletion: something before, nothing after."""
    found.true(task.diffs and task.diffs[0].get("before") and not task.diffs[0].get("after"), f"diff {task.diffs}")


# -- found as somebody else left it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", types())
def test_adopted_and_drifted(posthog: Harness, sample: Sample) -> None:
    """What was made by hand is adopted; what was changed by hand is corrected, and nothing else is written."""
    litany = Litany(sample, posthog)
    steps, table, key = litany.steps, litany.table, litany.identity
    complete = litany.named(**sample.full(creating=False))
    most = requests_at_most(sample.again)
    read = litany.table.identity.read[0]

    steps.api("by hand", "POST", litany.list_path, {read: sample.name, **sample.foreign}, register="made")
    made = f"{{{{ made.json.{table.id_path} }}}}"
    for name, method, path, body in sample.after_creation:
        litany._after.append(name)
        steps.api(f"after: {name}", method, path.replace("{created}", made), body)

    def adopted(found: Findings, task: Task, run: Run) -> None:
        """No second object; the fields that were right are not sent."""
        before = run["by hand"].result["json"]
        found.equal(dig(litany.object(task), table.id_path), dig(before, table.id_path), "the id")
        found.true("POST" not in [e["method"] for e in task.writes if e["path"] == litany.list_path], "made another")
        names = litany.known_names(run)
        right = {
            str(known.api or known.name)
            for known in sample.fields
            if known.name in complete
            and not known.write_only
            and known.name not in {part.field.name for part in table.parts}
            and means(known, sample.value(known.name).stored(complete[known.name]), shown(known, before), names)
        }
        sent = {key for entry in task.writes for key in entry.get("body") or {}}
        found.true(not right & sent - set(table.echo), f"sent, although they were right: {sorted(right & sent)}")

    if len(complete) > 1:
        steps.add("check adopt", complete, changed, silent, check_mode=True)
        steps.add("adopt", complete, changed, adopted, litany.has(complete), litany.predicted_by("check adopt"))
    else:
        steps.add("adopt", complete, unchanged)
    steps.add("adopt again", complete, unchanged, most, register="adopted")

    # Somebody changes two fields; the others stay.
    drift: dict[str, t.Any] = {}
    for name in sample.updated:
        known, value = sample.field(name), sample.value(name)
        if known.kind in ("bool", "str", "any") and known.ref is None and not known.write_only and not value.along:
            if name not in sample.last and name not in {part.field.name for part in table.parts}:
                drift[name] = known.words.get(value.second, value.second)
        if len(drift) == 2:
            break
    if drift:
        body = {litany._api_name(name): value for name, value in drift.items()}
        steps.api("drift", "PATCH", f"{litany.list_path}{made}/", body)
        steps.add("check correct", complete, changed, silent, check_mode=True)
        steps.add(
            "correct",
            complete,
            changed,
            litany.sent(method="PATCH", only=drift),
            litany.has(complete),
            litany.predicted_by("check correct"),
            changes_name(*drift),
        )
        steps.add("correct again", complete, unchanged, most)
    # Only what is declared counts.
    if drift:
        name = next(iter(drift))
        rest = {option: value for option, value in complete.items() if option != name}
        steps.api(
            "drift of what is not declared",
            "PATCH",
            f"{litany.list_path}{made}/",
            {litany._api_name(name): drift[name]},
        )
        steps.add("not declared", rest, unchanged, most)
    if not table.identity.unique and table.creatable and not table.identity.casefold:
        twin = {read: sample.name, **sample.foreign}
        steps.api("a twin by hand", "POST", litany.list_path, twin, register="twin")

        @of_failures
        def names_both(found: Findings, task: Task, run: Run) -> None:
            for name in ("by hand", "a twin by hand"):
                number = str(dig(run[name].result["json"], table.id_path))
                found.true(number in task.msg, f"the message must name the id {number}")

        steps.add("which of them", litany.named(**sample.minimal), refused(sample.name), names_both, silent)
        steps.add("which of them to delete", litany.named(state="absent"), refused(sample.name), names_both, silent)
        steps.add("check which of them", litany.named(), refused(sample.name), names_both, check_mode=True)
        both = {"id": f"{{{{ twin.json.{table.id_path} }}}}", key: sample.name}
        steps.add("the twin by id", both, unchanged)
        steps.add("delete the twin", {**both, "state": "absent"}, changed)
        steps.add("only one again", litany.named(), unchanged)
    litany.run()


def changes_name(*names: str) -> Check:
    """The result's C(changes) speak of just these fields."""

    def check(found: Findings, task: Task, run: Run) -> None:
        paths = {line["path"].split(".")[0].split("[")[0] for line in task.result.get("changes") or []}
        found.equal(paths, set(names), "the fields among changes")

    return check


# -- each field alone ------------------------------------------------------------------------------------------------


def slices() -> list[t.Any]:
    """The fields that can be changed, in handfuls."""
    out = []
    for name, sample in SAMPLES.items():
        updated = sample.updated
        parts = math.ceil(len(updated) / FIELDS_AT_ONCE)
        size = math.ceil(len(updated) / parts) if parts else 0
        for index in range(parts):
            fields = updated[index * size : (index + 1) * size]
            out.append(pytest.param(sample, fields, id=f"{name}-{index + 1}" if parts > 1 else name))
    return out


def cleared(sample: Sample, name: str) -> bool:
    """Whether null says something else than the second value."""
    known, value = sample.field(name), sample.value(name)
    if known.ref:
        return value.second not in (None, [])
    return not means(known, value.stored(value.second), known.null_as)


@pytest.mark.parametrize(("sample", "fields"), slices())
def test_fields(posthog: Harness, sample: Sample, fields: list[str]) -> None:
    """Each field is changed alone, and cleared: foretold, done, and nothing to do the second time.

    In-process only: what a module does with options, and both ways do with results, the next test looks at.
    """
    litany = Litany(sample, posthog)
    steps = litany.steps
    full = litany.named(**sample.full())
    steps.add("create", full, changed, litany.has(full), register="created")
    litany.after_creation()
    before = "create"
    for name in fields:
        if name in sample.later:
            steps.add(f"{name}: first", litany.named(**{name: sample.value(name).first}), changed)
            before = f"{name}: first"
    most = requests_at_most(sample.again)
    for name in fields:
        known, value = sample.field(name), sample.value(name)
        part = known.name in {item.field.name for item in litany.table.parts}
        options = litany.named(**{name: value.second}, **value.along)
        declared = [name, *value.along]
        if known.write_only:
            # What cannot be read back makes no change by itself.
            steps.add(f"{name}: not readable", options, unchanged, most)
            continue
        diff = litany.diff_of(litany.identity, *declared)
        steps.add(f"{name}: check", options, changed, silent, diff, check_mode=True)
        steps.add(
            f"{name}: update",
            options,
            changed,
            *(() if part else (litany.sent(method="PATCH", only=declared),)),
            litany.has(options),
            diff,
            litany.predicted_by(f"{name}: check", *value.also),
            litany.differs_only_in(before, *declared, *value.also),
            *(() if value.along else (changes_name(*declared),)),
            no_warnings,
        )
        steps.add(f"{name}: again", options, unchanged, most, no_warnings)
        before = f"{name}: update"
        if not sample.clears(name):
            continue
        options = litany.named(**{name: None}, **value.along)
        if not cleared(sample, name):
            steps.add(f"{name}: null says the same", options, unchanged, most)
            continue
        steps.add(f"{name}: check null", options, changed, silent, check_mode=True)
        steps.add(
            f"{name}: null",
            options,
            changed,
            litany.has(options),
            litany.predicted_by(f"{name}: check null", *value.also),
            litany.differs_only_in(before, *declared, *value.also),
            no_warnings,
        )
        steps.add(f"{name}: null again", options, unchanged, most, no_warnings)
        before = f"{name}: null"
    litany.run(ways=[True])


def changeable(sample: Sample) -> list[str]:
    """The fields that can be given a second value; a role has none but its name."""
    return [name for name in sample.updated if not sample.field(name).write_only and name not in sample.last]


@pytest.mark.parametrize("sample", [sample for sample in types() if changeable(sample.values[0])])
def test_all_fields_at_once(posthog: Harness, sample: Sample) -> None:
    """All second values at once, then all nulls, then an object that never had any."""
    litany = Litany(sample, posthog)
    steps = litany.steps
    fields = changeable(sample)
    second: dict[str, t.Any] = {}
    for name in fields:
        second.update({name: sample.value(name).second, **sample.value(name).along})
    nulls = {name: None for name in fields if sample.clears(name) and cleared(sample, name)}
    steps.add("create", litany.named(**sample.full()), changed, register="created")
    litany.after_creation()
    first = litany.named(**sample.full(creating=False))
    steps.add("the rest", first, *([changed] if sample.later else [unchanged]), litany.has(first))
    for word, options in (("second", litany.named(**second)), ("null", litany.named(**nulls))):
        if len(options) == 1:
            continue
        steps.add(f"check {word}", options, changed, silent, check_mode=True)
        steps.add(
            word,
            options,
            changed,
            litany.has(options),
            litany.diff_of(*options),
            litany.predicted_by(f"check {word}"),
            no_warnings,
        )
        steps.add(f"{word} again", options, unchanged, no_warnings, requests_at_most(sample.again))
    # Null of what never was.
    empty = {litany.identity: f"{sample.name}-empty", **sample.minimal, **dict.fromkeys(nulls)}
    steps.add("check null from the start", empty, changed, silent, check_mode=True)
    steps.add(
        "null from the start",
        empty,
        changed,
        litany.has(empty),
        litany.predicted_by("check null from the start"),
        litany.warns_of_creation,
    )
    steps.add("null from the start again", empty, unchanged, no_warnings)
    litany.run()


# -- keys and places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", types())
def test_refused(posthog: Harness, sample: Sample) -> None:
    """Wrong keys, missing scopes and foreign places: a sentence that tells the remedy, and no write."""
    litany = Litany(sample, posthog)
    steps, table, server = litany.steps, litany.table, posthog.server
    minimal = litany.named(**sample.minimal)
    facts = server.facts
    reading, writing = table.scopes
    steps.add("unknown key", {**minimal, "api_key": facts["unknown_key"]}, refused("key", "region", status=401))
    steps.add("project token", {**minimal, "api_key": facts["project_token"]}, refused("phc_", "personal"), no_requests)
    read_only = server.keys["read_only"]
    steps.add("may only read", {**minimal, "api_key": read_only}, refused(writing, status=403))
    steps.add("may only read, check", {**minimal, "api_key": read_only}, changed, silent, check_mode=True)
    # A key of another type's scope alone.
    other = "feature_flag_only" if "feature_flag" not in reading else "cohort_only"
    key = server.keys.get(other, "phx_" + "c" * 40)
    steps.add("other scope", {**minimal, "api_key": key}, refused(reading, status=403))
    steps.add("other scope, absent", litany.named(state="absent", api_key=key), refused(reading, status=403))
    steps.add("mistyped option", {**minimal, f"{litany.identity}x": 1}, refused("unsupported", litany.identity))
    sees = [str(server.project), "Default project"]
    if table.scope is Scope.PROJECT:
        for where in ("other_project_id", "nowhere"):
            number = str(facts.get(where, 424242))
            steps.add(f"project {where}", {**minimal, "project": number}, refused(number, *sees), silent)
            steps.add(
                f"project {where}, absent", litany.named(state="absent", project=number), refused(number, *sees), silent
            )
        steps.add("project by a wrong name", {**minimal, "project": "Nowhere"}, refused("Nowhere", *sees), silent)
        limited = server.keys["other_project_only"]
        steps.add("key of another project", {**minimal, "api_key": limited}, refused(str(server.project)), silent)
        steps.add("in a project by name", {**minimal, "project": "default project"}, changed, litany.has(minimal))
        steps.add("in the current project", {**minimal, "project": "@current"}, unchanged, requests_at_most(3))
    else:
        for where in ("other_organization_id", "nowhere"):
            number = str(facts.get(where, "01900000-dead-7000-8000-000000000000"))
            steps.add(f"organization {where}", {**minimal, "organization": number}, refused("Acme"), silent)
        steps.add("organization by a wrong name", {**minimal, "organization": "Nowhere"}, refused("Nowhere", "Acme"))
        steps.add("in an organization by name", {**minimal, "organization": "acme"}, changed, litany.has(minimal))
        steps.add(
            "in the current organization", {**minimal, "organization": "@current"}, unchanged, requests_at_most(3)
        )

    def prepare() -> dict[str, t.Any]:
        variables = litany.prepare()
        server.control(
            "keys",
            {
                "name": "cohort_only",
                "value": "phx_" + "c" * 40,
                "user": facts["user_id"],
                "scopes": ["survey:read", "survey:write"],
            },
        )
        return variables

    steps.run_both_ways(posthog, prepare)


@of_failures
def no_requests(found: Findings, task: Task, run: Run) -> None:
    """The sandbox was not asked at all."""
    found.true(not task.requests, "sent requests")


# -- loops -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", types(quick=True))
def test_loop(posthog: Harness, sample: Sample) -> None:
    """A loop over many objects lists them once, whatever their number."""
    litany = Litany(sample, posthog)
    litany.prepare()
    options = {litany.identity: "{{ item }}", **sample.minimal}
    # A loop of projects must not wander: creating one makes it the current one.
    loop = {"name": "make", sample.module: options, "loop": [f"{sample.name}-{n:02}" for n in range(LOOP)]}
    current = "project" if litany.table.scope is Scope.PROJECT else "organization"
    pinned = {**options, current: "@current"}
    posthog.server.control("settings", {"paging": {"max_page_size": PAGE}})
    run = posthog.run(
        [
            loop,
            {**loop, "name": "again"},
            {**loop, "name": "check", "check_mode": True},
            {**loop, "name": "current", sample.module: pinned},
            {**loop, "name": "gone", sample.module: {**options, "state": "absent"}},
            {**loop, "name": "gone again", sample.module: {**options, "state": "absent"}},
            {**loop, "name": "check make", "check_mode": True},
        ],
        in_process=True,
    )
    found = Findings()
    # A search by name also finds names that are alike, here all of them.
    fuzzy = litany.table.identity.fuzzy
    there = len(rows_at_start(posthog, litany))
    pages = math.ceil((LOOP + there) / PAGE)
    first = pages if fuzzy else 1
    for name, wanted, limit in (
        ("make", True, LOOP + 1 + pages),
        ("again", False, first + pages),
        ("check", False, first + pages),
        ("current", False, 1 + first + pages),
        ("gone", True, LOOP + first + pages),
        ("gone again", False, 1 + 2 * pages),
        ("check make", True, 1 + 2 * pages),
    ):
        task = run[name]
        found.look(name, task)
        found.equal([item["changed"] for item in task.items], [wanted] * LOOP, "changed, item by item,")
        if name == "make":
            found.equal(len(task.writes), LOOP, "the number of writes")
        if litany.table.type != "feature_flag" or name not in ("make", "gone again", "check make"):
            requests_at_most(limit)(found, task, run)
        else:
            # Before a flag is made, or taken for gone, those that are archived are looked through as well.
            requests_at_most(limit + 1 + pages)(found, task, run)
        if not wanted:
            silent(found, task, run)
    found.close()


def rows_at_start(posthog: Harness, litany: Litany) -> list[dict[str, t.Any]]:
    """The objects of a type that are there anyway."""
    path = litany.list_path
    return rows(posthog.server.api("GET", path, limit=500))
