# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers of plugins/, drawn from the imports: no wing knows a wing above it, and no two files need each other."""

from __future__ import annotations

import ast
import graphlib
import re
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLUGINS = ROOT / "plugins"
PACKAGE = "ansible_collections.community.posthog.plugins."

#: The wings, lowest first. A wing may import itself and what stands before it.
LAYERS = (
    "_data",
    "_http",
    "_schema",
    "_state",
    "_engine",
    "_resources",
    "_bulk",
    "_handlers",
    "plugin_utils",
    # What Ansible loads by its name.
    "plugins",
)

#: Lines that one file of the engine may have. Tables are not the engine: a product area of PostHog has one file.
LIMIT = 450
WITHOUT_LIMIT = ("_resources", "plugins")

#: Generated: nobody reads it from the top to the bottom.
GENERATED = {"module_utils/_schema/query_shapes.py"}


class Import(t.NamedTuple):
    """One import of a file of the collection."""

    importer: str
    imported: str
    line: int
    #: It happens when the importer is loaded: not for type checks, and not inside a function.
    at_load: bool


def files() -> list[Path]:
    """All Python files of plugins/, links aside."""
    return sorted(path for path in PLUGINS.rglob("*.py") if not path.is_symlink() and path.name != "__init__.py")


def label(path: Path) -> str:
    """A file's path below plugins/."""
    return path.relative_to(PLUGINS).as_posix()


def wing(name: str) -> str:
    """The wing that a file belongs to."""
    first, _slash, rest = name.partition("/")
    if first == "module_utils":
        return rest.partition("/")[0]
    return first if first == "plugin_utils" else "plugins"


def targets(node: ast.AST) -> list[str]:
    """The files of the collection that an import statement names."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        assert node.level == 0, "imports name the collection"
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        return []
    found = []
    for name in names:
        path = PLUGINS / (name.removeprefix(PACKAGE).replace(".", "/") + ".py")
        if name.startswith(PACKAGE) and path.exists():
            found.append(label(path))
    return found


def imports_of(path: Path) -> list[Import]:
    """Every import of a file, those for type checks and those inside functions too."""
    found: list[Import] = []

    def look(node: ast.AST, at_load: bool) -> None:
        for name in targets(node):
            found.append(Import(label(path), name, getattr(node, "lineno", 0), at_load))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            at_load = False
        for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.iter_child_nodes(node):
            look(child, at_load and not for_types)

    look(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    """Every import between files of plugins/."""
    return [found for path in files() for found in imports_of(path)]


def test_every_wing_has_its_layer() -> None:
    found = {wing(label(path)) for path in files()}
    assert found == set(LAYERS)


def test_imports_are_found(imports: list[Import]) -> None:
    """What the other tests draw from is there, and of both kinds."""
    assert len(imports) > 300
    assert {found.at_load for found in imports} == {True, False}


def test_no_wing_knows_a_wing_above_it(imports: list[Import]) -> None:
    upward = [
        f"{found.importer}:{found.line} imports {found.imported}"
        for found in imports
        if LAYERS.index(wing(found.imported)) > LAYERS.index(wing(found.importer))
    ]
    assert upward == []


def test_no_two_files_need_each_other_to_load(imports: list[Import]) -> None:
    """Within a wing, types may name each other; what runs may not."""
    needs: dict[str, set[str]] = {}
    for found in imports:
        if found.at_load:
            needs.setdefault(found.importer, set()).add(found.imported)
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as exc:
        pytest.fail(" <- ".join(exc.args[1]))


@pytest.mark.parametrize("path", files(), ids=label)
def test_no_file_is_too_long(path: Path) -> None:
    name = label(path)
    if wing(name) in WITHOUT_LIMIT or name in GENERATED:
        return
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LIMIT, f"{name} has {lines} lines; give each of its jobs a file"


#: A question for the kind of a field, which the class of the kind should answer.
ASKS_FOR_A_KIND = re.compile(r"\.kind\s*(==|!=|in\b|not in\b)|KINDS\[")

JSON_SCHEMA = ROOT / "tests" / "coverage" / "json_schema.py"


def test_nobody_asks_which_kind_a_field_is() -> None:
    """What differs from kind to kind is a method or an attribute of the kind, so that a new kind is one class."""
    asking = {path.name for path in (*files(), JSON_SCHEMA) if ASKS_FOR_A_KIND.search(path.read_text(encoding="utf-8"))}
    # A field looks its kind up. The kinds of destinations are of another sort.
    assert asking == {"fields.py", "pipelines.py"}
