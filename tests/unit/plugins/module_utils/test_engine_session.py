# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which project, which organization, which objects have which names."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    ApiError,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource as table_of
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref, walk
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

OTHER = "01890000-0000-0000-0000-0000000000bb"

ORGANIZATIONS: list[Obj] = [
    {
        "id": ORGANIZATION,
        "name": "Ada's Analytics",
        "slug": "ada",
        "projects": [{"id": 1, "name": "Production"}, {"id": 2, "name": "Staging"}],
    },
    {"id": OTHER, "name": "Babbage & Co", "slug": "babbage", "projects": [{"id": 3, "name": "Production"}]},
]


def account() -> Memory:
    """Two organizations with three projects."""
    memory = Memory()
    memory.lists["/api/organizations/"] = ORGANIZATIONS
    memory.singles["/api/organizations/@current/"] = ORGANIZATIONS[0]
    memory.singles["/api/projects/@current/"] = {"id": 2, "name": "Staging", "organization": ORGANIZATION}
    memory.singles["/api/users/@me/"] = {"team": {"id": 2}, "organization": ORGANIZATIONS[0], "organizations": []}
    for organization in ORGANIZATIONS:
        for project in organization["projects"]:
            memory.singles[f"/api/projects/{project['id']}/"] = {**project, "organization": organization["id"]}
    return memory


# -- project and organization ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("project", "organization", "expected"),
    [
        ("7", None, "7"),
        ("Staging", None, "2"),
        (" staging ", None, "2"),
        ("Production", ORGANIZATION, "1"),
        ("Production", "babbage", "3"),
        ("production", "Babbage & Co", "3"),
        (None, None, "2"),
        ("@current", None, "2"),
    ],
)
def test_projects(project: str | None, organization: str | None, expected: str) -> None:
    world = make_world(account(), project=project, organization=organization)
    assert world.session.project_id() == expected


def test_a_project_by_id_costs_nothing() -> None:
    world = make_world(account(), project="7", organization=None)
    world.session.project_id()
    assert world.memory.calls == []


def test_a_project_of_another_organization_is_refused() -> None:
    """By its id as by its name: nothing is read there, and nothing written."""
    for organization in (OTHER, "babbage", "Babbage & Co"):
        world = make_world(account(), project="1", organization=organization)
        world.session.target.named_organization = True
        for _again in range(2):
            with pytest.raises(
                PostHogFailure, match="belongs to the organization Ada's Analytics, and organization says"
            ):
                world.session.project_id()
    for organization in (ORGANIZATION, "ada", None):
        world = make_world(account(), project="1", organization=organization)
        world.session.target.named_organization = True
        assert world.session.project_id() == "1"
    world = make_world(account(), project=None, organization="babbage")
    world.session.target.named_organization = True
    with pytest.raises(PostHogFailure, match="'Staging'"):
        world.session.project_id()


def test_a_project_that_is_named_closer_than_the_organization_counts() -> None:
    """The environment's organization is no word of the task."""
    world = make_world(account(), project="1", organization=OTHER)
    world.session.target.named_project = True
    world.session.target.check_owner()
    assert world.session.project_id() == "1" and not world.memory.calls
    with pytest.raises(PostHogFailure, match="belongs to the organization"):
        world.session.beside("babbage", None).project_id()


def test_a_pair_of_the_environment_is_checked_before_a_write() -> None:
    """What changes nothing costs no request for that."""
    world = make_world(account(), project="1", organization=OTHER)
    assert world.session.project_id() == "1" and not world.memory.calls
    with pytest.raises(PostHogFailure, match="belongs to the organization"):
        world.session.write("POST", "/api/projects/1/cohorts/", {"name": "a"})
    assert not world.memory.writes


def test_two_projects_of_one_name() -> None:
    with pytest.raises(Ambiguous) as caught:
        make_world(account(), project="Production", organization=None).session.project_id()
    assert "ids 1, 3" in caught.value.message


def test_the_exact_spelling_decides() -> None:
    memory = account()
    memory.lists["/api/organizations/"] = [
        {"id": ORGANIZATION, "name": "A", "projects": [{"id": 1, "name": "web"}, {"id": 2, "name": "Web"}]}
    ]
    assert make_world(memory, project="Web", organization=None).session.project_id() == "2"


def test_an_unknown_project_lists_those_there_are() -> None:
    with pytest.raises(PostHogFailure) as caught:
        make_world(account(), project="Stagging", organization=None).session.project_id()
    assert "did you mean Staging?" in caught.value.message
    with pytest.raises(PostHogFailure) as caught:
        make_world(account(), project="zzz", organization=None).session.project_id()
    assert "1 (Production), 2 (Staging), 3 (Production)" in caught.value.message


@pytest.mark.parametrize("wanted", ["@current", None])
def test_current_is_looked_up_once(wanted: str | None) -> None:
    world = make_world(account(), project=wanted, organization=None)
    assert world.session.project_id() == "2"
    world.memory.singles["/api/projects/@current/"] = {"id": 9}
    world.memory.singles["/api/organizations/@current/"] = {"id": OTHER}
    assert {world.session.project_id() for _number in range(3)} == {"2"}
    first = world.session.organization_id()
    world.memory.singles["/api/organizations/@current/"] = ORGANIZATIONS[0]
    assert {world.session.organization_id() for _number in range(3)} == {first}
    assert [call[1] for call in world.memory.calls] == ["/api/projects/@current/", "/api/organizations/@current/"]


@pytest.mark.parametrize("status", [403, 404, 405, 500])
def test_current_project_of_an_older_server(status: int) -> None:
    memory = account()
    memory.errors["GET", "/api/projects/@current/"] = api_error(status)
    assert make_world(memory, project=None, organization=None).session.project_id() == "2"
    memory.errors["GET", "/api/users/@me/"] = api_error(status)
    assert make_world(memory, project=None, organization=None).session.project_id() == "@current"


@pytest.mark.parametrize("status", [401, 402, 503])
@pytest.mark.parametrize("path", ["/api/projects/@current/", "/api/organizations/@current/"])
def test_other_errors_are_not_passed_over(status: int, path: str) -> None:
    memory = account()
    memory.errors["GET", path] = api_error(status)
    session = make_world(memory, project=None, organization="@current").session
    with pytest.raises(ApiError):
        session.project_id()
        session.organization_id()


@pytest.mark.parametrize(
    ("organization", "project", "expected"),
    [
        (ORGANIZATION, None, ORGANIZATION),
        ("ADA", None, ORGANIZATION),
        ("babbage & co", None, OTHER),
        (None, "3", OTHER),
        (None, "Staging", ORGANIZATION),
        (None, None, ORGANIZATION),
        ("@current", "3", ORGANIZATION),
    ],
)
def test_organizations(organization: str | None, project: str | None, expected: str) -> None:
    world = make_world(account(), project=project, organization=organization)
    assert world.session.organization_id() == expected


def test_two_organizations_of_one_name() -> None:
    memory = account()
    memory.lists["/api/organizations/"] = [{"id": ORGANIZATION, "name": "Same"}, {"id": OTHER, "name": "same"}]
    with pytest.raises(Ambiguous, match="give the UUID"):
        make_world(memory, organization="Same").session.organization_id()


def test_an_unknown_organization() -> None:
    with pytest.raises(PostHogFailure, match="did you mean Babbage & Co"):
        make_world(account(), organization="Babage").session.organization_id()


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"organization": "Babbage"}, "organization: 'Babbage' cannot be looked up"),
        ({"organization": None, "project": "Shop"}, "project: 'Shop' cannot be looked up"),
    ],
)
def test_names_that_a_key_may_not_look_up(where: dict[str, Any], wanted: str) -> None:
    """A key that may not list organizations sees nothing, which says nothing of what there is."""
    memory = account()
    memory.errors["GET", "/api/organizations/"] = api_error(403, "API key missing required scope 'organization:read'")
    memory.errors["GET", "/api/users/@me/"] = api_error(403, "API key missing required scope 'user:read'")
    session = make_world(memory, **where).session
    with pytest.raises(PostHogFailure) as caught:
        session.project_id() if where["organization"] is None else session.organization_id()
    assert caught.value.message.startswith(wanted)
    assert "lacks the scope organization:read" in caught.value.message and "'s id" in caught.value.message
    assert "sees no" not in caught.value.message


@pytest.mark.parametrize("status", [403, 404, 500])
def test_organizations_of_a_key_that_may_not_list_them(status: int) -> None:
    memory = account()
    memory.errors["GET", "/api/organizations/"] = api_error(status)
    memory.singles["/api/users/@me/"]["organizations"] = [{"id": OTHER, "name": "Babbage & Co", "slug": "babbage"}]
    assert make_world(memory, organization="babbage").session.organization_id() == OTHER
    assert make_world(memory, organization=None, project="Staging").session.project_id() == "2"


@pytest.mark.parametrize(
    ("organization", "expected"),
    [
        ({"available_product_features": [{"key": "tagging"}, {"key": "x"}]}, {"tagging", "x"}),
        ({"available_product_features": []}, set()),
        ({"available_features": ["tagging"]}, {"tagging"}),
        ({}, None),
        ({"available_product_features": None, "available_features": None}, None),
    ],
)
def test_features(organization: Obj, expected: set[str] | None) -> None:
    memory = Memory()
    memory.singles[f"/api/organizations/{ORGANIZATION}/"] = {"id": ORGANIZATION, **organization}
    assert make_world(memory).session.features() == expected


def test_features_are_unknown_to_a_key_that_may_not_ask() -> None:
    memory = Memory()
    memory.errors["GET", f"/api/organizations/{ORGANIZATION}/"] = api_error(403)
    memory.errors["GET", "/api/users/@me/"] = api_error(403)
    assert make_world(memory).session.features() is None


def test_a_missing_project_is_told_from_a_missing_object() -> None:
    memory = account()
    memory.errors["GET", "/api/projects/77/feature_flags/5/"] = api_error(
        404, "Project not found.", path="/api/projects/77/feature_flags/5/"
    )
    world = make_world(memory, project="77")
    with pytest.raises(ApiError, match=r"no project 77 .*it sees 1 \(Production\)"):
        world.session.collection(RESOURCES["feature_flag"]).get(5)


# -- collections -----------------------------------------------------------------------------------------------------

FLAGS = "/api/projects/1/feature_flags/"
INSIGHTS = "/api/projects/1/insights/"
COHORTS = "/api/projects/1/cohorts/"
ROLES = f"/api/organizations/{ORGANIZATION}/roles/"
MEMBERS = f"/api/organizations/{ORGANIZATION}/members/"


def flags(*keys: str) -> World:
    """A project with these flags, on a server that knows the filter by key (which ignores case)."""
    world = make_world()
    world.memory.lists[FLAGS] = [{"id": number, "key": key} for number, key in enumerate(keys, 1)]

    def listing(objects: list[Obj], params: Mapping[str, Any]) -> list[Obj]:
        if params.get("archived"):
            return []
        return [obj for obj in objects if "key" not in params or obj["key"].lower() == params["key"].lower()]

    world.memory.listing = listing
    return world


def test_the_first_look_up_asks_for_one_the_second_for_all() -> None:
    world = flags(*(f"flag-{number}" for number in range(50)))
    collection = world.session.collection(RESOURCES["feature_flag"])
    assert [obj["id"] for obj in collection.find("flag-3")] == [4]
    assert world.memory.calls == [("GET", FLAGS, {"key": "flag-3"})]
    assert not collection.complete
    assert [obj["id"] for obj in collection.find("flag-7")] == [8]
    assert len(world.memory.calls) == 2
    for number in range(50):
        assert [obj["id"] for obj in collection.find(f"flag-{number}")] == [number + 1]
    assert len(world.memory.calls) == 2


def test_what_was_found_once_is_not_asked_for_again() -> None:
    world = flags("a", "b")
    collection = world.session.collection(RESOURCES["feature_flag"])
    assert collection.find("a") == collection.find("a")
    assert len(world.memory.calls) == 1


def test_a_server_that_ignores_the_filter_has_given_the_whole_list() -> None:
    world = flags("a", "b", "c")
    world.memory.listing = lambda objects, params: objects
    collection = world.session.collection(RESOURCES["feature_flag"])
    assert [obj["id"] for obj in collection.find("b")] == [2]
    assert collection.complete
    assert [obj["id"] for obj in collection.find("c")] == [3]
    assert len(world.memory.calls) == 1


def test_a_filter_that_ignores_case_has_not_given_the_whole_list() -> None:
    """API.md 5: the filter by key is exact but for case. A flag I(beta) does not mean that there is no I(other)."""
    world = flags("beta", "other")
    collection = world.session.collection(RESOURCES["feature_flag"])
    assert collection.find("Beta") == []
    assert [obj["id"] for obj in collection.find("other")] == [2]
    assert [obj["id"] for obj in collection.all()] == [1, 2]


def test_what_the_list_hides_is_looked_for_too() -> None:
    world = flags("a")

    def listing(objects: list[Obj], params: Mapping[str, Any]) -> list[Obj]:
        found = [{"id": 9, "key": "old", "archived": True}] if params.get("archived") else objects
        return [obj for obj in found if "key" not in params or obj["key"] == params["key"]]

    world.memory.listing = listing
    collection = world.session.collection(RESOURCES["feature_flag"])
    assert [obj["id"] for obj in collection.find("old")] == [9]
    world.session.stale()
    assert [obj["id"] for obj in collection.find("old")] == [9]


def test_a_fuzzy_search_and_then_for_sure() -> None:
    world = make_world()
    world.memory.lists[INSIGHTS] = [
        {"id": 1, "name": "Signups", "short_id": "abc"},
        {"id": 2, "name": "x", "short_id": "d"},
    ]
    world.memory.listing = lambda objects, params: [] if "search" in params else objects
    collection = world.session.collection(RESOURCES["insight"])
    assert collection.find("Signups") == []
    assert not collection.complete
    assert [obj["id"] for obj in collection.find("Signups", sure=True)] == [1]
    assert [obj["id"] for obj in collection.find("abc")] == [1]
    assert [call[2].get("search") for call in world.memory.calls] == ["Signups", None]


def test_a_fuzzy_search_that_finds_similar_ones_only() -> None:
    world = make_world()
    world.memory.lists[INSIGHTS] = [{"id": 1, "name": "Signups 2", "short_id": "abc"}]
    collection = world.session.collection(RESOURCES["insight"])
    assert collection.find("Signups") == []
    assert not collection.complete


def test_a_name_too_long_for_the_filter_is_looked_for_in_the_list() -> None:
    world = make_world()
    name = "n" * 300
    world.memory.lists[INSIGHTS] = [{"id": 1, "name": name, "short_id": "abc"}]
    assert [obj["id"] for obj in world.session.collection(RESOURCES["insight"]).find(name)] == [1]
    assert "search" not in world.memory.calls[0][2]


def test_own_writes_update_it() -> None:
    world = flags("a", "b")
    collection = world.session.collection(RESOURCES["feature_flag"])
    collection.all()
    collection.remember({"id": 3, "key": "c"}, whole=True)
    collection.remember({"id": 1, "key": "renamed"}, whole=True)
    collection.forget({"id": 2})
    assert [[obj["id"] for obj in collection.find(name)] for name in ("a", "b", "c", "renamed")] == [[], [], [3], [1]]
    assert [call for call in world.memory.calls if "archived" not in call[2]] == [("GET", FLAGS, {})]


def test_an_object_that_went_and_came_back_is_there_once() -> None:
    world = flags("a")
    collection = world.session.collection(RESOURCES["feature_flag"])
    collection.all()
    collection.forget({"id": 1})
    collection.remember({"id": 1, "key": "a"}, whole=True)
    assert [obj["id"] for obj in collection.find("a")] == [1]


def test_a_list_does_not_replace_what_is_known_whole() -> None:
    world = make_world()
    world.memory.lists["/api/projects/1/dashboards/"] = [{"id": 1, "name": "a"}]
    collection = world.session.collection(RESOURCES["dashboard"])
    collection.remember({"id": 1, "name": "a", "tiles": [1]}, whole=True)
    collection.all()
    assert collection.find("a") == [{"id": 1, "name": "a", "tiles": [1]}]


def test_deleted_ones_are_not_there() -> None:
    world = make_world()
    world.memory.lists[COHORTS] = [{"id": 1, "name": "a", "deleted": True}]
    collection = world.session.collection(RESOURCES["cohort"])
    assert collection.get(1) is None
    collection.remember({"id": 2, "name": "b"})
    assert collection.get(99) is None


def test_two_of_one_name_are_both_found() -> None:
    world = make_world()
    world.memory.lists[COHORTS] = [{"id": 1, "name": "a"}, {"id": 2, "name": "a"}]
    assert len(world.session.collection(RESOURCES["cohort"]).find("a")) == 2


def test_stale_reads_again() -> None:
    world = flags("a")
    collection = world.session.collection(RESOURCES["feature_flag"])
    collection.find("a")
    world.memory.lists[FLAGS].append({"id": 5, "key": "made-meanwhile"})
    world.session.stale()
    assert [obj["id"] for obj in collection.find("made-meanwhile")] == [5]


@pytest.mark.parametrize("status", [404, 405])
def test_the_path_of_an_older_server(status: int) -> None:
    memory = Memory()
    memory.errors["GET", f"/api/organizations/{ORGANIZATION}/projects/"] = api_error(status, "Not found.")
    memory.lists["/api/projects/"] = [{"id": 1, "name": "a"}]
    memory.singles["/api/organizations/@current/"] = {"id": ORGANIZATION}
    collection = make_world(memory).session.collection(RESOURCES["project"])
    assert collection.find("a") == [{"id": 1, "name": "a"}]
    assert collection.object_path(1) == "/api/projects/1/"


def test_the_path_of_an_older_server_is_no_way_into_another_organization() -> None:
    """It means the current organization, whatever the task means; and what is missing may be the organization."""
    memory = Memory()
    memory.errors["GET", f"/api/organizations/{ORGANIZATION}/projects/"] = api_error(404, "Not found.")
    memory.lists["/api/projects/"] = [{"id": 1, "name": "a"}]
    memory.singles["/api/organizations/@current/"] = {"id": "01900000-0000-7000-8000-00000000beef"}
    with pytest.raises(ApiError, match="404"):
        make_world(memory).session.collection(RESOURCES["project"]).find("a")


def test_objects_within_a_parent_come_with_it() -> None:
    world = make_world()
    role = {
        "id": "r1",
        "name": "Engineering",
        "members": [{"id": "m1", "user": {"email": "Ada@Example.com", "uuid": "u1"}}],
    }
    collection = world.session.collection(RESOURCES["role_membership"], role)
    assert [obj["id"] for obj in collection.find("ada@example.com")] == ["m1"]
    assert world.memory.calls == []


def test_after_a_lost_write_the_parent_is_read_anew() -> None:
    """What the parent embeds was read before the write, so it cannot tell whether the write took place."""
    world = make_world()
    world.memory.lists[ROLES] = [{"id": "r1", "name": "Engineering", "members": []}]
    problems: Problems = []
    parent = world.session.lookup(Ref("role"), "Engineering", "role", problems)
    assert world.session.collection(RESOURCES["role_membership"], parent).find("ada@example.com") == []
    made = {"id": "m1", "user": {"email": "ada@example.com", "uuid": "u1"}}
    world.memory.lists[ROLES][0]["members"].append(made)
    world.memory.lists[f"{ROLES}r1/role_memberships/"] = [made]
    world.session.stale()
    parent = world.session.lookup(Ref("role"), "Engineering", "role", problems)
    found = world.session.collection(RESOURCES["role_membership"], parent).find("ada@example.com")
    assert [obj["id"] for obj in found] == ["m1"]


# -- references ------------------------------------------------------------------------------------------------------


def people() -> World:
    """An organization with cohorts, flags, roles, members and an insight."""
    world = make_world()
    world.memory.lists[COHORTS] = [
        {"id": 1, "name": "Beta testers"},
        {"id": 2, "name": "42"},
        {"id": 3, "name": "Twice"},
    ]
    world.memory.lists[COHORTS] += [{"id": 4, "name": "Twice"}, {"id": 42, "name": "Forty-two"}]
    world.memory.lists[FLAGS] = [{"id": 7, "key": "base"}]
    world.memory.lists[INSIGHTS] = [{"id": 5, "name": "Signups", "short_id": "AbCdEfGh"}]
    world.memory.lists[MEMBERS] = [
        {"id": OTHER, "user": {"id": 17, "uuid": ORGANIZATION, "email": "Ada@example.com"}, "level": 8}
    ]
    return world


@pytest.mark.parametrize(
    ("ref", "value", "expected"),
    [
        (Ref("cohort"), "Beta testers", 1),
        (Ref("cohort"), 99, 99),
        (Ref("cohort"), "42", 2),
        (Ref("cohort"), "1", 1),
        (Ref("feature_flag", as_string=True), "base", "7"),
        (Ref("feature_flag", as_string=True), 7, "7"),
        (Ref("insight"), "Signups", 5),
        (Ref("insight"), "AbCdEfGh", 5),
        (Ref("insight"), 5, 5),
        (Ref("member", value="user.uuid"), "ada@example.com", ORGANIZATION),
        (Ref("member", value="user.uuid"), ORGANIZATION, ORGANIZATION),
        (Ref("member", value="user.uuid"), OTHER, ORGANIZATION),
        (Ref("member", value="user.uuid"), 17, ORGANIZATION),
        (Ref("member", value="user.id"), "ADA@example.com", 17),
        (Ref("cohort"), None, None),
    ],
)
def test_resolve(ref: Ref, value: Any, expected: Any) -> None:
    problems: Problems = []
    assert people().session.resolve(ref, value, "x", problems) == expected
    assert problems == []


def test_an_id_is_not_looked_up() -> None:
    world = people()
    world.session.resolve(Ref("cohort"), 5, "x", [])
    world.session.resolve(Ref("role"), OTHER, "x", [])
    assert world.memory.calls == []


def test_a_missing_name_offers_the_nearest() -> None:
    problems: Problems = []
    assert people().session.resolve(Ref("cohort"), "Beta tester", "filters.x", problems) == "Beta tester"
    assert problems[0][0] == "filters.x"
    assert "there is no cohort 'Beta tester'; did you mean Beta testers?" in problems[0][1]


def test_a_name_twice_names_both_ids() -> None:
    problems: Problems = []
    people().session.resolve(Ref("cohort"), "Twice", "x", problems)
    assert "ids 3, 4" in problems[0][1]


def test_check_mode_warns_of_what_does_not_exist_yet() -> None:
    world = people()
    world.session.policy = RunPolicy(check_mode=True)
    problems: Problems = []
    assert world.session.resolve(Ref("cohort"), "Coming", "x", problems) == "Coming"
    assert problems == []
    assert "x: there is no cohort 'Coming'" in world.warnings[0]


def test_writing_in_check_mode_is_a_defect() -> None:
    world = make_world(check_mode=True)
    with pytest.raises(AssertionError):
        world.session.write("POST", "/x/")
    assert world.memory.calls == []


RULES = (
    NestedRef({"type": "cohort"}, "value", Ref("cohort")),
    NestedRef({"type": "flag"}, "key", Ref("feature_flag", as_string=True)),
    NestedRef({"kind": "ActionsNode"}, "id", Ref("action")),
)


def test_nested_references_at_any_depth() -> None:
    field = dataclasses.replace(RESOURCES["feature_flag"].fields[2], refs=RULES)
    document = {
        "type": "cohort",
        "value": "Beta testers",
        "groups": [
            {"properties": [{"type": "cohort", "key": "id", "value": ["Beta testers", 9]}]},
            {"deep": {"deeper": [[{"type": "flag", "key": "base", "value": True}]]}},
            {"properties": [{"type": "person", "key": "base", "value": "Beta testers"}]},
            {"properties": [{"type": "cohort", "value": None}, {"type": "cohort"}]},
        ],
    }
    problems: Problems = []
    found = people().session.resolve_field(field, document, "filters", problems)
    assert problems == []
    assert found == {
        "type": "cohort",
        "value": 1,
        "groups": [
            {"properties": [{"type": "cohort", "key": "id", "value": [1, 9]}]},
            {"deep": {"deeper": [[{"type": "flag", "key": "7", "value": True}]]}},
            {"properties": [{"type": "person", "key": "base", "value": "Beta testers"}]},
            {"properties": [{"type": "cohort", "value": None}, {"type": "cohort"}]},
        ],
    }
    assert document["value"] == "Beta testers"


def test_paths_of_nested_references() -> None:
    told: list[str] = []
    walk(
        {"groups": [{"properties": [{"type": "cohort", "value": ["a", "b"]}, {"type": "flag", "key": "c"}]}]},
        RULES,
        lambda rule, item, where: told.append(where),
        "filters",
    )
    assert told == [
        "filters.groups[0].properties[0].value[0]",
        "filters.groups[0].properties[0].value[1]",
        "filters.groups[0].properties[1].key",
    ]


def test_names_come_back() -> None:
    world = people()
    world.session.resolve(Ref("cohort"), "Beta testers", "x", [])
    assert world.session.name_of(Ref("cohort"), 1) == "Beta testers"
    assert world.session.name_of(Ref("cohort"), 12345) == 12345


# -- what a plan shares between projects -------------------------------------------------------------------------------


def test_an_organizations_objects_are_the_same_in_all_its_projects() -> None:
    memory = account()
    memory.lists[f"/api/organizations/{ORGANIZATION}/roles/"] = []
    session = make_world(memory, project="1", organization=ORGANIZATION, check_mode=True).session
    role = RESOURCES["role"]
    session.collection(role).predict({"name": "Engineering"})
    beside = session.beside(None, "2")
    assert [item["name"] for item in beside.collection(role).find("Engineering")] == ["Engineering"]
    assert beside.beside(OTHER, None).collection(role) is not session.collection(role)
    beside.planning(False)
    assert session.collection(role).find("Engineering") == []


def test_what_is_in_a_predicted_object_is_asked_of_nobody() -> None:
    memory = account()
    session = make_world(memory, project="1", organization=ORGANIZATION, check_mode=True).session
    table = RESOURCES["role_membership"]
    first, second = ({"id": None, "name": name} for name in ("Engineering", "Marketing"))
    assert session.collection(table, first).all() == []
    assert session.collection(table, second) is not session.collection(table, first)
    assert session.collection(table, first) is session.collection(table, first)
    assert memory.calls == []


# -- what does not say that there is nothing --------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, [], "", 7])
def test_an_answer_without_an_object_is_not_gone(answer: Any) -> None:
    """Whoever takes it for "there is none" makes the object a second time."""
    world = flags("one")
    world.memory.singles["/api/projects/1/feature_flags/7/"] = answer
    collection = world.session.collection(table_of("feature_flag"))
    with pytest.raises(ApiError, match="whether it is there is not known"):
        collection.detail(7)
    assert collection.find("one"), "what is known of other objects stays"


@pytest.mark.parametrize("status", [404, 410])
def test_gone(status: int) -> None:
    world = flags()
    world.memory.errors["GET", "/api/projects/1/feature_flags/7/"] = api_error(status, "Not found.")
    assert world.session.collection(table_of("feature_flag")).detail(7) is None


@pytest.mark.parametrize("answer", [None, [], "text"])
@pytest.mark.parametrize("path", ["/api/users/@me/", "/api/projects/1/"])
def test_scopes_that_are_answered_with_nothing(path: str, answer: Any) -> None:
    world = make_world(Memory())
    world.memory.singles[path] = answer
    with pytest.raises(ApiError, match=f"GET {path} answered with"):
        world.session.me() if "users" in path else world.session.target.project()


# -- writes that must not be sent twice --------------------------------------------------------------------------------


def test_a_suspended_session_sends_no_second_post() -> None:
    world = make_world(Memory())
    world.session.suspend(UnknownOutcome("the first answer was lost"))
    for method, repeatable in (("POST", None), ("POST", False), ("PATCH", False), ("DELETE", False)):
        with pytest.raises(PostHogFailure, match="the first answer was lost; it was not there when looked for again"):
            world.session.write(method, "/api/projects/1/things/", {}, repeatable=repeatable)
    assert world.memory.writes == []


def test_a_suspended_session_sends_what_does_no_harm_twice() -> None:
    world = make_world(Memory())
    world.memory.lists["/api/projects/1/things/"] = [{"id": 1}]
    world.session.suspend(UnknownOutcome("the first answer was lost"))
    world.session.write("PATCH", "/api/projects/1/things/1/", {"a": 1})
    world.session.write("DELETE", "/api/projects/1/things/1/")
    assert [method for method, _path, _body in world.memory.writes] == ["PATCH", "DELETE"]


def test_the_next_object_is_not_suspended() -> None:
    world = make_world(Memory())
    world.session.suspend(UnknownOutcome("lost"))
    world.session.suspend(None)
    world.session.write("POST", "/api/projects/1/things/", {})
    assert len(world.memory.writes) == 1


def test_one_thread_suspends_itself_only() -> None:
    world = make_world(Memory())
    thread = threading.Thread(target=world.session.suspend, args=(UnknownOutcome("lost"),))
    thread.start()
    thread.join()
    world.session.write("POST", "/api/projects/1/things/", {})
    assert len(world.memory.writes) == 1
