#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_config
short_description: Bring whole PostHog projects to what YAML says
description:
  - Applies many objects of many types in one task, such as feature flags, cohorts, insights, dashboards, roles and
    members.
  - Each object is written with the options of its type's own module, for example those of
    M(community.posthog.posthog_feature_flag). What M(community.posthog.posthog_export) writes has the same form.
  - Everything is checked and planned before the first write. All mistakes are reported together, with file, line and
    option, and returned as data in RV(mistakes).
  - Objects are applied in the order in which they depend on each other, several at once. A name may refer to an object
    that PostHog has, or to one that is declared anywhere in the same configuration.
  - Check mode is the plan; together with C(--diff) it is printed in full. In each run one line says how many objects
    were created, updated, deleted and left unchanged; with C(-v) there is a line for each object that changes.
  - What one object declares absent, another one must not name; that is a mistake as well, and its message
    names both places. A warning names what else in PostHog uses an object that is deleted.
  - What an object does not declare is left alone, unless O(undeclared) says otherwise, and an object that is not
    declared is left alone too, unless O(purge) says otherwise.
version_added: 0.1.0
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
options:
  config:
    description:
      - The configuration. A dictionary of lists by type, with the plural names of the types as keys, such as
        V(feature_flags) and V(dashboards); what exists once, such as V(project_settings), is a dictionary of its
        options.
      - An item takes the options of the type's module, among them O(ignore:state), but not those of the connection.
      - The keys V(organization) and V(project) beside the lists say where their objects belong; without them it is
        where the task works.
      - The key V(undeclared) beside the lists takes what O(undeclared) takes, and goes before it.
      - The key V(unknown_ids) beside the lists says what an item's O(ignore:id) means that no object has. V(error), the
        default, refuses it. With V(create) it only tells items of the same name from each other, for objects that have
        no name of their own. The first is the oldest object of that name, the next one the next, and what is missing
        is created. What refers to such an id means the same object. M(community.posthog.posthog_export) writes it where
        it writes ids.
      - Keys beside the lists that begin with C(x-) are left out, for YAML anchors that items share.
      - A list of such dictionaries configures several projects.
      - At least one of O(config) and O(src) is needed. What they hold is put together.
    type: raw
  src:
    description:
      - Files with such configuration, and directories of them, on the controller. Files of a directory are read at any
        depth, those that end in C(.yml), C(.yaml) or C(.json) and do not begin with a dot or an underscore.
      - A file may hold several YAML documents. They are merged; an object that is declared twice is an error.
      - Templates in the files are rendered with the variables of the host. Text with the tag C(!unsafe) is left as it
        is. Ansible Vault is understood, for whole files and for single values.
      - Relative paths are looked for as those of M(ansible.builtin.copy) are, and then in the directory where Ansible
        was started.
    type: list
    elements: path
  overlays:
    description:
      - Files and directories like those of O(src), each of which is laid over O(config), O(src) and the overlays
        before it, so that what differs between staging and production stands in one place.
      - An item is laid over the item below that names the same object, by the options that identify one. Dictionaries
        are merged at every depth; lists and all other values replace what is below. V(null) takes away what is below,
        so that it is not declared. Items of objects that are not declared below are added.
      - An overlay that names O(ignore:organization) or O(ignore:project) is laid over documents that name the same one,
        another one over all.
      - Plans name the overlay that a value is from as C(layer), messages its file and line.
    type: list
    elements: path
  purge:
    description:
      - Types, in the plural, of which objects that are not declared are deleted.
      - Nothing is purged by default, and only in the projects and organizations that O(config) and O(src) are about.
      - Organizations, projects, group types, recordings, definitions of events and properties, and the membership of
        the key's own user are never purged, nor is what PostHog made by itself. What exists only once, such as
        V(project_settings), cannot be purged. An object that something declared refers to has to be declared too.
    type: list
    elements: str
  purge_scope:
    description:
      - V(marked) deletes only what carries the collection's mark, the tag C(managed-by-ansible).
      # generated: marked types ("make generate")
      - The types V(actions), V(dashboards), V(experiment_saved_metrics), V(feature_flags) and V(insights) keep the
        mark among their C(tags).
      # end of marked types
      - This module puts the mark on each of these objects that it creates, and, with
        O(purge_scope=marked), on the declared objects of the types in O(purge). Other types cannot carry it, so they
        are purged with V(all) only.
      - Where the organization's plan lacks the feature V(tagging), nothing gets the mark, so V(marked) purges nothing.
      - All modules of this collection leave the mark alone, whatever their tasks declare as tags. Whoever removes it
        from an object in PostHog protects the object.
      - V(all) deletes whatever is not declared, also what was made by hand.
    type: str
    choices:
      - marked
      - all
    default: marked
  max_deletions:
    description:
      - How many objects O(purge) may delete; with more, nothing is written at all.
      - A percentage such as V(20%) counts for each type, of the objects that exist.
    type: str
    default: '10'
  allow_empty:
    description:
      - Allow a type in O(purge) of which nothing is declared, in one of the projects or at all.
    type: bool
    default: false
  undeclared:
    description:
      - What a field means that an item does not name. V(keep) leaves it as it is. With V(default) it is at PostHog's
        default, so that a short item is the whole truth about its object; where it is not, that is a difference, and
        it is put back. Plans and results say of such a change that the field is not declared.
      - A document that says C(undeclared) itself, beside its lists, goes before this option for its own items. What
        M(community.posthog.posthog_export) writes says V(default).
      - With V(default), lists of parts that have C(exclusive), such as the tiles of a dashboard, are whole, unless the
        item says otherwise; without them, there are none. Of documents with free keys, such as the query of an insight,
        the keys that are not named are to be gone. A short form, such as C(rollout_percentage) of a feature flag,
        stands for the whole document that it is a part of.
      - Left alone all the same is what no default is known of, which is why an export writes it; what others own, such
        as the keys that experiments write into their flags; what is fixed after the creation of an object; secrets;
        data such as the persons of a static cohort, unless they are named; and the dashboards of an insight, since the
        tiles of the dashboards say the same.
      - It is about fields. Objects that are not declared are the business of O(purge).
    type: str
    choices:
      - keep
      - default
    default: keep
  details:
    description:
      - Whether objects are read one by one where their list does not show all that is declared of them, which costs a
        request for each of them. Of dashboards, no list shows filters, layouts and texts.
      - With V(false), only what lists show is compared, and a warning names the rest. Which insights are on a dashboard
        is compared all the same. So 2,000 insights and 500 dashboards cost about 15 requests. Only in check mode.
    type: bool
    default: true
  unknown_names:
    description:
      - What to do about events and properties that insights, actions and cohorts name and the project has never seen.
      - Only what is created or changed is looked at, and names that begin with C($) are PostHog's own.
    type: str
    choices:
      - warn
      - error
      - ignore
    default: warn
  report:
    description:
      - V(markdown) returns the plan as Markdown too, for a comment on a pull request, as RV(plan_markdown).
    type: str
    choices:
      - none
      - markdown
    default: none
  report_dest:
    description:
      - A file on the controller that RV(plan_markdown) is written to, in check mode too, and where O(guard) refuses the
        run. It implies O(report=markdown), and is no change.
      - Relative paths begin where Ansible was started.
    type: path
  report_limit:
    description:
      - How many characters RV(plan_markdown) may have, at least 1000. Whole objects are left out, deletions and access
        last, and what is left out is counted. GitHub takes 65536 characters in a comment, GitLab 1000000.
    type: int
    default: 65000
  guard:
    description:
      - What a run may do without an explicit yes in O(confirm). With more of it nothing is written, and the task fails
        with RV(mistakes) and RV(plan). Check mode warns of it and does not fail.
      - Check mode warns of all that may hurt without a guard, too - of rollouts that go up by more than 25.
    type: dict
    suboptions:
      deletions:
        description: How many objects may be deleted, whether they are declared absent or purged.
        type: int
      rollout_step:
        description:
          - By how many percentage points the rollout of an existing feature flag may go up. One that is switched on
            goes up from 0.
        type: float
      switched_off:
        description: How many feature flags, functions, alerts and batch exports may be switched off.
        type: int
      access:
        description:
          - How many changes may give somebody access or take a protection away - levels that go up, invites, role
            memberships, what is shared, and settings of an organization and of its domains.
        type: int
      experiments:
        description: How many experiments may be changed or deleted while they run.
        type: int
      reach:
        description:
          - How many people a changed release condition of a feature flag may reach, where it reaches more than before,
            as a number or as a percentage of all, such as V(20%). It needs O(ask=reach).
        type: str
  ignore_changes:
    description:
      - By type, in the plural, what is declared for the creation of its objects only, as the option of that name of an
        item says it. With C(active) and C(filters.groups[].rollout_percentage) for C(feature_flags), what others steer
        is left alone in flags that exist.
    type: dict
  plan:
    description:
      - A plan that was reviewed, to do what it says and nothing else. A file on the controller that O(plan_dest) has
        written, or RV(plan_file) itself. Files and options have to be those that the plan was made with.
      - The plan is made anew and held against it before the first write. Where PostHog or the files changed meanwhile
        so that anything else would be written, or where PostHog changed another field of an object that the plan
        changes, the task fails, in check mode too, and RV(mistakes) names each object and what is other.
      - What is as planned already is no difference, so a run that failed half-way can be repeated with the same plan.
      - Secrets are in no plan, so a secret that differs in the files is not noticed.
    type: raw
  plan_dest:
    description:
      - A file on the controller that the plan is written to for O(plan), as JSON with a fingerprint of the objects that
        were read, in check mode too. It implies O(fingerprint=true), holds no secrets, and is no change.
      - Relative paths begin where Ansible was started.
    type: path
  mistakes_dest:
    description:
      - A file on the controller that RV(mistakes) is written to as JSON, in check mode too; an empty list where there
        is none. It is no change.
      - Relative paths begin where Ansible was started.
    type: path
  fingerprint:
    description:
      - Return RV(plan_file), for O(plan). With O(plan_dest) it is written to that file in place of the result.
    type: bool
    default: false
  offline:
    description:
      - Check the configuration without PostHog and without a key, and do nothing else. Nothing is sent.
      - All that can be known from files and variables is judged, such as YAML, options and their values, nested keys,
        objects that are declared twice, names of what is declared absent, cycles, and what may not be purged.
      - Whether a name that nothing declares is in PostHog is not known. One that is nearly that of a declared object
        makes a warning.
    type: bool
    default: false
  confirm:
    description:
      - Kinds of changes to which somebody said yes, whatever O(guard) says of them.
    type: list
    elements: str
    choices:
      - deletions
      - rollouts
      - switched_off
      - access
      - experiments
      - reach
  ask:
    description:
      - What PostHog is asked about the plan before the first write, in check mode too. Only what is created or changed
        is asked about, with a request for each condition and each text.
      - V(reach) asks how many people each changed release condition of a feature flag reaches, before and after. It is
        a part of RV(plan) and of the reports, and O(guard) can limit it.
      - V(languages) lets PostHog's own parsers read each text in one of its languages - SQL of insights, views and
        endpoints, SQL expressions in filters, breakdowns and series, Hog code of functions, and templates in inputs.
        What they refuse is a mistake, with file, line and column, PostHog's message, and what PostHog proposes. A view
        that is declared in the same configuration counts as a table. Texts that hold secrets are not sent.
      - Servers that do not tell this to keys are not asked further, with a warning.
    type: list
    elements: str
    choices:
      - reach
      - languages
  concurrency:
    description:
      - How many objects are worked on at once, from 1 to 32. O(rate_limit) holds for all of them together.
    type: int
    default: 8
seealso:
  - module: community.posthog.posthog_export
  - module: community.posthog.posthog_info
notes:
  - The key needs the scope to write each type that is declared, and the scope to read each type that is referred to;
    see the modules of the types. In check mode the scopes to read are enough.
  - With O(ask), the key needs C(feature_flag:read) for V(reach), and C(query:read) for V(languages).
  - Unless O(unknown_names=ignore), events and properties are looked up with C(event_definition:read) and
    C(property_definition:read). What the key may not read is not checked.
  - When an object fails, what depends on it is skipped, everything else is done, and nothing is purged. Running the
    task again finishes it.
  - Objects with O(ignore:state=absent) are deleted after everything else was applied.
"""

EXAMPLES = r"""
---
# With files in place of variables, the first task would read
#
# - name: Apply what the files in the directory posthog say
#   community.posthog.posthog_config:
#     project: Default project
#     src: posthog

- name: Have a cohort, a flag for it, and a dashboard with an insight
  community.posthog.posthog_config:
    api_key: "{{ posthog_api_key }}"
    project: Default project
    config:
      cohorts:
        - name: Beta testers
          filters:
            properties:
              type: AND
              values:
                - type: AND
                  values:
                    - {type: person, key: email, operator: icontains, value: "@acme.test"}
      feature_flags:
        - key: new-checkout
          name: The new checkout
          filters:
            groups:
              - properties:
                  - {type: cohort, key: id, value: Beta testers}
                rollout_percentage: 50
      insights:
        - name: Checkouts
          query:
            kind: InsightVizNode
            source:
              kind: TrendsQuery
              series:
                - {kind: EventsNode, event: $pageview}
          dashboards:
            - Checkout
      dashboards:
        - name: Checkout
          description: How the new checkout does
          tiles:
            - {insight: Checkouts, layouts: {sm: {x: 0, y: 0, w: 6, h: 5}}}

- name: See whether the files are right, without a key and without a network
  community.posthog.posthog_config:
    config:
      feature_flags:
        - key: new-checkout
          active: true
    offline: true

- name: Let nothing happen that nobody said yes to
  community.posthog.posthog_config:
    api_key: "{{ posthog_api_key }}"
    config:
      feature_flags:
        - key: new-checkout
          active: true
    guard:
      deletions: 0
      rollout_step: 25
      switched_off: 0
      access: 0
      experiments: 0
    confirm:
      - rollouts
    report: markdown

- name: Make a plan for a review
  community.posthog.posthog_config:
    api_key: "{{ posthog_api_key }}"
    config:
      feature_flags:
        - key: new-checkout
          active: true
    fingerprint: true
  check_mode: true
  register: reviewed

- name: Apply it, and nothing else
  community.posthog.posthog_config:
    api_key: "{{ posthog_api_key }}"
    config:
      feature_flags:
        - key: new-checkout
          active: true
    plan: "{{ reviewed.plan_file }}"

- name: Delete the flags and dashboards that are not declared any more
  community.posthog.posthog_config:
    api_key: "{{ posthog_api_key }}"
    config:
      feature_flags:
        - key: new-checkout
      dashboards:
        - name: Checkout
    purge:
      - feature_flags
      - dashboards
    max_deletions: 20%
"""

RETURN = r"""
---
msg:
  description: What was done, or in check mode would be done, in one line.
  returned: always
  type: str
  sample: 3 created, 1 updated, 996 unchanged
counts:
  description: How many objects have been C(created), C(updated), C(deleted), C(unchanged), C(failed) and C(skipped).
  returned: when the configuration is valid
  type: dict
  sample: {"created": 3, "updated": 1, "deleted": 0, "unchanged": 996, "failed": 0, "skipped": 0}
plan:
  description:
    - What was planned before the first write, also where the run then failed or was refused by O(guard). RV(objects)
      says what became of it.
  returned: when the configuration is valid
  type: list
  elements: dict
  contains:
    action:
      description: What is planned; one of C(created), C(updated) and C(deleted).
      type: str
      returned: always
      sample: updated
    type:
      description: The object's type.
      type: str
      returned: always
      sample: feature_flag
    name:
      description: What it is called.
      type: str
      returned: always
      sample: new-checkout
    organization:
      description: The organization, where the configuration names one.
      type: str
      returned: when the configuration names it
    project:
      description: The project, where the configuration names one.
      type: str
      returned: when the configuration names it
    id:
      description: The object's id; V(null) for one that is still to be created.
      type: raw
      returned: always
      sample: 17
    changes:
      description:
        - The values that change, each with C(path), C(before) and C(after), and with C(layer) where the value is from
          one of O(overlays). Secrets are masked.
      type: list
      elements: dict
      returned: always
      sample: [{"path": "active", "before": true, "after": false}]
    access:
      description: Whether it lets somebody in, or lets somebody do something.
      type: bool
      returned: always
      sample: false
    reach:
      description:
        - With O(ask=reach), how many people each changed condition reaches (C(affected) of C(total), and C(before),
          which is V(null) for a new flag), by C(path).
      type: list
      elements: dict
      returned: always
      sample: [{"path": "filters.groups[0]", "affected": 12400, "total": 50000, "before": 2480}]
    risks:
      description: What may hurt, each with C(kind), as O(confirm) takes it, and C(text).
      type: list
      elements: dict
      returned: always
      sample: [{"kind": "switched_off", "text": "is switched off"}]
    file:
      description: The file that declares it; V(null) for what stands in the playbook, or is purged.
      type: str
      returned: always
      sample: posthog/flags.yml
    line:
      description: The line in it.
      type: int
      returned: always
      sample: 7
plan_file:
  description:
    - The plan with fingerprints of the objects that were read, to be handed to O(plan). Its form may change with each
      release.
  returned: with O(fingerprint=true) and without O(plan_dest)
  type: dict
checked:
  description: How many objects of each type were checked, with O(offline=true).
  returned: when O(offline=true) and there is no mistake
  type: dict
  sample: {"feature_flags": 12, "cohorts": 3}
scopes:
  description: The least scopes that a key needs for what is declared, with O(offline=true).
  returned: when O(offline=true) and there is no mistake
  type: dict
  sample:
    apply: ["cohort:read", "feature_flag:write", "project:read"]
    plan: ["cohort:read", "feature_flag:read", "project:read"]
    useful: ["organization:read"]
    reasons:
      "cohort:read": ["feature_flags"]
      "feature_flag:write": ["feature_flags"]
      "organization:read": ["feature_flags"]
      "project:read": ["finding the project or the organization"]
  contains:
    apply:
      description: The scopes to apply it. One to write includes the one to read.
      type: list
      elements: str
      returned: always
      sample: ["cohort:read", "feature_flag:write", "project:read"]
    plan:
      description: The scopes for check mode, and to compare it.
      type: list
      elements: str
      returned: always
      sample: ["cohort:read", "feature_flag:read", "project:read"]
    useful:
      description:
        - Scopes that a run goes without. Only with them it knows which features the plan of the organization includes,
          and leaves out with a warning what PostHog would drop silently.
      type: list
      elements: str
      returned: always
      sample: ["organization:read"]
    reasons:
      description: For each scope of RV(scopes.apply) and RV(scopes.useful) the types that it is for.
      type: dict
      returned: always
      sample: {"feature_flag:write": ["feature_flags"]}
cost:
  description:
    - What applying RV(plan) takes, as far as that can be foretold.
    - It has C(requests), C(seconds) at the limit of requests for a key that is used for nothing else, and that limit as
      C(per_minute), which is 0 where there is none.
  returned: when the configuration is valid
  type: dict
  sample: {"requests": 12, "seconds": 2, "per_minute": 480}
plan_markdown:
  description:
    - The plan as Markdown, folded by type, with deletions and access first. All that comes from PostHog or from a file
      stands in it as data, which can be neither markup nor a link or a mention.
  returned: when O(report=markdown) and the configuration is valid
  type: str
mistakes:
  description:
    - Everything that is wrong, for programs; RV(msg) says the same to people.
    - The mistakes of one run are from all phases that can be judged, such as files that cannot be read, options, names
      that nothing has, and what may not be deleted.
    - Where a file cannot be read, names are not judged, since that file may declare them.
    - Of a run that failed later, they say why objects failed.
  returned: on failure
  type: list
  elements: dict
  contains:
    file:
      description: The file, as O(src) leads to it; V(null) for what stands in the playbook.
      type: str
      returned: always
      sample: posthog/flags.yml
    line:
      description: The line, from 1.
      type: int
      returned: always
      sample: 7
    column:
      description: The column, from 1.
      type: int
      returned: always
      sample: 5
    path:
      description: The option or the value in the document; empty for what concerns a whole file or the task.
      type: str
      returned: always
      sample: feature_flags[1].actve
    message:
      description: What is wrong.
      type: str
      returned: always
      sample: is no option of posthog_feature_flag
    remedy:
      description: What would be right, where that is known.
      type: str
      returned: always
      sample: did you mean active?
objects:
  description: The objects that were not left unchanged.
  returned: when the configuration is valid
  type: list
  elements: dict
  contains:
    type:
      description: The object's type.
      type: str
      returned: always
      sample: feature_flag
    name:
      description: What it is called.
      type: str
      returned: always
      sample: new-checkout
    organization:
      description: The organization, where the configuration names one.
      type: str
      returned: when the configuration names it
    project:
      description: The project, where the configuration names one.
      type: str
      returned: when the configuration names it
    id:
      description: The object's id; V(null) for one that is still to be created.
      type: raw
      returned: unless it is gone or has none
      sample: 17
    action:
      description: What became of it; one of C(created), C(updated), C(deleted), C(failed) and C(skipped).
      type: str
      returned: always
      sample: updated
    changes:
      description:
        - The single values that changed, each with C(path), C(before) and C(after); C(undeclared) is true where a value
          is put back because the item does not name it, see O(undeclared).
      type: list
      elements: dict
      returned: unless it failed or was skipped
      sample: [{"path": "active", "before": true, "after": false}]
    fields:
      description:
        - Of an object that was created its declared fields, of one that was deleted what it was called. Secrets are
          masked.
      type: dict
      returned: when it was created or deleted
      sample: {"key": "new-checkout", "active": true}
    msg:
      description: Why it failed or was skipped.
      type: str
      returned: when it failed or was skipped
"""

from ansible_collections.community.posthog.plugins.module_utils._handlers.index import run


def main() -> None:
    """Run the module."""
    run("posthog_config")


if __name__ == "__main__":
    main()
