# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the project that a task works in."""

from __future__ import annotations

import typing as t

from .project import DONE, FORETOLD, SHOWS, UNUSED, routes, settings
from .sample import Sample

if t.TYPE_CHECKING:
    from harness import SandboxServer


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """What settings name."""
    made = {}
    for name in ("Shop floor", "Back office"):
        made[name] = server.api("POST", "dashboards/", {"name": name})["id"]
    for name in ("shop-flag", "other"):
        body = {"key": name, "tags": ["shop"], "filters": {"groups": [{"rollout_percentage": 100}]}}
        made[name] = server.api("POST", "feature_flags/", body)["id"]
    for name in ("Company", "Night"):
        made[name] = server.api("POST", "data_color_themes/", {"name": name, "colors": ["#1d4aff"]})["id"]
    return made


SAMPLE = Sample(
    type="project_settings",
    path="/api/projects/{project}/",
    prepare=prepare,
    values={**settings(), **routes()},
    left_out=DONE,
    shows=SHOWS,
    foretold=FORETOLD,
    unused_keys=UNUSED,
    moving=("updated_at",),
    again=9,
    again_reason="the project, and what it names: flag, dashboard and theme; and four routes",
)
