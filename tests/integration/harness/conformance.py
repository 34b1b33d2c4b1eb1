# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building blocks of the conformance tests: steps in the life of an object, with the results that its table demands."""

from __future__ import annotations

import typing as t

from .compare import differences, dig, equal, means, shown, steady
from .playbook import Harness, Run, Task
from .steps import ENGINE, Check, Findings, Steps, of_failures

if t.TYPE_CHECKING:
    from samples import Sample

#: The variable that holds the ids of what the sample prepared.
NAMES = "conformance_names"


class _Filled(dict[str, t.Any]):
    """Stands for the ids of names before they are known: each is a template."""

    def __missing__(self, name: str) -> str:
        return f"{{{{ {NAMES}[{name!r}] }}}}"


class Conformance:
    """The steps of one type, with the checks that the type's table calls for.

    :param sample: what to declare.
    :param posthog: runs playbooks.
    :param prefix: in front of the names of steps, where several types share a playbook.
    """

    def __init__(self, sample: Sample, posthog: Harness, prefix: str = "") -> None:
        self.sample = sample
        self.table: t.Any = sample.table
        self.posthog = posthog
        self.prefix = prefix
        self.steps = Steps(sample.module, sample.moving)
        self.names: dict[str, t.Any] = {}
        self.identity = sample.identity
        self.parts = {part.field.name for part in self.table.parts}
        endpoint = self.table.endpoint
        # A subclass of Upsert counts as one.
        kinds = [kind.__name__ for kind in type(endpoint).__mro__]
        kind = "Upsert" if "Upsert" in kinds else kinds[0]
        #: The methods of the engine's own writes; None where the type has an endpoint of its own.
        self.creates, self.updates = {
            "Endpoint": ("POST", "PATCH"),
            "Singleton": (None, getattr(endpoint, "method", "PATCH")),
            "Upsert": ("PUT", "PUT"),
        }.get(kind, (None, None))
        self.make = sample.make or ({"Upsert": ("PUT", "")}.get(kind) or ("POST", ""))
        usual = (
            (getattr(endpoint, "method", "PATCH"), getattr(endpoint, "update_path", ""))
            if self.table.singleton
            else ("PATCH", "{id}/")
        )
        self.drift = sample.drift or {"Upsert": ("PUT", "")}.get(kind, usual)
        self._after: list[str] = []
        self.steps.always(self.tells_no_secret)

    # -- building ----------------------------------------------------------------------------------------------------

    def prepare(self) -> dict[str, t.Any]:
        """Make what declarations name; returns the variables that they use."""
        server = self.posthog.server
        self.names = dict(self.sample.prepare(server) or {})
        self.sample.seed(server, self.names)
        variables = {name.strip("{} "): value for name, value in self.names.items() if name.startswith("{{")}
        return {**variables, NAMES: self.names}

    def run(self, ways: t.Sequence[str] = (ENGINE,), **more: t.Any) -> None:
        """Run and judge."""
        self.steps.run(self.posthog, self.prepare, ways, **more)

    def named(self, other: t.Any = None, /, **options: t.Any) -> dict[str, t.Any]:
        """Options that name the object."""
        return self.sample.named(other, **options)

    def add(self, name: str, options: t.Mapping[str, t.Any], *checks: Check, **keywords: t.Any) -> str:
        """A step that runs the module; see :meth:`Steps.add`."""
        return self.steps.add(self.prefix + name, options, *checks, **keywords)

    def filled(self, names: t.Mapping[str, t.Any] | None = None) -> dict[str, t.Any]:
        """What paths may name, by name; templates of what is not known yet."""
        server = self.posthog.server
        place = {"organization": server.organization, "project": server.project}
        return _Filled({**(names or {}), **place})

    @property
    def list_path(self) -> str:
        """The path of the list, with templates for what is known only when the steps run."""
        return self.sample.path.format_map(self.filled())

    def foreign(self) -> dict[str, t.Any]:
        """The body with which somebody else makes the object."""
        sample = self.sample
        body: dict[str, t.Any] = {}
        if sample.plain_name:
            body[self._api_name(self.identity)] = sample.name
        for option, value in sample.within.items():
            known = self.table.field(option)
            if known is not None and known.ref is None:
                body[known.api_name] = known.words.get(value, value) if known.words else value
        return {**body, **self.body(sample.foreign)}

    @staticmethod
    def body(given: t.Any) -> t.Any:
        """A body for the API, with templates for the ids that are known only when the steps run."""
        return given(_Filled()) if callable(given) else given

    def by_hand(self, name: str, register: str) -> str:
        """A step in which somebody else makes the object."""
        method, path = self.make
        return self.steps.api(name, method, self.list_path + path, self.foreign(), register=register)

    def drifted(self, name: str, body: t.Any, *, by_hand: bool) -> str:
        """A step in which somebody else changes the object.

        :param name: what to call it.
        :param body: what they send.
        :param by_hand: they made the object (registered as C(made)); otherwise it was adopted (C(adopted)).
        """
        method, path = self.drift
        made = f"{{{{ made.json.{self.table.id_path} }}}}" if by_hand else self.object_id("adopted")
        if any(kind.__name__ == "Upsert" for kind in type(self.table.endpoint).__mro__) and isinstance(body, dict):
            body = {**self.foreign(), **body}
        return self.steps.api(name, method, self.list_path + path.replace("{id}", made), body)

    def after_creation(self, made: str | None = None) -> None:
        """Make the objects that belong to the new one.

        :param made: a template of its id.
        """
        made = made or self.object_id("created")
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

    def key_of(self, obj: t.Mapping[str, t.Any]) -> str:
        """What tells an object from others: its id, or what it has in its place."""
        return " ".join(str(dig(obj, path)) for path in self.table.key_paths or (self.table.id_path,))

    def known_names(self, run: Run) -> dict[str, t.Any]:
        """Ids of what references name, with those made in this run."""
        more = {}
        for name in self._after:
            answer = run[f"after: {name}"].result.get("json") or {}
            more[name] = answer.get("id")
        return {**self.names, **more}

    def tells_no_secret(self, found: Findings, task: Task, run: Run) -> None:
        """No secret of the sample stands in a result."""
        if not self.sample.secret_texts or task.action == "sandbox_api":
            return
        told = str(task.result)
        for text in self.sample.secret_texts:
            found.true(text not in told, f"the secret {text!r} stands in the result")

    tells_no_secret.of_failures = True  # type: ignore[attr-defined]

    def has(self, options: t.Mapping[str, t.Any]) -> Check:
        """The returned object has the declared values."""

        def check(found: Findings, task: Task, run: Run) -> None:
            obj = self.object(task)
            if not found.true(obj, f"must return the object under {self.table.type!r}"):
                return
            names = self.known_names(run)
            for name, value in options.items():
                text = self._wrong(name, value, obj, names)
                found.true(not text, f"the returned object: {name} {text}"[:2500])

        return check

    def _wrong(self, name: str, value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str:
        """What is wrong with a value, if anything."""
        table, sample = self.table, self.sample
        if name in table.location_options or name in ("id", "state", "update_secret"):
            return ""
        if name in sample.shows:
            return str(sample.shows[name](value, obj, names) or "")
        if name == self.identity and sample.plain_name:
            actual = dig(obj, table.identity.read[0])
            same = str(actual).casefold() == str(value).casefold() if table.identity.casefold else actual == value
            return "" if same else f"is {actual!r}, wanted {value!r}"
        known = table.field(name) if name in table.identity.options else sample.field(name)
        if known.write_only or known.secret or table.named_by_reference(known):
            return ""
        wanted = value if name in table.identity.options else sample.value(name).stored(value)
        actual = shown(known, obj)
        return "" if means(known, wanted, actual, names) else f"is {actual!r}, wanted {wanted!r}"

    def predicted_by(self, prediction: str, *but: str) -> Check:
        """What check mode said the object would be is what it is now.

        :param prediction: the step in check mode.
        :param but: keys that PostHog changes along, which nobody can foretell.
        """

        def check(found: Findings, task: Task, run: Run) -> None:
            before = run[self.prefix + prediction]
            foretold, real = self.object(before), self.object(task)
            found.true(foretold, f"{prediction!r} must return the object that would be")
            fields = {}
            for known in self.table.fields:
                for path in known.read or (known.api_name,):
                    fields.setdefault(path.split(".")[0], (known, path))
            for key, value in foretold.items():
                if key in self.sample.moving or key in but:
                    continue
                known, path = fields.get(key, (None, key))
                actual = real.get(key)
                if key in self.sample.foretold:
                    good = self.sample.foretold[key](value, actual)
                elif known is not None and known.reading is not None:
                    good = (
                        means(known, known.reading(value), known.reading(actual))
                        if value and actual
                        else value == actual
                    )
                elif known is not None and "." not in path:
                    good = means(known, value, actual) or equal(steady(value), steady(actual))
                else:
                    good = equal(steady(value), steady(actual))
                if not good:
                    lines = differences(steady(value), steady(actual), key)
                    found.true(False, f"check mode foretold (first), it became (second): {'; '.join(lines)}"[:2500])
            found.equal(before.changed, task.changed, "changed, as check mode foretold,")
            lines = differences(steady(before.diffs), steady(task.diffs))
            found.true(not lines, f"the diff is not the one of check mode: {'; '.join(lines)}"[:2500])

        return check

    def warns_of_creation(self, found: Findings, task: Task, run: Run) -> None:
        """It warns of what the sample says, and of nothing else."""
        told = self.sample.warns
        texts = [text for text in task.result.get("warnings") or [] if not told or told not in text]
        found.true(not texts, f"warns: {texts}")

    def sent(self, *, method: str | None, only: t.Iterable[str] | None = None) -> Check:
        """One write of that method, and no other; with just these fields.

        :param method: of HTTP; None where it is not known.
        :param only: options that may stand in its body.
        """

        def check(found: Findings, task: Task, run: Run) -> None:
            methods = [entry["method"] for entry in task.writes]
            if method is None:
                found.true(methods, "nothing was written")
                return
            if not found.equal(methods, [method], "the writes") or only is None:
                return
            body = task.writes[0].get("body")
            keys = set(body if isinstance(body, dict) else ()) - {name for name, _source in self.table.always_sent}
            keys -= set(getattr(self.table.endpoint, "key", ()))
            wanted = {self._api_name(name) for name in only}
            found.true(keys <= wanted, f"the body has {sorted(keys - wanted)} besides {sorted(wanted)}")

        return check

    def _api_name(self, option: str) -> str:
        known = self.table.field(option)
        if known is None and option == self.identity:
            return str(self.table.identity.read[0])
        return str((known or self.sample.field(option)).api_name)

    def differs_only_in(self, before: str, *names: str) -> Check:
        """Compared with what an earlier step returned, just these fields are other."""

        def check(found: Findings, task: Task, run: Run) -> None:
            old, new = self.object(run[self.prefix + before]), self.object(task)
            paths = set(names)
            for name in names:
                known = self.table.field(name) or next((item for item in self.sample.fields if item.name == name), None)
                if known is not None:
                    paths |= {path.split(".")[0] for path in (*known.read, known.api_name)}
                paths |= {key for part in self.table.parts if part.field.name == name for key in part.also_shown}
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
                wanted = {name for name in names if self._in_diffs(name)}
                found.true(wanted <= keys, f"the diff lacks {sorted(wanted - keys)}")

        return check

    def _in_diffs(self, name: str) -> bool:
        if name in self.table.location_options or name in ("id", "update_secret"):
            return False
        known = self.table.field(name) or next((item for item in self.sample.fields if item.name == name), None)
        return known is not None and not known.write_only

    def is_gone(self, register: str) -> Check:
        """For a step that lists the objects: the one that an earlier step returned is not among them."""

        def check(found: Findings, task: Task, run: Run) -> None:
            listed = {self.key_of(obj) for obj in self.rows(task.result["json"]) if alive(self.table, obj)}
            wanted = self.key_of(self.object(run[self.prefix + register]))
            found.true(wanted not in listed, f"{wanted} is still there")

        return check

    def rows(self, answer: t.Any) -> list[dict[str, t.Any]]:
        """The objects of a list."""
        if self.sample.rows is not None:
            return self.sample.rows(answer)
        if isinstance(answer, dict):
            items = getattr(self.table.endpoint, "items", "results")
            answer = answer.get(items if isinstance(items, str) else "results") or []
        return list(answer)


def alive(table: t.Any, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether an object counts as existing."""
    return not obj.get("deleted") and (table.alive is None or table.alive(obj))


def cleared(sample: Sample, name: str) -> bool:
    """Whether null says something else than the second value."""
    known, value = sample.field(name), sample.value(name)
    if known.ref:
        return value.second not in (None, [])
    return not means(known, value.stored(value.second), known.null_as)


def changeable(sample: Sample) -> list[str]:
    """The fields that can be given a second value; a role has none but its name."""
    out = []
    for name in sample.updated:
        known = sample.field(name)
        if not known.write_only and not known.secret and name not in sample.last:
            out.append(name)
    return out


# -- checks -----------------------------------------------------------------------------------------------------------


def changes_name(*names: str) -> Check:
    """The result's C(changes) speak of just these fields."""

    def check(found: Findings, task: Task, run: Run) -> None:
        paths = {line["path"].split(".")[0].split("[")[0] for line in task.result.get("changes") or []}
        found.equal(paths, set(names), "the fields among changes")

    return check


def most_writes(limit: int) -> Check:
    """No more writes than this."""

    def check(found: Findings, task: Task, run: Run) -> None:
        found.true(len(task.writes) <= limit, f"{len(task.writes)} writes")

    return check


def diff_vanishes(found: Findings, task: Task, run: Run) -> None:
    """The diff of a deletion: something before, nothing after."""
    found.true(task.diffs and task.diffs[0].get("before") and not task.diffs[0].get("after"), f"diff {task.diffs}")


@of_failures
def no_requests(found: Findings, task: Task, run: Run) -> None:
    """The sandbox was not asked at all."""
    found.true(not task.requests, "sent requests")
