# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config and posthog_export in real playbooks: files of roles, encrypted ones, templates, both ways to run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from harness import Harness
from harness.extras import all_ok, names_of

CANARY: t.Final = "canary-of-a-webhook"


def config(name: str = "Config", **options: t.Any) -> dict[str, t.Any]:
    """A task of the module."""
    return {"name": name, "community.posthog.posthog_config": options}


def hook(secret: str) -> dict[str, t.Any]:
    """A function with a secret input."""
    schema = [{"key": "token", "type": "string", "label": "Token", "secret": True, "required": True}]
    return {
        "name": "Hook",
        "type": "destination",
        "hog": "return inputs.token",
        "inputs_schema": schema,
        "inputs": {"token": {"value": secret}},
    }


def encrypted(text: str) -> str:
    """As C(ansible-vault) writes it."""
    return VaultLib([("default", VaultSecret(b"the password"))]).encrypt(text.encode()).decode()


def test_files_of_a_role_are_those_beside_it(posthog: Harness) -> None:
    """A role's own files come before those of the same name elsewhere."""
    role = posthog.directory / "shelf"
    (role / "tasks").mkdir(parents=True)
    (role / "files" / "conf").mkdir(parents=True)
    (role / "tasks" / "main.yml").write_text(yaml.safe_dump([config(src="conf")]))
    (role / "files" / "conf" / "a.yml").write_text("feature_flags: [{key: of-the-role}]\n")
    for place in ("run1", "run1/files"):
        (posthog.directory / "other" / place / "conf").mkdir(parents=True)
        (posthog.directory / "other" / place / "conf" / "a.yml").write_text("feature_flags: [{key: elsewhere}]\n")
    playbook = posthog.directory / "other" / "run1" / "play.yml"
    role_task = {"name": "Role", "ansible.builtin.include_role": {"name": str(role)}}
    beside = config("Beside", src="conf")
    playbook.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [role_task, beside]}]))
    all_ok(posthog.run(path=playbook))
    assert set(names_of(posthog.server, "feature_flag", "key")) == {"of-the-role", "elsewhere"}


@pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
def test_encrypted_files_values_and_templates(posthog: Harness, in_process: bool) -> None:
    """What is encrypted in a file is decrypted in memory and printed nowhere."""
    place = posthog.directory / "conf"
    place.mkdir()
    password = posthog.directory / "password"
    password.write_text("the password\n")
    value = encrypted(CANARY).replace("\n", "\n              ")
    text = yaml.safe_dump({"hog_functions": [hook("SECRET")]}).replace("SECRET", f"!vault |\n              {value}")
    (place / "functions.yml").write_text(text)
    (place / "flags.yml").write_text(encrypted("feature_flags: [{key: '{{ key }}'}]\n"))
    before = set(Path("/tmp").glob("tmp*"))
    run = all_ok(
        posthog.run(
            [config(src=str(place)), config("Again", src=str(place))],
            in_process=in_process,
            variables={"key": "from-a-variable"},
            env={"ANSIBLE_VAULT_PASSWORD_FILE": str(password)},
            diff=True,
            verbosity=3,
        )
    )
    assert run["Config"].result["counts"]["created"] == 2 and not run["Again"].changed
    assert CANARY not in run.output
    assert not [item for item in set(Path("/tmp").glob("tmp*")) - before if item.is_file()]
    assert names_of(posthog.server, "feature_flag", "key") == ["from-a-variable"]


def test_a_mistake_shows_no_secret(posthog: Harness) -> None:
    """What only PostHog could tell to be secret is hidden where it was not asked, and the arguments are printed."""
    items: list[t.Any] = [hook(CANARY), {**hook(CANARY), "name": "Other", "type": "nonsense"}]
    for in_process in (True, False):
        run = posthog.run(
            [config(config={"hog_functions": items})],
            in_process=in_process,
            verbosity=3,
            env={"ANSIBLE_INJECT_INVOCATION": "true"},
        )
        assert run[0].status == "failed" and "hog_functions[1].type" in run[0].msg
        assert CANARY not in run.output


def test_a_template_that_is_wrong(posthog: Harness) -> None:
    """File, line and path of the text that holds it."""
    place = posthog.directory / "a.yml"
    place.write_text("feature_flags:\n  - key: a\n    name: 'Hi {{ nobody }}'\n")
    run = posthog.run([config(src=str(place))])
    assert run[0].status == "failed"
    assert f"{place}:3: feature_flags[0].name: " in run[0].msg and "nobody" in run[0].msg
    assert "Traceback" not in run.output


@pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
def test_export_writes_files_wherever_it_runs(posthog: Harness, in_process: bool) -> None:
    """Files, then none; the plan of it; cleaning up; and back again without a change."""
    server = posthog.server
    for key in ("one", "two"):
        server.api("POST", "feature_flags/", {"key": key, "name": "{{ no }} template", "filters": {"groups": [{}]}})
    dest = posthog.directory / "out"

    def export(name: str, **options: t.Any) -> dict[str, t.Any]:
        return {"name": name, "community.posthog.posthog_export": {"dest": str(dest), **options}}

    only = {"types": ["feature_flags"], "layout": "object", "clean": True}
    first = posthog.run(
        [
            {**export("Plan", **only), "check_mode": True},
            export("Export", **only),
            export("Again", **only),
            config("Back", src=str(dest)),
            export("Fewer", names=["one"], **only),
        ],
        in_process=in_process,
    )
    all_ok(first)
    names = [str(dest / "feature_flags" / f"{key}.yml") for key in ("one", "two")]
    assert first["Plan"].changed and first["Plan"].result["files"] == names
    assert first["Export"].changed and first["Export"].result["files"] == names
    assert not first["Again"].changed and not first["Back"].changed
    assert first["Fewer"].result["files"] == names[1:]
    assert sorted(item.name for item in dest.rglob("*.yml")) == ["one.yml"]


def test_interrupted(posthog: Harness) -> None:
    """Ctrl-C ends it; nothing goes on in the background, and the next run completes it."""
    number = 60
    options = {"config": {"cohorts": [{"name": f"c{i}", "is_static": True} for i in range(number)]}}
    place = posthog.directory / "stopped"
    place.mkdir()
    (place / "play.yml").write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [config(**options)]}])
    )
    posthog.server.control("settings", {"latency_ms": 60})
    process = subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", str(place / "play.yml")],
        cwd=place,
        env={**posthog._environment(place, place / "events", {"POSTHOG_RATE_LIMIT": "0"})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if sum(1 for entry in posthog.server.log() if entry["method"] == "POST") >= 8:
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    output, _none = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in output
    time.sleep(0.5)
    made = len(names_of(posthog.server, "cohort"))
    time.sleep(1)
    assert made == len(names_of(posthog.server, "cohort")) < number
    posthog.server.control("settings", {"latency_ms": 0})
    all_ok(posthog.run([config(**options)]))
    assert sorted(names_of(posthog.server, "cohort")) == sorted(f"c{i}" for i in range(number))
