# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, views and joins of the data warehouse, and endpoints."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def sql(text: str) -> dict[str, t.Any]:
    """A query."""
    return {"kind": "HogQLQuery", "query": text}


def no_rows(server: SandboxServer) -> dict[str, t.Any]:
    """Two views to join."""
    for name in ("customers", "orders"):
        server.api("POST", "warehouse_saved_queries/", {"name": name, "query": sql("select distinct_id from events")})
    return {}


def an_insight(server: SandboxServer) -> dict[str, t.Any]:
    """Insights that endpoints come from."""
    made = {}
    for name in ("Signups", "Revenue"):
        query = {"kind": "DataVisualizationNode", "source": sql("select 1")}
        made[name] = server.api("POST", "insights/", {"name": name, "query": query})["short_id"]
    return made


TREND = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "signup"}], "interval": "day"}

BUCKET = {"access_key": "first-bucket-key", "access_secret": "first-bucket-secret"}


def folders(server: SandboxServer) -> dict[str, t.Any]:
    """Where views can be."""
    return {
        name: server.api("POST", "warehouse_saved_query_folders/", {"name": name})["id"]
        for name in ("Growth", "Finance")
    }


SAMPLES = [
    Sample(type="warehouse_saved_query_folder", name="Growth", path="warehouse_saved_query_folders/"),
    Sample(
        type="warehouse_table",
        name="orders",
        numbered=lambda number: f"orders_{number:02}",
        path="warehouse_tables/",
        minimal={"format": "Parquet", "url_pattern": "https://a.example.com/orders/*.parquet", "credential": BUCKET},
        values={
            "format": Value("Parquet", "Delta"),
            "url_pattern": Value("https://a.example.com/orders/*.parquet", "https://b.example.com/orders/*.parquet"),
            "credential": Value(
                BUCKET,
                {"access_key": "second-bucket-key", "access_secret": "second-bucket-secret"},
                secret={"access_key": "second-bucket-key", "access_secret": "second-bucket-secret"},
                stored=lambda value: {},
            ),
            "options": Value({"csv_allow_double_quotes": True}, {"csv_allow_double_quotes": False}),
        },
        secrets=("first-bucket-key", "first-bucket-secret", "second-bucket-key", "second-bucket-secret"),
        foreign={
            "format": "Parquet",
            "url_pattern": "https://a.example.com/orders/*.parquet",
            "credential": {"access_key": "a-key-by-hand", "access_secret": "a-secret-by-hand"},
        },
    ),
    Sample(
        type="warehouse_saved_query",
        name="signups",
        numbered=lambda number: f"signups_{number:02}",
        path="warehouse_saved_queries/",
        prepare=folders,
        minimal={"query": sql("select count() as n from events")},
        values={
            "query": Value(sql("select count() as n from events"), sql("select count() as m from events")),
            "folder": Value("Growth", "Finance", also=("folder_name",)),
            "dag_id": Value("01900000-0000-7000-8000-000000000003", "01900000-0000-7000-8000-000000000004"),
            "is_materialized": Value(True, False, also=("sync_frequency", "status", "last_run_at")),
            "sync_frequency": Value("1hour", "7day"),
        },
        last=("is_materialized",),
        foreign={"query": sql("select 1 as n"), "description": "By hand"},
        # No schedule at all shows as null.
        foretold={"sync_frequency": lambda foretold, real: (foretold or "never") == (real or "never")},
        moving=("status", "last_run_at", "latest_history_id", "columns"),
        least=2,
        again=2,
    ),
    Sample(
        type="warehouse_join",
        name="customer",
        numbered=lambda number: f"customer_{number:02}",
        path="warehouse_view_links/",
        prepare=no_rows,
        within={"source_table_name": "persons"},
        no_twin="PostHog refuses a second field of the same name on a table",
        elsewhere={"source_table_name": "events"},
        minimal={
            "source_table_key": "properties.email",
            "joining_table_name": "customers",
            "joining_table_key": "distinct_id",
        },
        values={
            "source_table_key": Value("properties.email", "properties.name"),
            "joining_table_name": Value("customers", "orders"),
            "joining_table_key": Value("distinct_id", "distinct_id"),
            "configuration": Value(
                {"experiments_optimized": True, "experiments_timestamp_key": "created_at"},
                {"experiments_timestamp_key": "timestamp"},
            ),
        },
        foreign={
            "source_table_name": "persons",
            "source_table_key": "id",
            "joining_table_name": "orders",
            "joining_table_key": "distinct_id",
        },
    ),
    Sample(
        type="endpoint",
        name="signups",
        path="endpoints/",
        prepare=an_insight,
        minimal={"query": sql("select count() from events")},
        values={
            "query": Value(sql("select count() from events"), TREND, also=("current_version", "versions_count")),
            "cache_age_seconds": Value(60, 120),
            "data_freshness_seconds": Value(300, 600),
            "bucket_overrides": Value({"timestamp": "hour"}, {"timestamp": "day"}),
            "derived_from_insight": Value("Signups", "Revenue"),
        },
        foreign={"query": sql("select 2"), "description": "By hand"},
        moving=("updated_at", "current_version", "versions_count", "materialization"),
        again=3,
        again_reason="the endpoints, and the insight by name",
    ),
]
