# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a project."""

from __future__ import annotations


class ModuleDocFragment:
    """Every setting of a project that PostHog's API takes."""

    DOCUMENTATION = r"""
options:
  access_control:
    description:
      - Whether the project is private, in the way that older servers have it. Newer servers keep it for
        compatibility and use access control rules in its place.
    type: raw
  anonymize_ips:
    description:
      - Whether the IP addresses of events are thrown away.
    type: bool
  app_urls:
    description:
      - The addresses of the websites and applications on which the toolbar may be used, in this order. V([]) or
        V(null) removes all.
      - Wildcards in addresses are checked by PostHog and may be refused.
    type: list
    elements: str
  autocapture_exceptions_errors_to_ignore:
    description:
      - The exceptions that are not captured, a list of texts. V(null) removes it.
    type: list
    elements: str
  autocapture_exceptions_opt_in:
    description:
      - Whether exceptions are captured.
    type: bool
  autocapture_opt_out:
    description:
      - Whether the autocapture of clicks, inputs and the like is switched off.
    type: bool
  autocapture_web_vitals_allowed_metrics:
    description:
      - The web vitals that are captured, a list of V(CLS), V(FCP), V(INP) and V(LCP). V(null) is all of them.
    type: list
    elements: str
  autocapture_web_vitals_opt_in:
    description:
      - Whether web vitals are captured.
    type: bool
  base_currency:
    description:
      - The currency in which revenue is shown, as an ISO 4217 code such as V(EUR).
    type: str
  business_model:
    description:
      - Whether the product is sold to businesses or to consumers. Servers before 2026 do not know it.
    type: str
    choices:
      - b2b
      - b2c
  capture_console_log_opt_in:
    description:
      - Whether session replay records the console log.
    type: bool
  capture_dead_clicks:
    description:
      - Whether clicks that have no effect are captured.
    type: bool
  capture_performance_opt_in:
    description:
      - Whether session replay records network timings.
    type: bool
  completed_onboarding:
    description:
      - The products whose set-up is done, such as V(product_analytics) or V(session_replay). Those that PostHog does
        not take for done yet are marked, each with a request of its own. Others stay as they are.
      - In contrast to O(has_completed_onboarding_for), PostHog does all that belongs to finishing the set-up of a
        product, such as counting it as used.
    type: list
    elements: str
  completed_snippet_onboarding:
    description:
      - Whether the first steps of setting up the project are done.
    type: bool
  conversations_enabled:
    description:
      - Whether conversations with users are switched on. Servers before 2026 do not know it.
    type: bool
  conversations_settings:
    description:
      - Settings of conversations, as PostHog's API has them. Servers before 2026 do not know them.
    type: dict
  cookieless_server_hash_mode:
    description:
      - How people are distinguished without cookies. The API's numbers V(0), V(1) and V(2) mean the same.
    type: str
    choices:
      - disabled
      - stateless
      - stateful
      - "0"
      - "1"
      - "2"
  correlation_config:
    description:
      - >-
        What correlation analysis leaves out, as PostHog's API has it, for example
        C({excluded_event_names: [...], excluded_person_property_names: [...]}).
    type: dict
  customer_analytics_config:
    description:
      - Which events customer analytics is made of. Keys that are not given are left alone. Servers before 2026 do
        not know it.
    type: dict
    suboptions:
      activity_event:
        description:
          - >-
            The event that counts as activity, as a node of a query such as C({kind: EventsNode, event: $pageview}).
        type: dict
      signup_pageview_event:
        description:
          - The event of seeing the sign-up page.
        type: dict
      signup_event:
        description:
          - The event of signing up.
        type: dict
      subscription_event:
        description:
          - The event of subscribing.
        type: dict
      payment_event:
        description:
          - The event of paying.
        type: dict
      account_group_type_index:
        description:
          - The name of the group type (or its index) that is an account. V(null) is none.
        type: raw
  data_attributes:
    description:
      - The HTML attributes by which the toolbar prefers to tell elements, a list such as V(["data-attr"]).
    type: list
    elements: str
  default_data_theme:
    description:
      - The project's colour theme, by name or id. V(null) is PostHog's own.
      - It needs the plan feature V(data_color_themes). Without it, PostHog would ignore the setting. It is left out
        then, with a warning.
    type: raw
  default_evaluation_contexts:
    description:
      - The evaluation contexts that new feature flags get, all of them, at most ten. Contexts that are not listed are
        removed from the defaults. V([]) removes all.
      - PostHog trims and lower-cases them and does not keep their order, none of which counts as a difference.
      - They have an effect if O(default_evaluation_contexts_enabled=true). Servers before 2026 do not know them.
    type: list
    elements: str
  default_evaluation_contexts_enabled:
    description:
      - Whether new feature flags get default evaluation contexts. Servers before 2026 do not know it.
    type: bool
  default_evaluation_environments_enabled:
    description:
      - What servers of 2025 have in place of O(default_evaluation_contexts_enabled).
    type: bool
  default_release_conditions:
    description:
      - The release conditions that new feature flags get. Keys that are not given are left alone. Servers before 2026
        do not know them.
    type: dict
    suboptions:
      enabled:
        description:
          - Whether new flags get them.
        type: bool
      default_groups:
        description:
          - The condition sets, as in O(community.posthog.posthog_feature_flag#module:filters.groups).
          - Cohorts and flags in conditions are named by their names, keys or ids.
        type: list
        elements: dict
  experiment_recalculation_time:
    description:
      - The time of day, in UTC, at which experiments are computed again, for example V("02:00:00").
    type: str
  experiments_config:
    description:
      - What new experiments start from. Keys that are not given are left alone. C(null) sets a key back to PostHog's
        choice. Servers before 2026 do not know it.
    type: dict
    suboptions:
      experiment_recalculation_time:
        description:
          - The time of day, in UTC, at which experiments are computed again.
        type: str
      default_experiment_confidence_level:
        description:
          - The confidence level, for example V(0.95).
        type: float
      default_experiment_stats_method:
        description:
          - The statistics that are used.
        type: str
        choices:
          - bayesian
          - frequentist
      experiment_precomputation_enabled:
        description:
          - Whether results are computed in advance.
        type: bool
      default_only_count_matured_users:
        description:
          - Whether only users count whose time window is over.
        type: bool
      default_cuped_enabled:
        description:
          - Whether CUPED, which lowers the variance with data from before the experiment, is used.
        type: bool
      default_cuped_lookback_days:
        description:
          - How many days CUPED looks back.
        type: int
      default_minimum_detectable_effect:
        description:
          - The smallest effect that an experiment is planned to find, in percent.
        type: float
      default_sequential_testing_enabled:
        description:
          - Whether results may be looked at while the experiment runs without spoiling the statistics.
        type: bool
      default_sequential_tuning_parameter:
        description:
          - The parameter of sequential testing.
        type: float
      flag_cleanup_repository:
        description:
          - The repository, as C(organization/repository), from which the flags of ended experiments are removed. It
            must belong to the project's GitHub integration.
        type: str
  extra_settings:
    description:
      - Settings that PostHog keeps for special cases.
    type: dict
  feature_flag_confirmation_enabled:
    description:
      - Whether changes of feature flags must be confirmed in PostHog's user interface.
    type: bool
  feature_flag_confirmation_message:
    description:
      - What the confirmation says. V(null) is PostHog's own text.
    type: str
  feature_flag_policy_config:
    description:
      - What is asked of feature flags. Servers before 2026 do not know it.
    type: dict
    suboptions:
      require_tags:
        description:
          - Whether a new flag must have a tag, and its last one cannot be removed.
        type: bool
  flags_persistence_default:
    description:
      - Whether new feature flags persist their value across logging in.
    type: bool
  has_completed_onboarding_for:
    description:
      - For which products the set-up is done, a dictionary from the product to V(true) or V(false).
    type: dict
  heatmaps_opt_in:
    description:
      - Whether heatmaps are recorded.
    type: bool
  human_friendly_comparison_periods:
    description:
      - Whether a comparison with the previous month or year goes back whole weeks, so that weekdays meet weekdays.
    type: bool
  inject_web_apps:
    description:
      - Whether site apps, web experiments and the like may add code to websites.
    type: bool
  is_demo:
    description:
      - Whether the project holds PostHog's demo data.
    type: bool
  live_events_columns:
    description:
      - The columns of the list of events. V([]) or V(null) is PostHog's own choice.
    type: list
    elements: str
  logs_config:
    description:
      - How logs are tied to people and sessions. Keys that are not given are left alone. Servers before 2026 do not
        know it.
    type: dict
    suboptions:
      logs_distinct_id_attribute_keys:
        description:
          - The attributes of a log that may hold the distinct id of a person, at most ten.
        type: list
        elements: str
      logs_session_id_attribute_keys:
        description:
          - The attributes of a log that may hold the id of a session, in order, at most ten.
        type: list
        elements: str
      logs_pattern_message_keys:
        description:
          - The keys of a log in JSON that may hold its message, in order, at most ten. V([]) means none.
        type: list
        elements: str
  logs_settings:
    description:
      - Settings of logs, as PostHog's API has them. Servers before 2026 do not know them.
    type: dict
  marketing_analytics_config:
    description:
      - Settings of marketing analytics, as PostHog's API has them, for example the sources of spending.
    type: dict
  modifiers:
    description:
      - >-
        How HogQL queries are run, as PostHog's API has it, for example
        C({personsOnEventsMode: person_id_override_properties_on_events}).
    type: dict
  onboarding_tasks:
    description:
      - Which steps of the set-up are done, a dictionary.
    type: dict
  path_cleaning_filters:
    description:
      - >-
        How paths are shortened before they are compared, a list such as
        C([{alias: /orders/<id>, regex: '/orders/[0-9]+'}]), applied in this order.
    type: list
    elements: dict
  person_display_name_properties:
    description:
      - The properties that a person is called by, the first that is there. V([]) or V(null) is PostHog's own choice.
    type: list
    elements: str
  primary_dashboard:
    description:
      - The dashboard on the project's home page, by name or id. V(null) is none.
    type: raw
  proactive_tasks_enabled:
    description:
      - Whether PostHog may propose tasks of its own. Servers before 2026 do not know it.
    type: bool
  product_description:
    description:
      - What the product does, for PostHog's assistant, at most 1000 characters. V(null) removes it.
    type: str
  receive_org_level_activity_logs:
    description:
      - Whether the project's destinations also receive the organization's activity log. Servers before 2026 do not
        know it.
    type: bool
  recording_domains:
    description:
      - The only domains on which sessions are recorded, in this order. V([]) or V(null) is all domains.
    type: list
    elements: str
  require_evaluation_contexts:
    description:
      - Whether feature flags must have an evaluation context. Servers before 2026 do not know it.
    type: bool
  revenue_analytics_config:
    description:
      - Which events bring revenue. Keys that are not given are left alone.
    type: dict
    suboptions:
      base_currency:
        description:
          - The currency in which revenue is shown, see O(base_currency).
        type: str
      events:
        description:
          - >-
            The events, as PostHog's API has them, for example C([{eventName: order placed, revenueProperty: amount}]).
        type: list
        elements: dict
      filter_test_accounts:
        description:
          - Whether internal and test accounts are left out.
        type: bool
  session_recording_event_trigger_config:
    description:
      - The events that start recording a session. V([]) or V(null) removes all.
    type: list
    elements: str
  session_recording_linked_flag:
    description:
      - The feature flag that decides which sessions are recorded, a dictionary with the flag's C(id) (also its key is
        taken there) and C(key), and C(variant) to record only one variant. V(null) removes it.
      - The flag cannot be deleted as long as it is named here.
    type: dict
  session_recording_masking_config:
    description:
      - >-
        What recordings hide, as PostHog's API has it, for example C({maskAllInputs: true, maskTextSelector: '*'}).
    type: dict
  session_recording_minimum_duration_milliseconds:
    description:
      - Sessions shorter than this are not kept. V(null) removes the limit.
    type: int
  session_recording_network_payload_capture_config:
    description:
      - >-
        Whether recordings hold the bodies and headers of network requests, as PostHog's API has it, for example
        C({recordBody: false, recordHeaders: true}).
    type: dict
  session_recording_opt_in:
    description:
      - Whether sessions are recorded.
    type: bool
  session_recording_retention_period:
    description:
      - How long recordings are kept. PostHog answers 403 if the plan does not include it.
    type: str
    choices:
      - 30d
      - 90d
      - 1y
      - 5y
  session_recording_sample_rate:
    description:
      - The share of sessions that is recorded, from V(0) to V(1). V(0.5) and V("0.50") are the same. V(null)
        is refused, since it would record all.
    type: raw
  session_recording_trigger_groups:
    description:
      - Groups of triggers for recording, as PostHog's API has them. Servers before 2026 do not know them.
    type: dict
  session_recording_trigger_match_type_config:
    description:
      - Whether V(all) triggers must apply to record a session, or V(any) of them.
    type: str
  session_recording_url_blocklist_config:
    description:
      - >-
        The addresses on which recording pauses, each as C({url: ..., matching: regex}). V(null) removes all.
    type: list
    elements: dict
  session_recording_url_trigger_config:
    description:
      - >-
        The addresses that start recording a session, each as C({url: ..., matching: regex}). V(null) removes all.
    type: list
    elements: dict
  session_replay_ai_summary_config:
    description:
      - Settings of summaries of recordings, as PostHog's API has them. Only servers of early 2026 know them.
    type: dict
  session_replay_config:
    description:
      - >-
        Further settings of session replay, as PostHog's API has them, for example C({record_canvas: true}).
    type: dict
  slack_incoming_webhook:
    description:
      - The address of a Slack webhook for actions. V(null) removes it. Newer servers no longer have it.
    type: str
  survey_config:
    description:
      - The looks of surveys, as PostHog's API has them. PostHog merges the keys into what it has, so a key is not
        removed by leaving it out.
    type: dict
  surveys_opt_in:
    description:
      - Whether surveys are shown.
    type: bool
  test_account_filters:
    description:
      - >-
        The conditions that tell real users from internal and test accounts, a list of conditions such as
        C({key: email, type: person, operator: not_icontains, value: "@acme.test"}). V([]) or V(null) removes all.
      - Cohorts (C(value) of a condition of type C(cohort)) are named by their names or ids.
    type: list
    elements: dict
  test_account_filters_default_checked:
    description:
      - Whether new insights leave out internal and test accounts.
    type: bool
  timezone:
    description:
      - The time zone of the project, by its IANA name such as V(Europe/Berlin).
    type: str
  web_analytics_pre_aggregated_tables_enabled:
    description:
      - Whether web analytics uses tables that are computed in advance.
    type: bool
  week_start_day:
    description:
      - The first day of the week. The API's numbers V(0) and V(1) mean the same. V(null) is PostHog's own choice.
    type: str
    choices:
      - sunday
      - monday
      - "0"
      - "1"
  workflows_config:
    description:
      - Settings of workflows. Keys that are not given are left alone. Servers before 2026 do not know them.
    type: dict
    suboptions:
      capture_workflows_engagement_events:
        description:
          - Whether opening and clicking messages is captured.
        type: bool
      email_tracking_consent_mode:
        description:
          - Whether opening e-mails is tracked not at all, unless people object, or if they consent.
        type: str
        choices:
          - "off"
          - opt_out
          - opt_in
notes:
  - O(completed_onboarding), O(default_release_conditions), O(default_evaluation_contexts), O(experiments_config) and
    O(logs_config) have requests of their own. Some servers allow those only to people who are logged in with a browser,
    whatever the scopes of a key. The task fails then and says so, before anything is written.
"""
