# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about organizations, domains and proxies."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._resources.organization import (
    INVITE,
    ORGANIZATION,
    ORGANIZATION_DOMAIN,
    PROXY_RECORD,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, api_error, make_world

ACME = "01890000-0000-0000-0000-0000000000aa"
LABS = "01890000-0000-0000-0000-0000000000bb"
ROLE = "01890000-0000-0000-0000-000000000001"
ORGANIZATIONS = "/api/organizations/"


def organizations(check_mode: bool = False) -> World:
    """Two organizations, the second with a role."""
    memory = Memory()
    memory.lists[ORGANIZATIONS] = [
        {"id": ACME, "name": "Acme", "slug": "acme", "default_role_id": None},
        {"id": LABS, "name": "Labs", "slug": "acme-labs", "default_role_id": None},
    ]
    memory.lists[f"{ORGANIZATIONS}{LABS}/roles/"] = [{"id": ROLE, "name": "Viewers"}]
    return make_world(memory, organization=ACME, check_mode=check_mode)


def present(world: World, table: Resource, object_id: Any = None, **options: Any) -> Outcome:
    """Declare one object."""
    return Reconciler(world.session, table).present(read_object(table, options), object_id)


def test_roles_of_an_organization_are_its_own() -> None:
    world = organizations()
    outcome = present(world, ORGANIZATION, name="Labs", default_role="Viewers")
    assert world.memory.writes == [("PATCH", f"{ORGANIZATIONS}{LABS}/", {"default_role_id": ROLE})]
    assert (outcome.before["default_role"], outcome.after["default_role"]) == (None, "Viewers")
    assert not present(world, ORGANIZATION, name="Labs", default_role="Viewers").changed
    with pytest.raises(InvalidInput, match="default_role: there is no role 'Viewers'"):
        present(world, ORGANIZATION, name="Acme", default_role="Viewers")
    with pytest.raises(InvalidInput, match="default_role: there is no role 'Viewers'"):
        present(world, ORGANIZATION, name="New", default_role="Viewers")


def test_a_slug_is_as_good_as_an_id() -> None:
    world = organizations()
    for wanted in (LABS, "acme-labs"):
        outcome = present(world, ORGANIZATION, wanted, name="Labs")
        assert outcome.obj is not None and outcome.obj["id"] == LABS and not outcome.changed
    assert present(world, ORGANIZATION, "acme-labs", name="Laboratory").changed
    assert world.memory.writes == [("PATCH", f"{ORGANIZATIONS}{LABS}/", {"name": "Laboratory"})]


def test_a_new_organization_takes_over() -> None:
    world = organizations()
    assert present(world, ORGANIZATION, name="New").changed
    assert len(world.warnings) == 1 and "made both the current ones" in world.warnings[0]


def test_servers_that_cannot_list_organizations() -> None:
    world = organizations()
    world.memory.errors["GET", ORGANIZATIONS] = api_error(500, "View not compatible", "GET", ORGANIZATIONS)
    world.memory.singles["/api/users/@me/"] = {"organizations": [{"id": ACME, "name": "Acme", "slug": "acme"}]}
    world.memory.lists[ORGANIZATIONS][0]["enforce_2fa"] = None
    assert not present(world, ORGANIZATION, name="Acme").changed
    # What that does not tell, the organization itself does.
    assert present(world, ORGANIZATION, name="Acme", enforce_2fa=True).changed
    assert world.memory.writes == [("PATCH", f"{ORGANIZATIONS}{ACME}/", {"enforce_2fa": True})]


def test_no_organization_is_made_twice() -> None:
    world = organizations()
    world.memory.faults = ["after"]
    assert present(world, ORGANIZATION, name="New").action == "created"
    assert len(world.memory.lists[ORGANIZATIONS]) == 3 and len(world.memory.writes) == 1


# -- invites ---------------------------------------------------------------------------------------------------------


def invited(*objects: Obj, check_mode: bool = False) -> World:
    """An organization with one member and these invites."""
    memory = Memory()
    memory.lists[f"{ORGANIZATIONS}{ACME}/invites/"] = [dict(obj) for obj in objects]
    memory.lists[f"{ORGANIZATIONS}{ACME}/members/"] = [
        {"id": "m", "level": 1, "user": {"uuid": "u", "email": "ada@acme.test"}}
    ]
    memory.lists[ORGANIZATIONS] = [{"id": ACME, "name": "Acme", "membership_level": 15}]
    memory.singles[ORGANIZATIONS] = [{"id": ACME, "projects": [{"id": 4, "name": "Secret"}]}]
    memory.lists[f"{ORGANIZATIONS}{ACME}/projects/"] = [{"id": 4, "name": "Secret"}]
    return make_world(memory, organization=ACME, check_mode=check_mode)


@pytest.mark.parametrize("check_mode", [False, True])
def test_who_accepted_an_invite_is_not_invited_again(check_mode: bool) -> None:
    world = invited(check_mode=check_mode)
    outcome = present(world, INVITE, target_email="Ada@acme.test", level="admin")
    assert not outcome.changed and outcome.obj is None
    assert world.memory.writes == []
    assert present(world, INVITE, target_email="bob@acme.test").changed


def test_an_invite_opens_projects_by_their_names() -> None:
    world = invited()
    access = [{"id": "Secret", "level": "admin"}]
    present(world, INVITE, target_email="bob@acme.test", private_project_access=access, combine_pending_invites=True)
    sent = {"private_project_access": [{"id": 4, "level": 8}], "combine_pending_invites": True}
    path = f"{ORGANIZATIONS}{ACME}/invites/"
    assert world.memory.writes == [("POST", path, {"target_email": "bob@acme.test", **sent})]
    assert not present(world, INVITE, target_email="bob@acme.test", private_project_access=[]).changed
    with pytest.raises(InvalidInput, match="there is no project 'Secrte'; did you mean Secret"):
        present(world, INVITE, target_email="eve@acme.test", private_project_access=[{"id": "Secrte"}])


def test_an_invite_of_another_level_is_replaced() -> None:
    world = invited({"id": "i", "target_email": "bob@acme.test", "level": 1, "is_expired": False})
    assert present(world, INVITE, target_email="bob@ACME.test", level="admin").action == "updated"
    assert [call[0] for call in world.memory.writes] == ["DELETE", "POST"]


# -- domains and proxies ---------------------------------------------------------------------------------------------


def domains(*objects: Obj, kind: str = "domains", check_mode: bool = False) -> World:
    """An organization with these domains."""
    memory = Memory()
    memory.lists[f"{ORGANIZATIONS}{ACME}/{kind}/"] = [dict(obj) for obj in objects]
    return make_world(memory, organization=ACME, check_mode=check_mode)


DOMAIN = {"id": "d", "domain": "acme.test", "jit_provisioning_enabled": False, "sso_enforcement": ""}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("options", [{"jit_provisioning_enabled": True}, {"sso_enforcement": "saml"}])
def test_a_domain_is_verified_first(options: Obj, check_mode: bool) -> None:
    for there in ([], [{**DOMAIN, "is_verified": False}]):
        world = domains(*there, check_mode=check_mode)
        with pytest.raises(
            InvalidInput, match=f"{next(iter(options))}: only a verified domain takes this: .*TXT record"
        ):
            present(world, ORGANIZATION_DOMAIN, domain="acme.test", **options)
        assert world.memory.writes == []
    world = domains({**DOMAIN, "is_verified": True}, check_mode=check_mode)
    assert present(world, ORGANIZATION_DOMAIN, domain="Acme.test", **options).changed


def test_what_a_domain_is_without_is_no_change() -> None:
    world = domains({**DOMAIN, "is_verified": False})
    nothing = {"jit_provisioning_enabled": False, "sso_enforcement": None}
    assert not present(world, ORGANIZATION_DOMAIN, domain="acme.test", **nothing).changed
    with pytest.raises(InvalidInput, match="domain: cannot be changed after creation"):
        present(world, ORGANIZATION_DOMAIN, "d", domain="other.test")
    with pytest.raises(InvalidInput, match=r"'acme' is not allowed; it takes a domain"):
        present(world, ORGANIZATION_DOMAIN, domain="acme")


def test_a_proxy_is_told_by_its_domain() -> None:
    known = {"id": "p", "domain": "e.acme.test", "status": "waiting"}
    world = domains(known, {"id": "q", "domain": "old.acme.test", "status": "deleting"}, kind="proxy_records")
    assert not present(world, PROXY_RECORD, domain="E.acme.test.").changed
    path = f"{ORGANIZATIONS}{ACME}/proxy_records/"
    # One that is being taken down is not there any more.
    gone = Reconciler(world.session, PROXY_RECORD).absent(read_object(PROXY_RECORD, {"domain": "old.acme.test"}))
    assert not gone.changed and world.memory.writes == []
    present(world, PROXY_RECORD, domain="new.acme.test.")
    assert world.memory.writes == [("POST", path, {"domain": "new.acme.test"})]
