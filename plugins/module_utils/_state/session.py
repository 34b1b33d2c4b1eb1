# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What one run knows of PostHog, and where it works: the client, the target, the lists, and the way to write.

Private to this collection: it may change without notice.

A :class:`Session` belongs to one key and one pair of organization and project. It is kept for the items of one loop and
dropped with the task, so that nothing it knows can grow old. It puts together what its neighbours do: C(target) finds
organization and project, C(collection) reads lists, C(references) turns names into ids, and C(explain) says why
something cannot be had.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import threading
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state import references
from ansible_collections.community.posthog.plugins.module_utils._state.account import Account
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.explain import Explainer
from ansible_collections.community.posthog.plugins.module_utils._state.origins import Origins
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.shared import Shared
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED, Target
from ansible_collections.community.posthog.plugins.module_utils._state.uses import Uses


class Session:
    """One key, one organization, one project.

    :param client: for requests.
    :param registry: finds a table by its type.
    :param types: every type, of which some may refer to what is deleted.
    :param organization: UUID, slug, name or C(@current); None for the default.
    :param project: id, name or C(@current); None for the default.
    :param named_organization: see :class:`Target`.
    :param named_project: see :class:`Target`.
    :param policy: how the run treats what it finds.
    :param many: more than one object is going to be asked for.
    :param warn: shows the user a warning.
    :param warn_quietly: the same, but only for those who asked for details (C(-v)).
    :param report: called with a line about each object that was changed, where there are many.
    """

    def __init__(
        self,
        client: Client,
        registry: t.Callable[[str], Resource],
        *,
        types: t.Iterable[str] = (),
        organization: str | None = None,
        project: str | None = None,
        named_organization: bool = False,
        named_project: bool = False,
        policy: RunPolicy | None = None,
        many: bool = False,
        warn: t.Callable[[str], None] | None = None,
        warn_quietly: t.Callable[[str], None] | None = None,
        report: t.Callable[[str], None] | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.client = client
        self.registry = registry
        self.types = types
        self.many = many
        self.warn = warn or (lambda text: None)
        self.warn_quietly = warn_quietly or (lambda text: None)
        #: The same for all sessions of one run.
        self.shared = shared or Shared(policy=policy or RunPolicy())
        if report is not None:
            self.shared.report = report
        #: What ids from elsewhere stand for.
        self.origins = Origins()
        self.account = Account(client)
        self.target = Target(
            client,
            self.account,
            self.shared,
            organization=organization,
            project=project,
            named_organization=named_organization,
            named_project=named_project,
            warn=self.warn,
        )
        self.explain = Explainer(client, self.account, self.target)
        #: A missing name is an error here, whatever the policy of the run says.
        self._strict = False
        #: The session itself, behind one that is strict.
        self._base = self
        self._own = threading.local()
        self._collections: dict[tuple[str, str], Collection] = {}
        self._elsewhere: dict[str, Session] = {}

    # -- the policy of the run ------------------------------------------------------------------------------------

    @property
    def policy(self) -> RunPolicy:
        """How the run treats what it finds; the same for all sessions of the run."""
        policy = self.shared.policy
        return dataclasses.replace(policy, strict=True) if self._strict else policy

    @policy.setter
    def policy(self, policy: RunPolicy) -> None:
        self.shared.policy = policy

    @property
    def check_mode(self) -> bool:
        """Whether nothing may be written."""
        return self.shared.policy.check_mode

    def strictly(self) -> Session:
        """The same session for a look-up in which a missing name is no warning, not even in check mode.

        :returns: a session that shares everything with this one.
        """
        if self._strict:
            return self
        made = copy.copy(self)
        made._strict = True
        return made

    def planning(self, on: bool) -> None:
        """Begin to predict what a run would do, or end that and go back to what is.

        :param on: whether nothing is written from now on.
        """
        self.policy = dataclasses.replace(self.shared.policy, check_mode=on, strict=on)
        self._forget_predictions()

    def _forget_predictions(self) -> None:
        self.origins.restart()
        for collection in self._everything():
            collection.rollback()
        for other in self._elsewhere.values():
            other._forget_predictions()

    # -- the same key elsewhere -----------------------------------------------------------------------------------

    def _at(self, key: str, organization: str | None, project: str | None) -> tuple[Session, bool]:
        """The session of a place, and whether it was just made."""
        new = key not in self._elsewhere
        if new:
            self._elsewhere[key] = Session(
                self.client,
                self.registry,
                types=self.types,
                organization=organization,
                project=project,
                named_organization=self.target.named_organization,
                named_project=self.target.named_project,
                many=self.many,
                warn=self.warn,
                warn_quietly=self.warn_quietly,
                shared=self.shared,
            )
        return self._elsewhere[key], new

    def _alike(self, other: Session) -> Session:
        """Another session, as strict as this one."""
        return other.strictly() if self._strict else other

    def within(self, project: t.Any) -> Session:
        """The same session in another project.

        :param project: the project's id; None for one that is still to be created, in which there is nothing.
        :returns: the same session for each project; this one where it is the project of this one.
        """
        wanted = PLANNED if project is None else str(project)
        if wanted == self.target.found_project:
            return self
        inner, new = self._at(wanted, self.target.wanted_organization, wanted)
        if new:
            inner.target.settle_project(PLANNED if project is None else None)
        return self._alike(inner)

    def within_organization(self, organization: t.Any) -> Session:
        """The same session in another organization.

        :param organization: the organization's UUID; None for one that is still to be created.
        :returns: the same session for each organization; this one where it is the organization of this one.
        """
        wanted = PLANNED if organization is None else str(organization)
        if wanted == self.target.found_organization:
            return self
        # A project and an organization that are both still to be made are two places.
        inner, new = self._at(f"organization {wanted}", wanted, None)
        if new:
            inner.target.settle_organization(wanted)
        return self._alike(inner)

    def beside(self, organization: str | None, project: str | None) -> Session:
        """A session of the same key for another organization or project.

        :param organization: UUID, slug or name; None for that of this session.
        :param project: id or name; None for that of this session.
        :returns: the same session for the same names.
        """
        if organization is None and project is None:
            return self
        other, new = self._at(
            f"beside {organization} {project}",
            organization or self.target.wanted_organization,
            project or self.target.wanted_project,
        )
        if new:
            other.target.named_organization |= organization is not None
            other.target.named_project |= project is not None
        return self._alike(other)

    def afresh(self, organization: str | None, project: str | None) -> Session:
        """As :meth:`beside`, but with nothing known yet.

        :param organization: UUID, slug or name; None for that of this session.
        :param project: id or name; None for that of this session.
        :returns: a new session, which takes the place of an earlier one.
        """
        self._elsewhere.pop(f"beside {organization} {project}", None)
        return self.beside(organization, project)

    # -- where ----------------------------------------------------------------------------------------------------

    def me(self) -> dict[str, t.Any]:
        """See :meth:`Account.me`."""
        return self.account.me()

    def organization(self) -> dict[str, t.Any]:
        """See :meth:`Target.organization`."""
        return self.target.organization()

    def organization_id(self) -> str:
        """See :meth:`Target.organization_id`."""
        return self.target.organization_id()

    def project_id(self) -> str:
        """See :meth:`Target.project_id`."""
        return self.target.project_id()

    def features(self) -> frozenset[str] | None:
        """See :meth:`Target.features`."""
        return self.target.features()

    def place_of(self, resource: Resource) -> str:
        """The id of what the objects of a type are in.

        :param resource: the table.
        :returns: the id of a project or an organization; an empty string for what is in neither.
        """
        if resource.scope is Scope.PROJECT:
            return self.project_id()
        return self.organization_id() if resource.scope is Scope.ORGANIZATION else ""

    def path(self, resource: Resource, template: str, parent: t.Mapping[str, t.Any] | None = None) -> str:
        """The path of a type's list.

        :param resource: the table.
        :param template: one of its paths.
        :param parent: the parent's object, where it has one.
        :returns: a path below the host.
        """
        full = template if template.startswith("/") else resource.scope.value + template
        values: dict[str, str] = {}
        if "{organization}" in full:
            values["organization"] = self.organization_id()
        if "{project}" in full:
            values["project"] = self.project_id()
        if resource.parent is not None and parent:
            values["parent"] = resource.parent.path(self, parent)
        return full.format(**values)

    def check_scope(self, resource: Resource, error: ApiError) -> None:
        """See :meth:`Explainer.check_scope`."""
        self.explain.check_scope(resource, error)

    def explained(self, error: ApiError) -> ApiError:
        """See :meth:`Explainer.explained`."""
        return self.explain.explained(error)

    # -- objects and names ----------------------------------------------------------------------------------------

    def collection(self, resource: Resource, parent: t.Mapping[str, t.Any] | None = None) -> Collection:
        """The known objects of a type.

        :param resource: the table.
        :param parent: the parent's object, where the type has one.
        :returns: the same collection each time.
        """
        rule = resource.parent
        place = ""
        if rule is not None and parent:
            place = rule.planned(self, parent) or rule.path(self, parent)
        key = (resource.type, place)
        known = self._collections
        if resource.scope is Scope.ORGANIZATION:
            # What belongs to no project is the same for all projects of an organization, also what is predicted.
            known = self.shared.common.setdefault(self.organization_id(), {})
        if key not in known:
            known[key] = Collection(self._base, resource, parent)
        elif parent is not None and not known[key].complete:
            # The parent was read again, and with it the children that it embeds.
            known[key].parent = parent
        return known[key]

    def _everything(self) -> t.Iterator[Collection]:
        """What this session knows, and what it shares with others."""
        for known in (self._collections, *self.shared.common.values()):
            yield from known.values()

    def stale(self) -> None:
        """Forget every object: a write of unknown outcome may have changed them."""
        for collection in self._everything():
            collection.stale()
        for other in self._elsewhere.values():
            other.stale()

    def lookup(self, ref: Ref, value: t.Any, path: str, problems: Problems) -> dict[str, t.Any] | None:
        """See :func:`references.lookup`."""
        return references.lookup(self, ref, value, path, problems)

    def resolve(self, ref: Ref, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :func:`references.resolve`."""
        return references.resolve(self, ref, value, path, problems)

    def resolve_field(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :func:`references.resolve_field`."""
        return references.resolve_field(self, field, value, path, problems)

    def name_of(self, ref: Ref, value: t.Any) -> t.Any:
        """See :func:`references.name_of`."""
        return references.name_of(self, ref, value)

    # -- what all sessions of the run share -----------------------------------------------------------------------

    @property
    def traits(self) -> dict[t.Any, t.Any]:
        """What answers showed about the server."""
        return self.shared.traits

    @property
    def uses(self) -> Uses:
        """Who uses what is deleted."""
        return self.shared.uses

    @property
    def secrets(self) -> set[str]:
        """Secret texts that only objects of the server showed to be secret."""
        return self.shared.secrets

    def keep_secret(self, texts: t.Iterable[str]) -> None:
        """Take note of texts that must appear nowhere in what the task prints.

        :param texts: the secrets.
        """
        self.shared.secrets.update(texts)

    @contextlib.contextmanager
    def alone_at(self, path: str) -> t.Iterator[None]:
        """Keep the other threads of this task away from what is read and then written.

        :param path: what it is about.
        """
        with self.client.threads.alone(self.shared.locks.setdefault(path, threading.Lock())):
            yield

    # -- writes ---------------------------------------------------------------------------------------------------

    def suspend(self, cause: UnknownOutcome | None) -> None:
        """Send no more writes that would do harm if sent twice.

        :param cause: why; None takes it back.
        """
        self._own.suspended = cause

    def write(self, method: str, path: str, json: t.Any = None, *, repeatable: bool | None = None) -> t.Any:
        """Send a write.

        :param method: POST, PATCH, PUT or DELETE.
        :param path: below the host.
        :param json: the body.
        :param repeatable: see :meth:`Client.request`.
        :returns: the decoded answer.
        :raises AssertionError: in check mode; a defect of the engine, never of the user.
        """
        if self.check_mode:
            raise AssertionError(f"check mode must not send {method} {path}")
        suspended: UnknownOutcome | None = getattr(self._own, "suspended", None)
        if suspended is not None and (method == "POST" or repeatable is False):
            suspended.message += "; it was not there when looked for again, and running the task again finishes it"
            raise PostHogFailure(suspended.message)
        self.target.check_owner_before_write()
        return self.client.request(method, path, json=json, repeatable=repeatable)
