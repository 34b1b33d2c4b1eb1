# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking in events, as a self-hosted server does on the same host. The project's token in the body is the key."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, invalid
from ..fields import parse_time
from ..resource import Answer, Resource, behaviour
from ..store import Row, new_uuid, now

if TYPE_CHECKING:
    from ..app import App

PATHS = ("/i/v0/e", "/capture", "/e", "/batch", "/track")
MAX_GROUP_TYPES = 5


@behaviour("event")
class Event(Resource):
    """What was sent. There is no route to it; the dump shows it."""


def serves(path: str) -> bool:
    """Whether a path takes in events."""
    return path.rstrip("/") in PATHS


def wrong_token(detail: str) -> ApiError:
    """401 for no token or for one that no project has."""
    return ApiError(401, "authentication_error", "invalid_api_key", detail)


def take(app: App, method: str, path: str, body: bytes) -> Answer:
    """Store what a request brings."""
    if method != "POST":
        raise ApiError(405, "invalid_request", "method_not_allowed", f'Method "{method}" not allowed.')
    try:
        document = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    except (ValueError, OSError):
        raise invalid("Malformed request data: invalid JSON.", code="invalid_payload") from None
    if isinstance(document, list):
        document = {"batch": document}
    if not isinstance(document, dict):
        raise invalid("Malformed request data: not an object.", code="invalid_payload")
    entries = document["batch"] if isinstance(document.get("batch"), list) else [document]
    project = project_of(app, document, entries)
    checked = [check(entry) for entry in entries]
    for entry in checked:
        store(app, project, entry)
    app.store.touch()
    return Answer({"status": 1 if app.profile == "2024" else "Ok"})


def project_of(app: App, document: dict[str, Any], entries: list[Any]) -> Row:
    """The project whose token is sent."""
    first = entries[0] if entries and isinstance(entries[0], dict) else {}
    token = next(
        (
            value
            for source in (document, first, first.get("properties") or {})
            for value in (source.get("api_key"), source.get("token"), source.get("$token"))
            if value
        ),
        None,
    )
    if not token:
        raise wrong_token("API key not provided. You can find your project API key in your PostHog project settings.")
    for row in app.store.all("project"):
        if row["api_token"] == token:
            return row
    raise wrong_token("Project API key invalid. You can find your project API key in your PostHog project settings.")


def check(entry: Any) -> dict[str, Any]:
    """An event with all that it has to have."""
    if not isinstance(entry, dict):
        raise invalid("An event is an object.", code="invalid_payload")
    properties = entry.get("properties") or {}
    if not isinstance(properties, dict):
        raise invalid("Properties are an object.", "properties", "invalid_payload")
    name = entry.get("event")
    distinct = entry.get("distinct_id") or properties.get("distinct_id") or entry.get("$distinct_id")
    if not isinstance(name, str) or not name:
        raise invalid('All events must have the event field "event"!', "event", "missing_event_name")
    if distinct in (None, ""):
        raise invalid('All events must have the event field "distinct_id"!', "distinct_id", "missing_distinct_id")
    if entry.get("timestamp") is not None and parse_time(entry["timestamp"]) is None:
        raise invalid("Not a valid time.", "timestamp", "invalid_timestamp")
    return {
        "uuid": entry.get("uuid") or new_uuid(),
        "event": name,
        "distinct_id": str(distinct),
        "properties": properties,
        "timestamp": entry.get("timestamp") or now(),
    }


def store(app: App, project: Row, entry: dict[str, Any]) -> None:
    """Keep an event, one with the same uuid only once, and define what is new in it."""
    data = {**entry, "team_id": project.pk}
    app.store.add(Row("event", (project.pk, entry["uuid"]), project.pk, data))
    if "ingested_event" in project.data:
        project.data["ingested_event"] = True
    define(app, project, "event_definition", {"name": entry["event"]}, "last_seen_at")
    properties = entry["properties"]
    if entry["event"] == "$groupidentify":
        kind = properties.get("$group_type")
        index = group_type(app, project, str(kind)) if kind else None
        if index is not None:
            for name, value in (properties.get("$group_set") or {}).items():
                define_property(app, project, name, value, "group", index)
    for kind in properties.get("$groups") or {}:
        group_type(app, project, str(kind))
    for name, value in properties.items():
        if name in ("$set", "$set_once"):
            for inner, found in (value or {}).items():
                define_property(app, project, inner, found, "person")
        elif name not in ("$groups", "$group_set", "token", "distinct_id"):
            define_property(app, project, name, value, "event")


def define(app: App, project: Row, type_: str, item: dict[str, Any], seen: str | None = None) -> None:
    """A definition, unless there is one."""
    for row in app.store.all(type_, project.pk):
        same_kind = type_ != "property_definition" or (
            row.hidden.get("type", "event") == item.get("type", "event")
            and row.hidden.get("group_type_index") == item.get("group_type_index")
        )
        if row["name"] == item["name"] and same_kind:
            if seen and seen in row.data:
                row.data[seen] = now()
            return
    (row,) = app.seed(type_, [item], project.pk)
    if item.get("group_type_index") is not None:
        row.hidden["group_type_index"] = item["group_type_index"]
    if seen and seen in row.data:
        row.data[seen] = now()


def define_property(app: App, project: Row, name: str, value: Any, kind: str, group: int | None = None) -> None:
    """The definition of a property, with the type of the value at hand."""
    known = "Boolean" if isinstance(value, bool) else "Numeric" if isinstance(value, (int, float)) else None
    if isinstance(value, str):
        known = "DateTime" if len(value) >= 10 and parse_time(value) is not None else "String"
    item: dict[str, Any] = {"name": name, "type": kind, "property_type": known, "is_numerical": known == "Numeric"}
    if group is not None:
        item["group_type_index"] = group
    define(app, project, "property_definition", item)


def group_type(app: App, project: Row, name: str) -> int | None:
    """The number of a group type; a project has five at most, further ones are dropped."""
    rows = list(app.store.all("group_type", project.pk))
    for row in rows:
        if row["group_type"] == name:
            return int(row["group_type_index"])
    if len(rows) >= MAX_GROUP_TYPES:
        return None
    (row,) = app.seed("group_type", [{"group_type": name}], project.pk)
    return int(row["group_type_index"])
