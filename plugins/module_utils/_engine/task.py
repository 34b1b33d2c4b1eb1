# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""One task of a resource type: its options are read into a specification, which is then carried out.

Private to this collection: it may change without notice.

A type's module runs one such task. M(community.posthog.posthog_config) runs one for each item of its lists.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.argument_spec import resource_spec
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import (
    farewell,
    lifecycle_fields,
    read_lifecycle,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import secret_texts
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import (
    ObjectSpec,
    examine,
    read_object,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, Policy
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field, required
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Bool, Choice
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


@dataclasses.dataclass
class TaskSpec:
    """What a task of a type's module declares, parsed and checked.

    :param table: the type.
    :param given: the options by their canonical names.
    :param absent: the object is to be deleted.
    :param update_secret: C(on_create) or C(always).
    :param object_id: the id that the user gave, or None.
    :param items: the objects; one, unless C(several).
    :param several: the task declares several objects of one parent.
    :param exclusive: the parent is to have no other objects of the type.
    :param policy: how to treat fields that are not declared.
    """

    table: Resource
    given: dict[str, t.Any]
    absent: bool = False
    update_secret: str = "on_create"
    object_id: t.Any = None
    items: list[ObjectSpec] = dataclasses.field(default_factory=list)
    several: bool = False
    exclusive: bool = False
    policy: Policy = KEEP


class ResourceTask:
    """Reads and carries out tasks of one resource type.

    :param table: the type.
    """

    def __init__(self, table: Resource) -> None:
        self.table = table

    @functools.cached_property
    def option_names(self) -> dict[str, str]:
        """The options that an item of a list may have, by each of their names.

        Connection options are not among them, nor what only the result of a task of its own can answer.
        """
        spec = resource_spec(self.table)["argument_spec"]
        left_out = {*connection_spec(), *self.table.handover_options}
        names = {name: name for name in spec if name not in left_out}
        for name in list(names):
            names.update(dict.fromkeys(spec[name].get("aliases", ()), name))
        return names

    @functools.cached_property
    def engine_options(self) -> tuple[Field, ...]:
        """The options about how the task works, rather than about the object, as fields that parse them."""
        switches = set(self.switches)
        if self.table.several is not None:
            switches.add(self.table.several.exclusive)
        options: list[Field] = []
        own = {field.name: field for field in lifecycle_fields(self.table)}
        for name, spec in resource_spec(self.table)["argument_spec"].items():
            if name in own:
                options.append(own[name])
            elif name in switches:
                options.append(Bool(name, default=spec.get("default")))
            elif name in ("state", "update_secret"):
                options.append(Choice(name, spec["choices"], default=spec["default"]))
        return tuple(options)

    @functools.cached_property
    def part_switches(self) -> frozenset[str]:
        """The options that make the list of a part exclusive."""
        return frozenset(switch.name for part in self.table.parts for switch in part.switches)

    @functools.cached_property
    def switches(self) -> frozenset[str]:
        """All boolean options that one object's specification carries."""
        stand_in = self.table.stand_in
        single = ({stand_in.switch} if stand_in is not None else set()) | {*self.table.handover_options[:1]}
        return self.part_switches | single

    @functools.cached_property
    def _canonical(self) -> dict[str, str]:
        """The names of all options, connection options included, by their aliases."""
        spec = resource_spec(self.table)["argument_spec"]
        return {alias: option for option, rules in spec.items() for alias in rules.get("aliases", ())}

    def canonical(self, option: str) -> str:
        """The canonical name of an option.

        :param option: its name or one of its aliases.
        :returns: its name; the argument itself where no option is called that.
        """
        return self._canonical.get(option, option)

    def declare(
        self, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], prefix: str = "", policy: Policy = KEEP
    ) -> TaskSpec:
        """Parse a task's options, and check all that can be checked without PostHog.

        :param raw: the options that the user gave, by any of their names.
        :param params: the engine's own options (O(state), O(update_secret) and switches), validated, with defaults.
        :param prefix: path in front of the option paths.
        :param policy: how to treat fields that are not declared.
        :returns: the specification.
        :raises InvalidInput: with everything that is wrong.
        """
        table = self.table
        given = {self.canonical(key): value for key, value in raw.items()}
        problems: Problems = []
        lifecycle = read_lifecycle(table, params, prefix, problems)
        if problems:
            raise InvalidInput(problems)
        absent = params.get("state") == "absent" or lifecycle.over
        spec = TaskSpec(
            table, given, absent=absent, update_secret=str(params.get("update_secret") or "on_create"), policy=policy
        )
        if table.several is not None and given.get(table.several.option) is not None:
            self._declare_several(spec, params, prefix)
            return spec
        spec.object_id = given.get("id") if given.get("id") != "" else None
        if absent:
            spec.given = self._identifying(given)
        declared = read_object(table, spec.given, prefix)
        declared.switches.update({name: params.get(name) for name in self.switches})
        self._require_identity(declared, spec, prefix)
        declared.lifecycle = lifecycle
        declared.remarks += farewell(table, declared.values.get(table.identity.option), lifecycle, prefix)
        spec.items.append(declared)
        return spec

    def examine(
        self, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], prefix: str = ""
    ) -> tuple[ObjectSpec, Problems]:
        """Read as much as possible of options among which some are wrong.

        :param raw: the options that the user gave, by any of their names.
        :param params: the engine's own options, as far as they are right.
        :param prefix: path in front of the option paths.
        :returns: what could be read, and what is wrong with it.
        """
        table = self.table
        given = {self.canonical(key): value for key, value in raw.items()}
        problems: Problems = []
        lifecycle = read_lifecycle(table, params, prefix, problems)
        if params.get("state") == "absent" or lifecycle.over:
            given = self._identifying(given)
        if table.several is not None:
            given.pop(table.several.option, None)
        declared, more = examine(table, given, prefix)
        return declared, problems + more

    def _identifying(self, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The options that find an object; for a deletion the others do not matter, and may even be invalid."""
        table = self.table
        keep = {*table.identity.options, *table.delete_options, *table.location_options}
        return {key: value for key, value in given.items() if key in keep}

    def _require_identity(self, declared: ObjectSpec, spec: TaskSpec, prefix: str) -> None:
        """Refuse an empty name without an id, except where objects without a name exist."""
        if self.table.singleton:
            return
        option, object_id = self.table.identity.option, spec.object_id
        if self.table.identity.nameless and spec.given.get(option) == "" and not spec.absent:
            # Only a deletion always needs a name or an id.
            return
        if object_id in (None, "") and declared.values.get(option) in (None, ""):
            where = f"{prefix}.{option}" if prefix else option
            raise InvalidInput([(where, f"is empty; give the {self.table.name}'s {option}, or its id")])

    def _declare_several(self, spec: TaskSpec, params: t.Mapping[str, t.Any], prefix: str) -> None:
        """Parse several objects of one parent, all of them before the first write."""
        table = self.table
        several = required(table.several)
        where = f"{prefix}." if prefix else ""
        items = spec.given.pop(several.option)
        spec.given = {key: value for key, value in spec.given.items() if table.field(key) is not None}
        spec.several = True
        spec.exclusive = bool(params.get(several.exclusive))
        problems: Problems = []
        if spec.absent and spec.exclusive:
            problems.append((where + several.exclusive, "has no meaning with state: absent"))
        if not isinstance(items, list):
            problems.append((where + several.option, "takes a list"))
            items = []
        for index, item in enumerate(items):
            try:
                spec.items.append(read_object(table, {**spec.given, several.each: item}))
            except InvalidInput as exc:
                problems += [(f"{where}{several.option}[{index}]", text) for _path, text in exc.problems]
        if problems:
            raise InvalidInput(problems)

    def reconciler(self, session: Session, update_secret: str = "on_create", policy: Policy = KEEP) -> Reconciler:
        """What compares and writes objects of the type.

        :param session: for requests.
        :param update_secret: C(on_create) or C(always).
        :param policy: how to treat fields that are not declared.
        :returns: a reconciler.
        """
        return Reconciler(session, self.table, update_secret=update_secret, policy=policy)

    def carry_out(self, session: Session, spec: TaskSpec) -> list[Outcome]:
        """Make PostHog match a specification.

        :param session: for requests; knows the project, the names, and whether this is check mode.
        :param spec: what :meth:`declare` returned.
        :returns: the outcome of each object.
        :raises PostHogFailure: it could not be done.
        """
        reconciler = self.reconciler(session, spec.update_secret, spec.policy)
        # Before the first request, since an error may repeat what was sent.
        session.keep_secret(secret_texts(None, self.table, spec.given, None))
        if spec.several:
            if not spec.absent:
                self._require_existing(session, reconciler, spec.items)
            outcomes = [reconciler.absent(item) if spec.absent else reconciler.present(item) for item in spec.items]
            if spec.exclusive:
                outcomes += self._delete_others(reconciler, spec.given, [item.obj for item in outcomes])
            return outcomes
        reconcile = reconciler.absent if spec.absent else reconciler.present
        outcome = reconcile(spec.items[0], spec.object_id)
        session.keep_secret(secret_texts(session, self.table, spec.given, outcome.obj))
        return [outcome]

    def _require_existing(self, session: Session, reconciler: Reconciler, items: t.Sequence[ObjectSpec]) -> None:
        """Look up every referenced object before the first write; those that are in the list already exist."""
        several = required(self.table.several)
        ref = required(required(self.table.field(several.each)).ref)
        problems: Problems = []
        for index, item in enumerate(items):
            collection = reconciler.collection(item)
            if collection.parent != {} and collection.find(item.values[several.each]):
                continue
            session.lookup(ref, item.values[several.each], f"{several.option}[{index}]", problems)
        if problems:
            raise InvalidInput(problems)

    def _delete_others(
        self, reconciler: Reconciler, given: dict[str, t.Any], declared: t.Sequence[t.Any]
    ) -> list[Outcome]:
        """Delete the objects of the parent that are not declared."""
        collection = reconciler.collection(read_object(self.table, given))
        if collection.parent == {}:
            return []
        others = [obj for obj in collection.all() if not any(obj is item for item in declared)]
        return [reconciler.remove(collection, obj) for obj in others]


def flattened(outcomes: t.Iterable[Outcome]) -> t.Iterator[Outcome]:
    """Outcomes, each followed by those of other objects that were handled with it.

    :param outcomes: as :meth:`ResourceTask.carry_out` returns them.
    :returns: all of them.
    """
    for outcome in outcomes:
        yield outcome
        yield from flattened(outcome.also)
