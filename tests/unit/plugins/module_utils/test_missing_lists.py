# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A type that has several lists, of which this server lacks one: it takes nothing away but itself."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import ApiError
from ansible_collections.community.posthog.plugins.module_utils._handlers.info import InfoHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.tests.unit.plugins.projects import universe
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, api_error, make_world

RULE = RESOURCES["error_tracking_rule"]
LISTS = ("assignment_rules", "grouping_rules", "suppression_rules", "bypass_rules")


def rule(number: int, **more: Any) -> dict[str, Any]:
    """A rule as PostHog shows it."""
    values = [{"key": "$browser", "value": [str(number)], "operator": "exact", "type": "event"}]
    return {"id": f"r-{number}", "filters": {"type": "AND", "values": values}, "order_key": 0, **more}


def lacking(memory: Memory, *names: str) -> None:
    """Let a server lack lists, on the newer and on the older path."""
    for name in names:
        for scope in ("projects", "environments"):
            path = f"/api/{scope}/1/error_tracking/{name}/"
            memory.errors["GET", path] = api_error(404, "Endpoint not found.", path=path)


def test_info_reads_those_that_are_there() -> None:
    """And says which one is not."""
    memory = Memory()
    memory.singles["/api/projects/1/"] = {"id": 1, "name": "Main"}
    memory.lists["/api/projects/1/error_tracking/grouping_rules/"] = [rule(1)]
    lacking(memory, "bypass_rules")
    world = make_world(memory)
    asked = {"types": ["error_tracking_rule"]}
    found = InfoHandler().run(world.session, asked, asked)["objects"]["error_tracking_rule"]
    assert [(item["id"], item["rule_type"]) for item in found] == [("r-1", "grouping")]
    assert len(world.warnings) == 1 and world.warnings[0].startswith("error_tracking_rules: ")


def test_info_fails_where_none_is_there_or_the_missing_one_is_meant() -> None:
    """A server without any of them has not got the type."""
    for missing, within in ((LISTS, None), (("bypass_rules",), {"rule_type": "bypass"})):
        memory = Memory()
        memory.singles["/api/projects/1/"] = {"id": 1, "name": "Main"}
        lacking(memory, *missing)
        asked = {"types": ["error_tracking_rule"], "within": within}
        with pytest.raises(ApiError) as caught:
            InfoHandler().run(make_world(memory).session, asked, asked)
        assert caught.value.status == 404


def test_a_purge_reads_those_that_are_there() -> None:
    """What is not declared goes from the others."""
    world = universe(tables=(RULE,))
    world.memory.lists["/api/projects/1/error_tracking/grouping_rules/"] = [rule(1), rule(2)]
    lacking(world.memory, "bypass_rules")
    declared = {"rule_type": "grouping", "filters": rule(1)["filters"]}
    run = world.apply({"error_tracking_rules": [declared]}, purge=["error_tracking_rules"], everything=True)
    left = world.memory.lists["/api/projects/1/error_tracking/grouping_rules/"]
    assert [item["id"] for item in left] == ["r-1"] and run.counts["deleted"] == 1
    assert any(text.startswith("purge[0]: ") for text in world.warnings)


def test_a_purge_fails_where_none_is_there() -> None:
    """Then the list was asked for by mistake."""
    world = universe(tables=(RULE,))
    lacking(world.memory, *LISTS)
    with pytest.raises(ApiError) as caught:
        world.plan(purge=["error_tracking_rules"], everything=True, allow_empty=True)
        world.plan({"error_tracking_rules": []}, purge=["error_tracking_rules"], everything=True, allow_empty=True)
    assert caught.value.status == 404 and not world.memory.writes
