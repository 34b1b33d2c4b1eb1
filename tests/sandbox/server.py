# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server around the application: threads, keep-alive, and the ways in which a connection can break.

The standard library's server is used because it keeps connections alive; werkzeug's development server closes each.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .app import App, Reply
from .control import Control


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # Without this a keep-alive request waits up to 40 ms for the peer's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 300
    app: App
    server_version = "nginx"
    sys_version = ""

    def _serve(self) -> None:
        # The body is read whatever the answer, else its bytes would be taken for the next request.
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            body = self._chunks()
        else:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            if len(body) < length:
                # The client went away in the middle; the proxy in front of PostHog hands on whole requests only.
                self.close_connection = True
                return
        self._send(self.app.handle(self.command, self.path, self.headers, body))

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        while True:
            size = int(self.rfile.readline().split(b";")[0].strip() or b"0", 16)
            if not size:
                while self.rfile.readline().strip():
                    pass
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline()

    def _send(self, reply: Reply) -> None:
        if reply.action == "reset":
            self._reset()
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        bare = self.command == "HEAD" or reply.status in (204, 304)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.action == "truncate" and len(reply.body) > 1:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        if not bare:
            self.wfile.write(reply.body)

    def _reset(self) -> None:
        # Linger with zero seconds makes close() send a reset instead of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = _serve

    def handle(self) -> None:
        """Serve requests till the peer leaves; a broken connection is no error of the sandbox."""
        with contextlib.suppress(ConnectionError, TimeoutError, ValueError, OSError):
            super().handle()

    def finish(self) -> None:
        """Close quietly."""
        with contextlib.suppress(ConnectionError, ValueError, OSError):
            super().finish()

    def log_message(self, *args: Any) -> None:
        """Nothing goes to stderr; the log is served by the control endpoint."""


class Server(ThreadingHTTPServer):
    """Threads that end with the process, a queue long enough for a burst of connections."""

    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback."""
        import sys

        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ValueError)):
            super().handle_error(request, client_address)


class Sandbox:
    """A sandbox in this process: ``with Sandbox() as s: requests.get(s.url + "/api/users/@me/", ...)``."""

    def __init__(self, profile: str = "current", port: int = 0, key: str | None = None) -> None:
        self.app = App(profile, key)
        handler = type("BoundHandler", (Handler,), {"app": self.app})
        self.server = Server(("127.0.0.1", port), handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread: threading.Thread | None = None

    @property
    def control(self) -> Control:
        """The settings and the log, without HTTP."""
        return self.app.control

    @property
    def api_key(self) -> str:
        """The key with full access."""
        return self.app.base["api_key"]

    @property
    def keys(self) -> dict[str, str]:
        """All keys by name."""
        return self.app.base["keys"]

    @property
    def organization_id(self) -> str:
        """The main organization."""
        return self.app.base["organization_id"]

    @property
    def project_id(self) -> int:
        """The main project."""
        return self.app.base["project_id"]

    def banner(self) -> dict[str, Any]:
        """The first line of output of the command."""
        return {"url": self.url, **self.app.banner()}

    def reset(self) -> None:
        """Data, settings and log back to the start."""
        with self.app.store.lock:
            self.control.on_reset("POST", {}, {})

    def seed(self, type_: str, objects: list[dict[str, Any]], **where: Any) -> list[Any]:
        """Store objects directly; gives their ids."""
        return [row.pk for row in self.app.seed(type_, objects, **where)]

    def start(self) -> Sandbox:
        """Serve in a thread."""
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the thread and free the port."""
        if self._thread:
            self.server.shutdown()
            self._thread.join(5)
        self.server.server_close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()
