#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_alert
short_description: Manage alerts on insights of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes alerts, which watch an insight and tell people when its value passes a bound or is
    unusual.
  - An alert is found by its O(name) and its O(insight), or by its O(id). An alert of the same name on another insight
    is another alert. PostHog allows several alerts of one name. This module does not make a second one on the same
    insight, and fails if there are two already.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
options:
  name:
    description:
      - The name of the alert.
      - Needed to create an alert. Together with O(id) it renames the alert.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  insight:
    description:
      - The name (or the id) of the insight that is watched. Needed to create an alert, and to tell apart alerts of the
        same name.
      - Together with O(id) it moves the alert to another insight.
    type: raw
  subscribed_users:
    description:
      - Who is notified, by the addresses of members of the organization. Each of them needs access to the project.
      - What is given is the whole list. V([]) or V(null) removes everybody.
      - Slack channels and webhooks are notified through hog functions, which are not part of the alert.
    type: list
    elements: raw
  threshold:
    description:
      - The bounds. Needed to create an alert, unless there is a O(detector_config).
    type: dict
    suboptions:
      name:
        description:
          - A name for the bounds. PostHog keeps the one that there is if it is not given.
        type: str
      configuration:
        description:
          - The bounds.
        type: dict
        required: true
        suboptions:
          type:
            description:
              - Whether the bounds are values (V(absolute)) or shares (V(percentage)), of which V(0.1) is ten percent.
            type: str
            choices:
              - absolute
              - percentage
            required: true
          bounds:
            description:
              - The alert fires outside of them. At least one is needed.
            type: dict
            suboptions:
              lower:
                description:
                  - The lower bound.
                type: float
              upper:
                description:
                  - The upper bound.
                type: float
  condition:
    description:
      - What is compared with the bounds. V(null) removes it.
    type: dict
    suboptions:
      type:
        description:
          - The value itself, or by how much it rose or fell since the period before. For a funnel it must be
            V(absolute_value).
        type: str
        choices:
          - absolute_value
          - relative_increase
          - relative_decrease
        required: true
  config:
    description:
      - Which value of the insight is watched. V(null) removes it.
      - What PostHog fills in, where it is not given, stays as it is.
    type: dict
    suboptions:
      type:
        description:
          - The kind that fits the insight's query.
        type: str
        choices:
          - TrendsAlertConfig
          - HogQLAlertConfig
          - FunnelsAlertConfig
        required: true
      series_index:
        description:
          - For trends, which series, the first being 0.
        type: int
      check_ongoing_interval:
        description:
          - For trends and historical funnels, whether the period that is not over yet is looked at too.
        type: bool
      column:
        description:
          - For SQL, the column of the value. It may be left out if there is only one with numbers.
        type: str
      evaluation:
        description:
          - For SQL, which row is looked at.
        type: str
        choices:
          - last_row
          - first_row
          - any_row
      label_column:
        description:
          - For SQL, the column that tells the rows apart.
        type: str
      funnel_step:
        description:
          - For funnels, which step. V(null) is the last one.
        type: int
      metric:
        description:
          - For funnels, the share of which step before.
        type: str
        choices:
          - conversion_from_start
          - conversion_from_previous
  detector_config:
    description:
      - Looks for unusual values in place of bounds. V(null) removes it, which needs a O(threshold) with bounds.
      - PostHog writes its defaults into what it stores. What is not given stays as it is, unless the type changes.
      - Servers before 2026 do not know it.
    type: dict
    suboptions:
      type:
        description:
          - The method that finds what is unusual.
          - V(ensemble) asks several.
        type: str
        choices:
          - zscore
          - mad
          - iqr
          - threshold
          - ecod
          - copod
          - isolation_forest
          - knn
          - hbos
          - lof
          - ocsvm
          - pca
          - ensemble
        required: true
      threshold:
        description:
          - From which score on, between 0 and 1, a value is unusual. PostHog takes 0.9 where it is not given.
        type: float
      window:
        description:
          - How many values are looked back at, from 5 to 1000.
        type: int
      multiplier:
        description:
          - For V(iqr), how many times the usual spread a value may be away, from 0.5 to 10.
        type: float
      lower_bound:
        description:
          - The bound below which a value is unusual.
        type: float
      upper_bound:
        description:
          - The bound above which a value is unusual.
        type: float
      n_estimators:
        description:
          - How many trees are grown, from 10 to 500.
        type: int
      n_neighbors:
        description:
          - How many neighbours are looked at, from 1 to 50.
        type: int
      method:
        description:
          - For V(knn), which distance to the neighbours counts.
        type: str
        choices:
          - largest
          - mean
          - median
      n_bins:
        description:
          - How many bins there are, from 5 to 50.
        type: int
      kernel:
        description:
          - For V(ocsvm), the kernel.
        type: str
      nu:
        description:
          - For V(ocsvm), the share of values that may lie outside.
        type: float
      preprocessing:
        description:
          - What is done with the values first.
        type: dict
        suboptions:
          diffs_n:
            description:
              - How many times differences are taken.
            type: int
          lags_n:
            description:
              - How many earlier values are looked at with each, from 0 to 10.
            type: int
          smooth_n:
            description:
              - Over how many values the average is taken, from 0 to 30.
            type: int
      operator:
        description:
          - For V(ensemble), whether all detectors must agree or one is enough.
        type: str
        choices:
          - and
          - or
      detectors:
        description:
          - For V(ensemble), two detectors or more, none of them an ensemble.
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - The method that finds what is unusual.
            type: str
            choices:
              - zscore
              - mad
              - iqr
              - threshold
              - ecod
              - copod
              - isolation_forest
              - knn
              - hbos
              - lof
              - ocsvm
              - pca
            required: true
          threshold:
            description:
              - From which score on, between 0 and 1, a value is unusual. PostHog takes 0.9 where it is not given.
            type: float
          window:
            description:
              - How many values are looked back at, from 5 to 1000.
            type: int
          multiplier:
            description:
              - For V(iqr), how many times the usual spread a value may be away, from 0.5 to 10.
            type: float
          lower_bound:
            description:
              - The bound below which a value is unusual.
            type: float
          upper_bound:
            description:
              - The bound above which a value is unusual.
            type: float
          n_estimators:
            description:
              - How many trees are grown, from 10 to 500.
            type: int
          n_neighbors:
            description:
              - How many neighbours are looked at, from 1 to 50.
            type: int
          method:
            description:
              - For V(knn), which distance to the neighbours counts.
            type: str
            choices:
              - largest
              - mean
              - median
          n_bins:
            description:
              - How many bins there are, from 5 to 50.
            type: int
          kernel:
            description:
              - For V(ocsvm), the kernel.
            type: str
          nu:
            description:
              - For V(ocsvm), the share of values that may lie outside.
            type: float
          preprocessing:
            description:
              - What is done with the values first.
            type: dict
            suboptions:
              diffs_n:
                description:
                  - How many times differences are taken.
                type: int
              lags_n:
                description:
                  - How many earlier values are looked at with each, from 0 to 10.
                type: int
              smooth_n:
                description:
                  - Over how many values the average is taken, from 0 to 30.
                type: int
  calculation_interval:
    description:
      - How often the insight is looked at. PostHog takes V(daily) where it is not given.
      - V(real_time) and V(every_15_minutes) need a plan that has them. Otherwise PostHog refuses them.
    type: str
    choices:
      - real_time
      - every_15_minutes
      - hourly
      - daily
      - weekly
      - monthly
  enabled:
    description:
      - Whether the alert is on.
    type: bool
  snoozed_until:
    description:
      - Keeps an existing alert quiet for a length of time from now on, such as V(2h) or V(1d). V(null) wakes it.
      - An alert that is quiet already is left alone, so a second run changes nothing before the time is over.
    type: str
  skip_weekend:
    description:
      - Whether the alert is not looked at on Saturdays and Sundays. V(null) is V(false).
    type: bool
  schedule_restriction:
    description:
      - When the alert is not looked at. V(null) removes the restriction. Servers before 2026 do not know it.
      - PostHog merges windows that overlap. Two lists that block the same minutes are the same.
    type: dict
    suboptions:
      blocked_windows:
        description:
          - Up to five times of the day, each of 30 minutes or more, in the time zone of the project.
        type: list
        elements: dict
        required: true
        suboptions:
          start:
            description:
              - When it begins, as V(HH:MM).
            type: str
            required: true
          end:
            description:
              - When it is over, as V(HH:MM). It may be on the next day.
            type: str
            required: true
  schedule_start_time:
    description:
      - The time of the day at which alerts that are checked daily or less often are checked first, such as V(09:30), in
        the time zone of the project. Put it in quotes. V(null) leaves it to PostHog.
      - Servers before 2026 do not have it.
    type: str
  investigation_agent_enabled:
    description:
      - Whether PostHog's agent looks into what a detector found. Needs a O(detector_config). Servers before 2026 do not
        know it.
    type: bool
  investigation_gates_notifications:
    description:
      - Whether people are notified only after the agent looked into it. Needs a O(detector_config). Servers before 2026
        do not know it.
    type: bool
  investigation_inconclusive_action:
    description:
      - What to do if the agent finds nothing out. Servers before 2026 do not know it.
    type: str
    choices:
      - notify
      - suppress
notes:
  - The key needs the scopes C(alert:read), C(alert:write) and C(insight:read), and C(organization_member:read) to name
    people. Servers of 2025 do not let keys manage alerts, servers before them do not have any.
  - PostHog can watch trends, and where the plan has it SQL and funnels. It deletes an alert with its insight.
  - A plan may limit the number of alerts, the free one to five. PostHog says so in the error of the next one.
  - Other bounds set the state of the alert back. Another interval makes PostHog look at the insight again soon.
seealso:
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_subscription
  - module: community.posthog.posthog_logs_alert
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: An insight to watch
  community.posthog.posthog_insight:
    name: Daily signups
    query:
      kind: TrendsQuery
      series:
        - kind: EventsNode
          event: signed up

- name: Tell two people when there are fewer than 50 signups on a day
  community.posthog.posthog_alert:
    name: Few signups
    insight: Daily signups
    subscribed_users:
      - owner@acme.test
      - admin@acme.test
    threshold:
      configuration:
        type: absolute
        bounds:
          lower: 50
    condition:
      type: absolute_value
    config:
      type: TrendsAlertConfig
      series_index: 0

- name: Tell when signups fall by a third, at working hours only
  community.posthog.posthog_alert:
    name: Falling signups
    insight: Daily signups
    threshold:
      configuration:
        type: percentage
        bounds:
          upper: 0.33
    condition:
      type: relative_decrease
    calculation_interval: hourly
    skip_weekend: true
    schedule_restriction:
      blocked_windows:
        - start: "19:00"
          end: "07:30"

- name: Look for unusual values instead
  community.posthog.posthog_alert:
    name: Unusual signups
    insight: Daily signups
    detector_config:
      type: ensemble
      operator: and
      detectors:
        - type: zscore
          window: 30
        - type: iqr
          multiplier: 2

- name: Keep an alert quiet for two hours
  community.posthog.posthog_alert:
    name: Few signups
    insight: Daily signups
    threshold:
      configuration:
        type: absolute
        bounds:
          lower: 50
    snoozed_until: 2h

- name: Delete an alert
  community.posthog.posthog_alert:
    name: Signups of the campaign
    insight: Daily signups
    state: absent
"""

RETURN = r"""
---
alert:
  description:
    - The alert as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the alert. Missing in check mode if the alert does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    insight:
      description: The insight that is watched, as PostHog shows it.
      type: dict
    subscribed_users:
      description: The people who are notified.
      type: list
      elements: dict
    threshold:
      description: The bounds, with the id that PostHog gave them.
      type: dict
    condition:
      description: What is compared with the bounds.
      type: dict
    config:
      description: Which value of the insight is watched.
      type: dict
    detector_config:
      description: The detector with its defaults.
      type: dict
    calculation_interval:
      description: How often the insight is looked at.
      type: str
    enabled:
      description: Whether the alert is on.
      type: bool
    snoozed_until:
      description: Until when the alert keeps quiet.
      type: str
    skip_weekend:
      description: Whether the alert is not looked at on Saturdays and Sundays.
      type: bool
    schedule_restriction:
      description: When the alert is not looked at.
      type: dict
    state:
      description: What the alert is doing, for example V(Not firing).
      type: str
    last_checked_at:
      description: When the insight was looked at the last time.
      type: str
    next_check_at:
      description: When it will be looked at again.
      type: str
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    name: Few signups
    insight:
      id: 4
      short_id: d3xTb9Qa
      name: Daily signups
    subscribed_users:
      - id: 1
        uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
        first_name: Olivia
        email: owner@example.com
    threshold:
      id: 01a20109-92a8-7f15-8b9c-3f2b64cde2a1
      created_at: "2026-11-22T01:41:56.546195Z"
      name: ""
      configuration:
        type: absolute
        bounds:
          lower: 50
    condition:
      type: absolute_value
    config:
      type: TrendsAlertConfig
      series_index: 0
    detector_config: null
    calculation_interval: daily
    enabled: true
    snoozed_until: null
    skip_weekend: null
    schedule_restriction: null
    investigation_agent_enabled: false
    investigation_gates_notifications: false
    investigation_inconclusive_action: notify
    state: Not firing
    last_notified_at: null
    last_checked_at: null
    next_check_at: null
    checks: []
    checks_total: 0
    last_value: null
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
      description: The path of the option, for example C(threshold.configuration.bounds.lower).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: threshold.configuration.bounds.lower
      before: 40
      after: 50
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: alert 'Few signups'
    before:
      name: Few signups
      threshold:
        configuration:
          bounds:
            lower: 40
          type: absolute
    after_header: alert 'Few signups'
    after:
      name: Few signups
      threshold:
        configuration:
          bounds:
            lower: 50
          type: absolute
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
    detail: API key missing required scope 'alert:write'
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
    run("posthog_alert")


if __name__ == "__main__":
    main()
