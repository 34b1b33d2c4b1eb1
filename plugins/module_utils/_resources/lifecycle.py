# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Life cycles as declared states: what starts and ends is declared as running or stopped.

Private to this collection: it may change without notice.

Newer servers have a route for each step (C(launch/), C(stop/)). Older ones learn it from the dates alone.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.plain import from_now
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field, required
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Choice

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

Obj = t.Mapping[str, t.Any]

#: The dates that a life cycle sets, and that may be declared themselves.
DATES = ("start_date", "end_date")


def moment() -> str:
    """The time that it is now, as PostHog takes it."""
    return required(from_now("now"))


def known_collection(session: Lookup, resource: Resource) -> ObjectList:
    """Where the objects of a type are that has no parent.

    :param session: for requests.
    :param resource: the table.
    :returns: the collection.
    """
    return session.collection(resource)


def patched(session: Lookup, resource: Resource, obj: Obj, body: dict[str, t.Any]) -> dict[str, t.Any]:
    """Write fields of an object outside of the usual comparison.

    :param session: for requests.
    :param resource: the table.
    :param obj: the object as it is.
    :param body: what changes.
    :returns: the object as it is afterwards.
    """
    collection = known_collection(session, resource)
    answer = resource.endpoint.update(collection, obj, {**body, **resource.repeated(body, obj)})
    return answer if isinstance(answer, dict) else dict(obj)


def routed(
    session: Lookup, resource: Resource, obj: Obj, route: str, body: dict[str, t.Any] | None = None
) -> dict[str, t.Any] | None:
    """Call a route of an object.

    :param session: for requests.
    :param resource: the table.
    :param obj: the object as it is.
    :param route: the last part of the path.
    :param body: what to send.
    :returns: the object as it is afterwards; None where this server has no such route.
    """
    collection = known_collection(session, resource)
    path = collection.object_path(resource.object_id(obj))
    try:
        answer = session.write("POST", f"{path}{route}/", body or {})
    except ApiError as exc:
        if exc.status == 405 or (exc.status == 404 and "endpoint" in exc.detail.lower()):
            return None
        raise
    if isinstance(answer, dict) and resource.object_id(answer) is not None:
        return answer
    return required(collection.detail(resource.object_id(obj)))


class LifeCycle(Part):
    """The state of an object.

    A state follows from the dates, and where a task declares dates too, from those. What cannot be reached is refused
    with the reason, before anything is sent.
    """

    field: Field = Choice("status", ["draft", "running", "stopped"])
    # The dates tell it.
    in_list = True

    def state(self, obj: Obj) -> str:
        """The state of an object.

        :param obj: the server's object.
        :returns: one of the states.
        """
        if obj.get("end_date"):
            return "stopped"
        return "running" if obj.get("start_date") else "draft"

    def steps(self, now: str, wanted: str, obj: Obj) -> list[str]:
        """The way from one state to another.

        :param now: the state that is.
        :param wanted: the declared state, another one.
        :param obj: the object as it is, with what is declared besides.
        :returns: steps for :meth:`take`.
        :raises InvalidInput: there is no way.
        """
        raise NotImplementedError

    def take(
        self, session: Lookup, resource: Resource, step: str, obj: dict[str, t.Any], declared: Obj
    ) -> dict[str, t.Any]:
        """Take one step.

        :param session: for requests.
        :param resource: the table.
        :param step: one of those of :meth:`steps`.
        :param obj: the object as it is.
        :param declared: all declared options.
        :returns: the object as it is afterwards.
        """
        raise NotImplementedError

    def foretell(self, step: str, obj: dict[str, t.Any]) -> None:
        """Change a predicted object as a step would.

        :param step: one of those of :meth:`steps`.
        :param obj: the predicted object.
        """
        raise NotImplementedError

    @staticmethod
    def refuse(reason: str) -> InvalidInput:
        """The error for a way that there is not.

        :param reason: why.
        :returns: the error.
        """
        return InvalidInput([("status", reason)])

    def plan(self, session: Lookup, resource: Resource, declared: Obj, current: Obj | None) -> PartPlan:
        """See :meth:`Part.plan`."""
        obj = dict(current or {})
        before = self.state(obj) if current is not None else None
        declared_state = {name: declared[name] for name in (*DATES, "archived") if name in declared}
        if any(name in declared_state for name in DATES):
            # The dates are written first, and a state that the server tells is one that they may change.
            obj.pop("status", None)
        obj.update(declared_state)
        now, wanted = self.state(obj), declared["status"]
        steps = [] if now == wanted else self.steps(now, wanted, obj)
        return PartPlan(before, wanted, bool(steps), wanted, steps, len(steps))

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`."""
        for step in plan.work:
            self.foretell(step, obj)

    def apply(
        self, session: Lookup, resource: Resource, declared: Obj, current: Obj, plan: PartPlan
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        obj = dict(current)
        for step in plan.work:
            obj = self.take(session, resource, step, obj, declared)
        return obj

    def export(self, session: Lookup, resource: Resource, current: Obj) -> t.Any:
        """See :meth:`Part.export`."""
        return self.state(current)


class Dated(LifeCycle):
    """A life cycle of two dates: what was stopped can run again.

    :param routes: the routes for the steps, where newer servers have any.
    :param word: what a sentence calls the object.
    """

    def __init__(self, word: str, routes: t.Mapping[str, str] | None = None) -> None:
        self.word = word
        self.routes = routes or {}

    def steps(self, now: str, wanted: str, obj: Obj) -> list[str]:
        """See :meth:`LifeCycle.steps`."""
        if wanted == "draft":
            raise self.refuse(f"the {self.word} was started on {obj.get('start_date')}, so it is no draft any more")
        if now == "draft" and wanted == "stopped":
            raise self.refuse(f"the {self.word} was never started, so there is nothing to stop")
        if wanted == "running" and obj.get("archived"):
            raise self.refuse(f"the {self.word} is archived; give archived: false too")
        return [{"draft": "launch", "running": "stop", "stopped": "resume"}[now]]

    def take(
        self, session: Lookup, resource: Resource, step: str, obj: dict[str, t.Any], declared: Obj
    ) -> dict[str, t.Any]:
        """See :meth:`LifeCycle.take`."""
        answer = routed(session, resource, obj, self.routes[step]) if step in self.routes else None
        if answer is not None:
            return answer
        name = "start_date" if step == "launch" else "end_date"
        return patched(session, resource, obj, {name: None if step == "resume" else moment()})

    def foretell(self, step: str, obj: dict[str, t.Any]) -> None:
        """See :meth:`LifeCycle.foretell`."""
        if step == "launch":
            obj["start_date"] = moment()
        obj["end_date"] = moment() if step == "stop" else None


def dates_fit(values: Obj) -> t.Iterator[tuple[str, str]]:
    """A declared state and declared dates say the same.

    :param values: the declared values.
    :returns: problems.
    """
    status, started, ended = values.get("status"), values.get("start_date"), values.get("end_date")
    if status == "draft" and (started or ended):
        yield "status", f"a draft has no {'start_date' if started else 'end_date'}; leave one of the two out"
    if status in ("running", "paused") and ended:
        yield "status", "what has an end_date is stopped; leave one of the two out"
    if status in ("running", "paused", "stopped") and "start_date" in values and started is None:
        yield "status", "what has no start_date is a draft; leave one of the two out"
    if status == "stopped" and "end_date" in values and ended is None:
        yield "status", "what has no end_date is not stopped; leave one of the two out"
