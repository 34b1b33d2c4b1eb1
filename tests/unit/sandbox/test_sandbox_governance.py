# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys of projects, approval policies and identity providers."""

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


POLICIES = "P/approval_policies/"


def test_approval_policies(sandbox: Any, api: Client) -> None:
    body = {"action_key": "survey.launch", "approver_config": {"quorum": 1, "users": [1]}}
    made = api.post(POLICIES, {**body, "expires_after": "P1DT12H"})
    assert (made["expires_after"], made["enabled"], made["bypass_roles"]) == ("1 12:00:00", True, [])
    refused(api, "POST", POLICIES, body, "action_key")
    other = {**body, "action_key": "experiment.launch"}
    refused(api, "POST", POLICIES, {**other, "approver_config": {"quorum": 0}}, "approver_config")
    refused(api, "POST", POLICIES, {**other, "approver_config": {"quorum": 1, "users": [999]}}, "approver_config")
    refused(api, "POST", POLICIES, {**other, "expires_after": "14d"}, "expires_after")
    refused(api, "POST", POLICIES, {**other, "bypass_org_membership_levels": [2]}, "bypass_org_membership_levels")
    refused(Client(sandbox, "member"), "POST", POLICIES, other, None, 403)
    assert api.get(f"{POLICIES}?action_key=survey.launch")["count"] == 1
    assert api.get(f"{POLICIES}?enabled=false")["count"] == 0
    api.delete(f"{POLICIES}{made['id']}/")
    assert api.get("P/change_requests/")["count"] == 0
    refused(api, "POST", "P/change_requests/", {}, None, 403)


PROVIDERS = "O/identity_provider_configs/"


def test_identity_providers(api: Client) -> None:
    domain = api.post("O/domains/", {"domain": "acme.example.com"})["id"]
    one = api.post(PROVIDERS, {"name": "Okta", "organization_domain_ids": [domain], "oidc_client_secret": "s" * 20})
    assert one["scim_bearer_token"] is None and one["has_oidc_client_secret"] and "oidc_client_secret" not in one
    two = api.post(PROVIDERS, {"name": "Okta", "scim_enabled": True, "id_jag_issuer_url": "https://a.example/"})
    assert two["scim_bearer_token"] and two["id_jag_issuer_url"] == "https://a.example"
    assert api.get(f"{PROVIDERS}{two['id']}/")["scim_bearer_token"] is None
    api.patch(f"{PROVIDERS}{two['id']}/", {"organization_domain_ids": [domain]})
    assert api.get(f"{PROVIDERS}{one['id']}/")["organization_domain_ids"] == []
    token = api.post(f"{PROVIDERS}{two['id']}/scim/token/", status=200)["scim_bearer_token"]
    assert token != two["scim_bearer_token"]
    refused(api, "POST", f"{PROVIDERS}{one['id']}/scim/token/", {}, None)
    refused(api, "POST", PROVIDERS, {"name": "x", "id_jag_jwks_url": "http://localhost/"}, "id_jag_jwks_url")
    refused(api, "POST", PROVIDERS, {"name": "x", "organization_domain_ids": ["none"]}, "organization_domain_ids")
    api.control("features", {"remove": ["scim"]})
    reply = refused(api, "POST", PROVIDERS, {"name": "x", "scim_enabled": True}, "scim_enabled")
    assert reply is None or reply["code"] == "feature_not_available"
