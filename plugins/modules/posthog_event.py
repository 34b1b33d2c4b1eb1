#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_event
short_description: Send an event to PostHog
version_added: 0.1.0
description:
  - Sends one event, for example that a new version was deployed, to the project that the token belongs to.
  - Events go to other hosts than the API (U(https://us.i.posthog.com), U(https://eu.i.posthog.com)), on an
    installation of your own to the same host. The module knows which, by O(region) or O(host).
  - The API key is used only to look up the project's token. It is sent to the API and never along with an event. With
    O(token) no key is needed.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes.actiongroup
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the target.
    support: full
    details:
      - Nothing is sent, and the task is reported as changed.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details:
      - The diff shows the event.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no
        change.
    support: none
    details:
      - An event is something that happens, so each task that sends one is reported as changed. With O(uuid) and
        O(timestamp), PostHog counts what is sent twice once.
options:
  event:
    description:
      - The name of the event.
    type: str
    required: true
  distinct_id:
    description:
      - Who or what did it. Events of one id are put together as those of one person.
      - For what no person did, take an id that says so, and O(properties) with C($process_person_profile) V(false).
    type: str
    required: true
  properties:
    description:
      - >-
        The properties of the event. Properties of the person are set with C($set) and C($set_once) in it, each a
        dictionary.
      - A property that holds the API key is refused.
    type: dict
  groups:
    description:
      - The groups that the event belongs to, by their types, for example V(company=acme). It is short for C($groups)
        in O(properties).
      - Properties of a group are set by an event called C($groupidentify), with C($group_type), C($group_key) and
        C($group_set) in its O(properties).
    type: dict
  timestamp:
    description:
      - When it happened, in ISO 8601, or relative to now, for example V(-2h). If not given, it is now.
    type: str
  uuid:
    description:
      - A UUID that tells the event from all others. If not given, the module makes one up for each task.
      - PostHog counts events once that have the same UUID, time, name and O(distinct_id). So a task with O(uuid) and
        O(timestamp) can be repeated without harm. It can be made with the filter P(ansible.builtin.to_uuid#filter).
    type: str
  token:
    description:
      - The token of the project (C(phc_...)), which is no secret. If not given, it is looked up with the API key, for
        the O(project) that is set.
      - API keys are refused here.
    type: str
  historical_migration:
    description:
      - Whether the event is part of moving old data to PostHog, which PostHog then takes in more slowly.
    type: bool
notes:
  - Without O(token), the key needs the scope C(project:read).
  - If a request gets no answer, it is sent again with the same UUID and time, so that no event is counted twice.
  - PostHog answers before it has taken an event in. Some seconds may pass before it shows.
seealso:
  - name: Capturing events in PostHog's documentation
    description: What properties mean something to PostHog.
    link: https://posthog.com/docs/api/capture
  - module: community.posthog.posthog_annotation
"""

EXAMPLES = r"""
---
- name: Tell PostHog of a deployment
  community.posthog.posthog_event:
    event: deployed
    distinct_id: deployment-pipeline
    properties:
      version: "{{ app_version | default('1.4.2') }}"
      environment: production
      $process_person_profile: false

- name: The same event once, however often the playbook runs
  community.posthog.posthog_event:
    event: data center opened
    distinct_id: operations
    timestamp: "2026-03-01T09:00:00Z"
    uuid: "{{ 'data center opened' | ansible.builtin.to_uuid }}"

- name: Give a group properties
  community.posthog.posthog_event:
    event: $groupidentify
    distinct_id: operations
    properties:
      $group_type: company
      $group_key: acme
      $group_set:
        name: Acme
        plan: enterprise

- name: An event that belongs to the group, of two hours ago
  community.posthog.posthog_event:
    event: contract signed
    distinct_id: ada@acme.test
    timestamp: -2h
    groups:
      company: acme
    properties:
      amount: 1200
"""

RETURN = r"""
---
event:
  description: The event as it was sent, or would be in check mode.
  returned: success
  type: dict
  contains:
    event:
      description: The name.
      type: str
    distinct_id:
      description: Who or what did it.
      type: str
    properties:
      description: The properties, with the groups.
      type: dict
    timestamp:
      description: When it happened.
      type: str
    uuid:
      description: The UUID. In check mode it is another one than in a run, unless it was given.
      type: str
  sample:
    event: deployed
    distinct_id: deployment-pipeline
    properties:
      version: 1.4.2
      environment: production
      $process_person_profile: false
    timestamp: "2026-03-01T09:00:00.000Z"
    uuid: 5f0c2ad8-6fb4-4f0b-8ba3-b04f5b2cd7c9
diff:
  description: The event, with C(before), C(after), C(before_header) and C(after_header).
  returned: success and diff mode
  type: dict
  sample:
    before_header: event
    before: {}
    after_header: event deployed
    after:
      event: deployed
      distinct_id: deployment-pipeline
      properties:
        version: 1.4.2
      timestamp: "2026-03-01T09:00:00.000Z"
      uuid: 5f0c2ad8-6fb4-4f0b-8ba3-b04f5b2cd7c9
# From here on written by "make generate", but for the samples of changes and diff.
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
    detail: API key missing required scope 'project:read'
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
    run("posthog_event")


if __name__ == "__main__":
    main()
