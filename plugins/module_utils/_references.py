# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""References inside documents: where they stand, and what stands there instead.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._fields import NestedRef


def applies(rule: NestedRef, document: t.Mapping[str, t.Any]) -> bool:
    """Whether a rule speaks of what stands in a document.

    :param rule: the rule.
    :param document: one dictionary, as it was written or as the server shows it.
    :returns: True if the rule's key is a reference here.
    """
    return rule.key in document and all(document.get(key) == wanted for key, wanted in rule.when.items())


def is_reference(rule: NestedRef, item: t.Any) -> bool:
    """Whether one value at a rule's place is a reference.

    :param rule: the rule.
    :param item: the value.
    :returns: False for null and for what the place holds besides references.
    """
    return item is not None and not any(item is kept or item == kept for kept in rule.keeps)


def walk(
    value: t.Any,
    rules: t.Sequence[NestedRef],
    change: t.Callable[[NestedRef, t.Any, str], t.Any],
    path: str = "",
) -> t.Any:
    """Rewrite the references inside a document.

    :param value: the document.
    :param rules: where references stand.
    :param change: gets the rule, the reference and its path, and returns what stands there instead.
    :param path: the document's path.
    :returns: a copy.
    """
    if isinstance(value, list):
        return [walk(item, rules, change, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    out = {key: walk(item, rules, change, f"{path}.{key}" if path else key) for key, item in value.items()}
    for rule in rules:
        if not applies(rule, out):
            continue
        where = f"{path}.{rule.key}" if path else rule.key
        item = out[rule.key]
        if rule.keyed:
            if isinstance(item, dict):
                out[rule.key] = {change(rule, key, f"{where}.{key}"): inner for key, inner in item.items()}
        elif isinstance(item, list):
            out[rule.key] = [
                change(rule, one, f"{where}[{index}]") if is_reference(rule, one) else one
                for index, one in enumerate(item)
            ]
        elif is_reference(rule, item):
            out[rule.key] = change(rule, item, where)
    return out
