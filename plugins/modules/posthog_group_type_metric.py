#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_group_type_metric
short_description: Manage metrics of group types in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the metrics that PostHog shows on the page of each group.
  - A metric belongs to a O(group_type), and is found by its O(name), which is unique there, or its O(id).
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
  group_type:
    description:
      - The group type (or its index) that the metric belongs to, C(group_type_index) in PostHog's API.
      - To find it, the key needs the scope C(group:read).
    type: raw
    required: true
    aliases:
      - group_type_index
  name:
    description:
      - The name of the metric, at most 255 characters.
      - Needed to create a metric. Together with O(id) it renames the metric.
    type: str
  filters:
    description:
      - What is counted. Needed to create a metric.
      - What is given is the whole truth. A key that is not given goes back to its default.
    type: dict
    suboptions:
      source:
        description:
          - Whether events are counted, or the rows of a table of the data warehouse. V(events) by default.
        type: str
        choices:
          - events
          - data_warehouse
      events:
        description:
          - The events, as PostHog's API has them, with C(id) for the name, C(type=events), and C(properties) for
            conditions. For V(events) only. V(null) means none.
        type: list
        elements: dict
      actions:
        description:
          - The actions, as PostHog's API has them, with the name (or id) of the action in C(id) and C(type=actions).
            For V(events) only. V(null) means none.
        type: list
        elements: dict
      properties:
        description:
          - Conditions for all of them, as PostHog's API has them. A condition of the type C(cohort) names the cohort by
            its name or its id. For V(events) only. V(null) means none.
        type: list
        elements: dict
      filter_test_accounts:
        description:
          - Whether the project's test accounts are left out. For V(events) only.
        type: bool
      table_name:
        description:
          - The name of the table. Needed for V(data_warehouse), and for that only. V(null) means none.
        type: str
      timestamp_field:
        description:
          - The column with the time of a row. Needed for V(data_warehouse), and for that only. V(null) means none.
        type: str
      key_field:
        description:
          - The column with the key of the group. Needed for V(data_warehouse), and for that only. V(null) means none.
        type: str
  math:
    description:
      - Whether the number of them is the metric, or the sum of O(math_property). PostHog's default is V(count).
        Servers before 2026 do not know it.
    type: str
    choices:
      - count
      - sum
  math_property:
    description:
      - The property (or column) that is summed up. Needed for O(math=sum), and V(null) for O(math=count).
    type: str
  format:
    description:
      - How the metric is written. PostHog's default is V(numeric).
    type: str
    choices:
      - numeric
      - currency
  interval:
    description:
      - How many days are counted. PostHog's default is V(7).
    type: int
  display:
    description:
      - How the metric is shown. PostHog's default is V(number).
    type: str
    choices:
      - number
      - sparkline
notes:
  - The key needs the scopes C(usage_metric:read) and C(usage_metric:write), on servers of 2025 C(group:read) and
    C(group:write). To name actions it also needs C(action:read).
  - There are servers since 2025 only that have metrics of group types.
seealso:
  - module: community.posthog.posthog_group_type
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: How often a company has ordered within a month
  community.posthog.posthog_group_type_metric:
    group_type: company
    name: Orders
    interval: 30
    display: sparkline
    filters:
      events:
        - id: order placed
          type: events

- name: What the orders came to
  community.posthog.posthog_group_type_metric:
    group_type: company
    name: Turnover
    interval: 30
    format: currency
    math: sum
    math_property: value
    filters:
      filter_test_accounts: true
      events:
        - id: order placed
          type: events

- name: An action
  community.posthog.posthog_action:
    name: Asked for help
    steps:
      - event: ticket opened

- name: A metric of an action
  community.posthog.posthog_group_type_metric:
    group_type: company
    name: Tickets
    interval: 90
    filters:
      actions:
        - id: Asked for help
          type: actions

- name: Delete a metric
  community.posthog.posthog_group_type_metric:
    group_type: company
    name: Visits
    state: absent
"""

RETURN = r"""
---
group_type_metric:
  description:
    - The group type metric as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the metric. Missing in check mode if the metric does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    filters:
      description: What is counted, with ids in place of names and with what PostHog computes.
      type: dict
    math:
      description: Whether the number of them is the metric, or a sum.
      type: str
    math_property:
      description: What is summed up.
      type: str
    format:
      description: How the metric is written.
      type: str
    interval:
      description: How many days are counted.
      type: int
    display:
      description: How the metric is shown.
      type: str
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    name: Tickets
    filters:
      source: events
      events: []
      actions:
        - id: 1
          type: actions
      properties: []
      filter_test_accounts: false
      bytecode:
        - _H
        - 1
        - 29
    math: count
    math_property: null
    format: numeric
    interval: 90
    display: number
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
      description: The path of the option, for example C(interval).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: interval
      before: 7
      after: 90
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: group type metric 'Tickets'
    before:
      interval: 7
      name: Tickets
    after_header: group type metric 'Tickets'
    after:
      interval: 90
      name: Tickets
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
    detail: API key missing required scope 'usage_metric:write'
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
    run("posthog_group_type_metric")


if __name__ == "__main__":
    main()
