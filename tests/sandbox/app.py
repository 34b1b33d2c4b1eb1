# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application: routes a request, checks the key, calls the type's engine, wraps errors. No sockets in here."""

from __future__ import annotations

import copy
import json
import re
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from . import behaviours
from .behaviours import capture
from .behaviours.access import enforce, hides_project
from .behaviours.activity import history, note
from .control import WRITES, Control, Rule
from .errors import ApiError, forbidden, invalid, method_not_allowed, not_found, server_error, unauthenticated
from .resource import EVERY, REGISTRY, Answer, Context, Extra, Resource
from .start import SHORT_NAMES, start_data
from .store import Key, Row, Store, now
from .tables import PROFILES, Table, load_tables

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSED = "This action does not support Personal API Key access"


#: Requests that change nothing, although they are sent as POST.
ASKS = re.compile(r"/(query|user_blast_radius)/$")


@dataclass
class Reply:
    """What goes over the wire, or what happens to the connection instead."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    action: str | None = None


@dataclass
class Target:
    """What a path leads to."""

    resource: Resource
    level: str
    pk: str | None = None
    extra: Extra | None = None
    item: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    root: bool = False


class App:
    """One sandbox: its data, its control and its routes."""

    def __init__(self, profile: str = "current", key: str | None = None) -> None:
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile}")
        self.profile = profile
        self.main_key = key
        #: Called with the log entry and the answer of each request served; for tests that look at all traffic.
        self.observer: Callable[[dict[str, Any], bytes], None] | None = None
        self.tables: dict[str, Table] = load_tables(profile)
        self.resources: dict[str, Resource] = {}
        self.routes: dict[tuple[str, str], list[tuple[list[str], Resource]]] = {}
        behaviours.load()
        for name, table in self.tables.items():
            if not table.absent:
                self._mount(name, table)
        for (name, wanted), _cls in REGISTRY.items():
            if name not in self.tables and wanted in (EVERY, *PROFILES[profile].facts):
                self._mount(name, behaviours.bare_table(name))
        self.secrets: dict[str, Any] = {}
        self.store = Store()
        self.base: dict[str, Any] = {}
        self.control = Control(self)
        self.reset()

    def _mount(self, name: str, table: Table) -> None:
        layers = (*reversed(PROFILES[self.profile].facts), EVERY)
        cls = next((REGISTRY[name, layer] for layer in layers if (name, layer) in REGISTRY), Resource)
        resource = cls(table, self)
        if table.lacks or table.list_lacks or table.nested_lacks:
            _narrow_answers(resource, table)
        self.resources[name] = resource
        for path in resource.paths() if hasattr(resource, "paths") else [table.path]:
            if not path:
                continue
            parts = path.split("/")
            level = "projects" if parts[0] == "environments" else parts[0]
            if level in ("projects", "organizations") and len(parts) > 2:
                self.routes.setdefault((level, parts[2]), []).append((parts[2:], resource))
            else:
                self.routes.setdefault(("", parts[0]), []).append((parts, resource))

    def reset(self) -> None:
        """Put the data back to the start. Ids, tokens and keys stay what they were."""
        self.store = Store()
        self.base = start_data(self)

    def banner(self) -> dict[str, Any]:
        """What a user needs to talk to this sandbox, without the address."""
        return dict(self.base)

    def type_name(self, name: str) -> str:
        """The facts' name of a type, from it or from the collection's shorter one."""
        name = SHORT_NAMES.get(name, name)
        if name not in self.resources:
            raise LookupError(f"unknown type {name}")
        return name

    # ---- used by the control endpoint

    def add_key(
        self,
        name: str,
        value: str,
        user: int | str,
        scopes: list[str] | None = None,
        teams: list[int] | None = None,
        organizations: list[str] | None = None,
    ) -> Key:
        """Make a personal API key; the user is named by id or e-mail."""
        if isinstance(user, str):
            user = next(row.pk for row in self.store.all("user") if row["email"] == user)
        key = Key(name, value, user, ["*"] if scopes is None else scopes, teams or [], organizations or [], label=name)
        self.store.keys[value] = key
        return key

    def seed(
        self,
        type_: str,
        objects: list[dict[str, Any]],
        project: int | None = None,
        organization: str | None = None,
        parent: Any = None,
    ) -> list[Row]:
        """Store objects as the start user would have made them, but without usage dashboards and plan gates."""
        name = self.type_name(type_)
        resource = self.resources[name]
        with self.store.lock:
            ctx = Context(self, "POST", "/__control__/seed", "localhost", {}, seeding=True)
            ctx.user = self.store.rows["user"][self.base["user_id"]]
            ctx.project = self.store.rows["project"][project or self.base["project_id"]]
            ctx.organization = self.store.rows["organization"][
                organization or (ctx.project.scope if project else self.base["organization_id"])
            ]
            ctx.params = {"parent": parent} if parent is not None else {}
            return [resource.seed(ctx, copy.deepcopy(item)) for item in objects]

    def finish_deletions(self) -> int:
        """Remove the projects and proxy records that wait for their deletion."""
        gone = [row for row in self.store.all("project") if row.get("is_pending_deletion")]
        gone += [row for row in self.store.all("proxy_record") if row["status"] == "deleting"]
        for row in gone:
            self.store.remove(row)
        return len(gone)

    # ---- a request

    def handle(self, method: str, target: str, headers: Any, body: bytes) -> Reply:
        """Serve one request. ``headers`` has a case-insensitive get()."""
        path, _dummy, query_text = target.partition("?")
        query = parse_qs(query_text, keep_blank_values=True)
        if path.startswith("/__control__"):
            return self._control(method, path, query, body)
        started = time.monotonic()
        if self.control.latency_ms:
            time.sleep(self.control.latency_ms / 1000)
        with self.store.lock:
            rule = self.control.fault(method, path)
        if rule and rule.kind == "stall":
            time.sleep(rule.seconds)
        key = self._key_of(headers, query, body)
        entry: dict[str, Any] = {
            "method": method,
            "path": path,
            "query": {k: v for k, v in query.items() if k != "personal_api_key"},
            "key": key.name if key else None,
            "time": now(),
            "headers": {
                name: headers.get(name)
                for name in ("User-Agent", "Content-Type", "Accept", "X-Request-Id")
                if headers.get(name)
            },
        }
        if method in WRITES:
            entry["body"] = _without_key(_json_or_text(body))
        if rule:
            entry["fault"] = rule.kind
        reply = self._reply(method, path, query, headers, body, key, rule, entry)
        entry["status"] = reply.status
        entry["ms"] = round((time.monotonic() - started) * 1000, 2)
        with self.store.lock:
            self.control.record(entry)
            if self.observer is not None:
                self.observer(entry, reply.body)
        return reply

    def _reply(
        self,
        method: str,
        path: str,
        query: dict[str, list[str]],
        headers: Any,
        body: bytes,
        key: Key | None,
        rule: Rule | None,
        entry: dict[str, Any],
    ) -> Reply:
        with self.store.lock:
            if self.control.forbid_writes and method in WRITES and not ASKS.search(path):
                entry["forbidden"] = True
                return _document(
                    418,
                    {
                        "type": "sandbox",
                        "code": "write_forbidden",
                        "attr": None,
                        "detail": "The sandbox is set to accept no writes.",
                    },
                )
            wait = self.control.throttle(key.name) if key else None
            if wait is not None:
                return _throttled(str(wait))
            kind = rule.kind if rule else ""
            if rule and kind.startswith("429"):
                return _throttled(self.control.retry_after(rule))
            if rule and kind == "503_later":
                later = _broken(503)
                later.headers["Retry-After"] = str(int(rule.seconds))
                return later
            if kind in ("null", "empty"):
                # What a cache or a half-finished deployment answers.
                return Reply(200, b"null" if kind == "null" else b"", {"Content-Type": "application/json"})
            if rule and kind == "5xx_before":
                return _broken(rule.status or (500, 502, 503, 504)[self.control.rng.randrange(4)])
            if kind == "reset_before":
                return Reply(0, action="reset")
            if kind == "html":
                return _page(rule.status if rule and rule.status else 502)
            try:
                reply = self._serve(method, path, query, headers, body, key)
            except Exception as exc:
                # A defect of the sandbox must not look like an answer of PostHog.
                entry["defect"] = traceback.format_exc()
                print(entry["defect"], file=sys.stderr, flush=True)
                return _document(500, {"type": "sandbox_defect", "code": "defect", "detail": repr(exc), "attr": None})
            if rule and kind == "5xx_after":
                return _broken(rule.status or (500, 502, 503, 504)[self.control.rng.randrange(4)])
            if kind == "html_after":
                return _page(rule.status if rule and rule.status else 200)
            if kind == "short":
                return _short(reply)
            if kind == "reset_after":
                return Reply(reply.status, action="reset")
            if kind == "truncate":
                reply.action = "truncate"
            return reply

    def _serve(
        self,
        method: str,
        path: str,
        query: dict[str, list[str]],
        headers: Any,
        body: bytes,
        key: Key | None,
    ) -> Reply:
        ctx = Context(
            self,
            "GET" if method == "HEAD" else method,
            path,
            headers.get("Host") or "localhost",
            query,
            body,
            (headers.get("Content-Type") or "").split(";")[0].strip().lower(),
            key,
        )
        target: Target | None = None
        try:
            if capture.serves(path):
                answer = capture.take(self, method, path, body)
            else:
                target = self._resolve(path)
                if target is None:
                    raise not_found("Endpoint not found.")
                self._authenticate(ctx, headers)
                answer = self._dispatch(ctx, target)
        except ApiError as exc:
            reply = _document(exc.status, exc.body())
            reply.headers.update(exc.headers)
        else:
            reply = (
                Reply(answer.status, answer.text.encode())
                if answer.text is not None
                else _document(answer.status, answer.body)
            )
            if reply.body:
                reply.headers["Content-Type"] = "application/json"
        if target is not None:
            reply.headers["Allow"] = ", ".join(self._allowed(target))
        return reply

    def _allowed(self, target: Target) -> list[str]:
        names = list(target.extra.methods) if target.extra else target.resource.methods(target.pk is not None)
        return [*names, *(["HEAD"] if "GET" in names else []), "OPTIONS"]

    # ---- routing

    def _resolve(self, path: str) -> Target | None:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if len(parts) < 2 or parts[0] != "api":
            return None
        parts = parts[1:]
        level = router = parts[0]
        if level == "environments":
            if self.profile == "2024":
                return None
            level = "projects"
        if level in ("projects", "organizations"):
            root = self.resources["project" if level == "projects" else "organization"]
            if len(parts) <= 2:
                if parts[0] == "environments" and len(parts) == 1 and self.profile != "2025":
                    return None
                return Target(root, level, parts[1] if len(parts) == 2 else None, root=True)
            params = {"project_id" if level == "projects" else "organization_id": parts[1]}
            found = self._match(level, parts[2], parts[2:], params)
            if found:
                return found if found.resource.table.router in (None, router) else None
            if len(parts) == 3:
                for extra in root.extras:
                    if extra.detail and extra.name == parts[2]:
                        return Target(root, level, parts[1], extra, root=True)
            return None
        return self._match("", level, parts, {})

    def _match(self, level: str, first: str, parts: list[str], params: dict[str, str]) -> Target | None:
        best: Target | None = None
        size = 0
        for pattern, resource in self.routes.get((level, first), ()):
            if len(parts) < len(pattern) or len(pattern) <= size:
                continue
            found = dict(params)
            for want, have in zip(pattern, parts):
                if want.startswith("{"):
                    found[want[1:-1]] = have
                elif want != have:
                    break
            else:
                target = self._finish(resource, level, parts[len(pattern) :], found)
                if target:
                    best, size = target, len(pattern)
        return best

    @staticmethod
    def _finish(resource: Resource, level: str, rest: list[str], params: dict[str, str]) -> Target | None:
        if not rest:
            return Target(resource, level, params=params)
        for extra in resource.extras:
            name = extra.name.split("/")
            at = 1 if extra.detail else 0
            have = rest[at : at + len(name)]
            if have == name and (not extra.detail or len(rest) > 1):
                tail = rest[at + len(name) :]
                if len(tail) == (1 if extra.item else 0):
                    return Target(
                        resource, level, rest[0] if extra.detail else None, extra, tail[0] if tail else None, params
                    )
        if len(rest) == 1 and resource.table.verbs != ["singleton"]:
            if not resource.methods(True):
                return None
            return Target(resource, level, rest[0], params=params)
        return None

    # ---- keys

    def _key_of(self, headers: Any, query: dict[str, list[str]], body: bytes) -> Key | None:
        value = self._key_text(headers, query, body)
        return self.store.keys.get(value) if value else None

    def _key_text(self, headers: Any, query: dict[str, list[str]], body: bytes) -> str | None:
        match = re.fullmatch(r"Bearer\s+(\S+)", (headers.get("Authorization") or "").strip())
        if match:
            return match.group(1)
        if b"personal_api_key" in body:
            document = _json_or_text(body)
            if isinstance(document, dict) and isinstance(document.get("personal_api_key"), str):
                return document["personal_api_key"]
        found = query.get("personal_api_key")
        return found[-1] if found else None

    def _authenticate(self, ctx: Context, headers: Any) -> None:
        text = self._key_text(headers, ctx.query, ctx.raw_body)
        if not text:
            raise unauthenticated("Authentication credentials were not provided.", "not_authenticated")
        if ctx.key is None:
            place = "request Authorization header" if headers.get("Authorization") else "request"
            raise unauthenticated(f"Personal API key found in {place} is invalid.", "authentication_failed")
        ctx.user = self.store.rows["user"][ctx.key.user]
        ctx.key.last_used_at = now()

    # ---- permissions and the call

    def _dispatch(self, ctx: Context, target: Target) -> Answer:
        resource = target.resource
        ctx.params = target.params
        self._place(ctx, target)
        resource.admit(ctx)
        if not ctx.legacy:
            self._check_scope(ctx, target)
        self._check_place(ctx, target)
        if target.level == "projects" and not ctx.legacy:
            enforce(ctx, resource.table, target.pk)
        if ctx.method == "OPTIONS":
            return Answer(
                {
                    "name": resource.table.type,
                    "description": "",
                    "renders": ["application/json"],
                    "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
                    **(
                        {"actions": {"POST": {}}}
                        if ctx.legacy and "POST" in resource.methods(False) and target.pk is None
                        else {}
                    ),
                }
            )
        if target.extra:
            if ctx.method not in target.extra.methods:
                raise method_not_allowed(ctx.method)
            if ctx.method in WRITES:
                ctx.body = self._parse(ctx)
            answer = self._extra(ctx, target)
            if target.extra.name == "activity" and ctx.project is not None and not ctx.legacy:
                return history(ctx, resource.table.type, target.pk)
            return answer
        if ctx.method in WRITES and ctx.method in resource.methods(target.pk is not None):
            ctx.body = self._parse(ctx)
        answer = resource.handle(ctx, target.pk)
        if ctx.method in WRITES and not ctx.legacy:
            note(ctx, resource.table.type, target.pk, answer)
        return answer

    @staticmethod
    def _extra(ctx: Context, target: Target) -> Answer:
        extra = target.extra
        assert extra is not None
        handler = getattr(target.resource, extra.handler)
        arguments: list[Any] = [target.pk] if extra.detail else []
        if extra.item:
            arguments.append(target.item)
        return handler(ctx, *arguments)

    def _place(self, ctx: Context, target: Target) -> None:
        """Find the organization and the project that the path names."""
        store = self.store
        user = ctx.user
        if target.level == "organizations":
            text = target.pk if target.root else target.params["organization_id"]
            if text is not None:
                ctx.organization = self._organization(user, text)
                if ctx.organization is None and not target.root:
                    raise not_found("Organization not found.")
                ctx.params["organization_id"] = text
        elif target.level == "projects":
            text = target.pk if target.root else target.params["project_id"]
            if text is not None:
                ctx.project = self._project(user, text)
                if ctx.project is None:
                    if target.root and self.profile == "2025" and not text.isdigit():
                        raise invalid(f"Field 'id' expected a number but got '{text}'.")
                    plain = target.root or not text.isdigit()
                    raise not_found() if plain else not_found("Project not found.")
                ctx.organization = store.rows["organization"].get(ctx.project.scope)
        if ctx.organization is None and target.level != "organizations":
            ctx.organization = store.rows["organization"].get(user.hidden.get("current_organization"))
        if target.level == "" and ctx.project is None:
            ctx.project = store.rows["project"].get(user.hidden.get("current_team"))

    def _organization(self, user: Row, text: str) -> Row | None:
        if text == "@current":
            text = user.hidden.get("current_organization") or ""
        elif self.profile in ("2024", "2025") and not re.fullmatch(r"[0-9a-fA-F-]{32,36}", text):
            raise server_error()
        return self.store.rows["organization"].get(text.lower())

    def _project(self, user: Row, text: str) -> Row | None:
        if text == "@current":
            return self.store.rows["project"].get(user.hidden.get("current_team"))
        return self.store.rows["project"].get(int(text)) if text.isdigit() else None

    def _check_scope(self, ctx: Context, target: Target) -> None:
        key = ctx.key
        assert key is not None
        resource = target.resource
        reading = ctx.method in ("GET", "OPTIONS")
        if target.extra:
            needed = target.extra.scope
            if needed and ":" not in needed:
                needed = f"{needed}:{'read' if reading else 'write'}"
            known = target.extra.methods
        else:
            known = tuple(resource.methods(target.pk is not None))
            needed = resource.table.read_scope if reading else resource.table.write_scope
            if needed and resource.public_create and ctx.method == "POST":
                needed = ""
        if (
            known
            and needed != ""
            and "*" not in self.control.open_routes
            and ctx.method not in (*known, "OPTIONS")
            and (ctx.method != "DELETE" or target.pk is None or resource.table.delete != "soft")
        ):
            raise forbidden(CLOSED)
        if needed is None:
            opened = {"*", resource.table.type, target.extra.name if target.extra else ""}
            if not opened & set(self.control.open_routes):
                raise forbidden(CLOSED)
            needed = (resource.table.read_scope if reading else resource.table.write_scope) or ""
        if needed and not _grants(key.scopes, needed):
            raise forbidden(f"API key missing required scope '{needed}'")
        if target.level == "" and resource.table.scope == "user":
            return
        if key.teams:
            if target.level != "projects" or ctx.project is None:
                raise forbidden("API keys with scoped projects are only supported on project-based views.")
            if ctx.project.pk not in key.teams:
                raise forbidden(f"API key does not have access to the requested project: ID {ctx.project.pk}.")
        if key.organizations and ctx.organization is not None and ctx.organization.pk not in key.organizations:
            raise forbidden(f"API key does not have access to the requested organization: ID {ctx.organization.pk}.")

    def _check_place(self, ctx: Context, target: Target) -> None:
        """Refuse organizations and projects that the user is no member of."""
        if target.level == "organizations" and ctx.organization is not None:
            if not self.store.level(ctx.user.pk, ctx.organization.pk):
                if target.resource.table.type == "project" and not ctx.legacy:
                    raise not_found("Organization not found.")
                raise not_found() if target.root else forbidden()
        elif target.level == "organizations" and target.root and target.pk is not None:
            raise not_found()
        elif target.level == "projects" and ctx.project is not None and not target.resource.open_to_all:
            if not self.visible(ctx.user, ctx.project):
                if target.root and (target.extra is None or not ctx.legacy):
                    raise not_found()
                raise forbidden("You don't have access to the project.")

    def visible(self, user: Row, project: Row) -> bool:
        """Whether a user may enter a project."""
        level = self.store.level(user.pk, project.scope)
        if not level:
            return False
        if self.profile == "2024" and project.get("access_control") and level < 8:
            return any(row.hidden.get("user") == user.pk for row in self.store.all("explicit_member", project.pk))
        return self.profile == "2024" or not hides_project(self.store, user, project)

    def _parse(self, ctx: Context) -> Any:
        if not ctx.raw_body:
            return {}
        if ctx.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            if self.profile != "current":
                raise server_error()
            return {k: v[-1] for k, v in parse_qs(ctx.raw_body.decode(errors="replace")).items()}
        if ctx.content_type and ctx.content_type != "application/json":
            raise ApiError(
                415,
                "invalid_request",
                "unsupported_media_type",
                f'Unsupported media type "{ctx.content_type}" in request.',
            )
        try:
            return json.loads(ctx.raw_body)
        except ValueError as exc:
            raise ApiError(400, "invalid_request", "parse_error", f"JSON parse error - {exc}") from None

    # ---- control

    def _control(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Reply:
        name = path[len("/__control__") :].strip("/") or "settings"
        document = _json_or_text(body) if body else None
        if document is not None and not isinstance(document, dict):
            return _document(400, {"error": "the body must be a JSON object"})
        with self.store.lock:
            status, answer = self.control.serve(method, name, query, document)
        return _document(status, answer)


def _narrow_answers(resource: Resource, table: Table) -> None:
    """Leave out of a type's answers what the profile lacks."""
    whole = resource.present

    def present(ctx: Context, row: Row, listing: bool = False) -> dict[str, Any]:
        out = whole(ctx, row, listing)
        gone = {*table.lacks, *(table.list_lacks if listing else ())}
        for name, keys in table.nested_lacks.items():
            if isinstance(out.get(name), dict):
                out[name] = {k: v for k, v in out[name].items() if k not in keys}
        return {name: value for name, value in out.items() if name not in gone}

    resource.present = present  # type: ignore[method-assign]


def _grants(scopes: list[str], needed: str) -> bool:
    """Whether a list of scopes covers one; write implies read."""
    name, _dummy, action = needed.partition(":")
    return "*" in scopes or needed in scopes or (action == "read" and f"{name}:write" in scopes)


def _without_key(document: Any) -> Any:
    """A body for the log: a key in it is left out."""
    if isinstance(document, dict) and "personal_api_key" in document:
        return {k: v for k, v in document.items() if k != "personal_api_key"}
    return document


def _json_or_text(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode(errors="replace")


def _document(status: int, document: Any) -> Reply:
    if document is None:
        return Reply(status)
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return Reply(status, text.encode(), {"Content-Type": "application/json"})


def _throttled(wait: str | None) -> Reply:
    text = "Request was throttled." + (f" Expected available in {wait} seconds." if wait and wait.isdigit() else "")
    reply = _document(429, {"type": "throttled_error", "code": "throttled", "detail": text, "attr": None})
    if wait is not None:
        reply.headers["Retry-After"] = wait
    return reply


def _page(status: int) -> Reply:
    """What a proxy shows in place of the server's answer."""
    page = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    return Reply(status, page, {"Content-Type": "text/html"})


def _short(reply: Reply) -> Reply:
    """A page of a list without its objects, which says all the same how many there are."""
    document = json.loads(reply.body)
    if isinstance(document, dict) and isinstance(document.get("results"), list):
        return _document(reply.status, {**document, "results": []})
    return reply


def _broken(status: int) -> Reply:
    if status == 500:
        return _document(
            500, {"type": "server_error", "code": "error", "detail": "A server error occurred.", "attr": None}
        )
    return Reply(status, b"upstream connect error or disconnect/reset before headers", {"Content-Type": "text/plain"})
