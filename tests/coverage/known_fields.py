# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the fields that PostHog is known to take have an option, and why others have none.

What is known stands in C(tests/sandbox/facts/current), one table for each type of PostHog's; the reasons stand in
C(left-out.yml).
"""

from __future__ import annotations

import functools
import json
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
FACTS = HERE.parent / "sandbox" / "facts" / "current"
REASONS = HERE / "left-out.yml"

#: Kinds of options that take whatever keys they are given.
_FREE = ("open", "any", "json")


@dataclass
class Covered:
    """What is known of one type's fields.

    :param type: the type.
    :param fields: paths of the fields that PostHog takes, with the option that covers each; None where none does.
    :param reasons: why there is none, by path.
    :param stale: paths with a reason that have an option after all, or are not known.
    """

    type: str
    fields: dict[str, str | None] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)

    @property
    def left_out(self) -> list[str]:
        """The fields without an option."""
        return [path for path, option in self.fields.items() if option is None]

    @property
    def unexplained(self) -> list[str]:
        """The fields without an option and without a reason."""
        return [path for path in self.left_out if path not in self.reasons]


@functools.cache
def reasons() -> dict[str, t.Any]:
    """The data file."""
    return dict(yaml.safe_load(REASONS.read_text(encoding="utf-8")))


@functools.cache
def facts() -> dict[str, list[dict[str, t.Any]]]:
    """The fields that PostHog takes, by PostHog's type."""
    found = {}
    for path in sorted(FACTS.glob("*.json")):
        table = json.loads(path.read_text(encoding="utf-8"))
        found[table["type"]] = table["fields"]
    return found


def sources(type_name: str) -> list[str]:
    """PostHog's types that a type of the collection covers.

    :param type_name: the type.
    :returns: names of tables of facts.
    """
    return list(reasons()["types"].get(type_name, [type_name] if type_name in facts() else []))


def covered(resource: t.Any) -> Covered:
    """Compare a type's options with what PostHog takes.

    :param resource: the type's table.
    :returns: what was found.
    """
    told = reasons()
    out = Covered(resource.type)
    own = dict(told["left_out"].get(resource.type) or {})
    elsewhere = dict(told["covered"].get(resource.type) or {})
    elsewhere = {name: option for name, option in elsewhere.items() if option in _names(resource)}
    options = [
        *resource.fields,
        *(part.field for part in resource.parts),
        *(short.field for short in resource.shorthands),
    ]
    by_name: dict[str, t.Any] = {}
    for option in options:
        for name in (option.name, option.api_name, *option.aliases):
            by_name.setdefault(name, option)
    for source in sources(resource.type):
        for fact in facts()[source]:
            name = fact["name"]
            if fact.get("computed"):
                continue
            if name in elsewhere:
                out.fields[name] = elsewhere[name]
            elif name in by_name:
                out.fields[name] = by_name[name].name
                _inside(by_name[name], fact, name, out)
            else:
                out.fields[name] = None
    everywhere = dict(told["everywhere"])
    for path in out.left_out:
        reason = own.get(path, everywhere.get(path))
        inner = next((own[key] for key in own if path.startswith(f"{key}.")), None)
        if reason or inner:
            out.reasons[path] = str(reason or inner)
    explained = [*out.reasons]
    out.stale = [
        path
        for path in [*own, *(name for name in elsewhere if name not in out.fields)]
        if not any(key == path or key.startswith(f"{path}.") for key in explained)
    ]
    return out


def _names(resource: t.Any) -> set[str]:
    """The names of a type's options, those of its place included."""
    parts = {part.field.name for part in resource.parts} | {
        switch.name for part in resource.parts for switch in part.switches
    }
    return {item.name for item in resource.fields} | parts | {*resource.location_options, *resource.identity.options}


def without_module(resources: t.Mapping[str, t.Any]) -> list[str]:
    """PostHog's types that no module covers and that have no reason for that.

    :param resources: the tables, by type.
    :returns: names of tables of facts.
    """
    told = reasons()
    known = {source for table in resources.values() if table.module for source in sources(table.type)}
    return sorted(set(facts()) - known - set(told["no_module"]) - set(told["not_yet"]))


def _inside(option: t.Any, fact: t.Mapping[str, t.Any], path: str, out: Covered) -> None:
    """The keys of a document, or of the documents in a list or a map."""
    while option is not None and option.kind in ("list", "map") and option.items is not None:
        option = option.items
    if option is None or option.kind in _FREE or not option.fields:
        return
    known = {name: item for item in option.fields for name in (item.name, item.api_name, *item.aliases)}
    for inner in fact.get("fields") or ():
        if inner.get("computed"):
            continue
        where = f"{path}.{inner['name']}"
        item = known.get(inner["name"])
        if item is not None and item.computed:
            continue
        out.fields[where] = where if item is not None else None
        if item is not None:
            _inside(item, inner, where, out)
