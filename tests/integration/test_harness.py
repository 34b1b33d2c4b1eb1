# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness does what the tests rely on."""

from __future__ import annotations

import shlex
import sys

import pytest
from harness import Harness
from harness.engine import Engine

ROLE = "community.posthog.posthog_role"


@pytest.mark.matrix
def test_tasks_items_and_requests(posthog: Harness, in_process: bool) -> None:
    """Results and requests end up with the task that they belong to."""
    run = posthog.run(
        [
            {"name": "Create", ROLE: {"name": "Engineering"}},
            {"name": "Again", ROLE: {"name": "Engineering"}},
            {"name": "Predict", ROLE: {"name": "Design"}, "check_mode": True},
            {"name": "Loop", ROLE: {"name": "{{ item }}"}, "loop": ["Engineering", "Support"]},
            {"name": "Fail", ROLE: {}},
            {"name": "Skip", ROLE: {"name": "Design"}, "when": False},
        ],
        in_process=in_process,
        diff=True,
    )
    assert [(task.name, task.status, task.changed) for task in run.tasks] == [
        ("Create", "ok", True),
        ("Again", "ok", False),
        ("Predict", "ok", True),
        ("Loop", "ok", True),
        ("Fail", "failed", False),
        ("Skip", "skipped", False),
    ], run.output
    assert run["Create"].result["role"]["name"] == "Engineering"
    assert [entry["method"] for entry in run["Create"].writes] == ["POST"]
    assert run["Again"].writes == [] and len(run["Again"].requests) >= 1
    assert run["Predict"].check and not run["Create"].check
    assert [item["changed"] for item in run["Loop"].items] == [False, True]
    assert len(run["Loop"].writes) == 1
    assert run["Create"].diffs[0]["after"] == {"name": "Engineering"}
    assert run.recap["localhost"]["ignored"] == 1
    assert sum(len(task.requests) for task in run.tasks) == len(run.requests)


def test_writes_in_check_mode_fail(posthog: Harness) -> None:
    """The sandbox refuses a write in check mode, and the harness makes the test fail."""
    server = posthog.server
    url = f"{server.url}/api/organizations/{server.organization}/roles/"
    code = (
        "import urllib.request as u; "
        f"u.urlopen(u.Request('{url}', b'{{}}', {{'Authorization': 'Bearer {server.api_key}'}}))"
    )
    # A look-up runs in check mode too, as a module of ours does that forgets about it.
    sly = {
        "name": "Sly",
        "ansible.builtin.set_fact": {"x": "{{ lookup('ansible.builtin.pipe', command) }}"},
        "vars": {"command": f'{shlex.quote(sys.executable)} -c "{code}"'},
        "check_mode": True,
    }
    with pytest.raises(AssertionError, match="check mode sent writes: POST /api/organizations"):
        posthog.run([sly])
    run = posthog.run([sly, {"name": "Write", ROLE: {"name": "Design"}}], forbidden_writes=True)
    assert [entry["status"] for entry in run["Sly"].writes] == [418]
    assert run["Write"].ok, run["Write"]


def test_the_engine_alone(posthog: Harness) -> None:
    """Tasks in the test process: templates keep types, loops have items, and unknown keywords are refused."""
    engine = Engine(posthog.server)
    roles = f"/api/organizations/{posthog.server.organization}/roles/"
    run = engine.run(
        [
            {"name": "Create", ROLE: {"name": "Engineering"}, "register": "made"},
            {"name": "By id", ROLE: {"id": "{{ made.role.id }}", "name": "{{ word }}ing"}},
            {"name": "Predict", ROLE: {"name": "Design"}, "check_mode": True},
            {"name": "Loop", ROLE: {"name": "{{ item }}"}, "loop": ["Engineering", "Support"]},
            {"name": "Undefined", ROLE: {"name": "{{ nothing.name }}"}},
            {"name": "List", "sandbox_api": {"method": "GET", "path": roles}},
        ],
        diff=True,
        variables={"word": "Engineer"},
    )
    assert [task.changed for task in run.tasks] == [True, False, True, True, False, False]
    assert run["Predict"].check and not run["Predict"].writes and run["By id"].ok
    assert [item["changed"] for item in run["Loop"].items] == [False, True]
    assert run["Undefined"].failed and "nothing" in run["Undefined"].msg
    assert len(run["List"].result["json"]["results"]) == 2
    assert run["Create"].diffs[0]["after"] == {"name": "Engineering"}
    assert engine.rendered({"a": ["{{ 2 }}", "{{ 1 }}{{ 2 }}", "as it is"]}, {}) == {"a": [2, "12", "as it is"]}
    with pytest.raises(AssertionError, match="when"):
        engine.run([{"name": "Skip", ROLE: {"name": "Design"}, "when": False}])
