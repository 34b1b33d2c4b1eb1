# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The tables of all resource types, by type.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import types

from ansible_collections.community.posthog.plugins.module_utils._resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._resources import (
    access,
    account,
    alerts,
    analytics,
    documents,
    error_tracking,
    experiments,
    feature_flags,
    logs,
    organization,
    people,
    pipelines,
    projects,
    replay,
    surveys,
    taxonomy,
    warehouse,
)

_AREAS: tuple[types.ModuleType, ...] = (
    access,
    account,
    alerts,
    analytics,
    documents,
    error_tracking,
    experiments,
    feature_flags,
    logs,
    organization,
    people,
    pipelines,
    projects,
    replay,
    surveys,
    taxonomy,
    warehouse,
)

#: Every type, in the order in which objects are applied.
RESOURCES: dict[str, Resource] = {
    table.type: table
    for table in sorted(
        (value for area in _AREAS for value in vars(area).values() if isinstance(value, Resource)),
        key=lambda table: (table.order, table.type),
    )
}


def resource(type_name: str) -> Resource:
    """The table of a type.

    :param type_name: for example C(feature_flag).
    :returns: the table.
    :raises KeyError: there is no such type; a defect of a table that refers to it.
    """
    return RESOURCES[type_name]
