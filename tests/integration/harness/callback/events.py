# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what happens in a playbook as one JSON line for each event, and keeps the sandbox informed.

At the start of each task it notes how many requests the sandbox has served, which is how the harness tells whose a
request was, and, for a task in check mode, has the sandbox refuse writes until the next task.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: events
type: notification
short_description: One JSON line for each event
description: For the integration tests of this collection.
"""


class CallbackModule(CallbackBase):
    """See the documentation above."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self._file = open(os.environ["PLAYBOOK_EVENTS"], "a", encoding="utf-8", buffering=1)  # noqa: SIM115
        self._control = os.environ.get("PLAYBOOK_CONTROL", "")
        self._connection: http.client.HTTPConnection | None = None
        self._forbidden: bool | None = None
        self._play = ""

    # -- out ----------------------------------------------------------------------------------------------------------

    def _write(self, event: str, **more: t.Any) -> None:
        self._file.write(json.dumps({"event": event, "time": time.time(), **more}, default=str) + "\n")

    def _call(self, method: str, path: str, body: t.Any = None) -> t.Any:
        """One request to the sandbox's control endpoint, over a connection that stays open."""
        if not self._control:
            return {}
        for attempt in (1, 2):
            if self._connection is None:
                host = self._control.split("//", 1)[1].strip("/")
                self._connection = http.client.HTTPConnection(host, timeout=30)
            try:
                data = None if body is None else json.dumps(body)
                self._connection.request(method, f"/__control__/{path}", data, {"Content-Type": "application/json"})
                answer = self._connection.getresponse()
                return json.loads(answer.read() or b"{}")
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self._connection = None
                if attempt == 2:
                    raise
        return {}

    def _forbid(self, wanted: bool) -> None:
        if wanted != self._forbidden:
            self._call("POST", "settings", {"forbid_writes": wanted})
            self._forbidden = wanted

    def _task(self, task: t.Any) -> None:
        check = task.check_mode is True or str(task.check_mode).lower() in ("true", "yes")
        self._forbid(check)
        self._write(
            "task",
            task=str(task._uuid),
            name=str(task.get_name()),
            action=str(task.action),
            check=check,
            play=self._play,
            requests=self._call("GET", "counters").get("total", 0),
        )

    def _result(self, event: str, status: str, result: t.Any, **more: t.Any) -> None:
        data = result.result if hasattr(type(result), "result") else result._result
        host = result.host if hasattr(type(result), "host") else result._host
        task = result.task if hasattr(type(result), "task") else result._task
        self._write(event, task=str(task._uuid), host=str(host.get_name()), status=status, result=data, **more)

    # -- in -----------------------------------------------------------------------------------------------------------

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        """A play begins."""
        self._play = str(play.get_name())

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        """A task begins."""
        self._task(task)

    def v2_playbook_on_handler_task_start(self, task: t.Any) -> None:
        """A handler begins."""
        self._task(task)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """A task went well."""
        self._result("result", "ok", result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """A task failed."""
        self._result("result", "failed", result, ignored=ignore_errors)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        """A host could not be reached."""
        self._result("result", "unreachable", result)

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        """A task was skipped."""
        self._result("result", "skipped", result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        """An item of a loop went well."""
        self._result("item", "ok", result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        """An item of a loop failed."""
        self._result("item", "failed", result)

    def v2_runner_item_on_skipped(self, result: t.Any) -> None:
        """An item of a loop was skipped."""
        self._result("item", "skipped", result)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """The play is over."""
        if self._forbidden:
            self._forbid(False)
        self._write("stats", hosts={host: stats.summarize(host) for host in stats.processed})
