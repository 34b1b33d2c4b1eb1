#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_data_color_theme
short_description: Manage colour themes of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the colour themes that insights and dashboards draw their data with.
  - A theme is found by its O(name) or its O(id). PostHog allows several themes of one name. This module does not make
    a second one, and fails if there are two already.
  - PostHog's own themes, which every project sees, are left alone. Nobody can change them, and a theme of the project
    may have the name of one of them.
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
      - The name of the theme, at most 100 characters.
      - Needed to create a theme. Together with O(id) it renames the theme.
    type: str
  colors:
    description:
      - The colours in the order in which they are used, each as C(#) and hexadecimal digits, for example V(#1d4aff).
        Needed to create a theme.
      - What is given is the whole list. Upper and lower case are the same.
    type: list
    elements: str
notes:
  - The key needs the scopes C(project:read) and C(project:write).
  - PostHog lets everybody create themes, but refuses to change or to delete them without the plan feature
    C(data_color_themes).
  - There are servers since 2025 only that have colour themes.
seealso:
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A theme in the colours of the company
  community.posthog.posthog_data_color_theme:
    name: Company
    colors:
      - "#1D4AFF"
      - "#F54E00"
      - "#F9BD2B"

- name: Two more from a list
  community.posthog.posthog_data_color_theme:
    name: "{{ item.name }}"
    colors: "{{ item.colors }}"
  loop:
    - name: Greys
      colors:
        - "#111111"
        - "#777777"
        - "#dddddd"
    - name: Traffic light
      colors:
        - "#388600"
        - "#f7a501"
        - "#db3707"
  loop_control:
    label: "{{ item.name }}"

- name: A dashboard that is drawn in it
  community.posthog.posthog_dashboard:
    name: Company key figures
    data_color_theme: Company

- name: Look for a theme under its old name
  community.posthog.posthog_info:
    types:
      - data_color_theme
    names:
      - Corporate
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_data_color_theme:
    id: "{{ item.id }}"
    name: Company of 2025
  loop: "{{ old.objects.data_color_theme }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a theme
  community.posthog.posthog_data_color_theme:
    name: Pastel
    state: absent
"""

RETURN = r"""
---
data_color_theme:
  description:
    - The data color theme as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the theme. Missing in check mode if the theme does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    colors:
      description: The colours in their order.
      type: list
      elements: str
    is_global:
      description: Whether it is one of PostHog's own themes. Always V(false) here.
      type: bool
    created_at:
      description: When the theme was created.
      type: str
    created_by:
      description: Who created the theme.
      type: dict
  sample:
    id: 3
    name: Company
    colors:
      - "#1D4AFF"
      - "#F54E00"
      - "#F9BD2B"
    is_global: false
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
      description: The path of the option, for example C(colors[1]).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: colors[1]
      before: "#F54E01"
      after: "#F54E00"
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: data color theme 'Company'
    before:
      colors:
        - "#1D4AFF"
        - "#F54E01"
        - "#F9BD2B"
      name: Company
    after_header: data color theme 'Company'
    after:
      colors:
        - "#1D4AFF"
        - "#F54E00"
        - "#F9BD2B"
      name: Company
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
    detail: API key missing required scope 'project:write'
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
    run("posthog_data_color_theme")


if __name__ == "__main__":
    main()
