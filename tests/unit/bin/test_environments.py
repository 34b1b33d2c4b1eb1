# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests' environments are locked, and fit to what is promised; C(make test) reports each stage that fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/bin"))

from _environments import CELLS, LOCKS, REQUIREMENTS, Lock, locks  # noqa: E402  sys.path comes first

#: One package: its name, its version, and the lines with its hashes.
PACKAGE = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ; [^\\\n]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)")


def packages(text: str) -> list[str]:
    """Return the names of the packages of a lock file; fail with a line that is none, nor a comment."""
    result = []
    while text:
        if match := PACKAGE.match(text):
            result.append(match.group(1))
            text = text[match.end() :]
            continue
        line, _end, text = text.partition("\n")
        assert not line or line.lstrip().startswith("#"), f"neither a package with hashes nor a comment: {line}"
    return result


def wanted(path: Path) -> set[str]:
    """Return the names of the packages that a file of requirements names, with the files that it includes."""
    result = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            result |= wanted(path.parent / line[3:])
        elif line and not line.startswith("#"):
            result.add(re.split(r"[^\w.-]", line)[0].lower())
    return result


@pytest.mark.parametrize("lock", locks(), ids=lambda lock: lock.path.stem)
def test_every_package_is_locked_with_its_hashes(lock: Lock) -> None:
    """So that pip installs what was tested, and asks nobody which version."""
    text = lock.path.read_text(encoding="utf-8")
    assert set(packages(text)) >= wanted(REQUIREMENTS / lock.requirements)
    assert "://" not in text.replace("https://www.gnu.org/licenses/", ""), "names a server"
    assert not re.search(r"^\s*-", text.replace("    --hash", ""), re.M), "holds options of pip"


def test_there_is_no_lock_that_nobody_uses() -> None:
    """make lock would leave it as it is."""
    assert {path.name for path in LOCKS.iterdir()} == {lock.path.name for lock in locks()}


def test_the_oldest_core_is_the_one_that_is_promised() -> None:
    """meta/runtime.yml says it to users."""
    text = (ROOT / "meta/runtime.yml").read_text(encoding="utf-8")
    assert re.findall(r"^requires_ansible:.*>=\s*(\d+\.\d+)", text, re.M) == [CELLS[0].core]


def test_the_readme_names_what_is_tested() -> None:
    """And nothing else."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (2\.\d+)[^|]*\| ([\d., ]+) \|$", text, re.M)
    assert [(core, minor) for core, minors in rows for minor in minors.split(", ")] == [
        (cell.core, cell.minor) for cell in CELLS
    ]


@pytest.fixture
def fake_make(tmp_path: Path) -> dict[str, str]:
    """An environment in which C(make) writes down its target, and fails for two of them."""
    program = tmp_path / "make"
    program.write_text(
        f'#!/bin/sh\necho "$2" >>"{tmp_path}/ran"\ncase $2 in unit | docs) exit 2 ;; esac\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}


def stages(tmp_path: Path, fake_make: dict[str, str], *arguments: str) -> tuple[int, str, list[str]]:
    """Run all stages in a copy of the scripts; return the status, the summary and what ran."""
    scripts = tmp_path / "checkout/tests/bin"
    scripts.mkdir(parents=True)
    for name in ("test-all", "_tools.py"):
        (scripts / name).write_bytes((ROOT / "tests/bin" / name).read_bytes())
    (tmp_path / "python").symlink_to(sys.executable)
    command = [str(tmp_path / "python"), str(scripts / "test-all"), *arguments]
    result = subprocess.run(command, env=fake_make, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr, (tmp_path / "ran").read_text("utf-8").split()


def test_all_stages_run_and_each_failure_is_reported(tmp_path: Path, fake_make: dict[str, str]) -> None:
    """The stages after one that failed too."""
    status, output, ran = stages(tmp_path, fake_make)
    assert ran[:2] == ["lint", "unit"] and {"integration", "matrix", "build", "docs", "bench-smoke"} <= {*ran}
    assert status == 1
    assert re.findall(r"^FAILED (\S+)", output, re.M) == ["unit", "docs"]
    assert output.splitlines()[-1] == f"{len(ran) - 2} passed, 2 failed"


def test_it_ends_with_the_first_failure_if_asked(tmp_path: Path, fake_make: dict[str, str]) -> None:
    """C(make test FAIL_FAST=1)."""
    status, output, ran = stages(tmp_path, fake_make, "--fail-fast")
    assert (status, ran) == (1, ["lint", "unit"])
    assert "Later stages were not run." in output
