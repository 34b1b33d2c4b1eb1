# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role leaves for infra.aap_configuration has the variables and keys that its roles read; its page agrees.

Those roles are not run here. The table has, of what they read, what is given here; they ignore any other key, so one
that is spelled wrong would be lost without a word.
"""

from __future__ import annotations

import re
import typing as t

import pytest
import yaml
from harness import Harness
from harness.playbook import ROOT

PAGE = (ROOT / "docs" / "docsite" / "rst" / "guide_awx_aap.rst").read_text(encoding="utf-8")

#: What a key holds.
Kind = type | tuple[type, ...]

NAMED: t.Final[dict[str, Kind]] = {"name": str, "description": str}
OWNED: t.Final[dict[str, Kind]] = {**NAMED, "organization": str}

SURVEY: t.Final[dict[str, Kind]] = {
    "question_name": str,
    "question_description": str,
    "variable": str,
    "type": str,
    "required": bool,
    "choices": (str, list),
    "default": str,
    "min": int,
    "max": int,
    "new_question": bool,
}

NODE: t.Final[dict[str, Kind]] = {
    "identifier": str,
    "unified_job_template": str,
    "approval_node": dict,
    "success_nodes": list,
    "failure_nodes": list,
    "always_nodes": list,
}

#: Of each variable: the keys of its items. Those in REQUIRED an item has to have.
KEYS: t.Final[dict[str, dict[str, Kind]]] = {
    "controller_credential_types": {**NAMED, "kind": str, "inputs": dict, "injectors": dict},
    "controller_credentials": {**OWNED, "credential_type": str, "inputs": dict, "update_secrets": bool},
    "controller_execution_environments": {**NAMED, "image": str, "pull": str},
    "controller_projects": {
        **OWNED,
        "scm_type": str,
        "scm_url": str,
        "scm_branch": str,
        "scm_credential": str,
        "scm_update_on_launch": bool,
        "wait": bool,
    },
    "controller_inventories": OWNED,
    "controller_inventory_sources": {
        **OWNED,
        "inventory": str,
        "source": str,
        "source_project": str,
        "source_path": str,
        "credential": str,
        "execution_environment": str,
        "overwrite": bool,
        "overwrite_vars": bool,
        "update_on_launch": bool,
        "update_cache_timeout": int,
    },
    "controller_templates": {
        **OWNED,
        "project": str,
        "playbook": str,
        "inventory": str,
        "credentials": list,
        "execution_environment": str,
        "allow_simultaneous": bool,
        "job_type": str,
        "diff_mode": bool,
        "forks": int,
        "job_slice_count": int,
        "ask_job_type_on_launch": bool,
        "ask_limit_on_launch": bool,
        "extra_vars": dict,
        "survey_enabled": bool,
        "survey_spec": dict,
    },
    "controller_workflows": {**OWNED, "allow_simultaneous": bool, "simplified_workflow_nodes": list},
    "controller_schedules": {**OWNED, "unified_job_template": str, "rrule": str, "enabled": bool},
}

REQUIRED: t.Final[dict[str, tuple[str, ...]]] = {
    "controller_credentials": ("credential_type",),
    "controller_execution_environments": ("image",),
    "controller_inventories": ("organization",),
    "controller_inventory_sources": ("inventory",),
    # Without it, the workflow's nodes are looked for in every organization.
    "controller_workflows": ("organization",),
}


def example(mark: str) -> dict[str, t.Any]:
    """The play of the page that holds some text."""
    blocks = re.findall(r"^\.\. code-block:: yaml\n\n((?:    .*\n|\n)+)", PAGE, re.MULTILINE)
    (found,) = [block for block in blocks if mark in block]
    (play,) = yaml.safe_load(found)
    return dict(play)


def wrong(item: t.Mapping[str, t.Any], keys: t.Mapping[str, Kind], where: str) -> list[str]:
    """What is not as the table says: keys that it does not have, and values of another kind."""
    found = [f"{where}: no role reads {key}" for key in item if key not in keys]
    for key in item.keys() & keys.keys():
        kinds = keys[key] if isinstance(keys[key], tuple) else (keys[key],)
        # Also a number where a boolean is meant, and the other way round, and a template that was not evaluated.
        if type(item[key]) not in kinds or (isinstance(item[key], str) and "{{" in item[key]):
            found.append(f"{where}: {key} is {item[key]!r}")
    return found


def mistakes(data: t.Mapping[str, list[dict[str, t.Any]]]) -> list[str]:
    """What roles of infra.aap_configuration would not take, or not see."""
    found = []
    for variable, items in data.items():
        for item in items:
            where = f"{variable} {item.get('name')}"
            found += wrong(item, KEYS[variable], where)
            found += [f"{where}: no {key}" for key in ("name", *REQUIRED.get(variable, ())) if not item.get(key)]
            for question in item.get("survey_spec", {}).get("spec", []):
                found += wrong(question, SURVEY, f"{where}, {question.get('variable')}")
            for node in item.get("simplified_workflow_nodes", []):
                found += wrong(node, NODE, f"{where}, {node.get('identifier')}")
    return found


def left(posthog: Harness, **options: t.Any) -> dict[str, list[dict[str, t.Any]]]:
    """What the role leaves in its variables for the roles after it."""
    shown = "{{ " + repr(sorted(KEYS)) + " | zip(query('ansible.builtin.vars', *" + repr(sorted(KEYS)) + ")) }}"
    run = posthog.run(
        [{"name": "Left", "ansible.builtin.debug": {"msg": shown}}],
        play={"roles": ["community.posthog.awx"], "vars": {"posthog_awx_state": "data", **options}},
    )
    assert run.returncode == 0, run.output
    return {str(variable): list(items) for variable, items in run["Left"].result["msg"]}


EXAMPLE = example("infra.aap_configuration.dispatch")

#: Options of the page's example but for the key, which is in a vault there.
OPTIONS: t.Final = {
    name: value
    for name, value in EXAMPLE["vars"].items()
    if name.startswith("posthog_awx_") and name != "posthog_awx_inputs"
}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "posthog_awx_hosts": "posthog_projects",
            "posthog_awx_slices": 4,
            "posthog_awx_flags": ["new-checkout"],
            "posthog_awx_roles": ["Engineering"],
            "posthog_awx_scm_branch": "main",
            "posthog_awx_scm_credential": "Git",
            "posthog_awx_inject_variables": True,
            "posthog_awx_variables": {"posthog_annotate": True},
        },
        {"posthog_awx_image": "", "posthog_awx_templates": ["apply"]},
    ],
    ids=["page", "more", "least"],
)
def test_data(posthog: Harness, more: dict[str, t.Any]) -> None:
    """Each item has keys that the roles read, with values of the kind that they take."""
    inputs = {"api_key": "phx_example", "project_id": 1}
    data = left(posthog, **{**OPTIONS, "posthog_awx_inputs": inputs, **more})
    # What AWX evaluates is the one thing that stays a template; it is in documents, which the table does not look into.
    assert mistakes(data) == []
    empty = [variable for variable, items in data.items() if not items]
    several = "posthog_awx_templates" not in more
    assert empty == (
        [] if several else ["controller_execution_environments", "controller_schedules", "controller_workflows"]
    )
    injectors = data["controller_credential_types"][0]["injectors"]
    assert injectors["env"]["POSTHOG_API_KEY"] == "{{ api_key }}"
    if several:
        (workflow,) = data["controller_workflows"]
        nodes = [node["identifier"] for node in workflow["simplified_workflow_nodes"]]
        assert nodes == ["drift", "approval", "apply"]


def test_a_wrong_key_is_found() -> None:
    """The check above would see a key that no role reads, a value of another kind, and a missing organization."""
    data = {"controller_inventories": [{"name": "PostHog", "organisation": "Default", "description": 1}]}
    assert mistakes(data) == [
        "controller_inventories PostHog: no role reads organisation",
        "controller_inventories PostHog: description is 1",
        "controller_inventories PostHog: no organization",
    ]


def test_page() -> None:
    """It names every variable that the role leaves, and its play sets options that there are."""
    table = PAGE[PAGE.index("\nThe variables\n") : PAGE.index("\nTogether with your own objects\n")]
    assert re.findall(r"^   \* - ``(\w+)``", table, re.MULTILINE) == list(KEYS)
    text = (ROOT / "roles" / "awx" / "vars" / "main.yml").read_text(encoding="utf-8")
    assert re.findall(r"^(controller_\w+):", text, re.MULTILINE) == list(KEYS)
    spec = yaml.safe_load((ROOT / "roles" / "awx" / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options = spec["argument_specs"]["main"]["options"]
    for play in (EXAMPLE, example("to_nice_yaml")):
        assert {name for name in play["vars"] if name.startswith("posthog_")} <= set(options)
        assert play["vars"]["posthog_awx_state"] == "data" and play["roles"][0] == {"role": "community.posthog.awx"}


def test_written_down(posthog: Harness) -> None:
    """The page's play writes a file of variables, which holds what the role leaves."""
    play = example("to_nice_yaml")
    (task,) = play["tasks"]
    written = posthog.directory / task["ansible.builtin.copy"]["dest"]
    task["ansible.builtin.copy"]["dest"] = str(written)
    run = posthog.run(plays=[play])
    assert run.returncode == 0, run.output
    data = yaml.safe_load(written.read_text(encoding="utf-8"))
    assert list(data) == ["controller_templates"] and len(data["controller_templates"]) == 7
    assert mistakes(data) == []
