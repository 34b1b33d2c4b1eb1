# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a Terraform state manages of PostHog, and which of our objects that is.

Private to this collection: it may change without notice.

A state is read in both forms: what C(terraform show -json) prints, and the state file itself (version 4).
"""

from __future__ import annotations

import json as jsonlib
import shlex
import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._data.errors import InvalidInput
from ansible_collections.community.posthog.plugins.module_utils._data.paths import dig
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource, Scope

#: What the provider's types begin with.
_PREFIX: t.Final = "posthog_"

#: The version of state files that Terraform writes since 0.12.
_VERSION: t.Final = 4


@dataclass
class Managed:
    """A resource in a state.

    :param address: as Terraform names it.
    :param type: the provider's type.
    :param values: its attributes.
    :param table: our type; None where there is none.
    :param found: whether an object was exported for it.
    """

    address: str
    type: str
    values: dict[str, t.Any] = field(default_factory=dict)
    table: Resource | None = None
    found: bool = False


def read_state(given: t.Any, tables: t.Iterable[Resource]) -> list[Managed]:
    """The resources of PostHog's provider in a state.

    :param given: the state, decoded.
    :param tables: the types that can be exported.
    :returns: the resources; data sources, and what is not PostHog's, are left out.
    :raises InvalidInput: it is no state.
    """
    if isinstance(given, dict) and isinstance(given.get("values"), dict):
        found = list(_shown(given["values"].get("root_module") or {}))
    elif isinstance(given, dict) and isinstance(given.get("resources"), list):
        if given.get("version") != _VERSION:
            text = f"is a state of version {given.get('version')!r}; give what terraform show -json prints"
            raise InvalidInput([("from_terraform", text)])
        found = list(_raw(given["resources"]))
    elif isinstance(given, dict) and "format_version" in given and "values" not in given:
        # An empty state.
        found = []
    else:
        text = "is no Terraform state: give what terraform show -json prints, or the state file"
        raise InvalidInput([("from_terraform", text)])
    by_name = {name: table for table in tables for name in (table.type, *table.terraform)}
    for item in found:
        item.table = by_name.get(item.type.removeprefix(_PREFIX))
        if item.table is not None:
            item.values = {**item.values, **item.table.terraform.get(item.type.removeprefix(_PREFIX), {})}
    return [item for item in found if item.type.startswith(_PREFIX)]


def _shown(module: t.Mapping[str, t.Any]) -> t.Iterator[Managed]:
    """The resources of a module and those inside, as C(terraform show -json) prints them."""
    for item in module.get("resources") or ():
        if item.get("mode") == "managed":
            yield Managed(str(item["address"]), str(item["type"]), dict(item.get("values") or {}))
    for inner in module.get("child_modules") or ():
        yield from _shown(inner)


def _raw(resources: t.Iterable[t.Mapping[str, t.Any]]) -> t.Iterator[Managed]:
    """The resources of a state file."""
    for item in resources:
        if item.get("mode") != "managed":
            continue
        module = f"{item['module']}." if item.get("module") else ""
        for instance in item.get("instances") or ():
            key = instance.get("index_key")
            index = "" if key is None else f"[{jsonlib.dumps(key, ensure_ascii=False)}]"
            address = f"{module}{item['type']}.{item['name']}{index}"
            yield Managed(address, str(item["type"]), dict(instance.get("attributes") or {}))


class Takeover:
    """Which objects a state manages.

    :param managed: its resources.
    :param project: id of the project that is exported.
    """

    def __init__(self, managed: t.Sequence[Managed], project: t.Any) -> None:
        self._managed = managed
        self._project = str(project)

    @property
    def tables(self) -> list[Resource]:
        """The types of which the state manages something here, in the order in which they are applied."""
        found = {
            item.table.type: item.table for item in self._managed if item.table is not None and self._is_here(item)
        }
        return sorted(found.values(), key=lambda table: table.order)

    def wanted(self, table: Resource, obj: t.Mapping[str, t.Any]) -> bool:
        """Whether the state manages an object.

        :param table: its type.
        :param obj: the object.
        """
        fitting = [item for item in self._managed if item.table is table and self._is_here(item) and _is(item, obj)]
        for item in fitting:
            item.found = True
        return bool(fitting)

    def result(self) -> dict[str, t.Any]:
        """What was found.

        :returns: C(state_rm), the commands after which Terraform manages none of it any more; and C(left), the
            resources that no object was exported for, each with the reason.
        """
        return {
            "state_rm": [f"terraform state rm {shlex.quote(item.address)}" for item in self._managed if item.found],
            "left": [
                {"address": item.address, "type": item.type, "reason": self._reason(item)}
                for item in self._managed
                if not item.found
            ],
        }

    def _is_here(self, item: Managed) -> bool:
        project = item.values.get("project_id")
        return (
            project is None
            or item.table is None
            or item.table.scope is not Scope.PROJECT
            or str(project) == self._project
        )

    def _reason(self, item: Managed) -> str:
        if item.table is None:
            return "this collection has no such type"
        if not self._is_here(item):
            return f"it is in project {item.values.get('project_id')}, and this is an export of project {self._project}"
        return "PostHog has no such object, or it is not written into files since all of it is at its default"


def _is(item: Managed, obj: t.Mapping[str, t.Any]) -> bool:
    """Whether a resource of a state is an object."""
    table = item.table
    if table is None:
        return False
    if table.singleton:
        return True
    if table.key_paths:
        # Without an id of its own: known by what it is about.
        paths = [*table.key_paths, *(("resource_id",) if item.values.get("resource_id") is not None else ())]
        return all(_text(dig(obj, path)) == _text(item.values.get(path)) for path in paths)
    known = {_text(dig(obj, path)) for path in (table.id_path, *table.other_ids)}
    return _text(item.values.get("id")) in known - {""}


def _text(value: t.Any) -> str:
    return "" if value is None else str(value)
