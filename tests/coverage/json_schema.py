#!/usr/bin/env python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the JSON Schema of configuration files from the tables and the documentation of the modules.

Editors complete and underline with it what community.posthog.posthog_config reads from C(src). The schema refuses what
the engine refuses without PostHog, as far as a schema can: it says nothing of names that refer to other objects, of
rules across fields, and of keys inside queries that are nearly right. ``--write`` brings the file up to date; without
it, a file that is old is an error.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import os
import re
import sys
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]

sys.path.append(os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":")[0] or str(ROOT / ".build"))

from ansible_collections.community.posthog.plugins.module_utils._bulk.overlays import OWN_KEYS  # noqa: E402
from ansible_collections.community.posthog.plugins.module_utils._engine.lifecycle import (  # noqa: E402
    IGNORE_CHANGES,
    PREVENT_DESTROY,
    RENAMED_FROM,
    UNTIL,
)
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import (  # noqa: E402
    UNDECLARED_KEY,
    UNKNOWN_IDS,
    UNKNOWN_IDS_KEY,
)
from ansible_collections.community.posthog.plugins.module_utils._handlers.index import HANDLERS  # noqa: E402
from ansible_collections.community.posthog.plugins.module_utils._handlers.resource import ResourceHandler  # noqa: E402
from ansible_collections.community.posthog.plugins.module_utils._http.options import connection_spec  # noqa: E402
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field  # noqa: E402
from ansible_collections.community.posthog.plugins.module_utils._schema.query_shapes import UNIONS  # noqa: E402
from ansible_collections.community.posthog.plugins.module_utils._schema.shapes import Kind, Shape, table  # noqa: E402

Schema = dict[str, t.Any]

PATH: t.Final = ROOT / "schemas" / "posthog.json"

#: The same for files of overlays.
OVERLAY_PATH: t.Final = ROOT / "schemas" / "posthog-overlay.json"

#: A variable in place of a value: C("{{ posthog_secret_token }}").
VARIABLE: t.Final[Schema] = {"$ref": "#/$defs/variable"}

#: What Ansible takes for a boolean.
BOOLEAN: t.Final[Schema] = {"$ref": "#/$defs/boolean"}

_COMMON: t.Final[dict[str, Schema]] = {
    "boolean": {
        "anyOf": [
            {"type": "boolean"},
            {"enum": [0, 1]},
            {"type": "string", "pattern": "^(?i:yes|no|on|off|true|false|y|n|t|f|1|0|1.0|0.0)$"},
        ]
    },
    "numeral": {"type": "string", "pattern": r"^\s*[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?\s*$"},
    "variable": {"type": "string", "pattern": r"\{\{.*\}\}"},
}

_NAME: t.Final[Schema] = {"type": ["string", "number"], "minLength": 1}

_PATH: t.Final[Schema] = {"type": "string", "pattern": r"^[^.\[\]]+(\.[^.\[\]]+|\[([0-9]+|\*)?\])*$"}

_DATE: t.Final[Schema] = {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}"}

#: What an item may say of the life of its object.
LIFECYCLE: t.Final[dict[str, Schema]] = {
    RENAMED_FROM: {"anyOf": [_NAME, {"type": "array", "items": _NAME}, {"type": "null"}]},
    IGNORE_CHANGES: {"anyOf": [_PATH, {"type": "array", "items": {"anyOf": [_PATH, VARIABLE]}}, {"type": "null"}]},
    UNTIL: {"anyOf": [_DATE, VARIABLE, {"type": "null"}]},
    PREVENT_DESTROY: {"anyOf": [BOOLEAN, VARIABLE]},
}

#: Words that YAML 1.1 takes for booleans.
_WORDS: t.Final = (("on", True), ("yes", True), ("true", True), ("off", False), ("no", False), ("false", False))

#: The fields that hold queries, with the check that knows their shapes.
_QUERY: t.Final = "query"

_MARKUP: t.Final = re.compile(r"\b([OVCMBIULER]|RV|HORIZONTALLINE)\(((?:\\.|[^)\\])*)\)")


def plain_text(markup: t.Any) -> str:
    """Documentation without Ansible's markup.

    :param markup: one paragraph, or several.
    :returns: one text; paragraphs are kept apart.
    """

    def shown(match: re.Match[str]) -> str:
        kind, inner = match[1], match[2].replace("\\)", ")").replace("\\", "")
        if kind == "M":
            return inner.rpartition(".")[2]
        if kind == "L":
            return inner.partition(",")[0]
        return re.sub(r"^(?:[a-z_.]+#[a-z]+:)", "", inner)

    paragraphs = markup if isinstance(markup, list) else [markup or ""]
    return "\n\n".join(_MARKUP.sub(shown, str(paragraph)) for paragraph in paragraphs)


def documentation(name: str) -> dict[str, t.Any]:
    """The options in a module's documentation, its fragments aside.

    :param name: the module.
    :returns: options by name, as written.
    """
    text = (ROOT / "plugins/modules" / f"{name}.py").read_text(encoding="utf-8")
    block = re.search(r'^DOCUMENTATION = r?"""\n(.*?)^"""', text, re.M | re.S)
    if block is None:
        raise SystemExit(f"{name} has no DOCUMENTATION.")
    data = yaml.safe_load(block[1])
    options: dict[str, t.Any] = {}
    for fragment in data.get("extends_documentation_fragment", []):
        file, _dot, part = fragment.removeprefix("community.posthog.").partition(".")
        path = ROOT / "plugins/doc_fragments" / f"{file}.py"
        if fragment.startswith("community.posthog.") and path.exists():
            held = re.search(
                rf'^    {(part or "DOCUMENTATION").upper()} = r?"""\n(.*?)^"""',
                path.read_text(encoding="utf-8"),
                re.M | re.S,
            )
            if held is not None:
                options.update(yaml.safe_load(held[1]).get("options") or {})
    options.update(data.get("options") or {})
    return options


def any_of(*schemas: Schema) -> Schema:
    """One of several, without those that are there twice.

    :param schemas: the alternatives.
    :returns: a schema.
    """
    found: list[Schema] = []
    for schema in schemas:
        for item in schema["anyOf"] if set(schema) == {"anyOf"} else [schema]:
            if item not in found:
                found.append(item)
    return found[0] if len(found) == 1 else {"anyOf": found}


def of_field(field: Field, docs: t.Mapping[str, t.Any] | None = None) -> Schema:
    """The schema of one field.

    :param field: the field.
    :param docs: its documentation, with C(suboptions) where it has some.
    :returns: a schema.
    """
    docs = docs or {}
    schema = _of_kind(field, docs)
    if schema != {}:
        if field.nullable or field.null_as is not None:
            schema = any_of(schema, {"type": "null"})
        if not (field.of_kind.is_text and not field.choices and field.pattern is None and field.max_length is None):
            schema = any_of(schema, VARIABLE)
    if docs.get("description"):
        schema = {"description": plain_text(docs["description"]), **schema}
    return schema


def _of_kind(field: Field, docs: t.Mapping[str, t.Any]) -> Schema:
    if field.words:
        numbers = list(field.words.values())
        return {"enum": [*field.words, *numbers, *(str(number) for number in numbers)]}
    if field.ref is not None and not field.of_kind.is_list:
        return any_of({"type": "integer"}, {"type": "string", "minLength": 1})
    if field.choices:
        known: Schema = {"enum": list(field.choices)}
        if field.newer:
            return any_of(known, {"type": ["string", "number"]})
        # YAML makes booleans of the words on and off, and Ansible makes words of them again.
        words = [meant for word, meant in _WORDS if word in field.choices]
        texts = [str(choice) for choice in field.choices if not isinstance(choice, str)]
        return {"enum": [*field.choices, *texts, *dict.fromkeys(words)]}
    if field.name == _QUERY and getattr(field.checked, "__name__", "") == _QUERY:
        return any_of({"$ref": "#/$defs/query"}, {"type": "array"})
    return field.of_kind.json_schema(field, _Inside(docs))


@dataclasses.dataclass(frozen=True)
class _Inside:
    """Writes the schemas of what is inside a field.

    :param docs: the documentation of the field.
    """

    docs: t.Mapping[str, t.Any]

    def of_key(self, field: Field) -> Schema:
        """The schema of a key of a document, with its sub-option."""
        return of_field(field, (self.docs.get("suboptions") or {}).get(field.name))

    def of_item(self, field: Field) -> Schema:
        """The schema of an item of a list. The sub-options of a list of dictionaries are those of its items."""
        return of_field(field, {key: value for key, value in self.docs.items() if key == "suboptions"})

    def of_value(self, field: Field) -> Schema:
        """The schema of a value of a map."""
        return of_field(field)


def of_handler(handler: ResourceHandler) -> Schema:
    """The schema of one item of a type.

    :param handler: the type's module.
    :returns: a schema of the options that the item takes.
    """
    resource, docs = handler.table, documentation(handler.name)
    fields: dict[str, Field] = {field.name: field for field in resource.fields}
    fields.update((short.field.name, short.field) for short in resource.shorthands)
    fields.update((part.field.name, part.field) for part in resource.parts)
    if resource.identity.nameless:
        # An empty name means the object that has none.
        named = fields[resource.identity.option]
        fields[named.name] = dataclasses.replace(named, required=False, nullable=True)
    spec = handler.spec()["argument_spec"]
    properties: dict[str, Schema] = {}
    for name, rules in spec.items():
        if name in connection_spec():
            continue
        if name in LIFECYCLE:
            # The same in each type, so it is written once.
            properties[name] = {"$ref": f"#/$defs/{name}"}
            continue
        if name in fields and name not in resource.short_forms:
            schema = of_field(fields[name], docs.get(name))
        else:
            schema = of_option(rules, docs.get(name) or {})
        properties[name] = schema
        for alias in rules.get("aliases", ()):
            properties[alias] = {**schema, "deprecated": False, "description": f"The same as {name}."}
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    ways = [[name] for name in (*resource.identity.options[:1], *(("id",) if "id" in spec else ()))]
    if resource.several is not None:
        ways.append([resource.several.option])
    if ways and not resource.singleton:
        names = [(name, *spec[name].get("aliases", ())) for way in ways for name in way]
        schema["anyOf"] = [{"required": [name]} for options in names for name in options]
    needed = list(resource.parent.required) if resource.parent is not None else []
    if needed:
        schema["allOf"] = [
            {"anyOf": [{"required": [name]} for name in (option, *spec[option].get("aliases", ()))]}
            for option in needed
        ]
    return schema


def of_lifecycle() -> dict[str, Schema]:
    """The schemas of what an item says of the life of its object.

    :returns: schemas by the names of the options, as the documentation of feature flags describes them.
    """
    docs = documentation("posthog_feature_flag")
    return {name: {"description": plain_text(docs[name]["description"]), **LIFECYCLE[name]} for name in LIFECYCLE}


def of_option(rules: t.Mapping[str, t.Any], docs: t.Mapping[str, t.Any]) -> Schema:
    """The schema of an option that is no field of the type.

    :param rules: its entry in the argument spec.
    :param docs: its documentation.
    :returns: a schema.
    """
    if rules.get("choices"):
        schema: Schema = {"enum": list(rules["choices"])}
    else:
        schema = {
            "bool": BOOLEAN,
            "dict": {"type": "object"},
            "list": {"type": "array"},
            "str": {"type": ["string", "number"]},
            "int": {"type": "integer"},
        }.get(rules.get("type", "str"), {})
    if schema and rules.get("type") != "str":
        schema = any_of(schema, VARIABLE)
    return {"description": plain_text(docs["description"]), **schema} if docs.get("description") else schema


# -- queries ----------------------------------------------------------------------------------------------------------


def of_shape(shape: Shape) -> Schema:
    """The schema of one kind of query, filter or part of one.

    PostHog learns keys and choices every month, and names may stand for numbers, so that it helps to complete, and
    refuses little.

    :param shape: the shape.
    :returns: a schema.
    """
    return {"type": "object", "properties": {key: _of_types(kinds) for key, kinds in shape.keys.items()}}


def _of_types(kinds: tuple[Kind, ...]) -> Schema:
    if any(kind.sort == "any" for kind in kinds):
        return {}
    if kinds in unions():
        return any_of({"$ref": f"#/$defs/{unions()[kinds]}"}, {"type": "null"})
    return any_of(*(_of_type(kind) for kind in kinds), {"type": "null"})


def _of_type(kind: Kind) -> Schema:
    if kind.sort == "shape":
        return {"$ref": f"#/$defs/{kind.name}"}
    if kind.sort == "choice":
        return any_of({"enum": list(kind.choices)}, {"type": ["string", "number"]})
    if kind.sort == "list":
        return {"type": "array", "items": _of_types(kind.inner)}
    if kind.sort == "map":
        return {"type": "object", "additionalProperties": _of_types(kind.inner)}
    # A name may stand for an id, and a variable for anything.
    return {"type": ["boolean", "string"] if kind.sort == "bool" else ["number", "string"]}


@functools.lru_cache(maxsize=1)
def unions() -> dict[tuple[Kind, ...], str]:
    """The names of the sets of shapes that several keys take.

    :returns: names by what they stand for.
    """
    return {table().types(f"@{name}"): name for name in UNIONS}


def of_queries() -> dict[str, Schema]:
    """The shapes of all queries, and the one that chooses by C(kind).

    :returns: schemas by name.
    """
    shapes = table()
    found = {name: of_shape(shapes.shape(name)) for name in shapes.names}
    found.update({name: any_of(*(_of_type(kind) for kind in kinds)) for kinds, name in unions().items()})
    found[_QUERY] = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": any_of({"enum": sorted(shapes.by_kind)}, {"type": "string"})},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{names[0]}"}}
            for kind, names in sorted(shapes.by_kind.items())
        ],
    }
    return found


def whole() -> Schema:
    """The schema of a file.

    :returns: the schema of one document.
    """
    handlers = [handler for handler in HANDLERS.values() if isinstance(handler, ResourceHandler)]
    config = documentation("posthog_config")
    name: Schema = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}, {"type": "null"}]}
    properties: dict[str, Schema] = {
        "organization": {"description": "The organization that everything here belongs to, by name or id.", **name},
        "project": {"description": "The project that everything here belongs to, by name or id.", **name},
        UNDECLARED_KEY: {
            "description": plain_text(config[UNDECLARED_KEY]["description"]),
            "enum": [*config[UNDECLARED_KEY]["choices"], None],
        },
        UNKNOWN_IDS_KEY: {
            "description": "What an id means that no object has: error refuses it, create makes an object without it.",
            "enum": [*UNKNOWN_IDS, None],
        },
    }
    definitions: dict[str, Schema] = of_lifecycle()
    for handler in sorted(handlers, key=lambda handler: handler.table.plural):
        resource = handler.table
        definitions[resource.type] = of_handler(handler)
        item: Schema = {"$ref": f"#/$defs/{resource.type}"}
        single = resource.singleton and resource.parent is None
        held: Schema = {**item, "type": "object"} if single else {"type": "array", "items": item}
        properties[resource.plural] = any_of(held, {"type": "null"})
    document: Schema = {
        "type": ["object", "null"],
        "properties": properties,
        "patternProperties": {f"^{OWN_KEYS}": {"description": "Anything, for anchors that items share."}},
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Made by `make generate` from the tables of community.posthog; do not edit. GPL-3.0-or-later.",
        "title": "A PostHog project as YAML, for community.posthog.posthog_config",
        **document,
        "$defs": {**_COMMON, **definitions, **of_queries()},
    }


def overlay(schema: Schema) -> Schema:
    """The schema of a file of overlays: null takes a value away, and what is needed may stand below.

    :param schema: of the files below, as :func:`whole` returns it.
    :returns: the schema of one document.
    """
    kept = {*_COMMON, *of_lifecycle(), *(item.table.type for item in HANDLERS.values() if hasattr(item, "table"))}
    definitions = {name: held for name, held in schema["$defs"].items() if name in kept}
    for name, held in definitions.items():
        if "properties" in held:
            definitions[name] = {**held, "properties": _relaxed(held["properties"], kept, keys=True)}
    title = "What is laid over a PostHog project as YAML, for the option overlays of community.posthog.posthog_config"
    return {**schema, "title": title, "$defs": definitions}


def _relaxed(schema: t.Any, kept: t.Container[str], *, keys: bool = False) -> t.Any:
    """A part of a schema without what a document needs, and with null for each key."""
    if isinstance(schema, list):
        return [_relaxed(item, kept) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if keys:
        return {name: any_of(_relaxed(held, kept), {"type": "null"}) for name, held in schema.items()}
    reference = str(schema.get("$ref") or "")
    if reference and reference.rpartition("/")[2] not in kept:
        # A part of a query makes no query.
        return {"type": "object"}
    out = {
        name: _relaxed(held, kept, keys=name == "properties")
        for name, held in schema.items()
        if not (name == "required" and isinstance(held, list))
    }
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = any_of(out["additionalProperties"], {"type": "null"})
    return out


def written(schema: Schema) -> str:
    """The text of the file: a line for each type and each shape, so that a change is seen where it is.

    :param schema: the schema.
    :returns: JSON.
    """

    def line(value: t.Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))

    def lines(value: t.Mapping[str, t.Any], margin: str) -> str:
        return ",\n".join(f"{margin}{line(key)}: {line(inner)}" for key, inner in value.items())

    head = lines({key: value for key, value in schema.items() if key not in ("properties", "$defs")}, "  ")
    blocks = [f"  {line(key)}: {{\n{lines(schema[key], '    ')}\n  }}" for key in ("properties", "$defs")]
    return "{\n" + ",\n".join([head, *blocks]) + "\n}\n"


@functools.lru_cache(maxsize=1)
def texts() -> dict[Path, str]:
    """The files.

    :returns: texts by path.
    """
    schema = whole()
    return {PATH: written(schema), OVERLAY_PATH: written(overlay(schema))}


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the file")
    options = parser.parse_args()
    old = [path for path, text in texts().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in old:
        name = path.relative_to(ROOT)
        if options.write:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts()[path], encoding="utf-8")
            print(f"{name} is written.")
        else:
            print(f"{name} is not what the tables say; `make generate` corrects it.")
    return 1 if old and not options.write else 0


if __name__ == "__main__":
    sys.exit(main())
