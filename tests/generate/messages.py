# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of all messages: read from the code, so that each that a user can meet has a place to lead to."""

from __future__ import annotations

import ast
import re
import typing as t
from dataclasses import dataclass

import yaml

from .common import PREFIX, ROOT, listed, modules
from .readme import AREAS
from .type_index import index

if t.TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs/docsite/rst/guide_messages.rst"
EXPLAINED = ROOT / "docs/docsite/rst/guide_troubleshooting.rst"
LABEL = "ansible_collections.community.posthog.docsite"

#: What is filled in when it is said.
GAP = "…"

#: Fewer letters are no message of their own.
SHORTEST = 9

#: Errors of the code itself, which no user meets.
INTERNAL = (
    *("AssertionError", "LookupError", "TimeoutError", "TypeError", "ValueError", "KeyError", "NotImplementedError"),
)

HEAD = f"""\
..
  Copyright: Contributors to the community.posthog collection
  GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made from the code by "make generate"; do not edit.

.. _{LABEL}.guide_messages:

All messages
============

Everything that the collection says where it refuses something. A message begins with the option or the place that it
is about, such as ``filters.groups[0].rollout_percentage:``; here are the sentences behind it. {GAP} stands for names
and values of your run.

Those of which the sentence alone may not be enough are explained in
:ref:`{LABEL}.guide_troubleshooting`. What PostHog itself answers is
quoted in a message as it is, and is not listed here.

.. contents::
   :local:
   :depth: 1

"""


@dataclass(frozen=True)
class Message:
    """A sentence, and where it may come from.

    :param text: with marks for what is filled in.
    :param group: the heading that it belongs under.
    :param sources: modules, plugins, roles or playbooks, as a page of antsibull-docs is named; none for all modules.
    """

    text: str
    group: str
    sources: tuple[str, ...] = ()


def text_of(node: ast.AST) -> str:
    """Return a text in code, with a mark for each part that is filled in.

    :param node: an expression.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else GAP for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return text_of(node.left) + text_of(node.right)
    return GAP


def said(tree: ast.AST) -> Iterator[str]:
    """Yield the sentences of some code: what it raises, and what it adds to the problems of a declaration.

    :param tree: of a file.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = getattr(node.exc.func, "id", getattr(node.exc.func, "attr", ""))
            if name in INTERNAL:
                continue
            pairs = [pair for argument in node.exc.args for pair in ast.walk(argument) if _is_problem(pair)]
            given = [text_of(pair.elts[1]) for pair in pairs] or [text_of(item) for item in node.exc.args]
            yield from given if pairs else [max(given, key=_letters, default="")]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append" and node.args:
            if _is_problem(node.args[0]):
                yield text_of(node.args[0].elts[1])
        elif isinstance(node, ast.Yield) and node.value is not None and _is_problem(node.value):
            yield text_of(node.value.elts[1])


def _is_problem(node: ast.AST) -> t.TypeGuard[ast.Tuple]:
    """Whether this is a path with a sentence."""
    if not (isinstance(node, ast.Tuple) and len(node.elts) == 2):
        return False
    return isinstance(node.elts[1], (ast.Constant, ast.JoinedStr, ast.BinOp)) and " " in text_of(node.elts[1])


def _letters(text: str) -> int:
    return len(text.replace(GAP, ""))


def _cleaned(text: str) -> str:
    """A sentence in one line, without the place in front of it and without what only fills it."""
    text = re.sub(r"\s+", " ", text).strip(" :;-")
    text = re.sub(f"(?:{GAP})+", GAP, text)
    return re.sub(f"^{GAP}(?:: |; )", "", text).strip()


def collect() -> list[Message]:
    """Return all messages, each once for the group that it is under."""
    titles = {file: area.title for area in AREAS for file in area.files}
    here = set(modules())
    types = {
        area: tuple(f"{PREFIX}{name}#module" for name in names if f"{PREFIX}{name}" in here)
        for area, names in index().items()
    }
    found: list[Message] = []
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        relative = path.relative_to(ROOT / "plugins")
        kind = relative.parts[0]
        if kind in ("modules", "doc_fragments", "action"):
            continue
        group, sources = "Options, files and everything else that all modules share", tuple[str, ...]()
        if "_http" in relative.parts:
            group = "Reaching PostHog"
        elif "_resources" in relative.parts and path.stem in titles:
            group, sources = titles[path.stem], types.get(path.stem, ())
        elif kind in ("inventory", "lookup", "filter", "test"):
            group, sources = "Plugins", (f"{path.stem}#{kind}",)
        elif "_handlers" in relative.parts and f"{PREFIX}{path.stem}" in here:
            group, sources = "Whole projects, and single requests", (f"{PREFIX}{path.stem}#module",)
        elif "_bulk" in relative.parts:
            group, sources = "Whole projects, and single requests", ("posthog_config#module", "posthog_export#module")
        texts = [_cleaned(text) for text in said(ast.parse(path.read_text(encoding="utf-8")))]
        found += [Message(text, group, sources) for text in texts if _letters(text) >= SHORTEST]
    found += playbooks_and_roles()
    return list(dict.fromkeys(found))


def playbooks_and_roles() -> Iterator[Message]:
    """Yield what the assertions of playbooks and roles say."""
    for path in [*sorted((ROOT / "playbooks").glob("*.yml")), *sorted((ROOT / "roles").glob("*/tasks/*.yml"))]:
        role = path.parent.parent.name if path.parent.name == "tasks" else ""
        source = f"{role}#role" if role else f"playbook_{path.stem}"
        for text in _fail_messages(yaml.safe_load(path.read_text(encoding="utf-8"))):
            # An expression of Jinja is what is filled in.
            plain = _cleaned(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", GAP, text, flags=re.S))
            if _letters(plain) >= SHORTEST:
                yield Message(plain, "Playbooks and roles", (source,))


def _fail_messages(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "fail_msg" and isinstance(value, str):
                yield value
            else:
                yield from _fail_messages(value)
    for item in data if isinstance(data, list) else []:
        yield from _fail_messages(item)


def anchor(text: str) -> str:
    """Return the end of the label of a message.

    :param text: the message.
    """
    words = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_").split("_")
    return "_".join(words[:12])


def explained() -> dict[str, str]:
    """Return what the page about troubleshooting quotes, with the labels of its entries."""
    pattern = re.compile(rf"^\.\. _({LABEL}\.guide_troubleshooting\.\w+):\n\n``(.+)``\n~+\n", re.M)
    return {quoted: label for label, quoted in pattern.findall(EXPLAINED.read_text(encoding="utf-8"))}


def entry(message: Message, label: str, known: dict[str, str]) -> list[str]:
    """Return the lines of a message.

    :param message: what is said.
    :param label: the end of its label.
    :param known: what is explained elsewhere, with labels.
    """
    about = []
    more = next((place for quoted, place in known.items() if quoted in message.text), None)
    if more:
        about.append(f":ref:`What to do about it <{more}>`.")
    pages = [name for name in message.sources if name.startswith("playbook_")]
    shown = [f":ansplugin:`community.posthog.{name}`" for name in message.sources if "#" in name]
    shown += [f":ref:`{LABEL}.{name}`" for name in pages]
    about.append(f"From {listed(shown)}." if shown and len(shown) <= 4 else "From several modules.")
    text = message.text.replace("`", "'").replace("\\", "\\\\")
    return [f".. _{LABEL}.guide_messages.{label}:", "", f"``{text}``", f"    {' '.join(about)}", ""]


def _by_words(message: Message) -> str:
    """What messages are sorted by."""
    return message.text.lower().lstrip(f"{GAP} ")


def page() -> str:
    """Return the page."""
    known = explained()
    messages = collect()
    order = [
        "Reaching PostHog",
        "Options, files and everything else that all modules share",
        "Playbooks and roles",
        "Whole projects, and single requests",
        *(area.title for area in AREAS if area.files),
        "Plugins",
    ]
    lines: list[str] = []
    used: dict[str, int] = {}
    for group in order:
        own = sorted((item for item in messages if item.group == group), key=_by_words)
        if not own:
            continue
        lines += [group, "-" * len(group), ""]
        for message in own:
            label = anchor(message.text)
            used[label] = used.get(label, 0) + 1
            lines += entry(message, label if used[label] == 1 else f"{label}_{used[label]}", known)
    return HEAD + "\n".join(lines).rstrip("\n") + "\n"


def files() -> dict[Path, str]:
    """Return the page."""
    return {PAGE: page()}
