# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Whether what a task declares is what PostHog has, and how a diff shows the two.

Private to this collection: it may change without notice.

The rules (DESIGN, "Comparing"): only what is declared is compared. A known document is compared over the keys that the
task declares plus the keys that the table knows, an undeclared one meaning its default; what the server computes is
never compared; what somebody else owns is compared only where it is declared. An open document is compared by the
declared keys at every depth, null meaning absent. Lists compare by position unless the table says otherwise.

Every function here takes values whose references are resolved to ids.
"""

from __future__ import annotations

import decimal
import html
import json as jsonlib
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now, instant
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.references import walk


def same(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> bool:
    """Whether a declared value is the current one.

    :param field: the field that both are values of.
    :param desired: what :meth:`Field.parse` made of the declaration.
    :param current: what the server shows.
    :param partial: only the declared top-level keys of a document count; set where a short form declared them.
    :returns: True if nothing has to be written.
    """
    desired, current = _nulls(field, desired), typed(field, _nulls(field, current))
    if field.refs:
        # Ids are numbers in some documents and text in others.
        desired, current = (
            walk(value, field.refs, lambda rule, item, where: str(item)) for value in (desired, current)
        )
    if field.normalize is not None:
        return equal(field.normalize(desired), field.normalize(current))
    if desired is None or current is None:
        return _empty(field, desired) and _empty(field, current)
    if field.kind == "document":
        return _same_document(field, desired, current, partial)
    if field.kind == "list":
        return _same_list(field, desired, current)
    if field.kind == "map":
        return _same_map(field, desired, current)
    if field.kind == "open":
        return covers(desired, current)
    if field.kind == "json":
        return _same_json(desired, current)
    if field.relative and from_now(desired) is not None:
        # What was said relative to the time of its creation stands as it came out then.
        return True
    if field.kind == "time":
        return instant(desired) == instant(current) if instant(desired) else bool(desired == current)
    if field.kind == "decimal":
        return _decimal(desired) == _decimal(current)
    if field.ref is not None:
        return str(desired) == str(current)
    if field.kind == "str" and isinstance(desired, str) and isinstance(current, str):
        # PostHog takes blanks and line breaks off both ends of texts.
        desired, current = desired.strip(), current.strip()
    if field.html and isinstance(desired, str) and isinstance(current, str):
        return _markup(desired) == _markup(current)
    if field.lower and isinstance(current, str):
        return bool(desired == current.strip().lower())
    if field.casefold and isinstance(desired, str) and isinstance(current, str):
        return desired.casefold() == current.casefold()
    return equal(desired, current)


def typed(field: Field, value: t.Any) -> t.Any:
    """A value of the server's in the type that the field has.

    The configuration of a batch export reads back as text: C("100"), C("True") (recorded 2025).

    :param field: the field.
    :param value: what the server shows.
    :returns: the number or the truth value that a text stands for; any other value as it is.
    """
    if not isinstance(value, str):
        return value
    if field.kind == "bool":
        return {"true": True, "false": False}.get(value.strip().lower(), value)
    if field.kind in ("int", "num"):
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    return value


def by_key(field: Field, value: t.Any) -> t.Any:
    """A map with its keys in the form in which they are compared.

    :param field: the map.
    :param value: what is declared or shown.
    :returns: a copy where the field has a form for keys; any other value as it is.
    """
    if field.keys is None or not isinstance(value, dict):
        return value
    return {field.keys(str(key)): inner for key, inner in value.items()}


def _nulls(field: Field, value: t.Any) -> t.Any:
    """Null as the table reads it."""
    return field.null_as if value is None and field.null_as is not None else value


def _empty(field: Field, value: t.Any) -> bool:
    """Whether a value says nothing: null, or an empty document, list or map."""
    if value is None:
        return True
    if field.kind == "open" and isinstance(value, dict):
        return all(inner is None for inner in value.values())
    if field.ignored and isinstance(value, list):
        return all(item in field.ignored for item in value)
    if field.kind in ("document", "list", "map", "open"):
        return not value
    return False


def _same_document(field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
    if not isinstance(desired, dict) or not isinstance(current, dict):
        return equal(desired, current)
    if field.unknown_kind(desired) is not None:
        return covers(desired, current)
    for known in field.fields:
        if known.computed:
            continue
        if known.name in desired:
            if not same(known, desired[known.name], current.get(known.name, known.default)):
                return False
        elif not partial and not known.left_alone and known.name in current:
            if not same(known, known.default, current[known.name]):
                return False
    return all(covers(desired[key], current.get(key)) for key in desired if field.key(key) is None)


def _same_list(field: Field, desired: t.Any, current: t.Any) -> bool:
    if not isinstance(desired, list) or not isinstance(current, list):
        return equal(desired, current)
    if field.ignored:
        current = [found for found in current if found not in field.ignored or found in desired]
    if len(desired) != len(current):
        return False
    item = field.items
    if field.unordered:
        left = list(current)
        for wanted in desired:
            for index, found in enumerate(left):
                if same(item, wanted, found) if item else equal(wanted, found):
                    del left[index]
                    break
            else:
                return False
        return True
    if item is None:
        return covers(desired, current)
    return all(same(item, wanted, found) for wanted, found in zip(desired, current))


def _same_map(field: Field, desired: t.Any, current: t.Any) -> bool:
    if not isinstance(desired, dict) or not isinstance(current, dict):
        return equal(desired, current)
    desired, current = by_key(field, desired), by_key(field, current)
    wanted = {key: value for key, value in desired.items() if value is not None}
    found = {key: value for key, value in current.items() if value is not None}
    if field.merged:
        found = {key: value for key, value in found.items() if key in desired}
    if set(wanted) != set(found):
        return False
    if field.items is None:
        return covers(wanted, found)
    return all(same(field.items, wanted[key], found[key]) for key in wanted)


def _same_json(desired: t.Any, current: t.Any) -> bool:
    """JSON kept as text: the documents are compared, not their spelling."""
    return equal(_loaded(desired), _loaded(current))


def _loaded(value: t.Any) -> t.Any:
    if not isinstance(value, str):
        return value
    try:
        return jsonlib.loads(value)
    except ValueError:
        return value


def _decimal(value: t.Any) -> decimal.Decimal | None:
    try:
        return decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        return None


def covers(desired: t.Any, current: t.Any) -> bool:
    """Whether an open document holds all that was declared.

    :param desired: declared keys, at any depth; null means absent.
    :param current: what the server shows, with whatever it added.
    :returns: True if every declared key has the declared value.
    """
    if isinstance(desired, dict):
        if not isinstance(current, dict):
            return not current and all(covers(value, None) for value in desired.values())
        return all(covers(value, current.get(key)) for key, value in desired.items())
    if isinstance(desired, list):
        if not isinstance(current, list):
            return desired == [] and current is None
        return len(desired) == len(current) and all(covers(a, b) for a, b in zip(desired, current))
    return equal(desired, current)


def equal(one: t.Any, other: t.Any) -> bool:
    """Equality that does not take C(True) for 1, and takes 100 for 100.0.

    :param one: any plain value.
    :param other: any plain value.
    :returns: whether they are the same.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other))
    return bool(one == other)


def _markup(text: str) -> str:
    """A form in which cleaned-up markup is as it was: without what is added to links, with plain characters."""
    plain = re.sub(r"""\s(rel|target)=("[^"]*"|'[^']*')""", "", text)
    return re.sub(r"\s*/?>", ">", html.unescape(plain)).strip()


def with_defaults(field: Field, desired: t.Any) -> t.Any:
    """A document as its creation would store it: defaults for what PostHog insists on and nobody declared.

    :param field: the field.
    :param desired: the declared value.
    :returns: the value with the defaults of required keys filled in.
    """
    if field.kind != "document" or not isinstance(desired, dict) or field.unknown_kind(desired) is not None:
        return desired
    out = dict(desired)
    for known in field.fields:
        if known.name not in out and known.default is not None and not known.computed and not known.left_alone:
            out[known.name] = known.default
    return out


def reset_keys(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> frozenset[str]:
    """The keys of a document that a declaration puts back to their default by not naming them.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value.
    :param partial: see :func:`same`.
    :returns: names of keys.
    """
    if partial or field.kind != "document" or not isinstance(desired, dict) or not isinstance(current, dict):
        return frozenset()
    if field.unknown_kind(desired) is not None:
        return frozenset()
    return frozenset(
        known.name
        for known in field.fields
        if not known.computed
        and not known.left_alone
        and known.name not in desired
        and known.name in current
        and not same(known, known.default, current[known.name])
    )


def view(field: Field, value: t.Any, other: t.Any, *, partial: bool = False, always: t.Collection[str] = ()) -> t.Any:
    """A value as a diff shows it: without what the server computes, and without what is not the task's business.

    :param field: the field.
    :param value: the value to show.
    :param other: the declared value; tells which keys matter.
    :param partial: see :func:`same`.
    :param always: keys of the document that are shown even if nobody declared them.
    :returns: plain data.
    """
    if field.kind == "document" and isinstance(value, dict):
        declared = other if isinstance(other, dict) else {}
        if field.unknown_kind(value) is not None:
            # Whole where something else is declared: nobody knows what of it matters.
            shown = {key: inner for key, inner in value.items() if not getattr(field.key(key), "computed", False)}
            return narrowed(shown, other) if field.unknown_kind(other) is not None else shown
        out: dict[str, t.Any] = {}
        for known in field.fields:
            if known.computed:
                continue
            if known.name in declared or known.name in always:
                shown = value.get(known.name, known.default)
                out[known.name] = view(known, shown, declared.get(known.name, shown))
            elif known.name in value and not known.left_alone and not partial:
                if not same(known, known.default, value[known.name]):
                    out[known.name] = view(known, value[known.name], None)
        return out
    if field.kind == "list" and isinstance(value, list):
        declared_items = other if isinstance(other, list) else []
        if field.unordered:
            return sorted((item for item in value if item not in field.ignored or item in declared_items), key=str)
        if field.items is not None:
            return [
                view(field.items, item, declared_items[index] if index < len(declared_items) else None)
                for index, item in enumerate(value)
            ]
        return value
    if field.kind == "map" and isinstance(value, dict) and field.items is not None:
        value = by_key(field, value)
        declared_map = by_key(field, other) if isinstance(other, dict) else {}
        if field.merged and isinstance(other, dict):
            value = {key: inner for key, inner in value.items() if key in declared_map and inner is not None}
        return {key: view(field.items, inner, declared_map.get(key)) for key, inner in value.items()}
    if field.kind == "open":
        return narrowed(value, other)
    if field.kind == "json":
        return _loaded(value)
    if field.words:
        return next((word for word, number in field.words.items() if number == value), value)
    return _nulls(field, typed(field, value))


def narrowed(current: t.Any, declared: t.Any) -> t.Any:
    """The part of an open document that a declaration speaks of.

    :param current: the server's document.
    :param declared: the declared one.
    :returns: the current values of the declared keys; whole where the shapes differ.
    """
    if isinstance(current, dict) and isinstance(declared, dict):
        return {key: narrowed(current[key], declared[key]) for key in declared if key in current}
    if isinstance(current, list) and isinstance(declared, list) and len(current) == len(declared):
        return [narrowed(a, b) for a, b in zip(current, declared)]
    return current


def leaves(before: t.Any, after: t.Any, path: str = "") -> list[dict[str, t.Any]]:
    """The single values in which two documents differ.

    :param before: plain data.
    :param after: plain data.
    :param path: where they stand.
    :returns: dictionaries with C(path), C(before) and C(after), in the order of the documents.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        out: list[dict[str, t.Any]] = []
        for key in list(after) + [key for key in before if key not in after]:
            out += leaves(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
        return out
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        out = []
        for index, (one, other) in enumerate(zip(before, after)):
            out += leaves(one, other, f"{path}[{index}]")
        return out
    return [] if equal(before, after) else [{"path": path, "before": before, "after": after}]
