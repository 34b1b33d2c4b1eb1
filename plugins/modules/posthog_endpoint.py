#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_endpoint
short_description: Manage endpoints of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes endpoints, which are queries that other programs run by an address of their own.
  - An endpoint is found by its O(name), which is its id at the same time.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  name:
    description:
      - The name of the endpoint, at most 128 characters, a letter and then letters, digits, C(_) and C(-).
      - It cannot be changed. To give an endpoint another name, delete it and declare another one.
    type: str
  query:
    description:
      - The query, a C(HogQLQuery) or a query of an insight such as a C(TrendsQuery), as PostHog's API has it. Needed to
        create an endpoint.
      - Compared by the keys that are given, at every depth. Cohorts, actions and flags in it are named.
      - PostHog makes a new version of the endpoint each time the query changes.
    type: dict
  description:
    description:
      - What the endpoint is for. V(null) removes it.
    type: str
  is_active:
    description:
      - Whether the endpoint can be run.
    type: bool
  is_materialized:
    description:
      - Whether PostHog keeps the results. PostHog may switch it on by itself where the query allows it.
    type: bool
  cache_age_seconds:
    description:
      - How many seconds results may be old. V(null) leaves it to PostHog.
      - Servers until the spring of 2026 know it. Later ones have O(data_freshness_seconds) in its place.
    type: int
  data_freshness_seconds:
    description:
      - How many seconds results may be old. V(null) leaves it to PostHog.
      - Servers before 2026 have O(cache_age_seconds) in its place.
    type: int
  bucket_overrides:
    description:
      - Into what pieces of time kept results are divided, as PostHog's API has it. V(null) removes it. Servers before
        2026 do not know it.
    type: dict
  optional_breakdown_properties:
    description:
      - The properties by which a caller may break the result down, and need not. V(null) removes them. Servers before
        2026 do not have it.
    type: list
    elements: str
  derived_from_insight:
    description:
      - The name (or the short id) of the insight that the endpoint was made from. V(null) removes it.
    type: raw
notes:
  - The key needs the scopes C(endpoint:read) and C(endpoint:write), and C(insight:read) to name an insight.
  - A field that the server does not know is left out of the comparison, with a warning.
seealso:
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_warehouse_saved_query
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: An endpoint for a page with the latest numbers
  community.posthog.posthog_endpoint:
    name: signups-by-day
    description: Signups of each day, for the page on the wall
    query:
      kind: HogQLQuery
      query: select toDate(timestamp) as day, count() as signups from events where event = 'signed up' group by day
    data_freshness_seconds: 3600

- name: A trend
  community.posthog.posthog_endpoint:
    name: weekly-signups
    query:
      kind: TrendsQuery
      interval: week
      series:
        - kind: EventsNode
          event: signed up
    is_materialized: true

- name: Switch an endpoint off, but keep it
  community.posthog.posthog_endpoint:
    name: campaign
    query:
      kind: HogQLQuery
      query: select count() as visits from events where event = '$pageview'
    is_active: false

- name: Delete an endpoint
  community.posthog.posthog_endpoint:
    name: campaign-of-2024
    state: absent
"""

RETURN = r"""
---
endpoint:
  description:
    - The endpoint as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    name:
      description: The name.
      type: str
    query:
      description: The query of the current version.
      type: dict
    endpoint_path:
      description: The path that runs the endpoint.
      type: str
    parameters:
      description: The variables of the query.
      type: list
      elements: dict
    is_active:
      description: Whether the endpoint can be run.
      type: bool
    is_materialized:
      description: Whether the results are kept.
      type: bool
    current_version:
      description: The number of the current version.
      type: int
    versions_count:
      description: How many versions there are.
      type: int
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    name: signups-by-day
    description: Signups of each day, for the page on the wall
    query:
      kind: HogQLQuery
      query: select toDate(timestamp) as day, count() as signups from events where event = 'signed up' group by day
    endpoint_path: /api/projects/1/endpoints/signups-by-day/run
    parameters: []
    is_active: true
    is_materialized: false
    data_freshness_seconds: 3600
    bucket_overrides: null
    derived_from_insight: null
    current_version: 1
    versions_count: 1
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
      description: The path of the option, for example C(is_active).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: is_active
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: endpoint 'signups-by-day'
    before:
      is_active: false
      name: signups-by-day
    after_header: endpoint 'signups-by-day'
    after:
      is_active: true
      name: signups-by-day
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
    detail: API key missing required scope 'endpoint:write'
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
    run("posthog_endpoint")


if __name__ == "__main__":
    main()
