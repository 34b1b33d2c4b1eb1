# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers in which something is of another kind than PostHog ever sends: whatever it is, it ends in one sentence.

A proxy that rewrites, a newer server, a half-finished deployment: the modules must neither show a traceback nor call it
a defect of their own. The mutations are drawn from a seed, so a failure can be repeated by its name.
"""

from __future__ import annotations

import json
import random
import typing as t

import pytest
from harness import Harness, Run
from harness.conformance import Conformance
from harness.engine import Engine
from samples import SAMPLES, Sample

from ansible_collections.community.posthog.plugins.module_utils._http import answers as _answers
from ansible_collections.community.posthog.plugins.module_utils._http.bodies import decoded
from ansible_collections.community.posthog.tests.unit.plugins.mutations import mutated

#: Lives of an object of each type.
ROUNDS = 2


@pytest.fixture
def rng(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """Draws the mutations of half of all answers."""
    made = random.Random(0)
    monkeypatch.setattr(
        _answers, "decoded", lambda body: mutated(decoded(body), made) if made.random() < 0.5 else decoded(body)
    )
    return made


def judge(run: Run, seed: t.Any) -> None:
    """Fail the test where a task's result is more than one sentence."""
    for task in run.tasks:
        for result in (task.result, *(task.result.get("results") or [])):
            msg = str(result.get("msg", ""))
            text = f"seed {seed}, {task.name}: {msg}\n{result.get('exception', '')}"
            assert "has a defect" not in json.dumps(result, default=str), text
            assert not result.get("exception"), text
            if result.get("failed"):
                assert msg and "Traceback" not in msg and "object at 0x" not in msg, text


@pytest.mark.parametrize("sample", [pytest.param(sample, id=name) for name, sample in SAMPLES.items()])
def test_a_life(posthog: Harness, sample: Sample, rng: random.Random) -> None:
    """Declared in full, read, declared again, exported, deleted."""
    for number in range(ROUNDS):
        posthog.server.reset()
        life = Conformance(sample, posthog)
        state = rng.getstate()
        variables = life.prepare()
        rng.setstate(state)
        rng.seed(f"{sample.type} {number}")
        module = f"community.posthog.posthog_{sample.type}"
        whole = life.named(**sample.full(creating=False))
        steps = [
            {"name": "create", module: life.named(**sample.minimal)},
            {"name": "check", module: whole, "check_mode": True},
            {"name": "complete", module: whole},
            {"name": "read", "community.posthog.posthog_info": {"types": [sample.type], "details": True}},
            {"name": "export", "community.posthog.posthog_export": {"types": [sample.type]}},
        ]
        if sample.can_be_deleted:
            steps.append({"name": "delete", module: {**life.named(), "state": "absent"}})
        env = {"POSTHOG_RETRIES": "1", "POSTHOG_RATE_LIMIT": "0"}
        judge(Engine(posthog.server, hurried=True).run(steps, variables=variables, env=env), (sample.type, number))
