# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unit tests of the engine share: a scripted HTTP server, a clock that does not wait, a PostHog in memory."""

from __future__ import annotations

import copy
import json as jsonlib
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, UnknownOutcome
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._http.connection import Connection
from ansible_collections.community.posthog.plugins.module_utils._http.threads import Threads
from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource as table_of
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: A key of which no part stands in any other text.
KEY = "phx_UnitTestKeyThatMustNotLeak0123456789"

ORGANIZATION = "01890000-0000-0000-0000-0000000000aa"

Obj = dict[str, Any]


# -- a scripted HTTP server ------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """A request as the server read it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        """The path without query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query, in order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:
        """The decoded body."""
        return jsonlib.loads(self.body)


@dataclass
class Reply:
    """A whole answer."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        if self.body is None:
            content = b""
        elif isinstance(self.body, bytes):
            content = self.body
        else:
            content = jsonlib.dumps(self.body).encode()
        headers = {"Content-Length": str(len(content)), **({"Content-Type": self.content_type} if content else {})}
        headers.update(self.headers)
        lines = [f"HTTP/1.1 {self.status} Reason"] + [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Raw:
    """Bytes as they are, after which the connection is closed."""

    content: bytes


class Reset:
    """The connection is reset after the request was read."""


class Stall:
    """No answer until the server is shut down."""


@dataclass
class Trickle:
    """An answer that goes on for longer than anybody should listen, one byte at a time."""

    pause: float = 0.02
    seconds: float = 8.0


Answer = Reply | Raw | Reset | Stall | Trickle


def html(status: int) -> Reply:
    """What a proxy or a broken server answers."""
    return Reply(status, b"<html><body>Bad gateway</body></html>", content_type="text/html; charset=utf-8")


def refusal(status: int, detail: str = "No.", code: str = "invalid_input", attr: str | None = None) -> Reply:
    """PostHog's error envelope."""
    return Reply(status, {"type": "validation_error", "code": code, "detail": detail, "attr": attr})


class Server:
    """Answers what it was told to, in order; the last answer is repeated."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self.answers: list[Answer | Callable[[Seen], Answer]] = [Reply(200, {})]
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connections = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """The base URL."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def script(self, *answers: Answer | Callable[[Seen], Answer]) -> None:
        """Say what to answer from now on."""
        self.answers = list(answers)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            threading.Thread(target=self._serve, args=(connection, self._connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            connection.settimeout(10)
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            reader = connection.makefile("rb")
            while not self._closing.is_set():
                request = self._read(reader, number)
                if request is None:
                    break
                with self._lock:
                    self.seen.append(request)
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if callable(answer):
                    answer = answer(request)
                if not self._send(connection, answer):
                    break
        except OSError:
            pass
        finally:
            connection.close()

    @staticmethod
    def _read(reader: Any, number: int) -> Seen | None:
        start = reader.readline().decode("latin-1").split()
        if len(start) < 2:
            return None
        headers: dict[str, str] = {}
        while True:
            line = reader.readline().decode("latin-1").strip()
            if not line:
                break
            name, _colon, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", "0")))
        return Seen(start[0], start[1], headers, body, number)

    def _send(self, connection: socket.socket, answer: Answer) -> bool:
        """Send one answer; whether the connection may be kept."""
        if isinstance(answer, Reply):
            connection.sendall(answer.encoded())
            return answer.headers.get("Connection", "").lower() != "close"
        if isinstance(answer, Raw):
            connection.sendall(answer.content)
        elif isinstance(answer, Reset):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif isinstance(answer, Stall):
            self._closing.wait(10)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
            end = time.monotonic() + answer.seconds
            while time.monotonic() < end and not self._closing.wait(answer.pause):
                connection.sendall(b" ")
        return False


class Clock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        assert seconds >= 0
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Made:
    """A client with the clock and the notes of its own."""

    client: Client
    clock: Clock
    notes: list[str]


def make_client(host: str, **options: Any) -> Made:
    """A client that waits for nothing."""
    clock = Clock()
    notes: list[str] = []
    options = {"timeout": 5.0, "max_wait": 300.0, "retries": 3, "rate_limit": 0, **options}
    connection = Connection(host=host, api_key=KEY, **options)
    client = Client(connection, clock=clock, sleep=clock.sleep, random=lambda: 0.5, note=notes.append)
    return Made(client, clock, notes)


# -- a PostHog in memory ---------------------------------------------------------------------------------------------


def api_error(status: int, detail: str = "", method: str = "GET", path: str = "", **more: Any) -> ApiError:
    """An error as the client raises it."""
    envelope = {"type": "x", "code": more.pop("code", None), "detail": detail, "attr": None}
    return ApiError(f"{status}: {detail}", status=status, envelope=envelope, method=method, path=path)


class Memory:
    """Stands in for the client: keeps objects by the path of their list, and remembers the calls.

    :param documents: fields of which a PATCH merges the top-level keys; every other field is replaced.
    """

    def __init__(self, *, documents: Iterable[str] = ()) -> None:
        self.connection = Connection(host="http://127.0.0.1:1", api_key=KEY)
        self.rate_limit = self.connection.rate_limit
        self.lists: dict[str, list[Obj]] = {}
        self.singles: dict[str, Any] = {}
        self.errors: dict[tuple[str, str], ApiError] = {}
        self.calls: list[tuple[str, str, Any]] = []
        self.documents = set(documents)
        #: Raised, in order, instead of writing ("before") or after it ("after"); None lets a write pass.
        self.faults: list[str | None] = []
        #: Changes what is about to be stored.
        self.storing: Callable[[Obj], Obj] = lambda obj: obj
        #: Says which objects a list call shows.
        self.listing: Callable[[list[Obj], Mapping[str, Any]], list[Obj]] = lambda objects, params: objects
        #: Gives a new object its id.
        self.identify: Callable[[Obj, int], Obj] = lambda obj, number: {"id": number, **obj}
        self.rests = 0
        #: The directory that the processes of a run share.
        self.shared: str | None = None
        #: See the client.
        self.threads = Threads()
        self._number = 100

    # -- the client's interface --------------------------------------------------------------------------------------

    def shared_file(self, kind: str) -> str | None:
        """See the client."""
        return None if self.shared is None else f"{self.shared}/{kind}"

    def objects(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        page_size: int | None = 500,
        limit: int | None = None,
    ) -> list[Obj]:
        """See the client."""
        self.calls.append(("GET", path, dict(params or {})))
        self._refuse("GET", path)
        shown = [obj for obj in self.lists.get(path, []) if not obj.get("deleted")]
        return copy.deepcopy(self.listing(shown, params or {}))[:limit]

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """See the client."""
        return self.request("GET", path, params=params)

    def rest(self, repeat: int, *, slow: bool = False) -> None:
        """See the client."""
        self.rests += 1

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        repeatable: bool | None = None,
    ) -> Any:
        """See the client."""
        self.calls.append((method, path, copy.deepcopy(json if method != "GET" else dict(params or {}))))
        self._refuse(method, path)
        if method == "GET":
            if path in self.singles:
                return copy.deepcopy(self.singles[path])
            return copy.deepcopy(self._object(path, method))
        fault = self.faults.pop(0) if self.faults else None
        if fault == "before":
            raise UnknownOutcome("lost before", status=502, method=method, path=path)
        answer = self._write(method, path, copy.deepcopy(json))
        if fault == "after":
            raise UnknownOutcome("lost after", status=502, method=method, path=path)
        return copy.deepcopy(answer)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _refuse(self, method: str, path: str) -> None:
        error = self.errors.get((method, path))
        if error is not None:
            raise error

    def _object(self, path: str, method: str) -> Obj:
        parent, _slash, last = path.rstrip("/").rpartition("/")
        for obj in self.lists.get(f"{parent}/", []):
            if last in (str(obj.get("id")), str((obj.get("user") or {}).get("uuid") if "user" in obj else None)):
                return obj
        raise api_error(404, "Not found.", method, path)

    def _write(self, method: str, path: str, body: Any) -> Any:
        if method == "POST":
            self._number += 1
            obj = self.storing(self.identify(body, self._number))
            self.lists.setdefault(path, []).append(obj)
            return obj
        obj = self._object(path, method)
        if method == "DELETE":
            for objects in self.lists.values():
                if obj in objects:
                    objects.remove(obj)
            return None
        merged = dict(obj)
        for name, value in body.items():
            if name in self.documents and isinstance(value, dict) and isinstance(merged.get(name), dict):
                merged[name] = {**merged[name], **value}
            else:
                merged[name] = value
        obj.clear()
        obj.update(self.storing(merged))
        return obj

    # -- for tests ---------------------------------------------------------------------------------------------------

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        """The calls that were to change something."""
        return [call for call in self.calls if call[0] != "GET"]

    @property
    def reads(self) -> list[tuple[str, str, Any]]:
        """The calls that changed nothing."""
        return [call for call in self.calls if call[0] == "GET"]


@dataclass
class World:
    """A session on a PostHog in memory, with the warnings that it gave."""

    memory: Memory
    session: Session
    warnings: list[str]


def make_world(
    memory: Memory | None = None,
    *,
    tables: Iterable[Resource] = (),
    organization: str | None = ORGANIZATION,
    project: str | None = "1",
    check_mode: bool = False,
) -> World:
    """A session; further tables are found beside the collection's own."""
    memory = memory or Memory()
    own = {table.type: table for table in tables}
    warnings: list[str] = []
    session = Session(
        memory,  # type: ignore[arg-type]
        lambda name: own.get(name) or table_of(name),
        organization=organization,
        project=project,
        policy=RunPolicy(check_mode=check_mode),
        warn=warnings.append,
    )
    return World(memory, session, warnings)


def normal_space(text: str) -> str:
    """A text with single blanks."""
    return re.sub(r"\s+", " ", text)
