# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions: destinations, transformations and the like."""

from __future__ import annotations

import typing as t

from harness.compare import within

from .sample import Sample, Value

if t.TYPE_CHECKING:
    from harness import SandboxServer

#: Every key that an entry of the schema has.
EVERYTHING: dict[str, t.Any] = {
    "key": "channel",
    "type": "integration_field",
    "label": "Channel",
    "choices": [{"label": "One", "value": "one"}],
    "searchable": True,
    "required": False,
    "default": "general",
    "secret": False,
    "hidden": True,
    "description": "Where to write to",
    "integration": "twilio",
    "integration_key": "account",
    "requires_field": "url",
    "integration_field": "twilio_number",
    "requiredScopes": "chat:write",
    "templating": False,
}

SCHEMA: list[dict[str, t.Any]] = [
    {"key": "url", "type": "string", "required": True},
    {"key": "token", "type": "string", "secret": True},
    {"key": "account", "type": "integration", "integration": "twilio"},
    {"key": "headers", "type": "dictionary", "secret": True},
    EVERYTHING,
]


def prepare(server: SandboxServer) -> dict[str, t.Any]:
    """An action, a cohort, an account at another service and an export to name."""
    staff = {"properties": {"type": "AND", "values": [{"type": "person", "key": "email", "operator": "is_set"}]}}
    twilio = {"kind": "twilio", "config": {"account_sid": "AC0123", "auth_token": "not-a-real-token"}}
    export = {"name": "History", "interval": "day", "destination": {"type": "NoOp", "config": {}}}
    return {
        "Signed up": server.api("POST", "actions/", {"name": "Signed up", "steps": [{"event": "signup"}]})["id"],
        "Staff": server.api("POST", "cohorts/", {"name": "Staff", "filters": staff})["id"],
        "AC0123": server.api("POST", "integrations/", twilio)["id"],
        "History": server.api("POST", "batch_exports/", export)["id"],
    }


def inputs(url: str, token: str) -> dict[str, t.Any]:
    """Values for the schema."""
    return {
        "url": {"value": url, "templating": "hog"},
        "token": token,
        "account": "AC0123",
        "headers": {"value": {"Authorization": f"Bearer {token}"}, "templating": "hog"},
    }


def mapping(name: str, token: str, **filters: t.Any) -> dict[str, t.Any]:
    """A mapping with a secret of its own."""
    return {
        "name": name,
        "inputs_schema": [{"key": "text", "type": "string"}, {"key": "password", "type": "string", "secret": True}],
        "inputs": {"text": "{event.event}", "password": {"value": token}},
        "filters": filters,
    }


def mappings(token: str) -> list[dict[str, t.Any]]:
    """Two of them, which together use every key."""
    return [
        mapping(
            "Sign-ups",
            token,
            source="events",
            events=[{"id": "signup", "name": "signup", "type": "events", "order": 0}],
            actions=[{"id": "Signed up", "name": "Signed up", "order": 1}],
            filter_test_accounts=True,
        ),
        mapping("Persons", f"{token}-2", source="data-warehouse-table", data_warehouse=[{"id": "orders"}]),
    ]


def without_secrets(value: t.Any) -> t.Any:
    """Inputs, or mappings with inputs, as PostHog shows them: a value in a dictionary, and nothing of secrets."""
    if value is None:
        return None
    if isinstance(value, list):
        return [{**item, "inputs": without_secrets(item["inputs"])} for item in value]
    secret = {"token", "headers", "password"}
    wrapped = {key: inner if isinstance(inner, dict) else {"value": inner} for key, inner in value.items()}
    return {key: {"secret": True} if key in secret else inner for key, inner in wrapped.items()}


FIRST = inputs("https://one.example.com", "canary-token-one")

SAMPLE = Sample(
    type="hog_function",
    name="To the shop",
    within={"type": "destination"},
    elsewhere={"type": "internal_destination"},
    path="hog_functions/",
    prepare=prepare,
    minimal={"template_id": "template-webhook", "hog": "return event", "inputs_schema": SCHEMA, "inputs": FIRST},
    values={
        "template_id": Value("template-webhook", "template-slack"),
        "hog": Value("return event", "print('hello')\nreturn event\n", stored=str.rstrip),
        "inputs_schema": Value(
            SCHEMA,
            [*SCHEMA[:4], {**EVERYTHING, "label": "Number", "searchable": False}],
            also=("inputs",),
        ),
        "inputs": Value(
            FIRST,
            {**FIRST, "url": {"value": "https://two.example.com"}},
            secret=inputs("https://one.example.com", "canary-token-two"),
            stored=without_secrets,
        ),
        "filters": Value(
            {
                "source": "events",
                "properties": [{"key": "id", "type": "cohort", "value": "Staff", "operator": "in"}],
                "filter_test_accounts": True,
            },
            {"properties": [{"key": "plan", "type": "person", "value": ["pro"], "operator": "exact"}]},
        ),
        "mappings": Value(
            mappings("canary-map-one"),
            mappings("canary-map-one")[:1],
            secret=mappings("canary-map-two"),
            stored=without_secrets,
        ),
        "masking": Value({"ttl": 60, "hash": "{person.id}", "threshold": 5}, {"ttl": 3600, "hash": "{event.uuid}"}),
        "batch_export": Value("History", None),
    },
    foreign={
        "template_id": "template-webhook",
        "inputs": {"url": {"value": "https://by-hand.example.com"}},
        "description": "Made by hand",
        "enabled": True,
    },
    # What PostHog computes of inputs, and the flags that it adds to a schema, nobody foretells.
    foretold={"inputs": within, "mappings": within},
    unused_keys={
        "filters.events": "PostHog drops them beside mappings, whose filters have them",
        "filters.actions": "the same",
        "filters.data_warehouse": "the same",
        "inputs.secret": "keeps a secret that is stored, and there is none at first; test_conformance_pipelines.py",
        "mappings.inputs.secret": "the same",
        "mappings.inputs_schema.choices": "as in inputs_schema",
        "mappings.inputs_schema.searchable": "the same",
        "mappings.inputs_schema.required": "the same",
        "mappings.inputs_schema.label": "the same",
        "mappings.inputs_schema.default": "the same",
        "mappings.inputs_schema.hidden": "the same",
        "mappings.inputs_schema.description": "the same",
        "mappings.inputs_schema.integration": "the same",
        "mappings.inputs_schema.integration_key": "the same",
        "mappings.inputs_schema.requires_field": "the same",
        "mappings.inputs_schema.integration_field": "the same",
        "mappings.inputs_schema.requiredScopes": "the same",
        "mappings.inputs_schema.templating": "the same",
        "mappings.filters.properties": "as in filters",
        "mappings.inputs.templating": "as in inputs",
    },
    secrets=("canary-token-one", "canary-token-two", "canary-map-one", "canary-map-two"),
    moving=("updated_at", "version", "status", "bytecode", "transpiled"),
    again=6,
    again_reason="the actions, the cohorts, the integrations and the exports",
)
