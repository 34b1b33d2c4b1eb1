#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_organization_domain
short_description: Manage authentication domains of a PostHog organization
version_added: 0.1.0
description:
  - Adds the domains of an organization's e-mail addresses, and decides how people with such addresses log in.
  - A domain is found by its O(domain), in any case, or its O(id). It belongs to one organization on the whole
    installation.
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
      - The domain, such as V(example.com), at most 128 characters. It cannot be changed.
      - Needed unless O(id) is given.
    type: str
  jit_provisioning_enabled:
    description:
      - Whether people with an address of the domain become members by logging in. Only a verified domain takes V(true).
    type: bool
  sso_enforcement:
    description:
      - How people with an address of the domain must log in, for example V(saml) or V(google-oauth2). V(null) leaves it
        to them. Only a verified domain takes another value than that.
    type: str
  identity_provider_config:
    description:
      - The UUID of the configuration of the identity provider, which holds the settings of SAML and SCIM. V(null)
        removes it. Servers before 2026 do not know it.
    type: str
  state:
    description:
      - V(present) makes the domain exist with the declared settings.
      - V(absent) removes it from the organization.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - The key needs the scopes C(organization:read) and C(organization:write), and its owner must be an administrator or
    an owner of the organization.
  - A domain must be verified before it has an effect. PostHog allows that only to people who are logged in with a
    browser. It looks for a TXT record with the value of C(verification_challenge), which this module returns. So
    declare the domain first, and what needs the verification in a later run. Until then, the task fails and says so,
    before anything is written.
  - On PostHog Cloud, domains need the plan feature C(automatic_provisioning). PostHog answers 403 without it.
seealso:
  - name: SSO in PostHog
    description: What domains are for.
    link: https://posthog.com/docs/settings/sso
  - module: community.posthog.posthog_organization
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A domain
  community.posthog.posthog_organization_domain:
    domain: example.com
  register: added

- name: Show what the TXT record must hold
  ansible.builtin.debug:
    msg: "{{ added.organization_domain.verification_challenge | default('not known before the domain is added') }}"

- name: Remove a domain
  community.posthog.posthog_organization_domain:
    domain: old.example.com
    state: absent
"""

RETURN = r"""
---
organization_domain:
  description:
    - The domain as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID. Missing in check mode if the domain does not exist yet.
      type: str
    domain:
      description: The domain.
      type: str
    is_verified:
      description: Whether it is verified.
      type: bool
    verified_at:
      description: When it was verified.
      type: str
    verification_challenge:
      description: The value that the TXT record must have.
      type: str
    jit_provisioning_enabled:
      description: Whether people become members by logging in.
      type: bool
    sso_enforcement:
      description: How people must log in.
      type: str
    has_saml:
      description: Whether SAML is set up.
      type: bool
    has_scim:
      description: Whether SCIM is set up.
      type: bool
  sample:
    id: 01a200f1-f543-77b0-a5f8-ab3d78d72e31
    domain: example.com
    is_verified: false
    verified_at: null
    verification_challenge: 3bd04ba6c05f4a6c9f2f
    jit_provisioning_enabled: false
    sso_enforcement: ''
    identity_provider_config: null
    has_saml: false
    has_scim: false
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
      description: The path of the option, for example C(jit_provisioning_enabled).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: jit_provisioning_enabled
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: organization domain 'example.com'
    before:
      domain: example.com
      jit_provisioning_enabled: false
    after_header: organization domain 'example.com'
    after:
      domain: example.com
      jit_provisioning_enabled: true
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
    run("posthog_organization_domain")


if __name__ == "__main__":
    main()
