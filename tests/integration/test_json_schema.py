# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of configuration files: it takes what the engine takes, and refuses what the engine refuses."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import typing as t

import jsonschema
import pytest
from harness.playbook import ROOT
from samples import SAMPLES, Sample

SCHEMA = json.loads((ROOT / "schemas" / "posthog.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

OVERLAY_SCHEMA = json.loads((ROOT / "schemas" / "posthog-overlay.json").read_text(encoding="utf-8"))
OVERLAYS = jsonschema.Draft202012Validator(OVERLAY_SCHEMA)

#: In place of a value: nothing, kinds, and a text, a number and a key that nobody knows.
OTHERS: tuple[t.Any, ...] = (None, True, {"zz_nobody": 1}, [["zz"]], "zz-nobody-knows", -7, 0.5)

#: So many variants of each sample are tried.
MOST = 160

#: Of what the engine refuses of that, the schema refuses so much in all. The rest are rules across fields, formats,
#: and typos in queries.
SHARE = 0.7

#: What the schema alone refuses, with the reason.
STRICTER = {
    ("annotation", "scope = None"): "the scope follows from the object then",
    ("cohort", "filters.properties = None"): "that is a cohort without filters",
    ("hog_function", "mappings = None"): "null and [] are the same",
    ("experiment", "kind is left out"): "the kind of a metric is filled in",
    ("experiment_saved_metric", "kind is left out"): "the kind of a metric is filled in",
}


def declared(sample: Sample) -> dict[str, t.Any]:
    """The full declaration of a sample, with the fields that join later."""
    return plain(sample.named(**sample.full(creating=False)))


def plain(value: t.Any) -> t.Any:
    """Names as any text: the engine looks them up, the schema does not."""
    return json.loads(json.dumps(value, default=str))


def faults(plural: str, item: t.Any, validator: t.Any = VALIDATOR) -> list[str]:
    """What the schema says of one item."""
    single = "items" not in json.dumps(SCHEMA["properties"][plural])
    return [error.message for error in validator.iter_errors({plural: item if single else [item]})]


def test_what_an_item_says_of_its_life() -> None:
    """Right and wrong values of the options that all types share."""
    for good in (
        {"renamed_from": "a", "ignore_changes": ["filters.groups[].rollout_percentage", "active"]},
        {"renamed_from": ["a", "b"], "until": "2026-12-31", "prevent_destroy": True},
        {"ignore_changes": ["{{ ignored }}"], "until": "2026-12-31T12:00:00Z", "prevent_destroy": "{{ yes }}"},
    ):
        assert faults("feature_flags", {"key": "a", **good}) == [], good
    for bad in (
        {"renamed_from": {"a": 1}},
        {"renamed_from": ""},
        {"ignore_changes": ["filters..groups"]},
        {"ignore_changes": [1]},
        {"until": "soon"},
        {"until": 7},
        {"prevent_destroy": "perhaps"},
    ):
        assert faults("feature_flags", {"key": "a", **bad}), bad
    assert faults("roles", {"name": "a", "renamed_from": "b"}) == []
    assert faults("event_definitions", {"name": "a", "renamed_from": "b"})


def test_keys_of_ones_own() -> None:
    """C(x-) stands for anything; nothing else does."""
    assert not list(VALIDATOR.iter_errors({"x-shared": [1], "feature_flags": [{"key": "a"}]}))
    assert list(VALIDATOR.iter_errors({"y-shared": [1]}))


@pytest.mark.parametrize("name", SAMPLES)
def test_overlays(name: str) -> None:
    """What is laid over an item may say less, and null; it may not say anything else."""
    sample = SAMPLES[name]
    plural = sample.table.plural
    if not sample.table.module or plural not in SCHEMA["properties"]:
        pytest.skip("no file declares it")
    item = declared(sample)
    assert faults(plural, item, OVERLAYS) == []
    for key in {*item} - {*sample.named()}:
        assert faults(plural, {**sample.named(), key: None}, OVERLAYS) == [], key
    for path in places(item):
        if isinstance(path[-1], str) and len(path) > 1:
            emptied = changed(item, path, lambda at, key: at.update({key: None}))
            assert faults(plural, emptied, OVERLAYS) == [], path
    assert faults(plural, {**item, "zz_nobody": 1}, OVERLAYS)


def refused(sample: Sample, item: t.Any) -> bool:
    """Whether the engine refuses an item, without a request."""
    from ansible_collections.community.posthog.plugins.module_utils._bulk.read import item_options
    from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
    from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP
    from ansible_collections.community.posthog.plugins.module_utils._handlers.index import HANDLERS

    task = t.cast("t.Any", HANDLERS[f"posthog_{sample.type}"]).task
    problems: list[tuple[str, str]] = []
    try:
        params, raw = item_options(task, item, "items[0]", KEEP, problems)
        task.declare(raw, params, "items[0]", KEEP)
    except InvalidInput:
        return True
    return bool(problems)


def places(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """The paths of everything in a document."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(value: t.Any, path: tuple[t.Any, ...], change: t.Callable[[t.Any, t.Any], None]) -> t.Any:
    """A copy in which one place is another."""
    out = copy.deepcopy(value)
    at = out
    for key in path[:-1]:
        at = at[key]
    change(at, path[-1])
    return out


def variants(item: dict[str, t.Any]) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """An item with one thing changed."""
    yield "an unknown option", {**item, "zz_nobody": 1}
    for path in places(item):
        name = ".".join(map(str, path))
        for other in OTHERS:

            def put(at: t.Any, key: t.Any, other: t.Any = other) -> None:
                at[key] = other

            yield f"{name} = {other!r}", changed(item, path, put)

        def add(at: t.Any, key: t.Any) -> None:
            if isinstance(at[key], dict):
                at[key]["zz_nobody"] = 1

        def take(at: t.Any, key: t.Any) -> None:
            del at[key]

        yield f"{name} has an unknown key", changed(item, path, add)
        yield f"{name} is left out", changed(item, path, take)


def test_it_is_a_schema_and_new() -> None:
    """It follows the standard, and is what the tables say."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator.check_schema(OVERLAY_SCHEMA)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/coverage/json_schema.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SAMPLES)
def test_it_takes_and_refuses(name: str) -> None:
    """Each sample is taken; of its variants, none is refused that the engine takes."""
    sample = SAMPLES[name]
    plural = sample.table.plural
    if not sample.table.module or plural not in SCHEMA["properties"]:
        pytest.skip("no file declares it")
    item = declared(sample)
    assert faults(plural, item) == []
    assert (
        faults(plural, {"state": "absent", **sample.named()}) == []
        or "state" not in SCHEMA["$defs"][name]["properties"]
    )
    every = list(variants(item))
    agreed, missed, strict = 0, [], []
    for label, variant in every[:: 1 + len(every) // MOST]:
        by_engine, wrong = refused(sample, variant), faults(plural, variant)
        if by_engine and not wrong:
            missed.append(label)
        elif wrong and not by_engine and not any(name == one and text in label for one, text in STRICTER):
            strict.append(f"{label}: {wrong[0][:200]}")
        agreed += by_engine and bool(wrong)
    assert strict == []
    assert agreed >= SHARE * (agreed + len(missed)) or not table_checks_all(sample), missed


def table_checks_all(sample: Sample) -> bool:
    """Whether no document of a type holds queries or anything else that is checked beyond its keys."""

    def checked(field: t.Any) -> bool:
        inner = [*field.fields, *([field.items] if field.items is not None else [])]
        return field.checked is not None or bool(field.refs) or any(checked(item) for item in inner)

    return not sample.table.checks and not any(checked(field) for field in sample.fields)
