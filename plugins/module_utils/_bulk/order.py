# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Which declared object comes before which; cycles are broken by writing an object in two steps.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import (
    all_references,
    object_references,
    option_of,
    references,
)
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import texts
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


class Ordering:
    """Sets the C(needs) of nodes.

    :param session: the task's session.
    :param nodes: all declared objects; the second steps of those in cycles are appended.
    :param index: finds declared objects.
    :param targets: their targets.
    """

    def __init__(self, session: Session, nodes: list[Node], index: DeclaredIndex, targets: Targets) -> None:
        self._session = session
        self._nodes = nodes
        self._index = index
        self._targets = targets

    def run(self) -> Problems:
        """Find out what each node needs, and break cycles.

        :returns: mistakes: cycles that cannot be broken.
        """
        for node in list(self._nodes):
            if not node.spec.absent:
                node.needs |= {other.number for _option, other in self._needed(node)}
                node.needs |= self._named_by_texts(node)
                node.needs.discard(node.number)
        self._serialize()
        problems = self._break_cycles()
        self._follow_mentions()
        return problems

    def _named_by_texts(self, node: Node) -> set[int]:
        """The numbers of all nodes of the types that a node may name by a text."""
        if not node.table.after:
            return set()
        return {
            other.number
            for other in self._nodes
            if other.table.type in node.table.after and not other.spec.absent and other.target == node.target
        }

    def _follow_mentions(self) -> None:
        """Put an object after those that its texts name, as SQL names views.

        A text is no proof: the word may stand in a comment. So no mistake follows from a mention, and no cycle.
        """
        named: dict[tuple[str, t.Any], list[tuple[re.Pattern[str], Node]]] = {}
        mentioned = {type_ for node in self._nodes for type_ in node.table.named_in_texts}
        for node in self._nodes:
            if node.table.type in mentioned and not node.spec.absent:
                found = named.setdefault((node.table.type, node.target), [])
                found += [(re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)"), node) for name in _names(node)]
        for node in list(self._nodes) if named else ():
            candidates = [pair for type_ in node.table.named_in_texts for pair in named.get((type_, node.target), ())]
            if not candidates or node.spec.absent:
                continue
            text = "\n".join(texts([item.values for item in node.spec.items]))
            for pattern, other in candidates:
                if other.number != node.number and pattern.search(text) and node.number not in self._all_needs(other):
                    node.needs.add(other.number)

    def _serialize(self) -> None:
        """Put objects that differ only by their ids one after the other: each takes the next existing object."""
        for group in self._index.told_apart_by_id():
            left, before = list(group), None
            while left:
                numbers = {node.number for node in left}
                # One that refers to another of the group comes after it.
                node = next((one for one in left if not numbers & self._all_needs(one)), left[0])
                if before is not None:
                    node.needs.add(before.number)
                left.remove(node)
                before = node

    def _all_needs(self, node: Node) -> set[int]:
        """The numbers of all nodes that one needs, directly or through others."""
        found: set[int] = set()
        todo = list(node.needs)
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self._nodes[number].needs
        return found - {node.number}

    def _needed(self, node: Node) -> t.Iterator[tuple[str, Node]]:
        """The declared objects that a node refers to, each with the option that does."""
        registry = self._session.registry
        for item in node.spec.items:
            for option, ref, value in (
                *references(node.table, item),
                *object_references(self._session, node, item),
            ):
                if isinstance(value, bool) or not isinstance(value, (str, int)):
                    continue
                for other in self._index.by_name(registry(ref.type), node.target, value):
                    yield option, other
            for path, ref, value in all_references(self._session, node) if self._index.foreign_ids else ():
                by_id = self._index.by_id(registry(ref.type), node.target, value)
                if by_id is not None and by_id is not node:
                    yield option_of(path), by_id
        project = node.target[1]
        if node.table.scope is Scope.PROJECT and project is not None:
            for other in self._index.by_name(registry("project"), node.target, project):
                self._targets.planned.add(node.target)
                self._session.shared.planned_projects.add(project.strip().casefold())
                yield "project", other

    def _break_cycles(self) -> Problems:
        problems: Problems = []
        left = components(self._nodes)
        while left:
            component = left.pop()
            if len(component) < 2:
                continue
            inside = {node.number for node in component}
            candidates = sorted(component, key=lambda node: (node.table.order, node.number))
            # PostHog itself refuses cycles within a type, such as a flag that depends on itself.
            several_types = len({node.table.type for node in component}) > 1
            for node in candidates if several_types else ():
                options = {option for option, other in self._needed(node) if other.number in inside}
                if options and all(_is_optional(node, option) for option in options):
                    # Nodes outside of the cycle are in none, so only these are searched again.
                    left += components([*component, self._split(node, options, inside)])
                    break
            else:
                names = " -> ".join(node.label for node in [*candidates, candidates[0]])
                problems.append((candidates[0].position, f"cannot be made, since each needs the next: {names}"))
        return problems

    def _split(self, node: Node, options: t.Collection[str], inside: t.Collection[int]) -> Node:
        """Write a node without some of its options first, and return the node that adds them at the end."""
        completion = dataclasses.replace(
            node, number=len(self._nodes), needs={*node.needs, node.number}, completes=node, outcomes=[], problems=[]
        )
        self._nodes.append(completion)
        node.spec = dataclasses.replace(
            node.spec,
            # Options that follow in the second step must not be reset in the first.
            policy=dataclasses.replace(node.spec.policy, undeclared=KEEP.undeclared),
            items=[
                dataclasses.replace(
                    item,
                    values={key: value for key, value in item.values.items() if key not in options},
                    parts={key: value for key, value in item.parts.items() if key not in options},
                )
                for item in node.spec.items
            ],
        )
        node.needs -= set(inside)
        for other in self._nodes:
            # Nodes outside of the cycle need the whole object.
            if other.number not in inside and other is not completion and node.number in other.needs:
                other.needs.add(completion.number)
        return completion


def _names(node: Node) -> list[str]:
    """The names that a node declares."""
    option = node.table.identity.option
    values = [item.values.get(option) for item in node.spec.items]
    return [value for value in values if isinstance(value, str) and value]


def _is_optional(node: Node, option: str) -> bool:
    """Whether an object can be created without an option."""
    field = node.table.field(option)
    return field is None or not (field.required or option in node.table.location_options)


def components(nodes: t.Sequence[Node]) -> list[list[Node]]:
    """The strongly connected components of nodes, by Tarjan's algorithm without recursion.

    :param nodes: the nodes; needs of others are ignored.
    :returns: groups of nodes that need each other, each after the groups that it needs.
    """
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
