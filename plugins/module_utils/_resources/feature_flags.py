# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Feature flags.

Private to this collection: it may change without notice. Facts: API.md chapter 5, feature_flag; OBSERVED-2024.md.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import PostHogFailure, raise_if_over
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    CONDITION_GROUP_REFS,
    GROUP_TYPE,
    OPERATORS,
    PROPERTY_REFS,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Rollout, SwitchedOff
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import SecretPart, Shorthand, secret_when
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import Condition, Reach, sql_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import (
    Listing,
    Purging,
    Resource,
    Scope,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Map,
    Number,
    Reference,
    References,
    Tags,
    Text,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup

VARIANT = Document(
    "variant",
    [
        Text("key", required=True, max_length=400, pattern=(r"[A-Za-z0-9_./-]+", "letters, digits and _ . / -")),
        Text("name", nullable=True),
        Number("rollout_percentage", required=True, minimum=0, maximum=100),
        Text("description", nullable=True),
    ],
    item_keys=("key",),
    match_keys=("key",),
)

PROPERTY = Document(
    "property",
    [
        Text("key", required=True),
        Anything("value"),
        KindOf("type", ["person", "cohort", "group", "flag"]),
        Choice("operator", OPERATORS, nullable=True, null_as="exact", default="exact", newer=True),
        Reference("group_type_index", GROUP_TYPE, nullable=True),
        Bool("negation", nullable=True, null_as=False, default=False),
        Text("label", nullable=True, preserved=True),
        Text("cohort_name", computed=True),
        Anything("group_key_names", computed=True),
    ],
    item_keys=("type", "key"),
)

GROUP = Document(
    "group",
    [
        ListOf("properties", PROPERTY, nullable=True, null_as=[], default=[], null_is="everybody; write [] for that"),
        Number(
            "rollout_percentage",
            nullable=True,
            null_as=100,
            default=100,
            minimum=0,
            maximum=100,
            null_is="everybody; write 100 for that",
        ),
        Text("variant", nullable=True),
        # PostHog writes it into every set; null means persons, as does its absence.
        Reference("aggregation_group_type_index", GROUP_TYPE, nullable=True),
        Text("description", nullable=True),
        Anything("sort_key", preserved=True),
        Bool("exposure_frozen", computed=True),
        Int("exposure_frozen_cohort", computed=True),
    ],
)

#: One condition set for everybody: what PostHog makes of a flag of which no conditions are known.
EVERYBODY: list[dict[str, t.Any]] = [{"properties": [], "rollout_percentage": 100}]


def _sets_tell_themselves(filters: t.Any) -> t.Any:
    """Filters whose condition sets say whom they count, persons or groups.

    In the classic form the flag says it for all its sets; PostHog derives the flag's word from the sets since 2026.
    """
    index = filters.get("aggregation_group_type_index") if isinstance(filters, dict) else None
    if index is None or not isinstance(filters.get("groups"), list):
        return filters
    sets = [
        {"aggregation_group_type_index": index, **item} if isinstance(item, dict) else item
        for item in filters["groups"]
    ]
    return {**filters, "groups": sets}


@dataclass(frozen=True)
class FlagFilters(Field):
    """The conditions of a flag, in whichever of the two forms they are declared and stored."""

    def parse_value(self, value: t.Any, path: str, problems: Problems) -> t.Any:
        return super().parse_value(_sets_tell_themselves(value), path, problems)


def _filters(name: str, fields: t.Sequence[Field], **more: t.Any) -> Field:
    return FlagFilters(name, "document", fields=tuple(fields), reading=_sets_tell_themselves, **more)


FILTERS = _filters(
    "filters",
    [
        ListOf("groups", GROUP, default=EVERYBODY),
        Document("multivariate", [ListOf("variants", VARIANT, required=True)], nullable=True),
        Map("payloads", Field("payload", "json"), nullable=True, null_as={}, default={}),
        # Derived from the condition sets since 2026, what counts before.
        Reference("aggregation_group_type_index", GROUP_TYPE, nullable=True, preserved=True),
        # Early access features and experiments write these three into the flags they use.
        Bool("feature_enrollment", nullable=True, preserved=True),
        Document(
            "holdout",
            [Anything("id", required=True), Number("exclusion_percentage", required=True, minimum=0, maximum=100)],
            nullable=True,
            preserved=True,
        ),
        # The names that servers before 2026 have for the two above; newer ones drop them quietly.
        Anything("super_groups", preserved=True),
        Anything("holdout_groups", preserved=True),
        Bool("early_exit", nullable=True, preserved=True),
    ],
    refs=(*PROPERTY_REFS, *CONDITION_GROUP_REFS, NestedRef({}, "id", Ref("experiment_holdout"), within="holdout")),
    # PostHog refuses a new flag without a condition set (2026), or makes this one for it (2024).
    initial={"groups": EVERYBODY},
)


def _variants_fit(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """Rules across the keys of the filters, which servers before 2026 do not check."""
    filters = values.get("filters")
    if not isinstance(filters, dict):
        return
    variants = (filters.get("multivariate") or {}).get("variants")
    keys = [item["key"] for item in variants or []]
    if variants is not None:
        where = "filters.multivariate.variants"
        total = sum(item["rollout_percentage"] for item in variants)
        if not variants:
            yield where, "must name at least one variant; multivariate: null makes the flag boolean"
        elif abs(total - 100) > 1e-6:
            parts = " + ".join(f"{item['rollout_percentage']:g}" for item in variants)
            yield where, f"the rollout percentages of the variants must add up to 100, not {total:g} ({parts})"
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield where, f"the variant {key!r} is named twice"
    has_variants = "multivariate" in filters
    known = f"known are {', '.join(keys)}" if keys else "the flag has no variants"
    for index, group in enumerate(filters.get("groups") or []):
        variant = group.get("variant")
        if variant is not None and has_variants and variant not in keys:
            yield f"filters.groups[{index}].variant", f"there is no variant {variant!r}; {known}"
    if has_variants:
        for key in filters.get("payloads") or {}:
            if keys and key not in keys:
                yield f"filters.payloads.{key}", f"there is no variant {key!r}; {known}"
            if not keys and key != "true":
                yield f"filters.payloads.{key}", "a boolean flag has one payload, under the key 'true'"


def _archived_is_off(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("archived") and values.get("active"):
        yield "archived", "an archived flag cannot be active; set active: false too"


def _continuity(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("bucketing_identifier") == "device_id" and values.get("ensure_experience_continuity"):
        yield "ensure_experience_continuity", "must be false where bucketing_identifier is device_id"


def _encrypted_is_remote(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("has_encrypted_payloads") and values.get("is_remote_configuration") is False:
        yield "has_encrypted_payloads", "needs is_remote_configuration: true"


def _of_a_web_experiment(session: Lookup, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether PostHog made a flag for a web experiment, which nobody else can declare: its key is partly random."""
    try:
        experiments = session.collection(session.registry("web_experiment")).all()
    except PostHogFailure as exc:
        raise_if_over(exc)
        # This key may not read them, or this PostHog has none.
        return False
    return any(experiment.get("feature_flag_key") == obj.get("key") for experiment in experiments)


def _shares(obj: t.Mapping[str, t.Any]) -> dict[str, float]:
    """The percentages of people who may get a flag, by the path of each; nobody gets one that is off."""
    found: dict[str, float] = {}
    groups = dig(obj, "filters.groups") if obj.get("active") else None
    for index, group in enumerate(groups if isinstance(groups, list) else ()):
        share = group.get("rollout_percentage") if isinstance(group, dict) else 0
        # Without a percentage, everybody who fits the conditions gets it.
        found[f"filters.groups[{index}]"] = 100 if share is None else share if isinstance(share, (int, float)) else 0
    return found


def _conditions(obj: t.Mapping[str, t.Any]) -> dict[str, Condition]:
    """Whom each set of conditions is for; nobody where the flag is off."""
    found: dict[str, Condition] = {}
    for path, share in _shares(obj).items():
        group = obj["filters"]["groups"][int(path.rpartition("[")[2].rstrip("]"))]
        index = group.get("aggregation_group_type_index", obj["filters"].get("aggregation_group_type_index"))
        properties = [
            {key: value for key, value in item.items() if value is not None}
            for item in group.get("properties") or ()
            if isinstance(item, dict)
        ]
        found[path] = Condition({"properties": properties}, index if isinstance(index, int) else None, share)
    return found


FEATURE_FLAG = Resource(
    type="feature_flag",
    plural="feature_flags",
    scope=Scope.PROJECT,
    path="feature_flags/",
    identity=Identity("key", ("key",), unique=True, filter="key", filter_limit=400),
    scopes=("feature_flag:read", "feature_flag:write"),
    delete=Delete.SOFT,
    order=20,
    # An archived flag keeps its key, and the list hides it (2026).
    listing=Listing(hidden_params={"archived": "true"}),
    purging=Purging(marker="tags", never=_of_a_web_experiment),
    generated=_of_a_web_experiment,
    hazards=(Rollout(_shares), SwitchedOff("active")),
    reach=Reach("feature_flags/user_blast_radius/", _conditions),
    code=sql_in("filters"),
    fields=(
        Text("key", required=True, max_length=400, pattern=(r"[A-Za-z0-9_-]+", "letters, digits, _ and -")),
        Text("name", null_as=""),
        FILTERS,
        Bool("active", default=True),
        Bool("archived", default=False, since="2026"),
        Bool("ensure_experience_continuity", nullable=True, null_as=False),
        Tags(),
        ListOf(
            "evaluation_contexts",
            Text("context", lower=True),
            unordered=True,
            null_as=[],
            plan_feature="flag-evaluation-tags",
            null_is="everywhere; write [] for that",
            since="2026",
        ),
        Choice(
            "evaluation_runtime",
            ["server", "client", "all"],
            null_as="all",
            nullable=True,
            null_is="everywhere; write all for that",
            since="2025",
        ),
        Choice(
            "bucketing_identifier", ["distinct_id", "device_id"], null_as="distinct_id", nullable=True, since="2026"
        ),
        Bool("is_remote_configuration", nullable=True, null_as=False, since="2025"),
        Bool("has_encrypted_payloads", nullable=True, null_as=False, since="2025"),
        References("analytics_dashboards", Ref("dashboard"), null_as=[]),
        Choice(
            "creation_context",
            ["feature_flags", "experiments", "surveys", "early_access_features", "web_experiments", "product_tours"],
            write_only=True,
            since="2025",
        ),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    shorthands=(
        Shorthand(
            # No null_as: an empty variable would open the flag to everybody.
            Number("rollout_percentage", minimum=0, maximum=100),
            "filters",
            lambda value: {"groups": [{"properties": [], "rollout_percentage": value}]},
            ("filters.groups[].rollout_percentage",),
        ),
        Shorthand(
            ListOf("variants", VARIANT, null_is="a flag that is simply on; write [] for that"),
            "filters",
            lambda value: {"multivariate": {"variants": value} if value else None},
            ("filters.multivariate.variants",),
        ),
        Shorthand(
            Map("payloads", Field("payload", "json"), null_as={}),
            "filters",
            lambda value: {"payloads": value or {}},
            ("filters.payloads",),
        ),
    ),
    checks=(_variants_fit, _archived_is_off, _continuity, _encrypted_is_remote),
    secret_parts=(SecretPart("filters", secret_when("payloads", "has_encrypted_payloads")),),
)
