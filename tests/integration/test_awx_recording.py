# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for AWX answers as a real one did: a recording of AWX 24.6.1, replayed."""

from __future__ import annotations

import copy
import json
import typing as t

from harness.awx import Awx
from harness.playbook import ROOT

RECORDING = ROOT / "tests" / "integration" / "recordings" / "awx-24.6.1.json"

#: What tells how far an update has come; a replay has no say in that.
MOMENTARY = ("pending", "waiting", "running")


def comparable(value: t.Any) -> t.Any:
    """An answer without what differs from one AWX to the next: links, revisions, how far an update is."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: comparable(item) for key, item in value.items() if key not in ("related", "finished", "active_jobs")}
    if value.get("status") in MOMENTARY:
        out["status"] = "under way"
    if value.get("scm_revision"):
        out["scm_revision"] = "some"
    if not out.get("summary_fields"):
        out.pop("summary_fields", None)
    # An update's links and settings are not in the recording, nor is the organization's default image.
    if value.get("type") == "project_update":
        out.pop("url", None)
        out.pop("event_processing_finished", None)
    if value.get("type") == "organization":
        out.pop("default_environment", None)
        out.pop("summary_fields", None)
    return out


def test_recording() -> None:
    """Each answer has the status and the document that AWX gave."""
    recorded = json.loads(RECORDING.read_text(encoding="utf-8"))
    awx = Awx()
    awx.broken.add("http://127.0.0.1:1/none.git")
    awx.patience = 1
    compared = 0
    try:
        for kind, items in recorded["given"].items():
            for item in items:
                body = {key: value for key, value in item.items() if key not in ("id", "type", "url")}
                awx.add(kind, body, item["id"])
        for call in recorded["calls"]:
            body, answer = copy.deepcopy(call.get("request") or {}), call["body"]
            if call["status"] == 201:
                awx.next_number = answer["id"]
            update = ((answer or {}).get("summary_fields") or {}).get("current_update")
            if update and call["method"] != "GET":
                awx.next_update = update["id"]
            status, shown = awx.serve(call["method"], call["path"], body)
            label = f"{call['method']} {call['path']} {call.get('request')}"
            assert status == call["status"], f"{label}: {status} {shown}"
            assert comparable(shown) == comparable(answer), label
            compared += 1
    finally:
        awx.stop()
    assert compared > 180
