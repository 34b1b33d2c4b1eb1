#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_warehouse_saved_query_folder
short_description: Manage folders of data warehouse views in a PostHog project
version_added: 0.1.0
description:
  - Creates, renames and deletes the folders in which PostHog's SQL editor shows the views of the data warehouse.
  - A folder is found by its O(name), which no other folder of the project has, or its O(id).
  - A view is put into a folder with the option O(community.posthog.posthog_warehouse_saved_query#module:folder).
  - PostHog deletes the views in a folder together with it. This module does not let that happen. It deletes a folder
    only when there is no view in it.
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
      - The name of the folder, at most 128 characters. It does not begin or end with blanks.
      - Needed to create a folder. Together with O(id) it renames the folder.
    type: str
notes:
  - The key needs the scopes C(warehouse_view:read) and C(warehouse_view:write).
  - There are servers since 2026 only that have folders of views.
seealso:
  - module: community.posthog.posthog_warehouse_saved_query
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A folder for the views of the growth team
  community.posthog.posthog_warehouse_saved_query_folder:
    name: Growth

- name: A view in it
  community.posthog.posthog_warehouse_saved_query:
    name: signups_by_week
    folder: Growth
    query:
      query: >-
        select toStartOfWeek(timestamp) as week, count() as signups
        from events where event = 'signed up' group by week

- name: Look for a folder under its old name
  community.posthog.posthog_info:
    types:
      - warehouse_saved_query_folder
    names:
      - Accounting
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_warehouse_saved_query_folder:
    id: "{{ item.id }}"
    name: Finance
  loop: "{{ old.objects.warehouse_saved_query_folder }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a folder, which fails as long as there are views in it
  community.posthog.posthog_warehouse_saved_query_folder:
    name: Archive
    state: absent
"""

RETURN = r"""
---
warehouse_saved_query_folder:
  description:
    - The folder as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the folder. Missing in check mode if the folder does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    view_count:
      description: How many views are in the folder.
      type: int
    user_access_level:
      description: What the key's owner may do with the folder.
      type: str
    created_at:
      description: When the folder was created.
      type: str
    created_by:
      description: Who created the folder.
      type: dict
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: Growth
    view_count: 2
    user_access_level: editor
    created_at: "2026-11-22T01:41:56.546195Z"
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
      before: Growth team
      after: Growth
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: folder of views 'Growth'
    before:
      name: Growth team
    after_header: folder of views 'Growth'
    after:
      name: Growth
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
    detail: API key missing required scope 'warehouse_view:write'
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
    run("posthog_warehouse_saved_query_folder")


if __name__ == "__main__":
    main()
