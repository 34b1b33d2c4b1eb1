# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Insights, dashboards and their tiles, variables, collaborators, actions, sharing."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client

TRENDS = {
    "kind": "InsightVizNode",
    "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
}


def insight(api: Client, name: str = "I", **more: Any) -> dict[str, Any]:
    return api.post("P/insights/", {"name": name, "query": TRENDS, **more})


def board(api: Client, name: str = "D") -> dict[str, Any]:
    return api.post("P/dashboards/", {"name": name})


def test_a_query_reads_back_as_it_was_sent(api: Client) -> None:
    made = insight(api)
    assert made["query"] == TRENDS
    again = api.patch(f"P/insights/{made['id']}/", {"query": made["query"]})
    assert again["query"] == made["query"]
    kept = {"kind": "InsightVizNode", "source": {"kind": "RetentionQuery", "retentionFilter": {}}}
    source = api.post("P/insights/", {"query": kept})["query"]["source"]
    assert source == {**kept["source"], "version": 2}


def test_a_text_tile_is_changed_by_its_own_id(api: Client) -> None:
    path = f"P/dashboards/{board(api)['id']}/"
    (tile,) = api.patch(path, {"tiles": [{"text": {"body": "one"}}]})["tiles"]
    (changed,) = api.patch(path, {"tiles": [{"id": tile["id"], "text": {"body": "two"}}]})["tiles"]
    assert (changed["id"], changed["text"]["body"]) == (tile["id"], "two")
    assert changed["text"]["id"] != tile["text"]["id"]


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "Nope"},
        TRENDS["source"],
        {"kind": "InsightVizNode"},
        {"kind": "InsightVizNode", "source": {"kind": "HogQLQuery", "query": "select 1"}},
        {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"kind": "X"}]}},
        {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery"}},
    ],
)
def test_refused_queries(api: Client, query: Any) -> None:
    reply = api.call("POST", "P/insights/", {"name": "x", "query": query})
    assert (reply.status_code, reply.json()["code"]) == (400, "parse_error")


def test_the_dashboards_of_an_insight_are_its_tiles(api: Client) -> None:
    one, two = board(api, "1"), board(api, "2")
    made = insight(api, dashboards=[one["id"]])
    path = f"P/insights/{made['id']}/"
    (tile,) = api.get(f"P/dashboards/{one['id']}/")["tiles"]
    assert tile["insight"]["id"] == made["id"] and tile["id"] == made["dashboard_tiles"][0]["id"]
    assert api.patch(path, {"dashboards": [two["id"]]})["dashboards"] == [two["id"]]
    assert api.get(f"P/dashboards/{one['id']}/")["tiles"] == []
    assert api.call("PATCH", path, {"dashboards": [99]}).json()["code"] == "does_not_exist"


def test_finding_insights(api: Client) -> None:
    made = insight(api, "Weekly signups")
    insight(api, "Other")
    (found,) = api.get("P/insights/?search=weekly signup&basic=true")["results"]
    assert found["id"] == made["id"] and found["search_match_type"] == "exact"
    assert "result" not in found and found["query"]["kind"] == "InsightVizNode"
    assert api.get(f"P/insights/{made['short_id']}/")["id"] == made["id"]
    assert api.get(f"P/insights/?short_id={made['short_id']}")["count"] == 1


def test_deleting_an_insight(api: Client) -> None:
    where = board(api)
    made = insight(api, dashboards=[where["id"]])
    path = f"P/insights/{made['id']}/"
    api.patch(path, {"deleted": True})
    assert api.call("GET", path).status_code == 404
    assert api.get(f"P/dashboards/{where['id']}/")["tiles"] == []
    assert api.call("PATCH", path, {"name": "x"}).status_code == 404
    assert api.patch(path, {"deleted": False})["deleted"] is False


def test_tiles_are_ignored_on_post_and_made_by_patch(api: Client) -> None:
    tile = {"text": {"body": "Hello"}, "layouts": {"sm": {"x": 0, "y": 5, "w": 6, "h": 2}}, "color": "blue"}
    made = api.post("P/dashboards/", {"name": "D", "tiles": [tile]})
    assert made["tiles"] == []
    path = f"P/dashboards/{made['id']}/"
    (first,) = api.patch(path, {"tiles": [tile]})["tiles"]
    assert first["text"]["body"] == "Hello" and first["color"] == "blue"
    # Without the ids a second one appears, with them the first one changes.
    assert len(api.patch(path, {"tiles": [tile]})["tiles"]) == 2
    changed = {"id": first["id"], "text": {"id": first["text"]["id"], "body": "Changed"}}
    bodies = [t["text"]["body"] for t in api.patch(path, {"tiles": [changed]})["tiles"]]
    assert sorted(bodies) == ["Changed", "Hello"]
    left = api.patch(path, {"tiles": [{"id": first["id"], "deleted": True}, {"id": 9999, "color": "red"}]})["tiles"]
    assert len(left) == 1 and left[0]["color"] == "blue"


def test_tiles_come_in_the_order_of_the_layout(api: Client) -> None:
    where = board(api)
    for name in ("a", "b"):
        insight(api, name, dashboards=[where["id"]])
    path = f"P/dashboards/{where['id']}/"
    one, two = api.get(path)["tiles"]
    done = api.patch(
        path,
        {
            "tiles": [
                {"id": one["id"], "layouts": {"sm": {"x": 0, "y": 9, "w": 6, "h": 5}}},
                {"id": two["id"], "layouts": {"sm": {"x": 0, "y": 0, "w": 6, "h": 5}}},
            ]
        },
    )
    assert [tile["id"] for tile in done["tiles"]] == [two["id"], one["id"]]


def test_long_texts_are_refused(api: Client) -> None:
    where = board(api)
    reply = api.call("PATCH", f"P/dashboards/{where['id']}/", {"tiles": [{"text": {"body": "x" * 4001}}]})
    assert reply.json()["code"] == "max_length"


def test_falsy_filters_are_ignored(api: Client) -> None:
    where = board(api)
    path = f"P/dashboards/{where['id']}/"
    assert api.patch(path, {"filters": {"date_from": "-7d"}})["persisted_filters"] == {"date_from": "-7d"}
    assert api.patch(path, {"filters": {}})["persisted_filters"] == {"date_from": "-7d"}
    assert api.call("PATCH", path, {"filters": "x"}).json()["attr"] == "filters"


def test_the_list_is_basic(api: Client) -> None:
    board(api)
    (found,) = api.get("P/dashboards/")["results"]
    assert not {"tiles", "filters", "variables", "persisted_filters", "breakdown_colors"} & set(found)


def test_deleting_and_restoring_a_dashboard(api: Client) -> None:
    where = board(api)
    made = insight(api, dashboards=[where["id"]])
    path = f"P/dashboards/{where['id']}/"
    api.patch("P/", {"primary_dashboard": where["id"]})
    api.patch(path, {"deleted": True, "delete_insights": True})
    assert api.call("GET", path).status_code == 404
    assert api.call("GET", f"P/insights/{made['id']}/").status_code == 404
    assert api.get("P/")["primary_dashboard"] is None
    assert len(api.patch(path, {"deleted": False})["tiles"]) == 1
    assert api.get(f"P/insights/{made['id']}/")["dashboards"] == [where["id"]]


def test_restricted_dashboards(sandbox: Any, api: Client) -> None:
    where = board(api)
    path = f"P/dashboards/{where['id']}/"
    member = Client(sandbox, "member")
    assert member.call("PATCH", path, {"restriction_level": 37}).status_code == 403
    api.patch(path, {"restriction_level": 37})
    assert member.call("PATCH", path, {"name": "m"}).status_code == 403
    uuid = sandbox.banner()["users"]["member"]["uuid"]
    api.post(f"{path}collaborators/", {"user_uuid": uuid, "level": 37})
    assert member.call("PATCH", path, {"name": "m"}).status_code == 200
    assert api.get(f"{path}collaborators/")[0]["user"]["uuid"] == uuid
    api.delete(f"{path}collaborators/{uuid}/")
    assert api.get(f"{path}collaborators/") == []


def test_tile_routes(api: Client) -> None:
    where = board(api)
    path = f"P/dashboards/{where['id']}/"
    made = api.post(f"{path}create_text_tile/", {"body": "one"})
    api.post(f"{path}create_text_tile/", {"body": "two"})
    assert api.get(path)["tiles"][1]["layouts"]["sm"]["y"] == 2
    api.post(f"{path}update_text_tile/", {"tile_id": made["id"], "body": "ONE"}, 200)
    assert [t["text"]["body"] for t in api.get(path)["tiles"]] == ["ONE", "two"]


def test_variables(api: Client) -> None:
    made = api.post("P/insight_variables/", {"name": "My Variable!", "type": "String"})
    assert made["code_name"] == "my_variable"
    assert api.call("POST", "P/insight_variables/", {"name": "my variable", "type": "Number"}).status_code == 400
    assert api.patch(f"P/insight_variables/{made['id']}/", {"name": "New"})["code_name"] == "my_variable"


def test_actions(api: Client) -> None:
    made = api.post("P/actions/", {"name": "A", "steps": [{"event": "$pageview"}], "pinned_at": "2020-01-01T00:00:00Z"})
    assert made["steps"][0]["url"] is None and "selector_regex" in made["steps"][0]
    assert not made["pinned_at"].startswith("2020")
    again = api.call("POST", "P/actions/", {"name": "A"}).json()
    assert (again["code"], again["attr"]) == ("unique", "name") and str(made["id"]) in again["detail"]
    api.patch(f"P/actions/{made['id']}/", {"deleted": True})
    assert api.get("P/actions/")["count"] == 0
    assert api.get(f"P/actions/{made['id']}/")["deleted"] is True


def test_sharing(api: Client) -> None:
    where = board(api)
    path = f"P/dashboards/{where['id']}/sharing/"
    assert api.get(path)["access_token"] != api.get(path)["access_token"]
    done = api.patch(path, {"enabled": True, "settings": {"whitelabel": True, "whiteLabel": True}})
    assert done["settings"] == {"whitelabel": True}
    assert api.get(path)["access_token"] == done["access_token"]
    assert api.get(f"P/dashboards/{where['id']}/")["is_shared"] is True
