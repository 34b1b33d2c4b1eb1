# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookups of hosts for a play, and of what files declare."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

GROUPS = {
    "all": ["shop-eu", "shop-us", "blog"],
    "ungrouped": ["blog"],
    "posthog_projects": ["shop-eu", "shop-us"],
    "none": [],
}


def lookup(
    plugin_name: str, /, *terms: t.Any, variables: dict[str, t.Any] | None = None, **options: t.Any
) -> list[t.Any]:
    """Run one of the lookups."""
    loader = DataLoader()
    plugin = lookup_loader.get(
        f"community.posthog.{plugin_name}", loader=loader, templar=Templar(loader, variables or {})
    )
    return list(plugin.run(list(terms), variables=variables or {}, **options))


@pytest.mark.parametrize(
    ("pattern", "limit"),
    [
        ("localhost", ""),
        ("localhost", "localhost"),
        ("posthog_projects", ""),
        ("posthog_projects", "shop-eu"),
        ("posthog_projects", "blog,shop-us"),
        ("shop-*:!shop-us", "all"),
        ("all", "posthog_projects:&shop-eu"),
    ],
)
def test_a_pattern_with_hosts(pattern: str, limit: str) -> None:
    variables = {"groups": GROUPS, **({"ansible_limit": limit} if limit else {})}
    assert lookup("hosts", pattern, variables=variables) == [pattern]
    assert lookup("hosts", [pattern], variables=variables) == [pattern]


@pytest.mark.parametrize(
    ("pattern", "limit", "said"),
    [
        ("localhost", "shop-eu", "no host matches 'localhost' within the limit 'shop-eu'"),
        ("posthog_projects", "blog", "no host matches 'posthog_projects' within the limit 'blog'"),
        ("posthog_projects", "localhost", "within the limit 'localhost'"),
        ("none", "", "no host matches 'none', so nothing would be done; look at the inventory"),
        ("posthog_projekts", "", "no host matches 'posthog_projekts'"),
    ],
)
def test_a_pattern_without_hosts(pattern: str, limit: str, said: str) -> None:
    variables = {"groups": GROUPS, **({"ansible_limit": limit} if limit else {})}
    with pytest.raises(AnsibleError, match=said.replace("'", ".")):
        lookup("hosts", pattern, variables=variables)


def test_what_files_declare(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "feature_flags:\n  - {key: one, active: true}\n  - {key: two, name: !unsafe '{{ x }}'}\n"
        "---\ncohorts: [{name: Beta}]\n"
    )
    (tmp_path / "b.yml").write_text("feature_flags:\n  - {key: three}\n")
    flags = lookup("declared", str(tmp_path), type="feature_flags")
    assert [item["key"] for item in flags] == ["one", "two", "three"]
    assert lookup("declared", str(tmp_path), type="feature_flags", name="one") == [{"key": "one", "active": True}]
    assert lookup("declared", [str(tmp_path / "b.yml")], type="feature_flags", name="one") == []
    assert [item["name"] for item in lookup("declared", str(tmp_path), type="cohorts")] == ["Beta"]
    with pytest.raises(AnsibleError, match="there are no 'feature_flag'; did you mean feature_flags"):
        lookup("declared", str(tmp_path), type="feature_flag")
    with pytest.raises(AnsibleError, match="there is no file or directory"):
        lookup("declared", str(tmp_path / "c.yml"), type="feature_flags")
