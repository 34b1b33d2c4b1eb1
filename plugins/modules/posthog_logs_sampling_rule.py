#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_logs_sampling_rule
short_description: Manage rules that drop lines of logs in a PostHog project
version_added: 0.1.0
description:
  - >-
    Creates, changes and deletes sampling rules. A rule drops some lines of logs before PostHog stores them: by their
    level, by what they are about, or by how many there are.
  - A rule is found by its O(name) or its O(id). PostHog allows several rules of one name. A task that finds two
    changes neither.
  - Lines that a rule drops are lost.
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
  rule_type:
    description:
      - What the rule does. V(severity_sampling) keeps a share of the lines of each level, V(path_drop) drops lines
        that match, V(rate_limit) drops lines above a rate.
      - Needed to create a rule. Values that are newer than this release are sent as they are, with a warning.
    type: str
  config:
    description:
      - How it does that, in the form in which PostHog keeps it. Only the keys that are given are compared.
      - V(severity_sampling) takes C(actions), which says for each level what happens, and C(always_keep).
      - V(path_drop) takes C(filter_group), or C(patterns) together with C(match_attribute_key), or both.
      - V(rate_limit) takes C(logs_per_second) with C(burst_logs), or C(kb_per_second) with C(burst_kb), and a
        C(filter_group) of the lines that count.
      - Needed to create a rule.
    type: dict
  enabled:
    description:
      - Whether the rule is in force. A new rule is not.
    type: bool
  priority:
    description:
      - The place of the rule among all rules, from 0 on. The first rule that matches a line counts. A new rule without
        one comes last.
    type: int
  scope_service:
    description:
      - The service whose lines the rule is about. Without it, those of all services. V(null) clears it.
    type: str
  scope_path_pattern:
    description:
      - A pattern of the paths that the rule is about. V(null) clears it.
    type: str
  scope_attribute_filters:
    description:
      - Conditions on attributes of the lines that the rule is about. Each takes C(key), C(op) and C(value). V([]) or
        V(null) removes all.
    type: list
    elements: dict
notes:
  - The key needs the scopes C(logs:read) and C(logs:write).
  - There are servers since 2026 only that have such rules.
seealso:
  - module: community.posthog.posthog_logs_retention_rule
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Do not keep what a load balancer asks each second
  community.posthog.posthog_logs_sampling_rule:
    name: Health checks
    rule_type: path_drop
    config:
      patterns:
        - /health*
      match_attribute_key: http.path
    scope_service: gateway
    enabled: true

- name: No service writes more than a thousand lines a second
  community.posthog.posthog_logs_sampling_rule:
    name: Flood
    rule_type: rate_limit
    config:
      logs_per_second: 1000
      burst_logs: 5000
    enabled: true

- name: Keep all lines of the old gateway
  community.posthog.posthog_logs_sampling_rule:
    name: Old gateway
    state: absent
"""

RETURN = r"""
---
logs_sampling_rule:
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
    rule_type:
      description: What the rule does.
      type: str
    config:
      description: How it does that.
      type: dict
    enabled:
      description: Whether the rule is in force.
      type: bool
    priority:
      description: Its place among all rules.
      type: int
    scope_service:
      description: The service that it is about, or V(null).
      type: str
    scope_path_pattern:
      description: The paths that it is about, or V(null).
      type: str
    scope_attribute_filters:
      description: Conditions on attributes.
      type: list
      elements: dict
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
    name: Health checks
    rule_type: path_drop
    config:
      patterns:
        - /health*
      match_attribute_key: http.path
    enabled: true
    priority: 0
    scope_service: gateway
    scope_path_pattern: null
    scope_attribute_filters: []
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
      description: The path of the option, for example C(enabled).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: enabled
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: sampling rule of logs 'Health checks'
    before:
      name: Health checks
      enabled: false
    after_header: sampling rule of logs 'Health checks'
    after:
      name: Health checks
      enabled: true
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
    run("posthog_logs_sampling_rule")


if __name__ == "__main__":
    main()
