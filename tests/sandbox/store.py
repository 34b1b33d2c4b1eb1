# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data: rows by type, people, organizations, projects and keys, and what a fresh sandbox holds."""

from __future__ import annotations

import secrets
import string
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .tables import Table

SHORT_ALPHABET = string.ascii_letters + string.digits


def now() -> str:
    """The current time as PostHog writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_uuid() -> str:
    """A time-ordered UUID, as PostHog's are."""
    stamp = int(time.time() * 1000)
    value = (stamp << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def short_id() -> str:
    """An eight character id of an insight, a notebook or a playlist."""
    return "".join(secrets.choice(SHORT_ALPHABET) for _dummy in range(8))


@dataclass(eq=False)
class Row:
    """One stored object.

    ``data`` holds what the type's table names. ``hidden`` holds what no answer shows. ``scope`` is the id of the
    project, organization or user that it belongs to, ``parent`` the id of the object whose path it hangs under.
    """

    type: str
    pk: Any
    scope: Any
    data: dict[str, Any]
    parent: Any = None
    hidden: dict[str, Any] = field(default_factory=dict)
    cache: tuple[Any, str] | None = None

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self.data.get(key, default)


@dataclass
class Key:
    """A personal API key. ``value`` never leaves the process except in the first line of output."""

    name: str
    value: str
    user: Any
    scopes: list[str]
    teams: list[int] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    created_at: str = field(default_factory=now)
    last_used_at: str | None = None
    label: str = ""


class Store:
    """All rows of one sandbox. Every access happens under ``lock``."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.rows: dict[str, dict[Any, Row]] = {}
        self.scoped: dict[tuple[str, Any], dict[Any, Row]] = {}
        self.keys: dict[str, Key] = {}
        self.features: dict[str, list[str]] = {}
        self.epoch = 0
        self._numbers: dict[str, int] = {}

    def number(self, kind: str) -> int:
        """The next integer id of a kind."""
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    def fresh_id(self, table: Table) -> Any:
        """A new primary key for a row of this table."""
        if table.id_kind == "uuid":
            return new_uuid()
        if table.id_kind == "short_id":
            return short_id()
        return self.number(table.type)

    def add(self, row: Row) -> Row:
        """Store a row."""
        self.epoch += 1
        self.rows.setdefault(row.type, {})[row.pk] = row
        self.scoped.setdefault((row.type, row.scope), {})[row.pk] = row
        return row

    def remove(self, row: Row) -> None:
        """Forget a row for good."""
        self.epoch += 1
        self.rows.get(row.type, {}).pop(row.pk, None)
        self.scoped.get((row.type, row.scope), {}).pop(row.pk, None)

    def touch(self) -> None:
        """Say that something changed, so that cached answers are made anew."""
        self.epoch += 1

    def find(self, type_: str, pk: Any) -> Row | None:
        """A row by its primary key, deleted or not."""
        return self.rows.get(type_, {}).get(pk)

    def all(self, type_: str, scope: Any = None, parent: Any = None) -> Iterator[Row]:
        """Rows of a type, within a scope and below a parent when these are given."""
        rows = self.rows.get(type_, {}) if scope is None else self.scoped.get((type_, scope), {})
        for row in list(rows.values()):
            if parent is None or row.parent == parent:
                yield row

    # People and access

    def membership(self, user: Any, organization: str) -> Row | None:
        """The membership of a user in an organization."""
        for row in self.all("organization_member", organization):
            if row.hidden["user"] == user:
                return row
        return None

    def level(self, user: Any, organization: str) -> int:
        """1, 8 or 15; 0 for somebody who is no member."""
        row = self.membership(user, organization)
        return row["level"] if row else 0

    def has_feature(self, organization: str, name: str) -> bool:
        """Whether the organization's plan has a feature."""
        return name in self.features.get(organization, [])
