#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_invite
short_description: Manage invites to a PostHog organization
version_added: 0.1.0
description:
  - Invites people to an organization, and withdraws invites.
  - An invite is found by its O(target_email), in any case, or its O(id). An expired invite counts as none, and a new
    one takes its place.
  - Who has accepted an invite is a member, and needs none. The task does nothing then. To look after the level of
    people whether they are members yet or not, use M(community.posthog.posthog_member), which invites those who are
    not.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  target_email:
    description:
      - The e-mail address of the person.
      - Needed unless O(id) is given. It cannot be changed. Invite the new address, and withdraw the old invite.
    type: str
  level:
    description:
      - The level that the person will have. The API's numbers V(1), V(8) and V(15) mean the same.
      - A level above that of the key's owner is refused.
      - An invite cannot be changed, so one of another level is withdrawn, and a new one is sent.
    type: str
    choices:
      - member
      - admin
      - owner
      - "1"
      - "8"
      - "15"
  first_name:
    description:
      - The first name to address the person by, at most 30 characters. Used for a new invite only.
    type: str
  invite_message:
    description:
      - A message to the person. Used for a new invite only. The API calls it C(message), a name that Ansible reserves.
    type: str
  private_project_access:
    description:
      - Projects that are not open to everybody, to which the person is to have access. Used for a new invite only.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The project, by name or id.
        type: raw
        required: true
      level:
        description:
          - The level in the project. The API's numbers V(1) and V(8) mean the same.
        type: str
        choices:
          - member
          - admin
  send_email:
    description:
      - Whether PostHog sends the invite by e-mail. It does unless this is V(false). Used for a new invite only.
    type: bool
  combine_pending_invites:
    description:
      - Whether what earlier invites to the same address grant is granted by the new one, too. Used for a new invite
        only.
    type: bool
  state:
    description:
      - V(present) makes an invite exist, unless the person is a member already.
      - V(absent) withdraws it. It does not remove a member.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - The key needs the scopes C(organization_member:read) and C(organization_member:write). For O(private_project_access)
    by name it also needs C(project:read).
  - Some servers do not let keys invite, whatever their scopes, and answer 403.
  - A new invite to an address replaces older ones, so there is one at most. On servers before 2025 there may be
    several, which makes the task fail.
  - Invites expire after some days, and a task that runs regularly renews them then. That is a change.
seealso:
  - name: Invites in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/invites
  - module: community.posthog.posthog_member
  - module: community.posthog.posthog_organization
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Invite somebody
  community.posthog.posthog_invite:
    target_email: ada@example.com
    first_name: Ada
    invite_message: Welcome to our PostHog.

- name: Invite an administrator without an e-mail, since we hand over the link ourselves
  community.posthog.posthog_invite:
    target_email: grace@example.com
    level: admin
    send_email: false

- name: Invite somebody who may see a project that is not open to everybody
  community.posthog.posthog_invite:
    target_email: alan@example.com
    private_project_access:
      - id: Default project
        level: member

- name: Withdraw an invite
  community.posthog.posthog_invite:
    target_email: charles@example.com
    state: absent
"""

RETURN = r"""
---
invite:
  description:
    - The invite as PostHog shows it after the task, in check mode as it would be. V(null) if there is none, also if the
      person is a member.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID. Missing in check mode if the invite does not exist yet.
      type: str
    target_email:
      description: The address.
      type: str
    first_name:
      description: The first name.
      type: str
    level:
      description: The level that the person will have, V(1) for a member, V(8) for an administrator, V(15) for an
        owner.
      type: int
    is_expired:
      description: Whether the invite is too old to be accepted.
      type: bool
    emailing_attempt_made:
      description: Whether PostHog tried to send it.
      type: bool
    private_project_access:
      description: Projects that the person will have access to.
      type: list
      elements: dict
    created_by:
      description: Who invited.
      type: dict
    created_at:
      description: When the invite was made.
      type: str
  sample:
    id: 01a200f1-f543-77b0-a5f8-ab3d78d72e31
    target_email: alan@example.com
    first_name: ''
    level: 1
    is_expired: false
    emailing_attempt_made: false
    private_project_access:
      - id: 1
        level: 1
    created_at: "2026-11-22T01:49:46.691473Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    updated_at: "2026-11-22T01:49:46.691473Z"
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
      description: The path of the option, for example C(level).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: level
      before: member
      after: admin
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: invite 'grace@example.com'
    before:
      target_email: grace@example.com
      level: member
    after_header: invite 'grace@example.com'
    after:
      target_email: grace@example.com
      level: admin
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
    detail: API key missing required scope 'organization_member:write'
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
    run("posthog_invite")


if __name__ == "__main__":
    main()
