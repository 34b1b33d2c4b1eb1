# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that the playbooks and roles of this collection read.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import functools
import os
import re
import typing as t
from dataclasses import dataclass

import yaml

from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec

#: What all variables of this collection begin with.
PREFIX: t.Final = "posthog_"

#: Variable that lists the user's own variables with this collection's prefix.
OWN: t.Final = "posthog_own_variables"

#: Where Ansible puts the rest of C(-e name=two words), which it cuts at the blank.
LEFT_OVER: t.Final = "_raw_params"

#: Variables that every playbook and role reads.
COMMON: t.Final = (
    *(f"{PREFIX}{option}" for option in connection_spec()),
    "posthog_in_process",
    "posthog_hosts",
    OWN,
)

#: The playbooks, with the variables that they read themselves, and the roles that they run.
PLAYBOOKS: t.Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "access_report": ((), ("access_report",)),
    "apply": ((), ("organization", "project")),
    "awx_setup": ((), ("awx",)),
    "drift": ((), ("drift", "organization", "project")),
    "export": (
        (
            "posthog_export_clean",
            "posthog_export_dest",
            "posthog_export_details",
            "posthog_export_exclude",
            "posthog_export_from_terraform",
            "posthog_export_layout",
            "posthog_export_names",
            "posthog_export_rename",
            "posthog_export_scope",
            "posthog_export_tags",
            "posthog_export_types",
            "posthog_export_undeclared",
            "posthog_export_with_dependencies",
        ),
        (),
    ),
    "kill_switch": (
        ("posthog_annotate", "posthog_flag", "posthog_flag_state", "posthog_project_src", "posthog_reason"),
        (),
    ),
    "offboard": (("posthog_email",), ()),
    "onboard": (
        ("posthog_email", "posthog_first_name", "posthog_level", "posthog_message", "posthog_roles"),
        (),
    ),
    "promote": ((), ("promote",)),
    "scopes": ((), ("organization", "project")),
    "validate": ((), ("organization", "project")),
}

#: Variables of the inventory plugin's hosts.
OF_HOSTS: t.Final = (
    "posthog_is_demo",
    "posthog_membership",
    "posthog_organization_id",
    "posthog_organization_name",
    "posthog_organization_slug",
    "posthog_plan",
    "posthog_plan_features",
    "posthog_project_id",
    "posthog_project_name",
    "posthog_project_slug",
    "posthog_project_token",
    "posthog_settings",
    "posthog_source",
    "posthog_timezone",
)

#: Variables that playbooks and roles set themselves: results, and variables of their plays.
SET_BY_US: t.Final = (
    "posthog_access",
    "posthog_access_report",
    "posthog_as_declared",
    "posthog_brought_back",
    "posthog_declared",
    "posthog_drift",
    "posthog_given",
    "posthog_kill_switch",
    "posthog_offboarding",
    "posthog_onboarding",
    "posthog_organization_plan",
    "posthog_organization_result",
    "posthog_organization_validated",
    "posthog_project_plan",
    "posthog_project_result",
    "posthog_project_validated",
    "posthog_promote_export",
    "posthog_promote_result",
    "posthog_switch_on",
    "posthog_switched_only",
    "posthog_taken_in",
    "posthog_taken_out",
    "posthog_told_project",
    "posthog_told_state",
    "posthog_wanted_roles",
    "posthog_wanted_state",
)

#: Finds the names of variables in templates.
VARIABLE_NAME: t.Final = re.compile(rf"\b{PREFIX}\w+")

#: Variables by name, not yet evaluated.
Variables = t.Mapping[str, t.Any]

_COLLECTION: t.Final = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))

#: Where the roles of this collection are.
_ROLES: t.Final = f"{_COLLECTION}/roles"


@functools.cache
def options_of(role: str) -> dict[str, dict[str, t.Any]]:
    """The variables of a role, from its argument specification.

    :param role: its name without the collection.
    :returns: the options of all its entry points.
    """
    with open(os.path.join(_ROLES, role, "meta", "argument_specs.yml"), encoding="utf-8") as file:
        entries = yaml.safe_load(file)["argument_specs"]
    return {name: spec for entry in entries.values() for name, spec in (entry.get("options") or {}).items()}


@functools.cache
def documented() -> frozenset[str]:
    """Every variable that this collection reads or sets.

    :returns: the names.
    """
    read = {name for own, _roles in PLAYBOOKS.values() for name in own}
    roles = {name for _own, roles in PLAYBOOKS.values() for role in roles for name in options_of(role)}
    return frozenset({*COMMON, *read, *roles, *OF_HOSTS, *SET_BY_US})


@dataclass(frozen=True)
class Reader:
    """A playbook or a role of this collection, whose tasks read variables.

    :param label: its name in messages.
    :param variables: the variables that it reads, with the rules of those that have any.
    :param alone: only this collection runs in the play, so nothing else reads variables.
    """

    label: str
    variables: t.Mapping[str, t.Mapping[str, t.Any]]
    alone: bool


def reader(playbook: str | None = None, role: str | None = None) -> Reader | None:
    """The playbook or role that reads the variables.

    :param playbook: the playbook of this collection that runs, if one does.
    :param role: the role of this collection that runs, if one does.
    :returns: the reader; None for a task of the user's own playbook.
    """
    rules: dict[str, t.Mapping[str, t.Any]] = {}
    own, roles = PLAYBOOKS.get(playbook or "", ((), ()))
    for name in (*COMMON, *own):
        rules[name] = {}
    for name in (*roles, *([role] if role else ())):
        rules.update(options_of(name))
    if playbook in PLAYBOOKS:
        return Reader(f"the playbook community.posthog.{playbook}", rules, alone=True)
    return Reader(f"the role community.posthog.{role}", rules, alone=False) if role else None


def reader_of(task: t.Any) -> Reader | None:
    """The playbook or role that reads the variables of a task.

    :param task: Ansible's task.
    :returns: see :func:`reader`.
    """
    role = getattr(task, "_role", None)
    path = os.path.realpath(str(getattr(role, "_role_path", "") or ""))
    own_role = os.path.basename(path) if os.path.dirname(path) == _ROLES else None
    return reader(_playbook_of(task), own_role)


def _playbook_of(task: t.Any) -> str | None:
    """The playbook of this collection that a task runs in."""
    above: t.Any = task
    while above is not None:
        play = getattr(above, "_play", None)
        if play is not None:
            path = os.path.realpath(str(play.get_path()).rpartition(":")[0])
            folder, name = os.path.split(path)
            return name.rpartition(".")[0] if folder == os.path.join(_COLLECTION, "playbooks") else None
        above = getattr(above, "_parent", None)
    return None
