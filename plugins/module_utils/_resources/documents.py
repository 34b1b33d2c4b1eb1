# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Notebooks, annotations, colour themes and dashboard templates.

Private to this collection: it may change without notice. Facts: API.md chapter 5, notebook, annotation,
data_color_theme, dashboard_template.
"""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.module_utils._fields import ListOf, Text
from ansible_collections.community.posthog.plugins.module_utils._resource import Identity, Resource, Scope

# -- colour themes ---------------------------------------------------------------------------------------------------

DATA_COLOR_THEME = Resource(
    type="data_color_theme",
    plural="data_color_themes",
    scope=Scope.PROJECT,
    path="data_color_themes/",
    identity=Identity("name", ("name",)),
    scopes=("project:read", "project:write"),
    order=8,
    since="2025",
    # PostHog's own themes are in every project's list.
    alive=lambda obj: not obj.get("is_global"),
    fields=(
        Text("name", required=True, max_length=100),
        ListOf(
            "colors",
            Text(
                "color",
                casefold=True,
                pattern=(r"#(?:[0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})", "hexadecimal colours such as #1d4aff"),
            ),
            required=True,
        ),
    ),
)
