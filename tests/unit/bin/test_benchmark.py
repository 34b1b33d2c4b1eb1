# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark: what it keeps of an earlier run, and that Terraform gets the same flags."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/benchmark"))

import run as benchmark  # noqa: E402  its directory is no package
import terraform  # noqa: E402  its directory is no package


def test_the_table_of_an_earlier_run_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "benchmark.md"
    table = benchmark.Table(f"{terraform.TITLE}, no limit (2026-01-01)", "Work", "seconds")
    table.add("1 flag", "2.0")
    monkeypatch.setattr(benchmark, "REPORT", report)
    player = benchmark.Player(None, tmp_path)  # type: ignore[arg-type]  nothing is run
    player.empty = benchmark.Run(1.0, 1.0, 0, 0, 0)
    other = benchmark.Table("Memory", "What", "MB")
    assert terraform.kept(report) == ""
    assert terraform.TITLE not in benchmark.report([other], player).split("## Memory")[1]
    report.write_text(benchmark.report([other, table, other], player), encoding="utf-8")
    assert terraform.kept(report) == table.text()
    again = benchmark.report([other], player)
    assert again.count(table.text()) == 1 and "## Memory" in again
    fresh = benchmark.Table(f"{terraform.TITLE}, no limit (2026-02-02)", "Work", "seconds")
    assert "2026-01-01" not in benchmark.report([other, fresh], player)


def test_both_tools_get_the_same_flags() -> None:
    theirs = terraform.configuration(3)["resource"]["posthog_feature_flag"].values()
    ours = terraform.declared(3)["feature_flags"]
    assert [(flag["key"], flag["name"], flag["active"]) for flag in theirs] == [
        (flag["key"], flag["name"], flag["active"]) for flag in ours
    ]
    shares = [json.loads(flag["filters"])["groups"][0]["rollout_percentage"] for flag in theirs]
    assert shares == [flag["filters"]["groups"][0]["rollout_percentage"] for flag in ours]


def test_where_terraform_is_not_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_PROVIDER", "")
    assert terraform.provider() is None
    monkeypatch.setenv("TF_PROVIDER", str(tmp_path / "missing"))
    with pytest.raises(RuntimeError, match="missing is no program"):
        terraform.provider()
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("TF_PROVIDER", str(program))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="no program called terraform"):
        terraform.provider()
