#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_product_tour
short_description: Manage product tours of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes product tours, which lead people through a product step by step, and starts and stops
    them.
  - A tour is found by its O(name) or its O(id). Whether PostHog allows several tours of one name is not known. This
    module does not make a second one, and fails if there are two already.
  - Whether a tour runs is declared, with O(status).
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
      - The name of the tour.
      - Needed to create a tour. Together with O(id) it renames the tour.
    type: str
  description:
    description:
      - What the tour is for. V(null) empties it.
    type: str
  content:
    description:
      - The tour itself, as PostHog's API has it, with its V(steps), its V(appearance) and its V(conditions). Needed
        to create a tour.
      - Compared by the keys that are given, at every depth. Where something differs, the whole is written as it is
        given here.
    type: dict
  status:
    description:
      - The state of the tour. A new tour is a draft unless this says something else.
      - V(running) starts a draft, and lets a tour that was stopped go on. V(stopped) stops one that is running.
      - A tour that was started is no draft any more, and one that was never started cannot be stopped. An archived
        one cannot be started. All of that is refused before anything is sent.
      - PostHog's API has no such field. The dates show it, and it is written with them.
    type: str
    choices:
      - draft
      - running
      - stopped
  auto_launch:
    description:
      - Whether the tour begins by itself.
    type: bool
  start_date:
    description:
      - When the tour was started, as an ISO 8601 time or relative to now, for example V(now). V(null) makes a draft
        of it.
      - Usually O(status) is all that is needed. A date relative to now is not compared once there is one.
    type: str
  end_date:
    description:
      - When the tour was stopped, in the same form. V(null) lets it go on.
    type: str
  archived:
    description:
      - Whether the tour is archived.
    type: bool
  linked_flag:
    description:
      - The key (or the id) of a feature flag. The tour is shown to those for whom the flag is on. V(null) removes it.
        The API calls it C(linked_flag_id). Not every server knows it.
    type: raw
    aliases:
      - linked_flag_id
  targeting_flag_filters:
    description:
      - Who is to see the tour, in the form of O(community.posthog.posthog_feature_flag#module:filters). V({}) shows it
        to everybody; V(null) is refused.
      - What is given is the whole truth. The conditions by which PostHog keeps out who has seen the tour are its own,
        and not among them.
    type: dict
notes:
  - The key needs the scopes C(product_tour:read) and C(product_tour:write). To target persons it also needs
    C(feature_flag:write), and to name flags or cohorts the scope to read them.
  - PostHog keeps a hidden feature flag for each tour. It shows in RV(product_tour.internal_targeting_flag) and is
    never changed by this module.
  - Servers before 2026 have no product tours.
seealso:
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_survey
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Show new people around
  community.posthog.posthog_product_tour:
    name: First steps
    description: For everybody who has just signed up
    status: running
    auto_launch: true
    content:
      steps:
        - id: welcome
          type: modal
          content: Welcome!
        - id: projects
          type: element
          selector: "#projects"
          content: Your projects are here.
    targeting_flag_filters:
      groups:
        - properties:
            - key: plan
              type: person
              operator: exact
              value: free

- name: Prepare a tour for later
  community.posthog.posthog_product_tour:
    name: New reports
    content:
      steps:
        - id: reports
          type: element
          selector: "#reports"
          content: Reports have moved.

- name: Delete a tour
  community.posthog.posthog_product_tour:
    name: Old reports
    state: absent
"""

RETURN = r"""
---
product_tour:
  description:
    - The product tour as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the tour. Missing in check mode if the tour does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the tour is for.
      type: str
    content:
      description: The tour itself.
      type: dict
    auto_launch:
      description: Whether it begins by itself.
      type: bool
    start_date:
      description: When it was started.
      type: str
    end_date:
      description: When it was stopped.
      type: str
    archived:
      description: Whether it is archived.
      type: bool
    targeting_flag_filters:
      description: Who is to see it, with ids in place of names.
      type: dict
    internal_targeting_flag:
      description: PostHog's own flag of the tour.
      type: dict
    created_at:
      description: When the tour was created.
      type: str
    created_by:
      description: Who created the tour.
      type: dict
  sample:
    id: 01a200e4-fe65-781e-9a6c-ecb157baebd5
    name: New reports
    description: ""
    content:
      steps:
        - id: reports
          type: element
          selector: "#reports"
          content: Reports have moved.
    auto_launch: false
    start_date: null
    end_date: null
    archived: false
    targeting_flag_filters: null
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
      description: The path of the option, for example C(auto_launch).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: auto_launch
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: product tour 'New reports'
    before:
      auto_launch: false
    after_header: product tour 'New reports'
    after:
      auto_launch: true
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
    detail: API key missing required scope 'product_tour:write'
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
    run("posthog_product_tour")


if __name__ == "__main__":
    main()
