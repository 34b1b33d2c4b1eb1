#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_info
short_description: Read objects of a PostHog project or organization
version_added: 0.1.0
description:
  - Reads objects of one or several types, all pages of them, and returns them as PostHog shows them.
  - Without further options it reads all objects of each type. O(ids), O(names), O(search) and O(filters) narrow that.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes.info
  - community.posthog.attributes.actiongroup
options:
  types:
    description:
      - What to read, by the names that the modules have after C(posthog_).
      # generated: types ("make generate")
      - Of a project, these are V(access_control), V(action), V(activity_log), V(alert), V(annotation),
        V(approval_policy), V(batch_export), V(change_request), V(cohort), V(comment), V(dashboard),
        V(dashboard_template), V(data_color_theme), V(early_access_feature), V(endpoint), V(error_tracking_rule),
        V(error_tracking_settings), V(evaluation), V(event_definition), V(event_filter), V(experiment),
        V(experiment_holdout), V(experiment_saved_metric), V(external_data_source), V(feature_flag), V(group_type),
        V(group_type_metric), V(hog_flow), V(hog_function), V(hog_function_template), V(insight), V(insight_variable),
        V(integration), V(llm_provider_key), V(logs_alert), V(logs_retention_rule), V(logs_sampling_rule),
        V(logs_view), V(messaging_template), V(notebook), V(product_tour), V(project_secret_api_key),
        V(project_settings), V(property_definition), V(property_group), V(scheduled_change), V(session_recording),
        V(session_recording_playlist), V(sharing), V(subscription), V(survey), V(tag), V(warehouse_join),
        V(warehouse_saved_query), V(warehouse_saved_query_folder), V(warehouse_table) and V(web_experiment).
      - Of an organization, these are V(identity_provider_config), V(invite), V(member), V(organization_domain),
        V(project), V(proxy_record), V(role) and V(role_membership).
      - Of the installation, as far as the key sees it, these are V(organization), V(personal_api_key) and V(user).
      - There is one only of V(error_tracking_settings), V(event_filter), V(project_settings) and V(user), which
        O(ids), O(names) and O(search) have no meaning for.
      - Unless O(within) tells where they are, V(access_control), V(error_tracking_rule), V(group_type_metric),
        V(property_definition), V(role_membership) and V(sharing) are read from everywhere, one request a place.
      - Unless O(limit) says otherwise, at most 1000 objects are read of V(activity_log), V(change_request) and
        V(comment).
      # end of types
    type: list
    elements: str
    required: true
  ids:
    description:
      - Only the objects with these ids. An id that does not exist is skipped.
      - If this is given, O(search) and O(filters) are ignored.
    type: list
    elements: raw
  names:
    description:
      - Only the objects with exactly these names, that is, what the module of the type finds them by (the key of a
        feature flag, the e-mail address of a member). A name that does not exist is skipped.
    type: list
    elements: str
  search:
    description:
      - Only the objects that PostHog finds for this text. On servers that cannot search a type, the text is looked
        for in names and descriptions, in any case.
    type: str
  filters:
    description:
      - Further query parameters of PostHog's list, for example C(active) or C(type) of feature flags. Booleans can be
        written as such.
      - PostHog ignores parameters that it does not know.
    type: dict
  within:
    description:
      - Where to read types that belong to other objects, with the options by which their modules name that object, for
        example C(role) of M(community.posthog.posthog_role_membership), C(dashboard) of
        M(community.posthog.posthog_sharing), or C(resource) and C(object) of
        M(community.posthog.posthog_access_control).
      - A place that does not exist is an error. Other types of the same task are read as ever.
      - Access rules of single objects are only read where they are named here.
    type: dict
  limit:
    description:
      - The most objects to return of each type, the first that PostHog lists. O(names) are looked for among those
        only, unless there is one name.
      - No more pages are read than that takes.
    type: int
  details:
    description:
      - Whether each object is read on its own, too, with what a list leaves out (the tiles of dashboards, the
        settings of projects). That costs one request for each object.
    type: bool
    default: false
notes:
  - The key needs the scope to read each type, C(feature_flag:read) for one. For members and invites it is
    C(organization_member:read), for roles and role memberships C(organization:read).
  - Deleted objects are not returned. Archived feature flags are returned with O(filters={"archived":true}) or by
    their id.
  - Secrets are masked, such as the secret tokens of projects, encrypted payloads of feature flags, and the tokens of
    what is shared.
  - An object that belongs to another one also holds the option that tells which, under the option's name.
  - A key can only read itself, so V(personal_api_key) is the key of the task, with its scopes. Some servers do not show
    V(tag) to keys.
  - PostHog counts a list of feature flags that is read with a personal API key as a request for local evaluation,
    which may be charged.
seealso:
  - name: PostHog's API
    description: The reference of all endpoints.
    link: https://posthog.com/docs/api
  - module: community.posthog.posthog_connection_info
"""

EXAMPLES = r"""
---
- name: A flag and a dashboard to read
  community.posthog.posthog_feature_flag:
    key: info-example
    rollout_percentage: 100

- name: The dashboard
  community.posthog.posthog_dashboard:
    name: Info example

- name: Read all feature flags and roles
  community.posthog.posthog_info:
    types:
      - feature_flag
      - role
  register: found

- name: Show the keys of all feature flags that are on
  ansible.builtin.debug:
    msg: "{{ found.objects.feature_flag | selectattr('active') | map(attribute='key') }}"

- name: Read one flag by its key
  community.posthog.posthog_info:
    types:
      - feature_flag
    names:
      - info-example

- name: Read the flags that are off
  community.posthog.posthog_info:
    types:
      - feature_flag
    filters:
      active: false

- name: Look for dashboards, with their tiles
  community.posthog.posthog_info:
    types:
      - dashboard
    search: info
    details: true

- name: Read the settings of the project, and what the key may do
  community.posthog.posthog_info:
    types:
      - project_settings
      - personal_api_key
  register: own

- name: Show the time zone and the scopes
  ansible.builtin.debug:
    msg:
      - "{{ own.objects.project_settings[0].timezone }}"
      - "{{ own.objects.personal_api_key[0].scopes }}"

- name: Read who may do what with one dashboard, and whether it is shared
  community.posthog.posthog_info:
    types:
      - access_control
      - sharing
    within:
      resource: dashboard
      object: Info example
      dashboard: Info example

- name: Read the latest changes of feature flags
  community.posthog.posthog_info:
    types:
      - activity_log
    filters:
      scope: FeatureFlag
    limit: 20

- name: Read who is in the organization, and who is invited
  community.posthog.posthog_info:
    types:
      - member
      - invite
  register: people

- name: Show the addresses of all owners
  ansible.builtin.debug:
    msg: "{{ people.objects.member | selectattr('level', 'eq', 15) | map(attribute='user.email') }}"
"""

RETURN = r"""
---
objects:
  description:
    - The objects that were found, a dictionary from each of O(types) to a list of objects. The list is empty if
      there are none.
  returned: success
  type: dict
  sample:
    role:
      - id: 01a200ef-31b1-704c-bbd1-e316143abd13
        name: Analysts
        members: []
        is_default: false
        created_at: "2026-11-22T01:46:45.553713Z"
        created_by:
          id: 1
          uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
          first_name: Olivia
          email: owner@example.com
rate_limit:
  description:
    - How many requests a minute the task kept to, see O(rate_limit). It is null where there is no limit, as of a host
      of your own that did not answer 429.
  returned: success
  type: int
  sample: 480
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
    detail: API key missing required scope 'feature_flag:read'
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
    run("posthog_info")


if __name__ == "__main__":
    main()
