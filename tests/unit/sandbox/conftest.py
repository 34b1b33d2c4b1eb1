# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the sandbox package on the path and starts one per test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parents[2]
for entry in (str(TESTS), str(Path(__file__).resolve().parent)):
    if entry not in sys.path:
        sys.path.insert(0, entry)

from sandbox import Sandbox  # noqa: E402  sys.path comes first
from sandbox_client import Client  # noqa: E402  sys.path comes first


@pytest.fixture
def sandbox() -> Iterator[Any]:
    """A sandbox of the current profile."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def old() -> Iterator[Any]:
    """A sandbox that plays the server of February 2024."""
    with Sandbox(profile="2024") as running:
        yield running


@pytest.fixture
def api(sandbox: Any) -> Any:
    """Requests with the full key: ``api.post("P/feature_flags/", {...})``."""
    return Client(sandbox)
