# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of the machine's own surroundings reaches a unit test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

# The same examples each time: whoever breaks something is told, and nobody else.
settings.register_profile(
    "unit",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unit")
set_hypothesis_home_dir(Path(__file__).resolve().parents[3] / ".build" / "cache" / "hypothesis")

_FOREIGN = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NETRC",
)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No proxies, no bundles, no PostHog variables, an empty home directory (which it returns)."""
    for name in list(os.environ):
        if name.upper() in _FOREIGN or name.startswith("POSTHOG_"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def server() -> Iterator[Any]:
    """A scripted HTTP server on loopback."""
    # Collections can be imported only after this file was read.
    from ansible_collections.community.posthog.tests.unit.plugins.utils import Server

    with Server() as running:
        yield running
