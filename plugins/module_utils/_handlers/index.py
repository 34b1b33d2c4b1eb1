# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What every module of this collection does, by the module's name.

Only what the module at hand needs is imported, see C(_registry).

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._handlers.program import (
    Program,
    ResourceProgram,
    run_module,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

_PREFIX: t.Final = "posthog_"


def _of_types() -> tuple[ResourceProgram, ...]:
    """The modules that do one type each, in the order in which objects are applied."""
    return tuple(ResourceProgram(table) for table in RESOURCES.values() if table.module)


def _api() -> Program:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.api import ApiProgram

    return ApiProgram()


def _config() -> Program:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.config import ConfigProgram

    return ConfigProgram(_of_types())


def _connection_info() -> Program:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.connection_info import (
        ConnectionInfoProgram,
    )

    return ConnectionInfoProgram()


def _event() -> Program:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.event import EventProgram

    return EventProgram()


def _export() -> Program:
    from ansible_collections.community.posthog.plugins.module_utils._bulk.export import ExportProgram

    return ExportProgram(_of_types())


def _info() -> Program:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.info import InfoProgram

    return InfoProgram()


#: The modules that do something else than one type.
_OTHERS: t.Final[t.Mapping[str, t.Callable[[], Program]]] = {
    "posthog_api": _api,
    "posthog_config": _config,
    "posthog_connection_info": _connection_info,
    "posthog_event": _event,
    "posthog_export": _export,
    "posthog_info": _info,
}


class Programs(t.Mapping[str, Program]):
    """Every module's program; to go through them is to load all."""

    def __init__(self) -> None:
        self._made: dict[str, Program] = {}

    def __getitem__(self, name: str) -> Program:
        if name not in self._made:
            if name in _OTHERS:
                self._made[name] = _OTHERS[name]()
            else:
                table = RESOURCES[name[len(_PREFIX) :]] if name.startswith(_PREFIX) else None
                if table is None or not table.module:
                    raise KeyError(name)
                self._made[name] = ResourceProgram(table)
        return self._made[name]

    def __iter__(self) -> t.Iterator[str]:
        yield from _OTHERS
        for name, table in RESOURCES.items():
            if table.module:
                yield _PREFIX + name

    def __len__(self) -> int:
        return sum(1 for _name in self)


PROGRAMS: t.Final = Programs()


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
