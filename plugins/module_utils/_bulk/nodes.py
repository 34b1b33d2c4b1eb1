# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""One declared object of a configuration, and where it was declared.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._bulk.sources import Source
from ansible_collections.community.posthog.plugins.module_utils._data.mistakes import Place
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._engine.task import ResourceTask, TaskSpec
from ansible_collections.community.posthog.plugins.module_utils._schema.problems import Problems
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection

#: Keys of a configuration document that name the organization and the project of its objects.
TARGET_KEYS: t.Final = ("organization", "project")


class Target(t.NamedTuple):
    """The organization and the project that a document names; None stands for those of the task.

    :param organization: name or id.
    :param project: name or id.
    """

    organization: str | None = None
    project: str | None = None


class PurgeTarget(t.NamedTuple):
    """An existing object to delete because it is not declared.

    :param collection: the list that holds it.
    :param obj: the object.
    """

    collection: Collection
    obj: dict[str, t.Any]


@dataclass
class Node:
    """One declared object, and what becomes of it.

    :param number: its index among all nodes; -1 for one that is purged.
    :param task: reads and carries out tasks of its type.
    :param spec: what is declared.
    :param target: organization and project, as the document names them.
    :param where: its path in the document.
    :param source: where the document was read.
    :param name: its name in messages.
    :param needs: numbers of the nodes that come first.
    :param completes: the node that creates the same object without some of its references, to break a cycle.
    :param outcomes: what was changed, or would be.
    :param problems: why it failed: option paths and sentences.
    :param blocked: name of the failed node that it needs.
    :param begun: a part of it was written before it failed.
    :param purge_target: the object to delete, where nothing declares it.
    """

    number: int
    task: ResourceTask
    spec: TaskSpec
    target: Target
    where: str
    source: Source
    name: str
    needs: set[int] = field(default_factory=set)
    completes: Node | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    problems: Problems = field(default_factory=list)
    blocked: str = ""
    begun: bool = False
    purge_target: PurgeTarget | None = None

    @property
    def error(self) -> str:
        """Why it failed, or an empty string."""
        return "; ".join(f"{path}: {text}" if path else text for path, text in self.problems)

    @property
    def table(self) -> Resource:
        """The type."""
        return self.task.table

    @property
    def changed(self) -> bool:
        """Whether anything is, or would be, written."""
        return any(outcome.changed for outcome in self.outcomes)

    @property
    def label(self) -> str:
        """Type and name, for messages."""
        return self.table.label(self.name)

    @property
    def layers(self) -> dict[str, str]:
        """The overlays that its options are from, by their paths; the empty path stands for all others."""
        found = {"": self.source.layer} if self.source.layer else {}
        for item in self.source.overlaid:
            if item.path.startswith(f"{self.where}."):
                found[item.path[len(self.where) + 1 :]] = item.source.layer
        return found

    @property
    def position(self) -> Place:
        """File, line and path of its declaration."""
        return self.source.of(self.where)


def node_name(spec: TaskSpec) -> str:
    """The name of a declared object in messages.

    :param spec: its declaration.
    :returns: the options that identify it, or its id.
    """
    table = spec.table
    if spec.object_id is not None and not spec.items[0].values.get(table.identity.option):
        return str(spec.object_id)
    parts: list[str] = []
    for option in (*table.location_options, *table.identity.options):
        value = spec.items[0].values.get(option) if spec.items else spec.given.get(option)
        field_ = table.field(option)
        if spec.several and table.several is not None and option == table.several.each:
            continue
        if value is None or isinstance(value, (dict, list)):
            continue
        if field_ is not None and field_.words:
            value = next((word for word, number in field_.words.items() if number == value), value)
        parts.append(str(value))
    return " / ".join(parts)
