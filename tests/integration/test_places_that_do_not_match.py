# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project that does not belong to the organization that is given beside it: nothing is written in either.

Whoever says so, and however: options, variables of the environment, a document of a configuration, variables of roles
and hosts of an inventory, by id and by name.
"""

from __future__ import annotations

import typing as t

import pytest
import yaml
from harness import Harness
from harness.engine import Engine

#: How the other organization, and the project of the first one, may be given.
ORGANIZATIONS, PROJECTS = ("id", "name", "slug"), ("id", "name")

#: Requests until it is known: the two places and what they are called.
MOST = 5

FLAG = {"key": "somewhere"}


class Places:
    """Two organizations, of which only the first one has the project.

    :param posthog: the sandbox.
    """

    def __init__(self, posthog: Harness) -> None:
        server = posthog.server
        other = server.api("POST", "/api/organizations/", {"name": "Somebody Else"})
        self.organization = {"id": other["id"], "name": other["name"], "slug": other["slug"]}
        self.project = {
            "id": str(server.project),
            "name": server.api("GET", f"/api/projects/{server.project}/")["name"],
        }
        # Each organization has a project of that name only if it has one of its own.
        for number, project in enumerate(server.api("GET", f"/api/organizations/{other['id']}/")["projects"]):
            server.api("PATCH", f"/api/projects/{project['id']}/", {"name": f"Elsewhere {number}"})


def told(msg: str, places: Places, by: str) -> None:
    """The sentence names what does not fit."""
    if by == "id":
        assert "belongs to the organization" in msg and places.organization["name"] in msg, msg
    else:
        assert places.project["name"] in msg and "project" in msg, msg


@pytest.mark.parametrize("organization", ORGANIZATIONS)
@pytest.mark.parametrize("project", PROJECTS)
def test_options(posthog: Harness, organization: str, project: str) -> None:
    """A module, posthog_config with a document that says where it belongs, and posthog_info."""
    places = Places(posthog)
    where = {"organization": places.organization[organization], "project": places.project[project]}
    tasks = [
        {"name": "Module", "community.posthog.posthog_feature_flag": {**FLAG, **where}},
        {"name": "Checked", "community.posthog.posthog_feature_flag": {**FLAG, **where}, "check_mode": True},
        {"name": "Gone", "community.posthog.posthog_feature_flag": {**FLAG, "state": "absent", **where}},
        {"name": "Config", "community.posthog.posthog_config": {"config": {**where, "feature_flags": [FLAG]}}},
        {"name": "Task", "community.posthog.posthog_config": {"config": {"feature_flags": [FLAG]}, **where}},
        {"name": "Info", "community.posthog.posthog_info": {"types": ["feature_flag"], **where}},
        {"name": "Export", "community.posthog.posthog_export": {"types": ["feature_flags"], **where}},
    ]
    if project == "name":
        # There is none of that name there: a run may be going to find it, and nothing is in it that could be deleted.
        tasks = [task for task in tasks if task["name"] not in ("Checked", "Gone")]
    for task in Engine(posthog.server).run(tasks).tasks:
        assert task.failed and not task.writes, (task.name, task.result)
        told(task.msg, places, project)
        assert len(task.requests) <= MOST, (task.name, [entry["path"] for entry in task.requests])
        assert not any("/feature_flags/" in entry["path"] for entry in task.requests), task.name


@pytest.mark.parametrize("project", PROJECTS)
def test_variables_of_the_environment(posthog: Harness, project: str) -> None:
    """Both of them in the environment: checked before the first write; what only reads costs nothing more."""
    places = Places(posthog)
    env = {"POSTHOG_ORGANIZATION_ID": places.organization["id"], "POSTHOG_PROJECT_ID": places.project[project]}
    tasks = [
        {"name": "Module", "community.posthog.posthog_feature_flag": FLAG},
        {"name": "Config", "community.posthog.posthog_config": {"config": {"feature_flags": [FLAG]}}},
    ]
    for task in Engine(posthog.server).run(tasks, env=env).tasks:
        assert task.failed and not task.writes, (task.name, task.result)
        told(task.msg, places, project)


def test_a_role_and_an_inventory(posthog: Harness) -> None:
    """Variables of a role, and those of a host."""
    places = Places(posthog)
    flags = {"posthog_project_config": {"feature_flags": [FLAG]}}
    role = {"name": "Role", "ansible.builtin.include_role": {"name": "community.posthog.project"}}
    where = {"posthog_organization": places.organization["name"], "posthog_project": places.project["id"]}
    run = posthog.run([role], variables={**flags, **where})
    (failed,) = [task for task in run.tasks if task.failed]
    told(failed.msg, places, "id")
    assert not any(task.writes for task in run.tasks)
    inventory = (
        "[projects]\n"
        f"one posthog_organization_id={places.organization['id']} posthog_project_id={places.project['id']}\n"
    )
    play: dict[str, t.Any] = {
        "name": "Hosts",
        "community.posthog.posthog_feature_flag": {
            **FLAG,
            "organization": "{{ posthog_organization_id }}",
            "project": "{{ posthog_project_id }}",
        },
        "delegate_to": "localhost",
    }
    playbook = posthog.directory / "hosts.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "projects", "gather_facts": False, "tasks": [play]}]), encoding="utf-8"
    )
    run = posthog.run(path=playbook, inventory=inventory)
    (failed,) = [task for task in run.tasks if task.failed]
    told(failed.msg, places, "id")
    assert not any(task.writes for task in run.tasks)
