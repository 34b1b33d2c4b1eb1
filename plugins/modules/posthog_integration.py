#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_integration
short_description: Connect a PostHog project with other services
version_added: 0.1.0
description:
  - Connects a project with accounts of other services by their keys, and disconnects them.
  - An integration is found by its O(display_name), together with O(kind) where two kinds have one of the same name, or
    by its O(id).
  - PostHog itself names what was connected, after the account that it finds. So O(display_name) must be what PostHog
    shows. If it is not, the first task connects the account, fails, and tells the right name.
  - Services that ask for a login, such as Slack, are connected in a browser. This module finds those and disconnects
    them.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.secrets
  - community.posthog.object.state
options:
  display_name:
    description:
      - The name that PostHog shows for the integration. It cannot be changed.
      - It is often the account's id or the name that O(config) gives, for example C(ID:) and the account's id for
        Twilio, the host for Databricks, or the address for e-mail. Some kinds add to it, such as the sort of the key
        for Amazon S3.
    type: str
  kind:
    description:
      - The service, needed to connect it. It cannot be changed.
      - These are connected by their keys, V(anthropic), V(apns), V(aws-s3), V(azure-blob), V(customerio-app),
        V(customerio-track), V(customerio-webhook), V(databricks), V(email), V(firebase), V(gitlab),
        V(google-cloud-service-account), V(google-cloud-storage), V(google-pubsub), V(postgresql), V(s3-compatible),
        V(snowflake) and V(twilio). Which of them a server knows depends on its age.
      - These are connected by a login in a browser, V(bing-ads), V(clickup), V(github), V(google-ads),
        V(google-analytics), V(google-search-console), V(google-sheets), V(hubspot), V(intercom), V(jira), V(linear),
        V(linkedin-ads), V(meta-ads), V(pinterest-ads), V(reddit-ads), V(salesforce), V(slack), V(snapchat), V(stripe)
        and V(tiktok-ads). A task that declares one that does not exist fails and says so.
      - PostHog takes the keys of V(firebase), V(google-cloud-storage) and V(google-pubsub) as a file that is uploaded
        in a browser.
    type: str
  config:
    description:
      - The keys, as PostHog's API wants them for the kind, needed to connect it. Whatever in it is not known to be
        harmless, such as names and hosts, is taken for secret.
      - For V(twilio) these are C(account_sid) and C(auth_token), for V(databricks) C(server_hostname), C(client_id) and
        C(client_secret), for V(azure-blob) C(connection_string), for V(aws-s3) C(name), C(aws_access_key_id) and
        C(aws_secret_access_key), for V(gitlab) C(hostname), C(project_id) and C(project_access_token), for V(email)
        C(email), C(name) and C(provider).
      - An account that is connected already is left alone, whatever its keys, unless O(update_secret=always). PostHog
        takes the new keys for the same integration then. If they turn out to be those of another account, the task
        fails and tells what was connected.
    type: dict
  state:
    description:
      - V(present) makes the integration exist.
      - V(absent) disconnects the account. What uses the integration stops working.
    type: str
    choices:
      - present
      - absent
    default: present
notes:
  - The key needs the scopes C(integration:read) and C(integration:write), and its owner must be an administrator of the
    project.
  - Other modules refer to an integration by its name, so one that was connected in a browser can be used in playbooks,
    too.
seealso:
  - name: Integrations in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/integrations
  - module: community.posthog.posthog_hog_function
  - module: community.posthog.posthog_batch_export
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Connect Databricks
  community.posthog.posthog_integration:
    display_name: dbc-0123.cloud.databricks.com
    kind: databricks
    config:
      server_hostname: dbc-0123.cloud.databricks.com
      client_id: posthog
      client_secret: "{{ databricks_secret | default('not-a-secret') }}"

- name: Give it a new secret, when the play is told that there is one
  community.posthog.posthog_integration:
    display_name: dbc-0123.cloud.databricks.com
    kind: databricks
    config:
      server_hostname: dbc-0123.cloud.databricks.com
      client_id: posthog
      client_secret: "{{ databricks_secret | default('not-a-secret') }}"
    update_secret: "{{ 'always' if databricks_secret_is_new | default(false) else 'on_create' }}"

- name: Disconnect a workspace of Slack
  community.posthog.posthog_integration:
    display_name: Acme old
    kind: slack
    state: absent
"""

RETURN = r"""
---
integration:
  description:
    - The integration as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id. Missing in check mode if the integration does not exist yet.
      type: int
    kind:
      description: The service.
      type: str
    display_name:
      description: The name.
      type: str
    config:
      description: Masked, even where PostHog shows a part of it.
      type: str
    errors:
      description: What went wrong, for example when a token was refreshed.
      type: str
    created_by:
      description: Who connected it.
      type: dict
    created_at:
      description: When it was connected.
      type: str
  sample:
    id: 3
    kind: databricks
    display_name: dbc-0123.cloud.databricks.com
    config: "********"
    errors: ""
    created_at: "2026-11-22T01:46:42.782830Z"
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
      description: The path of the option, for example C(config).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: config
      before: "********"
      after: "******** (written)"
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: integration 'dbc-0123.cloud.databricks.com'
    before:
      config: "********"
    after_header: integration 'dbc-0123.cloud.databricks.com'
    after:
      config: "******** (written)"
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
    detail: API key missing required scope 'integration:write'
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
    run("posthog_integration")


if __name__ == "__main__":
    main()
