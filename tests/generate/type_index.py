# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The type index: which file of C(_resources) holds the table of which type.

It is found by reading the files, not by importing them, since the registry needs it to import anything.
"""

from __future__ import annotations

import ast
import typing as t

from .common import RESOURCES, CannotGenerate, shown

if t.TYPE_CHECKING:
    from pathlib import Path

INDEX = RESOURCES / "type_index.py"

HEAD = '''\
# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Where the table of each type is, so that it can be loaded without the others (see C(_registry)).

Written by "make generate" from the other files of this directory; do not edit.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import types
import typing as t

#: Which types the modules of this package hold.
AREAS: t.Final[t.Mapping[str, tuple[str, ...]]] = {
'''


def types_in(path: Path) -> list[str]:
    """Return the types whose tables a file defines.

    :param path: of a Python file.
    """
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Resource"):
            continue
        name = next((word.value for word in node.keywords if word.arg == "type"), None)
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
            raise CannotGenerate(f'{shown(path)}, line {node.lineno}: a Resource needs type="...", written out.')
        found.append(name.value)
    return sorted(found)


def index() -> dict[str, list[str]]:
    """Return the types by the file that defines them; files without any (helpers) are left out."""
    found = {path.stem: types_in(path) for path in sorted(RESOURCES.glob("*.py")) if path != INDEX}
    places: dict[str, str] = {}
    for area, names in found.items():
        for name in names:
            if name in places:
                raise CannotGenerate(f"There are two tables of the type {name}, in {places[name]}.py and in {area}.py.")
            places[name] = area
    return {area: names for area, names in found.items() if names}


def quoted_tuple(names: list[str], lead: str) -> list[str]:
    """Return the lines of an entry, as the formatter would write it."""
    inner = ", ".join(f'"{name}"' for name in names) + ("," if len(names) == 1 else "")
    line = f"{lead}({inner}),"
    if len(line) <= 120:
        return [line]
    return [f"{lead}(", *(f'        "{name}",' for name in names), "    ),"]


def files() -> dict[Path, str]:
    """Return the index."""
    areas = index()
    lines = [line for area, names in areas.items() for line in quoted_tuple(names, f'    "{area}": ')]
    imported = "".join(f"        {area},\n" for area in areas)
    text = (
        HEAD
        + "".join(f"{line}\n" for line in lines)
        + "}\n\n\n"
        + "def all_areas() -> tuple[types.ModuleType, ...]:\n"
        + '    """Every area, written out, since Ansible packs for a remote host what it finds imported anywhere."""\n'
        + "    from ansible_collections.community.posthog.plugins.module_utils._resources import (\n"
        + imported
        + "    )\n\n"
        + "    return (\n"
        + imported
        + "    )\n"
    )
    return {INDEX: text}
