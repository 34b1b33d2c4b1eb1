#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_insight_variable
short_description: Manage variables of SQL insights in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the variables that SQL insights and dashboards take values for.
  - A variable is found by its O(name), by its code name or by its O(id). PostHog makes the code name of the first name
    of the variable, in lower case, with C(_) for blanks and without anything but letters and digits. Queries use it as
    C({variables.code_name}). It is unique in the project and stays when the variable is renamed.
  - So V(Country code) is found under its code name V(country_code) even if its name is another one by now. It then gets
    the declared name, since PostHog would refuse a second one.
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
      - The name of the variable, at most 400 characters.
      - Needed to create a variable. Together with O(id) it renames the variable, and leaves the code name as it is.
    type: str
  type:
    description:
      - What it holds. Needed to create a variable.
    type: str
    choices:
      - String
      - Number
      - Boolean
      - List
      - Date
  default_value:
    description:
      - The value where a dashboard or a person gives none. V(null) removes it.
    type: raw
  values:
    description:
      - The values to choose from, in their order, for O(type=List). V([]) or V(null) removes all.
    type: list
    elements: raw
  is_multi:
    description:
      - Whether several values can be chosen at once. Servers before 2026 do not have it.
    type: bool
  values_query:
    description:
      - SQL whose first column gives the values to choose from, in place of O(values). V(null) goes back
        to these.
      - Servers before 2026 do not have it.
    type: str
  values_query_connection_id:
    description:
      - The id of the external source in which O(values_query) runs; without one, or with V(null), it runs in PostHog.
      - Servers before 2026 do not have it.
    type: str
notes:
  - The key needs the scopes C(insight_variable:read) and C(insight_variable:write).
  - Servers before 2026 do not let keys manage variables.
  - Values for the variables of a dashboard are given with M(community.posthog.posthog_dashboard).
seealso:
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_dashboard
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A text
  community.posthog.posthog_insight_variable:
    name: Country
    type: String
    default_value: NL

- name: A choice
  community.posthog.posthog_insight_variable:
    name: Plan
    type: List
    values:
      - free
      - pro
      - enterprise
    default_value: pro

- name: A number, with a default that follows from something else
  community.posthog.posthog_insight_variable:
    name: Least orders
    type: Number
    default_value: "{{ least_orders | default(3) | int }}"

- name: An insight that uses one of them
  community.posthog.posthog_insight:
    name: Orders of a country
    query:
      kind: HogQLQuery
      query: select count() from events where event = 'order placed' and properties.country = {variables.country}

- name: Look for a variable under its old name
  community.posthog.posthog_info:
    types:
      - insight_variable
    names:
      - tariff
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_insight_variable:
    id: "{{ item.id }}"
    name: Tariff of 2025
  loop: "{{ old.objects.insight_variable }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a variable
  community.posthog.posthog_insight_variable:
    name: Region
    state: absent
"""

RETURN = r"""
---
insight_variable:
  description:
    - The insight variable as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The UUID of the variable. Missing in check mode if the variable does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    code_name:
      description: The name that queries use.
      type: str
    type:
      description: What it holds.
      type: str
    default_value:
      description: The value where nobody gives one.
      type: raw
    created_at:
      description: When the variable was created.
      type: str
    created_by:
      description: The id of the user who created the variable.
      type: int
  sample:
    id: 01a20196-99b4-7e3f-831f-d42e2e1d6c98
    name: Country
    code_name: country
    type: String
    default_value: NL
    values: null
    created_at: "2026-11-22T01:41:56.546195Z"
    created_by: 1
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
      description: The path of the option, for example C(default_value).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: default_value
      before: NL
      after: DE
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: insight variable 'country'
    before:
      default_value: NL
      name: Country
    after_header: insight variable 'country'
    after:
      default_value: DE
      name: Country
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
    detail: API key missing required scope 'insight_variable:write'
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
    run("posthog_insight_variable")


if __name__ == "__main__":
    main()
