# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Ids that a configuration brings from where it was exported.

Private to this collection: it may change without notice.

An object without a name, or with one that others have too, can only be identified by its id, and that id means nothing
in another project. There it only says which declarations of a file are different objects: the first one is the oldest
object of that name, the second one the next, and so on; what is missing is created. A reference to an id is a reference
to the object that the id stands for.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._state.twins import age

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


class Origins:
    """Which objects the ids of a configuration stand for, in one project."""

    def __init__(self) -> None:
        #: Type and id of everything that is declared by an id.
        self.declared: t.Collection[tuple[str, str]] = ()
        self._here: dict[tuple[str, str], dict[str, t.Any]] = {}

    def restart(self) -> None:
        """Forget what was found: a plan has ended, or a run."""
        self._here.clear()

    def settle(self, kind: str, object_id: t.Any, obj: dict[str, t.Any]) -> None:
        """Take note of the object that an id stands for.

        :param kind: its type.
        :param object_id: the id, as it is declared.
        :param obj: the object as it is here, or as it would be.
        """
        self._here[kind, str(object_id)] = obj

    def here(self, kind: str, object_id: t.Any) -> dict[str, t.Any] | None:
        """The object that an id stands for.

        :param kind: its type.
        :param object_id: the id.
        :returns: the object; None where the id was not declared, or is not settled yet.
        """
        return self._here.get((kind, str(object_id))) if self._here else None

    def choose(
        self, resource: Resource, object_id: t.Any, found: t.Sequence[dict[str, t.Any]]
    ) -> dict[str, t.Any] | None:
        """Of the objects of a name, the one that a foreign id stands for.

        :param resource: the table.
        :param object_id: the id, as it is declared.
        :param found: the objects.
        :returns: the oldest that no other id stands for; None where all of them are taken.
        """
        own = (resource.type, str(object_id))
        others = [obj for key, obj in self._here.items() if key != own and key[0] == resource.type]
        taken = {str(resource.object_id(obj)) for obj in others} | {
            name for kind, name in self.declared if kind == resource.type and name != str(object_id)
        }
        free = [
            obj
            for obj in found
            if not any(obj is other for other in others)
            and (resource.object_id(obj) is None or str(resource.object_id(obj)) not in taken)
        ]
        ages = [age(resource, obj) for obj in free]
        if len({found_age[0] if found_age is not None else "" for found_age in ages}) == 1 and None not in ages:
            free = [obj for _age, obj in sorted(zip(ages, free), key=lambda pair: t.cast("tuple[t.Any, ...]", pair[0]))]
        return free[0] if free else None
