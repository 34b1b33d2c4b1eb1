# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads the tables under facts/: what each resource type is, as data.

A table is one JSON file per type and profile. ``current`` holds every type; ``2024`` holds the types (and the keys
of their answers) that a server of February 2024 has. ``2025`` holds only what a server of August 2025 does otherwise
than ``current``. See README.md for the format.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FACTS = Path(__file__).resolve().parent / "facts"


@dataclass(frozen=True)
class Profile:
    """One generation of the server: whose tables it has, and what its router does."""

    name: str
    #: Folders of tables, each changing what the one before says.
    facts: tuple[str, ...]


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("current", ("current",)),
        Profile("2025", ("current", "2025")),
        Profile("2024", ("2024",)),
    )
}


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
    #: Whether an empty text is taken; by itself what is required may not be empty.
    blank: bool | None = None
    #: Not known to the profile: ignored in bodies, left out of answers.
    absent: bool = False
    #: The type of the field's document is checked, and nothing in it.
    plain: bool = False
    #: An error anywhere in the document is one of the whole: its attribute (None where it names none).
    flat: dict[str, Any] | None = None
    fields: list[Field] = field(default_factory=list)

    @classmethod
    def load(cls, raw: dict[str, Any]) -> Field:
        """Build a field, and the fields inside it, from its JSON form."""
        known = {k: v for k, v in raw.items() if k in cls.__dataclass_fields__ and k != "fields"}
        inner = [] if raw.get("plain") else raw.get("fields", [])
        return cls(**known, fields=[cls.load(f) for f in inner])


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
    #: The only router that serves the type, where it is not both.
    router: str | None
    #: Whether the profile lacks the type.
    absent: bool
    #: Routes beside list and detail that the profile lacks.
    without: list[str]
    #: Such routes that the profile closes to keys.
    closed: list[str]
    #: Keys that the answers of the profile lack, whatever the type's behaviour gives; of rows of a list; nested ones.
    lacks: list[str]
    list_lacks: list[str]
    nested_lacks: dict[str, list[str]]

    @classmethod
    def load(cls, raw: dict[str, Any]) -> Table:
        """Build a table from its JSON form."""
        lacks = raw.get("lacks", [])
        fields = {f["name"]: Field.load(f) for f in raw["fields"]}
        for name in lacks:
            if name in fields:
                fields[name].absent = True
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
            router=raw.get("router"),
            absent=raw.get("absent", False),
            without=raw.get("without", []),
            closed=raw.get("closed", []),
            lacks=lacks,
            list_lacks=raw.get("list_lacks", []),
            nested_lacks=raw.get("nested_lacks", {}),
        )


def load_tables(profile: str) -> dict[str, Table]:
    """All tables of a profile, by type; absent types too, marked so."""
    raws: dict[str, dict[str, Any]] = {}
    for folder in PROFILES[profile].facts:
        for path in sorted((FACTS / folder).glob("*.json")):
            raw = json.loads(path.read_text(encoding="utf-8"))
            raws[raw["type"]] = _layered(raws.get(raw["type"], {"fields": [], "read": {}}), raw)
    return {name: Table.load(raw) for name, raw in raws.items()}


def _layered(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """A table with what a later layer says: fields are changed by name, read-only keys added, the rest replaced."""
    out = {**under, **over}
    if "fields" in over:
        out["fields"] = _fields(under["fields"], over["fields"])
    if under["fields"] and "read" in over:
        out["read"] = {**under["read"], **over["read"]}
        if "keys" in under and "keys" not in over:
            out["keys"] = list(dict.fromkeys([*under["keys"], *over["read"]]))
    return out


def _fields(under: list[dict[str, Any]], over: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fields by name: what the layer above says of one is added to it; ``gone`` takes it away."""
    out = {raw["name"]: raw for raw in under}
    for raw in over:
        known = {**out.get(raw["name"], {}), **raw}
        if "fields" in raw and "fields" in out.get(raw["name"], {}):
            known["fields"] = _fields(out[raw["name"]]["fields"], raw["fields"])
        out[raw["name"]] = known
    return [raw for raw in out.values() if not raw.get("gone")]
