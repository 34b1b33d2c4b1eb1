# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several of the integration tests need besides the harness: short tasks, other servers, canaries, examples."""

from __future__ import annotations

import contextlib
import http.server
import threading
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .playbook import ROOT, Run
from .server import SandboxServer

#: What every module's name begins with.
PREFIX = "community.posthog.posthog_"

#: The modules that manage something, then those that read.
MANAGING = ("cohort", "dashboard", "feature_flag", "insight", "member", "project", "role", "role_membership")
READING = ("connection_info", "info")

COHORT_FILTERS: dict[str, t.Any] = {
    "properties": {
        "type": "OR",
        "values": [
            {
                "type": "AND",
                "values": [{"type": "person", "key": "email", "operator": "icontains", "value": "@acme.test"}],
            }
        ],
    }
}

TRENDS: dict[str, t.Any] = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]}

#: Options that make one object of each managing module, given a role called Engineering for the memberships.
SAMPLES: dict[str, dict[str, t.Any]] = {
    "cohort": {"name": "Own people", "filters": COHORT_FILTERS},
    "dashboard": {"name": "Growth", "tiles": [{"text": "# Growth"}]},
    "feature_flag": {"key": "new-checkout", "rollout_percentage": 10},
    "insight": {"name": "Visitors", "query": TRENDS},
    "member": {"email": "ada@example.com", "level": "admin"},
    "project": {"name": "Website", "timezone": "Europe/Berlin"},
    "role": {"name": "Engineering"},
    "role_membership": {"role": "Engineering", "organization_member": "member@acme.test"},
}

#: The samples in an order in which each can be made.
ORDER = ("role", "role_membership", "member", "cohort", "feature_flag", "insight", "dashboard", "project")


def task(name: str, module: str, options: t.Mapping[str, t.Any] | None = None, **keywords: t.Any) -> dict[str, t.Any]:
    """A task of this collection.

    :param name: the task's name.
    :param module: the module without its prefix.
    :param options: its options.
    :param keywords: of the task: C(loop), C(check_mode) and so on.
    """
    return {"name": name, PREFIX + module: dict(options or {}), **keywords}


def all_ok(run: Run) -> Run:
    """Fail the test where a task failed."""
    bad = [str(item) for item in run.tasks if item.status not in ("ok", "skipped")]
    assert not bad and run.tasks, "\n\n".join(bad) or run.output
    return run


def names_of(server: SandboxServer, type_name: str, key: str = "name") -> list[str]:
    """The names of all living objects of a type that the sandbox stores."""
    rows = server.control("dump", type=type_name)["rows"]
    return sorted(str(row.get(key)) for row in rows if not row.get("deleted"))


@contextlib.contextmanager
def peers(server: SandboxServer) -> t.Iterator[set[t.Any]]:
    """Collect the addresses from which the sandbox's API is asked: one for each connection."""
    inner = server._sandbox.server
    before = inner.RequestHandlerClass
    found: set[t.Any] = set()

    class Watching(before):  # type: ignore[misc, valid-type]
        """Takes note of the peer of each request that is none to the control endpoint."""

        def parse_request(self) -> bool:
            """See the base class."""
            good: bool = super().parse_request()
            if good and not self.path.startswith("/__control__"):
                found.add(self.client_address)
            return good

    inner.RequestHandlerClass = Watching
    try:
        yield found
    finally:
        inner.RequestHandlerClass = before


Reply = tuple[int, t.Mapping[str, str], bytes]


@dataclass
class OtherServer:
    """A server that is not PostHog, and what it was asked.

    :param answer: gets the method, the path and the headers, and gives status, headers and body.
    """

    answer: t.Callable[[str, str, t.Mapping[str, str]], Reply]
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def __enter__(self) -> OtherServer:
        """Serve in a thread, on a free port of loopback."""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Hands each request to the answer."""

            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                self.rfile.read(length)
                headers = dict(self.headers.items())
                outer.seen.append((self.command, self.path, headers))
                status, more, body = outer.answer(self.command, self.path, headers)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

            def log_message(self, *args: t.Any) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def where_found(run: Run, directory: Path, texts: t.Iterable[str], but: t.Collection[str] = ()) -> list[str]:
    """Where secret texts were left behind.

    :param run: its output and its tasks' results are searched.
    :param directory: every file below it is searched.
    :param texts: the secrets.
    :param but: names of files that hold them on purpose: the playbook.
    :returns: one line for each finding, with what stands around it.
    """
    found: list[str] = []
    for text in texts:
        assert len(text) >= 6, "a canary must be longer than what may stand there by chance"
        for name, content in (("stdout", run.stdout), ("stderr", run.stderr)):
            found += _around(name, content, text)
        for path in sorted(directory.rglob("*")):
            if path.is_file() and path.name not in but:
                found += _around(str(path.relative_to(directory)), path.read_bytes().decode("utf-8", "replace"), text)
    return found


def _around(name: str, content: str, text: str) -> list[str]:
    at = content.find(text)
    return [f"{name}: …{content[max(0, at - 200) : at + len(text) + 60]}…"] if at >= 0 else []


def module_examples(module: str) -> list[dict[str, t.Any]]:
    """The tasks of a module's C(EXAMPLES)."""
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    text = source.split('EXAMPLES = r"""', 1)[1].split('"""', 1)[0]
    return list(yaml.safe_load(text))


def yaml_blocks(path: Path) -> list[str]:
    """The YAML blocks of a Markdown or reStructuredText page that are plays and not marked C(# not run:)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    blocks: list[str] = []
    if path.suffix == ".md":
        inside: list[str] | None = None
        for line in lines:
            if inside is None and line.strip() in ("```yaml", "```yml"):
                inside = []
            elif inside is not None and line.strip() == "```":
                blocks.append("\n".join(inside) + "\n")
                inside = None
            elif inside is not None:
                inside.append(line)
    else:
        blocks = list(_rst_blocks(lines))
    return [block for block in blocks if _is_play(block)]


def _rst_blocks(lines: t.Sequence[str]) -> t.Iterator[str]:
    """What stands below C(.. code-block:: yaml), without its indentation and its options."""
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if line.strip() not in (".. code-block:: yaml", ".. code-block:: yaml+jinja"):
            continue
        outer = len(line) - len(line.lstrip())
        body: list[str] = []
        while index < len(lines):
            line = lines[index]
            if line.strip() and len(line) - len(line.lstrip()) <= outer:
                break
            body.append(line)
            index += 1
        while body and (not body[0].strip() or body[0].strip().startswith(":")):
            body.pop(0)
        indent = min((len(item) - len(item.lstrip()) for item in body if item.strip()), default=0)
        yield "\n".join(item[indent:] for item in body).rstrip() + "\n"


def _is_play(block: str) -> bool:
    if block.lstrip().startswith("# not run:"):
        return False
    try:
        data = yaml.safe_load(block)
    except yaml.YAMLError:  # tags such as !vault
        return False
    return isinstance(data, list) and bool(data) and all(isinstance(item, dict) and "hosts" in item for item in data)
