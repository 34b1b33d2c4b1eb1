# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hog functions and workflows: inputs with secrets, filters that are compiled, templates, the order of execution."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from ..errors import ApiError, conflict, invalid, method_not_allowed
from ..fields import check_keys, parse_time
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, now
from .hog_templates import TEMPLATES

CLOSED = "This action does not support Personal API Key access"
SECRET = {"secret": True}
#: Types whose source is TypeScript and whose filters become JavaScript.
SITE = ("site_destination", "site_app")
MAPPED = ("destination", "site_destination")
EVENTLESS = ("person-updates", "data-warehouse-table", "data-warehouse-view")
MINIMAL = (
    "id",
    "type",
    "name",
    "description",
    "created_at",
    "created_by",
    "updated_at",
    "enabled",
    "hog",
    "filters",
    "icon_url",
    "template",
    "status",
    "execution_order",
)
#: Events whose destinations have routes of their own; those of insight alerts are taken from here too.
MANAGED = ("$logs_alert_", "$billing_alert_")
MAX_SOURCE = 100_000
MAX_TRANSFORMATIONS = 20
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "dictionary": (dict,),
    "integration": (int,),
    "integration_multi": (list,),
    "email": (dict,),
    "native_email": (dict,),
}
QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|//[^\n]*|--[^\n]*|/\*.*?\*/""", re.DOTALL)


def balanced(source: str) -> bool:
    """Whether brackets pair up: as much of a compiler as the sandbox has."""
    stack: list[str] = []
    pairs = {")": "(", "]": "[", "}": "{"}
    for char in QUOTED.sub("", source):
        if char in pairs.values():
            stack.append(char)
        elif char in pairs and (not stack or stack.pop() != pairs[char]):
            return False
    return not stack


def compiled(value: Any) -> list[Any]:
    """Made-up bytecode of something."""
    return ["_H", 1, 32, json.dumps(value, sort_keys=True, default=str)[:40]]


def transpiled(value: Any) -> dict[str, Any]:
    """Made-up JavaScript of something."""
    return {"lang": "ts", "code": json.dumps(value, sort_keys=True, default=str)[:40], "stl": []}


def flaw(ctx: Context, filters: dict[str, Any]) -> str | None:
    """Why filters do not compile, None when they do."""
    for name in ("properties", "events", "actions"):
        entries = filters.get(name) or []
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            return f"{name} must be a list of objects"
    inner = [p for entry in filters.get("events") or [] for p in entry.get("properties") or []]
    for prop in [*(filters.get("properties") or []), *inner]:
        if not isinstance(prop, dict) or not prop.get("key"):
            return "A property needs a key"
        if prop.get("type") == "hogql" and not balanced(str(prop["key"])):
            return "Could not parse the expression"
        if prop.get("type") == "cohort":
            cohort = ctx.store.find("cohort", _number(prop.get("value")))
            if cohort is None or cohort.scope != ctx.project.pk or cohort.get("deleted"):
                return "Unknown cohort"
    for entry in filters.get("actions") or []:
        action = ctx.store.find("action", _number(entry.get("id")))
        if action is None or action.scope != ctx.project.pk or action.get("deleted"):
            return f"Action with id {entry.get('id')} does not exist"
    return None


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def clean_schema(schema: list[Any], known: list[Any]) -> list[dict[str, Any]]:
    """An inputs_schema as it is stored: known keys only, with the three flags."""
    out = []
    for index, entry in enumerate(schema or []):
        if not isinstance(entry, dict):
            raise invalid("Invalid data. Expected a dictionary.", f"inputs_schema__{index}")
        try:
            item = check_keys(known, entry, "dropped")
        except ApiError as exc:
            raise exc.under("inputs_schema", str(index)) from None
        if item.get("templating") not in (None, True, False, "hog", "liquid"):
            raise invalid(
                f'"{item["templating"]}" is not a valid choice.',
                f"inputs_schema__{index}__templating",
                "invalid_choice",
            )
        out.append({"required": False, "secret": False, "hidden": False, **item})
    return out


def clean_inputs(
    schema: list[dict[str, Any]], inputs: dict[str, Any], stored: dict[str, Any], site: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Checked inputs: those to show and the secret ones. What the schema does not have is dropped."""
    shown: dict[str, Any] = {}
    hidden: dict[str, Any] = {}
    for item in schema:
        key = item["key"]
        sent = inputs.get(key)
        sent = {} if sent is None else sent
        if not isinstance(sent, dict):
            raise invalid("Invalid data. Expected a dictionary.", f"inputs__{key}")
        if item.get("secret") and sent.get("secret") is True and "value" not in sent:
            if key not in stored:
                raise invalid(f"No value is stored for the secret input '{key}'.", f"inputs__{key}")
            hidden[key] = stored[key]
            continue
        made = clean_input(item, sent, len(shown) + len(hidden), site)
        if made is not None:
            (hidden if item.get("secret") else shown)[key] = made
    return shown, hidden


def clean_input(item: dict[str, Any], sent: dict[str, Any], order: int, site: bool) -> dict[str, Any] | None:
    """One input with its bytecode, None when there is no value."""
    key, kind = item["key"], item["type"]
    value = sent.get("value")
    if value is None or value == "":
        if item.get("required") and item.get("default") in (None, ""):
            raise invalid("This field is required.", f"inputs__{key}", "required")
        if not item.get("required"):
            return None if "value" not in sent else {"value": value, "order": order}
        value = copy.deepcopy(item["default"])
    wanted = KINDS.get(kind)
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean")):
        raise invalid(f"Value must be of the type {kind}.", f"inputs__{key}")
    templating = sent.get("templating")
    if templating not in (None, "hog", "liquid"):
        raise invalid(f'"{templating}" is not a valid choice.', f"inputs__{key}__templating", "invalid_choice")
    if templating == "liquid" and kind == "boolean":
        raise invalid("Liquid templating is not supported for booleans.", f"inputs__{key}")
    out: dict[str, Any] = {"value": value}
    if templating:
        out["templating"] = templating
    if kind in ("string", "dictionary", "json", "email", "native_email") and templating != "liquid":
        if templating != "liquid" and isinstance(value, str) and kind == "string" and not balanced_template(value):
            raise invalid("Invalid template.", f"inputs__{key}")
        out["transpiled" if site else "bytecode"] = transpiled(value) if site else compiled(value)
    out["order"] = order
    return out


def balanced_template(text: str) -> bool:
    """Whether the braces of a template in a string are closed; a backslash escapes one."""
    bare = text.replace("\\{", "").replace("\\}", "")
    return bare.count("{") == bare.count("}")


def masked(inputs: dict[str, Any], hidden: dict[str, Any]) -> dict[str, Any]:
    """Inputs as they are read: of a secret only that there is one."""
    return {**copy.deepcopy(inputs), **{key: dict(SECRET) for key in hidden}}


def contains(value: Any, part: Any) -> bool:
    """Whether a JSON document contains another, as the database means it."""
    if isinstance(part, dict):
        return isinstance(value, dict) and all(k in value and contains(value[k], v) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(value, list) and all(any(contains(v, p) for v in value) for p in part)
    return value == part


@behaviour("hog_function", "current")
class HogFunction(Resource):
    """Much is added by the server: code and schema of the template, bytecode, the order."""

    extras: tuple[Extra, ...] = (
        Extra("rearrange", "rearrange", ("PATCH",), detail=False, scope="hog_function:write"),
        Extra("icons", "nothing", detail=False, scope="hog_function:read"),
        Extra("invocations", "invoke", ("POST",), scope="hog_function:write"),
        Extra("logs", "history", scope="hog_function:read"),
        Extra("metrics", "metrics", scope="hog_function:read"),
        Extra("metrics/totals", "metrics", scope="hog_function:read"),
    )

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        if ctx.method == "DELETE" and pk is not None:
            raise method_not_allowed("DELETE", empty=True)
        return super().handle(ctx, pk)

    # ---- reading

    def sort(self, ctx: Context, rows: list[Row]) -> list[Row]:
        return sorted(
            rows, key=lambda row: (row["execution_order"] is None, row["execution_order"] or 0, row["created_at"])
        )

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        types = (ctx.arg("type") or ctx.arg("types") or "destination").split(",")
        rows = [row for row in rows if row["type"] in types]
        if ctx.arg("enabled"):
            rows = [row for row in rows if row["enabled"] is ctx.flag("enabled")]
        if ctx.arg("id"):
            rows = [row for row in rows if row.pk in ctx.arg("id").split(",")]
        if ctx.arg("created_by"):
            rows = [row for row in rows if str((row["created_by"] or {}).get("id")) == ctx.arg("created_by")]
        for name in ("filters", "filter_groups"):
            if ctx.arg(name):
                try:
                    wanted = json.loads(ctx.arg(name))
                except ValueError:
                    raise invalid("Invalid filter", "filter") from None
                groups = wanted if name == "filter_groups" and isinstance(wanted, list) else [wanted]
                rows = [row for row in rows if any(contains(row["filters"], group) for group in groups)]
        return rows

    def variant(self, ctx: Context) -> str:
        return "full" if ctx.flag("full") else "list"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = copy.deepcopy(super().present(ctx, row))
        out["inputs"] = masked(row["inputs"], row.hidden.get("secrets", {}))
        for index, mapping in enumerate(out["mappings"] or []):
            mapping["inputs"] = masked(mapping.get("inputs") or {}, row.hidden["mappings"][index])
        number = row.hidden.get("template")
        out["template"] = copy.deepcopy(TEMPLATES.get(number or ""))
        if listing and not ctx.flag("full"):
            return {name: out[name] for name in MINIMAL}
        return out

    # ---- writing

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        body = ctx.body if isinstance(ctx.body, dict) and not ctx.seeding else {}
        if row is not None:
            if body.get("type", row["type"]) != row["type"]:
                raise invalid("Cannot modify the type of an existing function", "type")
            base = parse_time(data.get("base_updated_at"))
            stored = parse_time(row["updated_at"])
            if base is not None and stored is not None and base < stored:
                raise conflict("The function was changed since it was read.", "stale_update")
        kind = row["type"] if row is not None else data.setdefault("type", "destination")
        template = self.template_of(ctx, data, row)
        self.licence(ctx, data, row, template)
        if row is None:
            self.from_template(data, template)
        self.source(ctx, data, row, kind)
        self.inputs(ctx, data, row, kind)
        self.mappings(ctx, data, row, kind)
        enabled = data.get("enabled", row["enabled"] if row else False)
        if row is None or "filters" in data:
            data["filters"] = self.filters(ctx, data.get("filters"), kind, bool(enabled), bool(data.get("mappings")))
        elif enabled and not row["enabled"] and row["filters"].get("bytecode_error"):
            raise invalid("Filters could not be compiled.", "filters")
        self.masking(data)
        self.place(ctx, data, row, kind, body)
        return data

    @staticmethod
    def template_of(ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any] | None:
        """The template that is named, or was when the function was made."""
        number = row.hidden.get("template") if row is not None else data.get("template_id")
        if not number:
            return None
        template = TEMPLATES.get(number)
        if row is None and (template is None or template["status"] == "hidden"):
            raise invalid(f"No template found for id '{number}'", "template_id")
        return template

    @staticmethod
    def licence(ctx: Context, data: dict[str, Any], row: Row | None, template: dict[str, Any] | None) -> None:
        """Without the paid feature only free templates, and those as they are."""
        if ctx.seeding or ctx.store.has_feature(ctx.organization.pk, "data_pipelines"):
            return
        if template is None:
            raise invalid("The Data Pipelines addon is required to create custom functions.", "template_id")
        if not template["free"] and row is None:
            raise invalid("The Data Pipelines addon is required for this template.", "template_id")
        data["hog"] = template["code"]
        data["inputs_schema"] = copy.deepcopy(template["inputs_schema"])

    @staticmethod
    def from_template(data: dict[str, Any], template: dict[str, Any] | None) -> None:
        """What a new function leaves out comes from its template."""
        if template is None:
            return
        for name, source in (
            ("name", "name"),
            ("description", "description"),
            ("icon_url", "icon_url"),
            ("hog", "code"),
            ("inputs_schema", "inputs_schema"),
        ):
            if not data.get(name):
                data[name] = copy.deepcopy(template[source])

    @staticmethod
    def source(ctx: Context, data: dict[str, Any], row: Row | None, kind: str) -> None:
        """The program."""
        if row is None and "hog" in data and not data["hog"] and not ctx.seeding:
            raise invalid("This field may not be blank.", "hog", "blank")
        if row is None and not data.get("hog") and not ctx.seeding:
            raise invalid("Required.", "hog")
        if "hog" not in data:
            return
        if not data["hog"] and not ctx.seeding:
            raise invalid("This field may not be blank.", "hog", "blank")
        if len(data["hog"].encode()) > MAX_SOURCE:
            raise invalid("The source must not be longer than 100 KB.", "hog")
        if not balanced(data["hog"]):
            raise invalid("Error in TypeScript code" if kind in SITE else "Hog code has errors.", "hog")
        data["bytecode"] = None if kind in SITE else compiled(data["hog"])
        data["transpiled"] = transpiled(data["hog"]) if kind in SITE else None

    def schema_fields(self) -> list[Any]:
        """The keys of an entry of inputs_schema."""
        return self.table.fields["inputs_schema"].fields

    def inputs(self, ctx: Context, data: dict[str, Any], row: Row | None, kind: str) -> None:
        """The inputs and their schema, which are checked together."""
        if row is not None and "inputs" not in data and "inputs_schema" not in data:
            return
        if "inputs_schema" in data or row is None:
            data["inputs_schema"] = clean_schema(data.get("inputs_schema") or [], self.schema_fields())
        schema = data["inputs_schema"] if "inputs_schema" in data else row["inputs_schema"] if row else []
        stored = dict(row.hidden.get("secrets", {})) if row is not None else {}
        if "inputs" in data or row is None:
            sent = data.get("inputs") or {}
        else:
            sent = masked(row["inputs"], stored)
        data["inputs"], data["_secrets"] = clean_inputs(schema, sent, stored, kind in SITE)

    def mappings(self, ctx: Context, data: dict[str, Any], row: Row | None, kind: str) -> None:
        """Each mapping is a small function of its own."""
        if "mappings" not in data:
            return
        entries = data["mappings"] or None
        data["mappings"], data["_mappings"] = entries, []
        if entries is None:
            return
        if kind not in MAPPED:
            raise invalid("Mappings are only allowed for destinations.", "mappings")
        before = row.hidden.get("mappings", []) if row is not None else []
        for index, mapping in enumerate(entries):
            try:
                mapping["inputs_schema"] = clean_schema(mapping.get("inputs_schema") or [], self.schema_fields())
                stored = before[index] if index < len(before) else {}
                inputs = mapping.get("inputs") or {}
                mapping["inputs"], secret = clean_inputs(mapping["inputs_schema"], inputs, stored, kind in SITE)
                if "filters" in mapping:
                    known = self.table.fields["filters"].fields
                    filters = check_keys(known, mapping["filters"] or {}, "dropped")
                    mapping["filters"] = self.filters(ctx, filters, kind, False, False)
            except ApiError as exc:
                raise exc.under("mappings", str(index)) from None
            data["_mappings"].append(secret)

    @staticmethod
    def filters(ctx: Context, sent: Any, kind: str, enabled: bool, mapped: bool) -> dict[str, Any]:
        """The stored form of filters."""
        filters = {k: v for k, v in (sent or {}).items() if k not in ("bytecode", "transpiled", "bytecode_error")}
        if kind == "transformation_log" and any(filters.get(n) for n in ("events", "actions", "properties")):
            raise invalid("Filters are not supported for this type.", "filters")
        filters.setdefault("source", "events")
        if filters["source"] in EVENTLESS or mapped:
            filters.pop("events", None)
            filters.pop("actions", None)
        if kind == "internal_destination" and any(
            isinstance(event, dict) and str(event.get("id")).startswith(MANAGED)
            for event in filters.get("events") or []
        ):
            raise invalid("Destinations of alerts are managed through the alert.", "filters")
        wrong = flaw(ctx, filters)
        if wrong and enabled:
            raise invalid(wrong, "filters")
        if wrong:
            filters.update(bytecode=None, bytecode_error=wrong)
        elif kind in SITE:
            filters["transpiled"] = transpiled(filters)
        else:
            filters["bytecode"] = compiled(filters)
        return filters

    @staticmethod
    def masking(data: dict[str, Any]) -> None:
        """How often the same may run."""
        masking = data.get("masking")
        if masking is None:
            return
        if masking["ttl"] < 60:
            raise invalid("Ensure this value is greater than or equal to 60.", "masking__ttl", "min_value")
        if masking["ttl"] > 86400:
            raise invalid("Ensure this value is less than or equal to 86400.", "masking__ttl", "max_value")
        masking["bytecode"] = compiled(masking["hash"])

    def place(self, ctx: Context, data: dict[str, Any], row: Row | None, kind: str, body: dict[str, Any]) -> None:
        """The limit on transformations, and where a new or newly enabled one stands."""
        if kind != "transformation":
            return
        others = [
            other
            for other in ctx.store.all("hog_function", ctx.project.pk)
            if other is not row and other["type"] == kind and not other.get("deleted")
        ]
        was = bool(row and row["enabled"] and not row.get("deleted"))
        deleted = body.get("deleted", row.get("deleted") if row else False)
        enabled = data.get("enabled", row["enabled"] if row else False) and not deleted
        if enabled and not was and sum(1 for other in others if other["enabled"]) >= MAX_TRANSFORMATIONS:
            raise invalid(
                f"Maximum of {MAX_TRANSFORMATIONS} enabled transformation functions is allowed per project.", "type"
            )
        back = row is not None and row.get("deleted") and not deleted
        if data.get("execution_order") is None and (row is None or back or (enabled and not was)):
            data["execution_order"] = max((other["execution_order"] or 0 for other in others), default=0) + 1

    def keep(self, row: Row, data: dict[str, Any]) -> None:
        """Move what no answer shows out of the data."""
        if "_secrets" in data:
            row.hidden["secrets"] = data["_secrets"]
        if "_mappings" in data:
            row.hidden["mappings"] = data["_mappings"]
        for name in ("_secrets", "_mappings"):
            row.data.pop(name, None)

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.keep(row, data)
        row.hidden["template"] = data.get("template_id")
        row.data.update(status={"state": 0, "tokens": 0}, version=1, deleted=bool(data.get("deleted")))

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        self.keep(row, data)
        row.data["version"] = (row.get("version") or 0) + 1
        if "deleted" in data:
            row.data["deleted"] = data["deleted"]

    # ---- further routes

    def rearrange(self, ctx: Context) -> Answer:
        """{"orders": {id: n}}; gives all transformations in their new order."""
        orders = self.require_body(ctx).get("orders")
        if not isinstance(orders, dict) or not orders:
            raise invalid("No orders provided", "orders")
        rows = {
            row.pk: row
            for row in ctx.store.all("hog_function", ctx.project.pk)
            if row["type"] == "transformation" and not row.get("deleted")
        }
        for number, order in orders.items():
            if number not in rows or isinstance(order, bool) or not isinstance(order, int):
                raise invalid(f"Function with id {number} does not exist or its order is no number", "orders")
        for number, order in orders.items():
            rows[number].data.update(execution_order=order, updated_at=now())
        ctx.store.touch()
        return Answer([self.present(ctx, row) for row in self.sort(ctx, list(rows.values()))])

    def invoke(self, ctx: Context, pk: str) -> Answer:
        """A test run that does nothing."""
        if pk != "new":
            self.row(ctx, pk)
        return Answer({"status": "success", "logs": [], "result": None})

    def history(self, ctx: Context, pk: str) -> Answer:
        """No logs."""
        self.row(ctx, pk)
        return Answer({"count": 0, "next": None, "previous": None, "results": []})

    def metrics(self, ctx: Context, pk: str) -> Answer:
        """Nothing ran."""
        self.row(ctx, pk)
        return Answer({"totals": {}} if ctx.path.rstrip("/").endswith("totals") else {"labels": [], "series": []})

    def nothing(self, ctx: Context) -> Answer:
        """No icons."""
        return Answer([])


@behaviour("hog_flow", "current")
class HogFlow(Resource):
    """A workflow: a trigger, steps and edges. Only an active one is checked in full."""

    FUNCTIONS = ("function", "function_email", "function_sms", "function_push", "function_slack", "function_webhook")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        status = data.get("status", row["status"] if row else "draft")
        masking = data.get("trigger_masking")
        if masking is not None:
            if not 60 <= masking["ttl"] <= 94608000:
                low = masking["ttl"] < 60
                raise invalid(
                    f"Ensure this value is {'greater' if low else 'less'} than or equal to {60 if low else 94608000}.",
                    "trigger_masking__ttl",
                    "min_value" if low else "max_value",
                )
            masking["bytecode"] = compiled(masking["hash"])
        if "actions" in data:
            data["actions"], data["_secrets"] = self.steps(ctx, data["actions"], row, status == "active")
        steps = data.get("actions", row["actions"] if row else [])
        if status == "active":
            self.check_edges(steps, data.get("edges", row["edges"] if row else []))
        return data

    def steps(
        self, ctx: Context, steps: list[Any], row: Row | None, strict: bool
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The steps as stored, and their secret inputs by step."""
        secrets: dict[str, Any] = {}
        out = []
        before = row.hidden.get("secrets", {}) if row is not None else {}
        for index, sent in enumerate(steps):
            if not isinstance(sent, dict):
                raise invalid("Invalid data. Expected a dictionary.", f"actions__{index}")
            for name in ("id", "type"):
                if not sent.get(name):
                    raise invalid("This field is required.", f"actions__{index}__{name}", "required")
            step = {
                "name": "",
                "description": "",
                "on_error": None,
                "filters": None,
                "config": {},
                **copy.deepcopy(sent),
            }
            if step["filters"] is not None:
                wrong = flaw(ctx, step["filters"])
                if wrong and strict:
                    raise invalid(wrong, f"actions__{index}__filters")
                step["filters"]["bytecode"] = None if wrong else compiled(step["filters"])
            config = step["config"] if isinstance(step["config"], dict) else {}
            if step["type"] == "trigger" and isinstance(config.get("filters"), dict):
                config["filters"]["bytecode"] = compiled(config["filters"])
            if step["type"] in self.FUNCTIONS:
                secrets[step["id"]] = self.function(step, config, before.get(step["id"], {}), index, strict)
            out.append(step)
        if sum(1 for step in out if step["type"] == "trigger") != 1:
            raise invalid("Exactly one trigger action is required", "actions")
        if len({step["id"] for step in out}) != len(out):
            raise invalid("Action ids must be unique", "actions")
        return out, secrets

    @staticmethod
    def function(
        step: dict[str, Any], config: dict[str, Any], stored: dict[str, Any], index: int, strict: bool
    ) -> dict[str, Any]:
        """A step that runs a template: its inputs are those of a hog function."""
        template = TEMPLATES.get(config.get("template_id") or "")
        if template is None:
            if strict and step["type"] == "function":
                raise invalid("Template not found", f"actions__{index}__template_id")
            return {}
        schema = template["inputs_schema"]
        if not strict:
            schema = [{**item, "required": False} for item in schema]
        try:
            config["inputs"], secret = clean_inputs(schema, config.get("inputs") or {}, stored, False)
        except ApiError as exc:
            raise exc.under("actions", str(index)) from None
        return secret

    @staticmethod
    def check_edges(steps: list[dict[str, Any]], edges: list[Any]) -> None:
        """Every end of an edge is a step."""
        known = {step["id"] for step in steps}
        for index, edge in enumerate(edges):
            for name in ("from", "to"):
                if not isinstance(edge, dict) or edge.get(name) not in known:
                    raise invalid(f"Edge names no action: {name}", f"edges__{index}")

    def derive(self, row: Row, data: dict[str, Any]) -> None:
        """What follows from the steps."""
        if "_secrets" in data:
            row.hidden["secrets"] = data["_secrets"]
        row.data.pop("_secrets", None)
        trigger = next((step for step in row["actions"] if step["type"] == "trigger"), None)
        row.data["trigger"] = copy.deepcopy(trigger["config"]) if trigger else None
        row.data["billable_action_types"] = sorted(
            {step["type"] for step in row["actions"] if step["type"] in self.FUNCTIONS}
        )

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["version"] = 1
        self.derive(row, data)

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        row.data["version"] += 1
        self.derive(row, data)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = copy.deepcopy(super().present(ctx, row, listing))
        for step in out["actions"]:
            secret = row.hidden.get("secrets", {}).get(step["id"])
            if secret:
                step["config"]["inputs"] = masked(step["config"].get("inputs") or {}, secret)
        return out

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        rows = super().narrow(ctx, rows)
        if ctx.arg("id"):
            rows = [row for row in rows if row.pk == ctx.arg("id")]
        if ctx.arg("created_by"):
            rows = [row for row in rows if str((row["created_by"] or {}).get("id")) == ctx.arg("created_by")]
        return rows


@behaviour("messaging_template", "current")
class MessagingTemplate(Resource):
    """An e-mail needs a subject."""

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        content = data.get("content")
        if content is None:
            return data
        if content.get("templating") not in (None, "hog", "liquid"):
            raise invalid(f'"{content["templating"]}" is not a valid choice.', "content__templating", "invalid_choice")
        if data.get("type", row["type"] if row else "email") == "email":
            email = content.get("email")
            if not isinstance(email, dict):
                raise invalid("This field is required.", "content__email", "required")
            if not email.get("subject"):
                raise invalid("Subject is required", "content__email__subject", "required")
        return data
