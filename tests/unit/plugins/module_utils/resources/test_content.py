# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Annotations, notebooks, colour themes and dashboard templates; the code names of variables."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.common import code_name
from ansible_collections.community.posthog.plugins.module_utils._resources.documents import (
    ANNOTATION,
    DASHBOARD_TEMPLATE,
    DATA_COLOR_THEME,
    NOTEBOOK,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

PROJECT = "/api/projects/1/"


def world_of(table: Resource, *objects: Obj) -> World:
    """A world with objects in it."""
    memory = Memory()
    memory.lists[f"{PROJECT}{table.path}"] = list(objects)
    memory.lists[f"{PROJECT}insights/"] = [{"id": 5, "name": "Signups"}]
    memory.lists[f"{PROJECT}dashboards/"] = [{"id": 6, "name": "Company"}]
    return make_world(memory)


def present(world: World, table: Resource, **options: Any) -> Outcome:
    """Bring an object to what is declared."""
    return Reconciler(world.session, table).present(read_object(table, options))


# -- annotations -----------------------------------------------------------------------------------------------------

AT = "2026-03-01T09:00:00Z"


def note(number: int, **more: Any) -> Obj:
    """An annotation, as PostHog shows it."""
    at = {"content": "Release", "date_marker": AT, "scope": "project", "dashboard_item": None, "dashboard_id": None}
    return {"id": number, **at, "insight_name": None, **more}


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"date_marker": AT}, 1),
        ({"date_marker": "2026-03-01T10:00:00+01:00"}, 1),
        ({"date_marker": "2026-04-01"}, 2),
        ({"scope": "organization"}, 3),
        ({"insight": "Signups"}, 4),
        ({"dashboard": "Company"}, 5),
    ],
)
def test_an_annotation_is_told_by_all_that_is_said_of_it(options: Obj, number: int) -> None:
    world = world_of(
        ANNOTATION,
        note(1),
        note(2, date_marker="2026-04-01T00:00:00Z"),
        note(3, scope="organization"),
        note(4, scope="dashboard_item", dashboard_item=5),
        note(5, scope="dashboard", dashboard_id=6),
    )
    if number == 1:
        options = {**options, "scope": "project"}
    outcome = present(world, ANNOTATION, content="Release", **options)
    assert outcome.action == "unchanged"
    assert outcome.obj is not None and outcome.obj["id"] == number


def test_an_annotation_of_which_too_little_is_said() -> None:
    with pytest.raises(Ambiguous, match=r"ids 1, 2\); give date_marker or"):
        present(world_of(ANNOTATION, note(1), note(2, date_marker=None)), ANNOTATION, content="Release")


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({}, {"scope": "project"}),
        ({"insight": "Signups"}, {"scope": "dashboard_item", "dashboard_item": 5}),
        ({"dashboard": 6}, {"scope": "dashboard", "dashboard_id": 6}),
        ({"scope": "organization"}, {"scope": "organization"}),
    ],
)
def test_where_a_new_annotation_shows(options: Obj, body: Obj) -> None:
    world = world_of(ANNOTATION)
    assert present(world, ANNOTATION, content="Release", **options).action == "created"
    assert world.memory.writes[0][2] == {"content": "Release", **body}


def test_now_is_when_the_annotation_was_made() -> None:
    world = world_of(ANNOTATION)
    assert present(world, ANNOTATION, content="Release", date_marker="now").action == "created"
    assert world.memory.writes[0][2]["date_marker"].endswith("Z")
    assert present(world, ANNOTATION, content="Release", date_marker="now").action == "unchanged"


@pytest.mark.parametrize("options", [{"insight": 5, "scope": "project"}, {"dashboard": 6, "scope": "dashboard_item"}])
def test_an_annotation_of_something_shows_there(options: Obj) -> None:
    with pytest.raises(InvalidInput, match="has no meaning with scope"):
        read_object(ANNOTATION, {"content": "Release", **options})


# -- notebooks -------------------------------------------------------------------------------------------------------


def test_a_notebook_is_written_with_its_version() -> None:
    book = {"id": "1", "short_id": "1", "title": "How", "content": {"type": "doc"}, "text_content": None, "version": 4}
    world = world_of(NOTEBOOK, book)
    present(world, NOTEBOOK, title="How", content={"type": "doc", "content": []}, text_content="x")
    assert world.memory.writes[0][2] == {"text_content": "x", "version": 4}


# -- what PostHog itself brings --------------------------------------------------------------------------------------


def test_themes_of_posthog_are_not_the_projects() -> None:
    world = world_of(DATA_COLOR_THEME, {"id": 1, "name": "Company", "colors": ["#000000"], "is_global": True})
    assert present(world, DATA_COLOR_THEME, name="Company", colors=["#1D4AFF"]).action == "created"


@pytest.mark.parametrize("color", ["red", "#12", "#12345", "#gggggg", "1d4aff", "#1d4aff0"])
def test_what_is_no_colour(color: str) -> None:
    with pytest.raises(InvalidInput, match=r"colors\[0\]: .*hexadecimal"):
        read_object(DATA_COLOR_THEME, {"name": "a", "colors": [color]})


@pytest.mark.parametrize(
    ("template", "own"),
    [
        ({"scope": "team", "team_id": 1}, True),
        ({"scope": None, "team_id": None}, True),
        ({"scope": "organization", "team_id": 2}, True),
        ({"scope": "feature_flag", "team_id": 1}, True),
        ({"scope": "feature_flag", "team_id": None}, False),
        ({"scope": "global", "team_id": None}, False),
        ({"scope": "global", "team_id": 2}, False),
    ],
)
def test_templates_of_posthog_are_not_the_projects(template: Obj, own: bool) -> None:
    world = world_of(DASHBOARD_TEMPLATE, {"id": 1, "template_name": "Shop", "tiles": [{"type": "TEXT"}], **template})
    outcome = present(world, DASHBOARD_TEMPLATE, template_name="Shop", tiles=[{"type": "TEXT"}])
    assert outcome.action == ("unchanged" if own else "created")


def test_a_template_has_tiles() -> None:
    with pytest.raises(InvalidInput, match="tiles: must hold at least one"):
        read_object(DASHBOARD_TEMPLATE, {"template_name": "Shop", "tiles": []})


@pytest.mark.parametrize(
    ("name", "code"), [("Country code", "country_code"), ("Country-Code!", "countrycode"), ("Plan 2", "plan_2")]
)
def test_code_names(name: str, code: str) -> None:
    assert code_name(name) == code
