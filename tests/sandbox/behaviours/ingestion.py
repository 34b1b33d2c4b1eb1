# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to events on their way in: which ones are dropped."""

from __future__ import annotations

import copy
from typing import Any

from ..errors import invalid, method_not_allowed
from ..fields import check_body
from ..resource import Answer, Context, Resource, behaviour
from ..store import Row, new_uuid, now

MAX_DEPTH = 5
MAX_CONDITIONS = 20


def conditions(node: Any, depth: int = 1) -> list[dict[str, Any]]:
    """The conditions of a tree; 400 for one that is wrong."""
    if not isinstance(node, dict) or depth > MAX_DEPTH:
        raise invalid(f"Trees have nodes, in at most {MAX_DEPTH} levels.", "filter_tree")
    if node.get("type") in ("and", "or") and isinstance(node.get("children"), list):
        return [leaf for child in node["children"] for leaf in conditions(child, depth + 1)]
    if node.get("type") == "not":
        return conditions(node.get("child"), depth + 1)
    if node.get("type") != "condition":
        raise invalid("Unknown node type.", "filter_tree")
    good = node.get("field") in ("event_name", "distinct_id") and node.get("operator") in ("exact", "contains")
    if not good or not isinstance(node.get("value"), str) or not node["value"]:
        raise invalid("Not a valid condition.", "filter_tree")
    return [node]


def prune(node: dict[str, Any]) -> dict[str, Any] | None:
    """A tree without empty groups and groups of one."""
    if node["type"] == "condition":
        return node
    if node["type"] == "not":
        child = prune(node["child"])
        return {"type": "not", "child": child} if child else None
    children = [child for child in (prune(child) for child in node["children"]) if child]
    if len(children) < 2:
        return children[0] if children else None
    return {"type": node["type"], "children": children}


def drops(node: dict[str, Any], case: dict[str, Any]) -> bool:
    """Whether a tree matches an event."""
    if node["type"] == "not":
        return not drops(node["child"], case)
    if node["type"] == "condition":
        text = case.get(node["field"]) or ""
        return bool(text == node["value"] if node["operator"] == "exact" else node["value"] in text)
    found = [drops(child, case) for child in node["children"]]
    return all(found) if node["type"] == "and" else any(found)


@behaviour("event_filter", "current")
class EventFilter(Resource):
    """One of a project: GET shows it, or nothing as long as nothing was set, and POST changes it."""

    create_status = 200

    def methods(self, detail: bool) -> list[str]:
        return [] if detail else ["GET", "POST"]

    def handle(self, ctx: Context, pk: str | None) -> Answer:
        row = ctx.store.find("event_filter", ctx.project.pk)
        if ctx.method == "GET":
            return Answer(self.present(ctx, row)) if row is not None else Answer(None, 204)
        if ctx.method != "POST":
            raise method_not_allowed(ctx.method)
        data = self.clean(ctx, check_body(self.table.fields, self.require_body(ctx), partial=True, create=False), row)
        if row is None:
            start = {name: copy.deepcopy(known.default) for name, known in self.table.fields.items()}
            start.update(id=new_uuid(), created_at=now(), updated_at=now())
            row = ctx.store.add(Row("event_filter", ctx.project.pk, ctx.project.pk, start))
        row.data.update(data, updated_at=now())
        ctx.store.touch()
        return Answer(self.present(ctx, row))

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        tree = data.get("filter_tree")
        if tree is not None:
            if len(conditions(tree)) > MAX_CONDITIONS:
                raise invalid(f"A tree has at most {MAX_CONDITIONS} conditions.", "filter_tree")
            left = prune(tree)
            if left is not None and left["type"] not in ("and", "or"):
                left = {"type": "or", "children": [left]}
            data["filter_tree"] = left
        stored = row["filter_tree"] if row is not None else None
        held = data.get("filter_tree", stored)
        for case in data.get("test_cases", row["test_cases"] if row else []):
            if case.get("expected_result") not in ("drop", "ingest"):
                raise invalid("expected_result is drop or ingest.", "test_cases")
            if (case["expected_result"] == "drop") != (held is not None and drops(held, case)):
                raise invalid("A test case fails.", "test_cases")
        return data
