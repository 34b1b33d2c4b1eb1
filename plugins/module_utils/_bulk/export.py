# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The objects of a project become a configuration (M(community.posthog.posthog_export)).

Private to this collection: it may change without notice.

The tables are used backwards: ids become names, numbers words, and values that the server computes or that are defaults
are left out. What cannot be reproduced faithfully elsewhere is reported.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_object import ObjectExporter
from ansible_collections.community.posthog.plugins.module_utils._bulk.export_report import Unfaithful
from ansible_collections.community.posthog.plugins.module_utils._bulk.parallel import ClientThreads
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import UNDECLARED_KEY, UNKNOWN_IDS_KEY
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.routes import missing_route
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: An object that holds objects of a type; None for types without a parent.
_Parent = t.Optional[t.Mapping[str, t.Any]]


@dataclass
class Export:
    """What was exported.

    :param config: lists by plural type; a dictionary for what exists once.
    :param secrets: names of the variables that stand for secrets.
    :param unfaithful: what could not be reproduced: type, name, path and reason.
    """

    config: dict[str, t.Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    unfaithful: list[dict[str, str]] = field(default_factory=list)


class Exporter:
    """Reads the objects of a project, and writes the configuration that declares them.

    :param session: the project.
    :param undeclared: how the files treat fields that are not declared.
    :param details: objects are read one by one where their list does not show all of them.
    :param rename: by type, names that another name is written for, wherever they are.
    :param concurrency: how many objects are read at once.
    """

    def __init__(
        self,
        session: Session,
        *,
        undeclared: str = "default",
        details: bool = True,
        rename: t.Mapping[str, t.Mapping[str, str]] | None = None,
        concurrency: int = 8,
    ) -> None:
        self.session = session
        self.unfaithful = Unfaithful()
        self.objects = ObjectExporter(session, rename or {}, self.unfaithful, details=details)
        self._concurrency = concurrency
        self._undeclared = undeclared
        self._details = details
        self._config: dict[str, t.Any] = {}
        #: The items of each type before equal ones were told apart: further ones may join them.
        self._items: dict[str, list[dict[str, t.Any]]] = {}
        #: What was exported: type, object, and its declaration.
        self.made: list[tuple[Resource, dict[str, t.Any], dict[str, t.Any]]] = []

    def read(
        self,
        table: Resource,
        wanted: t.Callable[[Resource, t.Mapping[str, t.Any]], bool],
        *,
        named: bool = True,
    ) -> None:
        """Export the objects of one type; where some were exported before, these join them.

        :param table: the type.
        :param wanted: which objects.
        :param named: the user asked for the type by name, so it is read in all its parents, whatever that costs.
        """
        made = self._items.setdefault(table.plural, [])
        for parent, collection, found in self._objects(table, named):
            location = self._location(table, parent)
            objects = [obj for obj in found if not self._is_made_by_posthog(table, obj) and wanted(table, obj)]
            objects.sort(key=lambda obj: (table.identity.shown(obj), str(table.object_id(obj))))
            for obj in self._complete(collection, objects):
                item = self.objects.declaration(table, obj, location)
                if item is not None:
                    made.append(item)
                    self.made.append((table, obj, item))
        items = [dict(item) for item in made]
        if table.singleton and table.parent is None:
            if items:
                self._config[table.plural] = items[0]
            return
        self._tell_apart(table, items)
        if items:
            self._config[table.plural] = sorted(items, key=lambda item: _identity(table, item))

    def finish(self) -> Export:
        """What was exported.

        :returns: plain data, in which no text of an object can be taken for a variable.
        """
        config, secrets = self.objects.secrets.finish(self._config)
        for kind, options in sorted(self.objects.unread.items()):
            reason = f"details is false, so nothing was written that no list shows: {', '.join(sorted(options))}"
            self.unfaithful.entries.append({"type": kind, "name": "", "path": "", "reason": reason})
        if config:
            items = [item for listed in config.values() if isinstance(listed, list) for item in listed]
            # In another project, the ids only say which objects of this export are different ones.
            ids = {UNKNOWN_IDS_KEY: "create"} if any("id" in item for item in items) else {}
            config = {UNDECLARED_KEY: self._undeclared, **ids, **config}
        return Export(config, secrets, self.unfaithful.entries)

    def _objects(self, table: Resource, named: bool) -> list[tuple[_Parent, Collection, list[dict[str, t.Any]]]]:
        """The objects of a type by parent, with the list that holds them."""
        parents: list[_Parent] = [None]
        if table.parent is not None:
            everywhere, unread = (
                (table.parent.everywhere(self.session), "") if named else table.parent.affordable(self.session)
            )
            parents = list(everywhere)
            if unread:
                self.unfaithful.about(table.type)
                self.unfaithful.add("", unread)
        embedded = self._embedded(table, parents)
        without_list = [id(parent) for parent, _obj in embedded]
        lists = self._lists(table, [parent for parent in parents if id(parent) not in without_list])
        found = [(parent, collection, collection.all()) for parent, collection in lists]
        return found + [(parent, self.session.collection(table, parent), [obj]) for parent, obj in embedded]

    def _embedded(self, table: Resource, parents: t.Sequence[_Parent]) -> list[tuple[_Parent, dict[str, t.Any]]]:
        """Where objects are not read one by one: the parents that show the object inside of them, and that object."""
        if self._details or table.parent is None or not table.singleton:
            return []
        found = [(parent, dict(table.parent.shows(self.session, parent))) for parent in parents if parent is not None]
        return [(parent, obj) for parent, obj in found if obj]

    def _lists(self, table: Resource, parents: t.Sequence[_Parent]) -> list[tuple[_Parent, Collection]]:
        """The lists of a type, one for each parent; several are read at once."""
        found: list[tuple[_Parent, Collection]] = []
        for parent in parents:
            holder = table.parent.holder(self.session, parent) if table.parent is not None and parent else None
            if holder is not None and holder[1].generated is not None and holder[1].generated(self.session, holder[2]):
                continue
            found.append((parent, self.session.collection(table, parent)))
        if len(found) > 1:
            with ClientThreads(self.session.client, self._concurrency) as threads:
                missing = [error for error in threads.map(lambda item: missing_route(item[1]), found) if error]
            if len(missing) == len(found):
                raise missing[0]
            for error in missing:
                # A list that this server does not have is no reason to leave out the others.
                self.unfaithful.about(table.type)
                self.unfaithful.add("", self.session.explained(error).message)
            found = [item for item in found if missing_route(item[1]) is None]
        return found

    def _location(self, table: Resource, parent: _Parent) -> dict[str, t.Any]:
        """The options that locate a parent, with its id where its name is not unique."""
        if table.parent is None or parent is None:
            return {}
        location = table.parent.options_for(self.session, parent)
        holder = table.parent.holder(self.session, parent)
        if holder is not None:
            option, owner, obj = holder
            self.unfaithful.about(table.type, owner.identity.shown(obj))
            ref = Ref(owner.type, value=owner.id_path)
            location[option] = self.objects.names.name_of(ref, owner.object_id(obj), option)
        return location

    def _is_made_by_posthog(self, table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether nobody can declare an object."""
        if table.generated is not None and table.generated(self.session, obj):
            return True
        return table.fixed is not None and bool(table.fixed(obj))

    def _complete(self, collection: Collection, objects: t.Sequence[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        """The objects with what their list does not show, read several at once."""
        table = collection.resource
        if not self._details or (table.list_is_complete and not table.listing.varies) or not table.has_id:
            return list(objects)
        with ClientThreads(self.session.client, self._concurrency) as threads:
            return [obj for obj in threads.map(collection.whole, objects) if obj is not None]

    def _tell_apart(self, table: Resource, items: list[dict[str, t.Any]]) -> None:
        """Keep the ids only where several objects have the same declaration otherwise."""
        by_identity: dict[str, list[dict[str, t.Any]]] = {}
        for item in items:
            by_identity.setdefault(repr(_identity(table, item)), []).append(item)
        for equal in by_identity.values():
            nameless = table.identity.nameless and equal[0].get(table.identity.option) == ""
            if len(equal) == 1 and not nameless:
                equal[0].pop("id", None)
                continue
            reason = "objects without a name" if nameless else "objects of the same name"
            for item in equal:
                self.unfaithful.about(table.type, str(item.get(table.identity.option) or ""))
                text = f"{reason} are told apart by their ids, in another project by their order in time"
                self.unfaithful.add("id", text)
        if not table.has_id:
            for item in items:
                item.pop("id", None)


def _identity(table: Resource, item: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """The options that identify an item, for sorting and comparing."""
    return tuple(str(item.get(option, "")) for option in (*table.location_options, *table.identity.options))
