#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_notebook
short_description: Manage notebooks of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes notebooks, the documents in which people put text, queries and recordings together.
  - A notebook is found by its O(title) or its O(id), which is its short id. PostHog allows several notebooks of one
    title. This module does not make a second one, and fails if there are two already.
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
  title:
    description:
      - The title, at most 256 characters.
      - Needed to create a notebook. Together with O(id) it renames the notebook.
      - The heading that people see in the notebook is part of O(content), and not changed with it.
      - An empty one means the object that has no title; V(null) together with O(id) takes the title away.
    type: str
  content:
    description:
      - The document, in the form that PostHog's editor keeps it in (ProseMirror). V(null) empties the notebook.
      - It is compared by the keys that are given, at every depth. Keys that the editor adds, such as C(nodeId), are
        no difference. A paragraph that somebody adds is one.
      - Queries in it may name cohorts and actions as in M(community.posthog.posthog_insight).
    type: dict
  text_content:
    description:
      - The text of the document without its form, in which PostHog searches. PostHog's editor writes it along with the
        document, the API does not, so give both. V(null) removes it.
    type: str
notes:
  - The key needs the scopes C(notebook:read) and C(notebook:write).
  - PostHog takes a document only together with the version that it replaces. If somebody saves the notebook in the same
    moment, the task fails with C(conflict) and can be run again.
  - What people write into a notebook whose O(content) is declared is overwritten by the next run.
  - PostHog hides a deleted notebook and keeps it.
seealso:
  - name: Notebooks in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/notebooks
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A notebook for people to write in
  community.posthog.posthog_notebook:
    title: Interviews in March

- name: A notebook with its text
  community.posthog.posthog_notebook:
    title: How we measure
    text_content: "How we measure\nA person is active who has ordered something within 30 days."
    content:
      type: doc
      content:
        - type: heading
          attrs:
            level: 1
          content:
            - type: text
              text: How we measure
        - type: paragraph
          content:
            - type: text
              text: A person is active who has ordered something within 30 days.

- name: A notebook with a query, filed in a folder
  community.posthog.posthog_notebook:
    title: Orders by week
    _create_in_folder: Unfiled/Shop
    content:
      type: doc
      content:
        - type: ph-query
          attrs:
            title: Orders
            query:
              kind: InsightVizNode
              source:
                kind: TrendsQuery
                interval: week
                series:
                  - kind: EventsNode
                    event: order placed

- name: Look for a notebook under its old title
  community.posthog.posthog_info:
    types:
      - notebook
    names:
      - Notes
  register: old

- name: Rename it, found by its short id
  community.posthog.posthog_notebook:
    id: "{{ item.short_id }}"
    title: Notes of 2025
  loop: "{{ old.objects.notebook }}"
  loop_control:
    label: "{{ item.title }}"

- name: Delete a notebook
  community.posthog.posthog_notebook:
    title: Scratch
    state: absent
"""

RETURN = r"""
---
notebook:
  description:
    - The notebook as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the notebook. Missing in check mode if the notebook does not exist yet.
      type: str
    short_id:
      description: The short id, which O(id) takes.
      type: str
    title:
      description: The title.
      type: str
    content:
      description: The document. Returned where the task declares more than the title.
      type: dict
    text_content:
      description: The text of the document. Returned where the task declares more than the title.
      type: str
    version:
      description: How often the document was changed.
      type: int
    created_at:
      description: When the notebook was created.
      type: str
    created_by:
      description: Who created the notebook.
      type: dict
    last_modified_at:
      description: When the notebook was changed the last time.
      type: str
    last_modified_by:
      description: Who changed it the last time.
      type: dict
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    short_id: fkcOxrk5
    title: How we measure
    content:
      type: doc
      content:
        - type: heading
          attrs:
            level: 1
          content:
            - type: text
              text: How we measure
    text_content: How we measure
    version: 1
    deleted: false
    user_access_level: editor
    created_at: "2026-11-22T01:41:56.546195Z"
    last_modified_at: "2026-11-22T01:44:12.898563Z"
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
      description: The path of the option, for example C(text_content).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: text_content
      before: null
      after: How we measure
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: notebook 'How we measure'
    before:
      text_content: null
      title: How we measure
    after_header: notebook 'How we measure'
    after:
      text_content: How we measure
      title: How we measure
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
    detail: API key missing required scope 'notebook:write'
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
    run("posthog_notebook")


if __name__ == "__main__":
    main()
