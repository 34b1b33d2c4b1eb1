# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what, from members, roles and rules as PostHog shows them."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._resources.access import (
    GREATEST,
    LEVELS,
    PROJECT_LEVELS,
)
from ansible_collections.community.posthog.plugins.plugin_utils._templates import untrusted

DOCUMENTATION = r"""
---
name: access_matrix
short_description: Who may do what in which PostHog project
version_added: 0.1.0
author:
  - Contributors to the community.posthog collection (@ansible-collections)
description:
  - Works out, for every member of an organization and every project, what this person may do, and why.
  - The highest of all rules counts that reach somebody, which are those for everybody, those for one of the person's
    roles, and those for the person.
  - Administrators and owners of the organization may do everything.
  - Where there is no rule, members may enter a project and edit everything in it, but only look at the activity log and
    the toolbar. PostHog calls the first C(admin) there, which makes nobody an administrator, so it is C(member) here.
  - Rules of single objects are not looked at.
positional: _input
options:
  _input:
    description:
      - The members, as M(community.posthog.posthog_info) reads objects of the type V(member).
    type: list
    elements: dict
    required: true
  roles:
    description:
      - The roles, as it reads the type V(role).
    type: list
    elements: dict
    default: []
  role_memberships:
    description:
      - Who has them, as it reads the type V(role_membership).
    type: list
    elements: dict
    default: []
  projects:
    description:
      - The projects, as it reads the type V(project). Only C(id) and C(name) are used.
    type: list
    elements: dict
    default: []
  rules:
    description:
      - For each of O(projects), in the same order, the rules, as it reads the type V(access_control) in that project.
    type: list
    elements: list
    default: []
seealso:
  - plugin: community.posthog.access_report
    plugin_type: role
"""

EXAMPLES = r"""
---
- name: Read who there is
  community.posthog.posthog_info:
    types: [member, role, role_membership]
  register: there

- name: Read the rules of one project
  community.posthog.posthog_info:
    types: [access_control]
    project: Default project
  register: rules

- name: Tell who may change feature flags there
  ansible.builtin.debug:
    msg: "{{ matrix.rows | selectattr('resource', 'equalto', 'feature_flag') | map(attribute='email') | list }}"
  vars:
    matrix: >-
      {{ there.objects.member | community.posthog.access_matrix(
           roles=there.objects.role, role_memberships=there.objects.role_membership,
           projects=[{'id': 1, 'name': 'Default project'}], rules=[rules.objects.access_control]) }}
"""

RETURN = r"""
_value:
  description: The matrix.
  type: dict
  contains:
    resources:
      description: The kinds of things that any rule is about, in alphabetical order.
      type: list
      elements: str
      sample: [dashboard, feature_flag]
    people:
      description:
        - The members, administrators first, each with C(email), C(name), C(level) in the organization, C(roles),
          C(is_2fa_enabled) (V(null) where that is not known) and C(projects).
        - Each project has C(id), C(name), C(level), C(through), C(resources), by kind, and C(rest), which is everything
          without a rule. These have C(level) and C(through).
      type: list
      elements: dict
    rows:
      description: The same as a flat table.
      type: list
      elements: dict
      contains:
        email:
          description: The member's address.
          type: str
          sample: ada@example.com
        name:
          description: The member's name.
          type: str
          sample: Ada Lovelace
        organization_level:
          description: The level in the organization.
          type: str
          sample: member
        roles:
          description: The member's roles.
          type: list
          elements: str
          sample: [Engineering]
        project:
          description: The project's name.
          type: str
          sample: Shop
        project_id:
          description: The project's id.
          type: int
          sample: 1
        resource:
          description: What the level is about, C(project), a kind of things, or C(*) for everything without a rule.
          type: str
          sample: feature_flag
        level:
          description: The level.
          type: str
          sample: editor
        through:
          description: Where it comes from.
          type: str
          sample: role Engineering
"""

#: Levels in the organization.
_ORGANIZATION: t.Final = {1: "member", 8: "admin", 15: "owner"}

#: Stands for everything that no rule is about.
REST: t.Final = "*"

Object = t.Mapping[str, t.Any]


class _Person:
    """A member: what rules can name, and what the organization's level gives."""

    def __init__(self, member: Object, roles: dict[str, str]) -> None:
        user = member.get("user") or {}
        self.ids = {str(member.get("id")), str(user.get("uuid"))}
        self.email = str(user.get("email") or "")
        self.name = " ".join(str(user[key]) for key in ("first_name", "last_name") if user.get(key))
        level = member.get("level")
        self.level = _ORGANIZATION.get(level, str(level)) if isinstance(level, int) else str(level)
        # Who signs in with another service may have a second factor there.
        self.two_factors = None if member.get("has_social_auth") else member.get("is_2fa_enabled")
        self.roles = roles

    @property
    def everything(self) -> bool:
        """Whether no rule can keep this person from anything."""
        return self.level in ("admin", "owner")

    def level_of(self, kind: str, rules: t.Iterable[Object]) -> dict[str, str]:
        """What the person may do with things of a kind, and why.

        :param kind: C(project), a kind of things, or C(*).
        :param rules: all rules of the project.
        :returns: C(level) and C(through).
        """
        levels = PROJECT_LEVELS if kind == "project" else LEVELS
        if self.everything:
            return {"level": GREATEST.get(kind, levels[-1]), "through": f"organization {self.level}"}
        best: tuple[int, str] | None = None
        for rule in rules:
            through = self._through(rule)
            if rule.get("resource") != kind or through is None or rule.get("access_level") not in levels:
                continue
            rank = levels.index(rule["access_level"])
            if best is None or rank > best[0]:
                best = (rank, through)
        if best is not None:
            return {"level": levels[best[0]], "through": best[1]}
        return {"level": "member" if kind == "project" else GREATEST.get(kind, "editor"), "through": "no rule"}

    def _through(self, rule: Object) -> str | None:
        """By what a rule reaches the person; None where it does not."""
        if rule.get("organization_member") is not None:
            return "own rule" if str(rule["organization_member"]) in self.ids else None
        if rule.get("role") is not None:
            name = self.roles.get(str(rule["role"]))
            return f"role {name}" if name is not None else None
        return "everybody"


def _roles_of(member: Object, names: t.Mapping[str, str], memberships: t.Iterable[Object]) -> dict[str, str]:
    """The roles of a member, by id."""
    user = member.get("user") or {}
    found: dict[str, str] = {}
    by_name = {name: role for role, name in names.items()}
    for entry in memberships:
        same_user = user.get("uuid") is not None and (entry.get("user") or {}).get("uuid") == user.get("uuid")
        inner = entry.get("organization_member")
        same_member = isinstance(inner, dict) and inner.get("id") is not None and inner.get("id") == member.get("id")
        if same_user or same_member:
            role = str(entry.get("role_id") or by_name.get(str(entry.get("role"))) or entry.get("role"))
            found[role] = names.get(role, str(entry.get("role") or role))
    return found


def _project_of(
    person: _Person, project: Object, rules: t.Sequence[Object], kinds: t.Iterable[str]
) -> dict[str, t.Any]:
    """What a person may do in a project."""
    enter = person.level_of("project", rules)
    shut = enter["level"] == "none"
    inside = {
        kind: {"level": "none", "through": "may not enter"} if shut else person.level_of(kind, rules)
        for kind in (*kinds, REST)
    }
    return {
        "id": project.get("id"),
        "name": str(project.get("name") or project.get("id")),
        **enter,
        "rest": inside.pop(REST),
        "resources": inside,
    }


def access_matrix(
    members: t.Any,
    roles: t.Sequence[Object] = (),
    role_memberships: t.Sequence[Object] = (),
    projects: t.Sequence[Object] = (),
    rules: t.Sequence[t.Sequence[Object]] = (),
    **unknown: t.Any,
) -> dict[str, t.Any]:
    """See the documentation above.

    :param members: of the organization.
    :param roles: of the organization.
    :param role_memberships: who has them.
    :param projects: of the organization.
    :param rules: for each of them.
    :param unknown: options that there are not.
    :returns: the matrix.
    :raises AnsibleFilterError: something is no list of objects, or no option.
    """
    known = ("roles", "role_memberships", "projects", "rules")
    for name in unknown:
        raise AnsibleFilterError(f"access_matrix: {name!r} is no option{nearest(name, known)}")
    for name, value in (
        ("members", members),
        ("roles", roles),
        ("role_memberships", role_memberships),
        ("projects", projects),
        *((f"rules[{index}]", item) for index, item in enumerate(rules)),
    ):
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, dict) for item in value):
            raise AnsibleFilterError(f"access_matrix: {name} takes a list of objects as posthog_info reads them")
    if len(rules) != len(projects):
        are = "is" if len(projects) == 1 else "are"
        raise AnsibleFilterError(
            f"access_matrix: there {are} {counted(len(projects), 'project')}, and rules of {len(rules)}"
        )
    # Not those of single objects; a rule of the project itself has the project's id.
    general = [
        [rule for rule in item if rule.get("resource") == "project" or not rule.get("resource_id")] for item in rules
    ]
    names = {str(role.get("id")): str(role.get("name")) for role in roles}
    kinds = sorted({str(rule.get("resource")) for item in general for rule in item} - {"project", "None"})
    people: list[dict[str, t.Any]] = []
    rows: list[dict[str, t.Any]] = []
    found = [_Person(member, _roles_of(member, names, role_memberships)) for member in members]
    for person in sorted(found, key=lambda item: (not item.everything, item.email.casefold())):
        inside = [_project_of(person, project, item, kinds) for project, item in zip(projects, general)]
        held = sorted(person.roles.values(), key=str.casefold)
        people.append(
            {
                "email": person.email,
                "name": person.name,
                "level": person.level,
                "roles": held,
                "is_2fa_enabled": person.two_factors,
                "projects": inside,
            }
        )
        for project in inside:
            cells = {"project": project, **project["resources"], REST: project["rest"]}
            rows += [
                {
                    "email": person.email,
                    "name": person.name,
                    "organization_level": person.level,
                    "roles": held,
                    "project": project["name"],
                    "project_id": project["id"],
                    "resource": kind,
                    "level": cell["level"],
                    "through": cell["through"],
                }
                for kind, cell in cells.items()
            ]
    # Names and levels out of PostHog, in new texts.
    return t.cast("dict[str, t.Any]", untrusted({"resources": kinds, "people": people, "rows": rows}))


class FilterModule:
    """The filter, for Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """See Ansible.

        :returns: the filter by its name.
        """
        return {"access_matrix": access_matrix}
