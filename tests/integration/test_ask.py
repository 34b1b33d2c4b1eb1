# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(ask): the plan with what only PostHog knows, whom flags reach and whether SQL and Hog are right."""

from __future__ import annotations

import typing as t
from pathlib import Path

from harness import Harness, Task
from harness.extras import all_ok

CONFIG = "community.posthog.posthog_config"

PERSON = {"key": "email", "type": "person", "value": "@acme.test", "operator": "icontains"}


def flag(share: int, *properties: t.Any, **more: t.Any) -> dict[str, t.Any]:
    """A flag with one set of conditions."""
    return {"key": "a", "filters": {"groups": [{"properties": list(properties), "rollout_percentage": share}]}, **more}


def asked(task: Task, route: str) -> list[t.Any]:
    """The requests of a task to a route."""
    return [entry for entry in task.requests if entry["path"].endswith(route)]


def test_reach(posthog: Harness, in_process: bool) -> None:
    """Before and after, in data, text and Markdown, and as a guard; nothing without being asked to."""

    def task(item: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
        return {CONFIG: {"config": {"feature_flags": [item]}, "ask": ["reach"], **more}, "name": "Plan"}

    def run(item: dict[str, t.Any], check: bool = True, **more: t.Any) -> Task:
        return posthog.run([task(item, **more)], in_process=in_process, check=check, diff=True)[0]

    all_ok(posthog.run([{CONFIG: {"config": {"feature_flags": [flag(5, PERSON)]}}, "name": "Make"}]))
    plan = run(flag(25, PERSON), report="markdown")
    wanted = {"path": "filters.groups[0]", "affected": 6250, "total": 50000, "before": 1250}
    assert plan.ok and plan.result["plan"][0]["reach"] == [wanted], plan
    assert "filters.groups[0]: reaches 6,250 of 50,000 (was 1,250)" in plan.diffs[0]["prepared"]
    assert "reaches 6,250 of 50,000 (was 1,250)" in plan.result["plan_markdown"]
    # The condition is the same, only its share is not.
    assert len(asked(plan, "user_blast_radius/")) == 1
    for guard, refused in (({"reach": 6000}, True), ({"reach": "12%"}, True), ({"reach": "20 %"}, False)):
        warned = run(flag(25, PERSON), guard=guard)
        assert warned.ok and ("reach: feature flag" in str(warned.result.get("warnings"))) is refused
        done = run(flag(25, PERSON), check=False, guard=guard)
        assert done.failed is refused, (guard, done)
        if refused:
            assert "reaches 6,250 of 50,000 people (was 1,250; filters.groups[0]), which is more than" in done.msg
    assert run(flag(100), check=False, guard={"reach": 10}, confirm=["reach"]).ok
    # Fewer people than before are no risk, and a flag that is off reaches nobody.
    assert run(flag(10), guard={"reach": 10}).result["plan"][0]["risks"] == []
    off = run(flag(100, active=False))
    assert off.result["plan"][0]["reach"] == []
    for guard, text in (({"reach": "many"}, "takes a number or a percentage"), ({"reach": 5}, "needs ask: [reach]")):
        options = {
            "config": {"feature_flags": [flag(1)]},
            "guard": guard,
            "ask": ["reach"] if "many" in str(guard) else [],
        }
        wrong = posthog.run([{CONFIG: options, "name": "Wrong"}], in_process=in_process)[0]
        assert wrong.failed and text in wrong.msg
    quiet = posthog.run([{CONFIG: {"config": {"feature_flags": [flag(7)]}}, "name": "Quiet"}], check=True)[0]
    assert not asked(quiet, "user_blast_radius/") and quiet.result["plan"][0]["reach"] == []


def test_a_server_that_tells_nobody(posthog_2025: Harness) -> None:
    """The plan says so once, and goes on."""
    flags = [{**flag(50), "key": key} for key in ("a", "b")]
    task = {CONFIG: {"config": {"feature_flags": flags}, "ask": ["reach"]}, "name": "Plan"}
    plan = posthog_2025.run([task], check=True)[0]
    assert plan.ok and plan.result["counts"]["created"] == 2
    told = [text for text in plan.result["warnings"] if text.startswith("ask: ")]
    assert told == ["ask: PostHog does not tell reach to this key (403), so it was not asked"]
    assert len(asked(plan, "user_blast_radius/")) == 1


FILE = """
warehouse_saved_queries:
  - name: orders_by_day
    query:
      kind: HogQLQuery
      query: |
        select event
        from events
  - name: weekly
    query:
      kind: HogQLQuery
      query: |
        select zz_wrong_column
        from orders_by_day
        join nowhere on true
hog_functions:
  - name: Hook
    type: destination
    template_id: template-webhook
    inputs:
      url: {value: "https://example.com/{of_a_secret_address}"}
      body: {value: {text: "{zz_wrong}"}}
insights:
  - name: Fine
    query:
      kind: DataVisualizationNode
      source: {kind: HogQLQuery, query: "select 1 from events"}
"""


def test_languages(posthog: Harness) -> None:
    """All that is wrong, at file, line and column; a view of the same file is a table; then it is applied."""
    path = posthog.directory / "sql.yml"
    path.write_text(FILE, encoding="utf-8")
    arguments = ["-e", f"posthog_project_src={path}", "-e", "posthog_project_ask=languages"]

    def apply(*more: str) -> Task:
        run = posthog.run(path=Path("community.posthog.apply"), arguments=[*arguments, *more])
        return next(task for task in run.tasks if task.action == CONFIG and task.status in ("ok", "failed"))

    wrong = apply()
    assert wrong.failed and not [entry for entry in wrong.writes if "/query/" not in entry["path"]]
    found = [(item["line"], item["column"], item["message"], item["remedy"]) for item in wrong.result["mistakes"]]
    text = "PostHog's parser of hogQL refuses it"
    assert found == [
        (
            13,
            16,
            f"{text} (line 1, column 8 of the text): Unable to resolve zz_wrong_column",
            "PostHog proposes column",
        ),
        (15, 14, f"{text} (line 3, column 6 of the text): Unknown table `nowhere`.", None),
        (22, 22, "PostHog's parser of hogTemplate refuses it (column 2): Unable to resolve zz_wrong", None),
    ], found
    # The address of a webhook is a secret, and is not sent.
    assert len(asked(wrong, "/query/")) == 4
    mended = (
        FILE.replace("zz_wrong_column", "event")
        .replace("        join nowhere on true\n", "")
        .replace("{zz_wrong}", "x")
    )
    path.write_text(mended, encoding="utf-8")
    plan = apply("--check")
    assert plan.ok and plan.result["counts"]["created"] == 4
    assert apply().result["counts"]["created"] == 4
    again = apply()
    assert not again.changed and not asked(again, "/query/"), [item["changes"] for item in again.result["plan"]]
