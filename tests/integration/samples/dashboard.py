# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards; what happens to their tiles is tested in C(test_conformance_dashboard.py)."""

from __future__ import annotations

import copy
import typing as t

from harness.compare import dig, equal

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer

#: Quick filters have no module, and their ids are PostHog's own, so they come from variables.
QUICK_FILTERS = ("{{ quick_country }}", "{{ quick_plan }}")


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """Insights and what else tiles and filters name."""
    query = {
        "kind": "InsightVizNode",
        "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
    }
    people = {
        "properties": {
            "type": "OR",
            "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
        }
    }
    names = {
        name: server.api("POST", "insights/", {"name": name, "query": query})["id"] for name in ("Signups", "Revenue")
    }
    names["Staff"] = server.api("POST", "cohorts/", {"name": "Staff", "filters": people})["id"]
    for name in ("Company colours", "Greys"):
        theme = {"name": name, "colors": ["#1d4aff", "#777777"]}
        names[name] = server.api("POST", "data_color_themes/", theme)["id"]
    for name in ("Country", "Plan"):
        variable = {"name": name, "type": "String", "default_value": "all"}
        names[name] = server.api("POST", "insight_variables/", variable)["id"]
    for name in QUICK_FILTERS:
        names[name] = server.seed("quick_filter", {"name": name.strip("{} "), "type": "manual-options"})[0]
    return names


def tiles(declared: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str:
    """Each declared tile is there once."""
    for tile in declared or []:
        wanted = copy.deepcopy(dict(tile))
        if "insight" in wanted:
            wanted["insight"] = {"id": names.get(wanted["insight"], wanted["insight"])}
        if "text" in wanted:
            wanted["text"] = {"body": wanted["text"]}
        if len([other for other in obj.get("tiles") or [] if holds(wanted, other)]) != 1:
            return f"like {tile!r} are not there once: {obj.get('tiles')!r}"
    return ""


def holds(wanted: t.Mapping[str, t.Any], tile: t.Mapping[str, t.Any]) -> bool:
    """Whether a tile has all that is wanted."""
    for key, value in wanted.items():
        actual = tile.get(key)
        if isinstance(value, dict) and isinstance(actual, dict):
            if not holds(value, actual):
                return False
        elif not (equal(value, actual) or (value is None and not actual)):
            return False
    return True


def tiles_foretold(foretold: t.Any, real: t.Any) -> bool:
    """Each tile that was foretold is there; PostHog adds the insight's whole object."""
    for tile in foretold or []:
        plain = {key: value for key, value in tile.items() if key not in ("insight", "order")}
        plain["insight"] = {"id": dig(tile, "insight.id")} if tile.get("insight") else None
        if not any(holds(plain, other) for other in real or []):
            return False
    return len(foretold or []) == len(real or [])


def variables(declared: t.Any, obj: t.Mapping[str, t.Any], names: t.Mapping[str, t.Any]) -> str:
    """The variables have the declared values."""
    stored = obj.get("persisted_variables") or obj.get("variables") or {}
    values = {item["code_name"]: item["value"] for item in stored.values() if item is not None}
    return "" if values == (declared or {}) else f"are {values!r}"


def variables_foretold(foretold: t.Any, real: t.Any) -> bool:
    """A variable that was taken away stays as null."""
    left = [{name: item for name, item in (side or {}).items() if item is not None} for side in (foretold, real)]
    return equal(*left)


SAMPLE = Sample(
    type="dashboard",
    name="Company",
    path="dashboards/",
    prepare=prepare,
    values={
        "breakdown_colors": Value(
            [{"breakdownValue": "Safari", "colorToken": "preset-1"}],
            [{"breakdownValue": "Safari", "colorToken": "preset-2"}],
        ),
        "quick_filter_ids": Value([QUICK_FILTERS[1], QUICK_FILTERS[0]], [QUICK_FILTERS[0]]),
        "filters": Value(
            {
                "date_from": "-30d",
                "properties": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}],
            },
            {"date_from": "-7d", "properties": []},
        ),
        "data_color_theme": Value("Company colours", "Greys"),
        "delete_insights": Value(False, False),
        "tiles": Value(
            [
                {
                    "insight": "Signups",
                    "layouts": {"sm": {"x": 0, "y": 0, "w": 6, "h": 5, "minW": 3, "minH": 3}},
                    "color": "blue",
                    "show_description": True,
                    "transparent_background": False,
                    "filters_overrides": {"date_from": "-14d"},
                },
                {"text": "# Company\nWhat counts.", "layouts": {"sm": {"x": 6, "y": 0, "w": 6, "h": 2}}},
                {"button_tile": {"url": "https://example.com/handbook", "text": "Handbook", "placement": "right"}},
            ],
            [
                {
                    "insight": "Signups",
                    "layouts": {
                        "sm": {"x": 0, "y": 2, "w": 12, "h": 5},
                        "xs": {"x": 0, "y": 0, "w": 1, "h": 5, "minW": 1, "minH": 2},
                    },
                    "color": None,
                },
                {"insight": "Revenue"},
            ],
            clears=False,
        ),
        "variables": Value({"country": "NL"}, {"country": "DE", "plan": "pro"}),
    },
    shows={"tiles": tiles, "variables": variables},
    foretold={
        "tiles": tiles_foretold,
        "variables": variables_foretold,
        "persisted_variables": variables_foretold,
    },
    foreign={"description": "Made by hand", "pinned": False, "tags": ["old"]},
    unused_keys={"tiles.id": "test_conformance_dashboard.py", "tiles.deleted": "test_conformance_dashboard.py"},
    moving=(
        "search_match_type",
        "last_accessed_at",
        "last_viewed_at",
        "last_refresh",
        "last_modified_at",
        "last_modified_by",
        "effective_restriction_level",
    ),
    again=4,
    again_reason="a list tells little of a dashboard, so it is read by itself; the cohorts of the filters; the themes",
)
