# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The peculiarities of types: one small class each, registered by type and, where it differs, by profile."""

from __future__ import annotations

from importlib import import_module

from ..tables import Table

MODULES = (
    "organizations",
    "projects",
    "users",
    "flags",
    "cohorts",
    "insights",
    "dashboards",
    "actions",
    "definitions",
    "sharing",
    "access",
    "others",
    "capture",
    "sources",
    "warehouse",
    "logs",
    "integrations",
    "endpoints",
    "errors_tracking",
    "hog_templates",
    "hog",
    "batch_exports",
    "alerts",
    "experiments",
    "surveys",
    "rollouts",
    "content",
    "replay",
    "activity",
    "schema",
    "governance",
    "ingestion",
    "ai_observability",
    "legacy",
    "august",
)


def load() -> None:
    """Import all behaviour modules, which registers their classes."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")


def bare_table(name: str) -> Table:
    """A table for something that is served without one: no fields, no verbs."""
    return Table.load({"type": name, "fields": [], "read": {}, "verbs": [], "delete": "none"})
