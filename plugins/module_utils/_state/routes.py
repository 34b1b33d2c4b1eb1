# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Lists that a server does not have: one of several that a type has takes nothing away but itself.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
    from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

_T = t.TypeVar("_T")


def missing_route(collection: Collection) -> ApiError | None:
    """Read a list, which this server may not have.

    :param collection: the list; it remembers what it has read.
    :returns: the error where the server has no such route.
    """
    try:
        collection.all()
    except ApiError as exc:
        if exc.status not in (404, 405):
            raise
        return exc
    return None


def read_those_there(session: Session, what: str, lists: t.Sequence[t.Callable[[], _T]]) -> list[_T]:
    """Read several lists of one type, of which this server may not have all.

    :param session: explains and warns.
    :param what: what the lists are of, for the warning.
    :param lists: reads each of them.
    :returns: what was read.
    :raises ApiError: the server has none of them, or something else went wrong.
    """
    found: list[_T] = []
    missing: list[ApiError] = []
    for read in lists:
        try:
            found.append(read())
        except ApiError as exc:
            if not exc.no_route:
                raise
            missing.append(exc)
    if missing and len(missing) == len(lists):
        raise missing[0]
    for error in missing:
        session.warn(f"{what}: {session.explained(error).message}")
    return found
