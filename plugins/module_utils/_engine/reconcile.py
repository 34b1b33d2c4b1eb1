# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Bring an object to what is declared: find it, plan, apply, and plan anew where an outcome is unknown.

Private to this collection: it may change without notice.

Check mode goes through the same code up to the write, so what it predicts is what a run does. After a write whose
outcome is unknown everything is read again and planned anew: nothing is sent twice blindly.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._engine.apply import Applier
from ansible_collections.community.posthog.plugins.module_utils._engine.context import Context
from ansible_collections.community.posthog.plugins.module_utils._engine.diff import Differ
from ansible_collections.community.posthog.plugins.module_utils._engine.find import Finder
from ansible_collections.community.posthog.plugins.module_utils._engine.hidden import HiddenParts
from ansible_collections.community.posthog.plugins.module_utils._engine.ignored import ignored_options
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import secret_texts
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.plan import UNCHANGED, Plan
from ansible_collections.community.posthog.plugins.module_utils._engine.planner import Planner
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, Policy
from ansible_collections.community.posthog.plugins.module_utils._engine.resolve import Resolver
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import texts
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import completed, settled
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.twins import Superseded

#: How often a plan is made anew after writes of unknown outcome.
_PLANS: t.Final = 6


class Reconciler:
    """Brings objects of one type to what is declared.

    :param session: project, names, requests.
    :param resource: the table.
    :param update_secret: C(on_create) or C(always): when a value that cannot be read back is written.
    :param policy: what a declaration means for the fields that it does not name.
    """

    def __init__(
        self, session: Session, resource: Resource, *, update_secret: str = "on_create", policy: Policy = KEEP
    ) -> None:
        self.session = session
        self.resource = resource
        self.update_secret = update_secret
        self.policy = policy
        context = Context(session, resource, update_secret, policy)
        self.finder = Finder(context)
        self.resolver = Resolver(context)
        hidden = HiddenParts(context)
        self.planner = Planner(context, self.resolver, hidden, Differ(context, self.resolver, hidden))
        self.applier = Applier(context, self.finder, hidden)
        self._first: Outcome | None = None

    def present(self, declared: ObjectSpec, object_id: t.Any = None) -> Outcome:
        """Make the object be as declared.

        :param declared: what is declared.
        :param object_id: the object's id, where the user gave one.
        :returns: what happened, or would happen in check mode.
        :raises PostHogFailure: it could not be done.
        """
        if self.policy.whole:
            declared = completed(self.resource, declared)
        return self._settled(lambda: self._present(declared, object_id))

    def absent(self, declared: ObjectSpec, object_id: t.Any = None) -> Outcome:
        """Make the object not be there.

        :param declared: names the object.
        :param object_id: its id, where the user gave one.
        :returns: what happened, or would happen in check mode.
        :raises PostHogFailure: it could not be done.
        """
        return self._settled(lambda: self._absent(declared, object_id))

    def collection(self, declared: ObjectSpec) -> Collection:
        """The objects among which the declared one is.

        :param declared: names the parent, where the type needs one.
        :returns: the collection.
        :raises InvalidInput: the parent does not exist.
        """
        return self.finder.collection(declared)

    def remove(self, collection: Collection, current: dict[str, t.Any]) -> Outcome:
        """Delete one object.

        :param collection: where it is.
        :param current: the object.
        :returns: what happened, or would happen in check mode.
        :raises PostHogFailure: it could not be done.
        """
        return self._carry_out(self.planner.delete(collection, current))

    def _settled(self, attempt: t.Callable[[], Outcome]) -> Outcome:
        """Run an attempt, and plan anew after a write of unknown outcome."""
        self._first = None
        self.session.suspend(None)
        contested = False
        for again in range(1, _PLANS + 1):
            try:
                outcome = attempt()
            except Superseded as exc:
                # What is there now is somebody else's work.
                self._first = None
                if again == _PLANS:
                    raise PostHogFailure(f"{exc}; that happened {_PLANS} times") from None
                continue
            except UnknownOutcome as exc:
                if again == _PLANS:
                    raise
                self.session.client.rest(again, slow=exc.slow)
                self.session.stale()
                if exc.slow and not self.resource.identity.unique:
                    # A slow server may still create it, and PostHog would take a second object of that name.
                    self.session.suspend(exc)
                self.session.warn_quietly(f"{exc.message}; looking at the object again")
                continue
            except ApiError as exc:
                exists = exc.code == "unique" or (exc.status == 409 and exc.code == "conflict")
                taken = exc.method == "POST" and exists
                if exc.status == 402 and self.resource.plan_feature:
                    exc.message += f" It is called {self.resource.plan_feature!r}."
                if not taken or contested:
                    raise
                contested = True
                if again == 1:
                    # Somebody else made it meanwhile; with a lost answer before, it may have been this task.
                    self._first = None
                self.session.stale()
                continue
            if self._first is not None and again > 1:
                # An earlier attempt did the work, or a part of it, although its answer was lost.
                first = self._first
                return dataclasses.replace(outcome, action=first.action, before=first.before, after=first.after)
            return outcome
        raise AssertionError("not reached")

    def _carry_out(self, plan: Plan) -> Outcome:
        """Apply a plan; in check mode take its prediction for what is there from now on."""
        if plan.action == UNCHANGED:
            return plan.outcome
        plan.outcome.requests, plan.outcome.look, plan.outcome.risks = plan.requests, plan.look, plan.risks()
        plan.outcome.found = plan.current
        if self._first is None:
            # Where an answer is lost, this is what the task set out to do.
            self._first = plan.outcome
        if plan.action == "delete" and plan.current is not None:
            self.session.uses.removing(plan.collection, plan.current)
        if self.session.check_mode:
            plan.collection.predict(plan.outcome.obj, instead_of=plan.current)
            return plan.outcome
        outcome = self.applier.apply(plan)
        self._keep_unclaimed(plan, outcome)
        return outcome

    def _keep_unclaimed(self, plan: Plan, outcome: Outcome) -> None:
        """Mask a secret that PostHog showed and nobody asked for, and say that it is lost."""
        rule = self.resource.handover
        secret = dig(outcome.obj or {}, rule.path) if rule is not None else None
        if rule is None or not secret or plan.declared.switches.get(rule.option):
            return
        self.session.keep_secret(texts(secret))
        self.session.warn(
            f"{outcome.label}: PostHog shows its {rule.path} once, and nothing has asked for it; {rule.remedy}"
        )

    def _present(self, declared: ObjectSpec, object_id: t.Any) -> Outcome:
        collection = self.finder.collection(declared)
        current = self.finder.current(collection, declared, object_id)
        foreign = object_id is not None and self.policy.anywhere and not self.finder.is_called(declared, current)
        if foreign:
            found = self.finder.matches(collection, declared)
            current = self.session.origins.choose(self.resource, object_id, found)
            current = None if current is None else collection.whole(current)
        if current is None and declared.parts.get(self.resource.move_option) is not None:
            return self._moved(declared, object_id)
        if current is None and object_id is not None and not foreign:
            raise PostHogFailure(f"id: there is no {self.resource.name} with the id {object_id}")
        if current is not None and not self.policy.details:
            declared, current = self.finder.as_lists_show(declared, current)
        declared = self._without_ignored(settled(declared, self.resource, current), current)
        if current is None and self.resource.turns_into and self._became(declared):
            return Outcome(self.resource, "unchanged", None)
        # A singleton is created with its parent, so in check mode a predicted parent has one.
        planned = self.resource.singleton and self.session.check_mode
        if current is None and not self.resource.creatable and not planned:
            return self._stand_in(declared, collection)
        # Only now it may be known what is secret, and an error may repeat what it is about.
        self.session.keep_secret(secret_texts(self.session, self.resource, declared.values, current))
        values = self.resolver.resolved(declared, current)
        if current is None:
            plan = self.planner.create(collection, declared, values, shared=foreign)
        elif self.resource.replaceable:
            plan = self.planner.replace(collection, declared, values, current)
        else:
            plan = self.planner.update(collection, declared, values, current)
        return self._carry_out(plan)

    def _without_ignored(self, declared: ObjectSpec, current: t.Mapping[str, t.Any] | None) -> ObjectSpec:
        """A declaration without the options of an existing object that are to be left alone."""
        ignored = ignored_options(self.resource, declared.lifecycle.ignored) if current is not None else frozenset()
        if not ignored:
            return declared
        return dataclasses.replace(
            declared,
            values={name: value for name, value in declared.values.items() if name not in ignored},
            parts={name: value for name, value in declared.parts.items() if name not in ignored},
            undeclared=declared.undeclared - ignored,
        )

    def _moved(self, declared: ObjectSpec, object_id: t.Any) -> Outcome:
        """What becomes of an object that is to be moved and is not here: it may have been moved already."""
        option = self.resource.move_option
        target = self.session.beside(str(declared.parts[option]), None)
        there = Reconciler(target, self.resource, update_secret=self.update_secret, policy=self.policy)
        rest = {name: value for name, value in declared.parts.items() if name != option}
        moved = dataclasses.replace(declared, parts=rest)
        if there.finder.current(there.finder.collection(moved), moved, object_id) is None:
            name = object_id if object_id is not None else declared.values.get(self.resource.identity.option)
            text = f"there is no {self.resource.name} {name!r} to move, and none in the other organization"
            raise InvalidInput([(option, text)])
        return there._present(moved, object_id)

    def _became(self, declared: ObjectSpec) -> bool:
        """Whether the declared object has turned into an object of another type."""
        other = self.session.registry(self.resource.turns_into)
        name = declared.values.get(self.resource.identity.option)
        if not self.session.collection(other).find(name):
            return False
        self.session.warn_quietly(f"{self.resource.label(name)}: there is a {other.name} of that name already")
        return True

    def _stand_in(self, declared: ObjectSpec, collection: Collection) -> Outcome:
        """Make the object's forerunner, where the object itself cannot be created."""
        rule = self.resource.stand_in
        name = declared.values.get(self.resource.identity.option)
        if rule is None or not declared.switches.get(rule.switch, True):
            remedy = f"; {rule.switch}: true {rule.remedy}" if rule is not None else ""
            if self.resource.origin:
                remedy += f"; {self.resource.origin}"
            raise PostHogFailure(f"{self.resource.label(name)} does not exist{collection.offered(name)}{remedy}")
        resource = self.session.registry(rule.type)
        inner = ObjectSpec(
            values={
                target: declared.values[source] for target, source in rule.options.items() if source in declared.values
            }
        )
        made = Reconciler(self.session, resource, update_secret=self.update_secret).present(inner)
        return Outcome(self.resource, "unchanged", None, label=made.label, also=[made])

    def _absent(self, declared: ObjectSpec, object_id: t.Any) -> Outcome:
        if self.resource.parent is not None and not self.finder.place_exists(declared):
            return Outcome(self.resource, "unchanged", None)
        identifying = self.finder.identifying(declared)
        if object_id is None and self.finder.needs_what_is_missing(identifying):
            return Outcome(self.resource, "unchanged", None)
        collection = self.finder.collection(declared)
        named = ObjectSpec(values=identifying, lifecycle=declared.lifecycle)
        current = self.finder.current(collection, named, object_id)
        also: list[Outcome] = []
        rule = self.resource.stand_in
        if rule is not None and object_id is None:
            resource = self.session.registry(rule.type)
            source = rule.options[resource.identity.option]
            inner = ObjectSpec(values={resource.identity.option: declared.values[source]})
            also.append(Reconciler(self.session, resource).absent(inner))
        if current is None:
            name = declared.values.get(self.resource.identity.option) or object_id
            return Outcome(self.resource, "unchanged", None, label=self.resource.label(name), also=also)
        options = {name: declared.values[name] for name in self.resource.delete_options if name in declared.values}
        return self._carry_out(self.planner.delete(collection, current, also, options))
