# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays the recorded calls of real servers against the profiles of their time and says where the two differ.

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
from sandbox.behaviours.organizations import new_member, new_organization
from sandbox.behaviours.projects import new_project
from sandbox.behaviours.users import new_user

HERE = Path(__file__).resolve().parent
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
LONG = re.compile(r"^(.+)…x(\d+)$", re.DOTALL)
#: Which collection an integer in a body points to.
FIELDS = {
    "dashboards": "dashboards",
    "dashboard": "dashboards",
    "use_dashboard": "dashboards",
    "insight": "insights",
    "record_id": "feature_flags",
    "feature_flag_id": "feature_flags",
    "linked_flag_id": "feature_flags",
    "targeting_flag_id": "feature_flags",
    "set_current_team": "projects",
    "from_project": "projects",
    "target_project_ids": "projects",
    "scoped_teams": "projects",
    "tiles.id": "tiles",
    "item_id": "feature_flags",
    "analytics_dashboards": "dashboards",
    "primary_dashboard": "dashboards",
    "dashboard_id": "dashboards",
    "dashboard_item": "insights",
    "toDashboard": "dashboards",
    "holdout_id": "experiment_holdouts",
    "saved_metrics_ids.id": "experiment_saved_metrics",
    "tile.id": "tiles",
    "owner": "users",
    "subscribed_users": "users",
    "assignee.id": "users",
    "private_project_access.id": "projects",
    "data_color_theme_id": "data_color_themes",
    "created_by_id": "users",
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
    "holdout": "experiment_holdouts",
    "saved_metrics": "experiment_saved_metrics",
    "data_color_theme": "data_color_themes",
    "usage_dashboard": "dashboards",
}
#: Objects in an answer that were there before.
OUTSIDE = ("user", "team", "organization", "organizations", "teams", "projects")
#: Which collection a number belongs to, by its own key; None: it is no id.
KEYS = {
    "usage_dashboard": "dashboards",
    "primary_dashboard": "dashboards",
    "dashboard": "dashboards",
    "dashboard_id": "dashboards",
    "insight_id": "insights",
    "insight": "insights",
    "feature_flag": "feature_flags",
    "feature_flag_id": "feature_flags",
    "linked_flag_id": "feature_flags",
    "holdout_id": "experiment_holdouts",
    "saved_metric": "experiment_saved_metrics",
    "experiment": "experiments",
    "team_id": "projects",
    "project_id": "projects",
    "team": "projects",
    "data_color_theme_id": "data_color_themes",
    "created_by_id": "users",
    "user_id": "users",
}
#: One collection under two names.
SAME = {"environments": "projects", "warehouse_view_links": "warehouse_view_link"}


def load(profile: str) -> list[dict[str, Any]]:
    """The recorded calls of a profile's time, in order."""
    record = json.loads((HERE / f"recorded-{profile}.json").read_text(encoding="utf-8"))
    for call in record["calls"]:
        for name in ("keys", "item_keys"):
            call[name] = _shape(record, call.get(name))
        if "nested" in call:
            call["nested"] = {
                name: [_shape(record, v[0])]
                if isinstance(v, list) and v and isinstance(v[0], int)
                else _shape(record, v)
                for name, v in call["nested"].items()
            }
        call["request"] = _long(call["request"])
    return record["calls"]


def _shape(record: dict[str, Any], value: Any) -> Any:
    """The keys that a recording names by the number of a row."""
    return record["shapes"][value] if isinstance(value, int) else value


def _long(value: Any) -> Any:
    """A request whose long texts were recorded by their first letter and their length."""
    if isinstance(value, dict):
        return {key: _long(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_long(entry) for entry in value]
    found = LONG.match(value) if isinstance(value, str) else None
    return found.group(1)[0] * int(found.group(2)) if found else value


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
                parts[index] = str(self.numbers.get((SAME.get(parts[index - 1], parts[index - 1]), int(part)), part))
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
            if value.get("type") == "cohort" and isinstance(value.get("value"), int):
                return {**value, "value": self.numbers.get(("cohorts", value["value"]), value["value"])}
            if value.get("type") == "flag" and str(value.get("key")).isdigit():
                return {**value, "key": str(self.numbers.get(("feature_flags", int(value["key"])), value["key"]))}
            return {k: self.body(v, f"{field}.{k}" if f"{field}.{k}" in FIELDS else k) for k, v in value.items()}
        if isinstance(value, list):
            return [self.body(item, field) for item in value]
        if isinstance(value, str):
            return self.text(value, field)
        if isinstance(value, int) and not isinstance(value, bool) and field in FIELDS:
            return self.numbers.get((FIELDS[field], value), value)
        return value

    def learn(self, recorded: Any, made: Any, collection: str, sure: bool = True) -> None:
        """Map the ids of a recorded answer to those of this run's answer; what is not sure changes nothing known."""
        if isinstance(recorded, list) and isinstance(made, list):
            for one, two in zip(recorded, made):
                self.learn(one, two, collection, sure)
        elif isinstance(recorded, dict) and isinstance(made, dict):
            for key, value in recorded.items():
                other = made.get(key)
                if isinstance(value, (dict, list)):
                    self.learn(value, other, OBJECTS.get(key, collection), sure and key not in OUTSIDE)
                # Short ones, such as the numbers of action steps, would be taken for other things.
                elif isinstance(value, str) and isinstance(other, str) and len(value) >= 8:
                    if sure or value not in self.texts:
                        self.texts[value] = other
                elif isinstance(value, int) and isinstance(other, int):
                    name = KEYS.get(key, collection)
                    if (name, value) not in self.numbers or (sure and key not in KEYS):
                        self.numbers[(name, value)] = other

    # ---- running

    def run(self, calls: list[dict[str, Any]]) -> dict[str, list[tuple[int, dict[str, Any], list[str]]]]:
        """All calls; gives for each resource the calls with what differs (an empty list: nothing)."""
        out: dict[str, list[tuple[int, dict[str, Any], list[str]]]] = defaultdict(list)
        for number, call in enumerate(calls):
            out[call["resource"]].append((number, call, self.one(call)))
        return out

    def enter(self, name: str | None) -> None:
        """Get ready for a call of this key."""

    def sure(self, call: dict[str, Any]) -> bool:
        """Whether an answer's ids are certainly those of the objects in it."""
        return True

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
        self.enter(name)
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
        if call.get("text"):
            # A page of the web server in front: only its status is compared.
            return [] if reply.status_code == call["status"] else [f"status {reply.status_code}, not {call['status']}"]
        try:
            made = reply.json() if reply.content else None
        except ValueError:
            return ["the answer is no JSON"]
        if call.get("ids") and reply.ok:
            parts = [p for p in call["path"].split("?")[0].strip("/").split("/") if p]
            collection = parts[-1] if call["method"] == "POST" or len(parts) % 2 == 0 else parts[-2]
            collection = SAME.get(collection, collection)
            self.learn(call["ids"], made, collection, self.sure(call))
        if isinstance(made, dict) and str(made.get("value", "")).startswith("phx_") and not self.created_key:
            self.created_key = made["value"]
        return list(differences(call, reply.status_code, made))


def differences(call: dict[str, Any], status: int, made: Any) -> Any:
    """What differs between a recorded answer and this one, in words."""
    if status != call["status"]:
        yield f"status {status}, not {call['status']}" + (f" ({made.get('detail')})" if isinstance(made, dict) else "")
        return
    if "keys" in call.get("error", ()):
        yield from _keys("keys of the error", call["error"]["keys"], sorted(made) if isinstance(made, dict) else [])
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


class Replay2025(Replay):
    """The server of August 2025, some of whose routes were called from a browser session, as keys are refused there."""

    def __init__(self, sandbox: Any) -> None:
        super().__init__(sandbox)
        base = sandbox.banner()
        app = sandbox.control.app
        owner = base["users"]["owner"]["id"]
        second = sandbox.seed("project", [{"name": "Second"}], organization=base["organization_id"])[0]
        free = new_organization(app, "Free", [])
        free_project = new_project(app, free, "Free project")
        free_user = new_user(app, "owner@free.test", "Frida")
        new_member(app, free, free_user, 15)
        free_user.hidden.update(current_organization=free.pk, current_team=free_project.pk)
        for name, user, scopes, teams, organizations in (
            ("readonly_flags", owner, ["feature_flag:read"], [], []),
            ("project_scoped", owner, ["*"], [second], []),
            ("org_scoped", owner, ["*"], [], [base["organization_id"]]),
            ("free", free_user.pk, ["*"], [], []),
        ):
            self.keys[name] = f"phx_{name}"
            app.add_key(name, self.keys[name], user, scopes, teams, organizations)
        self.keys["session"] = self.keys["legacy_no_scopes"] = sandbox.keys["full"]
        self.texts[FREE_2025] = free.pk
        for recorded, made in (
            (25, base["project_id"]),
            (26, second),
            (27, base["other_project_id"]),
            (1, base["other_project_id"]),
            (28, free_project.pk),
        ):
            self.numbers[("projects", recorded)] = made

    def prepare(self, calls: list[dict[str, Any]]) -> None:
        base = self.sandbox.banner()
        for name, uuid in TEXTS_2025.items():
            value: Any = base
            for part in name.split("."):
                value = value[part]
            self.texts[uuid] = value
        for name in ("owner", "admin", "member", "member2"):
            self.texts[f"rec-{name}@acme.test"] = base["users"][name]["email"]
        for number, name in USERS_2025.items():
            self.numbers[("users", number)] = base["users"][name]["id"]
        self.numbers[("insights", 1)] = self.sandbox.seed(
            "insight", [{"name": "Elsewhere"}], project=self.numbers[("projects", 26)]
        )[0]
        for membership in self.sandbox.control.app.store.all("organization_member", base["other_organization_id"]):
            self.texts[OUTSIDE_MEMBER_2025] = membership.pk
        for kind, items in MAIN_START_2025.items():
            ids = self.sandbox.seed(kind, [item for _dummy, item in items], project=base["project_id"])
            for (recorded, _dummy), made in zip(items, ids):
                if recorded:
                    self.texts[recorded] = made
        schemas = {row["name"]: row.pk for row in self.sandbox.control.app.store.all("external_data_schema")}
        self.texts.update({recorded: schemas[name] for name, recorded in SCHEMAS_2025.items()})

    def sure(self, call: dict[str, Any]) -> bool:
        return call["method"] == "POST"

    def enter(self, name: str | None) -> None:
        # A session may do what is closed to keys.
        self.sandbox.control.open_routes = ["*"] if name == "session" else []


TEXTS_2025 = {
    "organization_id": "01a222ba-d1ee-0000-c6a7-d57c1b59d338",
    "other_organization_id": "01a222ba-d37a-0000-66e7-dbc0651706f8",
    "users.owner.uuid": "01a222ba-d4b9-0000-8ef7-23abc0fc3563",
    "users.admin.uuid": "01a222ba-d644-0000-e39d-26597101fbae",
    "users.member.uuid": "01a222ba-d7cc-0000-63a2-61694e27770f",
    "users.member2.uuid": "01a222ba-d99b-0000-aa5f-24982d39ef83",
}
#: An organization without a plan.
FREE_2025 = "01a222ba-d414-0000-4059-57c01864e464"
#: The owner of the other organization, as a member of it.
OUTSIDE_MEMBER_2025 = "01a222ba-de4f-0000-4331-00b01d264193"
#: What the data source of the start has.
SCHEMAS_2025 = {"Charge": "01a222c5-4b8e-0000-830a-fa6f5c2c7914", "Customer": "01a222c5-4b95-0000-5f88-7fe8a8fbbdae"}
USERS_2025 = {4: "owner", 5: "admin", 6: "member", 7: "member2", 8: "outsider"}
MAIN_START_2025: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "event_definition": [
        ("01a222c5-4b04-0000-864d-1cf4654d1b95", {"name": "$pageview"}),
        ("01a222c5-4afe-0000-aa12-dd81ba4f42bc", {"name": "rec_bin"}),
        ("01a222c5-4af6-0000-79a7-bbe5409b0476", {"name": "rec_event"}),
    ],
    "property_definition": [
        ("01a222c5-4b18-0000-90ff-09a729692aca", {"name": "$browser"}),
        ("01a222c5-4b0f-0000-04a1-165622f253b3", {"name": "amount", "property_type": "Numeric"}),
        ("01a222c5-4b11-0000-0d03-d6099bd87a10", {"name": "bin"}),
        ("", {"name": "email", "type": "person"}),
        ("", {"name": "name", "type": "group", "group_type_index": 0}),
    ],
    "group_type": [("", {"group_type": "organization"}), ("", {"group_type": "workspace"})],
    "external_data_source": [
        (
            "01a222c5-4b59-0000-3b39-dd5cb3cc84a3",
            {
                "source_type": "Stripe",
                "prefix": "rec",
                "payload": {
                    "schemas": [{"name": "Charge", "should_sync": False}, {"name": "Customer", "should_sync": False}]
                },
            },
        )
    ],
}
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
