# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of alerts and subscriptions, and the snooze of an alert."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resources.quiet_hours import blocked_minutes
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

ALERT, SUBSCRIPTION = RESOURCES["alert"], RESOURCES["subscription"]
ALERTS, SUBSCRIPTIONS = "/api/projects/1/alerts/", "/api/projects/1/subscriptions/"

BOUNDED: Obj = {"configuration": {"type": "absolute", "bounds": {"lower": 5}}}

STORED: Obj = {
    "id": 1,
    "name": "Few",
    "insight": {"id": 5, "name": "Signups"},
    "subscribed_users": [{"id": 3, "email": "ada@example.com"}],
    "threshold": {"id": "t", "created_at": "2026-01-01T00:00:00Z", "name": "", **BOUNDED},
    "condition": {"type": "absolute_value"},
    "config": {"type": "TrendsAlertConfig", "series_index": 0},
    "detector_config": None,
    "schedule_restriction": None,
    "snoozed_until": None,
    "enabled": True,
    "investigation_agent_enabled": False,
}


class Alerts(Memory):
    """PostHog's way with a snooze: a length of time becomes a moment."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        if body and body.get("snoozed_until"):
            body["snoozed_until"] = "2999-01-01T00:00:00Z"
        return super()._write(method, path, body)


def world_of(*rows: Obj, check_mode: bool = False) -> World:
    memory = Alerts()
    memory.lists = {
        ALERTS: [dict(row) for row in rows],
        "/api/projects/1/insights/": [{"id": 5, "name": "Signups"}, {"id": 6, "name": "Revenue"}],
    }
    return make_world(memory, check_mode=check_mode)


def present(world: World, object_id: Any = None, table: Any = ALERT, /, **options: Any) -> Outcome:
    return Reconciler(world.session, table).present(read_object(table, options), object_id)


# -- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 9, "upper": 3}}}},
            r"bounds: the lower bound \(9\) is above the upper one \(3\)",
        ),
        ({"threshold": {"configuration": {"type": "absolut"}}}, "did you mean absolute"),
        ({"threshold": {"config": {}}}, "config: is no known key; did you mean configuration"),
        ({"config": {"type": "TrendsAlertConfig", "metric": "conversion_from_start"}}, "no key of a TrendsAlertConfig"),
        ({"detector_config": {"type": "zscore", "nu": 0.1}}, "belongs to a detector of the type ocsvm, not zscore"),
        ({"detector_config": {"type": "ensemble", "detectors": [{"type": "mad"}]}}, "two detectors or more"),
        (
            {
                "detector_config": {
                    "type": "ensemble",
                    "detectors": [{"type": "mad"}, {"type": "pca", "method": "mean"}],
                }
            },
            r"detectors\[1\].method",
        ),
        ({"schedule_restriction": {"blocked_windows": [{"start": "9:00", "end": "10:00"}]}}, "time of the day"),
        ({"schedule_restriction": {"blocked_windows": [{"start": "09:00", "end": "09:20"}]}}, "shorter than 30"),
        ({"schedule_restriction": {"blocked_windows": [{"start": "09:00", "end": "09:00"}]}}, "shorter than 30"),
        ({"schedule_restriction": {"blocked_windows": [{"start": "09:00", "end": "10:00"}] * 6}}, "5 are allowed"),
        ({"snoozed_until": "tomorrow"}, "a length of time such as 2h"),
    ],
)
def test_what_no_alert_can_be(options: Obj, text: str) -> None:
    with pytest.raises(InvalidInput, match=text):
        read_object(ALERT, {"name": "Few", **options})


def test_bounds_or_a_detector() -> None:
    new = {"name": "New", "insight": "Signups"}
    unbound = {"configuration": {"type": "absolute"}}
    for options in ({}, {"threshold": unbound}, {"detector_config": None}):
        world = world_of()
        with pytest.raises(InvalidInput, match="threshold: needs a bound"):
            present(world, **new, **options)
        assert world.memory.writes == []
    world = world_of()
    assert present(world, **new, detector_config={"type": "mad"}).action == "created"
    assert world.memory.writes[0][2]["threshold"] == unbound
    assert world.memory.writes[0][2]["subscribed_users"] == []
    # A detector cannot be taken away from an alert that has no bounds, and one with bounds may lose it.
    watched = {**STORED, "threshold": {"configuration": {"type": "absolute"}}, "detector_config": {"type": "mad"}}
    with pytest.raises(InvalidInput, match="threshold: needs a bound"):
        present(world_of(watched), name="Few", detector_config=None)
    assert present(world_of({**watched, "threshold": BOUNDED}), name="Few", detector_config=None).action == "updated"
    # What an old server let through stands as long as nobody touches it.
    old = {**STORED, "threshold": {"configuration": {"type": "absolute"}}}
    assert present(world_of(old), name="Few", enabled=False).action == "updated"


def test_an_investigation_needs_a_detector() -> None:
    with pytest.raises(InvalidInput, match="investigation_agent_enabled: needs a detector_config"):
        present(world_of(STORED), name="Few", investigation_agent_enabled=True)
    row = {**STORED, "detector_config": {"type": "mad"}}
    assert present(world_of(row), name="Few", investigation_agent_enabled=True).action == "updated"


# -- what is compared ------------------------------------------------------------------------------------------------


def test_the_same_name_on_another_insight_is_another_alert() -> None:
    world = world_of(STORED)
    assert present(world, name="Few", insight="Signups", threshold=BOUNDED).action == "unchanged"
    assert [path for _method, path, _body in world.memory.reads] == [ALERTS]
    assert present(world, name="Few", insight="Revenue", threshold=BOUNDED).action == "created"
    with pytest.raises(Ambiguous, match="give insight too"):
        present(world, name="Few")
    assert present(world, 1, name="Fewer").action == "updated"


def test_a_config_of_another_kind_keeps_nothing() -> None:
    world = world_of(STORED)
    present(world, name="Few", config={"type": "HogQLAlertConfig", "column": "a"})
    assert world.memory.writes[0][2] == {"config": {"type": "HogQLAlertConfig", "column": "a"}}


def test_a_threshold_keeps_its_name_and_sends_nothing_that_is_computed() -> None:
    row = {**STORED, "threshold": {**STORED["threshold"], "name": "Night"}}
    world = world_of(row)
    other = {"configuration": {"type": "absolute", "bounds": {"upper": 7}}}
    present(world, name="Few", threshold=other)
    assert world.memory.writes[0][2] == {"threshold": {"name": "Night", **other}}


def test_defaults_of_a_detector_are_no_change() -> None:
    shown = {"type": "zscore", "threshold": 0.9, "window": 30, "preprocessing": None}
    world = world_of({**STORED, "detector_config": shown})
    assert present(world, name="Few", detector_config={"type": "zscore", "window": 30}).action == "unchanged"
    assert present(world, name="Few", detector_config={"type": "zscore", "window": 40}).action == "updated"
    assert world.memory.writes[0][2] == {"detector_config": {"type": "zscore", "threshold": 0.9, "window": 40}}
    present(world, name="Few", detector_config={"type": "iqr"})
    assert world.memory.writes[1][2] == {"detector_config": {"type": "iqr"}}


def windows(*pairs: str) -> Obj:
    return {"blocked_windows": [dict(zip(("start", "end"), pair.split("-"), strict=True)) for pair in pairs]}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (windows("22:00-06:00"), windows("00:00-06:00", "22:00-00:00"), True),
        (windows("09:00-10:00", "09:30-11:00"), windows("09:00-11:00"), True),
        (windows("09:00-10:00", "12:00-13:00"), windows("12:00-13:00", "09:00-10:00"), True),
        (windows("09:00-10:00"), windows("09:00-10:01"), False),
        (windows(), None, True),
        ([], None, True),
    ],
)
def test_schedules_are_the_minutes_that_they_block(one: Any, other: Any, same: bool) -> None:
    assert (blocked_minutes(one) == blocked_minutes(other)) is same


@pytest.mark.parametrize(
    "shown", ["x", ["x"], [None], {"blocked_windows": "x"}, {"blocked_windows": [{"start": "late", "end": "12:00"}]}, 5]
)
def test_a_schedule_that_cannot_be_read_is_no_empty_one(shown: Any) -> None:
    assert blocked_minutes(shown) == [-1]


def test_merged_windows_are_no_change() -> None:
    world = world_of({**STORED, "schedule_restriction": windows("22:00-23:45")})
    declared = windows("22:00-23:30", "23:00-23:45")
    assert present(world, name="Few", schedule_restriction=declared).action == "unchanged"
    assert present(world, name="Few", schedule_restriction=None).action == "updated"
    assert present(world, name="Few", schedule_restriction={"blocked_windows": []}).action == "unchanged"


# -- the snooze ------------------------------------------------------------------------------------------------------


def test_a_snooze_is_sent_as_posthog_takes_it_and_stands() -> None:
    world = world_of(STORED)
    outcome = present(world, name="Few", snoozed_until="+2h")
    assert outcome.action == "updated" and outcome.after["snoozed_until"] == "+2h"
    assert world.memory.writes == [("PATCH", f"{ALERTS}1/", {"snoozed_until": "2h"})]
    assert present(world, name="Few", snoozed_until="4h").action == "unchanged"
    assert present(world, name="Few", snoozed_until=None).action == "updated"
    assert present(world, name="Few", snoozed_until=None).action == "unchanged"


def test_a_time_that_has_passed_is_no_snooze() -> None:
    row = {**STORED, "snoozed_until": "2020-01-01T00:00:00Z"}
    assert present(world_of(row), name="Few", snoozed_until=None).action == "unchanged"
    assert present(world_of(row), name="Few", snoozed_until="1d").action == "updated"


def test_a_new_alert_is_put_to_sleep_after_it_was_made() -> None:
    world = world_of()
    present(world, name="New", insight=5, threshold=BOUNDED, snoozed_until="1d")
    assert [call[0] for call in world.memory.writes] == ["POST", "PATCH"]
    assert "snoozed_until" not in world.memory.writes[0][2]
    checked = world_of(check_mode=True)
    outcome = present(checked, name="New", insight=5, threshold=BOUNDED, snoozed_until="1d")
    assert outcome.obj is not None and str(outcome.obj["snoozed_until"]).endswith("Z")


# -- subscriptions ---------------------------------------------------------------------------------------------------

SENT: Obj = {
    "id": 1,
    "title": "Week",
    "insight": 5,
    "dashboard": None,
    "target_type": "email",
    "target_value": "ada@example.com",
    "frequency": "weekly",
    "start_date": "2026-01-01T00:00:00Z",
}


def subscriptions(*rows: Obj) -> World:
    world = world_of()
    world.memory.lists[SUBSCRIPTIONS] = [dict(row) for row in rows]
    return world


NEW: Obj = {
    "title": "Week",
    "target_type": "email",
    "target_value": "ada@example.com",
    "frequency": "weekly",
    "start_date": "+1d",
}


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"insight": 5, "dashboard": 1}, "not both"),
        ({"insight": 5, "dashboard_export_insights": [5]}, "belongs to the subscription of a dashboard"),
        ({"dashboard": 1, "dashboard_export_insights": list(range(26))}, "25 are allowed"),
        ({"byweekday": ["mondays"]}, "did you mean monday"),
        ({"start_date": "in a week"}, "ISO 8601"),
    ],
)
def test_what_no_subscription_can_be(options: Obj, text: str) -> None:
    with pytest.raises(InvalidInput, match=text):
        read_object(SUBSCRIPTION, {**NEW, **options})


def test_a_new_subscription_sends_something() -> None:
    with pytest.raises(InvalidInput, match="one of insight and dashboard is needed"):
        present(subscriptions(), None, SUBSCRIPTION, **NEW)
    with pytest.raises(InvalidInput, match="integration: is needed to send to Slack"):
        present(subscriptions(), None, SUBSCRIPTION, **{**NEW, "insight": 5, "target_type": "slack"})
    world = subscriptions()
    assert (
        present(world, None, SUBSCRIPTION, **NEW, prompt="What happened?", content_type="ai_prompt").action == "created"
    )
    assert world.memory.writes[0][2]["send_test_now"] is False


def test_other_receivers_are_another_subscription() -> None:
    world = subscriptions(SENT)
    assert present(world, None, SUBSCRIPTION, **{**NEW, "insight": 5}).action == "unchanged"
    assert present(world, None, SUBSCRIPTION, title="Week", frequency="daily").action == "updated"
    other = {**NEW, "insight": 5, "target_value": "grace@example.com"}
    assert present(world, None, SUBSCRIPTION, **other).action == "created"
    with pytest.raises(Ambiguous, match="give insight or dashboard or target_value too"):
        present(world, None, SUBSCRIPTION, title="Week")
    assert present(world, 1, SUBSCRIPTION, title="Week", target_value="alan@example.com").action == "updated"
