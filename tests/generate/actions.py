# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugins: one for each module, which holds nothing but the module's name.

An action that does more on the controller (reading or writing files) is written by hand, and left alone.
"""

from __future__ import annotations

import typing as t

from .common import ROOT, CannotGenerate, modules

if t.TYPE_CHECKING:
    from pathlib import Path

ACTIONS = ROOT / "plugins/action"

ACTION = '''\
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Written by "make generate"; do not edit.
"""Runs M(community.posthog.{name}) in the worker where it can."""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.plugin_utils._action import PostHogAction


class ActionModule(PostHogAction):
    """See the base class."""

    MODULE = "{name}"
'''


def by_hand(text: str, name: str) -> bool:
    """Whether an action does more than naming its module.

    :param text: the file.
    :param name: of the module.
    """
    return f'    MODULE = "{name}"\n' in text and "    def " in text


def files() -> dict[Path, str]:
    """Return the actions."""
    names = modules()
    strays = sorted(path.stem for path in ACTIONS.glob("*.py") if path.stem not in (*names, "__init__"))
    if strays:
        raise CannotGenerate(f"plugins/action has actions without a module: {', '.join(strays)}. Remove them.")
    result = {}
    for name in names:
        path = ACTIONS / f"{name}.py"
        own = path.read_text(encoding="utf-8") if path.exists() else ""
        result[path] = own if by_hand(own, name) else ACTION.format(name=name)
    return result
