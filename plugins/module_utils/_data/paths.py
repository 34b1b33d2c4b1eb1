# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Places inside documents: what stands there, without it, and with something else there.

Private to this collection: it may change without notice.

A path goes from the top of a document down. A text is a key of a dictionary, a number a place in a list, and a pair of
a key and a value the item of a list that has this value there, wherever in the list it is.
"""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Mapping

#: One step of a path.
Step = t.Union[str, int, tuple[str, t.Any]]

#: From the top of a document down.
Path = tuple[Step, ...]


def _place(value: t.Any, step: Step) -> t.Any:
    """The key or the index that a step means; None where it leads nowhere."""
    if isinstance(value, dict):
        return step if isinstance(step, str) and step in value else None
    if not isinstance(value, list):
        return None
    if isinstance(step, tuple):
        key, wanted = step
        found = (
            index for index, item in enumerate(value) if isinstance(item, dict) and key in item and item[key] == wanted
        )
        return next(found, None)
    return step if isinstance(step, int) and 0 <= step < len(value) else None


def places(value: t.Any, path: Path) -> tuple[t.Any, ...] | None:
    """The keys and indices that a path comes down to in one document.

    :param value: the document.
    :param path: the path.
    :returns: one for each step; None where the path leads nowhere.
    """
    found: list[t.Any] = []
    for step in path:
        place = _place(value, step)
        if place is None:
            return None
        found.append(place)
        value = value[place]
    return tuple(found)


def reach(value: t.Any, path: Path) -> t.Any:
    """What stands at the end of a path.

    :param value: the document.
    :param path: the path.
    :returns: the value there, or None.
    """
    for step in path:
        place = _place(value, step)
        if place is None:
            return None
        value = value[place]
    return value


def without(value: t.Any, paths: t.Iterable[Path]) -> t.Any:
    """A copy without what stands at the end of some paths.

    :param value: the document.
    :param paths: the paths; each ends in a key of a dictionary.
    :returns: the copy; the document itself where there is nothing to leave out.
    """
    for path in paths:
        if reach(value, path[:-1]) is not None and places(value, path) is not None:
            value = _changed(value, path, lambda inner, key: {name: inner[name] for name in inner if name != key})
    return value


def replaced(value: t.Any, path: Path, new: t.Any) -> t.Any:
    """A copy with something else at the end of a path.

    :param value: the document.
    :param path: the path; all of it but the last key must be there.
    :param new: the value to put there.
    :returns: the copy; the document itself where the path leads nowhere.
    """

    def put(inner: t.Any, key: t.Any) -> t.Any:
        if isinstance(inner, list):
            return [new if index == key else item for index, item in enumerate(inner)]
        return {**inner, key: new}

    return _changed(value, path, put) if path else new


def _changed(value: t.Any, path: Path, change: t.Callable[[t.Any, t.Any], t.Any]) -> t.Any:
    """A copy in which the container at the end of a path is changed."""
    step = path[0]
    if len(path) == 1:
        place = _place(value, step)
        if place is None and isinstance(value, dict) and isinstance(step, str):
            place = step
        return value if place is None else change(value, place)
    place = _place(value, step)
    if place is None:
        return value
    inner = _changed(value[place], path[1:], change)
    if inner is value[place]:
        return value
    if isinstance(value, list):
        return [inner if index == place else item for index, item in enumerate(value)]
    return {**value, place: inner}


def written_path(path: Path) -> str:
    """A path as messages write it, such as C(questions[0].question).

    :param path: from the name of an option down.
    :returns: text.
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = str(step[1]) if isinstance(step, tuple) else step
            text += f".{name}" if text else name
    return text


def dig(value: t.Any, path: str) -> t.Any:
    """The value at a dotted path.

    :param value: nested dictionaries.
    :param path: for example C(user.email).
    :returns: the value, or None where the path ends early.
    """
    # Most paths are one key, and most objects are dictionaries: this is asked for each field of each object.
    if "." not in path:
        return value.get(path) if isinstance(value, (dict, Mapping)) else None
    for part in path.split("."):
        if not isinstance(value, (dict, Mapping)):
            return None
        value = value.get(part)
    return value


def has(value: t.Any, path: str) -> bool:
    """Whether a dotted path leads somewhere, if only to null."""
    if "." not in path:
        return isinstance(value, (dict, Mapping)) and path in value
    parts = path.split(".")
    for part in parts[:-1]:
        value = value.get(part) if isinstance(value, (dict, Mapping)) else None
    return isinstance(value, (dict, Mapping)) and parts[-1] in value


def ids_of(path: str = "id") -> t.Callable[[t.Any], t.Any]:
    """For C(reading): a list of objects, or one object, as the ids that a write takes.

    :param path: where an id stands in an object.
    :returns: a function that leaves ids as they are.
    """

    def read(value: t.Any) -> t.Any:
        if isinstance(value, list):
            return [read(item) for item in value]
        return dig(value, path) if isinstance(value, Mapping) else value

    return read


def put(obj: dict[str, t.Any], path: str, value: t.Any) -> None:
    """Set the value at a dotted path; dictionaries on the way are made.

    :param obj: nested dictionaries, which are changed.
    :param path: for example C(user.email).
    :param value: the value to set.
    """
    parts = path.split(".")
    for part in parts[:-1]:
        inner = obj.get(part)
        if not isinstance(inner, dict):
            inner = {}
            obj[part] = inner
        obj = inner
    obj[parts[-1]] = value


def merged(base: dict[str, t.Any], extra: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Lay one dictionary over another, at every depth.

    :param base: stays as it is.
    :param extra: its values win.
    :returns: a copy.
    """
    out = dict(base)
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(out.get(key), dict):
            out[key] = merged(out[key], value)
        else:
            out[key] = copy.deepcopy(value)
    return out


def overlaid(now: t.Any, value: t.Any) -> t.Any:
    """A document after a PATCH: the sent keys replace the stored ones.

    :param now: what is stored.
    :param value: what is sent.
    :returns: the document; what is sent where one of them is no dictionary.
    """
    return {**now, **value} if isinstance(now, dict) and isinstance(value, dict) else value
