# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A client that sends nothing, for what is to be known from files alone.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection

#: Where an offline client is.
NOWHERE: t.Final = Connection(host="https://offline.invalid", api_key="")


class Offline(ApiError):
    """Something can be known from PostHog only, and PostHog is not to be asked."""


class OfflineClient(Client):
    """Refuses every request before anything is opened, so that whoever can do without goes on without."""

    def __init__(self) -> None:
        super().__init__(NOWHERE)

    def keyless(self, host: str) -> Client:
        """See :meth:`Client.keyless`."""
        return self

    def request(
        self,
        method: str,
        path: str,
        *,
        params: t.Mapping[str, t.Any] | None = None,
        json: t.Any = None,
        repeatable: bool | None = None,
    ) -> t.Any:
        """Refuse.

        :param method: see :meth:`Client.request`.
        :param path: the same.
        :param params: the same.
        :param json: the same.
        :param repeatable: the same.
        :raises Offline: always.
        """
        raise Offline(f"{method} {path}: PostHog is not asked offline", method=method, path=path)
