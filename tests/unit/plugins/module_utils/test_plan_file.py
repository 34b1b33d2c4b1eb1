# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that was reviewed is applied, or nothing is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.projects import Universe, marked, universe

#: What the files say when the plan is made.
CONFIG: dict[str, Any] = {
    "things": [
        {"name": "new", "note": "n", "password": "a secret word"},
        {"name": "changed", "note": "y", "settings": {"p": 1, "q": 1}},
        {"name": "same", "note": "z"},
        {"name": "old", "state": "absent"},
    ]
}


def there() -> Universe:
    """What PostHog has when the plan is made."""
    world = universe()
    world.put(
        "things",
        {"name": "changed", "note": "x", "settings": {"p": 0, "q": 1, "more": 2}, "tags": ["a"]},
        {"name": "same", "note": "z"},
        {"name": "old", "note": "o"},
        marked("left"),
    )
    return world


def plan_of(config: Any = None, **more: Any) -> Any:
    """The plan, as a file keeps it."""
    config = CONFIG if config is None else config
    world = there()
    world.session.policy = RunPolicy(check_mode=True)
    found = world.run(config=copy.deepcopy(config), fingerprint=True, purge=["things"], **more)["plan_file"]
    assert not world.memory.writes
    return json.loads(json.dumps(found))


def thing(world: Universe, name: str) -> dict[str, Any]:
    """An object in PostHog, to be changed by hand."""
    return next(obj for obj in world.memory.lists["/api/projects/1/things/"] if obj["name"] == name)


def apply(world: Universe, plan: Any, config: Any = None, **more: Any) -> dict[str, Any]:
    """Apply a plan."""
    config = CONFIG if config is None else config
    return world.run(config=copy.deepcopy(config), plan=plan, purge=["things"], **more)


def refused(world: Universe, plan: Any, config: Any = None, **more: Any) -> list[str]:
    """What is other; nothing was written, and check mode fails just so."""
    found = []
    for check in (True, False):
        world.session.policy = RunPolicy(check_mode=check)
        world.session.stale()
        with pytest.raises(InvalidInput) as caught:
            apply(world, plan, config, **more)
        assert not world.memory.writes
        found.append([f"{path}: {text}" for path, text in caught.value.problems])
    assert found[0] == found[1]
    assert caught.value.more["plan"] and caught.value.more["mistakes"]
    return found[0]


def test_what_was_planned_is_done() -> None:
    world = there()
    done = apply(world, plan_of())
    assert done["counts"]["created"] == done["counts"]["updated"] == 1 and done["counts"]["deleted"] == 2
    assert world.names() == ["changed", "new", "same"]
    # Once more: nothing is left to do, and that is no difference.
    assert not apply(world, plan_of())["changed"]


def test_it_is_the_same_for_the_same_and_holds_no_secret() -> None:
    plan = plan_of()
    assert plan == plan_of() and "secret word" not in json.dumps(plan)
    assert [entry["name"] for entry in plan["objects"]] == ["new", "changed", "old", "left"]
    changed = plan["objects"][1]
    assert changed["before"]["note"] == "x" and set(changed["read"]) >= {"name", "note", "tags", "settings"}
    assert plan["objects"][0]["read"] == {} and plan["places"] and plan["host"] == "http://127.0.0.1:1"


_TAGS = '["{}", "managed-by-ansible"]'


def _by_hand(name: str, **fields: Any) -> Callable[[Universe], Any]:
    return lambda world: thing(world, name).update(fields)


def _gone(name: str) -> Callable[[Universe], Any]:
    return lambda world: world.memory.lists["/api/projects/1/things/"].remove(thing(world, name))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_by_hand("changed", note="w"), 'thing \'changed\' has note: "w" in PostHog, and had "x" in the plan'),
        (
            _by_hand("changed", settings={"p": 7, "q": 1, "more": 2}),
            "thing 'changed' has settings.p: 7 in PostHog, and had 0 in the plan",
        ),
        (
            _by_hand("changed", settings={"p": 0, "q": 5, "more": 2}),
            "thing 'changed' would get settings.q: 5 -> 1, which the plan does not say",
        ),
        (_by_hand("changed", boxes=[5]), "thing 'changed' has another boxes in PostHog than when the plan was made"),
        (
            _by_hand("changed", tags=["b"]),
            f"thing 'changed' would get tags: {_TAGS.format('b')}, and the plan says {_TAGS.format('a')}",
        ),
        (
            _by_hand("same", note="other"),
            'thing \'same\' would be changed, which the plan does not say (note: "other" -> "z")',
        ),
        (_by_hand("old", note="w"), "thing 'old' has another note in PostHog than when the plan was made"),
        (_gone("changed"), "thing 'changed' would be created, and was to be changed"),
        (_gone("same"), "thing 'same' would be created, which the plan does not say"),
        (_by_hand("left", note="w"), "thing 'left' has another note in PostHog than when the plan was made"),
        (
            lambda world: world.put("things", marked("more", id=78)),
            "thing 'more' would be deleted, which the plan does not say",
        ),
    ],
)
def test_posthog_changed_meanwhile(change: Callable[[Universe], Any], wanted: str) -> None:
    world = there()
    change(world)
    assert refused(world, plan_of()) == [f"plan: {wanted}"]


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ({"name": "changed", "note": "v", "settings": {"p": 1}}, 'would get note: "v", and the plan says "y"'),
        (
            {"name": "changed", "note": "y", "settings": {"p": 1, "q": 1}, "tags": ["c"]},
            'would get tags: ["c", "managed-by-ansible"], and the plan says ["a", ',
        ),
        ({"name": "changed", "state": "absent"}, "would be deleted, and was to be changed"),
    ],
)
def test_the_files_changed_meanwhile(item: dict[str, Any], wanted: str) -> None:
    config = {"things": [CONFIG["things"][0], item, *CONFIG["things"][2:]]}
    found = refused(there(), plan_of(), config)
    assert len(found) == 1 and found[0].startswith(f"plan: thing 'changed' {wanted}")


def test_what_is_as_planned_already_is_no_difference() -> None:
    world = there()
    thing(world, "changed").update(note="y")
    _gone("old")(world)
    world.put("things", {"name": "new", "note": "n", "id": 77, "tags": ["managed-by-ansible"]})
    done = apply(world, plan_of())
    assert (done["counts"]["updated"], done["counts"]["created"], done["counts"]["deleted"]) == (1, 0, 1)
    # A run that ended between two requests left a part of a new object.
    world = there()
    world.put("things", {"name": "new", "id": 77, "note": "", "tags": ["managed-by-ansible"]})
    assert apply(world, plan_of())["counts"]["updated"] == 2


def test_what_somebody_else_made_and_the_files_changed() -> None:
    world = there()
    world.put("things", {"name": "new", "note": "by hand", "id": 77, "tags": []})
    items = [{**CONFIG["things"][0], "note": "m"}, *CONFIG["things"][1:]]
    assert refused(world, plan_of(), {"things": items}) == [
        'plan: thing \'new\' would get note: "m", and the plan says "n"',
        "plan: thing 'new' is there already with note: \"by hand\", and was to be created",
    ]
    assert refused(world, plan_of()) == [
        "plan: thing 'new' is there already with note: \"by hand\", and was to be created"
    ]


def test_less_in_the_files_is_less_to_do() -> None:
    world = there()
    config = {"things": CONFIG["things"][1:]}
    assert apply(world, plan_of(), config)["counts"]["created"] == 0


@pytest.mark.parametrize(
    ("plan", "wanted"),
    [
        ({}, "plan: is no plan that plan_dest has written"),
        ([1], "plan: is no plan that plan_dest has written"),
        ("a.json", "plan: is read on the controller, which this way of execution cannot; give what the file holds"),
        (
            {"format": 9, "version": "9.0.0"},
            "plan: has the form 9 of another release of this collection (9.0.0); make it anew",
        ),
        (
            {"host": "https://eu.posthog.com"},
            "plan: is for 1 at https://eu.posthog.com, not for 1 at http://127.0.0.1:1",
        ),
        ({"places": ["7"]}, "plan: is for 7 at http://127.0.0.1:1, not for "),
    ],
)
def test_what_is_no_plan_for_this(plan: Any, wanted: str) -> None:
    given = {**plan_of(), **plan} if plan and isinstance(plan, dict) else plan
    world = there()
    with pytest.raises(InvalidInput) as caught:
        apply(world, given)
    assert wanted in caught.value.message and not world.memory.writes


def test_guards_hold_all_the_same() -> None:
    with pytest.raises(InvalidInput, match=r"guard\.deletions"):
        apply(there(), plan_of(), guard={"deletions": 0})
    with pytest.raises(InvalidInput, match="plan_dest: is written on the controller"):
        apply(there(), None, plan_dest="x.json")
