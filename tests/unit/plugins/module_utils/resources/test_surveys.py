# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and the life of surveys and product tours."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resources.surveys import language
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

SURVEY, TOUR = RESOURCES["survey"], RESOURCES["product_tour"]
SURVEYS, TOURS = "/api/projects/1/surveys/", "/api/projects/1/product_tours/"

STORED: Obj = {
    "id": "s-1",
    "name": "NPS",
    "type": "popover",
    "linked_flag": None,
    "targeting_flag": None,
    "questions": [{"id": "q-1", "type": "open", "question": "Why?"}],
    "conditions": None,
    "appearance": None,
    "start_date": None,
    "end_date": None,
    "archived": False,
    "iteration_count": None,
    "iteration_frequency_days": None,
    "current_iteration": None,
    "response_sampling_start_date": None,
    "response_sampling_interval_type": None,
    "response_sampling_interval": None,
    "response_sampling_limit": None,
}

TIME = "2026-01-05T09:00:00Z"


class Server(Memory):
    """Knows the routes of 2026, or does not."""

    def __init__(self, *, routes: bool = True) -> None:
        super().__init__()
        self.routes = routes

    def _write(self, method: str, path: str, body: Any) -> Any:
        parts = path.rstrip("/").split("/")
        if method == "POST" and parts[-1] in ("launch", "stop"):
            if not self.routes:
                raise api_error(404, "Endpoint not found.", method, path)
            change = {"launch": {"start_date": TIME, "end_date": None}, "stop": {"end_date": TIME}}[parts[-1]]
            return super()._write("PATCH", "/".join(parts[:-1]) + "/", change)
        return super()._write(method, path, body)


def world_of(*rows: Obj, routes: bool = True, check_mode: bool = False, features: tuple[str, ...] = ()) -> World:
    memory = Server(routes=routes)
    memory.lists = {SURVEYS: [{**STORED, **row} for row in rows]}
    memory.identify = lambda obj, number: {**STORED, "id": f"s-{number}", **obj}
    memory.singles[f"/api/organizations/{ORGANIZATION}/"] = {
        "id": ORGANIZATION,
        "available_product_features": [{"key": key} for key in features],
    }
    return make_world(memory, check_mode=check_mode)


def present(world: World, table: Any = SURVEY, /, **options: Any) -> Outcome:
    return Reconciler(world.session, table).present(read_object(table, options))


def refused(world: World, match: str, /, **options: Any) -> None:
    with pytest.raises(InvalidInput, match=match):
        present(world, SURVEY, **options)
    assert world.memory.writes == []


# -- the state -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "status", "written"),
    [
        ({}, "draft", []),
        ({}, "running", ["launch"]),
        ({"start_date": TIME}, "running", []),
        ({"start_date": TIME}, "stopped", ["stop"]),
        ({"start_date": TIME, "end_date": TIME}, "stopped", []),
    ],
)
def test_states_by_routes(row: Obj, status: str, written: list[str]) -> None:
    world = world_of(row)
    outcome = present(world, name="NPS", status=status)
    assert world.memory.writes == [("POST", f"{SURVEYS}s-1/{route}/", {}) for route in written]
    assert outcome.changed is bool(written) and outcome.after["status"] == status
    assert present(world, name="NPS", status=status).action == "unchanged"


def test_a_stopped_one_goes_on() -> None:
    world = world_of({"start_date": TIME, "end_date": TIME})
    present(world, name="NPS", status="running")
    assert world.memory.writes == [("PATCH", f"{SURVEYS}s-1/", {"end_date": None, "conditions": None})]


def test_servers_without_the_routes_are_told_the_dates() -> None:
    world = world_of({}, routes=False)
    outcome = present(world, name="NPS", status="running")
    method, path, body = world.memory.writes[-1]
    assert (method, path, list(body)) == ("PATCH", f"{SURVEYS}s-1/", ["start_date", "conditions"])
    assert outcome.obj is not None and outcome.obj["start_date"]
    outcome = present(world, name="NPS", status="stopped")
    assert list(world.memory.writes[-1][2]) == ["end_date", "conditions"]
    assert outcome.obj is not None and outcome.obj["end_date"]


@pytest.mark.parametrize(
    ("row", "status", "reason"),
    [
        ({}, "stopped", "was never started"),
        ({"start_date": TIME}, "draft", f"was started on {TIME}"),
        ({"start_date": TIME, "end_date": TIME}, "draft", "no draft any more"),
        ({"start_date": TIME, "end_date": TIME, "archived": True}, "running", "archived: false too"),
        ({"archived": True}, "running", "archived: false too"),
    ],
)
def test_what_cannot_be_reached_is_refused(row: Obj, status: str, reason: str) -> None:
    refused(world_of(row), f"status: .*{reason}", name="NPS", status=status)
    refused(world_of(row, check_mode=True), reason, name="NPS", status=status)


def test_a_new_one_is_started_and_not_stopped() -> None:
    world = world_of()
    outcome = present(world, name="New", type="api", status="running")
    assert [call[:2] for call in world.memory.writes] == [("POST", SURVEYS), ("POST", f"{SURVEYS}s-101/launch/")]
    assert outcome.obj is not None and outcome.obj["start_date"] == TIME
    refused(world_of(), "never started", name="New", type="api", status="stopped")
    # One that is over is declared with its dates.
    world = world_of()
    present(world, name="New", type="api", status="stopped", start_date=TIME, end_date=TIME)
    assert len(world.memory.writes) == 1


def test_check_mode_foretells_the_dates() -> None:
    for row, status, dates in (({}, "running", (True, False)), ({"start_date": TIME}, "stopped", (True, True))):
        world = world_of(row, check_mode=True)
        obj = present(world, name="NPS", status=status).obj
        assert obj is not None and "status" not in obj
        assert (bool(obj["start_date"]), bool(obj["end_date"])) == dates
        assert world.memory.writes == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"status": "draft", "start_date": TIME}, "a draft has no start_date"),
        ({"status": "running", "end_date": TIME}, "what has an end_date is stopped"),
        ({"status": "running", "start_date": None}, "what has no start_date is a draft"),
        ({"status": "stopped", "end_date": None}, "what has no end_date is not stopped"),
    ],
)
def test_a_state_and_dates_must_agree(options: Obj, reason: str) -> None:
    refused(world_of({}), reason, name="NPS", **options)


def test_a_tour_lives_by_its_dates() -> None:
    world = world_of()
    row = {"id": "t-1", "name": "Tour", "content": {}, "start_date": None, "end_date": None, "archived": False}
    world.memory.lists[TOURS] = [row]
    assert present(world, TOUR, name="Tour", status="running").changed
    assert list(world.memory.writes[-1][2]) == ["start_date"]
    assert present(world, TOUR, name="Tour", status="running").action == "unchanged"
    assert present(world, TOUR, name="Tour", status="stopped").changed
    present(world, TOUR, name="Tour", status="running")
    assert world.memory.writes[-1] == ("PATCH", f"{TOURS}t-1/", {"end_date": None})
    with pytest.raises(InvalidInput, match="product tour was started"):
        present(world, TOUR, name="Tour", status="draft")
    assert Reconciler(world.session, TOUR).resource.parts[0].export(world.session, TOUR, row) == "running"


# -- what is said together -------------------------------------------------------------------------------------------


def test_conditions_are_repeated_with_ids() -> None:
    row = {"conditions": {"url": "/x", "actions": {"values": [{"id": 7, "name": "Ordered", "steps": []}]}}}
    world = world_of(row)
    present(world, name="NPS", type="widget")
    assert world.memory.writes == [
        (
            "PATCH",
            f"{SURVEYS}s-1/",
            {"type": "widget", "conditions": {"url": "/x", "actions": {"values": [{"id": 7}]}}},
        )
    ]


def test_the_linked_flag_is_repeated_with_its_variant() -> None:
    world = world_of({"linked_flag": {"id": 5, "key": "f"}})
    present(world, name="NPS", conditions={"linkedFlagVariant": "any"})
    assert world.memory.writes[0][2] == {"conditions": {"linkedFlagVariant": "any"}, "linked_flag_id": 5}
    refused(world_of({}), "needs a linked_flag", name="NPS", conditions={"linkedFlagVariant": "any"})


def test_iterations_and_sampling_are_said_together() -> None:
    world = world_of({"iteration_count": 2, "iteration_frequency_days": 30, "current_iteration": 2})
    present(world, name="NPS", iteration_count=4)
    assert world.memory.writes[0][2] == {"iteration_count": 4, "iteration_frequency_days": 30, "conditions": None}
    refused(
        world_of({"iteration_count": 3, "current_iteration": 2}), "cannot be less than 2", name="NPS", iteration_count=1
    )
    refused(world_of({}), "response_sampling_interval: is needed", name="NPS", response_sampling_limit=10)
    sampling = {"start_date": "2030-01-01T00:00:00Z", "interval_type": "day", "interval": 1}
    world = world_of({f"response_sampling_{key}": value for key, value in sampling.items()})
    present(world, name="NPS", response_sampling_limit=10)
    assert {f"response_sampling_{key}" for key in (*sampling, "limit")} <= set(world.memory.writes[0][2])


def test_an_empty_dictionary_removes_the_targeting() -> None:
    filters = {"groups": [{"properties": [{"key": "a", "type": "person", "value": "b"}]}]}
    world = world_of({"targeting_flag": {"id": 9, "key": "t", "filters": filters}})
    assert present(world, name="NPS", targeting_flag_filters=filters).action == "unchanged"
    present(world, name="NPS", targeting_flag_filters={})
    assert world.memory.writes[0][2] == {"remove_targeting_flag": True, "conditions": None}
    world = world_of()
    present(world, name="New", type="api", targeting_flag_filters={})
    assert "targeting_flag_filters" not in world.memory.writes[0][2]


# -- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "path", "reason"),
    [
        ({"type": "single_choice", "choices": ["a"]}, "choices", "has 2 to 20 choices, not 1"),
        ({"type": "multiple_choice"}, "choices", "not 0"),
        ({"type": "single_choice", "choices": ["a", " "]}, "choices", "empty"),
        ({"type": "link", "link": "http://x.test"}, "link", "https:// or mailto:"),
        ({"type": "rating", "validation": [{"type": "email"}]}, "validation", "only questions of the type open"),
        (
            {"type": "open", "branching": {"type": "response_based", "responseValues": {"a": "end"}}},
            "branching.type",
            "only answers to questions of the types rating",
        ),
        ({"type": "rating", "branching": {"type": "specific_question"}}, "branching.index", "is missing"),
        ({"type": "rating", "branching": {"type": "specific_question", "index": 0}}, "branching.index", "itself"),
        ({"type": "rating", "branching": {"type": "specific_question", "index": 7}}, "branching.index", "there are 2"),
        ({"type": "rating", "branching": {"type": "response_based"}}, "branching.responseValues", "is missing"),
        (
            {"type": "rating", "branching": {"type": "response_based", "responseValues": {"1": "ende"}}},
            "branching.responseValues.1",
            "not 'ende'",
        ),
        (
            {"type": "single_choice", "choices": ["a", "b"], "translations": {"de": {"choices": ["x"]}}},
            "translations.de.choices",
            "there are 1 for the 2",
        ),
    ],
)
def test_questions(question: Obj, path: str, reason: str) -> None:
    questions = [{"question": "One?", **question}, {"type": "open", "question": "Two?"}]
    with pytest.raises(InvalidInput) as caught:
        read_object(SURVEY, {"name": "NPS", "questions": questions})
    assert caught.value.problems[0][0] == f"questions[0].{path}" and reason in caught.value.problems[0][1]


def test_branches_that_are_right() -> None:
    branching = {"type": "response_based", "responseValues": {"1": 1, "2": "end"}}
    questions = [{"type": "rating", "question": "One?", "branching": branching}, {"type": "open", "question": "Two?"}]
    read_object(SURVEY, {"name": "NPS", "questions": questions})
    world = world_of({"appearance": {"shuffleQuestions": True}})
    refused(world, r"questions\[0\].branching: questions cannot be shuffled", name="NPS", questions=questions)
    world = world_of({"questions": questions})
    refused(world, "appearance.shuffleQuestions: ", name="NPS", appearance={"shuffleQuestions": True})


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        ({"groups": []}, r"must hold a set of conditions; targeting_flag_filters: \{\} removes the targeting"),
        ({"groups": [{"properties": []}]}, r"groups\[0\]: is everybody"),
        ({"groups": [{"properties": [], "rollout_percentage": 100}]}, "is everybody"),
        ({"groups": [{"properties": [], "rollout_percentage": None}]}, "cannot be null, which would mean everybody"),
    ],
)
def test_targeting_everybody_is_refused(filters: Obj, reason: str) -> None:
    refused(world_of({}), reason, name="NPS", targeting_flag_filters=filters)


def test_targeting_by_percentage() -> None:
    filters = {"groups": [{"properties": [], "rollout_percentage": 10}]}
    world = world_of({})
    present(world, name="NPS", targeting_flag_filters=filters)
    assert world.memory.writes[0][2]["targeting_flag_filters"] == filters
    refused(world_of({}), "give them or a targeting_flag", name="NPS", targeting_flag=3, targeting_flag_filters=filters)


@pytest.mark.parametrize("options", [{"linked_flag": 3}, {"conditions": {"url": "/x"}}, {"targeting_flag": 3}])
def test_an_external_survey_shows_nowhere(options: Obj) -> None:
    refused(world_of({"type": "external_survey"}), "external_survey cannot have it", name="NPS", **options)
    refused(world_of(), "external_survey cannot have it", name="New", type="external_survey", **options)
    wait = {"seenSurveyWaitPeriodInDays": 3, "events": {"values": []}}
    assert present(world_of({"type": "external_survey"}), name="NPS", conditions=wait).changed


def test_white_label_needs_the_plan() -> None:
    look = {"whiteLabel": True}
    refused(world_of({}), "appearance.whiteLabel: needs the plan feature", name="NPS", appearance=look)
    assert present(world_of({}, features=("white_labelling",)), name="NPS", appearance=look).changed
    stored = {"appearance": look}
    assert present(world_of(stored), name="NPS", appearance={**look, "position": "left"}).changed


@pytest.mark.parametrize(
    ("code", "kept"), [("de", "de"), ("DE_at", "de-AT"), ("zh-hans", "zh-Hans"), ("zh-hant-tw", "zh-Hant-TW")]
)
def test_language_codes(code: str, kept: str) -> None:
    assert language(code) == kept


def test_empty_translations_are_none() -> None:
    declared = read_object(
        SURVEY,
        {
            "name": "NPS",
            "translations": {"de": {}, "FR": {"name": "Enquête"}},
            "questions": [{"type": "open", "question": "?", "translations": {"de": {}}}],
        },
    )
    assert declared.values["translations"] == {"fr": {"name": "Enquête"}}
    assert declared.values["questions"][0]["translations"] == {}


def test_a_reworded_question_keeps_its_answers() -> None:
    world = world_of({})
    present(world, name="NPS", questions=[{"type": "open", "question": "Why not?"}])
    assert world.memory.writes[0][2]["questions"] == [{"id": "q-1", "type": "open", "question": "Why not?"}]


def test_steps_of_a_tour() -> None:
    with pytest.raises(InvalidInput, match=r"content.steps: takes a list"):
        read_object(TOUR, {"name": "t", "content": {"steps": {}}})
