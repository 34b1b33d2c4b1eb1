# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key and secret values appear nowhere: not in output, results, diffs, logs or files, and reach no other host."""

from __future__ import annotations

import tempfile
import time
import typing as t
from pathlib import Path

import pytest
from harness import Harness, Run
from harness.extras import ORDER, SAMPLES, OtherServer, task, where_found

#: Secret field values, each one to be found if it is printed.
FIRST = "canary-payload-of-the-first-run"
SECOND = "canary-payload-of-the-second-run"
TEXT = "canary-payload-that-is-a-text"

#: Files that hold what the test itself wrote into them.
OURS = ("playbook.yml", "inventory.ini")


def payload(secret: str, **more: t.Any) -> dict[str, t.Any]:
    """A flag of remote configuration with a secret payload."""
    return {
        "key": "mail-settings",
        "is_remote_configuration": True,
        "has_encrypted_payloads": True,
        "payloads": {"true": {"relay": "smtp.example.com", "password": secret}},
        **more,
    }


def canary_tasks() -> list[dict[str, t.Any]]:
    """Every module, succeeding and failing, with secrets of each kind."""
    tasks: list[dict[str, t.Any]] = []
    for name in ORDER:
        sample = SAMPLES[name]
        tasks += [
            task(f"{name}: predict", name, sample, check_mode=True),
            task(f"{name}: create", name, sample),
            task(f"{name}: again", name, sample),
            task(f"{name}: wrong option", name, {**sample, "nonsense": 1}),
            task(f"{name}: wrong place", name, {**sample, "organization": "Nobody", "project": "Nowhere"}),
        ]
    tasks += [
        task("info", "info", {"types": ["feature_flag", "role", "project", "member"], "details": True}),
        task("info: wrong", "info", {"types": ["rolle"]}),
        task("connection", "connection_info"),
        task("connection: wrong", "connection_info", {"organization": "Nobody"}),
        task("secret: predict", "feature_flag", payload(FIRST), check_mode=True),
        task("secret: create", "feature_flag", payload(FIRST)),
        task("secret: again", "feature_flag", payload(FIRST)),
        task("secret: kept", "feature_flag", payload(SECOND, update_secret="on_create")),
        task("secret: always", "feature_flag", payload(SECOND, update_secret="always")),
        task(
            "secret: told by the object",
            "feature_flag",
            {"key": "mail-settings", "payloads": {"true": TEXT}, "update_secret": "always"},
        ),
        task(
            "secret: in filters",
            "feature_flag",
            payload(FIRST, key="other", payloads=None)
            | {"filters": {"payloads": {"true": SECOND}, "groups": [{"rollout_percentage": 100}]}, "payloads": None},
        ),
        task("secret: bad", "feature_flag", payload(FIRST, rollout_percentage=150)),
        task("secret: bad payload", "feature_flag", payload(FIRST, payloads={"on": FIRST}, variants=None)),
        task("secret: refused", "feature_flag", payload(FIRST, key="third", project="99999")),
        task("secret: loop", "feature_flag", payload("{{ item }}", key="loop"), loop=[FIRST, SECOND]),
        task("secret: info", "info", {"types": ["feature_flag"], "names": ["mail-settings"], "details": True}),
        task("secret: delete", "feature_flag", {"key": "mail-settings", "state": "absent"}),
        task("key: wrong", "role", {"name": "x", "api_key": "phx_canarycanarycanary"}),
        task("key: as a list", "role", {"name": "x", "api_key": ["phx_canarycanarycanary"]}),
        task("key: of a project", "role", {"name": "x", "api_key": "phc_canarycanarycanary"}),
        task("key: with spaces", "role", {"name": "x", "api_key": "phx_canary canary"}),
        task("key: misplaced", "role", {"name": "x", "api_kye": "not searched for"}),
        task("async", "feature_flag", payload(FIRST, key="async"), **{"async": 30, "poll": 1}),
        task(
            "async: failing", "feature_flag", payload(FIRST, key="async", project="99999"), **{"async": 30, "poll": 1}
        ),
    ]
    return tasks


def project_secrets(posthog: Harness) -> list[str]:
    """What projects hold that is secret."""
    found = []
    for row in posthog.server.control("dump", type="project")["rows"]:
        found += [row[name] for name in ("secret_api_token", "secret_api_token_backup") if row.get(name)]
    return found


def checked(posthog: Harness, run: Run, in_process: bool, more: t.Iterable[str] = ()) -> None:
    """Search everything that a run left."""
    secrets = [*more, "canarycanarycanary", *project_secrets(posthog)]
    # What tasks say in their options stands in the playbook; Ansible prints options of a loop's items in its results.
    found = [
        line for line in where_found(run, posthog.directory, secrets, OURS) if not line.startswith("run1/playbook")
    ]
    key = where_found(run, posthog.directory, [posthog.server.api_key], OURS)
    assert not found + key, "\n".join((found + key)[:8])


@pytest.fixture
def temporary() -> t.Iterator[Path]:
    """A place for temporary files with a short path: Ansible puts a socket there, and those take 107 characters."""
    with tempfile.TemporaryDirectory(prefix="ph-") as name:
        yield Path(name)


@pytest.mark.parametrize(
    ("by", "in_process"),
    # Ansible itself prints the environment of a module from -vvv on, whatever the module does.
    [("option", True), ("option", False), ("environment", True)],
)
def test_canaries(posthog: Harness, temporary: Path, by: str, in_process: bool) -> None:
    """All modules with C(-vvvv --diff), a log file, and all places for files within the test's directory."""
    posthog.server.control(
        "edit", {"type": "project", "id": posthog.server.project, "set": {"secret_api_token": "phs_canaryofaproject"}}
    )
    place = posthog.directory
    tasks = [item for item in canary_tasks() if "loop" not in item["name"]]
    if not in_process:
        # A module costs half a second, so only what differs is run that way.
        skipped = {f"{name}: {what}" for name in ORDER for what in ("predict", "again", "wrong option")}
        skipped |= {f"{name}: wrong place" for name in ORDER[1:]}
        tasks = [item for item in tasks if item["name"] not in skipped]
    if by == "environment":
        # In the background a module runs, and Ansible prints its environment.
        tasks = [item for item in tasks if "async" not in item]
    env: dict[str, str | None] = {
        "ANSIBLE_LOG_PATH": str(place / "ansible.log"),
        "HOME": str(place / "home"),
        "TMPDIR": str(temporary),
        "ANSIBLE_ASYNC_DIR": str(place / "jobs"),
        "ANSIBLE_KEEP_REMOTE_FILES": "0",
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(place / "facts"),
        "ANSIBLE_PIPELINING": "false",
        "ANSIBLE_INJECT_INVOCATION": "true",
    }
    for name in ("home", "jobs", "facts"):
        (place / name).mkdir()
    play: dict[str, t.Any] = {}
    if by == "option":
        play["module_defaults"] = {"group/community.posthog.posthog": {"api_key": posthog.server.api_key}}
        env["POSTHOG_API_KEY"] = None
    run = posthog.run(tasks, in_process=in_process, diff=True, verbosity=4, env=env, play=play)
    by_name = {item.name: item for item in run.tasks}
    assert len(by_name) == len(tasks), run.output[-2000:]
    for name in ("secret: create", "secret: always", "secret: told by the object", "role: create", "project: create"):
        assert by_name[name].ok and by_name[name].changed, str(by_name[name])
    assert by_name["secret: predict"].changed and not by_name["secret: again"].changed, str(by_name["secret: again"])
    assert not by_name["secret: kept"].changed, str(by_name["secret: kept"])
    assert (place / "ansible.log").stat().st_size > 10_000
    # What Ansible runs in the background takes up to five seconds to clean up after itself.
    deadline = time.monotonic() + 15
    while list((place / "run1").glob("remote/ansible-tmp-*")) and time.monotonic() < deadline:
        time.sleep(0.25)
    checked(posthog, run, in_process, [FIRST, SECOND, TEXT])
    left = where_found(run, temporary, [FIRST, SECOND, TEXT, posthog.server.api_key])
    assert not left, "\n".join(left[:5])


def test_secrets_are_written(posthog: Harness, in_process: bool) -> None:
    """What is masked on the way out did get through to PostHog, whole."""
    run = posthog.run([task("Create", "feature_flag", payload(FIRST))], in_process=in_process)
    assert FIRST in str(run["Create"].writes[0]["body"])
    assert "mail-settings" in str(run["Create"].result["feature_flag"])
    assert FIRST not in str(run["Create"].result)


def test_key_only_in_the_header(posthog: Harness, in_process: bool) -> None:
    """The key is in the C(Authorization) header, and in no address, body or other header."""
    key = posthog.server.api_key

    def answer(method: str, path: str, headers: t.Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        return 404, {"Content-Type": "application/json"}, b'{"detail": "Not found."}'

    with OtherServer(answer) as server:
        run = posthog.run(
            [
                task("Flag", "feature_flag", {"key": "x", "host": server.url, "project": "1"}),
                task("Role", "role", {"name": "x", "host": server.url}),
                task("Connection", "connection_info", {"host": server.url}),
            ],
            in_process=in_process,
            verbosity=3 if in_process else 0,
        )
    assert server.seen
    for method, path, headers in server.seen:
        assert headers.pop("Authorization") == f"Bearer {key}", (method, path)
        assert key not in path and key not in str(headers)
    assert key not in run.output and key not in str([item.result for item in run.tasks])


def test_echoes_are_masked(posthog: Harness, in_process: bool) -> None:
    """Pages and errors that repeat the header, the options or an address with the key in it."""
    key = posthog.server.api_key

    def answer(method: str, path: str, headers: t.Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        said = headers.get("Authorization", "")
        if "/projects/1/" in path:
            page = f"<!DOCTYPE html><html><body>Denied: {said}</body></html>"
            return 403, {"Content-Type": "text/html"}, page.encode()
        if "/projects/2/" in path:
            body = f'{{"type": "x", "code": "y", "detail": "Bad header {said}", "attr": "a__{key}"}}'
            return 400, {"Content-Type": "application/json"}, body.encode()
        if "/projects/3/" in path:
            return 302, {"Location": f"https://example.com/login?key={key}"}, b""
        if "/projects/4/" in path:
            body = f'{{"nested": {{"deep": ["{said}"]}}, "{key}": 1}}'
            return 400, {"Content-Type": "application/json"}, body.encode()
        if "/projects/5/" in path:
            return 400, {"Content-Type": "application/json", "X-Request-Id": f"id-{key}"}, f'["{said}"]'.encode()
        return 200, {"Content-Type": "text/html"}, f"<html>{said}</html>".encode()

    with OtherServer(answer) as server:
        run = posthog.run(
            [
                task(f"Project {number}", "feature_flag", {"key": "x", "host": server.url, "project": str(number)})
                for number in range(1, 7)
            ],
            in_process=in_process,
            verbosity=3 if in_process else 0,
            env={"POSTHOG_RETRIES": "0"},
        )
    assert all(item.failed for item in run.tasks)
    for item in run.tasks:
        assert key not in str(item.result), str(item)
        assert "Traceback" not in str(item.result), str(item)
    assert key not in run.output
    assert "HTML page" in run["Project 1"].msg and run["Project 1"].result["status_code"] == 403
    assert "redirects to https://example.com/login" in run["Project 3"].msg


def test_redirects_are_not_followed(posthog: Harness, in_process: bool) -> None:
    """A server that sends us elsewhere, for reading and for writing: nobody else is asked, the key stays here."""
    with OtherServer(lambda method, path, headers: (200, {"Content-Type": "application/json"}, b"[]")) as other:

        def answer(method: str, path: str, headers: t.Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
            status = {"1": 301, "2": 302, "3": 307, "4": 308}.get(path.split("/")[3], 303)
            if method == "GET" and status in (307, 308):
                empty = b'{"count": 0, "next": "' + other.url.encode() + b'/api/more", "results": []}'
                return 200, {"Content-Type": "application/json"}, empty
            return status, {"Location": other.url + path}, b""

        with OtherServer(answer) as server:
            run = posthog.run(
                [
                    task(f"Project {number}", "feature_flag", {"key": "x", "host": server.url, "project": str(number)})
                    for number in range(1, 6)
                ],
                in_process=in_process,
            )
    assert server.seen and other.seen == []
    for item in run.tasks:
        assert item.failed and "redirects to" in item.msg and "not followed" in item.msg, str(item)


def test_next_page_elsewhere(posthog: Harness, in_process: bool) -> None:
    """A C(next) that names another host is followed on the own host, or not at all."""
    with OtherServer(lambda method, path, headers: (200, {"Content-Type": "application/json"}, b"[]")) as other:

        def answer(method: str, path: str, headers: t.Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
            following = "null" if "offset" in path else f'"{other.url}/api/else/?limit=1&offset=1"'
            name = "two" if "offset" in path else "one"
            body = f'{{"count": 2, "next": {following}, "results": [{{"id": "{name}", "name": "{name}"}}]}}'
            return 200, {"Content-Type": "application/json"}, body.encode()

        with OtherServer(answer) as server:
            run = posthog.run(
                [task("Read", "info", {"types": ["cohort"], "host": server.url, "project": "1"})], in_process=in_process
            )
    assert other.seen == [] and run["Read"].ok, str(run["Read"])
    assert [item["name"] for item in run["Read"].result["objects"]["cohort"]] == ["one", "two"]


def test_masked_project_tokens(posthog: Harness, in_process: bool) -> None:
    """The secret token of a project is masked; the public one, which is in every web page, is not."""
    server = posthog.server
    server.control(
        "edit", {"type": "project", "id": server.project, "set": {"secret_api_token": "phs_canaryofaproject"}}
    )
    run = posthog.run(
        [
            task("Project", "project", {"name": "Default project", "timezone": "UTC"}),
            task("Read", "info", {"types": ["project"], "details": True}),
        ],
        in_process=in_process,
        diff=True,
        verbosity=2,
    )
    assert run["Project"].ok and run["Read"].ok
    assert run["Project"].result["project"]["api_token"].startswith("phc_")
    assert "phs_canaryofaproject" not in run.output + str([item.result for item in run.tasks])
    assert posthog.server.api_key not in run.output


def test_short_secrets_in_documents(posthog: Harness, in_process: bool) -> None:
    """A password of three letters, or a number, is in no invocation, and its text is masked nowhere else."""
    inputs = {"host": "app.example.com", "database": "app", "user": "app", "port": 5432, "password": "app"}
    source = {"source_type": "Postgres", "prefix": "app", "job_inputs": inputs}
    numbers = {**source, "prefix": "number", "job_inputs": {**inputs, "password": 1234}}
    tasks = [
        task("Text", "external_data_source", source, check_mode=True),
        task("Number", "external_data_source", numbers, check_mode=True),
        task("Config", "config", {"config": {"external_data_sources": [source, numbers]}}, check_mode=True),
    ]
    run = posthog.run(tasks, in_process=in_process, env={"ANSIBLE_INJECT_INVOCATION": "true"})
    shown = [run[name].result["invocation"]["module_args"] for name in ("Text", "Number")]
    shown += run["Config"].result["invocation"]["module_args"]["config"]["external_data_sources"]
    assert len(shown) == 4
    for item in shown:
        assert item["job_inputs"]["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", item
        assert item["job_inputs"]["host"] == "app.example.com" and item["job_inputs"]["port"] == 5432
