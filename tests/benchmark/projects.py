# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many projects: an inventory of 1,000 in 20 organizations, and a play over 200 of them with 10 forks.

    ANSIBLE_COLLECTIONS_PATH=.build .venv/bin/python tests/benchmark/projects.py

Prints a line for each run: hosts, requests by status, seconds, and for the inventory the memory of the process.
"""

from __future__ import annotations

import collections
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from harness import SandboxServer
from harness.inventories import many_projects, write_config
from harness.playbook import collections_path

#: Milliseconds that the sandbox takes for each answer.
LATENCY = 50

CACHED = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile"}

PLAY = [
    {
        "name": "Keep three things in each project",
        "hosts": "posthog_projects",
        "gather_facts": False,
        "module_defaults": {
            "group/community.posthog.posthog": {
                "host": "{{ posthog_host }}",
                "organization": "{{ posthog_organization_id }}",
                "project": "{{ posthog_project_id }}",
            }
        },
        "tasks": [
            {"community.posthog.posthog_feature_flag": {"key": "new-checkout", "name": "Checkout"}},
            {"community.posthog.posthog_cohort": {"name": "Beta", "is_static": True}},
            {
                "community.posthog.posthog_project": {
                    "id": "{{ posthog_project_id }}",
                    "name": "{{ posthog_project_name }}",
                    "surveys_opt_in": True,
                }
            },
        ],
    }
]


def main() -> int:
    """Measure."""
    server = SandboxServer()
    many_projects(server, 20, 50)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        env = {key: value for key, value in os.environ.items() if not key.startswith(("POSTHOG_", "ANSIBLE_"))}
        env.update(
            ANSIBLE_COLLECTIONS_PATH=collections_path(),
            ANSIBLE_HOME=name,
            POSTHOG_API_KEY=server.api_key,
            POSTHOG_HOST=server.url,
        )

        def run(label: str, *command: str, limit: int | None = None, latency: int = LATENCY) -> str:
            server.control("settings", {"latency_ms": latency, "rate_limit": limit})
            before, start = len(server.log()), time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "ansible", *command],
                cwd=place,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            seconds = time.monotonic() - start
            statuses = dict(collections.Counter(entry["status"] for entry in server.log()[before:]))
            print(f"{label}: exit {done.returncode}, {seconds:.1f} s, requests by status {statuses}", flush=True)
            return done.stdout

        inventory = ("inventory", "-i", "company.posthog.yml", "--list")
        for label, config in (
            ("inventory", {}),
            ("inventory, cache written", {**CACHED, "cache_connection": f"{name}/cache"}),
            ("inventory, cache read", {**CACHED, "cache_connection": f"{name}/cache"}),
            ("inventory with settings, no limit", {"settings": True, "rate_limit": 0}),
        ):
            write_config(place, config)
            found = json.loads(run(label, *inventory, latency=0 if "settings" in config else LATENCY))
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            print(f"  {len(found['_meta']['hostvars'])} hosts, at most {memory} MB")
        write_config(place, {"organizations": ["Division 0[3-6]"]})
        (place / "play.yml").write_text(json.dumps(PLAY), encoding="utf-8")
        play = ("playbook", "-i", "company.posthog.yml", "play.yml", "--forks", "10")
        run("200 projects, created", *play, latency=0)
        run("200 projects, unchanged", *play)
        run("200 projects, unchanged, 480 requests a minute", *play, limit=480)
    server.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
