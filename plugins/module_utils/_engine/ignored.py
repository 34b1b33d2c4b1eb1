# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What an item declares only for the creation of its object: later, it is neither compared nor changed.

Private to this collection: it may change without notice.

What is ignored inside a document is replaced by what PostHog has there, before anything is compared. So the rest of the
document is compared and written as always.
"""

from __future__ import annotations

import copy
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource

#: Stands for each item of a list.
EACH: t.Final = -1

#: From an option down: keys, indices, and :data:`EACH`.
IgnoredPath = tuple[t.Union[str, int], ...]

_STEP: t.Final = re.compile(r"(?:^|\.)([^.\[\]]+)|\[(\d+|\*?)\]")


def read_path(table: Resource, text: str, where: str, problems: Problems) -> list[IgnoredPath]:
    """Read a path that a user wrote.

    :param table: the type.
    :param text: for example C(filters.groups[].rollout_percentage).
    :param where: the path of the option, for problems.
    :param problems: collects what is wrong.
    :returns: the paths that it means; a short form may mean several.
    """
    steps: list[str | int] = []
    at = 0
    for match in _STEP.finditer(text):
        if match.start() != at:
            break
        index = match.group(2)
        steps.append(match.group(1) if index is None else int(index) if index.isdigit() else EACH)
        at = match.end()
    if at != len(text) or not steps or not isinstance(steps[0], str):
        problems.append((where, f"{text!r} is no path, such as filters.groups[].rollout_percentage"))
        return []
    while steps[-1] == EACH:
        steps.pop()
    name = str(steps[0])
    for short in table.shorthands:
        if name == short.field.name:
            return [path for meant in short.paths for path in read_path(table, meant, where, problems)]
    parts = {part.field.name: part.field for part in table.parts}
    known = {alias: item for item in (*table.fields, *parts.values()) for alias in (item.name, *item.aliases)}
    field = known.get(name)
    if field is None:
        text = f"{name!r} is no option of posthog_{table.type}{nearest(name, known)}"
        problems.append((where, text))
        return []
    if field.name in (*table.identity.options[:1], *table.location_options):
        problems.append((where, f"the {table.name} is found by its {field.name}, which cannot be ignored"))
        return []
    if field.name in parts and len(steps) > 1:
        problems.append((where, f"only all of {field.name} can be ignored"))
        return []
    _check(field, steps[1:], field.name, where, problems)
    return [(field.name, *steps[1:])]


def _check(field: Field | None, steps: t.Sequence[str | int], so_far: str, where: str, problems: Problems) -> None:
    """See whether a path can lead anywhere, as far as the table knows."""
    if not steps or field is None or field.of_kind.is_open:
        return
    step = steps[0]
    if isinstance(step, int):
        if field.of_kind.has_known_keys:
            problems.append((where, f"{so_far} is a dictionary, which has keys and no items"))
        elif field.of_kind.is_list:
            _check(field.items, steps[1:], f"{so_far}[]", where, problems)
        return
    if field.of_kind.is_list:
        problems.append((where, f"{so_far} is a list; write {so_far}[].{step} for each of its items"))
    elif field.of_kind.has_known_keys:
        inner = field.key(step)
        if inner is None and not field.newer:
            problems.append((where, f"{so_far} has no key {step!r}{nearest(step, [key.name for key in field.fields])}"))
        _check(inner, steps[1:], f"{so_far}.{step}", where, problems)


def ignoring(
    resource: Resource,
    values: dict[str, t.Any],
    current: t.Mapping[str, t.Any] | None,
    ignored: t.Iterable[IgnoredPath],
) -> dict[str, t.Any]:
    """The declared values, with what PostHog has in the place of what is ignored.

    :param resource: the table.
    :param values: the values, names resolved.
    :param current: the object; None where it does not exist, and all is as it was declared.
    :param ignored: what is ignored.
    :returns: a copy.
    """
    if current is None:
        return values
    for path in ignored:
        field = resource.field(str(path[0]))
        if field is None or field.name not in values:
            continue
        stored = field.value_in(current)
        new = stored if len(path) == 1 else _transplanted(field, values[field.name], stored, path[1:])
        values = {**values, field.name: new}
    return values


def ignored_options(resource: Resource, ignored: t.Iterable[IgnoredPath]) -> frozenset[str]:
    """The options of an existing object that need not be looked at.

    :param resource: the table.
    :param ignored: what is ignored.
    :returns: names of what is ignored as a whole. Where a change creates the object anew, that needs its fields.
    """
    parts = {part.field.name for part in resource.parts}
    return frozenset(
        str(path[0]) for path in ignored if len(path) == 1 and (path[0] in parts or not resource.replaceable)
    )


def touches(ignored: t.Iterable[IgnoredPath], names: t.Container[str]) -> bool:
    """Whether something inside one of some fields is ignored, so that a write repeats what was read.

    :param ignored: what is ignored.
    :param names: of the fields.
    """
    return any(len(path) > 1 and path[0] in names for path in ignored)


def _transplanted(field: Field | None, desired: t.Any, stored: t.Any, path: IgnoredPath) -> t.Any:
    """A declared value with what is stored in one place; itself where there is no counterpart."""
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(desired, list) or not isinstance(stored, list):
            return desired
        item = field.items if field is not None else None
        if item is not None and item.of_kind.has_known_keys:
            partners = item.of_kind.partners(item, desired, stored, ordered=not (field and field.unordered))
        else:
            partners = [index if index < len(stored) else None for index in range(len(desired))]
        out = list(desired)
        for index, partner in enumerate(partners):
            if partner is not None and step in (EACH, index):
                new = stored[partner]
                out[index] = copy.deepcopy(new) if not rest else _transplanted(item, desired[index], new, rest)
        return out
    if not isinstance(desired, dict) or not isinstance(stored, dict):
        return desired
    inner = field.key(step) if field is not None and field.of_kind.has_known_keys else None
    changed = {key: value for key, value in desired.items() if key != step}
    if not rest:
        return {**changed, step: copy.deepcopy(stored[step])} if step in stored else changed
    if step in desired:
        return {**desired, step: _transplanted(inner, desired[step], stored.get(step), rest)}
    if isinstance(stored.get(step), dict):
        # What is around it is not declared; it alone stays.
        found = _transplanted(inner, {}, stored[step], rest)
        return {**desired, step: found} if found else desired
    return desired
