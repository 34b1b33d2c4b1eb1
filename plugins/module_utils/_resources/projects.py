# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Projects and their settings.

Private to this collection: it may change without notice. Facts: API.md chapter 5, project and project_settings.
"""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.module_utils._fields import (
    Anything,
    Bool,
    Choice,
    Document,
    Field,
    Int,
    ListOf,
    NestedRef,
    Open,
    Ref,
    Reference,
    Text,
    Word,
)
from ansible_collections.community.posthog.plugins.module_utils._resource import (
    Delete,
    Identity,
    Resource,
    Scope,
    Singleton,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.common import PROPERTY_REFS


def _strings(name: str, **more: object) -> Field:
    """A list of texts in their order; null clears it."""
    return ListOf(name, Text("item"), null_as=[], **more)


#: Every setting of a project that the API takes, in the order of the facts. Names and types: API.md chapter 5,
#: project_settings; a field with a generation is unknown to older servers, which leave it out of what they show.
SETTINGS: tuple[Field, ...] = (
    _strings("app_urls"),
    Text("slack_incoming_webhook", nullable=True, max_length=500),
    Bool("anonymize_ips"),
    Bool("completed_snippet_onboarding"),
    ListOf("test_account_filters", Open("filter"), null_as=[], refs=PROPERTY_REFS),
    Bool("test_account_filters_default_checked", nullable=True),
    ListOf("path_cleaning_filters", Open("filter"), nullable=True),
    Bool("is_demo"),
    Text("timezone"),
    _strings("data_attributes"),
    _strings("person_display_name_properties"),
    Open("correlation_config", nullable=True),
    Bool("autocapture_opt_out", nullable=True),
    Bool("autocapture_exceptions_opt_in", nullable=True),
    Bool("autocapture_web_vitals_opt_in", nullable=True),
    ListOf("autocapture_web_vitals_allowed_metrics", Text("metric"), nullable=True),
    ListOf("autocapture_exceptions_errors_to_ignore", Text("error"), nullable=True),
    Bool("capture_console_log_opt_in", nullable=True),
    Bool("capture_performance_opt_in", nullable=True),
    Bool("capture_dead_clicks", nullable=True),
    Bool("session_recording_opt_in"),
    Field("session_recording_sample_rate", "decimal", nullable=True, minimum=0, maximum=1),
    Int("session_recording_minimum_duration_milliseconds", nullable=True, minimum=0),
    Open("session_recording_linked_flag", nullable=True, refs=(NestedRef({}, "id", Ref("feature_flag")),)),
    Open("session_recording_network_payload_capture_config", nullable=True),
    Open("session_recording_masking_config", nullable=True),
    ListOf("session_recording_url_trigger_config", Open("trigger"), nullable=True),
    ListOf("session_recording_url_blocklist_config", Open("trigger"), nullable=True),
    _strings("session_recording_event_trigger_config"),
    Text("session_recording_trigger_match_type_config", nullable=True, max_length=24),
    Open("session_recording_trigger_groups", nullable=True),
    Choice("session_recording_retention_period", ["30d", "90d", "1y", "5y"]),
    Open("session_replay_config", nullable=True),
    Open("session_replay_ai_summary_config", nullable=True),
    Open("survey_config", nullable=True),
    Bool("surveys_opt_in", nullable=True),
    Word("week_start_day", {"sunday": 0, "monday": 1}, nullable=True),
    Reference("primary_dashboard", Ref("dashboard"), nullable=True),
    _strings("live_events_columns"),
    _strings("recording_domains"),
    Word("cookieless_server_hash_mode", {"disabled": 0, "stateless": 1, "stateful": 2}, nullable=True),
    Bool("human_friendly_comparison_periods", nullable=True),
    Bool("inject_web_apps", nullable=True),
    Open("extra_settings", nullable=True),
    Open("modifiers", nullable=True),
    Open("has_completed_onboarding_for", nullable=True),
    Open("onboarding_tasks", nullable=True),
    Bool("heatmaps_opt_in", nullable=True),
    Bool("flags_persistence_default", nullable=True),
    Bool("feature_flag_confirmation_enabled", nullable=True),
    Text("feature_flag_confirmation_message", nullable=True),
    Bool("default_evaluation_environments_enabled", nullable=True),
    Bool("default_evaluation_contexts_enabled", nullable=True),
    Bool("require_evaluation_contexts"),
    Document("feature_flag_policy_config", [Bool("require_tags")]),
    # Without the feature, PostHog shows its own theme, whatever was written.
    Reference("default_data_theme", Ref("data_color_theme"), nullable=True, plan_feature="data_color_themes"),
    Document(
        "revenue_analytics_config",
        [
            Text("base_currency", kept=True),
            ListOf("events", Open("event"), kept=True),
            Bool("filter_test_accounts", kept=True),
        ],
    ),
    Open("marketing_analytics_config"),
    Document(
        "customer_analytics_config",
        [
            Open("activity_event", kept=True),
            Open("signup_pageview_event", kept=True),
            Open("signup_event", kept=True),
            Open("subscription_event", kept=True),
            Open("payment_event", kept=True),
            Int("account_group_type_index", nullable=True, kept=True),
        ],
    ),
    Document(
        "workflows_config",
        [
            Bool("capture_workflows_engagement_events", kept=True),
            Choice("email_tracking_consent_mode", ["off", "opt_out", "opt_in"], kept=True),
        ],
    ),
    Text("base_currency"),
    Bool("web_analytics_pre_aggregated_tables_enabled", nullable=True),
    Text("experiment_recalculation_time", nullable=True),
    Bool("receive_org_level_activity_logs", nullable=True),
    Choice("business_model", ["b2b", "b2c"], nullable=True),
    Bool("conversations_enabled", nullable=True),
    Open("conversations_settings", nullable=True),
    Open("logs_settings", nullable=True),
    Bool("proactive_tasks_enabled", nullable=True),
    Text("product_description", nullable=True, max_length=1000),
    Anything("access_control"),
)

#: What PostHog shows of a project in a list (OBSERVED-2024.md, recorded calls of type project).
_IN_LIST = frozenset({"completed_snippet_onboarding", "has_completed_onboarding_for", "is_demo", "timezone"})


def _listed(setting: Field) -> Field:
    """A setting as a field of the project, with what a list tells of it."""
    import dataclasses

    return dataclasses.replace(setting, in_list=setting.name in _IN_LIST)


PROJECT = Resource(
    type="project",
    plural="projects",
    scope=Scope.ORGANIZATION,
    # Servers of 2024 have projects at the top only.
    path=("projects/", "/api/projects/"),
    identity=Identity("name", ("name",), casefold=True),
    scopes=("project:read", "project:write"),
    order=1,
    alive=lambda obj: not obj.get("is_pending_deletion"),
    aftermath=(
        "PostHog made the new project the current one of the key's owner, so @current, the default of the option "
        "project, means another project from now on; name the project in the tasks that follow"
    ),
    references_inside="project",
    masked=("secret_api_token", "secret_api_token_backup"),
    fields=(Text("name", required=True, max_length=200), *(_listed(setting) for setting in SETTINGS)),
)

PROJECT_SETTINGS = Resource(
    type="project_settings",
    plural="project_settings",
    scope=Scope.PROJECT,
    title="project",
    # A project's own path, which every server has.
    path="/api/projects/{project}/",
    scopes=("project:read", "project:write"),
    order=3,
    delete=Delete.NONE,
    creatable=False,
    calls=Singleton(),
    masked=("secret_api_token", "secret_api_token_backup"),
    fields=SETTINGS,
)
