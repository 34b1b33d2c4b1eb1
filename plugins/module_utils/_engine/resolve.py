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
from ansible_collections.community.posthog.plugins.module_utils._engine.declare import Declared
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import RefPart
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import MARK


class Resolver(Room):
    """Resolves what a declaration refers to."""

    def resolved(self, declared: Declared, current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The declared values with ids in place of names."""
        problems: Problems = []
        values: dict[str, t.Any] = {}
        for known in self.resource.fields:
            if known.name not in declared.values:
                continue
            value = declared.values[known.name]
            named = self.resource.named_by_reference(known)
            if current is not None and (named or repeats_name(known, value, current)):
                values[known.name] = known.value_in(current)
            elif self.context.is_parent(known):
                values[known.name] = value
            else:
                values[known.name] = self.context.inside(current).resolve_field(known, value, known.name, problems)
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
        return self.with_mark(values, current)

    def linked(
        self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> t.Iterator[tuple[RefPart, Path, Ref]]:
        """References whose places only the object tells."""
        for rule in self.resource.ref_parts:
            if values.get(rule.field) is not None:
                for path, ref in rule.find(self.session, values, current):
                    yield rule, places(values[rule.field], path) or path, ref

    def with_mark(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        """The values with the collection's mark, where this object is to carry it."""
        known = self.resource.field(self.resource.purging.marker) if self.resource.purging.marker else None
        wanted = self.session.policy.marks if current is None else self.resource.type in self.session.policy.adopts
        if known is None or not wanted:
            return values
        if known.name not in values and current is not None and not known.shown_by(current):
            # The tags are written whole, and nobody knows which there are.
            return values
        there = values.get(known.name)
        if there is None:
            there = known.value_in(current) if current is not None else []
        if MARK in (there or []):
            return values
        features = self.session.features()
        if known.plan_feature and features is not None and known.plan_feature not in features:
            return values
        return {**values, known.name: [*(there or []), MARK]}

    def repeat_names(self, predicted: dict[str, t.Any], fields: t.Iterable[Field]) -> None:
        """Where PostHog repeats the name of an object that is referred to, a new reference changes that as well."""
        for known in fields:
            path = known.ref.name_at if known.ref is not None else None
            if known.ref is None or path is None or not has(predicted, path):
                continue
            value = known.value_in(predicted)
            put(predicted, path, None if value is None else self.session.name_of(known.ref, value))


def repeats_name(known: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> bool:
    """Whether the object itself tells that a reference already names what is declared."""
    if known.ref is None or known.ref.name_at is None or not isinstance(value, str):
        return False
    name = dig(current, known.ref.name_at)
    return isinstance(name, str) and name.casefold() == value.casefold()
