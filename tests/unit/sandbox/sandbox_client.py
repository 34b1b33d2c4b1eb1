# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client for the sandbox's own tests."""

from __future__ import annotations

from typing import Any

import requests


class Client:
    """``P/`` and ``O/`` at the start of a path stand for the main project and organization."""

    def __init__(self, sandbox: Any, key: str = "full") -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.key = sandbox.keys.get(key, key)

    def path(self, path: str) -> str:
        """The whole address."""
        for short, full in (
            ("P/", f"/api/projects/{self.sandbox.project_id}/"),
            ("O/", f"/api/organizations/{self.sandbox.organization_id}/"),
        ):
            if path.startswith(short):
                path = full + path[2:]
        return self.sandbox.url + path

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """One request."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return self.session.request(method, self.path(path), json=body, headers=headers, timeout=10, **options)

    def get(self, path: str, **options: Any) -> Any:
        """The document behind a path."""
        return self.call("GET", path, **options).json()

    def post(self, path: str, body: Any = None, status: int = 201) -> Any:
        """Create, and check the status."""
        return self._checked("POST", path, body, status)

    def patch(self, path: str, body: Any = None, status: int = 200) -> Any:
        """Change, and check the status."""
        return self._checked("PATCH", path, body, status)

    def delete(self, path: str, status: int = 204) -> Any:
        """Delete, and check the status."""
        return self._checked("DELETE", path, None, status)

    def _checked(self, method: str, path: str, body: Any, status: int) -> Any:
        reply = self.call(method, path, body)
        assert reply.status_code == status, f"{method} {path}: {reply.status_code} {reply.text[:400]}"
        return reply.json() if reply.content else None

    def control(self, name: str, body: Any = None, method: str | None = None) -> Any:
        """Use the control endpoint."""
        reply = self.session.request(
            method or ("GET" if body is None else "POST"),
            f"{self.sandbox.url}/__control__/{name}",
            json=body,
            timeout=10,
        )
        assert reply.status_code == 200, reply.text
        return reply.json()
