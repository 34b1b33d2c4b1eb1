#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_export
short_description: Write down the configuration of a PostHog project as YAML
version_added: 0.1.0
description:
  - Reads the objects of a project and writes the YAML that M(community.posthog.posthog_config) takes, which is also
    what the modules of the single types take.
  - Ids become names, so that the same files can be applied to another project. What PostHog computes, and what has its
    default value, is left out; so are objects that PostHog makes by itself.
  - Each file says C(undeclared=default) at its top, so that what is left out is not left alone. Where it is changed by
    hand, it counts as a difference, and M(community.posthog.posthog_config) puts it back. A field of which this
    collection does not know the default is written, an empty one too.
  - An object whose name is empty or not its own is written with its id. Files with ids say C(unknown_ids=create) at the
    top, under which M(community.posthog.posthog_config) applies them elsewhere too.
  - Keys of documents and kinds of things that this release does not know are written where they can be applied again,
    and RV(unfaithful) names them, since an id in them is one of this project. Where a document takes no such key, it is
    left out, and RV(unfaithful) says so.
  - Secrets are never exported. A variable stands in place of each; RV(secrets) and the top of the file name it.
  - What could not be written so that it comes out the same elsewhere is listed in RV(unfaithful).
  - An export costs some 60 requests for the lists, one more for each further 500 objects of a type, and one for each
    object whose list does not show all of it. Those are dashboards (their tiles), experiments, notebooks and on some
    servers others, and each dashboard that is shared. So 2,000 insights and 500 dashboards cost about 560 requests, of
    4,800 that PostHog allows in an hour. With O(details=false) they cost about 60.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
options:
  types:
    description:
      - The types to export, in the plural or the singular.
      - By default all that O(scope) says.
      - Whether an insight is shared takes a request for each insight, so insights are left out of V(sharings) unless
        that type is named here. RV(unfaithful) then says so.
    type: list
    elements: str
  scope:
    description:
      - What to export where O(types) is not given. V(project) is everything inside the project and its settings,
        V(organization) the organization's people, roles, projects and domains, V(all) both.
      - Types that the server or the key does not have are left out and reported. Where that is all of them, the task
        fails.
    type: str
    choices:
      - project
      - organization
      - all
    default: project
  names:
    description:
      - Patterns such as V(checkout-*); only objects whose name (a flag's key) fits one of them are exported.
    type: list
    elements: str
  exclude:
    description:
      - Patterns of names to leave out.
    type: list
    elements: str
  tags:
    description:
      - Only objects that have one of these tags. Nothing is exported of types that have no tags, such as V(cohorts).
    type: list
    elements: str
  with_dependencies:
    description:
      - Also export what the chosen objects refer to, whatever O(types), O(names) and O(tags) say of it, and what that
        refers to - with a dashboard its insights, with these their cohorts and actions.
      - RV(dependencies) says of each why it is there. What O(exclude) names is left out all the same.
    type: bool
    default: false
  from_terraform:
    description:
      - A Terraform state; only what it manages is exported. A file on the controller with what C(terraform show -json)
        prints or with the state itself (version 4), or what such a file holds.
      - By default all types that the state manages something of, of the project that is exported and of its
        organization.
      - RV(terraform) names what no object was exported for, and has the commands after which Terraform manages the rest
        no more. They are written to C(terraform-state-rm.sh) in O(dest), too. Nothing in PostHog or in Terraform
        changes.
    type: raw
  rename:
    description:
      - By type, in the singular or the plural, names with the ones to write in their place, wherever they stand.
      - "For example V({cohort: {Staff (staging\\): Staff}})."
    type: dict
  dest:
    description:
      - Directory on the controller to write the files to; with O(layout=single) a file.
      - Without it nothing is written, and RV(config) is all there is.
    type: path
  layout:
    description:
      - V(type) writes a file for each type, V(object) one for each object in a directory for each type, V(single) one
        file.
    type: str
    choices:
      - type
      - object
      - single
    default: type
  clean:
    description:
      - Delete files in O(dest) that an earlier export wrote and this one does not. Other files are never touched, nor
        those of types that could not be read.
    type: bool
    default: false
  undeclared:
    description:
      - What the files say of the fields that they do not name, as
        O(community.posthog.posthog_config#module:undeclared) explains it. V(keep) leaves alone, in whatever the files
        are applied to, what has its default value in this project.
      - By default V(default), and V(keep) with O(details=false), for which V(default) is refused.
    type: str
    choices:
      - keep
      - default
  details:
    description:
      - Whether objects are read one by one where their list does not show all of them.
      - With V(false) nothing is written but what lists show, and RV(unfaithful) names the rest. Of dashboards, that is
        which insights they hold; what is missing is layouts, texts, buttons, colors, filters and variables.
    type: bool
    default: true
  concurrency:
    description:
      - How many objects are read at once, from 1 to 32. O(rate_limit) holds for all of them together.
    type: int
    default: 8
notes:
  - The key needs the read scopes of the exported types and of those that they refer to.
  - Text that looks like a template is written with the tag C(!unsafe), so that Ansible leaves it as it is.
  - Files are written on the controller, also where the module runs elsewhere. They are the same for the same objects,
    so a version control system shows just what changed.
seealso:
  - module: community.posthog.posthog_config
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Write the whole project to files, one for each type
  community.posthog.posthog_export:
    api_key: "{{ posthog_api_key }}"
    project: Default project
    dest: posthog

- name: Write the flags of one team, one file for each
  community.posthog.posthog_export:
    api_key: "{{ posthog_api_key }}"
    types:
      - feature_flags
    tags:
      - checkout
    dest: posthog/checkout
    layout: object
    clean: true

- name: Look at one dashboard, and all that it needs
  community.posthog.posthog_export:
    api_key: "{{ posthog_api_key }}"
    types:
      - dashboards
    names:
      - Checkout
    with_dependencies: true
  register: checkout
"""

RETURN = r"""
---
config:
  description: The configuration, as O(community.posthog.posthog_config#module:config) takes it.
  returned: success
  type: dict
  sample: {"undeclared": "default", "cohorts": [{"name": "Staff"}], "feature_flags": [{"key": "new-checkout"}]}
secrets:
  description: Names of the variables that stand for secrets.
  returned: success
  type: list
  elements: str
  sample: [posthog_secret_hog_function_to_slack_inputs_token]
terraform:
  description:
    - What became of the resources of a Terraform state. C(state_rm) has a command for each that was exported, C(left)
      names the others, each with C(address), C(type) and C(reason).
  returned: with O(from_terraform)
  type: dict
  sample:
    state_rm:
      - terraform state rm posthog_feature_flag.checkout
    left: []
dependencies:
  description:
    - What was exported since others need it, with its C(type), C(name) and C(id), and who needs it (C(needed_by)), each
      with C(type), C(name) and the C(path) where it is named.
  returned: with O(with_dependencies=true)
  type: list
  elements: dict
  sample:
    - type: cohort
      name: Beta testers
      id: 7
      needed_by: [{"type": "insight", "name": "Checkouts", "path": "query.source.properties[0].value"}]
unfaithful:
  description: What could not be written so that it comes out the same elsewhere.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: The object's type.
      type: str
      returned: always
      sample: dashboard
    name:
      description: What it is called.
      type: str
      returned: always
      sample: Weekly KPIs
    path:
      description: Where in the object.
      type: str
      returned: always
      sample: id
    reason:
      description: Why.
      type: str
      returned: always
      sample: objects of the same name are told apart by their ids, in another project by their order in time
source:
  description: Where the configuration is from.
  returned: success
  type: dict
  sample: {"host": "https://eu.posthog.com", "organization_id": "018f", "project_id": 1, "project": "Default project"}
files:
  description: The files that were written or deleted, or in check mode would be.
  returned: when O(dest) is given
  type: list
  elements: str
  sample: [posthog/feature_flags.yml]
msg:
  description: What was exported, in one line.
  returned: always
  type: str
  sample: 42 objects of 7 types
"""

from ansible_collections.community.posthog.plugins.module_utils._handlers.index import run


def main() -> None:
    """Run the module."""
    run("posthog_export")


if __name__ == "__main__":
    main()
