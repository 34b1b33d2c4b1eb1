# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a table has besides fields: parts with calls of their own, secret parts, short forms, stand-ins.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path, dig
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup
    from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


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
    :param paths: the places in the document that the option stands for, such as C(filters.groups[].rollout_percentage).
    """

    field: Field
    target: str
    build: t.Callable[[t.Any], dict[str, t.Any]]
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Handover:
    """A secret that PostHog makes, and shows only in the answer to the request that makes it.

    A task gets it where it asks for it, and only if its result is hidden (C(no_log: true)).

    :param option: the option that asks for it.
    :param path: where it is in PostHog's answer.
    :param remedy: how another one can be had where this one is lost, for a warning.
    :param expected: whether PostHog makes one for a new object; it gets the object.
    """

    option: str
    path: str
    remedy: str
    expected: t.Callable[[t.Mapping[str, t.Any]], bool] = lambda obj: True


#: Where the secrets of a document are: paths from the top of the document down.
SecretPaths = t.Collection[Path]


@dataclass(frozen=True)
class SecretPart:
    """Parts of a document that are secret.

    :param field: the document's name.
    :param find: gets the session (None where there is none at hand), the declared values and the object as far as
        they are known, and says where the secrets are.
    :param shown: a stored secret shows in what the server answers (masked), and is kept by sending that back; if not,
        it does not show at all, and is kept by not sending it.
    :param shows: what PostHog shows in place of a stored secret, where that is always the same.
    :param maybe: where secrets may be among declared values, as long as nothing more is known.
    :param stored: where secrets are in an object of which the server shows nothing at all there.
    """

    field: str
    find: t.Callable[[Lookup | None, t.Mapping[str, t.Any], t.Mapping[str, t.Any] | None], SecretPaths]
    shown: bool = True
    shows: t.Any = None
    maybe: t.Callable[[t.Mapping[str, t.Any]], SecretPaths] | None = None
    stored: t.Callable[[Lookup, t.Mapping[str, t.Any]], SecretPaths] | None = None


@dataclass(frozen=True)
class RefPart:
    """References inside a document whose places depend on the object, or on what it is made of.

    :param field: the document's name.
    :param find: gets the session, the declared values and the object as far as they are known, and returns where the
        references are: ids, names, or lists of them.
    :param types: the types that may be named.
    """

    field: str
    find: t.Callable[[Lookup, t.Mapping[str, t.Any], t.Mapping[str, t.Any] | None], t.Iterable[tuple[Path, Ref]]]
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
        _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> SecretPaths:
        given = declared.get(switch)
        active = given if given is not None else dig(current or {}, switch)
        return [(key,)] if active else []

    return find


@dataclass
class PartPlan:
    """What a :class:`Part` found to do.

    :param before: what is, for the diff.
    :param after: what will be.
    :param changed: whether anything has to be written.
    :param predicted: the part's value in the predicted object.
    :param requests: how many requests it takes.
    """

    before: t.Any
    after: t.Any
    changed: bool
    predicted: t.Any = None
    work: t.Any = None
    requests: int = 1


class Part:
    """A field that is written by calls of its own (a dashboard's tiles).

    :param field: the option that declares it.
    :param switches: further options that it reads.
    """

    field: Field
    switches: tuple[Field, ...] = ()
    #: Where else the server shows it.
    also_shown: tuple[str, ...] = ()
    #: A list call shows all that :meth:`plan` reads of the object; also where the part is read by other requests.
    in_list: bool = False
    #: :meth:`export` leaves in the object, under the field's name, what PostHog keeps there, in the field's form.
    in_form: bool = False
    #: It makes a secret, which only a task that asks for it gets: see :class:`Handover`.
    handed_over: bool = False

    def created_with(self, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What the request that creates the object already says of the part.

        :param declared: all declared options, parsed.
        :returns: keys of the body.
        """
        return {}

    def as_declared(
        self,
        session: Lookup,
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

    def listed(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
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
        session: Lookup,
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

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """What a task would declare to get what is.

        :param session: for names of other objects.
        :param resource: the table.
        :param current: the server's object, whole.
        :returns: the option's value; None where there is nothing to declare.
        """
        raise NotImplementedError

    def left_out(
        self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]
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
        session: Lookup,
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
