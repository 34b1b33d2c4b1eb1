#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_logs_view
short_description: Manage saved views of logs in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes views of logs, which are filters and columns kept under a name.
  - A view is found by its O(name) or its O(id). PostHog allows several views of one name. This module does not make a
    second one, and fails if there are two already.
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
      - The name of the view, at most 400 characters.
      - Needed to create a view. Together with O(id) it renames the view.
    type: str
  filters:
    description:
      - Which lines the view shows. V({}) or V(null) shows all.
      - What is given is the whole truth. A key that is not given is removed.
    type: dict
    suboptions:
      severityLevels:
        description:
          - The severities of the lines, for example V(error) and V(fatal). Their order means nothing.
        type: list
        elements: str
      serviceNames:
        description:
          - The services that wrote the lines. Their order means nothing.
        type: list
        elements: str
      filterGroup:
        description:
          - Conditions on the attributes of the lines, as PostHog's API has them. Compared by the keys that are given,
            at every depth.
        type: dict
      searchTerm:
        description:
          - Text that the lines contain.
        type: str
      dateRange:
        description:
          - The period that is shown, as PostHog's API has it, for example with C(date_from) of V(-1h).
        type: dict
  columns:
    description:
      - The columns in their order. V(null) leaves them to whoever opens the view.
      - What is given is the whole list.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The column's id. PostHog keeps the one that it has if it is not given.
        type: str
      type:
        description:
          - The kind of column, for example V(timestamp), V(body) or V(custom).
        type: str
      name:
        description:
          - The heading.
        type: str
      expression:
        description:
          - What the column shows. Needed if O(columns[].type=custom).
        type: str
      width:
        description:
          - The width in pixels, from 1 to 2000.
        type: int
  pinned:
    description:
      - Whether the view stands at the top of the list.
    type: bool
notes:
  - The key needs the scopes C(logs:read) and C(logs:write).
  - PostHog switches views of logs on for one account after the other. Where they are not switched on it answers with
    403, whatever the scopes of the key. Servers before 2026 do not have them.
  - As O(id), either of the two ids that PostHog shows will do, C(short_id) or C(id).
seealso:
  - module: community.posthog.posthog_logs_alert
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A view of what went wrong in the checkout
  community.posthog.posthog_logs_view:
    name: Checkout errors
    filters:
      severityLevels:
        - error
        - fatal
      serviceNames:
        - checkout
      dateRange:
        date_from: -24h
    pinned: true

- name: A view with columns of its own
  community.posthog.posthog_logs_view:
    name: Slow requests
    filters:
      searchTerm: request finished
      filterGroup:
        type: AND
        values:
          - type: AND
            values:
              - key: duration_ms
                type: log_attribute
                operator: gt
                value: "1000"
    columns:
      - type: timestamp
        name: Time
        width: 180
      - type: custom
        name: Duration
        expression: attributes.duration_ms
        width: 120
      - type: body
        name: Line

- name: Leave the columns of a view to whoever opens it
  community.posthog.posthog_logs_view:
    name: Checkout errors
    columns: null

- name: Delete a view
  community.posthog.posthog_logs_view:
    name: Debugging of last summer
    state: absent
"""

RETURN = r"""
---
logs_view:
  description:
    - The view as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: One id of the view. Missing in check mode if the view does not exist yet.
      type: str
    short_id:
      description: The other id of the view, which stands in its address.
      type: str
    name:
      description: The name.
      type: str
    filters:
      description: Which lines the view shows.
      type: dict
    columns:
      description: The columns, V(null) if there is no preference.
      type: list
      elements: dict
    pinned:
      description: Whether the view stands at the top of the list.
      type: bool
    created_at:
      description: When the view was created.
      type: str
    created_by:
      description: Who created the view.
      type: dict
    updated_at:
      description: When the view was changed the last time.
      type: str
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    short_id: hK2mQx7T
    name: Checkout errors
    filters:
      severityLevels:
        - error
        - fatal
      serviceNames:
        - checkout
      dateRange:
        date_from: -24h
    columns: null
    pinned: true
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
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
      description: The path of the option, for example C(pinned).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: pinned
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: logs view 'Checkout errors'
    before:
      name: Checkout errors
      pinned: false
    after_header: logs view 'Checkout errors'
    after:
      name: Checkout errors
      pinned: true
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
    detail: API key missing required scope 'logs:write'
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
    run("posthog_logs_view")


if __name__ == "__main__":
    main()
