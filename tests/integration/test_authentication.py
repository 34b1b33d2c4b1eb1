# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which organization and project a task works in, and what keys that may do less than everything can do."""

from __future__ import annotations

import shlex
import sys
import typing as t

import pytest
from harness import Harness
from harness.extras import SAMPLES, all_ok, names_of, task

NO_PLACE: dict[str, str | None] = {"POSTHOG_ORGANIZATION_ID": None, "POSTHOG_PROJECT_ID": None}


#: What the engine alone decides, and a module costs most of a second for each task.
in_process_only = pytest.mark.parametrize("in_process", [True], ids=["in_process"])


@pytest.mark.matrix
@in_process_only
def test_project_by_anything(posthog: Harness, in_process: bool) -> None:
    """By id, name, name in another case, C(@current), nothing at all; as an option and in the environment."""
    server = posthog.server
    server.seed("feature_flag", {"key": "here"})
    ways: dict[str, dict[str, t.Any]] = {
        "id": {"project": server.project},
        "id as text": {"project": str(server.project)},
        "name": {"project": "Default project"},
        "other case": {"project": "dEFAULT pROJECT"},
        "current": {"project": "@current"},
        "nothing": {},
        "with its organization": {"project": "Default project", "organization": "Acme"},
    }
    tasks = [task(name, "info", {"types": ["feature_flag"], **given}) for name, given in ways.items()]
    tasks += [
        task("environment", "info", {"types": ["feature_flag"]}, environment={"POSTHOG_PROJECT_ID": "Default project"}),
        task("elsewhere", "info", {"types": ["feature_flag"], "project": "Labs project"}),
        task(
            "not in that organization",
            "info",
            {"types": ["feature_flag"], "project": "Labs project", "organization": "Acme"},
        ),
    ]
    run = posthog.run(tasks, in_process=in_process, env=NO_PLACE)
    for name in (*ways, "environment"):
        assert run[name].ok, str(run[name])
        assert [item["key"] for item in run[name].result["objects"]["feature_flag"]] == ["here"], name
        paths = {entry["path"] for entry in run[name].requests if "feature_flags" in entry["path"]}
        assert paths == {f"/api/projects/{server.project}/feature_flags/"}, str(run[name])
    assert run["elsewhere"].ok and run["elsewhere"].result["objects"]["feature_flag"] == []
    assert run["not in that organization"].failed


@pytest.mark.matrix
@in_process_only
def test_organization_by_anything(posthog: Harness, in_process: bool) -> None:
    """By UUID, slug, name, C(@current), by the project that is named, and by nothing at all."""
    server = posthog.server
    server.seed("role", {"name": "Engineering"})
    own = server.api("GET", f"/api/organizations/{server.organization}/")
    ways: dict[str, dict[str, t.Any]] = {
        "uuid": {"organization": server.organization},
        "slug": {"organization": own["slug"]},
        "name": {"organization": "Acme"},
        "other case": {"organization": "aCME"},
        "current": {"organization": "@current"},
        "nothing": {},
        "of the project": {"project": str(server.project)},
        "of the project by name": {"project": "Default project"},
    }
    tasks = [task(name, "info", {"types": ["role"], **given}) for name, given in ways.items()]
    tasks += [
        task("of another project", "info", {"types": ["member"], "project": "Labs project"}),
        task("foreign", "info", {"types": ["role"], "organization": server.facts["other_organization_id"]}),
    ]
    run = posthog.run(tasks, in_process=in_process, env=NO_PLACE)
    for name in ways:
        assert run[name].ok, str(run[name])
        assert [item["name"] for item in run[name].result["objects"]["role"]] == ["Engineering"], str(run[name])
    assert len(run["of another project"].result["objects"]["member"]) == 1
    assert run["foreign"].failed and run["foreign"].result["status_code"] in (403, 404)


@in_process_only
def test_restricted_keys(posthog: Harness, in_process: bool) -> None:
    """Keys limited to a project, to another organization, to reading, and a plain member's key."""
    server = posthog.server
    keys = server.keys
    flag = {"key": "new-checkout", "rollout_percentage": 10}
    number = str(server.project)
    run = posthog.run(
        [
            task("Own project", "feature_flag", {**flag, "api_key": keys["project_only"], "project": number}),
            task("Again", "feature_flag", {**flag, "api_key": keys["project_only"], "project": number}),
            task("Tags", "feature_flag", {**flag, "tags": ["a"], "api_key": keys["project_only"], "project": number}),
            task("By name", "feature_flag", {**flag, "api_key": keys["project_only"], "project": "Default project"}),
            task("By current", "feature_flag", {**flag, "api_key": keys["project_only"], "project": "@current"}),
            task("Role", "role", {"name": "x", "api_key": keys["project_only"]}),
            task("Other project", "feature_flag", {**flag, "api_key": keys["other_project_only"], "project": number}),
            task(
                "Other organization",
                "feature_flag",
                {**flag, "api_key": keys["other_organization_only"], "project": number},
            ),
            task("Read", "info", {"types": ["feature_flag"], "api_key": keys["read_only"], "project": number}),
            task("Unchanged", "feature_flag", {**flag, "api_key": keys["read_only"], "project": number}),
            task("Write", "feature_flag", {**flag, "active": False, "api_key": keys["read_only"], "project": number}),
            task("Predict", "feature_flag", {**flag, "active": False, "api_key": keys["read_only"]}, check_mode=True),
            task(
                "Narrow",
                "feature_flag",
                {**flag, "active": False, "api_key": keys["feature_flag_only"], "project": number},
            ),
            task("Too narrow", "cohort", {"name": "x", "api_key": keys["feature_flag_only"], "project": number}),
            task("Member", "role", {"name": "x", "api_key": keys["member"]}),
            task("Outsider", "feature_flag", {**flag, "api_key": keys["outsider"], "project": number}),
        ],
        in_process=in_process,
        env={"POSTHOG_PROJECT_ID": None},
    )
    good = ("Own project", "Again", "Tags", "By current", "Read", "Unchanged", "Predict", "Narrow")
    for name in good:
        assert run[name].ok, str(run[name])
    assert run["Own project"].changed and not run["Again"].changed and not run["Unchanged"].changed
    assert run["Predict"].changed and run["Narrow"].changed and not run["Tags"].result.get("warnings")
    for name in ("Role", "Other project", "Other organization", "Write", "Too narrow", "Member", "Outsider"):
        item = run[name]
        assert item.failed, str(item)
        assert item.result["status_code"] in (403, 404) and [e for e in item.writes if e["status"] < 400] == [], str(
            item
        )
    assert "add the scope feature_flag:write to the key" in run["Write"].msg
    assert "cohort:read" in run["Too narrow"].msg
    assert f"ID {server.project}" in run["Other project"].msg
    # Only the id says which project, to a key that may not list them: the message must not pretend that it is missing.
    if run["By name"].failed:
        assert "project" in run["By name"].msg, str(run["By name"])


def test_connection_info(posthog: Harness, in_process: bool) -> None:
    """Who a key belongs to, what it sees, and which scopes are missing for what."""
    server = posthog.server
    names = ("read_only", "feature_flag_only", "project_only", "member", "other_organization_only")
    run = posthog.run(
        [
            task("full", "connection_info"),
            *(task(name, "connection_info", {"api_key": server.keys[name]}) for name in names),
            task("flags", "connection_info", {"api_key": server.keys["read_only"], "types": ["feature_flag"]}),
            task("wrong", "connection_info", {"api_key": server.facts["unknown_key"]}),
            task("elsewhere", "connection_info", {"project": "Nowhere"}),
        ],
        in_process=in_process,
    )
    for name in ("full", *names, "flags"):
        assert run[name].ok, str(run[name])
    full = run["full"].result
    assert full["user"]["email"] == "owner@acme.test" and full["host"] == server.url and full["region"] is None
    assert {item["name"] for item in full["organizations"]} == {"Acme", "Acme Labs"}
    assert {item["name"] for item in full["projects"]} == {"Default project", "Labs project"}
    assert "tagging" in next(item for item in full["organizations"] if item["name"] == "Acme")["features"]
    assert full["current_project"] == str(server.project) and full["current_organization"] == server.organization
    assert full["scopes_known"] and full["missing_scopes"] == [] and full["changed"] is False
    reading = run["read_only"].result
    missing = {item["scope"]: item["types"] for item in reading["missing_scopes"]}
    assert "feature_flag" in missing["feature_flag:write"] and "feature_flag:read" not in missing
    assert all(item["access"] == "write" for item in reading["missing_scopes"] if item["scope"].endswith(":write"))
    narrow = {item["scope"] for item in run["feature_flag_only"].result["missing_scopes"]}
    assert "cohort:read" in narrow and not any(scope.startswith("feature_flag:") for scope in narrow)
    assert run["project_only"].ok, str(run["project_only"])
    assert run["project_only"].result["key"]["scoped_teams"] == [server.project]
    assert run["member"].result["user"]["email"] == "member@acme.test"
    assert [item["name"] for item in run["member"].result["organizations"]] == ["Acme"]
    assert {item["scope"] for item in run["flags"].result["missing_scopes"]} == {"feature_flag:write"}
    assert run["wrong"].failed and run["wrong"].result["status_code"] == 401
    assert run["elsewhere"].failed and "Default project" in run["elsewhere"].msg
    for item in run.tasks:
        assert item.writes == [] and not item.changed


def test_current_project_is_pinned(posthog: Harness) -> None:
    """Somebody opens another project in the browser while a loop runs: the loop stays where it began."""
    server = posthog.server
    all_ok(posthog.run([task("Second", "project", {"name": "Second"})], in_process=True))
    server.api("PATCH", "/api/users/@me/", {"set_current_team": server.project})
    second = next(row["id"] for row in server.control("dump", type="project")["rows"] if row["name"] == "Second")
    switch = (
        "import json, urllib.request as u; "
        f"r = u.Request('{server.url}/api/users/@me/', json.dumps({{'set_current_team': {second}}}).encode(), "
        f"{{'Authorization': 'Bearer {server.api_key}', 'Content-Type': 'application/json'}}, method='PATCH'); "
        "u.urlopen(r).read()"
    )
    run = posthog.run(
        [
            task(
                "Loop",
                "feature_flag",
                {"key": "{{ item }}", "name": "{{ lookup('ansible.builtin.pipe', command) if item == 'two' else '' }}"},
                loop=["one", "two", "three"],
                vars={"command": f'{shlex.quote(sys.executable)} -c "{switch}"'},
            ),
            task("After", "connection_info"),
        ],
        in_process=True,
        env=NO_PLACE,
    )
    assert run["Loop"].ok, str(run["Loop"])
    posts = [entry["path"] for entry in run["Loop"].writes if entry["path"].endswith("feature_flags/")]
    assert posts == [f"/api/projects/{server.project}/feature_flags/"] * 3
    assert run["After"].result["current_project"] == str(second)


def test_new_project_warns(posthog: Harness, in_process: bool) -> None:
    """PostHog makes a new project the current one: whoever relies on C(@current) is told."""
    run = all_ok(
        posthog.run(
            [
                task("Predict", "project", {"name": "Website"}, check_mode=True),
                task("Create", "project", {"name": "Website"}),
                task("Again", "project", {"name": "Website"}),
            ],
            in_process=in_process,
        )
    )
    assert any("@current" in text for text in run["Create"].result["warnings"])
    assert not run["Again"].result.get("warnings")
    assert names_of(posthog.server, "project") == ["Default project", "Labs project", "Other project", "Website"]


@in_process_only
def test_plan_gates(posthog: Harness, in_process: bool) -> None:
    """An organization without the feature: PostHog drops tags silently, we say so, and do not try for ever."""
    labs = {"organization": posthog.server.facts["basic_organization_id"], "project": "Labs project"}
    flag = {"key": "tagged", "tags": ["a", "b"], "rollout_percentage": 5, **labs}
    board = {"name": "Tagged", "tags": ["a"], **labs}
    run = all_ok(
        posthog.run(
            [
                task("Flag", "feature_flag", flag),
                task("Flag again", "feature_flag", flag),
                task("Dashboard", "dashboard", board),
                task("Dashboard again", "dashboard", board),
                task("Without", "feature_flag", {**SAMPLES["feature_flag"], **labs}),
                task("Where it is included", "feature_flag", {"key": "tagged", "tags": ["a"]}),
            ],
            in_process=in_process,
        )
    )
    for name in ("Flag", "Flag again", "Dashboard", "Dashboard again"):
        warnings = " ".join(map(str, run[name].result.get("warnings") or []))
        assert "tags" in warnings and "tagging" in warnings, str(run[name])
    assert run["Flag"].changed and not run["Flag again"].changed
    assert run["Dashboard"].changed and not run["Dashboard again"].changed
    assert not run["Without"].result.get("warnings") and not run["Where it is included"].result.get("warnings")
