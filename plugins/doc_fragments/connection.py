# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options with which every module reaches PostHog."""

from __future__ import annotations


class ModuleDocFragment:
    """How to reach PostHog, and as whom."""

    DOCUMENTATION = r"""
options:
  api_key:
    description:
      - The personal API key (C(phx_...)) to work with. It is made in PostHog under B(Settings), B(Personal API keys),
        where its scopes, organizations and projects are chosen too.
      - Can also be set with the environment variable E(POSTHOG_API_KEY).
      - Project tokens (C(phc_...)), which only take events in, and project secret keys (C(phs_...)) cannot configure
        anything and are refused before anything is sent.
      - The key is sent to the configured host only, in the C(Authorization) header only, and never appears in
        results, diffs or messages.
    type: str
  region:
    description:
      - The region of PostHog Cloud, V(us) for U(https://us.posthog.com) or V(eu) for U(https://eu.posthog.com).
      - Can also be set with the environment variable E(POSTHOG_REGION).
      - Where neither O(region) nor O(host) is set in any way, V(us) is used.
      - A key belongs to one region. The other one does not know it and answers 401.
      - Mutually exclusive with O(host). An option of the task beats the environment, so a task with O(region) takes
        no notice of E(POSTHOG_HOST). If both come from the task, or both from the environment, and do not say the same,
        the task fails.
    type: str
    choices:
      - eu
      - us
  host:
    description:
      - The base URL of a PostHog installation of your own, for example V(https://posthog.example.com).
      - Can also be set with the environment variable E(POSTHOG_HOST).
      - The scheme is needed. Plain C(http) is accepted for loopback addresses only, and the hosts that only take
        events in (V(https://us.i.posthog.com), V(https://eu.i.posthog.com)) are refused.
      - Redirects are not followed, so give the address where the API itself answers.
      - Mutually exclusive with O(region).
    type: str
  organization:
    description:
      - The organization to work in, by UUID, slug or name, or V(@current) for the one that is current for the owner
        of the key.
      - Can also be set with the environment variable E(POSTHOG_ORGANIZATION_ID).
      - If unset, it is the organization of the O(project) that is set, otherwise V(@current).
    type: str
  project:
    description:
      - The project to work in, by id or name, or V(@current) for the one that is current for the owner of the key.
      - Can also be set with the environment variable E(POSTHOG_PROJECT_ID).
      - If unset, V(@current) is used. Which project is current changes whenever the owner of the key opens or creates
        another one, so name the project in everything that runs unattended.
      - Has no effect on objects that belong to the organization, other than to tell which organization is meant.
    type: str
  validate_certs:
    description:
      - Whether the server's TLS certificate is checked.
      - Can also be set with the environment variable E(POSTHOG_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - Path of a file or directory with the certificates of the authorities to trust.
      - Can also be set with the environment variable E(POSTHOG_CA_PATH).
      - If unset, E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and E(SSL_CERT_FILE) are honoured. The path is ignored if
        O(validate_certs=false).
    type: path
  timeout:
    description:
      - How many seconds PostHog may take to answer a request.
      - Can also be set with the environment variable E(POSTHOG_TIMEOUT).
    type: float
    default: 30.0
  retries:
    description:
      - How often a request is repeated after a broken connection or an answer of 502, 503 or 504. The pauses in
        between grow from half a second to 30 seconds.
      - Can also be set with the environment variable E(POSTHOG_RETRIES).
      - A request that creates something is not sent again blindly. If its outcome is unknown, the object is looked up
        first.
      - Answers of 429 (the rate limit) are not counted. They are waited for as long as PostHog asks, within
        O(max_wait), by everything in this run of Ansible that uses the key. The same holds for what a 502, 503 or
        504 asks for in its header C(Retry-After), except that it counts as a repeat.
    type: int
    default: 5
  max_wait:
    description:
      - How many seconds one request may take altogether, with its repeats and with what PostHog's rate limit asks to
        wait. Waiting for O(rate_limit) does not count.
      - Can also be set with the environment variable E(POSTHOG_MAX_WAIT).
    type: float
    default: 300.0
  rate_limit:
    description:
      - How many requests a task sends per minute at most. PostHog Cloud allows a key 480 per minute and 4800 per
        hour. Lower it if something else uses the same key at the same time. V(0) means no limit.
      - By default 480 for PostHog Cloud, and for a host of your own none until it answers 429 for the first time; from
        then on 480. A PostHog of your own has no limit unless its setting C(RATE_LIMIT_ENABLED) is on.
      - Tasks that run on the controller count together, those of all forks of a run.
      - Without it, the variable C(posthog_rate_limit) counts, if there is one.
      - Can also be set with the environment variable E(POSTHOG_RATE_LIMIT).
    type: int
requirements:
  - requests
notes:
  - Connection options that are not given in the task or in C(module_defaults) are taken from environment variables.
    An option of the task beats the environment. The environment is that of the Ansible process together with what
    C(environment) of the play, block or task sets. Where the module runs on another host, it is that host's
    environment.
  - An environment variable or a connection option that is empty counts as unset.
  - All modules can be given the same connection options through the action group C(community.posthog.posthog) in
    C(module_defaults).
  - The connection to PostHog honours the proxy variables E(HTTPS_PROXY), E(ALL_PROXY) and E(NO_PROXY). Plain http is
    for loopback only, and never goes through a proxy.
"""
