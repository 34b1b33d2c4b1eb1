# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The bodies of HTTP answers: read up to a limit, unpacked and decoded.

Private to this collection: it may change without notice.

What a server sends is not trusted to be small: a few kilobytes of gzip can unpack to gigabytes, and a few kilobytes of
brackets to a structure that no recursive function survives.
"""

from __future__ import annotations

import json as jsonlib
import typing as t
import zlib

#: Bytes that one answer may have once it is unpacked. A page of 500 objects of 100 kB each fits.
MOST_BYTES: t.Final = 64 * 1024 * 1024

#: Levels that JSON may be nested. PostHog's own documents stay below 40; functions that visit each level must not run
#: out of stack.
DEEPEST: t.Final = 100

#: The encodings that are asked for: those that can be unpacked piece by piece.
ENCODINGS: t.Final = "gzip, deflate"

_PIECE: t.Final = 65_536


class TooLong(Exception):
    """The answer has more bytes than any answer of PostHog."""


class Undecodable(Exception):
    """The answer is packed in a way that was not asked for, or the packing is damaged."""


class Unpacker:
    """Undoes a C(Content-Encoding) in pieces of limited size.

    :param encoding: the header's value.
    :raises Undecodable: it is none of those that were asked for.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Undecodable(f"the answer is encoded as {name[:40]!r}, which was not asked for")
        self._gzip = name.endswith("gzip")
        self._plain = name in ("", "identity")
        self._begun = b""
        self._inflater = zlib.decompressobj(31) if self._gzip else None

    def feed(self, data: bytes) -> t.Iterator[bytes]:
        """Unpack the next bytes.

        :param data: as they came from the network.
        :returns: unpacked pieces.
        :raises Undecodable: the bytes are damaged.
        """
        if self._plain:
            yield data
            return
        if self._inflater is None:
            data = self._begun = self._begun + data
            if len(data) < 2:
                return
            # Some servers send the bare stream for "deflate", without the two bytes that belong in front of it.
            header = data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._inflater = zlib.decompressobj(15 if header else -15)
        while data:
            try:
                piece = self._inflater.decompress(data, _PIECE)
            except zlib.error as exc:
                raise Undecodable(f"the answer cannot be unpacked ({exc})") from None
            yield piece
            data = self._inflater.unconsumed_tail
            if self._inflater.eof:
                # A gzip file may have several parts. What follows anything else is not looked at.
                data = self._inflater.unused_data if self._gzip else b""
                if data:
                    self._inflater = zlib.decompressobj(31)


def read_body(
    read: t.Callable[[int], bytes], encoding: str, look_at_clock: t.Callable[[], None], most: int = MOST_BYTES
) -> bytes:
    """Read a body to its end.

    :param read: gives the next bytes as they came, at most so many; none at the end.
    :param encoding: the header C(Content-Encoding).
    :param look_at_clock: called between two reads; raises when the time is up.
    :param most: unpacked bytes that are accepted.
    :returns: the unpacked body.
    :raises TooLong: there are more.
    :raises Undecodable: it cannot be unpacked.
    """
    unpacker = Unpacker(encoding)
    body = bytearray()
    came = 0
    while True:
        data = read(_PIECE)
        if not data:
            return bytes(body)
        came += len(data)
        for piece in unpacker.feed(data):
            body += piece
            if len(body) > most:
                raise TooLong
            look_at_clock()
        # Packed bytes may unpack to nothing for ever.
        if came > most:
            raise TooLong
        look_at_clock()


def decoded(body: bytes) -> t.Any:
    """The JSON of a body.

    :param body: the unpacked body.
    :returns: the decoded value.
    :raises ValueError: it is not JSON.
    :raises RecursionError: it is nested more deeply than anything that PostHog has.
    """
    value = jsonlib.loads(body)
    if _may_be_deep(body) and _is_deep(value):
        raise RecursionError
    return value


def _may_be_deep(body: bytes) -> bool:
    """Whether JSON may be nested too deeply, at the price of a look at each byte: brackets in texts count too."""
    brackets = body.translate(None, _NO_BRACKETS)
    # Each time one level goes, or two where lists and objects take turns.
    for _time in range(DEEPEST // 2):
        if not brackets:
            return False
        inner = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(inner) == len(brackets):
            break
        brackets = inner
    return bool(brackets)


#: All bytes but brackets.
_NO_BRACKETS: t.Final = bytes(set(range(256)) - set(b"[]{}"))


def _is_deep(value: t.Any) -> bool:
    """Whether a value has more levels than are accepted."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return any(isinstance(item, (dict, list)) for item in level)
