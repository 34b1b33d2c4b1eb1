# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks in the test process: the action plugin's own code, with nothing of Ansible around it.

It takes the same tasks as a playbook and gives the same results, at a hundredth of the cost, which is what lets every
field of every type be tried. That it does give the same results is what the playbooks of
C(test_conformance_playbooks.py) compare.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pathlib
import typing as t
import uuid
from types import SimpleNamespace

import jinja2

from .playbook import Run, Task
from .server import SandboxServer

#: Keywords of tasks that are understood here.
_KEYWORDS: t.Final = frozenset({"name", "check_mode", "register", "loop", "no_log"})


class Engine:
    """Runs tasks against one sandbox.

    :param server: the sandbox.
    :param hurried: repeats come at once, where a module would wait.
    """

    def __init__(self, server: SandboxServer, *, hurried: bool = False) -> None:
        self.server = server
        self.hurried = hurried
        self._jinja = jinja2.Environment(undefined=jinja2.StrictUndefined)
        # Processes of one run count their requests together in Ansible's directory for that run, and each engine is a
        # run of its own: without this, the tests of a process would share the requests of a minute.
        from ansible_collections.community.posthog.plugins.plugin_utils._options import shared_directory

        for counted in pathlib.Path(shared_directory() or os.devnull).glob("posthog-budget-*"):
            counted.unlink()

    def run(
        self,
        tasks: t.Sequence[t.Mapping[str, t.Any]],
        *,
        diff: bool = False,
        variables: t.Mapping[str, t.Any] | None = None,
        env: t.Mapping[str, str] | None = None,
    ) -> Run:
        """Run tasks, the failed ones included, to the end.

        :param tasks: as in a playbook.
        :param diff: C(--diff).
        :param variables: extra variables.
        :param env: further environment variables.
        :returns: what came of it.
        """
        control = self.server.local_control
        start = len(control.log)
        known = dict(variables or {})
        done: list[Task] = []
        with self._environment(env or {}), self._hurried():
            for item in tasks:
                done.append(self._task(item, known, diff))
        log = json.loads(json.dumps(control.log[start:]))
        bad = [f"{entry['method']} {entry['path']}" for entry in log if entry.get("forbidden")]
        assert not bad, f"check mode sent writes: {', '.join(bad)}"
        return Run(0, "", "", done, {}, log)

    def _task(self, item: t.Mapping[str, t.Any], known: dict[str, t.Any], diff: bool) -> Task:
        """Run one task."""
        module = next(key for key in item if key not in _KEYWORDS)
        unknown = set(item) - _KEYWORDS - {module}
        assert not unknown, f"the engine alone knows nothing of {unknown}"
        check = bool(item.get("check_mode"))
        task = Task(item["name"], module, check)
        control = self.server.local_control
        before = len(control.log)
        control.forbid_writes = check
        looped = "loop" in item
        identifier = str(uuid.uuid4())
        results = []
        try:
            for one in self.rendered(item["loop"], known) if looped else [None]:
                scope = {**known, "item": one} if looped else known
                try:
                    args = self.rendered(item[module], scope)
                    result = self._module(module, args, identifier, check, diff, looped, bool(item.get("no_log")))
                except jinja2.UndefinedError as exc:
                    result = {"failed": True, "msg": f"the task's options: {exc}"}
                # What a playbook's callbacks get to see.
                result = json.loads(json.dumps(result, default=str))
                results.append(
                    {"changed": False, **result, "status": "failed" if result.get("failed") else "ok"}
                    if looped
                    else result
                )
        finally:
            control.forbid_writes = False
        if looped:
            task.items = results
            task.result = {
                "changed": any(entry["changed"] for entry in results),
                "results": results,
                **({"failed": True} if any(entry.get("failed") for entry in results) else {}),
            }
        else:
            task.result = results[0]
        task.status = "failed" if task.result.get("failed") else "ok"
        task.requests = json.loads(json.dumps(control.log[before:]))
        if item.get("register"):
            known[item["register"]] = task.result
        return task

    def _module(
        self,
        module: str,
        args: dict[str, t.Any],
        identifier: str,
        check: bool,
        diff: bool,
        looped: bool,
        hidden: bool = False,
    ) -> dict[str, t.Any]:
        if module == "sandbox_api":
            return self._api(**args)
        from ansible_collections.community.posthog.plugins.module_utils._handlers.index import handler
        from ansible_collections.community.posthog.plugins.plugin_utils import _action

        # All that the action plugin wants to know of Ansible.
        action = object.__new__(_action.PostHogAction)
        action._task = SimpleNamespace(
            _uuid=identifier,
            check_mode=check,
            diff=diff,
            loop=[1] if looped else None,
            retries=None,
            no_log=hidden,
        )
        action._variables = {}
        try:
            result = {"changed": False, **action._run_in_process(handler(module), args)}
        finally:
            if not looped:
                _action.SessionCache.drop()
        result.pop("invocation", None)
        return result

    def _api(self, path: str, method: str = "GET", body: t.Any = None) -> dict[str, t.Any]:
        """What somebody else does meanwhile; see C(action/sandbox_api.py)."""
        status, answer = self.server.request(method, path, body)
        result: dict[str, t.Any] = {"changed": False, "status": status, "json": answer}
        if status >= 400:
            result.update(failed=True, msg=f"{method} {path}: {status} {str(answer)[:500]}")
        return result

    def rendered(self, value: t.Any, known: t.Mapping[str, t.Any]) -> t.Any:
        """Options with their templates filled in; a template that is all of a text keeps the type of its value."""
        if isinstance(value, dict):
            return {self.rendered(key, known): self.rendered(inner, known) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.rendered(inner, known) for inner in value]
        if not isinstance(value, str) or ("{{" not in value and "{%" not in value):
            return value
        text = value.strip()
        if text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1:
            found = self._jinja.compile_expression(text[2:-2].strip(), undefined_to_none=False)(**known)
            if isinstance(found, jinja2.Undefined):
                raise jinja2.UndefinedError(f"{text} is undefined")
            return found
        return self._jinja.from_string(value).render(**known)

    @contextlib.contextmanager
    def _hurried(self) -> t.Iterator[None]:
        from ansible_collections.community.posthog.plugins.module_utils._handlers import sessions

        usual = sessions.Client
        if self.hurried:
            sessions.Client = functools.partial(usual, sleep=lambda seconds: None)
        try:
            yield
        finally:
            sessions.Client = usual

    @contextlib.contextmanager
    def _environment(self, more: t.Mapping[str, str]) -> t.Iterator[None]:
        """The connection, as the playbooks have it, and nothing of the tester's own settings."""
        before = dict(os.environ)
        for name in before:
            if name.startswith("POSTHOG_") or name.lower().endswith("_proxy"):
                del os.environ[name]
        os.environ.update(
            {
                "POSTHOG_HOST": self.server.url,
                "POSTHOG_API_KEY": self.server.api_key,
                "POSTHOG_ORGANIZATION_ID": self.server.organization,
                "POSTHOG_PROJECT_ID": str(self.server.project),
                **more,
            }
        )
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
