# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's profiles against what real servers of their time answered. The shares may only rise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox
from sandbox_replay import Replay, Replay2025, load

HERE = Path(__file__).resolve().parent
KINDS: dict[str, type[Replay]] = {"2024": Replay, "2025": Replay2025}
SHARES = {"2024": "replay-share.json", "2025": "replay-share-2025.json"}
#: What the first part of the recording of 2025 has to agree in, whatever the share is.
FLOOR_2025 = 0.97

Entry = tuple[int, dict[str, Any], list[str]]


def replayed(profile: str) -> dict[str, list[Entry]]:
    """By resource: each call of a recording with what differs."""
    calls = load(profile)
    with Sandbox(profile=profile) as running:
        replay = KINDS[profile](running)
        replay.prepare(calls)
        return replay.run(calls)


def compare(profile: str, results: dict[str, list[Entry]], part: str, capsys: Any) -> None:
    """Print the share of one part of a recording and hold it to what it was."""
    chosen = {
        name: [e for e in entries if bool(e[1].get("more")) == (part == "more")] for name, entries in results.items()
    }
    shares = {
        name: {"agree": sum(1 for _number, _call, wrong in entries if not wrong), "of": len(entries)}
        for name, entries in chosen.items()
        if entries
    }
    agree = sum(entry["agree"] for entry in shares.values())
    total = sum(entry["of"] for entry in shares.values())
    with capsys.disabled():
        print(f"\nreplay of the server of {profile}, {part}: {agree} of {total} calls agree ({agree / total:.1%})")
        for resource, entry in sorted(shares.items(), key=lambda item: item[1]["agree"] / item[1]["of"]):
            print(f"  {resource:32} {entry['agree']:3} of {entry['of']:3}")
    for resource, entries in chosen.items():
        for number, call, wrong in entries:
            if wrong:
                print(f"{number} {resource} {call['op']}: {'; '.join(wrong)}")
    wanted = json.loads((HERE / SHARES[profile]).read_text(encoding="utf-8"))
    wanted = wanted if profile == "2024" else wanted[part]
    fallen = {
        resource: f"{shares[resource]['agree']}, was {entry['agree']}"
        for resource, entry in wanted["resources"].items()
        if shares[resource]["agree"] < entry["agree"]
    }
    assert not fallen, f"the share fell: {fallen}"
    assert agree >= wanted["agree"]


def test_the_share_of_2024_does_not_fall(capsys: Any) -> None:
    compare("2024", replayed("2024"), "main", capsys)


@pytest.fixture(scope="module")
def results_2025() -> dict[str, list[Entry]]:
    """The recording of 2025, replayed once."""
    return replayed("2025")


@pytest.mark.parametrize("part", ["main", "more"])
def test_the_share_of_2025_does_not_fall(results_2025: dict[str, list[Entry]], part: str, capsys: Any) -> None:
    compare("2025", results_2025, part, capsys)


def test_the_floor_of_2025(results_2025: dict[str, list[Entry]]) -> None:
    main = [wrong for entries in results_2025.values() for _number, call, wrong in entries if not call.get("more")]
    assert sum(1 for wrong in main if not wrong) >= FLOOR_2025 * len(main)


def test_each_call_that_differs_has_a_reason(results_2025: dict[str, list[Entry]]) -> None:
    listed = json.loads((HERE / "replay-differs-2025.json").read_text(encoding="utf-8"))
    assert {entry["reason"] for entry in listed["calls"]} <= set(listed["reasons"])
    named = {entry["call"]: entry for entry in listed["calls"]}
    differing = {number for entries in results_2025.values() for number, _call, wrong in entries if wrong}
    assert not differing - set(named), "without a reason"
    assert not set(named) - differing, "agrees by now: take it out"
    calls = load("2025")
    assert all((calls[n]["resource"], calls[n]["op"]) == (e["resource"], e["op"]) for n, e in named.items())
