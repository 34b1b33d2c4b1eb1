# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of which PostHog shows nothing: a variable stands for each in an export, and a run asks for a missing one."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness
from harness.extras import all_ok

SECRET = "hunter2-hunter2"
VARIABLE = "posthog_secret_external_data_source_postgres_job_inputs_password"
INPUTS = {
    "host": "db.example.test",
    "port": 5432,
    "database": "app",
    "user": "reader",
    "password": SECRET,
    "schema": "public",
}
SCHEMAS = [{"name": "users", "should_sync": True, "sync_type": "full_refresh"}]


def export(place: str, **more: t.Any) -> dict[str, t.Any]:
    """The task that exports the sources."""
    options = {"types": ["external_data_source"], "dest": place, **more}
    return {"name": "Export", "community.posthog.posthog_export": options}


def config(name: str, place: str, **more: t.Any) -> dict[str, t.Any]:
    """A task that applies what was exported."""
    return {"name": name, "community.posthog.posthog_config": {"src": place, **more}}


def source(posthog: Harness) -> None:
    """A source as somebody connected it in the browser."""
    body = {"source_type": "Postgres", "prefix": "", "payload": {**INPUTS, "schemas": SCHEMAS}}
    posthog.server.api("POST", "external_data_sources/", body)


@pytest.mark.parametrize("wizard", [True, False], ids=["told by the wizard", "by our own table"])
def test_a_source(posthog: Harness, in_process: bool, wizard: bool) -> None:
    """The check asks for the secret by its variable, in one sentence; with it, the source is made elsewhere."""
    source(posthog)
    server, place = posthog.server, str(posthog.directory / "out")
    if not wizard:
        closed = {"kind": "5xx_before", "method": "GET", "path": r"/wizard/$", "status": 500}
        server.control("faults", {"rules": [closed]})
    run = all_ok(posthog.run([export(place)], in_process=in_process))
    (item,) = run["Export"].result["config"]["external_data_sources"]
    assert item["job_inputs"]["password"] == "{{ " + VARIABLE + " }}" and item["job_inputs"]["host"] == INPUTS["host"]
    assert run["Export"].result["secrets"] == [VARIABLE]
    copy = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "The copy"})["id"]
    missing = posthog.run([config("Apply", place, project=str(copy))], check=True, in_process=in_process)["Apply"]
    assert missing.status == "failed" and missing.msg.endswith(
        f"external_data_sources[0].job_inputs.password: needs the variable {VARIABLE}, which stands for a secret that "
        "PostHog did not show to the export; define it, best in a vault"
    ), missing.msg
    assert f"{place}/external_data_sources.yml:" in missing.msg
    tasks = [
        config("Here", place),
        config("Check", place, project=str(copy)) | {"check_mode": True},
        config("Make", place, project=str(copy)),
        config("Again", place, project=str(copy)),
    ]
    run = all_ok(posthog.run(tasks, variables={VARIABLE: SECRET}, in_process=in_process, diff=True, verbosity=3))
    assert not run["Here"].changed and run["Check"].changed and run["Make"].changed and not run["Again"].changed
    assert SECRET not in run.stdout.replace(f'"{VARIABLE}": "{SECRET}"', "")
    made = server.api("GET", f"/api/projects/{copy}/external_data_sources/")["results"]
    assert [entry["source_type"] for entry in made] == ["Postgres"]
