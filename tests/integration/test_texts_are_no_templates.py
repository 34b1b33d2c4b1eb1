# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that stands in PostHog is ever run as a template, on whichever way it reaches Ansible.

Each text would leave a file behind if it ran, and would read differently.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from harness import Harness, Run
from harness.extras import all_ok
from harness.inventories import list_inventory, write_config
from harness.playbook import ROOT

pytestmark = pytest.mark.matrix


@pytest.fixture
def texts(tmp_path: Path) -> list[str]:
    """Templates of each kind, which write into a directory that :func:`unharmed` looks into."""
    place = tmp_path / "ran"
    place.mkdir()

    def call(name: str) -> str:
        return f"lookup('ansible.builtin.pipe', 'touch {place}/{name}')"

    header = "#jinja2:variable_start_string:'[%', variable_end_string:'%]'"
    return [
        f"a {{{{ {call('variable')} }}}}",
        f"b {{% set x = {call('block')} %}}",
        "c {# gone #}",
        f"{header}\n[% {call('header')} %]",
        "#jinja2:comment_start_string:'<', comment_end_string:'>'\n<gone>",
    ]


def unharmed(run: Run, tmp_path: Path) -> None:
    """Nothing ran."""
    assert [path.name for path in (tmp_path / "ran").iterdir()] == []
    all_ok(run)


def shown(run: Run, name: str = "Show") -> list[t.Any]:
    """What the tasks of that name printed."""
    return [task.result["msg"] for task in run.tasks if task.name == name]


def show(expression: str, **keywords: t.Any) -> dict[str, t.Any]:
    """A task that prints a value."""
    return {"name": "Show", "ansible.builtin.debug": {"msg": f"{{{{ {expression} }}}}"}, **keywords}


@pytest.mark.parametrize("cached", [False, True], ids=["read", "cached"])
def test_inventory(posthog: Harness, texts: list[str], tmp_path: Path, cached: bool) -> None:
    """Every variable of a host, composed ones, names of hosts and groups; from PostHog and from the cache."""
    server = posthog.server
    for text in texts:
        server.seed("project", {"name": text, "timezone": "UTC"}, organization=server.organization)
    config = {
        "organizations": ["acme"],
        "exclude_projects": ["Default project"],
        "hostname": "posthog_project_name",
        "compose": {
            "copied": "posthog_project_name",
            "listed": "[posthog_project_name, {'inner': posthog_project_name}]",
            "posthog_project": "posthog_project_id",
        },
        "groups": {"lettered": "posthog_project_name is string"},
        "keyed_groups": [
            {"key": "posthog_project_name", "prefix": "", "separator": "", "parent_group": "below"},
            {"key": "{'named': posthog_project_name}", "prefix": ""},
        ],
        "cache": cached,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "strict": True,
    }
    if cached:
        assert list_inventory(posthog, config).returncode == 0
    path = write_config(posthog.directory, config)
    names = ("posthog_project_name", "copied", "listed[0]", "listed[1].inner")
    tasks = [
        show(f"[{', '.join(names)}]"),
        # A variable of the play's own, made of them; then a fact.
        show("mine", vars={"mine": "{{ copied }}"}),
        {"name": "Keep", "ansible.builtin.set_fact": {"kept": "{{ posthog_project_name }}"}},
        show("kept"),
        show("inventory_hostname"),
        show("group_names"),
        show("hostvars[inventory_hostname].copied"),
    ]
    run = posthog.run(tasks, play={"hosts": "posthog_projects"}, arguments=["-i", str(path)])
    unharmed(run, tmp_path)
    assert bool(run.requests) is not cached
    told = shown(run)
    wanted = sorted(texts)
    count = len(texts)
    assert sorted(item[0] for item in told[:count]) == wanted
    assert all(len(set(item)) == 1 for item in told[:count])
    for number in (1, 2, 5):
        assert sorted(told[number * count : (number + 1) * count]) == wanted, number
    hosts = told[3 * count : 4 * count]
    groups = [name for item in told[4 * count : 5 * count] for name in item]
    assert len(set(hosts)) == count
    for name in (*hosts, *groups):
        assert not set(name) & set("{}[]%#<>/\\'\"\n"), name


def written(posthog: Harness, texts: list[str]) -> None:
    """Have objects that are called and described so."""
    for number, text in enumerate(texts):
        filters = {
            "groups": [
                {"properties": [{"key": text, "type": "person", "value": [text], "operator": "exact"}]},
            ],
            "payloads": {},
        }
        posthog.server.api("POST", "feature_flags/", {"key": f"f{number}", "name": text, "filters": filters})
        posthog.server.api("POST", "cohorts/", {"name": text, "is_static": True})
        posthog.server.api("POST", "dashboards/", {"name": text, "description": f"x\n{text}\n"})
        posthog.server.api(
            "POST",
            "insights/",
            {
                "name": text,
                "query": {
                    "kind": "DataTableNode",
                    "source": {"kind": "HogQLQuery", "query": text, "values": {text: text}},
                },
            },
        )
        note = {"content": text, "scope": "project", "date_marker": "2026-01-01T00:00:00Z"}
        posthog.server.api("POST", "annotations/", note)


TYPES = ("feature_flags", "cohorts", "dashboards", "insights", "annotations")


def test_exported_files(posthog: Harness, texts: list[str], tmp_path: Path) -> None:
    """Read by vars_files, include_vars, from the command line, and by posthog_config: the same texts, and no change."""
    written(posthog, texts)
    place = tmp_path / "exported"
    export = {"dest": str(place / "all.yml"), "layout": "single", "types": list(TYPES)}
    first = posthog.run(
        [
            {"name": "Export", "community.posthog.posthog_export": export, "register": "found"},
            {"name": "Apply", "community.posthog.posthog_config": {"src": str(place / "all.yml")}},
            show("found.config"),
        ]
    )
    unharmed(first, tmp_path)
    assert not first["Apply"].changed
    config = first["Export"].result["config"]
    assert sorted(item["name"] for item in config["feature_flags"]) == sorted(texts)
    assert shown(first) == [config]
    every = {name: f"{{{{ {name} }}}}" for name in TYPES}
    apply = {"name": "Apply", "community.posthog.posthog_config": {"config": every}}
    parts = [
        *(show(name) for name in TYPES),
        show("feature_flags | map(attribute='name') | list"),
        show("names", vars={"names": "{{ cohorts | map(attribute='name') | list }}"}),
        show("item.name", loop="{{ feature_flags }}", loop_control={"label": "{{ item.key }}"}),
        apply,
    ]
    ways: list[tuple[str, dict[str, t.Any], list[t.Any], list[str]]] = [
        ("vars_files", {"vars_files": [str(place / "all.yml")]}, [], []),
        ("include_vars", {}, [{"name": "Read", "ansible.builtin.include_vars": str(place / "all.yml")}], []),
        ("-e", {}, [], ["-e", f"@{place / 'all.yml'}"]),
    ]
    for way, play, before, arguments in ways:
        run = posthog.run([*before, *parts], play=play, arguments=arguments)
        unharmed(run, tmp_path)
        told = shown(run)
        assert told[: len(TYPES)] == [config[name] for name in TYPES], way
        assert sorted(told[len(TYPES)]) == sorted(told[len(TYPES) + 1]) == sorted(texts), way
        assert not run["Apply"].changed, way


@pytest.mark.parametrize("in_process", [True, False], ids=["in_process", "module"])
def test_results_and_lookups(posthog: Harness, texts: list[str], tmp_path: Path, in_process: bool) -> None:
    """What a module returns, kept as a fact, put together anew, looped over, and given to a module again."""
    written(posthog, texts)
    what = "community.posthog.posthog"
    tasks = [
        {"name": "Read", "community.posthog.posthog_info": {"types": ["feature_flag"]}, "register": "found"},
        {"name": "Keep", "ansible.builtin.set_fact": {"kept": "{{ found.objects.feature_flag }}"}},
        show("kept | map(attribute='name') | list"),
        {
            "name": "Keep parts",
            "ansible.builtin.set_fact": {"parts": "{{ parts | default([]) + [{'name': item.name}] }}"},
            "loop": "{{ found.objects.feature_flag }}",
            "loop_control": {"label": "{{ item.key }}"},
        },
        show("parts | map(attribute='name') | list"),
        show(f"query('{what}', 'feature_flag', 'f0', 'f1', 'f2', 'f3', 'f4', field='name')"),
        {"name": "Look up", "ansible.builtin.set_fact": {"one": f"{{{{ lookup('{what}', 'feature_flag', 'f3') }}}}"}},
        show("one.name"),
        show("one['filters'].groups[0].properties[0].key"),
        {
            "name": "Again",
            "community.posthog.posthog_feature_flag": {"key": "{{ item.key }}", "name": "{{ item.name }}"},
            "loop": "{{ kept }}",
            "loop_control": {"label": "{{ item.key }}"},
            "register": "again",
        },
        show("again.results | map(attribute='feature_flag.name') | list"),
    ]
    run = posthog.run(tasks, in_process=in_process)
    unharmed(run, tmp_path)
    told = shown(run)
    assert [sorted(told[number]) for number in (0, 1, 2, 5)] == [sorted(texts)] * 4
    assert told[2] == texts and told[3] == told[4] == texts[3]
    assert not run["Again"].changed


def test_roles_and_playbooks(posthog: Harness, texts: list[str], tmp_path: Path) -> None:
    """Reports, drift and promotion over names of that kind."""
    server = posthog.server
    written(posthog, texts)
    for text in texts:
        server.api("POST", f"/api/organizations/{server.organization}/roles/", {"name": text})
    server.seed("project", *({"name": text} for text in texts), organization=server.organization)
    target = server.seed("project", {"name": "Target"}, organization=server.organization)[0]
    target = target["id"] if isinstance(target, dict) else target
    place = tmp_path / "exported"
    options: dict[str, dict[str, t.Any]] = {
        "export": {"posthog_export_dest": str(place), "posthog_export_layout": "object"},
        "drift": {"posthog_project_src": str(place), "posthog_drift_undeclared": ["cohorts"]},
        "apply": {"posthog_project_src": str(place)},
        "access_report": {},
        "promote": {
            "posthog_promote_source_project": server.project,
            "posthog_project": target,
            "posthog_promote_types": "feature_flags,cohorts,dashboards",
        },
    }
    for name, variables in options.items():
        run = posthog.run(path=Path(f"community.posthog.{name}"), variables=variables)
        unharmed(run, tmp_path)
        assert run.returncode == 0, f"{name}: {run.output[-3000:]}"
        if name == "apply":
            assert run.changed == 0
    flags = server.api("GET", f"/api/projects/{target}/feature_flags/")["results"]
    assert sorted(flag["name"] for flag in flags) == sorted(texts)
    reports = [path.read_text(encoding="utf-8") for path in posthog.directory.glob("run*/posthog-access.html")]
    assert reports and all("touch" in text for text in reports)


def test_where_templates_are_read() -> None:
    """One file of the plugins decides what Ansible may take for a template, and no other marks anything as one."""
    words = ("trust_as_template", "wrap_var", "AnsibleUnsafe", "TrustedAsTemplate")
    found = [
        path.name
        for path in sorted((ROOT / "plugins").rglob("*.py"))
        if any(word in path.read_text(encoding="utf-8") for word in words)
    ]
    assert found == ["_templates.py"]
