# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: what they do, what they leave behind, and the traps of AWX's ways."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from harness import Harness, SandboxServer
from harness.inventories import list_inventory, many_projects
from harness.jobs import Controller, Job

#: An inventory without the plugin, of a host that is not localhost.
ELSEWHERE = {
    "all": {"hosts": ["web01"]},
    "_meta": {"hostvars": {"web01": {"ansible_host": "192.0.2.1", "ansible_user": "nobody"}}},
}


@pytest.fixture
def jobs(sandbox: SandboxServer, tmp_path: Path) -> Controller:
    """Runs jobs against the sandbox."""
    return Controller(sandbox, tmp_path)


def good(job: Job) -> Job:
    """Fail the test where the job failed, or the key is to be found."""
    assert job.status == "successful", job.stdout[-3000:]
    return job


def active(server: SandboxServer, key: str) -> bool:
    """Whether a flag is on."""
    found = server.api("GET", "feature_flags/", key=None)["results"]
    return bool(next(item for item in found if item["key"] == key)["active"])


def test_kill_switch(jobs: Controller) -> None:
    """Predicted, done, done again, taken back; a flag that is not there is refused; nothing tells the key."""
    server = jobs.server
    server.seed("feature_flag", {"key": "new-checkout", "active": True, "filters": {"groups": []}})
    answers = {
        "posthog_flag": "new-checkout",
        "posthog_flag_state": "off",
        "posthog_reason": "x",
        "posthog_project": "Default project",
    }
    done: list[Job] = []

    def switch(cmdline: str = "--diff", **more: t.Any) -> Job:
        done.append(jobs.run("kill_switch.yml", {**answers, **more}, cmdline=cmdline))
        return done[-1]

    predicted = good(switch("--check --diff"))
    assert predicted.changed == 1 and predicted.writes == [] and active(server, "new-checkout")
    assert good(switch()).artifacts == {
        "posthog_kill_switch": {"flag": "new-checkout", "state": "off", "changed": True, "reason": "x"}
    }
    assert not active(server, "new-checkout")
    assert good(switch("--become")).changed == 0
    good(switch(posthog_flag_state="on", posthog_annotate=True))
    assert active(server, "new-checkout")
    notes = [item["content"] for item in server.api("GET", "annotations/")["results"]]
    assert notes == ["new-checkout switched on: x"]
    refused = switch(posthog_flag="new-chekout")
    said = " ".join(refused.stdout.split())
    assert refused.status == "failed" and "there is no feature flag 'new-chekout'" in said
    assert "did you mean new-checkout?" in said and "in the project Default project" in said
    assert refused.writes == []
    # AWX takes an empty text as an answer to a required question.
    nameless = switch(posthog_flag="")
    assert nameless.status == "failed" and "Say which flag" in nameless.stdout and nameless.requests == []
    # Back to what the files say, of this flag alone.
    declared = {"posthog_flag_state": "as declared", "posthog_project_src": ["config"]}
    server.seed("feature_flag", {"key": "maintenance", "name": "Changed by hand", "active": True})
    predicted = good(switch("--check --diff", posthog_flag="maintenance", **declared))
    assert predicted.changed == 1 and predicted.writes == []
    back = good(switch(posthog_flag="maintenance", **declared))
    assert back.artifacts["posthog_kill_switch"] == {
        "flag": "maintenance",
        "state": "as declared",
        "changed": True,
        "reason": "x",
    }
    assert not active(server, "maintenance") and len(back.writes) == 1
    assert good(switch(posthog_flag="maintenance", **declared)).changed == 0
    undeclared = switch(**declared)
    assert undeclared.status == "failed"
    assert "declare the flag new-checkout 0 times" in " ".join(undeclared.stdout.split())
    for job in done:
        assert job.files_with(server.api_key) == []


def test_onboarding_and_offboarding(jobs: Controller) -> None:
    """Who is unknown is invited; who is a member gets roles; and out again."""
    server = jobs.server
    server.seed("role", {"name": "Engineering"}, {"name": "Support"}, organization=server.organization)
    member = {"posthog_email": "member@acme.test", "posthog_level": "member", "posthog_first_name": ""}
    roles = {"posthog_roles": "Engineering\n Support \n"}
    taken_in = good(jobs.run("onboard.yml", {**member, **roles}))
    assert taken_in.artifacts["posthog_onboarding"]["status"] == "member"
    assert taken_in.artifacts["posthog_onboarding"]["roles"] == ["Engineering", "Support"]
    again = good(jobs.run("onboard.yml", {**member, "posthog_roles": ["Engineering", "Support"]}))
    assert again.changed == 0 and again.artifacts["posthog_onboarding"]["changed"] is False
    stranger = {"posthog_email": "ada@example.com", "posthog_level": "member", **roles}
    predicted = good(jobs.run("onboard.yml", stranger, cmdline="--check"))
    assert predicted.writes == [] and predicted.changed == 1
    invited = good(jobs.run("onboard.yml", stranger))
    assert invited.artifacts["posthog_onboarding"] == {
        "email": "ada@example.com",
        "status": "invited",
        "roles": [],
        "roles_pending": ["Engineering", "Support"],
        "changed": True,
    }
    for email in ("member@acme.test", "ada@example.com"):
        assert good(jobs.run("offboard.yml", {"posthog_email": email})).changed == 1
    out = good(jobs.run("offboard.yml", {"posthog_email": "ada@example.com"}))
    assert out.artifacts == {"posthog_offboarding": {"email": "ada@example.com", "changed": False}}
    assert jobs.run("offboard.yml", {"posthog_email": ""}).status == "failed"
    assert out.files_with(server.api_key) == []


def test_apply_and_drift(jobs: Controller) -> None:
    """Drift is found and fails the job, with a summary that the workflow hands on; applied, there is none."""
    server = jobs.server
    declared = {"posthog_project_src": ["config"], "posthog_hosts": "localhost"}
    compare = {**declared, "posthog_drift_fail": True, "posthog_drift_html": "", "posthog_drift_markdown": ""}
    found = jobs.run("drift.yml", compare, cmdline="--check --diff")
    assert found.status == "failed" and found.writes == []
    assert "PostHog differs from what is declared in 1 object" in found.stdout
    assert found.artifacts["posthog_drift"]["drifted"] is True
    predicted = good(jobs.run("apply.yml", declared, cmdline="--check --diff"))
    assert predicted.changed == 1 and predicted.writes == []
    applied = good(jobs.run("apply.yml", declared, cmdline="--diff --become"))
    assert applied.changed == 1 and active(server, "maintenance") is False
    none = good(jobs.run("drift.yml", compare, cmdline="--check --diff"))
    assert none.artifacts["posthog_drift"]["drifted"] is False
    written = good(jobs.run("export.yml", {"posthog_project": "Default project"}))
    assert "maintenance" in written.stdout
    for job in (found, predicted, applied, none, written):
        assert job.files_with(server.api_key) == []


def test_promote(jobs: Controller) -> None:
    """What one project has is planned for another, brought there, and there is nothing left to bring."""
    server = jobs.server
    target = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Production"})["id"]
    server.seed("feature_flag", {"key": "new-checkout", "active": True, "filters": {"groups": []}})
    answers = {
        "posthog_promote_source_project": "Default project",
        "posthog_project": "Production",
        "posthog_promote_types": "feature_flags",
    }

    def there() -> list[str]:
        return [item["key"] for item in server.api("GET", f"/api/projects/{target}/feature_flags/")["results"]]

    predicted = good(jobs.run("promote.yml", answers, cmdline="--check --diff"))
    assert predicted.changed == 1 and predicted.writes == [] and there() == []
    assert "+ feature flag 'new-checkout'" in predicted.stdout
    done = good(jobs.run("promote.yml", answers, cmdline="--diff"))
    assert done.changed == 1 and there() == ["new-checkout"]
    again = good(jobs.run("promote.yml", answers, cmdline="--diff"))
    assert again.changed == 0 and again.writes == []
    for job in (predicted, done, again):
        assert job.files_with(server.api_key) == []


def test_traps(jobs: Controller) -> None:
    """A key as a variable, hosts that are not localhost, become, and the fact storage."""
    server = jobs.server
    server.seed("feature_flag", {"key": "new-checkout", "active": True, "filters": {"groups": []}})
    answers: dict[str, t.Any] = {"posthog_flag": "new-checkout", "posthog_reason": ""}
    nothing = dict.fromkeys(jobs.environment(), "")
    variables = {"posthog_api_key": server.api_key, "posthog_host": server.url, "posthog_region": ""}
    job = good(jobs.run("kill_switch.yml", {**answers, **variables}, environment=nothing))
    assert job.changed == 1 and job.files_with(server.api_key) == []
    # Another host, which cannot be reached, with become ticked and facts stored.
    job = good(
        jobs.run(
            "kill_switch.yml",
            {**answers, "posthog_flag_state": "on", "posthog_hosts": "web01"},
            inventory=ELSEWHERE,
            cmdline="--become",
            fact_cache=True,
            extra_plays=[
                {
                    "name": "Facts that are stored",
                    "hosts": "all",
                    "gather_facts": False,
                    "tasks": [{"ansible.builtin.set_fact": {"site": "here", "cacheable": True}}],
                }
            ],
        )
    )
    assert job.changed == 1 and job.files_with(server.api_key) == []
    stored = [path for path in (job.place / "artifacts" / "1" / "fact_cache").rglob("*web01") if path.is_file()]
    assert len(stored) == 1 and "site" in stored[0].read_text()
    # Without a key, the message says where it can come from.
    job = jobs.run("kill_switch.yml", answers, environment=nothing)
    assert job.status == "failed" and "POSTHOG_API_KEY" in job.stdout


def test_slices(jobs: Controller, posthog: Harness) -> None:
    """Each slice works on its part of the inventory that AWX imported, and together they are done."""
    server = jobs.server
    many_projects(server, 2, 3)
    found = list_inventory(
        posthog,
        Path(__file__).resolve().parents[2] / "awx" / "project" / "inventory" / "posthog.yml",
        arguments=["--export"],
    )
    assert len(found.hosts) == 6 and not found.stderr
    for host in found.hosts.values():
        server.seed("feature_flag", {"key": "x", "active": True}, project=host["posthog_project_id"])
    names = sorted(found.hosts)
    for part in (names[0::2], names[1::2]):
        sliced = {
            "all": {"children": ["posthog_projects"]},
            "posthog_projects": {"hosts": part},
            "_meta": {"hostvars": {name: found.hosts[name] for name in part}},
        }
        answers = {"posthog_flag": "x", "posthog_hosts": "posthog_projects"}
        job = good(jobs.run("kill_switch.yml", answers, inventory=sliced))
        assert job.changed == 3
        told = job.artifacts["posthog_kill_switch"]["hosts"]
        assert sorted(told) == part and all(item["changed"] is True for item in told.values())
        written = {path.split("/")[3] for path in job.writes}
        assert written == {str(found.hosts[name]["posthog_project_id"]) for name in part}
