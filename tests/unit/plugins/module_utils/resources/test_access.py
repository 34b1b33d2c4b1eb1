# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about access rules and sharing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._reconcile import Outcome, Reconciler, read_declared
from ansible_collections.community.posthog.plugins.module_utils._resources.access import ACCESS_CONTROL
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
    return Reconciler(world.session, ACCESS_CONTROL).present(read_declared(ACCESS_CONTROL, options))


def no_rule(world: World, **options: Any) -> Outcome:
    """Declare that there is no such rule."""
    return Reconciler(world.session, ACCESS_CONTROL).absent(read_declared(ACCESS_CONTROL, options))


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
    assert [path for _method, path, _body in world.memory.reads] == [f"{PROJECT}resource_access_controls/"]


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
        read_declared(ACCESS_CONTROL, options)
    assert said in refused.value.message


def test_objects_that_the_collection_does_not_know_by_name() -> None:
    world = ruled()
    with pytest.raises(InvalidInput, match="objects of the kind heatmap are given by their id, not as 'Home'"):
        rule(world, resource="heatmap", object="Home", access_level="viewer")
    world.memory.singles[f"{PROJECT}heatmaps/12/access_controls/"] = {"access_controls": []}
    assert rule(world, resource="heatmap", object="12", access_level="viewer").changed


def test_rules_for_roles_need_a_plan() -> None:
    world = ruled(features=())
    assert rule(world, resource="dashboard", role="Engineering", access_level="manager").changed
    assert len(world.warnings) == 1 and "'role_based_access'" in world.warnings[0]
    assert not rule(world, resource="dashboard", role="Engineering", access_level="manager").changed
    assert len(world.warnings) == 1
