# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the rooms of the engine share while they work on the objects of one type.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.policy import KEEP, Policy
from ansible_collections.community.posthog.plugins.module_utils._schema.fields import Field
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource
from ansible_collections.community.posthog.plugins.module_utils._state.session import Session


@dataclass
class Context:
    """What is worked on, and how.

    :param session: project, names, requests.
    :param resource: the table.
    :param update_secret: C(on_create) or C(always): when a value that cannot be read back is written.
    :param policy: what a declaration means for the fields that it does not name.
    """

    session: Session
    resource: Resource
    update_secret: str = "on_create"
    policy: Policy = KEEP

    def is_parent(self, field: Field) -> bool:
        return field.name in self.resource.location_options

    def inside(self, current: t.Mapping[str, t.Any] | None) -> Session:
        """Where the objects are that this one refers to."""
        if not self.resource.references_inside:
            return self.session
        inside = None if current is None else self.resource.object_id(current)
        if self.resource.references_inside == "organization":
            return self.session.within_organization(inside)
        return self.session.within(inside)

    def part_options(self, declared: ObjectSpec) -> dict[str, t.Any]:
        """The declared options that a part gets: fields, switches, and parts."""
        options = {**declared.values, **declared.switches, **declared.parts}
        return {**options, "update_secret": self.update_secret}

    def name(self, declared: ObjectSpec, obj: t.Mapping[str, t.Any]) -> str:
        name = declared.values.get(self.resource.identity.option)
        return str(name) if name and not isinstance(name, (dict, list)) else self.resource.identity.shown(obj)


class Room:
    """One job of the engine.

    :param context: what is worked on, and how.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.session = context.session
        self.resource = context.resource
        self.update_secret = context.update_secret
        self.policy = context.policy


def named_in(declared: ObjectSpec) -> dict[str, t.Any]:
    """What a declaration names, by field."""
    named = {**declared.values, **declared.extra, **declared.parts}
    return {name: value for name, value in named.items() if name not in declared.undeclared}
