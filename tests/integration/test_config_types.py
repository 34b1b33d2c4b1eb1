# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config, type by type: what a plan says is what a run does, and a second run has nothing to do."""

from __future__ import annotations

import json
import re
import typing as t

import pytest
from harness import Harness
from harness.conformance import Conformance
from harness.engine import Engine
from samples import SAMPLES, Sample

#: Options of the module alone, which no configuration takes.
CONNECTION: t.Final = ("organization", "project")


def declared() -> list[t.Any]:
    """The types that have a module."""
    return [pytest.param(sample, id=name) for name, sample in SAMPLES.items() if sample.table.module]


def fates(result: dict[str, t.Any]) -> list[t.Any]:
    """What is said of each object, but for ids that are not there yet."""
    return [
        {key: value for key, value in entry.items() if key != "id"}
        for entry in sorted(result["objects"], key=lambda entry: json.dumps(entry["type"] + entry["name"]))
    ]


def without_cost(text: str) -> str:
    """A plan without its last line, which says what applying it costs: a run says that of nothing."""
    return re.sub(r"Applying it takes about [^\n]+\n\Z", "", text)


@pytest.mark.parametrize("sample", declared())
def test_plan_and_run(posthog: Harness, sample: Sample) -> None:
    """Creation with all there is to say, nothing to do, a change of all of it, nothing to do."""
    engine, table = Engine(posthog.server), sample.table
    life = Conformance(sample, posthog)
    variables = life.prepare()
    for creating in (True, False):
        options = life.named(**sample.full(creating=creating))
        where = {key: options.pop(key) for key in CONNECTION if key in options}
        item = options if table.singleton and table.parent is None else [options]
        task = {
            "community.posthog.posthog_config": {
                "config": {**where, table.plural: item},
                "unknown_names": "ignore",
            }
        }
        # The run is held to the plan, as if somebody had reviewed it.
        options = task["community.posthog.posthog_config"]
        kept = {"community.posthog.posthog_config": {**options, "fingerprint": True}, "register": "planned"}
        held = {"community.posthog.posthog_config": {**options, "plan": "{{ planned.plan_file }}"}}
        tasks = [
            {"name": "Plan", **kept, "check_mode": True},
            {"name": "Run", **held},
            {"name": "Again", **task},
            {"name": "Plan again", **task, "check_mode": True},
        ]
        plan, run, again, last = engine.run(tasks, diff=True, variables=variables).tasks
        assert run.status == plan.status == "ok", (plan.msg, run.msg)
        assert run.result["counts"] == plan.result["counts"], (plan.diffs, run.diffs)
        assert run.changed == plan.changed
        told = json.dumps(plan.result["plan_file"])
        assert not [text for text in sample.secrets if text in told]
        assert [entry["action"] for entry in fates(plan.result)] == [entry["action"] for entry in fates(run.result)]
        assert without_cost(plan.diffs[0]["prepared"]) == run.diffs[0]["prepared"]
        assert not again.changed and not again.writes, (again.msg, again.diffs)
        assert not last.changed, (last.msg, last.diffs)
        made = [entry["id"] for entry in run.result["objects"] if entry["type"] == table.type and "id" in entry]
        for name, method, path, body in sample.after_creation if creating else ():
            api = {"method": method, "path": path.replace("{created}", str(made[0])), "body": body}
            assert engine.run([{"name": name, "sandbox_api": api}], variables=variables)[0].status == "ok"
