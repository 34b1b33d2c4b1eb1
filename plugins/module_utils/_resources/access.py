# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Who may do what: access rules and public sharing.

Private to this collection: it may change without notice. Facts: API.md chapter 5, access_control,
sharing_configuration.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._fields import (
    UUID,
    Choice,
    Problems,
    Ref,
    Reference,
    Text,
)
from ansible_collections.community.posthog.plugins.module_utils._resource import (
    Identity,
    Place,
    Resource,
    Scope,
    Upsert,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._session import Session

PROJECT_LEVELS = ("none", "member", "admin")
LEVELS = ("none", "viewer", "editor", "manager")

#: The least and the greatest level that a rule may give, where that is not all of them (API.md 5, access_control).
LEAST = {"action": "viewer"}
GREATEST = {"activity_log": "viewer", "toolbar": "viewer"}

#: What PostHog has rules for, spring 2026. It takes others, too, which then have no effect.
RESOURCES = (
    "project", "action", "activity_log", "ai_observability_clusters", "customer_analytics", "dashboard",
    "early_access_feature", "endpoint", "error_tracking", "evaluation", "experiment", "export", "external_data_source",
    "feature_flag", "heatmap", "hog_flow", "insight", "llm_analytics", "llm_playground", "llm_skill", "logs",
    "mcp_analytics", "metrics", "notebook", "replay_scanner", "revenue_analytics", "session_recording",
    "sharing_configuration", "survey", "tagger", "ticket", "toolbar", "tracing", "warehouse_objects", "web_analytics",
)  # fmt: skip


#: Of these, the kinds whose objects the collection finds by their names.
NAMED = frozenset(
    (
        "action", "dashboard", "early_access_feature", "endpoint", "experiment", "external_data_source", "feature_flag",
        "hog_flow", "insight", "notebook", "survey",
    )
)  # fmt: skip


class Ruled(Place):
    """What rules are about: the project itself, everything of one kind in it, or one object."""

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Place.options`."""
        return ("object",)

    @property
    def required(self) -> tuple[str, ...]:
        """See :attr:`Place.required`."""
        return ()

    def find(
        self, session: Session, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Place.find`."""
        kind, name = declared.get("resource"), declared.get("object")
        if name is None:
            return {"list": "access_controls" if kind == "project" else "resource_access_controls"}
        if kind not in NAMED:
            # Nothing of this collection can find such an object by its name.
            if not re.fullmatch(rf"\d+|{UUID.pattern}", str(name)):
                problems.append(("object", f"objects of the kind {kind} are given by their id, not as {name!r}"))
                return None
            return {"list": f"{kind}s/{name}/access_controls", "object": name}
        table = session.registry(str(kind))
        found = session.lookup(Ref(table.type), name, "object", problems)
        if found is None:
            return None
        lists = table.paths[0].rstrip("/").rpartition("/")[2]
        shown = table.identity.shown(found) or name
        return {"list": f"{lists}/{table.object_id(found)}/access_controls", "object": shown}

    def refers(self, declared: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, Ref, t.Any]]:
        """See :meth:`Place.refers`."""
        kind, name = declared.get("resource"), declared.get("object")
        if kind in NAMED and name is not None:
            yield "object", Ref(str(kind)), name

    def path(self, session: Session, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Place.path`."""
        return str(place["list"])

    def everywhere(self, session: Session) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Place.everywhere`; rules of single objects would take a request for every object there is."""
        return [{"list": "access_controls"}, {"list": "resource_access_controls"}]

    def said(self, session: Session, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Place.said`."""
        return {"object": place["object"]} if "object" in place else {}


def _levels(kind: str) -> tuple[str, ...]:
    """The levels that a rule on something may give, the least first."""
    levels = PROJECT_LEVELS if kind == "project" else LEVELS
    least = levels.index(LEAST.get(kind, levels[0]))
    return levels[least : levels.index(GREATEST.get(kind, levels[-1])) + 1]


def _level_fits(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    kind, level = values.get("resource"), values.get("access_level")
    if kind is not None and level is not None and level not in _levels(kind):
        yield "access_level", f"{level!r} is no level for {kind}; it takes {', '.join(_levels(kind))}"


def _for_one(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if values.get("role") is not None and values.get("organization_member") is not None:
        yield "role", "a rule is for a role or for a member, not for both; use two rules"
    if values.get("resource") == "project" and values.get("object") is not None:
        text = "a rule for the project itself names no object; the project is the one that the task works in"
        yield "object", text


def _roles_count(
    session: Session, values: t.Mapping[str, t.Any], _current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """Where the plan lacks rules for roles, PostHog takes them and lets them do nothing (spring 2026)."""
    if values.get("role") is not None:
        feature = "advanced_permissions" if values.get("resource") == "project" else "role_based_access"
        features = session.features()
        if features is not None and feature not in features:
            session.warn(
                f"role: the plan of this organization lacks the feature {feature!r}, without which PostHog refuses "
                "rules for roles, or stores them without effect"
            )
    yield from ()


ACCESS_CONTROL = Resource(
    type="access_control",
    plural="access_controls",
    scope=Scope.PROJECT,
    path="{parent}/",
    parent=Ruled(),
    identity=Identity("resource", ("resource",), within=("role", "organization_member"), by_value=True, strict=True),
    key_paths=("resource", "role", "organization_member"),
    scopes=("access_control:read", "access_control:write"),
    # Rules of single objects come after the objects.
    order=62,
    since="2025",
    calls=Upsert(("resource", "role", "organization_member"), "access_level", "access_controls"),
    checks=(_level_fits, _for_one),
    guards=(_roles_count,),
    fields=(
        Choice("resource", RESOURCES, required=True),
        Text("object"),
        Reference("role", Ref("role"), nullable=True),
        # PostHog wants the membership, not the user.
        Reference("organization_member", Ref("member", value="id"), nullable=True),
        Choice("access_level", tuple(dict.fromkeys((*PROJECT_LEVELS, *LEVELS))), required=True),
    ),
)
