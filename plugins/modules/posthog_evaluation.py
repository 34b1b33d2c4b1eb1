#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_evaluation
short_description: Manage evaluations of AI answers in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes evaluations. An evaluation looks at answers that language models gave in a product,
    and judges each of them with a prompt or a program.
  - An evaluation is found by its O(name) or its O(id). PostHog allows several of one name. A task that finds two
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
options:
  name:
    description:
      - The name of the evaluation, at most 400 characters.
      - Needed to create an evaluation. Together with O(id) it renames the evaluation.
    type: str
  description:
    description:
      - What it is for. V(null) clears it.
    type: str
  enabled:
    description:
      - Whether it runs. A new evaluation does not. PostHog tries the model when it is switched on.
    type: bool
  evaluation_type:
    description:
      - Who judges, a language model (V(llm_judge)), a program in Hog (V(hog)), or PostHog itself (V(sentiment)).
      - Needed to create an evaluation. Values that are newer than this release are sent as they are, with a warning.
    type: str
  evaluation_config:
    description:
      - How it judges. Needed to create an evaluation.
    type: dict
    suboptions:
      prompt:
        description:
          - The question to the model, for V(llm_judge).
        type: str
      source:
        description:
          - The program, for V(hog), or what is looked at, for V(sentiment).
        type: str
  output_type:
    description:
      - What comes out, V(boolean) or V(sentiment).
      - Needed to create an evaluation. Values that are newer than this release are sent as they are, with a warning.
    type: str
  output_config:
    description:
      - More about what comes out.
    type: dict
    suboptions:
      allows_na:
        description:
          - Whether an evaluation may not apply to an answer.
        type: bool
      true_is_failure:
        description:
          - Whether V(true) means that something is wrong.
        type: bool
  conditions:
    description:
      - Which answers are looked at. V([]) or V(null) removes all.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - What tells the condition from others, at most 100 characters.
        type: str
        required: true
      rollout_percentage:
        description:
          - The share of the matching answers that is looked at. It is 100 if it is left out.
        type: float
      properties:
        description:
          - Conditions on the properties of the events.
        type: list
        elements: raw
  target:
    description:
      - What is judged, each answer (V(generation)), or a V(trace) or V(session) as a whole. Values that are newer than
        this release are sent as they are, with a warning.
    type: str
  target_config:
    description:
      - When a trace or a session counts as complete.
    type: dict
    suboptions:
      strategy:
        description:
          - After some time (V(fixed_window)), or when nothing happens any more (V(inactivity)).
        type: str
        choices:
          - fixed_window
          - inactivity
      window_seconds:
        description:
          - How long V(fixed_window) waits, between 10 and 604800 seconds.
        type: int
      quiet_period_seconds:
        description:
          - How long nothing happens for V(inactivity), between 10 and 86400 seconds.
        type: int
      max_age_seconds:
        description:
          - How long V(inactivity) waits at most, between 60 and 604800 seconds.
        type: int
  model_configuration:
    description:
      - The model that judges. V(null) leaves that to PostHog.
    type: dict
    suboptions:
      provider:
        description:
          - Who runs it, as in M(community.posthog.posthog_llm_provider_key).
        type: str
        required: true
      model:
        description:
          - The name of the model, at most 100 characters.
        type: str
        required: true
      provider_key_id:
        description:
          - The key that is used, the name or the id of a key of M(community.posthog.posthog_llm_provider_key). Without
            one, PostHog uses its own.
        type: raw
notes:
  - The key needs the scopes C(evaluation:read) and C(evaluation:write), and C(llm_provider_key:read) to find a key by
    its name.
  - There are servers since 2026 only that have evaluations. O(target) and O(target_config) are newer than the rest. A
    warning names what PostHog does not keep.
seealso:
  - module: community.posthog.posthog_llm_provider_key
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: The key with which answers are judged
  community.posthog.posthog_llm_provider_key:
    name: OpenAI
    provider: openai
    provider_api_key: "{{ lookup('ansible.builtin.env', 'OPENAI_API_KEY', default='sk-example') }}"

- name: Judge one answer in ten of the support assistant
  community.posthog.posthog_evaluation:
    name: Is it polite?
    evaluation_type: llm_judge
    evaluation_config:
      prompt: Is the answer polite?
    output_type: boolean
    conditions:
      - id: support
        rollout_percentage: 10
        properties:
          - key: assistant
            type: event
            operator: exact
            value: support
    model_configuration:
      provider: openai
      model: gpt-5-mini
      provider_key_id: OpenAI
    enabled: true

- name: Delete an evaluation
  community.posthog.posthog_evaluation:
    name: First try
    state: absent
"""

RETURN = r"""
---
evaluation:
  description:
    - The evaluation as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the evaluation. Missing in check mode if the evaluation does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What it is for.
      type: str
    enabled:
      description: Whether it runs.
      type: bool
    status:
      description: Whether it runs, pauses or fails.
      type: str
    status_reason:
      description: Why it fails, or V(null).
      type: str
    evaluation_type:
      description: Who judges.
      type: str
    evaluation_config:
      description: How it judges.
      type: dict
    output_type:
      description: What comes out.
      type: str
    output_config:
      description: More about what comes out.
      type: dict
    conditions:
      description: Which answers are looked at.
      type: list
      elements: dict
    target:
      description: What is judged.
      type: str
    target_config:
      description: When that counts as complete.
      type: dict
    model_configuration:
      description: The model that judges, or V(null).
      type: dict
    deleted:
      description: Whether the evaluation is deleted.
      type: bool
    created_at:
      description: When the evaluation was created.
      type: str
    created_by:
      description: Who created the evaluation.
      type: dict
    updated_at:
      description: When the evaluation was changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: Is it polite?
    description: ""
    enabled: true
    status: active
    status_reason: null
    evaluation_type: llm_judge
    evaluation_config:
      prompt: Is the answer polite?
    output_type: boolean
    output_config: {}
    conditions: []
    target: generation
    target_config: {}
    model_configuration: null
    deleted: false
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
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
    before_header: evaluation 'Is it polite?'
    before:
      name: "Is it polite?"
      enabled: false
    after_header: evaluation 'Is it polite?'
    after:
      name: "Is it polite?"
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
    detail: API key missing required scope 'evaluation:write'
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
    run("posthog_evaluation")


if __name__ == "__main__":
    main()
