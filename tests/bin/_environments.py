# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which environments the tests run in, and which file locks the packages of each."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from _tools import ROOT, run

if t.TYPE_CHECKING:
    from collections.abc import Sequence

REQUIREMENTS = ROOT / "tests/requirements"
LOCKS = REQUIREMENTS / "locks"

#: Pythons that ``.venv`` can be made with.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True)
class Lock:
    """A file that names each package of an environment, with the hashes of its files."""

    name: str
    minor: str
    requirements: str  # the file it is made from
    further: Sequence[str] = ()  # requirements beside that file's
    within: str = ""  # the name of a lock whose versions it takes over

    @property
    def path(self) -> Path:
        """Where it is."""
        return LOCKS / f"{self.name}-py{self.minor}.txt"


@dataclass(frozen=True)
class Cell:
    """One combination of Python and ansible-core that the matrix tests."""

    minor: str
    core: str  # as 2.18
    beta: bool = False  # whether pre-releases count, until it is out
    newest: bool = False  # whether `make matrix ARGS=--whole` runs all integration tests with it
    ahead: bool = False  # the one that looks ahead of what is promised, and may fail

    @property
    def name(self) -> str:
        """A name for people, and for files."""
        return f"py{self.minor}-{'ahead' if self.ahead else f'core{self.core}'}"

    @property
    def lock(self) -> Lock:
        """What is installed for it."""
        requirement = f"ansible-core=={self.core}.*,>={self.core}.0b1" if self.beta else f"ansible-core=={self.core}.*"
        # The tests of AWX's jobs start them as AWX does.
        runner = ("ansible-runner",) if self.newest else ()
        return Lock(f"core{self.core}", self.minor, "unit.in", (requirement, *runner))


#: What the collection promises to work with: each ansible-core from the oldest of meta/runtime.yml on, and each Python.
#: README.md shows this to users.
CELLS = (
    Cell("3.11", "2.18"),
    Cell("3.11", "2.19"),
    Cell("3.12", "2.20"),
    Cell("3.13", "2.21"),
    Cell("3.13", "2.22", beta=True, newest=True),
)


def locks() -> list[Lock]:
    """Return all lock files, each after those whose versions it takes over."""
    result = []
    for minor in PYTHONS:
        result.append(Lock("build", minor, "build.in"))
        result.append(Lock("dev", minor, "dev.in", within="build"))
        result.append(Lock("run", minor, "run.in", within="dev"))
        result.append(Lock("mutants", minor, "mutants.in", within="dev"))
    return [*result, *(cell.lock for cell in CELLS)]


def installed_pythons() -> dict[str, str]:
    """Return the Pythons of this machine that work: where each version is, the oldest first."""
    lines = run(["tests/bin/find-python.sh", "--all"]).splitlines()
    return dict(t.cast("tuple[str, str]", tuple(line.split(" ", 1))) for line in lines)
