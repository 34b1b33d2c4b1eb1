# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the tables under facts/: what each resource type is, as data.

A table is one JSON file per type and profile. ``current`` holds every type; ``2024`` holds the types (and the keys
of their answers) that a server of February 2024 has. See README.md for the format.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FACTS = Path(__file__).resolve().parent / "facts"


@dataclass
class Field:
    """One writable field or nested key."""

    name: str
    type: str
    required: bool = False
    nullable: bool = False
    default: Any = None
    write_only: bool = False
    write_once: bool = False
    computed: bool = False
    secret: bool = False
    max_length: int | None = None
    enum: list[Any] | None = None
    unknown_keys: str | None = None
    strict: bool = False
    fields: list[Field] = field(default_factory=list)

    @classmethod
    def load(cls, raw: dict[str, Any]) -> Field:
        """Build a field, and the fields inside it, from its JSON form."""
        known = {k: v for k, v in raw.items() if k in cls.__dataclass_fields__ and k != "fields"}
        return cls(**known, fields=[cls.load(f) for f in raw.get("fields", [])])


@dataclass
class Table:
    """One resource type."""

    type: str
    path: str | None
    scope: str
    id_field: str
    id_kind: str
    verbs: list[str]
    delete: str
    delete_status: int
    deleted_readable: bool
    paging: str
    default_limit: int
    read_scope: str | None
    write_scope: str | None
    unique: dict[str, Any] | None
    plan_fields: dict[str, str]
    fields: dict[str, Field]
    read: dict[str, Any]
    keys: list[str]
    list_omits: list[str]

    @classmethod
    def load(cls, raw: dict[str, Any]) -> Table:
        """Build a table from its JSON form."""
        fields = {f["name"]: Field.load(f) for f in raw["fields"]}
        keys = raw.get("keys") or list(
            dict.fromkeys([*raw["read"], *(n for n, f in fields.items() if not f.write_only)])
        )
        scopes = raw.get("scopes", {"read": [], "write": []})
        return cls(
            type=raw["type"],
            path=raw.get("path"),
            scope=raw.get("scope", "project"),
            id_field=raw.get("id", {}).get("field", "id"),
            id_kind=raw.get("id", {}).get("kind", "int"),
            verbs=raw.get("verbs", []),
            delete=raw.get("delete", "hard"),
            delete_status=raw.get("delete_status", 204),
            deleted_readable=raw.get("deleted_readable", False),
            paging=raw.get("paging", "limit_offset"),
            default_limit=raw.get("default_limit", 100),
            read_scope=scopes["read"][0] if scopes["read"] else None,
            write_scope=scopes["write"][0] if scopes["write"] else None,
            unique=raw.get("unique"),
            plan_fields=raw.get("plan_fields", {}),
            fields=fields,
            read=raw["read"],
            keys=keys,
            list_omits=raw.get("list_omits", []),
        )


def load_tables(profile: str) -> dict[str, Table]:
    """All tables of a profile, by type."""
    out = {}
    for path in sorted((FACTS / profile).glob("*.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        out[raw["type"]] = Table.load(raw)
    return out
