# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure many projects: an inventory of 1,000 in 20 organizations, and a play over 200 of them with 10 forks.

Each fork is a process that knows nothing of the others, while PostHog counts the requests of all.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

from harness import SandboxServer
from harness.inventories import many_projects, write_config
from harness.playbook import collections_path

if t.TYPE_CHECKING:
    from run import Table, Verdict

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


#: What the play asks for in each project, of which nothing is to change: for a flag and a cohort a list; once for both
#: the project, which has to be one of the organization that is given; for the project the organization's list, and
#: settings.
EACH = 5


class Seen(t.NamedTuple):
    """What came of a run.

    :param output: what it printed.
    :param seconds: how long it took.
    :param requests: how many there were.
    :param refused: how many of these were refused for being too many.
    :param writes: how many of them were writes.
    """

    output: str
    seconds: float
    requests: int
    refused: int
    writes: int


class Fleet:
    """A sandbox with many projects, and programs of Ansible that work on them.

    :param server: the sandbox.
    :param place: where files may be put.
    :param say: tells what is being done.
    """

    #: The command line of the play, over the 200 projects of four organizations, with 10 forks.
    PLAY: t.Final = ("playbook", "-i", "company.posthog.yml", "play.yml", "--forks", "10")

    #: The command line of the inventory.
    INVENTORY: t.Final = ("inventory", "-i", "company.posthog.yml", "--list")

    def __init__(self, server: SandboxServer, place: Path, say: t.Callable[[str], None]) -> None:
        self.server = server
        self.place = place
        self._say = say
        self._env = {key: value for key, value in os.environ.items() if not key.startswith(("POSTHOG_", "ANSIBLE_"))}
        self._env.update(
            ANSIBLE_COLLECTIONS_PATH=collections_path(),
            ANSIBLE_HOME=str(place),
            POSTHOG_API_KEY=server.api_key,
            POSTHOG_HOST=server.url,
        )

    def prepare_play(self) -> None:
        """Write the play, and an inventory of the projects that it is for."""
        write_config(self.place, {"organizations": ["Division 0[3-6]"]})
        (self.place / "play.yml").write_text(json.dumps(PLAY), encoding="utf-8")

    def run(self, label: str, *command: str, limit: int | None = None, latency: int = LATENCY) -> Seen:
        """Run one command; see :meth:`together`."""
        return self.together(label, [command], limit, latency)

    def together(
        self, label: str, commands: t.Sequence[t.Sequence[str]], limit: int | None = None, latency: int = LATENCY
    ) -> Seen:
        """Run commands at the same time, as AWX runs the slices of a job.

        :param label: what this is.
        :param commands: the program of Ansible, and its arguments.
        :param limit: how many requests a minute PostHog allows the key.
        :param latency: milliseconds that it takes for each answer.
        :returns: what came of them.
        :raises RuntimeError: one of them failed.
        """
        self._say(label)
        self.server.control("settings", {"latency_ms": latency, "rate_limit": limit})
        before, start = len(self.server.log()), time.monotonic()
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "ansible", *command],
                cwd=self.place,
                env=self._env,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for command in commands
        ]
        # All at once, since one that nobody reads would stop when its pipe is full.
        with ThreadPoolExecutor(len(started)) as pool:
            said = list(pool.map(lambda process: process.communicate(), started))
        output = "".join(out for out, _errors in said)
        seconds = time.monotonic() - start
        if any(process.returncode for process in started):
            raise RuntimeError(f"{label}: {(output + ''.join(errors for _out, errors in said))[-2000:]}")
        log = self.server.log()[before:]
        refused = sum(entry["status"] == 429 for entry in log)
        return Seen(output, seconds, len(log), refused, sum(entry["method"] != "GET" for entry in log))


@contextlib.contextmanager
def fleet(say: t.Callable[[str], None]) -> t.Iterator[Fleet]:
    """A sandbox with 1,000 projects in 20 organizations, for as long as this is entered.

    :param say: tells what is being done.
    """
    server = SandboxServer()
    try:
        many_projects(server, 20, 50)
        with tempfile.TemporaryDirectory() as name:
            yield Fleet(server, Path(name), say)
    finally:
        server.stop()


def measure(
    table: type[Table], verdict: type[Verdict], say: t.Callable[[str], None]
) -> tuple[list[Table], list[Verdict]]:
    """Measure inventories and plays.

    :param table: makes a table.
    :param verdict: makes a verdict.
    :param say: tells what is being done.
    :returns: the table, and what was to be reached.
    :raises RuntimeError: a run failed.
    """
    out = table("Many projects", "What", "Hosts", "Latency ms", "Requests", "refused (429)", "Seconds", "Peak MB")
    verdicts: list[Verdict] = []
    with fleet(say) as ships:
        _measure(ships, out, verdicts, verdict)
    return [out], verdicts


def _measure(ships: Fleet, out: Table, verdicts: list[Verdict], verdict: type[Verdict]) -> None:
    cached = {**CACHED, "cache_connection": str(ships.place / "cache")}
    for label, config, most, latency in (
        ("inventory", {}, 2, LATENCY),
        ("inventory, written to the cache", cached, 2, LATENCY),
        ("inventory, read from the cache", cached, 0, LATENCY),
        ("inventory with the settings of each", {"settings": True, "rate_limit": 0}, None, 0),
    ):
        write_config(ships.place, config)
        seen = ships.run(label, *ships.INVENTORY, latency=latency)
        hosts = len(json.loads(seen.output)["_meta"]["hostvars"])
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        row = (label, str(hosts), str(latency), str(seen.requests), str(seen.refused), f"{seen.seconds:.1f}")
        out.add(*row, str(memory) if latency else "")
        if most is not None:
            what = f"{label}: requests for {hosts} hosts"
            verdicts.append(verdict(what, f"<= {most}", str(seen.requests), seen.requests <= most))
    ships.prepare_play()
    for label, limit, latency in (
        ("play with 10 forks, creating", None, 0),
        ("play with 10 forks, unchanged", None, LATENCY),
        ("play with 10 forks, unchanged, 480 requests a minute", 480, LATENCY),
    ):
        seen = ships.run(label, *ships.PLAY, limit=limit, latency=latency)
        row = (label, "200", str(latency), str(seen.requests), str(seen.refused), f"{seen.seconds:.1f}", "")
        out.add(*row)
        if "unchanged" in label:
            asked, most = seen.requests - seen.refused, EACH * 200 + 2
            verdicts.append(
                verdict(
                    f"{label}: requests that were answered", f"<= {most}", str(asked), asked <= most and not seen.writes
                )
            )
