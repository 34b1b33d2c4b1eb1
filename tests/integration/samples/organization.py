# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, and what belongs to them."""

from __future__ import annotations

from .sample import Sample, Value

SAMPLES = [
    Sample(
        type="invite",
        name="ada@example.com",
        path="/api/organizations/{organization}/invites/",
        numbered=lambda number: f"ada{number}@example.com",
        foreign={"level": 8},
        values={
            "private_project_access": Value([{"id": "Default project", "level": "admin"}], []),
        },
        unscoped="PostHog asks for no scope to make an invite (API.md, organization_invite)",
        least=3,
        again=3,
        again_reason="the invites, the members where there is no invite, and the projects for a name",
    ),
    Sample(
        type="organization",
        name="Initech",
        path="/api/organizations/",
        foreign={"enforce_2fa": True},
        values={
            "logo_media_id": Value("0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"),
        },
        left_out={"default_role": "no role is there before the organization is; see test_organization.py"},
        warns="made the key's owner the owner of the new organization",
    ),
    Sample(
        type="organization_domain",
        name="acme.example.com",
        path="/api/organizations/{organization}/domains/",
        numbered=lambda number: f"acme{number}.example.com",
        left_out={
            "jit_provisioning_enabled": "it needs a verified domain; see test_organization.py among the unit tests",
            "sso_enforcement": "it needs a verified domain; see test_organization.py among the unit tests",
        },
        values={
            "identity_provider_config": Value(
                "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"
            ),
        },
    ),
    Sample(
        type="proxy_record",
        name="e.example.com",
        path="/api/organizations/{organization}/proxy_records/",
        # Two are allowed.
        numbered=None,
    ),
]
