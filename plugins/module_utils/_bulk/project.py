# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Many objects of many types at once: read, order, plan, apply, purge.

Private to this collection: it may change without notice.

The plan is a check run over everything, in the order in which things depend on each other; each predicted object is
there for those after it. Only then anything is written, and only what the plan found to differ. So a mistake anywhere
is told before the first write, and a plan is exactly what a run does.
"""

from __future__ import annotations

import collections
import concurrent.futures
import copy
import dataclasses
import functools
import json as jsonlib
import re
import traceback
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._bulk.conflicts import Conflicts
from ansible_collections.community.posthog.plugins.module_utils._bulk.elsewhere import option_hint
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    raise_if_over,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import reach
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted, scopes_at_once
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import (
    KEEP,
    UNDECLARED_KEY,
    UNKNOWN_IDS,
    UNKNOWN_IDS_KEY,
    Policy,
    policy_of,
    wrong_policy,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Declared, Outcome, changes
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask, TaskSpec
from ansible_collections.community.posthog.plugins.module_utils._http.client import Turns
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID
from ansible_collections.community.posthog.plugins.module_utils._schema.named import named_in
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref, walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import MARK
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import other_words
from ansible_collections.community.posthog.plugins.module_utils._state.routes import read_those_there
from ansible_collections.community.posthog.plugins.module_utils._state.session import PLANNED, Collection, Session

#: What objects wait for that were not tried because the connection failed.
_CONNECTION: t.Final = "the connection"

#: Keys of a document of configuration that say where it belongs, or where it is from.
HOME_KEYS: t.Final = ("organization", "project")
SOURCE_KEY: t.Final = "__posthog_source__"

#: An organization and a project as they were named; None for those of the task.
Home = tuple[t.Optional[str], t.Optional[str]]

#: Mistakes of the same text that are told one by one.
_ALIKE: t.Final = 5

#: What can become of an object, in the order in which it is told.
ACTIONS: t.Final = ("created", "updated", "deleted", "unchanged", "failed", "skipped")


@dataclass(frozen=True)
class Source:
    """Where a document is from.

    :param file: the file's name; empty for what stands in the playbook.
    :param lines: line numbers by path, for the places that have one.
    :param prefix: the document's own path, where several stand in the playbook.
    :param spelled: the values of which YAML made something else than what was written.
    """

    file: str = ""
    lines: t.Mapping[str, int] = field(default_factory=dict)
    prefix: str = ""
    spelled: tuple[t.Mapping[str, t.Any], ...] = ()

    def of(self, path: str) -> str:
        """Where something stands, for a person.

        :param path: for example C(feature_flags[2].filters).
        :returns: file, line and path, as far as they are known.
        """
        if not self.file:
            return self.prefix + path
        shorter = path
        while shorter and shorter not in self.lines:
            shorter = shorter[: max(shorter.rfind("."), shorter.rfind("["), 0)]
        line = self.lines.get(shorter)
        return f"{self.file}:{line}: {path}" if line is not None else f"{self.file}: {path}"


@dataclass
class Node:
    """One declared object on its way.

    :param number: its place among all nodes.
    :param task: reads and carries out tasks of its type.
    :param declaration: what is to be done.
    :param home: organization and project, as they were named.
    :param where: its path in its document.
    :param source: the document's.
    :param name: what a person calls it.
    :param needs: numbers of the nodes that must be done first.
    :param completes: the node that did a part of the same object before, because of a cycle.
    :param outcomes: what became of it, or would.
    :param problems: what is wrong with it: option path and sentence.
    :param blocked: name of what failed before it.
    :param begun: a part of it was done before it came to that.
    :param doomed: the object to delete for not being declared, and where it is.
    """

    number: int
    task: ResourceTask
    declaration: TaskSpec
    home: Home
    where: str
    source: Source
    name: str
    needs: set[int] = field(default_factory=set)
    completes: Node | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    problems: Problems = field(default_factory=list)
    blocked: str = ""
    begun: bool = False
    doomed: tuple[Collection, dict[str, t.Any]] | None = None

    @property
    def error(self) -> str:
        """Why it failed, or an empty string."""
        return "; ".join(f"{path}: {text}" if path else text for path, text in self.problems)

    @property
    def table(self) -> Resource:
        """The type."""
        return self.task.table

    @property
    def changed(self) -> bool:
        """Whether there is, or was, anything to do."""
        return any(outcome.changed for outcome in self.outcomes)

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        return self.table.label(self.name)


@dataclass
class Purge:
    """What may be deleted for not being declared.

    :param types: plural names.
    :param everything: whether the collection's mark does not matter.
    :param most: how many deletions are allowed; with C(percent), of a hundred existing ones.
    :param percent: whether C(most) is a percentage.
    :param allow_empty: a type of which nothing is declared may be purged.
    """

    types: tuple[str, ...] = ()
    everything: bool = False
    most: int = 10
    percent: bool = False
    allow_empty: bool = False


@dataclass
class Result:
    """What became of everything.

    :param entries: one for each object that was not left alone.
    :param counts: how many objects have had which fate.
    :param outcomes: the outcomes behind the entries, for a diff.
    :param begun: something was written of an object that failed or was skipped in the end.
    """

    entries: list[dict[str, t.Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACTIONS, 0))
    outcomes: list[tuple[str, Outcome]] = field(default_factory=list)
    begun: bool = False

    def add(self, node: Node) -> None:
        """Count a node.

        :param node: it is done with.
        """
        home = {key: value for key, value in zip(HOME_KEYS, node.home) if value is not None}
        base: dict[str, t.Any] = {"type": node.table.type, "name": node.name, **home}
        begun = "it was begun, but " if node.begun else ""
        self.begun = self.begun or node.begun
        if node.error:
            self.counts["failed"] += 1
            self.entries.append({**base, "action": "failed", "msg": begun + node.error})
            return
        if node.blocked:
            self.counts["skipped"] += 1
            self.entries.append({**base, "action": "skipped", "msg": f"{begun}{node.blocked} failed"})
            return
        for outcome in _flat(node.outcomes):
            if outcome.action == "unchanged" and outcome.also:
                # What was made in its stead is counted.
                continue
            self.counts[outcome.action] += 1
            if outcome.action == "unchanged":
                continue
            entry = {**base, "type": outcome.resource.type, "action": outcome.action, "changes": changes(outcome)}
            if outcome.obj is not None and outcome.resource.has_id:
                entry["id"] = outcome.resource.object_id(outcome.obj)
            if outcome.action in ("created", "deleted"):
                entry["fields"] = dict(outcome.after if outcome.action == "created" else outcome.before)
            self.entries.append(entry)
            self.outcomes.append((node.name, outcome))

    @property
    def summary(self) -> str:
        """One line with all counts that say something."""
        said = [f"{self.counts[action]} {action}" for action in ACTIONS if self.counts[action]]
        return ", ".join(said) or "nothing declared"


class Project:
    """A configuration of one or several projects.

    :param session: the task's session.
    :param tasks: the tasks of each type, by its plural name.
    :param concurrency: how many objects are worked on at once.
    :param policy: what documents that do not say it themselves say of the fields that an item does not name.
    :param progress: called with a line about each object that was changed.
    """

    def __init__(
        self,
        session: Session,
        tasks: t.Mapping[str, ResourceTask],
        *,
        concurrency: int = 8,
        policy: Policy = KEEP,
        progress: t.Callable[[str], None] | None = None,
    ) -> None:
        self.session = session
        self.tasks = tasks
        self.concurrency = max(1, concurrency)
        self.policy = policy
        self.progress = progress or (lambda line: None)
        self.nodes: list[Node] = []
        self.problems: Problems = []
        self.purged: list[Node] = []
        #: Where documents say that their objects belong, and the types that are listed there, if only as empty lists.
        self._homes: dict[Home, set[str]] = {}
        #: The same place may be named in several ways: what a home comes down to, by what is looked for there.
        self._places: dict[tuple[Scope, Home], tuple[str | None, str | None]] = {}
        self._named: dict[tuple[t.Any, ...], Node] = {}
        self._declared: dict[tuple[t.Any, ...], list[Node]] = collections.defaultdict(list)
        self._broken: dict[tuple[t.Any, ...], str] = {}
        #: What is declared by an id that may be that of another project, by place, type and id.
        self._by_id: dict[tuple[t.Any, ...], Node] = {}
        self._foreign_ids: frozenset[tuple[str, str]] = frozenset()
        self._planned_homes: set[Home] = set()
        self._made_homes: dict[Home, Session] = {}
        self._own_project: str | None = None
        #: The failure that ended everything, since every other request would have met it too.
        self.ended: ApiError | None = None

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, documents: t.Iterable[t.Any]) -> None:
        """Read documents of configuration; what is wrong with them is collected.

        :param documents: dictionaries of lists by type.
        """
        documents = list(documents)
        self._own_project = self._declared_project(documents)
        for number, document in enumerate(documents):
            if not isinstance(document, dict):
                self.problems.append(("config", "takes a dictionary of lists by type, such as feature_flags"))
                continue
            told = document.get(SOURCE_KEY) or {}
            prefix = f"config[{number}]." if len(documents) > 1 else ""
            source = Source(
                str(told.get("file") or ""), told.get("lines") or {}, prefix, tuple(told.get("spelled") or ())
            )
            home = self._home(document, source)
            policy = self._policy(document, source)
            self._homes.setdefault(home, set())
            for key, value in document.items():
                if key in (*HOME_KEYS, SOURCE_KEY, UNDECLARED_KEY, UNKNOWN_IDS_KEY) or value is None:
                    continue
                task = self.tasks.get(key)
                if task is not None:
                    self._homes.setdefault(self._home_of(task.table, home), set()).add(task.table.plural)
                if task is None:
                    self._problem(source, key, f"is no type{self._nearest_type(key)}")
                elif task.table.singleton and task.table.parent is None:
                    self._read_item(task, value, key, home, source, policy)
                elif not isinstance(value, list):
                    self._problem(source, key, "takes a list")
                else:
                    for index, item in enumerate(value):
                        self._read_item(task, item, f"{key}[{index}]", home, source, policy)

    def _declared_project(self, documents: t.Iterable[t.Any]) -> str | None:
        """The project that the task works in, where the configuration itself declares it, so that it may not be there.

        :param documents: dictionaries of lists by type.
        :returns: its name; None where the task's project has to exist.
        """
        own = self.session.project_name
        projects = self.tasks.get("projects")
        if own is None or projects is None:
            return None
        normal = projects.table.identity.normal
        for document in documents:
            items = document.get(projects.table.plural) if isinstance(document, dict) else None
            for item in items if isinstance(items, list) else ():
                name = item.get("name") if isinstance(item, dict) else None
                if isinstance(name, str) and normal(name) == normal(own) and document.get("organization") is None:
                    return own
        return None

    def _home_of(self, table: Resource, home: Home) -> Home:
        """Where objects of a type are, of a document that says where it belongs."""
        if table.scope is Scope.PROJECT and home[1] is None:
            return (home[0], self._own_project)
        return home

    def _problem(self, source: Source, path: str, text: str) -> None:
        self.problems.append((source.of(path), text))

    def _home(self, document: t.Mapping[str, t.Any], source: Source) -> Home:
        home: list[str | None] = []
        for key in HOME_KEYS:
            value = document.get(key)
            if isinstance(value, str):
                value = value.strip()
            if value is not None and (isinstance(value, (dict, list, bool)) or value == ""):
                hint = f"; {QUOTE}" if isinstance(value, bool) else ""
                self._problem(source, key, f"takes a name or an id, not {value!r}{hint}")
                value = None
            home.append(None if value is None else str(value))
        for entry in source.spelled:
            if len(entry["steps"]) == 1 and entry["steps"][0] in HOME_KEYS and entry["kind"] != "bool":
                text = f"{entry['text']} without quotes is {entry['value']} to YAML; put it in quotes"
                self._problem(source, str(entry["steps"][0]), text)
        return (home[0], home[1])

    def _policy(self, document: t.Mapping[str, t.Any], source: Source) -> Policy:
        """What a document says of the fields that its items do not name; its own word counts, if it has one."""
        found, value = self.policy, document.get(UNDECLARED_KEY)
        if value is not None:
            policy = policy_of(value, self.policy)
            if policy is None:
                self._problem(source, UNDECLARED_KEY, wrong_policy(value))
            found = policy or found
        ids = document.get(UNKNOWN_IDS_KEY)
        if ids is not None and ids not in UNKNOWN_IDS:
            self._problem(source, UNKNOWN_IDS_KEY, wrong_policy(ids, UNKNOWN_IDS))
        elif ids is not None:
            found = dataclasses.replace(found, unknown_ids=ids)
        return found

    def _nearest_type(self, key: str) -> str:
        singular = {task.table.type: plural for plural, task in self.tasks.items()}
        if key in singular:
            return f"; a list of them is called {singular[key]}"
        return nearest(key, self.tasks) or f"; known are {', '.join(sorted(self.tasks))}"

    def _read_item(
        self, task: ResourceTask, item: t.Any, where: str, home: Home, source: Source, policy: Policy
    ) -> None:
        if not isinstance(item, dict):
            self._problem(source, where, f"takes the options of posthog_{task.table.type}, not {kind_of(item)}")
            return
        home = self._home_of(task.table, home)
        try:
            self._refuse_words(task, where, source)
            params, raw = self._options(task, item, where, policy)
            declaration = task.declare(raw, params, where, policy)
        except InvalidInput as exc:
            for path, text in exc.problems:
                self._problem(source, path, text)
            self._note_broken(task, item, home, where, source)
            return
        told = [f"{source.of(path)}: {text}" for declared in declaration.items for path, text in declared.remarks]
        if told:
            self.session.warn("; ".join(told))
        node = Node(len(self.nodes), task, declaration, home, where, source, _name_of(task.table, declaration))
        self.nodes.append(node)
        self._note_name(node)

    @staticmethod
    def _refuse_words(task: ResourceTask, where: str, source: Source) -> None:
        """Refuse what YAML made something else of, where it stands for text."""
        steps = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", where)]
        inside = [
            {**entry, "steps": entry["steps"][len(steps) :]}
            for entry in source.spelled
            if list(entry["steps"][: len(steps)]) == steps
        ]
        if inside:
            table = task.table
            fields = (
                *task.engine_options,
                *table.fields,
                *(short.field for short in table.shorthands),
                *(part.field for part in table.parts),
            )
            problems = other_words(fields, inside, where)
            if problems:
                raise InvalidInput(problems)

    def _note_broken(
        self, task: ResourceTask, item: t.Mapping[str, t.Any], home: Home, where: str, source: Source
    ) -> None:
        """Remember what an item with mistakes is called: who refers to it makes no mistake by that."""
        table = task.table
        known = table.field(table.identity.option) if table.identity.option else None
        for name in (known.name, *known.aliases) if known is not None else ():
            if isinstance(item.get(name), (str, int)) and table.identity.normal(item[name]):
                key = (*self._home_key(table, home), table.type, table.identity.normal(item[name]))
                if _named_alone(table) and item.get("id") is None:
                    # Whatever else is wrong with it, it is one too many.
                    nodes = [node for node in self._declared.get(key, ()) if node.declaration.object_id is None]
                    others = [node.source.of(node.where) for node in nodes]
                    for other in [self._broken[key]] if key in self._broken else others[:1]:
                        label = table.label(str(item[name]))
                        self._problem(source, where, f"{label} is declared twice; the other one is at {other}")
                self._broken.setdefault(key, source.of(where))

    @staticmethod
    def _options(
        task: ResourceTask, item: t.Mapping[str, t.Any], where: str, policy: Policy
    ) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
        """The engine's own options of an item, validated, and the rest."""
        names = task.option_names
        problems: Problems = []
        params: dict[str, t.Any] = {}
        raw: dict[str, t.Any] = {}
        own = {option.name: option for option in task.engine_options}
        for key, value in item.items():
            name = names.get(key)
            if name is None:
                hint = option_hint(task.table.type, key, names)
                problems.append((f"{where}.{key}", f"is no option of posthog_{task.table.type}{hint}"))
            elif name in own:
                params[name] = own[name].parse(value, f"{where}.{key}", problems)
            else:
                raw[key] = value
        for option in own.values():
            # Where an item is the whole truth, so are the lists in it.
            params.setdefault(
                option.name, True if policy.whole and option.name in task.part_switches else option.default
            )
        table = task.table
        given = {names[key] for key in raw if key in names}
        identified = "id" in given or (table.several is not None and table.several.option in given)
        for needed in table.identity.options[:1]:
            if needed not in given and not identified:
                problems.append((f"{where}.{needed}", "is missing"))
        for needed in table.parent.required if table.parent is not None else ():
            if needed not in given:
                problems.append((f"{where}.{needed}", "is missing"))
        if problems:
            raise InvalidInput(problems)
        return params, raw

    def _note_name(self, node: Node) -> None:
        """Remember under which name a node is declared; twice is a mistake."""
        for item in node.declaration.items:
            key = (
                *self._home_key(node.table, node.home),
                node.table.type,
                *_identity_key(node.table, item, node.declaration),
            )
            other = self._named.get(key)
            if other is not None:
                self._problem(
                    node.source,
                    node.where,
                    f"{node.label} is declared twice; the other one is at {other.source.of(other.where)}",
                )
                continue
            self._named[key] = node
            broken = self._broken.get(self._reference_key(node.table, node.home, item))
            if broken is not None and _named_alone(node.table) and node.declaration.object_id is None:
                text = f"{node.label} is declared twice; the other one is at {broken}"
                self._problem(node.source, node.where, text)
            if not node.declaration.absent:
                for reference in self._reference_keys(node.table, node.home, item):
                    self._declared[reference].append(node)

    def _reference_keys(self, table: Resource, home: Home, item: Declared) -> list[tuple[t.Any, ...]]:
        """The keys under which others refer to what is declared: by its name, and by what PostHog makes of the name."""
        key = self._reference_key(table, home, item)
        name = item.values.get(table.identity.option)
        if table.identity.also is None or not isinstance(name, (str, int)):
            return [key]
        return list(dict.fromkeys([key, (*key[:-1], table.identity.normal(table.identity.also(str(name))))]))

    def _home_key(self, table: Resource, home: Home) -> tuple[str | None, str | None]:
        """What tells objects of a type apart by where they are."""
        if table.scope is Scope.INSTANCE:
            return (None, None)
        known = self._places.get((table.scope, home))
        return known or ((home[0], None) if table.scope is Scope.ORGANIZATION else home)

    def _reference_key(self, table: Resource, home: Home, item: Declared) -> tuple[t.Any, ...]:
        name = item.values.get(table.identity.option)
        normal = table.identity.normal(name) if isinstance(name, (str, int)) else ""
        return (*self._home_key(table, home), table.type, normal)

    # -- order --------------------------------------------------------------------------------------------------------

    def order(self) -> None:
        """Find out what has to be done before what; cycles are broken by doing an object in two steps."""
        self.session.planning(True)
        self._know_places()
        self._know_ids()
        for node in list(self.nodes):
            if not node.declaration.absent:
                node.needs |= {other.number for _option, other in self._needed(node)}
                node.needs.discard(node.number)
        self._take_turns()
        self._break_cycles()

    def _know_ids(self) -> None:
        """Find out what is declared by ids that may be those of another project."""
        for node in self.nodes:
            number = node.declaration.object_id
            if number is None or node.declaration.absent or not node.declaration.policy.anywhere:
                continue
            place = (*self._home_key(node.table, node.home), node.table.type)
            self._by_id[(*place, str(number))] = node
        self._foreign_ids = frozenset((key[-2], key[-1]) for key in self._by_id)

    def _take_turns(self) -> None:
        """Do those that only ids tell apart one by one: which object the next one is depends on those before it."""
        alike: dict[tuple[t.Any, ...], list[Node]] = collections.defaultdict(list)
        for key, node in self._by_id.items():
            alike[(*key[:-1], *_identity_key(node.table, node.declaration.items[0], None))].append(node)
        for nodes in alike.values():
            left, before = list(nodes), None
            while left:
                numbers = {node.number for node in left}
                # One that refers to another of them comes after it.
                node = next((one for one in left if not numbers & self._reached(one)), left[0])
                if before is not None:
                    node.needs.add(before.number)
                left.remove(node)
                before = node

    def _reached(self, node: Node) -> set[int]:
        """The numbers of all nodes that one needs, those that these need included."""
        found: set[int] = set()
        todo = list(node.needs)
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self.nodes[number].needs
        return found - {node.number}

    def _know_places(self) -> None:
        """Find out which homes are the same place: a project may be given by its name, by its id, or not at all."""
        for scope in (Scope.ORGANIZATION, Scope.PROJECT):
            homes = list(dict.fromkeys(node.home for node in self.nodes if node.table.scope is scope))
            for home in homes if len(homes) > 1 else ():
                session = self.session.beside(*home)
                place: tuple[str | None, str | None] = (home[0], home[1] and home[1].strip().casefold())
                try:
                    if scope is Scope.PROJECT:
                        found = session.project_id()
                        place = place if found == PLANNED else ("", found)
                    else:
                        place = ("", session.organization_id())
                except PostHogFailure as exc:
                    # It is not there yet, or the plan will say what is wrong.
                    raise_if_over(exc)
                self._places[scope, home] = place
        if self._places:
            self._named.clear()
            self._declared.clear()
            for node in self.nodes:
                self._note_name(node)

    def places(self) -> list[str]:
        """The projects and organizations in which something is declared, as far as they are there.

        :returns: their ids.
        """
        found: list[str] = []
        for scope, home in dict.fromkeys((node.table.scope, node.home) for node in self.nodes):
            session = self.session.beside(*home)
            try:
                found.append(session.project_id() if scope is Scope.PROJECT else session.organization_id())
            except PostHogFailure:
                # The plan will say what is wrong.
                continue
        return [place for place in dict.fromkeys(found) if place != PLANNED]

    def _needed(self, node: Node) -> t.Iterator[tuple[str, Node]]:
        """The declared objects that one refers to, each with the option that does."""
        for item in node.declaration.items:
            for option, ref, value in (*references(node.table, item), *self._linked(node, item)):
                table = self.session.registry(ref.type)
                if isinstance(value, bool) or not isinstance(value, (str, int)):
                    continue
                key = (*self._home_key(table, node.home), ref.type, table.identity.normal(value))
                for other in self._declared.get(key, ()):
                    yield option, other
            for path, ref, value in self.named(node) if self._by_id else ():
                table = self.session.registry(ref.type)
                by_id = self._by_id.get((*self._home_key(table, node.home), ref.type, str(value)))
                if by_id is not None and by_id is not node:
                    yield _option_of(path), by_id
        if node.table.scope is Scope.PROJECT and node.home[1] is not None:
            table = self.session.registry("project")
            key = (*self._home_key(table, node.home), "project", table.identity.normal(node.home[1]))
            for other in self._declared.get(key, ()):
                self._planned_homes.add(node.home)
                self.session.promised.add(node.home[1].strip().casefold())
                yield "project", other

    def named(self, node: Node) -> t.Iterator[tuple[str, Ref, t.Any]]:
        """Everything that a node names.

        :param node: a declared object.
        :returns: the option path, what is named, and its name or id.
        """
        for item in node.declaration.items:
            yield from named_by(node.table, item)
            yield from self._linked(node, item)

    def is_declared(self, table: Resource, home: Home, name: t.Any) -> bool:
        """Whether an object of a name is declared to be there.

        :param table: its type.
        :param home: where.
        :param name: the name.
        """
        return bool(self._declared.get((*self._home_key(table, home), table.type, table.identity.normal(name))))

    @staticmethod
    def flat(outcomes: t.Iterable[Outcome]) -> t.Iterator[Outcome]:
        """Outcomes with those that belong to them.

        :param outcomes: of one node.
        :returns: all of them.
        """
        return _flat(outcomes)

    def _linked(self, node: Node, item: Declared) -> t.Iterator[tuple[str, Ref, t.Any]]:
        """References whose places only the object tells, as far as its declaration does."""
        for rule in node.table.ref_parts:
            if item.values.get(rule.field) is None:
                continue
            try:
                found = list(rule.find(self.session.beside(*node.home), item.values, None))
            except PostHogFailure as exc:
                # The project is not there yet, or what tells the places is not; the plan will say so.
                raise_if_over(exc)
                continue
            for path, ref in found:
                value = reach(item.values[rule.field], path)
                for name in value if isinstance(value, list) else [value]:
                    yield rule.field, ref, name

    def _break_cycles(self) -> None:
        left = _components(self.nodes)
        while left:
            component = left.pop()
            if len(component) < 2:
                continue
            inside = {node.number for node in component}
            candidates = sorted(component, key=lambda node: (node.table.order, node.number))
            # PostHog refuses a cohort that is made of itself, a flag that depends on itself and so on.
            several = len({node.table.type for node in component}) > 1
            for node in candidates if several else ():
                options = {option for option, other in self._needed(node) if other.number in inside}
                if options and all(self._optional(node, option) for option in options):
                    # What is outside of the circle stays outside of any.
                    left += _components([*component, self._split(node, options, inside)])
                    break
            else:
                names = " -> ".join(node.label for node in [*candidates, candidates[0]])
                self._problem(
                    candidates[0].source, candidates[0].where, f"cannot be made, since each needs the next: {names}"
                )

    @staticmethod
    def _optional(node: Node, option: str) -> bool:
        known = node.table.field(option)
        return known is None or not (known.required or option in node.table.place_options)

    def _split(self, node: Node, options: t.Collection[str], inside: t.Collection[int]) -> Node:
        """Do an object without some of its options first; the node that completes it when the others are there."""
        completion = Node(
            len(self.nodes),
            node.task,
            node.declaration,
            node.home,
            node.where,
            node.source,
            node.name,
            needs={*node.needs, node.number},
            completes=node,
        )
        self.nodes.append(completion)
        node.declaration = dataclasses.replace(
            node.declaration,
            # What comes later is not set back first.
            policy=dataclasses.replace(node.declaration.policy, undeclared=KEEP.undeclared),
            items=[
                dataclasses.replace(
                    item,
                    values={key: value for key, value in item.values.items() if key not in options},
                    parts={key: value for key, value in item.parts.items() if key not in options},
                )
                for item in node.declaration.items
            ],
        )
        node.needs -= set(inside)
        for other in self.nodes:
            # Who stands outside the cycle wants the whole object.
            if other.number not in inside and other is not completion and node.number in other.needs:
                other.needs.add(completion.number)
        return completion

    # -- plan and apply -----------------------------------------------------------------------------------------------

    def home(self, home: Home) -> Session:
        """The session in which the objects of an organization and a project are.

        :param home: their names or ids; None for those of the task.
        :returns: the session; one in which nothing exists yet where the project is still to be made.
        """
        if home in self._made_homes:
            return self._made_homes[home]
        place = self._places.get((Scope.PROJECT, home))
        first = next((other for other in self._made_homes if self._places.get((Scope.PROJECT, other)) == place), None)
        if place is not None and first is not None:
            self._made_homes[home] = self._made_homes[first]
            return self._made_homes[home]
        session = self.session.beside(*home)
        if home in self._planned_homes and not self.session.check_mode:
            # By now the project exists, which the session of the plan cannot know.
            session = self.session.afresh(*home)
        self._made_homes[home] = session
        return session

    def plan(self, purge: Purge) -> Result:
        """Find out what there is to do, without a write.

        :param purge: what may be deleted.
        :returns: what a run would do.
        :raises PostHogFailure: something is wrong; everything that is, is told.
        """
        self.session.planning(True)
        if not self.nodes:
            self._refuse()
        self.session.uses.wait()
        self._prefetch()
        present = [node for node in self.nodes if not node.declaration.absent]
        self._walk(present, self._attempt)
        absent = [node for node in self.nodes if node.declaration.absent]
        for node in sorted(absent, key=lambda node: -node.table.order):
            if self.ended is None:
                self._attempt(node)
        if self.ended is not None:
            # Nothing was written, so there is nothing to tell but this.
            raise self.ended
        conflicts = Conflicts(self)
        self.problems += conflicts.problems(absent)
        for node in self.nodes:
            for path, text in () if self._wants_broken(node) else node.problems:
                if (node.number, path) not in conflicts.paths:
                    self._problem(node.source, f"{node.where}.{path}" if path else node.where, text)
        self._refuse()
        self.purged = self._purged(purge)
        if self.ended is not None:
            raise self.ended
        self.problems += conflicts.problems(self.purged)
        self._refuse()
        self.session.uses.tell()
        return self._result()

    def _wants_broken(self, node: Node) -> bool:
        """Whether a node refers to an object whose declaration has mistakes of its own."""
        if not self._broken:
            return False
        for item in node.declaration.items:
            for _option, ref, value in references(node.table, item):
                table = self.session.registry(ref.type)
                if (*self._home_key(table, node.home), ref.type, table.identity.normal(value)) in self._broken:
                    return True
        return False

    def _refuse(self) -> None:
        """Stop here if anything was found to be wrong."""
        if self.problems:
            told = list(dict.fromkeys(self.problems))
            if len(told) > 1:
                lines = "\n".join(_grouped(told))
                lines += scopes_at_once(text for _path, text in told)
                raise InvalidInput(told, f"{len(told)} mistakes in the configuration; nothing was written.\n{lines}")
            raise InvalidInput(told)

    def apply(self) -> Result:
        """Do what the plan found.

        :returns: what became of everything.
        """
        planned = {node.number for node in self.nodes if node.changed}
        self.session.planning(False)
        self._made_homes.clear()
        for node in self.nodes:
            if node.number not in planned and not node.declaration.absent:
                # Nothing is done about it, but others may refer to it, or are told from it.
                self._settle(node)
        todo = [node for node in self.nodes if node.number in planned and not node.declaration.absent]
        # A step of two is repeated as a whole: the second one may have nothing to do if the first fails.
        for node in todo:
            node.outcomes = []
        self._walk(todo, self._attempt_and_say)
        gone = [node for node in self.nodes if node.number in planned and node.declaration.absent]
        self._clear_away(sorted(gone, key=lambda node: -node.table.order), self._attempt)
        if any(node.error or node.blocked for node in self.nodes):
            for node in self.purged:
                node.outcomes, node.blocked = [], "another object"
        else:
            self._clear_away(self.purged, self._delete)
        return self._result()

    def _clear_away(self, nodes: t.Sequence[Node], work: t.Callable[[Node], None]) -> None:
        """Delete objects; one that PostHog refuses to delete as long as another one needs it comes after that."""
        left = list(nodes)
        while left:
            for node in left:
                node.outcomes, node.problems = [], []
                if self.ended is not None:
                    node.blocked = node.blocked or _CONNECTION
                    continue
                work(node)
                self._say(node)
            refused = [node for node in left if node.error]
            if len(refused) == len(left) or self.ended is not None:
                return
            left = refused

    def _attempt_and_say(self, node: Node) -> None:
        self._attempt(node)
        self._say(node)

    def _say(self, node: Node) -> None:
        for outcome in _flat(node.outcomes):
            if outcome.changed and outcome.action != "unchanged":
                self.progress(f"{outcome.action}: {outcome.label or node.label}")

    def _attempt(self, node: Node) -> None:
        """Do one node; what goes wrong is noted on it."""
        session = self.home(node.home)
        session.origins.declared = self._foreign_ids
        try:
            node.outcomes = node.task.carry_out(session, node.declaration)
            self._settle(node)
        except InvalidInput as exc:
            node.problems = exc.problems
        except PostHogFailure as exc:
            self._note_failure(node, exc, self._explained(node, exc).message)
        except Exception as exc:  # a defect of ours; it must not keep the others from being done and told
            node.problems = [("", f"community.posthog has a defect: {type(exc).__name__}: {exc}. Please report it.")]
            self.session.warn_quietly(traceback.format_exc())

    def _settle(self, node: Node) -> None:
        """Take note of the object that a node's id stands for, where ids may be those of another project."""
        number, made = node.declaration.object_id, [outcome.obj for outcome in node.outcomes[:1]]
        if number is not None and node.declaration.policy.anywhere and made and made[0] is not None:
            self.home(node.home).origins.settle(node.table.type, number, made[0])

    def _note_failure(self, node: Node, error: PostHogFailure, text: str) -> None:
        """Note why a node failed; what would fail everywhere is told once, and ends everything."""
        if isinstance(error, ApiError) and error.ends_all:
            if self.ended is not None and error.message == self.ended.message:
                node.blocked = _CONNECTION
                return
            self._end(error)
        node.problems = [("", text)]

    def _end(self, error: ApiError) -> None:
        """Send nothing more: what failed here fails everywhere."""
        if self.ended is None:
            self.ended = copy.copy(error)
            self.session.client.ended = self.ended

    def _explained(self, node: Node, error: PostHogFailure) -> PostHogFailure:
        """The error with what only further requests can tell, as far as those succeed."""
        try:
            return self.home(node.home).explained(error) if isinstance(error, ApiError) else error
        except PostHogFailure:
            return error

    def _walk(self, nodes: t.Sequence[Node], work: t.Callable[[Node], None]) -> None:
        """Do nodes in the order of their needs, several at once; what depends on a failed one is left out."""
        waiting = {node.number: node for node in nodes}
        needs = {number: {other for other in node.needs if other in waiting} for number, node in waiting.items()}
        dependents: dict[int, list[int]] = collections.defaultdict(list)
        for number, others in needs.items():
            for other in others:
                dependents[other].append(number)
        ready = collections.deque(
            sorted((number for number in waiting if not needs[number]), key=lambda n: (waiting[n].table.order, n))
        )
        turns = self.session.client.turns = Turns() if self.concurrency > 1 else None

        tried: set[int] = set()

        def one(node: Node) -> Node:
            tried.add(node.number)
            if turns is None:
                work(node)
            else:
                with turns:
                    work(node)
            return node

        def finished(node: Node) -> None:
            through = [node]
            while through:
                node = through.pop()
                for number in dependents[node.number]:
                    needs[number].discard(node.number)
                    other = waiting[number]
                    if (node.error or node.blocked) and not other.error and not other.blocked:
                        other.blocked = node.label
                    if not needs[number]:
                        if other.blocked:
                            through.append(other)
                        else:
                            ready.append(number)

        try:
            with concurrent.futures.ThreadPoolExecutor(self.concurrency) as pool:
                running: set[concurrent.futures.Future[Node]] = set()
                while (ready and self.ended is None) or running:
                    while ready and self.ended is None and len(running) < self.concurrency:
                        running.add(pool.submit(one, waiting[ready.popleft()]))
                    done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for future in done:
                        finished(future.result())
        finally:
            self.session.client.turns = None
        for node in nodes if self.ended is not None else ():
            if not (node.outcomes or node.error or node.number in tried):
                node.blocked = node.blocked or _CONNECTION

    def _prefetch(self) -> None:
        """Read the lists that are going to be needed, several at once."""
        for home in dict.fromkeys(node.home for node in self.nodes):
            # Once, before several threads want to know it.
            session = self.home(home)
            try:
                if any(node.table.scope is Scope.PROJECT for node in self.nodes if node.home == home):
                    session.project_id()
                else:
                    session.organization_id()
            except PostHogFailure as exc:
                raise_if_over(exc)
                for node in self.nodes:
                    if node.home == home:
                        self._problem(node.source, node.where, exc.message)
                        self._refuse()
        wanted: dict[int, Collection] = {}
        for node in self.nodes:
            tables = [node.table] if node.table.parent is None else []
            for item in node.declaration.items:
                found = references(node.table, item)
                tables += [self.session.registry(ref.type) for _option, ref, _value in found if not ref.made]
            for table in tables:
                if table.parent is None and not table.singleton and not table.identity.large:
                    collection = self.home(node.home).collection(table)
                    wanted[id(collection)] = collection
        turns = self.session.client.turns = Turns()

        def load(collection: Collection) -> None:
            with turns:
                try:
                    collection.all()
                except PostHogFailure as exc:
                    # Whoever needs the list meets the error in its place, with the object that it concerns.
                    if isinstance(exc, ApiError) and exc.ends_all:
                        self._end(exc)

        try:
            with concurrent.futures.ThreadPoolExecutor(self.concurrency) as pool:
                list(pool.map(load, wanted.values()))
        finally:
            self.session.client.turns = None
        if self.ended is not None:
            raise self.ended

    def _result(self) -> Result:
        result = Result()
        completions = {id(node.completes): node for node in self.nodes if node.completes is not None}
        for node in [*self.nodes, *self.purged]:
            second = completions.get(id(node))
            if node.completes is not None:
                continue
            if second is not None and not node.error and not node.blocked:
                node = _merged_node(node, second)
            result.add(node)
        return result

    # -- names that are no references ---------------------------------------------------------------------------------

    def unknown_names(self) -> Problems:
        """Events and properties that are named by what changes, and that the project has never seen.

        :returns: where they stand, and a sentence.
        """
        asked: dict[tuple[t.Any, ...], bool] = {}
        out: Problems = []
        for node in self.nodes:
            if not node.table.mentions or not node.changed or node.completes is not None or node.declaration.absent:
                continue
            for item in node.declaration.items:
                for option, value in item.values.items():
                    found: list[tuple[NestedRef, t.Any, str]] = []

                    walk(value, node.table.mentions, _noting(found), option)
                    for rule, name, where in found:
                        if not isinstance(name, str) or name.startswith("$"):
                            # PostHog's own.
                            continue
                        key = (node.home, rule.ref.type, rule.when.get("type"), name)
                        if key not in asked:
                            asked[key] = self._seen(node, rule, name)
                        if not asked[key]:
                            what = self.session.registry(rule.ref.type).name.split()[0]
                            text = f"the project has never seen the {what} {name!r}"
                            out.append((node.source.of(f"{node.where}.{where}"), text))
        return list(dict.fromkeys(out))

    def _seen(self, node: Node, rule: NestedRef, name: str) -> bool:
        """Whether a project knows an event or a property; where that cannot be learnt, it is taken to."""
        if self._declared.get((*node.home, rule.ref.type, name)):
            return True
        session = self.home(node.home)
        table = session.registry(rule.ref.type)
        try:
            place = None if table.parent is None else table.parent.find(session, table, rule.when, [])
            return bool(session.collection(table, place).find(name))
        except PostHogFailure as exc:
            raise_if_over(exc)
            return True

    # -- purge --------------------------------------------------------------------------------------------------------

    def _purged(self, purge: Purge) -> list[Node]:
        """The objects that are there, are not declared, and are to go."""
        nodes: list[Node] = []
        for index, plural in enumerate(purge.types):
            where = f"purge[{index}]"
            task = self.tasks.get(plural)
            if task is None:
                self.problems.append((where, f"{plural!r} is no type{self._nearest_type(plural)}"))
                continue
            table = task.table
            if table.delete is Delete.NONE or not table.purgeable or table.singleton:
                self.problems.append((where, f"{plural} cannot be purged"))
                continue
            if not purge.everything and table.marker is None:
                self.problems.append(
                    (where, f"{plural} cannot carry the collection's mark; purge_scope: all is needed to purge them")
                )
                continue
            nodes += self._purged_of(task, purge, where)
        if not purge.percent and len(nodes) > purge.most:
            names = ", ".join(repr(node.name) for node in nodes[:10]) + (" …" if len(nodes) > 10 else "")
            self.problems.append(
                (
                    "purge",
                    (
                        f"{counted(len(nodes), 'object')} would be deleted ({names}), more than max_deletions allows "
                        f"({purge.most}); raise it if that is what is meant"
                    ),
                )
            )
        return sorted(nodes, key=lambda node: -node.table.order)

    def _purged_of(self, task: ResourceTask, purge: Purge, where: str) -> list[Node]:
        table = task.table
        declared = [node for node in self.nodes if node.table.type == table.type and not node.declaration.absent]
        if not declared and not purge.allow_empty:
            self.problems.append(
                (where, f"no {table.plural} are declared, so all of them would go; allow_empty: true allows that")
            )
            return []
        filled = {self._home_key(table, node.home) for node in declared}
        # What is made in the stead of another type's objects counts as declared.
        outcomes = [outcome for node in self.nodes for outcome in _flat(node.outcomes) if outcome.resource is table]
        kept = {str(table.object_id(outcome.obj)) for outcome in outcomes if outcome.obj is not None}
        gone = {str(outcome.before.get("id")) for outcome in outcomes if outcome.action == "deleted"}
        found: list[Node] = []
        existing = 0
        for home in self._purged_homes(table):
            session = self.home(home)
            here: list[Node] = []
            places = [None] if table.parent is None else table.parent.everywhere(session)
            lists = [session.collection(table, place) for place in places]
            reads = [functools.partial(_with_objects, collection) for collection in lists]
            for collection, objects in read_those_there(session, where, reads):
                for obj in objects:
                    object_id = table.object_id(obj)
                    if object_id is None:
                        continue
                    existing += 1
                    if str(object_id) in kept or str(object_id) in gone or self._spared(session, table, obj):
                        continue
                    known = table.field(table.marker) if table.marker else None
                    if not purge.everything and (known is None or MARK not in (known.value_in(obj) or [])):
                        continue
                    here.append(self._purge_node(task, home, where, collection, obj))
            if here and not purge.allow_empty and self._home_key(table, home) not in filled:
                named = " / ".join(name for name in home if name) or "the task's own place"
                text = (
                    f"no {table.plural} are declared for {named}, so all of them would go there; "
                    "allow_empty: true allows that"
                )
                self.problems.append((where, text))
            found += here
        if purge.percent and len(found) * 100 > existing * purge.most:
            self.problems.append(
                (
                    where,
                    (
                        f"{len(found)} of {existing} {table.plural} would be deleted, more than max_deletions allows "
                        f"({purge.most} %); raise it if that is what is meant"
                    ),
                )
            )
        return found

    def _purged_homes(self, table: Resource) -> list[Home]:
        """Where objects of a type are purged: in the places that a document is about, and no other."""
        homes: dict[tuple[str | None, str | None], Home] = {}
        for home, plurals in self._homes.items():
            level = {item.table.scope for plural, item in self.tasks.items() if plural in plurals}
            about = home[1] is not None if table.scope is Scope.PROJECT else home[0] is not None
            if table.plural in plurals or about or table.scope in level:
                homes.setdefault(self._home_key(table, home), home)
        return list(homes.values())

    @staticmethod
    def _spared(session: Session, table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether an object is never deleted for not being declared: nobody can declare what PostHog makes itself."""
        if table.generated is not None and table.generated(session, obj):
            return True
        return table.spared is not None and table.spared(session, obj)

    def _purge_node(
        self,
        task: ResourceTask,
        home: Home,
        where: str,
        collection: Collection,
        obj: dict[str, t.Any],
    ) -> Node:
        table = task.table
        declaration = TaskSpec(table, {}, absent=True)
        node = Node(-1, task, declaration, home, where, Source(), table.identity.shown(obj), doomed=(collection, obj))
        self._delete(node)
        return node

    def _delete(self, node: Node) -> None:
        """Delete an object for not being declared; in a plan, predict that."""
        if node.doomed is None:
            raise LookupError("no object to delete")
        collection, obj = node.doomed
        try:
            node.outcomes = [node.task.reconciler(collection.session).remove(collection, obj)]
        except PostHogFailure as exc:
            self._note_failure(node, exc, exc.message)


def _with_objects(collection: Collection) -> tuple[Collection, list[dict[str, t.Any]]]:
    """A list, and what is in it."""
    return collection, collection.all()


def _noting(found: list[tuple[NestedRef, t.Any, str]]) -> t.Callable[[NestedRef, t.Any, str], t.Any]:
    """For L(walk): note what is found, and leave it as it is."""

    def note(rule: NestedRef, name: t.Any, where: str) -> t.Any:
        found.append((rule, name, where))
        return name

    return note


def named_by(table: Resource, item: Declared) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """Everything in a declaration that names another object.

    :param table: the type.
    :param item: the declaration.
    :returns: the option path, what is named, and its name or id.
    """
    for known in (*table.fields, *(part.field for part in table.parts)):
        value = item.values.get(known.name, item.parts.get(known.name))
        if value is not None:
            yield from named_in(known, value, known.name)
    if table.parent is not None:
        yield from table.parent.refers(item.values)


def references(table: Resource, item: Declared) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """Everything in a declaration that names another object by what may be a name.

    :param table: the type.
    :param item: the declaration.
    :returns: the option, what is named, and its name.
    """
    for path, ref, value in named_by(table, item):
        if not UUID.fullmatch(str(value)):
            yield _option_of(path), ref, value


def _option_of(path: str) -> str:
    """The option that a path begins with."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _grouped(problems: Problems) -> t.Iterator[str]:
    """A line for each mistake; what is wrong with very many in the same way is said once."""
    places: dict[str, list[str]] = collections.defaultdict(list)
    for path, text in problems:
        places[text].append(path)
    for text, paths in places.items():
        shown = paths if len(paths) <= _ALIKE else paths[:1]
        for path in shown:
            more = f" (and {len(paths) - 1} more like it)" if len(shown) < len(paths) else ""
            yield f"- {path}{more}: {text}" if path else f"- {text}"


def _name_of(table: Resource, declaration: TaskSpec) -> str:
    """What a person calls a declared object."""
    if declaration.object_id is not None and not declaration.items[0].values.get(table.identity.option):
        return str(declaration.object_id)
    parts: list[str] = []
    for option in (*table.place_options, *table.identity.options):
        value = declaration.items[0].values.get(option) if declaration.items else declaration.given.get(option)
        known = table.field(option)
        if declaration.several and table.several is not None and option == table.several.each:
            continue
        if value is None or isinstance(value, (dict, list)):
            continue
        if known is not None and known.words:
            value = next((word for word, number in known.words.items() if number == value), value)
        parts.append(str(value))
    return " / ".join(parts)


def _named_alone(table: Resource) -> bool:
    """Whether the name alone tells objects of a type apart."""
    return len(table.identity.options) == 1 and table.parent is None and table.several is None


def _identity_key(table: Resource, item: Declared, declaration: TaskSpec | None) -> tuple[t.Any, ...]:
    """What makes two declarations be about the same object; without the whole declaration, by name."""
    if declaration is not None and declaration.object_id is not None:
        return ("id", str(declaration.object_id))
    key: list[t.Any] = []
    for option in (*table.place_options, *table.identity.options):
        value = item.values.get(option)
        if option == table.identity.option and isinstance(value, str):
            value = table.identity.normal(value)
        key.append(jsonlib.dumps(value, sort_keys=True, default=str))
    return tuple(key)


def _merged_node(first: Node, second: Node) -> Node:
    """Two steps of one object as one."""
    if second.error or second.blocked:
        return dataclasses.replace(second, completes=None, begun=first.changed)
    merged = dataclasses.replace(first)
    if not first.changed:
        merged.outcomes = second.outcomes
    elif second.changed and first.outcomes and second.outcomes:
        one, two = first.outcomes[0], second.outcomes[0]
        merged.outcomes = [
            dataclasses.replace(one, obj=two.obj, before={**two.before, **one.before}, after={**one.after, **two.after})
            if one.action != "created"
            else dataclasses.replace(one, obj=two.obj, after={**one.after, **two.after})
        ]
    return merged


def _flat(outcomes: t.Iterable[Outcome]) -> t.Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome
        yield from _flat(outcome.also)


def _components(nodes: t.Sequence[Node]) -> list[list[Node]]:
    """The strongly connected components, by Tarjan's algorithm without recursion."""
    by_number = {node.number: node for node in nodes}
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    out: list[list[Node]] = []
    for root in by_number:
        if root in index:
            continue
        work: list[tuple[int, t.Iterator[int]]] = [(root, iter(sorted(by_number[root].needs)))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            number, following = work[-1]
            for other in following:
                if other not in by_number:
                    continue
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(sorted(by_number[other].needs))))
                    break
                if other in on_stack:
                    low[number] = min(low[number], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[number])
                if low[number] == index[number]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(by_number[member])
                        if member == number:
                            break
                    out.append(component)
    return out
