# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the value of a field names.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref, found_in


def named_in(field: Field, value: t.Any, path: str) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """Everything in a field's value that names another object.

    :param field: the field.
    :param value: its value, as it was declared or as the server shows it.
    :param path: the value's path.
    :returns: the path of each reference, what is named, and its name or id.
    """
    if field.ref is not None:
        if isinstance(value, list):
            for index, name in enumerate(value):
                if name is not None:
                    yield f"{path}[{index}]", field.ref, name
        elif value is not None:
            yield path, field.ref, value
        return
    if field.names is not None and isinstance(value, str):
        yield path, field.names, value
    if field.refs:
        yield from ((where, rule.ref, name) for rule, name, where in found_in(value, field.refs, path))
    for step, inner, item in field.children(value):
        yield from named_in(inner, item, f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}")


def nameable(field: Field) -> t.Iterator[Ref]:
    """All references that a field may hold, at any depth.

    :param field: the field.
    :returns: them.
    """
    for ref in (field.ref, field.names):
        if ref is not None:
            yield ref
    for rule in field.refs:
        yield rule.ref
    for inner in (*field.fields, *((field.items,) if field.items is not None else ())):
        yield from nameable(inner)
