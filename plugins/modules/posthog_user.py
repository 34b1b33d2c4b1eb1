#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_user
short_description: Manage the PostHog account that a key belongs to
version_added: 0.1.0
description:
  - Changes the profile and the preferences of the user whose personal API key the task works with. Nobody else's can be
    changed. For other people see M(community.posthog.posthog_member).
  - There is one such user, so it needs no name, and nothing is created or deleted.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.no_id
options:
  first_name:
    description:
      - The first name, at most 150 characters. V(null) removes it.
    type: str
  last_name:
    description:
      - The last name, at most 150 characters. V(null) removes it.
    type: str
  email:
    description:
      - The e-mail address. PostHog asks for a confirmation of a new one and keeps the old one until then. An address
        that waits for its confirmation counts as what is declared.
    type: str
  notification_settings:
    description:
      - Which e-mails PostHog sends, as its API has it, for example C(all_weekly_digest_disabled).
      - Keys that are not given are left alone. PostHog refuses keys that it does not know.
    type: dict
  anonymize_data:
    description:
      - Whether PostHog's own analytics do not tell who the user is. V(null) leaves it to PostHog.
    type: bool
  toolbar_mode:
    description:
      - Whether the toolbar is shown on websites. V(null) leaves it to PostHog.
    type: str
    choices:
      - disabled
      - toolbar
  theme_mode:
    description:
      - The looks of PostHog. V(null) leaves it to PostHog.
    type: str
    choices:
      - light
      - dark
      - system
  role_at_organization:
    description:
      - What the user does at work.
    type: str
    choices:
      - engineering
      - data
      - product
      - founder
      - leadership
      - marketing
      - sales
      - student
      - other
  set_current_organization:
    description:
      - The organization that is the current one, by name, slug or UUID. It is what V(@current) means from then on.
      - PostHog chooses the current project then, unless O(set_current_project) is given.
    type: raw
  set_current_project:
    description:
      - The project that is the current one, by name or id. It is what V(@current), the default of O(project), means
        from then on.
      - A name is looked up in the organization that the task works in. The API calls this C(set_current_team).
    type: raw
    aliases:
      - set_current_team
  events_column_config:
    description:
      - The columns of the list of events, as PostHog's API has it.
    type: dict
  has_seen_product_intro_for:
    description:
      - Which introductions were seen, a dictionary from the product to V(true) or V(false). V(null) is none.
    type: dict
  hedgehog_config:
    description:
      - The looks of the hedgehog, as PostHog's API has it. V(null) takes them away.
    type: dict
  allow_impersonation:
    description:
      - Whether PostHog's support may log in as the user. V(null) leaves it to PostHog. Servers before 2026 do not know
        it.
    type: bool
  allow_sidebar_suggestions:
    description:
      - Whether the sidebar may suggest products. V(null) leaves it to PostHog. Servers before 2026 do not know it.
    type: bool
  passkeys_enabled_for_2fa:
    description:
      - Whether a passkey counts as the second factor. V(null) leaves it to PostHog. Servers before 2026 do not know it.
    type: bool
  hide_mcp_hints:
    description:
      - Whether hints about PostHog's MCP server are hidden. Servers before autumn 2026 do not have it.
    type: bool
  shortcut_position:
    description:
      - Where shortcuts stand in the side bar. V(null) leaves it to PostHog. Servers before 2026 do not have it.
    type: str
    choices:
      - above
      - below
      - hidden
  ui_configuration:
    description:
      - How the user arranged the user interface, as PostHog's API has it. V(null) goes back to
        PostHog's own arrangement.
      - Servers before autumn 2026 do not have it.
    type: dict
  is_staff:
    description:
      - Whether the user administers the installation. Only those who do so may change it.
    type: bool
  password:
    description:
      - A new password, at most 128 characters. Since it cannot be read back, it is only written with
        O(update_secret=always).
    type: str
  current_password:
    description:
      - The password until now, which PostHog wants to see together with a new one.
    type: str
  update_secret:
    description:
      - When O(password) is written. With V(on_create) it never is, since the user is there already.
      - V(always) writes it each time, and the task is changed each time.
    type: str
    choices:
      - on_create
      - always
    default: on_create
  organization:
    description:
      - Where the name in O(set_current_project) is looked up. Has no other effect.
      - Can also be set with the environment variable E(POSTHOG_ORGANIZATION_ID).
    type: str
  project:
    description:
      - Has no effect here, other than to tell O(organization).
      - Can also be set with the environment variable E(POSTHOG_PROJECT_ID).
    type: str
notes:
  - The key needs the scopes C(user:read) and C(user:write), C(organization:read) for O(set_current_organization) and
    C(project:read) for O(set_current_project) by name.
  - PostHog allows few changes of a user a minute. The module waits for as long as PostHog asks.
  - Two-factor authentication and deleting an account are open to people who are logged in with a browser only.
  - Changing what is current has an effect on other tasks that rely on V(@current), and on what the user sees in the
    browser.
seealso:
  - name: Users in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/users
  - module: community.posthog.posthog_member
  - module: community.posthog.posthog_connection_info
"""

EXAMPLES = r"""
---
- name: Our technical user has a proper name
  community.posthog.posthog_user:
    first_name: Deploy
    last_name: Robot
    role_at_organization: engineering

- name: It gets no weekly digests
  community.posthog.posthog_user:
    notification_settings:
      all_weekly_digest_disabled: true

- name: It works in this project
  community.posthog.posthog_user:
    set_current_project: Default project
"""

RETURN = r"""
---
user:
  description:
    - The user as PostHog shows it after the task, in check mode as it would be.
  returned: success
  type: dict
  contains:
    id:
      description: The number of the user.
      type: int
    uuid:
      description: The UUID.
      type: str
    email:
      description: The e-mail address.
      type: str
    pending_email:
      description: The address that waits for its confirmation. Missing if there is none.
      type: str
    first_name:
      description: The first name. Other options are returned in the same way.
      type: str
    organization:
      description: The current organization.
      type: dict
    team:
      description: The current project.
      type: dict
    organizations:
      description: The organizations that the user belongs to.
      type: list
      elements: dict
  sample:
    id: 1
    uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    email: owner@example.com
    first_name: Deploy
    last_name: Robot
    notification_settings:
      all_weekly_digest_disabled: true
    theme_mode: dark
    role_at_organization: engineering
    organization:
      id: 01a200e4-fa65-7e00-8077-3b3d2ac4ff42
      name: Acme
    team:
      id: 1
      name: Default project
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
      description: The path of the option, for example C(last_name).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: last_name
      before: ''
      after: Robot
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: user
    before:
      first_name: Deploy
      last_name: ''
    after_header: user
    after:
      first_name: Deploy
      last_name: Robot
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
    detail: API key missing required scope 'user:write'
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
    run("posthog_user")


if __name__ == "__main__":
    main()
