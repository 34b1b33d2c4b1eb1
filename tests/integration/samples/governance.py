# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secret keys of projects."""

from __future__ import annotations

from .sample import Sample, Value

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
]
