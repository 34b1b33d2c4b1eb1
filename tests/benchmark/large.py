# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count what an export of a large project costs, and drift of what it wrote, of the 4,800 requests of an hour."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from run import Player, Table, Verdict

INSIGHTS, BOARDS = 2000, 500
AN_HOUR = 4800
#: What lists alone may cost, of all types.
LISTS = 100

EXPORT = """    - name: Export
      community.posthog.posthog_export:
        dest: {place}
        clean: true
        rate_limit: 0
        details: {details}
"""

DRIFT = """    - name: Drift
      community.posthog.posthog_config:
        src: {place}
        rate_limit: 0
        details: {details}
      check_mode: true
"""


def prepare(player: Player) -> None:
    """Dashboards, and insights that are on two of them each."""
    player.box.prepare(0)
    where = {"project": player.box.place["project_id"]}
    boards = [{"name": f"board {number}"} for number in range(BOARDS)]
    ids = player.box.control("seed", {"type": "dashboard", "objects": boards, **where})["ids"]
    series = [{"kind": "EventsNode", "event": "$pageview"}]
    query = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": series}}
    insights = [
        {
            "name": f"insight {number}",
            "query": query,
            "saved": True,
            "dashboards": [ids[number % BOARDS], ids[(number + 7) % BOARDS]],
        }
        for number in range(INSIGHTS)
    ]
    player.box.control("seed", {"type": "insight", "objects": insights, **where})


def measure(
    player: Player, table: type[Table], verdict: type[Verdict], say: t.Callable[[str], None]
) -> tuple[list[Table], list[Verdict]]:
    """Export and drift, with a request for each dashboard and without.

    :param player: runs playbooks.
    :param table: the class of tables.
    :param verdict: the class of targets.
    :param say: tells what is going on.
    """
    out = table(f"{INSIGHTS} insights on {BOARDS} dashboards", "What", "details", "Requests", "of an hour", "Seconds")
    verdicts = []
    prepare(player)
    for details in (True, False):
        for what, tasks in (("export", EXPORT), ("drift of the export", DRIFT)):
            say(f"{what} of a large project, details: {details}")
            place = player.directory / f"large-{details}"
            run = player.run(tasks.format(place=place, details=str(details).lower()), 0)
            seconds = f"{run.seconds - player.empty.seconds:.1f}"
            share = f"{run.requests / AN_HOUR:.0%}"
            out.add(what, str(details).lower(), str(run.requests), share, seconds)
            most = LISTS + (BOARDS if details else 0)
            name = f"{what}, {INSIGHTS} insights, {BOARDS} dashboards, details: {str(details).lower()}: requests"
            verdicts.append(verdict(name, f"<= {most}", str(run.requests), run.requests <= most))
    return [out], verdicts
