# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch exports."""

from __future__ import annotations

import typing as t

from harness.compare import within

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer

#: What PostHog does not show of a configuration.
UNSHOWN = {"user", "password", "authorization", "bucket_credentials"}


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """A cohort and a database that is connected."""
    staff = {"properties": {"type": "AND", "values": [{"type": "person", "key": "email", "operator": "is_set"}]}}
    database = {"kind": "postgresql", "config": {"host": "db.example.com", "password": "not-a-real-password"}}
    return {
        "Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": staff})["id"],
        "db.example.com": server.api("POST", "integrations/", database)["id"],
    }


def shown(value: t.Any) -> t.Any:
    """A destination without what PostHog does not show."""
    if isinstance(value, dict):
        return {key: shown(inner) for key, inner in value.items() if key not in UNSHOWN}
    return value


def postgres(password: str, **more: t.Any) -> dict[str, t.Any]:
    """A destination with most keys that one of this type has."""
    config = {
        "host": "warehouse.example.com",
        "port": 5433,
        "database": "analytics",
        "schema": "posthog",
        "table_name": "events",
        "user": "canary-user",
        "password": password,
        "has_self_signed_cert": True,
        "include_events": ["$pageview", "signup"],
        "exclude_events": ["$feature_flag_called"],
    }
    return {"type": "Postgres", "integration": "db.example.com", "config": {**config, **more}}


FIRST = postgres("canary-password-one")

#: Keys of other types than the one here; test_batch_export_types goes through them.
ELSEWHERE = (
    "bucket_name region container_name prefix compression encryption kms_key_id file_format max_file_size_mb "
    "use_virtual_style_addressing endpoint_url aws_access_key_id aws_secret_access_key warehouse role account "
    "authentication_type private_key private_key_passphrase private_key_id client_email token_uri dataset_id table_id "
    "project_id use_json_type http_path catalog use_variant_type use_automatic_schema_evolution url token "
    "hog_function_id properties_data_type mode copy_inputs"
).split()

SAMPLE = Sample(
    type="batch_export",
    name="Events to the warehouse",
    path="batch_exports/",
    prepare=prepare,
    minimal={"interval": "week", "destination": FIRST},
    values={
        "model": Value("events", "persons"),
        "destination": Value(
            FIRST,
            postgres("canary-password-one", table_name="all_events", port=5432, include_events=["$pageview"]),
            secret=postgres("canary-password-two"),
            stored=shown,
        ),
        "interval": Value("week", "day", along={"offset_day": None}),
        "hogql_query": Value("select event as event from events", "SELECT uuid AS id FROM events", also=("schema",)),
        "filters": Value(
            [{"key": "id", "type": "cohort", "value": "Staff"}],
            [{"key": "plan", "type": "person", "value": "pro", "operator": "exact"}],
        ),
        "timezone": Value("Europe/Berlin", "America/New_York"),
        "offset_day": Value(1, 2),
        "offset_hour": Value(3, 4),
        "paused": Value(True, False),
    },
    foreign={
        "interval": "day",
        "destination": {
            "type": "Postgres",
            "config": {"database": "x", "host": "y", "user": "by-hand", "password": "by-hand"},
        },
    },
    # What PostHog makes of a query.
    foretold={"schema": within},
    old="no such integration",
    unused_keys={f"destination.config.{name}": "belongs to another type" for name in ELSEWHERE},
    secrets=("canary-user", "canary-password-one", "canary-password-two"),
    moving=("last_updated_at", "last_paused_at"),
    again=4,
    again_reason="the cohorts and the integrations",
)
