# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules of this collection inside Ansible's worker process.

Private to this collection: it may change without notice.

Every module has an action of its name in C(plugins/action), which says nothing but that name. (Redirects to one shared
action would do, were it not for C(module_defaults): Ansible files the defaults of a module under the action that it is
redirected to, so that those of one module would reach all others.)

Where the task runs on the controller, the engine is called in the worker, which saves the half second that starting a
module costs, and keeps the connection and the lists from one item of a loop to the next. Where it runs elsewhere, or in
the background, the module is executed as usual. The variable C(posthog_in_process) set to false has every module
executed as usual.
"""

from __future__ import annotations

import contextlib
import os
import typing as t
from types import MappingProxyType

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._data.words import kind_of
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import (
    guarded,
    invocation,
    mistyped,
    register,
    short_options,
    without_secrets,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler, perform
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import handler
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._handlers.unknown_options import unsupported_hint
from ansible_collections.community.posthog.plugins.module_utils._http.client import REQUESTS_IMPORT_ERROR
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec, without_empty
from ansible_collections.community.posthog.plugins.module_utils._http.run import handed_on
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import (
    booleans_for_texts,
    keys_that_are_none,
)
from ansible_collections.community.posthog.plugins.plugin_utils._option_variables import OptionVariables
from ansible_collections.community.posthog.plugins.plugin_utils._options import shared_directory
from ansible_collections.community.posthog.plugins.plugin_utils._playbook_variables import reader_of
from ansible_collections.community.posthog.plugins.plugin_utils._variables import VariableCheck

display = Display()

#: The variable that switches execution in the worker off.
IN_PROCESS_VARIABLE: t.Final = "posthog_in_process"

#: The variable with the requests a minute of tasks that do not say so themselves, as the plugins have it too: where one
#: key is shared by several runs, a variable reaches all tasks of each.
RATE_VARIABLE: t.Final = "posthog_rate_limit"


#: Environment variables of which the value is text.
_TEXT_VARIABLES: t.Final = frozenset(
    name for item in connection_spec().values() if item["type"] in ("str", "path") for name in item["fallback"][1]
)


class _Kept:
    """What this worker keeps for the items of one task: dropped as soon as another task comes along."""

    task: str | None = None
    sessions: Sessions | None = None

    @classmethod
    def sessions_of(cls, task: str, check_mode: bool, many: bool) -> Sessions:
        """The sessions of a task.

        :param task: the task's identifier, the same for all items of its loop.
        :param check_mode: nothing may be written.
        :param many: the task is a loop.
        :returns: those of the item before, or new ones.
        """
        if cls.task != task or cls.sessions is None or cls.sessions.check_mode != check_mode:
            cls.drop()
            cls.task = task
            cls.sessions = Sessions(check_mode=check_mode, warn=lambda text: None, many=many, shared=shared_directory())
        return cls.sessions

    @classmethod
    def drop(cls) -> None:
        """Forget everything."""
        if cls.sessions is not None:
            cls.sessions.close()
        cls.task = cls.sessions = None


@contextlib.contextmanager
def _environment(values: t.Mapping[str, str]) -> t.Iterator[None]:
    """The task's C(environment) laid over that of the worker, for as long as the task runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class PostHogAction(ActionBase):
    """The action of every module of this collection."""

    #: The module, without the collection.
    MODULE: t.ClassVar[str]

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    #: Environment variables of the module, where there is one.
    _handed_on: t.Mapping[str, str] = MappingProxyType({})

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the task, here or as a module.

        :param tmp: unused.
        :param task_vars: the host's variables.
        :returns: the task's result.
        """
        variables = self._variables = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, variables)
        del tmp
        reader = reader_of(self._task)
        if reader is None:
            return self._run(result, variables)
        # The user of a playbook or role knows its variables, and not the options of its tasks.
        check = VariableCheck(reader, variables, self._templar.template, self._loader)
        origins = OptionVariables(variables, self._templar.template)
        wrong = check.wrong() or self.undeclared(origins)
        if wrong:
            result.update(failed=True, msg=" ".join(wrong))
            return result
        unread = check.unread()
        if unread:
            display.warning(unread)
        result = self._run(result, variables)
        if result.get("failed") and isinstance(result.get("msg"), str):
            result["msg"] = origins.renamed(result["msg"], self._written(), self._task.args)
        return result

    def _written(self) -> dict[str, t.Any]:
        """The task's options as they are written, with their templates."""
        written = getattr(self._task, "_ds", None) or {}
        named = (f"community.posthog.{self.MODULE}", self.MODULE)
        found = next((value for key, value in written.items() if key in named), None)
        return dict(found) if isinstance(found, t.Mapping) else {}

    def _run(self, result: dict[str, t.Any], variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """Run the task, whoever wrote it.

        :param result: what is known of its result.
        :param variables: the host's variables.
        :returns: the task's result.
        """
        try:
            args = self.prepared(dict(self._task.args))
        except AnsibleError as exc:
            # Raised, it would be wrapped in other sentences, each ansible-core's own.
            result.update(failed=True, msg=str(exc.message))
            return result
        if args.get("rate_limit") in (None, "") and variables.get(RATE_VARIABLE) not in (None, ""):
            args["rate_limit"] = plain(self._templar.template(variables[RATE_VARIABLE]))
        wrong = keys_that_are_none({key: value for key, value in args.items() if key != "extra_fields"})
        if wrong:
            result.update(failed=True, msg="; ".join(f"{path}: {text}" for path, text in wrong))
            return result
        if not self._in_process(variables):
            self._handed_on = self._for_module()
            result.update(
                self._execute_module(
                    module_name=f"community.posthog.{self.MODULE}",
                    module_args=args,
                    task_vars=variables,
                    wrap_async=self._task.async_val,
                )
            )
            self.told(result)
            return result
        if getattr(self._task, "until", None):
            # Each try waits for something to happen elsewhere, so nothing that an earlier one read may count.
            _Kept.drop()
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        with _environment({key: str(value) for key, value in environment.items()}):
            result.update(self._here(handler(self.MODULE), args))
        self.told(result)
        return result

    def _for_module(self) -> dict[str, str]:
        """What a module on this machine is to know of the run; one elsewhere has nothing to do with it."""
        if not self._is_local():
            return {}
        # Who starts something in the background does not wait for it.
        return handed_on(shared_directory(), None if self._task.async_val else os.getppid())

    def _compute_environment_string(self, raw_environment_out: dict[str, t.Any] | None = None) -> str:
        """See Ansible; null is an empty variable, which counts as unset, and no text C(None).

        :param raw_environment_out: gets the variables.
        :returns: what stands before the command of a module.
        :raises AnsibleError: a variable is given a list, or a boolean that stands for a word.
        """
        found: dict[str, t.Any] = {}
        super()._compute_environment_string(found)
        for name, value in found.items():
            if value is None:
                found[name] = ""
            elif isinstance(value, (t.Mapping, list, tuple)):
                raise AnsibleError(f"environment: {name} takes text, not {kind_of(plain(value))}")
            elif isinstance(value, bool) and name in _TEXT_VARIABLES:
                raise AnsibleError(f"environment: {name} takes text, not {str(value).lower()}; {QUOTE}")
        found.update(self._handed_on)
        if raw_environment_out is not None:
            raw_environment_out.update(found)
        return str(self._connection._shell.env_prefix(**found))

    def prepared(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        """The task's options, with what only the controller can do done.

        :param args: as the task gives them.
        :returns: as the program takes them.
        """
        return args

    def undeclared(self, origins: OptionVariables) -> list[str]:
        """Why a task of a playbook or role of this collection has nothing to do.

        :param origins: finds the user's variables behind its options.
        :returns: sentences.
        """
        return []

    def told(self, outcome: dict[str, t.Any]) -> None:
        """Say what is to be said whatever the callback shows.

        :param outcome: the task's result.
        """

    def _in_process(self, variables: t.Mapping[str, t.Any]) -> bool:
        """Whether the task is one for the worker: local, in the foreground, and not switched off."""
        if self._task.async_val:
            return False
        wanted = variables.get(IN_PROCESS_VARIABLE, True)
        wanted = self._templar.template(wanted) if isinstance(wanted, str) else wanted
        return self._is_local() and boolean(wanted, strict=False)

    def _is_local(self) -> bool:
        """Whether the task runs on the controller."""
        return getattr(self._connection, "transport", "") in ("local", "ansible.builtin.local")

    def _here(self, item: ModuleHandler, args: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Run the program in this process, with what C(AnsibleModule) would have done around it."""
        spec = item.spec()
        raw = without_empty(plain(args))
        declared = spec["argument_spec"]
        rules = {key: value for key, value in spec.items() if key not in ("argument_spec", "supports_check_mode")}
        checked = ModuleArgumentSpecValidator(guarded(declared, raw), **rules).validate(
            {key: value for key, value in raw.items() if value is not None}
        )
        secret: set[str] = set(checked._no_log_values) | item.secrets(raw) | mistyped(declared, raw)
        secret |= set(short_options(declared, raw).values())
        register(secret)
        if checked.error_messages:
            outcome: dict[str, t.Any] = {"failed": True, "msg": self._told(checked.error_messages, item)}
        elif booleans_for_texts(spec["argument_spec"], raw):
            outcome = {"failed": True, **InvalidInput(booleans_for_texts(spec["argument_spec"], raw)).result()}
        elif REQUESTS_IMPORT_ERROR is not None:
            outcome = {
                "failed": True,
                "msg": missing_required_lib("requests"),
                "exception": str(REQUESTS_IMPORT_ERROR),
            }
        else:
            outcome = self._performed(item, raw, checked.validated_parameters, secret)
        if outcome.get("failed"):
            secret |= item.suspected(raw)
        if self._shows_invocation():
            outcome["invocation"] = invocation(declared, item.hidden(checked.validated_parameters), secret)
        return t.cast("dict[str, t.Any]", without_secrets(outcome, secret))

    def _shows_invocation(self) -> bool:
        """Whether results hold the arguments: always until ansible-core 2.19, since then as configured."""
        try:
            return bool(C.config.get_config_value("INJECT_INVOCATION", variables=self._variables))
        except AnsibleError:
            return True

    @staticmethod
    def _told(messages: t.Sequence[str], item: ModuleHandler) -> str:
        """Argument errors in the words of an ordinary module."""
        first = messages[0]
        if ". Supported parameters include" in first and not first.startswith("Unsupported"):
            first = f"Unsupported parameters for (community.posthog.{item.name}) module: {first}"
        return unsupported_hint(first, item.spec()["argument_spec"], item.name)

    def _performed(
        self, item: ModuleHandler, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], secret: set[str]
    ) -> dict[str, t.Any]:
        warnings: list[str] = []
        sessions = _Kept.sessions_of(str(self._task._uuid), bool(self._task.check_mode), bool(self._task.loop))
        sessions.warn = warnings.append
        sessions.note = lambda line: display.vvv(str(without_secrets(f"posthog: {line}", secret | sessions.secrets)))
        sessions.report = lambda line: display.v(str(without_secrets(line, secret | sessions.secrets)))
        good, outcome = perform(item, sessions, raw, params)
        secret |= sessions.secrets
        register(secret)
        if not self._task.diff:
            outcome.pop("diff", None)
        if warnings:
            outcome["warnings"] = warnings
        if not good:
            outcome["failed"] = True
            if getattr(self._task, "retries", None):
                _Kept.drop()
        return outcome
