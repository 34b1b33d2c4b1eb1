# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of types in the documentation of modules that deal with all types."""

from __future__ import annotations

import typing as t

from .common import MODULES, item, listed, replace_block, tables

if t.TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

INFO = MODULES / "posthog_info.py"
CONFIG = MODULES / "posthog_config.py"


def values(names: Iterable[str]) -> str:
    """Return names as a sentence of the documentation lists them.

    :param names: in any order.
    """
    return listed([f"V({name})" for name in sorted(names)])


def info_types(types: list[t.Any]) -> list[str]:
    """Return what posthog_info says of the types it reads.

    :param types: the tables.
    """
    by_scope = {
        scope: [table.type for table in types if table.scope.name == scope]
        for scope in ("PROJECT", "ORGANIZATION", "INSTANCE")
    }
    # One of each project; one of each object (a type with a place) is not the only one.
    single = [table.type for table in types if table.singleton and not table.location_options]
    placed = [table.type for table in types if table.location_options]
    sentences = [
        f"Of a project, these are {values(by_scope['PROJECT'])}.",
        f"Of an organization, these are {values(by_scope['ORGANIZATION'])}.",
        f"Of the installation, as far as the key sees it, these are {values(by_scope['INSTANCE'])}.",
        f"There is one only of {values(single)}, which O(ids), O(names) and O(search) have no meaning for.",
        f"Unless O(within) tells where they are, {values(placed)} are read from everywhere, one request a place.",
    ]
    for most in sorted({table.listing.limit for table in types if table.listing.limit}):
        names = values(table.type for table in types if table.listing.limit == most)
        sentences.append(f"Unless O(limit) says otherwise, at most {most} objects are read of {names}.")
    return [line for sentence in sentences for line in item(sentence, 6)]


def config_marks(types: list[t.Any]) -> list[str]:
    """Return what posthog_config says of the types that carry the collection's mark.

    :param types: the tables.
    """
    marked = [table.plural for table in types if table.purging.marker and table.purging.allowed]
    return item(f"The types {values(marked)} keep the mark among their C(tags).", 6)


def files() -> dict[Path, str]:
    """Return the modules with their lists."""
    types = tables()
    blocks = ((INFO, "types", info_types(types)), (CONFIG, "marked types", config_marks(types)))
    return {path: replace_block(path, path.read_text(encoding="utf-8"), name, lines) for path, name, lines in blocks}
