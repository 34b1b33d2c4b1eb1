# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What happens to events on their way in: which ones PostHog drops.

Private to this collection: it may change without notice. Facts: PostHog's API of autumn 2026, as the contract in
tests/contract and the sandbox's facts have it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Singleton
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Choice,
    Document,
    ListOf,
    Open,
    Text,
)

#: How deep a tree may be, and how many conditions it may have.
_DEPTH: t.Final = 5
_CONDITIONS: t.Final = 20

_GROUPS = ("and", "or")
_FIELDS = ("event_name", "distinct_id")
_OPERATORS = ("exact", "contains")


def pruned(tree: t.Any) -> t.Any:
    """Bring a tree of conditions into the form in which PostHog keeps it.

    Empty groups vanish, a group of one becomes what is in it, and a tree whose root is no group is put into one.

    :param tree: as a task declares it, or as PostHog shows it.
    :returns: the tree; None where nothing is left of it.
    """
    left = _without_empty_groups(tree)
    if isinstance(left, dict) and left.get("type") not in _GROUPS:
        return {"type": "or", "children": [left]}
    return left


def _without_empty_groups(node: t.Any) -> t.Any:
    if not isinstance(node, dict):
        return node
    if node.get("type") in _GROUPS and isinstance(node.get("children"), list):
        children = [child for child in map(_without_empty_groups, node["children"]) if child is not None]
        return {**node, "children": children} if len(children) > 1 else children[0] if children else None
    if node.get("type") == "not":
        child = _without_empty_groups(node.get("child"))
        return None if child is None else {**node, "child": child}
    return node


def _checked_tree(value: t.Any, path: str, problems: Problems) -> t.Any:
    """Read a tree of conditions, and refuse what PostHog refuses."""
    count = _check_node(value, path, problems, 1)
    if count > _CONDITIONS:
        problems.append((path, f"has {count} conditions; PostHog takes {_CONDITIONS}"))
    return pruned(value)


def _check_node(node: t.Any, path: str, problems: Problems, depth: int) -> int:
    """Check one node of a tree.

    :returns: the number of conditions in it.
    """
    kind = node.get("type") if isinstance(node, dict) else None
    if depth > _DEPTH:
        problems.append((path, f"is nested too deep; PostHog takes {_DEPTH} levels"))
        return 0
    if kind in _GROUPS and isinstance(node.get("children"), list):
        children = enumerate(node["children"])
        return sum(_check_node(child, f"{path}.children[{index}]", problems, depth + 1) for index, child in children)
    if kind == "not" and "child" in node:
        return _check_node(node["child"], f"{path}.child", problems, depth + 1)
    if kind != "condition":
        problems.append((path, "takes a node of the type and, or (with children), not (with child) or condition"))
        return 0
    for key, known in (("field", _FIELDS), ("operator", _OPERATORS)):
        if node.get(key) not in known:
            problems.append((f"{path}.{key}", f"takes {' or '.join(known)}, not {node.get(key)!r}"))
    if not isinstance(node.get("value"), str) or not node["value"]:
        problems.append((f"{path}.value", "takes a text that is not empty"))
    return 1


EVENT_FILTER = Resource(
    type="event_filter",
    plural="event_filter",
    scope=Scope.PROJECT,
    path="event_filter/",
    scopes=("event_filter:read", "event_filter:write"),
    delete=Delete.NONE,
    creatable=False,
    order=16,
    since="2026",
    endpoint=Singleton(method="POST", unset={"mode": "disabled", "filter_tree": None, "test_cases": []}),
    fields=(
        Choice("mode", ["disabled", "dry_run", "live"], default="disabled"),
        Open("filter_tree", nullable=True, checked=_checked_tree, normalize=pruned),
        ListOf(
            "test_cases",
            Document(
                "case",
                [
                    Text("event_name"),
                    Text("distinct_id"),
                    Choice("expected_result", ["drop", "ingest"], required=True),
                ],
            ),
            default=[],
            null_as=[],
        ),
    ),
)
