# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a task can say in Ansible holds, whether a module runs in the worker or as a module."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from harness import Harness
from harness.extras import ORDER, PREFIX, SAMPLES, all_ok, names_of, peers, task

#: Text that no result holds unless somebody put it there.
NO_CONNECTION: dict[str, str | None] = {
    "POSTHOG_HOST": None,
    "POSTHOG_API_KEY": None,
    "POSTHOG_ORGANIZATION_ID": None,
    "POSTHOG_PROJECT_ID": None,
}


def connection(posthog: Harness) -> dict[str, str]:
    """The variables that reach the sandbox."""
    return {
        "POSTHOG_HOST": posthog.server.url,
        "POSTHOG_API_KEY": posthog.server.api_key,
        "POSTHOG_PROJECT_ID": str(posthog.server.project),
    }


class Marks:
    """Tells which tasks ran as modules: the interpreter of modules takes note of each task that it runs.

    :param directory: where it may put its files.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "marks"
        self.interpreter = directory / "interpreter"
        self.interpreter.write_text(
            f"#!/bin/sh\necho \"$TASK_MARK\" >> '{self._file}'\nexec '{sys.executable}' \"$@\"\n", encoding="utf-8"
        )
        self.interpreter.chmod(0o755)

    def host(self, name: str, connection: str = "local", more: str = "") -> str:
        """A line of an inventory."""
        return f"{name} ansible_connection={connection} ansible_python_interpreter='{self.interpreter}' {more}\n"

    def task(self, name: str, module: str, given: t.Mapping[str, t.Any], **keywords: t.Any) -> dict[str, t.Any]:
        """A task that leaves its mark."""
        environment = {**keywords.pop("environment", {}), "TASK_MARK": f"{name} on {{{{ inventory_hostname }}}}"}
        return task(name, module, given, environment=environment, **keywords)

    def read(self) -> set[str]:
        """The tasks that ran as modules since the last look, with their hosts."""
        found = set(self._file.read_text(encoding="utf-8").split("\n")) - {""} if self._file.exists() else set()
        self._file.unlink(missing_ok=True)
        return found


def options(posthog: Harness) -> dict[str, str]:
    """The options that reach the sandbox."""
    return {
        "host": posthog.server.url,
        "api_key": posthog.server.api_key,
        "project": str(posthog.server.project),
    }


# -- environment ------------------------------------------------------------------------------------------------------


@pytest.mark.matrix
def test_environment_of_play_block_and_task(posthog: Harness, in_process: bool) -> None:
    """The key may stand in C(environment:) alone, at each level, and the nearer level wins."""
    known = connection(posthog)
    wrong = {"POSTHOG_API_KEY": "phx_wrongwrongwrongwrong"}
    run = posthog.run(
        plays=[
            {
                "name": "Nothing",
                "hosts": "all",
                "gather_facts": False,
                "ignore_errors": True,
                "tasks": [task("Unset", "role", {"name": "A"})],
            },
            {
                "name": "Play",
                "hosts": "all",
                "gather_facts": False,
                "ignore_errors": True,
                "environment": known,
                "tasks": [
                    task("Play", "role", {"name": "Play"}),
                    {"name": "Block", "environment": wrong, "block": [task("Wrong", "role", {"name": "Wrong"})]},
                    task("After", "role", {"name": "After"}),
                ],
            },
            {
                "name": "Block and task",
                "hosts": "all",
                "gather_facts": False,
                "ignore_errors": True,
                "tasks": [
                    {"name": "Block", "environment": known, "block": [task("Block", "role", {"name": "Block"})]},
                    task("Task", "role", {"name": "Task"}, environment=known),
                    task("Loop", "role", {"name": "{{ item }}"}, environment=known, loop=["L1", "L2"]),
                    task(
                        "Templated",
                        "role",
                        {"name": "Templated"},
                        environment={**known, "POSTHOG_API_KEY": "{{ lookup('ansible.builtin.env', 'SPARE_KEY') }}"},
                    ),
                    task("Gone again", "role", {"name": "Gone"}),
                ],
            },
        ],
        in_process=in_process,
        env={**NO_CONNECTION, "SPARE_KEY": posthog.server.api_key},
    )
    expected = {
        "Unset": False,
        "Play": True,
        "Wrong": False,
        "After": True,
        "Block": True,
        "Task": True,
        "Loop": True,
        "Templated": True,
        "Gone again": False,
    }
    assert {item.name: item.ok for item in run.tasks} == expected, "\n".join(map(str, run.tasks))
    for name in ("Unset", "Gone again"):
        assert "no API key was given" in run[name].msg and "become" in run[name].msg
    assert run["Wrong"].result["status_code"] == 401
    assert names_of(posthog.server, "role") == ["After", "Block", "L1", "L2", "Play", "Task", "Templated"]


@pytest.mark.matrix
def test_empty_counts_as_unset(posthog: Harness, in_process: bool) -> None:
    """AWX sets the variables of a credential's empty fields to nothing; options from empty variables are the same."""
    empty = {
        f"POSTHOG_{name}": ""
        for name in (
            "REGION",
            "PROJECT_ID",
            "ORGANIZATION_ID",
            "VALIDATE_CERTS",
            "CA_PATH",
            "TIMEOUT",
            "RETRIES",
            "MAX_WAIT",
            "RATE_LIMIT",
        )
    }
    given = options(posthog)
    blank = dict.fromkeys(("region", "organization", "ca_path", "timeout", "retries", "max_wait", "rate_limit"), "")
    run = posthog.run(
        [
            task("Environment", "connection_info"),
            task("Options", "connection_info", blank),
            task("Null", "connection_info", dict.fromkeys(blank)),
            task("Empty option, full environment", "connection_info", {"host": "", "api_key": "", "project": ""}),
            task(
                "Empty environment, full option",
                "connection_info",
                given,
                environment={"POSTHOG_HOST": "", "POSTHOG_API_KEY": "", "POSTHOG_PROJECT_ID": ""},
            ),
            task("No key", "connection_info", environment={"POSTHOG_API_KEY": ""}),
            task(
                "No key in the option either", "connection_info", {"api_key": ""}, environment={"POSTHOG_API_KEY": ""}
            ),
        ],
        in_process=in_process,
        env=empty,
    )
    assert [item.ok for item in run.tasks] == [True] * 5 + [False] * 2, "\n".join(map(str, run.tasks))
    for item in run.tasks[:5]:
        assert item.result["current_project"] == str(posthog.server.project), str(item)
        assert item.result["host"] == posthog.server.url
    assert all("no API key was given" in item.msg for item in run.tasks[5:])


# -- names and defaults -----------------------------------------------------------------------------------------------


def test_module_defaults_and_names(posthog: Harness, in_process: bool) -> None:
    """Group and single defaults reach every module, under its full name and its short one."""
    given = options(posthog)
    every: list[dict[str, t.Any]] = [task(f"Group {name}", name, SAMPLES[name]) for name in ORDER]
    every += [task("Group connection_info", "connection_info"), task("Group info", "info", {"types": ["role"]})]
    run = posthog.run(
        plays=[
            {
                "name": "Full names",
                "hosts": "all",
                "gather_facts": False,
                "ignore_errors": True,
                "module_defaults": {"group/community.posthog.posthog": given},
                "tasks": every,
            },
            {
                "name": "Short names",
                "hosts": "all",
                "gather_facts": False,
                "ignore_errors": True,
                "collections": ["community.posthog"],
                "module_defaults": {"group/community.posthog.posthog": given},
                "tasks": [
                    {"name": "Short role", "posthog_role": {"name": "Short"}},
                    {"name": "Short flag", "posthog_feature_flag": {"key": "short", "rollout_percentage": 5}},
                    {"name": "Short info", "posthog_info": {"types": ["role"], "names": ["Short"]}},
                ],
            },
            {
                "name": "Single defaults",
                "hosts": "all",
                "gather_facts": False,
                "ignore_errors": True,
                "module_defaults": {
                    PREFIX + "role": {**given, "name": "Default"},
                    PREFIX + "feature_flag": {**given, "active": False},
                },
                "tasks": [
                    task("Default name", "role"),
                    task("Own name", "role", {"name": "Own"}),
                    task("Off", "feature_flag", {"key": "off"}),
                    task("None here", "cohort", {"name": "C"}),
                ],
            },
        ],
        in_process=in_process,
        env=NO_CONNECTION,
    )
    assert run["None here"].failed and "no API key" in run["None here"].msg
    for item in run.tasks:
        assert item.ok or item.name == "None here", str(item)
    assert run["Group info"].result["objects"]["role"][0]["name"] == "Engineering"
    assert run["Short info"].result["objects"]["role"][0]["name"] == "Short"
    assert run["Default name"].result["role"]["name"] == "Default"
    assert run["Own name"].result["role"]["name"] == "Own"
    assert run["Off"].result["feature_flag"]["active"] is False


def test_ad_hoc(posthog: Harness, in_process: bool) -> None:
    """C(ansible -m) works, with options as a line of text and as JSON."""
    place = posthog.directory / "adhoc"
    place.mkdir()
    posthog.server.seed("role", {"name": "Engineering"})
    base = posthog._environment(place, place / "events.jsonl", {"ANSIBLE_CALLBACKS_ENABLED": None})
    for arguments in ("types=role names=Engineering", '{"types": ["role"], "names": ["Engineering"]}'):
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "adhoc", "localhost", "-m", PREFIX + "info", "-a", arguments]
            + ["-e", json.dumps({"posthog_in_process": in_process, "ansible_python_interpreter": sys.executable})],
            cwd=place,
            env=base,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"name": "Engineering"' in done.stdout and posthog.server.api_key not in done.stdout + done.stderr


# -- loops ------------------------------------------------------------------------------------------------------------


def test_loop_keeps_connection_and_list(posthog: Harness) -> None:
    """A loop in the worker opens one connection and lists once; the next task starts afresh."""
    names = [f"role-{number}" for number in range(20)]
    posthog.server.seed("role", *({"name": name} for name in names))
    with peers(posthog.server) as found:
        run = all_ok(
            posthog.run(
                [
                    task("First", "role", {"name": "{{ item }}"}, loop=names),
                    task("Second", "role", {"name": "{{ item }}"}, loop=names),
                ],
                in_process=True,
            )
        )
        assert len(found) == 2, found
    assert not run["First"].changed
    assert len(run["First"].requests) <= 3, str(run["First"])
    assert len(run["Second"].requests) == len(run["First"].requests), "the second task starts with what was kept"


def test_change_between_tasks_is_seen(posthog: Harness, in_process: bool) -> None:
    """What one task has listed is not believed by the next, not even within one block or include."""
    posthog.server.seed("feature_flag", {"key": "one"}, {"key": "two"}, {"key": "three"})
    url = f"{posthog.server.url}/api/projects/{posthog.server.project}"
    headers = {"Authorization": f"Bearer {posthog.server.api_key}"}
    switch = {
        "name": "Somebody",
        "ansible.builtin.uri": {
            "url": f"{url}/feature_flags/{{{{ first.results[0].feature_flag.id }}}}/",
            "method": "PATCH",
            "headers": headers,
            "body_format": "json",
            "body": {"active": False},
        },
    }
    loop = {"loop": ["one", "two", "three"]}
    run = all_ok(
        posthog.run(
            [
                task("First", "feature_flag", {"key": "{{ item }}", "active": True}, register="first", **loop),
                switch,
                task("Second", "feature_flag", {"key": "{{ item }}", "active": True}, **loop),
                task("Third", "feature_flag", {"key": "{{ item }}", "active": True}, **loop),
            ],
            in_process=in_process,
        )
    )
    assert [item["changed"] for item in run["First"].items] == [False] * 3
    assert [item["changed"] for item in run["Second"].items] == [True, False, False]
    assert [item["changed"] for item in run["Third"].items] == [False] * 3


def test_loop_with_several_keys_and_places(posthog: Harness, in_process: bool) -> None:
    """Items of one loop may go to different projects with different keys."""
    server = posthog.server
    posthog.run([task("Project", "project", {"name": "Second"})], in_process=True)
    places = [
        {"key": server.api_key, "project": str(server.project)},
        {"key": server.keys["admin"], "project": "Second"},
        {"key": server.api_key, "project": "Second"},
        {"key": server.keys["admin"], "project": str(server.project)},
    ]
    run = posthog.run(
        [
            task(
                "Loop",
                "feature_flag",
                {"api_key": "{{ item.key }}", "project": "{{ item.project }}", "key": "here", "rollout_percentage": 1},
                loop=places,
                loop_control={"label": "{{ item.project }}"},
            )
        ],
        in_process=in_process,
    )
    all_ok(run)
    assert [item["changed"] for item in run["Loop"].items] == [True, True, False, False]
    writes = [entry for entry in run["Loop"].writes if entry["status"] < 400]
    assert [entry["key"] for entry in writes] == ["full", "admin"]


def test_until_and_retries(posthog: Harness, in_process: bool) -> None:
    """A task that is repeated sees what is there then, not what was there at its first try."""
    server = posthog.server
    server.seed("role", {"name": "Engineering"})
    # The first two answers are refused; each try is one task to Ansible, so nothing old may be kept.
    server.control("faults", {"rules": [{"kind": "5xx_before", "status": 500, "times": 2, "path": "/roles/"}]})
    run = posthog.run(
        [
            task(
                "Wait",
                "info",
                {"types": ["role"], "retries": 0},
                register="found",
                until="found is succeeded",
                retries=4,
                delay=0,
            )
        ],
        in_process=in_process,
    )
    assert run["Wait"].ok, str(run["Wait"])
    assert run["Wait"].result["attempts"] == 2 or run["Wait"].result["attempts"] == 3
    assert [item["name"] for item in run["Wait"].result["objects"]["role"]] == ["Engineering"]


def test_until_sees_changes(posthog: Harness) -> None:
    """The tries of C(until) are not answered from what the first one read."""
    run = posthog.run(
        [
            task(
                "Wait",
                "info",
                {"types": ["role"]},
                register="found",
                until="found.objects.role | length > 0",
                retries=2,
                delay=0,
            )
        ],
        in_process=True,
    )
    assert run["Wait"].failed
    assert run["Wait"].result["attempts"] == 2
    lists = [entry for entry in run["Wait"].requests if entry["path"].endswith("/roles/")]
    # Two retries make three tries.
    assert len(lists) == 3, str(run["Wait"])


# -- where it runs ----------------------------------------------------------------------------------------------------

CONNECTION_PLUGIN = '''
from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: Like local, but Ansible cannot know
description: For tests.
extends_documentation_fragment: [connection_pipelining]
"""


class Connection(Local):
    transport = "elsewhere"
'''


def test_delegation(posthog: Harness) -> None:
    """A delegated task runs where it is delegated to: in the worker if that is local, else as a module."""
    plugins = posthog.directory / "connection_plugins"
    plugins.mkdir()
    (plugins / "elsewhere.py").write_text(CONNECTION_PLUGIN, encoding="utf-8")
    marks = Marks(posthog.directory)
    role = {"name": "Engineering"}
    known = connection(posthog)
    run = posthog.run(
        [
            marks.task("Remote", "role", role),
            marks.task("To local", "role", role, delegate_to="here"),
            marks.task("To localhost", "role", role, delegate_to="localhost"),
            marks.task("To bastion", "role", role, delegate_to="bastion"),
            marks.task("With a key of its own", "role", role, delegate_to="bastion", environment=known),
            marks.task("Loop", "role", {"name": "{{ item }}"}, delegate_to="here", loop=["A", "B", "Engineering"]),
        ],
        play={"hosts": "web"},
        inventory=marks.host("web", "elsewhere")
        + "\n[others]\n"
        + marks.host("here")
        + marks.host("bastion", "elsewhere"),
        env={"ANSIBLE_CONNECTION_PLUGINS": str(plugins)},
    )
    all_ok(run)
    assert [item.changed for item in run.tasks] == [True, False, False, False, False, True]
    assert marks.read() == {"Remote on web", "To bastion on web", "With a key of its own on web"}
    assert run["To bastion"].result["_ansible_delegated_vars"]["ansible_delegated_host"] == "bastion"


def test_async(posthog: Harness) -> None:
    """In the background it is a module, polled or not."""
    marks = Marks(posthog.directory)
    role = {"name": "Engineering"}
    run = posthog.run(
        [
            marks.task("Polled", "role", role, **{"async": 30, "poll": 1}),
            task("Fired", "role", {"name": "Support"}, register="job", **{"async": 30, "poll": 0}),
            {
                "name": "Collected",
                "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
                "register": "done",
                "until": "done is finished",
                "retries": 40,
                "delay": 0.25,
            },
            task("Failing", "role", {"name": "x", "api_key": "phx_unknownunknown"}, **{"async": 30, "poll": 1}),
            task("Again", "role", role, **{"async": 30, "poll": 1}),
        ],
        inventory=marks.host("localhost"),
    )
    assert run["Polled"].ok and run["Polled"].changed and run["Polled"].result["role"]["name"] == "Engineering"
    assert run["Fired"].ok and run["Fired"].result["ansible_job_id"]
    assert run["Collected"].ok and run["Collected"].result["role"]["name"] == "Support", str(run["Collected"])
    assert run["Failing"].failed and run["Failing"].result["status_code"] == 401
    assert run["Again"].ok and not run["Again"].changed
    assert names_of(posthog.server, "role") == ["Engineering", "Support"]


def test_become(posthog: Harness) -> None:
    """C(become) has no meaning for an API call: in the worker the task runs as who runs Ansible."""
    run = posthog.run(
        [task("Become", "role", {"name": "Engineering"}, become=True, become_method="ansible.builtin.sudo")],
        in_process=True,
    )
    assert run["Become"].ok and run["Become"].changed, str(run["Become"])


def test_other_interpreter(posthog: Harness) -> None:
    """With C(connection: local), the interpreter of modules does not matter in the worker."""
    run = posthog.run(
        [task("Local", "role", {"name": "Engineering"})],
        play={"connection": "local"},
        inventory="somewhere ansible_python_interpreter=/nonexistent/python\n",
        in_process=True,
    )
    assert run["Local"].ok and run["Local"].changed, str(run["Local"])


def test_the_switch(posthog: Harness) -> None:
    """C(posthog_in_process) counts wherever a variable can stand, as text and templated too."""
    marks = Marks(posthog.directory)
    inventory = (
        marks.host("off", more="posthog_in_process=false")
        + marks.host("text", more="posthog_in_process='no'")
        + marks.host("on")
        + marks.host("templated")
    )
    asked = {"types": ["role"]}
    plays = [
        {"name": "Hosts", "hosts": "off,text,on", "gather_facts": False, "tasks": [marks.task("Host", "info", asked)]},
        {
            "name": "Templated",
            "hosts": "templated",
            "gather_facts": False,
            "vars": {"answer": "no", "posthog_in_process": "{{ answer == 'yes' }}"},
            "tasks": [
                marks.task("Play", "info", asked),
                marks.task("Task", "info", asked, vars={"posthog_in_process": True}),
                marks.task("Text", "info", asked, vars={"posthog_in_process": "{{ 'false' }}"}),
            ],
        },
    ]
    all_ok(posthog.run(plays=plays, inventory=inventory))
    assert marks.read() == {"Host on off", "Host on text", "Play on templated", "Text on templated"}
    for arguments in (["-e", "posthog_in_process=false"], ["-e", '{"posthog_in_process": "False"}']):
        all_ok(posthog.run([marks.task("Extra", "info", asked)], arguments=arguments, inventory=marks.host("on")))
        assert marks.read() == {"Extra on on"}, arguments


def test_several_hosts(posthog: Harness, in_process: bool) -> None:
    """Forks, C(run_once) and the free strategy: each host has its own results, and nothing is written twice."""
    python = f"ansible_python_interpreter='{sys.executable}'"
    own = {"key": "{{ flag }}-{{ item }}", "rollout_percentage": 3}
    plays = [
        {
            "name": "Linear",
            "hosts": "all",
            "gather_facts": False,
            "tasks": [
                task("Own", "feature_flag", own, loop=[1, 2]),
                task("Once", "role", {"name": "Engineering"}, run_once=True, register="once"),
                {"name": "Show", "ansible.builtin.debug": {"msg": "{{ once.role.name }}"}},
            ],
        },
        {
            "name": "Free",
            "hosts": "all",
            "gather_facts": False,
            "strategy": "free",
            "tasks": [task("Free", "feature_flag", own, loop=[1, 2]), task("Read", "info", {"types": ["role"]})],
        },
    ]
    run = posthog.run(
        plays=plays,
        inventory="".join(f"{name} ansible_connection=local {python} flag={name}\n" for name in ("one", "two")),
        in_process=in_process,
        arguments=["--forks", "2"],
    )
    assert run.returncode == 0, run.output
    linear = [item for item in run.tasks if item.name == "Own"]
    assert [[entry["changed"] for entry in item.items] for item in linear] == [[True] * 2] * 2
    assert [item.msg for item in run.tasks if item.name == "Show"] == ["Engineering"] * 2
    # Own on both hosts, and the role once; nothing by the free play.
    assert run.changed == 3, run.recap
    assert names_of(posthog.server, "feature_flag", "key") == ["one-1", "one-2", "two-1", "two-2"]


# -- what a task says of itself ---------------------------------------------------------------------------------------


@pytest.mark.matrix
def test_check_mode_and_diff_of_a_task(posthog: Harness, in_process: bool) -> None:
    """C(check_mode) and C(diff) of a task beat the command line."""
    flag = {"key": "new-checkout", "rollout_percentage": 10}
    run = all_ok(
        posthog.run(
            [
                task("Predict", "feature_flag", flag, check_mode=True, diff=True),
                task("Really", "feature_flag", flag, check_mode=False, diff=False),
                task("Again", "feature_flag", flag, check_mode=True),
                task("Switch", "feature_flag", {**flag, "active": False}, check_mode=True, diff=True),
            ],
            in_process=in_process,
        )
    )
    assert [item.changed for item in run.tasks] == [True, True, False, True]
    assert run["Predict"].diffs and not run["Really"].diffs
    before, after = run["Switch"].diffs[0]["before"], run["Switch"].diffs[0]["after"]
    assert before["active"] is True and {**before, "active": False} == after
    run = all_ok(
        posthog.run(
            [
                task("Predict", "role", {"name": "Engineering"}, diff=False),
                task("Really", "role", {"name": "Support"}, check_mode=False),
                task("Known", "role", {"name": "Support"}),
            ],
            in_process=in_process,
            check=True,
            diff=True,
        )
    )
    assert [item.changed for item in run.tasks] == [True, True, False]
    assert not run["Predict"].diffs and run["Really"].diffs
    assert names_of(posthog.server, "role") == ["Support"]


def test_no_log(posthog: Harness, in_process: bool) -> None:
    """C(no_log) hides what a task returns, whoever runs it."""
    run = posthog.run(
        [
            task("Good", "role", {"name": "Confidential name"}, no_log=True),
            task("Loop", "role", {"name": "{{ item }}"}, no_log=True, loop=["Confidential one", "Confidential two"]),
            task("Bad", "role", {"name": "Confidential three", "api_key": "phx_unknownunknown"}, no_log=True),
        ],
        in_process=in_process,
        diff=True,
        verbosity=4,
    )
    assert [item.ok for item in run.tasks] == [True, True, False]
    assert "Confidential" not in run.stdout, run.stdout
    assert "censored" in run.stdout


def test_warnings(posthog: Harness, in_process: bool) -> None:
    """A warning is shown once for the task that gave it, and not again by the next one."""
    run = all_ok(
        posthog.run(
            [
                task("Warn", "project", {"name": "Website"}),
                task("Quiet", "project", {"name": "Website"}),
                task("Loop", "project", {"name": "{{ item }}"}, loop=["Website", "Shop", "Website"]),
            ],
            in_process=in_process,
        )
    )
    assert any("current" in text for text in run["Warn"].result["warnings"])
    assert not run["Quiet"].result.get("warnings")
    assert [bool(item.get("warnings")) for item in run["Loop"].items] == [False, True, False]
    assert "[WARNING]" in run.output and "current" in run.output


def test_same_result_both_ways(posthog: Harness) -> None:
    """In the worker or as a module: the same results, the same errors, the same diffs.

    The life of every type goes both ways in C(test_conformance_playbooks.py); this is about mistakes.
    """
    flows: list[dict[str, t.Any]] = []
    for name in ("role", "role_membership", "feature_flag", "dashboard"):
        flows += [
            task(f"{name}: predict", name, SAMPLES[name], check_mode=True),
            task(f"{name}: create", name, SAMPLES[name]),
            task(f"{name}: wrong option", name, {**SAMPLES[name], "nonsense": 1}),
            task(f"{name}: wrong state", name, {**SAMPLES[name], "state": "gone"}),
            task(f"{name}: nothing", name),
            task(f"{name}: wrong key", name, {**SAMPLES[name], "api_key": "phx_unknownunknown"}),
            task(f"{name}: null", name, dict.fromkeys(SAMPLES[name])),
        ]
    flows += [
        task("info", "info", {"types": ["role", "member"]}),
        task("info: nothing", "info"),
        task("info: wrong type", "info", {"types": ["rolle"]}),
        task("connection", "connection_info"),
    ]
    found = []
    for in_process in (True, False):
        posthog.server.reset()
        run = posthog.run(flows, in_process=in_process, diff=True)
        found.append([(item.name, item.status, _steady(item.result)) for item in run.tasks])
    for here, there in zip(*found):
        assert here == there, f"{here[0]}\nworker: {json.dumps(here)}\nmodule: {json.dumps(there)}"


#: What differs from run to run: ids, times, tokens.
VOLATILE = (
    "id pk uuid role_id short_id api_token secret_api_token created_at updated_at last_modified_at joined_at "
    "last_used_at invocation result_version link target_id last_calculation version exception changes_at "
    "live_events_token"
).split()


def _steady(value: t.Any) -> t.Any:
    """A result without what Ansible itself adds, and without what differs from run to run."""
    if isinstance(value, dict):
        return {
            key: _steady(item)
            for key, item in value.items()
            if key not in VOLATILE and key not in ("ansible_facts", "failed", "_ansible_parsed", "stdout", "stderr")
        }
    if isinstance(value, list):
        return [_steady(item) for item in value]
    return value


# -- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.matrix
def test_templated_and_odd_values(posthog: Harness, in_process: bool) -> None:
    """Numbers as text, YAML's own types as keys and values, dates without quotes: all arrive as a person means them."""
    playbook = posthog.directory / "odd.yml"
    playbook.write_text(
        """
- name: Odd values
  hosts: all
  gather_facts: false
  ignore_errors: true
  vars:
    percentage: "25"
    key_of_flag: odd
    extra:
      key: odd-extra
      filters:
        groups:
          - properties: "{{ [{'type': 'person', 'key': 'n', 'operator': 'gt', 'value': '5'}] }}"
            rollout_percentage: "{{ percentage | int + 5 }}"
  tasks:
    - name: Text
      community.posthog.posthog_feature_flag: &text
        key: "{{ key_of_flag }}"
        active: "{{ 'yes' }}"
        rollout_percentage: "{{ percentage }}"
        payloads:
          "true": {a: 1}
    - name: Text again
      community.posthog.posthog_feature_flag: *text
    - name: Quoted key
      community.posthog.posthog_feature_flag:
        key: odd
        payloads:
          "true": {a: 1}
    - name: Nested
      community.posthog.posthog_feature_flag: "{{ extra }}"
    - name: Nested by lines
      community.posthog.posthog_feature_flag:
        key: odd-extra
        filters: "{{ extra.filters }}"
    - name: Date
      community.posthog.posthog_feature_flag: &date
        key: odd-date
        filters:
          groups:
            - properties:
                - {type: person, key: joined, operator: is_date_after, value: 2026-01-31}
    - name: Date again
      community.posthog.posthog_feature_flag: *date
    - name: Number as a name
      community.posthog.posthog_role: {name: 2026}
    - name: Number as a name again
      community.posthog.posthog_role: {name: "2026"}
    - name: Left out
      community.posthog.posthog_feature_flag:
        key: odd
        name: "{{ omit }}"
        active: "{{ nothing | default(omit) }}"
    - name: Free form
      community.posthog.posthog_role: name=Free
""",
        encoding="utf-8",
    )
    run = posthog.run(path=playbook, in_process=in_process)
    assert [(item.name, item.status) for item in run.tasks if not item.ok] == [], "\n".join(map(str, run.tasks))
    changed = {item.name for item in run.tasks if item.changed}
    assert changed == {"Text", "Nested", "Date", "Number as a name", "Free form"}, "\n".join(map(str, run.tasks))
    flag = run["Text"].result["feature_flag"]
    assert flag["active"] is True and flag["filters"]["groups"][0]["rollout_percentage"] == 25
    assert json.loads(flag["filters"]["payloads"]["true"]) == {"a": 1}
    assert run["Nested"].result["feature_flag"]["filters"]["groups"][0]["rollout_percentage"] == 30
    assert run["Date"].result["feature_flag"]["filters"]["groups"][0]["properties"][0]["value"] == "2026-01-31"


def test_vaulted_key(posthog: Harness, in_process: bool) -> None:
    """A key that is encrypted in a variable is used, and never printed."""
    place = posthog.directory
    secret = place / "vault-password"
    secret.write_text("a password for tests\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "vault", "encrypt_string", "--vault-password-file", str(secret)]
        + ["--name", "posthog_key", posthog.server.api_key],
        env=posthog._environment(place, place / "vault.jsonl", {"ANSIBLE_CALLBACKS_ENABLED": None}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    playbook = place / "vaulted.yml"
    playbook.write_text(
        "- name: Vaulted\n  hosts: all\n  gather_facts: false\n  ignore_errors: true\n  vars:\n"
        + "".join(f"    {line}\n" for line in done.stdout.rstrip().splitlines())
        + """
  tasks:
    - name: Option
      community.posthog.posthog_role: {name: Engineering, api_key: "{{ posthog_key }}"}
    - name: Environment
      community.posthog.posthog_role: {name: Engineering}
      environment: {POSTHOG_API_KEY: "{{ posthog_key }}"}
    - name: Failing
      community.posthog.posthog_role: {name: Engineering, api_key: "{{ posthog_key }}", organization: Nobody}
""",
        encoding="utf-8",
    )
    run = posthog.run(
        path=playbook,
        in_process=in_process,
        env={"POSTHOG_API_KEY": None},
        diff=True,
        arguments=["--vault-password-file", str(secret)],
        verbosity=3,
    )
    assert [item.ok for item in run.tasks] == [True, True, False], run.output
    assert "no organization 'Nobody'" in run["Failing"].msg
    if in_process:
        assert posthog.server.api_key not in run.output
    else:
        # Ansible itself prints a module's environment from -vvv on; what the modules print holds no key.
        shown = [line for line in run.output.splitlines() if posthog.server.api_key in line]
        assert all("POSTHOG_API_KEY=" in line and "EXEC" in line for line in shown), shown


def test_nothing_kept_between_runs(posthog: Harness, tmp_path: Path) -> None:
    """Nothing is left on disk by tasks that run in the worker."""
    all_ok(posthog.run([task("Role", "role", {"name": "A"})], in_process=True))
    place = tmp_path / "run1"
    kept = list((place / "remote").rglob("*")) if (place / "remote").exists() else []
    assert kept == []
