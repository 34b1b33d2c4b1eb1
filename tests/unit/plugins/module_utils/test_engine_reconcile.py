# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating, updating, replacing and deleting against a PostHog in memory."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    ApiError,
    InvalidInput,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome, changes
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import MASK
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.references import Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Document,
    Int,
    Open,
    Reference,
    Tags,
    Text,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

SECRET = "the-secret-of-the-thing"

THING = Resource(
    type="thing",
    plural="things",
    scope=Scope.PROJECT,
    path="things/",
    identity=Identity("name", ("name",)),
    scopes=("thing:read", "thing:write"),
    order=50,
    fields=(
        Text("name", required=True),
        Text("description", null_as=""),
        Int("size", nullable=True),
        Bool("active", default=True),
        Tags(),
        Text("kind", create_only=True),
        Text("late", update_only=True),
        Text("password", secret=True),
        Text("hint", write_only=True),
        Open("settings", nullable=True),
        Document("shape", [Text("a"), Int("b", default=5)], nullable=True),
        Reference("cohort", Ref("cohort"), nullable=True),
    ),
)
UNIQUE = dataclasses.replace(THING, identity=Identity("name", ("name",), unique=True))
THINGS = "/api/projects/1/things/"


def with_features(memory: Memory, *features: str) -> Memory:
    """Let the organization have these plan features."""
    memory.singles[f"/api/organizations/{ORGANIZATION}/"] = {
        "id": ORGANIZATION,
        "membership_level": 8,
        "available_product_features": [{"key": key} for key in features],
    }
    return memory


def things(*objects: Obj, check_mode: bool = False, table: Resource = THING, merges: bool = False) -> World:
    """A project with these things."""
    memory = with_features(Memory(documents=("shape",) if merges else ()), "tagging")
    memory.lists[THINGS] = [dict(obj) for obj in objects]
    return make_world(memory, tables=[table], check_mode=check_mode)


def present(world: World, table: Resource = THING, *, update_secret: str = "on_create", **options: Any) -> Outcome:
    """Declare one object."""
    object_id = options.pop("id", None)
    return Reconciler(world.session, table, update_secret=update_secret).present(read_object(table, options), object_id)


def absent(world: World, table: Resource = THING, **options: Any) -> Outcome:
    """Declare that one object is not there."""
    object_id = options.pop("id", None)
    return Reconciler(world.session, table).absent(read_object(table, options), object_id)


# -- create ----------------------------------------------------------------------------------------------------------


def test_create_and_again() -> None:
    world = things()
    outcome = present(world, name="a", size=3, tags=["x"])
    assert outcome.action == "created" and outcome.changed
    assert world.memory.writes == [("POST", THINGS, {"name": "a", "size": 3, "tags": ["x"]})]
    assert outcome.obj == {"id": 101, "name": "a", "size": 3, "tags": ["x"]}
    assert outcome.before == {}
    assert outcome.after == {"name": "a", "size": 3, "tags": ["x"]}
    again = present(world, name="a", size=3, tags=["x"])
    assert not again.changed
    assert len(world.memory.writes) == 1
    assert again.before == again.after


def test_create_in_check_mode_writes_nothing_and_predicts() -> None:
    run, check = things(), things(check_mode=True)
    options: Obj = {"name": "a", "size": 3, "tags": ["X "], "description": None, "settings": {"x": 1}}
    made, predicted = present(run, **options), present(check, **options)
    assert check.memory.writes == []
    assert predicted.action == made.action == "created"
    assert (predicted.before, predicted.after) == (made.before, made.after)
    assert predicted.obj is not None and made.obj is not None
    assert {**predicted.obj, "id": None} == {**made.obj, "id": None, "active": True}
    assert not present(check, **options).changed


def test_what_is_missing_to_create() -> None:
    world = things()
    with pytest.raises(InvalidInput, match="name: is needed to create the thing"):
        Reconciler(world.session, THING).present(read_object(UNIQUE, {"size": 3}))
    assert world.memory.writes == []


def test_what_a_creation_says_by_itself_is_sent_but_not_in_the_diff() -> None:
    """A diff is one of declared fields."""
    table = dataclasses.replace(THING, fields=(*THING.fields, Text("mode", initial="normal")))
    world = things(table=table)
    outcome = present(world, table, name="a")
    assert world.memory.writes == [("POST", THINGS, {"name": "a", "mode": "normal"})]
    assert outcome.after == {"name": "a"}
    assert present(things(table=table), table, name="a", mode="other").after == {"name": "a", "mode": "other"}


def test_update_only_fields_follow_in_a_patch() -> None:
    world = things()
    outcome = present(world, name="a", late="x")
    assert world.memory.writes == [
        ("POST", THINGS, {"name": "a"}),
        ("PATCH", f"{THINGS}101/", {"late": "x"}),
    ]
    assert outcome.obj is not None and outcome.obj["late"] == "x"
    assert not present(world, name="a", late="x").changed


def test_defaults_of_documents_are_sent_on_creation() -> None:
    world = things()
    present(world, name="a", shape={"a": "x"})
    assert world.memory.writes[0][2]["shape"] == {"a": "x", "b": 5}


def test_names_of_other_objects_become_ids_and_names_again() -> None:
    world = things({"id": 1, "name": "a", "cohort": 7})
    world.memory.lists["/api/projects/1/cohorts/"] = [{"id": 7, "name": "Beta"}, {"id": 8, "name": "Gamma"}]
    outcome = present(world, name="a", cohort="Gamma")
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"cohort": 8})]
    assert (outcome.before["cohort"], outcome.after["cohort"]) == ("Beta", "Gamma")
    with pytest.raises(InvalidInput, match="cohort: there is no cohort 'Delta'"):
        present(world, name="a", cohort="Delta")


def trimmed(obj: Obj) -> Obj:
    """What PostHog makes of texts at the top of a body."""
    return {key: value.strip() if isinstance(value, str) else value for key, value in obj.items()}


@pytest.mark.parametrize("spelled", ["a ", " a", "a\n", "\ta \n"])
def test_blanks_around_a_name_and_around_texts_are_no_difference(spelled: str) -> None:
    """A text block of YAML ends in a line break, which PostHog takes off."""
    world = things()
    world.memory.storing = trimmed
    options: Obj = {"name": spelled, "description": "One\nTwo\n"}
    assert present(world, **options).action == "created"
    assert not present(world, **options).changed
    assert not world.warnings and len(world.memory.writes) == 1
    changed = present(world, name=spelled, description="Three\n")
    assert changed.action == "updated" and not present(world, name=spelled, description="Three\n").changed
    assert not world.warnings and len(world.memory.writes) == 2
    assert absent(world, name=spelled).action == "deleted"


def test_a_name_of_blanks_is_none() -> None:
    for name in (" ", "\n"):
        with pytest.raises(InvalidInput, match="name: is empty"):
            ResourceTask(THING).declare({"name": name}, {})


# -- lost answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faults", [["before"], ["after"], ["before", "before", "after"], ["before"] * 5])
@pytest.mark.parametrize("table", [THING, UNIQUE], ids=["plain", "unique"])
def test_a_creation_whose_answer_is_lost(table: Resource, faults: list[str | None]) -> None:
    world = things(table=table)
    world.memory.faults = list(faults)
    outcome = present(world, table, name="a", size=3)
    assert outcome.action == "created"
    assert outcome.after == {"name": "a", "size": 3}
    assert outcome.obj is not None and outcome.obj["id"]
    assert [obj["name"] for obj in world.memory.lists[THINGS]] == ["a"]
    assert world.memory.rests == len(faults)


def test_lost_answers_have_an_end() -> None:
    world = things()
    world.memory.faults = ["before"] * 100
    with pytest.raises(UnknownOutcome):
        present(world, name="a")
    assert len(world.memory.writes) < 10


def test_a_lost_answer_between_post_and_patch() -> None:
    world = things()
    world.memory.storing = lambda obj: {"late": None, **obj}
    world.memory.faults = ["after", None]
    outcome = present(world, name="a", late="x")
    assert outcome.action == "created"
    assert [(obj["name"], obj["late"]) for obj in world.memory.lists[THINGS]] == [("a", "x")]


@pytest.mark.parametrize("fault", ["before", "after"])
def test_an_update_whose_answer_is_lost(fault: str) -> None:
    world = things({"id": 1, "name": "a", "size": 1})
    world.memory.faults = [fault]
    outcome = present(world, name="a", size=2)
    assert outcome.action == "updated"
    assert outcome.obj == {"id": 1, "name": "a", "size": 2}
    assert changes(outcome) == [{"path": "size", "before": 1, "after": 2}]


def test_a_role_given_although_the_answer_is_lost() -> None:
    """What the role embeds was read before."""
    memory = Memory()
    roles = f"/api/organizations/{ORGANIZATION}/roles/"
    role: Obj = {"id": "r1", "name": "Engineering", "members": []}
    memory.lists[roles] = [role]
    memory.lists[f"/api/organizations/{ORGANIZATION}/members/"] = [
        {"id": "m1", "user": {"id": 17, "uuid": "u1", "email": "ada@example.com"}, "level": 1}
    ]
    memory.identify = lambda body, number: {"id": f"rm{number}", "user": {"uuid": "u1", "email": "ada@example.com"}}

    def storing(obj: Obj) -> Obj:
        if role["members"]:
            raise api_error(400, "User is already part of the role.", "POST")
        role["members"].append(obj)
        return obj

    memory.storing = storing
    memory.faults = ["after"]
    outcome = present(
        make_world(memory), RESOURCES["role_membership"], role="Engineering", organization_member="ada@example.com"
    )
    assert outcome.action == "created"
    assert len(role["members"]) == 1


def test_a_name_that_was_taken_meanwhile() -> None:
    """Between the look-up and the POST somebody else made it: it is found, and brought to what is declared."""
    world = things(table=UNIQUE)
    others: Obj = {"id": 1, "name": "a", "size": 1}

    def storing(obj: Obj) -> Obj:
        if obj["id"] != 1:
            world.memory.lists[THINGS].append(others)
            raise api_error(400, "Taken.", "POST", THINGS, code="unique")
        return obj

    world.memory.storing = storing
    outcome = present(world, UNIQUE, name="a", size=2)
    assert outcome.action == "updated"
    assert [call[0] for call in world.memory.writes] == ["POST", "PATCH"]
    assert others["size"] == 2


def test_a_name_that_is_taken_by_nobody_visible() -> None:
    world = things(table=UNIQUE)

    def storing(obj: Obj) -> Obj:
        raise api_error(400, "Taken.", "POST", THINGS, code="unique")

    world.memory.storing = storing
    with pytest.raises(ApiError, match="Taken"):
        present(world, UNIQUE, name="a")
    assert len(world.memory.writes) == 2


def test_a_name_declared_by_a_refused_update_is_an_error() -> None:
    world = things({"id": 1, "name": "a"}, {"id": 2, "name": "b"}, table=UNIQUE)
    world.memory.errors["PATCH", f"{THINGS}1/"] = api_error(400, "Taken.", "PATCH", code="unique")
    with pytest.raises(ApiError, match="Taken"):
        present(world, UNIQUE, id=1, name="b")


# -- update ----------------------------------------------------------------------------------------------------------


def test_only_what_differs_is_sent() -> None:
    world = things({"id": 1, "name": "a", "size": 1, "description": "d", "active": True, "added": "by the server"})
    outcome = present(world, name="a", size=2, description="d", active=True)
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"size": 2})]
    assert outcome.before == {"name": "a", "size": 1, "description": "d", "active": True}
    assert outcome.after == {"name": "a", "size": 2, "description": "d", "active": True}
    assert changes(outcome) == [{"path": "size", "before": 1, "after": 2}]


def test_update_in_check_mode_predicts_what_a_run_returns() -> None:
    start = {"id": 1, "name": "a", "size": 1, "shape": {"a": "x", "b": 7}, "settings": {"x": 1, "y": 2}, "tags": ["t"]}
    for merges in (True, False):
        run, check = things(start, merges=merges), things(start, merges=merges, check_mode=True)
        options: Obj = {"name": "a", "size": None, "shape": {"a": "z"}, "tags": ["T", "u"]}
        made, predicted = present(run, **options), present(check, **options)
        assert check.memory.writes == []
        assert predicted.obj == made.obj
        assert (predicted.before, predicted.after) == (made.before, made.after)
        assert not present(run, **options).changed
        assert not present(check, **options).changed


@pytest.mark.parametrize(("name", "value"), [("description", ""), ("size", None), ("tags", []), ("settings", None)])
def test_null_clears_and_nothing_leaves_alone(name: str, value: Any) -> None:
    start = {"id": 1, "name": "a", "description": "d", "size": 5, "tags": ["t"], "settings": {"x": 1}}
    world = things(start)
    assert not present(world, name="a").changed
    cleared: Obj = {"name": "a", name: None}
    assert present(world, **cleared).changed
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {name: value})]
    assert not present(world, **cleared).changed


def test_rename_by_id() -> None:
    world = things({"id": 1, "name": "a"})
    assert present(world, id=1, name="b").action == "updated"
    assert not present(world, name="b").changed
    assert not present(world, id="1", name="b").changed
    with pytest.raises(PostHogFailure, match="id: there is no thing with the id 99"):
        present(world, id=99, name="b")


def test_two_of_one_name() -> None:
    world = things({"id": 1, "name": "a"}, {"id": 2, "name": "a", "size": None})
    with pytest.raises(Ambiguous, match=r"ids 1, 2"):
        present(world, name="a", size=1)
    with pytest.raises(Ambiguous, match=r"ids 1, 2"):
        absent(world, name="a")
    assert world.memory.writes == []
    assert present(world, id=2, size=1).action == "updated"


def test_create_only_fields_are_refused_before_anything_is_written() -> None:
    world = things({"id": 1, "name": "a", "kind": "x", "size": 1})
    assert not present(world, name="a", kind="x").changed
    with pytest.raises(InvalidInput, match="kind: cannot be changed after creation"):
        present(world, name="a", kind="y", size=2)
    assert world.memory.writes == []


def test_write_only_fields_go_along_with_a_creation_and_never_change_anything() -> None:
    world = things()
    present(world, name="a", hint="h")
    assert world.memory.writes[0][2]["hint"] == "h"
    del world.memory.lists[THINGS][0]["hint"]
    outcome = present(world, name="a", hint="other")
    assert not outcome.changed
    assert "hint" not in outcome.after
    assert len(world.memory.writes) == 1


def test_what_the_server_does_not_show_is_said() -> None:
    world = things({"id": 1, "name": "a"})
    assert not present(world, name="a", size=4).changed
    assert "does not show size" in world.warnings[0]
    assert world.memory.writes == []


# -- one loop in check mode ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        [("present", {"size": 1}), ("present", {"size": 2}), ("present", {"size": 2}), ("present", {"size": 3})],
        [("present", {"size": 1}), ("absent", {}), ("present", {"size": 1}), ("present", {"size": 1})],
        [("absent", {}), ("present", {"size": 1}), ("absent", {}), ("absent", {})],
    ],
    ids=["changed-twice", "made-anew", "removed-again"],
)
@pytest.mark.parametrize("exists", [True, False])
def test_a_loop_in_check_mode_goes_like_a_run(steps: list[tuple[str, Obj]], exists: bool) -> None:
    start = [{"id": 1, "name": "a", "size": 0}] if exists else []
    told = []
    for check_mode in (True, False):
        world = things(*start, check_mode=check_mode)
        told.append(
            [(present if step == "present" else absent)(world, name="a", **more).action for step, more in steps]
        )
        assert bool(world.memory.writes) is not check_mode
    assert told[0] == told[1]


# -- what is dropped silently ----------------------------------------------------------------------------------------


def dropping(*names: str, start: tuple[Obj, ...] = ()) -> World:
    """A server that takes some fields without an error and does not keep them; nobody may ask for the plan."""
    world = things(*start)
    world.memory.errors["GET", f"/api/organizations/{ORGANIZATION}/"] = api_error(403)
    world.memory.errors["GET", "/api/users/@me/"] = api_error(403)
    kept = {obj["id"]: {name: obj.get(name) for name in names} for obj in start}

    def storing(obj: Obj) -> Obj:
        empty: Obj = {"tags": [], "size": None}
        return {**obj, **{name: kept.get(obj["id"], empty)[name] for name in names}}

    world.memory.storing = storing
    return world


def test_a_field_dropped_on_update_is_no_change() -> None:
    world = dropping("tags", start=({"id": 1, "name": "a", "tags": []},))
    outcome = present(world, name="a", tags=["x"])
    assert not outcome.changed
    assert outcome.before == outcome.after
    assert len(world.warnings) == 1
    assert "did not keep" in world.warnings[0]
    assert "'tagging'" in world.warnings[0]


def test_a_field_dropped_beside_one_that_was_kept_is_not_reported_as_changed() -> None:
    world = dropping("tags", start=({"id": 1, "name": "a", "tags": [], "size": 1},))
    outcome = present(world, name="a", tags=["x"], size=2)
    assert outcome.action == "updated"
    assert [change["path"] for change in changes(outcome)] == ["size"]
    assert "did not keep" in " ".join(world.warnings)


def test_a_field_dropped_on_creation_is_said_and_not_shown() -> None:
    world = dropping("tags")
    outcome = present(world, name="a", tags=["x"])
    assert outcome.action == "created"
    assert "did not keep" in " ".join(world.warnings)
    assert outcome.after.get("tags", []) == []


def test_what_the_plan_lacks_is_left_out_with_a_warning() -> None:
    for start in ((), ({"id": 1, "name": "a", "tags": []},)):
        world = things(*start)
        with_features(world.memory, "other")
        outcome = present(world, name="a", tags=["x"])
        assert outcome.changed is not bool(start)
        assert all("tags" not in call[2] for call in world.memory.writes)
        assert "tags: the plan of this organization lacks the feature 'tagging'" in world.warnings[0]
        assert "x" not in str(outcome.after)


def test_what_the_plan_has_costs_no_warning() -> None:
    world = things()
    present(world, name="a", tags=["x"])
    assert world.warnings == []


def test_a_stored_value_survives_a_downgrade_of_the_plan() -> None:
    """What was stored under the larger plan is compared and changed as ever; PostHog says no if it minds."""
    world = things({"id": 1, "name": "a", "tags": ["x"]})
    with_features(world.memory, "other")
    assert not present(world, name="a", tags=["x"]).changed
    outcome = present(world, name="a", tags=["y"])
    assert changes(outcome) == [{"path": "tags[0]", "before": "x", "after": "y"}]
    assert [body for _method, _path, body in world.memory.writes] == [{"tags": ["y"]}]
    assert world.warnings == []


def test_clearing_what_the_plan_lacks_is_no_matter_of_the_plan() -> None:
    world = things({"id": 1, "name": "a", "tags": ["x"]})
    with_features(world.memory)
    assert present(world, name="a", tags=[]).changed
    assert world.warnings == []


# -- secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_is_written_on_creation_only() -> None:
    world = things()
    outcome = present(world, name="a", password=SECRET)
    assert world.memory.writes[0][2]["password"] == SECRET
    assert SECRET not in str((outcome.before, outcome.after, masked(THING, outcome.obj)))
    again = present(world, name="a", password="another-secret-of-it")
    assert not again.changed
    assert len(world.memory.writes) == 1


@pytest.mark.parametrize("shown", [MASK, None, "shown-in-clear", "absent"])
def test_a_secret_written_always(shown: str | None) -> None:
    start = {"id": 1, "name": "a", "password": shown}
    if shown == "absent":
        del start["password"]
    world = things(start)
    outcome = present(world, name="a", password=SECRET, update_secret="always")
    assert outcome.action == "updated"
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"password": SECRET})]
    texts = str((outcome.before, outcome.after, changes(outcome), masked(THING, outcome.obj), outcome.label))
    assert SECRET not in texts
    assert "shown-in-clear" not in texts
    assert outcome.before != outcome.after


FLAGS = "/api/projects/1/feature_flags/"
FLAG = RESOURCES["feature_flag"]


def flag(payloads: Any, *, encrypted: bool = True) -> Obj:
    """A remote-configuration flag as PostHog shows it."""
    return {
        "id": 1,
        "key": "config",
        "active": True,
        "is_remote_configuration": True,
        "has_encrypted_payloads": encrypted,
        "filters": {"groups": [{"properties": [], "rollout_percentage": 100}], "payloads": payloads},
    }


def flags(*objects: Obj, merges: bool = True) -> World:
    """A project with these flags."""
    memory = with_features(Memory(documents=("filters",) if merges else ()), "tagging")
    memory.lists[FLAGS] = list(objects)
    memory.listing = lambda shown, params: [] if params.get("archived") else shown
    return make_world(memory)


REDACTED = {"true": '"********* (encrypted)"'}


@pytest.mark.parametrize("update_secret", ["on_create", "always"])
def test_encrypted_payloads(update_secret: str) -> None:
    options: Obj = {
        "key": "config",
        "is_remote_configuration": True,
        "has_encrypted_payloads": True,
        "payloads": {"true": SECRET},
    }
    world = flags()
    made = present(world, FLAG, update_secret=update_secret, rollout_percentage=100, **options)
    assert SECRET in str(world.memory.writes[0][2])
    assert SECRET not in str((made.before, made.after, masked(FLAG, made.obj)))
    world = flags(flag(REDACTED))
    again = present(world, FLAG, update_secret=update_secret, **options)
    assert again.changed is (update_secret == "always")
    assert (SECRET in str(world.memory.writes)) is (update_secret == "always")
    assert SECRET not in str((again.before, again.after, changes(again), masked(FLAG, again.obj)))


@pytest.mark.parametrize("merges", [True, False])
def test_another_change_leaves_encrypted_payloads_alone(merges: bool) -> None:
    world = flags(flag(REDACTED), merges=merges)
    outcome = present(world, FLAG, key="config", rollout_percentage=50, payloads={"true": SECRET})
    assert outcome.action == "updated"
    stored = world.memory.lists[FLAGS][0]["filters"]
    assert stored["payloads"] == REDACTED
    assert stored["groups"][0]["rollout_percentage"] == 50
    assert SECRET not in str((outcome.before, outcome.after, masked(FLAG, outcome.obj)))


def test_a_payload_that_becomes_encrypted_is_written() -> None:
    """As long as it can still be read, a payload is compared: else the old one would be encrypted, for ever."""
    world = flags(flag({"true": '"old"'}, encrypted=False))
    outcome = present(world, FLAG, key="config", has_encrypted_payloads=True, payloads={"true": SECRET})
    assert outcome.action == "updated"
    assert world.memory.lists[FLAGS][0]["filters"]["payloads"] == {"true": f'"{SECRET}"'}
    assert SECRET not in str((outcome.before, outcome.after, masked(FLAG, outcome.obj)))


def test_masked() -> None:
    project = {"id": 1, "name": "a", "secret_api_token": "phs_x", "secret_api_token_backup": None, "api_token": "phc_y"}
    assert masked(RESOURCES["project"], project) == {**project, "secret_api_token": MASK}
    assert project["secret_api_token"] == "phs_x"
    assert masked(THING, None) is None
    plain = flag({"true": '"x"'}, encrypted=False)
    assert masked(FLAG, plain) == plain
    hidden = masked(FLAG, flag({"true": '"x"', "b": '"y"'}))
    assert hidden is not None
    assert hidden["filters"]["payloads"] == {"true": MASK, "b": MASK}


# -- further fields --------------------------------------------------------------------------------------------------


def test_extra_fields_on_creation_and_update() -> None:
    world = things()
    present(world, name="a", extra_fields={"future": {"x": 1}})
    assert world.memory.writes[0][2]["future"] == {"x": 1}
    world.memory.lists[THINGS][0]["future"]["added"] = "by the server"
    world.session.stale()
    assert not present(world, name="a", extra_fields={"future": {"x": 1}}).changed
    outcome = present(world, name="a", extra_fields={"future": {"x": 2}})
    assert outcome.action == "updated"
    assert changes(outcome) == [{"path": "future.x", "before": 1, "after": 2}]


def test_extra_fields_that_are_options() -> None:
    with pytest.raises(InvalidInput, match=r"extra_fields\.size: is an option of its own"):
        read_object(THING, {"name": "a", "extra_fields": {"size": 1}})
    with pytest.raises(InvalidInput, match="extra_fields: takes a dictionary"):
        read_object(THING, {"name": "a", "extra_fields": [1]})


@pytest.mark.parametrize("merges", [True, False])
def test_an_extra_key_of_a_document_leaves_the_document_alone(merges: bool) -> None:
    """A server of 2024 replaces the document whole, so what is there must be sent along."""
    start = flag({}, encrypted=False)
    start["filters"]["future"] = 1
    world = flags(start, merges=merges)
    outcome = present(world, FLAG, key="config", extra_fields={"filters": {"future": 2}})
    assert outcome.action == "updated"
    stored = world.memory.lists[FLAGS][0]["filters"]
    assert stored["future"] == 2
    assert stored["groups"] == [{"properties": [], "rollout_percentage": 100}]
    assert changes(outcome) == [{"path": "filters.future", "before": 1, "after": 2}]


def test_an_extra_key_beside_declared_ones() -> None:
    start = flag({}, encrypted=False)
    start["filters"]["future"] = 1
    world = flags(start)
    outcome = present(world, FLAG, key="config", rollout_percentage=50, extra_fields={"filters": {"future": 2}})
    paths = [change["path"] for change in changes(outcome)]
    assert sorted(paths) == ["filters.future", "filters.groups[0].rollout_percentage"]


# -- short forms -----------------------------------------------------------------------------------------------------


def test_a_short_form_and_what_it_stands_for() -> None:
    with pytest.raises(InvalidInput, match=r"rollout_percentage: is a short form of filters\.groups"):
        read_object(FLAG, {"key": "a", "filters": {"groups": []}, "rollout_percentage": 5})


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"rollout_percentage": 150}, "rollout_percentage"),
        (
            {"variants": [{"key": "a", "rollout_percentage": 60}, {"key": "b", "rollout_percentage": 60}]},
            "filters.multi",
        ),
        ({"filters": {"groups": [{"variant": "x"}], "multivariate": None}}, "filters.groups[0].variant"),
        ({"variants": [{"key": "a"}]}, "variants[0].rollout_percentage"),
        ({"variants": [{"key": "a", "rollout_percentage": 100}], "payloads": {"b": 1}}, "filters.payloads.b"),
        ({"archived": True, "active": True}, "archived"),
        ({"variants": "a"}, "variants"),
        ({"variants": [None]}, "variants[0]"),
        ({"filters": {"groups": [None]}}, "filters.groups[0]"),
        ({"filters": {"multivariate": {"variants": [None]}}}, "filters.multivariate.variants[0]"),
        ({"tags": [None]}, "tags[0]"),
    ],
)
def test_wrong_flags(options: Obj, path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_object(FLAG, {"key": "a", **options})
    assert caught.value.problems[0][0].startswith(path)


@pytest.mark.parametrize(
    "filters",
    [
        {"properties": {"type": "OR", "values": [None]}},
        {"properties": {"type": "OR", "values": None}},
        {"properties": {"type": "OR", "values": [{"type": "AND", "values": [None]}]}},
    ],
)
def test_wrong_cohorts(filters: Obj) -> None:
    with pytest.raises(InvalidInput):
        read_object(RESOURCES["cohort"], {"name": "a", "filters": filters})


# -- delete ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check_mode", [True, False])
def test_hard_deletion_and_again(check_mode: bool) -> None:
    world = things({"id": 1, "name": "a"}, check_mode=check_mode)
    outcome = absent(world, name="a")
    assert outcome.action == "deleted"
    assert outcome.obj is None
    assert outcome.before == {"name": "a", "id": 1}
    assert world.memory.writes == ([] if check_mode else [("DELETE", f"{THINGS}1/", None)])
    assert not absent(world, name="a").changed


def test_soft_deletion() -> None:
    table = dataclasses.replace(THING, delete=Delete.SOFT, always_send=("name",))
    world = things({"id": 1, "name": "a"}, table=table)
    assert absent(world, table, name="a").action == "deleted"
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"name": "a", "deleted": True})]
    assert not absent(world, table, name="a").changed
    assert not absent(world, table, id=1).changed
    made = present(world, table, name="a")
    assert made.action == "created"
    assert made.obj is not None and made.obj["id"] == 101


@pytest.mark.parametrize("status", [404, 410])
def test_deleted_by_somebody_else_meanwhile(status: int) -> None:
    world = things({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = api_error(status, "Not found.", "DELETE")
    assert absent(world, name="a").action == "deleted"


@pytest.mark.parametrize("status", [402, 403, 405, 422])
def test_a_refused_deletion_is_a_failure_whatever_else_is_known(status: int) -> None:
    world = things({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = api_error(status, "Not allowed.", "DELETE")
    world.memory.errors["GET", f"{THINGS}1/"] = api_error(404, "Not found.")
    with pytest.raises(ApiError, match="Not allowed"):
        absent(world, name="a")


@pytest.mark.parametrize("status", [400, 409])
def test_deleted_by_a_request_whose_answer_was_lost(status: int) -> None:
    """The repetition is refused, and the object is gone: that is no failure; if it is still there, it is."""
    world = things({"id": 1, "name": "a"})
    refused = api_error(status, "It is already pending deletion.", "DELETE")
    world.memory.errors["DELETE", f"{THINGS}1/"] = refused
    world.memory.errors["GET", f"{THINGS}1/"] = api_error(404, "Not found.")
    assert absent(world, name="a").action == "deleted"
    world = things({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = refused
    with pytest.raises(ApiError, match="pending"):
        absent(world, name="a")
    world = things({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = refused
    world.memory.errors["GET", f"{THINGS}1/"] = api_error(403, "Not yours.")
    with pytest.raises(ApiError, match="pending"):
        absent(world, name="a")


def test_what_cannot_be_deleted() -> None:
    table = dataclasses.replace(THING, delete=Delete.NONE)
    world = things({"id": 1, "name": "a"}, table=table)
    with pytest.raises(PostHogFailure, match="cannot be deleted"):
        absent(world, table, name="a")


# -- invites, members, roles -----------------------------------------------------------------------------------------

INVITES = f"/api/organizations/{ORGANIZATION}/invites/"
MEMBERS = f"/api/organizations/{ORGANIZATION}/members/"
ROLES = f"/api/organizations/{ORGANIZATION}/roles/"
INVITE = RESOURCES["invite"]
MEMBER = RESOURCES["member"]


def organization(*, level: int = 8, check_mode: bool = False) -> World:
    """An organization with Ada (admin) and Bob; the key's own user has a level."""
    memory = with_features(Memory())
    memory.singles[f"/api/organizations/{ORGANIZATION}/"]["membership_level"] = level
    memory.lists[MEMBERS] = [
        {"id": "m1", "user": {"id": 17, "uuid": "u1", "email": "Ada@Example.com"}, "level": 8},
        {"id": "m2", "user": {"id": 18, "uuid": "u2", "email": "bob@example.com"}, "level": 1},
    ]
    memory.lists[INVITES] = [{"id": "i1", "target_email": "Cleo@example.com", "level": 1, "is_expired": False}]
    memory.lists[ROLES] = [{"id": "r1", "name": "Engineering", "members": []}]
    users = {member["user"]["uuid"]: member["user"] for member in memory.lists[MEMBERS]}
    memory.identify = lambda body, number: (
        {"id": f"x{number}", "user": users[body["user_uuid"]]} if "user_uuid" in body else {"id": f"i{number}", **body}
    )
    return make_world(memory, check_mode=check_mode)


def test_a_member_by_address_whatever_its_case() -> None:
    world = organization()
    assert not present(world, MEMBER, email="ADA@example.com", level="admin").changed
    outcome = present(world, MEMBER, email="bob@example.com", level="admin")
    assert world.memory.writes == [("PATCH", f"{MEMBERS}u2/", {"level": 8})]
    assert changes(outcome) == [{"path": "level", "before": "member", "after": "admin"}]


@pytest.mark.parametrize("check_mode", [True, False])
def test_who_is_no_member_is_invited_once(check_mode: bool) -> None:
    world = organization(check_mode=check_mode)
    assert present(world, MEMBER, email="dora@example.com", level="admin").changed
    assert not present(world, MEMBER, email="DORA@example.com", level="admin").changed
    assert not present(world, MEMBER, email="cleo@example.com").changed
    assert len(world.memory.writes) == (0 if check_mode else 1)


def test_an_invite_is_replaced() -> None:
    world = organization()
    outcome = present(world, INVITE, target_email="cleo@example.com", level="admin")
    assert outcome.action == "updated"
    assert [call[:2] for call in world.memory.writes] == [("DELETE", f"{INVITES}i1/"), ("POST", INVITES)]
    assert not present(world, INVITE, target_email="cleo@example.com", level="admin").changed


def test_an_invite_is_replaced_once_in_check_mode() -> None:
    world = organization(check_mode=True)
    assert present(world, INVITE, target_email="cleo@example.com", level="admin").changed
    assert not present(world, INVITE, target_email="cleo@example.com", level="admin").changed


@pytest.mark.parametrize("address", ["cleo@example.com", "dora@example.com"])
@pytest.mark.parametrize("table", [INVITE, MEMBER], ids=["invite", "member"])
def test_a_level_above_the_own_one_is_refused_before_anything_is_written(table: Resource, address: str) -> None:
    world = organization()
    option = table.identity.option
    with pytest.raises(InvalidInput, match="level: owner is above the level of the key's own user"):
        present(world, table, level="owner", **{option: address})
    assert world.memory.writes == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_removing_a_member_and_the_invite(check_mode: bool) -> None:
    world = organization(check_mode=check_mode)
    assert absent(world, MEMBER, email="ada@example.com").changed
    assert absent(world, MEMBER, email="cleo@example.com").changed
    assert not absent(world, MEMBER, email="dora@example.com").changed
    paths = [call[:2] for call in world.memory.writes]
    assert paths == ([] if check_mode else [("DELETE", f"{MEMBERS}u1/"), ("DELETE", f"{INVITES}i1/")])


def roles(world: World, **options: Any) -> Obj:
    """Run the module for memberships of roles."""
    params = {"exclusive": False, "state": "present", **options}
    return ResourceHandler(RESOURCES["role_membership"]).run(world.session, options, params)


def holders(world: World) -> list[str]:
    """Who has the role."""
    found = world.memory.lists.get(f"{ROLES}r1/role_memberships/", [])
    return sorted(item["user"]["email"].lower() for item in found)


@pytest.mark.parametrize("check_mode", [True, False])
def test_several_members_of_a_role(check_mode: bool) -> None:
    world = organization(check_mode=check_mode)
    everybody = ["ada@example.com", "bob@example.com"]
    assert roles(world, role="Engineering", organization_members=everybody)["changed"]
    assert not roles(world, role="Engineering", organization_members=everybody)["changed"]
    result = roles(world, role="Engineering", organization_members=["ADA@example.com"], exclusive=True)
    assert result["changed"]
    assert len(result["role_memberships"]) == 1
    assert holders(world) == ([] if check_mode else ["ada@example.com"])


def test_all_members_are_known_before_the_first_is_written() -> None:
    world = organization()
    with pytest.raises(InvalidInput, match=r"organization_members\[1\]: there is no member"):
        roles(world, role="Engineering", organization_members=["ada@example.com", "nobody@example.com"])
    assert world.memory.writes == []


def test_an_empty_exclusive_list_takes_the_role_from_everybody() -> None:
    world = organization()
    roles(world, role="Engineering", organization_members=["ada@example.com", "bob@example.com"])
    assert roles(world, role="Engineering", organization_members=[], exclusive=True)["changed"]
    assert holders(world) == []


@pytest.mark.parametrize("member", [17, "17"])
def test_a_member_by_number_has_the_role_and_keeps_it(member: Any) -> None:
    """A number is taken as the id (of the user, here), also when the list is the whole truth."""
    world = organization()
    assert roles(world, role="Engineering", organization_members=[member], exclusive=True)["changed"]
    assert holders(world) == ["ada@example.com"]
    assert not roles(world, role="Engineering", organization_members=[member], exclusive=True)["changed"]


def test_a_role_that_an_earlier_task_would_have_made() -> None:
    world = organization(check_mode=True)
    assert roles(world, role="Coming", organization_members=["ada@example.com"])["changed"]
    assert "there is no role 'Coming'" in world.warnings[0]


def test_taking_a_role_that_does_not_exist_from_somebody() -> None:
    result = roles(organization(), role="Nowhere", organization_member="ada@example.com", state="absent")
    assert not result["changed"]
