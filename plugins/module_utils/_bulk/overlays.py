# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Lays documents over others: what differs between staging and production stands in one place.

Private to this collection: it may change without notice.

An item of an overlay is laid over the item below that is about the same object: dictionaries at every depth, lists and
values as a whole; null takes away what is below, so that it is not declared. Items of which nothing is below are added.
Everything here is as it was written: options by any of their names, nothing parsed.
"""

from __future__ import annotations

import copy
import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import TARGET_KEYS
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import Overlaid, Source, steps_of
from ansible_collections.community.posthog.plugins.module_utils._data.comparing import equal
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

#: Keys at the top of a document that begin so are the user's own, such as anchors that several items share.
OWN_KEYS: t.Final = "x-"


@dataclass
class Document:
    """A document of configuration, and where it was read.

    :param content: a dictionary of lists by type.
    :param source: where it was read; its layer is empty for the base.
    """

    content: dict[str, t.Any]
    source: Source


class _Place(t.NamedTuple):
    """An item in a document of the base.

    :param document: the document.
    :param key: the plural of its type.
    :param number: its index; None for what exists once.
    """

    document: Document
    key: str
    number: int | None

    @property
    def item(self) -> t.Any:
        """The item."""
        held = self.document.content[self.key]
        return held if self.number is None else held[self.number]

    @property
    def path(self) -> str:
        """Its path."""
        return self.key if self.number is None else f"{self.key}[{self.number}]"

    def put(self, item: t.Any, source: Source) -> None:
        """Put something else there."""
        self.document.source = source
        if self.number is None:
            self.document.content[self.key] = item
        else:
            self.document.content[self.key][self.number] = item


def laid_over(
    documents: t.Sequence[Document], tasks: t.Mapping[str, ResourceTask], problems: Problems
) -> list[Document]:
    """Lay the documents of overlays over those below them.

    :param documents: those of the base, and then those of each layer in its order.
    :param tasks: the tasks of each type, by its plural name.
    :param problems: collects items that could be about several objects.
    :returns: the documents; what was added by a layer stands in documents of its own.
    """
    below: list[Document] = []
    for document in documents:
        if not document.source.layer:
            below.append(Document(copy.copy(document.content), document.source))
            continue
        rest: dict[str, t.Any] = {}
        for key, held in document.content.items():
            task = tasks.get(key)
            if task is None or not isinstance(held, (dict, list)):
                rest[key] = held
                continue
            items = [(None, held)] if isinstance(held, dict) else list(enumerate(held))
            # What is left keeps its index, so that messages find its line.
            left = [None if _lay(below, document, task, key, index, item, problems) else item for index, item in items]
            if any(item is not None for item in left):
                rest[key] = left[0] if isinstance(held, dict) else left
        below.append(Document(rest, document.source))
    return below


def _lay(
    below: t.Sequence[Document],
    layer: Document,
    task: ResourceTask,
    key: str,
    index: int | None,
    item: t.Any,
    problems: Problems,
) -> bool:
    """Lay one item over the one below; False where there is none."""
    if not isinstance(item, dict):
        return False
    found = [place for document in below for place in _places(document, layer, task, key) if _same(task, place, item)]
    if not found:
        return False
    where = key if index is None else f"{key}[{index}]"
    if len(found) > 1:
        places = ", ".join(str(place.document.source.of(place.path)) for place in found)
        text = f"is laid over an item, and several could be meant ({places}); name more of what tells them apart"
        problems.append((layer.source.of(where), text))
        return True
    place = found[0]
    document = place.document
    if isinstance(document.content[key], list):
        document.content[key] = list(document.content[key])
    laid: list[tuple[str, ...]] = []
    new = _merged(place.item, _by_names_below(task, place.item, item), (), laid)
    own = {_own_name(task, place.item, name): name for name in item}
    overlaid = [
        Overlaid(".".join((place.path, *path)), layer.source, ".".join((where, own.get(path[0], path[0]), *path[1:])))
        for path in laid
    ]
    written = _spelled_anew(document.source, layer.source, steps_of(place.path), steps_of(where), own, laid)
    source = dataclasses.replace(document.source, overlaid=(*document.source.overlaid, *overlaid), spelled=written)
    place.put(new, source)
    return True


def _places(document: Document, layer: Document, task: ResourceTask, key: str) -> t.Iterator[_Place]:
    """The items of a type in a document, where a layer may be about it."""
    if document.source.layer == layer.source.layer:
        # Declared twice in one layer, which is a mistake.
        return
    for name in TARGET_KEYS:
        wanted, there = layer.content.get(name), document.content.get(name)
        if wanted is not None and str(wanted).strip() != str(there).strip():
            return
    held = document.content.get(key)
    if isinstance(held, dict) and task.table.singleton:
        yield _Place(document, key, None)
    elif isinstance(held, list):
        yield from (_Place(document, key, index) for index, item in enumerate(held) if isinstance(item, dict))


def _same(task: ResourceTask, place: _Place, item: t.Mapping[str, t.Any]) -> bool:
    """Whether two items are about the same object, as far as the upper one says which it is about."""
    table = task.table
    one = {task.canonical(name): value for name, value in place.item.items()}
    other = {task.canonical(name): value for name, value in item.items()}
    options = (*table.location_options, *table.identity.options)
    named = [name for name in ("id", *options) if other.get(name) is not None]
    if not named and not (table.singleton and table.parent is None):
        return False
    for name in named:
        pair = (one.get(name), other[name])
        if name == table.identity.option and not any(isinstance(value, (dict, list)) for value in pair):
            pair = (table.identity.normalize(pair[0]), table.identity.normalize(pair[1]))
        if not (equal(*pair) or str(pair[0]) == str(pair[1])):
            return False
    return True


def _own_name(task: ResourceTask, below: t.Mapping[str, t.Any], name: str) -> str:
    """The name by which the lower item calls an option."""
    return next((known for known in below if task.canonical(known) == task.canonical(name)), name)


def _by_names_below(task: ResourceTask, below: t.Mapping[str, t.Any], item: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """An item with the names that the lower one has for its options."""
    return {_own_name(task, below, name): value for name, value in item.items()}


def _merged(below: t.Any, above: t.Any, path: tuple[str, ...], laid: list[tuple[str, ...]]) -> t.Any:
    """One value laid over another; collects the paths of what is from above."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        laid.append(path)
        return _without_nulls(above)
    out = dict(below)
    for key, value in above.items():
        where = (*path, str(key))
        if value is None:
            out.pop(key, None)
            laid.append(where)
        elif key in below and not path and equal(below[key], value):
            # What names the object is no difference.
            continue
        else:
            out[key] = _merged(below.get(key), value, where, laid)
    return out


def _without_nulls(value: t.Any) -> t.Any:
    """A dictionary that is new, without what there was nothing of to take away."""
    if not isinstance(value, dict):
        return value
    return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}


def _spelled_anew(
    below: Source,
    above: Source,
    at: list[t.Any],
    other: list[t.Any],
    own: t.Mapping[str, str],
    laid: t.Iterable[tuple[str, ...]],
) -> tuple[t.Mapping[str, t.Any], ...]:
    """The values that YAML read as something else than text: those of the upper document, where it says something."""
    names = {upper: lower for lower, upper in own.items()}
    new = []
    for entry in above.spelled:
        if list(entry["steps"][: len(other)]) == other and len(entry["steps"]) > len(other):
            first, *rest = entry["steps"][len(other) :]
            new.append({**entry, "steps": [*at, names.get(first, first), *rest]})
    replaced = [[*at, *path] for path in laid]
    kept = [entry for entry in below.spelled if not any(entry["steps"][: len(one)] == one for one in replaced)]
    return (*kept, *new)
