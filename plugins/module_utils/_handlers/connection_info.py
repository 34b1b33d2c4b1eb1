# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Whether a key works, whose it is, and what it may do (M(community.posthog.posthog_connection_info)).

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler
from ansible_collections.community.posthog.plugins.module_utils._http.connection import REGIONS
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: Status codes of requests that this key or this server does not allow; they are reported and are no failure.
_CLOSED: t.Final = frozenset({403, 404, 405, 500})


class ConnectionInfoHandler(ModuleHandler):
    """Reports whose key it is, and what it may do."""

    def __init__(self) -> None:
        super().__init__("posthog_connection_info")

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {**connection_spec(), "types": {"type": "list", "elements": "str"}},
            "supports_check_mode": True,
        }

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        client = session.client
        me = session.me()
        key = self._key(session)
        organizations = session.account.organizations()
        host = client.connection.host
        shown = key.get("scopes") or [] if "scopes" in key else None
        scopes = shown if isinstance(shown, list) else None
        result: dict[str, t.Any] = {
            "changed": False,
            "host": host,
            "region": next((name for name, url in REGIONS.items() if url == host), None),
            "user": {
                name: me.get(name)
                for name in ("uuid", "email", "first_name", "last_name", "is_staff", "is_2fa_enabled")
                if name in me
            },
            "key": {
                name: key.get(name)
                for name in (
                    "id",
                    "label",
                    "scopes",
                    "scoped_organizations",
                    "scoped_teams",
                    "created_at",
                    "last_used_at",
                )
                if name in key
            },
            "organizations": [
                {
                    "id": item.get("id"),
                    "name": item.get("name"),
                    "slug": item.get("slug"),
                    "membership_level": item.get("membership_level"),
                    "features": self._features(item),
                }
                for item in organizations
            ],
            "projects": [
                {name: item.get(name) for name in ("id", "name", "timezone", "organization") if name in item}
                for item in session.account.projects()
            ],
        }
        result["current_organization"] = self._current(session.organization_id)
        result["current_project"] = self._current(session.project_id)
        result["scopes_known"] = scopes is not None
        result["missing_scopes"] = self._missing(scopes, params.get("types")) if scopes is not None else []
        return result

    @staticmethod
    def _current(find: t.Callable[[], str]) -> str | None:
        """An id, unless the key may not know it."""
        found = find()
        return None if found == "@current" else found

    @staticmethod
    def _key(session: Session) -> dict[str, t.Any]:
        """The key's own object; PostHog lets a key read itself (API.md 5, personal_api_key), older servers do not."""
        try:
            answer = session.client.get("/api/personal_api_keys/@current/")
        except ApiError as exc:
            if exc.status not in _CLOSED:
                raise
            return {}
        return answer if isinstance(answer, dict) else {}

    @staticmethod
    def _features(organization: t.Mapping[str, t.Any]) -> list[str] | None:
        features = organization.get("available_product_features")
        if isinstance(features, list):
            return sorted(str(item.get("key")) for item in features if isinstance(item, dict))
        old = organization.get("available_features")
        return sorted(str(item) for item in old) if isinstance(old, list) else None

    @staticmethod
    def _missing(scopes: t.Sequence[str], types: t.Sequence[str] | None) -> list[dict[str, t.Any]]:
        """The scopes that the modules want and the key lacks, and what for."""
        if "*" in scopes or not scopes:
            # A key without scopes was made before keys had any, and may do what its owner may.
            return []
        scopes = [str(scope) for scope in scopes]
        have = set(scopes) | {scope.replace(":write", ":read") for scope in scopes if scope.endswith(":write")}
        wanted: dict[str, list[str]] = {}
        for table in RESOURCES.values():
            if types and table.type not in types:
                continue
            # A type that PostHog opens to every key needs none.
            for scope in filter(None, table.scopes):
                wanted.setdefault(scope, []).append(table.type)
        return [
            {"scope": scope, "types": sorted(set(names)), "access": scope.rsplit(":", 1)[-1]}
            for scope, names in sorted(wanted.items())
            if scope not in have
        ]
