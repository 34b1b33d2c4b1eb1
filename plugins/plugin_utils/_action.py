# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules of this collection inside Ansible's worker process.

Private to this collection: it may change without notice.

Every module has an action plugin of its name in C(plugins/action), which only sets that name. Redirects to one shared
action would be shorter. But Ansible applies C(module_defaults) by the action that a module is redirected to, so the
defaults of one module would apply to all.

For a task on the controller, the worker calls the engine. This saves the half second that starting a module costs, and
keeps the connection and the lists from one item of a loop to the next. On other hosts and with C(async), Ansible
executes the module as usual. It always does so where the variable C(posthog_in_process) is false.
"""

from __future__ import annotations

import contextlib
import gc
import os
import typing as t
from collections.abc import Mapping
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
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec, without_empty
from ansible_collections.community.posthog.plugins.module_utils._http.run import handed_on
from ansible_collections.community.posthog.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import QUOTE
from ansible_collections.community.posthog.plugins.module_utils._schema.yaml_words import (
    booleans_for_texts,
    keys_that_are_none,
)
from ansible_collections.community.posthog.plugins.plugin_utils._option_variables import OptionVariables
from ansible_collections.community.posthog.plugins.plugin_utils._options import shared_directory
from ansible_collections.community.posthog.plugins.plugin_utils._playbook_variables import reader_of
from ansible_collections.community.posthog.plugins.plugin_utils._shown import host_of, show_verbose
from ansible_collections.community.posthog.plugins.plugin_utils._variables import VariableCheck

display = Display()

#: The variable that disables execution in the worker.
IN_PROCESS_VARIABLE: t.Final = "posthog_in_process"

#: The variable with the default of C(rate_limit). Where several runs share a key, one variable applies to all tasks.
RATE_VARIABLE: t.Final = "posthog_rate_limit"


#: Environment variables whose values are text.
_TEXT_VARIABLES: t.Final = frozenset(
    name for item in connection_spec().values() if item["type"] in ("str", "path") for name in item["fallback"][1]
)


class SessionCache:
    """The sessions that this worker keeps for the items of one task; the next task drops them."""

    task: str | None = None
    sessions: Sessions | None = None

    @classmethod
    def sessions_of(cls, task: str, check_mode: bool, many: bool, hidden: bool = False) -> Sessions:
        """The sessions of a task.

        :param task: the task's identifier, the same for all items of its loop.
        :param check_mode: nothing may be written.
        :param many: the task is a loop.
        :param hidden: Ansible prints nothing of its results.
        :returns: those of the previous item, or new ones.
        """
        if cls.task != task or cls.sessions is None or cls.sessions.check_mode != check_mode:
            cls.drop()
            cls.task = task
            cls.sessions = Sessions(
                check_mode=check_mode, warn=lambda text: None, many=many, hidden=hidden, shared=shared_directory()
            )
        return cls.sessions

    @classmethod
    def drop(cls) -> None:
        """Forget everything."""
        if cls.sessions is not None:
            cls.sessions.close()
        cls.task = cls.sessions = None


@contextlib.contextmanager
def _environment(values: t.Mapping[str, str]) -> t.Iterator[None]:
    """Add the task's C(environment) to the worker's while the task runs."""
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


@contextlib.contextmanager
def _no_collection() -> t.Iterator[None]:
    """Let Python not look for cycles of objects while the task runs.

    The documents of a large configuration hold none. Python would go through all of them again and again, which is an
    eighth of all computing.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
        with _no_collection():
            return self._run_task(result, variables)

    def _run_task(self, result: dict[str, t.Any], variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """Run the task, with a check of the variables of roles and playbooks.

        :param result: the result so far.
        :param variables: the host's variables.
        :returns: the task's result.
        """
        reader = reader_of(self._task)
        if reader is None:
            return self._run(result, variables)
        # The user of a playbook or role knows its variables, and not the options of its tasks.
        check = VariableCheck(reader, variables, self._templar.template, self._loader)
        origins = OptionVariables(variables, self._templar.template)
        wrong = check.wrong() or self.nothing_declared(origins)
        if wrong:
            result.update(failed=True, msg=" ".join(wrong))
            return result
        unread = check.unread()
        if unread:
            display.warning(unread)
        result = self._run(result, variables)
        if result.get("failed") and isinstance(result.get("msg"), str):
            written = self._written()
            result["msg"] = origins.renamed(result["msg"], written, self._task.args)
            for item in result.get("mistakes") or ():
                if item["path"] and not item["file"]:
                    item["path"] = origins.renamed_path(item["path"], written, self._task.args)
        return result

    def _written(self) -> dict[str, t.Any]:
        """The task's options before their templates are evaluated."""
        written = getattr(self._task, "_ds", None) or {}
        named = (f"community.posthog.{self.MODULE}", self.MODULE)
        found = next((value for key, value in written.items() if key in named), None)
        return dict(found) if isinstance(found, Mapping) else {}

    def _run(self, result: dict[str, t.Any], variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """Run the task, without a check of variables.

        :param result: the result so far.
        :param variables: the host's variables.
        :returns: the task's result.
        """
        try:
            args = self.prepare_args(dict(self._task.args))
        except AnsibleError as exc:
            # If it were raised, each ansible-core would add its own sentences.
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
            self.finish_result(result)
            return result
        if getattr(self._task, "until", None):
            # Each retry waits for a change elsewhere, so it must read everything again.
            SessionCache.drop()
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        with _environment({key: str(value) for key, value in environment.items()}):
            result.update(self._run_in_process(handler(self.MODULE), args))
        self.finish_result(result)
        return result

    def _for_module(self) -> dict[str, str]:
        """Environment variables through which a module on this machine takes part in the run; empty for other hosts."""
        if not self._is_local():
            return {}
        # A task with async does not wait for its module.
        return handed_on(shared_directory(), None if self._task.async_val else os.getppid())

    def _compute_environment_string(self, raw_environment_out: dict[str, t.Any] | None = None) -> str:
        """See Ansible. Null becomes an empty variable, which counts as unset, instead of the text C(None).

        :param raw_environment_out: receives the variables.
        :returns: the prefix of a module's command.
        :raises AnsibleError: a variable's value is a list, or a boolean where text is expected.
        """
        found: dict[str, t.Any] = {}
        super()._compute_environment_string(found)
        for name, value in found.items():
            if value is None:
                found[name] = ""
            elif isinstance(value, (Mapping, list, tuple)):
                raise AnsibleError(f"environment: {name} takes text, not {kind_of(plain(value))}")
            elif isinstance(value, bool) and name in _TEXT_VARIABLES:
                raise AnsibleError(f"environment: {name} takes text, not {str(value).lower()}; {QUOTE}")
        found.update(self._handed_on)
        if raw_environment_out is not None:
            raw_environment_out.update(found)
        return str(self._connection._shell.env_prefix(**found))

    def prepare_args(self, args: dict[str, t.Any]) -> dict[str, t.Any]:
        """Do what only the controller can do with the options, such as reading files.

        :param args: the options of the task.
        :returns: the options of the module.
        """
        return args

    def nothing_declared(self, origins: OptionVariables) -> list[str]:
        """Why a task of a playbook or role of this collection has nothing to do.

        :param origins: finds the user's variables behind its options.
        :returns: sentences.
        """
        return []

    def finish_result(self, outcome: dict[str, t.Any]) -> None:
        """Do what only the controller can do with the result, such as writing files.

        :param outcome: the task's result; it may be changed.
        """

    def _in_process(self, variables: t.Mapping[str, t.Any]) -> bool:
        """Whether the worker runs the task: it is local, without async, and not disabled by the variable."""
        if self._task.async_val:
            return False
        wanted = variables.get(IN_PROCESS_VARIABLE, True)
        wanted = self._templar.template(wanted) if isinstance(wanted, str) else wanted
        return self._is_local() and boolean(wanted, strict=False)

    def _is_local(self) -> bool:
        """Whether the task runs on the controller."""
        return getattr(self._connection, "transport", "") in ("local", "ansible.builtin.local")

    def _run_in_process(self, item: ModuleHandler, args: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Run the handler in this process, with the same checks and masking as C(AnsibleModule)."""
        spec = item.spec()
        raw = without_empty(plain(args))
        declared = spec["argument_spec"]
        rules = {key: value for key, value in spec.items() if key not in ("argument_spec", "supports_check_mode")}
        given = {key: value for key, value in raw.items() if value is not None}
        # The validator copies all that it gets. It does not look into free documents, and these can be large.
        free = {key: value for key, value in given.items() if declared.get(key) == {"type": "raw"}}
        checked = ModuleArgumentSpecValidator(guarded(declared, raw), **rules).validate(
            {**given, **dict.fromkeys(free, "")}
        )
        checked.validated_parameters.update(free)
        secret: set[str] = set(checked._no_log_values) | item.secrets(raw) | mistyped(declared, raw)
        secret |= set(short_options(declared, raw).values())
        register(secret)
        if checked.error_messages:
            outcome: dict[str, t.Any] = {"failed": True, "msg": self._argument_error(checked.error_messages, item)}
        elif booleans_for_texts(spec["argument_spec"], raw):
            outcome = {"failed": True, **InvalidInput(booleans_for_texts(spec["argument_spec"], raw)).result()}
        elif REQUESTS_IMPORT_ERROR is not None:
            outcome = {
                "failed": True,
                "msg": missing_required_lib("requests"),
                "exception": str(REQUESTS_IMPORT_ERROR),
            }
        else:
            outcome = self._perform(item, raw, checked.validated_parameters, secret)
        if outcome.get("failed"):
            secret |= item.suspected(raw)
        if self._shows_invocation():
            outcome["invocation"] = invocation(declared, item.hidden(checked.validated_parameters), secret)
        return t.cast("dict[str, t.Any]", without_secrets(outcome, secret))

    def _shows_invocation(self) -> bool:
        """Whether results contain the arguments: always until ansible-core 2.19, since then as configured."""
        try:
            return bool(C.config.get_config_value("INJECT_INVOCATION", variables=self._variables))
        except AnsibleError:
            return True

    @staticmethod
    def _argument_error(messages: t.Sequence[str], item: ModuleHandler) -> str:
        """An argument error in the words of an ordinary module."""
        first = messages[0]
        if ". Supported parameters include" in first and not first.startswith("Unsupported"):
            first = f"Unsupported parameters for (community.posthog.{item.name}) module: {first}"
        return unsupported_hint(first, item.spec()["argument_spec"], item.name)

    def _perform(
        self, item: ModuleHandler, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any], secret: set[str]
    ) -> dict[str, t.Any]:
        warnings: list[str] = []
        task = self._task
        sessions = SessionCache.sessions_of(
            str(task._uuid), bool(task.check_mode), bool(task.loop), hidden=bool(task.no_log)
        )
        host = host_of(self._variables)

        def shown(line: str) -> str:
            return str(without_secrets(line, secret | sessions.secrets))

        # Ansible shows warnings without their host.
        sessions.warn = lambda line: warnings.append(f"{host}: {line}" if host else line)
        sessions.note = lambda line: show_verbose(shown(f"posthog: {line}"), 3, host)
        sessions.report = lambda line: show_verbose(shown(line), 1, host)
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
                SessionCache.drop()
        return outcome
