# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which project is meant, what is said where there is none, and how what was read of a type is kept."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import Ambiguous, ApiError, PostHogFailure
from ansible_collections.community.posthog.plugins.module_utils._resources.index import resource as table_of
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import Text
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session
from ansible_collections.community.posthog.plugins.module_utils._state.target import PLANNED
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

OTHER = "01890000-0000-0000-0000-0000000000bb"
HOST = "http://127.0.0.1:1"

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
        memory.singles[f"/api/organizations/{organization['id']}/"] = organization
        for project in organization["projects"]:
            memory.singles[f"/api/projects/{project['id']}/"] = {**project, "organization": organization["id"]}
    return memory


def session(memory: Memory | None = None, **options: Any) -> Session:
    """A session of that account."""
    return make_world(memory or account(), **{"organization": None, "project": None, **options}).session


def failure(work: Any) -> PostHogFailure:
    """What it fails with."""
    with pytest.raises(PostHogFailure) as caught:
        work()
    return caught.value


# -- projects and organizations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organization", "project", "sentence"),
    [
        (
            None,
            "Prod",
            "project: this key sees no project 'Prod'; did you mean Production?",
        ),
        (
            None,
            "Xyzzy",
            "project: this key sees no project 'Xyzzy'; it sees 1 (Production), 2 (Staging), 3 (Production)",
        ),
        (
            None,
            "production",
            "project: 2 projects are called 'production' (ids 1, 3); give the id, or the organization",
        ),
        (
            "Xyzzy",
            "Staging",
            "organization: this key sees no organization 'Xyzzy'; it sees Ada's Analytics, Babbage & Co",
        ),
        (
            "Babage & Co",
            "Staging",
            "organization: this key sees no organization 'Babage & Co'; did you mean Babbage & Co?",
        ),
        ("babbage", "Staging", "project: this key sees no project 'Staging'; it sees 3 (Production)"),
    ],
)
def test_projects_that_nobody_sees(organization: str | None, project: str, sentence: str) -> None:
    assert failure(session(organization=organization, project=project).project_id).message == sentence


def test_accounts_with_little_in_them() -> None:
    memory = account()
    memory.lists["/api/organizations/"] = []
    assert failure(session(memory, project="X").project_id).message == "project: this key sees no project 'X'"
    assert failure(session(memory, organization="X").organization_id).message == (
        "organization: this key sees no organization 'X'"
    )
    many = [{"id": number, "name": f"n{number}"} for number in range(1, 20)]
    memory.lists["/api/organizations/"] = [{**ORGANIZATIONS[0], "projects": many}]
    message = failure(session(memory, project="Xyzzy").project_id).message
    assert message.startswith("project: this key sees no project 'Xyzzy'; it sees 1 (n1), 2 (n2), ")
    shown = message.count("(n")
    assert message.endswith(f" and {19 - shown} more") and 3 <= shown < 19


def test_organizations_of_one_name() -> None:
    memory = account()
    memory.lists["/api/organizations/"] = [{**ORGANIZATIONS[0], "name": "Same"}, {**ORGANIZATIONS[1], "name": "same"}]
    error = failure(session(memory, organization="SAME").organization_id)
    assert isinstance(error, Ambiguous)
    assert error.message == (
        f"organization: 2 organizations have the name 'SAME' ({ORGANIZATION}, {OTHER}); give the UUID"
    )
    assert session(memory, organization="ADA").organization_id() == ORGANIZATION
    assert session(memory, organization=OTHER).organization_id() == OTHER


def test_projects_that_a_run_needs_to_exist() -> None:
    world = make_world(account(), organization=None, project="Xyzzy", check_mode=True)
    assert world.session.project_id() == PLANNED and world.session.target.project() == {}
    assert world.warnings == [
        (
            "project: this key sees no project 'Xyzzy'; it sees 1 (Production), 2 (Staging), 3 (Production); a run "
            "needs it to exist by then"
        )
    ]
    strict = make_world(account(), organization=None, project="Xyzzy", check_mode=True)
    strict.session.policy = RunPolicy(check_mode=True, strict=True)
    assert failure(strict.session.project_id).message.startswith("project: this key sees no project")
    strict.session.shared.planned_projects.add("xyzzy")
    assert strict.session.project_id() == PLANNED and strict.warnings == []


@pytest.mark.parametrize("status", [403, 404])
def test_keys_that_may_learn_little(status: int) -> None:
    memory = account()
    for path in ("/api/organizations/@current/", "/api/projects/@current/", "/api/projects/1/"):
        memory.errors["GET", path] = api_error(status, "No.")
    memory.errors["GET", f"/api/organizations/{ORGANIZATION}/"] = api_error(status, "No.")
    one = session(memory)
    assert (one.organization_id(), one.project_id()) == (ORGANIZATION, "2")
    assert session(memory, organization=ORGANIZATION).organization() == ORGANIZATIONS[0]
    assert session(memory, project="1").target.project() == {}
    memory.errors["GET", "/api/users/@me/"] = api_error(status, "No.")
    poor = session(memory)
    assert (poor.organization_id(), poor.project_id(), poor.me()) == ("@current", "@current", {})
    assert session(memory, organization=ORGANIZATION).organization() == {}
    memory.errors["GET", "/api/organizations/"] = api_error(status, "No.")
    assert session(memory).account.organizations() == [] and session(memory).account.projects() == []


def test_organizations_of_keys_that_may_not_list_them() -> None:
    memory = account()
    memory.errors["GET", "/api/organizations/"] = api_error(403, "No.")
    memory.singles["/api/users/@me/"] = {
        "organization": ORGANIZATIONS[0],
        "organizations": [{"id": ORGANIZATION, "name": "again"}, {"id": OTHER, "name": "Babbage & Co"}, "odd"],
    }
    one = session(memory)
    assert [item["name"] for item in one.account.organizations()] == ["Ada's Analytics", "Babbage & Co"]
    assert not one.account.lists_organizations and session().account.lists_organizations
    assert [(item["id"], item["organization"]) for item in one.account.projects()] == [
        (1, ORGANIZATION),
        (2, ORGANIZATION),
    ]
    memory.singles["/api/users/@me/"] = {"organization": None, "organizations": None}
    assert session(memory).account.organizations() == []
    for status in (400, 401):
        memory.errors["GET", "/api/organizations/"] = api_error(status, "No.")
        assert isinstance(failure(session(memory).account.organizations), ApiError)


def test_the_organization_of_a_project() -> None:
    assert session(project="3").organization_id() == OTHER
    memory = account()
    memory.singles["/api/projects/3/"] = {"id": 3, "organization_id": OTHER}
    assert session(memory, project="3").organization_id() == OTHER
    memory.singles["/api/projects/3/"] = {"id": 3}
    assert session(memory, project="3").organization_id() == ORGANIZATION
    assert session(project="3", organization="ada").organization_id() == ORGANIZATION
    assert session(project="Nowhere").organization_id() == ORGANIZATION
    assert [session(project=name).target.project_name for name in (None, "@current", "12", "Main", "1a")] == [
        None,
        None,
        None,
        "Main",
        "1a",
    ]


def test_teams_of_older_servers() -> None:
    memory = account()
    memory.lists["/api/organizations/"] = [
        {"id": ORGANIZATION, "name": "A", "teams": [{"id": 5, "name": "Old"}, {"name": "x"}]}
    ]
    assert session(memory).account.projects() == [{"id": 5, "name": "Old", "organization": ORGANIZATION}]


def test_a_project_of_another_organization() -> None:
    one = session(organization="babbage", project="1")
    one.target.named_organization = True
    assert failure(one.project_id).message == failure(one.project_id).message
    assert failure(one.target.check_owner).message.startswith(
        "project: 'Production' (1) belongs to the organization Ada's Analytics, "
    )
    for organization, project in (("ada", "1"), (ORGANIZATION, "2"), (None, "3"), ("babbage", "3")):
        fine = session(organization=organization, project=project)
        fine.target.named_organization = True
        assert fine.project_id() == project


def test_what_one_process_finds_of_a_project_the_others_need_not_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(project: str, organization: str = ORGANIZATION) -> int:
        memory = account()
        memory.shared = str(tmp_path)
        one = session(memory, project=project, organization=organization)
        one.target.named_organization = one.target.named_project = True
        assert one.project_id() == project
        return sum(path == f"/api/projects/{project}/" for _method, path, _body in memory.calls)

    assert [asked("2"), asked("2"), asked("1"), asked("1"), asked("2")] == [1, 0, 1, 0, 0]
    assert not (tmp_path / "owners").stat().st_mode & 0o077
    # The same project in another organization is a mistake, whatever was found before.
    with pytest.raises(PostHogFailure, match="belongs to the organization"):
        asked("2", OTHER)
    # Projects can be moved.
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 601)
    assert [asked("2"), asked("2")] == [1, 0]
    # What somebody was writing when it was killed is no finding.
    (tmp_path / "owners").write_text(f"1 {ORGANIZATION} {int(now)}x\n2 {ORGANIZATION}\n\0\n", encoding="utf-8")
    assert [asked("1"), asked("2")] == [1, 1]
    (tmp_path / "owners").unlink()
    (tmp_path / "owners").mkdir()
    assert [asked("1"), asked("1")] == [1, 1]


def test_sessions_elsewhere() -> None:
    one = session(project="1")
    one.many = True
    one.policy = RunPolicy(marks=True, brief=True, adopts=frozenset({"x"}))
    assert one.project_id() == "1" and one.within("1") is one and one.within(1) is one
    two = one.within("2")
    assert two is one.within(2) and two.project_id() == "2" and two is not one
    assert two.many and two.policy == RunPolicy(marks=True, brief=True, adopts=frozenset({"x"}))
    assert two.secrets is one.secrets and two.traits is one.traits and two.shared is one.shared
    new = one.within(None)
    assert new.project_id() == PLANNED and new is one.within(None)
    assert one.beside(None, None) is one
    there = one.beside("babbage", None)
    assert there is one.beside("babbage", None) and there.target.named_organization and not there.target.named_project
    assert one.beside(None, "Staging").target.named_project
    assert not one.beside(None, "Staging").target.named_organization
    assert one.beside(None, "Staging").project_id() == "2"
    kept = one.beside(None, "Staging")
    assert one.afresh(None, "Staging") is not kept and one.afresh(None, None) is one
    assert one.within_organization(ORGANIZATION).organization_id() == ORGANIZATION
    assert one.within_organization(None).organization_id() == PLANNED
    one.policy = RunPolicy(check_mode=True, strict=True)
    assert all(inner.check_mode and inner.policy.strict for inner in (one, two, new, there))
    one.planning(False)
    assert not any(inner.check_mode or inner.policy.strict for inner in (one, two, new, there))


# -- explanations ----------------------------------------------------------------------------------------------------


def not_found(path: str, status: int = 404, detail: str = "Not found.") -> ApiError:
    """An error of a path."""
    return api_error(status, detail, "PATCH", path)


def test_explanations_about_projects() -> None:
    explained = session().explained(not_found("/api/projects/77/cohorts/"))
    assert explained.message == (
        f"project: this key has no project 77 at {HOST}; it sees 1 (Production), 2 (Staging), 3 (Production) - "
        "PostHog said: Not found."
    )
    assert (explained.status, explained.method, explained.path) == (404, "PATCH", "/api/projects/77/cohorts/")
    assert explained.envelope is not None and explained.envelope["detail"] == "Not found."
    assert (
        session()
        .explained(not_found("/api/environments/77/x/", 403, "No access to the PROJECT."))
        .message.endswith("- PostHog said: No access to the PROJECT.")
    )
    assert session().explained(not_found("/api/projects/77/x/", 404, "")).message.endswith("- PostHog said: 404")
    for error in (
        not_found("/api/projects/1/cohorts/"),
        not_found("/api/projects/77/x/", 400),
        not_found("/api/projects/77/x/", 403, "Something else."),
        not_found("/api/projects/77/x/", 403, "project:read is missing"),
        not_found("/api/projects/77/x/", 403, "project:write is missing"),
        not_found("/api/users/77/x/"),
        ApiError("x", status=404, path="/api/projects/77/x/"),
    ):
        assert session().explained(error) is error


def test_explanations_about_organizations() -> None:
    explained = session().explained(not_found("/api/organizations/zz/roles/", 403, "No."))
    assert explained.message == (
        f"organization: this key has no organization zz at {HOST}; it sees Ada's Analytics ({ORGANIZATION}), Babbage "
        f"& Co ({OTHER}) - PostHog said: No."
    )
    assert session().explained(not_found("/api/organizations/zz/roles/", 404, "")).message.endswith("PostHog said: 404")
    for error in (
        not_found(f"/api/organizations/{OTHER}/roles/"),
        not_found("/api/organizations/@current/roles/"),
        not_found("/api/organizations/zz/roles/", 400),
        not_found("/api/organizations/zz/roles/", 403, "role:read is missing"),
        not_found("/api/organizations/"),
        ApiError("x", status=404, path="/api/organizations/zz/roles/"),
    ):
        assert session().explained(error) is error
    memory = account()
    memory.errors["GET", "/api/organizations/"] = api_error(401, "No.")
    error = not_found("/api/organizations/zz/roles/")
    assert session(memory).explained(error) is error
    about = not_found("/api/projects/77/x/")
    assert session(memory).explained(about).message == (
        f"project: this key has no project 77 at {HOST} - PostHog said: Not found."
    )


def test_types_that_a_server_does_not_have() -> None:
    world = flags()
    detail = "Endpoint not found"
    world.memory.errors["GET", FLAGS] = api_error(404, detail, "GET", FLAGS)
    assert failure(flags_of(world).all).message == (
        f"the PostHog at {HOST} has no feature flags; it answered 404 to GET {FLAGS}"
    )
    newer = dataclasses.replace(table_of("feature_flag"), since="May 2025")
    error = world.session.explain.unavailable(newer, api_error(404, detail, "GET", FLAGS))
    assert error.message == (
        f"the PostHog at {HOST} has no feature flags (introduced in May 2025); it answered 404 to GET {FLAGS}"
    )
    other = api_error(404, "Not found.", "GET", FLAGS)
    assert world.session.explain.unavailable(newer, other) is other


# -- features and paths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organization", "features"),
    [
        ({"available_product_features": [{"key": "a"}, "odd", {"key": "b"}]}, {"a", "b"}),
        ({"available_product_features": []}, set()),
        ({"available_features": ["a"]}, {"a"}),
        ({}, None),
    ],
)
def test_features_of_the_plan(organization: Obj, features: set[str] | None) -> None:
    memory = account()
    memory.singles["/api/organizations/@current/"] = {"id": ORGANIZATION, **organization}
    assert session(memory).features() == features


def test_places_of_types() -> None:
    one = session(project="1", organization=ORGANIZATION)
    table = table_of("cohort")
    assert one.place_of(table) == "1" and one.path(table, "cohorts/") == "/api/projects/1/cohorts/"
    team = dataclasses.replace(table, scope=Scope.ORGANIZATION)
    assert one.place_of(team) == ORGANIZATION
    assert one.path(team, "teams/") == f"/api/organizations/{ORGANIZATION}/teams/"
    assert one.place_of(dataclasses.replace(table, scope=Scope.INSTANCE)) == ""
    assert one.path(table, "/api/x/{project}/") == "/api/x/1/"


# -- collections -----------------------------------------------------------------------------------------------------

FLAGS = "/api/projects/1/feature_flags/"
WIDGETS = "/api/projects/1/widgets/"


def flags(*keys: str) -> World:
    """A project with flags."""
    memory = account()
    memory.lists[FLAGS] = [{"id": number, "key": key} for number, key in enumerate(keys, 1)]
    return make_world(memory)


def flags_of(world: World) -> Collection:
    """Its flags."""
    return world.session.collection(table_of("feature_flag"))


def widget(**options: Any) -> Resource:
    """A type of the tests."""
    given: Obj = {
        "type": "widget",
        "plural": "widgets",
        "scope": Scope.PROJECT,
        "path": "widgets/",
        "identity": Identity("name", ("name",)),
        "scopes": ("widget:read", "widget:write"),
        "order": 50,
        "fields": (Text("name", required=True),),
    }
    return Resource(**{**given, **options})


DETAILED = widget(fields=(Text("name", required=True), Text("more", in_list=False)))


def widgets_of(
    table: Resource, *objects: Obj, check_mode: bool = False, many: bool = False
) -> tuple[World, Collection]:
    """Some of that type."""
    memory = account()
    memory.lists[WIDGETS] = [dict(obj) for obj in objects]
    world = make_world(memory, tables=[table], check_mode=check_mode)
    world.session.many = many
    return world, world.session.collection(table)


@pytest.mark.parametrize(
    ("names", "asked", "offer"),
    [
        ([], "x", "; there is no widget at all"),
        (["Weekly"], "Weekli", "; did you mean Weekly?"),
        (["one"], "Xyzzy", "; there is only 'one'"),
        (["two", "one"], "Xyzzy", "; there are 'one', 'two'"),
        (["", "one"], "Xyzzy", "; there is only 'one'"),
    ],
)
def test_what_is_offered(names: list[str], asked: str, offer: str) -> None:
    world, collection = widgets_of(widget(), *({"id": index, "name": name} for index, name in enumerate(names)))
    assert collection.offered(asked) == offer
    problems: Problems = []
    world.session.lookup(Ref("widget"), asked, "x", problems)
    assert problems == [("x", f"there is no widget {asked!r}{offer}")]


def test_what_is_offered_of_many() -> None:
    _world, collection = widgets_of(widget(), *({"id": n, "name": f"n{n:02}", "kind": n % 2} for n in range(30)))
    text = collection.offered("Xyzzy")
    shown = text.count("'n")
    assert text == "; there are " + ", ".join(f"'n{n:02}'" for n in range(shown)) + f" and {30 - shown} more"
    assert collection.offered("x", [("kind", 7)]) == "; there is no such widget at all"
    assert "'n01', 'n03'" in collection.offered("Xyzzy", [("kind", 1)])


def test_references_that_cannot_be_told() -> None:
    world, _collection = widgets_of(widget(), {"id": 1, "name": "a", "kind": 1}, {"id": 2, "name": "a", "kind": 2})
    problems: Problems = []
    assert world.session.lookup(Ref("widget"), "a", "x[0]", problems) is None
    assert problems == [("x[0]", "2 objects of type widget are called 'a' (ids 1, 2); give the id")]
    problems = []
    found = world.session.lookup(Ref("widget", where=(("kind", 2),)), "a", "x", problems)
    assert found is not None and found["id"] == 2 and problems == []
    world.session.lookup(Ref("widget", where=(("kind", 3),)), "a", "x", problems)
    assert problems == [("x", "there is no widget 'a' with the kind 3; there is no such widget at all")]
    assert world.session.resolve(Ref("widget"), "zzz", "x", []) == "zzz"


def test_references_in_a_check_run() -> None:
    world, _collection = widgets_of(widget(), {"id": 1, "name": "one"}, check_mode=True)
    problems: Problems = []
    assert world.session.resolve(Ref("widget"), "Xyzzy", "x", problems) == "Xyzzy" and problems == []
    assert world.warnings == ["x: there is no widget 'Xyzzy'; there is only 'one'; a run needs it to exist by then"]
    world.session.policy = RunPolicy(check_mode=True, strict=True)
    world.session.resolve(Ref("widget"), "Xyzzy", "x", problems)
    assert len(problems) == 1 and len(world.warnings) == 1


def test_values_of_references() -> None:
    world, _collection = widgets_of(widget(), {"id": 5, "name": "a", "uuid": "u"}, {"id": 6, "name": "7"})
    resolve = world.session.resolve
    assert resolve(Ref("widget"), "a", "x", []) == 5
    assert resolve(Ref("widget", as_string=True), "a", "x", []) == "5"
    assert resolve(Ref("widget", value="uuid"), "a", "x", []) == "u"
    assert resolve(Ref("widget"), None, "x", []) is None
    # An id is taken as it is, a name of digits is a name first.
    assert resolve(Ref("widget"), 99, "x", []) == 99 and resolve(Ref("widget", as_string=True), 99, "x", []) == "99"
    assert resolve(Ref("widget"), "7", "x", []) == 6 and resolve(Ref("widget"), "5", "x", []) == 5
    assert resolve(Ref("widget", value="missing"), "a", "x", []) == "a"
    assert world.session.name_of(Ref("widget"), 5) == "a" and world.session.name_of(Ref("widget"), 99) == 99
    assert world.session.name_of(Ref("widget", value="uuid"), "u") == "a"


def test_what_was_read_is_kept() -> None:
    world = flags("a", "b")
    collection = flags_of(world)
    assert collection is flags_of(world) and len(collection) == 0
    assert [obj["key"] for obj in collection.all()] == ["a", "b"] and len(collection) == 2
    collection.all()
    assert collection.find("a")[0]["id"] == 1 and collection.find("zzz") == []
    assert len([path for _method, path, _query in world.memory.reads if path == FLAGS]) <= 2
    collection.stale()
    assert len(collection) == 0 and not collection.complete
    world.memory.lists[FLAGS].append({"id": 3, "key": "c"})
    assert [obj["key"] for obj in collection.all()] == ["a", "b", "c"]


def test_what_is_gone_is_forgotten() -> None:
    world = flags("a", "b")
    collection = flags_of(world)
    (one, two) = collection.all()
    del world.memory.lists[FLAGS][0]
    collection.forget(one)
    assert collection.find("a") == [] and collection.all() == [two]
    collection.remember({"id": 2, "key": "renamed"}, whole=True)
    assert collection.find("b") == [] and collection.find("renamed")[0]["id"] == 2
    # A list's shorter form does not replace what is known whole.
    assert collection.remember({"id": 2, "key": "short"})["key"] == "renamed"
    assert collection.get(2) == {"id": 2, "key": "renamed"} and collection.get("2") == {"id": 2, "key": "renamed"}


def test_predictions_are_taken_back() -> None:
    _world, collection = widgets_of(widget(), {"id": 1, "name": "a"}, {"id": 2, "name": "b"}, check_mode=True)
    collection.all()
    (one,), (two,) = collection.find("a"), collection.find("b")
    collection.predict({"name": "new"})
    collection.predict({"name": "other"})
    collection.predict({"id": 1, "name": "renamed"}, instead_of=one)
    collection.predict(None, instead_of=two)
    assert sorted(obj["name"] for obj in collection.all()) == ["new", "other", "renamed"]
    assert collection.find("a") == [] and collection.find("b") == []
    collection.rollback()
    assert sorted(obj["name"] for obj in collection.all()) == ["a", "b"]
    assert collection.find("a") == [one] and collection.find("b") == [two] and collection.find("new") == []
    collection.rollback()
    assert len(collection) == 2


def test_a_list_that_is_refused_is_asked_for_once() -> None:
    world, collection = widgets_of(widget())
    world.memory.errors["GET", WIDGETS] = api_error(403, "No.")
    for _again in range(3):
        assert failure(collection.all).message == "403: No."
    assert len(world.memory.calls) == 1
    collection.stale()
    failure(collection.all)
    assert len(world.memory.calls) == 2


def test_objects_by_their_ids() -> None:
    table = widget()
    world, collection = widgets_of(table, {"id": 1, "name": "a", "other": "o"}, {"id": 2, "name": "b", "deleted": True})
    assert collection.get(1) == {"id": 1, "name": "a", "other": "o"} and collection.get(2) is None
    assert collection.get(9) is None
    closed = dataclasses.replace(table, retrievable=False, other_ids=("other",))
    world, collection = widgets_of(closed, {"id": 1, "name": "a", "other": "o"})
    assert collection.get("o") == collection.get(1) == {"id": 1, "name": "a", "other": "o"}
    assert collection.get("None") is None
    assert [path for _method, path, _query in world.memory.reads] == [WIDGETS]


def test_names_are_searched_where_that_is_cheap() -> None:
    table = widget(identity=Identity("name", ("name",), filter="search"))
    world, collection = widgets_of(table, {"id": 1, "name": "a"}, {"id": 2, "name": "b"})
    world.memory.listing = lambda objects, query: [
        obj for obj in objects if "search" not in query or query["search"] == obj["name"]
    ]
    assert [obj["id"] for obj in collection.find("a")] == [1]
    assert world.memory.reads == [("GET", WIDGETS, {"search": "a"})]
    assert [obj["id"] for obj in collection.find("b")] == [2] and collection.complete
    assert world.memory.reads[1:] == [("GET", WIDGETS, {})]
    assert collection.find("c") == [] and len(world.memory.reads) == 2
    # Many objects: the whole list first. A name that is too long for the search: too.
    for many, name in ((True, "a"), (False, "n" * 1000)):
        world, collection = widgets_of(table, {"id": 1, "name": "a"}, many=many)
        collection.find(name)
        assert world.memory.reads == [("GET", WIDGETS, {})]


def test_whole_objects() -> None:
    world, collection = widgets_of(DETAILED, {"id": 1, "name": "a"})
    (listed,) = collection.all()
    world.memory.lists[WIDGETS][0]["more"] = 1
    whole = collection.whole(listed)
    assert whole == {"id": 1, "name": "a", "more": 1}
    reads = len(world.memory.reads)
    assert collection.whole(listed) is not None and len(world.memory.reads) == reads
    world, collection = widgets_of(widget(), {"id": 1, "name": "a"})
    (listed,) = collection.all()
    assert collection.whole(listed) is listed and len(world.memory.reads) == 1
    assert collection.whole({"name": "predicted"}) == {"name": "predicted"}


def test_writing_in_a_check_run_is_a_defect() -> None:
    world, _collection = widgets_of(widget(), check_mode=True)
    with pytest.raises(AssertionError, match=f"^check mode must not send POST {WIDGETS}$"):
        world.session.write("POST", WIDGETS, {})
    assert world.memory.calls == []


def test_a_strict_session_shares_all_but_the_policy() -> None:
    """A look-up in which a missing name needs no warning changes nothing for the look-ups beside it."""
    world, collection = widgets_of(widget(), {"id": 1, "name": "one"}, check_mode=True)
    strict = world.session.strictly()
    problems: Problems = []
    assert strict.resolve(Ref("widget"), "Xyzzy", "x", problems) == "Xyzzy"
    assert [path for path, _text in problems] == ["x"] and world.warnings == []
    assert strict.strictly() is strict and strict.policy.strict and not world.session.policy.strict
    assert strict.check_mode and strict.shared is world.session.shared
    assert strict.collection(widget()) is collection and collection.session is world.session
    assert strict.within("2").policy.strict and strict.beside(None, "2").policy.strict
    assert strict.within_organization("o").policy.strict and not world.session.within("2").policy.strict
    fresh = strict.collection(dataclasses.replace(widget(), type="gadget"))
    assert fresh.session is world.session
