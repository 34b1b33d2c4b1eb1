# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Configuration documents become nodes; all mistakes in them are collected.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.hints import nearest_type, option_hint
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import TARGET_KEYS, Node, Target, node_name
from ansible_collections.community.posthog.plugins.module_utils._bulk.overlays import OWN_KEYS, Document, laid_over
from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import (
    SOURCE_KEY,
    UNREAD_KEY,
    Source,
    source_of,
    steps_of,
)
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import IGNORE_CHANGES, is_absent
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import (
    UNDECLARED_KEY,
    UNKNOWN_IDS,
    UNKNOWN_IDS_KEY,
    Policy,
    policy_of,
    wrong_policy,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE, Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import other_words
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

_NO_ITEMS: t.Final = (*TARGET_KEYS, SOURCE_KEY, UNDECLARED_KEY, UNKNOWN_IDS_KEY)


class FaultyItem(t.NamedTuple):
    """An item with mistakes.

    :param task: its type.
    :param declared: what could be read of it.
    :param target: its target.
    :param where: its path.
    :param source: where its document was read.
    :param paths: the paths of the mistakes.
    """

    task: ResourceTask
    declared: ObjectSpec
    target: Target
    where: str
    source: Source
    paths: frozenset[str]


class Reader:
    """Reads configuration documents.

    :param session: the task's session.
    :param tasks: the tasks of each type, by its plural name.
    :param index: the declared objects are added to it.
    :param policy: how documents treat fields that are not declared, where they do not choose themselves.
    :param ignored: by plural type, paths that no item is compared by or changed in.
    """

    def __init__(
        self,
        session: Session,
        tasks: t.Mapping[str, ResourceTask],
        index: DeclaredIndex,
        policy: Policy,
        ignored: t.Mapping[str, t.Sequence[str]],
    ) -> None:
        self._ignored = ignored
        self._session = session
        self._tasks = tasks
        self._index = index
        self._policy = policy
        #: The declared objects.
        self.nodes: list[Node] = []
        #: Mistakes: positions and sentences.
        self.problems: Problems = []
        #: The types that the documents of each target list, empty lists included.
        self.listed: dict[Target, set[str]] = {}
        #: Items with mistakes, as far as they could be read.
        self.faulty: list[FaultyItem] = []
        #: Whether anything could not be read at all, so that it is not known what is declared.
        self.incomplete = False
        self._declared_project: str | None = None

    def read(self, documents: t.Sequence[t.Any]) -> None:
        """Read documents.

        :param documents: dictionaries of lists by type.
        """
        self._declared_project = self._find_declared_project(documents)
        found: list[Document] = []
        for number, document in enumerate(documents):
            if not isinstance(document, dict):
                self.problems.append(("config", "takes a dictionary of lists by type, such as feature_flags"))
                continue
            found.append(Document(document, source_of(document, f"config[{number}]." if len(documents) > 1 else "")))
        for item in laid_over(found, self._tasks, self.problems):
            document, source = item.content, item.source
            self.problems += source.mistakes
            self.incomplete = self.incomplete or bool(source.mistakes)
            if any(place in TARGET_KEYS for place in (getattr(where, "path", "") for where, _text in source.mistakes)):
                # Where the objects belong is not known, so nor is which are the same.
                continue
            self._read_document(document, source)

    def _read_document(self, document: t.Mapping[str, t.Any], source: Source) -> None:
        target = self._target(document, source)
        policy = self._document_policy(document, source)
        self.listed.setdefault(target, set())
        for key, value in document.items():
            if key in _NO_ITEMS or value is None or str(key).startswith(OWN_KEYS):
                continue
            task = self._tasks.get(key)
            if task is None:
                self._problem(source, key, f"is no type{nearest_type(key, self._tasks)}")
                continue
            own_target = self._target_of(task.table, target)
            self.listed.setdefault(own_target, set()).add(task.table.plural)
            if task.table.singleton and task.table.parent is None:
                self._read_item(task, value, key, own_target, source, policy)
            elif not isinstance(value, list):
                self._problem(source, key, "takes a list")
            else:
                for index, item in enumerate(value):
                    if item is None and source.layer:
                        # It was laid over another one.
                        continue
                    self._read_item(task, item, f"{key}[{index}]", own_target, source, policy)

    def _find_declared_project(self, documents: t.Iterable[t.Any]) -> str | None:
        """The name of the task's project, where the configuration declares it, so that it may not exist yet."""
        own = self._session.target.project_name
        projects = self._tasks.get("projects")
        if own is None or projects is None:
            return None
        normal = projects.table.identity.normalize
        for document in documents:
            items = document.get(projects.table.plural) if isinstance(document, dict) else None
            for item in items if isinstance(items, list) else ():
                name = item.get("name") if isinstance(item, dict) else None
                if isinstance(name, str) and normal(name) == normal(own) and document.get("organization") is None:
                    return own
        return None

    def _target_of(self, table: Resource, target: Target) -> Target:
        """The target of a type's objects in a document."""
        if table.scope is Scope.PROJECT and target.project is None:
            return Target(target.organization, self._declared_project)
        return target

    def _problem(self, source: Source, path: str, text: str) -> None:
        self.problems.append((source.of(path), text))

    def _target(self, document: t.Mapping[str, t.Any], source: Source) -> Target:
        found: list[str | None] = []
        for key in TARGET_KEYS:
            value = document.get(key)
            if isinstance(value, str):
                value = value.strip()
            if value is not None and (isinstance(value, (dict, list, bool)) or value == ""):
                hint = f"; {QUOTE}" if isinstance(value, bool) else ""
                self._problem(source, key, f"takes a name or an id, not {value!r}{hint}")
                value = None
            found.append(None if value is None else str(value))
        for entry in source.spelled:
            if len(entry["steps"]) == 1 and entry["steps"][0] in TARGET_KEYS and entry["kind"] != "bool":
                text = f"{entry['text']} without quotes is {entry['value']} to YAML; put it in quotes"
                self._problem(source, str(entry["steps"][0]), text)
        return Target(*found)

    def _document_policy(self, document: t.Mapping[str, t.Any], source: Source) -> Policy:
        """How a document treats fields that are not declared."""
        found, value = self._policy, document.get(UNDECLARED_KEY)
        if value is not None:
            policy = policy_of(value, self._policy)
            if policy is None:
                self._problem(source, UNDECLARED_KEY, wrong_policy(value))
            found = policy or found
        ids = document.get(UNKNOWN_IDS_KEY)
        if ids is not None and ids not in UNKNOWN_IDS:
            self._problem(source, UNKNOWN_IDS_KEY, wrong_policy(ids, UNKNOWN_IDS))
        elif ids is not None:
            found = dataclasses.replace(found, unknown_ids=ids)
        return found

    def _read_item(
        self, task: ResourceTask, item: t.Any, where: str, target: Target, source: Source, policy: Policy
    ) -> None:
        if not isinstance(item, dict):
            self._problem(source, where, f"takes the options of posthog_{task.table.type}, not {kind_of(item)}")
            return
        if UNREAD_KEY in item:
            # Its mistakes were reported when its file was read.
            self.problems += self._index.add_invalid(task.table, item, target, source.of(where))
            return
        problems = _other_words(task, where, source)
        params, raw = item_options(task, item, where, policy, problems)
        ignored = self._ignored.get(task.table.plural)
        if ignored and isinstance(params.get(IGNORE_CHANGES) or [], list):
            params[IGNORE_CHANGES] = [*(params.get(IGNORE_CHANGES) or []), *ignored]
        try:
            if problems:
                # Other mistakes are reported too, but only one of each value.
                reported = {path for path, _text in problems}
                more = task.examine(raw, params, where)[1]
                raise InvalidInput([*problems, *(item for item in more if item[0] not in reported)])
            spec = task.declare(raw, params, where, policy)
        except InvalidInput as exc:
            for path, text in exc.problems:
                self._problem(source, path, text)
            self.problems += self._index.add_invalid(task.table, item, target, source.of(where))
            if not is_absent(task.table, params):
                paths = frozenset(path for path, _text in exc.problems)
                declared = task.examine(raw, params, where)[0]
                self.faulty.append(FaultyItem(task, declared, target, where, source, paths))
            return
        remarks = [f"{source.of(path)}: {text}" for declared in spec.items for path, text in declared.remarks]
        if remarks:
            self._session.warn("; ".join(remarks))
        node = Node(len(self.nodes), task, spec, target, where, source, node_name(spec))
        self.nodes.append(node)
        self.problems += self._index.add(node)


def _other_words(task: ResourceTask, where: str, source: Source) -> Problems:
    """Values that YAML read as something else than text, where text is expected."""
    if not source.spelled:
        return []
    steps = steps_of(where)
    inside = [
        {**entry, "steps": entry["steps"][len(steps) :]}
        for entry in source.spelled
        if list(entry["steps"][: len(steps)]) == steps
    ]
    if not inside:
        return []
    table = task.table
    fields = (
        *task.engine_options,
        *table.fields,
        *(short.field for short in table.shorthands),
        *(part.field for part in table.parts),
    )
    return other_words(fields, inside, where)


def item_options(
    task: ResourceTask, item: t.Mapping[str, t.Any], where: str, policy: Policy, problems: Problems
) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Divide an item into the engine's own options and those of the object.

    :param task: the item's type.
    :param item: the item.
    :param where: its path.
    :param policy: how its document treats fields that are not declared.
    :param problems: collects unknown and missing options.
    :returns: the engine's options, validated and with defaults; the options of the object as they were written.
    """
    table, names = task.table, task.option_names
    params: dict[str, t.Any] = {}
    raw: dict[str, t.Any] = {}
    own = {option.name: option for option in task.engine_options}
    for key, value in item.items():
        name = names.get(key)
        if name is None:
            hint = option_hint(table.type, key, names)
            problems.append((f"{where}.{key}", f"is no option of posthog_{table.type}{hint}"))
        elif name in own:
            params[name] = own[name].parse(value, f"{where}.{key}", problems)
        else:
            raw[key] = value
    for option in own.values():
        # Where undeclared fields are reset, lists of parts are exclusive, too.
        exclusive = policy.whole and option.name in task.part_switches
        params.setdefault(option.name, True if exclusive else option.default)
    given = {names[key] for key in raw if key in names}
    identified = "id" in given or (table.several is not None and table.several.option in given)
    needed = [] if identified else list(table.identity.options[:1])
    needed += table.parent.required if table.parent is not None else ()
    problems += [(f"{where}.{option}", "is missing") for option in needed if option not in given]
    return params, raw
