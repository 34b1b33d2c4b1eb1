#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_dashboard_template
short_description: Manage dashboard templates of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the templates from which people make new dashboards.
  - A template is found by its O(template_name) or its O(id). PostHog allows several templates of one name. This module
    does not make a second one, and fails if there are two already.
  - PostHog's own templates, which every project sees, are left alone.
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
  template_name:
    description:
      - The name of the template, at most 400 characters.
      - Needed to create a template. Together with O(id) it renames the template.
    type: str
  dashboard_description:
    description:
      - What dashboards made of the template are for, at most 400 characters. V(null) removes it.
    type: str
  tags:
    description:
      - Words under which the template is listed, in any order. V(null) removes all. They are a plain list and need no
        plan feature.
    type: list
    elements: str
  tiles:
    description:
      - The tiles of a dashboard that is made of the template, as PostHog's API has them, with C(type), C(name),
        C(description), C(query), C(layouts) and so on. Needed to create a template, and never empty.
      - What is given is the whole list. Each tile is compared by the keys that are given, at every depth.
      - Queries may name cohorts and actions as in M(community.posthog.posthog_insight). A text C({NAME}) in a query
        stands for the variable of that name.
    type: list
    elements: dict
  variables:
    description:
      - What people are asked when they make a dashboard of the template, as PostHog's API has it, with C(id),
        C(name), C(type), C(default), C(required) and so on. V(null) removes all.
    type: list
    elements: dict
  dashboard_filters:
    description:
      - The filters of a dashboard that is made of the template. V(null) removes them.
      - They may name cohorts and flags as in M(community.posthog.posthog_dashboard).
    type: dict
  image_url:
    description:
      - The address of a picture. V(null) removes it.
    type: str
  scope:
    description:
      - Who sees the template. V(team) is the project and PostHog's default, which V(null) means too.
      - V(organization) is all projects of the organization, known to servers since autumn 2026. V(feature_flag) is a
        template for the dashboards of flags.
      - Templates for everybody (C(global)) are made by the operators of a PostHog installation only, so there is no
        word for them here.
    type: str
    choices:
      - team
      - organization
      - feature_flag
  availability_contexts:
    description:
      - Where in PostHog the template is offered, in any order. V(null) removes all.
    type: list
    elements: str
  is_featured:
    description:
      - Whether the template stands out in the list. Servers before 2026 do not know it.
    type: bool
notes:
  - The key needs the scopes C(dashboard_template:read) and C(dashboard_template:write).
  - Servers of 2024 let only the operators of the installation create templates.
  - PostHog hides a deleted template and keeps it. Dashboards that were made of it stay.
seealso:
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A template of one tile
  community.posthog.posthog_dashboard_template:
    template_name: Shop of a country
    dashboard_description: Key figures of one of our shops
    tags:
      - shop
    tiles:
      - type: INSIGHT
        name: Orders
        query:
          kind: InsightVizNode
          source:
            kind: TrendsQuery
            series:
              - kind: EventsNode
                event: order placed
        layouts:
          sm:
            x: 0
            y: 0
            w: 6
            h: 5

- name: A template that asks for an event
  community.posthog.posthog_dashboard_template:
    template_name: Adoption of a feature
    variables:
      - id: FEATURE_USED
        name: Feature used
        description: The event of the feature
        type: event
        required: true
        default:
          id: $pageview
    tiles:
      - type: INSIGHT
        name: Use of the feature
        query:
          kind: InsightVizNode
          source:
            kind: TrendsQuery
            series:
              - "{FEATURE_USED}"
        layouts: {}
    dashboard_filters:
      date_from: -30d

- name: Look for a template under its old name
  community.posthog.posthog_info:
    types:
      - dashboard_template
    names:
      - Shop
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_dashboard_template:
    id: "{{ item.id }}"
    template_name: Shop of 2025
  loop: "{{ old.objects.dashboard_template }}"
  loop_control:
    label: "{{ item.template_name }}"

- name: Delete a template
  community.posthog.posthog_dashboard_template:
    template_name: Trial
    state: absent
"""

RETURN = r"""
---
dashboard_template:
  description:
    - The dashboard template as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the template. Missing in check mode if the template does not exist yet.
      type: str
    template_name:
      description: The name.
      type: str
    dashboard_description:
      description: What dashboards made of the template are for.
      type: str
    tags:
      description: Words under which the template is listed.
      type: list
      elements: str
    tiles:
      description: The tiles, with ids in place of names.
      type: list
      elements: dict
    variables:
      description: What people are asked.
      type: list
      elements: dict
    dashboard_filters:
      description: The filters of the dashboards.
      type: dict
    scope:
      description: Who sees the template.
      type: str
    team_id:
      description: The id of the project.
      type: int
    created_at:
      description: When the template was created.
      type: str
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    template_name: Shop of a country
    dashboard_description: Key figures of one of our shops
    tags:
      - shop
    tiles:
      - type: INSIGHT
        name: Orders
        query:
          kind: InsightVizNode
          source:
            kind: TrendsQuery
            series:
              - kind: EventsNode
                event: order placed
        layouts:
          sm:
            x: 0
            y: 0
            w: 6
            h: 5
    variables: null
    dashboard_filters: null
    image_url: null
    scope: team
    availability_contexts: null
    is_featured: false
    team_id: 1
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by: 1
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
      description: The path of the option, for example C(dashboard_description).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: dashboard_description
      before: null
      after: Key figures of one of our shops
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: dashboard template 'Shop of a country'
    before:
      dashboard_description: null
      template_name: Shop of a country
    after_header: dashboard template 'Shop of a country'
    after:
      dashboard_description: Key figures of one of our shops
      template_name: Shop of a country
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
    detail: API key missing required scope 'dashboard_template:write'
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
    run("posthog_dashboard_template")


if __name__ == "__main__":
    main()
