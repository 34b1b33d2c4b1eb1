# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(make mutants): which line a mutant changes, which tests run that line, and what the page says of the result."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/bin"))

SOURCE = """\
import os


class A:
    def f(
        self,
    ) -> int:
        a = 1
        return a + 1
"""
MUTATED = """\
import os


class A:
    def f(
        self,
    ) -> int:
        a = 1
        return a + 1

    def xǁAǁf__mutmut_orig(
        self,
    ) -> int:
        a = 1
        return a + 1

    def xǁAǁf__mutmut_1(
        self,
    ) -> int:
        a = None
        return a + 1

    def xǁAǁf__mutmut_2(
        self,
    ) -> int:
        a = 1
        return a - 1
"""
SPANS = {"xǁAǁf__mutmut_orig": [10, 15], "xǁAǁf__mutmut_1": [16, 21], "xǁAǁf__mutmut_2": [22, 27]}


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script, with a working directory that holds one file of the engine."""
    loader = importlib.machinery.SourceFileLoader("mutants_tool", str(ROOT / "tests/bin/mutants"))
    spec = importlib.util.spec_from_loader("mutants_tool", loader)
    assert spec is not None
    made = importlib.util.module_from_spec(spec)
    # Its named tuples look their module up.
    monkeypatch.setitem(sys.modules, "mutants_tool", made)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(made)
    monkeypatch.setattr(made, "WORK", tmp_path)
    for top, text in ((tmp_path, SOURCE), (tmp_path / "mutants", MUTATED)):
        file = top / made.ENGINE / "_room.py"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    return made


def mutants(tool: ModuleType) -> list[Any]:
    """The two mutants of that file."""
    return list(tool.mutants_of(tool.ENGINE / "_room.py", SPANS))


def test_what_a_mutant_changes(tool: ModuleType) -> None:
    found = [(item.path, item.line, item.before, item.after, item.changed) for item in mutants(tool)]
    assert found == [
        ("plugins/module_utils/_room.py", 8, "a = 1", "a = None", 14),
        ("plugins/module_utils/_room.py", 9, "return a + 1", "return a - 1", 15),
    ]
    assert tool.room(mutants(tool)[0].name) == "_room"


def test_which_tests_run_it(tool: ModuleType) -> None:
    engine = str(tool.WORK / "mutants" / tool.ENGINE / "_room.py")
    first, second = mutants(tool)
    inside = "ansible_collections/community/posthog/tests/"
    known = {
        "unit": {
            "seconds": {f"{inside}unit/a": 0.1, f"{inside}unit/b": 0.1, f"{inside}unit/red": 0.1},
            "failed": [f"{inside}unit/red"],
            "lines": {engine: {"14": [f"{inside}unit/a", f"{inside}unit/red"]}},
        },
        "tasks": {
            "seconds": {f"{inside}integration/c": 0.1, f"{inside}integration/d": 0.1},
            "failed": [f"{inside}integration/d"],
            "lines": {engine: {"14": [f"{inside}integration/c"], "15": [f"{inside}integration/d"]}},
        },
    }
    tests = tool.Tests(known)
    assert tests.failed == [f"{inside}unit/red"]
    assert tests.of(first) == [f"{inside}unit/a", f"{inside}integration/c"]
    # Nobody that can be used runs the line itself, so it is the one before it.
    assert tests.of(second) == tests.of(first)
    assert tool.Tests({}).of(first) == []


def test_what_the_page_says(tool: ModuleType) -> None:
    first, second = mutants(tool)
    results = {
        first.name: {"state": "noticed", "by": "x/tests/unit/a"},
        second.name: {"state": "survived", "by": ""},
    }
    page = tool.report(results, [first, second], "These are all 2 mutants.", 2)
    assert "| `_room` | 2 | 1 | 0 | 0 | 1 | 0 | 50% |" in page
    assert "| **all** | 2 | 1 | 0 | 0 | 1 | 0 | 50% |" in page
    assert page.endswith("## What survived\n\n- `_room.py:9` `return a + 1` → `return a - 1`\n")
    ended = {
        first.name: {"state": "timeout", "by": ""},
        second.name: {"state": "noticed", "by": "x/tests/integration/c"},
    }
    page = tool.report(ended, [first, second], "These are all 2 mutants.", 2)
    assert "| **all** | 2 | 0 | 1 | 1 | 0 | 0 | 100% |" in page and page.endswith("## What survived\n\nNothing.\n")
    assert tool.code("a `b`") == "`` a `b` ``" and len(tool.code("x" * 500)) < 200


def test_every_file_of_the_second_layer_is_there(tool: ModuleType) -> None:
    assert [name for name in tool.TASKS if not (ROOT / "tests/integration" / name).is_file()] == []
