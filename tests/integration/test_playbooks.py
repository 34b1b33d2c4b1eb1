# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection, called by their names as a user does, from any directory."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from harness import Harness, Run
from harness.extras import all_ok, names_of, where_found
from harness.inventories import many_projects, write_config
from harness.playbook import ROOT

NAMES = ("access_report", "apply", "drift", "export", "promote")

#: A variable that holds a key of its own, which must appear nowhere.
OWN_KEY = "posthog_api_key"


def call(posthog: Harness, name: str, variables: t.Mapping[str, t.Any] | None = None, **more: t.Any) -> Run:
    """Run a playbook by its name, where no playbook of the user's is."""
    return posthog.run(path=Path(f"community.posthog.{name}"), variables=variables, **more)


def there(posthog: Harness) -> None:
    """Something to export."""
    server = posthog.server
    condition = {"type": "person", "key": "$browser", "operator": "exact", "value": ["Lynx"]}
    filters = {"properties": {"type": "OR", "values": [{"type": "AND", "values": [condition]}]}}
    cohort = server.api("POST", "cohorts/", {"name": "Staff", "filters": filters})["id"]
    groups = [{"properties": [{"type": "cohort", "key": "id", "value": cohort}], "rollout_percentage": 30}]
    server.api("POST", "feature_flags/", {"key": "gift-cards", "filters": {"groups": groups}})


def test_export_apply_drift(posthog: Harness) -> None:
    """A project as files, applied again without a change, changed, and applied."""
    server = posthog.server
    there(posthog)
    files = posthog.directory / "files"
    variables: dict[str, t.Any] = {"posthog_project": "Default project", OWN_KEY: server.api_key}
    env = {"POSTHOG_API_KEY": None, "POSTHOG_PROJECT_ID": None}
    export = {**variables, "posthog_export_dest": str(files), "posthog_export_types": "feature_flags,cohorts"}
    plan = all_ok(call(posthog, "export", export, env=env, check=True))
    assert not files.exists() and plan["Write the files"].changed
    run = all_ok(call(posthog, "export", export, env=env, verbosity=3))
    assert sorted(path.name for path in files.iterdir()) == ["cohorts.yml", "feature_flags.yml"]
    assert "2 objects of 2 types" in run.stdout and str(files / "cohorts.yml") in run.stdout

    apply = {**variables, "posthog_project_src": "../files"}
    name = "community.posthog.project : Bring the project to what is declared"
    run = all_ok(call(posthog, "apply", apply, env=env, verbosity=3))
    assert run[name].result["counts"]["unchanged"] == 2 and run.changed == 0
    flags = yaml.safe_load((files / "feature_flags.yml").read_text(encoding="utf-8"))
    flags["feature_flags"][0]["filters"]["groups"][0]["rollout_percentage"] = 60
    flags["feature_flags"].append({"key": "pay-by-card"})
    (files / "feature_flags.yml").write_text(yaml.safe_dump(flags), encoding="utf-8")
    plan = all_ok(call(posthog, "apply", apply, env=env, check=True, diff=True))
    assert "filters.groups[0].rollout_percentage: 30 -> 60" in plan.stdout
    drift = {**apply, "posthog_drift_fail": True, "posthog_drift_html": "", "posthog_drift_markdown": ""}
    run = call(posthog, "drift", drift, env=env)
    assert run.returncode == 2 and not any(task.writes for task in run.tasks)
    assert "PostHog differs from what is declared in 2 objects" in run.stdout
    run = all_ok(call(posthog, "apply", apply, env=env))
    assert run[name].result["counts"]["updated"] == run[name].result["counts"]["created"] == 1
    run = all_ok(call(posthog, "drift", drift, env=env))
    assert "3 as declared" in run.stdout
    assert not where_found(run, posthog.directory, [server.api_key], but=("inventory.ini",))


def test_everything_from_a_file_of_variables(posthog: Harness) -> None:
    """For the hosts of an inventory, each a project of its own; and organization and project in one call."""
    server = posthog.server
    server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Second"})
    variables = posthog.directory / "posthog.yml"
    variables.write_text(
        yaml.safe_dump(
            {
                "posthog_project_config": {"feature_flags": [{"key": "of-{{ inventory_hostname }}"}]},
            }
        ),
        encoding="utf-8",
    )
    inventory = "[projects]\nfirst posthog_project='Default project'\nsecond posthog_project=Second\n"
    several = ["-e", f"@{variables}", "-e", "posthog_hosts=projects"]
    run = all_ok(call(posthog, "apply", arguments=several, inventory=inventory))
    assert set(run.recap) == {"first", "second"}, run.output
    rows = {row["key"]: row for row in server.control("dump", type="feature_flag")["rows"]}
    assert set(rows) == {"of-first", "of-second"}
    run = all_ok(call(posthog, "apply", arguments=several, inventory=inventory))
    assert run.changed == 0
    people = {"posthog_organization_roles": [{"name": "Engineering"}]}
    all_ok(call(posthog, "apply", people, arguments=["-e", f"@{variables}"]))
    assert names_of(server, "role") == ["Engineering"]
    rows = server.control("dump", type="feature_flag")["rows"]
    assert sorted(row["key"] for row in rows) == ["of-first", "of-localhost", "of-second"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("apply", "Nothing is declared: give posthog_project_src, posthog_project_options, "),
        ("drift", "Nothing is declared to compare PostHog with: give posthog_project_src"),
        ("export", "posthog_export_dest is missing: give the directory to write to"),
        ("promote", "posthog_project is missing: give the project to promote to"),
    ],
)
def test_what_is_missing(posthog: Harness, name: str, wanted: str) -> None:
    """Said in one sentence, before PostHog is asked anything."""
    run = call(posthog, name)
    failed = [task for task in run.tasks if task.failed]
    assert len(failed) == 1 and wanted in failed[0].msg and not run.requests


@pytest.mark.parametrize("name", NAMES)
def test_explanations(name: str) -> None:
    """At the top of each playbook stands how it is called, and what it takes."""
    text = (ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8")
    head = text.split("\n- name:", 1)[0]
    assert f"ansible-playbook community.posthog.{name} " in head
    for variable in ("posthog_api_key", "posthog_region", "posthog_host"):
        assert variable in head or (name == "drift" and "variables of community.posthog.apply" in head)
    place = ROOT / "roles" / name / "defaults" / "main.yml"
    for variable in yaml.safe_load(place.read_text(encoding="utf-8")) if place.exists() else ():
        assert variable in head or "ansible-doc -t role" in head, variable
    assert json.dumps(yaml.safe_load(text))


def test_over_an_inventory(posthog: Harness) -> None:
    """Each host of the inventory plugin works in its own project, and writes files of its own."""
    server = posthog.server
    many_projects(server, 2, 2)
    source = write_config(posthog.directory, {})
    over = {
        "posthog_hosts": "posthog_projects",
        "posthog_project_config": {"feature_flags": [{"key": "everywhere"}]},
    }
    arguments = ["-i", str(source), "--forks", "2"]
    drift = {**over, "posthog_drift_html": ""}
    found = all_ok(call(posthog, "drift", drift, arguments=arguments))
    pages = sorted((posthog.directory / "run1").glob("posthog-drift*.md"))
    assert len(pages) == 4 and len({page.read_text(encoding="utf-8") for page in pages}) == 4, pages
    assert not any(task.writes for task in found.tasks)

    applied = all_ok(call(posthog, "apply", over, arguments=arguments))
    assert applied.changed == 4
    places = {entry["path"].split("/")[3] for entry in applied.requests if entry["method"] == "POST"}
    assert len(places) == 4 and str(server.project) in places
    assert all_ok(call(posthog, "apply", over, arguments=arguments)).changed == 0

    only = {"posthog_hosts": "posthog_projects", "posthog_export_types": "feature_flags"}
    refused = call(posthog, "export", {**only, "posthog_export_dest": "export"}, arguments=arguments)
    assert refused.returncode and "Several hosts would write to the same directory" in refused.stdout
    own = {**only, "posthog_export_dest": "export/{{ inventory_hostname }}"}
    all_ok(call(posthog, "export", own, arguments=arguments))
    assert len(list(posthog.directory.glob("run*/export/*/feature_flags.yml"))) == 4


def test_names_of_hosts_that_lead_elsewhere(posthog: Harness) -> None:
    """A name of a hand-written inventory is no path: nothing is written for it, and one without is."""
    server = posthog.server
    project = server.api("GET", f"/api/projects/{server.project}/")["name"]
    inventory = f"[projects]\n../x posthog_project='{project}'\n"
    variables = {
        "posthog_hosts": "projects",
        "posthog_project_config": {"feature_flags": [{"key": "everywhere"}]},
        "posthog_export_types": "feature_flags",
        OWN_KEY: server.api_key,
    }
    reports = {"posthog_drift_html": "drift/{{ inventory_hostname }}.html", "posthog_drift_markdown": ""}
    files = {"posthog_export_dest": "export/{{ inventory_hostname }}"}
    before = {path for path in posthog.directory.rglob("*") if path.is_file()}
    for playbook, told in (("drift", reports), ("export", files)):
        run = call(posthog, playbook, {**variables, **told}, inventory=inventory)
        (failed,) = [task for task in run.tasks if task.failed]
        assert "with the host's name ../x in it, which leads elsewhere" in failed.msg
        made = {path.name for path in posthog.directory.rglob("*") if path.is_file()} - {path.name for path in before}
        assert not made & {"x.html", "feature_flags.yml"}, made
    # A path without the name is as good as any.
    all_ok(call(posthog, "export", {**variables, "posthog_export_dest": "export"}, inventory=inventory))


def test_no_hosts_given(posthog: Harness) -> None:
    """An empty answer of a survey means the controller."""
    run = call(
        posthog, "apply", {"posthog_hosts": "", "posthog_project_config": {"feature_flags": [{"key": "x"}]}}, check=True
    )
    assert all_ok(run).changed == 1
