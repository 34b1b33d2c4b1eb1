# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What became of one object.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.community.posthog.plugins.module_utils._data.comparing import leaves
from ansible_collections.community.posthog.plugins.module_utils._engine.undeclared import names
from ansible_collections.community.posthog.plugins.module_utils._schema.hazards import Risk
from ansible_collections.community.posthog.plugins.module_utils._schema.resource import Resource


@dataclass
class Outcome:
    """What became of one object.

    :param resource: its table.
    :param action: created, updated, deleted or unchanged.
    :param obj: the object as PostHog shows it, or as it would; None where there is none.
    :param before: the declared fields before, as a diff shows them.
    :param after: the same after.
    :param label: what to call the object.
    :param also: outcomes of other objects that were handled instead (an invite).
    :param named: what the declaration names, by field; None where that is not known.
    :param gone: the object that was deleted.
    :param found: the object before, as it was read.
    :param requests: how many requests it takes, as far as that can be foretold.
    :param look: the list that is read besides, once for all objects that are created there; empty for none.
    :param risks: what may hurt in the change.
    :param reach: how many people the changed parts reach, once PostHog was asked.
    :param layers: overlays of a configuration that values are from, by path; the empty path stands for all others.
    """

    resource: Resource
    action: str
    obj: dict[str, t.Any] | None
    before: dict[str, t.Any] = field(default_factory=dict)
    after: dict[str, t.Any] = field(default_factory=dict)
    label: str = ""
    also: list[Outcome] = field(default_factory=list)
    named: dict[str, t.Any] | None = None
    gone: dict[str, t.Any] | None = None
    found: dict[str, t.Any] | None = None
    requests: int = 0
    look: str = ""
    risks: tuple[Risk, ...] = ()
    reach: list[dict[str, t.Any]] = field(default_factory=list)
    layers: t.Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether anything is, or would be, different now."""
        return self.action != "unchanged" or any(item.changed for item in self.also)


def changes(outcome: Outcome) -> list[dict[str, t.Any]]:
    """The single values that changed.

    :param outcome: of one object.
    :returns: see :func:`leaves`; C(undeclared) is true where a value is set back for want of a word about it, and
        C(layer) names the overlay that it is from.
    """
    if outcome.action != "updated":
        return []
    found = [with_layer(outcome, change) for change in leaves(outcome.before, outcome.after)]
    for change in found if outcome.named is not None else ():
        if not names(outcome.named or {}, change["path"]):
            change["undeclared"] = True
    return found


def with_layer(outcome: Outcome, change: dict[str, t.Any]) -> dict[str, t.Any]:
    """A change with the overlay that its value is from.

    :param outcome: of the object.
    :param change: has a C(path).
    :returns: the same with C(layer), where it is from an overlay.
    """
    path = change["path"]
    fitting = [
        known
        for known in outcome.layers
        if known == "" or path == known or path.startswith((f"{known}.", f"{known}[")) or known.startswith(f"{path}.")
    ]
    return {**change, "layer": outcome.layers[max(fitting, key=len)]} if fitting else change
