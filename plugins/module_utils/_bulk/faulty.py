# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What items with mistakes refer to: a user who mends a typo should not learn only then of a name that nobody bears.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.declared import DeclaredIndex
from ansible_collections.community.posthog.plugins.module_utils._bulk.read import FaultyItem
from ansible_collections.community.posthog.plugins.module_utils._bulk.references import references
from ansible_collections.community.posthog.plugins.module_utils._bulk.targets import Targets
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


def unresolved(session: Session, items: t.Iterable[FaultyItem], index: DeclaredIndex, targets: Targets) -> Problems:
    """References of items with mistakes that name nothing.

    :param session: the task's session, which predicts what the other items make.
    :param items: the items.
    :param index: finds declared objects.
    :param targets: their targets.
    :returns: where they are named, and a sentence. What cannot be looked up now is passed over.
    """
    found: Problems = []
    for item in items:
        for path, ref, value in references(item.task.table, item.declared, whole_paths=True):
            where = f"{item.where}.{path}"
            if isinstance(value, bool) or not isinstance(value, (str, int)):
                continue
            if any(where == wrong or where.startswith((f"{wrong}.", f"{wrong}[")) for wrong in item.paths):
                continue
            table = session.registry(ref.type)
            if table.parent is not None or index.is_invalid(table, item.target, value):
                continue
            problems: Problems = []
            try:
                targets.session_of(item.target).resolve(ref, value, path, problems)
            except PostHogFailure as exc:
                raise_if_over(exc)
                continue
            found += [(item.source.of(where), text) for _path, text in problems]
    return found
