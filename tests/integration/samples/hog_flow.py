# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workflows."""

from __future__ import annotations

import typing as t

from harness.compare import within

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """A cohort and an action for filters."""
    staff = {"properties": {"type": "AND", "values": [{"type": "person", "key": "email", "operator": "is_set"}]}}
    return {
        "Signed up": server.api("POST", "actions/", {"name": "Signed up", "steps": [{"event": "signup"}]})["id"],
        "Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": staff})["id"],
    }


def steps(token: str, *, wait: str = "1d") -> list[dict[str, t.Any]]:
    """A trigger, a pause and a function with a secret."""
    return [
        {
            "id": "trigger",
            "type": "trigger",
            "name": "Start",
            "config": {
                "type": "event",
                "filters": {
                    "actions": [{"id": "Signed up", "name": "Signed up"}],
                    "properties": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}],
                },
            },
        },
        {"id": "wait", "type": "delay", "name": "Pause", "config": {"delay_duration": wait}},
        {
            "id": "tell",
            "type": "function",
            "name": "Tell",
            "config": {
                "template_id": "template-webhook",
                "inputs": {
                    "url": "https://one.example.com",
                    "headers": {"value": {"Authorization": token}},
                    "debug": {"value": True},
                },
            },
        },
    ]


def without_secrets(actions: t.Any) -> t.Any:
    """Actions as PostHog shows them: a value in a dictionary, and nothing of secrets."""
    out = []
    for item in actions or []:
        config = dict(item["config"])
        if "inputs" in config:
            wrapped = {
                key: inner if isinstance(inner, dict) else {"value": inner} for key, inner in config["inputs"].items()
            }
            config["inputs"] = {**wrapped, "headers": {"secret": True}}
        out.append({**item, "config": config})
    return out


EDGES = [{"from": "trigger", "to": "wait", "type": "continue"}, {"from": "wait", "to": "tell", "type": "continue"}]
FIRST = steps("canary-token-one")

SAMPLE = Sample(
    type="hog_flow",
    name="Onboarding",
    path="hog_flows/",
    prepare=prepare,
    minimal={"actions": FIRST, "edges": EDGES},
    values={
        "email_sending_rate_limit": Value({"count": 100, "period": "minute"}, {"count": 5000, "period": "hour"}),
        "status": Value("active", "archived"),
        "actions": Value(
            FIRST,
            steps("canary-token-one", wait="2d"),
            stored=without_secrets,
            secret=steps("canary-token-two"),
            also=("trigger",),
        ),
        "edges": Value(EDGES, EDGES[:1]),
        "trigger_masking": Value(
            {"ttl": 60, "threshold": 3, "hash": "{person.id}"}, {"ttl": 94608000, "hash": "{person.id}"}
        ),
        "conversion": Value(
            {"window_minutes": 60, "filters": [{"key": "id", "type": "cohort", "value": "Staff"}]},
            {"window_minutes": 120},
        ),
        "variables": Value([{"key": "code", "type": "string", "default": "x"}], [{"key": "other", "type": "string"}]),
        "exit_condition": Value("exit_only_at_end", "exit_on_conversion"),
    },
    foreign={
        "description": "Made by hand",
        "actions": [{"id": "trigger", "type": "trigger", "config": {"type": "event", "filters": {}}}],
        "edges": [],
    },
    # What PostHog computes and adds.
    foretold={"actions": within, "trigger": lambda one, other: True, "billable_action_types": lambda one, other: True},
    secrets=("canary-token-one", "canary-token-two"),
    moving=("updated_at", "version"),
    again=4,
    again_reason="the actions and the cohorts in filters",
)
