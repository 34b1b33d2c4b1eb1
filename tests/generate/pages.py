# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs of their own make from the tables: all types, what the modules cover, and the JSON Schema of files."""

from __future__ import annotations

import importlib
import sys
import typing as t

from .common import ROOT

if t.TYPE_CHECKING:
    from pathlib import Path


def files() -> dict[Path, str]:
    """Return the pages and the schema.

    Tests are not counted anew, since their number changes with every test; C(make coverage-table ARGS=--write) does.
    """
    sys.path.append(str(ROOT / "tests/coverage"))
    coverage, types_page = importlib.import_module("table"), importlib.import_module("types_page")
    schema = importlib.import_module("json_schema")
    present = coverage.DOCUMENT.read_text(encoding="utf-8") if coverage.DOCUMENT.exists() else ""
    return {
        **schema.texts(),
        types_page.PAGE: types_page.page(),
        coverage.DOCUMENT: coverage.with_counts(coverage.document(with_tests=False), coverage.counts_in(present)),
    }
