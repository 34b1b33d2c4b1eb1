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
from harness.conformance import Conformance
from harness.engine import Engine
from samples import SAMPLES, Sample

from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object

#: What the values of the unknown keys begin with, and what their names begin with.
VALUE, KEY = "marker-", "unknown_"

#: Keys by which an item or a document is told from another one: to change them is to declare another thing.
TELLING = frozenset(
    {"kind", "type", "metric_type", "id", "uuid", "short_id", "key", "event", "name", "question", "email", "operation"}
)

#: Kinds of fields that hold documents.
NESTED = ("document", "open", "list", "map")

#: Documents in which PostHog refuses keys that it does not know, so that none can be there but those that it knows.
#: (What is sent of such a one is tried for every document by C(test_engine_keeping.py).)
STRICT: dict[str, tuple[str, ...]] = {
    "alert": ("threshold", "condition", "config", "detector_config", "schedule_restriction"),
    "batch_export": ("destination",),
    "cohort": ("filters",),
    "experiment": ("running_time_calculation", "exposure_criteria.exposure_config"),
    "logs_alert": ("filters",),
    "project_settings": (
        "session_recording_network_payload_capture_config",
        "session_recording_masking_config",
        "session_replay_config",
        "session_recording_linked_flag",
    ),
    "property_group": ("properties",),
    "sharing": ("settings",),
}

#: Types of which nothing can be changed beside an unknown key by hand, each with the reason.
NOTHING_BESIDE: dict[str, str] = {
    "error_tracking_rule": "a rule is what its filters say, so with other filters it is another rule",
    "error_tracking_settings": "PostHog keeps each of the numbers by itself",
    "batch_export": "a destination takes no key that PostHog does not know, and nothing else has keys",
    "insight": "PostHog refuses a query with a key that it does not know, and nothing else has keys",
    "endpoint": "PostHog refuses a query with a key that it does not know, and nothing else has keys",
    "experiment_saved_metric": "PostHog refuses a query with a key that it does not know, and nothing else has keys",
    "group_type_metric": "the sample's filters hold nothing but names of events",
    "web_experiment": "the sandbox stores its variants as those of an experiment; test_a_web_experiment_is_whole",
    "project": "the settings of a project are a type of their own",
}

#: The sandbox's name of what a type is stored as, where it is another one.
STORED_AS: dict[str, str] = {
    "error_tracking_rule": "error_tracking_assignment_rule",
    "project_settings": "project",
    "sharing": "sharing_configuration",
}


def nested(known: t.Any) -> bool:
    """Whether a field holds dictionaries of which some keys may be unknown."""
    if known.secret or known.write_only or known.normalize is not None or known.create_only:
        return False
    if known.kind in ("document", "open"):
        return True
    return known.kind in ("list", "map") and known.items is not None and nested(known.items)


def types() -> list[t.Any]:
    """The types that have documents which may hold keys that PostHog does not know."""
    return [
        pytest.param(sample, id=name)
        for name, sample in SAMPLES.items()
        if name not in NOTHING_BESIDE and any(open_to_keys(sample, known) for known in sample.table.fields)
    ]


def open_to_keys(sample: Sample, known: t.Any) -> bool:
    """Whether a field of a type may hold keys that PostHog does not know."""
    return nested(known) and known.name not in (*sample.left_out, *STRICT.get(sample.type, ()))


class Injection:
    """Puts an unknown key into each dictionary, and changes a value beside one.

    :param numbers: tells the keys apart.
    :param strict: paths of documents that are left as they are.
    """

    def __init__(self, numbers: t.Iterator[int], strict: t.Container[str]) -> None:
        self.count = numbers
        self.strict = strict
        self.drifted = False

    def into(self, known: t.Any, stored: t.Any, declared: t.Any, path: str) -> None:
        """Change a stored value.

        :param known: its field.
        :param stored: what the server stores; it is changed.
        :param declared: what the task declares.
        :param path: the names of the keys that lead there.
        """
        if path in self.strict:
            return
        if isinstance(stored, list):
            wanted = declared if isinstance(declared, list) else []
            for index, item in enumerate(stored):
                inner = known.items if known is not None and known.kind == "list" else known
                declared_item = wanted[index] if index < len(wanted) else None
                self.into(inner, item, declared_item, path)
                if inner is not None and self.may_change(inner, "", item, declared_item):
                    stored[index] = self.other(inner, item)
                    self.drifted = True
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
            self.into(inner, item, wanted.get(key), f"{path}.{key}")
            if self.may_change(inner, key, item, wanted.get(key)):
                stored[key] = self.other(inner, item)
                self.drifted = True
        if not is_map:
            number = next(self.count)
            stored[f"{KEY}{number}"] = f"{VALUE}{number}."

    def may_change(self, inner: t.Any, key: str, stored: t.Any, declared: t.Any) -> bool:
        """Whether another value may stand there for the moment."""
        if (
            self.drifted
            or key in TELLING
            or stored != declared
            or isinstance(stored, bool) != isinstance(declared, bool)
        ):
            return False
        if not isinstance(stored, (str, int, float)) or inner.kind in ("time", "json"):
            return False
        return not (inner.ref or inner.words or inner.pattern)

    @staticmethod
    def other(known: t.Any, value: t.Any) -> t.Any:
        """Another value of a field."""
        if known.choices:
            return next(choice for choice in known.choices if choice != value)
        if isinstance(value, bool):
            return not value
        return f"{value} by hand" if isinstance(value, str) else value + 1


def markers(value: t.Any) -> set[str]:
    """The values of unknown keys in some data."""
    text = json.dumps(value)
    return {f"{VALUE}{number}." for number in range(500) if f"{VALUE}{number}." in text}


def stored_row(posthog: Harness, sample: Sample, obj: dict[str, t.Any]) -> t.Any:
    """What the sandbox stores of an object."""
    app = posthog.server._sandbox.app
    kind = STORED_AS.get(sample.type, sample.type)
    rows = list(app.store.all(app.type_name(kind)))
    (found,) = (row for row in rows if len(rows) == 1 or obj["id"] in (row.pk, row.data.get("id")))
    return found


@pytest.mark.parametrize("sample", types())
def test_what_nobody_declared_stays(posthog: Harness, sample: Sample) -> None:
    """An unknown key in each document: kept by a change beside it, absent from the diff, told by an export."""
    table = sample.table
    engine = Engine(posthog.server)
    life = Conformance(sample, posthog)
    variables = life.prepare()

    def run(title: str, /, *, check: bool = False, **options: t.Any) -> t.Any:
        task = {"name": title, sample.module: options, "check_mode": check}
        made = engine.run([task], diff=True, variables=variables)[0]
        assert made.status == "ok", made.result.get("msg")
        return made

    run("Make", **life.named(**sample.full()))
    full = life.named(**sample.full(creating=False))
    obj = run("All of it", **full).result[table.type]
    row = stored_row(posthog, sample, obj)
    declared = read_object(table, engine.rendered(full, variables)).values
    numbers = itertools.count()
    changed: list[str] = []
    for known in table.fields:
        if open_to_keys(sample, known) and known.name in full and row.data.get(known.api_name):
            injection = Injection(numbers, STRICT.get(sample.type, ()))
            injection.into(known, row.data[known.api_name], declared[known.name], known.name)
            changed += [known.name] if injection.drifted else []
    posthog.server._sandbox.app.store.touch()
    assert changed, "nothing was changed by hand"

    def there() -> set[str]:
        if table.retrievable and table.has_id:
            return markers(posthog.server.api("GET", f"{life.list_path}{table.object_id(obj)}/"))
        return markers(run("Look", **life.named()).result[table.type])

    shown = there()
    assert shown, "PostHog shows none of the keys"
    foretold = run("Foretell", check=True, **full)
    done = run("Apply", **full)
    assert foretold.result["changed"] and done.result["changed"]
    assert not done.result.get("warnings"), done
    for task in (foretold, done):
        sent = markers([request["body"] for request in task.writes])
        assert shown <= markers(task.result[table.type]) | sent, task
        for diff in task.diffs:
            before, after = (markers(diff.get(side, "")) for side in ("before", "after"))
            assert before == after, diff
    again = run("Again", **full)
    assert not again.result["changed"] and markers(again.result[table.type]) == markers(done.result[table.type])
    if not table.exported:
        return
    told = engine.run([{"name": "Export", "community.posthog.posthog_export": {"types": [table.plural]}}])[0].result
    written = markers(told["config"])
    named = " ".join(entry["path"] for entry in told["unfaithful"] if entry["type"] == table.type)
    # Some documents lose such keys with every write: PostHog keeps what its own form knows.
    silent = {
        mark
        for mark in there() - written
        if f"{KEY}{mark.removeprefix(VALUE)[:-1]}" not in named.replace(".", " ").split()
    }
    assert not silent, (silent, named)


def test_what_the_browsers_form_sets_stays(posthog: Harness) -> None:
    """Keys that the release knows and hardly anybody declares; not where the item is the whole truth."""
    asked = {"type": "rating", "question": "How?", "display": "emoji", "scale": 3}
    looks = {"backgroundColor": "#ffffff", "borderColor": "#000000", "backButtonText": "Back"}
    body = {
        "name": "S",
        "type": "popover",
        "questions": [{**asked, "skipSubmitButton": True}],
        "appearance": {**looks, "allowGoBack": True, "hideCancelButton": True},
    }
    number = posthog.server.api("POST", "surveys/", body)["id"]
    survey = {
        "name": "S",
        "type": "popover",
        "questions": [{**asked, "question": "How was it?"}],
        "appearance": {"backgroundColor": "#eeeeee"},
    }
    engine = Engine(posthog.server)
    tasks = [{"name": name, "community.posthog.posthog_survey": survey} for name in ("Change", "Again")]
    run = engine.run(tasks)
    assert run["Change"].changed and not run["Again"].changed
    there = posthog.server.api("GET", f"surveys/{number}/")
    assert there["questions"][0]["question"] == "How was it?" and there["questions"][0]["skipSubmitButton"]
    kept = {"backgroundColor": "#eeeeee", "backButtonText": "Back", "allowGoBack": True, "hideCancelButton": True}
    assert {key: value for key, value in there["appearance"].items() if value} == kept
    whole = {"undeclared": "default", "surveys": [survey]}
    tasks = [{"name": name, "community.posthog.posthog_config": {"config": whole}} for name in ("Whole", "Again")]
    run = engine.run(tasks)
    assert run["Whole"].changed and not run["Again"].changed
    there = posthog.server.api("GET", f"surveys/{number}/")
    assert not there["questions"][0].get("skipSubmitButton")
    assert {key: value for key, value in there["appearance"].items() if value} == {"backgroundColor": "#eeeeee"}
