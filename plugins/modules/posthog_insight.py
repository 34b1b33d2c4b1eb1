#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_insight
short_description: Manage saved insights of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes insights, the saved queries that dashboards show.
  - An insight is found by its O(name), which can also be its short id, or by its O(id). PostHog allows several
    insights of one name. This module does not make a second one, and fails if there are two already.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.tags
  - community.posthog.object.folder
options:
  name:
    description:
      - The name of the insight, at most 400 characters.
      - Needed to create an insight. Together with O(id) it renames the insight.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  derived_name:
    description:
      - The name that PostHog's user interface derives from the query, to show where an insight has no name. V(null)
        removes it.
    type: str
  description:
    description:
      - What the insight tells, at most 400 characters. V(null) empties it.
    type: str
  query:
    description:
      - The query, as PostHog's API has it, in YAML. PostHog's user interface shows it under B(View source).
      - Compared by the keys that are given, at every depth, where V(null) means absent. Keys that PostHog adds,
        such as C(version), do not count as a difference. So leaving out a key that was declared before does not
        remove it. Declare it as V(null).
      - Actions (C(id) of an C(ActionsNode)) and cohorts (C(value) of a property of type C(cohort)) are named by their
        names or ids.
    type: dict
    suboptions:
      kind:
        description:
          - What kind of query it is.
          - PostHog wants a query inside a node that draws it, V(InsightVizNode), V(DataVisualizationNode),
            V(DataTableNode) or V(HogQuery).
          - The queries themselves can be given alone. V(TrendsQuery), V(FunnelsQuery), V(RetentionQuery),
            V(PathsQuery), V(StickinessQuery) and V(LifecycleQuery) are put into an V(InsightVizNode), V(HogQLQuery)
            into a V(DataVisualizationNode).
        type: str
        required: true
      source:
        description:
          - The query that a node draws.
        type: dict
      series:
        description:
          - >-
            In V(TrendsQuery), V(FunnelsQuery), V(StickinessQuery) and V(LifecycleQuery), the events and actions, for
            example C({kind: EventsNode, event: $pageview, math: dau}) or C({kind: ActionsNode, id: Signed up}).
        type: list
        elements: dict
      dateRange:
        description:
          - >-
            The time to look at, for example C({date_from: -30d}).
        type: dict
      interval:
        description:
          - The length of a step in time, V(hour), V(day), V(week) or V(month).
        type: str
      properties:
        description:
          - Conditions on all series.
        type: raw
      breakdownFilter:
        description:
          - >-
            What to break the result down by, for example C({breakdown: $browser, breakdown_type: event}).
        type: dict
      filterTestAccounts:
        description:
          - Whether the project's filters for internal and test accounts apply.
        type: bool
      query:
        description:
          - In V(HogQLQuery), the SQL.
        type: str
  dashboards:
    description:
      - The dashboards that the insight is on, by name or id, all of them in any order. V([]) or V(null) takes it
        off all dashboards.
      - Where a dashboard declares its tiles with M(community.posthog.posthog_dashboard), leave this out.
    type: list
    elements: raw
  favorited:
    description:
      - Whether the insight is a favourite.
    type: bool
  saved:
    description:
      - Whether the insight is saved and shown in lists. A new one is, unless this is V(false).
      - PostHog saves an insight with any change of it, so one that is saved cannot be made a draft again.
    type: bool
notes:
  - The key needs the scopes C(insight:read) and C(insight:write). For references it also needs C(dashboard:read),
    C(cohort:read) or C(action:read). To put insights on dashboards, the owner of the key must be allowed to edit
    them.
  - PostHog checks queries against its schema, so a mistake in a query is an error of PostHog and not of this module.
  - If an insight is deleted, PostHog takes it off its dashboards and deletes its alerts for good. If the kind of
    its query changes to one that cannot raise alerts, PostHog deletes them too.
  - A deleted insight that is declared again is created anew, with a new id.
seealso:
  - name: Insights in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/insights
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: How many people visited on each day
  community.posthog.posthog_insight:
    name: Daily visitors
    description: People with at least one page view, by day
    query:
      kind: TrendsQuery
      series:
        - kind: EventsNode
          event: $pageview
          math: dau
      dateRange:
        date_from: -30d
      interval: day
      filterTestAccounts: true
    tags:
      - website

- name: A funnel
  community.posthog.posthog_insight:
    name: From sign-up to first order
    query:
      kind: FunnelsQuery
      series:
        - kind: EventsNode
          event: signed up
        - kind: EventsNode
          event: order placed
      funnelsFilter:
        funnelWindowInterval: 14
        funnelWindowIntervalUnit: day

- name: SQL, drawn as a table
  community.posthog.posthog_insight:
    name: Ten busiest pages
    query:
      kind: DataTableNode
      source:
        kind: HogQLQuery
        query: |
          SELECT properties.$current_url AS url, count() AS views
          FROM events
          WHERE event = '$pageview' AND timestamp > now() - INTERVAL 7 DAY
          GROUP BY url
          ORDER BY views DESC
          LIMIT 10

- name: A cohort for the next insight
  community.posthog.posthog_cohort:
    name: Paying customers
    filters:
      properties:
        type: OR
        values:
          - type: AND
            values:
              - type: person
                key: plan
                operator: is_not
                value:
                  - free

- name: A dashboard for the next insight
  community.posthog.posthog_dashboard:
    name: Customers

- name: Only persons of a cohort, and on a dashboard, both by name
  community.posthog.posthog_insight:
    name: Orders of paying customers
    query:
      kind: InsightVizNode
      source:
        kind: TrendsQuery
        series:
          - kind: EventsNode
            event: order placed
        interval: week
        properties:
          type: AND
          values:
            - type: AND
              values:
                - type: cohort
                  key: id
                  value: Paying customers
        trendsFilter:
          display: ActionsBar
    dashboards:
      - Customers

- name: Mark an insight as a favourite and leave everything else as it is
  community.posthog.posthog_insight:
    name: Daily visitors
    favorited: true

- name: Delete an insight
  community.posthog.posthog_insight:
    name: Weekly visitors
    state: absent
"""

RETURN = r"""
---
insight:
  description:
    - The insight as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the insight. Missing in check mode if the insight does not exist yet.
      type: int
    short_id:
      description: The id in the insight's address.
      type: str
    name:
      description: The name.
      type: str
    derived_name:
      description: The name that PostHog derives from the query.
      type: str
    description:
      description: What the insight tells.
      type: str
    query:
      description: The query, with ids in place of names and with what PostHog adds.
      type: dict
    dashboards:
      description: The ids of the dashboards that the insight is on.
      type: list
      elements: int
    tags:
      description: The tags.
      type: list
      elements: str
    favorited:
      description: Whether the insight is a favourite.
      type: bool
    saved:
      description: Whether the insight is saved.
      type: bool
    created_at:
      description: When the insight was created.
      type: str
  sample:
    id: 17
    short_id: VVjspNoO
    name: Daily visitors
    derived_name: null
    description: People with at least one page view, per day
    query:
      kind: InsightVizNode
      source:
        dateRange:
          date_from: -30d
        filterTestAccounts: true
        interval: day
        kind: TrendsQuery
        properties: []
        series:
          - event: $pageview
            kind: EventsNode
            math: dau
            version: 1
        version: 2
    dashboards: []
    tags:
      - website
    favorited: true
    saved: true
    created_at: "2026-11-22T01:44:09.459933Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    last_modified_at: "2026-11-22T01:49:46.230176Z"
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
      description: The path of the option, for example C(description).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: description
      before: People with at least one page view, by day
      after: People with at least one page view, per day
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: insight 'Daily visitors'
    before:
      description: People with at least one page view, by day
      name: Daily visitors
    after_header: insight 'Daily visitors'
    after:
      description: People with at least one page view, per day
      name: Daily visitors
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
    detail: API key missing required scope 'insight:write'
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
    run("posthog_insight")


if __name__ == "__main__":
    main()
