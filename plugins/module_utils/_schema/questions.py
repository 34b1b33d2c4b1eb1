# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What only PostHog knows of an object that is to be written: whom it reaches, and whether its programs are right.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

#: A document of the user's.
Document = t.Mapping[str, t.Any]


class Condition(t.NamedTuple):
    """Whom a part of an object is for.

    :param condition: as PostHog takes it.
    :param group_type: index of the type of groups that it counts; None for people.
    :param share: the percentage of those who fit.
    """

    condition: dict[str, t.Any]
    group_type: int | None
    share: float


@dataclass(frozen=True)
class Reach:
    """How PostHog tells how many a condition reaches: POST {condition, group_type_index} -> {affected, total}.

    :param path: of the request, below the project.
    :param conditions: finds the conditions of an object, as the server shows it, by the path of each.
    """

    path: str
    conditions: t.Callable[[Document], t.Mapping[str, Condition]]


class Code(t.NamedTuple):
    """A text in one of PostHog's languages.

    :param path: where it stands.
    :param language: C(hogQL), C(hogQLExpr), C(hog) or C(hogTemplate).
    :param text: the text.
    """

    path: str
    language: str
    text: str


#: Finds the texts in what is declared of an object.
CodeFinder = t.Callable[[Document], t.Iterator[Code]]


def sql_in(*fields: str) -> CodeFinder:
    """Finds SQL: in queries, in filters, breakdowns and series, at any depth.

    :param fields: the fields that hold it.
    """

    def find(values: Document) -> t.Iterator[Code]:
        for name in fields:
            yield from _sql(values.get(name), name)

    return find


def _sql(value: t.Any, path: str) -> t.Iterator[Code]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _sql(item, f"{path}[{index}]")
    if not isinstance(value, dict):
        return
    found = {
        "query": "hogQL" if value.get("kind") == "HogQLQuery" else "",
        "math_hogql": "hogQLExpr",
        # Of a filter, and of a breakdown.
        "key": "hogQLExpr" if value.get("type") == "hogql" else "",
        "property": "hogQLExpr" if value.get("type") == "hogql" else "",
        "breakdown": "hogQLExpr" if value.get("breakdown_type") == "hogql" else "",
    }
    for key, item in value.items():
        if found.get(key) and isinstance(item, str):
            yield Code(f"{path}.{key}", found[key], item)
        else:
            yield from _sql(item, f"{path}.{key}")


def hog_in(code: str, *templates: str) -> CodeFinder:
    """Finds programs in Hog, and templates in the values of inputs.

    :param code: the field that holds a program.
    :param templates: the fields that hold inputs, at any depth.
    """

    def find(values: Document) -> t.Iterator[Code]:
        if isinstance(values.get(code), str):
            yield Code(code, "hog", values[code])
        for name in templates:
            yield from _inputs(values.get(name), name)

    return find


def _inputs(value: t.Any, path: str) -> t.Iterator[Code]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inputs(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            where = f"{path}.{key}"
            held = key.rpartition(".")[2] == "inputs" or path.rpartition(".")[2] == "inputs" or path == "inputs"
            if held and isinstance(item, dict) and "value" in item and item.get("templating", "hog") == "hog":
                yield from _templates(item["value"], f"{where}.value")
            else:
                yield from _inputs(item, where)


def _templates(value: t.Any, path: str) -> t.Iterator[Code]:
    if isinstance(value, str) and re.search(r"(?<!\\)\{", value):
        yield Code(path, "hogTemplate", value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _templates(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _templates(item, f"{path}[{index}]")


def all_of(*finders: CodeFinder) -> CodeFinder:
    """Finds what each of several finds.

    :param finders: what finds it.
    """

    def find(values: Document) -> t.Iterator[Code]:
        for finder in finders:
            yield from finder(values)

    return find
