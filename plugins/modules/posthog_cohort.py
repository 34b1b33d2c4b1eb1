#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_cohort
short_description: Manage cohorts of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes cohorts, the named groups of persons of a project.
  - A cohort is found by its O(name) or its O(id). PostHog allows several cohorts of one name. This module does not
    make a second one, and fails if there are two already.
  - A static cohort is filled from a list of persons, or by hand. PostHog itself finds out who is in any other cohort.
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
options:
  name:
    description:
      - The name of the cohort, at most 400 characters.
      - Needed to create a cohort. Together with O(id) it renames the cohort.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  description:
    description:
      - What the cohort is for, at most 1000 characters. V(null) empties it.
    type: str
  filters:
    description:
      - The conditions of the cohort, as PostHog's API has them. V(null) removes them.
      - What is given is the whole truth. A condition that is not listed is removed.
      - Mutually exclusive with O(query).
    type: dict
    suboptions:
      properties:
        description:
          - The outermost group of conditions.
        type: dict
        required: true
        suboptions:
          type:
            description:
              - Whether all of O(filters.properties.values) must be true (V(AND)) or one of them (V(OR)).
            type: str
            choices:
              - AND
              - OR
            required: true
          values:
            description:
              - The groups and conditions in it. PostHog's user interface expects groups here, with conditions in
                them.
            type: list
            elements: dict
            required: true
            suboptions:
              type:
                description:
                  - What it is.
                  - V(AND) and V(OR) are a group of its own, with further O(filters.properties.values[].values).
                  - V(person) is about a property of the person, V(person_metadata) about something that PostHog
                    knows of each person, such as V(created_at).
                  - V(cohort) is about being in another cohort.
                  - V(behavioral) is about what the person did.
                type: str
                choices:
                  - AND
                  - OR
                  - behavioral
                  - cohort
                  - person
                  - person_metadata
                required: true
              values:
                description:
                  - For a group, the groups and conditions in it, described by the same keys.
                type: list
                elements: dict
              key:
                description:
                  - Needed in every condition.
                  - For V(person) and V(person_metadata) the name of the property, for V(cohort) it is V(id).
                  - For V(behavioral) the name of the event, or the name (or id) of the action if
                    O(filters.properties.values[].event_type=actions).
                type: raw
              value:
                description:
                  - For V(person) and V(person_metadata) what to compare with, or a list of it. Not needed for the
                    operators V(is_set) and V(is_not_set).
                  - For V(cohort) the name (or id) of the other cohort.
                  - For V(behavioral) the kind of behaviour, such as V(performed_event), V(performed_event_multiple),
                    V(performed_event_first_time), V(performed_event_sequence), V(performed_event_regularly),
                    V(stopped_performing_event) or V(restarted_performing_event).
                type: raw
              operator:
                description:
                  - How to compare, for example V(exact), V(is_not), V(icontains), V(regex), V(gt), V(is_set) or
                    V(is_date_after). Needed for V(person) and V(person_metadata).
                  - For the behaviour V(performed_event_multiple) how to compare
                    O(filters.properties.values[].operator_value), for example V(gte).
                type: str
                choices:
                  - exact
                  - is_not
                  - icontains
                  - not_icontains
                  - icontains_multi
                  - not_icontains_multi
                  - regex
                  - not_regex
                  - starts_with
                  - not_starts_with
                  - ends_with
                  - not_ends_with
                  - gt
                  - gte
                  - lt
                  - lte
                  - semver_gt
                  - semver_gte
                  - semver_lt
                  - semver_lte
                  - semver_eq
                  - semver_neq
                  - semver_tilde
                  - semver_caret
                  - semver_wildcard
                  - is_set
                  - is_not_set
                  - is_date_exact
                  - is_date_after
                  - is_date_before
                  - in
                  - not_in
                  - flag_evaluates_to
                  - between
                  - eq
                  - max
                  - min
                  - not_between
              negation:
                description:
                  - Whether the condition is turned around.
                type: bool
                default: false
              event_type:
                description:
                  - Whether O(filters.properties.values[].key) names an event or an action. Needed for V(behavioral).
                type: str
                choices:
                  - events
                  - actions
              time_value:
                description:
                  - How many of O(filters.properties.values[].time_interval) to look back.
                type: int
              time_interval:
                description:
                  - V(day), V(week), V(month) or V(year).
                type: str
              operator_value:
                description:
                  - How often the event must have happened.
                type: int
              seq_time_value:
                description:
                  - For a sequence, within how many of O(filters.properties.values[].seq_time_interval) the second
                    event must follow the first.
                type: int
              seq_time_interval:
                description:
                  - For a sequence, V(day), V(week), V(month) or V(year).
                type: str
              seq_event:
                description:
                  - For a sequence, the second event, or the id of the second action.
                type: raw
              seq_event_type:
                description:
                  - For a sequence, V(events) or V(actions).
                type: str
              total_periods:
                description:
                  - For regular behaviour, how many periods are looked at.
                type: int
              min_periods:
                description:
                  - For regular behaviour, in how many of the periods it must have happened.
                type: int
              event_filters:
                description:
                  - Conditions on the event itself, for V(behavioral).
                type: list
                elements: dict
                suboptions:
                  type:
                    description:
                      - Whether it is about a property of the event or of the clicked element, or a HogQL expression.
                    type: str
                    choices:
                      - event
                      - element
                      - hogql
                    required: true
                  key:
                    description:
                      - The name of the property, or the expression.
                    type: str
                    required: true
                  value:
                    description:
                      - What to compare with.
                    type: raw
                  operator:
                    description:
                      - How to compare.
                    type: str
                    choices:
                      - exact
                      - is_not
                      - icontains
                      - not_icontains
                      - icontains_multi
                      - not_icontains_multi
                      - regex
                      - not_regex
                      - starts_with
                      - not_starts_with
                      - ends_with
                      - not_ends_with
                      - gt
                      - gte
                      - lt
                      - lte
                      - semver_gt
                      - semver_gte
                      - semver_lt
                      - semver_lte
                      - semver_eq
                      - semver_neq
                      - semver_tilde
                      - semver_caret
                      - semver_wildcard
                      - is_set
                      - is_not_set
                      - is_date_exact
                      - is_date_after
                      - is_date_before
                      - in
                      - not_in
                      - flag_evaluates_to
                      - between
                      - eq
                      - max
                      - min
                      - not_between
              explicit_datetime:
                description:
                  - In place of O(filters.properties.values[].time_value), from when on, as a date or relative to
                    today, for example V(-30d).
                type: str
              explicit_datetime_to:
                description:
                  - Until when, in the same form.
                type: str
  query:
    description:
      - A query whose persons are the cohort, an C(ActorsQuery) as PostHog's API has it. V(null) removes it.
      - Compared by the keys that are given, at every depth.
      - Mutually exclusive with O(filters).
    type: dict
  is_static:
    description:
      - Whether the members of the cohort are a fixed list.
    type: bool
  persons:
    description:
      - The UUIDs of persons who are in the cohort, in any order. The cohort must be static.
      - Persons who are not listed stay in the cohort unless O(exclusive=true). V([]) or V(null) lists nobody.
      - PostHog refuses the UUIDs of persons that it does not know.
    type: list
    elements: str
  exclusive:
    description:
      - Whether O(persons) is the whole truth. Persons who are not listed are then taken out of the cohort, with one
        request each.
    type: bool
    default: false
    aliases:
      - authoritative
  cohort_type:
    description:
      - What kind of cohort it is. PostHog works it out by itself where it is not given, and refuses a kind that
        does not fit the conditions. V(null) leaves it to PostHog. Servers before 2026 do not know it.
    type: str
    choices:
      - static
      - person_property
      - behavioral
      - realtime
      - analytical
notes:
  - The key needs the scopes C(cohort:read) and C(cohort:write). To name actions it also needs C(action:read).
  - For O(persons) the key also needs the scope C(person:read). Everybody who is in the cohort is read for it, so this
    takes many requests for a large one. Who is in the cohort shows in the diff, and not in the result.
  - Cohorts with conditions on behaviour cannot be used in feature flags, and PostHog refuses to make such a cohort
    of one that a flag uses.
  - PostHog computes the members of a cohort again after each change, so RV(cohort.count) and
    RV(cohort.is_calculating) in the result are those of the moment.
  - A deleted cohort that is declared again is created anew, with a new id.
seealso:
  - name: Cohorts in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/cohorts
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A cohort by a property of the person
  community.posthog.posthog_cohort:
    name: Our own people
    description: Everybody with an address of the company
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

- name: A cohort by another cohort and by behaviour
  community.posthog.posthog_cohort:
    name: Active customers
    filters:
      properties:
        type: AND
        values:
          - type: AND
            values:
              - type: cohort
                key: id
                value: Our own people
                negation: true
              - type: behavioral
                key: order placed
                event_type: events
                value: performed_event_multiple
                operator: gte
                operator_value: 3
                time_value: 30
                time_interval: day

- name: A static cohort, to be filled in PostHog
  community.posthog.posthog_cohort:
    name: Interview partners
    is_static: true

- name: A static cohort that is filled from a list, which is still empty
  community.posthog.posthog_cohort:
    name: Beta customers
    is_static: true
    persons: "{{ beta_customers | default([]) }}"
    exclusive: true

- name: Change the description and leave the conditions as they are
  community.posthog.posthog_cohort:
    name: Active customers
    description: Three orders or more within the last 30 days, without our own people

- name: Look for a cohort under its old name
  community.posthog.posthog_info:
    types:
      - cohort
    names:
      - Testers
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_cohort:
    id: "{{ item.id }}"
    name: Interview partners of 2025
  loop: "{{ old.objects.cohort }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a cohort
  community.posthog.posthog_cohort:
    name: Newsletter readers
    state: absent
"""

RETURN = r"""
---
cohort:
  description:
    - The cohort as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the cohort. Missing in check mode if the cohort does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    description:
      description: What the cohort is for.
      type: str
    filters:
      description: The conditions, with ids in place of names and with what PostHog computes.
      type: dict
    query:
      description: The query, where the cohort is made of one.
      type: dict
    is_static:
      description: Whether the members are a fixed list.
      type: bool
    is_calculating:
      description: Whether PostHog is computing the members.
      type: bool
    count:
      description: How many members the cohort had when PostHog computed them the last time.
      type: int
    created_at:
      description: When the cohort was created.
      type: str
    created_by:
      description: Who created the cohort.
      type: dict
  sample:
    id: 2
    name: Our own people
    description: Everybody with an address of ours
    filters:
      properties:
        type: OR
        values:
          - type: AND
            values:
              - bytecode:
                  - _H
                  - 1
                  - 32
                  - email
                  - 632ccc6d
                bytecode_error: null
                conditionHash: 632ccc6df64dda6f
                key: email
                operator: icontains
                type: person
                value: '@example.com'
    query: null
    is_static: false
    cohort_type: null
    is_calculating: false
    count: 0
    last_calculation: "2026-11-22T01:41:56.627475Z"
    version: 1
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
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
      description: The path of the option, for example C(description).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: description
      before: Everybody with an address of the company
      after: Everybody with an address of ours
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: cohort 'Our own people'
    before:
      description: Everybody with an address of the company
      name: Our own people
    after_header: cohort 'Our own people'
    after:
      description: Everybody with an address of ours
      name: Our own people
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
    detail: API key missing required scope 'cohort:write'
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
    run("posthog_cohort")


if __name__ == "__main__":
    main()
