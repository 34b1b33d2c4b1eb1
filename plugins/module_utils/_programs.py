# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What every module of this collection does, by the module's name.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

from ansible_collections.community.posthog.plugins.module_utils._api import ApiProgram
from ansible_collections.community.posthog.plugins.module_utils._config import ConfigProgram
from ansible_collections.community.posthog.plugins.module_utils._connection_info import ConnectionInfoProgram
from ansible_collections.community.posthog.plugins.module_utils._event import EventProgram
from ansible_collections.community.posthog.plugins.module_utils._export import ExportProgram
from ansible_collections.community.posthog.plugins.module_utils._info import InfoProgram
from ansible_collections.community.posthog.plugins.module_utils._module import Program, ResourceProgram, run_module
from ansible_collections.community.posthog.plugins.module_utils._registry import RESOURCES

_OF_TYPES: tuple[ResourceProgram, ...] = tuple(ResourceProgram(table) for table in RESOURCES.values() if table.module)

PROGRAMS: dict[str, Program] = {
    item.name: item
    for item in (
        InfoProgram(),
        ConnectionInfoProgram(),
        ApiProgram(),
        EventProgram(),
        ConfigProgram(_OF_TYPES),
        ExportProgram(_OF_TYPES),
        *_OF_TYPES,
    )
}


def program(name: str) -> Program:
    """What a module does.

    :param name: the module's name, with or without the collection.
    :returns: its program.
    :raises KeyError: there is no such module.
    """
    return PROGRAMS[name.rsplit(".", 1)[-1]]


def run(name: str) -> None:
    """Be the module of that name.

    :param name: the module's name, without the collection.
    """
    run_module(PROGRAMS[name])
