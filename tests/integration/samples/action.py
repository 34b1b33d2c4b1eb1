# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """A cohort for conditions."""
    people = {
        "properties": {
            "type": "OR",
            "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
        }
    }
    return {"Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": people})["id"]}


SAMPLE = Sample(
    type="action",
    name="Looked at prices",
    path="actions/",
    prepare=prepare,
    values={
        "steps": Value(
            [
                {
                    "event": "$pageview",
                    "url": "/pricing",
                    "properties": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}],
                },
                {
                    "event": "$autocapture",
                    "selector": "div > button",
                    "tag_name": "button",
                    "text": "Prices",
                    "text_matching": "contains",
                    "href": "/pricing",
                    "href_matching": "regex",
                    "url": "https://example.com/",
                    "url_matching": "exact",
                },
            ],
            [{"event": "price list"}],
        ),
    },
    left_out={"pinned_at": "PostHog puts its own time there; test_action_is_pinned"},
    foreign={"description": "Made by hand", "steps": [{"event": "$pageview"}, {"event": "other"}], "tags": ["old"]},
    again=2,
    again_reason="the actions, and the cohorts of the conditions",
    moving=("is_calculating", "last_calculated_at", "bytecode_error"),
)
