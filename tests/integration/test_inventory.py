# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory as Ansible uses it: hosts, groups, cache, several sources, plays over projects, secrecy, limits."""

from __future__ import annotations

import collections
import json
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from harness import Harness, SandboxServer
from harness.extras import _rst_blocks
from harness.inventories import list_inventory, many_projects, write_config
from harness.playbook import ROOT


@pytest.mark.matrix
def test_hosts_groups_and_variables(posthog: Harness) -> None:
    """Hosts, the groups that are made anyway and those that are asked for, and no more than one request."""
    found = list_inventory(
        posthog,
        {
            "plans": {"enterprise": ["saml"], "paid": ["organizations_projects"]},
            "keyed_groups": [{"key": "posthog_timezone", "prefix": "timezone"}],
            "compose": {"shouted": "posthog_project_name | upper"},
            "groups": {"labs": "'labs' in posthog_organization_slug"},
            "strict": True,
        },
    )
    assert found.returncode == 0 and not found.stderr, found.stderr
    assert sorted(found.hosts) == ["default-project", "labs-project"]
    assert "__ansible_unsafe" not in found.stdout
    host = found.hosts["default-project"]
    assert host["posthog_project_id"] == posthog.server.project
    assert host["posthog_organization_id"] == posthog.server.organization
    assert host["posthog_host"] == posthog.server.url and host["shouted"] == "DEFAULT PROJECT"
    assert host["ansible_connection"] == "local"
    for group in ("organization_acme", "plan_enterprise"):
        assert found.group(group) == ["default-project"], group
    assert found.group("labs") == ["labs-project"]
    assert found.group("timezone_UTC") == sorted(found.hosts)
    assert [entry["path"] for entry in found.requests] == ["/api/organizations/"]


def test_settings(posthog: Harness) -> None:
    """Settings to group by cost one request for each project."""
    server = posthog.server
    webhook = "https://hooks.example.com/canaryofawebhook"
    told = {"session_recording_opt_in": True, "slack_incoming_webhook": webhook}
    server.control("edit", {"type": "project", "id": server.project, "set": told})
    found = list_inventory(
        posthog, {"settings": True, "groups": {"replay": "posthog_settings.session_recording_opt_in"}, "strict": True}
    )
    assert found.group("replay") == ["default-project"]
    assert len(found.requests) == 3
    settings = found.hosts["default-project"]["posthog_settings"]
    assert settings["session_recording_opt_in"] is True and settings["session_recording_retention_period"]
    assert webhook not in json.dumps(found.hosts)


def test_many_projects(posthog: Harness) -> None:
    """A thousand projects in twenty organizations are one request."""
    many_projects(posthog.server, 20, 50)
    found = list_inventory(posthog, {})
    assert len(found.hosts) == 1000
    assert len({host["posthog_project_id"] for host in found.hosts.values()}) == 1000
    assert len(found.requests) == 1
    assert len(found.group("organization_division_07")) == 50


def test_pages(posthog: Harness) -> None:
    """Where there are several pages of organizations, all are read."""
    many_projects(posthog.server, 8, 2)
    posthog.server.control("settings", {"paging": {"max_page_size": 3}})
    found = list_inventory(posthog, {"projects": ["*002"]})
    assert len(found.hosts) == 8 and len(found.requests) == 3


def test_cache(posthog: Harness, tmp_path: Path) -> None:
    """The second run asks nothing; neither key nor token is in the cache; refreshing asks again."""
    place = tmp_path / "cache"
    config = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(place)}
    first = list_inventory(posthog, config)
    second = list_inventory(posthog, config)
    assert (len(first.requests), len(second.requests)) == (1, 0)
    assert first.data == second.data
    assert len(list_inventory(posthog, config, arguments=["--flush-cache"]).requests) == 1
    files = list(place.iterdir())
    assert len(files) == 1
    text = files[0].name + files[0].read_text()
    assert posthog.server.api_key not in text and "phc_" not in text


def test_several_sources(posthog: Harness, sandbox_2024: SandboxServer) -> None:
    """Two installations of different age with keys of their own; what has the same name is told apart."""
    found = list_inventory(
        posthog,
        {
            "sources": [
                {"name": "new", "host": posthog.server.url, "exclude_projects": ["labs*"]},
                {
                    "name": "old",
                    "host": sandbox_2024.url,
                    "api_key": "{{ lookup('ansible.builtin.env', 'OLD_KEY') }}",
                    "organizations": ["acme"],
                },
            ],
            "group_by": ["source", "organization"],
        },
        env={"OLD_KEY": sandbox_2024.api_key, "POSTHOG_HOST": None},
    )
    assert not found.stderr
    assert sorted(found.hosts) == ["new-acme-default-project", "old-acme-default-project"]
    assert found.group("source_old") == ["old-acme-default-project"]
    assert found.hosts["old-acme-default-project"]["posthog_host"] == sandbox_2024.url
    assert found.group("organization_acme") == sorted(found.hosts)


def test_a_limited_key(posthog: Harness) -> None:
    """A key that is limited to a project sees that one."""
    found = list_inventory(posthog, {}, env={"POSTHOG_API_KEY": posthog.server.keys["project_only"]})
    assert [host["posthog_project_id"] for host in found.hosts.values()] == [posthog.server.project], found.stderr
    assert len(found.requests) <= 4


def test_failures(posthog: Harness, tmp_path: Path) -> None:
    """A source that fails is told in a sentence, and fails the inventory unless it may be skipped."""
    key = posthog.server.facts["unknown_key"]
    config: dict[str, t.Any] = {
        "sources": [{"name": "good", "projects": ["Nothing"]}, {"name": "bad", "api_key": key}],
    }
    strict = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", "ANSIBLE_INVENTORY_ENABLED": "auto"}
    found = list_inventory(posthog, config, env=strict)
    assert found.returncode != 0
    assert "source bad" in found.warnings and "does not know this api_key" in found.warnings
    found = list_inventory(posthog, {**config, "skip_failed_sources": True}, env=strict)
    assert found.returncode == 0
    assert "its projects are missing from the inventory" in found.warnings
    assert "projects: there is no project 'Nothing'" in found.warnings
    assert key not in found.output
    other = write_config(tmp_path, {}, "elsewhere.yml")
    assert list_inventory(posthog, other, env={"ANSIBLE_INVENTORY_ENABLED": "community.posthog.posthog"}).hosts == {}


def test_a_server_that_is_gone(posthog: Harness) -> None:
    """With the settings of each project wanted too, one sentence about the connection and nothing else."""
    env = {
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "ANSIBLE_INVENTORY_ENABLED": "auto",
        "POSTHOG_HOST": "http://127.0.0.1:9",
        "POSTHOG_RETRIES": "0",
    }
    found = list_inventory(posthog, {"settings": True}, env=env)
    assert found.returncode != 0 and not found.requests
    # Ansible repeats it; it is about one request all the same.
    assert set(re.findall(r"No answer from \S+ to (\S+ \S+):", found.warnings)) == {"GET /api/organizations/"}
    assert "Traceback" not in found.output


def test_rate_limit(posthog: Harness) -> None:
    """An answer of 429 is waited for."""
    posthog.server.control("faults", {"seed": 1, "rules": [{"kind": "429", "times": 2, "seconds": 1}]})
    found = list_inventory(posthog, {})
    assert len(found.hosts) == 2 and not found.stderr
    assert [entry["status"] for entry in found.requests] == [429, 429, 200]


@pytest.mark.matrix
def test_secrecy(posthog: Harness) -> None:
    """The key is in no output, however much is asked for, and tokens only where they are."""
    found = list_inventory(posthog, {"settings": True, "api_key": posthog.server.api_key}, arguments=["-vvvv"])
    assert posthog.server.api_key not in found.output
    assert "phc_" not in found.output and "phs_" not in found.output
    assert "phc_" in list_inventory(posthog, {"project_tokens": True}).stdout


@pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
def test_a_play_over_projects(posthog: Harness, in_process: bool) -> None:
    """A play configures each project, several at a time, and looks up what is each project's own."""
    many_projects(posthog.server, 3, 4)
    path = write_config(posthog.directory, {"exclude_projects": ["labs-project"]})
    tasks = [
        {"name": "Flag", "community.posthog.posthog_feature_flag": {"key": "new-checkout", "name": "Checkout"}},
        {
            "name": "Look up",
            "ansible.builtin.debug": {
                "msg": "{{ lookup('community.posthog.posthog', 'feature_flag', 'new-checkout', field='id') }}"
            },
        },
    ]
    play = {
        "hosts": "posthog_projects",
        "module_defaults": {
            "group/community.posthog.posthog": {"host": "{{ posthog_host }}", "project": "{{ posthog_project_id }}"}
        },
    }
    arguments = ["-i", str(path), "--forks", "4"]
    # The harness brings localhost along, and says by the environment in which project to work; both must not matter.
    first = posthog.run(tasks, play=play, arguments=arguments, in_process=in_process)
    second = posthog.run(tasks, play=play, arguments=arguments, in_process=in_process)
    flags = [task for task in first.tasks if task.name == "Flag"]
    assert len(flags) == 12 and all(task.changed for task in flags), first.stdout
    assert len({str(task.result["feature_flag"]["id"]) for task in flags}) == 12
    shown = sorted(str(task.result["msg"]) for task in first.tasks if task.name == "Look up")
    assert shown == sorted(str(task.result["feature_flag"]["id"]) for task in flags)
    assert second.changed == 0 and second.returncode == 0
    counted = collections.Counter(
        entry["path"].split("/")[3] for entry in second.requests if entry["path"].startswith("/api/projects/")
    )
    assert len(counted) == 12 and max(counted.values()) <= 4, counted
    assert posthog.server.api_key not in first.output + second.output


def test_the_guide(posthog: Harness, tmp_path: Path) -> None:
    """The inventories of the guide list hosts, and its plays run over them, the second time without a change."""
    page = ROOT / "docs" / "docsite" / "rst" / "guide_many_projects.rst"
    text = re.sub(r"(?m)^( *(?:- )?)(region: eu|region: us|host: https.*)$", r"\1host: ''", page.read_text("utf-8"))
    blocks = [yaml.safe_load(block) for block in _rst_blocks(text.splitlines())]
    configs = [block for block in blocks if isinstance(block, dict) and "plugin" in block]
    plays = [play for block in blocks if isinstance(block, list) for play in block]
    assert len(configs) >= 5 and len(plays) >= 3
    env = dict.fromkeys(("POSTHOG_EU_KEY", "POSTHOG_US_KEY", "POSTHOG_PLANT_KEY"), posthog.server.api_key)
    for config in configs:
        if "cache" in config:
            config["cache_connection"] = str(tmp_path / "cache")
        found = list_inventory(posthog, config, env=env)
        assert len(found.hosts) == 2 and not found.stderr, f"{config}: {found.stderr}"
    path = write_config(posthog.directory, {})
    playbook = tmp_path / "site.yml"
    playbook.write_text(json.dumps(plays), encoding="utf-8")
    first = posthog.run(path=playbook, arguments=["-i", str(path)])
    again = posthog.run(path=playbook, arguments=["-i", str(path)])
    assert first.returncode == again.returncode == 0, first.stdout[-3000:]
    assert first.changed == 6 and again.changed == 0
