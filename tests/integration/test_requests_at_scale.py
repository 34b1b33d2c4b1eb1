# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a large organization costs: 2,000 insights on 500 dashboards, of 4,800 requests that PostHog allows in an hour.

What is counted does not depend on how fast a machine is. Export and drift run in the test process.
"""

from __future__ import annotations

import collections
import re
import typing as t
from pathlib import Path

import pytest
from harness import Harness, SandboxServer, Task
from harness.engine import Engine
from harness.extras import TRENDS, all_ok, task

INSIGHTS, BOARDS, TEXTS, SHARED = 2000, 500, 100, 3

#: What lists alone may cost: those of all types, some of which have several, and what is more than a page of them.
LISTS = 100

BOX = {"sm": {"x": 0, "y": 0, "w": 6, "h": 5}}


@pytest.fixture(scope="module")
def large(sandbox_server: SandboxServer) -> t.Iterator[SandboxServer]:
    """Insights that are on two dashboards each, texts on some dashboards, and some that are shared."""
    server = sandbox_server
    server.reset()
    boards = [{"name": f"board {number}"} for number in range(BOARDS)]
    ids = server.control("seed", {"type": "dashboard", "objects": boards})["ids"]
    query = {"kind": "InsightVizNode", "source": TRENDS}
    insights = [
        {
            "name": f"insight {number}",
            "query": query,
            "saved": True,
            "dashboards": [ids[number % BOARDS], ids[(number + 7) % BOARDS]],
        }
        for number in range(INSIGHTS)
    ]
    server.control("seed", {"type": "insight", "objects": insights})
    for number in ids[:TEXTS]:
        server.api("PATCH", f"dashboards/{number}/", {"tiles": [{"text": {"body": "About"}, "layouts": BOX}]})
    for number in ids[:SHARED]:
        server.api("PATCH", f"dashboards/{number}/sharing/", {"enabled": True})
    yield server
    server.reset()


def counted(requests: t.Iterable[dict[str, t.Any]]) -> collections.Counter[str]:
    """How often each route was asked for, whatever the ids."""
    return collections.Counter(re.sub(r"/(\d+|[0-9a-f-]{36})/", "/N/", entry["path"]) for entry in requests)


def details(requests: t.Iterable[dict[str, t.Any]]) -> int:
    """Requests for one object alone, besides the project, the organization and what exists once."""
    return sum(
        count
        for route, count in counted(requests).items()
        if re.search(r"/N/\w+/N/", route) and not route.endswith("/projects/N/")
    )


def check(engine: Engine, config: t.Any, **options: t.Any) -> Task:
    """Compare the project with a configuration, the objects included that it does not declare."""
    options = {"config": config, "purge": ["dashboards", "insights"], "purge_scope": "all", **options}
    options = {"allow_empty": True, "max_deletions": "100%", "rate_limit": 0, **options}
    return all_ok(engine.run([task("Drift", "config", options, check_mode=True)]))["Drift"]


def test_export_and_drift(large: SandboxServer) -> None:
    """All of it costs a request for each dashboard besides the lists; what lists show costs the lists alone."""
    engine = Engine(large)
    export = all_ok(engine.run([task("Export", "export", {"rate_limit": 0})]))["Export"]
    routes = counted(export.requests)
    assert routes["/api/projects/N/dashboards/N/"] == BOARDS
    assert routes["/api/projects/N/dashboards/N/sharing/"] == SHARED
    assert len(export.requests) <= LISTS + BOARDS + SHARED, routes
    config = export.result["config"]
    assert config["undeclared"] == "default" and len(config["insights"]) == INSIGHTS
    assert sum("text" in tile for board in config["dashboards"] for tile in board["tiles"]) == TEXTS

    quick = check(engine, config, details=False)
    assert len(quick.requests) <= LISTS and not details(quick.requests), counted(quick.requests)
    assert quick.result["counts"]["unchanged"] >= INSIGHTS + BOARDS and not quick.changed
    (told,) = [text for text in quick.result["warnings"] if "dashboards" in text]
    assert "filters" in told and "tiles in part" in told, told

    brief = all_ok(engine.run([task("Export", "export", {"details": False, "rate_limit": 0})]))["Export"]
    assert len(brief.requests) <= LISTS and not details(brief.requests), counted(brief.requests)
    left_out = {entry["type"]: entry["reason"] for entry in brief.result["unfaithful"] if "details" in entry["reason"]}
    assert "filters" in left_out["dashboard"] and "tiles in part" in left_out["dashboard"], left_out
    config = brief.result["config"]
    assert config["undeclared"] == "keep", "what is not written must not be put back to its default"
    assert all(len(board["tiles"]) == 2 * INSIGHTS / BOARDS for board in config["dashboards"])
    assert sum("enabled" in item for item in config["sharings"]) == SHARED

    again = check(engine, config)
    assert len(again.requests) <= LISTS and not details(again.requests), counted(again.requests)
    assert not again.changed


def test_access_report(large: SandboxServer, tmp_path: Path) -> None:
    """Insights and dashboards cost the report nothing."""
    variables = {"posthog_access_report_html": str(tmp_path / "a.html"), "posthog_access_report_csv": ""}
    run = all_ok(Harness(large, tmp_path).run(path=Path("community.posthog.access_report"), variables=variables))
    assert len(run.requests) <= LISTS and not details(run.requests), counted(run.requests)
