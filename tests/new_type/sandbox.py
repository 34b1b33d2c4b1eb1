# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's facts of a new type."""

from __future__ import annotations

import json
import typing as t

if t.TYPE_CHECKING:
    from .facts import FieldFact, TypeFacts

#: The sandbox's words for kinds.
KINDS = {
    "text": "string",
    "int": "int",
    "number": "number",
    "bool": "boolean",
    "time": "date-time",
    "object": "object",
    "any": "any",
}

# REUSE-IgnoreStart
COMMENT = [
    "Copyright: Contributors to the community.posthog collection",
    "SPDX-License-Identifier: GPL-3.0-or-later",
]
# REUSE-IgnoreEnd

#: What an object has before anybody says otherwise, where it cannot be null.
DEFAULTS: dict[str, t.Any] = {"text": "", "int": 0, "number": 0, "bool": False, "object": {}, "list": []}


def field(known: FieldFact) -> dict[str, t.Any]:
    """Return the facts of a field.

    :param known: the field.
    """
    kind = f"list<{KINDS[known.items]}>" if known.kind == "list" else KINDS[known.kind]
    entry: dict[str, t.Any] = {"name": known.name, "type": kind}
    for word in ("required", "nullable"):
        if getattr(known, word):
            entry[word] = True
    if known.max_length is not None:
        entry["max_length"] = known.max_length
    if known.choices:
        entry["enum"] = list(known.choices)
    if known.kind == "object":
        entry["unknown_keys"] = "open"
    entry["default"] = None if known.nullable else DEFAULTS.get(known.kind)
    return entry


def absent_file(facts: TypeFacts) -> str:
    """Return the file that says that servers of 2025 do not have the type.

    :param facts: of the type.
    """
    raw = {"$comment": COMMENT, "type": facts.name, "absent": True}
    return json.dumps(raw, indent=1) + "\n"


def facts_file(facts: TypeFacts) -> str:
    """Return the file.

    :param facts: of the type.
    """
    root = "projects/{project_id}" if facts.scope == "project" else "organizations/{organization_id}"
    path = f"{root}/{facts.path.rstrip('/')}"
    verbs = ["list", "create", "retrieve", "update"] + (["delete"] if facts.delete == "hard" else [])
    fields = [field(known) for known in facts.fields]
    if facts.delete == "soft":
        fields.append({"name": "deleted", "type": "boolean", "default": False})
    raw = {
        "$comment": COMMENT,
        "type": facts.name,
        "path": path,
        "detail_path": f"{path}/{{{facts.id_field}}}",
        "scope": facts.scope,
        "id": {"field": facts.id_field, "kind": facts.id_kind},
        "verbs": verbs,
        "delete": "soft" if facts.delete == "soft" else "hard",
        "delete_status": 204,
        "deleted_readable": False,
        "paging": "limit_offset" if facts.paged else "none",
        "default_limit": 100,
        "scopes": {"read": [f"{facts.scope_object}:read"], "write": [f"{facts.scope_object}:write"]},
        "unique": None,
        "plan_fields": {},
        "fields": fields,
        "read": dict.fromkeys(facts.shown),
        "list_omits": [],
    }
    return json.dumps(raw, indent=1) + "\n"
