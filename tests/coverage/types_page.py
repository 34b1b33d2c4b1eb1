# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that says of each type what its table says: made from the tables, so that it cannot be wrong.

``--write`` brings C(docs/docsite/rst/guide_types.rst) up to date; without it the page is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/docsite/rst/guide_types.rst"

sys.path.append(os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")[0] or str(ROOT / ".build"))

HEAD = """\
..
  Copyright: Contributors to the community.posthog collection
  GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. Made from the tables of the collection by "make generate"; do not edit.

.. _ansible_collections.community.posthog.docsite.guide_types:

All types at a glance
=====================

One row for each type of objects that the collection knows, in the order in which
:ansplugin:`community.posthog.posthog_config#module` applies them.

.. contents::
   :local:
   :depth: 1

What the columns say:

*Type* is the name in :ansplugin:`community.posthog.posthog_info#module` and in what modules return; the second name,
in the plural, is the key in a configuration. *Found by* names the options that tell which object is meant; those in
parentheses only tell apart objects that are called the same. *Absent* says what ``state: absent`` does: *deletes* for
good, *hides* where PostHog keeps the object and can bring it back, or nothing where PostHog cannot delete it. *List*
says whether one list call tells all that can be declared, so that a thousand unchanged objects cost as many requests
as the list has pages; where it does not, each object that is declared with more than the list tells costs one
request. *Since* is the first year of servers that have the type; without it, those of 2024 have it.

"""

SECTIONS = (
    ("INSTANCE", "Accounts and organizations"),
    ("ORGANIZATION", "In an organization"),
    ("PROJECT", "In a project"),
)


def named(table: Any) -> str:
    """The options that tell which object is meant."""
    place = [f"``{option}``" for option in table.location_options]
    if table.singleton:
        return " or ".join(place) if place else "the only one"
    out = [*place, f"``{table.identity.option}``"]
    within = [f"``{option}``" for option in table.identity.within if option not in table.location_options]
    text = ", ".join(out)
    return f"{text} ({', '.join(within)})" if within else text


def row(table: Any) -> list[str]:
    """The cells of a type."""
    module = f":ansplugin:`community.posthog.posthog_{table.type}#module`" if table.module else "read only"
    read, write = table.scopes
    scope = (write if table.module else "") or read
    scopes = f"``{scope}``" if scope else ""
    gone = {"HARD": "deletes", "SOFT": "hides", "NONE": ""}[table.delete.name]
    told = "all" if table.singleton or (table.list_is_complete and not table.listing.varies) else "a part"
    if table.listing.varies:
        told = "all, on newer servers"
    return [f"``{table.type}``, ``{table.plural}``", module, named(table), scopes, gone, told, str(table.since or "")]


def page() -> str:
    """The whole page."""
    from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

    lines = [HEAD]
    for scope, title in SECTIONS:
        lines += [f"{title}\n{'-' * len(title)}\n", ".. list-table::", "   :header-rows: 1", ""]
        rows = [["Type", "Module", "Found by", "Scope to write", "Absent", "List", "Since"]]
        rows += [row(table) for table in RESOURCES.values() if table.scope.name == scope]
        for cells in rows:
            lines += [f"   {'*' if index == 0 else ' '} - {cell}".rstrip() for index, cell in enumerate(cells)]
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="bring the page up to date")
    options = parser.parse_args()
    if options.write:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
