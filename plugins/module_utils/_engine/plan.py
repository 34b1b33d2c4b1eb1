# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What is to be done to one object, as a value: made by the planner, carried out by the applier, printed by check mode.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._engine.object_spec import ObjectSpec
from ansible_collections.community.posthog.plugins.module_utils._engine.outcome import Outcome
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import EVERYWHERE, Change, Risk
from ansible_collections.community.posthog.plugins.module_utils._schema.parts import PartPlan
from ansible_collections.community.posthog.plugins.module_utils._state.collection import Collection
from ansible_collections.community.posthog.plugins.module_utils._state.twins import can_have_twins

#: The action of a plan that has nothing to write.
UNCHANGED: t.Final = "unchanged"


@dataclass
class Plan:
    """What is to be done to one object.

    :param action: C(create), C(update), C(replace), C(delete), or C(unchanged).
    :param collection: where the object is.
    :param outcome: the predicted outcome; check mode returns it.
    :param declared: what is declared.
    :param current: the object as it is; None where there is none.
    :param values: the declared values, with ids in place of names.
    :param differing: those of them that are not what they should be.
    :param body: the body of the first request.
    :param later: by the API's names, what PostHog takes only from a second request, after a creation.
    :param extra: declared fields that this release does not know and that differ.
    :param parts: plans of the parts, by option.
    :param options: what a deletion sends along.
    :param shared: several objects of this name are meant to exist, so no twin is looked for after a creation.
    :param anew: of a replacement: the creation that follows the deletion.
    :param rereads: the object is read again right before the write.
    """

    action: str
    collection: Collection
    outcome: Outcome
    declared: ObjectSpec = field(default_factory=ObjectSpec)
    current: dict[str, t.Any] | None = None
    values: dict[str, t.Any] = field(default_factory=dict)
    differing: dict[str, t.Any] = field(default_factory=dict)
    body: dict[str, t.Any] = field(default_factory=dict)
    later: dict[str, t.Any] = field(default_factory=dict)
    extra: dict[str, t.Any] = field(default_factory=dict)
    parts: dict[str, PartPlan] = field(default_factory=dict)
    options: dict[str, t.Any] = field(default_factory=dict)
    shared: bool = False
    anew: Plan | None = None
    rereads: bool = False

    @property
    def parts_change(self) -> bool:
        """Whether a part is to change."""
        return any(plan.changed for plan in self.parts.values())

    @property
    def requests(self) -> int:
        """How many requests carrying it out takes, as far as that can be foretold, without that of :attr:`look`."""
        if self.action == UNCHANGED:
            return 0
        if self.action == "delete":
            return 1
        if self.anew is not None:
            return 1 + self.anew.requests
        created = self.action == "create"
        parts = sum(part.requests for part in self.parts.values() if part.changed)
        return self.rereads + bool(self.body or created) + bool(self.later) + parts

    @property
    def look(self) -> str:
        """The list that is read after a creation, to see whether another run has created the same; empty for none.

        One look serves all objects that a run creates there at about the same time.
        """
        if self.anew is not None:
            return self.anew.look
        looks = self.action == "create" and not self.shared and can_have_twins(self.collection.resource)
        return self.collection.path if looks else ""

    def risks(self) -> tuple[Risk, ...]:
        """What may hurt in the change.

        :returns: what the hazards of the type find.
        """
        change = Change(self.outcome.action, self.current, self.outcome.obj)
        hazards = (*EVERYWHERE, *self.collection.resource.hazards)
        return tuple(risk for hazard in hazards for risk in hazard.risks(change))
