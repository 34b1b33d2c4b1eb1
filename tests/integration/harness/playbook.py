# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook run: what goes in, and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from dataclasses import dataclass, field, replace
from pathlib import Path

from .interpreter import WarmPython, warm_python
from .server import SandboxServer

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]

#: Methods that change something.
WRITES = ("POST", "PUT", "PATCH", "DELETE")

#: Longest time that a run may take, in seconds.
TIME_LIMIT = 600


@dataclass
class Task:
    """One task of a run, on one host.

    :param name: its name.
    :param action: its module.
    :param check: whether it ran in check mode.
    :param status: ok, failed, skipped or unreachable.
    :param result: what it returned.
    :param items: the results of the items, where it is a loop.
    :param requests: what the sandbox served while it ran.
    :param play: the name of its play.
    """

    name: str
    action: str
    check: bool
    status: str = "none"
    result: dict[str, t.Any] = field(default_factory=dict)
    items: list[dict[str, t.Any]] = field(default_factory=list)
    requests: list[dict[str, t.Any]] = field(default_factory=list)
    play: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did not fail."""
        return self.status == "ok"

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return self.status == "failed"

    @property
    def changed(self) -> bool:
        """Whether it changed something, or would have."""
        return bool(self.result.get("changed"))

    @property
    def msg(self) -> str:
        """What it says."""
        return str(self.result.get("msg", ""))

    @property
    def writes(self) -> list[dict[str, t.Any]]:
        """The requests that change something."""
        return [entry for entry in self.requests if entry["method"] in WRITES]

    @property
    def diffs(self) -> list[dict[str, t.Any]]:
        """What it returned as its diff, always as a list."""
        diff = self.result.get("diff") or []
        return diff if isinstance(diff, list) else [diff]

    def __str__(self) -> str:
        """For the messages of failed tests."""
        place = f" of the play {self.play!r}" if self.play not in ("", "Test") else ""
        lines = [f"task {self.name!r}{place} ({self.action}{', check mode' if self.check else ''}): {self.status}"]
        shown = {key: value for key, value in self.result.items() if key not in ("invocation",)}
        lines.append(json.dumps(shown, default=str)[:3000])
        lines += [
            f"{entry['method']} {entry['path']} {entry['query'] or ''} -> {entry['status']} "
            + json.dumps(entry.get("body", ""))[:800]
            for entry in self.requests
        ]
        return "\n".join(lines)


@dataclass
class Run:
    """A whole run.

    :param returncode: of C(ansible-playbook).
    :param stdout: what a person would have seen.
    :param stderr: the same.
    :param tasks: the results in order; with several hosts, one for each.
    :param recap: Ansible's numbers, by host.
    :param requests: what the sandbox served, all in all.
    """

    returncode: int
    stdout: str
    stderr: str
    tasks: list[Task]
    recap: dict[str, dict[str, int]]
    requests: list[dict[str, t.Any]]

    def __getitem__(self, which: str | int) -> Task:
        """The task of that name, or at that place.

        :param which: a name (the first task that bears it) or a number.
        :returns: the task.
        :raises KeyError: there is none; the message says how the run went.
        """
        if isinstance(which, int):
            return self.tasks[which]
        for task in self.tasks:
            if task.name == which:
                return task
        names = ", ".join(task.name for task in self.tasks)
        raise KeyError(f"no task {which!r} ran, only: {names}\n{self.stdout[-3000:]}\n{self.stderr[-3000:]}")

    def of_play(self, name: str) -> Run:
        """The part of the run that is one play.

        :param name: the play's.
        :returns: a run of its tasks, with everything else as it is.
        """
        return replace(self, tasks=[task for task in self.tasks if task.play == name])

    @property
    def changed(self) -> int:
        """How many tasks changed something, as the recap says."""
        return sum(host["changed"] for host in self.recap.values())

    @property
    def output(self) -> str:
        """Everything that was printed."""
        return self.stdout + self.stderr


class Harness:
    """Runs playbooks against one sandbox.

    :param server: the sandbox.
    :param directory: where files may be put.
    """

    def __init__(self, server: SandboxServer, directory: Path) -> None:
        self.server = server
        self.directory = directory
        self._runs = 0

    def run(
        self,
        tasks: t.Sequence[t.Mapping[str, t.Any]] = (),
        *,
        in_process: bool | None = None,
        check: bool = False,
        diff: bool = False,
        verbosity: int = 0,
        env: t.Mapping[str, str | None] | None = None,
        variables: t.Mapping[str, t.Any] | None = None,
        play: t.Mapping[str, t.Any] | None = None,
        plays: t.Sequence[t.Mapping[str, t.Any]] | None = None,
        path: Path | None = None,
        inventory: str | None = None,
        arguments: t.Sequence[str] = (),
        stop_on_error: bool = False,
        forbidden_writes: bool = False,
        python: WarmPython | None = None,
    ) -> Run:
        """Run a playbook.

        :param tasks: the tasks of its only play.
        :param in_process: sets C(posthog_in_process); None leaves the variable unset.
        :param check: C(--check).
        :param diff: C(--diff).
        :param verbosity: number of C(-v).
        :param env: further environment variables; None takes one away. Without it, the connection is set by
            C(POSTHOG_HOST), C(POSTHOG_API_KEY), C(POSTHOG_ORGANIZATION_ID) and C(POSTHOG_PROJECT_ID) (both ids).
        :param variables: extra variables, as C(-e).
        :param play: further keywords of the play (C(environment), C(module_defaults), C(vars) and so on).
        :param plays: whole plays, in place of tasks.
        :param path: a playbook that is there already, in place of tasks.
        :param inventory: text of an inventory in INI form, in place of C(localhost) with the local connection.
        :param arguments: further arguments of C(ansible-playbook).
        :param stop_on_error: without it, a failed task does not end the play.
        :param forbidden_writes: the test expects writes in check mode; without it they fail the test here.
        :param python: runs it, in place of the one of this test process.
        :returns: what came of it.
        """
        python = python or warm_python()
        self._runs += 1
        place = self.directory / f"run{self._runs}"
        place.mkdir(parents=True)
        events = place / "events.jsonl"
        if path is None:
            path = place / "playbook.yml"
            if plays is None:
                plays = [
                    {
                        "name": "Test",
                        "hosts": "all",
                        "gather_facts": False,
                        **({} if stop_on_error else {"ignore_errors": True}),
                        **(play or {}),
                        "tasks": list(tasks),
                    }
                ]
            # JSON is YAML.
            path.write_text(json.dumps(plays, indent=1), encoding="utf-8")
        hosts = place / "inventory.ini"
        hosts.write_text(
            inventory or f"localhost ansible_connection=local ansible_python_interpreter='{python.path}'\n",
            encoding="utf-8",
        )
        command = ["-i", str(hosts), str(path)]
        command += ["--check"] * check + ["--diff"] * diff + [f"-{'v' * verbosity}"] * bool(verbosity)
        extra = dict(variables or {})
        if in_process is not None:
            extra["posthog_in_process"] = in_process
        if extra:
            command += ["-e", json.dumps(extra)]
        before = len(self.server.log())
        done = python.run(
            "playbook",
            [*command, *arguments],
            cwd=place,
            env=self._environment(place, events, env or {}),
            timeout=TIME_LIMIT,
        )
        self.server.control("settings", {"forbid_writes": False})
        log = self.server.log()[before:]
        run = self._read(events, done, log, before)
        if not forbidden_writes:
            bad = [f"{entry['method']} {entry['path']}" for entry in log if entry.get("forbidden")]
            assert not bad, f"check mode sent writes: {', '.join(bad)}\n{run.stdout[-4000:]}"
        return run

    def _environment(self, place: Path, events: Path, more: t.Mapping[str, str | None]) -> dict[str, str]:
        """The environment of the run: nothing of the tester's own Ansible, PostHog or proxy settings."""
        settings = place / "ansible.cfg"
        settings.touch()
        dropped = ("ANSIBLE_", "POSTHOG_", "PYTEST_")
        result: dict[str, str | None] = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(dropped) and not name.lower().endswith("_proxy")
        }
        result.update(
            ANSIBLE_COLLECTIONS_PATH=collections_path(),
            ANSIBLE_CONFIG=str(settings),
            ANSIBLE_HOME=str(place / "home"),
            ANSIBLE_LOCAL_TEMP=str(place / "tmp"),
            ANSIBLE_REMOTE_TMP=str(place / "remote"),
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="events",
            ANSIBLE_ACTION_PLUGINS=str(HERE / "action"),
            ANSIBLE_RETRY_FILES_ENABLED="false",
            ANSIBLE_NOCOLOR="true",
            ANSIBLE_DEPRECATION_WARNINGS="true",
            # Facts of the tests' own actions are variables; ansible-core 2.24 asks for it to be said.
            ANSIBLE_INJECT_FACT_VARS="true",
            ANSIBLE_PIPELINING="true",
            LC_ALL="C.UTF-8",
            PLAYBOOK_EVENTS=str(events),
            PLAYBOOK_CONTROL=self.server.url,
            PLAYBOOK_KEY=self.server.api_key,
            POSTHOG_HOST=self.server.url,
            POSTHOG_API_KEY=self.server.api_key,
            POSTHOG_ORGANIZATION_ID=self.server.organization,
            POSTHOG_PROJECT_ID=str(self.server.project),
        )
        result.update(more)
        return {name: value for name, value in result.items() if value is not None}

    @staticmethod
    def _read(events: Path, done: subprocess.CompletedProcess[str], log: list[dict[str, t.Any]], before: int) -> Run:
        """Join the events with the sandbox's log."""
        tasks: list[Task] = []
        starts: list[int] = []
        open_tasks: dict[str, Task] = {}
        pending: dict[str, list[dict[str, t.Any]]] = {}
        recap: dict[str, dict[str, int]] = {}
        lines = events.read_text(encoding="utf-8").splitlines() if events.exists() else []
        for line in lines:
            event = json.loads(line)
            if event["event"] == "task":
                open_tasks[event["task"]] = Task(event["name"], event["action"], event["check"], play=event["play"])
                tasks.append(open_tasks[event["task"]])
                starts.append(event["requests"] - before)
            elif event["event"] == "item":
                pending.setdefault(event["task"] + event["host"], []).append(
                    {**event["result"], "status": event["status"]}
                )
            elif event["event"] == "result":
                task = open_tasks[event["task"]]
                if task.status != "none":  # a further host
                    other = Task(task.name, task.action, task.check, play=task.play)
                    where = next(index for index, item in enumerate(tasks) if item is task)
                    tasks.insert(where + 1, other)
                    starts.insert(where + 1, starts[where + 1] if where + 1 < len(starts) else len(log))
                    task = other
                task.status = event["status"]
                task.result = event["result"] or {}
                task.items = pending.pop(event["task"] + event["host"], [])
            elif event["event"] == "stats":
                recap = event["hosts"]
        for index, task in enumerate(tasks):
            end = starts[index + 1] if index + 1 < len(tasks) else len(log)
            task.requests = log[starts[index] : end]
        return Run(done.returncode, done.stdout, done.stderr, tasks, recap, log)


def collections_path() -> str:
    """Where the collection is installed: what the caller says, else the checkout's own tree."""
    return os.environ.get("ANSIBLE_COLLECTIONS_PATH") or str(ROOT / ".build")
