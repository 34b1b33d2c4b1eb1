# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in a static cohort, the names of variables, pinned actions: what the samples leave out."""

from __future__ import annotations

import typing as t

from harness import Harness, Run, Task
from harness.steps import (
    Findings,
    Steps,
    changed,
    no_warnings,
    of_failures,
    refused,
    requests_at_most,
    silent,
    unchanged,
)

PREFIX = "community.posthog.posthog_"


def person(number: int) -> str:
    """The UUID of a person."""
    return f"0197e000-0000-7000-8000-{number:012d}"


def test_persons_of_a_cohort(posthog: Harness) -> None:
    """A list of persons: added, taken away where it is the whole truth, and never by a change of its order."""
    steps = Steps(PREFIX + "cohort")
    cohort = {"name": "Partners", "is_static": True}

    def declared(*numbers: int, **more: t.Any) -> dict[str, t.Any]:
        return {**cohort, "persons": [person(number) for number in numbers], **more}

    def prepare() -> dict[str, t.Any]:
        people = [{"id": person(number), "uuid": person(number), "distinct_ids": []} for number in range(1, 6)]
        posthog.server.seed("person", *people)
        return {}

    def shows(before: t.Sequence[int], after: t.Sequence[int]) -> t.Callable[[Findings, Task, Run], None]:
        def check(found: Findings, task: Task, run: Run) -> None:
            for side, numbers in (("before", before), ("after", after)):
                found.equal(
                    task.diffs[0][side].get("persons", []), [person(number) for number in numbers], f"persons {side}"
                )

        return check

    def writes(*paths: str) -> t.Callable[[Findings, Task, Run], None]:
        def check(found: Findings, task: Task, run: Run) -> None:
            found.equal([entry["path"].split("/")[-2] for entry in task.writes], list(paths), "the writes")

        return check

    add, remove = "add_persons_to_static_cohort", "remove_person_from_static_cohort"
    steps.add("not static", {"name": "Partners", "persons": [person(1)]}, refused("persons", "is_static: true"), silent)
    steps.add("no uuid", {**cohort, "persons": ["ada@example.com"]}, refused("persons[0]", "UUIDs"), silent)
    steps.add("check create", declared(1, 2), changed, silent, shows([], [1, 2]), check_mode=True)
    steps.add("create", declared(2, 1), changed, shows([], [1, 2]), writes("cohorts"), no_warnings)
    steps.add("again", declared(1, 2, 1), unchanged, requests_at_most(2))
    steps.add("in capitals", {**cohort, "persons": [person(1).upper()]}, unchanged)
    steps.add("check two more", declared(3, 4), changed, silent, shows([1, 2], [1, 2, 3, 4]), check_mode=True)
    steps.add("two more", declared(3, 4), changed, shows([1, 2], [1, 2, 3, 4]), writes(add))
    steps.add("nobody more", {**cohort, "persons": None}, unchanged)
    steps.add(
        "these and no others",
        declared(4, 5, exclusive=True),
        changed,
        writes(add, *[remove] * 3),
        shows([1, 2, 3, 4], [4, 5]),
    )
    steps.add("these and no others again", declared(5, 4, exclusive=True), unchanged, requests_at_most(2))
    steps.add("check nobody", declared(exclusive=True), changed, silent, shows([4, 5], []), check_mode=True)
    steps.add("nobody", declared(exclusive=True), changed, writes(remove, remove), shows([4, 5], []))
    steps.add("a stranger", declared(9), refused("person"))
    steps.add("a new cohort with a stranger", {**declared(9), "name": "Others"}, refused("person"))
    steps.add("which is not there", {"name": "Others", "state": "absent"}, unchanged)
    steps.add("nothing said of persons", cohort, unchanged, requests_at_most(1))
    moving = {
        "name": "Moving",
        "filters": {
            "properties": {
                "type": "OR",
                "values": [
                    {
                        "type": "OR",
                        "values": [{"type": "person", "key": "email", "operator": "is_set"}],
                    }
                ],
            }
        },
    }
    steps.add("one that is not static", moving, changed)
    steps.add(
        "persons of one that is not static",
        {"name": "Moving", "persons": [person(1)]},
        refused("persons", "'Moving' is not static"),
        silent,
    )
    steps.run(posthog, prepare)


def test_variable_is_renamed(posthog: Harness) -> None:
    """The code name stays, and the variable is found by it, by its name and by its first name."""
    steps = Steps(PREFIX + "insight_variable")

    def is_called(name: str, code: str = "country_code") -> t.Callable[[Findings, Task, Run], None]:
        def check(found: Findings, task: Task, run: Run) -> None:
            obj = task.result["insight_variable"]
            found.equal((obj["name"], obj["code_name"]), (name, code), "name and code name")

        return check

    steps.add(
        "check create",
        {"name": "Country code!", "type": "String"},
        changed,
        silent,
        is_called("Country code!"),
        check_mode=True,
    )
    steps.add(
        "create", {"name": "Country code!", "type": "String"}, changed, is_called("Country code!"), register="made"
    )
    by_id = "{{ made.insight_variable.id }}"
    steps.add("another spelling", {"name": "Country Code"}, changed, is_called("Country Code"))
    steps.add("rename", {"id": by_id, "name": "Market"}, changed, is_called("Market"))
    steps.add("by the new name", {"name": "Market", "default_value": "NL"}, changed, is_called("Market"))
    steps.add("by the new name again", {"name": "Market", "default_value": "NL"}, unchanged, requests_at_most(1))
    steps.add("by the code name", {"name": "country_code"}, changed, is_called("country_code"))
    steps.add("by the first name", {"name": "Country code"}, changed, is_called("Country code"))
    steps.add("delete", {"name": "COUNTRY CODE", "state": "absent"}, changed)
    steps.add("delete again", {"name": "Country code", "state": "absent"}, unchanged)
    steps.run(posthog)


def test_action_is_pinned(posthog: Harness) -> None:
    """PostHog writes down its own time, once."""
    steps = Steps(PREFIX + "action")

    def is_pinned(pinned: bool) -> t.Callable[[Findings, Task, Run], None]:
        def check(found: Findings, task: Task, run: Run) -> None:
            found.equal(task.result["action"]["pinned_at"] is not None, pinned, "pinned")

        return check

    pinned, free = {"name": "Signed up", "pinned_at": "now"}, {"name": "Signed up", "pinned_at": None}
    steps.add("no time", {"name": "Signed up", "pinned_at": "yesterday"}, refused("pinned_at", "now"), silent)
    for word, name in (("create", "Signed up"), ("create another", "Ordered")):
        steps.add(f"check {word}", {**pinned, "name": name}, changed, silent, is_pinned(True), check_mode=True)
        steps.add(word, {**pinned, "name": name}, changed, is_pinned(True), no_warnings)
    steps.add("again", pinned, unchanged, is_pinned(True))
    steps.add("at another time", {**pinned, "pinned_at": "2026-01-01"}, unchanged, is_pinned(True))
    steps.add("not declared", {"name": "Signed up"}, unchanged, is_pinned(True))
    steps.add("check take down", free, changed, silent, is_pinned(False), check_mode=True)
    steps.add("take down", free, changed, is_pinned(False))
    steps.add("take down again", free, unchanged)
    steps.add("pin", pinned, changed, is_pinned(True))
    steps.run(posthog)


def test_names_that_are_taken(posthog: Harness) -> None:
    """Actions have unique names; renaming one to another's is PostHog's to refuse."""
    steps = Steps(PREFIX + "action")
    steps.add("one", {"name": "One"}, changed, register="one")
    steps.add("two", {"name": "Two"}, changed)

    @of_failures
    def names_it(found: Findings, task: Task, run: Run) -> None:
        found.true("name" in task.msg, "the message must name the option")

    steps.add("one becomes two", {"id": "{{ one.action.id }}", "name": "Two"}, refused(status=400), names_it)
    steps.run(posthog)
