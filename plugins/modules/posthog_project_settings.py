#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_project_settings
short_description: Manage the settings of a PostHog project
version_added: 0.1.0
description:
  - Changes settings of the project that the task works in, which must exist. It needs no name and no right to see the
    organization, so it also works with a key that is limited to the project.
  - It has the same settings as M(community.posthog.posthog_project), which also creates, renames and deletes projects.
  - A setting that is left out is left alone, so several tasks can look after different settings of one project.
  - V(null) puts a setting that can be empty back to what PostHog does where nothing is set. A setting that always has a
    value refuses V(null) before anything is sent.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.no_id
  - community.posthog.project_settings
notes:
  - The key needs the scopes C(project:read) and C(project:write). Most settings can only be changed by administrators
    of the project. For names in settings it also needs C(dashboard:read), C(cohort:read), C(feature_flag:read) or
    C(project:read) for themes.
  - Settings cannot be deleted. To stop managing one, leave it out.
  - The names of dashboards, cohorts, feature flags and themes are looked up in the project itself. Declare these first,
    and the settings that name them in a later task.
  - PostHog accepts some settings that the plan does not include and leaves them as they were. This module compares what
    comes back, and warns.
  - The secret tokens of the project, C(secret_api_token) and C(secret_api_token_backup), are masked in the result. The
    public project token, C(api_token), is shown.
seealso:
  - name: Projects in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/projects
  - module: community.posthog.posthog_project
  - module: community.posthog.posthog_data_color_theme
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Time zone, and the first day of the week
  community.posthog.posthog_project_settings:
    timezone: Europe/Berlin
    week_start_day: monday

- name: The same settings for several projects
  community.posthog.posthog_project_settings:
    project: "{{ item }}"
    anonymize_ips: true
  loop:
    - Default project

- name: Two products are set up
  community.posthog.posthog_project_settings:
    completed_onboarding:
      - product_analytics
      - session_replay

- name: A dashboard
  community.posthog.posthog_dashboard:
    name: Overview

- name: It is the home page, and our own people count nowhere
  community.posthog.posthog_project_settings:
    primary_dashboard: Overview
    test_account_filters:
      - key: email
        type: person
        operator: not_icontains
        value: "@acme.test"
    test_account_filters_default_checked: true

- name: A flag
  community.posthog.posthog_feature_flag:
    key: record-sessions
    rollout_percentage: 10

- name: Record the sessions of those for whom the flag is on
  community.posthog.posthog_project_settings:
    session_recording_opt_in: true
    session_recording_linked_flag:
      id: record-sessions
      key: record-sessions

- name: Show the token with which websites send their events
  community.posthog.posthog_project_settings:
    project: Default project
  register: settings

- name: It is no secret
  ansible.builtin.debug:
    var: settings.project_settings.api_token
"""

RETURN = r"""
---
project_settings:
  description:
    - The project as PostHog shows it after the task, with all of its settings, in check mode as it would be.
    - Secret tokens are replaced by asterisks.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the project.
      type: int
    uuid:
      description: The UUID of the project.
      type: str
    name:
      description: The name of the project.
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
    id: 1
    uuid: 01a200ef-1b8c-7340-9f90-9c3bfd955524
    organization: 01a200e4-fa65-7e00-8077-3b3d2ac4ff42
    name: Default project
    api_token: phc_EXAMPLE0token0of0the0project
    secret_api_token: null
    timezone: Europe/Berlin
    week_start_day: 1
    anonymize_ips: true
    session_recording_opt_in: true
    session_recording_linked_flag:
      id: 7
      key: record-sessions
    test_account_filters:
      - key: email
        operator: not_icontains
        type: person
        value: '@acme.test'
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
      before: UTC
      after: Europe/Berlin
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: project
    before:
      timezone: UTC
      week_start_day: null
    after_header: project
    after:
      timezone: Europe/Berlin
      week_start_day: monday
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
    run("posthog_project_settings")


if __name__ == "__main__":
    main()
