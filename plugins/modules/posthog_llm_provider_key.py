#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_llm_provider_key
short_description: Manage the keys of model providers in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the keys with which PostHog asks language models, for example to judge answers.
  - A key is found by its O(name) or its O(id). PostHog allows several keys of one name. A task that finds two changes
    neither.
  - PostHog tries a key when it gets it, and refuses one that does not work.
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
      - The name of the key.
      - Needed to create a key. Together with O(id) it renames the key.
    type: str
  provider:
    description:
      - Who runs the models, V(openai), V(anthropic), V(gemini), V(openrouter), V(fireworks), V(azure_openai) or
        V(together_ai).
      - Needed to create a key. Values that are newer than this release are sent as they are, with a warning.
    type: str
  provider_api_key:
    description:
      - The key itself. PostHog keeps it and does not show it. See O(update_secret).
      - Needed to create a key.
    type: str
  azure_endpoint:
    description:
      - The address of the endpoint at Azure. Needed for O(provider=azure_openai). V(null) clears it.
    type: str
  api_version:
    description:
      - The version of the API at Azure. V(null) clears it.
    type: str
  set_as_active:
    description:
      - Whether a key becomes the one that PostHog uses. It is sent when the key is created or changed, and never
        compared, since PostHog does not show it.
    type: bool
notes:
  - The key of the task needs the scopes C(llm_provider_key:read) and C(llm_provider_key:write), and its owner has to
    be an administrator of the project.
  - There are servers since 2026 only that have such keys.
seealso:
  - module: community.posthog.posthog_evaluation
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: The key with which answers are judged
  community.posthog.posthog_llm_provider_key:
    name: OpenAI
    provider: openai
    provider_api_key: "{{ lookup('ansible.builtin.env', 'OPENAI_API_KEY', default='sk-example') }}"
    set_as_active: true

- name: Delete the key of a provider that is not used any more
  community.posthog.posthog_llm_provider_key:
    name: Anthropic
    state: absent
"""

RETURN = r"""
---
llm_provider_key:
  description:
    - The key as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the key. Missing in check mode if the key does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    provider:
      description: Who runs the models.
      type: str
    state:
      description: Whether the key works.
      type: str
    error_message:
      description: Why it does not, or V(null).
      type: str
    api_key_masked:
      description: The beginning and the end of the key.
      type: str
    azure_endpoint_display:
      description: The endpoint at Azure, or V(null).
      type: str
    api_version_display:
      description: The version of the API at Azure, or V(null).
      type: str
    created_at:
      description: When the key was created.
      type: str
    created_by:
      description: Who created the key.
      type: dict
    last_used_at:
      description: When PostHog used the key, or V(null).
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: OpenAI
    provider: openai
    state: ok
    error_message: null
    api_key_masked: sk-...k9Qx
    azure_endpoint_display: null
    api_version_display: null
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    last_used_at: null
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
      description: The path of the option, for example C(api_version).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: api_version
      before: '2025-12-01'
      after: '2026-06-01'
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: key of a model provider 'OpenAI'
    before:
      name: OpenAI
      api_version: '2025-12-01'
    after_header: key of a model provider 'OpenAI'
    after:
      name: OpenAI
      api_version: '2026-06-01'
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
    detail: API key missing required scope 'llm_provider_key:write'
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
    run("posthog_llm_provider_key")


if __name__ == "__main__":
    main()
