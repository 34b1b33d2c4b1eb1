# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the development scripts share: where things lie, and how to run another program."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from pathlib import Path
from xml.etree import ElementTree

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMESPACE, NAME = "community", "posthog"
FQCN = f"{NAMESPACE}.{NAME}"

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"

#: The path that Ansible wants a collection to have, below a directory of collections.
INNER = Path("ansible_collections", NAMESPACE, NAME)

#: Where programs of the running virtual environment lie (not resolved: a venv's python is a symbolic link).
BIN = Path(sys.executable).parent


class CheckFailed(Exception):
    """Something is wrong with what was checked; the message says what, for a person."""


def environment(**changes: str | None) -> dict[str, str]:
    """Return the environment for a tool: this one with the programs of the virtual environment first.

    Variables that Git sets for its hooks are left out, as they would lead ``git`` in another tree astray.
    """
    result = {name: value for name, value in os.environ.items() if not name.startswith("GIT_DIR")}
    for name in ("GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "PYTHONPATH", "PYTHONHOME"):
        result.pop(name, None)
    result["PATH"] = os.pathsep.join([str(BIN), result.get("PATH", os.defpath)])
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    check: bool = True,
) -> str:
    """Run a command and return what it printed (both streams); raise :class:`CheckFailed` with that if it fails."""
    words = [str(word) for word in command]
    result = subprocess.run(
        words,
        cwd=cwd,
        env=dict(env) if env is not None else environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if check and result.returncode != 0:
        raise CheckFailed(f"{result.stdout.rstrip()}\n$ {' '.join(words)}\nended with status {result.returncode}")
    return result.stdout


def git_files(root: Path = ROOT) -> list[Path]:
    """Return the files of a checkout, relative to it: those tracked and those new but not ignored, if they exist."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        output = subprocess.run(command, cwd=root, env=environment(), capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as exc:
        raise CheckFailed(f"git cannot list the files of {root}; this needs a git checkout. ({exc})") from exc
    names = sorted({os.fsdecode(name) for name in output.split(b"\0") if name})
    return [Path(name) for name in names if os.path.lexists(root / name)]


def read_report(report: Path) -> tuple[int, int]:
    """Return how many tests passed and failed according to a report of pytest's; none if there is no report."""
    passed = failed = 0
    for suite in ElementTree.parse(report).iter("testsuite") if report.exists() else ():
        number = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
        failed += number["failures"] + number["errors"]
        passed += number["tests"] - number["failures"] - number["errors"] - number["skipped"]
    return passed, failed


class Counts:
    """How many checks of a stage passed and failed, printed as its closing line and kept for ``make test``."""

    def __init__(self) -> None:
        """Start with none."""
        self.passed = 0
        self.failed = 0

    def add(self, good: bool) -> None:
        """Count one more."""
        if good:
            self.passed += 1
        else:
            self.failed += 1

    def close(self, stage: str) -> int:
        """Write the counts down, print the closing line, and return the status to exit with."""
        reports = BUILD / "reports"
        reports.mkdir(parents=True, exist_ok=True)
        (reports / f"{stage}.counts").write_text(f"{self.passed} {self.failed}\n", encoding="utf-8")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed else 0
