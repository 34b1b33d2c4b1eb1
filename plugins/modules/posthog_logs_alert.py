#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_logs_alert
short_description: Manage alerts on logs in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes alerts that count lines of logs and fire when there are too many or too few of them.
  - An alert is found by its O(name) or its O(id). PostHog allows several alerts of one name. This module does not make
    a second one, and fails if there are two already.
  - To whom an alert goes is not part of it. PostHog tells Slack channels and webhooks through hog functions that name
    the alert.
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
      - The name of the alert, at most 255 characters.
      - Needed to create an alert. Together with O(id) it renames the alert.
    type: str
  enabled:
    description:
      - Whether the alert is on.
    type: bool
  filters:
    description:
      - Which lines are counted. An alert that is on needs at least one of the keys. V({}) or V(null) removes all, which
        only an alert with O(enabled=false) can do.
      - What is given is the whole truth. A key that is not given is removed.
    type: dict
    suboptions:
      severityLevels:
        description:
          - The severities of the lines, for example V(error) and V(fatal). Their order means nothing.
        type: list
        elements: str
      serviceNames:
        description:
          - The services that wrote the lines. Their order means nothing.
        type: list
        elements: str
      filterGroup:
        description:
          - Conditions on the attributes of the lines, as PostHog's API has them. Compared by the keys that are given,
            at every depth.
        type: dict
  threshold_count:
    description:
      - How many lines are the limit, at least 1. PostHog takes 100 where it is not given.
    type: int
  threshold_operator:
    description:
      - Whether the alert fires above the limit or below it. PostHog takes V(above) where it is not given.
    type: str
    choices:
      - above
      - below
  window_minutes:
    description:
      - The length of a period in which lines are counted. PostHog takes 5 minutes where it is not given.
    type: int
    choices:
      - 5
      - 10
      - 15
      - 30
      - 60
  evaluation_periods:
    description:
      - How many periods are looked at. PostHog takes 1 where it is not given.
    type: int
  datapoints_to_alarm:
    description:
      - In how many of the O(evaluation_periods) the limit must have been passed. PostHog takes 1 where it is not given.
    type: int
  cooldown_minutes:
    description:
      - How many minutes the alert keeps quiet after it fired. PostHog takes 0 where it is not given.
    type: int
  snooze_until:
    description:
      - Until when the alert keeps quiet, as an ISO 8601 time, or relative to now, for example V(+2h) or V(+1d).
        V(null) wakes it.
      - A relative time is worked out when it is written. An alert that has a time already is left alone then, so a
        second run changes nothing.
    type: str
  schedule_restriction:
    description:
      - The times of the day at which the alert keeps quiet, in the time zone of the project. V(null) takes them away.
        PostHog merges windows that overlap, so the minutes are compared. Servers before summer 2026 do not have it.
    type: dict
    suboptions:
      blocked_windows:
        description:
          - At most five windows of half an hour or more.
        type: list
        elements: dict
        required: true
        suboptions:
          start:
            description:
              - When it begins, such as V(22:00). Put it in quotes.
            type: str
            required: true
          end:
            description:
              - When it ends. A time before O(schedule_restriction.blocked_windows[].start) is on the next day.
            type: str
            required: true
notes:
  - The key needs the scopes C(logs:read) and C(logs:write).
  - PostHog allows 20 alerts in a project. Servers before 2026 do not have them.
  - Whether an alert fires, is snoozed or is broken shows in RV(logs_alert.state), which no task can declare.
seealso:
  - module: community.posthog.posthog_logs_view
  - module: community.posthog.posthog_alert
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Tell when the checkout writes more than ten errors in five minutes
  community.posthog.posthog_logs_alert:
    name: Checkout errors
    filters:
      severityLevels:
        - error
        - fatal
      serviceNames:
        - checkout
    threshold_count: 10
    window_minutes: 5

- name: Tell when a service is silent for two of three quarters of an hour
  community.posthog.posthog_logs_alert:
    name: Importer is silent
    filters:
      serviceNames:
        - importer
    threshold_count: 1
    threshold_operator: below
    window_minutes: 15
    evaluation_periods: 3
    datapoints_to_alarm: 2
    cooldown_minutes: 60

- name: Keep an alert quiet over the weekend
  community.posthog.posthog_logs_alert:
    name: Payments are slow
    filters:
      serviceNames:
        - payments
      filterGroup:
        type: AND
        values:
          - type: AND
            values:
              - key: slow
                type: log_attribute
                operator: exact
                value: "true"
    snooze_until: +2d

- name: A draft that counts nothing yet
  community.posthog.posthog_logs_alert:
    name: Refunds
    enabled: false

- name: Delete an alert
  community.posthog.posthog_logs_alert:
    name: Old importer
    state: absent
"""

RETURN = r"""
---
logs_alert:
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
    enabled:
      description: Whether the alert is on.
      type: bool
    filters:
      description: Which lines are counted.
      type: dict
    threshold_count:
      description: The limit.
      type: int
    threshold_operator:
      description: Whether it fires above or below the limit.
      type: str
    window_minutes:
      description: The length of a period.
      type: int
    evaluation_periods:
      description: How many periods are looked at.
      type: int
    datapoints_to_alarm:
      description: In how many of them the limit must have been passed.
      type: int
    cooldown_minutes:
      description: How long the alert keeps quiet after it fired.
      type: int
    snooze_until:
      description: Until when the alert keeps quiet.
      type: str
    state:
      description:
        - What the alert is doing, one of V(not_firing), V(firing), V(pending_resolve), V(errored), V(snoozed) and
          V(broken).
      type: str
    destination_types:
      description: Which kinds of places are notified, which follows from the hog functions that name the alert.
      type: list
      elements: str
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    name: Checkout errors
    enabled: true
    filters:
      severityLevels:
        - error
        - fatal
      serviceNames:
        - checkout
    threshold_count: 10
    threshold_operator: above
    window_minutes: 5
    evaluation_periods: 1
    datapoints_to_alarm: 1
    cooldown_minutes: 0
    snooze_until: null
    state: not_firing
    first_enabled_at: "2026-11-22T01:41:56.546195Z"
    next_check_at: null
    last_notified_at: null
    last_checked_at: null
    consecutive_failures: 0
    last_error_message: null
    destination_types: []
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    updated_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(threshold_count).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: threshold_count
      before: 100
      after: 10
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: logs alert 'Checkout errors'
    before:
      name: Checkout errors
      threshold_count: 100
    after_header: logs alert 'Checkout errors'
    after:
      name: Checkout errors
      threshold_count: 10
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
    detail: API key missing required scope 'logs:write'
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
    run("posthog_logs_alert")


if __name__ == "__main__":
    main()
