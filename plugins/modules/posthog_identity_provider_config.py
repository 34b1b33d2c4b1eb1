#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_identity_provider_config
short_description: Manage the identity providers of a PostHog organization
version_added: 0.1.0
description:
  - Creates, changes and deletes configurations of identity providers. Through them people log in with SAML or OpenID
    Connect, and a provider manages people with SCIM.
  - A configuration is found by its O(name) or its O(id). PostHog allows several of one name. A task that finds two
    changes neither.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.secrets
options:
  name:
    description:
      - The name of the configuration, at most 255 characters.
      - Needed to create a configuration. Together with O(id) it renames the configuration.
    type: str
  config_scope:
    description:
      - What the configuration is for, where it is for one thing only, V(saml), V(oidc), V(scim) or V(xaa). V(null)
        takes that back.
      - Values that are newer than this release are sent as they are, with a warning.
    type: str
  domain_scope:
    description:
      - Whether the configuration is for all domains of the organization, V(all), or for O(domains), V(selected).
        V(null) clears it.
    type: str
  domains:
    description:
      - >-
        The domains that the configuration is for: names or ids. Their order has no meaning. V([]) or V(null) removes
        all.
      - PostHog takes them from other configurations.
      - Servers that keep a list of domains for each of SAML, SCIM and ID-JAG get this one in all lists of what the
        configuration does.
    type: list
    elements: raw
  saml_entity_id:
    description:
      - The entity id of the provider. SAML needs it together with O(saml_acs_url) and O(saml_x509_cert). V(null)
        clears it.
    type: str
  saml_acs_url:
    description:
      - The address of the provider to which PostHog sends people who log in. V(null) clears it.
    type: str
  saml_x509_cert:
    description:
      - The public certificate of the provider. Blanks around it do not count. V(null) clears it.
    type: str
  oidc_issuer_url:
    description:
      - The address of the issuer of OpenID Connect. V(null) clears it.
    type: str
  oidc_client_id:
    description:
      - The client id of OpenID Connect. V(null) clears it.
    type: str
  oidc_client_secret:
    description:
      - The client secret of OpenID Connect. PostHog keeps it and does not show it. See O(update_secret).
    type: str
  scim_enabled:
    description:
      - Whether the provider manages people with SCIM. PostHog makes a token for it when it is switched on, and shows
        it once. See O(show_scim_token).
    type: bool
  roll_scim_token:
    description:
      - Makes another token for SCIM, if that is on. The old one stops working at once. It is done each time that it is
        asked for.
      - Needs O(show_scim_token=true), since nobody would know the new token. A new configuration has a new token
        anyway.
    type: bool
  show_scim_token:
    description:
      - Puts the token for SCIM into the result, if this task has made it. In all other cases
        RV(identity_provider_config.scim_bearer_token) is V(null), since PostHog does not show the token again.
      - The task needs C(no_log=true), so that Ansible does not print it.
      - Without this option, a warning says that nobody has the new token.
    type: bool
    default: false
  id_jag_issuer_url:
    description:
      - The address of the issuer of identity assertions (ID-JAG), through which agents of the organization get access.
        A slash at its end does not count. V(null) clears it.
    type: str
  id_jag_jwks_url:
    description:
      - Where the issuer publishes its keys. PostHog refuses private addresses. V(null) clears it.
    type: str
  id_jag_allowed_clients:
    description:
      - The clients whose assertions count. Their order has no meaning. Without any, those of all clients do. V([]) or
        V(null) removes all.
    type: list
    elements: str
notes:
  - The key needs the scopes C(organization:read) and C(organization:write), and its owner has to be an administrator
    of the organization. The plan has to cover SAML and SCIM.
  - There are servers since 2026 only that have such configurations. OpenID Connect, O(config_scope) and
    O(domain_scope) are newer than the rest. A warning names what PostHog does not keep.
  - The options O(roll_scim_token) and O(show_scim_token) are for tasks of this module.
    M(community.posthog.posthog_config) cannot hand over tokens.
seealso:
  - module: community.posthog.posthog_organization_domain
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A domain of the company
  community.posthog.posthog_organization_domain:
    domain: acme.example.com

- name: Its people log in with the company's identity provider
  community.posthog.posthog_identity_provider_config:
    name: Okta
    domains:
      - acme.example.com
    saml_entity_id: https://acme.okta.example.com/entity
    saml_acs_url: https://acme.okta.example.com/sso
    saml_x509_cert: MIIDpDCCAoygAwIBAgIGAXo

- name: The provider adds and removes them, too
  community.posthog.posthog_identity_provider_config:
    name: Okta
    scim_enabled: true
    show_scim_token: true
  register: okta
  no_log: true

- name: Delete the provider that is not used any more
  community.posthog.posthog_identity_provider_config:
    name: Google
    state: absent
"""

RETURN = r"""
---
identity_provider_config:
  description:
    - The configuration as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the configuration. Missing in check mode if the configuration does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    config_scope:
      description: What the configuration is for, or V(null).
      type: str
    domain_scope:
      description: Whether it is for all domains, or V(null).
      type: str
    organization_domain_ids:
      description: The ids of the domains.
      type: list
      elements: str
    has_saml:
      description: Whether SAML is set up.
      type: bool
    has_oidc:
      description: Whether OpenID Connect is set up.
      type: bool
    has_oidc_client_secret:
      description: Whether PostHog has a client secret.
      type: bool
    has_scim:
      description: Whether SCIM is on.
      type: bool
    has_id_jag:
      description: Whether ID-JAG is set up.
      type: bool
    saml_entity_id:
      description: The entity id of the provider.
      type: str
    saml_acs_url:
      description: Where people log in.
      type: str
    saml_x509_cert:
      description: The public certificate.
      type: str
    saml_relay_state:
      description: The relay state that the provider sends along.
      type: str
    oidc_issuer_url:
      description: The issuer of OpenID Connect.
      type: str
    oidc_client_id:
      description: The client id.
      type: str
    scim_enabled:
      description: Whether the provider manages people.
      type: bool
    scim_base_url:
      description: The address that the provider uses for SCIM.
      type: str
    scim_bearer_token:
      description:
        - The token for SCIM if O(show_scim_token=true) and this task has made it, masked if it has without
          O(show_scim_token=true), else V(null).
      type: str
    id_jag_issuer_url:
      description: The issuer of identity assertions.
      type: str
    id_jag_jwks_url:
      description: Where its keys are.
      type: str
    id_jag_allowed_clients:
      description: The clients that count.
      type: list
      elements: str
    created_at:
      description: When the configuration was created.
      type: str
    updated_at:
      description: When the configuration was changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: Okta
    config_scope: null
    domain_scope: null
    organization_domain_ids:
      - 01a200e4-fa65-781e-9a6c-ecb157baebd6
    has_saml: true
    has_oidc: false
    has_oidc_client_secret: false
    has_scim: true
    has_id_jag: false
    saml_entity_id: https://acme.okta.example.com/entity
    saml_acs_url: https://acme.okta.example.com/sso
    saml_x509_cert: MIIDpDCCAoygAwIBAgIGAXo
    saml_relay_state: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    oidc_issuer_url: ""
    oidc_client_id: ""
    scim_enabled: true
    scim_base_url: https://us.posthog.com/scim/v2/01a200e4-fa65-781e-9a6c-ecb157baebd5
    scim_bearer_token: null
    id_jag_issuer_url: null
    id_jag_jwks_url: null
    id_jag_allowed_clients: []
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
      description: The path of the option, for example C(scim_enabled).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: scim_enabled
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: configuration of an identity provider 'Okta'
    before:
      name: Okta
      scim_enabled: false
    after_header: configuration of an identity provider 'Okta'
    after:
      name: Okta
      scim_enabled: true
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
    run("posthog_identity_provider_config")


if __name__ == "__main__":
    main()
