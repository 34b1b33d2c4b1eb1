# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback for programs, as those that print JSON are: one document at the end, and nothing else."""

from __future__ import annotations

import json
import typing as t

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: lines_json
type: stdout
short_description: The results of all tasks as one JSON document
description: For the integration tests of this collection.
"""


class CallbackModule(CallbackBase):
    """See the documentation above."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lines_json"

    def __init__(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(*args, **kwargs)
        self._messages: list[t.Any] = []

    def v2_runner_on_ok(self, result: t.Any, **kwargs: t.Any) -> None:
        """See Ansible.

        :param result: of a task.
        :param kwargs: unused.
        """
        found = getattr(result, "result", None) or result._result
        self._messages.append(found.get("msg"))

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """See Ansible.

        :param stats: of the run.
        """
        self._display.display(json.dumps(self._messages))
