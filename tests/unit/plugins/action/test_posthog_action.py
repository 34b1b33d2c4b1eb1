# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execution inside the worker: what is kept, what is given back, what is hidden, and when a module runs instead."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.community.posthog.plugins.module_utils._http import waits as _waits
from ansible_collections.community.posthog.plugins.plugin_utils import _shown
from ansible_collections.community.posthog.plugins.plugin_utils._action import PostHogAction, SessionCache, _environment
from ansible_collections.community.posthog.plugins.plugin_utils._options import shared_directory
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    KEY,
    ORGANIZATION,
    Reply,
    Seen,
    Server,
    refusal,
)

ROLES = f"/api/organizations/{ORGANIZATION}/roles/"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Each test begins as a new worker."""
    SessionCache.task, SessionCache.sessions = None, None
    yield
    if SessionCache.sessions is not None:
        SessionCache.sessions.close()
    SessionCache.task, SessionCache.sessions = None, None


def action(
    args: dict[str, Any],
    *,
    name: str = "community.posthog.posthog_role",
    uuid: str = "task-1",
    check: bool = False,
    diff: bool = True,
    environment: list[Any] | None = None,
    connection: str = "local",
    background: int = 0,
) -> PostHogAction:
    """The action of one task."""
    short = name.rsplit(".", 1)[-1]
    plugin = importlib.import_module(f"ansible_collections.community.posthog.plugins.action.{short}")
    task = SimpleNamespace(
        loop=None,
        action=name,
        resolved_action=f"community.posthog.{short}",
        args=args,
        async_val=background,
        check_mode=check,
        diff=diff,
        environment=environment,
        delegate_to=None,
        no_log=False,
        _uuid=uuid,
        collections=[],
    )
    transport = MagicMock(transport=connection, has_pipelining=True, become=None, _load_name=connection)
    loader = DataLoader()
    play = MagicMock(check_mode=check, diff=diff, become=False)
    made: PostHogAction = plugin.ActionModule(task, transport, play, loader, Templar(loader=loader), MagicMock())
    return made


def run(args: dict[str, Any], variables: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The result of one task."""
    return action(args, **more).run(task_vars=variables or {})


def roles(request: Seen) -> Reply:
    """A server with one role, which makes every other one."""
    if request.method == "POST":
        return Reply(201, {"id": "r2", "members": [], **request.json})
    return Reply(200, {"count": 1, "next": None, "results": [{"id": "r1", "name": "Engineering", "members": []}]})


def task_for(server: Server, **more: Any) -> dict[str, Any]:
    """The arguments of a task that manages a role."""
    return {"host": server.url, "api_key": KEY, "organization": ORGANIZATION, **more}


def test_create_and_again(server: Server) -> None:
    server.script(roles)
    made = run(task_for(server, name="Sales"))
    assert made["changed"] is True
    assert made["role"]["id"] == "r2"
    assert made["diff"]["after"] == {"name": "Sales"}
    assert not made.get("failed")
    again = run(task_for(server, name="Engineering"))
    assert again["changed"] is False
    assert again["role"]["id"] == "r1"


def test_check_mode_writes_nothing(server: Server) -> None:
    server.script(roles)
    assert run(task_for(server, name="Sales"), check=True)["changed"] is True
    assert {request.method for request in server.seen} == {"GET"}


def test_without_diff_there_is_none(server: Server) -> None:
    server.script(roles)
    assert "diff" not in run(task_for(server, name="Sales"), diff=False)


def test_a_loop_keeps_connection_and_list(server: Server) -> None:
    server.script(roles)
    for number in range(20):
        assert not run(task_for(server, name="Engineering"))["changed"], number
    assert len(server.seen) == 1


def test_another_task_begins_anew(server: Server) -> None:
    server.script(roles)
    run(task_for(server, name="Engineering"), uuid="task-1")
    first = SessionCache.sessions
    run(task_for(server, name="Engineering"), uuid="task-2")
    assert SessionCache.sessions is not first
    assert [request.path for request in server.seen] == [ROLES, ROLES]
    assert {request.connection for request in server.seen} == {1, 2}


def test_check_mode_and_a_run_share_nothing(server: Server) -> None:
    server.script(roles)
    assert run(task_for(server, name="Sales"), check=True)["changed"]
    assert run(task_for(server, name="Sales"), check=False)["changed"]
    assert [request.method for request in server.seen] == ["GET", "GET", "POST"]


def test_items_with_other_keys_have_other_sessions(server: Server) -> None:
    server.script(roles)
    run(task_for(server, name="Engineering"))
    run({**task_for(server, name="Engineering"), "api_key": "phx_another"})
    assert [request.headers["authorization"] for request in server.seen] == [f"Bearer {KEY}", "Bearer phx_another"]


def test_warnings_are_those_of_the_item(server: Server) -> None:
    server.script(roles)
    args = task_for(server, role="Nowhere", organization_member="ada@example.com")
    first = run(args, name="community.posthog.posthog_role_membership", check=True)
    assert len(first["warnings"]) >= 1
    second = run(task_for(server, name="Engineering"), check=True)
    assert not second.get("warnings")


# -- failures and secrets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({}, "one of the following is required: name, id"),
        ({"name": "x", "nmae": "y"}, "nmae"),
        ({"name": "x", "state": "gone"}, "state"),
        ({"name": "x", "region": "mars"}, "region"),
        ({"name": "x", "region": "eu"}, "region, host: both are given"),
        ({"name": ""}, "name: must not be empty"),
        ({"name": "x", "api_key": "phc_x"}, "project token"),
        ({"name": "x", "api_key": ""}, "no API key"),
    ],
)
def test_wrong_arguments_send_nothing(server: Server, args: dict[str, Any], told: str) -> None:
    result = run({**task_for(server), **args})
    assert result["failed"] is True
    assert told in result["msg"]
    assert server.seen == []
    assert "Traceback" not in json.dumps(result, default=str)


def test_an_error_of_posthog(server: Server) -> None:
    server.script(refusal(403, "API key missing required scope 'organization:read'", "permission_denied"))
    result = run(task_for(server, name="Sales"))
    assert result["failed"] is True
    assert result["status_code"] == 403
    assert result["error"]["code"] == "permission_denied"
    assert "organization:read" in result["msg"]


def test_a_defect_is_a_sentence_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **more: Any) -> Any:
        raise RuntimeError(f"what {KEY} is this")

    monkeypatch.setattr(
        "ansible_collections.community.posthog.plugins.module_utils._engine.task.Reconciler.present", broken
    )
    result = run(task_for(server, name="Sales"))
    assert result["failed"] is True
    assert "has a defect" in result["msg"]
    assert KEY not in json.dumps(result, default=str)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, {"count": 1, "next": None, "results": [{"id": "r1", "name": "Sales", "members": [], "note": KEY}]}),
        refusal(401, f"Key {KEY} is unknown.", "authentication_failed"),
        Reply(400, {"detail": "No.", "extra": {"key": KEY}}),
        Reply(200, f"<html>{KEY}".encode(), content_type="text/html"),
    ],
)
def test_the_key_is_nowhere_in_the_result(server: Server, monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    notes: list[str] = []
    monkeypatch.setattr(_shown, "display", SimpleNamespace(verbose=lambda text, **more: notes.append(text)))
    server.script(answer)
    result = run(task_for(server, name="Sales"))
    assert server.seen
    assert KEY not in json.dumps(result, default=str)
    assert KEY not in "".join(notes)
    assert notes


def test_the_arguments_of_a_result_have_no_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.script(roles)
    monkeypatch.setattr(PostHogAction, "_shows_invocation", lambda self: True)
    result = run(task_for(server, name="Engineering"))
    assert result["invocation"]["module_args"]["name"] == "Engineering"
    assert result["invocation"]["module_args"]["api_key"] != KEY


def test_a_key_from_the_environment_is_hidden_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHOG_API_KEY", KEY)
    server.script(refusal(401, f"Key {KEY} is unknown."))
    result = run({"host": server.url, "organization": ORGANIZATION, "name": "Sales"})
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in json.dumps(result, default=str)


def test_encrypted_payloads_are_hidden(server: Server) -> None:
    secret = "the-payload-that-nobody-sees"
    server.script(
        lambda request: (
            Reply(201, {"id": 5, **request.json})
            if request.method == "POST"
            else Reply(200, {"next": None, "results": []})
        )
    )
    result = run(
        {
            "host": server.url,
            "api_key": KEY,
            "project": "1",
            "key": "config",
            "is_remote_configuration": True,
            "has_encrypted_payloads": True,
            "rollout_percentage": 100,
            "payloads": {"true": secret},
        },
        name="community.posthog.posthog_feature_flag",
    )
    assert result["changed"] is True
    assert any(secret.encode() in request.body for request in server.seen)
    assert secret not in json.dumps(result, default=str)


# -- environment -----------------------------------------------------------------------------------------------------


def test_the_environment_of_the_task_counts_and_goes_again(server: Server) -> None:
    server.script(roles)
    before = dict(os.environ)
    result = run(
        {"name": "Engineering", "organization": ORGANIZATION},
        environment=[{"POSTHOG_API_KEY": KEY, "POSTHOG_HOST": server.url}],
    )
    assert not result.get("failed"), result
    assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert dict(os.environ) == before


def test_null_in_the_environment_is_unset(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """And blanks around a value count for nothing."""
    server.script(roles)
    monkeypatch.setenv("POSTHOG_REGION", "us")
    empty = {"POSTHOG_REGION": None, "http_proxy": None, "POSTHOG_ORGANIZATION_ID": f" {ORGANIZATION}\n"}
    result = run({"name": "Engineering", "api_key": KEY + "\n", "host": server.url + "\n"}, environment=[empty])
    assert not result.get("failed"), result


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"POSTHOG_PROJECT_ID": [1]}, "environment: POSTHOG_PROJECT_ID takes text, not a list"),
        ({"x": {}}, "environment: x takes text, not a dictionary"),
        ({"POSTHOG_PROJECT_ID": False}, "environment: POSTHOG_PROJECT_ID takes text, not false; without quotes"),
    ],
)
def test_what_is_no_text_in_the_environment(variables: dict[str, Any], text: str) -> None:
    with pytest.raises(AnsibleError, match=text):
        run({"name": "Engineering"}, environment=[variables])


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"name": False}, "name: takes text, not false; without quotes"),
        ({"name": "a", "project": False}, "project: takes text, not false; without quotes"),
        ({"name": "a", "organization": True}, "organization: takes text, not true; without quotes"),
        ({"name": "a", "extra": {"no": {False: 1}}}, "extra.no: has the key false, which is no text; without quotes"),
    ],
)
def test_words_that_yaml_takes_for_booleans(server: Server, args: dict[str, Any], text: str) -> None:
    result = run({"host": server.url, "api_key": KEY, **args})
    assert result["failed"] and text in result["msg"] and "put the word in quotes" in result["msg"]
    assert not server.seen


def test_the_environment_goes_again_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHOG_TEST_KEPT", "before")
    with pytest.raises(RuntimeError), _environment({"POSTHOG_TEST_KEPT": "within", "POSTHOG_TEST_NEW": "new"}):
        assert os.environ["POSTHOG_TEST_KEPT"] == "within"
        raise RuntimeError
    assert os.environ["POSTHOG_TEST_KEPT"] == "before"
    assert "POSTHOG_TEST_NEW" not in os.environ


# -- when a module runs instead --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "variables"),
    [
        ({"connection": "ssh"}, {}),
        ({"background": 60}, {}),
        ({}, {"posthog_in_process": False}),
        ({}, {"posthog_in_process": "no"}),
        ({}, {"posthog_in_process": "{{ false }}"}),
    ],
)
def test_executed_as_a_module(
    server: Server, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], variables: dict[str, Any]
) -> None:
    made = action(task_for(server, name="x"), name="posthog_role", **more)
    executed = MagicMock(return_value={"changed": True, "by": "module"})
    monkeypatch.setattr(made, "_execute_module", executed)
    assert made.run(task_vars=variables)["by"] == "module"
    assert executed.call_args.kwargs["module_name"] == "community.posthog.posthog_role"
    assert executed.call_args.kwargs["wrap_async"] == more.get("background", 0)
    assert server.seen == []


@pytest.mark.parametrize("variables", [{}, {"posthog_in_process": True}, {"posthog_in_process": "yes"}])
def test_executed_here(server: Server, variables: dict[str, Any]) -> None:
    server.script(roles)
    assert run(task_for(server, name="Engineering"), variables)["role"]["id"] == "r1"


def test_the_same_action_again_reads_again(server: Server) -> None:
    """C(until) waits for something to happen elsewhere, so nothing is kept from one attempt to the next."""
    server.script(roles)
    waiting = action(task_for(server, name="Sales"), check=True)
    waiting._task.until = ["result is not changed"]
    assert waiting.run(task_vars={})["changed"]
    server.script(Reply(200, {"next": None, "results": [{"id": "r9", "name": "Sales", "members": []}]}))
    assert not waiting.run(task_vars={})["changed"]
    assert len(server.seen) == 2


# -- the limit of requests -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "variables", "limit"),
    [
        # The stand-in is a host of its own, of which no limit is known.
        ({}, {}, 0),
        ({}, {"posthog_rate_limit": 120}, 120),
        ({}, {"posthog_rate_limit": "120"}, 120),
        ({}, {"posthog_rate_limit": ""}, 0),
        ({"rate_limit": 60}, {"posthog_rate_limit": 120}, 60),
    ],
)
def test_the_limit_is_a_variable_too(
    server: Server, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], variables: dict[str, Any], limit: int
) -> None:
    """Slices of AWX each get a part of the key's limit; and what all workers of a run send counts together."""
    asked: list[int] = []

    def limiter(directory: str | None, host: str, api_key: str, per_minute: int) -> None:
        asked.append(per_minute)
        assert directory == shared_directory()

    monkeypatch.setattr(_waits, "shared_limiter", limiter)
    server.script(roles)
    assert not run(task_for(server, name="Engineering", **given), variables).get("failed")
    assert asked == [limit]


class Screen:
    """Ansible's display, with both outputs apart."""

    def __init__(self, verbosity: int) -> None:
        self.verbosity = verbosity
        self.out: list[str] = []
        self.err: list[str] = []

    def display(self, text: str, stderr: bool = False) -> None:
        """See Ansible."""
        (self.err if stderr else self.out).append(text)

    def verbose(self, text: str, host: str | None = None, caplevel: int = 2) -> None:
        """See Ansible."""
        if self.verbosity > caplevel:
            self.out.append(f"<{host}> {text}" if host else text)


@pytest.mark.parametrize("host", [None, "one"])
@pytest.mark.parametrize(
    ("callback", "people"),
    [
        ("default", True),
        ("community.general.unixy", True),
        ("json", False),
        ("ansible.posix.json", False),
        ("ansible.posix.jsonl", False),
        ("null", False),
    ],
)
def test_what_programs_read_is_not_mixed_with_lines(
    monkeypatch: pytest.MonkeyPatch, callback: str, people: bool, host: str | None
) -> None:
    monkeypatch.setattr(_shown.C, "DEFAULT_STDOUT_CALLBACK", callback, raising=False)
    screen = Screen(1)
    monkeypatch.setattr(_shown, "display", screen)
    _shown.show("posthog_config: done", host)
    _shown.show_verbose("created", 1, host)
    _shown.show_verbose("request", 3, host)
    verbose = "<one> created" if host else "created"
    summary = "posthog_config: [one] done" if host else "posthog_config: done"
    assert screen.out == ([summary, verbose] if people else [])
    assert screen.err == ([] if people else [verbose])


def test_a_host_is_named_where_there_are_several() -> None:
    assert _shown.host_of({"inventory_hostname": "one", "ansible_play_hosts_all": ["one"]}) is None
    assert _shown.host_of({"inventory_hostname": "one", "ansible_play_hosts_all": ["one", "two"]}) == "one"
    assert _shown.host_of({}) is None
