#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_property_group
short_description: Manage property groups of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes property groups, the schemas that say which properties events have, and links them to
    events.
  - A group is found by its O(name), which is unique in the project, or its O(id).
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
      - The name of the group.
      - Needed to create a group. Together with O(id) it renames the group.
    type: str
  description:
    description:
      - What the properties have in common. V(null) removes it.
    type: str
  properties:
    description:
      - The properties, in any order. What is given is the whole list. V([]) or V(null) removes all.
      - PostHog makes all of them anew when one changes, with new ids.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the property, at most 200 characters, and only once in the list.
        type: str
        required: true
      property_type:
        description:
          - What its values are.
        type: str
        choices:
          - String
          - Numeric
          - Boolean
          - DateTime
          - Object
        required: true
      is_required:
        description:
          - Whether an event must have the property.
        type: bool
      is_optional_in_types:
        description:
          - Whether the property is optional in the types that PostHog generates for programs. Servers before 2026 do
            not know it.
        type: bool
      validation_rules:
        description:
          - Which values are right, for the types V(String) and V(Numeric). V(null) means all of the type. Servers
            before 2026 do not know it.
        type: dict
        suboptions:
          enum:
            description:
              - The words that are right, for V(String), up to 1000.
            type: list
            elements: str
          not:
            description:
              - The words that are not right, for V(String), in place of O(properties[].validation_rules.enum).
            type: dict
            suboptions:
              enum:
                description:
                  - The words, up to 1000.
                type: list
                elements: str
                required: true
          minimum:
            description:
              - The smallest number that is right, for V(Numeric).
            type: float
          exclusiveMinimum:
            description:
              - The number that all values must be above, for V(Numeric).
            type: float
          maximum:
            description:
              - The largest number that is right, for V(Numeric).
            type: float
          exclusiveMaximum:
            description:
              - The number that all values must be below, for V(Numeric).
            type: float
      description:
        description:
          - What the property means. V(null) empties it.
        type: str
  events:
    description:
      - The names (or ids) of events that have the properties, in any order.
      - Events that are linked already and not listed stay linked unless O(exclusive=true). V([]) or V(null) lists none.
      - The definitions of the events must exist. M(community.posthog.posthog_event_definition) creates them.
    type: list
    elements: raw
  exclusive:
    description:
      - Whether O(events) is the whole truth. Other events are then no longer linked to the group.
    type: bool
    default: false
    aliases:
      - authoritative
notes:
  - The key needs the scopes C(event_definition:read) and C(event_definition:write).
  - There are servers since 2025 only that have property groups.
  - If a group is deleted, its links to events are gone. The events and what they brought stay.
seealso:
  - module: community.posthog.posthog_event_definition
  - module: community.posthog.posthog_property_definition
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: What all orders have
  community.posthog.posthog_property_group:
    name: Order
    description: Everything that the shop sends
    properties:
      - name: value
        property_type: Numeric
        is_required: true
        validation_rules:
          minimum: 0
      - name: currency
        property_type: String
        validation_rules:
          enum:
            - EUR
            - GBP
      - name: shipped_at
        property_type: DateTime
    events:
      - order placed
      - order returned

- name: A group that belongs to one event and no other
  community.posthog.posthog_property_group:
    name: Return
    properties:
      - name: reason
        property_type: String
        description: In the customer's words
    events:
      - order returned
    exclusive: true

- name: Look for a group under its old name
  community.posthog.posthog_info:
    types:
      - property_group
    names:
      - Purchase
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_property_group:
    id: "{{ item.id }}"
    name: Purchase of 2025
  loop: "{{ old.objects.property_group }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a group
  community.posthog.posthog_property_group:
    name: Trial
    state: absent
"""

RETURN = r"""
---
property_group:
  description:
    - The property group as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the group. Missing in check mode if the group does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the properties have in common.
      type: str
    properties:
      description: The properties, with their ids.
      type: list
      elements: dict
    events:
      description: The events that are linked to the group, each with C(id) and C(name).
      type: list
      elements: dict
    created_at:
      description: When the group was created.
      type: str
    created_by:
      description: Who created the group.
      type: dict
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    name: Return
    description: null
    properties:
      - id: 01a20196-99b5-7b1c-b1e1-6e53a0a3fb2d
        name: reason
        property_type: String
        is_required: false
        is_optional_in_types: false
        validation_rules: null
        description: In the customer's words
    events:
      - id: 01a20196-99b4-7357-859b-3fa1e94949ec
        name: order returned
    created_at: "2026-11-22T01:41:56.546195Z"
    updated_at: "2026-11-22T01:41:56.546195Z"
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
      before: null
      after: Everything that the shop sends
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: property group 'Order'
    before:
      description: null
      name: Order
    after_header: property group 'Order'
    after:
      description: Everything that the shop sends
      name: Order
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
    detail: API key missing required scope 'event_definition:write'
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
    run("posthog_property_group")


if __name__ == "__main__":
    main()
