# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Typos of names that PostHog knows, and other words for them.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.words import distance

#: Words that people use for PostHog's own, in lower case.
SYNONYMS: t.Final[dict[str, str]] = {
    "equals": "exact", "equal": "exact", "eq": "exact", "is": "exact", "=": "exact", "==": "exact",
    "not_equals": "is_not", "not_equal": "is_not", "neq": "is_not", "ne": "is_not", "!=": "is_not", "<>": "is_not",
    "contains": "icontains", "like": "icontains", "not_contains": "not_icontains", "does_not_contain": "not_icontains",
    "matches": "regex", "greater_than": "gt", ">": "gt", "less_than": "lt", "<": "lt", ">=": "gte", "<=": "lte",
    "exists": "is_set", "not_exists": "is_not_set", "before": "is_date_before", "after": "is_date_after",
    "minutely": "minute", "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month",
    "count": "total", "average": "avg", "mean": "avg", "minimum": "min", "maximum": "max", "unique_users": "dau",
    "unique": "dau",
}  # fmt: skip


def likely(name: str, known: t.Iterable[t.Any]) -> str | None:
    """The one known name that a name is most likely a typo of.

    PostHog adds keys and choices every month, so that a name that is not known may be newer than this release. A typo
    differs in case, in underscores, or in one or two letters; where only digits differ (p95, p99) it is another name.

    :param name: what was written.
    :param known: the right ones.
    :returns: the known name, or None where nothing is that near.
    """
    names = [str(item) for item in known]
    meant = SYNONYMS.get(name.strip().lower())
    for item in names:
        if item.lower() == meant:
            return item
    folded = _folded(name)
    best, least = None, 3
    for item in names:
        other = _folded(item)
        if folded == other:
            return item
        if re.sub(r"\d", "", folded) == re.sub(r"\d", "", other):
            continue
        allowed = 2 if min(len(folded), len(other)) > 4 else 1
        far = distance(folded, other, min(allowed, least - 1))
        if far is not None and far < least:
            best, least = item, far
    return best


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9<>=!]", "", name.lower())
