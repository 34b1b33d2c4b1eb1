# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a playbook call back into the test that runs it, so that many tests can share one playbook.

with Hooks({"cohort": prepare}) as hooks:
    posthog.run([{"name": "ready", "sandbox_hook": {"name": "cohort"}}, ...], env=hooks.environment)
"""

from __future__ import annotations

import http.server
import json
import threading
import traceback
import typing as t


class Hooks:
    """Functions by name; what one returns, as a dictionary, the playbook has as variables from then on.

    :param functions: by name.
    """

    def __init__(self, functions: t.Mapping[str, t.Callable[[], dict[str, t.Any]]]) -> None:
        self.functions = functions

    @property
    def environment(self) -> dict[str, str]:
        """What the playbook's environment needs."""
        return {"PLAYBOOK_HOOKS": f"http://127.0.0.1:{self._server.server_address[1]}"}

    def __enter__(self) -> Hooks:
        """Serve in a thread."""
        functions = self.functions

        class Handler(http.server.BaseHTTPRequestHandler):
            """POST /<name> calls the function of that name."""

            def do_POST(self) -> None:
                try:
                    status, answer = 200, functions[self.path.strip("/")]()
                except Exception:
                    status, answer = 500, {"error": traceback.format_exc()}
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: t.Any) -> None:
                """Say nothing."""

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
