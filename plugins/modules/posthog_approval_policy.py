#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_approval_policy
short_description: Manage the approval policies of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes approval policies. A policy says for one kind of change, such as switching a feature
    flag on, that other people have to agree before PostHog makes it.
  - A policy is found by its O(action_key), of which a project has one policy at most, or its O(id).
  - Such a change is refused as long as nobody has approved it, also if a task of this collection makes it. PostHog
    opens a change request instead, which M(community.posthog.posthog_info) reads as the type V(change_request). People
    approve it in PostHog.
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
  action_key:
    description:
      - What the policy guards, one of V(feature_flag.enable), V(feature_flag.disable), V(feature_flag.update),
        V(experiment.launch), V(experiment.pause), V(experiment.update), V(experiment_holdout.update),
        V(experiment_holdout.delete) and V(survey.launch). V(feature_flag.enable) is also about creating a flag that is
        on. V(feature_flag.update) is about every change of a percentage. The actions of experiments are about the
        flags of experiments, too.
      - Needed to create a policy. Values that are newer than this release are sent as they are, with a warning.
    type: str
  approver_config:
    description:
      - Who approves.
      - Needed to create a policy. Users or roles that are left out are taken off.
    type: dict
    suboptions:
      quorum:
        description:
          - How many have to approve, at least 1.
        type: int
        required: true
      users:
        description:
          - >-
            People who may approve: e-mail addresses or ids of users. Their order has no meaning.
        type: list
        elements: raw
      roles:
        description:
          - >-
            Roles whose members may approve: names or ids. Their order has no meaning.
        type: list
        elements: raw
  conditions:
    description:
      - When the policy applies, in the form in which PostHog keeps it. Without conditions it always does. Only the
        keys that are given are compared.
    type: dict
  allow_self_approve:
    description:
      - Whether somebody may approve a change of their own. Off in a new policy.
    type: bool
  bypass_org_membership_levels:
    description:
      - Levels in the organization from which nobody has to ask, V(member), V(admin) or V(owner). Their order has no
        meaning. V(null) removes all.
    type: list
    elements: raw
  bypass_roles:
    description:
      - >-
        Roles whose members do not have to ask: names or ids. Their order has no meaning. V(null) removes all.
    type: list
    elements: raw
  expires_after:
    description:
      - How long a change request waits, for example V(14d), V(36h) or V(14 00:00:00), which is days and hours, minutes
        and seconds. It is 14 days in a new policy.
    type: str
  enabled:
    description:
      - Whether the policy is in force. It is in a new policy.
    type: bool
notes:
  - The key needs the scopes C(approvals:read) and C(approvals:write), and its owner has to be an administrator of the
    organization. On PostHog Cloud, the plan has to cover approvals.
  - There are servers since 2026 only that have approval policies.
seealso:
  - module: community.posthog.posthog_role
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Two of the leads agree to each change of a rollout
  community.posthog.posthog_approval_policy:
    action_key: feature_flag.update
    approver_config:
      quorum: 2
      users:
        - owner@acme.test
        - admin@acme.test
    bypass_org_membership_levels:
      - owner
    expires_after: 7d

- name: Nobody has to ask before an experiment is launched, for now
  community.posthog.posthog_approval_policy:
    action_key: experiment.launch
    approver_config:
      quorum: 1
      users:
        - owner@acme.test
    enabled: false

- name: The changes that wait for somebody
  community.posthog.posthog_info:
    types:
      - change_request
  register: waiting

- name: Surveys need no approval
  community.posthog.posthog_approval_policy:
    action_key: survey.launch
    state: absent
"""

RETURN = r"""
---
approval_policy:
  description:
    - The policy as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the policy. Missing in check mode if the policy does not exist yet.
      type: str
    action_key:
      description: What the policy guards.
      type: str
    approver_config:
      description: Who approves, by ids.
      type: dict
    conditions:
      description: When the policy applies.
      type: dict
    allow_self_approve:
      description: Whether somebody may approve a change of their own.
      type: bool
    bypass_org_membership_levels:
      description: The levels that do not have to ask, as numbers.
      type: list
      elements: int
    bypass_roles:
      description: The ids of the roles that do not have to ask.
      type: list
      elements: str
    expires_after:
      description: How long a change request waits.
      type: str
    enabled:
      description: Whether the policy is in force.
      type: bool
    created_at:
      description: When the policy was created.
      type: str
    created_by:
      description: Who created the policy.
      type: dict
    updated_at:
      description: When the policy was changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    action_key: feature_flag.update
    approver_config:
      quorum: 2
      users:
        - 1
        - 2
      roles: []
    conditions: {}
    allow_self_approve: false
    bypass_org_membership_levels:
      - 15
    bypass_roles: []
    expires_after: 7 00:00:00
    enabled: true
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
      description: The path of the option, for example C(expires_after).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: expires_after
      before: 14 00:00:00
      after: 7 00:00:00
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: approval policy 'feature_flag.update'
    before:
      action_key: feature_flag.update
      expires_after: 14 00:00:00
    after_header: approval policy 'feature_flag.update'
    after:
      action_key: feature_flag.update
      expires_after: 7 00:00:00
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
    detail: API key missing required scope 'approvals:write'
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
    run("posthog_approval_policy")


if __name__ == "__main__":
    main()
