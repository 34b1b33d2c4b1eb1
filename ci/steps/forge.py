# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of a pipeline say to GitHub or GitLab, and get from there.

It needs nothing but Python 3.9. Where it runs is known by the variables that GitHub Actions and GitLab CI set.

    forge.py limit                    how many characters a comment may have
    forge.py annotate FILE...         show the mistakes in files that mistakes_dest has written at their lines
    forge.py comment TITLE FILE...    write the one comment on the pull or merge request, or update it
    forge.py fetch DIRECTORY          get the plan of the pull or merge request that was merged with this commit
    forge.py issue TITLE FILE         open the one issue about drift, or update it
    forge.py resolved TITLE           close it

What it shows of files and of PostHog is data: it is escaped for where it goes.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import sys
import typing as t
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

#: Marks the comment and the issue that are ours.
MARK = "<!-- community.posthog {} -->"

#: The label of the issue about drift.
LABEL = "posthog-drift"

#: The artifact, the job and the files of a plan.
PLAN = "posthog-plan"
FILES = ("plan-organization.json", "plan-project.json")

#: Bytes of a plan that are read at most.
LARGEST = 64 * 1024 * 1024

#: Mistakes that a comment shows.
SHOWN = 50

#: What is kept free in a comment for its heading and its end.
RESERVE = 1500


class Stop(Exception):
    """What ends a step, as a sentence."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is for one host, so redirects are followed by hand."""

    def redirect_request(self, *args: t.Any, **kwargs: t.Any) -> None:
        """Follow none."""


_OPENER = urllib.request.build_opener(_NoRedirect)


class Forge:
    """One of both systems.

    :param url: the base of its API.
    :param headers: that say who asks.
    """

    #: Characters of a comment.
    limit = 0

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        if not _is_safe(url):
            raise Stop(f"{url} is no https address, so no token is sent there.")
        self._url = url.rstrip("/")
        self._headers = headers

    def ask(self, method: str, path: str, body: t.Any = None, *, raw: bool = False) -> t.Any:
        """Send a request.

        :param method: of HTTP.
        :param path: below the base of the API, or a whole address of it.
        :param body: sent as JSON.
        :param raw: whether the answer is no JSON.
        :returns: the answer.
        """
        url = path if path.startswith(f"{self._url}/") else self._url + path
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "Content-Type": "application/json", "User-Agent": "community.posthog"}
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with _OPENER.open(request, timeout=60) as answer:
                content = answer.read(LARGEST)
        except urllib.error.HTTPError as exc:
            place = exc.headers.get("Location")
            if raw and exc.code in (301, 302, 303, 307, 308) and place and _is_safe(place):
                # A storage with an address of its own, which needs no token and gets none.
                with urllib.request.urlopen(urllib.request.Request(place), timeout=60) as answer:
                    return answer.read(LARGEST)
            raise Stop(
                f"{method} {url} was answered with {exc.code}: {_line(exc.read(500).decode(errors='replace'))}"
            ) from None
        except OSError as exc:
            raise Stop(f"{method} {url} failed: {_line(str(exc))}") from None
        return content if raw else json.loads(content or b"null")

    def pages(self, path: str, key: str = "") -> t.Iterator[dict[str, t.Any]]:
        """Everything in a list, page by page.

        :param path: of the list.
        :param key: where the answer holds it, if it is no list.
        """
        for page in range(1, 101):
            answer = self.ask("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={page}")
            items = answer[key] if key else answer
            yield from items
            if len(items) < 100:
                return

    def annotate(self, mistakes: list[dict[str, t.Any]]) -> None:
        """Show mistakes at their lines."""
        raise NotImplementedError

    def comment(self, body: str) -> None:
        """Write the comment, or update it."""
        raise NotImplementedError

    def plan_files(self) -> dict[str, bytes]:
        """The files of the plan that was reviewed."""
        raise NotImplementedError

    def issue(self, title: str, body: str | None) -> None:
        """Open the issue, update it, or close it."""
        raise NotImplementedError


class GitHub(Forge):
    """GitHub Actions."""

    limit = 65536

    def __init__(self) -> None:
        token = _needed("GITHUB_TOKEN", "give it in the step's env, as secrets.GITHUB_TOKEN or github.token")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        super().__init__(_needed("GITHUB_API_URL"), {**headers, "X-GitHub-Api-Version": "2022-11-28"})
        self._repository = f"/repos/{_needed('GITHUB_REPOSITORY')}"

    @staticmethod
    def annotate(mistakes: list[dict[str, t.Any]]) -> None:  # type: ignore[override]
        """See the base class: commands in the output, which need no token."""
        for item in mistakes:
            places = {
                "file": item["file"],
                "line": item.get("line"),
                "col": item.get("column"),
                "title": item.get("path"),
            }
            given = ",".join(f"{name}={_property(str(value))}" for name, value in places.items() if value)
            print(f"::error {given}::{_message(_sentence(item))}")

    def comment(self, body: str) -> None:
        """See the base class."""
        number = _event()["pull_request"]["number"]
        path = f"{self._repository}/issues/{number}/comments"
        # Somebody else may have written the mark, and could change the comment afterwards.
        author = os.environ.get("POSTHOG_CI_AUTHOR") or "github-actions[bot]"
        for item in self.pages(path):
            if MARK.format("plan") in (item.get("body") or "") and item["user"]["login"] == author:
                self.ask("PATCH", f"{self._repository}/issues/comments/{item['id']}", {"body": body})
                return
        self.ask("POST", path, {"body": body})

    def plan_files(self) -> dict[str, bytes]:
        """See the base class: an artifact of the workflow that ran for the head of the pull request."""
        commit = _needed("GITHUB_SHA")
        pulls = [item for item in self.pages(f"{self._repository}/commits/{commit}/pulls") if item.get("merged_at")]
        pulls = [item for item in pulls if item.get("merge_commit_sha") == commit] or pulls
        if not pulls:
            raise Stop(f"No pull request was merged with {commit}, so nobody reviewed a plan.")
        head = pulls[0]["head"]["sha"]
        name = urllib.parse.quote(f"{PLAN}-{head}")
        found = [
            item
            for item in self.pages(f"{self._repository}/actions/artifacts?name={name}", "artifacts")
            if not item["expired"]
            and item["workflow_run"]["head_sha"] == head
            # Whoever changes the workflow in a fork can upload anything.
            and item["workflow_run"]["head_repository_id"] == item["workflow_run"]["repository_id"]
        ]
        if not found:
            raise Stop(
                f"There is no plan of {head}, the head of pull request {pulls[0]['number']}; run its plan again."
            )
        newest = max(found, key=lambda item: item["created_at"])
        content = self.ask("GET", f"{self._repository}/actions/artifacts/{newest['id']}/zip", raw=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name for name in archive.namelist() if name in FILES}
            return {name: archive.read(name) for name in names if archive.getinfo(name).file_size < LARGEST}

    def issue(self, title: str, body: str | None) -> None:
        """See the base class."""
        for item in self.pages(f"{self._repository}/issues?state=open&labels={LABEL}"):
            if "pull_request" not in item and MARK.format("drift") in (item.get("body") or ""):
                path = f"{self._repository}/issues/{item['number']}"
                self.ask("PATCH", path, {"state": "closed"} if body is None else {"title": title, "body": body})
                return
        if body is not None:
            self.ask("POST", f"{self._repository}/issues", {"title": title, "body": body, "labels": [LABEL]})


class GitLab(Forge):
    """GitLab CI."""

    limit = 1000000

    def __init__(self) -> None:
        token = _needed(
            "POSTHOG_GITLAB_TOKEN", "an access token of the project with the scope api and the role Reporter"
        )
        super().__init__(_needed("CI_API_V4_URL"), {"PRIVATE-TOKEN": token})
        self._project = f"/projects/{_needed('CI_PROJECT_ID')}"

    @staticmethod
    def annotate(mistakes: list[dict[str, t.Any]]) -> None:  # type: ignore[override]
        """See the base class: a report of code quality, which needs no token."""
        report = [
            {
                "description": _sentence(item),
                "check_name": "community.posthog",
                "fingerprint": hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest(),
                "severity": "blocker",
                "location": {"path": item["file"], "lines": {"begin": item.get("line") or 1}},
            }
            for item in mistakes
        ]
        Path("gl-code-quality-report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
        for item in mistakes:
            print(f"{item['file']}:{item.get('line') or 1}: {_line(_sentence(item))}")

    def comment(self, body: str) -> None:
        """See the base class."""
        path = f"{self._project}/merge_requests/{_needed('CI_MERGE_REQUEST_IID')}/notes"
        own = self.ask("GET", "/user")["id"]
        for item in self.pages(path):
            if MARK.format("plan") in (item.get("body") or "") and item["author"]["id"] == own:
                self.ask("PUT", f"{path}/{item['id']}", {"body": body})
                return
        self.ask("POST", path, {"body": body})

    def plan_files(self) -> dict[str, bytes]:
        """See the base class: artifacts of the job that ran for the head of the merge request."""
        commit = _needed("CI_COMMIT_SHA")
        requests = list(self.pages(f"{self._project}/repository/commits/{commit}/merge_requests"))
        merged = [item for item in requests if item["state"] == "merged"]
        if not merged:
            raise Stop(f"No merge request was merged with {commit}, so nobody reviewed a plan.")
        head, number = merged[0]["sha"], merged[0]["iid"]
        for pipeline in self.pages(f"{self._project}/merge_requests/{number}/pipelines"):
            # Pipelines of forks run in the fork's own project.
            if pipeline["sha"] != head or str(pipeline["project_id"]) != os.environ["CI_PROJECT_ID"]:
                continue
            for job in self.pages(f"{self._project}/pipelines/{pipeline['id']}/jobs"):
                if job["name"] == PLAN and job["status"] == "success":
                    return self._artifacts(job["id"])
        raise Stop(f"There is no plan of {head}, the head of merge request {number}; run its plan again.")

    def _artifacts(self, job: int) -> dict[str, bytes]:
        content = self.ask("GET", f"{self._project}/jobs/{job}/artifacts", raw=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.rpartition("/")[2]: name for name in archive.namelist() if name.rpartition("/")[2] in FILES}
            return {
                short: archive.read(name) for short, name in names.items() if archive.getinfo(name).file_size < LARGEST
            }

    def issue(self, title: str, body: str | None) -> None:
        """See the base class."""
        for item in self.pages(f"{self._project}/issues?state=opened&labels={LABEL}"):
            if MARK.format("drift") in (item.get("description") or ""):
                change = {"state_event": "close"} if body is None else {"title": title, "description": body}
                self.ask("PUT", f"{self._project}/issues/{item['iid']}", change)
                return
        if body is not None:
            self.ask("POST", f"{self._project}/issues", {"title": title, "description": body, "labels": LABEL})


def _is_safe(url: str) -> bool:
    """Tell whether what goes to an address, and comes from it, can be read by nobody in between."""
    place = urllib.parse.urlsplit(url)
    return place.scheme == "https" or (place.scheme == "http" and place.hostname in ("127.0.0.1", "localhost", "::1"))


def _needed(name: str, remedy: str = "") -> str:
    value = os.environ.get(name)
    if not value:
        raise Stop(f"The variable {name} is not set{'; ' + remedy if remedy else ''}.")
    return value


def _event() -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads(Path(_needed("GITHUB_EVENT_PATH")).read_text(encoding="utf-8")))


def _kind() -> type[GitHub] | type[GitLab]:
    if os.environ.get("GITHUB_ACTIONS") == "true":
        return GitHub
    if os.environ.get("GITLAB_CI") == "true":
        return GitLab
    raise Stop("This is neither GitHub Actions nor GitLab CI: neither GITHUB_ACTIONS nor GITLAB_CI is true.")


def _sentence(item: dict[str, t.Any]) -> str:
    return "; ".join(str(item[key]) for key in ("message", "remedy") if item.get(key))


def _line(text: str) -> str:
    """A text on one line, without characters that a terminal obeys."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _message(text: str) -> str:
    """The message of a command to GitHub Actions."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property of a command to GitHub Actions."""
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def _code(text: str) -> str:
    """A text as an element of Markdown in which nothing has a meaning."""
    shown = "".join(sign if sign.isalnum() or sign == " " else f"&#{ord(sign)};" for sign in _line(text))
    return f"<code>{shown}</code>"


def _mistakes(paths: list[str]) -> list[dict[str, t.Any]]:
    """All mistakes in files, with names below the checkout."""
    top = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or os.getcwd()
    found = []
    for path in paths:
        for item in json.loads(Path(path).read_text(encoding="utf-8")) if Path(path).exists() else []:
            file = os.path.relpath(os.path.join(top, item.get("file") or ""), top)
            # What stands in no file is shown at the file of variables.
            named = file if item.get("file") else os.environ.get("POSTHOG_CI_VARIABLES") or "posthog.yml"
            found.append({**item, "file": named})
    return found


def _cut(text: str, limit: int) -> str:
    """A text that is no longer than a limit, cut between paragraphs."""
    if len(text) <= limit:
        return text
    end = text.rfind("\n\n", 0, limit - RESERVE)
    return f"{text[: max(end, 0)]}\n\n… cut here; the whole text is among the artifacts of the run.\n"


def _body(title: str, paths: list[str], limit: int) -> str:
    """The comment: reports, or what kept the plan from being made."""
    parts = [Path(path).read_text(encoding="utf-8") for path in paths if path.endswith(".md") and Path(path).exists()]
    mistakes = _mistakes([path for path in paths if path.endswith(".json")])
    if mistakes:
        lines = [
            f"- {_code(item['file'] + ':' + str(item.get('line') or 1))} {_code(_sentence(item))}" for item in mistakes
        ]
        more = [f"- and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        parts.append("\n".join(["**It cannot be applied like this:**", "", *lines[:SHOWN], *more]))
    elif not parts:
        parts.append("No plan was made. The output of the job says why.")
    head = f"{MARK.format('plan')}\n## {html.escape(title)}\n\n"
    return head + _cut("\n\n".join(parts), limit - len(head))


def main(arguments: list[str]) -> int:
    """Do what the command line says.

    :param arguments: the command line.
    :returns: the status to exit with.
    """
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    try:
        kind = _kind()
        if command == "limit":
            print(kind.limit)
        elif command == "annotate":
            kind.annotate(_mistakes(rest))
        elif command == "comment" and rest:
            kind().comment(_body(rest[0], rest[1:], kind.limit))
        elif command == "fetch" and len(rest) == 1:
            files = kind().plan_files()
            if not files:
                raise Stop("What was kept of the plan holds no plan.")
            for name, content in files.items():
                Path(rest[0], name).write_bytes(content)
                print(f"{name} is the plan that was reviewed.")
        elif command == "issue" and len(rest) == 2:
            head = f"{MARK.format('drift')}\n"
            text = Path(rest[1]).read_text(encoding="utf-8")
            kind().issue(rest[0], head + _cut(text, kind.limit - len(head)))
        elif command == "resolved" and len(rest) == 1:
            kind().issue(rest[0], None)
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Stop as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
