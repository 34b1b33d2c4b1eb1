#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_api
short_description: Send any request to PostHog's API
version_added: 0.1.0
description:
  - Sends one request to PostHog's API, for what no other module of this collection does, such as starting a backfill,
    running a query, or an endpoint that is newer than this release.
  - It has what the other modules have, which is the connection options, waiting for PostHog's rate limit, repeating
    what is harmless to repeat, reading lists to their end, and errors that say what to do.
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
      - Requests that only read are sent in check mode too. Others are not, and are reported as changed. With
        O(only_if_differs) the prediction is exact. Before a V(DELETE) is foretold, the path is read.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: partial
    details:
      - There is a diff with O(only_if_differs).
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no
        change.
    support: partial
    details:
      - Requests that only read change nothing. Others are reported as changed each time, but for those with
        O(only_if_differs).
options:
  path:
    description:
      - The path below C(/api/), for example V(projects/{project}/annotations/). C(/api/) in front of it may be there.
      - C({project}) becomes the id of the O(project) that is set, C({organization}) the id of the O(organization).
      - A path that names a host is refused. The key goes to the configured host only.
    type: str
    required: true
  method:
    description:
      - The HTTP method. If not given, it is V(GET).
    type: str
    choices:
      - GET
      - POST
      - PATCH
      - PUT
      - DELETE
  query:
    description:
      - The query parameters. Booleans are sent as V(true) and V(false), dictionaries as JSON, and the entries of lists
        one by one.
    type: dict
  body:
    description:
      - The body, which is sent as JSON.
    type: raw
  all:
    description:
      - For lists, whether all pages are read. RV(json) is the list of all objects then.
    type: bool
  only_if_differs:
    description:
      - For V(PATCH) and V(PUT), whether the path is read first, and the request sent only if what is there is not as
        O(body) says. Compared are the keys of O(body), at every depth.
    type: bool
  read_only:
    description:
      - For V(POST), whether the request changes nothing, as that of a query. It is sent in check mode too then, is
        repeated after a fault, and is not reported as changed.
    type: bool
  status:
    description:
      - HTTP statuses that are no failure, besides those from 200 to 299. With one of them the task is not changed, and
        RV(json) is PostHog's error.
    type: list
    elements: int
  no_log_body:
    description:
      - Whether the texts in O(body) are secrets, which are hidden in results, diffs and messages then.
    type: bool
notes:
  - Which scopes the key needs depends on the path. An error names the one that is missing.
  - A V(POST) that got no answer is not sent again, since nobody can tell whether it took place. The task fails and
    says so. All other methods are repeated.
seealso:
  - name: PostHog's API
    description: The reference of all endpoints.
    link: https://posthog.com/docs/api
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Look for annotations
  community.posthog.posthog_api:
    path: projects/{project}/annotations/
    query:
      search: deployed
  register: found

- name: Read a list to its end
  community.posthog.posthog_api:
    path: projects/{project}/event_definitions/
    all: true
  register: definitions

- name: Show what came of it
  ansible.builtin.debug:
    msg: "{{ found.json.count }} annotations, {{ definitions.json | length }} definitions"

- name: Change a setting, unless it is so already
  community.posthog.posthog_api:
    method: PATCH
    path: projects/{project}/
    body:
      test_account_filters:
        - key: email
          type: person
          operator: not_icontains
          value: "@acme.test"
    only_if_differs: true

- name: Delete something that may be gone already
  community.posthog.posthog_api:
    method: DELETE
    path: projects/{project}/batch_exports/01890000-0000-0000-0000-000000000001/
    status:
      - 404
"""

RETURN = r"""
---
status:
  description: The HTTP status of the answer. V(null) if nothing was sent.
  returned: success
  type: int
  sample: 200
json:
  description:
    - The answer, decoded. With O(all) it is the list of all objects, and with a status of O(status) PostHog's error.
    - V(null) if the answer was empty, or nothing was sent.
  returned: success
  type: raw
  sample:
    count: 1
    next: null
    previous: null
    results:
      - id: 4
        content: deployed 1.4.2
diff:
  description: With O(only_if_differs), the keys of O(body) before and after.
  returned: success and diff mode, if anything differs
  type: dict
  sample:
    before_header: PATCH /api/projects/1/
    before:
      timezone: UTC
    after_header: PATCH /api/projects/1/
    after:
      timezone: Europe/Berlin
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
    detail: API key missing required scope 'annotation:read'
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
    run("posthog_api")


if __name__ == "__main__":
    main()
