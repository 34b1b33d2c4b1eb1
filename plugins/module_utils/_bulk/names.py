# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Names of events and properties that a project has never seen, which are often typos.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, walk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


def unknown_names(session: Session, nodes: t.Iterable[Node], index: DeclaredIndex, targets: Targets) -> Problems:
    """Find events and properties that changed objects name, and that their project does not know.

    :param session: the task's session.
    :param nodes: the declared objects, with the outcomes of a plan.
    :param index: finds declared objects.
    :param targets: their targets.
    :returns: where they are named, and a sentence.
    """
    known: dict[tuple[t.Any, ...], bool] = {}
    out: Problems = []
    for node in nodes:
        if not node.table.mentions or not node.changed or node.completes is not None or node.spec.absent:
            continue
        for item in node.spec.items:
            for rule, name, path in _mentioned(node.table, item):
                if not isinstance(name, str) or name.startswith("$"):
                    # Names with a dollar sign are PostHog's own.
                    continue
                table = session.registry(rule.ref.type)
                key = (node.target, rule.ref.type, rule.when.get("type"), name)
                if key not in known:
                    declared = bool(index.by_name(table, node.target, name))
                    known[key] = declared or _is_known(targets.session_of(node.target), rule, name)
                if not known[key]:
                    what = table.name.split()[0]
                    text = f"the project has never seen the {what} {name!r}"
                    out.append((node.source.of(f"{node.where}.{path}"), text))
    return list(dict.fromkeys(out))


def _mentioned(table: Resource, item: ObjectSpec) -> list[tuple[NestedRef, t.Any, str]]:
    """The names in a declaration, each with its rule and its path."""
    found: list[tuple[NestedRef, t.Any, str]] = []

    def note(rule: NestedRef, name: t.Any, path: str) -> t.Any:
        found.append((rule, name, path))
        return name

    for option, value in item.values.items():
        walk(value, table.mentions, note, option)
    return found


def _is_known(session: Session, rule: NestedRef, name: str) -> bool:
    """Whether a project knows an event or a property; True where that cannot be read."""
    table = session.registry(rule.ref.type)
    try:
        parent = None if table.parent is None else table.parent.find(session, table, rule.when, [])
        return bool(session.collection(table, parent).find(name))
    except PostHogFailure as exc:
        raise_if_over(exc)
        return True
