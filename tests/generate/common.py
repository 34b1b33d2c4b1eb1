# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the generators share."""

from __future__ import annotations

import importlib
import os
import re
import sys
import textwrap
import typing as t
from pathlib import Path

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "plugins/modules"
RESOURCES = ROOT / "plugins/module_utils/_resources"
PREFIX = "posthog_"

#: How wide generated text may be: as wide as what people write.
WIDTH = 118


class CannotGenerate(Exception):
    """Something that a person writes is missing or wrong; the message says what, where, and what would be right."""


def add_tree() -> None:
    """Let the collection be imported from where Ansible would look for it, or from .build."""
    tree = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")[0] or str(ROOT / ".build")
    if tree not in sys.path:
        sys.path.append(tree)


def tables() -> list[t.Any]:
    """Return the tables of all types, in the order in which objects are applied."""
    registry = importlib.import_module("ansible_collections.community.posthog.plugins.module_utils._resources.index")
    return list(registry.RESOURCES.values())


def shown(path: Path) -> str:
    """Return a path as a person names it.

    :param path: of a file of the checkout.
    """
    return path.relative_to(ROOT).as_posix()


def modules() -> dict[str, Path]:
    """Return the files of the modules, by the modules' names."""
    found = {path.stem: path for path in sorted(MODULES.glob("*.py")) if not path.name.startswith("_")}
    if not found:
        raise CannotGenerate(f"There are no modules in {shown(MODULES)}.")
    return found


def replace_block(path: Path, text: str, name: str, lines: Iterable[str]) -> str:
    """Replace the lines between two comments: C(generated: NAME) and C(end of NAME).

    :param path: of the file, for messages.
    :param text: what it holds.
    :param name: of the block.
    :param lines: what belongs between the comments.
    :returns: what the file has to hold.
    """
    pattern = re.compile(
        rf"(^[^\n]*\bgenerated: {re.escape(name)} [^\n]*\n)(.*?)(^[^\n]*\bend of {re.escape(name)}\b)", re.M | re.S
    )
    body = "".join(f"{line}\n" for line in lines)
    result, count = pattern.subn(lambda match: match.group(1) + body + match.group(3), text)
    if count != 1:
        raise CannotGenerate(
            f"{shown(path)} has {count} blocks between the comments `generated: {name}` and `end of {name}`;"
            " there has to be one."
        )
    return result


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them.

    :param words: in order.
    """
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def item(sentence: str, indent: int, width: int = WIDTH) -> list[str]:
    """Return an item of a list in YAML, wrapped.

    :param sentence: the item.
    :param indent: how many blanks stand before its dash.
    :param width: of the text.
    """
    blanks = " " * indent
    return textwrap.wrap(
        sentence,
        width,
        initial_indent=f"{blanks}- ",
        subsequent_indent=f"{blanks}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
