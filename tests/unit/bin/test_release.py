# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preparing a release: one command, tried in a copy of the repository; and the workflows that go on from there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of its own with all that git knows here."""
    root = tmp_path_factory.mktemp("release") / "checkout"
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    for name in filter(None, map(os.fsdecode, names)):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    subprocess.run(["git", "init", "--quiet", "."], cwd=root, check=True)
    subprocess.run([sys.executable, "tests/bin/collection-tree", "link"], cwd=root, check=True, capture_output=True)
    return root


def release(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the copy."""
    return subprocess.run(
        [sys.executable, "tests/bin/release", *words], cwd=root, capture_output=True, text=True, check=False
    )


def test_one_command(whole: Path) -> None:
    """Refused where something is missing; else the version is everywhere, the changelog has it, and nothing is left."""
    old = re.search(r"^version: (\S+)$", (whole / "galaxy.yml").read_text("utf-8"), re.M)
    assert old is not None
    assert "is no version such as 1.2.3" in release(whole, "1.0").stderr
    assert "is older than" in release(whole, "0.0.1").stderr
    fragments = whole / "changelogs/fragments"
    aside = whole / "aside"
    fragments.rename(aside)
    fragments.mkdir()
    refused = release(whole, "7.8.9")
    assert refused.returncode == 1 and "has a release_summary" in refused.stderr
    fragments.rmdir()
    aside.rename(fragments)
    if not any("release_summary" in path.read_text("utf-8") for path in fragments.glob("*.y*ml")):
        (fragments / "7.8.9.yml").write_text("release_summary: For a test.\n", encoding="utf-8")
    done = release(whole, "7.8.9", "--date", "2026-12-01")
    assert done.returncode == 0, done.stderr
    assert "git tag --sign 7.8.9" in done.stdout
    log = yaml.safe_load((whole / "changelogs/changelog.yaml").read_text("utf-8"))["releases"]["7.8.9"]
    assert log["release_date"] == "2026-12-01" and log["changes"]["release_summary"]
    modules = {path.stem for path in (whole / "plugins/modules").glob("*.py")}
    assert {item["name"] for item in log["modules"]} == modules
    assert not list(fragments.glob("*.y*ml"))
    assert re.search(r"v7\\?\.8\\?\.9", (whole / "CHANGELOG.md").read_text("utf-8"))
    left = subprocess.run(
        [
            "grep",
            "-rlE",
            rf"version(_added)?: *['\"]?{re.escape(old.group(1))}|posthog-ee:{re.escape(old.group(1))}",
            *PARTS,
        ],
        cwd=whole,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert left == ""
    again = release(whole, "7.8.9")
    assert again.returncode == 1 and "was released already" in again.stderr


#: What users get, and what tells them of a version.
PARTS: t.Final = ("galaxy.yml", "plugins", "roles", "playbooks", "meta", "awx", "docs/docsite", "README.md")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows(path: Path) -> None:
    """They read the repository only unless a job says more, call targets that are there, and name actions' versions."""
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"]["contents"] == "read"
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert all(name in targets for name in re.findall(r"run: make ([\w-]+)", text))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]), step
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
        # What a workflow prints into a script is a script: expressions come in through the environment.
        assert not any("${{" in step.get("run", "").replace("${{ matrix.session }}", "") for step in job["steps"])


def test_all_tests_run_each_week() -> None:
    """Without a commit, too: a release of ansible-core can break what nobody changed."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))
    assert workflow["on"]["schedule"][0]["cron"].split()[-1] in "0123456"
    assert "pull_request" in workflow["on"]
