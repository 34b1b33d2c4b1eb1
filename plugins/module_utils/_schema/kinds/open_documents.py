# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Documents whose keys no table describes: matching, composing, and what is absent in them.

Private to this collection: it may change without notice.

Open fields are such documents, and so are documents of a kind that this release does not know.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import is_blank

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field

#: What a write takes away although nobody named it: where it stands, and what it is.
Lost = list[tuple[Path, t.Any]]

#: Keys of an open document that say what it is about; where one of them differs, it is about something else.
_TELLING: t.Final = ("kind", "type", "id", "uuid", "short_id", "key", "event")

#: Values that only say how conditions are combined: a change makes no other thing of the document.
JUNCTIONS: t.Final = frozenset({"AND", "OR", "and", "or"})


def compose_open(field: Field, desired: t.Any, current: t.Any, path: Path, lost: Lost) -> t.Any:
    """An open document with what is declared of it and what else is in it; null takes a key away.

    :param field: the field.
    :param desired: the declared value.
    :param current: the server's value.
    :param path: where the value stands.
    :param lost: collects what the write takes away.
    :returns: the value for the body.
    """
    if isinstance(desired, list):
        now = current if isinstance(current, list) else []
        return [
            compose_open(field, wanted, None if place is None else now[place], (*path, place or 0), lost)
            for wanted, place in zip(desired, partners_of_open(desired, now))
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
            out[key] = compose_open(field, value, there.get(key), (*path, key), lost)
    return out


def is_other(one: t.Mapping[str, t.Any], other: t.Mapping[str, t.Any]) -> bool:
    """Whether two open documents are about different things, so that what one has means nothing in the other.

    :param one: an open document.
    :param other: an open document.
    :returns: True where one of the keys that say what it is about is in both, and differs.
    """
    return any(
        key in one
        and key in other
        and not isinstance(one[key], (dict, list))
        and str(one[key]) != str(other[key])
        and not {one[key], other[key]} <= JUNCTIONS
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


def partners_of_open(desired: list[t.Any], current: list[t.Any]) -> list[int | None]:
    """Which item of a list each declared one is: an equal one, else one about the same, else the one in its place.

    :param desired: the declared items.
    :param current: the server's items.
    :returns: for each declared item the index of its partner, or None.
    """
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


def spell_out_open(desired: t.Any, current: t.Any, server_added: t.Container[str]) -> t.Any:
    """A declared value in which the keys that it does not name are null, which means absent.

    :param desired: the declared value.
    :param current: what the server shows.
    :param server_added: keys that are not the user's.
    :returns: a copy.
    """
    if isinstance(desired, dict) and isinstance(current, dict):
        more = {
            key: None
            for key, value in current.items()
            if key not in desired and key not in server_added and not is_blank(value)
        }
        named = {**desired, **more}
        return {key: spell_out_open(value, current.get(key), server_added) for key, value in named.items()}
    if isinstance(desired, list) and isinstance(current, list) and len(desired) == len(current):
        return [spell_out_open(one, other, server_added) for one, other in zip(desired, current)]
    return desired


def unspell_open(body: t.Any, desired: t.Any) -> t.Any:
    """A body without the nulls that :func:`spell_out_open` added.

    :param body: the value as it would be sent.
    :param desired: the declared value, before it was spelled out.
    :returns: a copy.
    """
    if isinstance(body, dict) and isinstance(desired, dict):
        kept = {key: value for key, value in body.items() if value is not None or key in desired}
        return {key: unspell_open(value, desired.get(key)) for key, value in kept.items()}
    if isinstance(body, list) and isinstance(desired, list) and len(body) == len(desired):
        return [unspell_open(one, other) for one, other in zip(body, desired)]
    return body
