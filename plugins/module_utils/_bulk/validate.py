# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What can be known of the names in a configuration without PostHog.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import references
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import TargetKey, Targets
from ansible_collections.community.posthog.plugins.module_utils._data.words import distance
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

#: Shortest name of which another that is nearly the same is taken for what was meant.
_LONG_ENOUGH: t.Final = 4


class Names:
    """The names that a configuration declares and uses.

    :param session: knows the tables.
    :param nodes: the declared objects.
    :param index: finds them.
    :param targets: their targets.
    """

    def __init__(self, session: Session, nodes: t.Sequence[Node], index: DeclaredIndex, targets: Targets) -> None:
        self._session = session
        self._nodes = nodes
        self._index = index
        self._targets = targets
        self._absent: dict[tuple[TargetKey, str, str], Node] = {}
        self._present: dict[tuple[TargetKey, str], set[str]] = {}
        for node in nodes:
            for item in node.spec.items:
                name = item.values.get(node.table.identity.option)
                if node.completes is not None or not isinstance(name, (str, int)):
                    continue
                place = self._targets.key(node.table, node.target)
                if node.spec.absent:
                    self._absent[place, node.table.type, node.table.identity.normalize(name)] = node
                else:
                    self._present.setdefault((place, node.table.type), set()).add(str(name))

    def judge(self) -> tuple[Problems, list[str]]:
        """Look at every name that a declared object uses.

        :returns: mistakes: names of what is declared absent; and warnings: names that nothing declares, and that are
            nearly those of something that is declared.
        """
        problems: Problems = []
        warnings: list[str] = []
        for node in self._nodes:
            if node.spec.absent or node.completes is not None:
                continue
            for item in node.spec.items:
                for path, ref, value in references(node.table, item, whole_paths=True):
                    if isinstance(value, str) and not ref.made:
                        self._judge(node, path, ref, value, problems, warnings)
        return problems, list(dict.fromkeys(warnings))

    def _judge(self, node: Node, path: str, ref: Ref, value: str, problems: Problems, warnings: list[str]) -> None:
        table = self._session.registry(ref.type)
        known = self._index.by_name(table, node.target, value) or self._index.is_invalid(table, node.target, value)
        if known or table.parent is not None:
            return
        where = node.source.of(f"{node.where}.{path}")
        place = self._targets.key(table, node.target)
        other = self._absent.get((place, table.type, table.identity.normalize(value)))
        if other is not None:
            label, at = table.label(value), other.position
            problems.append((where, f"names the {label}, which is declared absent at {at}; take one of the two out"))
            return
        near = self._near(table, place, value)
        if near:
            warnings.append(f"{where}: no {table.name} {value!r} is declared; did you mean {near!r}?")

    def _near(self, table: Resource, place: TargetKey, value: str) -> str:
        """A declared name that differs by a letter or two."""
        if len(value) < _LONG_ENOUGH:
            return ""
        allowed = 1 if len(value) < 8 else 2
        declared = sorted(self._present.get((place, table.type), ()))
        found = [
            (far, name) for name in declared if (far := distance(value.lower(), name.lower(), allowed)) is not None
        ]
        return min(found)[1] if found else ""
