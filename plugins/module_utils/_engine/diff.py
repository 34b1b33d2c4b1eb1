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
from ansible_collections.community.posthog.plugins.module_utils._engine.declare import Declared
from ansible_collections.community.posthog.plugins.module_utils._engine.hidden import HiddenParts
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import STORED
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
        declared: Declared,
        values: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plans: t.Mapping[str, PartPlan],
        written: t.Mapping[str, tuple[t.Any, Lost]] | None = None,
    ) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for known in self._shown_fields(values):
            if not known.shown_by(current) and not known.secret:
                continue
            out[known.name] = self._shown(known, known.value_in(current), values, declared, current)
            for path, value in (written or {}).get(known.name, (None, []))[1]:
                # What goes away shows, whether this release knows it or not.
                out[known.name] = replaced(out[known.name], path, value)
        for name, plan in plans.items():
            out[name] = plan.before
        return out

    def after(
        self,
        declared: Declared,
        values: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
        plans: t.Mapping[str, PartPlan],
        unchanged: set[str] | None = None,
        written: t.Mapping[str, tuple[t.Any, Lost]] | None = None,
    ) -> dict[str, t.Any]:
        out: dict[str, t.Any] = {}
        for known in self._shown_fields(values):
            if current is not None and known.name in (unchanged or ()):
                # Equal values may be spelled differently; the server's spelling stands on both sides.
                if known.shown_by(current) or known.secret:
                    out[known.name] = self._shown(known, known.value_in(current), values, declared, current)
                continue
            value = values[known.name]
            always = self.update_secret == "always"
            if current is None:
                value = with_defaults(known, value)
            elif not always:
                # A diff tells what is written, and stored secrets are not.
                value = self.hidden.keeping_secrets(known, value, current)
            if current is not None and known.name in (written or {}) and isinstance(value, (dict, list)):
                # What nobody declared and what stays is on both sides.
                stored = self.hidden.without_replaced_secrets(known, value, current)
                value = composed(known, value, stored, partial=known.name in declared.partial)[0]
            shown = self._shown(known, value, values, declared, current)
            for path in self.hidden.unreadable(known, value, current) if current is not None and always else ():
                if reach(shown, path) is not None and reach(value, path) != STORED:
                    shown = replaced(shown, path, f"{MASK} (written)")
            out[known.name] = f"{MASK} (written)" if known.secret else shown
        for name, plan in plans.items():
            out[name] = plan.after
        return out

    def _shown_fields(self, values: t.Mapping[str, t.Any]) -> t.Iterator[Field]:
        for known in self.resource.fields:
            if known.name in values and (not known.write_only or known.secret):
                yield known

    def _shown(
        self,
        known: Field,
        value: t.Any,
        values: t.Mapping[str, t.Any],
        declared: Declared,
        current: t.Mapping[str, t.Any] | None,
    ) -> t.Any:
        """One value as a diff shows it: names for ids, words for numbers, nothing secret."""
        if known.secret:
            return MASK if value is not None else None
        partial = known.name in declared.partial
        stored = known.value_in(current) if current is not None else None
        always = reset_keys(known, values[known.name], stored, partial=partial)
        shown = known.view(value, values[known.name], partial=partial, always=always)
        place = self.context.inside(current)
        if known.ref is not None:
            ref = known.ref
            if isinstance(shown, list):
                shown = [place.name_of(ref, item) for item in shown]
                # By name, not by ids that are the server's business.
                shown = sorted(shown, key=str) if known.unordered else shown
            elif shown is not None:
                shown = place.name_of(ref, shown)
        elif known.refs:
            shown = walk(shown, known.refs, lambda rule, item, where: place.name_of(rule.ref, item))
        for rule, inner, ref in self.resolver.linked(values, current):
            named = reach(shown, inner) if rule.field == known.name else None
            if named is not None:
                names = [place.name_of(ref, item) for item in named] if isinstance(named, list) else None
                shown = replaced(shown, inner, place.name_of(ref, named) if names is None else names)
        for path in self.hidden.secret_paths(known, values, current):
            if reach(shown, path):
                shown = replaced(shown, path, MASK)
        for path in self.hidden.private_paths(known, values, current):
            inner = reach(shown, path)
            if inner:
                # Whether it changes is no secret.
                same_as_before = current is None or inner == reach(known.value_in(current), path)
                shown = replaced(shown, path, MASK if same_as_before else f"{MASK} (written)")
        return shown
