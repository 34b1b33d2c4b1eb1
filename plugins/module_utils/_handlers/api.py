# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Any request to PostHog's API (M(community.posthog.posthog_api)).

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, narrowed
from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import SHORTEST, texts
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED

#: Placeholders that a path may contain.
_PLACES: t.Final = ("project", "organization")


class ApiHandler(ModuleHandler):
    """Sends one request, or reads one list."""

    def __init__(self) -> None:
        super().__init__("posthog_api")

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {
                **connection_spec(),
                "path": {"type": "str", "required": True},
                "method": {"type": "str", "choices": ["GET", "POST", "PATCH", "PUT", "DELETE"]},
                "query": {"type": "dict"},
                "body": {"type": "raw"},
                "all": {"type": "bool"},
                "only_if_differs": {"type": "bool"},
                "read_only": {"type": "bool"},
                "status": {"type": "list", "elements": "int"},
                "no_log_body": {"type": "bool", "no_log": False},
            },
            "supports_check_mode": True,
        }

    def secrets(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`ModuleHandler.secrets`."""
        # Any value counts as true, unless it clearly means false.
        if str(raw.get("no_log_body") or "no").strip().lower() in ("no", "false", "off", "0", "n", "f"):
            return set()
        return {text for text in texts(raw.get("body")) if len(text) >= SHORTEST}

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        method = params.get("method") or "GET"
        body = raw.get("body")
        self._check(method, body, params)
        path = self._path(session, str(params["path"]))
        query = _query(raw.get("query") or {})
        reads = method == "GET" or bool(params.get("read_only"))
        if PLANNED in path.split("/"):
            # In check mode the project may not exist yet.
            return {"changed": not reads, "status": None, "json": None}
        accepted = set(params.get("status") or ())
        try:
            if reads:
                return self._read(session, method, path, query, body, bool(params.get("all")))
            return self._write(session, method, path, query, body, bool(params.get("only_if_differs")))
        except ApiError as exc:
            if exc.status is None or exc.status not in accepted:
                raise
            return {"changed": False, "status": exc.status, "json": exc.envelope}

    @staticmethod
    def _check(method: str, body: t.Any, params: t.Mapping[str, t.Any]) -> None:
        """Refuse options that contradict each other."""
        problems: list[tuple[str, str]] = []
        if body is not None and method == "GET":
            problems.append(("body", "has no meaning with method: GET; use query"))
        if params.get("all") and method != "GET":
            problems.append(("all", f"reads a list to its end, which method: {method} does not"))
        if params.get("read_only") and method in ("PATCH", "PUT", "DELETE"):
            problems.append(("read_only", f"is for requests that change nothing, and method: {method} does"))
        if params.get("only_if_differs") and method not in ("PATCH", "PUT"):
            problems.append(("only_if_differs", "needs method: PATCH or PUT"))
        elif params.get("only_if_differs") and not isinstance(body, dict):
            problems.append(("only_if_differs", "needs a body that is a dictionary"))
        if problems:
            raise InvalidInput(problems)

    @staticmethod
    def _path(session: Session, text: str) -> str:
        """The path of the request, with placeholders replaced."""

        def wrong(reason: str) -> InvalidInput:
            return InvalidInput([("path", f"{text!r} {reason}")])

        if "://" in text or text.startswith("//") or "\\" in text:
            raise wrong("names a host; give only what comes after it, and the host as host or region")
        if "?" in text or "#" in text:
            raise wrong("holds a query; give that as query")
        if re.search(r"\s|[\x00-\x1f]", text) or "%" in text:
            raise wrong("holds characters that no path of PostHog's API has")
        inner = text.strip("/").split("/")
        if inner[0] == "api":
            del inner[0]
        if not inner or any(part in ("", ".", "..") for part in inner):
            raise wrong("is no path below /api/, such as projects/{project}/feature_flags/")
        for name in re.findall(r"\{([^}]*)\}", text):
            if name not in _PLACES:
                raise wrong(
                    f"holds {{{name}}}, and only {{project}} and {{organization}} are filled in{nearest(name, _PLACES)}"
                )
        path = f"/api/{'/'.join(inner)}/"
        if "{organization}" in path:
            path = path.replace("{organization}", session.organization_id())
        if "{project}" in path:
            path = path.replace("{project}", session.project_id())
        return path

    @staticmethod
    def _read(
        session: Session, method: str, path: str, query: dict[str, t.Any], body: t.Any, everything: bool
    ) -> dict[str, t.Any]:
        if everything:
            size: dict[str, t.Any] = {"page_size": None} if "limit" in query else {}
            found = session.client.objects(path, query, **size)
            return {"changed": False, "status": session.client.status, "json": found}
        answer = session.client.request(method, path, params=query, json=body, repeatable=True)
        return {"changed": False, "status": session.client.status, "json": answer}

    @staticmethod
    def _look(session: Session, path: str, query: dict[str, t.Any]) -> None:
        """Check that the object to delete exists.

        :raises ApiError: it does not.
        """
        try:
            session.client.request("GET", path, params=query)
        except ApiError as exc:
            if exc.gone:
                raise

    def _write(
        self, session: Session, method: str, path: str, query: dict[str, t.Any], body: t.Any, compare: bool
    ) -> dict[str, t.Any]:
        result: dict[str, t.Any] = {"changed": True, "status": None, "json": None}
        if compare:
            current = session.client.request("GET", path, params=query)
            if covers(body, current):
                return {"changed": False, "status": session.client.status, "json": current}
            header = f"{method} {path}"
            result["diff"] = {
                "before": narrowed(current, body),
                "after": body,
                "before_header": header,
                "after_header": header,
            }
        if session.check_mode:
            if method == "DELETE":
                self._look(session, path, query)
            return result
        result["json"] = session.client.request(method, path, params=query, json=body)
        result["status"] = session.client.status
        answer = result["json"]
        if compare and isinstance(answer, dict) and not covers(body, answer):
            lost = sorted(key for key, value in body.items() if key in answer and not covers(value, answer[key]))
            if lost:
                session.warn(
                    f"{method} {path}: PostHog accepted {', '.join(lost)} without an error but did not keep it"
                )
        return result


def _query(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Query parameters as PostHog reads them: lower-case booleans, documents as JSON."""
    return {key: _query_value(value) for key, value in given.items() if value is not None}


def _query_value(value: t.Any) -> t.Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return jsonlib.dumps(value)
    if isinstance(value, list):
        return [_query_value(item) for item in value]
    return value
