#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_hog_function
short_description: Manage destinations, transformations and other functions of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes what PostHog calls functions, which are the real-time destinations, transformations,
    site apps and source webhooks of its data pipelines, and the notifications that PostHog sends by itself.
  - A function is found by its O(name), together with its O(type) where that is given, or by its O(id). PostHog allows
    several functions of one name and type. This module does not make a second one, and fails if there are two already.
  - Most functions are made of one of PostHog's templates and get their code and the schema of their inputs from there.
    M(community.posthog.posthog_info) lists the templates as the type C(hog_function_template).
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.folder
  - community.posthog.object.secrets
options:
  name:
    description:
      - The name of the function.
      - Needed to create a function. Together with O(id) it renames the function.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  type:
    description:
      - What kind of function it is. Needed to create a function, and fixed from then on.
      - Functions of one name and different types are different functions.
    type: str
    choices:
      - destination
      - site_destination
      - internal_destination
      - source_webhook
      - site_app
      - transformation
      - transformation_log
  template_id:
    description:
      - The id of the template that the function is made of, for example V(template-webhook). Fixed after creation.
      - What is not declared of a new function comes from the template.
    type: str
  description:
    description:
      - What the function is for. V(null) empties it.
    type: str
  enabled:
    description:
      - Whether the function runs. PostHog itself leaves a new function switched off by default.
      - PostHog refuses to switch on a function whose filters do not compile.
    type: bool
  hog:
    description:
      - The code, in Hog, or in TypeScript for V(site_destination) and V(site_app).
      - White space at the end makes no difference.
    type: str
  inputs_schema:
    description:
      - What inputs the function has. What is given is the whole list. V([]) or V(null) removes all.
      - A function that is made of a template has the template's, and does not need this.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The name of the input, by which the code and O(inputs) know it.
        type: str
        required: true
      type:
        description:
          - What the input holds.
        type: str
        choices:
          - string
          - number
          - boolean
          - dictionary
          - choice
          - json
          - integration
          - integration_multi
          - integration_field
          - email
          - native_email
          - posthog_assignee
          - posthog_ticket_tags
          - posthog_business_hours
          - non_failure_status_codes
          - customer_analytics_account_properties
          - customer_analytics_account_relationships
          - task_model
          - task_repository
          - task_mcp_installations
        required: true
      label:
        description:
          - What PostHog's editor calls it.
        type: str
      choices:
        description:
          - For V(choice), what there is to choose from, each with C(label) and C(value).
        type: list
        elements: dict
      searchable:
        description:
          - Whether the choices can be searched.
        type: bool
        default: false
      required:
        description:
          - Whether the input must have a value.
        type: bool
        default: false
      default:
        description:
          - The value that PostHog's editor begins with.
        type: raw
      secret:
        description:
          - Whether the value is a secret, which PostHog keeps and never shows.
        type: bool
        default: false
      hidden:
        description:
          - Whether PostHog's editor leaves it out.
        type: bool
        default: false
      description:
        description:
          - What the input is for.
        type: str
      integration:
        description:
          - For V(integration), the kind of integration, for example V(slack).
        type: str
      integration_key:
        description:
          - For V(integration_field), the key of the input that holds the integration.
        type: str
      requires_field:
        description:
          - The key of the input that has to be filled in first.
        type: str
      integration_field:
        description:
          - For V(integration_field), what of the integration, for example V(slack_channel).
        type: str
      requiredScopes:
        description:
          - For V(integration), the scopes that it needs at the other service.
        type: str
      templating:
        description:
          - Whether the value is a template, and of which kind, V(true), V(false), V(hog) or V(liquid).
        type: raw
        choices:
          - true
          - false
          - hog
          - liquid
  inputs:
    description:
      - The values of the inputs, by their keys. Each is a dictionary with the keys below. Anything that is no
        dictionary stands for its C(value), so C(url=https://example.com) is short for
        C(url={value=https://example.com}).
      - Only the inputs that are given are compared and changed. An input that is C(null) is removed.
      - The value of an input is compared as a whole, and what PostHog computes of it (bytecode and order) is not.
      - Inputs that the schema does not have are refused, with the nearest one that it has, since PostHog drops them
        without an error.
      - The value of an input of the type V(integration) is the display name of an integration (or its id), of the kind
        that the schema asks for.
      - The values of secret inputs appear in no result, no diff and no message. PostHog keeps them and never shows
        them, so another secret is no change by itself, see O(update_secret).
    type: dict
    suboptions:
      value:
        description:
          - The value, of the type that the schema says. Texts may be templates.
        type: raw
      templating:
        description:
          - The kind of template that the value is. Left as it is if not given.
        type: str
        choices:
          - hog
          - liquid
      secret:
        description:
          - V(true), without a value, keeps the secret that is stored. It is refused where there is none.
        type: raw
  filters:
    description:
      - What the function runs on. What is given is the whole truth. V({}) removes all filters. V(null), here
        or in one of the lists, is refused, since the function would run on every event.
    type: dict
    suboptions:
      source:
        description:
          - What the function runs on. For all but V(events), PostHog drops events and actions, so they are refused.
        type: str
        choices:
          - events
          - person-updates
          - data-warehouse-table
          - data-warehouse-view
        default: events
      events:
        description:
          - >-
            The events that it runs on, each a dictionary such as C({id: $pageview, name: $pageview, type: events}),
            with C(properties) where only some of them matter.
        type: list
        elements: dict
      actions:
        description:
          - >-
            The actions that it runs on, each a dictionary whose C(id) is the name of an action (or its id), such as
            C({id: Signed up}).
        type: list
        elements: dict
      data_warehouse:
        description:
          - The tables of the data warehouse that it runs on.
        type: list
        elements: dict
      properties:
        description:
          - Property filters that all must be true. A cohort is named by its name.
        type: list
        elements: dict
      filter_test_accounts:
        description:
          - Whether internal and test users are left out.
        type: bool
        default: false
  mappings:
    description:
      - For destinations, several sets of filters and inputs within one function. What is given is the whole list, in
        this order. V(null) removes all.
      - PostHog drops the events and actions of O(filters) where there are mappings, so both together are refused.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the mapping. Stored secrets stay with the mapping of that name.
        type: str
      inputs_schema:
        description:
          - What inputs the mapping has, as in O(inputs_schema). Left as it is if not given.
        type: list
        elements: dict
      inputs:
        description:
          - The values of its inputs, as in O(inputs).
        type: dict
      filters:
        description:
          - What it runs on, as in O(filters).
        type: dict
  masking:
    description:
      - How often the function runs for the same thing. V(null) lets it run each time.
    type: dict
    suboptions:
      ttl:
        description:
          - For how many seconds it does not run again, between 60 and 86400.
        type: int
        required: true
      threshold:
        description:
          - How often the same thing must come until it runs again nevertheless.
        type: int
      hash:
        description:
          - What counts as the same thing, a Hog template such as V({person.id}).
        type: str
        required: true
  icon_url:
    description:
      - The address of an icon. V(null) removes it.
    type: str
  execution_order:
    description:
      - For transformations, the place in the order in which they run, V(1) first. V(null) gives it none.
      - PostHog moves a transformation that is switched on without an order to the end.
    type: int
  batch_export:
    description:
      - The name (or id) of the batch export that fills this function with events of the past. V(null) takes it away.
      - The API's field is C(batch_export_id).
    type: raw
    aliases:
      - batch_export_id
notes:
  - The key needs the scopes C(hog_function:read) and C(hog_function:write). To name actions, integrations or batch
    exports it also needs C(action:read), C(integration:read) or C(batch_export:read).
  - Without the plan feature for data pipelines, PostHog takes free templates only, and refuses others.
  - PostHog refuses more than 20 transformations that are switched on. Those that are off do not count.
  - Alerts have destinations of their own kind. On newer servers, PostHog refuses to change those here.
  - A template that is named only by O(template_id) is asked for once for each task, to know its inputs.
  - A deleted function that is declared again is created anew, with a new id.
seealso:
  - name: Destinations in PostHog's documentation
    description: What functions can do, and the language Hog.
    link: https://posthog.com/docs/cdp
  - module: community.posthog.posthog_hog_flow
  - module: community.posthog.posthog_batch_export
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: An action to run on
  community.posthog.posthog_action:
    name: Order placed
    steps:
      - event: order placed

- name: A webhook, made of a template. The headers are secret
  community.posthog.posthog_hog_function:
    name: Orders to the shop
    type: destination
    template_id: template-webhook
    enabled: true
    inputs:
      url: https://shop.example.com/hooks/posthog
      method: POST
      body:
        value:
          order: "{event.properties.order_id}"
          person: "{person.id}"
      headers:
        value:
          Authorization: Bearer {{ shop_token | default('not-a-real-token') }}
    filters:
      actions:
        - id: Order placed
      properties:
        - key: total
          type: event
          operator: gt
          value: 100
      filter_test_accounts: true
    masking:
      ttl: 3600
      hash: "{event.properties.order_id}"

- name: Write another secret, which is a change each time. Here it is not asked for
  community.posthog.posthog_hog_function:
    name: Orders to the shop
    type: destination
    template_id: template-webhook
    inputs:
      url: https://shop.example.com/hooks/posthog
      headers:
        value:
          Authorization: Bearer {{ shop_token | default('not-a-real-token') }}
    update_secret: "{{ 'always' if rotate | default(false) else 'on_create' }}"

- name: A transformation with code of its own
  community.posthog.posthog_hog_function:
    name: Shorten addresses
    type: transformation
    enabled: true
    execution_order: 1
    hog: |
      let out := event
      out.properties.$ip := inputs.replacement
      return out
    inputs_schema:
      - key: replacement
        type: string
        label: What to write in place of the address
    inputs:
      replacement: 0.0.0.0

- name: A destination with several mappings
  community.posthog.posthog_hog_function:
    name: Audit log
    type: destination
    hog: "fetch(inputs.url, {'body': inputs.text})"
    inputs_schema:
      - key: url
        type: string
        required: true
    inputs:
      url: https://audit.example.com/events
    mappings:
      - name: Sign-ups
        inputs_schema:
          - key: text
            type: string
        inputs:
          text: "{person.id} signed up"
        filters:
          events:
            - id: signup
              name: signup
              type: events
      - name: Orders
        inputs_schema:
          - key: text
            type: string
        inputs:
          text: "{person.id} ordered"
        filters:
          actions:
            - id: Order placed

- name: See what templates there are
  community.posthog.posthog_info:
    types:
      - hog_function_template
  register: templates

- name: Show what the inputs of one of them are
  ansible.builtin.debug:
    msg: "{{ item.inputs_schema | map(attribute='key') | list }}"
  loop: "{{ templates.objects.hog_function_template | selectattr('id', 'equalto', 'template-webhook') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a function
  community.posthog.posthog_hog_function:
    name: Orders to the old shop
    type: destination
    state: absent
"""

RETURN = r"""
---
hog_function:
  description:
    - The function as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the function. Missing in check mode if the function does not exist yet.
      type: str
    type:
      description: What kind of function it is.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the function is for.
      type: str
    enabled:
      description: Whether it runs.
      type: bool
    hog:
      description: The code.
      type: str
    inputs_schema:
      description: What inputs it has.
      type: list
      elements: dict
    inputs:
      description: The values of the inputs, secrets masked, with what PostHog computes.
      type: dict
    filters:
      description: What it runs on, with ids in place of names and with what PostHog computes.
      type: dict
    mappings:
      description: The mappings.
      type: list
      elements: dict
    masking:
      description: How often it runs for the same thing.
      type: dict
    template:
      description: The template that it is made of, V(null) if it is made of none.
      type: dict
    execution_order:
      description: The place of a transformation in the order.
      type: int
    status:
      description: How it is doing, as PostHog sees it.
      type: dict
    created_at:
      description: When the function was created.
      type: str
    created_by:
      description: Who created the function.
      type: dict
    updated_at:
      description: When the function was last changed.
      type: str
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    type: transformation
    name: Shorten addresses
    description: ''
    enabled: true
    hog: "let out := event\nout.properties.$ip := inputs.replacement\nreturn out"
    inputs_schema:
      - key: replacement
        type: string
        label: What to write in place of the address
        required: false
        secret: false
        hidden: false
    inputs:
      replacement:
        value: 0.0.0.0
        bytecode:
          - _H
          - 1
          - 32
          - 0.0.0.0
        order: 0
    filters:
      source: events
      bytecode:
        - _H
        - 1
        - 29
    mappings: null
    masking: null
    template: null
    execution_order: 1
    status:
      state: 0
      tokens: 0
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
    before_header: hog function 'Shorten addresses'
    before:
      enabled: false
      name: Shorten addresses
      type: transformation
    after_header: hog function 'Shorten addresses'
    after:
      enabled: true
      name: Shorten addresses
      type: transformation
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
    detail: API key missing required scope 'hog_function:write'
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
    run("posthog_hog_function")


if __name__ == "__main__":
    main()
