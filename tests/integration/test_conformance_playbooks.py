# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short life of every type in real playbooks, in-process and as modules.

Starting C(ansible-playbook) costs more than most of what is done here, so several types share a playbook; each has the
sandbox for itself. Everything must be as it is without Ansible (see C(harness/engine.py)), which runs the whole of the
conformance tests.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import pytest
from harness import Harness, Run, extras
from harness.conformance import Conformance, changeable, diff_vanishes
from harness.engine import Engine
from harness.hooks import Hooks
from harness.steps import (
    BOTH,
    ENGINE,
    IN_PROCESS,
    Findings,
    Steps,
    changed,
    no_warnings,
    refused,
    requests_at_most,
    silent,
    unchanged,
)
from samples import SAMPLES, Sample

#: Types in one playbook.
TOGETHER = 4


#: Types whose life has another shape: what makes one, given a role called Engineering. They can all be deleted.
OWN: dict[str, dict[str, t.Any]] = {name: extras.SAMPLES[name] for name in ("member", "role_membership")}


@dataclass
class Life:
    """The steps of one type in a playbook that it shares with others.

    :param type: the type.
    :param prefix: in front of the steps' names.
    :param steps: the steps.
    :param prepare: brings the sandbox to where they begin; returns variables.
    """

    type: str
    prefix: str
    steps: Steps
    prepare: t.Callable[[], dict[str, t.Any]]


def playbooks() -> list[t.Any]:
    """Handfuls of types, with the way to go; the test's name tells the types."""
    names = sorted([*SAMPLES, *OWN])
    handfuls = [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]
    return [pytest.param(types, way, id=f"{way}-{'-'.join(types)}") for types in handfuls for way in BOTH]


def own_life(name: str, posthog: Harness, *, foretold: bool) -> Life:
    """The steps of a type without a sample."""
    steps = Steps(f"community.posthog.posthog_{name}")
    options = OWN[name]
    if foretold:
        steps.add(f"{name}: check create", options, changed, silent, check_mode=True)
    steps.add(f"{name}: create", options, changed, no_warnings)
    steps.add(f"{name}: again", options, unchanged, no_warnings, requests_at_most(2))
    if foretold:
        steps.add(f"{name}: check absent", {**options, "state": "absent"}, changed, silent, check_mode=True)
    steps.add(f"{name}: absent", {**options, "state": "absent"}, changed, diff_vanishes)
    if foretold:
        steps.add(f"{name}: absent again", {**options, "state": "absent"}, unchanged)

    def prepare() -> dict[str, t.Any]:
        posthog.server.api("POST", f"/api/organizations/{posthog.server.organization}/roles/", {"name": "Engineering"})
        return {}

    return Life(name, f"{name}: ", steps, prepare)


def life_of(sample: Sample, posthog: Harness, *, foretold: bool) -> Life:
    """The steps of one type.

    :param sample: the type's.
    :param posthog: runs playbooks.
    :param foretold: each step is foretold, and taken twice; a module costs half a second each time, and what differs
        between check mode and a run is in the engine, so that there each type is made, found, changed and deleted.
    """
    life = Conformance(sample, posthog, prefix=f"{sample.type}: ")
    full = life.named(**sample.full())
    fields = [name for name in changeable(sample) if name not in sample.later]
    second: dict[str, t.Any] = {}
    for name in fields:
        second.update({name: sample.value(name).second, **sample.value(name).along})
    most = requests_at_most(max(sample.least, sample.again))
    also = {key for name in fields for key in sample.value(name).also}
    warnings = life.warns_of_creation if sample.can_be_made else no_warnings
    foresight = []
    if foretold:
        life.add("check create", full, changed, silent, life.has(full), check_mode=True)
        foresight = [life.predicted_by("check create")]
    life.add("create", full, changed, life.has(full), *foresight, warnings)
    life.add("again", full, unchanged, no_warnings, life.has(full), most)
    if second:
        update = life.named(**second)
        if foretold:
            life.add("check update", update, changed, silent, check_mode=True)
        life.add(
            "update",
            update,
            changed,
            life.has(update),
            life.diff_of(*update),
            *([life.predicted_by("check update", *also)] if foretold else []),
            no_warnings,
        )
        if foretold:
            life.add("update again", update, unchanged, no_warnings, most)
    gone = life.named(state="absent")
    if sample.can_be_deleted:
        if foretold:
            life.add("check absent", gone, changed, silent, check_mode=True)
        life.add("absent", gone, changed, diff_vanishes)
        if foretold:
            life.add("absent again", gone, unchanged)
    else:
        life.add("cannot be deleted", gone, refused("state"), silent)
    return Life(sample.type, life.prefix, life.steps, life.prepare)


@pytest.mark.parametrize(("types", "way"), playbooks())
def test_life_in_playbooks(posthog: Harness, types: list[str], way: str) -> None:
    """Foretold, made, changed and deleted; each a second time without a write."""
    found = Findings()
    foretold = way == IN_PROCESS
    lives = [
        own_life(name, posthog, foretold=foretold)
        if name in OWN
        else life_of(SAMPLES[name], posthog, foretold=foretold)
        for name in types
    ]
    alone: dict[str, Run] = {}
    for item in lives:
        posthog.server.reset()
        alone[item.type] = Engine(posthog.server).run(item.steps.tasks, diff=True, variables=item.prepare())
    posthog.server.reset()
    tasks: list[dict[str, t.Any]] = []
    hooks: dict[str, t.Callable[[], dict[str, t.Any]]] = {}
    for item in lives:
        hooks[item.type] = ready(item, posthog)
        tasks += [{"name": f"{item.prefix}ready", "sandbox_hook": {"name": item.type}}, *item.steps.tasks]
    with Hooks(hooks) as served:
        run = posthog.run(tasks, in_process=way == IN_PROCESS, diff=True, env=served.environment)
    for item in lives:
        name = f"{item.prefix}ready"
        there = any(task.name == name for task in run.tasks)
        found.look(name, run[name] if there else None)
        if found.true(there and run[name].ok, f"could not be prepared{'' if there else run.output[-2000:]}"):
            item.steps.judge(found, run, way)
            item.steps.compare(found, {ENGINE: alone[item.type], way: run})
    found.close()


def ready(item: Life, posthog: Harness) -> t.Callable[[], dict[str, t.Any]]:
    """What brings the sandbox to where a type's steps begin; the log goes on."""

    def call() -> dict[str, t.Any]:
        posthog.server.control("reset", {"keep": ["log"]})
        return item.prepare()

    return call
