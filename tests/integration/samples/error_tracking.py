# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and settings of error tracking. Each kind of rule is tested in
test_conformance_error_tracking."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def about(text: str) -> dict[str, t.Any]:
    """What a rule is about."""
    condition = {"key": "$exception_types", "type": "event", "operator": "exact", "value": text}
    return {"type": "AND", "values": [condition]}


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """People and a role."""
    organization = f"/api/organizations/{server.organization}/"
    members = server.api("GET", f"{organization}members/", limit=500)["results"]
    role = server.api("POST", f"{organization}roles/", {"name": "Engineering"})["id"]
    return {"Engineering": role, **{item["user"]["email"]: item["user"]["id"] for item in members}}


SAMPLES = [
    Sample(
        type="error_tracking_rule",
        name=about("TypeError"),
        place={"rule_type": "assignment"},
        numbered=lambda number: about(f"Error{number}"),
        path="error_tracking/assignment_rules/",
        prepare=prepare,
        minimal={"assignee": {"type": "user", "id": "admin@acme.test"}},
        values={
            "assignee": Value({"type": "user", "id": "admin@acme.test"}, {"type": "role", "id": "Engineering"}),
            "order_key": Value(3, 4),
        },
        foreign=lambda names: {
            "filters": about("TypeError"),
            "assignee": {"type": "role", "id": names["Engineering"]},
            "order_key": 1,
        },
        left_out={
            "description": "belongs to a grouping rule; test_conformance_error_tracking",
            "sampling_rate": "belongs to a suppression rule; test_conformance_error_tracking",
        },
        moving=("updated_at",),
        again=2,
        again_reason="the rules, and the members",
    ),
    Sample(
        type="error_tracking_settings",
        path="error_tracking/settings/retrieve_settings/",
        values={
            "spike_detection": Value(
                {"snooze_duration_minutes": 60, "multiplier": 5, "threshold": 200},
                {"snooze_duration_minutes": 30, "threshold": 300},
            ),
        },
        least=2,
        again=2,
    ),
]
