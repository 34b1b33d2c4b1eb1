# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Options that people look for in the wrong module: objects that are inside others have modules of their own.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Parent


def option_hint(kind: str, option: str, known: t.Iterable[str]) -> str:
    """What to say besides of an option that a type does not have.

    :param kind: the type; for modules that are of none, any other text.
    :param option: what was written.
    :param known: the options that there are.
    :returns: a half-sentence that begins with a semicolon: the module of the objects that are inside such an object,
        the module of a type of this name, or the nearest option; or an empty string.
    """
    inside = _inside(kind, option)
    if inside:
        return f"; {inside} manages the {option} of a {kind.replace('_', ' ')}"
    return _module_of(kind, option) or nearest(option, known)


def _inside(kind: str, option: str) -> str:
    """The module of what is reached through objects of a type, by the name that their own object has for it."""
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
