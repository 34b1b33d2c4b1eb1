# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action group in C(meta/runtime.yml): every module belongs to it, by its short name."""

from __future__ import annotations

import typing as t

from .common import ROOT, modules, replace_block

if t.TYPE_CHECKING:
    from pathlib import Path

RUNTIME = ROOT / "meta/runtime.yml"


def files() -> dict[Path, str]:
    """Return the file with the list of all modules."""
    lines = [f"    - {name}" for name in modules()]
    return {RUNTIME: replace_block(RUNTIME, RUNTIME.read_text(encoding="utf-8"), "modules", lines)}
