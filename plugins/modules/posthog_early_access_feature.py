#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_early_access_feature
short_description: Manage early access features of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes early access features, in which people can enrol themselves.
  - A feature is found by its O(name) or its O(id). PostHog allows several features of one name. This module does not
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
  - community.posthog.object.folder
options:
  name:
    description:
      - The name of the feature, at most 200 characters.
      - Needed to create a feature. Together with O(id) it renames the feature.
    type: str
  stage:
    description:
      - How far the feature is. From V(alpha) to V(general-availability), people can enrol in it.
      - Needed to create a feature.
    type: str
    choices:
      - draft
      - concept
      - alpha
      - beta
      - general-availability
      - archived
  feature_flag:
    description:
      - The key (or the id) of the flag that turns the feature on. The API calls it C(feature_flag_id). It cannot be
        changed afterwards.
      - The flag must have no variants, must not be about groups, and must not be that of another feature.
      - If left out, PostHog makes a flag for a new feature. Its key is made of the name, and it is on for nobody but
        those who enrol. If there is a flag of that key, it must be given.
    type: raw
    aliases:
      - feature_flag_id
  description:
    description:
      - What the feature is. V(null) empties it.
    type: str
  documentation_url:
    description:
      - The address of a page about the feature, at most 800 characters. V(null) empties it.
    type: str
  payload:
    description:
      - Anything that your code wants to know of the feature. Compared by the keys that are given. V(null) removes it.
        Servers before 2026 do not know it.
    type: dict
notes:
  - The key needs the scopes C(early_access_feature:read) and C(early_access_feature:write), C(feature_flag:write),
    since PostHog changes the flag along with the stage, and C(feature_flag:read) to name a flag.
  - PostHog writes into the flag that people can enrol, and removes that when the feature is deleted.
    M(community.posthog.posthog_feature_flag) leaves that part of a flag alone.
  - Deleting a feature leaves its flag. A flag cannot be deleted as long as it has a feature.
seealso:
  - name: Early access features in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/early-access-feature
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: The flag of a feature
  community.posthog.posthog_feature_flag:
    key: dark-mode
    name: Light text on dark ground
    rollout_percentage: 0

- name: A feature that people can try
  community.posthog.posthog_early_access_feature:
    name: Dark mode
    description: Light text on dark ground
    stage: beta
    documentation_url: https://docs.acme.test/dark-mode
    feature_flag: dark-mode

- name: An idea that people can vote for, with a flag that PostHog makes
  community.posthog.posthog_early_access_feature:
    name: Shared folders
    stage: concept

- name: Delete a feature and leave its flag
  community.posthog.posthog_early_access_feature:
    name: Large print
    state: absent
"""

RETURN = r"""
---
early_access_feature:
  description:
    - The early access feature as PostHog shows it after the task, in check mode as it would be. V(null) if it does
      not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the feature. Missing in check mode if the feature does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the feature is.
      type: str
    stage:
      description: How far the feature is.
      type: str
    documentation_url:
      description: The address of a page about it.
      type: str
    payload:
      description: What your code wants to know of it.
      type: dict
    feature_flag:
      description: The flag that turns it on.
      type: dict
    created_at:
      description: When the feature was created.
      type: str
  sample:
    id: 01a200e4-ff65-781e-9a6c-ecb157baebd5
    name: Dark mode
    description: Light text on dark ground
    stage: beta
    documentation_url: https://docs.acme.test/dark-mode
    payload: {}
    feature_flag:
      id: 9
      key: dark-mode
      name: Light text on dark ground
      active: true
      filters:
        groups:
          - properties: []
            rollout_percentage: 0
        feature_enrollment: true
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
      description: The path of the option, for example C(stage).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: stage
      before: alpha
      after: beta
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: early access feature 'Dark mode'
    before:
      stage: alpha
    after_header: early access feature 'Dark mode'
    after:
      stage: beta
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
    detail: API key missing required scope 'early_access_feature:write'
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
    run("posthog_early_access_feature")


if __name__ == "__main__":
    main()
