# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What an unknown option or an unknown type probably means.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Parent


def option_hint(kind: str, option: str, known: t.Iterable[str]) -> str:
    """A hint for an option that a module does not have.

    :param kind: the module's type; any other text for modules without one.
    :param option: the unknown option.
    :param known: the options that exist.
    :returns: a clause that begins with a semicolon, or an empty string. It names the module of the objects inside of
        such an object, the module of a type of this name, or the nearest option.
    """
    inside = _inside(kind, option)
    if inside:
        return f"; {inside} manages the {option} of a {kind.replace('_', ' ')}"
    return _module_of(kind, option) or nearest(option, known)


def _inside(kind: str, option: str) -> str:
    """The module of a type whose objects are inside of such an object, under this name."""
    for table in RESOURCES.values():
        place = table.parent
        names = (table.type, table.plural, place.embedded if isinstance(place, Parent) else None)
        if isinstance(place, Parent) and place.type == kind and option in names and table.module:
            return f"posthog_{table.type}"
    return ""


def _module_of(kind: str, option: str) -> str:
    """The module of a type of this name."""
    for table in RESOURCES.values() if kind in RESOURCES else ():
        if option in (table.type, table.plural) and table.module and table.type != kind:
            return f"; posthog_{table.type} manages {table.plural.replace('_', ' ')}"
    return ""


def nearest_type(key: str, tasks: t.Mapping[str, ResourceTask]) -> str:
    """A hint for a key that is no plural name of a type.

    :param key: the unknown key.
    :param tasks: the tasks of each type, by its plural name.
    :returns: a clause that begins with a semicolon.
    """
    singular = {task.table.type: plural for plural, task in tasks.items()}
    if key in singular:
        return f"; a list of them is called {singular[key]}"
    return nearest(key, tasks) or f"; known are {', '.join(sorted(tasks))}"
