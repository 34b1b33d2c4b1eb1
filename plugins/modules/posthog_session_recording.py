#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_session_recording
short_description: Delete session recordings, or mark them as seen
version_added: 0.1.0
description:
  - Deletes recordings of what people did in a browser or an app, for example because a person asks for it, and marks
    them as seen.
  - A recording is found by its O(session_id), which is its O(id) too. It has no name.
  - Recordings are data and not configuration. They come from the browsers and apps of the people, so none can be
    created, and PostHog has nothing else that could be changed in one.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  session_id:
    description:
      - The id of the session that was recorded, as it stands in the address of the recording and in the property
        C($session_id) of events.
    type: str
  viewed:
    description:
      - Whether the owner of the key has seen the recording. V(true) marks it. PostHog cannot forget it again, so
        V(false) is refused for a recording that is marked.
    type: bool
notes:
  - The key needs the scopes C(session_recording:read) and C(session_recording:write).
  - PostHog allows 240 requests a minute and 1200 an hour for recordings. A task takes one to read each recording.
  - A deleted recording cannot be brought back. PostHog deletes what was recorded some time later.
  - Who may see recordings by a link is not managed here. Which sessions are recorded is set with
    M(community.posthog.posthog_project).
seealso:
  - module: community.posthog.posthog_session_recording_playlist
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Delete a recording
  community.posthog.posthog_session_recording:
    session_id: 0197e000-0000-7000-8000-000000000001
    state: absent

- name: Delete several recordings
  community.posthog.posthog_session_recording:
    session_id: "{{ item }}"
    state: absent
  loop:
    - 0197e000-0000-7000-8000-000000000002
    - 0197e000-0000-7000-8000-000000000003

- name: Mark a recording as seen
  community.posthog.posthog_session_recording:
    session_id: 0197e000-0000-7000-8000-000000000004
    viewed: true
"""

RETURN = r"""
---
session_recording:
  description:
    - The session recording as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the recording, which is that of the session.
      type: str
    distinct_id:
      description: The distinct id of the person.
      type: str
    viewed:
      description: Whether the owner of the key has seen it.
      type: bool
    viewers:
      description: Who else has seen it.
      type: list
      elements: str
    start_time:
      description: When the recording began.
      type: str
    end_time:
      description: When the recording ended.
      type: str
    recording_duration:
      description: How long it is, in seconds.
      type: int
    start_url:
      description: The address where it began.
      type: str
  sample:
    id: 0197e000-0000-7000-8000-000000000004
    distinct_id: ada@example.com
    viewed: true
    viewers: []
    start_time: "2026-11-21T13:41:56.546000Z"
    end_time: "2026-11-21T13:44:12.898000Z"
    recording_duration: 136
    active_seconds: 80
    inactive_seconds: 56
    click_count: 12
    keypress_count: 40
    start_url: https://www.example.com/
    snapshot_source: web
    ongoing: false
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
      description: The path of the option, for example C(viewed).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: viewed
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: session recording '0197e000-0000-7000-8000-000000000004'
    before:
      session_id: 0197e000-0000-7000-8000-000000000004
      viewed: false
    after_header: session recording '0197e000-0000-7000-8000-000000000004'
    after:
      session_id: 0197e000-0000-7000-8000-000000000004
      viewed: true
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
    detail: API key missing required scope 'session_recording:write'
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
    run("posthog_session_recording")


if __name__ == "__main__":
    main()
