# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(posthog_info): all types, narrowed in every way, all pages."""

from __future__ import annotations

from harness import Harness
from harness.extras import COHORT_FILTERS, ORDER, SAMPLES, TRENDS, all_ok, task

#: Every type that the module can read.
TYPES = (
    "action",
    "cohort",
    "dashboard",
    "feature_flag",
    "insight",
    "insight_variable",
    "invite",
    "member",
    "project",
    "role",
    "role_membership",
)


def fill(posthog: Harness) -> None:
    """One object of each managed type, and more flags."""
    all_ok(posthog.run([task(name, name, SAMPLES[name]) for name in ORDER], in_process=True))
    server = posthog.server
    server.seed("feature_flag", *({"key": f"flag-{number}", "active": number > 1} for number in range(7)))
    server.seed("action", {"name": "Signed up"})
    server.seed("cohort", {"name": "Beta testers", "filters": COHORT_FILTERS})
    server.seed("insight", {"name": "Sign-ups", "query": {"kind": "InsightVizNode", "source": TRENDS}, "saved": True})


def test_everything(posthog: Harness, in_process: bool) -> None:
    """All types in one task; by id, name, search and filter; several pages; what is not there."""
    fill(posthog)
    server = posthog.server
    ids = {row["key"]: row["id"] for row in server.control("dump", type="feature_flag")["rows"]}
    boards = {row["name"]: row["id"] for row in server.control("dump", type="dashboard")["rows"]}
    server.control("settings", {"paging": {"max_page_size": 3}})
    flags = {"types": ["feature_flag"]}
    run = posthog.run(
        [
            task("All", "info", {"types": list(TYPES)}),
            task("Ids", "info", {**flags, "ids": [ids["flag-1"], str(ids["flag-2"]), 99999]}),
            task("No such id", "info", {**flags, "ids": [99999]}),
            task("No ids", "info", {**flags, "ids": []}),
            task("Name", "info", {**flags, "names": ["flag-5"]}),
            task("Names", "info", {**flags, "names": ["flag-5", "flag-6", "nobody"]}),
            task("No such name", "info", {**flags, "names": ["nobody"]}),
            task("Names of two types", "info", {"types": ["role", "cohort"], "names": ["Engineering", "Beta testers"]}),
            task("Search", "info", {"types": ["insight"], "search": "sign"}),
            task("Filter", "info", {**flags, "filters": {"active": False}}),
            task("Plain dashboards", "info", {"types": ["dashboard"], "names": ["Growth"]}),
            task("Details", "info", {"types": ["dashboard"], "names": ["Growth"], "details": True}),
            task("Id of a dashboard", "info", {"types": ["dashboard"], "ids": [boards["Growth"]]}),
            task("Twice the same", "info", {"types": ["role", "role"]}),
            task("Check", "info", {"types": ["role"]}, check_mode=True),
            task("Uuid of a member", "info", {"types": ["member"], "names": ["admin@acme.test"]}),
        ],
        in_process=in_process,
    )
    all_ok(run)
    found = run["All"].result["objects"]
    assert set(found) == set(TYPES)
    assert all(found[name] for name in TYPES if name != "insight_variable"), {
        key: len(item) for key, item in found.items()
    }
    keys = [item["key"] for item in found["feature_flag"]]
    assert sorted(keys) == sorted([*(f"flag-{number}" for number in range(7)), "new-checkout"]) and len(set(keys)) == 8
    assert [item["user"]["email"] for item in found["role_membership"]] == ["member@acme.test"]
    assert {item["target_email"] for item in found["invite"]} == {"ada@example.com"}
    paged = [e for e in run["All"].requests if e["path"].endswith("/feature_flags/") and "archived" not in e["query"]]
    assert len(paged) == 3, str(run["All"])

    def names(which: str, kind: str = "feature_flag", key: str = "key") -> list[str]:
        return sorted(item[key] for item in run[which].result["objects"][kind])

    assert names("Ids") == ["flag-1", "flag-2"]
    assert names("No such id") == names("No ids") == names("No such name") == []
    assert names("Name") == ["flag-5"] and names("Names") == ["flag-5", "flag-6"]
    assert names("Names of two types", "role", "name") == ["Engineering"]
    assert names("Names of two types", "cohort", "name") == ["Beta testers"]
    assert names("Search", "insight", "name") == ["Sign-ups"]
    assert names("Filter") == ["flag-0", "flag-1"]
    assert "tiles" not in run["Plain dashboards"].result["objects"]["dashboard"][0]
    assert run["Details"].result["objects"]["dashboard"][0]["tiles"][0]["text"]["body"] == "# Growth"
    assert run["Id of a dashboard"].result["objects"]["dashboard"][0]["tiles"]
    assert names("Twice the same", "role", "name") == ["Engineering"]
    assert names("Uuid of a member", "member", "level") == [8]
    for item in run.tasks:
        assert item.writes == [] and not item.changed


def test_secrets_are_masked(posthog: Harness, in_process: bool) -> None:
    """Secrets of what is read are masked, in lists and details."""
    server = posthog.server
    server.control("edit", {"type": "project", "id": server.project, "set": {"secret_api_token": "phs_secretsecret"}})
    run = all_ok(
        posthog.run(
            [
                task("List", "info", {"types": ["project"]}),
                task("Details", "info", {"types": ["project"], "details": True}),
                task("Id", "info", {"types": ["project"], "ids": [server.project]}),
            ],
            in_process=in_process,
        )
    )
    assert "phs_secretsecret" not in str([item.result for item in run.tasks])
    assert "secret_api_token" in run["Details"].result["objects"]["project"][0]


def test_keys_that_may_not(posthog: Harness, in_process: bool) -> None:
    """A type that the key may not read fails and names the scope; the others of the task are not told either."""
    run = posthog.run(
        [
            task(
                "Narrow",
                "info",
                {"types": ["feature_flag", "cohort"], "api_key": posthog.server.keys["feature_flag_only"]},
            )
        ],
        in_process=in_process,
    )
    assert run["Narrow"].failed and "cohort:read" in run["Narrow"].msg and run["Narrow"].result["status_code"] == 403


def test_empty_lists(posthog: Harness, in_process: bool) -> None:
    """A name of numbers, an empty search, and null count for what a person means."""
    posthog.server.seed("role", {"name": "2026"})
    run = all_ok(
        posthog.run(
            [
                task("Number", "info", {"types": ["role"], "names": [2026]}),
                task("Null", "info", {"types": ["role"], "names": None, "ids": None, "search": None, "filters": None}),
                task("Empty", "info", {"types": ["role"], "search": "", "filters": {}}),
            ],
            in_process=in_process,
        )
    )
    assert all(len(item.result["objects"]["role"]) == 1 for item in run.tasks), "\n".join(map(str, run.tasks))


def test_settings_places_and_lists_without_end(posthog: Harness) -> None:
    """What has no name, what belongs to something else, and no more than is asked for."""
    server = posthog.server
    boards = {name: server.api("POST", "dashboards/", {"name": name})["id"] for name in ("Growth", "Costs")}
    server.api("PATCH", f"dashboards/{boards['Growth']}/sharing/", {"enabled": True})
    server.api("PUT", f"dashboards/{boards['Growth']}/access_controls/", {"access_level": "viewer"})
    server.api("PUT", "resource_access_controls/", {"resource": "survey", "access_level": "none"})
    server.seed("feature_flag", *({"key": f"flag-{number}"} for number in range(7)))
    server.control("settings", {"paging": {"max_page_size": 3}})
    board = {"resource": "dashboard", "object": "Growth", "dashboard": "Growth"}
    run = posthog.run(
        [
            task("Own", "info", {"types": ["project_settings", "user", "personal_api_key"]}),
            task("Everywhere", "info", {"types": ["access_control", "sharing"]}),
            task("Place", "info", {"types": ["access_control", "sharing"], "within": board}),
            task("Limit", "info", {"types": ["feature_flag", "role"], "limit": 4}),
            task("No such place", "info", {"types": ["sharing"], "within": {"dashboard": "Grwth"}}),
            task("No place at all", "info", {"types": ["sharing"], "within": {"dashbord": "Growth"}}),
            task("Name of settings", "info", {"types": ["project_settings"], "names": ["x"]}),
            task("Limit of nothing", "info", {"types": ["role"], "limit": 0}),
        ],
        in_process=True,
    )
    own = run["Own"].result["objects"]
    assert own["project_settings"][0]["id"] == server.project and own["user"][0]["email"] == "owner@acme.test"
    assert own["personal_api_key"][0]["scopes"] == ["*"]
    everywhere = run["Everywhere"].result["objects"]
    assert [(item["resource"], item["access_level"]) for item in everywhere["access_control"]] == [("survey", "none")]
    assert [(item["dashboard"], item["enabled"]) for item in everywhere["sharing"]] == [("Growth", True)]
    placed = run["Place"].result["objects"]
    assert [(item["object"], item["access_level"]) for item in placed["access_control"]] == [("Growth", "viewer")]
    assert [item["access_token"] for item in placed["sharing"]] == ["********"]
    assert len(run["Limit"].result["objects"]["feature_flag"]) == 4
    assert sum(entry["path"].endswith("/feature_flags/") for entry in run["Limit"].requests) == 2
    for name, said in (
        ("No such place", "within.dashboard: there is no dashboard 'Grwth'; did you mean Growth"),
        (
            "No place at all",
            "within.dashbord: says nothing of where objects of these types are; did you mean dashboard",
        ),
        ("Name of settings", "names: there is nothing to choose from of the type project_settings"),
        ("Limit of nothing", "limit: must be at least 1"),
    ):
        assert run[name].failed and said in run[name].msg, str(run[name])
    assert all(item.writes == [] for item in run.tasks)
