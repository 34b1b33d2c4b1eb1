# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions of events, properties and groups."""

from __future__ import annotations

import typing as t

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer

#: Routes of group types that servers may close to keys.
GROUP_ROUTES = ["update_metadata", "set_default_columns", "create_detail_dashboard"]

NO_EVENT = "it comes with an event, and in no other way"


def prepare_people(server: SandboxServer) -> dict[str, t.Any]:
    """Who can own an event."""
    names: dict[str, t.Any] = {}
    for member in server.api("GET", f"/api/organizations/{server.organization}/members/")["results"]:
        names[member["user"]["email"]] = member["user"]["id"]
    return names


def prepare_groups(server: SandboxServer) -> dict[str, t.Any]:
    """A group type, and that of another one; what metrics and properties name."""
    server.seed("group_type", {"group_type": "company"}, {"group_type": "team"})
    server.control("settings", {"open_routes": GROUP_ROUTES})
    people = {
        "properties": {
            "type": "OR",
            "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
        }
    }
    return {
        "company": 0,
        "team": 1,
        "Signed up": server.api("POST", "actions/", {"name": "Signed up", "steps": [{"event": "signup"}]})["id"],
        "Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": people})["id"],
    }


def seed_property(server: SandboxServer, _names: t.Mapping[str, t.Any]) -> None:
    """A property of companies, as the first event brought it."""
    server.seed("property_definition", {"name": "size", "type": "group", "group_type_index": 0, "verified": False})


def prepare_events(server: SandboxServer) -> dict[str, t.Any]:
    """Events that groups of properties are linked to."""
    names = ("order placed", "order returned")
    return dict(zip(names, server.seed("event_definition", *({"name": name} for name in names))))


def linked(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """The events of a group are linked to it."""
    there = {item["id"] for item in obj.get("events") or []}
    missing = {names[name] for name in value or []} - there
    return f"{sorted(missing)} are not linked" if missing else None


def number(owner: t.Any) -> t.Any:
    """The id of a person who is shown as such, or as a number."""
    return owner["id"] if isinstance(owner, dict) else owner


def owned(value: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str | None:
    """An event's owner is shown as a person; check mode knows the number."""
    owner = obj.get("owner")
    return None if number(owner) == names.get(value, value) else f"the owner is {owner}"


SAMPLES = [
    Sample(
        type="event_definition",
        name="order placed",
        path="event_definitions/",
        prepare=prepare_people,
        other=None,
        values={
            "owner": Value("owner@acme.test", "member@acme.test"),
            "verified": Value(True, False),
            "hidden": Value(False, True, along={"verified": False}),
            "default_columns": Value(["person", "timestamp"], ["timestamp", "person"]),
        },
        last=("hidden",),
        shows={"owner": owned},
        foretold={"owner": lambda foretold, real: number(foretold) == number(real)},
        foreign={"description": "Made by hand", "hidden": True},
        again=2,
        again_reason="the definition, and the members",
        moving=("verified_at", "verified_by", "updated_at", "updated_by", "last_updated_at"),
        # Only a POST tells that it has none; test_event_definitions_of_an_older_server.
        old="-",
    ),
    Sample(
        type="property_definition",
        name="size",
        place={"type": "group", "group_type": "company"},
        path="property_definitions/",
        prepare=prepare_groups,
        seed=seed_property,
        other=None,
        numbered=None,
        not_by_hand=NO_EVENT,
        values={"property_type": Value("Numeric", "String"), "hidden": Value(False, True, along={"verified": False})},
        last=("hidden",),
        least=2,
        again=2,
        again_reason="the group types, and the definition",
        moving=("verified_at", "verified_by", "updated_at", "updated_by"),
    ),
    Sample(
        type="group_type",
        name="company",
        path="groups_types/",
        prepare=prepare_groups,
        other=None,
        numbered=None,
        not_by_hand=NO_EVENT,
        values={"default_columns": Value(["group_name", "created_at"], ["created_at"])},
        left_out={"detail_dashboard": "PostHog makes it, and nothing takes it away; test_detail_dashboard"},
        drift=("PATCH", "update_metadata/"),
        drifts=(
            [{"group_type_index": 0, "name_singular": "Firm", "name_plural": "Firms"}],
            {"name_singular": "Firm", "name_plural": "Firms"},
        ),
        old="-",
    ),
    Sample(
        type="property_group",
        name="Order",
        path="schema_property_groups/",
        prepare=prepare_events,
        values={
            "properties": Value(
                [
                    {
                        "name": "value",
                        "property_type": "Numeric",
                        "is_required": True,
                        "is_optional_in_types": True,
                        "description": "Without tax",
                        "validation_rules": {"minimum": 0, "exclusiveMaximum": 1000},
                    },
                    {"name": "currency", "property_type": "String", "validation_rules": {"enum": ["EUR", "GBP"]}},
                ],
                [
                    {"name": "reason", "property_type": "String", "validation_rules": {"not": {"enum": ["-"]}}},
                    {
                        "name": "weight",
                        "property_type": "Numeric",
                        "validation_rules": {"exclusiveMinimum": 0, "maximum": 31.5},
                    },
                ],
            ),
            "events": Value(["order placed"], ["order returned", "order placed"], clears=False),
        },
        shows={"events": linked},
        foreign={"description": "Made by hand", "properties": [{"name": "other", "property_type": "Boolean"}]},
        again=2,
        again_reason="the groups, and the events",
        moving=("updated_at",),
    ),
    Sample(
        type="group_type_metric",
        name="Orders",
        place={"group_type": "company"},
        path="groups_types/{company}/metrics/",
        prepare=prepare_groups,
        minimal={"filters": {"events": [{"id": "order placed", "type": "events"}]}},
        values={
            "filters": Value(
                {"events": [{"id": "order placed", "type": "events"}]},
                {
                    "source": "events",
                    "actions": [{"id": "Signed up", "type": "actions"}],
                    "properties": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}],
                    "filter_test_accounts": True,
                },
            ),
            "math": Value("sum", "count", along={"math_property": None}),
            "math_property": Value("value", "weight", along={"math": "sum"}, clears=False),
        },
        unused_keys=dict.fromkeys(
            ("filters.table_name", "filters.timestamp_field", "filters.key_field"),
            "for tables of the warehouse; test_metric_of_a_table",
        ),
        last=("math",),
        foreign={"filters": {"events": [{"id": "signup", "type": "events"}]}, "display": "sparkline"},
        least=2,
        again=2,
        again_reason="the group types, and the metrics",
    ),
]
