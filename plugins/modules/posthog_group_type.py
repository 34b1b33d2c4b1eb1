#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_group_type
short_description: Manage group types of a PostHog project
version_added: 0.1.0
description:
  - Names the group types of a project, chooses the columns of their lists, gives them a dashboard, and deletes them.
  - A group type is found by its O(group_type), which is unique in the project. Its O(id) is its index, from 0 to 4.
  - PostHog makes a group type by itself when the first C($groupidentify) event with it comes in. There is no other way,
    so a task for a group type that PostHog has not seen yet fails.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  group_type:
    description:
      - The group type as events name it, for example V(company).
    type: str
  name_singular:
    description:
      - What PostHog calls one of the groups, at most 400 characters. V(null) removes it.
    type: str
  name_plural:
    description:
      - What PostHog calls several of the groups, at most 400 characters. V(null) removes it.
    type: str
  default_columns:
    description:
      - The columns that a list of the groups shows, in their order. V(null) leaves them to PostHog. Servers before 2025
        do not show it.
    type: list
    elements: str
  detail_dashboard:
    description:
      - Whether the page of each group shows a dashboard. V(true) lets PostHog make one, where there is none.
      - PostHog chooses the dashboard itself, and takes it away only if the dashboard is deleted. So V(false) (or
        V(null)) is refused where there is one.
    type: bool
notes:
  - The key needs the scope C(group:read), and C(group:write) to delete a group type.
  - Many servers, PostHog Cloud among them, allow the changes only to somebody who is logged in with a browser, and
    refuse every key. The task then fails and says so. A group type that is as declared needs no change, so such a task
    passes.
  - A group type that is deleted comes back with the next event that brings it. It may have another index then, so what
    refers to the index is about other groups.
seealso:
  - module: community.posthog.posthog_group_type_metric
  - module: community.posthog.posthog_property_definition
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: What the groups are called
  community.posthog.posthog_group_type:
    group_type: company
    name_singular: Company
    name_plural: Companies

- name: The columns of a list of companies, and a dashboard for each
  community.posthog.posthog_group_type:
    group_type: company
    default_columns:
      - group_name
      - created_at
    detail_dashboard: true

- name: Forget a group type that was sent by mistake
  community.posthog.posthog_group_type:
    group_type: compnay
    state: absent
"""

RETURN = r"""
---
group_type:
  description:
    - The group type as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    group_type:
      description: The group type as events name it.
      type: str
    group_type_index:
      description: The index of the group type, which O(id) takes.
      type: int
    name_singular:
      description: What PostHog calls one of the groups.
      type: str
    name_plural:
      description: What PostHog calls several of the groups.
      type: str
    default_columns:
      description: The columns of a list of the groups.
      type: list
      elements: str
    detail_dashboard:
      description:
        - The id of the dashboard on the page of each group. V(true) in check mode where PostHog would make it.
      type: raw
    created_at:
      description: When the group type was created.
      type: str
  sample:
    group_type: company
    group_type_index: 0
    name_singular: Company
    name_plural: Companies
    default_columns:
      - group_name
      - created_at
    detail_dashboard: 4
    created_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(name_singular).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: name_singular
      before: null
      after: Company
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: group type 'company'
    before:
      group_type: company
      name_singular: null
    after_header: group type 'company'
    after:
      group_type: company
      name_singular: Company
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
    detail: API key missing required scope 'group:write'
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
    run("posthog_group_type")


if __name__ == "__main__":
    main()
