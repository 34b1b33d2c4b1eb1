# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure many projects: an inventory of 1,000 in 20 organizations, and a play over 200 of them with 10 forks.

Each fork is a process that knows nothing of the others, while PostHog counts the requests of all.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import typing as t
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


#: Slices of a job in AWX, and how many requests a minute PostHog allows one key.
SLICES, LIMIT = 4, 480

#: What the play asks for in each project, of which nothing is to change: the project, and a list of each type.
EACH = 4


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
    server = SandboxServer()
    try:
        many_projects(server, 20, 50)
        with tempfile.TemporaryDirectory() as name:
            _measure(server, Path(name), out, verdicts, verdict, say)
    finally:
        server.stop()
    return [out], verdicts


def _measure(
    server: SandboxServer,
    place: Path,
    out: Table,
    verdicts: list[Verdict],
    verdict: type[Verdict],
    say: t.Callable[[str], None],
) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("POSTHOG_", "ANSIBLE_"))}
    env.update(
        ANSIBLE_COLLECTIONS_PATH=collections_path(),
        ANSIBLE_HOME=str(place),
        POSTHOG_API_KEY=server.api_key,
        POSTHOG_HOST=server.url,
    )

    def run(label: str, *command: str, limit: int | None = None, latency: int = LATENCY) -> Seen:
        return together(label, [command], limit, latency)

    def together(
        label: str, commands: t.Sequence[t.Sequence[str]], limit: int | None = None, latency: int = LATENCY
    ) -> Seen:
        """Run commands at the same time, as AWX runs the slices of a job."""
        say(label)
        server.control("settings", {"latency_ms": latency, "rate_limit": limit})
        before, start = len(server.log()), time.monotonic()
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "ansible", *command],
                cwd=place,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if len(commands) > 1 else subprocess.PIPE,
                text=True,
            )
            for command in commands
        ]
        said = [process.communicate() for process in started]
        output = "".join(out for out, _errors in said)
        seconds = time.monotonic() - start
        if any(process.returncode for process in started):
            raise RuntimeError(f"{label}: {(output + ''.join(errors or '' for _out, errors in said))[-2000:]}")
        log = server.log()[before:]
        refused = sum(entry["status"] == 429 for entry in log)
        return Seen(output, seconds, len(log), refused, sum(entry["method"] != "GET" for entry in log))

    inventory = ("inventory", "-i", "company.posthog.yml", "--list")
    cached = {**CACHED, "cache_connection": str(place / "cache")}
    for label, config, most, latency in (
        ("inventory", {}, 2, LATENCY),
        ("inventory, written to the cache", cached, 2, LATENCY),
        ("inventory, read from the cache", cached, 0, LATENCY),
        ("inventory with the settings of each", {"settings": True, "rate_limit": 0}, None, 0),
    ):
        write_config(place, config)
        seen = run(label, *inventory, latency=latency)
        hosts = len(json.loads(seen.output)["_meta"]["hostvars"])
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        row = (label, str(hosts), str(latency), str(seen.requests), str(seen.refused), f"{seen.seconds:.1f}")
        out.add(*row, str(memory) if latency else "")
        if most is not None:
            what = f"{label}: requests for {hosts} hosts"
            verdicts.append(verdict(what, f"<= {most}", str(seen.requests), seen.requests <= most))
    write_config(place, {"organizations": ["Division 0[3-6]"]})
    (place / "play.yml").write_text(json.dumps(PLAY), encoding="utf-8")
    play = ("playbook", "-i", "company.posthog.yml", "play.yml", "--forks", "10")
    for label, limit, latency in (
        ("play with 10 forks, creating", None, 0),
        ("play with 10 forks, unchanged", None, LATENCY),
        ("play with 10 forks, unchanged, 480 requests a minute", 480, LATENCY),
    ):
        seen = run(label, *play, limit=limit, latency=latency)
        row = (label, "200", str(latency), str(seen.requests), str(seen.refused), f"{seen.seconds:.1f}", "")
        out.add(*row)
        if "unchanged" in label:
            asked, most = seen.requests - seen.refused, EACH * 200 + 2
            verdicts.append(
                verdict(
                    f"{label}: requests that were answered", f"<= {most}", str(asked), asked <= most and not seen.writes
                )
            )
    hosts = sorted(json.loads(run("hosts", *inventory, latency=0).output)["_meta"]["hostvars"])
    seen = {}
    for label, rate in (("each as if alone", None), ("each with its share", LIMIT // SLICES)):
        share = () if rate is None else ("-e", f"posthog_rate_limit={rate}")
        commands = [(*play, "--limit", ",".join(hosts[number::SLICES]), *share) for number in range(SLICES)]
        full = f"{SLICES} slices with 10 forks, {LIMIT} requests a minute, {label}"
        # A minute of its own: what was sent before does not count.
        time.sleep(61)
        seen[label] = together(full, commands, LIMIT)
        asked, refused, took = seen[label].requests, seen[label].refused, seen[label].seconds
        out.add(full, str(len(hosts)), str(LATENCY), str(asked), str(refused), f"{took:.1f}", "")
    alone, shared = list(seen.values())
    part = shared.refused / shared.requests
    verdicts.append(verdict("slices with their share: refused", "< 5 %", f"{part:.1%}", part < 0.05))
    times = f"{shared.seconds:.0f} s, without {alone.seconds:.0f} s"
    # Waiting for a minute to be over is most of it, and no two minutes begin alike.
    slower = shared.seconds > 1.1 * alone.seconds
    verdicts.append(verdict("slices with their share: no slower", "<= +10 %", times, not slower))
