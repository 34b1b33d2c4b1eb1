# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects and all of their settings."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value


def settings() -> dict[str, Value]:
    """Values of the settings that hold documents."""
    trigger = {"url": "https://app.example.com/pay", "matching": "regex"}
    return {
        "test_account_filters": Value(
            [{"key": "email", "type": "person", "operator": "not_icontains", "value": "@acme.test"}],
            [{"key": "$host", "type": "event", "operator": "is_not", "value": ["localhost"]}],
        ),
        "path_cleaning_filters": Value(
            [{"alias": "/user/<id>", "regex": "/user/\\d+"}], [{"alias": "a", "regex": "b"}]
        ),
        "timezone": Value("Europe/Amsterdam", "America/New_York"),
        "data_attributes": Value(["data-attr", "data-test"], ["data-test"]),
        "correlation_config": Value(
            {"excluded_person_property_names": ["$os"]}, {"excluded_person_property_names": []}
        ),
        "autocapture_web_vitals_allowed_metrics": Value(["LCP", "CLS"], ["INP"]),
        "autocapture_exceptions_errors_to_ignore": Value(["ResizeObserver"], ["ChunkLoadError", "AbortError"]),
        "session_recording_linked_flag": Value(
            {"id": "shop-flag", "key": "shop-flag"}, {"id": "other", "key": "other"}
        ),
        "session_recording_network_payload_capture_config": Value(
            {"recordHeaders": True, "recordBody": False}, {"recordHeaders": False, "recordBody": False}
        ),
        "session_recording_masking_config": Value({"maskAllInputs": True}, {"maskAllInputs": False}),
        "session_recording_url_trigger_config": Value([trigger], [{**trigger, "matching": "exact"}]),
        "session_recording_url_blocklist_config": Value([trigger], [trigger, {**trigger, "url": "https://x.example"}]),
        "session_recording_trigger_match_type_config": Value("all", "any"),
        "session_recording_trigger_groups": Value({"groups": [{"id": "a", "sampleRate": 0.5}]}, {"groups": []}),
        "session_replay_config": Value({"record_canvas": True}, {"record_canvas": False}),
        "session_replay_ai_summary_config": Value({"opt_in": True}, {"opt_in": False}),
        "survey_config": Value(
            {"appearance": {"backgroundColor": "#fff"}}, {"appearance": {"backgroundColor": "#000"}}
        ),
        "primary_dashboard": Value("Shop floor", "Back office"),
        "extra_settings": Value({"poe_v2_enabled": True}, {"poe_v2_enabled": False}),
        "modifiers": Value({"personsOnEventsMode": "disabled"}, {"personsOnEventsMode": "person_id_override"}),
        "has_completed_onboarding_for": Value({"product_analytics": True}, {"session_replay": True}),
        "onboarding_tasks": Value({"ingest_first_event": "completed"}, {"ingest_first_event": "skipped"}),
        "feature_flag_policy_config": Value({"require_tags": True}, {"require_tags": False}),
        "revenue_analytics_config": Value(
            {
                "base_currency": "EUR",
                "events": [{"eventName": "purchase", "revenueProperty": "amount"}],
                "filter_test_accounts": True,
            },
            {"base_currency": "GBP"},
        ),
        "marketing_analytics_config": Value({"attribution_window_days": 30}, {"attribution_window_days": 7}),
        "customer_analytics_config": Value(
            {
                "activity_event": {"kind": "EventsNode", "event": "$pageview"},
                "signup_pageview_event": {"kind": "EventsNode", "event": "$pageview"},
                "signup_event": {"kind": "EventsNode", "event": "signup"},
                "subscription_event": {"kind": "EventsNode", "event": "subscribed"},
                "payment_event": {"kind": "EventsNode", "event": "paid"},
            },
            {"activity_event": {"kind": "EventsNode", "event": "active"}},
        ),
        "workflows_config": Value(
            {"capture_workflows_engagement_events": True, "email_tracking_consent_mode": "opt_in"},
            {"email_tracking_consent_mode": "off"},
        ),
        "base_currency": Value("EUR", "GBP"),
        "experiment_recalculation_time": Value("04:00:00", "05:00:00"),
        "conversations_settings": Value({"widget_enabled": True}, {"widget_enabled": False}),
        "logs_settings": Value({"json_parse_logs": True}, {"json_parse_logs": False}),
        "access_control": Value(True, False),
        "default_data_theme": Value("Company", "Night"),
    }


def routes() -> dict[str, Value]:
    """Values of what has routes of its own."""
    group = {"properties": [{"key": "email", "type": "person", "operator": "icontains", "value": "@acme.test"}]}
    return {
        "default_release_conditions": Value(
            {"enabled": True, "default_groups": [{**group, "rollout_percentage": 10}]}, {"default_groups": []}
        ),
        "default_evaluation_contexts": Value(["App", "docs"], ["docs", "shop"]),
        "experiments_config": Value(
            {
                "experiment_recalculation_time": "04:00:00",
                "default_experiment_confidence_level": 0.9,
                "default_experiment_stats_method": "frequentist",
                "experiment_precomputation_enabled": True,
                "default_only_count_matured_users": True,
                "default_cuped_enabled": True,
                "default_cuped_lookback_days": 7,
                "default_minimum_detectable_effect": 5,
                "default_sequential_testing_enabled": True,
                "default_sequential_tuning_parameter": 100,
                "flag_cleanup_repository": "acme/website",
            },
            {"default_cuped_lookback_days": 14, "default_experiment_stats_method": None},
        ),
        "logs_config": Value(
            {
                "logs_distinct_id_attribute_keys": ["user.id"],
                "logs_session_id_attribute_keys": ["sid", "sessionId"],
                "logs_pattern_message_keys": ["msg"],
            },
            {"logs_pattern_message_keys": []},
        ),
    }


def _same(wanted: t.Any, found: t.Any) -> bool:
    """Whether a document holds what is declared; decimals are told as text."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_same(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(_same(a, b) for a, b in zip(wanted, found, strict=True))
    return wanted == found or str(wanted) == str(found)


def _in_object(name: str) -> t.Callable[..., str]:
    def shown(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str:
        found = obj.get(name)
        if isinstance(value, list):
            value, found = sorted(text.lower() for text in value), sorted(found or [])
        return "" if _same(value, found) else f"{name} is {found!r}, not {value!r}"

    return shown


def _hidden(value: t.Any, obj: t.Mapping[str, t.Any], _names: t.Mapping[str, t.Any]) -> str:
    """An address that holds a token is compared, and never shown."""
    found = obj.get("slack_incoming_webhook")
    return "" if found == ("********" if value else value) else f"is {found!r}"


#: How these are found in the object.
SHOWS = {**{name: _in_object(name) for name in routes()}, "slack_incoming_webhook": _hidden}

#: An object that is only foretold holds no more of them than is declared.
FORETOLD = dict.fromkeys(routes(), _same)

#: Conditions are those of flags, which have a sample of their own.
UNUSED = {
    **{
        f"default_release_conditions.default_groups.{key}": "see feature_flag"
        for key in ("variant", "aggregation_group_type_index", "description", "sort_key")
    },
    **{
        f"default_release_conditions.default_groups.properties.{key}": "see feature_flag"
        for key in ("group_type_index", "negation", "label")
    },
    "customer_analytics_config.account_group_type_index": "needs a group type in the project",
}

#: It cannot be undone.
DONE = {"completed_onboarding": "what is done stays done, unlike has_completed_onboarding_for; see the examples"}


SAMPLE = Sample(
    type="project",
    name="Shop",
    path="/api/organizations/{organization}/projects/",
    values={**settings(), **routes()},
    shows=SHOWS,
    foretold=FORETOLD,
    foreign={"timezone": "Asia/Tokyo", "anonymize_ips": False},
    left_out={
        **DONE,
        "reset_token": "no key may do it, and it is done each time",
        "rotate_secret_token": "no key may do it, and it is done each time",
        "delete_secret_token_backup": "no key may do it, and it is done each time",
        "move_to_organization": "no key may do it",
    },
    later={
        "primary_dashboard": "the dashboard belongs to the project",
        "default_data_theme": "the theme belongs to the project",
        "session_recording_linked_flag": "the flag belongs to the project",
    },
    after_creation=(
        ("Shop floor", "POST", "/api/projects/{created}/dashboards/", {"name": "Shop floor"}),
        ("Back office", "POST", "/api/projects/{created}/dashboards/", {"name": "Back office"}),
        ("Company", "POST", "/api/projects/{created}/data_color_themes/", {"name": "Company", "colors": ["#1d4aff"]}),
        ("Night", "POST", "/api/projects/{created}/data_color_themes/", {"name": "Night", "colors": ["#000000"]}),
        (
            "shop-flag",
            "POST",
            "/api/projects/{created}/feature_flags/",
            # A project may demand tags of its flags.
            {"key": "shop-flag", "tags": ["shop"], "filters": {"groups": [{"rollout_percentage": 100}]}},
        ),
        (
            "other",
            "POST",
            "/api/projects/{created}/feature_flags/",
            {"key": "other", "tags": ["shop"], "filters": {"groups": [{"rollout_percentage": 100}]}},
        ),
    ),
    warns="@current",
    unused_keys=UNUSED,
    moving=("updated_at",),
    again=9,
    again_reason="a list tells little of a project, so it is read by itself; then flag, dashboard, theme, four routes",
)
