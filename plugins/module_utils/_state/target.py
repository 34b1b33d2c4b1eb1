# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The organization and the project that requests go to.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import threading
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    ApiError,
    PostHogFailure,
    as_object,
)
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID
from ansible_collections.community.posthog.plugins.module_utils._state.account import (
    ELSEWHERE,
    Account,
    projects_of,
    seen,
)
from ansible_collections.community.posthog.plugins.module_utils._state.owners import Owners
from ansible_collections.community.posthog.plugins.module_utils._state.shared import Shared

#: Stands for the id of a project that does not exist yet, in check mode.
PLANNED: t.Final = "planned"


class Target:
    """The organization and the project of one session, found when they are first used.

    :param client: for requests.
    :param account: what the key sees.
    :param shared: the policy of the run, and the projects that it is going to create.
    :param organization: UUID, slug, name or C(@current); None for the default.
    :param project: id, name or C(@current); None for the default.
    :param named_organization: the task or a document names the organization, not the environment.
    :param named_project: the same for the project. One that is named closer than the organization counts. Where both
        come from the environment, they are those of one credential, and are only checked before something is changed.
    :param warn: shows the user a warning.
    """

    def __init__(
        self,
        client: Client,
        account: Account,
        shared: Shared,
        *,
        organization: str | None,
        project: str | None,
        named_organization: bool = False,
        named_project: bool = False,
        warn: t.Callable[[str], None],
    ) -> None:
        self._client = client
        self._account = account
        self._shared = shared
        self._warn = warn
        #: As they were given.
        self.wanted_organization = organization or None
        self.wanted_project = project or None
        self.named_organization = named_organization
        self.named_project = named_project
        #: Whether the project belongs to the organization: known, or being looked up.
        self._owner_checked = self._owner_looked_up = False
        #: What is looked up once is not looked up by several threads, and none of them goes on without it.
        self._lock = threading.RLock()
        self._owners = Owners(client.shared_file("owners"))
        self._organization_id: str | None = None
        self._project_id: str | None = None
        self._organization_object: dict[str, t.Any] | None = None
        self._project_object: dict[str, t.Any] | None = None

    @property
    def found_organization(self) -> str | None:
        """The organization's id, if it was looked up already."""
        return self._organization_id

    @property
    def found_project(self) -> str | None:
        """The project's id, if it was looked up already."""
        return self._project_id

    def settle_organization(self, organization_id: str) -> None:
        """Take an organization that is known already.

        :param organization_id: its UUID, or :data:`PLANNED`.
        """
        self._organization_id = organization_id

    def settle_project(self, project_id: str | None) -> None:
        """Take a project that was found, not given: its owner need not be checked.

        :param project_id: :data:`PLANNED`; None where it is still to be looked up.
        """
        self._owner_checked = True
        self._project_id = project_id

    def organization_id(self) -> str:
        """The organization that the task works in.

        :returns: its UUID; C(@current) itself only where the key may not learn more.
        :raises PostHogFailure: no organization, or several, of that name.
        """
        if self._organization_id is None:
            with self._alone():
                if self._organization_id is None:
                    self._organization_id = self._find_organization()
        return self._organization_id

    def _alone(self) -> t.ContextManager[None]:
        """Keep other threads out of a look-up."""
        return self._client.threads.alone(self._lock)

    def _find_organization(self) -> str:
        wanted = self.wanted_organization
        if wanted is None and self.wanted_project not in (None, "@current"):
            owner = self._owner_of_project()
            if owner:
                return owner
        if wanted is None or wanted == "@current":
            try:
                current = self._client.get("/api/organizations/@current/")
            except ApiError as exc:
                if exc.status not in ELSEWHERE:
                    raise
                current = self._account.me().get("organization")
            if isinstance(current, dict) and current.get("id"):
                self._organization_object = current
                return str(current["id"])
            return "@current"
        if UUID.fullmatch(wanted):
            return wanted
        known = self._account.organizations()
        for key in ("slug", "name"):
            matching = [item for item in known if str(item.get(key) or "").casefold() == wanted.casefold()]
            if len(matching) > 1:
                ids = ", ".join(sorted(str(item.get("id")) for item in matching))
                raise Ambiguous(
                    f"organization: {len(matching)} organizations have the {key} {wanted!r} ({ids}); give the UUID"
                )
            if matching:
                self._organization_object = matching[0]
                return str(matching[0]["id"])
        names = [str(item.get("name")) for item in known]
        raise PostHogFailure(
            f"organization: {self._account.unseen('organization', wanted)}"
            + (nearest(wanted, names) or (f"; it sees {', '.join(sorted(names))}" if names else ""))
        )

    def organization(self) -> dict[str, t.Any]:
        """The organization's own object, read once.

        :returns: the organization, or an empty dictionary where the key may not read it.
        """
        if self._organization_object is not None:
            return self._organization_object
        with self._alone():
            wanted = self.organization_id()
            if self._organization_object is None:
                try:
                    answer = self._client.get(f"/api/organizations/{wanted}/")
                except ApiError as exc:
                    if exc.status not in ELSEWHERE:
                        raise
                    answer = self._account.me().get("organization")
                    if not isinstance(answer, dict) or wanted not in (str(answer.get("id")), "@current"):
                        answer = None
                self._organization_object = answer if isinstance(answer, dict) else {}
        return self._organization_object

    def _owner_of_project(self) -> str | None:
        """The organization of the project that the task names; None where there is no such project (yet)."""
        try:
            project = self.project()
        except ApiError:
            raise
        except PostHogFailure:
            return None
        owner = project.get("organization") or project.get("organization_id")
        return str(owner) if owner else None

    @property
    def project_name(self) -> str | None:
        """The name of the project that the task works in; None where it is given by its id, or is the current one."""
        named = (
            self.wanted_project is not None
            and self.wanted_project != "@current"
            and not re.fullmatch(r"\d+", self.wanted_project)
        )
        return self.wanted_project if named else None

    def project_id(self) -> str:
        """The project that the task works in.

        C(@current) is looked up once: what is current changes when the key's owner opens another project in the
        browser, and no loop may wander from one project to another.

        :returns: its id; C(@current) itself only where the key may not learn more.
        :raises PostHogFailure: no project, or several, of that name.
        """
        if self._project_id is None:
            with self._alone():
                if self._project_id is None:
                    self._project_id = self._find_project()
                    if self.named_organization:
                        self.check_owner()
        return self._project_id

    def check_owner_before_write(self) -> None:
        """See that the project belongs to the organization, if the project is used at all.

        :raises PostHogFailure: it belongs to another one.
        """
        if self._project_id is not None:
            self.check_owner()

    def check_owner(self) -> None:
        """See that the project belongs to the organization, where both are given; a name was looked for there only.

        :raises PostHogFailure: it belongs to another one.
        """
        if self._owner_checked or self.wanted_organization in (None, "@current") or self._project_id == PLANNED:
            return
        if self.named_project and not self.named_organization:
            return
        with self._alone():
            if self._owner_checked or self._owner_looked_up:
                return
            self._owner_looked_up = True
            try:
                self._compare_owner()
                self._owner_checked = True
            finally:
                self._owner_looked_up = False

    def _compare_owner(self) -> None:
        if self._project_id is None:
            # The first use looks it up, and comes back here.
            self._project_id = self._find_project()
        wanted = self.organization_id()
        if self._project_id == PLANNED or wanted == "@current":
            return
        embedded = {str(item["id"]) for item in projects_of(self._organization_object or {})}
        if self._project_id in embedded or self._owners.belongs(self._project_id, wanted):
            return
        project = self.project()
        owner = project.get("organization") or project.get("organization_id")
        if owner is None:
            # Who may not read the project learns that from what is asked for next.
            return
        if str(owner) == wanted:
            self._owners.note(self._project_id, wanted)
            return
        names = {str(item.get("id")): item.get("name") for item in self._account.organizations()}
        shown = f"{project['name']!r} ({self._project_id})" if project.get("name") else str(self._project_id)
        text = (
            f"project: {shown} belongs to the organization {names.get(str(owner)) or owner!s}, "
            f"and organization says {names.get(wanted) or wanted}; give a project of that organization, "
            "or leave one of the two out"
        )
        self._project_id = None
        raise PostHogFailure(text)

    def _find_project(self) -> str:
        wanted = self.wanted_project
        if wanted is None or wanted == "@current":
            try:
                current = self._client.get("/api/projects/@current/")
            except ApiError as exc:
                if exc.status not in ELSEWHERE:
                    raise
                current = self._account.me().get("team")
            if isinstance(current, dict) and current.get("id") is not None:
                self._project_object = current
                return str(current["id"])
            return "@current"
        if re.fullmatch(r"\d+", wanted):
            return wanted
        if self.wanted_organization is not None:
            owner = self.organization_id()
            within = projects_of(self.organization())
            within = within or [item for item in self._account.projects() if str(item.get("organization")) == owner]
        else:
            within = self._account.projects()
        matching = [
            item for item in within if str(item.get("name", "")).strip().casefold() == wanted.strip().casefold()
        ]
        exact = [item for item in matching if item.get("name") == wanted]
        matching = exact or matching
        if len(matching) > 1:
            ids = ", ".join(sorted(str(item["id"]) for item in matching))
            raise Ambiguous(
                f"project: {len(matching)} projects are called {wanted!r} (ids {ids}); give the id, or the organization"
            )
        if not matching:
            names = [str(item.get("name")) for item in within]
            text = f"project: {self._account.unseen('project', wanted)}{nearest(wanted, names) or seen(within)}"
            policy = self._shared.policy
            if policy.check_mode and wanted.strip().casefold() in self._shared.planned_projects:
                return PLANNED
            if policy.warns_of_missing:
                # As with other references: in a check run nothing that earlier tasks declare exists yet.
                self._warn(f"{text}; a run needs it to exist by then")
                return PLANNED
            raise PostHogFailure(text)
        return str(matching[0]["id"])

    def project(self) -> dict[str, t.Any]:
        """The project's own object, read once.

        :returns: the project, or an empty dictionary where the key may not read it.
        """
        if self.project_id() == PLANNED:
            return {}
        if self._project_object is not None:
            return self._project_object
        with self._alone():
            if self._project_object is None:
                try:
                    path = f"/api/projects/{self.project_id()}/"
                    self._project_object = as_object(self._client.get(path), path)
                except ApiError as exc:
                    if exc.status not in ELSEWHERE:
                        raise
                    self._project_object = {}
            return self._project_object

    def features(self) -> frozenset[str] | None:
        """The keys of the plan features that the organization has.

        :returns: the keys, or None where the key may not know.
        """
        organization = self.organization()
        features = organization.get("available_product_features")
        if isinstance(features, list):
            return frozenset(str(item.get("key")) for item in features if isinstance(item, dict))
        # The name until 2025.
        old = organization.get("available_features")
        return frozenset(str(item) for item in old) if isinstance(old, list) else None
