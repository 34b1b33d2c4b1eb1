# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generic engine: list, create, retrieve, update and delete of a type that is described by a table.

A type with a peculiarity has a small class in ``behaviours`` that overrides one of the hooks below. The hooks are
named after the moment they run: ``clean``, ``fill``, ``created``, ``updated``, ``present``, ``listed``, ``sort``.
"""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .errors import ApiError, conflict, forbidden, invalid, method_not_allowed, not_found, payment_required
from .fields import check_body
from .store import Key, Row, now, short_id
from .tables import Table

if TYPE_CHECKING:
    from .app import App

REGISTRY: dict[tuple[str, str], type[Resource]] = {}
EVERY = "*"


def behaviour(type_: str, profile: str = EVERY) -> Callable[[type[Resource]], type[Resource]]:
    """Class decorator: this class serves a type, in one profile or in all that have no own class."""

    def register(cls: type[Resource]) -> type[Resource]:
        REGISTRY[(type_, profile)] = cls
        return cls

    return register


@dataclass
class Context:
    """One request on its way: who asks, for which organization and project, and what for."""

    app: App
    method: str
    path: str
    host: str
    query: dict[str, list[str]]
    raw_body: bytes = b""
    content_type: str = ""
    key: Key | None = None
    # Set by the dispatcher before a handler runs; typed as the handlers see them.
    user: Any = None
    organization: Any = None
    project: Any = None
    params: dict[str, str] = field(default_factory=dict)
    body: Any = None
    seeding: bool = False

    @property
    def legacy(self) -> bool:
        """Whether the server of February 2024 is played."""
        return self.app.profile == "2024"

    @property
    def store(self) -> Any:
        """The data."""
        return self.app.store

    def arg(self, name: str, default: str = "") -> str:
        """One query parameter; the last one wins."""
        values = self.query.get(name)
        return values[-1] if values else default

    def flag(self, name: str) -> bool:
        """A query parameter as a yes or no."""
        return self.arg(name).lower() in ("true", "1", "yes")

    @property
    def level(self) -> int:
        """The caller's level in the organization at hand."""
        return self.store.level(self.user.pk, self.organization.pk)


@dataclass
class Answer:
    """What a handler returns: a document, or ready-made JSON text, and a status."""

    body: Any = None
    status: int = 200
    text: str | None = None


@dataclass
class Extra:
    """A route beside list and detail. ``scope`` None means closed to keys; ``new``, that old servers lack it."""

    name: str
    handler: str
    methods: tuple[str, ...] = ("GET",)
    detail: bool = True
    scope: str | None = None
    item: str | None = None
    new: bool = False


def normalise_tags(tags: list[Any]) -> list[str]:
    """Tags as they are kept: stripped, lower-case, each once, in an order of their own."""
    clean = {str(tag).strip().lower() for tag in tags if str(tag).strip()}
    return sorted(clean, key=lambda tag: hashlib.md5(tag.encode(), usedforsecurity=False).digest())


def _similar(text: str, candidate: str) -> bool:
    """Whether two texts are alike; the cheap upper bounds first, since lists can be long."""
    matcher = difflib.SequenceMatcher(None, text, candidate)
    return matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6 and matcher.ratio() > 0.6


def basic_user(user: Row | None, legacy: bool = False) -> dict[str, Any] | None:
    """A person as embedded in other objects."""
    if user is None:
        return None
    names = ["id", "uuid", "distinct_id", "first_name", "last_name", "email", "is_email_verified"]
    if not legacy:
        names += ["hedgehog_config", "role_at_organization"]
    return {name: user.get(name) for name in names}


class Resource:
    """A type, generically. One instance per type and application."""

    extras: tuple[Extra, ...] = ()
    write_level = 0
    delete_level = 0
    level_message = "Your organization access level is insufficient."
    search_fields: tuple[str, ...] = ("name", "description")
    #: Whether a search also finds what is only similar.
    fuzzy = False
    create_status = 201
    #: POST needs no scope, only membership.
    public_create = False
    #: Served whatever the project is (a bug of old servers).
    open_to_all = False

    def __init__(self, table: Table, app: App) -> None:
        self.table = table
        self.app = app
        if app.profile == "2024":
            self.extras = tuple(extra for extra in self.extras if not extra.new)
        self.extras = tuple(
            replace(extra, scope=None) if extra.name in table.closed else extra
            for extra in self.extras
            if extra.name not in table.without
        )

    # ---- what the dispatcher calls

    def methods(self, detail: bool) -> list[str]:
        """The HTTP methods that the list or the detail route knows."""
        names = (
            {"list": "GET", "create": "POST"}
            if not detail
            else {
                "retrieve": "GET",
                "replace": "PUT",
                "update": "PATCH",
                "delete": "DELETE",
            }
        )
        out = [verb for name, verb in names.items() if name in self.table.verbs]
        if detail and self.table.delete == "soft" and "DELETE" not in out:
            out.append("DELETE")
        return out

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        """Serve the list (pk None) or one object."""
        if ctx.method not in self.methods(pk is not None):
            raise method_not_allowed(ctx.method)
        if ctx.method == "GET":
            return self.show_list(ctx) if pk is None else self.retrieve(ctx, self.row(ctx, pk))
        self.guard(ctx)
        if pk is None:
            return self.create(ctx)
        if ctx.method == "DELETE":
            if self.table.delete == "soft":
                raise method_not_allowed("DELETE", empty=True)
            return self.delete(ctx, self.row(ctx, pk))
        return self.update(ctx, self.row(ctx, pk), partial=ctx.method == "PATCH")

    def guard(self, ctx: Context) -> None:
        """Refuse a write that the caller's level does not allow."""
        needed = self.delete_level if ctx.method == "DELETE" and self.delete_level else self.write_level
        if needed and ctx.organization is not None and ctx.level < needed:
            raise forbidden(self.level_message)

    def admit(self, ctx: Context) -> None:
        """Refuse a request before its project is looked at, as a missing plan feature does."""

    # ---- finding

    def scope_of(self, ctx: Context) -> Any:
        """The id of what a row of this type belongs to."""
        level = self.table.scope
        return ctx.project.pk if level == "project" else ctx.organization.pk if level == "organization" else ctx.user.pk

    def parent_of(self, ctx: Context) -> Any:
        """The id of the object whose path this one hangs under; checks that it exists."""
        return None

    def parse_pk(self, ctx: Context, text: str) -> Any:
        """The primary key in the form the store uses; 404 when the text cannot be one."""
        if self.table.id_kind == "int":
            try:
                return int(text)
            except ValueError:
                raise not_found() from None
        return text

    def row(self, ctx: Context, text: str) -> Row:
        """The row a detail path names, else 404."""
        row = self.lookup(ctx, self.parse_pk(ctx, text))
        if row is None or row.scope != self.scope_of(ctx) or not self.readable(ctx, row):
            raise not_found()
        parent = self.parent_of(ctx)
        if parent is not None and row.parent != parent:
            raise not_found()
        return row

    def lookup(self, ctx: Context, pk: Any) -> Row | None:
        """The row with this primary key."""
        return ctx.store.find(self.table.type, pk)

    def readable(self, ctx: Context, row: Row) -> bool:
        """Whether the detail route shows the row; a soft-deleted one only where the type says so."""
        if not row.get("deleted") or self.table.deleted_readable:
            return True
        return (
            ctx.method in ("PATCH", "PUT")
            and isinstance(self.peek(ctx), dict)
            and self.peek(ctx).get("deleted") is False
        )

    @staticmethod
    def peek(ctx: Context) -> Any:
        """The body of the request, if there is one."""
        return ctx.body

    # ---- reading

    def rows(self, ctx: Context) -> list[Row]:
        """The rows that a list shows, before filters."""
        found = [
            row
            for row in ctx.store.all(self.table.type, self.scope_of(ctx), self.parent_of(ctx))
            if not row.get("deleted") and self.listed(ctx, row)
        ]
        return self.sort(ctx, found)

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        """The order of a list: newest first."""
        rows.reverse()
        return rows

    def listed(self, ctx: Context, row: Row) -> bool:
        """Whether a list shows the row."""
        return True

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        """Apply the list's query parameters."""
        text = ctx.arg("search").strip()
        if text and not ctx.legacy:
            rows = [row for row in rows if self.match(row, text)]
        return rows

    def match(self, row: Row, text: str) -> str | None:
        """How a row matches a search: exact (contains the text), similar, or not at all."""
        text = text.lower()
        for name in self.search_fields:
            value = row.get(name)
            for candidate in value if isinstance(value, list) else [value]:
                candidate = str(candidate or "").lower()
                if text in candidate:
                    return "exact"
                if candidate and self.fuzzy and _similar(text, candidate):
                    return "similar"
        return None

    def show_list(self, ctx: Context) -> Answer:
        """One page of a list, or all of it where the type is not paged."""
        rows = self.narrow(ctx, self.rows(ctx))
        variant = self.variant(ctx)
        if self.table.paging == "none":
            return Answer(text="[" + ",".join(self.text(ctx, row, variant) for row in rows) + "]")
        return self.page(ctx, rows, lambda row: self.text(ctx, row, variant))

    def variant(self, ctx: Context) -> str:
        """A name for the form that rows have in this list; part of the cache's key."""
        return "list"

    def text(self, ctx: Context, row: Row, variant: str) -> str:
        """A row of a list as JSON text, kept until anything is written."""
        stamp = (ctx.store.epoch, variant, ctx.user.pk)
        if row.cache is None or row.cache[0] != stamp:
            document = self.present(ctx, row, listing=True)
            row.cache = (stamp, json.dumps(document, separators=(",", ":"), ensure_ascii=False))
        return row.cache[1]

    def page(self, ctx: Context, rows: list[Any], text: Callable[[Any], str]) -> Answer:
        """The envelope around one page."""
        limit, offset = self.window(ctx)
        control = self.app.control
        ceiling = control.paging.get("max_page_size")
        if ceiling:
            limit = min(limit, int(ceiling))
        chunk = rows[offset : offset + limit]
        count = len(rows)
        following = self.link(ctx, limit, offset + limit) if offset + limit < count else None
        previous = self.link(ctx, limit, offset - limit) if offset > 0 else None
        trick = control.paging.get("trick")
        if trick == "endless":
            following = self.link(ctx, limit, offset + limit)
            chunk = chunk or rows[:limit]
        elif trick == "repeat" and following:
            following = self.link(ctx, limit, offset)
        elif trick == "foreign" and following:
            following = following.replace(ctx.host, control.paging.get("foreign_host", "evil.example.test"), 1)
        results = "[" + ",".join(text(row) for row in chunk) + "]"
        if self.table.paging == "cursor":
            return Answer(text=f'{{"next":{json.dumps(following)},"previous":null,"results":{results}}}')
        ends = f'"next":{json.dumps(following)},"previous":{json.dumps(previous)}'
        return Answer(text=f'{{"count":{count},{ends},"results":{results}}}')

    def window(self, ctx: Context) -> tuple[int, int]:
        """Limit and offset; anything that is no positive number means the default."""
        default = self.table.default_limit
        try:
            limit = int(ctx.arg("limit", str(default)))
        except ValueError:
            limit = default
        try:
            offset = max(0, int(ctx.arg("offset", "0")))
        except ValueError:
            offset = 0
        return (limit if limit > 0 else default), offset

    def link(self, ctx: Context, limit: int, offset: int) -> str:
        """The absolute address of another page, built from the Host header."""
        query = {k: v for k, v in ctx.query.items() if k not in ("limit", "offset", "personal_api_key")}
        query["limit"] = [str(limit)]
        if offset > 0:
            query["offset"] = [str(offset)]
        return f"http://{ctx.host}{ctx.path}?{urlencode(query, doseq=True)}"

    def retrieve(self, ctx: Context, row: Row) -> Answer:
        """One object."""
        return Answer(self.present(ctx, row))

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        """A row as the API shows it."""
        data = row.data
        out = {key: data.get(key) for key in self.table.keys}
        if listing:
            for name in self.table.list_omits:
                out.pop(name, None)
        return out

    # ---- writing

    def fields(self, ctx: Context, create: bool) -> dict[str, Any]:
        """The writable fields."""
        return self.table.fields

    def require_body(self, ctx: Context) -> dict[str, Any]:
        """The body as an object."""
        if ctx.body is None:
            raise invalid("No data provided", code="null")
        if not isinstance(ctx.body, dict):
            kind = type(ctx.body).__name__
            raise invalid(f"Invalid data. Expected a dictionary, but got {kind}.")
        return ctx.body

    def create(self, ctx: Context) -> Answer:
        """Validate, store and show a new object."""
        body = self.require_body(ctx)
        data = check_body(self.fields(ctx, True), body, partial=False, create=True)
        row = self.build(ctx, data, body)
        return Answer(self.present(ctx, row), self.create_status)

    def seed(self, ctx: Context, item: dict[str, Any]) -> Row:
        """Store an object for a test: checked like a create, then read-only keys in it are set as given."""
        data = check_body(self.fields(ctx, True), item, partial=True, create=True)
        row = self.build(ctx, data, item)
        row.data.update({k: v for k, v in item.items() if k not in self.table.fields and k in self.table.keys})
        return row

    def build(self, ctx: Context, data: dict[str, Any], body: dict[str, Any]) -> Row:
        """Turn checked data into a stored row."""
        self.gate(ctx, data, None)
        data = self.clean(ctx, data, None)
        if not ctx.seeding:
            self.check_unique(ctx, data, None)
        pk = self.fresh_pk(ctx, data)
        full: dict[str, Any] = {name: copy.deepcopy(value) for name, value in self.table.read.items()}
        full.update({name: copy.deepcopy(f.default) for name, f in self.table.fields.items() if not f.write_only})
        stamp = now()
        mine = basic_user(ctx.user, ctx.legacy)
        for key, value in {
            "created_at": stamp,
            "updated_at": stamp,
            "last_modified_at": stamp,
            "created_by": mine,
            "last_modified_by": mine,
            "team_id": ctx.project.pk if ctx.project else None,
            "organization": ctx.organization.pk if ctx.organization else None,
            "organization_id": ctx.organization.pk if ctx.organization else None,
            "team": ctx.project.pk if ctx.project else None,
        }.items():
            if key in self.table.keys:
                full[key] = value
        if "short_id" in self.table.keys:
            full["short_id"] = pk if self.table.id_kind == "short_id" else short_id()
        if "id" in self.table.keys:
            full["id"] = ctx.store.number(self.table.type) if self.table.id_kind == "short_id" and ctx.legacy else pk
            if self.table.id_kind == "short_id" and not ctx.legacy:
                full["id"] = ctx.store.fresh_id(_UUID)
        full.update(
            {
                name: value
                for name, value in data.items()
                if name not in self.table.fields or not self.table.fields[name].write_only
            }
        )
        row = Row(self.table.type, pk, self.scope_of(ctx), full, self.parent_of(ctx))
        self.fill(ctx, row, data)
        ctx.store.add(row)
        self.created(ctx, row, data)
        return row

    def fresh_pk(self, ctx: Context, data: dict[str, Any]) -> Any:
        """The primary key of a new row."""
        if self.table.id_kind == "name":
            return data.get("name")
        return ctx.store.fresh_id(self.table)

    def update(self, ctx: Context, row: Row, partial: bool) -> Answer:
        """Validate and apply a change, and show the object."""
        body = self.require_body(ctx)
        data = check_body(self.fields(ctx, False), body, partial=partial, create=False)
        self.gate(ctx, data, row)
        data = self.clean(ctx, data, row)
        self.check_unique(ctx, data, row)
        self.apply(ctx, row, data)
        return Answer(self.present(ctx, row))

    def apply(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Store checked data in a row."""
        before = dict(row.data)
        for name, value in data.items():
            if name in self.table.fields and self.table.fields[name].write_only:
                continue
            row.data[name] = value
        stamp = now()
        for key in ("updated_at", "last_modified_at", "last_updated_at"):
            if key in self.table.keys:
                row.data[key] = stamp
        if "last_modified_by" in self.table.keys:
            row.data["last_modified_by"] = basic_user(ctx.user, ctx.legacy)
        self.updated(ctx, row, data, before)
        ctx.store.touch()

    def delete(self, ctx: Context, row: Row) -> Answer:
        """Remove an object for good."""
        self.deleting(ctx, row)
        ctx.store.remove(row)
        return Answer(None, self.table.delete_status)

    def gate(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """Drop what the plan does not cover, without a word, as PostHog does; normalise tags."""
        for name, feature in self.table.plan_fields.items():
            if name not in data:
                continue
            if not ctx.seeding and not ctx.store.has_feature(ctx.organization.pk, feature):
                data.pop(name)
            elif name == "tags":
                data[name] = normalise_tags(data[name])

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """Refuse a natural key that another live row of the scope has."""
        rule = self.table.unique
        if not rule or data.get(rule["field"]) is None:
            return
        wanted = data[rule["field"]]
        name, fold = rule["field"], rule["ignore_case"]
        wanted = str(wanted).strip().lower() if fold else wanted
        for other in ctx.store.all(self.table.type, self.scope_of(ctx)):
            value = other.data.get(name)
            if (str(value).strip().lower() if fold else value) != wanted:
                continue
            if other is not row and not other.get("deleted") and self.competes(other):
                detail = rule["detail"].replace("{id}", str(other.pk))
                if rule["status"] == 409:
                    raise conflict(detail, rule["code"])
                raise invalid(detail, rule["attr"], rule["code"])

    def competes(self, other: Row) -> bool:
        """Whether a row takes part in the check of uniqueness."""
        return True

    # ---- hooks

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        """Checks across fields and normalisation; row is None on create."""
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """Set what the server computes, before the row is stored."""

    def created(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        """What creating entails elsewhere."""

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        """What a change entails."""

    def deleting(self, ctx: Context, row: Row) -> None:
        """Refuse a deletion, or clean up behind it."""

    # ---- helpers for behaviours

    def need_feature(self, ctx: Context, name: str) -> None:
        """402 unless the plan has a feature."""
        if not ctx.store.has_feature(ctx.organization.pk, name):
            raise payment_required()

    def error_if(self, condition: Any, error: ApiError) -> None:
        """Raise when the condition holds."""
        if condition:
            raise error


class _Uuid:
    id_kind = "uuid"
    type = "uuid"


_UUID: Any = _Uuid()
