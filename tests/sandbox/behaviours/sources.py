# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of the data warehouse and the tables they bring. A secret of ``wrong`` is one that does not work."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import ApiError, invalid
from ..resource import Answer, Context, Extra, Resource, basic_user, behaviour
from ..store import Row, new_uuid, now
from .warehouse import FREQUENCIES

INCREMENTAL = ("incremental", "append")
SCHEMA_KEYS = (
    "sync_type",
    "incremental_field",
    "incremental_field_type",
    "sync_time_of_day",
    "primary_key_columns",
    "cdc_table_mode",
)


def entry(name: str, label: str, kind: str = "text", required: bool = True, **more: Any) -> dict[str, Any]:
    """One field of the wizard."""
    return {
        "name": name,
        "label": label,
        "type": kind,
        "required": required,
        "placeholder": "",
        "secret": kind == "password",
        **more,
    }


#: The sources that there are: their fields, and the tables they have to offer.
SOURCES: dict[str, dict[str, Any]] = {
    "Stripe": {
        "fields": [
            entry("stripe_account_id", "Account id", required=False),
            entry("stripe_secret_key", "API key", "password"),
        ],
        "tables": (
            "Account",
            "BalanceTransaction",
            "Charge",
            "Customer",
            "Invoice",
            "Price",
            "Product",
            "Subscription",
        ),
    },
    "Postgres": {
        "fields": [
            entry("connection_string", "Connection string (optional)", required=False),
            entry("host", "Host"),
            entry("port", "Port", "number"),
            entry("database", "Database"),
            entry("user", "User"),
            entry("password", "Password", "password"),
            entry("schema", "Schema"),
            entry("ssh_tunnel", "Use SSH tunnel?", "ssh-tunnel", required=False),
        ],
        "tables": ("users", "orders", "items"),
    },
    "Hubspot": {
        "fields": [{**entry("hubspot_integration_id", "Hubspot account", "oauth"), "kind": "hubspot"}],
        "tables": ("contacts", "companies", "deals", "tickets"),
    },
    "Zendesk": {
        "fields": [
            entry("subdomain", "Subdomain"),
            entry("api_key", "API key", "password"),
            entry("email_address", "Email address"),
        ],
        "tables": ("tickets", "users", "organizations"),
    },
}


def refuse(message: str) -> ApiError:
    """400 outside the envelope."""
    return ApiError(400, "", "", message, raw={"message": message})


def schema_document(ctx: Context, row: Row) -> dict[str, Any]:
    """A schema as it shows within its source and by itself."""
    table = ctx.store.find("warehouse_table", row.hidden.get("table"))
    out = {name: copy.deepcopy(row.get(name)) for name in ctx.app.resources["external_data_schema"].table.keys}
    out["table"] = {"id": table.pk, "name": table["name"], "columns": table["columns"]} if table is not None else None
    out["incremental"] = row.get("sync_type") in INCREMENTAL
    return out


@behaviour("external_data_source", "current")
class Source(Resource):
    """Made with a payload, of which only what is no secret reads back."""

    search_fields = ("source_type", "prefix", "description")
    extras: tuple[Extra, ...] = (
        Extra("wizard", "wizard", detail=False, scope="external_data_source:read"),
        Extra("database_schema", "database_schema", ("POST",), detail=False, scope="external_data_source:read"),
        Extra("reload", "reload", ("POST",), scope="external_data_source:write"),
        Extra("refresh_schemas", "refresh", ("POST",), scope="external_data_source:write"),
    )

    def create(self, ctx: Context) -> Answer:
        # The answer is the id and nothing else.
        answer = super().create(ctx)
        return Answer({"id": answer.body["id"]}, 201)

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if row is not None:
            if "job_inputs" in data:
                self.connect(row["source_type"], {**row.hidden["inputs"], **data["job_inputs"]})
            return data
        kind = data["source_type"]
        if kind not in SOURCES:
            raise invalid(f'"{kind}" is not a valid choice.', "source_type", "invalid_choice")
        if ctx.seeding:
            return data
        self.check_prefix(ctx, kind, data.get("prefix") or "")
        payload = data["payload"]
        self.connect(kind, payload)
        self.check_schemas(kind, payload.get("schemas"))
        return data

    @staticmethod
    def check_prefix(ctx: Context, kind: str, prefix: str) -> None:
        """A second source of a kind needs one of its own."""
        if not re.fullmatch(r"\w*", prefix, re.ASCII):
            raise refuse("Prefix must contain only letters, numbers, and underscores.")
        same = [row for row in ctx.store.all("external_data_source", ctx.project.pk) if row["source_type"] == kind]
        if same and not prefix:
            raise refuse("Source type already exists. Prefix is required")
        if any((row.get("prefix") or "") == prefix for row in same):
            raise refuse("Prefix already exists")

    @staticmethod
    def connect(kind: str, inputs: dict[str, Any]) -> None:
        """All that is needed, and the other side lets us in."""
        for field in SOURCES[kind]["fields"]:
            value = inputs.get(field["name"])
            if field["required"] and value in (None, ""):
                raise refuse(f"Missing required parameter: {field['name']}")
            if field["secret"] and value == "wrong":
                raise refuse("Invalid credentials")

    @staticmethod
    def check_schemas(kind: str, schemas: Any) -> None:
        """Tables of this source only; incremental ones with their field."""
        if not schemas:
            raise refuse("Schemas not given")
        unknown = sorted({entry["name"] for entry in schemas} - set(SOURCES[kind]["tables"]))
        if unknown:
            raise refuse("Schemas given do not exist in source")
        for schema in schemas:
            if not schema["should_sync"]:
                continue
            if schema.get("sync_type") in INCREMENTAL and not schema.get("incremental_field"):
                raise refuse("Incremental schemas given do not have an incremental field set")

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        payload = dict(data.get("payload") or {})
        row.hidden["schemas"] = payload.pop("schemas", [])
        row.hidden["inputs"] = payload
        row.data["created_by"] = basic_user(ctx.user)

    def created(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        given = {schema["name"]: schema for schema in row.hidden["schemas"]}
        # Tables that were not named come when the source is looked at again.
        wanted = SOURCES[row["source_type"]]["tables"] if ctx.seeding and not given else tuple(given)
        self.add_schemas(ctx, row, wanted, given)

    def add_schemas(self, ctx: Context, row: Row, names: Any, given: dict[str, Any]) -> None:
        """Store schemas of a source."""
        for name in names:
            schema = given.get(name, {})
            cdc = schema.get("sync_type") == "cdc"
            made = {
                "id": new_uuid(),
                "name": name,
                "label": None,
                "source": row.pk,
                "should_sync": bool(schema.get("should_sync")),
                "last_synced_at": None,
                "latest_error": None,
                "status": "Completed" if schema.get("should_sync") else None,
                "sync_frequency": "5min" if cdc else "6hour",
                **{key: schema.get(key) for key in SCHEMA_KEYS},
            }
            stored = ctx.store.add(Row("external_data_schema", made["id"], row.scope, made))
            if made["should_sync"]:
                self.bring(ctx, row, stored)

    @staticmethod
    def bring(ctx: Context, source: Row, schema: Row) -> None:
        """The table that a schema becomes."""
        if ctx.store.find("warehouse_table", schema.hidden.get("table")) is not None:
            return
        prefix, kind = (source.get("prefix") or "").lower(), source["source_type"].lower()
        name = "_".join(part for part in (prefix.strip("_"), kind, schema["name"].lower()) if part)
        table = ctx.app.resources["warehouse_table"].table
        data = {key: copy.deepcopy(table.read.get(key)) for key in table.keys}
        data.update(
            id=new_uuid(),
            name=name,
            format="Parquet",
            url_pattern="https://bucket.example.test/data",
            created_at=now(),
            external_data_source={"id": source.pk, "source_type": source["source_type"], "status": source["status"]},
            external_schema={"id": schema.pk, "name": schema["name"], "should_sync": True},
            columns=[{"key": "id", "name": "id", "type": "string", "schema_valid": True}],
        )
        row = ctx.store.add(Row("warehouse_table", data["id"], source.scope, data))
        row.hidden["dotted"] = ".".join(part for part in (kind, prefix.strip("_"), schema["name"].lower()) if part)
        schema.hidden["table"] = row.pk

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        row.hidden["inputs"].update(data.get("job_inputs") or {})

    def deleting(self, ctx: Context, row: Row) -> None:
        for schema in list(ctx.store.all("external_data_schema", row.scope)):
            if schema["source"] == row.pk:
                table = ctx.store.find("warehouse_table", schema.hidden.get("table"))
                for gone in (table, schema):
                    if gone is not None:
                        ctx.store.remove(gone)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        secret = {field["name"] for field in SOURCES[row["source_type"]]["fields"] if field["secret"]}
        known = {field["name"] for field in SOURCES[row["source_type"]]["fields"]} - secret
        out["job_inputs"] = {k: v for k, v in row.hidden["inputs"].items() if k in known}
        schemas = ctx.store.all("external_data_schema", row.scope)
        out["schemas"] = [schema_document(ctx, schema) for schema in schemas if schema["source"] == row.pk]
        return out

    def wizard(self, ctx: Context) -> Answer:
        """What can be connected, and what that needs."""
        return Answer(
            {
                kind: {
                    "name": kind,
                    "label": None,
                    "caption": "",
                    "iconPath": f"/static/services/{kind.lower()}.png",
                    "fields": copy.deepcopy(source["fields"]),
                    "unreleasedSource": None,
                }
                for kind, source in SOURCES.items()
            }
        )

    def database_schema(self, ctx: Context) -> Answer:
        """What a source has to offer."""
        body = self.require_body(ctx)
        kind = body.get("source_type")
        if kind not in SOURCES:
            raise refuse("Missing required parameter: source_type")
        self.connect(kind, {**body, **(body.get("payload") or {})})
        return Answer(
            [
                {"table": name, "should_sync": False, "incremental_available": True, "sync_type": None}
                for name in SOURCES[kind]["tables"]
            ]
        )

    def refresh(self, ctx: Context, pk: str) -> Answer:
        """Look for tables that were not there before."""
        row = self.row(ctx, pk)
        have = {s["name"] for s in ctx.store.all("external_data_schema", row.scope) if s["source"] == row.pk}
        self.add_schemas(ctx, row, [n for n in SOURCES[row["source_type"]]["tables"] if n not in have], {})
        ctx.store.touch()
        return Answer(None, 200)

    def reload(self, ctx: Context, pk: str) -> Answer:
        """Read again now."""
        row = self.row(ctx, pk)
        row.data["last_run_at"] = now()
        ctx.store.touch()
        return Answer(None, 200)


@behaviour("external_data_schema", "current")
class Schema(Resource):
    """One table of a source: whether and how it is read."""

    extras = (
        Extra("reload", "reload", ("POST",), scope="external_data_schema:write"),
        Extra("resync", "reload", ("POST",), scope="external_data_schema:write"),
        Extra("cancel", "reload", ("POST",), scope="external_data_schema:write"),
        Extra("delete_data", "delete_data", ("DELETE",), scope="external_data_schema:write"),
        Extra("incremental_fields", "incremental_fields", ("POST",), scope="external_data_schema:read"),
    )

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        return [row for row in rows if not ctx.arg("source_id") or row["source"] == ctx.arg("source_id")]

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return rows

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        assert row is not None

        def value(name: str) -> Any:
            return data[name] if name in data else row.get(name)

        if data.get("sync_frequency") is not None and data["sync_frequency"] not in FREQUENCIES:
            raise invalid(f'"{data["sync_frequency"]}" is not a valid choice.', "sync_frequency", "invalid_choice")
        if value("should_sync") and not value("sync_type"):
            raise invalid("Sync type must be set up first before enabling schema", "sync_type")
        if value("sync_type") in INCREMENTAL and not value("incremental_field"):
            raise invalid("Incremental schemas given do not have an incremental field set", "incremental_field")
        return data

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        source = ctx.store.find("external_data_source", row["source"])
        if row["should_sync"] and source is not None:
            row.data["status"] = row["status"] or "Completed"
            Source.bring(ctx, source, row)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        return schema_document(ctx, row)

    def reload(self, ctx: Context, pk: str) -> Answer:
        """Read again now, or stop that."""
        self.row(ctx, pk)
        return Answer(None, 200)

    def delete_data(self, ctx: Context, pk: str) -> Answer:
        """The table goes, the schema stays."""
        row = self.row(ctx, pk)
        table = ctx.store.find("warehouse_table", row.hidden.pop("table", None))
        if table is not None:
            ctx.store.remove(table)
        ctx.store.touch()
        return Answer(None, 200)

    def incremental_fields(self, ctx: Context, pk: str) -> Answer:
        """Columns by which new rows can be recognised."""
        self.row(ctx, pk)
        return Answer(
            {"incremental_fields": [{"field": "created_at", "field_type": "datetime", "label": "created_at"}]}
        )
