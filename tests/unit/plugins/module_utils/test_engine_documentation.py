# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation says of nested options, against the tables, which alone check them."""

from __future__ import annotations

import importlib
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.community.posthog.plugins.module_utils._handlers.index import HANDLERS
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler
from ansible_collections.community.posthog.plugins.module_utils._resources.index import RESOURCES
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope

ROOT = Path(__file__).resolve().parents[4]
PACKAGE = "ansible_collections.community.posthog.plugins"


def options(module: str) -> dict[str, Any]:
    """The documented options of a module, those of its fragments included."""
    text = importlib.import_module(f"{PACKAGE}.modules.{module}").DOCUMENTATION
    document = yaml.safe_load(text)
    found: dict[str, Any] = {}
    for name in document.get("extends_documentation_fragment", []):
        parts = name.removeprefix("community.posthog.").split(".")
        fragment = importlib.import_module(f"{PACKAGE}.doc_fragments.{parts[0]}").ModuleDocFragment
        attribute = parts[1].upper() if len(parts) > 1 else "DOCUMENTATION"
        found.update(yaml.safe_load(getattr(fragment, attribute)).get("options", {}))
    found.update(document.get("options", {}))
    return found


def fields(handler: ResourceHandler) -> Iterator[Field]:
    """Everything that a task can declare of an object."""
    yield from handler.table.fields
    for short in handler.table.shorthands:
        yield short.field
    for part in handler.table.parts:
        yield part.field


def keys(field: Field) -> tuple[Field, ...]:
    """The known keys of a document, or of the documents in a list."""
    if field.kind == "list" and field.items is not None:
        return keys(field.items)
    return tuple(key for key in field.fields if not key.computed)


def differences(field: Field, documented: dict[str, Any], path: str) -> Iterator[str]:
    """Where documentation and table disagree; options that are described in prose have no suboptions."""
    suboptions = documented.get("suboptions")
    if not suboptions:
        return
    known = {key.name: key for key in keys(field)}
    if not known:
        return
    for name in sorted(set(known) - set(suboptions)):
        yield f"{path}.{name} is not documented"
    for name in sorted(set(suboptions) - set(known)):
        yield f"{path}.{name} is no key"
    for name in sorted(set(known) & set(suboptions)):
        if known[name].required and not suboptions[name].get("required"):
            yield f"{path}.{name} is required"
        if known[name].choices and list(known[name].choices) != list(suboptions[name].get("choices", [])):
            yield f"{path}.{name} has other choices"
        yield from differences(known[name], suboptions[name], f"{path}.{name}")


MODULES = sorted(
    name
    for name, handler in HANDLERS.items()
    if isinstance(handler, ResourceHandler) and (ROOT / "plugins/modules" / f"{name}.py").exists()
)


@pytest.mark.parametrize("module", MODULES)
def test_nested_options_are_documented_as_the_table_has_them(module: str) -> None:
    handler = HANDLERS[module]
    assert isinstance(handler, ResourceHandler)
    documented = options(module)
    wrong = [text for field in fields(handler) for text in differences(field, documented[field.name], field.name)]
    assert wrong == []


def test_something_is_compared() -> None:
    """The comparison above finds nothing wrong where there is nothing to compare; there is."""
    documented = options("posthog_feature_flag")
    assert "suboptions" in documented["filters"]
    assert "suboptions" in documented["variants"]


@pytest.mark.parametrize("module", MODULES)
def test_null_does_what_the_documentation_says(module: str) -> None:
    """An option whose documentation tells what V(null) does takes it; one that does not tell refuses it."""
    handler = HANDLERS[module]
    assert isinstance(handler, ResourceHandler)
    documented = options(module)
    text = importlib.import_module(f"{PACKAGE}.modules.{module}").DOCUMENTATION
    for_all = "V(null)" in " ".join(yaml.safe_load(text)["description"])
    wrong = []
    for field in fields(handler):
        problems: list[tuple[str, str]] = []
        field.parse(None, field.name, problems)
        text = " ".join(documented[field.name]["description"])
        told = "V(null)" in text
        if told and problems and "refuse" not in text:
            wrong.append(f"{field.name}: {problems[0][1]}")
        if not told and not for_all and not problems and not field.write_only and not field.create_only:
            wrong.append(f"{field.name}: null is taken, and nobody says what it does")
    assert wrong == []


# -- posthog_info tells of every type --------------------------------------------------------------------------------


def listed(names: list[str]) -> str:
    """Types as a sentence names them."""
    *others, last = [f"V({name})" for name in sorted(names)]
    return f"{', '.join(others)} and {last}" if others else last


def sentences() -> list[str]:
    """What the documentation of posthog_info has to say of types; taken from the tables."""
    tables = RESOURCES.values()
    by_scope = {scope: [table.type for table in tables if table.scope is scope] for scope in Scope}
    placed = [table.type for table in tables if table.parent is not None]
    single = [table.type for table in tables if table.singleton and table.parent is None]
    endless = [table.type for table in tables if table.listing.limit is not None]
    return [
        f"Of a project, these are {listed(by_scope[Scope.PROJECT])}.",
        f"Of an organization, these are {listed(by_scope[Scope.ORGANIZATION])}.",
        f"Of the installation, as far as the key sees it, these are {listed(by_scope[Scope.INSTANCE])}.",
        f"There is one only of {listed(single)}, which O(ids), O(names) and O(search) have no meaning for.",
        f"Unless O(within) tells where they are, {listed(placed)} are read from everywhere, one request a place.",
        f"Unless O(limit) says otherwise, at most 1000 objects are read of {listed(endless)}.",
    ]


def test_info_lists_every_type() -> None:
    """Where it does not, the message holds the lines to put into its documentation."""
    told = [" ".join(text.split()) for text in options("posthog_info")["types"]["description"]]
    wanted = [" ".join(text.split()) for text in sentences()]
    lines = [
        textwrap.fill(text, 118, initial_indent="      - ", subsequent_indent="        ", break_on_hyphens=False)
        for text in wanted
    ]
    missing = [text for text in wanted if text not in told]
    assert missing == [], "\n".join(["plugins/modules/posthog_info.py must say:", *lines])
    assert {table.listing.limit for table in RESOURCES.values()} <= {None, 1000}
