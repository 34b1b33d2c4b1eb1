#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_member
short_description: Manage members of a PostHog organization
version_added: 0.1.0
description:
  - Sets the level of members, removes members, and invites those who are not members yet.
  - A member is found by the O(email) address, in any case, or the O(id).
  - PostHog has no way to make somebody a member. They are invited, and become members when they accept. Until then,
    this module looks after the invite. It does not invite twice, replaces an invite that is expired or has another
    level, and withdraws it with O(state=absent).
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  email:
    description:
      - The e-mail address of the person. It cannot be changed, since it belongs to the person and not to the
        organization.
      - Needed to invite somebody.
    type: str
  level:
    description:
      - The level of the member, or the one that an invited person will have. The API's numbers V(1), V(8) and V(15)
        mean the same.
      - A new invite is for V(member) unless another level is declared.
      - A level above that of the key's owner is refused, and nobody can change their own. If somebody else is made an
        V(owner), PostHog makes the key's owner an administrator in the same step.
    type: str
    choices:
      - member
      - admin
      - owner
      - "1"
      - "8"
      - "15"
  invite:
    description:
      - Whether somebody who is not a member is invited. With V(false) that is an error.
    type: bool
    default: true
  first_name:
    description:
      - The first name to address an invited person by, at most 30 characters. Used for a new invite only.
    type: str
  invite_message:
    description:
      - A message to the invited person. Used for a new invite only.
    type: str
  send_email:
    description:
      - Whether PostHog sends the invite by e-mail. It does unless this is V(false). Used for a new invite only.
    type: bool
  state:
    description:
      - V(present) makes the person a member of the declared level, or invites them.
      - V(absent) removes the person from the organization and withdraws invites to the address. An owner cannot be
        removed before the level is changed.
    type: str
    choices:
      - present
      - absent
    default: present
  id:
    description:
      - The UUID of the user, or the id of the membership. It finds members only, not invites.
    type: raw
notes:
  - The key needs the scopes C(organization_member:read) and C(organization_member:write). Its owner must be an
    administrator or an owner of the organization to change or remove others.
  - Some servers do not let keys invite, whatever their scopes, and answer 403.
  - Some organizations show the list of members to administrators only. A key of somebody else does not find members
    then.
seealso:
  - name: Members in PostHog's API
    description: The reference of the endpoints for members.
    link: https://posthog.com/docs/api/members
  - name: Invites in PostHog's API
    description: The reference of the endpoints for invites.
    link: https://posthog.com/docs/api/invites
  - module: community.posthog.posthog_role_membership
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Invite somebody, or leave them as they are if they are a member
  community.posthog.posthog_member:
    email: ada@example.com
    first_name: Ada
    invite_message: Welcome to our PostHog.

- name: Invite an administrator, or make a member one
  community.posthog.posthog_member:
    email: grace@example.com
    level: admin

- name: Set the level of a member who must be there already
  community.posthog.posthog_member:
    email: member2@acme.test
    level: admin
    invite: false

- name: Make sure that somebody is neither a member nor invited
  community.posthog.posthog_member:
    email: charles@example.com
    state: absent
"""

RETURN = r"""
---
member:
  description:
    - The membership as PostHog shows it after the task, in check mode as it would be. V(null) if the person is not a
      member, also if the person is invited.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the membership.
      type: str
    user:
      description: The user, with C(id), C(uuid), C(email), C(first_name) and C(last_name).
      type: dict
    level:
      description: The level, V(1) for a member, V(8) for an administrator, V(15) for an owner.
      type: int
    joined_at:
      description: Since when the person is a member.
      type: str
    is_2fa_enabled:
      description: Whether the person uses two-factor authentication.
      type: bool
    last_login:
      description: When the person logged in the last time.
      type: str
  sample:
    id: 01a200e4-fa66-7c3f-b0ae-333f30e01985
    user:
      id: 4
      uuid: 01a200e4-fa65-720c-b4ab-0c62ae531733
      first_name: Max
      email: member2@example.com
    level: 1
    joined_at: "2026-11-22T01:35:36.038063Z"
    updated_at: "2026-11-22T01:49:46.627189Z"
    is_2fa_enabled: false
    has_social_auth: false
    last_login: null
invite:
  description:
    - The invite, if the person is not a member. V(null) if it was withdrawn.
  returned: success, if there is or was an invite
  type: dict
  contains:
    id:
      description: The UUID of the invite. Missing in check mode if the invite does not exist yet.
      type: str
    target_email:
      description: The address.
      type: str
    level:
      description: The level that the person will have.
      type: int
    is_expired:
      description: Whether the invite is too old to be accepted.
      type: bool
    created_at:
      description: When the invite was made.
      type: str
  sample:
    id: 01a200f1-f543-77b0-a5f8-ab3d78d72e31
    target_email: alan@example.com
    first_name: ''
    level: 8
    is_expired: false
    emailing_attempt_made: false
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
      before: admin
      after: member
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: member 'member2@example.com'
    before:
      email: member2@example.com
      level: admin
    after_header: member 'member2@example.com'
    after:
      email: member2@example.com
      level: member
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
    run("posthog_member")


if __name__ == "__main__":
    main()
