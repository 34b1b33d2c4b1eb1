# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that calls a function of the test that runs the playbook; see C(harness/hooks.py).

- sandbox_hook: {name: cohort}
"""

from __future__ import annotations

import json
import os
import typing as t
import urllib.error
import urllib.request

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """See above."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Call it.

        :param tmp: unused.
        :param task_vars: the host's variables.
        :returns: what the function returned, as facts.
        """
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        url = f"{os.environ['PLAYBOOK_HOOKS']}/{self._task.args['name']}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, b"", method="POST"), timeout=60) as answer:
                result.update(changed=False, ansible_facts=json.loads(answer.read()))
        except urllib.error.HTTPError as exc:
            result.update(failed=True, msg=exc.read().decode())
        return result
