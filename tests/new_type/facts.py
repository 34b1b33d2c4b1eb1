# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a type: from the sandbox's facts where there are some, else from PostHog's published contract."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from contract.facts import Facts
from generate.common import ROOT

SANDBOX = ROOT / "tests/sandbox/facts/current"

#: How routes begin, by what the objects belong to.
ROOTS = {"project": "/api/projects/{}/", "organization": "/api/organizations/{}/"}

#: What PostHog says of each object and nobody declares.
COMPUTED = {
    "id",
    "short_id",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "last_modified_at",
    "last_modified_by",
    "user_access_level",
    "team",
    "team_id",
    "organization",
    "organization_id",
}

#: What names an object, the best first.
NAMES = ("name", "key", "title", "label")


class NothingKnown(Exception):
    """The facts do not have the type; the message says what is needed."""


@dataclass(frozen=True)
class FieldFact:
    """What is known of a field.

    :param name: in the API.
    :param kind: C(text), C(int), C(number), C(bool), C(time), C(object), C(list) or C(any).
    :param items: the kind of a list's entries.
    :param required: a new object needs it.
    :param nullable: it may be null.
    :param secret: it is taken and never shown, since it is a secret.
    :param write_only: it is taken and never shown.
    :param max_length: of a text.
    :param minimum: of a number.
    :param maximum: of a number.
    :param choices: the values that it takes; none if any.
    """

    name: str
    kind: str
    items: str = "any"
    required: bool = False
    nullable: bool = False
    secret: bool = False
    write_only: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[t.Any, ...] = ()


@dataclass(frozen=True)
class TypeFacts:
    """What is known of a type.

    :param name: of the type.
    :param plural: its name in lists.
    :param path: below the project or the organization, with a slash at the end.
    :param scope: C(project) or C(organization).
    :param fields: what can be declared.
    :param shown: keys that PostHog shows besides.
    :param id_kind: C(uuid), C(int) or C(short_id).
    :param delete: C(hard), C(soft) or C(none).
    :param paged: whether the list has pages.
    :param scope_object: what the scopes of keys are about.
    :param identity: the field that names an object.
    :param kinds: the kinds of keys that PostHog shows, as far as they are known.
    """

    name: str
    plural: str
    path: str
    scope: str
    fields: tuple[FieldFact, ...]
    shown: tuple[str, ...]
    id_kind: str
    delete: str
    paged: bool
    scope_object: str
    identity: str = "name"
    kinds: t.Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What a sentence calls the type."""
        return self.name.replace("_", " ")

    @property
    def id_field(self) -> str:
        """The key that URLs take."""
        return "short_id" if self.id_kind == "short_id" else "id"


def plural_of(name: str) -> str:
    """Return the plural of a type's name.

    :param name: such as C(saved_query).
    """
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


def known(name: str, *, path: str = "", scope_object: str = "") -> TypeFacts:
    """Return what is known of a type.

    :param name: of the type.
    :param path: of its list in the API, where that is not its plural.
    :param scope_object: what the scopes of keys are about, where that is not the type.
    :raises NothingKnown: there are no facts.
    """
    file = SANDBOX / f"{name}.json"
    if file.exists():
        return from_sandbox(name, json.loads(file.read_text(encoding="utf-8")))
    segment = (path or plural_of(name)).strip("/")
    facts = Facts.read()
    for scope, root in ROOTS.items():
        route = f"{root}{segment}/"
        if facts.operation("POST", route) or facts.operation("PATCH", f"{route}{{}}/"):
            return from_contract(name, f"{segment}/", scope, scope_object or name, facts)
    raise NothingKnown(
        f"Nothing is known of the type {name}: there is neither {file.relative_to(ROOT)} nor an operation"
        f" `POST /api/projects/{{}}/{segment}/` in tests/contract/facts.json. Write the facts first, or give another"
        " path with ROUTE=."
    )


# --- the published contract ------------------------------------------------------------------------------------------


def from_contract(name: str, path: str, scope: str, scope_object: str, facts: Facts) -> TypeFacts:
    """Return what the published contract says of a type.

    :param name: of the type.
    :param path: of its list.
    :param scope: what it belongs to.
    :param scope_object: what the scopes of keys are about.
    :param facts: the contract.
    """
    route = ROOTS[scope] + path
    detail = f"{route}{{}}/"
    schema = Schemas(facts.data["shapes"])
    creation = facts.operation("POST", route) or {}
    change = facts.operation("PATCH", detail) or {}
    body = schema.seen(creation.get("body") or change.get("body") or {})
    listed = schema.answer(facts.operation("GET", route) or {})
    paged = listed.get("type") != "array"
    one = schema.answer(facts.operation("GET", detail) or creation) or schema.row(listed)
    shown = one.get("properties", {})
    properties = body.get("properties", {})
    needed = body.get("required", ())
    fields = tuple(
        schema.field(key, inner, required=key in needed)
        for key, inner in properties.items()
        if key not in COMPUTED and key != "deleted"
    )
    delete = "soft" if "deleted" in properties else "hard" if facts.operation("DELETE", detail) else "none"
    id_kind = "short_id" if "short_id" in shown else kind_of(schema.seen(shown.get("id", {})))
    return TypeFacts(
        name,
        plural_of(name),
        path,
        scope,
        fields,
        tuple(key for key in ("id", *shown) if key not in properties or key in COMPUTED),
        {"int": "int", "number": "int", "short_id": "short_id"}.get(id_kind, "uuid"),
        delete,
        paged,
        scope_object,
        identity_of(fields),
        {key: kind_of(schema.seen(inner)) for key, inner in shown.items()},
    )


def kind_of(schema: dict[str, t.Any]) -> str:
    """Return the kind of a value.

    :param schema: without references.
    """
    kinds = {
        "string": "text",
        "integer": "int",
        "number": "number",
        "boolean": "bool",
        "object": "object",
        "array": "list",
    }
    if schema.get("format") == "date-time":
        return "time"
    return kinds.get(str(schema.get("type")), "any")


class Schemas:
    """Reads schemas of the contract.

    :param shapes: what they refer to.
    """

    def __init__(self, shapes: dict[str, t.Any]) -> None:
        self._shapes = shapes

    def seen(self, schema: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return the schema that a reference leads to.

        :param schema: perhaps a reference.
        """
        while "$ref" in schema:
            schema = self._shapes[schema["$ref"].rpartition("/")[2]]
        return schema

    def answer(self, operation: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return what an operation answers when it succeeds.

        :param operation: of the contract.
        """
        answers = operation.get("answers", {})
        return self.seen(next((answers[status] for status in ("200", "201") if status in answers), {}))

    def row(self, listed: dict[str, t.Any]) -> dict[str, t.Any]:
        """Return one object of a list.

        :param listed: what the list answers.
        """
        rows = listed if listed.get("type") == "array" else self.seen(listed.get("properties", {}).get("results", {}))
        return self.seen(rows.get("items", {}))

    def field(self, name: str, schema: dict[str, t.Any], *, required: bool) -> FieldFact:
        """Return what a schema says of a field.

        :param name: of the field.
        :param schema: of its value.
        :param required: a new object needs it.
        """
        schema = self.seen(schema)
        options = [self.seen(inner) for inner in schema.get("anyOf", ())]
        nullable = any(inner.get("type") == "null" for inner in options)
        options = [inner for inner in options if inner.get("type") != "null"]
        if len(options) == 1:
            schema = options[0]
        elif options:
            schema = {}
        items = schema.get("items")
        return FieldFact(
            name,
            kind_of(schema),
            kind_of(self.seen(items)) if isinstance(items, dict) else "any",
            required,
            nullable,
            False,
            False,
            schema.get("maxLength"),
            schema.get("minimum"),
            schema.get("maximum"),
            tuple(schema.get("enum", ())),
        )


def identity_of(fields: t.Sequence[FieldFact]) -> str:
    """Return the field that names an object.

    :param fields: of the type.
    :raises NothingKnown: none of them can.
    """
    names = [known.name for known in fields]
    texts = [known.name for known in fields if known.kind == "text" and known.required and not known.choices]
    found = next((name for name in (*NAMES, *texts) if name in names), None)
    if found is None:
        raise NothingKnown(
            "No field can name an object: the facts have none of "
            f"{', '.join(NAMES)}, and no other text that a new object needs."
        )
    return found


# --- the sandbox's facts ---------------------------------------------------------------------------------------------

#: The sandbox's words for kinds.
KINDS = {
    "string": "text",
    "uuid": "text",
    "enum": "text",
    "int": "int",
    "integer": "int",
    "number": "number",
    "float": "number",
    "boolean": "bool",
    "date-time": "time",
    "object": "object",
    "map": "object",
    "json": "object",
}


def from_sandbox(name: str, raw: dict[str, t.Any]) -> TypeFacts:
    """Return what the sandbox's facts say of a type.

    :param name: of the type.
    :param raw: a table of facts.
    """
    path = raw["path"].partition("}/")[2]
    writes = raw.get("scopes", {}).get("write") or raw.get("scopes", {}).get("read") or [name]
    fields = tuple(
        sandbox_field(item) for item in raw["fields"] if not item.get("computed") and item["name"] != "deleted"
    )
    delete = raw.get("delete", "hard") if {"delete", "update"} & set(raw.get("verbs", ())) else "none"
    return TypeFacts(
        name,
        plural_of(name),
        f"{path}/",
        raw.get("scope", "project"),
        fields,
        tuple(raw["read"]),
        raw.get("id", {}).get("kind", "int"),
        delete,
        raw.get("paging", "limit_offset") != "none",
        writes[0].partition(":")[0],
        identity_of(fields),
    )


def sandbox_field(raw: dict[str, t.Any]) -> FieldFact:
    """Return what the sandbox's facts say of a field.

    :param raw: one of its fields.
    """
    # What follows a colon is a format of the text, what stands in brackets an example of its choices.
    kind = raw["type"].partition(":")[0].partition("(")[0]
    items = kind[5:-1] if kind.startswith("list<") else ""
    return FieldFact(
        raw["name"],
        "list" if kind.startswith("list") else KINDS.get(kind, "any"),
        KINDS.get(items, "any"),
        bool(raw.get("required")),
        bool(raw.get("nullable")),
        bool(raw.get("secret")),
        bool(raw.get("write_only")),
        raw.get("max_length"),
        raw.get("minimum"),
        raw.get("maximum"),
        tuple(raw.get("enum") or ()),
    )
