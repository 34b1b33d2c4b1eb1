# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about access rules and sharing."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import MASK
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources import access
from ansible_collections.community.posthog.plugins.module_utils._resources.access import (
    ACCESS_CONTROL,
    NAMED,
    SHARING,
    Shared,
)
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES as TYPES
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    make_world,
)

PROJECT = "/api/projects/1/"
ROLE = "01890000-0000-0000-0000-000000000001"
MEMBERSHIP = "01890000-0000-0000-0000-000000000002"
USER = "01890000-0000-0000-0000-000000000003"


class Rules(Memory):
    """Keeps rules as PostHog does."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        if method != "PUT":
            return super()._write(method, path, body)
        rules = self.singles.setdefault(path, {"access_controls": []})["access_controls"]
        keys = ("resource", "role", "organization_member")
        for rule in list(rules):
            if all(rule.get(key) == body.get(key) for key in keys):
                rules.remove(rule)
        if body["access_level"] is None:
            return None
        rules.append({"role": None, "organization_member": None, "resource_id": None, **body})
        return rules[-1]


def ruled(check_mode: bool = False, features: tuple[str, ...] = ("role_based_access",), **lists: list[Obj]) -> World:
    """A project with rules, people and a dashboard."""
    memory = Rules()
    people = f"/api/organizations/{ORGANIZATION}/"
    memory.singles[people] = {"id": ORGANIZATION, "available_product_features": [{"key": key} for key in features]}
    memory.lists[f"{people}roles/"] = [{"id": ROLE, "name": "Engineering"}]
    memory.lists[f"{people}members/"] = [{"id": MEMBERSHIP, "user": {"uuid": USER, "id": 4, "email": "ada@acme.test"}}]
    memory.lists[f"{PROJECT}dashboards/"] = [{"id": 7, "name": "Weekly KPIs"}]
    for name in ("access_controls", "resource_access_controls", "dashboards/7/access_controls"):
        memory.singles[f"{PROJECT}{name}/"] = {"access_controls": lists.get(name.replace("/", "_"), [])}
    return make_world(memory, check_mode=check_mode)


def rule(world: World, **options: Any) -> Outcome:
    """Declare a rule."""
    return Reconciler(world.session, ACCESS_CONTROL).present(read_object(ACCESS_CONTROL, options))


def no_rule(world: World, **options: Any) -> Outcome:
    """Declare that there is no such rule."""
    return Reconciler(world.session, ACCESS_CONTROL).absent(read_object(ACCESS_CONTROL, options))


PLACES = [
    ({"resource": "project", "access_level": "member"}, "access_controls"),
    ({"resource": "dashboard", "access_level": "viewer"}, "resource_access_controls"),
    ({"resource": "dashboard", "object": "Weekly KPIs", "access_level": "editor"}, "dashboards/7/access_controls"),
    ({"resource": "dashboard", "object": "7", "access_level": "editor"}, "dashboards/7/access_controls"),
]


@pytest.mark.parametrize(("options", "where"), PLACES)
@pytest.mark.parametrize(
    ("who", "sent"),
    [
        ({}, {}),
        ({"role": "Engineering"}, {"role": ROLE}),
        ({"organization_member": "ada@acme.test"}, {"organization_member": MEMBERSHIP}),
        ({"organization_member": USER}, {"organization_member": MEMBERSHIP}),
    ],
)
def test_rules_go_where_they_belong(options: Obj, where: str, who: Obj, sent: Obj) -> None:
    world = ruled(features=("role_based_access", "advanced_permissions"))
    path = f"{PROJECT}{where}/"
    kind, level = options["resource"], options["access_level"]
    assert rule(world, **options, **who).action == "created"
    assert world.memory.writes == [("PUT", path, {"resource": kind, **sent, "access_level": level})]
    assert not rule(world, **options, **who).changed
    changed = rule(world, **{**options, **who, "access_level": "none"})
    assert (changed.before["access_level"], changed.after["access_level"]) == (level, "none")
    assert world.memory.writes[1:] == [("PUT", path, {"resource": kind, **sent, "access_level": "none"})]
    assert no_rule(world, **options, **who).action == "deleted"
    assert world.memory.writes[2:] == [("PUT", path, {"resource": kind, **sent, "access_level": None})]
    assert not no_rule(world, **options, **who).changed


def test_rules_for_others_are_other_rules() -> None:
    world = ruled()
    rule(world, resource="dashboard", role="Engineering", access_level="manager")
    rule(world, resource="dashboard", access_level="viewer")
    rule(world, resource="insight", access_level="none")
    assert [body.get("role") for _method, _path, body in world.memory.writes] == [ROLE, None, None]
    assert no_rule(world, resource="dashboard").changed
    kept = world.memory.singles[f"{PROJECT}resource_access_controls/"]["access_controls"]
    assert [(item["resource"], item["role"]) for item in kept] == [("dashboard", ROLE), ("insight", None)]


def test_one_list_serves_all_rules_of_a_place() -> None:
    world = ruled()
    for kind in ("dashboard", "insight", "survey", "notebook"):
        rule(world, resource=kind, access_level="viewer")
    # Before the first write, that the project belongs to the organization.
    assert [path for _method, path, _body in world.memory.reads] == [f"{PROJECT}resource_access_controls/", PROJECT]


def test_check_mode_predicts() -> None:
    world = ruled(check_mode=True)
    assert rule(world, resource="dashboard", access_level="viewer").action == "created"
    assert not rule(world, resource="dashboard", access_level="viewer").changed
    assert rule(world, resource="dashboard", object="Still to come", access_level="viewer").action == "created"
    assert any("no dashboard 'Still to come'" in text for text in world.warnings)
    assert no_rule(world, resource="dashboard").action == "deleted"
    assert not no_rule(world, resource="dashboard").changed
    assert world.memory.writes == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_nobody_has_no_rule(check_mode: bool) -> None:
    """What a rule is for or about may be gone already."""
    world = ruled(check_mode=check_mode)
    assert not no_rule(world, resource="dashboard", role="Gone").changed
    assert not no_rule(world, resource="dashboard", organization_member="gone@acme.test").changed
    assert not no_rule(world, resource="dashboard", object="Gone").changed
    assert world.warnings == [] and world.memory.writes == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"resource": "project", "access_level": "viewer"}, "no level for project; it takes none, member, admin"),
        ({"resource": "dashboard", "access_level": "admin"}, "dashboard; it takes none, viewer, editor, manager"),
        ({"resource": "action", "access_level": "none"}, "no level for action; it takes viewer, editor, manager"),
        ({"resource": "toolbar", "access_level": "editor"}, "no level for toolbar; it takes none, viewer"),
        ({"resource": "dashbord", "access_level": "none"}, "did you mean dashboard"),
        ({"resource": "insight", "access_level": "viewr"}, "did you mean viewer"),
        (
            {"resource": "insight", "access_level": "none", "role": "a", "organization_member": "b"},
            "for a role or for a member, not for both",
        ),
        ({"resource": "project", "access_level": "none", "object": "x"}, "names no object"),
    ],
)
def test_what_cannot_be_is_refused_at_once(options: Obj, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_object(ACCESS_CONTROL, options)
    assert said in refused.value.message


def test_objects_that_the_collection_does_not_know_by_name() -> None:
    world = ruled()
    with pytest.raises(InvalidInput, match="objects of the kind heatmap are given by their id, not as 'Home'"):
        rule(world, resource="heatmap", object="Home", access_level="viewer")
    world.memory.singles[f"{PROJECT}heatmaps/12/access_controls/"] = {"access_controls": []}
    assert rule(world, resource="heatmap", object="12", access_level="viewer").changed


def test_kinds_whose_objects_have_names_are_types() -> None:
    assert set(access.RESOURCES) >= NAMED
    tables = [TYPES[kind] for kind in access.RESOURCES if kind in TYPES]
    # A recording has no name; what is only read has no rules of single objects.
    wanted = {table.type for table in tables if table.scope is Scope.PROJECT and table.module}
    assert wanted - {"session_recording"} == NAMED


def test_rules_for_roles_need_a_plan() -> None:
    world = ruled(features=())
    assert rule(world, resource="dashboard", role="Engineering", access_level="manager").changed
    assert len(world.warnings) == 1 and "'role_based_access'" in world.warnings[0]
    assert not rule(world, resource="dashboard", role="Engineering", access_level="manager").changed
    assert len(world.warnings) == 1


# -- sharing ---------------------------------------------------------------------------------------------------------

OPENED = {"created_at": "2026-01-01T00:00:00Z", "enabled": True, "access_token": "tok-abcdef", "share_passwords": []}


class Shares(Memory):
    """Keeps sharing as PostHog does."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        where, _sharing, rest = path.partition("sharing/")
        stored = self.singles[f"{where}sharing/"]
        if rest == "refresh/":
            stored["access_token"] = "tok-second"
        elif rest == "passwords/":
            entry = {"id": f"p{len(self.calls)}", "note": body["note"], "is_active": True}
            stored["share_passwords"].append(entry)
            return {**entry, "password": body["raw_password"]}
        elif rest:
            number = rest.split("/")[1]
            stored["share_passwords"] = [item for item in stored["share_passwords"] if item["id"] != number]
            return None
        else:
            stored.update({"created_at": "2026-01-01T00:00:00Z", **body})
        return stored


def shared(check_mode: bool = False, features: tuple[str, ...] = ("advanced_permissions",), **stored: Any) -> World:
    """A dashboard and an insight."""
    memory = Shares()
    people = f"/api/organizations/{ORGANIZATION}/"
    memory.singles[people] = {"id": ORGANIZATION, "available_product_features": [{"key": key} for key in features]}
    memory.lists[f"{PROJECT}dashboards/"] = [{"id": 7, "name": "Weekly KPIs"}]
    memory.lists[f"{PROJECT}insights/"] = [{"id": 8, "name": "Signups"}]
    for where in ("dashboards/7", "insights/8", "session_recordings/0190-abc"):
        memory.singles[f"{PROJECT}{where}/sharing/"] = {
            "created_at": None,
            "enabled": False,
            "access_token": "made up",
            "settings": None,
            "password_required": False,
            "share_passwords": [],
            **copy.deepcopy(stored),
        }
    return make_world(memory, check_mode=check_mode)


def share(world: World, *, update_secret: str = "on_create", **options: Any) -> Outcome:
    """Declare how something is shared."""
    return Reconciler(world.session, SHARING, update_secret=update_secret).present(read_object(SHARING, options))


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ({"dashboard": "Weekly KPIs"}, "dashboards/7"),
        ({"dashboard": "7"}, "dashboards/7"),
        ({"insight": "Signups"}, "insights/8"),
        ({"session_recording": "0190-abc"}, "session_recordings/0190-abc"),
    ],
)
def test_what_is_shared(what: Obj, where: str) -> None:
    world, check = shared(), shared(check_mode=True)
    options = {**what, "enabled": True, "settings": {"whitelabel": True, "legend": False}}
    outcome, foretold = share(world, **options), share(check, **options)
    body = {"enabled": True, "settings": {"whitelabel": True, "legend": False}}
    assert world.memory.writes == [("PATCH", f"{PROJECT}{where}/sharing/", body)] and check.memory.writes == []
    assert (outcome.before, outcome.after) == (foretold.before, foretold.after)
    assert not share(world, **what, enabled=True, settings={"whitelabel": True}).changed
    assert share(world, **what, settings=None).changed


def test_a_token_that_was_made_up_is_none() -> None:
    world = shared()
    found = share(world, dashboard="Weekly KPIs")
    assert found.obj is not None and found.obj["access_token"] is None
    share(world, dashboard="Weekly KPIs", enabled=True)
    found = share(world, dashboard="Weekly KPIs")
    assert found.obj is not None and found.obj["access_token"] == "made up"
    shown = masked(SHARING, found.obj)
    assert shown is not None and shown["access_token"] == MASK


def test_a_token_is_shown_to_those_who_ask() -> None:
    world = shared(**OPENED)
    for option, wanted in (({}, MASK), ({"show_access_token": True}, "tok-abcdef")):
        task = {"dashboard": "Weekly KPIs", **option}
        result = ResourceHandler(SHARING).run(world.session, task, task)
        assert result["sharing"]["access_token"] == wanted
        assert "tok-abcdef" not in str(result["diff"])


def test_a_new_token_each_time() -> None:
    world = shared(**OPENED)
    for _again in range(2):
        outcome = share(world, dashboard="Weekly KPIs", refresh_access_token=True)
        assert outcome.changed and outcome.obj is not None and outcome.obj["access_token"] == "tok-second"
    assert world.memory.writes == [("POST", f"{PROJECT}dashboards/7/sharing/refresh/", {})] * 2


def test_passwords_are_told_by_their_notes() -> None:
    world, check = shared(**OPENED), shared(check_mode=True, **OPENED)
    words = {"Board": "sesame-one", "Press": "sesame-two"}
    path = f"{PROJECT}dashboards/7/sharing/passwords/"
    outcome = share(world, dashboard="7", share_passwords=words)
    foretold = share(check, dashboard="7", share_passwords=words)
    assert (outcome.before, outcome.after) == (foretold.before, foretold.after) and check.memory.writes == []
    assert [body for _method, _path, body in world.memory.writes] == [
        {"raw_password": word, "note": note} for note, word in words.items()
    ]
    assert not share(world, dashboard="7", share_passwords={**words, "Board": "another-one"}).changed
    for text in words.values():
        assert text not in f"{outcome.before} {outcome.after} {outcome.obj}"
    # Null takes one away, and only that one.
    assert share(world, dashboard="7", share_passwords={"Board": None}).changed
    left = world.memory.singles[f"{PROJECT}dashboards/7/sharing/"]["share_passwords"]
    assert [item["note"] for item in left] == ["Press"]
    assert not share(world, dashboard="7", share_passwords={"Board": None}).changed
    # Another word for the same note, where that is asked for.
    del world.memory.calls[:]
    assert share(world, dashboard="7", share_passwords={"Press": "sesame-three"}, update_secret="always").changed
    assert [call[0] for call in world.memory.writes] == ["DELETE", "POST"]
    assert world.memory.writes[1] == ("POST", path, {"raw_password": "sesame-three", "note": "Press"})


def test_what_cannot_be_shared_is_refused_at_once() -> None:
    world = shared(features=())
    for options, said in (
        ({}, "dashboard or insight or session_recording: exactly one is needed"),
        ({"dashboard": "7", "insight": "8"}, "dashboard or insight: exactly one is needed"),
        ({"dashboard": "Weekly KPI"}, "there is no dashboard 'Weekly KPI'; did you mean Weekly KPIs"),
        ({"dashboard": "7", "settings": {"whiteLabel": True}}, "did you mean whitelabel"),
        ({"dashboard": "7", "password_required": True}, "lacks the feature 'advanced_permissions'"),
        ({"dashboard": "7", "share_passwords": {"Board": "short"}}, "share_passwords.Board: is too short"),
    ):
        with pytest.raises(InvalidInput) as refused:
            share(world, **options)
        assert said in refused.value.message and "short'" not in refused.value.message
    world = shared(share_passwords=[{"id": "a", "note": "Board"}, {"id": "b", "note": "Board"}])
    with pytest.raises(InvalidInput, match=r"2 passwords have this note \(ids a, b\)"):
        share(world, dashboard="7", share_passwords={"Board": None})


def test_sharing_of_what_is_still_to_come() -> None:
    world = shared(check_mode=True)
    assert share(world, dashboard="Later", enabled=True, share_passwords={"Board": "sesame-one"}).changed
    assert any("no dashboard 'Later'" in text for text in world.warnings)
    assert world.memory.writes == []


def test_all_that_may_be_shared() -> None:
    world = shared()
    world.memory.lists[f"{PROJECT}dashboards/"] += [{"id": 9, "name": "Private", "is_shared": False}]
    places = Shared().everywhere(world.session)
    assert [Shared().options_for(world.session, place) for place in places] == [
        {"dashboard": "Weekly KPIs"},
        {"insight": "Signups"},
    ]
