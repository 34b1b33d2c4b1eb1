# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox for tests: in a thread of the test process, on a free port, reached over HTTP like any server."""

from __future__ import annotations

import sys
import typing as t
from pathlib import Path

import requests

TESTS = Path(__file__).resolve().parents[2]


class SandboxServer:
    """One sandbox, and what tests want to do with it past the modules.

    :param profile: C(current), C(2025) or C(2024).
    """

    def __init__(self, profile: str = "current") -> None:
        if str(TESTS) not in sys.path:
            sys.path.insert(0, str(TESTS))
        from contract.traffic import Traffic
        from sandbox import Sandbox

        self._sandbox = Sandbox(profile).start()
        # The contract is that of today's servers.
        traffic = Traffic.from_environment() if profile == "current" else None
        if traffic is not None:
            self._sandbox.app.observer = traffic.observe
        self._http = requests.Session()
        self._http.trust_env = False
        self.url: str = self._sandbox.url
        self.facts: dict[str, t.Any] = self._sandbox.banner()

    def stop(self) -> None:
        """End it."""
        self._http.close()
        self._sandbox.stop()

    # -- what it was made with ----------------------------------------------------------------------------------------

    @property
    def api_key(self) -> str:
        """The key that may do everything."""
        return str(self.facts["api_key"])

    @property
    def keys(self) -> dict[str, str]:
        """The keys of a fresh sandbox, by name: read_only, feature_flag_only, member and so on."""
        return dict(self.facts["keys"])

    @property
    def organization(self) -> str:
        """The id of the organization that tests work in."""
        return str(self.facts["organization_id"])

    @property
    def project(self) -> int:
        """The id of the project that tests work in."""
        return int(self.facts["project_id"])

    # -- control ------------------------------------------------------------------------------------------------------

    def control(self, name: str, body: t.Any = None, method: str | None = None, **query: t.Any) -> t.Any:
        """Use the control endpoint (see the sandbox's README).

        :param name: of the control: settings, faults, reset, seed, edit, dump, keys, features, log, counters.
        :param body: JSON to send.
        :param method: GET without a body, else POST, unless told.
        :param query: parameters of the query.
        :returns: the answer.
        """
        method = method or ("GET" if body is None else "POST")
        answer = self._http.request(method, f"{self.url}/__control__/{name}", json=body, params=query, timeout=30)
        assert answer.status_code == 200, f"control {name}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    @property
    def local_control(self) -> t.Any:
        """The control without HTTP in between, for what is done at every step."""
        return self._sandbox.control

    def reset(self) -> None:
        """Data, settings and log as at the start."""
        self.control("reset", {})

    def seed(self, type_name: str, *objects: dict[str, t.Any], **where: t.Any) -> list[t.Any]:
        """Put objects there, past HTTP and the log.

        :param type_name: their type.
        :param objects: the bodies.
        :param where: C(project), C(organization), C(parent).
        :returns: their ids.
        """
        return list(self.control("seed", {"type": type_name, "objects": list(objects), **where})["ids"])

    def log(self) -> list[dict[str, t.Any]]:
        """The requests served since the last reset, in order."""
        return list(self.control("log")["requests"])

    # -- the API, out of band -----------------------------------------------------------------------------------------

    def api(
        self,
        method: str,
        path: str,
        body: t.Any = None,
        *,
        key: str | None = None,
        expect: int | None = None,
        **query: t.Any,
    ) -> t.Any:
        """Send a request as somebody else would, who clicks in PostHog meanwhile.

        :param method: of HTTP.
        :param path: from C(/api/) on, or relative to the project (C(feature_flags/)).
        :param body: JSON to send.
        :param key: another key than the one that may do everything.
        :param expect: the status that it must have; without it, anything below 400.
        :param query: parameters of the query.
        :returns: the answer's JSON.
        """
        answer = self._send(method, path, body, key, query)
        good = answer.status_code == expect if expect else answer.status_code < 400
        assert good, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def request(self, method: str, path: str, body: t.Any = None) -> tuple[int, t.Any]:
        """The same, whatever the status.

        :param method: of HTTP.
        :param path: as for :meth:`api`.
        :param body: JSON to send.
        :returns: the status and the answer's JSON.
        """
        answer = self._send(method, path, body, None, {})
        return answer.status_code, answer.json() if answer.content else None

    def _send(self, method: str, path: str, body: t.Any, key: str | None, query: t.Any) -> requests.Response:
        if not path.startswith("/"):
            path = f"/api/projects/{self.project}/{path}"
        return self._http.request(
            method,
            self.url + path,
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {key or self.api_key}"},
            timeout=30,
        )
