# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What all sessions of one run share, wherever they work.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.uses import Uses

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection


def _silent(text: str) -> None:
    """Show nothing."""


@dataclass
class Shared:
    """What a session shares with the sessions that are made from it.

    :param policy: how the run treats what it finds; replaced where a plan begins or ends.
    :param report: called with a line about each object that was changed, where there are many.
    :param secrets: secret texts that only objects of the server showed to be secret.
    :param planned_projects: names of projects that the run is going to create, in lower case.
    :param traits: what answers showed about the server.
    :param uses: who uses what is deleted.
    :param unread: by type, in the plural, the declared fields that no list shows and that nothing was read for.
    :param visited: by place, what this run wrote there when it was alone in it (see C(_handlers/locks)).
    :param locks: by path, locks for what only one thread may read and write at a time.
    :param common: by organization, the lists of what belongs to no project.
    """

    policy: RunPolicy = field(default_factory=RunPolicy)
    report: t.Callable[[str], None] = _silent
    secrets: set[str] = field(default_factory=set)
    planned_projects: set[str] = field(default_factory=set)
    traits: dict[t.Any, t.Any] = field(default_factory=dict)
    uses: Uses = field(default_factory=Uses)
    unread: dict[str, set[str]] = field(default_factory=dict)
    visited: dict[str, str] = field(default_factory=dict)
    locks: dict[str, threading.Lock] = field(default_factory=dict)
    common: dict[str, dict[tuple[str, str], Collection]] = field(default_factory=dict)
