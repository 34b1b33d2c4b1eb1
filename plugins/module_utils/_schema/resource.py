# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a resource type is: one table that says everything special about it.

Private to this collection: it may change without notice.

The tables stand in C(_resources), one file per PostHog product area; C(_registry) finds them by type. Nothing outside
a table mentions a type by name: what a type needs beyond the fields is one of the concepts below.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass
from enum import Enum

from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path, dig, has
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.session import Collection, Session


class Scope(Enum):
    """What an object belongs to; the value is the path that leads there."""

    INSTANCE = "/api/"
    ORGANIZATION = "/api/organizations/{organization}/"
    PROJECT = "/api/projects/{project}/"


class Delete(Enum):
    """How an object is deleted."""

    #: DELETE, and it is gone.
    HARD = "hard"
    #: DELETE answers 405; PATCH C({"deleted": true}) hides it.
    SOFT = "soft"
    #: It cannot be deleted.
    NONE = "none"


class Calls:
    """The requests that read and write the objects of a type: those of a REST list with an object below it.

    A type whose API is of another make has a subclass of its own (:class:`Singleton`, :class:`Upsert`, or one in its
    table's file). Nothing here decides whether anything is written; that is the reconciler's business.
    """

    def objects(self, collection: Collection, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """Read the list.

        :param collection: tells the path and the page size.
        :param params: the query, without paging.
        :returns: all its objects.
        """
        sizes = {"page_size": collection.resource.page_size, "most": collection.most}
        told = {name: size for name, size in sizes.items() if size is not None}
        return t.cast("list[dict[str, t.Any]]", collection.session.client.objects(collection.path, params, **told))

    def detail(self, collection: Collection, object_id: t.Any) -> t.Any:
        """Read one object.

        :param collection: where it is.
        :param object_id: the id that URLs take.
        :returns: the decoded answer.
        """
        return collection.session.client.get(collection.object_path(object_id))

    def create(self, collection: Collection, body: dict[str, t.Any]) -> t.Any:
        """Make an object.

        :param collection: where.
        :param body: the declared fields.
        :returns: the decoded answer.
        """
        return collection.session.write("POST", collection.path, body)

    def update(self, collection: Collection, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """Change an object.

        :param collection: where it is.
        :param current: the object as it is.
        :param body: the fields that change.
        :returns: the decoded answer; where it is empty the object is read again.
        """
        path = collection.object_path(collection.resource.object_id(current))
        answer = collection.session.write("PATCH", path, body)
        return answer if isinstance(answer, dict) else collection.session.client.get(path)

    def delete(self, collection: Collection, current: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> None:
        """Delete an object, in the type's way.

        :param collection: where it is.
        :param current: the object.
        :param options: fields to send along, where the deletion is a PATCH.
        """
        resource = collection.resource
        path = collection.object_path(resource.object_id(current))
        if resource.delete is Delete.SOFT:
            body = {name: dig(current, source) for name, source in resource.echoes if has(current, source)}
            collection.session.write("PATCH", path, {**body, **options, "deleted": True})
        else:
            collection.session.write("DELETE", path)


#: The usual requests.
REST: t.Final = Calls()


@dataclass(frozen=True)
class Singleton(Calls):
    """The one object of a place, which is always there: read with GET, changed with PATCH.

    :param read: path of the GET, below the type's path.
    :param update_path: path of the PATCH, below the type's path.
    """

    read: str = ""
    update_path: str = ""

    def objects(self, collection: Collection, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Calls.objects`."""
        answer = collection.session.client.get(collection.path + self.read)
        # Some servers answer null, or nothing at all, as long as nothing was set.
        return [answer if isinstance(answer, dict) else {}]

    def update(self, collection: Collection, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Calls.update`."""
        answer = collection.session.write("PATCH", collection.path + self.update_path, body)
        return answer if isinstance(answer, dict) else self.objects(collection, {})[0]


@dataclass(frozen=True)
class Upsert(Calls):
    """Objects without an id: a PUT on the list makes or changes the one of the same key.

    :param key: the keys, in what the server shows and takes, that tell one object from another.
    :param value: the key that holds what there is to declare; null deletes the object.
    :param items: the key of the answer that holds the list.
    """

    key: tuple[str, ...]
    value: str
    items: str

    def place(self, collection: Collection) -> str:
        """The path of the list.

        :param collection: the list.
        :returns: the path that requests go to.
        """
        return collection.path

    def objects(self, collection: Collection, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Calls.objects`."""
        answer = collection.session.client.get(self.place(collection), params)
        found = answer.get(self.items) if isinstance(answer, dict) else answer
        return [item for item in found or [] if isinstance(item, dict)]

    def create(self, collection: Collection, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Calls.create`."""
        return collection.session.write("PUT", self.place(collection), body)

    def update(self, collection: Collection, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Calls.update`."""
        return collection.session.write("PUT", self.place(collection), {**self._named(current), **body})

    def delete(self, collection: Collection, current: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> None:
        """See :meth:`Calls.delete`."""
        collection.session.write("PUT", self.place(collection), {**self._named(current), self.value: None})

    def _named(self, current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return {key: current[key] for key in self.key if current.get(key) is not None}


@dataclass(frozen=True)
class Identity:
    """How an object is found by what a person knows of it.

    :param option: the option that names it.
    :param read: paths in the server's object where that name may stand; the first is the usual one.
    :param unique: the server refuses a second object of that name.
    :param casefold: upper and lower case are the same.
    :param filter: query parameter of the list that narrows it to the name; what it gives is checked again, since
        servers that do not know it ignore it.
    :param fuzzy: the filter is a search that may overlook things, so an object it does not find is looked for in the
        whole list before another one of that name is created.
    :param filter_limit: longest text that the filter takes.
    :param within: further options that tell objects of the same name apart; an object that differs in a declared one
        of them is another object. C(option.key) is a key of a document.
    :param strict: an option of C(within) that is not declared means null, instead of anything.
    :param by_value: the identity option is no name but a value (a condition, a reference, a time), compared as values
        are.
    :param large: the list may be too long to be read for the sake of names. Then each name is asked for with the
        filter.
    :param partial: the list shows only some of the objects, so each name is asked for with the filter.
    :param nameless: an object may do without a name: PostHog takes an empty one, or null.
    :param also: makes, from a name, another one that the object of that name answers to, the first of C(read); for
        lists without a filter.
    """

    option: str = ""
    read: tuple[str, ...] = ()
    unique: bool = False
    casefold: bool = False
    filter: str | None = None
    fuzzy: bool = False
    filter_limit: int = 200
    within: tuple[str, ...] = ()
    strict: bool = False
    by_value: bool = False
    large: bool = False
    partial: bool = False
    nameless: bool = False
    also: t.Callable[[str], str] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """All options that tell which object is meant."""
        return ((self.option,) if self.option else ()) + tuple(name.partition(".")[0] for name in self.within)

    def normal(self, value: t.Any) -> str:
        """The form in which names are compared.

        :param value: a name.
        :returns: text.
        """
        text = str(value)
        return text.strip().casefold() if self.casefold else text

    def names(self, obj: t.Mapping[str, t.Any]) -> list[str]:
        """The names that an object answers to, in compared form.

        :param obj: the server's object.
        :returns: at least one name, unless the object has none.
        """
        found = [dig(obj, path) for path in self.read]
        names = [self.normal(value) for value in found if value is not None]
        return ["", *names] if self.nameless and found[0] is None else names

    def shown(self, obj: t.Mapping[str, t.Any]) -> str:
        """The name to show to a person.

        :param obj: the server's object.
        :returns: the name as it is written, or an empty string.
        """
        value = dig(obj, self.read[0]) if self.read else None
        return "" if value is None or isinstance(value, (dict, list)) else str(value)


class Place:
    """What the list of a type is reached through, where that is more than a project or an organization.

    What :meth:`find` returns stands for the place from then on: a mapping, empty where the place is an object that
    only a run would have made by now.
    """

    #: Path, in what stands for the place, of the list that already holds the objects.
    embedded: str | None = None
    #: Further options that :meth:`find` looks at, which are fields of the objects besides.
    reads: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """The options that say where; they are neither compared nor sent."""
        raise NotImplementedError

    @property
    def required(self) -> tuple[str, ...]:
        """Those of them that a task must give."""
        return self.options

    def find(
        self, session: Session, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """Find the place that a task means.

        :param session: for look-ups.
        :param resource: the table.
        :param declared: the declared values, names still unresolved.
        :param problems: collects what is wrong.
        :returns: what stands for the place; None where there is no such place.
        """
        raise NotImplementedError

    def path(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """What C({parent}) in the type's path becomes.

        :param session: for tables.
        :param place: what :meth:`find` returned.
        :returns: a part of a path.
        """
        raise NotImplementedError

    def planned(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """What tells a place that is only predicted from others; an empty string for one that is there.

        :param session: for tables.
        :param place: what :meth:`find` returned.
        :returns: text that is no path.
        """
        return ""

    def params(self, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What a list call asks for, where places differ by that and not by their path.

        :param place: what :meth:`find` returned.
        :returns: query parameters.
        """
        return {}

    def refers(self, declared: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, Ref, t.Any]]:
        """What the place's options name that their fields do not tell.

        :param declared: the declared values.
        :returns: the option, what is named, and its name or id.
        """
        return iter(())

    def everywhere(self, session: Session) -> list[t.Mapping[str, t.Any]]:
        """All places, for reading whatever there is.

        :param session: for reading.
        :returns: what stands for each of them.
        """
        raise NotImplementedError

    def affordable(self, session: Session) -> tuple[list[t.Mapping[str, t.Any]], str]:
        """The places that are read unless the type was asked for by its name.

        :param session: for reading.
        :returns: the places, and why that is not :meth:`everywhere`; an empty text where it is.
        """
        return self.everywhere(session), ""

    def shows(self, session: Session, place: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        """What is already known of the one object of a place, since the place shows it too.

        :param session: for tables.
        :param place: what :meth:`find` returned.
        :returns: some keys of the object, in the server's form.
        """
        return {}

    def holder(
        self, session: Session, place: t.Mapping[str, t.Any]
    ) -> tuple[str, Resource, t.Mapping[str, t.Any]] | None:
        """The object that a place is.

        :param session: for tables.
        :param place: what stands for it.
        :returns: the option that names it, its table and itself; None where the place is no object.
        """
        return None

    def said(self, session: Session, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The options that a task would give to mean a place.

        :param session: for tables.
        :param place: what stands for it.
        :returns: options.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Parent(Place):
    """An object that another one is reached through.

    :param option: the option that names the parent.
    :param type: the parent's type.
    :param embedded: path in the parent's object of the list that already holds the children.
    """

    option: str
    type: str
    embedded: str | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Place.options`."""
        return (self.option,)

    def find(
        self, session: Session, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Place.find`."""
        known = resource.field(self.option)
        if known is None or known.ref is None:
            raise LookupError(f"the table of {resource.type} lacks the reference {self.option}")
        return session.lookup(known.ref, declared[self.option], self.option, problems)

    def path(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Place.path`."""
        return str(session.registry(self.type).object_id(place))

    def planned(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Place.planned`."""
        return f"planned {id(place)}" if session.registry(self.type).object_id(place) is None else ""

    def everywhere(self, session: Session) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Place.everywhere`."""
        return list(session.collection(session.registry(self.type)).all())

    def holder(
        self, session: Session, place: t.Mapping[str, t.Any]
    ) -> tuple[str, Resource, t.Mapping[str, t.Any]] | None:
        """See :meth:`Place.holder`."""
        return self.option, session.registry(self.type), place

    def said(self, session: Session, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Place.said`."""
        return {self.option: session.registry(self.type).identity.shown(place)}


@dataclass(frozen=True)
class Kinds(Place):
    """A word that chooses one of several lists of the same make.

    :param option: the option that takes the word.
    :param words: each word with what C({parent}) in the type's path becomes.
    """

    option: str
    words: t.Mapping[str, str]

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Place.options`."""
        return (self.option,)

    def find(
        self, session: Session, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Place.find`."""
        return {"kind": declared[self.option]}

    def path(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Place.path`."""
        return self.words[place["kind"]]

    def everywhere(self, session: Session) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Place.everywhere`."""
        return [{"kind": word} for word in self.words]

    def said(self, session: Session, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Place.said`."""
        return {self.option: place["kind"]}


@dataclass(frozen=True)
class OneOf(Place):
    """One of several objects of different types; exactly one of the options is given.

    :param parents: the alternatives.
    :param paths: by option, what C({parent}) in the type's path becomes, with C({id}) for the object's id.
    """

    parents: tuple[Parent, ...]
    paths: t.Mapping[str, str]

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Place.options`."""
        return tuple(parent.option for parent in self.parents)

    @property
    def required(self) -> tuple[str, ...]:
        """See :attr:`Place.required`."""
        return ()

    def find(
        self, session: Session, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Place.find`."""
        for parent in self.parents:
            if declared.get(parent.option) is not None:
                found = parent.find(session, resource, declared, problems)
                return {"option": parent.option, "object": found} if found else found
        problems.append((self.options[0], f"one of {', '.join(self.options)} is needed, to say of what"))
        return None

    def path(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Place.path`."""
        parent = next(item for item in self.parents if item.option == place["option"])
        return self.paths[parent.option].format(id=parent.path(session, place["object"]))

    def planned(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Place.planned`."""
        parent = next(item for item in self.parents if item.option == place["option"])
        return parent.planned(session, place["object"])

    def everywhere(self, session: Session) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Place.everywhere`."""
        return [
            {"option": parent.option, "object": found}
            for parent in self.parents
            for found in parent.everywhere(session)
        ]

    def holder(
        self, session: Session, place: t.Mapping[str, t.Any]
    ) -> tuple[str, Resource, t.Mapping[str, t.Any]] | None:
        """See :meth:`Place.holder`."""
        parent = next(item for item in self.parents if item.option == place["option"])
        return parent.holder(session, place["object"])

    def said(self, session: Session, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Place.said`."""
        parent = next(item for item in self.parents if item.option == place["option"])
        return parent.said(session, place["object"])


@dataclass(frozen=True)
class StandIn:
    """Another type that is made instead, where this one cannot be created (a member is invited first).

    :param type: the type that is made.
    :param options: its options, each with the option of this type that it takes its value from.
    :param switch: option that allows it; without it a missing object is an error.
    :param remedy: what the switch does, for the sentence that says so.
    """

    type: str
    options: t.Mapping[str, str]
    switch: str
    remedy: str


@dataclass(frozen=True)
class Several:
    """Several objects declared by one task.

    :param option: the option that takes the list.
    :param each: the option of a single object that an entry of it is.
    :param exclusive: the option that makes the list the whole truth within the parent.
    """

    option: str
    each: str
    exclusive: str


@dataclass(frozen=True)
class Shorthand:
    """An option that stands for a part of a document.

    :param field: the option.
    :param target: the document's name.
    :param build: makes, from the option's value, the top-level keys of the document.
    """

    field: Field
    target: str
    build: t.Callable[[t.Any], dict[str, t.Any]]


#: Where the secrets of a document are: paths from the top of the document down.
SecretPaths = t.Collection[Path]


@dataclass(frozen=True)
class SecretPart:
    """Parts of a document that are secret.

    :param field: the document's name.
    :param find: gets the session (None where there is none at hand), the declared values and the object as far as
        they are known, and tells where the secrets are.
    :param shown: a stored secret shows in what the server answers (masked), and is kept by sending that back; if not,
        it does not show at all, and is kept by not sending it.
    :param shows: what PostHog shows in place of a stored secret, where that is always the same.
    :param maybe: where secrets may be among declared values, as long as nothing more is known.
    :param stored: where secrets are in an object of which the server shows nothing at all there.
    """

    field: str
    find: t.Callable[[Session | None, t.Mapping[str, t.Any], t.Mapping[str, t.Any] | None], SecretPaths]
    shown: bool = True
    shows: t.Any = None
    maybe: t.Callable[[t.Mapping[str, t.Any]], SecretPaths] | None = None
    stored: t.Callable[[Session, t.Mapping[str, t.Any]], SecretPaths] | None = None


@dataclass(frozen=True)
class RefPart:
    """References inside a document whose places only the object tells, or what it is made of.

    :param field: the document's name.
    :param find: gets the session, the declared values and the object as far as they are known, and tells where the
        references are: ids, names, or lists of them.
    :param types: the types that may be named.
    """

    field: str
    find: t.Callable[[Session, t.Mapping[str, t.Any], t.Mapping[str, t.Any] | None], t.Iterable[tuple[Path, Ref]]]
    types: tuple[str, ...]


def whole(field: str) -> SecretPart:
    """All of a field, as a part.

    :param field: the field's name.
    :returns: for C(private_parts).
    """
    return SecretPart(field, lambda _session, _declared, _current: [()])


def secret_when(key: str, switch: str) -> t.Callable[..., SecretPaths]:
    """A top-level key of a document that is secret where a boolean field says so.

    :param key: the key.
    :param switch: the field.
    :returns: for :class:`SecretPart`.
    """

    def find(
        _session: Session | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> SecretPaths:
        told = declared.get(switch)
        active = told if told is not None else dig(current or {}, switch)
        return [(key,)] if active else []

    return find


@dataclass
class PartPlan:
    """What a :class:`Part` found to do.

    :param before: what is, for the diff.
    :param after: what will be.
    :param changed: whether anything has to be written.
    :param predicted: the part's value in the predicted object.
    """

    before: t.Any
    after: t.Any
    changed: bool
    predicted: t.Any = None
    work: t.Any = None


class Part:
    """A field that is written by calls of its own (a dashboard's tiles).

    :param field: the option that declares it.
    :param switches: further options that it reads.
    """

    field: Field
    switches: tuple[Field, ...] = ()
    #: Where else the server shows it.
    also_shown: tuple[str, ...] = ()
    #: A list call tells of it what :meth:`plan` wants to know of the object, if only because that has calls of its own.
    in_list: bool = False
    #: :meth:`export` leaves in the object, under the field's name, what PostHog keeps there, in the field's form.
    in_form: bool = False

    def created_with(self, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What the request that creates the object already says of the part.

        :param declared: all declared options, parsed.
        :returns: keys of the body.
        """
        return {}

    def as_declared(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
    ) -> t.Any:
        """Look whether lists that the session reads anyway show that the part is as declared.

        :param session: for those lists.
        :param resource: the table.
        :param declared: all declared options, parsed.
        :param current: the object as its list shows it.
        :returns: the part in the server's form, as far as :meth:`plan` compares it; None where only the object's
            detail can decide.
        """
        return None

    def listed(self, session: Session, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """What lists that the session reads anyway show of the part.

        :param session: for those lists.
        :param resource: the table.
        :param current: the object as its list shows it.
        :returns: the part in the server's form, without what no list shows; None where none shows any of it.
        """
        return None

    def listable(self, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The declared options with so much of the part as :meth:`listed` shows.

        :param declared: all declared options, parsed.
        :returns: a copy.
        """
        return dict(declared)

    def plan(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """Compare, without writing.

        :param session: for references.
        :param resource: the table.
        :param declared: all declared options, parsed.
        :param current: the server's object; None if it is still to be created.
        :returns: what there is to do.
        """
        raise NotImplementedError

    def export(self, session: Session, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """What a task would declare to get what is.

        :param session: for names of other objects.
        :param resource: the table.
        :param current: the server's object, whole.
        :returns: the option's value; None where there is nothing to declare.
        """
        raise NotImplementedError

    def unsaid(
        self, session: Session, resource: Resource, current: t.Mapping[str, t.Any]
    ) -> t.Iterator[tuple[str, str]]:
        """What :meth:`export` leaves out although it is there, because nothing can declare it.

        :param session: for names of other objects.
        :param resource: the table.
        :param current: the server's object, whole.
        :returns: option path and reason.
        """
        return iter(())

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """Put what a plan comes to into a predicted object.

        :param obj: the object as it would be.
        :param plan: what :meth:`plan` returned.
        """
        for name in (self.field.name, *(name for name in self.also_shown if name in obj)):
            obj[name] = plan.predicted

    def apply(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """Write what the plan says.

        :param session: for requests.
        :param resource: the table.
        :param declared: all declared options, parsed.
        :param current: the server's object.
        :param plan: what :meth:`plan` returned for it.
        :returns: the object as it is afterwards.
        """
        raise NotImplementedError


#: A rule over several fields: gets the declared values, yields problems.
Check = t.Callable[[t.Mapping[str, t.Any]], t.Iterable[tuple[str, str]]]

#: A rule that needs to know more than the declaration: gets the session, the resolved values and the current object.
Guard = t.Callable[["Session", t.Mapping[str, t.Any], "t.Mapping[str, t.Any] | None"], t.Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Resource:
    """A resource type.

    :param type: its name everywhere.
    :param plural: its name in lists.
    :param scope: what it belongs to.
    :param path: below the scope; C({parent}) is the parent's id. Several are generations of servers, newest first.
    :param fields: what can be declared.
    :param identity: how a person names it.
    :param scopes: API scopes to read and to write it.
    :param order: position in the order of application; deletion goes the other way.
    :param title: what a sentence calls it.
    :param id_path: path of the id that URLs take.
    :param other_ids: paths of further ids that a reference may use.
    :param delete: how it is deleted.
    :param delete_options: options that a soft deletion sends along.
    :param creatable: whether POST makes one.
    :param plan_feature: key of the plan feature without which PostHog refuses to change an object, and may show only a
        part of it.
    :param origin: where an object comes from that cannot be created, for the sentence that says that it is not there.
    :param replaceable: there is no PATCH: a change deletes the object and creates another.
    :param retrievable: whether one object can be read by its id.
    :param module: it has a module of its own; otherwise it is only read and referred to.
    :param since: the first server generation that has the type; said where a server does not have it.
    :param calls: the requests that read and write it.
    :param key_paths: for objects without an id, the paths that together tell one from another.
    :param varies: what the list tells depends on the server's generation; what it lacks is asked for one by one.
    :param list_params: query of every list call.
    :param hidden_params: query of a second list call, which shows what the first one hides.
    :param page_size: objects asked for per page, None for the engine's own.
    :param most: objects that are read where nobody asks for another number, of lists that grow without end.
    :param echo: fields repeated in every PATCH, as far as the object shows them, because some servers demand them; a
        pair of names where the server shows a field under another one.
    :param together: fields of which PostHog understands one only together with the others: a PATCH that has one of
        them repeats the rest.
    :param alive: tells an object that counts as existing from one that does not.
    :param parent: what it is reached through.
    :param stand_in: what is made where it cannot be created.
    :param becomes: the type that an object of this one turns into by itself, under the same name (an invite that was
        accepted is a member); where that is there, nothing is left to do.
    :param moves: the option that names another organization, where the object is moved to; one that is there already is
        looked after there.
    :param several: the option that declares many at once.
    :param shorthands: short forms.
    :param checks: rules over several fields.
    :param guards: rules asked right before the first write.
    :param parts: fields with calls of their own.
    :param prepare: rewrites the declared values before anything else looks at them.
    :param short_forms: the options that C(prepare) takes in shorter forms than the table's, at any depth.
    :param references_inside: what it refers to is inside the object itself: C(project) for a project's dashboards,
        C(organization) for an organization's roles.
    :param masked: paths of secrets in what the server shows.
    :param reveals: options that show one of the masked keys after all, where somebody has a use for it.
    :param secret_parts: parts of documents that are secret under a condition.
    :param private_parts: what PostHog shows and compares like anything else, and is a secret all the same, such as the
        address of a webhook, which holds a token: masked in all that is printed, a variable in exports.
    :param ref_parts: references whose places only the object tells.
    :param completes: fills in, in the predicted new object, what PostHog takes from elsewhere (a template).
    :param aftermath: what else the creation of an object changes; said as a warning when it does.
    :param marker: the field of tags in which the collection leaves its mark on an object, for purging.
    :param purgeable: it may be deleted for not being declared.
    :param spared: tells an object that is never deleted for that.
    :param exported: an export takes it along; data and accounts are not configuration.
    :param keeps: tells why an object must not be deleted, since PostHog would delete more with it; an empty text where
        it may. Asked right before, in check mode too.
    :param generated: tells an object that PostHog made by itself, for another one.
    :param fixed: tells, of an object that is PostHog's own and that nobody can change, what it is; an empty text for
        all others.
    :param mentions: names of events and properties that stand inside the object without being references.
    """

    type: str
    plural: str
    scope: Scope
    path: str | tuple[str, ...]
    fields: tuple[Field, ...]
    scopes: tuple[str, str]
    order: int
    identity: Identity = Identity()
    title: str = ""
    id_path: str = "id"
    other_ids: tuple[str, ...] = ()
    delete: Delete = Delete.HARD
    delete_options: tuple[str, ...] = ()
    creatable: bool = True
    origin: str = ""
    plan_feature: str = ""
    replaceable: bool = False
    retrievable: bool = True
    module: bool = True
    since: str = ""
    calls: Calls = REST
    key_paths: tuple[str, ...] = ()
    varies: bool = False
    list_params: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    hidden_params: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    page_size: int | None = None
    most: int | None = None
    echo: tuple[str | tuple[str, str], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    alive: t.Callable[[t.Mapping[str, t.Any]], bool] | None = None
    parent: Place | None = None
    stand_in: StandIn | None = None
    becomes: str = ""
    moves: str = ""
    several: Several | None = None
    shorthands: tuple[Shorthand, ...] = ()
    checks: tuple[Check, ...] = ()
    guards: tuple[Guard, ...] = ()
    parts: tuple[Part, ...] = ()
    prepare: t.Callable[[dict[str, t.Any], Problems], None] | None = None
    short_forms: tuple[str, ...] = ()
    references_inside: t.Literal["", "project", "organization"] = ""
    masked: tuple[str, ...] = ()
    reveals: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    secret_parts: tuple[SecretPart, ...] = ()
    private_parts: tuple[SecretPart, ...] = ()
    ref_parts: tuple[RefPart, ...] = ()
    completes: t.Callable[[Session, dict[str, t.Any], t.Mapping[str, t.Any]], None] | None = None
    marker: str | None = None
    purgeable: bool = True
    spared: t.Callable[[Session, t.Mapping[str, t.Any]], bool] | None = None
    exported: bool = True
    keeps: t.Callable[[Session, t.Mapping[str, t.Any]], str] | None = None
    generated: t.Callable[[Session, t.Mapping[str, t.Any]], bool] | None = None
    fixed: t.Callable[[t.Mapping[str, t.Any]], str] | None = None
    mentions: tuple[NestedRef, ...] = ()
    aftermath: str = ""

    @property
    def name(self) -> str:
        """What a sentence calls the type."""
        return self.title or self.type.replace("_", " ")

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the server generations, newest first."""
        return (self.path,) if isinstance(self.path, str) else self.path

    def field(self, name: str) -> Field | None:
        """The field of that name.

        :param name: an option.
        :returns: the field, or None.
        """
        for known in self.fields:
            if known.name == name:
                return known
        return None

    @property
    def singleton(self) -> bool:
        """Whether there is exactly one in its place, which needs no name."""
        return not self.identity.option

    @property
    def has_id(self) -> bool:
        """Whether objects have an id that a task can give."""
        return not self.singleton and not self.key_paths

    @property
    def echoes(self) -> tuple[tuple[str, str], ...]:
        """What every PATCH repeats: the name in the body, and where the object shows it."""
        return tuple((item, item) if isinstance(item, str) else item for item in self.echo)

    @property
    def place_options(self) -> tuple[str, ...]:
        """The options that only say where an object is."""
        return self.parent.options if self.parent is not None else ()

    def named_by_reference(self, known: Field) -> bool:
        """Whether a field is the name that the object is found by, and another object's at that.

        :param known: one of the fields.
        :returns: True for the person whom a role is given to: whoever is found so is the one that is meant.
        """
        return known.name == self.identity.option and known.ref is not None and not self.identity.by_value

    @property
    def has_secrets(self) -> bool:
        """Whether anything declared may be unreadable afterwards, so that C(update_secret) makes sense."""
        fields = (*self.fields, *(part.field for part in self.parts))
        return bool(self.secret_parts) or any(item.secret for item in fields)

    @property
    def list_is_complete(self) -> bool:
        """Whether a list call tells all that can be declared."""
        fields = (item.in_list for item in self.fields if not item.write_only)
        return all(fields) and all(part.in_list for part in self.parts)

    @property
    def reference_rules(self) -> tuple[NestedRef, ...]:
        """All references inside documents."""
        return tuple(rule for item in self.fields for rule in item.refs)

    @property
    def references(self) -> tuple[Ref, ...]:
        """All references, at the top and inside documents."""
        top = tuple(item.ref for item in self.fields if item.ref is not None)
        return top + tuple(rule.ref for rule in self.reference_rules)

    def object_id(self, obj: t.Mapping[str, t.Any]) -> t.Any:
        """The id that URLs take.

        :param obj: the server's object.
        :returns: an integer or text; None for a predicted object.
        """
        if self.key_paths:
            return " ".join(str(dig(obj, path)) for path in self.key_paths)
        return dig(obj, self.id_path)

    def repeated(self, body: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What a PATCH says besides what changes, because PostHog wants to hear it again.

        :param body: what changes.
        :param current: the object as it is.
        :returns: further keys of the body, in the form that a write takes.
        """
        found: dict[str, t.Any] = {}
        for name, source in self.echoes:
            if has(current, source):
                known = next((item for item in self.fields if item.api_name == name), None)
                value = dig(current, source)
                found[name] = value if known is None or known.reading is None or value is None else known.reading(value)
        for names in self.together:
            fields = [known for known in self.fields if known.name in names]
            if any(known.api_name in body for known in fields):
                found.update({known.api_name: known.value_in(current) for known in fields if known.shown_by(current)})
        return {name: value for name, value in found.items() if name not in body}

    def label(self, obj_or_name: t.Any) -> str:
        """What a sentence calls one object.

        :param obj_or_name: the server's object, or its name.
        :returns: for example C(feature flag 'new-checkout').
        """
        name = self.identity.shown(obj_or_name) if isinstance(obj_or_name, t.Mapping) else obj_or_name
        return f"{self.name} {name!r}" if name and not isinstance(name, (dict, list)) else self.name
