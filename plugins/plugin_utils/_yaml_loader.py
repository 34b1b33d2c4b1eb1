# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PyYAML's loader with Ansible's tags, which collects what is wrong; and what is read with it.

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
MERGE: t.Final = "tag:yaml.org,2002:merge"

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


class Loader(_Base):  # type: ignore[valid-type,misc]
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
        own = [pair for pair in node.value if pair[0].tag != MERGE]
        if len(own) == len(node.value):
            return
        sources = [source for key, value in node.value if key.tag == MERGE for source in self._merged(value)]
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
            merges = key_node.tag == MERGE
            key = MERGE if merges else self._key(key_node)
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


def _raw(loader: Loader, node: yaml.ScalarNode) -> t.Any:
    return Raw(loader.construct_scalar(node))


def _vaulted(loader: Loader, node: yaml.ScalarNode) -> t.Any:
    return Vaulted(loader.construct_scalar(node))


def _timestamp(loader: Loader, node: yaml.ScalarNode) -> t.Any:
    try:
        return yaml.constructor.SafeConstructor.construct_yaml_timestamp(loader, node)
    except (ValueError, AttributeError):
        loader.fault(f"there is no such date as {node.value}; text is put in quotes", node.start_mark)
        return str(node.value)


Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
Loader.add_constructor("!unsafe", _raw)
Loader.add_constructor("!vault", _vaulted)
Loader.add_constructor("!vault-encrypted", _vaulted)
# Only YAML 1.1 gives a lone equals sign a meaning.
Loader.add_constructor("tag:yaml.org,2002:value", yaml.constructor.SafeConstructor.construct_yaml_str)
