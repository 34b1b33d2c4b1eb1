# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What bad input gets: one sentence with the option and the remedy, and nothing is written."""

from __future__ import annotations

import re
import typing as t

import pytest
from harness import Harness
from harness.extras import COHORT_FILTERS, PREFIX, TRENDS, task


class Case(t.NamedTuple):
    """A task that must fail.

    :param module: without its prefix.
    :param options: of the task.
    :param says: regular expressions that the message must match.
    :param keywords: of the task.
    """

    module: str
    options: dict[str, t.Any]
    says: tuple[str, ...]
    keywords: dict[str, t.Any] = {}


def flag(says: str | tuple[str, ...], **options: t.Any) -> Case:
    """A flag that must fail."""
    return Case("feature_flag", {"key": "bad", **options}, (says,) if isinstance(says, str) else says)


def filters(says: str | tuple[str, ...], **document: t.Any) -> Case:
    """A flag with filters that must fail."""
    return flag(says, filters=document)


def variants(*percentages: float) -> list[dict[str, t.Any]]:
    """Variants called a, b and so on."""
    return [{"key": key, "rollout_percentage": number} for key, number in zip("abcdef", percentages)]


UNSET = {"POSTHOG_HOST": "", "POSTHOG_REGION": ""}

#: Where the connection is wrong, nothing is sent at all.
CONNECTION: dict[str, Case] = {
    "region unknown": Case("role", {"name": "x", "region": "asia"}, (r"region", r"eu, us", "asia")),
    "region of the environment unknown": Case(
        "role", {"name": "x"}, ("region", "eu, us"), {"environment": {"POSTHOG_REGION": "asia", "POSTHOG_HOST": ""}}
    ),
    "host without scheme": Case("role", {"name": "x", "host": "posthog.example.com"}, ("host: .*scheme", "https://")),
    "host of another scheme": Case("role", {"name": "x", "host": "ftp://127.0.0.1"}, ("host: .*scheme",)),
    "plain http": Case(
        "role", {"name": "x", "host": "http://posthog.example.com"}, ("host: .*plain http", "use https")
    ),
    "host with credentials": Case(
        "role", {"name": "x", "host": "https://me:secretpassword@example.com"}, ("host: ", "credentials")
    ),
    "ingestion host": Case(
        "role", {"name": "x", "host": "https://eu.i.posthog.com"}, ("host: ", "events only", "region: eu")
    ),
    "region and host": Case(
        "role", {"name": "x", "region": "eu", "host": "https://ph.example.com"}, ("region, host: .*give one of them",)
    ),
    "region and host in the environment": Case(
        "role", {"name": "x"}, ("POSTHOG_REGION and POSTHOG_HOST", "one"), {"environment": {"POSTHOG_REGION": "eu"}}
    ),
    "project token": Case(
        "role", {"name": "x", "api_key": "phc_0123456789abcdef"}, ("api_key: .*project token", "phx_")
    ),
    "project secret key": Case("role", {"name": "x", "api_key": "phs_0123456789abcdef"}, ("api_key: .*phs_", "phx_")),
    "key with spaces": Case("role", {"name": "x", "api_key": "phx_abc def"}, ("api_key: .*spaces",)),
    "no key": Case(
        "role", {"name": "x"}, ("api_key: no API key", "POSTHOG_API_KEY"), {"environment": {"POSTHOG_API_KEY": ""}}
    ),
    "timeout of zero": Case("role", {"name": "x", "timeout": 0}, ("timeout: must be more than 0",)),
    "retries below zero": Case("role", {"name": "x", "retries": -1}, ("retries: must not be negative",)),
    "ca_path missing": Case(
        "role", {"name": "x", "ca_path": "/no/such/file"}, ("ca_path: /no/such/file does not exist",)
    ),
}

#: Options that are wrong in themselves.
OPTIONS: dict[str, Case] = {
    "rollout too high": flag(r"rollout_percentage: must be between 0 and 100, not 150", rollout_percentage=150),
    "rollout below zero": flag(r"rollout_percentage: must be between 0 and 100, not -1", rollout_percentage=-1),
    "rollout in filters": filters(
        r"filters\.groups\[0\]\.rollout_percentage: must be between 0 and 100, not 101",
        groups=[{"rollout_percentage": 101}],
    ),
    "variants do not add up": flag(r"add up to 100, not 90 \(50 \+ 40\)", variants=variants(50, 40)),
    "variants in filters do not add up": filters(
        r"filters\.multivariate\.variants: .*add up to 100, not 110", multivariate={"variants": variants(60, 50)}
    ),
    "variant twice": flag("'a' is named twice", variants=[*variants(50), *variants(50)]),
    "unknown variant in a condition": filters(
        r"filters\.groups\[0\]\.variant: there is no variant 'c'; known are a, b",
        groups=[{"variant": "c"}],
        multivariate={"variants": variants(50, 50)},
    ),
    "payload of an unknown variant": flag(
        r"payloads\.c: there is no variant 'c'; known are a, b", variants=variants(50, 50), payloads={"c": 1}
    ),
    "payload of a boolean flag": filters(
        "payloads.on: a boolean flag has one payload, under the key 'true'", multivariate=None, payloads={"on": 1}
    ),
    "typo in a condition": filters(
        r"filters\.groups\[0\]\.rollout_percent: is no known key; did you mean rollout_percentage",
        groups=[{"rollout_percent": 5}],
    ),
    "typo in a property": filters(
        r"filters\.groups\[0\]\.properties\[0\]\.oprator: is no known key; did you mean operator",
        groups=[{"properties": [{"type": "person", "key": "x", "oprator": "exact", "value": 1}]}],
    ),
    "typo in filters": filters(r"filters\.group: is no known key; did you mean groups", group=[]),
    "typo in a variant": flag(
        r"variants\[0\]\.rollout: is no known key; did you mean rollout_percentage",
        variants=[{"key": "a", "rollout": 100}],
    ),
    "typo of an option": flag(r"rollout_percentag.*did you mean rollout_percentage", rollout_percentag=5),
    "unknown operator": filters(
        r"filters\.groups\[0\]\.properties\[0\]\.operator: 'equals' is none of",
        groups=[{"properties": [{"type": "person", "key": "x", "operator": "equals", "value": 1}]}],
    ),
    "several at once": filters(
        (
            r"filters\.groups\[0\]\.rollout_percentage: must be between",
            r"filters\.groups\[1\]\.propertys: is no known key; did you mean properties",
            r"filters\.groups\[2\]\.properties: takes a list, not a dictionary",
        ),
        groups=[{"rollout_percentage": 200}, {"propertys": []}, {"properties": {"type": "person"}}],
    ),
    "short form and groups": flag(
        ("rollout_percentage", r"filters\.groups"),
        rollout_percentage=5,
        filters={"groups": [{"rollout_percentage": 6}]},
    ),
    "short form and multivariate": flag(
        ("variants", r"filters\.multivariate"),
        variants=variants(50, 50),
        filters={"multivariate": {"variants": variants(100)}},
    ),
    "list for a dictionary": flag("filters", filters=[1, 2]),
    "text for a dictionary": filters(r"filters\.multivariate: takes a dictionary, not text", multivariate="yes"),
    "dictionary for a list": filters(r"filters\.groups: takes a list, not a dictionary", groups={"a": 1}),
    "text for a number": flag("rollout_percentage", rollout_percentage="half"),
    "text for a number inside": filters(
        r"filters\.groups\[0\]\.rollout_percentage: takes a number, not 'half'", groups=[{"rollout_percentage": "half"}]
    ),
    "text for a boolean": flag("active", active="perhaps"),
    "number for a list": flag("tags", tags={"a": 1}),
    "key with spaces": Case(
        "feature_flag", {"key": "new checkout"}, (r"key: 'new checkout' is not allowed", "letters")
    ),
    "key too long": Case("feature_flag", {"key": "k" * 401}, ("key: is 401 characters long, 400 are allowed",)),
    "empty key": Case("feature_flag", {"key": ""}, ("key", "empty")),
    "empty name": Case("role", {"name": ""}, ("name", "empty")),
    "null as the name": Case("cohort", {"name": None}, ("name",)),
    "null where a value is needed": flag(
        r"variants\[0\]\.key: cannot be null", variants=[{"key": None, "rollout_percentage": 100}]
    ),
    "null for a required option": Case(
        "role_membership", {"role": None, "organization_member": "member@acme.test"}, ("role",)
    ),
    "key missing in a variant": flag(r"variants\[0\]\.key: is missing", variants=[{"rollout_percentage": 100}]),
    "neither key nor id": Case("feature_flag", {"active": True}, ("one of the following is required: key, id",)),
    "archived and active": flag("archived: an archived flag cannot be active", archived=True, active=True),
    "state": flag("state", state="gone"),
    "cohort without operator": Case(
        "cohort",
        {
            "name": "bad",
            "filters": {
                "properties": {"type": "OR", "values": [{"type": "AND", "values": [{"type": "person", "key": "x"}]}]}
            },
        },
        (r"filters\.properties\.values\[0\]\.values\[0\]\.operator: is missing",),
    ),
    "cohort of two sources": Case(
        "cohort",
        {"name": "bad", "filters": COHORT_FILTERS, "query": {"kind": "HogQLQuery", "query": "SELECT 1"}},
        ("query: a cohort is made of filters or of a query",),
    ),
    "cohort with an unknown key": Case(
        "cohort",
        {"name": "bad", "filters": {"propertys": {}}},
        (r"filters\.propertys: is no known key; did you mean properties", r"filters\.properties: is missing"),
    ),
    "query of an unknown kind": Case(
        "insight", {"name": "bad", "query": {"kind": "TrendQuery"}}, (r"query\.kind: 'TrendQuery'",)
    ),
    "query without a kind": Case("insight", {"name": "bad", "query": {"series": []}}, (r"query\.kind: is missing",)),
    "tile with two contents": Case(
        "dashboard",
        {"name": "bad", "tiles": [{"text": "x", "insight": "Visitors"}]},
        (r"tiles\[0\]: needs exactly one of insight, text, button_tile, not insight and text",),
    ),
    "tile with no content": Case(
        "dashboard", {"name": "bad", "tiles": [{"color": "blue"}]}, (r"tiles\[0\]: needs exactly one of insight, text",)
    ),
    "typo in a tile": Case(
        "dashboard",
        {"name": "bad", "tiles": [{"text": "x", "layouts": {"sm": {"x": 0, "y": 0, "minw": 2, "h": 2}}}]},
        (r"tiles\[0\]\.layouts\.sm\.minw: .*minW",),
    ),
    "level unknown": Case("member", {"email": "ada@example.com", "level": "king"}, ("level", "member, admin, owner")),
    "type unknown": Case(
        "info", {"types": ["role", "feature_flags"]}, (r"types\[1\]: 'feature_flags' is no type", "feature_flag")
    ),
    "no types": Case("info", {"types": []}, ("types: names no type",)),
    "sample rate": Case(
        "project",
        {"name": "Website", "session_recording_sample_rate": 25},
        ("session_recording_sample_rate: .*between 0 and 1",),
    ),
    "typo of a setting": Case("project", {"name": "Website", "timezon": "UTC"}, ("timezon.*did you mean timezone",)),
    "week day": Case("project", {"name": "Website", "week_start_day": "friday"}, ("week_start_day", "sunday, monday")),
    "member and members": Case(
        "role_membership",
        {"role": "Twin", "organization_member": "a@b.test", "organization_members": ["c@d.test"]},
        ("mutually exclusive",),
    ),
}


def cohort_condition(value: t.Any) -> dict[str, t.Any]:
    """A condition set on a cohort."""
    return {"groups": [{"properties": [{"type": "cohort", "key": "id", "operator": "in", "value": value}]}]}


#: Options that name what is not there, or not once. The ids of what is there twice are put in by the test.
REFERENCES: dict[str, Case] = {
    "cohort that does not exist": flag(
        r"filters\.groups\[0\]\.properties\[0\]\.value: there is no cohort 'Beta tester'; did you mean Beta testers",
        filters=cohort_condition("Beta tester"),
    ),
    "cohort id that does not exist": flag("99999", filters=cohort_condition(99999)),
    "cohort twice": flag(
        r"2 objects of type cohort are called 'Twin' \(ids {cohort}\)", filters=cohort_condition("Twin")
    ),
    "name of a cohort twice": Case("cohort", {"name": "Twin", "description": "x"}, ("Twin", "{cohort}")),
    "name of a dashboard twice": Case("dashboard", {"name": "Twin", "description": "x"}, ("Twin", "{dashboard}")),
    "name of an insight twice": Case("insight", {"name": "Twin", "description": "x"}, ("Twin", "{insight}")),
    "deleting one of two": Case("cohort", {"name": "Twin", "state": "absent"}, ("Twin", "{cohort}")),
    "insight of a tile twice": Case(
        "dashboard", {"name": "New", "tiles": [{"insight": "Twin"}]}, (r"tiles\[0\]\.insight: .*'Twin'", "{insight}")
    ),
    "insight of a tile missing": Case(
        "dashboard",
        {"name": "New", "tiles": [{"text": "x"}, {"insight": "Visitor"}]},
        (r"tiles\[1\]\.insight: there is no insight 'Visitor'; did you mean Visitors",),
    ),
    "dashboard of an insight missing": Case(
        "insight",
        {"name": "New", "query": TRENDS, "dashboards": ["Growt"]},
        (r"dashboards\[0\]: there is no dashboard 'Growt'",),
    ),
    "flag missing": flag(
        "there is no feature flag 'new-serch'; did you mean new-search",
        filters={
            "groups": [
                {"properties": [{"type": "flag", "key": "new-serch", "operator": "flag_evaluates_to", "value": True}]}
            ]
        },
    ),
    "member missing": Case(
        "role_membership",
        {"role": "Engineering", "organization_member": "membr@acme.test"},
        ("organization_member: there is no member 'membr@acme.test'; did you mean member", "member@acme.test"),
    ),
    "one of several members missing": Case(
        "role_membership",
        {"role": "Engineering", "organization_members": ["member@acme.test", "nobody@acme.test"]},
        (r"organization_members\[1\]: there is no member 'nobody@acme.test'",),
    ),
    "role missing": Case(
        "role_membership",
        {"role": "Enginering", "organization_member": "member@acme.test"},
        ("role: there is no role 'Enginering'; did you mean Engineering",),
    ),
    "id that does not exist": Case("cohort", {"id": 99999, "name": "x"}, ("99999",)),
    "project missing by name": Case("role", {"name": "x", "project": "Defualt project"}, ()),
    "project missing for a flag": Case(
        "feature_flag",
        {"key": "bad", "project": "Websit"},
        ("project: this key sees no project 'Websit'", "Default project"),
    ),
    "project missing by id": Case(
        "feature_flag",
        {"key": "bad", "project": "99999"},
        ("project: this key has no project 99999", "Default project"),
    ),
    "organization missing": Case(
        "role", {"name": "x", "organization": "Akme"}, ("organization: this key sees no organization 'Akme'", "Acme")
    ),
    "level above one's own": Case(
        "member", {"email": "member2@acme.test", "level": "owner", "api_key": "{admin}"}, ("level", "own")
    ),
    "one's own level": Case("member", {"email": "owner@acme.test", "level": "admin"}, ("level", "own")),
    "wrong key": Case(
        "role", {"name": "x", "api_key": "phx_unknownunknown"}, ("401", "does not know this api_key", "one region")
    ),
}
#: What only names a project where none is needed is no mistake.
REFERENCES.pop("project missing by name")

CASES = {**CONNECTION, **OPTIONS, **REFERENCES}


#: The cases that modules are given too: what they cost is starting them, and what they say is the engine's.
AS_MODULES = list(CASES)[::6]

Result = tuple[t.Any, dict[str, str]]


class Results:
    """The results of all cases, by way; each way is one playbook, run when the first of them is asked for."""

    def __init__(self, server: t.Any, factory: pytest.TempPathFactory) -> None:
        self.server = server
        self.factory = factory
        self._found: dict[bool, dict[str, Result]] = {}

    def __getitem__(self, in_process: bool) -> dict[str, Result]:
        """The results of one way."""
        if in_process not in self._found:
            self.server.reset()
            known = {**_world(self.server), "admin": self.server.keys["admin"]}
            names = list(CASES) if in_process else AS_MODULES
            tasks = [
                task(name, CASES[name].module, _filled(CASES[name].options, known), **CASES[name].keywords)
                for name in names
            ]
            run = Harness(self.server, self.factory.mktemp("bad_input")).run(tasks, in_process=in_process)
            by_name = {item.name: item for item in run.tasks}
            assert set(by_name) == set(names), run.output[-3000:]
            assert "Traceback" not in run.output
            self._found[in_process] = {name: (item, known) for name, item in by_name.items()}
        return self._found[in_process]


@pytest.fixture(scope="module")
def results(sandbox_server: t.Any, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All cases at once: a run costs more than a task."""
    return Results(sandbox_server, tmp_path_factory)


def _world(server: t.Any) -> dict[str, str]:
    """What the references are looked for in; gives the ids of what is there twice."""
    ids = {}
    for kind, more in (
        ("cohort", {"filters": COHORT_FILTERS}),
        ("dashboard", {}),
        ("insight", {"query": {"kind": "InsightVizNode", "source": TRENDS}, "saved": True}),
    ):
        twins = server.seed(kind, {"name": "Twin", **more}, {"name": "Twin", **more})
        ids[kind] = ", ".join(sorted(map(str, twins)))
    server.seed("cohort", {"name": "Beta testers", "filters": COHORT_FILTERS})
    server.seed("insight", {"name": "Visitors", "query": {"kind": "InsightVizNode", "source": TRENDS}, "saved": True})
    server.seed("dashboard", {"name": "Growth"})
    server.seed("role", {"name": "Engineering"})
    server.seed("feature_flag", {"key": "new-search"})
    return ids


def _filled(value: t.Any, known: t.Mapping[str, str]) -> t.Any:
    """Options with the sandbox's keys in their places."""
    if isinstance(value, dict):
        return {key: _filled(item, known) for key, item in value.items()}
    return known["admin"] if value == "{admin}" else value


@pytest.mark.parametrize(
    ("name", "in_process"),
    [
        *(pytest.param(name, True, id=f"in_process-{name}") for name in CASES),
        *(pytest.param(name, False, id=f"module-{name}") for name in AS_MODULES),
    ],
)
def test_bad_input(results: Results, name: str, in_process: bool) -> None:
    """The message names the option and the remedy; nothing was written, and nothing at all sent where that is moot."""
    item, known = results[in_process][name]
    case = CASES[name]
    assert item.failed, str(item)
    for pattern in case.says:
        for kind, ids in known.items():
            pattern = pattern.replace("{" + kind + "}", re.escape(ids))
        assert re.search(pattern, item.msg), f"/{pattern}/ is not in: {item.msg}"
    assert [entry for entry in item.writes if entry["status"] < 400] == [], str(item)
    if name in CONNECTION or (name in OPTIONS and case.module not in ("dashboard",)):
        assert item.requests == [], str(item)
    assert "\n" not in item.msg.strip(), item.msg
    assert "Traceback" not in str(item.result.get("exception")) and "Traceback" not in item.msg, str(item)
    assert "has a defect" not in item.msg, item.msg
    assert "secretpassword" not in item.msg


def test_same_sentence_both_ways(results: Results) -> None:
    """In the worker or as a module, the sentence is the same."""
    different = [
        f"{name}\n  in process: {results[True][name][0].msg}\n  as module:  {there[0].msg}"
        for name, there in results[False].items()
        # Ansible lists what it takes for a boolean in an order that differs from process to process.
        if results[True][name][0].msg.partition("Valid booleans")[0] != there[0].msg.partition("Valid booleans")[0]
    ]
    assert not different, "\n".join(different)


@pytest.mark.matrix
def test_key_of_the_other_region(posthog: Harness, in_process: bool) -> None:
    """What a region's server answers to a key of the other one is a 401: the sentence tells how that comes."""
    run = posthog.run(
        [task("Wrong", "connection_info", {"api_key": posthog.server.facts["unknown_key"]})], in_process=in_process
    )
    assert run["Wrong"].failed and run["Wrong"].result["status_code"] == 401
    assert re.search(r"does not know this api_key.*Keys belong to one region", run["Wrong"].msg)
    assert posthog.server.facts["unknown_key"] not in run.output


def test_unknown_module(posthog: Harness) -> None:
    """A module that does not exist is Ansible's own error, and runs nothing of ours."""
    run = posthog.run([{"name": "Typo", PREFIX + "rolle": {"name": "x"}}])
    assert run.returncode != 0 and "posthog_rolle" in run.output and not run.requests


def test_a_flag_under_an_approval_policy(posthog: Harness, in_process: bool) -> None:
    """The change becomes a request that somebody has to approve: the task says so, and repeats nothing."""
    posthog.server.seed("feature_flag", {"key": "guarded", "active": True})
    posthog.server.control("settings", {"guarded_flags": ["guarded"]})
    run = posthog.run([task("Change", "feature_flag", {"key": "guarded", "active": False})], in_process=in_process)
    assert run[0].status == "failed" and run[0].result["status_code"] == 409
    assert re.search(r"nothing was changed: change request \S+ waits for approval in PostHog", run[0].msg), run[0].msg
    assert len(run[0].writes) == 1
