# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan files: made in check mode, reviewed, and applied by the playbook, the role and the module; or nothing is."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from harness import Harness, Run
from harness.extras import all_ok

CONFIG = "community.posthog.posthog_config"

FILE = """
roles:
  - name: Engineering
feature_flags:
  - key: one
    name: Planned
  - key: two
    rollout_percentage: 20
"""


def apply(posthog: Harness, *variables: str, check: bool = False) -> Run:
    """Run the playbook."""
    arguments = [word for item in variables for word in ("-e", item)]
    return posthog.run(path=Path("community.posthog.apply"), arguments=[*arguments, *(["--check"] if check else [])])


def flag(posthog: Harness, key: str) -> dict[str, t.Any]:
    """A flag as PostHog has it."""
    return next(item for item in posthog.server.api("GET", "feature_flags/")["results"] if item["key"] == key)


def test_the_playbook(posthog: Harness) -> None:
    """A plan is made, somebody interferes, and nothing is done; the next plan is applied, which may be repeated."""
    server = posthog.server
    filters = {"groups": [{"properties": [], "rollout_percentage": 5}]}
    server.api("POST", "feature_flags/", {"key": "two", "name": "By hand", "filters": filters})
    (posthog.directory / "files").mkdir()
    (posthog.directory / "files" / "all.yml").write_text(FILE, encoding="utf-8")
    src = f"posthog_project_src={posthog.directory}/files"
    path = posthog.directory / "plan.json"
    dest, reviewed = f"posthog_project_plan_dest={path}", f"posthog_project_reviewed={path}"
    assert apply(posthog, src, dest, check=True).returncode == 0
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert [(entry["action"], entry["name"]) for entry in kept["objects"]] == [
        ("created", "Engineering"),
        ("created", "one"),
        ("updated", "two"),
    ]
    assert kept["objects"][1]["file"].endswith("all.yml") and kept["objects"][1]["line"] == 5

    server.api("PATCH", f"feature_flags/{flag(posthog, 'two')['id']}/", {"name": "Meanwhile"})
    run = apply(posthog, src, reviewed)
    assert run.returncode != 0 and not [task for task in run.tasks if task.writes]
    failed = next(task for task in run.tasks if task.failed)
    assert failed.msg.startswith(
        "PostHog or the files are not what they were when the plan was made; nothing was written"
    )
    assert "feature flag 'two' has another name in PostHog than when the plan was made" in failed.msg
    assert failed.result["mistakes"][0]["line"] == 7 and failed.result["plan"]

    assert apply(posthog, src, dest, check=True).returncode == 0
    assert apply(posthog, src, reviewed, check=True).returncode == 0
    done = apply(posthog, src, reviewed)
    assert done.returncode == 0, done.output
    assert flag(posthog, "one")["name"] == "Planned" and flag(posthog, "two")["name"] == "Meanwhile"
    assert flag(posthog, "two")["filters"]["groups"][0]["rollout_percentage"] == 20
    again = apply(posthog, src, reviewed)
    assert again.returncode == 0 and not [task for task in again.tasks if task.writes]


def test_the_module_in_both_ways(posthog: Harness, in_process: bool) -> None:
    """The file and what it holds are the same; what is no plan is refused by its name."""
    path = posthog.directory / "plan.json"
    options = {"config": {"cohorts": [{"name": "Beta", "is_static": True}]}}
    plans = [
        {CONFIG: {**options, "plan_dest": str(path)}, "name": "File"},
        {CONFIG: {**options, "fingerprint": True}, "name": "Result"},
    ]
    made = all_ok(posthog.run(plans, in_process=in_process, check=True))
    assert "plan_file" not in made["File"].result
    assert json.loads(path.read_text(encoding="utf-8")) == made["Result"].result["plan_file"]
    other = {"config": {"cohorts": [{"name": "Gamma", "is_static": True}]}, "plan": str(path)}
    refused = posthog.run([{CONFIG: other, "name": "Other"}], in_process=in_process)[0]
    assert refused.failed and "cohort 'Gamma' would be created, which the plan does not say" in refused.msg
    done = all_ok(posthog.run([{CONFIG: {**options, "plan": str(path)}, "name": "Apply"}], in_process=in_process))[0]
    assert done.result["counts"]["created"] == 1
    for text, wanted in (("{", "cannot be read"), ("[]", "is no plan that plan_dest has written")):
        path.write_text(text, encoding="utf-8")
        wrong = posthog.run([{CONFIG: {**options, "plan": str(path)}, "name": "Wrong"}], in_process=in_process)[0]
        assert wrong.failed and wanted in wrong.msg and "plan" in wrong.msg, wrong.msg
    missing = posthog.run([{CONFIG: {**options, "plan": "none.json"}, "name": "No file"}], in_process=in_process)[0]
    assert missing.failed and missing.msg.startswith("plan: none.json cannot be read")
