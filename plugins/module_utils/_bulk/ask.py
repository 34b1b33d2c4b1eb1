# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Asks PostHog what only PostHog knows of a plan, before the first write.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import json as jsonlib
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    PostHogFailure,
    raise_if_over,
)
from ansible_collections.community.posthog.plugins.module_utils._data.mistakes import Place, place_in
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import secret_texts
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Risk
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import Code, Condition
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED

#: What can be asked for.
QUESTIONS: t.Final = ("reach", "languages")

#: The statuses with which PostHog says that it does not tell this to keys, or does not know it.
_UNTOLD: t.Final = (403, 404, 405)

_UNKNOWN_TABLE: t.Final = re.compile(r"(?i)unknown table\W+([\w.]+)")


class Questions:
    """What is asked of PostHog about a plan. Only what the plan creates or changes is asked about.

    :param session: the task's session.
    :param nodes: the declared objects, with the outcomes of a plan.
    :param targets: their targets.
    """

    def __init__(self, session: Session, nodes: t.Iterable[Node], targets: Targets) -> None:
        self._session = session
        self._nodes = [node for node in nodes if not node.spec.absent and node.changed and node.completes is None]
        self._all = nodes
        self._targets = targets
        self._answers: dict[str, t.Any] = {}
        #: What PostHog does not tell.
        self._untold: set[str] = set()

    def reach(self) -> None:
        """Find out how many people changed conditions reach, before and after; it becomes a part of the outcomes."""
        for node in self._nodes:
            for outcome in node.outcomes:
                if outcome.resource.reach is not None and outcome.obj is not None and outcome.changed:
                    self._reach_of(node, outcome)

    def _reach_of(self, node: Node, outcome: Outcome) -> None:
        table = outcome.resource
        rule = table.reach
        if rule is None or outcome.obj is None:
            return
        before = rule.conditions(outcome.found or {})
        risks: list[Risk] = []
        for path, condition in rule.conditions(outcome.obj).items():
            was = before.get(path)
            if was == condition:
                continue
            now, then = (self._count(node, item) if item is not None else (0, 0) for item in (condition, was))
            if now is None or then is None:
                continue
            (affected, total), (earlier, _all) = now, then
            kind = "people" if condition.group_type is None else "groups"
            outcome.reach.append(
                {"path": path, "affected": affected, "total": total, "before": earlier if outcome.found else None}
            )
            if affected > earlier:
                text = f"reaches {affected:,} of {total:,} {kind} (was {earlier:,}; {path})"
                risks.append(Risk("reach", text, affected, affected * 100 / total if total else 0))
        outcome.risks = (*outcome.risks, *risks)

    def _count(self, node: Node, condition: Condition) -> tuple[int, int] | None:
        """How many of all a condition reaches; None where PostHog does not say."""
        table = node.table
        if condition.share <= 0 or table.reach is None:
            return (0, 0)
        group = {} if condition.group_type is None else {"group_type_index": condition.group_type}
        answer = self._ask(node, "reach", table.reach.path, {"condition": condition.condition, **group})
        if not isinstance(answer, dict):
            return None
        # Servers before 2026 have other names for both.
        affected = answer.get("affected", answer.get("users_affected"))
        total = answer.get("total", answer.get("total_users"))
        if not isinstance(affected, (int, float)) or not isinstance(total, (int, float)):
            return None
        return round(affected * condition.share / 100), round(total)

    def languages(self) -> Problems:
        """Let PostHog's own parsers read each text in one of its languages that is to be written.

        :returns: where something is wrong, and sentences.
        """
        found: Problems = []
        for node in self._nodes:
            finder = node.table.code
            for item in node.spec.items if finder is not None else ():
                known = next((outcome.found for outcome in node.outcomes), None)
                secrets = secret_texts(self._targets.session_of(node.target), node.table, item.values, known)
                for code in finder(item.values) if finder is not None else ():
                    # PostHog keeps a log of queries, in which secrets have no place.
                    if not any(secret in code.text for secret in secrets):
                        found += self._judged(node, code)
        return found

    def _judged(self, node: Node, code: Code) -> t.Iterator[tuple[str, str]]:
        body = {"query": {"kind": "HogQLMetadata", "language": code.language, "query": code.text}}
        answer = self._ask(node, "languages", "query/", body)
        errors = answer.get("errors") if isinstance(answer, dict) else None
        for error in errors if isinstance(errors, list) else ():
            message = str(error.get("message") or "is refused") if isinstance(error, dict) else str(error)
            missing = _UNKNOWN_TABLE.search(message)
            if missing is not None and missing.group(1).casefold() in self._declared_tables(node):
                # It is declared, too, and comes first.
                continue
            start = error.get("start") if isinstance(error, dict) else None
            fix = error.get("fix") if isinstance(error, dict) else None
            where, at = _position(node, code, start if isinstance(start, int) else None)
            remedy = f"; PostHog proposes {fix}" if fix else ""
            yield where, f"PostHog's parser of {code.language} refuses it{at}: {message}{remedy}"

    def _declared_tables(self, node: Node) -> set[str]:
        """The tables and views that are declared in the same target, as SQL names them."""
        types = node.table.named_in_texts
        here = self._targets.key(node.table, node.target)
        return {
            other.name.casefold()
            for other in self._all
            if other.table.type in types
            and not other.spec.absent
            and self._targets.key(other.table, other.target) == here
        }

    def _ask(self, node: Node, question: str, template: str, body: dict[str, t.Any]) -> t.Any:
        """The answer to a question, asked once; None where there is none."""
        session = self._targets.session_of(node.target)
        if question in self._untold:
            return None
        try:
            if session.project_id() == PLANNED:
                return None
            path = session.path(node.table, template)
            key = jsonlib.dumps([path, body], sort_keys=True, default=str)
            if key not in self._answers:
                # It changes nothing, so it may be sent twice, and in check mode.
                self._answers[key] = session.client.request("POST", path, json=body, repeatable=True)
            return self._answers[key]
        except ApiError as exc:
            raise_if_over(exc)
            if exc.status in _UNTOLD:
                self._untold.add(question)
                self._session.warn(
                    f"ask: PostHog does not tell {question} to this key ({exc.status}), so it was not asked"
                )
            elif exc.status != 400:
                raise
            return None
        except PostHogFailure as exc:
            raise_if_over(exc)
            return None


def _position(node: Node, code: Code, start: int | None) -> tuple[Place, str]:
    """Where an error is: the place, with line and column in the file where they are known; and words for the text."""
    where = f"{node.where}.{code.path}"
    place = node.source.of(where)
    if start is None or not 0 <= start <= len(code.text):
        return place, ""
    before = code.text[:start]
    line, column = before.count("\n"), start - (before.rfind("\n") + 1)
    at = f" (line {line + 1}, column {column + 1} of the text)" if "\n" in code.text else f" (column {column + 1})"
    block = node.source.block_of(where)
    if block is None or place.file is None:
        return place, at
    return place_in(place.file, place.path, block[0] + line, block[1] + column), at
