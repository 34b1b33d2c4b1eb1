# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Functions, workflows, message templates and batch exports.

Private to this collection: it may change without notice. Facts: API.md chapter 5, hog_function, hog_flow,
messaging_template, batch_export.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.community.posthog.plugins.module_utils._data.paths import Path, dig, reach
from ansible_collections.community.posthog.plugins.module_utils._data.words import nearest
from ansible_collections.community.posthog.plugins.module_utils._resources.common import PROPERTY_REFS, Filters
from ansible_collections.community.posthog.plugins.module_utils._schema.endpoints import Delete, Endpoint
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UUID, Field
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import SwitchedOff
from ansible_collections.community.posthog.plugins.module_utils._schema.identity import Identity
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import RefPart, SecretPart
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.questions import all_of, hog_in, sql_in
from ansible_collections.community.posthog.plugins.module_utils._schema.references import NestedRef, Ref
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Listing, Resource, Scope
from ansible_collections.community.posthog.plugins.module_utils._schema.vocabulary import (
    Anything,
    Bool,
    Choice,
    Document,
    Int,
    KindOf,
    ListOf,
    Map,
    Open,
    Reference,
    Text,
    Time,
)

if t.TYPE_CHECKING:
    from ansible_collections.community.posthog.plugins.module_utils._schema.lookup import Lookup, ObjectList

#: What PostHog shows in place of a secret input, and takes to keep it.
STORED: t.Final = {"secret": True}

# -- message templates -----------------------------------------------------------------------------------------------


def _message_is_whole(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """What PostHog asks of an e-mail, with the path of what is missing."""
    content = values.get("content")
    if not isinstance(content, dict):
        return
    templating = content.get("templating")
    if templating not in (None, "hog", "liquid"):
        yield (
            "content.templating",
            f"{templating!r} is none of hog, liquid{nearest(str(templating), ('hog', 'liquid'))}",
        )
    kind = values.get("type") or (current or {}).get("type") or "email"
    if kind == "email" and current is None and not dig(content, "email.subject"):
        yield "content.email.subject", "is missing; an e-mail needs one"


MESSAGING_TEMPLATE = Resource(
    type="messaging_template",
    plural="messaging_templates",
    scope=Scope.PROJECT,
    path=("messaging_templates/", "/api/environments/{project}/messaging_templates/"),
    identity=Identity("name", ("name",)),
    scopes=("hog_flow:read", "hog_flow:write"),
    delete=Delete.SOFT,
    order=45,
    since="2025",
    guards=(_message_is_whole,),
    fields=(
        Text("name", required=True),
        Text("description", null_as=""),
        Text("type", default="email"),
        Open("content", required=True, merged=True),
        Text("message_category", nullable=True, pattern=(UUID.pattern, "the UUID of a message category")),
    ),
)

# -- functions: their templates --------------------------------------------------------------------------------------

#: What a function is; the list shows destinations only unless it is asked for others.
FUNCTION_TYPES = (
    "destination",
    "site_destination",
    "internal_destination",
    "source_webhook",
    "site_app",
    "transformation",
    "transformation_log",
)

HOG_FUNCTION_TEMPLATE = Resource(
    type="hog_function_template",
    plural="hog_function_templates",
    scope=Scope.PROJECT,
    path="hog_function_templates/",
    identity=Identity("name", ("id", "name")),
    scopes=("hog_function:read", "hog_function:write"),
    delete=Delete.NONE,
    creatable=False,
    module=False,
    exported=False,
    order=5,
    since="2025",
    listing=Listing(params={"types": ",".join(FUNCTION_TYPES)}),
    fields=(Text("name"), Text("type")),
)


def template(session: Lookup | None, template_id: t.Any) -> dict[str, t.Any] | None:
    """The template that functions are made of.

    :param session: None where there is none at hand.
    :param template_id: its id.
    :returns: the template; None where there is none, or nobody can tell.
    """
    if session is None or not isinstance(template_id, str) or not template_id:
        return None
    return session.collection(HOG_FUNCTION_TEMPLATE).get(template_id)


# -- functions: inputs and what their schema says of them ------------------------------------------------------------

INPUT_TYPES = (
    "string", "number", "boolean", "dictionary", "choice", "json", "integration", "integration_multi",
    "integration_field", "email", "native_email", "posthog_assignee", "posthog_ticket_tags", "posthog_business_hours",
    "non_failure_status_codes", "customer_analytics_account_properties", "customer_analytics_account_relationships",
    "task_model", "task_repository", "task_mcp_installations",
)  # fmt: skip

SCHEMA_ITEM = Document(
    "item",
    [
        Text("key", required=True),
        KindOf("type", INPUT_TYPES),
        Text("label", nullable=True),
        ListOf("choices", Open("choice"), nullable=True),
        Bool("searchable", nullable=True, null_as=False, default=False),
        Bool("required", nullable=True, null_as=False, default=False),
        Anything("default"),
        Bool("secret", nullable=True, null_as=False, default=False),
        Bool("hidden", nullable=True, null_as=False, default=False),
        Text("description", nullable=True),
        Text("integration", nullable=True),
        Text("integration_key", nullable=True),
        Text("requires_field", nullable=True),
        Text("integration_field", nullable=True),
        Text("requiredScopes", nullable=True),
        Field("templating", "any", choices=(True, False, "hog", "liquid"), nullable=True),
    ],
    item_keys=("key",),
    match_keys=("key",),
)

INPUT = Document(
    "input",
    [
        Anything("value"),
        Choice("templating", ["hog", "liquid"], nullable=True, preserved=True),
        Field("secret", "any", nullable=True),
        Anything("bytecode", computed=True),
        Int("order", computed=True),
        Anything("transpiled", computed=True),
    ],
    nullable=True,
)

#: Inputs that are not declared stay, since PostHog fills in those that have a default.
INPUTS = Map("inputs", INPUT, merged=True)

Schema = t.Sequence[t.Mapping[str, t.Any]]


def _items(schema: t.Any) -> Schema | None:
    """The items of an inputs_schema, as far as it has the shape of one."""
    if not isinstance(schema, list):
        return None
    return [item for item in schema if isinstance(item, dict) and isinstance(item.get("key"), str)]


def _secret_keys(schema: Schema | None, inputs: t.Any) -> set[str]:
    """The inputs that are secret: those that the schema says, and those that PostHog hides."""
    found = {item["key"] for item in schema or () if item.get("secret") is True}
    for key, value in inputs.items() if isinstance(inputs, dict) else ():
        # Where nothing tells which of them are secret, each may be.
        if schema is None or value == STORED:
            found.add(key)
    return found


def _integrations(schema: Schema | None) -> t.Iterator[tuple[str, Ref]]:
    """The inputs that are integrations, with the kind that the schema asks for."""
    for item in schema or ():
        if item.get("type") in ("integration", "integration_multi"):
            kind = item.get("integration")
            yield item["key"], Ref("integration", where=(("kind", kind),) if isinstance(kind, str) and kind else ())


def _read_inputs(inputs: t.Any, path: str, problems: Problems) -> t.Any:
    """Inputs as the API has them. What a person wrote there may be a secret, so no message repeats it."""
    if not isinstance(inputs, dict):
        if inputs is not None:
            problems.append((path, "takes a dictionary: the key of each input with its value"))
        return {} if inputs is not None else None
    out: dict[str, t.Any] = {}
    for key, value in inputs.items():
        if value is not None and not isinstance(value, dict):
            value = {"value": value}
        if isinstance(value, dict) and value.get("secret") not in (None, True, False):
            problems.append((f"{path}.{key}.secret", "takes true, which keeps the stored secret; a secret is a value"))
            value = dict(STORED)
        if isinstance(value, dict) and value.get("templating") not in (None, "hog", "liquid"):
            problems.append((f"{path}.{key}.templating", "takes hog or liquid"))
            value = {name: inner for name, inner in value.items() if name != "templating"}
        out[key] = value
    return out


def _inputs_fit(
    schema: Schema | None, inputs: t.Any, stored: t.Any, path: str, *, is_known: bool = True
) -> t.Iterator[tuple[str, str]]:
    """PostHog drops an input that the schema does not have, without an error."""
    known = {item["key"]: item for item in schema or ()}
    for key, value in inputs.items() if isinstance(inputs, dict) else ():
        where = f"{path}.{key}"
        item = known.get(key)
        if value is None:
            continue
        if item is None:
            if is_known:
                names = "; known are " + ", ".join(known) if known else "; there is none at all"
                yield where, f"is no input that the inputs_schema has{nearest(key, known) or names}"
        elif value == STORED:
            if item.get("secret") is not True:
                yield where, "is no secret, so secret: true means nothing here; give its value"
            elif not isinstance(stored, dict) or stored.get(key) is None:
                yield where, "has no stored secret that secret: true could keep; give its value"


# -- functions -------------------------------------------------------------------------------------------------------

ACTION = Ref("action", as_string=True)

#: Filters name actions by their id as text (API.md 5, hog_function).
FILTER_REFS = (*PROPERTY_REFS, NestedRef({"type": "actions"}, "id", ACTION))

_EVERY_EVENT: t.Final = "every event; write [] for that"

_FILTER_KEYS = (
    Choice("source", ["events", "person-updates", "data-warehouse-table", "data-warehouse-view"], default="events"),
    ListOf("events", Filters("event"), nullable=True, null_as=[], default=[], null_is=_EVERY_EVENT),
    ListOf("actions", Filters("action"), nullable=True, null_as=[], default=[], null_is=_EVERY_EVENT),
    ListOf("data_warehouse", Open("table"), nullable=True, null_as=[], default=[]),
    ListOf("properties", Filters("property"), nullable=True, null_as=[], default=[], null_is=_EVERY_EVENT),
    Bool("filter_test_accounts", nullable=True, null_as=False, default=False),
    Anything("bytecode", computed=True),
    Anything("transpiled", computed=True),
    Anything("bytecode_error", computed=True),
)

MAPPING = Document(
    "mapping",
    [
        Text("name", nullable=True),
        ListOf("inputs_schema", SCHEMA_ITEM, null_as=[], preserved=True),
        INPUTS,
        Document(
            "filters", _FILTER_KEYS, nullable=True, null_as={}, default={}, null_is="every event; write {} for that"
        ),
    ],
    match_keys=("name",),
)


def _told_apart(filters: t.Any) -> t.Any:
    """An action in a filter is one by its type, which people leave out."""
    actions = filters.get("actions") if isinstance(filters, dict) else None
    if not isinstance(actions, list):
        return filters
    return {
        **filters,
        "actions": [{"type": "actions", **entry} if isinstance(entry, dict) else entry for entry in actions],
    }


def _read_parts(options: dict[str, t.Any], path: str, problems: Problems) -> None:
    """What a function and a mapping have in common."""
    if "inputs" in options:
        options["inputs"] = _read_inputs(options["inputs"], f"{path}inputs", problems)
    if "filters" in options:
        options["filters"] = _told_apart(options["filters"])


def _read_function(options: dict[str, t.Any], problems: Problems) -> None:
    _read_parts(options, "", problems)
    if isinstance(options.get("mappings"), list):
        mappings = [dict(item) if isinstance(item, dict) else item for item in options["mappings"]]
        for index, mapping in enumerate(mappings):
            if isinstance(mapping, dict):
                _read_parts(mapping, f"mappings[{index}].", problems)
        options["mappings"] = mappings


def _schema(
    session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> Schema | None:
    """What the inputs of a function are: as declared, as stored, or as its template says."""
    found = _items(declared.get("inputs_schema"))
    if found is None and current is not None:
        found = _items(current.get("inputs_schema"))
    if found is None:
        found = _items((template(session, declared.get("template_id")) or {}).get("inputs_schema"))
    return found


def _secret_inputs(
    session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> set[Path]:
    if not declared.get("inputs") and not (current or {}).get("inputs"):
        return set()
    stored = (current or {}).get("inputs")
    return {(key,) for key in _secret_keys(_schema(session, declared, current), stored)}


def _maybe_secret_inputs(declared: t.Mapping[str, t.Any]) -> set[Path]:
    """All inputs, as long as the template that marks the secret ones was not read."""
    inputs = declared.get("inputs")
    if not isinstance(inputs, dict) or _items(declared.get("inputs_schema")) is not None:
        return set()
    return {(key,) for key in inputs}


#: Inputs that are addresses of webhooks, and an address that has more than a host and so may hold a token. PostHog's
#: own templates do not take them for secrets.
_HOOK: t.Final = re.compile(r"hook|^url$", re.I)
_WITH_TOKEN: t.Final = re.compile(r"\w+://(?:[^/\s]*@|[^/\s?]+[/?].*\w)")


#: Headers of a request that prove who sends it. PostHog's template of a webhook does not take them for secrets either.
_PROOF: t.Final = re.compile(r"authorization|token|secret|api[-_]?key|password|signature|cookie", re.I)


def _hook_addresses(inputs: t.Any) -> t.Iterator[Path]:
    for key, value in inputs.items() if isinstance(inputs, dict) else ():
        path: Path = (key, "value") if isinstance(value, dict) else (key,)
        held = reach(inputs, path)
        if isinstance(key, str) and _HOOK.search(key) and isinstance(held, str) and _WITH_TOKEN.match(held):
            yield path
        elif isinstance(held, dict):
            yield from ((*path, name) for name, text in held.items() if _PROOF.search(str(name)) and _fixed(text))


def _fixed(text: t.Any) -> bool:
    """Whether a text is more than what PostHog fills in for each event."""
    return isinstance(text, str) and bool(re.sub(r"\{.*?\}", "", text).strip())


def _numbered(items: t.Any) -> t.Iterator[tuple[int, t.Mapping[str, t.Any]]]:
    """The dictionaries of a list, with their places in it."""
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _hooks(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> set[Path]:
    """Where the addresses of webhooks are among the inputs of a function."""
    return {path for held in (declared, current or {}) for path in _hook_addresses(held.get("inputs"))}


def _mapping_hooks(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> set[Path]:
    return {
        (index, "inputs", *path)
        for held in (declared, current or {})
        for index, item in _numbered(held.get("mappings"))
        for path in _hook_addresses(item.get("inputs"))
    }


def _flow_hooks(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> set[Path]:
    """The same in the steps of a workflow."""
    return {
        (index, "config", "inputs", *path)
        for held in (declared, current or {})
        for index, item in _numbered(held.get("actions"))
        for path in _hook_addresses(dig(item, "config.inputs"))
    }


def _integration_inputs(
    session: Lookup, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[Path, Ref]]:
    for key, ref in _integrations(_schema(session, declared, current)):
        yield (key, "value"), ref


def _mappings(
    declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[Path, t.Mapping[str, t.Any], Schema | None, t.Any]]:
    """The declared mappings, else the stored ones: the path of each, the mapping, its schema and its stored inputs."""
    stored = (current or {}).get("mappings")
    given = declared.get("mappings")
    there = [item for item in stored if isinstance(item, dict)] if isinstance(stored, list) else []
    wanted = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else there
    names = [item.get("name") for item in wanted]
    for index, item in enumerate(wanted):
        name = item.get("name")
        telling = bool(name) and names.count(name) == 1
        path: Path = (("name", name) if telling else index,)
        other = reach(there, path)
        if not isinstance(other, dict) or other.get("name") != name:
            other = {}
        schema = _items(item.get("inputs_schema"))
        yield path, item, _items(other.get("inputs_schema")) if schema is None else schema, other.get("inputs")


def _secret_mapping_inputs(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> set[Path]:
    found: set[Path] = set()
    for path, _item, schema, stored in _mappings(declared, current):
        found |= {(*path, "inputs", key) for key in _secret_keys(schema or [], stored)}
    return found


def _integration_mapping_inputs(
    _session: Lookup, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[Path, Ref]]:
    for path, _item, schema, _stored in _mappings(declared, current):
        for key, ref in _integrations(schema):
            yield (*path, "inputs", key, "value"), ref


def _alert_of(
    _session: Lookup, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[Path, Ref]]:
    """A function that runs when an alert fires names the alert in a property."""
    events = dig(declared if declared.get("filters") is not None else current, "filters.events")
    if any(isinstance(event, dict) and event.get("id") == "$insight_alert_firing" for event in events or []):
        yield ("properties", ("key", "alert_id"), "value"), Ref("alert")


def _template_is_there(
    session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    wanted = values.get("template_id")
    if current is None and wanted and template(session, wanted) is None:
        known = [obj.get("id") for obj in session.collection(HOG_FUNCTION_TEMPLATE).all()]
        yield "template_id", f"there is no template {wanted!r}{nearest(str(wanted), known)}"


def _inputs_are_known(
    session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    if values.get("inputs"):
        yield from _inputs_fit(
            _schema(session, values, current), values["inputs"], (current or {}).get("inputs"), "inputs"
        )
    for index, (_path, item, schema, stored) in enumerate(_mappings(values, current)):
        if values.get("mappings"):
            yield from _inputs_fit(schema, item.get("inputs"), stored, f"mappings[{index}].inputs")


def _filters_are_kept(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    """PostHog drops filters that mean nothing where they stand, without an error."""
    then = {**(current or {}), **values}
    filters = values.get("filters") or {}
    if then.get("mappings") and then.get("type") not in ("destination", "site_destination", None):
        yield "mappings", f"a function of the type {then['type']} has none; only destinations have"
    for name in ("events", "actions"):
        if filters.get(name) and then.get("mappings"):
            yield f"filters.{name}", "has no meaning beside mappings, each of which has filters of its own"
        elif filters.get(name) and filters.get("source", "events") != "events":
            yield f"filters.{name}", f"has no meaning with the source {filters['source']}"
    if then.get("type") == "transformation_log" and any(
        filters.get(name) for name in ("events", "actions", "properties")
    ):
        yield "filters", "a function of the type transformation_log takes none"


def _made_of_template(session: Lookup, obj: dict[str, t.Any], values: t.Mapping[str, t.Any]) -> None:
    """What a new function leaves out comes from its template."""
    made_of = template(session, values.get("template_id")) or {}
    for name, source in (
        ("description", "description"),
        ("icon_url", "icon_url"),
        ("hog", "code"),
        ("inputs_schema", "inputs_schema"),
    ):
        if name not in values and source in made_of:
            obj[name] = made_of[source]
    if made_of:
        obj["template"] = dict(made_of)


HOG_FUNCTION = Resource(
    type="hog_function",
    plural="hog_functions",
    scope=Scope.PROJECT,
    path="hog_functions/",
    identity=Identity("name", ("name",), within=("type",), nameless=True),
    scopes=("hog_function:read", "hog_function:write"),
    # DELETE is closed to keys.
    delete=Delete.SOFT,
    order=53,
    hazards=(SwitchedOff("enabled"),),
    since="2025",
    listing=Listing(params={"full": "true", "types": ",".join(FUNCTION_TYPES)}, varies=True),
    # Servers before 2026 do not know full=true.
    prepare=_read_function,
    short_forms=("inputs", "mappings"),
    guards=(_template_is_there, _inputs_are_known, _filters_are_kept),
    completes=_made_of_template,
    secret_parts=(
        SecretPart("inputs", _secret_inputs, shows=STORED, maybe=_maybe_secret_inputs),
        SecretPart("mappings", _secret_mapping_inputs, shows=STORED),
    ),
    private_parts=(SecretPart("inputs", _hooks), SecretPart("mappings", _mapping_hooks)),
    ref_parts=(
        RefPart("inputs", _integration_inputs, ("integration",)),
        RefPart("mappings", _integration_mapping_inputs, ("integration",)),
        RefPart("filters", _alert_of, ("alert",)),
    ),
    fields=(
        Text("name", required=True, null_as=""),
        Choice("type", FUNCTION_TYPES, required=True, create_only=True),
        Text("template_id", create_only=True, read=("template.id", "template")),
        # What a function leaves out of these comes from its template.
        Text("description", null_as="", unsettled=True),
        Bool("enabled", default=False),
        # PostHog cuts off white space at the end.
        Text("hog", normalize=lambda value: value.rstrip() if isinstance(value, str) else value),
        ListOf("inputs_schema", SCHEMA_ITEM, null_as=[], unsettled=True),
        INPUTS,
        Document(
            "filters",
            _FILTER_KEYS,
            nullable=True,
            null_as={},
            null_is="every event; write {} for that",
            refs=FILTER_REFS,
        ),
        ListOf("mappings", MAPPING, nullable=True, refs=FILTER_REFS),
        Document(
            "masking",
            [
                Int("ttl", required=True, minimum=60, maximum=86400),
                Int("threshold", nullable=True),
                Text("hash", required=True),
                Anything("bytecode", computed=True),
            ],
            nullable=True,
        ),
        Text("icon_url", nullable=True, unsettled=True),
        Int("execution_order", nullable=True),
        Reference(
            "batch_export",
            Ref("batch_export"),
            api="batch_export_id",
            aliases=("batch_export_id",),
            nullable=True,
        ),
        Text("_create_in_folder", write_only=True),
    ),
    code=all_of(hog_in("hog", "inputs", "mappings"), sql_in("filters", "mappings")),
)

# -- workflows -------------------------------------------------------------------------------------------------------


#: What PostHog adds to a workflow wherever it compiles something.
_COMPILED = ("bytecode", "bytecode_error", "transpiled")


def _uncompiled(value: t.Any) -> t.Any:
    """A document without what PostHog computes, as it stands in one that was copied."""
    if isinstance(value, list):
        return [_uncompiled(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {key: inner for key, inner in value.items() if key not in _COMPILED}
    # The value of an input is the user's, whatever its keys are called.
    return {key: _uncompiled_inputs(inner) if key == "inputs" else _uncompiled(inner) for key, inner in out.items()}


def _uncompiled_inputs(inputs: t.Any) -> t.Any:
    if not isinstance(inputs, dict):
        return inputs
    return {
        key: {name: item for name, item in value.items() if name not in (*_COMPILED, "order")}
        if isinstance(value, dict)
        else value
        for key, value in inputs.items()
    }


def _read_flow(options: dict[str, t.Any], problems: Problems) -> None:
    """The inputs of a workflow's actions are those of functions."""
    for name in ("actions", "conversion"):
        if name in options:
            options[name] = _uncompiled(options[name])
    if not isinstance(options.get("actions"), list):
        return
    actions = []
    for index, action in enumerate(options["actions"]):
        config = action.get("config") if isinstance(action, dict) else None
        if isinstance(config, dict):
            config = dict(config)
            _read_parts(config, f"actions[{index}].config.", problems)
            action = {**action, "config": config}
        if isinstance(action, dict) and "filters" in action:
            action = {**action, "filters": _told_apart(action["filters"])}
        actions.append(action)
    options["actions"] = actions


def _flow_is_whole(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """What PostHog checks of an active workflow only, or not at all."""
    actions = values.get("actions")
    if actions is None:
        return
    ids: list[str] = []
    triggers = 0
    for index, action in enumerate(actions):
        if not isinstance(action, dict):
            yield f"actions[{index}]", "takes a dictionary"
            continue
        for key in ("id", "type"):
            if not isinstance(action.get(key), str) or not action[key]:
                yield f"actions[{index}].{key}", "is missing"
        if action.get("id") in ids:
            yield f"actions[{index}].id", f"{action['id']!r} is the id of two actions"
        ids.append(str(action.get("id")))
        triggers += action.get("type") == "trigger"
    if triggers != 1:
        yield "actions", f"must hold exactly one action of the type trigger, not {triggers}"
    for index, edge in enumerate(values.get("edges") or []):
        for key in ("from", "to"):
            if isinstance(edge, dict) and key in edge and edge[key] not in ids:
                hint = nearest(str(edge[key]), ids) or f"; known are {', '.join(ids)}"
                yield f"edges[{index}].{key}", f"there is no action {edge[key]!r}{hint}"


def _actions(value: t.Any) -> dict[str, t.Mapping[str, t.Any]]:
    """The actions of a workflow that have inputs, by their id."""
    return {
        item["id"]: item
        for item in (value if isinstance(value, list) else [])
        if isinstance(item, dict) and isinstance(item.get("id"), str) and isinstance(dig(item, "config.inputs"), dict)
    }


def _flow_inputs(
    session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[Path, t.Mapping[str, t.Any], t.Mapping[str, t.Any], Schema | None]]:
    """The inputs of each action: where they are, those declared, those stored, and their schema.

    The schema is the template's, which has to be asked for; it is where the stored inputs do not tell enough.
    """
    there, wanted = _actions((current or {}).get("actions")), _actions(declared.get("actions"))
    for number in dict.fromkeys([*wanted, *there]):
        inputs: t.Mapping[str, t.Any] = dig(wanted.get(number), "config.inputs") or {}
        stored: t.Mapping[str, t.Any] = dig(there.get(number), "config.inputs") or {}
        unclear = any(
            key not in stored or (isinstance(dig(value, "value"), str) and isinstance(dig(stored[key], "value"), int))
            for key, value in inputs.items()
        )
        made_of = template(session, dig(wanted.get(number), "config.template_id")) if unclear else None
        yield (("id", number), "config", "inputs"), inputs, stored, _items((made_of or {}).get("inputs_schema"))


def _secret_flow_inputs(
    session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> set[Path]:
    return {
        (*path, key)
        for path, _inputs, stored, schema in _flow_inputs(session, declared, current)
        for key in _secret_keys(schema or [], stored)
    }


def _maybe_secret_flow_inputs(declared: t.Mapping[str, t.Any]) -> set[Path]:
    return {(*path, key) for path, inputs, _stored, _schema in _flow_inputs(None, declared, None) for key in inputs}


def _integration_flow_inputs(
    session: Lookup, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[Path, Ref]]:
    for path, _inputs, _stored, schema in _flow_inputs(session, declared, current):
        for key, ref in _integrations(schema):
            yield (*path, key, "value"), ref


def _flow_inputs_are_known(
    session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    places = {item.get("id"): index for index, item in enumerate(values.get("actions") or [])}
    for path, inputs, stored, schema in _flow_inputs(session, values, current):
        number = path[0][1] if isinstance(path[0], tuple) else None
        where = f"actions[{places.get(number)}].config.inputs"
        if schema is not None:
            yield from _inputs_fit(schema, inputs, stored, where)
            continue
        for key, value in inputs.items():
            if value == STORED and stored.get(key) is None:
                yield f"{where}.{key}", "has no stored secret that secret: true could keep; give its value"


HOG_FLOW = Resource(
    type="hog_flow",
    plural="hog_flows",
    scope=Scope.PROJECT,
    path=("hog_flows/", "/api/environments/{project}/hog_flows/"),
    identity=Identity("name", ("name",), nameless=True),
    scopes=("hog_flow:read", "hog_flow:write"),
    more_scopes=(("actions", "hog_function:read"),),
    order=54,
    title="workflow",
    since="2025",
    prepare=_read_flow,
    checks=(_flow_is_whole,),
    guards=(_flow_inputs_are_known,),
    secret_parts=(SecretPart("actions", _secret_flow_inputs, shows=STORED, maybe=_maybe_secret_flow_inputs),),
    private_parts=(SecretPart("actions", _flow_hooks),),
    ref_parts=(RefPart("actions", _integration_flow_inputs, ("integration",)),),
    fields=(
        Text("name", required=True, null_as="", max_length=400),
        Text("description", null_as=""),
        Choice("status", ["draft", "active", "archived"], default="draft"),
        ListOf(
            "actions",
            Filters("action", computed_keys=_COMPILED),
            required=True,
            refs=FILTER_REFS,
            reading=_uncompiled,
        ),
        ListOf("edges", Open("edge"), required=True),
        Text("exit_condition", nullable=True),
        Document(
            "trigger_masking",
            [
                Int("ttl", required=True, minimum=60, maximum=94608000),
                Int("threshold", nullable=True),
                Text("hash", required=True),
                Anything("bytecode", computed=True),
            ],
            nullable=True,
        ),
        Filters("conversion", nullable=True, refs=FILTER_REFS, computed_keys=_COMPILED, reading=_uncompiled),
        ListOf("variables", Anything("variable"), nullable=True),
        Document(
            "email_sending_rate_limit",
            [
                Int("count", required=True, minimum=1, maximum=1_000_000),
                Choice("period", ["minute", "hour"], required=True),
            ],
            nullable=True,
            since="2026",
        ),
    ),
    code=all_of(hog_in("", "actions"), sql_in("actions", "trigger")),
)

# -- batch exports: what each type of destination takes ---------------------------------------------------------------

_EVENTS = ("exclude_events", "include_events")
_FILES = ("compression", "file_format", "max_file_size_mb", *_EVENTS)
_BUCKET = ("bucket_name", "region", "prefix", "encryption", "kms_key_id", *_FILES)
_SQL = ("database", "schema", "table_name", "user", "password", "host", "port", *_EVENTS)

#: The keys of a configuration by type, those that a new one needs first. S3 is the type of servers before 2026, which
#: have all credentials there; newer ones have integrations for most.
DESTINATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AwsS3": (("bucket_name", "region", "prefix"), _BUCKET),
    "S3Compatible": (
        ("bucket_name", "region", "prefix"),
        ("bucket_name", "region", "prefix", "use_virtual_style_addressing", *_FILES),
    ),
    "S3": (
        ("bucket_name", "region", "prefix"),
        (
            *_BUCKET,
            "aws_access_key_id",
            "aws_secret_access_key",
            "endpoint_url",
            "use_virtual_style_addressing",
        ),
    ),
    "AzureBlob": (("container_name",), ("container_name", "prefix", *_FILES)),
    "BigQuery": (
        ("dataset_id",),
        (
            "dataset_id",
            "table_id",
            "project_id",
            "use_json_type",
            "private_key",
            "private_key_id",
            "client_email",
            "token_uri",
            *_EVENTS,
        ),
    ),
    "Databricks": (
        ("http_path", "catalog", "schema", "table_name"),
        (
            "http_path",
            "catalog",
            "schema",
            "table_name",
            "use_variant_type",
            "use_automatic_schema_evolution",
            *_EVENTS,
        ),
    ),
    "Postgres": (("database",), (*_SQL, "has_self_signed_cert")),
    "Redshift": (("database",), (*_SQL, "has_self_signed_cert", "properties_data_type", "mode", "copy_inputs")),
    "Snowflake": (
        ("database", "warehouse", "schema"),
        (
            "database",
            "warehouse",
            "schema",
            "table_name",
            "role",
            "account",
            "user",
            "password",
            "authentication_type",
            "private_key",
            "private_key_passphrase",
            *_EVENTS,
        ),
    ),
    "HTTP": (("url", "token"), ("url", "token", *_EVENTS)),
    "Workflows": (("hog_function_id",), ("hog_function_id", *_EVENTS)),
    "FileDownload": ((), _FILES),
    "NoOp": ((), _EVENTS),
}

#: The kind of integration that a type of destination works with.
KINDS = {
    "AwsS3": "aws-s3",
    "S3Compatible": "s3-compatible",
    "AzureBlob": "azure-blob",
    "Databricks": "databricks",
    "Postgres": "postgresql",
    "BigQuery": "google-cloud-service-account",
    "Snowflake": "snowflake",
}

#: Types that have never had their credentials anywhere but in an integration.
_INTEGRATED = ("AwsS3", "S3Compatible", "AzureBlob", "Databricks")

#: What PostHog leaves out of a configuration that it shows.
_UNSHOWN: tuple[Path, ...] = (
    *(
        ("config", key)
        for key in (
            "user",
            "password",
            "token",
            "aws_access_key_id",
            "aws_secret_access_key",
            "private_key",
            "private_key_id",
            "private_key_passphrase",
            "client_email",
            "token_uri",
        )
    ),
    ("config", "copy_inputs", "authorization"),
    ("config", "copy_inputs", "bucket_credentials"),
)

CONFIG = Document(
    "config",
    [
        *(
            Text(name, preserved=True)
            for name in (
                "bucket_name",
                "region",
                "container_name",
                "prefix",
                "database",
                "schema",
                "table_name",
                "warehouse",
                "account",
                "properties_data_type",
                "dataset_id",
                "table_id",
                "http_path",
                "catalog",
                "url",
                "token",
                "authentication_type",
            )
        ),
        *(
            Text(name, preserved=True, nullable=True)
            for name in (
                "compression",
                "encryption",
                "kms_key_id",
                "endpoint_url",
                "user",
                "password",
                "host",
                "role",
                "project_id",
                "private_key",
                "private_key_id",
                "private_key_passphrase",
                "client_email",
                "token_uri",
                "aws_access_key_id",
                "aws_secret_access_key",
            )
        ),
        Choice("file_format", ["JSONLines", "Parquet"], preserved=True),
        Choice("mode", ["INSERT", "COPY"], preserved=True),
        Int("max_file_size_mb", preserved=True, nullable=True),
        Int("port", preserved=True),
        *(ListOf(name, Text("event"), preserved=True, nullable=True, unordered=True) for name in _EVENTS),
        *(
            Bool(name, preserved=True)
            for name in (
                "use_virtual_style_addressing",
                "has_self_signed_cert",
                "use_json_type",
                "use_variant_type",
                "use_automatic_schema_evolution",
            )
        ),
        Document(
            "copy_inputs",
            [
                Text("s3_bucket", required=True),
                Text("region_name", required=True),
                Text("s3_key_prefix", preserved=True),
                Anything("authorization", required=True),
                Anything("bucket_credentials", required=True),
            ],
            preserved=True,
            nullable=True,
        ),
        Text("hog_function_id", preserved=True),
        Anything("legacy_parquet_extension", computed=True),
    ],
    required=True,
)


def _config_fits(values: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """Each type of destination takes keys of its own (PostHog of 2026 refuses others, before it keeps them)."""
    destination = values.get("destination")
    if not isinstance(destination, dict):
        return
    kind = destination["type"]
    if kind not in DESTINATIONS:
        return
    _needed, known = DESTINATIONS[kind]
    for key in destination["config"]:
        if key not in known:
            hint = nearest(key, known) or f"; known are {', '.join(known)}"
            yield f"destination.config.{key}", f"is no key of a destination of the type {kind}{hint}"
    if kind == "HTTP" and values.get("model") not in (None, "events"):
        yield "model", "a destination of the type HTTP takes events only"


def _config_is_whole(
    _session: Lookup, values: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Iterator[tuple[str, str]]:
    destination = values.get("destination")
    if not isinstance(destination, dict):
        return
    kind, config = destination["type"], destination.get("config") or {}
    before = dig(current or {}, "destination.type")
    if before is not None and before != kind:
        text = f"cannot be changed after creation (it is {before!r}); delete the export first, or declare another name"
        yield "destination.type", text
    if current is not None or kind not in DESTINATIONS:
        return
    needed: tuple[str, ...] = DESTINATIONS[kind][0]
    if destination.get("integration") is None:
        if kind in _INTEGRATED:
            yield "destination.integration", f"is missing; a destination of the type {kind} needs one ({KINDS[kind]})"
        if kind in ("Postgres", "Redshift"):
            needed = (*needed, "user", "password", "host")
    for key in needed:
        if config.get(key) is None:
            yield f"destination.config.{key}", f"is missing; a new destination of the type {kind} needs it"


def _unshown(
    _session: Lookup | None, declared: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any] | None
) -> t.Collection[Path]:
    hidden = [
        item for item in (declared.get("destination"), (current or {}).get("destination")) if isinstance(item, dict)
    ]
    keys: set[str] = set()
    for item in hidden:
        kind = item.get("type")
        known = DESTINATIONS[kind][1] if isinstance(kind, str) and kind in DESTINATIONS else ()
        given = item.get("config")
        # What stands under a key of another type is as secret.
        keys.update(given if isinstance(given, dict) else ())
        if kind not in ("BigQuery", "Snowflake") or item.get("integration") is None:
            keys.update(known)
    return [path for path in _UNSHOWN if path[1] in keys]


class _Exports(Endpoint):
    """Times of day count only beside the interval; what a PATCH does not stop, a route of its own does."""

    def update(self, collection: ObjectList, current: t.Mapping[str, t.Any], body: dict[str, t.Any]) -> t.Any:
        """See :meth:`Endpoint.update`."""
        offsets = ("offset_day", "offset_hour")
        if "interval" not in body and any(name in body for name in offsets):
            others = {name: current[name] for name in offsets if current.get(name) is not None}
            body = {**others, "interval": current.get("interval"), **body}
        answer = super().update(collection, current, body)
        if "paused" not in body or not isinstance(answer, dict) or answer.get("paused") is body["paused"]:
            return answer
        path = collection.object_path(collection.resource.object_id(current))
        collection.session.write("POST", f"{path}{'pause' if body['paused'] else 'unpause'}/", {}, repeatable=True)
        return collection.session.client.get(path)


def _query_text(value: t.Any) -> t.Any:
    """A query without what does not matter: case, line breaks, a semicolon at the end."""
    return " ".join(value.split()).rstrip("; ").casefold() if isinstance(value, str) else value


BATCH_EXPORT = Resource(
    type="batch_export",
    plural="batch_exports",
    scope=Scope.PROJECT,
    path="batch_exports/",
    identity=Identity("name", ("name",)),
    scopes=("batch_export:read", "batch_export:write"),
    order=46,
    hazards=(SwitchedOff("paused", on=(False,)),),
    endpoint=_Exports(),
    checks=(_config_fits,),
    guards=(_config_is_whole,),
    secret_parts=(SecretPart("destination", _unshown, shown=False),),
    fields=(
        Text("name", required=True),
        Choice("model", ["events", "persons", "sessions", "hogql"], null_as="events", default="events"),
        Document(
            "destination",
            [
                KindOf("type", list(DESTINATIONS)),
                Reference("integration", Ref("integration"), nullable=True, preserved=True),
                CONFIG,
            ],
            required=True,
            refs=tuple(
                NestedRef({"type": kind}, "integration", Ref("integration", where=(("kind", name),)))
                for kind, name in KINDS.items()
            ),
        ),
        Choice("interval", ["hour", "day", "week", "every 5 minutes", "every 15 minutes"], required=True),
        Bool("paused", default=False),
        Time("start_at", nullable=True, relative=True),
        Time("end_at", nullable=True, relative=True),
        # PostHog makes a schema of it, and prints the query in its own way.
        Text("hogql_query", read=("schema.hogql_query",), sparse=True, normalize=_query_text),
        ListOf(
            "filters",
            Filters("filter"),
            nullable=True,
            null_as=[],
            refs=PROPERTY_REFS,
            null_is="everything; write [] for that",
        ),
        Text("timezone", null_as="UTC", default="UTC", since="2026"),
        Int("offset_day", nullable=True, minimum=0, maximum=6, since="2026"),
        Int("offset_hour", nullable=True, minimum=0, maximum=23, since="2026"),
    ),
)
