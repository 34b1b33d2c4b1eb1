# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""From what is to what declares it (M(community.posthog.posthog_export)).

Private to this collection: it may change without notice.

The way back through the tables: ids become names, numbers words, and what the server computes or would put there anyway
is left out. What cannot be told so that it comes out the same elsewhere is reported.
"""

from __future__ import annotations

import concurrent.futures
import copy
import fnmatch
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    raise_if_over,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    Path,
    dig,
    reach,
    replaced,
    written_path,
)
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import _loaded, same, typed
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import of_unknown_kind, unknown_keys
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import (
    UNDECLARED,
    UNDECLARED_KEY,
    UNKNOWN_IDS_KEY,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import STORED
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import at_rest
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, concurrency_of
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._http.client import Turns
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UNKNOWN, UUID, Field, takes_newer
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Location
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref, walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._state.routes import missing_route
from ansible_collections.community.posthog.plugins.module_utils._state.session import Collection, Session

#: What variables that stand for secrets begin with.
SECRET_PREFIX: t.Final = "posthog_secret_"


class _Nothing:
    """Stands for a value that need not be declared."""


NOTHING: t.Final = _Nothing()


class _Variable(str):
    """A template that stands for a secret; no text of anybody's is one, whatever it looks like."""


@dataclass
class Export:
    """What was exported.

    :param config: lists by plural type; a dictionary for what exists once.
    :param secrets: names of the variables that stand for secrets.
    :param unfaithful: what could not be told faithfully: type, name, path and reason.
    """

    config: dict[str, t.Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    unfaithful: list[dict[str, str]] = field(default_factory=list)


class Exporter:
    """Reads the objects of a project and writes down what declares them.

    :param session: the project.
    :param rename: by type, names that another name is written for, wherever they stand.
    :param concurrency: how many objects are read at once.
    :param undeclared: what the files say of the fields that they do not name.
    :param details: objects are read by themselves where their list does not show all of them.
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
        self.rename = rename or {}
        self.concurrency = concurrency
        self.undeclared = undeclared
        self.details = details
        #: By type, what no list shows and nothing was read for.
        self._unread: dict[str, set[str]] = {}
        self.export = Export()
        self._type = self._name = ""
        self._number = 0
        #: Which place has which variable.
        self._variables: dict[str, tuple[int, str]] = {}
        self._inside = session
        self._names: dict[tuple[int, str, str], dict[str, str | None]] = {}
        self._ids: dict[tuple[str, str], t.Any] = {}

    # -- types --------------------------------------------------------------------------------------------------------

    def read(
        self,
        program: ResourceHandler,
        wanted: t.Callable[[Resource, t.Mapping[str, t.Any]], bool],
        *,
        named: bool = True,
    ) -> None:
        """Export the objects of one type.

        :param program: the type's module.
        :param wanted: which objects.
        :param named: the type was asked for by its name, so it is read wherever it is, whatever that costs.
        """
        table = program.table
        items: list[dict[str, t.Any]] = []
        places: list[t.Mapping[str, t.Any] | None] = [None]
        if table.parent is not None:
            places, unread = self._places(table.parent, named)
            if unread:
                self._type, self._name = table.type, ""
                self._report("", unread)
        shown_by_places = self._shown_by_places(table, places)
        known = [id(place) for place, _obj in shown_by_places]
        read = self._lists(table, [place for place in places if id(place) not in known])
        found = [(place, collection, collection.all()) for place, collection in read]
        found += [(place, self.session.collection(table, place), [obj]) for place, obj in shown_by_places]
        for place, collection, there in found:
            said = self._place_said(table, place)
            objects = [obj for obj in there if self._is_wanted(self.session, table, obj, wanted)]
            objects.sort(key=lambda obj: (table.identity.shown(obj), str(table.object_id(obj))))
            for obj in self._whole(collection, objects):
                item = self.declaration(table, obj, said)
                if item is not None:
                    items.append(item)
        if table.singleton and table.parent is None:
            if items:
                self.export.config[table.plural] = items[0]
            return
        self._tell_apart(table, items)
        if items:
            self.export.config[table.plural] = sorted(items, key=lambda item: _order_key(table, item))

    def _places(self, parent: Location, named: bool) -> tuple[list[t.Mapping[str, t.Any] | None], str]:
        """Where a type is read, and why that is not everywhere."""
        found, unread = (parent.everywhere(self.session), "") if named else parent.affordable(self.session)
        return list(found), unread

    def _shown_by_places(
        self, table: Resource, places: t.Sequence[t.Mapping[str, t.Any] | None]
    ) -> list[tuple[t.Mapping[str, t.Any], dict[str, t.Any]]]:
        """Where nothing is read for single objects: the places that show what is in them, and what they show."""
        if self.details or table.parent is None or not table.singleton:
            return []
        found = [(place, dict(table.parent.shows(self.session, place))) for place in places if place is not None]
        return [(place, obj) for place, obj in found if obj]

    def _lists(
        self, table: Resource, places: t.Sequence[t.Mapping[str, t.Any] | None]
    ) -> list[tuple[t.Mapping[str, t.Any] | None, Collection]]:
        """The lists of a type, one for each place; several are read at once."""
        found: list[tuple[t.Mapping[str, t.Any] | None, Collection]] = []
        for place in places:
            holder = table.parent.holder(self.session, place) if table.parent is not None and place else None
            if holder is not None and holder[1].generated is not None and holder[1].generated(self.session, holder[2]):
                continue
            found.append((place, self.session.collection(table, place)))
        if len(found) > 1:
            missing = [error for error in self._at_once(lambda item: missing_route(item[1]), found) if error]
            if len(missing) == len(found):
                raise missing[0]
            for error in missing:
                # One of several lists that this server does not have takes nothing away but itself.
                self._type, self._name = table.type, ""
                self._report("", self.session.explained(error).message)
            found = [item for item in found if missing_route(item[1]) is None]
        return found

    def _place_said(self, table: Resource, place: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The options that say where, with the id of an object whose name two have."""
        if table.parent is None or place is None:
            return {}
        said = table.parent.options_for(self.session, place)
        holder = table.parent.holder(self.session, place)
        if holder is not None:
            option, owner, obj = holder
            self._type, self._name = table.type, owner.identity.shown(obj)
            said[option] = self._name_for(Ref(owner.type, value=owner.id_path), owner.object_id(obj), option)
        return said

    def _at_once(self, work: t.Callable[[t.Any], t.Any], items: t.Sequence[t.Any]) -> list[t.Any]:
        """Do the same for several things at once, as far as it waits for the network."""
        client = self.session.client
        turns = client.turns = Turns()

        def one(item: t.Any) -> t.Any:
            with turns:
                return work(item)

        try:
            with concurrent.futures.ThreadPoolExecutor(self.concurrency) as pool:
                return list(pool.map(one, items))
        finally:
            client.turns = None

    @staticmethod
    def _is_wanted(
        session: Session,
        table: Resource,
        obj: t.Mapping[str, t.Any],
        wanted: t.Callable[[Resource, t.Mapping[str, t.Any]], bool],
    ) -> bool:
        if table.generated is not None and table.generated(session, obj):
            return False
        if table.fixed is not None and table.fixed(obj):
            return False
        return wanted(table, obj)

    def _whole(self, collection: Collection, objects: t.Sequence[dict[str, t.Any]]) -> list[dict[str, t.Any]]:
        """The objects with what only a call for each of them tells, several at once."""
        table = collection.resource
        if not self.details or (table.list_is_complete and not table.list_varies) or not table.has_id:
            return list(objects)
        return [obj for obj in self._at_once(collection.whole, objects) if obj is not None]

    def _tell_apart(self, table: Resource, items: list[dict[str, t.Any]]) -> None:
        """Give the id along where a declaration would fit several objects."""
        by_name: dict[str, list[dict[str, t.Any]]] = {}
        for item in items:
            by_name.setdefault(repr(_order_key(table, item)), []).append(item)
        for twins in by_name.values():
            nameless = table.identity.nameless and twins[0].get(table.identity.option) == ""
            if len(twins) == 1 and not nameless:
                twins[0].pop("id", None)
                continue
            reason = "objects without a name" if nameless else "objects of the same name"
            for item in twins:
                self._type, self._name = table.type, str(item.get(table.identity.option) or "")
                self._report("id", f"{reason} are told apart by their ids, in another project by their order in time")
        if not table.has_id:
            for item in items:
                item.pop("id", None)

    # -- objects ------------------------------------------------------------------------------------------------------

    def declaration(
        self, table: Resource, obj: t.Mapping[str, t.Any], said: t.Mapping[str, t.Any]
    ) -> dict[str, t.Any] | None:
        """The options that declare an object.

        :param table: its type.
        :param obj: the object, whole.
        :param said: the options that say where it is.
        :returns: the options, C(id) among them; None where there is nothing to declare.
        """
        self._type = table.type
        self._number += 1
        self._name = table.identity.shown(obj) or next((str(value) for value in said.values()), "")
        item: dict[str, t.Any] = {name: self._renamed_place(table, name, value) for name, value in said.items()}
        self._inside = self.session
        if table.references_inside == "project":
            self._inside = self.session.within(table.object_id(obj))
        elif table.references_inside == "organization":
            self._inside = self.session.within_organization(table.object_id(obj))
        for known in self._fields(table):
            if known.name in table.location_options or known.computed:
                continue
            if known.secret:
                if known.required or known.value_in(obj):
                    item[known.name] = self._secret(known.name)
                continue
            if known.write_only or not known.exported:
                continue
            if not known.shown_by(obj):
                if not known.in_list or table.singleton:
                    self._note_unread(table, known.name)
                continue
            self._report_strangers(known, known.value_in(obj))
            value = self._unparsed(known, self._with_secrets(table, known, obj), known.name)
            named = known.name in table.identity.options[:1]
            if named and (value is NOTHING or value is None):
                value = known.value_in(obj)
            if named and value is None and table.identity.nameless:
                value = ""
            if value is NOTHING or (not named and not known.required and self._is_default(known, value, obj)):
                continue
            if named and isinstance(value, str):
                value = self.rename.get(table.type, {}).get(value, value)
            item[known.name] = value
            if known.unportable and value:
                self._report(known.name, known.unportable)
        for part in table.parts:
            if not self.details and not part.in_list and part.field.name not in obj:
                shown = part.listed(self.session, table, obj)
                self._note_unread(table, part.field.name if shown is None else f"{part.field.name} in part")
                if shown is None:
                    continue
                obj = {**obj, part.field.name: shown}
            try:
                value = part.export(self.session, table, obj)
            except NotImplementedError:
                self._report(part.field.name, "cannot be exported yet")
                continue
            if part.in_form:
                self._report_strangers(part.field, obj.get(part.field.name))
            for path, reason in part.left_out(self.session, table, obj):
                self._report(path, reason)
            value = self._with_stored_secrets(table, part.field.name, value, obj)
            if value is not None and not at_rest(part.field, value):
                item[part.field.name] = self._plain(value) if part.field.undeclared_value is not UNKNOWN else value
        if table.has_id:
            item["id"] = table.object_id(obj)
        if table.singleton and said and not (item.keys() - said.keys()):
            # What stands at its defaults in every one of many places would fill pages.
            return None
        return item

    def _note_unread(self, table: Resource, name: str) -> None:
        """Remember what is not written because no list shows it."""
        if not self.details:
            self._unread.setdefault(table.type, set()).add(name)

    @staticmethod
    def _fields(table: Resource) -> list[Field]:
        """The fields, those that name the object first."""
        first = {name: index for index, name in enumerate(table.identity.options)}
        return sorted(table.fields, key=lambda known: first.get(known.name, len(first)))

    def _renamed_place(self, table: Resource, name: str, value: t.Any) -> t.Any:
        known = table.field(name)
        if known is not None and known.ref is not None and isinstance(value, str):
            return self.rename.get(known.ref.type, {}).get(value, value)
        return value

    def _with_secrets(self, table: Resource, known: Field, obj: t.Mapping[str, t.Any]) -> t.Any:
        """A field's value with variables in place of its secrets."""
        value = copy.deepcopy(known.value_in(obj))
        for rule in (*table.secret_parts, *table.private_parts):
            if rule.field != known.name:
                continue
            for path in rule.find(self.session, {}, obj):
                inner = reach(value, path)
                if (inner is None and rule.shown) or (rule in table.private_parts and not inner):
                    continue
                variable = self._secret(f"{known.name}.{_said(path)}".rstrip("."))
                value = replaced(value, path, {"value": variable} if inner == STORED else variable)
        for place in table.ref_parts:
            if place.field != known.name:
                continue
            for path, ref in place.find(self.session, {}, obj):
                inner = reach(value, path)
                where = f"{known.name}.{_said(path)}"
                if isinstance(inner, list):
                    value = replaced(value, path, [self._name_for(ref, item, where) for item in inner])
                elif inner is not None:
                    value = replaced(value, path, self._name_for(ref, inner, where))
        return value

    def _with_stored_secrets(self, table: Resource, name: str, value: t.Any, obj: t.Mapping[str, t.Any]) -> t.Any:
        """A part's value with variables for the secrets that are stored and of which PostHog shows nothing."""
        for rule in table.secret_parts:
            if rule.field != name or rule.stored is None or not isinstance(value, dict):
                continue
            for path in rule.stored(self.session, obj):
                if reach(value, path) is None:
                    value = _placed(value, path, self._secret(f"{name}.{_said(path)}"))
        return value

    def _secret(self, path: str) -> str:
        """A variable in place of a secret."""
        words = re.sub(r"[^a-z0-9]+", "_", f"{self._type}_{self._name}_{path}".lower()).strip("_")
        place, number = (self._number, path), 1
        name = SECRET_PREFIX + words
        # Names may differ in what a variable cannot hold; each secret has a variable of its own all the same.
        while self._variables.setdefault(name, place) != place:
            number += 1
            name = f"{SECRET_PREFIX}{words}_{number}"
        if name not in self.export.secrets:
            self.export.secrets.append(name)
        self._report(path, f"is secret; the variable {name} stands for it")
        return _Variable("{{ " + name + " }}")

    def finish(self) -> Export:
        """What was exported.

        :returns: plain data, in which no text that somebody wrote into an object is taken for one of the variables.
        """
        written: set[str] = set()

        def note(text: str) -> str:
            written.add(text)
            return text

        _rebuilt(self.export.config, note)
        names: dict[str, str] = {}
        for name in self.export.secrets:
            other = name
            while "{{ " + other + " }}" in written or (other != name and other in (*names, *self.export.secrets)):
                other += "_x"
            names[name] = other
        self.export.config = _rebuilt(
            self.export.config, str, lambda variable: "{{ " + names[variable.strip("{} ")] + " }}"
        )
        for entry in self.export.unfaithful:
            for name in (name for name in names if names[name] != name):
                entry["reason"] = re.sub(rf"\b{name}\b", names[name], entry["reason"])
        self.export.secrets = [names[name] for name in self.export.secrets]
        for kind, fields in sorted(self._unread.items()):
            reason = f"details is false, so nothing was written that no list shows: {', '.join(sorted(fields))}"
            self.export.unfaithful.append({"type": kind, "name": "", "path": "", "reason": reason})
        if self.export.config:
            items = [item for held in self.export.config.values() if isinstance(held, list) for item in held]
            # Ids mean nothing elsewhere but which of the objects here is meant.
            ids = {UNKNOWN_IDS_KEY: "create"} if any("id" in item for item in items) else {}
            self.export.config = {UNDECLARED_KEY: self.undeclared, **ids, **self.export.config}
        return self.export

    def _report_strangers(self, known: Field, value: t.Any) -> None:
        """Say what of a document this release does not know, and what the export makes of it."""
        for path, _value in unknown_keys(known, value, (known.name,)):
            holder = _holder(known, path[1:])
            if holder is not None and takes_newer(holder, str(path[-1])):
                reason = (
                    "this release does not know the key, so it is written as it is; an id in it is this project's own"
                )
            else:
                reason = "this release does not know the key, so the export leaves it out; an update keeps it"
            self._report(written_path(path), reason)
        for path, kind in of_unknown_kind(known, value, (known.name,)):
            reason = f"this release does not know the {path[-1]} {kind!r}, so all of it is written as it is"
            self._report(written_path(path), reason)

    def _report(self, path: str, reason: str) -> None:
        entry = {"type": self._type, "name": self._name, "path": path, "reason": reason}
        if entry not in self.export.unfaithful:
            self.export.unfaithful.append(entry)

    # -- values -------------------------------------------------------------------------------------------------------

    def _is_default(self, known: Field, value: t.Any, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether leaving a value out comes to the same."""
        if known.preserved or (known.create_only and value is None):
            # Left alone where it is not declared, so an empty one says nothing.
            return value in (None, [], {}, "")
        return at_rest(known, known.value_in(obj))

    def _unparsed(self, known: Field, value: t.Any, path: str) -> t.Any:
        """A value as a task declares it."""
        value = typed(known, value)
        if value is None:
            # A null that no task may give: leaving it out comes to the same.
            return None if (known.nullable or known.null_as is not None) and not known.null_is else NOTHING
        if known.words:
            return next((word for word, number in known.words.items() if number == value), value)
        if known.ref is not None:
            if isinstance(value, list):
                names = [self._name_for(known.ref, item, f"{path}[{i}]") for i, item in enumerate(value)]
                return sorted(names, key=str) if known.unordered else names
            return self._name_for(known.ref, value, path)
        if known.refs:
            value = walk(value, known.refs, lambda rule, item, where: self._name_for(rule.ref, item, where), path)
        if known.kind == "document":
            return self._document(known, value, path)
        if known.kind == "list" and isinstance(value, list):
            if known.ignored:
                value = [item for item in value if item not in known.ignored]
            if known.items is None:
                return self._plain(value)
            items = [self._unparsed(known.items, item, f"{path}[{i}]") for i, item in enumerate(value)]
            items = [None if item is NOTHING else item for item in items]
            return sorted(items, key=str) if known.unordered else items
        if known.kind == "map" and isinstance(value, dict) and known.items is not None:
            inner = {key: self._unparsed(known.items, item, f"{path}.{key}") for key, item in sorted(value.items())}
            return {key: None if item is NOTHING else item for key, item in inner.items()}
        if known.kind == "json":
            return _loaded(value)
        if known.choices and isinstance(value, str) and value not in known.choices and not known.newer:
            self._report(path, f"this release does not know the value {value!r}, and refuses it")
        return self._plain(value, known.server_added)

    def _document(self, known: Field, value: t.Any, path: str) -> t.Any:
        if not isinstance(value, dict):
            return self._plain(value)
        if known.unknown_kind(value) is not None:
            return self._plain({key: inner for key, inner in value.items() if not _is_computed(known, key)})
        out: dict[str, t.Any] = {}
        for inner in known.fields:
            if inner.computed or inner.name not in value:
                continue
            if not inner.required and same(inner, inner.default, value[inner.name]):
                continue
            told = self._unparsed(inner, value[inner.name], f"{path}.{inner.name}")
            if told is NOTHING:
                continue
            out[inner.name] = told
        for key, strange in value.items():
            if known.key(key) is None and takes_newer(known, key) and strange not in (None, "", [], {}):
                out[key] = self._plain(strange)
        return out

    @staticmethod
    def _plain(value: t.Any, unsaid: t.Container[str] = ()) -> t.Any:
        """An open document without what says nothing."""
        if isinstance(value, dict):
            return {
                key: Exporter._plain(inner, unsaid)
                for key, inner in value.items()
                if inner is not None and key not in unsaid
            }
        if isinstance(value, list):
            return [Exporter._plain(inner, unsaid) for inner in value]
        return value

    def _name_for(self, ref: Ref, value: t.Any, path: str) -> t.Any:
        """The name of an object that an id stands for."""
        if value is None or isinstance(value, (bool, dict, list)):
            return value
        try:
            names = self._names_of(ref)
        except PostHogFailure as exc:
            raise_if_over(exc)
            self._report(path, f"the {ref.type} {value} cannot be looked up ({exc.message})")
            return value
        key = str(value)
        if key not in names:
            if not UUID.fullmatch(key) and not key.isdigit():
                # A name already.
                return self.rename.get(ref.type, {}).get(key, value)
            self._report(path, f"there is no {ref.type} {value} any more, so its id stands here")
            return value
        name = names[key]
        if name is None:
            self._report(path, f"the {ref.type} {value} has no name of its own, so its id stands here")
            return self._ids.get((ref.type, key), value)
        return self.rename.get(ref.type, {}).get(name, name)

    def _names_of(self, ref: Ref) -> dict[str, str | None]:
        """Names by id; None for a name that two have, or that looks like an id."""
        key = (id(self._inside), ref.type, ref.value)
        if key not in self._names:
            table = self.session.registry(ref.type)
            shown: dict[str, str | None] = {}
            seen: dict[str, int] = {}
            objects = self._inside.collection(table).all()
            for obj in objects:
                for name in table.identity.names(obj)[:1]:
                    seen[name] = seen.get(name, 0) + 1
            for obj in objects:
                name = table.identity.shown(obj)
                bad = (
                    not name
                    or name.isdigit()
                    or UUID.fullmatch(name)
                    or seen.get(table.identity.normalize(name), 0) > 1
                )
                for path in dict.fromkeys((ref.value, table.id_path)):
                    object_id = dig(obj, path)
                    if object_id is not None:
                        shown[str(object_id)] = None if bad else name
                        # What refers to it by something else than its id has to name it by that.
                        self._ids[ref.type, str(object_id)] = table.object_id(obj)
            self._names[key] = shown
        return self._names[key]


class ExportHandler(ModuleHandler):
    """Writes down the configuration of a project.

    :param programs: the modules of all types.
    """

    def __init__(self, programs: t.Iterable[ResourceHandler]) -> None:
        super().__init__("posthog_export")
        self.programs = {program.table.plural: program for program in programs}

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {
                **connection_spec(),
                "types": {"type": "list", "elements": "str"},
                "scope": {"type": "str", "choices": ["project", "organization", "all"], "default": "project"},
                "names": {"type": "list", "elements": "str"},
                "exclude": {"type": "list", "elements": "str"},
                "tags": {"type": "list", "elements": "str"},
                "rename": {"type": "dict"},
                "dest": {"type": "path"},
                "layout": {"type": "str", "choices": ["type", "object", "single"], "default": "type"},
                "clean": {"type": "bool", "default": False},
                # What is left out is at its default, and nothing else is left out.
                "undeclared": {"type": "str", "choices": list(UNDECLARED)},
                "details": {"type": "bool", "default": True},
                "concurrency": {"type": "int", "default": 8},
            },
            "supports_check_mode": True,
        }

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        named = params.get("types")
        programs = self._chosen(named, str(params.get("scope") or "project"))
        session.many = True
        details = params.get("details") is not False
        undeclared = str(params.get("undeclared") or ("default" if details else "keep"))
        if not details and undeclared == "default":
            text = "default needs details: what no list shows would be put back to PostHog's defaults"
            raise InvalidInput([(UNDECLARED_KEY, text)])
        exporter = Exporter(
            session,
            undeclared=undeclared,
            details=details,
            rename=self._rename(params),
            concurrency=concurrency_of(params),
        )
        wanted = _filter(params)
        refused: list[ApiError] = []
        for program in programs:
            try:
                exporter.read(program, wanted, named=bool(named))
            except ApiError as exc:
                # What this server or this key does not have is left out, unless it was asked for by name.
                if named or exc.status not in (402, 403, 404):
                    raise
                refused.append(exc)
                if len(refused) == len(programs):
                    # It is not a type that is closed to this key, but everything.
                    raise refused[0] from None
                exporter.export.unfaithful.append(
                    {"type": program.table.type, "name": "", "path": "", "reason": session.explained(exc).message}
                )
        export = exporter.finish()
        types = {key: items for key, items in export.config.items() if key not in (UNDECLARED_KEY, UNKNOWN_IDS_KEY)}
        objects = sum(len(items) if isinstance(items, list) else 1 for items in types.values())
        return {
            "changed": False,
            "msg": f"{counted(objects, 'object')} of {counted(len(types), 'type')}",
            "config": export.config,
            "secrets": export.secrets,
            "unfaithful": export.unfaithful,
            "source": self._source(session),
        }

    def _chosen(self, named: t.Any, scope: str) -> list[ResourceHandler]:
        """The modules of the types to export, in the order of application."""
        problems = []
        singular = {program.table.type: program for program in self.programs.values()}
        chosen: list[ResourceHandler] = []
        for index, name in enumerate(named or ()):
            program = self.programs.get(name) or singular.get(name)
            if program is None:
                problems.append((f"types[{index}]", f"{name!r} is no type{nearest(name, self.programs)}"))
            else:
                chosen.append(program)
        if problems:
            raise InvalidInput(problems)
        if named:
            return sorted(chosen, key=lambda program: program.table.order)
        levels = {
            "project": {Scope.PROJECT},
            "organization": {Scope.ORGANIZATION},
            "all": {Scope.PROJECT, Scope.ORGANIZATION},
        }[scope]
        return [item for item in self.programs.values() if item.table.exported and item.table.scope in levels]

    @staticmethod
    def _rename(params: t.Mapping[str, t.Any]) -> dict[str, dict[str, str]]:
        rename = params.get("rename") or {}
        problems = []
        out: dict[str, dict[str, str]] = {}
        types = {name: table.type for table in RESOURCES.values() for name in (table.type, table.plural)}
        for kind, names in rename.items():
            if kind not in types:
                problems.append((f"rename.{kind}", f"is no type{nearest(str(kind), types)}"))
            elif not isinstance(names, dict):
                problems.append((f"rename.{kind}", "takes a dictionary of names, each with the one to write for it"))
            else:
                for old, new in names.items():
                    if isinstance(new, (bool, dict, list)) or new is None or str(new) == "":
                        hint = f"; {QUOTE}" if isinstance(new, bool) else ""
                        shown = str(new).lower() if isinstance(new, bool) else kind_of(new)
                        problems.append((f"rename.{kind}.{old}", f"takes a name, not {shown}{hint}"))
                out.setdefault(types[kind], {}).update({str(old): str(new) for old, new in names.items()})
        if problems:
            raise InvalidInput(problems)
        return out

    @staticmethod
    def _source(session: Session) -> dict[str, t.Any]:
        """Where the export is from."""
        project = session.project()
        return {
            "host": session.client.connection.host,
            "organization_id": session.organization_id(),
            "project_id": project.get("id"),
            "project": project.get("name"),
        }


def _filter(params: t.Mapping[str, t.Any]) -> t.Callable[[Resource, t.Mapping[str, t.Any]], bool]:
    """Which objects are asked for."""
    names = params.get("names")
    exclude = params.get("exclude") or []
    tags = {str(tag).strip().lower() for tag in params.get("tags") or []}

    def wanted(table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
        name = table.identity.shown(obj)
        if names is not None and not any(fnmatch.fnmatchcase(name, pattern) for pattern in names):
            return False
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in exclude):
            return False
        if tags:
            known = table.field("tags")
            return known is not None and bool(tags.intersection(known.value_in(obj) or []))
        return True

    return wanted


def _order_key(table: Resource, item: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """What a declaration is found by, and sorted by."""
    return tuple(str(item.get(option, "")) for option in (*table.location_options, *table.identity.options))


def _rebuilt(value: t.Any, text: t.Callable[[str], str], variable: t.Callable[[str], str] = str) -> t.Any:
    """A copy with other texts in it.

    :param value: what was exported.
    :param text: what becomes of a text that stands in an object.
    :param variable: what becomes of a variable in place of a secret.
    :returns: the copy.
    """
    if isinstance(value, dict):
        return {key: _rebuilt(inner, text, variable) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rebuilt(inner, text, variable) for inner in value]
    if isinstance(value, str):
        return variable(value) if isinstance(value, _Variable) else text(value)
    return value


def _placed(value: t.Mapping[str, t.Any], path: Path, new: t.Any) -> dict[str, t.Any]:
    """A copy of a document with a value at a path of keys, whether something is there yet or not."""
    first, rest = path[0], path[1:]
    inner = value.get(str(first))
    return {**value, str(first): _placed(inner if isinstance(inner, dict) else {}, rest, new) if rest else new}


def _is_computed(known: Field, key: str) -> bool:
    """Whether a key of a document is the server's own."""
    inner = known.key(key)
    return inner is not None and inner.computed


def _holder(known: Field, path: t.Sequence[t.Any]) -> Field | None:
    """The document in which a key stands.

    :param known: the field.
    :param path: the way to the key from there.
    :returns: the document's field, or None where the table ends before.
    """
    holder: Field | None = known
    for step in path[:-1]:
        if holder is None:
            return None
        holder = holder.key(str(step)) if holder.kind == "document" else holder.items
    return holder


def _said(path: t.Iterable[t.Any]) -> str:
    """A path for a person."""
    return ".".join(str(step[1]) if isinstance(step, tuple) else str(step) for step in path)
