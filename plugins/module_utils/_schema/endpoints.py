# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The requests that read and write the objects of a type.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass
from enum import Enum

from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, has

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import ObjectList


class Delete(Enum):
    """How an object is deleted."""

    #: DELETE, and it is gone.
    HARD = "hard"
    #: DELETE answers 405; PATCH C({"deleted": true}) hides it.
    SOFT = "soft"
    #: It cannot be deleted.
    NONE = "none"


class Endpoint:
    """The requests that read and write the objects of a type: those of a REST list with an object below it.

    A type whose API is of another make has a subclass of its own (:class:`Singleton`, :class:`Upsert`, or one in its
    table's file). Nothing here decides whether anything is written; that is the reconciler's business.
    """

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """Read the list.

        :param collection: has the path and the limit.
        :param params: the query, without paging.
        :returns: all its objects.
        """
        limit = {} if collection.limit is None else {"limit": collection.limit}
        return t.cast("list[dict[str, t.Any]]", collection.session.client.objects(collection.path, params, **limit))

    def detail(self, collection: ObjectList, object_id: t.Any) -> t.Any:
        """Read one object.

        :param collection: where it is.
        :param object_id: the id that URLs take.
        :returns: the decoded answer.
        """
        return collection.session.client.get(collection.object_path(object_id))

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """Make an object.

        :param collection: where.
        :param body: the declared fields.
        :returns: the decoded answer.
        """
        return collection.session.write("POST", collection.path, body)

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """Change an object.

        :param collection: where it is.
        :param current: the object as it is.
        :param body: the fields that change.
        :returns: the decoded answer; where it is empty the object is read again.
        """
        path = collection.object_path(collection.resource.object_id(current))
        answer = collection.session.write("PATCH", path, body)
        return answer if isinstance(answer, dict) else collection.session.client.get(path)

    def delete(self, collection: ObjectList, current: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> None:
        """Delete an object, in the type's way.

        :param collection: where it is.
        :param current: the object.
        :param options: fields to send along, where the deletion is a PATCH.
        """
        resource = collection.resource
        path = collection.object_path(resource.object_id(current))
        if resource.delete is Delete.SOFT:
            body = {name: dig(current, source) for name, source in resource.always_sent if has(current, source)}
            collection.session.write("PATCH", path, {**body, **options, "deleted": True})
        else:
            collection.session.write("DELETE", path)


#: The usual requests.
REST: t.Final = Endpoint()


@dataclass(frozen=True)
class Singleton(Endpoint):
    """The one object of a place, which is always there: read with GET, changed with PATCH.

    :param read: path of the GET, below the type's path.
    :param update_path: path of the PATCH, below the type's path.
    :param method: the method, where it is not PATCH.
    :param unset: what the object is as long as nothing was set, where PostHog answers with nothing then.
    """

    read: str = ""
    update_path: str = ""
    method: str = "PATCH"
    unset: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        answer = collection.session.client.get(collection.path + self.read)
        # Some servers answer null, or nothing at all, as long as nothing was set.
        return [answer if isinstance(answer, dict) else dict(self.unset)]

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        path = collection.path + self.update_path
        # What is set a second time is as it was, so a lost answer does no harm.
        answer = collection.session.write(self.method, path, body, repeatable=True)
        return answer if isinstance(answer, dict) else self.objects(collection, {})[0]


@dataclass(frozen=True)
class Upsert(Endpoint):
    """Objects without an id: a PUT on the list makes or changes the one of the same key.

    :param key: the keys, in what the server shows and takes, that identify an object.
    :param value: the key that holds what there is to declare; null deletes the object.
    :param items: the key of the answer that holds the list.
    """

    key: tuple[str, ...]
    value: str
    items: str

    def place(self, collection: ObjectList) -> str:
        """The path of the list.

        :param collection: the list.
        :returns: the path that requests go to.
        """
        return collection.path

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        answer = collection.session.client.get(self.place(collection), params)
        found = answer.get(self.items) if isinstance(answer, dict) else answer
        return [item for item in found or [] if isinstance(item, dict)]

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        return collection.session.write("PUT", self.place(collection), body)

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        return collection.session.write("PUT", self.place(collection), {**self._named(current), **body})

    def delete(self, collection: ObjectList, current: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> None:
        """See :meth:`Endpoint.delete`."""
        collection.session.write("PUT", self.place(collection), {**self._named(current), self.value: None})

    def _named(self, current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        return {key: current[key] for key in self.key if current.get(key) is not None}
