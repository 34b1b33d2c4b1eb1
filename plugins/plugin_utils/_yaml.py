# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a YAML text with lines and columns, and collects what is wrong in it.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

import yaml

from ansible_collections.community.posthog.plugins.plugin_utils._simple_yaml import read_simple
from ansible_collections.community.posthog.plugins.plugin_utils._yaml_loader import Document, Fault, Loader


def read_yaml(text: str) -> tuple[list[Document], list[Fault]]:
    """Read all documents of a text.

    :param text: YAML; JSON is YAML too.
    :returns: the documents that could be read, and everything that is wrong. Behind what is no YAML at all, nothing is
        read.
    """
    simple = read_simple(text)
    if simple is not None:
        return simple, []
    found: list[Document] = []
    faults: list[Fault] = []
    reader: Loader | None = None
    try:
        reader = Loader(text)
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


def _spell(reader: Loader, node: yaml.Node, steps: list[t.Any], found: list[dict[str, t.Any]]) -> None:
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
