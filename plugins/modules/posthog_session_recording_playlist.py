#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_session_recording_playlist
short_description: Manage lists of session recordings in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the lists that people keep session recordings in. Such a list is either a saved filter
    or a collection of recordings that were put there one by one.
  - A list is found by its O(name) or its O(id), which is its short id. PostHog allows several lists of one name. This
    module does not make a second one, and fails if there are two already.
  - PostHog's own lists, such as the recordings that one has watched, are left alone.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.folder
options:
  name:
    description:
      - The name of the list, at most 400 characters.
      - Needed to create a list. Together with O(id) it renames the list.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  derived_name:
    description:
      - The name that PostHog's user interface makes of the filters, at most 400 characters. V(null) removes it.
    type: str
  description:
    description:
      - What the list is for. V(null) empties it.
    type: str
  pinned:
    description:
      - Whether the list stands at the top.
    type: bool
  type:
    description:
      - Whether it is a saved filter (V(filters)) or a V(collection). It cannot be changed afterwards.
      - If it is left out, a new list with O(filters) is a saved filter, and any other is a collection.
      - Servers before 2025 do not know it, and each list may have both there.
    type: str
    choices:
      - filters
      - collection
  filters:
    description:
      - The filters of the list, as PostHog's API has them, with C(date_from), C(date_to), C(duration), C(filter_group)
        and so on. For O(type=filters), which must have some. V(null) removes them, which PostHog allows for collections
        only.
      - They are compared by the keys that are given, at every depth. Conditions of the type C(cohort), and actions, may
        be given by name.
    type: dict
  recordings:
    description:
      - The ids of the recordings in a collection, in any order. For O(type=collection).
      - Recordings that are not listed stay in the collection unless O(exclusive=true). V([]) or V(null) lists none.
    type: list
    elements: str
  exclusive:
    description:
      - Whether O(recordings) is the whole truth. Recordings that are not listed are then taken out of the collection.
        They are not deleted.
    type: bool
    default: false
    aliases:
      - authoritative
notes:
  - The key needs the scopes C(session_recording_playlist:read) and C(session_recording_playlist:write). To name cohorts
    and actions it also needs C(cohort:read) and C(action:read).
  - Many servers, PostHog Cloud among them, allow only somebody who is logged in with a browser to put recordings into a
    collection, and refuse every key. A task with O(recordings) then fails and says so.
  - A collection shows only recordings that still exist. One that is declared and has expired is put there again by each
    run.
  - PostHog hides a deleted list and keeps it. The recordings stay. The number of lists depends on the plan.
seealso:
  - name: Playlists in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/session-recording-playlists
  - module: community.posthog.posthog_session_recording
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A saved filter
  community.posthog.posthog_session_recording_playlist:
    name: Orders that failed
    description: For the shop team
    pinned: true
    filters:
      date_from: -7d
      filter_test_accounts: true
      filter_group:
        type: AND
        values:
          - type: AND
            values:
              - type: events
                id: order failed

- name: A collection for people to fill
  community.posthog.posthog_session_recording_playlist:
    name: To show in the workshop
    type: collection

- name: A collection that is filled from a list
  community.posthog.posthog_session_recording_playlist:
    name: Bug 4711
    recordings:
      - 0197e000-0000-7000-8000-000000000001
      - 0197e000-0000-7000-8000-000000000002

- name: Look for a list under its old name
  community.posthog.posthog_info:
    types:
      - session_recording_playlist
    names:
      - Errors
  register: old

- name: Rename it, found by its short id
  community.posthog.posthog_session_recording_playlist:
    id: "{{ item.short_id }}"
    name: Errors of 2025
  loop: "{{ old.objects.session_recording_playlist }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a list
  community.posthog.posthog_session_recording_playlist:
    name: Trial
    state: absent
"""

RETURN = r"""
---
session_recording_playlist:
  description:
    - The session recording playlist as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The number of the list. Missing in check mode if the list does not exist yet.
      type: int
    short_id:
      description: The short id, which O(id) takes.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the list is for.
      type: str
    pinned:
      description: Whether the list stands at the top.
      type: bool
    type:
      description: Whether it is a saved filter or a collection.
      type: str
    filters:
      description: The filters, with ids in place of names.
      type: dict
    recordings_counts:
      description: How many recordings there are.
      type: dict
    created_at:
      description: When the list was created.
      type: str
    created_by:
      description: Who created the list.
      type: dict
  sample:
    id: 1
    short_id: W1H5BKas
    name: Orders that failed
    derived_name: null
    description: For the shop team
    pinned: true
    type: filters
    filters:
      date_from: -7d
      filter_test_accounts: true
      filter_group:
        type: AND
        values:
          - type: AND
            values:
              - type: events
                id: order failed
    recordings_counts:
      saved_filters:
        count: null
        has_more: null
        watched_count: null
      collection:
        count: null
        watched_count: 0
    is_synthetic: false
    deleted: false
    created_at: "2026-11-22T01:41:56.546195Z"
    last_modified_at: "2026-11-22T01:41:56.546195Z"
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
      after: For the shop team
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: session recording playlist 'Orders that failed'
    before:
      description: ""
      name: Orders that failed
    after_header: session recording playlist 'Orders that failed'
    after:
      description: For the shop team
      name: Orders that failed
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
    detail: API key missing required scope 'session_recording_playlist:write'
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
    run("posthog_session_recording_playlist")


if __name__ == "__main__":
    main()
