# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Names become ids: the references of a declaration.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    Path,
    dig,
    has,
    places,
    put,
    reach,
    replaced,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Room
from ansible_collections.community.posthog.plugins.module_utils._engine.ignored import ignoring
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import RefPart
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import MARK


class Resolver(Room):
    """Resolves what a declaration refers to."""

    def resolved(self, declared: ObjectSpec, current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The declared values with ids in place of names."""
        problems: Problems = []
        values: dict[str, t.Any] = {}
        for field in self.resource.fields:
            if field.name not in declared.values:
                continue
            value = declared.values[field.name]
            named = self.resource.named_by_reference(field)
            if current is not None and (named or repeats_name(field, value, current)):
                values[field.name] = field.value_in(current)
            elif self.context.is_parent(field):
                values[field.name] = value
            else:
                values[field.name] = self.context.inside(current).resolve_field(field, value, field.name, problems)
        for rule, path, ref in self.linked(declared.values, current):
            where = rule.field + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
            named = reach(values.get(rule.field), path)
            one = self.context.inside(current).resolve
            if isinstance(named, list):
                found = [one(ref, item, f"{where}[{index}]", problems) for index, item in enumerate(named)]
                values[rule.field] = replaced(values[rule.field], path, found)
            elif named is not None:
                values[rule.field] = replaced(values[rule.field], path, one(ref, named, where, problems))
        if problems:
            raise InvalidInput(problems)
        return self.with_mark(ignoring(self.resource, values, current, declared.lifecycle.ignored), current)

    def linked(
        self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> t.Iterator[tuple[RefPart, Path, Ref]]:
        """References whose places depend on the object."""
        for rule in self.resource.ref_parts:
            if values.get(rule.field) is not None:
                for path, ref in rule.find(self.session, values, current):
                    yield rule, places(values[rule.field], path) or path, ref

    def with_mark(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The values with the collection's mark, where this object is to carry it."""
        field = self.resource.field(self.resource.purging.marker) if self.resource.purging.marker else None
        wanted = self.session.policy.marks if current is None else self.resource.type in self.session.policy.adopts
        if field is None or not wanted:
            return values
        if field.name not in values and current is not None and not field.shown_by(current):
            # The tags are written whole, and nobody knows which there are.
            return values
        there = values.get(field.name)
        if there is None:
            there = field.value_in(current) if current is not None else []
        if MARK in (there or []):
            return values
        features = self.session.features()
        if field.plan_feature and features is not None and field.plan_feature not in features:
            return values
        return {**values, field.name: [*(there or []), MARK]}

    def repeat_names(self, predicted: dict[str, t.Any], fields: t.Iterable[Field]) -> None:
        """Where PostHog repeats the name of an object that is referred to, a new reference changes that as well."""
        for field in fields:
            path = field.ref.name_at if field.ref is not None else None
            if field.ref is None or path is None or not has(predicted, path):
                continue
            value = field.value_in(predicted)
            put(predicted, path, None if value is None else self.session.name_of(field.ref, value))


def repeats_name(field: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
    """Whether the object itself shows that a reference already names what is declared."""
    if field.ref is None or field.ref.name_at is None or not isinstance(value, str):
        return False
    name = dig(current, field.ref.name_at)
    return isinstance(name, str) and name.casefold() == value.casefold()
