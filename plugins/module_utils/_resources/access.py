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
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError, InvalidInput, objects_in
from ansible_collections.community.posthog.plugins.module_utils._data.sentences import counted
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import MASK
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Singleton, Upsert
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID, Field, required
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Loosened, Opened, Raised
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Location
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import Part, PartPlan
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Choice,
    Document,
    Map,
    Reference,
    Text,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

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
        "action", "dashboard", "early_access_feature", "endpoint", "evaluation", "experiment", "external_data_source",
        "feature_flag", "hog_flow", "insight", "notebook", "survey",
    )
)  # fmt: skip


class Ruled(Location):
    """What rules are about: the project itself, everything of one kind in it, or one object."""

    reads = ("resource",)

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Location.options`."""
        return ("object",)

    @property
    def required(self) -> tuple[str, ...]:
        """See :attr:`Location.required`."""
        return ()

    def find(
        self, session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Location.find`."""
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
        place = {"list": f"{lists}/{table.object_id(found)}/access_controls", "object": shown}
        return place if table.object_id(found) is not None else {**place, "planned": f"planned {id(found)}"}

    def refers(self, declared: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, Ref, t.Any]]:
        """See :meth:`Location.refers`."""
        kind, name = declared.get("resource"), declared.get("object")
        if kind in NAMED and name is not None:
            yield "object", Ref(str(kind)), name

    def path(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.path`."""
        return str(place["list"])

    def planned(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.planned`."""
        return str(place.get("planned", ""))

    def everywhere(self, session: Lookup) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Location.everywhere`; rules of single objects would take a request for every object there is."""
        return [{"list": "access_controls"}, {"list": "resource_access_controls"}]

    def options_for(self, session: Lookup, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Location.options_for`."""
        return {"object": place["object"]} if "object" in place else {}


#: The list of the rules about everything of one kind, and what servers before the autumn of 2025 call it.
_OF_KINDS, _OF_KINDS_BEFORE = "resource_access_controls/", "global_access_controls/"


@dataclass(frozen=True)
class Rules(Upsert):
    """Rules by PUT on their list, which has another name on servers before the autumn of 2025."""

    def place(self, collection: ObjectList) -> str:
        """See :meth:`Upsert.place`."""
        path = collection.path
        if path.endswith(_OF_KINDS) and collection.session.traits.get(_OF_KINDS):
            return path[: -len(_OF_KINDS)] + _OF_KINDS_BEFORE
        return path

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        try:
            return super().objects(collection, params)
        except ApiError as exc:
            traits = collection.session.traits
            if exc.status != 404 or not collection.path.endswith(_OF_KINDS) or _OF_KINDS in traits:
                raise
            traits[_OF_KINDS] = True
            try:
                return super().objects(collection, params)
            except ApiError:
                # There are no such rules at all.
                traits[_OF_KINDS] = False
                raise exc from None


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
    session: Lookup, values: t.Mapping[str, t.Any], _current: t.Mapping[str, t.Any] | None
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


#: Whom a rule is for that names nobody.
_EVERYBODY: t.Final = "everybody; leave it out for that"

#: The rank of each level, of projects and of all else.
_RANKS: t.Final = {"none": 0, "member": 1, "viewer": 1, "editor": 2, "admin": 3, "manager": 3}

ACCESS_CONTROL = Resource(
    type="access_control",
    plural="access_controls",
    scope=Scope.PROJECT,
    path="{parent}/",
    parent=Ruled(),
    identity=Identity("resource", ("resource",), within=("role", "organization_member"), by_value=True, strict=True),
    key_paths=("resource", "role", "organization_member"),
    terraform={"project_member": {"resource": "project"}, "project_default_access": {"resource": "project"}},
    scopes=("access_control:read", "access_control:write"),
    # Rules of single objects come after the objects.
    order=62,
    since="2025",
    endpoint=Rules(("resource", "role", "organization_member"), "access_level", "access_controls"),
    checks=(_level_fits, _for_one),
    guards=(_roles_count,),
    access=True,
    hazards=(Raised("access_level", _RANKS),),
    fields=(
        Choice("resource", RESOURCES, required=True),
        Text("object"),
        Reference("role", Ref("role"), nullable=True, null_is=_EVERYBODY),
        # PostHog wants the membership, not the user.
        Reference("organization_member", Ref("member", value="id"), nullable=True, null_is=_EVERYBODY),
        Choice("access_level", tuple(dict.fromkeys((*PROJECT_LEVELS, *LEVELS))), required=True),
    ),
)


class Shared(Location):
    """What is shared: a dashboard, an insight or a recording."""

    #: The options that name objects of a type of their own, with the list in which those are.
    LISTS: t.Final = {"dashboard": "dashboards", "insight": "insights"}

    @property
    def options(self) -> tuple[str, ...]:
        """See :attr:`Location.options`."""
        return (*self.LISTS, "session_recording")

    @property
    def required(self) -> tuple[str, ...]:
        """See :attr:`Location.required`."""
        return ()

    def find(
        self, session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any], problems: Problems
    ) -> t.Mapping[str, t.Any] | None:
        """See :meth:`Location.find`."""
        given = [option for option in self.options if declared.get(option) is not None]
        if len(given) != 1:
            problems.append((" or ".join(given or self.options), "exactly one is needed, to say what is shared"))
            return None
        (option,) = given
        if option not in self.LISTS:
            return {"option": option, "name": declared[option], "list": f"session_recordings/{declared[option]}"}
        found = session.lookup(Ref(option), declared[option], option, problems)
        return None if found is None else self._place(session, option, found)

    def _place(self, session: Lookup, option: str, found: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        table = session.registry(option)
        number = table.object_id(found)
        if number is None:
            # In check mode it is only going to be there.
            return {}
        name = table.identity.shown(found) or number
        return {"option": option, "name": name, "list": f"{self.LISTS[option]}/{number}", "object": found}

    def holder(
        self, session: Lookup, place: t.Mapping[str, t.Any]
    ) -> tuple[str, Resource, t.Mapping[str, t.Any]] | None:
        """See :meth:`Location.holder`."""
        if "object" not in place:
            return None
        return place["option"], session.registry(place["option"]), place["object"]

    def path(self, session: Lookup, place: t.Mapping[str, t.Any]) -> str:
        """See :meth:`Location.path`."""
        return str(place["list"])

    def everywhere(self, session: Lookup) -> list[t.Mapping[str, t.Any]]:
        """See :meth:`Location.everywhere`."""
        return [
            self._place(session, option, found)
            for option in self.LISTS
            for found in session.collection(session.registry(option)).all()
            # Dashboards tell whether they are shared.
            if found.get("is_shared") is not False
        ]

    def affordable(self, session: Lookup) -> tuple[list[t.Mapping[str, t.Any]], str]:
        """See :meth:`Location.affordable`: the list of dashboards shows which are shared, that of insights does not."""
        insights = session.collection(session.registry("insight")).all()
        boards = session.collection(session.registry("dashboard")).all()
        shared = [self._place(session, "dashboard", board) for board in boards if board.get("is_shared") is not False]
        if not insights:
            return shared, ""
        reason = (
            f"PostHog shows whether an insight is shared only to a request for that insight, so that of "
            f"{counted(len(insights), 'insight')} was not read; an export that names sharings in types reads it"
        )
        return shared, reason

    def shows(self, session: Lookup, place: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
        """See :meth:`Location.shows`."""
        shared = place.get("object", {}).get("is_shared")
        return {"enabled": shared} if isinstance(shared, bool) else {}

    def options_for(self, session: Lookup, place: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """See :meth:`Location.options_for`."""
        return {place["option"]: place["name"]}


@dataclass(frozen=True)
class Sharing(Singleton):
    """As long as nothing was stored, PostHog makes up another token with each answer."""

    def objects(self, collection: ObjectList, params: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """See :meth:`Endpoint.objects`."""
        (found,) = super().objects(collection, params)
        if not found.get("created_at") and not found.get("enabled"):
            found["access_token"] = None
        return [found]


def _at(session: Lookup, resource: Resource, declared: t.Mapping[str, t.Any]) -> str:
    """The path of the sharing that a task declares."""
    problems: Problems = []
    place = required(resource.parent).find(session, resource, declared, problems)
    if problems or not place:
        raise InvalidInput(problems)
    return session.collection(resource, place).path


class NewToken(Part):
    """Another address for what is shared; done each time that it is asked for."""

    in_list = True

    def __init__(self) -> None:
        self.field = Bool("refresh_access_token")

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        asked = bool(declared[self.field.name])
        return PartPlan(False, asked, asked)

    def predict(self, obj: dict[str, t.Any], plan: PartPlan) -> None:
        """See :meth:`Part.predict`: only PostHog knows the new one."""
        if plan.changed:
            obj["access_token"] = None

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
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
        answer = session.write("POST", f"{_at(session, resource, declared)}refresh/", {}, repeatable=True)
        return {**current, **(answer if isinstance(answer, dict) else {})}


class Passwords(Part):
    """The passwords that open what is shared, which differ by their notes; none of them can be read back."""

    in_list = True

    def __init__(self) -> None:
        self.field = Map("share_passwords", Text("password", nullable=True), secret=True)

    @staticmethod
    def _there(current: t.Mapping[str, t.Any] | None) -> dict[str, list[t.Mapping[str, t.Any]]]:
        """The passwords that are valid, by their notes."""
        found: dict[str, list[t.Mapping[str, t.Any]]] = {}
        for item in objects_in(current, "share_passwords"):
            if item.get("is_active") is not False:
                found.setdefault(str(item.get("note") or ""), []).append(item)
        return found

    def plan(
        self,
        session: Lookup,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        there = self._there(current)
        gone: list[t.Any] = []
        new: dict[str, str] = {}
        problems: Problems = []
        for note, word in declared[self.field.name].items():
            known = there.get(note, [])
            if len(known) > 1:
                ids = ", ".join(sorted(str(item.get("id")) for item in known))
                text = f"{len(known)} passwords have this note (ids {ids}); remove all but one in PostHog"
                problems.append((f"{self.field.name}.{note}", text))
            anew = bool(known) and (word is None or declared.get("update_secret") == "always")
            gone += [item.get("id") for item in known if anew]
            if word is not None and (anew or not known):
                new[note] = word
        if problems:
            raise InvalidInput(problems)
        before = dict.fromkeys(sorted(there), MASK)
        after = {note: MASK for note in before if declared[self.field.name].get(note, "") is not None}
        after |= dict.fromkeys(new, f"{MASK} (written)")
        shown = [item for items in there.values() for item in items if item.get("id") not in gone]
        predicted = [*shown, *({"note": note} for note in new)]
        requests = len(gone) + len(new)
        return PartPlan(before, dict(sorted(after.items())), bool(requests), predicted, (gone, new), requests)

    def export(self, session: Lookup, resource: Resource, current: t.Mapping[str, t.Any]) -> t.Any:
        """See :meth:`Part.export`."""
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
        path = f"{_at(session, resource, declared)}passwords/"
        gone, new = plan.work
        for number in gone:
            session.write("DELETE", f"{path}{number}/")
        made = []
        for note, word in new.items():
            answer = session.write("POST", path, {"raw_password": word, "note": note})
            shown = answer if isinstance(answer, dict) else {}
            made.append({"note": note, **{key: value for key, value in shown.items() if "password" not in key}})
        kept = [item for items in self._there(current).values() for item in items if item.get("id") not in gone]
        return {**current, self.field.name: [*kept, *made]}


def _passwords_are_long(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    for note, word in (values.get("share_passwords") or {}).items():
        if word is not None and len(word) < 8:
            yield f"share_passwords.{note}", "is too short; a password has at least 8 characters"


def _passwords_are_included(
    session: Lookup, values: t.Mapping[str, t.Any], _current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    if values.get("password_required"):
        features = session.features()
        if features is not None and "advanced_permissions" not in features:
            text = "the plan of this organization lacks the feature 'advanced_permissions', which passwords need"
            yield "password_required", text


def _switch(name: str) -> Field:
    """A switch of what a shared page shows; PostHog leaves out those that are off."""
    return Bool(name, default=False, null_as=False)


SHARING = Resource(
    type="sharing",
    plural="sharings",
    scope=Scope.PROJECT,
    path="{parent}/sharing/",
    parent=Shared(),
    scopes=("sharing_configuration:read", "sharing_configuration:write"),
    order=61,
    delete=Delete.NONE,
    endpoint=Sharing(),
    # Whoever has it sees what is shared.
    masked=("access_token",),
    reveals={"show_access_token": "access_token"},
    checks=(_passwords_are_long,),
    guards=(_passwords_are_included,),
    access=True,
    hazards=(Opened("enabled"), Loosened("password_required")),
    parts=(Passwords(), NewToken()),
    fields=(
        Reference("dashboard", Ref("dashboard"), nullable=True),
        Reference("insight", Ref("insight"), nullable=True),
        Text("session_recording", nullable=True),
        Bool("enabled", default=False),
        Document(
            "settings",
            [
                _switch("whitelabel"),
                _switch("noHeader"),
                _switch("showInspector"),
                _switch("legend"),
                _switch("detailed"),
                _switch("hideExtraDetails"),
            ],
            nullable=True,
            since="2025",
        ),
        Bool("password_required", default=False, since="2025"),
    ),
)
