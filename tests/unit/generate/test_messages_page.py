# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of all messages: what of the code is a message, and that each has an anchor of its own."""

from __future__ import annotations

import ast
import re
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from generate import messages  # noqa: E402  sys.path comes first

CODE: t.Final = '''
def check(value, path, problems):
    """Docstrings are no messages."""
    if value is None:
        problems.append((path, f"takes {value!r} and "
                         "nothing else"))
        others.append(("a", "b"))
    if value == 1:
        yield f"{path}.x", "is a problem that is yielded"
    raise PostHogFailure(f"{path}: there is no such thing", remedy="a short one")
    raise InvalidInput([(path, "is refused as input"), (path, "and so is this")])
    raise AssertionError("is for nobody but us")
'''


def test_what_is_a_message() -> None:
    """What is raised, and what is added to the problems of a declaration, with marks for what is filled in."""
    assert sorted(messages.said(ast.parse(CODE))) == sorted(
        [
            "takes … and nothing else",
            "is a problem that is yielded",
            "…: there is no such thing",
            "is refused as input",
            "and so is this",
        ]
    )


def test_the_page() -> None:
    """Each message has an anchor that nothing else has, and what is explained elsewhere leads there."""
    text = messages.page()
    labels = re.findall(r"^\.\. _(.*):$", text, re.M)
    assert len(labels) == len(set(labels)) and len(labels) > 250
    for sentence in (
        "api_key: no API key was given",
        "is a short form of",
        "posthog_export_dest is missing",
        "the percentages of the variants must add up to 100",
    ):
        assert text.count(f"``{sentence}") + text.count(sentence) >= 1, sentence
    assert "guide_troubleshooting.no_key>`" in text
    assert "``…``" not in text
