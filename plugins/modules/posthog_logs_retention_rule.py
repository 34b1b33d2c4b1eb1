#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_logs_retention_rule
short_description: Manage how long a PostHog project keeps lines of logs
version_added: 0.1.0
description:
  - Creates, changes and deletes retention rules. A rule says how long PostHog keeps the lines of logs that match it.
  - A rule is found by its O(name) or its O(id). PostHog allows several rules of one name. A task that finds two
    changes neither.
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
      - The name of the rule, at most 255 characters.
      - Needed to create a rule. Together with O(id) it renames the rule.
    type: str
  config:
    description:
      - How long which lines are kept. Needed to create a rule.
    type: dict
    suboptions:
      retention_days:
        description:
          - The number of days. PostHog takes 14, and 30 if the plan covers that.
        type: int
        required: true
      filter_group:
        description:
          - >-
            Which lines are meant: groups of conditions, as in the logs viewer.
        type: dict
        required: true
  enabled:
    description:
      - Whether the rule is in force. A new rule is not.
    type: bool
  priority:
    description:
      - The place of the rule among all rules, from 0 on. The first rule that matches a line counts. A new rule without
        one comes last.
    type: int
notes:
  - The key needs the scopes C(logs:read) and C(logs:write).
  - There are servers since 2026 only that have such rules. PostHog may not have switched them on for each account.
seealso:
  - module: community.posthog.posthog_logs_sampling_rule
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Keep the audit trail for a month
  community.posthog.posthog_logs_retention_rule:
    name: Audit trail
    config:
      retention_days: 30
      filter_group:
        type: AND
        values:
          - type: AND
            values:
              - key: audit
                type: log_attribute
                operator: exact
                value: "true"
    enabled: true

- name: Delete a rule
  community.posthog.posthog_logs_retention_rule:
    name: Debugging
    state: absent
"""

RETURN = r"""
---
logs_retention_rule:
  description:
    - The rule as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the rule. Missing in check mode if the rule does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    config:
      description: How long which lines are kept.
      type: dict
    enabled:
      description: Whether the rule is in force.
      type: bool
    priority:
      description: Its place among all rules.
      type: int
    version:
      description: Counts the changes of the rule.
      type: int
    created_at:
      description: When the rule was created.
      type: str
    created_by:
      description: Who created the rule.
      type: dict
    updated_at:
      description: When the rule was changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: Audit trail
    config:
      retention_days: 30
      filter_group:
        type: AND
        values: []
    enabled: true
    priority: 0
    version: 1
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
      description: The path of the option, for example C(config).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: config
      before:
        retention_days: 14
      after:
        retention_days: 30
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: retention rule of logs 'Audit trail'
    before:
      name: Audit trail
      config:
        retention_days: 14
    after_header: retention rule of logs 'Audit trail'
    after:
      name: Audit trail
      config:
        retention_days: 30
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
    run("posthog_logs_retention_rule")


if __name__ == "__main__":
    main()
