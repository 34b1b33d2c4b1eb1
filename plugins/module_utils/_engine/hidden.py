# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What PostHog stores and does not show, and what it shows that nobody else is to see.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    Path,
    places,
    put,
    reach,
    replaced,
    without,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import Lost, composed
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Room
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field


class HiddenParts(Room):
    """Knows where secrets are in the documents of an object, and what is written so that they stay."""

    def secret_paths(
        self, field: Field, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> set[Path]:
        """Where the secrets are in a document of this object."""
        return {
            path
            for rule in self.resource.secret_parts
            if rule.field == field.name
            for path in rule.find(self.session, values, current)
        }

    def private_paths(
        self, field: Field, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> set[Path]:
        """Where, in a field of this object, something stands that PostHog shows and nobody else is to see."""
        return {
            path
            for rule in self.resource.private_parts
            if rule.field == field.name
            for path in rule.find(self.session, values, current)
        }

    def unreadable(self, field: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> set[Path]:
        """Where, in a document, something is stored that cannot be read, so that nothing can be compared."""
        hidden: set[Path] = set()
        for rule in self.resource.secret_parts:
            if rule.field != field.name:
                continue
            for path in rule.find(self.session, {}, current):
                # What does not show is taken to be there where the document is that it belongs to.
                stored = reach(field.value_in(current), path if rule.shown else path[:-1]) is not None
                # A map holds just what is declared: a secret that is not declared any more is to go.
                wanted = not field.of_kind.is_all_declared or reach(value, path) is not None
                if stored and wanted:
                    hidden.add(path)
        return hidden

    def keeping_secrets(self, field: Field, value: t.Any, current: t.Mapping[str, t.Any]) -> t.Any:
        """A declared document as it is written where stored secrets are to stay."""
        shown = field.value_in(current)
        for path in self.unreadable(field, value, current):
            stored = reach(shown, path)
            there = places(value, path)
            if stored is not None and there is not None and there != places(shown, path):
                # PostHog may know what it keeps by its place, so what has moved is written again.
                continue
            value = without(value, {path}) if stored is None else replaced(value, path, stored)
        return value

    def without_replaced_secrets(self, field: Field, desired: t.Any, current: t.Mapping[str, t.Any]) -> t.Any:
        """What is stored, without what stands for secrets that are written anew: it would say to keep the old ones."""
        stored = field.value_in(current)
        new = {path for path in self.unreadable(field, desired, current) if reach(desired, path) is not None}
        return without(stored, {path for path in new if reach(desired, path) != reach(stored, path)})

    def to_write(
        self, field: Field, desired: t.Any, declared: ObjectSpec, current: t.Mapping[str, t.Any]
    ) -> tuple[t.Any, Lost]:
        """What is sent for a field, and what goes away with it although nobody named it."""
        if self.update_secret != "always":
            desired = self.keeping_secrets(field, desired, current)
        stored = self.without_replaced_secrets(field, desired, current)
        return composed(field, desired, stored, partial=field.name in declared.partial)

    def conceal(
        self, obj: dict[str, t.Any], values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
    ) -> None:
        """What a predicted object holds of secrets becomes what PostHog shows of them."""
        for rule in self.resource.secret_parts:
            field = self.resource.field(rule.field)
            document = field.value_in(obj) if field is not None else None
            if field is None or document is None or (rule.shown and rule.shows is None):
                continue
            for path in rule.find(self.session, values, current):
                if not rule.shown:
                    document = without(document, [path])
                elif reach(document, path) is not None:
                    document = replaced(document, path, rule.shows)
            put(obj, field.path_in(obj), document)
