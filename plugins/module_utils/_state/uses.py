# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Who uses an object that is to be deleted: a warning names them before it goes.

Private to this collection: it may change without notice.

PostHog deletes most objects although others refer to them, and leaves those with an id of nothing. The tables know
where one object refers to another, so the lists of the types that can refer to the deleted one show its users. Each
list costs one request at most, is read only when something really is deleted, and serves all deletions of a task.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, reach
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.named import nameable, named_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.parts import RefPart
    from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
    from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
    from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: Objects of one list that are looked at, unless all of them are known already: one page, so one request.
LOOKED_AT: t.Final = 500

#: Users of one type that are named.
_NAMED: t.Final = 5

#: An object: its type and its id.
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Place:
    """Where objects of a type may refer to one of another type.

    :param table: their type.
    :param fields: their fields, and those of their parts.
    :param rules: places that depend on the object.
    """

    table: Resource
    fields: tuple[Field, ...]
    rules: tuple[RefPart, ...]

    def named(self, session: Session, obj: t.Mapping[str, t.Any]) -> t.Iterator[tuple[Ref, t.Any]]:
        """What an object refers to.

        :param session: for the places that depend on the object.
        :param obj: the server's object.
        :returns: the kind of reference, and the id.
        """
        for field in self.fields:
            for _path, ref, value in named_in(field, field.value_in(obj), field.name):
                yield ref, value
        for rule in self.rules:
            if obj.get(rule.field):
                for path, ref in rule.find(session, obj, obj):
                    value = reach(obj[rule.field], path)
                    for item in value if isinstance(value, list) else [value]:
                        yield ref, item


class Uses:
    """What is known, in one task, of who uses what; all sessions of the task share it."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._lists: dict[int, tuple[Collection, list[dict[str, t.Any]]]] = {}
        self._places: dict[str, list[_Place]] = {}
        #: What is going to be deleted, while a plan is made: who uses it is only known at its end.
        self._waiting: list[tuple[Collection, dict[str, t.Any]]] | None = None
        self._done = False

    # -- when ---------------------------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Keep what is deleted for :meth:`warn_of_users`, since the same plan may change or delete its users."""
        self._waiting, self._done = [], False

    def warn_of_users(self) -> None:
        """Warn of the users that the kept objects have now. The run that follows does not warn again."""
        waiting, self._waiting, self._done = self._waiting or [], None, True
        self._lists.clear()
        gone = {_key(collection.resource, obj) for collection, obj in waiting}
        for collection, obj in waiting:
            self._warn(collection, obj, gone)
        self._lists.clear()

    def removing(self, collection: Collection, obj: dict[str, t.Any]) -> None:
        """Take note that an object is going to be deleted, and warn of its users.

        :param collection: where it is.
        :param obj: the server's object.
        """
        if self._waiting is not None:
            self._waiting.append((collection, obj))
        elif not self._done:
            self._warn(collection, obj, {_key(collection.resource, obj)})

    def _warn(self, collection: Collection, obj: dict[str, t.Any], gone: t.Collection[_Key]) -> None:
        users, partly = self._users(collection, obj, gone)
        if not users:
            return
        text = f"the {collection.resource.label(obj)} is used by {_listed(users)}"
        if partly:
            text += f" (only the first {LOOKED_AT} of the {' and of the '.join(partly)} were looked at)"
        if text not in self._said:
            self._said.add(text)
            collection.session.warn(text)

    # -- who ----------------------------------------------------------------------------------------------------------

    def _users(
        self, collection: Collection, obj: dict[str, t.Any], gone: t.Collection[_Key]
    ) -> tuple[list[tuple[Resource, list[str]]], list[str]]:
        """The names of the users by type, and the types of which not all objects were looked at."""
        session, resource = collection.session, collection.resource
        found: dict[str, tuple[Resource, list[str]]] = {}
        partly: list[str] = []

        def note(table: Resource, user: t.Mapping[str, t.Any]) -> None:
            name = table.identity.shown(user) or f"with the id {table.object_id(user)}"
            names = found.setdefault(table.type, (table, []))[1]
            if _key(table, user) not in gone and name not in names:
                names.append(name)

        for place in self._places_of(session, resource):
            users, whole = self._objects(session, place.table)
            for user in users:
                if any(_means(ref, value, resource, obj) for ref, value in place.named(session, user)):
                    note(place.table, user)
            if not whole:
                partly.append(_plural(place.table))
        for ref, value in _holders(resource, obj):
            table = session.registry(ref.type)
            for user in self._objects(session, table)[0]:
                if _means(ref, value, table, user):
                    note(table, user)
        return [(table, sorted(names)) for table, names in found.values() if names], partly

    def _places_of(self, session: Session, resource: Resource) -> list[_Place]:
        if resource.type not in self._places:
            self._places[resource.type] = list(_referring(session, resource))
        return self._places[resource.type]

    def _objects(self, session: Session, table: Resource) -> tuple[list[dict[str, t.Any]], bool]:
        """The objects of a type, as far as they are looked at; whether that is all of them."""
        collection = session.collection(table)
        if collection.complete and not table.references_inside:
            return collection.all(), True
        if id(collection) not in self._lists:
            # The collection is kept with it, so that no other one gets its number.
            self._lists[id(collection)] = (collection, self._read(session, collection))
        objects = self._lists[id(collection)][1]
        return objects, len(objects) < LOOKED_AT

    @staticmethod
    def _read(session: Session, collection: Collection) -> list[dict[str, t.Any]]:
        """One page of a list; nothing where this key or this server does not have it."""
        table = collection.resource
        try:
            if table.references_inside:
                home = session.project_id() if table.references_inside == "project" else session.organization_id()
                holder = collection.get(home)
                return [] if holder is None else [holder]
            aside = collection.afresh()
            aside.limit = LOOKED_AT
            return aside.all()
        except PostHogFailure as exc:
            raise_if_over(exc)
            session.warn_quietly(f"cannot tell which {_plural(table)} use what is deleted: {exc}")
            return []


def _referring(session: Session, resource: Resource) -> t.Iterator[_Place]:
    """The types whose lists show references to a type.

    What is reached through the object itself goes with it and does not use it. What only a request for each object
    shows, and lists that may be without end, would cost too much.
    """
    for name in session.types:
        table = session.registry(name)
        if table.parent is not None or table.singleton or table.identity.large:
            continue
        if table.references_inside:
            # The one object that everything is in: a project with its settings, an organization.
            if table.references_inside != resource.scope.name.lower():
                continue
        elif table.scope is not resource.scope:
            continue
        seen = bool(table.references_inside)
        fields = [field for field in table.fields if (field.in_list or seen) and not field.write_only]
        fields += [part.field for part in table.parts if part.in_list]
        fitting = tuple(field for field in fields if _can_name(field, resource.type))
        rules = tuple(rule for rule in table.ref_parts if resource.type in rule.types)
        if fitting or rules:
            yield _Place(table, fitting, rules)


def _can_name(field: Field, wanted: str) -> bool:
    return any(ref.type == wanted and not ref.holds for ref in nameable(field))


def _means(ref: Ref, value: t.Any, resource: Resource, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether a reference in an object of the server is to another one."""
    if ref.type != resource.type:
        return False
    if isinstance(value, dict):
        # Some answers hold the named object itself.
        value = dig(value, ref.value)
    wanted = dig(obj, ref.value)
    return value is not None and wanted is not None and str(value) == str(wanted)


def _holders(resource: Resource, obj: t.Mapping[str, t.Any]) -> t.Iterator[tuple[Ref, t.Any]]:
    """What an object says itself of those that hold it."""
    for field in resource.fields:
        if field.ref is not None and field.ref.holds:
            for _path, ref, value in named_in(field, field.value_in(obj), field.name):
                yield ref, value


def _key(table: Resource, obj: t.Mapping[str, t.Any]) -> _Key:
    return table.type, str(table.object_id(obj))


def _plural(table: Resource) -> str:
    return table.plural.replace("_", " ")


def _listed(users: t.Sequence[tuple[Resource, t.Sequence[str]]]) -> str:
    """For example C(the feature flags a, b and the insight c)."""
    parts = []
    for table, names in users:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        parts.append(f"the {table.name if len(names) == 1 else _plural(table)} {', '.join(names[:_NAMED])}{more}")
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
