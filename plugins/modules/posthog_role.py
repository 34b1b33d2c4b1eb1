#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_role
short_description: Manage roles of a PostHog organization
version_added: 0.1.0
description:
  - Creates, renames and deletes roles.
  - A role is found by its O(name), which is unique in the organization, in any case, or its O(id).
  - Who has a role is managed with M(community.posthog.posthog_role_membership).
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
      - The name of the role, at most 200 characters.
      - Needed to create a role. Together with O(id) it renames the role.
      - A name that differs in upper and lower case only is written as it is declared.
    type: str
notes:
  - The key needs the scopes C(organization:read) and C(organization:write), and its owner must be an administrator
    or an owner of the organization.
  - Roles can be kept on any plan. Whether access rules for roles have an effect depends on the plan.
  - If a role is deleted, nobody has it any more, and its access rules are gone.
seealso:
  - name: Roles in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/roles
  - module: community.posthog.posthog_role_membership
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A role
  community.posthog.posthog_role:
    name: Engineering

- name: Several roles
  community.posthog.posthog_role:
    name: "{{ item }}"
  loop:
    - Marketing
    - Support

- name: A role of an organization that is not the current one, by the organization's name
  community.posthog.posthog_role:
    organization: Acme
    name: Finance

- name: Look for a role under its old name
  community.posthog.posthog_info:
    types:
      - role
    names:
      - Developers
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_role:
    id: "{{ item.id }}"
    name: Research
  loop: "{{ old.objects.role }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a role
  community.posthog.posthog_role:
    name: Interns
    state: absent
"""

RETURN = r"""
---
role:
  description:
    - The role as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the role. Missing in check mode if the role does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    members:
      description: Who has the role, each with C(id), C(organization_member) and C(user).
      type: list
      elements: dict
    is_default:
      description: Whether new members of the organization get the role.
      type: bool
    created_at:
      description: When the role was created.
      type: str
    created_by:
      description: Who created the role.
      type: dict
  sample:
    id: 01a200ef-26de-7aad-b733-e92de4922d7d
    name: SUPPORT
    members: []
    is_default: false
    created_at: "2026-11-22T01:46:42.782830Z"
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
      description: The path of the option, for example C(name).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: name
      before: Support
      after: SUPPORT
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: role 'Support'
    before:
      name: Support
    after_header: role 'Support'
    after:
      name: SUPPORT
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
    run("posthog_role")


if __name__ == "__main__":
    main()
