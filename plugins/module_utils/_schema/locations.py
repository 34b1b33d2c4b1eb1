# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the list of a type is reached through, where that is more than a project or an organization.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup
    from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


class Location:
    """What the list of a type is reached through, where that is more than a project or an organization.

    What :meth:`find` returns stands for the place from then on: a mapping, empty in a check run where the place
    does not exist yet.
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
        self, session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """Find the place that a task means.

        :param session: for look-ups.
        :param resource: the table.
        :param declared: the declared values, names still unresolved.
        :param problems: collects what is wrong.
        :returns: what stands for the place; None where there is no such place.
        """
        raise NotImplementedError

    def path(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """What C({parent}) in the type's path becomes.

        :param session: for tables.
        :param place: what :meth:`find` returned.
        :returns: a part of a path.
        """
        raise NotImplementedError

    def planned(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """A key for a place that is only predicted; an empty string for one that is there.

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
        """What the place's options name and their fields do not show.

        :param declared: the declared values.
        :returns: the option, what is named, and its name or id.
        """
        return iter(())

    def everywhere(self, session: Lookup) -> list[t.Mapping[str, t.Any]]:
        """All places, for reading whatever there is.

        :param session: for reading.
        :returns: what stands for each of them.
        """
        raise NotImplementedError

    def affordable(self, session: Lookup) -> tuple[list[t.Mapping[str, t.Any]], str]:
        """The places that are read unless the type was asked for by its name.

        :param session: for reading.
        :returns: the places, and why that is not :meth:`everywhere`; an empty text where it is.
        """
        return self.everywhere(session), ""

    def shows(self, session: Lookup, place: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        """What is already known of the one object of a place, since the place shows it too.

        :param session: for tables.
        :param place: what :meth:`find` returned.
        :returns: some keys of the object, in the server's form.
        """
        return {}

    def holder(
        self, session: Lookup, place: t.Mapping[str, t.Any]
    ) -> tuple[str, Resource, t.Mapping[str, t.Any]] | None:
        """The object that a place is.

        :param session: for tables.
        :param place: what stands for it.
        :returns: the option that names it, its table and itself; None where the place is no object.
        """
        return None

    def options_for(self, session: Lookup, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The options that a task would give to mean a place.

        :param session: for tables.
        :param place: what stands for it.
        :returns: options.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Parent(Location):
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
        """See :attr:`Location.options`."""
        return (self.option,)

    def find(
        self, session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Location.find`."""
        field = resource.field(self.option)
        if field is None or field.ref is None:
            raise LookupError(f"the table of {resource.type} lacks the reference {self.option}")
        return session.lookup(field.ref, declared[self.option], self.option, problems)

    def path(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.path`."""
        return str(session.registry(self.type).object_id(place))

    def planned(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.planned`."""
        return f"planned {id(place)}" if session.registry(self.type).object_id(place) is None else ""

    def everywhere(self, session: Lookup) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Location.everywhere`."""
        return list(session.collection(session.registry(self.type)).all())

    def holder(
        self, session: Lookup, place: t.Mapping[str, t.Any]
    ) -> tuple[str, Resource, t.Mapping[str, t.Any]] | None:
        """See :meth:`Location.holder`."""
        return self.option, session.registry(self.type), place

    def options_for(self, session: Lookup, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Location.options_for`."""
        return {self.option: session.registry(self.type).identity.shown(place)}


@dataclass(frozen=True)
class PathChoice(Location):
    """A word that chooses one of several lists of the same make.

    :param option: the option that takes the word.
    :param words: each word with what C({parent}) in the type's path becomes.
    """

    option: str
    words: t.Mapping[str, str]

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Location.options`."""
        return (self.option,)

    def find(
        self, session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Location.find`."""
        return {"kind": declared[self.option]}

    def path(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.path`."""
        return self.words[place["kind"]]

    def everywhere(self, session: Lookup) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Location.everywhere`."""
        return [{"kind": word} for word in self.words]

    def options_for(self, session: Lookup, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Location.options_for`."""
        return {self.option: place["kind"]}
