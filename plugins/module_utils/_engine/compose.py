# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What to send so that the server ends up with what is declared, and keeps everything that nobody declared.

Private to this collection: it may change without notice.

PostHog replaces most documents whole. So a body repeats what the server stored and the task does not name: the keys
that this release does not know, at every depth, and the undeclared keys of open documents. Items of lists are matched
by what tells one from another, else by their place. What cannot be kept, because it belongs to something that goes
away or turns into another kind of thing, is returned beside the value, so that a diff shows it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field

#: What goes away with a write: where it stands now, and what it is.
Lost = list[tuple[Path, t.Any]]

#: Keys of an open document that tell what it is about; where one of them differs, it is another thing.
_TELLING: t.Final = ("kind", "type", "id", "uuid", "short_id", "key", "event")

#: Values that only say how conditions are combined: a change makes no other thing of the document.
_JUNCTIONS: t.Final = frozenset({"AND", "OR", "and", "or"})


def compose(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> t.Any:
    """The value to send so that the server ends up with the declared one.

    A server that merges a document (flags' filters, 2026) keeps what is not sent, one that replaces it (2024) drops
    it. So the body says what is declared, gives the default of an undeclared key that has another value now, and
    repeats what somebody else owns and what this release does not know. Then both end up with the same.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value, or None on creation.
    :param partial: see :func:`same`; undeclared keys are then repeated as they are.
    :returns: the value for the body.
    """
    return composed(field, desired, current, partial=partial)[0]


def composed(field: Field, desired: t.Any, current: t.Any, *, partial: bool = False) -> tuple[t.Any, Lost]:
    """See :func:`compose`, and what goes away although nobody named it.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value, or None on creation.
    :param partial: see :func:`same`.
    :returns: the value for the body, and what the write takes away without the task having named it.
    """
    lost: Lost = []
    # What stands in the place of a secret is not the secret.
    return _value(field, desired, None if field.secret else current, (), lost, partial=partial, top=True), lost


def unknown_keys(field: Field, value: t.Any, path: Path = ()) -> t.Iterator[tuple[Path, t.Any]]:
    """What a document of the server's holds under keys that this release does not know.

    :param field: the field.
    :param value: the server's value.
    :param path: where the value stands.
    :returns: paths and values. Keys without a value, which newer servers add to everything, are left out.
    """
    if field.unknown_kind(value) is not None:
        # It has no keys that this release knows, and none that it could tell from those.
        return
    if field.kind == "document" and isinstance(value, dict):
        for key, inner in value.items():
            known = field.key(key)
            if known is None:
                if inner not in (None, "", [], {}):
                    yield (*path, key), inner
            elif not known.computed:
                yield from unknown_keys(known, inner, (*path, key))
    else:
        for step, known, inner in field.children(value):
            yield from unknown_keys(known, inner, (*path, step))


def of_unknown_kind(field: Field, value: t.Any, path: Path = ()) -> t.Iterator[tuple[Path, str]]:
    """The documents in a value that are of a kind that this release does not know.

    :param field: the field.
    :param value: a value, as it was written or as the server shows it.
    :param path: where the value stands.
    :returns: where each of them tells its kind, and the kind.
    """
    tells = field.unknown_kind(value)
    if tells is not None:
        yield (*path, tells.name), str(value[tells.name])
    else:
        for step, inner, item in field.children(value):
            if not inner.computed:
                yield from of_unknown_kind(inner, item, (*path, step))


def _value(
    field: Field,
    desired: t.Any,
    current: t.Any,
    path: Path,
    lost: Lost,
    *,
    partial: bool = False,
    top: bool = False,
) -> t.Any:
    """The value to send; ``top`` says whether this is the document that a PATCH merges."""
    if field.kind == "document" and isinstance(desired, dict):
        return _document(field, desired, current, path, lost, partial, top)
    if field.kind == "list" and isinstance(desired, list) and field.items is not None:
        if field.items.kind in ("document", "open", "map"):
            return _list(field, desired, current, path, lost)
        if field.ignored and isinstance(current, list):
            return desired + [found for found in current if found in field.ignored and found not in desired]
        return [_value(field.items, item, None, path, lost) for item in desired]
    if field.kind == "map" and field.items is not None and isinstance(desired, dict):
        now = _spelled(field, desired, current if isinstance(current, dict) else {})
        if field.merged:
            there = {key: _written(field.items, value) for key, value in now.items()}
            desired = {key: value for key, value in {**there, **desired}.items() if value is not None}
        for key in now:
            if key not in desired:
                lost += unknown_keys(field.items, now[key], (*path, key))
        return {key: _value(field.items, item, now.get(key), (*path, key), lost) for key, item in desired.items()}
    if field.kind == "open" and isinstance(desired, (dict, list)) and (desired or not field.clear_members):
        return _open(field, desired, current, path, lost)
    if field.clear_members and not desired and isinstance(current, dict):
        return dict.fromkeys(current)
    if field.relative:
        return from_now(desired) or desired
    if desired is None:
        lost += unknown_keys(field, current, path)
    return desired


def _spelled(field: Field, desired: dict[str, t.Any], current: dict[str, t.Any]) -> dict[str, t.Any]:
    """The entries of a map under the keys that a task has for them, as far as it has any."""
    if field.keys is None:
        return current
    words = {field.keys(str(key)): key for key in desired}
    return {words.get(field.keys(str(key)), key): value for key, value in current.items()}


def _document(
    field: Field,
    desired: dict[str, t.Any],
    current: t.Any,
    path: Path,
    lost: Lost,
    partial: bool,
    top: bool,
) -> dict[str, t.Any]:
    now = current if isinstance(current, dict) else {}
    out: dict[str, t.Any] = {}
    other = _other_kind(field, desired, now)
    if field.unknown_kind(desired) is not None:
        now = _written(field, now)
        if other:
            lost += [((*path, key), value) for key, value in now.items() if key not in desired and value is not None]
        return t.cast("dict[str, t.Any]", _open(field, desired, {} if other else now, path, lost))
    for key_field in field.fields:
        name = key_field.name
        if key_field.computed:
            continue
        if name in desired:
            out[name] = _value(key_field, desired[name], now.get(name), (*path, name), lost)
        elif now.get(name) is not None and ((key_field.left_alone and not other) or partial):
            out[name] = now[name]
        elif key_field.kind == "document" and key_field.null_as == {} and not other:
            # Only the keys that this release knows go back to their defaults.
            inner = _value(key_field, {}, now.get(name), (*path, name), lost)
            if inner or (top and not field.whole and name in now and not key_field.same(key_field.default, now[name])):
                out[name] = inner or key_field.default
        else:
            lost += unknown_keys(key_field, now.get(name), (*path, name))
            if top and not field.whole and name in now and not key_field.same(key_field.default, now[name]):
                out[name] = key_field.default
    # Keys that are newer than this release: as they are declared, else as they are.
    out.update({key: value for key, value in desired.items() if field.key(key) is None})
    for key, value in now.items():
        if field.key(key) is None and key not in desired:
            if other:
                lost.append(((*path, key), value))
            else:
                out[key] = value
    return out


def _list(field: Field, desired: list[t.Any], current: t.Any, path: Path, lost: Lost) -> list[t.Any]:
    item = field.items
    if item is None:
        return desired
    now = current if isinstance(current, list) else []
    if field.unordered:
        # A diff shows such items whole.
        lost = []
    if item.kind == "open":
        partners = _partners_of_open(desired, now)
    else:
        partners = counterparts(item, desired, now, ordered=not field.unordered)
    for index, found in enumerate(now):
        if index not in partners:
            lost += unknown_keys(item, found, (*path, index))
    return [
        _value(item, wanted, None if place is None else now[place], (*path, place or 0), lost)
        for wanted, place in zip(desired, partners)
    ]


def _written(field: Field, value: t.Any) -> t.Any:
    """A value of the server's as a write takes it: without what the server computes."""
    if field.kind == "document" and isinstance(value, dict):
        computed = {known.name for known in field.fields if known.computed}
        return {key: inner for key, inner in value.items() if key not in computed}
    return value


# -- open documents --------------------------------------------------------------------------------------------------


def _open(field: Field, desired: t.Any, current: t.Any, path: Path, lost: Lost) -> t.Any:
    """An open document with what is declared of it and what else is in it; null takes a key away."""
    if isinstance(desired, list):
        now = current if isinstance(current, list) else []
        return [
            _open(field, wanted, None if place is None else now[place], (*path, place or 0), lost)
            for wanted, place in zip(desired, _partners_of_open(desired, now))
        ]
    if not isinstance(desired, dict):
        return desired
    there = current if isinstance(current, dict) else {}
    server = (*field.server_added, *field.computed_keys)
    kept = {key: value for key, value in there.items() if key not in desired and key not in server}
    if is_other(desired, there):
        lost += [((*path, key), value) for key, value in kept.items() if value is not None]
        kept = {}
    if field.patched and len(path) == 0:
        kept = {}
    out = {key: _without(value, server) for key, value in kept.items()}
    for key, value in desired.items():
        if value is not None or not field.merged:
            out[key] = _open(field, value, there.get(key), (*path, key), lost)
    return out


def is_other(one: t.Mapping[str, t.Any], other: t.Mapping[str, t.Any]) -> bool:
    """Whether two open documents are about different things, so that what one has means nothing in the other.

    :param one: an open document.
    :param other: an open document.
    :returns: True where one of the keys that tell what it is about is in both, and differs.
    """
    return any(
        key in one
        and key in other
        and not isinstance(one[key], (dict, list))
        and str(one[key]) != str(other[key])
        and not {one[key], other[key]} <= _JUNCTIONS
        for key in _TELLING
        if not isinstance(other.get(key), (dict, list))
    )


def _without(value: t.Any, keys: t.Collection[str]) -> t.Any:
    """A copy without some keys, at any depth."""
    if not keys:
        return value
    if isinstance(value, dict):
        return {key: _without(inner, keys) for key, inner in value.items() if key not in keys}
    if isinstance(value, list):
        return [_without(inner, keys) for inner in value]
    return value


def _partners_of_open(desired: list[t.Any], current: list[t.Any]) -> list[int | None]:
    """Which item of a list each declared one is: an equal one, else one about the same, else the one in its place."""
    left = list(range(len(current)))
    found: list[int | None] = [None] * len(desired)

    def pair(fits: t.Callable[[int, int], bool]) -> None:
        for index in range(len(desired)):
            if found[index] is None:
                place = next((at for at in (index, *left) if at in left and fits(index, at)), None)
                if place is not None:
                    left.remove(place)
                    found[index] = place

    def alike(index: int, at: int) -> bool:
        one, other = desired[index], current[at]
        both = isinstance(one, dict) and isinstance(other, dict)
        return both and not is_other(one, other) and any(key in one and key in other for key in _TELLING)

    pair(lambda index, at: index == at and covers(desired[index], current[at]))
    pair(lambda index, at: covers(desired[index], current[at]))
    pair(alike)
    pair(
        lambda index, at: (
            index == at
            and isinstance(desired[index], dict)
            and isinstance(current[at], dict)
            and not is_other(desired[index], current[at])
        )
    )
    return found


# -- documents with known keys ---------------------------------------------------------------------------------------


def _other_kind(field: Field, desired: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any]) -> bool:
    """Whether a document is to be of another kind than it is, so that what it keeps means nothing there."""
    return any(
        (known.names_kind or (known.required and known.choices))
        and not _JUNCTIONS.issuperset(known.choices)
        and current.get(known.name) not in (None, desired.get(known.name))
        for known in field.fields
    )


def counterparts(item: Field, desired: list[t.Any], current: list[t.Any], *, ordered: bool = True) -> list[int | None]:
    """Which item of the current list each declared one is, so that what is kept stays with what it belongs to.

    :param item: the field of an item.
    :param desired: the declared items.
    :param current: the server's items.
    :param ordered: whether the place of an item means anything.
    :returns: for each declared item the place of an equal one, else of one that is about the same, else None.
    """
    left = dict(enumerate(current))
    found: list[int | None] = [None] * len(desired)
    for anywhere in (False, True):
        # What has not moved comes first, since two items may be equal.
        for index, wanted in enumerate(desired):
            places = list(left) if anywhere else [index]
            place = next((at for at in places if at in left and item.same(wanted, left[at])), None)
            if found[index] is None and place is not None:
                left.pop(place)
                found[index] = place
    required = tuple(key.name for key in item.fields if key.required)
    passes = [(item.item_keys, True)] if item.item_keys else []
    if ordered:
        passes.append((item.match_keys or required, False))
    for names, anywhere in passes:
        for index, wanted in enumerate(desired):
            places = [index, *left] if anywhere else [index]
            place = next((at for at in places if _about_the_same(wanted, left.get(at), names)), None)
            if found[index] is None and place is not None:
                left.pop(place)
                found[index] = place
    return found


def _about_the_same(wanted: t.Any, other: t.Any, names: t.Iterable[str]) -> bool:
    both = isinstance(wanted, dict) and isinstance(other, dict)
    return both and all(equal(wanted.get(name), other.get(name)) for name in names)
