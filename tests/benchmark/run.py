# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what loops over many objects cost: time, requests and memory, against the sandbox.

``run.py``            measures, and prints tables (some minutes)
``run.py --write``    the same, and writes them to ``docs/benchmark.md``
``run.py --slices``   measures only the slices of a job in AWX
``TF_PROVIDER=…``     the program of PostHog's Terraform provider: measures Terraform too
``run.py --check``    only counts requests, and fails if there are too many (some seconds; nothing depends on the clock)

What an empty play takes is subtracted from every time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import large
import projects
import slices
import terraform
import whole

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs/benchmark.md"

#: How many objects the collection asks for in one list call.
PAGE = 500
LATENCIES = (0, 50)
ITEMS = 500
#: Ordinary modules run over as many, twice.
SAMPLE = 40
CREATED = 200
MANY = 5000

TARGET_MS = 15.0
TARGET_FACTOR = 20.0
TARGET_MEMORY_MB = 200.0
#: Of a module that is started in a process of its own, as on a remote host.
TARGET_MODULE_CPU_MS = 450.0

HEADER = """<!--
Copyright: Contributors to the community.posthog collection
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""

#: The flags that are there already, as the sandbox stores them.
FLAG: dict[str, t.Any] = {
    "key": "flag-{n}",
    "name": "Flag number {n}",
    "active": True,
    "tags": ["benchmark"],
    "filters": {
        "groups": [{"properties": [], "rollout_percentage": 50, "aggregation_group_type_index": None}],
        "payloads": {},
        "multivariate": None,
    },
}

PLAY = """---
- name: Benchmark
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
"""

LOOP = """    - name: Flags
      community.posthog.posthog_feature_flag:
        key: "flag-{{{{ item }}}}"
        name: "Flag number {{{{ item }}}}"
        tags: [benchmark]
        rollout_percentage: 50
      loop: "{{{{ range({first}, {last} + 1) | list }}}}"
"""

DEBUG = """    - name: Nothing to do with PostHog
      ansible.builtin.debug:
        msg: "Flag number {{{{ item }}}}"
      loop: "{{{{ range(1, {last} + 1) | list }}}}"
"""

#: What creating asks for besides the writes: the project, the plan, the first look-up, and then the list, each of the
#: latter also for archived flags, which lists hide and which keep their keys.
READS_TO_CREATE = 6


class BenchmarkFailed(Exception):
    """A run went wrong, so that its numbers mean nothing."""


class Sandbox:
    """The sandbox in a process of its own, and its control endpoint.

    :param process: the process, just started.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise BenchmarkFailed("the sandbox did not start")
        self.place: dict[str, t.Any] = json.loads(line)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def control(self, name: str, body: t.Any = None, method: str = "POST") -> t.Any:
        """Ask the control endpoint."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.place['url']}/__control__/{name}", data, {"Content-Type": "application/json"}, method=method
        )
        with self._opener.open(request, timeout=60) as answer:
            return json.load(answer)

    def prepare(self, flags: int, latency: int = 0) -> None:
        """Start anew, with some flags, and with a latency."""
        self.control("reset", {})
        if flags:
            where = {"project": self.place["project_id"]}
            self.control("seed", {"type": "feature_flag", "count": flags, "template": FLAG, **where})
        self.control("settings", {"latency_ms": latency})

    def forget_requests(self) -> None:
        """Start counting anew."""
        self.control("log", method="DELETE")

    def requests(self) -> dict[str, t.Any]:
        """The counters since then."""
        return t.cast("dict[str, t.Any]", self.control("counters", method="GET"))


@contextlib.contextmanager
def sandbox() -> Iterator[Sandbox]:
    """Run the sandbox on a free port, and end it in any case."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/sandbox/serve.py")], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        yield Sandbox(process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Run:
    """What one run of ansible-playbook took."""

    seconds: float
    cpu: float
    requests: int
    writes: int
    changed: int


class Player:
    """Runs playbooks.

    :param box: the sandbox.
    :param directory: where playbooks are put.
    """

    def __init__(self, box: Sandbox, directory: Path) -> None:
        self.box = box
        self.directory = directory
        self.empty = Run(0, 0, 0, 0, 0)
        #: What is to be said of the circumstances.
        self.note = ""
        #: Further environment variables.
        self.extra: dict[str, str] = {}

    def environment(self) -> dict[str, str]:
        """The variables for ansible-playbook: the sandbox's, and nothing of the user's own."""
        own = ("POSTHOG_", "ANSIBLE_")
        variables = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        variables.update(
            POSTHOG_HOST=self.box.place["url"],
            POSTHOG_API_KEY=self.box.place["api_key"],
            NO_PROXY="127.0.0.1",
            no_proxy="127.0.0.1",
            ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".build"),
            ANSIBLE_CONFIG=str(ROOT / "tests/demo/ansible.cfg"),
            ANSIBLE_PYTHON_INTERPRETER=sys.executable,
            **self.extra,
        )
        return variables

    def start(self, tasks: str, in_process: bool = True) -> subprocess.Popen[bytes]:
        """Start ansible-playbook with a play of these tasks; its output goes to a file."""
        playbook = self.directory / "play.yml"
        playbook.write_text(PLAY + tasks, encoding="utf-8")
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", str(playbook)]
        if not in_process:
            command += ["-e", "posthog_in_process=false"]
        with (self.directory / "output").open("wb") as output:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.environment(), cwd=ROOT
            )

    def check_output(self, status: int, items: int | None) -> int:
        """See that the run was good; returns how many items of its loop were changed, if it was one."""
        output = (self.directory / "output").read_text(encoding="utf-8", errors="replace")
        if items is None and not status:
            return 0
        done = re.findall(r"^(ok|changed): \[localhost\] => \(item=", output, re.MULTILINE)
        if status or len(done) != items:
            raise BenchmarkFailed(f"ansible-playbook ended with {status} after {len(done)} items:\n{output[-3000:]}")
        return done.count("changed")

    def run(self, tasks: str, items: int | None, in_process: bool = True) -> Run:
        """Run tasks to the end, and measure; ``items`` is None for what is no loop."""
        self.box.forget_requests()
        begun = time.perf_counter()
        process = self.start(tasks, in_process)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        counters = self.box.requests()
        return Run(
            seconds,
            usage.ru_utime + usage.ru_stime,
            int(counters["total"]),
            int(counters["writes"]),
            self.check_output(process.returncode, items),
        )

    def quickest(self, tasks: str, items: int, times: int = 3, in_process: bool = True) -> Run:
        """Run tasks several times, and take the quickest run: what else the machine does only ever adds."""
        return min((self.run(tasks, items, in_process) for _dummy in range(times)), key=lambda run: run.seconds)

    def loop(self, items: int, times: int = 1, in_process: bool = True) -> Run:
        """Run a loop over flags; what an empty play takes is taken off."""
        run = self.quickest(LOOP.format(first=1, last=items), items, times, in_process)
        run.seconds -= self.empty.seconds
        run.cpu -= self.empty.cpu
        return run

    def peak_memory(self, tasks: str, items: int | None) -> tuple[float, float]:
        """Run tasks, and return the peak of the worker's memory, and that of ansible-playbook itself, in MB."""
        process = self.start(tasks)
        peaks: dict[int, float] = {}
        ended = threading.Event()

        def watch() -> None:
            while not ended.is_set():
                for pid in [process.pid, *descendants(process.pid)]:
                    peaks[pid] = max(peaks.get(pid, 0.0), high_water_mark(pid))
                ended.wait(0.004)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            status = process.wait()
        finally:
            ended.set()
            watcher.join()
        self.check_output(status, items)
        own = peaks.pop(process.pid, 0.0)
        return max(peaks.values(), default=0.0), own


def descendants(pid: int) -> list[int]:
    """The children of a process, and theirs."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                for child in (thread / "children").read_text(encoding="ascii").split():
                    found += [int(child), *descendants(int(child))]
    return found


def high_water_mark(pid: int) -> float:
    """The most memory that a process ever had, in MB; 0 where there is no such process any more."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        if match := re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE):
            return int(match[1]) * 1024 / 1e6
    return 0.0


class Table:
    """A table in Markdown, aligned so that it reads as well on a terminal."""

    def __init__(self, title: str, *columns: str) -> None:
        self.title = title
        self.rows: list[Sequence[str]] = [columns]

    def add(self, *cells: str) -> None:
        """Append a row."""
        self.rows.append(cells)

    def text(self) -> str:
        """The whole table; all columns but the first are numbers, and stand to the right."""
        widths = [max(len(row[index]) for row in self.rows) for index in range(len(self.rows[0]))]
        lines = []
        for number, row in enumerate(self.rows):
            cells = [cell.rjust(width) if i else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths))]
            lines.append(f"| {' | '.join(cells)} |")
            if not number:
                rule = ["-" * width if not i else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
                lines.append(f"| {' | '.join(rule)} |")
        return f"## {self.title}\n\n" + "\n".join(lines) + "\n"


@dataclass
class Verdict:
    """A target, and what came of it."""

    what: str
    target: str
    measured: str
    reached: bool


def verdicts_table(verdicts: Sequence[Verdict]) -> Table:
    """The targets as a table."""
    table = Table("Targets", "What", "Target", "Measured", "Reached")
    for item in verdicts:
        table.add(item.what, item.target, item.measured, "yes" if item.reached else "NO")
    return table


def allowed(flags: int) -> int:
    """How many requests a loop over unchanged objects may take."""
    return 2 + math.ceil(flags / PAGE)


def noise(stretch: float, load: float) -> str:
    """What to say where the machine was busy with other things, seen by a loop that should do nothing but compute."""
    cores = len(os.sched_getaffinity(0))
    if stretch < 1.3 and load < cores + 1:
        return ""
    return (
        f"The machine was busy with other things (load {load:.0f} on {cores} cores; a loop of debug tasks took "
        f"{stretch:.1f} times its CPU time). Seconds are too many; requests, memory and CPU times hold.\n\n"
    )


def say(text: str) -> None:
    """Tell on standard error what is going on, for those who wait."""
    print(text, file=sys.stderr, flush=True)


def measure(player: Player) -> tuple[list[Table], list[Verdict]]:
    """The whole benchmark."""
    verdicts: list[Verdict] = []
    box = player.box
    box.prepare(ITEMS)
    say("warming up")
    player.run(LOOP.format(first=1, last=5), 5)
    player.run(whole.EMPTY, 0)
    player.empty = player.quickest(whole.EMPTY, 0, 5)

    unchanged = Table(
        f"A loop over {ITEMS} unchanged flags",
        "How", "Latency ms", "Items", "Seconds", "ms an item", "beyond latency", "CPU ms an item", "Requests",
        f"Seconds for {ITEMS}", "Factor",
    )  # fmt: skip
    bare = player.quickest(DEBUG.format(last=ITEMS), ITEMS)
    seconds, cpu = bare.seconds - player.empty.seconds, bare.cpu - player.empty.cpu
    player.note = noise(seconds / cpu, os.getloadavg()[0])
    unchanged.add(
        "debug, to compare", "", str(ITEMS), f"{seconds:.2f}", f"{seconds * 1000 / ITEMS:.1f}", "",
        f"{cpu * 1000 / ITEMS:.1f}", "0", f"{seconds:.1f}", "",
    )  # fmt: skip
    for latency in LATENCIES:
        say(f"unchanged flags, {latency} ms")
        box.prepare(ITEMS, latency)
        quick = player.loop(ITEMS, times=3)
        slow = player.loop(SAMPLE, times=1, in_process=False)
        if quick.changed or quick.writes or slow.changed or slow.writes:
            raise BenchmarkFailed("something was changed where nothing was to change")
        factor = (slow.seconds / SAMPLE) / (quick.seconds / ITEMS)
        beyond = {}
        for name, run, items in (("in-process", quick, ITEMS), ("ordinary modules", slow, SAMPLE)):
            each = run.seconds * 1000 / items
            beyond[name] = each - latency * run.requests / items
            unchanged.add(
                name, str(latency), str(items), f"{run.seconds:.2f}", f"{each:.1f}", f"{beyond[name]:.1f}",
                f"{run.cpu * 1000 / items:.1f}", str(run.requests),
                f"{run.seconds:.1f}" if run is quick else f"{run.seconds * ITEMS / SAMPLE:.0f} (extrapolated)",
                f"{factor:.0f}" if run is quick else "1",
            )  # fmt: skip
        where = f"{ITEMS} unchanged flags, {latency} ms latency"
        mine = beyond["in-process"]
        verdicts += [
            Verdict(f"{where}: ms an item beyond latency", f"<= {TARGET_MS:g}", f"{mine:.1f}", mine <= TARGET_MS),
            Verdict(
                f"a module of its own process, {latency} ms latency: CPU ms",
                f"<= {TARGET_MODULE_CPU_MS:g}",
                f"{slow.cpu * 1000 / SAMPLE:.0f}",
                slow.cpu * 1000 / SAMPLE <= TARGET_MODULE_CPU_MS,
            ),
            Verdict(f"{where}: times faster", f">= {TARGET_FACTOR:g}", f"{factor:.0f}", factor >= TARGET_FACTOR),
            Verdict(
                f"{where}: requests", f"<= {allowed(ITEMS)}", str(quick.requests), quick.requests <= allowed(ITEMS)
            ),
        ]

    created = Table(
        f"A loop that creates {CREATED} flags, in-process",
        "Latency ms", "Seconds", "ms an item", "beyond latency", "CPU ms an item", "Requests", "of these writes",
    )  # fmt: skip
    for latency in LATENCIES:
        say(f"creating flags, {latency} ms")
        box.prepare(0, latency)
        run = player.loop(CREATED)
        if run.changed != CREATED:
            raise BenchmarkFailed(f"{run.changed} of {CREATED} flags were created")
        each = run.seconds * 1000 / CREATED
        created.add(
            str(latency), f"{run.seconds:.2f}", f"{each:.1f}", f"{each - latency * run.requests / CREATED:.1f}",
            f"{run.cpu * 1000 / CREATED:.1f}", str(run.requests), str(run.writes),
        )  # fmt: skip

    memory = Table(
        "Memory, in-process", "Flags in the project", "Items", "Worker's peak MB", "ansible-playbook itself MB"
    )
    for flags, items in ((10, 10), (MANY, 10)):
        say(f"memory, {flags} flags")
        box.prepare(flags)
        worker, parent = player.peak_memory(LOOP.format(first=1, last=items), items)
        memory.add(str(flags), str(items), f"{worker:.0f}", f"{parent:.0f}")
        if flags == MANY:
            verdicts.append(
                Verdict(
                    f"worker's peak memory at {MANY} flags, MB",
                    f"< {TARGET_MEMORY_MB:g}",
                    f"{worker:.0f}",
                    worker < TARGET_MEMORY_MB,
                )
            )
    whole_tables, whole_verdicts = whole.measure(player, Table, Verdict, say)
    verdicts += whole_verdicts
    large_tables, large_verdicts = large.measure(player, Table, Verdict, say)
    verdicts += large_verdicts
    many_tables, many_verdicts = projects.measure(Table, Verdict, say)
    verdicts += many_verdicts
    slice_tables, slice_verdicts = slices.measure(Table, Verdict, say)
    verdicts += slice_verdicts
    beside = terraform.measure(player, Table, say)
    measured = [unchanged, created, memory, *whole_tables, *beside, *large_tables, *many_tables, *slice_tables]
    return [verdicts_table(verdicts), *measured], verdicts


def measure_slices(player: Player) -> tuple[list[Table], list[Verdict]]:
    """Only the slices of a job in AWX, which have a sandbox of their own."""
    tables, verdicts = slices.measure(Table, Verdict, say)
    return [verdicts_table(verdicts), *tables], verdicts


def count(player: Player) -> tuple[list[Table], list[Verdict]]:
    """Only the requests, of loops short enough for every run of the tests."""
    verdicts: list[Verdict] = []
    box = player.box
    for flags, items, what in (
        (1, 1, "one unchanged flag"),
        (60, 60, "60 unchanged flags"),
        (1200, 30, "30 unchanged flags of 1200"),
    ):
        box.prepare(flags)
        run = player.run(LOOP.format(first=1, last=items), items)
        most = 2 if items == 1 else allowed(flags)
        good = run.requests <= most and not run.writes and not run.changed
        verdicts.append(
            Verdict(f"{what}: requests, none of them a write", f"<= {most}", f"{run.requests} ({run.writes})", good)
        )
    box.prepare(0)
    run = player.run(LOOP.format(first=1, last=20), 20)
    most = 20 + READS_TO_CREATE
    good = run.requests <= most and run.writes == run.changed == 20
    verdicts.append(
        Verdict("20 new flags: requests, 20 of them writes", f"<= {most}", f"{run.requests} ({run.writes})", good)
    )
    verdicts += whole.count(player, Verdict)
    return [verdicts_table(verdicts)], verdicts


def machine() -> str:
    """What the numbers were measured with."""
    from importlib.metadata import version

    galaxy = (ROOT / "galaxy.yml").read_text(encoding="utf-8")
    own = re.search(r"^version: (\S+)", galaxy, re.MULTILINE)
    return (
        f"community.posthog {own[1] if own else '?'}, ansible-core {version('ansible-core')}, "
        f"requests {version('requests')}, Python {platform.python_version()}, {platform.system()} on "
        f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, which the sandbox shares"
    )


def report(tables: Sequence[Table], player: Player) -> str:
    """The document. Where Terraform was not measured, what was measured last stays."""
    sections = [table.text() for table in tables]
    if not any(table.title.startswith(terraform.TITLE) for table in tables):
        sections += [kept] if (kept := terraform.kept(REPORT)) else []
    return (
        f"{HEADER}\n# Benchmark\n\n"
        f"Written by `make bench ARGS=--write` on {date.today().isoformat()}: {machine()}.\n\n"
        "PostHog is played by the sandbox, which adds the latency that a row names to each of its answers. Times are "
        f"those of ansible-playbook from start to end, less those of an empty play ({player.empty.seconds:.2f} s); of "
        "loops over unchanged flags, the quickest of three runs. *Beyond latency* is what remains when the "
        "latency of all requests is taken off too; it includes what Ansible itself spends on an item of a loop, which "
        "the row of `ansible.builtin.debug` shows. *CPU* is what ansible-playbook and all its children used.\n\n"
        f"The row of ordinary modules is the same loop with `posthog_in_process: false`, over {SAMPLE} flags, "
        "once.\n\nOf a whole project in one task, *lower bound* is one request to know the project, one for each page "
        "of each list, and one for each dashboard, whose tiles no list tells; of a creation, one for each object. *One "
        "GET an object* is what it takes to refresh each object on its own, as Terraform does. *At best* are the "
        "seconds that latency, concurrency and the limit of requests leave; without a limit, that is more than two "
        "cores can do which the sandbox shares.\n\nThe inventory has 1,000 projects in 20 "
        "organizations; the play keeps a flag, a cohort and a setting in each of 200 of them. That PostHog has a "
        "limit, its forks learn from the first requests that it refuses, as with every PostHog of one's own.\n\n"
        "Slices of a job in AWX are processes of their own, each with every fourth of these projects. How many "
        "requests a minute each may send is what the role `awx` gives it. A minute passes before each of the runs.\n\n"
        "Beside Terraform, seconds are those of the whole commands: `terraform apply` and `terraform plan` with "
        "PostHog's provider, built by hand, and `ansible-playbook`.\n\n"
        f"{player.note}" + "\n".join(sections)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure or count; returns 1 if a run failed, or with --check if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", "--smoke", action="store_true", help="only count requests, and fail if too many")
    parser.add_argument("--slices", action="store_true", help="measure only the slices of a job in AWX")
    parser.add_argument("--write", action="store_true", help="write docs/benchmark.md and the README's table too")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="posthog-benchmark-") as directory, sandbox() as box:
            player = Player(box, Path(directory))
            work = count if options.check else measure_slices if options.slices else measure
            tables, verdicts = work(player)
    except (BenchmarkFailed, RuntimeError) as exc:
        print(f"The benchmark failed: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(player.note + "\n".join(table.text() for table in tables))
    if options.write and not (options.check or options.slices):
        REPORT.write_text(report(tables, player), encoding="utf-8")
        say(f"wrote {REPORT.relative_to(ROOT)}")
        # The README's table follows from it.
        subprocess.run([sys.executable, str(ROOT / "tests/bin/generate"), "numbers"], check=True)
    say(f"{time.monotonic() - begun:.0f} seconds, {sum(item.reached for item in verdicts)} of {len(verdicts)} targets")
    return 1 if options.check and not all(item.reached for item in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
