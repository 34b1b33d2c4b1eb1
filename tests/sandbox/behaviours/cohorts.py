# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cohorts: filters in which every key is checked, computed keys on conditions, static ones."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, invalid
from ..fields import check_keys, parse_time
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, now
from .content import people
from .linked import within

if TYPE_CHECKING:
    from ..store import Store

RELATIVE = re.compile(r"^-?\d+[hdwmy]$")
COMPUTED = ("bytecode", "bytecode_error", "conditionHash")


def leaves(node: Any) -> Iterator[dict[str, Any]]:
    """The conditions of cohort filters, without the groups around them."""
    if not isinstance(node, dict):
        return
    if node.get("type") in ("AND", "OR"):
        for child in node.get("values") or []:
            yield from leaves(child)
    else:
        yield node


def is_behavioural(store: Store, row: Row, seen: set[Any] | None = None) -> bool:
    """Whether a cohort, or one that it names, rests on events."""
    seen = seen if seen is not None else set()
    if row.pk in seen or row.get("is_static"):
        return False
    seen.add(row.pk)
    for leaf in leaves((row.get("filters") or {}).get("properties")):
        if leaf.get("type") == "behavioral":
            return True
        if leaf.get("type") == "cohort":
            other = store.find("cohort", leaf.get("value"))
            if other is not None and is_behavioural(store, other, seen):
                return True
    return False


@behaviour("cohort")
class Cohort(Resource):
    """Every key inside the filters is checked here, since an unknown one is refused at any depth."""

    fuzzy = True

    extras = (
        Extra("persons", "persons", scope="cohort:read"),
        Extra("activity", "activity", scope="activity_log:read"),
        Extra("calculation_history", "activity", scope="cohort:read", new=True),
        Extra("add_persons_to_static_cohort", "add_people", ("PATCH",), scope="cohort:write", new=True),
        Extra("remove_person_from_static_cohort", "remove_person", ("PATCH",), scope="cohort:write", new=True),
        Extra("duplicate_as_static_cohort", "duplicate", scope="cohort:write"),
    )

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        def value(name: str) -> Any:
            return data[name] if name in data else (row.get(name) if row else self.table.fields[name].default)

        if data.get("filters") and data.get("query"):
            raise invalid("Cannot set both filters and query.")
        if data.get("query") and not value("is_static"):
            raise invalid("Cannot create a dynamic cohort with a query. Set is_static to true.")
        if data.get("filters"):
            data["filters"] = copy.deepcopy(data["filters"])
            self.check_filters(ctx, data["filters"], row)
        self.check_type(data, value)
        if data.get("_create_static_person_ids"):
            if not value("is_static"):
                raise invalid("Only static cohorts have members of their own.", "_create_static_person_ids")
            people(ctx, data["_create_static_person_ids"], "_create_static_person_ids")
        return data

    def check_filters(self, ctx: Context, filters: dict[str, Any], row: Row | None) -> None:
        """The rules that the table cannot hold, and the keys that the server computes."""
        self.check_group(ctx, filters["properties"], "filters__properties", row)
        if (
            row is not None
            and any(leaf["type"] == "behavioral" for leaf in leaves(filters["properties"]))
            and not is_behavioural(ctx.store, row)
            and self.used_by_flag(ctx, row)
        ):
            raise invalid(
                "A cohort that is used in a feature flag cannot be based on events.",
                "filters",
                "behavioral_cohort_found",
            )

    def check_group(self, ctx: Context, node: dict[str, Any], path: str, row: Row | None) -> None:
        field = self.table.fields["filters"].fields[0].fields[1]
        for index, child in enumerate(node.get("values") or []):
            where = f"{path}__values__{index}"
            if not isinstance(child, dict):
                raise invalid("Expected a dictionary of items.", where, "not_a_dict")
            try:
                node["values"][index] = child = check_keys(field.fields, child, "refused")
            except ApiError as exc:
                raise exc.under(where) from None
            if child["type"] in ("AND", "OR"):
                if not isinstance(child.get("values"), list):
                    raise invalid("This field is required.", f"{where}__values", "required")
                self.check_group(ctx, child, where, row)
            else:
                self.check_leaf(ctx, child, where, row)
                self.compute(child)

    def check_leaf(self, ctx: Context, leaf: dict[str, Any], where: str, row: Row | None) -> None:
        kind, operator = leaf["type"], leaf.get("operator")
        if leaf.get("key") is None:
            raise invalid("This field is required.", f"{where}__key", "required")
        if kind in ("person", "person_metadata"):
            if not operator:
                raise invalid("This field is required.", f"{where}__operator", "required")
            if operator not in ("is_set", "is_not_set") and leaf.get("value") is None:
                raise invalid("This field is required.", f"{where}__value", "required")
            text = leaf.get("value")
            if operator in ("is_date_after", "is_date_before") and not (
                isinstance(text, str) and (parse_time(text) or RELATIVE.match(text))
            ):
                raise invalid(f"Invalid date value: {text}", f"{where}__value")
        elif kind == "behavioral":
            if not leaf.get("event_type"):
                raise invalid("This field is required.", f"{where}__event_type", "required")
            if not leaf.get("value"):
                raise invalid("This field is required.", f"{where}__value", "required")
        elif kind == "cohort":
            other = ctx.store.find("cohort", leaf.get("value"))
            if other is None or other.scope != ctx.project.pk:
                raise invalid(f"Cohort with id {leaf.get('value')} does not exist", f"{where}__value")
            if row is not None and (other is row or self.reaches(ctx, other, row)):
                raise invalid("Cohorts cannot reference other cohorts in a loop.", "filters")

    def reaches(self, ctx: Context, start: Row, goal: Row, seen: set[Any] | None = None) -> bool:
        """Whether the references of one cohort lead to another."""
        seen = seen if seen is not None else set()
        for leaf in leaves((start.get("filters") or {}).get("properties")):
            if leaf.get("type") != "cohort" or leaf["value"] in seen:
                continue
            seen.add(leaf["value"])
            other = ctx.store.find("cohort", leaf["value"])
            if other is goal or (other is not None and self.reaches(ctx, other, goal, seen)):
                return True
        return False

    @staticmethod
    def compute(leaf: dict[str, Any]) -> None:
        """Add what the server adds to a condition."""
        plain = {k: v for k, v in leaf.items() if k not in COMPUTED}
        digest = hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
        leaf["bytecode"] = ["_H", 1, 32, str(leaf.get("key")), digest[:8]]
        leaf["bytecode_error"] = None
        leaf["conditionHash"] = digest[:16]

    @staticmethod
    def used_by_flag(ctx: Context, row: Row) -> bool:
        """Whether a live flag's condition names the cohort."""
        return any(
            prop.get("type") == "cohort" and prop.get("value") == row.pk
            for flag in ctx.store.all("feature_flag", row.scope)
            if not flag.get("deleted")
            for group in flag["filters"].get("groups") or []
            for prop in group.get("properties") or []
        )

    @staticmethod
    def check_type(data: dict[str, Any], value: Any) -> None:
        """A cohort_type that was sent must fit the rest."""
        kind = data.get("cohort_type")
        if not kind:
            return
        kinds = {leaf.get("type") for leaf in leaves((value("filters") or {}).get("properties"))}
        wrong = (
            (kind == "static") != bool(value("is_static"))
            or (kind == "person_property" and "behavioral" in kinds)
            or (kind == "behavioral" and "behavioral" not in kinds)
        )
        if wrong:
            raise invalid(f"Cohort type '{kind}' does not match the filters.", "cohort_type")

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        self.recalculate(row)
        if row.get("is_static") and not ctx.legacy:
            self.hold(ctx, row, list(dict.fromkeys(data.get("_create_static_person_ids") or [])))

    def updated(self, ctx: Context, row: Row, data: dict[str, Any], before: dict[str, Any]) -> None:
        if "filters" in data or "groups" in data:
            self.recalculate(row)

    @staticmethod
    def recalculate(row: Row) -> None:
        """The answer to the write still shows the calculation running; later reads show its result."""
        if not row.get("is_static"):
            row.data["is_calculating"] = True
            row.hidden["pending"] = True

    def settle(self, ctx: Context, row: Row) -> None:
        """What the calculation in the background has done by the next read."""
        if row.hidden.pop("pending", False) and not ctx.legacy:
            row.data.update(
                is_calculating=False,
                count=0,
                last_calculation=now(),
                version=(row.get("version") or 0) + 1,
                pending_version=(row.get("version") or 0) + 1,
            )
            row.cache = None

    def retrieve(self, ctx: Context, row: Row) -> Answer:
        self.settle(ctx, row)
        return super().retrieve(ctx, row)

    def rows(self, ctx: Context) -> list[Row]:
        rows = super().rows(ctx)
        for row in rows:
            self.settle(ctx, row)
        return rows

    def variant(self, ctx: Context) -> str:
        return f"list {ctx.flag('basic')} {ctx.arg('search')}"

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = super().present(ctx, row, listing)
        if not row.get("filters"):
            # Recorded in 2024 and 2025, of static cohorts and of any others without filters.
            out["filters"] = {"properties": {}}
        if listing and not ctx.legacy:
            if ctx.flag("basic"):
                for name in ("filters", "query", "groups"):
                    out.pop(name, None)
            if ctx.arg("search"):
                out["search_match_type"] = self.match(row, ctx.arg("search"))
        return out

    def persons(self, ctx: Context, pk: str) -> Answer:
        """The people in a static cohort; nothing is calculated for others."""
        row = self.row(ctx, pk)
        found = [ctx.store.find("person", number) for number in row.hidden.get("people", [])]
        return Answer({"results": [p.data for p in found if p is not None], "next": None, "previous": None})

    def activity(self, ctx: Context, pk: str) -> Answer:
        """The history; the sandbox keeps none."""
        self.row(ctx, pk)
        return Answer({"results": [], "next": None, "previous": None, "total_count": 0})

    @staticmethod
    def hold(ctx: Context, row: Row, numbers: list[Any]) -> None:
        """Set the members of a static cohort."""
        row.hidden["people"] = numbers
        row.data["count"] = len(numbers)
        ctx.store.touch()

    def static(self, ctx: Context, pk: str) -> Row:
        """A cohort whose members are given one by one."""
        row = self.row(ctx, pk)
        if not row.get("is_static"):
            raise invalid("Can only change the members of static cohorts.")
        return row

    def add_people(self, ctx: Context, pk: str) -> Answer:
        """{person_ids: [uuid]}; all must exist."""
        row = self.static(ctx, pk)
        numbers = people(ctx, self.require_body(ctx).get("person_ids"), "person_ids")
        self.hold(ctx, row, list(dict.fromkeys([*row.hidden.get("people", []), *numbers])))
        return Answer({"success": True})

    def remove_person(self, ctx: Context, pk: str) -> Answer:
        """{person_id: uuid}."""
        row = self.static(ctx, pk)
        number = self.require_body(ctx).get("person_id")
        people(ctx, [number] if number else None, "person_id")
        self.hold(ctx, row, [other for other in row.hidden.get("people", []) if other != number])
        return Answer({"success": True})

    def duplicate(self, ctx: Context, pk: str) -> Answer:
        """A static cohort with the people that are in this one now."""
        row = self.row(ctx, pk)
        data = {"name": f"{row['name']} (static copy)", "is_static": True}
        made = self.build(within(ctx, data), data, data)
        self.hold(ctx, made, list(row.hidden.get("people", [])))
        return Answer(self.present(ctx, made))
