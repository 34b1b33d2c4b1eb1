# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that the collection does not know: they stay, no diff pretends otherwise, and an export does not keep quiet.

PostHog stores what its browser writes, and newer servers write keys that no table has. Here such a key is put into each
dictionary of each document of every type, in what the server stores, and something beside it is changed by hand. Then
the declaration that made the object is applied again.
"""

from __future__ import annotations

import itertools
import json
import typing as t

import pytest
from harness import Harness
from harness.engine import Engine
from harness.litany import Litany
from samples import SAMPLES, Sample

#: What the values of the unknown keys begin with, and what their names begin with.
VALUE, KEY = "marker-", "unknown_"

#: Keys by which an item or a document is told from another one: to change them is to declare another thing.
TELLING = frozenset({"kind", "type", "id", "uuid", "short_id", "key", "event", "name", "question", "email"})

#: Kinds of fields that hold documents.
NESTED = ("document", "open", "list", "map")

#: Types with documents in which the server shows no key that it does not know, each with the reason.
NOT_SHOWN: dict[str, str] = {}


def nested(known: t.Any) -> bool:
    """Whether a field holds dictionaries of which some keys may be unknown."""
    if known.secret or known.write_only or known.normal is not None or known.create_only:
        return False
    if known.kind in ("document", "open"):
        return True
    return known.kind in ("list", "map") and known.items is not None and nested(known.items)


def types() -> list[t.Any]:
    """The types that have documents."""
    return [
        pytest.param(sample, id=name)
        for name, sample in SAMPLES.items()
        if any(nested(known) for known in sample.table.fields if known.name not in sample.left_out)
    ]


class Injection:
    """Puts an unknown key into each dictionary, and changes a value beside one.

    :param numbers: tells the keys apart.
    """

    def __init__(self, numbers: t.Iterator[int]) -> None:
        self.count = numbers
        self.drifted = False

    def into(self, known: t.Any, stored: t.Any, declared: t.Any) -> None:
        """Change a stored value.

        :param known: its field.
        :param stored: what the server stores; it is changed.
        :param declared: what the task declares.
        """
        if isinstance(stored, list):
            wanted = declared if isinstance(declared, list) else []
            for index, item in enumerate(stored):
                inner = known.items if known is not None and known.kind == "list" else known
                self.into(inner, item, wanted[index] if index < len(wanted) else None)
            return
        if not isinstance(stored, dict):
            return
        wanted = declared if isinstance(declared, dict) else {}
        is_map = known is not None and known.kind == "map"
        for key, item in list(stored.items()):
            inner = known
            if known is not None and known.kind == "document":
                inner = known.key(key)
            elif is_map:
                inner = known.items
            if inner is None or inner.computed:
                continue
            self.into(inner, item, wanted.get(key))
            if self.may_change(known, inner, key, item, wanted.get(key)):
                stored[key] = f"{item} by hand" if isinstance(item, str) else item + 1
                self.drifted = True
        if not is_map:
            number = next(self.count)
            stored[f"{KEY}{number}"] = f"{VALUE}{number}."

    def may_change(self, known: t.Any, inner: t.Any, key: str, stored: t.Any, declared: t.Any) -> bool:
        """Whether another value may stand there for the moment."""
        if self.drifted or key in TELLING or isinstance(stored, bool) or stored != declared:
            return False
        if not isinstance(stored, (str, int, float)) or inner.kind in ("time", "json", "map", "list"):
            return False
        return not (inner.choices or inner.ref or inner.words or inner.pattern)


def markers(value: t.Any) -> set[str]:
    """The values of unknown keys in some data."""
    text = json.dumps(value)
    return {f"{VALUE}{number}." for number in range(500) if f"{VALUE}{number}." in text}


def stored_row(posthog: Harness, sample: Sample, obj: dict[str, t.Any]) -> t.Any:
    """What the sandbox stores of an object."""
    app = posthog.server._sandbox.app
    kind = "project" if sample.type == "project_settings" else app.type_name(sample.type)
    (found,) = (row for row in app.store.all(kind) if obj["id"] in (row.pk, row.data.get("id")))
    return found


@pytest.mark.parametrize("sample", types())
def test_what_nobody_declared_stays(posthog: Harness, sample: Sample) -> None:
    """An unknown key in each document: kept by a change beside it, absent from the diff, told by an export."""
    table = sample.table
    engine = Engine(posthog.server)
    litany = Litany(sample, posthog)
    variables = litany.prepare()

    def run(title: str, /, *, check: bool = False, **options: t.Any) -> t.Any:
        task = {"name": title, sample.module: options, "check_mode": check}
        made = engine.run([task], diff=True, variables=variables)[0]
        assert made.status == "ok", made
        return made

    run("Make", **litany.named(**sample.full()))
    full = litany.named(**sample.full(creating=False))
    obj = run("All of it", **full).result[table.type]
    row = stored_row(posthog, sample, obj)
    numbers = itertools.count()
    changed: list[str] = []
    for known in table.fields:
        if nested(known) and known.name in full and row.data.get(known.api_name):
            injection = Injection(numbers)
            injection.into(known, row.data[known.api_name], engine.rendered(full[known.name], variables))
            changed += [known.name] if injection.drifted else []
    posthog.server._sandbox.app.store.touch()
    assert changed, "nothing was changed by hand"
    shown = markers(run("Look", **litany.named()).result[table.type])
    assert shown, "PostHog shows none of the keys"
    foretold = run("Foretell", check=True, **full)
    done = run("Apply", **full)
    assert foretold.result["changed"] and done.result["changed"]
    assert not done.result.get("warnings"), done
    for task in (foretold, done):
        assert markers(task.result[table.type]) == shown, task
        for diff in task.diffs:
            before, after = (markers(diff.get(side, "")) for side in ("before", "after"))
            assert before == after, diff
    again = run("Again", **full)
    assert not again.result["changed"] and markers(again.result[table.type]) == shown
    if not table.exported:
        return
    told = engine.run([{"name": "Export", "community.posthog.posthog_export": {"types": [table.plural]}}])[0].result
    written = markers(told["config"])
    named = " ".join(entry["path"] for entry in told["unfaithful"] if entry["type"] == table.type)
    silent = {
        mark
        for mark in shown - written
        if f"{KEY}{mark.removeprefix(VALUE)[:-1]}" not in named.replace(".", " ").split()
    }
    assert not silent, (silent, named)
