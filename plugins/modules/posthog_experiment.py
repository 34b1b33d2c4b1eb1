#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_experiment
short_description: Manage experiments of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes experiments, with their variants and metrics, and starts, pauses, ends and archives
    them.
  - An experiment is found by its O(name), and by its O(feature_flag_key) if that is given, or by its O(id). PostHog
    allows several experiments of one name. An experiment of the same name with another flag is another experiment.
    This module does not make a second one with the same flag, and fails if there are two already.
  - Whether an experiment runs is declared, with O(status) and O(archived).
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.folder
options:
  name:
    description:
      - The name of the experiment, at most 400 characters.
      - Needed to create an experiment. Together with O(id) it renames the experiment.
    type: str
  feature_flag_key:
    description:
      - The key of the feature flag that decides who sees what. A flag that exists already is used, and must have from
        2 to 20 variants. If there is none, PostHog makes it.
      - Needed to create an experiment, and cannot be changed afterwards.
    type: str
  description:
    description:
      - What the experiment is to find out, at most 3000 characters, and 400 on servers before 2026. V(null) empties
        it.
    type: str
  type:
    description:
      - Whether it is about a web page or about a product. V(null) leaves it to PostHog.
    type: str
    choices:
      - web
      - product
  status:
    description:
      - The state of the experiment. A new experiment is a draft unless this says something else.
      - V(running) starts a draft, which turns its flag on, or resumes a paused one. V(paused) turns the flag off for
        the time being. V(stopped) ends the experiment and leaves the flag as it is.
      - What was started is no draft any more, what has ended cannot be started again, and a draft cannot be stopped.
        All of that is refused before anything is sent.
      - PostHog works the state out by itself. It is written with the routes C(launch), C(pause), C(resume) and
        C(end), or, on servers before 2026, with the dates and with the flag.
    type: str
    choices:
      - draft
      - running
      - paused
      - stopped
  archived:
    description:
      - Whether the experiment is archived. Only an experiment that has ended can be. PostHog hides it from lists. It
        is found all the same, if no other one has its name.
    type: bool
  variants:
    description:
      - The variants of the flag, from 2 to 20 of them. One must have the key V(control), with which the others are
        compared. The percentages must add up to 100.
      - What is given is the whole list. If left out, a new flag has V(control) and V(test) with 50 percent each.
      - The API has them in C(feature_flag), or in C(parameters) on servers before 2026.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The value that the flag has for a person who gets this variant. Letters, digits and C(_ . / -).
        type: str
        required: true
      name:
        description:
          - A name to show.
        type: str
      rollout_percentage:
        description:
          - The share of those who take part, from V(0) to V(100). V(split_percent) is taken as well.
        type: float
        required: true
      description:
        description:
          - What the variant is for.
        type: str
  rollout_percentage:
    description:
      - The share of all people who take part, from V(0) to V(100). V(null) is refused, since a
        variable that happens to be empty would open the experiment to everybody.
      - It is the percentage of the flag's first set of conditions. Further conditions belong to the flag, see
        M(community.posthog.posthog_feature_flag). Leave this out once a variant was shipped, since PostHog does that
        with a set of its own.
    type: float
  metrics:
    description:
      - The primary metrics of this experiment alone, as PostHog's API has them, in their order. V([]) or V(null)
        removes all.
      - What is given is the whole truth. A key of a metric that is left out has its default. Below that, in what
        describes events and actions, only the keys that are given are compared.
      - A metric keeps its C(uuid), and with it its results, as long as it stays the same, or as there is one of the
        same type in its place.
    type: list
    elements: dict
    suboptions:
      kind:
        description:
          - The kind of metric. If left out, it is V(ExperimentMetric); the other two are those made before 2025.
        type: str
        choices:
          - ExperimentMetric
          - ExperimentTrendsQuery
          - ExperimentFunnelsQuery
        required: true
      metric_type:
        description:
          - What is measured. Needed, unless the metric is of one of the older kinds.
        type: str
        choices:
          - mean
          - funnel
          - ratio
          - retention
      uuid:
        description:
          - The metric's own id, under which PostHog keeps its results. PostHog makes one and keeps it if it is not
            given.
        type: str
      name:
        description:
          - A name to show.
        type: str
      goal:
        description:
          - Whether more of it is better or less of it.
        type: str
        choices:
          - increase
          - decrease
      conversion_window:
        description:
          - For how long after the exposure events count.
        type: int
      conversion_window_unit:
        description:
          - The unit of the conversion window.
        type: str
        choices:
          - second
          - minute
          - hour
          - day
          - week
          - month
      source:
        description:
          - For V(mean), the event or action that is measured, as an C(EventsNode), an C(ActionsNode) or an
            C(ExperimentDataWarehouseNode).
        type: dict
      series:
        description:
          - For V(funnel), a list of the steps, each an C(EventsNode) or an C(ActionsNode).
        type: dict
      funnel_order_type:
        description:
          - For V(funnel), whether the steps must follow each other.
        type: str
        choices:
          - ordered
          - unordered
          - strict
      numerator:
        description:
          - For V(ratio), what is divided, of the same form as the source of a mean.
        type: dict
      denominator:
        description:
          - For V(ratio), what it is divided by.
        type: dict
      start_event:
        description:
          - For V(retention), the event that begins the period.
        type: dict
      completion_event:
        description:
          - For V(retention), the event that counts as coming back.
        type: dict
      retention_window_start:
        description:
          - For V(retention), from when on the second event counts.
        type: int
      retention_window_end:
        description:
          - For V(retention), until when the second event counts.
        type: int
      retention_window_unit:
        description:
          - For V(retention), the unit of both.
        type: str
        choices:
          - second
          - minute
          - hour
          - day
          - week
          - month
      start_handling:
        description:
          - For V(retention), which of several first events counts.
        type: str
        choices:
          - first_seen
          - last_seen
      lower_bound_percentile:
        description:
          - Values below this percentile are raised to it.
        type: float
      upper_bound_percentile:
        description:
          - Values above this percentile are lowered to it.
        type: float
      ignore_zeros:
        description:
          - Whether zeros are left out of the percentiles. V(null) is V(false).
        type: bool
      breakdownFilter:
        description:
          - What the results are broken down by.
        type: dict
      count_query:
        description:
          - For V(ExperimentTrendsQuery), the query.
        type: dict
      exposure_query:
        description:
          - For V(ExperimentTrendsQuery), the query that counts the exposures.
        type: dict
      funnels_query:
        description:
          - For V(ExperimentFunnelsQuery), the query.
        type: dict
      experiment_id:
        description:
          - For the older kinds, the id of the experiment. It is left alone if it is not given.
        type: int
      version:
        description:
          - The version of the form. It is left alone if it is not given.
        type: int
  metrics_secondary:
    description:
      - The secondary metrics, in the same form as O(metrics). V([]) or V(null) removes all.
    type: list
    elements: dict
  saved_metrics:
    description:
      - The metrics that several experiments share, see M(community.posthog.posthog_experiment_saved_metric), in any
        order. V([]) or V(null) removes all.
      - The API calls the field C(saved_metrics_ids).
    type: list
    elements: dict
    aliases:
      - saved_metrics_ids
    suboptions:
      id:
        description:
          - The name (or the id) of the metric.
        type: raw
        required: true
      metadata:
        description:
          - How the metric is used.
        type: dict
        suboptions:
          type:
            description:
              - Whether it is a primary metric. If left out, it is V(primary).
            type: str
            choices:
              - primary
              - secondary
  aggregation_group_type_index:
    description:
      - The name of the group type (or its index) that takes part, in place of persons. V(null) means persons.
    type: raw
  payloads:
    description:
      - The payloads of the variants, a dictionary from a variant's key to any YAML value. V({}) or V(null) removes
        all. Servers before 2026 have them in the flag only.
    type: dict
  ensure_experience_continuity:
    description:
      - Whether a person keeps the variant across logging in. V(null) is V(false). Servers before 2026 have it in the
        flag only.
    type: bool
  holdout:
    description:
      - The name (or the id) of the holdout, the people who are kept out. V(null) removes it. The API calls it
        C(holdout_id).
    type: raw
    aliases:
      - holdout_id
  running_time_calculation:
    description:
      - What is assumed of the experiment's duration. V(null) removes it.
      - What is given is the whole truth. Servers before 2026 have it among the parameters.
    type: dict
    suboptions:
      minimum_detectable_effect:
        description:
          - The smallest effect that is to be found, in percent.
        type: float
      recommended_running_time:
        description:
          - For how many days the experiment should run.
        type: float
      recommended_sample_size:
        description:
          - How many should take part.
        type: float
      exposure_estimate_config:
        description:
          - How the number of participants was estimated, as PostHog's API has it.
        type: dict
  excluded_variants:
    description:
      - Keys of variants that are left out of the results, in any order, but not V(control), and not all others. V([])
        or V(null) removes all.
    type: list
    elements: str
  exposure_criteria:
    description:
      - Who counts as having taken part. V({}) leaves it to PostHog. V(null), here or inside, is refused,
        since everybody who asks for the flag would count.
      - What is given is the whole truth.
    type: dict
    suboptions:
      filterTestAccounts:
        description:
          - Whether internal and test users are left out. If left out, it is V(false).
        type: bool
      exposure_config:
        description:
          - The event that counts as taking part, in place of the call of the flag.
        type: dict
        suboptions:
          kind:
            description:
              - Whether it is an event or an action. If left out, it is V(ExperimentEventExposureConfig).
            type: str
            choices:
              - ExperimentEventExposureConfig
              - ActionsNode
          event:
            description:
              - The name of the event.
            type: str
          properties:
            description:
              - Conditions on the event, a list as PostHog's API has it.
            type: dict
          id:
            description:
              - For V(ActionsNode), the name (or the id) of the action.
            type: raw
      multiple_variant_handling:
        description:
          - What becomes of those who saw several variants.
        type: str
        choices:
          - exclude
          - first_seen
  stats_config:
    description:
      - How results are computed, as PostHog's API has it, for example V(bayesian) as C(method). Compared by the keys
        that are given. V(null) leaves it to PostHog.
    type: dict
  primary_metrics_ordered_uuids:
    description:
      - The C(uuid) of the primary metrics, in the order in which they are shown. V(null) leaves it to PostHog.
    type: list
    elements: str
  secondary_metrics_ordered_uuids:
    description:
      - The same for the secondary metrics. V(null) leaves it to PostHog.
    type: list
    elements: str
  start_date:
    description:
      - When the experiment was started, as an ISO 8601 time or relative to now, for example V(now). V(null) makes a
        draft of it.
      - Usually O(status) is all that is needed. A date relative to now is not compared once there is one.
    type: str
  end_date:
    description:
      - When the experiment ended, in the same form, later than O(start_date). V(null) lets it go on.
    type: str
  conclusion:
    description:
      - What came of the experiment. V(null) removes it.
    type: str
    choices:
      - won
      - lost
      - inconclusive
      - stopped_early
      - invalid
  conclusion_comment:
    description:
      - The conclusion in words, at most 4000 characters. V(null) empties it.
    type: str
  allow_unknown_events:
    description:
      - Whether metrics may be about events that PostHog has not seen yet. It is sent and never compared. Servers
        before 2026 do not know it.
    type: bool
  filters:
    description:
      - The insight of the experiment, on servers before 2025, which demand it.
    type: dict
  secondary_metrics:
    description:
      - Further insights, on servers before 2025. V(null) removes them.
    type: list
    elements: dict
notes:
  - The key needs the scopes C(experiment:read) and C(experiment:write). To name holdouts, saved metrics, actions or
    cohorts it also needs the scope to read them, and to pause and resume on servers before 2026
    C(feature_flag:write).
  - An experiment writes to its flag. O(variants), O(rollout_percentage), O(payloads) and
    O(ensure_experience_continuity) are those of the flag, so declare them in one place, here or with
    M(community.posthog.posthog_feature_flag).
  - PostHog adds C(uuid) and C(fingerprint) to metrics and refreshes the names of actions in them. None of that is a
    difference.
  - Deleting an experiment leaves its flag. The flag of a running experiment cannot be deleted.
  - Shipping a variant and resetting an experiment are no states, so they are left to PostHog's user interface.
  - Web experiments made with PostHog's toolbar show as experiments too. See
    M(community.posthog.posthog_web_experiment).
seealso:
  - name: Experiments in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/experiments
  - module: community.posthog.posthog_experiment_holdout
  - module: community.posthog.posthog_experiment_saved_metric
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_web_experiment
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A metric that several experiments share
  community.posthog.posthog_experiment_saved_metric:
    name: Revenue
    query:
      metric_type: mean
      source:
        kind: EventsNode
        event: order paid
        math: sum
        math_property: amount

- name: An experiment, still a draft
  community.posthog.posthog_experiment:
    name: Button colour
    feature_flag_key: button-colour
    description: Does a green button sell more?
    variants:
      - key: control
        rollout_percentage: 50
      - key: green
        rollout_percentage: 50
    rollout_percentage: 20
    metrics:
      - metric_type: funnel
        name: Checkout
        series:
          - kind: EventsNode
            event: cart viewed
          - kind: EventsNode
            event: order paid
    saved_metrics:
      - id: Revenue
        metadata:
          type: secondary
    stats_config:
      method: bayesian

- name: An experiment that runs
  community.posthog.posthog_experiment:
    name: Short checkout
    feature_flag_key: short-checkout
    status: running
    metrics:
      - metric_type: mean
        source:
          kind: EventsNode
          event: order paid
    exposure_criteria:
      filterTestAccounts: true

- name: An experiment that is over
  community.posthog.posthog_experiment:
    name: Longer texts
    feature_flag_key: longer-texts
    start_date: "2025-03-01T09:00:00Z"
    end_date: "2025-04-01T09:00:00Z"
    conclusion: inconclusive
    conclusion_comment: Nobody noticed.
    archived: true

- name: Delete an experiment and leave its flag
  community.posthog.posthog_experiment:
    name: Button size
    state: absent
"""

RETURN = r"""
---
experiment:
  description:
    - The experiment as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the experiment. Missing in check mode if the experiment does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    description:
      description: What the experiment is to find out.
      type: str
    feature_flag_key:
      description: The key of the flag.
      type: str
    feature_flag:
      description: The flag.
      type: dict
    parameters:
      description: What the flag says of variants and percentages.
      type: dict
    status:
      description: The state, on servers of 2026 and later.
      type: str
    start_date:
      description: When it was started.
      type: str
    end_date:
      description: When it ended.
      type: str
    archived:
      description: Whether it is archived.
      type: bool
    conclusion:
      description: What came of it.
      type: str
    holdout:
      description: The holdout.
      type: dict
    metrics:
      description: The primary metrics, each with what PostHog adds.
      type: list
    metrics_secondary:
      description: The secondary metrics.
      type: list
    saved_metrics:
      description: The links to shared metrics.
      type: list
    created_at:
      description: When the experiment was created.
      type: str
    created_by:
      description: Who created the experiment.
      type: dict
  sample:
    id: 7
    name: Short checkout
    description: null
    feature_flag_key: short-checkout
    feature_flag:
      id: 12
      key: short-checkout
      active: true
      filters:
        groups:
          - properties: []
            rollout_percentage: 100
        multivariate:
          variants:
            - key: control
              rollout_percentage: 50
            - key: test
              rollout_percentage: 50
    parameters:
      feature_flag_variants:
        - key: control
          rollout_percentage: 50
        - key: test
          rollout_percentage: 50
      rollout_percentage: 100
    type: product
    status: running
    start_date: "2026-11-22T01:41:56.546195Z"
    end_date: null
    archived: false
    conclusion: null
    holdout: null
    metrics:
      - kind: ExperimentMetric
        metric_type: mean
        source:
          kind: EventsNode
          event: order paid
        uuid: 01a200e4-fb65-781e-9a6c-ecb157baebd5
        fingerprint: 8d1f0c7be2b0b1f6b0f6b7c1f8f1c1a4cc8a3a9e31c5b2fdcbb1a6a4a4f4e9d2
    metrics_secondary: []
    saved_metrics: []
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
# From here on written by "make generate", but for the samples of changes and diff.
changes:
  description:
    - The single values that were, or in check mode would be, changed in an existing object.
    - Empty if an object was created or deleted.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path of the option, for example C(status).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: status
      before: draft
      after: running
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: experiment 'Short checkout'
    before:
      status: draft
    after_header: experiment 'Short checkout'
    after:
      status: running
status_code:
  description: The HTTP status with which PostHog refused a request.
  returned: failure, if PostHog answered
  type: int
  sample: 403
error:
  description: PostHog's own error message, as its API returned it.
  returned: failure, if PostHog answered with one
  type: dict
  contains:
    type:
      description: The kind of error.
      type: str
    code:
      description: The code of the error.
      type: str
    detail:
      description: The error in words.
      type: str
    attr:
      description: The field that the error is about, if it is about one.
      type: str
  sample:
    attr: null
    code: permission_denied
    detail: API key missing required scope 'experiment:write'
    type: authentication_error
request_id:
  description: PostHog's identifier of the request that failed, to be named in a report to PostHog.
  returned: failure, if PostHog gave one
  type: str
  sample: 5f0c2ad8-6fb4-4f0b-8ba3-b04f5b2cd7c9
"""

from ansible_collections.community.posthog.plugins.module_utils._handlers.index import run


def main() -> None:
    """Run the module."""
    run("posthog_experiment")


if __name__ == "__main__":
    main()
