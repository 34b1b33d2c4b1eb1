#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_experiment_holdout
short_description: Manage experiment holdouts of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes holdouts, the shares of people that are kept out of experiments.
  - A holdout is found by its O(name) or its O(id). PostHog allows several holdouts of one name. This module does not
    make a second one, and fails if there are two already.
  - An experiment names the holdout that it uses, see M(community.posthog.posthog_experiment).
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
      - The name of the holdout, at most 400 characters.
      - Needed to create a holdout. Together with O(id) it renames the holdout.
    type: str
  description:
    description:
      - What the holdout is for, at most 400 characters. V(null) empties it.
    type: str
  filters:
    description:
      - Who is held out, at least one set of conditions. Needed to create a holdout.
      - What is given is the whole truth. A set that is not listed is removed.
      - PostHog copies only the percentage of the first set into the flags of experiments.
    type: list
    elements: dict
    suboptions:
      properties:
        description:
          - What must be true of a person. All of it must be. If left out, it is everybody; V(null) is refused.
        type: list
        elements: dict
        suboptions:
          key:
            description:
              - The name of the property. V(id) for a cohort, the key (or id) of the other flag for a flag.
            type: str
            required: true
          value:
            description:
              - What to compare with, or a list of it. The name (or id) of the cohort for a cohort.
            type: raw
          type:
            description:
              - What the property is one of.
            type: str
            choices:
              - person
              - cohort
              - group
              - flag
            required: true
          operator:
            description:
              - How to compare. Cohorts take V(in) and V(not_in), flags V(flag_evaluates_to). If left out, it is
                V(exact).
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
          group_type_index:
            description:
              - The name of the group type (or its index), for properties of groups.
            type: raw
          negation:
            description:
              - Whether the condition is turned around. If left out, it is V(false).
            type: bool
          label:
            description:
              - A text to show. It is left alone if it is not given.
            type: str
      rollout_percentage:
        description:
          - The share of those who match that is held out, from V(0) to V(100).
        type: float
        required: true
      aggregation_group_type_index:
        description:
          - The name of the group type (or its index) that the set is about. If left out, it is about persons.
        type: raw
      description:
        description:
          - What the set is for.
        type: str
      sort_key:
        description:
          - A key of PostHog's user interface. It is left alone if it is not given.
        type: raw
notes:
  - The key needs the scopes C(experiment:read) and C(experiment:write). To name cohorts it also needs C(cohort:read).
  - When a holdout changes or is deleted, PostHog changes the flags of the experiments that use it.
    M(community.posthog.posthog_feature_flag) leaves that part of a flag alone.
  - Servers of 2024 have no holdouts.
seealso:
  - name: Experiment holdouts in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/experiment-holdouts
  - module: community.posthog.posthog_experiment
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Keep one percent of all people out of every experiment
  community.posthog.posthog_experiment_holdout:
    name: Global holdout
    description: People who see no experiment at all
    filters:
      - rollout_percentage: 1

- name: Keep out some of the people of one country
  community.posthog.posthog_experiment_holdout:
    name: Austria
    filters:
      - properties:
          - key: country
            type: person
            operator: exact
            value: AT
        rollout_percentage: 12.5

- name: Look for what is to be renamed
  community.posthog.posthog_info:
    types:
      - experiment_holdout
    names:
      - Old name
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_experiment_holdout:
    id: "{{ item.id }}"
    name: New name
  loop: "{{ old.objects.experiment_holdout }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a holdout
  community.posthog.posthog_experiment_holdout:
    name: Last year
    state: absent
"""

RETURN = r"""
---
experiment_holdout:
  description:
    - The experiment holdout as PostHog shows it after the task, in check mode as it would be. V(null) if it does not
      exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the holdout. Missing in check mode if the holdout does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    description:
      description: What the holdout is for.
      type: str
    filters:
      description: The sets of conditions, each with the variant that PostHog makes of the id.
      type: list
    created_at:
      description: When the holdout was created.
      type: str
    created_by:
      description: Who created the holdout.
      type: dict
    updated_at:
      description: When the holdout was changed the last time.
      type: str
  sample:
    id: 3
    name: Global holdout
    description: People who see no experiment at all
    filters:
      - properties: []
        rollout_percentage: 1
        variant: holdout-3
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
      before: People who see no experiment at all
      after: People who see no experiment, until the end of the year
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: experiment holdout 'Global holdout'
    before:
      description: People who see no experiment at all
    after_header: experiment holdout 'Global holdout'
    after:
      description: People who see no experiment, until the end of the year
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
    detail: API key missing required scope 'experiment:write'
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
    run("posthog_experiment_holdout")


if __name__ == "__main__":
    main()
