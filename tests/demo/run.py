# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the collection at work: start the sandbox, apply ``playbooks/demo.yml`` twice, and tell what is there then."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import typing as t
import urllib.request
from pathlib import Path

if t.TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["-i", "localhost,", "playbooks/demo.yml", "-e", "@tests/demo/members.yml"]
WIDTH = 100

#: How the names begin of what PostHog makes by itself along with a flag.
GENERATED = ("Generated Dashboard:", "Feature Flag Called", "Feature Flag calls")

BOLD, GREEN, RED, PLAIN = ("\033[1m", "\033[32m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("", "", "", "")

Json = dict[str, t.Any]


class DemoFailed(Exception):
    """Something is not as it should be."""


@contextlib.contextmanager
def sandbox() -> Iterator[Json]:
    """Run the sandbox on a free port; gives what it says of itself, and ends it in any case."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/sandbox/serve.py")], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise DemoFailed("the sandbox did not start; what it said is above")
        yield json.loads(line)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(place: Json) -> dict[str, str]:
    """The variables for ansible-playbook: the sandbox's, none of the user's own PostHog, and quiet output."""
    own = ("POSTHOG_", "ANSIBLE_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    no_proxy = ",".join(filter(None, (variables.get("no_proxy") or variables.get("NO_PROXY"), "127.0.0.1")))
    variables.update(
        POSTHOG_HOST=place["url"],
        POSTHOG_API_KEY=place["api_key"],
        NO_PROXY=no_proxy,
        no_proxy=no_proxy,
        PYTHONUNBUFFERED="1",
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".build"),
        ANSIBLE_CONFIG=str(ROOT / "tests/demo/ansible.cfg"),
        ANSIBLE_FORCE_COLOR="true" if sys.stdout.isatty() else "false",
        ANSIBLE_PYTHON_INTERPRETER=sys.executable,
    )
    return variables


def headline(text: str) -> None:
    """A line that separates the parts of the demo."""
    print(f"\n{BOLD}== {text} {'=' * max(4, WIDTH - len(text) - 4)}{PLAIN}", flush=True)


def apply(place: Json, *more: str) -> dict[str, int]:
    """Run the playbook, show what it prints, and return the numbers of its recap.

    :param place: what the sandbox says of itself.
    :param more: further arguments.
    """
    program = Path(sys.executable).with_name("ansible-playbook")
    print(f"$ {program.name} {' '.join([*ARGUMENTS, *more])}", flush=True)
    process = subprocess.Popen(
        [str(program), *ARGUMENTS, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
        env=environment(place),
    )
    recap: dict[str, int] = {}
    assert process.stdout is not None
    try:
        for line in process.stdout:
            print(line, end="", flush=True)
            bare = re.sub(r"\033\[[\d;]*m", "", line)
            if re.match(r"localhost\s+:\s+ok=", bare):
                recap = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", bare)}
        status = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if status or not recap:
        raise DemoFailed(f"ansible-playbook ended with {status}")
    return recap


def read(place: Json, path: str) -> t.Any:
    """An answer of the sandbox, asked as any client would."""
    request = urllib.request.Request(f"{place['url']}{path}", headers={"Authorization": f"Bearer {place['api_key']}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


def told(flag: Json) -> str:
    """A flag in a word or two: whom it is for."""
    filters = flag["filters"]
    variants = (filters.get("multivariate") or {}).get("variants")
    groups = filters["groups"]
    if not flag["active"]:
        what = "off"
    elif any(item.get("type") == "cohort" for group in groups for item in group["properties"]):
        what = "a cohort, and more"
    else:
        what = f"{groups[0]['rollout_percentage']:g} %"
    return f"{flag['key']} ({what}{f', {len(variants)} variants' if variants else ''})"


def inventory(place: Json) -> list[tuple[str, list[str]]]:
    """What is in the project now: kinds of things, and what there is of each."""
    project = f"/api/projects/{place['project_id']}/"
    organization = f"/api/organizations/{place['organization_id']}/"

    def listed(path: str) -> list[Json]:
        return t.cast("list[Json]", read(place, f"{path}?limit=200")["results"])

    def own_first(objects: list[Json]) -> list[str]:
        own = [str(item["name"]) for item in objects if not str(item["name"]).startswith(GENERATED)]
        others = len(objects) - len(own)
        return own + ([f"and {others} that PostHog generates for flags"] if others else [])

    settings = read(place, project)
    levels = {1: "member", 8: "admin", 15: "owner"}
    members = listed(f"{organization}members/")
    flags = sorted(listed(f"{project}feature_flags/"), key=lambda item: str(item["key"]))
    return [
        ("members", [f"{item['user']['email']} ({levels[item['level']]})" for item in members]),
        ("roles", [f"{item['name']} ({len(item['members'])})" for item in listed(f"{organization}roles/")]),
        (
            "project",
            [
                settings["name"],
                settings["timezone"],
                f"{float(settings['session_recording_sample_rate']):.0%} of sessions recorded",
            ],
        ),
        ("cohorts", [str(item["name"]) for item in listed(f"{project}cohorts/")]),
        ("feature flags", [told(item) for item in flags]),
        ("insights", own_first(listed(f"{project}insights/"))),
        ("dashboards", own_first(listed(f"{project}dashboards/"))),
    ]


def table(rows: list[tuple[str, list[str]]]) -> None:
    """Print kinds and things in two columns, wrapped to the width."""
    for kind, things in rows:
        line = f"  {kind:<15}"
        for index, thing in enumerate(things):
            piece = thing + ("," if index + 1 < len(things) else "")
            if len(line) + 1 + len(piece) > WIDTH:
                print(line)
                line = " " * 17
            line += f" {piece}" if line.strip() and not line.endswith("  ") else piece
        print(line)


def main() -> int:
    """Run the demo; returns the exit status."""
    started = time.monotonic()
    try:
        with sandbox() as place:
            headline("First run: everything is made")
            first = apply(place)
            headline("Second run: everything is there already")
            second = apply(place)
            headline("What is in the sandbox now")
            rows = inventory(place)
            table(rows)
        if not first["changed"]:
            raise DemoFailed("the first run changed nothing")
        if second["changed"]:
            raise DemoFailed(f"the second run changed {second['changed']} tasks, and should have changed none")
        if empty := [kind for kind, things in rows if not things]:
            raise DemoFailed(f"the sandbox has no {empty[0]}, although the playbook went well")
    except DemoFailed as exc:
        print(f"\n{RED}The demo failed: {exc}{PLAIN}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    headline("And now with PostHog Cloud")
    print(
        f"The first run changed {first['changed']} tasks, the second {GREEN}changed=0{PLAIN}, "
        f"in {time.monotonic() - started:.0f} seconds altogether.\n"
        "The same playbook runs against PostHog Cloud, with a personal API key (phx_...) and its region:\n\n"
        "  export POSTHOG_API_KEY=phx_... POSTHOG_REGION=eu         # or us\n"
        "  export ANSIBLE_COLLECTIONS_PATH=.build\n"
        "  .venv/bin/ansible-playbook -i localhost, playbooks/demo.yml --check --diff   # only shows\n"
        "  .venv/bin/ansible-playbook -i localhost, playbooks/demo.yml\n\n"
        "It works in the project that you have open in PostHog, or the one that POSTHOG_PROJECT_ID names."
    )
    headline("Where to look next")
    print(
        "  make tour                                 the same, and a page that shows the objects as they change\n"
        "  playbooks/demo.yml                        what was applied\n"
        "  docs/docsite/rst/guide_start.rst          the first steps with a project of yours\n"
        "  docs/docsite/rst/guide_keys.rst           which key to make\n"
        "  docs/docsite/rst/guide_types.rst          everything that can be managed\n"
        "  make docs                                 all of it as a site, in .build/docs/build/html/index.html"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
