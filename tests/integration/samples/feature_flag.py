# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feature flags."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """A cohort and a flag for conditions, and two dashboards."""
    people = {
        "properties": {
            "type": "AND",
            "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
        }
    }
    everybody = {"groups": [{"properties": [], "rollout_percentage": 100}]}
    return {
        "Beta testers": server.api("POST", "cohorts/", {"name": "Beta testers", "filters": people})["id"],
        "new-shell": server.api("POST", "feature_flags/", {"key": "new-shell", "filters": everybody})["id"],
        "Launch": server.api("POST", "dashboards/", {"name": "Launch"})["id"],
        "Health": server.api("POST", "dashboards/", {"name": "Health"})["id"],
    }


FIRST: dict[str, t.Any] = {
    "groups": [
        {
            "description": "Staff",
            "properties": [
                {
                    "key": "email",
                    "type": "person",
                    "operator": "icontains",
                    "value": "@acme.test",
                    "negation": False,
                    "label": "E-mail",
                },
                {"key": "id", "type": "cohort", "operator": "in", "value": "Beta testers"},
            ],
            "rollout_percentage": 50,
            "variant": "blue",
            "sort_key": "a",
        },
        {"properties": [{"key": "new-shell", "type": "flag", "operator": "flag_evaluates_to", "value": True}]},
    ],
    "multivariate": {
        "variants": [
            {"key": "blue", "name": "The blue one", "rollout_percentage": 30, "description": "As it was"},
            {"key": "green", "rollout_percentage": 70},
        ]
    },
    "payloads": {"blue": {"color": "#00f", "sizes": [1, 2.5]}, "green": "#0f0"},
    "feature_enrollment": False,
}

SECOND: dict[str, t.Any] = {
    "groups": [
        {
            "aggregation_group_type_index": 0,
            "properties": [
                {"key": "plan", "type": "group", "group_type_index": 0, "operator": "exact", "value": ["pro", "team"]}
            ],
            "rollout_percentage": 25.5,
        }
    ],
    "payloads": {"true": [1, None, "three"]},
    "aggregation_group_type_index": 0,
}

SAMPLE = Sample(
    type="feature_flag",
    name="new-checkout",
    path="feature_flags/",
    prepare=prepare,
    values={
        "filters": Value(FIRST, SECOND, clears=False),
        "active": Value(True, False),
        "archived": Value(False, True, along={"active": False}),
        "ensure_experience_continuity": Value(True, False),
        "evaluation_contexts": Value(["Docs", "app"], ["app", "site"]),
        "bucketing_identifier": Value("distinct_id", "device_id", along={"ensure_experience_continuity": False}),
        # Remote configuration reaches everybody: PostHog raises what is not 100 percent.
        "is_remote_configuration": Value(False, True, also=("filters",)),
        "has_encrypted_payloads": Value(False, True, along={"is_remote_configuration": True}, also=("filters",)),
        "analytics_dashboards": Value(["Launch", "Health"], ["Health"]),
        "creation_context": Value("feature_flags", "experiments"),
    },
    foreign={
        "name": "Made by hand",
        "active": False,
        "filters": {"groups": [{"properties": [], "rollout_percentage": 7}]},
    },
    # An archived flag is off, and no list shows it; payloads cannot be read any more once they are encrypted.
    last=("archived", "is_remote_configuration", "has_encrypted_payloads"),
    unused_keys={
        "filters.holdout": "written by experiments",
        "filters.super_groups": "dropped by servers of 2026",
        "filters.holdout_groups": "dropped by servers of 2026",
        "filters.early_exit": "gated by a plan feature that the sandbox's organization lacks",
    },
    again=5,
    again_reason="the flag, then names: cohorts, flags, and two requests for the dashboards",
    moving=("version", "updated_at", "last_modified_by", "status"),
)
