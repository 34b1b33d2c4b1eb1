# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The result of a plan or a run, and one error about all mistakes of a configuration.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import TARGET_KEYS, Node
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._data.mistakes import Place, mistake
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import scopes_at_once
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome, changes
from ansible_collections.community.posthog.plugins.module_utils._engine.task import flattened
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

#: Equal mistakes up to this number are listed one by one.
_LISTED: t.Final = 5

#: What can become of an object, in the order of the summary.
ACTIONS: t.Final = ("created", "updated", "deleted", "unchanged", "failed", "skipped")


@dataclass(frozen=True)
class Planned:
    """An object that is to change.

    :param name: its name.
    :param target: C(organization) and C(project), where the configuration names them.
    :param outcome: what becomes of it.
    :param place: where it is declared, if that is a file.
    """

    name: str
    target: t.Mapping[str, str]
    outcome: Outcome
    place: Place | None

    @property
    def label(self) -> str:
        """Type and name, for messages."""
        return self.outcome.label or self.outcome.resource.label(self.name)


@dataclass
class Result:
    """What became of all objects.

    :param entries: one for each object that was not left alone.
    :param counts: the number of objects by action.
    :param outcomes: names and outcomes behind the entries, for a diff.
    :param begun: a part of an object that failed or was skipped was written.
    :param mistakes: why objects failed, and where they are declared.
    :param planned: the objects that are to change, for a review of a plan.
    """

    entries: list[dict[str, t.Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACTIONS, 0))
    outcomes: list[tuple[str, Outcome]] = field(default_factory=list)
    begun: bool = False
    mistakes: list[dict[str, t.Any]] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)

    def add(self, node: Node) -> None:
        """Count a node.

        :param node: was planned or carried out.
        """
        target = {key: value for key, value in zip(TARGET_KEYS, node.target) if value is not None}
        base: dict[str, t.Any] = {"type": node.table.type, "name": node.name, **target}
        begun = "it was begun, but " if node.begun else ""
        self.begun = self.begun or node.begun
        if node.error:
            self.counts["failed"] += 1
            for path, text in node.problems:
                where = node.source.of(f"{node.where}.{path}" if path else node.where)
                self.mistakes.append(mistake(where, text))
            self.entries.append({**base, "action": "failed", "msg": begun + node.error})
            return
        if node.blocked:
            self.counts["skipped"] += 1
            self.entries.append({**base, "action": "skipped", "msg": f"{begun}{node.blocked} failed"})
            return
        for outcome in flattened(node.outcomes):
            if outcome.action == "unchanged" and outcome.also:
                # The object that was handled in its place is counted.
                continue
            self.counts[outcome.action] += 1
            if outcome.action == "unchanged":
                continue
            if outcome.resource is node.table:
                outcome.layers = node.layers
            entry = {**base, "type": outcome.resource.type, "action": outcome.action, "changes": changes(outcome)}
            if outcome.obj is not None and outcome.resource.has_id:
                entry["id"] = outcome.resource.object_id(outcome.obj)
            if outcome.action in ("created", "deleted"):
                entry["fields"] = dict(outcome.after if outcome.action == "created" else outcome.before)
            self.entries.append(entry)
            self.outcomes.append((node.name, outcome))
            place = node.position if node.source.file else None
            self.planned.append(Planned(node.name, target, outcome, place))

    @property
    def summary(self) -> str:
        """One line with all counts above zero."""
        counts = [f"{self.counts[action]} {action}" for action in ACTIONS if self.counts[action]]
        return ", ".join(counts) or "nothing declared"


def result_of(nodes: t.Sequence[Node]) -> Result:
    """The result of a plan or a run.

    :param nodes: all nodes, purged ones included.
    :returns: the result; an object that was written in two steps counts once.
    """
    result = Result()
    completions = {id(node.completes): node for node in nodes if node.completes is not None}
    for node in nodes:
        if node.completes is not None:
            continue
        second = completions.get(id(node))
        if second is not None and not node.error and not node.blocked:
            node = merged_steps(node, second)
        result.add(node)
    return result


def merged_steps(first: Node, second: Node) -> Node:
    """The two steps of an object as one node.

    :param first: created the object without some options.
    :param second: added those.
    :returns: a new node.
    """
    if second.error or second.blocked:
        return dataclasses.replace(second, completes=None, begun=first.changed)
    merged = dataclasses.replace(first)
    if not first.changed:
        merged.outcomes = second.outcomes
    elif second.changed and first.outcomes and second.outcomes:
        one, two = first.outcomes[0], second.outcomes[0]
        before = {} if one.action == "created" else {**two.before, **one.before}
        merged.outcomes = [
            dataclasses.replace(
                one,
                obj=two.obj,
                before=before,
                after={**one.after, **two.after},
                requests=one.requests + two.requests,
                look=one.look or two.look,
                risks=(*one.risks, *two.risks),
            )
        ]
    return merged


def raise_problems(problems: Problems) -> None:
    """Stop if there are mistakes.

    :param problems: where they are, and what is wrong.
    :raises InvalidInput: with all of them, each once.
    """
    if not problems:
        return
    unique = list(dict.fromkeys(problems))
    if len(unique) == 1:
        raise InvalidInput(unique)
    lines = "\n".join(grouped(unique))
    lines += scopes_at_once(text for _path, text in unique)
    raise InvalidInput(unique, f"{len(unique)} mistakes in the configuration; nothing was written.\n{lines}")


def with_mistakes(failure: PostHogFailure, problems: Problems) -> PostHogFailure:
    """A failure with all that is wrong as data.

    :param failure: what ended the run. Where it is not about the configuration, its mistakes are reported too.
    :param problems: mistakes that were found before.
    :returns: the failure; C(mistakes) are a part of its result.
    """
    if isinstance(failure, InvalidInput):
        failure.more["mistakes"] = [mistake(path, text) for path, text in dict.fromkeys(failure.problems)]
        return failure
    unique = list(dict.fromkeys(problems))
    failure.more["mistakes"] = [mistake("", failure.message), *(mistake(path, text) for path, text in unique)]
    if unique:
        lines = "\n".join(grouped(unique))
        failure.message = f"{failure.message}\nThere are mistakes in the configuration, too.\n{lines}"
    return failure


def refused(problems: Problems, plan: t.Mapping[str, t.Any]) -> InvalidInput:
    """The failure of a run that a guard stopped.

    :param problems: what it stopped.
    :param plan: what the result holds of the plan.
    :returns: the failure.
    """
    lines = "\n".join(grouped(problems))
    failure = InvalidInput(problems, f"The plan needs a confirmation; nothing was written.\n{lines}")
    failure.more.update(plan)
    return failure


def outdated(problems: Problems, plan: t.Mapping[str, t.Any]) -> InvalidInput:
    """The failure of a run that would do something else than the plan that was reviewed.

    :param problems: what is other.
    :param plan: what the result holds of the new plan.
    :returns: the failure.
    """
    lines = "\n".join(grouped(problems))
    text = "PostHog or the files are not what they were when the plan was made; nothing was written. Make a new plan"
    failure = InvalidInput(problems, f"{text}.\n{lines}")
    failure.more.update(plan)
    return failure


def grouped(problems: Problems) -> t.Iterator[str]:
    """One line for each mistake, and one for many equal mistakes.

    :param problems: where they are, and what is wrong.
    :returns: the lines.
    """
    paths_of: dict[str, list[str]] = collections.defaultdict(list)
    for path, text in problems:
        paths_of[text].append(path)
    for text, paths in paths_of.items():
        shown = paths if len(paths) <= _LISTED else paths[:1]
        for path in shown:
            more = f" (and {len(paths) - 1} more like it)" if len(shown) < len(paths) else ""
            yield f"- {path}{more}: {text}" if path else f"- {text}"
