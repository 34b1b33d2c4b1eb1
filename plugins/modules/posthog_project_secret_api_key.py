#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_project_secret_api_key
short_description: Manage the secret API keys of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes, rolls and deletes the secret API keys of a project. A server uses such a key, for example to
    evaluate feature flags itself. It belongs to the project, and not to a person as a personal API key does.
  - A key is found by its O(label), which no other key of the project has, or its O(id).
  - PostHog makes the value of a key, and shows it once, in the answer to its creation or roll. With O(show_value=true),
    the result of the task holds it. Hand it on in the same play, and let no task print it.
  - To replace a key without a gap, create one with another label, hand its value over, and delete the old one. To
    replace it at once, roll it.
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
  label:
    description:
      - The label of the key, at most 40 characters.
      - Needed to create a key. Together with O(id) it renames the key.
    type: str
  scopes:
    description:
      - What the key may do, one or more of V(account:read), V(endpoint:read), V(experiment:read),
        V(feature_flag:read) and V(loop:write). PostHog may know further ones. Their order has no meaning.
      - Needed to create a key.
    type: list
    elements: str
  roll:
    description:
      - Gives an existing key another value. The old value stops working at once. It is done each time that it is asked
        for.
      - Needs O(show_value=true), since nobody would know the new value. A key that does not exist yet is only created.
    type: bool
  max_age_days:
    description:
      - Gives an existing key another value, as O(roll) does, if the value that it has is older than this number of
        days.
      - Needs O(show_value=true).
    type: int
  show_value:
    description:
      - Puts the value of the key into the result, if this task has created or rolled it. In all other cases
        RV(project_secret_api_key.value) is V(null), since PostHog does not show the value again.
      - The task needs C(no_log=true), so that Ansible does not print it.
      - Without this option, a warning names each key whose value nobody has.
    type: bool
    default: false
notes:
  - The key of the task needs the scopes C(project:read) and C(project:write), and its owner has to be an administrator
    of the project.
  - PostHog allows 50 such keys in a project.
  - There are servers since 2026 only that have these keys.
  - The options O(roll), O(max_age_days) and O(show_value) are for tasks of this module.
    M(community.posthog.posthog_config) creates keys, and cannot hand over their values.
seealso:
  - module: community.posthog.posthog_project_settings
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A key with which a server evaluates feature flags
  community.posthog.posthog_project_secret_api_key:
    label: Backend
    scopes:
      - feature_flag:read
    show_value: true
  register: backend
  no_log: true

- name: Hand it over, where there is a new value
  ansible.builtin.set_fact:
    backend_key: "{{ backend.project_secret_api_key.value }}"
  when: backend.project_secret_api_key.value is not none
  no_log: true

- name: Another value once the one that is used is older than a quarter of a year
  community.posthog.posthog_project_secret_api_key:
    label: Backend
    scopes:
      - feature_flag:read
    max_age_days: 90
    show_value: true
  register: renewed
  no_log: true

- name: Delete the key that another one has replaced
  community.posthog.posthog_project_secret_api_key:
    label: Backend of last year
    state: absent
"""

RETURN = r"""
---
project_secret_api_key:
  description:
    - The key as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the key. Missing in check mode if the key does not exist yet.
      type: str
    label:
      description: The label.
      type: str
    scopes:
      description: What the key may do.
      type: list
      elements: str
    value:
      description:
        - The value of the key if O(show_value=true) and this task has created or rolled the key, masked if it has
          without O(show_value=true), else V(null).
      type: str
    mask_value:
      description: The beginning and the end of the value, by which people recognize it.
      type: str
    created_at:
      description: When the key was created.
      type: str
    created_by:
      description: Who created the key.
      type: dict
    last_rolled_at:
      description: When the key got another value. V(null) if it has the first one.
      type: str
    last_used_at:
      description: When the key was used. V(null) if it never was.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    label: Backend
    scopes:
      - feature_flag:read
    value: null
    mask_value: phs_...x7Qk
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    last_rolled_at: null
    last_used_at: null
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
      description: The path of the option, for example C(scopes).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: scopes
      before:
        - feature_flag:read
      after:
        - endpoint:read
        - feature_flag:read
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: project secret API key 'Backend'
    before:
      label: Backend
      scopes:
        - feature_flag:read
    after_header: project secret API key 'Backend'
    after:
      label: Backend
      scopes:
        - endpoint:read
        - feature_flag:read
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
    detail: API key missing required scope 'project:write'
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
    run("posthog_project_secret_api_key")


if __name__ == "__main__":
    main()
