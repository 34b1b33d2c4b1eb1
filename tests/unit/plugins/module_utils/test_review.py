# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: the plan as data and as Markdown, what it costs, what may hurt, and guards."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._bulk.plan_markdown import data, plan_markdown
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import SOURCE_KEY
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._http.pace import seconds_for
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import (
    RISKS,
    Change,
    LetIn,
    Loosened,
    Opened,
    Raised,
    Rollout,
    Running,
    SwitchedOff,
)
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.projects import TABLES, THING, Universe, universe

# -- the plan as data ------------------------------------------------------------------------------------------------


def planned(world: Universe, **options: Any) -> dict[str, Any]:
    """The result of check mode, where nothing is written."""
    world.session.policy = RunPolicy(check_mode=True)
    result = world.run(**options)
    assert not world.memory.writes
    return result


def test_the_plan_as_data_is_the_same_in_check_mode_and_when_applied() -> None:
    content = {"things": [{"name": "new", "note": "x", "password": "secret word"}, {"name": "old", "state": "absent"}]}
    content["things"].append({"name": "changed", "note": "y"})
    source = {"file": "a.yml", "lines": {"things[0]": 2, "things[1]": 3, "things[2]": 4}}

    def there() -> Universe:
        world = universe()
        world.put("things", {"name": "old"}, {"name": "changed", "note": "x"}, {"name": "other"})
        return world

    plan = planned(there(), config={**content, SOURCE_KEY: source})
    world = there()
    applied = world.run(config={**content, SOURCE_KEY: source})
    assert world.memory.writes and applied["plan"] == plan["plan"] and applied["cost"] == plan["cost"]
    by_name = {item["name"]: item for item in plan["plan"]}
    new = by_name["new"]
    assert (new["action"], new["type"], new["id"], new["file"], new["line"]) == ("created", "thing", None, "a.yml", 2)
    assert {"path": "note", "before": None, "after": "x"} in new["changes"]
    assert "secret word" not in json.dumps(plan["plan"])
    assert by_name["changed"]["changes"] == [{"path": "note", "before": "x", "after": "y"}]
    assert by_name["changed"]["id"] is not None and by_name["changed"]["line"] == 4
    assert by_name["old"]["risks"] == [{"kind": "deletions", "text": "is deleted"}]
    assert {"path": "name", "before": "old", "after": None} in by_name["old"]["changes"]
    assert "other" not in by_name


def test_what_nothing_declares_stands_in_no_file() -> None:
    world = universe()
    world.put("things", {"name": "left", "tags": ["managed-by-ansible"]}, {"name": "kept"})
    found = planned(world, config={"things": [{"name": "kept"}]}, purge=["things"])["plan"]
    left = next(item for item in found if item["name"] == "left")
    assert (left["action"], left["file"], left["line"]) == ("deleted", None, None)


def test_no_plan_where_nothing_changes() -> None:
    world = universe()
    world.put("things", {"name": "a", "tags": ["managed-by-ansible"]})
    result = planned(world, config={"things": [{"name": "a"}]})
    assert result["plan"] == [] and result["cost"]["requests"] == 0
    assert "takes" not in result["diff"]["prepared"] and "plan_markdown" not in result


@pytest.mark.parametrize("concurrency", [1, 8])
def test_what_applying_costs(concurrency: int) -> None:
    """As many requests as a run then sends besides those of its plan."""
    content = {
        "things": [{"name": "gone", "state": "absent"}, {"name": "changed", "note": "y"}]
        + [{"name": f"new{number}"} for number in range(8)],
    }

    def there() -> Universe:
        world = universe()
        world.put("things", {"name": "gone"}, {"name": "changed", "note": "x"})
        return world

    world = there()
    plan = planned(world, config=content, concurrency=concurrency)
    of_plan = len(world.memory.calls)
    world = there()
    world.run(config=content, concurrency=concurrency)
    sent = len(world.memory.calls) - of_plan
    assert abs(plan["cost"]["requests"] - sent) <= 2, (plan["cost"], sent)
    assert f"about {plan['cost']['requests']} requests" in plan["diff"]["prepared"]


@pytest.mark.parametrize(
    ("requests", "per_minute", "seconds"),
    [(0, 480, 0), (1, 480, 1), (480, 480, 60), (4800, 480, 600), (4801, 480, 3601), (9600, 480, 4200), (10, 60, 10)],
)
def test_seconds_at_the_limit(requests: int, per_minute: int, seconds: int) -> None:
    assert seconds_for(requests, per_minute) == seconds


# -- what hurts ------------------------------------------------------------------------------------------------------


def texts(hazard: Any, before: Any, after: Any, action: str = "updated") -> list[tuple[str, float | None]]:
    """The kinds and sizes of what a hazard finds."""
    return [(risk.sort, risk.size) for risk in hazard.risks(Change(action, before, after))]


def test_what_each_hazard_finds() -> None:
    share = Rollout(lambda obj: {"share": obj["share"]})
    assert texts(share, {"share": 10}, {"share": 40}) == [("rollouts", 30)]
    assert texts(share, {"share": 40}, {"share": 10}) == texts(share, None, {"share": 100}, "created") == []
    off = SwitchedOff("on")
    assert texts(off, {"on": True}, {"on": False}) == [("switched_off", None)]
    assert texts(off, {"on": False}, {"on": False}) == texts(off, {"on": True}, None, "deleted") == []
    assert texts(SwitchedOff("paused", on=(False,)), {"paused": False}, {"paused": True}) == [("switched_off", None)]
    assert texts(Opened("x"), {"x": None}, {"x": "y"}) == texts(Opened("x"), None, {"x": 1}) == [("access", None)]
    assert texts(Opened("x"), {"x": True}, {"x": True}) == texts(Opened("x"), {"x": True}, {"x": False}) == []
    assert texts(Loosened("x"), {"x": True}, {"x": False}) == [("access", None)]
    assert texts(Loosened("x"), {}, {"x": False}) == texts(Loosened("x"), {"x": 1}, None, "deleted") == []
    level = Raised("level", {"none": 0, "viewer": 1, "editor": 2})
    assert texts(level, {"level": "viewer"}, {"level": "editor"}) == [("access", None)]
    assert texts(level, None, {"level": "viewer"}, "created") == [("access", None)]
    assert texts(level, None, {"level": "none"}, "created") == texts(level, {"level": "editor"}, {}) == []
    assert texts(level, {"level": ["odd"]}, {"level": {"odd": 1}}) == []
    assert texts(LetIn(), None, {}, "created") == [("access", None)] and texts(LetIn(), {}, {}) == []
    running = Running(lambda obj: obj["runs"])
    assert (
        texts(running, {"runs": True}, {}) == texts(running, {"runs": True}, None, "deleted") == [("experiments", None)]
    )
    assert texts(running, {"runs": False}, {}) == texts(running, None, {}, "created") == []


def test_percentages_of_a_flag() -> None:
    """A flag that is off reaches nobody; a condition without a percentage reaches all who fit it."""
    (hazard, _off) = RESOURCES["feature_flag"].hazards
    groups = [{"rollout_percentage": 10}, {"rollout_percentage": None}, {"rollout_percentage": "odd"}, "odd"]
    off = {"active": False, "filters": {"groups": groups}}
    found = [risk.size for risk in hazard.risks(Change("updated", off, {**off, "active": True}))]
    assert found == [10, 100]
    assert not list(hazard.risks(Change("updated", off, {"active": True, "filters": None})))


def test_every_type_that_gives_access_is_marked() -> None:
    marked = {name for name, table in RESOURCES.items() if table.access}
    assert marked == {
        "access_control",
        "approval_policy",
        "identity_provider_config",
        "invite",
        "member",
        "organization_domain",
        "project_secret_api_key",
        "role",
        "role_membership",
        "sharing",
    }


# -- guards ----------------------------------------------------------------------------------------------------------

#: A type with all that hurts.
RISKY = dataclasses.replace(
    THING, hazards=(SwitchedOff("note", on=("on",)), Rollout(lambda obj: obj["settings"] or {}))
)


def risky() -> Universe:
    """A project with some of them."""
    world = universe(tables=(RISKY, *TABLES[1:]))
    world.put("things", *({"name": name, "note": "on", "settings": {"share": 10}} for name in "abc"))
    return world


CHANGES: list[dict[str, Any]] = [
    {"name": "a", "state": "absent"},
    {"name": "b", "note": "off"},
    {"name": "c", "settings": {"share": 50}},
]


@pytest.mark.parametrize(
    ("guard", "confirm", "refused"),
    [
        ({}, [], []),
        ({"deletions": 0}, [], ["guard.deletions"]),
        ({"deletions": 1}, [], []),
        ({"deletions": 0}, ["deletions"], []),
        ({"rollout_step": 39}, [], ["guard.rollout_step"]),
        ({"rollout_step": 40}, [], []),
        (
            {"rollout_step": 5, "switched_off": 0, "deletions": 0},
            ["deletions"],
            ["guard.rollout_step", "guard.switched_off"],
        ),
        ({"access": 0, "experiments": 0}, [], []),
    ],
)
def test_a_guard_refuses_before_the_first_write(guard: dict[str, int], confirm: list[str], refused: list[str]) -> None:
    world = risky()
    options = {"config": {"things": CHANGES}, "guard": guard, "confirm": confirm}
    if not refused:
        assert world.run(**options)["counts"]["failed"] == 0 and world.memory.writes
        return
    with pytest.raises(InvalidInput) as caught:
        world.run(**options)
    assert not world.memory.writes
    result = caught.value.result()
    assert sorted(item["path"] for item in result["mistakes"]) == refused
    assert all("allows it" in item["remedy"] for item in result["mistakes"])
    assert len(result["plan"]) == 3 and result["msg"].startswith("The plan needs a confirmation; nothing was written.")


def test_check_mode_warns_of_what_hurts_and_of_the_guard() -> None:
    world = risky()
    planned(world, config={"things": CHANGES}, guard={"deletions": 0})
    told = [text for text in world.warnings if text.partition(":")[0] in RISKS]
    assert told == [
        "deletions: thing 'a' is deleted; without confirm: deletions a run refuses that",
        "rollouts: thing 'c' goes up from 10 % to 50 % (share)",
        "switched_off: thing 'b' is switched off",
    ]
    world = risky()
    planned(world, config={"things": [{"name": "c", "settings": {"share": 35}}]})
    assert not [text for text in world.warnings if "goes up" in text]


def test_guards_that_are_none() -> None:
    with pytest.raises(InvalidInput) as caught:
        risky().run(config={"things": CHANGES}, guard={"deletions": -1}, report_limit=3)
    assert [item["path"] for item in caught.value.more["mistakes"]] == ["guard.deletions", "report_limit"]


# -- Markdown --------------------------------------------------------------------------------------------------------

NASTY = "</code></details>| **x** @team #1 https://e.vil [a](b) `c` {{ d }}\n# e \u202e\x1b[31m <img src=x>"


def entry(action: str = "updated", **more: Any) -> dict[str, Any]:
    """One object of a plan."""
    found = {"action": action, "type": "thing", "name": "a", "id": 1, "changes": [], "access": False, "risks": []}
    return {**found, "file": None, "line": None, **more}


def written(*entries: dict[str, Any], limit: int = 65000) -> str:
    """The report."""
    counts = {action: sum(item["action"] == action for item in entries) for action in ("created", "updated", "deleted")}
    return plan_markdown(entries, {**counts, "unchanged": 7}, "Applying it takes about 3 requests.", limit)


def test_everything_from_posthog_is_data() -> None:
    """No sign of it is left that Markdown, HTML, a forge or a template engine gives a meaning."""
    shown = data(NASTY)
    inside = shown.removeprefix("<code>").removesuffix("</code>")
    assert re.fullmatch(r"([\w ]|&#\d+;)*", inside), inside
    assert html.unescape(inside).replace("\\u202e", "\u202e").replace("\\u001b", "\x1b") == NASTY.replace("\n", " ")
    text = written(
        entry(
            name=NASTY,
            project=NASTY,
            file=NASTY,
            line=3,
            changes=[{"path": NASTY, "before": NASTY, "after": {NASTY: [NASTY]}}],
            risks=[{"kind": "rollouts", "text": NASTY}],
        )
    )
    left = re.sub(r"<code>([\w ]|&#\d+;|…)*</code>", "DATA", text)
    assert not [part for part in ("team", "vil", "img", "{{", "31m", "[a]") if part in left], left
    assert left.count("<details>") == left.count("</details>") == 2


def test_deletions_and_access_stand_first() -> None:
    text = written(
        entry("updated", name="changed"),
        entry("created", name="made"),
        entry("created", name="somebody", type="member", access=True),
        entry("deleted", name="gone", risks=[{"kind": "deletions", "text": "is deleted"}]),
        entry("deleted", name="rule", type="access_control", access=True),
    )
    order = [text.index(f"<code>{name}</code>") for name in ("gone", "rule", "somebody", "made", "changed")]
    assert order == sorted(order)
    assert "🗑 <b>delete</b>" in text and "🔑 <b>create</b>" in text and "🗑 🔑 <b>delete</b>" in text
    assert text.startswith("### PostHog: 2 to create, 1 to change, 2 to delete\n")
    assert "⚠ 1 change may hurt" in text


def test_a_report_is_cut_at_its_limit() -> None:
    """Whole objects are left out, the harmless ones first, and what is left out is counted."""
    many = [
        entry("created", name=f"n{number}", changes=[{"path": "x", "before": None, "after": "y" * 250}])
        for number in range(300)
    ]
    gone = [
        entry("deleted", name=f"d{number}", risks=[{"kind": "deletions", "text": "is deleted"}]) for number in range(3)
    ]
    whole = written(*many, *gone, limit=1_000_000)
    assert "did not fit" not in whole and whole.count("<b>create</b>") == 300
    for limit in (1000, 5000, 65000):
        text = written(*many, *gone, limit=limit)
        assert len(text) <= limit
        assert text.count("<details>") == text.count("</details>")
        made = text.count("<b>create</b>") + text.count("<b>delete</b>")
        assert f"⚠ {303 - made} more change" in text
    assert written(*many, *gone, limit=5000).count("<b>delete</b>") == 3


def test_a_plan_without_changes() -> None:
    assert written().startswith("### PostHog: nothing to do\n\n7 unchanged.")


def test_markdown_only_if_asked_for() -> None:
    result = planned(universe(), config={"things": [{"name": "a", "note": "x" * 400}]}, report="markdown")
    assert "<b>create</b> thing <code>a</code>" in result["plan_markdown"]
    assert "&#8230;</code>" in result["plan_markdown"]
