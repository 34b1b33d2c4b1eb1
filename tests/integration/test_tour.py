# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo and the tour: what they show, without a browser, and that they leave nothing behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import typing as t
import urllib.error
import urllib.request

import pytest
from harness.playbook import ROOT

Json = dict[str, t.Any]


def get(address: str) -> bytes:
    """Ask, without a proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        return t.cast("bytes", answer.read())


def shown(state: Json, kind: str) -> dict[str, str]:
    """The objects of a kind with what is said of them."""
    (objects,) = (item["objects"] for item in state["kinds"] if item["kind"] == kind)
    return {item["name"]: item["about"] for item in objects}


def test_the_tour() -> None:
    """The page and what it shows: nothing of the demo at first, all of it at the end, and the writes that made it."""
    command = [sys.executable, str(ROOT / "tests/demo/tour.py"), "--no-browser"]
    tour = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    try:
        assert tour.stdout is not None
        found = re.fullmatch(r"The page is at (http://127\.0\.0\.1:\d+/)\n", tour.stdout.readline())
        assert found is not None
        address = found.group(1)
        page = get(address).decode()
        assert "<title>What is in the sandbox</title>" in page and "innerHTML" not in page
        assert not re.search(r"(src|href)=\"(?!data:)", page)
        begun = json.loads(get(f"{address}state.json"))
        assert "express-checkout" not in shown(begun, "Feature flags")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(f"{address}other")
        lines = []
        for line in tour.stdout:
            lines.append(line)
            if "Your turn" in line:
                break
        state: Json = {}
        for _ in range(50):
            state = json.loads(get(f"{address}state.json"))
            if state["step"].startswith("All is as declared"):
                break
            time.sleep(0.1)
        assert shown(state, "Feature flags")["express-checkout"] == "20 %"
        assert shown(state, "Feature flags")["closed-for-holidays"] == "off"
        assert shown(state, "Feature flags")["order-button"] == "60 %, 3 variants"
        assert shown(state, "Feature flags")["coffee-subscription"] == "under conditions"
        assert list(shown(state, "Dashboards")) == ["Coffee counter"]
        assert shown(state, "People")["admin@acme.test"] == "admin"
        assert "owner@acme.test" in shown(state, "Roles")["Engineering"]
        assert shown(state, "Settings of the project")["timezone"] == '"Europe/Vienna"'
        assert any(re.match(r"POST /api/projects/\d+/feature_flags/", line) for line in state["writes"])
        recaps = [re.search(r"changed=(\d+)", line) for line in lines if line.startswith("localhost ")]
        changed = [int(match.group(1)) for match in recaps if match]
        # The plan cannot know what depends on tasks before it, but it is not empty; the second run is.
        assert len(changed) == 3 and changed[0] and changed[1] and changed[2] == 0
    finally:
        tour.terminate()
        tour.wait(20)
    with pytest.raises(urllib.error.URLError):
        get(address)


def test_the_demo_ends_with_where_to_look_next() -> None:
    """Files and targets that are there."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/demo/run.py")], capture_output=True, text=True, env=env, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    _before, _head, end = done.stdout.partition("== Where to look next")
    named = re.findall(r"^  (\S+(?: \w+)?) {3,}\S", end, re.M)
    assert len(named) >= 5
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for name in named:
        assert name.removeprefix("make ") in targets if name.startswith("make ") else (ROOT / name).exists(), name
