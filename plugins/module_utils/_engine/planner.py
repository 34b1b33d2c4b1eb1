# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Decides what is to be done to one object; reads, and never writes.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import covers, narrowed
from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._data.paths import (
    merged,
    reach,
    without,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.compare import with_defaults
from ansible_collections.community.posthog.plugins.module_utils._engine.compose import compose
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Context, Room, named_in
from ansible_collections.community.posthog.plugins.module_utils._engine.diff import Differ
from ansible_collections.community.posthog.plugins.module_utils._engine.hidden import HiddenParts
from ansible_collections.community.posthog.plugins.module_utils._engine.ignored import touches
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import STORED
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.plan import UNCHANGED, Plan
from ansible_collections.community.posthog.plugins.module_utils._engine.predict import Predictor
from ansible_collections.community.posthog.plugins.module_utils._engine.refusals import Refusals
from ansible_collections.community.posthog.plugins.module_utils._engine.resolve import Resolver
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import spelled_out
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import required
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection


class Planner(Room):
    """Decides what is to be done to an object; it reads, and never writes.

    :param context: what is worked on, and how.
    :param resolver: knows the references.
    :param hidden: knows the secrets.
    :param differ: shows what is different.
    """

    def __init__(self, context: Context, resolver: Resolver, hidden: HiddenParts, differ: Differ) -> None:
        super().__init__(context)
        self.resolver = resolver
        self.hidden = hidden
        self.differ = differ
        self.predictor = Predictor(context, hidden)
        self.refusals = Refusals(context)

    def create(
        self, collection: Collection, declared: ObjectSpec, values: dict[str, t.Any], *, shared: bool = False
    ) -> Plan:
        """Plan the creation of an object.

        :param collection: where it will be.
        :param declared: what is declared.
        :param values: the same, names resolved.
        :param shared: several objects of its name are meant to exist.
        :returns: the plan.
        :raises InvalidInput: something is missing, or PostHog is known to refuse it.
        """
        self.refusals.refuse_incomplete(declared, values)
        values = self.refusals.without_gated(values, None)
        initial = {field.name: field.initial for field in self.resource.fields if field.initial is not None}
        undeclared = initial.keys() - values.keys()
        values = {**initial, **values}
        body: dict[str, t.Any] = {}
        later: dict[str, t.Any] = {}
        for field in self.resource.fields:
            if field.name not in values or self.context.is_parent(field):
                continue
            if values[field.name] is None and (
                field.clear_members or (not field.of_kind.takes_all and not field.nullable)
            ):
                continue
            value = with_defaults(field, compose(field, values[field.name], None))
            (later if field.update_only else body)[field.api_name] = value
        options = {**declared.values, **declared.switches, **declared.parts}
        for part in self.resource.parts:
            if part.field.name in declared.parts:
                body = merged(body, part.created_with(options))
        body = merged(body, declared.extra)
        predicted = self.predictor.created(values, declared)
        parts = self._part_plans(declared, None)
        self.refusals.refuse_known(values, None)
        for part in self.resource.parts:
            if part.field.name in parts:
                part.predict(predicted, parts[part.field.name])
        shown = {name: value for name, value in values.items() if name not in undeclared}
        outcome = Outcome(
            self.resource,
            # A singleton is created with its parent; a run finds it there.
            "updated" if self.resource.singleton else "created",
            predicted,
            {},
            self.differ.after(declared, shown, None, parts),
            self.resource.label(self.context.name(declared, predicted)),
        )
        return Plan(
            "create",
            collection,
            outcome,
            declared,
            values=values,
            body=body,
            later=later,
            parts=parts,
            shared=shared,
        )

    def update(
        self,
        collection: Collection,
        declared: ObjectSpec,
        values: dict[str, t.Any],
        current: dict[str, t.Any],
        *,
        newest: bool = False,
    ) -> Plan:
        """Plan what brings an object to what is declared.

        :param collection: where it is.
        :param declared: what is declared.
        :param values: the same, names resolved.
        :param current: the object.
        :param newest: it was read just now, for this write.
        :returns: the plan.
        :raises InvalidInput: something cannot be changed, or PostHog is known to refuse it.
        """
        plain, values = values, self._spelled(values, current)
        differing = self.refusals.without_gated(self._differing(values, current, declared), current)
        parts = self._part_plans(declared, current)
        extra = {
            name: value
            for name, value in declared.extra.items()
            if name in current and not covers(value, current[name])
        }
        label = self.resource.label(current)
        unseen = [name for name in declared.extra if name not in current]
        if unseen:
            self.session.warn(f"extra_fields: PostHog does not show {', '.join(unseen)}, so nothing was compared there")
        if not differing and not extra and not any(plan.changed for plan in parts.values()):
            # A run over many objects shows nothing of those that are as declared.
            shown = {} if self.session.many else self.differ.before(declared, values, current, parts)
            return self._nothing(collection, current, shown, label)
        equal = {name for name in values if name not in differing}
        written = {
            field.name: self.hidden.to_write(field, differing[field.name], declared, current)
            for field in self.resource.fields
            if field.name in differing
        }
        before = self.differ.before(declared, values, current, parts, written)
        after = self.differ.after(declared, values, current, parts, unchanged=equal, written=written)
        before = merged(before, {name: narrowed(current[name], value) for name, value in extra.items()})
        after = merged(after, extra)
        self.refusals.refuse_fixed(current)
        rereads = not newest and self._may_be_old(differing, extra, declared, current)
        if rereads and not self.session.check_mode:
            fresh = collection.detail(self.resource.object_id(current))
            if fresh is not None:
                return self.update(collection, declared, self.resolver.resolved(declared, fresh), fresh, newest=True)
        predicted, body = self.predictor.updated(plain, current, differing, written)
        for name, value in extra.items():
            body[name] = self.predictor.extended(name, value, body.get(name), current[name])
        self.resolver.repeat_names(predicted, [field for field in self.resource.fields if field.name in differing])
        self.hidden.conceal(predicted, values, current)
        predicted = merged(predicted, extra)
        for part in self.resource.parts:
            plan = parts.get(part.field.name)
            if plan is not None and plan.changed:
                part.predict(predicted, plan)
        named = named_in(declared) if self.policy.whole else None
        self.refusals.refuse_without_feature(differing)
        self.refusals.refuse_known(values, current)
        self.refusals.warn_of_losses(label, written, current)
        return Plan(
            "update",
            collection,
            Outcome(self.resource, "updated", predicted, before, after, label, named=named),
            declared,
            current,
            values,
            differing,
            body,
            extra=extra,
            parts=parts,
            rereads=rereads,
        )

    def replace(
        self, collection: Collection, declared: ObjectSpec, values: dict[str, t.Any], current: dict[str, t.Any]
    ) -> Plan:
        """Plan the deletion and new creation of an object that cannot be changed.

        :param collection: where it is.
        :param declared: what is declared.
        :param values: the same, names resolved.
        :param current: the object.
        :returns: the plan.
        :raises InvalidInput: PostHog is known to refuse it.
        """
        plain, values = values, self._spelled(values, current)
        differing = self._differing(values, current, declared)
        label = self.resource.label(current)
        before = self.differ.before(declared, values, current, {})
        if not differing:
            return self._nothing(collection, current, before, label)
        outcome = Outcome(
            self.resource,
            "updated",
            self.predictor.created(plain, declared),
            before,
            self.differ.after(declared, values, current, {}),
            label,
            named=named_in(declared) if self.policy.whole else None,
        )
        self.refusals.refuse_known(values, current)
        self.refusals.refuse_replacement(declared, differing)
        # What cannot be created is not deleted first.
        anew = self.create(collection, declared, plain)
        return Plan("replace", collection, outcome, declared, current, values, differing, anew=anew)

    def delete(
        self,
        collection: Collection,
        current: dict[str, t.Any],
        also: list[Outcome] | None = None,
        options: t.Mapping[str, t.Any] | None = None,
    ) -> Plan:
        """Plan the deletion of an object.

        :param collection: where it is.
        :param current: the object.
        :param also: outcomes that belong to the same deletion.
        :param options: fields to send along, where the deletion is a PATCH.
        :returns: the plan.
        :raises PostHogFailure: PostHog does not delete it.
        """
        self.refusals.refuse_fixed(current)
        if self.resource.delete is Delete.NONE:
            raise PostHogFailure(f"state: {self.resource.label(current)} cannot be deleted through PostHog's API")
        reason = self.resource.keep_reason(self.session, current) if self.resource.keep_reason is not None else ""
        if reason:
            raise PostHogFailure(f"state: {self.resource.label(current)} is not deleted: {reason}")
        before = {
            field.name: field.view(field.value_in(current), None)
            for field in self.resource.fields
            if field.name in self.resource.identity.options and field.shown_by(current)
        }
        before.setdefault(self.resource.identity.option, self.resource.identity.shown(current))
        if self.resource.has_id:
            before["id"] = self.resource.object_id(current)
        outcome = Outcome(
            self.resource, "deleted", None, before, {}, self.resource.label(current), also or [], gone=current
        )
        return Plan("delete", collection, outcome, current=current, options=dict(options or {}))

    def _nothing(self, collection: Collection, current: dict[str, t.Any], before: dict[str, t.Any], label: str) -> Plan:
        """The plan for an object that is as declared."""
        return Plan(UNCHANGED, collection, Outcome(self.resource, "unchanged", current, before, before, label))

    def _spelled(self, values: dict[str, t.Any], current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The values, with what they do not name of open documents, where that is to be gone."""
        if not self.policy.whole:
            return values
        spelled = {}
        for name, value in values.items():
            field = required(self.resource.field(name))
            hidden = self.hidden.unreadable(field, value, current)
            spelled[name] = spelled_out(field, value, without(field.value_in(current), hidden))
        return spelled

    def _differing(
        self, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any], declared: ObjectSpec
    ) -> dict[str, t.Any]:
        """The declared fields that are not what they should be."""
        differing: dict[str, t.Any] = {}
        problems: Problems = []
        unknown: list[str] = []
        for field in self.resource.fields:
            if field.name not in values or self.context.is_parent(field) or (field.write_only and not field.secret):
                continue
            if self.resource.named_by_reference(field):
                continue
            if field.secret:
                if self.update_secret == "always":
                    differing[field.name] = values[field.name]
                continue
            if not field.shown_by(current) and not self.predictor.is_predicted(current):
                unknown.append(field.name)
                continue
            hidden = self.hidden.unreadable(field, values[field.name], current)
            desired = without(values[field.name], hidden)
            shown = without(field.value_in(current), hidden)
            if not field.same(desired, shown, partial=field.name in declared.partial):
                if field.create_only:
                    problems.append(
                        (field.name, f"cannot be changed after creation (it is {field.value_in(current)!r})")
                    )
                differing[field.name] = values[field.name]
            elif self.update_secret == "always" and any(
                reach(values[field.name], path) not in (None, STORED) for path in hidden
            ):
                differing[field.name] = values[field.name]
        if problems:
            raise InvalidInput(problems)
        if unknown:
            self.refusals.refuse_without_feature(unknown)
            self.session.warn(
                f"{self.resource.label(current)}: this PostHog does not show {', '.join(unknown)}, so "
                f"{'it was' if len(unknown) == 1 else 'they were'} neither compared nor written"
            )
        return differing

    def _may_be_old(
        self,
        differing: t.Mapping[str, t.Any],
        extra: t.Mapping[str, t.Any],
        declared: ObjectSpec,
        current: t.Mapping[str, t.Any],
    ) -> bool:
        """Whether a write would repeat something of an object that was read a while ago.

        A plan reads everything before the first write, and what nobody declared may have been changed since.
        """
        if not self.session.many:
            return False
        if not (self.resource.has_id and self.resource.retrievable):
            return False
        if touches(declared.lifecycle.ignored, differing):
            return True
        echoed = self.resource.repeated({}, current) if self.resource.always_send else {}
        if any(isinstance(value, (dict, list)) for value in (*extra.values(), *echoed.values())):
            return True
        if self.resource.purging.marker in differing and self.resource.purging.marker not in declared.values:
            return True
        return any(
            self.hidden.to_write(required(self.resource.field(name)), value, declared, current)[0]
            != compose(required(self.resource.field(name)), value, None)
            for name, value in differing.items()
        )

    def _part_plans(self, declared: ObjectSpec, current: dict[str, t.Any] | None) -> dict[str, PartPlan]:
        plans: dict[str, PartPlan] = {}
        for part in self.resource.parts:
            if part.field.name in declared.parts:
                options = self.context.part_options(declared)
                plan = part.plan(self.session, self.resource, options, current)
                if plan.changed or part.field.name not in declared.undeclared:
                    plans[part.field.name] = plan
        return plans
