# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's table of numbers, out of what the benchmark wrote; ``make bench ARGS=--write`` writes both."""

from __future__ import annotations

import re
import typing as t

from .common import ROOT, CannotGenerate, replace_block, shown

if t.TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
REPORT = ROOT / "docs/benchmark.md"

Row = dict[str, str]


def table(report: str, title: str) -> list[Row]:
    """Return the rows of a table of the benchmark.

    :param report: what the benchmark wrote.
    :param title: how the heading above the table begins.
    """
    found = re.search(rf"^## {re.escape(title)}[^\n]*\n\n((?:\|[^\n]*\n)+)", report, re.M)
    if found is None:
        raise CannotGenerate(f"{shown(REPORT)} has no table under a heading that begins with {title!r}.")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.group(1).splitlines()]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def target(report: str, what: str) -> str:
    """Return what was measured for a target.

    :param report: what the benchmark wrote.
    :param what: the target.
    """
    for row in table(report, "Targets"):
        if row["What"] == what:
            return row["Measured"]
    raise CannotGenerate(f"{shown(REPORT)} has no target {what!r}.")


def lines(report: str) -> list[str]:
    """Return the README's table.

    :param report: what the benchmark wrote.
    """
    loop = table(report, "A loop over")
    here = {row["How"]: row for row in loop if row["Latency ms"] in ("", "0")}
    quick, slow, bare = here["in-process"], here["ordinary modules"], here["debug, to compare"]
    many = int(slow["Requests"]) * int(quick["Items"]) // int(slow["Items"])
    flags = "1000 unchanged flags in one task"
    rows = [
        (
            f"a loop over {quick['Items']} unchanged flags",
            quick["Requests"],
            f"{quick['ms an item']} ms an item, of which Ansible's own loop is {bare['ms an item']}",
        ),
        ("the same as ordinary modules", str(many), f"{float(slow['ms an item']):.0f} ms an item"),
        (flags, target(report, f"{flags}: requests"), f"{target(report, f'{flags}: seconds')} s"),
        ("an inventory of 1000 projects", target(report, "inventory: requests for 1000 hosts"), ""),
    ]
    written = [f"| {what} | {requests} | {time} |".replace("|  |", "| |") for what, requests, time in rows]
    return ["", "| Against the stand-in | Requests | Time |", "| --- | ---: | ---: |", *written, ""]


def files() -> dict[Path, str]:
    """Return the README with its table of numbers."""
    text = README.read_text(encoding="utf-8")
    return {README: replace_block(README, text, "numbers", lines(REPORT.read_text(encoding="utf-8")))}
