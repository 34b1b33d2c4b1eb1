# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""posthog_config: a whole project planned and applied at once; what it promises, seen from outside."""

from __future__ import annotations

import collections
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
import yaml
from harness import Harness, Run, Task
from harness.extras import COHORT_FILTERS, TRENDS, all_ok, names_of

MARK = "managed-by-ansible"


def person(text: str) -> dict[str, t.Any]:
    """Filters of a cohort."""
    condition = {"type": "person", "key": "email", "operator": "icontains", "value": text}
    return {"properties": {"type": "AND", "values": [{"type": "AND", "values": [condition]}]}}


def flag(key: str, *properties: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
    """A flag with one set of conditions."""
    return {"key": key, "filters": {"groups": [{"properties": list(properties), "rollout_percentage": 50}]}, **more}


#: Each refers to another: in no order that a list by type would be.
LINKED: dict[str, t.Any] = {
    "dashboards": [
        {"name": "Checkout", "tiles": [{"insight": "Checkouts"}, {"text": "# How it goes"}]},
    ],
    "insights": [
        {
            "name": "Checkouts",
            "query": {
                "kind": "InsightVizNode",
                "source": {"kind": "TrendsQuery", "series": [{"kind": "ActionsNode", "id": "Checked out"}]},
            },
            "dashboards": ["Checkout"],
        }
    ],
    "feature_flags": [
        flag("child", {"type": "flag", "key": "parent", "value": True, "operator": "flag_evaluates_to"}),
        flag("parent", {"type": "cohort", "key": "id", "value": "Beta"}),
    ],
    "cohorts": [
        {
            "name": "Buyers",
            "filters": {
                "properties": {
                    "type": "AND",
                    "values": [
                        {
                            "type": "AND",
                            "values": [
                                {
                                    "type": "behavioral",
                                    "key": "Checked out",
                                    "event_type": "actions",
                                    "value": "performed_event",
                                    "time_value": 7,
                                    "time_interval": "day",
                                }
                            ],
                        }
                    ],
                }
            },
        },
        {"name": "Beta", "filters": person("@acme.test")},
    ],
    "actions": [{"name": "Checked out", "steps": [{"event": "$pageview", "url": "/checkout"}]}],
}
COUNT = 7


def config(options: t.Mapping[str, t.Any], name: str = "Config", **keywords: t.Any) -> dict[str, t.Any]:
    """A task of the module."""
    return {"name": name, "community.posthog.posthog_config": dict(options), **keywords}


def counts(task: Task) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: number for name, number in (task.result.get("counts") or {}).items() if number}


def test_apply_and_again(posthog: Harness, in_process: bool) -> None:
    """References in any direction, circles among types included; the plan says what a run does; again does nothing."""
    posthog.server.control("settings", {"forbid_writes": True})
    plan = all_ok(posthog.run([config({"config": LINKED})], in_process=in_process, check=True, diff=True))
    assert counts(plan[0]) == {"created": COUNT} and plan[0].changed
    assert plan[0].writes == []
    run = all_ok(posthog.run([config({"config": LINKED}), config({"config": LINKED}, "Again")], in_process=in_process))
    assert counts(run["Config"]) == {"created": COUNT}
    assert {(item["type"], item["name"], item["action"]) for item in plan[0].result["objects"]} == {
        (item["type"], item["name"], item["action"]) for item in run["Config"].result["objects"]
    }
    assert counts(run["Again"]) == {"unchanged": COUNT} and not run["Again"].changed
    assert run["Again"].writes == []
    server = posthog.server
    board = next(item for item in server.api("GET", "dashboards/")["results"] if item["name"] == "Checkout")
    tiles = server.api("GET", f"dashboards/{board['id']}/")["tiles"]
    assert sorted((tile.get("insight") or {}).get("name") or tile["text"]["body"] for tile in tiles) == [
        "# How it goes",
        "Checkouts",
    ]


def test_the_plan_as_text(posthog: Harness) -> None:
    """With --diff, a plan in the form that people know; what a variable hides is hidden."""
    first = {"feature_flags": [flag("one", name="First"), flag("two")]}
    all_ok(posthog.run([config({"config": first})]))
    second = {"feature_flags": [flag("one", name="Second"), {"key": "two", "state": "absent"}, flag("three")]}
    run = all_ok(posthog.run([config({"config": second})], check=True, diff=True))
    text = run[0].diffs[0]["prepared"]
    assert "+ feature flag 'three'" in text
    assert '~ feature flag \'one\'\n    name: "First" -> "Second"' in text
    assert "- feature flag 'two'" in text
    assert text.rstrip().splitlines()[-2:] == [
        "1 to create, 1 to change, 1 to delete, 0 unchanged.",
        "Applying it takes about 3 requests.",
    ]
    assert text in run.stdout
    assert "posthog_config: Plan: 1 created, 1 updated, 1 deleted" in run.stdout


def test_all_mistakes_at_once(posthog: Harness) -> None:
    """Everything that is wrong is told together, with file and line, and nothing is written."""
    place = posthog.directory / "conf"
    place.mkdir()
    (place / "a.yml").write_text(
        "feature_flags:\n"
        "  - key: one\n"
        "    filters:\n"
        "      groups:\n"
        "        - propertys: []\n"
        "  - key: two\n"
        "    actve: true\n"
        "  - key: twice\n"
        "feature_flag: []\n",
        encoding="utf-8",
    )
    (place / "b.yml").write_text(
        "feature_flags:\n"
        "  - key: twice\n"
        "  - key: three\n"
        "    filters:\n"
        "      groups:\n"
        "        - properties:\n"
        "            - {type: cohort, key: id, value: Nobody}\n"
        "cohorts:\n"
        + "".join(f"  - name: {one}\n    filters: {json.dumps(member(two))}\n" for one, two in ("AB", "BA")),
        encoding="utf-8",
    )
    run = posthog.run([config({"src": str(place)})])
    assert run[0].status == "failed"
    src = str(place)
    for line in (
        f"{src}/a.yml:5: feature_flags[0].filters.groups[0].propertys: is no known key; did you mean properties?",
        f"{src}/a.yml:7: feature_flags[1].actve: is no option of posthog_feature_flag",
        f"{src}/a.yml:9: feature_flag: is no type; a list of them is called feature_flags",
        f"{src}/b.yml:2: feature_flags[0]: feature flag 'twice' is declared twice; the other one is at {src}/a.yml:8",
        f"{src}/b.yml:7: feature_flags[1].filters.groups[0].properties[0].value: there is no cohort 'Nobody'",
        "cannot be made, since each needs the next: cohort 'A' -> cohort 'B' -> cohort 'A'",
    ):
        assert line in run[0].msg, run[0].msg
    assert run[0].msg.startswith("6 mistakes in the configuration; nothing was written.")
    assert not [entry for entry in run.requests if entry["method"] != "GET"]


def member(cohort: str) -> dict[str, t.Any]:
    """Filters of a cohort of those who are in another one."""
    condition = {"type": "cohort", "key": "id", "value": cohort}
    return {"properties": {"type": "AND", "values": [{"type": "AND", "values": [condition]}]}}


def test_files(posthog: Harness, in_process: bool) -> None:
    """Directories at any depth, several documents in a file, templates, and text that is none."""
    place = posthog.directory / "files"
    (place / "team").mkdir(parents=True)
    (place / "flags.yml").write_text(
        "---\nfeature_flags:\n  - key: templated\n    name: '{{ greeting }} there'\n"
        "---\nfeature_flags:\n  - key: literal\n    name: !unsafe '{{ not.a.template }}'\n",
        encoding="utf-8",
    )
    (place / "team" / "more.json").write_text(json.dumps({"cohorts": [{"name": "C", "filters": COHORT_FILTERS}]}))
    (place / "_notes.yml").write_text("this: is not read\n", encoding="utf-8")
    run = all_ok(posthog.run([config({"src": str(place)})], in_process=in_process, variables={"greeting": "Hello"}))
    assert counts(run[0]) == {"created": 3}
    flags = {item["key"]: item["name"] for item in posthog.server.api("GET", "feature_flags/")["results"]}
    assert flags == {"templated": "Hello there", "literal": "{{ not.a.template }}"}


def test_files_that_are_wrong(posthog: Harness) -> None:
    """A sentence with file and line."""
    cases = [
        ("feature_flags:\n  - key: a\n    key: b\n", ":3: the key 'key' stands in line 2 already"),
        ("feature_flags: [\n", ".yml:"),
        ("- not a dictionary\n", ".yml:1: takes a dictionary of lists by type"),
        ("feature_flags:\n  key: a\n", ".yml:1: feature_flags: takes a list"),
        ("feature_flags:\n  - just text\n", "takes the options of posthog_feature_flag, not 'just text'"),
        ("feature_flags:\n  - active: true\n", ".yml:2: feature_flags[0].key: is missing"),
        ("feature_flags:\n  - {key: a, state: gone}\n", "feature_flags[0].state: 'gone' is none of present, absent"),
    ]
    tasks = []
    for number, (text, _wanted) in enumerate(cases):
        place = posthog.directory / f"case{number}.yml"
        place.write_text(text, encoding="utf-8")
        tasks.append(config({"src": str(place)}, f"Case {number}"))
    run = posthog.run(tasks)
    for number, (_text, wanted) in enumerate(cases):
        task = run[f"Case {number}"]
        assert task.status == "failed" and wanted in task.msg and f"case{number}.yml" in task.msg, task.msg
    assert "Traceback" not in run.output
    assert not [entry for entry in run.requests if entry["method"] != "GET"]


def test_words_that_yaml_reads_in_its_own_way(posthog: Harness, tmp_path: Path) -> None:
    """Told with file and line, and with what to do about it; nothing is written."""
    place = tmp_path / "words.yml"
    place.write_text(
        "feature_flags:\n"
        "  - key: on\n"
        "  - key: theme\n"
        "    variants:\n"
        "      - {key: off, rollout_percentage: 100}\n"
        "surveys:\n"
        "  - name: 22:00\n"
        "    type: popover\n"
        "    base_language: no\n"
        "cohorts:\n"
        "  - name: North\n"
        "    extra_fields:\n"
        "      countries: [NO, SE]\n"
    )
    run = posthog.run([config({"src": str(place)})])
    assert run[0].status == "failed" and not run[0].writes
    for line, path, text, value in (
        (2, "feature_flags[0].key", "on", "true"),
        (5, "feature_flags[1].variants[0].key", "off", "false"),
        (7, "surveys[0].name", "22:00", "1320"),
        (9, "surveys[0].base_language", "no", "false"),
        (13, "cohorts[0].extra_fields.countries[0]", "NO", "false"),
    ):
        remedy = f"{text} without quotes is {value} to YAML; put it in quotes, or write {value}"
        assert f"{place}:{line}: {path}: {remedy}" in run[0].msg, run[0].msg


def test_purge(posthog: Harness) -> None:
    """Only what the collection made, only the types named, never more than allowed; the plan shows it first."""
    server = posthog.server
    server.api("POST", "feature_flags/", flag("by-hand"))
    made = {"feature_flags": [flag("one"), flag("two"), flag("three")]}
    kept = {"feature_flags": [flag("one")]}
    all_ok(posthog.run([config({"config": made})]))
    assert keys(posthog) == {"by-hand", "one", "two", "three"}
    untouched = all_ok(posthog.run([config({"config": kept})]))
    assert not untouched[0].changed
    purge = {"config": kept, "purge": ["feature_flags"]}
    refused = posthog.run([config({**purge, "max_deletions": 1})])
    assert "2 objects would be deleted ('" in refused[0].msg and "more than max_deletions allows (1)" in refused[0].msg
    share = posthog.run([config({**purge, "max_deletions": "40%"})])
    assert "2 of 4 feature_flags would be deleted" in share[0].msg and "(40 %)" in share[0].msg
    empty = posthog.run([config({"config": {"feature_flags": []}, "purge": ["feature_flags"]})])
    assert "allow_empty: true allows that" in empty[0].msg
    for run in (refused, share, empty):
        assert run[0].status == "failed" and not run[0].writes
    plan = all_ok(posthog.run([config(purge)], check=True, diff=True))
    assert counts(plan[0]) == {"deleted": 2, "unchanged": 1}
    assert "- feature flag 'two'" in plan[0].diffs[0]["prepared"]
    run = all_ok(posthog.run([config(purge), config(purge, "Again")]))
    assert counts(run["Config"]) == {"deleted": 2, "unchanged": 1}
    assert counts(run["Again"]) == {"unchanged": 1}
    assert keys(posthog) == {"by-hand", "one"}
    everything = all_ok(posthog.run([config({**purge, "purge_scope": "all"})]))
    assert counts(everything[0]) == {"deleted": 1, "unchanged": 1}
    assert keys(posthog) == {"one"}
    gone = {"config": {"feature_flags": []}, "purge": ["feature_flags"], "allow_empty": True}
    all_ok(posthog.run([config(gone)]))
    assert keys(posthog) == set()


def test_the_mark(posthog: Harness) -> None:
    """What a task says of tags is not about the mark; what was made by hand gets it once its type is purged."""
    server = posthog.server
    server.api("POST", "feature_flags/", flag("mine", tags=["a"]))
    declared = {"feature_flags": [flag("mine", tags=["a"]), flag("new", tags=["b"])]}
    all_ok(posthog.run([config({"config": declared})]))
    assert tags(posthog) == {"mine": {"a"}, "new": {"b", MARK}}
    module = {
        "name": "Module",
        "community.posthog.posthog_feature_flag": {"key": "new", "tags": ["b"]},
    }
    changed = {"name": "Change", "community.posthog.posthog_feature_flag": {"key": "new", "tags": ["c"]}}
    run = all_ok(posthog.run([module, changed, config({"config": declared, "purge": ["feature_flags"]})]))
    assert not run["Module"].changed and run["Change"].changed
    assert tags(posthog) == {"mine": {"a", MARK}, "new": {"b", MARK}}


def keys(posthog: Harness) -> set[str]:
    """The flags there are."""
    return set(names_of(posthog.server, "feature_flag", "key"))


def tags(posthog: Harness) -> dict[str, set[str]]:
    """Their tags."""
    return {item["key"]: set(item["tags"]) for item in posthog.server.api("GET", "feature_flags/")["results"]}


def test_options_that_are_wrong(posthog: Harness) -> None:
    """One clear sentence."""
    cases: list[tuple[dict[str, t.Any], str]] = [
        ({"purge": ["flags"]}, "purge[0]: 'flags' is no type; did you mean feature_flags?"),
        ({"purge": ["cohorts"]}, "purge[0]: cohorts cannot carry the collection's mark; purge_scope: all is needed"),
        ({"max_deletions": "many"}, "max_deletions: takes a number or a percentage such as 20%, not 'many'"),
        ({"concurrency": 0}, "concurrency: must be between 1 and 32"),
        ({"config": {"project": ""}}, "project: takes a name or an id, not ''"),
        ({"config": {"project": "Nowhere", "feature_flags": [flag("a")]}}, "this key sees no project 'Nowhere'"),
        ({"config": 5}, "config: takes a dictionary of lists by type"),
        ({"src": "nowhere"}, "nowhere"),
    ]
    tasks = [
        config({"config": {"feature_flags": [flag("a")]}, **options}, f"Case {number}")
        for number, (options, _wanted) in enumerate(cases)
    ]
    run = posthog.run(tasks)
    for number, (_options, wanted) in enumerate(cases):
        task = run[f"Case {number}"]
        assert task.status == "failed" and wanted in task.msg and not task.writes, task.msg
    assert "Traceback" not in run.output


def test_one_fails(posthog: Harness) -> None:
    """What fails does not hide the others; what depends on it is skipped and named; again finishes it."""
    server = posthog.server
    server.control(
        "faults", {"rules": [{"kind": "5xx_before", "method": "POST", "path": r"/actions/$", "status": 500}]}
    )
    run = posthog.run([config({"config": LINKED})], env={"POSTHOG_RETRIES": "0"})
    assert run[0].status == "failed"
    assert counts(run[0]) == {"created": 3, "failed": 1, "skipped": 3}, run[0]
    fate = {item["name"]: item for item in run[0].result["objects"]}
    assert fate["Checked out"]["action"] == "failed" and "500" in fate["Checked out"]["msg"]
    assert fate["Checkouts"] == {
        "type": "insight",
        "name": "Checkouts",
        "action": "skipped",
        "msg": "action 'Checked out' failed",
    }
    assert fate["child"]["action"] == "created"
    assert "running it again goes on from here" in run[0].msg
    server.control("faults", method="DELETE")
    again = all_ok(posthog.run([config({"config": LINKED}), config({"config": LINKED}, "Again")]))
    assert again["Config"].changed and counts(again["Again"]) == {"unchanged": COUNT}


def test_several_projects(posthog: Harness) -> None:
    """A document says where it belongs, also a project that the same configuration makes."""
    documents = [
        {"projects": [{"name": "Staging", "timezone": "Europe/Berlin"}]},
        {"project": "Staging", **LINKED},
        {"project": "Default project", "feature_flags": [flag("only-here")]},
    ]
    where = {"POSTHOG_PROJECT_ID": None}
    plan = all_ok(posthog.run([config({"config": documents})], check=True, env=where))
    assert counts(plan[0]) == {"created": COUNT + 2}
    run = all_ok(posthog.run([config({"config": documents}), config({"config": documents}, "Again")], env=where))
    assert counts(run["Config"]) == {"created": COUNT + 2}
    assert counts(run["Again"]) == {"unchanged": COUNT + 2}
    assert set(tags(posthog)) == {"only-here"}
    other = next(item for item in run["Config"].result["objects"] if item["type"] == "project")["id"]
    assert {item["key"] for item in posthog.server.api("GET", f"/api/projects/{other}/feature_flags/")["results"]} == {
        "parent",
        "child",
    }


def test_unknown_events(posthog: Harness) -> None:
    """An event that the project has never seen is worth a warning, an error, or nothing, as one likes."""
    server = posthog.server
    server.seed("event_definition", {"name": "purchase"})
    declared = {
        "actions": [{"name": "Bought", "steps": [{"event": "purchase"}, {"event": "purchsae"}, {"event": "$pageview"}]}]
    }
    refused = posthog.run([config({"config": declared, "unknown_names": "error"})])
    text = "actions[0].steps[1].event: the project has never seen the event 'purchsae'"
    assert refused[0].status == "failed" and refused[0].msg == text and not refused[0].writes
    run = all_ok(posthog.run([config({"config": declared}), config({"config": declared}, "Again")]))
    assert run["Config"].result["warnings"] == [text]
    assert not run["Again"].result.get("warnings"), "what does not change is not looked at again"
    quiet = {"actions": [{**declared["actions"][0], "description": "Other"}]}
    ignored = all_ok(posthog.run([config({"config": quiet, "unknown_names": "ignore"})]))
    assert not ignored[0].result.get("warnings")


def test_requests(posthog: Harness) -> None:
    """Nothing to do: one list for each type and page, and one request to know the project."""
    server = posthog.server
    server.control("seed", {"type": "feature_flag", "count": 900, "template": {"key": "f{n}"}})
    server.control("seed", {"type": "cohort", "count": 40, "template": {"name": "c{n}", "filters": COHORT_FILTERS}})
    declared = {
        "feature_flags": [{"key": f"f{number}", "active": True} for number in range(1, 901)],
        "cohorts": [{"name": f"c{number}", "filters": COHORT_FILTERS} for number in range(1, 41)],
    }
    run = all_ok(posthog.run([config({"config": declared})]))
    assert counts(run[0]) == {"unchanged": 940}
    assert len(run[0].requests) <= 1 + 2 + 1, [f"{item['method']} {item['path']}" for item in run[0].requests]


#: Ten kinds of objects; the names of some are not unique, so that a second POST would make a second object.
def many(number: int) -> dict[str, t.Any]:
    """A configuration of C(number) objects of each of ten types, that refer to each other."""
    each = range(number)
    return {
        "feature_flags": [flag(f"flag-{i}", {"type": "cohort", "key": "id", "value": f"cohort-{i}"}) for i in each],
        "cohorts": [{"name": f"cohort-{i}", "filters": person(f"@{i}.test")} for i in each],
        "actions": [{"name": f"action-{i}", "steps": [{"event": "$pageview"}]} for i in each],
        "insights": [{"name": f"insight-{i}", "query": TRENDS, "dashboards": [f"dashboard-{i}"]} for i in each],
        "dashboards": [{"name": f"dashboard-{i}", "tiles": [{"text": f"About {i}"}]} for i in each],
        "roles": [{"name": f"role-{i}"} for i in each],
        "insight_variables": [{"name": f"variable {i}", "type": "String", "default_value": "x"} for i in each],
        "experiment_holdouts": [
            {"name": f"holdout-{i}", "filters": [{"properties": [], "rollout_percentage": 10}]} for i in each
        ],
        "data_color_themes": [{"name": f"theme-{i}", "colors": ["#ff0000"]} for i in each],
        "annotations": [{"content": f"note-{i}", "date_marker": "2026-01-01T00:00:00Z"} for i in each],
    }


def complete(posthog: Harness, number: int) -> None:
    """Fail unless every object is there, and none twice."""
    found = {
        plural: collections.Counter(names_of(posthog.server, kind, key))
        for plural, kind, key in (
            ("feature_flags", "feature_flag", "key"),
            ("cohorts", "cohort", "name"),
            ("actions", "action", "name"),
            ("insights", "insight", "name"),
            ("dashboards", "dashboard", "name"),
            ("roles", "role", "name"),
            ("insight_variables", "insight_variable", "name"),
            ("experiment_holdouts", "experiment_holdout", "name"),
            ("data_color_themes", "data_color_theme", "name"),
            ("annotations", "annotation", "content"),
        )
    }
    for plural, items in many(number).items():
        for item in items:
            name = item.get("key") or item.get("name") or item.get("content")
            assert found[plural][name] == 1, f"{plural} {name}: {found[plural][name]}"


def test_five_hundred_objects_with_faults(posthog: Harness) -> None:
    """Ten percent of requests fail, also after the write: everything is there after one run or one more, none twice."""
    number = 50
    posthog.server.control("faults", {"seed": 11, "rules": {"mix": 0.1, "seconds": 0}})
    patient = {"POSTHOG_RETRIES": "8", "POSTHOG_RATE_LIMIT": "0"}
    options = {"config": many(number), "unknown_names": "ignore"}
    run = posthog.run([config(options)], env=patient)
    if run[0].status == "failed":
        run = posthog.run([config(options)], env=patient)
    assert run[0].status != "failed", run[0].msg
    assert posthog.server.control("counters")["faults"] > 50
    posthog.server.control("faults", method="DELETE")
    complete(posthog, number)
    again = all_ok(posthog.run([config(options)]))
    assert counts(again[0]) == {"unchanged": 10 * number}


def family(pid: int) -> list[int]:
    """A process and its descendants, of which Ansible's workers are in sessions of their own."""
    parents: dict[int, list[int]] = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(fields[1])].append(int(entry.name))
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += parents[found[-1]]
    return found


def test_a_killed_run(posthog: Harness) -> None:
    """SIGKILL in the middle: the next run completes it, and nothing is there twice."""
    number = 20
    place = posthog.directory / "killed"
    place.mkdir()
    options = {"config": many(number), "unknown_names": "ignore"}
    (place / "play.yml").write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [config(options)]}])
    )
    posthog.server.control("settings", {"latency_ms": 15})
    process = subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", str(place / "play.yml")],
        cwd=place,
        env={**posthog._environment(place, place / "events", {"POSTHOG_RATE_LIMIT": "0"})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        written = [entry for entry in posthog.server.log() if entry["method"] == "POST"]
        if len(written) >= 60 or process.poll() is not None:
            break
        time.sleep(0.02)
    for victim in family(process.pid):
        os.kill(victim, signal.SIGKILL)
    process.wait()
    posthog.server.control("settings", {"latency_ms": 0})
    there = sum(len(names_of(posthog.server, kind)) for kind in ("cohort", "action", "role"))
    assert 0 < there < 3 * number, "the run was to be killed in its middle"
    run: Run = all_ok(posthog.run([config(options)], env={"POSTHOG_RATE_LIMIT": "0"}))
    assert run[0].changed and run[0].result["counts"]["unchanged"] > 0
    complete(posthog, number)


@pytest.mark.parametrize("locked", [True, False])
def test_two_runs_at_once(posthog: Harness, tmp_path: Path, locked: bool) -> None:
    """Nothing is there twice: on one machine one waits for the other; elsewhere each looks after it has created."""
    posthog.server.control("settings", {"latency_ms": 10})
    config = {
        "cohorts": [{"name": f"Cohort {number}", "filters": COHORT_FILTERS} for number in range(25)],
        "insights": [{"name": f"Insight {number}", "query": TRENDS} for number in range(25)],
    }
    task = {"name": "apply", "community.posthog.posthog_config": {"config": config}}

    def run(number: int) -> Run:
        runtime = tmp_path / ("one" if locked else f"machine {number}")
        runtime.mkdir(mode=0o700, exist_ok=True)
        place = tmp_path / f"run {number}"
        place.mkdir()
        return Harness(posthog.server, place).run([task], in_process=True, env={"XDG_RUNTIME_DIR": str(runtime)})

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(run, range(2)))
    assert all(item["apply"].ok for item in runs), [item["apply"].msg for item in runs]
    for path in ("cohorts/", "insights/?basic=true"):
        found = sorted(item["name"] for item in posthog.server.api("GET", path)["results"])
        assert len(found) == 25 and len(set(found)) == 25, found
    again = posthog.run([task], in_process=True)["apply"]
    assert again.ok and not again.changed
    if locked:
        assert sorted(item["apply"].changed for item in runs) == [False, True]


#: By what is declared absent: what else is declared that needs it, and where it names it.
NEEDING: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], str]] = {
    "a dashboard, by an insight": (
        {"dashboards": [{"name": "Gone", "state": "absent"}]},
        {"insights": [{"name": "I", "query": TRENDS, "dashboards": ["Gone"]}]},
        "insights[0].dashboards[0]: names the dashboard 'Gone'",
    ),
    "an insight, by a dashboard": (
        {"insights": [{"name": "Gone", "state": "absent"}]},
        {"dashboards": [{"name": "B", "tiles": [{"text": "x"}, {"insight": "Gone"}]}]},
        "dashboards[0].tiles[1].insight: names the insight 'Gone'",
    ),
    "a flag, by an experiment": (
        {"feature_flags": [{"key": "gone", "state": "absent"}]},
        {"experiments": [{"name": "E", "feature_flag_key": "gone"}]},
        "experiments[0].feature_flag_key: names the feature flag 'gone'",
    ),
    "a flag, by an early access feature": (
        {"feature_flags": [{"key": "gone", "state": "absent"}]},
        {"early_access_features": [{"name": "E", "stage": "beta", "feature_flag": "gone"}]},
        "early_access_features[0].feature_flag: names the feature flag 'gone'",
    ),
    "a flag, by a survey": (
        {"feature_flags": [{"key": "gone", "state": "absent"}]},
        {
            "surveys": [
                {
                    "name": "S",
                    "type": "popover",
                    "questions": [{"type": "open", "question": "?"}],
                    "linked_flag": "gone",
                }
            ]
        },
        "surveys[0].linked_flag: names the feature flag 'gone'",
    ),
    "a cohort, by a flag": (
        {"cohorts": [{"name": "Gone", "state": "absent"}]},
        {"feature_flags": [flag("f", {"type": "cohort", "key": "id", "value": "Gone"})]},
        "feature_flags[0].filters.groups[0].properties[0].value: names the cohort 'Gone'",
    ),
    "an action, by a series": (
        {"actions": [{"name": "Gone", "state": "absent"}]},
        {
            "insights": [
                {"name": "I", "query": {"kind": "TrendsQuery", "series": [{"kind": "ActionsNode", "id": "Gone"}]}}
            ]
        },
        "series[0].id: names the action 'Gone'",
    ),
    "a role, by a membership": (
        {"roles": [{"name": "Gone", "state": "absent"}]},
        {"role_memberships": [{"role": "Gone", "organization_member": "member@acme.test"}]},
        "role_memberships[0].role: names the role 'Gone'",
    ),
    "a role, by an access control": (
        {"roles": [{"name": "Gone", "state": "absent"}]},
        {"access_controls": [{"resource": "dashboard", "role": "Gone", "access_level": "viewer"}]},
        "access_controls[0].role: names the role 'Gone'",
    ),
    "an integration, by a subscription": (
        {"integrations": [{"display_name": "Gone", "kind": "slack", "state": "absent"}]},
        {
            "dashboards": [{"name": "B"}],
            "subscriptions": [
                {
                    "title": "T",
                    "dashboard": "B",
                    "target_type": "slack",
                    "target_value": "C1|#general",
                    "frequency": "weekly",
                    "start_date": "2026-01-05T00:00:00Z",
                    "integration": "Gone",
                }
            ],
        },
        "names the integration 'Gone / slack'",
    ),
}


def test_a_plan_that_deletes_what_it_needs(posthog: Harness) -> None:
    """Both places are named with file and line, in a run as in a check, whether the object is there or not."""
    server = posthog.server
    server.api("POST", "feature_flags/", {"key": "gone", "filters": {"groups": [{"rollout_percentage": 10}]}})
    server.api("POST", "dashboards/", {"name": "Gone"})
    server.control("settings", {"forbid_writes": True})
    tasks = []
    for number, (name, (gone, needing, _text)) in enumerate(NEEDING.items()):
        place = posthog.directory / f"plan{number}"
        place.mkdir()
        (place / "gone.yml").write_text(yaml.safe_dump(gone), encoding="utf-8")
        (place / "needing.yml").write_text(yaml.safe_dump(needing, sort_keys=False), encoding="utf-8")
        for check in (True, False):
            tasks.append(config({"src": str(place)}, f"{name}, {check}", ignore_errors=True, check_mode=check))
    run = posthog.run(tasks)
    for number, (name, (gone, _needing, text)) in enumerate(NEEDING.items()):
        (plural,) = gone
        src = posthog.directory / f"plan{number}"
        for check in (True, False):
            told = run[f"{name}, {check}"].msg
            assert text in told, (name, told)
            assert re.match(rf"{re.escape(str(src))}/needing\.yml:\d+: ", told), (name, told)
            assert told.endswith(
                f"which is declared absent at {src}/gone.yml:2: {plural}[0]; take one of the two out"
            ), (name, told)
    assert not [entry for entry in run.requests if entry["method"] != "GET"]


def test_deleting_what_others_use(posthog: Harness, in_process: bool) -> None:
    """Who uses it is told by name, in a check too, in tasks and in plans; each list costs one request."""
    server = posthog.server
    cohort = server.api("POST", "cohorts/", {"name": "Beta", "filters": COHORT_FILTERS})["id"]
    condition = {"type": "cohort", "key": "id", "value": cohort}
    variants = [{"key": key, "rollout_percentage": 50} for key in ("control", "test")]
    for key in ("a", "b"):
        made = flag(key, condition)
        made["filters"]["multivariate"] = {"variants": variants}
        server.api("POST", "feature_flags/", made)
    viz = {"kind": "InsightVizNode", "source": {**TRENDS, "properties": [condition]}}
    board = server.api("POST", "dashboards/", {"name": "Board"})["id"]
    server.api("POST", "insights/", {"name": "c", "query": viz, "saved": True, "dashboards": [board]})
    server.api("POST", "experiments/", {"name": "Test", "feature_flag_key": "a"})
    told = {
        "cohort": ({"name": "Beta"}, "the cohort 'Beta' is used by the feature flags a, b and the insight c"),
        "insight": ({"name": "c"}, "the insight 'c' is used by the dashboard Board"),
        "feature_flag": ({"key": "a"}, "the feature flag 'a' is used by the experiment Test"),
    }
    gone = {"state": "absent"}
    tasks = [
        {"name": module, f"community.posthog.posthog_{module}": {**options, **gone}, "check_mode": True}
        for module, (options, _text) in told.items()
    ]
    plan = {f"{module}s": [{**options, **gone}] for module, (options, _text) in told.items()}
    tasks.append(config({"config": {"cohorts": plan["cohorts"]}}, "Plan", check_mode=True))
    tasks.append(config({"config": plan}, "All"))
    run = all_ok(posthog.run(tasks, in_process=in_process))
    for module, (_options, text) in told.items():
        item = run[module]
        assert item.changed and item.result["warnings"] == [text], item.result.get("warnings")
        lists = [entry["path"] for entry in item.requests]
        assert len(lists) <= 21, lists
    hurts = "deletions: cohort 'Beta' is deleted"
    assert sorted(run["Plan"].result["warnings"]) == sorted([told["cohort"][1], hurts])
    # Where all of them go, nobody is left to be told of but those who stay.
    assert sorted(run["All"].result["warnings"]) == sorted(
        ["the cohort 'Beta' is used by the feature flag b", told["insight"][1], told["feature_flag"][1]]
    )


#: A callback that prints one JSON document at the end, as ansible.posix.json does.
JSON_CALLBACK = """
import json
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "as_json"

    def __init__(self):
        super().__init__()
        self.results = []

    def v2_runner_on_ok(self, result):
        found = getattr(result, "result", None) or result._result
        self.results.append({key: found.get(key) for key in ("msg", "mistakes", "counts")})

    v2_runner_on_failed = lambda self, result, ignore_errors=False: self.v2_runner_on_ok(result)

    def v2_playbook_on_stats(self, stats):
        self._display.display(json.dumps(self.results))
"""


def test_mistakes_as_data(posthog: Harness, in_process: bool) -> None:
    """All of them with file, line and column, those of several files that cannot be read too; both ways the same."""
    place = posthog.directory / "wrong"
    place.mkdir()
    (place / "a.yml").write_text("feature_flags:\n  - key: a\n    actve: true\n    filters: {groups: [{x: 1}]}\n")
    (place / "b.yml").write_text("feature_flags:\n  - key: b\n   name: x\n")
    (place / "c.yml").write_text("cohorts:\n  - name: '{{ nobody }}'\n    name: y\n")
    run = posthog.run([config({"src": [str(place), "nope"]})], in_process=in_process)
    assert run[0].failed and not run[0].requests
    found = [
        (os.path.basename(item["file"] or ""), item["line"], item["column"], item["path"], item["remedy"])
        for item in run[0].result["mistakes"]
    ]
    assert found == [
        ("a.yml", 3, 5, "feature_flags[0].actve", "did you mean active?"),
        ("a.yml", 4, 25, "feature_flags[0].filters.groups[0].x", KNOWN_OF_GROUPS),
        ("b.yml", 3, 4, "", None),
        ("c.yml", 3, 5, "", None),
        ("", None, None, "src", None),
    ], run[0].msg
    for item in run[0].result["mistakes"]:
        assert item["message"] in run[0].msg


def test_every_failure_has_mistakes(posthog: Harness, in_process: bool) -> None:
    """Also one of Ansible's own checks, and one that PostHog's refusal of the key ends."""
    wrong = {"feature_flags": [{"key": "a"}, {"key": "b", "actve": 1}]}
    run = posthog.run(
        [
            config({"config": {}, "purge_scope": "some"}, "Choice"),
            config({"config": wrong, "api_key": "phx_wrong"}, "Key"),
        ],
        in_process=in_process,
    )
    assert [item["message"] for item in run["Choice"].result["mistakes"]] == [run["Choice"].msg]
    assert run["Key"].result["status_code"] == 401
    assert [item["path"] for item in run["Key"].result["mistakes"]] == ["", "feature_flags[1].actve"]


def test_json_on_stdout_is_nothing_but_json(posthog: Harness) -> None:
    """Neither the summary nor lines at -v stand in it; these go to the standard error."""
    plugins = posthog.directory / "callbacks"
    plugins.mkdir()
    (plugins / "as_json.py").write_text(JSON_CALLBACK)
    harness = Path(__file__).parent / "harness" / "callback"
    env = {"ANSIBLE_STDOUT_CALLBACK": "as_json", "ANSIBLE_CALLBACK_PLUGINS": f"{harness}:{plugins}"}
    tasks = [
        config({"config": {"feature_flags": [{"key": "a"}]}}),
        config({"config": {"feature_flags": [{"kye": "b"}]}}),
    ]
    run = posthog.run(tasks, env=env)
    done, failed = json.loads(run.stdout)
    assert done["counts"]["created"] == 1 and [item["path"] for item in failed["mistakes"]] == [
        "feature_flags[0].kye",
        "feature_flags[0].key",
    ]
    run = posthog.run([config({"config": {"feature_flags": [{"key": "c"}]}})], env=env, verbosity=1)
    ours = [line for line in run.stdout.splitlines() if line != run.stdout.splitlines()[-1]]
    assert not [line for line in ours if "feature flag" in line], run.stdout
    assert "created: feature flag 'c'" in run.stderr
    assert json.loads(run.stdout.splitlines()[-1])[0]["counts"]["created"] == 1


def test_lines_name_their_host_where_there_are_several(posthog: Harness) -> None:
    """The summary, lines at -v and warnings."""
    warned = flag("a", {"type": "person", "key": "never seen", "value": "x", "operator": "exact"})
    task = config({"config": {"feature_flags": [warned], "insights": [{"name": "i", "query": NEVER_SEEN}]}})
    hosts = "\n".join(
        f"{name} ansible_connection=local ansible_python_interpreter='{sys.executable}'" for name in ("one", "two")
    )
    run = posthog.run([task], inventory=hosts, arguments=["--forks", "1"], verbosity=1)
    assert re.search(r"^posthog_config: \[one\] \d created", run.stdout, re.M), run.output
    assert re.search(r"^posthog_config: \[two\] \d unchanged", run.stdout, re.M)
    assert "<one> created: feature flag 'a'" in run.stdout
    assert "one: insights[0].query" in re.sub(r"\s+", " ", run.output)
    alone = posthog.run([task], verbosity=1)
    assert re.search(r"^posthog_config: \d unchanged", alone.stdout, re.M)


#: Counts an event that nobody ever sent.
NEVER_SEEN = {
    "kind": "InsightVizNode",
    "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "never seen"}]},
}

#: What the message about an unknown key of release conditions offers.
KNOWN_OF_GROUPS = (
    "known are properties, rollout_percentage, variant, aggregation_group_type_index, description, sort_key"
)


def test_the_plan_as_data_and_markdown(posthog: Harness, in_process: bool, tmp_path: Path) -> None:
    """The same in check mode and when applied; a run sends about as many requests as the plan says."""
    server = posthog.server
    server.api("POST", "feature_flags/", {**flag("going"), "tags": [MARK]})
    server.api("POST", "feature_flags/", {**flag("up"), "active": True})
    place = tmp_path / "conf.yml"
    wanted = {
        **LINKED,
        "feature_flags": [*LINKED["feature_flags"], flag("up", active=False), {"key": "x", "state": "absent"}],
    }
    place.write_text(yaml.safe_dump(wanted), encoding="utf-8")
    options = {"src": str(place), "purge": ["feature_flags"], "report": "markdown"}
    server.control("settings", {"forbid_writes": True})
    plan = all_ok(posthog.run([config(options)], in_process=in_process, check=True))[0]
    run = all_ok(posthog.run([config(options)], in_process=in_process))[0]
    for key in ("plan", "cost", "plan_markdown"):
        assert plan.result[key] == run.result[key], key
    found = {(item["action"], item["type"], item["name"]): item for item in plan.result["plan"]}
    up, going = found["updated", "feature_flag", "up"], found["deleted", "feature_flag", "going"]
    assert up["changes"][0] == {"path": "active", "before": True, "after": False} and up["id"]
    assert up["risks"] == [{"kind": "switched_off", "text": "is switched off"}]
    assert place.read_text().splitlines()[up["line"] - 1].strip().startswith("- ") and up["file"] == str(place)
    assert going["file"] is None and len(found) == COUNT + 2
    assert run.result["plan_markdown"].startswith(f"### PostHog: {COUNT} to create, 1 to change, 1 to delete\n")
    warned = " ".join(plan.result["warnings"])
    assert "deletions: feature flag 'going' is deleted" in warned and "switched_off: feature flag 'up'" in warned
    sent, cost = len(run.requests) - len(plan.requests), run.result["cost"]["requests"]
    assert cost * 0.6 <= sent <= cost * 1.4, (sent, cost)


def test_a_guard_needs_a_yes(posthog: Harness, in_process: bool) -> None:
    """Before the first write; the same in a role, whose variables the message names."""
    server = posthog.server
    made = flag("guarded")
    made["filters"]["groups"][0]["rollout_percentage"] = 10
    server.api("POST", "feature_flags/", made)
    wanted = {"feature_flags": [flag("guarded")]}
    refused = posthog.run([config({"config": wanted, "guard": {"rollout_step": 25}})], in_process=in_process)[0]
    assert refused.failed and not refused.writes and refused.result["plan"][0]["name"] == "guarded"
    assert "goes up from 10 % to 50 % (filters.groups[0])" in refused.msg
    assert refused.result["mistakes"][0]["remedy"] == "confirm: rollouts allows it"
    yes = {"config": wanted, "guard": {"rollout_step": 25}, "confirm": ["rollouts"]}
    assert all_ok(posthog.run([config(yes)], in_process=in_process))[0].changed


def test_a_report_that_cannot_be_written(posthog: Harness, in_process: bool) -> None:
    """Told, with whether something was changed; both ways the same."""
    options = {"config": {"feature_flags": [{"key": "report"}]}, "report_dest": "/proc/nowhere/plan.md"}
    for check in (True, False):
        run = posthog.run([config(options)], in_process=in_process, check=check)
        assert run[0].failed and run[0].msg.startswith("report_dest: /proc/nowhere/plan.md cannot be written"), run[
            0
        ].msg
        assert run[0].msg.endswith("; the plan was carried out") is not check


def test_guards_and_reports_of_the_roles(posthog: Harness, tmp_path: Path) -> None:
    """The variables of both roles, in check mode too; the report is no change."""
    report = tmp_path / "plan.md"
    variables: dict[str, t.Any] = {
        "posthog_project_config": {"feature_flags": [{"key": "role"}]},
        "posthog_project_report": str(report),
        "posthog_organization_roles": [{"name": "Reviewers"}],
        "posthog_organization_report": str(tmp_path / "organization.md"),
    }
    playbook = Path(__file__).parents[2] / "playbooks" / "apply.yml"
    run = posthog.run(path=playbook, variables=variables, check=True)
    assert run.returncode == 0, run.output
    assert "<code>role</code>" in report.read_text()
    assert "<code>Reviewers</code>" in (tmp_path / "organization.md").read_text()
    again = posthog.run(path=playbook, variables=variables)
    assert again.returncode == 0 and again.changed == 2, again.output
    gone = {
        "posthog_project_config": {"feature_flags": [{"key": "role", "state": "absent"}]},
        "posthog_project_guard": {"deletions": 0},
    }
    report.unlink()
    refused = posthog.run(path=playbook, variables={**gone, "posthog_project_report": str(report)})
    # What was refused is what somebody has to look at.
    assert "<b>delete</b> feature flag <code>role</code>" in report.read_text()
    assert refused.returncode and "posthog_project_guard.deletions: feature flag 'role' is deleted" in refused.output
    assert "posthog_project_confirmed: deletions" in refused.output
    run = posthog.run(path=playbook, variables={**gone, "posthog_project_confirmed": ["deletions"]})
    assert run.returncode == 0 and run.changed == 1, run.output


#: Ends a Python that asks for the address of another machine, or connects to one. The tests' own callback asks the
#: sandbox, on this machine, for its log; what that served is told by the run.
NO_SOCKETS = """
import os, socket

def refuse(name):
    real = getattr(socket.socket, name)
    def connect(self, address, *more):
        if self.family != socket.AF_UNIX and address[0] != "127.0.0.1":
            os.write(2, f"CONNECTED {address}".encode())
            os._exit(99)
        return real(self, address, *more)
    setattr(socket.socket, name, connect)

refuse("connect")
refuse("connect_ex")
ask = socket.getaddrinfo

def getaddrinfo(host, *more, **others):
    if host not in ("127.0.0.1", "localhost"):
        os.write(2, f"CONNECTED {host}".encode())
        os._exit(99)
    return ask(host, *more, **others)

socket.getaddrinfo = getaddrinfo
"""

OFFLINE: dict[str, str | None] = {
    "POSTHOG_API_KEY": None,
    "POSTHOG_HOST": "https://nowhere.invalid",
    "POSTHOG_ORGANIZATION_ID": None,
    "POSTHOG_PROJECT_ID": None,
}


def test_validate_needs_no_key_and_no_network(posthog: Harness, tmp_path: Path) -> None:
    """The playbook, as a pull request from a fork runs it; its messages are those of posthog_config."""
    place = tmp_path / "conf"
    place.mkdir()
    (place / "a.yml").write_text("feature_flags:\n  - key: a\n    name: '{{ team }}'\ncohorts: []\n")
    (tmp_path / "sitecustomize.py").write_text(NO_SOCKETS)
    env = {**OFFLINE, "PYTHONPATH": str(tmp_path)}
    playbook = Path(__file__).parents[2] / "playbooks" / "validate.yml"
    given = {"posthog_project_src": str(place), "team": "x", "posthog_organization_roles": [{"name": "Engineers"}]}
    run = posthog.run(path=playbook, variables=given, env=env)
    assert run.returncode == 0 and not run.requests and "CONNECTED" not in run.output, run.output
    # The test can fail: whoever asks PostHog is caught.
    asks = {"POSTHOG_API_KEY": "phx_none"}
    caught = posthog.run([config({"config": {"cohorts": [{"name": "x"}]}})], env={**env, **asks})
    assert "A worker was found in a dead state" in caught.output, caught.output
    assert run.stdout.count("posthog_config: 1 object checked without PostHog, no mistake found") == 2, run.output
    (place / "b.yml").write_text("feature_flags:\n  - key: b\n    actve: true\n  - key: a\n")
    (place / "c.yml").write_text("cohorts: [\n")
    run = posthog.run(path=playbook, variables={"posthog_project_src": str(place)}, env=env)
    assert run.returncode == 2 and not run.requests and "CONNECTED" not in run.output, run.output
    failed = next(task for task in run.tasks if task.failed)
    found = [(os.path.basename(item["file"]), item["line"], item["path"]) for item in failed.result["mistakes"]]
    assert found == [
        ("a.yml", 3, "feature_flags[0].name"),
        ("b.yml", 3, "feature_flags[0].actve"),
        ("b.yml", 4, "feature_flags[1]"),
        ("c.yml", 2, ""),
    ], failed.msg
    assert "'team' is undefined" in failed.msg and "b.yml:3: feature_flags[0].actve: is no option" in failed.msg


def test_offline_is_the_same_both_ways(posthog: Harness, in_process: bool) -> None:
    """As a module too; in check mode too."""
    wrong = {"feature_flags": [{"key": "a", "actve": True}]}
    tasks = [
        config({"config": LINKED, "offline": True}, "Right"),
        config({"config": wrong, "offline": True}, "Wrong"),
    ]
    for check in (False, True):
        run = posthog.run(tasks, env=OFFLINE, in_process=in_process, check=check)
        assert run["Right"].ok and not run["Right"].changed and sum(run["Right"].result["checked"].values()) == COUNT
        assert [item["path"] for item in run["Wrong"].result["mistakes"]] == ["feature_flags[0].actve"]
        assert not run.requests
