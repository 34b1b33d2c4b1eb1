#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_external_data_source
short_description: Manage external sources of the data warehouse of a PostHog project
version_added: 0.1.0
description:
  - Connects, changes and deletes the sources that PostHog copies into its data warehouse, such as a database or the
    account at another service, and says which of their tables are copied and how.
  - A source is found by its O(source_type) and its O(prefix), or by its O(id).
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.secrets
options:
  source_type:
    description:
      - The kind of source, as PostHog spells it, for example V(Postgres) or V(Stripe). Fixed after creation.
    type: str
  prefix:
    description:
      - What the names of the source's tables begin with in PostHog, letters, digits and underscores. Fixed after
        creation.
      - The first source of a type can do without. Further ones need a prefix of their own. A task without it, or with
        V(null), means the source without a prefix.
    type: str
  description:
    description:
      - What the source is for. V(null) empties it. Servers before 2026 do not know it.
    type: str
  job_inputs:
    description:
      - How PostHog connects to the source, by the names that PostHog has for the fields of its type, for example
        C(host), C(port), C(database), C(user), C(password) and C(schema). Needed to create a source.
      - It is what the API calls C(payload) when a source is created and C(job_inputs) afterwards.
      - PostHog shows a part of it and keeps the secrets to itself. What it shows is compared. Where that differs, all
        of O(job_inputs) is written, secrets included. Otherwise secrets are written with O(update_secret=always).
      - None of its values appear in results, diffs and messages, for it is not known in advance which of them are
        secret.
      - Where a field ends in C(integration_id), the display name of an integration can be given in place of its id.
    type: dict
    aliases:
      - payload
  access_method:
    description:
      - Whether data are copied (V(warehouse), PostHog's own default) or queried where they are (V(direct)). It is
        decided when the source is created. Servers before 2026 do not have it.
    type: str
    choices:
      - warehouse
      - direct
  direct_query_enabled:
    description:
      - Whether SQL may be sent to the source itself, beside the copies. Servers before 2026 do not have it.
    type: bool
  auto_sync_new_schemas:
    description:
      - Whether tables that appear at the source later are copied as well. Servers before autumn 2026 do not have it.
    type: bool
  auto_sync_schema_patterns:
    description:
      - For O(auto_sync_new_schemas), patterns such as V(public.*) of which a new table's name has to match one. V(null)
        takes all of them. Servers before autumn 2026 do not have it.
    type: list
    elements: str
  schemas:
    description:
      - The tables of the source, with how each of them is copied. PostHog wants them when a source is created.
      - Tables that are not listed stay as they are. A table that the source does not have is refused, with the nearest
        one that it has.
      - Of each table, the keys that are given are compared. They are written to the table itself
        (C(external_data_schemas) in the API).
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the table at the source.
        type: str
        required: true
      should_sync:
        description:
          - Whether it is copied.
        type: bool
        required: true
      sync_type:
        description:
          - Whether all of it is copied each time (V(full_refresh)), what changed since the last time (V(incremental)),
            what was added (V(append)), what the source's log tells (V(cdc)), or the rows of newer transactions of
            Postgres (V(xmin)). Needed for tables that are copied.
        type: str
        choices:
          - full_refresh
          - incremental
          - append
          - cdc
          - xmin
      sync_frequency:
        description:
          - How often it is copied, for example V(1hour), V(6hour) or V(24hour). PostHog itself begins with every six
            hours.
        type: str
      incremental_field:
        description:
          - The column that tells what changed. Needed for V(incremental) and V(append).
        type: str
      incremental_field_type:
        description:
          - The type of that column, for example V(datetime) or V(integer).
        type: str
      sync_time_of_day:
        description:
          - At what time of the day it is copied, in UTC, for example V(03:00:00).
        type: str
      primary_key_columns:
        description:
          - The columns that together tell one row from another, in this order.
        type: list
        elements: str
      cdc_table_mode:
        description:
          - For V(cdc), which tables are made of the log.
        type: str
      enabled_columns:
        description:
          - The columns that are copied. V(null) copies all of them. Servers before autumn 2026 do not have it.
        type: list
        elements: str
      row_filters:
        description:
          - Conditions that a row has to meet to be copied, each with C(column), C(operator) (C(>), C(>=), C(<), C(<=),
            C(=), C(!=), C(IN) or C(NOT IN)) and C(value). PostHog refuses them for V(cdc) and for sources that are
            queried directly. Servers before autumn 2026 do not have it.
        type: list
        elements: dict
      incremental_field_lookback_seconds:
        description:
          - How many seconds before the last copied row the next copy begins, for late rows; at most 60 days.
            Servers before autumn 2026 do not have it.
        type: int
      api_version:
        description:
          - The version of the source's API that is asked. Servers before autumn 2026 do not have it.
        type: str
notes:
  - The key needs the scopes C(external_data_source:read) and C(external_data_source:write), for O(schemas) also
    C(external_data_schema:read) and C(external_data_schema:write), and C(integration:read) to name integrations.
  - PostHog connects to the source before it creates it, which can take some seconds. Raise O(timeout) if it takes
    longer.
  - Deleting a source also removes the tables that were copied.
  - What there is to connect, and what fields each kind has, stands in the wizard of PostHog's user interface. A kind
    that PostHog does not know is refused with the nearest one.
  - PostHog learns of new tables of a source when it is asked to look again, which is an action and not configuration.
    It can be done with M(community.posthog.posthog_api).
seealso:
  - name: Data warehouse sources in PostHog's documentation
    description: What can be connected.
    link: https://posthog.com/docs/cdp/sources
  - module: community.posthog.posthog_warehouse_saved_query
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A database
  community.posthog.posthog_external_data_source:
    source_type: Postgres
    prefix: shop_
    description: The database of the shop, read only
    job_inputs:
      host: db.example.com
      port: 5432
      database: shop
      user: posthog
      password: "{{ shop_db_password | default('not-a-real-password') }}"
      schema: public
    schemas:
      - name: orders
        should_sync: true
        sync_type: incremental
        incremental_field: updated_at
        incremental_field_type: datetime
        sync_frequency: 1hour
      - name: users
        should_sync: true
        sync_type: full_refresh
        sync_frequency: 24hour
      - name: items
        should_sync: false

- name: An account at another service, without a prefix
  community.posthog.posthog_external_data_source:
    source_type: Stripe
    job_inputs:
      stripe_secret_key: "{{ stripe_key | default('not-a-real-key') }}"
    schemas:
      - name: Charge
        should_sync: true
        sync_type: full_refresh
      - name: Customer
        should_sync: true
        sync_type: full_refresh

- name: Give the database another password, if asked to
  community.posthog.posthog_external_data_source:
    source_type: Postgres
    prefix: shop_
    job_inputs:
      host: db.example.com
      port: 5432
      database: shop
      user: posthog
      password: "{{ shop_db_password | default('not-a-real-password') }}"
      schema: public
    update_secret: "{{ 'always' if rotate | default(false) else 'on_create' }}"

- name: Delete a source, and what was copied from it
  community.posthog.posthog_external_data_source:
    source_type: Postgres
    prefix: old_shop_
    state: absent
"""

RETURN = r"""
---
external_data_source:
  description:
    - The external data source as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the source. Missing in check mode if the source does not exist yet.
      type: str
    source_type:
      description: The kind of source.
      type: str
    prefix:
      description: What the names of its tables begin with.
      type: str
    description:
      description: What the source is for.
      type: str
    status:
      description: How it is doing.
      type: str
    job_inputs:
      description: How PostHog connects to it, as far as PostHog shows it.
      type: dict
    schemas:
      description: The tables of the source.
      type: list
      elements: dict
    latest_error:
      description: What went wrong the last time, if anything did.
      type: str
    last_run_at:
      description: When it was last copied.
      type: str
    created_at:
      description: When the source was connected.
      type: str
    created_by:
      description: Who connected it.
      type: dict
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    source_type: Stripe
    prefix: null
    description: null
    status: Completed
    job_inputs: {}
    schemas:
      - id: 01a200e4-fa65-781e-9a6c-ecb157baebd6
        name: Charge
        label: null
        should_sync: true
        sync_type: full_refresh
        sync_frequency: 6hour
        incremental: false
        incremental_field: null
        incremental_field_type: null
        sync_time_of_day: null
        primary_key_columns: null
        cdc_table_mode: null
        last_synced_at: null
        latest_error: null
        status: Completed
    latest_error: null
    last_run_at: null
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
      description: The path of the option, for example C(schemas[0].should_sync).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: schemas[0].should_sync
      before: false
      after: true
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: external data source 'Stripe'
    before:
      schemas:
        - name: Invoice
          should_sync: false
          sync_type: null
      source_type: Stripe
    after_header: external data source 'Stripe'
    after:
      schemas:
        - name: Invoice
          should_sync: true
          sync_type: full_refresh
      source_type: Stripe
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
    detail: API key missing required scope 'external_data_source:write'
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
    run("posthog_external_data_source")


if __name__ == "__main__":
    main()
