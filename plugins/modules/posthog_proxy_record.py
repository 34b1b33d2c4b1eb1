#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_proxy_record
short_description: Manage managed reverse proxies of a PostHog organization
version_added: 0.1.0
description:
  - Orders and gives up domains of your own under which PostHog Cloud takes in events, so that fewer of them are
    blocked.
  - A proxy is found by its O(domain), in any case and with or without a dot at the end, or by its O(id). Nothing else
    of it can be set.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  domain:
    description:
      - The domain, such as V(e.example.com), at most 64 characters. It cannot be changed. Order the new one, and give
        up the old one.
      - Needed unless O(id) is given.
    type: str
  state:
    description:
      - V(present) makes PostHog set the proxy up.
      - V(absent) gives it up. PostHog takes it down in the background. It counts as absent from then on.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - The key needs the scopes C(organization:read) and C(organization:write), and its owner must be an administrator or
    an owner of the organization.
  - The domain needs a CNAME record that points to C(target_cname), which this module returns. PostHog goes on with the
    set-up once it is there. The task does not wait for that, since the record may well be made by a later task.
  - A domain belongs to one organization on the whole of PostHog Cloud.
  - How many there may be depends on the plan, usually two. PostHog answers 400 if there are too many.
  - A set-up that failed is tried again in PostHog's user interface, or by giving it up and ordering it anew.
seealso:
  - name: Managed reverse proxy
    description: What it is for, and how it is set up.
    link: https://posthog.com/docs/advanced/proxy/managed-reverse-proxy
  - module: community.posthog.posthog_organization
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Take in events under a domain of our own
  community.posthog.posthog_proxy_record:
    domain: e.example.com
  register: proxy

- name: Show where its CNAME record must point to
  ansible.builtin.debug:
    msg: "{{ proxy.proxy_record.target_cname | default('not known before it is ordered', true) }}"

- name: Give one up
  community.posthog.posthog_proxy_record:
    domain: old.example.com
    state: absent
"""

RETURN = r"""
---
proxy_record:
  description:
    - The proxy as PostHog shows it after the task, in check mode as it would be. V(null) if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID. Missing in check mode if there is no proxy yet.
      type: str
    domain:
      description: The domain.
      type: str
    target_cname:
      description: Where the CNAME record must point to.
      type: str
    status:
      description: How far the set-up is, C(waiting), C(issuing), C(valid), C(warning), C(erroring) or C(timed_out).
      type: str
    message:
      description: What went wrong, if something did.
      type: str
    created_at:
      description: When it was ordered.
      type: str
  sample:
    id: 01a200f1-f543-77b0-a5f8-ab3d78d72e31
    domain: e.example.com
    target_cname: 0123456789abcdef.proxy.example.net
    status: waiting
    message: null
    created_at: "2026-11-22T01:46:42.782830Z"
    updated_at: "2026-11-22T01:46:42.782830Z"
    created_by: 1
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
      description: The path of the option, for example C(domain).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: domain
      before: e.example.com
      after: e.example.com
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: proxy record 'e.example.com'
    before:
      {}
    after_header: proxy record 'e.example.com'
    after:
      domain: e.example.com
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
    detail: API key missing required scope 'organization:write'
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
    run("posthog_proxy_record")


if __name__ == "__main__":
    main()
