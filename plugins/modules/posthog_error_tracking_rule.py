#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_error_tracking_rule
short_description: Manage rules of error tracking in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the rules that say what becomes of exceptions - to whom their issues are assigned,
    which of them are one issue, which are dropped, and which pass the rate limits.
  - Rules have no names. A rule is found among those of its O(rule_type) by its O(filters), or by its O(id). This module
    does not make a second rule with the same filters, and fails if there are two already. To change the filters of a
    rule, give its O(id).
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  rule_type:
    description:
      - What the rule does.
      - V(assignment) gives issues to a person or a role. The first rule that matches counts.
      - V(grouping) puts exceptions into one issue. The first rule that matches counts.
      - V(suppression) drops exceptions, or keeps a share of them.
      - V(bypass) lets exceptions pass the rate limits. Servers before 2026 do not know it.
    type: str
    choices:
      - assignment
      - grouping
      - suppression
      - bypass
    required: true
  filters:
    description:
      - Which exceptions the rule is about. It names the rule, so it is needed if there is no O(id).
      - Conditions are compared by the keys that are given, in their order.
    type: dict
    suboptions:
      type:
        description:
          - Whether all of the conditions must be true (V(AND)) or one of them (V(OR)).
        type: str
        choices:
          - AND
          - OR
        required: true
      values:
        description:
          - The conditions, as PostHog's API has them, each with C(key), C(type), C(operator) and C(value), or groups of
            conditions of the same form as O(filters).
          - An empty list matches every exception, which only a rule of the type V(suppression) should do. A rule of the
            type V(bypass) cannot.
        type: list
        elements: dict
        required: true
  assignee:
    description:
      - Who gets the issues, for V(assignment), which needs it, and for V(grouping).
      - Nobody can be taken off a rule again. PostHog takes V(null) for "leave it as it is", so it is refused.
    type: dict
    suboptions:
      type:
        description:
          - Whether it is a person or a role.
        type: str
        choices:
          - user
          - role
        required: true
      id:
        description:
          - The address of a member of the organization, or the name of a role. The ids that PostHog shows will do too,
            the number of a user or the UUID of a role.
        type: raw
        required: true
  description:
    description:
      - What the rule is for, for V(grouping). V(null) removes it. Servers before 2026 do not know it.
    type: str
  sampling_rate:
    description:
      - For V(suppression), the share of the exceptions that is kept, from 0 to 1. V(null) drops all of them. Servers
        before 2026 do not know it.
    type: float
  order_key:
    description:
      - The place of the rule among those of its type. The rule with the lowest number comes first. PostHog takes 0
        where it is not given.
      - Other rules keep their numbers, so give all rules of a type numbers of their own.
    type: int
notes:
  - The key needs the scopes C(error_tracking:read) and C(error_tracking:write). To name people and roles it also needs
    C(organization_member:read) and C(organization:read).
  - Servers of 2025 let no key change the order of rules. There the task says so and changes nothing. Servers before
    2025 have no rules.
  - If PostHog cannot work with a rule any more, it switches it off and says why in
    RV(error_tracking_rule.disabled_data).
seealso:
  - module: community.posthog.posthog_error_tracking_settings
  - module: community.posthog.posthog_role
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A role for those who look after the checkout
  community.posthog.posthog_role:
    name: Checkout

- name: Its people get the issues of the checkout
  community.posthog.posthog_error_tracking_rule:
    rule_type: assignment
    filters:
      type: AND
      values:
        - key: $exception_sources
          type: event
          operator: icontains
          value: checkout
    assignee:
      type: role
      id: Checkout
    order_key: 1

- name: One person gets everything that is left
  community.posthog.posthog_error_tracking_rule:
    rule_type: assignment
    filters:
      type: OR
      values:
        - key: $exception_types
          type: event
          operator: is_set
          value: is_set
    assignee:
      type: user
      id: admin@acme.test
    order_key: 2

- name: Chunks that fail to load are one issue, whatever they are called
  community.posthog.posthog_error_tracking_rule:
    rule_type: grouping
    description: Happens to everybody whenever we deploy
    filters:
      type: AND
      values:
        - key: $exception_types
          type: event
          operator: exact
          value: ChunkLoadError

- name: Keep one in a hundred of what nobody can do anything about
  community.posthog.posthog_error_tracking_rule:
    rule_type: suppression
    filters:
      type: AND
      values:
        - key: $exception_values
          type: event
          operator: icontains
          value: ResizeObserver loop
    sampling_rate: 0.01

- name: What happens at payment is never limited
  community.posthog.posthog_error_tracking_rule:
    rule_type: bypass
    filters:
      type: AND
      values:
        - key: $exception_types
          type: event
          operator: exact
          value: PaymentError

- name: Drop nothing of the old shop any more
  community.posthog.posthog_error_tracking_rule:
    rule_type: suppression
    filters:
      type: AND
      values:
        - key: $exception_sources
          type: event
          operator: icontains
          value: old-shop
    state: absent
"""

RETURN = r"""
---
error_tracking_rule:
  description:
    - The rule as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the rule. Missing in check mode if the rule does not exist yet.
      type: str
    filters:
      description: Which exceptions the rule is about.
      type: dict
    assignee:
      description: Who gets the issues, with ids in place of names.
      type: dict
    description:
      description: What the rule is for. Rules of the type V(grouping) have it.
      type: str
    sampling_rate:
      description: The share of the exceptions that is kept. Rules of the type V(suppression) have it.
      type: float
    order_key:
      description: The place of the rule among those of its type.
      type: int
    disabled_data:
      description: Why PostHog switched the rule off, V(null) if it did not.
      type: dict
    created_at:
      description: When the rule was created.
      type: str
    updated_at:
      description: When the rule was changed the last time.
      type: str
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    filters:
      type: AND
      values:
        - key: $exception_sources
          type: event
          operator: icontains
          value: checkout
    assignee:
      type: role
      id: 01a200ef-26de-7aad-b733-e92de4922d7d
    order_key: 1
    disabled_data: null
    created_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(order_key).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: order_key
      before: 0
      after: 1
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: error tracking rule
    before:
      order_key: 0
      rule_type: assignment
    after_header: error tracking rule
    after:
      order_key: 1
      rule_type: assignment
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
    detail: API key missing required scope 'error_tracking:write'
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
    run("posthog_error_tracking_rule")


if __name__ == "__main__":
    main()
