# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""See that each file begins with who holds the copyright and with the licence that files in its place must have.

Ansible allows a licence other than its own only for modules and for what modules share, as only these run without it.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bin"))

from _tools import git_files  # noqa: E402  sys.path comes first

COPYRIGHT = "Copyright: Contributors to the community.posthog collection"
# REUSE-IgnoreStart
GPL = "SPDX-License-Identifier: GPL-3.0-or-later"
BSD = "SPDX-License-Identifier: BSD-2-Clause"
# REUSE-IgnoreEnd

#: Kinds of files that hold a header. What is not among them, REUSE.toml has to name.
KINDS = {".cfg", ".ini", ".j2", ".md", ".py", ".rst", ".sh", ".toml", ".yaml", ".yml"}
#: Written by tools, or texts of licences.
EXCEPT = ("LICENSES/", "changelogs/changelog.yaml", "changelogs/fragments/", "CHANGELOG.", "COPYING")


def problem(path: Path) -> str | None:
    """Return what is wrong with the header of a file."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()[:12]
    text = "\n".join(lines)
    if not lines:
        return None
    if COPYRIGHT not in text:
        return f"has no line `{COPYRIGHT}` at its beginning"
    if path.is_relative_to("plugins/module_utils"):
        return None if GPL in text or BSD in text else f"has no line `{GPL}` or `{BSD}` at its beginning"
    return None if GPL in text else f"has no line `{GPL}` at its beginning"


def main() -> int:
    """Print a line for each file whose header is wrong."""
    files = [path for path in git_files() if path.suffix in KINDS and not str(path).startswith(EXCEPT)]
    wrong = {path: found for path in files if (found := problem(path))}
    for path, found in wrong.items():
        print(f"{path}: {found}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
