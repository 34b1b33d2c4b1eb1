# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that a person can read runs: twice, and the second time nothing changes.

In C(README.md) and the guides, blocks of YAML that are plays are run, unless they begin with C(# not run:).
"""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from harness import Harness, Run
from harness.extras import all_ok, module_examples, yaml_blocks
from harness.hooks import Hooks
from harness.playbook import ROOT

MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("posthog_*.py"))

#: Pages whose plays are no states to be in, but steps; each has a test of its own.
STEPS = {"guide_connector_actions.rst": "test_connector_actions.py"}

PAGES = [
    path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst")))
    if path.exists() and path.name not in STEPS and yaml_blocks(path)
]

BLOCKS = [(path, number) for path in PAGES for number in range(len(yaml_blocks(path)))]

#: Tasks that change something each time, by their nature: what one of them undoes, another of the same example does.
#: Name them here with a reason, or better, write an example that does not need it.
BY_NATURE: dict[str, str] = {
    "Tell PostHog of a deployment": "an event happens each time that it is sent",
    "The same event once, however often the playbook runs": "the same; it is PostHog that counts it once",
    "Give a group properties": "the same",
    "An event that belongs to the group, of two hours ago": "the same",
}


def recording(number: int) -> str:
    """The id of a recording."""
    return f"0197e000-0000-7000-8000-{number:012d}"


#: What has to be there before the examples of a module run, because no request makes it: it comes with events, or is
#: data. Type and objects.
GIVEN: dict[str, list[tuple[str, list[dict[str, object]]]]] = {
    "posthog_event_definition": [("event_definition", [{"name": "order placed"}, {"name": "page viewed"}])],
    "posthog_property_definition": [
        ("group_type", [{"group_type": "company"}]),
        (
            "property_definition",
            [
                {"name": "plan"},
                {"name": "value"},
                {"name": "plan", "type": "person"},
                {"name": "size", "type": "group", "group_type_index": 0},
            ],
        ),
    ],
    "posthog_property_group": [("event_definition", [{"name": "order placed"}, {"name": "order returned"}])],
    "posthog_group_type": [("group_type", [{"group_type": "company"}, {"group_type": "team"}])],
    "posthog_group_type_metric": [("group_type", [{"group_type": "company"}])],
    "posthog_session_recording": [("session_recording", [{"id": recording(number)} for number in range(1, 5)])],
    "posthog_session_recording_playlist": [("session_recording", [{"id": recording(number)} for number in (1, 2)])],
}

#: Routes that servers may close to keys, opened for the examples of a module.
OPENED: dict[str, list[str]] = {
    "posthog_group_type": ["update_metadata", "set_default_columns", "create_detail_dashboard"],
    "posthog_session_recording_playlist": ["recordings"],
}


def given(posthog: Harness, module: str) -> None:
    """Put there what the examples of a module take for granted."""
    for kind, objects in GIVEN.get(module, []):
        posthog.server.seed(kind, *objects)
    if module in OPENED:
        posthog.server.control("settings", {"open_routes": OPENED[module]})


def variables(posthog: Harness) -> dict[str, object]:
    """What examples that show the connection options call them."""
    return {"posthog_host": posthog.server.url, "posthog_api_key": posthog.server.api_key}


def settled(run: Run) -> None:
    """Fail the test where a second run changed something."""
    changed = [str(item) for item in run.tasks if item.changed and item.name not in BY_NATURE]
    assert not changed, "\n\n".join(changed)


#: What is done with the examples of a module: each is a play, in check mode or not.
PHASES = {"check": True, "apply": False, "again": False, "check again": True}

#: Modules in one playbook: starting one costs as much as the examples of a module.
TOGETHER = 4

HANDFULS = [MODULES[start : start + TOGETHER] for start in range(0, len(MODULES), TOGETHER)]


@pytest.mark.parametrize("modules", HANDFULS, ids=["-".join(modules) for modules in HANDFULS])
def test_modules(posthog: Harness, modules: list[str]) -> None:
    """The tasks of each module's C(EXAMPLES), in their order, on a fresh server; before that in check mode."""
    plays: list[dict[str, object]] = []
    hooks = {}
    common = {"hosts": "all", "gather_facts": False, "ignore_errors": True}
    for module in modules:
        tasks = module_examples(module)
        assert tasks and all("name" in item for item in tasks)
        assert any(f"community.posthog.{module}" in str(item) for item in tasks)
        hooks[module] = functools.partial(fresh, posthog, module)
        plays.append({"name": module, **common, "tasks": [{"name": module, "sandbox_hook": {"name": module}}]})
        plays += [
            {"name": f"{module}: {phase}", **common, "check_mode": check, "tasks": tasks}
            for phase, check in PHASES.items()
        ]
    with Hooks(hooks) as served:
        run = posthog.run(plays=plays, variables=variables(posthog), diff=True, env=served.environment)
    all_ok(run)
    for module in modules:
        by_phase = {phase: run.of_play(f"{module}: {phase}") for phase in PHASES}
        assert all(part.tasks for part in by_phase.values()), f"{module}: not all plays ran\n{run.output[-3000:]}"
        settled(by_phase["again"])
        settled(by_phase["check again"])


def fresh(posthog: Harness, module: str) -> dict[str, object]:
    """The sandbox as the examples of a module find it."""
    posthog.server.control("reset", {"keep": ["log"]})
    given(posthog, module)
    return {}


@pytest.mark.parametrize("module", ["posthog_feature_flag"])
def test_module_elsewhere(posthog: Harness, module: str) -> None:
    """The same, where the modules run as modules: a sample; the conformance tests do the rest."""
    tasks = module_examples(module)
    all_ok(posthog.run(tasks, variables=variables(posthog), in_process=False))
    settled(all_ok(posthog.run(tasks, variables=variables(posthog), in_process=False)))


@pytest.mark.parametrize(("page", "number"), BLOCKS, ids=[f"{page.name}-{number + 1}" for page, number in BLOCKS])
def test_page(posthog: Harness, page: Path, number: int) -> None:
    """A play of the README or of a guide."""
    block = yaml_blocks(page)[number]
    playbook = posthog.directory / "page.yml"
    playbook.write_text(block, encoding="utf-8")
    # Pages show PostHog Cloud; what they show is run against the sandbox.
    text = re.sub(r"(?m)^(\s*)(POSTHOG_REGION|region): *(us|eu)\b.*$", r"\1\2: ''", block)
    playbook.write_text(text, encoding="utf-8")
    all_ok(posthog.run(path=playbook, variables=variables(posthog)))
    settled(all_ok(posthog.run(path=playbook, variables=variables(posthog))))


def test_the_readme_has_a_play() -> None:
    """The first page shows a play that runs, one of about ten lines."""
    blocks = yaml_blocks(ROOT / "README.md")
    assert blocks, "README.md shows no play"
    assert any(len(block.strip().splitlines()) <= 14 for block in blocks)


def test_marked_blocks_are_yaml() -> None:
    """A block that is not run says why."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))):
        for reason in re.findall(r"# not run:(.*)", path.read_text(encoding="utf-8") if path.exists() else ""):
            assert len(reason.strip()) > 5, f"{path.name}: '# not run:' without a reason"


def test_demo(posthog: Harness) -> None:
    """The demo's playbook: everything in the first run, nothing in the second."""
    playbook = ROOT / "playbooks" / "demo.yml"
    assert playbook.exists(), "playbooks/demo.yml is missing"
    first = all_ok(posthog.run(path=playbook, stop_on_error=True))
    assert first.changed > 5
    settled(all_ok(posthog.run(path=playbook)))


def test_demo_command() -> None:
    """C(tests/demo/run.py) applies it twice by itself, and ends well."""
    script = ROOT / "tests" / "demo" / "run.py"
    assert script.exists(), "tests/demo/run.py is missing"
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    recaps = re.findall(r"changed=(\d+)", done.stdout)
    assert len(recaps) >= 2 and int(recaps[0]) > 5 and int(recaps[1]) == 0, done.stdout[-3000:]


def test_examples_parse_as_documented() -> None:
    """An example is YAML with one task after the other, as C(ansible-doc) shows it."""
    for module in MODULES:
        for item in module_examples(module):
            assert yaml.safe_dump(item)
            assert any(key.startswith(("community.posthog.", "ansible.builtin.")) or key == "block" for key in item)
