# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the developer's guide names in the engine exists: files, classes, methods and functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENGINE = ROOT / "plugins" / "module_utils"
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_develop.rst").read_text(encoding="utf-8")
LAYERS = GUIDE.partition("\nThe layers of the engine\n")[2].partition("\nAdding a resource type\n")[0]

#: One or two names, and the file that has them.
FIND = re.compile(r"``([\w.]+)``(?: and ``([\w.]+)``)? in ``(_\w+/\w+\.py)``")
FINDS = [(name, path) for one, two, path in FIND.findall(LAYERS) for name in (one, two) if name]


def names_in(path: Path) -> set[str]:
    """The functions and classes of a file, methods with their class."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return found


def test_there_are_finds() -> None:
    assert len(FINDS) >= 9


@pytest.mark.parametrize(("name", "path"), FINDS)
def test_what_is_to_be_found_is_there(name: str, path: str) -> None:
    assert name in names_in(ENGINE / path)


@pytest.mark.parametrize("layer", sorted(path.name for path in ENGINE.iterdir() if (path / "__init__.py").exists()))
def test_files_of_a_layer_exist(layer: str) -> None:
    """The row of a layer names files of that layer."""
    row = re.search(rf"\* - ``{layer}/``\n(.*?)(?=\n   \* - |\n\n)", LAYERS, re.S)
    assert row is not None
    for name in re.findall(r"``(\w+\.py|\w+/)``", row.group(1)):
        assert (ENGINE / layer / name).exists(), f"{layer}/{name}"
