# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fresh sandbox holds: three organizations, five people, three projects and the keys."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from .behaviours.organizations import new_member, new_organization
from .behaviours.projects import new_project
from .behaviours.users import new_user

if TYPE_CHECKING:
    from .app import App

#: The collection's names of types whose facts have longer ones.
SHORT_NAMES = {
    "member": "organization_member",
    "invite": "organization_invite",
    "domain": "organization_domain",
    "sharing": "sharing_configuration",
    "collaborator": "dashboard_collaborator",
}

FEATURES = [
    "zapier",
    "organizations_projects",
    "environments",
    "social_sso",
    "saml",
    "sso_enforcement",
    "scim",
    "automatic_provisioning",
    "access_control",
    "advanced_permissions",
    "role_based_access",
    "project_based_permissioning",
    "dashboard_collaboration",
    "dashboard_permissioning",
    "team_collaboration",
    "ingestion_taxonomy",
    "paths_advanced",
    "correlation_analysis",
    "group_analytics",
    "multivariate_flags",
    "experimentation",
    "tagging",
    "behavioral_cohort_filtering",
    "white_labelling",
    "surveys_styling",
    "subscriptions",
    "app_metrics",
    "recordings_playlists",
    "recordings_file_export",
    "recordings_performance",
    "session_replay_data_retention",
    "data_color_themes",
    "flag-evaluation-tags",
    "audit_logs",
    "alerts",
    "real_time_alerts",
    "high_frequency_alerts",
    "sql_alerts",
    "funnel_alerts",
    "data_pipelines",
    "error_tracking_reorder",
    "logs",
]
FEATURES_2024 = [
    "zapier",
    "organizations_projects",
    "project_based_permissioning",
    "social_sso",
    "saml",
    "sso_enforcement",
    "dashboard_collaboration",
    "dashboard_permissioning",
    "ingestion_taxonomy",
    "paths_advanced",
    "correlation_analysis",
    "group_analytics",
    "multivariate_flags",
    "experimentation",
    "tagging",
    "behavioral_cohort_filtering",
    "white_labelling",
    "subscriptions",
    "app_metrics",
    "recordings_playlists",
    "recordings_file_export",
    "role_based_access",
    "automatic_provisioning",
]
#: What an organization without a paid plan still has.
BASIC_FEATURES = ["zapier", "social_sso", "organizations_projects"]
READ_OBJECTS = [
    "action",
    "access_control",
    "activity_log",
    "alert",
    "annotation",
    "batch_export",
    "cohort",
    "comment",
    "dashboard",
    "dashboard_template",
    "early_access_feature",
    "endpoint",
    "error_tracking",
    "event_definition",
    "experiment",
    "external_data_schema",
    "external_data_source",
    "feature_flag",
    "group",
    "hog_flow",
    "hog_function",
    "insight",
    "insight_variable",
    "integration",
    "logs",
    "notebook",
    "organization",
    "organization_member",
    "person",
    "product_tour",
    "project",
    "property_definition",
    "query",
    "session_recording",
    "session_recording_playlist",
    "sharing_configuration",
    "subscription",
    "survey",
    "usage_metric",
    "user",
    "warehouse_table",
    "warehouse_view",
    "account",
    "approvals",
    "billing",
    "customer_analytics",
    "customer_profile_config",
    "data_catalog",
    "evaluation",
    "event_filter",
    "llm_analytics",
    "llm_prompt",
    "llm_provider_key",
    "metrics",
    "replay_scanner",
    "tagger",
    "web_analytics",
]


def _token(app: App, name: str, prefix: str = "phx_") -> str:
    """A made-up secret that stays the same over resets of one sandbox."""
    if name not in app.secrets:
        app.secrets[name] = prefix + secrets.token_urlsafe(32).replace("-", "a").replace("_", "b")
    return app.secrets[name]


def start_data(app: App) -> dict[str, Any]:
    """Fill an empty store; gives what the first line of output says."""
    people = {
        name: new_user(app, f"{name}@{domain}.test", first)
        for name, domain, first in (
            ("owner", "acme", "Olivia"),
            ("admin", "acme", "Adam"),
            ("member", "acme", "Mia"),
            ("member2", "acme", "Max"),
        )
    }
    outsider = new_user(app, "owner@other.test", "Otto")
    features = FEATURES_2024 if app.profile == "2024" else FEATURES
    acme = new_organization(app, "Acme", features)
    basic = new_organization(app, "Acme Labs", BASIC_FEATURES)
    other = new_organization(app, "Other", [] if app.profile == "2024" else BASIC_FEATURES)
    for name, level in (("owner", 15), ("admin", 8), ("member", 1), ("member2", 1)):
        new_member(app, acme, people[name], level)
    new_member(app, basic, people["owner"], 15)
    new_member(app, other, outsider, 15)
    project = new_project(app, acme, "Default project")
    basic_project = new_project(app, basic, "Labs project")
    other_project = new_project(app, other, "Other project")
    for user, organization, team in (
        *((person, acme, project) for person in people.values()),
        (outsider, other, other_project),
    ):
        user.hidden.update(current_organization=organization.pk, current_team=team.pk)
    owner = people["owner"].pk
    if app.main_key:
        app.secrets["full"] = app.main_key
    made = {
        "full": (owner, ["*"], [], []),
        "read_only": (owner, [f"{name}:read" for name in READ_OBJECTS], [], []),
        "feature_flag_only": (owner, ["feature_flag:read", "feature_flag:write"], [], []),
        "project_only": (owner, ["*"], [project.pk], []),
        "other_project_only": (owner, ["*"], [basic_project.pk], []),
        "other_organization_only": (owner, ["*"], [], [basic.pk]),
        "owner": (owner, ["*"], [], []),
        "admin": (people["admin"].pk, ["*"], [], []),
        "member": (people["member"].pk, ["*"], [], []),
        "member2": (people["member2"].pk, ["*"], [], []),
        "outsider": (outsider.pk, ["*"], [], []),
    }
    keys = {}
    for name, (user, scopes, teams, organizations) in made.items():
        keys[name] = _token(app, name)
        app.add_key(name, keys[name], user, scopes, teams, organizations)
    return {
        "profile": app.profile,
        "api_key": keys["full"],
        "organization_id": acme.pk,
        "project_id": project.pk,
        "user_id": owner,
        "keys": keys,
        "unknown_key": _token(app, "unknown"),
        "project_token": project["api_token"],
        "basic_organization_id": basic.pk,
        "basic_project_id": basic_project.pk,
        "other_organization_id": other.pk,
        "other_project_id": other_project.pk,
        "users": {
            name: {"id": row.pk, "uuid": row["uuid"], "email": row["email"]}
            for name, row in (*people.items(), ("outsider", outsider))
        },
    }
