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


@pytest.mark.parametrize(
    ("plugin", "options", "said"),
    [
        ("hosts", {"playbok": "apply"}, "'playbok' is no option; did you mean playbook"),
        ("declared", {"type": "cohorts", "nam": "x"}, "'nam' is no option; did you mean name"),
    ],
)
def test_options_that_there_are_not(plugin: str, options: dict[str, t.Any], said: str) -> None:
    with pytest.raises(AnsibleError, match=said.replace("'", ".")):
        lookup(plugin, "localhost", **options)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"posthog_export_type": "cohorts"}, "did you mean posthog_export_types"),
        ({"posthog_project": "Default", "_raw_params": "project"}, "'project' was left over"),
    ],
)
def test_variables_of_the_command_line(variables: dict[str, t.Any], said: str) -> None:
    """Refused with the hosts of the play, so before anything else; other playbooks are not looked at."""
    known = {"groups": GROUPS, **variables}
    with pytest.raises(AnsibleError, match=said.replace("'", ".")):
        lookup("hosts", "localhost", playbook="export", variables=known)
    assert lookup("hosts", "localhost", variables=known) == ["localhost"]


def test_a_file_that_is_not_there_is_looked_for_where_people_keep_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = str(Path(__file__).resolve().parents[4] / "playbooks")
    with pytest.raises(AnsibleError) as caught:
        lookup("declared", "nope", type="cohorts", variables={"ansible_search_path": [own, "/srv/site"]})
    assert str(caught.value.message) == f"there is no file or directory nope in {tmp_path}, /srv/site"
