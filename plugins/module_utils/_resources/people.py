# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Cohorts and actions: who did what.

Private to this collection: it may change without notice. Facts: API.md chapter 5, cohort and action.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    ACTION,
    OPERATORS,
    PROPERTY_MENTIONS,
    PROPERTY_REFS,
    QUERY_MENTIONS,
    Query,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID, Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import sql_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Open,
    Tags,
    Text,
    Time,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

# -- cohorts ---------------------------------------------------------------------------------------------------------

#: What a condition of a cohort compares by: it also counts events.
_COUNTED = (*OPERATORS, "between", "eq", "max", "min", "not_between")

EVENT_FILTER = Document(
    "event_filter",
    [
        KindOf("type", ["event", "element", "hogql"]),
        Text("key", required=True),
        Anything("value"),
        Choice("operator", _COUNTED, nullable=True, newer=True),
    ],
    item_keys=("type", "key"),
)

#: What a condition may say besides type and, for a group, values.
_CONDITION = (
    Anything("key"),
    Anything("value"),
    Choice("operator", _COUNTED, nullable=True, newer=True),
    Bool("negation", nullable=True, null_as=False, default=False),
    Choice("event_type", ["events", "actions"], nullable=True),
    Int("time_value", nullable=True),
    Text("time_interval", nullable=True),
    Int("operator_value", nullable=True),
    Text("seq_time_interval", nullable=True),
    Int("seq_time_value", nullable=True),
    Anything("seq_event"),
    Text("seq_event_type", nullable=True),
    Int("total_periods", nullable=True),
    Int("min_periods", nullable=True),
    ListOf("event_filters", EVENT_FILTER, nullable=True, null_is="every such event; write [] for that"),
    Text("explicit_datetime", nullable=True),
    Text("explicit_datetime_to", nullable=True),
    Anything("bytecode", computed=True),
    Anything("bytecode_error", computed=True),
    Anything("conditionHash", computed=True),
)

_TYPES = ("AND", "OR", "behavioral", "cohort", "person", "person_metadata")


def _group(depth: int) -> Field:
    """A group of conditions that may hold groups, down to a depth that nobody reaches."""
    inner = _CONDITION if depth == 0 else (*_CONDITION, ListOf("values", _group(depth - 1)))
    return Document("condition", (KindOf("type", _TYPES), *inner), item_keys=("type", "key"))


def _some_filters(filters: t.Any) -> t.Any:
    """The filters of a cohort; None for C({"properties": {}}), which PostHog shows where there are none (recorded)."""
    none = isinstance(filters, dict) and not filters.get("properties") and not filters.keys() - {"properties"}
    return None if none else filters


def _read_cohort(options: dict[str, t.Any], _problems: Problems) -> None:
    if "filters" in options:
        options["filters"] = _some_filters(options["filters"])


class Cohorts(Endpoint):
    """A new cohort without filters says nothing of them: servers before 2026 refuse null there."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        sent = {key: value for key, value in body.items() if key != "filters" or value is not None}
        return super().create(collection, sent)


FILTERS = Document(
    "filters",
    [
        Document(
            "properties",
            [Choice("type", ["AND", "OR"], required=True), ListOf("values", _group(3), required=True)],
            required=True,
        )
    ],
    nullable=True,
    reading=_some_filters,
    # A behavioural condition on an action has the action's id as its key.
    refs=(
        *PROPERTY_REFS,
        NestedRef({"type": "behavioral", "event_type": "actions"}, "key", ACTION),
        NestedRef({"type": "behavioral", "seq_event_type": "actions"}, "seq_event", ACTION),
    ),
)


def _one_source(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("filters") and values.get("query"):
        yield "query", "a cohort is made of filters or of a query, not of both"


def _conditions(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """What PostHog asks of a condition, with the path of what is missing."""
    filters = values.get("filters")
    if isinstance(filters, dict):
        yield from _inner_conditions(filters["properties"], "filters.properties")


def _inner_conditions(group: t.Mapping[str, t.Any], path: str) -> t.Iterator[tuple[str, str]]:
    for index, item in enumerate(group.get("values") or []):
        where = f"{path}.values[{index}]"
        kind = item["type"]
        if kind not in _TYPES:
            continue
        if kind in ("AND", "OR"):
            yield from _inner_conditions(item, where)
            continue
        if item.get("key") is None:
            yield f"{where}.key", "is missing"
        if kind in ("person", "person_metadata") and not item.get("operator"):
            yield f"{where}.operator", f"is missing; a condition of type {kind} needs one, such as exact or is_set"
        if kind == "behavioral" and not item.get("event_type"):
            yield f"{where}.event_type", "is missing; it is events or actions"


class CohortPersons(Part):
    """Who is in a static cohort: a list that is read, added to and taken from by calls of its own."""

    field = ListOf(
        "persons",
        Text("person", lower=True, pattern=(UUID.pattern, "the UUIDs of persons")),
        unordered=True,
        null_as=[],
        exported=False,
    )
    switches = (Bool("exclusive"),)
    # The cohort itself tells nothing of them.
    in_list = True

    #: Persons added by one request. (They are taken away one by one.)
    BATCH: t.Final = 500

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        static = declared.get("is_static", (current or {}).get("is_static"))
        if not static:
            reason = (
                "needs is_static: true"
                if current is None or "is_static" in declared
                else f"the {resource.label(current)} is not static, so PostHog finds out itself who is in it"
            )
            raise InvalidInput([("persons", reason)])
        # What is still to become a static cohort has nobody in it yet.
        before = self._members(session, resource, current) if current and current.get("is_static") else []
        new = [person for person in declared["persons"] if person not in before]
        gone = [person for person in before if person not in declared["persons"]] if declared.get("exclusive") else []
        after = [person for person in before if person not in gone] + new
        requests = -(-len(new) // self.BATCH) + len(gone)
        return PartPlan(sorted(before), sorted(after), bool(new or gone), None, (new, gone), requests)

    def created_with(self, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Part.created_with`. A stranger among them keeps the cohort from being created."""
        persons = declared["persons"][: self.BATCH]
        return {"_create_static_person_ids": persons} if persons else {}

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`: what PostHog shows of a cohort does not tell who is in it."""

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`: persons are of one project, so no other one has them."""
        return None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        path = session.collection(resource).object_path(resource.object_id(current))
        new, gone = plan.work
        for start in range(0, len(new), self.BATCH):
            persons = new[start : start + self.BATCH]
            session.write("PATCH", f"{path}add_persons_to_static_cohort/", {"person_ids": persons})
        for person in gone:
            session.write("PATCH", f"{path}remove_person_from_static_cohort/", {"person_id": person})
        return dict(current)

    @staticmethod
    def _members(session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> list[str]:
        """The UUIDs of who is in a cohort."""
        object_id = resource.object_id(current)
        if object_id is None:
            # It is still to be created.
            return []
        found = session.client.objects(f"{session.collection(resource).object_path(object_id)}persons/")
        uuids = (item.get("uuid") or item.get("id") for item in found if isinstance(item, dict))
        return list(dict.fromkeys(str(uuid).lower() for uuid in uuids if uuid))


COHORT = Resource(
    type="cohort",
    plural="cohorts",
    scope=Scope.PROJECT,
    path="cohorts/",
    identity=Identity("name", ("name",), nameless=True),
    scopes=("cohort:read", "cohort:write"),
    more_scopes=(("persons", "person:read"),),
    delete=Delete.SOFT,
    order=12,
    endpoint=Cohorts(),
    prepare=_read_cohort,
    mentions=(
        *QUERY_MENTIONS,
        NestedRef({"type": "behavioral", "event_type": "events"}, "key", Ref("event_definition")),
        NestedRef({"type": "behavioral", "seq_event_type": "events"}, "seq_event", Ref("event_definition")),
    ),
    fields=(
        Text("name", required=True, null_as="", max_length=400),
        Text("description", null_as="", max_length=1000),
        FILTERS,
        Query("query", nullable=True),
        Bool("is_static", default=False),
        Choice(
            "cohort_type",
            ["static", "person_property", "behavioral", "realtime", "analytical"],
            nullable=True,
            since="2026",
        ),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    checks=(_one_source, _conditions),
    parts=(CohortPersons(),),
    code=sql_in("filters", "query"),
)

# -- actions ---------------------------------------------------------------------------------------------------------

_MATCHING = ("contains", "regex", "exact")

STEP = Document(
    "step",
    [
        Text("event", nullable=True, null_is="every event; leave it out for that"),
        ListOf(
            "properties",
            Open("property"),
            nullable=True,
            null_as=[],
            default=[],
            null_is="every such event; write [] for that",
        ),
        Text("selector", nullable=True),
        Text("tag_name", nullable=True),
        Text("text", nullable=True),
        Choice("text_matching", _MATCHING, nullable=True),
        Text("href", nullable=True),
        Choice("href_matching", _MATCHING, nullable=True),
        Text("url", nullable=True),
        Choice("url_matching", _MATCHING, nullable=True, null_as="contains", default="contains"),
        Anything("selector_regex", computed=True),
    ],
)


ACTION_TABLE = Resource(
    type="action",
    plural="actions",
    scope=Scope.PROJECT,
    path="actions/",
    identity=Identity("name", ("name",), unique=True),
    scopes=("action:read", "action:write"),
    delete=Delete.SOFT,
    order=11,
    # Servers of 2024 answer 500 to a PATCH without the name.
    always_send=("name",),
    purging=Purging(marker="tags"),
    mentions=(*PROPERTY_MENTIONS, NestedRef({}, "event", Ref("event_definition"))),
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", null_as=""),
        Tags(),
        ListOf("steps", STEP, null_as=[], refs=PROPERTY_REFS),
        Bool("post_to_slack", null_as=False),
        Text("slack_message_format", null_as="", max_length=1200),
        # PostHog puts its own time there, whatever it is given, so all that counts is whether there is one.
        Time("pinned_at", nullable=True, relative=True, normalize=bool),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
)
