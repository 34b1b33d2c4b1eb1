# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting AWX up: arguments of awx.awx, what is made, changed and removed, and what a credential gives a job."""

from __future__ import annotations

import ast
import configparser
import copy
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from harness import Harness, Run
from harness.awx import ORGANIZER, TOKEN, Awx, awx_collection, injected
from harness.interpreter import WarmPython
from harness.jobs import Controller
from harness.playbook import ROOT, collections_path

ROLE = ROOT / "roles" / "awx"

KEY = "phx_OnlyAwxMayKnowThisKey0123456789"

#: Those that the life is tried with: of each kind one, since each run takes a while.
SOME = ["apply", "drift", "kill_switch", "onboard"]


@pytest.fixture(scope="module")
def python() -> t.Iterator[WarmPython]:
    """What runs the modules of awx.awx."""
    warm = WarmPython(awx_collection() / "ansible_collections" / "awx" / "awx")
    yield warm
    warm.stop()


@pytest.fixture
def awx(python: WarmPython) -> t.Iterator[Awx]:
    """A fresh AWX."""
    server = Awx()
    server.python = python
    yield server
    server.stop()


URL = "https://git.example.com/posthog.git"


def set_up(
    posthog: Harness, awx: Awx, *, check: bool = False, verbosity: int = 0, token: str = TOKEN, **variables: t.Any
) -> Run:
    """Run the playbook."""
    return posthog.run(
        path=ROOT / "playbooks" / "awx_setup.yml",
        variables={"posthog_awx_scm_url": URL, "posthog_awx_interval": 0, "posthog_awx_patience": 3, **variables},
        check=check,
        verbosity=verbosity,
        python=awx.python,
        env={
            "ANSIBLE_COLLECTIONS_PATH": f"{collections_path()}:{awx_collection()}",
            "CONTROLLER_HOST": awx.url,
            "CONTROLLER_OAUTH_TOKEN": token,
            # Ansible reads the certificates of the machine for each request, also of http.
            "SSL_CERT_FILE": os.devnull,
            "SSL_CERT_DIR": os.devnull,
            # awx.awx still uses parts of Ansible that are on their way out.
            "ANSIBLE_DEPRECATION_WARNINGS": "false",
        },
        stop_on_error=True,
    )


def good(run: Run) -> Run:
    """Fail the test where the run failed."""
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    return run


def waited_for(run: Run) -> list[str]:
    """What a run in check mode could not look at, as it says itself."""
    return sorted(next(task for task in run.tasks if "could not be looked at" in task.name).result["msg"])


def test_life(posthog: Harness, awx: Awx) -> None:
    """Everything is made, stays as it is, is changed by variables, and is removed, twice."""
    inputs = {"api_key": KEY, "region": "eu"}
    given: dict[str, t.Any] = {
        "posthog_awx_inputs": inputs,
        "posthog_awx_image": "registry.example.com/ee:1",
        "posthog_awx_templates": SOME,
    }
    made = good(set_up(posthog, awx, **given))
    assert made.changed > 10
    assert awx.names() == {
        "credential_types": ["PostHog"],
        "credentials": ["PostHog"],
        "execution_environments": ["PostHog"],
        "projects": ["PostHog", "PostHog emergency"],
        "inventories": ["PostHog", "PostHog localhost"],
        "inventory_sources": ["PostHog"],
        "job_templates": [f"PostHog {name}" for name in ("apply", "drift", "kill switch", "onboarding")],
        "workflow_job_templates": ["PostHog drift, approval, apply"],
        "workflow_job_template_nodes": ["apply", "approval", "drift"],
        "workflow_approval_templates": ["PostHog: apply what the drift job shows?"],
        "schedules": ["PostHog drift, nightly", "PostHog emergency, hourly"],
    }
    assert awx.one("credentials", "PostHog")["inputs"] == inputs
    assert awx.one("job_templates", "PostHog drift")["job_type"] == "check"
    assert awx.linked("job_templates", "PostHog apply", "credentials") == ["PostHog"]
    assert awx.linked("workflow_job_template_nodes", "drift", "failure_nodes") == ["approval"]
    assert awx.linked("workflow_job_template_nodes", "approval", "success_nodes") == ["apply"]
    assert awx.one("job_templates", "PostHog kill switch")["_survey"]["spec"][1]["choices"] == [
        "off",
        "on",
        "as declared",
    ]
    assert KEY not in made.output

    written = len(awx.writes)
    again = good(set_up(posthog, awx, **given))
    assert (again.changed, awx.writes[written:]) == (0, [])

    changes: dict[str, t.Any] = {
        **given,
        "posthog_awx_inputs": {**inputs, "region": "us"},
        "posthog_awx_image": "registry.example.com/ee:2",
        "posthog_awx_slices": 5,
        "posthog_awx_roles": ["Engineering", "Support"],
        "posthog_awx_schedule_enabled": False,
        "posthog_awx_approval_timeout": 3600,
    }
    predicted = good(set_up(posthog, awx, check=True, **changes))
    assert predicted.changed == 5 and awx.writes[written:] == []
    changed = good(set_up(posthog, awx, **changes))
    assert changed.changed == 5
    assert awx.one("job_templates", "PostHog apply")["job_slice_count"] == 5
    assert awx.one("credentials", "PostHog")["inputs"]["region"] == "us"
    roles = awx.one("job_templates", "PostHog onboarding")["_survey"]["spec"][3]
    assert (roles["type"], roles["choices"]) == ("multiselect", ["Engineering", "Support"])
    assert awx.one("schedules", "PostHog drift, nightly")["enabled"] is False

    # Removal goes over everything under the prefix, whatever else the options say now.
    awx.deletion_takes = 1_000_000
    gone = good(set_up(posthog, awx, posthog_awx_state="absent"))
    assert gone.changed == 8
    # AWX removes inventories later. Another removal meanwhile has nothing to do.
    assert awx.names() == {"inventories": ["PostHog", "PostHog localhost"], "inventory_sources": ["PostHog"]}
    again = good(set_up(posthog, awx, posthog_awx_state="absent"))
    assert again.changed == 0
    awx.finish_deletions()
    assert awx.names() == {}


def test_check_first(posthog: Harness, awx: Awx) -> None:
    """A check run on an empty AWX succeeds, says what is to be made, and writes nothing; so it does half way."""
    given: dict[str, t.Any] = {
        "posthog_awx_inputs": {"api_key": KEY},
        "posthog_awx_image": "registry.example.com/ee:1",
        "posthog_awx_templates": ["apply", "drift"],
    }
    waiting = ["PostHog", "PostHog apply", "PostHog drift", "PostHog drift, approval, apply", "PostHog drift, nightly"]
    first = good(set_up(posthog, awx, check=True, **given))
    assert (awx.writes, awx.names()) == ([], {})
    # Type, execution environment, project, inventory, workflow, and the task about the others.
    assert first.changed == 6
    assert waited_for(first) == waiting
    assert KEY not in first.output

    good(set_up(posthog, awx, **{**given, "posthog_awx_image": ""}))
    written = len(awx.writes)
    # Only the execution environment is new.
    second = good(set_up(posthog, awx, check=True, **given))
    assert second.changed == 2 and awx.writes[written:] == []
    assert waited_for(second) == [name for name in waiting if "nightly" not in name]
    third = good(set_up(posthog, awx, check=True, **{**given, "posthog_awx_image": ""}))
    assert third.changed == 0 and awx.writes[written:] == []


def test_credentials(posthog: Harness, awx: Awx) -> None:
    """Templates get the credentials that are named for them, those for all, or that of the role."""
    few: dict[str, t.Any] = {"posthog_awx_templates": ["apply", "drift"]}

    def given_to(name: str) -> list[str]:
        return awx.linked("job_templates", f"PostHog {name}", "credentials")

    good(set_up(posthog, awx, **few))
    kind = awx.one("credential_types", "PostHog")
    vault = awx.one("credential_types", "Vault")
    for name, of in (("PostHog read", kind), ("Vault", vault)):
        awx.add("credentials", {"name": name, "credential_type": of["id"], "organization": 1})
    few["posthog_awx_credentials"] = {"all": ["PostHog", "Vault"], "drift": ["PostHog read", "Vault"]}
    assert good(set_up(posthog, awx, **few)).changed == 1
    assert (given_to("apply"), given_to("drift")) == (["PostHog", "Vault"], ["PostHog read", "Vault"])
    written = len(awx.writes)
    assert good(set_up(posthog, awx, **few)).changed == 0 and awx.writes[written:] == []

    few["posthog_awx_credentials"] = {"drift": ["PostHog read"]}
    assert good(set_up(posthog, awx, **few)).changed == 1
    assert (given_to("apply"), given_to("drift")) == (["PostHog"], ["PostHog read"])

    # AWX takes one of each type, and the role knows which templates there are.
    refused = set_up(posthog, awx, **few | {"posthog_awx_credentials": {"all": ["PostHog", "PostHog read"]}})
    assert refused.returncode != 0 and "Cannot assign multiple PostHog credentials." in refused.output
    unknown = set_up(posthog, awx, **few | {"posthog_awx_credentials": {"drfit": ["PostHog read"]}})
    assert unknown.returncode != 0 and "drfit" in unknown.output


def test_the_least(posthog: Harness, awx: Awx) -> None:
    """Without a key, an image, and with few templates: the key is filled in by hand and stays."""
    few: dict[str, t.Any] = {"posthog_awx_templates": ["kill_switch"], "posthog_awx_prefix": "Shop"}
    # What is not there needs no removal.
    assert good(set_up(posthog, awx, **few, posthog_awx_state="absent")).changed == 0
    good(set_up(posthog, awx, **few))
    assert awx.names() == {
        "credential_types": ["Shop"],
        "credentials": ["Shop"],
        "projects": ["Shop", "Shop emergency"],
        "inventories": ["Shop", "Shop localhost"],
        "inventory_sources": ["Shop"],
        "job_templates": ["Shop kill switch"],
        "schedules": ["Shop emergency, hourly"],
    }
    awx.one("credentials", "Shop")["inputs"] = {"api_key": KEY}
    assert good(set_up(posthog, awx, **few)).changed == 0
    assert awx.one("credentials", "Shop")["inputs"] == {"api_key": KEY}
    refused = set_up(posthog, awx, **few, posthog_awx_scm_url="")
    assert refused.returncode != 0 and "posthog_awx_scm_url" in refused.output


def test_two_organizations(posthog: Harness, awx: Awx) -> None:
    """The same names in two organizations: each set is its own, and what they share goes with the last of them."""
    awx.add("organizations", {"name": "Sales"})
    few: dict[str, t.Any] = {"posthog_awx_templates": ["apply"], "posthog_awx_image": "registry.example.com/ee:1"}
    sales = {**few, "posthog_awx_organization": "Sales"}
    good(set_up(posthog, awx, **few))
    good(set_up(posthog, awx, **sales))
    first, second = (awx.one("job_templates", "PostHog apply", name) for name in ("Default", "Sales"))
    for template, name in ((first, "Default"), (second, "Sales")):
        assert template["project"] == awx.one("projects", "PostHog", name)["id"]
        assert template["inventory"] == awx.one("inventories", "PostHog localhost", name)["id"]
        assert template["_credentials"] == [awx.one("credentials", "PostHog", name)["id"]]
    written = len(awx.writes)
    assert good(set_up(posthog, awx, **few)).changed == 0 and awx.writes[written:] == []

    predicted = good(set_up(posthog, awx, **sales, posthog_awx_state="absent", check=True))
    assert awx.writes[written:] == []
    gone = good(set_up(posthog, awx, **sales, posthog_awx_state="absent"))
    assert gone.changed == predicted.changed == 4
    assert "The execution environment PostHog is needed by PostHog, PostHog apply" in gone.output
    assert first["execution_environment"] == awx.one("execution_environments", "PostHog")["id"]
    assert awx.one("credential_types", "PostHog") and awx.names("Sales").keys() <= {"inventories"}
    last = good(set_up(posthog, awx, **few, posthog_awx_state="absent"))
    assert last.changed == 6 and set(awx.names()) <= {"inventories", "inventory_sources"}


def everything(awx: Awx) -> dict[str, dict[int, dict[str, t.Any]]]:
    """All that AWX holds, but for what its updates leave behind, and associations that are empty."""
    return {
        kind: {
            number: {key: value for key, value in item.items() if value or not key.startswith("_")}
            for number, item in items.items()
        }
        for kind, items in copy.deepcopy(awx.objects).items()
        if kind != "project_updates"
    }


def test_each_option_changed_and_taken_back(posthog: Harness, awx: Awx) -> None:
    """Whatever is changed by an option is as before when the option is; check mode tells how much, both times."""
    inputs = {"api_key": KEY, "region": "", "host": "https://posthog.example.com"}
    given: dict[str, t.Any] = {"posthog_awx_inputs": inputs, "posthog_awx_templates": SOME}
    for name, kind in (("Git", "Source Control"), ("Vault", "Vault")):
        awx.add(
            "credentials", {"name": name, "organization": 1, "credential_type": awx.one("credential_types", kind)["id"]}
        )
    good(set_up(posthog, awx, **given))
    before = everything(awx)
    changed = {
        **given,
        "posthog_awx_inputs": {"api_key": KEY, "region": "eu", "host": "", "project_id": "Shop"},
        "posthog_awx_inject_variables": True,
        "posthog_awx_scm_url": "https://git.example.com/other.git",
        "posthog_awx_scm_branch": "next",
        "posthog_awx_scm_credential": "Git",
        "posthog_awx_image": "registry.example.com/ee:1",
        "posthog_awx_inventory_path": "inventory/other.yml",
        "posthog_awx_credentials": {"all": ["PostHog", "Vault"]},
        "posthog_awx_hosts": "posthog_projects",
        "posthog_awx_config": ["config", "more"],
        "posthog_awx_slices": 4,
        "posthog_awx_rate_limit": 240,
        "posthog_awx_forks": 3,
        "posthog_awx_variables": {"posthog_annotate": True},
        "posthog_awx_roles": ["Engineering"],
        "posthog_awx_flags": ["new-checkout"],
        "posthog_awx_schedule": "DTSTART;TZID=UTC:20260101T030000 RRULE:FREQ=DAILY;INTERVAL=2",
        "posthog_awx_schedule_enabled": False,
        "posthog_awx_approval_timeout": 60,
    }
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    others = {"state", "organization", "prefix", "update_secrets", "scm_type", "wait", "interval", "patience"}
    left = {name.removeprefix("posthog_awx_") for name in set(spec["argument_specs"]["main"]["options"]) - set(changed)}
    assert left == others, "an option that is neither changed here nor known to be about something else"
    counts = []
    for options in (changed, given):
        written = len(awx.writes)
        predicted = good(set_up(posthog, awx, check=True, **options))
        assert awx.writes[written:] == []
        done = good(set_up(posthog, awx, **options))
        counts.append((predicted.changed, done.changed))
        assert TOKEN not in done.output
    # What needs the image that is not there yet, check mode cannot look at: source, templates and nodes count as one.
    assert counts == [(6, 8), (8, 8)]
    template = awx.one("job_templates", "PostHog apply")
    assert template["execution_environment"] is None is awx.one("projects", "PostHog")["credential"]
    written = len(awx.writes)
    assert good(set_up(posthog, awx, **given)).changed == 0 and awx.writes[written:] == []
    after = everything(awx)
    # The image stays for whoever else may have it; removal takes it.
    after.pop("execution_environments"), before.pop("execution_environments")
    assert after == before


def test_a_repository_that_cannot_be_reached(posthog: Harness, awx: Awx) -> None:
    """The set-up says so, and goes on the next time."""
    few: dict[str, t.Any] = {"posthog_awx_templates": ["apply"]}
    awx.broken.add(URL)
    failed = set_up(posthog, awx, **few)
    assert failed.returncode != 0
    assert f"AWX could not get the project PostHog from {URL}" in " ".join(failed.output.split())
    awx.broken.clear()
    mended = good(set_up(posthog, awx, **few))
    assert awx.one("job_templates", "PostHog apply") and "Get the projects" in mended.output
    assert good(set_up(posthog, awx, **few)).changed == 0
    manual = set_up(posthog, awx, **few, posthog_awx_scm_type="manual")
    assert manual.returncode != 0 and "must be one of: git, svn, archive" in manual.output


def test_inputs(posthog: Harness, awx: Awx) -> None:
    """What is no text becomes one; what AWX would refuse is refused with the reason; fields in use stay as they are."""
    none: dict[str, t.Any] = {"posthog_awx_templates": []}
    made = good(set_up(posthog, awx, **none, posthog_awx_inputs={"api_key": KEY, "project_id": 1, "host": None}))
    assert awx.one("credentials", "PostHog")["inputs"] == {"api_key": KEY, "project_id": "1", "host": ""}
    written = len(awx.writes)
    for inputs, reason in (
        ({"api_key": KEY, "projekt_id": 1}, "there is no field projekt_id"),
        ({"api_key": KEY, "region": "mars"}, "region is us or eu"),
    ):
        refused = set_up(posthog, awx, **none, posthog_awx_inputs=inputs)
        assert refused.returncode != 0 and reason in " ".join(refused.output.split())
        assert awx.writes[written:] == [] and KEY not in refused.output
    assert KEY not in made.output

    # A type as another version may have made it.
    kind = awx.one("credential_types", "PostHog")
    kind["inputs"] = {**kind["inputs"], "fields": kind["inputs"]["fields"][:-1]}
    kind["injectors"] = {"env": {"POSTHOG_API_KEY": "{{ api_key }}"}}
    before = dict(kind)
    awx.one("credentials", "PostHog")["inputs"].pop("project_id")
    kept = good(set_up(posthog, awx, **none))
    assert kept.changed == 0 and kind == before
    assert "AWX does not change them while credentials have the type" in " ".join(kept.output.split())


def test_fields_of_the_type() -> None:
    """AWX does not change the fields of a type in use: whoever changes them here has to say how to migrate."""
    assert [(item["id"], item["type"], item.get("secret", False)) for item in _data()["posthog_awx__fields"]] == [
        ("api_key", "string", True),
        ("region", "string", False),
        ("host", "string", False),
        ("organization_id", "string", False),
        ("project_id", "string", False),
    ]


def test_rights(posthog: Harness, awx: Awx) -> None:
    """Who may not do it hears what it takes, before anything is written."""
    few: dict[str, t.Any] = {"posthog_awx_templates": ["apply"]}
    refused = set_up(posthog, awx, **few, token=ORGANIZER)
    said = " ".join(refused.output.split())
    assert refused.returncode != 0 and "This takes a System Administrator of AWX" in said
    assert "the credential type PostHog" in said and awx.writes == []
    good(set_up(posthog, awx, **few))
    # What belongs to the organization, its administrator may change, and nothing else differs.
    assert good(set_up(posthog, awx, **few, posthog_awx_forks=3, token=ORGANIZER)).changed == 1
    written = len(awx.writes)
    removal = set_up(posthog, awx, **few, posthog_awx_state="absent", token=ORGANIZER)
    assert removal.returncode != 0 and "System Administrator" in removal.output and awx.writes[written:] == []
    awx.foreign.add(1)
    foreign = set_up(posthog, awx, **few, token=ORGANIZER)
    assert foreign.returncode != 0
    assert "an administrator of the organization Default" in " ".join(foreign.output.split())
    nowhere = set_up(posthog, awx, **few, posthog_awx_organization="Nowhere")
    assert nowhere.returncode != 0 and "AWX has no organization Nowhere" in " ".join(nowhere.output.split())


def test_removal_while_a_job_runs(posthog: Harness, awx: Awx) -> None:
    """What a job needs stays till it ends; the next run goes on from there."""
    few: dict[str, t.Any] = {"posthog_awx_templates": ["apply"]}
    good(set_up(posthog, awx, **few))
    awx.running.add(("job_templates", awx.one("job_templates", "PostHog apply")["id"]))
    busy = set_up(posthog, awx, posthog_awx_state="absent")
    assert busy.returncode != 0 and "Resource is being used by running jobs." in busy.output
    assert "job_templates" in awx.names() and "projects" in awx.names()
    awx.running.clear()
    good(set_up(posthog, awx, posthog_awx_state="absent"))
    # Made again at once, while AWX is still removing the inventories.
    awx.deletion_takes = 4
    again = good(set_up(posthog, awx, **few))
    assert awx.one("inventories", "PostHog") and again.changed > 5


def launched(awx: Awx, name: str, answers: dict[str, t.Any]) -> dict[str, t.Any]:
    """Click on a template, answer its survey, and return the job that AWX makes of it."""
    template = awx.one("job_templates", name)
    status, answer = awx.serve("POST", f"{template['url']}launch/", {"extra_vars": answers})
    assert status == 201, answer
    return dict(answer)


def test_the_kill_switch_needs_nothing_else(posthog: Harness, awx: Awx, tmp_path: Path) -> None:
    """With git and the inventory's source broken, nothing runs but the kill switch, and the flag is off."""
    flags = ["new-checkout", "search"]
    options: dict[str, t.Any] = {"posthog_awx_templates": ["apply", "kill_switch"], "posthog_awx_flags": flags}
    good(set_up(posthog, awx, **options, posthog_awx_hosts="posthog_projects", posthog_awx_slices=4))
    switch, apply = (awx.one("job_templates", f"PostHog {name}") for name in ("kill switch", "apply"))
    assert awx.updates_before(switch) == []
    assert awx.updates_before(apply) == [("project_update", "PostHog", True), ("inventory_update", "PostHog", True)]
    questions = {item["variable"]: item for item in switch["_survey"]["spec"]}
    assert questions["posthog_flag"]["type"] == "multiplechoice" and questions["posthog_flag"]["choices"] == flags
    # Each slice has its share of the key's limit. A limit of hosts is asked for only where there are hosts.
    assert json.loads(apply["extra_vars"])["posthog_rate_limit"] == 120
    assert apply["ask_limit_on_launch"] is True and switch["ask_limit_on_launch"] is False
    assert not any(item["allow_simultaneous"] for item in (apply, switch))

    server = posthog.server
    server.seed("feature_flag", {"key": "new-checkout", "active": True, "filters": {"groups": []}})
    answers = {"posthog_flag": "new-checkout", "posthog_flag_state": "off", "posthog_reason": "Orders fail"}
    for broken, kind in ((URL, "project_update"), ("PostHog", "inventory_update")):
        awx.broken = {broken}
        stuck = launched(awx, "PostHog apply", {})
        assert stuck["status"] == "failed" and f'"job_type": "{kind}"' in stuck["job_explanation"]
    awx.broken = {URL, "PostHog"}
    job = launched(awx, "PostHog kill switch", answers)
    assert (job["status"], job["job_explanation"]) == ("pending", "")
    done = Controller(server, tmp_path).run(job["playbook"], json.loads(job["extra_vars"]))
    assert done.status == "successful", done.stdout
    (flag,) = server.api("GET", "feature_flags/")["results"]
    assert flag["active"] is False and done.artifacts["posthog_kill_switch"]["reason"] == "Orders fail"
    awx.broken = set()

    good(set_up(posthog, awx, posthog_awx_templates=["apply"]))
    assert awx.updates_before(apply) == [("project_update", "PostHog", True)]
    assert apply["ask_limit_on_launch"] is False
    # AWX takes an empty text as an answer to a required question, so the playbook looks at it.
    launched(awx, "PostHog kill switch", {"posthog_flag": "", "posthog_flag_state": "off", "posthog_reason": ""})


@pytest.mark.parametrize("variables", [False, True], ids=["environment", "variables"])
@pytest.mark.parametrize(
    "inputs",
    [
        {"api_key": KEY},
        {"api_key": KEY, "region": "", "host": "", "organization_id": "", "project_id": ""},
        {"api_key": KEY, "region": "eu", "organization_id": "Acme", "project_id": "1"},
        {"api_key": KEY, "host": "https://posthog.example.com", "project_id": "Default project"},
    ],
    ids=["minimal", "empty", "region", "host"],
)
def test_injectors(inputs: dict[str, str], variables: bool) -> None:
    """A credential gives a job all variables; what was left empty is empty."""
    kind = credential_type(variables)
    environment, extra = injected(kind, inputs)
    assert environment == {
        "POSTHOG_API_KEY": KEY,
        "POSTHOG_REGION": inputs.get("region", ""),
        "POSTHOG_HOST": inputs.get("host", ""),
        "POSTHOG_ORGANIZATION_ID": inputs.get("organization_id", ""),
        "POSTHOG_PROJECT_ID": inputs.get("project_id", ""),
    }
    assert extra.get("posthog_api_key") == (KEY if variables else None)


def _data() -> dict[str, t.Any]:
    """The objects as they stand in the role."""

    class Loader(yaml.SafeLoader):
        """YAML with Ansible's mark for what is no template."""

    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return dict(yaml.load((ROLE / "vars" / "main.yml").read_text(encoding="utf-8"), Loader))


def credential_type(variables: bool) -> dict[str, t.Any]:
    """The credential type as the role makes it."""
    data = _data()
    injectors = {"env": data["posthog_awx__environment"]}
    if variables:
        injectors["extra_vars"] = data["posthog_awx__variables"]
    return {"inputs": {"fields": data["posthog_awx__fields"], "required": ["api_key"]}, "injectors": injectors}


def test_what_awx_gets_is_what_is_rendered(posthog: Harness, awx: Awx) -> None:
    """The type that the playbook makes has the injectors that are tested above, untouched by Ansible."""
    good(set_up(posthog, awx, posthog_awx_inject_variables=True, posthog_awx_templates=[]))
    made = awx.one("credential_types", "PostHog")
    expected = credential_type(True)
    assert made["injectors"] == expected["injectors"] and made["inputs"] == expected["inputs"]


def _spec(module: str) -> dict[str, t.Any]:
    """The argument spec in the source of a module of awx.awx."""
    source = (awx_collection() / "ansible_collections/awx/awx/plugins/modules" / f"{module}.py").read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "argument_spec":
            calls = t.cast(ast.Call, node.value).keywords
            return {
                str(keyword.arg): {
                    part.arg: ast.literal_eval(part.value)
                    for part in t.cast(ast.Call, keyword.value).keywords
                    if part.arg in ("required", "type", "aliases")
                }
                for keyword in calls
            }
    raise AssertionError(f"{module} has no argument spec")


@pytest.mark.parametrize("file", ["present.yml", "absent.yml"])
def test_arguments(file: str) -> None:
    """Every argument is one of the module, and every required one is there."""
    tasks = yaml.safe_load((ROLE / "tasks" / file).read_text(encoding="utf-8"))
    seen = 0
    for task in tasks:
        for name, given in task.items():
            if name.startswith("awx.awx."):
                spec = _spec(name.rsplit(".", 1)[1])
                known = set(spec) | {alias for item in spec.values() for alias in item.get("aliases", [])}
                assert set(given) <= known, f"{task['name']}: {set(given) - known}"
                missing = {key for key, item in spec.items() if item.get("required")} - set(given)
                assert not missing, f"{task['name']}: {missing}"
                seen += 1
    assert seen >= 7


def test_execution_environment(tmp_path: Path) -> None:
    """ansible-builder makes the build context. (The image itself needs a container engine, and is not built here.)"""
    done = subprocess.run(
        [sys.executable, "-m", "ansible_builder", "create", "--file", ROOT / "awx" / "execution-environment.yml"]
        + ["--context", tmp_path],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    recipe = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*file"))
    assert "ansible-core==" in recipe and "ansible-runner==" in recipe
    wanted = yaml.safe_load((tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert [item["name"] for item in wanted["collections"]] == ["community.posthog"]


def test_the_collection_has_one_source() -> None:
    """The image, with the version of this collection; AWX is not to get another one at each sync."""
    project = ROOT / "awx" / "project"
    assert [path.name for path in project.rglob("requirements.y*ml")] == []
    definition = yaml.safe_load((ROOT / "awx" / "execution-environment.yml").read_text(encoding="utf-8"))
    (collection,) = definition["dependencies"]["galaxy"]["collections"]
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert collection == {"name": "community.posthog", "version": galaxy["version"]}
    # Where AWX puts what is in a requirements.yml, and where images have their collections. (`make ee-try` runs both.)
    settings = configparser.ConfigParser()
    settings.read(project / "ansible.cfg")
    places = settings["defaults"]["collections_path"].split(":")
    assert places[0] == "/runner/requirements_collections" and places[-1] == "/usr/share/ansible/collections"


def test_survey_variables() -> None:
    """What a survey asks for is what the playbook reads."""
    data = _data()
    for template in data["posthog_awx__templates"].values():
        path = ROOT / "playbooks" / template["playbook"]
        text = path.read_text(encoding="utf-8")
        for question in template.get("survey_spec", {}).get("spec", []):
            assert question["variable"] in text, f"{path.name} knows nothing of {question['variable']}"


def test_playbooks_of_the_templates() -> None:
    """Each job template's playbook is in the project."""
    data = (ROLE / "vars" / "main.yml").read_text(encoding="utf-8")
    playbooks = [line.split(":")[1].strip() for line in data.splitlines() if line.strip().startswith("playbook:")]
    assert len(playbooks) == 7
    for name in playbooks:
        assert (ROOT / "awx" / "project" / name).exists(), name
    assert Path(ROOT / "awx" / "project" / "inventory" / "posthog.yml").exists()
