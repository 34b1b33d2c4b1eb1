#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_warehouse_saved_query
short_description: Manage views of the data warehouse in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes views, which are queries in SQL kept under a name that other queries select from.
    PostHog's API calls them saved queries.
  - A view is found by its O(name), which no other view or table of the project has, or its O(id).
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
      - The name of the view, at most 128 characters. It consists of letters, digits, C(_), C($) and dots, and does not
        begin with a digit.
      - Needed to create a view. Together with O(id) it renames the view.
    type: str
  query:
    description:
      - The query, with the SQL under C(query). Needed to create a view. C(kind) is C(HogQLQuery), and may be left out.
      - Compared by the keys that are given.
      - If somebody else changes the query at the same time, what is declared wins.
    type: dict
  description:
    description:
      - What the view is for. V(null) removes it. Servers before 2026 do not know it.
    type: str
  folder:
    description:
      - The folder that the view is in, by its name or its UUID. V(null) takes the view out of it. Servers before 2026
        do not know it.
    type: raw
    aliases:
      - folder_id
  dag_id:
    description:
      - The UUID of the model graph that the view belongs to. V(null) takes it out. Servers before 2026 do not know it.
    type: str
  is_test:
    description:
      - Marks the view as made for a test when it is created. It cannot be read back, so it is never compared or
        changed. Servers before 2026 ignore it.
    type: bool
  is_materialized:
    description:
      - Whether PostHog keeps the results of the view and brings them up to date on a schedule.
      - PostHog starts with once a day.
    type: bool
    aliases:
      - materialized
  sync_frequency:
    description:
      - How often the results are brought up to date, for example V(1hour), V(24hour) or V(7day). V(never) or V(null) is
        never.
      - PostHog refuses it for a view that is not part of its model graph yet. Servers before 2026 do not know it.
    type: str
notes:
  - The key needs the scopes C(warehouse_view:read) and C(warehouse_view:write). Servers of 2025 let no key materialize
    views.
  - PostHog refuses queries that do not compile, that select from what does not exist, or that lead back to the view
    itself.
  - The queries of views that PostHog manages itself (managed viewsets) cannot be changed.
  - PostHog runs a view in the background after it was materialized, so RV(warehouse_saved_query.status) is that of the
    moment.
seealso:
  - module: community.posthog.posthog_warehouse_saved_query_folder
  - module: community.posthog.posthog_warehouse_table
  - module: community.posthog.posthog_warehouse_join
  - module: community.posthog.posthog_endpoint
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A view
  community.posthog.posthog_warehouse_saved_query:
    name: signups_by_day
    description: How many people signed up on each day
    query:
      query: >-
        select toDate(timestamp) as day, count() as signups
        from events where event = 'signed up' group by day

- name: A view on it, whose results are kept and brought up to date each hour
  community.posthog.posthog_warehouse_saved_query:
    name: best_day
    query:
      query: select max(signups) as signups from signups_by_day
    is_materialized: true
    sync_frequency: 1hour

- name: Look for a view whose results need not be kept any more
  community.posthog.posthog_info:
    types:
      - warehouse_saved_query
    names:
      - signups_of_last_year
  register: old

- name: Keep its results no longer
  community.posthog.posthog_warehouse_saved_query:
    id: "{{ item.id }}"
    is_materialized: false
  loop: "{{ old.objects.warehouse_saved_query }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a view
  community.posthog.posthog_warehouse_saved_query:
    name: signups_of_2024
    state: absent
"""

RETURN = r"""
---
warehouse_saved_query:
  description:
    - The view as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
    - If the task declares nothing that only the view itself tells, this is what PostHog's list tells, without the
      query.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the view. Missing in check mode if the view does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    query:
      description: The query.
      type: dict
    columns:
      description: The columns, which follow from the query.
      type: list
      elements: dict
    is_materialized:
      description: Whether the results are kept.
      type: bool
    sync_frequency:
      description: How often they are brought up to date.
      type: str
    status:
      description: How the last run went.
      type: str
    last_run_at:
      description: When it was.
      type: str
    latest_error:
      description: Why it failed.
      type: str
    latest_history_id:
      description: The id of the last change of the query.
      type: str
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    name: signups_by_day
    description: How many people signed up on each day
    query:
      kind: HogQLQuery
      query: select toDate(timestamp) as day, count() as signups from events where event = 'signed up' group by day
    columns:
      - key: day
        name: day
        type: string
        schema_valid: true
    folder_id: null
    dag_id: null
    is_materialized: false
    sync_frequency: null
    status: null
    last_run_at: null
    latest_error: null
    latest_history_id: 01a20109-92a8-7f15-8b9c-3f2b64cde2a1
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
      description: The path of the option, for example C(is_materialized).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: is_materialized
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: warehouse saved query 'best_day'
    before:
      is_materialized: false
      name: best_day
    after_header: warehouse saved query 'best_day'
    after:
      is_materialized: true
      name: best_day
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
    run("posthog_warehouse_saved_query")


if __name__ == "__main__":
    main()
