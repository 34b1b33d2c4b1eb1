# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that modules take: the same ones, with the same types and defaults, as their documentation says."""

from __future__ import annotations

import dataclasses
import importlib
import json
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic
from ansible.module_utils.common import parameters

from ansible_collections.community.posthog.plugins.module_utils._data.errors import (
    ApiError,
    InvalidInput,
    PostHogFailure,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.argument_spec import option_spec
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._handlers.ansible_module import run_module
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import (
    ModuleHandler,
    concurrency_of,
    perform,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import HANDLERS, Handlers, handler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._handlers.sessions import Sessions
from ansible_collections.community.posthog.plugins.module_utils._handlers.unknown_options import unsupported_hint
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Bool,
    Choice,
    Document,
    Int,
    ListOf,
    Map,
    Number,
    Open,
    Tags,
    Text,
    Time,
    Word,
)
from ansible_collections.community.posthog.tests.unit.plugins.utils import KEY, Memory, Obj, api_error, make_world

PACKAGE = "ansible_collections.community.posthog.plugins"

#: What an argument spec may say of an option. A misspelled word would be ignored, or fail in one way of running alone.
WORDS = {"type", "elements", "choices", "default", "required", "aliases", "no_log", "fallback", "options"}


def documented(module: str) -> dict[str, Any]:
    """The documented options of a module, those of its fragments included."""
    document = yaml.safe_load(importlib.import_module(f"{PACKAGE}.modules.{module}").DOCUMENTATION)
    found: dict[str, Any] = {}
    for name in document.get("extends_documentation_fragment", []):
        place, _dot, attribute = name.removeprefix("community.posthog.").partition(".")
        fragment = importlib.import_module(f"{PACKAGE}.doc_fragments.{place}").ModuleDocFragment
        found.update(yaml.safe_load(getattr(fragment, attribute.upper() or "DOCUMENTATION")).get("options", {}))
    found.update(document.get("options", {}))
    return found


def said(option: dict[str, Any]) -> dict[str, Any]:
    """What an argument spec and a documentation both say of an option, in one form."""
    return {
        "type": option.get("type", "str"),
        "elements": option.get("elements"),
        "choices": [str(choice) for choice in option.get("choices", [])],
        "default": option.get("default"),
        "required": option.get("required", False),
        "aliases": sorted(option.get("aliases", [])),
    }


@pytest.mark.parametrize("module", list(HANDLERS))
def test_options_are_as_documented(module: str) -> None:
    spec = handler(module).spec()["argument_spec"]
    told = documented(module)
    assert {name: said(option) for name, option in spec.items()} == {name: said(told[name]) for name in told}
    for name, option in spec.items():
        inner, inside = option.get("options"), told[name].get("suboptions") or {}
        assert inner is None or {key: said(inner[key]) for key in inner} == {key: said(inside[key]) for key in inside}


def test_programs_are_made_when_they_are_asked_for() -> None:
    made = Handlers()
    assert len(made) == len(list(made)) == len(HANDLERS) and set(made) == set(HANDLERS)
    cohort = made["posthog_cohort"]
    assert isinstance(cohort, ResourceHandler) and cohort.table.type == "cohort" and made["posthog_cohort"] is cohort
    assert cohort.name == "posthog_cohort"
    for name in ("posthog_api", "posthog_config", "posthog_connection_info", "posthog_event", "posthog_export"):
        assert made[name].name == name and made[name] is made[name]
    assert handler("community.posthog.posthog_info").name == "posthog_info"
    unmanaged = next(table.type for table in RESOURCES.values() if not table.module)
    for name in ("posthog_nothing", "cohort", f"posthog_{unmanaged}"):
        with pytest.raises(KeyError):
            assert made[name]


@pytest.mark.parametrize("module", list(HANDLERS))
def test_specs_say_nothing_that_ansible_does_not_know(module: str) -> None:
    spec = handler(module).spec()
    assert set(spec) <= {"argument_spec", "supports_check_mode", "required_one_of", "mutually_exclusive"}
    assert spec["supports_check_mode"] is True
    names = set(spec["argument_spec"])
    for rule in (*spec.get("required_one_of", []), *spec.get("mutually_exclusive", [])):
        assert set(rule) <= names
    assert {word for option in spec["argument_spec"].values() for word in option} <= WORDS


@pytest.mark.parametrize("module", list(HANDLERS))
def test_secret_options_are_hidden_and_others_with_such_names_are_not(module: str) -> None:
    made = handler(module)
    table = made.table if isinstance(made, ResourceHandler) else None
    partly = {rule.field for rule in table.secret_parts} if table is not None else set()
    fields = [*table.fields, *(part.field for part in table.parts)] if table is not None else []
    secret = {"api_key", *(field.name for field in fields if field.secret and field.name not in partly)}
    spec = made.spec()["argument_spec"]
    assert {name for name, option in spec.items() if option.get("no_log")} == secret
    # Without this word, Ansible warns of options whose names sound like a secret.
    for name, option in spec.items():
        if name not in secret and any(word in name for word in ("password", "secret", "token", "_key")):
            assert option.get("no_log") is False or not table or name not in [field.name for field in fields], name


@pytest.mark.parametrize(
    ("field", "spec"),
    [
        (Text("a"), {"type": "str"}),
        (Int("a"), {"type": "int"}),
        (Number("a"), {"type": "float"}),
        (Bool("a"), {"type": "bool"}),
        (Time("a"), {"type": "str"}),
        (Open("a"), {"type": "dict"}),
        (Document("a", []), {"type": "dict"}),
        (Map("a", Int("b")), {"type": "dict"}),
        (Field("a", "json"), {"type": "raw"}),
        (Field("a", "decimal"), {"type": "raw"}),
        (Choice("a", ["x", "y"]), {"type": "str", "choices": ["x", "y"]}),
        (Word("a", {"low": 1, "high": 8}), {"type": "str", "choices": ["low", "high", "1", "8"]}),
        (ListOf("a", Text("b")), {"type": "list", "elements": "str"}),
        (ListOf("a", Int("b")), {"type": "list", "elements": "int"}),
        (ListOf("a", Document("b", [])), {"type": "list", "elements": "dict"}),
        (ListOf("a", Open("b")), {"type": "list", "elements": "dict"}),
        (ListOf("a", Bool("b")), {"type": "list", "elements": "raw"}),
        (Field("a", "list"), {"type": "list", "elements": "raw"}),
        (Text("a", aliases=("b", "c")), {"type": "str", "aliases": ["b", "c"]}),
        (Text("a", secret=True), {"type": "str", "no_log": True}),
        (Text("api_token"), {"type": "str", "no_log": False}),
        (Text("password_hint"), {"type": "str", "no_log": False}),
    ],
)
def test_options_of_fields(field: Field, spec: Obj) -> None:
    assert option_spec(field) == spec
    assert option_spec(field, required=True) == {**spec, "required": True}


@pytest.mark.parametrize(
    ("params", "number"), [({}, 8), ({"concurrency": None}, 8), ({"concurrency": 1}, 1), ({"concurrency": 32}, 32)]
)
def test_how_much_at_once(params: Obj, number: int) -> None:
    assert concurrency_of(params) == number


# -- what a task on one object returns -------------------------------------------------------------------------------

GADGET = Resource(
    type="gadget",
    plural="gadgets",
    scope=Scope.PROJECT,
    path="gadgets/",
    identity=Identity("name", ("name",)),
    scopes=("gadget:read", "gadget:write"),
    order=1,
    fields=(
        Text("name", required=True, aliases=("title",)),
        Int("size", nullable=True),
        Tags(plan_feature=None),
        Text("password", secret=True, aliases=("pw",)),
        Choice("mode", ["one", "two"], newer=True),
    ),
)
GADGETS = "/api/projects/1/gadgets/"


def task(
    raw: Obj, *objects: Obj, table: Resource = GADGET, check_mode: bool = False, **params: Any
) -> tuple[Obj, list[str]]:
    """The result of a task and its warnings."""
    memory = Memory()
    memory.lists[GADGETS] = [dict(obj) for obj in objects]
    world = make_world(memory, tables=[table], check_mode=check_mode)
    return ResourceHandler(table).run(world.session, raw, {**raw, **params}), world.warnings


def test_results_of_tasks() -> None:
    current = {"id": 1, "name": "a", "size": 1}
    header = {"before_header": "gadget 'a'", "after_header": "gadget 'a'"}
    result, _warnings = task({"title": "a", "size": 2}, current)
    assert result == {
        "changed": True,
        "gadget": {"id": 1, "name": "a", "size": 2},
        "changes": [{"path": "size", "before": 1, "after": 2}],
        "diff": {"before": {"name": "a", "size": 1}, "after": {"name": "a", "size": 2}, **header},
    }
    result, _warnings = task({"name": "a"}, current)
    assert result == {
        "changed": False,
        "gadget": current,
        "changes": [],
        "diff": {"before": {"name": "a"}, "after": {"name": "a"}, **header},
    }
    result, _warnings = task({"name": "a", "size": "not even right"}, current, state="absent")
    assert (result["changed"], result["gadget"]) == (True, None)
    assert result["diff"]["before"] == {"name": "a", "id": 1} and result["diff"]["after"] == {}
    result, _warnings = task({"name": "b"}, current, state="absent")
    assert result == {"changed": False, "gadget": None, "changes": [], "diff": []}
    result, _warnings = task({"id": 1, "name": "b"}, current)
    assert result["gadget"]["name"] == "b" and result["changes"] == [{"path": "name", "before": "a", "after": "b"}]
    result, _warnings = task({"name": "a", "password": "a-long-secret"}, current, update_secret="always")
    assert result["gadget"]["password"] == "********" and "a-long-secret" not in json.dumps(result)


def test_remarks_and_texts_for_lists() -> None:
    result, warnings = task({"name": "a", "mode": "brand new", "tags": "x,y"}, tags=["x", "y"])
    assert result["gadget"]["tags"] == ["x", "y"]
    assert warnings == ["mode: 'brand new' is not known to this release; PostHog gets it as it is"]


def test_what_a_task_asks_to_be_shown() -> None:
    table = dataclasses.replace(GADGET, masked=("token",), reveals={"show_token": "token"})
    current = {"id": 1, "name": "a", "token": "t-1"}
    assert task({"name": "a"}, current, table=table)[0]["gadget"]["token"] == "********"
    assert task({"name": "a"}, current, table=table, show_token=True)[0]["gadget"]["token"] == "t-1"


@pytest.mark.parametrize(
    ("raw", "prefix", "path"),
    [
        ({}, "", "name"),
        ({"name": ""}, "", "name"),
        ({"id": "", "name": " "}, "", "name"),
        ({}, "gadgets[0]", "gadgets[0].name"),
    ],
)
def test_a_task_names_its_object(raw: Obj, prefix: str, path: str) -> None:
    table = dataclasses.replace(GADGET, fields=(Text("name"), *GADGET.fields[1:]))
    with pytest.raises(InvalidInput) as caught:
        ResourceHandler(table).task.declare(raw, {}, prefix)
    assert caught.value.problems == [(path, "is empty; give the gadget's name, or its id")]
    assert ResourceHandler(table).task.declare({"id": 5}, {}).object_id == 5


def test_declarations() -> None:
    made = ResourceHandler(GADGET)
    declaration = made.task.declare(
        {"title": "a", "size": "x", "id": 5}, {"state": "absent", "update_secret": "always"}
    )
    assert declaration.absent and declaration.given == {"name": "a"} and declaration.object_id == 5
    assert declaration.update_secret == "always" and not declaration.several and not declaration.exclusive
    assert made.task.declare({"name": "a"}, {}).update_secret == "on_create"
    assert made.secret_texts({"name": "a", "pw": "a-long-secret", "password": ["b-long-secret", "short"]}) == {
        "a-long-secret",
        "b-long-secret",
    }


def test_specs_of_types() -> None:
    spec = ResourceHandler(GADGET).spec()
    assert spec["required_one_of"] == [["name", "id"]] and "mutually_exclusive" not in spec
    assert spec["argument_spec"]["state"] == {"type": "str", "choices": ["present", "absent"], "default": "present"}
    assert spec["argument_spec"]["update_secret"]["default"] == "on_create"
    fixed = ResourceHandler(
        dataclasses.replace(GADGET, delete=Delete.NONE, key_paths=("name",), fields=GADGET.fields[:2])
    )
    assert not {"state", "id", "update_secret"} & set(fixed.spec()["argument_spec"])
    assert fixed.spec()["argument_spec"]["name"]["required"] is True and "required_one_of" not in fixed.spec()


def test_several_objects_in_one_task() -> None:
    made = ResourceHandler(RESOURCES["role_membership"])
    several = RESOURCES["role_membership"].several
    assert several is not None
    with pytest.raises(InvalidInput) as caught:
        made.task.declare({"role": "r", several.option: "x"}, {}, "items[0]")
    assert caught.value.problems == [(f"items[0].{several.option}", "takes a list")]
    with pytest.raises(InvalidInput) as caught:
        made.task.declare({"role": "r", several.option: ["a", True]}, {several.exclusive: True, "state": "absent"})
    paths = [path for path, _text in caught.value.problems]
    assert paths == [several.exclusive, f"{several.option}[1]"]
    assert caught.value.problems[0][1] == "has no meaning with state: absent"
    declaration = made.task.declare({"role": "r", several.option: ["a", "b"]}, {several.exclusive: True})
    assert declaration.several and declaration.exclusive and len(declaration.items) == 2


def test_results_of_several_outcomes() -> None:
    made = ResourceHandler(GADGET)
    other = dataclasses.replace(GADGET, type="other")
    outcomes = [
        Outcome(
            GADGET,
            "unchanged",
            None,
            label="one",
            also=[Outcome(other, "created", {"id": 2}, {}, {"name": "b"}, "two")],
        )
    ]
    assert made.result(outcomes) == {
        "changed": True,
        "gadget": None,
        "other": {"id": 2},
        "changes": [],
        "diff": {"before": {}, "after": {"name": "b"}, "before_header": "two", "after_header": "two"},
    }
    two = [
        Outcome(GADGET, "deleted", None, {"name": "a"}, {}, "a"),
        Outcome(GADGET, "deleted", None, {"name": "b"}, {}, "b"),
    ]
    assert [item["before_header"] for item in made.result(two)["diff"]] == ["a", "b"]


# -- running a program -----------------------------------------------------------------------------------------------


class Told(ModuleHandler):
    """A program that does what the test says."""

    def __init__(self, work: Any) -> None:
        super().__init__("posthog_told")
        self._work = work

    def spec(self) -> Obj:
        """Two options besides those of the connection."""
        options = {
            "name": {"type": "str"},
            "pin": {"type": "str", "no_log": True},
            "flag": {"type": "bool", "default": False},
        }
        return {"argument_spec": {**connection_spec(), **options}, "supports_check_mode": True}

    def run(self, session: Any, raw: Any, params: Any) -> Obj:
        """See the test."""
        result: Obj = self._work(session, raw, params)
        return result


PARAMS: Obj = {
    "api_key": KEY,
    "host": "http://127.0.0.1:1",
    "timeout": 1.0,
    "max_wait": 1.0,
    "retries": 0,
    "rate_limit": 0,
}


def raising(error: Exception) -> Any:
    """Work that fails."""

    def work(session: Any, raw: Any, params: Any) -> Obj:
        raise error

    return work


def test_whatever_happens_becomes_a_result() -> None:
    sessions = Sessions(check_mode=False, warn=lambda text: None)

    def done(error: Exception) -> tuple[bool, Obj]:
        return perform(Told(raising(error)), sessions, {}, PARAMS)

    assert perform(Told(lambda session, raw, params: {"changed": True}), sessions, {}, PARAMS) == (
        True,
        {"changed": True},
    )
    assert done(PostHogFailure("Why.")) == (False, {"msg": "Why."})
    assert done(ApiError("Why.", status=400)) == (False, {"msg": "Why.", "status_code": 400})
    # What would explain it needs a request, which fails too.
    assert done(api_error(404, "Not found.", "GET", "/api/projects/7/x/"))[0] is False
    good, result = done(ValueError("odd"))
    assert not good and result["msg"] == (
        "community.posthog has a defect: ValueError: odd. Please report it with the exception."
    )
    assert "Traceback" in result["exception"]
    assert perform(Told(None), sessions, {}, {**PARAMS, "api_key": ""})[1]["msg"].startswith(
        "api_key: no API key was given"
    )
    sessions.close()


def test_sessions_are_kept() -> None:
    told: list[str] = []
    sessions = Sessions(check_mode=True, warn=told.append, note=told.append, many=True)
    one = sessions.get({"project": "1"}, {**PARAMS, "project": "1"})
    assert one is sessions.get({}, {**PARAMS, "project": "1"})
    assert one.check_mode and one.many and one.target.named_project and not one.target.named_organization
    two = sessions.get({"organization": "o"}, {**PARAMS, "organization": "o", "project": ""})
    assert (
        two is not one and two.client is one.client and two.target.named_organization and not two.target.named_project
    )
    assert sessions.get({}, {**PARAMS, "api_key": "phx_other"}).client is not one.client
    sessions.warn = told.append
    one.warn("a")
    one.warn_quietly("b")
    sessions.report = told.append
    one.shared.report("c")
    assert told == ["a", "b", "c"]
    one.keep_secret(["s"])
    two.keep_secret(["t"])
    assert sessions.secrets == {"s", "t"}
    sessions.close()


@pytest.mark.parametrize(
    ("message", "hinted"),
    [
        (
            "Unsupported parameters for (posthog_x) module: nam, zzzz. Supported parameters include: name, size.",
            (
                "Unsupported parameters for (posthog_x) module: nam, zzzz (nam: did you mean name?). Supported "
                "parameters include: name, size."
            ),
        ),
        (
            "nam. Supported parameters include: name, size.",
            "nam (nam: did you mean name?). Supported parameters include: name, size.",
        ),
        ("zzzz. Supported parameters include: name, size.", "zzzz. Supported parameters include: name, size."),
        ("missing required arguments: name", "missing required arguments: name"),
    ],
)
def test_hints_about_mistyped_options(message: str, hinted: str) -> None:
    assert unsupported_hint(message, {"name": {}, "size": {}}) == hinted


def as_module(
    work: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], /, diff: bool = False, **args: Any
) -> Obj:
    """What a module prints."""
    given = {
        **PARAMS,
        **args,
        "_ansible_diff": diff,
        "_ansible_remote_tmp": "/tmp",
        "_ansible_keep_remote_files": False,
    }
    if "inject_invocation" in parameters.PASS_VARS:
        given["_ansible_inject_invocation"] = True
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit):
        run_module(Told(work))
    result: Obj = json.loads(capsys.readouterr().out)
    # ansible-core 2.22 hands new secrets to its controller, which masks them and takes this key away again.
    result.pop("_ansible_new_secrets", None)
    return result


def test_a_program_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def work(session: Any, raw: Obj, params: Obj) -> Obj:
        session.warn("beware of the-secret and of 1234")
        session.keep_secret(["the-secret"])
        seen = {
            "name": raw.get("name"),
            "flag": params["flag"],
            "raw": "flag" in raw,
            "text": "it is the-secret, 1234!",
        }
        return {"changed": True, "diff": {"before": 1}, **seen}

    result = as_module(work, monkeypatch, capsys, name=" n ", pin="1234")
    assert result["changed"] is True and "diff" not in result and "failed" not in result
    assert (result["name"], result["flag"], result["raw"]) == (" n ", False, False)
    assert result["text"] == "it is ********, ********!"
    shown = result["invocation"]["module_args"]
    assert shown["pin"] == shown["api_key"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" and shown["name"] == " n "
    assert as_module(work, monkeypatch, capsys, diff=True)["diff"] == {"before": 1}
    assert KEY not in json.dumps(result) and "1234" not in json.dumps(result)


def test_a_module_that_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result = as_module(raising(ApiError("No: 1234.", status=400)), monkeypatch, capsys, pin="1234")
    assert result["failed"] is True and result["msg"] == "No: ********." and result["status_code"] == 400
    result = as_module(raising(ValueError("odd")), monkeypatch, capsys, nam="x")
    assert result["failed"] is True and "(nam: did you mean name?)" in result["msg"]
    result = as_module(raising(ValueError("odd")), monkeypatch, capsys, name=True)
    assert result["msg"].startswith("name: takes text, not true; without quotes YAML reads")
