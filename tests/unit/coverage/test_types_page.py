# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of all types says what the tables say."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "coverage"))

import types_page

from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES


def test_the_page_is_current() -> None:
    assert types_page.PAGE.read_text(encoding="utf-8") == types_page.page(), "make types-table ARGS=--write"


def test_every_type_has_a_row() -> None:
    page = types_page.page()
    assert [name for name in RESOURCES if f"- ``{name}``, " not in page] == []
