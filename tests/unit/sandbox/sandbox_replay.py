# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays the recorded calls of a real server against the 2024 profile and says where the two differ.

Ids differ between the two, so every id that the record shows is mapped to the one that the sandbox gave in the same
place. Nothing in here knows a single call: the mapping works by the names of collections and fields.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import requests

RECORD = Path(__file__).resolve().parent / "recorded-2024.json"
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
#: Which collection an integer in a body points to.
FIELDS = {
    "dashboards": "dashboards",
    "dashboard": "dashboards",
    "use_dashboard": "dashboards",
    "insight": "insights",
    "record_id": "feature_flags",
    "feature_flag_id": "feature_flags",
    "linked_flag_id": "feature_flags",
    "set_current_team": "projects",
    "from_project": "projects",
    "target_project_ids": "projects",
    "scoped_teams": "projects",
    "tiles.id": "tiles",
    "item_id": "feature_flags",
}
#: Which collection an id in an answer belongs to, by the name of the key that holds the object.
OBJECTS = {
    "tiles": "tiles",
    "text": "text",
    "insight": "insights",
    "linked_flag": "feature_flags",
    "team": "projects",
    "targeting_flag": "feature_flags",
    "feature_flag": "feature_flags",
    "organization": "organizations",
}


def load() -> list[dict[str, Any]]:
    """The recorded calls, in order."""
    return json.loads(RECORD.read_text(encoding="utf-8"))["calls"]


class Replay:
    """One run over all calls."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.numbers: dict[tuple[str, int], int] = {}
        self.texts: dict[str, str] = {}
        self.created_key = ""
        self.keys = {
            "all_access": sandbox.keys["full"],
            "admin": sandbox.keys["admin"],
            "member": sandbox.keys["member"],
            "member2": sandbox.keys["member2"],
            "other": sandbox.keys["outsider"],
        }

    # ---- the start

    def prepare(self, calls: list[dict[str, Any]]) -> None:
        """Give the sandbox what the recorded server held at the start, and map its ids."""
        base = self.sandbox.banner()
        members = next(c for c in calls if c["resource"] == "member" and c["op"] == "list")
        self.numbers[("projects", 2)] = base["other_project_id"]
        me = next(c for c in calls if c["op"] == "@me")
        self.texts[me["ids"]["organization"]["id"]] = base["organization_id"]
        self.texts[me["ids"]["uuid"]] = base["users"]["owner"]["uuid"]
        for name, uuid in START_TEXTS.items():
            value: Any = base
            for part in name.split("."):
                value = value[part]
            self.texts[uuid] = value
        assert members["status"] == 200
        for project, start in ((base["project_id"], MAIN_START), (base["other_project_id"], OTHER_START)):
            for kind, items in start.items():
                ids = self.sandbox.seed(kind, [item for _dummy, item in items], project=project)
                for (recorded, _dummy), made in zip(items, ids):
                    if recorded:
                        self.texts[recorded] = made

    # ---- mapping

    def path(self, path: str) -> str:
        """A recorded path with this run's ids."""
        bare, _dummy, query = path.partition("?")
        parts = bare.split("/")
        for index, part in enumerate(parts):
            if part in self.texts:
                parts[index] = self.texts[part]
            elif part.isdigit() and index:
                parts[index] = str(self.numbers.get((parts[index - 1], int(part)), part))
        query = "&".join(
            f"{name}={self.text(value, name)}"
            for name, _dummy, value in (q.partition("=") for q in query.split("&") if q)
        )
        return "/".join(parts) + ("?" + query if query else "")

    def text(self, value: str, field: str = "") -> str:
        """A recorded string with this run's ids and keys."""
        if value.startswith("@") and value[1:] in self.keys:
            return self.keys[value[1:]]
        if value == "@project_token":
            return self.sandbox.banner()["project_token"]
        if field in FIELDS and value.isdigit():
            return str(self.numbers.get((FIELDS[field], int(value)), value))
        return self.texts.get(value, value)

    def body(self, value: Any, field: str = "") -> Any:
        """A recorded body with this run's ids."""
        if isinstance(value, dict):
            return {k: self.body(v, f"{field}.{k}" if f"{field}.{k}" in FIELDS else k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.body(item, field) for item in value]
        if isinstance(value, str):
            return self.text(value, field)
        if isinstance(value, int) and not isinstance(value, bool) and field in FIELDS:
            return self.numbers.get((FIELDS[field], value), value)
        return value

    def learn(self, recorded: Any, made: Any, collection: str) -> None:
        """Map the ids of a recorded answer to those of this run's answer."""
        if isinstance(recorded, list) and isinstance(made, list):
            for one, two in zip(recorded, made):
                self.learn(one, two, collection)
        elif isinstance(recorded, dict) and isinstance(made, dict):
            for key, value in recorded.items():
                other = made.get(key)
                if isinstance(value, (dict, list)):
                    self.learn(value, other, OBJECTS.get(key, collection))
                # Short ones, such as the numbers of action steps, would be taken for other things.
                elif isinstance(value, str) and isinstance(other, str) and len(value) >= 8:
                    self.texts[value] = other
                elif isinstance(value, int) and isinstance(other, int):
                    name = "dashboards" if key in ("usage_dashboard", "primary_dashboard") else collection
                    self.numbers[(name, value)] = other

    # ---- running

    def run(self, calls: list[dict[str, Any]]) -> dict[str, list[tuple[int, dict[str, Any], list[str]]]]:
        """All calls; gives for each resource the calls with what differs (an empty list: nothing)."""
        out: dict[str, list[tuple[int, dict[str, Any], list[str]]]] = defaultdict(list)
        for number, call in enumerate(calls):
            out[call["resource"]].append((number, call, self.one(call)))
        return out

    def one(self, call: dict[str, Any]) -> list[str]:
        """One call; gives what differs."""
        headers = {}
        name = call["key"]
        if name == "@created":
            headers["Authorization"] = f"Bearer {self.created_key}"
        elif name == "@project_token":
            headers["Authorization"] = f"Bearer {self.sandbox.banner()['project_token']}"
        elif name == "@wrong":
            headers["Authorization"] = "Bearer phx_wrong"
        elif name:
            headers["Authorization"] = f"Bearer {self.keys[name]}"
        data = None
        if isinstance(call["request"], str):
            data = call["request"].encode()
            form, plain = b"&" in data, b"=" in data
            headers["Content-Type"] = (
                "application/x-www-form-urlencoded" if form else "text/plain" if plain else "application/json"
            )
        elif call["request"] is not None:
            data = json.dumps(self.body(call["request"])).encode()
            headers["Content-Type"] = "application/json"
        reply = self.session.request(
            call["method"], self.sandbox.url + self.path(call["path"]), data=data, headers=headers, timeout=10
        )
        try:
            made = reply.json() if reply.content else None
        except ValueError:
            return ["the answer is no JSON"]
        if call.get("ids") and reply.ok:
            parts = [p for p in call["path"].split("?")[0].strip("/").split("/") if p]
            collection = parts[-1] if call["method"] == "POST" or len(parts) % 2 == 0 else parts[-2]
            self.learn(call["ids"], made, collection)
        if isinstance(made, dict) and str(made.get("value", "")).startswith("phx_") and not self.created_key:
            self.created_key = made["value"]
        return list(differences(call, reply.status_code, made))


def differences(call: dict[str, Any], status: int, made: Any) -> Any:
    """What differs between a recorded answer and this one, in words."""
    if status != call["status"]:
        yield f"status {status}, not {call['status']}" + (f" ({made.get('detail')})" if isinstance(made, dict) else "")
        return
    if "error" in call:
        for name in ("type", "code", "attr"):
            have = made.get(name) if isinstance(made, dict) else None
            if have != call["error"][name]:
                yield f"{name} {have!r}, not {call['error'][name]!r}"
        return
    if call.get("list"):
        if not isinstance(made, list):
            yield "not an array"
            return
        items = made
    elif call.get("keys") is not None:
        if not isinstance(made, dict):
            yield f"not an object: {str(made)[:80]}"
            return
        yield from _keys("keys", call["keys"], sorted(made))
        results = made.get("results")
        items = results if isinstance(results, list) else []
    else:
        if made is not None:
            yield "a body where there was none"
        return
    yield from _nested(call.get("nested") or {}, items[0] if items and isinstance(items[0], dict) else made)
    if "empty" in call and bool(items) == call["empty"]:
        yield "empty" if not items else "not empty"
    elif call.get("item_keys") and items and isinstance(items[0], dict):
        yield from _keys("keys of an item", call["item_keys"], sorted(items[0]))


def _nested(wanted: dict[str, Any], made: Any) -> Any:
    """The keys of objects inside the answer, and of the first object of each list in it."""
    for name, keys in wanted.items():
        have = made.get(name) if isinstance(made, dict) else None
        if isinstance(keys[0] if keys else None, list):
            if not (isinstance(have, list) and have and isinstance(have[0], dict)):
                yield f"{name}: no objects in it"
            else:
                yield from _keys(f"keys of {name}[0]", keys[0], sorted(have[0]))
        elif not isinstance(have, dict):
            yield f"{name}: not an object"
        else:
            yield from _keys(f"keys of {name}", keys, sorted(have))


def _keys(what: str, wanted: list[str], have: list[str]) -> Any:
    missing, more = sorted(set(wanted) - set(have)), sorted(set(have) - set(wanted))
    if missing:
        yield f"{what}: missing {missing}"
    if more:
        yield f"{what}: not expected {more}"


START_TEXTS = {
    "users.admin.uuid": "01a2007f-ad94-0000-aff5-30fee3baa6ca",
    "users.member.uuid": "01a2007f-ade9-0000-fcf5-1b88558cf3a8",
    "users.member2.uuid": "01a2007f-ae3d-0000-7e92-6865dca35a5b",
    "users.outsider.uuid": "01a2007f-ae94-0000-fcb0-e111fcd50211",
    "other_organization_id": "01a2007f-acbe-0000-ab0d-0024fe98da0d",
}
MAIN_START: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "event_definition": [
        ("01a2007f-ad28-0000-c43c-c8b61c4a94e7", {"name": "$autocapture"}),
        ("01a2007f-ad25-0000-4da8-73906ce6c009", {"name": "$pageview"}),
        ("01a2007f-ad29-0001-e49f-fa0e61df624c", {"name": "purchase"}),
        ("01a2007f-ad2a-0000-3568-f7661edc967a", {"name": "to be deleted"}),
        ("01a2007f-ad29-0000-3078-2a783524f56a", {"name": "user signed up"}),
    ],
    "property_definition": [
        ("01a2007f-ad2a-0001-1e68-2a3e00446fe7", {"name": "$browser"}),
        ("01a2007f-ad31-0000-3a44-d1916dd390b0", {"name": "to be deleted"}),
        ("", {"name": "amount"}),
        ("", {"name": "email", "type": "person"}),
    ],
    "group_type": [("", {"group_type": "organization"}), ("", {"group_type": "workspace"})],
}
OTHER_START: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "event_definition": [("01a2007f-ad35-0000-8c6b-b8ae6f27358a", {"name": "$autocapture"})],
}
