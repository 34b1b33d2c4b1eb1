# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure Terraform with PostHog's provider beside C(posthog_config): the same flags, the same sandbox.

It needs the program C(terraform), and PostHog's provider, built by hand: C(make bench TF_PROVIDER=/path/to/program).
Without them the table that was measured last stays in the report.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import typing as t
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import whole

if t.TYPE_CHECKING:
    from run import Player, Table

TITLE = "Beside Terraform"
FLAGS = 1000
LATENCY = 50

#: The program's address, without the host: Terraform adds that of its own registry.
PROVIDER = "posthog/posthog"


@dataclass
class Both:
    """What one kind of work took."""

    seconds: float
    cpu: float
    requests: int


def provider() -> Path | None:
    """The provider's program, where it is given and C(terraform) is there.

    :raises RuntimeError: it is given, and cannot be used.
    """
    given = os.environ.get("TF_PROVIDER", "").strip()
    if not given:
        return None
    path = Path(given).expanduser().resolve()
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"TF_PROVIDER: {given} is no program")
    if shutil.which("terraform") is None:
        raise RuntimeError("TF_PROVIDER is given, and there is no program called terraform")
    return path


def configuration(flags: int) -> dict[str, t.Any]:
    """Terraform's configuration, as JSON: one flag for each number, as C(whole.flags) declares them, without cohorts.

    :param flags: how many.
    """
    filters = {"groups": [{"properties": [], "rollout_percentage": 50}]}
    return {
        "terraform": {"required_providers": {"posthog": {"source": PROVIDER}}},
        "provider": {"posthog": {}},
        "resource": {
            "posthog_feature_flag": {
                f"flag_{number}": {
                    "key": f"flag-{number}",
                    "name": f"Flag {number}",
                    "active": True,
                    # As jsonencode() writes it: the provider fails where the text is another one.
                    "filters": json.dumps(filters, separators=(",", ":"), sort_keys=True),
                }
                for number in range(1, flags + 1)
            }
        },
    }


def declared(flags: int) -> dict[str, t.Any]:
    """The same flags for C(posthog_config).

    :param flags: how many.
    """
    groups = [{"rollout_percentage": 50}]
    return {
        "feature_flags": [
            {"key": f"flag-{number}", "name": f"Flag {number}", "active": True, "filters": {"groups": groups}}
            for number in range(1, flags + 1)
        ]
    }


class Terraform:
    """Runs Terraform against the sandbox, in a directory of its own.

    :param player: has the sandbox and a directory.
    :param program: the provider.
    """

    def __init__(self, player: Player, program: Path) -> None:
        self._box = player.box
        self._place = player.directory / "terraform"
        self._place.mkdir()
        linked = self._place / "programs"
        linked.mkdir()
        # Terraform looks for a program of this name.
        (linked / "terraform-provider-posthog").symlink_to(program)
        settings = "provider_installation {\n  dev_overrides {\n    %s = %s\n  }\n  direct {}\n}\n"
        (self._place / "settings.tfrc").write_text(
            settings % (json.dumps(PROVIDER), json.dumps(str(linked))), encoding="utf-8"
        )
        (self._place / "main.tf.json").write_text(json.dumps(configuration(FLAGS)), encoding="utf-8")

    def run(self, *words: str) -> Both:
        """Run a command of Terraform to its end.

        :param words: the command.
        :raises RuntimeError: it failed.
        """
        own = ("POSTHOG_", "TF_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        environment.update(
            POSTHOG_HOST=self._box.place["url"],
            POSTHOG_API_KEY=self._box.place["api_key"],
            POSTHOG_PROJECT_ID=str(self._box.place["project_id"]),
            TF_CLI_CONFIG_FILE=str(self._place / "settings.tfrc"),
            CHECKPOINT_DISABLE="1",
            NO_PROXY="127.0.0.1",
        )
        self._box.forget_requests()
        begun = time.perf_counter()
        with (self._place / "output").open("wb") as output:
            process = subprocess.Popen(
                ["terraform", *words, "-no-color", "-input=false"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=self._place,
            )
            _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            text = (self._place / "output").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"terraform {words[0]} ended with {process.returncode}:\n{text[-2000:]}")
        return Both(seconds, usage.ru_utime + usage.ru_stime, int(self._box.requests()["total"]))


def ours(player: Player, place: Path) -> Both:
    """Apply the same flags with C(posthog_config); the start of Ansible counts, as that of Terraform does."""
    player.extra = {"POSTHOG_RATE_LIMIT": "0"}
    run = player.run(whole.PLAY.format(place=place), None)
    player.extra = {}
    return Both(run.seconds, run.cpu, run.requests)


def measure(player: Player, table: type[Table], say: t.Callable[[str], None]) -> list[Table]:
    """The rows of both tools.

    :param player: runs playbooks.
    :param table: makes tables.
    :param say: tells on standard error what is going on.
    :returns: one table; none where Terraform or the provider is not at hand.
    :raises RuntimeError: a run failed, or changed something where nothing was to change.
    """
    program = provider()
    if program is None:
        return []
    shown = table(
        f"{TITLE}, {LATENCY} ms latency, no limit ({date.today().isoformat()})",
        "Work", "Terraform: requests", "seconds", "CPU seconds", "posthog_config: requests", "seconds", "CPU seconds",
    )  # fmt: skip
    tool = Terraform(player, program)
    place = whole.written(player.directory / "beside", declared(FLAGS))
    rows: dict[str, list[Both]] = {f"{FLAGS} flags, created": [], f"{FLAGS} flags, unchanged": []}
    created, unchanged = rows.values()
    say(f"Terraform, {FLAGS} flags")
    player.box.prepare(0, LATENCY)
    created.append(tool.run("apply", "-auto-approve"))
    unchanged.append(tool.run("plan", "-detailed-exitcode"))
    say(f"posthog_config, {FLAGS} flags")
    player.box.prepare(0, LATENCY)
    created.append(ours(player, place))
    unchanged.append(ours(player, place))
    for what, found in rows.items():
        cells = [(str(one.requests), f"{one.seconds:.1f}", f"{one.cpu:.1f}") for one in found]
        shown.add(what, *(cell for one in cells for cell in one))
    return [shown]


def kept(report: Path, title: str = TITLE) -> str:
    """The table that an earlier run wrote.

    :param report: the report.
    :param title: how the heading of its section begins.
    :returns: the section; an empty text where there is none.
    """
    text = report.read_text(encoding="utf-8") if report.is_file() else ""
    sections = text.split("\n## ")[1:]
    return next((f"## {section.rstrip()}\n" for section in sections if section.startswith(title)), "")
