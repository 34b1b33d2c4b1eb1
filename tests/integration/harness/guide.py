# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows a page of the documentation: its files are written, and its commands run, in their order."""

from __future__ import annotations

import re
import shlex
import typing as t
from pathlib import Path

from .playbook import ROOT, Harness, Run

RST = ROOT / "docs" / "docsite" / "rst"

_BLOCK = re.compile(r"(?m)^\.\. code-block:: (\w+)\n(?:    :caption: (.*)\n)?\n((?:    .*\n|\n)+)")


def blocks(page: str) -> t.Iterator[tuple[str, str, str]]:
    """The blocks of a page in their order.

    :param page: the file's name.
    :returns: kind, caption and text of each.
    """
    for kind, caption, body in _BLOCK.findall((RST / page).read_text(encoding="utf-8")):
        yield kind, caption, re.sub(r"(?m)^    ", "", body).strip("\n") + "\n"


def commands(text: str) -> t.Iterator[list[str]]:
    """The commands of a console block.

    :param text: of the block.
    :returns: the words of each.
    """
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.startswith("$ "):
            yield shlex.split(line[2:])


def followed(posthog: Harness, page: str, place: Path, env: t.Mapping[str, t.Any] | None = None) -> list[Run]:
    """Follow a page.

    :param posthog: runs playbooks.
    :param page: the file's name.
    :param place: the directory that its files go to, and that paths begin in.
    :param env: environment variables.
    :returns: the runs; none of them failed.
    """
    runs: list[Run] = []
    for kind, caption, text in blocks(page):
        if kind == "yaml" and caption:
            path = place / caption
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for words in commands(text) if kind == "console" else ():
            assert words[0] == "ansible-playbook", words
            arguments = [
                re.sub(r"^(\w+_(?:src|overlays|dest|plan\w*))=(?!/)", rf"\1={place}/", word) for word in words[2:]
            ]
            run = posthog.run(path=Path(words[1]), arguments=arguments, env={"POSTHOG_PROJECT_ID": None, **(env or {})})
            assert run.returncode == 0, run.output
            runs.append(run)
    return runs
