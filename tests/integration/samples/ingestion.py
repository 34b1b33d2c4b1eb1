# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of events."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value


def one(field: str, value: str, operator: str = "exact") -> dict[str, t.Any]:
    """A condition."""
    return {"type": "condition", "field": field, "operator": operator, "value": value}


HEARTBEATS: dict[str, t.Any] = {
    "type": "or",
    "children": [
        one("event_name", "heartbeat"),
        {"type": "not", "child": one("distinct_id", "user", "contains")},
    ],
}

SAMPLES = [
    Sample(
        type="event_filter",
        path="event_filter/",
        values={
            "filter_tree": Value(HEARTBEATS, {"type": "or", "children": [one("event_name", "ping")]}),
            "test_cases": Value(
                [
                    {"event_name": "heartbeat", "distinct_id": "user-1", "expected_result": "drop"},
                    {"event_name": "signup", "distinct_id": "user-2", "expected_result": "ingest"},
                ],
                [{"distinct_id": "user-1", "expected_result": "ingest"}],
                clears=True,
            ),
        },
        last=("filter_tree",),
        moving=("updated_at",),
    ),
]
