# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traps into which people fall, in real playbooks: nothing is done, and a sentence says what was meant."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest
from harness import Harness, Run
from harness.extras import all_ok, names_of
from harness.playbook import ROOT

APPLY: t.Final = "community.posthog.project : Bring the project to what is declared"


def call(posthog: Harness, name: str, *arguments: str, **more: t.Any) -> Run:
    """Run a playbook of the collection as a user does, with arguments as they stand after a shell."""
    return posthog.run(path=Path(f"community.posthog.{name}"), arguments=arguments, **more)


def said(run: Run) -> str:
    """All that was printed, in one line, without the marks that Ansible wraps around."""
    return " ".join(run.output.split())


@pytest.mark.matrix
@pytest.mark.parametrize("name", ["apply", "kill_switch", "export", "drift"])
def test_a_name_with_a_blank_that_is_not_quoted(posthog: Harness, name: str) -> None:
    """A project called Default is there, and nothing happens to it."""
    server = posthog.server
    server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Default"})
    server.seed("feature_flag", {"key": "a", "active": True, "filters": {"groups": []}})
    more = {"apply": ("-e", '{"posthog_project_config": {"cohorts": [{"name": "x"}]}}')}.get(name, ())
    run = call(posthog, name, "-e", "posthog_project=Default project", "-e", "posthog_flag=a", *more)
    assert run.returncode != 0 and not run.requests and not run.tasks
    assert "'project' was left over" in said(run) and "-e \"posthog_project='Default project'\"" in said(run)


def test_a_quoted_name_with_a_blank(posthog: Harness) -> None:
    """As the documentation shows it."""
    posthog.server.seed("feature_flag", {"key": "a", "active": True, "filters": {"groups": []}})
    run = call(posthog, "kill_switch", "-e", "posthog_project='Default project'", "-e", "posthog_flag=a")
    all_ok(run)
    assert run["Switch it"].changed


def test_the_documentation_quotes_names_with_blanks() -> None:
    """An example that is cut at a blank is a trap."""
    files = [*ROOT.glob("docs/docsite/rst/*.rst"), *ROOT.glob("playbooks/*.yml"), *ROOT.glob("roles/*/README.md")]
    shown = 0
    for path in [*files, ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8")
        shown += text.count("-e \"posthog_project='Default project'\"")
        for given in re.findall(r"""-e "(posthog_\w+=[^"']*)""" + '"', text):
            assert " " not in given, f"{path}: {given}"
    assert shown >= 2


@pytest.mark.matrix
def test_a_misspelt_variable(posthog: Harness) -> None:
    """On the command line before the first task, in an inventory before anything is sent."""
    run = call(posthog, "export", "-e", f"posthog_export_dest={posthog.directory}", "-e", "posthog_export_type=cohorts")
    assert run.returncode != 0 and not run.requests and not run.tasks
    assert "posthog_export_type: the playbook community.posthog.export has no variable" in said(run)
    assert "did you mean posthog_export_types?" in said(run)
    inventory = "localhost ansible_connection=local posthog_project_sorce=files posthog_team=web\n"
    run = call(posthog, "apply", "-e", '{"posthog_project_config": {"cohorts": [{"name": "x"}]}}', inventory=inventory)
    assert run[APPLY].failed and not run.requests
    assert run[APPLY].msg.startswith("posthog_project_sorce: ") and "posthog_project_src?" in run[APPLY].msg


def test_a_variable_that_nobody_reads(posthog: Harness) -> None:
    """One warning for a playbook; none where a file uses it, and none beside tasks of the user's own."""
    place = posthog.directory / "a.yml"
    place.write_text("cohorts: [{name: Staff, is_static: true, description: '{{ posthog_owner }}'}]\n")
    given = ("-e", f"posthog_project_src={place}", "-e", "posthog_owner=web", "-e", "posthog_team=web")
    run = all_ok(call(posthog, "apply", *given))
    assert said(run).count("posthog_team: no playbook or role of community.posthog reads") == 1
    assert "posthog_owner:" not in run.output
    role = {"hosts": "localhost", "gather_facts": False, "roles": [{"role": "community.posthog.project"}]}
    run = all_ok(posthog.run(plays=[role], arguments=given))
    assert "posthog_team" not in run.output
    wrong = {**role, "vars": {"posthog_projekt": "Shop"}}
    run = posthog.run(plays=[wrong], arguments=given)
    assert "posthog_projekt: the role community.posthog.project has no variable" in said(run) and not run.requests


def test_apply_shows_what_it_does(posthog: Harness) -> None:
    """One task, and for a program nothing but data."""
    config = {"posthog_project_config": {"cohorts": [{"name": "Staff", "is_static": True}]}}
    run = all_ok(call(posthog, "apply", "-e", json.dumps(config)))
    assert [task.name for task in run.tasks if task.status != "skipped"] == [APPLY]
    assert len(run.tasks) <= 2 and "posthog_config: 1 created" in run.stdout
    run = call(posthog, "apply", "-e", json.dumps(config), env={"ANSIBLE_STDOUT_CALLBACK": "lines_json"})
    assert run.returncode == 0 and json.loads(run.stdout) == [run[APPLY].msg]
    people = {"posthog_organization_roles": [{"name": "Engineering"}]}
    run = all_ok(call(posthog, "apply", "-e", json.dumps(people)))
    assert len([task for task in run.tasks if task.status != "skipped"]) == 1
    assert names_of(posthog.server, "role") == ["Engineering"]


@pytest.mark.parametrize(
    ("name", "variables", "wanted"),
    [
        ("apply", {"posthog_project_src": "nope"}, "posthog_project_src: there is no file or directory nope in {cwd}"),
        (
            "drift",
            {"posthog_project_config": {"cohorts": [{"name": "x"}]}, "posthog_drift_undeclared": "cohorts,flags"},
            "posthog_drift_undeclared: 'flags' is no type; did you mean feature_flags?",
        ),
        (
            "apply",
            {"posthog_project_config": {"feature_flags": [{"key": "a"}, {"kee": "b"}]}},
            "posthog_project_config.feature_flags[1].kee: is no option of posthog_feature_flag; did you mean key?",
        ),
        (
            "apply",
            {"posthog_project_config": {"hog_functions": [{"name": "a", "type": "destination", "inputs": "b"}]}},
            "posthog_project_config.hog_functions[0].inputs: takes a dictionary",
        ),
        (
            "apply",
            {"posthog_organization_members": [{"mail": "a@b.c"}]},
            "posthog_organization_members[0].mail: is no option of posthog_member; did you mean email?",
        ),
        (
            "apply",
            {"posthog_project_options": {"name": "Shop", "timezon": "UTC"}},
            "posthog_project_options.timezon: is no option",
        ),
        ("apply", {"posthog_project_purge": ["flags"], "posthog_project_src": "."}, "posthog_project_purge[0]: "),
        (
            "apply",
            {"posthog_project_concurrency": 99, "posthog_project_config": {"cohorts": [{"name": "x"}]}},
            "posthog_project_concurrency: must be between 1 and 32, not 99",
        ),
        (
            "export",
            {"posthog_export_types": "flags", "posthog_export_dest": "out"},
            "posthog_export_types: 'flags' is no type",
        ),
        (
            "export",
            {"posthog_export_layout": "flat", "posthog_export_dest": "out"},
            "value of posthog_export_layout must be one of: ",
        ),
        (
            "export",
            {"posthog_project": "Default projekt", "posthog_export_dest": "out"},
            "posthog_project: this key sees no project 'Default projekt'; did you mean Default project?",
        ),
        (
            "promote",
            {
                "posthog_promote_source_project": "Default projekt",
                "posthog_project": "Default project",
                "posthog_promote_types": "cohorts",
            },
            "posthog_promote_source_project: this key sees no project 'Default projekt'",
        ),
        ("onboard", {"posthog_email": "a@b.c", "posthog_level": "amdin"}, "value of posthog_level must be one of"),
        ("apply", {"posthog_region": "uk", "posthog_project_src": "."}, "value of posthog_region must be one of"),
    ],
)
def test_mistakes_name_what_the_user_wrote(
    posthog: Harness, name: str, variables: dict[str, t.Any], wanted: str
) -> None:
    """Variables, and the user's own directory: nobody who calls a playbook knows its tasks."""
    (posthog.directory / "a.yml").write_text("cohorts: [{name: x, is_static: true}]\n")
    environment = {"POSTHOG_HOST": None} if "posthog_region" in variables else {}
    given = {key: str(posthog.directory) if value == "." else value for key, value in variables.items()}
    run = call(posthog, name, variables=given, env=environment)
    (failed,) = (task for task in run.tasks if task.failed)
    assert wanted.format(cwd=posthog.directory / "run1") in failed.msg, failed.msg
    assert not re.search(r"(^|\n- |; )(config|purge|src|types|project)\b", failed.msg)
    assert not [entry for entry in run.requests if entry["method"] != "GET"]


def test_awx_without_its_collection(posthog: Harness) -> None:
    """Said before anything else, with the command that installs it."""
    run = call(
        posthog,
        "awx_setup",
        variables={"posthog_awx_scm_url": "https://git.example.com/posthog.git"},
        env={"CONTROLLER_HOST": "https://awx.example.com"},
    )
    (failed,) = (task for task in run.tasks if task.failed)
    assert "awx.awx is missing" in failed.msg and "ansible-galaxy collection install awx.awx" in failed.msg


@pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
def test_members_of_a_role(posthog: Harness, in_process: bool) -> None:
    """They have a module of their own, in a task and in a file alike."""
    role = {"name": "Engineering", "members": ["member@acme.test"]}
    run = posthog.run(
        [
            {"name": "Task", "community.posthog.posthog_role": role},
            {"name": "File", "community.posthog.posthog_config": {"config": {"roles": [role]}}},
        ],
        in_process=in_process,
    )
    hint = "posthog_role_membership manages the members of a role"
    assert run["Task"].failed and f"members: {hint}" in run["Task"].msg
    assert run["File"].failed and f"roles[0].members: is no option of posthog_role; {hint}" in run["File"].msg


def test_a_limited_key(posthog: Harness) -> None:
    """What a key lacks is told as that, and not as something that is not there."""
    server = posthog.server
    flag = {"key": "a", "project": "Default project", "api_key": server.keys["feature_flag_only"]}
    role = {"name": "Engineering", "api_key": server.keys["project_only"]}
    run = posthog.run(
        [
            {"name": "Flag", "community.posthog.posthog_feature_flag": flag},
            {"name": "Role", "community.posthog.posthog_role": role},
        ],
        env={"POSTHOG_PROJECT_ID": None, "POSTHOG_ORGANIZATION_ID": None},
    )
    assert "lacks the scope organization:read" in run["Flag"].msg and "sees no project" not in run["Flag"].msg
    assert "this key is limited to projects, and this belongs to the organization" in run["Role"].msg


def test_missing_scopes_in_one_list(posthog: Harness) -> None:
    """Not one run for each, whether a plan or a run meets them."""
    config = {"feature_flags": [{"key": "a"}], "cohorts": [{"name": "c", "is_static": True}], "roles": [{"name": "r"}]}
    task = {"config": config, "api_key": posthog.server.keys["read_only"]}
    flags = {"config": config, "api_key": posthog.server.keys["feature_flag_only"]}
    run = posthog.run(
        [
            {"name": "Run", "community.posthog.posthog_config": task},
            {"name": "Plan", "community.posthog.posthog_config": flags},
        ]
    )
    assert run["Run"].msg.endswith("The key lacks 3 scopes: cohort:write, feature_flag:write, organization:write")
    assert run["Plan"].msg.endswith("The key lacks 2 scopes: cohort:read, organization:read")
