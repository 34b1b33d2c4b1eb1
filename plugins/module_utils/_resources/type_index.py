# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Where the table of each type is, so that it can be loaded without the others (see C(_registry)).

Written by "make generate" from the other files of this directory; do not edit.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import types
import typing as t

#: Which types the modules of this package hold.
AREAS: t.Final[t.Mapping[str, tuple[str, ...]]] = {
    "access": ("access_control", "sharing"),
    "account": ("activity_log", "comment", "integration", "personal_api_key", "tag", "user"),
    "ai_observability": ("evaluation", "llm_provider_key"),
    "alerts": ("alert", "subscription"),
    "analytics": ("dashboard", "insight", "insight_variable"),
    "documents": ("annotation", "dashboard_template", "data_color_theme", "notebook"),
    "error_tracking": ("error_tracking_rule", "error_tracking_settings"),
    "experiments": (
        "early_access_feature",
        "experiment",
        "experiment_holdout",
        "experiment_saved_metric",
        "scheduled_change",
        "web_experiment",
    ),
    "feature_flags": ("feature_flag",),
    "governance": ("approval_policy", "change_request", "identity_provider_config", "project_secret_api_key"),
    "ingestion": ("event_filter",),
    "logs": ("logs_alert", "logs_retention_rule", "logs_sampling_rule", "logs_view"),
    "organization": (
        "invite",
        "member",
        "organization",
        "organization_domain",
        "proxy_record",
        "role",
        "role_membership",
    ),
    "people": ("action", "cohort"),
    "pipelines": ("batch_export", "hog_flow", "hog_function", "hog_function_template", "messaging_template"),
    "projects": ("project", "project_settings"),
    "replay": ("session_recording", "session_recording_playlist"),
    "surveys": ("product_tour", "survey"),
    "taxonomy": ("event_definition", "group_type", "group_type_metric", "property_definition", "property_group"),
    "warehouse": (
        "endpoint",
        "external_data_source",
        "warehouse_join",
        "warehouse_saved_query",
        "warehouse_saved_query_folder",
        "warehouse_table",
    ),
}


def all_areas() -> tuple[types.ModuleType, ...]:
    """Every area, written out, since Ansible packs for a remote host what it finds imported anywhere."""
    from ansible_collections.community.posthog.plugins.module_utils._resources import (
        access,
        account,
        ai_observability,
        alerts,
        analytics,
        documents,
        error_tracking,
        experiments,
        feature_flags,
        governance,
        ingestion,
        logs,
        organization,
        people,
        pipelines,
        projects,
        replay,
        surveys,
        taxonomy,
        warehouse,
    )

    return (
        access,
        account,
        ai_observability,
        alerts,
        analytics,
        documents,
        error_tracking,
        experiments,
        feature_flags,
        governance,
        ingestion,
        logs,
        organization,
        people,
        pipelines,
        projects,
        replay,
        surveys,
        taxonomy,
        warehouse,
    )
