# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that does what somebody else does meanwhile: one request to the sandbox's API, past the collection.

- sandbox_api: {method: PATCH, path: "feature_flags/{{ flag.id }}/", body: {active: false}}
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
        """Send the request.

        :param tmp: unused.
        :param task_vars: the host's variables.
        :returns: C(status) and C(json); failed where the status is 400 or more.
        """
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        args = self._task.args
        path = str(args["path"])
        if not path.startswith("/"):
            path = f"/api/projects/{os.environ['POSTHOG_PROJECT_ID']}/{path}"
        body = None if args.get("body") is None else json.dumps(args["body"]).encode()
        request = urllib.request.Request(
            os.environ["PLAYBOOK_CONTROL"] + path,
            body,
            {"Authorization": f"Bearer {os.environ['PLAYBOOK_KEY']}", "Content-Type": "application/json"},
            method=str(args.get("method", "GET")),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as exc:
            status, text = exc.code, exc.read()
        result.update(changed=False, status=status, json=json.loads(text) if text else None)
        if status >= 400:
            result.update(failed=True, msg=f"{request.get_method()} {path}: {status} {text[:500]!r}")
        return result
