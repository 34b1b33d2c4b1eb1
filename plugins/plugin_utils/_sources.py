# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads configuration from files on the controller: YAML with line numbers, Ansible Vault, and templates.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import os
import typing as t

import yaml
from ansible.errors import AnsibleError

from ansible_collections.community.posthog.plugins.module_utils._project import SOURCE_KEY

try:
    # ansible-core 2.19 and newer template only what they are told to trust.
    from ansible.template import trust_as_template as _trusted
except ImportError:  # ansible-core 2.18 templates whatever it is given

    def _trusted(value: str) -> str:  # type: ignore[misc]
        """Nothing needs to be done."""
        return value


#: What a file name ends in to be read from a directory.
SUFFIXES: t.Final = (".yml", ".yaml", ".json")


class _Raw(str):
    """Text that is no template, whatever it looks like: C(!unsafe) in the file."""


class _Vaulted(str):
    """An encrypted text: C(!vault) in the file."""


class _Loader(yaml.SafeLoader):
    """YAML with Ansible's own tags; refuses a key that stands twice, and keeps the lines of everything."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[t.Any, t.Any]:
        """See PyYAML.

        :param node: the node.
        :param deep: whether to construct what is inside at once.
        :returns: the mapping.
        """
        seen: dict[t.Any, int] = {}
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, (str, int)) and key in seen and key != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands in line {seen[key]} already", key_node.start_mark
                )
            if isinstance(key, (str, int)):
                seen[key] = key_node.start_mark.line + 1
        return super().construct_mapping(node, deep)


def _raw(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    return _Raw(loader.construct_scalar(node))


def _vaulted(loader: _Loader, node: yaml.ScalarNode) -> t.Any:
    return _Vaulted(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _raw)
_Loader.add_constructor("!vault", _vaulted)
_Loader.add_constructor("!vault-encrypted", _vaulted)


def documents(
    names: t.Sequence[str],
    find: t.Callable[[str], str],
    loader: t.Any,
    template: t.Callable[[str], t.Any],
) -> list[dict[str, t.Any]]:
    """Read files and directories of configuration.

    :param names: files and directories, as the task names them.
    :param find: finds a file or a directory the way Ansible looks for files.
    :param loader: Ansible's C(DataLoader); decrypts files and values.
    :param template: renders a template.
    :returns: one dictionary for each YAML document, with where it is from.
    :raises AnsibleError: a file is missing or is not what it should be.
    """
    out: list[dict[str, t.Any]] = []
    for name in names:
        path = find(name)
        for file in files_of(path):
            shown = os.path.join(name, os.path.relpath(file, path)) if os.path.isdir(path) else name
            out += _read(file, shown, loader, template)
    return out


def files_of(path: str) -> list[str]:
    """The files of configuration in a directory, at any depth, in the order of their names.

    :param path: a directory, or a file.
    :returns: paths; hidden ones are left out.
    :raises AnsibleError: a directory holds none.
    """
    if not os.path.isdir(path):
        return [path]
    found: list[str] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(item for item in folders if not item.startswith("."))
        found += [
            os.path.join(folder, name)
            for name in sorted(names)
            if name.endswith(SUFFIXES) and not name.startswith((".", "_"))
        ]
    if not found:
        raise AnsibleError(f"src: {path} holds no file that ends in {', '.join(SUFFIXES)}")
    return found


def _read(file: str, shown: str, loader: t.Any, template: t.Callable[[str], t.Any]) -> list[dict[str, t.Any]]:
    try:
        # Decrypts a file that is encrypted as a whole.
        with open(loader.get_real_file(file), encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as exc:
        raise AnsibleError(f"src: {shown} cannot be read: {exc}") from exc
    out: list[dict[str, t.Any]] = []
    reader = _Loader(text)
    try:
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
            rendered = _rendered(data, shown, loader, template)
            rendered[SOURCE_KEY] = {"file": shown, "lines": lines}
            out.append(rendered)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"{shown}:{mark.line + 1}" if mark is not None else shown
        raise AnsibleError(f"src: {where}: {getattr(exc, 'problem', None) or 'is no YAML'}") from exc
    finally:
        reader.dispose()
    return out


def _lines(node: yaml.Node, path: str) -> t.Iterator[tuple[str, int]]:
    """The line of everything in a document, by its path."""
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


def _rendered(value: t.Any, shown: str, loader: t.Any, template: t.Callable[[str], t.Any]) -> t.Any:
    """A value with its templates rendered and its secrets decrypted."""
    if isinstance(value, dict):
        return {key: _rendered(inner, shown, loader, template) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rendered(inner, shown, loader, template) for inner in value]
    if isinstance(value, _Raw):
        return str(value)
    if isinstance(value, _Vaulted):
        decrypt = getattr(loader._vault, "decrypt", None)
        if decrypt is None or not getattr(loader._vault, "secrets", None):
            raise AnsibleError(f"src: {shown} holds an encrypted value, and there is no vault password")
        return decrypt(str(value)).decode("utf-8")
    if isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value):
        return template(_trusted(value))
    return value
