# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-inventory, and makes sandboxes with many projects."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from pathlib import Path

from .interpreter import warm_python
from .playbook import Harness
from .server import SandboxServer


@dataclass
class Listing:
    """What C(ansible-inventory --list) told.

    :param returncode: of the program.
    :param stdout: the JSON as text.
    :param stderr: warnings.
    :param requests: what the sandbox served meanwhile.
    """

    returncode: int
    stdout: str
    stderr: str
    requests: list[dict[str, t.Any]]

    @property
    def data(self) -> dict[str, t.Any]:
        """The JSON."""
        return dict(json.loads(self.stdout))

    @property
    def hosts(self) -> dict[str, dict[str, t.Any]]:
        """The variables of each host."""
        return dict(self.data["_meta"]["hostvars"])

    def group(self, name: str) -> list[str]:
        """The hosts that a group lists."""
        return sorted(self.data.get(name, {}).get("hosts", []))

    @property
    def output(self) -> str:
        """Everything that was printed."""
        return self.stdout + self.stderr

    @property
    def warnings(self) -> str:
        """What was printed besides, in one line."""
        return " ".join(self.stderr.split())


def write_config(place: Path, config: t.Mapping[str, t.Any], name: str = "company.posthog.yml") -> Path:
    """A file for the inventory plugin.

    :param place: the directory.
    :param config: its content, without C(plugin).
    :param name: of the file.
    :returns: the file.
    """
    path = place / name
    path.write_text(json.dumps({"plugin": "community.posthog.posthog", **config}), encoding="utf-8")
    return path


def list_inventory(
    harness: Harness,
    config: t.Mapping[str, t.Any] | Path,
    *,
    arguments: t.Sequence[str] = (),
    env: t.Mapping[str, str | None] | None = None,
) -> Listing:
    """Run C(ansible-inventory --list).

    :param harness: tells sandbox and directory.
    :param config: what the file says, or the file.
    :param arguments: further arguments.
    :param env: further environment variables; None takes one away.
    :returns: what it told.
    """
    place = harness.directory
    path = config if isinstance(config, Path) else write_config(place, config)
    before = len(harness.server.log())
    done = warm_python().run(
        "inventory",
        ["-i", str(path), "--list", *arguments],
        cwd=place,
        env=harness._environment(place, place / "no-events.jsonl", env or {}),
        timeout=300,
    )
    return Listing(done.returncode, done.stdout, done.stderr, harness.server.log()[before:])


def many_projects(server: SandboxServer, organizations: int, projects: int) -> None:
    """Fill a sandbox: organizations of which the owner of the main key is the owner, each with as many projects.

    :param server: the sandbox.
    :param organizations: how many there are in the end; two are there already.
    :param projects: how many each has in the end; each has one already.
    """
    for number in range(3, organizations + 1):
        server.api("POST", "/api/organizations/", {"name": f"Division {number:02}"})
    for organization in server.api("GET", "/api/organizations/", limit=1000)["results"]:
        short = organization["slug"]
        server.seed(
            "project",
            *({"name": f"{short} {number:03}"} for number in range(2, projects + 1)),
            organization=organization["id"],
        )
