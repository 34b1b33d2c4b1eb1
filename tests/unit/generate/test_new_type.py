# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make new-type``: what it lays out, what it refuses, and that nothing is left of what failed."""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from copied_checkout import Checkout

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from contract.facts import FILE
from new_type import UNWRITTEN
from new_type.facts import FieldFact, NothingKnown, identity_of, plural_of
from new_type.table import declared
from new_type.values import values

PROGRAM = "tests/bin/new-type"
TABLES = "plugins/module_utils/_resources/logs.py"
MODULE = "plugins/modules/posthog_logs_rule.py"

#: A type that PostHog does not have, with a field of each kind.
BODY = {
    "type": "object",
    "required": ["mode", "name"],
    "properties": {
        "name": {"type": "string", "maxLength": 255},
        "mode": {"type": "string", "enum": ["keep", "drop"]},
        "enabled": {"type": "boolean"},
        "priority": {"type": "integer", "minimum": 0},
        "share": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]},
        "starts_at": {"type": "string", "format": "date-time"},
        "config": {"type": "object"},
        "services": {"type": "array", "items": {"type": "string"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "created_at": {"type": "string"},
        "id": {"type": "string"},
    },
}

SHOWN = {**BODY, "properties": {**BODY["properties"], "matches": {"type": "number"}}}


def with_facts(checkout: Checkout) -> None:
    """Let the contract know the type."""
    facts = json.loads(FILE.read_text(encoding="utf-8"))
    route = "/api/projects/{}/logs/rules/"
    page = {"type": "object", "properties": {"results": {"type": "array", "items": SHOWN}}}
    facts["operations"] |= {
        f"POST {route}": {"body": BODY, "answers": {"201": SHOWN}, "from": {"all": 0}},
        f"GET {route}": {"answers": {"200": page}, "from": {"all": 0}},
        f"PATCH {route}{{}}/": {"body": BODY, "from": {"all": 0}},
        f"DELETE {route}{{}}/": {"from": {"all": 0}},
    }
    checkout.write("tests/contract/facts.json", json.dumps(facts))


def laid_out(checkout: Checkout) -> str:
    """Lay the type out; return what was printed."""
    with_facts(checkout)
    run = checkout.run(PROGRAM, "logs_rule", "logs", "--route", "logs/rules", "--scope", "logs")
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, str]:
    """A checkout in which the type was laid out, and what was printed."""
    checkout = Checkout(tmp_path_factory.mktemp("made") / "copy")
    return checkout, laid_out(checkout)


def test_the_table(made: tuple[Checkout, str]) -> None:
    text = made[0].read(TABLES)
    table = text[text.index("LOGS_RULE = Resource(") :]
    for line in (
        'type="logs_rule"',
        'plural="logs_rules"',
        'path="logs/rules/"',
        'scopes=("logs:read", "logs:write")',
        'marker="tags"',
        'Text("name", required=True, max_length=255)',
        'Choice("mode", ["keep", "drop"], required=True)',
        'Bool("enabled")',
        'Int("priority", minimum=0)',
        'Number("share", nullable=True, minimum=0, maximum=1)',
        'Time("starts_at")',
        'Open("config")',
        'ListOf("services", Text("item"))',
        "Tags()",
    ):
        assert line in table, line
    assert "created_at" not in table
    assert '"logs": ("logs_alert", "logs_retention_rule", "logs_rule", "logs_sampling_rule", "logs_view"),' in made[
        0
    ].read(TABLES.replace("logs.py", "type_index.py"))


def test_the_module_documents_what_the_table_takes(made: tuple[Checkout, str]) -> None:
    checkout, _printed = made
    namespace: dict[str, t.Any] = {}
    exec(compile(checkout.read(MODULE).partition("\nfrom ansible_collections")[0], MODULE, "exec"), namespace)
    documentation, examples, returned = (
        yaml.safe_load(namespace[name]) for name in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    )
    types = {name: option["type"] for name, option in documentation["options"].items()}
    assert types == {
        "name": "str",
        "mode": "str",
        "enabled": "bool",
        "priority": "int",
        "share": "float",
        "starts_at": "str",
        "config": "dict",
        "services": "list",
    }
    assert documentation["options"]["services"]["elements"] == "str"
    assert "community.posthog.object.tags" in documentation["extends_documentation_fragment"]
    assert [task["community.posthog.posthog_logs_rule"].get("state") for task in examples] == [None, "absent"]
    assert list(returned) == ["logs_rule", "changes", "diff", "status_code", "error", "request_id"]
    assert "'logs:write'" in returned["error"]["sample"]["detail"]
    assert set(returned["logs_rule"]["sample"]) == set(returned["logs_rule"]["contains"])


def test_what_tests_need(made: tuple[Checkout, str]) -> None:
    checkout, _printed = made
    facts = json.loads(checkout.read("tests/sandbox/facts/current/logs_rule.json"))
    assert facts["path"] == "projects/{project_id}/logs/rules"
    assert facts["scopes"] == {"read": ["logs:read"], "write": ["logs:write"]}
    assert facts["paging"] == "limit_offset"
    assert {field["name"] for field in facts["fields"]} == set(BODY["properties"]) - {"id", "created_at"}
    assert "matches" in facts["read"]
    assert json.loads(checkout.read("tests/sandbox/facts/2025/logs_rule.json"))["absent"] is True
    sample = checkout.read("tests/integration/samples/logs_rule.py")
    assert 'type="logs_rule"' in sample and '"config": Value(' in sample


def test_everything_that_lists_types_has_it(made: tuple[Checkout, str]) -> None:
    checkout, _printed = made
    for path, text in (
        ("meta/runtime.yml", "- posthog_logs_rule\n"),
        ("plugins/action/posthog_logs_rule.py", 'MODULE = "posthog_logs_rule"'),
        ("plugins/modules/posthog_info.py", "V(logs_rule)"),
        ("plugins/modules/posthog_config.py", "V(logs_rules)"),
        ("README.md", "`logs_rule`"),
        ("docs/docsite/rst/guide_types.rst", "``logs_rule``"),
        ("docs/coverage.md", "`posthog_logs_rule`"),
    ):
        assert text in checkout.read(path), path
    assert checkout.run("tests/bin/generate", "--check").returncode == 0


def test_what_is_left_is_named_and_refused(made: tuple[Checkout, str]) -> None:
    checkout, printed = made
    assert f"{MODULE}:" in printed and f"{TABLES}:" in printed
    marked = sum(checkout.read(path).count(UNWRITTEN) for path in (MODULE, TABLES))
    assert marked > 10
    assert printed.count(f" {UNWRITTEN}") + printed.count(f"{UNWRITTEN}\n") >= marked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Logs-Rule", "logs"), "NAME='Logs-Rule' is no name of a type: "),
        (("logs_rule_", "logs"), "NAME='logs_rule_' is no name of a type: "),
        (("", "logs"), "NAME='' is no name of a type: "),
        (("logs_rule", "log"), "AREA='log' is no area; there are access, account, "),
        (("logs_rule", ""), "AREA='' is no area; there are access, account, "),
        (("logs_rule", "index"), "AREA='index' is no area; there are access, account, "),
        (("cohort", "logs"), "The type cohort exists: its table is in plugins/module_utils/_resources/people.py."),
        (("info", "logs"), "The module plugins/modules/posthog_info.py exists, though no table has the type info."),
        (("nonsense", "logs"), "Nothing is known of the type nonsense: there is neither tests/sandbox/facts/current/"),
    ],
)
def test_what_is_refused(checkout: Checkout, words: tuple[str, str], said: str) -> None:
    before = checkout.everything()
    run = checkout.run(PROGRAM, *words)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(said)
    assert run.stderr.count("\n") == 1
    assert checkout.everything() == before


def test_nothing_is_left_of_what_failed(checkout: Checkout) -> None:
    with_facts(checkout)
    checkout.write("tests/integration/samples/logs_rule.py", "")
    before = checkout.everything()
    run = checkout.run(PROGRAM, "logs_rule", "logs", "--route", "logs/rules")
    assert run.returncode == 1
    assert run.stderr.startswith("tests/integration/samples/logs_rule.py exists")
    assert checkout.everything() == before


def test_facts_of_the_sandbox_come_first(checkout: Checkout) -> None:
    facts = json.loads(checkout.read("tests/sandbox/facts/current/logs_view.json"))
    facts |= {"type": "logs_rule", "path": "projects/{project_id}/logs/rules"}
    checkout.write("tests/sandbox/facts/current/logs_rule.json", json.dumps(facts))
    run = checkout.run(PROGRAM, "logs_rule", "logs")
    assert (run.returncode, run.stderr) == (0, "")
    table = checkout.read(TABLES).partition("LOGS_RULE = Resource(")[2]
    assert 'id_path="short_id"' in table and 'scopes=("logs:read", "logs:write")' in table
    assert json.loads(checkout.read("tests/sandbox/facts/current/logs_rule.json")) == facts


# -- its parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "many"), [("role", "roles"), ("saved_query", "saved_queries"), ("survey", "surveys"), ("index", "indexes")]
)
def test_plurals(one: str, many: str) -> None:
    assert plural_of(one) == many


def test_what_names_an_object() -> None:
    key, label = FieldFact("key", "text"), FieldFact("slug", "text", required=True)
    assert identity_of([label, key]) == "key"
    assert identity_of([FieldFact("text", "text"), label]) == "slug"
    with pytest.raises(NothingKnown, match="No field can name an object"):
        identity_of([FieldFact("enabled", "bool", required=True)])


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        (FieldFact("token", "text", secret=True), 'Text("token", secret=True)'),
        (FieldFact("once", "text", write_only=True), 'Text("once", write_only=True)'),
        (FieldFact("count", "int", maximum=2**53 - 1), 'Int("count")'),
        (FieldFact("anything", "any"), 'Anything("anything")'),
        (FieldFact("_create_in_folder", "text"), 'Text("_create_in_folder", write_only=True, since="2025")'),
    ],
)
def test_declarations(fact: FieldFact, text: str) -> None:
    assert declared(fact)[0] == text


def test_values_keep_the_limits() -> None:
    first, second = values(FieldFact("code", "text", max_length=6))
    assert first != second and max(len(first), len(second)) <= 6
    assert values(FieldFact("mode", "text", choices=("a", "b", "c"))) == ("a", "c")
    assert min(values(FieldFact("days", "int", minimum=14))) >= 14
