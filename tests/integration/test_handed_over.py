# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PostHog shows once is handed over to the task that asks for it, and is printed nowhere."""

from __future__ import annotations

import datetime
import typing as t
from pathlib import Path

import pytest
from harness import Harness
from harness.engine import Engine
from harness.extras import where_found

KEY = "community.posthog.posthog_project_secret_api_key"
CONFIG = "community.posthog.posthog_config"

BACKEND = {"label": "Backend", "scopes": ["feature_flag:read"]}

LOST = "PostHog shows its value once, and nothing has asked for it"


def ask(name: str = "ask", **options: t.Any) -> dict[str, t.Any]:
    """A task that receives what it makes."""
    return {"name": name, KEY: {**BACKEND, "show_value": True, **options}, "no_log": True}


def made(posthog: Harness) -> dict[str, t.Any]:
    """The key, as PostHog shows it."""
    (key,) = posthog.server.api("GET", "project_secret_api_keys/")["results"]
    return t.cast("dict[str, t.Any]", key)


def is_value(value: t.Any, key: t.Mapping[str, t.Any]) -> bool:
    """Whether a text is the value of a key."""
    head, tail = key["mask_value"].split("...")
    return isinstance(value, str) and len(value) > 30 and value.startswith(head) and value.endswith(tail)


def test_a_new_key_is_handed_over_once(posthog: Harness) -> None:
    run = Engine(posthog.server).run([{**ask("plan"), "check_mode": True}, ask("make"), ask("again")])
    assert [task.ok for task in run.tasks] == [True] * 3, [task.msg for task in run.tasks]
    assert [task.changed for task in run.tasks] == [True, True, False]
    values = [task.result["project_secret_api_key"].get("value") for task in run.tasks]
    assert values[0] is None and values[2] is None
    assert is_value(values[1], made(posthog))
    assert not any(task.result.get("warnings") for task in run.tasks)
    assert "value" not in str(run["make"].result.get("diff", ""))


@pytest.mark.parametrize("option", ["roll", "max_age_days"])
def test_a_roll(posthog: Harness, option: str) -> None:
    """C(roll) is done each time, a roll by age once."""
    old = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=91)).isoformat()
    posthog.server.seed("project_secret_api_key", {**BACKEND, "created_at": old})
    before = made(posthog)["mask_value"]
    wanted = {option: True if option == "roll" else 90}
    run = Engine(posthog.server).run([{**ask("plan", **wanted), "check_mode": True}, ask("roll", **wanted)])
    assert [task.ok and task.changed for task in run.tasks] == [True, True], [task.msg for task in run.tasks]
    assert run["plan"].result["project_secret_api_key"].get("value") is None
    now = made(posthog)
    assert now["mask_value"] != before and is_value(run["roll"].result["project_secret_api_key"]["value"], now)
    again = Engine(posthog.server).run([ask("again", **wanted)])["again"]
    assert again.ok and again.changed is (option == "roll")
    assert Engine(posthog.server).run([ask("young", max_age_days=1)])["young"].changed is False


@pytest.mark.parametrize("option", ["roll", "max_age_days"])
def test_a_new_key_is_not_rolled(posthog: Harness, option: str) -> None:
    run = Engine(posthog.server).run([ask("make", **{option: 1 if option == "max_age_days" else True})])
    assert run["make"].ok and [entry["path"].rsplit("/", 2)[-2] for entry in run["make"].writes] == [
        "project_secret_api_keys"
    ]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("task", "said"),
    [
        (
            {KEY: {**BACKEND, "show_value": True}},
            "show_value: needs no_log: true on the task, so that Ansible does not print the value",
        ),
        ({KEY: {**BACKEND, "roll": True}}, "roll: needs show_value: true, since nobody would know the new value"),
        (
            {KEY: {**BACKEND, "max_age_days": 5}, "no_log": True},
            "max_age_days: needs show_value: true, since nobody would know the new value",
        ),
        ({KEY: {**BACKEND, "max_age_days": 0, "show_value": True}, "no_log": True}, "max_age_days: "),
    ],
)
def test_nothing_is_made_that_would_be_printed_or_lost(
    posthog: Harness, task: dict[str, t.Any], said: str, check: bool
) -> None:
    failed = Engine(posthog.server).run([{"name": "no", **task, "check_mode": check}])["no"]
    assert failed.failed and failed.msg.startswith(said)
    assert failed.requests == [] or not failed.writes


def test_a_value_that_nobody_asks_for_is_masked_and_named(posthog: Harness) -> None:
    run = Engine(posthog.server).run(
        [
            {"name": "alone", KEY: BACKEND},
            {"name": "list", CONFIG: {"config": {"project_secret_api_keys": [{**BACKEND, "label": "Second"}]}}},
        ]
    )
    assert run["alone"].result["project_secret_api_key"]["value"] == "********"
    for name, label in (("alone", "Backend"), ("list", "Second")):
        (warning,) = run[name].result["warnings"]
        assert f"project secret API key '{label}': {LOST}" in warning, warning
        assert "phs_" not in str({**run[name].result, "project_secret_api_key": None})


@pytest.mark.parametrize("option", ["show_value", "roll", "max_age_days"])
def test_a_list_hands_nothing_over(posthog: Harness, option: str) -> None:
    options = {"config": {"project_secret_api_keys": [{**BACKEND, option: True}]}}
    failed = Engine(posthog.server).run([{"name": "list", CONFIG: options, "no_log": True}])["list"]
    assert failed.failed and f"project_secret_api_keys[0].{option}" in failed.msg
    assert failed.writes == []


def test_a_lost_answer_is_named(posthog: Harness) -> None:
    """The key is there then, and nobody has its value."""
    faults = [{"kind": "reset_after", "method": "POST", "path": "project_secret_api_keys", "times": 1}]
    posthog.server.control("faults", {"rules": faults})
    run = Engine(posthog.server, hurried=True).run([ask("make")])
    assert run["make"].ok and run["make"].changed
    assert run["make"].result["project_secret_api_key"]["value"] is None
    assert any("was lost; roll: true" in text for text in run["make"].result["warnings"])


def test_nothing_is_printed(posthog: Harness, tmp_path_factory: pytest.TempPathFactory, in_process: bool) -> None:
    """The next task has the value; output of any verbosity, diffs and files of the run do not."""
    kept = Path(tmp_path_factory.mktemp("kept"))
    tasks: list[dict[str, t.Any]] = []
    for number, wanted in enumerate(({}, {"roll": True}, {"roll": True, "scopes": ["no:scope"]})):
        tasks += [
            {**ask(f"ask {number}", **wanted), "register": "key", "ignore_errors": True},
            {
                "name": f"keep {number}",
                "ansible.builtin.copy": {
                    "content": "{{ (key.project_secret_api_key | default({})).value | default('') }}",
                    "dest": str(kept / str(number)),
                    "mode": "0600",
                },
                "no_log": True,
            },
        ]
    run = posthog.run(tasks, in_process=in_process, diff=True, verbosity=4)
    values = [(kept / str(number)).read_text(encoding="utf-8") for number in range(3)]
    assert values[0].startswith("phs_") and is_value(values[1], made(posthog)) and values[2] == ""
    assert not where_found(run, posthog.directory, values[:2])


PROVIDER = "community.posthog.posthog_identity_provider_config"


def provider(name: str, **options: t.Any) -> dict[str, t.Any]:
    """A task about a provider that receives its token."""
    return {"name": name, PROVIDER: {"name": "Okta", "show_scim_token": True, **options}, "no_log": True}


def test_a_token_is_handed_over_when_it_is_made(posthog: Harness) -> None:
    """When SCIM is switched on, and by a roll; a provider without SCIM has none, and none is missed."""
    tasks = [
        provider("make"),
        provider("roll nothing", roll_scim_token=True),
        {**provider("plan", scim_enabled=True), "check_mode": True},
        provider("switch on", scim_enabled=True),
        provider("again", scim_enabled=True),
        provider("roll", roll_scim_token=True),
        provider("switch off", scim_enabled=False),
    ]
    run = Engine(posthog.server).run(tasks)
    assert [task.ok for task in run.tasks] == [True] * 7, [task.msg for task in run.tasks]
    assert [task.changed for task in run.tasks] == [True, False, True, True, False, True, True]
    tokens = [task.result["identity_provider_config"].get("scim_bearer_token") for task in run.tasks]
    assert [bool(token) for token in tokens] == [False, False, False, True, False, True, False]
    assert tokens[3] != tokens[5]
    assert not any(task.result.get("warnings") for task in run.tasks)
    switched_on = {"name": "lost", PROVIDER: {"name": "Okta", "scim_enabled": True}}
    (warning,) = Engine(posthog.server).run([switched_on])["lost"].result["warnings"]
    assert "PostHog shows its scim_bearer_token once, and nothing has asked for it" in warning
