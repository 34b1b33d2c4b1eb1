# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""C(undeclared: default): what an export leaves out is at its default, is seen where it is not, and is put back."""

from __future__ import annotations

import typing as t

import pytest
from harness import Harness
from harness.conformance import Conformance
from harness.engine import Engine
from samples import SAMPLES, Sample
from test_round_trip import NOT_ELSEWHERE, applied, belongs, configurable, exported, good, with_secrets

from ansible_collections.community.posthog.plugins.module_utils._schema.fields import UNKNOWN
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Scope

#: Fields that cannot be taken back once they are set, by type, each with the reason.
ONE_WAY: dict[str, dict[str, str]] = {
    "batch_export": {"hogql_query": "PostHog offers no way to take the query away again"},
}

#: Fields that are seen elsewhere, by type, each with the type where.
SEEN_ELSEWHERE: dict[str, dict[str, str]] = {"insight": {"dashboards": "dashboard"}}

#: Types of which an export leaves out objects that are at their defaults as a whole, each with the reason.
LEFT_OUT = {"sharing": "each dashboard and each insight has one, and next to none of them is shared"}


#: Types whose change is not carried to another project here, each with the reason.
NOT_CARRIED = {
    "experiment": "newer servers derive its flag's group type from the condition sets, and take no null in its place",
}


def without(item: t.Mapping[str, t.Any], owned: t.Container[str]) -> dict[str, t.Any]:
    """An item without what others own, which nothing puts back."""
    return {key: value for key, value in item.items() if key not in owned}


def item_of(config: t.Mapping[str, t.Any], sample: Sample) -> dict[str, t.Any]:
    """The sample's own object in an export."""
    found = config.get(sample.table.plural)
    if isinstance(found, dict) or not found:
        return found or {}
    named = [item for item in found if all(item.get(key) == value for key, value in sample.named().items())]
    assert len(named) <= 1 or not sample.plain_name, found
    return named[0] if named else found[-1]


def _others_stay(known: t.Any) -> bool:
    """Whether each key of a document is left alone where it is not declared."""
    if known.kind == "open":
        return bool(known.merged or known.patched)
    return known.kind == "document" and all(inner.preserved or inner.computed for inner in known.fields)


@pytest.mark.parametrize("sample", configurable())
def test_what_was_changed_by_hand_is_seen_and_put_back(posthog: Harness, sample: Sample) -> None:
    """Every field with a default: exported, changed, seen by a check run, put back, and carried elsewhere."""
    table, server = sample.table, posthog.server
    engine = Engine(server)
    life = Conformance(sample, posthog)
    variables = life.prepare()
    for insight in server.api("GET", f"/api/projects/{server.project}/insights/")["results"]:
        # Whatever changes an insight saves it, and nothing makes it unsaved again.
        server.api("PATCH", f"/api/projects/{server.project}/insights/{insight['id']}/", {"saved": True})
    plurals = [known.table.plural for known in SAMPLES.values() if known.table.exported and belongs(known, table)]
    make = {"name": "Make", sample.module: life.named(**sample.minimal), "register": "created"}
    after = [
        {"name": name, "sandbox_api": {"method": method, "path": path.replace("{created}", made), "body": body}}
        for name, method, path, body in sample.after_creation
        for made in [f"{{{{ created.{table.type}.{table.id_path} }}}}"]
    ]
    good(engine.run([make, *after], variables=variables))
    first = exported(engine, plurals)
    assert first["config"]["undeclared"] == "default"
    again = applied(engine, first["config"])
    assert not again.changed and not again.writes, (again.msg, again.result["objects"])

    # Somebody gives every field another value.
    fixed = {known.name for known in sample.fields if known.create_only or known.name in ONE_WAY.get(table.type, {})}
    values = {name: value for name, value in sample.full(creating=False).items() if name not in fixed}
    good(engine.run([{"name": "Change", sample.module: life.named(**values)}], variables=variables))
    changed = exported(engine, plurals)
    quiet, loud = item_of(first["config"], sample), item_of(changed["config"], sample)

    # What a table knows no default of is in each export, so each field that differs is seen one way or the other.
    options = {"config": with_secrets(first["config"]), "unknown_names": "ignore"}
    task = {"name": "Drift", "community.posthog.posthog_config": options, "check_mode": True}
    drift = good(engine.run([task], diff=True))[0]
    assert not drift.writes
    entries = [entry for entry in drift.result["objects"] if entry["type"] == table.type]
    seen = {change["path"].split(".")[0].split("[")[0]: change for entry in entries for change in entry["changes"]}
    secret = {known.name for known in sample.fields if known.secret}
    if table.plural not in first["config"]:
        assert table.type in LEFT_OUT
        return
    for name, other in SEEN_ELSEWHERE.get(table.type, {}).items():
        assert loud.pop(name) and other in {entry["type"] for entry in drift.result["objects"]}
    owned = {known.name for known in sample.fields if known.preserved or _others_stay(known)}
    for name in {*loud, *quiet} - secret - owned:
        if loud.get(name) != quiet.get(name):
            assert name in seen, (name, quiet.get(name), loud.get(name), drift.result["objects"])
            if name not in quiet:
                assert seen[name].get("undeclared") is True, seen[name]
                assert "(not declared, so PostHog's default)" in drift.diffs[0]["prepared"]

    back = applied(engine, first["config"])
    assert back.changed or not seen, back.msg
    rest = applied(engine, first["config"])
    assert not rest.changed and not rest.writes, (rest.msg, rest.result["objects"])
    again = item_of(exported(engine, plurals)["config"], sample)
    assert without(again, owned) == without(quiet, owned)
    if table.scope is not Scope.PROJECT or table.type in (*NOT_ELSEWHERE, *NOT_CARRIED):
        return
    copy = server.api("POST", f"/api/organizations/{server.organization}/projects/", {"name": "The copy"})["id"]
    applied(engine, changed["config"], project=str(copy), concurrency=1)
    applied(engine, first["config"], project=str(copy))
    assert not applied(engine, first["config"], project=str(copy)).changed
    carried = exported(engine, plurals, project=str(copy))["config"]
    assert without(item_of(carried, sample), owned) == without(quiet, owned)


@pytest.mark.parametrize("sample", configurable())
def test_fields_without_a_known_default_are_exported(posthog: Harness, sample: Sample) -> None:
    """Where no table knows what stands where nothing was said, the file says what stands there, empty or not."""
    table = sample.table
    engine = Engine(posthog.server)
    life = Conformance(sample, posthog)
    variables = life.prepare()
    task = {"name": "Make", sample.module: life.named(**sample.minimal), "register": "created"}
    made = good(engine.run([task], variables=variables))[0].result[table.type]
    config = exported(engine, [table.plural])["config"]
    item = item_of(config, sample)
    if table.plural not in config:
        assert table.type in LEFT_OUT
        return
    for known in table.fields:
        asked = not (known.write_only or known.secret or known.computed or known.preserved or known.create_only)
        if known.undeclared_value is UNKNOWN and asked and known.exported and known.shown_by(made):
            declarable = known.value_in(made) is not None or bool(
                (known.nullable or known.null_as is not None) and not known.null_is
            )
            assert (known.name in item) or not declarable, (known.name, made)


FLAG = {"feature_flags": [{"key": "live"}]}


def off(engine: Engine) -> None:
    """Somebody switches the flag off by hand."""
    flag = {"key": "live", "active": False, "rollout_percentage": 5}
    good(engine.run([{"name": "Off", "community.posthog.posthog_feature_flag": flag}]))


@pytest.mark.parametrize(
    ("config", "option", "puts_back"),
    [
        (FLAG, {}, False),
        (FLAG, {"undeclared": "default"}, True),
        ({"undeclared": "default", **FLAG}, {}, True),
        ({"undeclared": "default", **FLAG}, {"undeclared": "keep"}, True),
        ({"undeclared": "keep", **FLAG}, {"undeclared": "default"}, False),
    ],
)
def test_the_word_of_a_document_goes_before_the_option(
    posthog: Harness, config: t.Any, option: dict[str, t.Any], puts_back: bool
) -> None:
    engine = Engine(posthog.server)
    applied(engine, config, **option)
    off(engine)
    run = applied(engine, config, **option)
    assert run.changed is puts_back
    (flag,) = posthog.server.api("GET", f"/api/projects/{posthog.server.project}/feature_flags/")["results"]
    assert flag["active"] is puts_back and flag["filters"]["groups"][0]["rollout_percentage"] == (
        100 if puts_back else 5
    )
    assert not applied(engine, config, **option).writes


def test_each_document_has_its_own_word(posthog: Harness) -> None:
    """Of two documents in one task, each is read in its own way."""
    engine = Engine(posthog.server)
    flags = [{"undeclared": "default", "feature_flags": [{"key": "a"}]}, {"feature_flags": [{"key": "b"}]}]
    applied(engine, flags)
    for key in ("a", "b"):
        task = {"name": "Off", "community.posthog.posthog_feature_flag": {"key": key, "active": False}}
        good(engine.run([task]))
    back = applied(engine, flags)
    assert [entry["name"] for entry in back.result["objects"]] == ["a"]
    assert back.result["objects"][0]["changes"] == [
        {"path": "active", "before": False, "after": True, "undeclared": True}
    ]


def test_a_wrong_word_is_a_mistake(posthog: Harness) -> None:
    engine = Engine(posthog.server)
    task = {"name": "Apply", "community.posthog.posthog_config": {"config": {"undeclared": "defualt", **FLAG}}}
    run = engine.run([task])[0]
    assert run.failed and "undeclared: takes keep or default, not 'defualt'; did you mean default" in run.msg
    assert not run.writes


def test_tiles_and_keys_of_queries_that_are_not_named_go(posthog: Harness) -> None:
    """A part that is not named is empty, a list of parts is whole, and so is a document with free keys."""
    engine = Engine(posthog.server)
    query = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}}
    config = {
        "undeclared": "default",
        "insights": [{"name": "Signups", "query": query}],
        "dashboards": [{"name": "Empty"}, {"name": "Full", "tiles": [{"insight": "Signups"}]}],
    }
    applied(engine, config)
    more = [
        {"name": "A", "community.posthog.posthog_dashboard": {"name": name, "tiles": [{"text": "By hand"}]}}
        for name in ("Empty", "Full")
    ]
    display = {"name": "Signups", "query": {**query, "display": "BoldNumber"}}
    good(engine.run([*more, {"name": "B", "community.posthog.posthog_insight": display}]))
    back = applied(engine, config)
    assert {entry["name"] for entry in back.result["objects"]} == {"Empty", "Full", "Signups"}
    assert "display" in str(back.diffs) and "By hand" in str(back.diffs)
    again = applied(engine, config)
    assert not again.changed and not again.writes, again.result["objects"]
    (insight,) = posthog.server.api("GET", f"/api/projects/{posthog.server.project}/insights/")["results"]
    assert "display" not in insight["query"]
    keep = {**config, "dashboards": [{"name": "Full", "tiles": [{"insight": "Signups"}], "exclusive": False}]}
    good(engine.run([more[1]]))
    assert not applied(engine, keep).changed
