# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small rules of this repository that no other tool knows.

* Nothing names a directory of one developer's machine, or leads out of the repository.
* Nothing is excused from ansible-test: the files tests/sanity/ignore-*.txt stay without entries.
* The examples of modules call modules by their full names.
* Links stay within the repository, and do not lead back into a directory above themselves.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bin"))

from _tools import git_files  # noqa: E402  sys.path comes first

if t.TYPE_CHECKING:
    from collections.abc import Iterator

#: A home directory; a clone's place; a path from the repository's root to beside it.
PLACES = re.compile(r"(?<![\w.~])/(?:root|Users/\w+|home/(?!user\b|runner\b)\w+)/|(?<![\w/.])\.\./shared\b")

#: Words of a task that are no module's name.
KEYWORDS = frozenset(
    """
    action any_errors_fatal always args async become become_user block changed_when check_mode collections
    connection debugger delay delegate_facts delegate_to diff environment failed_when ignore_errors
    ignore_unreachable local_action loop loop_control module_defaults name no_log notify poll port register
    remote_user rescue retries run_once tags throttle timeout until vars when
    """.split()
)


def machine_paths(path: Path, text: str) -> Iterator[str]:
    """Yield the lines that name a place outside."""
    if path == Path(__file__).relative_to(ROOT):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if match := PLACES.search(line):
            yield f"{path}:{number}: names a place outside the repository: {match.group()}"


def sanity_excuses(path: Path, text: str) -> Iterator[str]:
    """Yield the entries of a file that excuses from sanity tests."""
    if re.fullmatch(r"tests/sanity/ignore-.*\.txt", str(path)):
        for number, line in enumerate(text.splitlines(), 1):
            if line.split("#")[0].strip():
                yield f"{path}:{number}: no sanity test is to be ignored: {line}"


def short_names(path: Path, text: str) -> Iterator[str]:
    """Yield the tasks in a module's examples that do not say which collection a module is from."""
    if not (path.is_relative_to("plugins/modules") and path.suffix == ".py"):
        return
    for node in ast.parse(text).body:
        names = [target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)]
        if isinstance(node, ast.Assign) and names == ["EXAMPLES"] and isinstance(node.value, ast.Constant):
            for name in called(yaml.safe_load(str(node.value.value))):
                if name.count(".") < 2:
                    yield f"{path}: an example calls `{name}`; write the full name"


def called(data: object) -> Iterator[str]:
    """Yield the names of modules that tasks, blocks or plays call."""
    for item in data if isinstance(data, list) else []:
        if not isinstance(item, dict):
            continue
        lists = ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers")
        for part in lists:
            yield from called(item.get(part))
        if "hosts" not in item:
            yield from (str(key) for key in item if key not in KEYWORDS and not str(key).startswith("with_"))


def bad_link(path: Path) -> str | None:
    """Return what is wrong with a symbolic link."""
    target = Path(os.path.normpath((ROOT / path).parent / os.readlink(ROOT / path)))
    if not target.is_relative_to(ROOT):
        return f"{path}: links to a place outside the repository"
    if (ROOT / path).is_relative_to(target):
        return f"{path}: links to a directory that it is in"
    return None


def main() -> int:
    """Print a line for each offence."""
    wrong: list[str] = []
    for path in git_files():
        if (ROOT / path).is_symlink():
            wrong += filter(None, [bad_link(path)])
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for rule in (machine_paths, sanity_excuses, short_names):
            wrong += rule(path, text)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
