# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is started and stopped: states are declared, and reached or refused."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run, Task
from harness.steps import (
    Check,
    Findings,
    Steps,
    changed,
    no_warnings,
    refused,
    requests_at_most,
    silent,
    unchanged,
)

PREFIX = "community.posthog.posthog_"


def called(*wanted: str) -> Check:
    """The writes, each with its method and the end of its path."""

    def check(found: Findings, task: Task, run: Run) -> None:
        sent = [f"{entry['method']} {entry['path'].rstrip('/').rpartition('/')[2]}" for entry in task.writes]
        found.equal(sent, list(wanted), "the writes")

    return check


def dated(type_name: str, *, started: bool, ended: bool) -> Check:
    """The returned object has the dates of a state."""

    def check(found: Findings, task: Task, run: Run) -> None:
        obj = task.result.get(type_name) or {}
        found.equal((bool(obj.get("start_date")), bool(obj.get("end_date"))), (started, ended), "started and ended")

    return check


SURVEY = {"name": "Pulse", "type": "popover", "questions": [{"type": "open", "question": "Well?"}]}
TOUR = {"name": "Tour", "content": {"steps": []}}


@pytest.mark.parametrize(("kind", "first"), [("survey", SURVEY), ("product_tour", TOUR)])
def test_states_of_what_has_dates(posthog: Harness, kind: str, first: dict[str, t.Any]) -> None:
    """Draft, running, stopped, running again; there is no way back to a draft, and none past an archive."""
    steps = Steps(PREFIX + kind)
    routes = kind == "survey"
    steps.add("stopped from nothing", {**first, "status": "stopped"}, refused("status", "never started"), silent)
    steps.add("draft", {**first, "status": "draft"}, changed, dated(kind, started=False, ended=False))
    steps.add("draft again", {**first, "status": "draft"}, unchanged, requests_at_most(2), no_warnings)
    steps.add("stop a draft", {"name": first["name"], "status": "stopped"}, refused("status", "never started"), silent)
    for word, name, ended in (("launch", "running", False), ("stop", "stopped", True), ("", "running", False)):
        options = {**first, "status": name}
        steps.add(f"check {word}", options, changed, silent, dated(kind, started=True, ended=ended), check_mode=True)
        wanted = called(f"POST {word}") if word and routes else None
        more = [wanted] if wanted else []
        steps.add(word or "resume", options, changed, dated(kind, started=True, ended=ended), no_warnings, *more)
        steps.add(f"{word} again", options, unchanged, requests_at_most(2), no_warnings)
    steps.add("back to a draft", {**first, "status": "draft"}, refused("status", "no draft any more"), silent)
    archived = {**first, "status": "stopped", "archived": True}
    steps.add("stop and archive", archived, changed, dated(kind, started=True, ended=True))
    steps.add("stop and archive again", archived, unchanged)
    steps.add("out of the archive", {**first, "status": "running"}, refused("archived: false"), silent)
    steps.add("unarchive", {**first, "status": "running", "archived": False}, changed)
    steps.add("unarchive again", {**first, "status": "running", "archived": False}, unchanged)
    steps.add("new and running", {**first, "name": "New", "status": "running"}, changed, no_warnings)
    steps.add("new and running again", {**first, "name": "New", "status": "running"}, unchanged)
    steps.run(posthog)


def stands(**wanted: t.Any) -> Check:
    """The returned experiment has these values, and its flag is on while it runs."""

    def check(found: Findings, task: Task, run: Run) -> None:
        obj = task.result["experiment"]
        for key, value in wanted.items():
            found.equal(obj.get(key), value, key)
        if wanted.get("status") in ("running", "paused") and isinstance(obj.get("feature_flag"), dict):
            found.equal(obj["feature_flag"].get("active"), wanted["status"] == "running", "the flag is on")

    return check


def test_states_of_an_experiment(posthog: Harness) -> None:
    """From a draft to the archive, and what is refused on the way."""
    steps = Steps(PREFIX + "experiment")
    first = {"name": "Colour", "feature_flag_key": "colour"}

    def go(word: str, *checks: Check, **options: t.Any) -> None:
        declared = {**first, **options}
        steps.add(f"check {word}", declared, changed, silent, stands(**options), check_mode=True)
        steps.add(word, declared, changed, stands(**options), no_warnings, *checks)
        steps.add(f"{word} again", declared, unchanged, no_warnings, requests_at_most(2))

    steps.add("stopped from nothing", {**first, "status": "stopped"}, refused("status", "never started"), silent)
    steps.add("draft", {**first, "status": "draft"}, changed, stands(status="draft"))
    steps.add("stop a draft", {**first, "status": "stopped"}, refused("status", "never started"), silent)
    steps.add("archive a draft", {**first, "archived": True}, refused("archived", "status: stopped"), silent)
    go("launch", called("POST launch"), status="running")
    go("pause", called("POST pause"), status="paused")
    go("resume", called("POST resume"), status="running")
    steps.add("back to a draft", {**first, "status": "draft"}, refused("status", "no draft any more"), silent)
    go("end", called("PATCH 1", "POST end"), status="stopped", conclusion="won")
    steps.add("once more", {**first, "status": "running"}, refused("status", "second time"), silent)
    go("archive", called("POST archive"), status="stopped", archived=True)
    go("unarchive", called("POST unarchive"), archived=False)
    steps.add("archive for good", {**first, "archived": True}, changed)
    steps.add("found in the archive", {**first, "description": "Green it is"}, changed, stands(archived=True))
    paused = {"name": "New", "feature_flag_key": "new", "status": "paused"}
    steps.add("new and paused", paused, changed, stands(status="paused"), no_warnings)
    steps.add("new and paused again", paused, unchanged)
    steps.run(posthog)


def test_a_flag_that_is_there_is_used(posthog: Harness) -> None:
    """An experiment takes a flag over, and can change its variants."""
    steps = Steps(PREFIX + "experiment")
    shares = [{"key": "control", "rollout_percentage": 30}, {"key": "new", "rollout_percentage": 70}]

    def prepare() -> dict[str, t.Any]:
        filters = {"groups": [{"properties": [], "rollout_percentage": 40}], "multivariate": {"variants": shares}}
        posthog.server.api("POST", "feature_flags/", {"key": "there", "filters": filters})
        return {}

    there = {"name": "Colour", "feature_flag_key": "there"}
    steps.add("create", there, changed, no_warnings)
    steps.add("as it is", {**there, "variants": shares, "rollout_percentage": 40}, unchanged)
    other = {**there, "variants": [{**shares[0], "rollout_percentage": 50}, {**shares[1], "rollout_percentage": 50}]}
    steps.add("other shares", other, changed, no_warnings)
    steps.add("other shares again", {**other, "rollout_percentage": 40}, unchanged)
    second = {**there, "name": "Second", "variants": shares}
    steps.add("a second one with its own shares", second, changed)
    steps.add("a second one again", second, unchanged)
    steps.run(posthog, prepare)


def test_a_survey_keeps_its_answers(posthog: Harness) -> None:
    """Ids of questions stay with their questions when those are moved and reworded."""
    steps = Steps(PREFIX + "survey")
    one, two, three = ({"type": "open", "question": f"{word}?"} for word in ("One", "Two", "Three"))

    def ids(of: str, *places: int | None) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            before = [item["id"] for item in run[of].result["survey"]["questions"]]
            after = [item["id"] for item in task.result["survey"]["questions"]]
            for place, now in zip(places, after, strict=True):
                if place is None:
                    found.true(now not in before, "a new question has a new id")
                else:
                    found.equal(now, before[place], "the id of the question that was moved")

        return check

    def asking(*questions: dict[str, t.Any]) -> dict[str, t.Any]:
        return {**SURVEY, "questions": list(questions)}

    steps.add("ask", asking(one, two, three), changed)
    steps.add("ask again", asking(one, two, three), unchanged)
    steps.add("move", asking(three, one, two), changed, ids("ask", 2, 0, 1))
    steps.add("reword", asking({**three, "question": "Third?"}, one, two), changed, ids("ask", 2, 0, 1))
    steps.add("take away", asking(one, two), changed, ids("ask", 0, 1))
    rating = {"type": "rating", "question": "One?", "scale": 5, "display": "number"}
    steps.add("another type", asking(rating, two), changed, ids("ask", None, 1))
    steps.run(posthog)


def test_actions_of_a_survey_stay(posthog: Harness) -> None:
    """PostHog forgets the actions where a change does not repeat the conditions."""
    steps = Steps(PREFIX + "survey")

    def prepare() -> dict[str, t.Any]:
        posthog.server.api("POST", "actions/", {"name": "Ordered", "steps": [{"event": "order"}]})
        return {}

    def has_action(found: Findings, task: Task, run: Run) -> None:
        values = task.result["survey"]["conditions"]["actions"]["values"]
        found.equal([item["name"] for item in values], ["Ordered"], "the actions")

    actions = {**SURVEY, "conditions": {"actions": {"values": [{"id": "Ordered"}]}}}
    steps.add("create", actions, changed, has_action)
    steps.add("again", actions, unchanged)
    steps.add("describe", {**SURVEY, "description": "Why"}, changed, has_action)
    steps.add("start", {**SURVEY, "status": "running"}, changed, has_action)
    steps.add("all again", {**actions, "description": "Why", "status": "running"}, unchanged, has_action)
    steps.run(posthog, prepare)


def test_targeting_by_a_flag(posthog: Harness) -> None:
    """A flag that is there already can be the one that targets."""
    steps = Steps(PREFIX + "survey")

    def prepare() -> dict[str, t.Any]:
        for key in ("beta", "gamma"):
            filters = {"groups": [{"properties": [], "rollout_percentage": 10}]}
            posthog.server.api("POST", "feature_flags/", {"key": key, "filters": filters})
        return {}

    def targets(key: str) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            found.equal((task.result["survey"]["targeting_flag"] or {}).get("key"), key, "the targeting flag")

        return check

    steps.add("create", {**SURVEY, "targeting_flag": "beta"}, changed, targets("beta"))
    steps.add("again", {**SURVEY, "targeting_flag": "beta"}, unchanged, no_warnings)
    steps.add("another", {**SURVEY, "targeting_flag": "gamma"}, changed, targets("gamma"))
    steps.add("another again", {**SURVEY, "targeting_flag": "gamma"}, unchanged, no_warnings)
    steps.add("none", {**SURVEY, "targeting_flag": None}, refused("targeting_flag", "null"), silent)
    steps.run(posthog, prepare)


def test_sampling(posthog: Harness) -> None:
    """A limit on answers over time, of which PostHog wants to hear all parts at once."""
    steps = Steps(PREFIX + "survey")
    limit = {
        "response_sampling_start_date": "+1d",
        "response_sampling_interval_type": "week",
        "response_sampling_interval": 2,
        "response_sampling_limit": 100,
    }
    steps.add("alone", {**SURVEY, "response_sampling_limit": 100}, refused("response_sampling_interval"), silent)
    steps.add("create", {**SURVEY, **limit}, changed, no_warnings)
    steps.add("again", {**SURVEY, **limit}, unchanged, no_warnings)
    steps.add("another limit", {**SURVEY, "response_sampling_limit": 50}, changed, no_warnings)
    steps.add("another limit again", {**SURVEY, "response_sampling_limit": 50}, unchanged)
    steps.add("no limit", {**SURVEY, "response_sampling_limit": None}, changed, no_warnings)
    steps.run(posthog)


def test_states_on_an_old_server(posthog_2024: Harness) -> None:
    """Before there were routes, the dates were all there was."""
    steps = Steps(PREFIX + "survey")
    survey = {"name": "Pulse", "type": "popover"}
    steps.add("create", {**survey, "status": "draft"}, changed)
    steps.add("start", {**survey, "status": "running"}, changed, dated("survey", started=True, ended=False))
    steps.add("start again", {**survey, "status": "running"}, unchanged)
    steps.add("stop", {**survey, "status": "stopped"}, changed, dated("survey", started=True, ended=True))
    steps.add("go on", {**survey, "status": "running"}, changed, dated("survey", started=True, ended=False))
    steps.add("go on again", {**survey, "status": "running"}, unchanged)
    steps.run(posthog_2024)


def test_scheduled_changes(posthog: Harness) -> None:
    """Changes of one flag are told apart by time and operation; they recur by an interval or a cron expression."""
    steps = Steps(PREFIX + "scheduled_change")

    def prepare() -> dict[str, t.Any]:
        filters = {"groups": [{"properties": [], "rollout_percentage": 10}]}
        posthog.server.api("POST", "feature_flags/", {"key": "sale", "filters": filters})
        return {}

    on = {"operation": "update_status", "value": True}
    sets = {"operation": "add_release_condition", "value": {"groups": [{"properties": [], "rollout_percentage": 20}]}}
    first = {"feature_flag": "sale", "scheduled_at": "2030-01-01T00:00:00Z", "payload": on}
    steps.add("on", first, changed, no_warnings)
    steps.add("on again", {**first, "scheduled_at": "2030-01-01T01:00:00+01:00"}, unchanged)
    steps.add("another operation", {**first, "payload": sets}, changed)
    steps.add("another time", {**first, "scheduled_at": "2030-02-01T00:00:00Z"}, changed)
    steps.add("which one", {**first, "scheduled_at": "+14d"}, refused("ids", "give the id"), silent)
    weekly = {**first, "is_recurring": True, "cron_expression": "0 9 * * 1"}
    steps.add("each Monday", weekly, changed, no_warnings)
    steps.add("each Monday again", weekly, unchanged)
    both = {**weekly, "recurrence_interval": "weekly"}
    steps.add("both", both, refused("cron_expression", "not both"), silent)
    steps.add("weekly", {**both, "cron_expression": None}, changed)
    steps.add("weekly again", {**both, "cron_expression": None}, unchanged)
    steps.add("later", {**first, "payload": {**on, "value": False}, "scheduled_at": "2030-02-01T00:00:00Z"}, changed)
    steps.add("gone", {**first, "state": "absent"}, changed)
    steps.add("gone again", {**first, "state": "absent"}, unchanged)
    steps.run(posthog, prepare)


def test_flags_of_early_access_features(posthog: Harness) -> None:
    """A feature brings a flag along or takes one over, and tells which."""
    steps = Steps(PREFIX + "early_access_feature")

    def flag(key: str, **enrolment: t.Any) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            shown = task.result["early_access_feature"]["feature_flag"]
            found.equal(shown["key"], key, "the flag")
            for name, value in enrolment.items():
                found.equal(shown["filters"].get(name), value, name)

        return check

    new = {"name": "New shell", "stage": "beta"}
    steps.add("create", new, changed, flag("new-shell", feature_enrollment=True), no_warnings)
    steps.add("again", {**new, "feature_flag": "new-shell"}, unchanged, requests_at_most(2))
    steps.add("not for enrolment yet", {**new, "stage": "concept"}, changed, flag("new-shell", feature_enrollment=None))
    steps.add("another flag", {**new, "feature_flag": "other"}, refused("feature_flag"), silent)
    steps.add("taken", {**new, "name": "Second", "feature_flag": "new-shell"}, refused("'New shell' already"), silent)
    steps.add("delete", {"name": "New shell", "state": "absent"}, changed)
    steps.add("the flag is still there", new, refused("feature_flag", "new-shell"), silent)
    steps.add("take it over", {**new, "feature_flag": "new-shell"}, changed, flag("new-shell"), no_warnings)
    steps.run(posthog)
