# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: the plan and the run, several at once, and what becomes of the others when one fails."""

from __future__ import annotations

import collections
import dataclasses
import json
import threading
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.result import Result
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.config import plan_text
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Turns
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing
from ansible_collections.community.posthog.tests.unit.plugins.projects import (
    BOX,
    LABEL,
    ORGANIZATION,
    TEAM,
    THING,
    Universe,
    marked,
    universe,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import api_error

THINGS = "/api/projects/1/things/"


def lists(world: Universe, path: str = THINGS) -> int:
    """How often a list was read."""
    return sum(1 for method, where, _query in world.memory.calls if (method, where) == ("GET", path))


def fates(result: Result) -> dict[str, str]:
    """What became of what."""
    return {entry["name"]: entry["action"] for entry in result.entries}


# -- plan and run ----------------------------------------------------------------------------------------------------


def test_a_plan_writes_nothing_and_leaves_no_trace() -> None:
    world = universe()
    world.put("things", marked("a", note="old"), marked("b"))
    before = json.dumps(world.memory.lists)
    config = {"things": [{"name": "a", "note": "new"}, {"name": "b", "state": "absent"}, {"name": "c"}]}
    first, second = world.plan(config), world.plan(config)
    assert first.counts == second.counts == {**first.counts, "created": 1, "updated": 1, "deleted": 1}
    assert first.entries == second.entries
    assert json.dumps(world.memory.lists) == before and not world.memory.writes
    assert not world.session.check_mode


def test_a_run_says_and_does_what_the_plan_said() -> None:
    def world() -> Universe:
        made = universe()
        made.put("things", marked("a", note="old"), marked("b"), marked("same"), {"name": "by hand", "note": "x"})
        made.put("boxes", {"name": "box", "things": []})
        return made

    config = {
        "things": [
            {"name": "a", "note": "new", "tags": ["t"]},
            {"name": "b", "state": "absent"},
            {"name": "same"},
            {"name": "c", "note": "n"},
            {"name": "by hand", "note": "y"},
            {"name": "never", "state": "absent"},
        ],
        "boxes": [{"name": "BOX", "things": ["c", "a"]}, {"name": "other", "lid": "c"}],
        "teams": [{"name": "T"}],
    }
    planned, run = world().plan(config), world().apply(config)
    assert planned.counts == run.counts
    assert [{**entry, "id": None} for entry in planned.entries] == [{**entry, "id": None} for entry in run.entries]
    assert plan_text(planned) == plan_text(run)
    after = world()
    after.apply(config)
    assert after.apply(config).counts["unchanged"] == 9


def test_only_what_the_plan_found_is_written() -> None:
    """What did not differ when it was planned is not looked at again."""
    world = universe()
    world.put("things", marked("same"), marked("other", note="old"))
    project = world.project({"things": [{"name": "same"}, {"name": "other", "note": "new"}]})
    project.order()
    project.plan(_none())
    # Somebody else changes it now.
    world.memory.lists[THINGS][0]["note"] = "by hand"
    project.apply()
    assert [path for _method, path, _body in world.memory.writes] == [f"{THINGS}{world.memory.lists[THINGS][1]['id']}/"]


def _none() -> Any:
    from ansible_collections.community.posthog.plugins.module_utils._bulk.purge import Purge

    return Purge()


def test_lists_are_read_once_with_eight_threads() -> None:
    world = universe(seconds=0.002)
    world.memory.crowd = 8
    number = 40
    world.put("things", *(marked(f"t{i}") for i in range(number)))
    config = {
        "things": [{"name": f"t{i}"} for i in range(number)],
        "boxes": [{"name": f"b{i}", "lid": f"t{i}"} for i in range(number)],
    }
    world.apply(config)
    # Who has created something looks at the list again, and all of them share one look.
    assert lists(world) == 1 and lists(world, "/api/projects/1/boxes/") == 2
    assert world.memory.most_running == 8
    assert len(world.names("boxes")) == number


def test_the_target_is_looked_up_once_with_eight_threads() -> None:
    world = universe(seconds=0.002)
    world.memory.crowd = 8
    world.apply({"things": [{"name": f"t{i}"} for i in range(16)]})
    read = collections.Counter(path for method, path, _body in world.memory.calls if method == "GET")
    assert len(world.names()) == 16 and read.pop("/api/projects/1/things/") == 2
    assert read and set(read.values()) == {1}, read


def test_no_thread_writes_before_it_is_known_whose_project_it_is() -> None:
    """While one of them asks, the others wait."""
    world = universe(seconds=0.002)
    world.memory.singles["/api/projects/1/"] = {"id": 1, "name": "Main", "organization": "another"}
    world.memory.singles[f"/api/organizations/{ORGANIZATION}/"]["projects"] = []
    with pytest.raises(InvalidInput, match="belongs to the organization another"):
        world.apply({"things": [{"name": f"t{i}"} for i in range(16)]})
    assert not world.memory.writes


@pytest.mark.parametrize("concurrency", [1, 2, 8, 32])
def test_as_many_at_once_as_allowed(concurrency: int) -> None:
    world = universe(seconds=0.003)
    world.memory.crowd = concurrency
    world.apply({"things": [{"name": f"t{i}"} for i in range(70)]}, concurrency=concurrency)
    assert len(world.names()) == 70
    assert world.memory.most_running == concurrency
    assert world.memory.threads.turns is None


def test_hidden_objects_are_found_by_every_thread() -> None:
    """The second list is on its way for one of them while the others look for names in it."""
    table = dataclasses.replace(THING, listing=Listing(hidden_params={"archived": "true"}))
    for _again in range(3):
        world = universe(tables=[table], seconds=0.003)
        world.put("things", *(marked(f"t{i}", archived=True) for i in range(20)))
        world.memory.listing = lambda objects, params: [
            obj for obj in objects if bool(obj.get("archived")) == (params.get("archived") == "true")
        ]
        plan = world.plan({"things": [{"name": f"t{i}"} for i in range(20)]})
        assert plan.counts["unchanged"] == 20, plan.counts
        assert lists(world) == 2


def test_one_turn_at_a_time() -> None:
    turns = Turns()
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        for _round in range(50):
            with turns:
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)
                with turns.aside():
                    pass
                assert turns._lock.locked()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert max(most) == 1 and len(most) == 400


def test_a_turn_is_given_back_when_something_breaks() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns, turns.aside():
        raise KeyError("x")
    with turns:
        pass


# -- lost answers ----------------------------------------------------------------------------------------------------


def test_lost_answers_make_nothing_twice() -> None:
    world = universe(seconds=0.001)
    lost = {"count": 0}

    def lose(method: str, path: str, body: Any) -> None:
        if method == "POST" and hash(body["name"]) % 3 == 0 and lost["count"] < 12:
            lost["count"] += 1
            world.memory.faults = ["after"]

    world.memory.before = lose
    names = [f"t{i}" for i in range(40)]
    run = world.apply({"things": [{"name": name} for name in names], "boxes": [{"name": name} for name in names]})
    assert run.counts["created"] == 80 and run.counts["failed"] == 0
    assert world.names() == sorted(names) and world.names("boxes") == sorted(names)


def test_a_list_that_was_asked_for_before_a_lost_write_is_asked_for_again() -> None:
    """Otherwise the object that was made meanwhile would be made a second time."""
    world = universe()
    collection = world.session.collection(THING)
    reads: list[int] = []

    def overtaken(objects: list[Any], params: Any) -> list[Any]:
        reads.append(1)
        if len(reads) == 1:
            # Another thread's write, of which nothing came back.
            world.put("things", {"name": "made meanwhile"})
            world.session.stale()
        return objects

    world.memory.listing = overtaken
    assert [obj["name"] for obj in collection.all()] == ["made meanwhile"]
    assert len(reads) == 2


def test_an_outcome_that_stays_unknown_stops_its_own_object_only() -> None:
    world = universe(seconds=0.001)

    sent: list[str] = []

    def slow(method: str, path: str, body: Any) -> None:
        if method == "POST" and body["name"] == "slow":
            sent.append(path)
            error = UnknownOutcome("no answer", status=None, method=method, path=path)
            error.slow = True
            raise error

    world.memory.before = slow
    config = {
        "things": [{"name": "slow"}, *({"name": f"t{i}"} for i in range(30))],
        "boxes": [{"name": "b", "lid": "slow"}, {"name": "c", "lid": "t1"}],
    }
    run = world.apply(config)
    assert run.counts["created"] == 31 and run.counts["failed"] == 1 and run.counts["skipped"] == 1
    assert fates(run)["slow"] == "failed" and fates(run)["b"] == "skipped"
    # It may still come, and a second one would be there twice.
    assert sent == [THINGS]
    world.memory.before = lambda method, path, body: None
    assert world.apply(config).counts == {**run.counts, "created": 2, "unchanged": 31, "failed": 0, "skipped": 0}


def test_a_slow_creation_is_found_by_the_next_look() -> None:
    """It took place after the server's time was up, and before anybody looked."""
    world = universe()
    sent: list[str] = []

    def slow(method: str, path: str, body: Any) -> None:
        if method == "POST":
            sent.append(body["name"])
            world.put("things", {"note": "", **body})
            error = UnknownOutcome("no answer", status=None, method=method, path=path)
            error.slow = True
            raise error

    world.memory.before = slow
    run = world.apply({"things": [{"name": "slow"}]})
    assert run.counts["created"] == 1 and sent == ["slow"] and world.names() == ["slow"]


# -- what every other request would meet ------------------------------------------------------------------------------


def over(message: str = "No answer from https://posthog.example.com") -> ApiError:
    """A failure of the connection."""
    error = ApiError(message)
    error.ends_all = True
    return error


def test_a_dead_server_ends_a_plan_with_one_line() -> None:
    world = universe(seconds=0.001)

    def dead(method: str, path: str, body: Any) -> None:
        raise over(f"No answer to {method} {path}")

    world.memory.before = dead
    config = {
        "things": [{"name": f"t{number}"} for number in range(200)],
        "boxes": [{"name": f"b{number}", "things": ["t1"]} for number in range(200)],
        "teams": [{"name": "x"}],
    }
    with pytest.raises(ApiError) as caught:
        world.run(config=config)
    assert caught.value.ends_all and "\n" not in caught.value.message
    assert "mistakes" not in caught.value.message
    # One for each list that was asked for at the same time.
    assert len(world.memory.calls) <= 8
    assert world.session.client.threads.ended is None


def test_a_server_that_dies_while_the_plan_is_made() -> None:
    """Each object of this type is asked for by itself."""
    fields = tuple(dataclasses.replace(known, in_list=known.name != "note") for known in THING.fields)
    world = universe(tables=[dataclasses.replace(THING, fields=fields), BOX, TEAM, LABEL], seconds=0.001)
    world.put("things", *(marked(f"t{number}") for number in range(50)))
    asked = iter(range(10_000))

    def dying(method: str, path: str, body: Any) -> None:
        if path.startswith(f"{THINGS}1"):
            if next(asked) > 10:
                raise over()

    world.memory.before = dying
    config = {"things": [{"name": f"t{number}", "note": "new"} for number in range(50)]}
    with pytest.raises(ApiError, match=r"^No answer from https://posthog\.example\.com$"):
        world.run(config=config)
    assert next(asked) < 30
    assert not world.memory.writes


@pytest.mark.parametrize("concurrency", [1, 8])
def test_a_server_that_dies_in_the_middle_of_a_run(concurrency: int) -> None:
    world = universe(seconds=0.001)
    posts = iter(range(10_000))

    def dying(method: str, path: str, body: Any) -> None:
        if method == "POST" and next(posts) >= 20:
            raise over()

    world.memory.before = dying
    config = {
        "things": [{"name": f"t{number:03}"} for number in range(100)],
        "boxes": [{"name": "late", "things": ["t000"]}],
    }
    result = world.run(config=config, concurrency=concurrency)
    assert result["failed"] and result["changed"]
    assert result["counts"]["created"] == 20 and result["counts"]["failed"] == 1
    assert result["counts"]["skipped"] == 80
    head, line = result["msg"].split("\n")
    assert head == "20 created, 1 failed, 80 skipped; running it again goes on from here."
    assert line.endswith(": No answer from https://posthog.example.com")
    assert {entry["msg"] for entry in result["objects"] if entry["action"] == "skipped"} == {"the connection failed"}
    assert next(posts) <= 20 + concurrency
    world.memory.before = lambda method, path, body: None
    again = world.run(config=config)
    assert again["counts"]["created"] == 81 and again["counts"]["unchanged"] == 20


def test_a_server_that_dies_while_things_are_deleted() -> None:
    """What was not tried is not reported as deleted, and nothing is purged."""
    world = universe()
    world.put("things", *(marked(f"t{number}") for number in range(10)))
    world.put("boxes", {"name": "old"})

    def dying(method: str, path: str, body: Any) -> None:
        if method == "DELETE" and len(world.memory.writes) >= 3:
            raise over()

    world.memory.before = dying
    config = {"things": [{"name": f"t{number}", "state": "absent"} for number in range(10)], "boxes": [{"name": "n"}]}
    run = world.apply(config, purge=("boxes",), everything=True)
    assert {action: count for action, count in run.counts.items() if count} == {
        "created": 1,
        "deleted": 2,
        "failed": 1,
        "skipped": 8,
    }
    assert len(world.names()) == 8 and world.names("boxes") == ["n", "old"]


# -- failures --------------------------------------------------------------------------------------------------------


def failing(world: Universe, name: str, error: Exception) -> None:
    """The creation of the object of this name goes wrong."""

    def fail(method: str, path: str, body: Any) -> None:
        if method == "POST" and body.get("name") == name:
            raise error

    world.memory.before = fail


def deep(name: str, *others: str) -> dict[str, Any]:
    """A thing that names others."""
    return {"name": name, "settings": {"of": [{"kind": "thing", "id": other} for other in others]}}


@pytest.mark.parametrize(
    "error",
    [api_error(400, "No.", "POST", THINGS), PostHogFailure("No."), KeyError("a defect"), RuntimeError("defect")],
)
def test_one_fails(error: Exception) -> None:
    """Everything else is done, what depends on it is skipped and named, and again finishes it."""
    world = universe()
    failing(world, "a", error)
    config = {
        "things": [deep("c", "b"), deep("b", "a"), {"name": "a"}, {"name": "z"}, deep("y", "z")],
        "boxes": [{"name": "box", "things": ["c"]}, {"name": "free"}],
        "labels": [{"name": "l", "box": "box"}],
    }
    run = world.apply(config)
    assert fates(run) == {
        "a": "failed",
        "b": "skipped",
        "c": "skipped",
        "box": "skipped",
        "l": "skipped",
        "z": "created",
        "y": "created",
        "free": "created",
    }
    told = {entry["name"]: entry.get("msg", "") for entry in run.entries}
    assert (told["b"], told["c"], told["box"], told["l"]) == (
        *("thing 'a' failed", "thing 'b' failed", "thing 'c' failed", "box 'box' failed"),
    )
    assert "No." in told["a"] or "defect" in told["a"]
    world.memory.before = lambda method, path, body: None
    again = world.apply(config)
    assert again.counts["created"] == 5 and again.counts["failed"] == 0
    assert world.apply(config).counts["unchanged"] == 8


def test_the_result_of_a_failed_run() -> None:
    world = universe()
    failing(world, "a", api_error(400, "No.", "POST", THINGS))
    result = world.run(config={"things": [{"name": "a"}, {"name": "b"}], "boxes": [{"name": "x", "lid": "a"}]})
    assert result["failed"] and result["changed"]
    assert result["msg"] == (
        "1 created, 1 failed, 1 skipped; running it again goes on from here.\n- thing 'a': 400: No."
    )
    text = result["diff"]["prepared"]
    assert (
        "+ thing 'b'" in text
        and "! thing 'a' failed: 400: No." in text
        and "! box 'x' skipped: thing 'a' failed" in text
    )
    assert text.endswith("1 created, 1 failed, 1 skipped\n")


def test_a_defect_in_a_plan_is_told_and_nothing_is_written() -> None:
    def broken(values: Any) -> Any:
        raise ZeroDivisionError("division by zero")

    table = dataclasses.replace(THING, completes=lambda session, obj, values: broken(values))
    world = universe(tables=[table])
    with pytest.raises(InvalidInput, match=r"things\[0\]: community\.posthog has a defect: ZeroDivisionError"):
        world.apply({"things": [{"name": "a"}]})
    assert not world.memory.writes


def test_a_half_made_object_is_completed_by_the_next_run() -> None:
    """Of two steps of a circle the second one fails."""
    world = universe()
    world.memory.storing = lambda obj: {"boxes": [], **obj}
    config = {"things": [{"name": "t", "boxes": ["b"]}], "boxes": [{"name": "b", "things": ["t"]}]}
    failing(world, "b", api_error(400, "No.", "POST", "boxes"))
    run = world.apply(config)
    assert fates(run) == {"t": "skipped", "b": "failed"}
    assert run.entries[0]["msg"] == "it was begun, but box 'b' failed"
    world.memory.before = lambda method, path, body: None
    again = world.apply(config)
    assert fates(again) == {"t": "updated", "b": "created"}
    assert world.apply(config).counts["unchanged"] == 2


def test_what_was_made_before_it_failed_counts_as_a_change() -> None:
    world = universe()
    world.memory.storing = lambda obj: {"boxes": [], **obj}
    failing(world, "b", api_error(400, "No.", "POST", "boxes"))
    result = world.run(config={"things": [{"name": "t", "boxes": ["b"]}], "boxes": [{"name": "b", "things": ["t"]}]})
    assert world.names() == ["t"]
    assert result["failed"] and result["changed"]


def test_a_key_that_may_not_read_one_type_of_many() -> None:
    """Told once for each object that needs it, and asked for no more often than there are types."""
    world = universe()
    world.memory.errors["GET", THINGS] = api_error(403, "API key missing required scope 'thing:read'", path=THINGS)
    config = {"things": [{"name": f"t{i}"} for i in range(50)], "boxes": [{"name": f"b{i}"} for i in range(5)]}
    with pytest.raises(InvalidInput) as caught:
        world.apply(config)
    assert not world.memory.writes
    assert (
        caught.value.message.count("thing:read") == 1 and "things[0] (and 49 more like it): 403" in caught.value.message
    )
    assert len(caught.value.problems) == 50
    assert lists(world) <= 3, lists(world)


# -- what is said ----------------------------------------------------------------------------------------------------


def test_progress_is_told_while_it_goes_on() -> None:
    world = universe()
    world.put("things", marked("old"))
    seen: list[int] = []
    world.memory.before = lambda method, path, body: seen.append(len(world.lines)) if method == "POST" else None
    config = {"things": [{"name": "a"}, {"name": "old", "state": "absent"}], "boxes": [{"name": "b", "lid": "a"}]}
    world.apply(config, concurrency=1)
    assert world.lines == ["created: thing 'a'", "created: box 'b'", "deleted: thing 'old'"]
    assert seen == [0, 1]


def test_the_summary() -> None:
    assert Result().summary == "nothing declared"
    result = Result(counts={"created": 1, "updated": 0, "deleted": 2, "unchanged": 3, "failed": 0, "skipped": 4})
    assert result.summary == "1 created, 2 deleted, 3 unchanged, 4 skipped"


def test_the_plan_as_text() -> None:
    world = universe()
    world.put("things", marked("a", note="x" * 300), marked("gone"))
    plan = world.plan(
        {
            "things": [
                {"name": "a", "note": "y" * 300},
                {"name": "gone", "state": "absent"},
                {"name": "new\n+ thing 'forged'", "note": "\x1b[31m"},
            ]
        }
    )
    lines = plan_text(plan).splitlines()
    assert lines[0] == "~ thing 'a'" and lines[1].startswith('    note: "xxx') and "(302 characters) -> " in lines[1]
    assert lines[2] == "- thing 'gone'"
    assert lines[3] == "+ thing \"new\\n+ thing 'forged'\""
    assert lines[-1] == "1 to create, 1 to change, 1 to delete, 0 unchanged."
    assert "\x1b" not in plan_text(plan)


def test_secrets_are_in_nothing_that_is_said() -> None:
    world = universe()
    world.put("things", marked("there", password=None))
    canaries = ["canary-of-one", "canary-of-two"]
    config = {
        "things": [
            {"name": "new", "password": canaries[0]},
            {"name": "there", "password": canaries[1], "note": "x", "update_secret": "always"},
        ]
    }
    for result in (world.plan(config), world.apply(config)):
        said = json.dumps([result.entries, [(o.before, o.after) for _n, o in result.outcomes]]) + plan_text(result)
        assert not [canary for canary in canaries if canary in said]
        assert "********" in said
    assert sum(1 for _m, _p, body in world.memory.writes if body.get("password") in canaries) == 2


# -- marks -----------------------------------------------------------------------------------------------------------


def test_marks_are_no_difference() -> None:
    world = universe()
    run = world.apply({"things": [{"name": "a", "tags": ["x"]}, {"name": "b"}]})
    # Both are created at once, so that either may be the first of the list.
    kept = {obj["name"]: obj["tags"] for obj in world.memory.lists[THINGS]}
    assert kept == {"a": ["x", "managed-by-ansible"], "b": ["managed-by-ansible"]}
    assert run.counts["created"] == 2
    for tags in ({"tags": ["x"]}, {"tags": ["x", "managed-by-ansible"]}, {}):
        assert world.apply({"things": [{"name": "a", **tags}, {"name": "b"}]}).counts["unchanged"] == 2
    world.apply({"things": [{"name": "a", "tags": []}]})
    assert [obj["tags"] for obj in world.memory.lists[THINGS]] == [["managed-by-ansible"], ["managed-by-ansible"]]


def test_what_was_made_by_hand_is_marked_once_its_type_is_purged() -> None:
    world = universe()
    world.put("things", {"name": "mine", "tags": ["x"]}, {"name": "bare", "tags": []})
    config = {"things": [{"name": "mine"}, {"name": "bare"}]}
    assert not world.run(config=config)["changed"]
    adopted = world.run(config=config, purge=["things"])
    assert adopted["counts"]["updated"] == 2
    assert [sorted(obj["tags"]) for obj in world.memory.lists[THINGS]] == [
        ["managed-by-ansible", "x"],
        ["managed-by-ansible"],
    ]
    assert not world.run(config=config, purge=["things"])["changed"]


# -- unknown names ---------------------------------------------------------------------------------------------------

SEEN = dataclasses.replace(
    THING,
    mentions=(NestedRef({"kind": "event"}, "event", Ref("team")), NestedRef({"kind": "box"}, "of", Ref("box"))),
)


def test_unknown_names() -> None:
    world = universe(tables=[SEEN, BOX, TEAM, LABEL])
    world.put("boxes", {"name": "known"})
    value = {"a": [{"kind": "box", "of": ["known", "unknown", "$own", "declared", 5]}, {"kind": "else", "of": "x"}]}
    config = {"things": [{"name": "t", "settings": value}], "boxes": [{"name": "declared"}]}
    with pytest.raises(InvalidInput) as caught:
        world.run(config=config, unknown_names="error")
    text = "things[0].settings.a[0].of[1]: the project has never seen the box 'unknown'"
    assert caught.value.message == text and not world.memory.writes
    world.run(config=config, unknown_names="warn")
    assert world.warnings == [text]
    # What does not change is not looked at again.
    world.run(config=config, unknown_names="error")
    assert world.warnings == [text]
