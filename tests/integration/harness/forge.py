# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for the parts of GitHub's and GitLab's APIs that steps of pipelines use, on loopback.

They are written from both systems' documentation: paths, paging, fields, and who may ask.
"""

from __future__ import annotations

import io
import json
import threading
import typing as t
import urllib.parse
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Object = dict[str, t.Any]

#: The tokens that are taken.
GITHUB_TOKEN = "ghs_of-the-job"
GITLAB_TOKEN = "glpat-of-the-project"

REPOSITORY = "acme/posthog"
PROJECT = "42"


def archive(files: t.Mapping[str, bytes]) -> bytes:
    """Files as both systems hand artifacts out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


class Forge:
    """Both systems at one address."""

    def __init__(self) -> None:
        self.comments: list[Object] = []
        self.issues: list[Object] = []
        self.artifacts: list[Object] = []
        self.pulls: dict[str, list[Object]] = {}
        self.pipelines: list[Object] = []
        self.jobs: dict[int, list[Object]] = {}
        self.files: dict[int, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        #: What the storage of artifacts was told of who asks; it must be nothing.
        self.leaked: list[str] = []
        self._number = 100
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """Answers."""

            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                url = urllib.parse.urlsplit(self.path)
                query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
                outer.requests.append((self.command, self.path))
                status, answer = outer.answer(self.command, url.path, query, body, self.headers)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{outer.url}/storage/{answer['id']}")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = _serve

            def log_message(self, *args: t.Any) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def number(self) -> int:
        """A new id."""
        self._number += 1
        return self._number

    def answer(self, method: str, path: str, query: Object, body: t.Any, headers: t.Any) -> tuple[int, t.Any]:
        """The status and the body of an answer."""
        if path.startswith("/storage/"):
            self.leaked += [name for name in ("Authorization", "PRIVATE-TOKEN") if headers.get(name)]
            return 200, self.files[int(path.rpartition("/")[2])]
        if path.startswith("/api/v4/"):
            if headers.get("PRIVATE-TOKEN") != GITLAB_TOKEN:
                return 401, {"message": "401 Unauthorized"}
            return self._gitlab(method, path.removeprefix("/api/v4"), query, body)
        if headers.get("Authorization") != f"Bearer {GITHUB_TOKEN}":
            return 401, {"message": "Bad credentials"}
        return self._github(method, path, query, body)

    @staticmethod
    def _page(items: t.Sequence[t.Any], query: Object) -> tuple[int, t.Any]:
        size, page = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
        return 200, list(items[(page - 1) * size : page * size])

    def _github(self, method: str, path: str, query: Object, body: t.Any) -> tuple[int, t.Any]:
        steps = path.removeprefix(f"/repos/{REPOSITORY}/").split("/")
        if not path.startswith(f"/repos/{REPOSITORY}/"):
            return 404, {"message": "Not Found"}
        if steps[0] == "issues" and steps[-1] == "comments":
            if method == "GET":
                return self._page([item for item in self.comments if str(item["on"]) == steps[1]], query)
            if len(body["body"]) > 65536:
                return 422, {"message": "Validation Failed: body is too long (maximum is 65536 characters)"}
            made = {"id": self.number(), "on": steps[1], "user": {"login": "github-actions[bot]"}, **body}
            self.comments.append(made)
            return 201, made
        if steps[:2] == ["issues", "comments"] and method == "PATCH":
            return self._changed(self.comments, "id", steps[2], body)
        if steps == ["issues"]:
            if method == "GET":
                found = [item for item in self.issues if item["state"] == query.get("state", "open")]
                found = [item for item in found if query.get("labels") in (None, *item["labels"])]
                return self._page(found, query)
            made = {"number": self.number(), "state": "open", "labels": [], **body}
            self.issues.append(made)
            return 201, made
        if steps[0] == "issues" and method == "PATCH":
            return self._changed(self.issues, "number", steps[1], body)
        if steps[0] == "commits" and steps[2] == "pulls":
            return self._page(self.pulls.get(steps[1], []), query)
        if steps == ["actions", "artifacts"]:
            found = [item for item in self.artifacts if item["name"] == query.get("name", item["name"])]
            return 200, {"total_count": len(found), "artifacts": self._page(found, query)[1]}
        if steps[:2] == ["actions", "artifacts"] and steps[3] == "zip":
            return 302, {"id": int(steps[2])}
        return 404, {"message": "Not Found"}

    def _gitlab(self, method: str, path: str, query: Object, body: t.Any) -> tuple[int, t.Any]:
        if path == "/user":
            return 200, {"id": 7, "username": "project_42_bot"}
        if not path.startswith(f"/projects/{PROJECT}/"):
            return 404, {"message": "404 Project Not Found"}
        steps = path.removeprefix(f"/projects/{PROJECT}/").split("/")
        if steps[0] == "merge_requests" and steps[2:3] == ["notes"]:
            if method == "GET":
                return self._page([item for item in self.comments if str(item["on"]) == steps[1]], query)
            if method == "PUT":
                return self._changed(self.comments, "id", steps[3], body)
            made = {"id": self.number(), "on": steps[1], "author": {"id": 7}, **body}
            self.comments.append(made)
            return 201, made
        if steps[0] == "issues":
            if method == "GET":
                found = [item for item in self.issues if item["state"] == query.get("state")]
                return self._page([item for item in found if query.get("labels") in item["labels"]], query)
            if method == "PUT":
                change = dict(body)
                if change.pop("state_event", "") == "close":
                    change["state"] = "closed"
                return self._changed(self.issues, "iid", steps[1], change)
            made = {"iid": self.number(), "state": "opened", **body, "labels": body["labels"].split(",")}
            self.issues.append(made)
            return 201, made
        if steps[:2] == ["repository", "commits"]:
            return self._page(self.pulls.get(steps[2], []), query)
        if steps[0] == "merge_requests" and steps[2] == "pipelines":
            return self._page(self.pipelines, query)
        if steps[0] == "pipelines" and steps[2] == "jobs":
            return self._page(self.jobs.get(int(steps[1]), []), query)
        if steps[0] == "jobs" and steps[2] == "artifacts":
            return 302, {"id": int(steps[1])}
        return 404, {"message": "404 Not Found"}

    @staticmethod
    def _changed(items: t.Iterable[Object], key: str, value: str, body: Object) -> tuple[int, t.Any]:
        for item in items:
            if str(item[key]) == value:
                item.update(body)
                return 200, item
        return 404, {"message": "Not Found"}
