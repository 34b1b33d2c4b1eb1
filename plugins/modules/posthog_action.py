#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_action
short_description: Manage actions of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes actions, the names for something that people do, made of one or more kinds of events.
  - An action is found by its O(name), which is unique in the project, or its O(id).
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
      - The name of the action, at most 400 characters.
      - Needed to create an action. Together with O(id) it renames the action.
    type: str
  description:
    description:
      - What the action is. V(null) empties it.
    type: str
  steps:
    description:
      - The kinds of events that count as the action. An event counts if all that one of the steps says is true of it.
      - What is given is the whole truth. A step that is not listed is removed, and a key that is not given in a step
        says nothing. V([]) or V(null) removes all.
    type: list
    elements: dict
    suboptions:
      event:
        description:
          - The name of the event, for example V($pageview), or V($autocapture) for what people click at. If left out,
            it is any; V(null) is refused.
        type: str
      properties:
        description:
          - Conditions on properties, as PostHog's API has them, with C(key), C(type), C(operator) and C(value). V([])
            means none, V(null) is refused.
          - A condition of the type C(cohort) names the cohort by its name or its id.
        type: list
        elements: dict
      selector:
        description:
          - The CSS selector of the element that people click at, for V($autocapture). V(null) means any.
        type: str
      tag_name:
        description:
          - The HTML tag of the element, for example V(button). V(null) means any.
        type: str
      text:
        description:
          - The text of the element. V(null) means any.
        type: str
      text_matching:
        description:
          - How O(steps[].text) is compared. V(null) leaves it to PostHog, which takes V(exact).
        type: str
        choices:
          - contains
          - regex
          - exact
      href:
        description:
          - The target of the link. V(null) means any.
        type: str
      href_matching:
        description:
          - How O(steps[].href) is compared. V(null) leaves it to PostHog, which takes V(exact).
        type: str
        choices:
          - contains
          - regex
          - exact
      url:
        description:
          - The address of the page. V(null) means any.
        type: str
      url_matching:
        description:
          - How O(steps[].url) is compared. V(contains) if nothing or V(null) is given.
        type: str
        choices:
          - contains
          - regex
          - exact
  post_to_slack:
    description:
      - Whether each occurrence is posted to Slack, by the project's old integration. V(null) is V(false).
    type: bool
  slack_message_format:
    description:
      - The text of these posts, at most 1200 characters. V(null) empties it.
    type: str
  pinned_at:
    description:
      - V(now), or any ISO 8601 time, pins the action to the top of the list. V(null) takes it down.
      - PostHog writes down the time of the request, whatever time it is given. So an action that is pinned
        already stays as it is.
    type: str
notes:
  - The key needs the scopes C(action:read) and C(action:write). To name cohorts it also needs C(cohort:read).
  - The name of a deleted action is free again.
seealso:
  - name: Actions in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/actions
  - module: community.posthog.posthog_cohort
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: An action of one event
  community.posthog.posthog_action:
    name: Signed up
    steps:
      - event: signed up

- name: An action of a page and of a button
  community.posthog.posthog_action:
    name: Looked at prices
    description: Whoever might become a customer
    tags:
      - sales
    pinned_at: now
    steps:
      - event: $pageview
        url: /pricing
      - event: $autocapture
        tag_name: button
        text: Show prices
        text_matching: contains

- name: A cohort
  community.posthog.posthog_cohort:
    name: Our own staff
    filters:
      properties:
        type: OR
        values:
          - type: AND
            values:
              - type: person
                key: email
                operator: icontains
                value: "@acme.test"

- name: An action that leaves out some people
  community.posthog.posthog_action:
    name: Ordered
    steps:
      - event: order placed
        properties:
          - key: id
            type: cohort
            operator: not_in
            value: Our own staff

- name: Change the description and leave the steps as they are
  community.posthog.posthog_action:
    name: Ordered
    description: Orders of customers

- name: Look for an action under its old name
  community.posthog.posthog_info:
    types:
      - action
    names:
      - Registered
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_action:
    id: "{{ item.id }}"
    name: Registered before 2025
  loop: "{{ old.objects.action }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete an action
  community.posthog.posthog_action:
    name: Clicked at something
    state: absent
"""

RETURN = r"""
---
action:
  description:
    - The action as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the action. Missing in check mode if the action does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    description:
      description: What the action is.
      type: str
    tags:
      description: The tags.
      type: list
      elements: str
    steps:
      description: The kinds of events that count as the action, with ids in place of names.
      type: list
      elements: dict
    pinned_at:
      description: When the action was pinned to the top of the list. V(null) if it is not.
      type: str
    post_to_slack:
      description: Whether each occurrence is posted to Slack.
      type: bool
    created_at:
      description: When the action was created.
      type: str
    created_by:
      description: Who created the action.
      type: dict
  sample:
    id: 1
    name: Signed up
    description: ""
    tags: []
    steps:
      - event: signed up
        properties: []
        selector: null
        selector_regex: null
        tag_name: null
        text: null
        text_matching: null
        href: null
        href_matching: null
        url: null
        url_matching: contains
    post_to_slack: false
    slack_message_format: ""
    pinned_at: null
    is_action: true
    is_calculating: false
    team_id: 1
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
      before: ""
      after: Orders of customers
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: action 'Ordered'
    before:
      description: ""
      name: Ordered
    after_header: action 'Ordered'
    after:
      description: Orders of customers
      name: Ordered
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
    detail: API key missing required scope 'action:write'
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
    run("posthog_action")


if __name__ == "__main__":
    main()
