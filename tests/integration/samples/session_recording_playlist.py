# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of recordings; collections are tested in C(test_conformance_recordings.py)."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """What filters name."""
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


def group(*conditions: dict[str, t.Any]) -> dict[str, t.Any]:
    """Filters of these conditions."""
    return {"date_from": "-7d", "filter_group": {"type": "AND", "values": [{"type": "AND", "values": [*conditions]}]}}


FIRST = group({"type": "events", "id": "$pageview"}, {"type": "cohort", "key": "id", "value": "Staff"})

SAMPLE = Sample(
    type="session_recording_playlist",
    name="Orders that failed",
    path="session_recording_playlists/",
    prepare=prepare,
    minimal={"filters": FIRST},
    values={
        "filters": Value(FIRST, group({"type": "actions", "id": "Signed up"}), clears=False),
        "type": Value("filters", "collection"),
    },
    left_out={"recordings": "of collections only; test_conformance_recordings.py"},
    foreign={"type": "filters", "description": "Made by hand", "filters": {"date_from": "-30d"}},
    # Whoever changes a saved filter sends its filters along.
    drifts=(
        {"filters": {"date_from": "-1d"}, "description": "By hand"},
        {"filters": {"date_from": "-1d"}, "description": "By hand"},
    ),
    again=4,
    again_reason="the list by a search, the cohorts and the actions",
    moving=("last_modified_at", "last_modified_by"),
)
