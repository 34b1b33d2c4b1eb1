# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the checkout for each test that asks for one."""

from __future__ import annotations

import shutil
import typing as t
from pathlib import Path

import pytest
from copied_checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> t.Iterator[Checkout]:
    """A copy of the checkout that is removed after the test."""
    yield Checkout(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")
