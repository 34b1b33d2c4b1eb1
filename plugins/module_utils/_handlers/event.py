# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Sending an event (M(community.posthog.posthog_event)).

Private to this collection: it may change without notice. Facts: API.md chapter 1 (hosts) and chapter 5, event_capture.

Events go to other hosts than the API. The body contains the project's token, which is public; the personal key is not
sent.
"""

from __future__ import annotations

import datetime
import typing as t
import uuid

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now, instant
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import texts
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler
from ansible_collections.community.posthog.plugins.module_utils._http.connection import REGIONS
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED

#: PostHog Cloud's hosts for events; a self-hosted PostHog takes events on the host of its API.
INGESTION: t.Final[dict[str, str]] = {url: f"https://{name}.i.posthog.com" for name, url in REGIONS.items()}

#: The route that servers of all versions have.
PATH: t.Final = "/batch/"

#: Prefixes of keys that are no project tokens.
_OTHER_KEYS: t.Final = ("phx_", "phs_", "pha_", "phr_")


class EventHandler(ModuleHandler):
    """Sends one event."""

    def __init__(self) -> None:
        super().__init__("posthog_event")

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {
                **connection_spec(),
                "event": {"type": "str", "required": True},
                "distinct_id": {"type": "str", "required": True},
                "properties": {"type": "dict"},
                "groups": {"type": "dict"},
                "timestamp": {"type": "str"},
                "uuid": {"type": "str"},
                "token": {"type": "str", "no_log": False},
                "historical_migration": {"type": "bool"},
            },
            "supports_check_mode": True,
        }

    def needs_key(self, params: t.Mapping[str, t.Any]) -> bool:
        """See :meth:`ModuleHandler.needs_key`."""
        return not params.get("token")

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        event = self._event(session, raw, params)
        token = self._token(session, params)
        result = {
            "changed": True,
            "event": event,
            "diff": {"before": {}, "after": event, "before_header": "event", "after_header": f"event {event['event']}"},
        }
        if session.check_mode:
            return result
        body: dict[str, t.Any] = {"api_key": token, "batch": [event]}
        if params.get("historical_migration") is not None:
            body["historical_migration"] = params["historical_migration"]
        host = session.client.connection.host
        try:
            # If the event is sent twice, PostHog counts it once, since UUID and time are equal.
            session.client.keyless(INGESTION.get(host, host)).request("POST", PATH, json=body, repeatable=True)
        except ApiError as exc:
            if exc.status == 401:
                raise ApiError(
                    f"token: PostHog does not know this project token ({exc.detail or 'no reason given'}); "
                    "it belongs to one project in one region, and is shown in the project's settings",
                    status=exc.status,
                    envelope=exc.envelope,
                    request_id=exc.request_id,
                    method=exc.method,
                    path=exc.path,
                ) from exc
            raise
        return result

    @staticmethod
    def _event(session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The event to send."""
        problems: Problems = []
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        given = params.get("timestamp")
        moment = now if not given else from_now(given) or given
        if instant(moment) is None:
            text = f"{given!r} is no ISO 8601 time, such as 2026-03-01T09:00:00Z, or relative to now, such as -2h"
            problems.append(("timestamp", text))
        number = str(params.get("uuid") or uuid.uuid4())
        if not UUID.fullmatch(number):
            problems.append(("uuid", f"{number!r} is no UUID"))
        for option in ("event", "distinct_id"):
            if not str(params.get(option) or "").strip():
                problems.append((option, "must not be empty"))
        properties = dict(raw.get("properties") or {})
        groups = raw.get("groups")
        if groups:
            if "$groups" in properties:
                problems.append(
                    ("groups", "is a short form of properties.$groups, which is given too; give one of them")
                )
            properties["$groups"] = dict(groups)
        key = session.client.connection.api_key
        if key and any(key in text for text in texts([properties, params.get("event"), params.get("distinct_id")])):
            problems.append(("properties", "must not hold the API key: events can be read by many"))
        if problems:
            raise InvalidInput(problems)
        return {
            "event": params["event"],
            "distinct_id": params["distinct_id"],
            "properties": properties,
            "timestamp": moment,
            "uuid": number,
        }

    @staticmethod
    def _token(session: Session, params: t.Mapping[str, t.Any]) -> str:
        """The token of the project that the event is for."""
        token = (params.get("token") or "").strip()
        if token.startswith(_OTHER_KEYS):
            raise PostHogFailure(
                f"token: this is no project token but a key ({token[:4]}...), which must not be in an event; "
                "the token of a project begins with phc_ and is shown in the project's settings"
            )
        if token:
            return str(token)
        if session.project_id() == PLANNED:
            return PLANNED
        found = session.target.project().get("api_token")
        if not found:
            raise PostHogFailure(
                "token: this key may not read the project's token; give token, which is shown in the project's "
                "settings, or add the scope project:read to the key"
            )
        return str(found)
