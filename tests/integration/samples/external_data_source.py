# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""External sources of the data warehouse."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value


def inputs(password: str, host: str = "db.example.com") -> dict[str, t.Any]:
    """How to connect to a database."""
    return {
        "host": host,
        "port": 5432,
        "database": "analytics",
        "user": "reader",
        "password": password,
        "schema": "public",
    }


def told(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """What PostHog shows of it, in a result that hides what the task declared."""
    return None if isinstance(obj.get("job_inputs"), dict) else "job_inputs is missing"


def copied(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """Each declared table is as declared."""
    there = {item["name"]: item for item in obj.get("schemas") or []}
    for item in value or []:
        found = there.get(item["name"], {})
        wrong = {key: found.get(key) for key, inner in item.items() if found.get(key) != inner}
        if wrong:
            return f"schemas: {item['name']} has {wrong}, declared was {item}"
    return None


ORDERS: dict[str, t.Any] = {
    "name": "orders",
    "should_sync": True,
    "sync_type": "incremental",
    "sync_frequency": "1hour",
    "incremental_field": "updated_at",
    "incremental_field_type": "datetime",
    "sync_time_of_day": "03:00:00",
    "primary_key_columns": ["id", "shop"],
    "cdc_table_mode": "consolidated",
    "enabled_columns": ["id", "updated_at"],
    "row_filters": [{"column": "shop", "operator": "=", "value": "Berlin"}],
    "incremental_field_lookback_seconds": 600,
    "api_version": "2026-01-01",
}

FIRST = [ORDERS, {"name": "users", "should_sync": False}]
SECOND = [
    {**ORDERS, "sync_type": "full_refresh", "sync_frequency": "24hour", "primary_key_columns": ["id"]},
    {"name": "users", "should_sync": True, "sync_type": "full_refresh", "sync_frequency": None},
]

SAMPLE = Sample(
    type="external_data_source",
    name="Postgres",
    within={"prefix": "shop_"},
    elsewhere={"prefix": "other_"},
    numbered=None,
    other=None,
    no_twin="PostHog refuses a second source of a type with the same prefix",
    path="external_data_sources/",
    minimal={"job_inputs": inputs("canary-password-one"), "schemas": FIRST},
    values={
        "job_inputs": Value(inputs("canary-password-one"), inputs("canary-password-two")),
        "schemas": Value(FIRST, SECOND),
    },
    shows={"job_inputs": told, "schemas": copied},
    foreign={
        "payload": {
            **inputs("by-hand"),
            # As PostHog's own page does, whoever makes a source names all tables.
            "schemas": [
                {"name": "items", "should_sync": True, "sync_type": "full_refresh"},
                {"name": "orders", "should_sync": False},
                {"name": "users", "should_sync": False},
            ],
        },
        "description": "Made by hand",
    },
    # The tables that PostHog finds, and what it shows of how to connect.
    foretold={"schemas": lambda one, other: True, "job_inputs": lambda one, other: True},
    secrets=("canary-password-one", "canary-password-two"),
    # A result hides what the task declares of job_inputs, and shows what it does not.
    moving=("last_run_at", "status", "job_inputs"),
    # Of 2024 only the list was recorded; whether that server connects anything, nobody knows.
    old="-",
)
