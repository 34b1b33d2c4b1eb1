# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys of projects, approval policies and identity providers."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer


def approvers(server: SandboxServer) -> dict[str, t.Any]:
    """People and roles."""
    organization = f"/api/organizations/{server.organization}/"
    members = server.api("GET", f"{organization}members/", limit=500)["results"]
    roles = {name: server.api("POST", f"{organization}roles/", {"name": name})["id"] for name in ("Leads", "Support")}
    return {**roles, **{item["user"]["email"]: item["user"]["id"] for item in members}}


def without_slash(text: str) -> str:
    """An address as PostHog keeps it."""
    return text.rstrip("/") if text else text


def domains(server: SandboxServer) -> dict[str, t.Any]:
    """Domains of the organization."""
    path = f"/api/organizations/{server.organization}/domains/"
    names = ("acme.example.com", "acme.example.org")
    return {name: server.api("POST", path, {"domain": name})["id"] for name in names}


TWO_OF_THEM = {"quorum": 2, "users": ["admin@acme.test", "owner@acme.test"], "roles": ["Leads"]}

SAMPLES = [
    Sample(
        type="project_secret_api_key",
        name="Backend",
        path="project_secret_api_keys/",
        minimal={"scopes": ["feature_flag:read"]},
        values={"scopes": Value(["feature_flag:read", "endpoint:read"], ["experiment:read"])},
        left_out={
            "roll": "it changes the key each time; see test_handed_over.py",
            "max_age_days": "it gives the key another value once it is old; see test_handed_over.py",
        },
        foreign={"scopes": ["experiment:read"]},
        moving=("mask_value", "last_rolled_at", "value"),
        warns="PostHog shows its value once, and nothing has asked for it",
    ),
    Sample(
        type="approval_policy",
        name="feature_flag.update",
        path="approval_policies/",
        numbered=None,
        other="survey.launch",
        prepare=approvers,
        minimal={"approver_config": TWO_OF_THEM},
        values={
            "approver_config": Value(TWO_OF_THEM, {"quorum": 1, "roles": ["Support"]}, clears=False),
            "conditions": Value({"environment": "production"}, {"environment": "staging"}),
            "bypass_org_membership_levels": Value(["owner", "admin"], ["owner"]),
            "bypass_roles": Value(["Leads"], ["Support"]),
            "expires_after": Value("7 00:00:00", "1 12:00:00"),
        },
        foreign=lambda names: {"approver_config": {"quorum": 3, "users": [], "roles": [names["Support"]]}},
        moving=("updated_at",),
        again=4,
        again_reason="the policies, the members and the roles",
    ),
    Sample(
        type="identity_provider_config",
        name="Okta",
        path="/api/organizations/{organization}/identity_provider_configs/",
        prepare=domains,
        values={
            "domains": Value(["acme.example.com", "acme.example.org"], ["acme.example.org"]),
            "saml_entity_id": Value("https://idp.example.com/a", "https://idp.example.com/b", clears=False),
            "saml_acs_url": Value("https://idp.example.com/acs", "https://idp.example.com/acs2", clears=False),
            "saml_x509_cert": Value("MIIBfirst", "MIIBsecond", clears=False),
            "oidc_issuer_url": Value("https://login.example.com", "https://login.example.org"),
            "id_jag_issuer_url": Value("https://jag.example.com/", "https://jag.example.org", stored=without_slash),
            "id_jag_jwks_url": Value("https://jag.example.com/jwks", "https://jag.example.org/jwks"),
            "id_jag_allowed_clients": Value(["mobile", "desktop"], ["mobile"]),
        },
        left_out={
            "scim_enabled": "PostHog makes a token then; see test_handed_over.py",
            "roll_scim_token": "it makes a token each time; see test_handed_over.py",
        },
        moving=("updated_at", "has_saml", "has_oidc", "has_oidc_client_secret", "has_id_jag"),
        again=3,
        again_reason="the configurations, and the domains",
    ),
]
