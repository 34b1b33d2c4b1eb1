# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(renamed_from), C(ignore_changes), C(until) and C(prevent_destroy): of every type, and in every way of execution."""

from __future__ import annotations

import datetime
import typing as t

import pytest
from harness import Harness, Task
from harness.conformance import Conformance
from harness.engine import Engine
from harness.extras import all_ok
from samples import SAMPLES, Sample

from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import (
    IGNORE_CHANGES,
    RENAMED_FROM,
    UNTIL,
    lifecycle_fields,
)

FLAG = "community.posthog.posthog_feature_flag"

CONFIG = "community.posthog.posthog_config"


def of_types() -> list[t.Any]:
    """Every type that a task can make."""
    return [pytest.param(sample, id=name) for name, sample in SAMPLES.items() if sample.can_be_made]


@pytest.mark.parametrize("sample", of_types())
def test_every_type(posthog: Harness, sample: Sample) -> None:
    """Made under one name, found under the next one, left alone where it says so, and gone when its time is over."""
    table, engine = sample.table, Engine(posthog.server)
    life = Conformance(sample, posthog)
    variables = life.prepare()
    options = {field.name for field in lifecycle_fields(table)}
    assert UNTIL in options or not sample.can_be_deleted

    def run(name: str, options: dict[str, t.Any], check: bool = False) -> Task:
        task = {"name": name, sample.module: options, "check_mode": check}
        done = engine.run([task], variables=variables)[0]
        assert done.ok, str(done)
        return done

    run("Make", life.named(**sample.minimal))
    named = life.named
    if RENAMED_FROM in options and sample.new_name is not None:
        renamed = {**named(sample.new_name, **sample.minimal), RENAMED_FROM: ["nobody", sample.name]}
        before = life_objects(life, run("Look", named(**sample.minimal)))
        plan = run("Plan", renamed, check=True)
        done = run("Rename", renamed)
        assert plan.changed and done.changed and not plan.writes, (plan, done)
        assert plan.result["changes"] == done.result["changes"]
        assert table.identity.option in {change["path"] for change in done.result["changes"]}
        assert life_objects(life, done) == before
        again = run("Again", renamed)
        assert not again.changed and not again.writes, again
        run("Back", {**named(**sample.minimal), RENAMED_FROM: sample.new_name})
    if IGNORE_CHANGES in options:
        fixed = {known.name for known in sample.fields if known.create_only or known.name in sample.fixed}
        values = {name: value for name, value in sample.full(creating=False).items() if name not in fixed}
        known = {*(field.name for field in sample.fields), *(short.field.name for short in table.shorthands)}
        ignored = named(**values, ignore_changes=sorted(known.intersection(values)))
        left = run("Leave alone", ignored)
        assert not left.changed and not left.writes, left
    if UNTIL in options:
        over = named(**sample.minimal, until="2020-01-01")
        plan, done = run("Plan the end", over, check=True), run("End", over)
        assert plan.changed and done.changed and not plan.writes, (plan, done)
        assert not run("Ended", over).changed


def life_objects(life: Conformance, task: Task) -> t.Any:
    """The id of a task's object."""
    return life.table.object_id(task.result[life.table.type])


def test_flags_in_a_task_and_in_files(posthog: Harness, in_process: bool) -> None:
    """A flag that is renamed, of which others steer the rollout, and that ends; the same as an item of a file."""
    server = posthog.server
    soon = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=3)).date().isoformat()
    group = {"properties": [{"key": "email", "type": "person", "value": "@acme.test", "operator": "icontains"}]}
    filters = {"groups": [{**group, "rollout_percentage": 5}]}
    made = {"key": "checkout", "name": "First", "filters": filters}
    all_ok(posthog.run([{"name": "Make", FLAG: made}], in_process=in_process))
    flag = server.api("GET", "feature_flags/")["results"][0]
    steered = {"groups": [{**group, "rollout_percentage": 60}]}
    server.api("PATCH", f"feature_flags/{flag['id']}/", {"filters": steered})
    item = {
        "key": "new-checkout",
        "name": "Second",
        "filters": filters,
        "renamed_from": "checkout",
        "ignore_changes": ["filters.groups[].rollout_percentage"],
        "until": soon,
        "prevent_destroy": True,
    }
    path = posthog.directory / "flags.yml"
    text = "".join(f"    {key}: {value!r}\n" for key, value in item.items())
    path.write_text(f"feature_flags:\n  -\n{text}", encoding="utf-8")
    purge = {"src": str(path), "purge": ["feature_flags"]}
    run = posthog.run([{"name": "Plan", CONFIG: purge}], in_process=in_process, check=True)
    plan = run[0]
    paths = [change["path"] for change in plan.result["plan"][0]["changes"]]
    assert plan.result["counts"]["updated"] == 1 and sorted(paths) == ["key", "name", "tags"], plan
    assert "ends in" in run.output and f"after {soon} the feature flag 'new-checkout' is deleted" in run.output
    done = all_ok(posthog.run([{"name": "Apply", FLAG: item}], in_process=in_process))[0]
    assert done.result["feature_flag"]["id"] == flag["id"]
    shown = server.api("GET", f"feature_flags/{flag['id']}/")
    assert (shown["key"], shown["name"]) == ("new-checkout", "Second")
    assert shown["filters"]["groups"][0]["rollout_percentage"] == 60
    tasks = [{"name": "Again", FLAG: item}, {"name": "Files", CONFIG: {"src": str(path)}}]
    again = all_ok(posthog.run(tasks, in_process=in_process))
    assert not again["Again"].changed and not again["Files"].changed
    refused = posthog.run([{"name": "Gone", FLAG: {**item, "state": "absent"}}], in_process=in_process)[0]
    assert refused.failed and "prevent_destroy: is true, and state: absent deletes the object" in refused.msg
    path.write_text("feature_flags:\n  - key: new-checkout\n    until: 2020-01-01\n", encoding="utf-8")
    over = all_ok(posthog.run([{"name": "Over", CONFIG: {"src": str(path)}}], in_process=in_process))[0]
    assert over.result["counts"]["deleted"] == 1
