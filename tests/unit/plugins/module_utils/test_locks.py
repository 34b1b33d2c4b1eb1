# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that keeps runs on one machine apart."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from ansible_collections.community.posthog.plugins.module_utils._handlers import locks as _locks
from ansible_collections.community.posthog.plugins.module_utils._handlers.locks import alone_in, directory
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.projects import THING, universe
from ansible_collections.community.posthog.tests.unit.plugins.utils import KEY, Memory, World, make_world


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's runtime directory."""
    where = tmp_path / "runtime"
    where.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(where))
    return where


def world(max_wait: float = 300.0) -> World:
    """A run that waits for so long."""
    made = make_world(Memory(), tables=[THING])
    made.session.client.connection = Connection(host="http://127.0.0.1:1", api_key=KEY, max_wait=max_wait)
    return made


def locks(runtime: Path) -> list[Path]:
    """The files of the locks."""
    return sorted(path for path in runtime.rglob("*") if path.is_file())


def test_the_directory_is_private(runtime: Path) -> None:
    where = directory()
    assert where is not None and Path(where).parent == runtime
    assert stat.S_IMODE(os.stat(where).st_mode) == 0o700
    with alone_in(world().session, ["1"]):
        (file,) = locks(runtime)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_directory_of_others_is_not_used(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who could write there could keep a run waiting, or make it write elsewhere."""
    runtime.chmod(0o755)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    where = Path(directory() or "")
    assert where.parent == tmp_path and str(os.getuid()) in where.name
    where.rmdir()
    where.symlink_to(runtime)
    assert directory() is None
    with alone_in(world().session, ["1"]):
        assert locks(runtime) == []


def test_names_tell_nothing(runtime: Path) -> None:
    session = world().session
    with alone_in(session, ["4711"]):
        (file,) = locks(runtime)
    told = file.name + file.read_text(encoding="ascii")
    assert not any(secret in told for secret in (KEY, "127.0.0.1", "4711"))


def test_each_place_has_a_lock(runtime: Path) -> None:
    session = world().session
    with alone_in(session, ["1", "2", "1"]), alone_in(world().session, ["3"]):
        assert len(locks(runtime)) == 3


def test_one_waits_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_locks, "_PAUSE", 0.01)
    monkeypatch.setattr(_locks, "_REPORTED", 0.05)
    first, second = world(), world()
    order: list[str] = []
    begun = threading.Event()

    def other() -> None:
        begun.set()
        with alone_in(second.session, ["1"]):
            order.append("second")

    thread = threading.Thread(target=other)
    with alone_in(first.session, ["1"]):
        thread.start()
        begun.wait()
        thread.join(0.3)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]
    assert first.warnings == [] and len(second.warnings) == 1 and "waited" in second.warnings[0]


def test_the_wait_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_locks, "_PAUSE", 0.01)
    second = world(max_wait=0.05)
    with alone_in(world().session, ["1"]), alone_in(second.session, ["1"]):
        assert len(second.warnings) == 1 and "goes on beside it" in second.warnings[0]


def test_what_another_run_may_have_changed_is_read_again() -> None:
    """A loop keeps what it has listed; after another run it lists again, and otherwise does not."""
    ours, theirs = world(), world()
    handler = ResourceHandler(THING)

    def run(run_: World, name: str) -> None:
        run_.session.many = True
        handler.run(run_.session, {"name": name}, {"name": name, "state": "present"})

    theirs.session.client = ours.session.client
    run(ours, "a")
    before = len(ours.memory.reads)
    run(ours, "b")
    # The look after creating, and nothing else.
    assert len(ours.memory.reads) == before + 1
    run(theirs, "c")
    run(ours, "c")
    assert [obj["name"] for obj in ours.memory.lists["/api/projects/1/things/"]] == ["a", "b", "c"]
    assert [call[0] for call in ours.memory.writes] == ["POST"] * 3


def test_check_runs_and_deletions_need_none(runtime: Path) -> None:
    made = world()
    made.session.policy = RunPolicy(check_mode=True)
    handler = ResourceHandler(THING)
    handler.run(made.session, {"name": "a"}, {"name": "a", "state": "present"})
    made.session.policy = RunPolicy()
    handler.run(made.session, {"name": "a", "state": "absent"}, {"name": "a", "state": "absent"})
    assert locks(runtime) == []
    checked = universe(check_mode=True)
    checked.run(config={"things": [{"name": "a"}]})
    assert locks(runtime) == []


def test_a_whole_configuration_is_alone(runtime: Path) -> None:
    """In each project and organization that it declares something of, from before the plan to the end."""
    made = universe()
    seen: list[int] = []
    made.memory.before = lambda method, path, body: seen.append(len(locks(runtime))) if method == "POST" else None
    made.run(
        config=[{"things": [{"name": "a"}], "teams": [{"name": "t"}]}, {"project": "2", "things": [{"name": "b"}]}]
    )
    assert seen and set(seen) == {3}
