# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Documents, lists and maps, whose parts have fields of their own.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, equal, narrowed
from ansible_collections.community.posthog.plugins.module_utils._data.words import form_of, nearest
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import Kind, refuse_mixed
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems, Remark

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class Structure(Kind):
    """What documents, lists and maps have in common."""

    def is_empty(self, field: Field, value: t.Any) -> bool:
        """See :meth:`Kind.is_empty`."""
        return super().is_empty(field, value) if field.ignored and isinstance(value, list) else not value


class DocumentKind(Structure):
    """A dictionary whose keys are known."""

    name = "document"
    argument_type = element_type = "dict"

    def parse(self, field: Field, value: t.Any, path: str, problems: Problems) -> t.Any:
        """See :meth:`Kind.parse`."""
        if not isinstance(value, dict):
            problems.append((path, f"takes a dictionary, not {form_of(value)}"))
            return value
        tells = field.unknown_kind(value)
        if tells is not None:
            where = f"{path}.{tells.name}" if path else tells.name
            text = (
                f"the {tells.name} {value[tells.name]!r} is not known to this release; PostHog gets all of it as it is"
            )
            problems.append(Remark((where, text)))
            refuse_mixed(value, path, problems)
            return value
        out: dict[str, t.Any] = {}
        for name, inner in value.items():
            key_field = field.key(name)
            where = f"{path}.{name}" if path else name
            if key_field is None and field.takes_newer(name):
                problems.append(Remark((where, "is a key that this release does not know; PostHog gets it as it is")))
                out[name] = inner
            elif key_field is None:
                names = [item.name for item in field.fields if not item.computed]
                problems.append((where, f"is no known key{nearest(name, names) or '; known are ' + ', '.join(names)}"))
            elif key_field.computed:
                # What PostHog computes may stand in a document that was copied from a response.
                continue
            else:
                out[name] = key_field.parse(inner, where, problems)
        for key_field in field.fields:
            if key_field.required and key_field.name not in value:
                problems.append((f"{path}.{key_field.name}" if path else key_field.name, "is missing"))
        return out

    def same(self, field: Field, desired: t.Any, current: t.Any, partial: bool) -> bool:
        """See :meth:`Kind.same`."""
        if not isinstance(desired, dict) or not isinstance(current, dict):
            return equal(desired, current)
        if field.unknown_kind(desired) is not None:
            return covers(desired, current)
        for key_field in field.fields:
            if key_field.computed:
                continue
            if key_field.name in desired:
                if not key_field.same(desired[key_field.name], current.get(key_field.name, key_field.default)):
                    return False
            elif not partial and not key_field.left_alone and key_field.name in current:
                if not key_field.same(key_field.default, current[key_field.name]):
                    return False
        return all(covers(desired[key], current.get(key)) for key in desired if field.key(key) is None)

    def view(self, field: Field, value: t.Any, other: t.Any, partial: bool, always: t.Collection[str]) -> t.Any:
        """See :meth:`Kind.view`."""
        if isinstance(value, dict):
            declared = other if isinstance(other, dict) else {}
            if field.unknown_kind(value) is not None:
                # Whole where something else is declared: nobody knows what of it matters.
                shown = {key: inner for key, inner in value.items() if not getattr(field.key(key), "computed", False)}
                return narrowed(shown, other) if field.unknown_kind(other) is not None else shown
            out: dict[str, t.Any] = {}
            for key_field in field.fields:
                if key_field.computed:
                    continue
                if key_field.name in declared or key_field.name in always:
                    shown = value.get(key_field.name, key_field.default)
                    out[key_field.name] = key_field.view(shown, declared.get(key_field.name, shown))
                elif key_field.name in value and not key_field.left_alone and not partial:
                    if not key_field.same(key_field.default, value[key_field.name]):
                        out[key_field.name] = key_field.view(value[key_field.name], None)
            return out
        return super().view(field, value, other, partial, always)

    def children(self, field: Field, value: t.Any) -> t.Iterator[tuple[t.Any, Field, t.Any]]:
        """See :meth:`Kind.children`."""
        if isinstance(value, dict):
            for inner in field.fields:
                if value.get(inner.name) is not None:
                    yield inner.name, inner, value[inner.name]


class ListKind(Structure):
    """A list, compared by position unless its order has no meaning."""

    name = "list"
    argument_type = "list"

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


class MapKind(Structure):
    """A dictionary with free keys and like values."""

    name = "map"
    argument_type = "dict"

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
