# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Rules and settings of error tracking.

Private to this collection: it may change without notice. Facts: API.md chapter 5, error_tracking_assignment_rule,
error_tracking_grouping_rule, error_tracking_suppression_rule, error_tracking_bypass_rule, error_tracking_settings.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._resources.common import Filters
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint, Singleton
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import PathChoice
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Number,
    Text,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

# -- rules -----------------------------------------------------------------------------------------------------------


class Rules(Endpoint):
    """Rules stand in an order, which a route of its own changes; a change of anything else answers with nothing."""

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        rest = {name: value for name, value in body.items() if name != "order_key"}
        rule_id = collection.resource.object_id(current)
        path = collection.object_path(rule_id)
        if "order_key" in body:
            # First, since it is what some servers refuse.
            self._move(collection, rule_id, body["order_key"])
        if rest:
            collection.session.write("PATCH", path, rest)
        return collection.session.client.get(path)

    @staticmethod
    def _move(collection: ObjectList, rule_id: t.Any, place: t.Any) -> None:
        try:
            collection.session.write("PATCH", f"{collection.path}reorder/", {"orders": {str(rule_id): place}})
        except ApiError as exc:
            if exc.status == 403 and "personal api key" in exc.detail.lower():
                exc.message += (
                    " - this PostHog lets no key change the order of rules; move the rule in PostHog, or leave "
                    "order_key out"
                )
            raise


#: What only some kinds of rules have.
_OWN: t.Final = {
    "assignee": ("assignment", "grouping"),
    "description": ("grouping",),
    "sampling_rate": ("suppression",),
}


def _fits_the_kind(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    kind = values.get("rule_type")
    for name, kinds in _OWN.items():
        if name in values and kind is not None and kind not in kinds:
            yield name, f"is no field of a rule of the type {kind}; it belongs to {' and '.join(kinds)}"
    filters = values.get("filters")
    if kind == "bypass" and isinstance(filters, dict) and not filters.get("values"):
        yield "filters.values", "must not be empty: a bypass rule says which exceptions it is about"


def _somebody_is_assigned(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    if current is None and values.get("rule_type") == "assignment" and values.get("assignee") is None:
        yield "assignee", "is needed to create the rule, which does not exist yet: {type: user, id: ada@example.com}"


ERROR_TRACKING_RULE = Resource(
    type="error_tracking_rule",
    plural="error_tracking_rules",
    scope=Scope.PROJECT,
    path=("error_tracking/{parent}/", "/api/environments/{project}/error_tracking/{parent}/"),
    parent=PathChoice(
        "rule_type",
        {
            "assignment": "assignment_rules",
            "grouping": "grouping_rules",
            "suppression": "suppression_rules",
            "bypass": "bypass_rules",
        },
    ),
    # A rule has no name: it is what it is about.
    identity=Identity("filters", by_value=True),
    scopes=("error_tracking:read", "error_tracking:write"),
    order=15,
    since="2025",
    endpoint=Rules(),
    checks=(_fits_the_kind,),
    guards=(_somebody_is_assigned,),
    fields=(
        Choice("rule_type", ["assignment", "grouping", "suppression", "bypass"], required=True),
        Document(
            "filters",
            [
                Choice("type", ["AND", "OR"], required=True),
                ListOf("values", Filters("condition"), required=True),
            ],
            required=True,
        ),
        # Null leaves it as it is, so nobody can be taken off a rule.
        Document(
            "assignee",
            [KindOf("type", ["user", "role"]), Anything("id", required=True, normalize=str)],
            refs=(
                NestedRef({"type": "user"}, "id", Ref("member", value="user.id")),
                NestedRef({"type": "role"}, "id", Ref("role")),
            ),
        ),
        Text("description", nullable=True, since="2026"),
        Number("sampling_rate", nullable=True, minimum=0, maximum=1, since="2026"),
        Int("order_key", default=0),
    ),
)

# -- settings --------------------------------------------------------------------------------------------------------

#: Where the second half of the settings is, below the type's path.
_SPIKES: t.Final = "spike_detection_config/"


class Settings(Singleton):
    """The limits and the detection of spikes, which PostHog keeps apart."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        found = super().objects(collection, params)[0]
        try:
            spikes = collection.session.client.get(collection.path + _SPIKES)
        except ApiError as exc:
            if exc.status != 404:
                raise
            # Servers of early 2026 have the limits only.
            return [found]
        # Null as long as nothing was set.
        return [{**found, "spike_detection": spikes if isinstance(spikes, dict) else None}]

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        rest = {name: value for name, value in body.items() if name != "spike_detection"}
        out = dict(current)
        if rest:
            out.update(super().update(collection, current, rest))
        if "spike_detection" in body:
            path = f"{collection.path}{_SPIKES}update_config/"
            answer = collection.session.write("PATCH", path, body["spike_detection"])
            out["spike_detection"] = answer if isinstance(answer, dict) else body["spike_detection"]
        return out


def _limit(name: str) -> t.Any:
    return Int(name, nullable=True, minimum=1)


ERROR_TRACKING_SETTINGS = Resource(
    type="error_tracking_settings",
    plural="error_tracking_settings",
    scope=Scope.PROJECT,
    path=("error_tracking/", "/api/environments/{project}/error_tracking/"),
    scopes=("error_tracking:read", "error_tracking:write"),
    delete=Delete.NONE,
    creatable=False,
    order=15,
    since="2026",
    endpoint=Settings(read="settings/retrieve_settings/", update_path="settings/update_settings/"),
    fields=(
        _limit("project_rate_limit_value"),
        _limit("project_rate_limit_bucket_size_minutes"),
        _limit("per_issue_rate_limit_value"),
        _limit("per_issue_rate_limit_bucket_size_minutes"),
        Document(
            "spike_detection",
            [Int(name, minimum=1, preserved=True) for name in ("snooze_duration_minutes", "multiplier", "threshold")],
        ),
    ),
)
