# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What an item says of the life of its object: former names, the date of its end, and what must not happen to it.

Private to this collection: it may change without notice.

A module's options and the items of M(community.posthog.posthog_config) have them, as far as a type allows:
C(renamed_from), C(ignore_changes), C(until), C(prevent_destroy).
"""

from __future__ import annotations

import datetime
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of
from ansible_collections.community.posthog.plugins.module_utils._engine.ignored import IgnoredPath, read_path
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Bool

RENAMED_FROM: t.Final = "renamed_from"
IGNORE_CHANGES: t.Final = "ignore_changes"
UNTIL: t.Final = "until"
PREVENT_DESTROY: t.Final = "prevent_destroy"

#: The options that say nothing where they are null.
_NAMED: t.Final = (RENAMED_FROM, IGNORE_CHANGES, UNTIL)

#: Days before the end of an object in which each run warns of it.
_WARNED: t.Final = 7

_DATE: t.Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Lifecycle:
    """What an item says of the life of its object.

    :param old_names: names that the object may still have.
    :param ignored: what is neither compared nor changed.
    :param end: when the object is to be gone; None where it stays.
    :param until: the same as it was written.
    :param protected: the object must not be deleted.
    """

    old_names: tuple[str, ...] = ()
    ignored: tuple[IgnoredPath, ...] = ()
    end: datetime.datetime | None = None
    until: str = ""
    protected: bool = False

    @property
    def over(self) -> bool:
        """Whether the object is to be gone by now."""
        return self.end is not None and self.end <= _now()


#: An item that says nothing of it.
USUAL: t.Final = Lifecycle()


@dataclass(frozen=True)
class _Several(Field):
    """One text, or a list of texts."""

    def parse_value(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Field.parse_value`."""
        found = value if isinstance(value, list) else [value]
        for index, item in enumerate(found):
            if isinstance(item, (bool, dict, list)) or item in (None, ""):
                where = f"{path}[{index}]" if isinstance(value, list) else path
                problems.append((where, f"takes a text, or a list of texts, not {kind_of(item)}"))
        return [str(item) for item in found]


@dataclass(frozen=True)
class _End(Field):
    """A date, or a point in time."""

    def parse_value(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Field.parse_value`."""
        if _end_of(value) is None:
            problems.append((path, f"{value!r} is no date, such as 2026-12-31, and no ISO 8601 time"))
        return str(value)


def is_renamable(table: Resource) -> bool:
    """Whether an object of a type can get another name.

    :param table: the type.
    """
    field = table.field(table.identity.option) if table.identity.option else None
    named = field is not None and field.of_kind.is_text and not (field.create_only or field.ref is not None)
    return named and table.has_id and table.creatable and not (table.replaceable or table.identity.by_value)


def lifecycle_fields(table: Resource) -> tuple[Field, ...]:
    """The options about the life of an object, as far as a type allows them.

    :param table: the type.
    :returns: fields that parse them.
    """
    found: list[Field] = []
    if is_renamable(table):
        found.append(_Several(RENAMED_FROM, "any", nullable=True))
    if table.several is None:
        found.append(_Several(IGNORE_CHANGES, "any", nullable=True))
    if table.delete is not Delete.NONE:
        found += [_End(UNTIL, "time", nullable=True), Bool(PREVENT_DESTROY, default=False)]
    return tuple(found)


def lifecycle_spec(table: Resource) -> dict[str, dict[str, t.Any]]:
    """The argument spec of these options.

    :param table: the type.
    :returns: a new entry for each option that the type has.
    """
    specs: dict[str, dict[str, t.Any]] = {
        RENAMED_FROM: {"type": "raw"},
        IGNORE_CHANGES: {"type": "list", "elements": "str"},
        UNTIL: {"type": "str"},
        PREVENT_DESTROY: {"type": "bool", "default": False},
    }
    return {field.name: specs[field.name] for field in lifecycle_fields(table)}


def read_lifecycle(table: Resource, params: t.Mapping[str, t.Any], prefix: str, problems: Problems) -> Lifecycle:
    """Read these options of an item.

    :param table: the type.
    :param params: the options, parsed or as Ansible validated them.
    :param prefix: path in front of the option paths.
    :param problems: collects what is wrong.
    :returns: what the item says.
    """
    if not params.get(PREVENT_DESTROY) and all(params.get(name) is None for name in _NAMED):
        return USUAL
    where = f"{prefix}." if prefix else ""
    given: dict[str, t.Any] = {}
    for field in lifecycle_fields(table):
        if params.get(field.name) is not None:
            given[field.name] = field.parse(params[field.name], where + field.name, problems)
    ignored: list[IgnoredPath] = []
    for index, text in enumerate(given.get(IGNORE_CHANGES) or ()):
        ignored += read_path(table, text, f"{where}{IGNORE_CHANGES}[{index}]", problems)
    until = given.get(UNTIL) or ""
    found = Lifecycle(
        tuple(given.get(RENAMED_FROM) or ()),
        tuple(ignored),
        _end_of(until) if until else None,
        until,
        bool(given.get(PREVENT_DESTROY)),
    )
    if found.protected and (params.get("state") == "absent" or found.over):
        reason = "state: absent deletes the object" if params.get("state") == "absent" else f"{UNTIL} is over ({until})"
        problems.append((where + PREVENT_DESTROY, f"is true, and {reason}; take one of the two out"))
    return found


def ignored_by(table: Resource, value: t.Any, where: str, problems: Problems) -> list[str]:
    """Paths that are ignored in all objects of a type.

    :param table: the type.
    :param value: what a user wrote: one path, or a list of them.
    :param where: its path.
    :param problems: collects what is wrong.
    :returns: the paths; none of them if one is wrong.
    """
    wrong: Problems = []
    if not any(field.name == IGNORE_CHANGES for field in lifecycle_fields(table)):
        wrong.append((where, f"{table.plural} have nothing that could be ignored"))
    paths = _Several(IGNORE_CHANGES, "any").parse(value, where, wrong) or []
    for index, text in enumerate(paths) if not wrong else ():
        read_path(table, text, f"{where}[{index}]", wrong)
    problems += wrong
    return [] if wrong else list(paths)


def is_absent(table: Resource, params: t.Mapping[str, t.Any]) -> bool:
    """Whether an item wants its object to be gone.

    :param table: the type.
    :param params: the engine's own options, as far as they are right.
    """
    return params.get("state") == "absent" or read_lifecycle(table, params, "", []).over


def farewell(table: Resource, name: t.Any, lifecycle: Lifecycle, prefix: str) -> Problems:
    """What is to be said in the last days of an object.

    :param table: the type.
    :param name: the object's name.
    :param lifecycle: what the item says.
    :param prefix: path in front of the option path.
    :returns: one remark, or none.
    """
    left = lifecycle.end - _now() if lifecycle.end is not None else None
    if left is None or lifecycle.over or left > datetime.timedelta(days=_WARNED):
        return []
    days = counted(left.days, "day") if left.days else "less than a day"
    text = f"ends in {days}; after {lifecycle.until} the {table.label(name)} is deleted"
    return [(f"{prefix}.{UNTIL}" if prefix else UNTIL, text)]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _end_of(value: t.Any) -> datetime.datetime | None:
    """When an object is to be gone: after the day of a date, or at a point in time."""
    found = instant(value)
    if found is not None and _DATE.fullmatch(str(value).strip()):
        return found + datetime.timedelta(days=1)
    return found
