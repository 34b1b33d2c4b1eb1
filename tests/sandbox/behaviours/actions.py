# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions."""

from __future__ import annotations

from typing import Any

from ..fields import check
from ..resource import Answer, Context, Extra, Resource, behaviour
from ..store import Row, now
from ..tables import Field


@behaviour("action")
class Action(Resource):
    """Steps read back with every key."""

    extras = (
        Extra("count", "count", scope="action:read"),
        Extra("references", "references", scope="action:read", new=True),
    )

    def clean(self, ctx: Context, data: dict[str, Any], row: Row | None) -> dict[str, Any]:
        if "name" in data:
            check(Field("name", "string", required=True), data["name"])
        if "steps" in data:
            data["steps"] = [self.step(step) for step in data["steps"]]
        if "pinned_at" in data and data["pinned_at"] is not None:
            # Any value pins, with the server's time; an action that is pinned stays as it is.
            data["pinned_at"] = (row.get("pinned_at") if row else None) or now()
        return data

    def step(self, step: dict[str, Any]) -> dict[str, Any]:
        """A step with all its keys."""
        known = {f.name: None for f in self.table.fields["steps"].fields}
        return {**known, **step, "selector_regex": step.get("selector")}

    def fill(self, ctx: Context, row: Row, data: dict[str, Any]) -> None:
        row.data["last_calculated_at"] = now()

    def count(self, ctx: Context, pk: str) -> Answer:
        """How often the action happened: never."""
        self.row(ctx, pk)
        return Answer({"count": 0})

    def references(self, ctx: Context, pk: str) -> Answer:
        """What uses the action; the sandbox does not look."""
        self.row(ctx, pk)
        return Answer([])
