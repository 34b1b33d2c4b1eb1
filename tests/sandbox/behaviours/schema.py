# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics of group types, property groups and the links of these to events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import invalid, not_found
from ..resource import Answer, Context, Resource, behaviour
from ..store import Row, new_uuid, now

if TYPE_CHECKING:
    from ..app import App
    from ..tables import Table

WAREHOUSE = ("table_name", "timestamp_field", "key_field")
EVENTS = ("events", "actions", "properties", "filter_test_accounts")
BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")


@behaviour("group_type_metric", "current")
class GroupTypeMetric(Resource):
    """Under a group type; counts events, or rows of a warehouse table."""

    def parent_of(self, ctx: Context) -> Any:
        text = str(ctx.params.get("group_type_index", ctx.params.get("parent", "")))
        index = int(text) if text.isdigit() else None
        if ctx.store.find("group_type", (ctx.project.pk, index)) is None:
            raise not_found("Group type not found.")
        return index

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        for other in ctx.store.all(self.table.type, ctx.project.pk, self.parent_of(ctx)):
            if other is not row and other["name"] == data.get("name"):
                raise invalid("A metric with this name already exists for this group type.", "name", "unique")

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else self.table.fields[name].default)

        if value("math") == "sum" and not value("math_property"):
            raise invalid("math_property is required when math is sum.", "math_property")
        if value("math") == "count" and value("math_property"):
            raise invalid("math_property must be empty when math is count.", "math_property")
        if "filters" in data:
            data["filters"] = self.filters(ctx, data["filters"])
        return data

    @staticmethod
    def filters(ctx: Context, sent: dict[str, Any]) -> dict[str, Any]:
        """One of the two shapes; what belongs to the other one is dropped."""
        if sent.get("source", "events") == "events":
            kept = {name: sent[name] for name in EVENTS if name in sent}
            return {"source": "events", **kept, "bytecode": ["_H", 1, 29]}
        for name in WAREHOUSE:
            if not sent.get(name):
                raise invalid("This field is required.", f"filters__{name}", "required")
        names = {
            other["name"]
            for kind in ("warehouse_table", "warehouse_saved_query")
            for other in ctx.store.all(kind, ctx.project.pk)
            if not other.get("deleted")
        }
        if sent["table_name"] not in names and not ctx.seeding:
            raise invalid(f"Table '{sent['table_name']}' does not exist.", "filters__table_name")
        return {"source": "data_warehouse", **{name: sent[name] for name in WAREHOUSE}}


@behaviour("property_group", "current")
class PropertyGroup(Resource):
    """Its properties are rows that every update makes anew."""

    DEFAULTS = {"is_required": False, "is_optional_in_types": False, "validation_rules": None, "description": ""}

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        properties = data.get("properties")
        if properties is None:
            return data
        names = [item["name"] for item in properties]
        if len(set(names)) != len(names):
            raise invalid("Property names must be unique within a group.", "properties")
        for index, item in enumerate(properties):
            if item.get("validation_rules"):
                self.rules(item["property_type"], item["validation_rules"], f"properties__{index}__validation_rules")
        data["properties"] = [{**self.DEFAULTS, **item, "id": new_uuid()} for item in properties]
        return data

    @staticmethod
    def rules(kind: str, rules: dict[str, Any], where: str) -> None:
        """Lists of words for strings, bounds for numbers, nothing for the rest."""
        if kind not in ("String", "Numeric"):
            raise invalid(f"Validation rules are not possible for the type {kind}.", where)
        bounds = [name for name in BOUNDS if rules.get(name) is not None]
        lists = [entry["enum"] for entry in (rules, rules.get("not") or {}) if entry.get("enum") is not None]
        if kind == "String":
            if bounds:
                raise invalid(f"{bounds[0]} is only possible for Numeric.", where)
            if len(lists) > 1:
                raise invalid("enum and not exclude each other.", where)
            if any(not 1 <= len(words) <= 1000 for words in lists):
                raise invalid("enum needs 1 to 1000 entries.", where)
        elif lists:
            raise invalid("enum is only possible for String.", where)

    def check_unique(self, ctx: Context, data: dict[str, Any], row: Row | None) -> None:
        if row is None or data.get("name") != row["name"]:
            super().check_unique(ctx, data, row)

    def deleting(self, ctx: Context, row: Row) -> None:
        for link in list(ctx.store.all("event_schema", row.scope)):
            if link["group"] == row.pk:
                ctx.store.remove(link)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        events = [
            ctx.store.find("event_definition", link["event"])
            for link in ctx.store.all("event_schema", row.scope)
            if link["group"] == row.pk
        ]
        out["events"] = [{"id": event.pk, "name": event["name"]} for event in events if event is not None]
        return out


@behaviour("event_schema", "current")
class EventSchema(Resource):
    """The link of an event definition to a property group."""

    def __init__(self, table: Table, app: App) -> None:
        super().__init__(table, app)
        table.read_scope, table.write_scope = "event_definition:read", "event_definition:write"

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["projects/{project_id}/event_schemas"]

    def methods(self, detail: bool) -> list[str]:
        return ["GET", "DELETE"] if detail else ["GET", "POST"]

    def parse_pk(self, ctx: Context, text: str) -> Any:
        return text

    def narrow(self, ctx: Context, rows: list[Row]) -> list[Row]:
        wanted = ctx.arg("event_definition")
        return [row for row in rows if not wanted or row["event"] == wanted]

    def create(self, ctx: Context) -> Answer:
        body = self.require_body(ctx)
        for name, kind in (("event_definition", "event_definition"), ("property_group_id", "property_group")):
            if not body.get(name):
                raise invalid("This field is required.", name, "required")
            found = ctx.store.find(kind, body[name])
            if found is None or found.scope != ctx.project.pk:
                raise invalid(f'Invalid pk "{body[name]}" - object does not exist.', name, "does_not_exist")
        pair = {"event": body["event_definition"], "group": body["property_group_id"]}
        for other in ctx.store.all("event_schema", ctx.project.pk):
            if all(other[name] == value for name, value in pair.items()):
                raise invalid("This property group is already linked to the event.")
        data = {"id": new_uuid(), **pair, "created_at": now(), "updated_at": now()}
        row = ctx.store.add(Row("event_schema", data["id"], ctx.project.pk, data))
        return Answer(self.present(ctx, row), 201)

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        group = ctx.store.find("property_group", row["group"])
        return {
            "id": row.pk,
            "event_definition": row["event"],
            "property_group": self.app.resources["property_group"].present(ctx, group) if group else None,
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }
