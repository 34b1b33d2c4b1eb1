#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_project
short_description: Manage projects of a PostHog organization and their settings
version_added: 0.1.0
description:
  - Creates, changes and deletes projects, with all their settings.
  - A project is found by its O(name), in any case, or its O(id).
  - A setting that is left out is left alone, so several tasks can look after different settings of one project.
  - V(null) puts a setting that can be empty back to what PostHog does where nothing is set. A setting that always has a
    value refuses V(null) before anything is sent.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.project_settings
options:
  name:
    description:
      - The name of the project, at most 200 characters.
      - Needed to create a project. Together with O(id) it renames the project.
    type: str
  move_to_organization:
    description:
      - The organization, by UUID, slug or name, that the project is moved to from the one that the task works in.
      - A project that is not in the organization of the task is looked for there, and then nothing is moved. The task
        fails if it is in neither. No project is created with this option.
      - The key's owner must be an administrator of both. PostHog allows it only to people who are logged in with a
        browser. With a key the task fails and says so, unless the project was moved already.
    type: str
  reset_token:
    description:
      - Whether the project gets a new public token, C(api_token). Whatever sends events with the old one must be
        changed.
      - With V(true) the task is B(changed each time).
      - Servers that allow it only to people who are logged in with a browser refuse it, and the task says so.
    type: bool
  rotate_secret_token:
    description:
      - Whether the secret token for feature flags, C(secret_api_token), is replaced by a new one. The old one goes on
        working as C(secret_api_token_backup).
      - With V(true) the task is B(changed each time). Servers may refuse it as they may O(reset_token).
    type: bool
  delete_secret_token_backup:
    description:
      - Whether the secret token from before the last rotation stops working.
      - With V(true) the task is B(changed each time). Servers may refuse it as they may O(reset_token).
    type: bool
  state:
    description:
      - V(present) makes the project exist with the declared settings.
      - V(absent) deletes it with B(all of its data). There is no way back.
    type: str
    choices:
      - present
      - absent
    default: present
  project:
    description:
      - The project to work in is the one that O(name) or O(id) names. This option only tells which O(organization)
        is meant, and where the names of dashboards, cohorts and feature flags in settings are looked up. For such
        names, set it to the same project.
      - Can also be set with the environment variable E(POSTHOG_PROJECT_ID).
    type: str
notes:
  - The key needs the scopes C(project:read) and C(project:write). Most settings can only be changed by
    administrators of the project. For names in settings it also needs C(dashboard:read), C(cohort:read) or
    C(feature_flag:read).
  - How many projects an organization may have depends on its plan. PostHog answers 403 if there are too many.
  - Creating a project makes it the current project of the key's owner. Where other tasks rely on V(@current), name
    their project.
  - PostHog accepts some settings that the plan does not include and leaves them as they were. This module compares
    what comes back, and warns.
  - A deleted project is removed in the background and counts as absent from then on. Its name is free at once on
    servers since 2026. PostHog refuses to delete the last project of an organization that pays.
  - The secret tokens of the project, C(secret_api_token) and C(secret_api_token_backup), are masked in the result.
    The public project token, C(api_token), is shown.
seealso:
  - name: Projects in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/projects
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A project with some settings
  community.posthog.posthog_project:
    name: Website
    timezone: Europe/Berlin
    week_start_day: monday
    anonymize_ips: true
    app_urls:
      - https://www.example.com
      - https://shop.example.com
  register: website

- name: Show the token with which the website sends its events
  ansible.builtin.debug:
    msg: "{{ website.project.api_token | default('not known before the project exists') }}"

- name: Record a quarter of the sessions, without what people type
  community.posthog.posthog_project:
    name: Website
    session_recording_opt_in: true
    session_recording_sample_rate: 0.25
    session_recording_masking_config:
      maskAllInputs: true
    recording_domains:
      - https://www.example.com

- name: Leave our own people out of insights
  community.posthog.posthog_project:
    name: Website
    test_account_filters:
      - key: email
        type: person
        operator: not_icontains
        value: "@example.com"
    test_account_filters_default_checked: true

- name: A dashboard within the project
  community.posthog.posthog_dashboard:
    project: Website
    name: Overview

- name: Make it the project's home page
  community.posthog.posthog_project:
    project: Website
    name: Website
    primary_dashboard: Overview

- name: Keep recordings of any length again
  community.posthog.posthog_project:
    name: Website
    session_recording_minimum_duration_milliseconds: null

- name: Delete a project with all of its data
  community.posthog.posthog_project:
    name: Prototype
    state: absent
"""

RETURN = r"""
---
project:
  description:
    - The project as PostHog shows it after the task, with all of its settings, in check mode as it would be.
      V(null) if it does not exist.
    - Secret tokens are replaced by asterisks. What was found unchanged by its name alone may lack settings.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the project. Missing in check mode if the project does not exist yet.
      type: int
    uuid:
      description: The UUID of the project.
      type: str
    name:
      description: The name.
      type: str
    organization:
      description: The UUID of the organization.
      type: str
    api_token:
      description: The public project token, with which events are sent.
      type: str
    timezone:
      description: The time zone. All other settings are returned in the same way, under the names of the options.
      type: str
    created_at:
      description: When the project was created.
      type: str
  sample:
    id: 4
    uuid: 01a200ef-1b8c-7340-9f90-9c3bfd955524
    organization: 01a200e4-fa65-7e00-8077-3b3d2ac4ff42
    name: Website
    api_token: phc_EXAMPLE0token0of0the0project
    secret_api_token: null
    timezone: Europe/Vienna
    week_start_day: 1
    anonymize_ips: true
    app_urls:
      - https://www.example.com
      - https://shop.example.com
    recording_domains:
      - https://www.example.com
    session_recording_opt_in: true
    session_recording_sample_rate: '0.25'
    session_recording_masking_config:
      maskAllInputs: true
    test_account_filters:
      - key: email
        operator: not_icontains
        type: person
        value: '@example.com'
    primary_dashboard: 12
    created_at: "2026-11-22T01:46:39.884954Z"
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
      description: The path of the option, for example C(timezone).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: timezone
      before: Europe/Berlin
      after: Europe/Vienna
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: project 'Website'
    before:
      name: Website
      timezone: Europe/Berlin
    after_header: project 'Website'
    after:
      name: Website
      timezone: Europe/Vienna
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
    run("posthog_project")


if __name__ == "__main__":
    main()
