# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A handful of templates of hog functions, in the form that the API shows them."""

from __future__ import annotations

import copy
from typing import Any

from ..errors import not_found
from ..resource import Answer, Context, Resource, behaviour
from ..store import Row
from ..tables import Table


def field(key: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    """One entry of an inputs_schema, complete."""
    return {"key": key, "type": kind, "label": label, "secret": False, "required": False, "hidden": False, **more}


def plain(key: str, kind: str, label: str, description: str, **more: Any) -> dict[str, Any]:
    """An entry as the templates of the server have it: with a description, and hidden only where it is."""
    entry = {"key": key, "type": kind, "label": label, "secret": False, "required": False}
    return {**entry, "description": description, **more}


def template(number: str, kind: str, name: str, code: str, inputs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """One template with all its keys."""
    return {
        "id": number,
        "type": kind,
        "name": name,
        "description": f"{name}.",
        "code": code,
        "code_language": "javascript" if kind.startswith("site_") else "hog",
        "inputs_schema": inputs,
        "status": "stable",
        "free": False,
        "category": ["Custom"],
        "icon_url": f"/static/services/{number.removeprefix('template-')}.png",
        "filters": None,
        "masking": None,
        "mapping_templates": None,
        **more,
    }


TEMPLATES: dict[str, dict[str, Any]] = {
    entry["id"]: entry
    for entry in (
        template(
            "template-slack",
            "destination",
            "Slack",
            "let res := fetch('https://slack.com/api/chat.postMessage', {'body': inputs.blocks})",
            [
                field("slack_workspace", "integration", "Slack workspace", integration="slack", required=True),
                field(
                    "channel",
                    "integration_field",
                    "Channel to post to",
                    integration_key="slack_workspace",
                    integration_field="slack_channel",
                    required=True,
                ),
                field("icon_emoji", "string", "Emoji icon", default=":hedgehog:"),
                field("username", "string", "Bot name", default="PostHog"),
                field("blocks", "json", "Blocks", default=[]),
                field("text", "string", "Plain text message", default="{event.event} by {person.name}"),
            ],
            free=True,
        ),
        template(
            "template-webhook",
            "destination",
            "HTTP Webhook",
            "let res := fetch(inputs.url, {'headers': inputs.headers, 'body': inputs.body, 'method': inputs.method})",
            [
                plain("url", "string", "Webhook URL", "Endpoint URL to send event data to.", required=True),
                plain(
                    "method",
                    "choice",
                    "Method",
                    "HTTP method to use for the request.",
                    default="POST",
                    choices=[{"label": name, "value": name} for name in ("POST", "PUT", "PATCH", "GET", "DELETE")],
                ),
                plain(
                    "body",
                    "json",
                    "JSON Body",
                    "JSON payload to send in the request body.",
                    default={"event": "{event}", "person": "{person}"},
                ),
                plain(
                    "headers",
                    "dictionary",
                    "Headers",
                    "HTTP headers to send in the request.",
                    secret=True,
                    default={"Content-Type": "application/json"},
                ),
                plain(
                    "debug", "boolean", "Log responses", "Logs the response of http calls for debugging.", default=False
                ),
            ],
        ),
        template(
            "template-mailjet-create-contact",
            "destination",
            "Mailjet",
            "let res := fetch('https://api.mailjet.com/v3/REST/contact/', {'method': 'POST'})",
            [
                field("api_key", "string", "Mailjet API Key", secret=True, required=True),
                field("secret_key", "string", "Mailjet Secret Key", secret=True, required=True),
                field("email", "string", "Email of the user", default="{person.properties.email}", required=True),
                field("attempts", "number", "Attempts"),
            ],
        ),
        template(
            "template-geoip",
            "transformation",
            "GeoIP",
            "let event := event\nreturn event",
            [],
            free=True,
        ),
        template(
            "template-ip-anonymization",
            "transformation",
            "IP Anonymization",
            "let out := event\nreturn out",
            [],
            free=True,
        ),
        template(
            "template-source-webhook",
            "source_webhook",
            "Incoming HTTP webhook",
            "postHogCapture({'event': inputs.event, 'distinct_id': inputs.distinct_id})",
            [
                field("event", "string", "Event name", default="{request.body.event}", required=True),
                field("distinct_id", "string", "Distinct ID", default="{request.body.distinct_id}", required=True),
                field("auth_header", "string", "Authorization header value", secret=True),
            ],
        ),
        template(
            "template-notification-bar",
            "site_app",
            "Notification bar",
            "export function onLoad({ inputs, posthog }) { const bar = document.createElement('div') }",
            [
                field("domains", "string", "Domains", default=""),
                field("notificationText", "string", "Notification text", default="Our latest product update!"),
            ],
            free=True,
        ),
        template("template-retired", "destination", "Retired", "print('gone')", [], status="hidden"),
    )
}


@behaviour("hog_function_template", "current")
class HogFunctionTemplate(Resource):
    """What comes with the server. Not stored, so it cannot be changed."""

    def __init__(self, table: Table, app: Any) -> None:
        super().__init__(table, app)
        table.read_scope = table.write_scope = "hog_function:read"
        table.verbs = ["list", "retrieve"]

    @staticmethod
    def paths() -> list[str]:
        """Where this is served."""
        return ["projects/{project_id}/hog_function_templates"]

    def show_list(self, ctx: Context) -> Answer:
        wanted = [name for text in (ctx.arg("types"), ctx.arg("type")) for name in text.split(",") if name]
        found = [
            Row(self.table.type, number, None, entry)
            for number, entry in TEMPLATES.items()
            if entry["status"] != "hidden" and entry["type"] in (wanted or ["destination"])
        ]
        return self.page(ctx, found, lambda row: self.text(ctx, row, "list"))

    def present(self, ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        return copy.deepcopy(row.data)

    def row(self, ctx: Context, text: str) -> Row:
        entry = TEMPLATES.get(text)
        if entry is None:
            raise not_found()
        return Row(self.table.type, text, None, entry)
