# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Carries a plan out: it writes, and decides nothing.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import without
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Context, Room
from ansible_collections.community.posthog.plugins.module_utils._engine.find import Finder
from ansible_collections.community.posthog.plugins.module_utils._engine.hidden import HiddenParts
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.plan import Plan
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.twins import (
    Superseded,
    can_have_twins,
    looked_at_again,
    older,
    others_like,
    removable,
)


class Applier(Room):
    """Carries plans out: it writes, and checks what PostHog kept.

    :param context: what is worked on, and how.
    :param finder: finds objects of the same name.
    :param hidden: knows the secrets.
    """

    def __init__(self, context: Context, finder: Finder, hidden: HiddenParts) -> None:
        super().__init__(context)
        self.finder = finder
        self.hidden = hidden

    def apply(self, plan: Plan) -> Outcome:
        """Do what a plan says.

        :param plan: of one object.
        :returns: what came of it.
        :raises PostHogFailure: it could not be done.
        """
        return {"create": self._create, "update": self._update, "replace": self._replace, "delete": self._delete}[
            plan.action
        ](plan)

    def _create(self, plan: Plan) -> Outcome:
        answer = self.resource.endpoint.create(plan.collection, plan.body)
        if self.resource.create_warning:
            self.session.warn(self.resource.create_warning)
        obj = self._taken(plan.collection, answer, plan.outcome.obj or {})
        if not plan.shared:
            self._look_after(plan.collection, plan.declared, obj)
        try:
            plan.outcome.obj = self._complete(plan, obj)
        except UnknownOutcome:
            raise
        except ApiError as exc:
            exc.message = f"The {plan.outcome.label} was created, but then: {exc.message}"
            raise
        return plan.outcome

    def _update(self, plan: Plan) -> Outcome:
        outcome, collection = plan.outcome, plan.collection
        current = obj = plan.current or {}
        if plan.body:
            body = {**plan.body, **self.resource.repeated(plan.body, current)}
            obj = self._taken(collection, self.resource.endpoint.update(collection, current, body), outcome.obj or {})
            dropped = self._note_dropped(plan.differing, obj, set(plan.differing))
            kept = len(dropped) < len(plan.differing)
            for name in dropped:
                outcome.after[name] = outcome.before.get(name)
            for name, value in plan.extra.items():
                if covers(value, obj.get(name)):
                    kept = True
                else:
                    self.session.warn(
                        f"extra_fields.{name}: PostHog accepted this without an error but did not keep it"
                    )
            if not kept and not plan.parts_change:
                return Outcome(self.resource, "unchanged", obj, outcome.before, outcome.before, outcome.label)
        outcome.obj = self._apply_parts(plan.declared, obj, collection)
        return outcome

    def _replace(self, plan: Plan) -> Outcome:
        self._remove(plan.collection, plan.current or {})
        if plan.anew is not None:
            plan.outcome.obj = self._create(plan.anew).obj
        return plan.outcome

    def _delete(self, plan: Plan) -> Outcome:
        self._remove(plan.collection, plan.current or {}, plan.options)
        return plan.outcome

    def _look_after(self, collection: Collection, declared: ObjectSpec, obj: dict[str, t.Any]) -> None:
        """See whether another run has created the same object meanwhile, and give way to the older one.

        :param collection: where the object is.
        :param declared: has its name.
        :param obj: what PostHog answered to its creation.
        :raises Superseded: there is an older one, and this one is gone again.
        """
        if not can_have_twins(self.resource) or self.resource.object_id(obj) is None:
            return
        try:
            found = self.finder.matches(looked_at_again(collection), declared)
        except PostHogFailure as exc:
            self.session.warn_quietly(f"{self.resource.label(obj)}: could not look for another one: {exc}")
            return
        others = others_like(self.resource, obj, found)
        if not others:
            return
        first = older(self.resource, obj, others)
        own = self.resource.object_id(obj)
        ids = ", ".join(sorted(str(self.resource.object_id(other)) for other in others))
        meanwhile = f"{self.resource.label(obj)}: another run has created one at the same time (id {ids})"
        if first is None:
            # The later run takes its own away; where their ages are unknown, the next run names both.
            self.session.warn_quietly(meanwhile)
            return
        if not removable(self.resource):
            self.session.warn(f"{meanwhile}, beside the new one (id {own}); delete one of them")
            return
        self._remove(collection, obj)
        for other in others:
            collection.remember(dict(other))
        text = f"{meanwhile}; the one of this run (id {own}) was taken away again"
        self.session.warn(text)
        raise Superseded(text)

    def _complete(self, plan: Plan, obj: dict[str, t.Any]) -> dict[str, t.Any]:
        """Write what a POST does not take.

        :param plan: of the creation; its outcome loses the fields that PostHog does not keep.
        :param obj: the server's answer to the POST.
        :returns: the object as it is afterwards.
        """
        values, later = plan.values, dict(plan.later)
        # Some fields are taken by a PATCH only, and not every server says which.
        for known in self._dropped(values, obj, {name for name in values if not self._later(name, later)}):
            later[known.api_name] = compose(known, values[known.name], known.value_in(obj))
        if later:
            if not self.resource.replaceable:
                obj = self._taken(plan.collection, self.resource.endpoint.update(plan.collection, obj, later), obj)
            for name in self._note_dropped(values, obj, set(values)):
                plan.outcome.after.pop(name, None)
        return self._apply_parts(plan.declared, obj, plan.collection, created=True)

    def _later(self, name: str, later: t.Mapping[str, t.Any]) -> bool:
        field = self.resource.field(name)
        return field is not None and field.api_name in later

    def _taken(self, collection: Collection, answer: t.Any, fallback: dict[str, t.Any]) -> dict[str, t.Any]:
        """Keep a write's answer. Some answers are empty; what was sent then has to do."""
        obj = answer if isinstance(answer, dict) else fallback
        return collection.remember(obj, whole=True)

    def _dropped(self, values: t.Mapping[str, t.Any], obj: t.Mapping[str, t.Any], names: set[str]) -> list[Field]:
        """The written fields that the server's answer does not show as they were written."""
        dropped = []
        for known in self._verifiable(names):
            if not known.shown_by(obj):
                if values[known.name] is not None and known.since:
                    dropped.append(known)
                continue
            hidden = self.hidden.unreadable(known, values[known.name], obj)
            desired, shown = without(values[known.name], hidden), without(known.value_in(obj), hidden)
            if not known.same(desired, shown, partial=True):
                dropped.append(known)
        return dropped

    def _verifiable(self, names: set[str]) -> t.Iterator[Field]:
        """The fields whose writing can be checked."""
        for field in self.resource.fields:
            if field.name not in names or field.write_only or field.secret or self.context.is_parent(field):
                continue
            if self.resource.named_by_reference(field):
                continue
            yield field

    def _note_dropped(self, values: t.Mapping[str, t.Any], obj: t.Mapping[str, t.Any], names: set[str]) -> set[str]:
        """Warn of fields that PostHog took without an error and did not keep.

        :returns: the names of those fields.
        """
        dropped = self._dropped(values, obj, names)
        for known in dropped:
            reason = f" (it needs the plan feature {known.plan_feature!r})" if known.plan_feature else ""
            self.session.warn(
                f"{self.resource.label(obj)}: PostHog accepted {known.name} without an error "
                f"but did not keep it{reason}"
            )
        return {known.name for known in dropped}

    def _apply_parts(
        self, declared: ObjectSpec, obj: dict[str, t.Any], collection: Collection, *, created: bool = False
    ) -> dict[str, t.Any]:
        for part in self.resource.parts:
            if part.field.name not in declared.parts:
                continue
            options = {**self.context.part_options(declared), "created": created}
            # The object may have just been created, so the plan is made against what it is now.
            plan = part.plan(self.session, self.resource, options, obj)
            if plan.changed:
                obj = part.apply(self.session, self.resource, options, obj, plan)
                collection.remember(obj, whole=True)
        return obj

    def _remove(
        self, collection: Collection, current: dict[str, t.Any], options: t.Mapping[str, t.Any] | None = None
    ) -> None:
        try:
            self.resource.endpoint.delete(collection, current, options or {})
        except ApiError as exc:
            if not exc.gone and not self._vanished(collection, current, exc):
                raise
        collection.forget(current)

    def _vanished(self, collection: Collection, current: t.Mapping[str, t.Any], exc: ApiError) -> bool:
        """Whether a refused deletion was done before: its answer was lost, and the repetition is what was refused."""
        if exc.status not in (400, 409) or not self.resource.has_id or not self.resource.retrievable:
            return False
        try:
            return collection.detail(self.resource.object_id(current)) is None
        except ApiError:
            return False
