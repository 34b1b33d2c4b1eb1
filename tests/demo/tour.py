# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""See what an apply does, without an account: the demo is applied to the sandbox, and a page shows its objects.

The page is served on loopback, and asks each second what there is. Each step waits for Enter in a terminal. At the end
the sandbox stays, to be used from another terminal, until Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import signal
import sys
import threading
import typing as t
import webbrowser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from run import ARGUMENTS, GENERATED, DemoFailed, apply, headline, read, sandbox

if t.TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().with_name("tour.html")

#: How many of the last writes the page shows.
WRITES = 30

Json = dict[str, t.Any]

LEVELS = {1: "member", 8: "admin", 15: "owner"}


class Tour:
    """What the page shows, out of the sandbox.

    :param place: what the sandbox says of itself.
    """

    def __init__(self, place: Json) -> None:
        """See the class."""
        self.place = place
        #: What goes on, in a sentence.
        self.step = "Nothing was applied yet."

    def state(self) -> Json:
        """Return the objects by kind, each as a name with a few words, and the last writes."""
        place = self.place
        project = f"/api/projects/{place['project_id']}/"
        organization = f"/api/organizations/{place['organization_id']}/"
        settings = read(place, project)
        kinds = [
            ("Feature flags", [(item["key"], rollout(item)) for item in self._list(f"{project}feature_flags/")]),
            ("Cohorts", [(item["name"], item["description"]) for item in self._list(f"{project}cohorts/")]),
            ("Insights", [(item["name"], item["description"]) for item in self._list(f"{project}insights/")]),
            ("Dashboards", [(item["name"], item["description"]) for item in self._list(f"{project}dashboards/")]),
            (
                "People",
                [
                    (item["user"]["email"], LEVELS.get(item["level"], ""))
                    for item in self._list(f"{organization}members/")
                ],
            ),
            (
                "Roles",
                [
                    (item["name"], ", ".join(sorted(member["user"]["email"] for member in item["members"])))
                    for item in self._list(f"{organization}roles/")
                ],
            ),
            (
                "Settings of the project",
                [
                    (name, json.dumps(settings.get(name)))
                    for name in (
                        "timezone",
                        "week_start_day",
                        "anonymize_ips",
                        "session_recording_opt_in",
                        "session_recording_sample_rate",
                        "app_urls",
                    )
                ],
            ),
        ]
        shown = [
            {"kind": kind, "objects": [{"name": str(name), "about": str(about or "")} for name, about in objects]}
            for kind, objects in kinds
        ]
        return {"step": self.step, "project": settings["name"], "kinds": shown, "writes": self._writes()}

    def _list(self, path: str) -> list[Json]:
        """The objects of a list that somebody made, not those that PostHog makes along with a flag."""
        found = t.cast("list[Json]", read(self.place, f"{path}?limit=500")["results"])
        return [item for item in found if not str(item.get("name") or "").startswith(GENERATED)]

    def _writes(self) -> list[str]:
        """The last requests that changed something, the newest first."""
        log = read(self.place, "/__control__/log")
        entries = log.get("requests", log) if isinstance(log, dict) else log
        written = [f"{item['method']} {item['path']}" for item in entries if item["method"] != "GET"]
        return written[::-1][:WRITES]


def rollout(flag: Json) -> str:
    """A flag in a few words: whether it is on, and for whom.

    :param flag: as the API has it.
    """
    if not flag["active"]:
        return "off"
    filters = flag["filters"]
    variants = (filters.get("multivariate") or {}).get("variants") or []
    groups = filters.get("groups") or []
    limited = any(group.get("properties") for group in groups)
    percent = max((100 if group.get("rollout_percentage") is None else group["rollout_percentage"] for group in groups),
                  default=100)  # fmt: skip
    whom = "under conditions" if limited else f"{percent:g} %"
    return f"{whom}, {len(variants)} variants" if variants else whom


@contextlib.contextmanager
def served(tour: Tour, port: int) -> Iterator[str]:
    """Serve the page on loopback; gives its address.

    :param tour: knows what to show.
    :param port: to listen on, 0 for a free one.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers with the page or with what it shows."""

        def do_GET(self) -> None:
            """See the base class."""
            if self.path == "/":
                self.answer("text/html; charset=utf-8", PAGE.read_bytes())
            elif self.path == "/state.json":
                self.answer("application/json", json.dumps(tour.state()).encode())
            else:
                self.send_error(404)

        def answer(self, kind: str, body: bytes) -> None:
            """Send an answer that no browser keeps."""
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Nothing is said of requests, which come each second."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pause(text: str) -> None:
    """Wait for Enter, where somebody sits at the terminal.

    :param text: what happens next.
    """
    if sys.stdin.isatty():
        input(f"\nEnter {text} ")


def show(tour: Tour, *, once: bool) -> None:
    """Apply the demo step by step.

    :param tour: gets a sentence for each step.
    :param once: whether to end at the end.
    """
    pause("shows the plan: nothing is written.")
    headline("Check mode: what a run would do")
    tour.step = "Check mode: the terminal shows what a run would do. Nothing changes here."
    apply(tour.place, "--check")
    pause("applies it. Watch the page.")
    headline("A run")
    tour.step = "The run writes what the plan said."
    apply(tour.place)
    pause("applies it again.")
    headline("The same again")
    tour.step = "The second run changes nothing, and sends no write."
    apply(tour.place)
    tour.step = "All is as declared. Change playbooks/demo.yml, or something here by the API, and apply again."
    headline("Your turn")
    place = tour.place
    print(
        "The sandbox stays until Ctrl-C. From another terminal, in this directory:\n\n"
        f"  export POSTHOG_HOST={place['url']} POSTHOG_API_KEY={place['api_key']}\n"
        "  export ANSIBLE_COLLECTIONS_PATH=.build\n"
        f"  .venv/bin/ansible-playbook {' '.join(ARGUMENTS)}\n"
        "  .venv/bin/ansible-playbook -i localhost, community.posthog.kill_switch -e posthog_flag=express-checkout\n"
        f"  .venv/bin/ansible-playbook -i localhost, community.posthog.export -e posthog_export_dest=posthog",
        flush=True,
    )
    if not once:
        threading.Event().wait()


def main() -> int:
    """Run the tour; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="of the page, a free one by default")
    parser.add_argument("--no-browser", action="store_true", help="only print the address of the page")
    parser.add_argument("--once", action="store_true", help="end after the last step")
    options = parser.parse_args()
    # Whoever ends it by a signal wants no sandbox left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with sandbox() as place:
            tour = Tour(place)
            with served(tour, options.port) as address:
                print(f"The page is at {address}", flush=True)
                if not options.no_browser:
                    webbrowser.open(address)
                show(tour, once=options.once)
    except DemoFailed as exc:
        print(f"\nThe tour failed: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
