#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_connection_info
short_description: Check a PostHog API key and tell what it may do
version_added: 0.1.0
description:
  - Checks that the API key works on the chosen region or host, and tells whose it is, what organizations and
    projects it can see, what the plan includes, and which scopes are missing for what.
  - Fails if PostHog does not know the key, or if the O(organization) or O(project) that is set does not exist for it.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes.info
  - community.posthog.attributes.actiongroup
options:
  types:
    description:
      - The types for which RV(missing_scopes) is worked out, by the names that the modules have after C(posthog_),
        for example V(feature_flag). Without it, all types are.
    type: list
    elements: str
notes:
  - The key needs no scope of its own for this. With C(user:read), C(organization:read) and C(project:read) the
    result holds more. What the key may not know is empty or V(null).
seealso:
  - name: PostHog's API
    description: How keys are made, what scopes there are, and what the rate limits are.
    link: https://posthog.com/docs/api
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Check the key
  community.posthog.posthog_connection_info:
  register: posthog

- name: Stop early if the key may not do what this playbook needs
  ansible.builtin.assert:
    that: posthog.missing_scopes | length == 0
    fail_msg: "The key lacks {{ posthog.missing_scopes | map(attribute='scope') | join(', ') }}."
    quiet: true

- name: Only ask about what is needed for feature flags
  community.posthog.posthog_connection_info:
    types:
      - cohort
      - feature_flag

- name: Check whether the plan includes tags
  ansible.builtin.debug:
    msg: "{{ 'tagging' in (posthog.organizations[0].features or []) }}"

- name: Give the connection options in the task. For PostHog Cloud give a region in place of the host
  community.posthog.posthog_connection_info:
    host: "{{ posthog_host }}"
    api_key: "{{ posthog_api_key }}"
    project: Default project

- name: Give all modules of a block the same connection options
  module_defaults:
    group/community.posthog.posthog:
      host: "{{ posthog_host }}"
      api_key: "{{ posthog_api_key }}"
      project: Default project
      timeout: 60
  block:
    - name: Check them
      community.posthog.posthog_connection_info:

    - name: Use them
      community.posthog.posthog_info:
        types:
          - feature_flag
"""

RETURN = r"""
---
host:
  description: The base URL that the requests went to.
  returned: success
  type: str
  sample: https://eu.posthog.com
region:
  description: The region of PostHog Cloud. V(null) for an installation of your own.
  returned: success
  type: str
  sample: eu
user:
  description: The owner of the key. Empty if the key may not know.
  returned: success
  type: dict
  contains:
    uuid:
      description: The UUID of the user.
      type: str
    email:
      description: The e-mail address.
      type: str
    first_name:
      description: The first name.
      type: str
    last_name:
      description: The last name.
      type: str
    is_staff:
      description: Whether the user belongs to the staff of the installation.
      type: bool
    is_2fa_enabled:
      description: Whether the user uses two-factor authentication.
      type: bool
  sample:
    uuid: 018d3f4c-0a1b-7c2d-8e3f-4a5b6c7d8e9f
    email: ada@example.com
    first_name: Ada
    last_name: Lovelace
    is_staff: false
    is_2fa_enabled: true
key:
  description: The key itself, without its value. Empty on servers that do not tell.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the key.
      type: str
    label:
      description: The name that its owner gave it.
      type: str
    scopes:
      description: Its scopes. V(*) is all of them.
      type: list
      elements: str
    scoped_organizations:
      description: The UUIDs of the organizations that the key is limited to. Without a limit it is empty or V(null).
      type: list
      elements: str
    scoped_teams:
      description: The ids of the projects that the key is limited to. Without a limit it is empty or V(null).
      type: list
      elements: int
    created_at:
      description: When the key was made.
      type: str
    last_used_at:
      description: When the key was used the last time.
      type: str
  sample:
    id: LHKSW4ZjM0
    label: Ansible
    scopes:
      - feature_flag:write
      - cohort:read
      - project:read
    scoped_organizations: []
    scoped_teams:
      - 4711
    created_at: "2026-03-02T09:15:00Z"
    last_used_at: "2026-03-09T17:02:11Z"
organizations:
  description: The organizations that the key can see.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The UUID.
      type: str
    name:
      description: The name.
      type: str
    slug:
      description: The name in addresses.
      type: str
    membership_level:
      description:
        - The level of the owner of the key, V(1) for a member, V(8) for an administrator, V(15) for an owner.
      type: int
    features:
      description: The features that the plan includes. V(null) if PostHog does not tell.
      type: list
      elements: str
  sample:
    - id: 018d3f4c-1a2b-7c3d-8e4f-5a6b7c8d9e0f
      name: Acme
      slug: acme
      membership_level: 8
      features:
        - tagging
        - zapier
projects:
  description: The projects that the key can see.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The id.
      type: int
    name:
      description: The name.
      type: str
    timezone:
      description: The time zone. Missing where PostHog does not list it.
      type: str
    organization:
      description: The UUID of the organization.
      type: str
  sample:
    - id: 4711
      name: Website
      organization: 018d3f4c-1a2b-7c3d-8e4f-5a6b7c8d9e0f
current_organization:
  description: The UUID of the organization that tasks with these options work in. V(null) if the key may not know.
  returned: success
  type: str
  sample: 018d3f4c-1a2b-7c3d-8e4f-5a6b7c8d9e0f
current_project:
  description: The id of the project that tasks with these options work in. V(null) if the key may not know.
  returned: success
  type: str
  sample: "4711"
scopes_known:
  description: Whether PostHog showed the scopes of the key. If not, RV(missing_scopes) says nothing.
  returned: success
  type: bool
  sample: true
missing_scopes:
  description: The scopes that the modules of this collection need and the key lacks.
  returned: success
  type: list
  elements: dict
  contains:
    scope:
      description: The scope.
      type: str
    access:
      description: V(read) or V(write).
      type: str
    types:
      description: The types that cannot be read or written without it.
      type: list
      elements: str
  sample:
    - scope: cohort:write
      access: write
      types:
        - cohort
# From here on written by "make generate", but for the samples of changes and diff.
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
    detail: API key missing required scope 'project:read'
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
    run("posthog_connection_info")


if __name__ == "__main__":
    main()
