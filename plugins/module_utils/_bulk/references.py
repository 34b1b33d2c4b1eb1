# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a declared object refers to, by name or by id.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._bulk.nodes import Node
from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._data.paths import reach
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID
from ansible_collections.community.posthog.plugins.module_utils._schema.named import named_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


def named_by(table: Resource, item: ObjectSpec) -> list[tuple[str, Ref, t.Any]]:
    """Every reference of a declaration, looked for once.

    :param table: the type.
    :param item: the declaration.
    :returns: the option path, the reference, and the name or id.
    """
    if item.named is None:
        item.named = list(_named_by(table, item))
    return item.named


def _named_by(table: Resource, item: ObjectSpec) -> t.Iterator[tuple[str, Ref, t.Any]]:
    for field in (*table.fields, *(part.field for part in table.parts)):
        value = item.values.get(field.name, item.parts.get(field.name))
        if value is not None:
            yield from named_in(field, value, field.name)
    if table.parent is not None:
        yield from table.parent.refers(item.values)


def references(table: Resource, item: ObjectSpec, *, whole_paths: bool = False) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """The references of a declaration that may be names.

    :param table: the type.
    :param item: the declaration.
    :param whole_paths: whether to return the path of each reference in place of the option that it begins with.
    :returns: the option, the reference, and the name.
    """
    for path, ref, value in named_by(table, item):
        if not UUID.fullmatch(str(value)):
            yield path if whole_paths else option_of(path), ref, value


def option_of(path: str) -> str:
    """The option that a path begins with.

    :param path: for example C(filters.groups[0]).
    """
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def object_references(session: Session, node: Node, item: ObjectSpec) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """References at paths that depend on the object itself, as far as its declaration determines them.

    :param session: the task's session.
    :param node: the declared object.
    :param item: one of its declarations.
    :returns: the option, the reference, and the name or id.
    """
    for rule in node.table.ref_parts:
        if item.values.get(rule.field) is None:
            continue
        try:
            found = list(rule.find(session.beside(*node.target), item.values, None))
        except PostHogFailure as exc:
            # The project, or an object that determines the paths, does not exist yet; the plan will report it.
            raise_if_over(exc)
            continue
        for path, ref in found:
            value = reach(item.values[rule.field], path)
            for name in value if isinstance(value, list) else [value]:
                yield rule.field, ref, name


def all_references(session: Session, node: Node) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """Every reference of a declared object.

    :param session: the task's session.
    :param node: the declared object.
    :returns: the option path, the reference, and the name or id.
    """
    for item in node.spec.items:
        yield from named_by(node.table, item)
        yield from object_references(session, node, item)
