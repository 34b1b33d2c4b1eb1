#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_batch_export
short_description: Manage batch exports of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes, pauses and deletes batch exports, which copy events, persons or sessions to another place at
    regular times.
  - A batch export is found by its O(name) or its O(id). PostHog allows several of one name. This module does not make
    a second one, and fails if there are two already.
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
      - The name of the export.
      - Needed to create an export. Together with O(id) it renames the export.
    type: str
  model:
    description:
      - What is exported. V(null) is V(events), which is also PostHog's default.
    type: str
    choices:
      - events
      - persons
      - sessions
      - hogql
  destination:
    description:
      - Where to. Needed to create an export.
      - The keys that are given are compared and written. Others stay as they are, for PostHog merges what it gets into
        what it has, so that a key can be given another value and cannot be removed.
      - What PostHog does not show of it (passwords, keys, user names) is never compared, and appears in no result, no
        diff and no message. It is written when the export is created, and again with O(update_secret=always).
    type: dict
    suboptions:
      type:
        description:
          - The kind of place. Fixed after creation.
          - V(S3) is the kind of servers before 2026, which have all credentials in O(destination.config). Newer ones
            know V(AwsS3) and V(S3Compatible) in its place and have the credentials in an integration.
        type: str
        choices:
          - AwsS3
          - S3Compatible
          - S3
          - AzureBlob
          - BigQuery
          - Databricks
          - Postgres
          - Redshift
          - Snowflake
          - HTTP
          - Workflows
          - FileDownload
          - NoOp
        required: true
      integration:
        description:
          - The display name (or id) of the integration that holds the credentials, of the kind that belongs to the
            type (V(aws-s3), V(s3-compatible), V(azure-blob), V(databricks), V(postgresql),
            V(google-cloud-service-account) or V(snowflake)).
          - Needed for V(AwsS3), V(S3Compatible), V(AzureBlob) and V(Databricks), on servers of 2026 also for new
            exports to V(BigQuery) and V(Snowflake). V(Postgres) can do without.
        type: raw
      config:
        description:
          - What else there is to say of the place. Each type takes keys of its own, and refuses others.
        type: dict
        required: true
        suboptions:
          bucket_name:
            description:
              - The bucket, for V(AwsS3), V(S3Compatible) and V(S3).
            type: str
          region:
            description:
              - The region of the bucket, for V(AwsS3), V(S3Compatible) and V(S3).
            type: str
          container_name:
            description:
              - The container, for V(AzureBlob).
            type: str
          prefix:
            description:
              - What the names of the files begin with. Needed for V(AwsS3), V(S3Compatible) and V(S3),
                optional for V(AzureBlob).
            type: str
          compression:
            description:
              - How files are compressed, for example V(gzip) or V(brotli), by the format of the files.
                V(null) does not compress them.
            type: str
          encryption:
            description:
              - How files are encrypted on the other side, V(AES256) or V(aws:kms), for V(AwsS3) and V(S3).
            type: str
          kms_key_id:
            description:
              - The key for V(aws:kms), for V(AwsS3) and V(S3).
            type: str
          file_format:
            description:
              - The format of the files.
            type: str
            choices:
              - JSONLines
              - Parquet
          max_file_size_mb:
            description:
              - After how many megabytes a new file begins.
            type: int
          use_virtual_style_addressing:
            description:
              - Whether the bucket is part of the host name, for V(S3Compatible) and V(S3).
            type: bool
          endpoint_url:
            description:
              - The address of the service, for V(S3).
            type: str
          aws_access_key_id:
            description:
              - The id of the access key, for V(S3). Not shown by PostHog.
            type: str
          aws_secret_access_key:
            description:
              - The secret access key, for V(S3). Not shown by PostHog.
            type: str
          database:
            description:
              - The database, for V(Postgres), V(Redshift) and V(Snowflake).
            type: str
          schema:
            description:
              - The schema. PostHog's default is V(public). Needed for V(Snowflake) and
                V(Databricks).
            type: str
          table_name:
            description:
              - The table. PostHog's default is V(events). Needed for V(Databricks).
            type: str
          user:
            description:
              - The user, for V(Postgres) and V(Redshift), on older servers for V(Snowflake) too. Not shown
                by PostHog.
            type: str
          password:
            description:
              - The password of the user. Not shown by PostHog.
            type: str
          host:
            description:
              - The host, for V(Postgres) and V(Redshift).
            type: str
          port:
            description:
              - The port, V(5432) for V(Postgres) and V(5439) for V(Redshift) by default.
            type: int
          has_self_signed_cert:
            description:
              - Whether the certificate of the server is signed by itself, for V(Postgres) and V(Redshift).
            type: bool
          properties_data_type:
            description:
              - The type of the columns that hold properties, V(varchar) by default, for
                V(Redshift).
            type: str
          mode:
            description:
              - How rows are written, for V(Redshift).
            type: str
            choices:
              - INSERT
              - COPY
          copy_inputs:
            description:
              - The bucket that V(COPY) goes through, for V(Redshift).
            type: dict
            suboptions:
              s3_bucket:
                description:
                  - The bucket.
                type: str
                required: true
              region_name:
                description:
                  - Its region.
                type: str
                required: true
              s3_key_prefix:
                description:
                  - What the names of the files begin with.
                type: str
              authorization:
                description:
                  - >-
                    How Redshift reads the bucket: an IAM role, the id of an integration, or a dictionary with
                    C(aws_access_key_id) and C(aws_secret_access_key). Not shown by PostHog.
                type: raw
                required: true
              bucket_credentials:
                description:
                  - >-
                    How PostHog writes to the bucket: the id of an integration, or a dictionary with
                    C(aws_access_key_id) and C(aws_secret_access_key). Not shown by PostHog.
                type: raw
                required: true
          warehouse:
            description:
              - The warehouse, for V(Snowflake).
            type: str
          role:
            description:
              - The role, for V(Snowflake).
            type: str
          account:
            description:
              - The account, for V(Snowflake) on servers before 2026.
            type: str
          authentication_type:
            description:
              - V(password) or V(keypair), for V(Snowflake) on servers before 2026.
            type: str
          private_key:
            description:
              - The private key, for V(BigQuery) and V(Snowflake) on servers before 2026. Not shown by
                PostHog.
            type: str
          private_key_passphrase:
            description:
              - The passphrase of the private key, for V(Snowflake) on servers before 2026. Not shown by
                PostHog.
            type: str
          private_key_id:
            description:
              - The id of the private key, for V(BigQuery) on servers before 2026. Not shown by PostHog.
            type: str
          client_email:
            description:
              - The address of the service account, for V(BigQuery) on servers before 2026. Not shown by
                PostHog.
            type: str
          token_uri:
            description:
              - Where tokens come from, for V(BigQuery) on servers before 2026. Not shown by PostHog.
            type: str
          dataset_id:
            description:
              - The dataset, for V(BigQuery).
            type: str
          table_id:
            description:
              - The table, V(events) by default, for V(BigQuery).
            type: str
          project_id:
            description:
              - The project in Google Cloud, for V(BigQuery).
            type: str
          use_json_type:
            description:
              - Whether properties are columns of the type JSON, for V(BigQuery).
            type: bool
          http_path:
            description:
              - The path of the SQL warehouse, for V(Databricks).
            type: str
          catalog:
            description:
              - The catalog, for V(Databricks).
            type: str
          use_variant_type:
            description:
              - Whether properties are columns of the type VARIANT, for V(Databricks).
            type: bool
          use_automatic_schema_evolution:
            description:
              - Whether new columns are added by themselves, for V(Databricks).
            type: bool
          url:
            description:
              - The address, for V(HTTP).
            type: str
          token:
            description:
              - The token, for V(HTTP). Not shown by PostHog.
            type: str
          hog_function_id:
            description:
              - The id of the function that is fed, for V(Workflows).
            type: str
          exclude_events:
            description:
              - The events that are left out, in any order. V(null) leaves none out.
            type: list
            elements: str
          include_events:
            description:
              - The events that are exported, in any order. V(null) exports all.
            type: list
            elements: str
  interval:
    description:
      - How often it runs. Needed to create an export.
      - PostHog allows less than an hour only where that was agreed upon. V(every 15 minutes) is known since 2026.
    type: str
    choices:
      - hour
      - day
      - week
      - every 5 minutes
      - every 15 minutes
  paused:
    description:
      - Whether the export is paused. PostHog itself lets a new export run.
    type: bool
  start_at:
    description:
      - From when on it runs, in ISO 8601, or relative to now, for example V(+1d). V(null) removes it.
      - A relative time is reckoned when it is written. Where the export has a time already, that is left.
    type: str
  end_at:
    description:
      - Until when it runs, in the same forms. V(null) removes it.
    type: str
  hogql_query:
    description:
      - A query that chooses the columns, in HogQL.
      - PostHog keeps a schema that it makes of the query, and prints the query in its own way
        (RV(batch_export.schema)). Case, line breaks and a semicolon at the end make no difference in the comparison.
        Where other spellings do, declare the query as PostHog prints it.
    type: str
  filters:
    description:
      - Property filters for what is exported. V([]) removes all, V(null) is refused. A cohort is named by
        its name.
    type: list
    elements: dict
  timezone:
    description:
      - The time zone in which days and weeks begin, for example V(Europe/Berlin). V(null) is UTC. Servers before 2026
        do not know it.
    type: str
  offset_day:
    description:
      - For weekly exports, on which day of the week, V(0) to V(6). V(null) leaves that to PostHog. Servers before 2026
        do not know it.
    type: int
  offset_hour:
    description:
      - For daily and weekly exports, at which hour, V(0) to V(23). V(null) leaves that to PostHog. Servers before
        2026 do not know it.
    type: int
notes:
  - The key needs the scopes C(batch_export:read) and C(batch_export:write), and C(integration:read) to name
    integrations.
  - PostHog Cloud has batch exports on paid plans only.
  - >-
    Keys of O(destination.config) that PostHog does not show are taken to be stored. To give one to an export that does
    not have it yet, use O(update_secret=always).
  - Exporting what happened before an export was made (a backfill) is an action and not configuration. It can be
    started with M(community.posthog.posthog_api).
seealso:
  - name: Batch exports in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/batch-exports
  - module: community.posthog.posthog_hog_function
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Events to a database, each hour
  community.posthog.posthog_batch_export:
    name: Events to the warehouse
    interval: hour
    destination:
      type: Postgres
      config:
        host: warehouse.example.com
        database: analytics
        schema: posthog
        table_name: events
        user: "{{ warehouse_user | default('posthog-export') }}"
        password: "{{ warehouse_password | default('not-a-real-password') }}"
        exclude_events:
          - $feature_flag_called

- name: Persons too, once a day at three in the morning
  community.posthog.posthog_batch_export:
    name: Persons to the warehouse
    model: persons
    interval: day
    timezone: Europe/Berlin
    offset_hour: 3
    destination:
      type: Postgres
      config:
        host: warehouse.example.com
        database: analytics
        schema: posthog
        table_name: persons
        user: "{{ warehouse_user | default('posthog-export') }}"
        password: "{{ warehouse_password | default('not-a-real-password') }}"

- name: A rehearsal that writes nothing anywhere, from tomorrow on, and paused
  community.posthog.posthog_batch_export:
    name: Rehearsal
    interval: day
    paused: true
    start_at: +1d
    destination:
      type: NoOp
      config: {}

- name: Give the first one another password, if asked to
  community.posthog.posthog_batch_export:
    name: Events to the warehouse
    interval: hour
    destination:
      type: Postgres
      config:
        host: warehouse.example.com
        database: analytics
        user: "{{ warehouse_user | default('posthog-export') }}"
        password: "{{ warehouse_password | default('not-a-real-password') }}"
    update_secret: "{{ 'always' if rotate | default(false) else 'on_create' }}"

- name: Delete an export
  community.posthog.posthog_batch_export:
    name: Events to the old warehouse
    state: absent
"""

RETURN = r"""
---
batch_export:
  description:
    - The batch export as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the export. Missing in check mode if the export does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    model:
      description: What is exported.
      type: str
    destination:
      description: Where to, without what PostHog does not show.
      type: dict
    interval:
      description: How often it runs.
      type: str
    paused:
      description: Whether it is paused.
      type: bool
    start_at:
      description: From when on it runs.
      type: str
    end_at:
      description: Until when it runs.
      type: str
    schema:
      description: What PostHog made of O(hogql_query).
      type: dict
    filters:
      description: The property filters.
      type: list
      elements: dict
    latest_runs:
      description: The last runs.
      type: list
      elements: dict
    created_at:
      description: When the export was created.
      type: str
    last_updated_at:
      description: When it was last changed.
      type: str
    last_paused_at:
      description: When it was last paused.
      type: str
  sample:
    id: 01a20080-f7d7-0001-490f-ae8551d655a0
    team_id: 1
    name: Events to the warehouse
    model: events
    destination:
      type: Postgres
      integration: null
      config:
        database: analytics
        has_self_signed_cert: false
        host: warehouse.example.com
        port: 5432
        schema: posthog
        table_name: events
    interval: hour
    paused: false
    created_at: "2026-11-21T23:46:21.791039Z"
    last_updated_at: "2026-11-21T23:46:22.592459Z"
    last_paused_at: null
    start_at: null
    end_at: null
    latest_runs: []
    schema: null
    filters: []
    timezone: UTC
    offset_day: null
    offset_hour: null
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
      description: The path of the option, for example C(destination.config.table_name).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: destination.config.table_name
      before: event
      after: events
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: batch export 'Events to the warehouse'
    before:
      destination:
        config:
          table_name: event
        type: Postgres
      name: Events to the warehouse
    after_header: batch export 'Events to the warehouse'
    after:
      destination:
        config:
          table_name: events
        type: Postgres
      name: Events to the warehouse
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
    detail: API key missing required scope 'batch_export:write'
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
    run("posthog_batch_export")


if __name__ == "__main__":
    main()
