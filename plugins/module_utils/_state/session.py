# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What one worker knows of PostHog while a task runs: which project, which objects, which names have which ids.

Private to this collection: it may change without notice.

A :class:`Session` belongs to one key and one pair of organization and project. It is kept for the items of one loop and
dropped with the task, so that nothing it knows can grow old.
"""

from __future__ import annotations

import contextlib
import re
import threading
import typing as t
from urllib.parse import quote

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    ApiError,
    PostHogFailure,
    UnknownOutcome,
    as_object,
    objects_in,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import scopes_in
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._http.client import Client
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID, Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref, walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.origins import Origins
from ansible_collections.community.posthog.plugins.module_utils._state.uses import Uses

#: Answers after which another way to learn the same thing is tried: closed to this key, or not there on this server.
_ELSEWHERE: t.Final = frozenset({403, 404, 405, 500})

#: Answers that are the same each time.
_REFUSALS: t.Final = frozenset({401, 402, 403, 404})

#: Stands for the id of a project that does not exist yet, in check mode.
PLANNED: t.Final = "planned"

#: Objects up to which a list of many is read for the sake of their names.
_LONG: t.Final = 5000

#: Names offered when one is not found and none is similar.
_OFFERED: t.Final = 8


class Collection:
    """The objects of one type in one scope, as far as they were read.

    The first look-up asks for one object where the server can be asked so; the second reads the whole list, which is
    then kept and updated from the answers to this worker's own writes (DESIGN, "In-process execution").

    :param session: for requests.
    :param resource: the table.
    :param parent: the parent's object, for types that are reached through one.
    """

    def __init__(self, session: Session, resource: Resource, parent: t.Mapping[str, t.Any] | None = None) -> None:
        self.session = session
        self.resource = resource
        self.parent = parent
        self.complete = False
        #: How many objects a list call reads at most.
        self.limit = resource.listing.limit
        #: Whether an answer told that the path is this server's.
        self.probed = False
        self._hidden_read = not resource.listing.hidden_params
        # Where many objects are asked for, the whole list comes first.
        self._lookups = 1 if session.many else 0
        self._path: str | None = None
        self._long: bool | None = None
        self._objects: dict[str, dict[str, t.Any]] = {}
        self._whole: set[str] = set()
        self._names: dict[str, list[str]] = {}
        self._predicted = 0
        #: Why the list cannot be had: asking again for each object would not help.
        self._refused: ApiError | None = None
        #: Keys of what only the second list call shows.
        self._hidden: set[str] = set()
        #: How often everything was forgotten.
        self._forgotten = 0
        self._undo: list[tuple[str | None, str | None, dict[str, t.Any] | None, bool]] = []
        self._loading = threading.Lock()
        #: The list as it was read last to look for twins, and how often that was begun (see C(_twins)).
        self.look: Collection | None = None
        self.looks = 0

    def __len__(self) -> int:
        """How many objects are known."""
        return len(self._objects)

    def afresh(self) -> Collection:
        """The same place, with nothing known of it yet.

        :returns: a collection on its own.
        """
        made = Collection(self.session, self.resource, self.parent)
        made._path, made.probed, made._lookups = self._path, self.probed, 0
        return made

    # -- where ----------------------------------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """The list's path; the newest generation's until the server said otherwise."""
        if self._path is None:
            self._path = self.session.path(self.resource, self.resource.paths[0], self.parent)
        return self._path

    def object_path(self, object_id: t.Any) -> str:
        """The path of one object.

        :param object_id: the id that URLs take.
        :returns: the path with its closing slash.
        """
        if len(self.resource.paths) > 1 and not self.probed:
            # Only a list tells which generation the server is of.
            self.all()
        return f"{self.path}{quote(str(object_id), safe='@')}/"

    # -- reading --------------------------------------------------------------------------------------------------

    def all(self) -> list[dict[str, t.Any]]:
        """Every object that the list shows.

        :returns: the objects, those predicted in check mode included.
        """
        if not self.complete:
            self._load()
        return [obj for key, obj in self._objects.items() if key not in self._hidden]

    def _load(self) -> None:
        with self.session.client.threads.alone(self._loading):
            while not self.complete:
                self._load_all()

    def _load_all(self) -> None:
        if self._refused is not None:
            raise _retold(self._refused, self._refused.message)
        forgotten = self._forgotten
        parent_rule = self.resource.parent
        if parent_rule is not None and parent_rule.embedded and self.parent is not None:
            embedded = dig(self.parent, parent_rule.embedded)
            if isinstance(embedded, list) and all(self.resource.object_id(item) is not None for item in embedded):
                self._take(embedded)
                self.complete = True
                return
        try:
            found = self._list(self.resource.listing.params)
        except ApiError as exc:
            if exc.status in _REFUSALS:
                self._refused = _retold(exc, exc.message)
            raise
        if forgotten == self._forgotten:
            # Otherwise another thread wrote meanwhile and does not know what came of it, and this list may be older.
            self._take(found)
            self.complete = True

    def _list(self, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """One list call, on the newest path that this server has."""
        if self._nowhere():
            return []
        place = self.resource.parent
        if place is not None and self.parent:
            params = {**place.params(self.parent), **params}
        paths = (None,) if self.probed else self.resource.paths
        for index, template in enumerate(paths):
            if template is not None:
                self._path = self.session.path(self.resource, template, self.parent)
            try:
                found = self.resource.endpoint.objects(self, params)
                self.probed = True
                return found
            except ApiError as exc:
                if exc.status not in (404, 405):
                    raise
                if index + 1 == len(paths):
                    self._path = None
                    raise self.session.unavailable(self.resource, exc) from exc
                self.session.check_older_path(self.resource, str(paths[index + 1]), exc)
        raise AssertionError("a resource without a path")

    def only(self) -> dict[str, t.Any] | None:
        """The object of a place that holds exactly one.

        :returns: the object; None in check mode, where the place is still to be made.
        """
        if self.parent == {} or self._nowhere():
            return None
        return next(iter(self.all()), None)

    def _nowhere(self) -> bool:
        """Whether the objects are in what only a run would have made by now: an object, a project, an organization."""
        place = self.resource.parent
        if place is not None and self.parent and place.planned(self.session, self.parent):
            return True
        if self.resource.scope is Scope.PROJECT:
            return self.session.project_id() == PLANNED
        return self.resource.scope is Scope.ORGANIZATION and self.session.organization_id() == PLANNED

    def _take(self, objects: t.Iterable[dict[str, t.Any]]) -> None:
        for obj in objects:
            if isinstance(obj, dict) and self._alive(obj):
                self.remember(obj)

    def _alive(self, obj: t.Mapping[str, t.Any]) -> bool:
        if obj.get("deleted") is True:
            return False
        return self.resource.alive is None or self.resource.alive(obj)

    def query(self, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """List with query parameters of the caller's own.

        :param params: the whole query, without paging.
        :returns: the objects that the server gives.
        """
        objects = [obj for obj in self._list(params) if isinstance(obj, dict)]
        self._take(objects)
        return objects

    def find(self, name: t.Any, *, sure: bool = False) -> list[dict[str, t.Any]]:
        """The objects of a name.

        :param name: what the identity option was given.
        :param sure: a fuzzy search is not enough to say that there is none.
        :returns: none, one, or several objects.
        """
        identity = self.resource.identity
        wanted = identity.normalize(name)
        if not self.complete:
            known = self._named(wanted)
            if known or (sure and self._too_long()):
                return known
            self._lookups += 1
            narrow = (
                identity.filter is not None
                and (self._lookups == 1 or self._too_long())
                and len(str(name)) <= identity.filter_limit
            )
            if narrow and not sure:
                found = self._narrowed(str(name), wanted)
                if found or not identity.fuzzy:
                    return found
                # Nothing found by a search: the caller decides whether that is worth the whole list.
                return []
            self._load()
        found = self._named(wanted)
        if not found and not self._hidden_read:
            self._load_hidden()
            found = self._named(wanted)
        if not found and identity.also is not None:
            found = self._named(identity.normalize(identity.also(str(name))))
        return found

    def _load_hidden(self) -> None:
        with self.session.client.threads.alone(self._loading):
            while not self._hidden_read:
                forgotten = self._forgotten
                found = self._list({**self.resource.listing.params, **self.resource.listing.hidden_params})
                if forgotten == self._forgotten:
                    self._take_hidden(found)
                    self._hidden_read = True

    def _take_hidden(self, objects: t.Iterable[dict[str, t.Any]]) -> None:
        known = set(self._objects)
        self._take(objects)
        self._hidden |= self._objects.keys() - known

    def _narrowed(self, name: str, wanted: str) -> list[dict[str, t.Any]]:
        identity = self.resource.identity
        query = {**self.resource.listing.params, t.cast(str, identity.filter): name}
        objects = self._list(query)
        matching = [obj for obj in objects if wanted in identity.names(obj)]
        self._take(matching)
        folded = wanted.casefold()
        strangers = any(folded not in [name.casefold() for name in identity.names(obj)] for obj in objects)
        if not identity.fuzzy and strangers:
            # The server ignored the filter, so this was the whole list. (One that takes it may ignore case.)
            self._take(objects)
            self.complete = True
        found = self._named(wanted)
        if not found and not self._hidden_read:
            self._take_hidden(
                obj
                for obj in self._list({**query, **self.resource.listing.hidden_params})
                if wanted in identity.names(obj)
            )
            found = self._named(wanted)
        return found

    def _too_long(self) -> bool:
        """Whether the list is one that may be very long, and is."""
        if self.resource.identity.partial or not self.resource.identity.large:
            return self.resource.identity.partial
        if self._long is None:
            place = self.resource.parent
            query = {**(place.params(self.parent) if place and self.parent else {}), **self.resource.listing.params}
            answer = self.session.client.get(self.path, {**query, "limit": 1})
            count = answer.get("count") if isinstance(answer, dict) else None
            self._long = not isinstance(count, int) or count > _LONG
        return self._long

    def _named(self, wanted: str) -> list[dict[str, t.Any]]:
        return [self._objects[key] for key in self._names.get(wanted, ()) if key in self._objects]

    def get(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object of an id.

        :param object_id: the id that URLs take, or another one of the object's ids.
        :returns: the object, whole; None where there is none.
        """
        known = self._objects.get(str(object_id))
        if known is not None and (str(object_id) in self._whole or (self.complete and self.resource.list_is_complete)):
            return known
        if not self.resource.retrievable or (self.complete and self.resource.list_is_complete):
            for obj in self.all():
                ids = (self.resource.object_id(obj), *(dig(obj, path) for path in self.resource.other_ids))
                if str(object_id) in {str(item) for item in ids if item is not None}:
                    return obj
            return None
        return self.detail(object_id)

    def listed(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object of an id as the list shows it.

        :param object_id: the id that URLs take.
        :returns: the object; None where it is not in the list.
        """
        self.all()
        return self._objects.get(str(object_id))

    def detail(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """Read one object by its id from the server.

        :param object_id: the id that URLs take.
        :returns: the object; None where it is missing or deleted.
        """
        if self._nowhere():
            return None
        try:
            obj = self.resource.endpoint.detail(self, object_id)
        except ApiError as exc:
            if exc.gone:
                self.session.check_scope(self.resource, exc)
                self._drop(str(object_id))
                return None
            raise
        obj = as_object(obj, self.object_path(object_id))
        if not self._alive(obj):
            self._drop(str(object_id))
            return None
        return self.remember(obj, whole=True)

    # -- what this worker's own writes changed ----------------------------------------------------------------------

    def remember(self, obj: dict[str, t.Any], *, whole: bool = False) -> dict[str, t.Any]:
        """Keep an object as it is now.

        :param obj: the server's answer, or a predicted object.
        :param whole: it is the answer to a write or to a call for this one object, which tells everything; a list's
            shorter form does not replace it.
        :returns: the object.
        """
        key = self._key(obj)
        if key is None:
            self._predicted += 1
            key = f"predicted {self._predicted}"
        if not whole and key in self._whole:
            return self._objects[key]
        self._keep(key, obj, whole)
        return obj

    def _keep(self, key: str, obj: dict[str, t.Any], whole: bool) -> None:
        """Keep an object under a key, in place of what is kept there."""
        self._drop(key)
        if whole:
            self._whole.add(key)
        self._objects[key] = obj
        for name in dict.fromkeys(self.resource.identity.names(obj)):
            self._names.setdefault(name, []).append(key)

    def _key(self, obj: t.Mapping[str, t.Any]) -> str | None:
        """Under which key an object is kept: its id, or for a predicted one, where it is found."""
        if self.resource.singleton:
            return "only"
        object_id = self.resource.object_id(obj)
        if object_id is not None:
            return str(object_id)
        return next((key for key, known in self._objects.items() if known is obj), None)

    def _drop(self, key: str) -> None:
        before = self._objects.pop(key, None)
        self._whole.discard(key)
        self._hidden.discard(key)
        if before is not None:
            for name in self.resource.identity.names(before):
                if key in self._names.get(name, ()):
                    self._names[name].remove(key)

    def forget(self, obj: t.Mapping[str, t.Any]) -> None:
        """Drop an object that is no longer there.

        :param obj: the object.
        """
        key = self._key(obj)
        if key is not None:
            self._drop(key)

    # -- what a run would change --------------------------------------------------------------------------------------

    def predict(
        self, obj: dict[str, t.Any] | None, *, instead_of: t.Mapping[str, t.Any] | None = None
    ) -> dict[str, t.Any] | None:
        """Take an object for what it would be after a run.

        :param obj: the object as it would be; None for one that would be gone.
        :param instead_of: the object as it is.
        :returns: the object.
        """
        if self.session._project_id is not None:
            # A run would find out when it writes.
            self.session.check_owner()
        old = self._key(instead_of) if instead_of is not None else None
        before = self._objects.get(old) if old is not None else None
        whole = old in self._whole
        if instead_of is not None:
            self.forget(instead_of)
        key: str | None = None
        if obj is not None:
            self.remember(obj, whole=True)
            key = next(known for known, item in self._objects.items() if item is obj)
        self._undo.append((key, old, before, whole))
        return obj

    def as_read(self) -> list[dict[str, t.Any]]:
        """All objects as PostHog shows them, whatever is predicted of them by now."""
        self.all()
        objects = dict(self._objects)
        for key, old, before, _whole in reversed(self._undo):
            if key is not None:
                objects.pop(key, None)
            if old is not None and before is not None:
                objects[old] = before
        return list(objects.values())

    def rollback(self) -> None:
        """Take back every prediction: what is known of the objects is again what they are."""
        while self._undo:
            key, old, before, whole = self._undo.pop()
            if key is not None:
                self._drop(key)
            if old is not None and before is not None:
                self._keep(old, before, whole)

    def whole(self, obj: dict[str, t.Any]) -> dict[str, t.Any] | None:
        """The object with everything that only a call for it alone tells.

        :param obj: an object of this collection.
        :returns: the whole object; None if it vanished meanwhile.
        """
        object_id = self.resource.object_id(obj)
        told = self.resource.list_is_complete and not self.resource.listing.varies
        if object_id is None or told or not self.resource.has_id or str(object_id) in self._whole:
            return obj
        return self.detail(object_id)

    def stale(self) -> None:
        """Forget everything: somebody else changed it, or a write of unknown outcome may have."""
        self.complete = False
        self._refused = None
        self._forgotten += 1
        self._hidden_read = not self.resource.listing.hidden_params
        self._objects.clear()
        self._whole.clear()
        self._hidden.clear()
        self._names.clear()
        self._undo.clear()
        # The next look-up goes for the whole list: a search may lag behind the write.
        self._lookups = 1

    def known_name(self, path: str, value: t.Any) -> t.Any:
        """The name of an object, if it was read already.

        :param path: path of the value in the object.
        :param value: the value.
        :returns: the name, or the value itself.
        """
        direct = self._objects.get(str(value)) if path == self.resource.id_path else None
        for obj in [direct] if direct is not None else list(self._objects.values()):
            if str(dig(obj, path)) == str(value):
                return self.resource.identity.shown(obj) or value
        return value

    def offered(self, name: t.Any, where: t.Iterable[tuple[str, t.Any]] = ()) -> str:
        """A half-sentence with the names that exist, for one that does not.

        :param name: what was asked for.
        :param where: paths and values that an object must have to be offered.
        :returns: similar names, or the first few, or that there is none at all.
        """
        if not self.complete and self._too_long():
            return ""
        told = tuple(where)
        fitting = [obj for obj in self.all() if all(dig(obj, key) == wanted for key, wanted in told)]
        names = sorted({self.resource.identity.shown(obj) for obj in fitting} - {""})
        if not names:
            return f"; there is no {'such ' if told else ''}{self.resource.name} at all"
        hint = nearest(str(name), names)
        if hint:
            return hint
        more = f" and {len(names) - _OFFERED} more" if len(names) > _OFFERED else ""
        shown = ", ".join(repr(name) for name in names[:_OFFERED])
        return f"; there {'is only' if len(names) == 1 else 'are'} {shown}{more}"


class Session:
    """One key, one organization, one project.

    :param client: for requests.
    :param registry: finds a table by its type.
    :param organization: UUID, slug, name or C(@current); None for the default.
    :param project: id, name or C(@current); None for the default.
    :param check_mode: nothing may be written.
    :param many: more than one object is going to be asked for.
    :param warn: says something to the user without failing.
    :param warn_quietly: the same, but only for those who asked for details (C(-v)).
    :param types: every type, of which some may refer to what is deleted.
    """

    def __init__(
        self,
        client: Client,
        registry: t.Callable[[str], Resource],
        *,
        types: t.Iterable[str] = (),
        organization: str | None = None,
        project: str | None = None,
        check_mode: bool = False,
        many: bool = False,
        warn: t.Callable[[str], None] | None = None,
        warn_quietly: t.Callable[[str], None] | None = None,
    ) -> None:
        self.client = client
        self.warn_quietly = warn_quietly or (lambda text: None)
        self.registry = registry
        self.types = types
        #: Who uses what is deleted; the same for all sessions of one task.
        self.uses = Uses()
        #: What ids from elsewhere stand for.
        self.origins = Origins()
        self.check_mode = check_mode
        self.many = many
        self.warn = warn or (lambda text: None)
        #: Secrets that only the objects themselves told to be secret.
        self.secrets: set[str] = set()
        #: A name that nothing bears is an error even in a check run.
        self.strict = False
        #: Told about each object that was changed, where there are many.
        self.report: t.Callable[[str], None] = lambda line: None
        #: Names of projects that are going to be made.
        self.promised: set[str] = set()
        #: New objects get the collection's mark.
        self.marks = False
        #: Nobody is shown the objects that do not change, so of these no more is read than what is compared.
        self.brief = False
        #: By type, in the plural, the declared fields that no list shows and that nothing was read for.
        self.unread: dict[str, set[str]] = {}
        #: Types of which existing objects get it too.
        self.adopts: frozenset[str] = frozenset()
        #: What the server turned out to be like, told by its answers; the same for all sessions of one run.
        self.traits: dict[t.Any, t.Any] = {}
        #: Whether organization and project are the task's own words, or a document's, and not the environment's. A
        #: project that is named closer than the organization counts. Where both are the environment's, they are those
        #: of one credential, and only checked before something is changed.
        self.named_organization = self.named_project = False
        self._owner_checked = False
        self._own = threading.local()
        #: By place, what this run wrote there when it was alone in it (see C(_beside)).
        self.visited: dict[str, str] = {}
        #: Locks for what only one thread may read and write at a time, by path.
        self._locks: dict[str, threading.Lock] = {}
        self._organization = organization or None
        self._project = project or None
        self._organization_id: str | None = None
        self._project_id: str | None = None
        self._project_object: dict[str, t.Any] | None = None
        self._organizations: list[dict[str, t.Any]] | None = None
        #: The key may list organizations, and the server can; false once it turned out otherwise.
        self.lists_organizations = True
        #: Why not.
        self._unlisted: ApiError | None = None
        self._me: dict[str, t.Any] | None = None
        self._organization_object: dict[str, t.Any] | None = None
        self._collections: dict[tuple[str, str], Collection] = {}
        #: What belongs to no project, by organization: the same for all projects of one, also what is predicted.
        self._common: dict[str, dict[tuple[str, str], Collection]] = {}
        self._inside: dict[str, Session] = {}

    def within(self, project: t.Any) -> Session:
        """The same session in another project.

        :param project: the project's id; None for one that is still to be created, in which there is nothing.
        :returns: the same session for each project; this one where it is the project of this one.
        """
        wanted = PLANNED if project is None else str(project)
        if wanted == self._project_id:
            return self
        if wanted not in self._inside:
            inner = self._like(organization=self._organization, project=wanted)
            # It was found, not given.
            inner._owner_checked = True
            if project is None:
                inner._project_id = PLANNED
            self._inside[wanted] = inner
        return self._inside[wanted]

    def _like(self, *, organization: str | None, project: str | None) -> Session:
        """A new session that behaves as this one does, elsewhere."""
        made = Session(
            self.client,
            self.registry,
            types=self.types,
            organization=organization,
            project=project,
            check_mode=self.check_mode,
            many=self.many,
            warn=self.warn,
            warn_quietly=self.warn_quietly,
        )
        made.secrets, made.promised, made.report = self.secrets, self.promised, self.report
        made.strict, made.marks, made.adopts = self.strict, self.marks, self.adopts
        made.brief, made.unread = self.brief, self.unread
        made._common, made._locks, made.visited = self._common, self._locks, self.visited
        made.traits, made.uses = self.traits, self.uses
        made.named_organization, made.named_project = self.named_organization, self.named_project
        return made

    def beside(self, organization: str | None, project: str | None) -> Session:
        """A session of the same key for another organization or project.

        :param organization: UUID, slug or name; None for that of this session.
        :param project: id or name; None for that of this session.
        :returns: the same session for the same names.
        """
        if organization is None and project is None:
            return self
        key = f"beside {organization} {project}"
        if key not in self._inside:
            self._inside[key] = self._like(
                organization=organization or self._organization, project=project or self._project
            )
            self._inside[key].named_organization |= organization is not None
            self._inside[key].named_project |= project is not None
        return self._inside[key]

    def afresh(self, organization: str | None, project: str | None) -> Session:
        """As :meth:`beside`, but with nothing known yet.

        :param organization: UUID, slug or name; None for that of this session.
        :param project: id or name; None for that of this session.
        :returns: a new session, which takes the place of an earlier one.
        """
        self._inside.pop(f"beside {organization} {project}", None)
        return self.beside(organization, project)

    def within_organization(self, organization: t.Any) -> Session:
        """The same session in another organization.

        :param organization: the organization's UUID; None for one that is still to be created.
        :returns: the same session for each organization; this one where it is the organization of this one.
        """
        wanted = PLANNED if organization is None else str(organization)
        if wanted == self._organization_id:
            return self
        # A project and an organization that are both still to be made are two places.
        key = f"organization {wanted}"
        if key not in self._inside:
            self._inside[key] = self._like(organization=wanted, project=None)
            self._inside[key]._organization_id = wanted
        return self._inside[key]

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
        return _retold(
            error,
            f"the PostHog at {self.client.connection.host} has no {resource.plural.replace('_', ' ')}{introduced}; "
            f"it answered {error.status} to {error.method} {error.path}",
        )

    # -- scope ----------------------------------------------------------------------------------------------------

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

    def me(self) -> dict[str, t.Any]:
        """The key's own user, read once.

        :returns: the user with C(organization), C(organizations) and C(team), or an empty dictionary where the key
            may not know.
        """
        if self._me is None:
            try:
                self._me = as_object(self.client.get("/api/users/@me/"), "/api/users/@me/")
            except ApiError as exc:
                if exc.status not in _ELSEWHERE:
                    raise
                self._me = {}
        return self._me

    def organizations(self) -> list[dict[str, t.Any]]:
        """The organizations that the key can see, read once, each with its projects.

        Servers of 2024 cannot list them, and keys limited to projects may not: then the user's own object tells.

        :returns: the organizations, perhaps without details.
        """
        if self._organizations is None:
            try:
                self._organizations = [
                    item
                    for item in self.client.objects("/api/organizations/", page_size=None)
                    if isinstance(item, dict)
                ]
            except ApiError as exc:
                if exc.status not in _ELSEWHERE:
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
                self._organizations = known
        return self._organizations

    def projects(self) -> list[dict[str, t.Any]]:
        """The projects that the key can see, as far as the organizations tell.

        :returns: objects with at least C(id) and C(name), and C(organization) as an id.
        """
        found: dict[str, dict[str, t.Any]] = {}
        for organization in self.organizations():
            for item in _projects_of(organization):
                found.setdefault(str(item["id"]), item)
        return list(found.values())

    def organization_id(self) -> str:
        """The organization that the task works in.

        :returns: its UUID; C(@current) itself only where the key may not learn more.
        :raises PostHogFailure: no organization, or several, of that name.
        """
        if self._organization_id is None:
            self._organization_id = self._find_organization()
        return self._organization_id

    def _find_organization(self) -> str:
        wanted = self._organization
        if wanted is None and self._project not in (None, "@current"):
            owner = self._owner_of_project()
            if owner:
                return owner
        if wanted is None or wanted == "@current":
            try:
                current = self.client.get("/api/organizations/@current/")
            except ApiError as exc:
                if exc.status not in _ELSEWHERE:
                    raise
                current = self.me().get("organization")
            if isinstance(current, dict) and current.get("id"):
                self._organization_object = current
                return str(current["id"])
            return "@current"
        if UUID.fullmatch(wanted):
            return wanted
        known = self.organizations()
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
            f"organization: {self._unseen('organization', wanted)}"
            + (nearest(wanted, names) or (f"; it sees {', '.join(sorted(names))}" if names else ""))
        )

    def organization(self) -> dict[str, t.Any]:
        """The organization's own object, read once.

        :returns: the organization, or an empty dictionary where the key may not read it.
        """
        if self._organization_object is None:
            wanted = self.organization_id()
            if self._organization_object is None:
                try:
                    answer = self.client.get(f"/api/organizations/{wanted}/")
                except ApiError as exc:
                    if exc.status not in _ELSEWHERE:
                        raise
                    answer = self.me().get("organization")
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
        named = self._project is not None and self._project != "@current" and not re.fullmatch(r"\d+", self._project)
        return self._project if named else None

    def project_id(self) -> str:
        """The project that the task works in.

        C(@current) is looked up once: what is current changes when the key's owner opens another project in the
        browser, and no loop may wander from one project to another.

        :returns: its id; C(@current) itself only where the key may not learn more.
        :raises PostHogFailure: no project, or several, of that name.
        """
        if self._project_id is None:
            self._project_id = self._find_project()
            if self.named_organization:
                self.check_owner()
        return self._project_id

    def check_owner(self) -> None:
        """See that the project belongs to the organization, where both are given; a name was looked for there only.

        :raises PostHogFailure: it belongs to another one.
        """
        if self._owner_checked or self._organization in (None, "@current") or self._project_id == PLANNED:
            return
        if self.named_project and not self.named_organization:
            return
        if self._project_id is None:
            # The first use looks it up, and comes back here.
            self._project_id = self._find_project()
        self._owner_checked = True
        wanted = self.organization_id()
        embedded = {str(item["id"]) for item in _projects_of(self._organization_object or {})}
        if self._project_id in embedded or self._project_id == PLANNED:
            return
        project = self.project()
        owner = project.get("organization") or project.get("organization_id")
        if owner is None or str(owner) == wanted or wanted == "@current":
            # Who may not read the project learns that from what is asked for next.
            return
        self._owner_checked = False
        names = {str(item.get("id")): item.get("name") for item in self.organizations()}
        shown = f"{project['name']!r} ({self._project_id})" if project.get("name") else str(self._project_id)
        text = (
            f"project: {shown} belongs to the organization {names.get(str(owner)) or owner!s}, "
            f"and organization says {names.get(wanted) or wanted}; give a project of that organization, "
            "or leave one of the two out"
        )
        self._project_id = None
        raise PostHogFailure(text)

    def _find_project(self) -> str:
        wanted = self._project
        if wanted is None or wanted == "@current":
            try:
                current = self.client.get("/api/projects/@current/")
            except ApiError as exc:
                if exc.status not in _ELSEWHERE:
                    raise
                current = self.me().get("team")
            if isinstance(current, dict) and current.get("id") is not None:
                self._project_object = current
                return str(current["id"])
            return "@current"
        if re.fullmatch(r"\d+", wanted):
            return wanted
        if self._organization is not None:
            owner = self.organization_id()
            within = _projects_of(self.organization())
            within = within or [item for item in self.projects() if str(item.get("organization")) == owner]
        else:
            within = self.projects()
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
            text = f"project: {self._unseen('project', wanted)}{nearest(wanted, names) or self._seen(within)}"
            if self.check_mode and wanted.strip().casefold() in self.promised:
                return PLANNED
            if self.check_mode and not self.strict:
                # As with other references: in a check run nothing that earlier tasks declare exists yet.
                self.warn(f"{text}; a run needs it to exist by then")
                return PLANNED
            raise PostHogFailure(text)
        return str(matching[0]["id"])

    def _unseen(self, kind: str, name: str) -> str:
        """What to say of a name that is not among those that the key can see; that may be the key's fault."""
        scopes = scopes_in(self._unlisted.detail) if self._unlisted is not None else []
        if not scopes:
            return f"this key sees no {kind} {name!r}"
        word = "scope" if len(scopes) == 1 else "scopes"
        return (
            f"{name!r} cannot be looked up, since this key lacks the {word} {', '.join(scopes)}; "
            f"add that (Settings, Personal API keys), or give the {kind}'s id"
        )

    @staticmethod
    def _seen(projects: t.Sequence[t.Mapping[str, t.Any]]) -> str:
        if not projects:
            return ""
        shown = [f"{item['id']} ({item.get('name')})" for item in projects[:_OFFERED]]
        more = f" and {len(projects) - _OFFERED} more" if len(projects) > _OFFERED else ""
        return f"; it sees {', '.join(shown)}{more}"

    def project(self) -> dict[str, t.Any]:
        """The project's own object, read once.

        :returns: the project, or an empty dictionary where the key may not read it.
        """
        if self.project_id() == PLANNED:
            return {}
        if self._project_object is None:
            try:
                path = f"/api/projects/{self.project_id()}/"
                self._project_object = as_object(self.client.get(path), path)
            except ApiError as exc:
                if exc.status not in _ELSEWHERE:
                    raise
                self._project_object = {}
        return self._project_object

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
            current = self.client.get("/api/organizations/@current/")
        except ApiError:
            raise error from None
        if not isinstance(current, dict) or str(current.get("id")) != self.organization_id():
            raise error

    def explained(self, error: ApiError) -> ApiError:
        """Add to an error what only further requests can tell.

        :param error: what PostHog said.
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
            seen = self.projects()
        except ApiError:
            seen = []
        if any(str(item.get("id")) == project for item in seen):
            return error
        return _retold(
            error,
            f"project: this key has no project {project} at {self.client.connection.host}{self._seen(seen)}"
            f" - PostHog said: {error.detail or error.status}",
        )

    def _explained_organization(self, error: ApiError) -> ApiError:
        """The same error, or one that says which organizations the key can see."""
        wanted = error.path.split("/")[3]
        told_scope = ":read" in error.detail or ":write" in error.detail
        if error.status not in (403, 404) or error.envelope is None or wanted == "@current" or told_scope:
            return error
        try:
            seen = self.organizations()
        except ApiError:
            return error
        if not seen or any(str(item.get("id")) == wanted for item in seen):
            return error
        names = ", ".join(f"{item.get('name')} ({item.get('id')})" for item in seen[:_OFFERED])
        return _retold(
            error,
            f"organization: this key has no organization {wanted} at {self.client.connection.host}; it sees {names}"
            f" - PostHog said: {error.detail or error.status}",
        )

    # -- what the plan includes -------------------------------------------------------------------------------------

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

    # -- objects and names ------------------------------------------------------------------------------------------

    def collection(self, resource: Resource, parent: t.Mapping[str, t.Any] | None = None) -> Collection:
        """The known objects of a type.

        :param resource: the table.
        :param parent: the parent's object, where the type has one.
        :returns: the same collection each time.
        """
        rule = resource.parent
        within = ""
        if rule is not None and parent:
            within = rule.planned(self, parent) or rule.path(self, parent)
        key = (resource.type, within)
        known = self._collections
        if resource.scope is Scope.ORGANIZATION:
            known = self._common.setdefault(self.organization_id(), {})
        if key not in known:
            known[key] = Collection(self, resource, parent)
        elif parent is not None and not known[key].complete:
            # The parent was read again, and with it the children that it embeds.
            known[key].parent = parent
        return known[key]

    def _everything(self) -> t.Iterator[Collection]:
        """What this session knows, and what it shares with others."""
        for known in (self._collections, *self._common.values()):
            yield from known.values()

    def keep_secret(self, texts: t.Iterable[str]) -> None:
        """Take note of texts that must appear nowhere in what the task prints.

        :param texts: the secrets.
        """
        self.secrets.update(texts)

    def planning(self, on: bool) -> None:
        """Begin to predict what a run would do, or end that and go back to what is.

        :param on: whether nothing is written from now on.
        """
        self.set_check_mode(on, strict=on)
        self.origins.restart()
        for collection in self._everything():
            collection.rollback()
        for inner in self._inside.values():
            inner.planning(on)

    def set_check_mode(self, on: bool, *, strict: bool = False) -> None:
        """Say whether anything may be written, here and in every session made from this one.

        :param on: nothing is written.
        :param strict: a name that nothing bears is an error even so.
        """
        self.check_mode, self.strict = on, strict
        for inner in self._inside.values():
            inner.set_check_mode(on, strict=strict)

    def stale(self) -> None:
        """Forget every object: a write of unknown outcome may have changed them."""
        for collection in self._everything():
            collection.stale()
        for inner in self._inside.values():
            inner.stale()

    @contextlib.contextmanager
    def alone_at(self, path: str) -> t.Iterator[None]:
        """Keep the other threads of this task away from what is read and then written.

        :param path: what it is about.
        """
        with self.client.threads.alone(self._locks.setdefault(path, threading.Lock())):
            yield

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
        if self._project_id is not None:
            self.check_owner()
        return self.client.request(method, path, json=json, repeatable=repeatable)

    def lookup(self, ref: Ref, value: t.Any, path: str, problems: Problems) -> dict[str, t.Any] | None:
        """The object that a reference names.

        :param ref: the reference.
        :param value: name or id.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the object, or None with a problem noted.
        """
        resource = self.registry(ref.type)
        collection = self.collection(resource)
        by_id = isinstance(value, int) or bool(UUID.fullmatch(str(value)))
        known = self.origins.here(ref.type, value) if by_id else None
        if known is not None:
            return known
        found = [] if by_id else collection.find(value)
        if not found and not by_id and not collection.complete:
            found = collection.find(value, sure=True)
        if not found and (by_id or re.fullmatch(r"\d+", str(value))):
            obj = collection.get(value)
            found = [obj] if obj is not None else []
        if not by_id:
            found = [obj for obj in found if all(dig(obj, key) == wanted for key, wanted in ref.where)]
        if len(found) > 1:
            ids = ", ".join(sorted(str(resource.object_id(obj)) for obj in found))
            problems.append(
                (path, f"{len(found)} objects of type {ref.type} are called {value!r} (ids {ids}); give the id")
            )
            return None
        if not found:
            sort = "".join(f" with the {key} {wanted}" for key, wanted in ref.where)
            text = f"there is no {resource.name} {value!r}{sort}{collection.offered(value, ref.where)}"
            if self.check_mode and not self.strict:
                # In a check run nothing that earlier tasks declare exists yet.
                self.warn(f"{path}: {text}; a run needs it to exist by then")
            else:
                problems.append((path, text))
            return None
        return found[0]

    def resolve(self, ref: Ref, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Turn a name into the value that PostHog wants.

        :param ref: the reference.
        :param value: name, id, or None.
        :param path: the option path, for problems.
        :param problems: collects what is wrong.
        :returns: the id; the name itself where it could not be resolved.
        """
        if value is None:
            return None
        resource = self.registry(ref.type)
        is_id = (isinstance(value, int) and not isinstance(value, bool)) or bool(UUID.fullmatch(str(value)))
        known = self.origins.here(ref.type, value) if is_id else None
        if is_id and known is None and ref.value == resource.id_path and not resource.other_ids:
            return str(value) if ref.as_string else value
        obj = self.lookup(ref, value, path, problems)
        if obj is None:
            return value
        found = dig(obj, ref.value)
        if found is None:
            return value
        return str(found) if ref.as_string else found

    def name_of(self, ref: Ref, value: t.Any) -> t.Any:
        """The name of an object that was already read.

        :param ref: the reference.
        :param value: the id as PostHog shows it.
        :returns: the name, or the value where the object is not known.
        """
        resource = self.registry(ref.type)
        if resource.parent is not None:
            return value
        return self.collection(resource).known_name(ref.value, value)

    def resolve_field(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """Resolve every reference in a declared value.

        :param field: the field.
        :param value: the parsed declaration.
        :param path: the option path.
        :param problems: collects what is wrong.
        :returns: the value with ids.
        """
        if value is None:
            return None
        if field.ref is not None:
            if isinstance(value, list):
                return [self.resolve(field.ref, item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
            return self.resolve(field.ref, value, path, problems)
        if field.refs:
            return walk(
                value, field.refs, lambda rule, item, where: self.resolve(rule.ref, item, where, problems), path
            )
        return value


def _retold(error: ApiError, message: str) -> ApiError:
    """An error in other words, with everything else that is known of it."""
    return ApiError(
        message,
        status=error.status,
        envelope=error.envelope,
        request_id=error.request_id,
        method=error.method,
        path=error.path,
    )


def _projects_of(organization: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """The projects that an organization's object tells of; servers before 2025 call them teams."""
    return [
        {**item, "organization": organization.get("id")}
        for item in objects_in(organization, "projects" if organization.get("projects") else "teams")
        if item.get("id") is not None
    ]
