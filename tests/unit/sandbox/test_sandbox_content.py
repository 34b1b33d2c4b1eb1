# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates, themes, annotations, notebooks, variables, comments, recordings, static cohorts, sharing, the log."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox_client import Client


def names(page: Any, key: str = "name") -> list[str]:
    return [row[key] for row in page["results"]]


def test_dashboard_templates(api: Client) -> None:
    shown = api.get("P/dashboard_templates/")["results"]
    assert len(shown) == 2 and all(t["scope"] == "global" and t["team_id"] is None for t in shown)
    assert api.call("PATCH", f"P/dashboard_templates/{shown[0]['id']}/", {"template_name": "x"}).status_code == 403
    body = {"template_name": "Mine", "tiles": [{"type": "TEXT", "body": "x"}], "tags": ["Big"]}
    made = api.post("P/dashboard_templates/", body)
    assert (made["scope"], made["team_id"], made["tags"]) == ("team", 1, ["Big"])
    assert api.call("POST", "P/dashboard_templates/", {**body, "tiles": []}).json()["attr"] == "tiles"
    assert api.call("POST", "P/dashboard_templates/", {**body, "scope": "global"}).status_code == 403
    assert names(api.get("P/dashboard_templates/?scope=team"), "template_name") == ["Mine"]
    path = f"P/dashboard_templates/{made['id']}/"
    api.delete(path)
    assert api.get(path)["template_name"] == "Mine"
    api.patch(path, {"deleted": True})
    assert api.call("GET", path).status_code == 404


def test_themes(api: Client) -> None:
    (default,) = api.get("P/data_color_themes/")
    assert default["is_global"] is True
    assert api.call("PATCH", f"P/data_color_themes/{default['id']}/", {"name": "x"}).status_code == 403
    made = api.post("P/data_color_themes/", {"name": "Mine", "colors": ["#000000"]})
    path = f"P/data_color_themes/{made['id']}/"
    assert made["is_global"] is False and api.get(path.replace("P/", "/api/environments/1/")) == made
    assert api.patch(path, {"colors": ["#ffffff"]})["colors"] == ["#ffffff"]
    api.control("features", {"remove": ["data_color_themes"]})
    for method in ("PATCH", "DELETE"):
        assert api.call(method, path, {"name": "x"}).status_code == 403
    assert api.get("P/")["default_data_theme"] == default["id"]
    api.post("P/data_color_themes/", {"name": "Other", "colors": []})


def test_annotations_of_the_organization_show_everywhere(api: Client) -> None:
    board = api.post("P/dashboards/", {"name": "D"})["id"]
    here = api.post("P/annotations/", {"content": "here", "scope": "dashboard", "dashboard_id": board})
    assert here["dashboard_name"] == "D"
    wide = api.post("P/annotations/", {"content": "wide", "scope": "organization"})
    other = f"/api/projects/{api.post('O/projects/', {'name': 'Two'})['id']}/annotations/"
    assert names(api.get(other), "content") == ["wide"]
    assert api.get(f"{other}{wide['id']}/")["content"] == "wide"
    assert api.call("GET", f"{other}{here['id']}/").status_code == 404
    assert names(api.get("P/annotations/?search=her"), "content") == ["here"]
    wrong = api.call("POST", "P/annotations/", {"content": "x", "scope": "project", "dashboard_item": 99})
    assert (wrong.status_code, wrong.json()["attr"]) == (400, "dashboard_item")
    api.patch(f"P/annotations/{wide['id']}/", {"deleted": True})
    assert api.get(other)["count"] == 0


def test_notebooks_have_versions(api: Client) -> None:
    made = api.post("P/notebooks/", {"title": "N", "content": {"type": "doc"}})
    path = f"P/notebooks/{made['short_id']}/"
    stale = api.call("PATCH", path, {"content": {"type": "doc"}, "version": 5})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert api.patch(path, {"content": {"type": "doc", "content": []}, "version": 0})["version"] == 1
    assert api.patch(path, {"title": "M"})["version"] == 1
    assert not {"content", "text_content", "version"} & set(api.get("P/notebooks/?search=m")["results"][0])


def test_insight_variables(api: Client) -> None:
    made = api.post("P/insight_variables/", {"name": "My Länge 2!", "type": "Number", "unknown": 1})
    assert made["code_name"] == "my_lnge_2" and "unknown" not in made
    again = api.call("POST", "P/insight_variables/", {"name": "my lnge 2", "type": "String"})
    assert (again.status_code, again.json()["code"]) == (400, "invalid_input")
    assert api.patch(f"P/insight_variables/{made['id']}/", {"name": "Other"})["code_name"] == "my_lnge_2"


def test_comments(sandbox: Any, api: Client) -> None:
    task = api.post("P/comments/", {"content": "Do", "scope": "Dashboard", "item_id": "1", "is_task": True})
    reply = api.post("P/comments/", {"content": "Yes", "source_comment": task["id"]})
    assert (reply["scope"], reply["item_id"]) == ("Dashboard", "1")
    body = {"content": "x", "source_comment": task["id"], "is_task": True}
    assert api.call("POST", "P/comments/", body).json()["attr"] == "is_task"
    assert api.call("POST", "P/comments/", {"content": "x"}).json()["attr"] == "scope"
    assert api.post(f"P/comments/{task['id']}/complete/", status=200)["completed_by"]["id"] == 1
    assert api.post(f"P/comments/{task['id']}/reopen/", status=200)["completed_at"] is None
    assert api.call("POST", f"P/comments/{reply['id']}/complete/").status_code == 400
    other = Client(sandbox, "member").call("PATCH", f"P/comments/{task['id']}/", {"content": "No"})
    assert other.status_code == 403
    page = api.get("P/comments/?scope=Dashboard&item_id=1")
    assert "count" not in page and len(page["results"]) == 2


def test_recordings_come_by_seeding(api: Client) -> None:
    number = "0192aaaa-0000-7000-8000-000000000001"
    api.control("seed", {"type": "session_recording", "objects": [{"id": number, "distinct_id": "d"}]})
    path = f"P/session_recordings/{number}/"
    assert api.get(path)["distinct_id"] == "d" and api.get("P/session_recordings/")["count"] == 1
    seen = api.patch(path, {"viewed": True})
    assert seen["viewed"] is True and seen["viewers"] == ["owner@acme.test"]
    api.delete(path)
    assert api.call("GET", path).status_code == api.call("DELETE", path).status_code == 404


def test_playlists(api: Client) -> None:
    base = "P/session_recording_playlists/"
    synthetic = api.get(base)["results"]
    assert synthetic and all(row["is_synthetic"] for row in synthetic)
    assert api.call("PATCH", f"{base}{synthetic[0]['short_id']}/", {"name": "x"}).status_code == 400
    for wrong, attr in (
        ({"name": "L"}, "type"),
        ({"type": "filters"}, None),
        ({"type": "collection", "filters": {"date_from": "-7d"}}, None),
    ):
        reply = api.call("POST", base, wrong)
        assert (reply.status_code, reply.json()["attr"]) == (400, attr)
    saved = api.post(base, {"name": "L", "type": "filters", "filters": {"date_from": "-7d"}})
    path = f"{base}{saved['short_id']}/"
    assert api.call("PATCH", path, {"name": "M"}).status_code == 400
    assert api.call("PATCH", path, {"deleted": True}).status_code == 400
    assert api.call("PATCH", path, {"type": "collection", "filters": saved["filters"]}).json()["attr"] == "type"
    assert api.patch(path, {"name": "M", "filters": saved["filters"]})["name"] == "M"
    assert api.call("DELETE", path).status_code == 405
    kept = api.post(base, {"name": "C", "type": "collection"})
    attach = f"{base}{kept['short_id']}/recordings/abc/"
    assert api.call("POST", attach).status_code == 403
    api.control("settings", {"open_routes": ["recordings"]})
    api.post(attach, status=200)
    counts = api.get(f"{base}{kept['short_id']}/")["recordings_counts"]
    assert counts["collection"]["count"] == 1
    api.patch(path, {"deleted": True, "filters": saved["filters"]})
    assert api.call("GET", path).status_code == 404


def test_members_of_static_cohorts(api: Client) -> None:
    first, second = api.control("seed", {"type": "person", "count": 2, "template": {"distinct_ids": ["p{n}"]}})["ids"]
    made = api.post("P/cohorts/", {"name": "C", "is_static": True, "_create_static_person_ids": [first]})
    path = f"P/cohorts/{made['id']}/"
    assert made["count"] == 1
    added = api.patch(f"{path}add_persons_to_static_cohort/", {"person_ids": [first, second]})
    assert added == {"success": True} and api.get(path)["count"] == 2
    unknown = api.call("PATCH", f"{path}add_persons_to_static_cohort/", {"person_ids": ["no"]})
    assert (unknown.status_code, unknown.json()["attr"]) == (400, "person_ids")
    api.patch(f"{path}remove_person_from_static_cohort/", {"person_id": first})
    assert [p["uuid"] for p in api.get(f"{path}persons/")["results"]] == [second]
    missing = api.call("PATCH", f"{path}remove_person_from_static_cohort/", {})
    assert (missing.status_code, missing.json()["attr"]) == (400, "person_id")
    moving = api.post("P/cohorts/", {"name": "D", "filters": {"properties": {"type": "AND", "values": []}}})
    refused = api.call("PATCH", f"P/cohorts/{moving['id']}/add_persons_to_static_cohort/", {"person_ids": [first]})
    assert refused.status_code == 400


def test_sharing(api: Client) -> None:
    board = api.post("P/dashboards/", {"name": "D"})["id"]
    path = f"P/dashboards/{board}/sharing/"
    settings = {"whitelabel": True, "whiteLabel": True, "legend": None}
    done = api.patch(path, {"enabled": True, "settings": settings})
    assert done["settings"] == {"whitelabel": True} and api.get(path)["access_token"] == done["access_token"]
    word = api.post(f"{path}passwords/", {"raw_password": "long enough", "note": "n"})
    assert word["password"] == "long enough" and "password" not in api.get(path)["share_passwords"][0]
    assert api.call("POST", f"{path}passwords/", {"raw_password": "short"}).status_code == 400
    api.delete(f"{path}passwords/{word['id']}/")
    assert api.call("DELETE", f"{path}passwords/{word['id']}/").status_code == 404
    assert api.get(path)["share_passwords"] == []
    assert api.post(f"{path}refresh/", status=200)["access_token"] != done["access_token"]
    api.control("features", {"remove": ["advanced_permissions"]})
    refused = api.call("PATCH", path, {"password_required": True})
    assert refused.status_code == 403 and set(refused.json()) == {"error"}
    api.patch("O/", {"allow_publicly_shared_resources": False})
    assert api.call("PATCH", path, {"enabled": True}).status_code == 403


def test_what_is_closed_to_keys_and_can_be_opened(api: Client) -> None:
    option = {"id": "a", "value": None, "label": "A", "operator": "exact"}
    body = {"name": "Q", "property_name": "p", "options": [option], "contexts": ["logs-filters", "dashboards"]}
    assert api.call("POST", "P/quick_filters/", body).status_code == 403
    assert api.call("GET", "P/tags/").status_code == 403
    api.control("settings", {"open_routes": ["quick_filter", "tag"]})
    made = api.post("P/quick_filters/", body)
    assert made["contexts"] == ["dashboards", "logs-filters"]
    for wrong, attr in (
        ({"options": []}, "options"),
        ({"contexts": ["kitchen"]}, "contexts"),
        ({"options": [{"id": "a"}]}, "options__0__value"),
    ):
        assert api.call("PATCH", f"P/quick_filters/{made['id']}/", wrong).json()["attr"] == attr
    assert api.get("P/quick_filters/?context=dashboards")["count"] == 1
    board = api.post("P/dashboards/", {"name": "D", "tags": ["Big"]})["id"]
    api.control("edit", {"type": "dashboard", "id": board, "set": {"quick_filter_ids": [made["id"]]}})
    api.delete(f"P/quick_filters/{made['id']}/")
    assert api.get(f"P/dashboards/{board}/")["quick_filter_ids"] == []
    assert api.get("P/tags/") == ["big"]


def test_the_log(sandbox: Any, api: Client) -> None:
    flag = api.post("P/feature_flags/", {"key": "f", "filters": {"groups": [{"properties": []}]}})["id"]
    api.patch(f"P/feature_flags/{flag}/", {"active": False})
    Client(sandbox, "admin").post("P/cohorts/", {"name": "C", "is_static": True})
    api.post("O/roles/", {"name": "R"})
    page = api.get("P/activity_log/")
    assert set(page) == {"next", "previous", "results"}
    newest = [(e["scope"], e["activity"]) for e in page["results"]]
    assert newest == [("Cohort", "created"), ("FeatureFlag", "updated"), ("FeatureFlag", "created")]
    assert page["results"][1]["detail"]["changes"][0]["field"] == "active"
    assert len(api.get(f"P/activity_log/?scope=FeatureFlag&item_id={flag}")["results"]) == 2
    admin = sandbox.banner()["users"]["admin"]["uuid"]
    assert len(api.get(f"P/activity_log/?user={admin}&scopes=Cohort,Survey")["results"]) == 1
    assert len(api.get("P/activity_log/?include_organization_scoped=1")["results"]) == 4
    paged = api.get("P/activity_log/?page=2&page_size=2")
    assert paged["count"] == 3 and len(paged["results"]) == 1 and "page=1" in paged["previous"]
    assert api.get(f"P/feature_flags/{flag}/activity/")["total_count"] == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "P/hog_functions/"),
        ("GET", "P/product_tours/"),
        ("GET", "P/data_color_themes/"),
        ("GET", "P/insight_variables/"),
        ("GET", "P/schema_property_groups/"),
        ("GET", "P/error_tracking/assignment_rules/"),
        ("POST", "P/cohorts/1/add_persons_to_static_cohort/"),
        ("POST", "P/dashboards/1/sharing/refresh/"),
        ("GET", "P/feature_flags/1/dependent_flags/"),
        ("PUT", "P/feature_flags/1/access_controls/"),
        ("PUT", "P/groups_types/set_default_columns/"),
        ("GET", "O/proxy_records/"),
        ("GET", "O/projects/"),
        ("GET", "/api/environments/1/quick_filters/"),
    ],
)
def test_routes_that_an_older_server_does_not_have(old: Any, method: str, path: str) -> None:
    api = Client(old)
    api.post("P/dashboards/", {"name": "D"})
    reply = api.call(method, path)
    assert (reply.status_code, reply.json()) == (
        404,
        {"type": "invalid_request", "code": "not_found", "detail": "Endpoint not found.", "attr": None},
    )
