# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of the playbooks: what the comment at the top of a playbook becomes."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from generate import playbooks  # noqa: E402  sys.path comes first
from generate.common import CannotGenerate  # noqa: E402  sys.path comes first

COMMENT: t.Final = """\
---
# Copyright: somebody
# A licence

# Does a thing. More of it.
#
#   POSTHOG_API_KEY=phx_... ansible-playbook community.posthog.thing -e posthog_dest=x \\
#     -e posthog_more=y --check
#
# One is enough:
#
#   posthog_dest       where to; it has to be given
#   posthog_a, posthog_b
#                      both of them
#                      together
#
# With --check and `posthog_a`, a * stays a star and word_ a word. It needs cohort:read.

- name: Thing
"""


def test_parts(tmp_path: Path) -> None:
    """Texts, a call with its second line, and variables with texts of several lines."""
    path = tmp_path / "thing.yml"
    path.write_text(COMMENT)
    found = list(playbooks.parts(playbooks.comment(path)))
    assert [part.kind for part in found] == ["text", "call", "text", "variables", "text"]
    assert found[3].variables == [
        ("posthog_dest", "where to; it has to be given"),
        ("posthog_a, posthog_b", "both of them together"),
    ]
    text = playbooks.page(path)
    assert "    $ POSTHOG_API_KEY=phx_... ansible-playbook community.posthog.thing" in text
    assert "\n        -e posthog_more=y --check\n" in text
    assert text.index("---------") < text.index("One is enough:") < text.index("list-table")
    assert "   * - ``posthog_dest``\n     - Where to; it has to be given.\n" in text
    assert "With ``--check`` and ``posthog_a``, a \\* stays a star and word\\_ a word." in text
    assert "It needs ``cohort:read``." in text


def test_without_a_comment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A playbook that nobody explains has no page."""
    monkeypatch.setattr(playbooks, "shown", lambda path: path.name)
    path = tmp_path / "none.yml"
    path.write_text("---\n# A licence\n- name: x\n")
    with pytest.raises(CannotGenerate, match=r"none\.yml has no comment"):
        playbooks.comment(path)


@pytest.mark.parametrize("name", playbooks.names())
def test_every_variable_is_in_the_table(name: str) -> None:
    """What the comment explains beside a name is a row, and each row says something."""
    path = playbooks.PLAYBOOKS / f"{name}.yml"
    written = [line for line in playbooks.comment(path) if re.match(r" {2,5}posthog_\w+( {2,}|$|,)", line)]
    page = playbooks.page(path)
    for line in written:
        assert f"   * - ``{line.split()[0].rstrip(',')}``" in page, line
    assert page.count("   * - ``") == len(written)
    assert "     - .\n" not in page
