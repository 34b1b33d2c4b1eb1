# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short life of every type in real playbooks, in-process and as modules.

Starting C(ansible-playbook) costs more than most of what is done here, so several types share a playbook; each has the
sandbox for itself. Everything must be as it is without Ansible (see C(harness/engine.py)), which has gone through the
whole litany.
"""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness, Run
from harness.engine import Engine
from harness.hooks import Hooks
from harness.litany import Litany, changeable, diff_vanishes
from harness.steps import (
    BOTH,
    ENGINE,
    IN_PROCESS,
    Findings,
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


def playbooks() -> list[t.Any]:
    """Handfuls of types, with the way to go; the test's name tells the types."""
    names = list(SAMPLES)
    handfuls = [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]
    return [pytest.param(types, way, id=f"{way}-{'-'.join(types)}") for types in handfuls for way in BOTH]


def life(sample: Sample, posthog: Harness, *, foretold: bool) -> Litany:
    """The steps of one type.

    :param sample: the type's.
    :param posthog: runs playbooks.
    :param foretold: the change, too, is foretold; a module costs most of a second each time.
    """
    litany = Litany(sample, posthog, prefix=f"{sample.type}: ")
    full = litany.named(**sample.full())
    fields = [name for name in changeable(sample) if name not in sample.later]
    second: dict[str, t.Any] = {}
    for name in fields:
        second.update({name: sample.value(name).second, **sample.value(name).along})
    most = requests_at_most(max(sample.least, sample.again))
    also = {key for name in fields for key in sample.value(name).also}
    warnings = litany.warns_of_creation if sample.can_be_made else no_warnings
    litany.add("check create", full, changed, silent, litany.has(full), check_mode=True)
    litany.add("create", full, changed, litany.has(full), litany.predicted_by("check create"), warnings)
    litany.add("again", full, unchanged, no_warnings, litany.has(full), most)
    if second:
        update = litany.named(**second)
        if foretold:
            litany.add("check update", update, changed, silent, check_mode=True)
        litany.add(
            "update",
            update,
            changed,
            litany.has(update),
            litany.diff_of(*update),
            *([litany.predicted_by("check update", *also)] if foretold else []),
            no_warnings,
        )
        litany.add("update again", update, unchanged, no_warnings, most)
    gone = litany.named(state="absent")
    if sample.can_be_deleted:
        litany.add("check absent", gone, changed, silent, check_mode=True)
        litany.add("absent", gone, changed, diff_vanishes)
        litany.add("absent again", gone, unchanged)
    else:
        litany.add("cannot be deleted", gone, refused("state"), silent)
    return litany


@pytest.mark.parametrize(("types", "way"), playbooks())
def test_life_in_playbooks(posthog: Harness, types: list[str], way: str) -> None:
    """Foretold, made, changed and deleted; each a second time without a write."""
    found = Findings()
    litanies = [life(SAMPLES[name], posthog, foretold=way == IN_PROCESS) for name in types]
    alone: dict[str, Run] = {}
    for litany in litanies:
        posthog.server.reset()
        alone[litany.sample.type] = Engine(posthog.server).run(
            litany.steps.tasks, diff=True, variables=litany.prepare()
        )
    posthog.server.reset()
    tasks: list[dict[str, t.Any]] = []
    hooks: dict[str, t.Callable[[], dict[str, t.Any]]] = {}
    for litany in litanies:
        hooks[litany.sample.type] = ready(litany)
        tasks += [{"name": f"{litany.prefix}ready", "sandbox_hook": {"name": litany.sample.type}}, *litany.steps.tasks]
    with Hooks(hooks) as served:
        run = posthog.run(tasks, in_process=way == IN_PROCESS, diff=True, env=served.environment)
    for litany in litanies:
        before = run[f"{litany.prefix}ready"]
        found.look(f"{litany.prefix}ready", before)
        if found.true(before.ok, "could not be prepared"):
            litany.steps.judge(found, run, way)
            litany.steps.compare(found, {ENGINE: alone[litany.sample.type], way: run})
    found.close()


def ready(litany: Litany) -> t.Callable[[], dict[str, t.Any]]:
    """What brings the sandbox to where a type's steps begin; the log goes on."""

    def call() -> dict[str, t.Any]:
        litany.posthog.server.control("reset", {"keep": ["log"]})
        return litany.prepare()

    return call
