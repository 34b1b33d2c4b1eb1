# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing here calls what ansible-core wants to take away, with any ansible-core that is supported."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from harness import Harness
from harness.extras import all_ok, task
from harness.inventories import list_inventory

pytestmark = pytest.mark.matrix


def test_no_deprecated_call(posthog: Harness, in_process: bool) -> None:
    """Every kind of task, good and bad ones: what is printed and what a task registers hold no deprecation."""
    tasks: list[dict[str, t.Any]] = [
        task("create", "feature_flag", {"key": "one", "payloads": {"true": "x"}}),
        task("again", "feature_flag", {"key": "one", "payloads": {"true": "x"}}),
        task("loop", "cohort", {"name": "{{ item }}", "is_static": True}, loop=["a", "b"]),
        task("wrong option", "feature_flag", {"key": "one", "nonsense": 1, "pasword": "canary-mistyped"}),
        task("wrong value", "feature_flag", {"key": "one", "rollout_percentage": 150}),
        task("config", "config", {"config": {"feature_flags": [{"key": "two"}], "cohorts": [{"name": "c"}]}}),
        task("info", "info", {"types": ["feature_flag", "cohort"], "details": True}),
        task("connection", "connection_info"),
        task("api", "api", {"path": "/api/users/@me/"}),
        task("export", "export", {"types": ["feature_flag"]}),
        task("background", "feature_flag", {"key": "three"}, **{"async": 30, "poll": 1}),
        {
            "name": "lookup",
            "ansible.builtin.debug": {"msg": "{{ lookup('community.posthog.posthog', 'feature_flag', 'one') }}"},
        },
        task("delete", "feature_flag", {"key": "one", "state": "absent"}),
    ]
    env: dict[str, str | None] = {"ANSIBLE_DEPRECATION_WARNINGS": "true", "ANSIBLE_INJECT_INVOCATION": "true"}
    run = posthog.run(tasks, in_process=in_process, diff=True, verbosity=1, env=env)
    assert {item.name: item.failed for item in run.tasks if item.failed}.keys() == {"wrong option", "wrong value"}
    assert "[DEPRECATION WARNING]" not in run.output, run.output[-3000:]
    assert not [item.name for item in run.tasks if item.result.get("deprecations")]
    assert "canary-mistyped" not in run.output + str([item.result for item in run.tasks])


#: The warnings of ansible-core about what it wants to take away.
SHOWN: dict[str, str | None] = {"ANSIBLE_DEPRECATION_WARNINGS": "true"}


def test_no_deprecated_call_in_roles(posthog: Harness, tmp_path: Path) -> None:
    """Applying, reports and drift of several roles, by their playbooks."""
    variables: dict[str, t.Any] = {
        "posthog_project_config": {"feature_flags": [{"key": "one"}]},
        "posthog_project_settings": {"week_start_day": "monday"},
        "posthog_drift_html": str(tmp_path / "drift.html"),
        "posthog_drift_markdown": str(tmp_path / "drift.md"),
        "posthog_access_report_html": str(tmp_path / "access.html"),
        "posthog_access_report_csv": "",
    }
    for name in ("apply", "drift", "access_report"):
        run = all_ok(posthog.run(path=Path(f"community.posthog.{name}"), variables=variables, env=SHOWN))
        assert "[DEPRECATION WARNING]" not in run.output, run.output[-3000:]
        assert not [item.name for item in run.tasks if item.result.get("deprecations")]


def test_no_deprecated_call_in_the_inventory(posthog: Harness) -> None:
    """Groups, composed variables and settings of projects."""
    config = {
        "settings": True,
        "compose": {"zone": "posthog_timezone"},
        "groups": {"all_of_them": "true"},
        "keyed_groups": [{"key": "posthog_organization_slug", "prefix": "of"}],
    }
    found = list_inventory(posthog, config, env=SHOWN)
    assert found.hosts and "DEPRECATION" not in found.output, found.output[-3000:]
