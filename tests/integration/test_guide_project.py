# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide about a whole project as YAML, followed from its beginning to its end: its files written, its commands run.

Its playbooks are run by test_examples.py.
"""

from __future__ import annotations

import re
import shlex
import typing as t
from pathlib import Path

import yaml
from harness import Harness
from harness.playbook import ROOT

PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_project_as_code.rst"


def steps() -> t.Iterator[tuple[str, str, str]]:
    """The blocks of the guide in their order: kind, caption and text."""
    pattern = re.compile(r"(?m)^\.\. code-block:: (\w+)\n(?:    :caption: (.*)\n)?\n((?:    .*\n|\n)+)")
    for kind, caption, body in pattern.findall(PAGE.read_text(encoding="utf-8")):
        yield kind, caption, re.sub(r"(?m)^    ", "", body).strip("\n") + "\n"


def commands(text: str) -> t.Iterator[list[str]]:
    """The commands of a console block, without C(ansible-playbook)."""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        assert line.startswith("$ ansible-playbook "), line
        yield shlex.split(line[2:])[1:]


def there(posthog: Harness) -> None:
    """The project that people have clicked together, and the one that is production."""
    server = posthog.server
    made = {}
    for name in ("Shop", "Production"):
        answer = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": name})
        made[name] = f"/api/projects/{answer['id']}"
    condition = {"type": "person", "key": "loyalty_card", "operator": "exact", "value": ["gold"]}
    filters = {"properties": {"type": "OR", "values": [{"type": "AND", "values": [condition]}]}}
    cohort = server.api("POST", f"{made['Shop']}/cohorts/", {"name": "Regulars", "filters": filters})["id"]
    prop = {"type": "cohort", "key": "id", "operator": "in", "value": cohort}
    server.api(
        "POST",
        f"{made['Shop']}/feature_flags/",
        {
            "key": "gift-cards",
            "name": "Gift cards in the basket",
            "filters": {"groups": [{"properties": [prop], "rollout_percentage": 20}]},
        },
    )


def test_the_guide(posthog: Harness) -> None:
    """From an export to several projects in one tree."""
    there(posthog)
    place = posthog.directory / "home"
    place.mkdir()
    (posthog.directory / "run").mkdir()
    ran: list[str] = []
    shown: list[str] = []
    for kind, caption, text in steps():
        if kind == "yaml" and caption:
            path = place / caption
            path.parent.mkdir(exist_ok=True)
            if caption == "posthog/feature_flags.yml" and not shown:
                # The first time the guide shows what the export has written.
                exported = path.read_text(encoding="utf-8")
                assert yaml.safe_load(exported) == yaml.safe_load(text)
                shown.append(exported)
            path.write_text(text, encoding="utf-8")
        elif kind == "diff":
            # Flags are told in no particular order.
            assert set(text.splitlines()) <= set(ran[-1].splitlines()), ran[-1]
        elif kind == "console":
            for words in commands(text):
                run = posthog.run(
                    path=Path(words[0]),
                    arguments=[place_of(place, word) for word in words[1:]],
                    env={"POSTHOG_PROJECT_ID": None},
                )
                assert run.returncode == 0, run.output
                ran.append(run.stdout)
    assert len(ran) >= 9
    rows = posthog.server.control("dump", type="feature_flag")["rows"]
    assert {row["key"] for row in rows} >= {"gift-cards", "express-checkout"}
    assert list(posthog.directory.rglob("posthog-drift.html")) and list(posthog.directory.rglob("posthog-access.html"))


def place_of(place: Path, word: str) -> str:
    """An argument, with the directory that the guide works in before what is a path: runs have one of their own."""
    word = re.sub(r"^(posthog_export_dest|posthog_project_src)=", rf"\1={place}/", word)
    return re.sub(r"^@", f"@{place}/", word)
