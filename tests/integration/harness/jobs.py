# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks as AWX runs jobs: through ansible-runner, in a private data directory of AWX's layout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

import yaml

from .playbook import ROOT
from .server import SandboxServer

#: What runs a job; its settings come as JSON, and it prints the status.
PROGRAM: t.Final = """
import json, sys, ansible_runner
print(ansible_runner.run(**json.load(sys.stdin)).status)
"""


@dataclass
class Job:
    """What came of a job.

    :param status: C(successful) or C(failed).
    :param stdout: what AWX shows.
    :param events: what it keeps.
    :param artifacts: what C(set_stats) left, which a workflow hands on.
    :param stats: the recap.
    :param requests: what the sandbox served meanwhile.
    :param place: the private data directory.
    """

    status: str
    stdout: str
    events: list[dict[str, t.Any]]
    artifacts: dict[str, t.Any]
    stats: dict[str, dict[str, int]]
    requests: list[dict[str, t.Any]]
    place: Path

    @property
    def writes(self) -> list[str]:
        """The requests that change something."""
        return [f"{item['method']} {item['path']}" for item in self.requests if item["method"] != "GET"]

    @property
    def changed(self) -> int:
        """How many tasks changed something."""
        return sum(self.stats.get("changed", {}).values())

    def files_with(self, text: str) -> list[str]:
        """The files that AWX keeps and that hold a text.

        Not among them are the variables that it hands to the job, and the file in which ansible-runner by itself notes
        the whole command with its environment: AWX does not keep that, it keeps the environment with secrets masked.
        """
        return [
            str(path.relative_to(self.place))
            for path in self.place.rglob("*")
            if path.is_file()
            and not path.is_symlink()
            and path.relative_to(self.place).parts[0] != "env"
            and path.name != "command"
            and text in path.read_text(encoding="utf-8", errors="replace")
        ]


class Controller:
    """Runs jobs.

    :param server: the sandbox.
    :param directory: where files may be put.
    """

    def __init__(self, server: SandboxServer, directory: Path) -> None:
        self.server = server
        self.directory = directory
        self._jobs = 0

    def environment(self, **more: str) -> dict[str, str]:
        """What the credential gives a job: all variables, most of them empty."""
        return {
            "POSTHOG_API_KEY": self.server.api_key,
            "POSTHOG_REGION": "",
            "POSTHOG_HOST": self.server.url,
            "POSTHOG_ORGANIZATION_ID": "",
            "POSTHOG_PROJECT_ID": "",
            **more,
        }

    def run(
        self,
        playbook: str,
        variables: t.Mapping[str, t.Any] | None = None,
        *,
        environment: t.Mapping[str, str] | None = None,
        cmdline: str = "",
        inventory: t.Mapping[str, t.Any] | None = None,
        files: t.Mapping[str, t.Any] | None = None,
        fact_cache: bool = False,
        extra_plays: t.Sequence[t.Mapping[str, t.Any]] = (),
    ) -> Job:
        """Run a job.

        :param playbook: a file of the project.
        :param variables: survey answers and extra variables.
        :param environment: what the credential gives, in place of :meth:`environment`.
        :param cmdline: C(--check), C(--diff), C(--become) and so on.
        :param inventory: as C(ansible-inventory --list) shows it; without it, there is no host.
        :param files: further files of the project: text, or data that is written as YAML.
        :param fact_cache: AWX's fact storage is on.
        :param extra_plays: plays in front of the playbook's own.
        :returns: what came of it.
        """
        self._jobs += 1
        place = self.directory / f"job{self._jobs}"
        project = place / "project"
        shutil.copytree(ROOT / "awx" / "project", project)
        home = project / "collections" / "ansible_collections" / "community"
        home.mkdir(parents=True)
        (home / "posthog").symlink_to(ROOT)
        for name, content in (files or {}).items():
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        if extra_plays:
            path = project / playbook
            path.write_text(
                yaml.safe_dump([*extra_plays, *yaml.safe_load(path.read_text(encoding="utf-8"))]), encoding="utf-8"
            )
        (place / "inventory").mkdir()
        script = place / "inventory" / "hosts"
        shown = json.dumps(inventory or {"all": {"hosts": []}, "_meta": {"hostvars": {}}})
        script.write_text(f"#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({shown!r})\n", encoding="utf-8")
        script.chmod(0o700)
        (place / "env").mkdir()
        given = place / "env" / "extravars"
        given.write_text("--- \n" + yaml.safe_dump({"awx_job_id": self._jobs, **(variables or {})}), encoding="utf-8")
        given.chmod(0o400)
        given_environment = self.environment() if environment is None else dict(environment)
        before = len(self.server.log())
        settings = {
            "private_data_dir": str(place),
            "playbook": playbook,
            "ident": "1",
            "quiet": True,
            "cmdline": f"-u root {cmdline} -e @{given}".strip(),
            "suppress_env_files": True,
            "envvars": {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(place),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_COLLECTIONS_PATH": str(place / "requirements_collections"),
                "ANSIBLE_FORCE_COLOR": "False",
                "ANSIBLE_HOST_KEY_CHECKING": "False",
                "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
                "ANSIBLE_PARAMIKO_RECORD_HOST_KEYS": "False",
                "ANSIBLE_HOME": str(place / "home"),
                "AWX_HOST": "https://awx.example.com",
                "JOB_ID": str(self._jobs),
                **given_environment,
            },
            **({"fact_cache_type": "jsonfile", "fact_cache": "fact_cache"} if fact_cache else {}),
        }
        # In a process of its own, since it forks, and this one has threads.
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(settings),
            env={key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "POSTHOG_"))},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        kept = place / "artifacts" / "1"
        events = sorted(
            (json.loads(path.read_text(encoding="utf-8")) for path in (kept / "job_events").glob("*.json")),
            key=lambda item: item["counter"],
        )
        stats = next((item["event_data"] for item in events if item["event"] == "playbook_on_stats"), {})
        return Job(
            done.stdout.strip(),
            (kept / "stdout").read_text(encoding="utf-8"),
            events,
            stats.get("artifact_data", {}),
            stats,
            self.server.log()[before:],
            place,
        )
