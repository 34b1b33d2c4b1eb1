# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs M(community.posthog.posthog_config): reads the files on the controller, then runs like every other module."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.errors import AnsibleError

from ansible_collections.community.posthog.plugins.module_utils._data.mistakes import mistake
from ansible_collections.community.posthog.plugins.plugin_utils._action import PostHogAction
from ansible_collections.community.posthog.plugins.plugin_utils._config_files import missing, read_documents
from ansible_collections.community.posthog.plugins.plugin_utils._files import write
from ansible_collections.community.posthog.plugins.plugin_utils._option_variables import OptionVariables
from ansible_collections.community.posthog.plugins.plugin_utils._shown import host_of, show


class ActionModule(PostHogAction):
    """See the base class."""

    MODULE = "posthog_config"

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """See the base class: whatever a task fails of is among C(mistakes).

        :param tmp: unused.
        :param task_vars: the host's variables.
        :returns: the task's result.
        """
        result = super().run(tmp, task_vars)
        if result.get("failed") and not result.get("mistakes"):
            result["mistakes"] = [mistake("", str(result.get("msg") or ""))]
        if self._task.args.get("mistakes_dest"):
            text = json.dumps(result.get("mistakes") or [], indent=1, ensure_ascii=False)
            self._write("mistakes_dest", f"{text}\n", result)
        return result

    def prepare_args(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        """See the base class: O(src) and O(overlays) become a part of O(config), O(report_dest) stays here."""
        args.pop("mistakes_dest", None)
        if args.pop("report_dest", None):
            args["report"] = "markdown"
        if args.pop("plan_dest", None):
            args["fingerprint"] = True
        if isinstance(args.get("plan"), str) and args["plan"]:
            args["plan"] = self._plan_in(str(args["plan"]))
        read: list[dict[str, t.Any]] = []
        for option in ("src", "overlays"):
            names = args.pop(option, None) or []
            names = [names] if isinstance(names, str) else list(names)
            read += read_documents(names, self._found, self._loader, self._templar.template, option)
        if not read:
            return args
        config = args.get("config")
        own = config if isinstance(config, list) else [] if config is None else [config]
        return {**args, "config": [*own, *read]}

    def _found(self, name: str) -> str:
        """Find a file or a directory where Ansible looks for files, and then where Ansible was started.

        Users of this collection's playbooks keep their files in their own directory, not beside the playbooks.
        """
        try:
            return str(self._find_needle("files", name))
        except AnsibleError:
            here = os.path.abspath(os.path.expanduser(name))
            if not os.path.exists(here):
                raise AnsibleError(f"src: {missing(name, self._task.get_search_path())}") from None
            return here

    def _plan_in(self, name: str) -> t.Any:
        """What a file of a plan holds; paths begin where Ansible was started."""
        path = os.path.abspath(os.path.expanduser(name))
        try:
            with open(path, encoding="utf-8") as stream:
                return json.load(stream)
        except (OSError, ValueError) as exc:
            raise AnsibleError(f"plan: {name} cannot be read: {exc}") from exc

    def nothing_declared(self, origins: OptionVariables) -> list[str]:
        """See the base class: a user who runs a role and declares nothing has forgotten a variable."""
        config = self._task.args.get("config")
        # A role hands over one document for each of its variables; all of them may be empty.
        if self._task.args.get("src") or (any(config) if isinstance(config, list) else config):
            return []
        written = self._written()
        names = origins.behind([written.get("src"), written.get("config")])
        return [f"Nothing is declared: give {', '.join(names[:-1])} or {names[-1]}."] if len(names) > 1 else []

    def finish_result(self, outcome: dict[str, t.Any]) -> None:
        """See the base class: the summary is shown at any verbosity, except in output for programs.

        Plan and report are written in check mode too, since the plan is what a reviewer reads.
        """
        if "plan_markdown" in outcome:
            self._write("report_dest", outcome["plan_markdown"], outcome)
        if "plan_file" in outcome and self._task.args.get("plan_dest"):
            text = json.dumps(outcome.pop("plan_file"), indent=1, sort_keys=True, ensure_ascii=False)
            self._write("plan_dest", f"{text}\n", outcome)
        if (outcome.get("counts") or "checked" in outcome) and not outcome.get("failed") and not self._task.no_log:
            show(f"posthog_config: {outcome['msg']}", host_of(self._variables))

    def _write(self, option: str, text: str, outcome: dict[str, t.Any]) -> None:
        """Write a text to the file that an option names, if it names one."""
        dest = self._task.args.get(option)
        if not dest:
            return
        path = self._loader.path_dwim(os.path.abspath(os.path.expanduser(str(dest))))
        try:
            write(path, {"": text}, clean=False, check_mode=False)
        except AnsibleError as exc:
            text = str(exc.message).replace("dest:", f"{option}:", 1)
            done = outcome.get("changed") and not self._task.check_mode
            outcome.update(failed=True, msg=f"{text}; the plan was carried out" if done else text)
