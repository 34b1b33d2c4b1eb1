#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_warehouse_table
short_description: Manage tables of the data warehouse in a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes tables that PostHog reads from files in your own bucket, in S3, Google Cloud Storage,
    Cloudflare R2 or Azure.
  - A table is found by its O(name), which no other table or view of the project has, or its O(id). Tables that a source
    brought along are left alone, whatever their names are.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.secrets
options:
  name:
    description:
      - The name of the table, at most 128 characters.
      - Needed to create a table. Together with O(id) it renames the table.
    type: str
  format:
    description:
      - What the files are. Needed to create a table.
    type: str
    choices:
      - CSV
      - CSVWithNames
      - Parquet
      - JSONEachRow
      - Delta
      - DeltaS3Wrapper
  url_pattern:
    description:
      - The URL of the files, with C(*) for those that are many, at most 500 characters. Needed to create a table.
    type: str
  credential:
    description:
      - The keys to the bucket. Needed to create a table.
      - PostHog never shows them again. When other ones are written is up to O(update_secret).
    type: dict
    suboptions:
      access_key:
        description:
          - The id of the key.
        type: str
        required: true
      access_secret:
        description:
          - The secret of the key.
        type: str
        required: true
  options:
    description:
      - Further settings of the format, as PostHog's API has them. V(null) removes them. Compared by the keys that are
        given. Servers before 2026 do not know them.
    type: dict
notes:
  - The key needs the scopes C(warehouse_table:read) and C(warehouse_table:write).
  - PostHog reads the bucket when the table is created, to find its columns, and refuses keys that do not work.
  - The keys to the bucket appear in no result, no diff and no message. Of what PostHog stores, only its id is shown.
seealso:
  - module: community.posthog.posthog_warehouse_saved_query
  - module: community.posthog.posthog_warehouse_join
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Orders that another system writes to a bucket
  community.posthog.posthog_warehouse_table:
    name: orders
    format: Parquet
    url_pattern: https://acme-warehouse.s3.eu-central-1.amazonaws.com/orders/*.parquet
    credential:
      access_key: "{{ bucket_key | default('example-key') }}"
      access_secret: "{{ bucket_secret | default('example-secret') }}"

- name: Look for a table whose files were moved
  community.posthog.posthog_info:
    types:
      - warehouse_table
    names:
      - refunds
  register: found

- name: Read them where they are now, with the keys that are stored
  community.posthog.posthog_warehouse_table:
    name: refunds
    url_pattern: https://acme-archive.s3.eu-central-1.amazonaws.com/refunds/*.csv
  when: found.objects.warehouse_table | length > 0

- name: Delete a table
  community.posthog.posthog_warehouse_table:
    name: orders_2024
    state: absent
"""

RETURN = r"""
---
warehouse_table:
  description:
    - The table as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the table. Missing in check mode if the table does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    format:
      description: What the files are.
      type: str
    url_pattern:
      description: The URL of the files.
      type: str
    credential:
      description: The id under which PostHog keeps the keys. The keys themselves are not shown.
      type: dict
    columns:
      description: The columns that PostHog found.
      type: list
      elements: dict
    external_data_source:
      description: Always V(null) here. Tables that a source brought along have it.
      type: dict
  sample:
    id: 01a20109-92a8-7e6d-a9d6-f5a0b5a6a0f4
    name: orders
    format: Parquet
    url_pattern: https://acme-warehouse.s3.eu-central-1.amazonaws.com/orders/*.parquet
    credential:
      id: 01a20109-92a8-7f15-8b9c-3f2b64cde2a1
      created_at: "2026-11-22T01:41:56.546195Z"
    options: null
    columns:
      - key: id
        name: id
        type: string
        schema_valid: true
    external_data_source: null
    external_schema: null
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
      description: The path of the option, for example C(format).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: format
      before: CSV
      after: CSVWithNames
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: warehouse table 'orders'
    before:
      format: CSV
      name: orders
    after_header: warehouse table 'orders'
    after:
      format: CSVWithNames
      name: orders
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
    detail: API key missing required scope 'warehouse_table:write'
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
    run("posthog_warehouse_table")


if __name__ == "__main__":
    main()
