#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_experiment_saved_metric
short_description: Manage shared experiment metrics of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes saved metrics, which PostHog's user interface calls shared metrics, and which several
    experiments can use.
  - A metric is found by its O(name) or its O(id). Upper and lower case are the same. Servers before 2026 allow
    several metrics of one name. This module does not make a second one, and fails if there are two already.
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
options:
  name:
    description:
      - The name of the metric, at most 400 characters.
      - Needed to create a metric. Together with O(id) it renames the metric.
    type: str
  description:
    description:
      - What the metric is for, at most 400 characters. V(null) empties it.
    type: str
  query:
    description:
      - What is measured, as PostHog's API has it. Needed to create a metric.
      - What is given is the whole truth. A key of the metric that is left out has its default. Below that, in what
        describes events and actions, only the keys that are given are compared.
      - Actions and cohorts are named by their names. The name of an action beside its id is PostHog's business and
        ignored.
    type: dict
    suboptions:
      kind:
        description:
          - The kind of metric. If left out, it is V(ExperimentMetric); the other two are those made before 2025.
        type: str
        choices:
          - ExperimentMetric
          - ExperimentTrendsQuery
          - ExperimentFunnelsQuery
        required: true
      metric_type:
        description:
          - What is measured. Needed, unless the metric is of one of the older kinds.
        type: str
        choices:
          - mean
          - funnel
          - ratio
          - retention
      uuid:
        description:
          - The metric's own id, under which PostHog keeps its results. PostHog makes one and keeps it if it is not
            given.
        type: str
      name:
        description:
          - A name to show.
        type: str
      goal:
        description:
          - Whether more of it is better or less of it.
        type: str
        choices:
          - increase
          - decrease
      conversion_window:
        description:
          - For how long after the exposure events count.
        type: int
      conversion_window_unit:
        description:
          - The unit of the conversion window.
        type: str
        choices:
          - second
          - minute
          - hour
          - day
          - week
          - month
      source:
        description:
          - For V(mean), the event or action that is measured, as an C(EventsNode), an C(ActionsNode) or an
            C(ExperimentDataWarehouseNode).
        type: dict
      series:
        description:
          - For V(funnel), a list of the steps, each an C(EventsNode) or an C(ActionsNode).
        type: dict
      funnel_order_type:
        description:
          - For V(funnel), whether the steps must follow each other.
        type: str
        choices:
          - ordered
          - unordered
          - strict
      numerator:
        description:
          - For V(ratio), what is divided, of the same form as the source of a mean.
        type: dict
      denominator:
        description:
          - For V(ratio), what it is divided by.
        type: dict
      start_event:
        description:
          - For V(retention), the event that begins the period.
        type: dict
      completion_event:
        description:
          - For V(retention), the event that counts as coming back.
        type: dict
      retention_window_start:
        description:
          - For V(retention), from when on the second event counts.
        type: int
      retention_window_end:
        description:
          - For V(retention), until when the second event counts.
        type: int
      retention_window_unit:
        description:
          - For V(retention), the unit of both.
        type: str
        choices:
          - second
          - minute
          - hour
          - day
          - week
          - month
      start_handling:
        description:
          - For V(retention), which of several first events counts.
        type: str
        choices:
          - first_seen
          - last_seen
      lower_bound_percentile:
        description:
          - Values below this percentile are raised to it.
        type: float
      upper_bound_percentile:
        description:
          - Values above this percentile are lowered to it.
        type: float
      ignore_zeros:
        description:
          - Whether zeros are left out of the percentiles. V(null) is V(false).
        type: bool
      breakdownFilter:
        description:
          - What the results are broken down by.
        type: dict
      count_query:
        description:
          - For V(ExperimentTrendsQuery), the query.
        type: dict
      exposure_query:
        description:
          - For V(ExperimentTrendsQuery), the query that counts the exposures.
        type: dict
      funnels_query:
        description:
          - For V(ExperimentFunnelsQuery), the query.
        type: dict
      experiment_id:
        description:
          - For the older kinds, the id of the experiment. It is left alone if it is not given.
        type: int
      version:
        description:
          - The version of the form. It is left alone if it is not given.
        type: int
notes:
  - The key needs the scopes C(experiment:read) and C(experiment:write). To name actions or cohorts it also needs
    C(action:read) or C(cohort:read).
  - PostHog adds C(uuid) and C(fingerprint) to the query, neither of which counts as a difference.
  - Servers of 2024 have no saved metrics.
seealso:
  - name: Saved metrics in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/experiment-saved-metrics
  - module: community.posthog.posthog_experiment
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: How often people order
  community.posthog.posthog_experiment_saved_metric:
    name: Orders for each person
    description: How many orders a person places within two weeks
    query:
      metric_type: mean
      source:
        kind: EventsNode
        event: order placed
      goal: increase
      conversion_window: 14
      conversion_window_unit: day
    tags:
      - revenue

- name: How many of those who see a product order it
  community.posthog.posthog_experiment_saved_metric:
    name: Product conversion
    query:
      metric_type: funnel
      series:
        - kind: EventsNode
          event: product viewed
        - kind: EventsNode
          event: order placed

- name: Look for what is to be renamed
  community.posthog.posthog_info:
    types:
      - experiment_saved_metric
    names:
      - Old name
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_experiment_saved_metric:
    id: "{{ item.id }}"
    name: New name
  loop: "{{ old.objects.experiment_saved_metric }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a metric
  community.posthog.posthog_experiment_saved_metric:
    name: Clicks
    state: absent
"""

RETURN = r"""
---
experiment_saved_metric:
  description:
    - The experiment saved metric as PostHog shows it after the task, in check mode as it would be. V(null) if it does
      not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the metric. Missing in check mode if the metric does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    description:
      description: What the metric is for.
      type: str
    query:
      description: What is measured, with ids in place of names and with what PostHog adds.
      type: dict
    tags:
      description: The tags.
      type: list
    created_at:
      description: When the metric was created.
      type: str
    created_by:
      description: Who created the metric.
      type: dict
    updated_at:
      description: When the metric was changed the last time.
      type: str
  sample:
    id: 4
    name: Product conversion
    description: null
    query:
      kind: ExperimentMetric
      metric_type: funnel
      series:
        - kind: EventsNode
          event: product viewed
        - kind: EventsNode
          event: order placed
      uuid: 01a200e4-fb65-781e-9a6c-ecb157baebd5
      fingerprint: 8d1f0c7be2b0b1f6b0f6b7c1f8f1c1a4cc8a3a9e31c5b2fdcbb1a6a4a4f4e9d2
    tags:
      - revenue
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
      before: null
      after: From looking at a product to ordering it
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: experiment saved metric 'Product conversion'
    before:
      description: null
    after_header: experiment saved metric 'Product conversion'
    after:
      description: From looking at a product to ordering it
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
    run("posthog_experiment_saved_metric")


if __name__ == "__main__":
    main()
