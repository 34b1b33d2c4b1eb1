# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Objects that two runs created at the same time.

Private to this collection: it may change without notice.

Each run that has created an object looks for it again. Whoever created the later one sees both, since its look begins
after both are there; it takes its own away and works with the other one. The older object stays in any case, so two
runs never take away both.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._data.plain import instant
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection

#: How many objects a list call reads.
_PAGE: t.Final = 500


class Superseded(Exception):
    """What was just created was taken away again, for an older object of its name."""


def can_have_twins(resource: Resource) -> bool:
    """Whether PostHog takes a second object of the same name.

    :param resource: the table.
    :returns: False also where the place alone identifies the object.
    """
    return not (resource.identity.unique or resource.singleton or resource.key_paths) and resource.creatable


def removable(resource: Resource) -> bool:
    """Whether an object may be taken away right after it was created.

    :param resource: the table.
    :returns: False where more would be deleted with it, as with a project or an organization.
    """
    return resource.delete is not Delete.NONE and resource.purging.allowed and not resource.create_warning


def age(resource: Resource, obj: t.Mapping[str, t.Any]) -> tuple[t.Any, ...] | None:
    """By what an older object and a newer one are compared.

    :param resource: the table.
    :param obj: the server's object.
    :returns: something to compare; None where the object does not show its age.
    """
    number = obj.get("id")
    if isinstance(number, int) and not isinstance(number, bool):
        return ("number", number)
    created = instant(obj.get("created_at"))
    return None if created is None else ("time", created, str(resource.object_id(obj)))


def older(
    resource: Resource, obj: t.Mapping[str, t.Any], others: t.Iterable[t.Mapping[str, t.Any]]
) -> t.Mapping[str, t.Any] | None:
    """The oldest of several objects, if it is certain that it is not the one that was just created.

    :param resource: the table.
    :param obj: what was just created.
    :param others: objects of its name.
    :returns: an older one; None where there is none, or where their ages are unknown.
    """
    ages = [(age(resource, other), other) for other in others]
    own = age(resource, obj)
    if own is None or any(found is None or found[0] != own[0] for found, _other in ages):
        return None
    first, oldest = min(ages, key=lambda item: t.cast("tuple[t.Any, ...]", item[0]), default=(own, obj))
    return oldest if t.cast("tuple[t.Any, ...]", first) < own else None


def looked_at_again(collection: Collection) -> Collection:
    """The same objects, read after this call began.

    Several threads that have created something wait for each other and share one list.

    :param collection: what is known.
    :returns: a collection that knows nothing older.
    """
    session = collection.session
    if session.client.threads.turns is None:
        return collection.afresh()
    asked = collection.looks
    collection.looking += 1
    session.client.threads.meet()
    try:
        with session.alone_at(f"{collection.path} looked at again"):
            if collection.looks == asked or collection.look is None:
                # For a few objects of a long list, a search for each name takes fewer requests than the whole list.
                searched = collection.resource.identity.filter is not None
                if searched and collection.looking * _PAGE < len(collection):
                    return collection.afresh()
                collection.looks += 1
                look = collection.afresh()
                look.all()
                collection.look = look
            return collection.look
    finally:
        collection.looking -= 1


def others_like(
    resource: Resource, obj: t.Mapping[str, t.Any], found: t.Iterable[t.Mapping[str, t.Any]]
) -> list[t.Mapping[str, t.Any]]:
    """Those of several objects that are not the one that was just created.

    :param resource: the table.
    :param obj: what was just created.
    :param found: objects of its name.
    :returns: the others.
    """
    ids = {str(dig(obj, path)) for path in (resource.id_path, *resource.other_ids)}
    return [other for other in found if str(resource.object_id(other)) not in ids]
