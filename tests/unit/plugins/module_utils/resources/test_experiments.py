# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and the life of experiments, on servers of all ages."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, api_error, make_world

EXPERIMENT, HOLDOUT, SAVED = (RESOURCES[f"experiment{part}"] for part in ("", "_holdout", "_saved_metric"))
PATH, FLAGS = "/api/projects/1/experiments/", "/api/projects/1/feature_flags/"
TIME = "2026-01-05T09:00:00Z"

HALVES = [{"key": "control", "rollout_percentage": 50}, {"key": "test", "rollout_percentage": 50}]

#: What follows from what each route does.
STEPS: dict[str, Obj] = {
    "launch": {"start_date": TIME, "status": "running"},
    "pause": {"status": "paused"},
    "resume": {"status": "running"},
    "end": {"end_date": TIME, "status": "stopped"},
    "archive": {"archived": True},
    "unarchive": {"archived": False},
}

STATES: dict[str, Obj] = {
    "draft": {"status": "draft"},
    "running": {"status": "running", "start_date": TIME},
    "paused": {"status": "paused", "start_date": TIME},
    "stopped": {"status": "stopped", "start_date": TIME, "end_date": TIME},
    "exposure_frozen": {"status": "exposure_frozen", "start_date": TIME},
}


def stored(**more: Any) -> Obj:
    """An experiment as a server shows it."""
    return {
        "id": 1,
        "name": "Colour",
        "description": None,
        "feature_flag_key": "colour",
        "feature_flag": {"id": 5, "key": "colour", "active": True, "filters": {"groups": []}},
        "parameters": {"feature_flag_variants": HALVES, "rollout_percentage": 100},
        "start_date": None,
        "end_date": None,
        "archived": False,
        "metrics": [],
        "saved_metrics": [],
        "excluded_variants": None,
        "conclusion": None,
        **more,
    }


class Server(Memory):
    """Knows the routes of 2026, or takes flags and dates instead."""

    routes = True

    def _write(self, method: str, path: str, body: Any) -> Any:
        parts = path.rstrip("/").split("/")
        if method == "POST" and parts[-1] in STEPS:
            if not self.routes:
                raise api_error(404, "Endpoint not found.", method, path)
            return super()._write("PATCH", "/".join(parts[:-1]) + "/", {**STEPS[parts[-1]], **body})
        answer = super()._write(method, path, body)
        if path.startswith(FLAGS):
            self.lists[PATH][0]["feature_flag"]["active"] = body["active"]
        return answer


def world_of(*rows: Obj, routes: bool = True, check_mode: bool = False) -> World:
    memory = Server()
    memory.routes = routes
    memory.lists = {PATH: [dict(row) for row in rows], FLAGS: [{"id": 5, "key": "colour"}]}
    new = {"status": "draft"} if routes else {}
    memory.identify = lambda obj, number: {**stored(), **new, "id": number, **obj}
    return make_world(memory, check_mode=check_mode)


def present(world: World, table: Any = EXPERIMENT, /, **options: Any) -> Outcome:
    return Reconciler(world.session, table).present(read_object(table, options))


def refused(world: World, match: str, /, **options: Any) -> None:
    with pytest.raises(InvalidInput, match=match):
        present(world, EXPERIMENT, **options)
    assert world.memory.writes == []


def routes(world: World) -> list[str]:
    """The last parts of the paths that were written to."""
    return [path.rstrip("/").rpartition("/")[2] for _method, path, _body in world.memory.writes]


# -- the state -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "wanted", "steps"),
    [
        ("draft", "draft", []),
        ("draft", "running", ["launch"]),
        ("draft", "paused", ["launch", "pause"]),
        ("running", "running", []),
        ("running", "paused", ["pause"]),
        ("running", "stopped", ["end"]),
        ("paused", "running", ["resume"]),
        ("paused", "stopped", ["end"]),
        ("stopped", "stopped", []),
        ("exposure_frozen", "running", []),
        ("exposure_frozen", "stopped", ["end"]),
    ],
)
def test_the_way_from_state_to_state(now: str, wanted: str, steps: list[str]) -> None:
    world = world_of(stored(**STATES[now]), check_mode=True)
    foretold = present(world, name="Colour", status=wanted)
    assert world.memory.writes == [] and foretold.changed is bool(steps)
    world = world_of(stored(**STATES[now]))
    outcome = present(world, name="Colour", status=wanted)
    assert routes(world) == steps and outcome.changed is bool(steps)
    if steps:
        assert foretold.obj is not None and outcome.obj is not None
        assert foretold.obj["status"] == outcome.obj["status"] == wanted
        assert bool(foretold.obj["end_date"]) == bool(outcome.obj["end_date"])
    assert present(world, name="Colour", status=wanted).action == "unchanged"


@pytest.mark.parametrize(
    ("now", "wanted", "reason"),
    [
        ("draft", "stopped", "was never started"),
        ("running", "draft", f"was started on {TIME}, .*resetting it"),
        ("paused", "draft", "no draft any more"),
        ("stopped", "draft", f"ended on {TIME}"),
        ("stopped", "running", "no experiment a second time"),
        ("stopped", "paused", "declare another one"),
    ],
)
def test_where_there_is_no_way(now: str, wanted: str, reason: str) -> None:
    for check_mode in (False, True):
        world = world_of(stored(**STATES[now]), check_mode=check_mode)
        refused(world, f"status: .*{reason}", name="Colour", status=wanted, description="Not written either")


def test_a_new_one_is_launched_after_it_was_made() -> None:
    world = world_of()
    outcome = present(world, name="New", feature_flag_key="new", status="paused")
    assert routes(world) == ["experiments", "launch", "pause"]
    assert outcome.obj is not None and outcome.obj["status"] == "paused"
    world = world_of(check_mode=True)
    obj = present(world, name="New", feature_flag_key="new", status="running").obj
    assert obj is not None and obj["status"] == "running" and obj["start_date"]
    refused(world_of(), "never started", name="New", feature_flag_key="new", status="stopped")


def test_ending_says_the_conclusion() -> None:
    world = world_of(stored(**STATES["running"]))
    present(world, name="Colour", status="stopped", conclusion="won")
    assert world.memory.writes == [
        ("PATCH", f"{PATH}1/", {"conclusion": "won"}),
        ("POST", f"{PATH}1/end/", {"conclusion": "won"}),
    ]


def test_archiving() -> None:
    refused(
        world_of(stored(**STATES["running"])),
        "archived: needs an experiment that has ended",
        name="Colour",
        archived=True,
    )
    world = world_of(stored(**STATES["running"]))
    present(world, name="Colour", status="stopped", archived=True)
    assert routes(world) == ["end", "archive"]
    present(world, name="Colour", status="stopped", archived=False)
    assert routes(world)[2:] == ["unarchive"]
    assert present(world, name="Colour", archived=False).action == "unchanged"


def test_servers_without_routes_are_told_the_dates_and_the_flag() -> None:
    world = world_of(stored(), routes=False)

    def written() -> list[Any]:
        calls = [(method, path, list(body)) for method, path, body in world.memory.writes if path.count("/") < 7]
        world.memory.calls.clear()
        return calls

    present(world, name="Colour", status="running")
    assert written() == [("PATCH", f"{PATH}1/", ["start_date"])]
    present(world, name="Colour", status="paused")
    assert written() == [("PATCH", f"{FLAGS}5/", ["active"])]
    assert present(world, name="Colour", status="paused").action == "unchanged"
    present(world, name="Colour", status="running")
    assert written() == [("PATCH", f"{FLAGS}5/", ["active"])]
    present(world, name="Colour", status="stopped", archived=True)
    assert written() == [("PATCH", f"{PATH}1/", ["end_date"]), ("PATCH", f"{PATH}1/", ["archived"])]


# -- the flag --------------------------------------------------------------------------------------------------------

THIRDS = [{"key": key, "rollout_percentage": share} for key, share in (("control", 40), ("a", 30), ("b", 30))]


def test_new_servers_take_the_flags_own_words() -> None:
    world = world_of(stored(**STATES["draft"]))
    present(world, name="Colour", variants=THIRDS, rollout_percentage=20, payloads={"a": {"x": 1}})
    assert world.memory.writes[0][2] == {
        "feature_flag": {
            "filters": {
                "multivariate": {"variants": THIRDS},
                "groups": [{"rollout_percentage": 20}],
                "payloads": {"a": '{"x": 1}'},
            }
        }
    }
    world = world_of(stored(**STATES["draft"]))
    present(world, name="Other", feature_flag_key="other", ensure_experience_continuity=True)
    assert world.memory.writes[0][2] == {
        "name": "Other",
        "feature_flag_key": "other",
        "feature_flag": {"ensure_experience_continuity": True},
    }


def test_what_is_said_of_the_flag_is_said_with_its_variants_and_its_group_type() -> None:
    """New servers put those back to their defaults where they are left out; the flag's conditions they keep."""
    filters = {
        "groups": [{"properties": [{"key": "plan"}], "rollout_percentage": 100}, {"properties": []}],
        "multivariate": {"variants": THIRDS},
        "aggregation_group_type_index": 1,
    }
    flag = {"id": 5, "key": "colour", "active": True, "filters": filters}
    world = world_of(stored(**STATES["draft"], parameters={"rollout_percentage": 100}) | {"feature_flag": flag})
    present(world, name="Colour", rollout_percentage=20)
    assert world.memory.writes[0][2] == {
        "feature_flag": {
            "filters": {
                "multivariate": {"variants": THIRDS},
                "groups": [{"rollout_percentage": 20}],
                "aggregation_group_type_index": 1,
            }
        }
    }


def test_old_servers_take_parameters_whole() -> None:
    world = world_of(stored(parameters={"feature_flag_variants": HALVES, "rollout_percentage": 100, "other": 1}))
    present(world, name="Colour", variants=THIRDS, running_time_calculation={"minimum_detectable_effect": 3})
    assert world.memory.writes[0][2] == {
        "parameters": {
            "feature_flag_variants": THIRDS,
            "rollout_percentage": 100,
            "other": 1,
            "minimum_detectable_effect": 3,
        }
    }
    world = world_of(stored())
    present(world, name="Other", feature_flag_key="other", rollout_percentage=10)
    assert world.memory.writes[0][2]["parameters"] == {"rollout_percentage": 10}


def test_the_first_experiment_of_an_old_server_is_written_twice() -> None:
    """Nothing tells the generation, until the answer does."""
    world = world_of(routes=False)
    flag = {"id": 6, "filters": {"multivariate": {"variants": HALVES}}}
    world.memory.storing = lambda obj: {**obj, "feature_flag": flag}
    present(world, name="Other", feature_flag_key="other", variants=THIRDS)
    first, second = (body for _method, _path, body in world.memory.writes)
    assert first["parameters"] == {} and first["feature_flag"]
    assert second == {"parameters": {"feature_flag_variants": THIRDS}}


def test_shares_by_their_newer_name() -> None:
    variants = [{"key": "control", "split_percent": 50}, {"key": "test", "split_percent": 50}]
    row = stored(**STATES["draft"], parameters={"feature_flag_variants": variants})
    for declared in (variants, HALVES):
        assert present(world_of(row), name="Colour", variants=declared).action == "unchanged"


def test_excluded_variants_come_with_the_variants() -> None:
    row = stored(**STATES["draft"], parameters={"feature_flag_variants": THIRDS})
    world = world_of(row)
    present(world, name="Colour", excluded_variants=["b"])
    assert world.memory.writes[0][2] == {
        "excluded_variants": ["b"],
        "feature_flag": {"filters": {"multivariate": {"variants": THIRDS}}},
    }


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"variants": HALVES[:1]}, "variants: an experiment has 2 to 20 variants, not 1"),
        ({"variants": [{**HALVES[0], "key": "a"}, HALVES[1]]}, "must have the key 'control'"),
        ({"variants": [HALVES[0], {**HALVES[1], "rollout_percentage": 40}]}, r"add up to 100, not 90 \(50 \+ 40\)"),
        ({"variants": [*THIRDS[:2], THIRDS[1]]}, "'a' is named twice"),
        ({"variants": HALVES, "excluded_variants": ["tset"]}, "no variant 'tset'; known are control, test"),
        ({"variants": HALVES, "excluded_variants": ["test"]}, "must leave a variant"),
        ({"excluded_variants": ["control"]}, "must not name 'control'"),
        ({"variants": HALVES, "payloads": {"red": 1}}, r"payloads.red: there is no variant"),
        ({"start_date": TIME, "end_date": "2026-01-05T10:00:00+02:00"}, "end_date: must be after start_date"),
        ({"status": "paused", "end_date": TIME}, "what has an end_date is stopped"),
        ({"metrics": [{"source": {}}]}, r"metrics\[0\].metric_type: is missing"),
        ({"metrics": [{"metric_type": "ratio", "numerator": {}}]}, r"metrics\[0\].denominator: is missing"),
        ({"metrics": [{"metric_type": "mean", "sorce": {}}]}, r"metrics\[0\].sorce.*did you mean source"),
    ],
)
def test_rules(options: Obj, reason: str) -> None:
    refused(world_of(stored(**STATES["draft"])), reason, name="Colour", **options)


def test_the_flag_stays() -> None:
    world = world_of(stored(**STATES["draft"]))
    with pytest.raises(InvalidInput, match="cannot be changed after creation"):
        Reconciler(world.session, EXPERIMENT).present(
            read_object(EXPERIMENT, {"name": "Colour", "feature_flag_key": "x"}), 1
        )


# -- metrics ---------------------------------------------------------------------------------------------------------

MEAN: Obj = {"metric_type": "mean", "source": {"kind": "EventsNode", "event": "order"}}
KEPT: Obj = {"kind": "ExperimentMetric", **MEAN, "uuid": "u-1", "fingerprint": "f-1"}


def test_what_posthog_adds_to_metrics_is_no_change() -> None:
    action = {"kind": "ActionsNode", "id": 7, "name": "As it was called"}
    shown = {**KEPT, "source": {**action, "name": "As it is called now"}}
    world = world_of(stored(**STATES["draft"], metrics=[shown]))
    assert present(world, name="Colour", metrics=[{**MEAN, "source": action}]).action == "unchanged"


def test_a_metric_keeps_its_results() -> None:
    other = {**KEPT, "uuid": "u-2", "source": {"kind": "EventsNode", "event": "visit"}}
    world = world_of(stored(**STATES["draft"], metrics=[KEPT, other]))
    visit = {"metric_type": "mean", "source": other["source"]}
    present(world, name="Colour", metrics=[visit, MEAN])
    assert [item["uuid"] for item in world.memory.writes[0][2]["metrics"]] == ["u-2", "u-1"]
    present(world, name="Colour", metrics=[{**visit, "goal": "decrease"}, MEAN])
    assert [item["uuid"] for item in world.memory.writes[1][2]["metrics"]] == ["u-2", "u-1"]


def test_links_to_saved_metrics() -> None:
    link = {"id": 31, "saved_metric": 4, "metadata": {"type": "primary"}, "name": "Revenue"}
    world = world_of(stored(**STATES["draft"], saved_metrics=[link]))
    world.memory.lists["/api/projects/1/experiment_saved_metrics/"] = [
        {"id": 4, "name": "Revenue"},
        {"id": 9, "name": "Visits"},
    ]
    assert present(world, name="Colour", saved_metrics=[{"id": "Revenue"}]).action == "unchanged"
    assert present(world, name="Colour", saved_metrics=[{"id": 4}]).action == "unchanged"
    present(
        world, name="Colour", saved_metrics=[{"id": "Visits", "metadata": {"type": "secondary"}}, {"id": "Revenue"}]
    )
    assert world.memory.writes[0][2] == {
        "saved_metrics_ids": [
            {"id": 9, "metadata": {"type": "secondary"}},
            {"id": 4, "metadata": {"type": "primary"}},
        ]
    }


def test_a_saved_metric_is_of_the_current_kind_unless_told() -> None:
    assert read_object(SAVED, {"name": "m", "query": MEAN}).values["query"]["kind"] == "ExperimentMetric"
    with pytest.raises(InvalidInput, match=r"query.source: is missing"):
        read_object(SAVED, {"name": "m", "query": {"metric_type": "mean"}})
    read_object(SAVED, {"name": "m", "query": {"kind": "ExperimentFunnelsQuery", "funnels_query": {}}})


def test_a_holdout_has_a_set() -> None:
    with pytest.raises(InvalidInput, match="at least one set"):
        read_object(HOLDOUT, {"name": "h", "filters": []})
    row = {"id": 3, "name": "h", "description": None, "filters": [{"properties": [], "rollout_percentage": 5}]}
    row["filters"][0]["variant"] = "holdout-3"  # type: ignore[index]
    world = world_of()
    world.memory.lists["/api/projects/1/experiment_holdouts/"] = [row]
    assert present(world, HOLDOUT, name="h", filters=[{"rollout_percentage": 5}]).action == "unchanged"


# -- which one -------------------------------------------------------------------------------------------------------


def test_the_same_name_with_another_flag_is_another_experiment() -> None:
    world = world_of(stored(**STATES["draft"]))
    assert present(world, name="Colour", feature_flag_key="other").action == "created"
    assert present(world, name="Colour", feature_flag_key="colour").action == "unchanged"


def test_old_servers_delete_for_good() -> None:
    world = world_of(stored())
    Reconciler(world.session, EXPERIMENT).absent(read_object(EXPERIMENT, {"name": "Colour"}))
    assert world.memory.writes == [("DELETE", f"{PATH}1/", None)]
    world = world_of(stored())
    world.memory.errors[("DELETE", f"{PATH}1/")] = api_error(405, "Method not allowed.")
    Reconciler(world.session, EXPERIMENT).absent(read_object(EXPERIMENT, {"name": "Colour"}))
    assert world.memory.writes[-1] == ("PATCH", f"{PATH}1/", {"deleted": True})
    world = world_of(stored(**STATES["draft"]))
    Reconciler(world.session, EXPERIMENT).absent(read_object(EXPERIMENT, {"name": "Colour"}))
    assert world.memory.writes == [("PATCH", f"{PATH}1/", {"deleted": True})]


# -- web experiments, early access features, scheduled changes -------------------------------------------------------

WEB, EARLY, CHANGE = RESOURCES["web_experiment"], RESOURCES["early_access_feature"], RESOURCES["scheduled_change"]
FEATURES, CHANGES = "/api/projects/1/early_access_feature/", "/api/projects/1/scheduled_changes/"


@pytest.mark.parametrize(
    ("variants", "reason"),
    [
        ({"a": {"rollout_percentage": 100}}, "must have the key 'control'"),
        ({"control": {}}, r"variants.control.rollout_percentage: is missing"),
        (
            {"control": {"rollout_percentage": 50}, "a": {"rollout_percentage": 50, "transforms": [{"text": "x"}]}},
            r"variants.a.transforms\[0\].selector: is missing",
        ),
    ],
)
def test_variants_of_a_web_experiment(variants: Obj, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_object(WEB, {"name": "w", "variants": variants})


def features(*rows: Obj, flag: Obj | None = None) -> World:
    memory = Memory()
    memory.lists = {FEATURES: [dict(row) for row in rows], FLAGS: [{"id": 5, "key": "new-shell", **(flag or {})}]}
    return make_world(memory)


def early(world: World, /, **options: Any) -> Outcome:
    return present(world, EARLY, name="New shell", stage="beta", **options)


def test_a_feature_takes_a_flag_that_fits() -> None:
    world = features()
    assert early(world, feature_flag="new-shell").action == "created"
    assert world.memory.writes[0][2]["feature_flag_id"] == 5
    many = {"filters": {"multivariate": {"variants": HALVES}}}
    group = {"filters": {"groups": [{"aggregation_group_type_index": 0}]}}
    taken = {"id": "e", "name": "Other", "feature_flag": {"id": 5, "key": "new-shell"}}
    for world, reason in (
        (features(flag=many), "has variants"),
        (features(flag=group), "is about groups"),
        (features(taken), "that of the early access feature 'Other' already"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            early(world, feature_flag="new-shell")
        assert world.memory.writes == []


def test_a_flag_in_the_way_is_named() -> None:
    with pytest.raises(InvalidInput, match="the flag 'new-shell', which is there already"):
        early(features())
    assert early(features(flag={"key": "other"})).action == "created"
    world = features()
    world.memory.errors[("GET", FLAGS)] = api_error(403, "API key missing required scope 'feature_flag:read'")
    assert early(world).action == "created"


def test_the_flag_of_a_feature_stays() -> None:
    row = {"id": "e", "name": "New shell", "stage": "beta", "feature_flag": {"id": 5, "key": "new-shell"}}
    assert early(features(row), feature_flag="new-shell").action == "unchanged"
    assert early(features(row)).action == "unchanged"
    with pytest.raises(InvalidInput, match="feature_flag: cannot be changed after creation"):
        early(features(row), feature_flag=6)


ON = {"operation": "update_status", "value": True}


def changes_of(*rows: Obj) -> World:
    memory = Memory()
    defaults: Obj = {
        "record_id": "5",
        "payload": ON,
        "scheduled_at": TIME,
        "is_recurring": False,
        "recurrence_interval": None,
        "cron_expression": None,
        "end_date": None,
        "executed_at": None,
    }
    memory.lists = {
        CHANGES: [{"id": number, **defaults, **row} for number, row in enumerate(rows, 1)],
        FLAGS: [{"id": 5, "key": "new-shell"}],
    }
    return make_world(memory)


def change(world: World, /, **options: Any) -> Outcome:
    declared = {"feature_flag": "new-shell", "scheduled_at": TIME, "payload": ON, **options}
    return present(world, CHANGE, **declared)


def test_a_change_is_found_by_flag_time_and_operation() -> None:
    groups = {"operation": "add_release_condition", "value": {"groups": [{"properties": []}]}}
    world = changes_of({}, {"payload": groups}, {"record_id": "6"}, {"scheduled_at": "2027-01-01T00:00:00Z"})
    assert change(world).action == "unchanged"
    assert change(world, scheduled_at="2026-01-05T10:00:00+01:00").action == "unchanged"
    assert change(world, payload={**ON, "value": False}).action == "updated"
    assert world.memory.writes == [("PATCH", f"{CHANGES}1/", {"payload": {**ON, "value": False}})]
    outcome = change(world, scheduled_at="2028-01-01T00:00:00Z")
    assert outcome.action == "created"
    wanted = {"model_name": "FeatureFlag", "record_id": "5", "scheduled_at": "2028-01-01T00:00:00Z", "payload": ON}
    assert world.memory.writes[1] == ("POST", CHANGES, wanted)


def test_a_time_relative_to_now_is_that_of_the_creation() -> None:
    assert change(changes_of({}), scheduled_at="+14d").action == "unchanged"
    world = changes_of()
    assert change(world, scheduled_at="+14d").action == "created"
    assert world.memory.writes[0][2]["scheduled_at"].endswith("Z")


def test_what_was_carried_out_stays() -> None:
    done = {"executed_at": "2026-01-05T09:00:10Z"}
    assert change(changes_of(done)).action == "unchanged"
    with pytest.raises(InvalidInput, match="carried out on 2026-01-05T09:00:10Z"):
        change(changes_of(done), payload={**ON, "value": False})
    recurring = {**done, "is_recurring": True, "recurrence_interval": "daily"}
    assert change(changes_of(recurring), recurrence_interval="weekly").action == "updated"
    assert CHANGE.purging.never is not None and CHANGE.generated is not None
    session = changes_of().session
    assert (
        CHANGE.purging.never(session, done)
        and not CHANGE.purging.never(session, recurring)
        and CHANGE.generated(session, done)
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"payload": {"operation": "update_status", "value": {}}}, "payload.value: takes true or false"),
        ({"payload": {"operation": "update_status"}}, "payload.value: is missing"),
        ({"payload": {"operation": "update_statuss", "value": True}}, "did you mean update_status"),
        ({"payload": {"operation": "add_release_condition", "value": {}}}, "payload.value.groups: is missing"),
        ({"payload": {"operation": "add_release_condition", "value": {"groups": []}}}, "must hold at least one"),
        (
            {"payload": {"operation": "add_release_condition", "value": {"groups": [{"rolout_percentage": 1}]}}},
            r"payload.value.groups\[0\].rolout_percentage.*did you mean rollout_percentage",
        ),
        ({"payload": {"operation": "update_variants", "value": {"variants": [{"key": "a"}]}}}, "is missing"),
        ({"is_recurring": True}, "needs a recurrence_interval or a cron_expression"),
        ({"recurrence_interval": "daily"}, "is_recurring: must be true"),
        ({"is_recurring": True, "recurrence_interval": "daily", "cron_expression": "0 9 * * 1"}, "not both"),
        ({"is_recurring": True, "cron_expression": "0 9 * *"}, "has five fields, separated by spaces, not 4"),
        ({"end_date": TIME}, "end_date: must be after scheduled_at"),
        (
            {
                "is_recurring": True,
                "recurrence_interval": "daily",
                "payload": {"operation": "add_release_condition", "value": {"groups": [{"properties": []}]}},
            },
            "cannot recur",
        ),
    ],
)
def test_rules_of_scheduled_changes(options: Obj, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        change(changes_of(), **options)


def test_references_in_a_change() -> None:
    world = changes_of()
    world.memory.lists["/api/projects/1/cohorts/"] = [{"id": 77, "name": "Staff"}]
    sets = [{"properties": [{"key": "id", "type": "cohort", "operator": "in", "value": "Staff"}]}]
    change(world, payload={"operation": "add_release_condition", "value": {"groups": sets}})
    assert world.memory.writes[0][2]["payload"]["value"]["groups"][0]["properties"][0]["value"] == 77
