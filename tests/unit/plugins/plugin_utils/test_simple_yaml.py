# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short way to read a YAML text finds what the long way finds, or leaves the text to it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.plugin_utils import _yaml

ROOT = Path(__file__).resolve().parents[4]

#: Texts that the short way must be able to read.
SIMPLE = [
    "",
    "---\n",
    "~\n",
    "a: b\n---\nc: [1, 22:00, 2026-01-01, 0x1F, 1.5, ~, '', on]\n...\n---\n",
    "a: {b: c, 'd': \"e\\n\"}\nf: |\n  x\n  y\n",
    "'on': [yes, 'yes', no]\n",
    '"": x\nb:\n  - - 1\n    - {c: }\n',
    "k: 0123\nl: 0123\nm: '0123'\n",
]

#: Texts that take more.
OTHERS = [
    "- a\n",
    "text\n",
    "a: 1\na: 2\n",
    "? [x]\n: y\n",
    "a: 2026-13-45\n",
    "on: x\n",
    "22:00: x\n",
    "1: x\n",
    "~: x\n",
    "a:\n\t- b\n",
    "a: !unsafe x\n",
    "!t a: x\n",
    "a: &x [1]\nb: *x\n",
    "&k a: 1\n",
    "<<: {a: 1}\n",
    "a: {\n",
    "a: \x07\n",
    "[" * 2000,
]


def slowly(text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the long way finds."""
    with monkeypatch.context() as patch:
        patch.setattr(_yaml, "read_simple", lambda _text: None)
        return _yaml.read_yaml(text)


def compare(text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """See that both find the same.

    :returns: whether the short way read it.
    """
    found = _yaml.read_simple(text)
    if found is not None:
        # Types count, too: 1 is not True, and a date is not its text.
        assert repr((found, [])) == repr(slowly(text, monkeypatch)), text
    return found is not None


@pytest.mark.parametrize("text", SIMPLE)
def test_simple_texts(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(text, monkeypatch)


@pytest.mark.parametrize("text", OTHERS)
def test_what_takes_more_is_left_to_the_long_way(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not compare(text, monkeypatch)


def test_all_files_and_small_changes_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [*ROOT.glob("playbooks/**/*.yml"), *ROOT.glob("roles/**/*.yml"), *ROOT.glob(".github/**/*.yml")]
    texts = [path.read_text(encoding="utf-8") for path in files] + SIMPLE[3:]
    short = [text for text in texts if len(text) < 3000]
    chance = random.Random(20261129)
    pieces = ["", ":", "\n", "  ", "- ", "&a ", "*a", "on", "'", "1", "{", "]", "\n---\n", "<<: ", "!x "]
    for _dummy in range(600):
        text = chance.choice(short)
        first = chance.randrange(len(text))
        texts.append(text[:first] + chance.choice(pieces) + text[first + chance.randrange(6) :])
    read = [compare(text, monkeypatch) for text in texts]
    assert 100 < sum(read) < len(read)
