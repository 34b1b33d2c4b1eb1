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

from ansible_collections.community.posthog.plugins.module_utils._fields import Field, NestedRef, Problems, Ref, dig

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._session import Session


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
    """

    option: str
    read: tuple[str, ...]
    unique: bool = False
    casefold: bool = False
    filter: str | None = None
    fuzzy: bool = False
    filter_limit: int = 200

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
        found = (dig(obj, path) for path in self.read)
        return [self.normal(value) for value in found if value is not None]

    def shown(self, obj: t.Mapping[str, t.Any]) -> str:
        """The name to show to a person.

        :param obj: the server's object.
        :returns: the name as it is written, or an empty string.
        """
        value = dig(obj, self.read[0])
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Parent:
    """An object that another one is reached through.

    :param option: the option that names the parent.
    :param type: the parent's type.
    :param embedded: path in the parent's object of the list that already holds the children.
    """

    option: str
    type: str
    embedded: str | None = None


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


@dataclass(frozen=True)
class SecretPart:
    """A part of a document that is secret under a condition.

    :param field: the document's name.
    :param key: its top-level key.
    :param when: name of the boolean field that makes it secret.
    """

    field: str
    key: str
    when: str


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
    :param replaceable: there is no PATCH: a change deletes the object and creates another.
    :param retrievable: whether one object can be read by its id.
    :param singleton: there is exactly one in its scope.
    :param list_params: query of every list call.
    :param hidden_params: query of a second list call, which shows what the first one hides.
    :param page_size: objects asked for per page, None for the engine's own.
    :param echo: options repeated in every PATCH, because some servers demand them.
    :param alive: tells an object that counts as existing from one that does not.
    :param parent: what it is reached through.
    :param stand_in: what is made where it cannot be created.
    :param several: the option that declares many at once.
    :param shorthands: short forms.
    :param checks: rules over several fields.
    :param guards: rules asked right before the first write.
    :param parts: fields with calls of their own.
    :param prepare: rewrites the declared values before anything else looks at them.
    :param references_inside: what it refers to is inside the object itself (a project's dashboards).
    :param masked: paths of secrets in what the server shows.
    :param secret_parts: parts of documents that are secret under a condition.
    :param aftermath: what else the creation of an object changes; said as a warning when it does.
    :param marker: where the collection leaves its mark on an object, for purging.
    """

    type: str
    plural: str
    scope: Scope
    path: str | tuple[str, ...]
    fields: tuple[Field, ...]
    identity: Identity
    scopes: tuple[str, str]
    order: int
    title: str = ""
    id_path: str = "id"
    other_ids: tuple[str, ...] = ()
    delete: Delete = Delete.HARD
    delete_options: tuple[str, ...] = ()
    creatable: bool = True
    replaceable: bool = False
    retrievable: bool = True
    singleton: bool = False
    list_params: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    hidden_params: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    page_size: int | None = None
    echo: tuple[str, ...] = ()
    alive: t.Callable[[t.Mapping[str, t.Any]], bool] | None = None
    parent: Parent | None = None
    stand_in: StandIn | None = None
    several: Several | None = None
    shorthands: tuple[Shorthand, ...] = ()
    checks: tuple[Check, ...] = ()
    guards: tuple[Guard, ...] = ()
    parts: tuple[Part, ...] = ()
    prepare: t.Callable[[dict[str, t.Any], Problems], None] | None = None
    references_inside: bool = False
    masked: tuple[str, ...] = ()
    secret_parts: tuple[SecretPart, ...] = ()
    marker: str | None = None
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
    def has_secrets(self) -> bool:
        """Whether anything declared may be unreadable afterwards, so that C(update_secret) makes sense."""
        return bool(self.secret_parts) or any(item.secret for item in self.fields)

    @property
    def list_is_complete(self) -> bool:
        """Whether a list call tells all that can be declared."""
        return not self.parts and all(item.in_list for item in self.fields if not item.write_only)

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
        return dig(obj, self.id_path)

    def label(self, obj_or_name: t.Any) -> str:
        """What a sentence calls one object.

        :param obj_or_name: the server's object, or its name.
        :returns: for example C(feature flag 'new-checkout').
        """
        name = self.identity.shown(obj_or_name) if isinstance(obj_or_name, t.Mapping) else obj_or_name
        return f"{self.name} {name!r}" if name else self.name
