# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of the AWX kit need: the collection awx.awx, a stand-in for AWX's API, and AWX's way of injecting.

The stand-in keeps what it is given and answers as AWX does, as far as the modules of awx.awx look: lists that are
narrowed by any field, objects, lists of associated objects, surveys, approval nodes, secrets that are shown encrypted,
and deletions that take along what hangs on the object. It validates references, refuses a second credential of
a type and the removal of a type that is in use, and validates nothing else.
"""

from __future__ import annotations

import copy
import fcntl
import json
import re
import subprocess
import sys
import threading
import typing as t
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .playbook import ROOT

#: The last version of the package ansible that brings awx.awx along.
PACKAGE: t.Final = "ansible==12.3.0"

TOKEN: t.Final = "awx-token-of-the-tests"

#: What AWX shows in place of a secret.
ENCRYPTED: t.Final = "$encrypted$"

Object = dict[str, t.Any]


def awx_collection() -> Path:
    """Where the collection awx.awx is: taken out of the package ansible, once.

    :returns: a directory for C(ANSIBLE_COLLECTIONS_PATH).
    """
    place = ROOT / ".build" / "awx"
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w", encoding="utf-8") as lock:
        # Test processes start at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _fetch(place)
    return place


def _fetch(place: Path) -> None:
    """Take the collection out of the package, unless it is there."""
    if not (place / "ready").exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", PACKAGE]
        subprocess.run([*command, "--dest", str(place)], check=True, capture_output=True, timeout=600)
        wheel = next(place.glob("ansible-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.startswith("ansible_collections/awx/awx/"):
                    archive.extract(name, place)
        wheel.unlink()
        (place / "ready").touch()


#: Fields that hold the id of another object, and where that one is.
REFERENCES: t.Final = {
    "organization": "organizations",
    "credential_type": "credential_types",
    "inventory": "inventories",
    "project": "projects",
    "source_project": "projects",
    "credential": "credentials",
    "execution_environment": "execution_environments",
    "unified_job_template": "unified_job_templates",
    "workflow_job_template": "workflow_job_templates",
}

#: Lists of objects that others are associated with, and where those are.
ASSOCIATIONS: t.Final = {
    "credentials": "credentials",
    "success_nodes": "workflow_job_template_nodes",
    "failure_nodes": "workflow_job_template_nodes",
    "always_nodes": "workflow_job_template_nodes",
}

#: What is deleted with an object: the kind and the field that refers to it.
CASCADES: t.Final = {
    "inventories": [("inventory_sources", "inventory")],
    "workflow_job_templates": [
        ("workflow_job_template_nodes", "workflow_job_template"),
        ("schedules", "unified_job_template"),
    ],
    "job_templates": [("schedules", "unified_job_template")],
    "credential_types": [],
}

UNIFIED: t.Final = ("job_templates", "workflow_job_templates", "projects", "inventory_sources")


class Awx:
    """A stand-in for AWX's API on loopback."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Object]] = {"organizations": {}}
        self.writes: list[str] = []
        self._number = 0
        self.add("organizations", {"name": "Default"})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Answers."""

            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    status, answer = 401, {"detail": "Authentication credentials were not provided."}
                else:
                    status, answer = outer.serve(self.command, self.path, body)
                content = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.send_header("X-API-Product-Name", "AWX")
                self.send_header("X-API-Product-Version", "24.6.1")
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = _serve

            def log_message(self, *args: t.Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    # -- what is there ------------------------------------------------------------------------------------------------

    def names(self) -> dict[str, list[str]]:
        """The names of all objects, by kind, but for those that were there from the start."""
        return {
            kind: sorted(item.get("name") or item.get("identifier", "") for item in items.values())
            for kind, items in self.objects.items()
            if items and kind != "organizations"
        }

    def one(self, kind: str, name: str) -> Object:
        """An object by its name or identifier."""
        return next(item for item in self.objects[kind].values() if name in (item.get("name"), item.get("identifier")))

    def add(self, kind: str, body: Object) -> Object:
        """Store an object."""
        self._number += 1
        number = self._number
        singular = {"inventories": "inventory"}.get(kind, kind.removesuffix("s"))
        obj = {
            "id": number,
            "type": singular,
            "url": f"/api/v2/{kind}/{number}/",
            "related": {"survey_spec": f"/api/v2/{kind}/{number}/survey_spec/"},
            "summary_fields": {},
            "scm_revision": "0123456",
            **body,
        }
        self.objects.setdefault(kind, {})[number] = obj
        return obj

    # -- the API ------------------------------------------------------------------------------------------------------

    def serve(self, method: str, target: str, body: Object) -> tuple[int, t.Any]:
        """Answer a request: status and document."""
        parts = urlsplit(target)
        words = parts.path.removeprefix("/api/v2/").strip("/").split("/")
        if method != "GET":
            self.writes.append(f"{method} {parts.path}")
        if len(words) == 1:
            if method == "POST":
                return self._create(words[0], body)
            return 200, self._page(self._found(words[0], dict(parse_qsl(parts.query))))
        obj = self.objects.get(words[0], {}).get(int(words[1]))
        if obj is None:
            return 404, {"detail": "Not found."}
        if len(words) == 2:
            return self._one(method, words[0], obj, body)
        if words[2] == "survey_spec":
            if method == "POST":
                obj["_survey"] = body
                return 200, None
            return 200, obj.get("_survey", {})
        if words[2] == "create_approval_template":
            made = self.add("workflow_approval_templates", body)
            obj["unified_job_template"] = made["id"]
            obj["related"]["unified_job_template"] = made["url"]
            return 201, self._shown(made)
        if words[2] in ASSOCIATIONS:
            return self._associated(method, obj, words[2], body)
        return 404, {"detail": "Not found."}

    def _found(self, kind: str, query: dict[str, str]) -> list[Object]:
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        items = [item for name in kinds for item in self.objects.get(name, {}).values()]
        return [item for item in items if all(str(item.get(key)) == value for key, value in query.items())]

    def _page(self, items: t.Iterable[Object]) -> Object:
        shown = [self._shown(item) for item in items]
        return {"count": len(shown), "next": None, "previous": None, "results": shown}

    def _shown(self, obj: Object) -> Object:
        out = {key: copy.deepcopy(value) for key, value in obj.items() if not key.startswith("_")}
        if obj["type"] == "credential":
            kind = self.objects["credential_types"][obj["credential_type"]]
            secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
            out["inputs"] = {
                key: ENCRYPTED if key in secret else value for key, value in (obj.get("inputs") or {}).items()
            }
        return out

    def _wrong(self, body: Object) -> Object | None:
        for field, kind in REFERENCES.items():
            if field in body and body[field] is not None and not self._found(kind, {"id": str(body[field])}):
                return {field: [f'Invalid pk "{body[field]}" - object does not exist.']}
        return None

    def _create(self, kind: str, body: Object) -> tuple[int, t.Any]:
        wrong = self._wrong(body)
        if wrong:
            return 400, wrong
        return 201, self._shown(self.add(kind, body))

    def _one(self, method: str, kind: str, obj: Object, body: Object) -> tuple[int, t.Any]:
        if method == "PATCH":
            wrong = self._wrong(body)
            if wrong:
                return 400, wrong
            if isinstance(body.get("inputs"), dict) and kind == "credentials":
                old = obj.get("inputs") or {}
                body["inputs"] = {
                    key: old.get(key) if value == ENCRYPTED else value for key, value in body["inputs"].items()
                }
            obj.update(body)
        elif method == "DELETE":
            if kind == "credential_types" and self._found("credentials", {"credential_type": str(obj["id"])}):
                return 403, {"detail": "Credential types that are in use cannot be deleted."}
            self._remove(kind, obj["id"])
            return 204, None
        return 200, self._shown(obj)

    def _remove(self, kind: str, number: int) -> None:
        del self.objects[kind][number]
        for other, field in CASCADES.get(kind, []):
            for key in [key for key, item in self.objects.get(other, {}).items() if item.get(field) == number]:
                self._remove(other, key)
        if kind == "workflow_job_template_nodes":
            self.objects["workflow_approval_templates"] = {}

    def _associated(self, method: str, obj: Object, name: str, body: Object) -> tuple[int, t.Any]:
        ids: list[int] = obj.setdefault(f"_{name}", [])
        if method == "POST":
            if body.get("disassociate"):
                ids.remove(body["id"])
            elif body["id"] not in self.objects.get(ASSOCIATIONS[name], {}):
                return 400, {"detail": "no such object"}
            elif name == "credentials" and self._one_too_many(ids, body["id"]):
                return 400, {"error": "Cannot assign multiple credentials of the same type."}
            else:
                ids.append(body["id"])
            return 204, None
        return 200, self._page(self.objects[ASSOCIATIONS[name]][number] for number in ids)

    def _one_too_many(self, ids: list[int], number: int) -> bool:
        """Whether there is a credential of the same type already. Of those of Vault, there can be several."""
        credentials = self.objects["credentials"]
        kind = credentials[number]["credential_type"]
        vault = self.objects["credential_types"][kind].get("kind") == "vault"
        return not vault and kind in [credentials[key]["credential_type"] for key in ids]

    def linked(self, kind: str, name: str, association: str) -> list[str]:
        """The names of the objects that are associated with one."""
        found = self.one(kind, name).get(f"_{association}", [])
        others = self.objects[ASSOCIATIONS[association]]
        return sorted(others[number].get("name") or others[number]["identifier"] for number in found)


def injected(kind: Object, inputs: Object) -> tuple[dict[str, str], dict[str, t.Any]]:
    """What a credential gives a job: environment and extra variables, as AWX makes them (inject_credential).

    AWX evaluates the templates in an immutable sandbox. What is not given has no name there, so that only templates
    that reckon with it work; names that AWX refuses are refused here too.

    :param kind: the credential type, with C(inputs) and C(injectors).
    :param inputs: what the credential holds.
    :returns: environment and extra variables.
    """
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    known = {field["id"]: field for field in kind["inputs"]["fields"]}
    unknown = set(inputs) - set(known)
    assert not unknown, f"the type has no fields {unknown}"
    missing = [name for name in kind["inputs"].get("required", []) if not inputs.get(name)]
    assert not missing, f"required: {missing}"
    for name, value in inputs.items():
        choices = known[name].get("choices")
        assert not choices or value in choices, f"{name}: {value!r} is none of {choices}"
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)

    def rendered(template: str) -> str:
        return str(sandbox.from_string(template).render(**inputs))

    injectors = kind["injectors"]
    environment = {name: rendered(template) for name, template in injectors.get("env", {}).items()}
    for name in environment:
        assert re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) and not name.startswith("ANSIBLE_"), name
    return environment, {name: rendered(template) for name, template in injectors.get("extra_vars", {}).items()}
