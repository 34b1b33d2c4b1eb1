# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Reading objects of any types (M(community.posthog.posthog_info)).

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import ModuleHandler
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.routes import read_those_there
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session

Object = dict[str, t.Any]


class InfoHandler(ModuleHandler):
    """Reads objects and changes nothing."""

    def __init__(self) -> None:
        super().__init__("posthog_info")

    def spec(self) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.spec`."""
        return {
            "argument_spec": {
                **connection_spec(),
                "types": {"type": "list", "elements": "str", "required": True},
                "ids": {"type": "list", "elements": "raw"},
                "names": {"type": "list", "elements": "str"},
                "search": {"type": "str"},
                "filters": {"type": "dict"},
                "within": {"type": "dict"},
                "limit": {"type": "int"},
                "details": {"type": "bool", "default": False},
            },
            "supports_check_mode": True,
        }

    def run(self, session: Session, raw: t.Mapping[str, t.Any], params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`ModuleHandler.run`."""
        types = [str(item) for item in params.get("types") or []]
        problems = []
        for index, name in enumerate(types):
            if name not in RESOURCES:
                hint = nearest(name, RESOURCES) or f"; known are {', '.join(sorted(RESOURCES))}"
                problems.append((f"types[{index}]", f"{name!r} is no type{hint}"))
        if not types:
            problems.append(("types", "names no type"))
        if params.get("limit") is not None and params["limit"] < 1:
            problems.append(("limit", f"must be at least 1, not {params['limit']}"))
        if not problems:
            problems = _impossible([RESOURCES[name] for name in types], params)
        if problems:
            raise InvalidInput(problems)
        objects: dict[str, list[Object | None]] = {}
        for name in types:
            table = RESOURCES[name]
            objects[name] = [
                masked(table, obj) for obj in self._read(session, table, params, bool(params.get("details")))
            ]
        # Read last, since the answers may have lowered the limit.
        return {"changed": False, "objects": objects, "rate_limit": session.client.rate_limit or None}

    def _read(self, session: Session, table: Resource, asked: t.Mapping[str, t.Any], details: bool) -> list[Object]:
        found: list[Object] = []

        def read(collection: Collection, where: Object) -> None:
            if asked.get("limit") is not None:
                collection.limit = asked["limit"] - len(found)
                if not collection.limit:
                    return
            # An object may not contain its own location.
            found.extend({**where, **obj} for obj in self._read_from(collection, asked, details))

        lists = self._collections(session, table, asked.get("within"))
        read_those_there(session, table.plural, [functools.partial(read, *item) for item in lists])
        return found if asked.get("limit") is None else found[: asked["limit"]]

    @staticmethod
    def _collections(session: Session, table: Resource, within: t.Any) -> list[tuple[Collection, Object]]:
        """The lists of a type, one for each parent, with the options that locate the parent."""
        rule = table.parent
        if rule is None:
            return [(session.collection(table), {})]
        declared, problems = _declared_place(table, within)
        if declared:
            place = rule.find(session, table, declared, problems) if not problems else None
            if problems:
                raise InvalidInput([(f"within.{path}", text) for path, text in problems])
            places = [place] if place else []
        else:
            places = rule.everywhere(session)
        return [(session.collection(table, place), rule.options_for(session, place)) for place in places]

    def _read_from(self, collection: Collection, asked: t.Mapping[str, t.Any], details: bool) -> list[Object]:
        table = collection.resource
        ids = asked.get("ids")
        names = asked.get("names")
        if table.singleton:
            only = collection.only()
            return [only] if only is not None else []
        if ids is not None:
            objects = [obj for obj in (collection.get(item) for item in ids) if obj is not None]
        elif asked.get("search") or asked.get("filters"):
            query = {**table.listing.params, **_query(asked.get("filters") or {})}
            if asked.get("search"):
                query["search"] = asked["search"]
            objects = [obj for obj in collection.query(query) if _matches(table, obj, asked.get("search"))]
        elif names is not None and len(names) == 1:
            objects = collection.find(names[0], sure=True)
        else:
            objects = collection.all()
        if names is not None:
            wanted = {table.identity.normalize(name) for name in names}
            objects = [obj for obj in objects if wanted.intersection(table.identity.names(obj))]
        if details:
            objects = [whole for whole in (collection.whole(obj) for obj in objects) if whole is not None]
        return objects


def _declared_place(table: Resource, within: t.Any) -> tuple[Object, list[tuple[str, str]]]:
    """The given options that locate the parent of a type's objects, and what is wrong with them."""
    problems: list[tuple[str, str]] = []
    options = _place_options(table)
    declared = {
        field.name: field.parse(within[field.name], field.name, problems)
        for field in table.fields
        if within and field.name in options and within.get(field.name) is not None
    }
    return declared, problems


def _place_options(table: Resource) -> tuple[str, ...]:
    """The options that locate the parent of a type's objects."""
    return () if table.parent is None else (*table.parent.options, *table.parent.reads)


def _impossible(tables: t.Sequence[Resource], asked: t.Mapping[str, t.Any]) -> list[tuple[str, str]]:
    """Options that do not apply to the types."""
    problems = []
    known = sorted({option for table in tables for option in _place_options(table)})
    for option in asked.get("within") or {}:
        if option not in known:
            hint = nearest(option, known) or (f"; known are {', '.join(known)}" if known else "")
            problems.append((f"within.{option}", f"says nothing of where objects of these types are{hint}"))
    for option in ("ids", "names", "search"):
        alone = [table.type for table in tables if table.singleton]
        if asked.get(option) is not None and alone:
            problems.append((option, f"there is nothing to choose from of the type {alone[0]}; read it by itself"))
    return problems


def _query(filters: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Query parameters as PostHog reads them: lower-case booleans."""
    return {key: ("true" if value else "false") if isinstance(value, bool) else value for key, value in filters.items()}


def _matches(table: Resource, obj: t.Mapping[str, t.Any], search: t.Any) -> bool:
    """Whether an object matches a search, where the server may have ignored the parameter.

    A server that searches may also match descriptions, tags and similar words. Such matches count where it marks them.
    """
    if not search or obj.get("search_match_type"):
        return True
    needle = str(search).casefold()
    texts = [*table.identity.names(obj), str(obj.get("name") or ""), str(obj.get("description") or "")]
    return any(needle in text.casefold() for text in texts)
