# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys of projects."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client
from test_sandbox_pipelines import refused

KEYS = "P/project_secret_api_keys/"


def test_a_value_is_shown_when_it_is_made(api: Client) -> None:
    made = api.post(KEYS, {"label": "Backend", "scopes": ["feature_flag:read"]})
    assert made["value"].startswith("phs_") and made["mask_value"].startswith("phs_...")
    path = f"{KEYS}{made['id']}/"
    assert api.get(path)["value"] is None and [key["value"] for key in api.get(KEYS)["results"]] == [None]
    rolled = api.post(f"{path}roll/", status=200)
    assert rolled["value"] != made["value"] and rolled["last_rolled_at"]
    assert api.get(path)["value"] is None
    changed = api.patch(path, {"scopes": ["endpoint:read"]})
    assert changed["value"] is None and changed["mask_value"] == rolled["mask_value"]
    api.delete(path)


@pytest.mark.parametrize("scopes", [[], ["*"], ["project:read"]])
def test_scopes_of_keys(api: Client, scopes: list[str]) -> None:
    refused(api, "POST", KEYS, {"label": "Backend", "scopes": scopes}, "scopes")


def test_who_may_have_keys(sandbox: Any, api: Client) -> None:
    body = {"label": "Backend", "scopes": ["feature_flag:read"]}
    api.post(KEYS, body)
    refused(api, "POST", KEYS, body, "label")
    refused(Client(sandbox, "member"), "POST", KEYS, {**body, "label": "Mine"}, None, 403)
    for number in range(49):
        api.post(KEYS, {**body, "label": f"Key {number}"})
    refused(api, "POST", KEYS, {**body, "label": "One more"}, None)
