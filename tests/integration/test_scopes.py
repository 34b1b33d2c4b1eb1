# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least scopes for a configuration: they are enough, type by type, and each of them is needed."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
from harness import Harness
from harness.conformance import Conformance
from harness.engine import Engine
from harness.playbook import ROOT, Task
from harness.server import SandboxServer
from samples import SAMPLES, Sample

#: Options of the module alone, which no configuration takes.
CONNECTION: t.Final = ("organization", "project")

OFFLINE: t.Final = dict.fromkeys(("POSTHOG_API_KEY", "POSTHOG_HOST", "POSTHOG_PROJECT_ID", "POSTHOG_ORGANIZATION_ID"))


def declared() -> list[t.Any]:
    """The types that have a module."""
    return [pytest.param(sample, id=name) for name, sample in SAMPLES.items() if sample.table.module]


def key_with(server: SandboxServer, scopes: list[str]) -> str:
    """Make a key of the organization's owner that has some scopes."""
    name = "least " + " ".join(scopes)
    value = "phx_" + "".join(letter for letter in name if letter.isalnum())
    body = {"name": name, "value": value, "user": "owner@acme.test", "scopes": scopes}
    server.control("keys", body)
    return value


#: PostHog asks for reading to create an invite, and for writing to withdraw one.
TO_DELETE_ONLY: t.Final = {"invite": "organization_member:write"}

MODULE: t.Final = "community.posthog.posthog_config"


def place(posthog: Harness, sample: Sample) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Put what a sample needs into the sandbox; returns a task that declares all there is to say, and its variables."""
    table, life = sample.table, Conformance(sample, posthog)
    variables = life.prepare()
    options = life.named(**sample.full(creating=True))
    where = {key: options.pop(key) for key in CONNECTION if key in options}
    item = options if table.singleton and table.parent is None else [options]
    return {"config": {**where, table.plural: item}, "unknown_names": "ignore"}, variables


@pytest.mark.parametrize("sample", declared())
def test_they_are_enough(posthog: Harness, sample: Sample) -> None:
    """A key with these scopes plans and applies all that there is to say of a type, and plans with those for a plan."""
    engine = Engine(posthog.server)
    task, variables = place(posthog, sample)
    least = engine.run([{"name": "Least", MODULE: {**task, "offline": True}}], variables=variables)["Least"]
    assert least.status == "ok" and not least.requests, least.msg
    found = least.result["scopes"]
    given = {name: key_with(posthog.server, found[name]) for name in ("plan", "apply")}
    tasks = [
        {"name": "Plan", MODULE: {**task, "api_key": given["plan"]}, "check_mode": True},
        {"name": "Run", MODULE: {**task, "api_key": given["apply"]}},
    ]
    plan, run = engine.run(tasks, variables=variables).tasks
    assert (plan.status, run.status) == ("ok", "ok"), (found, plan.msg, run.msg)
    assert plan.result["counts"] == run.result["counts"]
    assert not [text for text in warned(plan) + warned(run) if "scope" in text]


@pytest.mark.parametrize("sample", declared())
def test_each_is_needed(posthog: Harness, sample: Sample) -> None:
    """Without one of them, or with reading in place of writing, a run fails, or a warning says what it leaves out."""
    engine = Engine(posthog.server)
    task, variables = place(posthog, sample)
    least = engine.run([{"name": "Least", MODULE: {**task, "offline": True}}], variables=variables)["Least"]
    found = least.result["scopes"]["apply"]
    unneeded = []
    for scope in found:
        posthog.server.reset()
        task, variables = place(posthog, sample)
        others = [other for other in found if other != scope]
        if scope.endswith(":write"):
            others.append(scope.replace(":write", ":read"))
        key = key_with(posthog.server, others)
        run = engine.run([{"name": "Run", MODULE: {**task, "api_key": key}}], variables=variables)["Run"]
        if run.status != "failed" and not warned(run) and TO_DELETE_ONLY.get(sample.table.type) != scope:
            unneeded.append(f"{scope}: {run.msg}")
    assert unneeded == []


def warned(task: Task) -> list[str]:
    """The warnings of a task."""
    return [str(text) for text in task.result.get("warnings", [])]


def test_the_playbook(posthog: Harness) -> None:
    """Offline and without a key, for files; it prints the scopes, and what for."""
    place = posthog.directory / "shop.yml"
    place.write_text(
        "project: Shop\n"
        "cohorts: [{name: Staff, is_static: true}]\n"
        "feature_flags:\n"
        "  - key: a\n"
        "    tags: [web]\n"
        "    filters: {groups: [{properties: [{type: cohort, key: id, value: Beta}]}]}\n",
        encoding="utf-8",
    )
    run = posthog.run(
        path=Path("community.posthog.scopes"), arguments=("-e", f"posthog_project_src={place}"), env=OFFLINE
    )
    assert run.returncode == 0 and not run.requests, run.output
    (shown,) = (task.result["msg"] for task in run.tasks if task.name == "Show the scopes")
    assert shown == [
        "To apply: cohort:write, feature_flag:write, organization:read",
        "To plan, and to compare (drift): cohort:read, feature_flag:read, organization:read",
        "cohort:write is for cohorts, feature_flags",
        "feature_flag:write is for feature_flags",
        "organization:read is for finding the project or the organization",
    ]
    people = {"posthog_organization_roles": [{"name": "Engineering"}], "posthog_project_src": str(place)}
    run = posthog.run(path=Path("community.posthog.scopes"), variables=people, env=OFFLINE)
    (shown,) = (task.result["msg"] for task in run.tasks if task.name == "Show the scopes")
    assert shown[0] == "To apply: cohort:write, feature_flag:write, organization:write"
    (place.parent / "bad.yml").write_text("cohorts: [{nam: x}]\n")
    run = posthog.run(
        path=Path("community.posthog.scopes"),
        variables={"posthog_project_src": str(place.parent / "bad.yml")},
        env=OFFLINE,
    )
    assert run.returncode != 0 and "did you mean name?" in run.output
    run = posthog.run(path=Path("community.posthog.scopes"), env=OFFLINE)
    assert run.returncode != 0 and "Nothing is declared" in run.output


def test_the_guide_shows_what_is_printed(posthog: Harness) -> None:
    """The page about keys has the output for the files that the front page of the documentation is made of."""
    place = ROOT / "docs/site/samples/shop.yml"
    run = posthog.run(path=Path("community.posthog.scopes"), variables={"posthog_project_src": str(place)}, env=OFFLINE)
    (shown,) = (task.result["msg"] for task in run.tasks if task.name == "Show the scopes")
    page = (ROOT / "docs/docsite/rst/guide_keys.rst").read_text(encoding="utf-8")
    assert re.findall(r'^            "(.*?)",?$', page, re.M) == shown
