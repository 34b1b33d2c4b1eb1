# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders of views: PostHog deletes the views in a folder with it, and nothing here lets that happen."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness
from harness.engine import Engine

FOLDER = "community.posthog.posthog_warehouse_saved_query_folder"
VIEW = "community.posthog.posthog_warehouse_saved_query"
CONFIG = "community.posthog.posthog_config"

SQL = {"query": "select 1 as n"}


def prepared(posthog: Harness, views: int) -> None:
    """A folder with some views, and one view elsewhere."""
    folder = posthog.server.api("POST", "warehouse_saved_query_folders/", {"name": "Growth"})["id"]
    query = {"kind": "HogQLQuery", **SQL}
    for number in range(views):
        posthog.server.api(
            "POST", "warehouse_saved_queries/", {"name": f"inside_{number}", "query": query, "folder_id": folder}
        )
    posthog.server.api("POST", "warehouse_saved_queries/", {"name": "elsewhere", "query": query})


def names(posthog: Harness, path: str) -> set[str]:
    """What there is."""
    found = posthog.server.api("GET", path)
    return {row["name"] for row in (found if isinstance(found, list) else found["results"])}


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("views", "said"),
    [
        (1, "it holds 1 view (inside_0), which PostHog would delete with it"),
        (4, "it holds 4 views (inside_0, inside_1, inside_2, ...), which PostHog would delete with it"),
    ],
)
def test_a_folder_with_views_is_kept(posthog: Harness, views: int, said: str, check: bool) -> None:
    prepared(posthog, views)
    task = {"name": "gone", FOLDER: {"name": "Growth", "state": "absent"}, "check_mode": check}
    gone = Engine(posthog.server).run([task])["gone"]
    assert gone.failed
    assert gone.msg.startswith(f"state: folder of views 'Growth' is not deleted: {said}")
    assert gone.writes == []
    assert len(names(posthog, "warehouse_saved_queries/")) == views + 1


@pytest.mark.parametrize("check", [True, False])
def test_an_empty_folder_goes(posthog: Harness, check: bool) -> None:
    prepared(posthog, 0)
    task = {"name": "gone", FOLDER: {"name": "Growth", "state": "absent"}, "check_mode": check}
    gone = Engine(posthog.server).run([task])["gone"]
    assert gone.ok and gone.changed
    assert names(posthog, "warehouse_saved_query_folders/") == ({"Growth"} if check else set())


@pytest.mark.parametrize("way", ["absent", "moved", "purged"])
def test_a_folder_goes_with_the_views_that_are_declared_to_go(posthog: Harness, way: str) -> None:
    """A plan counts what the same plan deletes or moves."""
    prepared(posthog, 2)
    inside = ["inside_0", "inside_1"]
    config: dict[str, t.Any] = {
        "absent": {
            "warehouse_saved_queries": [{"name": name, "state": "absent"} for name in inside],
            "warehouse_saved_query_folders": [{"name": "Growth", "state": "absent"}],
        },
        "moved": {
            "warehouse_saved_queries": [{"name": name, "folder": None} for name in inside],
            "warehouse_saved_query_folders": [{"name": "Growth", "state": "absent"}],
        },
        "purged": {
            "warehouse_saved_queries": [{"name": "elsewhere", "query": SQL}],
            "warehouse_saved_query_folders": [{"name": "Finance"}],
        },
    }[way]
    options = {"config": config}
    if way == "purged":
        options |= {"purge": list(config), "purge_scope": "all"}
    tasks = [{"name": "plan", CONFIG: options, "check_mode": True}, {"name": "run", CONFIG: options}]
    run = Engine(posthog.server).run([*tasks, {"name": "again", CONFIG: options}])
    assert [task.ok for task in run.tasks] == [True] * 3, [task.msg for task in run.tasks]
    assert [task.changed for task in run.tasks] == [True, True, False]
    assert names(posthog, "warehouse_saved_query_folders/") == ({"Finance"} if way == "purged" else set())
    assert names(posthog, "warehouse_saved_queries/") == {"elsewhere", *(inside if way == "moved" else ())}


def test_a_purge_keeps_a_folder_with_views(posthog: Harness) -> None:
    prepared(posthog, 1)
    options = {
        "config": {"warehouse_saved_query_folders": [{"name": "Finance"}]},
        "purge": ["warehouse_saved_query_folders"],
        "purge_scope": "all",
    }
    run = Engine(posthog.server).run([{"name": "purge", CONFIG: options}])
    assert run["purge"].failed
    assert "folder of views 'Growth' is not deleted: it holds 1 view (inside_0)" in run["purge"].msg
    assert names(posthog, "warehouse_saved_queries/") == {"inside_0", "elsewhere"}


def test_a_view_by_the_name_of_its_folder(posthog: Harness) -> None:
    prepared(posthog, 0)
    options = {"name": "elsewhere", "folder": "Growth"}
    run = Engine(posthog.server).run([{"name": "move", VIEW: options}, {"name": "again", VIEW: options}])
    assert [task.changed for task in run.tasks] == [True, False]
    assert run["move"].result["changes"] == [{"path": "folder", "before": None, "after": "Growth"}]
    assert run["move"].result["warehouse_saved_query"]["folder_name"] == "Growth"
    wrong = Engine(posthog.server).run([{"name": "wrong", VIEW: {"name": "elsewhere", "folder": "Grwth"}}])["wrong"]
    assert wrong.failed and "folder" in wrong.msg and "Grwth" in wrong.msg


@pytest.mark.parametrize("name", [" Growth", "Growth ", ""])
def test_names_that_posthog_would_trim(posthog: Harness, name: str) -> None:
    made = Engine(posthog.server).run([{"name": "made", FOLDER: {"name": name}}])["made"]
    assert made.failed and made.msg.startswith("name: ")
    assert made.writes == []


def test_a_plan_tells_the_new_folder_of_a_view(posthog: Harness) -> None:
    """PostHog repeats the folder's name in the view, so check mode foretells that, too."""
    prepared(posthog, 1)
    posthog.server.api("POST", "warehouse_saved_query_folders/", {"name": "Finance"})
    for folder in ("Finance", None):
        options = {"name": "inside_0", "folder": folder}
        tasks = [{"name": "plan", VIEW: options, "check_mode": True}, {"name": "run", VIEW: options}]
        told = [task.result["warehouse_saved_query"] for task in Engine(posthog.server).run(tasks).tasks]
        assert [view["folder_name"] for view in told] == [folder, folder]
        assert told[0]["folder_id"] == told[1]["folder_id"]
