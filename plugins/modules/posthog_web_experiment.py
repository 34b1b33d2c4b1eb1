#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_web_experiment
short_description: Manage web experiments of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes web experiments, which change a page without any code of yours, as PostHog's toolbar
    makes them.
  - An experiment is found by its O(name) or its O(id). PostHog allows several experiments of one name. This module
    does not make a second one, and fails if there are two already.
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
      - The name of the experiment, at most 400 characters.
      - Needed to create an experiment. Together with O(id) it renames the experiment.
    type: str
  variants:
    description:
      - The variants, a dictionary by their keys. One of them is V(control), the page as it is, with which the others
        are compared. Needed to create an experiment.
      - What is given is the whole truth. A variant that is not listed is removed.
      - A variant has V(rollout_percentage), its share of the visitors, which it needs; V(transforms), a list of what
        is changed on the page, each with the V(selector) of the element and for example its V(text), V(html) or
        V(css), compared by the keys that are given; and V(conditions), where it is changed, for example V(url) and
        V(urlMatchType).
    type: dict
  created_at:
    description:
      - When the experiment was created, as an ISO 8601 time, for those that are moved from elsewhere. PostHog fills
        it in if it is not given.
    type: str
notes:
  - The key needs the scopes C(experiment:read) and C(experiment:write).
  - PostHog makes a feature flag for each web experiment, with a random part in its key, which is off at first. It
    shows in RV(web_experiment.feature_flag_key).
  - A web experiment also shows as an experiment of the type V(web). It can be started there, with
    M(community.posthog.posthog_experiment) and its O(community.posthog.posthog_experiment#module:status).
  - Servers of 2024 have no web experiments.
seealso:
  - name: Web experiments in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/web-experiments
  - module: community.posthog.posthog_experiment
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Try another heading
  community.posthog.posthog_web_experiment:
    name: Heading of the start page
    variants:
      control:
        rollout_percentage: 50
      question:
        rollout_percentage: 50
        transforms:
          - selector: "h1"
            text: Looking for something?
        conditions:
          url: https://www.acme.test/
          urlMatchType: exact

- name: Delete a web experiment
  community.posthog.posthog_web_experiment:
    name: Footer
    state: absent
"""

RETURN = r"""
---
web_experiment:
  description:
    - The web experiment as PostHog shows it after the task, in check mode as it would be. V(null) if it does not
      exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the experiment. Missing in check mode if the experiment does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    variants:
      description: The variants by their keys.
      type: dict
    feature_flag_key:
      description: The key of the flag that PostHog made.
      type: str
    created_at:
      description: When the experiment was created.
      type: str
  sample:
    id: 8
    name: Heading of the start page
    variants:
      control:
        rollout_percentage: 50
      question:
        rollout_percentage: 50
        transforms:
          - selector: h1
            text: Looking for something?
        conditions:
          url: https://www.acme.test/
          urlMatchType: exact
    feature_flag_key: heading-of-the-start-page-web-experiment-5f0c2a
    created_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(name).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: name
      before: Heading
      after: Heading of the start page
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: web experiment 'Heading'
    before:
      name: Heading
    after_header: web experiment 'Heading'
    after:
      name: Heading of the start page
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
    run("posthog_web_experiment")


if __name__ == "__main__":
    main()
