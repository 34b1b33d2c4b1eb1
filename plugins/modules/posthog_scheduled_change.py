#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_scheduled_change
short_description: Manage scheduled changes of feature flags in PostHog
version_added: 0.1.0
description:
  - Creates, changes and deletes scheduled changes, by which PostHog changes a feature flag at a time, once or again
    and again.
  - A scheduled change has no name. It is found by its O(feature_flag), by its O(scheduled_at) and by the operation in
    its O(payload), or by its O(id). A change of the same operation on the same flag at another time is another
    change.
  - A time relative to now, such as V(+14d), stands for the time that came out of it when the change was created. Such
    a change is found by its flag and its operation alone.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
options:
  feature_flag:
    description:
      - The key (or the id) of the flag. Needed to create a change, and cannot be changed afterwards.
      - The API calls it C(record_id). The C(model_name) that it wants too is sent along.
    type: raw
    aliases:
      - record_id
  scheduled_at:
    description:
      - When the flag is changed, as an ISO 8601 time or relative to now, for example V(+14d). The units are V(m),
        V(h), V(d) and V(w).
      - Needed to create a change. Together with O(id) it moves the change to another time.
    type: str
  payload:
    description:
      - What is changed. Needed to create a change.
    type: dict
    suboptions:
      operation:
        description:
          - V(update_status) turns the flag on or off, V(add_release_condition) adds sets of conditions, and
            V(update_variants) replaces its variants.
        type: str
        choices:
          - update_status
          - add_release_condition
          - update_variants
        required: true
      value:
        description:
          - For V(update_status), V(true) or V(false).
          - For V(add_release_condition), a dictionary of V(groups), V(payloads) and V(multivariate), and for
            V(update_variants) one of V(variants) and V(payloads), in the form of
            O(community.posthog.posthog_feature_flag#module:filters).
          - Compared by the keys that are given, at every depth.
        type: raw
        required: true
  is_recurring:
    description:
      - Whether it is done again and again. Not for V(add_release_condition).
    type: bool
  recurrence_interval:
    description:
      - How often. Mutually exclusive with O(cron_expression). V(null) removes it.
    type: str
    choices:
      - daily
      - weekly
      - monthly
      - yearly
  cron_expression:
    description:
      - How often, as a cron expression of five fields. V(null) removes it. Servers before 2026 do not know it.
    type: str
  end_date:
    description:
      - Until when, as an ISO 8601 time or relative to now, and later than O(scheduled_at). V(null) removes it. A date
        relative to now is not compared once there is one.
    type: str
notes:
  - The key needs the scopes C(feature_flag:read) and C(feature_flag:write). Servers before 2026 let no key read
    scheduled changes, whatever its scopes.
  - A scheduled change rewrites the flag later. If the flag is declared too, with
    M(community.posthog.posthog_feature_flag), the next run of that task takes it back. Leave out of the flag's
    declaration what is to be changed by schedule.
  - A change that was carried out stays as it is, and counts as the declared one. Declaring something else of it is
    refused, and deleting it takes nothing back.
  - The timezone of a recurring change is that of the project at the time of its creation.
  - Where an approval policy guards the flag, PostHog does not let the time of a change be altered. Delete it and
    create another one.
seealso:
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: The flag
  community.posthog.posthog_feature_flag:
    key: winter-sale
    active: false

- name: Turn it on for the sale
  community.posthog.posthog_scheduled_change:
    feature_flag: winter-sale
    scheduled_at: "2030-01-02T08:00:00+01:00"
    payload:
      operation: update_status
      value: true

- name: And off again
  community.posthog.posthog_scheduled_change:
    feature_flag: winter-sale
    scheduled_at: "2030-01-16T00:00:00+01:00"
    payload:
      operation: update_status
      value: false

- name: Show it to some people in two weeks
  community.posthog.posthog_scheduled_change:
    feature_flag: winter-sale
    scheduled_at: +14d
    payload:
      operation: add_release_condition
      value:
        groups:
          - properties:
              - key: country
                type: person
                operator: exact
                value: AT
            rollout_percentage: 20

- name: Delete a scheduled change
  community.posthog.posthog_scheduled_change:
    feature_flag: winter-sale
    scheduled_at: "2030-02-01T00:00:00Z"
    payload:
      operation: update_status
      value: true
    state: absent
"""

RETURN = r"""
---
scheduled_change:
  description:
    - The scheduled change as PostHog shows it after the task, in check mode as it would be. V(null) if it does not
      exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the change. Missing in check mode if the change does not exist yet.
      type: int
    record_id:
      description: The id of the flag.
      type: str
    model_name:
      description: The kind of object that is changed, V(FeatureFlag).
      type: str
    payload:
      description: What is changed, with ids in place of names.
      type: dict
    scheduled_at:
      description: When.
      type: str
    is_recurring:
      description: Whether it is done again and again.
      type: bool
    recurrence_interval:
      description: How often.
      type: str
    executed_at:
      description: When it was carried out.
      type: str
    failure_reason:
      description: Why it could not be carried out.
      type: str
    timezone:
      description: The timezone of a recurring change.
      type: str
    created_at:
      description: When it was created.
      type: str
    created_by:
      description: Who created it.
      type: dict
  sample:
    id: 2
    record_id: "11"
    model_name: FeatureFlag
    payload:
      operation: update_status
      value: true
    scheduled_at: "2030-01-02T07:00:00Z"
    is_recurring: false
    recurrence_interval: null
    cron_expression: null
    end_date: null
    executed_at: null
    last_executed_at: null
    failure_reason: null
    timezone: UTC
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
      description: The path of the option, for example C(recurrence_interval).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: recurrence_interval
      before: daily
      after: weekly
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: scheduled change '2030-01-02T07:00:00Z'
    before:
      recurrence_interval: daily
    after_header: scheduled change '2030-01-02T07:00:00Z'
    after:
      recurrence_interval: weekly
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
    run("posthog_scheduled_change")


if __name__ == "__main__":
    main()
