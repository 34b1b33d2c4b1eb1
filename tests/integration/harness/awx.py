# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of the AWX kit need: the collection awx.awx, a stand-in for AWX's API, and AWX's way of injecting.

The stand-in answers as AWX 24.6.1 does, as far as a set-up meets it: it fills in defaults, gets projects in updates
that take a while and can fail, validates references, names, inputs, injectors, playbooks, surveys and recurrence rules,
knows who may do what, deletes inventories later, and refuses to delete what runs. A recording of a real AWX is
replayed with it (C(test_awx_recording.py)); what the recording does not show is taken from AWX's source.
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

from .awx_kinds import ASSOCIATIONS, DEMO, KINDS, UNIFIED
from .interpreter import WarmPython
from .playbook import ROOT

#: The last version of the package ansible that brings awx.awx along.
PACKAGE: t.Final = "ansible==12.3.0"

#: The token of a System Administrator.
TOKEN: t.Final = "awx-token-of-the-tests"

#: The token of somebody who is only an administrator of the organization.
ORGANIZER: t.Final = "awx-token-of-an-organization-administrator"

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


#: Fields of a project whose change makes AWX get it again.
SYNCED: t.Final = ("scm_type", "scm_url", "scm_branch", "scm_refspec", "credential")

#: Kinds of which only a System Administrator may make, change and remove those that belong to no organization.
SYSTEM: t.Final = ("credential_types", "execution_environments")

FORBIDDEN: t.Final = "You do not have permission to perform this action."

QUESTIONS: t.Final = ("text", "textarea", "password", "multiplechoice", "multiselect", "integer", "float")

FREQUENCIES: t.Final = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")

#: What an answer of the stand-in is: status and document.
Answer = tuple[int, t.Any]


class Refused(Exception):
    """AWX refuses a request.

    :param status: of the answer.
    :param body: the document.
    """

    def __init__(self, status: int, body: Object) -> None:
        super().__init__(status, body)
        self.answer: Answer = (status, body)


class Awx:
    """A stand-in for AWX's API on loopback."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Object]] = {}
        self.writes: list[str] = []
        #: Addresses of repositories that cannot be reached, and names of inventory sources that cannot be read.
        self.broken: set[str] = set()
        #: The playbooks that repositories have, where they are not those of the collection's own project.
        self.playbooks: dict[str, list[str]] = {}
        #: The Python that runs the playbooks which talk to it; None stands for that of all tests.
        self.python: WarmPython | None = None
        #: How often an update is asked for before it is done.
        self.patience = 2
        #: How many requests are served while an inventory that is deleted is still there.
        self.deletion_takes = 2
        #: Jobs that run: what they block, as kind and id.
        self.running: set[tuple[str, int]] = set()
        #: Organizations that the one who asks is not an administrator of.
        self.foreign: set[int] = set()
        #: The number that the next object gets; tests that replay set it.
        self.next_number = 1
        self.next_update = 1
        self._deleted: list[list[int]] = []
        for kind, body in DEMO:
            self.add(kind, {field: self._id_of(kind, field, value) for field, value in body.items()})
        for project in self.objects["projects"].values():
            project.update(status="successful", scm_revision="0123456")
        self.one("organizations", "Default")["_galaxy_credentials"] = [self.one("credentials", "Ansible Galaxy")["id"]]
        self._first = {kind: set(items) for kind, items in self.objects.items()}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Answers."""

            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                if token not in (TOKEN, ORGANIZER):
                    status, answer = 401, {"detail": "Authentication credentials were not provided."}
                else:
                    status, answer = outer.serve(self.command, self.path, body, superuser=token == TOKEN)
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

    def _id_of(self, kind: str, field: str, value: t.Any) -> t.Any:
        """The id of the object that a field of :data:`DEMO` names."""
        other = KINDS[kind].references.get(field)
        return self.one(other, value)["id"] if other else value

    # -- what is there ------------------------------------------------------------------------------------------------

    def names(self, organization: str | None = None) -> dict[str, list[str]]:
        """The names of all objects, by kind, but for those that were there from the start, updates and jobs.

        :param organization: only what belongs to it.
        :returns: sorted names.
        """
        where = self.one("organizations", organization)["id"] if organization else None
        found = {
            kind: sorted(
                item.get("name") or item.get("identifier", "")
                for number, item in items.items()
                if number not in self._first.get(kind, ()) and (where is None or item.get("organization") == where)
            )
            for kind, items in self.objects.items()
            if kind not in ("project_updates", "organizations", "jobs")
        }
        return {kind: names for kind, names in found.items() if names}

    def one(self, kind: str, name: str, organization: str | None = None) -> Object:
        """An object by its name or identifier.

        :param kind: as in the API's paths.
        :param name: its name.
        :param organization: the name of its organization, if there can be several.
        :returns: the object itself.
        """
        where = self.one("organizations", organization)["id"] if organization else None
        return next(
            item
            for item in self.objects[kind].values()
            if name in (item.get("name"), item.get("identifier"))
            and (where is None or item.get("organization") == where)
        )

    def add(self, kind: str, body: Object, number: int | None = None) -> Object:
        """Store an object, with the defaults of its kind.

        :param kind: as in the API's paths.
        :param body: what is given.
        :param number: its id, if that is not the next one.
        :returns: the object itself.
        """
        if number is None:
            number, self.next_number = self.next_number, self.next_number + 1
        obj: Object = {
            **copy.deepcopy(KINDS[kind].defaults),
            **copy.deepcopy(body),
            "id": number,
            "type": KINDS[kind].type,
            "url": f"/api/v2/{kind}/{number}/",
        }
        self.objects.setdefault(kind, {})[number] = obj
        return obj

    def linked(self, kind: str, name: str, association: str) -> list[str]:
        """The names of the objects that are associated with one.

        :param kind: of the object.
        :param name: of the object.
        :param association: the list.
        :returns: sorted names.
        """
        found = self.one(kind, name).get(f"_{association}", [])
        others = self.objects[ASSOCIATIONS[association]]
        return sorted(others[number].get("name") or others[number]["identifier"] for number in found)

    # -- the API ------------------------------------------------------------------------------------------------------

    def serve(self, method: str, target: str, body: Object, superuser: bool = True) -> Answer:
        """Answer a request.

        :param method: of HTTP.
        :param target: path and query.
        :param body: the document.
        :param superuser: whether a System Administrator asks.
        :returns: status and document.
        """
        parts = urlsplit(target)
        words = parts.path.removeprefix("/api/v2/").strip("/").split("/")
        self._delete_what_is_due()
        if method != "GET":
            self.writes.append(f"{method} {parts.path}")
        try:
            return self._serve(method, words, dict(parse_qsl(parts.query)), body, superuser)
        except Refused as refused:
            return refused.answer

    def _serve(self, method: str, words: list[str], query: dict[str, str], body: Object, superuser: bool) -> Answer:
        kind = words[0]
        if kind == "me":
            name = "admin" if superuser else "organizer"
            return 200, self._page([item for item in self.objects["users"].values() if item["username"] == name])
        if len(words) == 1:
            if method == "POST":
                return self._create(kind, body, superuser)
            return 200, self._page(self._found(kind, query))
        obj = self.objects.get(kind, {}).get(int(words[1])) if words[1].isdigit() else None
        if obj is None:
            return 404, {"detail": "Not found."}
        if len(words) == 2:
            return self._one(method, kind, obj, body, superuser)
        return self._of_one(method, kind, obj, words[2], body)

    def _of_one(self, method: str, kind: str, obj: Object, what: str, body: Object) -> Answer:
        if what in ASSOCIATIONS:
            return self._associated(method, obj, what, body)
        if what == "survey_spec":
            return self._survey(method, obj, body)
        if what == "create_approval_template" and method == "POST":
            made = self.add("workflow_approval_templates", body)
            obj["unified_job_template"] = made["id"]
            return 201, self._shown(made)
        if what == "update" and method == "POST" and kind == "projects":
            update = self._update(obj)
            return 202, {"id": update["id"], "project_update": update["id"], **self._shown(update)}
        if what == "launch" and method == "POST":
            return self._launch(obj, body)
        below = {
            "project_updates": ("project_updates", "project"),
            "workflow_nodes": ("workflow_job_template_nodes", "workflow_job_template"),
            "unified_job_templates": ("unified_job_templates", "execution_environment"),
        }
        if what in below and method == "GET":
            other, field = below[what]
            return 200, self._page(self._found(other, {field: str(obj["id"])}))
        return 404, {"detail": "Not found."}

    def _found(self, kind: str, query: dict[str, str]) -> list[Object]:
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        items = [item for name in kinds for item in self.objects.get(name, {}).values()]
        either = {key.removeprefix("or__"): value for key, value in query.items() if key.startswith("or__")}
        items = [
            item
            for item in items
            if all(
                self._matches(item, key, value)
                for key, value in query.items()
                if not key.startswith("or__") and key not in ("page_size", "order_by")
            )
            and (not either or any(self._matches(item, key, value) for key, value in either.items()))
        ]
        return sorted(items, key=lambda item: (str(item.get("name", "")), item["id"]))

    @staticmethod
    def _matches(item: Object, key: str, value: str) -> bool:
        """Whether an object passes a filter of a list."""
        field, _sep, lookup = key.partition("__")
        shown = item.get(field)
        text = str(shown).lower() if isinstance(shown, bool) else "null" if shown is None else str(shown)
        if lookup == "contains":
            return value in text
        if lookup == "startswith":
            return text.startswith(value)
        if lookup == "isnull":
            return (shown is None) == (value.lower() == "true")
        return text == (value.lower() if isinstance(shown, bool) else value)

    def _page(self, items: t.Iterable[Object]) -> Object:
        shown = [self._shown(item) for item in items]
        return {"count": len(shown), "next": None, "previous": None, "results": shown}

    def _shown(self, obj: Object) -> Object:
        """An object as AWX shows it: with links, and with secrets encrypted."""
        out = {key: copy.deepcopy(value) for key, value in obj.items() if not key.startswith("_")}
        out["summary_fields"] = {}
        if obj["type"] == "organization":
            may = {"edit": obj["id"] not in self.foreign, "delete": True}
            out["summary_fields"]["user_capabilities"] = may
        out["related"] = {"survey_spec": f"{obj['url']}survey_spec/", "update": f"{obj['url']}update/"}
        if obj["type"] == "credential":
            kind = self.objects["credential_types"][obj["credential_type"]]
            secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
            out["inputs"] = {
                key: ENCRYPTED if key in secret else value for key, value in (obj.get("inputs") or {}).items()
            }
        elif obj["type"] == "project":
            update = self._running_update(obj)
            if update:
                out["summary_fields"]["current_update"] = {"id": update["id"], "status": update["status"]}
        elif obj["type"] == "workflow_job_template_node":
            for name in ("success_nodes", "failure_nodes", "always_nodes"):
                out[name] = list(obj.get(f"_{name}", []))
            template = self.objects.get("workflow_approval_templates", {}).get(obj["unified_job_template"] or 0)
            if template:
                out["related"]["unified_job_template"] = template["url"]
        return out

    # -- making and changing ------------------------------------------------------------------------------------------

    def _create(self, kind: str, body: Object, superuser: bool) -> Answer:
        self._allowed(kind, body, superuser)
        if kind == "inventories" and body.get("kind") is None:
            body = {**body, "kind": ""}
        body = {key: value for key, value in body.items() if key != "type"}
        self._check(kind, None, {**copy.deepcopy(KINDS[kind].defaults), **body}, body)
        obj = self.add(kind, body)
        if kind == "projects":
            name = re.sub(r"[^a-z0-9]+", "_", str(obj["name"]).lower())
            obj["local_path"] = f"_{obj['id']}__{name}"
            self._update(obj)
        elif kind == "inventory_sources":
            self._count_sources(obj["inventory"])
        return 201, self._shown(obj)

    def _one(self, method: str, kind: str, obj: Object, body: Object, superuser: bool) -> Answer:
        if method == "PATCH":
            self._allowed(kind, obj, superuser)
            body = {key: value for key, value in body.items() if key != "type"}
            if kind == "inventories" and "kind" in body and body["kind"] is None:
                body["kind"] = ""
            if kind == "credentials" and isinstance(body.get("inputs"), dict):
                old = obj.get("inputs") or {}
                body["inputs"] = {
                    key: old.get(key) if value == ENCRYPTED else value for key, value in body["inputs"].items()
                }
            self._check(kind, obj, {**obj, **body}, body)
            again = kind == "projects" and any(body.get(key, obj.get(key)) != obj.get(key) for key in SYNCED)
            obj.update(copy.deepcopy(body))
            if again:
                self._update(obj)
        elif method == "DELETE":
            return self._delete(kind, obj, superuser)
        elif kind == "project_updates":
            self._advance(obj)
        return 200, self._shown(obj)

    @staticmethod
    def _allowed(kind: str, obj: Object, superuser: bool) -> None:
        """Refuse what only a System Administrator may do."""
        if kind in SYSTEM and obj.get("organization") is None and not superuser:
            raise Refused(403, {"detail": FORBIDDEN})

    def _check(self, kind: str, obj: Object | None, whole: Object, body: Object) -> None:
        """Refuse what AWX refuses.

        :param kind: as in the API's paths.
        :param obj: the object as it is, None for one that is to be made.
        :param whole: as it would be.
        :param body: what is given.
        """
        table = KINDS[kind]
        for field, other in table.references.items():
            if body.get(field) is not None and not self._found(other, {"id": str(body[field])}):
                raise Refused(400, {field: [f'Invalid pk "{body[field]}" - object does not exist.']})
        twins = [
            item
            for item in self.objects.get(kind, {}).values()
            if item is not obj and all(item.get(key) == whole.get(key) for key in table.unique)
        ]
        if table.unique and twins:
            raise Refused(400, {table.taken[0]: [table.taken[1]]})
        check = getattr(self, f"_check_{kind}", None)
        if check:
            check(obj, whole, body)

    def _check_credential_types(self, obj: Object | None, whole: Object, body: Object) -> None:
        used = obj and self._found("credentials", {"credential_type": str(obj["id"])})
        if used and obj and body.get("inputs", obj["inputs"]) != obj["inputs"]:
            detail = "Modifications to inputs are not allowed for credential types that are in use"
            raise Refused(403, {"detail": detail})
        from jinja2 import StrictUndefined, UndefinedError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
        fields = {item["id"]: "EXAMPLE" for item in whole["inputs"].get("fields", [])}
        for templates in (whole.get("injectors") or {}).values():
            for name, template in templates.items():
                try:
                    sandbox.from_string(template).render(**fields)
                except UndefinedError as error:
                    raise Refused(400, {"injectors": [f"{name} uses an undefined field ({error})"]}) from None

    def _check_credentials(self, obj: Object | None, whole: Object, body: Object) -> None:
        fields = self.objects["credential_types"][whole["credential_type"]]["inputs"].get("fields", [])
        known = {field["id"]: field for field in fields}
        for name, value in (body.get("inputs") or {}).items():
            if name not in known:
                text = f"Additional properties are not allowed ({name!r} was unexpected)"
                raise Refused(400, {"inputs": [text]})
            if known[name].get("type", "string") == "string" and not isinstance(value, str):
                raise Refused(400, {"inputs": {name: [f"{value!r} is not of type 'string'"]}})
            choices = known[name].get("choices")
            if choices and value not in choices:
                raise Refused(400, {"inputs": {name: [f"{value!r} is not one of {choices}"]}})

    def _check_projects(self, obj: Object | None, whole: Object, body: Object) -> None:
        if not whole["scm_type"] and not body.get("local_path"):
            raise Refused(400, {"local_path": ["This path is already being used by another manual project."]})

    def _check_inventory_sources(self, obj: Object | None, whole: Object, body: Object) -> None:
        project = self.objects["projects"].get(whole.get("source_project") or 0)
        if project and not project["scm_type"]:
            raise Refused(400, {"source_project": ["Cannot use manual project for SCM-based inventory."]})

    def _check_job_templates(self, obj: Object | None, whole: Object, body: Object) -> None:
        project = self.objects["projects"].get(whole.get("project") or 0)
        if project is None:
            raise Refused(400, {"project": ["This field is required."]})
        if project["id"] in self._first["projects"]:
            return
        there = self.playbooks.get(project["scm_url"], OURS) if project["scm_revision"] else []
        if whole.get("playbook") not in there:
            raise Refused(400, {"playbook": ["Playbook not found for project."]})

    def _check_schedules(self, obj: Object | None, whole: Object, body: Object) -> None:
        wrong = []
        start, _sep, rule = str(whole.get("rrule", "")).partition("RRULE:")
        parts = dict(part.partition("=")[::2] for part in rule.strip().split(";") if part)
        if not re.match(r"DTSTART(;TZID=[^:]+)?:\d{8}T\d{6}Z?\s", start):
            wrong.append("Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
        if "INTERVAL" not in parts:
            wrong.append(f"INTERVAL required in rrule: RULE:{rule.strip()}")
        if parts.get("FREQ") not in FREQUENCIES:
            wrong.append(f"rrule parsing failed validation: invalid 'FREQ': {parts.get('FREQ')}")
        if wrong:
            raise Refused(400, {"rrule": wrong})

    def _survey(self, method: str, obj: Object, body: Object) -> Answer:
        if method != "POST":
            return 200, obj.get("_survey", {})
        for number, question in enumerate(body.get("spec", [])):
            if question["type"] not in QUESTIONS:
                known = ", ".join(QUESTIONS)
                kind = question["type"]
                text = f"'{kind}' in survey question {number} is not one of '{known}' allowed question types."
                return 400, {"error": text}
            choices = question.get("choices") or []
            if question["type"].startswith("multi"):
                listed = choices if isinstance(choices, list) else choices.splitlines()
                chosen = [text for text in str(question.get("default", "")).splitlines() if text]
                if not listed or not set(chosen) <= set(listed):
                    return 400, {"error": f"Default choice must be answered from the choices listed ({number})."}
        obj["_survey"] = copy.deepcopy(body)
        return 200, None

    def _launch(self, obj: Object, body: Object) -> Answer:
        given = body.get("extra_vars") or {}
        questions = obj.get("_survey", {}).get("spec", []) if obj["survey_enabled"] else []
        # A required question is only looked for: an empty text is an answer.
        missing = [
            f"'{item['variable']}' value missing"
            for item in questions
            if item["required"] and item["variable"] not in given
        ]
        if missing:
            return 400, {"variables_needed_to_start": missing}
        before = self.updates_before(obj)
        failed = [item for item in before if not item[2]]
        job = self.add(
            "jobs",
            {
                "name": obj["name"],
                "job_template": obj["id"],
                "playbook": obj["playbook"],
                "extra_vars": json.dumps({**json.loads(obj["extra_vars"] or "{}"), **given}),
                "status": "failed" if failed else "pending",
            },
        )
        if failed:
            told = {"job_type": failed[0][0], "job_name": failed[0][1], "job_id": str(before.index(failed[0]) + 1)}
            job["job_explanation"] = f"Previous Task Failed: {json.dumps(told)}"
        return 201, {"job": job["id"], **self._shown(job)}

    def updates_before(self, template: Object) -> list[tuple[str, str, bool]]:
        """What AWX updates before a job of a template, which fails if one of these does.

        :param template: the job template.
        :returns: of each update its kind, the name of what is updated, and whether that can be reached.
        """
        projects = [self.objects["projects"][template["project"]]]
        sources = [
            item
            for item in self.objects.get("inventory_sources", {}).values()
            if item["inventory"] == template["inventory"] and item["update_on_launch"]
        ]
        projects += [self.objects["projects"][item["source_project"]] for item in sources if item["source_project"]]
        found = [
            ("project_update", item["name"], item["scm_url"] not in self.broken)
            for item in projects
            if item["scm_update_on_launch"]
        ]
        found += [("inventory_update", item["name"], item["name"] not in self.broken) for item in sources]
        return list(dict.fromkeys(found))

    def _associated(self, method: str, obj: Object, name: str, body: Object) -> Answer:
        ids: list[int] = obj.setdefault(f"_{name}", [])
        if method != "POST":
            return 200, self._page(self.objects[ASSOCIATIONS[name]][number] for number in ids)
        number = body["id"]
        if body.get("disassociate"):
            ids.remove(number)
        elif number not in self.objects.get(ASSOCIATIONS[name], {}):
            return 400, {"detail": "Not found."}
        else:
            if name == "credentials":
                self._one_of_each_type(ids, number)
            ids.append(number)
        return 204, None

    def _one_of_each_type(self, ids: list[int], number: int) -> None:
        """Refuse a second credential of a type. Of those of Vault, there can be several."""
        credentials = self.objects["credentials"]
        kind = self.objects["credential_types"][credentials[number]["credential_type"]]
        if kind["kind"] != "vault" and kind["id"] in [credentials[key]["credential_type"] for key in ids]:
            raise Refused(400, {"error": f"Cannot assign multiple {kind['name']} credentials."})

    def _count_sources(self, inventory: int) -> None:
        """Keep the numbers of an inventory's sources."""
        count = len(self._found("inventory_sources", {"inventory": str(inventory)}))
        if inventory in self.objects["inventories"]:
            self.objects["inventories"][inventory].update(
                has_inventory_sources=count > 0, total_inventory_sources=count
            )

    # -- updates of projects ------------------------------------------------------------------------------------------

    def _running_update(self, project: Object) -> Object | None:
        found = [
            item
            for item in self.objects.get("project_updates", {}).values()
            if item["project"] == project["id"] and not item["event_processing_finished"]
        ]
        return found[-1] if found else None

    def _update(self, project: Object) -> Object:
        """Begin to get a project, unless that goes on already."""
        running = self._running_update(project)
        if running:
            return running
        number, self.next_update = self.next_update, self.next_update + 1
        update = self.add(
            "project_updates",
            {
                "name": project["name"],
                "project": project["id"],
                "unified_job_template": project["id"],
                "_left": self.patience,
                "finished": None,
            },
            number,
        )
        project["status"] = "pending"
        return update

    def _advance(self, update: Object) -> None:
        """An update is looked at: it goes on, and ends at last."""
        if update["event_processing_finished"]:
            return
        update["_left"] -= 1
        update["status"] = "running"
        if update["_left"] > 0:
            return
        project = self.objects["projects"][update["project"]]
        failed = project["scm_url"] in self.broken
        update.update(
            status="failed" if failed else "successful",
            failed=failed,
            event_processing_finished=True,
            finished="2026-01-01T00:00:00Z",
        )
        project.update(status=update["status"], last_job_failed=failed, last_update_failed=failed)
        if not failed:
            update["scm_revision"] = project["scm_revision"] = "0123456789"

    # -- deleting -----------------------------------------------------------------------------------------------------

    def _delete(self, kind: str, obj: Object, superuser: bool) -> Answer:
        self._allowed(kind, obj, superuser)
        if kind == "credential_types" and self._found("credentials", {"credential_type": str(obj["id"])}):
            return 403, {"detail": "Credential types that are in use cannot be deleted"}
        jobs = [{"id": 1, "type": "job"}] if (kind, obj["id"]) in self.running else []
        if kind == "projects" and self._running_update(obj):
            jobs = [{"id": self._running_update(obj)["id"], "type": "project_update"}]  # type: ignore[index]
        if jobs:
            return 409, {"error": "Resource is being used by running jobs.", "active_jobs": jobs}
        if kind == "inventories":
            if obj["pending_deletion"]:
                return 400, {"error": "Inventory is already pending deletion."}
            obj["pending_deletion"] = True
            self._deleted.append([obj["id"], self.deletion_takes])
            return 202, None
        self._remove(kind, obj["id"])
        return 204, None

    def finish_deletions(self) -> None:
        """Remove the inventories whose deletion was asked for, as AWX does in the end."""
        while self._deleted:
            self._remove("inventories", self._deleted.pop()[0])

    def _delete_what_is_due(self) -> None:
        """Inventories go some time after their deletion was asked for."""
        for item in list(self._deleted):
            item[1] -= 1
            if item[1] < 0:
                self._deleted.remove(item)
                self._remove("inventories", item[0])

    def _remove(self, kind: str, number: int) -> None:
        """Take an object away, with what hangs on it, and out of what refers to it."""
        obj = self.objects[kind].pop(number)
        for other, field in KINDS[kind].cascades:
            for key in [key for key, item in self.objects.get(other, {}).items() if item.get(field) == number]:
                self._remove(other, key)
        if kind == "workflow_job_template_nodes" and obj["unified_job_template"]:
            self.objects.get("workflow_approval_templates", {}).pop(obj["unified_job_template"], None)
        if kind == "inventory_sources":
            self._count_sources(obj["inventory"])
        names = (kind, "unified_job_templates") if kind in UNIFIED else (kind,)
        for other, table in KINDS.items():
            for item in self.objects.get(other, {}).values():
                for field, target in table.references.items():
                    if target in names and item.get(field) == number:
                        item[field] = None
                for field, target in ASSOCIATIONS.items():
                    if target == kind and number in item.get(f"_{field}", []):
                        item[f"_{field}"].remove(number)


#: The playbooks of the collection's own project.
OURS: t.Final = sorted(path.name for path in (ROOT / "awx" / "project").glob("*.yml"))


def injected(kind: Object, inputs: Object) -> tuple[dict[str, str], dict[str, t.Any]]:
    """What a credential gives a job: environment and extra variables, as AWX makes them (inject_credential).

    AWX evaluates the templates in an immutable sandbox. A text field that is not given is an empty text there, and
    anything else that is not given has no name; names that AWX refuses are refused here too.

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
    texts = {name: "" for name, item in known.items() if item.get("type", "string") == "string"}

    def rendered(template: str) -> str:
        return str(sandbox.from_string(template).render(**{**texts, **inputs}))

    injectors = kind["injectors"]
    environment = {name: rendered(template) for name, template in injectors.get("env", {}).items()}
    for name in environment:
        assert re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) and not name.startswith("ANSIBLE_"), name
    return environment, {name: rendered(template) for name, template in injectors.get("extra_vars", {}).items()}
