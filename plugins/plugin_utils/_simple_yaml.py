# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads YAML texts in which nothing is repeated, merged, tagged or wrong: nearly all, in a fraction of the time.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

import yaml

from ansible_collections.community.posthog.plugins.plugin_utils._yaml_loader import MERGE, Document, Loader


class _NotSimple(Exception):
    """There is something in a text that takes more than one step to read."""


class _Simple:
    """Builds documents right from the parser's events, which need not be kept.

    Most of the time and of the memory that reading takes goes into PyYAML's nodes. They are needed where something is
    repeated, merged or tagged, and to say what is wrong.

    :param reader: has the text.
    """

    def __init__(self, reader: Loader) -> None:
        self._reader = reader
        self._next: t.Callable[[], t.Any] = reader.get_event
        self._lines: dict[str, int] = {}
        self._columns: dict[str, int] = {}
        self._spelled: list[dict[str, t.Any]] = []
        self._steps: list[t.Any] = []
        #: What words and numbers without quotes are, and how that is written, if it is not how they are written.
        self._words: dict[str, tuple[t.Any, str | None, str]] = {}

    def documents(self) -> t.Iterator[Document]:
        """All documents that are not empty.

        :raises _NotSimple: there is more to it.
        """
        event = self._next()
        while not isinstance(event, yaml.StreamEndEvent):
            self._lines, self._columns, self._spelled = {}, {}, []
            data = self._value(self._next(), "")
            if isinstance(data, dict):
                yield Document(data, self._lines, self._columns, self._spelled)
            elif data is not None:
                raise _NotSimple
            # The end of this document, and the start of another one.
            self._next()
            event = self._next()

    def _value(self, event: t.Any, path: str) -> t.Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            raise _NotSimple
        if isinstance(event, yaml.ScalarEvent):
            if not event.implicit[0]:
                return event.value
            value, written, kind = self._words.get(event.value) or self._word(event)
            if written is not None:
                found = {"steps": list(self._steps), "text": event.value, "kind": kind, "value": written}
                self._spelled.append(found)
            return value
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        return self._sequence(path)

    def _mapping(self, path: str) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        while True:
            event = self._next()
            if isinstance(event, yaml.MappingEndEvent):
                return out
            key = self._key(event)
            if key in out:
                raise _NotSimple
            where = f"{path}.{key}" if path else key
            self._note(where, event.start_mark)
            self._steps.append(key)
            out[key] = self._value(self._next(), where)
            self._steps.pop()

    def _sequence(self, path: str) -> list[t.Any]:
        out: list[t.Any] = []
        while True:
            event = self._next()
            if isinstance(event, yaml.SequenceEndEvent):
                return out
            where = f"{path}[{len(out)}]"
            self._note(where, event.start_mark)
            self._steps.append(len(out))
            out.append(self._value(event, where))
            self._steps.pop()

    def _note(self, where: str, mark: yaml.Mark) -> None:
        self._lines[where] = mark.line + 1
        self._columns[where] = mark.column + 1

    def _key(self, event: t.Any) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None or event.tag is not None:
            raise _NotSimple
        value: t.Any = event.value
        if event.implicit[0]:
            value, written, _kind = self._words.get(event.value) or self._word(event)
            if not isinstance(value, str) or written is not None:
                raise _NotSimple
        return str(value)

    def _word(self, event: t.Any) -> tuple[t.Any, str | None, str]:
        """Find out what a text without quotes is."""
        reader = self._reader
        tag = reader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag == MERGE:
            raise _NotSimple
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=event.style)
        value = reader.construct_object(node)
        found = (value, reader.spelled(node), tag.rpartition(":")[2])
        self._words[event.value] = found
        return found


def read_simple(text: str) -> list[Document] | None:
    """Read a text in which nothing is repeated, merged, tagged or wrong.

    :param text: YAML.
    :returns: the documents; None where it takes PyYAML's nodes to read it.
    """
    reader: Loader | None = None
    try:
        reader = Loader(text)
        # The first event is the start of the stream.
        reader.get_event()
        found = list(_Simple(reader).documents())
        return None if reader.faults else found
    except (_NotSimple, yaml.YAMLError, RecursionError):
        return None
    finally:
        if reader is not None:
            reader.dispose()
