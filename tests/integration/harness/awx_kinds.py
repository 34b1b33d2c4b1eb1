# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24 has, as tables: the fields of each kind of object and their defaults, references, and what deletes what.

The fields and defaults are those of the recording (C(recordings/awx-24.6.1.json)), which the stand-in is replayed with.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

#: How AWX refuses a name that is taken, by how the kind says it.
_COMBINATION: t.Final = "{title} with this (name, organization) combination already exists."


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    :param type: its name in the singular.
    :param defaults: the fields that AWX fills in.
    :param unique: the fields that together may be there once.
    :param taken: what AWX answers if they are: the field and the text.
    :param references: the fields that hold the id of another object, and the kind of that.
    :param cascades: what is deleted along: the kind and the field that refers to this one.
    """

    type: str
    defaults: dict[str, t.Any] = field(default_factory=dict)
    unique: tuple[str, ...] = ()
    taken: tuple[str, str] = ("", "")
    references: dict[str, str] = field(default_factory=dict)
    cascades: tuple[tuple[str, str], ...] = ()


def _nulls(*names: str) -> dict[str, t.Any]:
    return dict.fromkeys(names)


def _off(*names: str) -> dict[str, t.Any]:
    return dict.fromkeys(names, False)


def _empty(*names: str) -> dict[str, t.Any]:
    return dict.fromkeys(names, "")


_PROMPTS: t.Final = _nulls(
    "diff_mode",
    "execution_environment",
    "forks",
    "inventory",
    "job_slice_count",
    "job_tags",
    "job_type",
    "limit",
    "scm_branch",
    "skip_tags",
    "timeout",
    "verbosity",
)

KINDS: t.Final[dict[str, Kind]] = {
    "organizations": Kind("organization", {"description": "", "default_environment": None}),
    "users": Kind("user"),
    "credential_types": Kind(
        "credential_type",
        {"description": "", "namespace": None, "managed": False, "inputs": {}, "injectors": {}},
        ("name", "kind"),
        ("__all__", "Credential type with this Name and Kind already exists."),
    ),
    "credentials": Kind(
        "credential",
        {
            **_nulls("organization", "kind"),
            "cloud": True,
            "kubernetes": False,
            "managed": False,
            "description": "",
            "inputs": {},
        },
        ("name", "organization", "credential_type"),
        ("__all__", "Credential with this Organization, Name and Credential type already exists."),
        {"organization": "organizations", "credential_type": "credential_types"},
    ),
    "execution_environments": Kind(
        "execution_environment",
        {**_nulls("credential", "organization"), "managed": False, "description": "", "pull": ""},
        ("name",),
        ("name", "Execution environment with this Name already exists."),
        {"credential": "credentials", "organization": "organizations"},
    ),
    "projects": Kind(
        "project",
        {
            **_off("allow_override", "scm_clean", "scm_delete_on_update", "scm_track_submodules"),
            **_off("last_job_failed", "last_update_failed", "scm_update_on_launch"),
            **_nulls("credential", "custom_virtualenv", "default_environment", "signature_validation_credential"),
            **_empty("description", "scm_type", "scm_url", "scm_branch", "scm_refspec", "scm_revision"),
            "scm_update_cache_timeout": 0,
            "timeout": 0,
            "organization": None,
        },
        ("name", "organization"),
        ("__all__", _COMBINATION.format(title="Project")),
        {"organization": "organizations", "credential": "credentials", "default_environment": "execution_environments"},
    ),
    "inventories": Kind(
        "inventory",
        {
            **_off("has_active_failures", "has_inventory_sources", "pending_deletion"),
            **dict.fromkeys(
                (
                    "hosts_with_active_failures",
                    "inventory_sources_with_failures",
                    "total_groups",
                    "total_hosts",
                    "total_inventory_sources",
                ),
                0,
            ),
            "prevent_instance_group_fallback": False,
            "description": "",
            "kind": "",
            "host_filter": None,
            "variables": "",
        },
        ("name", "organization"),
        ("__all__", "Inventory with this Name and Organization already exists."),
        {"organization": "organizations"},
        (("inventory_sources", "inventory"),),
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            **_empty("description", "enabled_value", "enabled_var", "host_filter", "limit", "scm_branch"),
            "source_vars": "",
            **_off("last_job_failed", "last_update_failed", "overwrite", "overwrite_vars", "update_on_launch"),
            **_nulls("custom_virtualenv", "credential", "execution_environment", "source_project"),
            "status": "never updated",
            "timeout": 0,
            "update_cache_timeout": 0,
            "verbosity": 1,
        },
        ("name", "inventory"),
        ("__all__", "Inventory source with this name already exists."),
        {
            "inventory": "inventories",
            "credential": "credentials",
            "source_project": "projects",
            "execution_environment": "execution_environments",
        },
    ),
    "job_templates": Kind(
        "job_template",
        {
            **_off(
                *(
                    f"ask_{name}_on_launch"
                    for name in (
                        "credential",
                        "diff_mode",
                        "execution_environment",
                        "forks",
                        "instance_groups",
                        "inventory",
                        "job_slice_count",
                        "job_type",
                        "labels",
                        "limit",
                        "scm_branch",
                        "skip_tags",
                        "tags",
                        "timeout",
                        "variables",
                        "verbosity",
                    )
                )
            ),
            **_off("allow_simultaneous", "become_enabled", "diff_mode", "force_handlers", "last_job_failed"),
            **_off("prevent_instance_group_fallback", "survey_enabled", "use_fact_cache"),
            **_empty("description", "extra_vars", "host_config_key", "job_tags", "limit", "scm_branch", "skip_tags"),
            **_empty("start_at_task", "webhook_service"),
            **_nulls("custom_virtualenv", "execution_environment", "webhook_credential", "inventory", "organization"),
            "job_type": "run",
            "forks": 0,
            "job_slice_count": 1,
            "status": "never updated",
            "timeout": 0,
            "verbosity": 0,
        },
        ("name", "organization"),
        ("__all__", _COMBINATION.format(title="Job template")),
        {
            "organization": "organizations",
            "inventory": "inventories",
            "project": "projects",
            "execution_environment": "execution_environments",
        },
        (("schedules", "unified_job_template"),),
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {
            **_off(
                *(
                    f"ask_{name}_on_launch"
                    for name in ("inventory", "labels", "limit", "scm_branch", "skip_tags", "tags", "variables")
                )
            ),
            **_off("allow_simultaneous", "last_job_failed", "survey_enabled"),
            **_nulls("inventory", "job_tags", "limit", "scm_branch", "skip_tags", "webhook_credential", "organization"),
            **_empty("description", "extra_vars", "webhook_service"),
            "status": "never updated",
        },
        ("name", "organization"),
        ("__all__", _COMBINATION.format(title="Workflow job template")),
        {"organization": "organizations"},
        (("workflow_job_template_nodes", "workflow_job_template"), ("schedules", "unified_job_template")),
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {**_PROMPTS, "all_parents_must_converge": False, "extra_data": {}, "unified_job_template": None},
        ("workflow_job_template", "identifier"),
        ("__all__", "Workflow job template node with this identifier already exists."),
        {"workflow_job_template": "workflow_job_templates", "unified_job_template": "unified_job_templates"},
    ),
    "workflow_approval_templates": Kind(
        "workflow_approval_template",
        {"description": "", "execution_environment": None, "last_job_failed": False, "status": "never updated"},
    ),
    "schedules": Kind(
        "schedule",
        {**_PROMPTS, "description": "", "extra_data": {}, "enabled": True},
        ("name", "unified_job_template"),
        ("__all__", "Schedule with this name already exists."),
        {"unified_job_template": "unified_job_templates"},
    ),
    "project_updates": Kind(
        "project_update",
        {"failed": False, "status": "pending", "event_processing_finished": False, "scm_revision": ""},
    ),
    "jobs": Kind("job", {"description": "", "job_explanation": "", "status": "pending", "launch_type": "manual"}),
}

#: Lists of objects that others are associated with, and where those are.
ASSOCIATIONS: t.Final = {
    "credentials": "credentials",
    "galaxy_credentials": "credentials",
    "success_nodes": "workflow_job_template_nodes",
    "failure_nodes": "workflow_job_template_nodes",
    "always_nodes": "workflow_job_template_nodes",
}

#: The kinds that templates, schedules and workflows mean by "unified job templates"; they share their numbers.
UNIFIED: t.Final = (
    "job_templates",
    "workflow_job_templates",
    "projects",
    "inventory_sources",
    "workflow_approval_templates",
)

#: What an AWX has that nobody has worked with yet, in the order in which it is made.
DEMO: t.Final[tuple[tuple[str, dict[str, t.Any]], ...]] = (
    ("organizations", {"name": "Default"}),
    ("users", {"username": "admin", "is_superuser": True}),
    ("users", {"username": "organizer", "is_superuser": False}),
    *(
        ("credential_types", {"name": name, "kind": kind, "managed": True, "inputs": {"fields": []}})
        for name, kind in (("Machine", "ssh"), ("Source Control", "scm"), ("Vault", "vault"))
    ),
    (
        "credential_types",
        {
            "name": "Ansible Galaxy/Automation Hub API Token",
            "kind": "galaxy",
            "managed": True,
            "inputs": {"fields": [{"id": "url", "type": "string"}, {"id": "token", "type": "string", "secret": True}]},
        },
    ),
    ("execution_environments", {"name": "AWX EE (latest)", "image": "quay.io/ansible/awx-ee:latest"}),
    ("execution_environments", {"name": "Control Plane Execution Environment", "image": "x", "managed": True}),
    ("inventories", {"name": "Demo Inventory", "organization": "Default"}),
    ("projects", {"name": "Demo Project", "organization": "Default", "scm_type": "git", "scm_url": "https://x/demo"}),
    ("credentials", {"name": "Demo Credential", "credential_type": "Machine"}),
    (
        "credentials",
        {"name": "Ansible Galaxy", "credential_type": "Ansible Galaxy/Automation Hub API Token", "managed": True},
    ),
    (
        "job_templates",
        {
            "name": "Demo Job Template",
            "organization": "Default",
            "inventory": "Demo Inventory",
            "project": "Demo Project",
            "playbook": "hello_world.yml",
        },
    ),
)
