# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The objects of one type in one place.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import threading
import typing as t
from urllib.parse import quote

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, as_object
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.explain import reworded
from ansible_collections.community.posthog.plugins.module_utils._state.object_index import ObjectIndex
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: Answers that are the same each time.
_REFUSALS: t.Final = frozenset({401, 402, 403, 404})

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
        #: Whether an answer showed that this server has the path.
        self.probed = False
        self._hidden_read = not resource.listing.hidden_params
        # Where many objects are asked for, the whole list comes first.
        self._lookups = 1 if session.many else 0
        self._path: str | None = None
        self._long: bool | None = None
        self._index = ObjectIndex(resource)
        #: Why the list cannot be had: asking again for each object would not help.
        self._refused: ApiError | None = None
        #: How often everything was forgotten.
        self._forgotten = 0
        self._loading = threading.Lock()
        #: The list as it was read last to look for twins, and how often that was begun (see C(_twins)).
        self.look: Collection | None = None
        self.looks = 0
        #: How many threads wait for that now.
        self.looking = 0

    def __len__(self) -> int:
        """How many objects are known."""
        return len(self._index)

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
        """The list's path: that of the newest servers, until an answer shows that this one is older."""
        if self._path is None:
            self._path = self.session.path(self.resource, self.resource.paths[0], self.parent)
        return self._path

    def object_path(self, object_id: t.Any) -> str:
        """The path of one object.

        :param object_id: the id that URLs take.
        :returns: the path with its closing slash.
        """
        if len(self.resource.paths) > 1 and not self.probed:
            # Only a list shows which generation the server is of.
            self.all()
        return f"{self.path}{quote(str(object_id), safe='@')}/"

    # -- reading --------------------------------------------------------------------------------------------------

    def all(self) -> list[dict[str, t.Any]]:
        """Every object that the list shows.

        :returns: the objects, those predicted in check mode included.
        """
        if not self.complete:
            self._load()
        return self._index.listed()

    def _load(self) -> None:
        with self.session.client.threads.alone(self._loading):
            while not self.complete:
                self._load_all()

    def _load_all(self) -> None:
        if self._refused is not None:
            raise reworded(self._refused, self._refused.message)
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
                self._refused = reworded(exc, exc.message)
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
                    raise self.session.explain.unavailable(self.resource, exc) from exc
                self.session.explain.check_older_path(self.resource, str(paths[index + 1]), exc)
        raise AssertionError("a resource without a path")

    def only(self) -> dict[str, t.Any] | None:
        """The object of a place that holds exactly one.

        :returns: the object; None in check mode, where the place is still to be made.
        """
        if self.parent == {} or self._nowhere():
            return None
        return next(iter(self.all()), None)

    def _nowhere(self) -> bool:
        """Whether the place of the objects is only predicted: a parent, a project or an organization in a check run."""
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
            found = self._index.named(wanted)
            if found or (sure and self._too_long()):
                return found
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
        found = self._index.named(wanted)
        if not found and not self._hidden_read:
            self._load_hidden()
            found = self._index.named(wanted)
        if not found and identity.also is not None:
            found = self._index.named(identity.normalize(identity.also(str(name))))
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
        self._index.take_hidden(lambda: self._take(objects))

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
        found = self._index.named(wanted)
        if not found and not self._hidden_read:
            self._take_hidden(
                obj
                for obj in self._list({**query, **self.resource.listing.hidden_params})
                if wanted in identity.names(obj)
            )
            found = self._index.named(wanted)
        return found

    def _too_long(self) -> bool:
        """Whether the list is one that may be very long, and is."""
        if self.resource.identity.partial or not self.resource.identity.large:
            return self.resource.identity.partial
        if self._long is None:
            with self.session.client.threads.alone(self._loading):
                if self._long is None:
                    self._long = self._asked_whether_long()
        return self._long

    def _asked_whether_long(self) -> bool:
        place = self.resource.parent
        query = {**(place.params(self.parent) if place and self.parent else {}), **self.resource.listing.params}
        answer = self.session.client.get(self.path, {**query, "limit": 1})
        count = answer.get("count") if isinstance(answer, dict) else None
        return not isinstance(count, int) or count > _LONG

    def get(self, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object of an id.

        :param object_id: the id that URLs take, or another one of the object's ids.
        :returns: the object, whole; None where there is none.
        """
        known = self._index.get(object_id)
        shown = self.complete and self.resource.list_is_complete
        if known is not None and (shown or self._index.is_whole(object_id)):
            return known
        if shown or not self.resource.retrievable:
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
        return self._index.get(object_id)

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
                self._index.drop(object_id)
                return None
            raise
        obj = as_object(obj, self.object_path(object_id))
        if not self._alive(obj):
            self._index.drop(object_id)
            return None
        return self.remember(obj, whole=True)

    # -- what this worker's own writes changed ----------------------------------------------------------------------

    def remember(self, obj: dict[str, t.Any], *, whole: bool = False) -> dict[str, t.Any]:
        """Keep an object as it is now.

        :param obj: the server's answer, or a predicted object.
        :param whole: it is the answer to a write or to a call for this one object, which shows everything; a list's
            shorter form does not replace it.
        :returns: the object.
        """
        return self._index.remember(obj, whole=whole)

    def forget(self, obj: t.Mapping[str, t.Any]) -> None:
        """Drop an object that is no longer there.

        :param obj: the object.
        """
        self._index.forget(obj)

    # -- what a run would change --------------------------------------------------------------------------------------

    def predict(
        self, obj: dict[str, t.Any] | None, *, instead_of: t.Mapping[str, t.Any] | None = None
    ) -> dict[str, t.Any] | None:
        """Take an object for what it would be after a run.

        :param obj: the object as it would be; None for one that would be gone.
        :param instead_of: the object as it is.
        :returns: the object.
        """
        # A run would find out when it writes.
        self.session.target.check_owner_before_write()
        self._index.predict(obj, instead_of=instead_of)
        return obj

    def as_read(self) -> list[dict[str, t.Any]]:
        """All objects as PostHog shows them, whatever is predicted of them."""
        self.all()
        return self._index.as_read()

    def rollback(self) -> None:
        """Take back every prediction: what is known of the objects is again what they are."""
        self._index.rollback()

    def whole(self, obj: dict[str, t.Any]) -> dict[str, t.Any] | None:
        """The object with everything that only a call for it alone shows.

        :param obj: an object of this collection.
        :returns: the whole object; None if it vanished meanwhile.
        """
        object_id = self.resource.object_id(obj)
        shown = self.resource.list_is_complete and not self.resource.listing.varies
        if object_id is None or shown or not self.resource.has_id or self._index.is_whole(object_id):
            return obj
        return self.detail(object_id)

    def stale(self) -> None:
        """Forget everything: somebody else changed it, or a write of unknown outcome may have."""
        self.complete = False
        self._refused = None
        self._forgotten += 1
        self._hidden_read = not self.resource.listing.hidden_params
        self._index.clear()
        # The next look-up goes for the whole list: a search may lag behind the write.
        self._lookups = 1

    def known_name(self, path: str, value: t.Any) -> t.Any:
        """The name of an object, if it was read already.

        :param path: path of the value in the object.
        :param value: the value.
        :returns: the name, or the value itself.
        """
        obj = self._index.of_value(path, value)
        return value if obj is None else self.resource.identity.shown(obj) or value

    def offered(self, name: t.Any, where: t.Iterable[tuple[str, t.Any]] = ()) -> str:
        """A half-sentence with the names that exist, for one that does not.

        :param name: what was asked for.
        :param where: paths and values that an object must have to be offered.
        :returns: similar names, or the first few, or that there is none at all.
        """
        if not self.complete and self._too_long():
            return ""
        conditions = tuple(where)
        fitting = [obj for obj in self.all() if all(dig(obj, key) == wanted for key, wanted in conditions)]
        names = sorted({self.resource.identity.shown(obj) for obj in fitting} - {""})
        if not names:
            return f"; there is no {'such ' if conditions else ''}{self.resource.name} at all"
        hint = nearest(str(name), names)
        if hint:
            return hint
        more = f" and {len(names) - _OFFERED} more" if len(names) > _OFFERED else ""
        shown = ", ".join(repr(name) for name in names[:_OFFERED])
        return f"; there {'is only' if len(names) == 1 else 'are'} {shown}{more}"
