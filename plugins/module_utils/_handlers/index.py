# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The handlers of all modules, by the module's name.

A handler is imported when its module is asked for, since imports are a large part of a module's run time.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES

_PREFIX: t.Final = "posthog_"


def _of_types() -> tuple[ResourceHandler, ...]:
    """The handlers of all resource types, in the order in which objects are applied."""
    return tuple(ResourceHandler(table) for table in RESOURCES.values() if table.module)


def _api() -> ModuleHandler:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.api import ApiHandler

    return ApiHandler()


def _config() -> ModuleHandler:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.config import ConfigHandler

    return ConfigHandler(_of_types())


def _connection_info() -> ModuleHandler:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.connection_info import (
        ConnectionInfoHandler,
    )

    return ConnectionInfoHandler()


def _event() -> ModuleHandler:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.event import EventHandler

    return EventHandler()


def _export() -> ModuleHandler:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.export import ExportHandler

    return ExportHandler(table for table in RESOURCES.values() if table.module)


def _info() -> ModuleHandler:
    from ansible_collections.community.posthog.plugins.module_utils._handlers.info import InfoHandler

    return InfoHandler()


#: The modules that do not manage one resource type.
_OTHERS: t.Final[t.Mapping[str, t.Callable[[], ModuleHandler]]] = {
    "posthog_api": _api,
    "posthog_config": _config,
    "posthog_connection_info": _connection_info,
    "posthog_event": _event,
    "posthog_export": _export,
    "posthog_info": _info,
}


class Handlers(t.Mapping[str, ModuleHandler]):
    """The handler of every module, made at the first use; iterating over the values imports all of them."""

    def __init__(self) -> None:
        self._made: dict[str, ModuleHandler] = {}

    def __getitem__(self, name: str) -> ModuleHandler:
        if name not in self._made:
            if name in _OTHERS:
                self._made[name] = _OTHERS[name]()
            else:
                table = RESOURCES[name[len(_PREFIX) :]] if name.startswith(_PREFIX) else None
                if table is None or not table.module:
                    raise KeyError(name)
                self._made[name] = ResourceHandler(table)
        return self._made[name]

    def __iter__(self) -> t.Iterator[str]:
        yield from _OTHERS
        for name, table in RESOURCES.items():
            if table.module:
                yield _PREFIX + name

    def __len__(self) -> int:
        return sum(1 for _name in self)


HANDLERS: t.Final = Handlers()


def handler(name: str) -> ModuleHandler:
    """The handler of a module.

    :param name: the module's name, with or without the collection.
    :returns: its handler.
    :raises KeyError: there is no such module.
    """
    return HANDLERS[name.rsplit(".", 1)[-1]]


def run(name: str) -> None:
    """Run as the module of that name.

    :param name: the module's name, without the collection.
    """
    from ansible_collections.community.posthog.plugins.module_utils._handlers.ansible_module import run_module

    run_module(HANDLERS[name])
