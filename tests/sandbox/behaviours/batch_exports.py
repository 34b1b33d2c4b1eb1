# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch exports: a configuration for each type of destination, which is merged, and of which no secret is shown."""

from __future__ import annotations

import copy
import re
from typing import Any

from ..errors import forbidden, invalid, server_error
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, new_uuid, now

#: In a configuration: what has to be sent.
NEEDED: Any = object()
ROUTES: tuple[Extra, ...] = (
    Extra("test", "tests", detail=False, scope="batch_export:read"),
    Extra("run_test_step_new", "test_step", ("POST",), detail=False, scope="batch_export:write"),
    Extra("run_test_step", "test_step", ("POST",), scope="batch_export:write"),
    Extra("pause", "pause", ("POST",), scope="batch_export:write"),
    Extra("unpause", "unpause", ("POST",), scope="batch_export:write"),
    Extra("backfill", "backfill", ("POST",), scope="batch_export:write"),
    Extra("backfills", "backfills", ("GET", "POST"), scope="batch_export"),
    Extra("runs", "runs", scope="batch_export:read"),
    Extra("logs", "runs", scope="batch_export:read"),
)

Spec = dict[str, tuple[type | tuple[type, ...] | None, Any]]
EVENTS: Spec = {"exclude_events": (list, None), "include_events": (list, None)}
FILES: Spec = {"compression": (str, None), "file_format": (str, "JSONLines"), "max_file_size_mb": (int, None), **EVENTS}
LOGIN: Spec = {"user": (str, None), "password": (str, None), "host": (str, None)}
SQL: Spec = {"database": (str, NEEDED), "schema": (str, "public"), "table_name": (str, "events"), **LOGIN, **EVENTS}
#: By type of destination: the keys of its configuration with their type and default.
CONFIG: dict[str, Spec] = {
    "AwsS3": {
        "bucket_name": (str, NEEDED),
        "region": (str, NEEDED),
        "prefix": (str, NEEDED),
        "encryption": (str, None),
        "kms_key_id": (str, None),
        **FILES,
    },
    "S3Compatible": {
        "bucket_name": (str, NEEDED),
        "region": (str, NEEDED),
        "prefix": (str, NEEDED),
        "use_virtual_style_addressing": (bool, False),
        **FILES,
    },
    "AzureBlob": {"container_name": (str, NEEDED), "prefix": (str, ""), **FILES},
    "BigQuery": {
        "dataset_id": (str, NEEDED),
        "table_id": (str, "events"),
        "project_id": (str, None),
        "use_json_type": (bool, False),
        **EVENTS,
    },
    "Databricks": {
        "http_path": (str, NEEDED),
        "catalog": (str, NEEDED),
        "schema": (str, NEEDED),
        "table_name": (str, NEEDED),
        "use_variant_type": (bool, True),
        "use_automatic_schema_evolution": (bool, True),
        **EVENTS,
    },
    "Postgres": {**SQL, "port": (int, 5432), "has_self_signed_cert": (bool, False)},
    "Redshift": {
        **SQL,
        "port": (int, 5439),
        "properties_data_type": (str, "varchar"),
        "mode": (str, "INSERT"),
        "copy_inputs": (dict, None),
    },
    "Snowflake": {
        "database": (str, NEEDED),
        "warehouse": (str, NEEDED),
        "schema": (str, NEEDED),
        "table_name": (str, "events"),
        "role": (str, None),
        **EVENTS,
    },
    "HTTP": {"url": (str, NEEDED), "token": (str, NEEDED), **EVENTS},
    "Workflows": {"hog_function_id": (str, NEEDED), **EVENTS},
    "FileDownload": {**FILES},
    "NoOp": {**EVENTS},
}
#: The kind of integration that a type of destination has to have, or may have.
INTEGRATION = {
    "AwsS3": ("aws-s3", True),
    "S3Compatible": ("s3-compatible", True),
    "AzureBlob": ("azure-blob", True),
    "BigQuery": ("google-cloud-service-account", True),
    "Databricks": ("databricks", True),
    "Snowflake": ("snowflake", True),
    "Postgres": ("postgresql", False),
}
SECRETS = {"user", "password", "token", "private_key", "private_key_id", "client_email", "token_uri"} | {
    "authorization",
    "bucket_credentials",
}
#: Filled in by the server.
COMPUTED = {"legacy_parquet_extension"}


def merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Two documents as one, all the way down."""
    out = dict(old)
    for key, value in new.items():
        out[key] = merge(out[key], value) if isinstance(value, dict) and isinstance(out.get(key), dict) else value
    return out


def without(config: dict[str, Any], secret: set[str]) -> dict[str, Any]:
    """A configuration without its secrets."""
    return {k: without(v, secret) if isinstance(v, dict) else v for k, v in config.items() if k not in secret}


def fits(value: Any, kind: Any) -> tuple[bool, Any]:
    """Whether a value has a type, or is a text that can be read as it, and the value then."""
    if value is None or kind is None:
        return True, value
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return True, value
    if isinstance(value, str) and kind is int and re.fullmatch(r"-?\d+", value):
        return True, int(value)
    if isinstance(value, str) and kind is bool and value.lower() in ("true", "false", "1", "0", "yes", "no"):
        return True, value.lower() in ("true", "1", "yes")
    return False, value


@behaviour("batch_export")
class BatchExport(Resource):
    """Each type of destination has its own keys."""

    extras = ROUTES
    GATED = ("every 5 minutes", "every 15 minutes")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if data.get("interval") in self.GATED and not ctx.store.has_feature(
            ctx.organization.pk, "high_frequency_batch_exports"
        ):
            raise forbidden("Higher frequency batch exports are not enabled for this team.")
        if "destination" in data:
            self.destination(ctx, data, row)
        destination = data.get("destination") or (row["destination"] if row else {})
        model = data.get("model", row["model"] if row else "events")
        if destination.get("type") == "HTTP" and model not in (None, "events"):
            raise invalid("HTTP batch exports only support the events model")
        self.query(data)
        if "timezone" in data and data["timezone"] is None:
            data["timezone"] = "UTC"
        self.offsets(data)
        if data.get("paused") and not (row and row["paused"]):
            data.setdefault("last_paused_at", now())
        return data

    # ---- the destination

    def destination(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        """Check what was sent and put it over what is stored."""
        sent = data["destination"]
        kind, config = sent["type"], dict(sent["config"])
        before: dict[str, Any] = row["destination"] if row is not None else {}
        if before and before["type"] != kind:
            raise invalid("The type of a destination cannot be changed.", "destination__type")
        integration = sent.get("integration", before.get("integration"))
        self.check_integration(ctx, kind, integration)
        config = self.config(kind, config, partial=ctx.method == "PATCH" or ctx.seeding)
        config = merge(before["config"], config) if before else config
        if kind in ("Postgres", "Redshift") and integration is None and not ctx.seeding:
            missing = [name for name in LOGIN if not config.get(name)]
            if missing:
                raise invalid(f"Configuration missing required field: '{missing[0]}'", "destination")
        if kind == "Redshift":
            self.check_copy(config)
        for name, (_kind, default) in CONFIG[kind].items():
            if default is not NEEDED:
                config.setdefault(name, copy.deepcopy(default))
        data["destination"] = {"type": kind, "config": config, "integration": integration}

    @staticmethod
    def check_integration(ctx: Context, kind: str, number: int | None) -> None:
        """An integration has to be of the project and of the right kind."""
        wanted, needed = INTEGRATION.get(kind, ("", False))
        if ctx.seeding:
            return
        if number is None:
            if needed:
                raise invalid(f"Integration is required for {kind} batch exports", "destination")
            return
        found = ctx.store.find("integration", number)
        if found is None:
            raise invalid(
                f'Invalid pk "{number}" - object does not exist.', "destination__integration", "does_not_exist"
            )
        if found.scope != ctx.project.pk:
            raise invalid("Integration does not belong to this team.", "destination")
        if found["kind"] != wanted:
            raise invalid(f"Integration is not a {wanted or kind} integration.", "destination")

    @staticmethod
    def config(kind: str, config: dict[str, Any], partial: bool) -> dict[str, Any]:
        """Known keys of the right type, all needed ones unless it is a part."""
        spec = CONFIG[kind]
        unknown = sorted(set(config) - set(spec) - COMPUTED)
        if unknown:
            names = ", ".join(f"'{name}'" for name in unknown)
            raise invalid(f"Configuration has unknown field/s: {names}", "destination")
        out = {}
        for name, (wanted, default) in spec.items():
            if name not in config:
                if default is NEEDED and not partial:
                    raise invalid(f"Configuration missing required field: '{name}'", "destination")
                continue
            good, value = fits(config[name], wanted)
            if not good or (value is None and default is not None):
                have = type(config[name]).__name__
                raise invalid(
                    f"Configuration has invalid type: got '{have}', expected '{getattr(wanted, '__name__', '')}'",
                    "destination",
                )
            out[name] = value
        if out.get("file_format") not in (None, "JSONLines", "Parquet"):
            raise invalid(f"File format {out['file_format']} is not supported.", "destination")
        if out.get("mode") not in (None, "INSERT", "COPY"):
            raise invalid(f'"{out["mode"]}" is not a valid choice.', "destination")
        return out

    @staticmethod
    def check_copy(config: dict[str, Any]) -> None:
        """COPY goes through a bucket."""
        if config.get("mode") != "COPY":
            return
        inputs = config.get("copy_inputs")
        if not inputs:
            raise invalid("Missing required inputs for 'COPY'", "destination")
        if {"s3_bucket", "region_name", "authorization", "bucket_credentials"} - set(inputs):
            raise invalid("Missing required input for 'COPY'", "destination")
        for name in ("authorization", "bucket_credentials"):
            value = inputs[name]
            if isinstance(value, dict) and {"aws_access_key_id", "aws_secret_access_key"} - set(value):
                raise invalid("Missing required credentials for 'COPY'", "destination")
            if isinstance(value, str) and not value.strip():
                raise invalid("Missing required IAM role for 'COPY'", "destination")

    # ---- the rest

    @staticmethod
    def query(data: dict[str, Any]) -> None:
        """A query is stored as a schema."""
        text = data.pop("hogql_query", None)
        if not text:
            return
        match = re.fullmatch(r"\s*select\s+(.+?)\s+from\s+(\w+)\s*(.*)", text, re.IGNORECASE | re.DOTALL)
        if re.search(r"\bunion\b", text, re.IGNORECASE):
            raise invalid("UNIONs are not supported", "hogql_query")
        if match is None:
            raise invalid("Query must SELECT FROM events", "hogql_query")
        if match[2] != "events":
            raise invalid("Query must only SELECT FROM events", "hogql_query")
        if re.search(r"\bjoin\b", match[3], re.IGNORECASE):
            raise invalid("JOINs are not supported", "hogql_query")
        fields = []
        for part in re.split(r",(?![^(]*\))", match[1]):
            expression, _dummy, alias = re.sub(r"\s+", " ", part.strip()).partition(" as ")
            if not alias:
                expression, _dummy, alias = re.sub(r"\s+", " ", part.strip()).partition(" AS ")
            fields.append({"expression": expression, "alias": alias or expression})
        data["schema"] = {"fields": fields, "values": {}, "hogql_query": re.sub(r"\s+", " ", text.strip())}

    @staticmethod
    def offsets(data: dict[str, Any]) -> None:
        """Offsets count only next to an interval; an interval takes those away that it has no use for."""
        if "interval" not in data:
            data.pop("offset_day", None)
            data.pop("offset_hour", None)
            return
        interval = data["interval"]
        for name, top, intervals in (("offset_day", 6, ("week",)), ("offset_hour", 23, ("day", "week"))):
            value = data.get(name)
            if value is not None and interval not in intervals:
                raise invalid(f"{name} is not supported for the interval {interval}.", name)
            if value is not None and not 0 <= value <= top:
                low = value < 0
                bound = f"{'greater' if low else 'less'} than or equal to {0 if low else top}"
                raise invalid(f"Ensure this value is {bound}.", name, "min_value" if low else "max_value")
            if interval not in intervals:
                data[name] = None

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["timezone"] = row.get("timezone") or "UTC"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = copy.deepcopy(super().present(ctx, row, listing))
        destination = out["destination"]
        if destination:
            destination["config"] = without(destination["config"], SECRETS)
        return out

    # ---- further routes

    def set_paused(self, ctx: Context, pk: str, paused: bool) -> Answer:
        """Stop or resume."""
        row = self.row(ctx, pk)
        row.data.update(paused=paused, last_paused_at=now() if paused else row.get("last_paused_at"))
        ctx.store.touch()
        return Answer({"paused": paused})

    def pause(self, ctx: Context, pk: str) -> Answer:
        """Stop."""
        return self.set_paused(ctx, pk, True)

    def unpause(self, ctx: Context, pk: str) -> Answer:
        """Resume."""
        return self.set_paused(ctx, pk, False)

    def backfill(self, ctx: Context, pk: str) -> Answer:
        """Name a backfill that does nothing."""
        row = self.row(ctx, pk)
        body = self.require_body(ctx)
        return Answer({"backfill_id": f"{row.pk}-Backfill-{body.get('start_at')}-{body.get('end_at')}"})

    def backfills(self, ctx: Context, pk: str) -> Answer:
        """None so far, or a new one."""
        self.row(ctx, pk)
        if ctx.method == "GET":
            return Answer({"next": None, "previous": None, "results": []})
        body = self.require_body(ctx)
        return Answer(
            {"id": new_uuid(), "status": "Starting", "start_at": body.get("start_at"), "end_at": body.get("end_at")},
            201,
        )

    def runs(self, ctx: Context, pk: str) -> Answer:
        """None."""
        self.row(ctx, pk)
        return Answer({"next": None, "previous": None, "results": []})

    def tests(self, ctx: Context) -> Answer:
        """The steps by which a destination can be tried."""
        return Answer({"steps": []})

    def test_step(self, ctx: Context, pk: str | None = None) -> Answer:
        """Trying a destination always works here."""
        if pk is not None:
            self.row(ctx, pk)
        return Answer({"name": "Test", "description": "", "result": {"status": "Passed", "message": None}})


@behaviour("batch_export", "2024")
class BatchExport2024(BatchExport):
    """Any key, secrets inline, one type S3."""

    SECRET = re.compile("secret|password|access_key|private_key|token", re.IGNORECASE)
    TYPES: tuple[str, ...] = (
        "S3",
        "Snowflake",
        "Postgres",
        "Redshift",
        "BigQuery",
        "Databricks",
        "AzureBlob",
        "HTTP",
        "NoOp",
    )
    extras = tuple(extra for extra in ROUTES if extra.name in ("pause", "unpause", "backfill", "runs"))

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        destination = data.get("destination")
        if destination is not None:
            if destination.get("type") not in self.TYPES:
                raise invalid(
                    f'"{destination.get("type")}" is not a valid choice.', "destination__type", "invalid_choice"
                )
            config = destination.get("config") or {}
            if row is not None:
                config = {**row["destination"].get("config", {}), **config}
            elif destination["type"] == "S3" and not {"bucket_name", "region", "prefix"} <= set(config):
                raise server_error()
            data["destination"] = {**destination, "config": config}
        if str(data.get("interval", "")).startswith("every") and not ctx.store.has_feature(
            ctx.organization.pk, "high_frequency_batch_exports"
        ):
            raise forbidden("Higher frequency exports are not enabled for this team.")
        return data

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        pass

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = Resource.present(self, ctx, row, listing)
        destination = copy.deepcopy(row["destination"]) or {}
        config = destination.get("config") or {}
        destination["config"] = {k: v for k, v in config.items() if not self.SECRET.search(k)}
        out["destination"] = destination
        return out
