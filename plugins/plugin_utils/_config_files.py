# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads configuration from files on the controller: YAML with line numbers, Ansible Vault, and templates.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import os
import re
import typing as t

import yaml
from ansible.errors import AnsibleError, AnsibleUndefinedVariable

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_secrets import SECRET_PREFIX
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import SOURCE_KEY, Source
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.plugin_utils._templates import template_text

#: Endings of the files that are read from a directory.
SUFFIXES: t.Final = (".yml", ".yaml", ".json")


class _Raw(str):
    """Text that is never a template: C(!unsafe) in the file."""


class _Vaulted(str):
    """An encrypted text: C(!vault) in the file."""


#: The tag of a key that merges other mappings into its own.
_MERGE: t.Final = "tag:yaml.org,2002:merge"

#: What YAML may read a text without quotes as.
_KINDS: t.Final = ("bool", "int", "float", "timestamp")

#: The parser written in C is several times as fast, but not always installed.
_Base: t.Final[type[yaml.SafeLoader]] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[valid-type,misc]
    """YAML with Ansible's own tags; refuses duplicate keys."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        #: Mappings whose own keys were checked, before merging adds the keys of others.
        self._checked: dict[int, yaml.Node] = {}

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Add merged keys to a mapping, by the rules of YAML's merge key.

        A mapping's own key wins over a merged one; of several merged mappings the first wins. PyYAML's own method
        behaves differently from release to release, so it is not used.

        :param node: a mapping, or one that is merged into another.
        :raises yaml.constructor.ConstructorError: the merged value is no mapping.
        """
        self._check_keys(node)
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        if len(own) == len(node.value):
            return
        sources = [source for key, value in node.value if key.tag == _MERGE for source in _merged(value)]
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
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key is None:
                continue
            if key in seen:
                shown = "<<" if merges else key
                problem = f"the key {shown!r} stands in line {seen[key]} already"
                hint = "; several mappings are merged as a list, <<: [*one, *two]" if merges else ""
                raise yaml.constructor.ConstructorError(None, None, problem + hint, key_node.start_mark)
            seen[key] = key_node.start_mark.line + 1

    def spelled(self, node: yaml.Node) -> str | None:
        """The value of an unquoted word or number, where YAML reads it as something else than its text.

        :param node: any node.
        :returns: the value as text; None where it is the text itself.
        """
        kind = node.tag.rpartition(":")[2]
        if not isinstance(node, yaml.ScalarNode) or node.style or kind not in _KINDS:
            return None
        value = plain(self.construct_object(node, deep=True))
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return None if text == node.value else text

    def _key(self, node: yaml.Node) -> t.Any:
        """A key's value; None for an unhashable one, which is refused when the mapping is constructed."""
        key = self.construct_object(node, deep=True)
        return key if isinstance(key, t.Hashable) else None


def _merged(node: yaml.Node) -> list[yaml.MappingNode]:
    """The mappings that a merge key refers to."""
    found = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for item in found:
        if not isinstance(item, yaml.MappingNode):
            problem = "<< takes a mapping, or a list of mappings, to merge"
            raise yaml.constructor.ConstructorError(None, None, problem, item.start_mark)
    return list(found)


def _raw(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    return _Raw(loader.construct_scalar(node))


def _vaulted(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    return _Vaulted(loader.construct_scalar(node))


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    try:
        return yaml.constructor.SafeConstructor.construct_yaml_timestamp(loader, node)
    except (ValueError, AttributeError):
        problem = f"there is no such date as {node.value}; text is put in quotes"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_Loader.add_constructor("!unsafe", _raw)
_Loader.add_constructor("!vault", _vaulted)
_Loader.add_constructor("!vault-encrypted", _vaulted)
# Only YAML 1.1 gives a lone equals sign a meaning.
_Loader.add_constructor("tag:yaml.org,2002:value", yaml.constructor.SafeConstructor.construct_yaml_str)


def documents(
    names: t.Sequence[str],
    find: t.Callable[[str], str],
    loader: t.Any,
    template: t.Callable[[str], t.Any],
) -> list[dict[str, t.Any]]:
    """Read configuration files and directories.

    :param names: files and directories, as the task names them.
    :param find: finds a file or a directory the way Ansible looks for files.
    :param loader: Ansible's C(DataLoader); decrypts files and values.
    :param template: renders a template.
    :returns: one dictionary for each YAML document, with its source.
    :raises AnsibleError: a file is missing or invalid.
    """
    out: list[dict[str, t.Any]] = []
    for name in names:
        path = find(name)
        for file in files_of(path):
            shown = os.path.join(name, os.path.relpath(file, path)) if os.path.isdir(path) else name
            out += _read(file, shown, loader, template)
    return out


def missing(name: str, searched: t.Iterable[str]) -> str:
    """The error for a missing file or directory.

    :param name: the name that was given.
    :param searched: the directories where Ansible looks; those of this collection are left out, since users keep no
        files there.
    :returns: a clause.
    """
    text = f"there is no file or directory {name}"
    if os.path.isabs(os.path.expanduser(name)):
        return text
    own = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
    places = [place for place in searched if not f"{os.path.realpath(place)}/".startswith(f"{own}/")]
    return f"{text} in {', '.join(dict.fromkeys([os.getcwd(), *places]))}"


def files_of(path: str) -> list[str]:
    """The configuration files in a directory, at any depth, in the order of their names.

    :param path: a directory, or a file.
    :returns: paths; hidden ones are left out.
    :raises AnsibleError: a directory holds none.
    """
    if not os.path.isdir(path):
        return [path]
    found: list[str] = []
    walked: set[str] = set()
    # Links are followed: objects in skipped files would count as not declared.
    for folder, folders, names in os.walk(path, followlinks=True):
        walked.add(os.path.realpath(folder))
        folders[:] = sorted(
            item
            for item in folders
            if not item.startswith(".") and os.path.realpath(os.path.join(folder, item)) not in walked
        )
        found += [
            os.path.join(folder, name)
            for name in sorted(names)
            if name.endswith(SUFFIXES) and not name.startswith((".", "_"))
        ]
    if not found:
        raise AnsibleError(f"src: {path} holds no file that ends in {', '.join(SUFFIXES)}")
    return found


class _Position:
    """Makes errors that name file and line.

    :param shown: the file's name, as the task gives it.
    :param lines: line numbers by path.
    """

    def __init__(self, shown: str, lines: t.Mapping[str, int]) -> None:
        self.source = Source(shown, lines)

    def error(self, path: str, text: str) -> AnsibleError:
        """An error about a value.

        :param path: its path.
        :param text: what is wrong.
        :returns: the error, with file and line.
        """
        return AnsibleError(f"src: {self.source.of(path)}: {text}")


def _read(file: str, shown: str, loader: t.Any, template: t.Callable[[str], t.Any]) -> list[dict[str, t.Any]]:
    try:
        # Decrypts a vaulted file, and writes nothing to the disk.
        text = loader._get_file_contents(os.path.abspath(file))[0].decode("utf-8")
    except (AnsibleError, OSError, UnicodeDecodeError) as exc:
        raise AnsibleError(f"src: {shown} cannot be read: {exc}") from None
    out: list[dict[str, t.Any]] = []
    reader: _Loader | None = None
    try:
        reader = _Loader(text)
        while reader.check_node():
            node = reader.get_node()
            if node is None:
                break
            lines = dict(_lines(node, ""))
            data = reader.construct_document(node)
            if data is None:
                continue
            if not isinstance(data, dict):
                raise AnsibleError(f"src: {shown} takes a dictionary of lists by type, such as feature_flags")
            rendered = _rendered(data, "", _Position(shown, lines), loader, template)
            # After the mapping is constructed, so that merged keys are included.
            rendered[SOURCE_KEY] = {"file": shown, "lines": lines, "spelled": list(_spelled(reader, node, ()))}
            out.append(rendered)
    except yaml.reader.ReaderError as exc:
        bad = yaml.reader.Reader.NON_PRINTABLE.search(text)
        where, what = shown, str(exc.reason)
        if bad is not None:
            line = text.count("\n", 0, bad.start()) + 1
            where, what = f"{shown}:{line}", f"the character {ord(bad.group()):#x} is not allowed"
        raise AnsibleError(f"src: {where}: {what}") from None
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"{shown}:{mark.line + 1}" if mark is not None else shown
        problem = _tab(text, mark) or getattr(exc, "problem", None) or "is no YAML"
        raise AnsibleError(f"src: {where}: {problem}") from None
    except RecursionError:
        raise AnsibleError(f"src: {shown} is nested too deeply, or contains itself") from None
    finally:
        if reader is not None:
            reader.dispose()
    return out


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


def _lines(node: yaml.Node, path: str) -> t.Iterator[tuple[str, int]]:
    """Paths in a document with their lines."""
    if path:
        yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            where = f"{path}.{key.value}" if path else str(key.value)
            yield where, key.start_mark.line + 1
            yield from (item for item in _lines(value, where) if item[0] != where)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, f"{path}[{index}]")


def _spelled(reader: _Loader, node: yaml.Node, steps: tuple[t.Any, ...]) -> t.Iterator[dict[str, t.Any]]:
    """The values that YAML read as something else than their text, with that text."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _spelled(reader, value, (*steps, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _spelled(reader, value, (*steps, index))
    else:
        value = reader.spelled(node)
        if value is not None:
            kind = node.tag.rpartition(":")[2]
            yield {"steps": list(steps), "text": node.value, "kind": kind, "value": value}


def _rendered(value: t.Any, path: str, place: _Position, loader: t.Any, template: t.Callable[[str], t.Any]) -> t.Any:
    """A value with its templates rendered and its secrets decrypted."""
    if isinstance(value, dict):
        return {
            key: _rendered(inner, f"{path}.{key}" if path else str(key), place, loader, template)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_rendered(inner, f"{path}[{index}]", place, loader, template) for index, inner in enumerate(value)]
    if isinstance(value, _Raw):
        return str(value)
    if isinstance(value, _Vaulted):
        decrypt = getattr(loader._vault, "decrypt", None)
        if decrypt is None or not getattr(loader._vault, "secrets", None):
            raise place.error(path, "is encrypted, and there is no vault password")
        try:
            return decrypt(str(value)).decode("utf-8")
        except (AnsibleError, UnicodeDecodeError) as exc:
            raise place.error(path, f"cannot be decrypted: {getattr(exc, 'message', exc)}") from None
    if isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value):
        try:
            return template(template_text(value))
        except AnsibleError as exc:
            missing = _missing_secret(value) if isinstance(exc, AnsibleUndefinedVariable) else ""
            raise place.error(path, missing or str(exc.message)) from None
    return value


def _missing_secret(value: str) -> str:
    """What to say of a variable that an export wrote in place of a secret, and that has no value; else nothing."""
    alone = re.fullmatch(rf"\{{\{{ ({SECRET_PREFIX}\w+) \}}\}}", value.strip())
    if alone is None:
        return ""
    return (
        f"needs the variable {alone.group(1)}, which stands for a secret that PostHog did not show to the export; "
        "define it, best in a vault"
    )
