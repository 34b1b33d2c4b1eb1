# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about integrations and the key's own user."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import MASK
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.account import (
    ACTIVITY_LOG,
    INTEGRATION,
    PERSONAL_API_KEY,
    TAG,
    USER,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

INTEGRATIONS = "/api/projects/1/integrations/"

TWILIO: Obj = {"id": 5, "kind": "twilio", "display_name": "ID: AC1", "config": {"account_sid": "AC1"}}


def integrations(*objects: Obj, check_mode: bool = False) -> World:
    """A project with these integrations."""
    memory = Memory()
    memory.lists[INTEGRATIONS] = [dict(obj) for obj in objects]
    return make_world(memory, check_mode=check_mode)


def connected(world: World, *, update_secret: str = "on_create", **options: Any) -> Outcome:
    """Declare one integration."""
    return Reconciler(world.session, INTEGRATION, update_secret=update_secret).present(
        read_object(INTEGRATION, options)
    )


def test_integration_is_connected_with_its_keys() -> None:
    world = integrations()
    world.memory.storing = lambda obj: {**obj, "display_name": "ID: AC1"}
    options = {"kind": "twilio", "config": {"account_sid": "AC1", "auth_token": "sesame"}}
    outcome = connected(world, display_name="ID: AC1", **options)
    assert outcome.action == "created"
    assert world.memory.writes == [("POST", INTEGRATIONS, options)]
    shown = masked(INTEGRATION, outcome.obj)
    assert shown is not None and shown["config"] == MASK
    assert "sesame" not in str(outcome.after)
    assert not connected(world, display_name="ID: AC1", **options).changed


def test_integration_tells_what_posthog_calls_it() -> None:
    world = integrations()
    world.memory.storing = lambda obj: {**obj, "display_name": "reports (access key)"}
    with pytest.raises(PostHogFailure, match=r"calls it 'reports \(access key\)'.*declare display_name: reports"):
        connected(world, display_name="reports", kind="aws-s3", config={"name": "reports"})
    assert len(world.memory.writes) == 1


def test_integration_takes_new_keys() -> None:
    world = integrations(TWILIO)

    def same_account(obj: Obj) -> Obj:
        world.memory.lists[INTEGRATIONS].clear()
        return {**obj, **TWILIO}

    world.memory.storing = same_account
    options = {"display_name": "ID: AC1", "kind": "twilio", "config": {"account_sid": "AC1", "auth_token": "new"}}
    assert not connected(world, **options).changed
    assert connected(world, update_secret="always", **options).action == "updated"
    assert world.memory.writes == [("POST", INTEGRATIONS, {"kind": "twilio", "config": options["config"]})]


def test_integration_of_another_account_is_told() -> None:
    world = integrations(TWILIO)
    world.memory.storing = lambda obj: {**obj, "display_name": "ID: AC2"}
    with pytest.raises(PostHogFailure, match=r"not the account of integration 'ID: AC1' \(id 5\).*'ID: AC2'"):
        connected(world, update_secret="always", display_name="ID: AC1", config={"account_sid": "AC2"})


@pytest.mark.parametrize("check_mode", [False, True])
def test_integration_that_needs_a_browser_is_refused(check_mode: bool) -> None:
    world = integrations(check_mode=check_mode)
    with pytest.raises(InvalidInput, match=r"no integration 'Acme' of the kind slack, .* in a browser"):
        connected(world, display_name="Acme", kind="slack")
    with pytest.raises(InvalidInput, match="config: is needed to connect"):
        connected(world, display_name="Acme", kind="twilio")
    with pytest.raises(InvalidInput, match="kind: is needed"):
        connected(world, display_name="Acme")
    assert world.memory.writes == []
    # One that is there is none of that.
    world = integrations({"id": 1, "kind": "slack", "display_name": "Acme"}, check_mode=check_mode)
    assert not connected(world, display_name="Acme", kind="slack").changed


def test_integration_whose_keys_are_a_file() -> None:
    world = integrations()
    world.memory.errors["POST", INTEGRATIONS] = api_error(400, "Key file not provided", "POST", INTEGRATIONS)
    with pytest.raises(ApiError) as refused:
        connected(world, display_name="a@b", kind="google-pubsub", config={"a": 1})
    assert "as a file that is uploaded in a browser" in refused.value.message


def test_integrations_of_one_name_differ_in_kind() -> None:
    world = integrations(
        {"id": 1, "kind": "slack", "display_name": "Acme"}, {"id": 2, "kind": "linear", "display_name": "Acme"}
    )
    with pytest.raises(PostHogFailure, match=r"2 objects of type integration are called 'Acme' .*give kind too"):
        connected(world, display_name="Acme")
    outcome = connected(world, display_name="Acme", kind="linear")
    assert outcome.obj is not None and outcome.obj["id"] == 2
    declared = read_object(INTEGRATION, {"display_name": "Acme", "kind": "slack"})
    assert Reconciler(world.session, INTEGRATION).absent(declared).action == "deleted"
    assert world.memory.writes == [("DELETE", f"{INTEGRATIONS}1/", None)]


def test_integration_names_are_no_secrets() -> None:
    handler = ResourceHandler(INTEGRATION)
    config = {"server_hostname": "dbc.example.com", "client_secret": "sesame-open"}
    assert handler.secrets({"config": config}) == {"sesame-open"}
    assert handler.spec()["argument_spec"]["config"]["no_log"] is False


# -- the key's own user ----------------------------------------------------------------------------------------------

ME = "/api/users/@me/"
LABS = "01890000-0000-0000-0000-0000000000bb"


class Account(Memory):
    """The user of a server."""

    def _write(self, method: str, path: str, body: Any) -> Any:
        me = self.singles[ME]
        if "email" in body:
            me["pending_email"] = body["email"]
        if "set_current_organization" in body:
            me["organization"] = {"id": body["set_current_organization"]}
        if "set_current_team" in body:
            me["team"] = {"id": int(body["set_current_team"])}
        names = ("email", "password", "current_password", "set_current_organization", "set_current_team")
        me.update({name: value for name, value in body.items() if name not in names})
        return me


def account(check_mode: bool = False) -> World:
    """Somebody in two organizations."""
    memory = Account()
    memory.singles[ME] = {
        "email": "ada@acme.test",
        "pending_email": None,
        "first_name": "Ada",
        "notification_settings": {"plugin_disabled": True, "digest": False},
        "organization": {"id": ORGANIZATION},
        "team": {"id": 1},
    }
    memory.lists["/api/organizations/"] = [{"id": ORGANIZATION, "name": "Acme"}, {"id": LABS, "name": "Labs"}]
    memory.lists[f"/api/organizations/{ORGANIZATION}/projects/"] = [
        {"id": 1, "name": "Shop"},
        {"id": 2, "name": "Blog"},
    ]
    return make_world(memory, check_mode=check_mode)


def me(world: World, *, update_secret: str = "on_create", **options: Any) -> Outcome:
    """Declare the user."""
    return Reconciler(world.session, USER, update_secret=update_secret).present(read_object(USER, options))


def test_an_address_is_asked_for_once() -> None:
    world = account()
    assert not me(world, email="Ada@acme.test").changed
    outcome = me(world, email="ada@example.com")
    assert outcome.changed and world.warnings == []
    assert not me(world, email="ada@example.com").changed
    assert world.memory.writes == [("PATCH", ME, {"email": "ada@example.com"})]
    world = account()
    world.memory.singles[ME]["pending_email"] = "ada@example.com"
    assert not me(world, email="ada@example.com").changed


def test_what_is_current_is_told_by_name() -> None:
    world = account()
    assert not me(world, set_current_organization="Acme", set_current_project="Shop").changed
    outcome = me(world, set_current_organization="Labs")
    assert (outcome.before["set_current_organization"], outcome.after["set_current_organization"]) == ("Acme", "Labs")
    assert me(world, set_current_project="Blog").changed
    assert not me(world, set_current_project=2).changed
    assert [body for _method, _path, body in world.memory.writes] == [
        {"set_current_organization": LABS},
        {"set_current_team": 2},
    ]
    with pytest.raises(InvalidInput, match="cannot be null"):
        me(world, set_current_project=None)


def test_a_password_is_written_when_that_is_asked_for() -> None:
    world = account()
    words = {"password": "sesame-two", "current_password": "sesame-one"}
    assert not me(world, **words).changed
    outcome = me(world, **words, update_secret="always")
    assert world.memory.writes == [("PATCH", ME, words)]
    assert "sesame" not in f"{outcome.before} {outcome.after} {masked(USER, outcome.obj)}"
    with pytest.raises(InvalidInput, match="only together with a new password"):
        me(world, current_password="sesame-one")


def test_preferences_are_merged() -> None:
    world = account()
    assert me(world, notification_settings={"digest": True}).changed
    assert world.memory.writes == [("PATCH", ME, {"notification_settings": {"digest": True}})]


# -- what is only read -----------------------------------------------------------------------------------------------


def test_a_key_shows_itself() -> None:
    world = account()
    world.memory.singles["/api/personal_api_keys/@current/"] = {"id": "k", "label": "CI", "value": "phx_x"}
    (found,) = world.session.collection(PERSONAL_API_KEY).all()
    shown = masked(PERSONAL_API_KEY, found)
    assert shown is not None and (shown["label"], shown["value"]) == ("CI", MASK)


def test_tags_are_texts() -> None:
    world = account()
    world.memory.singles["/api/projects/1/tags/"] = ["beta", "alpha"]
    assert world.session.collection(TAG).all() == [{"name": "beta"}, {"name": "alpha"}]


def test_what_has_no_end_is_cut_off() -> None:
    world = account()
    path = "/api/projects/1/activity_log/"
    world.memory.lists[path] = [{"id": number, "activity": "updated"} for number in range(1200)]
    assert len(world.session.collection(ACTIVITY_LOG).all()) == 1000
