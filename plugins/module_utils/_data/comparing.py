# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Comparison of plain data, of which no table says anything.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t


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
