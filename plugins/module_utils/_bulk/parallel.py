# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Threads that share one HTTP client.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import concurrent.futures
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Turns

_T = t.TypeVar("_T")
_R = t.TypeVar("_R")


class ClientThreads:
    """A pool of threads that share a client, as a context manager.

    Only one thread computes at a time: the client lets the next one run while a request waits for the network.

    :param client: the client.
    :param concurrency: how many threads there are.
    """

    def __init__(self, client: Client, concurrency: int) -> None:
        self._client = client
        self._turns = Turns() if concurrency > 1 else None
        self._pool = concurrent.futures.ThreadPoolExecutor(concurrency)

    def __enter__(self) -> ClientThreads:
        self._client.threads.turns = self._turns
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._pool.shutdown()
        self._client.threads.turns = None

    def submit(self, work: t.Callable[[_T], _R], item: _T) -> concurrent.futures.Future[_R]:
        """Start to work on an item.

        :param work: the work.
        :param item: its argument.
        :returns: the future result.
        """
        return self._pool.submit(self._in_turn, work, item)

    def map(self, work: t.Callable[[_T], _R], items: t.Iterable[_T]) -> list[_R]:
        """Work on several items, and wait for all of them.

        :param work: the work.
        :param items: its arguments.
        :returns: the results in the order of the items.
        """
        futures = [self.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        finally:
            # After an error the rest is not started any more.
            for future in futures:
                future.cancel()

    def _in_turn(self, work: t.Callable[[_T], _R], item: _T) -> _R:
        if self._turns is None:
            return work(item)
        with self._turns:
            return work(item)
