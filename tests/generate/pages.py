# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two pages that are made from the tables by programs of their own: all types, and what the modules cover."""

from __future__ import annotations

import importlib
import sys
import typing as t

from .common import ROOT

if t.TYPE_CHECKING:
    from pathlib import Path


def files() -> dict[Path, str]:
    """Return the pages.

    Tests are not counted anew, since their number changes with every test; C(make coverage-table ARGS=--write) does.
    """
    sys.path.append(str(ROOT / "tests/coverage"))
    coverage, types_page = importlib.import_module("table"), importlib.import_module("types_page")
    present = coverage.DOCUMENT.read_text(encoding="utf-8") if coverage.DOCUMENT.exists() else ""
    return {
        types_page.PAGE: types_page.page(),
        coverage.DOCUMENT: coverage.with_counts(coverage.document(with_tests=False), coverage.counts_in(present)),
    }
