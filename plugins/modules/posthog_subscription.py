#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_subscription
short_description: Manage subscriptions to insights and dashboards of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes subscriptions, which send an insight or a dashboard to people, to Slack or to an
    address of the web, again and again.
  - A subscription is found by its O(title) together with those of O(insight), O(dashboard) and O(target_value) that are
    given, or by its O(id). PostHog allows several subscriptions of one title. This module does not make a second one
    with the same receivers, and fails if there are two already.
  - Other receivers are another subscription. To change the receivers of an existing one, give its O(id).
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
  title:
    description:
      - The title, at most 100 characters. It stands in the subject of an e-mail.
      - Needed to create a subscription. Together with O(id) it renames the subscription.
      - An empty one means the object that has no title; V(null) together with O(id) takes the title away.
    type: str
  insight:
    description:
      - The name (or the id) of the insight that is sent. One of O(insight) and O(dashboard) is needed to create a
        subscription.
      - Together with O(id) it sends another insight. V(null) finds the subscription of that title which sends none.
    type: raw
  dashboard:
    description:
      - The name (or the id) of the dashboard that is sent.
      - Together with O(id) it sends another dashboard. V(null) finds the subscription of that title which sends none.
    type: raw
  dashboard_export_insights:
    description:
      - Which insights of the dashboard are sent, by name or id, at most 25. Servers since 2026 want at least one if
        O(dashboard) is given, older ones send them all and do not know the option.
      - What is given is the whole list, in any order. V([]) or V(null) removes all.
    type: list
    elements: raw
  content_type:
    description:
      - What is sent. PostHog works it out by itself where it is not given. It cannot be changed. Servers before 2026 do
        not know it.
    type: str
    choices:
      - insight
      - dashboard
      - ai_prompt
  prompt:
    description:
      - The question that PostHog's assistant answers each time, for O(content_type=ai_prompt). V(null) removes it.
        Servers before 2026 do not know it.
    type: str
  ai_config:
    description:
      - Settings of the assistant, as PostHog's API has them. V(null) removes them. Compared by the keys that are given.
        Servers before 2026 do not know them.
    type: dict
  ai_prompt_config:
    description:
      - For O(content_type=ai_prompt), of which days the assistant speaks. V(null) removes it.
      - Servers before summer 2026 do not have it.
    type: dict
    suboptions:
      window:
        description:
          - The days.
        type: dict
        suboptions:
          mode:
            description:
              - Since the last message (PostHog's own default), the last days, or a range of days.
            type: str
            choices:
              - since_last_sent
              - last_n_days
              - days_ago_range
          start_days_ago:
            description:
              - The first day, as days before the message.
            type: int
          end_days_ago:
            description:
              - The last day, as days before the message.
            type: int
  delivery_config:
    description:
      - What a message holds. The keys that are given are compared. Servers before summer 2026 do not have it.
    type: dict
    suboptions:
      include_feedback:
        description:
          - Ask whether the message was of use.
        type: bool
      include_images:
        description:
          - Pictures of the insights.
        type: bool
      include_manage_link:
        description:
          - A link to the subscription.
        type: bool
      include_posthog_hint:
        description:
          - A line about PostHog.
        type: bool
      post_all_insights_in_main_message:
        description:
          - All insights in one message of Slack, not in a thread.
        type: bool
  target_type:
    description:
      - The way in which it is sent. Needed to create a subscription. V(teams) needs a server of summer 2026 or newer,
        which takes V(webhook) no more.
    type: str
    choices:
      - email
      - slack
      - teams
      - webhook
  target_value:
    description:
      - The receivers. For V(email) addresses with commas between them, for V(slack) the channel as PostHog shows it,
        for V(webhook) the URL. Needed to create a subscription.
    type: str
  integration:
    description:
      - For V(slack), the connected workspace, by the display name (or the id) of the integration. Needed to create such
        a subscription. V(null) removes it.
      - Called C(integration_id) in PostHog's API.
    type: raw
    aliases:
      - integration_id
  frequency:
    description:
      - In what units it is repeated. Needed to create a subscription.
    type: str
    choices:
      - daily
      - weekly
      - monthly
      - yearly
  interval:
    description:
      - After how many of these units it is sent again. PostHog takes 1 where it is not given.
    type: int
  byweekday:
    description:
      - The days of the week, from V(monday) to V(sunday), in any order. V(null) removes them.
    type: list
    elements: str
  bysetpos:
    description:
      - Which of the days in O(byweekday) in a month, the first being 1 and the last V(-1). V(null) removes it.
    type: int
  count:
    description:
      - After how many times it ends. V(null) is never.
    type: int
  start_date:
    description:
      - When it is sent for the first time, as an ISO 8601 time, or relative to now, for example V(+1d). Needed to
        create a subscription.
      - A relative time is worked out when the subscription is created, and stands as it came out from then on.
    type: str
  until_date:
    description:
      - When it ends, as an ISO 8601 time, or relative to now. V(null) is never.
      - A relative time is worked out when it is written. If the subscription has a time already, that is left alone.
    type: str
  enabled:
    description:
      - Whether it is sent. PostHog switches a subscription off by itself if its integration breaks. Servers before 2026
        do not know it.
    type: bool
  invite_message:
    description:
      - A message to people who receive it for the first time. It is sent along when the subscription is created, and
        never compared or changed afterwards.
    type: str
  summary_enabled:
    description:
      - Whether a summary of PostHog's assistant is sent along. The plan limits how many subscriptions of the
        organization may have one. Servers before 2026 do not know it.
    type: bool
  summary_prompt_guide:
    description:
      - What the summary should pay attention to. V(null) empties it. Servers before 2026 do not know it.
    type: str
  send_test_now:
    description:
      - Whether everybody gets a message right when the subscription is created. PostHog would do so by default, this
        module does not.
      - It has no meaning for a subscription that exists already.
    type: bool
notes:
  - The key needs the scopes C(subscription:read) and C(subscription:write), and C(insight:read), C(dashboard:read) and
    C(integration:read) for what is named.
  - Subscriptions need the plan feature V(subscriptions). Without it PostHog answers with 402, whatever is asked.
  - A deleted subscription that is declared again is created anew, with a new id.
seealso:
  - name: Subscriptions in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/subscriptions
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_alert
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: An insight to send
  community.posthog.posthog_insight:
    name: Weekly signups
    query:
      kind: TrendsQuery
      series:
        - kind: EventsNode
          event: signed up
      interval: week

- name: Send it to two people every Monday
  community.posthog.posthog_subscription:
    title: Signups of the week
    insight: Weekly signups
    target_type: email
    target_value: ada@example.com,grace@example.com
    frequency: weekly
    byweekday:
      - monday
    start_date: "2026-12-07T08:00:00Z"

- name: A dashboard with the insight on it
  community.posthog.posthog_dashboard:
    name: Growth
    tiles:
      - insight: Weekly signups

- name: Send it to a channel of Teams on the last Friday of each quarter, from tomorrow on
  community.posthog.posthog_subscription:
    title: Growth of the quarter
    dashboard: Growth
    dashboard_export_insights:
      - Weekly signups
    target_type: teams
    target_value: https://teams.example.com/growth
    frequency: monthly
    interval: 3
    byweekday:
      - friday
    bysetpos: -1
    start_date: +1d

- name: Look for a subscription whose receivers are to change
  community.posthog.posthog_info:
    types:
      - subscription
    names:
      - Signups of the month
  register: found

- name: Send it to somebody else, found by its id
  community.posthog.posthog_subscription:
    id: "{{ item.id }}"
    target_value: grace@example.com
  loop: "{{ found.objects.subscription }}"
  loop_control:
    label: "{{ item.title }}"

- name: Delete a subscription
  community.posthog.posthog_subscription:
    title: Campaign of last summer
    state: absent
"""

RETURN = r"""
---
subscription:
  description:
    - The subscription as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the subscription. Missing in check mode if the subscription does not exist yet.
      type: int
    title:
      description: The title.
      type: str
    insight:
      description: The id of the insight that is sent.
      type: int
    dashboard:
      description: The id of the dashboard that is sent.
      type: int
    resource_name:
      description: The name of what is sent. Servers before 2026 do not show it.
      type: str
    target_type:
      description: The way in which it is sent.
      type: str
    target_value:
      description: The receivers.
      type: str
    integration_id:
      description: The id of the integration.
      type: int
    frequency:
      description: In what units it is repeated.
      type: str
    start_date:
      description: When it is sent for the first time.
      type: str
    next_delivery_date:
      description: When it is sent next.
      type: str
    summary:
      description: The rhythm in words.
      type: str
    enabled:
      description: Whether it is sent.
      type: bool
  sample:
    id: 3
    title: Signups of the week
    insight: 4
    dashboard: null
    dashboard_export_insights: []
    content_type: insight
    prompt: null
    ai_config: null
    target_type: email
    target_value: ada@example.com,grace@example.com
    integration_id: null
    frequency: weekly
    interval: 1
    byweekday:
      - monday
    bysetpos: null
    count: null
    start_date: "2026-12-07T08:00:00Z"
    until_date: null
    enabled: true
    deleted: false
    summary: sent every week on Monday
    summary_enabled: false
    summary_prompt_guide: ""
    next_delivery_date: "2026-12-07T08:00:00Z"
    insight_short_id: d3xTb9Qa
    resource_name: Weekly signups
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
      description: The path of the option, for example C(frequency).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: frequency
      before: daily
      after: weekly
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: subscription 'Signups of the week'
    before:
      frequency: daily
      title: Signups of the week
    after_header: subscription 'Signups of the week'
    after:
      frequency: weekly
      title: Signups of the week
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
    detail: API key missing required scope 'subscription:write'
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
    run("posthog_subscription")


if __name__ == "__main__":
    main()
