# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Lists.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import without_nulls
from ansible_collections.community.posthog.plugins.module_utils._data.words import form_of
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import (
    NOTHING,
    Exporter,
    Schema,
    SchemaWriter,
    Structure,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import Lost
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class ListKind(Structure):
    """A list, compared by position unless its order has no meaning."""

    name = "list"
    argument_type = "list"
    is_list = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if not isinstance(value, list):
            problems.append((path, f"takes a list, not {form_of(value)}"))
            return value
        if field.items is None:
            return value
        parsed = [field.items.parse(item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
        if field.unordered and all(isinstance(item, str) for item in parsed):
            return list(dict.fromkeys(parsed))
        return parsed

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        if not isinstance(desired, list) or not isinstance(current, list):
            return equal(desired, current)
        if field.ignored:
            current = [found for found in current if found not in field.ignored or found in desired]
        if len(desired) != len(current):
            return False
        item = field.items
        if field.unordered:
            left = list(current)
            for wanted in desired:
                for index, found in enumerate(left):
                    if item.same(wanted, found) if item else equal(wanted, found):
                        del left[index]
                        break
                else:
                    return False
            return True
        if item is None:
            return covers(desired, current)
        return all(item.same(wanted, found) for wanted, found in zip(desired, current))

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """See :meth:`Kind.view`."""
        if isinstance(value, list):
            declared_items = other if isinstance(other, list) else []
            if field.unordered:
                return sorted((item for item in value if item not in field.ignored or item in declared_items), key=str)
            if field.items is not None:
                return [
                    field.items.view(item, declared_items[index] if index < len(declared_items) else None)
                    for index, item in enumerate(value)
                ]
            return value
        return super().view(field, value, other, partial, always)

    def children(self, field: Field, value: t.Any) -> t.Iterator[tuple[t.Any, Field, t.Any]]:
        """See :meth:`Kind.children`."""
        if field.items is not None and isinstance(value, list):
            for index, item in enumerate(value):
                yield index, field.items, item

    def compose(
        self,
        field: Field,
        desired: t.Any,
        current: t.Any,
        path: Path,
        lost: Lost,
        *,
        partial: bool = False,
        top: bool = False,
    ) -> t.Any:
        """See :meth:`Kind.compose`. Members are matched, so that what is kept stays with what it belongs to."""
        item = field.items
        if not isinstance(desired, list) or item is None:
            return super().compose(field, desired, current, path, lost, partial=partial, top=top)
        kind = item.of_kind
        if not kind.has_members:
            if field.ignored and isinstance(current, list):
                return desired + [found for found in current if found in field.ignored and found not in desired]
            return [kind.compose(item, wanted, None, path, lost) for wanted in desired]
        now = current if isinstance(current, list) else []
        if field.unordered:
            # A diff shows such items whole.
            lost = []
        partners = kind.partners(item, desired, now, ordered=not field.unordered)
        for index, found in enumerate(now):
            if index not in partners:
                lost += kind.unknown_keys(item, found, (*path, index))
        return [
            kind.compose(item, wanted, None if place is None else now[place], (*path, place or 0), lost)
            for wanted, place in zip(desired, partners)
        ]

    def spell_out(self, field: Field, desired: t.Any, current: t.Any) -> t.Any:
        """See :meth:`Kind.spell_out`."""
        item = field.items
        if item is None or field.unordered or not _as_long(desired, current):
            return desired
        return [item.of_kind.spell_out(item, one, other) for one, other in zip(desired, current)]

    def unspell(self, field: Field, body: t.Any, desired: t.Any) -> t.Any:
        """See :meth:`Kind.unspell`."""
        item = field.items
        if item is None or field.unordered or not _as_long(body, desired):
            return body
        return [item.of_kind.unspell(item, one, other) for one, other in zip(body, desired)]

    def argument_spec(self, field: Field) -> dict[str, t.Any]:
        """See :meth:`Kind.argument_spec`."""
        return {"type": "list", "elements": field.items.of_kind.element_type if field.items is not None else "raw"}

    def export(self, field: Field, value: t.Any, path: str, exporter: Exporter) -> t.Any:
        """See :meth:`Kind.export`."""
        if not isinstance(value, list):
            return super().export(field, value, path, exporter)
        if field.ignored:
            value = [item for item in value if item not in field.ignored]
        if field.items is None:
            return without_nulls(value)
        items = [exporter.value(field.items, item, f"{path}[{index}]") for index, item in enumerate(value)]
        items = [None if item is NOTHING else item for item in items]
        return sorted(items, key=str) if field.unordered else items

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        return {"type": "array", **({"items": writer.of_item(field.items)} if field.items is not None else {})}


def _as_long(one: t.Any, other: t.Any) -> bool:
    """Whether two values are lists of the same length."""
    return isinstance(one, list) and isinstance(other, list) and len(one) == len(other)
