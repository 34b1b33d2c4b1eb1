#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_event_definition
short_description: Manage what is known of events in a PostHog project
version_added: 0.1.0
description:
  - Describes, verifies, hides and deletes the definitions of events, and creates them before the first event comes in.
  - A definition is found by its O(name), which is the name of the event and unique in the project, or its O(id).
  - PostHog makes a definition by itself when the first event of a name comes in. Servers before 2026 make none
    otherwise, so there this module changes those that exist.
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
      - The name of the event, for example V(order placed) or V($pageview), at most 400 characters.
      - Needed to create a definition. It cannot be changed afterwards.
    type: str
  description:
    description:
      - What the event means. V(null) removes it.
    type: str
  owner:
    description:
      - Who answers questions about the event, by the e-mail address (or id) of a member of the organization. V(null)
        means nobody.
      - To find a member by the address, the key needs the scope C(organization_member:read).
    type: raw
  verified:
    description:
      - Whether the event is known to be right. PostHog writes down who verified it and when, and no longer hides it.
    type: bool
  hidden:
    description:
      - Whether the event is kept out of the lists that people choose from. PostHog no longer holds it for verified
        then, so O(verified=true) and O(hidden=true) exclude each other.
    type: bool
  post_to_slack:
    description:
      - Whether each event is posted to Slack, by the project's old integration.
    type: bool
  default_columns:
    description:
      - The columns that a list of these events shows, in their order. V(null) leaves them to PostHog.
    type: list
    elements: str
  enforcement_mode:
    description:
      - What becomes of an event that does not fit the groups of properties that the event is linked to. It is taken
        (V(allow)) or refused (V(reject)). Servers before 2026 do not know it.
      - The groups are managed with M(community.posthog.posthog_property_group).
    type: str
    choices:
      - allow
      - reject
  primary_property:
    description:
      - The name of the property that says most of the event. V(null) means none. Servers before 2026 do not know it.
    type: str
notes:
  - The key needs the scopes C(event_definition:read) and C(event_definition:write).
  - PostHog refuses changes without the plan feature C(ingestion_taxonomy), and then does not even show most fields. The
    task fails with the name of the feature before anything is sent, if the key may read the organization.
  - A project may have very many definitions. Where it has more than 5000, each one is asked for by its name, also in a
    loop, and a name that does not exist is not compared with those that do.
  - A deleted definition comes back with the next event of its name.
seealso:
  - module: community.posthog.posthog_property_definition
  - module: community.posthog.posthog_property_group
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: What an event means, and who knows more
  community.posthog.posthog_event_definition:
    name: order placed
    description: Somebody has paid
    owner: "{{ shop_owner | default('owner@acme.test') }}"
    tags:
      - shop
    verified: true

- name: An event of which none has come in yet
  community.posthog.posthog_event_definition:
    name: order returned
    description: A parcel has come back

- name: Events that nobody needs to see
  community.posthog.posthog_event_definition:
    name: "{{ item }}"
    hidden: true
  loop:
    - page viewed
    - debug

- name: The columns of a list of orders
  community.posthog.posthog_event_definition:
    name: order placed
    primary_property: value
    default_columns:
      - person
      - properties.value
      - timestamp

- name: Forget an event that was sent by mistake
  community.posthog.posthog_event_definition:
    name: oder placed
    state: absent
"""

RETURN = r"""
---
event_definition:
  description:
    - The event definition as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the definition. Missing in check mode if the definition does not exist yet.
      type: str
    name:
      description: The name of the event.
      type: str
    description:
      description: What the event means.
      type: str
    owner:
      description: Who answers questions about the event.
      type: dict
    tags:
      description: The tags.
      type: list
      elements: str
    verified:
      description: Whether the event is known to be right.
      type: bool
    verified_at:
      description: When it was verified.
      type: str
    verified_by:
      description: Who verified it.
      type: dict
    hidden:
      description: Whether the event is kept out of lists.
      type: bool
    default_columns:
      description: The columns of a list of these events.
      type: list
      elements: str
    last_seen_at:
      description: When the last event of that name came in.
      type: str
    created_at:
      description: When the definition was created.
      type: str
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    name: order placed
    description: Somebody has paid
    owner:
      id: 2
      uuid: 01a200e4-fa6b-7d0e-96f0-25a2d4ac1b1e
      first_name: Adam
      email: ada@example.com
    tags:
      - shop
    verified: true
    verified_at: "2026-11-22T01:44:12.898563Z"
    verified_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    hidden: false
    post_to_slack: false
    default_columns: null
    enforcement_mode: allow
    primary_property: null
    is_action: false
    last_seen_at: "2026-11-22T01:41:56.546195Z"
    created_at: "2026-11-22T01:41:56.546195Z"
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
      after: Somebody has paid
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: event definition 'order placed'
    before:
      description: null
      name: order placed
    after_header: event definition 'order placed'
    after:
      description: Somebody has paid
      name: order placed
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
    run("posthog_event_definition")


if __name__ == "__main__":
    main()
