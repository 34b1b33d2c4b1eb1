# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coming from Terraform: only what its state manages is exported, and applying that leaves all unchanged."""

from __future__ import annotations

import json
from pathlib import Path

from harness import Harness
from harness.extras import COHORT_FILTERS, all_ok

CONFIG = "community.posthog.posthog_config"
EXPORT = "community.posthog.posthog_export"


def test_what_a_state_manages(posthog: Harness, in_process: bool) -> None:
    """By file or as data, in both forms; what is left is named; the commands let go of the rest."""
    server = posthog.server
    groups = [{"properties": [], "rollout_percentage": 5}]
    flags = [server.api("POST", "feature_flags/", {"key": key, "filters": {"groups": groups}}) for key in ("a", "b")]
    server.api("POST", "cohorts/", {"name": "Not of Terraform", "filters": COHORT_FILTERS})
    role = server.api("POST", f"/api/organizations/{server.organization}/roles/", {"name": "Growth"})
    project = str(server.project)
    values = {"key": "a", "project_id": project}
    resources = [
        {
            "address": 'posthog_feature_flag.x["a"]',
            "type": "posthog_feature_flag",
            "values": {**values, "id": flags[0]["id"]},
        },
        {"address": "posthog_role.growth", "type": "posthog_role", "values": {"id": role["id"]}},
        {"address": "posthog_feature_flag.gone", "type": "posthog_feature_flag", "values": {**values, "id": 9999}},
        {"address": "posthog_insight.far", "type": "posthog_insight", "values": {"id": 1, "project_id": "77"}},
    ]
    shown = {"values": {"root_module": {"resources": [{**item, "mode": "managed"} for item in resources]}}}
    raw = {
        "version": 4,
        "resources": [
            {
                "mode": "managed",
                "type": "posthog_feature_flag",
                "name": "x",
                "instances": [{"index_key": "a", "attributes": resources[0]["values"]}],
            }
        ],
    }
    path, dest = posthog.directory / "state.json", posthog.directory / "exported"
    path.write_text(json.dumps(shown), encoding="utf-8")
    tasks = [
        {EXPORT: {"from_terraform": str(path), "dest": str(dest)}, "name": "File"},
        {EXPORT: {"from_terraform": raw, "types": ["feature_flags"]}, "name": "Raw"},
    ]
    run = all_ok(posthog.run(tasks, in_process=in_process))
    found = run["File"].result
    assert [item["key"] for item in found["config"]["feature_flags"]] == ["a"]
    assert [item["name"] for item in found["config"]["roles"]] == ["Growth"] and "cohorts" not in found["config"]
    assert found["terraform"]["state_rm"] == [
        "terraform state rm 'posthog_feature_flag.x[\"a\"]'",
        "terraform state rm posthog_role.growth",
    ]
    assert {item["address"] for item in found["terraform"]["left"]} == {
        "posthog_feature_flag.gone",
        "posthog_insight.far",
    }
    script = (dest / "terraform-state-rm.sh").read_text(encoding="utf-8")
    assert script.startswith("#!/bin/sh\n") and script.endswith("terraform state rm posthog_role.growth\n")
    assert run["Raw"].result["terraform"]["state_rm"] == found["terraform"]["state_rm"][:1]
    again = all_ok(posthog.run([{CONFIG: {"src": str(dest)}, "name": "Apply"}], in_process=in_process))[0]
    assert not again.changed and again.result["counts"]["unchanged"] == 2
    for given, wanted in (("none.json", "cannot be read"), ({"a": 1}, "is no Terraform state")):
        wrong = posthog.run([{EXPORT: {"from_terraform": given}, "name": "Wrong"}], in_process=in_process)[0]
        assert wrong.failed and "from_terraform" in wrong.msg and wanted in wrong.msg


def test_the_playbook(posthog: Harness) -> None:
    """It takes the file as a variable."""
    path = posthog.directory / "state.json"
    path.write_text(json.dumps({"format_version": "1.0"}), encoding="utf-8")
    arguments = ["-e", f"posthog_export_from_terraform={path}", "-e", f"posthog_export_dest={posthog.directory}/out"]
    run = posthog.run(path=Path("community.posthog.export"), arguments=arguments)
    assert run.returncode == 0, run.output
    exported = next(task for task in run.tasks if task.action == EXPORT)
    assert exported.result["config"] == {} and exported.result["terraform"] == {"state_rm": [], "left": []}
