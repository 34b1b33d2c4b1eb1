#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_feature_flag
short_description: Manage feature flags of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes feature flags, with their release conditions, variants and payloads.
  - A flag is found by its O(key), which is unique in the project, or by its O(id), which allows changing the key.
  - For simple flags there are the short forms O(rollout_percentage), O(variants) and O(payloads). Everything else is
    declared in O(filters), the whole document as PostHog has it, in YAML.
  - A new flag for which no conditions are declared is on for everybody, as PostHog has it. Declare O(active=false) or
    O(rollout_percentage=0) for one that nobody is to see yet.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.tags
  - community.posthog.object.folder
options:
  key:
    description:
      - The key that the flag is asked for in code. Letters, digits, C(_) and C(-), at most 400 of them.
      - Needed to create a flag. Together with O(id) it renames the flag.
    type: str
  name:
    description:
      - What the flag is for. PostHog calls this field C(name) in the API and shows it as the description. V(null)
        empties it.
    type: str
  active:
    description:
      - Whether the flag is on. A new flag is on unless this is V(false).
    type: bool
  rollout_percentage:
    description:
      - Short form of O(filters) for a single condition set, the given percentage of everybody, from V(0) to V(100).
        V(null) is refused, since a variable that happens to be empty would open the flag to everybody.
      - The flag's other condition sets are removed, its variants and payloads stay as they are.
      - Cannot be combined with V(groups) in O(filters).
    type: float
  variants:
    description:
      - Short form of the variants in O(filters). The percentages of all variants must add up to 100.
      - The flag's conditions and payloads stay as they are. V([]) makes a boolean flag of it. V(null)
        is refused, since a variable that happens to be empty would do so.
      - Cannot be combined with V(multivariate) in O(filters).
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The value that the flag has for a person who gets this variant. Letters, digits and C(_ . / -), at most
            400 of them.
        type: str
        required: true
      name:
        description:
          - A name to show.
        type: str
      rollout_percentage:
        description:
          - The share of those for whom the flag is on, from V(0) to V(100).
        type: float
        required: true
      description:
        description:
          - What the variant is for.
        type: str
  payloads:
    description:
      - Short form of the payloads in O(filters), a dictionary from the variant's key to its payload. The payload of a
        boolean flag has the key V(true).
      - A payload can be any YAML value. PostHog stores it as JSON. A string that is JSON already is taken as it is.
      - The dictionary is complete, payloads that are not listed are removed. V({}) or V(null) removes all.
      - If O(has_encrypted_payloads=true), the payloads are secret and appear in no result, diff or message.
      - Cannot be combined with V(payloads) in O(filters).
    type: dict
  filters:
    description:
      - The conditions, variants and payloads of the flag, as PostHog's API has them.
      - What is given is the whole truth. A key that is left out has its default, so a condition set that was added
        in PostHog's user interface is removed again. Only keys whose description says so are left alone unless they
        are given, since they belong to somebody else.
      - Cohorts and other flags are named by their names and keys. A number is taken as the id if nothing has that
        name.
    type: dict
    suboptions:
      groups:
        description:
          - The condition sets. The flag is on for those that match one of them and fall into its percentage.
          - If left out, there is one set for everybody. V([]) switches an existing flag off for everybody.
        type: list
        elements: dict
        suboptions:
          properties:
            description:
              - What must be true of a person (or group, or cohort, or flag). All of it must be. If left out, it is
                everybody.
            type: list
            elements: dict
            suboptions:
              key:
                description:
                  - The name of the property. For O(filters.groups[].properties[].type=cohort) it is V(id), for
                    O(filters.groups[].properties[].type=flag) the key (or id) of the other flag.
                type: str
                required: true
              type:
                description:
                  - What the property is one of. Servers of 2024 do not know V(flag).
                type: str
                choices:
                  - person
                  - cohort
                  - group
                  - flag
                required: true
              value:
                description:
                  - What to compare with, or a list of it. For O(filters.groups[].properties[].type=cohort) it is
                    the name (or id) of the cohort, for O(filters.groups[].properties[].type=flag) V(true), V(false)
                    or a variant's key.
                type: raw
              operator:
                description:
                  - How to compare.
                  - Cohorts take V(in) and V(not_in), flags V(flag_evaluates_to).
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
                default: exact
              group_type_index:
                description:
                  - The name of the group type (or its index), for O(filters.groups[].properties[].type=group).
                type: raw
              negation:
                description:
                  - Whether the condition is turned around.
                type: bool
                default: false
              label:
                description:
                  - A text to show in PostHog. Left alone if it is not given.
                type: str
          rollout_percentage:
            description:
              - The share of those that match, from V(0) to V(100). V(null) is refused, since it would mean V(100).
            type: float
            default: 100.0
          variant:
            description:
              - The key of the variant that everybody in this set gets.
            type: str
          aggregation_group_type_index:
            description:
              - The name of the group type (or its index) if the set is about groups. V(null) is about persons.
            type: raw
          description:
            description:
              - What the condition set is for.
            type: str
          sort_key:
            description:
              - PostHog's own note of the order in its user interface. Left alone if it is not given.
            type: raw
      multivariate:
        description:
          - The variants. V(null) and leaving it out make a boolean flag.
        type: dict
        suboptions:
          variants:
            description:
              - The variants, at least one, with the keys described at O(variants).
            type: list
            elements: dict
            required: true
      payloads:
        description:
          - A dictionary as described at O(payloads).
        type: dict
      aggregation_group_type_index:
        description:
          - The name of the group type (or its index) that all sets are about, where servers before 2026 have it. Newer
            ones derive it from the sets. Left alone if it is not given.
        type: raw
      feature_enrollment:
        description:
          - Whether people can enrol in the feature themselves. It belongs to early access features, so it is left
            alone if it is not given.
        type: bool
      holdout:
        description:
          - The holdout group of the flag. It belongs to experiments, so it is left alone if it is not given.
        type: dict
        suboptions:
          id:
            description:
              - The name (or the id) of the holdout.
            type: raw
            required: true
          exclusion_percentage:
            description:
              - The share of those that are held out, from V(0) to V(100).
            type: float
            required: true
      super_groups:
        description:
          - What servers before 2026 have in place of V(feature_enrollment). Newer ones drop it. Left alone if it is
            not given.
        type: raw
      holdout_groups:
        description:
          - What servers before 2026 have in place of V(holdout). Newer ones drop it. Left alone if it is not given.
        type: raw
      early_exit:
        description:
          - Whether the evaluation ends with the first condition set that matches, whatever its percentage. It
            depends on the plan. Left alone if it is not given.
        type: bool
  archived:
    description:
      - Whether the flag is archived. An archived flag keeps its key and is hidden from lists. It must not be
        active, so declare O(active=false) with it.
      - Servers before 2026 do not know it.
    type: bool
  ensure_experience_continuity:
    description:
      - Whether a person keeps the value across logging in. Must be V(false) if O(bucketing_identifier=device_id).
        V(null) is V(false).
    type: bool
  evaluation_contexts:
    description:
      - The contexts in which the flag is evaluated, for example V(marketing-site). All of them, in any order. V([])
        removes all, V(null) is refused.
      - They need the plan feature V(flag-evaluation-tags). Without it, they are left out with a warning. Servers
        before 2026 do not know them.
    type: list
    elements: str
  evaluation_runtime:
    description:
      - Where the flag may be evaluated. V(null) is refused, since it would mean V(all).
    type: str
    choices:
      - server
      - client
      - all
  bucketing_identifier:
    description:
      - What decides into which percentage somebody falls. V(null) is V(distinct_id). Servers before 2026 do not
        know it.
    type: str
    choices:
      - distinct_id
      - device_id
  is_remote_configuration:
    description:
      - Whether the flag only delivers its payload. PostHog then gives it a single condition set of 100 percent.
        V(null) is V(false).
    type: bool
  has_encrypted_payloads:
    description:
      - Whether the payloads are stored encrypted. It needs O(is_remote_configuration=true). V(null) is V(false).
      - PostHog does not show encrypted payloads, so they cannot be compared. See O(update_secret).
    type: bool
  update_secret:
    description:
      - When payloads that cannot be read back, see O(has_encrypted_payloads), are written.
      - With V(on_create) only when the flag is created.
      - With V(always) each time, which always counts as a change.
    type: str
    choices:
      - on_create
      - always
    default: on_create
  analytics_dashboards:
    description:
      - The dashboards about this flag, by name or id, in any order. V([]) or V(null) removes all.
    type: list
    elements: raw
  creation_context:
    description:
      - What the flag is created for. It is sent when the flag is created, and never compared or changed afterwards.
        A flag policy of the project does not apply to flags that are created for something other than
        V(feature_flags).
    type: str
    choices:
      - feature_flags
      - experiments
      - surveys
      - early_access_features
      - web_experiments
      - product_tours
notes:
  - The key needs the scopes C(feature_flag:read) and C(feature_flag:write). For references it also needs
    C(cohort:read) or C(dashboard:read).
  - PostHog refuses to delete a flag that an early access feature, a running experiment, another flag or the session
    replay settings use.
  - A deleted flag frees its key. If the flag is declared again, it is created anew, with a new id.
  - Cohorts made of behaviour (events and actions) cannot be used in flags.
  - If an approval policy covers the flag, PostHog answers 409 and makes a change request in place of the change.
    The task fails with its answer in RV(error).
  - Percentages outside of 0 to 100 and variants that do not add up to 100 are refused before anything is sent, also
    where an older server would take them.
seealso:
  - name: Feature flags in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/feature-flags
  - module: community.posthog.posthog_cohort
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A flag that is on for everybody
  community.posthog.posthog_feature_flag:
    key: dark-mode
    name: Dark mode in the web application
    rollout_percentage: 100

- name: A flag for a tenth of everybody
  community.posthog.posthog_feature_flag:
    key: new-checkout
    name: The checkout of 2026
    rollout_percentage: 10
    tags:
      - checkout
      - team-payments

- name: Variants with payloads
  community.posthog.posthog_feature_flag:
    key: checkout-button
    name: Colour of the checkout button
    rollout_percentage: 50
    variants:
      - key: control
        name: As it was
        rollout_percentage: 50
      - key: green
        rollout_percentage: 25
      - key: orange
        rollout_percentage: 25
    payloads:
      green:
        colour: "#00aa55"
        label: Buy now
      orange:
        colour: "#ff8800"
        label: Order

- name: A flag that was called otherwise, whose rollout others steer, and that goes with the year
  community.posthog.posthog_feature_flag:
    key: winter-sale
    renamed_from: sale-2025
    rollout_percentage: 5
    ignore_changes:
      - rollout_percentage
    until: "2099-12-31"
    prevent_destroy: true

- name: A cohort for the next flag
  community.posthog.posthog_cohort:
    name: Beta testers
    filters:
      properties:
        type: OR
        values:
          - type: AND
            values:
              - type: person
                key: beta
                operator: exact
                value: ["true"]

- name: Conditions in full, one of them on a cohort by its name
  community.posthog.posthog_feature_flag:
    key: new-search
    name: Search with filters
    filters:
      groups:
        - description: All beta testers
          properties:
            - type: cohort
              key: id
              operator: in
              value: Beta testers
        - description: A quarter of our own people who are on a current version
          properties:
            - type: person
              key: email
              operator: icontains
              value: "@acme.test"
            - type: person
              key: app_version
              operator: semver_gte
              value: 4.2.0
          rollout_percentage: 25

- name: A flag that needs another flag to be on
  community.posthog.posthog_feature_flag:
    key: new-search-suggestions
    filters:
      groups:
        - properties:
            - type: flag
              key: new-search
              operator: flag_evaluates_to
              value: true

- name: Remote configuration with a secret payload
  community.posthog.posthog_feature_flag:
    key: mail-settings
    is_remote_configuration: true
    has_encrypted_payloads: true
    payloads:
      "true":
        relay: smtp.example.com
        password: "{{ mail_password | default('an example, keep yours in a vault') }}"

- name: Switch a flag off and leave everything else as it is
  community.posthog.posthog_feature_flag:
    key: dark-mode
    active: false

- name: Several flags in one task
  community.posthog.posthog_feature_flag:
    key: "{{ item.key }}"
    evaluation_runtime: server
    rollout_percentage: "{{ item.percentage | default(100) }}"
  loop:
    - key: export-csv
    - key: export-pdf
      percentage: 0
  loop_control:
    label: "{{ item.key }}"

- name: Delete a flag
  community.posthog.posthog_feature_flag:
    key: old-checkout
    state: absent
"""

RETURN = r"""
---
feature_flag:
  description:
    - The flag as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
    - Encrypted payloads are replaced by asterisks.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the flag. Missing in check mode if the flag does not exist yet.
      type: int
    key:
      description: The key.
      type: str
    name:
      description: What the flag is for.
      type: str
    active:
      description: Whether the flag is on.
      type: bool
    archived:
      description: Whether the flag is archived.
      type: bool
    filters:
      description:
        - Conditions, variants and payloads, with ids in place of names, payloads as JSON, and what PostHog adds.
      type: dict
    tags:
      description: The tags.
      type: list
      elements: str
    evaluation_contexts:
      description: The evaluation contexts.
      type: list
      elements: str
    evaluation_runtime:
      description: Where the flag may be evaluated.
      type: str
    analytics_dashboards:
      description: The ids of the dashboards about this flag.
      type: list
      elements: int
    experiment_set:
      description: The ids of the experiments that use the flag.
      type: list
      elements: int
    version:
      description: How often the flag was written.
      type: int
    created_at:
      description: When the flag was created.
      type: str
    updated_at:
      description: When the flag was changed the last time.
      type: str
  sample:
    id: 2
    key: new-checkout
    name: The checkout of 2026
    active: true
    archived: false
    filters:
      aggregation_group_type_index: null
      groups:
        - aggregation_group_type_index: null
          properties: []
          rollout_percentage: 25
      multivariate: null
      payloads: {}
    tags:
      - checkout
      - team-payments
    evaluation_contexts: []
    evaluation_runtime: all
    bucketing_identifier: distinct_id
    ensure_experience_continuity: false
    is_remote_configuration: null
    has_encrypted_payloads: null
    analytics_dashboards: []
    experiment_set: []
    features: []
    status: ACTIVE
    version: 2
    created_at: "2026-11-22T01:40:37.771811Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
    updated_at: "2026-11-22T01:49:46.086078Z"
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
      description: The path of the option, for example C(filters.groups[0].rollout_percentage).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: filters.groups[0].rollout_percentage
      before: 10
      after: 25
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: feature flag 'new-checkout'
    before:
      filters:
        groups:
          - properties: []
            rollout_percentage: 10
      key: new-checkout
    after_header: feature flag 'new-checkout'
    after:
      filters:
        groups:
          - properties: []
            rollout_percentage: 25
      key: new-checkout
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
    detail: API key missing required scope 'feature_flag:write'
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
    run("posthog_feature_flag")


if __name__ == "__main__":
    main()
