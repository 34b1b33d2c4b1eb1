# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Ids become names.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.export_report import Unfaithful
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import looks_like_id
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


class ReferenceNames:
    """Finds the names of objects by their ids.

    :param session: the project.
    :param rename: by type, names that another name is written for.
    :param unfaithful: ids without a name are added to it.
    """

    def __init__(self, session: Session, rename: t.Mapping[str, t.Mapping[str, str]], unfaithful: Unfaithful) -> None:
        self._session = session
        self._rename = rename
        self._unfaithful = unfaithful
        #: Where the references of the current object are looked up.
        self._inside = session
        self._names: dict[tuple[int, str, str], dict[str, str | None]] = {}
        self._ids: dict[tuple[str, str], t.Any] = {}

    def look_inside(self, table: Resource, obj: t.Mapping[str, t.Any]) -> None:
        """Set the object whose references are looked up next: those of a project are inside of it.

        :param table: its type.
        :param obj: the object.
        """
        self._inside = self._session
        if table.references_inside == "project":
            self._inside = self._session.within(table.object_id(obj))
        elif table.references_inside == "organization":
            self._inside = self._session.within_organization(table.object_id(obj))

    def renamed(self, type_: str, name: t.Any) -> t.Any:
        """The name to write for a name.

        :param type_: the type of its object.
        :param name: the name in PostHog.
        """
        return self._rename.get(type_, {}).get(name, name) if isinstance(name, str) else name

    def name_of(self, ref: Ref, value: t.Any, path: str) -> t.Any:
        """The name of the object that an id stands for.

        :param ref: the reference.
        :param value: what PostHog stores in it.
        :param path: where it is.
        :returns: the name to write, or an id where there is no name.
        """
        if value is None or isinstance(value, (bool, dict, list)):
            return value
        try:
            names = self._names_of(ref)
        except PostHogFailure as exc:
            raise_if_over(exc)
            self._unfaithful.add(path, f"the {ref.type} {value} cannot be looked up ({exc.message})")
            return value
        key = str(value)
        if key not in names:
            if not looks_like_id(key):
                # It is a name already.
                return self._rename.get(ref.type, {}).get(key, value)
            self._unfaithful.add(path, f"there is no {ref.type} {value} any more, so its id stands here")
            return value
        name = names[key]
        if name is None:
            self._unfaithful.add(path, f"the {ref.type} {value} has no name of its own, so its id stands here")
            return self._ids.get((ref.type, key), value)
        return self.renamed(ref.type, name)

    def _names_of(self, ref: Ref) -> dict[str, str | None]:
        """Names by id; None for a name that is not unique, or that looks like an id."""
        key = (id(self._inside), ref.type, ref.value)
        if key not in self._names:
            table = self._session.registry(ref.type)
            found: dict[str, str | None] = {}
            count: dict[str, int] = {}
            objects = self._inside.collection(table).all()
            for obj in objects:
                for name in table.identity.names(obj)[:1]:
                    count[name] = count.get(name, 0) + 1
            for obj in objects:
                name = table.identity.shown(obj)
                repeated = count.get(table.identity.normalize(name), 0) > 1
                unusable = not name or looks_like_id(name) or repeated
                for path in dict.fromkeys((ref.value, table.id_path)):
                    object_id = dig(obj, path)
                    if object_id is not None:
                        found[str(object_id)] = None if unusable else name
                        # Where a reference holds another property than the id, a task still takes the id.
                        self._ids[ref.type, str(object_id)] = table.object_id(obj)
            self._names[key] = found
        return self._names[key]
