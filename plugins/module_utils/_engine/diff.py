# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a diff shows: the declared fields before and after, with names for ids and nothing secret.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import reach, replaced
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import reset_keys, with_defaults
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import Lost, composed
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Context, Room
from ansible_collections.community.posthog.plugins.module_utils._engine.hidden import HiddenParts
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import STORED
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.resolve import Resolver
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import MASK
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.references import walk


class Differ(Room):
    """Shows the declared fields before and after.

    :param context: what is worked on, and how.
    :param resolver: knows the references.
    :param hidden: knows the secrets.
    """

    def __init__(self, context: Context, resolver: Resolver, hidden: HiddenParts) -> None:
        super().__init__(context)
        self.resolver = resolver
        self.hidden = hidden

    def before(
        self,
        declared: ObjectSpec,
        values: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plans: t.Mapping[str, PartPlan],
        written: t.Mapping[str, tuple[t.Any, Lost]] | None = None,
    ) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for field in self._shown_fields(values):
            if not field.shown_by(current) and not field.secret:
                continue
            out[field.name] = self._shown(field, field.value_in(current), values, declared, current)
            for path, value in (written or {}).get(field.name, (None, []))[1]:
                # What goes away shows, whether this release knows it or not.
                out[field.name] = replaced(out[field.name], path, value)
        for name, plan in plans.items():
            out[name] = plan.before
        return out

    def after(
        self,
        declared: ObjectSpec,
        values: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
        plans: t.Mapping[str, PartPlan],
        unchanged: set[str] | None = None,
        written: t.Mapping[str, tuple[t.Any, Lost]] | None = None,
    ) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for field in self._shown_fields(values):
            if current is not None and field.name in (unchanged or ()):
                # Equal values may be spelled differently; the server's spelling stands on both sides.
                if field.shown_by(current) or field.secret:
                    out[field.name] = self._shown(field, field.value_in(current), values, declared, current)
                continue
            value = values[field.name]
            always = self.update_secret == "always"
            if current is None:
                value = with_defaults(field, value)
            elif not always:
                # A diff shows what is written, and stored secrets are not.
                value = self.hidden.keeping_secrets(field, value, current)
            if current is not None and field.name in (written or {}) and isinstance(value, (dict, list)):
                # What nobody declared and what stays is on both sides.
                stored = self.hidden.without_replaced_secrets(field, value, current)
                value = composed(field, value, stored, partial=field.name in declared.partial)[0]
            shown = self._shown(field, value, values, declared, current)
            for path in self.hidden.unreadable(field, value, current) if current is not None and always else ():
                if reach(shown, path) is not None and reach(value, path) != STORED:
                    shown = replaced(shown, path, f"{MASK} (written)")
            out[field.name] = f"{MASK} (written)" if field.secret else shown
        for name, plan in plans.items():
            out[name] = plan.after
        return out

    def _shown_fields(self, values: t.Mapping[str, t.Any]) -> t.Iterator[Field]:
        for field in self.resource.fields:
            if field.name in values and (not field.write_only or field.secret):
                yield field

    def _shown(
        self,
        field: Field,
        value: t.Any,
        values: t.Mapping[str, t.Any],
        declared: ObjectSpec,
        current: t.Mapping[str, t.Any] | None,
    ) -> t.Any:
        """One value as a diff shows it: names for ids, words for numbers, nothing secret."""
        if field.secret:
            return MASK if value is not None else None
        partial = field.name in declared.partial
        stored = field.value_in(current) if current is not None else None
        always = reset_keys(field, values[field.name], stored, partial=partial)
        shown = field.view(value, values[field.name], partial=partial, always=always)
        place = self.context.inside(current)
        if field.ref is not None:
            ref = field.ref
            if isinstance(shown, list):
                shown = [place.name_of(ref, item) for item in shown]
                # By name, not by ids that are the server's business.
                shown = sorted(shown, key=str) if field.unordered else shown
            elif shown is not None:
                shown = place.name_of(ref, shown)
        elif field.refs:
            shown = walk(shown, field.refs, lambda rule, item, where: place.name_of(rule.ref, item))
        for rule, inner, ref in self.resolver.linked(values, current):
            named = reach(shown, inner) if rule.field == field.name else None
            if named is not None:
                names = [place.name_of(ref, item) for item in named] if isinstance(named, list) else None
                shown = replaced(shown, inner, place.name_of(ref, named) if names is None else names)
        for path in self.hidden.secret_paths(field, values, current):
            if reach(shown, path):
                shown = replaced(shown, path, MASK)
        for path in self.hidden.private_paths(field, values, current):
            inner = reach(shown, path)
            if inner:
                # Whether it changes is no secret.
                same_as_before = current is None or inner == reach(field.value_in(current), path)
                shown = replaced(shown, path, MASK if same_as_before else f"{MASK} (written)")
        return shown
