# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the value of a field names.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref, walk


def named_in(known: Field, value: t.Any, path: str) -> t.Iterator[tuple[str, Ref, t.Any]]:
    """Everything in a field's value that names another object.

    :param known: the field.
    :param value: its value, as it was declared or as the server shows it.
    :param path: the value's path.
    :returns: the path of each reference, what is named, and its name or id.
    """
    if known.ref is not None:
        if isinstance(value, list):
            for index, name in enumerate(value):
                if name is not None:
                    yield f"{path}[{index}]", known.ref, name
        elif value is not None:
            yield path, known.ref, value
        return
    if known.names is not None and isinstance(value, str):
        yield path, known.names, value
    if known.refs:
        found: list[tuple[str, Ref, t.Any]] = []
        walk(value, known.refs, lambda rule, name, where: found.append((where, rule.ref, name)), path)
        yield from found
    for step, inner, item in known.children(value):
        yield from named_in(inner, item, f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}")


def nameable(known: Field) -> t.Iterator[Ref]:
    """All references that a field may hold, at any depth.

    :param known: the field.
    :returns: them.
    """
    for ref in (known.ref, known.names):
        if ref is not None:
            yield ref
    for rule in known.refs:
        yield rule.ref
    for inner in (*known.fields, *((known.items,) if known.items is not None else ())):
        yield from nameable(inner)
