#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_annotation
short_description: Manage annotations of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes annotations, the notes at a point in time that PostHog shows in its charts.
  - An annotation has no name. It is found by its O(content), together with O(date_marker), O(scope), O(insight) and
    O(dashboard) where the task gives them, or by its O(id). So the same text with another date is another annotation.
  - If there are several annotations of the same content that fit, the task fails and says what else to give.
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
  content:
    description:
      - The text. Needed to create an annotation. Servers of 2025 and before take 400 characters, newer ones more.
      - Together with O(id) it changes the text.
      - An empty one means the object that has no text; V(null) together with O(id) takes the text away.
    type: str
  date_marker:
    description:
      - The point in time, as an ISO 8601 time such as V(2026-03-01T09:00:00Z), or relative to now, such as V(now) or
        V(-2d), with the units V(m), V(h), V(d) and V(w).
      - A relative time is worked out when the annotation is created. Later it fits any annotation of that content,
        so the task changes nothing when it runs again.
      - Two spellings of the same instant are the same. V(null) removes it; together with O(id) only, since it tells
        which annotation is meant.
    type: str
  scope:
    description:
      - Where the annotation shows. V(project) is in all charts of the project, V(organization) in those of all
        projects of the organization, V(dashboard_item) at one O(insight), V(dashboard) on one O(dashboard).
      - If it is left out, a new annotation is one of the insight or the dashboard that is given, or else one of the
        project.
    type: str
    choices:
      - dashboard_item
      - dashboard
      - project
      - organization
      - recording
  insight:
    description:
      - The name (or id) of the insight that the annotation belongs to, C(dashboard_item) in PostHog's API. V(null)
        means none.
      - To find an insight by its name, the key needs the scope C(insight:read).
    type: raw
    aliases:
      - dashboard_item
  dashboard:
    description:
      - The name (or id) of the dashboard that the annotation belongs to, C(dashboard_id) in PostHog's API. V(null)
        means none. Servers before 2026 do not take it.
      - To find a dashboard by its name, the key needs the scope C(dashboard:read).
    type: raw
    aliases:
      - dashboard_id
  creation_type:
    description:
      - Who made the annotation, a person (V(USR)) or GitHub (V(GIT)). PostHog's default is V(USR).
    type: str
    choices:
      - USR
      - GIT
  emoji:
    description:
      - A symbol that stands for the annotation. V(null) removes it. Servers before 2026 do not know it.
    type: str
  hidden_in_user_interface:
    description:
      - Whether the annotation is there, but not shown. V(null) is as good as V(false). Servers before 2026 do not know
        it.
    type: bool
notes:
  - The key needs the scopes C(annotation:read) and C(annotation:write).
  - Annotations of V(organization) are found from each project of the organization, so a task for one project may change
    the annotation that a task for another project made.
  - PostHog hides a deleted annotation and keeps it.
  - O(date_marker), O(scope), O(insight) and O(dashboard) tell annotations apart, so a task that gives another value
    makes another annotation. To change them in an annotation that exists, give its O(id).
seealso:
  - name: Annotations in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/annotations
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: The release is in the charts of the project
  community.posthog.posthog_annotation:
    content: Release 2.4
    date_marker: "2026-03-01T09:00:00Z"

- name: Something that happens now, in all projects of the organization
  community.posthog.posthog_annotation:
    content: Moved to the new data centre
    date_marker: now
    scope: organization

- name: An insight
  community.posthog.posthog_insight:
    name: Sign-ups
    query:
      kind: TrendsQuery
      series:
        - kind: EventsNode
          event: signed up

- name: A note at this insight only
  community.posthog.posthog_annotation:
    content: Campaign in the newsletter
    date_marker: "2026-02-14"
    insight: Sign-ups

- name: Several from a list
  community.posthog.posthog_annotation:
    content: Public holiday
    date_marker: "{{ item }}"
  loop:
    - "2026-12-25"
    - "2026-12-26"

- name: One of them goes
  community.posthog.posthog_annotation:
    content: Boxing Day
    date_marker: "2026-12-26"
    state: absent

- name: Look for the annotation with a wrong date
  community.posthog.posthog_info:
    types:
      - annotation
    names:
      - Release 2.3
  register: wrong

- name: Correct it, found by its id
  community.posthog.posthog_annotation:
    id: "{{ item.id }}"
    date_marker: "2026-02-01T09:00:00Z"
  loop: "{{ wrong.objects.annotation }}"
  loop_control:
    label: "{{ item.content }}"
"""

RETURN = r"""
---
annotation:
  description:
    - The annotation as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the annotation. Missing in check mode if the annotation does not exist yet.
      type: int
    content:
      description: The text.
      type: str
    date_marker:
      description: The point in time.
      type: str
    scope:
      description: Where the annotation shows.
      type: str
    dashboard_item:
      description: The id of the insight that it belongs to.
      type: int
    insight_name:
      description: The name of this insight.
      type: str
    insight_short_id:
      description: The short id of this insight.
      type: str
    dashboard_id:
      description: The id of the dashboard that it belongs to.
      type: int
    dashboard_name:
      description: The name of this dashboard.
      type: str
    creation_type:
      description: Who made it.
      type: str
    created_at:
      description: When the annotation was created.
      type: str
    created_by:
      description: Who created the annotation.
      type: dict
  sample:
    id: 3
    content: Campaign in the newsletter
    date_marker: "2026-02-14T00:00:00Z"
    scope: dashboard_item
    dashboard_item: 1
    insight_short_id: Fkc0xrk5
    insight_name: Sign-ups
    insight_derived_name: null
    dashboard_id: null
    dashboard_name: null
    creation_type: USR
    emoji: null
    hidden_in_user_interface: null
    created_at: "2026-11-22T01:41:56.546195Z"
    updated_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(emoji).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: emoji
      before: null
      after: 🚀
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: annotation 'Release 2.4'
    before:
      content: Release 2.4
      emoji: null
    after_header: annotation 'Release 2.4'
    after:
      content: Release 2.4
      emoji: 🚀
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
    detail: API key missing required scope 'annotation:write'
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
    run("posthog_annotation")


if __name__ == "__main__":
    main()
