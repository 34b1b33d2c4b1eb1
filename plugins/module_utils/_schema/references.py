# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""References inside documents: where they stand, and what stands there instead.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field, NestedRef, Ref


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
    return item is not None and not any(item is kept or item == kept for kept in rule.keeps)


def _stands_there(rule: NestedRef, path: str) -> bool:
    """Whether a document stands where a rule wants it."""
    if not rule.within:
        return True
    keys = re.sub(r"\[\d+\]", "", path).split(".")
    wanted = rule.within.split(".")
    return keys[-len(wanted) :] == wanted


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
    for rule in rules:
        if not applies(rule, out) or not _stands_there(rule, path):
            continue
        where = f"{path}.{rule.key}" if path else rule.key
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


def named_in(known: Field, value: t.Any, path: str) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """Everything in a field's value that names another object.

    :param known: the field.
    :param value: its value, as it was declared or as the server shows it.
    :param path: the value's path.
    :returns: the path of each reference, what is named, and its name or id.
    """
    if known.ref is not None:
        if isinstance(value, list):
            for index, name in enumerate(value):
                if name is not None:
                    yield f"{path}[{index}]", known.ref, name
        elif value is not None:
            yield path, known.ref, value
        return
    if known.names is not None and isinstance(value, str):
        yield path, known.names, value
    if known.refs:
        found: list[tuple[str, Ref, t.Any]] = []
        walk(value, known.refs, lambda rule, name, where: found.append((where, rule.ref, name)), path)
        yield from found
    if known.kind == "document" and isinstance(value, dict):
        for inner in known.fields:
            if value.get(inner.name) is not None:
                yield from named_in(inner, value[inner.name], f"{path}.{inner.name}")
    elif known.kind == "list" and known.items is not None and isinstance(value, list):
        for index, item in enumerate(value):
            yield from named_in(known.items, item, f"{path}[{index}]")
    elif known.kind == "map" and known.items is not None and isinstance(value, dict):
        for key, item in value.items():
            yield from named_in(known.items, item, f"{path}.{key}")


def nameable(known: Field) -> t.Iterator[Ref]:
    """All references that a field may hold, at any depth.

    :param known: the field.
    :returns: them.
    """
    for ref in (known.ref, known.names):
        if ref is not None:
            yield ref
    for rule in known.refs:
        yield rule.ref
    for inner in (*known.fields, *((known.items,) if known.items is not None else ())):
        yield from nameable(inner)
