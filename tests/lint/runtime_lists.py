# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep meta/runtime.yml and plugins/action equal to the files in plugins/modules.

Every module belongs to the action group, by its short name, and has an action plugin of its own name, which holds
nothing but that name, unless it has work of its own on the controller. ``--write`` puts both in order, without it what
differs is an error.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "meta/runtime.yml"
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


ACTION = '''# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs M(community.posthog.{name}) in the worker where it can."""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.plugin_utils._action import PostHogAction


class ActionModule(PostHogAction):
    """See the base class."""

    MODULE = "{name}"
'''


def wanted() -> dict[Path, str]:
    """Return the files as they have to be."""
    modules = plugins("modules")
    if not modules:
        raise SystemExit("There are no modules in plugins/modules.")
    present = RUNTIME.read_text(encoding="utf-8")
    files = {RUNTIME: replace_block(present, f"  {GROUP}:", [f"    - {name}" for name in modules])}
    for name in modules:
        path = ROOT / "plugins/action" / f"{name}.py"
        own = path.read_text(encoding="utf-8") if path.exists() else ""
        # An action that does more on the controller (reading or writing files) is written by hand.
        files[path] = own if f'    MODULE = "{name}"\n' in own and "    def " in own else ACTION.format(name=name)
    return files


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="correct the files")
    options = parser.parse_args()

    wrong = 0
    for path, right in wanted().items():
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        if present == right:
            continue
        name = str(path.relative_to(ROOT))
        if options.write:
            path.write_text(right, encoding="utf-8")
            print(f"{name} is corrected.")
            continue
        wrong += 1
        names = (name, "as plugins/modules has it")
        print("\n".join(difflib.unified_diff(present.splitlines(), right.splitlines(), *names, lineterm="")))
    strays = sorted(set(plugins("action")) - set(plugins("modules")))
    if strays:
        wrong += 1
        print(f"plugins/action has actions without a module: {', '.join(strays)}.")
    if wrong:
        print("`python tests/lint/runtime_lists.py --write` corrects it.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
