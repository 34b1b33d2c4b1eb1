# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs M(community.posthog.posthog_export) like every other module, then writes the files on the controller."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.errors import AnsibleError

from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource
from ansible_collections.community.posthog.plugins.plugin_utils._action import PostHogAction
from ansible_collections.community.posthog.plugins.plugin_utils._files import files_of, write

#: What stands above the commands with which Terraform lets go of what was exported.
_STATE_RM: t.Final = """#!/bin/sh
# Run it in the directory of the Terraform configuration, once the exported files are applied and leave all unchanged.
# It deletes nothing in PostHog. Take the resources out of the configuration, too.
set -e
"""


class ActionModule(PostHogAction):
    """See the base class."""

    MODULE = "posthog_export"

    def prepare_args(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        """See the base class: the file that O(from_terraform) names is on the controller."""
        name = args.get("from_terraform")
        if not isinstance(name, str) or not name:
            return args
        path = os.path.abspath(os.path.expanduser(name))
        try:
            with open(path, encoding="utf-8") as stream:
                return {**args, "from_terraform": json.load(stream)}
        except (OSError, ValueError) as exc:
            raise AnsibleError(f"from_terraform: {name} cannot be read: {exc}") from exc

    def finish_result(self, outcome: dict[str, t.Any]) -> None:
        """See the base class: O(dest) is on the controller, wherever the module ran."""
        dest = self._task.args.get("dest")
        if not dest or outcome.get("failed") or "config" not in outcome:
            return
        layout = str(self._task.args.get("layout") or "type")
        texts = files_of(outcome["config"], outcome.get("source") or {}, outcome.get("secrets") or [], layout)
        if layout != "single" and (outcome.get("terraform") or {}).get("state_rm"):
            commands = "\n".join(outcome["terraform"]["state_rm"])
            texts["terraform-state-rm.sh"] = f"{_STATE_RM}{commands}\n"
        different = write(
            self._loader.path_dwim(str(dest)),
            texts,
            clean=self._clean(),
            check_mode=bool(self._task.check_mode),
            unread={
                resource(entry["type"]).plural
                for entry in outcome.get("unfaithful") or ()
                if not entry["name"] and not entry["path"]
            },
        )
        outcome["changed"] = bool(different)
        outcome["files"] = [entry["path"] for entry in different]
        if self._task.diff:
            outcome["diff"] = [
                {
                    "before": entry["before"],
                    "after": entry["after"],
                    "before_header": entry["path"],
                    "after_header": entry["path"],
                }
                for entry in different
            ]

    def _clean(self) -> bool:
        from ansible.module_utils.parsing.convert_bool import boolean

        return boolean(self._task.args.get("clean") or False, strict=False)
