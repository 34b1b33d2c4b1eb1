# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README: short, its links lead somewhere, and its numbers are those of the benchmark."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from generate import numbers  # noqa: E402  sys.path comes first
from generate.common import CannotGenerate  # noqa: E402  sys.path comes first

README = (ROOT / "README.md").read_text(encoding="utf-8")

REPORT = """\
## Targets

| What | Target | Measured | Reached |
| --- | ---: | ---: | ---: |
| 1000 unchanged flags in one task: requests | <= 12 | 4 | yes |
| 1000 unchanged flags in one task: seconds | <= 3 | 1.9 | yes |
| inventory: requests for 1000 hosts | <= 2 | 2 | yes |

## A loop over 100 unchanged flags

| How | Latency ms | Items | ms an item | Requests |
| --- | ---: | ---: | ---: | ---: |
| debug, to compare | | 100 | 5.0 | 0 |
| in-process | 0 | 100 | 7.0 | 2 |
| ordinary modules | 0 | 10 | 700.4 | 20 |
| in-process | 50 | 100 | 9.0 | 3 |
"""


def test_it_is_short() -> None:
    """Everything else is in the documentation."""
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)\s]+)\)", README))))
def test_links(link: str) -> None:
    """A file that is there, with the heading that the link names; or a page elsewhere."""
    if link.startswith("https://"):
        return
    name, _hash, anchor = link.partition("#")
    path = ROOT / name
    assert path.exists(), link
    if anchor:
        headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
        assert anchor in [re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings]


def test_the_numbers_follow_from_the_benchmark() -> None:
    """In the words of a reader, and an error where the benchmark lacks one."""
    assert numbers.lines(REPORT)[3:7] == [
        "| a loop over 100 unchanged flags | 2 | 7.0 ms an item, of which Ansible's own loop is 5.0 |",
        "| the same as ordinary modules | 200 | 700 ms an item |",
        "| 1000 unchanged flags in one task | 4 | 1.9 s |",
        "| an inventory of 1000 projects | 2 | |",
    ]
    with pytest.raises(CannotGenerate, match="has no target 'inventory: requests for 1000 hosts'"):
        numbers.lines(REPORT.replace("inventory", "another"))
    with pytest.raises(CannotGenerate, match="no table under a heading that begins with 'A loop over'"):
        numbers.lines(REPORT.replace("## A loop", "## Loops"))
