# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slices of a job in AWX, which know nothing of each other, keep below the limit of the key that they share."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import typing as t

import pytest
from harness import Harness
from harness.inventories import list_inventory, many_projects, write_config

SLICES: t.Final = 4

#: Requests a minute that PostHog allows here. What the slices have to do takes more.
LIMIT: t.Final = 32


def template(posthog: Harness, slices: int) -> dict[str, t.Any]:
    """The job template I(apply), as the role gives it to AWX."""
    run = posthog.run(
        [{"name": "Template", "ansible.builtin.debug": {"msg": "{{ controller_templates | first }}"}}],
        play={"roles": ["community.posthog.awx"]},
        variables={
            "posthog_awx_state": "data",
            "posthog_awx_hosts": "posthog_projects",
            "posthog_awx_slices": slices,
            "posthog_awx_rate_limit": LIMIT,
        },
    )
    assert run.returncode == 0, run.output
    found = dict(run["Template"].result["msg"])
    assert found["playbook"] == "apply.yml" and found["job_slice_count"] == slices
    return found


@contextlib.contextmanager
def slices_of_a_job(posthog: Harness, variables: t.Mapping[str, t.Any]) -> t.Iterator[list[subprocess.Popen[bytes]]]:
    """Run the slices of a job at the same time, each with every fourth host; end them when this is left."""
    place = posthog.directory
    flags = [{"key": f"flag-{number}"} for number in range(2)]
    config = place / "config.yml"
    config.write_text(json.dumps({"feature_flags": flags, "cohorts": [{"name": "Beta"}]}), encoding="utf-8")
    inventory = write_config(place, {})
    hosts = sorted(list_inventory(posthog, inventory).hosts)
    assert len(hosts) == 12
    posthog.server.control("log", method="DELETE")
    started: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(SLICES):
            home = place / f"slice{number}"
            home.mkdir()
            names = ("ANSIBLE_HOME", "ANSIBLE_LOCAL_TEMP", "ANSIBLE_REMOTE_TMP")
            own: dict[str, str | None] = {name: str(home / name) for name in names}
            given = {**variables, "posthog_hosts": "posthog_projects", "posthog_project_src": str(config)}
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "ansible", "playbook", "community.posthog.apply", "-i", str(inventory)]
                    + ["--limit", ",".join(hosts[number::SLICES]), "-e", json.dumps(given)],
                    cwd=place,
                    env=posthog._environment(place, home / "events.jsonl", {**own, "POSTHOG_PROJECT_ID": None}),
                    stdout=(home / "output").open("wb"),
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        yield started
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def wait_for(
    posthog: Harness, started: list[subprocess.Popen[bytes]], good: t.Callable[[list[int]], bool]
) -> list[int]:
    """Wait till the statuses of the answers so far are as they are to be, and return them."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        statuses = [int(entry["status"]) for entry in posthog.server.log()]
        if good(statuses):
            return statuses
        ended = [process for process in started if process.poll() is not None]
        outputs = [(posthog.directory / f"slice{number}" / "output").read_text() for number in range(SLICES)]
        assert not ended, "".join(outputs)[-3000:]
        time.sleep(0.1)
    raise AssertionError(f"{len(statuses)} requests, {statuses.count(429)} refused")


@pytest.mark.parametrize("shared", [True, False], ids=["share", "alone"])
def test_slices(posthog: Harness, shared: bool) -> None:
    """With the share of each, all send what they may, wait, and are never refused; each as if alone, they are."""
    many_projects(posthog.server, 2, 6)
    variables = template(posthog, SLICES if shared else 1)["extra_vars"]
    assert variables["posthog_rate_limit"] == (LIMIT // SLICES if shared else LIMIT)
    posthog.server.control("settings", {"rate_limit": LIMIT})
    with slices_of_a_job(posthog, {"posthog_rate_limit": variables["posthog_rate_limit"]}) as started:
        if not shared:
            assert wait_for(posthog, started, lambda statuses: 429 in statuses)
            return
        # The request that would reach the number, PostHog refuses: so each sends one less.
        most = SLICES * (LIMIT // SLICES - 1)
        wait_for(posthog, started, lambda statuses: len(statuses) >= most)
        time.sleep(1)
        statuses = wait_for(posthog, started, bool)
        assert (len(statuses), statuses.count(429)) == (most, 0)
