# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``make new-type`` left to a person: no file may still hold its mark."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/bin"), str(ROOT / "tests")]

from _tools import git_files  # noqa: E402  sys.path comes first
from new_type import UNWRITTEN  # noqa: E402  sys.path comes first
from new_type.lay_out import unwritten  # noqa: E402  sys.path comes first

#: What deals with the mark itself.
ABOUT_IT = (
    "docs/docsite/rst/guide_develop.rst",
    "tests/new_type/",
    "tests/bin/new-type",
    "tests/unit/generate/",
    "tests/lint/unwritten.py",
)


def main() -> int:
    """Look at all files, and print what is left."""
    paths = [ROOT / path for path in git_files() if not str(path).startswith(ABOUT_IT)]
    texts = [path for path in paths if path.is_file() and UNWRITTEN.encode() in path.read_bytes()]
    found = unwritten(texts)
    if found:
        print("\n".join(found))
        print(f"Write what these sentences and decisions have to say, and remove the mark {UNWRITTEN}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
