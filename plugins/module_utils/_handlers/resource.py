# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The modules that manage the objects of one resource type each.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, put
from ansible_collections.community.posthog.plugins.module_utils._data.plain import plain
from ansible_collections.community.posthog.plugins.module_utils._engine.argument_spec import resource_spec
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import (
    hidden_options,
    masked,
    secret_texts,
    suspected_texts,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome, changes
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import SHORTEST, texts
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask, flattened
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.locks import alone_in
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.twins import can_have_twins


class ResourceHandler(ModuleHandler):
    """A module that manages the objects of one type.

    :param table: the type.
    """

    def __init__(self, table: Resource) -> None:
        super().__init__(f"posthog_{table.type}")
        self.table = table
        self.task = ResourceTask(table)

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return resource_spec(self.table)

    def secrets(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`ModuleHandler.secrets`."""
        return secret_texts(None, self.table, raw, None)

    def suspected(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """See :meth:`ModuleHandler.suspected`."""
        return suspected_texts(self.table, raw)

    def hidden(self, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.hidden`."""
        return hidden_options(self.table, params)

    def secret_texts(self, raw: t.Mapping[str, t.Any]) -> set[str]:
        """The secret texts in the options of one object that no argument spec declares, as in a list of items.

        :param raw: the options that the user gave.
        :returns: the texts to mask.
        """
        found = self.secrets(raw)
        partly_secret = {rule.field for rule in self.table.secret_parts}
        for field in (*self.table.fields, *(part.field for part in self.table.parts)):
            if field.secret and field.name not in partly_secret:
                for name in (field.name, *field.aliases):
                    found |= {text for text in texts(raw.get(name)) if len(text) >= SHORTEST}
        return found

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        table = self.table
        given = dict(raw)
        for key, value in given.items():
            # Ansible splits a text at its commas where the option takes a list, as on the command line.
            parsed = params.get(self.task.canonical(key))
            if isinstance(value, str) and isinstance(parsed, list):
                given[key] = plain(parsed)
        spec = self.task.declare(given, params)
        self._refuse_what_would_be_lost(session, params)
        remarks = [f"{path}: {text}" for declared in spec.items for path, text in declared.remarks]
        if remarks:
            session.warn("; ".join(remarks))
        creates = can_have_twins(table) and not spec.absent and not session.check_mode
        with alone_in(session, [session.place_of(table)] if creates else []):
            outcomes = self.task.carry_out(session, spec)
        if not spec.several:
            result = self.result(outcomes)
            for option, path in table.reveals.items():
                if params.get(option) and result.get(table.type):
                    result[table.type][path] = (outcomes[0].obj or {}).get(path)
            self._hand_over(session, params, outcomes[0], result)
            return result
        result = self.result([item for item in outcomes if item.obj is not None or item.changed] or outcomes)
        result.pop(table.type, None)
        result[table.plural] = [masked(table, item.obj) for item in outcomes if item.obj is not None]
        return result

    def _refuse_what_would_be_lost(self, session: Session, params: t.Mapping[str, t.Any]) -> None:
        """Refuse to make a secret that nobody would receive, and to print one.

        :param session: knows whether Ansible prints the result.
        :param params: the validated options.
        :raises InvalidInput: with what would be right.
        """
        rule = self.table.handover
        if rule is None:
            return
        asked = bool(params.get(rule.option))
        problems = [
            (name, f"needs {rule.option}: true, since nobody would know the new {rule.path}")
            for name in self.table.handover_options[1:]
            if params.get(name) and not asked
        ]
        if asked and not session.policy.hidden:
            text = f"needs no_log: true on the task, so that Ansible does not print the {rule.path}"
            problems.append((rule.option, text))
        if problems:
            raise InvalidInput(problems)

    def _hand_over(
        self, session: Session, params: t.Mapping[str, t.Any], outcome: Outcome, result: dict[str, t.Any]
    ) -> None:
        """Put a secret that PostHog has just shown into the result, where it is asked for.

        :param session: for warnings.
        :param params: the validated options.
        :param outcome: of the object.
        :param result: of the task; it is changed.
        """
        rule = self.table.handover
        shown = result.get(self.table.type)
        if rule is None or not params.get(rule.option) or not shown:
            return
        secret = dig(outcome.obj or {}, rule.path)
        put(shown, rule.path, secret)
        lost = outcome.action == "created" and not secret and rule.expected(outcome.obj or {})
        if lost and not session.check_mode:
            session.warn(f"{outcome.label}: PostHog's answer with its {rule.path} was lost; {rule.remedy}")

    def result(self, outcomes: t.Sequence[Outcome]) -> dict[str, t.Any]:
        """What the task returns.

        :param outcomes: the outcome of each object.
        :returns: the module's result.
        """
        result: dict[str, t.Any] = {"changed": any(outcome.changed for outcome in outcomes)}
        diffs = []
        all_changes: list[dict[str, t.Any]] = []
        for outcome in flattened(outcomes):
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
            all_changes += changes(outcome)
        result["changes"] = all_changes
        result["diff"] = diffs[0] if len(diffs) == 1 else diffs
        return result
