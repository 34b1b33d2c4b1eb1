# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations, notebooks and dashboard templates."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """What queries name."""
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


def prepare_places(server: SandboxServer) -> dict[str, t.Any]:
    """Where annotations can be."""
    query = {
        "kind": "InsightVizNode",
        "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
    }
    return {
        "Signups": server.api("POST", "insights/", {"name": "Signups", "query": query})["id"],
        "Company": server.api("POST", "dashboards/", {"name": "Company"})["id"],
    }


def trends(**series: t.Any) -> dict[str, t.Any]:
    """A query, as an insight has it."""
    return {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [series]}}


EVENTS = trends(kind="EventsNode", event="$pageview")
ACTIONS = trends(kind="ActionsNode", id="Signed up")


def paragraph(text: str) -> dict[str, t.Any]:
    """A paragraph of a notebook."""
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}


SAMPLES = [
    Sample(
        type="annotation",
        name="Release 2.4",
        path="annotations/",
        prepare=prepare_places,
        within={
            "date_marker": "2026-03-01T09:00:00Z",
            "scope": "dashboard_item",
            "insight": "Signups",
            "dashboard": "Company",
        },
        elsewhere={"date_marker": "2026-03-02"},
        foreign=lambda names: {
            "date_marker": "2026-03-01T09:00:00Z",
            "scope": "dashboard_item",
            "dashboard_item": names["Signups"],
            "dashboard_id": names["Company"],
            "creation_type": "GIT",
        },
        values={
            "emoji": Value("🚀", "🎉"),
        },
        again=4,
        again_reason="the annotations, the insights and the dashboards",
        least=4,
        moving=("updated_at",),
    ),
    Sample(
        type="notebook",
        name="How we measure",
        path="notebooks/",
        prepare=prepare,
        values={
            "content": Value(
                {
                    "type": "doc",
                    "content": [
                        paragraph("First"),
                        {"type": "ph-query", "attrs": {"title": "Signups", "query": ACTIONS}},
                    ],
                },
                {"type": "doc", "content": [paragraph("Second")]},
            ),
        },
        foreign={"content": {"type": "doc", "content": [paragraph("By hand")]}, "text_content": "By hand"},
        again=4,
        again_reason="a search that may overlook it, and the list, which tells little, so it is read by itself; the "
        "actions of the query",
        moving=("version", "last_modified_at", "last_modified_by"),
    ),
    Sample(
        type="dashboard_template",
        name="Shop of a country",
        path="dashboard_templates/",
        prepare=prepare,
        minimal={"tiles": [{"type": "INSIGHT", "name": "Orders", "query": EVENTS, "layouts": {}}]},
        values={
            "tiles": Value(
                [{"type": "INSIGHT", "name": "Orders", "query": EVENTS, "layouts": {}}],
                [
                    {"type": "INSIGHT", "name": "Orders", "query": ACTIONS, "layouts": {}},
                    {"type": "TEXT", "body": "About", "layouts": {"sm": {"x": 0, "y": 0, "w": 6, "h": 2}}},
                ],
            ),
            "variables": Value(
                [{"id": "EVENT", "name": "Event", "type": "event", "default": {"id": "$pageview"}, "required": True}],
                [{"id": "OTHER", "name": "Other", "type": "event", "default": {}, "required": False}],
            ),
            "dashboard_filters": Value(
                {"properties": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}]},
                {"date_from": "-7d", "properties": []},
            ),
            "scope": Value("organization", "team"),
        },
        foreign={
            "dashboard_description": "Made by hand",
            "tiles": [{"type": "INSIGHT", "name": "Other", "query": EVENTS, "layouts": {}}],
        },
        # That server lets only its operators make templates, and says so.
        old="-",
    ),
]
