# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access rules and sharing."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer

#: What the rules of a loop are about.
KINDS = (
    "customer_analytics", "dashboard", "early_access_feature", "endpoint", "error_tracking", "experiment", "heatmap",
    "hog_flow", "insight", "logs", "notebook", "revenue_analytics", "session_recording", "survey", "web_analytics",
)  # fmt: skip


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """Roles."""
    path = f"/api/organizations/{server.organization}/roles/"
    return {name: server.api("POST", path, {"name": name})["id"] for name in ("Engineering", "Support")}


SAMPLES = [
    Sample(
        type="access_control",
        name="feature_flag",
        within={"role": "Engineering"},
        elsewhere={"role": "Support"},
        numbered=lambda number: KINDS[number % len(KINDS)],
        prepare=prepare,
        minimal={"access_level": "editor"},
        values={"access_level": Value("editor", "viewer")},
        path="resource_access_controls/",
        rows=lambda answer: t.cast("list[dict[str, t.Any]]", answer["access_controls"]),
        foreign=lambda names: {"resource": "feature_flag", "role": names["Engineering"], "access_level": "viewer"},
        least=3,
        again=3,
        again_reason="the rules, and the roles",
    ),
]
