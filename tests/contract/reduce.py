# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schemas as they are published become facts: structure without text, and what is shared stands once."""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections import Counter

#: Keywords that say what a value may be. Titles, descriptions and examples are text of their authors.
KEPT = (
    *("type", "enum", "const", "format", "required", "additionalProperties"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems"),
)

#: Bounds of whole numbers that mean "any number".
ANY_NUMBER = frozenset({2147483647, -2147483648, 9007199254740991, -9007199254740991})

#: A shared schema stands on its own from this many characters on.
WORTH_SHARING = 200


def reduced(schema: t.Any) -> t.Any:
    """Keep what a schema says of values.

    :param schema: of JSON Schema or of OpenAPI 3.0 (C(nullable)).
    :returns: the same in JSON Schema 2020-12, without text.
    """
    if not isinstance(schema, dict) or "$shape" in schema:
        return schema
    result: dict[str, t.Any] = {}
    for word in KEPT:
        if word in schema:
            value = schema[word]
            if isinstance(value, int) and value in ANY_NUMBER:
                continue
            result[word] = sorted(value) if word == "required" else reduced(value)
    if result.get("additionalProperties") == {}:
        result["additionalProperties"] = True
    if "properties" in schema:
        result["properties"] = {name: reduced(inner) for name, inner in sorted(schema["properties"].items())}
    if "items" in schema:
        result["items"] = reduced(schema["items"])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            # oneOf of shapes that overlap refuses what PostHog takes: its own check is of anyOf's kind.
            result["anyOf" if word == "oneOf" else word] = [reduced(inner) for inner in schema[word]]
    if schema.get("nullable"):
        result = {"anyOf": [result, {"type": "null"}]} if result else {}
    return result


class Shared:
    """Keeps schemas once each, whatever the number of places they stand in.

    A schema is known by a hash of its own words and of the hashes of the schemas in it, so each is looked at once.
    """

    def __init__(self) -> None:
        self._known: dict[str, t.Any] = {}
        self._uses: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}
        self.shapes: dict[str, t.Any] = {}

    def add(self, schema: t.Any) -> str:
        """Take a schema in.

        :param schema: reduced; C({"$shape": name}) stands for one that was taken in before.
        :returns: its name.
        """
        if isinstance(schema, dict) and "$shape" in schema:
            return str(schema["$shape"])
        if isinstance(schema, dict):
            flat: t.Any = {word: self._inner(word, value) for word, value in schema.items()}
        else:
            flat = schema
        name = hashlib.sha256(json.dumps(flat, sort_keys=True).encode()).hexdigest()[:10]
        if name not in self._known:
            self._known[name] = flat
            self._sizes[name] = len(json.dumps(flat)) + sum(self._sizes[inner] for inner in _names_in(flat))
            self._uses.update(_names_in(flat))
        return name

    def _inner(self, word: str, value: t.Any) -> t.Any:
        if word == "properties":
            return {name: {"$shape": self.add(inner)} for name, inner in value.items()}
        if word in ("items", "additionalProperties") and isinstance(value, dict):
            return {"$shape": self.add(value)}
        if word in ("anyOf", "allOf"):
            return [{"$shape": self.add(inner)} for inner in value]
        return value

    def flat(self, name: str) -> t.Any:
        """Return a schema whose inner schemas are C({"$shape": name}).

        :param name: from :meth:`add`.
        :returns: the schema.
        """
        return self._known[name]

    def use(self, schema: t.Any) -> str:
        """Take a schema in that an operation has.

        :param schema: reduced.
        :returns: its name, for :meth:`packed`.
        """
        name = self.add(schema)
        self._uses[name] += 1
        return name

    def packed(self, name: str) -> t.Any:
        """Return a schema in which large ones that stand in several places are references.

        :param name: from :meth:`use`.
        :returns: the schema; what it refers to is in :attr:`shapes`.
        """
        if self._uses[name] > 1 and self._sizes[name] >= WORTH_SHARING:
            if name not in self.shapes:
                self.shapes[name] = None
                self.shapes[name] = self._filled(self._known[name])
            return {"$ref": f"#/shapes/{name}"}
        return self._filled(self._known[name])

    def _filled(self, flat: t.Any) -> t.Any:
        if isinstance(flat, list):
            return [self._filled(inner) for inner in flat]
        if not isinstance(flat, dict):
            return flat
        if "$shape" in flat:
            return self.packed(flat["$shape"])
        return {word: self._filled(value) for word, value in flat.items()}


def _names_in(flat: t.Any) -> t.Iterator[str]:
    if isinstance(flat, list):
        for inner in flat:
            yield from _names_in(inner)
    elif isinstance(flat, dict):
        if "$shape" in flat:
            yield flat["$shape"]
        else:
            for inner in flat.values():
                yield from _names_in(inner)


def unpacked_facts(data: dict[str, t.Any]) -> tuple[dict[str, dict[str, t.Any]], Shared]:
    """Take facts apart, to change operations and to pack them again.

    :param data: what C(facts.json) holds.
    :returns: the operations, in which each schema is C({"$shape": name}), and what these names refer to.
    """
    shared = Shared()
    names: dict[str, str] = {}

    def taken(schema: t.Any) -> dict[str, str]:
        return {"$shape": shared.add(resolved(schema))}

    def resolved(schema: t.Any) -> t.Any:
        if isinstance(schema, list):
            return [resolved(inner) for inner in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            shape = schema["$ref"].rpartition("/")[2]
            if shape not in names:
                names[shape] = taken(data["shapes"][shape])["$shape"]
            return {"$shape": names[shape]}
        return {word: resolved(value) for word, value in schema.items()}

    operations = {}
    for key, entry in data["operations"].items():
        entry = dict(entry)
        if "body" in entry:
            entry["body"] = taken(entry["body"])
        for part in ("query", "answers"):
            if part in entry:
                entry[part] = {word: taken(schema) for word, schema in entry[part].items()}
        operations[key] = entry
    return operations, shared


def packed_facts(
    sources: list[str], operations: t.Mapping[str, dict[str, t.Any]], shared: Shared | None = None
) -> dict[str, t.Any]:
    """Put facts into the form of ``facts.json``.

    :param sources: their names.
    :param operations: with whole schemas.
    :param shared: what C({"$shape": name}) in these refers to.
    :returns: the facts.
    """
    shared = shared or Shared()
    named: dict[str, dict[str, t.Any]] = {}
    for name, operation in sorted(operations.items()):
        entry = dict(operation)
        if "body" in entry:
            entry["body"] = shared.use(entry["body"])
        for part in ("query", "answers"):
            if part in entry:
                entry[part] = {key: shared.use(schema) for key, schema in sorted(entry[part].items())}
        named[name] = entry
    for entry in named.values():
        if "body" in entry:
            entry["body"] = shared.packed(entry["body"])
        for part in ("query", "answers"):
            if part in entry:
                entry[part] = {key: shared.packed(schema) for key, schema in entry[part].items()}
    return {"sources": sources, "operations": named, "shapes": dict(sorted(shared.shapes.items()))}
