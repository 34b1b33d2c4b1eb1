#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_warehouse_join
short_description: Manage joins of the data warehouse in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes joins, which give a table a field that leads to another table, so that queries need not
    say how the two belong together.
  - A join is found by its O(field_name) and its O(source_table_name), or by its O(id). A field of the same name on
    another table is another join.
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
  field_name:
    description:
      - The name of the field that leads to the other table, without dots. The source table must have no field of that
        name.
      - Needed to create a join. Together with O(id) it renames the field.
    type: str
  source_table_name:
    description:
      - The table that gets the field, a table of PostHog such as V(persons), a table or a view of the warehouse. Needed
        to create a join, and to tell apart fields of the same name.
      - PostHog prints names in its own way, V(stripe_charge) as V(stripe.charge). Upper and lower case, quotes, dots
        and underscores make no difference here.
    type: str
  source_table_key:
    description:
      - The field of the source table that both have in common, for example V(properties.email). Needed to create a
        join.
    type: str
  joining_table_name:
    description:
      - The other table, compared as O(source_table_name) is. Needed to create a join.
    type: str
  joining_table_key:
    description:
      - The field of the other table that both have in common. Needed to create a join.
    type: str
  configuration:
    description:
      - Whether experiments may use the join. V(null) removes it.
      - What is given is the whole truth. A key that is not given is removed.
    type: dict
    suboptions:
      experiments_optimized:
        description:
          - Whether the join is made fit for experiments.
        type: bool
      experiments_timestamp_key:
        description:
          - The field of the other table that tells when something happened.
        type: str
notes:
  - The key needs the scopes C(warehouse_view:read) and C(warehouse_view:write).
  - PostHog refuses tables that it does not know, and keys that are more than fields with dots between them.
seealso:
  - module: community.posthog.posthog_warehouse_saved_query
  - module: community.posthog.posthog_warehouse_table
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A view with one row for each customer
  community.posthog.posthog_warehouse_saved_query:
    name: customers
    query:
      query: select properties.email as email, properties.plan as plan from persons

- name: A person's row of it
  community.posthog.posthog_warehouse_join:
    field_name: customer
    source_table_name: persons
    source_table_key: properties.email
    joining_table_name: customers
    joining_table_key: email

- name: The same for experiments
  community.posthog.posthog_warehouse_join:
    field_name: customer_row
    source_table_name: events
    source_table_key: person.properties.email
    joining_table_name: customers
    joining_table_key: email
    configuration:
      experiments_optimized: true
      experiments_timestamp_key: created_at

- name: Delete a join
  community.posthog.posthog_warehouse_join:
    field_name: old_customer
    source_table_name: persons
    state: absent
"""

RETURN = r"""
---
warehouse_join:
  description:
    - The join as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the join. Missing in check mode if the join does not exist yet.
      type: str
    field_name:
      description: The name of the field.
      type: str
    source_table_name:
      description: The table that has the field, as PostHog prints its name.
      type: str
    source_table_key:
      description: The field of the source table that both have in common.
      type: str
    joining_table_name:
      description: The other table, as PostHog prints its name.
      type: str
    joining_table_key:
      description: The field of the other table that both have in common.
      type: str
    configuration:
      description: Whether experiments may use the join.
      type: dict
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    field_name: customer
    source_table_name: persons
    source_table_key: properties.email
    joining_table_name: customers
    joining_table_key: email
    configuration: null
    deleted: false
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
      description: The path of the option, for example C(joining_table_key).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: joining_table_key
      before: id
      after: email
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: warehouse join 'customer'
    before:
      field_name: customer
      joining_table_key: id
    after_header: warehouse join 'customer'
    after:
      field_name: customer
      joining_table_key: email
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
    detail: API key missing required scope 'warehouse_view:write'
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
    run("posthog_warehouse_join")


if __name__ == "__main__":
    main()
