# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of every table, and of every module that a table makes."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ModuleArgumentSpecValidator

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.version import COLLECTION_VERSION
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import at_rest
from ansible_collections.community.posthog.plugins.module_utils._handlers.handler import concurrency_of
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import HANDLERS, handler
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES, tables_in
from ansible_collections.community.posthog.plugins.module_utils._resources.type_index import AREAS
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Singleton
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.locations import Location, Parent
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope

ROOT = Path(__file__).resolve().parents[4]
RESOURCES_PACKAGE = "ansible_collections.community.posthog.plugins.module_utils._resources"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("posthog_*.py"))
ACTIONS = sorted(path.stem for path in (ROOT / "plugins" / "action").glob("posthog_*.py"))

TABLES = [pytest.param(table, id=name) for name, table in RESOURCES.items()]


def loaded(name: str) -> Any:
    """A YAML file of the collection."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def nested(field: Field, path: str) -> Iterator[tuple[str, Field]]:
    """A field and everything inside it, to a depth at which recursion only repeats."""
    yield path, field
    if path.count(".") > 7:
        return
    for inner in field.fields:
        yield from nested(inner, f"{path}.{inner.name}")
    if field.items is not None:
        yield from nested(field.items, f"{path}[]")


def all_fields(table: Resource) -> list[tuple[str, Field]]:
    """Every field of a table with its path, parts and short forms included."""
    tops = [*table.fields, *(part.field for part in table.parts), *(short.field for short in table.shorthands)]
    tops += [switch for part in table.parts for switch in part.switches]
    return [found for top in tops for found in nested(top, top.name)]


def parents_of(table: Resource) -> list[Parent]:
    """The objects that a type may be reached through."""
    place = table.parent
    return [place] if isinstance(place, Parent) else []


# -- references ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_references_point_to_known_types(table: Resource) -> None:
    for path, field in all_fields(table):
        rules: tuple[NestedRef, ...] = field.refs
        for ref in [*([field.ref] if field.ref else []), *(rule.ref for rule in rules)]:
            assert ref.type in RESOURCES, path
    for parent in parents_of(table):
        assert parent.type in RESOURCES
        option = table.field(parent.option)
        assert option is not None and option.ref == Ref(parent.type)
    for name in table.location_options:
        assert table.field(name) is not None
    if table.stand_in is not None:
        other = RESOURCES[table.stand_in.type]
        assert {other.field(name) is None for name in table.stand_in.options} == {False}
        assert {table.field(name) is None for name in table.stand_in.options.values()} == {False}
        assert other.identity.option in table.stand_in.options
    if table.turns_into:
        assert RESOURCES[table.turns_into].identity.casefold == table.identity.casefold
    if table.several is not None:
        assert table.field(table.several.each) is not None


#: Optional references to what is applied later, because both types refer to each other or the settings are an object's
#: own. A bulk apply has to come back to them.
LATER = {
    ("action", "feature_flag"),
    ("action", "cohort"),
    ("cohort", "feature_flag"),
    ("feature_flag", "dashboard"),
    ("organization", "role"),
    ("user", "organization"),
    ("user", "project"),
    ("project", "feature_flag"),
    ("project", "cohort"),
    ("project", "dashboard"),
    ("project", "group_type"),
    ("project", "data_color_theme"),
    ("project_settings", "feature_flag"),
    ("project_settings", "cohort"),
    ("project_settings", "dashboard"),
    ("project_settings", "group_type"),
    ("project_settings", "data_color_theme"),
    ("dashboard", "insight"),
    ("property_group", "event_definition"),
}


@pytest.mark.parametrize("table", TABLES)
def test_orders_respect_references(table: Resource) -> None:
    for parent in parents_of(table):
        assert RESOURCES[parent.type].order < table.order
    for path, field in all_fields(table):
        for ref in [*([field.ref] if field.ref else []), *(rule.ref for rule in field.refs)]:
            if ref.type == table.type:
                continue
            if field.required:
                assert RESOURCES[ref.type].order < table.order, path
            elif RESOURCES[ref.type].order >= table.order:
                assert (table.type, ref.type) in LATER, path


# -- fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind", ["default", "null_as", "initial"])
def test_values_of_the_table_pass_their_own_field(table: Resource, kind: str) -> None:
    for path, field in all_fields(table):
        value = getattr(field, kind)
        if value is None:
            continue
        if kind == "default" and field.words:
            assert value in field.words.values(), path
        problems: Problems = []
        read = field.parse(value, path, problems)
        assert problems == []
        assert field.same(read, value), path


@pytest.mark.parametrize("table", TABLES)
def test_null_clears_sets_back_or_is_refused(table: Resource) -> None:
    """A field that PostHog does not take null for must say so itself, or mean its default."""
    wrong = []
    for field in table.fields:
        if field.required or field.nullable or field.null_as is not None or field.write_only or field.create_only:
            continue
        if field.kind == "any" and not field.words and field.ref is None:
            continue
        problems: Problems = []
        if field.parse(None, field.name, problems) is None and not problems:
            wrong.append(field.name)
    assert wrong == []


@pytest.mark.parametrize("table", TABLES)
def test_fields_are_told_once_and_well(table: Resource) -> None:
    names = [field.name for field in table.fields]
    names += [part.field.name for part in table.parts] + [short.field.name for short in table.shorthands]
    names += [alias for field in table.fields for alias in field.aliases]
    assert len(names) == len(set(names))
    reserved = {"id", "state", "extra_fields", "update_secret", "host", "region", "api_key"}
    # A scope option of the connection may be meant only where the type is the scope itself.
    assert not reserved & set(names)
    for path, field in all_fields(table):
        assert not (field.computed and field.required), path
        assert field.minimum is None or field.maximum is None or field.minimum <= field.maximum, path
        if field.pattern is not None:
            re.compile(field.pattern[0])
        if field.kind in ("list", "map"):
            assert field.items is not None, path
        names_inside = [inner.name for inner in field.fields]
        assert len(names_inside) == len(set(names_inside)), path


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_whole(table: Resource) -> None:
    if table.singleton:
        assert isinstance(table.endpoint, Singleton)
    for name in table.identity.options:
        assert table.field(name) is not None
    assert table.singleton or table.identity.read or table.identity.by_value
    assert table.plural and (table.plural != table.type or (table.singleton and table.parent is None))
    read, write = table.scopes
    assert read.endswith(":read") or not (read or table.module)
    assert write.endswith(":write") or not (write or table.module)
    for name in table.delete_options:
        assert table.field(name) is not None
    parts = {part.field.name for part in table.parts}
    for rule in (*table.secret_parts, *table.private_parts):
        assert table.field(rule.field) is not None or rule.field in parts
    for rule in table.secret_parts:
        # What nobody declared and nobody stored holds no secret, whatever shape it has.
        for shape in ({}, {rule.field: None}, {rule.field: "text"}, {rule.field: []}):
            assert not list(rule.find(None, shape, None)) and not list(rule.find(None, {}, shape))
    for short in table.shorthands:
        assert table.field(short.target) is not None
    for path in table.paths:
        assert path.endswith("/")
        # Places differ by their path, or by what the list is asked for.
        by_params = table.parent is not None and type(table.parent).params is not Location.params
        assert ("{parent}" in path) is (table.parent is not None and not by_params)
        assert path.startswith("/") or table.scope in Scope


def test_plurals_and_types_are_told_apart() -> None:
    plurals = [table.plural for table in RESOURCES.values()]
    assert len(plurals) == len(set(plurals))
    assert not {table.plural for table in RESOURCES.values() if table.plural != table.type} & set(RESOURCES)


def test_the_registry_is_in_the_order_of_application() -> None:
    orders = [table.order for table in RESOURCES.values()]
    assert orders == sorted(orders)


# -- modules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_a_handler(name: str) -> None:
    assert handler(name).name == name
    assert handler(f"community.posthog.{name}") is handler(name)
    source = (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8")
    assert f'run("{name}")' in source


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_every_spec_is_one(name: str) -> None:
    spec = HANDLERS[name].spec()
    rules = {key: value for key, value in spec.items() if key not in ("argument_spec", "supports_check_mode")}
    assert spec["supports_check_mode"] is True
    for validator in (ArgumentSpecValidator, ModuleArgumentSpecValidator):
        checked = validator(spec["argument_spec"], **rules).validate({"api_key": "phx_abcdef", "no_such_option": 1})
        assert any("no_such_option" in message for message in checked.error_messages)
        assert "phx_abcdef" in checked._no_log_values
    for option, told in spec["argument_spec"].items():
        assert told.get("no_log") is not None or not re.search(r"key|secret|token|pass", option), option
        assert "default" not in told or option in (
            *("state", "validate_certs", "timeout", "retries", "max_wait", "rate_limit"),
            *("exclusive", "update_secret", "invite", "details", "show_access_token", "show_value", "show_scim_token"),
            *("purge_scope", "max_deletions", "allow_empty", "unknown_names", "concurrency"),
            *("scope", "layout", "clean", "undeclared", "report", "report_limit", "offline", "fingerprint"),
            "prevent_destroy",
            "with_dependencies",
        ), option


@pytest.mark.parametrize("table", TABLES)
def test_a_task_that_says_only_what_it_means_is_valid(table: Resource) -> None:
    spec = ResourceHandler(table).spec()
    rules = {key: value for key, value in spec.items() if key not in ("argument_spec", "supports_check_mode")}
    task: dict[str, Any] = {"api_key": "phx_abcdef"}
    for option in (*table.identity.options[:1], *(table.parent.required if table.parent is not None else ())):
        field = table.field(option)
        assert field is not None
        values: dict[str, Any] = {"document": {"a": 1}, "open": {"a": 1}, "int": 1, "list": [1]}
        task[option] = (field.choices or tuple(field.words) or (values.get(field.kind, "somebody@example.com"),))[0]
    checked = ModuleArgumentSpecValidator(spec["argument_spec"], **rules).validate(task)
    assert checked.error_messages == []
    # What was not said is null: nothing but the behaviour of the module has a default.
    said = {key for key, value in checked.validated_parameters.items() if value is not None}
    assert not {field.name for field in table.fields} & (said - set(task))


def test_the_registry_knows_where_every_table_is() -> None:
    files = {path.stem for path in (ROOT / "plugins" / "module_utils" / "_resources").glob("*.py")}
    helpers = {"__init__", "common", "environments", "index", "lifecycle", "quiet_hours", "type_index"}
    assert set(AREAS) == files - helpers
    for area, names in AREAS.items():
        module = importlib.import_module(f"{RESOURCES_PACKAGE}.{area}")
        assert set(names) <= set(tables_in(module)), area
    assert sorted(RESOURCES) == sorted(name for names in AREAS.values() for name in names)
    assert len(RESOURCES) == len(set(RESOURCES))


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_what_nobody_knows_is_never_at_its_default(name: str) -> None:
    """An export leaves out what is at its default, and would lose it."""
    for field in RESOURCES[name].fields:
        for strange in ({"strange": "x"}, {"strange": {"inner": 1}}, ["strange"], [{"strange": 1}], "strange"):
            assert not at_rest(field, strange), (field.name, strange)


@pytest.mark.parametrize(
    ("name", "areas"),
    [("posthog_role", {"organization"}), ("posthog_connection_info", set()), ("posthog_cohort", {"people"})],
)
def test_a_module_loads_no_more_than_it_needs(name: str, areas: set[str]) -> None:
    """A module on a remote host compiles whatever it imports, each time."""
    code = (
        "import sys\n"
        "from ansible_collections.community.posthog.plugins.module_utils._handlers.index import handler\n"
        f"handler({name!r}).spec()\n"
        "print(*sys.modules)"
    )
    place = str(Path(importlib.import_module("ansible_collections").__path__[0]).parent)
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": place},
    )
    loaded_now = set(run.stdout.split())
    prefix = f"{RESOURCES_PACKAGE}."
    assert {module[len(prefix) :] for module in loaded_now if module.startswith(prefix)} & set(AREAS) == areas
    engine = RESOURCES_PACKAGE.rpartition(".")[0]
    assert (
        not {
            f"{engine}.{other}" for other in ("_bulk.project", "_handlers.config", "_handlers.export", "_handlers.info")
        }
        & loaded_now
    )


@pytest.mark.parametrize(("given", "number"), [({}, 8), ({"concurrency": None}, 8), ({"concurrency": 32}, 32)])
def test_how_much_at_once(given: dict[str, Any], number: int) -> None:
    assert concurrency_of(given) == number


@pytest.mark.parametrize("number", [0, -1, 33])
def test_too_much_at_once(number: int) -> None:
    with pytest.raises(InvalidInput, match=f"concurrency: must be between 1 and 32, not {number}"):
        concurrency_of({"concurrency": number})


def test_no_program_of_another_name() -> None:
    for name in ("posthog_nothing", "posthog_activity_log", "role", "posthog_", ""):
        with pytest.raises(KeyError):
            handler(name)


def test_spec_is_new_each_time() -> None:
    for item in HANDLERS.values():
        assert item.spec() is not item.spec()
        assert item.spec()["argument_spec"] is not item.spec()["argument_spec"]


def test_runtime_lists_every_module() -> None:
    runtime = loaded("meta/runtime.yml")
    assert sorted(runtime["action_groups"]["posthog"]) == MODULES
    assert ACTIONS == MODULES
    assert not runtime.get("plugin_routing", {}).get("action")


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_an_action_of_its_name(name: str) -> None:
    plugin = importlib.import_module(f"ansible_collections.community.posthog.plugins.action.{name}")
    assert name == plugin.ActionModule.MODULE


def test_the_version_is_that_of_galaxy_yml() -> None:
    assert loaded("galaxy.yml")["version"] == COLLECTION_VERSION


# -- nothing outside a table mentions a type -------------------------------------------------------------------------

#: Words that are a type's name and a word of the API or of the options besides.
WORDS = {"project", "projects", "organization", "organizations", "action", "user", "users", "tag", "tags", "comment"}

SHARED = sorted([*(ROOT / "plugins" / "module_utils").glob("*.py"), *(ROOT / "plugins" / "plugin_utils").glob("*.py")])


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.name)
def test_shared_code_mentions_no_type_by_name(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    types = (set(RESOURCES) | {table.plural for table in RESOURCES.values()}) - WORDS
    mentioned = [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in types
    ]
    compared = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(side, ast.Attribute) and side.attr in ("type", "plural") for side in ast.walk(node))
        and any(isinstance(side, ast.Constant) and side.value in RESOURCES for side in ast.walk(node))
    ]
    assert mentioned + compared == []
