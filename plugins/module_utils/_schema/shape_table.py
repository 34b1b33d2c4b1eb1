# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The shapes of PostHog's queries, read from the generated table.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One of the types that a key takes.

    :param sort: str, num, bool, any, choice, shape, list or map.
    :param name: of the shape.
    :param choices: the texts of a choice.
    :param inner: what a list or a map holds.
    """

    sort: str
    name: str = ""
    choices: tuple[str, ...] = ()
    inner: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class Shape:
    """The keys of one kind of document.

    :param name: its name in the table.
    :param keys: the types of each key.
    :param needed: the keys that must be there.
    :param free: PostHog takes other keys too.
    """

    name: str
    keys: t.Mapping[str, tuple[Kind, ...]]
    needed: tuple[str, ...]
    free: bool

    @property
    def tags(self) -> dict[str, tuple[str, ...]]:
        """The keys that identify this document among others, and their values."""
        return {key: held[0].choices for key, held in self.keys.items() if len(held) == 1 and held[0].sort == "choice"}


class Table:
    """The generated table, read piece by piece as it is needed."""

    def __init__(self) -> None:
        from ansible_collections.community.posthog.plugins.module_utils._schema import query_shapes

        self.since: str = query_shapes.SINCE
        self.kinds: frozenset[str] = query_shapes.KINDS
        self._shapes = query_shapes.SHAPES
        self._unions = query_shapes.UNIONS
        self._choices = query_shapes.CHOICES
        self._read: dict[str, Shape] = {}
        self._types: dict[str, tuple[Kind, ...]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all shapes."""
        return tuple(self._shapes)

    def shape(self, name: str) -> Shape:
        """One shape.

        :param name: its name.
        :returns: the shape.
        """
        if name not in self._read:
            keys: dict[str, tuple[Kind, ...]] = {}
            needed: list[str] = []
            words = self._shapes[name].split()
            for word in words:
                if word == "...":
                    continue
                key, _colon, text = word.partition(":")
                if key.endswith("!"):
                    key = key[:-1]
                    needed.append(key)
                keys[key] = self.types(text)
            self._read[name] = Shape(name, keys, tuple(needed), "..." in words)
        return self._read[name]

    def types(self, text: str) -> tuple[Kind, ...]:
        """Read the types of a key.

        :param text: as the table has them.
        :returns: the types, unions resolved.
        """
        if text not in self._types:
            self._types[text] = tuple(self._alternatives(text))
        return self._types[text]

    def _alternatives(self, text: str) -> t.Iterator[Kind]:
        for part in _split(text):
            if part[0] == "=":
                yield Kind("choice", choices=(part[1:],))
            elif part[0] == "#":
                yield Kind("choice", choices=tuple(self._choices[part[1:]].split(" | ")))
            elif part[0] == "@" and part[1:] in self._unions:
                yield from self.types(self._unions[part[1:]].replace(" ", ""))
            elif part[0] == "@":
                yield Kind("shape", part[1:])
            elif part[0] in "[{":
                yield Kind("list" if part[0] == "[" else "map", inner=self.types(part[1:-1]))
            else:
                yield Kind(part)

    @functools.cached_property
    def by_kind(self) -> dict[str, tuple[str, ...]]:
        """The shapes of each kind of node; the one of the same name first."""
        found: dict[str, list[str]] = {}
        for name in self._shapes:
            for kind in self.shape(name).tags.get("kind", ()):
                found.setdefault(kind, []).append(name)
        return {kind: tuple(sorted(names, key=lambda name: (name != kind, name))) for kind, names in found.items()}

    def holders(self, key: str, kind: str) -> tuple[str, ...]:
        """The kinds of node that take a kind of node at one of their keys.

        :param key: for example C(source).
        :param kind: the inner node.
        :returns: their names.
        """
        return tuple(
            name
            for name in self._shapes
            if any(item.name in self.by_kind.get(kind, ()) for item in self.shape(name).keys.get(key, ()))
        )


@functools.lru_cache(maxsize=1)
def table() -> Table:
    """The table of shapes.

    :returns: always the same one.
    """
    return Table()


def _split(text: str) -> t.Iterator[str]:
    """The types between the strokes of the outermost level."""
    depth, start = 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "[{") - (letter in "]}")
        if letter == "|" and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]
