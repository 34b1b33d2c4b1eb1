# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the sandbox's facts of queries from PostHog's query schema.

    tests/bin/sandbox_queries.py SCHEMA > tests/sandbox/facts/queries.json

What stays of the schema is what the server checks: types, keys, choices, what is required. It is the sandbox's own, and
shares no code with what makes the collection's table.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

#: The keys of a JSON schema that matter for checking.
CHECKED = ("$ref", "anyOf", "const", "enum", "items", "additionalProperties", "properties", "required", "type")

#: Where a stored insight, a dashboard's filters and a saved metric begin.
ROOTS = ("QuerySchema", "DashboardFilter")


def pruned(part: Any) -> Any:
    """A part of the schema with only what is checked.

    :param part: the part.
    :returns: a copy.
    """
    if not isinstance(part, dict):
        return part
    out: dict[str, Any] = {}
    for key in CHECKED:
        if key not in part:
            continue
        value = part[key]
        if key == "properties":
            out[key] = {name: {} if name == "response" else pruned(inner) for name, inner in value.items()}
        elif key == "anyOf":
            out[key] = [pruned(inner) for inner in value]
        elif key in ("items", "additionalProperties"):
            out[key] = pruned(value)
        else:
            out[key] = value
    return out


def reached(definitions: dict[str, Any], roots: list[str]) -> dict[str, Any]:
    """The definitions that some lead to.

    :param definitions: all of them.
    :param roots: where to begin.
    :returns: those that are needed, pruned, by name.
    """
    found: dict[str, Any] = {}
    left = list(roots)
    while left:
        name = left.pop()
        if name in found:
            continue
        found[name] = pruned(definitions[name])
        text = json.dumps(found[name])
        left += [other for other in definitions if f'"#/definitions/{other}"' in text]
    return dict(sorted(found.items()))


def main() -> None:
    """Write the facts to standard output."""
    definitions = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["definitions"]
    roots = [name for name in definitions if name in ROOTS or "kind" in definitions[name].get("properties", {})]
    roots = [name for name in roots if not name.endswith("Response")]
    comment = [
        "Copyright: Contributors to the community.posthog collection",
        # REUSE-IgnoreStart
        "SPDX-License-Identifier: GPL-3.0-or-later",
        # REUSE-IgnoreEnd
    ]
    lines = [f'"$comment": {json.dumps(comment)}']
    lines += [
        f"{json.dumps(name)}: {json.dumps(definition)}" for name, definition in reached(definitions, roots).items()
    ]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
