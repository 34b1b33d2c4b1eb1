# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files of a new type, all of them or none."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import typing as t
from pathlib import Path

from generate.common import MODULES, PREFIX, RESOURCES, ROOT, CannotGenerate, shown
from generate.type_index import index

from . import UNWRITTEN
from .documentation import module
from .facts import SANDBOX, TypeFacts, known
from .sample import sample
from .sandbox import absent_file, facts_file
from .table import with_table

SAMPLES = ROOT / "tests/integration/samples"

#: A type's name: lower-case words, joined by underscores.
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class Refused(Exception):
    """The type cannot be laid out; the message says why, and what would be right."""


def check(name: str, area: str) -> None:
    """Refuse a wrong name or area.

    :param name: of the type.
    :param area: a file of C(_resources), without its extension.
    :raises Refused: with the reason.
    """
    if not NAME.fullmatch(name):
        raise Refused(
            f"NAME={name!r} is no name of a type: it is made of lower-case letters, digits and single underscores, such"
            " as feature_flag."
        )
    areas = index()
    if area not in areas:
        raise Refused(f"AREA={area!r} is no area; there are {', '.join(areas)}.")
    place = next((other for other, names in areas.items() if name in names), None)
    if place is not None:
        raise Refused(f"The type {name} exists: its table is in {shown(RESOURCES / f'{place}.py')}.")
    path = MODULES / f"{PREFIX}{name}.py"
    if path.exists():
        raise Refused(f"The module {shown(path)} exists, though no table has the type {name}.")


class Writer:
    """Writes files, and puts everything back if something fails."""

    def __init__(self) -> None:
        self.before: dict[Path, str | None] = {}

    def write(self, path: Path, text: str) -> None:
        """Make or replace a file.

        :param path: of the file.
        :param text: what it is to hold.
        """
        self.before.setdefault(path, path.read_text(encoding="utf-8") if path.exists() else None)
        path.write_text(text, encoding="utf-8")

    def undo(self) -> None:
        """Put everything back."""
        for path, text in self.before.items():
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(text, encoding="utf-8")


def tidy(*paths: Path) -> None:
    """Let the formatter have its way with Python files: their imports in order, their lines wrapped.

    :param paths: of the files.
    """
    for words in (["check", "--select", "I", "--fix", "--quiet"], ["format", "--quiet"]):
        command = [sys.executable, "-m", "ruff", *words, *map(str, paths)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if run.returncode:
            raise Refused(f"What was made is no Python that ruff takes:\n{run.stdout}{run.stderr}")


def engine_spec(name: str) -> t.Mapping[str, t.Mapping[str, t.Any]]:
    """Return what the engine makes of the new table: the options of its module.

    :param name: of the type.
    """
    handlers = importlib.import_module("ansible_collections.community.posthog.plugins.module_utils._handlers.index")
    spec: t.Mapping[str, t.Mapping[str, t.Any]] = handlers.handler(PREFIX + name).spec()["argument_spec"]
    return spec


def lay_out(name: str, area: str, *, path: str = "", scope_object: str = "") -> tuple[TypeFacts, list[Path]]:
    """Write the files of a new type, except for those that ``make generate`` writes.

    :param name: of the type.
    :param area: a file of C(_resources), without its extension.
    :param path: of the type's list in the API, where that is not its plural.
    :param scope_object: what the scopes of keys are about, where that is not the type.
    :returns: what is known of the type, and the files.
    :raises Refused: something is wrong with the name or the area.
    :raises NothingKnown: there are no facts of the type.
    """
    check(name, area)
    facts = known(name, path=path, scope_object=scope_object)
    writer = Writer()
    try:
        place = RESOURCES / f"{area}.py"
        writer.write(place, with_table(place.read_text(encoding="utf-8"), facts))
        tidy(place)
        for target, text in importlib.import_module("generate.type_index").files().items():
            writer.write(target, text)
        target = MODULES / f"{PREFIX}{name}.py"
        writer.write(target, module(facts, engine_spec(name)))
        if not (SANDBOX / f"{name}.json").exists():
            writer.write(SANDBOX / f"{name}.json", facts_file(facts))
            # The table begins as one of servers since 2026.
            writer.write(SANDBOX.parent / "2025" / f"{name}.json", absent_file(facts))
        target = SAMPLES / f"{name}.py"
        if target.exists():
            raise Refused(f"{shown(target)} exists; remove it, or rename it after what is in it.")
        writer.write(target, sample(facts))
        tidy(target)
    except BaseException:
        writer.undo()
        raise
    return facts, list(writer.before)


def unwritten(paths: t.Iterable[Path]) -> list[str]:
    """Return what a person still has to write, as lines of files.

    :param paths: of the files.
    """
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if UNWRITTEN in line:
                found.append(f"{shown(path)}:{number}: {line.strip()}")
    return found


__all__ = ["CannotGenerate", "Refused", "check", "lay_out", "unwritten"]
