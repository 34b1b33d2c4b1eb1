# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about messages: what it quotes is said somewhere, and what is said about keys and hosts stands on it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PAGE = (ROOT / "docs" / "docsite" / "rst" / "guide_troubleshooting.rst").read_text(encoding="utf-8")

LABEL = "ansible_collections.community.posthog.docsite.guide_troubleshooting"

#: An anchor, the message that it is for, and the line below.
ENTRY = re.compile(rf"^\.\. _{LABEL}\.(\w+):\n\n``(.+)``\n(~+)\n", re.MULTILINE)

ENTRIES = {name: (quoted, line) for name, quoted, line in ENTRY.findall(PAGE)}


def literals(tree: ast.AST) -> Iterator[str]:
    """The texts in some code, with a mark for what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def everything_said() -> str:
    """All texts of plugins, roles and playbooks."""
    found = [
        text
        for path in (ROOT / "plugins").rglob("*.py")
        if "modules" not in path.parts
        for text in literals(ast.parse(path.read_text(encoding="utf-8")))
    ]
    for folder in ("roles", "playbooks"):
        found += [" ".join(path.read_text(encoding="utf-8").split()) for path in (ROOT / folder).rglob("*.yml")]
    return "\n".join(found)


def test_what_the_page_quotes_is_said() -> None:
    """A message that was reworded takes its heading along."""
    said = everything_said()
    assert len(ENTRIES) >= 30 and len(ENTRIES) == PAGE.count(f"\n.. _{LABEL}.")
    assert [quoted for quoted, _line in ENTRIES.values() if quoted not in said] == []
    for quoted, line in ENTRIES.values():
        assert len(line) == len(quoted) + 4, quoted


def refusals() -> list[str]:
    """What is said of connections and keys, before PostHog is asked and after it refused."""
    found: list[str] = []
    for name in ("_http/options", "_http/connection", "_http/remedies"):
        tree = ast.parse((ROOT / "plugins" / "module_utils" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            raised = node.exc if isinstance(node, ast.Raise) else None
            if isinstance(raised, ast.Call) and getattr(raised.func, "id", "") == "PostHogFailure":
                found.append(max(literals(raised), key=len))
            if isinstance(node, ast.FunctionDef) and node.name == "remedy":
                returned = [item.value for item in ast.walk(node) if isinstance(item, ast.Return) and item.value]
                found += [max(literals(value), key=len) for value in returned if any(literals(value))]
    tree = ast.parse((ROOT / "plugins" / "module_utils" / "_data/sentences.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in (
            "BROWSER_ONLY",
            "OWNER_MAY_NOT",
            "_LIMITS",
        ):
            found += [
                text for text in literals(node) if text.startswith(("this key is", "PostHog allows", "a key may"))
            ]
    return [text for text in found if len(text) > 12]


@pytest.mark.parametrize("message", refusals())
def test_each_refusal_has_an_anchor(message: str) -> None:
    """Somebody who searches the page for it finds it."""
    assert any(quoted in message for quoted, _line in ENTRIES.values()), message


def test_there_are_refusals() -> None:
    """So that the test above looks at something."""
    assert len(refusals()) >= 18
