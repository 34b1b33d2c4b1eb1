#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_access_control
short_description: Manage who may see and change what in a PostHog project
version_added: 0.1.0
description:
  - Sets and removes access rules of a project. They say what everybody, the people who have a role, or one member may
    do with the project itself, with all things of one kind in it, or with one object.
  - A rule is identified by what it is about (O(resource) and O(object)) and by whom it is for (O(role),
    O(organization_member), or everybody). There is one rule at most for each of these, so a task that declares another
    O(access_level) changes it.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.no_id
  - community.posthog.object.state
options:
  resource:
    description:
      - What the rule is about. V(project) is the project itself, that is, who may enter it. Any other one means
        everything of that kind in the project, or, with O(object), one of it.
      - PostHog takes further names without an error, but rules for them have no effect. They are refused here. Older
        servers know fewer of these.
    type: str
    choices:
      - project
      - action
      - activity_log
      - ai_observability_clusters
      - customer_analytics
      - dashboard
      - early_access_feature
      - endpoint
      - error_tracking
      - evaluation
      - experiment
      - export
      - external_data_source
      - feature_flag
      - heatmap
      - hog_flow
      - insight
      - llm_analytics
      - llm_playground
      - llm_skill
      - logs
      - mcp_analytics
      - metrics
      - notebook
      - replay_scanner
      - revenue_analytics
      - session_recording
      - sharing_configuration
      - survey
      - tagger
      - ticket
      - toolbar
      - tracing
      - warehouse_objects
      - web_analytics
    required: true
  object:
    description:
      - The name or the id of one object of the kind O(resource), for a rule on this object only. It is the name that
        the module of that kind finds the object by, such as the key of a feature flag.
      - Objects of kinds for which this collection has no module are given by their id.
      - Not possible for O(resource=project).
    type: str
  role:
    description:
      - The role that the rule is for, by name or UUID. V(null) is refused, since the rule would be for everybody.
      - Whether rules for roles have an effect depends on the plan. Without the plan feature V(role_based_access), or
        V(advanced_permissions) for O(resource=project), the module warns when it writes one.
    type: raw
  organization_member:
    description:
      - The member that the rule is for, by e-mail address, or by the UUID of the user or of the membership. V(null) is
        refused, since the rule would be for everybody.
      - If neither this nor O(role) is given, the rule is for everybody. It is the default that rules for roles and
        members build on.
    type: raw
  access_level:
    description:
      - What is allowed. It is needed unless the rule is declared absent.
      - For O(resource=project) it is V(none), V(member) or V(admin).
      - For everything else it is V(none), V(viewer), V(editor) or V(manager). V(action) takes no V(none).
        V(activity_log) and V(toolbar) take nothing above V(viewer).
    type: str
    choices:
      - none
      - member
      - admin
      - viewer
      - editor
      - manager
  state:
    description:
      - V(present) makes the rule exist with this level.
      - V(absent) removes it. What holds then is the rule for everybody, or if there is none, PostHog's default, which
        is V(admin) for the project, V(viewer) for V(activity_log) and V(toolbar), V(editor) for everything else.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - The key needs the scopes C(access_control:read) and C(access_control:write), and the ones to read what rules name,
    such as C(organization:read) for roles, C(organization_member:read) for members, C(dashboard:read) for dashboards
    and so on.
  - Rules for the project and for kinds of things can only be set by administrators of the organization or of the
    project, rules for one object also by its creator and its managers.
  - Administrators and owners of the organization may always do everything, whatever the rules say.
  - If several rules reach a person, the highest level counts.
  - All rules of one kind of place (the project, all kinds of things, one object) are read with one request, which
    serves a whole loop.
  - A role or a member that does not exist has no rule, so nothing is done with O(state=absent).
  - PostHog has access rules since 2025. On older servers the task fails.
seealso:
  - name: Access control in PostHog
    description: What levels and rules mean.
    link: https://posthog.com/docs/settings/access-control
  - module: community.posthog.posthog_role
  - module: community.posthog.posthog_member
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A dashboard and a role to set rules for
  community.posthog.posthog_dashboard:
    name: Weekly KPIs

- name: The role
  community.posthog.posthog_role:
    name: Engineering

- name: Only those who are named below may enter the project
  community.posthog.posthog_access_control:
    resource: project
    access_level: none

- name: Engineers may enter
  community.posthog.posthog_access_control:
    resource: project
    role: Engineering
    access_level: member

- name: One member administers the project
  community.posthog.posthog_access_control:
    resource: project
    organization_member: member@acme.test
    access_level: admin

- name: Everybody may look at flags, dashboards and insights, and change nothing
  community.posthog.posthog_access_control:
    resource: "{{ item }}"
    access_level: viewer
  loop:
    - feature_flag
    - dashboard
    - insight

- name: Engineers change flags
  community.posthog.posthog_access_control:
    resource: feature_flag
    role: Engineering
    access_level: editor

- name: One dashboard is open to all who may enter
  community.posthog.posthog_access_control:
    resource: dashboard
    object: Weekly KPIs
    access_level: editor

- name: A member has no rule for surveys
  community.posthog.posthog_access_control:
    resource: survey
    organization_member: member2@acme.test
    state: absent
"""

RETURN = r"""
---
access_control:
  description:
    - The rule as PostHog shows it after the task, in check mode as it would be. V(null) if there is none.
  returned: success
  type: dict
  contains:
    resource:
      description: What the rule is about.
      type: str
    resource_id:
      description: The id of the object, or of the project for a rule on the project itself.
      type: str
    access_level:
      description: What is allowed.
      type: str
    role:
      description: The UUID of the role, or V(null).
      type: str
    organization_member:
      description: The UUID of the membership, or V(null).
      type: str
    created_by:
      description: Who made the rule.
      type: dict
    created_at:
      description: When the rule was made.
      type: str
    updated_at:
      description: When the rule was changed.
      type: str
  sample:
    resource: feature_flag
    resource_id: null
    access_level: editor
    role: 01a200ef-26de-7aad-b733-e92de4922d7d
    organization_member: null
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    created_at: "2026-11-22T01:46:42.782830Z"
    updated_at: "2026-11-22T01:46:42.782830Z"
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
      description: The path of the option, for example C(access_level).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: access_level
      before: viewer
      after: editor
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: access control 'feature_flag'
    before:
      resource: feature_flag
      role: Engineering
      access_level: viewer
    after_header: access control 'feature_flag'
    after:
      resource: feature_flag
      role: Engineering
      access_level: editor
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
    detail: API key missing required scope 'access_control:write'
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
    run("posthog_access_control")


if __name__ == "__main__":
    main()
