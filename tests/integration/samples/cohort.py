# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cohorts."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """An action and a cohort for conditions."""
    people = {
        "properties": {
            "type": "OR",
            "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
        }
    }
    return {
        "Signed up": server.api("POST", "actions/", {"name": "Signed up", "steps": [{"event": "signup"}]})["id"],
        "Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": people})["id"],
    }


FIRST: dict[str, t.Any] = {
    "properties": {
        "type": "AND",
        "values": [
            {
                "type": "OR",
                "values": [
                    {"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"},
                    {"type": "cohort", "key": "id", "value": "Staff", "negation": True},
                ],
            },
            {
                "type": "OR",
                "values": [
                    {
                        "type": "behavioral",
                        "key": "Signed up",
                        "event_type": "actions",
                        "value": "performed_event_multiple",
                        "operator": "gte",
                        "operator_value": 3,
                        "time_value": 30,
                        "time_interval": "day",
                        "event_filters": [{"type": "event", "key": "$browser", "value": "Safari", "operator": "exact"}],
                    },
                    {
                        "type": "behavioral",
                        "key": "$pageview",
                        "event_type": "events",
                        "value": "performed_event_sequence",
                        "time_value": 7,
                        "time_interval": "day",
                        "seq_event": "signup",
                        "seq_event_type": "events",
                        "seq_time_value": 3,
                        "seq_time_interval": "day",
                        "negation": False,
                    },
                    {
                        "type": "behavioral",
                        "key": "$pageview",
                        "event_type": "events",
                        "value": "performed_event_regularly",
                        "operator": "exact",
                        "operator_value": 2,
                        "time_value": 1,
                        "time_interval": "week",
                        "total_periods": 8,
                        "min_periods": 3,
                    },
                    {
                        "type": "behavioral",
                        "key": "purchase",
                        "event_type": "events",
                        "value": "performed_event",
                        "explicit_datetime": "-30d",
                        "explicit_datetime_to": "-1d",
                    },
                ],
            },
        ],
    }
}

SECOND: dict[str, t.Any] = {
    "properties": {
        "type": "OR",
        "values": [
            {
                "type": "AND",
                "values": [
                    {
                        "type": "behavioral",
                        "key": "Signed up",
                        "event_type": "actions",
                        "value": "performed_event",
                        "time_value": 14,
                        "time_interval": "day",
                    },
                    {"type": "person_metadata", "key": "created_at", "operator": "is_date_after", "value": "-90d"},
                ],
            }
        ],
    }
}

SAMPLE = Sample(
    type="cohort",
    name="Keen customers",
    path="cohorts/",
    prepare=prepare,
    minimal={"filters": FIRST},
    values={
        "filters": Value(FIRST, SECOND, clears=False),
        "is_static": Value(False, True),
        "cohort_type": Value("behavioral", "realtime"),
    },
    foreign={
        "description": "Made by hand",
        "filters": {
            "properties": {
                "type": "OR",
                "values": [
                    {
                        "type": "AND",
                        "values": [{"type": "person", "key": "email", "operator": "exact", "value": "ada@example.com"}],
                    }
                ],
            }
        },
    },
    left_out={
        "query": "a cohort has filters or a query; test_static_cohort",
        "persons": "of static cohorts only; test_persons_of_a_cohort",
    },
    fixed={"is_static": "PostHog does not say what becomes of the people; test_static_cohort"},
    again=2,
    again_reason="the cohorts, the one in the filters among them, and the actions",
    moving=(
        "count",
        "is_calculating",
        "last_calculation",
        "version",
        "pending_version",
        "errors_calculating",
        "last_modified_at",
    ),
)
