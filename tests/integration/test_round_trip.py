# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Export and apply: what is exported changes nothing where it is from, and makes the same of an empty project."""

from __future__ import annotations

import json
import re
import typing as t
from types import MappingProxyType

import jsonschema
import pytest
from harness import Harness, Run
from harness.conformance import Conformance
from harness.engine import Engine
from harness.playbook import ROOT
from samples import SAMPLES, Sample

from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope

#: Types whose sample cannot be made of nothing in another project, each with the reason.
NOT_ELSEWHERE: dict[str, str] = {
    "dashboard": "its quick filters belong to the project",
    "dashboard_template": "a template of the organization is there already, in each of its projects",
    "batch_export": "integrations are made by hand",
    "group_type": "types of groups come with the events",
    "group_type_metric": "types of groups come with the events",
    "hog_flow": "one of its secrets is a dictionary, and what stands for secrets here is a text",
    "hog_function": "integrations are made by hand",
    "property_definition": "types of groups, and properties, come with the events",
}

#: What an export says it cannot tell, by type, as patterns of "path: reason"; secrets are always among it.
UNFAITHFUL: dict[str, tuple[str, ...]] = {
    "dashboard": ("quick_filter_ids: holds ids",),
    "insight_variable": ("values_query_connection_id: is the id of a source",),
    # The sample's project has no groups, so nothing is called what the number says.
    "experiment": ("aggregation_group_type_index: there is no group_type 0",),
    "experiment_holdout": ("group_type_index: there is no group_type 0",),
}

#: What editors check files with.
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "schemas" / "posthog.json").read_text(encoding="utf-8")))

SECRET = re.compile(r"\{\{ (posthog_secret_\w+) \}\}")


def configurable() -> list[t.Any]:
    """The types that an export takes along."""
    return [pytest.param(sample, id=name) for name, sample in SAMPLES.items() if sample.table.exported]


def with_secrets(value: t.Any, shown: t.Mapping[str, str] = MappingProxyType({})) -> t.Any:
    """What Ansible makes of the variables that stand for secrets.

    What PostHog shows in clear is compared, so those variables, by the end of their names, hold what it shows.
    """
    if isinstance(value, dict):
        return {key: with_secrets(inner, shown) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_secrets(inner, shown) for inner in value]
    if not isinstance(value, str):
        return value

    def content(match: re.Match[str]) -> str:
        return next((text for end, text in shown.items() if end in match.group()), "what-the-variable-says")

    return SECRET.sub(content, value)


def good(run: Run) -> Run:
    """The run, if nothing failed."""
    for task in run.tasks:
        assert task.status == "ok", str(task)
    return run


def exported(engine: Engine, plurals: t.Sequence[str], **where: t.Any) -> dict[str, t.Any]:
    """The result of an export."""
    task = {"name": "Export", "community.posthog.posthog_export": {"types": list(plurals), **where}}
    result = good(engine.run([task]))[0].result
    for document in result["config"] if isinstance(result["config"], list) else [result["config"]]:
        assert [error.message for error in SCHEMA.iter_errors(json.loads(json.dumps(document)))] == []
    return result


def shown_secrets(sample: Sample) -> dict[str, str]:
    """What the variables of secrets that PostHog shows in clear hold, by the end of their names."""
    full = sample.full(creating=False)
    fields = {rule.field for rule in sample.table.private_parts}
    return {name: full[name] for name in fields if isinstance(full.get(name), str)}


def applied(engine: Engine, config: t.Any, shown: t.Mapping[str, str] = MappingProxyType({}), **where: t.Any) -> t.Any:
    """The task that applied a configuration."""
    options = {"config": with_secrets(config, shown), "unknown_names": "ignore", **where}
    return good(engine.run([{"name": "Apply", "community.posthog.posthog_config": options}], diff=True))[0]


@pytest.mark.parametrize("sample", configurable())
def test_round_trip(posthog: Harness, sample: Sample) -> None:
    """Everything that can be declared of an object survives: in its project, and in another one."""
    table, server = sample.table, posthog.server
    engine = Engine(server)
    life = Conformance(sample, posthog)
    variables = life.prepare()
    tasks = []
    for creating in (True, False):
        options = life.named(**sample.full(creating=creating))
        tasks.append({"name": "Make", sample.module: options, "register": "created"})
        if creating:
            for number, (name, method, path, body) in enumerate(sample.after_creation):
                made = f"{{{{ created.{table.type}.{table.id_path} }}}}"
                api = {"method": method, "path": path.replace("{created}", made), "body": body}
                tasks.append({"name": f"After {number} {name}", "sandbox_api": api})
    good(engine.run(tasks, variables=variables))
    # Whatever it refers to goes along, so that another project can have it.
    plurals = [known.table.plural for known in SAMPLES.values() if known.table.exported and belongs(known, table)]
    first = exported(engine, plurals)
    assert first["config"].get(table.plural), first
    told = [f"{entry['path']}: {entry['reason']}" for entry in first["unfaithful"] if entry["type"] == table.type]
    patterns = ("is secret; the variable", *UNFAITHFUL.get(table.type, ()))
    assert not [line for line in told if not any(re.search(pattern, line) for pattern in patterns)], told
    shown = shown_secrets(sample)
    again = applied(engine, first["config"], shown)
    assert not again.changed, (again.msg, again.diffs, again.result["objects"])
    assert not again.writes
    if table.scope is not Scope.PROJECT or table.type in NOT_ELSEWHERE:
        return
    copy = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "The copy"})["id"]
    made = applied(engine, first["config"], shown, project=str(copy))
    assert made.changed
    second = exported(engine, plurals, project=str(copy))
    assert second["config"] == first["config"]
    settled = applied(engine, first["config"], shown, project=str(copy))
    assert not settled.changed and not settled.writes, (settled.msg, settled.diffs)


def belongs(sample: Sample, table: t.Any) -> bool:
    """Whether objects of a type are of the same kind of place."""
    return sample.table.scope is table.scope
