# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of rules of error tracking, their order, and servers that keep it to themselves."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run, Task
from harness.steps import Check, Findings, Steps, changed, no_warnings, refused, requests_at_most, silent, unchanged
from samples.error_tracking import about

RULE = "community.posthog.posthog_error_tracking_rule"

#: By kind of rule: what only it has, and other values of that.
OWN: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "assignment": (
        {"assignee": {"type": "user", "id": "admin@acme.test"}},
        {"assignee": {"type": "user", "id": "owner@acme.test"}},
    ),
    "grouping": ({"description": "After each release"}, {"description": None}),
    "suppression": ({"sampling_rate": 0.25}, {"sampling_rate": None}),
    "bypass": ({}, {}),
}


def has(**wanted: t.Any) -> Check:
    """The returned rule has these values."""

    def check(found: Findings, task: Task, run: Run) -> None:
        rule = task.result.get("error_tracking_rule") or {}
        for key, value in wanted.items():
            found.equal(rule.get(key), value, f"{key} of the rule")

    return check


def writes(*methods: str) -> Check:
    """The methods of the writes, in order."""

    def check(found: Findings, task: Task, run: Run) -> None:
        found.equal([entry["method"] for entry in task.writes], list(methods), "the writes")

    return check


@pytest.mark.parametrize("kind", OWN)
def test_kind(posthog: Harness, kind: str) -> None:
    """From nothing to nothing, with what only rules of this kind have."""
    steps = Steps(RULE)
    first, second = OWN[kind]
    place = {"rule_type": kind, "filters": about("TypeError")}
    rule = {**place, **first, "order_key": 2}
    foreign = {
        name: value for other, (values, _texts) in OWN.items() if other != kind for name, value in values.items()
    }
    foreign = {
        name: value for name, value in foreign.items() if name not in first and (name, kind) != ("assignee", "grouping")
    }
    for name, value in foreign.items():
        steps.add(f"another kind's {name}", {**rule, name: value}, refused(name, kind), silent)
    steps.add("check create", rule, changed, silent, check_mode=True)
    steps.add("create", rule, changed, has(filters=about("TypeError"), order_key=2), writes("POST"), no_warnings)
    steps.add("again", rule, unchanged, requests_at_most(2))
    steps.add("check move", {**place, "order_key": 5}, changed, silent, check_mode=True)
    steps.add("move", {**place, "order_key": 5}, changed, has(order_key=5), writes("PATCH"), no_warnings)
    steps.add("move again", {**place, "order_key": 5}, unchanged)
    if second:
        steps.add("change", {**place, **second}, changed, has(order_key=5), writes("PATCH"), no_warnings)
        steps.add("change again", {**place, **second}, unchanged)
        both = {**rule, "order_key": 7}
        steps.add("change and move", both, changed, has(order_key=7), writes("PATCH", "PATCH"), no_warnings)
        steps.add("change and move again", both, unchanged)
    other = {**rule, "filters": about("RangeError"), "order_key": 1}
    steps.add("another one", other, changed, writes("POST"), register="other")
    wider = {"rule_type": kind, "id": "{{ other.error_tracking_rule.id }}", "filters": about("Error")}
    steps.add("other filters by id", wider, changed, has(filters=about("Error"), order_key=1), no_warnings)
    steps.add("other filters by id again", wider, unchanged)
    steps.add("absent", {**place, "state": "absent"}, changed, writes("DELETE"))
    steps.add("absent again", {**place, "state": "absent"}, unchanged)
    steps.run(posthog)


def test_every_exception(posthog: Harness) -> None:
    """A rule without conditions is a legal one, where it makes sense."""
    steps = Steps(RULE)
    nothing = {"type": "AND", "values": []}
    steps.add("bypass", {"rule_type": "bypass", "filters": nothing}, refused("filters.values", "bypass"), silent)
    rule = {"rule_type": "suppression", "filters": nothing, "sampling_rate": 0.5}
    steps.add("suppression", rule, changed, has(sampling_rate=0.5))
    steps.add("suppression again", rule, unchanged)
    steps.run(posthog)


def test_what_is_wrong(posthog: Harness) -> None:
    """Told before anything is sent."""
    steps = Steps(RULE)
    rule = {"rule_type": "assignment", "filters": about("TypeError")}
    nobody = {"type": "user", "id": "nobody@acme.test"}
    steps.add("no kind", {"filters": about("TypeError")}, refused("rule_type"), silent)
    steps.add("no filters", {"rule_type": "grouping"}, refused("filters", "id"), silent)
    steps.add("a typo", {**rule, "filters": {"type": "AND", "value": []}}, refused("filters.value", "values"), silent)
    steps.add("nobody", rule, refused("assignee", "type: user"), silent)
    steps.add("a stranger", {**rule, "assignee": nobody}, refused("nobody@acme.test"), silent)
    steps.add("null", {**rule, "assignee": None}, refused("assignee", "null"), silent)
    steps.run(posthog)


def test_no_key_may_change_the_order(posthog: Harness) -> None:
    """Servers of 2025 open that route to people only; then nothing else is changed either."""
    steps = Steps(RULE)
    rule = {"rule_type": "suppression", "filters": about("TypeError"), "sampling_rate": 0.5, "order_key": 2}
    steps.add("create", rule, changed, has(order_key=2))
    moved = {**rule, "sampling_rate": 0.1, "order_key": 3}
    steps.add("move", moved, refused("reorder", "leave order_key out", status=403))
    steps.add("as it was", rule, unchanged)

    def prepare() -> dict[str, t.Any]:
        posthog.server.control("features", {"remove": ["error_tracking_reorder"]})
        return {}

    steps.run(posthog, prepare)
