# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Lists, read page by page to their end.

Private to this collection: it may change without notice.

A list is followed by its C(next) until it ends. Whether all of it came is checked against its C(count).
"""

from __future__ import annotations

import json as jsonlib
import typing as t
from urllib.parse import parse_qs, urlsplit

from ansible_collections.community.posthog.plugins.module_utils._data.errors import AnswerTooLong, ApiError

#: Objects asked for per page. PostHog's default is 100 and no maximum is known; a server that gives less is followed.
PAGE_SIZE: t.Final = 500

#: Pages after which a list counts as endless. 20,000 pages of the default size are two million objects.
MAX_PAGES: t.Final = 20_000

#: Pages in a row that may bring nothing new, although each names a next one.
MAX_BARREN: t.Final = 50

#: How often a list is read that contradicts itself.
_READINGS: t.Final = 3


def read_list(
    get: t.Callable[[str, t.Mapping[str, t.Any] | None], t.Any],
    path: str,
    params: t.Mapping[str, t.Any] | None = None,
    *,
    page_size: int | None = PAGE_SIZE,
    limit: int | None = None,
) -> list[t.Any]:
    """Read a list to its end.

    Takes the paged envelope with C(next), cursor lists and bare arrays. C(next) is followed by its query only, on the
    host and path that were asked for, so the key goes nowhere else. An object that a shifting list shows twice is kept
    once. C(next) is followed while it is new, also from a page that brings nothing. A list whose C(count) changed under
    way, or that brought fewer objects than C(count) says, is read again. If objects are still missing then, that is an
    error, since an object that is not seen would be made a second time.

    :param get: sends a GET request: path and query.
    :param path: below the host, with its leading slash.
    :param params: the query, without paging.
    :param page_size: objects a page; None asks without C(limit).
    :param limit: as many objects are enough.
    :returns: the objects in the server's order.
    :raises ApiError: see :meth:`Client.request`; also for a list without end, or with fewer objects than it says.
    """
    again = 0
    while True:
        try:
            reading = _read_once(get, path, params, page_size, limit)
        except AnswerTooLong:
            if page_size is None or page_size <= 10:
                raise
            page_size //= 10
            continue
        again += 1
        if reading.stable or (again >= _READINGS and not reading.missing):
            return reading.items if limit is None else reading.items[:limit]
        if again >= _READINGS:
            raise ApiError(
                f"GET {path}: the list says that it has {reading.count} objects, but shows {reading.shown}; "
                "what is missing cannot be told, so nothing is done about the others",
                method="GET",
                path=path,
            )


def _read_once(
    get: t.Callable[[str, t.Mapping[str, t.Any] | None], t.Any],
    path: str,
    params: t.Mapping[str, t.Any] | None,
    page_size: int | None,
    limit: int | None,
) -> Reading:
    """Read a list once, from its first page to its last."""
    query: dict[str, t.Any] = dict(params or {})
    if page_size is not None:
        query["limit"] = page_size if limit is None else min(page_size, max(limit, 1))
    reading = Reading()
    asked: set[str] = set()
    barren = 0
    for _page in range(MAX_PAGES):
        try:
            page = get(path, query)
        except ApiError as exc:
            # A server of 2024 answers 500 where a list (roles) gets any query parameter at all.
            if exc.status == 500 and not reading.items and query and not params:
                page_size, query = None, {}
                page = get(path, None)
            else:
                raise
        if isinstance(page, list):
            return Reading(page)
        results = page.get("results") if isinstance(page, dict) else None
        following = page.get("next") if isinstance(page, dict) else None
        if not isinstance(results, list) or not isinstance(following, (str, type(None))):
            raise ApiError(f"GET {path} did not answer with a list; check host", method="GET", path=path)
        fresh = reading.take(results, page.get("count"))
        if limit is not None and len(reading.items) >= limit:
            return Reading(reading.items)
        if not following:
            return reading
        query = dict(parse_qs(urlsplit(following).query, keep_blank_values=True))
        token = jsonlib.dumps(query, sort_keys=True)
        if token in asked or (not fresh and reading.count is not None and not reading.missing):
            return reading
        asked.add(token)
        barren = 0 if fresh else barren + 1
        if barren > MAX_BARREN:
            break
    raise ApiError(
        f"GET {path}: the list has no end after {MAX_BARREN if barren else MAX_PAGES} pages",
        method="GET",
        path=path,
    )


class Reading:
    """What one reading of a list brought.

    :param items: the objects of a list that is whole for certain.
    """

    def __init__(self, items: list[t.Any] | None = None) -> None:
        self.items: list[t.Any] = items if items is not None else []
        #: The number of objects that the list has, as the last page with a C(count) says.
        self.count: int | None = None
        #: Objects that the list showed; without those that a later page showed again.
        self.shown = len(self.items)
        self._counts: set[int] = set()
        self._seen: set[t.Any] = set()

    def take(self, results: list[t.Any], count: t.Any) -> int:
        """Keep the objects of a page.

        :param results: the objects.
        :param count: the number of all objects, as the page says.
        :returns: how many of them are new.
        """
        if isinstance(count, int) and not isinstance(count, bool):
            self.count = count
            self._counts.add(count)
        marks = [_mark(item) for item in results]
        before = set(self._seen)
        fresh = 0
        for mark, item in zip(marks, results):
            if mark not in self._seen:
                self._seen.add(mark)
                self.items.append(item)
                fresh += 1
        # Two equal objects on one page are two. On two pages it is one object, of a list that moved meanwhile.
        self.shown += sum(1 for mark in marks if mark not in before)
        return fresh

    @property
    def missing(self) -> bool:
        """Whether fewer objects came than the list says that it has."""
        return self.count is not None and self.shown < self.count

    @property
    def stable(self) -> bool:
        """Whether nothing speaks against this being the whole list."""
        return len(self._counts) <= 1 and not self.missing


def _mark(item: t.Any) -> t.Any:
    """The identity of an object in a list: its id, or its whole text where it has none."""
    if isinstance(item, dict) and item.get("id") is not None:
        return str(item["id"])
    return jsonlib.dumps(item, sort_keys=True, default=str)
