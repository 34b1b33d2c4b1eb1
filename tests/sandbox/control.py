# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test can set and see from outside: latency, limits, faults, forbidden writes, the log, seeding."""

from __future__ import annotations

import collections
import random
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from .errors import ApiError

if TYPE_CHECKING:
    from .app import App

WRITES = ("POST", "PUT", "PATCH", "DELETE")
KINDS = (
    "429",
    "429_date",
    "429_bare",
    "5xx_before",
    "5xx_after",
    "reset_before",
    "reset_after",
    "truncate",
    "html",
    "html_after",
    "503_later",
    "null",
    "empty",
    "short",
    "stall",
)
MIX = ("429", "429_bare", "5xx_before", "5xx_after", "reset_before", "reset_after")


@dataclass
class Rule:
    """One kind of fault: where it strikes, how often, and how many times at most."""

    kind: str
    rate: float = 1.0
    times: int | None = None
    method: str = ""
    path: str = ""
    seconds: float = 1
    status: int | None = None

    def applies(self, method: str, path: str, rng: random.Random) -> bool:
        """Whether the fault strikes this request; counts down ``times`` when it does."""
        if self.times == 0:
            return False
        if self.method and not re.fullmatch(self.method, method):
            return False
        if self.path and not re.search(self.path, path):
            return False
        if self.rate < 1 and rng.random() >= self.rate:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Control:
    """The settings and the record of one sandbox."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.log: list[dict[str, Any]] = []
        self.reset_settings()
        self.reset_log()

    def opens(self, name: str) -> bool:
        """Whether what is closed to keys is open: a route or a type by its name, or everything."""
        return bool({"*", name} & set(self.open_routes))

    def reset_settings(self) -> None:
        """No latency, no limits, no faults."""
        self.latency_ms = 0.0
        self.rate_limit: int | None = None
        self.paging: dict[str, Any] = {}
        self.forbid_writes = False
        self.open_routes: list[str] = []
        self.guarded_flags: list[str] = []
        #: Insights say on which dashboards they are only to who asks for it (enforced for keys since summer 2026).
        self.insight_dashboards_opt_in = False
        self.rules: list[Rule] = []
        self.rng = random.Random(0)
        self.hits: dict[str, collections.deque[float]] = {}

    def reset_log(self) -> None:
        """Forget the requests served so far."""
        self.log = []
        self.counters: dict[str, Any] = {
            "total": 0,
            "writes": 0,
            "forbidden_writes": 0,
            "faults": 0,
            "defects": 0,
            "by_method": {},
            "by_status": {},
        }

    # ---- on every request

    def record(self, entry: dict[str, Any]) -> None:
        """Append one served request to the log and count it."""
        entry["seq"] = len(self.log) + 1
        self.log.append(entry)
        counters = self.counters
        counters["total"] += 1
        method, status = entry["method"], str(entry["status"])
        counters["by_method"][method] = counters["by_method"].get(method, 0) + 1
        counters["by_status"][status] = counters["by_status"].get(status, 0) + 1
        if method in WRITES:
            counters["writes"] += 1
        if entry.get("fault"):
            counters["faults"] += 1
        if entry.get("defect"):
            counters["defects"] += 1
        if entry.get("forbidden"):
            counters["forbidden_writes"] += 1

    def throttle(self, key: str) -> int | None:
        """Seconds to wait when the key is over its limit, else None."""
        if not self.rate_limit:
            return None
        moment = time.monotonic()
        window = self.hits.setdefault(key, collections.deque())
        while window and window[0] <= moment - 60:
            window.popleft()
        if len(window) >= self.rate_limit:
            return max(1, int(window[0] + 60 - moment + 0.999))
        window.append(moment)
        return None

    def fault(self, method: str, path: str) -> Rule | None:
        """The fault that strikes this request, if one does."""
        for rule in self.rules:
            if rule.applies(method, path, self.rng):
                return rule
        return None

    @staticmethod
    def retry_after(rule: Rule) -> str | None:
        """The value of Retry-After for a 429 rule."""
        if rule.kind == "429_bare":
            return None
        if rule.kind.endswith("_date"):
            return format_datetime(datetime.now(UTC) + timedelta(seconds=rule.seconds), usegmt=True)
        return str(int(rule.seconds))

    # ---- the endpoint

    def serve(self, method: str, name: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Answer a request below /__control__/: status and document."""
        handler = getattr(self, f"on_{name.replace('-', '_')}", None)
        if handler is None:
            return 404, {"error": f"no such control: {name}"}
        try:
            return 200, handler(method, query, body if body is not None else {})
        except (ApiError, KeyError, TypeError, ValueError, LookupError) as exc:
            return 400, {"error": f"{type(exc).__name__}: {exc}"}

    def settings(self) -> dict[str, Any]:
        """What is set now."""
        return {
            "profile": self.app.profile,
            "latency_ms": self.latency_ms,
            "rate_limit": self.rate_limit,
            "paging": self.paging,
            "forbid_writes": self.forbid_writes,
            "open_routes": self.open_routes,
            "guarded_flags": self.guarded_flags,
            "insight_dashboards_opt_in": self.insight_dashboards_opt_in,
            "faults": [vars(rule) for rule in self.rules],
        }

    def on_settings(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """GET shows the settings, POST changes those it names."""
        if method == "POST":
            unknown = set(body) - set(self.settings()) - {"seed"} | set(body) & {"profile"}
            if unknown:
                raise ValueError(f"unknown settings {sorted(unknown)}")
            if "latency_ms" in body:
                self.latency_ms = float(body["latency_ms"] or 0)
            if "rate_limit" in body:
                self.rate_limit = body["rate_limit"]
                self.hits = {}
            if "paging" in body:
                self.paging = body["paging"] or {}
            if "forbid_writes" in body:
                self.forbid_writes = bool(body["forbid_writes"])
            if "insight_dashboards_opt_in" in body:
                self.insight_dashboards_opt_in = bool(body["insight_dashboards_opt_in"])
                self.app.store.touch()
            for name in ("open_routes", "guarded_flags"):
                if name in body:
                    setattr(self, name, list(body[name] or []))
            if "faults" in body or "seed" in body:
                self.set_faults(body.get("faults") or [], body.get("seed", 0))
        return self.settings()

    def set_faults(self, rules: list[dict[str, Any]] | dict[str, Any], seed: int = 0) -> None:
        """Replace the fault rules. ``{"mix": rate}`` spreads a rate over the usual kinds."""
        self.rng = random.Random(seed)
        if isinstance(rules, dict):
            share = float(rules["mix"]) / len(MIX)
            # Rules are asked one after the other, so each later one gets its share of what is left.
            left, out = 1.0, []
            for kind in rules.get("kinds", MIX):
                out.append({"kind": kind, "rate": share / left, "seconds": rules.get("seconds", 1)})
                left -= share
            rules = out
        made = [Rule(**rule) for rule in rules]
        for rule in made:
            if rule.kind not in KINDS:
                raise ValueError(f"unknown fault {rule.kind}, known are {', '.join(KINDS)}")
        self.rules = made

    def on_faults(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """POST {seed, rules} or {seed, mix} replaces the fault rules; DELETE takes them away."""
        if method == "POST":
            self.set_faults(body.get("rules", body), body.get("seed", 0))
        elif method == "DELETE":
            self.rules = []
        return {"faults": [vars(rule) for rule in self.rules]}

    def on_log(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """GET the requests served (?since=<seq>); DELETE forgets them."""
        if method == "DELETE":
            self.reset_log()
            return {}
        since = int((query.get("since") or ["0"])[-1])
        return {"requests": self.log[since:], "counters": self.counters}

    def on_counters(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """The counters alone; DELETE starts them, and the log, anew."""
        if method == "DELETE":
            self.reset_log()
        return self.counters

    def on_reset(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """POST puts data, settings and log back to the start; the keys and ids stay the same."""
        if method != "POST":
            raise ValueError("use POST")
        keep = body.get("keep", [])
        if "data" not in keep:
            self.app.reset()
        if "settings" not in keep:
            self.reset_settings()
        if "log" not in keep:
            self.reset_log()
        return self.app.banner()

    def on_features(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """GET the plan features by organization; POST {organization, features | add | remove} changes them."""
        features = self.app.store.features
        if method == "POST":
            organization = body.get("organization") or self.app.base["organization_id"]
            if organization not in features:
                raise LookupError(f"no organization {organization}")
            now = list(body["features"]) if "features" in body else list(features[organization])
            now += [name for name in body.get("add", []) if name not in now]
            features[organization] = [name for name in now if name not in body.get("remove", [])]
            self.app.store.touch()
        return features

    def on_seed(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """POST {type, project | organization, objects | count, template}: store objects without HTTP cost."""
        if method != "POST":
            raise ValueError("use POST")
        objects = body.get("objects")
        if objects is None:
            objects = [_fill(body.get("template") or {}, n) for n in range(1, int(body.get("count", 1)) + 1)]
        rows = self.app.seed(body["type"], objects, body.get("project"), body.get("organization"), body.get("parent"))
        return {"count": len(rows), "ids": [row.pk for row in rows]}

    def on_edit(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """POST {type, id, set}: change stored values out of band, past every check."""
        row = self.app.store.find(self.app.type_name(body["type"]), body["id"])
        if row is None:
            raise LookupError(f"no {body['type']} {body['id']}")
        row.data.update(body["set"])
        self.app.store.touch()
        return row.data

    def on_dump(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """GET ?type= (&scope=): the stored rows, soft-deleted ones too."""
        kind = self.app.type_name(query["type"][-1])
        return {"rows": [row.data for row in self.app.store.all(kind)]}

    def on_keys(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """POST {name, value, user, scopes, teams, organizations}: add a key."""
        if method == "POST":
            self.app.add_key(**body)
        return sorted(self.app.store.keys[value].name for value in self.app.store.keys)

    def on_finish_deletions(self, method: str, query: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """POST: what the server deletes in the background is gone now."""
        return {"removed": self.app.finish_deletions()}


def _fill(template: Any, number: int) -> Any:
    """A copy of a template with {n} in its strings replaced by a number."""
    if isinstance(template, str):
        return template.replace("{n}", str(number))
    if isinstance(template, list):
        return [_fill(item, number) for item in template]
    if isinstance(template, dict):
        return {key: _fill(value, number) for key, value in template.items()}
    return template
