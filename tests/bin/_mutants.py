#!/usr/bin/env python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``mutants`` runs in the mutated copy of the collection: pytest, to see which lines each test runs, and to try.

To try a mutant takes no new start of Python: the tests are collected once, and each mutant gets a fork of that process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import sys
import threading
import time
import types
import typing as t
from pathlib import Path

import pytest

if t.TYPE_CHECKING:
    from collections.abc import Iterator

PYTEST = (
    "--ansible-unit-inject-only",
    "-q",
    "--tb=short",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-o",
    "addopts=",
)

#: How the process that tries a mutant ends. A signal is a test that did not end.
SURVIVED, NOTICED = 0, 1

#: What a test may take: so many seconds, and so often what it takes without a mutation.
PATIENCE = 60
TIMES = 20


class Lines:
    """Which lines of the engine run.

    :param folder: where the engine lies.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.seen: set[tuple[str, int]] = set()
        self._monitoring = sys.monitoring
        self._tool = self._monitoring.PROFILER_ID
        self._monitoring.use_tool_id(self._tool, "mutants")
        events = self._monitoring.events
        self._monitoring.register_callback(self._tool, events.PY_START, self._start)
        self._monitoring.register_callback(self._tool, events.LINE, self._line)
        self._monitoring.set_events(self._tool, events.PY_START)

    def watch(self) -> None:
        """Watch every function that is loaded."""
        for found in gc.get_objects():
            if isinstance(found, types.FunctionType):
                self._watch(found.__code__)

    def _watch(self, code: types.CodeType) -> None:
        if code.co_filename.startswith(self.folder):
            self._monitoring.set_local_events(self._tool, code, self._monitoring.events.LINE)
            for inner in code.co_consts:
                if isinstance(inner, types.CodeType):
                    self._watch(inner)

    def afresh(self) -> None:
        """Forget what ran."""
        self.seen = set()
        self._monitoring.restart_events()

    def _start(self, code: types.CodeType, offset: int) -> t.Any:
        if code.co_filename.startswith(self.folder):
            self._watch(code)
            self.seen.add((code.co_filename, code.co_firstlineno))
        return self._monitoring.DISABLE

    def _line(self, code: types.CodeType, line: int) -> t.Any:
        self.seen.add((code.co_filename, line))
        return self._monitoring.DISABLE


class Mapping:
    """Runs every test once, with nothing changed.

    :param folder: where the engine lies.
    :param alone: tests below these folders must not start a process, for what that one runs would not be seen.
    """

    def __init__(self, folder: str, alone: list[str]) -> None:
        self._lines = Lines(folder)
        self._alone = tuple(alone)
        self._strict = False
        self.seconds: dict[str, float] = {}
        self.lines: dict[str, dict[int, list[int]]] = {}
        self.failed: list[str] = []
        sys.addaudithook(self._audit)

    def _audit(self, event: str, details: t.Any) -> None:
        if self._strict and event in ("subprocess.Popen", "os.posix_spawn"):
            raise RuntimeError("this test starts a process")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """All modules are imported."""
        self._lines.watch()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Take down which lines the test ran, and how long it took."""
        self._lines.afresh()
        self._strict = item.nodeid.startswith(self._alone)
        start = time.monotonic()
        try:
            return (yield)
        finally:
            self._strict = False
            number = len(self.seconds)
            self.seconds[item.nodeid] = round(time.monotonic() - start, 4)
            for path, line in self._lines.seen:
                self.lines.setdefault(path, {}).setdefault(line, []).append(number)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Leave out tests that fail with nothing changed, and those that are skipped."""
        if not report.passed:
            self.failed.append(report.nodeid)


class Trial:
    """Tries mutants, each in a fork.

    :param plan: C(mutants), a list of C(name), C(tests) and C(control); C(seconds) of each test; C(budget), C(jobs),
        and C(minutes) after which no other mutant is begun.
    :param results: where each result becomes a line as soon as it is there.
    :param temporary: a directory for what the tests write.
    """

    def __init__(self, plan: dict[str, t.Any], results: Path, temporary: Path) -> None:
        self._plan = plan
        self._results = results
        self._temporary = temporary
        self._noticing: dict[str, list[str]] = {}
        self._running: dict[int, tuple[dict[str, t.Any], int, float]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests."""
        if threading.active_count() > 1:
            raise pytest.UsageError("collecting the tests started threads: " + str(threading.enumerate()))
        items = {item.nodeid: item for item in session.items}
        # Else each fork copies the memory of all that there is, just to find that none of it is garbage.
        gc.collect()
        gc.freeze()
        with self._results.open("w", encoding="utf-8") as written:
            end = time.monotonic() + 60 * self._plan["minutes"]
            for mutant in self._plan["mutants"]:
                if time.monotonic() > end:
                    break
                if not mutant["tests"]:
                    self._note(written, mutant, "no test", "", 0.0)
                    continue
                while len(self._running) >= self._plan["jobs"]:
                    self._end_one(written)
                self._begin(session, mutant, items)
            while self._running:
                self._end_one(written)
        return True

    def _begin(self, session: pytest.Session, mutant: dict[str, t.Any], items: dict[str, pytest.Item]) -> None:
        module = mutant["name"].rpartition(".")[0]
        # The unit tests first. Those that noticed a mutant of this module before are likely to notice another one.
        before = {name: rank for rank, name in enumerate(self._noticing.get(module, []))}
        seconds: dict[str, float] = self._plan["seconds"]
        chosen = sorted(
            (name for name in mutant["tests"] if name in items),
            key=lambda name: (layer(name), name not in before, -before.get(name, 0), seconds[name]),
        )
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            status = SURVIVED
            try:
                os.close(reading)
                status = self._try(session, mutant, [items[name] for name in chosen], writing)
            except BaseException:
                status = NOTICED
            finally:
                os._exit(status)
        os.close(writing)
        self._running[pid] = (mutant, reading, time.monotonic())

    def _try(self, session: pytest.Session, mutant: dict[str, t.Any], items: list[pytest.Item], writing: int) -> int:
        """Run tests in the fork until one fails."""
        os.setsid()
        place = self._temporary / str(os.getpid())
        place.mkdir(parents=True)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(place)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        # mutmut is in no other environment than that of the mutants.
        trampoline = importlib.import_module("mutmut.mutation.trampoline")
        trampoline.set_mutant_under_test("" if mutant["control"] else mutant["name"])
        for item, following in zip(items, [*items[1:], None]):
            # Not by the clock on the wall: what counts as noticed must not depend on what else the machine does.
            if time.process_time() > self._plan["budget"]:
                return SURVIVED
            signal.setitimer(signal.ITIMER_REAL, PATIENCE + TIMES * self._plan["seconds"][item.nodeid])
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                os.write(writing, item.nodeid.encode())
                return NOTICED
        return SURVIVED

    def _end_one(self, written: t.TextIO) -> None:
        pid, status = os.waitpid(-1, 0)
        if pid not in self._running:
            return
        mutant, reading, start = self._running.pop(pid)
        with os.fdopen(reading, "rb") as pipe:
            output = pipe.read().decode()
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        shutil.rmtree(self._temporary / str(pid), ignore_errors=True)
        code = os.waitstatus_to_exitcode(status)
        state = "timeout" if code < 0 else "survived" if code == SURVIVED else "noticed"
        if state == "noticed" and output and not mutant["control"]:
            known = self._noticing.setdefault(mutant["name"].rpartition(".")[0], [])
            if output in known:
                known.remove(output)
            known.append(output)
        self._note(written, mutant, state, output, round(time.monotonic() - start, 2))

    @staticmethod
    def _note(written: t.TextIO, mutant: dict[str, t.Any], state: str, by: str, seconds: float) -> None:
        result = {
            "name": mutant["name"],
            "control": mutant["control"],
            "state": state,
            "by": by,
            "seconds": seconds,
        }
        written.write(json.dumps(result) + "\n")
        written.flush()


def layer(test: str) -> str:
    """Return the layer of a test.

    :param test: its name.
    :returns: C(unit), or C(whole tasks) for tests that run tasks against the sandbox; in the order in which they run.
    """
    return "unit" if "/tests/unit/" in test else "whole tasks"


def main() -> int:
    """Do one of both; the arguments are the path of a plan, and where the result goes."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    result = Path(sys.argv[2])
    # mutmut's way to have pytest take the copy's files though others of the same name exist.
    os.environ["PY_IGNORE_IMPORTMISMATCH"] = "1"
    os.environ["MUTANT_UNDER_TEST"] = ""
    words = [*PYTEST, "--rootdir=.", *plan["selection"]]
    if "mutants" in plan:
        return int(pytest.main(words, plugins=[Trial(plan, result, result.parent / "temporary")]))
    mapping = Mapping(plan["engine"], plan["alone"])
    pytest.main(words, plugins=[mapping])
    found: dict[str, dict[str, t.Any]] = {}
    names = list(mapping.seconds)
    for name, took in mapping.seconds.items():
        one = found.setdefault(name.partition("::")[0], {"seconds": {}, "lines": {}, "failed": []})
        one["seconds"][name] = took
    for name in sorted(set(mapping.failed)):
        found[name.partition("::")[0]]["failed"].append(name)
    for path, lines in mapping.lines.items():
        for line, numbers in lines.items():
            for number in numbers:
                known = found[names[number].partition("::")[0]]["lines"].setdefault(path, {})
                known.setdefault(str(line), []).append(names[number])
    result.write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
