# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Ordinary data and times, out of whatever Ansible hands over.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import datetime
import re
import typing as t
from collections.abc import Mapping

#: Types whose values are their own copies.
_PLAIN: t.Final = frozenset({str, int, float, bool, type(None)})


#: Types of keys that need no change; a frozenset, since a subclass does.
_PLAIN_KEYS: t.Final = frozenset({str})


class Plain(dict[str, t.Any]):
    """A large dictionary that is plain data throughout, as its maker promises; C(plain) does not copy it."""


def plain(value: t.Any) -> t.Any:
    """Ordinary Python data out of what Ansible hands over.

    In-process arguments are tagged or lazy subclasses of C(str), C(dict) and C(list), YAML turns an unquoted date
    into a C(datetime), and a key such as C(true) into a boolean; an ordinary module gets all of that as JSON. Both
    ways must look the same to the engine.

    :param value: any nesting of dictionaries, lists and scalars.
    :returns: a copy made of plain types, with text keys.
    """
    # What is plain already is by far the most frequent.
    kind = type(value)
    if kind in _PLAIN or kind is Plain:
        return value
    if kind is dict:
        return {key if type(key) in _PLAIN_KEYS else _plain_key(key): plain(inner) for key, inner in value.items()}
    if kind is list:
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        # Called on the base class, it copies a subclass into a plain str; str() may hand the subclass back.
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_plain_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _plain_key(key: t.Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(plain(key))


def instant(value: t.Any) -> datetime.datetime | None:
    """Read an ISO 8601 time.

    :param value: text such as C(2026-03-01T09:00:00Z) or C(2026-03-01); without a zone it is UTC.
    :returns: an aware time, or None where it is none.
    """
    if not isinstance(value, str):
        return None
    text = value.strip().replace("Z", "+00:00").replace("z", "+00:00")
    # Python 3.9 reads fractions of three or six digits only.
    text = re.sub(r"\.(\d+)", lambda match: "." + (match.group(1) + "000000")[:6], text)
    try:
        parsed = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.timezone.utc)


#: The units of a relative time, in seconds.
_UNITS: t.Final = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


def from_now(value: t.Any) -> str | None:
    """Read a time relative to now.

    :param value: text such as C(now), C(+14d), C(-2h) or C(+30m); the units are minutes, hours, days and weeks.
    :returns: the ISO 8601 time in UTC, to the second, or None where the text is no relative time.
    """
    match = re.fullmatch(r"now|([+-])(\d{1,6})([mhdw])", value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    seconds = 0
    if match.group(1):
        seconds = int(match.group(1) + match.group(2)) * _UNITS[match.group(3)]
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def without_nulls(value: t.Any, server_added: t.Container[str] = ()) -> t.Any:
    """A copy of plain data without keys that are null.

    :param value: plain data.
    :param server_added: keys that are left out, too.
    :returns: a copy.
    """
    if isinstance(value, dict):
        return {
            key: without_nulls(inner, server_added)
            for key, inner in value.items()
            if inner is not None and key not in server_added
        }
    if isinstance(value, list):
        return [without_nulls(inner, server_added) for inner in value]
    return value


#: The ways in which PostHog writes that there is no value.
_BLANK: t.Final[tuple[t.Any, ...]] = (None, "", [], {})


def is_blank(value: t.Any) -> bool:
    """Whether a value is one of those that PostHog shows where there is none.

    :param value: plain data.
    :returns: True for null and for empty texts, lists and dictionaries.
    """
    return any(type(value) is type(blank) and value == blank for blank in _BLANK)
