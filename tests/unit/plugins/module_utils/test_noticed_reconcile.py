# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task on one object refuses, warns of, sends and returns: whole sentences, whole bodies, whole outcomes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.community.posthog.plugins.module_utils._data import paths
from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    Ambiguous,
    ApiError,
    InvalidInput,
    PostHogFailure,
    UnknownOutcome,
)
from ansible_collections.community.posthog.plugins.module_utils._engine import reconcile as _reconcile
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec, read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome, changes
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import Policy, policy_of
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._engine.secrets import MASK
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Purging, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    MARK,
    Anything,
    Bool,
    Document,
    Int,
    ListOf,
    Map,
    Open,
    Reference,
    References,
    Tags,
    Text,
)
from ansible_collections.community.posthog.plugins.module_utils._state.policy import RunPolicy
from ansible_collections.community.posthog.tests.unit.plugins.utils import (
    ORGANIZATION,
    Memory,
    Obj,
    World,
    api_error,
    make_world,
)

THINGS = "/api/projects/1/things/"
COHORTS = "/api/projects/1/cohorts/"

WIDGET = Resource(
    type="widget",
    plural="widgets",
    scope=Scope.PROJECT,
    path="things/",
    identity=Identity("name", ("name",)),
    scopes=("widget:read", "widget:write"),
    order=50,
    fields=(
        Text("name", required=True),
        Text("description", null_as=""),
        Int("size", nullable=True),
        Bool("active", default=True),
        Tags(),
        Text("kind", create_only=True, nullable=True),
        Text("late", update_only=True),
        Text("password", secret=True),
        Text("hint", write_only=True),
        Open("settings", nullable=True),
        Document("shape", [Text("a"), Int("b", default=5)], nullable=True),
        Reference("cohort", Ref("cohort"), nullable=True),
        References("cohorts", Ref("cohort")),
        Open("query", refs=(NestedRef({"type": "cohort"}, "value", Ref("cohort")),)),
    ),
)
UNIQUE = dataclasses.replace(WIDGET, identity=Identity("name", ("name",), unique=True))


def widgets(*objects: Obj, table: Resource = WIDGET, features: Any = ("tagging",), **options: Any) -> World:
    """A project with these widgets."""
    memory = Memory()
    organization: Obj = {"id": ORGANIZATION, "membership_level": 8}
    if features is not None:
        organization["available_product_features"] = [{"key": key} for key in features]
    memory.singles[f"/api/organizations/{ORGANIZATION}/"] = organization
    memory.lists[THINGS] = [dict(obj) for obj in objects]
    memory.lists[COHORTS] = [{"id": 7, "name": "Beta"}, {"id": 8, "name": "Gamma"}]
    return make_world(memory, tables=[table], **options)


def present(
    world: World,
    table: Resource = WIDGET,
    *,
    update_secret: str = "on_create",
    policy: Policy | None = None,
    **options: Any,
) -> Outcome:
    """Declare one object."""
    object_id = options.pop("id", None)
    more = {"policy": policy} if policy is not None else {}
    worker = Reconciler(world.session, table, update_secret=update_secret, **more)
    return worker.present(read_object(table, options), object_id)


def absent(world: World, table: Resource = WIDGET, **options: Any) -> Outcome:
    """Declare that one object is not there."""
    object_id = options.pop("id", None)
    return Reconciler(world.session, table).absent(read_object(table, options), object_id)


def refusal_of(world: World, table: Resource = WIDGET, **options: Any) -> str:
    """Why a declaration is refused, and that nothing was written."""
    with pytest.raises(PostHogFailure) as caught:
        present(world, table, **options)
    assert world.memory.writes == []
    return caught.value.message


# -- what is refused -------------------------------------------------------------------------------------------------


def test_sentences_of_refusals() -> None:
    one, two = {"id": 1, "name": "a", "kind": "x", "size": 1}, {"id": 2, "name": "a", "kind": "y", "size": 2}
    assert refusal_of(widgets(), id=9, name="a") == "id: there is no widget with the id 9"
    assert refusal_of(widgets(one), name="a", kind="z") == "kind: cannot be changed after creation (it is 'x')"
    assert refusal_of(widgets(one, two), name="a") == (
        "name: 2 objects of type widget are called 'a' (ids 1, 2); give the id of the one that is meant, or rename "
        "the other"
    )
    assert refusal_of(widgets(), name="a", cohort="Xyzzy") == (
        "cohort: there is no cohort 'Xyzzy'; there are 'Beta', 'Gamma'"
    )
    with pytest.raises(InvalidInput) as caught:
        Reconciler(widgets().session, WIDGET).present(ObjectSpec(values={"size": 1}))
    assert caught.value.message == "name: is needed to create the widget, which does not exist yet"


def test_several_of_a_name_that_more_would_tell_apart() -> None:
    table = dataclasses.replace(WIDGET, identity=Identity("name", ("name",), within=("kind", "size")))
    world = widgets({"id": 1, "name": "a", "kind": "x", "size": 1}, {"id": 2, "name": "a", "kind": "x", "size": 2})
    with pytest.raises(Ambiguous) as caught:
        present(world, table, name="a")
    assert caught.value.message == (
        "name: 2 objects of type widget are called 'a' (ids 1, 2); give kind or size too, or give the id of the one "
        "that is meant, or rename the other"
    )
    with pytest.raises(Ambiguous) as caught:
        present(world, table, name="a", kind="x")
    assert "; give size too, or give the id" in caught.value.message
    outcome = present(world, table, name="a", kind="x", size=2)
    assert outcome.action == "unchanged" and outcome.obj is not None and outcome.obj["id"] == 2


def test_what_has_no_name_is_like_that() -> None:
    table = dataclasses.replace(WIDGET, identity=Identity("size", ("size",), by_value=True))
    world = widgets({"id": 1, "name": "a", "size": 1}, {"id": 2, "name": "b", "size": 1}, {"id": 3, "size": 2})
    with pytest.raises(Ambiguous) as caught:
        present(world, table, size=1, name="c")
    assert caught.value.message == (
        "size: 2 objects of type widget are like that (ids 1, 2); give the id of the one that is meant, or rename "
        "the other"
    )
    assert present(world, table, size=2).action == "unchanged"


def test_options_that_are_refused_before_anything_is_read() -> None:
    table = dataclasses.replace(
        WIDGET, checks=(lambda values: [("size", "is odd")] if values.get("size") == 3 else [],)
    )
    for options, prefix, problems in (
        ({"extra_fields": [1]}, "", [("extra_fields", "takes a dictionary")]),
        ({"extra_fields": [1]}, "items[0]", [("items[0].extra_fields", "takes a dictionary")]),
        ({"extra_fields": {"size": 1}}, "", [("extra_fields.size", "is an option of its own; give it as size")]),
        ({"size": 3}, "", [("size", "is odd")]),
        ({"size": 3}, "items[0]", [("items[0].size", "is odd")]),
        (
            {"size": "x", "active": "so"},
            "",
            [("size", "takes a number, not 'x'"), ("active", "takes true or false, not 'so'")],
        ),
    ):
        with pytest.raises(InvalidInput) as caught:
            read_object(table, options, prefix)
        assert caught.value.problems == problems
    declared = read_object(table, {"name": " a\n", "description": " b ", "extra_fields": {"shape": {"c": 1}, "new": 2}})
    assert declared.values == {"name": "a", "description": " b "}
    assert declared.extra == {"shape": {"c": 1}, "new": 2}


@pytest.mark.parametrize("action", ["update", "delete"])
def test_what_is_posthogs_own(action: str) -> None:
    table = dataclasses.replace(WIDGET, fixed=lambda obj: "made by PostHog" if obj.get("builtin") else "")
    world = widgets({"id": 1, "name": "a", "builtin": True, "size": 1}, table=table)
    with pytest.raises(PostHogFailure) as caught:
        present(world, table, name="a", size=2) if action == "update" else absent(world, table, name="a")
    assert caught.value.message == "widget 'a' is made by PostHog, which nobody can change or delete; leave it out"
    assert world.memory.writes == [] and present(world, table, name="a", size=1).action == "unchanged"


def test_what_no_api_deletes() -> None:
    table = dataclasses.replace(WIDGET, delete=Delete.NONE)
    with pytest.raises(PostHogFailure) as caught:
        absent(widgets({"id": 1, "name": "a"}, table=table), table, name="a")
    assert caught.value.message == "state: widget 'a' cannot be deleted through PostHog's API"


def test_a_plan_that_lacks_the_type() -> None:
    table = dataclasses.replace(WIDGET, plan_feature="widgets")
    world = widgets({"id": 1, "name": "a", "size": 1, "active": True}, table=table)
    assert refusal_of(world, table, name="a", size=2, active=False) == (
        "size, active: the plan of this organization lacks the feature 'widgets', without which PostHog refuses to "
        "change an object of the type widget"
    )
    assert present(world, table, name="a", size=1).action == "unchanged"
    for features in (("widgets",), None):
        world = widgets({"id": 1, "name": "a", "size": 1}, table=table, features=features)
        assert present(world, table, name="a", size=2).action == "updated"
    world.memory.errors["POST", THINGS] = api_error(402, "Payment required.")
    with pytest.raises(ApiError) as caught:
        present(world, table, name="b")
    assert caught.value.message == "402: Payment required. It is called 'widgets'."


def test_guards_refuse_before_anything_is_written() -> None:
    seen = []

    def guard(session: Any, values: Any, current: Any) -> list[tuple[str, str]]:
        seen.append((dict(values), current is not None))
        return [("size", "is guarded")] if values.get("size") == 3 else []

    table = dataclasses.replace(WIDGET, guards=(guard,))
    world = widgets({"id": 1, "name": "a", "size": 1}, table=table)
    assert refusal_of(world, table, name="a", size=3) == "size: is guarded"
    assert refusal_of(world, table, name="b", size=3) == "size: is guarded"
    assert seen == [({"name": "a", "size": 3}, True), ({"name": "b", "size": 3}, False)]
    anew = dataclasses.replace(table, replaceable=True)
    assert (
        refusal_of(widgets({"id": 1, "name": "a", "size": 1}, table=anew), anew, name="a", size=3) == "size: is guarded"
    )


# -- what is warned of -----------------------------------------------------------------------------------------------


def test_what_this_server_does_not_show() -> None:
    world = widgets({"id": 1, "name": "a"})
    assert present(world, name="a", size=1).action == "unchanged"
    assert present(world, name="a", size=1, description="x").action == "unchanged"
    assert world.warnings == [
        "widget 'a': this PostHog does not show size, so it was neither compared nor written",
        "widget 'a': this PostHog does not show description, size, so they were neither compared nor written",
    ]
    assert world.memory.writes == []


def test_what_posthog_does_not_keep() -> None:
    world = widgets({"id": 1, "name": "a", "size": 1, "tags": [], "description": ""}, features=None)
    world.memory.storing = lambda obj: {**obj, "size": 1, "tags": []}
    outcome = present(world, name="a", size=2)
    assert (outcome.action, outcome.before, outcome.after) == (
        "unchanged",
        {"name": "a", "size": 1},
        {"name": "a", "size": 1},
    )
    outcome = present(world, name="a", size=2, description="x")
    assert (outcome.action, outcome.after) == ("updated", {"name": "a", "description": "x", "size": 1})
    assert present(world, name="a", tags=["t"]).action == "unchanged"
    assert world.warnings == [
        "widget 'a': PostHog accepted size without an error but did not keep it",
        "widget 'a': PostHog accepted size without an error but did not keep it",
        "widget 'a': PostHog accepted tags without an error but did not keep it (it needs the plan feature 'tagging')",
    ]


def test_what_a_creation_does_not_keep() -> None:
    world = widgets()
    world.memory.storing = lambda obj: {**obj, "size": None}
    outcome = present(world, name="a", size=2)
    assert [(method, body) for method, _path, body in world.memory.writes] == [
        ("POST", {"name": "a", "size": 2}),
        ("PATCH", {"size": 2}),
    ]
    assert outcome.action == "created" and outcome.after == {"name": "a"}
    assert world.warnings == ["widget 'a': PostHog accepted size without an error but did not keep it"]


def test_what_the_plan_lacks_is_left_out() -> None:
    left_out = (
        "tags: the plan of this organization lacks the feature 'tagging', without which PostHog drops this field "
        "silently; it was left out"
    )
    world = widgets({"id": 1, "name": "a", "tags": []}, features=())
    assert present(world, name="a", tags=["x"]).action == "unchanged"
    assert present(world, name="b", tags=["x"]).action == "created"
    assert world.memory.writes == [("POST", THINGS, {"name": "b"})] and world.warnings == [left_out] * 2
    # A downgrade of the plan takes nothing away that is stored, and the stored value can still be changed.
    world = widgets({"id": 1, "name": "a", "tags": ["old"]}, features=())
    assert present(world, name="a", tags=["old"]).action == "unchanged"
    assert present(world, name="a", tags=["new"]).action == "updated"
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"tags": ["new"]})] and world.warnings == []
    assert present(world, name="a", tags=[]).action == "updated"


def test_extra_fields() -> None:
    world = widgets({"id": 1, "name": "a", "new": {"x": 1, "y": 2}, "kept": 1})
    assert present(world, name="a", extra_fields={"new": {"x": 1}}).action == "unchanged"
    outcome = present(world, name="a", extra_fields={"new": {"x": 5}})
    assert (outcome.before, outcome.after) == ({"name": "a", "new": {"x": 1}}, {"name": "a", "new": {"x": 5}})
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"new": {"x": 5, "y": 2}})]
    assert world.warnings == []
    assert present(world, name="a", extra_fields={"never": 1, "seen": 2}).action == "unchanged"
    assert world.warnings.pop() == "extra_fields: PostHog does not show never, seen, so nothing was compared there"
    world.memory.storing = lambda obj: {**obj, "kept": 1}
    assert present(world, name="a", extra_fields={"kept": 2}).action == "unchanged"
    assert world.warnings == ["extra_fields.kept: PostHog accepted this without an error but did not keep it"]
    made = present(world, name="b", shape={"a": "x"}, extra_fields={"shape": {"c": 1}, "new": 5})
    assert world.memory.writes[-1][2] == {"name": "b", "shape": {"a": "x", "b": 5, "c": 1}, "new": 5}
    assert made.obj is not None and made.obj["new"] == 5


def test_extra_fields_inside_of_documents() -> None:
    world = widgets({"id": 1, "name": "a", "shape": {"a": "x", "b": 6, "made": 1}})
    present(world, name="a", extra_fields={"shape": {"made": 2}})
    assert world.memory.writes[-1][2] == {"shape": {"a": "x", "b": 6, "made": 2}}
    present(world, name="a", shape={"a": "y", "b": 6}, extra_fields={"shape": {"made": 3}})
    assert world.memory.writes[-1][2]["shape"] == {"a": "y", "b": 6, "made": 3}


# -- what is sent and returned ---------------------------------------------------------------------------------------


def test_a_whole_creation() -> None:
    options: Obj = {
        "name": "a",
        "description": None,
        "size": 3,
        "tags": [" X "],
        "kind": "k",
        "late": "l",
        "password": "the-secret-of-it",
        "hint": "h",
        "settings": {"x": 1},
        "shape": {"a": "y"},
        "cohort": "Beta",
        "cohorts": ["Gamma", 7],
        "query": {"filter": {"type": "cohort", "value": "Beta"}},
    }
    body = {
        "name": "a",
        "description": "",
        "size": 3,
        "tags": ["x"],
        "kind": "k",
        "password": "the-secret-of-it",
        "hint": "h",
        "settings": {"x": 1},
        "shape": {"a": "y", "b": 5},
        "cohort": 7,
        "cohorts": [8, 7],
        "query": {"filter": {"type": "cohort", "value": 7}},
    }
    after = {
        "name": "a",
        "description": "",
        "size": 3,
        "tags": ["x"],
        "kind": "k",
        "late": "l",
        "password": f"{MASK} (written)",
        "settings": {"x": 1},
        "shape": {"a": "y"},
        "cohort": "Beta",
        "cohorts": ["Beta", "Gamma"],
        "query": {"filter": {"type": "cohort", "value": "Beta"}},
    }
    for check_mode in (False, True):
        world = widgets(check_mode=check_mode)
        outcome = present(world, **options)
        assert (outcome.action, outcome.before, outcome.after) == ("created", {}, after)
        assert outcome.label == "widget 'a'" and outcome.resource is WIDGET and outcome.changed
        writes = [("POST", THINGS, body), ("PATCH", f"{THINGS}101/", {"late": "l"})]
        assert world.memory.writes == ([] if check_mode else writes)
        assert outcome.obj is not None
        expected = {**body, "late": "l", "password": outcome.obj.get("password"), "hint": outcome.obj.get("hint")}
        assert {key: outcome.obj.get(key) for key in expected} == expected
        assert present(world, **options).action == "unchanged"
        assert changes(outcome) == []


def test_a_whole_update() -> None:
    current: Obj = {
        "id": 1,
        "name": "a",
        "description": "old",
        "size": 1,
        "active": True,
        "tags": ["x", MARK],
        "settings": {"x": 1, "y": 2},
        "shape": {"a": "p", "b": 9, "other": 1},
        "cohort": 7,
        "cohorts": [7],
        "query": {"filter": {"type": "cohort", "value": 7}, "kind": "k"},
        "password": MASK,
    }
    options: Obj = {
        "description": "new",
        "size": None,
        "tags": ["y"],
        "settings": {"x": 5},
        "shape": {"a": "q"},
        "cohort": "Gamma",
        "cohorts": ["Gamma", "Beta"],
        "query": {"filter": {"type": "cohort", "value": "Gamma"}},
    }
    for check_mode in (False, True):
        world = widgets(current, check_mode=check_mode)
        outcome = present(world, name="a", password="the-secret-of-it", **options)
        assert outcome.before == {
            "name": "a",
            "description": "old",
            "size": 1,
            "tags": ["x"],
            "password": MASK,
            "settings": {"x": 1},
            "shape": {"a": "p", "b": 9},
            "cohort": "Beta",
            "cohorts": ["Beta"],
            "query": {"filter": {"type": "cohort", "value": "Beta"}},
        }
        assert outcome.after == {
            "name": "a",
            "description": "new",
            "size": None,
            "tags": ["y"],
            "password": MASK,
            "settings": {"x": 5},
            "shape": {"a": "q", "b": 5},
            "cohort": "Gamma",
            "cohorts": ["Beta", "Gamma"],
            "query": {"filter": {"type": "cohort", "value": "Gamma"}},
        }
        if not check_mode:
            ((method, path, body),) = world.memory.writes
            assert (method, path) == ("PATCH", f"{THINGS}1/")
            assert sorted(body.pop("tags")) == [MARK, "y"] and sorted(body.pop("cohorts")) == [7, 8]
            assert body.pop("shape")["a"] == "q"
            assert body == {
                "description": "new",
                "size": None,
                "settings": {"x": 5, "y": 2},
                "cohort": 8,
                "query": {"filter": {"type": "cohort", "value": 8}, "kind": "k"},
            }
        assert present(world, name="a", **options).action == "unchanged"
        assert outcome.obj is not None and outcome.obj["description"] == "new" and outcome.obj["active"] is True


def test_secrets_are_written_when_that_is_asked_for() -> None:
    world = widgets({"id": 1, "name": "a", "password": MASK})
    assert present(world, name="a", password="the-secret-of-it").action == "unchanged"
    outcome = present(world, name="a", password="the-secret-of-it", update_secret="always")
    assert (outcome.action, outcome.before["password"], outcome.after["password"]) == (
        "updated",
        MASK,
        f"{MASK} (written)",
    )
    assert world.memory.writes == [("PATCH", f"{THINGS}1/", {"password": "the-secret-of-it"})]


def test_what_cannot_be_changed_is_made_anew() -> None:
    table = dataclasses.replace(WIDGET, replaceable=True)
    for check_mode in (True, False):
        world = widgets({"id": 1, "name": "a", "size": 1, "kind": "x"}, table=table, check_mode=check_mode)
        assert present(world, table, name="a", size=1).action == "unchanged"
        outcome = present(world, table, name="a", size=2)
        assert (outcome.action, outcome.before, outcome.after) == (
            "updated",
            {"name": "a", "size": 1},
            {"name": "a", "size": 2},
        )
        assert outcome.label == "widget 'a'"
        assert present(world, table, name="a", size=2).action == "unchanged"
    assert world.memory.writes == [("DELETE", f"{THINGS}1/", None), ("POST", THINGS, {"name": "a", "size": 2})]
    assert outcome.obj is not None and outcome.obj["id"] == 101


def test_deletions() -> None:
    world = widgets({"id": 1, "name": "a", "size": 1})
    outcome = absent(world, name="b")
    assert (outcome.action, outcome.obj, outcome.label, outcome.changed) == ("unchanged", None, "widget 'b'", False)
    assert absent(world, id=9).label == "widget 9" or absent(world, id=9).action == "unchanged"
    check = widgets({"id": 1, "name": "a", "size": 1}, check_mode=True)
    for one in (check, world):
        outcome = absent(one, name="a", size=5)
        assert (outcome.action, outcome.obj, outcome.before, outcome.after) == (
            "deleted",
            None,
            {"name": "a", "id": 1},
            {},
        )
        assert outcome.label == "widget 'a'" and outcome.changed
        assert absent(one, name="a").action == "unchanged"
    assert check.memory.writes == [] and world.memory.writes == [("DELETE", f"{THINGS}1/", None)]


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_needs_no_deletion(status: int) -> None:
    world = widgets({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = api_error(status, "Gone.")
    assert absent(world, name="a").action == "deleted"


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("gone", [True, False])
def test_a_refused_deletion_of_what_vanished(status: int, gone: bool) -> None:
    """The answer to the first try was lost, and the repetition is what is refused: look whether it is there."""
    world = widgets({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = api_error(status, "It is being deleted.")
    if gone:
        world.memory.errors["GET", f"{THINGS}1/"] = api_error(404, "Not found.")
        assert absent(world, name="a").action == "deleted"
        assert absent(world, name="a").action == "unchanged"
        return
    with pytest.raises(ApiError, match=r"It is being deleted\."):
        absent(world, name="a")
    world.memory.errors["GET", f"{THINGS}1/"] = api_error(403, "Not yours.")
    with pytest.raises(ApiError, match=r"It is being deleted\."):
        absent(world, name="a")


def test_other_refusals_of_a_deletion_are_believed() -> None:
    world = widgets({"id": 1, "name": "a"})
    world.memory.errors["DELETE", f"{THINGS}1/"] = api_error(403, "Not yours.")
    world.memory.errors["GET", f"{THINGS}1/"] = api_error(404, "Not found.")
    with pytest.raises(ApiError, match=r"Not yours\."):
        absent(world, name="a")


# -- lost answers ----------------------------------------------------------------------------------------------------


def lost(world: World, *slow: bool) -> None:
    """Let writes have no answer; where the server was slow, it may still finish them."""
    write = world.memory._write
    left = list(slow)

    def _write(method: str, path: str, body: Any) -> Any:
        if left:
            error = UnknownOutcome("the answer is lost", status=502, method=method, path=path)
            error.slow = left.pop(0)
            raise error
        return write(method, path, body)

    world.memory._write = _write  # type: ignore[method-assign]


def test_a_creation_that_may_still_come_is_not_repeated() -> None:
    """The server was still at it: nothing but us keeps the object from being there twice."""
    world = widgets()
    lost(world, True)
    with pytest.raises(PostHogFailure) as caught:
        present(world, name="a")
    assert caught.value.message == (
        "the answer is lost; it was not there when looked for again, and running the task again finishes it"
    )
    assert len(world.memory.writes) == 1 and world.memory.rests == 1
    # The next object is another matter.
    assert present(world, name="b").action == "created"


@pytest.mark.parametrize(("table", "slow"), [(UNIQUE, True), (UNIQUE, False), (WIDGET, False)])
def test_a_creation_that_will_not_come_is_repeated(table: Resource, slow: bool) -> None:
    world = widgets(table=table)
    lost(world, slow)
    assert present(world, table, name="a").action == "created"
    assert len(world.memory.writes) == 2 and len(world.memory.lists[THINGS]) == 1


def test_lost_answers_end() -> None:
    world = widgets()
    lost(world, *[False] * 50)
    with pytest.raises(UnknownOutcome, match="the answer is lost"):
        present(world, name="a")
    assert len(world.memory.writes) == _reconcile._PLANS and world.memory.rests == _reconcile._PLANS - 1


def test_a_name_that_was_taken_meanwhile() -> None:
    world = widgets()

    def taken(method: str, path: str, body: Any) -> Any:
        world.memory.lists[THINGS].append({"id": 5, "name": "a", "size": 1})
        del world.memory._write  # type: ignore[attr-defined]
        raise api_error(409, "It exists.", "POST", THINGS, code="conflict")

    world.memory._write = taken  # type: ignore[method-assign]
    outcome = present(world, name="a", size=2)
    assert (outcome.action, outcome.before, outcome.after) == (
        "updated",
        {"name": "a", "size": 1},
        {"name": "a", "size": 2},
    )
    assert [method for method, _path, _body in world.memory.writes] == ["POST", "PATCH"]


@pytest.mark.parametrize(
    ("status", "code", "looked"), [(400, "unique", 2), (409, "conflict", 2), (409, "x", 1), (400, "x", 1)]
)
def test_a_name_that_is_taken_for_good(status: int, code: str, looked: int) -> None:
    """One look is enough: what is there then is no object of this name."""
    world = widgets()
    world.memory.errors["POST", THINGS] = api_error(status, "It exists.", "POST", THINGS, code=code)
    with pytest.raises(ApiError, match="It exists"):
        present(world, name="a")
    assert len(world.memory.writes) == looked


def test_what_failed_after_a_creation() -> None:
    world = widgets()
    world.memory.errors["PATCH", f"{THINGS}101/"] = api_error(400, "No.")
    with pytest.raises(ApiError) as caught:
        present(world, name="a", late="x")
    assert caught.value.message == "The widget 'a' was created, but then: 400: No."


# -- undeclared: default ---------------------------------------------------------------------------------------------


def test_what_is_not_named_is_set_back() -> None:
    whole = policy_of("default")
    assert whole is not None
    world = widgets({"id": 1, "name": "a", "active": False, "size": 3, "description": "x", "settings": {"k": 1}})
    outcome = present(world, name="a", policy=whole, size=3)
    assert outcome.before == {"name": "a", "description": "x", "size": 3, "active": False, "settings": {"k": 1}}
    assert outcome.after["active"] is True and outcome.after["description"] == "" and outcome.after["size"] == 3
    found = {change["path"]: change for change in changes(outcome)}
    assert found["active"] == {"path": "active", "before": False, "after": True, "undeclared": True}
    assert found["description"] == {"path": "description", "before": "x", "after": "", "undeclared": True}
    assert "size" not in found
    outcome = present(world, name="a", policy=whole, size=4)
    assert changes(outcome) == [{"path": "size", "before": 3, "after": 4}]


# -- results ---------------------------------------------------------------------------------------------------------


def test_results_hold_no_secrets() -> None:
    table = dataclasses.replace(WIDGET, masked=("token", "deep.token", "missing.token"))
    obj = {"id": 1, "password": "p", "token": "t", "deep": {"token": "u", "other": 1}, "empty": {"token": ""}}
    assert masked(table, obj) == {
        "id": 1,
        "password": MASK,
        "token": MASK,
        "deep": {"token": MASK, "other": 1},
        "empty": {"token": ""},
    }
    assert masked(table, None) is None and obj["password"] == "p" and obj["deep"] == {"token": "u", "other": 1}
    assert masked(table, {"password": None, "token": ""}) == {"password": None, "token": ""}


def test_what_counts_as_a_change() -> None:
    assert not Outcome(WIDGET, "unchanged", None).changed
    assert Outcome(WIDGET, "deleted", None).changed
    assert Outcome(WIDGET, "unchanged", None, also=[Outcome(WIDGET, "created", {})]).changed
    assert not Outcome(WIDGET, "unchanged", None, also=[Outcome(WIDGET, "unchanged", {})]).changed
    outcome = Outcome(WIDGET, "updated", {}, {"a": 1, "b": {"c": 1}}, {"a": 2, "b": {"c": 2}}, named={"b": {"c": 2}})
    assert changes(outcome) == [
        {"path": "a", "before": 1, "after": 2, "undeclared": True},
        {"path": "b.c", "before": 1, "after": 2},
    ]
    assert changes(dataclasses.replace(outcome, named=None)) == [
        {"path": "a", "before": 1, "after": 2},
        {"path": "b.c", "before": 1, "after": 2},
    ]
    assert changes(dataclasses.replace(outcome, action="created")) == []


def test_dictionaries_laid_over_each_other() -> None:
    base, extra = {"a": {"b": 1, "c": 2}, "d": 1}, {"a": {"b": 5}, "d": {"e": [1]}, "f": 2}
    merged = paths.merged(base, extra)
    assert merged == {"a": {"b": 5, "c": 2}, "d": {"e": [1]}, "f": 2}
    assert base == {"a": {"b": 1, "c": 2}, "d": 1} and merged["d"]["e"] is not extra["d"]["e"]
    obj: Obj = {"a": 5}
    paths.put(obj, "a.b.c", 1)
    paths.put(obj, "d", 2)
    paths.put(obj, "a.b.e", 3)
    assert obj == {"a": {"b": {"c": 1, "e": 3}}, "d": 2}
    assert paths.overlaid({"a": 1, "b": 2}, {"b": 3}) == {"a": 1, "b": 3}
    assert paths.overlaid(None, {"b": 3}) == {"b": 3} and paths.overlaid({"a": 1}, [2]) == [2]


def test_texts_that_stand_where_a_document_should() -> None:
    def misplaced(field: Field, value: Any) -> list[str]:
        return list(field.of_kind.misplaced_texts(field, value))

    known = Document("d", [Text("t"), Document("inner", [ListOf("l", Open("o"))]), Map("m", Anything("v"))])
    texts = {"t": "fine", "inner": {"l": ["one", {"fine": 1}]}, "m": "two"}
    assert list(misplaced(known, texts)) == ["one", "two"]
    assert list(misplaced(known, "three")) == ["three"]
    assert list(misplaced(Field("l", "list"), "four")) == ["four"]
    assert list(misplaced(Text("t"), "fine")) == []


# -- names -----------------------------------------------------------------------------------------------------------


def test_a_name_is_needed() -> None:
    for name in ("", " ", "\n"):
        with pytest.raises(InvalidInput) as caught:
            ResourceTask(WIDGET).declare({"name": name}, {})
        assert [path for path, _text in caught.value.problems] == ["name"]


def test_marks_of_the_collection() -> None:
    """Objects that posthog_config makes carry its mark, and keep it."""
    table = dataclasses.replace(WIDGET, purging=Purging(marker="tags"))
    world = widgets({"id": 1, "name": "old", "tags": ["x"], "size": 1}, table=table)
    world.session.policy = RunPolicy(marks=True)
    present(world, table, name="a", tags=["t"])
    present(world, table, name="b")
    present(world, table, name="c", tags=None)
    present(world, table, name="old", size=2)
    bodies = [body for _method, _path, body in world.memory.writes]
    assert bodies[:3] == [
        {"name": "a", "tags": ["t", MARK]},
        {"name": "b", "tags": [MARK]},
        {"name": "c", "tags": [MARK]},
    ]
    assert bodies[3:] == [{"size": 2}]
    world.session.policy = RunPolicy(marks=True, adopts=frozenset({"widget"}))
    present(world, table, name="old", size=2)
    assert world.memory.writes[-1][2] == {"tags": ["x", MARK]}
    assert present(world, table, name="old", tags=["y"]).action == "updated"
    assert sorted(world.memory.writes[-1][2]["tags"]) == [MARK, "y"]
    lacking = widgets(table=table, features=())
    lacking.session.policy = RunPolicy(marks=True)
    present(lacking, table, name="a")
    assert lacking.memory.writes == [("POST", THINGS, {"name": "a"})] and lacking.warnings == []
