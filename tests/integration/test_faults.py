# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that fails now and then: everything is there in the end, nothing twice, and errors are sentences."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import typing as t
from datetime import datetime
from pathlib import Path

import pytest
from harness import Harness
from harness.extras import COHORT_FILTERS, TRENDS, all_ok, names_of, task

PATIENT = {"POSTHOG_RETRIES": "8", "POSTHOG_RATE_LIMIT": "0"}

#: Types without a unique name come in on their own account: a second POST would simply make a second object.
KINDS: dict[str, dict[str, t.Any]] = {
    "feature_flag": {"key": "{{ item }}", "rollout_percentage": 10},
    "cohort": {"name": "{{ item }}", "filters": COHORT_FILTERS},
    "dashboard": {"name": "{{ item }}", "tiles": [{"text": "About {{ item }}"}]},
    "insight": {"name": "{{ item }}", "query": TRENDS},
    "role": {"name": "{{ item }}"},
}


def once_each(posthog: Harness, kind: str, names: t.Sequence[str]) -> None:
    """Fail the test unless exactly these exist, each once."""
    found = collections.Counter(names_of(posthog.server, kind, "key" if kind == "feature_flag" else "name"))
    # PostHog itself makes a dashboard for each new flag, and insights for that.
    found = collections.Counter({name: count for name, count in found.items() if name in names or kind == "role"})
    assert found == collections.Counter(names), {name: count for name, count in found.items() if count != 1}


def test_two_hundred_objects(posthog: Harness) -> None:
    """Ten percent of requests fail, in all ways: 200 objects are there afterwards, and none twice."""
    names = [f"object-{number}" for number in range(40)]
    posthog.server.control("faults", {"seed": 7, "rules": {"mix": 0.1, "seconds": 0}})
    run = posthog.run(
        [task(kind, kind, options, loop=names) for kind, options in KINDS.items()], in_process=True, env=PATIENT
    )
    posthog.server.control("faults", method="DELETE")
    failed = [f"{task.name}: {item['msg']}" for task in run.tasks for item in task.items if item["status"] != "ok"]
    assert not failed, "\n".join(failed[:5])
    assert posthog.server.control("counters")["faults"] > 20
    for kind in KINDS:
        once_each(posthog, kind, names)
    for board in posthog.server.api("GET", "dashboards/", limit=100)["results"]:
        if board["name"] not in names:
            continue
        whole = posthog.server.api("GET", f"dashboards/{board['id']}/")
        assert [tile["text"]["body"] for tile in whole["tiles"]] == [f"About {board['name']}"]
    again = all_ok(posthog.run([task(kind, kind, options, loop=names) for kind, options in KINDS.items()]))
    assert again.changed == 0


def test_a_sample_as_modules(posthog: Harness) -> None:
    """The same with modules that run as such."""
    names = [f"object-{number}" for number in range(3)]
    kinds = {kind: KINDS[kind] for kind in ("feature_flag", "dashboard", "role")}
    posthog.server.control("faults", {"seed": 3, "rules": {"mix": 0.2, "seconds": 0}})
    run = posthog.run(
        [task(kind, kind, options, loop=names) for kind, options in kinds.items()], in_process=False, env=PATIENT
    )
    posthog.server.control("faults", method="DELETE")
    all_ok(run)
    for kind in kinds:
        once_each(posthog, kind, names)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("5xx_after", 500), ("5xx_after", 503), ("reset_after", 0), ("truncate", 0), ("html_after", 200)],
)
def test_no_duplicates(posthog: Harness, fault: str, status: int) -> None:
    """A POST that took place without telling so is looked up, never repeated; one that did not is sent again."""
    rule = {"kind": fault, "method": "POST", "path": r"/(cohorts|dashboards|insights|feature_flags|roles)/$"}
    run_tasks = []
    for kind, options in KINDS.items():
        plain = {
            key: value.replace("{{ item }}", "once") if isinstance(value, str) else value
            for key, value in options.items()
            if key != "tiles"
        }
        run_tasks.append(task(kind, kind, plain))
    # Each creation fails once: the same number of faults as there are types.
    paths = ("cohorts", "dashboards", "insights", "feature_flags", "roles")
    posthog.server.control(
        "faults",
        {"rules": [{**rule, "path": rf"/{path}/$", "times": 1, "status": status or None} for path in paths]},
    )
    run = posthog.run(run_tasks, in_process=True, env=PATIENT)
    posthog.server.control("faults", method="DELETE")
    all_ok(run)
    for kind in KINDS:
        once_each(posthog, kind, ["once"])
        assert run[kind].changed, run[kind]
        assert len([entry for entry in run[kind].writes if entry["method"] == "POST"]) == 1, run[kind]


def test_before_the_write(posthog: Harness, in_process: bool) -> None:
    """A POST that was refused or lost before it took place is sent again, after a look."""
    paths = {"cohort": "cohorts", "role": "roles"}
    for fault in ("5xx_before", "reset_before"):
        posthog.server.reset()
        rules = [
            {"kind": fault, "method": "POST", "path": rf"/{path}/$", "times": 1, "status": 502}
            for path in paths.values()
        ]
        posthog.server.control("faults", {"rules": rules})
        run = posthog.run(
            [
                task("cohort", "cohort", {"name": "once", "filters": COHORT_FILTERS}),
                task("role", "role", {"name": "once"}),
            ],
            in_process=in_process,
            env=PATIENT,
        )
        all_ok(run)
        for kind in paths:
            once_each(posthog, kind, ["once"])
            assert run[kind].changed
            assert [entry["method"] for entry in run[kind].requests].count("POST") == 2, run[kind]


def test_retry_after_is_waited_for(posthog: Harness) -> None:
    """PostHog says how long, and that is how long it is. The only slow test."""
    rule = {"kind": "429", "method": "POST", "path": "/roles/$", "times": 1, "seconds": 7}
    posthog.server.control("faults", {"rules": [rule]})
    started = time.monotonic()
    run = posthog.run([task("Role", "role", {"name": "Engineering", "retries": 0})], in_process=True)
    assert run["Role"].ok and run["Role"].changed, str(run["Role"])
    assert time.monotonic() - started >= 7
    assert [entry["status"] for entry in run["Role"].writes] == [429, 201]
    once_each(posthog, "role", ["Engineering"])


def test_other_rate_limits(posthog: Harness, in_process: bool) -> None:
    """A date in C(Retry-After), none at all, and one that is longer than the task may take."""
    server = posthog.server
    rules = [
        {"kind": "429_date", "path": "/roles/$", "times": 1, "seconds": 2},
        {"kind": "429_bare", "path": "/cohorts/$", "times": 1},
        {"kind": "429", "path": "/insights/$", "seconds": 600},
    ]
    server.control("faults", {"rules": rules})
    run = posthog.run(
        [
            task("Date", "role", {"name": "Engineering", "retries": 0}),
            task("Bare", "cohort", {"name": "Own", "filters": COHORT_FILTERS, "retries": 0}),
            task("Too long", "insight", {"name": "Visitors", "query": TRENDS, "max_wait": 3}),
        ],
        in_process=in_process,
    )
    assert run["Date"].ok and run["Bare"].ok, f"{run['Date']}\n{run['Bare']}"
    assert run["Too long"].failed and run["Too long"].result["status_code"] == 429
    assert re.search(r"rate limit asks to wait 600 s, more than max_wait \(3 s\) allows", run["Too long"].msg)
    assert len(run["Too long"].requests) == 1


def test_broken_answers(posthog: Harness, in_process: bool) -> None:
    """Answers that break off are asked for again; pages of HTML are told from answers."""
    server = posthog.server
    server.seed("role", {"name": "Engineering"})
    rules = [
        {"kind": "truncate", "path": "/roles/$", "method": "GET", "times": 1},
        {"kind": "html", "path": "/cohorts/$", "status": 200},
        {"kind": "html", "path": "/insights/$", "status": 403},
        {"kind": "html", "path": "/dashboards/$", "status": 502, "times": 1},
        {"kind": "html", "path": "/feature_flags/$", "status": 502},
        {"kind": "truncate", "path": "/members/$", "method": "GET"},
    ]
    server.control("faults", {"rules": rules})
    few = {"retries": 1}
    run = posthog.run(
        [
            task("Truncated once", "role", {"name": "Engineering", **few}),
            task("HTML as a success", "cohort", {"name": "x", **few}),
            task("HTML as an error", "insight", {"name": "x", "query": TRENDS, **few}),
            task("HTML once", "dashboard", {"name": "x", **few}),
            task("HTML always", "feature_flag", {"key": "x", **few}),
            task("Truncated always", "member", {"email": "ada@example.com", **few}),
        ],
        in_process=in_process,
    )
    assert [item.ok for item in run.tasks] == [True, False, False, True, False, False], "\n".join(map(str, run.tasks))
    assert not run["Truncated once"].changed
    assert "answered with an HTML page, which is no answer of PostHog's API" in run["HTML as a success"].msg
    assert "answered 403 with an HTML page" in run["HTML as an error"].msg
    assert "answered 502 with an HTML page" in run["HTML always"].msg
    for item in run.tasks:
        assert "\n" not in item.msg and "<html" not in item.msg and "has a defect" not in item.msg, str(item)
        assert "object at 0x" not in item.msg and "Traceback" not in str(item.result.get("exception")), str(item)


def test_stalled_server(posthog: Harness, in_process: bool) -> None:
    """A server that does not answer ends in a sentence, after the time that was given."""
    posthog.server.control("faults", {"rules": [{"kind": "stall", "path": "/api/", "seconds": 4}]})
    started = time.monotonic()
    run = posthog.run(
        [
            task("Retries", "role", {"name": "x", "timeout": 1, "retries": 1, "max_wait": 30}),
            task("Wait", "role", {"name": "x", "timeout": 1, "retries": 50, "max_wait": 3}),
        ],
        in_process=in_process,
    )
    assert run["Retries"].failed and run["Wait"].failed
    assert re.search(r"did not answer GET /api/\S+ within 1 s \(timeout\)", run["Retries"].msg), str(run["Retries"])
    assert re.search(r"did not answer .*; gave up after max_wait \(3 s\)", run["Wait"].msg), str(run["Wait"])
    assert time.monotonic() - started < 25
    assert "urllib3" not in run.output and "HTTPConnectionPool" not in run.output


def test_stalled_write(posthog: Harness) -> None:
    """A write that was not answered in time took place all the same: that is found out, and nothing is made twice."""
    rule = {"kind": "stall", "method": "POST", "path": "/cohorts/$", "times": 1, "seconds": 2}
    posthog.server.control("faults", {"rules": [rule]})
    run = posthog.run(
        [task("Cohort", "cohort", {"name": "once", "filters": COHORT_FILTERS, "timeout": 1})], in_process=True
    )
    # The stalled request takes place two seconds after it was sent, which may be after the look-up and the repeat.
    time.sleep(1.5)
    count = len(names_of(posthog.server, "cohort"))
    assert run["Cohort"].failed or count == 1, f"{count} cohorts\n{run['Cohort']}"


def test_refused_connection(posthog: Harness, in_process: bool) -> None:
    """Nobody listens: one sentence, for reading and for check mode too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    host = f"http://127.0.0.1:{port}"
    run = posthog.run(
        [
            task("Role", "role", {"name": "x", "host": host, "retries": 1}),
            task("Check", "role", {"name": "x", "host": host, "retries": 0}, check_mode=True),
            task("Connection", "connection_info", {"host": host, "retries": 0}),
        ],
        in_process=in_process,
    )
    for item in run.tasks:
        assert item.failed and re.match(rf"No answer from {host} to GET /api/\S+: .*[Rr]efused", item.msg), str(item)
        assert "HTTPConnection" not in item.msg and "object at" not in item.msg and "\n" not in item.msg


@pytest.mark.parametrize("kind", ["null", "empty"])
def test_no_object_is_not_gone(posthog: Harness, kind: str) -> None:
    """Nothing is made beside an object that a proxy answered nothing for."""
    server = posthog.server
    (board,) = server.seed("dashboard", {"name": "Board"})
    server.control("faults", {"rules": [{"kind": kind, "path": r"/dashboards/\d+/$", "method": "GET"}]})
    run = posthog.run([task("Board", "dashboard", {"name": "Board", "tiles": [{"text": "x"}], "retries": 0})])
    assert run["Board"].failed and not run["Board"].writes, str(run["Board"])
    assert str(board) in run["Board"].msg and "has a defect" not in run["Board"].msg
    assert names_of(server, "dashboard") == ["Board"]


def test_a_list_that_ends_too_soon(posthog: Harness) -> None:
    """Once is read again; always is an error, and nothing is made, exported or listed as if it were the whole."""
    server = posthog.server
    server.seed("cohort", {"name": "one"})
    rule = {"kind": "short", "path": "/cohorts/$", "method": "GET"}
    server.control("faults", {"rules": [{**rule, "times": 1}]})
    declared = {"name": "one", "filters": COHORT_FILTERS}
    run = posthog.run([task("Once", "cohort", declared)])
    assert run["Once"].ok, str(run["Once"])
    server.control("faults", {"rules": [rule]})
    run = posthog.run(
        [
            task("Module", "cohort", declared),
            task("Config", "config", {"config": {"cohorts": [declared]}}),
            task("Export", "export", {"types": ["cohort"]}),
            task("Info", "info", {"types": ["cohort"]}),
        ]
    )
    for item in run.tasks:
        assert item.failed and "says that it has 1 objects, but shows 0" in item.msg, str(item)
        assert not item.writes
    assert names_of(server, "cohort") == ["one"]


def test_a_failure_of_the_connection_is_told_once(posthog: Harness) -> None:
    """A wrong key or a dead server ends everything with one line, however much is declared."""
    config = {
        "feature_flags": [{"key": f"flag-{number}"} for number in range(200)],
        "cohorts": [{"name": f"cohort-{number}", "filters": COHORT_FILTERS} for number in range(200)],
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ways = {"dead": {"host": f"http://127.0.0.1:{port}", "retries": 0}, "wrong": {"api_key": "phx_wrong"}}
    tasks = []
    for name, options in ways.items():
        tasks += [
            task(f"{name} config", "config", {"config": config, **options}),
            task(f"{name} export", "export", options),
            task(f"{name} info", "info", {"types": ["feature_flag", "cohort", "insight"], **options}),
            task(f"{name} connection", "connection_info", options),
        ]
    run = posthog.run(tasks)
    for item in run.tasks:
        assert item.failed, str(item)
        assert "\n" not in item.msg and "mistakes" not in item.msg, str(item)
        assert re.match(r"No answer from|PostHog refused .* \(401\)", item.msg), str(item)
        assert len(item.requests) <= 8, str(item)


def test_forks_rest_together(posthog: Harness) -> None:
    """One fork is asked to wait four seconds; meanwhile none of the others sends anything."""
    rule = {"kind": "429", "path": "/roles/$", "method": "GET", "times": 1, "seconds": 4}
    posthog.server.control("faults", {"rules": [rule]})
    hosts = "".join(
        f"host{number} ansible_connection=local ansible_python_interpreter='{sys.executable}'\n" for number in range(4)
    )
    loop = [f"role-{number}" for number in range(40)]
    run = posthog.run(
        [task("Roles", "role", {"name": "{{ inventory_hostname }}-{{ item }}"}, loop=loop)],
        inventory=hosts,
        arguments=["--forks", "4"],
        env={"POSTHOG_RATE_LIMIT": "0"},
    )
    moments = [datetime.fromisoformat(entry["time"].replace("Z", "+00:00")) for entry in run.requests]
    (limited,) = [index for index, entry in enumerate(run.requests) if entry["status"] == 429]
    rest = [(moment - moments[limited]).total_seconds() for moment in moments]
    # What was under way when PostHog said so is answered all the same.
    assert not [seconds for seconds in rest if 0.5 < seconds < 3.5], sorted(rest)
    assert max(rest) >= 4, "nothing was sent afterwards"
    assert len(names_of(posthog.server, "role")) == 160


def children_of(process: int) -> list[int]:
    """The processes that a process started, where the system shows them."""
    try:
        return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def test_a_killed_controller(posthog: Harness, in_process: bool) -> None:
    """Nobody would learn what its worker writes from then on, so it stops with what is under way."""
    server, place = posthog.server, posthog.directory
    roles = [{"name": f"role-{number}"} for number in range(300)]
    tasks = [task("Roles", "config", {"config": {"roles": roles}, "concurrency": 4})]
    book = place / "playbook.yml"
    play = {"hosts": "localhost", "gather_facts": False, "vars": {"posthog_in_process": in_process}, "tasks": tasks}
    book.write_text(json.dumps([play]), encoding="utf-8")
    server.control("settings", {"latency_ms": 100})

    def made() -> int:
        return sum(1 for entry in server.log() if entry["method"] == "POST" and entry["status"] == 201)

    controller = subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", str(book)],
        cwd=place,
        env=posthog._environment(place, place / "events.jsonl", {"POSTHOG_RATE_LIMIT": "0"}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    workers: list[int] = []
    try:
        end = time.monotonic() + 90
        while made() < 10 and time.monotonic() < end:
            time.sleep(0.05)
        assert 10 <= made() < 200
        workers = children_of(controller.pid)
        controller.kill()
        controller.wait(10)
        before = made()
        time.sleep(4)
        # One request of each thread, and what the log had not yet.
        assert made() - before <= 8
    finally:
        # Ansible's own worker would wait forever for a controller that takes its result.
        workers = workers or children_of(controller.pid)
        controller.kill()
        controller.wait(10)
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


def test_own_rate_limit(posthog: Harness) -> None:
    """The server's limit of requests a minute is never reached, however long the loop."""
    posthog.server.control("settings", {"rate_limit": 1000})
    names = [f"flag-{number}" for number in range(30)]
    run = all_ok(
        posthog.run([task("Loop", "feature_flag", {"key": "{{ item }}"}, loop=names)], in_process=True, env=PATIENT)
    )
    assert not [entry for entry in run.requests if entry["status"] == 429]


def test_modules_of_a_run_wait_together(posthog: Harness) -> None:
    """In processes of their own they share what PostHog asked for, as tasks in Ansible's workers do."""
    server = posthog.server
    server.control("faults", {"rules": [{"kind": "429", "times": 1, "seconds": 30}]})
    tasks = [
        {**task("First", "role", {"name": "Sales", "max_wait": 2}), "ignore_errors": True},
        {**task("Second", "role", {"name": "Sales", "max_wait": 2}), "ignore_errors": True},
    ]
    run = posthog.run(tasks, in_process=False)
    assert len(run.requests) == 1, "the second task did not know of the pause"
    assert run["Second"].failed and "asks to wait" in run["Second"].result["msg"], run["Second"].result
