#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_error_tracking_settings
short_description: Manage the settings of error tracking in a PostHog project
version_added: 0.1.0
description:
  - Changes how many exceptions PostHog takes in, and when many of them are a spike. Each project has these settings
    once, so they need no name.
  - What is left out is left alone.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object.no_id
options:
  project_rate_limit_value:
    description:
      - How many exceptions of the whole project are taken in within O(project_rate_limit_bucket_size_minutes), at
        least 1. V(null) removes the limit.
    type: int
  project_rate_limit_bucket_size_minutes:
    description:
      - In how many minutes, at least 1. V(null) leaves it to PostHog.
    type: int
  per_issue_rate_limit_value:
    description:
      - How many exceptions of one issue are taken in within O(per_issue_rate_limit_bucket_size_minutes), at least 1.
        V(null) removes the limit. Servers of early 2026 do not know it.
    type: int
  per_issue_rate_limit_bucket_size_minutes:
    description:
      - In how many minutes, at least 1. V(null) leaves it to PostHog. Servers of early 2026 do not know it.
    type: int
  spike_detection:
    description:
      - When many exceptions are a spike. Keys that are not given are left alone. PostHog shows nothing as long as
        nothing was set.
    type: dict
    suboptions:
      snooze_duration_minutes:
        description:
          - For how many minutes the same spike causes no further notification, at least 1.
        type: int
      multiplier:
        description:
          - How many times as many exceptions as usual are a spike, at least 1.
        type: int
      threshold:
        description:
          - How many exceptions there must be at least.
        type: int
notes:
  - The key needs the scopes C(error_tracking:read) and C(error_tracking:write). Servers before 2026 do not have these
    settings.
  - Settings cannot be deleted. To stop managing one, leave it out.
  - Whether exceptions are captured by themselves is a setting of the project, C(autocapture_exceptions_opt_in) of
    M(community.posthog.posthog_project_settings).
  - PostHog keeps limits and the detection of spikes apart, so a task takes two requests to read and two to write both.
seealso:
  - module: community.posthog.posthog_error_tracking_rule
  - module: community.posthog.posthog_project_settings
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: At most 1000 exceptions in ten minutes, and 100 of one issue
  community.posthog.posthog_error_tracking_settings:
    project_rate_limit_value: 1000
    project_rate_limit_bucket_size_minutes: 10
    per_issue_rate_limit_value: 100
    per_issue_rate_limit_bucket_size_minutes: 10

- name: Tell of spikes once an hour, and only if there are many
  community.posthog.posthog_error_tracking_settings:
    spike_detection:
      snooze_duration_minutes: 60
      multiplier: 5
      threshold: 200

- name: The same for several projects, by their names
  community.posthog.posthog_error_tracking_settings:
    project: "{{ item }}"
    spike_detection:
      multiplier: 5
  loop:
    - Default project
"""

RETURN = r"""
---
error_tracking_settings:
  description:
    - The settings as PostHog shows them after the task, in check mode as they would be.
  returned: success
  type: dict
  contains:
    project_rate_limit_value:
      description: How many exceptions of the project are taken in, V(null) if there is no limit.
      type: int
    project_rate_limit_bucket_size_minutes:
      description: In how many minutes.
      type: int
    per_issue_rate_limit_value:
      description: How many exceptions of one issue are taken in, V(null) if there is no limit.
      type: int
    per_issue_rate_limit_bucket_size_minutes:
      description: In how many minutes.
      type: int
    spike_detection:
      description: When many exceptions are a spike, V(null) if nothing was set yet.
      type: dict
  sample:
    project_rate_limit_value: 1000
    project_rate_limit_bucket_size_minutes: 10
    per_issue_rate_limit_value: 100
    per_issue_rate_limit_bucket_size_minutes: 10
    spike_detection:
      snooze_duration_minutes: 60
      multiplier: 5
      threshold: 200
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
      description: The path of the option, for example C(spike_detection.threshold).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: spike_detection.threshold
      before: 500
      after: 200
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: error tracking settings
    before:
      spike_detection:
        threshold: 500
    after_header: error tracking settings
    after:
      spike_detection:
        threshold: 200
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
    detail: API key missing required scope 'error_tracking:write'
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
    run("posthog_error_tracking_settings")


if __name__ == "__main__":
    main()
