#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_sharing
short_description: Share PostHog dashboards, insights and recordings with the public
version_added: 0.1.0
description:
  - Decides whether a dashboard, an insight or a recording can be seen without logging in, by everybody who has its
    address, and what the shared page shows.
  - There is one sharing for each of these, which is always there, so nothing is created or deleted. To end it, declare
    O(enabled=false).
  - Exactly one of O(dashboard), O(insight) and O(session_recording) is needed.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.no_id
  - community.posthog.object.secrets
options:
  dashboard:
    description:
      - The dashboard, by name or id. V(null) is the same as leaving it out.
    type: raw
  insight:
    description:
      - The insight, by name or id. V(null) is the same as leaving it out.
    type: raw
  session_recording:
    description:
      - The recording, by id. V(null) is the same as leaving it out.
    type: str
  enabled:
    description:
      - Whether it is shared.
    type: bool
  settings:
    description:
      - What the shared page shows. A key that is not given is off. V(null) switches all of them off. Servers before
        2025 do not know it.
      - The names are PostHog's own, in exactly this spelling. Others are refused, because PostHog would ignore them.
    type: dict
    suboptions:
      whitelabel:
        description:
          - Whether PostHog's logo is left out. It depends on the plan.
        type: bool
      noHeader:
        description:
          - Whether the header is left out.
        type: bool
      showInspector:
        description:
          - Whether the inspector of a recording is shown.
        type: bool
      legend:
        description:
          - Whether the legend of an insight is shown.
        type: bool
      detailed:
        description:
          - Whether the table with the details of an insight is shown.
        type: bool
      hideExtraDetails:
        description:
          - Whether names, descriptions and the like are left out.
        type: bool
  password_required:
    description:
      - Whether a password is needed to see it. It needs the plan feature V(advanced_permissions). Servers before 2025
        do not know it.
    type: bool
  share_passwords:
    description:
      - The passwords, each under a note that tells whom it is for. A password has at least 8 characters.
      - Passwords with other notes stay. C(null) in place of a password removes the one with this note.
      - PostHog does not show passwords, so a password that is there is left alone, whatever it is, unless
        O(update_secret=always). It is removed and made anew then.
    type: dict
  refresh_access_token:
    description:
      - Whether the address gets a new token, so that the old one stops working.
      - With V(true) the task is B(changed each time).
    type: bool
  show_access_token:
    description:
      - Whether the result holds the token of the address. Everybody who has it sees what is shared, so it is masked
        otherwise.
      - The address of the shared page is C(/shared/) and the token, below the host of PostHog. For frames it is
        C(/embedded/) and the token.
      - The token is V(null) as long as nothing was ever shared. Consider C(no_log) for the task and those that use the
        token.
    type: bool
    default: false
notes:
  - The key needs the scopes C(sharing_configuration:read) and C(sharing_configuration:write), and C(dashboard:read) or
    C(insight:read) to find what is shared by its name. Its owner must be allowed to edit it.
  - An organization can forbid sharing altogether, see
    O(community.posthog.posthog_organization#module:allow_publicly_shared_resources). PostHog answers 403 then.
  - Whether something is shared takes one request for each dashboard, insight or recording.
seealso:
  - name: Sharing in PostHog
    description: What can be shared, and how it is embedded.
    link: https://posthog.com/docs/product-analytics/sharing
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A dashboard
  community.posthog.posthog_dashboard:
    name: Public numbers

- name: Share it
  community.posthog.posthog_sharing:
    dashboard: Public numbers
    enabled: true
    settings:
      noHeader: true
      hideExtraDetails: true

- name: Share it with a password for each of two readers
  community.posthog.posthog_sharing:
    dashboard: Public numbers
    password_required: true
    share_passwords:
      Board: "{{ board_password | default('correct horse battery') }}"
      Press: "{{ press_password | default('staple of the press') }}"
  no_log: true

- name: One of them is not to see it any more
  community.posthog.posthog_sharing:
    dashboard: Public numbers
    share_passwords:
      Investors: null

- name: Learn its address
  community.posthog.posthog_sharing:
    dashboard: Public numbers
    show_access_token: true
  register: shared
  no_log: true

- name: Use the address
  ansible.builtin.debug:
    msg: "The token has {{ shared.sharing.access_token | default('', true) | length }} characters"

- name: A dashboard that nobody else may see
  community.posthog.posthog_dashboard:
    name: Private numbers

- name: Make sure that it is not shared
  community.posthog.posthog_sharing:
    dashboard: Private numbers
    enabled: false
"""

RETURN = r"""
---
sharing:
  description:
    - The sharing as PostHog shows it after the task, in check mode as it would be.
  returned: success
  type: dict
  contains:
    enabled:
      description: Whether it is shared.
      type: bool
    access_token:
      description: The token of the address, masked unless O(show_access_token=true). V(null) if nothing was ever
        shared.
      type: str
    settings:
      description: What the shared page shows.
      type: dict
    password_required:
      description: Whether a password is needed.
      type: bool
    share_passwords:
      description: The passwords, each with C(id), C(note) and C(created_at), and never the password itself.
      type: list
      elements: dict
    created_at:
      description: When it was shared or set up the first time.
      type: str
  sample:
    enabled: true
    access_token: "********"
    settings:
      noHeader: true
      hideExtraDetails: true
    password_required: true
    share_passwords:
      - id: 01a200f1-f543-77b0-a5f8-ab3d78d72e31
        note: Board
        created_at: "2026-11-22T01:46:42.782830Z"
        is_active: true
    created_at: "2026-11-22T01:46:39.884954Z"
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
      description: The path of the option, for example C(enabled).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: enabled
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: sharing
    before:
      enabled: false
    after_header: sharing
    after:
      enabled: true
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
    detail: API key missing required scope 'sharing_configuration:write'
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
    run("posthog_sharing")


if __name__ == "__main__":
    main()
