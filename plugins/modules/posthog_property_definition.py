#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_property_definition
short_description: Manage what is known of properties in a PostHog project
version_added: 0.1.0
description:
  - Describes, verifies, hides and deletes the definitions of the properties of events, persons, groups and sessions.
  - A definition is found by its O(name) within O(type) and O(group_type), or by its O(id).
  - PostHog makes a definition by itself when the first event with the property comes in. There is no other way, so a
    task for a property that PostHog has not seen yet fails.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.tags
options:
  name:
    description:
      - The name of the property, for example V(plan) or V($browser).
    type: str
  type:
    description:
      - What has the property. V(event) by default.
    type: str
    choices:
      - event
      - person
      - group
      - session
  group_type:
    description:
      - The group type (or its index) whose groups have the property, C(group_type_index) in PostHog's API. Needed for
        O(type=group), and only for that.
      - The key needs the scope C(group:read) for it.
    type: raw
    aliases:
      - group_type_index
  description:
    description:
      - What the property means. V(null) removes it.
    type: str
  property_type:
    description:
      - What its values are. V(null) leaves it to PostHog.
    type: str
    choices:
      - DateTime
      - String
      - Numeric
      - Boolean
      - Duration
  is_numerical:
    description:
      - Whether one can calculate with its values. PostHog makes it so for O(property_type=Numeric).
    type: bool
  verified:
    description:
      - Whether the property is known to be right. PostHog writes down who verified it and when, and no longer hides it.
    type: bool
  hidden:
    description:
      - Whether the property is kept out of the lists that people choose from. PostHog no longer holds it for verified
        then, so O(verified=true) and O(hidden=true) exclude each other.
    type: bool
notes:
  - The key needs the scopes C(property_definition:read) and C(property_definition:write).
  - PostHog refuses changes without the plan feature C(ingestion_taxonomy), and then does not even show most fields. The
    task fails with the name of the feature before anything is sent, if the key may read the organization.
  - A project may have very many definitions. Where it has more than 5000, each one is asked for by its name, also in a
    loop, and a name that does not exist is not compared with those that do. A name with a comma in it cannot be asked
    for; use the O(id).
  - A deleted definition comes back with the next event that brings the property.
seealso:
  - module: community.posthog.posthog_event_definition
  - module: community.posthog.posthog_group_type
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: What a property of events means
  community.posthog.posthog_property_definition:
    name: value
    description: What the order came to, in euros and without tax
    property_type: Numeric
    tags:
      - shop
    verified: true

- name: A property of persons, of the same name as one of events
  community.posthog.posthog_property_definition:
    name: plan
    type: person
    description: The plan that the person's company pays for

- name: A property of companies
  community.posthog.posthog_property_definition:
    name: size
    type: group
    group_type: company
    description: Employees, as the company says

- name: A property that nobody needs to see any more
  community.posthog.posthog_property_definition:
    name: plan
    hidden: true

- name: Forget a property that was sent by mistake
  community.posthog.posthog_property_definition:
    name: vlaue
    state: absent
"""

RETURN = r"""
---
property_definition:
  description:
    - The property definition as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the definition.
      type: str
    name:
      description: The name of the property.
      type: str
    description:
      description: What the property means.
      type: str
    tags:
      description: The tags.
      type: list
      elements: str
    property_type:
      description: What its values are.
      type: str
    is_numerical:
      description: Whether one can calculate with its values.
      type: bool
    verified:
      description: Whether the property is known to be right.
      type: bool
    verified_at:
      description: When it was verified.
      type: str
    verified_by:
      description: Who verified it.
      type: dict
    hidden:
      description: Whether the property is kept out of lists.
      type: bool
    updated_at:
      description: When the definition was changed the last time.
      type: str
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    name: value
    description: What the order came to, in euros and without tax
    tags:
      - shop
    property_type: Numeric
    is_numerical: true
    verified: true
    verified_at: "2026-11-22T01:44:12.898563Z"
    verified_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    hidden: false
    is_seen_on_filtered_events: null
    updated_at: "2026-11-22T01:44:12.898563Z"
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
      description: The path of the option, for example C(property_type).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: property_type
      before: String
      after: Numeric
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: property definition 'value'
    before:
      name: value
      property_type: String
    after_header: property definition 'value'
    after:
      name: value
      property_type: Numeric
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
    detail: API key missing required scope 'property_definition:write'
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
    run("posthog_property_definition")


if __name__ == "__main__":
    main()
