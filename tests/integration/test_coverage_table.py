# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/coverage.md says of the modules is so."""

from __future__ import annotations

import subprocess
import sys

from harness.playbook import ROOT


def test_document_is_current() -> None:
    """Fields, reasons and requests are as written; made anew with C(make coverage-table ARGS=--write)."""
    command = [sys.executable, "tests/coverage/table.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
