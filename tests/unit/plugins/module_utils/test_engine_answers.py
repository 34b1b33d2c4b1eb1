# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of answers: limits, encodings, and what is no JSON of PostHog."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
import zlib
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    AnswerTooLong,
    ApiError,
    UnknownOutcome,
    as_object,
    option_path,
)
from ansible_collections.community.posthog.plugins.module_utils._http.bodies import (
    DEEPEST,
    TooLong,
    Undecodable,
    decoded,
    read_body,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import Reply, Seen, Server, make_client, refusal

TEXT = json.dumps([{"id": number, "name": "x" * 100} for number in range(2_000)]).encode()


def bare(data: bytes) -> bytes:
    """Deflated without any header."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def unpacked(data: bytes, encoding: str, *, piece: int = 1000, most: int = 10**7) -> bytes:
    """A body that comes in pieces."""
    rest = iter([data[start : start + piece] for start in range(0, len(data), piece)])
    return read_body(lambda size: next(rest, b""), encoding, lambda: None, most)


@pytest.mark.parametrize("piece", [1, 7, 1000, 10**6])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("", bytes),
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        (" GZip ", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("gzip", lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:])),
    ],
)
def test_encodings(encoding: str, pack: Any, piece: int) -> None:
    data = TEXT if piece > 1 else TEXT[:5000]
    assert unpacked(pack(data), encoding, piece=piece) == data


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "nonsense"])
def test_an_encoding_that_was_not_asked_for(encoding: str) -> None:
    with pytest.raises(Undecodable, match="was not asked for"):
        unpacked(TEXT, encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_damaged(encoding: str) -> None:
    with pytest.raises(Undecodable):
        unpacked(b"\x00garbage\xff" * 10, encoding)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_limit_is_one_of_unpacked_bytes(pack: Any) -> None:
    encoding = "gzip" if pack is gzip.compress else ""
    assert len(unpacked(pack(b" " * 5000), encoding, most=5000)) == 5000
    with pytest.raises(TooLong):
        unpacked(pack(b" " * 5001), encoding, most=5000)


def test_packed_bytes_that_unpack_to_nothing() -> None:
    """Empty blocks of deflate, without end."""
    empty = zlib.compressobj(wbits=-15)
    blocks = b"".join(empty.flush(zlib.Z_SYNC_FLUSH) for _number in range(10)) or b"\x00\x00\x00\xff\xff"
    with pytest.raises(TooLong):
        unpacked(b"\x00\x00\x00\xff\xff" * 10_000 if len(blocks) < 5 else blocks * 2_000, "deflate", most=5000)


def test_a_bomb_costs_no_memory(server: Server) -> None:
    """A quarter of a gigabyte of blanks in a quarter of a megabyte of gzip."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * 2**20) for _number in range(256)) + packer.flush()
    assert len(bomb) < 300_000
    server.script(Reply(200, bomb, {"Content-Encoding": "gzip"}))
    tracemalloc.start()
    try:
        with pytest.raises(AnswerTooLong, match="more than 64 MiB"):
            make_client(server.url, timeout=30.0).client.get("/api/x/")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 160 * 2**20
    assert len(server.seen) == 1


def test_a_bomb_in_answer_to_a_post(server: Server) -> None:
    server.script(Reply(201, gzip.compress(b" " * 70 * 2**20), {"Content-Encoding": "gzip"}))
    with pytest.raises(UnknownOutcome):
        make_client(server.url, timeout=30.0).client.request("POST", "/api/x/", json={})
    assert len(server.seen) == 1


def test_a_page_that_is_too_long_is_read_in_smaller_ones(server: Server) -> None:
    """Large objects are no reason to fail, as long as each of them is small enough."""
    large = gzip.compress(b" " * 70 * 2**20, 1)

    def answer(request: Seen) -> Reply:
        query = dict(request.query)
        limit, offset = int(query["limit"]), int(query.get("offset", 0))
        if limit > 50:
            return Reply(200, large, {"Content-Encoding": "gzip"})
        following = f"{server.url}/api/x/?limit={limit}&offset={offset + limit}" if offset + limit < 120 else None
        page = [{"id": number} for number in range(offset, min(120, offset + limit))]
        return Reply(200, {"count": 120, "next": following, "results": page})

    server.script(answer)
    assert len(make_client(server.url, timeout=30.0).client.objects("/api/x/")) == 120


def nested(levels: int) -> bytes:
    """JSON of so many levels."""
    return b'{"a": [' * (levels // 2) + b"1" + b"]}" * (levels // 2)


def test_depth() -> None:
    assert decoded(nested(DEEPEST - 2))
    for levels in (DEEPEST + 2, 2 * DEEPEST, 1_000, 100_000):
        with pytest.raises(RecursionError):
            decoded(nested(levels))


def test_brackets_in_texts_are_no_depth() -> None:
    value = {"text": "[{" * 1000, "more": "}]" * 7, "list": [1, {"a": []}]}
    assert decoded(json.dumps(value).encode()) == value


@pytest.mark.parametrize("seed", range(5))
def test_depth_is_seen_whatever_the_texts(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice('[]{}"\\x') for _number in range(200))
    value: Any = 1
    for _level in range(DEEPEST + 1):
        value = [value, text] if rng.random() < 0.5 else {text: value}
    with pytest.raises(RecursionError):
        decoded(json.dumps(value).encode())


@pytest.mark.parametrize("levels", [200, 100_000])
@pytest.mark.parametrize("status", [200, 400])
def test_deep_json_is_a_sentence(server: Server, levels: int, status: int) -> None:
    server.script(Reply(status, nested(levels)))
    with pytest.raises(ApiError, match="nested more deeply than anything of PostHog"):
        make_client(server.url, retries=0).client.get("/api/x/")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"7", b"true"])
def test_what_is_no_object_does_not_say_that_there_is_none(server: Server, body: bytes) -> None:
    server.script(Reply(200, body))
    with pytest.raises(ApiError) as caught:
        as_object(make_client(server.url, retries=1).client.get("/api/x/1/"), "/api/x/1/")
    assert not caught.value.gone


@pytest.mark.parametrize("status", [404, 410])
def test_what_says_that_there_is_none(server: Server, status: int) -> None:
    server.script(refusal(status))
    with pytest.raises(ApiError) as caught:
        make_client(server.url, timeout=30.0).client.get("/api/x/1/")
    assert caught.value.gone


@pytest.mark.parametrize("attr", [7, True, ["filters__groups"], {"a": 1}, 1.5])
def test_an_attr_that_is_no_text(server: Server, attr: Any) -> None:
    assert option_path(attr) == ""
    server.script(Reply(400, {"type": "x", "code": "y", "detail": "No such thing.", "attr": attr}))
    with pytest.raises(ApiError, match="No such thing"):
        make_client(server.url, timeout=30.0).client.get("/api/x/")
