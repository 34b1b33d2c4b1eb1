# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Notebooks, annotations, colour themes and dashboard templates.

Private to this collection: it may change without notice. Facts: API.md chapter 5, notebook, annotation,
data_color_theme, dashboard_template.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    FILTER_REFS,
    LATE_REFS,
    QUERY_REFS,
    Filters,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import Checker
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Choice,
    ListOf,
    Open,
    Reference,
    Text,
    Time,
)

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
    # Making one is free.
    plan_feature="data_color_themes",
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

# -- templates of dashboards -----------------------------------------------------------------------------------------


def _has_tiles(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("tiles") == []:
        yield "tiles", "must hold at least one tile"


def _of_this_project(obj: t.Mapping[str, t.Any]) -> bool:
    """Whether a template is the project's (or the organization's) own: PostHog's are in every project's list."""
    scope = obj.get("scope")
    return scope in (None, "team", "organization") or (scope != "global" and obj.get("team_id") is not None)


#: A template has placeholders such as {SIGNED_UP} where a dashboard has events.
_TILES = Checker(QUERY_REFS, placeholders=True)
_FILTERS = Checker(FILTER_REFS, placeholders=True)

DASHBOARD_TEMPLATE = Resource(
    type="dashboard_template",
    plural="dashboard_templates",
    scope=Scope.PROJECT,
    path="dashboard_templates/",
    identity=Identity("template_name", ("template_name",)),
    scopes=("dashboard_template:read", "dashboard_template:write"),
    # DELETE answers 204 and leaves the template where it is.
    delete=Delete.SOFT,
    order=42,
    alive=_of_this_project,
    checks=(_has_tiles,),
    fields=(
        Text("template_name", required=True, max_length=400),
        Text("dashboard_description", nullable=True, max_length=400),
        # A plain list, not PostHog's tags.
        ListOf("tags", Text("tag"), unordered=True, nullable=True),
        ListOf("tiles", Open("tile", checked=_TILES.anywhere), required=True, refs=QUERY_REFS),
        ListOf("variables", Open("variable"), nullable=True),
        Open("dashboard_filters", nullable=True, refs=FILTER_REFS, checked=_FILTERS.document("DashboardFilter")),
        Text("image_url", nullable=True, max_length=8201),
        Choice("scope", ["team", "organization", "feature_flag"], nullable=True, null_as="team", default="team"),
        ListOf("availability_contexts", Text("context", max_length=255), unordered=True, nullable=True),
        Bool("is_featured", since="2026"),
    ),
)

# -- annotations -----------------------------------------------------------------------------------------------------


def _scope_of_its_object(options: dict[str, t.Any], _problems: Problems) -> None:
    """An annotation shows where its scope says; one of an insight or a dashboard says so itself."""
    if options.get("scope") is None:
        for option, scope in (("insight", "dashboard_item"), ("dashboard", "dashboard")):
            if options.get(option) is not None:
                options["scope"] = scope


def _scope_has_its_object(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("insight") is not None and values.get("dashboard") is not None:
        return
    for option, scope in (("insight", "dashboard_item"), ("dashboard", "dashboard")):
        if values.get(option) is not None and values.get("scope") not in (None, scope):
            yield option, f"has no meaning with scope: {values['scope']}; leave scope out, or say {scope}"


ANNOTATION = Resource(
    type="annotation",
    plural="annotations",
    scope=Scope.PROJECT,
    path="annotations/",
    # The same text may stand at many points in time, and at many insights.
    identity=Identity(
        "content",
        ("content",),
        filter="search",
        fuzzy=True,
        within=("date_marker", "scope", "insight", "dashboard"),
        nameless=True,
    ),
    scopes=("annotation:read", "annotation:write"),
    delete=Delete.SOFT,
    order=52,
    prepare=_scope_of_its_object,
    checks=(_scope_has_its_object,),
    fields=(
        Text("content", required=True, null_as="", max_length=8192),
        Time("date_marker", nullable=True, relative=True),
        Choice(
            "scope",
            ["dashboard_item", "dashboard", "project", "organization", "recording"],
            # PostHog's own default is dashboard_item, which nobody sees without an insight.
            initial="project",
        ),
        Reference(
            "insight",
            Ref("insight", name_at="insight_name"),
            api="dashboard_item",
            aliases=("dashboard_item",),
            nullable=True,
        ),
        Reference(
            "dashboard",
            Ref("dashboard", name_at="dashboard_name"),
            api="dashboard_id",
            aliases=("dashboard_id",),
            nullable=True,
        ),
        Choice("creation_type", ["USR", "GIT"], default="USR"),
        Text("emoji", nullable=True, since="2026"),
        Bool("hidden_in_user_interface", nullable=True, since="2026"),
    ),
)

# -- notebooks -------------------------------------------------------------------------------------------------------

NOTEBOOK = Resource(
    type="notebook",
    plural="notebooks",
    scope=Scope.PROJECT,
    path="notebooks/",
    identity=Identity("title", ("title",), filter="search", fuzzy=True, nameless=True),
    scopes=("notebook:read", "notebook:write"),
    id_path="short_id",
    other_ids=("id",),
    delete=Delete.SOFT,
    order=70,
    # The content is taken only with the version that it is to replace.
    always_send=("version",),
    fields=(
        Text("title", required=True, null_as="", max_length=256),
        Filters("content", nullable=True, in_list=False, refs=LATE_REFS),
        Text("text_content", nullable=True, in_list=False),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
)
