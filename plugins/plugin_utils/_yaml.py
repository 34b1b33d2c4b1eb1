# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a YAML text with lines and columns, and collects what is wrong in it.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

import yaml

from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain


class Raw(str):
    """Text that is never a template: C(!unsafe) in the file."""


class Vaulted(str):
    """An encrypted text: C(!vault) in the file."""


#: The tag of a key that merges other mappings into its own.
_MERGE: t.Final = "tag:yaml.org,2002:merge"

#: The tags of what YAML may read a text without quotes as.
_OTHERS: t.Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "timestamp"))

#: The parser written in C is several times as fast, but not always installed.
_Base: t.Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Fault(t.NamedTuple):
    """Something that is wrong in a text.

    :param text: what is wrong.
    :param line: its line, counted from 1; None where it concerns the whole text.
    :param column: its column, counted from 1.
    """

    text: str
    line: int | None = None
    column: int | None = None


class Document(t.NamedTuple):
    """One YAML document.

    :param data: its content, with :class:`Raw` and :class:`Vaulted` for texts with these tags.
    :param lines: the line of each path.
    :param columns: the column of each path.
    :param spelled: the values that YAML read as something else than their text, with that text.
    """

    data: dict[t.Any, t.Any]
    lines: dict[str, int]
    columns: dict[str, int]
    spelled: list[dict[str, t.Any]]


class _Loader(_Base):  # type: ignore[valid-type,misc]
    """YAML with Ansible's own tags; duplicate keys and the like are faults."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        #: What is wrong without keeping the rest from being read.
        self.faults: list[Fault] = []
        #: Mappings whose own keys were checked, before merging adds the keys of others.
        self._checked: dict[int, yaml.Node] = {}
        #: The tags of the texts without quotes that were looked at.
        self._tags: dict[str, str] = {}

    def forget(self) -> None:
        """Give all nodes back, which are many times as large as what was made of them."""
        self._checked.clear()

    def fault(self, text: str, mark: yaml.Mark) -> None:
        """Note a fault.

        :param text: what is wrong.
        :param mark: where.
        """
        self.faults.append(Fault(text, mark.line + 1, mark.column + 1))

    def resolve(self, kind: type[yaml.Node], value: t.Any, implicit: t.Any) -> t.Any:
        """See PyYAML: the tag of a node that shows none. Files repeat most of their words, so answers are kept.

        :param kind: the node's class.
        :param value: its text.
        :param implicit: whether it may be something else than text.
        :returns: the tag.
        """
        if kind is not yaml.ScalarNode:
            return super().resolve(kind, value, implicit)
        if not implicit[0]:
            return self.DEFAULT_SCALAR_TAG
        tag = self._tags.get(value)
        if tag is None:
            tag = self._tags[value] = super().resolve(kind, value, implicit)
        return tag

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Add merged keys to a mapping, by the rules of YAML's merge key.

        A mapping's own key wins over a merged one; of several merged mappings the first wins. PyYAML's own method
        behaves differently from release to release, so it is not used.

        :param node: a mapping, or one that is merged into another.
        """
        self._check_keys(node)
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        if len(own) == len(node.value):
            return
        sources = [source for key, value in node.value if key.tag == _MERGE for source in self._merged(value)]
        seen = {key for key in (self._key(pair[0]) for pair in own) if key is not None}
        merged: list[tuple[yaml.Node, yaml.Node]] = []
        for source in sources:
            self.flatten_mapping(source)
            for pair in source.value:
                key = self._key(pair[0])
                if key not in seen:
                    merged.append(pair)
                if key is not None:
                    seen.add(key)
        node.value = merged + own

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[t.Any, t.Any]:
        """See PyYAML.

        :param node: the node.
        :param deep: whether to construct nested values at once.
        :returns: the mapping.
        """
        self._check_keys(node)
        return super().construct_mapping(node, deep)

    def _check_keys(self, node: yaml.MappingNode) -> None:
        if id(node) in self._checked:
            return
        self._checked[id(node)] = node
        seen: dict[t.Any, int] = {}
        for key_node, _value in node.value:
            merges = key_node.tag == _MERGE
            key = _MERGE if merges else self._key(key_node)
            written = None if merges else self.spelled(key_node)
            if written is not None:
                problem = f"the key {key_node.value} without quotes is {written} to YAML; put it in quotes"
                self.fault(problem, key_node.start_mark)
            if key is None:
                continue
            if key in seen:
                shown = "<<" if merges else key
                problem = f"the key {shown!r} stands in line {seen[key]} already"
                hint = "; several mappings are merged as a list, <<: [*one, *two]" if merges else ""
                self.fault(problem + hint, key_node.start_mark)
                continue
            seen[key] = key_node.start_mark.line + 1

    def spelled(self, node: yaml.Node) -> str | None:
        """The value of an unquoted word or number, where YAML reads it as something else than its text.

        :param node: any node.
        :returns: the value as text; None where it is the text itself.
        """
        if node.tag not in _OTHERS or not isinstance(node, yaml.ScalarNode) or node.style:
            return None
        value = plain(self.construct_object(node, deep=True))
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return None if text == node.value else text

    def _key(self, node: yaml.Node) -> t.Any:
        """A key's value; None for an unhashable one, which is refused when the mapping is constructed."""
        key = self.construct_object(node, deep=True)
        return key if isinstance(key, t.Hashable) else None

    def _merged(self, node: yaml.Node) -> list[yaml.MappingNode]:
        """The mappings that a merge key refers to."""
        found = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in found:
            if not isinstance(item, yaml.MappingNode):
                self.fault("<< takes a mapping, or a list of mappings, to merge", item.start_mark)
        return [item for item in found if isinstance(item, yaml.MappingNode)]


def _raw(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    return Raw(loader.construct_scalar(node))


def _vaulted(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    return Vaulted(loader.construct_scalar(node))


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    try:
        return yaml.constructor.SafeConstructor.construct_yaml_timestamp(loader, node)
    except (ValueError, AttributeError):
        loader.fault(f"there is no such date as {node.value}; text is put in quotes", node.start_mark)
        return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_Loader.add_constructor("!unsafe", _raw)
_Loader.add_constructor("!vault", _vaulted)
_Loader.add_constructor("!vault-encrypted", _vaulted)
# Only YAML 1.1 gives a lone equals sign a meaning.
_Loader.add_constructor("tag:yaml.org,2002:value", yaml.constructor.SafeConstructor.construct_yaml_str)


def read_yaml(text: str) -> tuple[list[Document], list[Fault]]:
    """Read all documents of a text.

    :param text: YAML; JSON is YAML too.
    :returns: the documents that could be read, and everything that is wrong. Behind what is no YAML at all, nothing is
        read.
    """
    simple = _read_simple(text)
    if simple is not None:
        return simple, []
    found: list[Document] = []
    faults: list[Fault] = []
    reader: _Loader | None = None
    try:
        reader = _Loader(text)
        faults = reader.faults
        while reader.check_node():
            node = reader.get_node()
            if node is None:
                break
            lines: dict[str, int] = {}
            columns: dict[str, int] = {}
            _mark(node, "", lines, columns)
            data = reader.construct_document(node)
            if data is None:
                continue
            if not isinstance(data, dict):
                reader.fault("takes a dictionary of lists by type, such as feature_flags", node.start_mark)
                continue
            # After the mapping is constructed, so that merged keys are included.
            spelled: list[dict[str, t.Any]] = []
            _spell(reader, node, [], spelled)
            found.append(Document(data, lines, columns, spelled))
    except yaml.reader.ReaderError as exc:
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        if bad is None:
            faults.append(Fault(str(exc.reason)))
        else:
            line, column = text.count("\n", 0, bad.start()) + 1, bad.start() - text.rfind("\n", 0, bad.start())
            faults.append(Fault(f"the character {ord(bad.group()):#x} is not allowed", line, column))
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        problem = _tab(text, mark) or str(getattr(exc, "problem", None) or "is no YAML")
        faults.append(Fault(problem) if mark is None else Fault(problem, mark.line + 1, mark.column + 1))
    except RecursionError:
        faults.append(Fault("is nested too deeply, or contains itself"))
    finally:
        if reader is not None:
            reader.dispose()
            reader.forget()
    return found, sorted(dict.fromkeys(faults), key=lambda fault: (fault.line or 0, fault.column or 0))


class _NotSimple(Exception):
    """There is something in a text that takes more than one step to read."""


class _Simple:
    """Builds documents right from the parser's events, which need not be kept.

    Most of the time and of the memory that reading takes goes into PyYAML's nodes. They are needed where something is
    repeated, merged or tagged, and to say what is wrong.

    :param reader: has the text.
    """

    def __init__(self, reader: _Loader) -> None:
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
        if tag == _MERGE:
            raise _NotSimple
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark, style=event.style)
        value = reader.construct_object(node)
        found = (value, reader.spelled(node), tag.rpartition(":")[2])
        self._words[event.value] = found
        return found


def _read_simple(text: str) -> list[Document] | None:
    """Read a text in which nothing is repeated, merged, tagged or wrong.

    :param text: YAML.
    :returns: the documents; None where it takes PyYAML's nodes to read it.
    """
    reader: _Loader | None = None
    try:
        reader = _Loader(text)
        # The first event is the start of the stream.
        reader.get_event()
        found = list(_Simple(reader).documents())
        return None if reader.faults else found
    except (_NotSimple, yaml.YAMLError, RecursionError):
        return None
    finally:
        if reader is not None:
            reader.dispose()


def _tab(text: str, mark: yaml.Mark | None) -> str:
    """The error where a tab stops the parser; the parsers' own messages differ.

    :param text: the text of the file.
    :param mark: where the parser stopped.
    :returns: a clause, or an empty string.
    """
    line = text.splitlines()[mark.line] if mark is not None and mark.line < len(text.splitlines()) else ""
    before = line[: len(line) - len(line.lstrip())]
    at = line[mark.column : mark.column + 1] if mark is not None else ""
    return "a tab stands where YAML takes blanks only" if "\t" in before or at == "\t" else ""


def _mark(node: yaml.Node, path: str, lines: dict[str, int], columns: dict[str, int]) -> None:
    """Note where paths in a document begin: a key's value at its key, an item at itself."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            where = f"{path}.{key.value}" if path else str(key.value)
            mark = key.start_mark
            lines[where], columns[where] = mark.line + 1, mark.column + 1
            if not isinstance(value, yaml.ScalarNode):
                _mark(value, where, lines, columns)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            where = f"{path}[{index}]"
            mark = value.start_mark
            lines[where], columns[where] = mark.line + 1, mark.column + 1
            if not isinstance(value, yaml.ScalarNode):
                _mark(value, where, lines, columns)


def _spell(reader: _Loader, node: yaml.Node, steps: list[t.Any], found: list[dict[str, t.Any]]) -> None:
    """Collect the values that YAML read as something else than their text, with that text."""
    if isinstance(node, yaml.ScalarNode):
        value = reader.spelled(node)
        if value is not None:
            kind = node.tag.rpartition(":")[2]
            found.append({"steps": list(steps), "text": node.value, "kind": kind, "value": value})
        return
    mapping = isinstance(node, yaml.MappingNode)
    for step, value in ((key.value, value) for key, value in node.value) if mapping else enumerate(node.value):
        steps.append(step)
        _spell(reader, value, steps, found)
        steps.pop()
