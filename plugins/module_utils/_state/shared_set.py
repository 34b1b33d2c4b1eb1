# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A set that PostHog takes only as a whole, and of which a task declares only a part.

Private to this collection: it may change without notice.

Whoever adds to such a set repeats what is in it. What somebody else added since it was read would be taken away by
that, so it is read right before the write, and one thread at a time does both. A set that the server does not show is
never written.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup

#: How often a set is written that did not keep what was in it.
_WRITES: t.Final = 3


@dataclass(frozen=True)
class SharedSet:
    """One set.

    :param session: for the lock that all threads of a task share.
    :param key: identifies the set: the path that it is written to.
    :param what: what a sentence calls it.
    :param read: reads it from the server; None where the server does not show it.
    :param write: writes it whole; what the answer shows of it, or None.
    """

    session: Lookup
    key: str
    what: str
    read: t.Callable[[], t.Any]
    write: t.Callable[[list[t.Any]], t.Any]

    def add(self, member: t.Any) -> None:
        """Put something into the set, and leave in it what is there.

        :param member: what is to be there.
        :raises PostHogFailure: the set cannot be read, or does not keep what is written.
        """
        with self.session.alone_at(self.key):
            for _attempt in range(_WRITES):
                there = self.read()
                if not isinstance(there, list):
                    raise PostHogFailure(
                        f"this PostHog takes {self.what} only as a whole and does not show them, so nothing was written"
                    )
                if member in there:
                    return
                wanted = [*there, member]
                answer = self.write(wanted)
                if isinstance(answer, list) and all(item in answer for item in wanted):
                    return
            raise PostHogFailure(
                f"PostHog accepted {self.what} without an error and did not keep them; somebody else may be at them too"
            )
