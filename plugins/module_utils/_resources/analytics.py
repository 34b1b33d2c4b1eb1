# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Insights, their variables, and dashboards with their tiles.

Private to this collection: it may change without notice. Facts: API.md chapter 5, insight, insight_variable, dashboard.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._compare import covers, equal
from ansible_collections.community.posthog.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._fields import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Map,
    Open,
    Problems,
    Ref,
    Reference,
    References,
    Tags,
    Text,
    Word,
    dig,
    held,
)
from ansible_collections.community.posthog.plugins.module_utils._resource import (
    Delete,
    Identity,
    Part,
    PartPlan,
    Resource,
    Scope,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.common import (
    INSIGHT,
    PROPERTY_REFS,
    QUERY_REFS,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._session import Session

# -- insights --------------------------------------------------------------------------------------------------------

#: Nodes that an insight may hold as they are (API.md 5, insight: anything else must be wrapped in one of them).
_OUTER_NODES = ("InsightVizNode", "DataVisualizationNode", "DataTableNode", "HogQuery")

#: Queries that are drawn by an InsightVizNode.
_VIZ_QUERIES = (
    "TrendsQuery",
    "FunnelsQuery",
    "RetentionQuery",
    "PathsQuery",
    "StickinessQuery",
    "LifecycleQuery",
)


def _wrap_query(options: dict[str, t.Any], problems: Problems) -> None:
    """Let a person write the query alone: PostHog wants it inside the node that draws it."""
    query = options.get("query")
    if not isinstance(query, dict):
        return
    kind = query.get("kind")
    if kind in _VIZ_QUERIES:
        options["query"] = {"kind": "InsightVizNode", "source": query}
    elif kind == "HogQLQuery":
        options["query"] = {"kind": "DataVisualizationNode", "source": query}
    elif kind not in _OUTER_NODES:
        known = ", ".join((*_OUTER_NODES, *_VIZ_QUERIES, "HogQLQuery"))
        problems.append(
            ("query.kind", f"{kind!r} is no query of an insight; known are {known}" if kind else "is missing")
        )


INSIGHT_TABLE = Resource(
    type="insight",
    plural="insights",
    scope=Scope.PROJECT,
    path="insights/",
    identity=Identity("name", ("name", "short_id"), filter="search", fuzzy=True),
    scopes=("insight:read", "insight:write"),
    delete=Delete.SOFT,
    order=43,
    # basic=true leaves out the results; servers of 2024 hide insights made of a query unless asked for them.
    list_params={"basic": "true", "include_query_insights": "true"},
    marker="tags",
    prepare=_wrap_query,
    fields=(
        Text("name", required=True, max_length=400),
        Text("derived_name", nullable=True, max_length=400),
        Text("description", null_as="", max_length=400),
        Open("query", nullable=True, refs=QUERY_REFS),
        References("dashboards", Ref("dashboard"), null_as=[]),
        Tags(),
        Bool("favorited", default=False),
        # An insight that is not saved is a draft that nobody else sees.
        Bool("saved", initial=True),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
)

INSIGHT_VARIABLE = Resource(
    type="insight_variable",
    plural="insight_variables",
    scope=Scope.PROJECT,
    path="insight_variables/",
    identity=Identity("name", ("code_name", "name"), unique=True),
    scopes=("insight_variable:read", "insight_variable:write"),
    order=9,
    fields=(
        Text("name", required=True, max_length=400),
        Choice("type", ["String", "Number", "Boolean", "List", "Date"], required=True),
        Anything("default_value"),
        ListOf("values", Anything("value"), null_as=[]),
    ),
)

# -- dashboards ------------------------------------------------------------------------------------------------------

BOX = Document(
    "box",
    [Int(name, minimum=0) for name in ("x", "y")]
    + [Int(name, minimum=1) for name in ("w", "h")]
    + [Int(name, minimum=1, kept=True) for name in ("minW", "minH")],
)

TILE = Document(
    "tile",
    [
        Int("id", nullable=True),
        Reference("insight", INSIGHT, nullable=True),
        Text("text", max_length=4000, nullable=True),
        Document(
            "button_tile",
            [
                Text("url", required=True, max_length=2000),
                Text("text", required=True, max_length=200),
                Choice("placement", ["left", "right"], default="left"),
            ],
            nullable=True,
        ),
        Document("layouts", [Document(size, BOX.fields) for size in ("sm", "xs")]),
        Text("color", nullable=True, max_length=400),
        Bool("show_description", nullable=True),
        Bool("transparent_background", nullable=True),
        Open("filters_overrides", nullable=True, refs=PROPERTY_REFS),
    ],
)

#: What a tile may hold; exactly one of them.
_CONTENTS = ("insight", "text", "button_tile")

#: What else can be said of a tile.
_LOOKS = ("color", "show_description", "transparent_background", "filters_overrides")


class _TileMatch(t.NamedTuple):
    """A declared tile and the one of the dashboard that it is."""

    declared: dict[str, t.Any]
    current: dict[str, t.Any] | None


class _TileWork(t.NamedTuple):
    """What a plan of tiles has found."""

    matches: list[_TileMatch]
    leftover: list[dict[str, t.Any]]


class DashboardTiles(Part):
    """The tiles of a dashboard.

    A text tile is made by a PATCH of the dashboard, an insight's tile from the side of the insight; then one PATCH of
    the dashboard lays all of them out (API.md 5, dashboard).
    """

    field = ListOf("tiles", TILE, null_as=[])
    switches = (Bool("exclusive"),)

    def plan(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        present = [tile for tile in (current or {}).get("tiles") or [] if not tile.get("deleted")]
        wanted = self._resolved(session, declared["tiles"], present)
        exclusive = bool(declared.get("exclusive"))
        matches, leftover = self._match(wanted, present, exclusive)
        strays = [
            (f"tiles[{index}].id", f"there is no tile {match.declared['id']} on the dashboard")
            for index, match in enumerate(matches)
            if match.current is None and match.declared.get("id") is not None
        ]
        if strays:
            raise InvalidInput(strays)
        changed = any(match.current is None or self._patch(match) for match in matches) or (
            exclusive and bool(leftover)
        )
        before = [self._shown(session, match.current, match.declared) for match in matches if match.current is not None]
        if exclusive:
            before += [self._shown(session, tile, None) for tile in leftover]
        after = [self._shown(session, self._future(match), match.declared) for match in matches]
        predicted = [self._future(match) for match in matches]
        if not exclusive:
            predicted += leftover
        return PartPlan(before, after, changed, predicted, _TileWork(matches, leftover if exclusive else []))

    def _resolved(
        self, session: Session, tiles: t.Sequence[dict[str, t.Any]], present: t.Sequence[t.Mapping[str, t.Any]]
    ) -> list[dict[str, t.Any]]:
        problems: Problems = []
        out: list[dict[str, t.Any]] = []
        # A tile repeats its insight, so a name that one tile alone bears needs no look-up.
        shown = [(dig(tile, "insight.name"), dig(tile, "insight.id")) for tile in present]
        for index, tile in enumerate(tiles):
            path = f"tiles[{index}]"
            contents = [name for name in _CONTENTS if tile.get(name) is not None]
            if len(contents) != 1 and (contents or tile.get("id") is None):
                problems.append(
                    (
                        path,
                        f"needs exactly one of {', '.join(_CONTENTS)}"
                        + (f", not {' and '.join(contents)}" if contents else ""),
                    )
                )
            item = dict(tile)
            if tile.get("insight") is not None:
                there = [insight_id for name, insight_id in shown if name is not None and name == tile["insight"]]
                if len(there) == 1:
                    item["insight"] = there[0]
                else:
                    item["insight"] = session.resolve(INSIGHT, tile["insight"], f"{path}.insight", problems)
                same_insight = [other for other in out if other.get("insight") == item["insight"]]
                if same_insight:
                    problems.append(
                        (f"{path}.insight", f"{tile['insight']!r} is on the dashboard twice; an insight has one tile")
                    )
            if tile.get("filters_overrides"):
                overrides = held(TILE.key("filters_overrides"))
                item["filters_overrides"] = session.resolve_field(
                    overrides, tile["filters_overrides"], f"{path}.filters_overrides", problems
                )
            out.append(item)
        if problems:
            raise InvalidInput(problems)
        return out

    @staticmethod
    def _content(tile: t.Mapping[str, t.Any]) -> tuple[str, t.Any]:
        """What a tile of the dashboard holds, in the form in which tiles are declared."""
        if dig(tile, "insight.id") is not None:
            return "insight", dig(tile, "insight.id")
        if isinstance(tile.get("button_tile"), dict):
            button = tile["button_tile"]
            return "button_tile", (button.get("url"), button.get("text"))
        return "text", dig(tile, "text.body")

    def _match(
        self, wanted: t.Sequence[dict[str, t.Any]], present: t.Sequence[dict[str, t.Any]], exclusive: bool
    ) -> tuple[list[_TileMatch], list[dict[str, t.Any]]]:
        """Pair declared tiles with those of the dashboard: by id, else by what they hold."""
        left = list(present)
        found: list[dict[str, t.Any] | None] = []
        for tile in wanted:
            match = next((other for other in left if self._is_it(tile, other)), None)
            if match is not None:
                left.remove(match)
            found.append(match)
        if exclusive:
            # A text that was edited matches nothing. Where the list is the whole truth, the texts that are left over
            # on both sides are the same tiles, in their order.
            spare = [other for other in left if self._content(other)[0] == "text"]
            for index, tile in enumerate(wanted):
                if found[index] is None and tile.get("text") is not None and spare:
                    match = spare.pop(0)
                    left.remove(match)
                    found[index] = match
        return [_TileMatch(tile, match) for tile, match in zip(wanted, found)], left

    def _is_it(self, tile: t.Mapping[str, t.Any], other: t.Mapping[str, t.Any]) -> bool:
        if tile.get("id") is not None:
            return bool(tile["id"] == other.get("id"))
        kind, content = self._content(other)
        if tile.get(kind) is None:
            return False
        if kind == "button_tile":
            return (tile[kind]["url"], tile[kind]["text"]) == content
        return str(tile[kind]) == str(content) if kind == "insight" else bool(tile[kind] == content)

    def _patch(self, match: _TileMatch) -> dict[str, t.Any]:
        """What a PATCH has to say of a tile; empty where it is as declared."""
        tile, other = match
        now = other or {}
        out: dict[str, t.Any] = {}
        if tile.get("layouts") is not None:
            boxes = now.get("layouts") or {}
            if not covers(tile["layouts"], boxes):
                # A box is replaced whole, and so is the set of boxes.
                out["layouts"] = {
                    **boxes,
                    **{name: {**(boxes.get(name) or {}), **box} for name, box in tile["layouts"].items()},
                }
        for name in _LOOKS:
            # What this server does not show of a tile, it does not know (show_description in 2024).
            if name in tile and (other is None or name in other) and not covers(tile[name], now.get(name)):
                out[name] = tile[name]
        if tile.get("text") is not None and tile["text"] != dig(now, "text.body"):
            out["text"] = {"body": tile["text"]}
            if dig(now, "text.id") is not None:
                out["text"]["id"] = dig(now, "text.id")
        if tile.get("button_tile") is not None and not covers(tile["button_tile"], now.get("button_tile") or {}):
            out["button_tile"] = dict(tile["button_tile"])
            if dig(now, "button_tile.id") is not None:
                out["button_tile"]["id"] = dig(now, "button_tile.id")
        return out

    def _future(self, match: _TileMatch) -> dict[str, t.Any]:
        """A tile as it will be, in PostHog's form."""
        patch = self._patch(match)
        tile = copy.deepcopy(dict(match.current or {}))
        if match.declared.get("insight") is not None and "insight" not in tile:
            tile["insight"] = {"id": match.declared["insight"]}
        for name in ("text", "button_tile"):
            if name in patch:
                tile[name] = {**(tile.get(name) or {}), **patch.pop(name)}
        tile.update(patch)
        return tile

    def _shown(
        self, session: Session, tile: t.Mapping[str, t.Any], declared: t.Mapping[str, t.Any] | None
    ) -> dict[str, t.Any]:
        """A tile as a diff shows it: what was declared of it, or just what it holds."""
        kind, content = self._content(tile)
        out: dict[str, t.Any] = {}
        if kind == "insight":
            out["insight"] = dig(tile, "insight.name") or session.name_of(INSIGHT, content)
        elif kind == "button_tile":
            out["button_tile"] = {key: value for key, value in tile["button_tile"].items() if key != "id"}
        else:
            out["text"] = content
        for name in ("layouts", *_LOOKS):
            if declared is not None and name in declared:
                value = tile.get(name)
                if name == "layouts" and isinstance(value, dict) and isinstance(declared[name], dict):
                    value = {
                        size: {key: (value.get(size) or {}).get(key) for key in box}
                        for size, box in declared[name].items()
                    }
                out[name] = value
        return out

    def apply(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        dashboards = session.collection(resource)
        dashboard_id = resource.object_id(current)
        added = False
        for match in plan.work.matches:
            if match.current is None and match.declared.get("insight") is not None:
                self._hang_up(session, match.declared["insight"], dashboard_id)
                added = True
        obj = dict(current)
        if added:
            # The new tiles have ids now, and only the dashboard knows them.
            obj = dashboards.detail(dashboard_id) or obj
            plan = self.plan(session, resource, declared, obj)
        tiles: list[dict[str, t.Any]] = []
        makes_new = False
        for match in plan.work.matches:
            patch = self._patch(match)
            if match.current is not None and patch:
                tiles.append({"id": match.current["id"], **patch})
            elif match.current is None and match.declared.get("insight") is None:
                tiles.append(patch)
                makes_new = True
        tiles += [{"id": tile["id"], "deleted": True} for tile in plan.work.leftover]
        if tiles:
            # Sent twice, a new text would be there twice.
            answer = session.write(
                "PATCH", dashboards.object_path(dashboard_id), {"tiles": tiles}, repeatable=not makes_new
            )
            if isinstance(answer, dict):
                obj = answer
        return obj

    @staticmethod
    def _hang_up(session: Session, insight_id: t.Any, dashboard_id: t.Any) -> None:
        """Put an insight on the dashboard, and leave it on those where it is."""
        insights = session.collection(INSIGHT_TABLE)
        insight = insights.get(insight_id)
        where = list((insight or {}).get("dashboards") or [])
        if dashboard_id not in where:
            answer = session.write("PATCH", insights.object_path(insight_id), {"dashboards": [*where, dashboard_id]})
            if isinstance(answer, dict):
                insights.remember(answer, whole=True)


class DashboardVariables(Part):
    """The values that a dashboard gives to the variables of its SQL insights, by the variables' code names."""

    field = Map("variables", Anything("value"), null_as={})
    also_shown = ("persisted_variables",)

    @staticmethod
    def _stored(current: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
        found = (current or {}).get("persisted_variables", (current or {}).get("variables"))
        return dict(found) if isinstance(found, dict) else {}

    def plan(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any] | None,
    ) -> PartPlan:
        """See :meth:`Part.plan`."""
        problems: Problems = []
        stored = self._stored(current)
        by_name = {str(item.get("code_name")): item for item in stored.values() if isinstance(item, dict)}
        wanted: dict[str, t.Any] = {}
        for name, value in declared["variables"].items():
            known = by_name.get(name)
            if known is not None and equal(known.get("value"), value):
                wanted[str(known.get("variableId"))] = known
                continue
            variable = session.lookup(Ref("insight_variable"), name, f"variables.{name}", problems)
            if variable is not None:
                item = {"code_name": variable["code_name"], "variableId": variable["id"], "value": value}
                wanted[str(variable["id"])] = item
        if problems:
            raise InvalidInput(problems)
        before = {str(item.get("code_name")): item.get("value") for item in stored.values() if isinstance(item, dict)}
        after = dict(declared["variables"])
        changed = not equal(before, after)
        return PartPlan(before, after, changed, wanted, wanted)

    def apply(
        self,
        session: Session,
        resource: Resource,
        declared: t.Mapping[str, t.Any],
        current: t.Mapping[str, t.Any],
        plan: PartPlan,
    ) -> dict[str, t.Any]:
        """See :meth:`Part.apply`."""
        # An empty object is ignored, so what goes is set to null (API.md 5, dashboard, gotchas).
        body = {**dict.fromkeys(self._stored(current)), **plan.work} if not plan.work else plan.work
        path = session.collection(resource).object_path(resource.object_id(current))
        answer = session.write("PATCH", path, {"variables": body})
        return answer if isinstance(answer, dict) else dict(current)


DASHBOARD = Resource(
    type="dashboard",
    plural="dashboards",
    scope=Scope.PROJECT,
    path="dashboards/",
    identity=Identity("name", ("name",), filter="search", fuzzy=True),
    scopes=("dashboard:read", "dashboard:write"),
    delete=Delete.SOFT,
    delete_options=("delete_insights",),
    order=41,
    marker="tags",
    fields=(
        Text("name", required=True, max_length=400),
        Text("description", null_as=""),
        Bool("pinned", default=False),
        Tags(),
        Word("restriction_level", {"everyone": 21, "collaborators": 37}, default=21),
        ListOf("breakdown_colors", Open("colour"), null_as=[], in_list=False),
        Reference(
            "data_color_theme",
            Ref("data_color_theme"),
            api="data_color_theme_id",
            aliases=("data_color_theme_id",),
            nullable=True,
            in_list=False,
        ),
        ListOf("quick_filter_ids", Text("id"), unordered=True, null_as=[], in_list=False, since="2026"),
        # What a request overrides shows in filters, what is stored in persisted_filters.
        Open(
            "filters",
            nullable=True,
            in_list=False,
            read=("persisted_filters", "filters"),
            refs=PROPERTY_REFS,
            clear_members=True,
        ),
        Bool("delete_insights", write_only=True),
        Text("_create_in_folder", write_only=True, since="2025"),
    ),
    parts=(DashboardTiles(), DashboardVariables()),
)
