# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Maps: dictionaries with free keys and values of one kind.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal
from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path
from ansible_collections.community.posthog.plugins.module_utils._data.plain import is_blank
from ansible_collections.community.posthog.plugins.module_utils._data.words import form_of
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import (
    NOTHING,
    Exporter,
    Schema,
    SchemaWriter,
    Structure,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.documents import counterparts
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.open_documents import Lost
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class MapKind(Structure):
    """A dictionary with free keys and like values."""

    name = "map"
    argument_type = "dict"
    has_members = is_all_declared = True

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if not isinstance(value, dict):
            problems.append((path, f"takes a dictionary, not {form_of(value)}"))
            return value
        if field.items is None:
            return value
        kept = field.keys or str
        return {kept(key): field.items.parse(inner, f"{path}.{key}", problems) for key, inner in value.items()}

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        if not isinstance(desired, dict) or not isinstance(current, dict):
            return equal(desired, current)
        desired, current = field.by_key(desired), field.by_key(current)
        wanted = {key: value for key, value in desired.items() if value is not None}
        found = {key: value for key, value in current.items() if value is not None}
        if field.merged:
            found = {key: value for key, value in found.items() if key in desired}
        if set(wanted) != set(found):
            return False
        if field.items is None:
            return covers(wanted, found)
        return all(field.items.same(wanted[key], found[key]) for key in wanted)

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """See :meth:`Kind.view`."""
        if isinstance(value, dict) and field.items is not None:
            value = field.by_key(value)
            declared_map = field.by_key(other) if isinstance(other, dict) else {}
            if field.merged and isinstance(other, dict):
                value = {key: inner for key, inner in value.items() if key in declared_map and inner is not None}
            return {key: field.items.view(inner, declared_map.get(key)) for key, inner in value.items()}
        return super().view(field, value, other, partial, always)

    def children(self, field: Field, value: t.Any) -> t.Iterator[tuple[t.Any, Field, t.Any]]:
        """See :meth:`Kind.children`."""
        if field.items is not None and isinstance(value, dict):
            for key, item in value.items():
                yield key, field.items, item

    def field_at(self, field: Field, step: t.Any) -> Field | None:
        """See :meth:`Kind.field_at`."""
        return field.items

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
        """See :meth:`Kind.compose`."""
        item = field.items
        if item is None or not isinstance(desired, dict):
            return super().compose(field, desired, current, path, lost, partial=partial, top=top)
        kind = item.of_kind
        now = _under_declared_keys(field, desired, current if isinstance(current, dict) else {})
        if field.merged:
            there = {key: kind.as_written(item, value) for key, value in now.items()}
            desired = {key: value for key, value in {**there, **desired}.items() if value is not None}
        for key in now:
            if key not in desired:
                lost += kind.unknown_keys(item, now[key], (*path, key))
        return {key: kind.compose(item, value, now.get(key), (*path, key), lost) for key, value in desired.items()}

    def partners(self, item: Field, desired: list[t.Any], current: list[t.Any], *, ordered: bool) -> list[int | None]:
        """See :meth:`Kind.partners`."""
        return counterparts(item, desired, current, ordered=ordered)

    def spell_out(self, field: Field, desired: t.Any, current: t.Any) -> t.Any:
        """See :meth:`Kind.spell_out`."""
        if not isinstance(desired, dict) or not isinstance(current, dict):
            return desired
        item = field.items
        out = {
            key: value if item is None or key not in current else item.of_kind.spell_out(item, value, current[key])
            for key, value in desired.items()
        }
        if field.merged:
            out.update({key: None for key, value in current.items() if key not in out and not is_blank(value)})
        return out

    def unspell(self, field: Field, body: t.Any, desired: t.Any) -> t.Any:
        """See :meth:`Kind.unspell`."""
        item = field.items
        if item is None or not isinstance(body, dict) or not isinstance(desired, dict):
            return body
        return {
            key: item.of_kind.unspell(item, value, desired[key]) if key in desired else value
            for key, value in body.items()
        }

    def export(self, field: Field, value: t.Any, path: str, exporter: Exporter) -> t.Any:
        """See :meth:`Kind.export`."""
        if not isinstance(value, dict) or field.items is None:
            return super().export(field, value, path, exporter)
        inner = {key: exporter.value(field.items, item, f"{path}.{key}") for key, item in sorted(value.items())}
        return {key: None if item is NOTHING else item for key, item in inner.items()}

    def json_schema(self, field: Field, writer: SchemaWriter) -> Schema:
        """See :meth:`Kind.json_schema`."""
        if field.items is None:
            return {"type": "object"}
        return {"type": "object", "additionalProperties": writer.of_value(field.items)}


def _under_declared_keys(field: Field, desired: dict[str, t.Any], current: dict[str, t.Any]) -> dict[str, t.Any]:
    """The entries of a map under the keys that a task has for them, as far as it has any."""
    if field.keys is None:
        return current
    words = {field.keys(str(key)): key for key in desired}
    return {words.get(field.keys(str(key)), key): value for key, value in current.items()}
