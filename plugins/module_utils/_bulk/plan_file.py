# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A plan that was reviewed, kept until it is applied: nothing but what it says is written.

Private to this collection: it may change without notice.

The record of a plan holds what is to become of each object, as the plan shows it, and a fingerprint of each field of
the objects that it changes, as they were read. Before it is applied, the plan is made anew and held against the record.
What was done meanwhile just as it was planned is no difference, so that a run that failed half-way can be repeated.
"""

from __future__ import annotations

import hashlib
import json as jsonlib
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.result import Planned, Result
from ansible_collections.community.posthog.plugins.module_utils._data.comparing import equal, leaves
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.plain import is_blank
from ansible_collections.community.posthog.plugins.module_utils._data.version import COLLECTION_VERSION
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import at_rest
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

#: What a record says that it is, and the form that it has.
KIND: t.Final = "community.posthog plan"
FORMAT: t.Final = 1

#: Characters of one value in a message.
_WIDE: t.Final = 120

#: Characters of a fingerprint. It tells apart, and proves nothing.
_LENGTH: t.Final = 16

_DONE: t.Final = {"created": "created", "updated": "changed", "deleted": "deleted"}


def record(result: Result, host: str, places: t.Iterable[str]) -> dict[str, t.Any]:
    """A plan in the form in which it is kept.

    :param result: of the plan.
    :param host: where PostHog is.
    :param places: ids of the organizations and projects that the configuration is about.
    :returns: plain data without secrets; equal for equal plans.
    """
    return {
        "kind": KIND,
        "format": FORMAT,
        "version": COLLECTION_VERSION,
        "host": host,
        "places": sorted(places),
        "objects": [_kept(item) for item in result.planned],
    }


def _kept(item: Planned) -> dict[str, t.Any]:
    outcome = item.outcome
    known = outcome.found
    return {
        "type": outcome.resource.type,
        "name": item.name,
        **item.target,
        "action": outcome.action,
        "id": outcome.resource.object_id(known) if known is not None and outcome.resource.has_id else None,
        "before": _plain(outcome.before),
        "after": _plain(outcome.after),
        "read": fingerprints(outcome),
        "file": item.place.file if item.place is not None else None,
        "line": item.place.line if item.place is not None else None,
    }


def fingerprints(outcome: Outcome) -> dict[str, str]:
    """A fingerprint of each field of an object, as it was read.

    :param outcome: of a plan.
    :returns: fingerprints by field; none of an object that does not exist. Secrets have no part in them.
    """
    if outcome.found is None:
        return {}
    shown = masked(outcome.resource, outcome.found) or {}
    found: dict[str, str] = {}
    for field in outcome.resource.fields:
        if field.computed or field.write_only or field.secret or not field.shown_by(shown):
            continue
        value = field.value_in(shown)
        text = jsonlib.dumps(field.view(value, value), sort_keys=True, default=str)
        found[field.name] = hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
    return found


def checked(given: t.Any, host: str, places: t.Iterable[str]) -> dict[str, t.Any]:
    """A record, if it is one, and for what is to be changed.

    :param given: what was kept.
    :param host: where PostHog is.
    :param places: ids of the organizations and projects that the configuration is about.
    :returns: the record.
    :raises InvalidInput: it is none, or is for something else.
    """
    if not isinstance(given, dict) or given.get("kind") != KIND or not isinstance(given.get("objects"), list):
        raise InvalidInput([("plan", "is no plan that plan_dest has written")])
    if given.get("format") != FORMAT:
        text = f"has the form {given.get('format')!r} of another release of this collection ({given.get('version')}); "
        raise InvalidInput([("plan", f"{text}make it anew")])
    meant, here = (given.get("host"), given.get("places")), (host, sorted(places))
    if meant != here:
        there = f"{', '.join(map(str, given.get('places') or []))} at {given.get('host')}"
        raise InvalidInput([("plan", f"is for {there}, not for {', '.join(here[1])} at {host}")])
    return given


def differences(result: Result, kept: t.Mapping[str, t.Any]) -> Problems:
    """What a new plan does that the kept one does not.

    :param result: of the new plan.
    :param kept: the record of the reviewed one.
    :returns: where the objects are declared, and sentences.
    """
    planned = {_key(entry): entry for entry in kept["objects"] if isinstance(entry, dict)}
    found: Problems = []
    for item in result.planned:
        new = _kept(item)
        old = planned.get(_key(new))
        where: str = item.place if item.place is not None else "plan"
        found += [(where, f"{item.label} {text}") for text in _compared(new, old, item.outcome)]
    return found


def _key(entry: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    return tuple(str(entry.get(key)) for key in ("type", "organization", "project", "name"))


def _compared(new: t.Mapping[str, t.Any], old: t.Mapping[str, t.Any] | None, outcome: Outcome) -> t.Iterator[str]:
    """What is other about one object, each as the end of a sentence."""
    action, done = str(new["action"]), _DONE[str(new["action"])]
    if old is None:
        details = "; ".join(_changes(new))
        yield f"would be {done}, which the plan does not say" + (f" ({details})" if details else "")
        return
    begun = old["action"] == "created" and action == "updated"
    if old["action"] != action and not begun:
        yield f"would be {done}, and was to be {_DONE.get(old['action'], old['action'])}"
        return
    if old["id"] not in (None, new["id"]):
        yield f"is another one than in the plan (id {new['id']} in place of {old['id']})"
        return
    if action == "deleted":
        yield from _read_anew(new, old, ())
        return
    yield from _begun(new, old, outcome) if begun else _values(new, old)
    if not begun:
        yield from _read_anew(new, old, old["after"])


def _values(new: t.Mapping[str, t.Any], old: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    """Values that would be written and are not those of the plan."""
    if old["action"] == "updated":
        planned = {leaf["path"]: leaf for leaf in leaves(old["before"], old["after"])}
        for leaf in leaves(new["before"], new["after"]):
            path, now = leaf["path"], leaf["after"]
            known = planned.get(path)
            if known is None:
                yield f"would get {path}: {_shown(leaf['before'], now)}, which the plan does not say"
            elif not equal(known["after"], now):
                yield f"would get {path}: {_text(now)}, and the plan says {_text(known['after'])}"
            elif not equal(known["before"], leaf["before"]):
                yield f"has {path}: {_text(leaf['before'])} in PostHog, and had {_text(known['before'])} in the plan"
        return
    for name, value in new["after"].items():
        for leaf in leaves(old["after"].get(name), value, name):
            yield f"would get {leaf['path']}: {_text(leaf['after'])}, and the plan says {_text(leaf['before'])}"


def _begun(new: t.Mapping[str, t.Any], old: t.Mapping[str, t.Any], outcome: Outcome) -> t.Iterator[str]:
    """What is other about an object that was to be created and is there: an earlier run may have begun it.

    Such a run leaves fields as it wants them, or at their defaults; anything else is somebody else's.
    """
    for name, value in new["after"].items():
        before = new["before"].get(name)
        if equal(before, value):
            continue
        for leaf in leaves(old["after"].get(name), value, name):
            yield f"would get {leaf['path']}: {_text(leaf['after'])}, and the plan says {_text(leaf['before'])}"
        field = outcome.resource.field(name)
        if not is_blank(before) and not (field is not None and at_rest(field, field.value_in(outcome.found))):
            yield f"is there already with {name}: {_text(before)}, and was to be created"


def _read_anew(new: t.Mapping[str, t.Any], old: t.Mapping[str, t.Any], but: t.Container[str]) -> t.Iterator[str]:
    """Fields that PostHog has changed since they were read, without those that are compared by their values."""
    names = [
        name
        for name in dict.fromkeys([*old["read"], *new["read"]])
        if name not in but and old["read"].get(name) != new["read"].get(name)
    ]
    if names:
        yield f"has another {', '.join(names)} in PostHog than when the plan was made"


def _changes(entry: t.Mapping[str, t.Any]) -> list[str]:
    if entry["action"] != "updated":
        return []
    return [
        f"{leaf['path']}: {_shown(leaf['before'], leaf['after'])}" for leaf in leaves(entry["before"], entry["after"])
    ]


def _shown(before: t.Any, after: t.Any) -> str:
    return f"{_text(before)} -> {_text(after)}"


def _text(value: t.Any) -> str:
    text = jsonlib.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _plain(value: t.Any) -> t.Any:
    """A value as JSON gives it back."""
    return jsonlib.loads(jsonlib.dumps(value, default=str))
