#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_role_membership
short_description: Manage who has a role in a PostHog organization
version_added: 0.1.0
description:
  - Gives a role to members of the organization, or takes it away from them.
  - O(organization_member) is about one member, O(organization_members) about several at once, on request about all.
    One of the two is needed.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.state
options:
  role:
    description:
      - The role, by name or UUID. It must exist, unless O(state=absent).
    type: raw
    required: true
  organization_member:
    description:
      - One member of the organization, by e-mail address or by the user's UUID. Somebody who is only invited is not a
        member yet.
      - Mutually exclusive with O(organization_members).
    type: raw
  organization_members:
    description:
      - Several members, in the form of O(organization_member). All of them are looked up before anything is written.
      - Mutually exclusive with O(organization_member).
    type: list
    elements: raw
  exclusive:
    description:
      - Whether O(organization_members) is the whole truth. The role is then taken away from everybody who is not
        listed, with V([]) from everybody.
      - Cannot be combined with O(state=absent).
    type: bool
    default: false
    aliases:
      - authoritative
  state:
    description:
      - V(present) gives the role to the members.
      - V(absent) takes it away from them. They stay members of the organization.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - The key needs the scopes C(organization:read), C(organization:write) and C(organization_member:read), and its
    owner must be an administrator or an owner of the organization.
  - The list of roles tells who has them, so nothing is read for each member.
seealso:
  - name: Roles in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/roles
  - module: community.posthog.posthog_role
  - module: community.posthog.posthog_member
"""

EXAMPLES = r"""
---
- name: Roles for the tasks below
  community.posthog.posthog_role:
    name: "{{ item }}"
  loop:
    - Analysts
    - Release managers

- name: Give a role to one member
  community.posthog.posthog_role_membership:
    role: Analysts
    organization_member: member@acme.test

- name: Give a role to several members, and leave everybody else as they are
  community.posthog.posthog_role_membership:
    role: Analysts
    organization_members:
      - admin@acme.test
      - member2@acme.test

- name: Give a role to exactly these, and take it away from everybody else
  community.posthog.posthog_role_membership:
    role: Release managers
    organization_members:
      - owner@acme.test
      - admin@acme.test
    exclusive: true

- name: Take a role away
  community.posthog.posthog_role_membership:
    role: Release managers
    organization_member: member@acme.test
    state: absent
"""

RETURN = r"""
---
role_membership:
  description:
    - The membership as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success, with O(organization_member)
  type: dict
  contains:
    id:
      description: The UUID of the membership. Missing in check mode if the membership does not exist yet.
      type: str
    role_id:
      description: The UUID of the role.
      type: str
    user:
      description: The user, with C(id), C(uuid), C(email), C(first_name) and C(last_name).
      type: dict
    organization_member:
      description: The membership of the organization that belongs to it.
      type: dict
    joined_at:
      description: Since when the member has the role.
      type: str
  sample:
    id: 01a200f1-f482-7578-81ca-ef414f17e17b
    role_id: 01a200ef-26de-7aad-b733-e92de4922d7d
    user:
      id: 3
      uuid: 01a200e4-fa65-7e67-bb44-b50ec5e50125
      first_name: Mia
      email: member@example.com
    organization_member:
      id: 01a200e4-fa66-7ea1-a566-76937e02d4ff
      level: 1
      joined_at: "2026-11-22T01:35:36.038037Z"
    joined_at: "2026-11-22T01:49:46.498797Z"
    updated_at: "2026-11-22T01:49:46.498771Z"
role_memberships:
  description:
    - The memberships of O(organization_members), each in the form of RV(role_membership).
    - Those that were taken away, or were not there, are missing.
  returned: success, with O(organization_members)
  type: list
  elements: dict
  sample:
    - id: 01a200f1-f482-7578-81ca-ef414f17e17b
      role_id: 01a200ef-26de-7aad-b733-e92de4922d7d
      user:
        id: 3
        uuid: 01a200e4-fa65-7e67-bb44-b50ec5e50125
        first_name: Mia
        email: member@example.com
      organization_member:
        id: 01a200e4-fa66-7ea1-a566-76937e02d4ff
        level: 1
        joined_at: "2026-11-22T01:35:36.038037Z"
      joined_at: "2026-11-22T01:49:46.498797Z"
      updated_at: "2026-11-22T01:49:46.498771Z"
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
      description: The path of the option, for example C(organization_member).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample: []
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: role membership 'member@example.com'
    before: {}
    after_header: role membership 'member@example.com'
    after:
      organization_member: member@example.com
      role: Support
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
    detail: API key missing required scope 'organization:write'
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
    run("posthog_role_membership")


if __name__ == "__main__":
    main()
