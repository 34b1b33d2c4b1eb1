#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_messaging_template
short_description: Manage message templates of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes the templates of e-mails and other messages that workflows send.
  - A template is found by its O(name) or its O(id). PostHog allows several templates of one name. This module does not
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
options:
  name:
    description:
      - The name of the template.
      - Needed to create a template. Together with O(id) it renames the template.
    type: str
  description:
    description:
      - What the template is for. V(null) empties it.
    type: str
  type:
    description:
      - The kind of message. PostHog's default for a new template is V(email).
    type: str
  content:
    description:
      - >-
        The message, as PostHog's API has it: C(templating) (V(hog) or V(liquid)), and for an e-mail C(email) with
        C(subject), C(html), C(text), C(design) and what else PostHog's editor keeps there.
      - Needed to create a template. An e-mail needs a subject.
      - Compared by the keys that are given, at every depth. Keys that are not given stay as they are, and a key that
        is C(null) is removed.
    type: dict
  message_category:
    description:
      - The UUID of the message category that the template belongs to. V(null) takes it out of its category.
    type: str
notes:
  - The key needs the scopes C(hog_flow:read) and C(hog_flow:write), which are those of workflows.
  - Servers of 2025 have message templates but keep them closed to API keys.
  - PostHog's editor shows an e-mail by its C(design), and sends its C(html). If both are declared they have to fit.
  - A deleted template that is declared again is created anew, with a new id.
seealso:
  - module: community.posthog.posthog_hog_flow
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: An e-mail, in which PostHog and not Ansible fills in the name
  community.posthog.posthog_messaging_template:
    name: Welcome
    type: email
    content:
      templating: liquid
      email:
        subject: "Welcome, {% raw %}{{ person.properties.first_name }}{% endraw %}"
        html: <p>Good to have you with us.</p>

- name: Give it a text for readers without HTML, and leave all else as it is
  community.posthog.posthog_messaging_template:
    name: Welcome
    description: Goes out when somebody has signed up
    content:
      email:
        subject: "Welcome, {% raw %}{{ person.properties.first_name }}{% endraw %}"
        text: Good to have you with us.

- name: An e-mail whose HTML comes from elsewhere
  community.posthog.posthog_messaging_template:
    name: Reminder
    content:
      templating: liquid
      email:
        subject: Your trial ends soon
        html: "{{ reminder_html | default('<p>Three days are left.</p>') }}"

- name: Look for a template under its old name
  community.posthog.posthog_info:
    types:
      - messaging_template
    names:
      - Hello
  register: old

- name: Rename it, found by its id
  community.posthog.posthog_messaging_template:
    id: "{{ item.id }}"
    name: Hello of 2025
  loop: "{{ old.objects.messaging_template }}"
  loop_control:
    label: "{{ item.name }}"

- name: Delete a template
  community.posthog.posthog_messaging_template:
    name: Farewell
    state: absent
"""

RETURN = r"""
---
messaging_template:
  description:
    - The message template as PostHog shows it after the task, in check mode as it would be.
      V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the template. Missing in check mode if the template does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the template is for.
      type: str
    type:
      description: The kind of message.
      type: str
    content:
      description: The message.
      type: dict
    message_category:
      description: The UUID of its category.
      type: str
    created_at:
      description: When the template was created.
      type: str
    updated_at:
      description: When the template was last changed.
      type: str
    created_by:
      description: Who created the template.
      type: dict
  sample:
    id: 01a200e4-fa65-781e-9a6c-ecb157baebd5
    name: Reminder
    description: ''
    type: email
    content:
      templating: liquid
      email:
        subject: Your trial ends soon
        html: <p>Three days are left.</p>
        text: Three days are left.
    message_category: null
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
      description: The path of the option, for example C(content.email.subject).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: content.email.subject
      before: Your trial ends
      after: Your trial ends soon
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: messaging template 'Reminder'
    before:
      content:
        email:
          subject: Your trial ends
      name: Reminder
    after_header: messaging template 'Reminder'
    after:
      content:
        email:
          subject: Your trial ends soon
      name: Reminder
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
    detail: API key missing required scope 'hog_flow:write'
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
    run("posthog_messaging_template")


if __name__ == "__main__":
    main()
