# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's 2024 profile against what a real server of that time answered. The share may only rise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox_replay import Replay, load

SHARE = Path(__file__).resolve().parent / "replay-share.json"


def test_the_share_that_agrees_does_not_fall(old: Any, capsys: Any) -> None:
    calls = load()
    replay = Replay(old)
    replay.prepare(calls)
    results = replay.run(calls)
    shares = {}
    differing = []
    for resource, entries in results.items():
        good = sum(1 for _name, _dummy, wrong in entries if not wrong)
        shares[resource] = {"agree": good, "of": len(entries)}
        differing += [(number, resource, call["op"], wrong) for number, call, wrong in entries if wrong]
    agree = sum(entry["agree"] for entry in shares.values())
    with capsys.disabled():
        print(f"\nreplay of the recorded server: {agree} of {len(calls)} calls agree ({agree / len(calls):.1%})")
        for resource, entry in sorted(shares.items(), key=lambda item: item[1]["agree"] / item[1]["of"]):
            print(f"  {resource:28} {entry['agree']:3} of {entry['of']:3}")
    for number, resource, operation, wrong in sorted(differing):
        print(f"{number} {resource} {operation}: {'; '.join(wrong)}")
    wanted = json.loads(SHARE.read_text(encoding="utf-8"))
    fallen = {
        resource: f"{shares[resource]['agree']}, was {entry['agree']}"
        for resource, entry in wanted["resources"].items()
        if shares[resource]["agree"] < entry["agree"]
    }
    assert not fallen, f"the share fell: {fallen}"
    assert agree >= wanted["agree"]
