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

from ansible.errors import AnsibleError, AnsibleUndefinedVariable

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_secrets import SECRET_PREFIX
from ansible_collections.community.posthog.plugins.module_utils._bulk.overlays import OWN_KEYS
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY, UNREAD_KEY, source_of
from ansible_collections.community.posthog.plugins.module_utils._data.plain import Plain, plain
from ansible_collections.community.posthog.plugins.plugin_utils._templates import template_text
from ansible_collections.community.posthog.plugins.plugin_utils._yaml import read_yaml
from ansible_collections.community.posthog.plugins.plugin_utils._yaml_loader import Document, Fault, Raw, Vaulted

#: A line whose value is a literal block.
_BLOCK: t.Final = re.compile(r":\s+\|[-+]?\s*(?:#.*)?$")

#: Endings of the files that are read from a directory.
SUFFIXES: t.Final = (".yml", ".yaml", ".json")


def read_documents(
    names: t.Sequence[str],
    find: t.Callable[[str], str],
    loader: t.Any,
    template: t.Callable[[str], t.Any],
    option: str = "src",
) -> list[dict[str, t.Any]]:
    """Read configuration files and directories; what is wrong with them becomes a part of what was read.

    :param names: files and directories, as the task names them.
    :param find: finds a file or a directory the way Ansible looks for files.
    :param loader: Ansible's C(DataLoader); decrypts files and values.
    :param template: renders a template.
    :param option: the option that names them. What C(overlays) names is laid over what C(src) does.
    :returns: one dictionary for each YAML document, with its source. C(mistakes) of a source are what could not be
        read; items that contain such values are marked.
    """
    out: list[dict[str, t.Any]] = []
    for name in names:
        try:
            path = find(name)
            files = files_of(path)
        except AnsibleError as exc:
            text = str(exc.message).removeprefix("src: ")
            out.append({SOURCE_KEY: {"mistakes": [{"path": option, "text": text}]}})
            continue
        for file in files:
            shown = os.path.join(name, os.path.relpath(file, path)) if os.path.isdir(path) else name
            layer = {} if option == "src" else {"layer": name}
            out += _File(shown, loader, template, layer).read(file)
    return out


def documents(
    names: t.Sequence[str],
    find: t.Callable[[str], str],
    loader: t.Any,
    template: t.Callable[[str], t.Any],
) -> list[dict[str, t.Any]]:
    """Read configuration files and directories, all of which have to be right.

    :param names: see :func:`read_documents`.
    :param find: the same.
    :param loader: the same.
    :param template: the same.
    :returns: one dictionary for each YAML document, with its source.
    :raises AnsibleError: a file is missing or invalid; the first thing that is wrong.
    """
    found = read_documents(names, find, loader, template)
    for document in found:
        source = source_of(document)
        for place, text in source.mistakes:
            raise AnsibleError(text if place == "src" else f"{place}: {text}")
    return found


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


class _File:
    """One file of configuration, and what is wrong in it.

    :param shown: its name, as the task gives it.
    :param loader: Ansible's C(DataLoader).
    :param template: renders a template.
    :param more: what else the sources of its documents say.
    """

    def __init__(
        self, shown: str, loader: t.Any, template: t.Callable[[str], t.Any], more: t.Mapping[str, t.Any]
    ) -> None:
        self._more = more
        self._text = ""
        self._shown = shown
        self._loader = loader
        self._template = template
        #: Whether a dictionary has a key that is no text.
        self._odd_keys = False

    def read(self, path: str) -> list[dict[str, t.Any]]:
        """The documents of the file.

        :param path: where it is.
        :returns: a dictionary for each, with its source; one more for what is wrong with the file as a whole.
        """
        try:
            # Decrypts a vaulted file, and writes nothing to the disk.
            text = self._loader._get_file_contents(os.path.abspath(path))[0].decode("utf-8")
        except (AnsibleError, OSError, UnicodeDecodeError) as exc:
            return [self._unread([Fault(f"cannot be read: {exc}")])]
        self._text = text
        documents, faults = read_yaml(text)
        out = [self._document(item) for item in documents]
        return [*out, self._unread(faults)] if faults else out

    def _unread(self, faults: t.Iterable[Fault]) -> dict[str, t.Any]:
        mistakes = [{"path": "", "text": text, "line": line, "column": column} for text, line, column in faults]
        return {SOURCE_KEY: {"file": self._shown, "mistakes": mistakes, **self._more}}

    def _document(self, document: Document) -> dict[str, t.Any]:
        faults: list[tuple[str, str]] = []
        try:
            content = {key: value for key, value in document.data.items() if not str(key).startswith(OWN_KEYS)}
            rendered = self._rendered(content, "", faults)
        except RecursionError:
            return self._unread([Fault("is nested too deeply, or contains itself")])
        found = {
            "file": self._shown,
            "lines": document.lines,
            "columns": document.columns,
            "spelled": document.spelled,
            "blocks": _blocks(self._text, document.lines),
            **self._more,
        }
        if faults:
            found["mistakes"] = [{"path": path, "text": text} for path, text in faults]
            _mark_unread(rendered, [path for path, _text in faults])
        whole = {**rendered, SOURCE_KEY: found}
        return whole if self._odd_keys else Plain(whole)

    def _rendered(self, value: t.Any, path: str, faults: list[tuple[str, str]]) -> t.Any:
        """A value with its templates rendered and its secrets decrypted, as plain data; null where that fails."""
        if isinstance(value, dict):
            # Keys that YAML made booleans or nothing of stay, so that they are seen and refused.
            odd = [key for key in value if key is None or isinstance(key, bool)]
            self._odd_keys = self._odd_keys or bool(odd)
            return {
                key if key in odd else str(plain(key)): self._rendered(
                    inner, f"{path}.{key}" if path else str(key), faults
                )
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._rendered(inner, f"{path}[{index}]", faults) for index, inner in enumerate(value)]
        if isinstance(value, Raw):
            return str(value)
        if isinstance(value, Vaulted):
            vault = self._loader._vault
            if getattr(vault, "decrypt", None) is None or not getattr(vault, "secrets", None):
                faults.append((path, "is encrypted, and there is no vault password"))
                return None
            try:
                return vault.decrypt(str(value)).decode("utf-8")
            except (AnsibleError, UnicodeDecodeError) as exc:
                faults.append((path, f"cannot be decrypted: {getattr(exc, 'message', exc)}"))
                return None
        if isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value):
            try:
                return plain(self._template(template_text(value)))
            except AnsibleError as exc:
                missing = _missing_secret(value) if isinstance(exc, AnsibleUndefinedVariable) else ""
                faults.append((path, missing or str(exc.message)))
                return None
        return plain(value)


def _blocks(text: str, lines: t.Mapping[str, int]) -> dict[str, list[int]]:
    """Where the texts of literal blocks begin.

    :param text: of the file.
    :param lines: the line of each path.
    :returns: line and column of the first character, by path.
    """
    found: dict[str, list[int]] = {}
    rows = text.splitlines() if "|" in text else []
    starts = {
        number: len(row) - len(row.lstrip(" ")) + 1
        for number, (head, row) in enumerate(zip(rows, rows[1:]), 1)
        if _BLOCK.search(head)
    }
    for path, line in lines.items() if starts else ():
        # Of several paths that begin in one line, the last one is the innermost.
        if line in starts:
            found = {known: place for known, place in found.items() if not path.startswith(f"{known}.")}
            found[path] = [line + 1, starts[line]]
    return found


def _mark_unread(document: dict[str, t.Any], paths: t.Iterable[str]) -> None:
    """Mark the items of a document that hold a value which could not be read, so that nothing is made of them."""
    for path in paths:
        head = re.match(r"([^.\[]+)(?:\[(\d+)\])?", path)
        key = head.group(1) if head is not None else path
        held = document.get(key)
        if isinstance(held, list) and head is not None and head.group(2):
            number = int(head.group(2))
            inner = held[number]
            held[number] = {**(inner if isinstance(inner, dict) else {}), UNREAD_KEY: True}
        elif isinstance(held, dict):
            document[key] = {**held, UNREAD_KEY: True}


def _missing_secret(value: str) -> str:
    """What to say of a variable that an export wrote in place of a secret, and that has no value; else nothing."""
    alone = re.fullmatch(rf"\{{\{{ ({SECRET_PREFIX}\w+) \}}\}}", value.strip())
    if alone is None:
        return ""
    return (
        f"needs the variable {alone.group(1)}, which stands for a secret that PostHog did not show to the export; "
        "define it, best in a vault"
    )
