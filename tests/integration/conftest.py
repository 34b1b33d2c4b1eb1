# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests: a sandbox for each test process, fresh for each test, and playbooks against it."""

from __future__ import annotations

import sys
import typing as t
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import Harness, SandboxServer
from harness.playbook import collections_path

for _place in collections_path().split(":"):
    if _place not in sys.path:
        sys.path.append(_place)


def pytest_configure(config: pytest.Config) -> None:
    """Know the marks."""
    config.addinivalue_line("markers", "matrix: a quick core, repeated with every Python and ansible-core supported")


@pytest.fixture(scope="session")
def sandbox_server() -> t.Iterator[SandboxServer]:
    """The sandbox of this test process."""
    server = SandboxServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sandbox_server_2024() -> t.Iterator[SandboxServer]:
    """A sandbox that behaves like the server of February 2024."""
    server = SandboxServer("2024")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sandbox_server_2025() -> t.Iterator[SandboxServer]:
    """A sandbox that behaves like the server of August 2025."""
    server = SandboxServer("2025")
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_server: SandboxServer) -> SandboxServer:
    """The sandbox, as fresh."""
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def sandbox_2024(sandbox_server_2024: SandboxServer) -> SandboxServer:
    """The older sandbox, as fresh."""
    sandbox_server_2024.reset()
    return sandbox_server_2024


@pytest.fixture
def sandbox_2025(sandbox_server_2025: SandboxServer) -> SandboxServer:
    """The sandbox of 2025, as fresh."""
    sandbox_server_2025.reset()
    return sandbox_server_2025


@pytest.fixture
def posthog(sandbox: SandboxServer, tmp_path: Path) -> Harness:
    """Runs playbooks against the sandbox."""
    return Harness(sandbox, tmp_path)


@pytest.fixture
def posthog_2024(sandbox_2024: SandboxServer, tmp_path: Path) -> Harness:
    """Runs playbooks against the older sandbox."""
    return Harness(sandbox_2024, tmp_path)


@pytest.fixture
def posthog_2025(sandbox_2025: SandboxServer, tmp_path: Path) -> Harness:
    """Runs playbooks against the sandbox of 2025."""
    return Harness(sandbox_2025, tmp_path)


@pytest.fixture(params=[True, False], ids=["in_process", "module"])
def in_process(request: pytest.FixtureRequest) -> bool:
    """Both ways of execution; hand it to C(posthog.run(..., in_process=in_process))."""
    return bool(request.param)
