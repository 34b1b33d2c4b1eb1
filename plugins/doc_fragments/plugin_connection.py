# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options with which the inventory and lookup plugins reach PostHog: those of the modules, and where they come from."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach PostHog, and as whom."""

    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - The personal API key (C(phx_...)) to work with.
      - It is sent to the configured host only, and stands in no variable, cache or message.
    type: str
    env:
      - name: POSTHOG_API_KEY
    vars:
      - name: posthog_api_key
  region:
    description:
      - The region of PostHog Cloud, V(us) for U(https://us.posthog.com) or V(eu) for U(https://eu.posthog.com).
      - Where neither O(region) nor O(host) is set in any way, V(us) is used.
      - Mutually exclusive with O(host). Where they come from different places, the one that is set closer wins, in
        the order plugin options, variables, environment, C(ansible.cfg).
    type: str
    choices:
      - eu
      - us
    env:
      - name: POSTHOG_REGION
    ini:
      - section: posthog
        key: region
    vars:
      - name: posthog_region
  host:
    description:
      - The base URL of a PostHog installation of your own, for example V(https://posthog.example.com).
      - Plain C(http) is accepted for loopback addresses only.
      - Mutually exclusive with O(region).
    type: str
    env:
      - name: POSTHOG_HOST
    ini:
      - section: posthog
        key: host
    vars:
      - name: posthog_host
  validate_certs:
    description:
      - Whether the server's TLS certificate is checked.
    type: bool
    default: true
    env:
      - name: POSTHOG_VALIDATE_CERTS
    ini:
      - section: posthog
        key: validate_certs
    vars:
      - name: posthog_validate_certs
  ca_path:
    description:
      - Path of a file or directory with the certificates of the authorities to trust.
    type: path
    env:
      - name: POSTHOG_CA_PATH
    ini:
      - section: posthog
        key: ca_path
    vars:
      - name: posthog_ca_path
  timeout:
    description:
      - How many seconds PostHog may take to answer a request.
    type: float
    default: 30.0
    env:
      - name: POSTHOG_TIMEOUT
    ini:
      - section: posthog
        key: timeout
    vars:
      - name: posthog_timeout
  retries:
    description:
      - How often a request is repeated after a broken connection or an answer of 502, 503 or 504.
    type: int
    default: 5
    env:
      - name: POSTHOG_RETRIES
    ini:
      - section: posthog
        key: retries
    vars:
      - name: posthog_retries
  max_wait:
    description:
      - How many seconds one request may take altogether, with its repeats and with what PostHog's rate limit asks to
        wait.
    type: float
    default: 300.0
    env:
      - name: POSTHOG_MAX_WAIT
    ini:
      - section: posthog
        key: max_wait
    vars:
      - name: posthog_max_wait
  rate_limit:
    description:
      - How many requests are sent per minute at most. V(0) means no limit.
      - By default 480 for PostHog Cloud, and for a host of your own none until it answers 429 for the first time; from
        then on 480. A PostHog of your own has no limit unless its setting C(RATE_LIMIT_ENABLED) is on.
    type: int
    env:
      - name: POSTHOG_RATE_LIMIT
    ini:
      - section: posthog
        key: rate_limit
    vars:
      - name: posthog_rate_limit
requirements:
  - requests
notes:
  - The options of the connection, and the environment variables, are those of the modules. One that is empty counts as
    unset.
  - There is no key in C(ansible.cfg) for O(api_key), since a secret does not belong in that file.
"""

    SCOPE = r"""
options:
  organization:
    description:
      - The organization to look in, by UUID, slug or name, or V(@current) for the one that is current for the owner of
        the key.
      - If unset, it is the organization of the O(project) that is set, otherwise V(@current).
    type: str
    env:
      - name: POSTHOG_ORGANIZATION_ID
    ini:
      - section: posthog
        key: organization
    vars:
      - name: posthog_organization_id
      - name: posthog_organization
  project:
    description:
      - The project to look in, by id or name, or V(@current) for the one that is current for the owner of the key.
      - If unset, V(@current) is used.
    type: str
    env:
      - name: POSTHOG_PROJECT_ID
    ini:
      - section: posthog
        key: project
    vars:
      - name: posthog_project_id
      - name: posthog_project
"""
