# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the checkout, in which programs that write files can be tried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: What the programs read or write.
PARTS = ("plugins", "tests", "docs", "meta", "README.md", "galaxy.yml", "pyproject.toml")


class Checkout:
    """A copy of the checkout.

    :param base: a directory of collections, to be made.
    """

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root = base / "ansible_collections/community/posthog"
        self.root.mkdir(parents=True)
        ignore = shutil.ignore_patterns("__pycache__", "unit", "output")
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, self.root / part, ignore=ignore)
            else:
                shutil.copy(source, self.root / part)

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the copy.

        :param program: its path.
        :param words: its arguments.
        :returns: how it ended and what it printed.
        """
        env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(self.base), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, program, *words]
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, check=False)

    def read(self, path: str) -> str:
        """Return what a file holds.

        :param path: of the file.
        """
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Make or replace a file.

        :param path: of the file.
        :param text: what it is to hold.
        """
        (self.root / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace the one place where a text stands.

        :param path: of the file.
        :param old: the text.
        :param new: what replaces it.
        """
        text = self.read(path)
        assert text.count(old) == 1, f"{path} has {text.count(old)} times {old!r}"
        self.write(path, text.replace(old, new))

    def everything(self) -> dict[str, str]:
        """Return all files, by path."""
        return {
            str(path.relative_to(self.root)): path.read_bytes().decode("utf-8", "replace")
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {"__pycache__", ".build"} & set(path.parts)
        }
