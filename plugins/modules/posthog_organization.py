#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_organization
short_description: Manage organizations of PostHog
version_added: 0.1.0
description:
  - Creates, changes and deletes organizations. Most users have one, and set its rules with this module.
  - An organization is found by its O(name), or by its O(id), which may be its slug too. Names are not unique in
    PostHog, so two of the same name that the key can see must be distinguished by O(id).
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
      - The name, at most 64 characters.
      - Needed to create an organization. Together with O(id) it renames the organization. Its slug stays.
    type: str
  id:
    description:
      - The UUID or the slug of the organization. It is needed only to rename an organization, or to tell apart two of
        the same name.
      - No organization is created under a given id. If there is none with this id, the task fails, or does nothing if
        the organization is declared absent.
    type: raw
  logo_media_id:
    description:
      - The UUID of an uploaded picture that is the logo. V(null) removes it.
    type: str
  is_member_join_email_enabled:
    description:
      - Whether everybody gets an e-mail when somebody joins.
    type: bool
  enforce_2fa:
    description:
      - Whether members must use two-factor authentication. V(null) leaves it open, which is the
        default.
    type: bool
  members_can_invite:
    description:
      - Whether plain members may invite others. V(null) means PostHog's default, which is that they may.
    type: bool
  members_can_use_personal_api_keys:
    description:
      - Whether plain members may work with personal API keys in this organization. Mind the key that this task works
        with.
    type: bool
  allow_publicly_shared_resources:
    description:
      - Whether dashboards and the like may be shared with the public. It has an effect on plans with security settings.
    type: bool
  is_ai_data_processing_approved:
    description:
      - Whether PostHog's AI features may process the data of this organization. V(null) means that nobody has decided.
    type: bool
  default_experiment_stats_method:
    description:
      - The statistics that new experiments use. V(null) leaves it to PostHog.
    type: str
    choices:
      - bayesian
      - frequentist
  default_anonymize_ips:
    description:
      - Whether new projects drop the IP addresses of events. Servers before 2026 do not have it.
    type: bool
  enforce_verified_domains:
    description:
      - Whether only addresses of the organization's verified domains may be members. V(null) leaves it to PostHog.
        Servers before 2026 do not have it.
    type: bool
  is_ai_training_opted_in:
    description:
      - Whether PostHog may train models with data of this organization. V(null) means that nobody has decided. Servers
        before 2026 do not have it.
    type: bool
  members_can_create_projects:
    description:
      - Whether plain members may make projects. V(null) leaves it to PostHog. Servers before 2026 do not have it.
    type: bool
  members_can_see_org_members:
    description:
      - Whether plain members see who else is a member. Servers before 2026 do not have it.
    type: bool
  read_only_mcp_access:
    description:
      - Whether AI agents that work through PostHog's MCP server may only read. V(null) leaves it to PostHog. Servers
        before 2026 do not have it.
    type: bool
  default_role:
    description:
      - The role that new members get, by name or UUID. V(null) gives them none. The API calls it C(default_role_id).
      - The role is looked up in the organization itself, so it cannot be given in the task that creates the
        organization.
    type: raw
    aliases:
      - default_role_id
  state:
    description:
      - V(present) makes the organization exist with the declared settings.
      - V(absent) deletes it with B(all of its projects and data). There is no way back.
    type: str
    choices:
      - present
      - absent
    default: present
  organization:
    description:
      - Has no effect here. The organization is the one that O(name) or O(id) names.
      - Can also be set with the environment variable E(POSTHOG_ORGANIZATION_ID).
    type: str
  project:
    description:
      - Has no effect here.
      - Can also be set with the environment variable E(POSTHOG_PROJECT_ID).
    type: str
notes:
  - The key needs the scopes C(organization:read) and C(organization:write), and must not be limited to projects or to
    other organizations. Only organizations that the key's owner belongs to are found.
  - Only administrators and owners of an organization may change it, and only an owner may delete it. Some installations
    do not allow it at all and answer 400.
  - Creating an organization makes the key's owner its owner, makes a default project in it, and makes both current for
    the key's owner. The module warns of that. Where other tasks rely on V(@current), name their organization and
    project.
  - A second organization on a server of your own needs a plan with the feature C(organizations_projects).
  - Servers of 2024 know O(name), O(is_member_join_email_enabled) and O(enforce_2fa) only.
seealso:
  - name: Organizations in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/organizations
  - module: community.posthog.posthog_project
  - module: community.posthog.posthog_member
  - module: community.posthog.posthog_role
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Rules of our organization
  community.posthog.posthog_organization:
    name: Acme
    enforce_2fa: true
    members_can_invite: false
    allow_publicly_shared_resources: false

- name: A role
  community.posthog.posthog_role:
    organization: Acme
    name: Viewers

- name: New members get the role
  community.posthog.posthog_organization:
    name: Acme
    default_role: Viewers

- name: The same organization, named by its slug
  community.posthog.posthog_organization:
    id: acme
    default_experiment_stats_method: bayesian

- name: An organization of its own for tests
  community.posthog.posthog_organization:
    name: Acme Sandbox
    is_member_join_email_enabled: false

- name: Delete an organization with all of its projects and data
  community.posthog.posthog_organization:
    name: Acme Prototype
    state: absent
"""

RETURN = r"""
---
organization:
  description:
    - The organization as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID. Missing in check mode if the organization does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    slug:
      description: The slug, made of the first name.
      type: str
    membership_level:
      description: The level of the key's owner, V(1) for a member, V(8) for an administrator, V(15) for an owner.
      type: int
    member_count:
      description: How many members it has.
      type: int
    projects:
      description: Its projects, each with C(id) and C(name).
      type: list
      elements: dict
    available_product_features:
      description: What its plan includes, each with C(key) and C(limit).
      type: list
      elements: dict
    enforce_2fa:
      description: The setting. All other settings are returned in the same way, under the names of the options.
      type: bool
    default_role_id:
      description: The UUID of the role that new members get.
      type: str
    created_at:
      description: When it was created.
      type: str
  sample:
    id: 01a200e4-fa65-7e00-8077-3b3d2ac4ff42
    name: Acme
    slug: acme
    membership_level: 15
    member_count: 4
    projects:
      - id: 1
        organization_id: 01a200e4-fa65-7e00-8077-3b3d2ac4ff42
        name: Default project
    available_product_features:
      - key: tagging
        name: Tagging
        limit: null
    logo_media_id: null
    is_member_join_email_enabled: true
    enforce_2fa: true
    members_can_invite: false
    members_can_use_personal_api_keys: true
    allow_publicly_shared_resources: false
    is_ai_data_processing_approved: null
    default_experiment_stats_method: bayesian
    default_role_id: 01a200ef-26de-7aad-b733-e92de4922d7d
    created_at: "2026-11-22T01:46:42.782830Z"
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
      description: The path of the option, for example C(enforce_2fa).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: enforce_2fa
      before: null
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: organization 'Acme'
    before:
      name: Acme
      enforce_2fa: null
    after_header: organization 'Acme'
    after:
      name: Acme
      enforce_2fa: true
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
    run("posthog_organization")


if __name__ == "__main__":
    main()
