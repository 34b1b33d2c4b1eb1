# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Insights."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """What queries name, and dashboards."""
    people = {
        "properties": {
            "type": "OR",
            "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
        }
    }
    return {
        "Signed up": server.api("POST", "actions/", {"name": "Signed up", "steps": [{"event": "signup"}]})["id"],
        "Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": people})["id"],
        "Growth": server.api("POST", "dashboards/", {"name": "Growth"})["id"],
        "Weekly": server.api("POST", "dashboards/", {"name": "Weekly"})["id"],
    }


FIRST: dict[str, t.Any] = {
    "kind": "TrendsQuery",
    "series": [{"kind": "EventsNode", "event": "$pageview", "math": "dau"}],
    "interval": "week",
    "dateRange": {"date_from": "-90d"},
}

SECOND: dict[str, t.Any] = {
    "kind": "InsightVizNode",
    "source": {
        "kind": "TrendsQuery",
        "series": [{"kind": "ActionsNode", "id": "Signed up", "math": "total"}],
        "properties": {
            "type": "AND",
            "values": [
                {"type": "AND", "values": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}]}
            ],
        },
        "breakdownFilter": {"breakdown": "$browser", "breakdown_type": "event"},
    },
}


def wrapped(query: t.Any) -> t.Any:
    """A query inside the node that draws it."""
    if isinstance(query, dict) and query.get("kind") == "TrendsQuery":
        return {"kind": "InsightVizNode", "source": query}
    return query


SAMPLE = Sample(
    type="insight",
    name="Weekly active people",
    path="insights/",
    prepare=prepare,
    minimal={"query": FIRST},
    values={
        "query": Value(FIRST, SECOND, stored=wrapped),
        "dashboards": Value(["Growth", "Weekly"], ["Weekly"]),
    },
    foreign={
        "description": "Made by hand",
        "query": {
            "kind": "InsightVizNode",
            "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "signup"}]},
        },
    },
    fixed={"saved": "any change of an insight saves it; test_insight_that_is_not_saved"},
    moving=(
        "search_match_type",
        "last_modified_at",
        "last_modified_by",
        "updated_at",
        "last_refresh",
        "dashboard_tiles",
    ),
    again=3,
    again_reason="the insight, and two requests for the dashboards that are named",
)
