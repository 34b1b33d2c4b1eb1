# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what a whole project in one task costs: C(posthog_config) over a thousand objects of five types.

Beside the requests stands the lower bound: one to know the project, one for each page of each list, and one for each
object of which no list tells enough (dashboards, for their tiles). And what reading each object on its own would take,
as tools do that keep a state of every single object and refresh it.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import time
import typing as t

if t.TYPE_CHECKING:
    from pathlib import Path

    from run import Player, Table, Verdict

#: What the collection does at once by itself.
CONCURRENCY = 8
#: Requests a minute that it allows itself by itself: one below PostHog's limit.
A_MINUTE = 479
PAGE = 500
LATENCY = 50

FLAGS, INSIGHTS, DASHBOARDS, COHORTS, SURVEYS, TILES = 1000, 200, 50, 50, 20, 8
MANY, MOST = 5000, 20_000

#: How often the computing of a run is compared with that of an empty play.
PAIRS = 5

EMPTY = """    - name: Nothing
      ansible.builtin.meta: noop
"""

PLAY = """    - name: Everything
      community.posthog.posthog_config:
        src: {place}
        unknown_names: ignore
"""


def flags(number: int) -> list[dict[str, t.Any]]:
    """Flags, every third of them for a cohort."""
    out = []
    for index in range(number):
        cohort = [{"type": "cohort", "key": "id", "value": f"Cohort {index % COHORTS}"}] if index % 3 == 0 else []
        groups = [{"properties": cohort, "rollout_percentage": index % 101}]
        out.append({"key": f"flag-{index}", "name": f"Flag {index}", "filters": {"groups": groups}})
    return out


def everything() -> dict[str, t.Any]:
    """The configuration of a project of some size."""
    on = {index: sorted({(index + step) % INSIGHTS // 4 for step in (0, 4)}) for index in range(INSIGHTS)}
    where: dict[int, list[int]] = {board: [] for board in range(DASHBOARDS)}
    for index, boards in on.items():
        for board in boards:
            where[board].append(index)
    conditions = [
        [
            {
                "type": "AND",
                "values": [{"type": "person", "key": "email", "operator": "icontains", "value": f"@{i}.test"}],
            }
        ]
        for i in range(COHORTS)
    ]
    return {
        "feature_flags": flags(FLAGS),
        "cohorts": [
            {"name": f"Cohort {i}", "filters": {"properties": {"type": "AND", "values": conditions[i]}}}
            for i in range(COHORTS)
        ],
        "insights": [
            {
                "name": f"Insight {index}",
                "query": {
                    "kind": "InsightVizNode",
                    "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
                },
                "dashboards": [f"Dashboard {board}" for board in on[index]],
            }
            for index in range(INSIGHTS)
        ],
        "dashboards": [
            {
                "name": f"Dashboard {board}",
                "tiles": [
                    {
                        "insight": f"Insight {index}",
                        "layouts": {"sm": {"x": 6 * (place % 2), "y": 5 * (place // 2), "w": 6, "h": 5}},
                    }
                    for place, index in enumerate(where[board][:TILES])
                ],
            }
            for board in range(DASHBOARDS)
        ],
        "surveys": [
            {"name": f"Survey {i}", "type": "popover", "questions": [{"type": "open", "question": f"Why {i}?"}]}
            for i in range(SURVEYS)
        ],
    }


class Applied(t.NamedTuple):
    """What one run took."""

    seconds: float
    requests: int
    writes: int
    summary: str


def apply(player: Player, place: Path, environment: t.Mapping[str, str] | None = None) -> Applied:
    """Apply a configuration, and measure; what an empty play takes is taken off."""
    player.box.forget_requests()
    player.extra = dict(environment or {})
    begun = time.perf_counter()
    process = player.start(PLAY.format(place=place))
    status = process.wait()
    seconds = time.perf_counter() - begun
    player.extra = {}
    output = (player.directory / "output").read_text(encoding="utf-8", errors="replace")
    summary = re.search(r"^posthog_config: (.*)$", output, re.MULTILINE)
    if status or summary is None:
        raise RuntimeError(f"ansible-playbook ended with {status}:\n{output[-3000:]}")
    counters = player.box.requests()
    return Applied(seconds - player.empty.seconds, int(counters["total"]), int(counters["writes"]), summary.group(1))


def lists(player: Player, kinds: t.Sequence[str]) -> tuple[int, int]:
    """The pages of the lists of some types as they are now, and the objects in them."""
    pages = objects = 0
    for kind in kinds:
        rows = player.box.control(f"dump?type={kind}", method="GET")["rows"]
        project = player.box.place["project_id"]
        there = [row for row in rows if not row.get("deleted") and row.get("team_id", project) == project]
        pages += max(1, math.ceil(len(there) / PAGE))
        objects += len(there)
    return pages, objects


def written(place: Path, config: t.Mapping[str, t.Any]) -> Path:
    """A directory with the configuration; JSON is YAML, and what is measured is not PyYAML."""
    place.mkdir(exist_ok=True)
    (place / "all.json").write_text(json.dumps(config), encoding="utf-8")
    return place


def measure(
    player: Player, table: type[Table], verdict: type[Verdict], say: t.Callable[[str], None]
) -> tuple[list[Table], list[Verdict]]:
    """The rows of a whole project.

    :param player: runs playbooks.
    :param table: makes tables.
    :param verdict: makes verdicts.
    :param say: tells on standard error what is going on.
    :returns: tables and verdicts.
    """
    verdicts: list[Verdict] = []
    shown = table(
        f"A whole project in one task, {LATENCY} ms latency, concurrency {CONCURRENCY}",
        "What", "Requests", "of these writes", "Lower bound", "One GET an object", "Seconds", "At best",
    )  # fmt: skip
    config = everything()
    number = sum(len(items) for items in config.values())
    place = written(player.directory / "whole", config)
    boards = f"{DASHBOARDS} dashboards with {TILES} tiles"
    what = f"{FLAGS} flags, {INSIGHTS} insights, {boards}, {COHORTS} cohorts, {SURVEYS} surveys"

    for title, limit in (("no limit of its own", "0"), (f"{A_MINUTE} a minute", str(A_MINUTE + 1))):
        say(f"creating {number} objects, {title}")
        player.box.prepare(0, LATENCY)
        made = apply(player, place, {"POSTHOG_RATE_LIMIT": limit})
        waves = made.requests * LATENCY / 1000 / CONCURRENCY
        minutes = 0.0 if limit == "0" else (made.requests - 1) // A_MINUTE * 60.0
        best = max(waves, minutes + (made.requests - 1) % A_MINUTE * LATENCY / 1000 / CONCURRENCY if minutes else waves)
        shown.add(
            f"creating {number} objects, {title}", str(made.requests), str(made.writes), str(number), "",
            f"{made.seconds:.1f}", f"{best:.1f}",
        )  # fmt: skip
        factor = made.seconds / best
        verdicts.append(
            verdict(f"creating {number} objects, {title}: times the best", "<= 1.3", f"{factor:.2f}", factor <= 1.3)
        )

    say(f"{number} unchanged objects")
    # What PostHog made for each flag is in the lists, too.
    pages, _objects = lists(player, ("feature_flag", "insight", "dashboard", "cohort", "survey"))
    bound = 1 + pages + DASHBOARDS
    same = min((apply(player, place) for _dummy in range(2)), key=lambda run: run.seconds)
    if same.writes or not same.summary.endswith("unchanged"):
        raise RuntimeError(f"something was changed where nothing was to change: {same.summary}")
    best = (1 + math.ceil((bound - 1) / CONCURRENCY)) * LATENCY / 1000
    shown.add(
        f"no change: {what}", str(same.requests), "0", str(bound), str(number + pages), f"{same.seconds:.1f}",
        f"{best:.1f}",
    )  # fmt: skip
    share = same.requests / bound
    verdicts.append(
        verdict(f"{number} unchanged objects: requests over the lower bound", "<= 1.1", f"{share:.2f}", share <= 1.1)
    )

    for count in (FLAGS, MANY):
        say(f"{count} unchanged flags")
        place = unchanged_flags(player, count)
        run = min((apply(player, place) for _dummy in range(3)), key=lambda item: item.seconds)
        if run.writes or not run.summary.endswith("unchanged"):
            raise RuntimeError(f"something was changed where nothing was to change: {run.summary}")
        bound = 1 + math.ceil(count / PAGE)
        best = bound * LATENCY / 1000
        shown.add(
            f"no change: {count} flags", str(run.requests), "0", str(bound), str(count + bound), f"{run.seconds:.1f}",
            f"{best:.2f}",
        )  # fmt: skip
        if count == FLAGS:
            verdicts += [
                verdict(
                    f"{count} unchanged flags in one task: requests", "<= 12", str(run.requests), run.requests <= 12
                ),
                verdict(
                    f"{count} unchanged flags in one task: seconds", "<= 3", f"{run.seconds:.1f}", run.seconds <= 3
                ),
            ]
        verdicts.append(computing(player, verdict, place, count))
    for count in (MANY, MOST):
        place = unchanged_flags(player, count)
        worker, parent = player.peak_memory(PLAY.format(place=place), None)
        peak, most = max(worker, parent), 300 if count == MANY else 200
        verdicts.append(
            verdict(f"peak memory with {count} flags in one task, MB", f"<= {most}", f"{peak:.0f}", peak <= most)
        )
    return [shown], verdicts


def unchanged_flags(player: Player, count: int) -> Path:
    """Flags in the sandbox, and their declarations.

    :param player: has the sandbox.
    :param count: how many.
    :returns: the directory with the declarations.
    """
    player.box.prepare(0, LATENCY)
    where = {"project": player.box.place["project_id"]}
    template = {
        "key": "flag-{n}", "name": "Flag {n}",
        "filters": {"groups": [{"properties": [], "rollout_percentage": 50}]},
    }  # fmt: skip
    player.box.control("seed", {"type": "feature_flag", "count": count, "template": template, **where})
    declared = [
        {"key": f"flag-{i}", "name": f"Flag {i}", "filters": {"groups": [{"rollout_percentage": 50}]}}
        for i in range(1, count + 1)
    ]
    return written(player.directory / f"flags{count}", {"feature_flags": declared})


def computing(player: Player, verdict: type[Verdict], place: Path, count: int) -> Verdict:
    """What comparing unchanged flags computes beyond an empty play: the median of pairs.

    :param player: runs playbooks.
    :param verdict: makes verdicts.
    :param place: the declarations.
    :param count: how many flags they are.
    """
    beyond, times = [], []
    for _dummy in range(PAIRS):
        empty = player.run(EMPTY, None).cpu
        cpu = player.run(PLAY.format(place=place), None).cpu
        beyond.append((cpu - empty) * 1000 / count)
        times.append((cpu - empty) / empty)
    if count == FLAGS:
        factor = statistics.median(times)
        return verdict(
            f"{count} unchanged flags in one task: CPU beyond an empty play, in empty plays", "<= 1",
            f"{factor:.2f}", factor <= 1,
        )  # fmt: skip
    each = statistics.median(beyond)
    return verdict(f"{count} unchanged flags in one task: CPU ms an object", "<= 0.25", f"{each:.2f}", each <= 0.25)


def count(player: Player, verdict: type[Verdict]) -> list[Verdict]:
    """Only the requests, of a configuration small enough for every run of the tests."""
    player.box.prepare(60)
    declared = [{"key": f"flag-{i}", "name": f"Flag number {i}", "rollout_percentage": 50} for i in range(1, 61)]
    place = written(player.directory / "small", {"feature_flags": declared})
    run = apply(player, place)
    good = run.requests <= 2 and not run.writes
    return [
        verdict(
            "60 unchanged flags in one task: requests, none of them a write",
            "<= 2",
            f"{run.requests} ({run.writes})",
            good,
        )
    ]
