# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings, and the collections that they are put into."""

from __future__ import annotations

import typing as t

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


def recording(number: int) -> str:
    """The id of a recording."""
    return f"0197e000-0000-7000-8000-{number:012d}"


def recorded(posthog: Harness, *, opened: bool = True) -> t.Callable[[], dict[str, t.Any]]:
    """Five recordings; the routes of collections are open to keys, or not."""

    def prepare() -> dict[str, t.Any]:
        posthog.server.seed("session_recording", *({"id": recording(number)} for number in range(1, 6)))
        posthog.server.control("settings", {"open_routes": ["recordings"] if opened else []})
        return {}

    return prepare


def writes(*wanted: str) -> Check:
    """These writes, as method and last part of the path."""

    def check(found: Findings, task: Task, run: Run) -> None:
        there = [f"{entry['method']} {entry['path'].rstrip('/').split('/')[-1]}" for entry in task.writes]
        found.equal(there, list(wanted), "the writes")

    return check


def test_recording(posthog: Harness) -> None:
    """It is marked as seen, and deleted; nothing else can be done with it."""
    steps = Steps(PREFIX + "session_recording")
    one, other = {"session_id": recording(1)}, {"session_id": recording(2)}

    def seen(wanted: bool) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            found.equal(task.result["session_recording"]["viewed"], wanted, "viewed")

        return check

    steps.add("nothing declared", {}, refused("session_id"), silent)
    steps.add("one that is not there", {"session_id": recording(9)}, refused(recording(9), "browsers"), silent)
    steps.add("as it is", one, unchanged, seen(False), requests_at_most(1))
    steps.add("check see", {**one, "viewed": True}, changed, silent, seen(True), check_mode=True)
    steps.add("see", {**one, "viewed": True}, changed, seen(True), no_warnings)
    steps.add("see again", {**one, "viewed": True}, unchanged, requests_at_most(1))
    steps.add("by id", {"id": recording(1), "viewed": True}, unchanged, requests_at_most(1))
    steps.add("forget", {**one, "viewed": False}, refused("viewed", "no way to forget"), silent)
    steps.add("not seen", {**other, "viewed": False}, unchanged)
    steps.add("check delete", {**one, "state": "absent"}, changed, silent, check_mode=True)
    steps.add("delete", {**one, "state": "absent"}, changed, writes(f"DELETE {recording(1)}"))
    steps.add("delete again", {**one, "state": "absent"}, unchanged, requests_at_most(1))
    steps.add("delete by id", {"id": recording(2), "state": "absent"}, changed)
    steps.add("delete by id again", {"id": recording(2), "state": "absent"}, unchanged)
    # There are too many to read their list, also in a loop. A process looks once at whose the project is, then writes.
    loop = {"session_id": "{{ item }}", "state": "absent"}
    numbers = [recording(3), recording(4), recording(9)]
    steps.add("a loop", loop, changed, requests_at_most(7), compared=False, loop=numbers)
    steps.add("a loop again", loop, unchanged, requests_at_most(3), compared=False, loop=numbers)
    steps.add("another project", {**one, "project": "424242"}, refused("424242", "Default project"), silent)
    steps.run_both_ways(posthog, recorded(posthog))


def test_collection(posthog: Harness) -> None:
    """What is in a collection: put there, taken out where the list is the whole truth."""
    steps = Steps(PREFIX + "session_recording_playlist")

    def declared(*numbers: int, **more: t.Any) -> dict[str, t.Any]:
        return {"name": "Bug 4711", "recordings": [recording(number) for number in numbers], **more}

    def shows(before: t.Sequence[int], after: t.Sequence[int]) -> Check:
        def check(found: Findings, task: Task, run: Run) -> None:
            for side, numbers in (("before", before), ("after", after)):
                there = task.diffs[0][side].get("recordings", [])
                found.equal(there, [recording(number) for number in numbers], f"recordings {side}")

        return check

    def posts(*numbers: int) -> list[str]:
        return [f"POST {recording(number)}" for number in numbers]

    steps.add("check create", declared(1, 2), changed, silent, shows([], [1, 2]), check_mode=True)
    made = writes("POST session_recording_playlists", *posts(2, 1))
    steps.add("create", declared(2, 1), changed, made, shows([], [1, 2]), no_warnings)
    steps.add("again", declared(1, 2), unchanged, requests_at_most(2))
    steps.add("one more", declared(3), changed, writes(*posts(3)), shows([1, 2], [1, 2, 3]))
    steps.add("check no others", declared(4, exclusive=True), changed, silent, shows([1, 2, 3], [4]), check_mode=True)
    gone = [f"DELETE {recording(number)}" for number in (2, 1, 3)]
    steps.add("no others", declared(4, exclusive=True), changed, writes(*posts(4), *gone), shows([1, 2, 3], [4]))
    steps.add("no others again", declared(4, exclusive=True), unchanged)
    steps.add("null", {"name": "Bug 4711", "recordings": None}, unchanged)
    steps.add("null and no others", declared(exclusive=True), changed, writes(f"DELETE {recording(4)}"))
    steps.add("not declared", {"name": "Bug 4711"}, unchanged, requests_at_most(1))
    filters = {"date_from": "-7d"}
    steps.add("filters too", declared(1, filters=filters), refused("filters", "collection"), silent)
    steps.add("filters later", {"name": "Bug 4711", "filters": filters}, refused("filters", "collection"), silent)
    steps.add("another type", {"name": "Bug 4711", "type": "filters"}, refused("type", "'collection'"), silent)
    steps.add("a saved filter", {"name": "Filter", "filters": filters}, changed)
    steps.add("which has no recordings", {**declared(1), "name": "Filter"}, refused("recordings", "filters"), silent)
    steps.add("nor can lose its filters", {"name": "Filter", "filters": None}, refused("filters"), silent)
    steps.add("none from the start", {"name": "New", "type": "filters"}, refused("filters"), silent)
    steps.run_here(posthog, recorded(posthog))


def test_collections_that_are_closed_to_keys(posthog: Harness) -> None:
    """The sentence tells that a key cannot do it."""
    steps = Steps(PREFIX + "session_recording_playlist")
    collection = {"name": "Bug 4711", "type": "collection"}
    steps.add("create", collection, changed, no_warnings)
    task = {**collection, "recordings": [recording(1)]}
    steps.add("recordings", task, refused("logged in with a browser", "Collections", status=403), compared=False)
    steps.add("nothing to do", {**collection, "recordings": []}, unchanged)
    steps.run_here(posthog, recorded(posthog, opened=False))


def test_playlists_of_posthog_are_left_alone(posthog: Harness) -> None:
    """A list of that name is another one."""
    steps = Steps(PREFIX + "session_recording_playlist")
    steps.add("not ours", {"name": "Watch history", "state": "absent"}, unchanged)
    steps.add("ours", {"name": "Watch history"}, changed, no_warnings)
    steps.add("ours again", {"name": "Watch history"}, unchanged)
    steps.add("ours goes", {"name": "Watch history", "state": "absent"}, changed)
    steps.run_here(posthog, dict)
