# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""References inside documents: where they stand, and what stands there instead.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Ref:
    """A value that names another object.

    :param type: the type it names.
    :param value: path, in the named object, of the value that PostHog wants.
    :param as_string: PostHog wants the id as text (a flag's id in a condition of another flag).
    :param name_at: path, in the object that holds the reference, where PostHog repeats the other object's name; a
        declared name that stands there needs no look-up.
    :param where: paths and values that the named object has, and others of its name have not.
    :param holds: the named object holds this one, as a dashboard holds insights: this one does not need it, but is
        missing there when it is deleted.
    :param made: PostHog makes the named object where there is none of that name.
    """

    type: str
    value: str = "id"
    as_string: bool = False
    name_at: str | None = None
    where: tuple[tuple[str, t.Any], ...] = ()
    holds: bool = False
    made: bool = False


@dataclass(frozen=True)
class NestedRef:
    """A reference inside a document, recognised by the keys around it, at any depth.

    :param when: keys and values that must stand beside it.
    :param key: the key that holds the reference: an id, a name, or a list of them.
    :param ref: what it names.
    :param not_references: values at that place that are no references (C(all), for everybody, among cohorts).
    :param keyed: the value is a dictionary whose keys are the references.
    :param within: the keys under which the document stands, last ones, where nothing in it says that it is the one.
    """

    when: t.Mapping[str, t.Any]
    key: str
    ref: Ref
    not_references: tuple[t.Any, ...] = ()
    keyed: bool = False
    within: str = ""


def applies(rule: NestedRef, document: t.Mapping[str, t.Any]) -> bool:
    """Whether a rule speaks of what stands in a document.

    :param rule: the rule.
    :param document: one dictionary, as it was written or as the server shows it.
    :returns: True if the rule's key is a reference here.
    """
    return rule.key in document and all(document.get(key) == wanted for key, wanted in rule.when.items())


def is_reference(rule: NestedRef, item: t.Any) -> bool:
    """Whether one value at a rule's place is a reference.

    :param rule: the rule.
    :param item: the value.
    :returns: False for null and for what the place holds besides references.
    """
    return item is not None and not any(item is kept or item == kept for kept in rule.not_references)


def _stands_there(rule: NestedRef, path: str) -> bool:
    """Whether a document stands where a rule wants it."""
    if not rule.within:
        return True
    keys = re.sub(r"\[\d+\]", "", path).split(".")
    wanted = rule.within.split(".")
    return keys[-len(wanted) :] == wanted


def _applying(
    document: t.Mapping[str, t.Any], rules: t.Sequence[NestedRef], path: str
) -> t.Iterator[tuple[NestedRef, str]]:
    """The rules that speak of what stands in a document, each with the path of its key; one is asked for at a time."""
    for rule in rules:
        # Most rules are about keys that are not there; that is asked for here to save the call.
        if rule.key in document and applies(rule, document) and _stands_there(rule, path):
            yield rule, f"{path}.{rule.key}" if path else rule.key


def found_in(value: t.Any, rules: t.Sequence[NestedRef], path: str = "") -> t.Iterator[tuple[NestedRef, t.Any, str]]:
    """The references inside a document, without a copy of it.

    :param value: the document.
    :param rules: where references stand.
    :param path: the document's path.
    :returns: the rule, the reference and its path, of each; inner ones first, as :func:`walk` has them.
    """
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, (dict, list)):
                yield from found_in(item, rules, f"{path}[{index}]")
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if isinstance(item, (dict, list)):
            yield from found_in(item, rules, f"{path}.{key}" if path else key)
    for rule, where in _applying(value, rules, path):
        item = value[rule.key]
        if rule.keyed:
            if isinstance(item, dict):
                yield from ((rule, key, f"{where}.{key}") for key in item)
        elif isinstance(item, list):
            yield from ((rule, one, f"{where}[{index}]") for index, one in enumerate(item) if is_reference(rule, one))
        elif is_reference(rule, item):
            yield rule, item, where


def walk(
    value: t.Any,
    rules: t.Sequence[NestedRef],
    change: t.Callable[[NestedRef, t.Any, str], t.Any],
    path: str = "",
) -> t.Any:
    """Rewrite the references inside a document.

    :param value: the document.
    :param rules: where references stand.
    :param change: gets the rule, the reference and its path, and returns what stands there instead.
    :param path: the document's path.
    :returns: a copy.
    """
    if isinstance(value, list):
        return [walk(item, rules, change, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    out = {key: walk(item, rules, change, f"{path}.{key}" if path else key) for key, item in value.items()}
    for rule, where in _applying(out, rules, path):
        item = out[rule.key]
        if rule.keyed:
            if isinstance(item, dict):
                out[rule.key] = {change(rule, key, f"{where}.{key}"): inner for key, inner in item.items()}
        elif isinstance(item, list):
            out[rule.key] = [
                change(rule, one, f"{where}[{index}]") if is_reference(rule, one) else one
                for index, one in enumerate(item)
            ]
        elif is_reference(rule, item):
            out[rule.key] = change(rule, item, where)
    return out


def with_text_ids(value: t.Any, rules: t.Sequence[NestedRef]) -> t.Any:
    """A document whose references are texts: ids are numbers in some documents and text in others.

    :param value: the document.
    :param rules: where references stand.
    :returns: a copy, or the value itself where it holds no reference.
    """
    if next(found_in(value, rules), None) is None:
        return value
    return walk(value, rules, lambda rule, item, where: str(item))
