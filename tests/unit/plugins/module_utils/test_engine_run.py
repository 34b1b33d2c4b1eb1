# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules in processes of their own know the run that they belong to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._http import run as _run
from ansible_collections.community.posthog.tests.unit.plugins.utils import Server, make_client


def test_what_is_handed_on() -> None:
    assert _run.handed_on("/run", 12) == {_run.DIRECTORY: "/run", _run.CONTROLLER: "12"}
    assert _run.handed_on(None, None) == {}


def test_the_directory_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run's own where it is handed on and private, otherwise one of the user's, which nobody else may enter."""
    handed = tmp_path / "run"
    handed.mkdir(mode=0o700)
    monkeypatch.setenv(_run.DIRECTORY, str(handed))
    assert _run.directory(str(tmp_path)) == str(handed)
    handed.chmod(0o755)
    own = tmp_path / "tmp" / "community.posthog"
    assert _run.directory(str(tmp_path / "tmp")) == str(own)
    assert own.stat().st_mode & 0o777 == 0o700
    own.chmod(0o755)
    assert _run.directory(str(tmp_path / "tmp")) is None
    (tmp_path / "file").touch()
    assert _run.directory(str(tmp_path / "file")) is None


def test_an_orphan_writes_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The controller is gone, although the module's own parent, a shell, is not."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    client = make_client(server.url).client
    monkeypatch.setenv(_run.CONTROLLER, str(os.getpid()))
    client.request("POST", "/api/x/")
    monkeypatch.setenv(_run.CONTROLLER, str(ended.pid))
    client.get("/api/x/")
    with pytest.raises(ApiError) as caught:
        client.request("POST", "/api/x/")
    assert caught.value.ends_all and "is gone" in caught.value.message
    assert [request.method for request in server.seen] == ["POST", "GET"]


@pytest.mark.parametrize("value", ["", "no number", "-1"])
def test_nobody_handed_anything_on(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(_run.CONTROLLER, value)
    assert not _run.is_orphan()
