# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Definitions of events, properties and groups.

Private to this collection: it may change without notice. Facts: API.md chapter 5, event_definition,
property_definition, property_group, group_type, group_type_metric.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
    answered,
    objects_in,
)
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig, ids_of
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import BROWSER_ONLY
from ansible_collections.community.posthog.plugins.module_utils._resources.common import ACTION, COHORT, Filters
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Location, Parent
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Number,
    Reference,
    References,
    Tags,
    Text,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

EVENT = Ref("event_definition")
GROUP_TYPE = Ref("group_type")

# -- events ----------------------------------------------------------------------------------------------------------


def _verified_is_shown(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("verified") and values.get("hidden"):
        yield "hidden", "what is verified cannot be hidden too; PostHog takes one of the two"


def _virtual(obj: t.Mapping[str, t.Any]) -> str:
    """What PostHog computes when it is asked for: it is in the lists, and a PATCH of it is answered with 500."""
    is_virtual = str(obj.get("id", "")).startswith("$builtin_") or str(obj.get("name", "")).startswith("$virt_")
    return "virtual, computed by PostHog itself" if is_virtual else ""


class EventDefinitions(Endpoint):
    """The usual requests; servers before 2026 know no POST."""

    def create(self, collection: ObjectList, body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.create`."""
        try:
            return super().create(collection, body)
        except ApiError as exc:
            if exc.status not in (404, 405):
                raise
            raise PostHogFailure(
                f"{collection.resource.label(body.get('name'))} does not exist, and this PostHog cannot create one "
                "(introduced in 2026): it makes one when the first event of that name comes in"
            ) from exc


EVENT_DEFINITION = Resource(
    type="event_definition",
    plural="event_definitions",
    scope=Scope.PROJECT,
    path="event_definitions/",
    identity=Identity("name", ("name",), unique=True, filter="search", fuzzy=True, large=True),
    scopes=("event_definition:read", "event_definition:write"),
    order=13,
    plan_feature="ingestion_taxonomy",
    endpoint=EventDefinitions(),
    # Older servers list actions among them.
    alive=lambda obj: obj.get("action_id") is None,
    fixed=_virtual,
    # Whoever sends events makes them, so none is deleted for not being declared.
    purging=Purging(allowed=False),
    checks=(_verified_is_shown,),
    fields=(
        Text("name", required=True, create_only=True, max_length=400),
        Text("description", nullable=True),
        Reference(
            "owner",
            Ref("member", value="user.id", name_at="owner.email"),
            nullable=True,
            reading=ids_of(),
        ),
        Tags(),
        Bool("verified"),
        Bool("hidden"),
        Bool("post_to_slack"),
        ListOf("default_columns", Text("column"), nullable=True),
        Choice("enforcement_mode", ["allow", "reject"], since="2026"),
        Text("primary_property", nullable=True, since="2026"),
    ),
)

# -- properties ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PropertyOwner(Location):
    """What has the property: the lists differ by what they are asked for."""

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Location.options`."""
        return ("type", "group_type")

    @property
    def required(self) -> tuple[str, ...]:
        """See :attr:`Location.required`."""
        return ()

    def find(
        self, session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Location.find`."""
        kind = declared.get("type") or "event"
        group_type = declared.get("group_type")
        if kind != "group":
            if group_type is not None:
                problems.append(("group_type", f"has no meaning with type: {kind}; groups alone have a type"))
            return {"type": kind}
        if group_type is None:
            problems.append(("group_type", "is needed with type: group, to say of which groups"))
            return None
        found = session.lookup(GROUP_TYPE, group_type, "group_type", problems)
        return {"type": kind, "group": found} if found else None

    def path(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.path`."""
        return " ".join(str(value) for value in self.params(place).values())

    def params(self, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Location.params`."""
        index = dig(place, "group.group_type_index")
        return {"type": place["type"], **({} if index is None else {"group_type_index": index})}

    def everywhere(self, session: Lookup) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Location.everywhere`."""
        groups = session.collection(session.registry("group_type")).all()
        return [
            *({"type": kind} for kind in ("event", "person", "session")),
            *({"type": "group", "group": group} for group in groups),
        ]

    def options_for(self, session: Lookup, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Location.options_for`."""
        group = dig(place, "group.group_type")
        return {"type": place["type"], **({} if group is None else {"group_type": group})}


PROPERTY_DEFINITION = Resource(
    type="property_definition",
    plural="property_definitions",
    scope=Scope.PROJECT,
    path="property_definitions/",
    parent=PropertyOwner(),
    identity=Identity("name", ("name",), unique=True, filter="properties", filter_limit=400, large=True),
    scopes=("property_definition:read", "property_definition:write"),
    order=13,
    plan_feature="ingestion_taxonomy",
    fixed=_virtual,
    creatable=False,
    origin="PostHog makes it when the first event comes in that brings the property, and it cannot be made otherwise",
    purging=Purging(allowed=False),
    checks=(_verified_is_shown,),
    fields=(
        Text("name", required=True, create_only=True, max_length=400),
        Choice("type", ["event", "person", "group", "session"], create_only=True),
        Reference("group_type", GROUP_TYPE, aliases=("group_type_index",), create_only=True),
        Text("description", nullable=True),
        Tags(),
        Choice("property_type", ["DateTime", "String", "Numeric", "Boolean", "Duration"], nullable=True),
        Bool("is_numerical"),
        Bool("verified"),
        Bool("hidden"),
    ),
)

# -- groups of properties --------------------------------------------------------------------------------------------

_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")

RULES = Document(
    "validation_rules",
    [
        ListOf("enum", Text("word")),
        Document("not", [ListOf("enum", Text("word"), required=True)]),
        *(Number(name) for name in _BOUNDS),
    ],
    nullable=True,
)

GROUP_PROPERTY = Document(
    "property",
    [
        Anything("id", computed=True),
        Text("name", required=True, max_length=200),
        Choice("property_type", ["String", "Numeric", "Boolean", "DateTime", "Object"], required=True),
        Bool("is_required", default=False),
        Bool("is_optional_in_types", default=False),
        RULES,
        Text("description", nullable=True, null_as="", default=""),
    ],
    item_keys=("name",),
)


def _rules_fit(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """What PostHog asks of the properties of a group, with the path of each."""
    names: list[str] = []
    for index, item in enumerate(values.get("properties") or []):
        where = f"properties[{index}]"
        if item["name"] in names:
            yield f"{where}.name", f"the property {item['name']!r} is in the list already"
        names.append(item["name"])
        kind, rules = item["property_type"], item.get("validation_rules")
        if not rules:
            continue
        where = f"{where}.validation_rules"
        if kind not in ("String", "Numeric"):
            yield where, f"a property of the type {kind} takes none; only String and Numeric do"
            continue
        words = [key for key in ("enum", "not") if rules.get(key) is not None]
        if kind == "Numeric" and words:
            yield f"{where}.{words[0]}", "is for the type String; Numeric takes minimum, maximum and the like"
        if kind == "String":
            for key in _BOUNDS:
                if rules.get(key) is not None:
                    yield f"{where}.{key}", "is for the type Numeric; String takes enum or not"
            if len(words) > 1:
                yield f"{where}.not", "excludes enum; give one of the two"
            for key in words:
                count = len(rules["enum"] if key == "enum" else rules["not"]["enum"])
                if not 1 <= count <= 1000:
                    path = "enum" if key == "enum" else "not.enum"
                    yield f"{where}.{path}", f"takes 1 to 1000 words, not {count}"


class GroupEvents(Part):
    """The events that a group of properties is linked to; each link is an object of its own."""

    field = References("events", EVENT, null_as=[])
    switches = (Bool("exclusive"),)
    # The list of groups tells the events.
    in_list = True

    #: Below the project.
    PATH: t.Final = "event_schemas/"

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        there = {str(item["id"]): str(item.get("name")) for item in objects_in(current, "events", "id")}
        ids = {name: number for number, name in there.items()}
        problems: Problems = []
        wanted: dict[str, str] = {}
        for index, name in enumerate(declared["events"]):
            # An event that is linked already tells its name itself.
            number = ids.get(str(name)) or str(session.resolve(EVENT, name, f"events[{index}]", problems))
            wanted[number] = there.get(number) or str(session.name_of(EVENT, number))
        if problems:
            raise InvalidInput(problems)
        new = [number for number in wanted if number not in there]
        gone = [number for number in there if number not in wanted] if declared.get("exclusive") else []
        after = {number: name for number, name in {**there, **wanted}.items() if number not in gone}
        predicted = [{"id": number, "name": name} for number, name in after.items()]
        return PartPlan(
            sorted(there.values()), sorted(after.values()), bool(new or gone), predicted, work=(new, gone, predicted)
        )

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
        return sorted(str(item.get("name")) for item in objects_in(current, "events")) or None

    def apply(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        path = session.path(resource, self.PATH)
        group = resource.object_id(current)
        new, gone, predicted = plan.work
        for event in new:
            body = {"event_definition": event, "property_group_id": group}
            # PostHog refuses the same link a second time.
            session.write("POST", path, body, repeatable=False)
        for event in gone:
            for link in session.client.objects(path, {"event_definition": event}):
                linked = dig(link, "property_group.id") or link.get("property_group_id")
                if str(linked) == str(group) and _event_of(link) == event:
                    session.write("DELETE", f"{path}{answered(link, 'id')}/")
        return {**current, "events": predicted}


def _event_of(link: t.Mapping[str, t.Any]) -> str:
    """The id of the event of a link, which is shown as such or with its event around it."""
    event = link.get("event_definition")
    return str(dig(event, "id") if isinstance(event, dict) else event)


PROPERTY_GROUP = Resource(
    type="property_group",
    plural="property_groups",
    scope=Scope.PROJECT,
    path="schema_property_groups/",
    identity=Identity("name", ("name",), unique=True),
    scopes=("event_definition:read", "event_definition:write"),
    order=12,
    since="2025",
    checks=(_rules_fit,),
    parts=(GroupEvents(),),
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", nullable=True),
        # Every change makes all of them anew, in PostHog's own order.
        ListOf("properties", GROUP_PROPERTY, unordered=True, null_as=[]),
    ),
)

# -- types of groups -------------------------------------------------------------------------------------------------

_NAMES = ("name_singular", "name_plural")


class GroupTypes(Endpoint):
    """A list that is changed as such, and two fields with a route each. Many servers close all of these to keys."""

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        number = answered(current, "group_type_index")
        index = {"group_type_index": number}
        if any(name in body for name in _NAMES):
            names = {name: body.get(name, current.get(name)) for name in _NAMES}
            self._write(collection, "PATCH", "update_metadata", [{**index, **names}])
        if "default_columns" in body:
            columns = {"default_columns": body["default_columns"]}
            self._write(collection, "PUT", "set_default_columns", {**index, **columns})
        if body.get("detail_dashboard"):
            self._write(collection, "PUT", "create_detail_dashboard", index)
        found = self.objects(collection, {})
        return next((item for item in found if item.get("group_type_index") == number), None)

    @staticmethod
    def _write(collection: ObjectList, method: str, route: str, body: t.Any) -> None:
        try:
            collection.session.write(method, f"{collection.path}{route}/", body)
        except ApiError as exc:
            if exc.status == 403 and ":write" not in exc.detail:
                exc.message += f" - {BROWSER_ONLY}; change it in PostHog (Settings, Project, Group analytics)"
            raise


def _dashboard_stays(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    if values.get("detail_dashboard") is False and (current or {}).get("detail_dashboard"):
        yield "detail_dashboard", "PostHog has no way to take it away but to delete the dashboard; do that instead"


GROUP_TYPE_TABLE = Resource(
    type="group_type",
    plural="group_types",
    scope=Scope.PROJECT,
    path="groups_types/",
    identity=Identity("group_type", ("group_type",), unique=True),
    scopes=("group:read", "group:write"),
    order=10,
    id_path="group_type_index",
    retrievable=False,
    creatable=False,
    origin="it comes with the first $groupidentify event that names it, and cannot be made otherwise",
    purging=Purging(allowed=False),
    endpoint=GroupTypes(),
    guards=(_dashboard_stays,),
    fields=(
        Text("group_type", required=True, create_only=True, max_length=400),
        Text("name_singular", nullable=True, max_length=400),
        Text("name_plural", nullable=True, max_length=400),
        ListOf("default_columns", Text("column"), nullable=True, since="2025"),
        # PostHog makes the dashboard itself, and no other can be put in its place.
        Bool("detail_dashboard", reading=bool, null_as=False, since="2025"),
    ),
)

# -- metrics of groups -----------------------------------------------------------------------------------------------

_OF_EVENTS = ("events", "actions", "properties", "filter_test_accounts")
_OF_WAREHOUSE = ("table_name", "timestamp_field", "key_field")

METRIC_FILTERS = Document(
    "filters",
    [
        Choice("source", ["events", "data_warehouse"], default="events"),
        ListOf("events", Filters("event"), null_as=[], default=[]),
        ListOf("actions", Filters("action"), null_as=[], default=[]),
        ListOf("properties", Filters("property"), null_as=[], default=[]),
        Bool("filter_test_accounts", default=False),
        *(Text(name, nullable=True) for name in _OF_WAREHOUSE),
        Anything("bytecode", computed=True),
    ],
    required=True,
    whole=True,
    refs=(NestedRef({"type": "cohort"}, "value", COHORT), NestedRef({"type": "actions"}, "id", ACTION)),
)


def _one_shape(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """Filters are about events, or about a table; PostHog drops what belongs to the other."""
    filters = values.get("filters")
    if not isinstance(filters, dict):
        return
    source = filters.get("source") or "events"
    for name in _OF_WAREHOUSE if source == "events" else _OF_EVENTS:
        if filters.get(name):
            yield f"filters.{name}", f"has no meaning with source: {source}"
    for name in _OF_WAREHOUSE if source != "events" else ():
        if not filters.get(name):
            yield f"filters.{name}", f"is missing; source: {source} needs it"


def _math_fits(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """A sum is one of a property, a count of nothing (API.md 5)."""
    now = current or {}
    math = values.get("math", now.get("math")) or "count"
    name = values.get("math_property", now.get("math_property"))
    if math == "sum" and not name:
        yield "math_property", "is needed with math: sum, to say of what"
    if math == "count" and name:
        yield "math_property", f"has no meaning with math: count; set it to null (it is {name!r})"


GROUP_TYPE_METRIC = Resource(
    type="group_type_metric",
    plural="group_type_metrics",
    scope=Scope.PROJECT,
    path="groups_types/{parent}/metrics/",
    parent=Parent("group_type", "group_type"),
    identity=Identity("name", ("name",), unique=True),
    scopes=("usage_metric:read", "usage_metric:write"),
    order=14,
    since="2025",
    send_together=(("math", "math_property"),),
    checks=(_one_shape,),
    guards=(_math_fits,),
    fields=(
        Reference("group_type", GROUP_TYPE, required=True, aliases=("group_type_index",)),
        Text("name", required=True, max_length=255),
        Choice("format", ["numeric", "currency"], default="numeric"),
        Int("interval", default=7, minimum=1),
        Choice("display", ["number", "sparkline"], default="number"),
        METRIC_FILTERS,
        Choice("math", ["count", "sum"], default="count", since="2026"),
        Text("math_property", nullable=True, max_length=255, since="2026"),
    ),
)
