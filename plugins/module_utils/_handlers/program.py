# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a module does, whoever runs it: the module itself on some host, or the action plugin in the worker.

Private to this collection: it may change without notice.

A :class:`Program` has an argument spec and a C(run). L(run_module) is Ansible's ordinary side of it; the action plugin
is the other.
"""

from __future__ import annotations

import copy
import dataclasses
import re
import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.community.posthog.plugins.module_utils._bulk.elsewhere import option_hint
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, Policy
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import (
    Declared,
    Outcome,
    Reconciler,
    changes,
    hidden_options,
    masked,
    read_declared,
    secret_texts,
    suspected_texts,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import (
    SHORTEST,
    guarded,
    invocation,
    lasting,
    mistyped,
    register,
    short_options,
    texts,
    without_secrets,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.beside import alone_in
from ansible_collections.community.posthog.plugins.module_utils._http.client import (
    REQUESTS_IMPORT_ERROR,
    Client,
    Connection,
)
from ansible_collections.community.posthog.plugins.module_utils._http.options import (
    connection,
    connection_spec,
    without_empty,
)
from ansible_collections.community.posthog.plugins.module_utils._http.run import directory
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES, resource
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field, held
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Delete, Resource
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import booleans_for_texts
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.twins import can_have_twins

#: Words in option names that make Ansible ask whether the value is a secret.
_SECRET_WORDS: t.Final = ("key", "secret", "token", "pass")


def option_spec(field: Field, *, required: bool = False) -> dict[str, t.Any]:
    """The argument spec of one field.

    :param field: the field.
    :param required: whether the task must give it.
    :returns: what Ansible wants to know. What stands inside dictionaries is checked by the field itself, which can
        tell the path and the nearest right name.
    """
    spec: dict[str, t.Any]
    if field.words:
        choices = list(field.words) + [str(number) for number in field.words.values()]
        spec = {"type": "str", "choices": choices}
    elif field.kind == "list":
        elements = {"document": "dict", "open": "dict", "str": "str", "int": "int"}.get(
            field.items.kind if field.items is not None else "any", "raw"
        )
        spec = {"type": "list", "elements": elements}
    else:
        kind = {
            "str": "str",
            "int": "int",
            "num": "float",
            "bool": "bool",
            "time": "str",
            "document": "dict",
            "open": "dict",
            "map": "dict",
        }.get(field.kind, "raw")
        spec = {"type": kind}
        if field.choices:
            spec["choices"] = list(field.choices)
    if field.aliases:
        spec["aliases"] = list(field.aliases)
    if required:
        spec["required"] = True
    if field.secret:
        spec["no_log"] = True
    elif any(word in field.name for word in _SECRET_WORDS):
        spec["no_log"] = False
    return spec


@dataclasses.dataclass
class Declaration:
    """What a task of a type's module says, read and checked.

    :param table: the type.
    :param given: the options under their own names.
    :param absent: the object is to be gone.
    :param update_secret: C(on_create) or C(always).
    :param object_id: the id that the user gave, or None.
    :param items: the objects; one, unless C(several).
    :param several: the task declares several objects of one parent.
    :param exclusive: those are all that the parent is to have.
    :param policy: what it says of the fields that it does not name.
    """

    table: Resource
    given: dict[str, t.Any]
    absent: bool = False
    update_secret: str = "on_create"
    object_id: t.Any = None
    items: list[Declared] = dataclasses.field(default_factory=list)
    several: bool = False
    exclusive: bool = False
    policy: Policy = KEEP


def concurrency_of(params: t.Mapping[str, t.Any]) -> int:
    """How many requests a module may have under way at once.

    :param params: its options; C(concurrency) is 8 where it is not given.
    :returns: the number.
    :raises InvalidInput: it is out of bounds.
    """
    number = 8 if params.get("concurrency") is None else int(params["concurrency"])
    if not 1 <= number <= 32:
        raise InvalidInput([("concurrency", f"must be between 1 and 32, not {number}")])
    return number


class Program:
    """What one module does.

    :param name: the module's name, without the collection.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def spec(self) -> dict[str, t.Any]:
        """What C(AnsibleModule) and the action plugin's validator take.

        :returns: C(argument_spec) and the rules across options.
        """
        raise NotImplementedError

    def secrets(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """Texts among the options that must appear nowhere.

        :param raw: the task's options.
        :returns: the secret texts, besides those of options that are always secret.
        """
        return set()

    def suspected(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """Texts among the options that may be secret, which only PostHog can tell.

        :param raw: the task's options.
        :returns: the texts, for where the task fails before PostHog was asked.
        """
        return set()

    def hidden(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The options without what is secret by its place, and too short to be found by its text.

        :param params: the task's options.
        :returns: a copy, for the result to show.
        """
        return dict(params)

    def needs_key(self, params: t.Mapping[str, t.Any]) -> bool:
        """Whether nothing can be done without an API key.

        :param params: the validated options.
        :returns: True, but for what a project's token is enough for.
        """
        return True

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Do it.

        :param session: for requests, and whether this is a check run.
        :param raw: the options that the task itself gave, as plain data.
        :param params: the validated options.
        :returns: the result, with C(changed), and C(diff) whether it is asked for or not.
        :raises PostHogFailure: it could not be done.
        """
        raise NotImplementedError


class ResourceProgram(Program):
    """A module that manages the objects of one type.

    :param table: the type.
    """

    def __init__(self, table: Resource) -> None:
        super().__init__(f"posthog_{table.type}")
        self.table = table
        # Made once: a loop runs the same program for each of its items.
        self._aliases = {
            alias: option for option, spec in self.spec()["argument_spec"].items() for alias in spec.get("aliases", ())
        }

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`Program.spec`."""
        table = self.table
        arguments: dict[str, t.Any] = connection_spec()
        partly = {rule.field for rule in table.secret_parts}
        for field in table.fields:
            arguments[field.name] = option_spec(field)
            if field.secret and field.name in partly:
                # The rules tell what of it is secret; the rest need not vanish from all that is printed.
                arguments[field.name]["no_log"] = False
        for short in table.shorthands:
            arguments[short.field.name] = option_spec(short.field)
        for part in table.parts:
            arguments[part.field.name] = option_spec(part.field)
            if part.field.secret and part.field.name in partly:
                arguments[part.field.name]["no_log"] = False
            for switch in part.switches:
                arguments[switch.name] = {"type": "bool", "default": False, "aliases": ["authoritative"]}
        if table.delete is not Delete.NONE:
            arguments["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
        if table.stand_in is not None:
            arguments[table.stand_in.switch] = {"type": "bool", "default": True}
        if table.has_secrets:
            arguments["update_secret"] = {
                "type": "str",
                "choices": ["on_create", "always"],
                "default": "on_create",
                "no_log": False,
            }
        for name in table.reveals:
            arguments[name] = {"type": "bool", "default": False, "no_log": False}
        rules: dict[str, t.Any] = {"argument_spec": arguments, "supports_check_mode": True}
        if table.parent is not None:
            for name in table.parent.required:
                arguments[name]["required"] = True
        if table.several is not None:
            several = table.several
            arguments[several.option] = {"type": "list", "elements": "raw"}
            arguments[several.exclusive] = {"type": "bool", "default": False, "aliases": ["authoritative"]}
            rules["required_one_of"] = [[several.each, several.option]]
            rules["mutually_exclusive"] = [[several.each, several.option]]
            return rules
        arguments["extra_fields"] = {"type": "dict"}
        if table.has_id:
            arguments["id"] = {"type": "raw"}
            rules["required_one_of"] = [[table.identity.option, "id"]]
        elif table.identity.option:
            arguments[table.identity.option]["required"] = True
        return rules

    def secrets(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`Program.secrets`."""
        return self._secrets(None, raw, None)

    def suspected(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`Program.suspected`."""
        return suspected_texts(self.table, raw)

    def hidden(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Program.hidden`."""
        return hidden_options(self.table, params)

    def secret_texts(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """The secret texts in the options of one object, where no argument spec looks for them.

        :param raw: the options that the user gave.
        :returns: the texts that must appear nowhere.
        """
        found = self.secrets(raw)
        partly = {rule.field for rule in self.table.secret_parts}
        for field in (*self.table.fields, *(part.field for part in self.table.parts)):
            if field.secret and field.name not in partly:
                for name in (field.name, *field.aliases):
                    found |= {text for text in texts(raw.get(name)) if len(text) >= SHORTEST}
        return found

    def _secrets(
        self, session: Session | None, raw: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> set[str]:
        """The secret texts among options, where a task or the object itself tells that they are secret."""
        return secret_texts(session, self.table, raw, current)

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Program.run`."""
        table = self.table
        given = dict(raw)
        for key, value in given.items():
            # Ansible takes a text for a list of what stands between its commas, on the command line for one.
            known = params.get(self._aliases.get(key, key))
            if isinstance(value, str) and isinstance(known, list):
                given[key] = plain(known)
        declaration = self.declare(given, params)
        told = [f"{path}: {text}" for declared in declaration.items for path, text in declared.remarks]
        if told:
            session.warn("; ".join(told))
        creates = can_have_twins(table) and not declaration.absent and not session.check_mode
        with alone_in(session, [session.place_of(table)] if creates else []):
            outcomes = self.carry_out(session, declaration)
        if not declaration.several:
            result = self.result(outcomes)
            for option, path in table.reveals.items():
                if params.get(option) and result.get(table.type):
                    result[table.type][path] = (outcomes[0].obj or {}).get(path)
            return result
        result = self.result([item for item in outcomes if item.obj is not None or item.changed] or outcomes)
        result.pop(table.type, None)
        result[table.plural] = [masked(table, item.obj) for item in outcomes if item.obj is not None]
        return result

    def declare(
        self, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], prefix: str = "", policy: Policy = KEEP
    ) -> Declaration:
        """Read what a task says, and check all of it that can be checked without PostHog.

        :param raw: the options that the user gave, by any of their names.
        :param params: the engine's own options (O(state), O(update_secret) and switches), validated, with defaults.
        :param prefix: path in front of the option paths.
        :param policy: what the task says of the fields that it does not name.
        :returns: what is to be done.
        :raises InvalidInput: with everything that is wrong.
        """
        table = self.table
        given = {self._aliases.get(key, key): value for key, value in raw.items()}
        absent = params.get("state") == "absent"
        declaration = Declaration(
            table, given, absent=absent, update_secret=str(params.get("update_secret") or "on_create"), policy=policy
        )
        if table.several is not None and given.get(table.several.option) is not None:
            self._declare_several(declaration, params, prefix)
            return declaration
        declaration.object_id = given.get("id") if given.get("id") != "" else None
        if absent:
            # What else the task says of the object does not matter any more, and need not be right.
            keep = {*table.identity.options, *table.delete_options, *table.place_options}
            declaration.given = {key: value for key, value in given.items() if key in keep}
        declared = read_declared(table, declaration.given, prefix)
        declared.switches.update(self._switches(params))
        self._named(declared, declaration, prefix)
        declaration.items.append(declared)
        return declaration

    def reconciler(self, session: Session, update_secret: str = "on_create", policy: Policy = KEEP) -> Reconciler:
        """What compares and writes.

        :param session: for requests.
        :param update_secret: C(on_create) or C(always).
        :param policy: what declarations say of the fields that they do not name.
        :returns: a reconciler of this type.
        """
        return Reconciler(session, self.table, update_secret=update_secret, policy=policy)

    def carry_out(self, session: Session, declaration: Declaration) -> list[Outcome]:
        """Bring PostHog to what a declaration says.

        :param session: project, names, requests, and whether this is a check run.
        :param declaration: what :meth:`declare` returned.
        :returns: what became of each object.
        :raises PostHogFailure: it could not be done.
        """
        reconciler = self.reconciler(session, declaration.update_secret, declaration.policy)
        # Before anything is sent: an error may repeat what it is about.
        session.keep_secret(self._secrets(None, declaration.given, None))
        if declaration.several:
            if not declaration.absent:
                self._known(session, reconciler, declaration.items)
            outcomes = [
                reconciler.absent(item) if declaration.absent else reconciler.present(item)
                for item in declaration.items
            ]
            if declaration.exclusive:
                outcomes += self._leftovers(reconciler, declaration.given, [item.obj for item in outcomes])
            return outcomes
        declared, object_id = declaration.items[0], declaration.object_id
        bring = reconciler.absent if declaration.absent else reconciler.present
        outcome = bring(declared, object_id)
        session.keep_secret(self._secrets(session, declaration.given, outcome.obj))
        return [outcome]

    def _switches(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        names = {switch.name for part in self.table.parts for switch in part.switches}
        if self.table.stand_in is not None:
            names.add(self.table.stand_in.switch)
        return {name: params.get(name) for name in names}

    def _named(self, declared: Declared, declaration: Declaration, prefix: str = "") -> None:
        """The task must say which object it means: an empty name and no id is nobody, or the one without a name."""
        if self.table.singleton:
            return
        option, object_id = self.table.identity.option, declaration.object_id
        if self.table.identity.nameless and declaration.given.get(option) == "" and not declaration.absent:
            # What is deleted has to be named.
            return
        if object_id in (None, "") and declared.values.get(option) in (None, ""):
            where = f"{prefix}.{option}" if prefix else option
            raise InvalidInput([(where, f"is empty; give the {self.table.name}'s {option}, or its id")])

    def _declare_several(self, declaration: Declaration, params: t.Mapping[str, t.Any], prefix: str) -> None:
        """Read several objects of one parent; all is checked before the first write."""
        table = self.table
        several = held(table.several)
        where = f"{prefix}." if prefix else ""
        items = declaration.given.pop(several.option)
        declaration.given = {key: value for key, value in declaration.given.items() if table.field(key) is not None}
        declaration.several = True
        declaration.exclusive = bool(params.get(several.exclusive))
        problems: list[tuple[str, str]] = []
        if declaration.absent and declaration.exclusive:
            problems.append((where + several.exclusive, "has no meaning with state: absent"))
        if not isinstance(items, list):
            problems.append((where + several.option, "takes a list"))
            items = []
        for index, item in enumerate(items):
            try:
                declaration.items.append(read_declared(table, {**declaration.given, several.each: item}))
            except InvalidInput as exc:
                problems += [(f"{where}{several.option}[{index}]", text) for _path, text in exc.problems]
        if problems:
            raise InvalidInput(problems)

    def _known(self, session: Session, reconciler: Reconciler, declarations: t.Sequence[Declared]) -> None:
        """Find every object that is named before the first one is written; one that is there already is known."""
        several = held(self.table.several)
        ref = held(held(self.table.field(several.each)).ref)
        problems: list[tuple[str, str]] = []
        for index, item in enumerate(declarations):
            collection = reconciler.collection(item)
            if collection.parent != {} and collection.find(item.values[several.each]):
                continue
            session.lookup(ref, item.values[several.each], f"{several.option}[{index}]", problems)
        if problems:
            raise InvalidInput(problems)

    def _leftovers(self, reconciler: Reconciler, given: dict[str, t.Any], kept: t.Sequence[t.Any]) -> list[Outcome]:
        """Delete the objects of the parent that are not among those that were declared."""
        collection = reconciler.collection(read_declared(self.table, given))
        if collection.parent == {}:
            return []
        return [reconciler.remove(collection, obj) for obj in collection.all() if not any(obj is item for item in kept)]

    def result(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """What the task returns.

        :param outcomes: what became of each object.
        :returns: the module's result.
        """
        result: dict[str, t.Any] = {"changed": any(outcome.changed for outcome in outcomes)}
        diffs = []
        altered: list[dict[str, t.Any]] = []
        for outcome in _flat(outcomes):
            table = outcome.resource
            if outcome.resource.type == self.table.type or outcome.obj is not None or outcome.changed:
                result[table.type] = masked(table, outcome.obj)
            if outcome.action != "unchanged" or outcome.before or outcome.after:
                diffs.append(
                    {
                        "before": outcome.before,
                        "after": outcome.after,
                        "before_header": outcome.label,
                        "after_header": outcome.label,
                    }
                )
            altered += changes(outcome)
        result["changes"] = altered
        result["diff"] = diffs[0] if len(diffs) == 1 else diffs
        return result


def _flat(outcomes: t.Iterable[Outcome]) -> t.Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome
        yield from _flat(outcome.also)


class Sessions:
    """The sessions of one task: one for each key, organization and project that its items use.

    :param check_mode: nothing may be written.
    :param warn: says something to the user without failing.
    :param note: says something to those who asked for details.
    :param many: the task is a loop.
    :param shared: a private directory of all processes of one controller, through which they learn of a key's pauses.
    """

    def __init__(
        self,
        *,
        check_mode: bool,
        warn: t.Callable[[str], None],
        note: t.Callable[[str], None] | None = None,
        many: bool = False,
        shared: str | None = None,
    ) -> None:
        self._shared = shared
        self.check_mode = check_mode
        self.many = many
        self.warn = warn
        self.note = note or (lambda line: None)
        #: Told about each object that was changed, where a task changes many.
        self.report: t.Callable[[str], None] = lambda line: None
        self._clients: dict[Connection, Client] = {}
        self._sessions: dict[tuple[Connection, t.Any, t.Any], Session] = {}

    def get(self, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], *, needs_key: bool = True) -> Session:
        """The session that a set of options asks for.

        :param raw: the options that the task itself gave.
        :param params: the validated options.
        :param needs_key: whether nothing can be done without a key.
        :returns: a kept session, or a new one.
        :raises PostHogFailure: the options do not say where PostHog is.
        """
        where = connection(raw, params, needs_key=needs_key)
        key = (where, params.get("organization") or None, params.get("project") or None)
        if key not in self._sessions:
            client = self._clients.get(where)
            if client is None:
                client = self._clients[where] = Client(where, note=self._say, tell=self._tell, shared=self._shared)
            self._sessions[key] = Session(
                client,
                resource,
                types=RESOURCES,
                organization=key[1],
                project=key[2],
                check_mode=self.check_mode,
                many=self.many,
                warn=self._warn,
                warn_quietly=self._say,
            )
            self._sessions[key].report = self._tell
            self._sessions[key].named_organization = bool(raw.get("organization"))
            self._sessions[key].named_project = bool(raw.get("project"))
        return self._sessions[key]

    def _say(self, text: str) -> None:
        """Tell those who asked for details, in the way that is right for the item at hand."""
        self.note(text)

    def _tell(self, line: str) -> None:
        """Say what became of an object, in the way that is right for the item at hand."""
        self.report(line)

    def _warn(self, text: str) -> None:
        """Tell the user, in the way that is right for the item at hand."""
        self.warn(text)

    @property
    def secrets(self) -> set[str]:
        """The secrets that the sessions learnt."""
        return {text for session in self._sessions.values() for text in session.secrets}

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()


def perform(
    item: Program, sessions: Sessions, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]
) -> tuple[bool, dict[str, t.Any]]:
    """Run a program and turn whatever happens into a result.

    :param item: the program.
    :param sessions: the task's sessions.
    :param raw: the options that the task itself gave, as plain data.
    :param params: the validated options.
    :returns: whether it succeeded, and the result.
    """
    session: Session | None = None
    try:
        session = sessions.get(raw, params, needs_key=item.needs_key(params))
        return True, item.run(session, raw, params)
    except ApiError as exc:
        error = exc
        if session is not None:
            try:
                error = session.explained(exc)
            except PostHogFailure:
                pass
        return False, error.result()
    except PostHogFailure as exc:
        return False, exc.result()
    except Exception as exc:  # a defect of ours; the person still gets a sentence, and we get something to go by
        return False, {
            "msg": f"community.posthog has a defect: {type(exc).__name__}: {exc}. Please report it with the exception.",
            "exception": traceback.format_exc(),
        }


def unsupported_hint(message: str, spec: t.Mapping[str, t.Any], module: str = "") -> str:
    """Ansible's message about unknown options, with the nearest right names.

    :param message: an error of argument validation.
    :param spec: the argument spec.
    :param module: the module's name, without the collection.
    :returns: the message, extended where it is of that kind.
    """
    match = re.search(r"((?:^|: )[\w, -]+?)(?:\.|$) Supported parameters include", message)
    if match is None:
        return message
    names = match.group(1).lstrip(": ").split(", ")
    found = {name: option_hint(module.partition("_")[2], name, spec).lstrip("; ") for name in names}
    hints = [f"{name}: {hint}{'' if hint.endswith('?') else '.'}" for name, hint in found.items() if hint]
    if not hints:
        return message
    return f"{message[: match.end(1)]} ({' '.join(hints)}){message[match.end(1) :]}"


class _Module(AnsibleModule):
    """C(AnsibleModule) that also knows what the task itself gave: C(null) and nothing differ.

    :param item: the program.
    """

    def __init__(self, item: Program) -> None:
        self._item = item
        super().__init__(**item.spec())

    def _log_invocation(self) -> None:
        # The log of the host sees the options before anybody knows which texts in them are secret.
        secret = self._known() | self._item.suspected(plain(self.given))
        params = self.params
        try:
            self.params = invocation(self._declared, self._item.hidden(params), secret)["module_args"]
            super()._log_invocation()
        finally:
            self.params = params

    def _load_params(self) -> None:
        super()._load_params()
        self.given = without_empty(
            {key: value for key, value in copy.deepcopy(self.params).items() if not key.startswith("_ansible_")}
        )
        self.params.update({key: self.given[key] for key in connection_spec() if key in self.given})
        # An empty connection option counts as not given, before Ansible asks the environment. A null is the engine's
        # business; Ansible would look for it among the choices.
        for key in [key for key in self.params if not key.startswith("_ansible_")]:
            if self.given.get(key) is None:
                del self.params[key]
        self.argument_spec = guarded(self.argument_spec, plain(self.given))
        register(self._known())

    @property
    def _declared(self) -> dict[str, t.Any]:
        """The options as the module declares them."""
        return t.cast("dict[str, t.Any]", self._item.spec()["argument_spec"])

    def _known(self) -> set[str]:
        """The secrets that are known by now."""
        given = plain(self.given)
        found = set(getattr(self, "no_log_values", ())) | self._item.secrets(given) | mistyped(self._declared, given)
        return found | set(short_options(self._declared, given).values())

    def _return_formatted(self, kwargs: dict[str, t.Any]) -> None:
        """Print the result; what Ansible masks itself, and how, differs from one ansible-core to another.

        :param kwargs: the result.
        """
        secret = self._known()
        register(secret)
        # Without the option that asks for it, Ansible takes it out again.
        kwargs["invocation"] = invocation(self._declared, self._item.hidden(self.params), secret)
        # What it masks itself, it would mask inside other words.
        self.no_log_values = lasting(secret)
        super()._return_formatted(without_secrets(kwargs, secret))

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        """Fail, with a hint where an option's name is mistyped.

        :param msg: the message.
        :param kwargs: the rest of the result.
        """
        self.no_log_values.update(self._item.suspected(plain(getattr(self, "given", {}))))
        super().fail_json(unsupported_hint(msg, self.argument_spec, self._item.name), **kwargs)
        raise AssertionError("not reached")


def run_module(item: Program) -> None:
    """Run a program as an ordinary module.

    :param item: the program.
    """
    module = _Module(item)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=str(REQUESTS_IMPORT_ERROR))
    raw = plain(module.given)
    misread = booleans_for_texts(item.spec()["argument_spec"], raw)
    if misread:
        module.fail_json(**InvalidInput(misread).result())

    def warn(text: str) -> None:
        # The sessions below exist by the time one of them warns.
        module.warn(str(without_secrets(text, module._known() | sessions.secrets)))

    shared = directory(getattr(module, "_remote_tmp", None))
    sessions = Sessions(check_mode=module.check_mode, warn=warn, shared=shared)

    good, result = perform(item, sessions, raw, module.params)
    module.no_log_values.update(sessions.secrets)
    sessions.close()
    if not module._diff:
        result.pop("diff", None)
    if good:
        module.exit_json(**result)
    module.fail_json(**result)
