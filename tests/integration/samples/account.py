# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrations, and the key's own user."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

HOST = "dbc-0123.cloud.databricks.com"


def keys(secret: str) -> dict[str, t.Any]:
    """What connects an account."""
    return {"server_hostname": HOST, "client_id": "posthog", "client_secret": secret}


SAMPLES = [
    Sample(
        type="integration",
        name=HOST,
        within={"kind": "databricks"},
        path="integrations/",
        minimal={"config": keys("sesame-of-databricks")},
        values={"config": Value(keys("sesame-of-databricks"), keys("another-of-databricks"))},
        secrets=("sesame-of-databricks", "another-of-databricks"),
        foreign={"config": keys("known-to-others")},
        # The account tells the name.
        numbered=None,
        no_twin="an account is connected once",
        # A server of 2024 knows Slack only, and breaks on everything else.
        old="-",
    ),
    Sample(
        type="user",
        path="/api/users/@me/",
        drift=("PATCH", ""),
        values={
            "ui_configuration": Value({"density": "tight"}, {"density": "wide"}),
            "notification_settings": Value({"plugin_disabled": False}, {"plugin_disabled": True}),
            "events_column_config": Value({"active": ["event", "person"]}, {"active": "DEFAULT"}),
            "has_seen_product_intro_for": Value({"surveys": True}, {"surveys": False}),
            "hedgehog_config": Value({"color": "green"}, {"color": "red"}),
        },
        left_out={
            "email": "it needs a confirmation; see test_account.py among the unit tests",
            "password": "each change makes the declared current one wrong; see test_account.py",
            "current_password": "it only goes with a new one",
            "is_staff": "only those who administer an installation may",
            "set_current_project": "it goes with the organization; see test_account.py among the unit tests",
            "set_current_organization": "what is current is where other tasks work; see test_account.py",
        },
    ),
]
