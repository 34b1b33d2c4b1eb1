# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Sentences about what cannot be had: a type, a project, an organization.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.account import OFFERED, Account, seen
from ansible_collections.community.posthog.plugins.module_utils._state.target import Target


class Explainer:
    """Says why something cannot be had, where PostHog's own error does not.

    :param client: for requests.
    :param account: what the key sees.
    :param target: the organization that requests go to.
    """

    def __init__(self, client: Client, account: Account, target: Target) -> None:
        self._client = client
        self._account = account
        self._target = target

    def unavailable(self, resource: Resource, error: ApiError) -> ApiError:
        """Tell a server that does not have a type from one that does not have the project or the parent.

        :param resource: the table whose list could not be read.
        :param error: what the server answered.
        :returns: the sentence that is right.
        """
        if not error.no_route:
            # A known route, below which something else is missing (recorded calls of 2024, resource auth).
            return error
        introduced = f" (introduced in {resource.since})" if resource.since else ""
        return reworded(
            error,
            f"the PostHog at {self._client.connection.host} has no {resource.plural.replace('_', ' ')}{introduced}; "
            f"it answered {error.status} to {error.method} {error.path}",
        )

    def check_scope(self, resource: Resource, error: ApiError) -> None:
        """Tell a missing project from a missing object, both of which are a 404.

        :param resource: the table whose path was called.
        :param error: the 404.
        :raises ApiError: the project is what is missing; the text lists those that the key can see.
        """
        if resource.scope is not Scope.PROJECT or "project" not in error.detail.lower():
            return
        raise self.explained(error)

    def check_older_path(self, resource: Resource, template: str, error: ApiError) -> None:
        """Whether a path of older servers may be tried in place of one that was not found.

        The older path may know nothing of the organization and mean the current one, so it is right only where that
        is the one that the task means; and the newer path may be missing only because the organization is.

        :param resource: the table.
        :param template: the older path.
        :param error: the 404 that the newer path got.
        :raises ApiError: the organization is not the current one, or is none that the key sees.
        """
        if resource.scope is not Scope.ORGANIZATION or not template.startswith("/"):
            return
        try:
            current = self._client.get("/api/organizations/@current/")
        except ApiError:
            raise error from None
        if not isinstance(current, dict) or str(current.get("id")) != self._target.organization_id():
            raise error

    def explained(self, error: ApiError) -> ApiError:
        """Add to an error what only further requests can show.

        :param error: PostHog's error.
        :returns: the same error, or one that also says which projects the key can see.
        """
        if error.path.startswith("/api/organizations/") and error.path.count("/") > 3:
            return self._explained_organization(error)
        about_project = "project" in error.detail.lower() or error.detail in ("Not found.", "")
        scoped = error.path.startswith(("/api/projects/", "/api/environments/"))
        if (
            error.status not in (403, 404)
            or error.envelope is None
            or not scoped
            or not about_project
            or ":read" in error.detail
            or ":write" in error.detail
        ):
            return error
        project = error.path.split("/")[3]
        try:
            visible = self._account.projects()
        except ApiError:
            visible = []
        if any(str(item.get("id")) == project for item in visible):
            return error
        return reworded(
            error,
            f"project: this key has no project {project} at {self._client.connection.host}{seen(visible)}"
            f" - PostHog said: {error.detail or error.status}",
        )

    def _explained_organization(self, error: ApiError) -> ApiError:
        """The same error, or one that says which organizations the key can see."""
        wanted = error.path.split("/")[3]
        names_scope = ":read" in error.detail or ":write" in error.detail
        if error.status not in (403, 404) or error.envelope is None or wanted == "@current" or names_scope:
            return error
        try:
            visible = self._account.organizations()
        except ApiError:
            return error
        if not visible or any(str(item.get("id")) == wanted for item in visible):
            return error
        names = ", ".join(f"{item.get('name')} ({item.get('id')})" for item in visible[:OFFERED])
        return reworded(
            error,
            f"organization: this key has no organization {wanted} at {self._client.connection.host}; it sees {names}"
            f" - PostHog said: {error.detail or error.status}",
        )


def reworded(error: ApiError, message: str) -> ApiError:
    """An error in other words, with everything else that is known of it.

    :param error: the error.
    :param message: the new words.
    :returns: a new error.
    """
    return ApiError(
        message,
        status=error.status,
        envelope=error.envelope,
        request_id=error.request_id,
        method=error.method,
        path=error.path,
    )
