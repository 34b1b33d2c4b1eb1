# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists in pages, and the limit of requests a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._http import paging as _paging
from ansible_collections.community.posthog.plugins.module_utils._http.pace import RateLimiter
from ansible_collections.community.posthog.plugins.module_utils._http.paging import PAGE_SIZE
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    Clock,
    Reply,
    Seen,
    Server,
    html,
    make_client,
    refusal,
)

Objects = list[dict[str, Any]]


def objects(*ids: int) -> Objects:
    """Objects of these ids."""
    return [{"id": number} for number in ids]


def offsets(
    server: Server,
    state: Callable[[int], Objects],
    *,
    largest: int = 1000,
    host: str | None = None,
    count: bool = True,
) -> Callable[[Seen], Reply]:
    """A list paged by limit and offset. C(state) is the list as it is at the n-th request, from 0."""
    requests = iter(range(10_000))

    def answer(request: Seen) -> Reply:
        now = state(next(requests))
        query = dict(request.query)
        offset, limit = int(query.get("offset", 0)), min(int(query.get("limit", 100)), largest)
        page = now[offset : offset + limit]
        following = None
        if offset + limit < len(now):
            rest = "".join(f"&{key}={value}" for key, value in request.query if key not in ("limit", "offset"))
            following = f"{host or server.url}{request.path}?limit={limit}&offset={offset + limit}{rest}"
        body: dict[str, Any] = {"next": following, "previous": None, "results": page}
        if count:
            body["count"] = len(now)
        return Reply(200, body)

    return answer


def test_a_bare_array(server: Server) -> None:
    server.script(Reply(200, objects(1, 2)))
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2)
    assert len(server.seen) == 1


def test_one_page_is_one_request_for_many(server: Server) -> None:
    server.script(offsets(server, lambda number: objects(*range(400))))
    assert make_client(server.url).client.objects("/api/x/", {"basic": "true"}) == objects(*range(400))
    assert server.seen[0].query == [("basic", "true"), ("limit", str(PAGE_SIZE))]
    assert len(server.seen) == 1


def test_an_empty_list(server: Server) -> None:
    server.script(offsets(server, lambda number: []))
    assert make_client(server.url).client.objects("/api/x/") == []


@pytest.mark.parametrize("count", [True, False])
def test_smaller_pages_than_asked_for(server: Server, count: bool) -> None:
    server.script(offsets(server, lambda number: objects(*range(25)), largest=10, count=count))
    assert make_client(server.url).client.objects("/api/x/") == objects(*range(25))
    assert len(server.seen) == 3


def test_parameters_stay_on_every_page(server: Server) -> None:
    server.script(offsets(server, lambda number: objects(*range(25)), largest=10))
    make_client(server.url).client.objects("/api/x/", {"search": "ä b", "basic": "true"})
    assert all({("search", "ä b"), ("basic", "true")} <= set(request.query) for request in server.seen)


def test_a_parameter_given_several_times_stays_so(server: Server) -> None:
    """API.md 5, dashboard: the filter C(tags) is repeatable."""
    server.script(offsets(server, lambda number: objects(*range(25)), largest=10))
    make_client(server.url).client.objects("/api/x/", {"tags": ["a", "b"]})
    for request in server.seen:
        assert [value for key, value in request.query if key == "tags"] == ["a", "b"]


def test_cursor_lists(server: Server) -> None:
    server.script(
        Reply(200, {"next": f"{server.url}/api/x/?cursor=cD0y%3D%3D", "previous": None, "results": objects(1, 2)}),
        Reply(200, {"next": None, "previous": f"{server.url}/api/x/", "results": objects(3)}),
    )
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2, 3)
    assert server.seen[1].query == [("cursor", "cD0y==")]


@pytest.mark.parametrize("host", ["https://internal.example.com", "http://localhost:8000", "//elsewhere.example"])
def test_next_stays_on_the_own_host_and_path(server: Server, host: str) -> None:
    """A server behind a proxy names itself wrongly; and no answer decides where the key goes."""
    server.script(offsets(server, lambda number: objects(*range(25)), largest=10, host=host))
    assert make_client(f"{server.url}/below").client.objects("/api/x/") == objects(*range(25))
    assert {request.path for request in server.seen} == {"/below/api/x/"}
    assert [dict(request.query).get("offset") for request in server.seen] == [None, "10", "20"]


def test_a_page_that_repeats_itself_ends_the_list(server: Server) -> None:
    server.script(Reply(200, {"count": 2, "next": f"{server.url}/api/x/?limit=500", "results": objects(1, 2)}))
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2)
    assert len(server.seen) <= 3


def test_two_pages_that_point_at_each_other(server: Server) -> None:
    def answer(request: Seen) -> Reply:
        first = dict(request.query).get("page", "1") == "1"
        return Reply(
            200,
            {"next": f"{server.url}/api/x/?page={2 if first else 1}", "results": objects(1) if first else objects(2)},
        )

    server.script(answer)
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2)
    assert len(server.seen) <= 4


def test_an_endless_list_is_an_error(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_paging, "MAX_PAGES", 20)

    def answer(request: Seen) -> Reply:
        page = int(dict(request.query).get("page", "1"))
        return Reply(200, {"next": f"{server.url}/api/x/?page={page + 1}", "results": objects(page)})

    server.script(answer)
    with pytest.raises(ApiError, match="no end after 20 pages"):
        make_client(server.url).client.objects("/api/x/")
    assert len(server.seen) == 20


def test_deleted_meanwhile_is_read_again(server: Server) -> None:
    """Without reading again, object 10 would slip through between two pages, and be created a second time."""
    server.script(offsets(server, lambda number: objects(*range(0 if number == 0 else 1, 25)), largest=10))
    assert make_client(server.url).client.objects("/api/x/") == objects(*range(1, 25))


def test_inserted_meanwhile_is_read_again_and_nothing_is_twice(server: Server) -> None:
    def state(number: int) -> Objects:
        return objects(*range(25)) if number == 0 else objects(99, *range(25))

    server.script(offsets(server, state, largest=10))
    assert make_client(server.url).client.objects("/api/x/") == objects(99, *range(25))


def test_a_whole_page_inserted_meanwhile(server: Server) -> None:
    """The second page shows what the first one showed, but the count says that this is not the end."""

    def state(number: int) -> Objects:
        return objects(*range(4)) if number == 0 else objects(98, 99, *range(4))

    server.script(offsets(server, state, largest=2))
    assert make_client(server.url).client.objects("/api/x/") == objects(98, 99, *range(4))


def test_a_list_that_never_rests_is_given_back_in_the_end(server: Server) -> None:
    server.script(offsets(server, lambda number: objects(*range(25 + number)), largest=10))
    found = make_client(server.url).client.objects("/api/x/")
    assert {obj["id"] for obj in found} >= set(range(25))
    assert len(server.seen) < 15


@pytest.mark.parametrize("count", [True, False])
@pytest.mark.parametrize("style", ["offset", "cursor", "page"])
def test_an_empty_page_is_not_the_end(server: Server, count: bool, style: str) -> None:
    """What a list hides after it was cut into pages leaves pages that are empty; there may be more after them."""
    pages = [objects(1, 2), [], [], objects(3), []]

    def answer(request: Seen) -> Reply:
        number = int(dict(request.query).get(style, "0"))
        following = f"{server.url}/api/x/?{style}={number + 1}" if number + 1 < len(pages) else None
        body: dict[str, Any] = {"next": following, "results": pages[number]}
        return Reply(200, {**body, "count": 3} if count else body)

    server.script(answer)
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2, 3)


def test_an_empty_first_page(server: Server) -> None:
    server.script(
        Reply(200, {"next": f"{server.url}/api/x/?cursor=a", "results": []}),
        Reply(200, {"next": None, "results": objects(1)}),
    )
    assert make_client(server.url).client.objects("/api/x/") == objects(1)


def test_empty_pages_without_end(server: Server) -> None:
    numbers = iter(range(10_000))
    server.script(lambda request: Reply(200, {"next": f"{server.url}/api/x/?cursor={next(numbers)}", "results": []}))
    with pytest.raises(ApiError, match="no end"):
        make_client(server.url).client.objects("/api/x/")
    assert len(server.seen) < 100


def test_fewer_than_the_count_once(server: Server) -> None:
    server.script(
        Reply(200, {"count": 3, "next": None, "results": objects(1, 2)}),
        Reply(200, {"count": 3, "next": None, "results": objects(1, 2, 3)}),
    )
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2, 3)


@pytest.mark.parametrize("shown", [[], objects(1, 2)])
def test_fewer_than_the_count_always(server: Server, shown: Objects) -> None:
    """An object that is not seen would be made a second time, or be missing in an export."""
    server.script(Reply(200, {"count": 3, "next": None, "results": shown}))
    with pytest.raises(ApiError, match=rf"says that it has 3 objects, but shows {len(shown)}"):
        make_client(server.url).client.objects("/api/x/")
    assert len(server.seen) == 3


def test_an_object_that_hides_behind_one_that_is_shown_twice(server: Server) -> None:
    """An order that is not stable: as many rows as there are objects, and yet one is missing."""
    server.script(
        Reply(200, {"count": 3, "next": f"{server.url}/api/x/?offset=2", "results": objects(1, 2)}),
        Reply(200, {"count": 3, "next": None, "results": objects(2)}),
        Reply(200, {"count": 3, "next": f"{server.url}/api/x/?offset=2", "results": objects(1, 2)}),
        Reply(200, {"count": 3, "next": None, "results": objects(3)}),
    )
    assert make_client(server.url).client.objects("/api/x/") == objects(1, 2, 3)


def test_two_alike_on_one_page_are_two(server: Server) -> None:
    server.script(Reply(200, {"count": 2, "next": None, "results": [{"name": "a"}, {"name": "a"}]}))
    assert make_client(server.url).client.objects("/api/x/") == [{"name": "a"}]
    assert len(server.seen) == 1


@pytest.mark.parametrize("count", [None, "many", True, -1, 1.5, []])
def test_a_count_that_says_nothing(server: Server, count: Any) -> None:
    server.script(Reply(200, {"count": count, "next": None, "results": objects(1)}))
    assert make_client(server.url).client.objects("/api/x/") == objects(1)


def test_500_on_query_parameters_falls_back_to_none(server: Server) -> None:
    def answer(request: Seen) -> Reply:
        return refusal(500, "A server error occurred.", "error") if request.query else Reply(200, objects(1))

    server.script(answer)
    assert make_client(server.url).client.objects("/api/x/") == objects(1)


def test_500_on_parameters_of_the_caller_is_an_error(server: Server) -> None:
    """Leaving those out would answer another question."""
    server.script(refusal(500, "A server error occurred.", "error"))
    with pytest.raises(ApiError):
        make_client(server.url).client.objects("/api/x/", {"search": "x"})


def test_no_paging_asked_for(server: Server) -> None:
    server.script(Reply(200, objects(1)))
    make_client(server.url).client.objects("/api/x/", page_size=None)
    assert server.seen[0].query == []


@pytest.mark.parametrize(
    "body",
    [{"id": 1}, {"results": None}, {"results": {}}, {"results": [], "next": 7}, "text", 7, b"null", True],
)
def test_what_is_no_list(server: Server, body: Any) -> None:
    server.script(Reply(200, body))
    with pytest.raises(ApiError, match="did not answer with a list"):
        make_client(server.url).client.objects("/api/x/")


def test_a_fault_in_the_middle_is_repeated(server: Server) -> None:
    answer = offsets(server, lambda number: objects(*range(25)), largest=10)
    server.script(answer, html(502), answer)
    assert make_client(server.url).client.objects("/api/x/") == objects(*range(25))


def test_objects_without_ids_are_told_apart_by_their_content(server: Server) -> None:
    server.script(
        Reply(200, {"next": f"{server.url}/api/x/?page=2", "results": [{"name": "a"}, {"name": "b"}]}),
        Reply(200, {"next": None, "results": [{"name": "b"}, {"name": "c"}]}),
    )
    assert make_client(server.url).client.objects("/api/x/") == [{"name": "a"}, {"name": "b"}, {"name": "c"}]


# -- the limit of requests a minute ----------------------------------------------------------------------------------


@given(
    limit=st.integers(1, 30),
    pauses=st.lists(st.one_of(st.just(0.0), st.floats(0, 90, allow_nan=False)), min_size=1, max_size=150),
)
def test_never_more_than_the_limit_in_any_minute(limit: int, pauses: list[float]) -> None:
    clock = Clock()
    limiter = RateLimiter(limit, clock, clock.sleep)
    sent: list[float] = []
    for pause in pauses:
        clock.now += pause
        limiter.wait()
        sent.append(clock.now)
    for start in sent:
        within = [moment for moment in sent if start <= moment < start + 60.0 - 1e-6]
        assert len(within) <= limit


@given(limit=st.integers(2, 500))
def test_below_the_limit_nobody_waits(limit: int) -> None:
    clock = Clock()
    limiter = RateLimiter(limit, clock, clock.sleep)
    for _number in range(limit - 1):
        limiter.wait()
    assert clock.slept == []


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    limiter = RateLimiter(0, clock, clock.sleep)
    for _number in range(2000):
        limiter.wait()
    assert clock.slept == []


def test_the_client_keeps_the_limit(server: Server) -> None:
    made = make_client(server.url, rate_limit=10)
    for _number in range(25):
        made.client.get("/api/x/")
    assert made.clock.now - 1000.0 >= 2 * 60.0


def test_repeats_count_for_the_limit(server: Server) -> None:
    server.script(html(502))
    made = make_client(server.url, rate_limit=3, retries=3)
    with pytest.raises(ApiError):
        made.client.get("/api/x/")
    assert made.clock.now - 1000.0 >= 60.0


@pytest.mark.parametrize(
    ("limit", "requests", "first"), [(1, 1, 1), (5, 1, 5), (12, 2, 12), (40, 2, 40), (None, 2, 500)]
)
def test_no_more_pages_than_are_asked_for(limit: int | None, requests: int, first: int) -> None:
    with Server() as server:
        server.script(offsets(server, lambda _number: objects(*range(20)), largest=10))
        made = make_client(server.url)
        found = made.client.objects("/api/x/", limit=limit)
        assert [item["id"] for item in found] == list(range(min(limit or 20, 20)))
        assert len(server.seen) == requests
        assert dict(server.seen[0].query)["limit"] == str(first)
