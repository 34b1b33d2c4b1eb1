# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What YAML makes of words: C(on), C(no), C(22:00) and C(0123) are no text to it.

Private to this collection: it may change without notice.

A task gets nothing but the value, so a boolean is refused wherever text is meant. Of a file that
M(community.posthog.posthog_config) reads it is known what stood there.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems

#: Numbers that are written in a way in which hardly anybody writes a number: 22:00, 0123, 0x1F, 1_000.
_ODD_NUMBER: t.Final = re.compile(r"[-+]?(?:0[0-9_]+|0[xb].*|.*[:_].*)", re.IGNORECASE)


def keys_that_are_none(value: t.Any, path: str = "") -> Problems:
    """The keys of dictionaries that YAML made booleans or nothing of.

    :param value: a task's options, as Ansible hands them over.
    :param path: where it stands.
    :returns: what is wrong.
    """
    problems: Problems = []
    _look_at_keys(value, [path] if path else [], problems)
    return problems


def _look_at_keys(value: t.Any, steps: list[str], problems: Problems) -> None:
    """Go through a value. A path is put together only where something is wrong: documents have many keys."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key is None or isinstance(key, bool):
                shown = "null" if key is None else str(key).lower()
                problems.append(("".join(steps), f"has the key {shown}, which is no text; {QUOTE}"))
            if not isinstance(inner, str):
                steps.append(f".{key}" if steps else str(key))
                _look_at_keys(inner, steps, problems)
                steps.pop()
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            if not isinstance(inner, str):
                steps.append(f"[{index}]")
                _look_at_keys(inner, steps, problems)
                steps.pop()


def booleans_for_texts(spec: t.Mapping[str, t.Any], raw: t.Mapping[str, t.Any]) -> Problems:
    """The options that take text and were given a boolean, before Ansible makes a text of it.

    :param spec: the module's argument spec.
    :param raw: the task's options.
    :returns: what is wrong.
    """
    names = {alias: name for name, item in spec.items() for alias in (name, *item.get("aliases", ()))}
    problems: Problems = []
    for given, value in raw.items():
        item = spec.get(names.get(given, ""), {})
        kind = item.get("type", "str")
        if item.get("choices") or kind not in ("str", "path", "list"):
            continue
        if kind == "list" and item.get("elements") not in ("str", "path"):
            continue
        for index, inner in enumerate(value) if isinstance(value, (list, tuple)) else [(None, value)]:
            if isinstance(inner, bool):
                where = given if index is None else f"{given}[{index}]"
                problems.append((where, f"takes text, not {str(inner).lower()}; {QUOTE}"))
    return problems


def other_words(fields: t.Iterable[Field], spelled: t.Iterable[t.Mapping[str, t.Any]], where: str) -> Problems:
    """The values of an item of which YAML made something else than what was written, where that matters.

    :param fields: the options of the item's type.
    :param spelled: of a file, the values that do not look as they were written: C(steps) from the item down, C(text),
        C(kind) (YAML's) and C(value) (what it is now, as text).
    :param where: the item's path.
    :returns: what is wrong.
    """
    root = Field("item", "document", fields=tuple(fields))
    problems: Problems = []
    for entry in spelled:
        field, free = _field_at(root, entry["steps"])
        kind, text = str(entry["kind"]), str(entry["text"])
        if field is not None and not free and (kind in field.of_kind.yaml_types or field.words):
            continue
        if free and kind != "bool" and not (kind in ("int", "float") and _ODD_NUMBER.fullmatch(text)):
            continue
        path = where + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in entry["steps"])
        remedy = f"put it in quotes, or write {entry['value']}"
        problems.append((path, f"{text} without quotes is {entry['value']} to YAML; {remedy}"))
    return problems


def _field_at(root: Field, steps: t.Sequence[t.Any]) -> tuple[Field | None, bool]:
    """The field that a value belongs to, and whether it stands in a place that takes values of any kind."""
    field: Field | None = root
    for step in steps:
        if field is None or field.of_kind.is_open:
            return field, True
        field = field.of_kind.field_at(field, step)
    return field, field is None or (field.of_kind.is_open and field.ref is None and not field.words)
