# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is special about functions, workflows, message templates and batch exports."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._engine.masking import masked
from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import read_object
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.reconcile import Reconciler
from ansible_collections.community.posthog.plugins.module_utils._handlers.ansible_module import _Module
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.pipelines import (
    BATCH_EXPORT,
    DESTINATIONS,
    HOG_FLOW,
    HOG_FUNCTION,
    KINDS,
    MESSAGING_TEMPLATE,
    STORED,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.tests.unit.plugins.utils import Memory, Obj, World, make_world

PROJECT = "/api/projects/1/"
FUNCTIONS = f"{PROJECT}hog_functions/"
FLOWS = f"{PROJECT}hog_flows/"
EXPORTS = f"{PROJECT}batch_exports/"
MESSAGES = f"{PROJECT}messaging_templates/"

WEBHOOK: Obj = {
    "id": "template-webhook",
    "name": "HTTP Webhook",
    "code": "return 1",
    "description": "A webhook",
    "inputs_schema": [
        {"key": "url", "type": "string", "required": True},
        {"key": "headers", "type": "dictionary", "secret": True},
        {"key": "account", "type": "integration", "integration": "slack"},
    ],
}

ACCOUNTS: list[Obj] = [
    {"id": 1, "kind": "slack", "display_name": "Acme"},
    {"id": 2, "kind": "twilio", "display_name": "Acme"},
    {"id": 3, "kind": "aws-s3", "display_name": "Bucket"},
]


class PostHog(Memory):
    """Keeps the secrets of inputs to itself."""

    def _kept(self, schema: Any, inputs: Any) -> Any:
        secret = {item["key"] for item in schema or [] if item.get("secret")}
        return {key: dict(STORED) if key in secret else {**item, "order": 0} for key, item in (inputs or {}).items()}

    def hide(self, obj: Obj) -> Obj:
        """An object as the server shows it."""
        made_of = WEBHOOK if obj.pop("template_id", None) else obj.get("template")
        if "inputs" in obj or made_of:
            obj["template"] = made_of
            schema = obj.setdefault("inputs_schema", (made_of or {}).get("inputs_schema"))
            obj["inputs"] = self._kept(schema, obj.get("inputs"))
        for mapping in obj.get("mappings") or []:
            mapping["inputs"] = self._kept(mapping.get("inputs_schema"), mapping.get("inputs"))
        for action in obj.get("actions") or []:
            config = action.get("config") or {}
            if "inputs" in config:
                config["inputs"] = self._kept(WEBHOOK["inputs_schema"], config["inputs"])
        destination = obj.get("destination")
        if destination:
            config = destination["config"]
            destination["config"] = {key: value for key, value in config.items() if key not in ("user", "password")}
        return obj


def posthog(check_mode: bool = False, **lists: list[Obj]) -> World:
    """A project with accounts and what is given, by the names of lists."""
    memory = PostHog()
    memory.storing = memory.hide
    memory.lists[f"{PROJECT}integrations/"] = copy.deepcopy(ACCOUNTS)
    memory.lists[f"{PROJECT}hog_function_templates/"] = [WEBHOOK]
    memory.lists[f"{PROJECT}actions/"] = [{"id": 7, "name": "Signed up"}]
    for name, objects in lists.items():
        memory.lists[f"{PROJECT}{name}/"] = copy.deepcopy(objects)
    return make_world(memory, check_mode=check_mode)


def declare(world: World, table: Resource, options: Obj, update_secret: str = "on_create") -> Outcome:
    """Declare an object."""
    return Reconciler(world.session, table, update_secret=update_secret).present(read_object(table, options))


def refused(world: World, table: Resource, options: Obj) -> list[tuple[str, str]]:
    """What is said against a declaration; nothing is written."""
    with pytest.raises(InvalidInput) as caught:
        declare(world, table, options)
    assert world.memory.writes == []
    return caught.value.problems


def function(**options: Any) -> Obj:
    """A function made of a template."""
    return {"name": "Shop", "type": "destination", "template_id": "template-webhook", **options}


INPUTS: Obj = {"url": "https://x.test", "headers": {"value": {"Authorization": "s3cret-one"}}, "account": "Acme"}

THERE: Obj = {
    "id": "f1",
    "name": "Shop",
    "type": "destination",
    "template": WEBHOOK,
    "inputs_schema": WEBHOOK["inputs_schema"],
    "inputs": {
        "url": {"value": "https://x.test", "bytecode": ["_H"], "order": 0},
        "headers": dict(STORED),
        "account": {"value": 1, "order": 2},
    },
    "filters": {"source": "events", "bytecode": ["_H"]},
    "mappings": None,
}


# -- functions -------------------------------------------------------------------------------------------------------


def test_a_function_is_made_of_a_template() -> None:
    world = posthog()
    outcome = declare(world, HOG_FUNCTION, function(inputs=INPUTS))
    ((_method, _path, body),) = world.memory.writes
    assert body["inputs"] == {
        "url": {"value": "https://x.test"},
        "headers": {"value": {"Authorization": "s3cret-one"}},
        # The schema asks for an account at slack, and another service knows the same name.
        "account": {"value": 1},
    }
    assert world.session.secrets == {"s3cret-one"}
    assert "s3cret-one" not in str((outcome.before, outcome.after, masked(HOG_FUNCTION, outcome.obj)))
    assert declare(world, HOG_FUNCTION, function(inputs=INPUTS)).action == "unchanged"
    assert len(world.memory.writes) == 1


def test_check_mode_foretells_what_the_template_brings() -> None:
    world = posthog(check_mode=True)
    outcome = declare(world, HOG_FUNCTION, function(inputs=INPUTS))
    assert world.memory.writes == [] and outcome.obj is not None
    assert outcome.obj["hog"] == "return 1" and outcome.obj["inputs"]["headers"] == STORED
    assert outcome.obj["template"]["id"] == "template-webhook"
    assert declare(world, HOG_FUNCTION, function(inputs=INPUTS)).action == "unchanged"


def test_only_declared_inputs_change_and_secrets_stay() -> None:
    world = posthog(hog_functions=[THERE])
    outcome = declare(world, HOG_FUNCTION, {"name": "Shop", "inputs": {"url": {"value": "https://y.test"}}})
    ((_method, _path, body),) = world.memory.writes
    assert body == {"inputs": {"url": {"value": "https://y.test"}, "headers": dict(STORED), "account": {"value": 1}}}
    assert outcome.before["inputs"] == {"url": {"value": "https://x.test"}}
    assert outcome.after["inputs"] == {"url": {"value": "https://y.test"}}


def test_a_secret_is_written_when_that_is_asked_for() -> None:
    options = {"name": "Shop", "inputs": {"headers": {"value": {"Authorization": "s3cret-two"}}}}
    world = posthog(hog_functions=[THERE])
    assert declare(world, HOG_FUNCTION, options).action == "unchanged"
    outcome = declare(world, HOG_FUNCTION, options, "always")
    ((_method, _path, body),) = world.memory.writes
    assert body["inputs"]["headers"] == {"value": {"Authorization": "s3cret-two"}}
    assert "s3cret-two" not in str((outcome.before, outcome.after))
    keeping = {"name": "Shop", "inputs": {"headers": {"secret": True}}}
    assert declare(world, HOG_FUNCTION, keeping, "always").action == "unchanged"


def test_an_input_goes_where_it_is_null() -> None:
    world = posthog(hog_functions=[THERE])
    assert declare(world, HOG_FUNCTION, {"name": "Shop", "inputs": {"headers": None}}).changed
    assert set(world.memory.writes[0][2]["inputs"]) == {"url", "account"}
    assert not declare(world, HOG_FUNCTION, {"name": "Shop", "inputs": {"headers": None}}).changed


@pytest.mark.parametrize(
    ("options", "path", "said"),
    [
        (function(inputs={"urll": "x"}), "inputs.urll", "did you mean url?"),
        (function(inputs={"headers": {"secret": True}}), "inputs.headers", "no stored secret"),
        (function(inputs={"url": {"secret": True}}), "inputs.url", "is no secret"),
        (function(template_id="template-webhok"), "template_id", "did you mean template-webhook?"),
        (function(mappings=[{}], filters={"events": [{"id": "x"}]}), "filters.events", "beside mappings"),
        (function(filters={"events": [{"id": "x"}], "source": "person-updates"}), "filters.events", "person-updates"),
        (function(type="site_app", mappings=[{"name": "x"}]), "mappings", "only destinations"),
        (function(type="transformation_log", filters={"properties": [{"key": "x"}]}), "filters", "takes none"),
        (function(inputs={"account": "Nobody"}), "inputs.account.value", "no integration 'Nobody' with the kind slack"),
        (function(inputs={"headers": {"secret": "oops"}}), "inputs.headers.secret", "takes true"),
        (function(inputs={"headers": {"templating": "oops"}}), "inputs.headers.templating", "hog or liquid"),
        (function(inputs={"headers": {"Authorization": "oops"}}), "inputs.headers.Authorization", "no known key"),
        (function(inputs="oops"), "inputs", "takes a dictionary"),
        ({"name": "Shop", "type": "destination", "inputs": {"x": 1}}, "inputs.x", "there is none at all"),
    ],
)
def test_what_is_refused(options: Obj, path: str, said: str) -> None:
    problems = refused(posthog(), HOG_FUNCTION, options)
    assert any(where == path and said in text for where, text in problems), problems
    assert "oops" not in str(problems)


def test_functions_of_one_name_and_several_types_are_several() -> None:
    world = posthog(hog_functions=[THERE])
    assert declare(world, HOG_FUNCTION, {"name": "Shop", "type": "site_app", "hog": "x"}).action == "created"
    with pytest.raises(Exception, match=r"called 'Shop'.*give type too"):
        declare(world, HOG_FUNCTION, {"name": "Shop", "enabled": True})


def test_servers_of_2025_list_little() -> None:
    short = {key: THERE[key] for key in ("id", "name", "type", "filters")}
    world = posthog(hog_functions=[THERE])
    world.memory.listing = lambda objects, params: [short] if objects and "inputs" in objects[0] else objects
    assert declare(world, HOG_FUNCTION, {"name": "Shop", "inputs": INPUTS}).action == "unchanged"
    assert world.memory.reads[1][1] == f"{FUNCTIONS}f1/"


def test_actions_are_named_and_their_ids_are_text() -> None:
    world = posthog(hog_functions=[THERE])
    options = {"name": "Shop", "filters": {"actions": [{"id": "Signed up"}]}}
    assert declare(world, HOG_FUNCTION, options).changed
    assert world.memory.writes[0][2]["filters"]["actions"] == [{"type": "actions", "id": "7"}]
    assert not declare(world, HOG_FUNCTION, options).changed
    world.memory.lists[FUNCTIONS][0]["filters"]["actions"][0]["id"] = 7
    world.session.stale()
    assert not declare(world, HOG_FUNCTION, options).changed


def mapping(name: str, password: str, text: str = "hello") -> Obj:
    """A mapping with a secret."""
    schema = [{"key": "text", "type": "string"}, {"key": "password", "type": "string", "secret": True}]
    return {"name": name, "inputs_schema": schema, "inputs": {"text": text, "password": password}}


def test_secrets_of_mappings_stay_with_their_mapping() -> None:
    world = posthog()
    options = {"name": "Map", "type": "destination", "hog": "x", "mappings": [mapping("A", "s3cret-a")]}
    declare(world, HOG_FUNCTION, options)
    assert world.session.secrets == {"s3cret-a"}
    assert not declare(world, HOG_FUNCTION, options).changed
    options["mappings"] = [mapping("A", "s3cret-a", "good bye")]
    assert declare(world, HOG_FUNCTION, options).changed
    assert world.memory.writes[-1][2]["mappings"][0]["inputs"]["password"] == STORED
    # What is in another place now is written again: PostHog may know what it keeps by its place.
    options["mappings"] = [mapping("B", "s3cret-b"), mapping("A", "s3cret-a", "good bye")]
    assert declare(world, HOG_FUNCTION, options).changed
    sent = world.memory.writes[-1][2]["mappings"]
    assert [item["inputs"]["password"] for item in sent] == [{"value": "s3cret-b"}, {"value": "s3cret-a"}]


def test_what_may_be_secret_is_so_until_posthog_was_asked() -> None:
    handler = ResourceHandler(HOG_FUNCTION)
    raw = function(inputs={"url": "https://x.test", "headers": {"value": {"A": "s3cret-one"}}})
    assert handler.secrets(raw) == set()
    assert handler.suspected(raw) == {"https://x.test", "s3cret-one"}
    raw["inputs_schema"] = WEBHOOK["inputs_schema"]
    assert handler.secrets(raw) == {"s3cret-one"} and handler.suspected(raw) == set()


# -- workflows -------------------------------------------------------------------------------------------------------


def flow(*actions: Obj, **options: Any) -> Obj:
    """A workflow of a trigger and what is given."""
    trigger = {"id": "trigger", "type": "trigger", "config": {"type": "event"}}
    steps = [trigger, *actions]
    edges = [{"from": one["id"], "to": two["id"], "type": "continue"} for one, two in itertools.pairwise(steps)]
    return {"name": "Onboarding", "actions": steps, "edges": edges, **options}


def hook(number: str, password: str, url: str = "https://x.test") -> Obj:
    """An action that is a function."""
    inputs = {"url": {"value": url}, "headers": {"value": {"Authorization": password}}, "account": {"value": "Acme"}}
    return {"id": number, "type": "function", "config": {"template_id": "template-webhook", "inputs": inputs}}


def test_secrets_of_a_workflow_stay_with_their_action() -> None:
    world = posthog()
    made = declare(world, HOG_FLOW, flow(hook("one", "s3cret-a")))
    assert world.session.secrets == {"s3cret-a"}
    assert "s3cret-a" not in str((made.after, masked(HOG_FLOW, made.obj)))
    assert world.memory.writes[0][2]["actions"][1]["config"]["inputs"]["account"] == {"value": 1}
    world.memory.calls.clear()
    assert not declare(world, HOG_FLOW, flow(hook("one", "s3cret-a"))).changed
    assert declare(world, HOG_FLOW, flow(hook("one", "s3cret-a", "https://y.test"))).changed
    inputs = world.memory.writes[-1][2]["actions"][1]["config"]["inputs"]
    # What PostHog shows besides and takes again goes along; what it compiles does not.
    assert inputs["headers"] == STORED and inputs["url"] == {"value": "https://y.test"}
    assert declare(world, HOG_FLOW, flow(hook("two", "s3cret-b"), hook("one", "s3cret-a", "https://y.test"))).changed
    headers = [item["config"]["inputs"]["headers"] for item in world.memory.writes[-1][2]["actions"][1:]]
    assert headers == [{"value": {"Authorization": "s3cret-b"}}, {"value": {"Authorization": "s3cret-a"}}]
    assert not declare(world, HOG_FLOW, flow(hook("two", "x"), hook("one", "y", "https://y.test"))).changed
    assert declare(world, HOG_FLOW, flow(hook("two", "s3cret-c"), hook("one", "y", "https://y.test")), "always").changed


@pytest.mark.parametrize(
    ("options", "path", "said"),
    [
        ({"name": "F", "actions": [], "edges": []}, "actions", "exactly one action of the type trigger, not 0"),
        (flow({"id": "trigger", "type": "delay"}), "actions[1].id", "is the id of two actions"),
        (flow({"id": "", "type": "delay"}), "actions[1].id", "is missing"),
        (flow({"id": "x"}), "actions[1].type", "is missing"),
        (flow({"id": "wait", "type": "delay"}, edges=[{"from": "trigger", "to": "wiat"}]), "edges[0].to", "mean wait?"),
        (flow(hook("one", "x"), status="activ"), "status", "did you mean active?"),
    ],
)
def test_a_workflow_is_whole(options: Obj, path: str, said: str) -> None:
    problems = refused(posthog(), HOG_FLOW, options)
    assert any(where == path and said in text for where, text in problems), problems


def test_inputs_of_a_workflow_are_those_of_their_template() -> None:
    step = hook("one", "x")
    step["config"]["inputs"] = {"urll": "x", "headers": {"secret": True}}
    problems = dict(refused(posthog(), HOG_FLOW, flow(step)))
    assert "did you mean url?" in problems["actions[1].config.inputs.urll"]
    assert "no stored secret" in problems["actions[1].config.inputs.headers"]


def test_what_posthog_computes_may_stand_in_a_copied_workflow() -> None:
    step = hook("one", "x")
    step["config"]["inputs"] = {"url": {"value": {"bytecode": 1}, "bytecode": ["_H"], "order": 3}}
    step["filters"] = {"bytecode": ["_H"], "properties": []}
    read = read_object(HOG_FLOW, flow(step)).values["actions"][1]
    assert read["config"]["inputs"] == {"url": {"value": {"bytecode": 1}}} and read["filters"] == {"properties": []}


# -- message templates -----------------------------------------------------------------------------------------------


def test_a_message_keeps_what_is_not_declared() -> None:
    content = {"templating": "liquid", "email": {"subject": "Hi", "html": "<p>", "design": {"body": {}}}}
    world = posthog(messaging_templates=[{"id": "m1", "name": "Welcome", "type": "email", "content": content}])
    outcome = declare(world, MESSAGING_TEMPLATE, {"name": "Welcome", "content": {"email": {"subject": "Hello"}}})
    email = world.memory.writes[0][2]["content"]["email"]
    assert email == {"subject": "Hello", "html": "<p>", "design": {"body": {}}}
    assert outcome.after["content"] == {"email": {"subject": "Hello"}}


@pytest.mark.parametrize(
    ("content", "path"),
    [({"email": {"html": "x"}}, "content.email.subject"), ({"templating": "liqid"}, "content.templating")],
)
def test_a_message_is_whole(content: Obj, path: str) -> None:
    assert path in dict(refused(posthog(), MESSAGING_TEMPLATE, {"name": "Welcome", "content": content}))
    other = {"name": "Welcome", "type": "sms", "content": {"text": "x"}}
    assert declare(posthog(), MESSAGING_TEMPLATE, other).action == "created"


# -- batch exports ---------------------------------------------------------------------------------------------------


def export(kind: str, config: Obj, **options: Any) -> Obj:
    """A batch export."""
    destination = {"type": kind, "config": config}
    if "integration" in options:
        destination["integration"] = options.pop("integration")
    return {"name": "Events", "interval": "hour", "destination": destination, **options}


POSTGRES: Obj = {"database": "db", "user": "someone", "password": "s3cret-pg", "host": "db.test"}
S3: Obj = {"bucket_name": "b", "region": "eu-central-1", "prefix": "p/"}


def test_an_export_never_shows_its_secrets_and_keeps_them() -> None:
    world = posthog()
    made = declare(world, BATCH_EXPORT, export("Postgres", POSTGRES))
    assert made.obj is not None and made.obj["destination"]["config"] == {"database": "db", "host": "db.test"}
    assert "s3cret-pg" in world.session.secrets and "s3cret-pg" not in str(made.after)
    assert not declare(world, BATCH_EXPORT, export("Postgres", {**POSTGRES, "password": "another"})).changed
    assert declare(world, BATCH_EXPORT, export("Postgres", {**POSTGRES, "host": "db2.test"})).changed
    assert world.memory.writes[-1][2] == {
        "destination": {"type": "Postgres", "config": {"database": "db", "host": "db2.test"}}
    }
    assert declare(world, BATCH_EXPORT, export("Postgres", POSTGRES), "always").changed
    assert world.memory.writes[-1][2]["destination"]["config"]["password"] == "s3cret-pg"


def test_secrets_are_those_of_the_type() -> None:
    find = BATCH_EXPORT.secret_parts[0].find
    assert {path[-1] for path in find(None, export("HTTP", {}), None)} == {"token"}
    assert list(find(None, export("NoOp", {}), None)) == []
    assert {path[-1] for path in find(None, export("NoOp", {"password": "x"}), None)} == {"password"}
    assert "private_key" in {path[-1] for path in find(None, export("BigQuery", {}), None)}
    assert list(find(None, {}, export("BigQuery", {}, integration=3))) == []
    both = find(None, export("BigQuery", {"private_key": "x"}, integration=3), export("BigQuery", {}, integration=3))
    assert {path[-1] for path in both} == {"private_key"}


def test_an_integration_is_of_the_kind_that_the_destination_needs() -> None:
    world = posthog()
    declare(world, BATCH_EXPORT, export("AwsS3", S3, integration="Bucket"))
    assert world.memory.writes[0][2]["destination"]["integration"] == 3
    problems = refused(posthog(), BATCH_EXPORT, export("AwsS3", S3, integration="Acme"))
    assert "no integration 'Acme' with the kind aws-s3; there is only 'Bucket'" in str(problems)


@pytest.mark.parametrize(
    ("options", "path", "said"),
    [
        (export("AwsS3", {**S3, "bucket": "b"}, integration=3), "destination.config.bucket", "no known key"),
        (export("AwsS3", {**S3, "host": "b"}, integration=3), "destination.config.host", "no key of a destination of"),
        (export("AwsS3", {"region": "x"}, integration=3), "destination.config.prefix", "is missing"),
        (export("AwsS3", S3), "destination.integration", "is missing"),
        (export("Postgres", {"database": "db"}), "destination.config.password", "is missing"),
        (export("HTTP", {"url": "u", "token": "t"}, model="persons"), "model", "takes events only"),
        (export("S3Compatibel", S3), "destination.type", "did you mean S3Compatible?"),
        (export("NoOp", {}, offset_hour=24), "offset_hour", "must be between 0 and 23"),
    ],
)
def test_what_a_destination_takes(options: Obj, path: str, said: str) -> None:
    problems = refused(posthog(), BATCH_EXPORT, options)
    assert any(where == path and said in text for where, text in problems), problems


def test_the_type_of_a_destination_is_fixed() -> None:
    world = posthog(batch_exports=[{"id": "e1", **export("NoOp", {})}])
    assert "cannot be changed" in str(refused(world, BATCH_EXPORT, export("FileDownload", {})))


def test_every_key_of_a_destination_is_one_that_the_table_knows() -> None:
    config = BATCH_EXPORT.field("destination").key("config")  # type: ignore[union-attr]
    assert config is not None
    used = {key for needed, known in DESTINATIONS.values() for key in (*needed, *known)}
    assert used == {field.name for field in config.fields if not field.computed}
    assert all(set(needed) <= set(known) for needed, known in DESTINATIONS.values())
    assert set(KINDS) <= set(DESTINATIONS)


def test_times_of_day_are_sent_with_their_interval() -> None:
    there = {"id": "e1", **export("NoOp", {}, interval="week", offset_day=1, offset_hour=2), "paused": False}
    world = posthog(batch_exports=[there])
    declare(world, BATCH_EXPORT, {"name": "Events", "offset_hour": 5})
    assert world.memory.writes[0][2] == {"offset_day": 1, "interval": "week", "offset_hour": 5}


def test_an_export_that_a_patch_does_not_pause_is_paused_by_its_route() -> None:
    there = {"id": "e1", **export("NoOp", {}), "paused": False}
    world = posthog(batch_exports=[there])
    path = f"{EXPORTS}e1/"

    def storing(obj: Obj) -> Obj:
        return {**obj, "paused": False} if "pause" not in obj else obj

    world.memory.storing = storing
    world.memory.singles[path] = {**there, "paused": True}
    outcome = declare(world, BATCH_EXPORT, {"name": "Events", "paused": True})
    assert [call[:2] for call in world.memory.writes] == [("PATCH", path), ("POST", f"{path}pause/")]
    assert outcome.changed and outcome.obj is not None and outcome.obj["paused"] is True


def test_a_query_is_compared_without_what_does_not_matter() -> None:
    there = {"id": "e1", **export("NoOp", {}), "schema": {"hogql_query": "SELECT event FROM events"}}
    world = posthog(batch_exports=[there])
    assert not declare(world, BATCH_EXPORT, {"name": "Events", "hogql_query": "select event\nfrom events;"}).changed


def test_the_log_of_the_host_sees_nothing_that_may_be_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(AnsibleModule, "_log_invocation", lambda self: seen.append(copy.deepcopy(self.params)))
    module = object.__new__(_Module)
    module._item = ResourceHandler(HOG_FUNCTION)
    module.given = function(inputs={"headers": {"value": {"Authorization": "s3cret-one"}}})
    module.params = {**module.given, "state": "present"}
    module._log_invocation()
    assert "s3cret-one" not in str(seen) and seen[0]["state"] == "present" and seen[0]["name"] == "Shop"
    assert "s3cret-one" in str(module.params)
