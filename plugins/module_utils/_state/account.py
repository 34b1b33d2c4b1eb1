# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a key sees: its own user, organizations, and projects.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import threading
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, as_object, objects_in
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import scopes_in
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client

#: Answers after which another way to learn the same thing is tried: closed to this key, or not there on this server.
ELSEWHERE: t.Final = frozenset({403, 404, 405, 500})

#: Projects or organizations named when one is not found.
OFFERED: t.Final = 8


class Account:
    """What a key sees, read once.

    :param client: for requests.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        #: What is read once is not read by several threads at the same time.
        self._lock = threading.RLock()
        #: The key may list organizations, and the server can; false once it turned out otherwise.
        self.lists_organizations = True
        #: Why not.
        self._unlisted: ApiError | None = None
        self._organizations: list[dict[str, t.Any]] | None = None
        self._me: dict[str, t.Any] | None = None

    def me(self) -> dict[str, t.Any]:
        """The key's own user, read once.

        :returns: the user with C(organization), C(organizations) and C(team), or an empty dictionary where the key
            may not know.
        """
        if self._me is None:
            with self._client.threads.alone(self._lock):
                if self._me is None:
                    self._me = self._read_me()
        return self._me

    def _read_me(self) -> dict[str, t.Any]:
        try:
            return as_object(self._client.get("/api/users/@me/"), "/api/users/@me/")
        except ApiError as exc:
            if exc.status not in ELSEWHERE:
                raise
            return {}

    def organizations(self) -> list[dict[str, t.Any]]:
        """The organizations that the key can see, read once, each with its projects.

        Servers of 2024 cannot list them, and keys limited to projects may not. Then the user's own object names them.

        :returns: the organizations, perhaps without details.
        """
        if self._organizations is None:
            with self._client.threads.alone(self._lock):
                if self._organizations is None:
                    self._organizations = self._read_organizations()
        return self._organizations

    def _read_organizations(self) -> list[dict[str, t.Any]]:
        try:
            found = self._client.objects("/api/organizations/", page_size=None)
            return [item for item in found if isinstance(item, dict)]
        except ApiError as exc:
            if exc.status not in ELSEWHERE:
                raise
            self.lists_organizations = False
            self._unlisted = exc
        me = self.me()
        own = me.get("organization")
        known = [own] if isinstance(own, dict) else []
        ids = {str(item.get("id")) for item in known}
        listed = me.get("organizations")
        known += [
            item
            for item in (listed if isinstance(listed, list) else [])
            if isinstance(item, dict) and str(item.get("id")) not in ids
        ]
        return known

    def projects(self) -> list[dict[str, t.Any]]:
        """The projects that the key can see, as far as the organizations show them.

        :returns: objects with at least C(id) and C(name), and C(organization) as an id.
        """
        found: dict[str, dict[str, t.Any]] = {}
        for organization in self.organizations():
            for item in projects_of(organization):
                found.setdefault(str(item["id"]), item)
        return list(found.values())

    def unseen(self, kind: str, name: str) -> str:
        """The sentence about a name that is not among those that the key can see; that may be the key's fault.

        :param kind: C(organization) or C(project).
        :param name: what was asked for.
        :returns: the sentence without its end.
        """
        scopes = scopes_in(self._unlisted.detail) if self._unlisted is not None else []
        if not scopes:
            return f"this key sees no {kind} {name!r}"
        word = "scope" if len(scopes) == 1 else "scopes"
        return (
            f"{name!r} cannot be looked up, since this key lacks the {word} {', '.join(scopes)}; "
            f"add that (Settings, Personal API keys), or give the {kind}'s id"
        )


def projects_of(organization: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """The projects in an organization's object; servers before 2025 call them teams.

    :param organization: the server's object.
    :returns: the projects, each with C(organization) as an id.
    """
    return [
        {**item, "organization": organization.get("id")}
        for item in objects_in(organization, "projects" if organization.get("projects") else "teams")
        if item.get("id") is not None
    ]


def seen(projects: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """The end of a sentence with the projects that a key can see.

    :param projects: the projects.
    :returns: ids and names of the first few; empty where there is none.
    """
    if not projects:
        return ""
    shown = [f"{item['id']} ({item.get('name')})" for item in projects[:OFFERED]]
    more = f" and {len(projects) - OFFERED} more" if len(projects) > OFFERED else ""
    return f"; it sees {', '.join(shown)}{more}"
