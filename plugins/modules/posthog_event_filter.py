#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_event_filter
short_description: Manage which events a PostHog project drops
version_added: 0.1.0
description:
  - Changes the filter through which all events of a project go on their way in. PostHog drops the events that match
    it.
  - A project has one filter. It is there from the beginning, and does nothing until it is set.
  - Events that are dropped are lost. With O(mode=dry_run), PostHog only counts them.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.no_id
options:
  mode:
    description:
      - Whether the filter drops events (V(live)), counts what it would drop (V(dry_run)), or does nothing
        (V(disabled)).
    type: str
    choices:
      - disabled
      - dry_run
      - live
  filter_tree:
    description:
      - Which events are dropped, as a tree. V(null) removes it.
      - A node is a group, C(type) V(and) or V(or) with C(children), a negation, C(type) V(not) with C(child), or a
        condition, C(type) V(condition) with C(field) (V(event_name) or V(distinct_id)), C(operator) (V(exact) or
        V(contains)) and C(value).
      - A tree has at most 5 levels and 20 conditions. It is written as a whole. PostHog leaves out empty groups, takes
        what is in a group of one for the group, and puts a single condition into a group. None of that counts as a
        difference.
    type: dict
  test_cases:
    description:
      - Events with what is to happen to them. PostHog refuses a filter that does something else. V([]) or V(null)
        removes all.
      - Each takes C(expected_result), V(drop) or V(ingest), and C(event_name), C(distinct_id), or both.
    type: list
    elements: dict
notes:
  - The key needs the scopes C(event_filter:read) and C(event_filter:write).
  - There are servers since 2026 only that have such a filter.
seealso:
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: See how many events of robots come in, before they are dropped
  community.posthog.posthog_event_filter:
    mode: dry_run
    filter_tree:
      type: or
      children:
        - type: condition
          field: distinct_id
          operator: contains
          value: crawler
        - type: condition
          field: event_name
          operator: exact
          value: heartbeat
    test_cases:
      - event_name: heartbeat
        expected_result: drop
      - event_name: signed up
        distinct_id: ada
        expected_result: ingest
"""

RETURN = r"""
---
event_filter:
  description:
    - The filter as PostHog shows it after the task, in check mode as it would be.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the filter. Missing as long as nothing was set.
      type: str
    mode:
      description: What the filter does.
      type: str
    filter_tree:
      description: Which events match, or V(null).
      type: dict
    test_cases:
      description: Events with what is to happen to them.
      type: list
      elements: dict
    created_at:
      description: When the filter was set first.
      type: str
    updated_at:
      description: When the filter was changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    mode: dry_run
    filter_tree:
      type: or
      children:
        - type: condition
          field: event_name
          operator: exact
          value: heartbeat
    test_cases: []
    created_at: "2026-11-22T01:41:56.546195Z"
    updated_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(mode).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: mode
      before: disabled
      after: dry_run
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: event filter
    before:
      mode: disabled
    after_header: event filter
    after:
      mode: dry_run
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
    detail: API key missing required scope 'event_filter:write'
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
    run("posthog_event_filter")


if __name__ == "__main__":
    main()
