# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the lists of modules in meta/runtime.yml equal to the files in plugins/modules.

Every module belongs to the action group, by its short name; every module that has no action plugin of its own name is
led to the one that there is. ``--write`` puts the lists in order, without it what differs is an error.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "meta/runtime.yml"
COLLECTION = "community.posthog"
GROUP = "posthog"


def plugins(kind: str) -> list[str]:
    """Return the names of the plugins of a kind."""
    return sorted(path.stem for path in (ROOT / "plugins" / kind).glob("*.py") if not path.name.startswith("_"))


def replace_block(text: str, heading: str, lines: list[str]) -> str:
    """Replace what is indented below a heading, which stands on a line of its own."""
    depth = len(heading) - len(heading.lstrip())
    pattern = re.compile(rf"(^{re.escape(heading)}\n)(?:[ ]{{{depth + 1},}}\S.*\n)*", re.M)
    result, count = pattern.subn(lambda match: match.group(1) + "".join(f"{line}\n" for line in lines), text)
    if count != 1:
        raise SystemExit(f"{RUNTIME.name} has {count} headings `{heading.strip()}` where one is expected.")
    return result


def wanted(text: str) -> str:
    """Return the file as it has to be."""
    modules, actions = plugins("modules"), plugins("action")
    if not modules:
        raise SystemExit("There are no modules in plugins/modules.")
    if len(actions) != 1:
        raise SystemExit(f"One action plugin is expected in plugins/action; there are: {', '.join(actions) or 'none'}.")
    text = replace_block(text, f"  {GROUP}:", [f"    - {name}" for name in modules])
    redirects = []
    for name in modules:
        if name not in actions:
            redirects += [f"    {name}:", f"      redirect: {COLLECTION}.{actions[0]}"]
    return replace_block(text, "  action:", redirects)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="correct the file")
    options = parser.parse_args()

    present = RUNTIME.read_text(encoding="utf-8")
    right = wanted(present)
    if present == right:
        return 0
    if options.write:
        RUNTIME.write_text(right, encoding="utf-8")
        print(f"{RUNTIME.relative_to(ROOT)} is corrected.")
        return 0
    names = ("meta/runtime.yml", "as plugins/modules has it")
    print("\n".join(difflib.unified_diff(present.splitlines(), right.splitlines(), *names, lineterm="")))
    print("`python tests/lint/runtime_lists.py --write` corrects it.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
