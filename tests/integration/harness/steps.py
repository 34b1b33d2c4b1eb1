# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many steps in one playbook, each with what it must have come to; all that is wrong is told at once."""

from __future__ import annotations

import typing as t

from .compare import differences, steady
from .engine import Engine
from .playbook import Harness, Run, Task

#: The ways in which steps are executed.
ENGINE, IN_PROCESS, MODULE = "engine", "in-process", "module"

#: The ways that a user has.
BOTH = (IN_PROCESS, MODULE)

#: All, so that it shows that the quick one is no other.
EVERY_WAY = (ENGINE, IN_PROCESS, MODULE)

#: Looks at a step after the run.
Check = t.Callable[["Findings", Task, Run], None]


def of_failures(check: Check) -> Check:
    """Mark a check that looks at steps that failed, too."""
    check.of_failures = True  # type: ignore[attr-defined]
    return check


class Findings:
    """What was found to be wrong."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._where = ""
        self._shown = ""

    def look(self, where: str, task: Task | None) -> None:
        """Speak of this step from now on."""
        self._where, self._shown = where, "" if task is None else str(task)

    def true(self, condition: t.Any, text: str) -> bool:
        """Note the text unless the condition holds.

        :param condition: what must be.
        :param text: what is wrong otherwise.
        :returns: whether it held.
        """
        if not condition:
            self.lines.append(f"{self._where}: {text}")
            if self._shown:
                self.lines.append("    " + self._shown.replace("\n", "\n    "))
                self._shown = ""
        return bool(condition)

    def equal(self, actual: t.Any, wanted: t.Any, text: str) -> bool:
        """Note what differs."""
        return self.true(actual == wanted, f"{text} is {actual!r}, wanted {wanted!r}"[:1500])

    def close(self) -> None:
        """Fail if anything was found."""
        found = [line for line in self.lines if not line.startswith(" ")]
        assert not found, f"{len(found)} findings:\n" + "\n".join(found) + "\n\nIn detail:\n" + "\n".join(self.lines)


class Steps:
    """The steps of one playbook.

    :param module: the module that most of them run.
    :param moving: keys of its objects that are never the same twice.
    """

    def __init__(self, module: str, moving: t.Collection[str] = ()) -> None:
        self.module = module
        self.type = module.rpartition("posthog_")[2]
        self.moving = moving
        self.tasks: list[dict[str, t.Any]] = []
        self._checks: list[tuple[str, Check]] = []
        self._compared: list[str] = []
        self._always: list[Check] = []

    def add(
        self,
        name: str,
        options: t.Mapping[str, t.Any],
        *checks: Check,
        check_mode: bool = False,
        register: str | None = None,
        module: str | None = None,
        compared: bool = True,
        **keywords: t.Any,
    ) -> str:
        """A step that runs the module.

        :param name: what to call it; no two steps have the same name.
        :param options: the module's options.
        :param checks: what it must have come to.
        :param check_mode: run it in check mode.
        :param register: variable for the result.
        :param module: another module.
        :param compared: whether both ways of execution must return the same.
        :param keywords: further keywords of the task.
        :returns: the name.
        """
        assert name not in {task["name"] for task in self.tasks}, f"two steps are called {name!r}"
        task: dict[str, t.Any] = {"name": name, module or self.module: dict(options), **keywords}
        if check_mode:
            task["check_mode"] = True
        if register:
            task["register"] = register
        self.tasks.append(task)
        self._checks += [(name, check) for check in checks]
        if compared:
            self._compared.append(name)
        return name

    def api(
        self, name: str, method: str, path: str, body: t.Any = None, *checks: Check, register: str | None = None
    ) -> str:
        """A step of somebody else, past the collection.

        :param name: what to call it.
        :param method: of HTTP.
        :param path: below C(/api/projects/<id>/), or from C(/api/) on.
        :param body: JSON to send.
        :param checks: what it must have come to.
        :param register: variable for the result, with C(json).
        :returns: the name.
        """

        def went_well(found: Findings, task: Task, run: Run) -> None:
            found.true(task.ok, f"the test's own request failed: {task.msg}")

        options = {"method": method, "path": path, **({} if body is None else {"body": body})}
        return self.add(
            name, options, of_failures(went_well), *checks, register=register, module="sandbox_api", compared=False
        )

    def always(self, check: Check) -> None:
        """What every step must have come to, those added later included."""
        self._always.append(check)

    def run(
        self,
        posthog: Harness,
        prepare: t.Callable[[], t.Any] = dict,
        ways: t.Sequence[str] = (ENGINE,),
        **more: t.Any,
    ) -> None:
        """Run the steps, judge them, and compare the ways if there are several.

        Real playbooks cost fifty times as much, so they are for what Ansible may do with options and results; the short
        life of each type (C(test_conformance_playbooks.py)) does most of that.

        :param posthog: runs playbooks.
        :param prepare: brings the sandbox to where the steps begin; may return variables for the playbook.
        :param ways: the ways to go.
        :param more: further arguments of :meth:`Harness.run`.
        """
        found = Findings()
        runs: dict[str, Run] = {}
        for way in ways:
            posthog.server.reset()
            variables = prepare() or {}
            if way == ENGINE:
                run = Engine(posthog.server).run(self.tasks, diff=True, variables=variables)
            else:
                run = posthog.run(self.tasks, in_process=way == IN_PROCESS, diff=True, variables=variables, **more)
            runs[way] = run
            self.judge(found, run, way)
        self.compare(found, runs)
        found.close()

    def run_both_ways(self, posthog: Harness, prepare: t.Callable[[], t.Any] = dict) -> None:
        """Run the steps in all ways; see :meth:`run`."""
        self.run(posthog, prepare, EVERY_WAY)

    def run_here(self, posthog: Harness, prepare: t.Callable[[], t.Any] = dict) -> None:
        """Run the steps without Ansible and in a playbook; see :meth:`run`."""
        self.run(posthog, prepare, (ENGINE, IN_PROCESS))

    def compare(self, found: Findings, runs: t.Mapping[str, Run]) -> None:
        """All ways must have returned the same.

        :param found: collects what differs.
        :param runs: by way.
        """
        first, *others = runs
        for other in others:
            differing = 0
            for name in self._compared:
                one, two = (self._comparable(runs[way], name, ENGINE in (first, other)) for way in (first, other))
                lines = differences(one, two, other_run=True)
                found.look(f"{first} and {other}: {name}", None)
                differing += bool(lines)
                if differing <= 5:
                    found.true(not lines, "they differ: " + "; ".join(line[:200] for line in lines[:6]))
            found.look(f"{first} and {other}", None)
            found.true(differing <= 5, f"{differing} steps differ in all")

    def judge(self, found: Findings, run: Run, way: str) -> None:
        """Look at every step of a run.

        :param found: collects what is wrong.
        :param run: the run.
        :param way: what to call the way of execution.
        """
        ran = {task.name for task in run.tasks}
        for task in self.tasks:
            found.look(f"{way}: {task['name']}", None)
            found.true(task["name"] in ran, f"did not run\n{run.stdout[-1500:]}\n{run.stderr[-1500:]}")
        everywhere = [(task["name"], check) for task in self.tasks for check in self._always]
        for name, check in [*self._checks, *everywhere]:
            if name not in ran or (run[name].failed and not getattr(check, "of_failures", False)):
                # What became of a step that failed is not worth a line for each thing that is missing.
                continue
            found.look(f"{way}: {name}", run[name])
            try:
                check(found, run[name], run)
            except (KeyError, TypeError, AttributeError, IndexError) as exc:
                found.true(False, f"could not be judged: {type(exc).__name__}: {exc}")

    def _comparable(self, run: Run, name: str, bare: bool) -> t.Any:
        """A result in the form in which ways are compared.

        :param bare: one of them is without Ansible, which would have told how the task was called.
        """
        task = next((task for task in run.tasks if task.name == name), None)
        if task is None:
            return None
        # Ansible's own additions, which are not the module's to choose.
        dropped = (
            "ansible_facts",
            "_ansible_verbose_override",
            "_ansible_no_log",
            "_ansible_parsed",
            "stderr",
            "stdout",
            *(("invocation", "exception", "failed") if bare else ()),
        )
        result = {key: value for key, value in task.result.items() if key not in dropped}
        returned = result.get(self.type)
        if isinstance(returned, dict):
            result[self.type] = {key: value for key, value in returned.items() if key not in self.moving}
        return steady({"status": task.status, **result})


# -- what a step may have come to -------------------------------------------------------------------------------------


@of_failures
def changed(found: Findings, task: Task, run: Run) -> None:
    """It changed something, or would."""
    found.true(task.ok and task.changed, f"must be changed, is {task.status}: {task.msg}")


@of_failures
def unchanged(found: Findings, task: Task, run: Run) -> None:
    """Nothing changed, and nothing was written."""
    silent(found, task, run)
    found.true(task.ok and not task.changed, f"must be unchanged, is {task.status}: {task.msg}")
    diffs = [diff for diff in task.diffs if diff.get("before") != diff.get("after")]
    found.true(not diffs, f"unchanged, yet a diff: {diffs}"[:1500])
    found.true(not task.result.get("changes"), f"unchanged, yet changes: {task.result.get('changes')}"[:1500])


@of_failures
def silent(found: Findings, task: Task, run: Run) -> None:
    """Nothing was written."""
    sent = [f"{entry['method']} {entry['path']} {entry.get('body')}" for entry in task.writes]
    found.true(not sent, f"must write nothing, sent {sent}"[:1500])


def requests_at_most(limit: int) -> Check:
    """It took no more requests than this."""

    def check(found: Findings, task: Task, run: Run) -> None:
        sent = [f"{entry['method']} {entry['path']} {entry['query'] or ''}" for entry in task.requests]
        found.true(len(sent) <= limit, f"{len(sent)} requests, at most {limit} are allowed: {sent}")

    return check


def refused(*texts: str, status: int | None = None) -> Check:
    """It failed, with these texts in its message, and wrote nothing that the server took.

    :param texts: parts of the message, in any case of letters.
    :param status: C(status_code) of the result.
    """

    def check(found: Findings, task: Task, run: Run) -> None:
        if not found.true(task.failed, "must fail"):
            return
        for text in texts:
            found.true(text.lower() in task.msg.lower(), f"the message must say {text!r}")
        if status is not None:
            found.equal(task.result.get("status_code"), status, "status_code")
        found.true("defect" not in task.msg, "the engine broke")
        taken = [entry for entry in task.writes if entry["status"] < 400]
        found.true(not taken, f"failed, yet wrote {taken}"[:800])

    return of_failures(check)


def no_warnings(found: Findings, task: Task, run: Run) -> None:
    """It says nothing to worry about."""
    found.true(not task.result.get("warnings"), f"warns: {task.result.get('warnings')}"[:800])
