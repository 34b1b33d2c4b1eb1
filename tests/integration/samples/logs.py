# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views and alerts of logs."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value


def attribute(key: str, value: str) -> dict[str, t.Any]:
    """A condition on an attribute of a line."""
    condition = {"key": key, "type": "log_attribute", "operator": "exact", "value": value}
    return {"type": "AND", "values": [{"type": "AND", "values": [condition]}]}


ERRORS: dict[str, t.Any] = {
    "severityLevels": ["error", "fatal"],
    "serviceNames": ["checkout", "payments"],
    "filterGroup": attribute("status_code", "500"),
}

SAMPLES = [
    Sample(
        type="logs_view",
        name="Checkout errors",
        path="logs/views/",
        values={
            "filters": Value(
                {**ERRORS, "searchTerm": "timeout", "dateRange": {"date_from": "-24h"}},
                {"serviceNames": ["payments"], "filterGroup": attribute("region", "eu")},
            ),
            "columns": Value(
                [
                    {"id": "a", "type": "timestamp", "name": "Time", "width": 180},
                    {"id": "b", "type": "custom", "name": "Code", "expression": "attributes.code", "width": 90},
                ],
                [{"id": "b", "type": "custom", "name": "Status", "expression": "attributes.status"}],
            ),
        },
        foreign={"pinned": True, "filters": {"searchTerm": "by hand"}},
        moving=("updated_at",),
    ),
    Sample(
        type="logs_alert",
        name="Checkout errors",
        path="logs/alerts/",
        minimal={"filters": ERRORS},
        values={
            "filters": Value(ERRORS, {"severityLevels": ["fatal"]}, clears=False),
            "evaluation_periods": Value(3, 4),
            "datapoints_to_alarm": Value(2, 3),
            "schedule_restriction": Value(
                {"blocked_windows": [{"start": "22:00", "end": "23:30"}]},
                {"blocked_windows": [{"start": "01:00", "end": "02:00"}]},
            ),
        },
        foreign={"threshold_count": 7, "filters": {"serviceNames": ["by-hand"]}},
        moving=("updated_at", "first_enabled_at", "state", "next_check_at", "state_timeline"),
    ),
    Sample(
        type="logs_sampling_rule",
        name="Health checks",
        path="logs/sampling_rules/",
        minimal={"rule_type": "path_drop", "config": {"filter_group": attribute("http.path", "/health")}},
        values={
            "rule_type": Value("path_drop", "path_drop"),
            "config": Value(
                {"filter_group": attribute("http.path", "/health")},
                {"patterns": ["/health*"], "match_attribute_key": "http.path"},
                clears=False,
            ),
            "scope_attribute_filters": Value(
                [{"key": "env", "op": "eq", "value": "staging"}], [{"key": "env", "op": "eq", "value": "test"}]
            ),
        },
        fixed={"rule_type": "another kind needs another configuration; test_rules.py among the sandbox's tests"},
        foreign={"rule_type": "path_drop", "config": {"filter_group": attribute("http.path", "/by-hand")}},
        moving=("updated_at", "version", "priority"),
    ),
    Sample(
        type="logs_retention_rule",
        name="Audit trail",
        path="logs/retention_rules/",
        minimal={"config": {"retention_days": 30, "filter_group": attribute("audit", "true")}},
        values={
            "config": Value(
                {"retention_days": 30, "filter_group": attribute("audit", "true")},
                {"retention_days": 14, "filter_group": attribute("audit", "maybe")},
                clears=False,
            ),
        },
        foreign={"config": {"retention_days": 14, "filter_group": attribute("audit", "by-hand")}},
        moving=("updated_at", "version", "priority"),
    ),
]
