# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What alerts and subscriptions do that no other type does, and what their samples leave out for that reason."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run, Task
from harness.steps import Check, Findings, Steps, changed, no_warnings, refused, requests_at_most, silent, unchanged
from samples.alerts import bounds

ALERT, SUBSCRIPTION = "community.posthog.posthog_alert", "community.posthog.posthog_subscription"

#: By kind of config: the insight's query, the settings, others, and the plan feature.
KINDS: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], dict[str, t.Any], str]] = {
    "HogQLAlertConfig": (
        {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1 as one, 'a' as name"}},
        {"column": "one", "evaluation": "any_row", "label_column": "name"},
        {"column": "one", "evaluation": "last_row", "label_column": None},
        "sql_alerts",
    ),
    "FunnelsAlertConfig": (
        {
            "kind": "InsightVizNode",
            "source": {"kind": "FunnelsQuery", "series": [{"kind": "EventsNode", "event": "a"}]},
        },
        {"funnel_step": 1, "metric": "conversion_from_start", "check_ongoing_interval": True},
        {"funnel_step": None, "metric": "conversion_from_previous"},
        "funnel_alerts",
    ),
}


def sent(**wanted: t.Any) -> Check:
    """The one write has these values, at least."""

    def check(found: Findings, task: Task, run: Run) -> None:
        bodies = [entry.get("body") or {} for entry in task.writes]
        if found.equal(len(bodies), 1, "the number of writes"):
            for key, value in wanted.items():
                found.equal(bodies[0].get(key), value, f"{key} in the body")

    return check


@pytest.mark.parametrize("kind", KINDS)
def test_config_of_each_kind(posthog: Harness, kind: str) -> None:
    """What is watched in SQL and in funnels; what belongs to another kind is refused before anything is sent."""
    query, first, second, feature = KINDS[kind]
    steps = Steps(ALERT)
    alert = {"name": "Watch", "insight": "Watched", "threshold": bounds("absolute", upper=5)}
    one, two = {"type": kind, **first}, {"type": kind, **second}
    steps.add(
        "another kind's key", {**alert, "config": {**one, "series_index": 0}}, refused("series_index", kind), silent
    )
    steps.add("check create", {**alert, "config": one}, changed, silent, check_mode=True)
    steps.add("create", {**alert, "config": one}, changed, sent(config=one), no_warnings)
    steps.add("again", {**alert, "config": one}, unchanged, requests_at_most(2))
    steps.add("other settings", {**alert, "config": two}, changed, no_warnings)
    steps.add("other settings again", {**alert, "config": two}, unchanged)
    steps.add("none", {**alert, "config": None}, changed, sent(config=None))
    steps.add("none again", {**alert, "config": None}, unchanged)

    def prepare() -> dict[str, t.Any]:
        posthog.server.control("features", {"add": [feature]})
        posthog.server.api("POST", "insights/", {"name": "Watched", "query": query})
        return {}

    steps.run(posthog, prepare)


def slack(posthog: Harness) -> list[dict[str, t.Any]]:
    """A connected workspace, which nobody but a person in a browser can make."""
    posthog.server.api("POST", "insights/", {"name": "Signups", "query": {"kind": "HogQuery", "code": "return 1"}})
    config = {"team": {"id": "T1", "name": "Acme Slack"}}
    posthog.server.seed("integration", {"kind": "slack", "config": config, "display_name": "Acme Slack"})
    return list(posthog.server.api("GET", "integrations/")["results"])


def test_subscription_to_slack(posthog: Harness) -> None:
    """The workspace is named as PostHog shows it."""
    steps = Steps(SUBSCRIPTION)
    # A subscription shows the insight's short id, which each run makes anew.
    short: dict[str, t.Any] = {"compared": False}
    rhythm = {"frequency": "daily", "start_date": "+1d", "target_type": "slack", "target_value": "C1|#growth"}
    task = {"title": "Signups", "insight": "Signups", **rhythm}
    shown: dict[str, t.Any] = {}

    def prepare() -> dict[str, t.Any]:
        shown["name"] = slack(posthog)[0]["display_name"]
        return {"workspace": shown["name"]}

    with_it = {**task, "integration": "{{ workspace }}"}
    steps.add("no workspace", task, refused("integration", "display_name"), silent)
    steps.add("no such workspace", {**task, "integration": "Elsewhere"}, refused("Elsewhere"), silent)
    steps.add("check create", with_it, changed, silent, check_mode=True)
    steps.add("create", with_it, changed, sent(integration_id=1, send_test_now=False), no_warnings, **short)
    steps.add("again", with_it, unchanged, requests_at_most(3), **short)
    steps.add("by id", {**task, "integration_id": 1}, unchanged, **short)
    steps.run(posthog, prepare)


def test_nobody_gets_a_message_unless_it_is_asked_for(posthog: Harness) -> None:
    """PostHog's own default sends one to everybody whenever a subscription is made."""
    steps = Steps(SUBSCRIPTION)
    # A subscription shows the insight's short id, which each run makes anew.
    short: dict[str, t.Any] = {"compared": False}
    rhythm = {"frequency": "daily", "start_date": "+1d", "target_type": "email", "insight": "Signups"}
    quiet = {"title": "Quiet", "target_value": "ada@example.com", **rhythm}
    loud = {"title": "Loud", "target_value": "ada@example.com", "send_test_now": True, **rhythm}
    steps.add("quiet", quiet, changed, sent(send_test_now=False), **short)
    steps.add("loud", loud, changed, sent(send_test_now=True), **short)
    steps.add("loud again", loud, unchanged, silent, **short)
    change = {**loud, "frequency": "weekly"}
    steps.add("change", change, changed, sent(frequency="weekly", send_test_now=None), **short)

    def prepare() -> dict[str, t.Any]:
        slack(posthog)
        return {}

    steps.run(posthog, prepare)


def test_a_plan_without_subscriptions(posthog: Harness) -> None:
    """What is missing is the plan, and the message says so."""
    steps = Steps(SUBSCRIPTION)
    task = {"title": "Signups", "insight": "Signups", "target_type": "email", "target_value": "ada@example.com"}
    steps.add("create", {**task, "frequency": "daily", "start_date": "+1d"}, refused("plan", status=402), silent)
    steps.add("delete", {**task, "state": "absent"}, refused("plan", status=402), silent)

    def prepare() -> dict[str, t.Any]:
        slack(posthog)
        posthog.server.control("features", {"remove": ["subscriptions"]})
        return {}

    steps.run(posthog, prepare)
