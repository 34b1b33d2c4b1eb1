# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every table serves its list, and what it can create it can read, change and delete without a defect."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox_client import Client

#: Types whose bodies have rules that the table alone does not hold; they have tests of their own.
OWN_TESTS = {
    "alert",
    "approval_policy",
    "batch_export",
    "endpoint",
    "evaluation",
    "event_filter",
    "error_tracking_assignment_rule",
    "error_tracking_bypass_rule",
    "error_tracking_grouping_rule",
    "experiment",
    "scheduled_change",
    "proxy_record",
    "dashboard_template",
    "session_recording_playlist",
    "experiment_holdout",
    "experiment_saved_metric",
    "external_data_source",
    "feature_flag",
    "hog_flow",
    "hog_function",
    "integration",
    "llm_provider_key",
    "logs_alert",
    "logs_retention_rule",
    "logs_sampling_rule",
    "messaging_template",
    "organization_domain",
    "personal_api_key",
    "project_secret_api_key",
    "subscription",
    "warehouse_join",
    "warehouse_saved_query",
    "warehouse_table",
    "web_experiment",
}


def value(field: Any) -> Any:
    if field.enum:
        return field.enum[0]
    if field.fields and field.type == "object":
        return {inner.name: value(inner) for inner in field.fields if inner.required}
    plain = {
        "string": "x1",
        "boolean": True,
        "int": 1,
        "integer": 1,
        "number": 1,
        "date-time": "2030-01-01T00:00:00Z",
        "uuid": str(uuid.uuid4()),
        "string:email": "a@example.com",
        "any": 1,
        "key": "k",
    }
    return plain.get(field.type, [] if field.type.startswith("list") else {})


def test_every_type(sandbox: Any, api: Client) -> None:
    served = 0
    for name, resource in sandbox.app.resources.items():
        table = resource.table
        path = (
            (table.path or "").replace("projects/{project_id}/", "P/").replace("organizations/{organization_id}/", "O/")
        )
        path = path.replace("environments/{project_id}/", "P/")
        if not path or "{" in path:
            continue
        path = path if path[:2] in ("P/", "O/") else f"/api/{path}"
        assert api.call("GET", f"{path}/").status_code in (200, 204, 403), name
        served += 1
        if "create" not in table.verbs or name in OWN_TESTS or not table.write_scope:
            continue
        made = api.call("POST", f"{path}/", {n: value(f) for n, f in table.fields.items() if f.required})
        assert made.status_code in (200, 201), (name, made.text)
        one = f"{path}/{made.json()[table.id_field]}/"
        if "retrieve" in table.verbs:
            shown = api.call("GET", one)
            assert shown.status_code == 200 and shown.json()[table.id_field], name
        gone = api.call("DELETE", one)
        assert gone.status_code == (405 if table.delete == "soft" else table.delete_status), (name, gone.text)
    assert served > 45
    assert sandbox.control.counters["defects"] == 0
