# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of playbooks and roles: each is known, typos are found, and nobody's own variables are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.community.posthog.plugins.plugin_utils._option_variables import OptionVariables
from ansible_collections.community.posthog.plugins.plugin_utils._playbook_variables import (
    COMMON,
    PLAYBOOKS,
    documented,
    options_of,
    reader,
)
from ansible_collections.community.posthog.plugins.plugin_utils._templates import template_text
from ansible_collections.community.posthog.plugins.plugin_utils._variables import VariableCheck

ROOT = Path(__file__).resolve().parents[4]

#: The inventory plugin's group of all projects, which is no variable.
GROUP = "posthog_projects"

ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())

#: What a user may call variables of his own: some are one letter away from a variable of this collection.
OWN = ["posthog_team", "posthog_owner", "posthog_environments", "posthog_dashboards_of_the_shop"]


def look(variables: dict[str, Any], playbook: str | None = None, role: str | None = None) -> VariableCheck:
    """A check of variables, with their templates."""
    who = reader(playbook, role)
    assert who is not None
    trusted = {name: _trusted(value) for name, value in variables.items()}
    loader = DataLoader()
    return VariableCheck(who, trusted, Templar(loader, trusted).template, loader)


def origins(variables: dict[str, Any]) -> OptionVariables:
    """Finds the variables behind the options of a task."""
    trusted = {name: _trusted(value) for name, value in variables.items()}
    return OptionVariables(trusted, Templar(DataLoader(), trusted).template)


def _trusted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _trusted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_trusted(inner) for inner in value]
    return template_text(value) if isinstance(value, str) else value


def texts_of(*patterns: str) -> list[tuple[Path, str]]:
    """Files of the collection."""
    return [(path, path.read_text(encoding="utf-8")) for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def test_each_variable_of_playbooks_and_roles_is_known() -> None:
    """What a task, a template or a variable mentions is documented, a result, or one of the role's own."""
    files = texts_of("roles/*/*/*.yml", "roles/*/templates/*", "playbooks/*.yml")
    modules = {path.stem for path in (ROOT / "plugins" / "modules").iterdir()}
    assert len(files) > 30
    for path, text in files:
        code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        for name in re.findall(r"(?<![.\w])posthog_[a-z0-9_]+", code):
            known = "__" in name or name.endswith("_") or name in documented() or name in modules or name == GROUP
            assert known, f"{path}: {name}"


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml")))
def test_the_header_of_a_playbook_names_what_it_reads(name: str) -> None:
    """And nothing else that nobody knows."""
    head = (ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8").split("\n- name:", 1)[0]
    if name == "demo":
        assert name not in PLAYBOOKS
        return
    for variable in PLAYBOOKS[name][0]:
        assert variable in head
    for variable in re.findall(r"\bposthog_\w+", head):
        assert variable in documented() or variable.endswith("_") or variable == GROUP, variable


def test_each_playbook_says_who_it_is() -> None:
    """So that what is misspelt on the command line is refused before the first task."""
    for name in PLAYBOOKS:
        (play,) = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))
        assert f"playbook='{name}'" in play["hosts"]


@pytest.mark.parametrize("kind", ["playbook", "role"])
def test_a_typo_in_any_variable_is_found(kind: str) -> None:
    """A letter is missing, two are swapped, one is too many: each variable of each playbook and role is offered."""
    tried = 0
    for name in PLAYBOOKS if kind == "playbook" else ROLES:
        who = reader(**{kind: name})
        assert who is not None
        for variable in who.variables:
            for typo in (variable[:-1], variable[:-2] + variable[:-3:-1], variable.replace("posthog_", "posthog_x", 1)):
                if typo in documented() or typo == "posthog_hosst":
                    # That one is as near to posthog_host.
                    continue
                tried += 1
                (said,) = look({typo: "x"}, **{kind: name}).wrong()
                assert f"{typo}: the {kind} community.posthog.{name} has no variable of this name" in said
                assert f"did you mean {variable}?" in said
    assert tried > 300


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_what_is_documented_somewhere_is_no_alarm(name: str) -> None:
    """One file of variables serves all playbooks, and a host brings its own along."""
    variables: dict[str, Any] = dict.fromkeys(documented() - set(COMMON), None)
    variables["posthog_secret_hog_function_hook_token"] = "x"
    found = look({**variables, "posthog_project__home": ""}, playbook=name)
    assert found.wrong() == [] and found.unread() == ""


@pytest.mark.parametrize("own", OWN)
def test_a_variable_of_the_users_own(own: str) -> None:
    """Named once by a playbook, where nothing mentions it; never by a role, beside which the user has tasks."""
    alone = look({own: "x"}, playbook="apply")
    assert alone.wrong() == []
    assert f"{own}: no playbook or role of community.posthog reads a variable of this name" in alone.unread()
    assert look({own: "x"}, role="project").wrong() == [] and look({own: "x"}, role="project").unread() == ""
    for more in (
        {"posthog_own_variables": [own]},
        {"posthog_own_variables": f"another,{own}"},
        {"posthog_project_config": {"feature_flags": [{"key": f"{{{{ {own} }}}}"}]}},
    ):
        assert look({own: "x", **more}, playbook="apply").unread() == ""


def test_a_variable_that_a_file_mentions(tmp_path: Path) -> None:
    """Files of configuration are templates, too, so a near name is one that is meant."""
    (tmp_path / "a.yml").write_text("feature_flags: [{key: '{{ posthog_regoin }}', name: '{{ posthog_team }}'}]\n")
    variables = {"posthog_regoin": "eu", "posthog_team": "web", "posthog_project_src": str(tmp_path)}
    found = look(variables, playbook="apply")
    assert found.wrong() == [] and found.unread() == ""
    (tmp_path / "a.yml").write_text("feature_flags: []\n")
    assert "did you mean posthog_region?" in look(variables, playbook="apply").wrong()[0]


@pytest.mark.parametrize(
    "more",
    [
        # A loop over what the role is run for, a list that has what one is chosen from, and a task's result.
        {"posthog_projects": ["Shop", "Blog"], "posthog_project": "Shop"},
        {"posthog_regions": ["us", "eu"]},
        {"posthog_projects": {"changed": False, "objects": {}}},
    ],
)
def test_a_near_name_that_is_no_typo(more: dict[str, Any]) -> None:
    """A variable of another kind, or beside the one that it would be a typo of."""
    assert look(more, role="project").wrong() == []
    assert look(more, playbook="apply").wrong() == []


@pytest.mark.parametrize("where", [{"playbook": name} for name in sorted(PLAYBOOKS)] + [{"role": r} for r in ROLES])
def test_a_value_that_was_cut_at_a_blank(where: dict[str, str]) -> None:
    """Whoever reads variables refuses it, and says how to quote."""
    (said,) = look({"posthog_project": "Default", "_raw_params": "project"}, **where).wrong()
    assert "'project' was left over" in said and "-e \"posthog_project='Default project'\"" in said


@pytest.mark.parametrize(
    ("variables", "where", "wanted"),
    [
        ({"posthog_project_purge_scope": "everything"}, {"role": "project"}, "value of posthog_project_purge_scope"),
        ({"posthog_project_concurrency": "many"}, {"playbook": "apply"}, "'posthog_project_concurrency' is of type"),
        ({"posthog_organization_members": {"a": 1}}, {"role": "organization"}, "posthog_organization_members"),
        ({"posthog_drift_fail": "perhaps"}, {"playbook": "drift"}, "posthog_drift_fail"),
        ({"posthog_awx_state": "gone"}, {"playbook": "awx_setup"}, "posthog_awx_state"),
    ],
)
def test_a_value_of_the_wrong_kind(variables: dict[str, Any], where: dict[str, str], wanted: str) -> None:
    """As Ansible validates a role, also where that was switched off to show less."""
    (said,) = look(variables, **where).wrong()
    assert wanted in said


def _role(name: str, task: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The variables of a role with its defaults, and the options of one of its tasks as they are written."""
    folder = ROOT / "roles" / name
    variables: dict[str, Any] = {}
    for part in ("defaults", "vars"):
        path = folder / part / "main.yml"
        variables.update(yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {})
    (found,) = yaml.safe_load((folder / "tasks" / f"{task}.yml").read_text(encoding="utf-8"))
    return variables, found["community.posthog.posthog_config"]


@pytest.mark.parametrize(
    ("role", "task", "given", "args", "message", "wanted"),
    [
        (
            "project",
            "main",
            {"posthog_project_purge": "featureflags"},
            {"purge": ["featureflags"]},
            "purge[0]: 'featureflags' is no type",
            "posthog_project_purge: 'featureflags' is no type",
        ),
        (
            "project",
            "main",
            {"posthog_project_purge": ["cohorts", "featureflags"]},
            {"purge": ["cohorts", "featureflags"]},
            "purge[1]: 'featureflags' is no type",
            "posthog_project_purge[1]: 'featureflags' is no type",
        ),
        (
            "project",
            "plan",
            {"posthog_project_purge": ["cohorts"], "posthog_project_undeclared": ["flags"]},
            {"purge": ["cohorts", "flags"]},
            "purge[1]: 'flags' is no type",
            "posthog_project_undeclared: 'flags' is no type",
        ),
        (
            "project",
            "plan",
            {
                "posthog_drift_undeclared": "cohorts,flags",
                "posthog_drift__undeclared": "{{ posthog_drift_undeclared | split(',') }}",
                "posthog_project_undeclared": "{{ posthog_drift__undeclared | difference([]) }}",
            },
            {"purge": ["cohorts", "flags"]},
            "purge[1]: 'flags' is no type",
            "posthog_drift_undeclared: 'flags' is no type",
        ),
        (
            "project",
            "main",
            {"posthog_project_config": {"feature_flags": [{"kee": 1}]}},
            {"config": [{"feature_flags": [{"kee": 1}]}]},
            "feature_flags[0].kee: is no option; cohorts[0]: x",
            "posthog_project_config.feature_flags[0].kee: is no option; cohorts[0]: x",
        ),
        (
            "project",
            "main",
            {"posthog_project_config": [{"cohorts": []}, {"feature_flags": [{"kee": 1}]}]},
            {"config": [{"cohorts": []}, {"feature_flags": [{"kee": 1}]}]},
            "2 mistakes in the configuration; nothing was written.\n- config[1].feature_flags[0].kee: is no option",
            (
                "2 mistakes in the configuration; nothing was written.\n"
                "- posthog_project_config[1].feature_flags[0].kee: is no option"
            ),
        ),
        (
            "project",
            "main",
            {"posthog_project_options": {"nam": "Shop"}, "posthog_project_settings": {"timezon": "x"}},
            {"config": [{"projects": [{"nam": "Shop"}]}, {"project_settings": {"timezon": "x"}}]},
            "config[0].projects[0].nam: is no option; config[1].project_settings.timezon: is none",
            "posthog_project_options.nam: is no option; posthog_project_settings.timezon: is none",
        ),
        (
            "organization",
            "main",
            {"posthog_organization_members": [{"email": "a@b.c"}, {"mail": "x"}]},
            {"config": [{"members": [{"email": "a@b.c"}, {"mail": "x"}]}]},
            "members[1].mail: is no option",
            "posthog_organization_members[1].mail: is no option",
        ),
        (
            "project",
            "main",
            {"posthog_project_src": "files"},
            {"src": ["files"]},
            "src: files/a.yml:3: feature_flags[0].kee: is no option",
            "posthog_project_src: files/a.yml:3: feature_flags[0].kee: is no option",
        ),
        (
            "project",
            "main",
            {"posthog_project_purge": ["cohorts"]},
            {"purge": ["cohorts"]},
            "12 objects would be deleted, more than max_deletions allows (10); value of purge_scope must be one of",
            (
                "12 objects would be deleted, more than posthog_project_max_deletions allows (10); "
                "value of posthog_project_purge_scope must be one of"
            ),
        ),
        (
            "project",
            "main",
            {"posthog_project": "Shpo"},
            {"project": "Shpo"},
            "project: this key sees no project 'Shpo'",
            "posthog_project: this key sees no project 'Shpo'",
        ),
        (
            "project",
            "main",
            {"posthog_project_options": {"timezone": "UTC"}, "posthog_project": "Shpo", "posthog_project_id": 7},
            {"project": "Shpo"},
            "project: this key sees no project 'Shpo'",
            "posthog_project: this key sees no project 'Shpo'",
        ),
        (
            "project",
            "main",
            {"posthog_project_id": 7},
            {"project": "7"},
            "project: this key has no project 7",
            "posthog_project_id: this key has no project 7",
        ),
        ("project", "main", {}, {}, "api_key: no API key was given", "api_key: no API key was given"),
    ],
)
def test_messages_name_what_the_user_wrote(
    role: str,
    task: str,
    given: dict[str, Any],
    args: dict[str, Any],
    message: str,
    wanted: str,
) -> None:
    """Not the options of a task that the user has never seen."""
    variables, written = _role(role, task)
    assert origins({**variables, **given}).renamed(message, written, args) == wanted


def test_each_option_of_the_roles_comes_from_a_variable() -> None:
    """None of them is left under the name that only the role's task knows."""
    for role in ("project", "organization"):
        for task in ("main", "plan"):
            variables, written = _role(role, task)
            found = origins({**variables, **dict.fromkeys(COMMON, "x")})
            for option, template in written.items():
                names = found.behind(template)
                assert names and set(names) <= {*options_of(role), *COMMON, "posthog_organization_id"}, option
