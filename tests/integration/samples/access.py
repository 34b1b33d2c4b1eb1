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


def prepare_shared(server: SandboxServer) -> dict[str, t.Any]:
    """What is shared."""
    return {"Numbers": server.api("POST", "dashboards/", {"name": "Numbers"})["id"]}


def notes(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str:
    """Whether just the passwords are there that are declared."""
    found = sorted(item["note"] for item in obj.get("share_passwords") or [])
    wanted = sorted(note for note, word in (value or {}).items() if word is not None)
    return "" if found == wanted else f"passwords for {found}, not for {wanted}"


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
    Sample(
        type="sharing",
        place={"dashboard": "Numbers"},
        path="dashboards/{Numbers}/sharing/",
        drift=("PATCH", ""),
        prepare=prepare_shared,
        values={
            "settings": Value(
                {
                    "whitelabel": True,
                    "noHeader": True,
                    "showInspector": False,
                    "legend": True,
                    "detailed": False,
                    "hideExtraDetails": True,
                },
                {"noHeader": True},
            ),
            "share_passwords": Value({"Board": "sesame-of-the-board"}, {"Board": "sesame-of-the-press"}),
        },
        left_out={"refresh_access_token": "it is done each time; see test_access.py among the unit tests"},
        shows={"share_passwords": notes},
        # Ids and times come with them.
        foretold={"share_passwords": lambda one, other: [i["note"] for i in one] == [i["note"] for i in other]},
        secrets=("sesame-of-the-board", "sesame-of-the-press"),
        moving=("access_token", "created_at"),
        least=3,
        again=3,
        again_reason="the dashboard, and its sharing",
    ),
]
