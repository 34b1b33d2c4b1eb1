# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what PostHog shows is what was declared: the tests' own reading, so that the engine does not judge itself.

It uses the tables for what kind a field is and where its value stands, and none of the engine's comparison.
"""

from __future__ import annotations

import datetime
import decimal
import json
import re
import typing as t
from types import MappingProxyType

#: Names of references, with their ids.
Names = t.Mapping[str, t.Any]

NO_NAMES: t.Final[Names] = MappingProxyType({})

_MISSING: t.Final = object()


def dig(obj: t.Any, path: str, default: t.Any = None) -> t.Any:
    """The value at a dotted path.

    :param obj: plain data.
    :param path: keys with dots between them.
    :param default: what to return where there is none.
    :returns: the value.
    """
    for part in path.split("."):
        if not isinstance(obj, t.Mapping) or part not in obj:
            return default
        obj = obj[part]
    return obj


def shown(field: t.Any, obj: t.Any) -> t.Any:
    """A field's value in what PostHog shows of an object.

    :param field: of the table.
    :param obj: the object.
    :returns: the value; None where it is not shown.
    """
    for path in field.read or (field.api or field.name,):
        value = dig(obj, path, _MISSING)
        if value is not _MISSING:
            return value
    return None


def means(field: t.Any, declared: t.Any, actual: t.Any, names: Names = NO_NAMES) -> bool:
    """Whether a declared value is the one that PostHog shows.

    :param field: of the table.
    :param declared: what a user wrote.
    :param actual: what PostHog shows.
    :param names: ids of the objects that references name.
    :returns: whether they say the same.
    """
    if declared is None and field.null_as is not None:
        declared = field.null_as
    if actual is None and field.null_as is not None:
        actual = field.null_as
    if declared is None:
        return empty(actual)
    if field.words:
        return bool(field.words.get(str(declared), declared) == actual)
    if field.kind == "document" and isinstance(declared, dict) and isinstance(actual, dict):
        known = {item.name: item for item in field.fields}
        # What the server computes, as it stands in predicted objects, is its own business.
        return all(
            means(known[key], value, actual.get(key), names) if key in known else equal(value, actual.get(key))
            for key, value in declared.items()
            if not (key in known and known[key].computed)
        )
    if field.kind == "map" and field.items is not None and isinstance(declared, dict) and isinstance(actual, dict):
        return set(declared) == set(actual) and all(
            means(field.items, value, actual[key], names) for key, value in declared.items()
        )
    if field.kind == "list" and isinstance(declared, list) and isinstance(actual, list):
        if len(declared) != len(actual):
            return False
        if field.unordered:
            left = list(actual)
            for value in declared:
                hits = [item for item in left if means(field.items, value, item, names)]
                if not hits:
                    return False
                left.remove(hits[0])
            return True
        return all(means(field.items, one, other, names) for one, other in zip(declared, actual, strict=True))
    if field.kind == "json":
        return equal(_decoded(declared), _decoded(actual))
    if field.kind == "time":
        one, other = _instant(declared), _instant(actual)
        if field.relative and one is None:
            return other is not None
        # Two runs do not reckon from the same moment.
        leeway = datetime.timedelta(minutes=10) if field.relative else datetime.timedelta()
        return one is not None and other is not None and abs(one - other) <= leeway
    if field.kind == "decimal":
        try:
            return decimal.Decimal(str(declared)) == decimal.Decimal(str(actual))
        except decimal.InvalidOperation:
            return False
    if field.lower and isinstance(declared, str):
        declared = declared.strip().lower()
    return within(declared, actual, names)


def _instant(value: t.Any) -> datetime.datetime | None:
    """A moment, from ISO 8601; one without a zone is in UTC."""
    try:
        moment = datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def empty(value: t.Any) -> bool:
    """Whether a value says nothing."""
    if isinstance(value, dict):
        return all(inner is None for inner in value.values())
    return value is None or value == [] or value == ""


def within(declared: t.Any, actual: t.Any, names: Names = NO_NAMES) -> bool:
    """Whether all that is declared stands in a document, to which the server may have added.

    :param declared: any plain value.
    :param actual: what PostHog shows.
    :param names: ids of the objects that references name.
    :returns: whether it does.
    """
    if isinstance(declared, dict):
        return isinstance(actual, dict) and all(
            within(value, actual.get(key), names) for key, value in declared.items()
        )
    if isinstance(declared, list):
        return (
            isinstance(actual, list)
            and len(declared) == len(actual)
            and all(within(one, other, names) for one, other in zip(declared, actual, strict=True))
        )
    if isinstance(declared, str) and declared in names and declared != actual:
        return str(names[declared]) == str(actual)
    return equal(declared, actual)


def equal(one: t.Any, other: t.Any) -> bool:
    """Equality in which true is not 1."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _decoded(value: t.Any) -> t.Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


_MOVING: t.Final = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "<time>"),
    (re.compile(r"ph[csx]_\w+"), "<token>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<hash>"),
    # Flags that PostHog makes for other objects have a part of an id in their keys.
    (re.compile(r"((?:-targeting|web-experiment)-(?:[\w-]+-)?)[0-9a-f]{6,10}(?=-custom$|$)"), r"\1<part>"),
)

#: What ids look like that are made up anew each time and are no UUIDs.
_SHORT_ID: t.Final = re.compile(r"[A-Za-z0-9]{8}")

#: Keys whose values are made up anew each time.
_RANDOM: t.Final = frozenset({"short_id", "request_id", "distinct_id", "access_token", "exception"})


def steady(value: t.Any) -> t.Any:
    """A result without what differs from one run to the next: UUIDs, times, tokens.

    :param value: plain data.
    :returns: a copy.
    """
    if isinstance(value, dict):
        out = {}
        for key, inner in value.items():
            if key in _RANDOM:
                out[key] = None if inner is None else "<random>"
            else:
                out[steady(key)] = steady(inner)
        return out
    if isinstance(value, list):
        return [steady(inner) for inner in value]
    if isinstance(value, str):
        for pattern, word in _MOVING:
            value = pattern.sub(word, value)
    return value


def differences(one: t.Any, other: t.Any, path: str = "", *, other_run: bool = False) -> list[str]:
    """Where two documents differ, for messages.

    :param one: plain data.
    :param other: plain data.
    :param path: where they stand.
    :param other_run: they are of two runs, in which short ids are made up anew.
    :returns: one line for each place.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        out = []
        for key in {**one, **other}:
            where = f"{path}.{key}" if path else str(key)
            if key not in one:
                out.append(f"{where}: only the second has it: {other[key]!r}"[:400])
            elif key not in other:
                out.append(f"{where}: only the first has it: {one[key]!r}"[:400])
            else:
                out += differences(one[key], other[key], where, other_run=other_run)
        return out
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            line
            for i, (a, b) in enumerate(zip(one, other, strict=True))
            for line in differences(a, b, f"{path}[{i}]", other_run=other_run)
        ]
    if other_run and isinstance(one, str) and isinstance(other, str):
        if _SHORT_ID.fullmatch(one) and _SHORT_ID.fullmatch(other):
            return []
    return [] if equal(one, other) else [f"{path}: {one!r} and {other!r}"[:600]]
