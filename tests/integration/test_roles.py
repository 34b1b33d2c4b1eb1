# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles: applied, applied again, in check mode, for other hosts than localhost, and with secrets."""

from __future__ import annotations

import typing as t

import pytest
import yaml
from harness import Harness, Run
from harness.extras import all_ok, names_of, where_found, yaml_blocks
from harness.playbook import ROOT

#: A host that nobody can reach: roles work on the controller.
ELSEWHERE = "web1 ansible_host=192.0.2.1 ansible_connection=ssh\n"

CANARY = "canary-payload-of-a-role"

PROJECT: dict[str, t.Any] = {
    "posthog_project_options": {"name": "Shop", "timezone": "Europe/Vienna"},
    "posthog_project_settings": {"week_start_day": "monday"},
    "posthog_project_config": [
        {
            "cohorts": [
                {
                    "name": "Staff",
                    "filters": {
                        "properties": {
                            "type": "OR",
                            "values": [
                                {
                                    "type": "AND",
                                    "values": [
                                        {"type": "person", "key": "$browser", "operator": "exact", "value": ["Lynx"]}
                                    ],
                                }
                            ],
                        }
                    },
                }
            ],
            "access_controls": [{"resource": "feature_flag", "role": "Engineering", "access_level": "manager"}],
        },
        {
            "feature_flags": [
                {"key": "gift-cards", "rollout_percentage": 20},
                {
                    "key": "new-basket",
                    "filters": {"groups": [{"properties": [{"type": "cohort", "key": "id", "value": "Staff"}]}]},
                },
                {
                    "key": "mail",
                    "is_remote_configuration": True,
                    "has_encrypted_payloads": True,
                    "payloads": {"true": {"password": CANARY}},
                },
            ]
        },
    ],
}

ORGANIZATION: dict[str, t.Any] = {
    "posthog_organization_roles": [{"name": "Engineering"}, {"name": "Guests"}],
    "posthog_organization_members": [
        {"email": "member@acme.test", "level": "admin"},
        {"email": "ada@example.com", "level": "member"},
    ],
    "posthog_organization_role_memberships": [
        {"role": "Engineering", "organization_members": ["member@acme.test", "member2@acme.test"]},
        {"role": "Guests", "organization_member": "member2@acme.test"},
    ],
    "posthog_organization_access": [
        {
            "project": "Default project",
            "access_controls": [
                {"resource": "project", "access_level": "none"},
                {"resource": "project", "role": "Engineering", "access_level": "member"},
                {"resource": "survey", "role": "Guests", "access_level": "viewer"},
            ],
        }
    ],
}


def roles(posthog: Harness, names: t.Sequence[str], variables: t.Mapping[str, t.Any], **more: t.Any) -> Run:
    """Run roles for a host that is not the controller, as somebody else."""
    play = {
        "name": "Roles",
        "hosts": "all",
        "gather_facts": False,
        "become": True,
        "become_user": "nobody",
        "vars": dict(variables),
        "roles": [f"community.posthog.{name}" for name in names],
    }
    return posthog.run(plays=[play], inventory=ELSEWHERE, **more)


def counts(run: Run, name: str) -> dict[str, int]:
    """The counts of a task of posthog_config that are not zero."""
    return {key: value for key, value in run[name].result["counts"].items() if value}


TASK = "community.posthog.{0} : Bring the {0} to what is declared"


@pytest.mark.matrix
def test_project(posthog: Harness) -> None:
    """A project that is not there yet, its settings and what is in it: planned, made, left alone; no secret shown."""
    posthog.server.api("POST", f"/api/organizations/{posthog.server.organization}/roles/", {"name": "Engineering"})
    name = TASK.format("project")
    plan = all_ok(roles(posthog, ["project"], PROJECT, check=True, diff=True, verbosity=3))
    assert plan[name].result["counts"]["created"] + plan[name].result["counts"]["updated"] == 7
    assert "+ feature flag 'new-basket'" in plan.stdout
    first = all_ok(roles(posthog, ["project"], PROJECT, diff=True, verbosity=4))
    assert counts(first, name) == {"created": 6, "updated": 1}
    projects = {item["name"]: item["id"] for item in posthog.server.control("dump", type="project")["rows"]}
    flags = posthog.server.api("GET", f"/api/projects/{projects['Shop']}/feature_flags/")["results"]
    assert {item["key"] for item in flags} >= {"gift-cards", "new-basket", "mail"}
    settings = posthog.server.api("GET", f"/api/projects/{projects['Shop']}/")
    assert (settings["week_start_day"], settings["timezone"]) == (1, "Europe/Vienna")
    again = all_ok(roles(posthog, ["project"], PROJECT, diff=True, verbosity=3))
    assert again.changed == 0 and not any(task.writes for task in again.tasks)
    assert counts(again, name) == {"unchanged": 7}
    assert not where_found(plan, posthog.directory, [CANARY], but=("playbook.yml",))
    assert not where_found(first, posthog.directory, [CANARY], but=("playbook.yml",))


def test_project_from_files(posthog: Harness) -> None:
    """Files beside the playbook, with a template in them, and what is not declared any more is purged."""
    place = posthog.directory / "kept"
    place.mkdir()
    (place / "flags.yml").write_text(
        yaml.safe_dump({"feature_flags": [{"key": "a"}, {"key": "b", "name": "Of {{ team }}"}]}), encoding="utf-8"
    )
    play = {
        "name": "Files",
        "hosts": "all",
        "gather_facts": False,
        "vars": {"posthog_project_src": ["flags.yml"], "team": "the shop"},
        "roles": ["community.posthog.project"],
    }
    playbook = place / "play.yml"
    playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
    all_ok(posthog.run(path=playbook, inventory=ELSEWHERE))
    named = {row["key"]: row["name"] for row in posthog.server.control("dump", type="feature_flag")["rows"]}
    assert named["b"] == "Of the shop"
    (place / "flags.yml").write_text(yaml.safe_dump({"feature_flags": [{"key": "a"}]}), encoding="utf-8")
    run = all_ok(posthog.run(path=playbook, inventory=ELSEWHERE, variables={"posthog_project_purge": "feature_flags"}))
    assert counts(run, TASK.format("project"))["deleted"] == 1
    assert names_of(posthog.server, "feature_flag", "key") == ["a"]


@pytest.mark.matrix
def test_organization(posthog: Harness) -> None:
    """Roles, people, who has which role, and rules that name both, all in one plan."""
    name = TASK.format("organization")
    plan = all_ok(roles(posthog, ["organization"], ORGANIZATION, check=True, diff=True))
    # Two roles, an invite, three memberships, three rules; one member is raised.
    assert counts(plan, name) == {"created": 9, "updated": 1}
    first = all_ok(roles(posthog, ["organization"], ORGANIZATION))
    assert counts(first, name) == {"created": 9, "updated": 1}
    again = all_ok(roles(posthog, ["organization"], ORGANIZATION))
    assert again.changed == 0 and not any(task.writes for task in again.tasks)
    fewer = {
        **ORGANIZATION,
        "posthog_organization_roles": [{"name": "Engineering"}],
        "posthog_organization_role_memberships": [],
        "posthog_organization_access": [],
        "posthog_organization_purge": ["roles"],
    }
    purged = all_ok(roles(posthog, ["organization"], fewer))
    assert counts(purged, name)["deleted"] == 1
    assert names_of(posthog.server, "role") == ["Engineering"]


def test_nothing_declared(posthog: Harness) -> None:
    """Every role says what is missing, in one sentence."""
    for name, wanted in (
        ("project", "Nothing is declared: give posthog_project_src"),
        ("organization", "Nothing is declared: give posthog_organization_src, posthog_organization_"),
        ("drift", "Nothing is declared to compare PostHog with"),
        ("promote", "posthog_promote_source_project is missing: give the project to promote from"),
    ):
        run = roles(posthog, [name], {})
        failed = [task for task in run.tasks if task.failed]
        assert len(failed) == 1 and wanted in failed[0].msg, run.output


def test_the_plan_never_writes(posthog: Harness) -> None:
    """The entry point for comparing, in an ordinary run."""
    tasks = [
        {
            "name": f"Compare {name}",
            "ansible.builtin.include_role": {"name": f"community.posthog.{name}", "tasks_from": "plan"},
        }
        for name in ("organization", "project")
    ]
    run = all_ok(
        posthog.run(
            tasks,
            variables={
                **PROJECT,
                **ORGANIZATION,
                "posthog_project_config": {"feature_flags": [{"key": "gift-cards"}]},
                "posthog_project_options": {},
                "posthog_project_undeclared": ["feature_flags", "dashboards"],
            },
        )
    )
    assert not any(task.writes for task in run.tasks)
    assert run["community.posthog.project : Compare the project with what is declared"].changed


@pytest.mark.parametrize("name", ["access_report", "drift", "organization", "project", "promote"])
def test_roles_document_their_variables(name: str) -> None:
    """Every default is documented with the same value, and every documented default is one; the README has them too."""
    place = ROOT / "roles" / name
    defaults = yaml.safe_load((place / "defaults" / "main.yml").read_text(encoding="utf-8"))
    specs = yaml.safe_load((place / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    documented: dict[str, t.Any] = {}
    for spec in specs.values():
        documented.update({key: told.get("default") for key, told in spec["options"].items() if "default" in told})
    assert documented == defaults
    readme = (place / "README.md").read_text(encoding="utf-8")
    for variable in defaults:
        short = variable.replace(f"posthog_{name}", "")
        only_of_the_plan = variable in ("posthog_project_undeclared", "posthog_organization_undeclared")
        assert variable in readme or short in readme or only_of_the_plan, variable


@pytest.mark.parametrize("name", ["access_report", "drift", "organization", "project"])
def test_examples(posthog: Harness, name: str) -> None:
    """What the README of a role shows runs, and a second time changes nothing in PostHog."""
    blocks = yaml_blocks(ROOT / "roles" / name / "README.md")
    assert blocks
    for number, block in enumerate(blocks):
        playbook = posthog.directory / f"{number}.yml"
        playbook.write_text(block, encoding="utf-8")
        all_ok(posthog.run(path=playbook))
        again = all_ok(posthog.run(path=playbook))
        assert not any(task.writes for task in again.tasks)


# -- promotion ---------------------------------------------------------------------------------------------------------


def person(key: str, value: t.Any) -> dict[str, t.Any]:
    """Filters of a cohort."""
    condition = {"type": "person", "key": key, "operator": "exact", "value": value}
    return {"properties": {"type": "OR", "values": [{"type": "AND", "values": [condition]}]}}


STAGING: dict[str, t.Any] = {
    "actions": [
        {"name": "Checked out", "steps": [{"event": "$pageview", "url": "/thanks", "url_matching": "contains"}]}
    ],
    "cohorts": [
        {"name": "Staff (staging)", "filters": person("$browser", ["Lynx"])},
        {
            "name": "Buyers",
            "filters": {
                "properties": {
                    "type": "OR",
                    "values": [
                        {
                            "type": "AND",
                            "values": [
                                {
                                    "type": "behavioral",
                                    "key": "Checked out",
                                    "event_type": "actions",
                                    "value": "performed_event",
                                    "time_value": 30,
                                    "time_interval": "day",
                                },
                                {"type": "cohort", "key": "id", "value": "Staff (staging)", "negation": True},
                            ],
                        }
                    ],
                }
            },
        },
    ],
    "feature_flags": [
        {
            "key": "child",
            "filters": {
                "groups": [
                    {
                        "properties": [
                            {"type": "flag", "key": "parent", "value": True, "operator": "flag_evaluates_to"}
                        ],
                        "rollout_percentage": 50,
                    }
                ]
            },
        },
        {
            "key": "parent",
            "filters": {"groups": [{"properties": [{"type": "cohort", "key": "id", "value": "Staff (staging)"}]}]},
        },
    ],
    "insights": [
        {
            "name": "Checkouts",
            "query": {
                "kind": "InsightVizNode",
                "source": {
                    "kind": "TrendsQuery",
                    "series": [{"kind": "ActionsNode", "id": "Checked out"}],
                    "properties": {
                        "type": "AND",
                        "values": [{"type": "AND", "values": [{"type": "cohort", "key": "id", "value": "Buyers"}]}],
                    },
                },
            },
            "dashboards": ["Checkout"],
        }
    ],
    "dashboards": [
        {
            "name": "Checkout",
            "tiles": [{"insight": "Checkouts", "layouts": {"sm": {"x": 0, "y": 0, "w": 6, "h": 5}}}, {"text": "# How"}],
        }
    ],
    "alerts": [
        {
            "name": "Few checkouts",
            "insight": "Checkouts",
            "subscribed_users": ["owner@acme.test"],
            "threshold": {"configuration": {"type": "absolute", "bounds": {"lower": 50}}},
            "condition": {"type": "absolute_value"},
            "config": {"type": "TrendsAlertConfig", "series_index": 0},
        }
    ],
}

if (ROOT / "plugins" / "modules" / "posthog_survey.py").exists():
    STAGING["surveys"] = [
        {
            "name": "How was it?",
            "type": "popover",
            "linked_flag": "parent",
            "questions": [{"type": "open", "question": "How was the checkout?"}],
        }
    ]


def test_promotion(posthog: Harness) -> None:
    """From staging to production, where all ids are others, with another name for a cohort; then again."""
    server = posthog.server
    made = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Production"})
    production = f"/api/projects/{made['id']}"
    # So that ids of one project are those of nothing in the other.
    for number in range(3):
        server.api("POST", f"{production}/cohorts/", {"name": f"Other {number}", "filters": person("x", ["y"])})
        server.api("POST", f"{production}/actions/", {"name": f"Other {number}", "steps": [{"event": "x"}]})
    all_ok(
        posthog.run(
            [{"name": "Staging", "community.posthog.posthog_config": {"config": STAGING, "unknown_names": "ignore"}}]
        )
    )
    variables = {
        "posthog_project": "Production",
        "posthog_promote_source_project": "Default project",
        "posthog_promote_types": sorted(STAGING),
        "posthog_promote_rename": {"cohort": {"Staff (staging)": "Staff"}},
        "posthog_promote_unknown_names": "ignore",
    }
    name = "community.posthog.promote : Apply it to the target"
    number = sum(len(items) for items in STAGING.values())
    plan = all_ok(roles(posthog, ["promote"], variables, check=True, diff=True))
    assert counts(plan, name) == {"created": number}
    first = all_ok(roles(posthog, ["promote"], variables))
    assert counts(first, name) == {"created": number}
    again = all_ok(roles(posthog, ["promote"], variables))
    assert counts(again, name) == {"unchanged": number}
    assert again.changed == 0 and not any(task.writes for task in again.tasks)

    def there(path: str, key: str = "name") -> dict[str, dict[str, t.Any]]:
        found = server.api("GET", f"{production}/{path}/")["results"]
        return {item[key]: server.api("GET", f"{production}/{path}/{item['id']}/") for item in found}

    cohorts, actions, flags = there("cohorts"), there("actions"), there("feature_flags", "key")
    assert "Staff (staging)" not in cohorts
    condition = flags["parent"]["filters"]["groups"][0]["properties"][0]
    assert condition["value"] == cohorts["Staff"]["id"]
    assert str(flags["child"]["filters"]["groups"][0]["properties"][0]["key"]) == str(flags["parent"]["id"])
    inside = cohorts["Buyers"]["filters"]["properties"]["values"][0]["values"]
    assert [item.get("key") for item in inside][:1] == [actions["Checked out"]["id"]]
    assert inside[1]["value"] == cohorts["Staff"]["id"]
    insight = there("insights")["Checkouts"]
    source = insight["query"]["source"]
    assert source["series"][0]["id"] == actions["Checked out"]["id"]
    assert source["properties"]["values"][0]["values"][0]["value"] == cohorts["Buyers"]["id"]
    dashboard = there("dashboards")["Checkout"]
    assert insight["id"] in [(tile.get("insight") or {}).get("id") for tile in dashboard["tiles"]]
    assert there("alerts")["Few checkouts"]["insight"]["id"] == insight["id"]
    if "surveys" in STAGING:
        assert there("surveys")["How was it?"]["linked_flag"]["id"] == flags["parent"]["id"]


def test_only_what_is_allowed_is_promoted(posthog: Harness) -> None:
    """Other types stay, and what is referred to has to be there; secrets are asked for by their variables' names."""
    server = posthog.server
    made = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "Production"})
    flags = [*STAGING["feature_flags"], PROJECT["posthog_project_config"][1]["feature_flags"][2]]
    staging = {"cohorts": STAGING["cohorts"][:1], "feature_flags": flags}
    all_ok(posthog.run([{"name": "Staging", "community.posthog.posthog_config": {"config": staging}}]))
    variables: dict[str, t.Any] = {
        "posthog_project": "Production",
        "posthog_promote_source_project": "Default project",
        "posthog_promote_types": ["feature_flags"],
    }
    run = roles(posthog, ["promote"], variables)
    failed = next(task for task in run.tasks if task.failed)
    assert "posthog_secret_feature_flag_mail" in failed.msg
    secret = next(word.strip(".,") for word in failed.msg.split() if word.startswith("posthog_secret_"))
    run = roles(posthog, ["promote"], {**variables, secret: {"true": {"password": CANARY}}}, verbosity=3)
    failed = next(task for task in run.tasks if task.failed)
    assert "Staff (staging)" in failed.msg and not any(task.writes for task in run.tasks)
    variables["posthog_promote_types"] = "feature_flags,cohorts"
    run = all_ok(roles(posthog, ["promote"], {**variables, secret: {"true": {"password": CANARY}}}, verbosity=4))
    assert not where_found(run, posthog.directory, [CANARY], but=("playbook.yml",))
    found = server.api("GET", f"/api/projects/{made['id']}/feature_flags/")["results"]
    assert {item["key"] for item in found} >= {"parent", "child", "mail"}
    assert not list(posthog.directory.rglob("posthog-promote-*"))


@pytest.mark.parametrize("fault", ["no server", "wrong key"])
def test_a_failure_of_the_connection_ends_a_role(posthog: Harness, fault: str) -> None:
    """However much is declared: one task fails, with one sentence about the connection, after few requests."""
    config = {"feature_flags": [{"key": f"flag-{number}"} for number in range(40)]}
    wrong = (
        {"posthog_host": "http://127.0.0.1:9"}
        if fault == "no server"
        else {"posthog_api_key": posthog.server.facts["unknown_key"]}
    )
    variables = {"posthog_project_config": config, **wrong}
    env = {"POSTHOG_RETRIES": "0"}
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "roles": [{"role": "community.posthog.project"}],
        }
    ]
    run = posthog.run(plays=plays, variables=variables, env=env)
    (failed,) = [item for item in run.tasks if item.failed]
    assert "\n" not in failed.msg and "flag-" not in failed.msg, failed.msg
    assert ("127.0.0.1:9" if fault == "no server" else "does not know this api_key") in failed.msg
    assert len(run.requests) <= 3, [entry["path"] for entry in run.requests]
