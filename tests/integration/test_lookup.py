# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup in playbooks: objects, fields, several at once, errors as Ansible handles them, secrets."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness

pytestmark = pytest.mark.matrix

NAME = "'community.posthog.posthog'"


def show(name: str, expression: str, **more: t.Any) -> dict[str, t.Any]:
    """A task that shows what an expression gives."""
    return {"name": name, "ansible.builtin.debug": {"msg": "{{ " + expression + " }}"}, **more}


def test_lookup(posthog: Harness) -> None:
    """Objects and fields, by name and id, one and several."""
    server = posthog.server
    first, second = server.seed("feature_flag", {"key": "new-checkout", "name": "Checkout"}, {"key": "dark-mode"})
    server.seed("cohort", {"name": "Beta"}, {"name": "Beta"})
    run = posthog.run(
        [
            show("object", f"lookup({NAME}, 'feature_flag', 'new-checkout')"),
            show("field", f"lookup({NAME}, 'feature_flag', 'new-checkout', field='id')"),
            show("by id", f"lookup({NAME}, 'feature_flag', {second}, field='key')"),
            show("several", f"query({NAME}, 'feature_flag', 'new-checkout', 'dark-mode', field='id')"),
            show("wantlist", f"lookup({NAME}, 'feature_flag', 'dark-mode', field='id', wantlist=True)"),
            show("project", f"lookup({NAME}, 'project', 'Default project', field='timezone')"),
            show("member", f"lookup({NAME}, 'member', 'admin@example.com', field='user.email', errors='ignore')"),
            show("missing", f"lookup({NAME}, 'feature_flag', 'new-chekout')"),
            show("twice", f"lookup({NAME}, 'cohort', 'Beta')"),
            show("warned", f"lookup({NAME}, 'feature_flag', 'nope', errors='warn') or 'empty'"),
            show("ignored", f"query({NAME}, 'feature_flag', 'nope', errors='ignore')"),
            show(
                "by variables", f"lookup({NAME}, 'feature_flag', 'dark-mode', field='id')", vars={"posthog_retries": 1}
            ),
            show("other key", f"lookup({NAME}, 'feature_flag', 'x', api_key='{server.facts['unknown_key']}')"),
        ]
    )
    assert run["object"].result["msg"]["name"] == "Checkout"
    assert str(run["field"].result["msg"]) == str(first)
    assert run["by id"].result["msg"] == "dark-mode"
    assert run["several"].result["msg"] == [first, second]
    assert run["wantlist"].result["msg"] == [second]
    assert run["project"].result["msg"] == "UTC"
    assert run["missing"].failed and "did you mean new-checkout" in run["missing"].msg
    assert run["twice"].failed and "2 objects" in run["twice"].msg
    assert run["warned"].ok and "there is no feature flag 'nope'" in " ".join(run.output.split())
    assert run["ignored"].result["msg"] in ([], None, "")
    assert str(run["by variables"].result["msg"]) == str(second)
    assert run["other key"].failed and "does not know this api_key" in run["other key"].msg
    assert len(run["field"].requests) <= 2
    assert len([entry for entry in run["several"].requests if "feature_flags" in entry["path"]]) == 1
    assert server.api_key not in run.output and server.facts["unknown_key"] not in run["other key"].msg


def test_secrets(posthog: Harness) -> None:
    """What PostHog shows of secrets is masked."""
    run = posthog.run([show("project", f"lookup({NAME}, 'project', 'Default project')")], verbosity=4)
    assert run["project"].ok
    assert "phs_" not in run.output and posthog.server.api_key not in run.output
