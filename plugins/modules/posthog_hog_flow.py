#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_hog_flow
short_description: Manage workflows of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes, activates, archives and deletes workflows, which PostHog's API calls hog flows. A workflow is
    started by a trigger and goes through actions such as waiting, branching and sending messages.
  - A workflow is found by its O(name) or its O(id). PostHog allows several workflows of one name. This module does not
    make a second one, and fails if there are two already.
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
      - The name of the workflow, at most 400 characters.
      - Needed to create a workflow. Together with O(id) it renames the workflow.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  description:
    description:
      - What the workflow is for. V(null) empties it.
    type: str
  status:
    description:
      - Whether the workflow runs (V(active)), is being worked on (V(draft), PostHog's default for a new one), or is
        put away (V(archived)).
      - PostHog checks the actions of an active workflow in full, and those of others only in part.
    type: str
    choices:
      - draft
      - active
      - archived
  actions:
    description:
      - >-
        The steps, exactly one of them of the type C(trigger). Each is a dictionary as PostHog's API has it, with an
        C(id) of your own, a C(type), mostly a C(name) and a C(config). Needed to create a workflow.
      - What is given is the whole list, in this order. Of each action, the keys that are given are compared, at every
        depth. Where anything differs the actions are written as they are given.
      - >-
        An action that runs a function has C(config.template_id) and C(config.inputs), which are written as the option
        C(inputs) of M(community.posthog.posthog_hog_function): a dictionary with C(value) and C(templating), or just
        the value. Inputs that the template does not have are refused where they are new. The value of an input of the
        type C(integration) is the display name of an integration (or its id).
      - The values of secret inputs appear in no result, no diff and no message. PostHog keeps them and never shows
        them, so another secret is no change by itself, see O(update_secret). A stored secret stays with the action of
        that C(id).
      - >-
        Filters inside actions name cohorts and actions by their names: C({type: cohort, key: id, value: Beta
        testers}), C({type: actions, id: Signed up}).
    type: list
    elements: dict
  edges:
    description:
      - >-
        Which action follows which, each a dictionary such as C({from: trigger, to: wait, type: continue}). Needed to
        create a workflow.
      - What is given is the whole list, in this order.
    type: list
    elements: dict
  exit_condition:
    description:
      - When somebody leaves the workflow, for example V(exit_only_at_end) or V(exit_on_conversion). V(null) leaves
        that to PostHog.
    type: str
  trigger_masking:
    description:
      - How often the workflow starts for the same thing. V(null) lets it start each time.
    type: dict
    suboptions:
      ttl:
        description:
          - For how many seconds it does not start again, between 60 and 94608000.
        type: int
        required: true
      threshold:
        description:
          - How often the same thing must come until it starts again nevertheless.
        type: int
      hash:
        description:
          - What counts as the same thing, a Hog template such as V({person.id}).
        type: str
        required: true
  conversion:
    description:
      - What counts as success, as PostHog's API has it. V(null) removes it.
      - Compared by the keys that are given, at every depth.
    type: dict
  variables:
    description:
      - The variables of the workflow, as PostHog's API has them. V(null) removes all.
    type: list
    elements: raw
  email_sending_rate_limit:
    description:
      - How many e-mails the workflow may send in a minute or an hour. V(null) takes the limit away.
      - Servers before autumn 2026 do not have it.
    type: dict
    suboptions:
      count:
        description:
          - How many, from 1 to 1,000,000.
        type: int
        required: true
      period:
        description:
          - In which time.
        type: str
        required: true
        choices:
          - minute
          - hour
notes:
  - The key needs the scopes C(hog_flow:read) and C(hog_flow:write). To name cohorts, actions or integrations it also
    needs C(cohort:read), C(action:read) or C(integration:read), and to know the inputs of templates
    C(hog_function:read).
  - PostHog adds to actions what it computes (bytecode), which is never compared.
  - Servers before 2025 have no workflows.
seealso:
  - module: community.posthog.posthog_hog_function
  - module: community.posthog.posthog_messaging_template
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A cohort that is left out
  community.posthog.posthog_cohort:
    name: Our own people
    filters:
      properties:
        type: OR
        values:
          - type: AND
            values:
              - type: person
                key: email
                operator: icontains
                value: "@acme.test"

- name: Tell the shop of each new customer, a day later
  community.posthog.posthog_hog_flow:
    name: New customers
    description: Tells the shop of each new customer
    status: active
    actions:
      - id: trigger
        type: trigger
        name: Signed up
        config:
          type: event
          filters:
            events:
              - id: signup
                name: signup
                type: events
            properties:
              - key: id
                type: cohort
                operator: not_in
                value: Our own people
      - id: wait
        type: delay
        name: A day
        config:
          delay_duration: 1d
      - id: tell
        type: function
        name: Tell the shop
        config:
          template_id: template-webhook
          inputs:
            url: https://shop.example.com/hooks/customers
            headers:
              value:
                Authorization: Bearer {{ shop_token | default('not-a-real-token') }}
      - id: exit
        type: exit
        name: End
        config: {}
    edges:
      - from: trigger
        to: wait
        type: continue
      - from: wait
        to: tell
        type: continue
      - from: tell
        to: exit
        type: continue
    exit_condition: exit_only_at_end
    trigger_masking:
      ttl: 86400
      hash: "{person.id}"

- name: A draft that somebody goes on with in PostHog
  community.posthog.posthog_hog_flow:
    name: Win back
    status: draft
    actions:
      - id: trigger
        type: trigger
        config:
          type: event
          filters:
            events:
              - id: cancelled
                name: cancelled
                type: events
    edges: []

- name: Look for workflows that are drafts
  community.posthog.posthog_info:
    types:
      - hog_flow
  register: flows

- name: Show them
  ansible.builtin.debug:
    msg: "{{ flows.objects.hog_flow | selectattr('status', 'equalto', 'draft') | map(attribute='name') | list }}"

- name: Delete a workflow
  community.posthog.posthog_hog_flow:
    name: Old newsletter
    state: absent
"""

RETURN = r"""
---
hog_flow:
  description:
    - The workflow as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the workflow. Missing in check mode if the workflow does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the workflow is for.
      type: str
    status:
      description: Whether it runs.
      type: str
    version:
      description: How often it was changed.
      type: int
    trigger:
      description: The configuration of the trigger, which PostHog takes from the actions.
      type: dict
    actions:
      description: The steps, secrets masked, with ids in place of names and with what PostHog computes.
      type: list
      elements: dict
    edges:
      description: Which action follows which.
      type: list
      elements: dict
    exit_condition:
      description: When somebody leaves the workflow.
      type: str
    trigger_masking:
      description: How often it starts for the same thing.
      type: dict
    conversion:
      description: What counts as success.
      type: dict
    variables:
      description: The variables.
      type: list
      elements: raw
    created_at:
      description: When the workflow was created.
      type: str
    updated_at:
      description: When it was last changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: Win back
    description: ''
    status: draft
    version: 1
    trigger:
      type: event
      filters:
        events:
          - id: cancelled
            name: cancelled
            type: events
        bytecode:
          - _H
          - 1
          - 32
    actions:
      - id: trigger
        type: trigger
        name: ''
        description: ''
        on_error: null
        filters: null
        config:
          type: event
          filters:
            events:
              - id: cancelled
                name: cancelled
                type: events
            bytecode:
              - _H
              - 1
              - 32
    edges: []
    exit_condition: null
    trigger_masking: null
    conversion: null
    variables: null
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
      description: The path of the option, for example C(status).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: status
      before: draft
      after: active
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: workflow 'Win back'
    before:
      name: Win back
      status: draft
    after_header: workflow 'Win back'
    after:
      name: Win back
      status: active
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
    detail: API key missing required scope 'hog_flow:write'
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
    run("posthog_hog_flow")


if __name__ == "__main__":
    main()
